/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "check/mw-login-gate.h"
#include "model/mw-account.h"
#include "model/mw-report.h"
#include "net/mw-network.h"
#include "net/mw-resolver.h"
#include "net/mw-trust.h"
#include "providers/mw-provider-db.h"

#include <libsecret/secret.h>

G_BEGIN_DECLS

/* Seconds that one server may take, unless told otherwise */
#define MW_PROBE_DEFAULT_TIMEOUT 20

#define MW_TYPE_PROBE (mw_probe_get_type ())

/**
 * MwProbe:
 *
 * The check of one server, stage by stage, up to an opened mailbox or an accepted sender. Set it
 * up in one thread, then run it once, in any thread; it is not changed while it runs.
 */
G_DECLARE_FINAL_TYPE (MwProbe, mw_probe, MW, PROBE, GObject)

/**
 * MwProbeStepFunc:
 * @step: a stage that has begun (%MW_STATUS_RUNNING) or ended
 * @user_data: closure
 *
 * Hears of each stage as it happens, in the thread of the probe. Keep @step with g_object_ref().
 */
typedef void (*MwProbeStepFunc) (MwStep *step, gpointer user_data);

MwProbe *mw_probe_new (MwServer *server);
MwProbe *mw_probe_new_for_account (MwAccount *account, MwHalf half, MwProviderDb *db);
MwServer *mw_probe_get_server (MwProbe *self);

void mw_probe_set_password (MwProbe *self, SecretValue *password);
void mw_probe_set_sender (MwProbe *self, const char *sender);
void mw_probe_set_provider (MwProbe *self, const MwProvider *provider);
void mw_probe_set_trust (MwProbe *self, MwTrust *trust);
void mw_probe_set_pin (MwProbe *self, const char *spki_sha256);
void mw_probe_set_resolver (MwProbe *self, MwResolver *resolver);
void mw_probe_set_proxy_resolver (MwProbe *self, GProxyResolver *proxies);
void mw_probe_set_network_state (MwProbe *self, MwNetworkState *state);
void mw_probe_set_login_gate (MwProbe *self, MwLoginGate *gate);
void mw_probe_set_timeout (MwProbe *self, double seconds);
void mw_probe_set_mechanism (MwProbe *self, const char *mechanism);
void mw_probe_set_allow_plain_login (MwProbe *self, gboolean allow);

MwReport *mw_probe_run_sync (MwProbe *self,
                             MwProbeStepFunc on_step,
                             gpointer user_data,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
