/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-keyring"

#include "config.h"

#include "secrets/mw-keyring.h"

#include "secrets/mw-time-limit.h"

#include <string.h>

/* libsecret's own automatic clean-up of a schema takes it for a GObject, and crashes */
typedef SecretSchema Schema;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Schema, secret_schema_unref)

/* A connection to the keyring that nobody uses at the moment. Opening one costs the exchange of a
 * key, which takes longer than everything else of a look-up; a check of two hundred accounts would
 * spend its time with nothing but that. Counted: a worker may outlive the keyring object. */
typedef struct
{
  GMutex mutex;
  SecretService *service; /* or NULL */
} Spare;

static void
spare_clear (gpointer data)
{
  Spare *spare = data;

  g_clear_object (&spare->service);
  g_mutex_clear (&spare->mutex);
}

static void
spare_unref (Spare *spare)
{
  g_atomic_rc_box_release_full (spare, spare_clear);
}

static SecretService *
spare_take (Spare *spare)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&spare->mutex);

  return g_steal_pointer (&spare->service);
}

static void
spare_put (Spare *spare, SecretService *service)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&spare->mutex);

  g_set_object (&spare->service, service);
}

/* One call of the keyring. The worker owns it: it may outlive whoever asked. */
typedef struct _Call Call;
typedef gpointer (*CallFunc) (Call *call,
                              SecretService *service,
                              GCancellable *cancellable,
                              GError **error);

struct _Call
{
  /* Owned */
  MwSecretItem *item;
  GPtrArray *items;
  SecretValue *value;
  Spare *spare;

  /* Unowned: only while the call runs */
  MwTimeLimit *limit;

  CallFunc func;
  MwSecretsFlags flags;
  guint timeout;        /* milliseconds */
  guint prompt_timeout; /* milliseconds */
};

struct _MwKeyring
{
  MwSecrets parent_instance;

  /* Owned */
  Spare *spare;

  guint timeout;        /* milliseconds */
  guint prompt_timeout; /* milliseconds */
};

G_DEFINE_FINAL_TYPE (MwKeyring, mw_keyring, MW_TYPE_SECRETS)

/* A connection to the service that knows when its question is on the screen: then the deadline is
 * the longer one, and when nobody may be asked the question is not put at all. */

#define MW_TYPE_KEYRING_SERVICE (mw_keyring_service_get_type ())
G_DECLARE_FINAL_TYPE (MwKeyringService, mw_keyring_service, MW, KEYRING_SERVICE, SecretService)

struct _MwKeyringService
{
  SecretService parent_instance;

  /* Unowned */
  Call *call; /* set right after opening */
};

G_DEFINE_FINAL_TYPE (MwKeyringService, mw_keyring_service, SECRET_TYPE_SERVICE)

static gboolean
may_prompt (MwKeyringService *self, GError **error)
{
  if (self->call != NULL && (self->call->flags & MW_SECRETS_ALLOW_PROMPT) != 0)
    {
      mw_time_limit_move (self->call->limit, self->call->prompt_timeout);
      return TRUE;
    }
  g_set_error_literal (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_LOCKED,
                       "The keyring wants to ask for its password, and nobody is to be asked");
  return FALSE;
}

static void
prompt_done (MwKeyringService *self, GVariant *result, GError **error)
{
  mw_time_limit_move (self->call->limit, self->call->timeout);
  if (result == NULL && error != NULL && *error == NULL)
    g_set_error_literal (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_DISMISSED,
                         "The keyring's question was closed");
}

static GVariant *
mw_keyring_service_prompt_sync (SecretService *service,
                                SecretPrompt *prompt,
                                GCancellable *cancellable,
                                const GVariantType *return_type,
                                GError **error)
{
  MwKeyringService *self = MW_KEYRING_SERVICE (service);
  g_autoptr(GError) own_error = NULL;
  GVariant *result;

  if (!may_prompt (self, error))
    return NULL;
  result = SECRET_SERVICE_CLASS (mw_keyring_service_parent_class)
               ->prompt_sync (service, prompt, cancellable, return_type, &own_error);
  prompt_done (self, result, &own_error);
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return result;
}

static void
prompt_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  MwKeyringService *self = MW_KEYRING_SERVICE (source);
  GError *error = NULL;
  GVariant *value = SECRET_SERVICE_CLASS (mw_keyring_service_parent_class)
                        ->prompt_finish (SECRET_SERVICE (source), result, &error);

  prompt_done (self, value, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, value, (GDestroyNotify) g_variant_unref);
}

