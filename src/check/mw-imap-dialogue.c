/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-imap-dialogue"

#include "config.h"

#include "check/mw-imap-parser.h"
#include "check/mw-run.h"

#include "net/mw-net-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* More literals than a response before the mailbox can have */
#define MAX_LITERALS 16

typedef struct
{
  guint tag;            /* of the last command */
  guint auth_tag;       /* of the login under way */
  GStrv capabilities;   /* of this layer, in upper case; NULL if not known */
  gboolean reads_ahead; /* the greeting is that of Dovecot, which hands unread input over to the
                           process behind the login */
  guint id_tag;         /* of commands that were sent ahead, or 0 */
  guint examine_tag;
  gboolean hint_no_tokens; /* of the layer before TLS: for saving a round trip, for nothing else */
  char *bye;               /* the words of "* BYE" */
  char *bye_code;
  guint64 n_messages;
  gboolean have_count;
  MwImapResponse *early; /* an answer to a login that came while a literal was on its way */
} ImapState;

static gpointer
new_state (void)
{
  return g_new0 (ImapState, 1);
}

static void
forget_layer (ImapState *state)
{
  g_clear_pointer (&state->capabilities, g_strfreev);
  g_clear_pointer (&state->bye, g_free);
  g_clear_pointer (&state->bye_code, g_free);
  g_clear_pointer (&state->early, mw_imap_response_free);
}

static void
free_state (gpointer data)
{
  forget_layer (data);
  g_free (data);
}

static gboolean
has_capability (ImapState *state, const char *capability)
{
  return state->capabilities != NULL &&
         g_strv_contains ((const char *const *) state->capabilities, capability);
}

static void
take_capabilities (ImapState *state, const char *text)
{
  g_strfreev (state->capabilities);
  state->capabilities = mw_imap_parse_capabilities (text);
}

/* ---- responses ---- */

/* One response: a line, and as long as it ends in a literal, that literal and the next line */
static MwImapResponse *
read_response (MwRun *run, GError **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  MwImapResponse *response;
  guint64 size;

  for (guint n_literals = 0;; n_literals++)
    {
      g_autoptr(GBytes) line = mw_run_read_line (run, error);
      g_autoptr(GBytes) literal = NULL;
      gsize length;
      const char *text;

      if (line == NULL)
        return NULL;
      text = g_bytes_get_data (line, &length);
      g_byte_array_append (bytes, (const guint8 *) text, (guint) length);
      if (!mw_imap_get_literal (text, length, &size))
        break;
      if (size > MW_CONNECTION_MAX_REPLY_BYTES || n_literals == MAX_LITERALS)
        {
          g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG,
                       "a literal of %" G_GUINT64_FORMAT " bytes", size);
          return NULL;
        }
      literal = mw_connection_read_bytes (run->connection, size, run->stage_deadline,
                                          run->cancellable, error);
      if (literal == NULL)
        return NULL;
      g_byte_array_append (bytes, (const guint8 *) "\r\n", 2);
      g_byte_array_append (bytes, g_bytes_get_data (literal, NULL),
                           (guint) g_bytes_get_size (literal));
    }

  response = mw_imap_response_parse ((const char *) bytes->data, bytes->len);
  if (response == NULL)
    mw_run_set_malformed (run, (const char *) bytes->data, bytes->len, error);
  return response;
}

/* What may come at any time (RFC 9051, section 7) */
static void
note_untagged (ImapState *state, const MwImapResponse *response)
{
  if (g_strcmp0 (response->code, "CAPABILITY") == 0 && response->arguments != NULL)
    take_capabilities (state, response->arguments);
  if (response->kind == MW_IMAP_DATA && g_str_equal (response->keyword, "CAPABILITY"))
    take_capabilities (state, response->text);
  if (response->kind == MW_IMAP_DATA && g_str_equal (response->keyword, "EXISTS"))
    {
      state->n_messages = response->number;
      state->have_count = TRUE;
    }
  if (response->kind == MW_IMAP_STATUS && response->condition == MW_IMAP_BYE)
    {
      g_set_str (&state->bye, response->text);
      g_set_str (&state->bye_code, response->code);
    }
}

