/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "discovery/mw-source.h"
#include "net/mw-deadline.h"
#include "net/mw-net-error.h"
#include "support/mw-test-server.h"

/* Slow machines get their time; nothing here waits for it to pass */
#define SOON (mw_deadline_after (20))

/* Every name is this machine */
#define LOCAL_TYPE_RESOLVER (local_resolver_get_type ())
G_DECLARE_FINAL_TYPE (LocalResolver, local_resolver, LOCAL, RESOLVER, MwResolver)

struct _LocalResolver
{
  MwResolver parent_instance;
};

G_DEFINE_FINAL_TYPE (LocalResolver, local_resolver, MW_TYPE_RESOLVER)

static GPtrArray *
query_addresses (MwResolver *resolver, const char *name, GError **error)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (addresses, g_inet_address_new_from_string ("127.0.0.1"));
  return addresses;
}

static void
local_resolver_class_init (LocalResolverClass *klass)
{
  MW_RESOLVER_CLASS (klass)->query_addresses = query_addresses;
}

static void
local_resolver_init (LocalResolver *self)
{
}

typedef struct
{
  MwTestCert *cert;
  MwTrust *trust;
  MwDialer *dialer;
  MwTestServer *server;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  MwTestCertOptions options = { .dns_names = "mail.example.org" };
  g_autoptr(GBytes) root = mw_test_cert_dup_root_pem ();
  g_autoptr(LocalResolver) resolver = g_object_new (LOCAL_TYPE_RESOLVER, NULL);

  fixture->cert = mw_test_cert_new (mw_test_cert_get_root (), &options);
  fixture->trust = mw_trust_new (MW_TRUST_NONE, root, NULL);
  fixture->dialer = mw_dialer_new (MW_RESOLVER (resolver), NULL);
  fixture->server = mw_test_server_new (fixture->cert);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->dialer);
  g_object_unref (fixture->trust);
  mw_test_cert_free (fixture->cert);
}

static gboolean
probe (Fixture *fixture, const char *host, MwProtocol protocol, MwSecurity security, GError **error)
{
  g_autoptr(MwServer) server = NULL;

  mw_test_server_start (fixture->server);
  server = mw_server_new (protocol, host, mw_test_server_get_port (fixture->server), security);
  return mw_guess_probe (fixture->dialer, fixture->trust, server, SOON, NULL, error);
}

static void
assert_proven (Fixture *fixture, MwProtocol protocol, MwSecurity security)
{
  g_autoptr(GError) error = NULL;
  gboolean proven = probe (fixture, "mail.example.org", protocol, security, &error);

  g_assert_no_error (error);
  g_assert_true (proven);
  mw_test_server_finish (fixture->server);
}

/* The server may be left at any step */
static void
assert_wrong (Fixture *fixture, const char *host, MwProtocol protocol, MwSecurity security)
{
  g_autoptr(GError) error = NULL;
  gboolean proven = probe (fixture, host, protocol, security, &error);

  g_assert_false (proven);
  g_assert_nonnull (error);
  mw_test_server_abandon (fixture->server);
}

static void
test_imap_tls (Fixture *fixture, gconstpointer data)
{
  mw_test_server_start_tls (fixture->server, NULL);
  mw_test_server_send (fixture->server, "* OK [CAPABILITY IMAP4rev1] ready\r\n");
  mw_test_server_expect (fixture->server, "b LOGOUT\r\n");
  mw_test_server_expect_eof (fixture->server);
  assert_proven (fixture, MW_PROTOCOL_IMAP, MW_SECURITY_TLS);
}

static void
test_pop3_tls (Fixture *fixture, gconstpointer data)
{
  mw_test_server_start_tls (fixture->server, NULL);
  mw_test_server_send (fixture->server, "+OK ready\r\n");
  mw_test_server_expect (fixture->server, "QUIT\r\n");
  mw_test_server_expect_eof (fixture->server);
  assert_proven (fixture, MW_PROTOCOL_POP3, MW_SECURITY_TLS);
}

static void
test_smtp_tls (Fixture *fixture, gconstpointer data)
{
  mw_test_server_start_tls (fixture->server, NULL);
  mw_test_server_send (fixture->server, "220-mail.example.org ESMTP\r\n220 go ahead\r\n");
  mw_test_server_expect (fixture->server, "QUIT\r\n");
  mw_test_server_expect_eof (fixture->server);
  assert_proven (fixture, MW_PROTOCOL_SMTP, MW_SECURITY_TLS);
}

static void
test_imap_starttls (Fixture *fixture, gconstpointer data)
{
  mw_test_server_send (fixture->server, "* OK ready\r\n");
  mw_test_server_expect (fixture->server, "a STARTTLS\r\n");
  mw_test_server_send (fixture->server, "* CAPABILITY IMAP4rev1\r\na OK begin\r\n");
  mw_test_server_start_tls (fixture->server, NULL);
  mw_test_server_expect (fixture->server, "b LOGOUT\r\n");
  mw_test_server_expect_eof (fixture->server);
  assert_proven (fixture, MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS);
}

static void
test_pop3_starttls (Fixture *fixture, gconstpointer data)
{
  mw_test_server_send (fixture->server, "+OK ready\r\n");
  mw_test_server_expect (fixture->server, "STLS\r\n");
  mw_test_server_send (fixture->server, "+OK begin\r\n");
  mw_test_server_start_tls (fixture->server, NULL);
  mw_test_server_expect (fixture->server, "QUIT\r\n");
  mw_test_server_expect_eof (fixture->server);
  assert_proven (fixture, MW_PROTOCOL_POP3, MW_SECURITY_STARTTLS);
}