static void
mw_keyring_service_prompt_async (SecretService *service,
                                 SecretPrompt *prompt,
                                 const GVariantType *return_type,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = g_task_new (service, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, mw_keyring_service_prompt_async);
  if (!may_prompt (MW_KEYRING_SERVICE (service), &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  SECRET_SERVICE_CLASS (mw_keyring_service_parent_class)
      ->prompt_async (service, prompt, return_type, cancellable, prompt_cb, task);
}

static GVariant *
mw_keyring_service_prompt_finish (SecretService *service, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, service), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
mw_keyring_service_class_init (MwKeyringServiceClass *klass)
{
  SecretServiceClass *service_class = SECRET_SERVICE_CLASS (klass);

  service_class->prompt_sync = mw_keyring_service_prompt_sync;
  service_class->prompt_async = mw_keyring_service_prompt_async;
  service_class->prompt_finish = mw_keyring_service_prompt_finish;
}

static void
mw_keyring_service_init (MwKeyringService *self)
{
}

/* Errors */

static MwSecretsError
classify (const GError *error)
{
  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    return MW_SECRETS_ERROR_LOCKED;
  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT))
    return MW_SECRETS_ERROR_ABSENT;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT))
    return MW_SECRETS_ERROR_TIMEOUT;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
    return MW_SECRETS_ERROR_ABSENT;
  return MW_SECRETS_ERROR_FAILED;
}

/* Errors of libsecret and of the bus become ours; ours and a cancellation stay what they are */
static void
take_error (GError **error, GError *cause, gboolean opening)
{
  MwSecretsError code;

  if (cause->domain == MW_SECRETS_ERROR ||
      g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, cause);
      return;
    }

  code = classify (cause);
  if (opening && code == MW_SECRETS_ERROR_FAILED)
    code = MW_SECRETS_ERROR_ABSENT; /* no bus, no activation, a bus that refuses us: no keyring */
  g_set_error (error, MW_SECRETS_ERROR, code, "Keyring: %s", cause->message);
  g_error_free (cause);
}

/* The worker */

static void
call_free (gpointer data)
{
  Call *call = data;

  g_clear_pointer (&call->item, mw_secret_item_unref);
  g_clear_pointer (&call->items, g_ptr_array_unref);
  g_clear_pointer (&call->value, secret_value_unref);
  spare_unref (call->spare);
  g_free (call);
}

static SecretService *
open_service (GCancellable *cancellable, GError **error)
{
  g_autoptr(GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, cancellable, error);

  if (bus == NULL)
    return NULL;
  /* A bus that goes away must not take the program with it */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  return secret_service_open_sync (MW_TYPE_KEYRING_SERVICE, NULL, SECRET_SERVICE_OPEN_SESSION,
                                   cancellable, error);
}

static gpointer
call_with (Call *call, SecretService *service, GCancellable *cancellable, GError **error)
{
  gpointer result;

  MW_KEYRING_SERVICE (service)->call = call;
  result = call->func (call, service, cancellable, error);
  MW_KEYRING_SERVICE (service)->call = NULL;
  return result;
}

static gpointer
call_thread (MwTimeLimit *limit, gpointer data, GCancellable *cancellable, GError **error)
{
  Call *call = data;
  g_autoptr(SecretService) service = spare_take (call->spare);
  GError *cause = NULL;
  gpointer result = NULL;

  call->limit = limit;
  if (service != NULL)
    {
      result = call_with (call, service, cancellable, &cause);
      if (cause != NULL && cause->domain != MW_SECRETS_ERROR &&
          !g_cancellable_is_cancelled (cancellable))
        {
          /* Perhaps the keyring was started anew since, and does not know our session any more */
          g_clear_error (&cause);
          g_clear_object (&service);
        }
    }
  if (service == NULL)
    {
      service = open_service (cancellable, &cause);
      if (service == NULL)
        {
          take_error (error, cause, TRUE);
          return NULL;
        }
      result = call_with (call, service, cancellable, &cause);
    }

  if (cause == NULL)
    spare_put (call->spare, service);
  else if (result == NULL)
    take_error (error, cause, FALSE);
  else
    g_error_free (cause);
  return result;
}

