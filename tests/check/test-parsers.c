/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "check/mw-imap-parser.h"
#include "check/mw-pop3-parser.h"
#include "check/mw-smtp-parser.h"
#include "check/mw-speaker.h"

#include <string.h>

/* ---- IMAP ---- */

static void
test_imap_status (void)
{
  g_autoptr(MwImapResponse) response = NULL;
  const char *line = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] Dovecot ready.";

  response = mw_imap_response_parse (line, strlen (line));
  g_assert_nonnull (response);
  g_assert_cmpint (response->kind, ==, MW_IMAP_STATUS);
  g_assert_cmpint (response->condition, ==, MW_IMAP_OK);
  g_assert_cmpstr (response->code, ==, "CAPABILITY");
  g_assert_cmpstr (response->arguments, ==, "IMAP4rev1 AUTH=PLAIN");
  g_assert_cmpstr (response->text, ==, "Dovecot ready.");
}

static void
test_imap_tagged (void)
{
  g_autoptr(MwImapResponse) response = NULL;
  const char *line = "a7 no [authenticationfailed] Nope";

  response = mw_imap_response_parse (line, strlen (line));
  g_assert_nonnull (response);
  g_assert_cmpint (response->kind, ==, MW_IMAP_TAGGED);
  g_assert_cmpstr (response->tag, ==, "a7");
  g_assert_cmpint (response->condition, ==, MW_IMAP_NO);
  g_assert_cmpstr (response->code, ==, "AUTHENTICATIONFAILED");
  g_assert_cmpstr (response->text, ==, "Nope");
}

static void
test_imap_data (void)
{
  g_autoptr(MwImapResponse) exists = mw_imap_response_parse ("* 17 EXISTS", 11);
  g_autoptr(MwImapResponse) list = mw_imap_response_parse ("* capability A B", 16);

  g_assert_cmpint (exists->kind, ==, MW_IMAP_DATA);
  g_assert_cmpuint (exists->number, ==, 17);
  g_assert_cmpstr (exists->keyword, ==, "EXISTS");
  g_assert_cmpstr (list->keyword, ==, "CAPABILITY");
  g_assert_cmpstr (list->text, ==, "A B");
}

/* All of these are in the wild */
static void
test_imap_continuations (void)
{
  static const char *const lines[] = { "+", "+ ", "+ VXNlcm5hbWU6", "+idling" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr(MwImapResponse) response = mw_imap_response_parse (lines[i], strlen (lines[i]));

      g_assert_nonnull (response);
      g_assert_cmpint (response->kind, ==, MW_IMAP_CONTINUATION);
      g_assert_nonnull (response->text);
    }
}

