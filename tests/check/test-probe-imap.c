/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "check/mw-probe-fixture.h"

#include "providers/mw-provider-db.h"

#include <string.h>

#define TLS MW_SECURITY_TLS
#define STARTTLS MW_SECURITY_STARTTLS
#define NONE MW_SECURITY_NONE

#define CAPS "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready"
#define UNTIL_STARTTLS                                                                             \
  "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\nC: a1 STARTTLS\n"
#define MAILBOX "C: a2 EXAMINE INBOX\nS: * 3 EXISTS\nS: a2 OK [READ-ONLY] done\nC: a3 LOGOUT\n"

static const ProbeRow rows[] = {
  /* ---- what works must stay fine ---- */
  { "tls-with-initial-response", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN " PLAIN_BASE64 "\nS: a1 OK in\n" MAILBOX, "ok",
    NULL, NULL, TRUE },
  { "without-initial-response-and-with-a-bare-plus", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\nC: a1 AUTHENTICATE PLAIN\nS: +\n"
    "C: " PLAIN_BASE64 "\nS: a1 OK in\n" MAILBOX,
    "ok", NULL, NULL, TRUE },
  { "asked-again-after-an-initial-response", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN " PLAIN_BASE64 "\nS: + \nC: " PLAIN_BASE64
    "\nS: a1 OK in\n" MAILBOX,
    "ok", NULL, NULL, TRUE },
  { "login-command-only", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: * OK [CAPABILITY IMAP4rev1] ready\nC: a1 LOGIN \"" USER "\" \"" PASSWORD
    "\"\nS: a1 OK in\n" MAILBOX,
    "ok", NULL, NULL, TRUE },
  { "capabilities-asked-for-when-the-greeting-has-none", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: * OK hello\nC: a1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\nS: a1 OK "
    "x\n"
    "C: a2 AUTHENTICATE PLAIN *\nS: a2 OK in\nC: a3 EXAMINE INBOX\nS: a3 OK x\nC: a4 LOGOUT\n",
    "ok", NULL, NULL, TRUE },
  { "id-goes-with-examine", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 OK [CAPABILITY IMAP4rev1 ID] in\n"
    "C: a2 ID (\"name\" \"Mailwright\"*)\nC: a3 EXAMINE INBOX\nS: * ID NIL\nS: a2 OK x\n"
    "S: a3 OK x\nC: a4 LOGOUT\n",
    "ok", NULL, NULL, TRUE },
  { "starttls-with-the-login-in-the-same-write", MW_PROTOCOL_IMAP, STARTTLS,
    UNTIL_STARTTLS "S: a1 OK go\nTLS\nC: a2 CAPABILITY\nC: a3 LOGIN \"" USER "\" \"" PASSWORD "\"\n"
                   "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN\nS: a2 OK x\nS: a3 OK in\n"
                   "C: a4 EXAMINE INBOX\nS: a4 OK x\nC: a5 LOGOUT\n",
    "ok", NULL, NULL, TRUE },
  { "starttls-waits-for-capabilities-when-scram-may-come", MW_PROTOCOL_IMAP, STARTTLS,
    "S: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=SCRAM-SHA-256] ready\nC: a1 STARTTLS\nS: a1 OK "
    "go\n"
    "TLS\nC: a2 CAPABILITY\nS: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\nS: a2 OK x\n"
    "C: a3 AUTHENTICATE PLAIN *\nS: a3 OK in\nC: a4 EXAMINE INBOX\nS: a4 OK x\nC: a5 LOGOUT\n",
    "ok", NULL, NULL, TRUE },
  { "early-login-that-was-not-wanted-is-followed-by-the-right-one", MW_PROTOCOL_IMAP, STARTTLS,
    UNTIL_STARTTLS "S: a1 OK go\nTLS\nC: a2 CAPABILITY\nC: a3 LOGIN *\n"
                   "S: * CAPABILITY IMAP4rev1 LOGINDISABLED SASL-IR AUTH=PLAIN\nS: a2 OK x\n"
                   "S: a3 NO not like this\nC: a4 AUTHENTICATE PLAIN *\nS: a4 OK in\n"
                   "C: a5 EXAMINE INBOX\nS: a5 OK x\nC: a6 LOGOUT\n",
    "ok", NULL, NULL, TRUE },
  { "untagged-noise-and-literals-do-no-harm", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: * OK [UIDNEXT 5] x\nS: * XDATA {7}\n"
    "s: a1 NO x\nS:  tail\nS: a1 OK in\n" MAILBOX,
    "ok", NULL, NULL, TRUE },
  { "dovecot-gets-the-mailbox-with-the-login", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS " Dovecot\nC: a1 AUTHENTICATE PLAIN *\nC: a2 ID *\nC: a3 EXAMINE INBOX\n"
    "S: a1 OK in\nS: * ID NIL\nS: a2 OK x\nS: a3 OK x\nC: a4 LOGOUT\n",
    "ok", NULL, NULL, TRUE },
  { "dovecot-refuses-what-was-sent-with-the-login", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS " Dovecot\nC: a1 AUTHENTICATE PLAIN *\nC: a2 ID *\nC: a3 EXAMINE INBOX\n"
    "S: a1 NO [AUTHENTICATIONFAILED] no\nS: a2 OK x\nS: a3 BAD not now\nC: a4 LOGOUT\n",
    "failed", "auth-failed", "login", TRUE },
  { "dovecot-with-a-second-way", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS " Dovecot\nC: a1 AUTHENTICATE PLAIN *\nC: a2 ID *\nC: a3 EXAMINE INBOX\n"
    "S: a1 BAD what\nS: a2 OK x\nS: a3 BAD not now\nC: a4 LOGIN *\nS: a4 OK in\n"
    "C: a5 EXAMINE INBOX\nS: a5 OK x\nC: a6 LOGOUT\n",
    "ok", NULL, NULL, TRUE },
  { "dovecot-after-starttls-gets-all-in-one-write", MW_PROTOCOL_IMAP, STARTTLS,
    "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] Dovecot ready\nC: a1 STARTTLS\n"
    "S: a1 OK go\nTLS\nC: a2 CAPABILITY\nC: a3 LOGIN *\nC: a4 ID *\nC: a5 EXAMINE INBOX\n"
    "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN\nS: a2 OK x\nS: a3 OK in\nS: a4 OK x\nS: * 2 EXISTS\n"
    "S: a5 OK x\nC: a6 LOGOUT\n",
    "ok", NULL, NULL, TRUE },
  { "preauth-inside-tls", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: * PREAUTH [CAPABILITY IMAP4rev1] in\nC: a1 EXAMINE INBOX\nS: a1 OK x\nC: a2 LOGOUT\n",
    "ok", NULL, NULL, FALSE },
  { "plain-to-loopback", MW_PROTOCOL_IMAP, NONE,
    "S: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 OK in\n" MAILBOX, "ok", NULL, NULL, TRUE },
  { "bare-line-feeds", MW_PROTOCOL_IMAP, TLS,
    "TLS\ns: " CAPS "\nS: \nC: a1 AUTHENTICATE PLAIN *\nS: a1 OK in\n" MAILBOX, "ok", NULL, NULL,
    TRUE },

  /* ---- greetings ---- */
  { "greeting-bye", MW_PROTOCOL_IMAP, TLS, "TLS\nS: * BYE down for maintenance\nCLOSE\n", "failed",
    "server-busy", "greeting" },
  { "greeting-bye-too-many", MW_PROTOCOL_IMAP, TLS, "TLS\nS: * BYE Too many connections\nCLOSE\n",
    "failed", "auth-rate-limited", "greeting" },
  { "greeting-of-smtp", MW_PROTOCOL_IMAP, NONE, "S: 220 mx.example ESMTP\nEOF\n", "failed",
    "wrong-protocol", "greeting" },
  { "greeting-of-pop3", MW_PROTOCOL_IMAP, TLS, "TLS\nS: +OK ready\nEOF\n", "failed",
    "wrong-protocol", "greeting" },
  { "greeting-of-ssh", MW_PROTOCOL_IMAP, NONE, "S: SSH-2.0-OpenSSH_9.2\nEOF\n", "failed",
    "wrong-protocol", "greeting" },
  { "greeting-of-nobody", MW_PROTOCOL_IMAP, TLS, "TLS\nS: hello there\nEOF\n", "failed",
    "response-malformed", "greeting" },
  { "greeting-that-is-data", MW_PROTOCOL_IMAP, TLS, "TLS\nS: * 3 EXISTS\nEOF\n", "failed",
    "response-malformed", "greeting" },
  { "greeting-of-no", MW_PROTOCOL_IMAP, STARTTLS, "S: * NO thanks\nEOF\n", "failed",
    "response-malformed", "greeting" },
  { "greeting-then-gone", MW_PROTOCOL_IMAP, TLS, "TLS\nCLOSE\n", "failed", "connection-closed",
    "greeting" },
  { "greeting-reset", MW_PROTOCOL_IMAP, TLS, "TLS\nRESET\n", "failed", "connection-closed",
    "greeting", FALSE, TRUE },
  { "greeting-cut-off", MW_PROTOCOL_IMAP, NONE, "s: * OK rea\nCLOSE\n", "failed",
    "connection-closed", "greeting" },
  { "greeting-without-end", MW_PROTOCOL_IMAP, NONE, "s: * OK rea\nHOLD\n", "failed",
    "greeting-timeout", "greeting", FALSE, TRUE, 2 },
  { "no-greeting-inside-tls", MW_PROTOCOL_IMAP, TLS, "TLS\nHOLD\n", "failed", "greeting-timeout",
    "greeting", FALSE, TRUE, 4 },
  { "web-server-inside-tls", MW_PROTOCOL_IMAP, TLS,
    "TLS\nC: NOOP\nC: \nS: HTTP/1.1 400 Bad Request\nEOF\n", "failed", "wrong-protocol", "greeting",
    FALSE, FALSE, 4 },

  /* ---- STARTTLS: the families of the NO STARTTLS paper ---- */
  { "starttls-stripped", MW_PROTOCOL_IMAP, STARTTLS,
    "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\nC: a1 LOGOUT\n", "failed",
    "starttls-not-offered", "starttls", FALSE, TRUE },
  { "starttls-without-capability-command", MW_PROTOCOL_IMAP, STARTTLS,
    "S: * OK ready\nC: a1 CAPABILITY\nS: a1 BAD what\nEOF\n", "failed", "starttls-not-offered",
    "starttls" },
  { "starttls-no", MW_PROTOCOL_IMAP, STARTTLS, UNTIL_STARTTLS "S: a1 NO not now\nEOF\n", "failed",
    "starttls-refused", "starttls" },
  { "starttls-bad", MW_PROTOCOL_IMAP, STARTTLS, UNTIL_STARTTLS "S: a1 BAD what\nEOF\n", "failed",
    "starttls-refused", "starttls" },
  { "starttls-continuation", MW_PROTOCOL_IMAP, STARTTLS, UNTIL_STARTTLS "S: + go on\nEOF\n",
    "failed", "starttls-refused", "starttls" },
  { "starttls-other-tag", MW_PROTOCOL_IMAP, STARTTLS, UNTIL_STARTTLS "S: a9 OK go\nEOF\n", "failed",
    "response-malformed", "starttls" },
  { "starttls-nonsense", MW_PROTOCOL_IMAP, STARTTLS, UNTIL_STARTTLS "S: 220 go ahead\nEOF\n",
    "failed", "response-malformed", "starttls" },
  { "starttls-bye", MW_PROTOCOL_IMAP, STARTTLS, UNTIL_STARTTLS "S: * BYE later\nCLOSE\n", "failed",
    "server-busy", "starttls" },
  { "starttls-then-gone", MW_PROTOCOL_IMAP, STARTTLS, UNTIL_STARTTLS "CLOSE\n", "failed",
    "connection-closed", "starttls" },
  { "preauth-before-tls", MW_PROTOCOL_IMAP, STARTTLS,
    "S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\nEOF\n", "failed", "preauth-before-tls",
    "greeting" },
  { "preauth-before-tls-without-capabilities", MW_PROTOCOL_IMAP, STARTTLS,
    "S: * PREAUTH welcome\nEOF\n", "failed", "preauth-before-tls", "greeting" },
  { "plain-text-instead-of-tls", MW_PROTOCOL_IMAP, STARTTLS,
    UNTIL_STARTTLS "S: a1 OK go\nC: *\nS: a2 OK and on\nEOF\n", "failed", "tls-handshake-failed",
    "tls", FALSE, TRUE },
  { "capabilities-before-tls-are-forgotten", MW_PROTOCOL_IMAP, STARTTLS,
    "S: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=SCRAM-SHA-1 AUTH=LOGIN SASL-IR] ready\n"
    "C: a1 STARTTLS\nS: a1 OK [CAPABILITY IMAP4rev1 AUTH=LOGIN] go\nTLS\nC: a2 CAPABILITY\n"
    "S: * CAPABILITY IMAP4rev1 LOGINDISABLED\nS: a2 OK x\nC: a3 LOGOUT\n",
    "failed", "auth-mechanism-unsupported", "login" },

  /* ---- logins ---- */
  { "login-refused", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS
    "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 NO [AUTHENTICATIONFAILED] no\nC: a2 LOGOUT\n",
    "failed", "auth-failed", "login", TRUE },
  { "login-refused-but-only-for-now", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 NO [UNAVAILABLE] later\nC: a2 LOGOUT\n",
    "failed", "server-busy", "login", TRUE },
  { "login-answered-by-bye", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: * BYE shutting down\nCLOSE\n", "failed",
    "server-busy", "login", TRUE },
  { "login-answered-by-silence", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nHOLD\n", "failed", "timeout", "login", TRUE,
    TRUE, 4 },
  { "login-answered-by-hanging-up", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nCLOSE\n", "failed", "connection-closed", "login",
    TRUE },
  { "login-answered-by-another-tag", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a7 OK in\nEOF\n", "failed",
    "response-malformed", "login", TRUE, TRUE },
  { "login-echoed-back", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: * OK [CAPABILITY IMAP4rev1] ready\nC: a1 LOGIN *\n"
    "S: a1 NO I do not know " PASSWORD " and " PASSWORD_BASE64 " of " PLAIN_BASE64
    "\nC: a2 LOGOUT\n",
    "failed", "auth-failed", "login", TRUE },
  { "oauth-only", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: * OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] ready\nC: a1 LOGOUT\n", "failed",
    "auth-oauth2-required", "login" },
  { "login-disabled-in-the-clear", MW_PROTOCOL_IMAP, NONE,
    "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\nC: a1 LOGOUT\n", "failed",
    "auth-plaintext-refused", "login" },
  { "mechanism-not-there", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: * OK [CAPABILITY IMAP4rev1 AUTH=GSSAPI LOGINDISABLED] ready\nC: a1 LOGOUT\n", "failed",
    "auth-mechanism-unsupported", "login" },
  { "forced-mechanism-not-there", MW_PROTOCOL_IMAP, TLS, "TLS\nS: " CAPS "\nC: a1 LOGOUT\n",
    "failed", "auth-mechanism-unsupported", "login", FALSE, FALSE, 0, "SCRAM-SHA-256" },
  { "second-way-when-the-first-is-not-known", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 BAD what\nC: a2 LOGIN *\nS: a2 OK in\n"
    "C: a3 EXAMINE INBOX\nS: a3 OK x\nC: a4 LOGOUT\n",
    "ok", NULL, NULL, TRUE },
  { "two-tries-at-most", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=LOGIN] x\nC: a1 AUTHENTICATE PLAIN "
    "*\n"
    "S: a1 BAD what\nC: a2 AUTHENTICATE LOGIN\nS: a2 BAD what\nC: a3 LOGOUT\n",
    "failed", "auth-mechanism-unsupported", "login", TRUE },
  { "scram-yes-without-proof", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256 AUTH=PLAIN] x\n"
    "C: a1 AUTHENTICATE SCRAM-SHA-256 *\nS: a1 OK in\nC: a2 LOGOUT\n",
    "failed", "response-malformed", "login" },
  { "scram-bad-challenge-is-given-up", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] x\n"
    "C: a1 AUTHENTICATE SCRAM-SHA-256 *\nS: + !!!\nC: ?\nS: a1 BAD cancelled\nC: a2 LOGOUT\n",
    "failed", "response-malformed", "login" },
  { "login-prompts-twice-too-often", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=LOGIN] x\nC: a1 AUTHENTICATE LOGIN\n"
    "S: + UGFzc3dvcmQ6\nC: YW5uYUB0ZXN0LmV4YW1wbGU=\nS: + VXNlciBOYW1l\nC: " PASSWORD_BASE64 "\n"
    "S: + VXNlciBOYW1l\nC: ?\nS: a1 NO x\nC: a2 LOGOUT\n",
    "failed", "response-malformed", "login", TRUE },

  /* ---- mailboxes ---- */
  { "inbox-refused", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 OK in\nC: a2 EXAMINE INBOX\n"
    "S: a2 NO no such mailbox\nC: a3 LOGOUT\n",
    "failed", "mailbox-unavailable", "mailbox", TRUE },
  { "inbox-guarded-by-netease", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 OK in\nC: a2 EXAMINE INBOX\n"
    "S: a2 NO EXAMINE Unsafe Login. Please contact kefu@188.com for help\nC: a3 LOGOUT\n",
    "failed", "login-limited", "mailbox", TRUE },
  { "inbox-in-use", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 OK in\nC: a2 EXAMINE INBOX\n"
    "S: a2 NO [INUSE] locked\nC: a3 LOGOUT\n",
    "failed", "server-busy", "mailbox", TRUE },
  { "inbox-elsewhere", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 OK in\nC: a2 EXAMINE INBOX\n"
    "S: a2 NO [REFERRAL imap://evil.example/INBOX] go there\nC: a3 LOGOUT\n",
    "failed", "mailbox-unavailable", "mailbox", TRUE },
  { "inbox-hangs-up", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 OK in\nC: a2 EXAMINE INBOX\nCLOSE\n",
    "failed", "connection-closed", "mailbox", TRUE },
  { "huge-literal", MW_PROTOCOL_IMAP, TLS,
    "TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 OK in\nC: a2 EXAMINE INBOX\n"
    "S: * X {99999999999999}\nEOF\n",
    "failed", "response-too-long", "mailbox", TRUE, TRUE },
};

