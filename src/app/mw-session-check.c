/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-session"

#include "config.h"

#include "app/mw-session-private.h"

/* The check of one account: in the list of the session from the first moment until its verdict is
 * written down, or until it is stopped. Counted. */
typedef struct
{
  grefcount ref_count;
  MwAccountItem *item;
  MwAccount *account; /* as it was when the check began */
  GPtrArray *servers; /* (element-type MwLiveServer) */
  GPtrArray *reports; /* (element-type MwReport): those that are in */
  GCancellable *cancellable;

  /* Written by the thread that looks for passwords, read when it has ended */
  SecretValue *passwords[2];  /* by the half that it is kept under */
  gboolean had_looked[2];     /* the same */
  MwDiagnosis why_missing[2]; /* what the keyring said, or NONE; the same */
} Job;

/* What was started by one call: owned by the task that looks for passwords, then by the check */
typedef struct
{
  MwSession *session;
  MwSecrets *memory;
  MwSecrets *keyring;
  MwTrust *trust;
  GPtrArray *jobs;       /* (element-type Job) */
  GArray *probes;        /* of ProbePlace, by the index of the probe */
  GError *keyring_error; /* why the keyring is not asked any more */
} Batch;

typedef struct
{
  Job *job;
  MwLiveServer *server;
} ProbePlace;

static Job *
job_new (MwAccountItem *item)
{
  Job *job = g_new0 (Job, 1);

  g_ref_count_init (&job->ref_count);
  job->item = g_object_ref (item);
  job->account = g_object_ref (mw_account_item_get_account (item));
  job->servers = g_ptr_array_new_with_free_func (g_object_unref);
  job->reports = g_ptr_array_new_with_free_func (g_object_unref);
  job->cancellable = g_cancellable_new ();
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    if (mw_account_get_server (job->account, half) != NULL)
      g_ptr_array_add (job->servers,
                       mw_live_server_new (mw_account_get_server (job->account, half), half));
  return job;
}

static Job *
job_ref (Job *job)
{
  g_ref_count_inc (&job->ref_count);
  return job;
}

static void
job_unref (gpointer data)
{
  Job *job = data;

  if (!g_ref_count_dec (&job->ref_count))
    return;
  g_object_unref (job->item);
  g_object_unref (job->account);
  g_ptr_array_unref (job->servers);
  g_ptr_array_unref (job->reports);
  g_object_unref (job->cancellable);
  for (gsize i = 0; i < G_N_ELEMENTS (job->passwords); i++)
    g_clear_pointer (&job->passwords[i], secret_value_unref);
  g_free (job);
}

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_ptr_array_unref (batch->jobs);
  g_array_unref (batch->probes);
  g_object_unref (batch->memory);
  g_object_unref (batch->keyring);
  g_object_unref (batch->trust);
  g_clear_error (&batch->keyring_error);
  g_object_unref (batch->session);
  g_free (batch);
}

/* ---- the end of a job ---- */

static gboolean
is_active (MwSession *self, Job *job)
{
  return g_ptr_array_find (self->jobs, job, NULL);
}

/* Takes the job off the list and tells everybody */
static void
end_job (MwSession *self, Job *job)
{
  job_ref (job);
  g_ptr_array_remove (self->jobs, job);
  mw_account_item_end_check (job->item);
  mw_session_set_counts (self, self->n_checking, self->n_checked + 1);
  if (self->jobs->len == 0)
    mw_session_notify_checking (self);
  job_unref (job);
}

static void
stop_job (MwSession *self, Job *job)
{
  g_cancellable_cancel (job->cancellable);
  for (guint i = 0; i < job->servers->len; i++)
    mw_live_server_set_cancelled (g_ptr_array_index (job->servers, i));
  end_job (self, job);
}

typedef struct
{
  MwHistory *history;
  Job *job;
} NoteData;

static void
note_data_free (gpointer data)
{
  NoteData *note = data;

  g_object_unref (note->history);
  job_unref (note->job);
  g_free (note);
}

static void
write_history (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const NoteData *note = task_data;
  GError *error = NULL;

  if (mw_history_add_check (note->history, note->job->account, note->job->reports, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
write_history_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MwSession *self = MW_SESSION (source);
  const NoteData *note = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  /* The history knows it until the program ends even where it could not write it */
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_debug ("%s", error->message);
  end_job (self, note->job);
  /* It may have been removed while this was being written */
  if (mw_session_find (self, mw_account_get_id (note->job->account)) == NULL)
    mw_history_remove_account (note->history, mw_account_get_id (note->job->account), NULL);
}

/* All verdicts are in */
static void
conclude (MwSession *self, Job *job)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, write_history_cb, NULL);
  NoteData *note = g_new0 (NoteData, 1);

  note->history = g_object_ref (self->history);
  note->job = job_ref (job);
  g_task_set_source_tag (task, conclude);
  g_task_set_static_name (task, "mw-session history");
  g_task_set_task_data (task, note, note_data_free);
  g_task_run_in_thread (task, write_history);
}

