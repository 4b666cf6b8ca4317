/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-discovery-private.h"

#include "discovery/mw-source.h"
#include "net/mw-deadline.h"
#include "net/mw-domain.h"
#include "net/mw-net-error.h"

#include <string.h>

/* How long a first complete answer waits for better ones that are still possible: the larger of
 * these two. 3.2 round trips are what an HTTPS fetch needs after its name was looked up, with
 * something to spare. */
#define GRACE_MICROSECONDS (300 * 1000)
#define GRACE_ROUND_TRIPS 3.2

/* Once the answer is certain, what is just about to come in may still join the comparison: half a
 * round trip, within these bounds */
#define COMPARISON_MIN_MICROSECONDS (20 * 1000)
#define COMPARISON_MAX_MICROSECONDS (300 * 1000)

/* Guessing begins without MX and SRV when DNS is silent for so long */
#define GUESS_PATIENCE_MICROSECONDS (1000 * 1000)

/* A round trip where nothing could be measured */
#define ASSUMED_ROUND_TRIP_MICROSECONDS (100 * 1000)

/* How long jobs that were told to stop are waited for. They normally leave within a millisecond;
 * who does not leave is left behind with what it holds. */
#define LEAVE_MICROSECONDS (150 * 1000)

/* A job keeps its deadline by itself; one that is late by so much is no longer waited for */
#define LATE_MICROSECONDS (250 * 1000)

/* In the order of rank. A job is a source, or a part of one that can be ready by itself. Those that
 * first have to wait for the mail exchanger may use the time of the whole run. */
static const struct
{
  MwSource source;
  gboolean local;
  MwJobFunc func;
  double seconds;
} jobs[] = {
  { MW_SOURCE_SETUP_FILE, TRUE, mw_source_setup_file, MW_SOURCE_SECONDS },
  { MW_SOURCE_PACC, FALSE, mw_source_pacc, MW_SOURCE_SECONDS },
  { MW_SOURCE_PROVIDER, TRUE, mw_source_providers, MW_SOURCE_SECONDS },
  { MW_SOURCE_AUTOCONFIG, FALSE, mw_source_autoconfig_host, MW_SOURCE_SECONDS },
  { MW_SOURCE_AUTOCONFIG, FALSE, mw_source_autoconfig_well_known, MW_SOURCE_SECONDS },
  { MW_SOURCE_ISPDB, FALSE, mw_source_ispdb, MW_SOURCE_SECONDS },
  { MW_SOURCE_SRV, FALSE, mw_source_srv, MW_SOURCE_SECONDS },
  { MW_SOURCE_MX, FALSE, mw_source_mx, MW_SOURCE_SECONDS },
  { MW_SOURCE_MX, FALSE, mw_source_mx_autoconfig, MW_RUN_SECONDS },
  { MW_SOURCE_MX, FALSE, mw_source_mx_ispdb, MW_RUN_SECONDS },
  { MW_SOURCE_GUESS, FALSE, mw_source_guess, MW_SOURCE_SECONDS },
};

#define N_JOBS G_N_ELEMENTS (jobs)
#define N_SOURCES (MW_SOURCE_GUESS + 1)

/* What the runner keeps of a job; all below @job is guarded by the run's lock */
typedef struct
{
  MwJob job;
  MwAnswerStatus status;
  gboolean stopped;
  char *reason;
  double milliseconds;
  GPtrArray *found;
  GPtrArray *notes;
} Task;

struct _MwDiscoveryRun
{
  gatomicrefcount ref_count;

  /* Constant */
  MwDiscoveryOptions *options;
  MwAddress *address;
  char *domain;
  gboolean registry;
  gint64 started;

  GMutex lock;
  GCond changed;

  /* Guarded */
  Task tasks[N_JOBS];
  guint version;  /* counts what is worth telling */
  guint n_active; /* threads at work */
  gboolean cancelled;
  gint64 round_trip; /* the shortest that was measured, or 0 */
  guint n_connections;
  gboolean mx_known;
  gboolean mx_null;
  const MwProvider *mx_provider;
  char *mx_host;
  gboolean srv_known;
  gboolean srv_complete;
};

typedef struct
{
  GFunc func;
  gpointer data;
} Work;

