/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-secrets"

#include "config.h"

#include "secrets/mw-secrets.h"

#include <glib/gi18n-lib.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

G_DEFINE_ABSTRACT_TYPE (MwSecrets, mw_secrets, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (MwSecretItem, mw_secret_item, mw_secret_item_ref, mw_secret_item_unref)

G_DEFINE_QUARK (mw_secrets_error, mw_secrets_error)

static void
mw_secrets_class_init (MwSecretsClass *klass)
{
}

static void
mw_secrets_init (MwSecrets *self)
{
}

/**
 * mw_secrets_error_to_diagnosis:
 * @error: any error
 *
 * Returns: the diagnosis that tells a person about a keyring error; %MW_DIAGNOSIS_NONE for other
 *   errors, and for a password that is simply not there
 */
MwDiagnosis
mw_secrets_error_to_diagnosis (const GError *error)
{
  if (error == NULL || error->domain != MW_SECRETS_ERROR)
    return MW_DIAGNOSIS_NONE;

  switch ((MwSecretsError) error->code)
    {
    case MW_SECRETS_ERROR_LOCKED:
    case MW_SECRETS_ERROR_DISMISSED:
      return MW_DIAGNOSIS_KEYRING_LOCKED;
    case MW_SECRETS_ERROR_ABSENT:
    case MW_SECRETS_ERROR_TIMEOUT:
    case MW_SECRETS_ERROR_FAILED:
      return MW_DIAGNOSIS_KEYRING_ABSENT;
    case MW_SECRETS_ERROR_NOT_FOUND:
    default:
      return MW_DIAGNOSIS_NONE;
    }
}

/**
 * mw_secrets_status_to_string:
 * @status: a status
 *
 * Returns: (transfer none): its stable name
 */
const char *
mw_secrets_status_to_string (MwSecretsStatus status)
{
  switch (status)
    {
    case MW_SECRETS_STATUS_READY:
      return "ready";
    case MW_SECRETS_STATUS_LOCKED:
      return "locked";
    case MW_SECRETS_STATUS_ABSENT:
      return "absent";
    case MW_SECRETS_STATUS_SILENT:
      return "silent";
    case MW_SECRETS_STATUS_SESSION:
      return "session";
    default:
      g_return_val_if_reached ("absent");
    }
}

/* Items */

/**
 * mw_secret_item_new_table:
 * @schema: name of the schema
 * @label: what a keyring's window shows
 * @attributes: (element-type utf8 utf8): copied
 *
 * Returns: (transfer full): where a secret is
 */
MwSecretItem *
mw_secret_item_new_table (const char *schema, const char *label, GHashTable *attributes)
{
  MwSecretItem *self = g_new0 (MwSecretItem, 1);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_atomic_ref_count_init (&self->ref_count);
  self->schema = g_strdup (schema);
  self->label = g_strdup (label);
  self->attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_iter_init (&iter, attributes);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (self->attributes, g_strdup (key), g_strdup (value));
  return self;
}

/**
 * mw_secret_item_new:
 * @schema: name of the schema
 * @label: what a keyring's window shows
 * @...: attribute names and values in turn, then %NULL
 *
 * Returns: (transfer full): where a secret is
 */
MwSecretItem *
mw_secret_item_new (const char *schema, const char *label, ...)
{
  g_autoptr(GHashTable) attributes = g_hash_table_new (g_str_hash, g_str_equal);
  const char *name;
  va_list args;

  va_start (args, label);
  while ((name = va_arg (args, const char *)) != NULL)
    g_hash_table_insert (attributes, (gpointer) name, va_arg (args, char *));
  va_end (args);
  return mw_secret_item_new_table (schema, label, attributes);
}

/**
 * mw_secret_item_new_for_account:
 * @account: an account
 * @half: one of its halves
 *
 * Our own item: schema %MW_SECRETS_SCHEMA_SERVER, attributes `account` (the id), `protocol`,
 * `host`, `port` and `user`. All of them take part in a look-up, so that no password ever goes to
 * another server than the one that it was given for. Halves that share a password share the item.
 *
 * Returns: (transfer full) (nullable): the item; %NULL when that half has no server
 */
MwSecretItem *
mw_secret_item_new_for_account (MwAccount *account, MwHalf half)
{
  g_autofree char *label = NULL;
  g_autofree char *port = NULL;
  MwServer *server;

  g_return_val_if_fail (MW_IS_ACCOUNT (account), NULL);

  server = mw_account_get_server (account, mw_account_get_password_half (account, half));
  if (server == NULL)
    return NULL;

  port = g_strdup_printf ("%u", mw_server_get_port (server));
  /* Translators: the name of a password in the keyring's own window. %1$s is a mail address, %2$s
   * is the name of a server */
  label = g_strdup_printf (_ ("Mail password of %1$s on %2$s"),
                             mw_address_get_text (mw_account_get_address (account)),
                             mw_server_get_host (server));
  return mw_secret_item_new (
      MW_SECRETS_SCHEMA_SERVER, label, "account", mw_account_get_id (account), "protocol",
      mw_protocol_to_string (mw_server_get_protocol (server)), "host", mw_server_get_host (server),
      "port", port, "user",
      mw_server_get_username (server) != NULL ? mw_server_get_username (server) : "", NULL);
}

/**
 * mw_secret_item_ref:
 * @self: an item
 *
 * Returns: (transfer full): @self
 */
MwSecretItem *
mw_secret_item_ref (MwSecretItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mw_secret_item_unref:
 * @self: (transfer full): an item
 */
void
mw_secret_item_unref (MwSecretItem *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->schema);
  g_free (self->label);
  g_hash_table_unref (self->attributes);
  g_free (self);
}

/**
 * mw_secret_item_equal:
 * @a: an item
 * @b: another
 *
 * Returns: whether both have the same schema and exactly the same attributes
 */
gboolean
mw_secret_item_equal (MwSecretItem *a, MwSecretItem *b)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  if (!g_str_equal (a->schema, b->schema) ||
      g_hash_table_size (a->attributes) != g_hash_table_size (b->attributes))
    return FALSE;

  g_hash_table_iter_init (&iter, a->attributes);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_strcmp0 (g_hash_table_lookup (b->attributes, key), value) != 0)
      return FALSE;
  return TRUE;
}