static void
test_imap_hostile (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
  } lines[] = {
    { "", 0 },
    { "*", 1 },
    { "* ", 2 },
    { "a1", 2 },
    { "a1 ", 3 },
    { "a1 MAYBE", 8 },
    { "a1 BYE gone", 11 },
    { "a1 PREAUTH hello", 16 },
    { "* OK fine\0and more", 18 },
    { "\0", 1 },
    { "220 mail.example ESMTP", 22 },
    { "a\x80 OK", 5 },
    { "a{ OK", 5 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_null (mw_imap_response_parse (lines[i].bytes, lines[i].length));
}

static void
test_imap_odd_brackets (void)
{
  g_autoptr(MwImapResponse) open = mw_imap_response_parse ("* OK [ALERT never closed", 24);
  g_autoptr(MwImapResponse) empty = mw_imap_response_parse ("* OK [] text", 12);

  g_assert_null (open->code);
  g_assert_cmpstr (open->text, ==, "[ALERT never closed");
  g_assert_null (empty->code);
}

static void
test_imap_literals (void)
{
  guint64 size = 0;

  g_assert_true (mw_imap_get_literal ("* LIST {12}", 11, &size));
  g_assert_cmpuint (size, ==, 12);
  g_assert_true (mw_imap_get_literal ("x {0+}", 6, &size));
  g_assert_cmpuint (size, ==, 0);
  g_assert_true (mw_imap_get_literal ("{99999999999999999999999}", 25, &size));
  g_assert_cmpuint (size, ==, G_MAXUINT64);
  g_assert_false (mw_imap_get_literal ("{}", 2, &size));
  g_assert_false (mw_imap_get_literal ("{a}", 3, &size));
  g_assert_false (mw_imap_get_literal ("12}", 3, &size));
  g_assert_false (mw_imap_get_literal ("{-1}", 4, &size));
  g_assert_false (mw_imap_get_literal ("", 0, &size));
}

static void
test_imap_capabilities (void)
{
  g_auto (GStrv) list =
      mw_imap_parse_capabilities ("  imap4rev1  AUTH=plain imap4rev1 AUTH= IDLE ");
  g_auto (GStrv) mechanisms = mw_imap_get_mechanisms ((const char *const *) list);

  g_assert_cmpuint (g_strv_length (list), ==, 4);
  g_assert_true (g_strv_contains ((const char *const *) list, "IMAP4REV1"));
  g_assert_cmpuint (g_strv_length (mechanisms), ==, 1);
  g_assert_cmpstr (mechanisms[0], ==, "PLAIN");
}

static void
test_imap_capabilities_are_bounded (void)
{
  GString *many = g_string_new (NULL);
  g_auto (GStrv) list = NULL;

  for (int i = 0; i < 5000; i++)
    g_string_append_printf (many, "X%d ", i);
  list = mw_imap_parse_capabilities (many->str);
  g_assert_cmpuint (g_strv_length (list), ==, 500);
  g_string_free (many, TRUE);
}

static void
test_imap_quoting (void)
{
  g_autofree char *quoted = mw_imap_quote ("a\"b\\c d");

  g_assert_cmpstr (quoted, ==, "\"a\\\"b\\\\c d\"");
}

/* ---- POP3 ---- */

static void
test_pop3_responses (void)
{
  static const struct
  {
    const char *line;
    MwPop3Status status;
    const char *code;
    const char *text;
  } rows[] = {
    { "+OK", MW_POP3_OK, NULL, "" },
    { "+OK ready", MW_POP3_OK, NULL, "ready" },
    { "-ERR [IN-USE] locked", MW_POP3_ERR, "IN-USE", "locked" },
    { "-ERR [sys/temp] later", MW_POP3_ERR, "SYS/TEMP", "later" },
    { "-ERR [open", MW_POP3_ERR, NULL, "[open" },
    { "+ abcd", MW_POP3_CHALLENGE, NULL, "abcd" },
    { "+", MW_POP3_CHALLENGE, NULL, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(MwPop3Response) response =
                    mw_pop3_response_parse (rows[i].line, strlen (rows[i].line));

      g_assert_nonnull (response);
      g_assert_cmpint (response->status, ==, rows[i].status);
      g_assert_cmpstr (response->code, ==, rows[i].code);
      g_assert_cmpstr (response->text, ==, rows[i].text);
    }
}

static void
test_pop3_hostile (void)
{
  g_assert_null (mw_pop3_response_parse ("", 0));
  g_assert_null (mw_pop3_response_parse ("+OKAY", 5));
  g_assert_null (mw_pop3_response_parse ("+OK\0x", 5));
  g_assert_null (mw_pop3_response_parse ("* OK", 4));
  g_assert_null (mw_pop3_response_parse ("-ERROR", 6));
}

static void
test_pop3_stamp (void)
{
  g_autofree char *stamp = mw_pop3_find_stamp ("ready <1896.69@example.org> now");

  g_assert_cmpstr (stamp, ==, "<1896.69@example.org>");
  g_assert_null (mw_pop3_find_stamp ("ready"));
  g_assert_null (mw_pop3_find_stamp ("ready <no at>"));
  g_assert_null (mw_pop3_find_stamp ("ready <a@b"));
  g_assert_null (mw_pop3_find_stamp ("ready <@b>"));
  g_assert_null (mw_pop3_find_stamp ("ready <a b@c>"));
}

static void
test_pop3_stat (void)
{
  guint64 messages, bytes;

  g_assert_true (mw_pop3_parse_stat ("3 1200 more", &messages, &bytes));
  g_assert_cmpuint (messages, ==, 3);
  g_assert_cmpuint (bytes, ==, 1200);
  g_assert_false (mw_pop3_parse_stat ("", &messages, &bytes));
  g_assert_false (mw_pop3_parse_stat ("3", &messages, &bytes));
  g_assert_false (mw_pop3_parse_stat ("-3 5", &messages, &bytes));
  g_assert_false (mw_pop3_parse_stat ("x y", &messages, &bytes));
}

/* ---- SMTP ---- */

static MwSmtpReply *
parse_reply (const char *const *lines)
{
  MwSmtpReply *reply = mw_smtp_reply_new ();
  gboolean complete = FALSE;

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_assert_false (complete);
      g_assert_true (mw_smtp_reply_add_line (reply, lines[i], strlen (lines[i]), &complete));
    }
  g_assert_true (complete);
  return reply;
}

static void
test_smtp_ehlo (void)
{
  static const char *const lines[] = {
    "250-mail.example.org", "250-size 1000", "250-AUTH=LOGIN CRAM-MD5",
    "250-auth PLAIN login", "250 STARTTLS",  NULL
  };
  g_autoptr(MwSmtpReply) reply = parse_reply (lines);
  g_auto (GStrv) keywords = mw_smtp_reply_get_keywords (reply);
  g_auto (GStrv) mechanisms = mw_smtp_get_mechanisms ((const char *const *) keywords);
  g_autofree char *joined = g_strjoinv (" ", mechanisms);

  g_assert_cmpuint (reply->code, ==, 250);
  g_assert_cmpuint (g_strv_length (keywords), ==, 4);
  g_assert_true (mw_smtp_has_keyword ((const char *const *) keywords, "STARTTLS"));
  g_assert_true (mw_smtp_has_keyword ((const char *const *) keywords, "SIZE"));
  g_assert_false (mw_smtp_has_keyword ((const char *const *) keywords, "START"));
  g_assert_cmpstr (joined, ==, "LOGIN CRAM-MD5 PLAIN");
}

static void
test_smtp_enhanced_codes (void)
{
  static const char *const google[] = { "534-5.7.9 Application-specific password required.",
                                        "534 5.7.9 Learn more", NULL };
  static const char *const other_class[] = { "535 4.7.8 no", NULL };
  static const char *const no_code[] = { "535 5.7 no", NULL };
  g_autoptr(MwSmtpReply) reply = parse_reply (google);
  g_autoptr(MwSmtpReply) odd = parse_reply (other_class);
  g_autoptr(MwSmtpReply) half = parse_reply (no_code);

  g_assert_cmpstr (reply->enhanced, ==, "5.7.9");
  g_assert_cmpstr (g_ptr_array_index (reply->lines, 0), ==,
                   "Application-specific password required.");
  g_assert_null (odd->enhanced);
  g_assert_null (half->enhanced);
}

static void
test_smtp_hostile (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
  } lines[] = {
    { "", 0 },        { "22", 2 },          { "2x0 hello", 9 }, { "150 early", 9 },
    { "600 odd", 7 }, { "220\0more", 8 },   { "220+hello", 9 }, { "* OK hello", 10 },
    { "-20 x", 5 },   { " 220 hello", 10 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr(MwSmtpReply) reply = mw_smtp_reply_new ();
      gboolean complete;

      g_assert_false (mw_smtp_reply_add_line (reply, lines[i].bytes, lines[i].length, &complete));
    }
}

static void
test_smtp_mixed_codes (void)
{
  g_autoptr(MwSmtpReply) reply = mw_smtp_reply_new ();
  gboolean complete;

  g_assert_true (mw_smtp_reply_add_line (reply, "250-a", 5, &complete));
  g_assert_false (complete);
  g_assert_false (mw_smtp_reply_add_line (reply, "220 b", 5, &complete));
}

/* ---- who speaks ---- */

static void
test_speakers (void)
{
  static const struct
  {
    const char *bytes;
    MwSpeaker speaker;
  } rows[] = {
    { "* OK ready", MW_SPEAKER_IMAP },
    { "* PREAUTH in", MW_SPEAKER_IMAP },
    { "+OK ready", MW_SPEAKER_POP3 },
    { "-ERR busy", MW_SPEAKER_POP3 },
    { "220 mx.example ESMTP Postfix", MW_SPEAKER_SMTP },
    { "220-mx.example ESMTP\r\n", MW_SPEAKER_SMTP },
    { "220 mx.example", MW_SPEAKER_SMTP },
    { "554 go away", MW_SPEAKER_SMTP },
    { "220 mx.example LMTP", MW_SPEAKER_LMTP },
    { "220 (vsFTPd 3.0)", MW_SPEAKER_FTP },
    { "200 news server ready", MW_SPEAKER_NNTP },
    { "\"IMPLEMENTATION\" \"Dovecot Pigeonhole\"", MW_SPEAKER_SIEVE },
    { "SSH-2.0-OpenSSH_9.2", MW_SPEAKER_SSH },
    { "HTTP/1.1 400 Bad Request", MW_SPEAKER_HTTP },
    { "<html><body>", MW_SPEAKER_HTTP },
    { "\x15\x03\x01", MW_SPEAKER_TLS },
    { "\x16\x03\x03", MW_SPEAKER_TLS },
    { "hello", MW_SPEAKER_UNKNOWN },
    { "2200 x", MW_SPEAKER_UNKNOWN },
    { "", MW_SPEAKER_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (mw_speaker_identify (rows[i].bytes, strlen (rows[i].bytes)), ==,
                     rows[i].speaker);
}

/* Every parser takes every beginning of every line, and any single byte in its place */
static void
test_any_bytes (void)
{
  static const char *const lines[] = { "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready {12}",
                                       "a1 NO [ALERT] no", "+OK [IN-USE] <a@b> 12 34",
                                       "250-5.7.8 AUTH=PLAIN LOGIN",
                                       "* 99999999999999999999 EXISTS" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    for (gsize n = 0; n <= strlen (lines[i]); n++)
      for (int byte = 0; byte < 256; byte++)
        {
          g_autofree char *copy = g_strndup (lines[i], n);
          g_autoptr(MwSmtpReply) reply = mw_smtp_reply_new ();
          gboolean complete;
          guint64 size;

          if (n > 0)
            copy[n / 2] = (char) byte;
          mw_imap_response_free (mw_imap_response_parse (copy, n));
          mw_imap_get_literal (copy, n, &size);
          mw_pop3_response_free (mw_pop3_response_parse (copy, n));
          mw_smtp_reply_add_line (reply, copy, n, &complete);
          mw_speaker_identify (copy, n);
        }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/imap-parser/a-greeting-with-capabilities", test_imap_status);
  g_test_add_func ("/imap-parser/a-refusal-in-any-case", test_imap_tagged);
  g_test_add_func ("/imap-parser/data-with-and-without-number", test_imap_data);
  g_test_add_func ("/imap-parser/odd-continuations", test_imap_continuations);
  g_test_add_func ("/imap-parser/what-is-no-response", test_imap_hostile);
  g_test_add_func ("/imap-parser/odd-brackets-are-text", test_imap_odd_brackets);
  g_test_add_func ("/imap-parser/literals", test_imap_literals);
  g_test_add_func ("/imap-parser/capabilities-once-and-in-upper-case", test_imap_capabilities);
  g_test_add_func ("/imap-parser/capabilities-are-bounded", test_imap_capabilities_are_bounded);
  g_test_add_func ("/imap-parser/quoting", test_imap_quoting);
  g_test_add_func ("/pop3-parser/responses", test_pop3_responses);
  g_test_add_func ("/pop3-parser/what-is-no-response", test_pop3_hostile);
  g_test_add_func ("/pop3-parser/apop-stamp", test_pop3_stamp);
  g_test_add_func ("/pop3-parser/stat", test_pop3_stat);
  g_test_add_func ("/smtp-parser/ehlo-with-old-and-new-auth", test_smtp_ehlo);
  g_test_add_func ("/smtp-parser/enhanced-codes-match-the-class", test_smtp_enhanced_codes);
  g_test_add_func ("/smtp-parser/what-is-no-reply", test_smtp_hostile);
  g_test_add_func ("/smtp-parser/all-lines-carry-one-number", test_smtp_mixed_codes);
  g_test_add_func ("/speaker/known-by-their-first-words", test_speakers);
  g_test_add_func ("/parsers/take-any-bytes", test_any_bytes);

  return g_test_run ();
}
