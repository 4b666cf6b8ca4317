/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-run"

#include "config.h"

#include "check/mw-run.h"

#include "check/mw-sasl.h"
#include "net/mw-deadline.h"
#include "net/mw-net-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The most of a server's words that a step shows, in bytes */
#define MAX_SERVER_TEXT 1000

G_DEFINE_QUARK (mw_run_error, mw_run_error) /* clang-format would put spaces around dashes */

/* The share of the time for one server that a stage may use up. What is left is for the stages
 * behind it and for finding out why there was no answer. */
static double
get_share (MwStage stage)
{
  switch (stage)
    {
    case MW_STAGE_GREETING:
    case MW_STAGE_LOGIN:
      return 0.75;
    default:
      return 0.5;
    }
}

/* One sentence for each fault; %1$s is the host and %2$u the port, in this order */
static const struct
{
  MwDiagnosis diagnosis;
  const char *format;
} sentences[] = {
  /* Translators: in all of these %1$s is the name of a server and %2$u a port number */
  { MW_DIAGNOSIS_OFFLINE, N_ ("There is no network, so %1$s:%2$u cannot be reached.") },
  { MW_DIAGNOSIS_CAPTIVE_PORTAL, N_ ("The network’s sign-in page stands before %1$s:%2$u.") },
  { MW_DIAGNOSIS_DNS_NOT_FOUND, N_ ("There is no server named %1$s (for port %2$u).") },
  { MW_DIAGNOSIS_DNS_TIMEOUT, N_ ("The name service gave no address for %1$s (for port %2$u).") },
  { MW_DIAGNOSIS_CONNECTION_REFUSED, N_ ("%1$s refuses connections on port %2$u.") },
  { MW_DIAGNOSIS_CONNECTION_TIMEOUT, N_ ("%1$s does not answer on port %2$u.") },
  { MW_DIAGNOSIS_NETWORK_UNREACHABLE, N_ ("There is no way to %1$s, port %2$u.") },
  { MW_DIAGNOSIS_CONNECTION_CLOSED, N_ ("%1$s closed the connection on port %2$u.") },
  { MW_DIAGNOSIS_GREETING_TIMEOUT,
    N_ ("%1$s takes the connection on port %2$u, but does not greet.") },
  { MW_DIAGNOSIS_TIMEOUT, N_ ("%1$s did not answer in time on port %2$u.") },
  { MW_DIAGNOSIS_WRONG_PROTOCOL, N_ ("Another service answers at %1$s, port %2$u.") },
  { MW_DIAGNOSIS_TLS_ON_PLAIN_PORT, N_ ("%1$s talks unencrypted at first on port %2$u.") },
  { MW_DIAGNOSIS_PLAIN_ON_TLS_PORT, N_ ("%1$s wants TLS from the start on port %2$u.") },
  { MW_DIAGNOSIS_STARTTLS_NOT_OFFERED, N_ ("%1$s does not offer STARTTLS on port %2$u.") },
  { MW_DIAGNOSIS_STARTTLS_REFUSED, N_ ("%1$s refused STARTTLS on port %2$u.") },
  { MW_DIAGNOSIS_STARTTLS_INJECTION,
    N_ ("Unencrypted text came from %1$s, port %2$u, where encryption should begin.") },
  { MW_DIAGNOSIS_PREAUTH_BEFORE_TLS, N_ ("%1$s, port %2$u, skips the sign-in before encryption.") },
  { MW_DIAGNOSIS_RESPONSE_TOO_LONG, N_ ("The answer of %1$s, port %2$u, is too long.") },
  { MW_DIAGNOSIS_RESPONSE_MALFORMED,
    N_ ("The answer of %1$s, port %2$u, does not follow the protocol.") },
  { MW_DIAGNOSIS_SERVER_BUSY, N_ ("%1$s, port %2$u, cannot help at the moment.") },
  { MW_DIAGNOSIS_TLS_HANDSHAKE_FAILED,
    N_ ("No encrypted connection with %1$s, port %2$u, could be agreed on.") },
  { MW_DIAGNOSIS_TLS_VERSION_TOO_OLD,
    N_ ("%1$s, port %2$u, only knows outdated versions of TLS.") },
  { MW_DIAGNOSIS_AUTH_FAILED, N_ ("%1$s, port %2$u, refused the user name or the password.") },
  { MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED,
    N_ ("%1$s, port %2$u, wants an app password or an authorization code.") },
  { MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED,
    N_ ("%1$s, port %2$u, takes no passwords, only a sign-in through its web page.") },
  { MW_DIAGNOSIS_AUTH_DISABLED_BY_PROVIDER,
    N_ ("%1$s, port %2$u, does not allow this account to be used with mail programs.") },
  { MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED,
    N_ ("%1$s, port %2$u, offers no way to sign in that can be used.") },
  { MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED,
    N_ ("The password was not sent to %1$s, port %2$u: the connection is not encrypted.") },
  { MW_DIAGNOSIS_AUTH_RATE_LIMITED, N_ ("%1$s, port %2$u, has blocked signing in for a while.") },
  { MW_DIAGNOSIS_LOGIN_LIMITED,
    N_ ("%1$s, port %2$u, takes this sign-in for unsafe and does not open the mailbox.") },
  { MW_DIAGNOSIS_MAILBOX_UNAVAILABLE, N_ ("%1$s, port %2$u, did not open the inbox.") },
  { MW_DIAGNOSIS_SENDER_REJECTED, N_ ("%1$s, port %2$u, does not accept the sender address.") },
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/**
 * mw_run_describe:
 * @self: a run
 * @diagnosis: what is wrong
 *
 * Returns: (transfer full): one translated sentence with host and port
 */
char *
mw_run_describe (MwRun *self, MwDiagnosis diagnosis)
{
  g_autofree char *host = mw_host_to_display (self->host);

  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (sentences[i].diagnosis == diagnosis)
      return g_strdup_printf (_ (sentences[i].format), host, self->port);
  return g_strdup (mw_diagnosis_get_title (diagnosis));
}

#pragma GCC diagnostic pop

/* ---- stages ---- */

static void
tell (MwRun *self, MwStep *step)
{
  if (self->on_step != NULL)
    self->on_step (step, self->user_data);
}

/**
 * mw_run_begin:
 * @self: a run
 * @stage: the stage that begins now; its deadline with it
 */
void
mw_run_begin (MwRun *self, MwStage stage)
{
  g_autoptr(MwStep) step = NULL;

  self->stage = stage;
  self->stage_started = g_get_monotonic_time ();
  self->stage_deadline = mw_deadline_earlier (
      self->deadline, mw_deadline_after (self->timeout_seconds * get_share (stage)));
  step = mw_step_new (stage, MW_STATUS_RUNNING, 0, MW_DIAGNOSIS_NONE, mw_stage_get_title (stage),
                      NULL);
  tell (self, step);
}

static void
end_stage (MwRun *self,
           MwStatus status,
           MwDiagnosis diagnosis,
           const char *message,
           const char *server_text)
{
  double milliseconds = (double) (g_get_monotonic_time () - self->stage_started) / 1000;
  g_autofree char *harmless = NULL;
  g_autoptr(MwStep) step = NULL;

  /* Whoever sits on the line can put words in here before TLS. They are shown where something is
   * wrong and has to be understood, and never as a part of what went well. */
  if (self->security == MW_SECURITY_STARTTLS && !self->encrypted && status != MW_STATUS_FAILED)
    server_text = NULL;
  if (server_text != NULL)
    harmless = mw_run_dup_server_text (self, server_text);

  step = mw_step_new (self->stage, status, milliseconds, diagnosis, message, harmless);
  mw_report_add_step (self->report, step);
  tell (self, step);
}

/**
 * mw_run_ok:
 * @self: a run
 * @message: (transfer full): one translated sentence
 * @server_text: (nullable): the server's words as they came
 *
 * Ends the stage well.
 *
 * Returns: %TRUE
 */
gboolean
mw_run_ok (MwRun *self, char *message, const char *server_text)
{
  end_stage (self, MW_STATUS_OK, MW_DIAGNOSIS_NONE, message, server_text);
  g_free (message);
  return TRUE;
}

/**
 * mw_run_warn:
 * @self: a run
 * @diagnosis: what deserves a look
 * @message: (transfer full): one translated sentence
 * @server_text: (nullable): the server's words as they came
 *
 * Ends the stage well, with a warning.
 *
 * Returns: %TRUE
 */
gboolean
mw_run_warn (MwRun *self, MwDiagnosis diagnosis, char *message, const char *server_text)
{
  end_stage (self, MW_STATUS_WARNING, diagnosis, message, server_text);
  g_free (message);
  return TRUE;
}

/**
 * mw_run_skip:
 * @self: a run
 * @stage: the stage that is left out
 * @diagnosis: why, or %MW_DIAGNOSIS_NONE
 * @message: why, one translated sentence
 */
void
mw_run_skip (MwRun *self, MwStage stage, MwDiagnosis diagnosis, const char *message)
{
  g_autoptr(MwStep) step = mw_step_new (stage, MW_STATUS_SKIPPED, 0, diagnosis, message, NULL);

  mw_report_add_step (self->report, step);
  tell (self, step);
}

/**
 * mw_run_fail:
 * @self: a run
 * @diagnosis: what is wrong
 * @message: (transfer full) (nullable): one translated sentence; %NULL for the usual one
 * @server_text: (nullable): the server's words as they came
 *
 * Ends the stage, and with it the run.
 *
 * Returns: %FALSE
 */
gboolean
mw_run_fail (MwRun *self, MwDiagnosis diagnosis, char *message, const char *server_text)
{
  g_autofree char *text = message != NULL ? message : mw_run_describe (self, diagnosis);

  end_stage (self, MW_STATUS_FAILED, diagnosis, text, server_text);
  return FALSE;
}

static MwDiagnosis
diagnose_timeout (MwStage stage)
{
  switch (stage)
    {
    case MW_STAGE_RESOLVE:
      return MW_DIAGNOSIS_DNS_TIMEOUT;
    case MW_STAGE_CONNECT:
      return MW_DIAGNOSIS_CONNECTION_TIMEOUT;
    case MW_STAGE_GREETING:
      return MW_DIAGNOSIS_GREETING_TIMEOUT;
    default:
      return MW_DIAGNOSIS_TIMEOUT;
    }
}

static MwDiagnosis
diagnose_net_error (MwStage stage, int code)
{
  switch ((MwNetError) code)
    {
    case MW_NET_ERROR_NOT_FOUND:
    case MW_NET_ERROR_NO_RECORDS:
      return MW_DIAGNOSIS_DNS_NOT_FOUND;
    case MW_NET_ERROR_DNS_TEMPORARY:
    case MW_NET_ERROR_DNS_TIMEOUT:
      return MW_DIAGNOSIS_DNS_TIMEOUT;
    case MW_NET_ERROR_TIMEOUT:
      return diagnose_timeout (stage);
    case MW_NET_ERROR_REFUSED:
      return MW_DIAGNOSIS_CONNECTION_REFUSED;
    case MW_NET_ERROR_UNREACHABLE:
    case MW_NET_ERROR_PROXY_FAILED:
    case MW_NET_ERROR_PROXY_REFUSED:
    case MW_NET_ERROR_PROXY_AUTH:
      return MW_DIAGNOSIS_NETWORK_UNREACHABLE;
    case MW_NET_ERROR_TOO_LONG:
      return MW_DIAGNOSIS_RESPONSE_TOO_LONG;
    case MW_NET_ERROR_NOT_SECURE:
      return MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED;
    case MW_NET_ERROR_INJECTED:
      return MW_DIAGNOSIS_STARTTLS_INJECTION;
    case MW_NET_ERROR_TLS_VERSION:
      return MW_DIAGNOSIS_TLS_VERSION_TOO_OLD;
    case MW_NET_ERROR_TLS_FAILED:
    case MW_NET_ERROR_TLS_PLAIN_TEXT:
    case MW_NET_ERROR_TLS_ALERT:
      return MW_DIAGNOSIS_TLS_HANDSHAKE_FAILED;
    case MW_NET_ERROR_RESET:
    case MW_NET_ERROR_CLOSED:
      return MW_DIAGNOSIS_CONNECTION_CLOSED;
    default:
      return stage <= MW_STAGE_CONNECT ? MW_DIAGNOSIS_NETWORK_UNREACHABLE
                                       : MW_DIAGNOSIS_CONNECTION_CLOSED;
    }
}

/* Where the id alone would say too little */
static char *
explain_error (MwRun *self, const GError *error)
{
  const char *proxy = self->route != NULL ? mw_route_get_proxy (self->route) : NULL;
  int alert = self->connection != NULL ? mw_connection_get_alert (self->connection, NULL) : -1;

  if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_REFUSED))
    /* Translators: %1$s is a proxy server, %2$u a port number */
    return g_strdup_printf (_ ("The proxy server %1$s does not let connections to port %2$u "
                               "through."),
                              proxy != NULL ? proxy : "", self->port);
  if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_AUTH))
    /* Translators: %s is a proxy server */
    return g_strdup_printf (_ ("The proxy server %s wants a password of its own."),
                              proxy != NULL ? proxy : "");
  if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED))
    /* Translators: %s is a proxy server */
    return g_strdup_printf (_ ("The proxy server %s cannot be reached or understood."),
                              proxy != NULL ? proxy : "");
  /* TLS alerts certificate_required and, before TLS 1.3, handshake failures for the same reason */
  if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_TLS_ALERT) && alert == 116)
    return g_strdup (_ ("The server wants a certificate from this computer, which mail programs "
                        "rarely have."));
  return NULL;
}