/* ---- while it runs ---- */

static const ProbePlace *
place_of (Batch *batch, guint index)
{
  return &g_array_index (batch->probes, ProbePlace, index);
}

static void
on_step (MwCheck *check, guint index, MwStep *step, gpointer user_data)
{
  Batch *batch = user_data;
  const ProbePlace *place = place_of (batch, index);

  if (is_active (batch->session, place->job))
    mw_live_server_take_step (place->server, step);
}

static void
on_report (MwCheck *check, guint index, MwReport *report, gpointer user_data)
{
  Batch *batch = user_data;
  const ProbePlace *place = place_of (batch, index);
  Job *job = place->job;
  MwHalf half =
      mw_account_get_password_half (job->account, mw_live_server_get_half (place->server));

  if (!is_active (batch->session, job))
    return;
  if (job->why_missing[half] != MW_DIAGNOSIS_NONE &&
      mw_server_needs_login (mw_live_server_get_server (place->server)))
    mw_report_add_diagnosis (report, job->why_missing[half]);
  g_ptr_array_add (job->reports, g_object_ref (report));
  mw_live_server_set_report (place->server, report);
  if (job->reports->len == job->servers->len)
    conclude (batch->session, job);
}

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Batch *batch = user_data;
  g_autoptr (GPtrArray) reports = mw_check_run_finish (MW_CHECK (source), result, NULL);

  batch_free (batch);
}

static void
run_batch (Batch *batch)
{
  MwSession *self = batch->session;
  g_autoptr (MwCheck) check = mw_check_new ();
  MwNetworkState *state = mw_session_get_network_state (self);

  for (guint i = 0; i < batch->jobs->len; i++)
    {
      Job *job = g_ptr_array_index (batch->jobs, i);

      for (guint k = 0; k < job->servers->len && is_active (self, job); k++)
        {
          ProbePlace place = { job, g_ptr_array_index (job->servers, k) };
          MwHalf half = mw_live_server_get_half (place.server);
          g_autoptr (MwProbe) probe = mw_probe_new_for_account (job->account, half,
                                                               mw_session_get_providers (self));

          mw_probe_set_trust (probe, batch->trust);
          mw_probe_set_timeout (probe, g_settings_get_int (self->settings, "check-timeout"));
          if (mw_server_needs_login (mw_live_server_get_server (place.server)))
            mw_probe_set_password (
                probe, job->passwords[mw_account_get_password_half (job->account, half)]);
          mw_check_add_cancellable (check, probe, job->cancellable);
          g_array_append_val (batch->probes, place);
        }
    }
  mw_check_set_limits (check, self->limits);
  if (state != NULL && state->connectivity != MW_CONNECTIVITY_UNKNOWN)
    mw_check_set_network_state (check, state);
  mw_check_set_callbacks (check, on_step, on_report, batch);
  mw_check_run_async (check, NULL, run_cb, batch);
}

/* ---- before: the passwords ---- */

static void
look_for_password (Batch *batch, Job *job, MwHalf half)
{
  g_autoptr (GError) error = NULL;

  if (job->had_looked[half])
    return;
  job->had_looked[half] = TRUE;
  job->passwords[half] = mw_secrets_lookup_sync (batch->memory, job->account, half, MW_SECRETS_NONE,
                                                 job->cancellable, NULL);
  if (job->passwords[half] != NULL)
    return;
  if (batch->keyring_error == NULL)
    {
      job->passwords[half] = mw_secrets_lookup_sync (
          batch->keyring, job->account, half, MW_SECRETS_ALLOW_PROMPT, job->cancellable, &error);
      /* One that cannot be used is asked once, so that nobody waits or answers again and again */
      if (error != NULL && error->domain == MW_SECRETS_ERROR &&
          error->code != MW_SECRETS_ERROR_NOT_FOUND)
        batch->keyring_error = g_steal_pointer (&error);
    }
  if (batch->keyring_error != NULL)
    job->why_missing[half] = mw_secrets_error_to_diagnosis (batch->keyring_error);
}

