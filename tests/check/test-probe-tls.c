/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "check/mw-probe-fixture.h"

#include "net/mw-certificate.h"
#include "net/mw-deadline.h"
#include "net/mw-net-fakes.h"
#include "net/mw-network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TLS MW_SECURITY_TLS
#define STARTTLS MW_SECURITY_STARTTLS
#define NONE MW_SECURITY_NONE

#define CAPS "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready"
#define WHOLE                                                                                      \
  "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 OK in\nC: a2 EXAMINE INBOX\nS: a2 OK x\n"   \
  "C: a3 LOGOUT\n"

/* Ports that talk plain text */
static const ProbeRow rows[] = {
  { "imap-in-plain-text", MW_PROTOCOL_IMAP, TLS, "S: * OK ready\n", "failed", "tls-on-plain-port",
    "tls", FALSE, TRUE },
  { "pop3-in-plain-text", MW_PROTOCOL_POP3, TLS, "S: +OK ready\n", "failed", "tls-on-plain-port",
    "tls", FALSE, TRUE },
  { "smtp-in-plain-text", MW_PROTOCOL_SMTP, TLS, "S: 220 mx ESMTP\n", "failed", "tls-on-plain-port",
    "tls", FALSE, TRUE },
  { "another-mail-server-in-plain-text", MW_PROTOCOL_IMAP, TLS, "S: 220 mx ESMTP\n", "failed",
    "wrong-protocol", "tls", FALSE, TRUE },
  { "ssh-instead-of-tls", MW_PROTOCOL_IMAP, TLS, "S: SSH-2.0-x\n", "failed", "wrong-protocol",
    "tls", FALSE, TRUE },
  { "web-server-instead-of-tls", MW_PROTOCOL_SMTP, TLS, "C: *\nS: HTTP/1.1 400 Bad Request\nEOF\n",
    "failed", "wrong-protocol", "tls", FALSE, TRUE },
  { "unknown-words-instead-of-tls", MW_PROTOCOL_IMAP, TLS, "S: hello there\n", "failed",
    "tls-on-plain-port", "tls", FALSE, TRUE },
  { "noise-instead-of-tls", MW_PROTOCOL_IMAP, TLS, "S: \x01\x02\x03\x04\x05\x06\x07\n", "failed",
    "tls-handshake-failed", "tls", FALSE, TRUE },
  { "nothing-instead-of-tls", MW_PROTOCOL_IMAP, TLS, "HOLD\n", "failed", "timeout", "tls", FALSE,
    TRUE, 2 },
  { "hanging-up-instead-of-tls", MW_PROTOCOL_IMAP, TLS, "C: *\nCLOSE\n", "failed",
    "connection-closed", "tls", FALSE, TRUE },
};

/* ---- names and connections ---- */

static MwReport *
run_without_server (const char *host, guint16 port, double timeout, MwNetworkState *state)
{
  g_autoptr(MwServer) server = mw_server_new (MW_PROTOCOL_IMAP, host, port, MW_SECURITY_TLS);
  g_autoptr(GProxyResolver) proxies = g_simple_proxy_resolver_new (NULL, NULL);
  g_autoptr(MwProbe) probe = mw_probe_new (server);

  mw_probe_set_resolver (probe, probe_get_resolver ());
  mw_probe_set_proxy_resolver (probe, proxies);
  mw_probe_set_timeout (probe, timeout);
  mw_probe_set_network_state (probe, state);
  return probe_run (probe);
}

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
test_no_such_name (void)
{
  const ProbeRow row = { .verdict = "failed", .diagnosis = "dns-not-found", .stage = "resolve" };
  static const char *const names[] = { "nobody.test.example", "empty.test.example", "not a name",
                                       "imap..example.org", "a_b@c" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(MwReport) report = run_without_server (names[i], 993, 20, NULL);

      probe_assert_report (report, &row);
    }
}

static void
test_closed_port (void)
{
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "connection-refused",
                         .stage = "connect" };
  g_autoptr(MwReport) report = run_without_server (HOST, get_closed_port (), 20, NULL);

  probe_assert_report (report, &row);
}

