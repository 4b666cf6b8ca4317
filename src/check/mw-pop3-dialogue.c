/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-pop3-dialogue"

#include "config.h"

#include "check/mw-pop3-parser.h"
#include "check/mw-run.h"
#include "check/mw-sasl.h"

#include "net/mw-net-error.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <string.h>

/* The longest command: RFC 2449, section 4 */
#define MAX_COMMAND 255

typedef struct
{
  char *stamp;        /* for APOP */
  GStrv capabilities; /* the lines of CAPA in this layer; NULL if not known */
  GStrv mechanisms;
  gboolean reads_ahead; /* the greeting is that of Dovecot, which takes commands in one go */
  gboolean hint_scram;  /* SCRAM was offered before TLS: the login then waits for CAPA */
  gboolean stat_is_sent;
  gboolean pass_is_due; /* USER was sent without PASS */
  gboolean user_is_due; /* the answer to USER is still to come */
} Pop3State;

static gpointer
new_state (void)
{
  return g_new0 (Pop3State, 1);
}

static void
forget_layer (Pop3State *state)
{
  g_clear_pointer (&state->capabilities, g_strfreev);
  g_clear_pointer (&state->mechanisms, g_strfreev);
}

static void
free_state (gpointer data)
{
  Pop3State *state = data;

  forget_layer (state);
  g_free (state->stamp);
  g_free (state);
}

static gboolean
has_capability (Pop3State *state, const char *word)
{
  gsize n = strlen (word);

  for (gsize i = 0; state->capabilities != NULL && state->capabilities[i] != NULL; i++)
    if (g_ascii_strncasecmp (state->capabilities[i], word, n) == 0 &&
        (state->capabilities[i][n] == '\0' || state->capabilities[i][n] == ' '))
      return TRUE;
  return FALSE;
}

/* ---- answers ---- */

static MwPop3Response *
read_answer (MwRun *run, GError **error)
{
  g_autoptr(GBytes) line = NULL;
  MwPop3Response *response;
  const char *bytes;
  gsize length;

  mw_connection_begin_reply (run->connection);
  line = mw_run_read_line (run, error);
  if (line == NULL)
    return NULL;
  bytes = g_bytes_get_data (line, &length);
  response = mw_pop3_response_parse (bytes, length);
  if (response == NULL)
    mw_run_set_malformed (run, bytes, length, error);
  return response;
}

/* An answer where no challenge is to be had */
static MwPop3Response *
read_plain_answer (MwRun *run, GError **error)
{
  g_autoptr(MwPop3Response) response = read_answer (run, error);

  if (response != NULL && response->status == MW_POP3_CHALLENGE)
    {
      mw_run_set_malformed (run, response->text, strlen (response->text), error);
      return NULL;
    }
  return g_steal_pointer (&response);
}

static char *
dup_words (const MwPop3Response *response)
{
  if (response->code == NULL)
    return g_strdup (response->text);
  return g_strdup_printf ("[%s] %s", response->code, response->text);
}

/* The lines after the "+OK" of CAPA, up to "." */
static gboolean
read_list (MwRun *run, GError **error)
{
  Pop3State *state = run->state;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (;;)
    {
      g_autoptr(GBytes) line = mw_run_read_line (run, error);
      g_autofree char *harmless = NULL;
      const char *text;
      gsize length;

      if (line == NULL)
        return FALSE;
      text = g_bytes_get_data (line, &length);
      if (length == 1 && text[0] == '.')
        break;
      if (length > 1 && text[0] == '.') /* byte-stuffed: RFC 1939, section 3 */
        {
          text++;
          length--;
        }
      harmless = mw_text_make_harmless (text, length, 200);
      g_strv_builder_add (builder, harmless);
    }

  forget_layer (state);
  state->capabilities = g_strv_builder_end (builder);
  state->mechanisms = mw_pop3_get_mechanisms ((const char *const *) state->capabilities);
  return TRUE;
}

/* A server that does not know CAPA is an old one: it has USER and PASS, and nothing else */
static gboolean
read_capa (MwRun *run, GError **error)
{
  Pop3State *state = run->state;
  g_autoptr(MwPop3Response) response = read_plain_answer (run, error);

  if (response == NULL)
    return FALSE;
  if (response->status == MW_POP3_OK)
    return read_list (run, error);

  forget_layer (state);
  state->capabilities = g_new0 (char *, 1);
  state->mechanisms = g_new0 (char *, 1);
  return TRUE;
}

/* ---- stages ---- */