static char *
format_tag (guint tag)
{
  return g_strdup_printf ("a%u", tag);
}

/* Reads until the answer to command @tag, or a continuation. An answer to any other command is one
 * that nobody asked for: RFC 9051 has no such thing. */
static MwImapResponse *
read_answer (MwRun *run, guint tag, GError **error)
{
  ImapState *state = run->state;
  g_autofree char *wanted = format_tag (tag);

  mw_connection_begin_reply (run->connection);
  for (;;)
    {
      g_autoptr(MwImapResponse) response = read_response (run, error);

      if (response == NULL)
        return NULL;
      if (response->kind == MW_IMAP_CONTINUATION)
        return g_steal_pointer (&response);
      if (response->kind == MW_IMAP_TAGGED)
        {
          if (strcmp (response->tag, wanted) != 0)
            {
              mw_run_set_malformed (run, response->tag, strlen (response->tag), error);
              return NULL;
            }
          note_untagged (state, response);
          return g_steal_pointer (&response);
        }
      note_untagged (state, response);
    }
}

static gboolean
send_command (MwRun *run, const char *command, guint *tag, GError **error)
{
  ImapState *state = run->state;
  g_autofree char *line = NULL;

  *tag = ++state->tag;
  line = g_strdup_printf ("a%u %s\r\n", *tag, command);
  return mw_run_write (run, line, error);
}

static MwImapResponse *
ask (MwRun *run, const char *command, GError **error)
{
  guint tag;

  if (!send_command (run, command, &tag, error))
    return NULL;
  return read_answer (run, tag, error);
}

static char *
dup_words (const MwImapResponse *response)
{
  if (response->code == NULL || g_str_equal (response->code, "CAPABILITY"))
    return g_strdup (response->text);
  return g_strdup_printf ("[%s%s%s] %s", response->code, response->arguments != NULL ? " " : "",
                          response->arguments != NULL ? response->arguments : "", response->text);
}

/* Words that the protocol wants shown to people; before TLS anybody may have written them */
static const char *
hide_spoofed (MwRun *run, const char *code, const char *words)
{
  static const char *const shown[] = { "ALERT", "PARSE", "BADCHARSET", NULL };

  if (!run->encrypted && run->security == MW_SECURITY_STARTTLS && code != NULL &&
      g_strv_contains (shown, code))
    return NULL;
  return words;
}

/* The server hung up with a reason: a passing fault, unless the reason says otherwise */
static gboolean
fail_bye (MwRun *run)
{
  ImapState *state = run->state;
  MwRefusal refusal = { .protocol = MW_PROTOCOL_IMAP,
                        .code = state->bye_code != NULL ? state->bye_code : "UNAVAILABLE",
                        .encrypted = run->encrypted,
                        .text = state->bye };
  MwRefusalMeaning meaning = mw_refusal_explain_login (&refusal, run->provider);

  if (meaning.diagnosis == MW_DIAGNOSIS_AUTH_FAILED)
    meaning.diagnosis = MW_DIAGNOSIS_SERVER_BUSY;
  return mw_run_fail (run, meaning.diagnosis, NULL,
                      hide_spoofed (run, state->bye_code, state->bye));
}

static gboolean
fail (MwRun *run, const GError *error)
{
  ImapState *state = run->state;

  if (state->bye != NULL && (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_CLOSED) ||
                             g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_RESET)))
    return fail_bye (run);
  return mw_run_fail_from_error (run, error);
}

/* ---- stages ---- */

