/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include "check/mw-check.h"

G_BEGIN_DECLS

/* For the files mw-session*.c only */

struct _MwSession
{
  GObject parent_instance;

  /* Owned */
  GSettings *settings;
  MwStore *store;
  MwHistory *history;
  MwSecrets *memory; /* passwords for this session only */
  MwSecrets *keyring;
  MwNetwork *network;
  MwTrust *trust;
  MwExportHost *export_host;
  GCancellable *cancellable; /* cancelled in dispose */
  GListStore *items;         /* of MwAccountItem, in the order that is shown */
  GPtrArray *problems;       /* (element-type GError) */
  GFileMonitor *monitors[2]; /* of the accounts, of the history */
  GHashTable *changed_pasts; /* ids of accounts whose history changed on the disk */
  char *ca_file;
  char *ispdb_url;

  MwSecretsStatus keyring_status;
  gboolean accounts_changed; /* on the disk */
  guint reload_source;

  /* mw-session-secrets.c */
  guint n_moving;     /* passwords that are being taken along to another server */
  GQueue after_moves; /* what waits for them; each holds a reference of the session */

  /* mw-session-check.c */
  MwCheckLimits *limits;
  GPtrArray *jobs; /* one for each account that is being checked */
  guint n_checking;
  guint n_checked;
};

void mw_session_set_counts (MwSession *self, guint n_checking, guint n_checked);
void mw_session_notify_checking (MwSession *self);
void mw_session_emit_check_refused (MwSession *self, const char *message);
void mw_session_emit_password_move_failed (MwSession *self, const char *id, const char *message);
void mw_session_move_passwords (MwSession *self, MwAccount *before, MwAccount *after);
void mw_session_run_after_moves (MwSession *self, GTask *task, GTaskThreadFunc func);
void mw_session_set_keyring_status (MwSession *self, MwSecretsStatus status);
void mw_session_note_keyring_error (MwSession *self, const GError *error); /* any error */

G_END_DECLS
