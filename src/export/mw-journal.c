/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-journal"

#include "config.h"

#include "export/mw-journal.h"

#include "export/mw-file-writer.h"
#include "model/mw-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT 1
#define ENTRY_NAME "entry.ini"
#define MAX_ENTRY_BYTES (16 * 1024 * 1024)

/* How long another process's export is waited for */
#define LOCK_TRIES 50
#define LOCK_PAUSE_MICROSECONDS 100000

struct _MwJournal
{
  char *folder;
  int lock; /* descriptor, or -1 when there is no journal */
};

static void
record_file_free (gpointer data)
{
  MwRecordFile *file = data;

  g_free (file->path);
  g_free (file->real_path);
  g_free (file->temporary);
  g_free (file->before_name);
  g_free (file->before_sum);
  g_free (file->after_sum);
  g_free (file->marker);
  g_free (file);
}

static void
record_secret_free (gpointer data)
{
  MwRecordSecret *secret = data;

  g_clear_pointer (&secret->item, mw_secret_item_unref);
  g_free (secret);
}

static MwRecord *
record_new (const char *folder, const char *id)
{
  MwRecord *self = g_new0 (MwRecord, 1);

  self->id = g_strdup (id);
  self->folder = g_build_filename (folder, id, NULL);
  self->files = g_ptr_array_new_with_free_func (record_file_free);
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->secrets = g_ptr_array_new_with_free_func (record_secret_free);
  self->actions = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_export_action_free);
  self->locks = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * mw_record_free:
 * @self: (transfer full): a record
 */
void
mw_record_free (MwRecord *self)
{
  g_free (self->id);
  g_free (self->folder);
  g_free (self->target);
  g_clear_pointer (&self->created, g_date_time_unref);
  g_strfreev (self->accounts);
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->folders);
  g_ptr_array_unref (self->secrets);
  g_ptr_array_unref (self->actions);
  g_ptr_array_unref (self->locks);
  g_free (self);
}

/**
 * mw_bytes_sum:
 * @bytes: bytes
 *
 * Returns: (transfer full): their SHA-256, in hexadecimal
 */
char *
mw_bytes_sum (GBytes *bytes)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

/**
 * mw_journal_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): its stable name
 */
const char *
mw_journal_state_to_string (MwJournalState state)
{
  switch (state)
    {
    case MW_JOURNAL_STATE_APPLYING:
      return "applying";
    case MW_JOURNAL_STATE_DONE:
      return "done";
    case MW_JOURNAL_STATE_UNDONE:
      return "undone";
    case MW_JOURNAL_STATE_ROLLED_BACK:
      return "rolled-back";
    case MW_JOURNAL_STATE_UNREADABLE:
      return "unreadable";
    default:
      g_return_val_if_reached ("unreadable");
    }
}

static gboolean
state_from_string (const char *text, MwJournalState *state)
{
  for (int i = MW_JOURNAL_STATE_APPLYING; i < MW_JOURNAL_STATE_UNREADABLE; i++)
    if (g_strcmp0 (text, mw_journal_state_to_string ((MwJournalState) i)) == 0)
      {
        *state = (MwJournalState) i;
        return TRUE;
      }
  return FALSE;
}

/* Paths are bytes, and key files hold UTF-8: what is not UTF-8 is percent-encoded */

static void
set_path (GKeyFile *file, const char *group, const char *key, const char *path)
{
  g_autofree char *escaped =
      g_uri_escape_string (path, " " G_URI_RESERVED_CHARS_ALLOWED_IN_PATH, TRUE);

  g_key_file_set_string (file, group, key, escaped);
}

static char *
get_path (GKeyFile *file, const char *group, const char *key)
{
  g_autofree char *escaped = g_key_file_get_string (file, group, key, NULL);
  g_autofree char *path = escaped != NULL ? g_uri_unescape_string (escaped, NULL) : NULL;

  return path != NULL && g_path_is_absolute (path) ? g_steal_pointer (&path) : NULL;
}

static void
set_optional (GKeyFile *file, const char *group, const char *key, const char *value)
{
  if (value != NULL)
    g_key_file_set_string (file, group, key, value);
}