static MwDiagnosis
diagnose_sasl_error (int code)
{
  switch ((MwSaslError) code)
    {
    case MW_SASL_ERROR_REFUSED:
      return MW_DIAGNOSIS_AUTH_FAILED;
    case MW_SASL_ERROR_SECRET:
    case MW_SASL_ERROR_UNAVAILABLE:
      return MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED;
    case MW_SASL_ERROR_TIMEOUT:
      return MW_DIAGNOSIS_TIMEOUT;
    default:
      return MW_DIAGNOSIS_RESPONSE_MALFORMED;
    }
}

static const char *
explain_sasl_error (int code)
{
  switch ((MwSaslError) code)
    {
    case MW_SASL_ERROR_SERVER_SIGNATURE:
      return _ ("The server said yes without proving that it knows the password. It may not be the "
                "server that it claims to be.");
    case MW_SASL_ERROR_NONCE:
      return _ ("The server’s answer belongs to another sign-in. It may not be the server that it "
                "claims to be.");
    case MW_SASL_ERROR_ITERATIONS:
      return _ ("The server’s conditions for the sign-in are unsafe, so the password was not used.");
    default:
      return NULL;
    }
}

/**
 * mw_run_fail_from_error:
 * @self: a run
 * @error: what a call of the connection, a dialogue or a SASL exchange gave
 *
 * Ends the stage, and with it the run. When the run was cancelled there is no step.
 *
 * Returns: %FALSE
 */
