/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-store"

#include "config.h"

#include "model/mw-store.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define FORMAT 1
#define MAX_FILE (1024 * 1024)

#define GROUP_ACCOUNT "Account"

struct _MwStore
{
  GObject parent_instance;

  /* Owned */
  char *directory;
};

G_DEFINE_FINAL_TYPE (MwStore, mw_store, G_TYPE_OBJECT)
G_DEFINE_QUARK (mw_store_error, mw_store_error) /* clang-format would put spaces around dashes */

static const char *const half_groups[] = { "Incoming", "Outgoing" };

static void
mw_store_finalize (GObject *object)
{
  MwStore *self = MW_STORE (object);

  g_free (self->directory);

  G_OBJECT_CLASS (mw_store_parent_class)->finalize (object);
}

static void
mw_store_class_init (MwStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mw_store_finalize;
}

static void
mw_store_init (MwStore *self)
{
}

/**
 * mw_store_new:
 * @directory: (nullable): the folder; %NULL is `mailwright/accounts` in the user's configuration
 *   folder. It is made when the first account is saved.
 *
 * Returns: (transfer full): the store
 */
MwStore *
mw_store_new (const char *directory)
{
  MwStore *self = g_object_new (MW_TYPE_STORE, NULL);

  self->directory = directory != NULL ? g_strdup (directory)
                                      : g_build_filename (g_get_user_config_dir (), "mailwright",
                                                          "accounts", NULL);
  return self;
}

/**
 * mw_store_get_directory:
 * @self: a store
 *
 * Returns: (transfer none): the folder with the files
 */
const char *
mw_store_get_directory (MwStore *self)
{
  return self->directory;
}

static char *
account_path (MwStore *self, const char *id)
{
  g_autofree char *name = g_strconcat (id, ".ini", NULL);

  return g_build_filename (self->directory, name, NULL);
}

static void
set_or_remove (GKeyFile *file, const char *group, const char *key, const char *value)
{
  if (value != NULL && *value != '\0')
    g_key_file_set_string (file, group, key, value);
  else
    g_key_file_remove_key (file, group, key, NULL);
}

static void
server_to_key_file (MwAccount *account, MwHalf half, GKeyFile *file)
{
  MwServer *server = mw_account_get_server (account, half);
  const char *group = half_groups[half];

  if (server == NULL)
    {
      g_key_file_remove_group (file, group, NULL);
      return;
    }
  g_key_file_set_string (file, group, "Protocol",
                         mw_protocol_to_string (mw_server_get_protocol (server)));
  g_key_file_set_string (file, group, "Host", mw_server_get_host (server));
  g_key_file_set_integer (file, group, "Port", mw_server_get_port (server));
  g_key_file_set_string (file, group, "Security",
                         mw_security_to_string (mw_server_get_security (server)));
  set_or_remove (file, group, "Username", mw_server_get_username (server));
  set_or_remove (file, group, "Mechanism", mw_server_get_mechanism (server));
  set_or_remove (file, group, "AcceptedKey", mw_account_get_pin (account, half));
  if (mw_server_get_authentications (server) != NULL)
    g_key_file_set_string_list (file, group, "Authentication",
                                mw_server_get_authentications (server),
                                g_strv_length ((char **) mw_server_get_authentications (server)));
  else
    g_key_file_remove_key (file, group, "Authentication", NULL);
  if (mw_server_get_protocol (server) == MW_PROTOCOL_POP3)
    g_key_file_set_boolean (file, group, "LeaveOnServer", mw_account_get_leave_on_server (account));
  else
    g_key_file_remove_key (file, group, "LeaveOnServer", NULL);
}

/**
 * mw_account_to_key_file:
 * @account: an account
 * @file: where to write it; keys and comments that are not ours stay
 *
 * Writes @account as the store keeps it. A password is no part of it.
 */
void
mw_account_to_key_file (MwAccount *account, GKeyFile *file)
{
  g_key_file_set_integer (file, GROUP_ACCOUNT, "format", FORMAT);
  g_key_file_set_string (file, GROUP_ACCOUNT, "Address",
                         mw_address_get_text (mw_account_get_address (account)));
  set_or_remove (file, GROUP_ACCOUNT, "Name", mw_account_get_name (account));
  set_or_remove (file, GROUP_ACCOUNT, "ReplyTo", mw_account_get_reply_to (account));
  set_or_remove (file, GROUP_ACCOUNT, "Organization", mw_account_get_organization (account));
  set_or_remove (file, GROUP_ACCOUNT, "Provider", mw_account_get_provider (account));
  if (mw_account_get_separate_passwords (account))
    g_key_file_set_boolean (file, GROUP_ACCOUNT, "SeparatePasswords", TRUE);
  else
    g_key_file_remove_key (file, GROUP_ACCOUNT, "SeparatePasswords", NULL);
  server_to_key_file (account, MW_HALF_INCOMING, file);
  server_to_key_file (account, MW_HALF_OUTGOING, file);
}

