/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-job"

#include "config.h"

#include "app/mw-export-job.h"

#include "app/mw-primary-password.h"
#include "app/mw-ui.h"

struct _MwExportJob
{
  GObject parent_instance;

  const MwExporter *exporter;
  gboolean with_passwords;

  /* Owned */
  MwSession *session;
  GPtrArray *accounts; /* (element-type MwAccount): copies, which nobody changes */
  char *directory;
  MwExportHost *host;
  MwSecrets *keyring;
  MwExportPlan *plan;
};

G_DEFINE_FINAL_TYPE (MwExportJob, mw_export_job, G_TYPE_OBJECT)

typedef struct
{
  MwPrimaryPassword *question; /* or %NULL */
  gboolean with_keyring;
} Task;

typedef struct
{
  MwExportHost *host;
  MwSecrets *keyring;
  char *journal_id;
  char *target;
  GStrv addresses;
} Undo;

/* One use of the journal at a time: the journal's own lock is for other processes, and a caller who
 * waits too long for it is told that another program is exporting */
static GMutex journal_mutex;

static void
task_free (gpointer data)
{
  Task *task = data;

  g_clear_pointer (&task->question, mw_primary_password_unref);
  g_free (task);
}

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  g_clear_object (&undo->host);
  g_clear_object (&undo->keyring);
  g_free (undo->journal_id);
  g_free (undo->target);
  g_strfreev (undo->addresses);
  g_free (undo);
}

/* The process stays until the journal entry is closed, even when its last window is gone */
static void
hold_process (GTask *task)
{
  GApplication *application = g_application_get_default ();

  if (application == NULL)
    return;
  g_application_hold (application);
  g_object_set_data_full (G_OBJECT (task), "mw-hold", g_object_ref (application), g_object_unref);
}

static void
release_process (GTask *task)
{
  GApplication *application = g_object_steal_data (G_OBJECT (task), "mw-hold");

  if (application == NULL)
    return;
  g_application_release (application);
  g_object_unref (application);
}

static void
mw_export_job_finalize (GObject *object)
{
  MwExportJob *self = MW_EXPORT_JOB (object);

  g_object_unref (self->session);
  g_ptr_array_unref (self->accounts);
  g_free (self->directory);
  g_object_unref (self->host);
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->plan, mw_export_plan_unref);

  G_OBJECT_CLASS (mw_export_job_parent_class)->finalize (object);
}

static void
mw_export_job_class_init (MwExportJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mw_export_job_finalize;
}

static void
mw_export_job_init (MwExportJob *self)
{
}

/**
 * mw_export_job_new:
 * @session: the session, for passwords
 * @exporter: the program
 * @accounts: (element-type MwAccount): what to export
 * @directory: (nullable) (type filename): where to save files; %NULL: into the program itself
 * @with_passwords: whether to fill the program's own password store too
 *
 * Returns: (transfer full): an export that is not planned yet
 */
MwExportJob *
mw_export_job_new (MwSession *session,
                   const MwExporter *exporter,
                   GPtrArray *accounts,
                   const char *directory,
                   gboolean with_passwords)
{
  MwExportJob *self = g_object_new (MW_TYPE_EXPORT_JOB, NULL);

  self->session = g_object_ref (session);
  self->exporter = exporter;
  self->directory = g_strdup (directory);
  self->with_passwords = with_passwords;
  self->host = g_object_ref (mw_session_get_export_host (session));
  self->keyring = g_object_ref (mw_session_get_keyring (session));
  self->accounts = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < accounts->len; i++)
    g_ptr_array_add (self->accounts, mw_account_copy (g_ptr_array_index (accounts, i)));
  return self;
}

/**
 * mw_export_job_get_plan:
 * @self: an export
 *
 * Returns: (transfer none) (nullable): the plan; %NULL until there is one
 */
MwExportPlan *
mw_export_job_get_plan (MwExportJob *self)
{
  g_return_val_if_fail (MW_IS_EXPORT_JOB (self), NULL);

  return self->plan;
}

