/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-smtp-dialogue"

#include "config.h"

#include "check/mw-run.h"
#include "check/mw-smtp-parser.h"

#include "model/mw-address.h"
#include "net/mw-net-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The longest command line: RFC 5321, section 4.5.3.1.4. An initial response that does not fit is
 * sent after the challenge, where RFC 4954 allows much more. */
#define MAX_COMMAND 512

/* An address literal: the name of this machine is nobody's business (RFC 5321, section 4.1.1.1) */
#define HELLO_NAME "[127.0.0.1]"

typedef struct
{
  GStrv keywords; /* the keyword lines of EHLO in this layer; NULL if not known */
  GStrv mechanisms;
  gboolean extended;    /* EHLO was accepted */
  gboolean in_progress; /* MAIL was accepted */
  gboolean reads_ahead; /* the greeting is that of Postfix, which takes commands in one go */
  gboolean mail_is_sent;
} SmtpState;

static gpointer
new_state (void)
{
  return g_new0 (SmtpState, 1);
}

static void
forget_layer (SmtpState *state)
{
  g_clear_pointer (&state->keywords, g_strfreev);
  g_clear_pointer (&state->mechanisms, g_strfreev);
  state->extended = FALSE;
}

static void
free_state (gpointer data)
{
  forget_layer (data);
  g_free (data);
}

static gboolean
has_keyword (SmtpState *state, const char *keyword)
{
  return state->keywords != NULL &&
         mw_smtp_has_keyword ((const char *const *) state->keywords, keyword);
}

/* ---- replies ---- */

static gboolean
add_line (MwRun *run,
          MwSmtpReply *reply,
          const char *bytes,
          gsize length,
          gboolean *complete,
          GError **error)
{
  if (mw_smtp_reply_add_line (reply, bytes, length, complete))
    return TRUE;
  mw_run_set_malformed (run, bytes, length, error);
  return FALSE;
}

static MwSmtpReply *
read_rest (MwRun *run, MwSmtpReply *begun, gboolean complete, GError **error)
{
  g_autoptr(MwSmtpReply) reply = begun;

  while (!complete)
    {
      g_autoptr(GBytes) line = mw_run_read_line (run, error);
      const char *bytes;
      gsize length;

      if (line == NULL)
        return NULL;
      bytes = g_bytes_get_data (line, &length);
      if (!add_line (run, reply, bytes, length, &complete, error))
        return NULL;
    }

  return g_steal_pointer (&reply);
}

static MwSmtpReply *
read_reply (MwRun *run, GError **error)
{
  mw_connection_begin_reply (run->connection);
  return read_rest (run, mw_smtp_reply_new (), FALSE, error);
}

static MwSmtpReply *
ask (MwRun *run, const char *command, GError **error)
{
  g_autofree char *line = g_strconcat (command, "\r\n", NULL);

  if (!mw_run_write (run, line, error))
    return NULL;
  return read_reply (run, error);
}

static MwRefusal
make_refusal (MwRun *run, const MwSmtpReply *reply)
{
  return (MwRefusal) { .protocol = MW_PROTOCOL_SMTP,
                       .smtp_code = reply->code,
                       .enhanced = reply->enhanced,
                       .encrypted = run->encrypted,
                       .text = reply->text->str };
}

/* A reply that is neither what was hoped for nor about this command */
static gboolean
fail_reply (MwRun *run, const MwSmtpReply *reply)
{
  if (reply->code / 100 == 4)
    return mw_run_fail (run, MW_DIAGNOSIS_SERVER_BUSY, NULL, reply->text->str);
  return mw_run_fail (run, MW_DIAGNOSIS_RESPONSE_MALFORMED, NULL, reply->text->str);
}

/* ---- stages ---- */

static gboolean
greet (MwRun *run, const char *line, gsize length)
{
  SmtpState *state = run->state;
  g_autoptr(MwSmtpReply) reply = mw_smtp_reply_new ();
  g_autoptr(GError) error = NULL;
  gboolean complete;

  if (!add_line (run, reply, line, length, &complete, &error))
    return mw_run_fail_from_error (run, error);
  reply = read_rest (run, g_steal_pointer (&reply), complete, &error);
  if (reply == NULL)
    return mw_run_fail_from_error (run, error);

  if (reply->code == 220)
    {
      state->reads_ahead = strstr (reply->text->str, "Postfix") != NULL;
      return mw_run_ok (run, g_strdup (_ ("An SMTP server greets.")), reply->text->str);
    }
  if (reply->code / 100 == 4)
    {
      MwRefusal refusal = make_refusal (run, reply);

      return mw_run_fail (run, mw_refusal_explain_login (&refusal, run->provider).diagnosis, NULL,
                          reply->text->str);
    }
  if (reply->code / 100 == 5)
    return mw_run_fail (run, MW_DIAGNOSIS_CONNECTION_REFUSED,
                        g_strdup (_ ("The server turns this computer away. Its network address may "
                                     "be on a block list.")),
                                  reply->text->str);
  return mw_run_fail (run, MW_DIAGNOSIS_RESPONSE_MALFORMED, NULL, reply->text->str);
}

