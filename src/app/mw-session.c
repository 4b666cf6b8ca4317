/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-session"

#include "config.h"

#include "app/mw-session.h"

#include "app/mw-session-private.h"
#include "secrets/mw-keyring.h"
#include "secrets/mw-secrets-memory.h"

#include <string.h>

/* How long to wait for the rest when a file was changed: an editor writes several times */
#define RELOAD_MILLISECONDS 150

enum
{
  PROP_KEYRING_STATUS = 1,
  PROP_CHECKING,
  PROP_N_CHECKING,
  PROP_N_CHECKED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  ACCOUNT_SAVED,
  ACCOUNT_REMOVED,
  PROBLEMS_CHANGED,
  PASSWORD_MOVE_FAILED,
  CHECK_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwSession, mw_session, G_TYPE_OBJECT)

static void
mw_session_dispose (GObject *object)
{
  MwSession *self = MW_SESSION (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->reload_source, g_source_remove);
  for (gsize i = 0; i < G_N_ELEMENTS (self->monitors); i++)
    {
      if (self->monitors[i] != NULL)
        {
          g_signal_handlers_disconnect_by_data (self->monitors[i], self);
          g_file_monitor_cancel (self->monitors[i]);
        }
      g_clear_object (&self->monitors[i]);
    }
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
  g_clear_object (&self->network);
  g_clear_object (&self->trust);
  g_clear_object (&self->export_host);

  G_OBJECT_CLASS (mw_session_parent_class)->dispose (object);
}

static void
mw_session_finalize (GObject *object)
{
  MwSession *self = MW_SESSION (object);

  g_object_unref (self->cancellable);
  g_object_unref (self->store);
  g_object_unref (self->history);
  g_object_unref (self->memory);
  g_object_unref (self->keyring);
  g_object_unref (self->items);
  g_ptr_array_unref (self->problems);
  g_ptr_array_unref (self->jobs);
  g_hash_table_unref (self->changed_pasts);
  mw_check_limits_unref (self->limits);
  g_free (self->ca_file);
  g_free (self->ispdb_url);

  G_OBJECT_CLASS (mw_session_parent_class)->finalize (object);
}