/* Takes @call */
static gpointer
run (MwKeyring *self,
     Call *call,
     GDestroyNotify free_result,
     GCancellable *cancellable,
     GError **error)
{
  g_autoptr(GError) cause = NULL;
  gpointer result;

  call->spare = g_atomic_rc_box_acquire (self->spare);
  call->timeout = self->timeout;
  call->prompt_timeout = self->prompt_timeout;

  result = mw_time_limit_run ("mw-keyring", self->timeout, call_thread, call, call_free,
                              free_result, cancellable, &cause);
  if (result == NULL && cause != NULL)
    take_error (error, g_steal_pointer (&cause), FALSE);
  return result;
}

static gpointer
call_run (MwKeyring *self,
          CallFunc func,
          MwSecretItem *item,
          SecretValue *value,
          MwSecretsFlags flags,
          GDestroyNotify free_result,
          GCancellable *cancellable,
          GError **error)
{
  Call *call = g_new0 (Call, 1);

  call->func = func;
  call->item = item != NULL ? mw_secret_item_ref (item) : NULL;
  call->value = value != NULL ? secret_value_ref (value) : NULL;
  call->flags = flags;
  return run (self, call, free_result, cancellable, error);
}

static SecretSchema *
schema_for (MwSecretItem *item)
{
  g_autoptr(GHashTable) types = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, item->attributes);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_insert (types, key, GINT_TO_POINTER (SECRET_SCHEMA_ATTRIBUTE_STRING));
  return secret_schema_newv (item->schema, SECRET_SCHEMA_NONE, types);
}

/* Is the default keyring there, and open? @locked is set only when it is there. */
static gboolean
find_default (SecretService *service, gboolean *locked, GCancellable *cancellable, GError **error)
{
  g_autoptr(SecretCollection) collection = NULL;
  GError *cause = NULL;

  *locked = FALSE;
  collection = secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT,
                                                 SECRET_COLLECTION_NONE, cancellable, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  if (collection == NULL)
    {
      g_set_error_literal (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT,
                           "The keyring service has no default keyring");
      return FALSE;
    }
  *locked = secret_collection_get_locked (collection);
  return TRUE;
}

static gboolean
unlock (SecretService *service, GList *objects, GCancellable *cancellable, GError **error)
{
  GList *unlocked = NULL;
  GError *cause = NULL;

  secret_service_unlock_sync (service, objects, cancellable, &unlocked, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  if (unlocked == NULL)
    {
      g_set_error_literal (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_DISMISSED,
                           "The keyring stayed locked");
      return FALSE;
    }
  g_list_free_full (unlocked, g_object_unref);
  return TRUE;
}

static gboolean
unlock_default (SecretService *service, GCancellable *cancellable, GError **error)
{
  g_autoptr(SecretCollection) collection = secret_collection_for_alias_sync (
      service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, cancellable, error);
  GList objects = { collection, NULL, NULL };

  return collection != NULL && unlock (service, &objects, cancellable, error);
}

static void
items_free (GList *items)
{
  g_list_free_full (items, g_object_unref);
}

/* All items with these attributes, unlocked; an empty list without @error when there are none.
 * Some services show nothing of a locked keyring, so an empty answer is believed only of an open
 * one. */
static GList *
search (Call *call, SecretService *service, GCancellable *cancellable, GError **error)
{
  g_autoptr(Schema) schema = schema_for (call->item);
  GList *items = NULL;
  GList *locked_items = NULL;
  GError *cause = NULL;
  gboolean locked = FALSE;

  for (guint attempt = 0; attempt < 2; attempt++)
    {
      items = secret_service_search_sync (service, schema, call->item->attributes,
                                          SECRET_SEARCH_ALL, cancellable, &cause);
      if (cause != NULL)
        {
          g_propagate_error (error, cause);
          return NULL;
        }
      if (items != NULL || attempt > 0)
        break;

      if (!find_default (service, &locked, cancellable, &cause))
        {
          if (!g_error_matches (cause, MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT))
            {
              g_propagate_error (error, cause);
              return NULL;
            }
          g_clear_error (&cause);
          return NULL; /* no default keyring: it cannot hold the item */
        }
      if (!locked)
        return NULL;
      if (!unlock_default (service, cancellable, error))
        return NULL;
    }

  for (GList *l = items; l != NULL; l = l->next)
    if (secret_item_get_locked (l->data))
      locked_items = g_list_prepend (locked_items, l->data);
  if (locked_items != NULL && !unlock (service, locked_items, cancellable, error))
    g_clear_pointer (&items, items_free);
  g_list_free (locked_items);
  return items;
}

/* Whether the item has the wanted attributes and no others but the keyring's own */
static gboolean
is_exact (SecretItem *item, MwSecretItem *wanted)
{
  g_autoptr(GHashTable) attributes = secret_item_get_attributes (item);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, attributes);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (strchr (key, ':') == NULL && !g_hash_table_contains (wanted->attributes, key))
      return FALSE;
  return TRUE;
}