/* ---- cases that a row cannot say ---- */

/* An answer to STARTTLS that is here before the question */
static void
test_answer_before_the_question (void)
{
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "starttls-injection",
                         .stage = "starttls" };
  g_autoptr(MwReport) report = NULL;
  g_autoptr(MwProbe) probe = NULL;
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());

  mw_test_server_send (server, "* OK [CAPABILITY IMAP4rev1 STARTTLS] x\r\na1 OK go\r\n");
  mw_test_server_expect_eof (server);
  mw_test_server_start (server);
  probe =
      probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS, mw_test_server_get_port (server));
  report = probe_run (probe);
  probe_assert_report (report, &row);
  mw_test_server_finish (server);
}

/* Bytes behind the answer, from one to many, complete lines or not */
static void
test_injected_bytes (void)
{
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "starttls-injection",
                         .stage = "starttls" };
  static const gsize sizes[] = { 0, 1, 2, 4096, 60000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *rest = sizes[i] > 0
                                  ? g_strnfill (sizes[i], 'x')
                                  : g_strdup ("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na2 OK x\r\n");
      g_autofree char *text = g_strconcat ("a1 OK go\r\n", rest, NULL);
      g_autoptr(MwReport) report = NULL;
      g_autoptr(MwProbe) probe = NULL;
      MwTestServer *server = mw_test_server_new (probe_get_certificate ());

      mw_test_server_send (server, "* OK [CAPABILITY IMAP4rev1 STARTTLS] x\r\n");
      mw_test_server_expect_line (server, "a1 STARTTLS");
      mw_test_server_send (server, text);
      mw_test_server_expect_eof (server);
      mw_test_server_start (server);
      probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS,
                                  mw_test_server_get_port (server));
      report = probe_run (probe);
      probe_assert_report (report, &row);
      mw_test_server_abandon (server);
    }
}