static void
test_silent_port (void)
{
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "connection-timeout",
                         .stage = "connect" };
  g_autoptr(MwSilentPort) port = mw_silent_port_new (AF_INET, 0);
  g_autoptr(MwReport) report = NULL;

  g_assert_nonnull (port);
  report = run_without_server (HOST, mw_silent_port_get_port (port), 1, NULL);
  probe_assert_report (report, &row);
}

static void
test_resolver_that_hangs (void)
{
  g_autoptr(MwFakeResolver) resolver = mw_fake_resolver_new ();
  g_autoptr(MwServer) server = mw_server_new (MW_PROTOCOL_IMAP, HOST, 993, MW_SECURITY_TLS);
  g_autoptr(MwProbe) probe = mw_probe_new (server);
  g_autoptr(MwReport) report = NULL;

  mw_fake_resolver_close_gate (resolver);
  mw_probe_set_resolver (probe, MW_RESOLVER (resolver));
  mw_probe_set_timeout (probe, 1);
  report = probe_run (probe);
  probe_assert_diagnosis (report, "dns-timeout");
  mw_fake_resolver_open_gate (resolver);
}

/* ---- the network ---- */

static MwNetworkState *
new_state (MwConnectivity connectivity)
{
  MwNetworkState *state = g_atomic_rc_box_new0 (MwNetworkState);

  state->connectivity = connectivity;
  state->source = "monitor";
  state->connection_name = g_strdup ("Office <b>Wi-Fi</b>");
  state->vpns = g_new0 (char *, 1);
  return state;
}

static void
test_offline_explains_a_failure (void)
{
  static const struct
  {
    MwConnectivity connectivity;
    const char *diagnosis;
  } states[] = { { MW_CONNECTIVITY_OFFLINE, "offline" },
                 { MW_CONNECTIVITY_PORTAL, "captive-portal" },
                 { MW_CONNECTIVITY_LIMITED, "dns-not-found" },
                 { MW_CONNECTIVITY_UNKNOWN, "dns-not-found" },
                 { MW_CONNECTIVITY_ONLINE, "dns-not-found" } };

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr(MwNetworkState) state = new_state (states[i].connectivity);
      g_autoptr(MwReport) report = run_without_server ("nobody.test.example", 993, 20, state);

      probe_assert_diagnosis (report, states[i].diagnosis);
      g_assert_true (probe_has_diagnosis (report, "dns-not-found"));
      g_assert_cmpstr (mw_report_get_network (report), ==, "Office <b>Wi-Fi</b>");
    }
}

/* Desktops say "offline" now and then while everything works */
static void
test_offline_is_not_believed_when_it_works (void)
{
  MwTestServer *server = probe_start_script (WHOLE, NULL);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwNetworkState) state = new_state (MW_CONNECTIVITY_OFFLINE);
  g_autoptr(MwReport) report = NULL;

  mw_probe_set_network_state (probe, state);
  report = probe_run (probe);
  mw_test_server_finish (server);
  g_assert_cmpint (mw_report_get_verdict (report), ==, MW_STATUS_OK);
}

/* A refused password has nothing to do with a sign-in page */
static void
test_portal_is_no_excuse_for_a_password (void)
{
  MwTestServer *server = probe_start_script (
      "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 NO no\nC: a2 LOGOUT\n", NULL);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwNetworkState) state = new_state (MW_CONNECTIVITY_PORTAL);
  g_autoptr(MwReport) report = NULL;

  mw_probe_set_network_state (probe, state);
  report = probe_run (probe);
  mw_test_server_finish (server);
  probe_assert_diagnosis (report, "auth-failed");
}

/* ---- proxies ---- */

static MwProbe *
new_behind_proxy (MwSecurity security, guint16 proxy_port)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", proxy_port);
  g_autoptr(GProxyResolver) proxies = g_simple_proxy_resolver_new (url, NULL);
  MwProbe *probe = probe_new_for_port (MW_PROTOCOL_IMAP, security, 143);

  mw_probe_set_proxy_resolver (probe, proxies);
  return probe;
}

