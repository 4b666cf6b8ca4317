/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "check/mw-probe-fixture.h"

#include <string.h>

#define TLS MW_SECURITY_TLS
#define STARTTLS MW_SECURITY_STARTTLS
#define NONE MW_SECURITY_NONE

#define HELLO "S: 220 mx.example ESMTP\nC: EHLO [127.0.0.1]\n"
#define OFFER "S: 250-mx.example\nS: 250-SIZE 1000\nS: 250 AUTH PLAIN LOGIN\n"
#define AUTH "C: AUTH PLAIN " PLAIN_BASE64 "\nS: 235 2.7.0 in\n"
#define MAIL "C: MAIL FROM:<" USER ">\nS: 250 2.1.0 Ok\nC: RSET\nC: QUIT\n"
#define UNTIL_STARTTLS HELLO "S: 250-mx.example\nS: 250 STARTTLS\nC: STARTTLS\n"

static const ProbeRow rows[] = {
  /* ---- what works must stay fine ---- */
  { "tls", MW_PROTOCOL_SMTP, TLS, "TLS\n" HELLO OFFER AUTH MAIL, "ok", NULL, NULL, TRUE, FALSE, 0,
    NULL, USER },
  { "postfix-gets-the-sender-with-the-login", MW_PROTOCOL_SMTP, TLS,
    "TLS\nS: 220 mx ESMTP Postfix\nC: EHLO *\nS: 250-mx\nS: 250-PIPELINING\nS: 250 AUTH PLAIN\n"
    "C: AUTH PLAIN *\nC: MAIL FROM:<" USER ">\nS: 235 in\nS: 250 Ok\nC: RSET\nC: QUIT\n",
    "ok", NULL, NULL, TRUE, FALSE, 0, NULL, USER },
  { "postfix-with-a-second-way", MW_PROTOCOL_SMTP, TLS,
    "TLS\nS: 220 mx ESMTP Postfix\nC: EHLO *\nS: 250-mx\nS: 250-PIPELINING\n"
    "S: 250 AUTH PLAIN LOGIN\nC: AUTH PLAIN *\nC: MAIL FROM:<*>\nS: 504 no\nS: 250 Ok\nC: RSET\n"
    "S: 250 Ok\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\nS: 334 UGFzc3dvcmQ6\nC: *\n"
    "S: 235 in\nC: MAIL FROM:<*>\nS: 250 Ok\nC: RSET\nC: QUIT\n",
    "ok", NULL, NULL, TRUE, FALSE, 0, NULL, USER },
  { "tls-without-a-sender", MW_PROTOCOL_SMTP, TLS, "TLS\n" HELLO OFFER AUTH "C: QUIT\n", "ok", NULL,
    NULL, TRUE },
  { "starttls", MW_PROTOCOL_SMTP, STARTTLS,
    UNTIL_STARTTLS "S: 220 2.0.0 go\nTLS\nC: EHLO *\n" OFFER AUTH MAIL, "ok", NULL, NULL, TRUE,
    FALSE, 0, NULL, USER },
  { "long-greeting-and-old-auth-line", MW_PROTOCOL_SMTP, TLS,
    "TLS\nS: 220-mx.example ESMTP\nS: 220-no spam\nS: 220 please\nC: EHLO *\nS: 250-mx\n"
    "S: 250 AUTH=PLAIN\n" AUTH MAIL,
    "ok", NULL, NULL, TRUE, FALSE, 0, NULL, USER },
  { "login-mechanism-with-odd-prompts", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO "S: 250-mx\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 name please\n"
    "C: YW5uYUB0ZXN0LmV4YW1wbGU=\nS: 334 \nC: " PASSWORD_BASE64 "\nS: 235 in\n" MAIL,
    "ok", NULL, NULL, TRUE, FALSE, 0, NULL, USER },
  { "plain-to-loopback", MW_PROTOCOL_SMTP, NONE, HELLO OFFER AUTH MAIL, "ok", NULL, NULL, TRUE,
    FALSE, 0, NULL, USER },
  { "no-login-configured", MW_PROTOCOL_SMTP, TLS, "TLS\n" HELLO "S: 250 mx\n" MAIL, "ok", NULL,
    NULL, FALSE, FALSE, 0, "NONE", USER },
  { "cram-md5-in-the-clear-before-plain", MW_PROTOCOL_SMTP, NONE,
    HELLO "S: 250-mx\nS: 250 AUTH PLAIN CRAM-MD5\nC: AUTH CRAM-MD5\n"
          "S: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\nC: *\nS: 235 in\n" MAIL,
    "ok", NULL, NULL, FALSE, FALSE, 0, NULL, USER },

  /* ---- greetings ---- */
  { "greeting-later", MW_PROTOCOL_SMTP, TLS, "TLS\nS: 421 busy\nCLOSE\n", "failed", "server-busy",
    "greeting" },
  { "greeting-never", MW_PROTOCOL_SMTP, TLS, "TLS\nS: 554 you are on a list\nCLOSE\n", "failed",
    "connection-refused", "greeting" },
  { "greeting-of-imap", MW_PROTOCOL_SMTP, TLS, "TLS\nS: * OK ready\nEOF\n", "failed",
    "wrong-protocol", "greeting" },
  { "greeting-of-lmtp", MW_PROTOCOL_SMTP, TLS, "TLS\nS: 220 mx LMTP\nEOF\n", "failed",
    "wrong-protocol", "greeting" },
  { "greeting-of-ftp", MW_PROTOCOL_SMTP, NONE, "S: 220 ProFTPD Server\nEOF\n", "failed",
    "wrong-protocol", "greeting" },
  { "greeting-of-another-success", MW_PROTOCOL_SMTP, TLS, "TLS\nS: 250 ESMTP\nEOF\n", "failed",
    "response-malformed", "greeting" },
  { "greeting-with-two-codes", MW_PROTOCOL_SMTP, TLS, "TLS\nS: 220-mx ESMTP\nS: 250 x\nEOF\n",
    "failed", "response-malformed", "greeting" },
  { "ehlo-unknown", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO "S: 502 what\nC: HELO *\nS: 250 mx\nC: QUIT\n", "failed",
    "auth-mechanism-unsupported", "login" },
  { "ehlo-later", MW_PROTOCOL_SMTP, TLS, "TLS\n" HELLO "S: 421 shutting down\nCLOSE\n", "failed",
    "server-busy", "capability", FALSE, TRUE },

  /* ---- STARTTLS ---- */
  { "starttls-stripped", MW_PROTOCOL_SMTP, STARTTLS, HELLO OFFER "EOF\n", "failed",
    "starttls-not-offered", "starttls" },
  { "starttls-without-ehlo", MW_PROTOCOL_SMTP, STARTTLS,
    HELLO "S: 502 what\nC: HELO *\nS: 250 mx\nEOF\n", "failed", "starttls-not-offered",
    "starttls" },
  { "starttls-later", MW_PROTOCOL_SMTP, STARTTLS, UNTIL_STARTTLS "S: 454 not now\nEOF\n", "failed",
    "starttls-refused", "starttls" },
  { "starttls-never", MW_PROTOCOL_SMTP, STARTTLS, UNTIL_STARTTLS "S: 501 no\nEOF\n", "failed",
    "starttls-refused", "starttls" },
  { "starttls-other-success", MW_PROTOCOL_SMTP, STARTTLS, UNTIL_STARTTLS "S: 250 fine\nEOF\n",
    "failed", "starttls-refused", "starttls" },
  { "starttls-354", MW_PROTOCOL_SMTP, STARTTLS, UNTIL_STARTTLS "S: 354 go on\nEOF\n", "failed",
    "starttls-refused", "starttls" },
  { "starttls-closing", MW_PROTOCOL_SMTP, STARTTLS, UNTIL_STARTTLS "S: 421 bye\nCLOSE\n", "failed",
    "server-busy", "starttls" },
  { "starttls-nonsense", MW_PROTOCOL_SMTP, STARTTLS, UNTIL_STARTTLS "S: a1 OK go\nEOF\n", "failed",
    "response-malformed", "starttls" },
  { "auth-before-tls-is-forgotten", MW_PROTOCOL_SMTP, STARTTLS,
    HELLO "S: 250-mx\nS: 250-AUTH PLAIN\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO *\n"
          "S: 250 mx\nC: QUIT\n",
    "failed", "auth-mechanism-unsupported", "login" },

  /* ---- logins ---- */
  { "login-refused", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO OFFER "C: AUTH PLAIN *\nS: 535 5.7.8 no\nC: QUIT\n", "failed", "auth-failed",
    "login", TRUE },
  { "login-later", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO OFFER "C: AUTH PLAIN *\nS: 454 4.7.0 Temporary authentication failure\nC: QUIT\n",
    "failed", "server-busy", "login", TRUE },
  { "login-too-often", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO OFFER "C: AUTH PLAIN *\nS: 454 4.7.0 Too many login attempts\nC: QUIT\n",
    "failed", "auth-rate-limited", "login", TRUE },
  { "login-with-app-password-only", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO OFFER "C: AUTH PLAIN *\nS: 534-5.7.9 Application-specific password required.\n"
    "S: 534 5.7.9 Learn more\nC: QUIT\n",
    "failed", "auth-app-password-required", "login", TRUE },
  { "login-other-success", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO OFFER "C: AUTH PLAIN *\nS: 250 fine\nC: QUIT\n", "failed", "response-malformed",
    "login", TRUE },
  { "login-second-mechanism", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO OFFER "C: AUTH PLAIN *\nS: 504 5.5.4 no such type\nC: AUTH LOGIN\n"
    "S: 334 VXNlcm5hbWU6\nC: *\nS: 334 UGFzc3dvcmQ6\nC: *\nS: 235 in\n" MAIL,
    "ok", NULL, NULL, TRUE, FALSE, 0, NULL, USER },
  { "login-not-offered-in-the-clear", MW_PROTOCOL_SMTP, NONE,
    HELLO "S: 250-mx\nS: 250 STARTTLS\nC: QUIT\n", "failed", "auth-plaintext-refused", "login" },
  { "login-needs-tls-says-the-server", MW_PROTOCOL_SMTP, NONE,
    HELLO OFFER "C: AUTH PLAIN *\nS: 538 encryption required\nC: QUIT\n", "failed",
    "auth-plaintext-refused", "login", TRUE },
  { "oauth-only", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO "S: 250-mx\nS: 250 AUTH XOAUTH2 OAUTHBEARER\nC: QUIT\n", "failed",
    "auth-oauth2-required", "login" },
  { "token-refused", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO
    "S: 250-mx\nS: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2 *\nS: 334 eyJzdGF0dXMiOiI0MDEifQ==\n"
    "C: \nS: 535 no\nC: QUIT\n",
    "failed", "auth-failed", "login", FALSE, FALSE, 0, "XOAUTH2" },

  /* ---- senders ---- */
  { "sender-rejected", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO OFFER AUTH "C: MAIL FROM:<*>\nS: 553 5.7.1 not yours\nC: QUIT\n", "failed",
    "sender-rejected", "mailbox", TRUE, FALSE, 0, NULL, USER },
  { "sender-later", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO OFFER AUTH "C: MAIL FROM:<*>\nS: 451 4.3.0 later\nC: QUIT\n", "failed",
    "server-busy", "mailbox", TRUE, FALSE, 0, NULL, USER },
  { "sender-that-needs-smtputf8", MW_PROTOCOL_SMTP, TLS, "TLS\n" HELLO OFFER AUTH "C: QUIT\n",
    "failed", "sender-rejected", "mailbox", TRUE, FALSE, 0, NULL, "änna@test.example" },
  { "sender-with-smtputf8", MW_PROTOCOL_SMTP, TLS,
    "TLS\n" HELLO "S: 250-mx\nS: 250-SMTPUTF8\nS: 250 AUTH PLAIN\n" AUTH
    "C: MAIL FROM:<*@test.example> SMTPUTF8\nS: 250 Ok\nC: RSET\nC: QUIT\n",
    "ok", NULL, NULL, TRUE, FALSE, 0, NULL, "änna@test.example" },
};

