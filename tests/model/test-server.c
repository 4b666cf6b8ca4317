/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/mw-server.h"

#include <glib.h>
#include <string.h>

static const struct
{
  const char *url;
  MwProtocol protocol;
  const char *host;
  guint16 port;
  MwSecurity security;
  const char *username;
  const char *mechanism;
  const char *again; /* what mw_server_to_url() makes of it, %NULL: the same */
} good[] = {
  { "imaps://imap.example.org", MW_PROTOCOL_IMAP, "imap.example.org", 993, MW_SECURITY_TLS, NULL,
    NULL, NULL },
  { "imap://imap.example.org", MW_PROTOCOL_IMAP, "imap.example.org", 143, MW_SECURITY_STARTTLS,
    NULL, NULL, NULL },
  { "imap+insecure://localhost:1143", MW_PROTOCOL_IMAP, "localhost", 1143, MW_SECURITY_NONE, NULL,
    NULL, NULL },
  { "pop3s://pop.example.org:995", MW_PROTOCOL_POP3, "pop.example.org", 995, MW_SECURITY_TLS, NULL,
    NULL, "pop3s://pop.example.org" },
  { "smtp://jo%40example.org@smtp.example.org:587/", MW_PROTOCOL_SMTP, "smtp.example.org", 587,
    MW_SECURITY_STARTTLS, "jo@example.org", NULL, "smtp://jo%40example.org@smtp.example.org" },
  { "SMTPS://Jo:AUTH=scram-sha-256@SMTP.Example.ORG.", MW_PROTOCOL_SMTP, "smtp.example.org", 465,
    MW_SECURITY_TLS, "Jo", "SCRAM-SHA-256", "smtps://Jo:AUTH=SCRAM-SHA-256@smtp.example.org" },
  { "smtp://:AUTH=NONE@relay.example.org:25", MW_PROTOCOL_SMTP, "relay.example.org", 25,
    MW_SECURITY_STARTTLS, NULL, "NONE", NULL },
  { "imaps://jo:AUTH=*@h.example", MW_PROTOCOL_IMAP, "h.example", 993, MW_SECURITY_TLS, "jo", NULL,
    "imaps://jo@h.example" },
  { "imaps://jo@example.org@h.example", MW_PROTOCOL_IMAP, "h.example", 993, MW_SECURITY_TLS,
    "jo@example.org", NULL, "imaps://jo%40example.org@h.example" },
  { "imaps://[2001:DB8::1]:1993", MW_PROTOCOL_IMAP, "2001:db8::1", 1993, MW_SECURITY_TLS, NULL,
    NULL, "imaps://[2001:db8::1]:1993" },
  { "imaps://192.0.2.1", MW_PROTOCOL_IMAP, "192.0.2.1", 993, MW_SECURITY_TLS, NULL, NULL, NULL },
  { "imaps://bücher.example", MW_PROTOCOL_IMAP, "xn--bcher-kva.example", 993, MW_SECURITY_TLS, NULL,
    NULL, "imaps://xn--bcher-kva.example" },
  { "imaps://j%C3%BC%3A%2F%25@h.example", MW_PROTOCOL_IMAP, "h.example", 993, MW_SECURITY_TLS,
    "jü:/%", NULL, NULL },
};

static const struct
{
  const char *url;
  MwServerError code;
} bad[] = {
  { "", MW_SERVER_ERROR_SYNTAX },
  { "imap.example.org", MW_SERVER_ERROR_SYNTAX },
  { "imap.example.org:993", MW_SERVER_ERROR_SYNTAX },
  { "://x", MW_SERVER_ERROR_SYNTAX },
  { "https://mail.example.org", MW_SERVER_ERROR_SCHEME },
  { "imapss://h.example", MW_SERVER_ERROR_SCHEME },
  { "imaps://", MW_SERVER_ERROR_HOST },
  { "imaps://user@", MW_SERVER_ERROR_HOST },
  { "imaps://h example", MW_SERVER_ERROR_HOST },
  { "imaps://h..example", MW_SERVER_ERROR_HOST },
  { "imaps://2001:db8::1", MW_SERVER_ERROR_HOST },
  { "imaps://[2001:db8::1", MW_SERVER_ERROR_HOST },
  { "imaps://[192.0.2.1]", MW_SERVER_ERROR_HOST },
  { "imaps://h.example:0", MW_SERVER_ERROR_PORT },
  { "imaps://h.example:65536", MW_SERVER_ERROR_PORT },
  { "imaps://h.example:99x", MW_SERVER_ERROR_PORT },
  { "imaps://h.example:0x3e1", MW_SERVER_ERROR_PORT },
  { "imaps://h.example: 993", MW_SERVER_ERROR_PORT },
  { "imaps://h.example:-1", MW_SERVER_ERROR_PORT },
  { "imaps://h.example:", MW_SERVER_ERROR_PORT },
  { "imaps://jo:hunter2@h.example", MW_SERVER_ERROR_PASSWORD },
  { "imaps://jo:@h.example", MW_SERVER_ERROR_PASSWORD },
  { "imaps://jo%zz@h.example", MW_SERVER_ERROR_USER },
  { "imaps://jo%00x@h.example", MW_SERVER_ERROR_USER },
  { "imaps://jo%0Ax@h.example", MW_SERVER_ERROR_USER },
  { "imaps://%ff@h.example", MW_SERVER_ERROR_USER },
  { "imaps://jo:AUTH=PL AIN@h.example", MW_SERVER_ERROR_SYNTAX },
  { "imaps://h.example/INBOX", MW_SERVER_ERROR_SYNTAX },
  { "imaps://h.example?x", MW_SERVER_ERROR_SYNTAX },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MwServer) server = mw_server_new_from_url (good[i].url, &error);
      g_autoptr (MwServer) same = NULL;
      g_autofree char *url = NULL;

      g_assert_no_error (error);
      g_assert_cmpint (mw_server_get_protocol (server), ==, good[i].protocol);
      g_assert_cmpstr (mw_server_get_host (server), ==, good[i].host);
      g_assert_cmpint (mw_server_get_port (server), ==, good[i].port);
      g_assert_cmpint (mw_server_get_security (server), ==, good[i].security);
      g_assert_cmpstr (mw_server_get_username (server), ==, good[i].username);
      g_assert_cmpstr (mw_server_get_mechanism (server), ==, good[i].mechanism);
      url = mw_server_to_url (server);
      g_assert_cmpstr (url, ==, good[i].again != NULL ? good[i].again : good[i].url);
      same = mw_server_new_from_url (url, &error);
      g_assert_no_error (error);
      g_assert_true (mw_server_equal (server, same));
    }
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MwServer) server = mw_server_new_from_url (bad[i].url, &error);

      if (server != NULL)
        g_test_message ("taken: %s", bad[i].url);
      g_assert_null (server);
      g_assert_error (error, MW_SERVER_ERROR, (int) bad[i].code);
    }
}