/* Behind a proxy the server is not this machine, so a password does not go out in the clear; unless
 * the person takes that very risk */
static void
test_no_password_in_the_clear (void)
{
  for (int allow = 0; allow <= 1; allow++)
    {
      MwTestServer *server = mw_test_server_new (NULL);
      g_autoptr(MwProbe) probe = NULL;
      g_autoptr(MwReport) report = NULL;
      g_autofree char *received = NULL;

      mw_test_server_expect_head (server);
      mw_test_server_send (server, "HTTP/1.1 200 Connected\r\n\r\n");
      mw_test_server_send (server, CAPS "\r\n");
      if (allow)
        {
          mw_test_server_expect_line (server, "a1 AUTHENTICATE PLAIN *");
          mw_test_server_send (server, "a1 NO no\r\n");
        }
      mw_test_server_expect_line (server, "a? LOGOUT");
      mw_test_server_start (server);
      probe = new_behind_proxy (MW_SECURITY_NONE, mw_test_server_get_port (server));
      mw_probe_set_allow_plain_login (probe, allow);
      report = probe_run (probe);
      mw_test_server_wait_played (server, allow ? 6 : 4);
      received = mw_test_server_dup_received (server);
      mw_test_server_finish (server);
      g_assert_cmpint (probe_holds_secret (received), ==, allow);
      probe_assert_diagnosis (report, allow ? "auth-failed" : "auth-plaintext-refused");
    }
}