static MwServer *
server_from_key_file (GKeyFile *file, MwHalf half, GError **error)
{
  const char *group = half_groups[half];
  g_autofree char *protocol_text = g_key_file_get_string (file, group, "Protocol", NULL);
  g_autofree char *security_text = g_key_file_get_string (file, group, "Security", NULL);
  g_autofree char *host = g_key_file_get_string (file, group, "Host", NULL);
  g_autofree char *username = g_key_file_get_string (file, group, "Username", NULL);
  g_autofree char *mechanism = g_key_file_get_string (file, group, "Mechanism", NULL);
  g_auto (GStrv) authentications =
      g_key_file_get_string_list (file, group, "Authentication", NULL, NULL);
  g_autoptr (MwServer) bare = NULL, named = NULL, chosen = NULL;
  MwProtocol protocol = mw_protocol_from_string (protocol_text);
  MwSecurity security;
  int port = g_key_file_get_integer (file, group, "Port", NULL);
  const char *bad_key = NULL;

  if (protocol == MW_PROTOCOL_UNKNOWN ||
      (protocol == MW_PROTOCOL_SMTP) != (half == MW_HALF_OUTGOING))
    bad_key = "Protocol";
  else if (!mw_security_from_string (security_text, &security))
    bad_key = "Security"; /* never a guess: a wrong one could mean no encryption */
  else if (host == NULL || *host == '\0')
    bad_key = "Host";
  else if (port < 1 || port > 65535)
    bad_key = "Port";
  if (bad_key != NULL)
    {
      g_set_error (error, MW_STORE_ERROR, MW_STORE_ERROR_UNREADABLE,
                   "the key %s in the group [%s] is missing or wrong", bad_key, group);
      return NULL;
    }
  bare = mw_server_new (protocol, host, (guint16) port, security);
  named = mw_server_with_username (bare, username);
  chosen = mw_server_with_mechanism (named, mechanism);
  return mw_server_with_authentications (chosen, (const char *const *) authentications);
}

static gboolean
load_half (MwAccount *account, GKeyFile *file, MwHalf half, GError **error)
{
  g_autoptr (MwServer) server = NULL;
  g_autofree char *pin = NULL;

  if (!g_key_file_has_group (file, half_groups[half]))
    return TRUE;
  server = server_from_key_file (file, half, error);
  if (server == NULL)
    return FALSE;
  pin = g_key_file_get_string (file, half_groups[half], "AcceptedKey", NULL);
  mw_account_set_server (account, half, server);
  mw_account_set_pin (account, half, pin);
  return TRUE;
}

/**
 * mw_account_new_from_key_file:
 * @file: what the store keeps
 * @id: the account's id
 * @error: return location for a #GError of %MW_STORE_ERROR
 *
 * Returns: (transfer full): the account, or %NULL
 */
MwAccount *
mw_account_new_from_key_file (GKeyFile *file, const char *id, GError **error)
{
  g_autoptr (MwAccount) account = NULL;
  g_autoptr (MwAddress) address = NULL;
  g_autoptr (GError) address_error = NULL;
  g_autofree char *text = g_key_file_get_string (file, GROUP_ACCOUNT, "Address", NULL);
  g_autofree char *name = g_key_file_get_string (file, GROUP_ACCOUNT, "Name", NULL);
  g_autofree char *reply_to = g_key_file_get_string (file, GROUP_ACCOUNT, "ReplyTo", NULL);
  g_autofree char *organization = g_key_file_get_string (file, GROUP_ACCOUNT, "Organization", NULL);
  g_autofree char *provider = g_key_file_get_string (file, GROUP_ACCOUNT, "Provider", NULL);
  int format = g_key_file_get_integer (file, GROUP_ACCOUNT, "format", NULL);

  if (format > FORMAT)
    {
      g_set_error (error, MW_STORE_ERROR, MW_STORE_ERROR_NEWER,
                   "written by a newer version of Mailwright (format %d, this one knows %d)",
                   format, FORMAT);
      return NULL;
    }
  if (format != FORMAT)
    {
      g_set_error_literal (error, MW_STORE_ERROR, MW_STORE_ERROR_UNREADABLE,
                           "the key format in the group [Account] is missing or wrong");
      return NULL;
    }
  address = text != NULL ? mw_address_new (text, &address_error) : NULL;
  if (address == NULL)
    {
      g_set_error (error, MW_STORE_ERROR, MW_STORE_ERROR_UNREADABLE,
                   "the key Address in the group [Account] is missing or wrong%s%s",
                   address_error != NULL ? ": " : "",
                   address_error != NULL ? address_error->message : "");
      return NULL;
    }
  account = g_object_new (MW_TYPE_ACCOUNT, "id", id, "address", address, "name", name, "reply-to",
                          reply_to, "organization", organization, "provider", provider, NULL);
  mw_account_set_separate_passwords (
      account, g_key_file_get_boolean (file, GROUP_ACCOUNT, "SeparatePasswords", NULL));
  if (g_key_file_has_key (file, half_groups[MW_HALF_INCOMING], "LeaveOnServer", NULL))
    mw_account_set_leave_on_server (
        account,
        g_key_file_get_boolean (file, half_groups[MW_HALF_INCOMING], "LeaveOnServer", NULL));
  if (!load_half (account, file, MW_HALF_INCOMING, error) ||
      !load_half (account, file, MW_HALF_OUTGOING, error))
    return NULL;
  return g_steal_pointer (&account);
}

