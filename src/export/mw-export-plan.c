/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-plan"

#include "config.h"

#include "export/mw-export-plan.h"

#include "export/mw-file-writer.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>

G_DEFINE_QUARK (mw_export_error, mw_export_error)
G_DEFINE_BOXED_TYPE (MwExportPlan, mw_export_plan, mw_export_plan_ref, mw_export_plan_unref)

static void
file_change_free (gpointer data)
{
  MwFileChange *file = data;

  g_free (file->path);
  g_free (file->real_path);
  g_clear_pointer (&file->before, g_bytes_unref);
  g_clear_pointer (&file->after, g_bytes_unref);
  g_free (file->marker);
  g_free (file);
}

/**
 * mw_export_error_explain:
 * @error: any error
 *
 * Returns: (transfer none) (nullable): a translated sentence that says what to do; %NULL for errors
 *   that are none of #MwExportError
 */
const char *
mw_export_error_explain (const GError *error)
{
  if (error == NULL || error->domain != MW_EXPORT_ERROR)
    return NULL;

  switch ((MwExportError) error->code)
    {
    case MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE:
      return _ ("The other program’s file cannot hold one of the values. Change the value in the "
                "account and export again.");
    case MW_EXPORT_ERROR_NOT_SUPPORTED:
      return _ ("The other program cannot use this account as it is. Choose another program, or "
                "another way to log in.");
    case MW_EXPORT_ERROR_NO_TARGET:
      return _ ("The program was not found on this computer. Install it, start it once, and export "
                "again, or write files into a folder instead.");
    case MW_EXPORT_ERROR_NO_ACCESS:
      return _ ("Mailwright runs in a sandbox that has no access to this program’s files. Give it "
                "access, or write files into a folder instead.");
    case MW_EXPORT_ERROR_RUNNING:
      return _ ("The program is running and would overwrite its settings when it closes. Close it "
                "and export again, or write files into a folder and import them.");
    case MW_EXPORT_ERROR_LOCKED:
      return _ ("Another export is going on at this moment. Wait until it has ended.");
    case MW_EXPORT_ERROR_TARGET_INVALID:
      return _ ("The file that is there cannot be read or understood. It was left as it is. Repair "
                "it or move it away, and export again.");
    case MW_EXPORT_ERROR_CHANGED:
      return _ ("A file was changed meanwhile. It was left as it is.");
    case MW_EXPORT_ERROR_PROGRAM:
      return _ ("The other program refused the change. Everything was put back.");
    case MW_EXPORT_ERROR_NOT_FOUND:
      return _ ("There is no such export to undo.");
    case MW_EXPORT_ERROR_JOURNAL:
      return _ ("The record that an undo needs cannot be kept, so nothing was changed.");
    default:
      return NULL;
    }
}

/**
 * mw_file_action_to_string:
 * @action: an action
 *
 * Returns: (transfer none): its stable name
 */
const char *
mw_file_action_to_string (MwFileAction action)
{
  switch (action)
    {
    case MW_FILE_NONE:
      return "none";
    case MW_FILE_CREATE:
      return "create";
    case MW_FILE_CHANGE:
      return "change";
    default:
      g_return_val_if_reached ("none");
    }
}

/**
 * mw_export_plan_new:
 * @target: id of the exporter
 *
 * Returns: (transfer full): a plan that does nothing yet
 */
MwExportPlan *
mw_export_plan_new (const char *target)
{
  MwExportPlan *self = g_new0 (MwExportPlan, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->target = g_strdup (target);
  self->files = g_ptr_array_new_with_free_func (file_change_free);
  self->secrets = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_export_secret_free);
  self->actions = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_export_action_free);
  self->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_export_note_free);
  self->locks = g_ptr_array_new_with_free_func (g_free);
  self->accounts = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

/**
 * mw_export_plan_ref:
 * @self: a plan
 *
 * Returns: (transfer full): @self
 */
MwExportPlan *
mw_export_plan_ref (MwExportPlan *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mw_export_plan_unref:
 * @self: (transfer full): a plan
 */
void
mw_export_plan_unref (MwExportPlan *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->target);
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->secrets);
  g_ptr_array_unref (self->actions);
  g_ptr_array_unref (self->notes);
  g_ptr_array_unref (self->locks);
  g_ptr_array_unref (self->accounts);
  g_free (self);
}

/**
 * mw_export_plan_is_empty:
 * @self: a plan
 *
 * Returns: whether no file has to be written and no call to be made. Keyring items do not count:
 *   only applying looks whether they differ
 */
gboolean
mw_export_plan_is_empty (MwExportPlan *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  for (guint i = 0; i < self->files->len; i++)
    if (((MwFileChange *) g_ptr_array_index (self->files, i))->action != MW_FILE_NONE)
      return FALSE;
  return self->actions->len == 0;
}