static void
test_proxy_that_refuses (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  mw_test_server_expect_head (server);
  mw_test_server_send (server, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  mw_test_server_start (server);
  probe = new_behind_proxy (MW_SECURITY_TLS, mw_test_server_get_port (server));
  report = probe_run (probe);
  mw_test_server_abandon (server);
  probe_assert_diagnosis (report, "network-unreachable");
  g_assert_nonnull (
      strstr (mw_step_get_message (mw_report_get_step (report, MW_STAGE_CONNECT)), "proxy"));
}

/* ---- certificates ---- */

typedef struct
{
  const char *name;
  MwTestCertOptions options;
  const char *diagnoses; /* all that must be named, the first one is the one that matters most */
} CertificateRow;

static const CertificateRow certificates[] = {
  { "expired",
    { .dns_names = HOST, .not_before_days = -60, .not_after_days = -2 },
    "cert-expired" },
  { "not-yet-valid",
    { .dns_names = HOST, .not_before_days = 5, .not_after_days = 60 },
    "cert-not-yet-valid" },
  { "self-signed",
    { .subject = HOST, .dns_names = HOST, .self_signed = TRUE },
    "cert-self-signed" },
  { "for-another-name", { .dns_names = "www.other.example" }, "cert-name-mismatch" },
  { "with-a-common-name-only", { .subject = HOST }, "cert-name-mismatch" },
  { "with-a-short-key", { .dns_names = HOST, .rsa_bits = 1024 }, "cert-weak" },
  { "for-clients-only", { .dns_names = HOST, .purpose_client = TRUE }, "cert-untrusted" },
  { "expired-and-for-another-name",
    { .dns_names = "www.other.example", .not_before_days = -60, .not_after_days = -2 },
    "cert-name-mismatch cert-expired" },
  { "self-signed-expired-and-for-another-name",
    { .dns_names = "www.other.example",
      .self_signed = TRUE,
      .not_before_days = -60,
      .not_after_days = -2 },
    "cert-self-signed cert-name-mismatch cert-expired" },
  { "with-half-a-wildcard", { .dns_names = "ma*.test.example" }, "cert-name-mismatch" },
  { "with-a-wildcard-too-far-up", { .dns_names = "*.example" }, "cert-name-mismatch" },
};

static void
test_bad_certificate (gconstpointer data)
{
  const CertificateRow *row = data;
  g_autoptr(MwTestCert) cert = mw_test_cert_new (mw_test_cert_get_root (), &row->options);
  g_auto (GStrv) expected = g_strsplit (row->diagnoses, " ", -1);
  const ProbeRow wanted = { .verdict = "failed", .diagnosis = expected[0], .stage = "certificate" };
  MwTestServer *server = probe_start_script ("TLS\nEOF\n", cert);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = probe_run (probe);
  g_autofree char *received = mw_test_server_dup_received (server);
  guint n;

  mw_test_server_finish (server);
  probe_assert_report (report, &wanted);
  mw_report_get_diagnoses (report, &n);
  g_assert_cmpuint (n, ==, g_strv_length (expected));
  for (gsize i = 0; expected[i] != NULL; i++)
    g_assert_true (probe_has_diagnosis (report, expected[i]));
  g_assert_cmpstr (received, ==, "");
  g_assert_true (mw_report_has_tls (report));
  g_assert_cmpuint (mw_report_get_certificates (report)->len, >=, 1);

  /* Each is named in a sentence of its own */
  g_assert_cmpuint (mw_report_get_faults (report)->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      const MwReportFault *fault = g_ptr_array_index (mw_report_get_faults (report), i);

      g_assert_true (probe_has_diagnosis (report, mw_diagnosis_to_id (fault->diagnosis)));
      g_assert_cmpuint (strlen (fault->message), >, 10);
    }
}

/* The same faults must be found after STARTTLS */
static void
test_bad_certificate_after_starttls (gconstpointer data)
{
  const CertificateRow *row = data;
  g_autoptr(MwTestCert) cert = mw_test_cert_new (mw_test_cert_get_root (), &row->options);
  g_auto (GStrv) expected = g_strsplit (row->diagnoses, " ", -1);
  MwTestServer *server = probe_start_script ("S: * OK [CAPABILITY IMAP4rev1 STARTTLS] x\n"
                                             "C: a1 STARTTLS\nS: a1 OK go\nTLS\nEOF\n",
                                             cert);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = probe_run (probe);
  g_autofree char *received = mw_test_server_dup_received (server);

  mw_test_server_finish (server);
  probe_assert_diagnosis (report, expected[0]);
  g_assert_cmpstr (received, ==, "a1 STARTTLS\r\n");
}

static void
test_unknown_authority (void)
{
  MwTestCertOptions authority = { .subject = "Nobody's CA", .ca = TRUE, .self_signed = TRUE };
  MwTestCertOptions leaf = { .dns_names = HOST };
  g_autoptr(MwTestCert) ca = mw_test_cert_new (NULL, &authority);
  g_autoptr(MwTestCert) cert = mw_test_cert_new (ca, &leaf);
  MwTestServer *server = probe_start_script ("TLS\nEOF\n", cert);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = probe_run (probe);

  mw_test_server_finish (server);
  probe_assert_diagnosis (report, "cert-untrusted");
  g_assert_nonnull (strstr (mw_step_get_message (mw_report_get_step (report, MW_STAGE_CERTIFICATE)),
                            "Nobody's CA"));
}

static void
test_expires_soon (void)
{
  static const struct
  {
    int before;
    int after;
    gboolean soon;
  } lives[] = { { -85, 5, TRUE },
                { -60, 30, FALSE },
                { -2, 4, FALSE },
                { -3000, 650, FALSE },
                { -3600, 50, TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (lives); i++)
    {
      MwTestCertOptions options = { .dns_names = HOST,
                                    .not_before_days = lives[i].before,
                                    .not_after_days = lives[i].after };
      g_autoptr(MwTestCert) cert = mw_test_cert_new (mw_test_cert_get_root (), &options);
      MwTestServer *server = probe_start_script (WHOLE, cert);
      g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                     mw_test_server_get_port (server));
      g_autoptr(MwReport) report = probe_run (probe);

      mw_test_server_finish (server);
      g_assert_cmpint (mw_report_get_verdict (report), ==,
                       lives[i].soon ? MW_STATUS_WARNING : MW_STATUS_OK);
      probe_assert_diagnosis (report, lives[i].soon ? "cert-expires-soon" : NULL);
    }
}

static void
test_never_expires (void)
{
  MwTestCertOptions options = { .dns_names = HOST, .never_expires = TRUE };
  g_autoptr(MwTestCert) cert = mw_test_cert_new (mw_test_cert_get_root (), &options);
  MwTestServer *server = probe_start_script (WHOLE, cert);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = probe_run (probe);

  mw_test_server_finish (server);
  probe_assert_diagnosis (report, NULL);
}

static char *
get_pin (const MwTestCert *cert)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwCertificate) parsed = mw_certificate_new (cert->der, &error);

  g_assert_no_error (error);
  return g_strdup (parsed->spki_sha256);
}