static gpointer
call_store (Call *call, SecretService *service, GCancellable *cancellable, GError **error)
{
  g_autoptr(Schema) schema = schema_for (call->item);
  GError *cause = NULL;
  GList *items = search (call, service, cancellable, &cause);
  gboolean ok = cause == NULL;

  if (cause != NULL)
    {
      g_propagate_error (error, cause);
      return NULL;
    }

  /* Storing anew would drop the attributes that another program gave the item */
  for (GList *l = items; l != NULL && ok; l = l->next)
    ok = secret_item_set_secret_sync (l->data, call->value, cancellable, error);
  if (items == NULL)
    ok = secret_service_store_sync (service, schema, call->item->attributes,
                                    SECRET_COLLECTION_DEFAULT, call->item->label, call->value,
                                    cancellable, error);
  items_free (items);
  return ok ? GINT_TO_POINTER (1) : NULL;
}

static gint
compare_for_lookup (gconstpointer a, gconstpointer b, gpointer user_data)
{
  SecretItem *item_a = SECRET_ITEM ((gpointer) a);
  SecretItem *item_b = SECRET_ITEM ((gpointer) b);
  gboolean exact_a = is_exact (item_a, user_data);
  gboolean exact_b = is_exact (item_b, user_data);
  guint64 modified_a = secret_item_get_modified (item_a);
  guint64 modified_b = secret_item_get_modified (item_b);

  if (exact_a != exact_b)
    return exact_a ? -1 : 1;
  return modified_a > modified_b ? -1 : modified_a < modified_b;
}

/* The usual case, one open item, in two calls. An object for the item would cost several times as
 * much, which counts where hundreds of accounts are checked. %NULL without a reason: what is
 * unusual about it, search() finds out. */
static SecretValue *
look_up_quickly (Call *call, SecretService *service, GCancellable *cancellable)
{
  g_autoptr(Schema) schema = schema_for (call->item);
  g_auto (GStrv) unlocked = NULL, locked = NULL;

  if (!secret_service_search_for_dbus_paths_sync (service, schema, call->item->attributes,
                                                  cancellable, &unlocked, &locked, NULL))
    return NULL;
  if (unlocked == NULL || g_strv_length (unlocked) != 1 || (locked != NULL && locked[0] != NULL))
    return NULL;
  return secret_service_get_secret_for_dbus_path_sync (service, unlocked[0], cancellable, NULL);
}

static gpointer
call_lookup (Call *call, SecretService *service, GCancellable *cancellable, GError **error)
{
  GError *cause = NULL;
  SecretValue *value = look_up_quickly (call, service, cancellable);
  GList *items;

  if (value != NULL)
    return value;

  items = search (call, service, cancellable, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, cause);
      return NULL;
    }
  if (items == NULL)
    {
      g_set_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND,
                   "The keyring has no item of schema %s with these attributes",
                   call->item->schema);
      return NULL;
    }

  items = g_list_sort_with_data (items, compare_for_lookup, call->item);
  if (secret_item_load_secret_sync (items->data, cancellable, error))
    {
      value = secret_item_get_secret (items->data);
      if (value == NULL)
        g_set_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_LOCKED,
                     "The keyring does not give out the item of schema %s", call->item->schema);
    }
  items_free (items);
  return value;
}

/* Many items: all questions where they are at once, a few dozen under way at a time, then one for
 * their secrets. Asked one by one, with an answer awaited each time, the keyring of two hundred
 * accounts costs a tenth of their check. */
#define SEARCHES_AT_ONCE 32
#define SECRETS_AT_ONCE 100

typedef struct
{
  /* Unowned */
  Call *call;
  SecretService *service;
  GCancellable *cancellable;

  /* Owned */
  GMainContext *context;
  GPtrArray *paths; /* by item; %NULL where there is not exactly one open item */
  GError *error;    /* the first */

  guint next;
  guint n_running;
} Gathering;

typedef struct
{
  Gathering *gathering;
  guint index;
} Search;