/* ---- threads ---- */

static void
do_work (gpointer data, gpointer user_data)
{
  Work *work = data;

  work->func (work->data, NULL);
  g_free (work);
}

/* g_task_run_in_thread() runs about ten tasks at a time, of the whole process; here some thirty
 * short questions are asked at once. Threads that have nothing to do are shared and end by
 * themselves. */
void
mw_discovery_in_worker (GFunc func, gpointer data)
{
  static GThreadPool *pool;
  Work *work = g_new (Work, 1);

  if (g_once_init_enter_pointer (&pool))
    g_once_init_leave_pointer (&pool, g_thread_pool_new (do_work, NULL, -1, FALSE, NULL));
  work->func = func;
  work->data = data;
  g_thread_pool_push (pool, work, NULL);
}

static void
options_free (MwDiscoveryOptions *options)
{
  g_clear_object (&options->resolver);
  g_clear_object (&options->http_client);
  g_clear_object (&options->dialer);
  g_clear_object (&options->trust);
  g_strfreev (options->mx_hosts);
  g_free (options->ispdb_url);
  g_strfreev (options->setup_dirs);
  g_clear_object (&options->owner);
  g_free (options);
}

static MwDiscoveryRun *
run_new (MwDiscoveryOptions *options, MwAddress *address)
{
  MwDiscoveryRun *run = g_new0 (MwDiscoveryRun, 1);

  g_atomic_ref_count_init (&run->ref_count);
  run->options = options;
  run->address = mw_address_ref (address);
  run->domain = g_strdup (mw_address_get_domain_ascii (address));
  run->registry = mw_domain_is_public_suffix (run->domain);
  run->started = g_get_monotonic_time ();
  g_mutex_init (&run->lock);
  g_cond_init (&run->changed);

  for (gsize i = 0; i < N_JOBS; i++)
    {
      Task *task = &run->tasks[i];

      task->job = (MwJob) {
        .run = run,
        .source = jobs[i].source,
        .address = run->address,
        .domain = run->domain,
        .registry = run->registry,
        .resolver = options->resolver,
        .http_client = options->http_client,
        .providers = options->providers,
        .ispdb_url = options->ispdb_url,
        .setup_dirs = (const char *const *) options->setup_dirs,
        .mx_hosts = (const char *const *) options->mx_hosts,
        .deadline = run->started + (gint64) (jobs[i].seconds * G_USEC_PER_SEC),
        .cancellable = g_cancellable_new (),
      };
      task->found = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_settings_unref);
      task->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_discovery_note_free);
    }
  return run;
}

static MwDiscoveryRun *
run_ref (MwDiscoveryRun *run)
{
  g_atomic_ref_count_inc (&run->ref_count);
  return run;
}

static void
run_unref (MwDiscoveryRun *run)
{
  if (!g_atomic_ref_count_dec (&run->ref_count))
    return;
  for (gsize i = 0; i < N_JOBS; i++)
    {
      g_object_unref (run->tasks[i].job.cancellable);
      g_free (run->tasks[i].reason);
      g_ptr_array_unref (run->tasks[i].found);
      g_ptr_array_unref (run->tasks[i].notes);
    }
  mw_address_unref (run->address);
  g_free (run->domain);
  g_free (run->mx_host);
  g_mutex_clear (&run->lock);
  g_cond_clear (&run->changed);
  options_free (run->options);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwDiscoveryRun, run_unref)

/* With the lock held */
static void
run_touch (MwDiscoveryRun *run)
{
  run->version++;
  g_cond_broadcast (&run->changed);
}

static gboolean
task_is_running (const Task *task)
{
  return task->status == MW_ANSWER_WAITING || task->status == MW_ANSWER_ASKING;
}

/* ---- what jobs call ---- */

static Task *
lock_task (MwJob *job)
{
  g_mutex_lock (&job->run->lock);
  return (Task *) job; /* the job is the task's first member */
}

static void
unlock_task (Task *task)
{
  g_mutex_unlock (&task->job.run->lock);
}

