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
 * What one run has learnt about logins, shared by all probes of the run: a password that a server
 * has refused for a login name is not sent there again, since providers lock accounts after a few
 * tries. The first of several equal logins goes alone, and the others wait for what comes of it.
 * Counted; all functions may be called from any thread.
 */
typedef struct _MwLoginGate MwLoginGate;

/**
 * MwGateAnswer:
 * @MW_GATE_FIRST: nobody has tried this login yet: go, and say what came of it with
 *   mw_login_gate_leave()
 * @MW_GATE_OPEN: this login is known to be good: go
 * @MW_GATE_REFUSED: this login was refused: do not try it again
 * @MW_GATE_BUSY: an equal login was still under way at the deadline, or the wait was cancelled
 *
 * What the gate says to somebody who wants to log in.
 */
typedef enum
{
  MW_GATE_FIRST,
  MW_GATE_OPEN,
  MW_GATE_REFUSED,
  MW_GATE_BUSY,
} MwGateAnswer;

GType mw_login_gate_get_type (void) G_GNUC_CONST;
MwLoginGate *mw_login_gate_new (void);
MwLoginGate *mw_login_gate_ref (MwLoginGate *self);
void mw_login_gate_unref (MwLoginGate *self);
MwGateAnswer mw_login_gate_enter (MwLoginGate *self,
                                  MwServer *server,
                                  SecretValue *password,
                                  gint64 deadline,
                                  GCancellable *cancellable,
                                  MwDiagnosis *diagnosis);
void
mw_login_gate_leave (MwLoginGate *self, MwServer *server, SecretValue *password, gboolean accepted);
void mw_login_gate_close (MwLoginGate *self,
                          MwServer *server,
                          SecretValue *password,
                          MwDiagnosis diagnosis);
MwDiagnosis mw_login_gate_check (MwLoginGate *self, MwServer *server, SecretValue *password);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwLoginGate, mw_login_gate_unref)

G_END_DECLS