static void
mw_session_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MwSession *self = MW_SESSION (object);

  switch (prop_id)
    {
    case PROP_KEYRING_STATUS:
      g_value_set_int (value, self->keyring_status);
      break;
    case PROP_CHECKING:
      g_value_set_boolean (value, mw_session_get_checking (self));
      break;
    case PROP_N_CHECKING:
      g_value_set_uint (value, self->n_checking);
      break;
    case PROP_N_CHECKED:
      g_value_set_uint (value, self->n_checked);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mw_session_class_init (MwSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = mw_session_dispose;
  object_class->finalize = mw_session_finalize;
  object_class->get_property = mw_session_get_property;

  properties[PROP_KEYRING_STATUS] =
      g_param_spec_int ("keyring-status", NULL, NULL, MW_SECRETS_STATUS_READY,
                        MW_SECRETS_STATUS_SESSION, MW_SECRETS_STATUS_READY, flags);
  properties[PROP_CHECKING] = g_param_spec_boolean ("checking", NULL, NULL, FALSE, flags);
  properties[PROP_N_CHECKING] =
      g_param_spec_uint ("n-checking", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_CHECKED] = g_param_spec_uint ("n-checked", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[ACCOUNT_SAVED] = g_signal_new ("account-saved", MW_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, MW_TYPE_ACCOUNT_ITEM);
  signals[ACCOUNT_REMOVED] = g_signal_new ("account-removed", MW_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PROBLEMS_CHANGED] = g_signal_new ("problems-changed", MW_TYPE_SESSION, G_SIGNAL_RUN_LAST,
                                            0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PASSWORD_MOVE_FAILED] =
      g_signal_new ("password-move-failed", MW_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, MW_TYPE_ACCOUNT_ITEM, G_TYPE_STRING);
  signals[CHECK_REFUSED] = g_signal_new ("check-refused", MW_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
mw_session_init (MwSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->items = g_list_store_new (MW_TYPE_ACCOUNT_ITEM);
  self->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  self->jobs = g_ptr_array_new ();
  self->changed_pasts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->limits = mw_check_limits_new (MW_CHECK_DEFAULT_JOBS, MW_CHECK_DEFAULT_JOBS_PER_SERVER);
  self->keyring_status = MW_SECRETS_STATUS_READY;
}

/* ---- the list, and its order ---- */

static MwAccountItem *
item_at (MwSession *self, guint position) /* transfer none: the list holds it */
{
  MwAccountItem *item = g_list_model_get_item (G_LIST_MODEL (self->items), position);

  g_object_unref (item);
  return item;
}

static guint
count_items (MwSession *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->items));
}

/* By what the accounts are sorted at the moment */
typedef struct
{
  GStrv ids;         /* the order made by hand */
  GHashTable *ranks; /* id -> place in it + 1; empty when they are sorted by name */
} Order;

static void
order_clear (Order *order)
{
  g_hash_table_unref (order->ranks);
  g_strfreev (order->ids);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Order, order_clear)

static Order
read_order (MwSession *self)
{
  Order order = { g_settings_get_strv (self->settings, "order"),
                  g_hash_table_new (g_str_hash, g_str_equal) };

  if (!g_settings_get_boolean (self->settings, "sort-by-name"))
    for (guint i = 0; order.ids[i] != NULL; i++)
      g_hash_table_insert (order.ranks, order.ids[i], GUINT_TO_POINTER (i + 1));
  return order;
}

typedef struct
{
  MwAccountItem *item;
  guint rank; /* G_MAXUINT where it has none */
  char *key;  /* of the name, as the person's language sorts */
} Place;

static Place *
place_new (MwAccountItem *item, const Order *order)
{
  Place *place = g_new0 (Place, 1);
  guint rank = GPOINTER_TO_UINT (g_hash_table_lookup (order->ranks, mw_account_item_get_id (item)));

  place->item = g_object_ref (item);
  place->rank = rank > 0 ? rank : G_MAXUINT;
  place->key = g_utf8_collate_key (mw_account_item_get_title (item), -1);
  return place;
}

static void
place_free (gpointer data)
{
  Place *place = data;

  g_object_unref (place->item);
  g_free (place->key);
  g_free (place);
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *first = *(Place *const *) a, *second = *(Place *const *) b;
  int order;

  if (first->rank != second->rank)
    return first->rank < second->rank ? -1 : 1;
  order = strcmp (first->key, second->key);
  return order != 0
             ? order
             : strcmp (mw_account_item_get_id (first->item), mw_account_item_get_id (second->item));
}

static GPtrArray *
sort_places (MwSession *self, GPtrArray *newcomers)
{
  g_auto (Order) order = read_order (self);
  GPtrArray *places = g_ptr_array_new_with_free_func (place_free);

  for (guint i = 0; i < count_items (self); i++)
    g_ptr_array_add (places, place_new (item_at (self, i), &order));
  for (guint i = 0; newcomers != NULL && i < newcomers->len; i++)
    g_ptr_array_add (places, place_new (g_ptr_array_index (newcomers, i), &order));
  g_ptr_array_sort (places, compare_places);
  return places;
}

/* Moves only what stands in the wrong place, so that views keep what they show */
static void
sort_items (MwSession *self)
{
  g_autoptr (GPtrArray) places = sort_places (self, NULL);

  for (guint i = 0; i < places->len; i++)
    {
      MwAccountItem *item = ((const Place *) g_ptr_array_index (places, i))->item;
      guint position;

      if (item_at (self, i) == item || !g_list_store_find (self->items, item, &position))
        continue;
      g_list_store_remove (self->items, position);
      g_list_store_insert (self->items, i, item);
    }
}

/* Puts new ones where they belong among those that stand in order already */
static void
add_items (MwSession *self, GPtrArray *newcomers)
{
  g_autoptr (GPtrArray) places = sort_places (self, newcomers);

  for (guint i = 0; i < places->len; i++)
    {
      MwAccountItem *item = ((const Place *) g_ptr_array_index (places, i))->item;

      if (i >= count_items (self) || item_at (self, i) != item)
        g_list_store_insert (self->items, i, item);
    }
}

static void
remove_item (MwSession *self, MwAccountItem *item)
{
  g_autofree char *id = g_strdup (mw_account_item_get_id (item));
  guint position;

  mw_session_stop_check (self, item);
  if (!g_list_store_find (self->items, item, &position))
    return;
  g_list_store_remove (self->items, position);
  g_signal_emit (self, signals[ACCOUNT_REMOVED], 0, id);
}

/* ---- what is on the disk ---- */

static void
set_problems (MwSession *self, GPtrArray *problems)
{
  gboolean same = problems->len == self->problems->len;

  for (guint i = 0; same && i < problems->len; i++)
    same = g_str_equal (((const GError *) g_ptr_array_index (problems, i))->message,
                        ((const GError *) g_ptr_array_index (self->problems, i))->message);
  if (same)
    return;
  g_ptr_array_unref (self->problems);
  self->problems = g_ptr_array_ref (problems);
  g_signal_emit (self, signals[PROBLEMS_CHANGED], 0);
}

static int
compare_messages (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const GError *const *) a)->message, (*(const GError *const *) b)->message);
}

