/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-diagnosis.h"
#include "model/mw-server.h"

#include <libsecret/secret.h>

G_BEGIN_DECLS

#define MW_TYPE_LOGIN_GATE (mw_login_gate_get_type ())

/**
 * MwLoginGate:
 *
 * What one run has learnt about refused logins, shared by all probes of the run: a password that a
 * server has refused for a login name is not sent there again, since providers lock accounts after
 * a few tries. Logins that are under way at the same moment do not wait for each other. Counted;
 * all functions may be called from any thread.
 */
typedef struct _MwLoginGate MwLoginGate;

GType mw_login_gate_get_type (void) G_GNUC_CONST;
MwLoginGate *mw_login_gate_new (void);
MwLoginGate *mw_login_gate_ref (MwLoginGate *self);
void mw_login_gate_unref (MwLoginGate *self);
void mw_login_gate_close (MwLoginGate *self,
                          MwServer *server,
                          SecretValue *password,
                          MwDiagnosis diagnosis);
MwDiagnosis mw_login_gate_check (MwLoginGate *self, MwServer *server, SecretValue *password);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwLoginGate, mw_login_gate_unref)

G_END_DECLS
