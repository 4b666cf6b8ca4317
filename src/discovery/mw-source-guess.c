/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-discovery-private.h"
#include "discovery/mw-source.h"
#include "net/mw-deadline.h"
#include "net/mw-net-error.h"

/* Among guesses, what is better and has not answered gets this much longer, in round trips; and
 * never less than this */
#define GRACE_ROUND_TRIPS 1.5
#define GRACE_MIN_MICROSECONDS (100 * 1000)

/* When the first wave has not brought both halves by then, the second one begins beside it: names
 * that are silent must not cost their whole time */
#define SECOND_WAVE_MICROSECONDS (2 * G_USEC_PER_SEC)

/* In the order of preference within each half. The second wave is only for the half that is
 * missing: the bare domain is mostly a web server that lets connections hang, and POP3 is for
 * those who have no IMAP. Never port 25, and nothing without TLS. */
static const struct
{
  const char *prefix;
  MwProtocol protocol;
  MwSecurity security;
  gboolean second_wave;
} candidates[] = {
  { "imap.", MW_PROTOCOL_IMAP, MW_SECURITY_TLS, FALSE },
  { "mail.", MW_PROTOCOL_IMAP, MW_SECURITY_TLS, FALSE },
  { "imap.", MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS, FALSE },
  { "mail.", MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS, FALSE },
  { "", MW_PROTOCOL_IMAP, MW_SECURITY_TLS, TRUE },
  { "pop.", MW_PROTOCOL_POP3, MW_SECURITY_TLS, TRUE },
  { "mail.", MW_PROTOCOL_POP3, MW_SECURITY_TLS, TRUE },
  { "smtp.", MW_PROTOCOL_SMTP, MW_SECURITY_TLS, FALSE },
  { "mail.", MW_PROTOCOL_SMTP, MW_SECURITY_TLS, FALSE },
  { "smtp.", MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS, FALSE },
  { "mail.", MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS, FALSE },
  { "", MW_PROTOCOL_SMTP, MW_SECURITY_TLS, TRUE },
  { "", MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS, TRUE },
};

#define N_CANDIDATES G_N_ELEMENTS (candidates)

static const char *const first_names[] = { "imap.", "smtp.", "mail." };

#define N_FIRST_NAMES G_N_ELEMENTS (first_names)

typedef enum
{
  GUESS_UNTRIED,
  GUESS_RUNNING,
  GUESS_PROVEN,
  GUESS_WRONG,
} GuessState;

/* Counted by the job and by each probe */
typedef struct
{
  MwJob *job;                /* as long as probes are running */
  GCancellable *cancellable; /* of all probes: those that no longer matter are ended */
  GMutex lock;
  GCond changed;
  MwServer *servers[N_CANDIDATES];
  GuessState states[N_CANDIDATES];
  guint n_running;
} Guesses;

typedef struct
{
  Guesses *guesses;
  gsize index;
} Try;

typedef struct
{
  const char *prefix;
  gboolean exists;
} Name;

static gboolean
is_outgoing (gsize index)
{
  return candidates[index].protocol == MW_PROTOCOL_SMTP;
}

static void
look_up (MwJob *job, gpointer item)
{
  Name *name = item;
  g_autofree char *host = g_strconcat (name->prefix, job->domain, NULL);
  g_autoptr(GPtrArray) addresses = mw_resolver_lookup_addresses (
      job->resolver, host, mw_deadline_earlier (job->deadline, mw_deadline_after (MW_STEP_SECONDS)),
      job->cancellable, NULL);

  name->exists = addresses != NULL;
}

static void
guesses_clear (gpointer data)
{
  Guesses *guesses = data;

  for (gsize i = 0; i < N_CANDIDATES; i++)
    g_clear_pointer (&guesses->servers[i], mw_server_unref);
  g_object_unref (guesses->cancellable);
  g_mutex_clear (&guesses->lock);
  g_cond_clear (&guesses->changed);
}