/* Words for people from before TLS are not shown: anybody may have written them */
static void
test_alerts_before_tls (void)
{
  static const char *const scripts[] = {
    "S: * OK [ALERT] call 555\nC: a1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS\n"
    "S: a1 OK [ALERT] call 555\nC: a2 STARTTLS\nS: a2 NO [ALERT] call 555\nEOF\n",
    "S: * BYE [ALERT] call 555\nCLOSE\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      MwTestServer *server = probe_start_script (scripts[i], NULL);
      g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS,
                                                     mw_test_server_get_port (server));
      g_autoptr(MwReport) report = probe_run (probe);

      mw_test_server_finish (server);
      g_assert_cmpint (mw_report_get_verdict (report), ==, MW_STATUS_FAILED);
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (report)); j++)
        {
          g_autoptr(MwStep) step = g_list_model_get_item (G_LIST_MODEL (report), j);
          const char *text = mw_step_get_server_text (step);

          g_assert_true (text == NULL || strstr (text, "555") == NULL);
        }
      /* but whoever looks for it finds it, marked */
      g_assert_nonnull (strstr (mw_report_get_transcript (report), "not encrypted"));
      g_assert_nonnull (strstr (mw_report_get_transcript (report), "555"));
    }
}

static void
test_quoting_on_the_wire (void)
{
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());
  g_autoptr(SecretValue) password = secret_value_new ("a\"b\\c d", -1, "text/plain");
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  mw_test_server_start_tls (server, NULL);
  mw_test_server_send (server, "* OK [CAPABILITY IMAP4rev1] x\r\n");
  mw_test_server_expect (server, "a1 LOGIN \"" USER "\" \"a\\\"b\\\\c d\"\r\n");
  mw_test_server_send (server, "a1 NO no\r\n");
  mw_test_server_expect_line (server, "a2 LOGOUT");
  mw_test_server_start (server);
  probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, mw_test_server_get_port (server));
  mw_probe_set_password (probe, password);
  report = probe_run (probe);
  mw_test_server_finish (server);
  probe_assert_diagnosis (report, "auth-failed");
}

