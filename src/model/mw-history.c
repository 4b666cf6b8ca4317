/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-history"

#include "config.h"

#include "model/mw-history.h"

#include "model/mw-sandbox.h"

#include "model/mw-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT 1
#define MAX_FILE (64 * 1024)
#define MAX_NETWORK 200
#define MAX_OVERWRITTEN 4096
#define MAX_EXPORTS 32

#define GROUP_HISTORY "History"
#define GROUP_CHECK "Check"
#define EXPORT_PREFIX "Export "

struct _MwHistory
{
  GObject parent_instance;

  /* Owned */
  char *directory;

  GMutex writing; /* one event after the other */
  GMutex mutex;
  GHashTable *unsaved; /* id -> text of a file that could not be written; guarded by the mutex */
};

G_DEFINE_FINAL_TYPE (MwHistory, mw_history, G_TYPE_OBJECT)

static void
mw_history_finalize (GObject *object)
{
  MwHistory *self = MW_HISTORY (object);

  g_free (self->directory);
  g_hash_table_unref (self->unsaved);
  g_mutex_clear (&self->mutex);
  g_mutex_clear (&self->writing);

  G_OBJECT_CLASS (mw_history_parent_class)->finalize (object);
}

static void
mw_history_class_init (MwHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mw_history_finalize;
}

static void
mw_history_init (MwHistory *self)
{
  g_mutex_init (&self->mutex);
  g_mutex_init (&self->writing);
  self->unsaved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
past_export_free (gpointer data)
{
  MwPastExport *past = data;

  g_free (past->target);
  g_date_time_unref (past->when);
  g_free (past);
}

/**
 * mw_past_free:
 * @self: (transfer full): a past
 */
void
mw_past_free (MwPast *self)
{
  g_clear_pointer (&self->checked, g_date_time_unref);
  g_free (self->network);
  g_ptr_array_unref (self->exports);
  g_free (self);
}

/* ---- fingerprints ---- */

/* Who somebody is matters to an export, and not to a check: a new name proves nothing wrong */
static const char *const personal_keys[][2] = {
  { "Account", "Name" },
  { "Account", "ReplyTo" },
  { "Account", "Organization" },
  { "Incoming", "LeaveOnServer" },
};

static char *
make_fingerprint (MwAccount *account, gboolean with_person)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length;

  mw_account_to_key_file (account, file);
  g_key_file_remove_key (file, "Account", "format", NULL);
  for (gsize i = 0; !with_person && i < G_N_ELEMENTS (personal_keys); i++)
    g_key_file_remove_key (file, personal_keys[i][0], personal_keys[i][1], NULL);
  text = g_key_file_to_data (file, &length, NULL);
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, length);
}

/**
 * mw_account_get_fingerprint:
 * @account: an account
 *
 * Returns: (transfer full): SHA-256, in hexadecimal, of all that an export of @account depends on;
 *   two accounts with one fingerprint are the same but for their ids
 */
char *
mw_account_get_fingerprint (MwAccount *account)
{
  g_return_val_if_fail (MW_IS_ACCOUNT (account), NULL);

  return make_fingerprint (account, TRUE);
}

/* ---- files ---- */

/* Ids come from file names, and now and then from another program's journal */
static gboolean
is_file_name (const char *id)
{
  return *id != '\0' && *id != '.' && strchr (id, '/') == NULL;
}

static gboolean
is_target (const char *target)
{
  return *target != '\0' && strlen (target) <= 64 &&
         strspn (target, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen (target);
}

static char *
history_path (MwHistory *self, const char *id)
{
  g_autofree char *name = g_strconcat (id, ".ini", NULL);

  return g_build_filename (self->directory, name, NULL);
}

/* What is on the disk; an empty file where there is none, or none that we understand. @error is set
 * besides when the file must stay as it is: it could not be read this time, or a later Mailwright
 * wrote it. */
static GKeyFile *
read_file (MwHistory *self, const char *id, GError **error)
{
  g_autofree char *path = history_path (self, id);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) bytes = mw_file_read (path, MAX_FILE, &cause);
  int format = 0;

  if (bytes == NULL)
    {
      if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        g_propagate_error (error, g_steal_pointer (&cause));
      return g_key_file_new ();
    }
  if (g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, &cause))
    format = g_key_file_get_integer (file, GROUP_HISTORY, "format", &cause);
  if (format == FORMAT)
    return g_steal_pointer (&file);
  if (format > FORMAT)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "%s was written by a newer Mailwright, and was left as it is", path);
  else
    g_debug ("%s is not used: %s", path, cause != NULL ? cause->message : "it has no format");
  return g_key_file_new ();
}

