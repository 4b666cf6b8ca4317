/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "net/mw-deadline.h"
#include "net/mw-dialer.h"
#include "net/mw-net-error.h"
#include "net/mw-net-fakes.h"
#include "net/mw-proxy.h"
#include "support/mw-test-server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

typedef struct
{
  MwFakeResolver *resolver;
  MwDialer *dialer;
} Fixture;

static void
set_up_with (Fixture *fixture, const char *proxy)
{
  g_autoptr(GProxyResolver) proxies = g_simple_proxy_resolver_new (proxy, NULL);

  fixture->resolver = mw_fake_resolver_new ();
  fixture->dialer = mw_dialer_new (MW_RESOLVER (fixture->resolver), proxies);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_with (fixture, "direct://");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->dialer);
  g_clear_object (&fixture->resolver);
}

static MwRoute *
resolve (Fixture *fixture, const char *host, guint16 port)
{
  g_autoptr(GError) error = NULL;
  MwRoute *route = mw_dialer_resolve (fixture->dialer, "imap", host, port, SOON, NULL, &error);

  g_assert_no_error (error);
  return route;
}

static void
assert_line (MwConnection *connection, const char *text)
{
  g_autoptr(GBytes) line = mw_connection_read_line (connection, SOON, NULL, NULL);

  g_assert_nonnull (line);
  g_assert_cmpstr (g_bytes_get_data (line, NULL), ==, text);
}

static const MwDialAttempt *
get (GPtrArray *attempts, guint i)
{
  g_assert_cmpuint (i, <, attempts->len);
  return g_ptr_array_index (attempts, i);
}

/* A port of 127.0.0.1 on which nobody listens */
static guint16
get_closed_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &size), ==, 0);
  close (fd);

  return ntohs (address.sin_port);
}

static void
test_connects (Fixture *fixture, gconstpointer data)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GPtrArray) attempts = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_send (server, "hello\r\n");
  mw_test_server_start (server);
  mw_fake_resolver_add (fixture->resolver, "imap.example.org", "127.0.0.1");
  route = resolve (fixture, "imap.example.org", mw_test_server_get_port (server));
  g_assert_cmpstr (mw_route_get_host (route), ==, "imap.example.org");
  g_assert_cmpuint (mw_route_get_port (route), ==, mw_test_server_get_port (server));
  g_assert_null (mw_route_get_proxy (route));
  g_assert_cmpuint (mw_route_get_addresses (route)->len, ==, 1);

  connection = mw_dialer_connect (fixture->dialer, route, &attempts, SOON, NULL, &error);
  g_assert_no_error (error);
  assert_line (connection, "hello");
  g_assert_cmpstr (mw_connection_get_address (connection), ==, "127.0.0.1");
  g_assert_true (mw_connection_peer_is_loopback (connection));
  g_assert_cmpuint (attempts->len, ==, 1);
  g_assert_cmpstr (get (attempts, 0)->address, ==, "127.0.0.1");
  g_assert_cmpint (get (attempts, 0)->fate, ==, MW_DIAL_CONNECTED);
  g_assert_cmpfloat (get (attempts, 0)->milliseconds, >=, 0);
  mw_test_server_finish (server);
}

static void
test_unknown_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (
      mw_dialer_resolve (fixture->dialer, "imap", "none.example.org", 993, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(GPtrArray) attempts = NULL;
  g_autoptr(GError) error = NULL;

  mw_fake_resolver_add (fixture->resolver, "imap.example.org", "127.0.0.1,127.0.0.2");
  route = resolve (fixture, "imap.example.org", get_closed_port ());
  g_assert_null (mw_dialer_connect (fixture->dialer, route, &attempts, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_REFUSED);
  g_assert_true (g_str_has_prefix (error->message, "imap.example.org:"));
  g_assert_cmpuint (attempts->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (get (attempts, i)->fate, ==, MW_DIAL_FAILED);
      g_assert_cmpint (get (attempts, i)->errsv, ==, ECONNREFUSED);
      g_assert_nonnull (get (attempts, i)->message);
    }
}

/* The next address is tried as soon as one has failed: nobody waits for the 250 ms */
static void
test_next_address_at_once (Fixture *fixture, gconstpointer data)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GPtrArray) attempts = NULL;

  mw_test_server_send (server, "hello\r\n");
  mw_test_server_start (server);
  mw_fake_resolver_add (fixture->resolver, "imap.example.org",
                        "127.0.0.2,127.0.0.3,127.0.0.4,127.0.0.5,127.0.0.6,127.0.0.1");
  route = resolve (fixture, "imap.example.org", mw_test_server_get_port (server));
  connection = mw_dialer_connect (fixture->dialer, route, &attempts, SOON, NULL, NULL);
  assert_line (connection, "hello");
  g_assert_cmpuint (attempts->len, ==, 6);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_cmpint (get (attempts, i)->fate, ==, MW_DIAL_FAILED);
      g_assert_cmpint (get (attempts, i)->errsv, ==, ECONNREFUSED);
    }
  mw_test_server_finish (server);
}