static void
test_literals_for_what_is_not_ascii (void)
{
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());
  g_autoptr(SecretValue) password = secret_value_new ("pässwörd", -1, "text/plain");
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  mw_test_server_start_tls (server, NULL);
  mw_test_server_send (server, "* OK [CAPABILITY IMAP4rev1] x\r\n");
  mw_test_server_expect (server, "a1 LOGIN {17}\r\n");
  mw_test_server_send (server, "+ go\r\n");
  mw_test_server_expect (server, USER " {10}\r\n");
  mw_test_server_send (server, "+\r\n");
  mw_test_server_expect (server, "pässwörd\r\n");
  mw_test_server_send (server, "a1 OK in\r\n");
  mw_test_server_expect_line (server, "a2 EXAMINE INBOX");
  mw_test_server_send (server, "a2 OK x\r\n");
  mw_test_server_expect_line (server, "a3 LOGOUT");
  mw_test_server_start (server);
  probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, mw_test_server_get_port (server));
  mw_probe_set_password (probe, password);
  report = probe_run (probe);
  mw_test_server_finish (server);
  probe_assert_diagnosis (report, NULL);
  g_assert_null (strstr (mw_report_get_transcript (report), "pässwörd"));
}

/* A refusal in the place of "+" is an answer */
static void
test_literal_refused (void)
{
  MwTestServer *server = probe_start_script (
      "TLS\nS: * OK [CAPABILITY IMAP4rev1] x\nC: a1 LOGIN {17}\nS: a1 NO [UNAVAILABLE] later\n"
      "C: a2 LOGOUT\n",
      NULL);
  g_autoptr(SecretValue) password = secret_value_new ("pässwörd", -1, "text/plain");
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = NULL;

  mw_probe_set_password (probe, password);
  report = probe_run (probe);
  mw_test_server_finish (server);
  probe_assert_diagnosis (report, "server-busy");
}