static void
search_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Search *one = user_data;
  Gathering *self = one->gathering;
  g_auto (GStrv) unlocked = NULL, locked = NULL;
  g_autoptr(GError) error = NULL;

  self->n_running--;
  if (!secret_service_search_for_dbus_paths_finish (SECRET_SERVICE (source), result, &unlocked,
                                                    &locked, &error))
    {
      if (self->error == NULL)
        self->error = g_steal_pointer (&error);
      return;
    }
  /* It answers: the deadline is for the next answer */
  mw_time_limit_move (self->call->limit, self->call->timeout);
  if (unlocked != NULL && g_strv_length (unlocked) == 1 && (locked == NULL || locked[0] == NULL))
    g_ptr_array_index (self->paths, one->index) = g_strdup (unlocked[0]);
}

static void
start_searches (Gathering *self)
{
  while (self->error == NULL && self->next < self->call->items->len &&
         self->n_running < SEARCHES_AT_ONCE)
    {
      MwSecretItem *item = g_ptr_array_index (self->call->items, self->next);
      g_autoptr(Schema) schema = schema_for (item);
      Search *one = g_new0 (Search, 1);

      one->gathering = self;
      one->index = self->next++;
      self->n_running++;
      secret_service_search_for_dbus_paths (self->service, schema, item->attributes,
                                            self->cancellable, search_cb, one);
    }
}

static void
load_secrets (Gathering *self, GPtrArray *values, guint from)
{
  guint until = MIN (from + SECRETS_AT_ONCE, values->len);
  g_autoptr(GPtrArray) wanted = g_ptr_array_new (); /* lent */
  g_autoptr(GHashTable) found = NULL;

  for (guint i = from; i < until; i++)
    if (g_ptr_array_index (self->paths, i) != NULL)
      g_ptr_array_add (wanted, g_ptr_array_index (self->paths, i));
  if (wanted->len == 0)
    return;
  g_ptr_array_add (wanted, NULL);
  found = secret_service_get_secrets_for_dbus_paths_sync (
      self->service, (const char **) wanted->pdata, self->cancellable, &self->error);
  mw_time_limit_move (self->call->limit, self->call->timeout);
  for (guint i = from; i < until && found != NULL; i++)
    {
      const char *path = g_ptr_array_index (self->paths, i);
      SecretValue *value = path != NULL ? g_hash_table_lookup (found, path) : NULL;

      if (value != NULL)
        g_ptr_array_index (values, i) = secret_value_ref (value);
    }
}

static void
value_unref_if_any (gpointer value)
{
  if (value != NULL)
    secret_value_unref (value);
}

static gpointer
call_lookup_many (Call *call, SecretService *service, GCancellable *cancellable, GError **error)
{
  Gathering self = { .call = call, .service = service, .cancellable = cancellable };
  GPtrArray *values = g_ptr_array_new_with_free_func (value_unref_if_any);

  g_ptr_array_set_size (values, (int) call->items->len);
  self.paths = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_set_size (self.paths, (int) call->items->len);
  self.context = g_main_context_new ();
  g_main_context_push_thread_default (self.context);
  start_searches (&self);
  while (self.n_running > 0)
    {
      g_main_context_iteration (self.context, TRUE);
      start_searches (&self);
    }
  for (guint i = 0; i < values->len && self.error == NULL; i += SECRETS_AT_ONCE)
    load_secrets (&self, values, i);
  g_main_context_pop_thread_default (self.context);
  g_main_context_unref (self.context);
  g_ptr_array_unref (self.paths);
  if (self.error == NULL)
    return values;
  g_propagate_error (error, self.error);
  g_ptr_array_unref (values);
  return NULL;
}

/* Gives the number of cleared items plus one */
static gpointer
call_clear (Call *call, SecretService *service, GCancellable *cancellable, GError **error)
{
  gboolean ours = g_str_has_prefix (call->item->schema, "io.github.mailwright.");
  GError *cause = NULL;
  GList *items = search (call, service, cancellable, &cause);
  guint n_cleared = 0;
  gboolean ok = cause == NULL;

  if (cause != NULL)
    {
      g_propagate_error (error, cause);
      return NULL;
    }
  for (GList *l = items; l != NULL && ok; l = l->next)
    {
      if (!ours && !is_exact (l->data, call->item))
        continue;
      ok = secret_item_delete_sync (l->data, cancellable, error);
      n_cleared += ok;
    }
  items_free (items);
  return ok ? GUINT_TO_POINTER (n_cleared + 1) : NULL;
}

/* Gives the status plus one */
static gpointer
call_status (Call *call, SecretService *service, GCancellable *cancellable, GError **error)
{
  gboolean locked;

  if (!find_default (service, &locked, cancellable, error))
    return NULL;
  return GUINT_TO_POINTER (1 + (locked ? MW_SECRETS_STATUS_LOCKED : MW_SECRETS_STATUS_READY));
}

