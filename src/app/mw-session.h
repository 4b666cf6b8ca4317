/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-account-item.h"
#include "export/mw-export-apply.h"
#include "model/mw-store.h"
#include "net/mw-network.h"
#include "net/mw-trust.h"
#include "providers/mw-provider-db.h"
#include "secrets/mw-secrets.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define MW_TYPE_SESSION (mw_session_get_type ())

/**
 * MwSession:
 *
 * What all windows of one run of the program share: the accounts and their checks, the passwords,
 * the network, the preferences. It holds no logic of the field, only brings the core's parts
 * together. Main thread only; whatever may block runs in threads.
 *
 * Properties: "keyring-status" (#MwSecretsStatus as int, notified; READY until something else is
 * known), "checking" (boolean: any check runs), "n-checking" (guint: how many accounts were taken
 * to be checked since none was) and "n-checked" (guint: how many of these have ended).
 * Signals: "account-saved" (MwAccountItem), "account-removed" (char *id), "problems-changed",
 * "password-move-failed" (MwAccountItem, char *message: the account is saved, but its password
 * could not be taken along to the new server or login name), "check-refused" (char *message:
 * nothing was checked, since the file with certificate authorities cannot be read).
 */
G_DECLARE_FINAL_TYPE (MwSession, mw_session, MW, SESSION, GObject)

/**
 * mw_session_new:
 * @settings: the program's preferences
 * @ca_file: (nullable) (type filename): certificate authorities to trust beside the system's;
 * %NULL: those of the preferences, if any
 * @ispdb_url: (nullable): another copy of the ISPDB
 *
 * Reads the accounts. Asks neither network nor keyring: mw_session_start() does, after the first
 * frame.
 *
 * Returns: (transfer full): a session
 */
MwSession *mw_session_new (GSettings *settings, const char *ca_file, const char *ispdb_url);
void mw_session_start (MwSession *self);

GListModel *mw_session_get_accounts (MwSession *self); /* of MwAccountItem, in the chosen order */
MwAccountItem *mw_session_find (MwSession *self, const char *id); /* transfer none, or %NULL */
GPtrArray *mw_session_get_problems (MwSession *self); /* (element-type GError): unreadable files */
GSettings *mw_session_get_settings (MwSession *self);
MwStore *mw_session_get_store (MwSession *self);
MwHistory *mw_session_get_history (MwSession *self);
MwProviderDb *mw_session_get_providers (MwSession *self);
MwNetwork *mw_session_get_network (MwSession *self);            /* made on first use */
MwNetworkState *mw_session_get_network_state (MwSession *self); /* transfer none */
const char *mw_session_get_ispdb_url (MwSession *self);         /* or %NULL */

/* The system's authorities and those of --ca-file or the preferences. %NULL with an error when that
 * file cannot be read: say so, and do not go on without it. */
MwTrust *mw_session_get_trust (MwSession *self, GError **error);

const MwProvider *mw_session_find_provider (MwSession *self, MwAccount *account); /* or %NULL */

/* Writes the account, moves its passwords along (in a thread) when servers changed, and updates the
 * list. MW_STORE_ERROR_CHANGED when another program changed it meanwhile. */
gboolean mw_session_save (MwSession *self, MwAccount *account, GError **error);
void mw_session_remove_async (MwSession *self,
                              MwAccountItem *item,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* %FALSE with a #MwSecretsError: the account is gone, its passwords may still be in the keyring */
gboolean mw_session_remove_finish (MwSession *self, GAsyncResult *result, GError **error);
void mw_session_move_account (MwSession *self, guint from, guint to); /* order by hand */

/**
 * MwPasswordPlace:
 * @MW_PASSWORD_PLACE_NONE: there is none
 * @MW_PASSWORD_PLACE_KEYRING: in the keyring
 * @MW_PASSWORD_PLACE_SESSION: in memory until the program ends
 *
 * Where a password is.
 */
typedef enum
{
  MW_PASSWORD_PLACE_NONE,
  MW_PASSWORD_PLACE_KEYRING,
  MW_PASSWORD_PLACE_SESSION,
} MwPasswordPlace;

/* Session memory first, then the keyring. NOT_FOUND is no error: %NULL and PLACE_NONE. @half: any;
 * mw_account_get_password_half() is applied. */
void mw_session_lookup_password_async (MwSession *self,
                                       MwAccount *account,
                                       MwHalf half,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
SecretValue *mw_session_lookup_password_finish (MwSession *self,
                                                GAsyncResult *result,
                                                MwPasswordPlace *place,
                                                GError **error);
/* Keeps a password; also brings those items of exported programs up to date that exist
 * (mw_export_update_passwords_sync()). PLACE_KEYRING or PLACE_SESSION. */
void mw_session_store_password_async (MwSession *self,
                                      MwAccount *account,
                                      MwHalf half,
                                      SecretValue *value,
                                      MwPasswordPlace place,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean mw_session_store_password_finish (MwSession *self,
                                           GAsyncResult *result,
                                           guint *n_updated,
                                           GError **error);
void mw_session_clear_password_async (MwSession *self,
                                      MwAccount *account,
                                      MwHalf half,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean mw_session_clear_password_finish (MwSession *self, GAsyncResult *result, GError **error);
MwSecretsStatus mw_session_get_keyring_status (MwSession *self);
void mw_session_refresh_keyring_status (MwSession *self);

/* For exports, any thread: session memory first, then the keyring (an #MwExportPasswordFunc whose
 * user_data is the session) */
SecretValue *
mw_session_give_password (MwAccount *account, MwHalf half, gpointer session, GError **error);
MwSecrets *mw_session_get_keyring (MwSession *self); /* thread-safe object */
MwExportHost *
mw_session_get_export_host (MwSession *self); /* made on first use; find_programs done */

/* Checks all servers of these accounts at once; those that are being checked already go on. Looks
 * the passwords up first, in threads. */
void mw_session_check (MwSession *self, GPtrArray *items); /* (element-type MwAccountItem) */
void mw_session_check_one (MwSession *self, MwAccountItem *item);
void mw_session_stop_check (MwSession *self, MwAccountItem *item); /* %NULL: all */
gboolean mw_session_get_checking (MwSession *self);

/* After an export or an undo */
void mw_session_note_export (MwSession *self, MwExportPlan *plan);
void mw_session_note_undo (MwSession *self, const char *target, const char *const *addresses);

G_END_DECLS