/* Any item, in the calling thread */

/**
 * mw_secrets_store_item_sync:
 * @self: the secrets
 * @item: where to
 * @value: the secret
 * @flags: how
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Keeps a secret. An item that is found by these attributes gets the new secret and keeps what
 * else it has; there is never a second one.
 *
 * Returns: %TRUE when it is kept; else a #MwSecretsError or %G_IO_ERROR_CANCELLED
 */
gboolean
mw_secrets_store_item_sync (MwSecrets *self,
                            MwSecretItem *item,
                            SecretValue *value,
                            MwSecretsFlags flags,
                            GCancellable *cancellable,
                            GError **error)
{
  g_return_val_if_fail (MW_IS_SECRETS (self), FALSE);
  g_return_val_if_fail (item != NULL && value != NULL, FALSE);

  return MW_SECRETS_GET_CLASS (self)->store (self, item, value, flags, cancellable, error);
}

/**
 * mw_secrets_lookup_item_sync:
 * @self: the secrets
 * @item: where
 * @flags: how
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (nullable): the secret; %NULL with a #MwSecretsError, which is
 *   %MW_SECRETS_ERROR_NOT_FOUND when there is none
 */
SecretValue *
mw_secrets_lookup_item_sync (MwSecrets *self,
                             MwSecretItem *item,
                             MwSecretsFlags flags,
                             GCancellable *cancellable,
                             GError **error)
{
  g_return_val_if_fail (MW_IS_SECRETS (self), NULL);
  g_return_val_if_fail (item != NULL, NULL);

  return MW_SECRETS_GET_CLASS (self)->lookup (self, item, flags, cancellable, error);
}

static void
unref_if_any (gpointer value)
{
  if (value != NULL)
    secret_value_unref (value);
}

/**
 * mw_secrets_lookup_items_sync:
 * @self: the secrets
 * @items: (element-type MwSecretItem): where
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Looks many secrets up at once, which is quicker than one by one. Nobody is asked for anything.
 *
 * Returns: (transfer full) (nullable): the secrets, by index, with %NULL for those that
 *   mw_secrets_lookup_item_sync() must look for; or %NULL with @error when that would fail as well
 */
GPtrArray *
mw_secrets_lookup_items_sync (MwSecrets *self,
                              GPtrArray *items,
                              GCancellable *cancellable,
                              GError **error)
{
  GPtrArray *values;

  g_return_val_if_fail (MW_IS_SECRETS (self), NULL);
  g_return_val_if_fail (items != NULL, NULL);

  if (MW_SECRETS_GET_CLASS (self)->lookup_many != NULL)
    return MW_SECRETS_GET_CLASS (self)->lookup_many (self, items, cancellable, error);
  values = g_ptr_array_new_with_free_func (unref_if_any);
  g_ptr_array_set_size (values, (int) items->len);
  return values;
}

