/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "check/mw-login-gate.h"
#include "check/mw-login-plan.h"
#include "check/mw-refusal.h"
#include "net/mw-deadline.h"
#include "providers/mw-provider-db.h"

/* ---- which way to log in ---- */

typedef struct
{
  MwProtocol protocol;
  const char *offered; /* separated by blanks */
  gboolean encrypted;
  const char *forced;
  gboolean login_disabled;
  MwLoginKind kind;
  const char *mechanism;
  MwDiagnosis diagnosis;
} PlanRow;

#define IMAP MW_PROTOCOL_IMAP
#define POP3 MW_PROTOCOL_POP3
#define SMTP MW_PROTOCOL_SMTP
#define CANNOT MW_LOGIN_IMPOSSIBLE, NULL

static const PlanRow plan_rows[] = {
  { SMTP, "LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256", TRUE, NULL, FALSE, MW_LOGIN_SASL,
    "SCRAM-SHA-256", 0 },
  { SMTP, "LOGIN PLAIN SCRAM-SHA-1", TRUE, NULL, FALSE, MW_LOGIN_SASL, "SCRAM-SHA-1", 0 },
  { SMTP, "CRAM-MD5 LOGIN PLAIN", TRUE, NULL, FALSE, MW_LOGIN_SASL, "PLAIN", 0 },
  { SMTP, "CRAM-MD5 LOGIN PLAIN", FALSE, NULL, FALSE, MW_LOGIN_SASL, "CRAM-MD5", 0 },
  { SMTP, "LOGIN", TRUE, NULL, FALSE, MW_LOGIN_SASL, "LOGIN", 0 },
  { SMTP, "GSSAPI PLAIN XOAUTH2", TRUE, NULL, FALSE, MW_LOGIN_SASL, "PLAIN", 0 },
  { SMTP, "XOAUTH2", TRUE, NULL, FALSE, CANNOT, MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED },
  { SMTP, "OAUTHBEARER XOAUTH2", TRUE, NULL, FALSE, CANNOT, MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED },
  { SMTP, "XOAUTH2", TRUE, "XOAUTH2", FALSE, MW_LOGIN_SASL, "XOAUTH2", 0 },
  { SMTP, "GSSAPI NTLM", TRUE, NULL, FALSE, CANNOT, MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED },
  { SMTP, "", TRUE, NULL, FALSE, CANNOT, MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED },
  { SMTP, "PLAIN", TRUE, "LOGIN", FALSE, CANNOT, MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED },
  { SMTP, "PLAIN SCRAM-SHA-256", TRUE, "plain", FALSE, MW_LOGIN_SASL, "PLAIN", 0 },
  { SMTP, "DIGEST-MD5", TRUE, "DIGEST-MD5", FALSE, CANNOT,
    MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED },
  { IMAP, "", TRUE, NULL, FALSE, MW_LOGIN_IMAP_COMMAND, "LOGIN", 0 },
  { IMAP, "", TRUE, NULL, TRUE, CANNOT, MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED },
  { IMAP, "", FALSE, NULL, TRUE, CANNOT, MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED },
  { IMAP, "PLAIN", TRUE, NULL, TRUE, MW_LOGIN_SASL, "PLAIN", 0 },
  { IMAP, "PLAIN", TRUE, "LOGIN", FALSE, MW_LOGIN_IMAP_COMMAND, "LOGIN", 0 },
  { IMAP, "PLAIN", TRUE, "LOGIN", TRUE, CANNOT, MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED },
  { IMAP, "LOGIN PLAIN", TRUE, "LOGIN", TRUE, MW_LOGIN_SASL, "LOGIN", 0 },
  { IMAP, "XOAUTH2", TRUE, NULL, FALSE, CANNOT, MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED },
  { POP3, "", TRUE, NULL, FALSE, MW_LOGIN_POP3_USER, "USER", 0 },
  { POP3, "PLAIN", TRUE, NULL, FALSE, MW_LOGIN_SASL, "PLAIN", 0 },
  { POP3, "PLAIN", TRUE, "USER", FALSE, MW_LOGIN_POP3_USER, "USER", 0 },
  { POP3, "PLAIN", TRUE, "APOP", FALSE, CANNOT, MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED },
};