static void
set_table (GKeyFile *file, const char *group, GHashTable *table)
{
  g_autoptr(GPtrArray) keys = g_hash_table_get_keys_as_ptr_array (table);

  g_ptr_array_sort_values (keys, (GCompareFunc) g_strcmp0);
  for (guint i = 0; i < keys->len; i++)
    g_key_file_set_string (file, group, g_ptr_array_index (keys, i),
                           g_hash_table_lookup (table, g_ptr_array_index (keys, i)));
}

static GHashTable *
get_table (GKeyFile *file, const char *group)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      char *value = g_key_file_get_string (file, group, keys[i], NULL);

      if (value != NULL)
        g_hash_table_insert (table, g_strdup (keys[i]), value);
    }
  return table;
}

static GKeyFile *
record_to_key_file (MwRecord *self)
{
  GKeyFile *file = g_key_file_new ();
  g_autofree char *created = g_date_time_format_iso8601 (self->created);

  g_key_file_set_integer (file, "Export", "format", FORMAT);
  g_key_file_set_string (file, "Export", "target", self->target);
  g_key_file_set_string (file, "Export", "state", mw_journal_state_to_string (self->state));
  g_key_file_set_string (file, "Export", "created", created);
  g_key_file_set_string_list (file, "Export", "accounts", (const char *const *) self->accounts,
                              g_strv_length (self->accounts));
  if (self->to_folder)
    g_key_file_set_boolean (file, "Export", "to-folder", TRUE);

  for (guint i = 0; i < self->files->len; i++)
    {
      MwRecordFile *change = g_ptr_array_index (self->files, i);
      g_autofree char *group = g_strdup_printf ("File %u", i);

      set_path (file, group, "path", change->path);
      set_path (file, group, "real-path", change->real_path);
      set_path (file, group, "temporary", change->temporary);
      g_key_file_set_integer (file, group, "mode", change->mode);
      g_key_file_set_integer (file, group, "flags", (int) change->flags);
      set_optional (file, group, "before", change->before_name);
      set_optional (file, group, "before-sha256", change->before_sum);
      g_key_file_set_string (file, group, "after-sha256", change->after_sum);
      set_optional (file, group, "marker", change->marker);
    }
  for (guint i = 0; i < self->folders->len; i++)
    {
      g_autofree char *group = g_strdup_printf ("Folder %u", i);

      set_path (file, group, "path", g_ptr_array_index (self->folders, i));
    }
  for (guint i = 0; i < self->locks->len; i++)
    {
      g_autofree char *group = g_strdup_printf ("Lock %u", i);

      set_path (file, group, "path", g_ptr_array_index (self->locks, i));
    }
  for (guint i = 0; i < self->secrets->len; i++)
    {
      MwRecordSecret *secret = g_ptr_array_index (self->secrets, i);
      g_autofree char *group = g_strdup_printf ("Secret %u", i);
      g_autofree char *attributes = g_strdup_printf ("Secret %u attributes", i);

      g_key_file_set_string (file, group, "schema", secret->item->schema);
      g_key_file_set_string (file, group, "label", secret->item->label);
      g_key_file_set_boolean (file, group, "had-previous", secret->had_previous);
      set_table (file, attributes, secret->item->attributes);
    }
  for (guint i = 0; i < self->actions->len; i++)
    {
      MwExportAction *action = g_ptr_array_index (self->actions, i);
      g_autofree char *group = g_strdup_printf ("Action %u", i);
      g_autofree char *values = g_strdup_printf ("Action %u values", i);

      g_key_file_set_string (file, group, "exporter", action->exporter);
      g_key_file_set_string (file, group, "type", action->type);
      set_table (file, values, action->values);
    }
  return file;
}

static gboolean
load_file (MwRecord *self, GKeyFile *file, const char *group)
{
  MwRecordFile *change = g_new0 (MwRecordFile, 1);

  g_ptr_array_add (self->files, change);
  change->path = get_path (file, group, "path");
  change->real_path = get_path (file, group, "real-path");
  change->temporary = get_path (file, group, "temporary");
  change->mode = g_key_file_get_integer (file, group, "mode", NULL) & 07777;
  change->flags = (MwFileFlags) g_key_file_get_integer (file, group, "flags", NULL);
  change->before_name = g_key_file_get_string (file, group, "before", NULL);
  change->before_sum = g_key_file_get_string (file, group, "before-sha256", NULL);
  change->after_sum = g_key_file_get_string (file, group, "after-sha256", NULL);
  change->marker = g_key_file_get_string (file, group, "marker", NULL);
  return change->path != NULL && change->real_path != NULL && change->temporary != NULL &&
         change->after_sum != NULL &&
         (change->before_name == NULL) == (change->before_sum == NULL) &&
         (change->before_name == NULL || strchr (change->before_name, '/') == NULL);
}