/**
 * mw_secrets_clear_item_sync:
 * @self: the secrets
 * @item: where
 * @flags: how
 * @n_cleared: (out) (optional): how many there were
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Removes the items that have exactly these attributes; of our own schema also those that have
 * more. That there is none is no error.
 *
 * Returns: %TRUE when none is left
 */
gboolean
mw_secrets_clear_item_sync (MwSecrets *self,
                            MwSecretItem *item,
                            MwSecretsFlags flags,
                            guint *n_cleared,
                            GCancellable *cancellable,
                            GError **error)
{
  guint n = 0;
  gboolean ok;

  g_return_val_if_fail (MW_IS_SECRETS (self), FALSE);
  g_return_val_if_fail (item != NULL, FALSE);

  ok = MW_SECRETS_GET_CLASS (self)->clear (self, item, flags, &n, cancellable, error);
  if (n_cleared != NULL)
    *n_cleared = n;
  return ok;
}

/**
 * mw_secrets_get_status_sync:
 * @self: the secrets
 * @cancellable: (nullable): a cancellable
 *
 * Asks nobody and changes nothing.
 *
 * Returns: the state of the place for passwords
 */
MwSecretsStatus
mw_secrets_get_status_sync (MwSecrets *self, GCancellable *cancellable)
{
  g_return_val_if_fail (MW_IS_SECRETS (self), MW_SECRETS_STATUS_ABSENT);

  return MW_SECRETS_GET_CLASS (self)->status (self, cancellable);
}

/* Our own items, in the calling thread */

static MwSecretItem *
own_item (MwAccount *account, MwHalf half, GError **error)
{
  MwSecretItem *item = mw_secret_item_new_for_account (account, half);

  if (item == NULL)
    g_set_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND, "%s has no %s server",
                 mw_address_get_text (mw_account_get_address (account)), mw_half_to_string (half));
  return item;
}

/**
 * mw_secrets_store_sync:
 * @self: the secrets
 * @account: the account
 * @half: the half that logs in with it
 * @value: the password
 * @flags: how
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Keeps the password of one half of an account, and of both where they share one.
 *
 * Returns: %TRUE when it is kept
 */
gboolean
mw_secrets_store_sync (MwSecrets *self,
                       MwAccount *account,
                       MwHalf half,
                       SecretValue *value,
                       MwSecretsFlags flags,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr(MwSecretItem) item = own_item (account, half, error);

  return item != NULL && mw_secrets_store_item_sync (self, item, value, flags, cancellable, error);
}

/**
 * mw_secrets_lookup_sync:
 * @self: the secrets
 * @account: the account
 * @half: the half that logs in with it
 * @flags: how
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (nullable): the password, or %NULL with @error set
 */
SecretValue *
mw_secrets_lookup_sync (MwSecrets *self,
                        MwAccount *account,
                        MwHalf half,
                        MwSecretsFlags flags,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr(MwSecretItem) item = own_item (account, half, error);

  return item != NULL ? mw_secrets_lookup_item_sync (self, item, flags, cancellable, error) : NULL;
}

/**
 * mw_secrets_clear_sync:
 * @self: the secrets
 * @account: the account
 * @half: the half that logs in with it
 * @flags: how
 * @n_cleared: (out) (optional): how many items there were
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Forgets the password of one half of an account. That there is none is no error.
 *
 * Returns: %TRUE when it is gone
 */
gboolean
mw_secrets_clear_sync (MwSecrets *self,
                       MwAccount *account,
                       MwHalf half,
                       MwSecretsFlags flags,
                       guint *n_cleared,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr(MwSecretItem) item = own_item (account, half, error);

  if (n_cleared != NULL)
    *n_cleared = 0;
  return item != NULL &&
         mw_secrets_clear_item_sync (self, item, flags, n_cleared, cancellable, error);
}

/**
 * mw_secrets_clear_account_sync:
 * @self: the secrets
 * @account_id: id of an account
 * @flags: how
 * @n_cleared: (out) (optional): how many items there were
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Forgets every password of our own of an account, also those for servers that it once had. Items
 * that exports made for other programs stay: those programs still use them.
 *
 * Returns: %TRUE when none is left
 */
gboolean
mw_secrets_clear_account_sync (MwSecrets *self,
                               const char *account_id,
                               MwSecretsFlags flags,
                               guint *n_cleared,
                               GCancellable *cancellable,
                               GError **error)
{
  g_autoptr(MwSecretItem) item =
                mw_secret_item_new (MW_SECRETS_SCHEMA_SERVER, "", "account", account_id, NULL);

  return mw_secrets_clear_item_sync (self, item, flags, n_cleared, cancellable, error);
}