gboolean
mw_run_fail_from_error (MwRun *self, const GError *error)
{
  g_autoptr(GBytes) partial = NULL;
  const char *text;
  gsize length;

  g_debug ("%s:%u: %s: %s", self->host, self->port, mw_stage_to_string (self->stage),
           error->message);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      self->cancelled = TRUE;
      return FALSE;
    }
  if (error->domain == MW_RUN_ERROR)
    return mw_run_fail (self, MW_DIAGNOSIS_RESPONSE_MALFORMED, NULL, self->bad_text);
  if (error->domain == MW_SASL_ERROR)
    return mw_run_fail (self, diagnose_sasl_error (error->code),
                        g_strdup (explain_sasl_error (error->code)), NULL);
  if (error->domain != MW_NET_ERROR)
    return mw_run_fail (self, diagnose_net_error (self->stage, MW_NET_ERROR_FAILED), NULL, NULL);

  /* A line that was begun and never ended is the only word that the server said */
  if (self->connection != NULL && self->stage >= MW_STAGE_GREETING)
    {
      partial = mw_connection_get_partial (self->connection);
      text = g_bytes_get_data (partial, &length);
      if (length > 0 && self->bad_text == NULL)
        self->bad_text = mw_text_make_harmless (text, length, MAX_SERVER_TEXT);
    }
  return mw_run_fail (self, diagnose_net_error (self->stage, error->code),
                      explain_error (self, error), self->bad_text);
}