void
mw_job_found (MwJob *job, MwSettings *settings)
{
  Task *task = lock_task (job);

  if (task->stopped)
    mw_settings_unref (settings);
  else
    {
      g_ptr_array_add (task->found, settings);
      run_touch (job->run);
    }
  unlock_task (task);
}

void
mw_job_note (MwJob *job, const char *id, const char *detail)
{
  Task *task = lock_task (job);

  if (!task->stopped)
    {
      g_ptr_array_add (task->notes, mw_discovery_note_new (id, detail));
      run_touch (job->run);
    }
  unlock_task (task);
}

/* The first reason stands. What was found all the same counts for more. */
void
mw_job_failed (MwJob *job, const GError *error)
{
  Task *task = lock_task (job);

  if (!task->stopped && task->reason == NULL)
    task->reason = g_strdup (error->message);
  unlock_task (task);
}

void
mw_job_skipped (MwJob *job)
{
  Task *task = lock_task (job);

  if (!task->stopped)
    task->status = MW_ANSWER_SKIPPED;
  unlock_task (task);
}

void
mw_job_measured_dns (MwJob *job, gint64 since)
{
  Task *task = lock_task (job);
  gint64 taken = MAX (g_get_monotonic_time () - since, 1);

  if (job->run->round_trip == 0 || taken < job->run->round_trip)
    job->run->round_trip = taken;
  unlock_task (task);
}

gint64
mw_job_get_round_trip (MwJob *job)
{
  Task *task = lock_task (job);
  gint64 taken = job->run->round_trip;

  unlock_task (task);
  return taken != 0 ? taken : ASSUMED_ROUND_TRIP_MICROSECONDS;
}

gboolean
mw_job_take_connection (MwJob *job)
{
  Task *task = lock_task (job);
  gboolean free_one = job->run->n_connections < MW_RUN_MAX_CONNECTIONS;

  if (free_one)
    job->run->n_connections++;
  unlock_task (task);
  return free_one;
}

/* None was made after all */
void
mw_job_give_back_connection (MwJob *job)
{
  Task *task = lock_task (job);

  if (job->run->n_connections > 0)
    job->run->n_connections--;
  unlock_task (task);
}

void
mw_job_tell_mx (MwJob *job, const MwProvider *provider, const char *host)
{
  Task *task = lock_task (job);
  MwDiscoveryRun *run = job->run;

  run->mx_known = TRUE;
  run->mx_provider = provider;
  run->mx_null = g_strcmp0 (host, ".") == 0;
  g_free (run->mx_host);
  run->mx_host = run->mx_null ? NULL : g_strdup (host);
  run_touch (run);
  unlock_task (task);
}

void
mw_job_tell_srv (MwJob *job, gboolean complete)
{
  Task *task = lock_task (job);

  job->run->srv_known = TRUE;
  job->run->srv_complete = complete;
  run_touch (job->run);
  unlock_task (task);
}

/* The registrable domain of the mail exchanger, if it says anything that is not known or asked
 * already. For a mail exchanger within the mail domain's own registrable domain it does not:
 * asking there would mean climbing up. */
char *
mw_job_wait_for_mx_base (MwJob *job)
{
  Task *task = lock_task (job);
  MwDiscoveryRun *run = job->run;
  char *base = NULL;

  while (!run->mx_known && !task->stopped)
    if (!g_cond_wait_until (&run->changed, &run->lock, job->deadline))
      break;
  if (run->mx_known && !task->stopped && run->mx_provider == NULL && run->mx_host != NULL &&
      !mw_domain_same_base (run->mx_host, run->domain) &&
      !mw_provider_db_is_gateway (job->providers, run->mx_host))
    base = mw_domain_base (run->mx_host);
  unlock_task (task);
  return base;
}

/* Guesses are for domains of which nothing else is known: not where MX names a known provider,
 * SRV names both servers, or the domain takes no mail at all */
gboolean
mw_job_wait_until_guessing_helps (MwJob *job)
{
  Task *task = lock_task (job);
  MwDiscoveryRun *run = job->run;
  gboolean helps = TRUE;

  while (!run->options->compare && !task->stopped && (!run->mx_known || !run->srv_known))
    {
      /* One of the two may be enough to know */
      if (run->mx_provider != NULL || run->mx_null || run->srv_complete)
        break;
      if (!g_cond_wait_until (&run->changed, &run->lock,
                              run->started + GUESS_PATIENCE_MICROSECONDS))
        break;
    }
  if (task->stopped || run->mx_null ||
      (!run->options->compare && (run->mx_provider != NULL || run->srv_complete)))
    helps = FALSE;
  unlock_task (task);
  return helps;
}