static MwLoginPlan
choose (const PlanRow *row, const char *password, const char *refused)
{
  g_autoptr(SecretValue) secret = secret_value_new (password, -1, "text/plain");
  g_auto (GStrv) offered =
      *row->offered != '\0' ? g_strsplit (row->offered, " ", -1) : g_new0 (char *, 1);
  MwLoginOffer offer = { .protocol = row->protocol,
                         .mechanisms = (const char *const *) offered,
                         .encrypted = row->encrypted,
                         .login_disabled = row->login_disabled,
                         .forced = row->forced,
                         .refused = refused,
                         .username = "user",
                         .secret = secret };

  return mw_login_plan_choose (&offer);
}

static void
test_plans (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (plan_rows); i++)
    {
      const PlanRow *row = &plan_rows[i];
      MwLoginPlan plan = choose (row, "secret", NULL);

      g_assert_cmpint (plan.kind, ==, row->kind);
      g_assert_cmpstr (plan.mechanism, ==, row->mechanism);
      g_assert_cmpint (plan.diagnosis, ==, row->diagnosis);
    }
}

/* A password that SASLprep forbids can still be right for those that send it as it is */
static void
test_plan_without_scram (void)
{
  MwLoginPlan plan = choose (&plan_rows[0], "a\u202eb", NULL);

  g_assert_cmpstr (plan.mechanism, ==, "PLAIN");
}

static void
test_plan_after_refusal (void)
{
  g_assert_cmpstr (choose (&plan_rows[0], "x", "SCRAM-SHA-256").mechanism, ==, "SCRAM-SHA-1");
  g_assert_cmpint (choose (&plan_rows[4], "x", "LOGIN").kind, ==, MW_LOGIN_IMPOSSIBLE);
  /* What was forced is not replaced */
  g_assert_cmpint (choose (&plan_rows[12], "x", "PLAIN").kind, ==, MW_LOGIN_IMPOSSIBLE);
}

/* ---- what a refusal means ---- */

typedef struct
{
  MwProtocol protocol;
  guint smtp_code;
  const char *enhanced;
  const char *code;
  gboolean bad;
  const char *text;
  MwDiagnosis diagnosis;
  gboolean mechanism_at_fault;
} RefusalRow;