static void
test_password_is_never_repeated (void)
{
  static const char *const urls[] = { "imaps://jo:hunter2@h.example",
                                      "imaps://jo:hunter2@h.example:x", "imaps://jo:hunter2@",
                                      "https://jo:hunter2@h.example", "jo:hunter2@h.example" };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mw_server_new_from_url (urls[i], &error));
      g_assert_null (strstr (error->message, "hunter2"));
    }
}

static void
test_names_go_both_ways (void)
{
  MwSecurity security = MW_SECURITY_TLS;

  for (MwProtocol p = MW_PROTOCOL_IMAP; p <= MW_PROTOCOL_SMTP; p++)
    g_assert_cmpint (mw_protocol_from_string (mw_protocol_to_string (p)), ==, p);
  for (MwSecurity s = MW_SECURITY_TLS; s <= MW_SECURITY_NONE; s++)
    {
      g_assert_true (mw_security_from_string (mw_security_to_string (s), &security));
      g_assert_cmpint (security, ==, s);
    }
  g_assert_false (mw_security_from_string ("ssl", &security));
  g_assert_cmpint (mw_protocol_from_string ("imaps"), ==, MW_PROTOCOL_UNKNOWN);
}

static void
test_who_logs_in (void)
{
  g_autoptr (MwServer) server = mw_server_new (MW_PROTOCOL_SMTP, "h.example", 0, MW_SECURITY_TLS);
  g_autoptr (MwServer) named = mw_server_with_username (server, "jo");
  g_autoptr (MwServer) none = mw_server_with_mechanism (named, MW_MECHANISM_NONE);

  g_assert_cmpint (mw_server_get_port (server), ==, 465);
  g_assert_false (mw_server_needs_login (server));
  g_assert_true (mw_server_needs_login (named));
  g_assert_false (mw_server_needs_login (none));
}

static void
test_loopback (void)
{
  g_assert_true (mw_host_is_loopback ("localhost"));
  g_assert_true (mw_host_is_loopback ("a.localhost"));
  g_assert_true (mw_host_is_loopback ("127.9.9.9"));
  g_assert_true (mw_host_is_loopback ("::1"));
  g_assert_false (mw_host_is_loopback ("localhost.example.org"));
  g_assert_false (mw_host_is_loopback ("127.0.0.1.example.org"));
}

static void
test_host_names (void)
{
  static const struct
  {
    const char *host, *ascii;
  } hosts[] = {
    { "Mail.Example.ORG.", "mail.example.org" },
    { "mail。example。org", "mail.example.org" },
    { "a_b.example", "a_b.example" },
    { "x-.example", NULL },
    { "-x.example", NULL },
    { "a b.example", NULL },
    { "a\nb.example", NULL },
    { "a/b", NULL },
    { "a%00b", NULL },
    { "a@b", NULL },
    { "1.2.3", NULL },
    { "1.2.3.4.5", NULL },
    { "", NULL },
    { ".", NULL },
    { "[::1]", "::1" },
    { "[1.2.3.4]", NULL },
    { "\xff", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *ascii = mw_host_to_ascii (hosts[i].host);

      g_assert_cmpstr (ascii, ==, hosts[i].ascii);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/server/url-is-read-and-written", test_good);
  g_test_add_func ("/server/bad-url-is-refused-with-the-right-reason", test_bad);
  g_test_add_func ("/server/password-in-url-is-never-repeated", test_password_is_never_repeated);
  g_test_add_func ("/server/names-go-both-ways", test_names_go_both_ways);
  g_test_add_func ("/server/who-logs-in", test_who_logs_in);
  g_test_add_func ("/server/loopback-is-this-machine-only", test_loopback);
  g_test_add_func ("/server/host-names", test_host_names);
  return g_test_run ();
}