/* ---- lines ---- */

/**
 * mw_run_write:
 * @self: a run
 * @text: what to send, line ends included; nothing secret
 * @error: return location for an error of the connection
 *
 * Returns: whether it was sent
 */
gboolean
mw_run_write (MwRun *self, const char *text, GError **error)
{
  return mw_connection_write (self->connection, text, -1, self->stage_deadline, self->cancellable,
                              error);
}

/**
 * mw_run_write_secret:
 * @self: a run
 * @buffer: what to send; wiped
 * @masked: what the transcript says instead
 * @error: return location for an error of the connection
 *
 * The one place where the dialogues hand over secrets. The connection refuses them unless it is
 * secure.
 *
 * Returns: whether it was sent
 */
gboolean
mw_run_write_secret (MwRun *self, MwSecretBuffer *buffer, const char *masked, GError **error)
{
  return mw_connection_write_secret (self->connection, buffer->data, buffer->length, masked,
                                     self->stage_deadline, self->cancellable, error);
}

/**
 * mw_run_read_line:
 * @self: a run
 * @error: return location for an error of the connection
 *
 * Returns: (transfer full): the next line
 */
GBytes *
mw_run_read_line (MwRun *self, GError **error)
{
  return mw_connection_read_line (self->connection, self->stage_deadline, self->cancellable, error);
}