static void
test_too_long_a_line (void)
{
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "response-too-long",
                         .stage = "greeting" };
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  mw_test_server_start_tls (server, NULL);
  mw_test_server_send (server, "* OK ");
  mw_test_server_send_repeated (server, 'x', 200 * 1024);
  mw_test_server_start (server);
  probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, mw_test_server_get_port (server));
  report = probe_run (probe);
  probe_assert_report (report, &row);
  mw_test_server_abandon (server);
}

static void
test_too_many_lines (void)
{
  const ProbeRow row = { .verdict = "failed", .diagnosis = "response-too-long", .stage = "login" };
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  mw_test_server_start_tls (server, NULL);
  mw_test_server_send (server, CAPS "\r\n");
  mw_test_server_expect_line (server, "a1 AUTHENTICATE PLAIN *");
  mw_test_server_send_forever (server, "* OK and so on\r\n");
  mw_test_server_start (server);
  probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, mw_test_server_get_port (server));
  report = probe_run (probe);
  probe_assert_report (report, &row);
  mw_test_server_abandon (server);
}

static void
test_nul_in_a_greeting (void)
{
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "response-malformed",
                         .stage = "greeting" };
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  mw_test_server_start_tls (server, NULL);
  mw_test_server_send_bytes (server, "* OK fine\0 or not\r\n", 19);
  mw_test_server_expect_eof (server);
  mw_test_server_start (server);
  probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, mw_test_server_get_port (server));
  report = probe_run (probe);
  probe_assert_report (report, &row);
  mw_test_server_finish (server);
}