static gboolean
greet (MwRun *run, const char *line, gsize length)
{
  Pop3State *state = run->state;
  g_autoptr(MwPop3Response) response = mw_pop3_response_parse (line, length);
  g_autofree char *words = NULL;

  if (response == NULL || response->status == MW_POP3_CHALLENGE)
    return mw_run_fail (run, MW_DIAGNOSIS_RESPONSE_MALFORMED, NULL, line);

  words = dup_words (response);
  if (response->status == MW_POP3_ERR)
    {
      MwRefusal refusal = { .protocol = MW_PROTOCOL_POP3,
                            .code = response->code != NULL ? response->code : "SYS/TEMP",
                            .encrypted = run->encrypted,
                            .text = words };
      MwRefusalMeaning meaning = mw_refusal_explain_login (&refusal, run->provider);

      return mw_run_fail (run,
                          meaning.diagnosis == MW_DIAGNOSIS_AUTH_FAILED ? MW_DIAGNOSIS_SERVER_BUSY
                                                                        : meaning.diagnosis,
                          NULL, words);
    }

  if (run->security != MW_SECURITY_STARTTLS)
    state->stamp = mw_pop3_find_stamp (response->text);
  state->reads_ahead = strstr (response->text, "Dovecot") != NULL;
  return mw_run_ok (run, g_strdup (_ ("A POP3 server greets.")), words);
}

static gboolean
starttls (MwRun *run)
{
  Pop3State *state = run->state;
  g_autoptr(MwPop3Response) response = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *words = NULL;

  if (!mw_run_write (run, "CAPA\r\n", &error) || !read_capa (run, &error))
    return mw_run_fail_from_error (run, error);
  if (!has_capability (state, "STLS"))
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_NOT_OFFERED, NULL, NULL);

  /* POP3 has no way to speak unasked: what is here already was not said by the server in good faith
   */
  if (mw_connection_has_pending (run->connection))
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_INJECTION, NULL, NULL);
  if (!mw_run_write (run, "STLS\r\n", &error))
    return mw_run_fail_from_error (run, error);
  response = read_answer (run, &error);
  if (response == NULL)
    return mw_run_fail_from_error (run, error);
  words = dup_words (response);
  if (response->status != MW_POP3_OK)
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_REFUSED, NULL, words);
  if (mw_connection_has_pending (run->connection))
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_INJECTION, NULL, NULL);

  state->hint_scram = g_strv_contains ((const char *const *) state->mechanisms, "SCRAM-SHA-256") ||
                      g_strv_contains ((const char *const *) state->mechanisms, "SCRAM-SHA-1");
  forget_layer (state);
  return mw_run_ok (run, g_strdup (_ ("The server agreed to switch to encryption.")), NULL);
}

static gboolean
send_ahead (MwRun *run, GError **error)
{
  Pop3State *state = run->state;

  if (!state->reads_ahead || state->stat_is_sent)
    return TRUE;
  state->stat_is_sent = TRUE;
  return mw_run_write (run, "STAT\r\n", error);
}

static gboolean
drop_ahead (MwRun *run, GError **error)
{
  Pop3State *state = run->state;
  g_autoptr(MwPop3Response) answer = NULL;

  state->reads_ahead = FALSE;
  if (!state->stat_is_sent)
    return TRUE;
  state->stat_is_sent = FALSE;
  answer = read_plain_answer (run, error);
  return answer != NULL;
}

static gboolean
send_early_login (MwRun *run, GError **error)
{
  g_autoptr(MwSasl) sasl = NULL;
  g_autoptr(MwSecretBuffer) message = NULL;
  g_autoptr(MwSecretBuffer) line = NULL;
  gsize encoded;

  sasl = mw_sasl_new ("PLAIN", mw_server_get_username (run->server), run->password, run->host,
                      run->port, error);
  if (sasl == NULL)
    return FALSE;
  message = mw_sasl_step (sasl, NULL, 0, run->stage_deadline, run->cancellable, error);
  if (message == NULL)
    return FALSE;
  encoded = mw_secret_buffer_base64_size (message->length);
  if (encoded + strlen ("AUTH PLAIN \r\n") > MAX_COMMAND)
    return TRUE;

  line = mw_secret_buffer_new (encoded + strlen ("AUTH PLAIN \r\n"));
  mw_secret_buffer_append (line, "AUTH PLAIN ", -1);
  mw_secret_buffer_append_base64 (line, message->data, message->length);
  mw_connection_add_mask (run->connection, line->data + strlen ("AUTH PLAIN "), encoded);
  mw_secret_buffer_append (line, "\r\n", 2);
  if (!mw_run_write_secret (run, line, "AUTH PLAIN [masked]", error))
    return FALSE;
  run->early_login = (MwLoginPlan) { .kind = MW_LOGIN_SASL, .mechanism = "PLAIN" };
  return send_ahead (run, error);
}