static gboolean
load_secret (MwRecord *self, GKeyFile *file, const char *group)
{
  g_autofree char *schema = g_key_file_get_string (file, group, "schema", NULL);
  g_autofree char *label = g_key_file_get_string (file, group, "label", NULL);
  g_autofree char *attributes_group = g_strdup_printf ("%s attributes", group);
  g_autoptr(GHashTable) attributes = get_table (file, attributes_group);
  MwRecordSecret *secret;

  if (schema == NULL || g_hash_table_size (attributes) == 0)
    return FALSE;
  secret = g_new0 (MwRecordSecret, 1);
  secret->item = mw_secret_item_new_table (schema, label != NULL ? label : "", attributes);
  secret->had_previous = g_key_file_get_boolean (file, group, "had-previous", NULL);
  g_ptr_array_add (self->secrets, secret);
  return TRUE;
}

static gboolean
load_action (MwRecord *self, GKeyFile *file, const char *group)
{
  g_autofree char *exporter = g_key_file_get_string (file, group, "exporter", NULL);
  g_autofree char *type = g_key_file_get_string (file, group, "type", NULL);
  g_autofree char *values_group = g_strdup_printf ("%s values", group);
  MwExportAction *action;

  if (exporter == NULL || type == NULL)
    return FALSE;
  action = mw_export_action_new (exporter, type);
  g_hash_table_unref (action->values);
  action->values = get_table (file, values_group);
  g_ptr_array_add (self->actions, action);
  return TRUE;
}

static gboolean
load_path (GPtrArray *paths, GKeyFile *file, const char *group)
{
  char *path = get_path (file, group, "path");

  if (path == NULL)
    return FALSE;
  g_ptr_array_add (paths, path);
  return TRUE;
}

static gboolean
load_group (MwRecord *self, GKeyFile *file, const char *group)
{
  if (g_str_has_suffix (group, " attributes") || g_str_has_suffix (group, " values"))
    return TRUE;
  if (g_str_has_prefix (group, "File "))
    return load_file (self, file, group);
  if (g_str_has_prefix (group, "Folder "))
    return load_path (self->folders, file, group);
  if (g_str_has_prefix (group, "Lock "))
    return load_path (self->locks, file, group);
  if (g_str_has_prefix (group, "Secret "))
    return load_secret (self, file, group);
  if (g_str_has_prefix (group, "Action "))
    return load_action (self, file, group);
  return g_str_equal (group, "Export");
}

static gboolean
record_from_key_file (MwRecord *self, GKeyFile *file, GError **error)
{
  g_autofree char *state = g_key_file_get_string (file, "Export", "state", NULL);
  g_autofree char *created = g_key_file_get_string (file, "Export", "created", NULL);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  gboolean ok = g_key_file_get_integer (file, "Export", "format", NULL) == FORMAT;

  self->target = g_key_file_get_string (file, "Export", "target", NULL);
  self->created = created != NULL ? g_date_time_new_from_iso8601 (created, NULL) : NULL;
  self->accounts = g_key_file_get_string_list (file, "Export", "accounts", NULL, NULL);
  if (self->accounts == NULL)
    self->accounts = g_new0 (char *, 1);
  self->to_folder = g_key_file_get_boolean (file, "Export", "to-folder", NULL);
  ok = ok && self->target != NULL && self->created != NULL &&
       state_from_string (state, &self->state);
  for (guint i = 0; groups[i] != NULL && ok; i++)
    ok = load_group (self, file, groups[i]);
  if (!ok)
    g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL,
                 "The journal entry %s is damaged, or of another version", self->id);
  return ok;
}

static void
prefix_journal (GError **error, GError *cause, const char *what)
{
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL, "The journal cannot be %s: %s",
               what, cause->message);
  g_error_free (cause);
}

