/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checks that are cancelled at any moment, five hundred of them: each ends, and leaves no
 * descriptor, no thread and (under the address sanitizer) no memory behind.
 */

#include "check/mw-check.h"
#include "check/mw-probe-fixture.h"
#include "net/mw-net-fakes.h"

#include <string.h>

#define N_ROUNDS 500
#define MAX_PROBES 3

/* The first rounds open what stays open: wake-up pipes of contexts, the random numbers */
#define N_WARM_UP 20

typedef struct
{
  MwProtocol protocol;
  MwSecurity security;
  const char *script;
} Conversation;

#define IMAP_IN                                                                                    \
  "C: a1 AUTHENTICATE PLAIN *\nS: a1 OK [CAPABILITY IMAP4rev1] in\nC: a2 *\n"                      \
  "S: * 3 EXISTS\nS: a2 OK [READ-ONLY] done\n"
#define POP3_IN                                                                                    \
  "C: CAPA\nS: +OK\nS: SASL PLAIN\nS: .\nC: AUTH PLAIN *\nS: +OK in\nC: STAT\nS: +OK 2 320\n"
#define SMTP_IN "C: AUTH PLAIN *\nS: 235 in\nC: MAIL FROM:*\nS: 250 fine\n"

static const Conversation conversations[] = {
  { MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
    "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\n" IMAP_IN },
  { MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS,
    "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hello\nC: a1 STARTTLS\nS: a1 OK go "
    "on\nTLS\n"
    "C: a2 CAPABILITY\nS: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\nS: a2 OK done\n"
    "C: a3 AUTHENTICATE PLAIN *\nS: a3 OK in\n" },
  { MW_PROTOCOL_POP3, MW_SECURITY_TLS, "TLS\nS: +OK hello\n" POP3_IN },
  { MW_PROTOCOL_POP3, MW_SECURITY_STARTTLS,
    "S: +OK hello\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS: +OK go on\nTLS\n" POP3_IN },
  { MW_PROTOCOL_SMTP, MW_SECURITY_TLS,
    "TLS\nS: 220 hello\nC: EHLO *\nS: 250-me\nS: 250 AUTH PLAIN\n" SMTP_IN },
  { MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS,
    "S: 220 hello\nC: EHLO *\nS: 250-me\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go on\nTLS\n"
    "C: EHLO *\nS: 250-me\nS: 250 AUTH PLAIN\n" SMTP_IN },
};

/* One check of a round: its servers stand still, each at a place of its own */
typedef struct
{
  MwCheck *check;
  GCancellable *cancellable;
  MwTestServer *servers[MAX_PROBES]; /* or NULL */
  MwSilentPort *silent[MAX_PROBES];  /* or NULL */
  MwFakeResolver *resolver;          /* that does not answer; or NULL */
  guint n_probes;
  guint n_events;   /* news so far */
  guint stop_after; /* so many news; G_MAXUINT: by the clock */
  gulong wait_microseconds;
} Round;

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* A thread that was joined is in /proc for a moment still, and a question that nobody waits for any
 * more ends when its answer comes */
static void
assert_nothing_is_left (guint n_descriptors, guint n_threads)
{
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (count_entries ("/proc/self/fd") > n_descriptors ||
         count_entries ("/proc/self/task") > n_threads)
    {
      if (g_get_monotonic_time () > until)
        break;
      g_usleep (10000);
    }
  g_assert_cmpuint (count_entries ("/proc/self/fd"), <=, n_descriptors);
  g_assert_cmpuint (count_entries ("/proc/self/task"), <=, n_threads);
}

/* The first steps of a conversation, and then silence */
static MwTestServer *
start_server (const Conversation *conversation)
{
  g_auto (GStrv) lines = g_strsplit (conversation->script, "\n", -1);
  g_autoptr (GString) script = g_string_new (NULL);
  int n_lines = (int) g_strv_length (lines) - 1; /* behind the last line break there is nothing */
  int n = g_test_rand_int_range (0, n_lines + 1);

  for (int i = 0; i < n; i++)
    g_string_append_printf (script, "%s\n", lines[i]);
  g_string_append (script, "HOLD\n");
  return probe_start_script (script->str, NULL);
}