static gboolean
ask_capabilities (MwRun *run)
{
  Pop3State *state = run->state;
  g_autoptr(GError) error = NULL;

  if (!mw_run_write (run, "CAPA\r\n", &error))
    return mw_run_fail_from_error (run, error);
  /* Whether a server reads ahead is only known after CAPA, a round trip too late. Dovecot does, and
   * says its name in the greeting; elsewhere CAPA comes first. */
  if (state->reads_ahead && !state->hint_scram && mw_run_may_send_login_early (run) &&
      !send_early_login (run, &error))
    return mw_run_fail_from_error (run, error);
  if (!read_capa (run, &error))
    return mw_run_fail_from_error (run, error);

  mw_report_set_capabilities (run->report, (const char *const *) state->capabilities);
  mw_report_set_mechanisms (run->report, (const char *const *) state->mechanisms);
  return mw_run_ok (run,
                    g_strdup_printf (ngettext ("The server announces %u ability.",
                                               "The server announces %u abilities.",
                                               g_strv_length (state->capabilities)),
                                     g_strv_length (state->capabilities)),
                    NULL);
}

static void
describe (MwRun *run, MwLoginOffer *offer)
{
  Pop3State *state = run->state;

  offer->apop = state->stamp != NULL;
  offer->starttls = has_capability (state, "STLS");
}

static gboolean
can_send_initial (MwRun *run, const char *mechanism, gsize length)
{
  return strlen ("AUTH  \r\n") + strlen (mechanism) + length <= MAX_COMMAND;
}

static gboolean
send_auth (MwRun *run, const char *mechanism, const MwSecretBuffer *initial, GError **error)
{
  g_autofree char *head = NULL;
  g_autofree char *masked = NULL;
  g_autoptr(MwSecretBuffer) line = NULL;

  if (initial == NULL)
    {
      head = g_strdup_printf ("AUTH %s\r\n", mechanism);
      return mw_run_write (run, head, error);
    }

  head = g_strdup_printf ("AUTH %s ", mechanism);
  masked = g_strconcat (head, "[masked]", NULL);
  line = mw_secret_buffer_new (strlen (head) + initial->length + 3);
  mw_secret_buffer_append (line, head, -1);
  if (initial->length == 0)
    mw_secret_buffer_append (line, "=", 1);
  mw_secret_buffer_append (line, initial->data, initial->length);
  mw_secret_buffer_append (line, "\r\n", 2);
  return mw_run_write_secret (run, line, masked, error);
}

static gboolean
send_pass (MwRun *run, GError **error)
{
  g_autoptr(MwSecretBuffer) line = NULL;
  gsize length;
  const char *secret = secret_value_get (run->password, &length);

  line = mw_secret_buffer_new (strlen ("PASS \r\n") + length);
  mw_secret_buffer_append (line, "PASS ", 5);
  mw_secret_buffer_append (line, secret, length);
  mw_secret_buffer_append (line, "\r\n", 2);
  return mw_run_write_secret (run, line, "PASS [masked]", error);
}

static gboolean
send_user (MwRun *run, GError **error)
{
  Pop3State *state = run->state;
  g_autofree char *line = g_strdup_printf ("USER %s\r\n", mw_server_get_username (run->server));

  if (!mw_run_write (run, line, error))
    return FALSE;
  state->user_is_due = TRUE;
  state->pass_is_due = !has_capability (state, "PIPELINING");
  return state->pass_is_due || send_pass (run, error);
}

/* RFC 1939, section 7: MD5 of the time stamp and the password */
static gboolean
send_apop (MwRun *run, GError **error)
{
  static const char digits[] = "0123456789abcdef";
  Pop3State *state = run->state;
  const char *username = mw_server_get_username (run->server);
  g_autoptr(MwSecretBuffer) text = NULL;
  g_autoptr(MwSecretBuffer) line = NULL;
  g_autofree char *head = g_strdup_printf ("APOP %s ", username);
  g_autofree char *masked = g_strconcat (head, "[masked]", NULL);
  guchar digest[16];
  gsize length;
  const char *secret = secret_value_get (run->password, &length);
  int rc;

  text = mw_secret_buffer_new (strlen (state->stamp) + length);
  mw_secret_buffer_append (text, state->stamp, -1);
  mw_secret_buffer_append (text, secret, length);
  rc = gnutls_hash_fast (GNUTLS_DIG_MD5, text->data, text->length, digest);
  if (rc < 0)
    {
      g_set_error (error, MW_SASL_ERROR, MW_SASL_ERROR_UNAVAILABLE, "MD5: %s",
                   gnutls_strerror (rc));
      return FALSE;
    }
  line = mw_secret_buffer_new (strlen (head) + 2 * sizeof digest + 2);
  mw_secret_buffer_append (line, head, -1);
  for (gsize i = 0; i < sizeof digest; i++)
    {
      mw_secret_buffer_append (line, &digits[digest[i] >> 4], 1);
      mw_secret_buffer_append (line, &digits[digest[i] & 15], 1);
    }
  mw_secret_buffer_append (line, "\r\n", 2);
  explicit_bzero (digest, sizeof digest);
  return mw_run_write_secret (run, line, masked, error);
}