/**
 * mw_journal_open:
 * @host: the host
 * @create: make it when it is missing
 * @error: return location for a #GError
 *
 * Opens the journal, and keeps other processes out of it until mw_journal_close().
 *
 * Returns: (transfer full) (nullable): the journal; %NULL with %MW_EXPORT_ERROR_LOCKED or
 *   %MW_EXPORT_ERROR_JOURNAL
 */
MwJournal *
mw_journal_open (MwExportHost *host, gboolean create, GError **error)
{
  g_autoptr(MwJournal) self = g_new0 (MwJournal, 1);
  g_autofree char *lock_path = NULL;

  self->lock = -1;
  self->folder =
      g_build_filename (mw_export_host_get_state_home (host), "mailwright", "journal", NULL);
  lock_path = g_build_filename (self->folder, ".lock", NULL);
  if (create && g_mkdir_with_parents (self->folder, 0700) != 0)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL, "Cannot make the folder %s: %s",
                   self->folder, g_strerror (errno));
      return NULL;
    }
  if (!create && !g_file_test (self->folder, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&self); /* an empty one */

  self->lock = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (self->lock < 0)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL, "Cannot open %s: %s", lock_path,
                   g_strerror (errno));
      return NULL;
    }
  for (guint i = 0; flock (self->lock, LOCK_EX | LOCK_NB) != 0; i++)
    {
      if (errno != EWOULDBLOCK && errno != EINTR)
        {
          g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL, "Cannot lock %s: %s",
                       lock_path, g_strerror (errno));
          return NULL;
        }
      if (i >= LOCK_TRIES)
        {
          g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_LOCKED, "Another process holds %s",
                       lock_path);
          return NULL;
        }
      g_usleep (LOCK_PAUSE_MICROSECONDS);
    }
  return g_steal_pointer (&self);
}

/**
 * mw_journal_close:
 * @self: (transfer full): a journal
 */
void
mw_journal_close (MwJournal *self)
{
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->folder);
  g_free (self);
}

static gboolean
is_id (const char *name)
{
  return g_ascii_isdigit (*name) && strspn (name, "0123456789abcdefTZ-") == strlen (name);
}

/**
 * mw_journal_list_ids:
 * @self: a journal
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (element-type utf8): ids of all entries, oldest first
 */
GPtrArray *
mw_journal_list_ids (MwJournal *self, GError **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) names = NULL;
  GError *cause = NULL;

  if (self->lock < 0)
    return g_steal_pointer (&ids);
  names = mw_file_list (self->folder, &cause);
  if (names == NULL)
    {
      prefix_journal (error, cause, "read");
      return NULL;
    }
  for (guint i = 0; i < names->len; i++)
    if (is_id (g_ptr_array_index (names, i)))
      g_ptr_array_add (ids, g_strdup (g_ptr_array_index (names, i)));
  g_ptr_array_sort_values (ids, (GCompareFunc) g_strcmp0);
  return g_steal_pointer (&ids);
}

/**
 * mw_journal_guess_time:
 * @id: id of an entry
 *
 * Returns: (transfer full): when an entry was made, by its name alone; the epoch when that says
 *   nothing
 */
GDateTime *
mw_journal_guess_time (const char *id)
{
  const char *time = strchr (id, '-');
  GDateTime *created = time != NULL ? g_date_time_new_from_iso8601 (time + 1, NULL) : NULL;

  return created != NULL ? created : g_date_time_new_from_unix_utc (0);
}

/**
 * mw_journal_load:
 * @self: a journal
 * @id: id of an entry
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (nullable): the entry; %NULL with %MW_EXPORT_ERROR_NOT_FOUND or
 *   %MW_EXPORT_ERROR_JOURNAL
 */
