/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-check"

#include "config.h"

#include "check/mw-check.h"

#include "check/mw-network-query.h"
#include "check/mw-probe-private.h"

/* How long an answer about the state of the network is waited for, in seconds */
#define NETWORK_SECONDS 1.0

struct _MwCheckLimits
{
  gatomicrefcount ref_count;
  guint jobs;
  guint jobs_per_server;

  GMutex mutex;           /* guards the rest, and what the runs say they share with others */
  GHashTable *per_server; /* host -> how many are running */
  guint n_running;
  GQueue runs; /* (element-type Run): those that have not ended, in their order */
};

G_DEFINE_BOXED_TYPE (MwCheckLimits, mw_check_limits, mw_check_limits_ref, mw_check_limits_unref)

struct _MwCheck
{
  GObject parent_instance;

  GPtrArray *probes;       /* (element-type MwProbe) */
  GPtrArray *cancellables; /* (element-type GCancellable): by index, or %NULL */
  guint jobs;
  guint jobs_per_server;
  MwCheckLimits *limits;
  MwNetworkState *network_state;
  MwCheckStepFunc on_step;
  MwCheckReportFunc on_report;
  gpointer user_data;
  gboolean keeps_reports;
  gboolean started;
};

G_DEFINE_FINAL_TYPE (MwCheck, mw_check, G_TYPE_OBJECT)

/* One run. Owned by the task. */
typedef struct
{
  MwCheck *check;
  GTask *task; /* not counted: the task owns this */
  GThreadPool *pool;
  MwCheckLimits *limits;
  gulong *handlers; /* by index: of the task's cancellable, or 0 */

  /* Guarded by the mutex of the limits */
  GQueue waiting; /* indices + 1 of probes that have not begun */
  guint n_done;
  GPtrArray *reports; /* by index; %NULL until it is in */

  GMutex news_mutex; /* guards what follows */
  GQueue news;       /* (element-type News) */
  gboolean news_are_announced;
  gboolean is_over;
} Run;

static void news_free (gpointer data);

static void
run_free (gpointer data)
{
  Run *run = data;

  g_queue_clear_full (&run->news, news_free);
  g_mutex_clear (&run->news_mutex);
  g_queue_clear (&run->waiting);
  g_ptr_array_unref (run->reports);
  mw_check_limits_unref (run->limits);
  g_free (run->handlers);
  g_object_unref (run->check);
  g_free (run);
}

static void
mw_check_finalize (GObject *object)
{
  MwCheck *self = MW_CHECK (object);

  g_ptr_array_unref (self->probes);
  g_ptr_array_unref (self->cancellables);
  g_clear_pointer (&self->limits, mw_check_limits_unref);
  g_clear_pointer (&self->network_state, mw_network_state_unref);

  G_OBJECT_CLASS (mw_check_parent_class)->finalize (object);
}

static void
mw_check_class_init (MwCheckClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mw_check_finalize;
}

static void
unref_if_any (gpointer object)
{
  if (object != NULL)
    g_object_unref (object);
}

static void
mw_check_init (MwCheck *self)
{
  self->probes = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellables = g_ptr_array_new_with_free_func (unref_if_any);
  self->keeps_reports = TRUE;
  self->jobs = MW_CHECK_DEFAULT_JOBS;
  self->jobs_per_server = MW_CHECK_DEFAULT_JOBS_PER_SERVER;
}

/* ---- news for the starter ---- */

/* For how long news are delivered before others have their turn */
#define NEWS_MICROSECONDS (5 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  guint index;
  MwStep *step; /* one of the two */
  MwReport *report;
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  g_clear_object (&news->step);
  g_clear_object (&news->report);
  g_free (news);
}

/* @at_end: nothing more will come */
static News *
take_news (Run *run, gboolean *at_end)
{
  News *news;

  g_mutex_lock (&run->news_mutex);
  news = g_queue_pop_head (&run->news);
  *at_end = run->is_over;
  if (news == NULL)
    run->news_are_announced = FALSE;
  g_mutex_unlock (&run->news_mutex);
  return news;
}