static void
test_trickle_ends_in_time (void)
{
  const ProbeRow row = { .verdict = "failed",
                         .diagnosis = "greeting-timeout",
                         .stage = "greeting" };
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;
  gint64 start = g_get_monotonic_time ();

  mw_test_server_trickle (server, "* OK one byte and then another and so on until the end of days",
                          300);
  mw_test_server_start (server);
  probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_NONE, mw_test_server_get_port (server));
  mw_probe_set_timeout (probe, 2);
  report = probe_run (probe);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
  probe_assert_report (report, &row);
  mw_test_server_abandon (server);
}

/* Hostile words stay words */
static void
test_markup_and_controls_in_words (void)
{
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;
  const char *text;

  mw_test_server_start_tls (server, NULL);
  mw_test_server_send (server, "* OK [CAPABILITY IMAP4rev1 X<b>\x1b[31m] x\r\n");
  mw_test_server_expect_line (server, "a1 LOGIN *");
  mw_test_server_send (server, "a1 NO <a href='x'>\x1b[2J\u202eevil\xff\r\n");
  mw_test_server_expect_line (server, "a2 LOGOUT");
  mw_test_server_start (server);
  probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, mw_test_server_get_port (server));
  report = probe_run (probe);
  mw_test_server_finish (server);
  text = mw_step_get_server_text (mw_report_get_step (report, MW_STAGE_LOGIN));
  g_assert_cmpstr (text, ==, "<a href='x'><U+001B>[2J<U+202E>evil\\xff");
  for (gsize i = 0; mw_report_get_capabilities (report)[i] != NULL; i++)
    g_assert_null (strchr (mw_report_get_capabilities (report)[i], 0x1b));
}

