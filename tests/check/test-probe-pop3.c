/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "check/mw-probe-fixture.h"

#include <string.h>

#define TLS MW_SECURITY_TLS
#define STARTTLS MW_SECURITY_STARTTLS
#define NONE MW_SECURITY_NONE

#define CAPA "C: CAPA\nS: +OK here\nS: USER\nS: SASL PLAIN\nS: PIPELINING\nS: .\n"
#define CAPA_STLS "C: CAPA\nS: +OK here\nS: STLS\nS: SASL PLAIN\nS: .\n"
#define UNTIL_STLS "S: +OK ready\n" CAPA_STLS "C: STLS\n"
#define LOGIN "C: AUTH PLAIN " PLAIN_BASE64 "\nS: +OK in\n"
#define STAT "C: STAT\nS: +OK 3 1200\nC: QUIT\n"

static const ProbeRow rows[] = {
  /* ---- what works must stay fine ---- */
  { "tls", MW_PROTOCOL_POP3, TLS, "TLS\nS: +OK ready\n" CAPA LOGIN STAT, "ok", NULL, NULL, TRUE },
  { "dovecot-gets-the-login-in-the-same-write", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK Dovecot ready.\nC: CAPA\nC: AUTH PLAIN " PLAIN_BASE64
    "\nC: STAT\nS: +OK\nS: SASL PLAIN\nS: .\nS: +OK in\nS: +OK 3 1200\nC: QUIT\n",
    "ok", NULL, NULL, TRUE },
  { "dovecot-without-plain-gets-another-try", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK Dovecot ready.\nC: CAPA\nC: AUTH PLAIN *\nC: STAT\nS: +OK\nS: SASL LOGIN\nS: .\n"
    "S: -ERR no\nS: -ERR not now\nC: AUTH LOGIN\nS: + VXNlcm5hbWU6\nC: *\nS: + "
    "UGFzc3dvcmQ6\nC: " PASSWORD_BASE64 "\nS: +OK in\n" STAT,
    "ok", NULL, NULL, TRUE },
  { "old-server-without-capa", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\nC: CAPA\nS: -ERR what\nC: USER " USER "\nS: +OK\nC: PASS " PASSWORD
    "\nS: +OK in\n" STAT,
    "ok", NULL, NULL, TRUE },
  { "user-and-pass-in-one-write-where-that-is-offered", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\nC: CAPA\nS: +OK\nS: USER\nS: PIPELINING\nS: .\nC: USER *\nC: PASS " PASSWORD
    "\nS: +OK\nS: +OK in\n" STAT,
    "ok", NULL, NULL, TRUE },
  { "stls", MW_PROTOCOL_POP3, STARTTLS, UNTIL_STLS "S: +OK go\nTLS\n" CAPA LOGIN STAT, "ok", NULL,
    NULL, TRUE },
  { "plain-to-loopback", MW_PROTOCOL_POP3, NONE, "S: +OK ready\n" CAPA LOGIN STAT, "ok", NULL, NULL,
    TRUE },
  { "apop-when-forced", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready <1.2@x>\n" CAPA "C: APOP " USER
    " ????????????????????????????????\nS: +OK in\n" STAT,
    "ok", NULL, NULL, FALSE, FALSE, 0, "APOP" },
  { "byte-stuffed-capabilities", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\nC: CAPA\nS: +OK\nS: ..odd\nS: SASL PLAIN\nS: .\n" LOGIN STAT, "ok", NULL,
    NULL, TRUE },

  /* ---- greetings ---- */
  { "greeting-err", MW_PROTOCOL_POP3, TLS, "TLS\nS: -ERR too busy\nCLOSE\n", "failed",
    "server-busy", "greeting" },
  { "greeting-of-imap", MW_PROTOCOL_POP3, NONE, "S: * OK ready\nEOF\n", "failed", "wrong-protocol",
    "greeting" },
  { "greeting-of-nobody", MW_PROTOCOL_POP3, TLS, "TLS\nS: hello\nEOF\n", "failed",
    "response-malformed", "greeting" },

  /* ---- STLS ---- */
  { "stls-stripped", MW_PROTOCOL_POP3, STARTTLS, "S: +OK ready\n" CAPA, "failed",
    "starttls-not-offered", "starttls", FALSE, TRUE },
  { "stls-without-capa", MW_PROTOCOL_POP3, STARTTLS, "S: +OK ready\nC: CAPA\nS: -ERR what\nEOF\n",
    "failed", "starttls-not-offered", "starttls" },
  { "stls-refused", MW_PROTOCOL_POP3, STARTTLS, UNTIL_STLS "S: -ERR no\nEOF\n", "failed",
    "starttls-refused", "starttls" },
  { "stls-challenge", MW_PROTOCOL_POP3, STARTTLS, UNTIL_STLS "S: + \nEOF\n", "failed",
    "starttls-refused", "starttls" },
  { "stls-nonsense", MW_PROTOCOL_POP3, STARTTLS, UNTIL_STLS "S: 220 go\nEOF\n", "failed",
    "response-malformed", "starttls" },
  { "stls-then-gone", MW_PROTOCOL_POP3, STARTTLS, UNTIL_STLS "CLOSE\n", "failed",
    "connection-closed", "starttls" },
  { "stls-offered-in-vain", MW_PROTOCOL_POP3, STARTTLS, UNTIL_STLS "S: +OK go\nCLOSE\n", "failed",
    "connection-closed", "tls", FALSE, TRUE },

  /* ---- logins ---- */
  { "login-refused", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\n" CAPA "C: AUTH PLAIN *\nS: -ERR [AUTH] no\nC: QUIT\n", "failed",
    "auth-failed", "login", TRUE },
  { "mailbox-in-use", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\n" CAPA "C: AUTH PLAIN *\nS: -ERR [IN-USE] locked\nC: QUIT\n", "failed",
    "server-busy", "login", TRUE },
  { "passing-fault", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\n" CAPA "C: AUTH PLAIN *\nS: -ERR [SYS/TEMP] bad password file\nC: QUIT\n",
    "failed", "server-busy", "login", TRUE },
  { "too-early", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\n" CAPA "C: AUTH PLAIN *\nS: -ERR [LOGIN-DELAY] wait\nC: QUIT\n", "failed",
    "auth-rate-limited", "login", TRUE },
  { "user-refused-before-the-password", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\nC: CAPA\nS: -ERR what\nC: USER *\nS: -ERR no such user\nC: QUIT\n",
    "failed", "auth-failed", "login", FALSE },
  { "user-answered-by-a-challenge", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\nC: CAPA\nS: -ERR what\nC: USER *\nS: + more\nC: QUIT\n", "failed",
    "response-malformed", "login", FALSE },
  { "capa-that-never-ends", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\nC: CAPA\nS: +OK\nS: USER\nHOLD\n", "failed", "timeout", "capability", FALSE,
    TRUE, 2 },

  /* ---- mailboxes ---- */
  { "stat-refused", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\n" CAPA LOGIN "C: STAT\nS: -ERR no mailbox\nC: QUIT\n", "failed",
    "mailbox-unavailable", "mailbox", TRUE },
  { "stat-in-use", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\n" CAPA LOGIN "C: STAT\nS: -ERR [IN-USE] locked\nC: QUIT\n", "failed",
    "server-busy", "mailbox", TRUE },
  { "stat-without-numbers", MW_PROTOCOL_POP3, TLS,
    "TLS\nS: +OK ready\n" CAPA LOGIN "C: STAT\nS: +OK fine\nC: QUIT\n", "failed",
    "response-malformed", "mailbox", TRUE },
};