/* What could not be written goes before what is on the disk */
static GKeyFile *
load_file (MwHistory *self, const char *id, GError **error)
{
  g_autoptr (GKeyFile) file = read_file (self, id, error);
  g_autofree char *text = NULL;

  g_mutex_lock (&self->mutex);
  text = g_strdup (g_hash_table_lookup (self->unsaved, id));
  g_mutex_unlock (&self->mutex);
  if (text == NULL)
    return g_steal_pointer (&file);
  g_clear_pointer (&file, g_key_file_unref);
  file = g_key_file_new ();
  g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, NULL);
  return g_steal_pointer (&file);
}

/* A check that came out as the last one did changes nothing but its time: then these few digits are
 * written over. A new file for each of hundreds of accounts would cost more than all else that is
 * done with their reports. One call to the system, so that nobody can be killed in the midst of it.
 */
static gboolean
write_time_over (const char *path, const char *text, gsize length)
{
  g_autofd int fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  char old[MAX_OVERWRITTEN];
  struct stat info;
  gsize first = 0, last = length, line;

  if (fd < 0 || length > sizeof old || fstat (fd, &info) != 0 || !S_ISREG (info.st_mode) ||
      info.st_nlink != 1 || info.st_uid != geteuid () || (info.st_mode & 07777) != 0600 ||
      info.st_size != (off_t) length || pread (fd, old, length, 0) != (ssize_t) length)
    return FALSE;
  while (first < length && old[first] == text[first])
    first++;
  if (first == length)
    return TRUE;
  while (old[last - 1] == text[last - 1])
    last--;
  for (line = first; line > 0 && text[line - 1] != '\n'; line--)
    continue;
  if (strncmp (text + line, "At=", 3) != 0)
    return FALSE;
  for (gsize k = first; k < last; k++)
    if (old[k] != text[k] && (!g_ascii_isdigit (old[k]) || !g_ascii_isdigit (text[k])))
      return FALSE;
  if (memchr (text + first, '\n', last - first) != NULL)
    return FALSE;
  return pwrite (fd, text + first, last - first, (off_t) first) == (ssize_t) (last - first);
}

typedef void (*EditFunc) (GKeyFile *file, gpointer user_data);

/* Reads, edits and writes the file of one account. What cannot be written is at least remembered
 * as long as this object lives. */
static gboolean
edit (MwHistory *self, const char *id, EditFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->writing);
  g_autoptr (GError) unusable = NULL;
  /* Window and command line may note something at the same moment */
  g_autofd int lock = mw_file_lock_folder (self->directory, &unusable);
  g_autofree char *path = history_path (self, id);
  g_autofree char *text = NULL;
  g_autoptr (GKeyFile) file = load_file (self, id, unusable == NULL ? &unusable : NULL);
  gboolean is_written = FALSE;
  gsize length;

  g_key_file_set_integer (file, GROUP_HISTORY, "format", FORMAT);
  func (file, user_data);
  text = g_key_file_to_data (file, &length, NULL);
  if (unusable != NULL)
    g_propagate_error (error, g_steal_pointer (&unusable));
  else
    is_written = write_time_over (path, text, length) ||
                 mw_file_replace_light (path, text, length, 0600, error);
  g_mutex_lock (&self->mutex);
  if (is_written)
    g_hash_table_remove (self->unsaved, id);
  else
    g_hash_table_insert (self->unsaved, g_strdup (id), g_steal_pointer (&text));
  g_mutex_unlock (&self->mutex);
  return is_written;
}

/* ---- reading ---- */