/* EHLO tells nothing about this machine */
static void
test_smtp_starttls (Fixture *fixture, gconstpointer data)
{
  mw_test_server_send (fixture->server, "220 ready\r\n");
  mw_test_server_expect (fixture->server, "EHLO [127.0.0.1]\r\n");
  mw_test_server_send (fixture->server, "250-mail\r\n250-STARTTLS\r\n250 HELP\r\n");
  mw_test_server_expect (fixture->server, "STARTTLS\r\n");
  mw_test_server_send (fixture->server, "220 begin\r\n");
  mw_test_server_start_tls (fixture->server, NULL);
  mw_test_server_expect (fixture->server, "QUIT\r\n");
  mw_test_server_expect_eof (fixture->server);
  assert_proven (fixture, MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS);
}

static void
test_other_name (Fixture *fixture, gconstpointer data)
{
  mw_test_server_start_tls (fixture->server, NULL);
  mw_test_server_send (fixture->server, "* OK ready\r\n");
  assert_wrong (fixture, "imap.example.org", MW_PROTOCOL_IMAP, MW_SECURITY_TLS);
}

static void
test_stranger (Fixture *fixture, gconstpointer data)
{
  MwTestCertOptions options = { .dns_names = "mail.example.org", .self_signed = TRUE };
  g_autoptr(MwTestCert) self_signed = mw_test_cert_new (NULL, &options);

  mw_test_server_abandon (fixture->server);
  fixture->server = mw_test_server_new (self_signed);
  mw_test_server_start_tls (fixture->server, NULL);
  mw_test_server_send (fixture->server, "* OK ready\r\n");
  assert_wrong (fixture, "mail.example.org", MW_PROTOCOL_IMAP, MW_SECURITY_TLS);
}

static void
test_other_protocol (Fixture *fixture, gconstpointer data)
{
  mw_test_server_start_tls (fixture->server, NULL);
  mw_test_server_send (fixture->server, "220 mail.example.org ESMTP\r\n");
  assert_wrong (fixture, "mail.example.org", MW_PROTOCOL_IMAP, MW_SECURITY_TLS);
}

static void
test_busy (Fixture *fixture, gconstpointer data)
{
  mw_test_server_send (fixture->server, "421 too busy\r\n");
  assert_wrong (fixture, "mail.example.org", MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS);
}

static void
test_no_starttls (Fixture *fixture, gconstpointer data)
{
  mw_test_server_send (fixture->server, "* OK ready\r\n");
  mw_test_server_expect (fixture->server, "a STARTTLS\r\n");
  mw_test_server_send (fixture->server, "a BAD what?\r\n");
  assert_wrong (fixture, "mail.example.org", MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS);
}

static void
test_injected (Fixture *fixture, gconstpointer data)
{
  mw_test_server_send (fixture->server, "+OK ready\r\n");
  mw_test_server_expect (fixture->server, "STLS\r\n");
  mw_test_server_send (fixture->server, "+OK begin\r\n+OK and more\r\n");
  assert_wrong (fixture, "mail.example.org", MW_PROTOCOL_POP3, MW_SECURITY_STARTTLS);
}

static void
test_endless_greeting (Fixture *fixture, gconstpointer data)
{
  mw_test_server_send_forever (fixture->server, "220-and so on\r\n");
  assert_wrong (fixture, "mail.example.org", MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS);
}

static void
test_silent (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwServer) server = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_hold (fixture->server);
  mw_test_server_start (fixture->server);
  server = mw_server_new (MW_PROTOCOL_SMTP, "mail.example.org",
                          mw_test_server_get_port (fixture->server), MW_SECURITY_STARTTLS);
  g_assert_false (mw_guess_probe (fixture->dialer, fixture->trust, server, mw_deadline_after (0.2),
                                  NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT);
  mw_test_server_release (fixture->server);
  mw_test_server_abandon (fixture->server);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  /* No proxy, whatever the environment of the test says */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("/guess-probe/imap-inside-tls-is-proven", test_imap_tls);
  ADD ("/guess-probe/pop3-inside-tls-is-proven", test_pop3_tls);
  ADD ("/guess-probe/smtp-inside-tls-is-proven", test_smtp_tls);
  ADD ("/guess-probe/imap-starttls-is-proven", test_imap_starttls);
  ADD ("/guess-probe/pop3-starttls-is-proven", test_pop3_starttls);
  ADD ("/guess-probe/smtp-starttls-is-proven", test_smtp_starttls);
  ADD ("/guess-probe/certificate-of-another-name-is-wrong", test_other_name);
  ADD ("/guess-probe/certificate-of-a-stranger-is-wrong", test_stranger);
  ADD ("/guess-probe/other-protocol-is-wrong", test_other_protocol);
  ADD ("/guess-probe/busy-server-is-wrong", test_busy);
  ADD ("/guess-probe/refused-starttls-is-wrong", test_no_starttls);
  ADD ("/guess-probe/injected-bytes-are-wrong", test_injected);
  ADD ("/guess-probe/endless-greeting-is-wrong", test_endless_greeting);
  ADD ("/guess-probe/silent-server-is-left", test_silent);

  return g_test_run ();
}