gboolean
mw_job_probe (MwJob *job, MwServer *server, GCancellable *cancellable, GError **error)
{
  MwDiscoveryOptions *options = job->run->options;
  gint64 deadline = mw_deadline_earlier (job->deadline, mw_deadline_after (MW_STEP_SECONDS));

  if (options->probe != NULL)
    return options->probe (server, deadline, cancellable, options->probe_data, error);
  return mw_guess_probe (options->dialer, options->trust, server, deadline, cancellable, error);
}

typedef struct
{
  MwJob *job;
  MwJobPart func;
  gpointer item;
  guint *n_pending; /* guarded by the run's lock */
} Part;

static void
do_part (gpointer data, gpointer user_data)
{
  Part *part = data;
  MwDiscoveryRun *run = part->job->run;

  part->func (part->job, part->item);
  g_mutex_lock (&run->lock);
  (*part->n_pending)--;
  g_cond_broadcast (&run->changed);
  g_mutex_unlock (&run->lock);
  run_unref (run);
  g_free (part);
}

void
mw_job_in_parallel (MwJob *job, MwJobPart func, gpointer *items, guint n_items)
{
  MwDiscoveryRun *run = job->run;
  guint n_pending = n_items;

  for (guint i = 1; i < n_items; i++)
    {
      Part *part = g_new (Part, 1);

      *part = (Part) { job, func, items[i], &n_pending };
      run_ref (run); /* until the part has let go of the lock, after which the job may be over */
      mw_discovery_in_worker (do_part, part);
    }
  if (n_items > 0)
    func (job, items[0]);

  g_mutex_lock (&run->lock);
  if (n_items > 0)
    n_pending--;
  while (n_pending > 0)
    g_cond_wait (&run->changed, &run->lock);
  g_mutex_unlock (&run->lock);
}

/* ---- starting and stopping ---- */

static void
task_finish (Task *task)
{
  MwDiscoveryRun *run = task->job.run;

  g_mutex_lock (&run->lock);
  if (!task->stopped)
    {
      task->milliseconds = (double) (g_get_monotonic_time () - run->started) / 1000;
      if (task->found->len > 0)
        task->status = MW_ANSWER_FOUND;
      else if (task->reason != NULL)
        task->status = MW_ANSWER_FAILED;
      else if (task->status != MW_ANSWER_SKIPPED)
        task->status = MW_ANSWER_NOTHING;
    }
  /* However they ended: others wait for these two */
  run->mx_known |= jobs[task - run->tasks].func == mw_source_mx;
  run->srv_known |= jobs[task - run->tasks].func == mw_source_srv;
  run_touch (run);
  g_mutex_unlock (&run->lock);
}

static void
run_locally (MwDiscoveryRun *run, gsize index)
{
  run->tasks[index].status = MW_ANSWER_ASKING;
  jobs[index].func (&run->tasks[index].job);
  task_finish (&run->tasks[index]);
}

static void
do_task (gpointer data, gpointer user_data)
{
  Task *task = data;
  MwDiscoveryRun *run = task->job.run;

  jobs[task - run->tasks].func (&task->job);
  task_finish (task);
  g_mutex_lock (&run->lock);
  run->n_active--;
  g_cond_broadcast (&run->changed);
  g_mutex_unlock (&run->lock);
  run_unref (run);
}

/* With the lock held */
static void
run_start_network (MwDiscoveryRun *run)
{
  for (gsize i = 0; i < N_JOBS; i++)
    if (run->tasks[i].status == MW_ANSWER_WAITING)
      {
        run->tasks[i].status = MW_ANSWER_ASKING;
        run->n_active++;
        mw_discovery_in_worker (do_task, &run_ref (run)->tasks[i]);
      }
}

/* With the lock held, which is let go to cancel: that calls handlers. @status: for those that have
 * found nothing so far. */