static gboolean
deliver (gpointer data)
{
  GTask *task = data;
  MwCheck *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  gint64 until = g_get_monotonic_time () + NEWS_MICROSECONDS;
  gboolean at_end;
  News *news;

  while ((news = take_news (run, &at_end)) != NULL)
    {
      /* Whoever cancelled does not want to hear any more, and may be gone */
      if (!g_cancellable_is_cancelled (g_task_get_cancellable (task)) &&
          !g_cancellable_is_cancelled (g_ptr_array_index (self->cancellables, news->index)))
        {
          if (news->step != NULL && self->on_step != NULL)
            self->on_step (self, news->index, news->step, self->user_data);
          if (news->report != NULL && self->on_report != NULL)
            self->on_report (self, news->index, news->report, self->user_data);
        }
      news_free (news);
      /* At the end all of them go out at once: the result is next, and comes after them */
      if (!at_end && g_get_monotonic_time () > until)
        return G_SOURCE_CONTINUE;
    }

  return G_SOURCE_REMOVE;
}

/* Many news, one source: waking the starter for each costs more than the news. It is a source of
 * its own, as g_main_context_invoke() would run in the worker whenever nobody happens to own the
 * context; with the task's priority, so that news stay ahead of the result. */
static void
post (Run *run, guint index, MwStep *step, MwReport *report)
{
  News *news = g_new0 (News, 1);
  gboolean announce;

  news->index = index;
  g_set_object (&news->step, step);
  g_set_object (&news->report, report);
  g_mutex_lock (&run->news_mutex);
  g_queue_push_tail (&run->news, news);
  announce = !run->news_are_announced;
  run->news_are_announced = TRUE;
  g_mutex_unlock (&run->news_mutex);

  if (announce)
    {
      g_autoptr(GSource) source = g_idle_source_new ();

      g_source_set_priority (source, g_task_get_priority (run->task));
      g_source_set_callback (source, deliver, g_object_ref (run->task), g_object_unref);
      g_source_set_static_name (source, "mw-check news");
      g_source_attach (source, g_task_get_context (run->task));
    }
}

typedef struct
{
  Run *run;
  guint index;
} StepClosure;

static void
on_step (MwStep *step, gpointer user_data)
{
  StepClosure *closure = user_data;

  post (closure->run, closure->index, step, NULL);
}

/* ---- scheduling ---- */

static const char *
get_host (Run *run, guint index)
{
  return mw_server_get_host (mw_probe_get_server (g_ptr_array_index (run->check->probes, index)));
}

static guint
count_running (MwCheckLimits *limits, const char *host)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (limits->per_server, host));
}

static void
set_running (MwCheckLimits *limits, const char *host, guint n)
{
  if (n == 0)
    g_hash_table_remove (limits->per_server, host);
  else
    g_hash_table_insert (limits->per_server, g_strdup (host), GUINT_TO_POINTER (n));
}

/* Starts what may start of one run, in order; a probe whose server is busy with others is passed
 * over. Call with the mutex locked. */
static void
start_run (Run *run)
{
  MwCheckLimits *limits = run->limits;
  GList *link = run->waiting.head;

  while (link != NULL && limits->n_running < limits->jobs)
    {
      GList *next = link->next;
      guint index = GPOINTER_TO_UINT (link->data) - 1;
      const char *host = get_host (run, index);
      guint n = count_running (limits, host);

      if (n < limits->jobs_per_server)
        {
          set_running (limits, host, n + 1);
          limits->n_running++;
          g_thread_pool_push (run->pool, GUINT_TO_POINTER (index + 1), NULL);
          g_queue_delete_link (&run->waiting, link);
        }
      link = next;
    }
}

/* The same for all runs that share the limits, the oldest first. Call with the mutex locked. */
static void
start_waiting (MwCheckLimits *limits)
{
  for (GList *link = limits->runs.head; link != NULL; link = link->next)
    start_run (link->data);
}

static void
on_run_cancelled (GCancellable *cancellable, GCancellable *of_probe)
{
  g_cancellable_cancel (of_probe);
}