/* The families alternate, whatever the order of the resolver; the first one's is kept */
static void
test_families_alternate (Fixture *fixture, gconstpointer data)
{
  static const char *const expected[] = { "127.0.0.1", "::1", "127.0.0.2", "127.0.0.3",
                                          "127.0.0.4" };
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(GPtrArray) attempts = NULL;

  mw_fake_resolver_add (fixture->resolver, "imap.example.org",
                        "127.0.0.1,127.0.0.2,127.0.0.3,127.0.0.4,::1");
  route = resolve (fixture, "imap.example.org", get_closed_port ());
  g_assert_null (mw_dialer_connect (fixture->dialer, route, &attempts, SOON, NULL, NULL));
  g_assert_cmpuint (attempts->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < attempts->len; i++)
    g_assert_cmpstr (get (attempts, i)->address, ==, expected[i]);
}

static void
test_many_addresses (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GString) list = g_string_new ("127.0.0.1");
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(GPtrArray) attempts = NULL;

  for (guint i = 2; i < 250; i++)
    g_string_append_printf (list, ",127.0.0.%u", i);
  mw_fake_resolver_add (fixture->resolver, "imap.example.org", list->str);
  route = resolve (fixture, "imap.example.org", get_closed_port ());
  g_assert_null (mw_dialer_connect (fixture->dialer, route, &attempts, SOON, NULL, NULL));
  g_assert_cmpuint (attempts->len, ==, 32);
}

static gboolean
is_silent (MwSilentPort *port)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (mw_silent_port_get_port (port)) };
  GPollFD poll = { .fd = fd, .events = G_IO_OUT };
  gboolean silent;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  silent = connect (fd, (struct sockaddr *) &address, sizeof address) < 0 && errno == EINPROGRESS &&
           g_poll (&poll, 1, 100) == 0;
  close (fd);

  return silent;
}

/* A dead address costs 250 ms, not the patience of the kernel. The dead one is 127.0.0.1 with a
 * full queue, the living one 127.0.0.2 with the same port. */
static void
test_dead_address (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwSilentPort) silent = mw_silent_port_new (AF_INET, 0);
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GPtrArray) attempts = NULL;
  g_autoptr(GError) error = NULL;
  struct sockaddr_in address = { .sin_family = AF_INET };
  int listener;
  gint64 started;

  if (!is_silent (silent))
    {
      g_test_skip ("a full queue does not keep this system from answering");
      return;
    }

  listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK + 1);
  address.sin_port = htons (mw_silent_port_get_port (silent));
  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (listener, 4), ==, 0);

  mw_fake_resolver_add (fixture->resolver, "imap.example.org", "127.0.0.1,127.0.0.2");
  route = resolve (fixture, "imap.example.org", mw_silent_port_get_port (silent));
  started = g_get_monotonic_time ();
  connection = mw_dialer_connect (fixture->dialer, route, &attempts, SOON, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_get_monotonic_time () - started, >=, 240 * 1000);
  g_assert_cmpstr (mw_connection_get_address (connection), ==, "127.0.0.2");
  g_assert_cmpuint (attempts->len, ==, 2);
  g_assert_cmpint (get (attempts, 0)->fate, ==, MW_DIAL_ABANDONED);
  g_assert_cmpfloat (get (attempts, 0)->milliseconds, >=, 240);
  g_assert_cmpint (get (attempts, 1)->fate, ==, MW_DIAL_CONNECTED);
  close (listener);
}