static void
run_stop_some (MwDiscoveryRun *run, const gboolean *which, MwAnswerStatus status)
{
  gboolean stop[N_JOBS] = { FALSE };

  for (gsize i = 0; i < N_JOBS; i++)
    {
      Task *task = &run->tasks[i];

      if (!which[i] || !task_is_running (task))
        continue;
      stop[i] = TRUE;
      task->stopped = TRUE;
      task->status = task->found->len > 0 ? MW_ANSWER_FOUND : status;
      if (status == MW_ANSWER_FAILED && task->reason == NULL)
        task->reason = g_strdup ("no answer in time");
    }
  run_touch (run);

  g_mutex_unlock (&run->lock);
  for (gsize i = 0; i < N_JOBS; i++)
    if (stop[i])
      g_cancellable_cancel (run->tasks[i].job.cancellable);
  g_mutex_lock (&run->lock);
}

static void
run_stop (MwDiscoveryRun *run, MwAnswerStatus status)
{
  gboolean all[N_JOBS];

  for (gsize i = 0; i < N_JOBS; i++)
    all[i] = TRUE;
  g_mutex_lock (&run->lock);
  run_stop_some (run, all, status);
  g_mutex_unlock (&run->lock);
}

/* With the lock held. Stops who is late, and returns when the next one will be. */
static gint64
run_stop_late (MwDiscoveryRun *run)
{
  gint64 now = g_get_monotonic_time ();
  gint64 next = G_MAXINT64;
  gboolean late[N_JOBS] = { FALSE };
  gboolean any = FALSE;

  for (gsize i = 0; i < N_JOBS; i++)
    if (task_is_running (&run->tasks[i]))
      {
        gint64 limit = run->tasks[i].job.deadline + LATE_MICROSECONDS;

        late[i] = now >= limit;
        any |= late[i];
        if (!late[i])
          next = MIN (next, limit);
      }
  if (any)
    run_stop_some (run, late, MW_ANSWER_FAILED);
  return next;
}

/* ---- what is known so far ---- */

static gboolean
host_is_trusted (MwDiscoveryRun *run, const char *host, const MwProvider *own_provider)
{
  /* Below a public suffix everybody is a stranger to everybody */
  if (run->registry ? strcmp (host, run->domain) == 0 : mw_domain_same_base (host, run->domain))
    return TRUE;
  return (own_provider != NULL && mw_provider_has_host (own_provider, host, run->domain)) ||
         (run->mx_provider != NULL && mw_provider_has_host (run->mx_provider, host, run->domain));
}

static gboolean
has_all_hosts (MwDiscoveryRun *run, const MwProvider *provider, MwSettings *settings)
{
  for (guint i = 0; i < settings->servers->len; i++)
    if (!mw_provider_has_host (
            provider, mw_server_get_host (g_ptr_array_index (settings->servers, i)), run->domain))
      return FALSE;
  return TRUE;
}

/* The provider that all servers belong to. Several share servers (a service for persons and one for
 * companies): then the domain or its mail exchanger tells which one it is. */
static const MwProvider *
find_provider (MwDiscoveryRun *run, MwSettings *settings, const MwProvider *own_provider)
{
  const MwProvider *provider;

  if (settings->servers->len == 0)
    return NULL;
  if (own_provider != NULL && has_all_hosts (run, own_provider, settings))
    return own_provider;
  if (run->mx_provider != NULL && has_all_hosts (run, run->mx_provider, settings))
    return run->mx_provider;
  provider = mw_provider_db_lookup_host (
      run->options->providers, mw_server_get_host (g_ptr_array_index (settings->servers, 0)), NULL);
  return provider != NULL && has_all_hosts (run, provider, settings) ? provider : NULL;
}

/* What a source said, completed by what is known about the servers that it named: settings are not
 * changed once handed on, so this is a copy. The kinds of secret that the database knows are more
 * exact than "password": it tells an app password from the one of the web page. */