static MwExportOptions
make_options (MwExportJob *self, MwPrimaryPassword *question, GCancellable *cancellable)
{
  return (MwExportOptions) {
    .mode = self->directory != NULL ? MW_EXPORT_MODE_OUTPUT : MW_EXPORT_MODE_INSTALL,
    .directory = self->directory,
    .with_passwords = self->with_passwords,
    .password = mw_session_give_password,
    .password_data = self->session,
    .primary_password = question != NULL ? mw_primary_password_ask_sync : NULL,
    .primary_password_data = question,
    .cancellable = cancellable,
  };
}

static void
plan_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  MwExportJob *self = source;
  Task *data = task_data;
  MwExportOptions options = make_options (self, data->question, cancellable);
  g_autoptr (GError) error = NULL;
  MwExportPlan *plan;
  gboolean ok = TRUE;

  /* What was cut off earlier goes first: a plan made upon it would not fit any more */
  if (data->question != NULL)
    {
      g_mutex_lock (&journal_mutex);
      ok = mw_journal_recover_sync (self->host, self->keyring, NULL, cancellable, &error);
      g_mutex_unlock (&journal_mutex);
    }
  plan = ok ? mw_export_plan (self->exporter, self->accounts, self->host, &options, &error) : NULL;
  if (plan != NULL)
    g_task_return_pointer (task, plan, (GDestroyNotify) mw_export_plan_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * mw_export_job_plan_async:
 * @self: an export
 * @parent: (nullable): on which window the primary password of a password store is asked for;
 *   %NULL: this is only a look, nobody is asked for anything and nothing is put back
 * @cancellable: (nullable): a cancellable
 * @callback: called when there is a plan
 * @user_data: for @callback
 *
 * Puts back what was cut off earlier, then looks at what is there and plans. Changes nothing else,
 * and nothing at all without @parent.
 */
void
mw_export_job_plan_async (MwExportJob *self,
                          GtkWidget *parent,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Task *data;

  g_return_if_fail (MW_IS_EXPORT_JOB (self));

  data = g_new0 (Task, 1);
  if (parent != NULL)
    data->question =
        mw_primary_password_new (parent, mw_exporter_get_title (self->exporter), cancellable);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mw_export_job_plan_async);
  g_task_set_name (task, "plan export");
  g_task_set_task_data (task, data, task_free);
  g_task_run_in_thread (task, plan_thread);
}

/**
 * mw_export_job_plan_finish:
 * @self: an export
 * @result: what the callback got
 * @error: return location for a #GError
 *
 * Returns: whether there is a plan now; %FALSE with the errors of mw_export_plan()
 */
gboolean
mw_export_job_plan_finish (MwExportJob *self, GAsyncResult *result, GError **error)
{
  MwExportPlan *plan;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  plan = g_task_propagate_pointer (G_TASK (result), error);
  if (plan == NULL)
    return FALSE;
  g_clear_pointer (&self->plan, mw_export_plan_unref);
  self->plan = plan;
  return TRUE;
}

static void
apply_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  MwExportJob *self = source;
  Task *data = task_data;
  MwExportOptions options = make_options (self, NULL, NULL);
  g_autoptr (GError) error = NULL;
  MwExportResult *result;

  g_mutex_lock (&journal_mutex);
  result = mw_export_apply_sync (self->plan, self->host, &options,
                                 data->with_keyring ? self->keyring : NULL, MW_SECRETS_ALLOW_PROMPT,
                                 NULL, &error);
  g_mutex_unlock (&journal_mutex);
  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) mw_export_result_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * mw_export_job_apply_async:
 * @self: an export that has a plan
 * @with_keyring: whether its keyring items are stored; else the program will ask for passwords
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Does what the plan says, all or nothing. It cannot be cancelled.
 */
void
mw_export_job_apply_async (MwExportJob *self,
                           gboolean with_keyring,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Task *data;

  g_return_if_fail (MW_IS_EXPORT_JOB (self));
  g_return_if_fail (self->plan != NULL);

  data = g_new0 (Task, 1);
  data->with_keyring = with_keyring;
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, mw_export_job_apply_async);
  g_task_set_name (task, "apply export");
  g_task_set_task_data (task, data, task_free);
  hold_process (task);
  g_task_run_in_thread (task, apply_thread);
}