/* EHLO, and HELO for those that do not know it; FALSE when the stage has failed */
static gboolean
say_hello (MwRun *run)
{
  SmtpState *state = run->state;
  g_autoptr(MwSmtpReply) reply = NULL;
  g_autoptr(MwSmtpReply) old = NULL;
  g_autoptr(GError) error = NULL;

  forget_layer (state);
  reply = ask (run, "EHLO " HELLO_NAME, &error);
  if (reply == NULL)
    return mw_run_fail_from_error (run, error);
  if (reply->code == 250)
    {
      state->keywords = mw_smtp_reply_get_keywords (reply);
      state->mechanisms = mw_smtp_get_mechanisms ((const char *const *) state->keywords);
      state->extended = TRUE;
      return TRUE;
    }
  if (reply->code / 100 != 5)
    return fail_reply (run, reply);

  old = ask (run, "HELO " HELLO_NAME, &error);
  if (old == NULL)
    return mw_run_fail_from_error (run, error);
  if (old->code != 250)
    return fail_reply (run, old);
  state->keywords = g_new0 (char *, 1);
  state->mechanisms = g_new0 (char *, 1);
  return TRUE;
}

static gboolean
starttls (MwRun *run)
{
  SmtpState *state = run->state;
  g_autoptr(MwSmtpReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  if (!say_hello (run))
    return FALSE;
  if (!has_keyword (state, "STARTTLS"))
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_NOT_OFFERED, NULL, NULL);

  /* SMTP has no way to speak unasked: what is here already was not said by the server in good faith
   */
  if (mw_connection_has_pending (run->connection))
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_INJECTION, NULL, NULL);
  reply = ask (run, "STARTTLS", &error);
  if (reply == NULL)
    return mw_run_fail_from_error (run, error);
  if (reply->code == 421)
    return mw_run_fail (run, MW_DIAGNOSIS_SERVER_BUSY, NULL, reply->text->str);
  if (reply->code != 220) /* no other success: RFC 3207, section 4 */
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_REFUSED, NULL, reply->text->str);
  if (mw_connection_has_pending (run->connection))
    return mw_run_fail (run, MW_DIAGNOSIS_STARTTLS_INJECTION, NULL, NULL);

  forget_layer (state);
  return mw_run_ok (run, g_strdup (_ ("The server agreed to switch to encryption.")), NULL);
}

static gboolean
ask_capabilities (MwRun *run)
{
  SmtpState *state = run->state;
  g_auto (GStrv) harmless = NULL;
  guint n;

  if (!say_hello (run))
    return FALSE;

  n = g_strv_length (state->keywords);
  harmless = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    harmless[i] = mw_text_make_harmless (state->keywords[i], -1, 200);
  mw_report_set_capabilities (run->report, (const char *const *) harmless);
  mw_report_set_mechanisms (run->report, (const char *const *) state->mechanisms);
  if (!state->extended)
    return mw_run_ok (run, g_strdup (_ ("The server is an old one without extensions.")), NULL);
  return mw_run_ok (run,
                    g_strdup_printf (ngettext ("The server announces %u ability.",
                                               "The server announces %u abilities.", n),
                                     n),
                    NULL);
}

static void
describe (MwRun *run, MwLoginOffer *offer)
{
  offer->starttls = has_keyword (run->state, "STARTTLS");
}

static gboolean
can_send_initial (MwRun *run, const char *mechanism, gsize length)
{
  return strlen ("AUTH  \r\n") + strlen (mechanism) + length <= MAX_COMMAND;
}

/* The command that tries the sender out, or %NULL if it cannot be tried with this server */
static char *
make_mail_command (MwRun *run, MwAddress *address)
{
  gboolean international = mw_address_needs_smtputf8 (address);

  if (international && !has_keyword (run->state, "SMTPUTF8"))
    return NULL;
  return g_strdup_printf ("MAIL FROM:<%s>%s\r\n", mw_address_get_ascii (address),
                          international ? " SMTPUTF8" : "");
}

/* What is sent in one write with AUTH. Not in a write of its own: Postfix would then answer AUTH by
 * itself, and its second answer would wait for the first one's acknowledgement (Nagle). */
static char *
make_ahead (MwRun *run, const char *mechanism)
{
  SmtpState *state = run->state;
  g_autoptr(MwAddress) address = NULL;

  if (!state->reads_ahead || run->sender == NULL || !g_str_equal (mechanism, "PLAIN") ||
      !has_keyword (state, "PIPELINING"))
    return NULL;
  address = mw_address_new (run->sender, NULL);
  return address != NULL ? make_mail_command (run, address) : NULL;
}