/* A probe that can be stopped by itself also ends with the run */
static void
connect_cancellables (Run *run)
{
  GCancellable *of_run = g_task_get_cancellable (run->task);

  for (guint i = 0; i < run->check->probes->len && of_run != NULL; i++)
    {
      GCancellable *own = g_ptr_array_index (run->check->cancellables, i);

      if (own != NULL)
        run->handlers[i] = g_cancellable_connect (of_run, G_CALLBACK (on_run_cancelled),
                                                  g_object_ref (own), g_object_unref);
    }
}

static void
finish (Run *run)
{
  g_autoptr (GTask) task = run->task; /* the reference of the run itself */
  GPtrArray *reports = g_ptr_array_ref (run->reports);

  g_mutex_lock (&run->news_mutex);
  run->is_over = TRUE;
  g_mutex_unlock (&run->news_mutex);
  for (guint i = 0; i < run->check->probes->len; i++)
    g_cancellable_disconnect (g_task_get_cancellable (task), run->handlers[i]);
  /* This is called in a thread of the pool, which ends by itself when it has nothing to do */
  g_thread_pool_free (run->pool, FALSE, FALSE);
  if (g_task_return_error_if_cancelled (task))
    g_ptr_array_unref (reports);
  else
    g_task_return_pointer (task, reports, (GDestroyNotify) g_ptr_array_unref);
}

static void
run_probe (gpointer data, gpointer user_data)
{
  Run *run = user_data;
  MwCheckLimits *limits = run->limits;
  guint index = GPOINTER_TO_UINT (data) - 1;
  StepClosure closure = { run, index };
  const char *host = get_host (run, index);
  GCancellable *cancellable = g_ptr_array_index (run->check->cancellables, index);
  MwReport *report;
  gboolean last;

  report = mw_probe_run_sync (
      g_ptr_array_index (run->check->probes, index), run->check->on_step != NULL ? on_step : NULL,
      &closure, cancellable != NULL ? cancellable : g_task_get_cancellable (run->task), NULL);
  if (report != NULL && run->check->on_report != NULL)
    post (run, index, NULL, report);
  if (!run->check->keeps_reports)
    g_clear_object (&report);

  g_mutex_lock (&limits->mutex);
  g_ptr_array_index (run->reports, index) = report;
  limits->n_running--;
  set_running (limits, host, count_running (limits, host) - 1);
  run->n_done++;
  last = run->n_done == run->check->probes->len;
  if (last)
    g_queue_remove (&limits->runs, run);
  start_waiting (limits);
  g_mutex_unlock (&limits->mutex);

  if (last)
    finish (run);
}

static void
unref_report (gpointer report)
{
  g_clear_object ((MwReport **) &report);
}

static Run *
run_new (MwCheck *self, GTask *task)
{
  Run *run = g_new0 (Run, 1);

  run->check = g_object_ref (self);
  run->task = task;
  run->limits = self->limits != NULL ? mw_check_limits_ref (self->limits)
                                     : mw_check_limits_new (self->jobs, self->jobs_per_server);
  run->handlers = g_new0 (gulong, self->probes->len + 1);
  g_queue_init (&run->waiting);
  g_queue_init (&run->news);
  g_mutex_init (&run->news_mutex);
  run->reports = g_ptr_array_new_full (self->probes->len, unref_report);
  g_ptr_array_set_size (run->reports, (int) self->probes->len);
  for (guint i = 0; i < self->probes->len; i++)
    g_queue_push_tail (&run->waiting, GUINT_TO_POINTER (i + 1));

  return run;
}

static void
complete_probes (MwCheck *self)
{
  g_autoptr(MwResolver) resolver = mw_resolver_new ();
  g_autoptr(MwLoginGate) gate = mw_login_gate_new ();
  g_autoptr(MwNetworkQuery) network = NULL;

  network = self->network_state != NULL ? mw_network_query_new_answered (self->network_state)
                                        : mw_network_query_new (NETWORK_SECONDS);
  for (guint i = 0; i < self->probes->len; i++)
    mw_probe_complete (g_ptr_array_index (self->probes, i), resolver, gate, network);
}