/* The class */

static gboolean
mw_keyring_store (MwSecrets *secrets,
                  MwSecretItem *item,
                  SecretValue *value,
                  MwSecretsFlags flags,
                  GCancellable *cancellable,
                  GError **error)
{
  return call_run (MW_KEYRING (secrets), call_store, item, value, flags, NULL, cancellable,
                   error) != NULL;
}

static SecretValue *
mw_keyring_lookup (MwSecrets *secrets,
                   MwSecretItem *item,
                   MwSecretsFlags flags,
                   GCancellable *cancellable,
                   GError **error)
{
  return call_run (MW_KEYRING (secrets), call_lookup, item, NULL, flags, secret_value_unref,
                   cancellable, error);
}

static GPtrArray *
mw_keyring_lookup_many (MwSecrets *secrets,
                        GPtrArray *items,
                        GCancellable *cancellable,
                        GError **error)
{
  Call *call = g_new0 (Call, 1);

  call->func = call_lookup_many;
  call->items = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_secret_item_unref);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (call->items, mw_secret_item_ref (g_ptr_array_index (items, i)));
  return run (MW_KEYRING (secrets), call, (GDestroyNotify) g_ptr_array_unref, cancellable, error);
}

static gboolean
mw_keyring_clear (MwSecrets *secrets,
                  MwSecretItem *item,
                  MwSecretsFlags flags,
                  guint *n_cleared,
                  GCancellable *cancellable,
                  GError **error)
{
  guint n = GPOINTER_TO_UINT (
      call_run (MW_KEYRING (secrets), call_clear, item, NULL, flags, NULL, cancellable, error));

  if (n == 0)
    return FALSE;
  *n_cleared = n - 1;
  return TRUE;
}

static MwSecretsStatus
mw_keyring_status (MwSecrets *secrets, GCancellable *cancellable)
{
  g_autoptr(GError) error = NULL;
  guint status = GPOINTER_TO_UINT (call_run (MW_KEYRING (secrets), call_status, NULL, NULL,
                                             MW_SECRETS_NONE, NULL, cancellable, &error));

  if (status > 0)
    return (MwSecretsStatus) (status - 1);
  g_debug ("%s", error->message);
  if (g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_TIMEOUT))
    return MW_SECRETS_STATUS_SILENT;
  if (g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_LOCKED))
    return MW_SECRETS_STATUS_LOCKED;
  return MW_SECRETS_STATUS_ABSENT;
}

static void
mw_keyring_finalize (GObject *object)
{
  MwKeyring *self = MW_KEYRING (object);

  spare_unref (self->spare);

  G_OBJECT_CLASS (mw_keyring_parent_class)->finalize (object);
}

static void
mw_keyring_class_init (MwKeyringClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MwSecretsClass *secrets_class = MW_SECRETS_CLASS (klass);

  object_class->finalize = mw_keyring_finalize;

  secrets_class->store = mw_keyring_store;
  secrets_class->lookup = mw_keyring_lookup;
  secrets_class->lookup_many = mw_keyring_lookup_many;
  secrets_class->clear = mw_keyring_clear;
  secrets_class->status = mw_keyring_status;
}

static void
mw_keyring_init (MwKeyring *self)
{
  self->spare = g_atomic_rc_box_new0 (Spare);
  g_mutex_init (&self->spare->mutex);
}

/**
 * mw_keyring_new_with_timeouts:
 * @timeout_milliseconds: how long to wait for an answer of the service
 * @prompt_timeout_milliseconds: how long while its question is on the screen
 *
 * Returns: (transfer full): the keyring of the session; nothing is asked yet
 */
MwSecrets *
mw_keyring_new_with_timeouts (guint timeout_milliseconds, guint prompt_timeout_milliseconds)
{
  MwKeyring *self = g_object_new (MW_TYPE_KEYRING, NULL);

  self->timeout = timeout_milliseconds;
  self->prompt_timeout = prompt_timeout_milliseconds;
  return MW_SECRETS (self);
}

/**
 * mw_keyring_new:
 *
 * Returns: (transfer full): the keyring of the session; nothing is asked yet
 */
MwSecrets *
mw_keyring_new (void)
{
  return mw_keyring_new_with_timeouts (MW_KEYRING_DEFAULT_TIMEOUT_SECONDS * 1000,
                                       MW_KEYRING_DEFAULT_PROMPT_TIMEOUT_SECONDS * 1000);
}