static GPtrArray *
list_accounts (MwSession *self, GPtrArray **problems)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *accounts = mw_store_list (self->store, problems, &error);

  if (accounts == NULL)
    {
      *problems = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
      g_ptr_array_add (*problems, g_steal_pointer (&error));
    }
  g_ptr_array_sort (*problems, compare_messages); /* a folder has no order */
  return accounts;
}

static void
reload_accounts (MwSession *self)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GPtrArray) accounts = list_accounts (self, &problems);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) newcomers = g_ptr_array_new_with_free_func (g_object_unref);

  if (accounts != NULL) /* a folder that cannot be read says nothing about its accounts */
    {
      for (guint i = 0; i < accounts->len; i++)
        g_hash_table_add (ids, (gpointer) mw_account_get_id (g_ptr_array_index (accounts, i)));
      for (guint i = count_items (self); i > 0; i--)
        if (!g_hash_table_contains (ids, mw_account_item_get_id (item_at (self, i - 1))))
          remove_item (self, item_at (self, i - 1));
      for (guint i = 0; i < accounts->len; i++)
        {
          MwAccount *account = g_ptr_array_index (accounts, i);
          MwAccountItem *item = mw_session_find (self, mw_account_get_id (account));

          if (item == NULL)
            g_ptr_array_add (newcomers, mw_account_item_new (account, self->history));
          else if (g_strcmp0 (mw_account_get_etag (mw_account_item_get_account (item)),
                              mw_account_get_etag (account)) != 0)
            mw_account_item_set_account (item, account);
        }
      sort_items (self);
      add_items (self, newcomers);
    }
  set_problems (self, problems);
}

static void
reload_pasts (MwSession *self)
{
  for (guint i = 0; i < count_items (self); i++)
    if (g_hash_table_contains (self->changed_pasts, mw_account_item_get_id (item_at (self, i))))
      mw_account_item_reload_past (item_at (self, i));
  g_hash_table_remove_all (self->changed_pasts);
}