/* NetEase: the reply to ID is waited for before the mailbox is opened */
static void
test_provider_that_needs_id (void)
{
  MwTestServer *server = mw_test_server_new (probe_get_certificate ());
  g_autoptr(MwProbe) probe = NULL;
  g_autoptr(MwReport) report = NULL;

  mw_test_server_start_tls (server, NULL);
  mw_test_server_send (server, CAPS "\r\n");
  mw_test_server_expect_line (server, "a1 AUTHENTICATE PLAIN *");
  mw_test_server_send (server, "a1 OK in\r\n");
  mw_test_server_expect_line (server, "a2 ID (*)");
  mw_test_server_send (server, "a2 OK x\r\n");
  mw_test_server_expect_line (server, "a3 EXAMINE INBOX");
  mw_test_server_send (server, "a3 OK x\r\n");
  mw_test_server_expect_line (server, "a4 LOGOUT");
  mw_test_server_start (server);
  probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS, mw_test_server_get_port (server));
  mw_probe_set_provider (probe,
                         mw_provider_db_lookup_domain (mw_provider_db_get_default (), "163.com"));
  report = probe_run (probe);
  mw_test_server_finish (server);
  probe_assert_diagnosis (report, NULL);
}

static void
test_without_password (void)
{
  MwTestServer *server = probe_start_script ("TLS\nS: " CAPS "\nC: a1 LOGOUT\n", NULL);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwReport) report = NULL;

  mw_probe_set_password (probe, NULL);
  report = probe_run (probe);
  mw_test_server_finish (server);
  g_assert_cmpint (mw_report_get_verdict (report), ==, MW_STATUS_OK);
  g_assert_cmpint (mw_step_get_status (mw_report_get_step (report, MW_STAGE_LOGIN)), ==,
                   MW_STATUS_SKIPPED);
  g_assert_true (g_strv_contains (mw_report_get_mechanisms (report), "PLAIN"));
}

static void
test_closed_gate (void)
{
  MwTestServer *server = probe_start_script ("TLS\nS: " CAPS "\nC: a1 LOGOUT\n", NULL);
  g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                 mw_test_server_get_port (server));
  g_autoptr(MwLoginGate) gate = mw_login_gate_new ();
  g_autoptr(SecretValue) password = probe_get_password ();
  g_autoptr(MwReport) report = NULL;

  mw_login_gate_close (gate, mw_probe_get_server (probe), password, MW_DIAGNOSIS_LOGIN_LIMITED);
  mw_probe_set_login_gate (probe, gate);
  report = probe_run (probe);
  mw_test_server_finish (server);
  g_assert_cmpint (mw_report_get_verdict (report), ==, MW_STATUS_FAILED);
  probe_assert_diagnosis (report, "login-limited");
}

