/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"
#include "model/mw-diagnosis.h"

#include <gio/gio.h>

/* libsecret marks the D-Bus level of its interface as unstable. It is used all the same: in a
 * Flatpak the simple calls write to a file that no other program reads. */
#define SECRET_API_SUBJECT_TO_CHANGE 1
#include <libsecret/secret.h>

G_BEGIN_DECLS

#define MW_SECRETS_ERROR (mw_secrets_error_quark ())
GQuark mw_secrets_error_quark (void);

/**
 * MwSecretsError:
 * @MW_SECRETS_ERROR_ABSENT: there is no keyring: no session bus, no service, or no keyring in it
 * @MW_SECRETS_ERROR_LOCKED: the keyring is locked, and nobody could or should be asked
 * @MW_SECRETS_ERROR_TIMEOUT: the service did not answer in time
 * @MW_SECRETS_ERROR_DISMISSED: the person closed the keyring's question
 * @MW_SECRETS_ERROR_NOT_FOUND: the keyring answered: it has no such item
 * @MW_SECRETS_ERROR_FAILED: the keyring refused for a reason of its own; it is in the message
 *
 * Why a password could not be read or kept. Cancelling gives %G_IO_ERROR_CANCELLED.
 */
typedef enum
{
  MW_SECRETS_ERROR_ABSENT,
  MW_SECRETS_ERROR_LOCKED,
  MW_SECRETS_ERROR_TIMEOUT,
  MW_SECRETS_ERROR_DISMISSED,
  MW_SECRETS_ERROR_NOT_FOUND,
  MW_SECRETS_ERROR_FAILED,
} MwSecretsError;

MwDiagnosis mw_secrets_error_to_diagnosis (const GError *error);

/**
 * MwSecretsFlags:
 * @MW_SECRETS_NONE: ask nobody: what is locked stays locked
 * @MW_SECRETS_ALLOW_PROMPT: the keyring may ask the person to unlock it; while its question is
 *   visible the deadline is the longer one
 *
 * How a call may go about it.
 */
typedef enum
{
  MW_SECRETS_NONE = 0,
  MW_SECRETS_ALLOW_PROMPT = 1 << 0,
} MwSecretsFlags;

/**
 * MwSecretsStatus:
 * @MW_SECRETS_STATUS_READY: there, and open
 * @MW_SECRETS_STATUS_LOCKED: there, and locked
 * @MW_SECRETS_STATUS_ABSENT: not there
 * @MW_SECRETS_STATUS_SILENT: something is there and does not answer
 * @MW_SECRETS_STATUS_SESSION: kept in memory until the program ends
 *
 * What state the place for passwords is in.
 */
typedef enum
{
  MW_SECRETS_STATUS_READY,
  MW_SECRETS_STATUS_LOCKED,
  MW_SECRETS_STATUS_ABSENT,
  MW_SECRETS_STATUS_SILENT,
  MW_SECRETS_STATUS_SESSION,
} MwSecretsStatus;

const char *mw_secrets_status_to_string (MwSecretsStatus status); /* "ready", "locked", ... */

/* The schema of our own items, and of what an undo needs to give an earlier password back */
#define MW_SECRETS_SCHEMA_SERVER "io.github.mailwright.Mailwright.Server"
#define MW_SECRETS_SCHEMA_UNDO "io.github.mailwright.Mailwright.Undo"

#define MW_TYPE_SECRET_ITEM (mw_secret_item_get_type ())

/**
 * MwSecretItem:
 * @schema: the name of the schema: the item's `xdg:schema`
 * @attributes: (element-type utf8 utf8): all attributes but the schema
 * @label: what the keyring's own window shows
 *
 * Where a secret is in a keyring, without the secret. Immutable, counted.
 */
typedef struct
{
  char *schema;
  GHashTable *attributes;
  char *label;

  /*< private >*/
  gatomicrefcount ref_count;
} MwSecretItem;

GType mw_secret_item_get_type (void) G_GNUC_CONST;
MwSecretItem *mw_secret_item_new (const char *schema,
                                  const char *label,
                                  ...) G_GNUC_NULL_TERMINATED; /* attribute, value, ..., NULL */
MwSecretItem *
mw_secret_item_new_table (const char *schema, const char *label, GHashTable *attributes);
MwSecretItem *mw_secret_item_new_for_account (MwAccount *account, MwHalf half);
MwSecretItem *mw_secret_item_ref (MwSecretItem *self);
void mw_secret_item_unref (MwSecretItem *self);
gboolean mw_secret_item_equal (MwSecretItem *a, MwSecretItem *b); /* schema and attributes */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwSecretItem, mw_secret_item_unref)

#define MW_TYPE_SECRETS (mw_secrets_get_type ())