static void
test_all_dead (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwSilentPort) silent = mw_silent_port_new (AF_INET, 0);
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(GPtrArray) attempts = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  GThread *thread;

  if (!is_silent (silent))
    {
      g_test_skip ("a full queue does not keep this system from answering");
      return;
    }

  mw_fake_resolver_add (fixture->resolver, "imap.example.org", "127.0.0.1");
  route = resolve (fixture, "imap.example.org", mw_silent_port_get_port (silent));
  g_assert_null (
      mw_dialer_connect (fixture->dialer, route, &attempts, mw_deadline_after (0.1), NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT);
  g_assert_cmpuint (attempts->len, ==, 1);
  g_assert_cmpint (get (attempts, 0)->fate, ==, MW_DIAL_ABANDONED);
  g_clear_error (&error);

  thread = mw_cancel_later (cancellable, 50);
  g_assert_null (
      mw_dialer_connect (fixture->dialer, route, NULL, MW_DEADLINE_NONE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

static void
test_no_time_left (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(GPtrArray) attempts = NULL;
  g_autoptr(GError) error = NULL;

  mw_fake_resolver_add (fixture->resolver, "imap.example.org", "127.0.0.1");
  route = resolve (fixture, "imap.example.org", 993);
  g_assert_null (
      mw_dialer_connect (fixture->dialer, route, &attempts, mw_deadline_after (0), NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT);
  g_assert_cmpuint (attempts->len, ==, 0);
}

static void
test_resolve_is_bounded (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  GThread *thread;

  mw_fake_resolver_close_gate (fixture->resolver);
  g_assert_null (mw_dialer_resolve (fixture->dialer, "imap", "imap.example.org", 993,
                                    mw_deadline_after (0.05), NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_DNS_TIMEOUT);
  g_clear_error (&error);

  thread = mw_cancel_later (cancellable, 50);
  g_assert_null (mw_dialer_resolve (fixture->dialer, "imap", "imap.example.org", 993,
                                    MW_DEADLINE_NONE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  mw_fake_resolver_open_gate (fixture->resolver);
}

/* GnuTLS sends the end of its handshake in pieces */
static void
test_no_delay (Fixture *fixture, gconstpointer data)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GDir) dir = NULL;
  const char *name;
  guint n_own = 0;

  mw_test_server_hold (server);
  mw_test_server_start (server);
  mw_fake_resolver_add (fixture->resolver, "imap.example.org", "127.0.0.1");
  route = resolve (fixture, "imap.example.org", mw_test_server_get_port (server));
  connection = mw_dialer_connect (fixture->dialer, route, NULL, SOON, NULL, NULL);
  g_assert_nonnull (connection);

  /* Ours is the one socket of this process that is connected to that port */
  dir = g_dir_open ("/proc/self/fd", 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      int fd = (int) g_ascii_strtoll (name, NULL, 10), no_delay = 0;
      struct sockaddr_in peer = { 0 };
      socklen_t peer_size = sizeof peer, size = sizeof no_delay;

      if (getpeername (fd, (struct sockaddr *) &peer, &peer_size) < 0 ||
          peer.sin_family != AF_INET || ntohs (peer.sin_port) != mw_test_server_get_port (server))
        continue;

      g_assert_cmpint (getsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size), ==, 0);
      g_assert_cmpint (no_delay, !=, 0);
      n_own++;
    }
  g_assert_cmpuint (n_own, ==, 1);
  mw_test_server_abandon (server);
}

/* Proxies */

/* A connection through the proxy that @uri names, "%u" standing for @server's port */
static MwConnection *
connect_by_proxy (
    Fixture *fixture, const char *format, MwTestServer *server, const char *host, GError **error)
{
  guint16 port = mw_test_server_get_port (server);
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_auto (GStrv) parts = g_strsplit (format, "PORT", 2);
  g_autofree char *uri = g_strjoinv (number, parts);
  g_autoptr(MwRoute) route = NULL;

  set_up_with (fixture, uri);
  mw_fake_resolver_add (fixture->resolver, "proxy.example.net", "127.0.0.1");
  route = mw_dialer_resolve (fixture->dialer, "imap", host, 993, SOON, NULL, error);
  if (route == NULL)
    return NULL;

  g_assert_nonnull (mw_route_get_proxy (route));
  g_assert_null (strchr (mw_route_get_proxy (route), '@'));
  return mw_dialer_connect (fixture->dialer, route, NULL, SOON, NULL, error);
}

static void
test_http_proxy (void)
{
  Fixture fixture;
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_expect (server, "CONNECT imap.example.org:993 HTTP/1.1\r\n"
                                 "Host: imap.example.org:993\r\n"
                                 "Proxy-Authorization: Basic bWU6cDpA\r\n\r\n");
  /* The server's first words come in the same segment as the proxy's answer */
  mw_test_server_send (server, "HTTP/1.1 200 OK\r\nVia: x\r\n\r\n* OK ready\r\n");
  mw_test_server_start (server);
  connection = connect_by_proxy (&fixture, "http://me:p%3A%40@proxy.example.net:PORT", server,
                                 "imap.example.org", &error);
  g_assert_no_error (error);
  assert_line (connection, "* OK ready");
  /* The name was the proxy's business */
  g_assert_cmpuint (mw_fake_resolver_get_n_questions (fixture.resolver), ==, 1);
  g_assert_false (mw_connection_peer_is_loopback (connection));
  g_assert_cmpuint (mw_connection_get_n_read (connection), ==, 12);
  tear_down (&fixture, NULL);
  mw_test_server_finish (server);
}

static void
test_http_proxy_refuses (void)
{
  static const struct
  {
    const char *answer;
    MwNetError code;
  } rows[] = {
    { "HTTP/1.1 403 Forbidden\r\n\r\n", MW_NET_ERROR_PROXY_REFUSED },
    { "HTTP/1.0 405 No\r\nX: y\r\n\r\n", MW_NET_ERROR_PROXY_REFUSED },
    { "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n\r\n", MW_NET_ERROR_PROXY_AUTH },
    { "HTTP/1.1 502 Bad\r\n\r\n", MW_NET_ERROR_PROXY_FAILED },
    { "HTTP/1.1 504 Late\r\n\r\n", MW_NET_ERROR_TIMEOUT },
    { "HTTP/1.1 OK\r\n\r\n", MW_NET_ERROR_PROXY_FAILED },
    { "220 mail.example.org ESMTP\r\n", MW_NET_ERROR_PROXY_FAILED },
    { "HTTP/1.1 200", MW_NET_ERROR_PROXY_FAILED },
    { "", MW_NET_ERROR_PROXY_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture fixture;
      MwTestServer *server = mw_test_server_new (NULL);
      g_autoptr(GError) error = NULL;

      mw_test_server_expect_head (server);
      mw_test_server_send (server, rows[i].answer);
      mw_test_server_close (server);
      mw_test_server_start (server);
      g_assert_null (connect_by_proxy (&fixture, "http://proxy.example.net:PORT", server,
                                       "imap.example.org", &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, MW_NET_ERROR, (int) rows[i].code);
      tear_down (&fixture, NULL);
      mw_test_server_finish (server);
    }
}

static void
test_http_proxy_endless_head (void)
{
  Fixture fixture;
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(GError) error = NULL;

  mw_test_server_expect_head (server);
  mw_test_server_send (server, "HTTP/1.1 200 OK\r\n");
  mw_test_server_send_forever (server, "X-More: and more\r\n");
  mw_test_server_start (server);
  g_assert_null (connect_by_proxy (&fixture, "http://proxy.example.net:PORT", server,
                                   "imap.example.org", &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED);
  tear_down (&fixture, NULL);
  mw_test_server_abandon (server);
}

static void
test_socks5 (void)
{
  Fixture fixture;
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_expect_bytes (server, "\x05\x01\x00", 3);
  mw_test_server_send_bytes (server, "\x05\x00", 2);
  mw_test_server_expect_bytes (server, "\x05\x01\x00\x03\x10imap.example.org\x03\xe1", 23);
  mw_test_server_send_bytes (server, "\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50* OK ready\r\n", 22);
  mw_test_server_start (server);
  connection = connect_by_proxy (&fixture, "socks5://proxy.example.net:PORT", server,
                                 "imap.example.org", &error);
  g_assert_no_error (error);
  assert_line (connection, "* OK ready");
  tear_down (&fixture, NULL);
  mw_test_server_finish (server);
}

/* With a login, a literal, and a proxy that answers with a name of its own */
static void
test_socks5_login (void)
{
  Fixture fixture;
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_expect_bytes (server, "\x05\x02\x00\x02", 4);
  mw_test_server_send_bytes (server, "\x05\x02", 2);
  mw_test_server_expect_bytes (server, "\x01\x02me\x02pw", 7);
  mw_test_server_send_bytes (server, "\x01\x00", 2);
  mw_test_server_expect_bytes (server, "\x05\x01\x00\x01\xc0\x00\x02\x01\x03\xe1", 10);
  mw_test_server_send_bytes (server, "\x05\x00\x00\x03\x04host\x00\x50* OK\r\n", 17);
  mw_test_server_start (server);
  connection = connect_by_proxy (&fixture, "socks5://me:pw@proxy.example.net:PORT", server,
                                 "192.0.2.1", &error);
  g_assert_no_error (error);
  assert_line (connection, "* OK");
  tear_down (&fixture, NULL);
  mw_test_server_finish (server);
}

static void
test_socks5_refuses (void)
{
  static const struct
  {
    const char *reply;
    MwNetError code;
  } rows[] = {
    { "\x05\x01", MW_NET_ERROR_PROXY_FAILED }, { "\x05\x02", MW_NET_ERROR_PROXY_REFUSED },
    { "\x05\x03", MW_NET_ERROR_UNREACHABLE },  { "\x05\x04", MW_NET_ERROR_UNREACHABLE },
    { "\x05\x05", MW_NET_ERROR_REFUSED },      { "\x05\x06", MW_NET_ERROR_TIMEOUT },
    { "\x05\x42", MW_NET_ERROR_PROXY_FAILED }, { "HT", MW_NET_ERROR_PROXY_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture fixture;
      MwTestServer *server = mw_test_server_new (NULL);
      g_autoptr(GError) error = NULL;

      mw_test_server_expect_bytes (server, "\x05\x01\x00", 3);
      mw_test_server_send_bytes (server, "\x05\x00", 2);
      mw_test_server_expect_bytes (server, "\x05\x01\x00\x03\x10imap.example.org\x03\xe1", 23);
      mw_test_server_send_bytes (server, rows[i].reply, 2);
      mw_test_server_send_bytes (server, "\x00\x01\x00\x00\x00\x00\x00\x00", 8);
      mw_test_server_start (server);
      g_assert_null (connect_by_proxy (&fixture, "socks5://proxy.example.net:PORT", server,
                                       "imap.example.org", &error));
      g_assert_error (error, MW_NET_ERROR, (int) rows[i].code);
      tear_down (&fixture, NULL);
      mw_test_server_finish (server);
    }
}

static void
test_socks5_wants_login (void)
{
  Fixture fixture;
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(GError) error = NULL;

  mw_test_server_expect_bytes (server, "\x05\x01\x00", 3);
  mw_test_server_send_bytes (server, "\x05\xff", 2);
  mw_test_server_start (server);
  g_assert_null (connect_by_proxy (&fixture, "socks5://proxy.example.net:PORT", server,
                                   "imap.example.org", &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_AUTH);
  tear_down (&fixture, NULL);
  mw_test_server_finish (server);
}

static void
test_socks4a (void)
{
  for (guint good = 0; good < 2; good++)
    {
      Fixture fixture;
      MwTestServer *server = mw_test_server_new (NULL);
      g_autoptr(MwConnection) connection = NULL;
      g_autoptr(GError) error = NULL;

      mw_test_server_expect_bytes (server,
                                   "\x04\x01\x03\xe1\x00\x00\x00\x01\x00imap.example.org\x00", 26);
      mw_test_server_send_bytes (server,
                                 good ? "\x00\x5a\x00\x00\x00\x00\x00\x00* OK\r\n"
                                      : "\x00\x5b\x00\x00\x00\x00\x00\x00",
                                 good ? 14 : 8);
      mw_test_server_start (server);
      connection = connect_by_proxy (&fixture, "socks4a://proxy.example.net:PORT", server,
                                     "imap.example.org", &error);
      if (good)
        assert_line (connection, "* OK");
      else
        g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_REFUSED);
      tear_down (&fixture, NULL);
      mw_test_server_finish (server);
    }
}

static void
test_hanging_proxy (void)
{
  Fixture fixture;
  MwTestServer *server = mw_test_server_new (NULL);
  g_autofree char *uri = NULL;
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  GThread *thread;

  mw_test_server_hold (server);
  mw_test_server_start (server);
  uri = g_strdup_printf ("http://127.0.0.1:%u", mw_test_server_get_port (server));
  set_up_with (&fixture, uri);
  route = resolve (&fixture, "imap.example.org", 993);
  g_assert_null (
      mw_dialer_connect (fixture.dialer, route, NULL, mw_deadline_after (0.1), NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT);
  g_assert_nonnull (strstr (error->message, "proxy"));
  g_clear_error (&error);

  thread = mw_cancel_later (cancellable, 50);
  g_assert_null (
      mw_dialer_connect (fixture.dialer, route, NULL, MW_DEADLINE_NONE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  tear_down (&fixture, NULL);
  mw_test_server_abandon (server);
}

static void
test_absent_proxy (void)
{
  Fixture fixture;
  g_autofree char *uri = g_strdup_printf ("socks5://127.0.0.1:%u", get_closed_port ());
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(GError) error = NULL;

  set_up_with (&fixture, uri);
  route = resolve (&fixture, "imap.example.org", 993);
  g_assert_null (mw_dialer_connect (fixture.dialer, route, NULL, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED);
  tear_down (&fixture, NULL);

  set_up_with (&fixture, "socks5://nowhere.example.net:1080");
  g_clear_error (&error);
  g_assert_null (
      mw_dialer_resolve (fixture.dialer, "imap", "imap.example.org", 993, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED);
  tear_down (&fixture, NULL);
}

static void
test_local_hosts_need_no_proxy (void)
{
  static const char *const hosts[] = { "127.0.0.1", "localhost", "::1" };
  Fixture fixture;

  set_up_with (&fixture, "socks5://127.0.0.1:1");
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr(MwRoute) route = resolve (&fixture, hosts[i], 143);

      g_assert_null (mw_route_get_proxy (route));
    }
  tear_down (&fixture, NULL);
}

static void
test_proxy_uris (void)
{
  static const struct
  {
    const char *uri;
    const char *name;
  } rows[] = {
    { "direct://", "direct://" },
    { "socks://p.example", "socks://p.example:1080" },
    { "socks5://user:secret@p.example:99", "socks5://p.example:99" },
    { "http://[2001:db8::1]:3128", "http://[2001:db8::1]:3128" },
    { "https://p.example:3128", NULL },
    { "ftp://p.example", NULL },
    { "http://p.example:0", NULL },
    { "http://p.example:99999", NULL },
    { "http://", NULL },
    { "nonsense", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(MwProxy) proxy = mw_proxy_parse (rows[i].uri, &error);

      g_test_message ("%s", rows[i].uri);
      g_assert_cmpstr (proxy != NULL ? proxy->name : NULL, ==, rows[i].name);
      if (proxy == NULL)
        g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED);
    }
}

/* Settings that name several proxies, as a GProxyResolver does for "socks5, then direct" */
#define TEST_TYPE_PROXIES (test_proxies_get_type ())
G_DECLARE_FINAL_TYPE (TestProxies, test_proxies, TEST, PROXIES, GObject)

struct _TestProxies
{
  GObject parent_instance;

  GStrv uris;
  GMutex mutex; /* held by a test that wants the look-up to hang */
};

static gboolean
test_proxies_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static GStrv
test_proxies_lookup (GProxyResolver *resolver,
                     const char *uri,
                     GCancellable *cancellable,
                     GError **error)
{
  TestProxies *self = TEST_PROXIES (resolver);

  g_mutex_lock (&self->mutex);
  g_mutex_unlock (&self->mutex);
  if (self->uris == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no settings");

  return g_strdupv (self->uris);
}

static void
test_proxies_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = test_proxies_is_supported;
  iface->lookup = test_proxies_lookup;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestProxies,
                               test_proxies,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                      test_proxies_iface_init))

static void
test_proxies_finalize (GObject *object)
{
  TestProxies *self = TEST_PROXIES (object);

  g_strfreev (self->uris);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (test_proxies_parent_class)->finalize (object);
}

static void
test_proxies_class_init (TestProxiesClass *class)
{
  G_OBJECT_CLASS (class)->finalize = test_proxies_finalize;
}

static void
test_proxies_init (TestProxies *self)
{
  g_mutex_init (&self->mutex);
}

static void
test_second_choice (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(TestProxies) proxies = g_object_new (TEST_TYPE_PROXIES, NULL);
  g_autoptr(MwFakeResolver) resolver = mw_fake_resolver_new ();
  g_autoptr(MwDialer) dialer = mw_dialer_new (MW_RESOLVER (resolver), G_PROXY_RESOLVER (proxies));
  g_autofree char *closed = g_strdup_printf ("socks5://127.0.0.1:%u", get_closed_port ());
  const char *uris[] = { "odd://x", "socks5://nowhere.example.net", closed, "direct://", NULL };
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GPtrArray) attempts = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_send (server, "hello\r\n");
  mw_test_server_start (server);
  proxies->uris = g_strdupv ((GStrv) uris);
  mw_fake_resolver_add (resolver, "imap.example.org", "127.0.0.1");

  route = mw_dialer_resolve (dialer, "imap", "imap.example.org", mw_test_server_get_port (server),
                             SOON, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mw_route_get_proxy (route), ==, closed);
  connection = mw_dialer_connect (dialer, route, &attempts, SOON, NULL, &error);
  g_assert_no_error (error);
  assert_line (connection, "hello");
  g_assert_cmpuint (attempts->len, ==, 2);
  mw_test_server_finish (server);
}

static void
test_hanging_settings (void)
{
  g_autoptr(TestProxies) proxies = g_object_new (TEST_TYPE_PROXIES, NULL);
  g_autoptr(MwFakeResolver) resolver = mw_fake_resolver_new ();
  g_autoptr(MwDialer) dialer = mw_dialer_new (MW_RESOLVER (resolver), G_PROXY_RESOLVER (proxies));
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  GThread *thread;

  g_mutex_lock (&proxies->mutex);
  g_assert_null (mw_dialer_resolve (dialer, "imap", "imap.example.org", 993,
                                    mw_deadline_after (0.05), NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED);
  g_clear_error (&error);

  thread = mw_cancel_later (cancellable, 50);
  g_assert_null (mw_dialer_resolve (dialer, "imap", "imap.example.org", 993, MW_DEADLINE_NONE,
                                    cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_clear_error (&error);
  g_mutex_unlock (&proxies->mutex);

  g_assert_null (mw_dialer_resolve (dialer, "imap", "imap.example.org", 993, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/dialer/connects", test_connects);
  ADD ("/dialer/an-unknown-name-has-no-way", test_unknown_name);
  ADD ("/dialer/closed-ports-are-refused", test_refused);
  ADD ("/dialer/the-next-address-follows-a-failure-at-once", test_next_address_at_once);
  ADD ("/dialer/families-alternate", test_families_alternate);
  ADD ("/dialer/hundreds-of-addresses-are-bounded", test_many_addresses);
  ADD ("/dialer/a-dead-address-costs-a-quarter-second", test_dead_address);
  ADD ("/dialer/silence-ends-at-deadline-or-cancel", test_all_dead);
  ADD ("/dialer/a-passed-deadline-tries-nothing", test_no_time_left);
  ADD ("/dialer/looking-up-ends-at-deadline-or-cancel", test_resolve_is_bounded);
  ADD ("/dialer/nagle-is-off", test_no_delay);
#undef ADD
  g_test_add_func ("/proxy/http-connect-keeps-what-follows", test_http_proxy);
  g_test_add_func ("/proxy/http-refusals-are-told-apart", test_http_proxy_refuses);
  g_test_add_func ("/proxy/http-endless-head-is-cut-off", test_http_proxy_endless_head);
  g_test_add_func ("/proxy/socks5-gets-the-name", test_socks5);
  g_test_add_func ("/proxy/socks5-with-login-and-literal", test_socks5_login);
  g_test_add_func ("/proxy/socks5-refusals-are-told-apart", test_socks5_refuses);
  g_test_add_func ("/proxy/socks5-that-wants-a-login-is-named", test_socks5_wants_login);
  g_test_add_func ("/proxy/socks4a-gets-the-name", test_socks4a);
  g_test_add_func ("/proxy/a-hanging-one-ends-at-deadline-or-cancel", test_hanging_proxy);
  g_test_add_func ("/proxy/an-absent-one-is-named", test_absent_proxy);
  g_test_add_func ("/proxy/local-hosts-need-none", test_local_hosts_need_no_proxy);
  g_test_add_func ("/proxy/uris-are-understood-or-refused", test_proxy_uris);
  g_test_add_func ("/proxy/the-second-choice-is-taken", test_second_choice);
  g_test_add_func ("/proxy/hanging-settings-end-at-deadline-or-cancel", test_hanging_settings);

  return g_test_run ();
}
