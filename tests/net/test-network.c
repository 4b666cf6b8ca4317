/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "net/mw-deadline.h"
#include "net/mw-net-fakes.h"
#include "net/mw-network-private.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define IPV4_HEAD                                                                                  \
  "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

static void
test_routes (void)
{
  static const struct
  {
    const char *ipv4;
    const char *ipv6;
    gboolean has_ipv4;
    gboolean has_ipv6;
  } rows[] = {
    { NULL, NULL, FALSE, FALSE },
    { "", "", FALSE, FALSE },
    { IPV4_HEAD, NULL, FALSE, FALSE },
    { IPV4_HEAD "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", NULL, TRUE, FALSE },
    /* only its own network; a half of the internet, as some VPNs set it; one that rejects */
    { IPV4_HEAD "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n", NULL, FALSE,
      FALSE },
    { IPV4_HEAD "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n", NULL, FALSE,
      FALSE },
    { IPV4_HEAD "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n", NULL, FALSE, FALSE },
    { NULL,
      "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
      "fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0\n",
      FALSE, TRUE },
    /* the kernel's "unreachable", when there is no IPv6 */
    { NULL,
      "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
      "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n",
      FALSE, FALSE },
    { NULL,
      "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 "
      "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n",
      FALSE, FALSE },
    { "\t\t\n0 0 0 0 0 0 0", "x y z\n00 00", FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean has_ipv4 = 42, has_ipv6 = 42;

      g_test_message ("row %u", i);
      mw_network_parse_routes (rows[i].ipv4, rows[i].ipv6, &has_ipv4, &has_ipv6);
      g_assert_cmpint (has_ipv4, ==, rows[i].has_ipv4);
      g_assert_cmpint (has_ipv6, ==, rows[i].has_ipv6);
    }
}

static void
test_judge (void)
{
  static const struct
  {
    NMState state;
    NMConnectivityState connectivity;
    gboolean route;
    MwConnectivity result;
  } rows[] = {
    { NM_STATE_CONNECTED_GLOBAL, NM_CONNECTIVITY_FULL, TRUE, MW_CONNECTIVITY_ONLINE },
    { NM_STATE_CONNECTED_GLOBAL, NM_CONNECTIVITY_UNKNOWN, FALSE, MW_CONNECTIVITY_ONLINE },
    { NM_STATE_CONNECTED_GLOBAL, NM_CONNECTIVITY_LIMITED, TRUE, MW_CONNECTIVITY_LIMITED },
    { NM_STATE_CONNECTED_SITE, NM_CONNECTIVITY_LIMITED, TRUE, MW_CONNECTIVITY_LIMITED },
    { NM_STATE_CONNECTED_SITE, NM_CONNECTIVITY_PORTAL, TRUE, MW_CONNECTIVITY_PORTAL },
    { NM_STATE_CONNECTED_LOCAL, NM_CONNECTIVITY_NONE, FALSE, MW_CONNECTIVITY_OFFLINE },
    { NM_STATE_DISCONNECTED, NM_CONNECTIVITY_NONE, FALSE, MW_CONNECTIVITY_OFFLINE },
    { NM_STATE_ASLEEP, NM_CONNECTIVITY_NONE, FALSE, MW_CONNECTIVITY_OFFLINE },
    { NM_STATE_CONNECTING, NM_CONNECTIVITY_NONE, FALSE, MW_CONNECTIVITY_OFFLINE },
    /* a network that NetworkManager does not manage */
    { NM_STATE_DISCONNECTED, NM_CONNECTIVITY_NONE, TRUE, MW_CONNECTIVITY_UNKNOWN },
    { NM_STATE_ASLEEP, NM_CONNECTIVITY_UNKNOWN, TRUE, MW_CONNECTIVITY_UNKNOWN },
    { NM_STATE_UNKNOWN, NM_CONNECTIVITY_UNKNOWN, FALSE, MW_CONNECTIVITY_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("row %u", i);
      g_assert_cmpint (mw_network_judge (rows[i].state, rows[i].connectivity, rows[i].route), ==,
                       rows[i].result);
    }
}

static void
test_words (void)
{
  g_assert_cmpstr (mw_connectivity_to_string (MW_CONNECTIVITY_PORTAL), ==, "captive-portal");
  g_assert_cmpstr (mw_connectivity_to_string (MW_CONNECTIVITY_OFFLINE), ==, "offline");
  g_assert_cmpstr (mw_metered_to_string (MW_METERED_GUESS_YES), ==, "guess-yes");
  g_assert_cmpstr (mw_metered_to_string (MW_METERED_UNKNOWN), ==, "unknown");
}

static void
assert_state (MwNetworkState *state)
{
  g_assert_nonnull (state);
  g_assert_nonnull (state->source);
  g_assert_cmpstr (state->source, !=, "networkmanager");
  g_assert_nonnull (state->vpns);
  g_assert_cmpint (state->has_default_route, ==, state->has_ipv4 || state->has_ipv6);
  g_assert_true (mw_network_state_equal (state, state));
  g_assert_null (state->connection_name);
}

static void
test_no_bus (void)
{
  g_autoptr(MwNetworkState) state = mw_network_query_sync (SOON, NULL);

  assert_state (state);
  if (state->has_default_route)
    g_assert_cmpint (state->connectivity, !=, MW_CONNECTIVITY_OFFLINE);
}

static void
test_no_time (void)
{
  g_autoptr(MwNetworkState) state = mw_network_query_sync (mw_deadline_after (0), NULL);

  assert_state (state);
}

static void
query_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

/* Takes connections and never says a word */
static int
listen_in_silence (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpuint (g_strlcpy (address.sun_path, path, sizeof address.sun_path), <,
                    sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 16), ==, 0);

  return fd;
}

static void
test_silent_bus (void)
{
  g_autoptr(MwNetworkState) state = NULL, cancelled = NULL, later = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
  g_autofree char *path = g_build_filename (folder, "bus", NULL);
  g_autofree char *address = g_strconcat ("unix:path=", path, NULL);
  GThread *thread;
  gint64 started;
  int fd;

  /* In a process of its own: a process has one system bus, and this is not the one of the others */
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      rmdir (folder);
      return;
    }

  fd = listen_in_silence (path);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);

  started = g_get_monotonic_time ();
  state = mw_network_query_sync (mw_deadline_after (0.2), NULL);
  assert_state (state);
  g_assert_cmpstr (state->source, ==, "routes");
  g_assert_cmpint (g_get_monotonic_time () - started, >=, 190 * 1000);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 15 * G_USEC_PER_SEC);

  thread = mw_cancel_later (cancellable, 50);
  cancelled = mw_network_query_sync (MW_DEADLINE_NONE, cancellable);
  assert_state (cancelled);
  g_thread_join (thread);

  mw_network_query_async (mw_deadline_after (0.1), NULL, query_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  later = mw_network_query_finish (result, &error);
  g_assert_no_error (error);
  assert_state (later);

  close (fd);
  unlink (path);
  rmdir (folder);
}