static void
test_refusal_closes_the_gate (void)
{
  static const struct
  {
    const char *answer;
    gboolean closed;
  } answers[] = { { "NO [AUTHENTICATIONFAILED] no", TRUE }, { "NO [UNAVAILABLE] later", FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *script =
          g_strdup_printf ("TLS\nS: " CAPS "\nC: a1 AUTHENTICATE PLAIN *\nS: a1 %s\nC: a2 LOGOUT\n",
                           answers[i].answer);
      MwTestServer *server = probe_start_script (script, NULL);
      g_autoptr(MwProbe) probe = probe_new_for_port (MW_PROTOCOL_IMAP, MW_SECURITY_TLS,
                                                     mw_test_server_get_port (server));
      g_autoptr(MwLoginGate) gate = mw_login_gate_new ();
      g_autoptr(SecretValue) password = probe_get_password ();
      g_autoptr(MwReport) report = NULL;

      mw_probe_set_login_gate (probe, gate);
      report = probe_run (probe);
      mw_test_server_finish (server);
      g_assert_cmpint (mw_login_gate_check (gate, mw_probe_get_server (probe), password) !=
                           MW_DIAGNOSIS_NONE,
                       ==, answers[i].closed);
    }
}

static void
test_advice_for_the_username (void)
{
  MwTestServer *server = probe_start_script (
      "TLS\nS: * OK [CAPABILITY IMAP4rev1] x\nC: a1 LOGIN *\nS: a1 NO no\nC: a2 LOGOUT\n", NULL);
  g_autoptr(MwServer) base = mw_server_new (MW_PROTOCOL_IMAP, HOST,
                                            mw_test_server_get_port (server), MW_SECURITY_TLS);
  g_autoptr(MwServer) settings = mw_server_with_username (base, "anna");
  g_autoptr(MwProbe) probe = mw_probe_new (settings);
  g_autoptr(SecretValue) password = probe_get_password ();
  g_autoptr(MwReport) report = NULL;
  const MwReportAdvice *advice;

  mw_probe_set_resolver (probe, probe_get_resolver ());
  mw_probe_set_trust (probe, probe_get_trust ());
  mw_probe_set_password (probe, password);
  mw_probe_set_sender (probe, USER);
  report = probe_run (probe);
  mw_test_server_finish (server);
  g_assert_cmpuint (mw_report_get_advice (report)->len, >=, 1);
  advice = g_ptr_array_index (mw_report_get_advice (report), 0);
  g_assert_cmpstr (advice->id, ==, "auth-failed");
  g_assert_cmpstr (advice->fix_field, ==, "username");
  g_assert_cmpstr (advice->fix_value, ==, USER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  probe_add_rows ("/imap", rows, G_N_ELEMENTS (rows));
  g_test_add_func ("/imap/answer-to-starttls-before-the-question", test_answer_before_the_question);
  g_test_add_func ("/imap/injected-bytes-of-any-length", test_injected_bytes);
  g_test_add_func ("/imap/alerts-from-before-tls-are-not-shown", test_alerts_before_tls);
  g_test_add_func ("/imap/quotes-and-backslashes-in-a-password", test_quoting_on_the_wire);
  g_test_add_func ("/imap/literals-for-what-is-not-ascii", test_literals_for_what_is_not_ascii);
  g_test_add_func ("/imap/refusal-in-place-of-a-go-ahead", test_literal_refused);
  g_test_add_func ("/imap/a-line-that-never-ends", test_too_long_a_line);
  g_test_add_func ("/imap/an-answer-that-never-ends", test_too_many_lines);
  g_test_add_func ("/imap/nul-in-a-greeting", test_nul_in_a_greeting);
  g_test_add_func ("/imap/a-trickle-ends-in-time", test_trickle_ends_in_time);
  g_test_add_func ("/imap/markup-and-controls-stay-words", test_markup_and_controls_in_words);
  g_test_add_func ("/imap/netease-gets-an-id-first", test_provider_that_needs_id);
  g_test_add_func ("/imap/without-password-it-ends-after-capabilities", test_without_password);
  g_test_add_func ("/imap/no-login-after-a-refusal-in-this-run", test_closed_gate);
  g_test_add_func ("/imap/only-a-real-refusal-ends-further-logins", test_refusal_closes_the_gate);
  g_test_add_func ("/imap/advice-suggests-the-full-address", test_advice_for_the_username);

  return g_test_run ();
}