/**
 * mw_run_set_malformed:
 * @self: a run
 * @bytes: (array length=length): what the server said
 * @length: its length
 * @error: return location for a %MW_RUN_ERROR_MALFORMED
 *
 * Keeps what the server said instead of an answer.
 */
void
mw_run_set_malformed (MwRun *self, const char *bytes, gsize length, GError **error)
{
  g_free (self->bad_text);
  self->bad_text = mw_text_make_harmless (bytes, length, MAX_SERVER_TEXT);
  g_set_error (error, MW_RUN_ERROR, MW_RUN_ERROR_MALFORMED, "not an answer: %s", self->bad_text);
}

/**
 * mw_run_dup_server_text:
 * @self: a run
 * @text: a server's words as they came
 *
 * Returns: (transfer full): the words without secrets that it repeats, and fit to show
 */
char *
mw_run_dup_server_text (MwRun *self, const char *text)
{
  g_autoptr(GBytes) masked = NULL;
  gsize length;
  const char *bytes;

  if (self->connection == NULL)
    return mw_text_make_harmless (text, -1, MAX_SERVER_TEXT);

  masked = mw_connection_dup_masked (self->connection, text, strlen (text));
  bytes = g_bytes_get_data (masked, &length);
  return mw_text_make_harmless (bytes, length, MAX_SERVER_TEXT);
}

/**
 * mw_auth_reply_clear:
 * @self: an answer
 *
 * Frees what it holds, for the next one.
 */
void
mw_auth_reply_clear (MwAuthReply *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->enhanced, g_free);
  self->smtp_code = 0;
  self->bad = FALSE;
}