static void
look_for_passwords (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Batch *batch = task_data;

  for (guint i = 0; i < batch->jobs->len; i++)
    {
      Job *job = g_ptr_array_index (batch->jobs, i);

      for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
        {
          MwServer *server = mw_account_get_server (job->account, half);

          if (server != NULL && mw_server_needs_login (server) &&
              !g_cancellable_is_cancelled (job->cancellable))
            look_for_password (batch, job, mw_account_get_password_half (job->account, half));
        }
    }
  g_task_return_boolean (task, TRUE);
}

static void
look_for_passwords_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Batch *batch = user_data;

  mw_session_note_keyring_error (batch->session, batch->keyring_error);
  run_batch (batch);
}

static Batch *
batch_new (MwSession *self, MwTrust *trust)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->session = g_object_ref (self);
  batch->memory = g_object_ref (self->memory);
  batch->keyring = g_object_ref (self->keyring);
  batch->trust = g_object_ref (trust);
  batch->jobs = g_ptr_array_new_with_free_func (job_unref);
  batch->probes = g_array_new (FALSE, FALSE, sizeof (ProbePlace));
  return batch;
}

/**
 * mw_session_check:
 * @self: a session
 * @items: (element-type MwAccountItem): accounts; those that are being checked already go on
 *
 * Checks all servers of these accounts at once: first their passwords are looked for, in a thread,
 * which may ask the person to unlock the keyring. Watch the #MwLiveServer's of each item, and its
 * signal "checked". Where the certificate authorities cannot be read, nothing is checked, and the
 * signal "check-refused" says why.
 */
void
mw_session_check (MwSession *self, GPtrArray *items)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;
  gboolean was_idle;
  MwTrust *trust;
  Batch *batch;

  g_return_if_fail (MW_IS_SESSION (self));
  g_return_if_fail (items != NULL);

  trust = mw_session_get_trust (self, &error);
  if (trust == NULL)
    {
      mw_session_emit_check_refused (self, error->message);
      return;
    }
  batch = batch_new (self, trust);
  was_idle = self->jobs->len == 0;
  for (guint i = 0; i < items->len; i++)
    {
      MwAccountItem *item = g_ptr_array_index (items, i);
      Job *job = mw_account_item_get_checking (item) ? NULL : job_new (item);

      if (job != NULL && job->servers->len > 0)
        {
          g_ptr_array_add (batch->jobs, job_ref (job));
          g_ptr_array_add (self->jobs, job); /* lent: the batch lives longer */
          mw_account_item_begin_check (item, job->servers);
        }
      g_clear_pointer (&job, job_unref);
    }
  if (batch->jobs->len == 0)
    {
      batch_free (batch);
      return;
    }
  mw_session_set_counts (self, (was_idle ? 0 : self->n_checking) + batch->jobs->len,
                         was_idle ? 0 : self->n_checked);
  if (was_idle)
    mw_session_notify_checking (self);
  task = g_task_new (self, NULL, look_for_passwords_cb, batch);
  g_task_set_source_tag (task, mw_session_check);
  g_task_set_static_name (task, "mw-session passwords");
  g_task_set_task_data (task, batch, NULL); /* the callback hands it on */
  mw_session_run_after_moves (self, task, look_for_passwords);
}

/**
 * mw_session_check_one:
 * @self: a session
 * @item: an account
 *
 * mw_session_check() for one account.
 */
void
mw_session_check_one (MwSession *self, MwAccountItem *item)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  g_return_if_fail (MW_IS_ACCOUNT_ITEM (item));

  g_ptr_array_add (items, item);
  mw_session_check (self, items);
}

/**
 * mw_session_stop_check:
 * @self: a session
 * @item: (nullable): an account; %NULL: all
 *
 * Stops at once. The verdicts that are in stay to be seen, but a stopped check is no check: the
 * account's state is what it was before.
 */
void
mw_session_stop_check (MwSession *self, MwAccountItem *item)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (job_unref);

  g_return_if_fail (MW_IS_SESSION (self));

  for (guint i = 0; i < self->jobs->len; i++)
    g_ptr_array_add (jobs, job_ref (g_ptr_array_index (self->jobs, i)));
  for (guint i = 0; i < jobs->len; i++)
    {
      Job *job = g_ptr_array_index (jobs, i);

      /* One that only has to be written down ends by itself */
      if ((item == NULL || job->item == item) && job->reports->len < job->servers->len &&
          is_active (self, job))
        stop_job (self, job);
    }
}

/**
 * mw_session_get_checking:
 * @self: a session
 *
 * Returns: whether any account is being checked
 */
gboolean
mw_session_get_checking (MwSession *self)
{
  return self->jobs->len > 0;
}
