/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"
#include "model/mw-report.h"

G_BEGIN_DECLS

/**
 * MwLight:
 * @MW_LIGHT_PORT: name, address and connection
 * @MW_LIGHT_PROTOCOL: greeting, STARTTLS, capabilities
 * @MW_LIGHT_CERTIFICATE: TLS and the certificate
 * @MW_LIGHT_LOGIN: login and mailbox (or sender)
 *
 * The four lights that sum up a check of one server.
 */
typedef enum
{
  MW_LIGHT_PROTOCOL,
  MW_LIGHT_PORT,
  MW_LIGHT_CERTIFICATE,
  MW_LIGHT_LOGIN,
  MW_N_LIGHTS
} MwLight;

#define MW_TYPE_LIVE_SERVER (mw_live_server_get_type ())

/**
 * MwLiveServer:
 *
 * The check of one server as the window shows it: a list model of #MwStep's that grows while it
 * runs, and the report once the verdict is in. Main thread only.
 *
 * Properties: "status" (#MwStatus as int; RUNNING until the verdict), "report" (#MwReport or
 * %NULL). Signal "steps-changed" comes after each step and after the report.
 */
G_DECLARE_FINAL_TYPE (MwLiveServer, mw_live_server, MW, LIVE_SERVER, GObject)

MwLiveServer *mw_live_server_new (MwServer *server, MwHalf half);
MwServer *mw_live_server_get_server (MwLiveServer *self); /* transfer none */
MwHalf mw_live_server_get_half (MwLiveServer *self);
MwReport *mw_live_server_get_report (MwLiveServer *self);  /* transfer none, or %NULL */
MwStatus mw_live_server_get_status (MwLiveServer *self);   /* RUNNING until the report is in */
MwStep *mw_live_server_get_current (MwLiveServer *self);   /* the running step, or %NULL */
gboolean mw_live_server_is_cancelled (MwLiveServer *self); /* stopped before its verdict */

/* SKIPPED where nothing of the light was reached (or it does not apply), RUNNING while one of its
 * stages runs */
MwStatus mw_live_server_get_light (MwLiveServer *self, MwLight light);
const char *mw_light_get_title (MwLight light); /* translated: "Protocol", "Port", ... */

/* What the session feeds in */
void mw_live_server_take_step (MwLiveServer *self, MwStep *step);
void mw_live_server_set_report (MwLiveServer *self, MwReport *report);
void mw_live_server_set_cancelled (MwLiveServer *self);

G_END_DECLS
