/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-apply"

#include "config.h"

#include "export/mw-export-apply.h"

#include "export/mw-export-apply-private.h"
#include "export/mw-file-writer.h"
#include "export/mw-journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* How an apply goes, so that it is all or nothing whatever happens:
 *
 *   1. The journal entry is published: what is there now, and what it will become.
 *   2. All new contents are written beside their files, down to the disk.
 *   3. Keyring items are stored: what most often fails, and what a program that sees the new
 *      files or accounts looks up at once.
 *   4. Each file is replaced at one moment.
 *   5. Calls to other programs are made.
 *   6. The entry is marked as done.
 *
 * What fails, or is cut off, between 1 and 6 is put back: at once, or by whoever opens the journal
 * next. Putting back may itself be cut off and be done again.
 */

/* One keyring item that has to be stored */
typedef struct
{
  MwSecretItem *item;
  SecretValue *value;
  SecretValue *previous; /* or %NULL */
} Pending;

/* What a person undoes is refused when something changed since; what was cut off is put back as far
 * as it is still ours */
typedef enum
{
  PUT_BACK_STRICT,
  PUT_BACK_LENIENT,
} PutBackMode;

typedef struct
{
  MwExportHost *host;
  MwSecrets *secrets; /* or %NULL */
  MwSecretsFlags flags;
  GCancellable *cancellable;
} Outside;

static const char not_put_back[] = "Not all could be put back";

static MwApplyStepFunc step_func;
static gpointer step_func_data;

/**
 * mw_export_apply_set_step_func:
 * @func: (nullable): called after every step
 * @user_data: for @func
 *
 * For tests: lets them fail, look or die between any two steps.
 */
void
mw_export_apply_set_step_func (MwApplyStepFunc func, gpointer user_data)
{
  step_func = func;
  step_func_data = user_data;
}

static gboolean
step (const char *name, guint index, GError **error)
{
  return step_func == NULL || step_func (name, index, step_func_data, error);
}

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  mw_secret_item_unref (pending->item);
  secret_value_unref (pending->value);
  g_clear_pointer (&pending->previous, secret_value_unref);
  g_free (pending);
}

static MwExportResult *
result_new (void)
{
  MwExportResult *result = g_new0 (MwExportResult, 1);

  result->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_export_note_free);
  return result;
}

/**
 * mw_export_result_free:
 * @self: (transfer full): a result
 */
void
mw_export_result_free (MwExportResult *self)
{
  g_free (self->journal_id);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

/* Lock files of the target program. A lock is held until its descriptor is closed, so that the
 * program does not start meanwhile. Without the file the program has never run here. */

typedef GArray Locks;

static void
locks_release (Locks *descriptors)
{
  for (guint i = 0; i < descriptors->len; i++)
    close (g_array_index (descriptors, int, i));
  g_array_unref (descriptors);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Locks, locks_release)

static Locks *
locks_take (GPtrArray *paths, GError **error)
{
  g_autoptr(Locks) descriptors = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);
      struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
      int fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

      if (fd < 0 && errno == ENOENT)
        continue;
      if (fd < 0)
        {
          int saved_errno = errno;

          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "Cannot open %s: %s",
                       path, g_strerror (saved_errno));
          return NULL;
        }
      g_array_append_val (descriptors, fd);
      if (fcntl (fd, F_SETLK, &lock) != 0)
        {
          g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_RUNNING,
                       "A running program holds %s", path);
          return NULL;
        }
    }
  return g_steal_pointer (&descriptors);
}

/* Putting back */

typedef enum
{
  FILE_IS_BEFORE, /* as it was before the export */
  FILE_IS_AFTER,  /* as the export made it */
  FILE_IS_OTHER,  /* changed by somebody else */
} FileState;

static gboolean
has_line (GBytes *bytes, const char *line)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  gsize line_length = strlen (line);
  const char *end = text + length;

  for (const char *at = text; at < end;)
    {
      const char *line_end = memchr (at, '\n', end - at);
      gsize n = (line_end != NULL ? line_end : end) - at;

      if (n > 0 && at[n - 1] == '\r')
        n--;
      if (n == line_length && memcmp (at, line, n) == 0)
        return TRUE;
      if (line_end == NULL)
        break;
      at = line_end + 1;
    }
  return FALSE;
}