static char *
make_etag (GBytes *bytes)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

/* Reads and parses one file; @key_file and @etag as far as they are wanted */
static MwAccount *
load_file (const char *path, const char *id, GKeyFile **key_file, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) cause = NULL;
  g_autoptr (MwAccount) account = NULL;
  g_autofree char *etag = NULL;

  bytes = mw_file_read (path, MAX_FILE, &cause);
  if (bytes == NULL && g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }
  if (bytes != NULL && g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_KEEP_COMMENTS, &cause))
    account = mw_account_new_from_key_file (file, id, &cause);
  if (account == NULL)
    {
      g_set_error (error, MW_STORE_ERROR,
                   g_error_matches (cause, MW_STORE_ERROR, MW_STORE_ERROR_NEWER)
                       ? MW_STORE_ERROR_NEWER
                       : MW_STORE_ERROR_UNREADABLE,
                   "%s was kept as it is and not used: %s", path, cause->message);
      return NULL;
    }
  etag = make_etag (bytes);
  mw_account_set_etag (account, etag);
  if (key_file != NULL)
    *key_file = g_steal_pointer (&file);
  return g_steal_pointer (&account);
}

static int
compare_accounts (gconstpointer a, gconstpointer b)
{
  MwAccount *first = *(MwAccount *const *) a, *second = *(MwAccount *const *) b;
  int order = g_utf8_collate (mw_address_get_text (mw_account_get_address (first)),
                              mw_address_get_text (mw_account_get_address (second)));

  return order != 0 ? order : strcmp (mw_account_get_id (first), mw_account_get_id (second));
}

static gboolean
is_account_file (const char *name)
{
  return name[0] != '.' && g_str_has_suffix (name, ".ini") && strlen (name) > strlen (".ini");
}

/**
 * mw_store_list:
 * @self: a store
 * @problems: (out) (optional) (element-type GError) (transfer full): one error a file that cannot
 *   be read; such files are kept
 * @error: return location for a #GError of %G_IO_ERROR
 *
 * Returns: (transfer full) (element-type MwAccount): all accounts by address, or %NULL if the
 * folder cannot be read; a folder that is not there yet has none
 */
GPtrArray *
mw_store_list (MwStore *self, GPtrArray **problems, GError **error)
{
  g_autoptr (GPtrArray) accounts = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) bad = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GError) local_error = NULL;

  names = mw_file_list (self->directory, &local_error);
  if (names == NULL && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = NULL, *id = NULL;
      GError *problem = NULL;
      MwAccount *account;

      if (!is_account_file (name))
        continue;
      path = g_build_filename (self->directory, name, NULL);
      id = g_strndup (name, strlen (name) - strlen (".ini"));
      account = load_file (path, id, NULL, &problem);
      if (account != NULL)
        g_ptr_array_add (accounts, account);
      else if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        g_error_free (problem); /* removed by another process just now */
      else
        g_ptr_array_add (bad, problem);
    }
  g_ptr_array_sort (accounts, compare_accounts);
  if (problems != NULL)
    *problems = g_steal_pointer (&bad);
  return g_steal_pointer (&accounts);
}