static GDateTime *
get_time (GKeyFile *file, const char *group)
{
  g_autofree char *text = g_key_file_get_string (file, group, "At", NULL);
  g_autoptr (GDateTime) when = NULL;

  when = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;
  return when != NULL ? g_date_time_to_utc (when) : NULL;
}

static gboolean
fits (GKeyFile *file, const char *group, const char *fingerprint)
{
  g_autofree char *then = g_key_file_get_string (file, group, "Fingerprint", NULL);

  return g_strcmp0 (then, fingerprint) == 0;
}

static gboolean
get_verdict (GKeyFile *file, MwStatus *verdict)
{
  g_autofree char *text = g_key_file_get_string (file, GROUP_CHECK, "Verdict", NULL);

  for (*verdict = MW_STATUS_OK; *verdict <= MW_STATUS_FAILED; (*verdict)++)
    if (g_strcmp0 (text, mw_status_to_string (*verdict)) == 0)
      return TRUE;
  *verdict = MW_STATUS_OK;
  return FALSE;
}

static void
read_check (MwPast *past, GKeyFile *file, MwAccount *account)
{
  g_autofree char *fingerprint = NULL, *diagnosis = NULL, *network = NULL;

  if (!get_verdict (file, &past->verdict))
    return;
  past->checked = get_time (file, GROUP_CHECK);
  if (past->checked == NULL)
    return;
  fingerprint = make_fingerprint (account, FALSE);
  diagnosis = g_key_file_get_string (file, GROUP_CHECK, "Diagnosis", NULL);
  network = g_key_file_get_string (file, GROUP_CHECK, "Network", NULL);
  past->diagnosis = diagnosis != NULL ? mw_diagnosis_from_id (diagnosis) : MW_DIAGNOSIS_NONE;
  past->is_complete = g_key_file_get_boolean (file, GROUP_CHECK, "Complete", NULL);
  past->is_current = fits (file, GROUP_CHECK, fingerprint);
  if (network != NULL && *network != '\0')
    past->network = mw_text_make_harmless (network, -1, MAX_NETWORK);
}

static int
compare_exports (gconstpointer a, gconstpointer b)
{
  const MwPastExport *first = *(MwPastExport *const *) a, *second = *(MwPastExport *const *) b;

  return strcmp (first->target, second->target);
}

static void
read_exports (MwPast *past, GKeyFile *file, MwAccount *account)
{
  g_autofree char *fingerprint = NULL;
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (gsize i = 0; groups[i] != NULL && past->exports->len < MAX_EXPORTS; i++)
    {
      g_autoptr (GDateTime) when = NULL;
      MwPastExport *export;

      if (!g_str_has_prefix (groups[i], EXPORT_PREFIX) ||
          !is_target (groups[i] + strlen (EXPORT_PREFIX)))
        continue;
      when = get_time (file, groups[i]);
      if (when == NULL)
        continue;
      if (fingerprint == NULL)
        fingerprint = make_fingerprint (account, TRUE);
      export = g_new0 (MwPastExport, 1);
      export->target = g_strdup (groups[i] + strlen (EXPORT_PREFIX));
      export->when = g_steal_pointer (&when);
      export->is_current = fits (file, groups[i], fingerprint);
      g_ptr_array_add (past->exports, export);
    }
  g_ptr_array_sort (past->exports, compare_exports);
}

/**
 * mw_history_load:
 * @self: a history
 * @account: an account
 *
 * Reads what was done with @account. Any thread.
 *
 * Returns: (transfer full): its past; that of an account with which nothing was done when there is
 *   no file, or none that can be understood
 */
MwPast *
mw_history_load (MwHistory *self, MwAccount *account)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GError) error = NULL;
  MwPast *past;

  g_return_val_if_fail (MW_IS_HISTORY (self), NULL);
  g_return_val_if_fail (MW_IS_ACCOUNT (account), NULL);

  past = g_new0 (MwPast, 1);
  past->exports = g_ptr_array_new_with_free_func (past_export_free);
  if (!is_file_name (mw_account_get_id (account)))
    return past;
  file = load_file (self, mw_account_get_id (account), &error);
  if (error != NULL)
    g_debug ("%s", error->message);
  read_check (past, file, account);
  read_exports (past, file, account);
  return past;
}

/* ---- writing ---- */