/* The window's object: it lives in a main loop and never blocks it */
static void
on_changed (MwNetwork *network, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static gboolean
on_patience_over (gpointer user_data)
{
  gboolean *over = user_data;

  *over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
test_live (void)
{
  MwNetwork *network = mw_network_new ();
  g_autoptr(MwNetworkState) state = NULL;
  gboolean over = FALSE;
  guint n_changed = 0, timer;

  g_assert_cmpint (mw_network_get_state (network)->connectivity, ==, MW_CONNECTIVITY_UNKNOWN);
  g_signal_connect (network, "changed", G_CALLBACK (on_changed), &n_changed);

  timer = g_timeout_add_seconds (20, on_patience_over, &over);
  while (n_changed == 0 && !over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (over);
  g_source_remove (timer);
  g_object_get (network, "state", &state, NULL);
  g_assert_true (state == mw_network_get_state (network));
  assert_state (state);

  /* Whatever is still asking lets go */
  g_object_add_weak_pointer (G_OBJECT (network), (gpointer *) &network);
  over = FALSE;
  timer = g_timeout_add_seconds (20, on_patience_over, &over);
  g_object_unref (network);
  while (network != NULL && !over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (over);
  g_source_remove (timer);
}

int
main (int argc, char *argv[])
{
  /* No test may see the buses of the machine */
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/network/default-routes-are-found", test_routes);
  g_test_add_func ("/network/networkmanager-is-believed-with-one-exception", test_judge);
  g_test_add_func ("/network/states-have-names", test_words);
  g_test_add_func ("/network/without-a-bus-there-is-still-a-state", test_no_bus);
  g_test_add_func ("/network/without-time-there-is-still-a-state", test_no_time);
  g_test_add_func ("/network/a-silent-bus-delays-nobody", test_silent_bus);
  g_test_add_func ("/network/the-live-object-tells-of-changes", test_live);

  return g_test_run ();
}