/* A password that a command line of POP3 cannot hold goes out after the challenge */
static void
test_long_password (void)
{
  MwTestServer *server = probe_start_script (
      "TLS\nS: +OK ready\n" CAPA "C: AUTH PLAIN\nS: + \nC: *\nS: +OK in\n" STAT, NULL);
  g_autofree char *text = g_strnfill (400, 'p');
  g_autoptr(SecretValue) password = secret_value_new (text, -1, "text/plain");
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_POP3, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = NULL;

  mw_probe_set_password (probe, password);
  report = probe_run (probe);
  mw_test_server_finish (server);
  probe_assert_diagnosis (report, NULL);
}

static void
test_injected_bytes (void)
{
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "starttls-injection",
                         .stage = "starttls" };
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  mw_test_server_send (server, "+OK ready\r\n");
  mw_test_server_expect_line (server, "CAPA");
  mw_test_server_send (server, "+OK\r\nSTLS\r\n.\r\n");
  mw_test_server_expect_line (server, "STLS");
  mw_test_server_send (server, "+OK go\r\n+OK\r\nUSER\r\n.\r\n");
  mw_test_server_expect_eof (server);
  mw_test_server_start (server);
  probe =
      probe_new_for_port (MW_PROTOCOL_POP3, MW_SECURITY_STARTTLS, mw_test_server_get_port (server));
  report = probe_run (probe);
  probe_assert_report (report, &row);
  mw_test_server_finish (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  probe_add_rows ("/pop3", rows, G_N_ELEMENTS (rows));
  g_test_add_func ("/pop3/a-long-password-goes-after-the-challenge", test_long_password);
  g_test_add_func ("/pop3/injected-bytes", test_injected_bytes);

  return g_test_run ();
}
