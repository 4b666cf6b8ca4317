/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-login"

#include "config.h"

#include "check/mw-run.h"

#include "check/mw-sasl.h"
#include "net/mw-net-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* No mechanism needs more messages than this */
#define MAX_ROUNDS 8

/* How one try to log in ended */
typedef enum
{
  TRY_ACCEPTED,
  TRY_REFUSED, /* @reply says how */
  TRY_BROKEN,  /* @error says why */
} TryResult;

static void
mask (MwRun *run, const char *bytes, gsize length)
{
  g_autoptr(MwSecretBuffer) encoded = NULL;

  mw_connection_add_mask (run->connection, bytes, length);
  encoded = mw_secret_buffer_new (mw_secret_buffer_base64_size (length));
  mw_secret_buffer_append_base64 (encoded, bytes, length);
  mw_connection_add_mask (run->connection, encoded->data, encoded->length);
}

/* Servers repeat what they did not understand, and some decode it first or encode it again */
static void
mask_password (MwRun *run)
{
  const char *username = mw_server_get_username (run->server);
  g_autoptr(MwSecretBuffer) plain = NULL;
  gsize length;
  const char *secret = secret_value_get (run->password, &length);

  mask (run, secret, length);
  plain = mw_secret_buffer_new (strlen (username) + length + 2);
  mw_secret_buffer_append (plain, "\0", 1);
  mw_secret_buffer_append (plain, username, -1);
  mw_secret_buffer_append (plain, "\0", 1);
  mw_secret_buffer_append (plain, secret, length);
  mask (run, plain->data, plain->length);
}

/* The provider takes nothing but tokens, whatever its server lets one try */
static gboolean
takes_tokens_only (MwRun *run)
{
  const char *const *kinds = mw_server_get_authentications (run->server);

  if ((kinds == NULL || kinds[0] == NULL) && run->provider != NULL)
    kinds = mw_provider_get_authentications (run->provider);
  return kinds != NULL && kinds[0] != NULL && kinds[1] == NULL && g_str_equal (kinds[0], "oauth2");
}

/* Whether this login may be tried, now or by @deadline. With several equal ones the first goes
 * alone. */
static MwGateAnswer
enter_gate (MwRun *run, gint64 deadline, MwDiagnosis *refused)
{
  MwGateAnswer answer;

  if (run->gate == NULL || run->first_at_gate)
    return MW_GATE_OPEN;
  answer = mw_login_gate_enter (run->gate, run->server, run->password, deadline, run->cancellable,
                                refused);
  run->first_at_gate = answer == MW_GATE_FIRST;
  return answer;
}

/**
 * mw_run_leave_gate:
 * @self: a run
 * @accepted: whether its login succeeded
 *
 * Lets those go on who wait for the login of this run, if any do; to be called at its end at the
 * latest.
 */
void
mw_run_leave_gate (MwRun *self, gboolean accepted)
{
  if (self->first_at_gate)
    mw_login_gate_leave (self->gate, self->server, self->password, accepted);
  self->first_at_gate = FALSE;
}

/**
 * mw_run_may_send_login_early:
 * @self: a run before its capability stage
 *
 * Whether the login may go out in the same write as the question for the server's abilities: only
 * inside TLS with a good verdict, and when nothing is known that speaks for another way.
 *
 * Returns: %TRUE if a password may be sent now; it is then masked in the transcript
 */
gboolean
mw_run_may_send_login_early (MwRun *self)
{
  if (!self->encrypted || self->password == NULL || !self->needs_login || self->preauthenticated ||
      self->mechanism != NULL)
    return FALSE;
  if (takes_tokens_only (self))
    return FALSE;
  /* Who would have to wait asks for the abilities meanwhile */
  if (enter_gate (self, 0, NULL) > MW_GATE_OPEN)
    return FALSE;
  mask_password (self);
  return TRUE;
}

/* ---- one try ---- */

static gboolean
decode (const char *text, GBytes **bytes)
{
  gsize n = strlen (text);
  guchar *data;
  gsize length;

  if (n % 4 != 0 ||
      strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != n)
    return FALSE;
  data = g_base64_decode (text, &length);
  *bytes = g_bytes_new_take (data, length);
  return n == 0 || length > 0;
}

/* What the server said, for the exchange. A mechanism that does not look at it is not disturbed by
 * prompts that are not base64, which are in the wild. */