/**
 * mw_check_run_async:
 * @self: a check that was not run yet
 * @cancellable: (nullable): ends all probes at once
 * @callback: (scope async): called when all reports are in
 * @user_data: closure of @callback
 *
 * Runs all probes in threads of their own. What mw_check_set_callbacks() named, and @callback, is
 * called in the thread-default main context of the caller.
 */
void
mw_check_run_async (MwCheck *self,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  MwCheckLimits *limits;
  GTask *task;
  Run *run;

  g_return_if_fail (MW_IS_CHECK (self));
  g_return_if_fail (!self->started);

  self->started = TRUE;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mw_check_run_async);
  g_task_set_name (task, "mw-check");
  run = run_new (self, task);
  g_task_set_task_data (task, run, run_free);
  if (self->probes->len == 0)
    {
      g_task_return_pointer (task, g_ptr_array_ref (run->reports),
                             (GDestroyNotify) g_ptr_array_unref);
      g_object_unref (task);
      return;
    }

  complete_probes (self);
  connect_cancellables (run);
  limits = run->limits; /* the run may be over as soon as the mutex is free */
  run->pool =
      g_thread_pool_new (run_probe, run, (int) MIN (limits->jobs, self->probes->len), FALSE, NULL);
  mw_check_limits_ref (limits);
  g_mutex_lock (&limits->mutex);
  g_queue_push_tail (&limits->runs, run);
  start_run (run);
  g_mutex_unlock (&limits->mutex);
  mw_check_limits_unref (limits);
}

/**
 * mw_check_run_finish:
 * @self: a check
 * @result: what the callback got
 * @error: return location for an error: only %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer container) (element-type MwReport): the reports, in the order of
 *   mw_check_add(); %NULL for a probe that was stopped by itself
 */
GPtrArray *
mw_check_run_finish (MwCheck *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MW_IS_CHECK (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

/**
 * mw_check_run_sync:
 * @self: a check that was not run yet
 * @cancellable: (nullable): ends all probes at once
 * @error: return location for an error: only %G_IO_ERROR_CANCELLED
 *
 * Runs all probes and waits for them. The callbacks are called in the calling thread.
 *
 * Returns: (transfer container) (element-type MwReport): the reports, in the order of
 *   mw_check_add()
 */
GPtrArray *
mw_check_run_sync (MwCheck *self, GCancellable *cancellable, GError **error)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(GAsyncResult) result = NULL;

  g_return_val_if_fail (MW_IS_CHECK (self), NULL);

  g_main_context_push_thread_default (context);
  mw_check_run_async (self, cancellable, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  return mw_check_run_finish (self, result, error);
}

/**
 * mw_check_new:
 *
 * Returns: (transfer full): a check without probes
 */
MwCheck *
mw_check_new (void)
{
  return g_object_new (MW_TYPE_CHECK, NULL);
}

/**
 * mw_check_add:
 * @self: a check that was not run yet
 * @probe: (transfer none): a probe; what it was not given - a resolver, a login gate, the state of
 *   the network - it gets from the check
 *
 * Returns: its index
 */
guint
mw_check_add (MwCheck *self, MwProbe *probe)
{
  g_return_val_if_fail (MW_IS_CHECK (self), 0);
  g_return_val_if_fail (MW_IS_PROBE (probe), 0);
  g_return_val_if_fail (!self->started, 0);

  return mw_check_add_cancellable (self, probe, NULL);
}

/**
 * mw_check_add_cancellable:
 * @self: a check that was not run yet
 * @probe: (transfer none): a probe, as for mw_check_add()
 * @cancellable: (nullable): stops this probe while the others go on; several probes may share one
 *
 * Of a probe that was stopped nothing more is heard. When the whole run is cancelled, so is
 * @cancellable.
 *
 * Returns: its index
 */
guint
mw_check_add_cancellable (MwCheck *self, MwProbe *probe, GCancellable *cancellable)
{
  g_return_val_if_fail (MW_IS_CHECK (self), 0);
  g_return_val_if_fail (MW_IS_PROBE (probe), 0);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), 0);
  g_return_val_if_fail (!self->started, 0);

  g_ptr_array_add (self->probes, g_object_ref (probe));
  g_ptr_array_add (self->cancellables, cancellable != NULL ? g_object_ref (cancellable) : NULL);
  return self->probes->len - 1;
}