static void
guesses_unref (Guesses *guesses)
{
  g_atomic_rc_box_release_full (guesses, guesses_clear);
}

static void
do_try (gpointer data, gpointer user_data)
{
  Try *attempt = data;
  Guesses *guesses = attempt->guesses;
  gsize index = attempt->index;
  g_autoptr(GError) error = NULL;
  gboolean proven =
      mw_job_probe (guesses->job, guesses->servers[index], guesses->cancellable, &error);

  g_free (attempt);
  if (!proven)
    g_debug ("%s:%u is no good guess: %s", mw_server_get_host (guesses->servers[index]),
             mw_server_get_port (guesses->servers[index]),
             error != NULL ? error->message : "no reason given");
  if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND) ||
      g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_NO_RECORDS))
    mw_job_give_back_connection (guesses->job);

  g_mutex_lock (&guesses->lock);
  guesses->states[index] = proven ? GUESS_PROVEN : GUESS_WRONG;
  guesses->n_running--;
  g_cond_broadcast (&guesses->changed);
  g_mutex_unlock (&guesses->lock);
  guesses_unref (guesses);
}

/* With the lock held */
static void
start (Guesses *guesses, gsize index)
{
  g_autofree char *host = NULL;
  Try *attempt;

  if (!mw_job_take_connection (guesses->job))
    {
      guesses->states[index] = GUESS_WRONG;
      return;
    }
  host = g_strconcat (candidates[index].prefix, guesses->job->domain, NULL);
  guesses->servers[index] =
      mw_server_new (candidates[index].protocol, host, 0, candidates[index].security);
  guesses->states[index] = GUESS_RUNNING;
  guesses->n_running++;
  attempt = g_new (Try, 1);
  *attempt = (Try) { g_atomic_rc_box_acquire (guesses), index };
  mw_discovery_in_worker (do_try, attempt);
}

/* Those that are most likely right come first, in case that the connections run out */
static void
start_first_wave (Guesses *guesses, const Name *names)
{
  for (MwSecurity security = MW_SECURITY_TLS; security <= MW_SECURITY_STARTTLS; security++)
    for (gsize i = 0; i < N_CANDIDATES; i++)
      for (gsize j = 0; j < N_FIRST_NAMES; j++)
        if (!candidates[i].second_wave && candidates[i].security == security &&
            g_str_equal (candidates[i].prefix, names[j].prefix) && names[j].exists)
          start (guesses, i);
}

static gboolean
has_half (Guesses *guesses, gboolean outgoing)
{
  for (gsize i = 0; i < N_CANDIDATES; i++)
    if (is_outgoing (i) == outgoing && guesses->states[i] == GUESS_PROVEN)
      return TRUE;
  return FALSE;
}

static void
start_second_wave (Guesses *guesses)
{
  gboolean have[] = { has_half (guesses, FALSE), has_half (guesses, TRUE) };

  for (gsize i = 0; i < N_CANDIDATES; i++)
    if (candidates[i].second_wave && !have[is_outgoing (i)])
      start (guesses, i);
}

/* Whether a guess that is preferred to the best proven one of its half may still come */
static gboolean
better_is_running (Guesses *guesses)
{
  for (int outgoing = 0; outgoing <= 1; outgoing++)
    for (gsize i = 0; i < N_CANDIDATES; i++)
      {
        if (is_outgoing (i) != outgoing)
          continue;
        if (guesses->states[i] == GUESS_PROVEN)
          break;
        if (guesses->states[i] == GUESS_RUNNING)
          return TRUE;
      }
  return FALSE;
}

/* With the lock held, which is let go while waiting. Ends when both halves are proven and nothing
 * better can come or its time is over, or when nothing is left to try. */