static void
test_accepted_key (void)
{
  MwTestCertOptions options = { .dns_names = "nas.local", .self_signed = TRUE };
  g_autoptr(MwTestCert) cert = mw_test_cert_new (NULL, &options);
  g_autofree char *pin = get_pin (cert);
  MwTestServer *server = probe_start_script (WHOLE, cert);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = NULL;

  mw_probe_set_pin (probe, pin);
  report = probe_run (probe);
  mw_test_server_finish (server);
  g_assert_cmpint (mw_report_get_verdict (report), ==, MW_STATUS_OK);
  /* What is wrong is still said */
  g_assert_cmpuint (mw_report_get_faults (report)->len, >=, 1);
}

/* Another key on the same server is a stranger again */
static void
test_accepted_key_is_for_one_key (void)
{
  MwTestCertOptions options = { .dns_names = HOST, .self_signed = TRUE, .rsa_bits = 2048 };
  g_autoptr(MwTestCert) cert = mw_test_cert_new (NULL, &options);
  g_autofree char *pin = get_pin (probe_get_certificate ());
  MwTestServer *server = probe_start_script ("TLS\nEOF\n", cert);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = NULL;

  mw_probe_set_pin (probe, pin);
  report = probe_run (probe);
  mw_test_server_finish (server);
  probe_assert_diagnosis (report, "cert-self-signed");
}

/* A withdrawn certificate comes before everything else, and nobody can accept it */
static void
test_revoked (void)
{
  MwTestCertOptions options = { .dns_names = "www.other.example" };
  g_autoptr(MwTestCert) cert = mw_test_cert_new (mw_test_cert_get_root (), &options);
  g_autoptr(GBytes) ocsp = mw_test_cert_make_ocsp (mw_test_cert_get_root (), cert, TRUE);
  g_autofree char *pin = get_pin (cert);
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  mw_test_server_set_ocsp (server, ocsp);
  mw_test_server_start_tls (server, NULL);
  mw_test_server_expect_eof (server);
  mw_test_server_start (server);
  probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, mw_test_server_get_port (server));
  mw_probe_set_pin (probe, pin);
  report = probe_run (probe);
  mw_test_server_finish (server);
  probe_assert_diagnosis (report, "cert-revoked");
  g_assert_true (probe_has_diagnosis (report, "cert-name-mismatch"));
}

/* The name that the certificate does prove is suggested, if it is of the same domain */
static void
test_advice_for_the_name (void)
{
  MwTestCertOptions options = { .dns_names = "imap.test.example" };
  g_autoptr(MwTestCert) cert = mw_test_cert_new (mw_test_cert_get_root (), &options);
  MwTestServer *server = probe_start_script ("TLS\nEOF\n", cert);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = probe_run (probe);
  const MwReportAdvice *advice;

  mw_test_server_finish (server);
  probe_assert_diagnosis (report, "cert-name-mismatch");
  advice = g_ptr_array_index (mw_report_get_advice (report), 0);
  g_assert_cmpstr (advice->fix_field, ==, "host");
  g_assert_cmpstr (advice->fix_value, ==, "imap.test.example");
}

/* ---- handshakes ---- */

