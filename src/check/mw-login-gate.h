/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MW_TYPE_LOGIN_GATE (mw_login_gate_get_type ())

/**
 * MwLoginGate:
 *
 * What one run has learnt about refused logins, shared by all probes of the run: after one refused
 * password nobody asks that server for the same login name again, since providers lock accounts
 * after a few tries. Logins with the same name at the same host go one after another, so that a
 * refusal is known before the next try. Counted; all functions may be called from any thread.
 */
typedef struct _MwLoginGate MwLoginGate;

GType mw_login_gate_get_type (void) G_GNUC_CONST;
MwLoginGate *mw_login_gate_new (void);
MwLoginGate *mw_login_gate_ref (MwLoginGate *self);
void mw_login_gate_unref (MwLoginGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwLoginGate, mw_login_gate_unref)

/**
 * MwGateAnswer:
 * @MW_GATE_OPEN: go on; mw_login_gate_leave() must follow
 * @MW_GATE_REFUSED: this login was refused in this run already: do not try it again
 * @MW_GATE_TIMEOUT: another login with this name was still under way at the deadline
 * @MW_GATE_CANCELLED: the operation was cancelled
 *
 * What the gate says.
 */
typedef enum
{
  MW_GATE_OPEN,
  MW_GATE_REFUSED,
  MW_GATE_TIMEOUT,
  MW_GATE_CANCELLED,
} MwGateAnswer;

MwGateAnswer mw_login_gate_enter (MwLoginGate *self,
                                  const char *host,
                                  const char *username,
                                  gint64 deadline,
                                  GCancellable *cancellable);
void mw_login_gate_leave (MwLoginGate *self,
                          const char *host,
                          const char *username,
                          gboolean refused);

G_END_DECLS