MwRecord *
mw_journal_load (MwJournal *self, const char *id, GError **error)
{
  g_autoptr(MwRecord) record = NULL;
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *path = NULL;
  GError *cause = NULL;

  if (!is_id (id) || self->lock < 0)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_FOUND,
                   "There is no journal entry %s", id);
      return NULL;
    }
  record = record_new (self->folder, id);
  if (!g_file_test (record->folder, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_FOUND,
                   "There is no journal entry %s", id);
      return NULL;
    }
  path = g_build_filename (record->folder, ENTRY_NAME, NULL);
  bytes = mw_file_read (path, MAX_ENTRY_BYTES, &cause);
  if (bytes == NULL || !g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, &cause))
    {
      prefix_journal (error, cause, "read");
      return NULL;
    }
  if (!record_from_key_file (record, file, error))
    return NULL;
  return g_steal_pointer (&record);
}

/**
 * mw_journal_new_record:
 * @self: a journal
 * @target: id of the exporter
 * @error: return location for a #GError
 *
 * Begins an entry. It is not in the journal before mw_record_publish().
 *
 * Returns: (transfer full) (nullable): the entry, %MW_JOURNAL_STATE_APPLYING
 */
MwRecord *
mw_journal_new_record (MwJournal *self, const char *target, GError **error)
{
  g_autoptr(GPtrArray) ids = mw_journal_list_ids (self, error);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *id = NULL;
  MwRecord *record;
  guint64 number = 1;

  if (ids == NULL)
    return NULL;
  /* A number in front: the clock may jump */
  if (ids->len > 0)
    number = g_ascii_strtoull (g_ptr_array_index (ids, ids->len - 1), NULL, 10) + 1;
  id = g_strdup_printf ("%06" G_GUINT64_FORMAT "-%s", number, time);

  record = record_new (self->folder, id);
  record->target = g_strdup (target);
  record->state = MW_JOURNAL_STATE_APPLYING;
  record->created = g_steal_pointer (&now);
  record->accounts = g_new0 (char *, 1);

  /* Not called by its name until all of it is there */
  g_free (record->folder);
  record->folder = g_build_filename (self->folder, ".new", NULL);
  if (!mw_journal_discard (self, ".new", error) || !mw_file_make_folder (record->folder, error))
    {
      mw_record_free (record);
      return NULL;
    }
  return record;
}

/**
 * mw_journal_discard:
 * @self: a journal
 * @id: name of an entry's folder
 * @error: return location for a #GError
 *
 * Removes an entry. That there is none is no error.
 *
 * Returns: %TRUE when it is gone
 */
gboolean
mw_journal_discard (MwJournal *self, const char *id, GError **error)
{
  g_autofree char *folder = g_build_filename (self->folder, id, NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  if (g_rmdir (folder) != 0 && errno != ENOENT)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL, "Cannot remove %s: %s", folder,
                   g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

/**
 * mw_record_add_file:
 * @self: an entry that is not yet published
 * @change: a file of the plan that will be created or changed
 * @error: return location for a #GError
 *
 * Notes a file, and keeps its old content beside the entry.
 *
 * Returns: %TRUE on success
 */
gboolean
mw_record_add_file (MwRecord *self, MwFileChange *change, GError **error)
{
  MwRecordFile *file = g_new0 (MwRecordFile, 1);
  g_autoptr(GPtrArray) missing = mw_file_list_missing_parents (change->real_path);

  g_ptr_array_add (self->files, file);
  file->path = g_strdup (change->path);
  file->real_path = g_strdup (change->real_path);
  file->temporary = mw_file_temporary_path (change->real_path, self->id);
  file->mode = change->mode;
  file->flags = change->flags;
  file->marker = g_strdup (change->marker);
  file->after_sum = mw_bytes_sum (change->after);

  for (guint i = 0; i < missing->len; i++)
    if (!g_ptr_array_find_with_equal_func (self->folders, g_ptr_array_index (missing, i),
                                           g_str_equal, NULL))
      g_ptr_array_add (self->folders, g_strdup (g_ptr_array_index (missing, i)));

  if (change->before != NULL)
    {
      g_autofree char *kept = NULL;

      file->before_sum = mw_bytes_sum (change->before);
      file->before_name = g_strdup_printf ("before-%u", self->files->len - 1);
      kept = g_build_filename (self->folder, file->before_name, NULL);
      return mw_file_write_temporary (kept, kept, change->before, 0600, error);
    }
  return TRUE;
}

/**
 * mw_record_add_secret:
 * @self: an entry that is not yet published
 * @item: the item that will be stored
 * @had_previous: whether it is there with another secret
 */
void
mw_record_add_secret (MwRecord *self, MwSecretItem *item, gboolean had_previous)
{
  MwRecordSecret *secret = g_new0 (MwRecordSecret, 1);

  secret->item = mw_secret_item_ref (item);
  secret->had_previous = had_previous;
  g_ptr_array_add (self->secrets, secret);
}

static gboolean
write_entry (MwRecord *self, GError **error)
{
  g_autoptr(GKeyFile) file = record_to_key_file (self);
  g_autofree char *path = g_build_filename (self->folder, ENTRY_NAME, NULL);
  GError *cause = NULL;
  gsize length;
  g_autofree char *text = g_key_file_to_data (file, &length, NULL);

  if (mw_file_replace (path, text, length, 0600, &cause))
    return TRUE;
  prefix_journal (error, cause, "written");
  return FALSE;
}

/**
 * mw_record_publish:
 * @self: a new entry, complete
 * @error: return location for a #GError
 *
 * Puts the entry into the journal, whole or not at all. From now on an interrupted export is put
 * back by whoever comes next.
 *
 * Returns: %TRUE on success
 */
gboolean
mw_record_publish (MwRecord *self, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (self->folder);
  g_autofree char *folder = g_build_filename (parent, self->id, NULL);
  GError *cause = NULL;

  if (!write_entry (self, error))
    return FALSE;
  if (g_rename (self->folder, folder) != 0)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL, "Cannot make %s: %s", folder,
                   g_strerror (errno));
      return FALSE;
    }
  g_free (self->folder);
  self->folder = g_steal_pointer (&folder);
  if (!mw_file_sync_folder_of (self->folder, &cause))
    {
      prefix_journal (error, cause, "written");
      return FALSE;
    }
  return TRUE;
}