static gboolean
greet (MwRun *run, const char *line, gsize length)
{
  ImapState *state = run->state;
  g_autoptr(MwImapResponse) response = mw_imap_response_parse (line, length);
  g_autofree char *words = NULL;

  if (response == NULL || response->kind != MW_IMAP_STATUS)
    return mw_run_fail (run, MW_DIAGNOSIS_RESPONSE_MALFORMED, NULL, line);

  words = dup_words (response);
  note_untagged (state, response);
  switch (response->condition)
    {
    case MW_IMAP_OK:
      state->reads_ahead = strstr (response->text, "Dovecot") != NULL;
      return mw_run_ok (run, g_strdup (_ ("An IMAP server greets.")), words);
    case MW_IMAP_PREAUTH:
      if (run->security == MW_SECURITY_STARTTLS)
        return mw_run_fail (run, MW_DIAGNOSIS_PREAUTH_BEFORE_TLS, NULL,
                            hide_spoofed (run, response->code, words));
      run->preauthenticated = TRUE;
      return mw_run_ok (run, g_strdup (_ ("An IMAP server greets and asks for no sign-in.")), words);
    case MW_IMAP_BYE:
      return fail_bye (run);
    default:
      return mw_run_fail (run, MW_DIAGNOSIS_RESPONSE_MALFORMED, NULL,
                          hide_spoofed (run, response->code, words));
    }
}

static gboolean
has_scram (ImapState *state)
{
  return has_capability (state, "AUTH=SCRAM-SHA-256") || has_capability (state, "AUTH=SCRAM-SHA-1");
}

/* An answer that is here before its question: with it, a server, or somebody on the line, could
 * make STARTTLS seem to have succeeded. Untagged responses may come at any time. */
static gboolean
has_answer_waiting (MwRun *run, gboolean *waiting, GError **error)
{
  *waiting = FALSE;
  mw_connection_begin_reply (run->connection);
  while (mw_connection_has_pending (run->connection))
    {
      g_autoptr(MwImapResponse) response = read_response (run, error);

      if (response == NULL)
        return FALSE;
      if (response->kind == MW_IMAP_TAGGED || response->kind == MW_IMAP_CONTINUATION)
        {
          *waiting = TRUE;
          return TRUE;
        }
      note_untagged (run->state, response);
    }
  return TRUE;
}

static gboolean
starttls (MwRun *run)
{
  ImapState *state = run->state;
  g_autoptr(MwImapResponse) response = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *words = NULL;
  gboolean waiting;

  if (state->capabilities == NULL)
    {
      g_autoptr(MwImapResponse) answer = ask (run, "CAPABILITY", &error);

      if (answer == NULL)
        return fail (run, error);
      if (answer->kind != MW_IMAP_TAGGED)
        return mw_run_fail (run, MW_DIAGNOSIS_RESPONSE_MALFORMED, NULL, NULL);
    }
  if (!has_capability (state, "STARTTLS"))
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_NOT_OFFERED, NULL, NULL);

  if (!has_answer_waiting (run, &waiting, &error))
    return fail (run, error);
  if (waiting)
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_INJECTION, NULL, NULL);
  /* Whether this server takes passwords by LOGIN decides only if the command goes out together with
   * CAPABILITY; everything else that was said up to here is forgotten. */
  state->hint_no_tokens = !has_scram (state) && !has_capability (state, "AUTH=XOAUTH2") &&
                          !has_capability (state, "AUTH=OAUTHBEARER");
  response = ask (run, "STARTTLS", &error);
  if (response == NULL)
    return fail (run, error);
  if (response->kind != MW_IMAP_TAGGED)
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_REFUSED, NULL, NULL);
  words = dup_words (response);
  if (response->condition != MW_IMAP_OK)
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_REFUSED, NULL,
                        hide_spoofed (run, response->code, words));
  if (mw_connection_has_pending (run->connection))
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_INJECTION, NULL, NULL);

  forget_layer (state);
  return mw_run_ok (run, g_strdup (_ ("The server agreed to switch to encryption.")), NULL);
}

static gboolean
is_ascii (const char *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) bytes[i] >= 0x80)
      return FALSE;
  return TRUE;
}

static gboolean
can_quote (MwRun *run)
{
  const char *username = mw_server_get_username (run->server);
  gsize length;
  const char *secret = secret_value_get (run->password, &length);

  return is_ascii (username, strlen (username)) && is_ascii (secret, length);
}