/**
 * mw_export_read_file:
 * @path: an absolute path
 * @before: (out) (transfer full) (nullable): the bytes that are there; %NULL when there is no file
 * @error: return location for a #GError
 *
 * Reads what a planner wants to change. A link that belongs to the person is followed; what is no
 * regular file, or a link into nowhere, is %MW_EXPORT_ERROR_TARGET_INVALID.
 *
 * Returns: %TRUE when it was read or is not there
 */
gboolean
mw_export_read_file (const char *path, GBytes **before, GError **error)
{
  g_autofree char *real_path = NULL;

  g_return_val_if_fail (path != NULL && before != NULL, FALSE);

  *before = NULL;
  real_path = mw_file_resolve (path, error);
  return real_path != NULL && mw_file_read_if_there (real_path, before, error);
}

static MwFileChange *
add_file (MwExportPlan *self,
          const char *path,
          char *real_path,
          GBytes *before,
          GBytes *after,
          int mode,
          MwFileFlags flags)
{
  MwFileChange *file = g_new0 (MwFileChange, 1);
  struct stat info;

  file->path = g_strdup (path);
  file->real_path = real_path;
  file->mode = mode;
  file->flags = flags;
  file->action = MW_FILE_CREATE;
  if (before != NULL)
    {
      file->action = g_bytes_equal (before, after) ? MW_FILE_NONE : MW_FILE_CHANGE;
      file->before = g_bytes_ref (before);
      if (stat (file->real_path, &info) != 0)
        info.st_nlink = 1; /* gone meanwhile: applying will say so */
      else
        file->mode = info.st_mode & 07777;
    }
  file->after = g_bytes_ref (file->action == MW_FILE_NONE ? before : after);
  g_ptr_array_add (self->files, file);

  if (file->action == MW_FILE_CHANGE && info.st_nlink > 1)
    /* Translators: %s is the path of a file. A hard link is a second name of the same file. */
    mw_export_plan_add_note (self, "hard-link", NULL,
                             _ ("%s has other names (hard links). They keep the old content."),
                               file->path);
  if (file->action == MW_FILE_CHANGE && !g_str_equal (file->path, file->real_path))
    /* Translators: %1$s and %2$s are paths of files */
    mw_export_plan_add_note (self, "symbolic-link", NULL,
                             _ ("%1$s is a link. The link stays, and %2$s is changed."), file->path,
                               file->real_path);
  return file;
}

/**
 * mw_export_plan_add_file:
 * @self: a plan that is being made
 * @path: an absolute path
 * @after: what it shall hold
 * @mode: permission bits of a new file; an existing one keeps its own
 * @flags: what kind of file it is
 * @error: return location for a #GError
 *
 * Adds a file to the plan. Its action follows from what is there now.
 *
 * Returns: (transfer none) (nullable): the change, which belongs to the plan; %NULL with @error set
 *   when what is there cannot be read
 */
MwFileChange *
mw_export_plan_add_file (MwExportPlan *self,
                         const char *path,
                         GBytes *after,
                         int mode,
                         MwFileFlags flags,
                         GError **error)
{
  g_autofree char *real_path = NULL;
  g_autoptr(GBytes) before = NULL;

  g_return_val_if_fail (self != NULL && path != NULL && after != NULL, NULL);
  g_return_val_if_fail (g_path_is_absolute (path), NULL);

  real_path = mw_file_resolve (path, error);
  if (real_path == NULL || !mw_file_read_if_there (real_path, &before, error))
    return NULL;
  return add_file (self, path, g_steal_pointer (&real_path), before, after, mode, flags);
}

/**
 * mw_export_plan_change_file:
 * @self: a plan that is being made
 * @path: an absolute path
 * @before: (nullable): what mw_export_read_file() gave; %NULL when there was no file
 * @after: what becomes of it
 * @mode: permission bits of a new file; an existing one keeps its own
 * @flags: what kind of file it is
 * @error: return location for a #GError
 *
 * Adds a file whose new content was made out of what is there. It is not read a second time: when
 * somebody else writes it in between, applying the plan has to find that out, and not to take the
 * other one's work for what was known.
 *
 * Returns: (transfer none) (nullable): the change, which belongs to the plan; %NULL with @error set
 */
MwFileChange *
mw_export_plan_change_file (MwExportPlan *self,
                            const char *path,
                            GBytes *before,
                            GBytes *after,
                            int mode,
                            MwFileFlags flags,
                            GError **error)
{
  g_autofree char *real_path = NULL;

  g_return_val_if_fail (self != NULL && path != NULL && after != NULL, NULL);
  g_return_val_if_fail (g_path_is_absolute (path), NULL);

  real_path = mw_file_resolve (path, error);
  if (real_path == NULL)
    return NULL;
  return add_file (self, path, g_steal_pointer (&real_path), before, after, mode, flags);
}

/**
 * mw_export_plan_add_secret:
 * @self: a plan that is being made
 * @item: exactly what the target program looks up
 * @account: whose password
 * @half: which half uses it
 *
 * Adds a keyring item. The same item twice is one.
 */
