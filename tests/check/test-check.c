/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "check/mw-check.h"
#include "check/mw-probe-fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A POP3 server for many at once, in the clear on loopback. It counts how many tried to log in. */
typedef struct
{
  int listener;
  guint16 port;
  GThread *thread;
  GThreadPool *pool;
  gint n_logins; /* atomic */
  gboolean refuse;
  gboolean hang;
} Crowd;

static void
serve (gpointer data, gpointer user_data)
{
  Crowd *crowd = user_data;
  int fd = GPOINTER_TO_INT (data);
  char line[512];
  gsize n = 0;

  /* Long enough for others to come */
  g_usleep (20000);
  if (!crowd->hang)
    send (fd, "+OK ready\r\n", 11, MSG_NOSIGNAL);
  while (recv (fd, line + n, 1, 0) == 1)
    {
      const char *answer = "+OK\r\n";

      if (line[n++] != '\n' && n < sizeof line)
        continue;
      line[n - 1] = '\0';
      n = 0;
      if (g_str_has_prefix (line, "CAPA"))
        answer = "+OK\r\nUSER\r\n.\r\n";
      else if (g_str_has_prefix (line, "PASS"))
        {
          g_atomic_int_inc (&crowd->n_logins);
          answer = crowd->refuse ? "-ERR [AUTH] no\r\n" : "+OK\r\n";
        }
      else if (g_str_has_prefix (line, "STAT"))
        answer = "+OK 1 10\r\n";
      else if (g_str_has_prefix (line, "QUIT"))
        break;
      send (fd, answer, strlen (answer), MSG_NOSIGNAL);
    }
  close (fd);
}