static void
append_quoted (MwSecretBuffer *buffer, const char *bytes, gsize length)
{
  mw_secret_buffer_append (buffer, "\"", 1);
  for (gsize i = 0; i < length; i++)
    {
      if (bytes[i] == '"' || bytes[i] == '\\')
        mw_secret_buffer_append (buffer, "\\", 1);
      mw_secret_buffer_append (buffer, bytes + i, 1);
    }
  mw_secret_buffer_append (buffer, "\"", 1);
}

static gboolean
send_quoted_login (MwRun *run, GError **error)
{
  ImapState *state = run->state;
  const char *username = mw_server_get_username (run->server);
  g_autoptr(MwSecretBuffer) line = NULL;
  g_autofree char *head = NULL;
  g_autofree char *quoted = mw_imap_quote (username);
  g_autofree char *masked = NULL;
  gsize length;
  const char *secret = secret_value_get (run->password, &length);

  state->auth_tag = ++state->tag;
  head = g_strdup_printf ("a%u LOGIN %s ", state->auth_tag, quoted);
  masked = g_strconcat (head, "[masked]", NULL);
  line = mw_secret_buffer_new (strlen (head) + 2 * length + 4);
  mw_secret_buffer_append (line, head, -1);
  append_quoted (line, secret, length);
  mw_secret_buffer_append (line, "\r\n", 2);

  return mw_run_write_secret (run, line, masked, error);
}

/* Waits for "+" after a literal was announced; an answer to the command instead is kept */
static gboolean
wait_for_go_ahead (MwRun *run, gboolean *go_ahead, GError **error)
{
  ImapState *state = run->state;
  g_autoptr(MwImapResponse) response = read_answer (run, state->auth_tag, error);

  if (response == NULL)
    return FALSE;
  *go_ahead = response->kind == MW_IMAP_CONTINUATION;
  if (!*go_ahead)
    state->early = g_steal_pointer (&response);
  return TRUE;
}

/* What is not ASCII goes as literals. LITERAL+ is not used: the few that log in like this can wait
 * for the two answers, and see a refusal before the password is sent. */
static gboolean
send_literal_login (MwRun *run, GError **error)
{
  ImapState *state = run->state;
  const char *username = mw_server_get_username (run->server);
  g_autoptr(MwSecretBuffer) line = NULL;
  g_autofree char *head = NULL;
  g_autofree char *name = NULL;
  gboolean go_ahead;
  gsize length;
  const char *secret = secret_value_get (run->password, &length);

  state->auth_tag = ++state->tag;
  head =
      g_strdup_printf ("a%u LOGIN {%" G_GSIZE_FORMAT "}\r\n", state->auth_tag, strlen (username));
  if (!mw_run_write (run, head, error) || !wait_for_go_ahead (run, &go_ahead, error))
    return FALSE;
  if (!go_ahead)
    return TRUE;
  name = g_strdup_printf ("%s {%" G_GSIZE_FORMAT "}\r\n", username, length);
  if (!mw_run_write (run, name, error) || !wait_for_go_ahead (run, &go_ahead, error))
    return FALSE;
  if (!go_ahead)
    return TRUE;

  line = mw_secret_buffer_new (length + 2);
  mw_secret_buffer_append (line, secret, length);
  mw_secret_buffer_append (line, "\r\n", 2);
  return mw_run_write_secret (run, line, "[masked]", error);
}

static gboolean
send_login (MwRun *run, MwLoginKind kind, GError **error)
{
  return can_quote (run) ? send_quoted_login (run, error) : send_literal_login (run, error);
}

#define ID_COMMAND                                                                                 \
  "ID (\"name\" \"Mailwright\" \"version\" \"" VERSION "\" \"vendor\" \"Mailwright\")"

static gboolean
needs_id_first (MwRun *run)
{
  return run->provider != NULL && mw_provider_has_quirk (run->provider, "needs-imap-id");
}

static gboolean
send_ahead (MwRun *run, GError **error)
{
  ImapState *state = run->state;

  if (!state->reads_ahead || state->examine_tag != 0 || state->early != NULL ||
      needs_id_first (run))
    return TRUE;
  return send_command (run, ID_COMMAND, &state->id_tag, error) &&
         send_command (run, "EXAMINE INBOX", &state->examine_tag, error);
}