static void
test_old_tls (void)
{
  const ProbeRow row = { .verdict = "failed", .diagnosis = "tls-version-too-old", .stage = "tls" };
  static const char *const priorities[] = { "NORMAL:-VERS-ALL:+VERS-TLS1.1",
                                            "NORMAL:-VERS-ALL:+VERS-TLS1.0" };

  for (gsize i = 0; i < G_N_ELEMENTS (priorities); i++)
    {
      MwTestServer *server = mw_test_server_new (probe_get_certificate ());
      g_autoptr(MwProbe) probe = NULL;
      g_autoptr(MwReport) report = NULL;

      mw_test_server_start_tls_fails (server, priorities[i]);
      mw_test_server_start (server);
      probe =
          probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, mw_test_server_get_port (server));
      report = probe_run (probe);
      mw_test_server_finish (server);
      probe_assert_report (report, &row);
    }
}

static void
test_client_certificate (void)
{
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  mw_test_server_ask_client_certificate (server, 2);
  mw_test_server_start_tls_fails (server, NULL);
  mw_test_server_start (server);
  probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, mw_test_server_get_port (server));
  report = probe_run (probe);
  mw_test_server_abandon (server);
  probe_assert_diagnosis (report, "tls-handshake-failed");
}

/* ---- silence ---- */

/* A port for TLS says nothing to those that wait for a greeting. The first connection is held, what
 * comes after it goes to the server of the script. */
typedef struct
{
  int listener;
  guint16 port;
  guint16 target;
  GThread *thread;
} Relay;

static void
pass_on (int from, int to)
{
  struct pollfd fds[2] = { { .fd = from, .events = POLLIN }, { .fd = to, .events = POLLIN } };
  char bytes[4096];

  while (poll (fds, 2, 20000) > 0)
    for (int i = 0; i < 2; i++)
      if (fds[i].revents != 0)
        {
          ssize_t n = recv (fds[i].fd, bytes, sizeof bytes, 0);

          if (n <= 0 || send (fds[1 - i].fd, bytes, (size_t) n, MSG_NOSIGNAL) != n)
            return;
        }
}

static gpointer
relay_thread (gpointer data)
{
  Relay *relay = data;
  int held = accept (relay->listener, NULL, NULL);
  int second = accept (relay->listener, NULL, NULL);
  int target = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (relay->target) };

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (second >= 0 && connect (target, (struct sockaddr *) &address, sizeof address) == 0)
    pass_on (second, target);
  close (target);
  close (second);
  close (held);
  return NULL;
}

static void
relay_start (Relay *relay, guint16 target)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  relay->target = target;
  relay->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (relay->listener, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (relay->listener, 5), ==, 0);
  g_assert_cmpint (getsockname (relay->listener, (struct sockaddr *) &address, &size), ==, 0);
  relay->port = ntohs (address.sin_port);
  relay->thread = g_thread_new ("relay", relay_thread, relay);
}

static void
relay_stop (Relay *relay)
{
  shutdown (relay->listener, SHUT_RDWR);
  g_thread_join (relay->thread);
  close (relay->listener);
}

static void
test_silence_that_waits_for_tls (gconstpointer data)
{
  MwSecurity security = (MwSecurity) GPOINTER_TO_UINT (data);
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "plain-on-tls-port",
                         .stage = "greeting" };
  MwTestServer *server = probe_start_script ("TLS\nEOF\n", NULL);
  Relay relay = { 0 };
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  relay_start (&relay, mw_test_server_get_port (server));
  probe = probe_new_for_port (MW_PROTOCOL_IMAP, security, relay.port);
  mw_probe_set_timeout (probe, 10);
  report = probe_run (probe);
  relay_stop (&relay);
  mw_test_server_finish (server);
  probe_assert_report (report, &row);
}