static gpointer
accept_thread (gpointer data)
{
  Crowd *crowd = data;
  int fd;

  while ((fd = accept4 (crowd->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    g_thread_pool_push (crowd->pool, GINT_TO_POINTER (fd), NULL);
  return NULL;
}

static void
crowd_start (Crowd *crowd)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  crowd->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (crowd->listener, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (crowd->listener, 128), ==, 0);
  g_assert_cmpint (getsockname (crowd->listener, (struct sockaddr *) &address, &size), ==, 0);
  crowd->port = ntohs (address.sin_port);
  crowd->pool = g_thread_pool_new (serve, crowd, -1, FALSE, NULL);
  crowd->thread = g_thread_new ("crowd", accept_thread, crowd);
}

static void
crowd_stop (Crowd *crowd)
{
  shutdown (crowd->listener, SHUT_RDWR);
  g_thread_join (crowd->thread);
  close (crowd->listener);
  g_thread_pool_free (crowd->pool, FALSE, TRUE);
}

/* Host names that all lead to 127.0.0.1, so that they are several servers to the check */
static MwProbe *
new_probe (Crowd *crowd, const char *host, const char *username)
{
  g_autoptr(MwServer) base = mw_server_new (MW_PROTOCOL_POP3, host, crowd->port, MW_SECURITY_NONE);
  g_autoptr(MwServer) server = mw_server_with_username (base, username);
  g_autoptr(GProxyResolver) proxies = g_simple_proxy_resolver_new (NULL, NULL);
  SecretValue *password = probe_get_password ();
  MwProbe *probe = mw_probe_new (server);

  mw_probe_set_proxy_resolver (probe, proxies);
  mw_probe_set_password (probe, password);
  mw_probe_set_timeout (probe, 60);
  secret_value_unref (password);
  return probe;
}

static MwCheck *
new_check (Crowd *crowd, guint n, guint n_hosts, gboolean one_user)
{
  MwCheck *check = mw_check_new ();

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *host =
          n_hosts > 1 ? g_strdup_printf ("h%u.localhost", i % n_hosts) : g_strdup ("127.0.0.1");
      g_autofree char *username = g_strdup_printf ("user%u", one_user ? 0 : i);
      g_autoptr(MwProbe) probe = NULL;

      probe = new_probe (crowd, host, username);
      g_assert_cmpuint (mw_check_add (check, probe), ==, i);
    }
  return check;
}

typedef struct
{
  GThread *thread;
  guint n_reports;
  guint n_running;
  guint n_ended;
  guint n_now; /* probes that have begun and not ended: news come in the order in which things
                  happen */
  guint n_most;
  GHashTable *seen;
} News;

static void
on_step (MwCheck *check, guint index, MwStep *step, gpointer user_data)
{
  News *news = user_data;

  g_assert_true (g_thread_self () == news->thread);
  if (mw_step_get_status (step) == MW_STATUS_RUNNING)
    {
      news->n_running++;
      if (mw_step_get_stage (step) == MW_STAGE_NETWORK)
        {
          news->n_now++;
          news->n_most = MAX (news->n_most, news->n_now);
        }
    }
  else
    news->n_ended++;
}

static void
on_report (MwCheck *check, guint index, MwReport *report, gpointer user_data)
{
  News *news = user_data;

  g_assert_true (g_thread_self () == news->thread);
  g_assert_true (g_hash_table_add (news->seen, GUINT_TO_POINTER (index)));
  news->n_reports++;
  news->n_now--;
}

static void
test_many (void)
{
  Crowd crowd = { 0 };
  News news = { .thread = g_thread_self (), .seen = g_hash_table_new (NULL, NULL) };
  g_autoptr(MwCheck) check = NULL;
  g_autoptr(GPtrArray) reports = NULL;
  g_autoptr(GError) error = NULL;

  crowd_start (&crowd);
  check = new_check (&crowd, 60, 1, FALSE);
  mw_check_set_callbacks (check, on_step, on_report, &news);
  mw_check_set_jobs (check, 64, 5);
  reports = mw_check_run_sync (check, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reports->len, ==, 60);
  for (guint i = 0; i < reports->len; i++)
    g_assert_cmpint (mw_report_get_verdict (g_ptr_array_index (reports, i)), ==, MW_STATUS_OK);
  g_assert_cmpuint (news.n_reports, ==, 60);
  g_assert_cmpuint (news.n_ended, >=, 60 * 10);
  g_assert_cmpuint (news.n_running, >=, 60 * 6);
  crowd_stop (&crowd);
  g_assert_cmpuint (news.n_most, <=, 5);
  g_assert_cmpuint (news.n_most, >, 1);
  g_assert_cmpint (crowd.n_logins, ==, 60);
  g_hash_table_unref (news.seen);
}

/* Several servers may be asked at once, up to the limit for all */
static void
test_limit_for_all (void)
{
  Crowd crowd = { 0 };
  News news = { .thread = g_thread_self (), .seen = g_hash_table_new (NULL, NULL) };
  g_autoptr(MwCheck) check = NULL;
  g_autoptr(GPtrArray) reports = NULL;
  g_autoptr(GError) error = NULL;

  crowd_start (&crowd);
  check = new_check (&crowd, 60, 12, FALSE);
  mw_check_set_callbacks (check, on_step, on_report, &news);
  mw_check_set_jobs (check, 7, 3);
  reports = mw_check_run_sync (check, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reports->len, ==, 60);
  crowd_stop (&crowd);
  g_assert_cmpuint (news.n_most, <=, 7);
  g_assert_cmpuint (news.n_most, >, 3);
  g_hash_table_unref (news.seen);
}

/* One refused password ends all further logins with that name at that server */
static void
test_one_refusal (void)
{
  Crowd crowd = { .refuse = TRUE };
  g_autoptr(MwCheck) check = NULL;
  g_autoptr(GPtrArray) reports = NULL;
  g_autoptr(GError) error = NULL;

  crowd_start (&crowd);
  check = new_check (&crowd, 10, 1, TRUE);
  mw_check_set_jobs (check, 64, 1);
  reports = mw_check_run_sync (check, NULL, &error);
  g_assert_no_error (error);
  crowd_stop (&crowd);
  g_assert_cmpint (crowd.n_logins, ==, 1);
  for (guint i = 0; i < reports->len; i++)
    {
      MwReport *report = g_ptr_array_index (reports, i);

      g_assert_cmpint (mw_report_get_verdict (report), ==, MW_STATUS_FAILED);
      probe_assert_diagnosis (report, "auth-failed");
    }
}

static gpointer
cancel_thread (gpointer data)
{
  g_usleep (200000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel (void)
{
  Crowd crowd = { .hang = TRUE };
  g_autoptr(MwCheck) check = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  GThread *thread;
  gint64 start = g_get_monotonic_time ();

  crowd_start (&crowd);
  check = new_check (&crowd, 50, 1, FALSE);
  thread = g_thread_new ("cancel", cancel_thread, cancellable);
  g_assert_null (mw_check_run_sync (check, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 15 * G_USEC_PER_SEC);
  g_thread_join (thread);
  crowd_stop (&crowd);
}

static void
test_nothing_to_do (void)
{
  g_autoptr(MwCheck) check = mw_check_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) reports = mw_check_run_sync (check, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (reports->len, ==, 0);
}

static guint
count_descriptors (void)
{
  g_autoptr(GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Probes that are cancelled at any moment leave nothing behind */
static void
test_no_descriptor_is_left (void)
{
  guint before = 0;

  for (int round = 0; round < 6; round++)
    {
      Crowd crowd = { 0 };
      g_autoptr(MwCheck) check = NULL;
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(GPtrArray) reports = NULL;
      GThread *thread;

      crowd_start (&crowd);
      check = new_check (&crowd, 30, 1, FALSE);
      thread = g_thread_new ("cancel", cancel_thread, cancellable);
      reports = mw_check_run_sync (check, cancellable, NULL);
      g_thread_join (thread);
      crowd_stop (&crowd);
      /* The first rounds open what stays open: the bus, wake-up pipes of contexts */
      if (round == 2)
        before = count_descriptors ();
    }
  g_assert_cmpuint (count_descriptors (), <=, before + 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  /* No bus: the state of the network comes from the kernel, and nothing outside is asked */
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);

  g_test_add_func ("/check/many-with-a-limit-for-one-server", test_many);
  g_test_add_func ("/check/limit-for-all-servers-together", test_limit_for_all);
  g_test_add_func ("/check/one-refusal-ends-further-logins", test_one_refusal);
  g_test_add_func ("/check/cancel-takes-effect-at-once", test_cancel);
  g_test_add_func ("/check/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/check/no-descriptor-is-left", test_no_descriptor_is_left);

  return g_test_run ();
}