static gboolean
look_at (MwRecordFile *file, FileState *state, GError **error)
{
  g_autoptr(GBytes) now = NULL;
  g_autofree char *sum = NULL;

  if (!mw_file_read_if_there (file->real_path, &now, error))
    return FALSE;
  if (now != NULL)
    sum = mw_bytes_sum (now);

  if (g_strcmp0 (sum, file->before_sum) == 0)
    *state = FILE_IS_BEFORE;
  else if (g_strcmp0 (sum, file->after_sum) == 0 ||
           (now != NULL && (file->flags & MW_FILE_REWRITTEN) != 0 && file->marker != NULL &&
            has_line (now, file->marker)))
    *state = FILE_IS_AFTER;
  else
    *state = FILE_IS_OTHER;
  return TRUE;
}

static void add_note (MwExportResult *result, const char *id, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
add_note (MwExportResult *result, const char *id, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (result->notes, mw_export_note_new (id, text, NULL));
}

static gboolean
check_files (
    MwRecord *record, PutBackMode mode, FileState *states, MwExportResult *result, GError **error)
{
  for (guint i = 0; i < record->files->len; i++)
    {
      MwRecordFile *file = g_ptr_array_index (record->files, i);
      g_autoptr(GError) cause = NULL;

      if (!look_at (file, &states[i], &cause))
        {
          if (mode == PUT_BACK_STRICT)
            {
              g_propagate_error (error, g_steal_pointer (&cause));
              return FALSE;
            }
          states[i] = FILE_IS_OTHER;
        }
      if (states[i] != FILE_IS_OTHER)
        continue;
      if (mode == PUT_BACK_STRICT)
        {
          g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED,
                       "%s changed since the export %s", file->path, record->id);
          return FALSE;
        }
      /* Translators: %s is the path of a file */
      add_note (result, "left-changed",
                _ ("%s was changed by another program and was left as it is."), file->path);
    }
  return TRUE;
}

static gboolean
revert_actions (
    MwRecord *record, PutBackMode mode, Outside *outside, MwExportResult *result, GError **error)
{
  for (guint i = record->actions->len; i > 0; i--)
    {
      MwExportAction *action = g_ptr_array_index (record->actions, i - 1);
      const MwExporter *exporter = mw_exporter_find (action->exporter);
      g_autoptr(GError) cause = NULL;

      if (exporter == NULL || exporter->revert == NULL)
        g_set_error (&cause, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL,
                     "Nobody knows how to take back \"%s\"", action->type);
      else if (exporter->revert (action, outside->host, outside->cancellable, &cause))
        {
          result->n_actions++;
          if (!step ("revert-action", i - 1, error))
            return FALSE;
          continue;
        }

      if (mode == PUT_BACK_STRICT)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      /* Translators: %1$s is the name of a program, %2$s an error message */
      add_note (result, "action-left",
                _ ("%1$s could not be told to forget the account: %2$s"),
                  exporter != NULL ? mw_exporter_get_title (exporter) : action->exporter,
                  cause->message);
    }
  return TRUE;
}

static gboolean
restore_files (MwRecord *record, FileState *states, MwExportResult *result, GError **error)
{
  for (guint i = 0; i < record->files->len; i++)
    {
      MwRecordFile *file = g_ptr_array_index (record->files, i);
      g_autoptr(GBytes) before = NULL;

      g_unlink (file->temporary);
      if (states[i] != FILE_IS_AFTER || file->before_name == NULL)
        continue;
      before = mw_record_read_before (record, file, error);
      if (before == NULL ||
          !mw_file_write_temporary (file->temporary, file->real_path, before, file->mode, error) ||
          !step ("restore-temporary", i, error))
        return FALSE;
    }

  for (guint i = record->files->len; i > 0; i--)
    {
      MwRecordFile *file = g_ptr_array_index (record->files, i - 1);
      gboolean ok;

      if (states[i - 1] != FILE_IS_AFTER)
        continue;
      ok = file->before_name != NULL ? mw_file_commit (file->temporary, file->real_path, error)
                                     : mw_file_remove (file->real_path, error);
      if (!ok || !step ("restore", i - 1, error))
        return FALSE;
      result->n_files++;
    }

  /* Only those that are empty again: what others put in meanwhile is theirs */
  for (guint i = record->folders->len; i > 0; i--)
    g_rmdir (g_ptr_array_index (record->folders, i - 1));
  return TRUE;
}