static void
set_now (GKeyFile *file, const char *group, const char *fingerprint)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *text = g_date_time_format_iso8601 (now);

  g_key_file_set_string (file, group, "At", text);
  g_key_file_set_string (file, group, "Fingerprint", fingerprint);
}

/* Was everything tried that the account needs? */
static gboolean
is_complete_report (MwReport *report)
{
  MwStep *login = mw_report_get_step (report, MW_STAGE_LOGIN);
  MwStep *mailbox = mw_report_get_step (report, MW_STAGE_MAILBOX);

  if (mw_server_needs_login (mw_report_get_server (report)))
    return login != NULL && mw_step_get_status (login) != MW_STATUS_SKIPPED && mailbox != NULL &&
           mw_step_get_status (mailbox) != MW_STATUS_SKIPPED;
  return mw_report_get_step (report, MW_STAGE_CAPABILITY) != NULL;
}

typedef struct
{
  MwAccount *account;
  GPtrArray *reports;
} CheckEvent;

static void
write_check (GKeyFile *file, gpointer user_data)
{
  const CheckEvent *event = user_data;
  g_autofree char *fingerprint = make_fingerprint (event->account, FALSE);
  MwReport *worst = NULL;
  const char *network = NULL;
  gboolean is_complete = event->reports->len > 0;

  for (guint i = 0; i < event->reports->len; i++)
    {
      MwReport *report = g_ptr_array_index (event->reports, i);

      if (worst == NULL || mw_report_get_verdict (report) > mw_report_get_verdict (worst))
        worst = report;
      is_complete &= is_complete_report (report);
      if (network == NULL)
        network = mw_report_get_network (report);
    }
  g_key_file_remove_group (file, GROUP_CHECK, NULL);
  set_now (file, GROUP_CHECK, fingerprint);
  g_key_file_set_string (
      file, GROUP_CHECK, "Verdict",
      mw_status_to_string (worst != NULL ? mw_report_get_verdict (worst) : MW_STATUS_OK));
  if (worst != NULL && mw_report_get_diagnosis (worst) != MW_DIAGNOSIS_NONE)
    g_key_file_set_string (file, GROUP_CHECK, "Diagnosis",
                           mw_diagnosis_to_id (mw_report_get_diagnosis (worst)));
  g_key_file_set_boolean (file, GROUP_CHECK, "Complete", is_complete);
  if (network != NULL)
    {
      g_autofree char *harmless = mw_text_make_harmless (network, -1, MAX_NETWORK);

      g_key_file_set_string (file, GROUP_CHECK, "Network", harmless);
    }
}

static gboolean
check_id (const char *id, GError **error)
{
  if (is_file_name (id))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
                       "the id of the account cannot be the name of a file");
  return FALSE;
}

static gboolean
check_target (const char *target, GError **error)
{
  if (is_target (target))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "the target of the export cannot be the id of an exporter");
  return FALSE;
}

/**
 * mw_history_add_check:
 * @self: a history
 * @account: the account as it was checked
 * @reports: (element-type MwReport): what was found, one report a server
 * @error: return location for a #GError of %G_IO_ERROR
 *
 * Notes that @account was checked just now. Any thread.
 *
 * Returns: whether it is on the disk; if not, @self knows it all the same as long as it lives
 */
gboolean
mw_history_add_check (MwHistory *self, MwAccount *account, GPtrArray *reports, GError **error)
{
  CheckEvent event = { account, reports };

  g_return_val_if_fail (MW_IS_HISTORY (self), FALSE);
  g_return_val_if_fail (MW_IS_ACCOUNT (account), FALSE);
  g_return_val_if_fail (reports != NULL, FALSE);

  return check_id (mw_account_get_id (account), error) &&
         edit (self, mw_account_get_id (account), write_check, &event, error);
}

typedef struct
{
  MwAccount *account;
  const char *target;
} ExportEvent;

static void
write_export (GKeyFile *file, gpointer user_data)
{
  const ExportEvent *event = user_data;
  g_autofree char *group = g_strconcat (EXPORT_PREFIX, event->target, NULL);
  g_autofree char *fingerprint = make_fingerprint (event->account, TRUE);

  set_now (file, group, fingerprint);
}