static gboolean
reload (gpointer user_data)
{
  MwSession *self = user_data;

  self->reload_source = 0;
  if (self->accounts_changed)
    {
      self->accounts_changed = FALSE;
      reload_accounts (self);
    }
  reload_pasts (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_reload (MwSession *self)
{
  if (self->reload_source == 0)
    self->reload_source = g_timeout_add (RELOAD_MILLISECONDS, reload, self);
}

/* The id in a file name; %NULL for temporary files and the lock */
static char *
dup_id (GFile *file)
{
  g_autofree char *name = file != NULL ? g_file_get_basename (file) : NULL;

  if (name == NULL || *name == '.' || !g_str_has_suffix (name, ".ini"))
    return NULL;
  return g_strndup (name, strlen (name) - strlen (".ini"));
}

static void
on_accounts_changed (
    GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, MwSession *self)
{
  g_autofree char *id = dup_id (file), *other_id = dup_id (other);

  if (id == NULL && other_id == NULL)
    return;
  self->accounts_changed = TRUE;
  schedule_reload (self);
}

static void
on_history_changed (
    GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, MwSession *self)
{
  g_autofree char *id = dup_id (file), *other_id = dup_id (other);

  if (id == NULL && other_id == NULL)
    return;
  if (id != NULL)
    g_hash_table_add (self->changed_pasts, g_steal_pointer (&id));
  if (other_id != NULL)
    g_hash_table_add (self->changed_pasts, g_steal_pointer (&other_id));
  schedule_reload (self);
}

/* By the local file system alone: the desktop's own layer above it may hang on a bus. The folder is
 * made first, since one that is not there can only be watched by looking again and again. */
static GFileMonitor *
watch (MwSession *self, const char *directory, GCallback callback)
{
  g_autoptr (GFile) folder = g_vfs_get_file_for_path (g_vfs_get_local (), directory);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor;

  if (g_mkdir_with_parents (directory, 0700) != 0)
    g_debug ("%s cannot be made", directory);
  monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (monitor == NULL)
    {
      g_debug ("%s is not watched: %s", directory, error->message);
      return NULL;
    }
  g_signal_connect (monitor, "changed", callback, self);
  return monitor;
}

static void
on_order_changed (GSettings *settings, const char *key, MwSession *self)
{
  sort_items (self);
}

static void
on_ca_file_changed (GSettings *settings, const char *key, MwSession *self)
{
  if (self->ca_file == NULL)
    g_clear_object (&self->trust);
}

/**
 * mw_session_new:
 * @settings: the program's preferences
 * @ca_file: (nullable) (type filename): certificate authorities to trust beside the system's;
 * %NULL: those of the preferences, if any
 * @ispdb_url: (nullable): another copy of the ISPDB
 *
 * Reads the accounts, and hears from now on of what other processes change. Asks neither network
 * nor keyring: mw_session_start() does, after the first frame.
 *
 * Returns: (transfer full): a session
 */
MwSession *
mw_session_new (GSettings *settings, const char *ca_file, const char *ispdb_url)
{
  MwSession *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (MW_TYPE_SESSION, NULL);
  self->settings = g_object_ref (settings);
  self->ca_file = g_strdup (ca_file);
  self->ispdb_url = g_strdup (ispdb_url);
  self->store = mw_store_new (NULL);
  self->history = mw_history_new (NULL);
  self->memory = mw_secrets_memory_new ();
  self->keyring = mw_keyring_new ();
  self->monitors[0] =
      watch (self, mw_store_get_directory (self->store), G_CALLBACK (on_accounts_changed));
  self->monitors[1] =
      watch (self, mw_history_get_directory (self->history), G_CALLBACK (on_history_changed));
  reload_accounts (self);
  g_signal_connect (settings, "changed::order", G_CALLBACK (on_order_changed), self);
  g_signal_connect (settings, "changed::sort-by-name", G_CALLBACK (on_order_changed), self);
  g_signal_connect (settings, "changed::ca-file", G_CALLBACK (on_ca_file_changed), self);
  return self;
}

static void
preload (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  mw_trust_preload (task_data);
  g_task_return_boolean (task, TRUE);
}

/**
 * mw_session_start:
 * @self: a session
 *
 * Begins what needs the outside, without waiting for it: the state of the network, that of the
 * keyring, and the certificate authorities, which take a moment to read.
 */
void
mw_session_start (MwSession *self)
{
  MwTrust *trust;

  g_return_if_fail (MW_IS_SESSION (self));

  mw_session_get_network (self);
  mw_session_refresh_keyring_status (self);
  trust = mw_session_get_trust (self, NULL);
  if (trust != NULL)
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

      g_task_set_source_tag (task, mw_session_start);
      g_task_set_name (task, "mw-session preload");
      g_task_set_task_data (task, g_object_ref (trust), g_object_unref);
      g_task_run_in_thread (task, preload);
    }
}

/**
 * mw_session_get_accounts:
 * @self: a session
 *
 * Returns: (transfer none): the #MwAccountItem's, sorted by name or in the order made by hand
 */
GListModel *
mw_session_get_accounts (MwSession *self)
{
  return G_LIST_MODEL (self->items);
}

/**
 * mw_session_find:
 * @self: a session
 * @id: id of an account
 *
 * Returns: (transfer none) (nullable): its item
 */
MwAccountItem *
mw_session_find (MwSession *self, const char *id)
{
  g_return_val_if_fail (MW_IS_SESSION (self), NULL);

  for (guint i = 0; id != NULL && i < count_items (self); i++)
    if (strcmp (mw_account_item_get_id (item_at (self, i)), id) == 0)
      return item_at (self, i);
  return NULL;
}

/**
 * mw_session_get_problems:
 * @self: a session
 *
 * Returns: (transfer none) (element-type GError): why accounts cannot be read; their files were
 *   kept. Another array after "problems-changed".
 */
GPtrArray *
mw_session_get_problems (MwSession *self)
{
  return self->problems;
}

/**
 * mw_session_get_settings:
 * @self: a session
 *
 * Returns: (transfer none): the program's preferences
 */
GSettings *
mw_session_get_settings (MwSession *self)
{
  return self->settings;
}

/**
 * mw_session_get_store:
 * @self: a session
 *
 * Returns: (transfer none): where the accounts are kept; save with mw_session_save()
 */
MwStore *
mw_session_get_store (MwSession *self)
{
  return self->store;
}

/**
 * mw_session_get_history:
 * @self: a session
 *
 * Returns: (transfer none): what was done with the accounts
 */
MwHistory *
mw_session_get_history (MwSession *self)
{
  return self->history;
}

/**
 * mw_session_get_providers:
 * @self: a session
 *
 * Returns: (transfer none): the providers that are known
 */
MwProviderDb *
mw_session_get_providers (MwSession *self)
{
  return mw_provider_db_get_default ();
}

/**
 * mw_session_get_network:
 * @self: a session
 *
 * Returns: (transfer none): the network as it changes
 */
MwNetwork *
mw_session_get_network (MwSession *self)
{
  g_return_val_if_fail (MW_IS_SESSION (self), NULL);

  if (self->network == NULL)
    self->network = mw_network_new ();
  return self->network;
}

/**
 * mw_session_get_network_state:
 * @self: a session
 *
 * Returns: (transfer none): the network as last heard of; %MW_CONNECTIVITY_UNKNOWN at first
 */
MwNetworkState *
mw_session_get_network_state (MwSession *self)
{
  return mw_network_get_state (mw_session_get_network (self));
}

/**
 * mw_session_get_ispdb_url:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): another copy of the ISPDB
 */
const char *
mw_session_get_ispdb_url (MwSession *self)
{
  return self->ispdb_url;
}

/**
 * mw_session_get_trust:
 * @self: a session
 * @error: return location for an error: that of mw_trust_new_for_file()
 *
 * Whom to trust: the system's certificate authorities, and those in the file that the command line
 * or the preferences name. When that file cannot be read, say so, and do not go on without it.
 *
 * Returns: (transfer none): a trust, or %NULL
 */
MwTrust *
mw_session_get_trust (MwSession *self, GError **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (MW_IS_SESSION (self), NULL);

  if (self->trust != NULL)
    return self->trust;
  path = self->ca_file != NULL ? g_strdup (self->ca_file)
                               : g_settings_get_string (self->settings, "ca-file");
  if (*path == '\0')
    self->trust = g_object_ref (mw_trust_get_default ());
  else
    self->trust = mw_trust_new_for_file (path, error);
  return self->trust;
}

/**
 * mw_session_find_provider:
 * @self: a session
 * @account: an account
 *
 * Returns: (transfer none) (nullable): its provider
 */
const MwProvider *
mw_session_find_provider (MwSession *self, MwAccount *account)
{
  MwProviderDb *db = mw_session_get_providers (self);
  const MwProvider *provider = mw_provider_db_lookup_account (db, account, MW_HALF_INCOMING);

  return provider != NULL ? provider
                          : mw_provider_db_lookup_account (db, account, MW_HALF_OUTGOING);
}

/* ---- changes by the person ---- */

/**
 * mw_session_save:
 * @self: a session
 * @account: (transfer none): a new account, or a changed copy of one; not changed afterwards
 * @error: return location for an error: those of mw_store_save()
 *
 * Writes the account, takes its passwords along in a thread, and updates the list. When another
 * program changed the account meanwhile, it is %MW_STORE_ERROR_CHANGED, and nothing is written.
 * Passwords that cannot be moved are told of by the signal "password-move-failed".
 *
 * Returns: whether it is saved
 */
gboolean
mw_session_save (MwSession *self, MwAccount *account, GError **error)
{
  g_autoptr (MwAccountItem) item = NULL;
  g_autoptr (MwAccount) before = NULL;

  g_return_val_if_fail (MW_IS_SESSION (self), FALSE);
  g_return_val_if_fail (MW_IS_ACCOUNT (account), FALSE);

  if (!mw_store_save (self->store, account, error))
    return FALSE;
  item = mw_session_find (self, mw_account_get_id (account));
  if (item == NULL)
    {
      g_autoptr (GPtrArray) newcomers = g_ptr_array_new ();

      item = mw_account_item_new (account, self->history);
      g_ptr_array_add (newcomers, item);
      add_items (self, newcomers);
    }
  else
    {
      g_object_ref (item);
      before = g_object_ref (mw_account_item_get_account (item));
      mw_account_item_set_account (item, account);
      sort_items (self);
      mw_session_move_passwords (self, before, account);
    }
  g_signal_emit (self, signals[ACCOUNT_SAVED], 0, item);
  return TRUE;
}

typedef struct
{
  MwSecrets *keyring;
  char *id;
} RemoveData;

static void
remove_data_free (gpointer data)
{
  RemoveData *remove = data;

  g_object_unref (remove->keyring);
  g_free (remove->id);
  g_free (remove);
}

static void
clear_passwords (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const RemoveData *data = task_data;
  GError *error = NULL;

  if (!mw_secrets_clear_account_sync (data->keyring, data->id, MW_SECRETS_ALLOW_PROMPT, NULL,
                                      cancellable, &error) &&
      !g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND) &&
      !g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT))
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  g_task_return_boolean (task, TRUE);
}