static void
test_silence_of_a_web_server (void)
{
  const ProbeRow row = { .verdict = "failed", .diagnosis = "wrong-protocol", .stage = "greeting" };
  MwTestServer *server = probe_start_script ("C: *\nS: HTTP/1.1 400 Bad Request\nEOF\n", NULL);
  Relay relay = { 0 };
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  relay_start (&relay, mw_test_server_get_port (server));
  probe = probe_new_for_port (MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS, relay.port);
  mw_probe_set_timeout (probe, 10);
  report = probe_run (probe);
  relay_stop (&relay);
  mw_test_server_abandon (server);
  probe_assert_report (report, &row);
}

static void
test_silence_of_nobody (void)
{
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "greeting-timeout",
                         .stage = "greeting" };
  MwTestServer *server = probe_start_script ("HOLD\n", NULL);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_NONE,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = NULL;

  mw_probe_set_timeout (probe, 2);
  report = probe_run (probe);
  mw_test_server_abandon (server);
  probe_assert_report (report, &row);
}

/* ---- names and passwords that would be commands ---- */

static void
test_line_breaks_never_leave (void)
{
  static const struct
  {
    const char *bytes;
    gssize length;
  } passwords[] = { { "a\r\nb", -1 }, { "a\nb", -1 }, { "a\rb", -1 }, { "a\0b", 3 } };

  for (gsize i = 0; i < G_N_ELEMENTS (passwords); i++)
    {
      g_autoptr(MwProbe) probe =
                    probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, get_closed_port ());
      g_autoptr(SecretValue) password =
                    secret_value_new (passwords[i].bytes, passwords[i].length, "text/plain");
      g_autoptr(MwReport) report = NULL;

      mw_probe_set_password (probe, password);
      report = probe_run (probe);
      probe_assert_diagnosis (report, "auth-failed");
      g_assert_cmpint (mw_step_get_status (mw_report_get_step (report, MW_STAGE_CONNECT)), ==,
                       MW_STATUS_SKIPPED);
    }
}

/* ---- leaving early ---- */

#define LONG_SCRIPT                                                                                \
  "S: * OK ready\nC: a1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS\nS: a1 OK x\nC: a2 "        \
  "STARTTLS\n"                                                                                     \
  "S: a2 OK go\nTLS\nC: a3 CAPABILITY\nC: a4 LOGIN *\nS: * CAPABILITY IMAP4rev1 ID\nS: a3 OK x\n"  \
  "S: a4 OK in\nC: a5 ID *\nC: a6 EXAMINE INBOX\nS: a5 OK x\nS: a6 OK x\nC: a7 LOGOUT\n"

/* The first @n steps, and then @last */
static char *
cut_script (guint n, const char *last)
{
  g_auto (GStrv) lines = g_strsplit (LONG_SCRIPT, "\n", -1);
  GString *script = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (script, "%s\n", lines[i]);
  g_string_append (script, last);
  return g_string_free (script, FALSE);
}

#define N_STEPS 16 /* of LONG_SCRIPT before LOGOUT */

typedef struct
{
  MwTestServer *server;
  GCancellable *cancellable;
  guint n;
} Canceller;

static gpointer
cancel_thread (gpointer data)
{
  Canceller *canceller = data;

  if (canceller->n > 0)
    mw_test_server_wait_played (canceller->server, canceller->n);
  else
    g_usleep (20000);
  g_cancellable_cancel (canceller->cancellable);
  return NULL;
}

static void
test_cancel_at_each_step (void)
{
  for (guint n = 0; n < N_STEPS; n++)
    {
      g_autofree char *script = cut_script (n, "HOLD\n");
      MwTestServer *server = probe_start_script (script, NULL);
      g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS,
                                                     mw_test_server_get_port (server));
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      Canceller canceller = { server, cancellable, n };
      GThread *thread = g_thread_new ("cancel", cancel_thread, &canceller);
      g_autoptr(GError) error = NULL;
      gint64 start = g_get_monotonic_time ();

      mw_probe_set_timeout (probe, 60);
      g_assert_null (mw_probe_run_sync (probe, NULL, NULL, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 15 * G_USEC_PER_SEC);
      g_thread_join (thread);
      mw_test_server_abandon (server);
    }
}