static gboolean
drop_ahead (MwRun *run, GError **error)
{
  ImapState *state = run->state;
  const guint tags[] = { state->id_tag, state->examine_tag };

  state->id_tag = state->examine_tag = 0;
  state->reads_ahead = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    if (tags[i] != 0)
      {
        g_autoptr(MwImapResponse) answer = read_answer (run, tags[i], error);

        if (answer == NULL)
          return FALSE;
      }
  return TRUE;
}

static void
report_capabilities (MwRun *run)
{
  ImapState *state = run->state;
  g_auto (GStrv) mechanisms = NULL;
  g_auto (GStrv) harmless = NULL;
  guint n = g_strv_length (state->capabilities);

  harmless = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    harmless[i] = mw_text_make_harmless (state->capabilities[i], -1, 200);
  mechanisms = mw_imap_get_mechanisms ((const char *const *) harmless);
  mw_report_set_capabilities (run->report, (const char *const *) harmless);
  mw_report_set_mechanisms (run->report, (const char *const *) mechanisms);
}

static gboolean
ask_capabilities (MwRun *run)
{
  ImapState *state = run->state;
  g_autoptr(GError) error = NULL;

  if (state->capabilities == NULL)
    {
      g_autoptr(MwImapResponse) answer = NULL;
      guint tag;

      if (!send_command (run, "CAPABILITY", &tag, &error))
        return fail (run, error);
      if (run->security == MW_SECURITY_STARTTLS && state->hint_no_tokens &&
          mw_run_may_send_login_early (run) && can_quote (run))
        {
          if (!send_quoted_login (run, &error) || !send_ahead (run, &error))
            return fail (run, error);
          run->early_login = (MwLoginPlan) { .kind = MW_LOGIN_IMAP_COMMAND, .mechanism = "LOGIN" };
        }
      answer = read_answer (run, tag, &error);
      if (answer == NULL)
        return fail (run, error);
      if (answer->kind != MW_IMAP_TAGGED || answer->condition != MW_IMAP_OK ||
          state->capabilities == NULL)
        return mw_run_fail (run, MW_DIAGNOSIS_RESPONSE_MALFORMED, NULL, answer->text);
    }

  report_capabilities (run);
  return mw_run_ok (run,
                    /* Translators: %u counts the abilities that a server announces */
                    g_strdup_printf (ngettext ("The server announces %u ability.",
                                               "The server announces %u abilities.",
                                               g_strv_length (state->capabilities)),
                                     g_strv_length (state->capabilities)),
                    NULL);
}

static void
describe (MwRun *run, MwLoginOffer *offer)
{
  ImapState *state = run->state;

  offer->login_disabled = has_capability (state, "LOGINDISABLED");
  offer->starttls = has_capability (state, "STARTTLS");
}

static gboolean
can_send_initial (MwRun *run, const char *mechanism, gsize length)
{
  return has_capability (run->state, "SASL-IR");
}

static gboolean
send_auth (MwRun *run, const char *mechanism, const MwSecretBuffer *initial, GError **error)
{
  ImapState *state = run->state;
  g_autofree char *head = NULL;
  g_autofree char *masked = NULL;
  g_autoptr(MwSecretBuffer) line = NULL;

  state->auth_tag = ++state->tag;
  if (initial == NULL)
    {
      head = g_strdup_printf ("a%u AUTHENTICATE %s\r\n", state->auth_tag, mechanism);
      return mw_run_write (run, head, error);
    }

  head = g_strdup_printf ("a%u AUTHENTICATE %s ", state->auth_tag, mechanism);
  masked = g_strconcat (head, "[masked]", NULL);
  line = mw_secret_buffer_new (strlen (head) + initial->length + 2);
  mw_secret_buffer_append (line, head, -1);
  mw_secret_buffer_append (line, initial->data, initial->length);
  mw_secret_buffer_append (line, "\r\n", 2);
  return mw_run_write_secret (run, line, masked, error);
}