static gboolean
send_login (MwRun *run, MwLoginKind kind, GError **error)
{
  return kind == MW_LOGIN_POP3_APOP ? send_apop (run, error) : send_user (run, error);
}

static void
fill_reply (const MwPop3Response *response, MwAuthReply *reply)
{
  reply->outcome = response->status == MW_POP3_OK    ? MW_AUTH_ACCEPTED
                   : response->status == MW_POP3_ERR ? MW_AUTH_REFUSED
                                                     : MW_AUTH_CHALLENGE;
  reply->text =
      reply->outcome == MW_AUTH_CHALLENGE ? g_strdup (response->text) : dup_words (response);
  reply->code = g_strdup (response->code);
}

static gboolean
read_auth (MwRun *run, MwAuthReply *reply, GError **error)
{
  Pop3State *state = run->state;
  g_autoptr(MwPop3Response) response = NULL;

  if (state->user_is_due)
    {
      g_autoptr(MwPop3Response) user = read_plain_answer (run, error);

      if (user == NULL)
        return FALSE;
      state->user_is_due = FALSE;
      if (user->status != MW_POP3_OK)
        {
          /* With both commands under way the answer to PASS follows; it says nothing more */
          fill_reply (user, reply);
          /* A command that the list of abilities lacks was refused as such: no password was judged
           */
          reply->bad = state->capabilities != NULL && state->capabilities[0] != NULL &&
                       !has_capability (state, "USER");
          if (!state->pass_is_due)
            {
              g_autoptr(MwPop3Response) pass = read_plain_answer (run, NULL);
            }
          state->pass_is_due = FALSE;
          return TRUE;
        }
      if (state->pass_is_due && !send_pass (run, error))
        return FALSE;
      state->pass_is_due = FALSE;
    }

  response = read_answer (run, error);
  if (response == NULL)
    return FALSE;
  fill_reply (response, reply);
  return TRUE;
}

static gboolean
open_mailbox (MwRun *run)
{
  Pop3State *state = run->state;
  g_autoptr(MwPop3Response) response = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *words = NULL;
  guint64 n_messages, n_bytes;

  if (!state->stat_is_sent && !mw_run_write (run, "STAT\r\n", &error))
    return mw_run_fail_from_error (run, error);
  response = read_plain_answer (run, &error);
  if (response == NULL)
    return mw_run_fail_from_error (run, error);
  words = dup_words (response);
  if (response->status == MW_POP3_ERR)
    {
      MwRefusal refusal = { .protocol = MW_PROTOCOL_POP3,
                            .code = response->code,
                            .encrypted = run->encrypted,
                            .text = words };
      MwRefusalMeaning meaning = mw_refusal_explain_mailbox (&refusal, run->provider);

      return mw_run_fail (run, meaning.diagnosis, g_strdup (meaning.text), words);
    }
  if (!mw_pop3_parse_stat (response->text, &n_messages, &n_bytes))
    return mw_run_fail (run, MW_DIAGNOSIS_RESPONSE_MALFORMED, NULL, words);

  return mw_run_ok (
      run,
      /* Translators: %u is a number of messages */
      g_strdup_printf (ngettext ("The mailbox opens; it holds %u message.",
                                 "The mailbox opens; it holds %u messages.", (gulong) n_messages),
                       (guint) MIN (n_messages, G_MAXUINT)),
      words);
}

static void
leave (MwRun *run)
{
  mw_run_write (run, "QUIT\r\n", NULL);
}

const MwDialogue mw_pop3_dialogue = {
  .protocol = MW_PROTOCOL_POP3,
  .new_state = new_state,
  .free_state = free_state,
  .greet = greet,
  .starttls = starttls,
  .ask_capabilities = ask_capabilities,
  .describe = describe,
  .can_send_initial = can_send_initial,
  .send_auth = send_auth,
  .send_login = send_login,
  .read_auth = read_auth,
  .open_mailbox = open_mailbox,
  .send_ahead = send_ahead,
  .drop_ahead = drop_ahead,
  .leave = leave,
};