static GBytes *
get_challenge (MwRun *run, MwSasl *sasl, const char *text, gboolean first, GError **error)
{
  GBytes *bytes = NULL;

  if (first && mw_sasl_speaks_first (sasl))
    return g_bytes_new (NULL, 0);
  if (decode (text, &bytes))
    return bytes;
  g_clear_pointer (&bytes, g_bytes_unref);
  if (!mw_sasl_reads_challenges (sasl))
    return g_bytes_new (NULL, 0);
  mw_run_set_malformed (run, text, strlen (text), error);
  return NULL;
}

static MwSecretBuffer *
next_message (MwRun *run, MwSasl *sasl, GBytes *challenge, GError **error)
{
  g_autoptr(MwSecretBuffer) message = NULL;
  MwSecretBuffer *encoded;
  gsize length = 0;
  const char *bytes = challenge != NULL ? g_bytes_get_data (challenge, &length) : NULL;

  message = mw_sasl_step (sasl, bytes, length, run->stage_deadline, run->cancellable, error);
  if (message == NULL)
    return NULL;

  encoded = mw_secret_buffer_new (mw_secret_buffer_base64_size (message->length));
  mw_secret_buffer_append_base64 (encoded, message->data, message->length);
  mw_connection_add_mask (run->connection, encoded->data, encoded->length);
  return encoded;
}

/* The answer to a challenge is a line of base64 in all three protocols (RFC 9051, section 6.2.2;
 * RFC 5034, section 4; RFC 4954, section 4), and "*" gives up */
static gboolean
send_answer (MwRun *run, const MwSecretBuffer *answer, GError **error)
{
  g_autoptr(MwSecretBuffer) line = mw_secret_buffer_new (answer->length + 2);

  mw_secret_buffer_append (line, answer->data, answer->length);
  mw_secret_buffer_append (line, "\r\n", 2);
  return mw_run_write_secret (run, line, "[masked]", error);
}

/* Tells the server that the exchange is over, and lets it say no, so that it is not left hanging */
static void
give_up (MwRun *run)
{
  g_auto (MwAuthReply) reply = { 0 };

  if (mw_run_write (run, "*\r\n", NULL))
    run->dialogue->read_auth (run, &reply, NULL);
}

static TryResult
run_exchange (MwRun *run, MwSasl *sasl, gboolean begun, MwAuthReply *reply, GError **error)
{
  for (guint round = 0; round < MAX_ROUNDS; round++)
    {
      g_autoptr(GBytes) challenge = NULL;
      g_autoptr(MwSecretBuffer) answer = NULL;

      mw_auth_reply_clear (reply);
      if (!run->dialogue->read_auth (run, reply, error))
        return TRY_BROKEN;
      if (reply->outcome == MW_AUTH_REFUSED)
        {
          if (mw_sasl_get_server_error (sasl) != NULL)
            {
              g_autofree char *words =
                  g_strdup_printf ("%s (%s)", reply->text, mw_sasl_get_server_error (sasl));

              g_set_str (&reply->text, words);
            }
          return TRY_REFUSED;
        }
      if (reply->outcome == MW_AUTH_ACCEPTED)
        return mw_sasl_finish (sasl, error) ? TRY_ACCEPTED : TRY_BROKEN;

      challenge = get_challenge (run, sasl, reply->text, !begun, error);
      begun = TRUE;
      if (challenge != NULL)
        answer = next_message (run, sasl, challenge, error);
      if (answer == NULL)
        {
          give_up (run);
          return TRY_BROKEN;
        }
      if (!send_answer (run, answer, error))
        return TRY_BROKEN;
    }

  mw_run_set_malformed (run, "", 0, error);
  return TRY_BROKEN;
}

/* Sends the command, with the first message where that is possible; TRUE also sets @begun */
static gboolean
begin_exchange (MwRun *run, MwSasl *sasl, const char *mechanism, gboolean *begun, GError **error)
{
  g_autoptr(MwSecretBuffer) first = NULL;

  *begun = FALSE;
  if (!mw_sasl_speaks_first (sasl) || !run->dialogue->can_send_initial (run, mechanism, 0))
    return run->dialogue->send_auth (run, mechanism, NULL, error);

  first = next_message (run, sasl, NULL, error);
  if (first == NULL)
    return FALSE;
  if (run->dialogue->can_send_initial (run, mechanism, first->length))
    {
      *begun = TRUE;
      return run->dialogue->send_auth (run, mechanism, first, error);
    }

  /* Too long for the command: it goes out as the answer to an empty challenge */
  if (!run->dialogue->send_auth (run, mechanism, NULL, error))
    return FALSE;
  {
    g_auto (MwAuthReply) reply = { 0 };

    if (!run->dialogue->read_auth (run, &reply, error))
      return FALSE;
    if (reply.outcome != MW_AUTH_CHALLENGE)
      {
        mw_run_set_malformed (run, reply.text, strlen (reply.text), error);
        return FALSE;
      }
  }
  *begun = TRUE;
  return send_answer (run, first, error);
}