/**
 * mw_history_add_export:
 * @self: a history
 * @account: the account as it was exported
 * @target: id of the exporter
 * @error: return location for a #GError of %G_IO_ERROR
 *
 * Notes that @account was exported just now. Any thread.
 *
 * Returns: whether it is on the disk; if not, @self knows it all the same as long as it lives
 */
gboolean
mw_history_add_export (MwHistory *self, MwAccount *account, const char *target, GError **error)
{
  ExportEvent event = { account, target };

  g_return_val_if_fail (MW_IS_HISTORY (self), FALSE);
  g_return_val_if_fail (MW_IS_ACCOUNT (account), FALSE);
  g_return_val_if_fail (target != NULL, FALSE);

  return check_id (mw_account_get_id (account), error) && check_target (target, error) &&
         edit (self, mw_account_get_id (account), write_export, &event, error);
}

static void
forget_export (GKeyFile *file, gpointer user_data)
{
  g_autofree char *group = g_strconcat (EXPORT_PREFIX, (const char *) user_data, NULL);

  g_key_file_remove_group (file, group, NULL);
}

static gboolean
has_file (MwHistory *self, const char *id)
{
  g_autofree char *path = history_path (self, id);
  gboolean is_unsaved;

  g_mutex_lock (&self->mutex);
  is_unsaved = g_hash_table_contains (self->unsaved, id);
  g_mutex_unlock (&self->mutex);
  return is_unsaved || g_file_test (path, G_FILE_TEST_EXISTS);
}

/**
 * mw_history_remove_export:
 * @self: a history
 * @account_id: id of an account
 * @target: id of the exporter
 * @error: return location for a #GError of %G_IO_ERROR
 *
 * Notes that an export was undone. Any thread.
 *
 * Returns: whether it is on the disk; nothing to forget is no error
 */
gboolean
mw_history_remove_export (MwHistory *self,
                          const char *account_id,
                          const char *target,
                          GError **error)
{
  g_return_val_if_fail (MW_IS_HISTORY (self), FALSE);
  g_return_val_if_fail (account_id != NULL, FALSE);
  g_return_val_if_fail (target != NULL, FALSE);

  if (!check_id (account_id, error) || !check_target (target, error))
    return FALSE;
  if (!has_file (self, account_id))
    return TRUE;
  return edit (self, account_id, forget_export, (gpointer) target, error);
}

/**
 * mw_history_remove_account:
 * @self: a history
 * @account_id: id of an account
 * @error: return location for a #GError of %G_IO_ERROR
 *
 * Forgets all that was done with an account. Any thread.
 *
 * Returns: whether it is gone; nothing to forget is no error
 */
gboolean
mw_history_remove_account (MwHistory *self, const char *account_id, GError **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (MW_IS_HISTORY (self), FALSE);
  g_return_val_if_fail (account_id != NULL, FALSE);

  if (!check_id (account_id, error))
    return FALSE;
  g_mutex_lock (&self->mutex);
  g_hash_table_remove (self->unsaved, account_id);
  g_mutex_unlock (&self->mutex);
  path = history_path (self, account_id);
  if (g_unlink (path) != 0 && errno != ENOENT && errno != ENOTDIR)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s cannot be removed: %s",
                   path, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

/**
 * mw_history_new:
 * @directory: (nullable) (type filename): the folder; %NULL is `mailwright/history` in the user's
 *   state folder. It is made when the first event is noted.
 *
 * Returns: (transfer full): a history
 */
MwHistory *
mw_history_new (const char *directory)
{
  MwHistory *self = g_object_new (MW_TYPE_HISTORY, NULL);

  g_autofree char *state_home =
      mw_sandbox_dup_state_home (mw_sandbox_get_default (), g_get_home_dir ());

  self->directory = directory != NULL
                        ? g_strdup (directory)
                        : g_build_filename (state_home, "mailwright", "history", NULL);
  return self;
}

/**
 * mw_history_get_directory:
 * @self: a history
 *
 * Returns: (transfer none) (type filename): the folder with the files
 */
const char *
mw_history_get_directory (MwHistory *self)
{
  return self->directory;
}