/**
 * mw_session_remove_async:
 * @self: a session
 * @item: (transfer none): an account
 * @cancellable: (nullable): ends the wait for the keyring
 * @callback: (scope async): called when the account and its passwords are gone
 * @user_data: closure of @callback
 *
 * Removes an account at once, then, in a thread, its passwords.
 */
void
mw_session_remove_async (MwSession *self,
                         MwAccountItem *item,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (MwAccountItem) removed = NULL;
  const char *id;
  RemoveData *data;
  GError *error = NULL;

  g_return_if_fail (MW_IS_SESSION (self));
  g_return_if_fail (MW_IS_ACCOUNT_ITEM (item));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mw_session_remove_async);
  g_task_set_name (task, "mw-session remove");
  removed = g_object_ref (item);
  id = mw_account_item_get_id (removed);
  if (!mw_store_remove (self->store, id, &error) &&
      !g_error_matches (error, MW_STORE_ERROR, MW_STORE_ERROR_NOT_FOUND))
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  remove_item (self, removed);
  if (!mw_history_remove_account (self->history, id, &error))
    g_debug ("%s", error->message);
  g_clear_error (&error);
  mw_secrets_clear_account_sync (self->memory, id, MW_SECRETS_NONE, NULL, NULL, NULL);

  data = g_new0 (RemoveData, 1);
  data->keyring = g_object_ref (self->keyring);
  data->id = g_strdup (id);
  g_task_set_task_data (task, data, remove_data_free);
  g_task_run_in_thread (task, clear_passwords);
}