/* Where an earlier password, and the one that replaced it, are kept for an undo: in the keyring
 * itself, since a journal on the disk must not hold them */
static MwSecretItem *
undo_item (const char *journal_id, guint index, const char *what)
{
  g_autofree char *number = g_strdup_printf ("%u", index);

  return mw_secret_item_new (MW_SECRETS_SCHEMA_UNDO,
                             /* Translators: the name of an item in the keyring's own window */
                             _ ("Mailwright: earlier password, for undoing an export"), "journal",
                               journal_id, "index", number, "what", what, NULL);
}

/* %TRUE with %NULL in @value when there is none */
static gboolean
look_up (Outside *outside, MwSecretItem *item, SecretValue **value, GError **error)
{
  g_autoptr(GError) cause = NULL;

  *value = mw_secrets_lookup_item_sync (outside->secrets, item, outside->flags,
                                        outside->cancellable, &cause);
  if (*value != NULL || g_error_matches (cause, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static gboolean
store (Outside *outside, MwSecretItem *item, SecretValue *value, GError **error)
{
  return mw_secrets_store_item_sync (outside->secrets, item, value, outside->flags,
                                     outside->cancellable, error);
}

static gboolean
clear (Outside *outside, MwSecretItem *item, GError **error)
{
  return mw_secrets_clear_item_sync (outside->secrets, item, outside->flags, NULL,
                                     outside->cancellable, error);
}

static gboolean
put_back_secret (
    MwRecord *record, guint index, Outside *outside, MwExportResult *result, GError **error)
{
  MwRecordSecret *secret = g_ptr_array_index (record->secrets, index);
  g_autoptr(MwSecretItem) previous_item = undo_item (record->id, index, "previous");
  g_autoptr(MwSecretItem) stored_item = undo_item (record->id, index, "stored");
  g_autoptr(SecretValue) previous = NULL;
  g_autoptr(SecretValue) stored = NULL;
  g_autoptr(SecretValue) now = NULL;

  if (!secret->had_previous)
    {
      if (!look_up (outside, secret->item, &now, error))
        return FALSE;
      if (now == NULL)
        return TRUE;
      result->n_secrets++;
      return clear (outside, secret->item, error);
    }

  if (!look_up (outside, previous_item, &previous, error) ||
      !look_up (outside, stored_item, &stored, error) ||
      !look_up (outside, secret->item, &now, error))
    return FALSE;
  if (previous != NULL && stored != NULL && now != NULL && mw_secret_value_equal (now, stored))
    {
      if (!store (outside, secret->item, previous, error))
        return FALSE;
      result->n_secrets++;
    }
  else if (stored != NULL)
    /* Translators: %s is the name of a password in the keyring's own window */
    add_note (result, "secret-left",
              _ ("The password “%s” was changed since and was left as it is."), secret->item->label);
  return clear (outside, previous_item, error) && clear (outside, stored_item, error);
}

/* A keyring that is locked or silent shall say so before anything is undone. One that is not there
 * at all keeps nobody from getting the files back: its items are out of reach for everybody. */
static gboolean
check_secrets (MwRecord *record, Outside *outside, GError **error)
{
  g_autoptr(GError) cause = NULL;
  g_autoptr(SecretValue) value = NULL;
  MwRecordSecret *first;

  if (record->secrets->len == 0 || outside->secrets == NULL)
    return TRUE;
  first = g_ptr_array_index (record->secrets, 0);
  if (look_up (outside, first->item, &value, &cause))
    return TRUE;
  if (g_error_matches (cause, MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT))
    {
      outside->secrets = NULL;
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static gboolean
put_back_secrets (
    MwRecord *record, PutBackMode mode, Outside *outside, MwExportResult *result, GError **error)
{
  gboolean answers = outside->secrets != NULL;

  for (guint i = 0; i < record->secrets->len; i++)
    {
      MwRecordSecret *secret = g_ptr_array_index (record->secrets, i);
      g_autoptr(GError) cause = NULL;

      if (answers && put_back_secret (record, i, outside, result, &cause))
        {
          if (!step ("clear-secret", i, error))
            return FALSE;
          continue;
        }
      if (mode == PUT_BACK_STRICT && cause != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      /* A keyring that is silent now is silent for the next one too, and each time until the
       * deadline */
      answers = answers && !g_error_matches (cause, MW_SECRETS_ERROR, MW_SECRETS_ERROR_TIMEOUT);
      /* Translators: %s is the name of a password in the keyring's own window */
      add_note (result, "secret-left",
                _ ("The password “%s” stayed in the keyring."), secret->item->label);
    }
  return TRUE;
}

static gboolean
put_back (
    MwRecord *record, PutBackMode mode, Outside *outside, MwExportResult *result, GError **error)
{
  g_autofree FileState *states = g_new0 (FileState, record->files->len + 1);

  return check_files (record, mode, states, result, error) &&
         (mode == PUT_BACK_LENIENT || check_secrets (record, outside, error)) &&
         revert_actions (record, mode, outside, result, error) &&
         restore_files (record, states, result, error) &&
         put_back_secrets (record, mode, outside, result, error) &&
         mw_record_set_state (record,
                              mode == PUT_BACK_STRICT ? MW_JOURNAL_STATE_UNDONE
                                                      : MW_JOURNAL_STATE_ROLLED_BACK,
                              error) &&
         step ("put-back", 0, error);
}

/* Entries that were cut off. One whose program runs now, or that cannot be put back at the moment,
 * waits for the next time and keeps nobody from exporting. */
static gboolean
recover (MwJournal *journal, Outside *outside, guint *n_recovered, GError **error)
{
  g_autoptr(GPtrArray) ids = mw_journal_list_ids (journal, error);

  if (ids == NULL)
    return FALSE;
  for (guint i = ids->len; i > 0; i--)
    {
      g_autoptr(GError) cause = NULL;
      g_autoptr(MwExportResult) result = result_new ();
      g_autoptr(MwRecord) record =
                    mw_journal_load (journal, g_ptr_array_index (ids, i - 1), &cause);
      g_autoptr(Locks) locks = NULL;

      if (record != NULL && record->state != MW_JOURNAL_STATE_APPLYING)
        continue;
      if (record != NULL)
        locks = locks_take (record->locks, &cause);
      if (locks != NULL && put_back (record, PUT_BACK_LENIENT, outside, result, &cause))
        (*n_recovered)++;
      else
        g_info ("An export that was cut off could not be put back: %s", cause->message);
    }
  return TRUE;
}

/* Old entries go, except what still waits to be put back */
static void
prune (MwJournal *journal, Outside *outside)
{
  g_autoptr(GPtrArray) ids = mw_journal_list_ids (journal, NULL);

  for (guint i = 0; ids != NULL && i + MW_JOURNAL_MAX_ENTRIES < ids->len; i++)
    {
      const char *id = g_ptr_array_index (ids, i);
      g_autoptr(MwRecord) record = mw_journal_load (journal, id, NULL);
      g_autoptr(MwSecretItem) kept =
                    mw_secret_item_new (MW_SECRETS_SCHEMA_UNDO, "", "journal", id, NULL);
      gboolean has_kept = FALSE;

      if (record == NULL || record->state == MW_JOURNAL_STATE_APPLYING)
        continue;
      for (guint j = 0; j < record->secrets->len; j++)
        has_kept |= ((MwRecordSecret *) g_ptr_array_index (record->secrets, j))->had_previous;
      if (!has_kept || (outside->secrets != NULL && clear (outside, kept, NULL)))
        mw_journal_discard (journal, id, NULL);
    }
}

/* Applying */

/* Also of files that are not to change: putting back what was cut off may just have changed them */
static gboolean
check_before (MwExportPlan *plan, MwExportHost *host, GError **error)
{
  for (guint i = 0; i < plan->files->len; i++)
    {
      MwFileChange *file = g_ptr_array_index (plan->files, i);
      g_autoptr(GBytes) now = NULL;
      g_autofree char *real_path = NULL;

      if (file->action != MW_FILE_NONE && !mw_export_host_path_is_real (host, file->real_path))
        {
          g_autofree char *folder = g_path_get_dirname (file->path);
          g_autofree char *command = mw_export_host_command_for_path (host, folder, TRUE);

          g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_ACCESS,
                       "the sandbox would throw %s away; from the next start on this lets this "
                       "program in: %s",
                       file->path, command);
          return FALSE;
        }
      real_path = mw_file_resolve (file->path, error);
      if (real_path == NULL || !mw_file_read_if_there (file->real_path, &now, error))
        return FALSE;
      if (!g_str_equal (real_path, file->real_path) || (now == NULL) != (file->before == NULL) ||
          (now != NULL && !g_bytes_equal (now, file->before)))
        {
          g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED,
                       "%s changed since the export was planned", file->path);
          return FALSE;
        }
    }
  return TRUE;
}

/* Which items have to be stored, and what they hold now. Nothing is changed. */
static GPtrArray *
gather_secrets (MwExportPlan *plan,
                const MwExportOptions *options,
                Outside *outside,
                MwExportResult *result,
                GError **error)
{
  g_autoptr(GPtrArray) pending = g_ptr_array_new_with_free_func (pending_free);

  /* Files to carry are for another machine, and so for another keyring */
  for (guint i = 0; i < plan->secrets->len && options->mode == MW_EXPORT_MODE_INSTALL; i++)
    {
      MwExportSecret *secret = g_ptr_array_index (plan->secrets, i);
      g_autoptr(SecretValue) value = NULL;
      g_autoptr(SecretValue) now = NULL;
      g_autoptr(GError) cause = NULL;
      Pending *item;

      if (outside->secrets != NULL && options->password != NULL)
        value = options->password (secret->account, secret->half, options->password_data, &cause);
      if (cause != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return NULL;
        }
      if (value == NULL)
        {
          /* Translators: %s is a mail address */
          add_note (result, "password-not-stored",
                    _ ("No password of %s was stored: the other program will ask for it."),
                      mw_address_get_text (mw_account_get_address (secret->account)));
          continue;
        }
      if (!look_up (outside, secret->item, &now, error))
        return NULL;
      if (now != NULL && mw_secret_value_equal (now, value))
        continue;

      item = g_new0 (Pending, 1);
      item->item = mw_secret_item_ref (secret->item);
      item->value = g_steal_pointer (&value);
      item->previous = g_steal_pointer (&now);
      g_ptr_array_add (pending, item);
    }
  return g_steal_pointer (&pending);
}

static MwRecord *
make_record (
    MwJournal *journal, MwExportPlan *plan, gboolean to_folder, GPtrArray *pending, GError **error)
{
  g_autoptr(MwRecord) record = mw_journal_new_record (journal, plan->target, error);
  g_autoptr(GStrvBuilder) accounts = g_strv_builder_new ();

  if (record == NULL)
    return NULL;
  for (guint i = 0; i < plan->accounts->len; i++)
    g_strv_builder_add (accounts, mw_address_get_text (mw_account_get_address (
                                      g_ptr_array_index (plan->accounts, i))));
  g_strfreev (record->accounts);
  record->accounts = g_strv_builder_end (accounts);
  record->to_folder = to_folder;

  for (guint i = 0; i < plan->files->len; i++)
    {
      MwFileChange *file = g_ptr_array_index (plan->files, i);

      if (file->action != MW_FILE_NONE && !mw_record_add_file (record, file, error))
        return NULL;
    }
  for (guint i = 0; i < pending->len; i++)
    {
      Pending *item = g_ptr_array_index (pending, i);

      mw_record_add_secret (record, item->item, item->previous != NULL);
    }
  for (guint i = 0; i < plan->actions->len; i++)
    {
      MwExportAction *action = g_ptr_array_index (plan->actions, i);
      MwExportAction *copy = mw_export_action_new (action->exporter, action->type);

      g_hash_table_unref (copy->values);
      copy->values = g_hash_table_ref (action->values);
      g_ptr_array_add (record->actions, copy);
    }
  for (guint i = 0; i < plan->locks->len; i++)
    g_ptr_array_add (record->locks, g_strdup (g_ptr_array_index (plan->locks, i)));
  return mw_record_publish (record, error) ? g_steal_pointer (&record) : NULL;
}

static gboolean
write_temporaries (MwRecord *record, MwExportPlan *plan, Outside *outside, GError **error)
{
  guint n = 0;

  for (guint i = 0; i < record->folders->len; i++)
    if (!mw_file_make_folder (g_ptr_array_index (record->folders, i), error) ||
        !step ("folder", i, error))
      return FALSE;

  for (guint i = 0; i < plan->files->len; i++)
    {
      MwFileChange *change = g_ptr_array_index (plan->files, i);
      MwRecordFile *file;

      if (change->action == MW_FILE_NONE)
        continue;
      file = g_ptr_array_index (record->files, n++);
      if (g_cancellable_set_error_if_cancelled (outside->cancellable, error) ||
          !mw_file_write_temporary (file->temporary, file->real_path, change->after, change->mode,
                                    error) ||
          !step ("temporary", n - 1, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
store_secrets (
    MwRecord *record, GPtrArray *pending, Outside *outside, MwExportResult *result, GError **error)
{
  for (guint i = 0; i < pending->len; i++)
    {
      Pending *item = g_ptr_array_index (pending, i);

      if (item->previous != NULL)
        {
          g_autoptr(MwSecretItem) previous = undo_item (record->id, i, "previous");
          g_autoptr(MwSecretItem) stored = undo_item (record->id, i, "stored");

          if (!store (outside, previous, item->previous, error) ||
              !store (outside, stored, item->value, error))
            return FALSE;
        }
      if (!store (outside, item->item, item->value, error) || !step ("secret", i, error))
        return FALSE;
      result->n_secrets++;
    }
  return TRUE;
}

static gboolean
replace_files (MwRecord *record, MwExportResult *result, GError **error)
{
  for (guint i = 0; i < record->files->len; i++)
    {
      MwRecordFile *file = g_ptr_array_index (record->files, i);

      if (!mw_file_commit (file->temporary, file->real_path, error) || !step ("replace", i, error))
        return FALSE;
      result->n_files++;
    }
  return TRUE;
}

static gboolean
perform_actions (MwRecord *record, Outside *outside, MwExportResult *result, GError **error)
{
  for (guint i = 0; i < record->actions->len; i++)
    {
      MwExportAction *action = g_ptr_array_index (record->actions, i);
      const MwExporter *exporter = mw_exporter_find (action->exporter);

      if (exporter == NULL || exporter->perform == NULL)
        {
          g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_PROGRAM,
                       "Nobody knows how to do \"%s\"", action->type);
          return FALSE;
        }
      if (!exporter->perform (action, outside->host, outside->cancellable, error) ||
          !step ("action", i, error))
        return FALSE;
      result->n_actions++;
    }
  return TRUE;
}

static gboolean
carry_out (MwRecord *record,
           MwExportPlan *plan,
           GPtrArray *pending,
           Outside *outside,
           MwExportResult *result,
           GError **error)
{
  return step ("journal", 0, error) && write_temporaries (record, plan, outside, error) &&
         store_secrets (record, pending, outside, result, error) &&
         !g_cancellable_set_error_if_cancelled (outside->cancellable, error) &&
         check_before (plan, outside->host, error) && replace_files (record, result, error) &&
         perform_actions (record, outside, result, error) &&
         mw_record_set_state (record, MW_JOURNAL_STATE_DONE, error) && step ("done", 0, error);
}

/**
 * mw_export_apply_sync:
 * @plan: what to do
 * @host: the host that it was planned for
 * @options: what it was planned with; its password function is asked for each keyring item
 * @secrets: (nullable): where the plan's keyring items go; %NULL: they are left out, and a note
 *   says so
 * @flags: whether the keyring may ask
 * @cancellable: (nullable): a cancellable; it works until the first file is replaced
 * @error: return location for a #GError
 *
 * Does all of a plan, or nothing. An export that was cut off earlier is put back first. Blocks: for
 * a worker thread, or the command line.
 *
 * Returns: (transfer full) (nullable): what was done; %NULL with a #MwExportError, #MwSecretsError
 *   or #GIOErrorEnum, and then everything is as before
 */
MwExportResult *
mw_export_apply_sync (MwExportPlan *plan,
                      MwExportHost *host,
                      const MwExportOptions *options,
                      MwSecrets *secrets,
                      MwSecretsFlags flags,
                      GCancellable *cancellable,
                      GError **error)
{
  Outside outside = { host, secrets, flags, cancellable };
  g_autoptr(MwExportResult) result = result_new ();
  g_autoptr(MwJournal) journal = NULL;
  g_autoptr(MwRecord) record = NULL;
  g_autoptr(GPtrArray) pending = NULL;
  g_autoptr(Locks) locks = NULL;
  g_autoptr(GError) cause = NULL;
  g_autoptr(GError) worse = NULL;
  guint n_recovered = 0;

  g_return_val_if_fail (plan != NULL && options != NULL, NULL);
  g_return_val_if_fail (MW_IS_EXPORT_HOST (host), NULL);

  journal = mw_journal_open (host, TRUE, error);
  if (journal == NULL || !recover (journal, &outside, &n_recovered, error))
    return NULL;
  locks = locks_take (plan->locks, error);
  if (locks == NULL || !check_before (plan, host, error))
    return NULL;
  pending = gather_secrets (plan, options, &outside, result, error);
  if (pending == NULL)
    return NULL;
  if (mw_export_plan_is_empty (plan) && pending->len == 0)
    return g_steal_pointer (&result);

  record = make_record (journal, plan, options->mode == MW_EXPORT_MODE_OUTPUT, pending, error);
  if (record == NULL)
    return NULL;
  if (carry_out (record, plan, pending, &outside, result, &cause))
    {
      result->journal_id = g_strdup (record->id);
      prune (journal, &outside);
      return g_steal_pointer (&result);
    }

  outside.cancellable = NULL; /* putting back is not to be cut off */
  if (!put_back (record, PUT_BACK_LENIENT, &outside, result, &worse))
    g_prefix_error (&cause, "%s (%s): ", not_put_back, worse->message);
  g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

/**
 * mw_export_error_left_something:
 * @error: an error of mw_export_apply_sync()
 *
 * Returns: whether not everything is as before, since putting it back failed too; it is tried again
 *   at the next use of the journal
 */
gboolean
mw_export_error_left_something (const GError *error)
{
  g_return_val_if_fail (error != NULL, FALSE);

  return g_str_has_prefix (error->message, not_put_back);
}

/* The journal, for others */

/**
 * mw_journal_list:
 * @host: the host
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (nullable) (element-type MwJournalEntry): all entries, newest first;
 *   %NULL with %MW_EXPORT_ERROR_JOURNAL or %MW_EXPORT_ERROR_LOCKED
 */
GPtrArray *
mw_journal_list (MwExportHost *host, GError **error)
{
  g_autoptr(MwJournal) journal = mw_journal_open (host, FALSE, error);
  g_autoptr(GPtrArray) ids = journal != NULL ? mw_journal_list_ids (journal, error) : NULL;
  GPtrArray *entries;

  if (ids == NULL)
    return NULL;
  entries = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_journal_entry_free);
  for (guint i = ids->len; i > 0; i--)
    {
      const char *id = g_ptr_array_index (ids, i - 1);
      g_autoptr(MwRecord) record = mw_journal_load (journal, id, NULL);
      MwJournalEntry *entry;

      if (record != NULL)
        entry = mw_record_to_entry (record);
      else
        {
          entry = g_new0 (MwJournalEntry, 1);
          entry->id = g_strdup (id);
          entry->created = mw_journal_guess_time (id);
          entry->target = g_strdup ("");
          entry->state = MW_JOURNAL_STATE_UNREADABLE;
          entry->accounts = g_new0 (char *, 1);
          entry->paths = g_new0 (char *, 1);
        }
      g_ptr_array_add (entries, entry);
    }
  return entries;
}

/**
 * mw_journal_list_gone:
 * @entries: (element-type MwJournalEntry): what mw_journal_list() gave after an undo
 * @id: id of the entry that was undone
 *
 * An account may have been exported to the same program more than once, and then an undo leaves it
 * there as it was before.
 *
 * Returns: (transfer full): the addresses of the entry's accounts that are in the program no more
 */
GStrv
mw_journal_list_gone (GPtrArray *entries, const char *id)
{
  g_autoptr(GStrvBuilder) gone = g_strv_builder_new ();
  const MwJournalEntry *undone = NULL;

  g_return_val_if_fail (entries != NULL && id != NULL, NULL);

  for (guint i = 0; i < entries->len && undone == NULL; i++)
    if (g_str_equal (((MwJournalEntry *) g_ptr_array_index (entries, i))->id, id))
      undone = g_ptr_array_index (entries, i);
  for (guint i = 0; undone != NULL && !undone->to_folder && undone->accounts[i] != NULL; i++)
    {
      gboolean stays = FALSE;

      for (guint k = 0; k < entries->len && !stays; k++)
        {
          const MwJournalEntry *other = g_ptr_array_index (entries, k);

          stays = other->state == MW_JOURNAL_STATE_DONE && !other->to_folder &&
                  g_str_equal (other->target, undone->target) &&
                  g_strv_contains ((const char *const *) other->accounts, undone->accounts[i]);
        }
      if (!stays)
        g_strv_builder_add (gone, undone->accounts[i]);
    }
  return g_strv_builder_end (gone);
}

static MwRecord *
find_record (MwJournal *journal, const char *id, GError **error)
{
  g_autoptr(GPtrArray) ids = NULL;
  g_autoptr(MwRecord) record = NULL;

  if (id != NULL)
    {
      record = mw_journal_load (journal, id, error);
      if (record == NULL || record->state == MW_JOURNAL_STATE_DONE)
        return g_steal_pointer (&record);
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_FOUND,
                   "The export %s cannot be undone: it is %s", id,
                   mw_journal_state_to_string (record->state));
      return NULL;
    }

  ids = mw_journal_list_ids (journal, error);
  for (guint i = ids != NULL ? ids->len : 0; i > 0; i--)
    {
      record = mw_journal_load (journal, g_ptr_array_index (ids, i - 1), error);
      if (record == NULL || record->state == MW_JOURNAL_STATE_DONE)
        return g_steal_pointer (&record);
      g_clear_pointer (&record, mw_record_free);
    }
  if (ids != NULL)
    g_set_error_literal (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_FOUND,
                         "There is no export to undo");
  return NULL;
}

/**
 * mw_journal_undo_sync:
 * @host: the host
 * @id: (nullable): id of a journal entry; %NULL: the last export that was not undone
 * @secrets: (nullable): the keyring; %NULL: its items stay, and a note says so
 * @flags: whether the keyring may ask
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Takes an export back: files byte for byte, calls, and keyring items. Refuses with
 * %MW_EXPORT_ERROR_CHANGED, and changes nothing, when one of the files is no longer as the export
 * left it.
 *
 * Returns: (transfer full) (nullable): what was done; %NULL with @error set
 */
MwExportResult *
mw_journal_undo_sync (MwExportHost *host,
                      const char *id,
                      MwSecrets *secrets,
                      MwSecretsFlags flags,
                      GCancellable *cancellable,
                      GError **error)
{
  Outside outside = { host, secrets, flags, cancellable };
  g_autoptr(MwExportResult) result = result_new ();
  g_autoptr(MwJournal) journal = NULL;
  g_autoptr(MwRecord) record = NULL;
  g_autoptr(Locks) locks = NULL;
  guint n_recovered = 0;

  g_return_val_if_fail (MW_IS_EXPORT_HOST (host), NULL);

  journal = mw_journal_open (host, FALSE, error);
  if (journal == NULL || !recover (journal, &outside, &n_recovered, error))
    return NULL;
  record = find_record (journal, id, error);
  if (record == NULL)
    return NULL;
  locks = locks_take (record->locks, error);
  if (locks == NULL || !put_back (record, PUT_BACK_STRICT, &outside, result, error))
    return NULL;
  result->journal_id = g_strdup (record->id);
  return g_steal_pointer (&result);
}

/**
 * mw_journal_recover_sync:
 * @host: the host
 * @secrets: (nullable): the keyring
 * @n_recovered: (out) (optional): how many exports were put back
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError
 *
 * Puts back what was cut off. To be called before something is planned; without a journal, or with
 * nothing to put back, it does nothing.
 *
 * Returns: %TRUE unless the journal cannot be used
 */
gboolean
mw_journal_recover_sync (MwExportHost *host,
                         MwSecrets *secrets,
                         guint *n_recovered,
                         GCancellable *cancellable,
                         GError **error)
{
  Outside outside = { host, secrets, MW_SECRETS_NONE, cancellable };
  g_autoptr(MwJournal) journal = NULL;
  guint n = 0;
  gboolean ok;

  g_return_val_if_fail (MW_IS_EXPORT_HOST (host), FALSE);

  journal = mw_journal_open (host, FALSE, error);
  ok = journal != NULL && recover (journal, &outside, &n, error);
  if (n_recovered != NULL)
    *n_recovered = n;
  return ok;
}