static void
wait_for_guesses (Guesses *guesses)
{
  gint64 grace = MAX (GRACE_MIN_MICROSECONDS,
                      (gint64) (GRACE_ROUND_TRIPS * (double) mw_job_get_round_trip (guesses->job)));
  gint64 second_wave = g_get_monotonic_time () + SECOND_WAVE_MICROSECONDS;
  gint64 both_since = 0;
  gboolean second_started = FALSE;

  while (!g_cancellable_is_cancelled (guesses->job->cancellable))
    {
      gint64 now = g_get_monotonic_time ();
      gint64 wake = guesses->job->deadline;
      gboolean both = has_half (guesses, FALSE) && has_half (guesses, TRUE);

      if (both)
        {
          if (both_since == 0)
            both_since = now;
          if (!better_is_running (guesses) || now >= both_since + grace)
            return;
          wake = MIN (wake, both_since + grace);
        }
      else if (!second_started)
        {
          if (guesses->n_running == 0 || now >= second_wave)
            {
              second_started = TRUE;
              start_second_wave (guesses);
              continue;
            }
          wake = MIN (wake, second_wave);
        }
      if (guesses->n_running == 0 || now >= guesses->job->deadline)
        return;
      g_cond_wait_until (&guesses->changed, &guesses->lock, wake);
    }
}

static MwSettings *
make_settings (Guesses *guesses)
{
  static const char *const password[] = { "password", NULL };
  MwSettings *settings = mw_settings_new (MW_SOURCE_GUESS, guesses->job->domain);

  for (gsize i = 0; i < N_CANDIDATES; i++)
    if (guesses->states[i] == GUESS_PROVEN)
      {
        g_autoptr(MwServer) named = mw_server_with_username (
            guesses->servers[i], mw_address_get_ascii (guesses->job->address));

        g_ptr_array_add (settings->servers, mw_server_with_authentications (named, password));
      }
  return settings;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Guesses *guesses = user_data;

  g_cancellable_cancel (guesses->cancellable);
  g_mutex_lock (&guesses->lock);
  g_cond_broadcast (&guesses->changed);
  g_mutex_unlock (&guesses->lock);
}

static void
guess (MwJob *job, const Name *names)
{
  Guesses *guesses = g_atomic_rc_box_new0 (Guesses);
  g_autoptr(MwSettings) settings = NULL;
  gulong handler;

  guesses->job = job;
  guesses->cancellable = g_cancellable_new ();
  g_mutex_init (&guesses->lock);
  g_cond_init (&guesses->changed);
  handler = g_cancellable_connect (job->cancellable, G_CALLBACK (on_cancelled), guesses, NULL);

  g_mutex_lock (&guesses->lock);
  start_first_wave (guesses, names);
  wait_for_guesses (guesses);
  settings = make_settings (guesses);
  g_mutex_unlock (&guesses->lock);

  if (settings->servers->len > 0)
    mw_job_found (job, g_steal_pointer (&settings));
  g_cancellable_cancel (guesses->cancellable);

  g_mutex_lock (&guesses->lock);
  while (guesses->n_running > 0)
    g_cond_wait (&guesses->changed, &guesses->lock);
  g_mutex_unlock (&guesses->lock);
  g_cancellable_disconnect (job->cancellable, handler);
  guesses_unref (guesses);
}

/* The names are looked up at once with all other questions; nobody is connected to before MX and
 * SRV have said that nothing else is known. */
void
mw_source_guess (MwJob *job)
{
  Name names[N_FIRST_NAMES];
  gpointer items[N_FIRST_NAMES];

  /* imap.co.uk may belong to anybody */
  if (job->registry)
    {
      mw_job_skipped (job);
      return;
    }
  for (gsize i = 0; i < N_FIRST_NAMES; i++)
    {
      names[i] = (Name) { first_names[i], FALSE };
      items[i] = &names[i];
    }
  mw_job_in_parallel (job, look_up, items, N_FIRST_NAMES);

  if (mw_job_wait_until_guessing_helps (job))
    guess (job, names);
  else
    mw_job_skipped (job);
}