static TryResult
try_sasl (MwRun *run, const char *mechanism, gboolean sent, MwAuthReply *reply, GError **error)
{
  g_autoptr(MwSasl) sasl = NULL;
  g_autoptr(MwSecretBuffer) message = NULL;
  gboolean begun = TRUE;

  sasl = mw_sasl_new (mechanism, mw_server_get_username (run->server), run->password, run->host,
                      run->port, error);
  if (sasl == NULL)
    return TRY_BROKEN;
  if (sent) /* the first message has gone out already */
    message = next_message (run, sasl, NULL, error);
  else if (!begin_exchange (run, sasl, mechanism, &begun, error))
    return TRY_BROKEN;
  /* Only PLAIN is over with its first message, so that nothing behind it can be taken for an answer
   */
  if (begun && g_str_equal (mechanism, "PLAIN") && !run->dialogue->send_ahead (run, error))
    return TRY_BROKEN;

  return run_exchange (run, sasl, begun, reply, error);
}

static TryResult
try_command (MwRun *run, MwLoginKind kind, gboolean sent, MwAuthReply *reply, GError **error)
{
  if (!sent && !run->dialogue->send_login (run, kind, error))
    return TRY_BROKEN;
  if (kind == MW_LOGIN_IMAP_COMMAND && !run->dialogue->send_ahead (run, error))
    return TRY_BROKEN;
  if (!run->dialogue->read_auth (run, reply, error))
    return TRY_BROKEN;
  if (reply->outcome == MW_AUTH_CHALLENGE)
    {
      mw_run_set_malformed (run, reply->text, strlen (reply->text), error);
      return TRY_BROKEN;
    }
  return reply->outcome == MW_AUTH_ACCEPTED ? TRY_ACCEPTED : TRY_REFUSED;
}

static TryResult
try_plan (MwRun *run, const MwLoginPlan *plan, gboolean sent, MwAuthReply *reply, GError **error)
{
  mw_auth_reply_clear (reply);
  if (plan->kind == MW_LOGIN_SASL)
    return try_sasl (run, plan->mechanism, sent, reply, error);
  return try_command (run, plan->kind, sent, reply, error);
}

/* ---- the stage ---- */

static MwLoginOffer
get_offer (MwRun *run, const char *refused)
{
  MwLoginOffer offer = { .protocol = run->dialogue->protocol,
                         .mechanisms = mw_report_get_mechanisms (run->report),
                         .encrypted = run->encrypted,
                         .forced = run->mechanism,
                         .refused = refused,
                         .username = mw_server_get_username (run->server),
                         .secret = run->password };

  run->dialogue->describe (run, &offer);
  return offer;
}

static MwLoginPlan
choose (MwRun *run, const char *refused)
{
  MwLoginOffer offer = get_offer (run, refused);
  MwLoginPlan plan = mw_login_plan_choose (&offer);

  if (plan.kind != MW_LOGIN_IMPOSSIBLE && takes_tokens_only (run) &&
      !mw_sasl_uses_token (plan.mechanism))
    plan = (MwLoginPlan) { .kind = MW_LOGIN_IMPOSSIBLE,
                           .diagnosis = MW_DIAGNOSIS_AUTH_OAUTH2_REQUIRED };
  return plan;
}

static MwRefusalMeaning
explain (MwRun *run, const MwAuthReply *reply)
{
  MwRefusal refusal = { .protocol = run->dialogue->protocol,
                        .smtp_code = reply->smtp_code,
                        .enhanced = reply->enhanced,
                        .code = reply->code,
                        .bad = reply->bad,
                        .encrypted = run->encrypted,
                        .text = reply->text };
  MwRefusalMeaning meaning = mw_refusal_explain_login (&refusal, run->provider);
  const char *text = secret_value_get_text (run->password);

  /* The server says only no; the look of the password says which one was typed */
  if (meaning.diagnosis == MW_DIAGNOSIS_AUTH_FAILED && run->provider != NULL && text != NULL &&
      mw_provider_check_password_shape (run->provider, text) == MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD)
    meaning.diagnosis = MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED;
  return meaning;
}

/* After a no that is about the name or the password nobody asks again in this run */
static void
close_gate (MwRun *run, MwDiagnosis diagnosis)
{
  if (run->gate != NULL && diagnosis != MW_DIAGNOSIS_SERVER_BUSY &&
      diagnosis != MW_DIAGNOSIS_AUTH_MECHANISM_UNSUPPORTED &&
      diagnosis != MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED)
    mw_login_gate_close (run->gate, run->server, run->password, diagnosis);
}

