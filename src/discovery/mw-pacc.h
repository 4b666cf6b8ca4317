/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-address.h"
#include "model/mw-settings.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MwPaccDigest:
 * @MW_PACC_DIGEST_MATCHES: a record holds the digest of the document
 * @MW_PACC_DIGEST_MISSING: no record is of a kind that is understood
 * @MW_PACC_DIGEST_MISMATCH: there are digests, all of other documents
 *
 * What DNS says about a PACC document.
 */
typedef enum
{
  MW_PACC_DIGEST_MATCHES,
  MW_PACC_DIGEST_MISSING,
  MW_PACC_DIGEST_MISMATCH,
} MwPaccDigest;

MwPaccDigest mw_pacc_check_digest (GBytes *document, GPtrArray *texts);
MwSettings *mw_pacc_parse (GBytes *bytes, MwAddress *address, const char *origin, GError **error);

G_END_DECLS