/**
 * mw_check_get_n_probes:
 * @self: a check
 *
 * Returns: how many probes it has
 */
guint
mw_check_get_n_probes (MwCheck *self)
{
  g_return_val_if_fail (MW_IS_CHECK (self), 0);

  return self->probes->len;
}

/**
 * mw_check_set_jobs:
 * @self: a check that was not run yet
 * @jobs: connections at once, in all; at least 1
 * @jobs_per_server: connections at once to one server; at least 1
 *
 * Providers ban those that come with many connections at once.
 */
void
mw_check_set_jobs (MwCheck *self, guint jobs, guint jobs_per_server)
{
  g_return_if_fail (MW_IS_CHECK (self));
  g_return_if_fail (jobs > 0 && jobs_per_server > 0);

  self->jobs = jobs;
  self->jobs_per_server = jobs_per_server;
}

/**
 * mw_check_set_limits:
 * @self: a check that was not run yet
 * @limits: (nullable): limits that hold over all checks that share them, in place of
 *   mw_check_set_jobs()
 */
void
mw_check_set_limits (MwCheck *self, MwCheckLimits *limits)
{
  g_return_if_fail (MW_IS_CHECK (self));

  if (limits != NULL)
    mw_check_limits_ref (limits);
  g_clear_pointer (&self->limits, mw_check_limits_unref);
  self->limits = limits;
}

/**
 * mw_check_limits_new:
 * @jobs: connections at once, in all; at least 1
 * @jobs_per_server: connections at once to one server; at least 1
 *
 * Returns: (transfer full): limits for several checks that may run at the same time
 */
MwCheckLimits *
mw_check_limits_new (guint jobs, guint jobs_per_server)
{
  MwCheckLimits *self;

  g_return_val_if_fail (jobs > 0 && jobs_per_server > 0, NULL);

  self = g_new0 (MwCheckLimits, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->jobs = jobs;
  self->jobs_per_server = jobs_per_server;
  g_mutex_init (&self->mutex);
  self->per_server = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->runs);
  return self;
}

/**
 * mw_check_limits_ref:
 * @self: limits
 *
 * Returns: (transfer full): @self
 */
MwCheckLimits *
mw_check_limits_ref (MwCheckLimits *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mw_check_limits_unref:
 * @self: (transfer full): limits
 */
void
mw_check_limits_unref (MwCheckLimits *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_queue_clear (&self->runs);
  g_hash_table_unref (self->per_server);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * mw_check_set_keeps_reports:
 * @self: a check that was not run yet
 * @keeps_reports: whether the result has the reports; without them it has %NULL in their place, and
 *   whoever needs them gets them by the callback, one by one
 */
void
mw_check_set_keeps_reports (MwCheck *self, gboolean keeps_reports)
{
  g_return_if_fail (MW_IS_CHECK (self));
  g_return_if_fail (!self->started);

  self->keeps_reports = keeps_reports;
}

/**
 * mw_check_set_network_state:
 * @self: a check that was not run yet
 * @state: (nullable): the network as it is; %NULL to have it asked while the probes run
 */
void
mw_check_set_network_state (MwCheck *self, MwNetworkState *state)
{
  g_return_if_fail (MW_IS_CHECK (self));

  g_clear_pointer (&self->network_state, mw_network_state_unref);
  if (state != NULL)
    self->network_state = mw_network_state_ref (state);
}

/**
 * mw_check_set_callbacks:
 * @self: a check that was not run yet
 * @step_func: (nullable) (scope forever): hears of each stage
 * @report_func: (nullable) (scope forever): hears of each verdict
 * @user_data: closure of both; neither is called any more once the run was cancelled or has
 *   finished
 */
void
mw_check_set_callbacks (MwCheck *self,
                        MwCheckStepFunc step_func,
                        MwCheckReportFunc report_func,
                        gpointer user_data)
{
  g_return_if_fail (MW_IS_CHECK (self));

  self->on_step = step_func;
  self->on_report = report_func;
  self->user_data = user_data;
}
