/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "net/mw-deadline.h"
#include "net/mw-http.h"
#include "net/mw-net-error.h"
#include "net/mw-net-fakes.h"
#include "support/mw-test-server.h"

#include <string.h>

#define HOSTS "config.example.org,www.example.org,other.example.net,x.github.io"

typedef struct
{
  MwTestCert *cert;
  MwTestServer *server;
  MwFakeResolver *resolver;
  MwHttpClient *client;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GProxyResolver) direct = g_simple_proxy_resolver_new ("direct://", NULL);
  g_autoptr(GBytes) pem = mw_test_cert_dup_root_pem ();
  g_autoptr(MwTrust) trust = mw_trust_new (MW_TRUST_NONE, pem, NULL);
  g_auto (GStrv) hosts = g_strsplit (HOSTS, ",", -1);

  fixture->cert =
      mw_test_cert_new (mw_test_cert_get_root (), &(MwTestCertOptions) { .dns_names = HOSTS });
  fixture->server = mw_test_server_new (fixture->cert);
  fixture->resolver = mw_fake_resolver_new ();
  for (char **host = hosts; *host != NULL; host++)
    mw_fake_resolver_add (fixture->resolver, *host, "127.0.0.1");
  fixture->client = mw_http_client_new (MW_RESOLVER (fixture->resolver), trust, direct);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->client);
  g_clear_object (&fixture->resolver);
  if (fixture->server != NULL)
    mw_test_server_abandon (fixture->server);
  mw_test_cert_free (fixture->cert);
}

static void
finish (Fixture *fixture)
{
  mw_test_server_finish (g_steal_pointer (&fixture->server));
}

/* A URL of the test's server */
static char *
make_url (Fixture *fixture, const char *host, const char *rest)
{
  return g_strdup_printf ("https://%s:%u%s", host, mw_test_server_get_port (fixture->server), rest);
}

static void
answer (Fixture *fixture, const char *text)
{
  mw_test_server_start_tls (fixture->server, NULL);
  mw_test_server_expect_head (fixture->server);
  mw_test_server_send (fixture->server, text);
}

static void
redirect (Fixture *fixture, const char *location)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 302 Found\r\nLocation: %s\r\n"
                                           "Content-Length: 0\r\n\r\n",
                                           location);

  answer (fixture, text);
}

static MwHttpResult *
fetch (Fixture *fixture, const char *rest, MwHttpFlags flags, GError **error)
{
  g_autofree char *url = make_url (fixture, "config.example.org", rest);

  return mw_http_client_fetch (fixture->client, url, flags, MW_HTTP_MAX_BYTES, SOON, NULL, error);
}

static void
assert_fails (Fixture *fixture, MwNetError code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwHttpResult) result = fetch (fixture, "/x", MW_HTTP_DEFAULT, &error);

  g_assert_null (result);
  g_test_message ("%s", error->message);
  g_assert_error (error, MW_NET_ERROR, (int) code);
}

static void
test_document (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwHttpResult) result = NULL;
  g_autofree char *received = NULL, *url = NULL, *sni = NULL;
  static const char *const absent[] = { "cookie",          "referer",         "authorization",
                                        "accept-encoding", "accept-language", "upgrade" };

  answer (fixture, "HTTP/1.1 200 OK\r\nContent-Type: Text/XML; charset=utf-8\r\n"
                   "Set-Cookie: a=b\r\nContent-Length: 5\r\n\r\nhello");
  mw_test_server_start (fixture->server);
  result = fetch (fixture, "/mail/config-v1.1.xml?emailaddress=a%40example.org#x", MW_HTTP_DEFAULT,
                  &error);
  g_assert_no_error (error);
  url = make_url (fixture, "config.example.org", "/mail/config-v1.1.xml");
  g_assert_cmpstr (result->url, ==, url);
  g_assert_cmpuint (result->status, ==, 200);
  g_assert_cmpstr (result->content_type, ==, "text/xml");
  g_assert_cmpmem (g_bytes_get_data (result->body, NULL), g_bytes_get_size (result->body), "hello",
                   5);
  g_assert_cmpuint (g_strv_length (result->redirects), ==, 0);
  g_assert_false (result->left_domain);

  sni = mw_test_server_dup_sni (fixture->server);
  g_assert_cmpstr (sni, ==, "config.example.org");
  received = mw_test_server_dup_received (fixture->server);
  g_assert_true (g_str_has_prefix (
      received, "GET /mail/config-v1.1.xml?emailaddress=a%40example.org HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (received, "User-Agent: Mailwright/"));
  for (guint i = 0; i < G_N_ELEMENTS (absent); i++)
    {
      g_autofree char *lower = g_ascii_strdown (received, -1);
      g_autofree char *header = g_strdup_printf ("\r\n%s:", absent[i]);

      g_assert_null (strstr (lower, header));
    }
  g_assert_cmpuint (mw_fake_resolver_get_n_questions (fixture->resolver), ==, 1);
  finish (fixture);
}

static void
test_body_until_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwHttpResult) result = NULL;
  g_autoptr(GError) error = NULL;

  answer (fixture, "HTTP/1.1 200 OK\r\n\r\nuntil the end");
  mw_test_server_close (fixture->server);
  mw_test_server_start (fixture->server);
  result = fetch (fixture, "/", MW_HTTP_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_null (result->content_type);
  g_assert_cmpuint (g_bytes_get_size (result->body), ==, 13);
  finish (fixture);
}