static gboolean
send_auth (MwRun *run, const char *mechanism, const MwSecretBuffer *initial, GError **error)
{
  SmtpState *state = run->state;
  g_autofree char *head = NULL;
  g_autofree char *ahead = NULL;
  g_autofree char *masked = NULL;
  g_autoptr(MwSecretBuffer) line = NULL;

  if (initial == NULL)
    {
      head = g_strdup_printf ("AUTH %s\r\n", mechanism);
      return mw_run_write (run, head, error);
    }

  head = g_strdup_printf ("AUTH %s ", mechanism);
  ahead = make_ahead (run, mechanism);
  state->mail_is_sent = ahead != NULL;
  masked = g_strconcat (head, "[masked]", ahead != NULL ? "\r\n" : NULL, ahead, NULL);
  line = mw_secret_buffer_new (strlen (head) + initial->length + 3 +
                               (ahead != NULL ? strlen (ahead) : 0));
  mw_secret_buffer_append (line, head, -1);
  if (initial->length == 0)
    mw_secret_buffer_append (line, "=", 1);
  mw_secret_buffer_append (line, initial->data, initial->length);
  mw_secret_buffer_append (line, "\r\n", 2);
  if (ahead != NULL)
    mw_secret_buffer_append (line, ahead, -1);
  return mw_run_write_secret (run, line, masked, error);
}

/* SMTP has no login without SASL, and mw_login_plan_choose() never plans one */
static gboolean
send_login (MwRun *run, MwLoginKind kind, GError **error)
{
  g_assert_not_reached ();
}

static gboolean
read_auth (MwRun *run, MwAuthReply *out, GError **error)
{
  g_autoptr(MwSmtpReply) reply = read_reply (run, error);

  if (reply == NULL)
    return FALSE;
  if (reply->code == 334)
    {
      out->outcome = MW_AUTH_CHALLENGE;
      out->text = g_strdup (g_ptr_array_index (reply->lines, reply->lines->len - 1));
      return TRUE;
    }
  if (reply->code == 235)
    out->outcome = MW_AUTH_ACCEPTED;
  else if (reply->code / 100 >= 4)
    out->outcome = MW_AUTH_REFUSED;
  else
    {
      mw_run_set_malformed (run, reply->text->str, reply->text->len, error);
      return FALSE;
    }
  out->text = g_strdup (reply->text->str);
  out->enhanced = g_strdup (reply->enhanced);
  out->smtp_code = reply->code;
  return TRUE;
}

/* Was done by send_auth() */
static gboolean
send_ahead (MwRun *run, GError **error)
{
  return TRUE;
}

static gboolean
drop_ahead (MwRun *run, GError **error)
{
  SmtpState *state = run->state;
  g_autoptr(MwSmtpReply) reply = NULL;
  g_autoptr(MwSmtpReply) reset = NULL;

  state->reads_ahead = FALSE;
  if (!state->mail_is_sent)
    return TRUE;
  state->mail_is_sent = FALSE;
  reply = read_reply (run, error);
  if (reply == NULL)
    return FALSE;
  /* Within a transaction nobody may log in: RFC 4954, section 4 */
  reset = ask (run, "RSET", error);
  return reset != NULL;
}

static gboolean
open_mailbox (MwRun *run)
{
  SmtpState *state = run->state;
  g_autoptr(MwAddress) address = NULL;
  g_autoptr(MwSmtpReply) reply = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *command = NULL;

  address = run->sender != NULL ? mw_address_new (run->sender, NULL) : NULL;
  if (address == NULL)
    {
      mw_run_skip (run, MW_STAGE_MAILBOX, MW_DIAGNOSIS_NONE,
                   _ ("Without a mail address it cannot be tried out as a sender."));
      return TRUE;
    }
  command = make_mail_command (run, address);
  if (command == NULL)
    return mw_run_fail (run, MW_DIAGNOSIS_SENDER_REJECTED,
                        g_strdup (_ ("The mail address has letters before the “@” that this server "
                                     "cannot send with.")),
                                  NULL);

  if (!state->mail_is_sent && !mw_run_write (run, command, &error))
    return mw_run_fail_from_error (run, error);
  reply = read_reply (run, &error);
  if (reply == NULL)
    return mw_run_fail_from_error (run, error);
  if (reply->code == 250)
    {
      state->in_progress = TRUE;
      return mw_run_ok (run, g_strdup (_ ("The server accepts the sender address.")),
                                       reply->text->str);
    }
  if (reply->code / 100 >= 4)
    {
      MwRefusal refusal = make_refusal (run, reply);
      MwRefusalMeaning meaning = mw_refusal_explain_sender (&refusal, run->provider);

      return mw_run_fail (run, meaning.diagnosis, g_strdup (meaning.text), reply->text->str);
    }
  return fail_reply (run, reply);
}

static void
leave (MwRun *run)
{
  SmtpState *state = run->state;

  mw_run_write (run, state->in_progress ? "RSET\r\nQUIT\r\n" : "QUIT\r\n", NULL);
}

const MwDialogue mw_smtp_dialogue = {
  .protocol = MW_PROTOCOL_SMTP,
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