static MwSettings *
run_judge (MwDiscoveryRun *run, MwSettings *said, const MwProvider *own_provider)
{
  MwSettings *settings = mw_settings_new (said->source, said->origin);
  const MwProvider *provider =
      said->provider == NULL ? find_provider (run, said, own_provider) : NULL;
  const char *prepare = provider != NULL ? mw_provider_get_prepare (provider) : NULL;

  settings->trusted = TRUE;
  settings->provider = g_strdup (provider != NULL ? mw_provider_get_id (provider) : said->provider);
  settings->name = g_strdup (said->name);
  settings->help = g_strdup (said->help);
  settings->checked = g_strdup (said->checked);
  g_strfreev (settings->prepare);
  settings->prepare = g_strdupv (said->prepare);
  if (provider != NULL)
    {
      if (settings->name == NULL)
        settings->name = g_strdup (mw_provider_get_name (provider));
      if (settings->help == NULL)
        settings->help = g_strdup (mw_provider_get_help (provider));
      if (prepare != NULL && *prepare != '\0' && settings->prepare[0] == NULL)
        {
          g_strfreev (settings->prepare);
          settings->prepare = g_strdupv ((char *[]) { (char *) prepare, NULL });
        }
    }

  for (guint i = 0; i < said->servers->len; i++)
    {
      MwServer *server = g_ptr_array_index (said->servers, i);

      if (said->source != MW_SOURCE_SETUP_FILE && said->source != MW_SOURCE_PROVIDER &&
          !host_is_trusted (run, mw_server_get_host (server), own_provider))
        settings->trusted = FALSE;
      if (provider != NULL && mw_server_needs_login (server) &&
          said->source != MW_SOURCE_SETUP_FILE)
        g_ptr_array_add (
            settings->servers,
            mw_server_with_authentications (server, mw_provider_get_authentications (provider)));
      else
        g_ptr_array_add (settings->servers, mw_server_ref (server));
    }
  if (!mw_discovery_is_encrypted (settings))
    settings->trusted = FALSE;

  return settings;
}

static void
add_note (GPtrArray *notes, const char *id, const char *detail)
{
  for (guint i = 0; i < notes->len; i++)
    {
      const MwDiscoveryNote *note = g_ptr_array_index (notes, i);

      if (strcmp (note->id, id) == 0 && g_strcmp0 (note->detail, detail) == 0)
        return;
    }
  g_ptr_array_add (notes, mw_discovery_note_new (id, detail));
}

/* What follows from the settings themselves */
static void
note_settings (MwDiscoveryRun *run, GPtrArray *notes, MwSettings *settings, gboolean chosen)
{
  if (!mw_discovery_is_encrypted (settings))
    add_note (notes, "insecure-offer", settings->origin);
  else if (chosen && !settings->trusted)
    for (guint i = 0; i < settings->servers->len; i++)
      {
        const char *host = mw_server_get_host (g_ptr_array_index (settings->servers, i));

        if (!mw_domain_same_base (host, run->domain))
          {
            add_note (notes, "untrusted-target", host);
            break;
          }
      }
  if (settings->checked != NULL && (chosen || settings->source == MW_SOURCE_PROVIDER))
    {
      g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
      g_autoptr(GDateTime) year_ago = g_date_time_add_years (now, -1);
      g_autofree char *limit = g_date_time_format (year_ago, "%Y-%m-%d");

      if (strcmp (settings->checked, limit) < 0)
        add_note (notes, "provider-not-rechecked", settings->checked);
    }
}

static MwAnswerStatus
task_get_status (const Task *task)
{
  return task->found->len > 0 ? MW_ANSWER_FOUND : task->status;
}

/* Of the parts of a source, that which says most speaks for it. One that was not waited for says
 * more than one that has nothing, and that more than one that had nothing to ask. */
static int
task_rank_status (const Task *task)
{
  switch (task_get_status (task))
    {
    case MW_ANSWER_FOUND:
      return 0;
    case MW_ANSWER_ASKING:
      return 1;
    case MW_ANSWER_WAITING:
      return 2;
    case MW_ANSWER_FAILED:
      return 3;
    case MW_ANSWER_NOTHING:
      return 5;
    case MW_ANSWER_SKIPPED:
      return task->stopped ? 4 : 6;
    }
  g_return_val_if_reached (6);
}