static gboolean
accept (MwRun *run, const MwLoginPlan *plan, const MwAuthReply *reply)
{
  run->logged_in = TRUE;
  mw_run_leave_gate (run, TRUE);
  return mw_run_ok (run,
                    /* Translators: %1$s is a login name, %2$s the name of a sign-in method */
                    g_strdup_printf (_ ("Signed in as %1$s (%2$s)."),
                                       mw_server_get_username (run->server), plan->mechanism),
                                     reply->text);
}

/* The login went out together with the question for the abilities. Does the answer say that it was
 * not wanted like this? Then the way was the fault, and not the password. */
static gboolean
was_not_wanted (MwRun *run, const MwLoginPlan *sent)
{
  MwLoginOffer offer = get_offer (run, NULL);

  if (choose (run, NULL).kind == MW_LOGIN_IMPOSSIBLE)
    return TRUE;
  if (sent->kind == MW_LOGIN_SASL)
    return !g_strv_contains (offer.mechanisms, sent->mechanism);
  return offer.login_disabled;
}

static gboolean
refuse (MwRun *run, const MwRefusalMeaning *meaning, const MwAuthReply *reply)
{
  close_gate (run, meaning->diagnosis);
  return mw_run_fail (run, meaning->diagnosis, g_strdup (meaning->text), reply->text);
}

/* Two tries at most, and a second one only if the server blames the way and not the password */
static gboolean
run_tries (MwRun *run)
{
  gboolean sent = run->early_login.kind != MW_LOGIN_IMPOSSIBLE;
  MwLoginPlan plan = sent ? run->early_login : choose (run, NULL);
  g_auto (MwAuthReply) reply = { 0 };

  for (guint n_tries = 1;; n_tries++)
    {
      g_autoptr(GError) error = NULL;
      gboolean unwanted;
      MwRefusalMeaning meaning;
      TryResult result;

      if (plan.kind == MW_LOGIN_IMPOSSIBLE)
        return mw_run_fail (run, plan.diagnosis, NULL, reply.text);
      result = try_plan (run, &plan, sent, &reply, &error);
      if (result == TRY_ACCEPTED)
        return accept (run, &plan, &reply);
      if (result == TRY_BROKEN)
        return mw_run_fail_from_error (run, error);

      meaning = explain (run, &reply);
      unwanted =
          sent && meaning.diagnosis != MW_DIAGNOSIS_SERVER_BUSY && was_not_wanted (run, &plan);
      if ((!meaning.mechanism_at_fault && !unwanted) || n_tries == 2)
        return refuse (run, &meaning, &reply);
      if (!run->dialogue->drop_ahead (run, &error))
        return mw_run_fail_from_error (run, error);
      plan = choose (run, unwanted ? NULL : plan.mechanism);
      sent = FALSE;
    }
}

/**
 * mw_run_login:
 * @self: a run whose capability stage is over
 *
 * The stage login.
 *
 * Returns: whether to go on; %TRUE also if nobody was to log in
 */
gboolean
mw_run_login (MwRun *self)
{
  MwDiagnosis refused = MW_DIAGNOSIS_NONE;
  const char *skip = NULL;

  if (self->preauthenticated)
    skip = _ ("The server asks for no sign-in.");
  else if (!self->needs_login)
    skip = _ ("The settings say that nobody signs in here.");
  else if (self->password == NULL)
    skip = _ ("Without a password the sign-in was not tried.");
  if (skip != NULL)
    {
      mw_run_skip (self, MW_STAGE_LOGIN, MW_DIAGNOSIS_NONE, skip);
      return TRUE;
    }
  mw_run_begin (self, MW_STAGE_LOGIN);
  if (self->early_login.kind == MW_LOGIN_IMPOSSIBLE &&
      enter_gate (self, self->stage_deadline, &refused) == MW_GATE_REFUSED)
    return mw_run_fail (self, refused,
                        g_strdup (_ ("This server has refused this user name and password a moment "
                                     "ago; they were not sent again, so that the account is not "
                                     "locked.")),
                                  NULL);
  if (!mw_connection_is_secure (self->connection))
    {
      if (!self->allow_plain_login && !mw_connection_peer_is_loopback (self->connection))
        return mw_run_fail (self, MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED, NULL, NULL);
      mw_connection_allow_plain_secrets (self->connection);
    }
  mask_password (self);
  return run_tries (self);
}