void
mw_export_plan_add_secret (MwExportPlan *self, MwSecretItem *item, MwAccount *account, MwHalf half)
{
  g_return_if_fail (self != NULL && item != NULL && MW_IS_ACCOUNT (account));

  for (guint i = 0; i < self->secrets->len; i++)
    {
      MwExportSecret *secret = g_ptr_array_index (self->secrets, i);

      if (mw_secret_item_equal (secret->item, item))
        return;
    }
  g_ptr_array_add (self->secrets, mw_export_secret_new (item, account, half));
}

/**
 * mw_export_plan_add_action:
 * @self: a plan that is being made
 * @exporter: id of the exporter that performs it
 * @type: what to do
 * @...: names and values in turn, then %NULL
 *
 * Adds a call to another program.
 *
 * Returns: (transfer none): the action, which belongs to the plan
 */
MwExportAction *
mw_export_plan_add_action (MwExportPlan *self, const char *exporter, const char *type, ...)
{
  MwExportAction *action = mw_export_action_new (exporter, type);
  const char *name;
  va_list args;

  va_start (args, type);
  while ((name = va_arg (args, const char *)) != NULL)
    g_hash_table_insert (action->values, g_strdup (name), g_strdup (va_arg (args, char *)));
  va_end (args);
  g_ptr_array_add (self->actions, action);
  return action;
}

/**
 * mw_export_plan_add_note:
 * @self: a plan that is being made
 * @id: stable id
 * @account: (nullable): the account that it is about
 * @format: translated sentence, with placeholders
 * @...: for the placeholders
 *
 * Adds something that the person should know.
 */
void
mw_export_plan_add_note (
    MwExportPlan *self, const char *id, MwAccount *account, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  g_return_if_fail (self != NULL);

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  for (guint i = 0; i < self->notes->len; i++)
    {
      MwExportNote *note = g_ptr_array_index (self->notes, i);

      if (g_str_equal (note->id, id) && g_str_equal (note->text, text))
        return;
    }
  g_ptr_array_add (
      self->notes,
      mw_export_note_new (id, text, account != NULL ? mw_account_get_id (account) : NULL));
}

/**
 * mw_export_plan_add_lock:
 * @self: a plan that is being made
 * @path: a file on which the target program holds an fcntl() lock while it runs
 */
void
mw_export_plan_add_lock (MwExportPlan *self, const char *path)
{
  g_return_if_fail (self != NULL && path != NULL);

  g_ptr_array_add (self->locks, g_strdup (path));
}

/**
 * mw_export_plan_find_note:
 * @self: a plan
 * @id: id of a note
 *
 * Returns: (transfer none) (nullable): the first note with this id
 */
MwExportNote *
mw_export_plan_find_note (MwExportPlan *self, const char *id)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->notes->len; i++)
    {
      MwExportNote *note = g_ptr_array_index (self->notes, i);

      if (g_str_equal (note->id, id))
        return note;
    }
  return NULL;
}

/**
 * mw_export_action_new:
 * @exporter: id of the exporter that performs it
 * @type: what to do
 *
 * Returns: (transfer full): an action without values
 */
MwExportAction *
mw_export_action_new (const char *exporter, const char *type)
{
  MwExportAction *self = g_new0 (MwExportAction, 1);

  self->exporter = g_strdup (exporter);
  self->type = g_strdup (type);
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * mw_export_action_free:
 * @self: (transfer full): an action
 */
void
mw_export_action_free (MwExportAction *self)
{
  g_free (self->exporter);
  g_free (self->type);
  g_hash_table_unref (self->values);
  g_free (self);
}

/**
 * mw_export_secret_new:
 * @item: exactly what the target program looks up
 * @account: whose password
 * @half: which half uses it
 *
 * Returns: (transfer full): a keyring item of an export
 */
MwExportSecret *
mw_export_secret_new (MwSecretItem *item, MwAccount *account, MwHalf half)
{
  MwExportSecret *self = g_new0 (MwExportSecret, 1);

  self->item = mw_secret_item_ref (item);
  self->account = g_object_ref (account);
  self->half = half;
  return self;
}

/**
 * mw_export_secret_free:
 * @self: (transfer full): a keyring item of an export
 */
void
mw_export_secret_free (MwExportSecret *self)
{
  mw_secret_item_unref (self->item);
  g_object_unref (self->account);
  g_free (self);
}

/**
 * mw_export_note_new:
 * @id: stable id
 * @text: translated
 * @account_id: (nullable): the account that it is about
 *
 * Returns: (transfer full): a note
 */
MwExportNote *
mw_export_note_new (const char *id, const char *text, const char *account_id)
{
  MwExportNote *self = g_new0 (MwExportNote, 1);

  self->id = g_strdup (id);
  self->text = g_strdup (text);
  self->account_id = g_strdup (account_id);
  return self;
}

/**
 * mw_export_note_free:
 * @self: (transfer full): a note
 */
void
mw_export_note_free (MwExportNote *self)
{
  g_free (self->id);
  g_free (self->text);
  g_free (self->account_id);
  g_free (self);
}