/**
 * mw_session_remove_finish:
 * @self: a session
 * @result: what the callback got
 * @error: return location for an error: those of mw_store_remove(), or a #MwSecretsError
 *
 * Returns: %TRUE when nothing is left; %FALSE with a #MwSecretsError when the account is gone and
 *   its passwords may still be in the keyring, with another error when the account is still there
 */
gboolean
mw_session_remove_finish (MwSession *self, GAsyncResult *result, GError **error)
{
  GError *cause = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (g_task_propagate_boolean (G_TASK (result), &cause))
    return TRUE;
  mw_session_note_keyring_error (self, cause);
  g_propagate_error (error, cause);
  return FALSE;
}

/**
 * mw_session_move_account:
 * @self: a session
 * @from: where an account stands
 * @to: where it shall stand, counted without it
 *
 * Orders the accounts by hand; from then on they are not sorted by name.
 */
void
mw_session_move_account (MwSession *self, guint from, guint to)
{
  g_autoptr (GStrvBuilder) order = g_strv_builder_new ();
  g_autoptr (MwAccountItem) item = NULL;
  g_auto (GStrv) ids = NULL;
  guint n;

  g_return_if_fail (MW_IS_SESSION (self));
  n = count_items (self);
  g_return_if_fail (from < n && to < n);

  if (from == to)
    return;
  item = g_object_ref (item_at (self, from));
  g_list_store_remove (self->items, from);
  g_list_store_insert (self->items, to, item);
  for (guint i = 0; i < n; i++)
    g_strv_builder_add (order, mw_account_item_get_id (item_at (self, i)));
  ids = g_strv_builder_end (order);
  /* It stands there already; between the two keys it would be sorted the old way */
  g_signal_handlers_block_by_func (self->settings, on_order_changed, self);
  g_settings_set_strv (self->settings, "order", (const char *const *) ids);
  g_settings_set_boolean (self->settings, "sort-by-name", FALSE);
  g_signal_handlers_unblock_by_func (self->settings, on_order_changed, self);
}