static void
add_probe (Round *round, guint index)
{
  const Conversation *conversation =
      &conversations[g_test_rand_int_range (0, G_N_ELEMENTS (conversations))];
  int stage = g_test_rand_int_range (0, 10);
  g_autoptr (MwProbe) probe = NULL;
  guint16 port;

  if (stage == 0) /* no answer to the very first packet */
    {
      round->silent[index] = mw_silent_port_new (G_SOCKET_FAMILY_IPV4, 0);
      port = mw_silent_port_get_port (round->silent[index]);
    }
  else
    {
      round->servers[index] = start_server (conversation);
      port = mw_test_server_get_port (round->servers[index]);
    }
  probe = probe_new_for_port (conversation->protocol, conversation->security, port);
  mw_probe_set_timeout (probe, 600);
  if (stage == 1) /* no answer of the name server */
    {
      if (round->resolver == NULL)
        {
          round->resolver = mw_fake_resolver_new ();
          mw_fake_resolver_add (round->resolver, HOST, "127.0.0.1");
          mw_fake_resolver_close_gate (round->resolver);
        }
      mw_probe_set_resolver (probe, MW_RESOLVER (round->resolver));
    }
  mw_check_add (round->check, probe);
}

static void
on_step (MwCheck *check, guint index, MwStep *step, gpointer user_data)
{
  Round *round = user_data;

  if (round->n_events++ == round->stop_after)
    g_cancellable_cancel (round->cancellable);
}

static gpointer
cancel_thread (gpointer user_data)
{
  Round *round = user_data;

  g_usleep (round->wait_microseconds);
  g_cancellable_cancel (round->cancellable);
  return NULL;
}

/* Gives whether it was cut off: now and then a conversation is over before */
static gboolean
play_round (void)
{
  Round round = { .check = mw_check_new (), .cancellable = g_cancellable_new () };
  g_autoptr (GPtrArray) reports = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  round.n_probes = (guint) g_test_rand_int_range (1, MAX_PROBES + 1);
  for (guint i = 0; i < round.n_probes; i++)
    add_probe (&round, i);
  /* By the number of news in one half of the rounds; should fewer come, the clock ends it */
  round.stop_after = g_test_rand_bit () ? (guint) g_test_rand_int_range (0, 24) : G_MAXUINT;
  round.wait_microseconds = (gulong) g_test_rand_int_range (0, 40000);
  if (round.stop_after != G_MAXUINT)
    round.wait_microseconds += 20000;
  mw_check_set_callbacks (round.check, on_step, NULL, &round);

  thread = g_thread_new ("cancel", cancel_thread, &round);
  reports = mw_check_run_sync (round.check, round.cancellable, &error);
  g_assert_true ((reports == NULL) == (error != NULL));
  if (reports == NULL)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);

  if (round.resolver != NULL)
    mw_fake_resolver_open_gate (round.resolver);
  g_clear_object (&round.resolver);
  for (guint i = 0; i < round.n_probes; i++)
    {
      g_clear_pointer (&round.servers[i], mw_test_server_abandon);
      g_clear_pointer (&round.silent[i], mw_silent_port_free);
    }
  g_object_unref (round.check);
  g_object_unref (round.cancellable);
  return reports == NULL;
}

static void
test_five_hundred_times (void)
{
  guint n_descriptors, n_threads, n_cut_off = 0;

  for (guint i = 0; i < N_WARM_UP; i++)
    play_round ();
  g_usleep (200000);
  n_descriptors = count_entries ("/proc/self/fd");
  n_threads = count_entries ("/proc/self/task");
  for (guint i = 1; n_cut_off < N_ROUNDS; i++)
    {
      n_cut_off += play_round ();
      g_assert_cmpuint (i, <, 2 * N_ROUNDS);
      if (i % 50 == 0)
        assert_nothing_is_left (n_descriptors, n_threads);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  /* No bus: the state of the network comes from the kernel, and nothing outside is asked */
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  /* An idle thread that waits for more work is no thread that was left behind */
  g_thread_pool_set_max_unused_threads (0);

  g_test_add_func ("/cancel/five-hundred-times-at-any-moment", test_five_hundred_times);

  return g_test_run ();
}