static MwAccount *
load_by_address (MwStore *self, const char *text, GError **error)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GPtrArray) accounts = mw_store_list (self, &problems, error);
  g_autoptr (MwAddress) address = mw_address_new (text, NULL);
  g_autoptr (GString) ids = g_string_new (NULL);
  MwAccount *found = NULL;
  guint n_found = 0;

  if (accounts == NULL)
    return NULL;
  for (guint i = 0; address != NULL && i < accounts->len; i++)
    {
      MwAccount *account = g_ptr_array_index (accounts, i);

      if (g_ascii_strcasecmp (mw_address_get_ascii (mw_account_get_address (account)),
                              mw_address_get_ascii (address)) != 0)
        continue;
      found = account;
      n_found++;
      g_string_append_printf (ids, " %s", mw_account_get_id (account));
    }
  if (n_found == 1)
    return g_object_ref (found);
  if (n_found > 1)
    g_set_error (error, MW_STORE_ERROR, MW_STORE_ERROR_AMBIGUOUS,
                 "%u accounts have the address %s; name one by its id:%s", n_found, text, ids->str);
  else if (address != NULL && problems->len > 0)
    {
      /* It may well be in there */
      const GError *problem = g_ptr_array_index (problems, 0);

      g_set_error (error, MW_STORE_ERROR, problem->code, "the account “%s” is not found; %s", text,
                   problem->message);
    }
  else
    g_set_error (error, MW_STORE_ERROR, MW_STORE_ERROR_NOT_FOUND,
                 "there is no account with the id or the address “%s”", text);
  return NULL;
}

/**
 * mw_store_load:
 * @self: a store
 * @id_or_address: an account's id, or its address where that is unique
 * @error: return location for a #GError of %MW_STORE_ERROR
 *
 * Returns: (transfer full): the account, or %NULL
 */
MwAccount *
mw_store_load (MwStore *self, const char *id_or_address, GError **error)
{
  g_return_val_if_fail (id_or_address != NULL, NULL);

  if (g_uuid_string_is_valid (id_or_address))
    {
      g_autofree char *id = g_ascii_strdown (id_or_address, -1);
      g_autofree char *path = account_path (self, id);
      g_autoptr (GError) local_error = NULL;
      MwAccount *account = load_file (path, id, NULL, &local_error);

      if (account == NULL && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        g_set_error (error, MW_STORE_ERROR, MW_STORE_ERROR_NOT_FOUND,
                     "there is no account with the id “%s”", id);
      else if (account == NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      return account;
    }
  return load_by_address (self, id_or_address, error);
}

/* What is on the disk must be what the caller has seen */
static gboolean
load_unchanged (
    const char *path, const char *id, const char *etag, GKeyFile **key_file, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (MwAccount) there = load_file (path, id, key_file, &local_error);

  if (there == NULL && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (g_strcmp0 (there != NULL ? mw_account_get_etag (there) : NULL, etag) != 0)
    {
      g_clear_pointer (key_file, g_key_file_unref);
      g_set_error (error, MW_STORE_ERROR, MW_STORE_ERROR_CHANGED,
                   "%s was changed by another program in the meantime; load it again", path);
      return FALSE;
    }
  return TRUE;
}

/**
 * mw_store_save:
 * @self: a store
 * @account: an account
 * @error: return location for a #GError of %MW_STORE_ERROR or %G_IO_ERROR
 *
 * Saves @account. Comments and keys that others put into its file stay. If the file is not what
 * @account was loaded from, nothing is written.
 *
 * Returns: whether it is on the disk
 */
gboolean
mw_store_save (MwStore *self, MwAccount *account, GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *path = NULL, *etag = NULL, *text = NULL;
  g_autofd int lock = -1;
  gsize length;

  g_return_val_if_fail (MW_IS_ACCOUNT (account), FALSE);

  lock = mw_file_lock_folder (self->directory, error);
  if (lock < 0)
    return FALSE;
  path = account_path (self, mw_account_get_id (account));
  if (!load_unchanged (path, mw_account_get_id (account), mw_account_get_etag (account), &file,
                       error))
    return FALSE;
  if (file == NULL)
    file = g_key_file_new ();
  mw_account_to_key_file (account, file);
  text = g_key_file_to_data (file, &length, NULL);
  bytes = g_bytes_new (text, length);
  if (!mw_file_replace (path, text, length, 0600, error))
    return FALSE;
  etag = make_etag (bytes);
  mw_account_set_etag (account, etag);
  return TRUE;
}

/**
 * mw_store_remove:
 * @self: a store
 * @id: an account's id
 * @error: return location for a #GError of %MW_STORE_ERROR or %G_IO_ERROR
 *
 * Removes the file of an account. One that cannot be read is kept.
 *
 * Returns: whether it is gone
 */
gboolean
mw_store_remove (MwStore *self, const char *id, GError **error)
{
  g_autoptr (MwAccount) account = NULL;
  g_autofree char *path = NULL;
  g_autofd int lock = -1;

  account = mw_store_load (self, id, error);
  if (account == NULL)
    return FALSE;
  lock = mw_file_lock_folder (self->directory, error);
  if (lock < 0)
    return FALSE;
  path = account_path (self, mw_account_get_id (account));
  if (g_unlink (path) != 0 && errno != ENOENT)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s cannot be removed: %s",
                   path, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}