static gboolean
read_auth (MwRun *run, MwAuthReply *reply, GError **error)
{
  ImapState *state = run->state;
  g_autoptr(MwImapResponse) response = g_steal_pointer (&state->early);
  g_autoptr(GError) local = NULL;

  if (response == NULL)
    response = read_answer (run, state->auth_tag, &local);
  if (response == NULL)
    {
      /* Told to go away instead of an answer: not a word about the password */
      if (state->bye != NULL && g_error_matches (local, MW_NET_ERROR, MW_NET_ERROR_CLOSED))
        {
          reply->outcome = MW_AUTH_REFUSED;
          reply->text = g_strdup (state->bye);
          reply->code = g_strdup (state->bye_code != NULL ? state->bye_code : "UNAVAILABLE");
          return TRUE;
        }
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  if (response->kind == MW_IMAP_CONTINUATION)
    {
      reply->outcome = MW_AUTH_CHALLENGE;
      reply->text = g_strdup (response->text);
      return TRUE;
    }
  reply->outcome = response->condition == MW_IMAP_OK ? MW_AUTH_ACCEPTED : MW_AUTH_REFUSED;
  reply->text = dup_words (response);
  reply->code = g_strdup (response->code);
  reply->bad = response->condition == MW_IMAP_BAD;
  return TRUE;
}

static gboolean
fail_mailbox (MwRun *run, const MwImapResponse *response)
{
  g_autofree char *words = dup_words (response);
  MwRefusal refusal = { .protocol = MW_PROTOCOL_IMAP,
                        .code = response->code,
                        .bad = response->condition == MW_IMAP_BAD,
                        .encrypted = run->encrypted,
                        .text = words };
  MwRefusalMeaning meaning = mw_refusal_explain_mailbox (&refusal, run->provider);

  return mw_run_fail (run, meaning.diagnosis, g_strdup (meaning.text), words);
}

/* ID and EXAMINE, in one write where that is safe; sets the tags that are to be waited for */
static gboolean
ask_for_mailbox (MwRun *run, GError **error)
{
  ImapState *state = run->state;

  if (state->examine_tag != 0)
    return TRUE; /* sent ahead */
  /* NetEase opens no mailbox to those who do not say who they are (RFC 2971) */
  if (needs_id_first (run) || has_capability (state, "ID"))
    {
      if (!send_command (run, ID_COMMAND, &state->id_tag, error))
        return FALSE;
      if (needs_id_first (run))
        {
          g_autoptr(MwImapResponse) answer = read_answer (run, state->id_tag, error);

          if (answer == NULL)
            return FALSE;
          state->id_tag = 0;
        }
    }
  return send_command (run, "EXAMINE INBOX", &state->examine_tag, error);
}

static gboolean
open_mailbox (MwRun *run)
{
  ImapState *state = run->state;
  g_autoptr(MwImapResponse) response = NULL;
  g_autoptr(GError) error = NULL;

  if (!ask_for_mailbox (run, &error))
    return fail (run, error);
  if (state->id_tag != 0)
    {
      g_autoptr(MwImapResponse) answer = read_answer (run, state->id_tag, &error);

      if (answer == NULL)
        return fail (run, error);
    }
  response = read_answer (run, state->examine_tag, &error);
  if (response == NULL)
    return fail (run, error);
  if (response->kind != MW_IMAP_TAGGED)
    return mw_run_fail (run, MW_DIAGNOSIS_RESPONSE_MALFORMED, NULL, response->text);
  if (response->condition != MW_IMAP_OK)
    return fail_mailbox (run, response);
  if (!state->have_count)
    return mw_run_ok (run, g_strdup (_ ("The inbox opens.")), response->text);

  return mw_run_ok (run,
                    /* Translators: %u is a number of messages */
                    g_strdup_printf (ngettext ("The inbox opens; it holds %u message.",
                                               "The inbox opens; it holds %u messages.",
                                               (gulong) state->n_messages),
                                     (guint) MIN (state->n_messages, G_MAXUINT)),
                    response->text);
}

static void
leave (MwRun *run)
{
  guint tag;

  send_command (run, "LOGOUT", &tag, NULL);
}

const MwDialogue mw_imap_dialogue = {
  .protocol = MW_PROTOCOL_IMAP,
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