static gboolean
move_half (MwSecrets *self,
           MwAccount *before,
           MwAccount *after,
           MwHalf half,
           MwSecretsFlags flags,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr(MwSecretItem) to = mw_secret_item_new_for_account (after, half);
  g_autoptr(MwSecretItem) from = mw_secret_item_new_for_account (before, half);
  g_autoptr(SecretValue) value = NULL;
  g_autoptr(GError) missing = NULL;

  if (to == NULL || from == NULL || mw_secret_item_equal (from, to))
    return TRUE;

  value = mw_secrets_lookup_item_sync (self, from, flags, cancellable, &missing);
  if (value == NULL)
    {
      if (g_error_matches (missing, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&missing));
      return FALSE;
    }
  return mw_secrets_store_item_sync (self, to, value, flags, cancellable, error);
}

/**
 * mw_secrets_move_sync:
 * @self: the secrets
 * @before: an account as it was
 * @after: the same account as it is now
 * @flags: how
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Takes the passwords along when the servers or login names of an account were edited. The person
 * made that change: discovery alone never moves a password to another host. Items that no half
 * uses any more are removed.
 *
 * Returns: %TRUE when all passwords are where the account needs them
 */
gboolean
mw_secrets_move_sync (MwSecrets *self,
                      MwAccount *before,
                      MwAccount *after,
                      MwSecretsFlags flags,
                      GCancellable *cancellable,
                      GError **error)
{
  const MwHalf halves[] = { MW_HALF_INCOMING, MW_HALF_OUTGOING };

  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    if (!move_half (self, before, after, halves[i], flags, cancellable, error))
      return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      g_autoptr(MwSecretItem) old = mw_secret_item_new_for_account (before, halves[i]);
      gboolean used = old == NULL;

      for (guint j = 0; j < G_N_ELEMENTS (halves) && !used; j++)
        {
          g_autoptr(MwSecretItem) now = mw_secret_item_new_for_account (after, halves[j]);

          used = now != NULL && mw_secret_item_equal (old, now);
        }
      if (!used && !mw_secrets_clear_item_sync (self, old, flags, NULL, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* The same in a worker */

typedef struct
{
  MwAccount *account;
  MwHalf half;
  SecretValue *value;
  MwSecretsFlags flags;
} CallData;

static void
call_data_free (gpointer data)
{
  CallData *call = data;

  g_clear_object (&call->account);
  g_clear_pointer (&call->value, secret_value_unref);
  g_free (call);
}

static CallData *
call_data_new (MwAccount *account, MwHalf half, SecretValue *value, MwSecretsFlags flags)
{
  CallData *call = g_new0 (CallData, 1);

  call->account = mw_account_copy (account); /* accounts change in the main thread only */
  call->half = half;
  call->value = value != NULL ? secret_value_ref (value) : NULL;
  call->flags = flags;
  return call;
}

static void
store_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  CallData *call = task_data;
  GError *error = NULL;

  if (mw_secrets_store_sync (source, call->account, call->half, call->value, call->flags,
                             cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * mw_secrets_store_async:
 * @self: the secrets
 * @account: the account
 * @half: the half that logs in with it
 * @value: the password
 * @flags: how
 * @cancellable: (nullable): a cancellable
 * @callback: called in the calling thread's main context
 * @user_data: for @callback
 *
 * Does what mw_secrets_store_sync() does, without blocking.
 */
void
mw_secrets_store_async (MwSecrets *self,
                        MwAccount *account,
                        MwHalf half,
                        SecretValue *value,
                        MwSecretsFlags flags,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mw_secrets_store_async);
  g_task_set_name (task, "mw_secrets_store_async");
  g_task_set_task_data (task, call_data_new (account, half, value, flags), call_data_free);
  g_task_run_in_thread (task, store_thread);
}

/**
 * mw_secrets_store_finish:
 * @self: the secrets
 * @result: what the callback got
 * @error: return location for a #GError
 *
 * Returns: %TRUE when the password is kept
 */
gboolean
mw_secrets_store_finish (MwSecrets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
lookup_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  CallData *call = task_data;
  GError *error = NULL;
  SecretValue *value =
      mw_secrets_lookup_sync (source, call->account, call->half, call->flags, cancellable, &error);

  if (value != NULL)
    g_task_return_pointer (task, value, secret_value_unref);
  else
    g_task_return_error (task, error);
}

/**
 * mw_secrets_lookup_async:
 * @self: the secrets
 * @account: the account
 * @half: the half that logs in with it
 * @flags: how
 * @cancellable: (nullable): a cancellable
 * @callback: called in the calling thread's main context
 * @user_data: for @callback
 *
 * Does what mw_secrets_lookup_sync() does, without blocking.
 */
void
mw_secrets_lookup_async (MwSecrets *self,
                         MwAccount *account,
                         MwHalf half,
                         MwSecretsFlags flags,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mw_secrets_lookup_async);
  g_task_set_name (task, "mw_secrets_lookup_async");
  g_task_set_task_data (task, call_data_new (account, half, NULL, flags), call_data_free);
  g_task_run_in_thread (task, lookup_thread);
}

/**
 * mw_secrets_lookup_finish:
 * @self: the secrets
 * @result: what the callback got
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (nullable): the password, or %NULL with @error set
 */
SecretValue *
mw_secrets_lookup_finish (MwSecrets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
clear_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  CallData *call = task_data;
  GError *error = NULL;
  guint n_cleared = 0;

  if (mw_secrets_clear_sync (source, call->account, call->half, call->flags, &n_cleared,
                             cancellable, &error))
    g_task_return_int (task, n_cleared);
  else
    g_task_return_error (task, error);
}

/**
 * mw_secrets_clear_async:
 * @self: the secrets
 * @account: the account
 * @half: the half that logs in with it
 * @flags: how
 * @cancellable: (nullable): a cancellable
 * @callback: called in the calling thread's main context
 * @user_data: for @callback
 *
 * Does what mw_secrets_clear_sync() does, without blocking.
 */
void
mw_secrets_clear_async (MwSecrets *self,
                        MwAccount *account,
                        MwHalf half,
                        MwSecretsFlags flags,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mw_secrets_clear_async);
  g_task_set_name (task, "mw_secrets_clear_async");
  g_task_set_task_data (task, call_data_new (account, half, NULL, flags), call_data_free);
  g_task_run_in_thread (task, clear_thread);
}

/**
 * mw_secrets_clear_finish:
 * @self: the secrets
 * @result: what the callback got
 * @n_cleared: (out) (optional): how many items there were
 * @error: return location for a #GError
 *
 * Returns: %TRUE when the password is gone
 */
gboolean
mw_secrets_clear_finish (MwSecrets *self, GAsyncResult *result, guint *n_cleared, GError **error)
{
  gssize n;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  n = g_task_propagate_int (G_TASK (result), error);
  if (n_cleared != NULL)
    *n_cleared = MAX (n, 0);
  return n >= 0;
}

static void
status_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_int (task, mw_secrets_get_status_sync (source, cancellable));
}

/**
 * mw_secrets_get_status_async:
 * @self: the secrets
 * @cancellable: (nullable): a cancellable
 * @callback: called in the calling thread's main context
 * @user_data: for @callback
 *
 * Does what mw_secrets_get_status_sync() does, without blocking.
 */
void
mw_secrets_get_status_async (MwSecrets *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mw_secrets_get_status_async);
  g_task_set_name (task, "mw_secrets_get_status_async");
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, status_thread);
}