/**
 * MwSecrets:
 *
 * A place for passwords: the keyring (#MwKeyring), or this process's memory (#MwSecretsMemory).
 *
 * The functions whose names end in _sync may be called from any thread and return within their
 * deadline, whatever the bus and the service do. The _async functions run them in a worker and
 * answer in the calling thread's main context.
 */
G_DECLARE_DERIVABLE_TYPE (MwSecrets, mw_secrets, MW, SECRETS, GObject)

struct _MwSecretsClass
{
  GObjectClass parent_class;

  gboolean (*store) (MwSecrets *self,
                     MwSecretItem *item,
                     SecretValue *value,
                     MwSecretsFlags flags,
                     GCancellable *cancellable,
                     GError **error);
  SecretValue *(*lookup) (MwSecrets *self,
                          MwSecretItem *item,
                          MwSecretsFlags flags,
                          GCancellable *cancellable,
                          GError **error);
  GPtrArray *(*lookup_many) (MwSecrets *self,
                             GPtrArray *items,
                             GCancellable *cancellable,
                             GError **error);
  gboolean (*clear) (MwSecrets *self,
                     MwSecretItem *item,
                     MwSecretsFlags flags,
                     guint *n_cleared,
                     GCancellable *cancellable,
                     GError **error);
  MwSecretsStatus (*status) (MwSecrets *self, GCancellable *cancellable);

  /*< private >*/
  gpointer padding[4];
};

/* Any item, named by its schema and attributes */
gboolean mw_secrets_store_item_sync (MwSecrets *self,
                                     MwSecretItem *item,
                                     SecretValue *value,
                                     MwSecretsFlags flags,
                                     GCancellable *cancellable,
                                     GError **error);
SecretValue *mw_secrets_lookup_item_sync (MwSecrets *self,
                                          MwSecretItem *item,
                                          MwSecretsFlags flags,
                                          GCancellable *cancellable,
                                          GError **error);
GPtrArray *mw_secrets_lookup_items_sync (MwSecrets *self,
                                         GPtrArray *items,
                                         GCancellable *cancellable,
                                         GError **error);
gboolean mw_secrets_clear_item_sync (MwSecrets *self,
                                     MwSecretItem *item,
                                     MwSecretsFlags flags,
                                     guint *n_cleared,
                                     GCancellable *cancellable,
                                     GError **error);
MwSecretsStatus mw_secrets_get_status_sync (MwSecrets *self, GCancellable *cancellable);

/* Our own item for one half of an account */
gboolean mw_secrets_store_sync (MwSecrets *self,
                                MwAccount *account,
                                MwHalf half,
                                SecretValue *value,
                                MwSecretsFlags flags,
                                GCancellable *cancellable,
                                GError **error);
SecretValue *mw_secrets_lookup_sync (MwSecrets *self,
                                     MwAccount *account,
                                     MwHalf half,
                                     MwSecretsFlags flags,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean mw_secrets_clear_sync (MwSecrets *self,
                                MwAccount *account,
                                MwHalf half,
                                MwSecretsFlags flags,
                                guint *n_cleared,
                                GCancellable *cancellable,
                                GError **error);
gboolean mw_secrets_clear_account_sync (MwSecrets *self,
                                        const char *account_id,
                                        MwSecretsFlags flags,
                                        guint *n_cleared,
                                        GCancellable *cancellable,
                                        GError **error);
gboolean mw_secrets_move_sync (MwSecrets *self,
                               MwAccount *before,
                               MwAccount *after,
                               MwSecretsFlags flags,
                               GCancellable *cancellable,
                               GError **error);

void mw_secrets_store_async (MwSecrets *self,
                             MwAccount *account,
                             MwHalf half,
                             SecretValue *value,
                             MwSecretsFlags flags,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean mw_secrets_store_finish (MwSecrets *self, GAsyncResult *result, GError **error);
void mw_secrets_lookup_async (MwSecrets *self,
                              MwAccount *account,
                              MwHalf half,
                              MwSecretsFlags flags,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
SecretValue *mw_secrets_lookup_finish (MwSecrets *self, GAsyncResult *result, GError **error);
void mw_secrets_clear_async (MwSecrets *self,
                             MwAccount *account,
                             MwHalf half,
                             MwSecretsFlags flags,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean
mw_secrets_clear_finish (MwSecrets *self, GAsyncResult *result, guint *n_cleared, GError **error);
void mw_secrets_get_status_async (MwSecrets *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
MwSecretsStatus mw_secrets_get_status_finish (MwSecrets *self, GAsyncResult *result);

gboolean mw_secret_value_equal (SecretValue *a, SecretValue *b); /* in constant time per length */

/* No core dump and no debugger of the same user may read this process. Called first in main(). */
void mw_secrets_harden_process (void);

G_END_DECLS