static void
test_urls_never_fetched (Fixture *fixture, gconstpointer data)
{
  static const char *const urls[] = { "http://config.example.org/",
                                      "https://127.0.0.1/",
                                      "https://[::1]/",
                                      "https://2130706433/",
                                      "https://192.0.2.1/",
                                      "file:///etc/passwd",
                                      "https://user@config.example.org/",
                                      "ftp://config.example.org/",
                                      "https:///x",
                                      "https://config.example.org:25/",
                                      "nonsense",
                                      "" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", urls[i]);
      g_assert_null (mw_http_client_fetch (fixture->client, urls[i], MW_HTTP_DEFAULT,
                                           MW_HTTP_MAX_BYTES, SOON, NULL, &error));
      g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_HTTP_FORBIDDEN);
    }
  g_assert_cmpuint (mw_fake_resolver_get_n_questions (fixture->resolver), ==, 0);
}

static void
test_statuses (void)
{
  static const char *const statuses[] = { "204 No Content",   "205 Reset", "206 Partial Content",
                                          "304 Not Modified", "401 Who",   "404 Not Found",
                                          "451 No",           "500 Oh",    "999 What",
                                          "300 Choose" };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      Fixture fixture = { 0 };
      g_autoptr(GError) error = NULL;
      g_autofree char *text = NULL;

      set_up (&fixture, NULL);
      text = g_strdup_printf ("HTTP/1.1 %s\r\nContent-Length: 0\r\n"
                              "WWW-Authenticate: Basic realm=\"x\"\r\n\r\n",
                              statuses[i]);
      answer (&fixture, text);
      mw_test_server_start (fixture.server);
      g_assert_null (fetch (&fixture, "/?q=secret", MW_HTTP_DEFAULT, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_HTTP_STATUS);
      g_assert_cmpint (strncmp (error->message, statuses[i], 3), ==, 0);
      g_assert_null (strstr (error->message, "secret"));
      finish (&fixture);
      tear_down (&fixture, NULL);
    }
}

