/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "check/mw-check.h"
#include "check/mw-probe-fixture.h"
#include "support/mw-test-crowd.h"

#include <string.h>

/* Host names that all lead to 127.0.0.1, so that they are several servers to the check */
static MwProbe *
new_probe (MwTestCrowd *crowd, const char *host, const char *username)
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
new_check (MwTestCrowd *crowd, guint n, guint n_hosts, gboolean one_user)
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
  MwTestCrowd crowd = { 0 };
  News news = { .thread = g_thread_self (), .seen = g_hash_table_new (NULL, NULL) };
  g_autoptr(MwCheck) check = NULL;
  g_autoptr(GPtrArray) reports = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_crowd_start (&crowd);
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
  mw_test_crowd_stop (&crowd);
  g_assert_cmpuint (news.n_most, <=, 5);
  g_assert_cmpuint (news.n_most, >, 1);
  g_assert_cmpint (crowd.n_logins, ==, 60);
  g_hash_table_unref (news.seen);
}

/* Several servers may be asked at once, up to the limit for all */
static void
test_limit_for_all (void)
{
  MwTestCrowd crowd = { 0 };
  News news = { .thread = g_thread_self (), .seen = g_hash_table_new (NULL, NULL) };
  g_autoptr(MwCheck) check = NULL;
  g_autoptr(GPtrArray) reports = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_crowd_start (&crowd);
  check = new_check (&crowd, 60, 12, FALSE);
  mw_check_set_callbacks (check, on_step, on_report, &news);
  mw_check_set_jobs (check, 7, 3);
  reports = mw_check_run_sync (check, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reports->len, ==, 60);
  mw_test_crowd_stop (&crowd);
  g_assert_cmpuint (news.n_most, <=, 7);
  g_assert_cmpuint (news.n_most, >, 3);
  g_hash_table_unref (news.seen);
}

/* One refused password ends all further logins with that name at that server */
static void
test_one_refusal (void)
{
  MwTestCrowd crowd = { .refuse = TRUE };
  g_autoptr(MwCheck) check = NULL;
  g_autoptr(GPtrArray) reports = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_crowd_start (&crowd);
  check = new_check (&crowd, 10, 1, TRUE);
  mw_check_set_jobs (check, 64, 1);
  reports = mw_check_run_sync (check, NULL, &error);
  g_assert_no_error (error);
  mw_test_crowd_stop (&crowd);
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
  MwTestCrowd crowd = { .hang = TRUE };
  g_autoptr(MwCheck) check = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  GThread *thread;
  gint64 start = g_get_monotonic_time ();

  mw_test_crowd_start (&crowd);
  check = new_check (&crowd, 50, 1, FALSE);
  thread = g_thread_new ("cancel", cancel_thread, cancellable);
  g_assert_null (mw_check_run_sync (check, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 15 * G_USEC_PER_SEC);
  g_thread_join (thread);
  mw_test_crowd_stop (&crowd);
}

static void
on_shared_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GPtrArray **reports = user_data;

  *reports = mw_check_run_finish (MW_CHECK (source), result, NULL);
}

/* Of several checks at once, none may forget what the others are doing. The server counts: news of
 * one check come in order, but not those of several. */
static void
test_limits_hold_over_several_checks (void)
{
  MwTestCrowd crowd = { 0 };
  g_autoptr (MwCheckLimits) limits = mw_check_limits_new (64, 3);
  MwCheck *checks[3];
  GPtrArray *reports[3] = { NULL };

  mw_test_crowd_start (&crowd);
  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      checks[i] = new_check (&crowd, 10, 1, FALSE);
      mw_check_set_limits (checks[i], limits);
      mw_check_run_async (checks[i], NULL, on_shared_finished, &reports[i]);
    }
  while (reports[0] == NULL || reports[1] == NULL || reports[2] == NULL)
    g_main_context_iteration (NULL, TRUE);
  mw_test_crowd_stop (&crowd);
  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      g_assert_cmpuint (reports[i]->len, ==, 10);
      for (guint k = 0; k < reports[i]->len; k++)
        g_assert_cmpint (mw_report_get_verdict (g_ptr_array_index (reports[i], k)), ==,
                         MW_STATUS_OK);
      g_ptr_array_unref (reports[i]);
      g_object_unref (checks[i]);
    }
  g_assert_cmpuint (crowd.n_most, <=, 3);
  g_assert_cmpuint (crowd.n_most, >, 1);
}

static void
on_only_report (MwCheck *check, guint index, MwReport *report, gpointer user_data)
{
  guint *n_reports = user_data;

  g_assert_cmpuint (index, ==, 0);
  ++*n_reports;
}

static gboolean
cancel_later (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

/* One hangs and is stopped by itself; the other one gets its verdict */
static void
test_one_probe_is_stopped (void)
{
  MwTestCrowd good = { 0 }, bad = { .hang = TRUE };
  g_autoptr (MwCheck) check = mw_check_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MwProbe) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *reports = NULL;
  guint n_reports = 0;
  gint64 start = g_get_monotonic_time ();

  mw_test_crowd_start (&good);
  mw_test_crowd_start (&bad);
  first = new_probe (&good, "127.0.0.1", "user1");
  second = new_probe (&bad, "127.0.0.1", "user2");
  mw_check_add (check, first);
  mw_check_add_cancellable (check, second, cancellable);
  mw_check_set_callbacks (check, NULL, on_only_report, &n_reports);
  g_timeout_add (200, cancel_later, cancellable);
  mw_check_run_async (check, NULL, on_shared_finished, &reports);
  while (reports == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 30 * G_USEC_PER_SEC);
  g_assert_cmpuint (n_reports, ==, 1);
  g_assert_cmpint (mw_report_get_verdict (g_ptr_array_index (reports, 0)), ==, MW_STATUS_OK);
  g_assert_null (g_ptr_array_index (reports, 1));
  g_ptr_array_unref (reports);
  mw_test_crowd_stop (&good);
  mw_test_crowd_stop (&bad);
}

/* Who cancels the whole run also ends the probes that can be stopped by themselves */
static void
test_cancel_reaches_single_probes (void)
{
  MwTestCrowd crowd = { .hang = TRUE };
  g_autoptr (MwCheck) check = mw_check_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new (), own = g_cancellable_new ();
  g_autoptr (MwProbe) probe = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  mw_test_crowd_start (&crowd);
  probe = new_probe (&crowd, "127.0.0.1", "user1");
  mw_check_add_cancellable (check, probe, own);
  thread = g_thread_new ("cancel", cancel_thread, cancellable);
  g_assert_null (mw_check_run_sync (check, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_cancellable_is_cancelled (own));
  g_thread_join (thread);
  mw_test_crowd_stop (&crowd);
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
      MwTestCrowd crowd = { 0 };
      g_autoptr(MwCheck) check = NULL;
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(GPtrArray) reports = NULL;
      GThread *thread;

      mw_test_crowd_start (&crowd);
      check = new_check (&crowd, 30, 1, FALSE);
      thread = g_thread_new ("cancel", cancel_thread, cancellable);
      reports = mw_check_run_sync (check, cancellable, NULL);
      g_thread_join (thread);
      mw_test_crowd_stop (&crowd);
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
  g_test_add_func ("/check/limits-hold-over-several-checks", test_limits_hold_over_several_checks);
  g_test_add_func ("/check/one-probe-is-stopped-by-itself", test_one_probe_is_stopped);
  g_test_add_func ("/check/cancel-reaches-single-probes", test_cancel_reaches_single_probes);
  g_test_add_func ("/check/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/check/no-descriptor-is-left", test_no_descriptor_is_left);

  return g_test_run ();
}