static const RefusalRow login_rows[] = {
  { IMAP, 0, NULL, "AUTHENTICATIONFAILED", FALSE, "no", MW_DIAGNOSIS_AUTH_FAILED, FALSE },
  { IMAP, 0, NULL, NULL, FALSE, "LOGIN failed.", MW_DIAGNOSIS_AUTH_FAILED, FALSE },
  { IMAP, 0, NULL, "UNAVAILABLE", FALSE, "no", MW_DIAGNOSIS_SERVER_BUSY, FALSE },
  { IMAP, 0, NULL, "INUSE", FALSE, "no", MW_DIAGNOSIS_SERVER_BUSY, FALSE },
  { IMAP, 0, NULL, "LIMIT", FALSE, "no", MW_DIAGNOSIS_AUTH_RATE_LIMITED, FALSE },
  { IMAP, 0, NULL, "PRIVACYREQUIRED", FALSE, "no", MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED, FALSE },
  { IMAP, 0, NULL, "CONTACTADMIN", FALSE, "no", MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { IMAP, 0, NULL, "EXPIRED", FALSE, "no", MW_DIAGNOSIS_AUTH_FAILED, FALSE },
  { IMAP, 0, NULL, "CANNOT", FALSE, "no", MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED, TRUE },
  { IMAP, 0, NULL, NULL, TRUE, "what?", MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED, TRUE },
  { IMAP, 0, NULL, "ALERT", FALSE, "Application-specific password required",
    MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED, FALSE },
  { IMAP, 0, NULL, NULL, FALSE, "Your account is not enabled for IMAP use.",
    MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { IMAP, 0, NULL, NULL, FALSE, "Too many login failures", MW_DIAGNOSIS_AUTH_RATE_LIMITED, FALSE },
  { IMAP, 0, NULL, NULL, FALSE, "Temporary authentication failure.", MW_DIAGNOSIS_SERVER_BUSY,
    FALSE },
  { IMAP, 0, NULL, NULL, FALSE, "User is authenticated but not connected.",
    MW_DIAGNOSIS_MAILBOX_UNAVAILABLE, FALSE },
  { POP3, 0, NULL, "AUTH", FALSE, "no", MW_DIAGNOSIS_AUTH_FAILED, FALSE },
  { POP3, 0, NULL, "SYS/TEMP", FALSE, "no", MW_DIAGNOSIS_SERVER_BUSY, FALSE },
  { POP3, 0, NULL, "IN-USE", FALSE, "no", MW_DIAGNOSIS_SERVER_BUSY, FALSE },
  { POP3, 0, NULL, "LOGIN-DELAY", FALSE, "no", MW_DIAGNOSIS_AUTH_RATE_LIMITED, FALSE },
  { SMTP, 535, "5.7.8", NULL, FALSE, "535 5.7.8 no", MW_DIAGNOSIS_AUTH_FAILED, FALSE },
  { SMTP, 535, NULL, NULL, FALSE, "535 wrong", MW_DIAGNOSIS_AUTH_FAILED, FALSE },
  { SMTP, 454, "4.7.0", NULL, FALSE, "454 4.7.0 Temporary authentication failure",
    MW_DIAGNOSIS_SERVER_BUSY, FALSE },
  { SMTP, 421, NULL, NULL, FALSE, "421 closing", MW_DIAGNOSIS_SERVER_BUSY, FALSE },
  { SMTP, 454, "4.7.0", NULL, FALSE, "454 4.7.0 Too many login attempts",
    MW_DIAGNOSIS_AUTH_RATE_LIMITED, FALSE },
  { SMTP, 504, "5.5.4", NULL, FALSE, "504 5.5.4 no such type",
    MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED, TRUE },
  { SMTP, 534, "5.7.9", NULL, FALSE, "534-5.7.9 Application-specific password required.",
    MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED, FALSE },
  { SMTP, 534, "5.7.9", NULL, FALSE, "534 5.7.9 mechanism too weak",
    MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED, TRUE },
  { SMTP, 432, "4.7.12", NULL, FALSE, "432 4.7.12 transition needed",
    MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED, TRUE },
  { SMTP, 535, "5.7.139", NULL, FALSE,
    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
    MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED, FALSE },
  { SMTP, 535, "5.7.139", NULL, FALSE,
    "535 5.7.139 SmtpClientAuthentication is disabled for the Tenant.",
    MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER, FALSE },
  { SMTP, 538, NULL, NULL, FALSE, "538 encryption required", MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED,
    FALSE },
  { SMTP, 535, NULL, NULL, FALSE, "535 请使用授权码登录", MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED,
    FALSE },
};

static MwRefusal
get_refusal (const RefusalRow *row)
{
  return (MwRefusal) { .protocol = row->protocol,
                       .smtp_code = row->smtp_code,
                       .enhanced = row->enhanced,
                       .code = row->code,
                       .bad = row->bad,
                       .text = row->text };
}

static void
test_refused_logins (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (login_rows); i++)
    {
      MwRefusal refusal = get_refusal (&login_rows[i]);
      MwRefusalMeaning meaning = mw_refusal_explain_login (&refusal, NULL);

      g_assert_cmpstr (mw_diagnosis_to_id (meaning.diagnosis), ==,
                       mw_diagnosis_to_id (login_rows[i].diagnosis));
      g_assert_cmpint (meaning.mechanism_at_fault, ==, login_rows[i].mechanism_at_fault);
    }
}

/* Whatever the words, a code that says "later" never means a wrong password */
static void
test_temporary_is_never_a_wrong_password (void)
{
  const MwProvider *provider =
      mw_provider_db_lookup_domain (mw_provider_db_get_default (), "gmail.com");
  static const RefusalRow rows[] = {
    { IMAP, 0, NULL, "UNAVAILABLE", FALSE, "Invalid credentials", 0, FALSE },
    { SMTP, 454, "4.7.0", NULL, FALSE, "454 4.7.0 Username and Password not accepted", 0, FALSE },
    { SMTP, 421, NULL, NULL, FALSE, "421 authentication failed", 0, FALSE },
    { POP3, 0, NULL, "SYS/TEMP", FALSE, "authentication failed", 0, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MwRefusal refusal = get_refusal (&rows[i]);

      g_assert_cmpint (mw_refusal_explain_login (&refusal, provider).diagnosis, ==,
                       MW_DIAGNOSIS_SERVER_BUSY);
      g_assert_cmpint (mw_refusal_explain_login (&refusal, NULL).diagnosis, ==,
                       MW_DIAGNOSIS_SERVER_BUSY);
    }
}

static void
test_provider_words_win (void)
{
  const MwProvider *provider =
      mw_provider_db_lookup_domain (mw_provider_db_get_default (), "gmail.com");
  MwRefusal refusal = { .protocol = IMAP,
                        .code = "ALERT",
                        .text = "[ALERT] Application-specific password required: https://x" };
  MwRefusalMeaning meaning;

  g_assert_nonnull (provider);
  meaning = mw_refusal_explain_login (&refusal, provider);
  g_assert_cmpstr (mw_diagnosis_to_id (meaning.diagnosis), ==, "auth-app-password-required");
}

static void
test_refused_mailboxes (void)
{
  MwRefusal gone = { .protocol = IMAP, .text = "Mailbox does not exist" };
  MwRefusal unsafe = { .protocol = IMAP,
                       .text = "EXAMINE Unsafe Login. Please contact kefu@188.com for help" };
  MwRefusal later = { .protocol = IMAP, .code = "INUSE", .text = "locked" };
  MwRefusal pop = { .protocol = POP3, .code = "IN-USE", .text = "locked" };

  g_assert_cmpint (mw_refusal_explain_mailbox (&gone, NULL).diagnosis, ==,
                   MW_DIAGNOSIS_MAILBOX_UNAVAILABLE);
  g_assert_cmpint (mw_refusal_explain_mailbox (&unsafe, NULL).diagnosis, ==,
                   MW_DIAGNOSIS_LOGIN_LIMITED);
  g_assert_cmpint (mw_refusal_explain_mailbox (&later, NULL).diagnosis, ==,
                   MW_DIAGNOSIS_SERVER_BUSY);
  g_assert_cmpint (mw_refusal_explain_mailbox (&pop, NULL).diagnosis, ==, MW_DIAGNOSIS_SERVER_BUSY);
}

static void
test_refused_senders (void)
{
  MwRefusal never = { .protocol = SMTP, .smtp_code = 553, .text = "553 not owned by user" };
  MwRefusal later = { .protocol = SMTP, .smtp_code = 451, .text = "451 try again" };

  g_assert_cmpint (mw_refusal_explain_sender (&never, NULL).diagnosis, ==,
                   MW_DIAGNOSIS_SENDER_REJECTED);
  g_assert_cmpint (mw_refusal_explain_sender (&later, NULL).diagnosis, ==,
                   MW_DIAGNOSIS_SERVER_BUSY);
}

/* ---- the gate ---- */

static MwServer *
new_server (MwProtocol protocol, const char *host, const char *username)
{
  g_autoptr(MwServer) base = mw_server_new (protocol, host, 0, MW_SECURITY_TLS);

  return mw_server_with_username (base, username);
}

static void
test_gate (void)
{
  g_autoptr(MwLoginGate) gate = mw_login_gate_new ();
  g_autoptr(SecretValue) wrong = secret_value_new ("wrong", -1, "text/plain");
  g_autoptr(SecretValue) right = secret_value_new ("right", -1, "text/plain");
  g_autoptr(MwServer) server = new_server (IMAP, "imap.example.org", "anna");
  g_autoptr(MwServer) other_name = new_server (IMAP, "imap.example.org", "Anna");
  g_autoptr(MwServer) other_host = new_server (IMAP, "mail.example.org", "anna");
  g_autoptr(MwServer) other_protocol = new_server (SMTP, "imap.example.org", "anna");

  g_assert_cmpint (mw_login_gate_check (gate, server, wrong), ==, MW_DIAGNOSIS_NONE);
  mw_login_gate_close (gate, server, wrong, MW_DIAGNOSIS_AUTH_RATE_LIMITED);
  g_assert_cmpint (mw_login_gate_check (gate, server, wrong), ==, MW_DIAGNOSIS_AUTH_RATE_LIMITED);
  g_assert_cmpint (mw_login_gate_check (gate, server, right), ==, MW_DIAGNOSIS_NONE);
  g_assert_cmpint (mw_login_gate_check (gate, other_name, wrong), ==, MW_DIAGNOSIS_NONE);
  g_assert_cmpint (mw_login_gate_check (gate, other_host, wrong), ==, MW_DIAGNOSIS_NONE);
  g_assert_cmpint (mw_login_gate_check (gate, other_protocol, wrong), ==, MW_DIAGNOSIS_NONE);
}

typedef struct
{
  MwLoginGate *gate;
  MwServer *server;
  SecretValue *password;
  GCancellable *cancellable;
  MwDiagnosis diagnosis;
  gint started; /* (atomic) */
} Waiter;

static gpointer
wait_at_gate (gpointer data)
{
  Waiter *waiter = data;

  g_atomic_int_set (&waiter->started, TRUE);
  return GINT_TO_POINTER (mw_login_gate_enter (waiter->gate, waiter->server, waiter->password,
                                               mw_deadline_after (60), waiter->cancellable,
                                               &waiter->diagnosis));
}

typedef enum
{
  END_REFUSED,
  END_ACCEPTED,
  END_UNKNOWN,
  END_CANCELLED,
} FirstEnd;

static void
test_equal_login_waits_for_the_first (void)
{
  static const struct
  {
    FirstEnd end;
    MwGateAnswer answer;
  } rows[] = { { END_REFUSED, MW_GATE_REFUSED },
               { END_ACCEPTED, MW_GATE_OPEN },
               { END_UNKNOWN, MW_GATE_FIRST },
               { END_CANCELLED, MW_GATE_BUSY } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(MwLoginGate) gate = mw_login_gate_new ();
      g_autoptr(MwServer) server = mw_server_new_from_url ("imaps://jo@imap.example.org", NULL);
      g_autoptr(SecretValue) password = secret_value_new ("secret", -1, "text/plain");
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      Waiter waiter = { gate, server, password, cancellable, MW_DIAGNOSIS_NONE, FALSE };
      GThread *thread;

      g_assert_cmpint (mw_login_gate_enter (gate, server, password, 0, NULL, NULL), ==,
                       MW_GATE_FIRST);
      g_assert_cmpint (mw_login_gate_enter (gate, server, password, 0, NULL, NULL), ==,
                       MW_GATE_BUSY);
      thread = g_thread_new ("waiter", wait_at_gate, &waiter);
      while (!g_atomic_int_get (&waiter.started))
        g_thread_yield ();
      if (rows[i].end == END_REFUSED)
        mw_login_gate_close (gate, server, password, MW_DIAGNOSIS_AUTH_FAILED);
      else if (rows[i].end == END_CANCELLED)
        g_cancellable_cancel (cancellable);
      else
        mw_login_gate_leave (gate, server, password, rows[i].end == END_ACCEPTED);
      g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, rows[i].answer);
      g_assert_cmpint (waiter.diagnosis, ==,
                       rows[i].end == END_REFUSED ? MW_DIAGNOSIS_AUTH_FAILED : MW_DIAGNOSIS_NONE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/login-plan/table", test_plans);
  g_test_add_func ("/login-plan/forbidden-characters-rule-scram-out", test_plan_without_scram);
  g_test_add_func ("/login-plan/second-choice-after-a-refused-mechanism", test_plan_after_refusal);
  g_test_add_func ("/refusal/logins", test_refused_logins);
  g_test_add_func ("/refusal/temporary-is-never-a-wrong-password",
                   test_temporary_is_never_a_wrong_password);
  g_test_add_func ("/refusal/what-the-provider-says-wins", test_provider_words_win);
  g_test_add_func ("/refusal/mailboxes", test_refused_mailboxes);
  g_test_add_func ("/refusal/senders", test_refused_senders);
  g_test_add_func ("/login-gate/one-password-for-one-name-at-one-server", test_gate);

  g_test_add_func ("/login-gate/equal-login-waits-for-the-first",
                   test_equal_login_waits_for_the_first);
  return g_test_run ();
}