static void
test_redirect (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwHttpResult) result = NULL;
  g_autofree char *next = make_url (fixture, "www.example.org", "/real"), *received = NULL;

  redirect (fixture, "/moved?x=y");
  mw_test_server_next_connection (fixture->server);
  redirect (fixture, next);
  mw_test_server_next_connection (fixture->server);
  answer (fixture, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  mw_test_server_start (fixture->server);

  result = fetch (fixture, "/x?q=secret", MW_HTTP_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (result->url, ==, next);
  g_assert_cmpuint (g_strv_length (result->redirects), ==, 2);
  g_assert_true (g_str_has_suffix (result->redirects[0], "/x"));
  g_assert_true (g_str_has_suffix (result->redirects[1], "/moved"));
  g_assert_false (result->left_domain);
  received = mw_test_server_dup_received (fixture->server);
  g_assert_nonnull (strstr (received, "GET /moved?x=y "));
  g_assert_null (strstr (received, "Referer"));
  finish (fixture);
}

static void
test_redirect_leaves_domain (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwHttpResult) result = NULL;
  g_autofree char *next = make_url (fixture, "other.example.net", "/real");

  redirect (fixture, next);
  mw_test_server_next_connection (fixture->server);
  answer (fixture, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  mw_test_server_start (fixture->server);
  result = fetch (fixture, "/x", MW_HTTP_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_true (result->left_domain);
  finish (fixture);
}

static void
test_redirect_must_stay (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *next = make_url (fixture, "other.example.net", "/real");

  redirect (fixture, next);
  mw_test_server_start (fixture->server);
  g_assert_null (fetch (fixture, "/x", MW_HTTP_SAME_BASE, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_HTTP_REDIRECT);
  finish (fixture);
}

/* The query tells who somebody is: it goes to one host */
static void
test_personal_query (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwHttpResult) result = NULL;
  g_autofree char *next = make_url (fixture, "www.example.org", "/b?e=me%40example.org");
  g_autofree char *received = NULL;

  redirect (fixture, "/a?e=me%40example.org");
  mw_test_server_next_connection (fixture->server);
  redirect (fixture, next);
  mw_test_server_next_connection (fixture->server);
  answer (fixture, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  mw_test_server_start (fixture->server);
  result = fetch (fixture, "/x?e=me%40example.org", MW_HTTP_PERSONAL, &error);
  g_assert_no_error (error);
  received = mw_test_server_dup_received (fixture->server);
  g_assert_nonnull (strstr (received, "GET /x?e=me%40example.org "));
  g_assert_nonnull (strstr (received, "GET /a?e=me%40example.org "));
  g_assert_nonnull (strstr (received, "GET /b HTTP"));
  finish (fixture);
}

static void
test_bad_redirects (void)
{
  static const char *const locations[] = { "http://config.example.org/",
                                           "https://127.0.0.1/x",
                                           "https://[::1]/",
                                           "https://192.0.2.1/",
                                           "https://0x7f000001/",
                                           "file:///etc/passwd",
                                           "ftp://config.example.org/",
                                           "https://a:b@config.example.org/",
                                           "https://config.example.org:22/",
                                           "javascript:alert(1)",
                                           "https://",
                                           "//127.0.0.1/" };

  for (guint i = 0; i < G_N_ELEMENTS (locations); i++)
    {
      Fixture fixture = { 0 };

      set_up (&fixture, NULL);
      g_test_message ("%s", locations[i]);
      redirect (&fixture, locations[i]);
      mw_test_server_start (fixture.server);
      assert_fails (&fixture, MW_NET_ERROR_HTTP_REDIRECT);
      g_assert_cmpuint (mw_test_server_get_n_connections (fixture.server), ==, 1);
      finish (&fixture);
      tear_down (&fixture, NULL);
    }
}

static void
test_redirect_without_location (Fixture *fixture, gconstpointer data)
{
  answer (fixture, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n");
  mw_test_server_start (fixture->server);
  assert_fails (fixture, MW_NET_ERROR_HTTP_REDIRECT);
  finish (fixture);
}

static void
test_redirect_loop (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i <= MW_HTTP_MAX_REDIRECTS; i++)
    {
      if (i > 0)
        mw_test_server_next_connection (fixture->server);
      redirect (fixture, "/x");
    }
  mw_test_server_start (fixture->server);
  assert_fails (fixture, MW_NET_ERROR_HTTP_REDIRECT);
  finish (fixture);
}

/* A first host that is not inside: nothing may lead inside. There is no such server in a test, so
 * the redirect is looked at where it is decided: the first answer must come from "outside". */
static void
test_private_network (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *url = make_url (fixture, "mixed.example.org", "/");

  /* Of mixed addresses only the public ones are used: 192.0.2.1 (TEST-NET) answers to nobody, and
   * the server on 127.0.0.1 must not be asked */
  mw_fake_resolver_add (fixture->resolver, "mixed.example.org", "127.0.0.1,192.0.2.1");
  mw_test_server_hold (fixture->server);
  mw_test_server_start (fixture->server);
  g_assert_null (mw_http_client_fetch (fixture->client, url, MW_HTTP_DEFAULT, MW_HTTP_MAX_BYTES,
                                       mw_deadline_after (0.3), NULL, &error));
  g_assert_cmpint (error->domain, ==, MW_NET_ERROR);
  g_assert_cmpuint (mw_test_server_get_n_connections (fixture->server), ==, 0);
}

static void
test_too_long (void)
{
  static const char *const heads[] = {
    "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 99999\r\n\r\n"
  };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      Fixture fixture = { 0 };
      g_autoptr(GError) error = NULL;
      g_autoptr(MwHttpResult) result = NULL;

      set_up (&fixture, NULL);
      answer (&fixture, heads[i]);
      mw_test_server_send_repeated (fixture.server, 'x', 100000000);
      mw_test_server_start (fixture.server);
      result = fetch (&fixture, "/", MW_HTTP_DEFAULT, &error);
      if (result == NULL)
        g_test_message ("%s", error->message);
      if (i < 2)
        g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG);
      else if (result != NULL)
        g_assert_cmpuint (g_bytes_get_size (result->body), <=, MW_HTTP_MAX_BYTES);
      tear_down (&fixture, NULL);
    }
}

static void
test_limit_is_exact (void)
{
  for (guint over = 0; over < 2; over++)
    {
      Fixture fixture = { 0 };
      g_autoptr(MwHttpResult) result = NULL;
      g_autoptr(GError) error = NULL;
      g_autofree char *url = NULL;

      set_up (&fixture, NULL);
      answer (&fixture, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
      mw_test_server_send_repeated (fixture.server, 'x', 1000);
      mw_test_server_start (fixture.server);
      url = make_url (&fixture, "config.example.org", "/");
      result = mw_http_client_fetch (fixture.client, url, MW_HTTP_DEFAULT, 1000 - over, SOON, NULL,
                                     &error);
      if (over)
        g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG);
      else
        g_assert_cmpuint (g_bytes_get_size (result->body), ==, 1000);
      tear_down (&fixture, NULL);
    }
}

static void
test_endless_head (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  mw_test_server_start_tls (fixture->server, NULL);
  mw_test_server_expect_head (fixture->server);
  mw_test_server_send (fixture->server, "HTTP/1.1 200 OK\r\n");
  mw_test_server_send_forever (fixture->server, "X-More: and more and more and more and more\r\n");
  mw_test_server_start (fixture->server);
  g_assert_null (fetch (fixture, "/", MW_HTTP_DEFAULT, &error));
  g_assert_cmpint (error->domain, ==, MW_NET_ERROR);
}

static void
test_compressed (Fixture *fixture, gconstpointer data)
{
  answer (fixture,
          "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08");
  mw_test_server_start (fixture->server);
  assert_fails (fixture, MW_NET_ERROR_FAILED);
}

static void
test_slow (gconstpointer data)
{
  guint where = GPOINTER_TO_UINT (data);
  Fixture fixture = { 0 };
  g_autoptr(GError) error = NULL;
  g_autofree char *url = NULL, *much = g_strnfill (10000, 'x');
  gint64 started;

  set_up (&fixture, NULL);
  if (where > 0)
    mw_test_server_start_tls (fixture.server, NULL);
  if (where == 2)
    {
      mw_test_server_expect_head (fixture.server);
      mw_test_server_trickle (fixture.server, "HTTP/1.1 200 OK\r\nX-Slow: very\r\nX-Slower: yes",
                              20);
    }
  if (where == 3)
    {
      mw_test_server_expect_head (fixture.server);
      mw_test_server_send (fixture.server, "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n");
      mw_test_server_trickle (fixture.server, much, 5);
    }
  mw_test_server_hold (fixture.server);
  mw_test_server_start (fixture.server);

  url = make_url (&fixture, "config.example.org", "/");
  started = g_get_monotonic_time ();
  g_assert_null (mw_http_client_fetch (fixture.client, url, MW_HTTP_DEFAULT, MW_HTTP_MAX_BYTES,
                                       mw_deadline_after (0.4), NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 15 * G_USEC_PER_SEC);
  tear_down (&fixture, NULL);
}

static void
test_cancelled (gconstpointer data)
{
  guint where = GPOINTER_TO_UINT (data);
  Fixture fixture = { 0 };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *url = NULL;
  GThread *thread;

  set_up (&fixture, NULL);
  if (where > 0)
    mw_test_server_start_tls (fixture.server, NULL);
  if (where > 1)
    mw_test_server_expect_head (fixture.server);
  if (where > 2)
    mw_test_server_send (fixture.server, "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\nbegin");
  mw_test_server_hold (fixture.server);
  mw_test_server_start (fixture.server);

  url = make_url (&fixture, "config.example.org", "/");
  thread = mw_cancel_later (cancellable, 100);
  g_assert_null (mw_http_client_fetch (fixture.client, url, MW_HTTP_DEFAULT, MW_HTTP_MAX_BYTES,
                                       MW_DEADLINE_NONE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_clear_error (&error);
  g_assert_null (mw_http_client_fetch (fixture.client, url, MW_HTTP_DEFAULT, MW_HTTP_MAX_BYTES,
                                       MW_DEADLINE_NONE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  tear_down (&fixture, NULL);
}

static void
test_certificates (void)
{
  const MwTestCertOptions bad[] = {
    { .dns_names = HOSTS, .self_signed = TRUE },
    { .dns_names = HOSTS, .not_before_days = -20, .not_after_days = -10 },
    { .dns_names = "another.example.org" },
    { .subject = "config.example.org" },
    { .dns_names = HOSTS, .rsa_bits = 1024 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      Fixture fixture = { 0 };
      g_autofree char *received = NULL;

      set_up (&fixture, NULL);
      mw_test_cert_free (fixture.cert);
      fixture.cert = mw_test_cert_new (mw_test_cert_get_root (), &bad[i]);
      mw_test_server_abandon (fixture.server);
      fixture.server = mw_test_server_new (fixture.cert);
      mw_test_server_start_tls (fixture.server, NULL);
      mw_test_server_expect_eof (fixture.server);
      mw_test_server_start (fixture.server);
      assert_fails (&fixture, MW_NET_ERROR_HTTP_CERTIFICATE);
      received = mw_test_server_dup_received (fixture.server);
      g_assert_cmpstr (received, ==, "");
      tear_down (&fixture, NULL);
    }
}

static void
test_plain_server (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  mw_test_server_send (fixture->server, "HTTP/1.1 400 Bad Request\r\n\r\n");
  mw_test_server_start (fixture->server);
  g_assert_null (fetch (fixture, "/", MW_HTTP_DEFAULT, &error));
  g_test_message ("%s", error->message);
  g_assert_cmpint (error->domain, ==, MW_NET_ERROR);
}

static void
test_unknown_host (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (mw_http_client_fetch (fixture->client, "https://none.example.org/",
                                       MW_HTTP_DEFAULT, MW_HTTP_MAX_BYTES, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *url = make_url (fixture, "config.example.org", "/");

  mw_test_server_abandon (g_steal_pointer (&fixture->server));
  g_assert_null (mw_http_client_fetch (fixture->client, url, MW_HTTP_DEFAULT, MW_HTTP_MAX_BYTES,
                                       SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_REFUSED);
}

/* Through a proxy: the name is the proxy's business, the certificate still ours */
static void
test_proxy (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uri =
      g_strdup_printf ("http://127.0.0.1:%u", mw_test_server_get_port (fixture->server));
  g_autoptr(GProxyResolver) proxies = g_simple_proxy_resolver_new (uri, NULL);
  g_autoptr(GBytes) pem = mw_test_cert_dup_root_pem ();
  g_autoptr(MwTrust) trust = mw_trust_new (MW_TRUST_NONE, pem, NULL);
  g_autoptr(MwHttpClient) client =
                mw_http_client_new (MW_RESOLVER (fixture->resolver), trust, proxies);
  g_autoptr(MwHttpResult) result = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_expect_line (fixture->server, "CONNECT config.example.org:443 HTTP/1.*");
  mw_test_server_expect_head (fixture->server);
  mw_test_server_send (fixture->server, "HTTP/1.1 200 OK\r\n\r\n");
  answer (fixture, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  mw_test_server_start (fixture->server);
  result = mw_http_client_fetch (client, "https://config.example.org/", MW_HTTP_DEFAULT,
                                 MW_HTTP_MAX_BYTES, SOON, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (result->body), ==, 2);
  g_assert_cmpuint (mw_fake_resolver_get_n_questions (fixture->resolver), ==, 0);
  finish (fixture);
}

static void
test_proxy_wants_login (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uri =
      g_strdup_printf ("http://127.0.0.1:%u", mw_test_server_get_port (fixture->server));
  g_autoptr(GProxyResolver) proxies = g_simple_proxy_resolver_new (uri, NULL);
  g_autoptr(MwHttpClient) client =
                mw_http_client_new (MW_RESOLVER (fixture->resolver), NULL, proxies);
  g_autoptr(GError) error = NULL;

  mw_test_server_expect_head (fixture->server);
  mw_test_server_send (fixture->server,
                       "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                       "Content-Length: 0\r\n\r\n");
  mw_test_server_start (fixture->server);
  g_assert_null (mw_http_client_fetch (client, "https://config.example.org/", MW_HTTP_DEFAULT,
                                       MW_HTTP_MAX_BYTES, SOON, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_AUTH);
}

int
main (int argc, char *argv[])
{
  /* GIO makes the system's resolver of proxies even where another is given, and GNOME's ends the
   * process without the settings schemas that isolated folders lack */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/http/a-document-is-fetched-and-nothing-told", test_document);
  ADD ("/http/a-body-may-end-with-the-connection", test_body_until_end);
  ADD ("/http/some-urls-are-never-fetched", test_urls_never_fetched);
  g_test_add_func ("/http/other-statuses-are-no-document", test_statuses);
  ADD ("/http/redirects-are-followed-and-kept", test_redirect);
  ADD ("/http/leaving-the-domain-is-reported", test_redirect_leaves_domain);
  ADD ("/http/leaving-the-domain-can-be-forbidden", test_redirect_must_stay);
  ADD ("/http/a-personal-query-stays-with-its-host", test_personal_query);
  g_test_add_func ("/http/bad-redirects-are-not-followed", test_bad_redirects);
  ADD ("/http/a-redirect-to-nowhere-is-an-error", test_redirect_without_location);
  ADD ("/http/a-redirect-loop-ends", test_redirect_loop);
  ADD ("/http/private-addresses-of-a-public-host-are-not-used", test_private_network);
  g_test_add_func ("/http/huge-documents-are-cut-off", test_too_long);
  g_test_add_func ("/http/the-limit-is-exact", test_limit_is_exact);
  ADD ("/http/an-endless-head-is-cut-off", test_endless_head);
  ADD ("/http/compressed-documents-are-refused", test_compressed);
  g_test_add_data_func ("/http/slow-before-tls-ends-at-the-deadline", GUINT_TO_POINTER (0),
                        test_slow);
  g_test_add_data_func ("/http/slow-after-tls-ends-at-the-deadline", GUINT_TO_POINTER (1),
                        test_slow);
  g_test_add_data_func ("/http/a-trickling-head-ends-at-the-deadline", GUINT_TO_POINTER (2),
                        test_slow);
  g_test_add_data_func ("/http/a-trickling-body-ends-at-the-deadline", GUINT_TO_POINTER (3),
                        test_slow);
  g_test_add_data_func ("/http/cancelled-before-tls", GUINT_TO_POINTER (0), test_cancelled);
  g_test_add_data_func ("/http/cancelled-before-the-request", GUINT_TO_POINTER (1), test_cancelled);
  g_test_add_data_func ("/http/cancelled-before-the-head", GUINT_TO_POINTER (2), test_cancelled);
  g_test_add_data_func ("/http/cancelled-in-the-body", GUINT_TO_POINTER (3), test_cancelled);
  g_test_add_func ("/http/bad-certificates-get-no-request", test_certificates);
  ADD ("/http/a-plain-server-is-an-error", test_plain_server);
  ADD ("/http/an-unknown-host-is-an-error", test_unknown_host);
  ADD ("/http/a-closed-port-is-refused", test_refused);
  ADD ("/http/proxies-are-used", test_proxy);
  ADD ("/http/a-proxy-that-wants-a-login-is-named", test_proxy_wants_login);
#undef ADD

  return g_test_run ();
}