static void
test_cancelled_before (void)
{
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, 1);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (mw_probe_run_sync (probe, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_drop_at_each_step (void)
{
  static const char *const ends[] = { "CLOSE\n", "RESET\n" };

  for (gsize how = 0; how < G_N_ELEMENTS (ends); how++)
    for (guint n = 1; n < N_STEPS; n++)
      {
        g_autofree char *script = cut_script (n, ends[how]);
        MwTestServer *server = probe_start_script (script, NULL);
        g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS,
                                                       mw_test_server_get_port (server));
        g_autoptr(MwReport) report = probe_run (probe);

        mw_test_server_abandon (server);
        g_assert_cmpint (mw_report_get_verdict (report), ==, MW_STATUS_FAILED);
        probe_assert_diagnosis (report, "connection-closed");
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  probe_add_rows ("/tls", rows, G_N_ELEMENTS (rows));
  g_test_add_func ("/connect/no-such-name", test_no_such_name);
  g_test_add_func ("/connect/closed-port", test_closed_port);
  g_test_add_func ("/connect/silent-port", test_silent_port);
  g_test_add_func ("/connect/a-resolver-that-hangs", test_resolver_that_hangs);
  g_test_add_func ("/network/offline-explains-a-failure", test_offline_explains_a_failure);
  g_test_add_func ("/network/offline-is-not-believed-when-it-works",
                   test_offline_is_not_believed_when_it_works);
  g_test_add_func ("/network/a-sign-in-page-is-no-excuse-for-a-password",
                   test_portal_is_no_excuse_for_a_password);
  g_test_add_func ("/proxy/no-password-in-the-clear", test_no_password_in_the_clear);
  g_test_add_func ("/proxy/that-refuses-mail-ports", test_proxy_that_refuses);
  for (gsize i = 0; i < G_N_ELEMENTS (certificates); i++)
    {
      g_autofree char *path = g_strdup_printf ("/certificate/%s", certificates[i].name);
      g_autofree char *starttls =
          g_strdup_printf ("/certificate/starttls/%s", certificates[i].name);

      g_test_add_data_func (path, &certificates[i], test_bad_certificate);
      g_test_add_data_func (starttls, &certificates[i], test_bad_certificate_after_starttls);
    }
  g_test_add_func ("/certificate/of-an-unknown-authority", test_unknown_authority);
  g_test_add_func ("/certificate/expires-soon-by-share-of-its-life", test_expires_soon);
  g_test_add_func ("/certificate/that-never-expires", test_never_expires);
  g_test_add_func ("/certificate/accepted-key", test_accepted_key);
  g_test_add_func ("/certificate/accepted-key-is-for-one-key", test_accepted_key_is_for_one_key);
  g_test_add_func ("/certificate/revoked-comes-first-and-cannot-be-accepted", test_revoked);
  g_test_add_func ("/certificate/advice-suggests-a-proven-name", test_advice_for_the_name);
  g_test_add_func ("/tls/outdated-versions", test_old_tls);
  g_test_add_func ("/tls/client-certificate-wanted", test_client_certificate);
  g_test_add_data_func ("/silence/waits-for-tls-on-a-plain-setting", GUINT_TO_POINTER (NONE),
                        test_silence_that_waits_for_tls);
  g_test_add_data_func ("/silence/waits-for-tls-on-a-starttls-setting", GUINT_TO_POINTER (STARTTLS),
                        test_silence_that_waits_for_tls);
  g_test_add_func ("/silence/of-a-web-server", test_silence_of_a_web_server);
  g_test_add_func ("/silence/of-nobody", test_silence_of_nobody);
  g_test_add_func ("/credentials/line-breaks-never-leave", test_line_breaks_never_leave);
  g_test_add_func ("/cancel/at-each-step", test_cancel_at_each_step);
  g_test_add_func ("/cancel/before-the-start", test_cancelled_before);
  g_test_add_func ("/drop/at-each-step", test_drop_at_each_step);

  return g_test_run ();
}