/**
 * mw_export_job_apply_finish:
 * @self: an export
 * @result: what the callback got
 * @error: return location for a #GError
 *
 * Also tells the session.
 *
 * Returns: (transfer full) (nullable): what was done; %NULL with the errors of
 *   mw_export_apply_sync()
 */
MwExportResult *
mw_export_job_apply_finish (MwExportJob *self, GAsyncResult *result, GError **error)
{
  MwExportResult *done;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  release_process (G_TASK (result));
  done = g_task_propagate_pointer (G_TASK (result), error);
  if (done != NULL && self->directory == NULL)
    mw_session_note_export (self->session, self->plan);
  return done;
}

static void
undo_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Undo *undo = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  MwExportResult *result;

  g_mutex_lock (&journal_mutex);
  result = mw_journal_undo_sync (undo->host, undo->journal_id, undo->keyring,
                                 MW_SECRETS_ALLOW_PROMPT, NULL, &error);
  if (result != NULL)
    entries = mw_journal_list (undo->host, NULL);
  if (entries != NULL)
    {
      g_strfreev (undo->addresses);
      undo->addresses = mw_journal_list_gone (entries, undo->journal_id);
    }
  g_mutex_unlock (&journal_mutex);
  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) mw_export_result_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * mw_export_undo_async:
 * @session: the session
 * @entry: what to take back; only its id, target and accounts matter
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Takes an export back. It cannot be cancelled.
 */
void
mw_export_undo_async (MwSession *session,
                      const MwJournalEntry *entry,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Undo *undo;

  g_return_if_fail (MW_IS_SESSION (session));
  g_return_if_fail (entry != NULL && entry->id != NULL);

  undo = g_new0 (Undo, 1);
  undo->host = g_object_ref (mw_session_get_export_host (session));
  undo->keyring = g_object_ref (mw_session_get_keyring (session));
  undo->journal_id = g_strdup (entry->id);
  undo->target = g_strdup (entry->target);
  undo->addresses = g_strdupv (entry->accounts);
  task = g_task_new (session, NULL, callback, user_data);
  g_task_set_source_tag (task, mw_export_undo_async);
  g_task_set_name (task, "undo export");
  g_task_set_task_data (task, undo, undo_free);
  hold_process (task);
  g_task_run_in_thread (task, undo_thread);
}

/**
 * mw_export_undo_finish:
 * @session: the session
 * @result: what the callback got
 * @error: return location for a #GError
 *
 * Also tells the session.
 *
 * Returns: (transfer full) (nullable): what was done; %NULL with the errors of
 *   mw_journal_undo_sync()
 */
MwExportResult *
mw_export_undo_finish (MwSession *session, GAsyncResult *result, GError **error)
{
  MwExportResult *done;
  Undo *undo;

  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  undo = g_task_get_task_data (G_TASK (result));
  release_process (G_TASK (result));
  done = g_task_propagate_pointer (G_TASK (result), error);
  if (done != NULL)
    mw_session_note_undo (session, undo->target, (const char *const *) undo->addresses);
  return done;
}

static void
list_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *entries;

  g_mutex_lock (&journal_mutex);
  entries = mw_journal_list (task_data, &error);
  g_mutex_unlock (&journal_mutex);
  if (entries != NULL)
    g_task_return_pointer (task, entries, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * mw_export_list_async:
 * @session: the session
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is read
 * @user_data: for @callback
 *
 * Reads the journal of all exports.
 */
void
mw_export_list_async (MwSession *session,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MW_IS_SESSION (session));

  task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, mw_export_list_async);
  g_task_set_name (task, "list exports");
  g_task_set_task_data (task, g_object_ref (mw_session_get_export_host (session)), g_object_unref);
  g_task_run_in_thread (task, list_thread);
}

/**
 * mw_export_list_finish:
 * @session: the session
 * @result: what the callback got
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (nullable) (element-type MwJournalEntry): all entries, newest first
 */
GPtrArray *
mw_export_list_finish (MwSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