/**
 * mw_secrets_get_status_finish:
 * @self: the secrets
 * @result: what the callback got
 *
 * Returns: the state of the place for passwords
 */
MwSecretsStatus
mw_secrets_get_status_finish (MwSecrets *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), MW_SECRETS_STATUS_ABSENT);

  return (MwSecretsStatus) g_task_propagate_int (G_TASK (result), NULL);
}

/**
 * mw_secret_value_equal:
 * @a: a secret
 * @b: another
 *
 * Compares in a time that depends on the lengths only.
 *
 * Returns: whether both are the same bytes
 */
gboolean
mw_secret_value_equal (SecretValue *a, SecretValue *b)
{
  gsize length_a = 0;
  gsize length_b = 0;
  const char *bytes_a = secret_value_get (a, &length_a);
  const char *bytes_b = secret_value_get (b, &length_b);
  guchar difference = 0;

  if (length_a != length_b)
    return FALSE;
  for (gsize i = 0; i < length_a; i++)
    difference |= (guchar) bytes_a[i] ^ (guchar) bytes_b[i];
  return difference == 0;
}

/**
 * mw_secrets_harden_process:
 *
 * Keeps the passwords in this process's memory out of core dumps and away from debuggers of the
 * same user. In a Flatpak the process stays readable: portals look into its /proc folder to learn
 * who is calling, and refuse whom they cannot see.
 */
void
mw_secrets_harden_process (void)
{
  const struct rlimit no_core = { 0, 0 };

  if (setrlimit (RLIMIT_CORE, &no_core) != 0)
    g_debug ("Core dumps stay possible: %s", g_strerror (errno));
  if (access ("/.flatpak-info", F_OK) != 0 && prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    g_debug ("The process stays readable: %s", g_strerror (errno));
}
