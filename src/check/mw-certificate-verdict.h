/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-diagnosis.h"
#include "net/mw-tls.h"

G_BEGIN_DECLS

/**
 * MwCertificateFault:
 * @diagnosis: what is wrong
 * @message: one translated sentence that names it
 *
 * One thing that is wrong with a certificate.
 */
typedef struct
{
  MwDiagnosis diagnosis;
  char *message;
} MwCertificateFault;

/**
 * MwCertificateVerdict:
 * @trusted: whether secrets may be sent
 * @pinned: whether it is trusted only because a person accepted this very key for this server
 * @faults: (element-type MwCertificateFault): everything that is wrong, the worst first; each
 *   diagnosis once
 * @message: one translated sentence about the whole
 *
 * What is to be thought of the certificate that a server showed.
 */
typedef struct
{
  gboolean trusted;
  gboolean pinned;
  GPtrArray *faults;
  char *message;
} MwCertificateVerdict;

MwCertificateVerdict *mw_certificate_verdict_new (
    const MwTlsInfo *info, const char *host, guint16 port, MwTrust *trust, GDateTime *now);
void mw_certificate_verdict_free (MwCertificateVerdict *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwCertificateVerdict, mw_certificate_verdict_free)

G_END_DECLS
