/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-secrets"

#include "config.h"

#include "secrets/mw-secrets-memory.h"

typedef struct
{
  MwSecretItem *item;
  SecretValue *value;
} Kept;

struct _MwSecretsMemory
{
  MwSecrets parent_instance;

  GMutex lock;
  /* Owned, guarded by the lock */
  GPtrArray *kept; /* (element-type Kept) */
  GError *failure;
};

G_DEFINE_FINAL_TYPE (MwSecretsMemory, mw_secrets_memory, MW_TYPE_SECRETS)

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  mw_secret_item_unref (kept->item);
  secret_value_unref (kept->value);
  g_free (kept);
}

/* Like a keyring: every attribute asked for has to be there, and more may be */
static gboolean
matches (MwSecretItem *kept, MwSecretItem *wanted)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  if (!g_str_equal (kept->schema, wanted->schema))
    return FALSE;
  g_hash_table_iter_init (&iter, wanted->attributes);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_strcmp0 (g_hash_table_lookup (kept->attributes, key), value) != 0)
      return FALSE;
  return TRUE;
}

static gboolean
check_usable (MwSecretsMemory *self, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (self->failure == NULL)
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (self->failure);
  return FALSE;
}

static gboolean
mw_secrets_memory_store (MwSecrets *secrets,
                         MwSecretItem *item,
                         SecretValue *value,
                         MwSecretsFlags flags,
                         GCancellable *cancellable,
                         GError **error)
{
  MwSecretsMemory *self = MW_SECRETS_MEMORY (secrets);
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean found = FALSE;
  Kept *kept;

  if (!check_usable (self, cancellable, error))
    return FALSE;

  for (guint i = 0; i < self->kept->len; i++)
    {
      kept = g_ptr_array_index (self->kept, i);
      if (!matches (kept->item, item))
        continue;
      secret_value_unref (kept->value);
      kept->value = secret_value_ref (value);
      found = TRUE;
    }
  if (found)
    return TRUE;

  kept = g_new0 (Kept, 1);
  kept->item = mw_secret_item_ref (item);
  kept->value = secret_value_ref (value);
  g_ptr_array_add (self->kept, kept);
  return TRUE;
}

static SecretValue *
mw_secrets_memory_lookup (MwSecrets *secrets,
                          MwSecretItem *item,
                          MwSecretsFlags flags,
                          GCancellable *cancellable,
                          GError **error)
{
  MwSecretsMemory *self = MW_SECRETS_MEMORY (secrets);
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!check_usable (self, cancellable, error))
    return NULL;

  for (guint i = 0; i < self->kept->len; i++)
    {
      Kept *kept = g_ptr_array_index (self->kept, i);

      if (matches (kept->item, item))
        return secret_value_ref (kept->value);
    }
  g_set_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND,
               "No password of schema %s with these attributes is kept", item->schema);
  return NULL;
}

static gboolean
mw_secrets_memory_clear (MwSecrets *secrets,
                         MwSecretItem *item,
                         MwSecretsFlags flags,
                         guint *n_cleared,
                         GCancellable *cancellable,
                         GError **error)
{
  MwSecretsMemory *self = MW_SECRETS_MEMORY (secrets);
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean ours = g_str_has_prefix (item->schema, "io.github.mailwright.");

  if (!check_usable (self, cancellable, error))
    return FALSE;

  for (guint i = self->kept->len; i > 0; i--)
    {
      Kept *kept = g_ptr_array_index (self->kept, i - 1);

      if (ours ? matches (kept->item, item) : mw_secret_item_equal (kept->item, item))
        {
          g_ptr_array_remove_index (self->kept, i - 1);
          (*n_cleared)++;
        }
    }
  return TRUE;
}

static MwSecretsStatus
mw_secrets_memory_status (MwSecrets *secrets, GCancellable *cancellable)
{
  MwSecretsMemory *self = MW_SECRETS_MEMORY (secrets);
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->failure == NULL)
    return MW_SECRETS_STATUS_SESSION;
  if (g_error_matches (self->failure, MW_SECRETS_ERROR, MW_SECRETS_ERROR_LOCKED))
    return MW_SECRETS_STATUS_LOCKED;
  if (g_error_matches (self->failure, MW_SECRETS_ERROR, MW_SECRETS_ERROR_TIMEOUT))
    return MW_SECRETS_STATUS_SILENT;
  return MW_SECRETS_STATUS_ABSENT;
}

static void
mw_secrets_memory_finalize (GObject *object)
{
  MwSecretsMemory *self = MW_SECRETS_MEMORY (object);

  g_ptr_array_unref (self->kept);
  g_clear_error (&self->failure);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (mw_secrets_memory_parent_class)->finalize (object);
}

static void
mw_secrets_memory_class_init (MwSecretsMemoryClass *klass)
{
  MwSecretsClass *secrets_class = MW_SECRETS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mw_secrets_memory_finalize;
  secrets_class->store = mw_secrets_memory_store;
  secrets_class->lookup = mw_secrets_memory_lookup;
  secrets_class->clear = mw_secrets_memory_clear;
  secrets_class->status = mw_secrets_memory_status;
}

static void
mw_secrets_memory_init (MwSecretsMemory *self)
{
  g_mutex_init (&self->lock);
  self->kept = g_ptr_array_new_with_free_func (kept_free);
}

/**
 * mw_secrets_memory_new:
 *
 * Returns: (transfer full): an empty place for passwords that ends with the object
 */
MwSecrets *
mw_secrets_memory_new (void)
{
  return g_object_new (MW_TYPE_SECRETS_MEMORY, NULL);
}

/**
 * mw_secrets_memory_get_n_items:
 * @self: the secrets
 *
 * Returns: how many passwords are kept
 */
guint
mw_secrets_memory_get_n_items (MwSecretsMemory *self)
{
  g_autoptr(GMutexLocker) locker = NULL;

  g_return_val_if_fail (MW_IS_SECRETS_MEMORY (self), 0);

  locker = g_mutex_locker_new (&self->lock);
  return self->kept->len;
}

/**
 * mw_secrets_memory_set_error:
 * @self: the secrets
 * @error: (nullable): what every call fails with from now on; copied
 *
 * Makes it look like a keyring that is locked, silent or gone.
 */
void
mw_secrets_memory_set_error (MwSecretsMemory *self, const GError *error)
{
  g_autoptr(GMutexLocker) locker = NULL;

  g_return_if_fail (MW_IS_SECRETS_MEMORY (self));

  locker = g_mutex_locker_new (&self->lock);
  g_clear_error (&self->failure);
  if (error != NULL)
    self->failure = g_error_copy (error);
}