/* ---- exports ---- */

/**
 * mw_session_get_export_host:
 * @self: a session
 *
 * Returns: (transfer none): this machine, with the programs that were found on it; may be handed to
 *   threads
 */
MwExportHost *
mw_session_get_export_host (MwSession *self)
{
  g_return_val_if_fail (MW_IS_SESSION (self), NULL);

  if (self->export_host == NULL)
    {
      self->export_host = mw_export_host_new_default ();
      mw_export_host_find_programs (self->export_host);
    }
  return self->export_host;
}

static void
reload_past_of (MwSession *self, const char *id)
{
  MwAccountItem *item = mw_session_find (self, id);

  if (item != NULL)
    mw_account_item_reload_past (item);
}

/**
 * mw_session_note_export:
 * @self: a session
 * @plan: a plan that was applied
 *
 * Remembers where the accounts of @plan are now.
 */
void
mw_session_note_export (MwSession *self, MwExportPlan *plan)
{
  g_return_if_fail (MW_IS_SESSION (self));
  g_return_if_fail (plan != NULL);

  for (guint i = 0; i < plan->accounts->len; i++)
    {
      MwAccount *account = g_ptr_array_index (plan->accounts, i);
      g_autoptr (GError) error = NULL;

      if (!mw_history_add_export (self->history, account, plan->target, &error))
        g_debug ("%s", error->message);
      reload_past_of (self, mw_account_get_id (account));
    }
}

/**
 * mw_session_note_undo:
 * @self: a session
 * @target: id of the exporter
 * @addresses: the addresses in the journal's entry
 *
 * Remembers that an export was undone.
 */
void
mw_session_note_undo (MwSession *self, const char *target, const char *const *addresses)
{
  g_return_if_fail (MW_IS_SESSION (self));
  g_return_if_fail (target != NULL && addresses != NULL);

  for (guint i = 0; i < count_items (self); i++)
    {
      MwAccountItem *item = item_at (self, i);
      g_autoptr (GError) error = NULL;

      if (!g_strv_contains (addresses, mw_account_item_get_title (item)))
        continue;
      if (!mw_history_remove_export (self->history, mw_account_item_get_id (item), target, &error))
        g_debug ("%s", error->message);
      mw_account_item_reload_past (item);
    }
}

/* ---- for the other files of the session ---- */

void
mw_session_set_counts (MwSession *self, guint n_checking, guint n_checked)
{
  if (self->n_checking != n_checking)
    {
      self->n_checking = n_checking;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CHECKING]);
    }
  if (self->n_checked != n_checked)
    {
      self->n_checked = n_checked;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CHECKED]);
    }
}

void
mw_session_notify_checking (MwSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHECKING]);
}

void
mw_session_emit_check_refused (MwSession *self, const char *message)
{
  g_signal_emit (self, signals[CHECK_REFUSED], 0, message);
}

void
mw_session_emit_password_move_failed (MwSession *self, const char *id, const char *message)
{
  MwAccountItem *item = mw_session_find (self, id);

  if (item != NULL)
    g_signal_emit (self, signals[PASSWORD_MOVE_FAILED], 0, item, message);
}

void
mw_session_set_keyring_status (MwSession *self, MwSecretsStatus status)
{
  if (self->keyring_status == status)
    return;
  self->keyring_status = status;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KEYRING_STATUS]);
}