/* "220 go" and more in the same flight */
static void
test_injected_bytes (void)
{
  static const char *const answers[] = {
    "220 go\r\n250 me too\r\n",
    "220 go\r\nx",
    "220-go\r\n220 on\r\n250-mx\r\n250 AUTH PLAIN\r\n",
  };
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "starttls-injection",
                         .stage = "starttls" };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      MwTestServer *server = mw_test_server_new (probe_get_certificate ());
      g_autoptr(MwProbe) probe = NULL;
      g_autoptr(MwReport) report = NULL;

      mw_test_server_send (server, "220 mx ESMTP\r\n");
      mw_test_server_expect_line (server, "EHLO *");
      mw_test_server_send (server, "250-mx\r\n250 STARTTLS\r\n");
      mw_test_server_expect_line (server, "STARTTLS");
      mw_test_server_send (server, answers[i]);
      mw_test_server_expect_eof (server);
      mw_test_server_start (server);
      probe = probe_new_for_port (MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS,
                                  mw_test_server_get_port (server));
      report = probe_run (probe);
      probe_assert_report (report, &row);
      mw_test_server_finish (server);
    }
}

static void
test_answer_before_the_question (void)
{
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "starttls-injection",
                         .stage = "starttls" };
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  mw_test_server_send (server, "220 mx ESMTP\r\n");
  mw_test_server_expect_line (server, "EHLO *");
  mw_test_server_send (server, "250-mx\r\n250 STARTTLS\r\n220 go\r\n");
  mw_test_server_expect_eof (server);
  mw_test_server_start (server);
  probe =
      probe_new_for_port (MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS, mw_test_server_get_port (server));
  report = probe_run (probe);
  probe_assert_report (report, &row);
  mw_test_server_finish (server);
}

/* The name of this machine is nobody's business */
static void
test_hello_tells_nothing (void)
{
  MwTestServer *server = probe_start_script ("TLS\n" HELLO OFFER AUTH MAIL, NULL);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_SMTP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = NULL;
  g_autofree char *received = NULL;

  mw_probe_set_sender (probe, USER);
  report = probe_run (probe);
  mw_test_server_wait_played (server, 12);
  received = mw_test_server_dup_received (server);
  mw_test_server_finish (server);
  g_assert_null (strstr (received, g_get_host_name ()));
  g_assert_null (strstr (received, g_get_user_name ()));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  probe_add_rows ("/smtp", rows, G_N_ELEMENTS (rows));
  g_test_add_func ("/smtp/injected-bytes", test_injected_bytes);
  g_test_add_func ("/smtp/answer-to-starttls-before-the-question", test_answer_before_the_question);
  g_test_add_func ("/smtp/hello-tells-nothing-about-this-machine", test_hello_tells_nothing);

  return g_test_run ();
}