static GPtrArray *
run_list_answers (MwDiscoveryRun *run)
{
  GPtrArray *answers = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_discovery_answer_free);

  for (MwSource source = 0; source < N_SOURCES; source++)
    {
      MwDiscoveryAnswer *answer = mw_discovery_answer_new (source);
      const Task *speaker = NULL;

      for (gsize i = 0; i < N_JOBS; i++)
        if (jobs[i].source == source &&
            (speaker == NULL || task_rank_status (&run->tasks[i]) < task_rank_status (speaker)))
          speaker = &run->tasks[i];
      answer->status = task_get_status (speaker);
      answer->milliseconds = speaker->milliseconds;
      if (answer->status == MW_ANSWER_FAILED)
        answer->reason = g_strdup (speaker->reason);
      g_ptr_array_add (answers, answer);
    }
  return answers;
}

/* With the lock held; nothing in here blocks */
static MwDiscoveryResult *
run_snapshot (MwDiscoveryRun *run, gboolean certain)
{
  GPtrArray *settings = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_settings_unref);
  GPtrArray *notes = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_discovery_note_free);
  const MwProvider *own_provider =
      mw_provider_db_lookup_domain (run->options->providers, run->domain);
  MwDiscoveryResult *result;

  if (mw_address_needs_smtputf8 (run->address))
    add_note (notes, "smtputf8-needed", NULL);
  for (gsize i = 0; i < N_JOBS; i++)
    {
      const Task *task = &run->tasks[i];

      for (guint j = 0; j < task->notes->len; j++)
        {
          const MwDiscoveryNote *note = g_ptr_array_index (task->notes, j);

          add_note (notes, note->id, note->detail);
        }
      for (guint j = 0; j < task->found->len; j++)
        g_ptr_array_add (settings,
                         run_judge (run, g_ptr_array_index (task->found, j), own_provider));
    }

  result = mw_discovery_result_new (run->address, settings, notes, run_list_answers (run), certain);
  for (guint i = 0; i < settings->len; i++)
    note_settings (run, notes, g_ptr_array_index (settings, i),
                   (int) i == mw_discovery_result_get_chosen (result));
  return result;
}

/* ---- the decision ---- */

/* The index of the best job that has a complete answer, or -1; with the lock held. An answer
 * without encryption is none as long as something better may come. */
static int
run_find_best (MwDiscoveryRun *run)
{
  for (gsize i = 0; i < N_JOBS; i++)
    for (guint j = 0; j < run->tasks[i].found->len; j++)
      {
        MwSettings *settings = g_ptr_array_index (run->tasks[i].found, j);

        if (mw_settings_is_complete (settings) && mw_discovery_is_encrypted (settings))
          return (int) i;
      }
  return -1;
}

static gboolean
run_any_running (MwDiscoveryRun *run, gsize end)
{
  for (gsize i = 0; i < end; i++)
    if (task_is_running (&run->tasks[i]))
      return TRUE;
  return FALSE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  MwDiscoveryRun *run = user_data;

  g_mutex_lock (&run->lock);
  run->cancelled = TRUE;
  run_touch (run);
  g_mutex_unlock (&run->lock);
}

/* Waits for the sources and decides when that is enough:
 *
 * - the first complete answer starts a grace for the sources of higher rank that are still at it;
 *   what ends, also with "no such name" after one round trip, is not waited for any longer;
 * - when none is left or the grace is over the answer is certain;
 * - those of lower rank get a last moment for the comparison, or, if that was asked for, all the
 *   time that they need.
 *
 * With the lock held, which is let go while waiting and telling. */