/**
 * mw_record_set_state:
 * @self: an entry
 * @state: how far it got
 * @error: return location for a #GError
 *
 * Returns: %TRUE when it is on the disk
 */
gboolean
mw_record_set_state (MwRecord *self, MwJournalState state, GError **error)
{
  self->state = state;
  return write_entry (self, error);
}

/**
 * mw_record_read_before:
 * @self: an entry
 * @file: one of its files that has an old content
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (nullable): the old content; %NULL when it is not what was kept
 */
GBytes *
mw_record_read_before (MwRecord *self, MwRecordFile *file, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, file->before_name, NULL);
  GError *cause = NULL;
  g_autoptr(GBytes) bytes = mw_file_read (path, MW_EXPORT_MAX_FILE_BYTES, &cause);
  g_autofree char *sum = NULL;

  if (bytes == NULL)
    {
      prefix_journal (error, cause, "read");
      return NULL;
    }
  sum = mw_bytes_sum (bytes);
  if (!g_str_equal (sum, file->before_sum))
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL,
                   "The kept content of %s in the journal is damaged", file->path);
      return NULL;
    }
  return g_steal_pointer (&bytes);
}

/**
 * mw_record_to_entry:
 * @self: an entry
 *
 * Returns: (transfer full): what others may know of it
 */
MwJournalEntry *
mw_record_to_entry (MwRecord *self)
{
  MwJournalEntry *entry = g_new0 (MwJournalEntry, 1);
  g_autoptr(GStrvBuilder) paths = g_strv_builder_new ();

  for (guint i = 0; i < self->files->len; i++)
    g_strv_builder_add (paths, ((MwRecordFile *) g_ptr_array_index (self->files, i))->path);
  entry->id = g_strdup (self->id);
  entry->target = g_strdup (self->target);
  entry->state = self->state;
  entry->created = g_date_time_ref (self->created);
  entry->accounts = g_strdupv (self->accounts);
  entry->paths = g_strv_builder_end (paths);
  entry->to_folder = self->to_folder;
  entry->n_secrets = self->secrets->len;
  entry->n_actions = self->actions->len;
  return entry;
}

/**
 * mw_journal_entry_free:
 * @self: (transfer full): an entry
 */
void
mw_journal_entry_free (MwJournalEntry *self)
{
  g_free (self->id);
  g_free (self->target);
  g_clear_pointer (&self->created, g_date_time_unref);
  g_strfreev (self->accounts);
  g_strfreev (self->paths);
  g_free (self);
}