static gboolean
run_wait (MwDiscoveryRun *run, MwDiscoveryListener updated, gpointer user_data)
{
  gint64 limit = run->started + (gint64) (MW_RUN_SECONDS * G_USEC_PER_SEC);
  gboolean patient = run->options->compare || run->options->wait_for_all;
  gboolean guess[N_JOBS] = { [N_JOBS - 1] = TRUE };
  gint64 first_complete = 0;
  gint64 certain_since = 0;
  guint told = 0;
  gboolean told_certain = FALSE;

  while (!run->cancelled)
    {
      gint64 wake = MIN (limit, run_stop_late (run));
      gint64 now = g_get_monotonic_time ();
      gint64 rtt = run->round_trip != 0 ? run->round_trip : ASSUMED_ROUND_TRIP_MICROSECONDS;
      gint64 grace = MAX (GRACE_MICROSECONDS, (gint64) (GRACE_ROUND_TRIPS * (double) rtt));
      int best = run_find_best (run);

      if (best >= 0)
        {
          if (first_complete == 0)
            first_complete = now;
          if (certain_since == 0)
            {
              if (!run_any_running (run, (gsize) best) || now >= first_complete + grace)
                certain_since = now;
              else
                wake = MIN (wake, first_complete + grace);
            }
        }

      if (updated != NULL && (told != run->version || told_certain != (certain_since != 0)))
        {
          g_autoptr(MwDiscoveryResult) result = run_snapshot (run, certain_since != 0);

          told = run->version;
          told_certain = certain_since != 0;
          g_mutex_unlock (&run->lock);
          updated (result, user_data);
          g_mutex_lock (&run->lock);
          continue;
        }

      if (!run_any_running (run, N_JOBS) || now >= limit)
        break;
      if (certain_since != 0 && !patient)
        {
          gint64 last = certain_since +
                        CLAMP (rtt / 2, COMPARISON_MIN_MICROSECONDS, COMPARISON_MAX_MICROSECONDS);

          if (now >= last)
            break;
          wake = MIN (wake, last);

          /* Guesses knock at doors: no longer than they may be of use */
          if (best != N_JOBS - 1 && task_is_running (&run->tasks[N_JOBS - 1]))
            {
              run_stop_some (run, guess, MW_ANSWER_SKIPPED);
              continue;
            }
        }
      g_cond_wait_until (&run->changed, &run->lock, wake);
    }

  return certain_since != 0 || !run_any_running (run, N_JOBS);
}

/* A few milliseconds in which all leave, so that a program which ends now does not pull the rug
 * from under them */
static void
run_let_leave (MwDiscoveryRun *run)
{
  gint64 until = g_get_monotonic_time () + LEAVE_MICROSECONDS;

  g_mutex_lock (&run->lock);
  while (run->n_active > 0)
    if (!g_cond_wait_until (&run->changed, &run->lock, until))
      break;
  g_mutex_unlock (&run->lock);
}

static gboolean
run_ask_locally (MwDiscoveryRun *run)
{
  gboolean known;

  for (gsize i = 0; i < N_JOBS; i++)
    if (jobs[i].local)
      run_locally (run, i);
  known = run->tasks[0].found->len > 0 || run->tasks[2].found->len > 0;
  if (known && !run->options->compare)
    return TRUE;
  for (gsize i = 0; i < N_JOBS; i++)
    if (jobs[i].func == mw_source_mx && run->options->mx_hosts != NULL)
      run_locally (run, i);
  return known;
}

/* options: (transfer full). Blocks; %NULL only if it was cancelled. */
MwDiscoveryResult *
mw_discovery_run (MwDiscoveryOptions *options,
                  MwAddress *address,
                  MwDiscoveryListener updated,
                  gpointer user_data,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr(MwDiscoveryRun) run = run_new (options, address);
  MwDiscoveryResult *result = NULL;
  gulong handler = 0;
  gboolean certain;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  certain = run_ask_locally (run);
  if (options->offline || (certain && !options->compare) || strchr (run->domain, '.') == NULL)
    {
      run_stop (run, MW_ANSWER_SKIPPED);
      certain = TRUE;
    }
  else
    {
      if (cancellable != NULL)
        handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), run, NULL);
      g_mutex_lock (&run->lock);
      run_start_network (run);
      certain = run_wait (run, updated, user_data);
      g_mutex_unlock (&run->lock);
      g_cancellable_disconnect (cancellable, handler);

      if (g_get_monotonic_time () >= run->started + (gint64) (MW_RUN_SECONDS * G_USEC_PER_SEC))
        run_stop (run, MW_ANSWER_FAILED);
      else
        run_stop (run, MW_ANSWER_SKIPPED);
      run_let_leave (run);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
    }

  g_mutex_lock (&run->lock);
  result = run_snapshot (run, certain);
  g_mutex_unlock (&run->lock);
  if (updated != NULL)
    updated (result, user_data);
  return result;
}
