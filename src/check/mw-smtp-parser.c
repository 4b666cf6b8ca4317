/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-smtp-parser"

#include "config.h"

#include "check/mw-smtp-parser.h"

#include <string.h>

/**
 * mw_smtp_reply_new:
 *
 * Returns: (transfer full): a reply without lines
 */
MwSmtpReply *
mw_smtp_reply_new (void)
{
  MwSmtpReply *self = g_new0 (MwSmtpReply, 1);

  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->text = g_string_new (NULL);

  return self;
}

/**
 * mw_smtp_reply_free:
 * @self: (transfer full) (nullable): a reply
 */
void
mw_smtp_reply_free (MwSmtpReply *self)
{
  if (self == NULL)
    return;

  g_free (self->enhanced);
  g_ptr_array_unref (self->lines);
  g_string_free (self->text, TRUE);
  g_free (self);
}

/* "5.7.8" with the class of the reply in front; 0 if there is none. RFC 3463, section 2: subject
 * and detail have up to three digits. */
static gsize
get_enhanced_length (const char *text, guint code)
{
  const char *p = text;

  if (*p != (char) ('0' + code / 100) || strchr ("245", *p) == NULL || p[1] != '.')
    return 0;
  p += 2;
  for (int part = 0; part < 2; part++)
    {
      gsize digits = strspn (p, "0123456789");

      if (digits < 1 || digits > 3)
        return 0;
      p += digits;
      if (part == 0 && *p++ != '.')
        return 0;
    }
  return *p == '\0' || *p == ' ' ? (gsize) (p - text) : 0;
}

/**
 * mw_smtp_reply_add_line:
 * @self: a reply that is not complete
 * @bytes: (array length=length): the next line without its line end
 * @length: its length
 * @complete: (out): whether this was the last line
 *
 * Adds a line. All lines of a reply carry the same number (RFC 5321, section 4.2.1).
 *
 * Returns: %FALSE if this is no line of this reply
 */
gboolean
mw_smtp_reply_add_line (MwSmtpReply *self, const char *bytes, gsize length, gboolean *complete)
{
  g_autofree char *line = NULL;
  const char *rest;
  gsize enhanced;
  guint code;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (bytes != NULL || length == 0, FALSE);

  if (length < 3 || memchr (bytes, '\0', length) != NULL)
    return FALSE;
  if (bytes[0] < '2' || bytes[0] > '5' || !g_ascii_isdigit (bytes[1]) ||
      !g_ascii_isdigit (bytes[2]) || (length > 3 && bytes[3] != ' ' && bytes[3] != '-'))
    return FALSE;

  code = (bytes[0] - '0') * 100 + (bytes[1] - '0') * 10 + (bytes[2] - '0');
  if (self->lines->len > 0 && code != self->code)
    return FALSE;

  self->code = code;
  line = g_strndup (bytes, length);
  rest = length > 3 ? line + 4 : line + 3;
  enhanced = get_enhanced_length (rest, code);
  if (enhanced > 0)
    {
      if (self->enhanced == NULL)
        self->enhanced = g_strndup (rest, enhanced);
      rest += enhanced;
      rest += strspn (rest, " ");
    }
  g_ptr_array_add (self->lines, g_strdup (rest));
  if (self->text->len > 0)
    g_string_append_c (self->text, '\n');
  g_string_append (self->text, line);
  *complete = length == 3 || bytes[3] == ' ';

  return TRUE;
}

/**
 * mw_smtp_reply_get_keywords:
 * @self: the reply to EHLO
 *
 * Returns: (transfer full): its keyword lines, the word itself in upper case; the first line, which
 *   is the server's name, left out
 */
GStrv
mw_smtp_reply_get_keywords (const MwSmtpReply *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 1; i < self->lines->len; i++)
    {
      const char *line = g_ptr_array_index (self->lines, i);
      gsize n = strcspn (line, " =");
      g_autofree char *word = g_ascii_strup (line, n);
      g_autofree char *keyword = g_strconcat (word, line + n, NULL);

      if (n > 0)
        g_strv_builder_add (builder, keyword);
    }

  return g_strv_builder_end (builder);
}

/**
 * mw_smtp_get_mechanisms:
 * @keywords: the keyword lines of an EHLO reply
 *
 * Reads "AUTH PLAIN LOGIN" and the form of an old draft, "AUTH=PLAIN LOGIN", which some servers
 * send beside it and a few instead of it.
 *
 * Returns: (transfer full): the SASL mechanisms in upper case, each once
 */
GStrv
mw_smtp_get_mechanisms (const char *const *keywords)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_return_val_if_fail (keywords != NULL, NULL);

  for (gsize i = 0; keywords[i] != NULL; i++)
    {
      g_auto (GStrv) words = NULL;

      if (g_ascii_strncasecmp (keywords[i], "AUTH", 4) != 0 ||
          (keywords[i][4] != ' ' && keywords[i][4] != '='))
        continue;
      words = g_strsplit_set (keywords[i] + 5, " =\t", -1);
      for (gsize j = 0; words[j] != NULL; j++)
        {
          g_autofree char *upper = g_ascii_strup (words[j], -1);

          if (*upper != '\0' && g_hash_table_add (seen, g_strdup (upper)))
            g_strv_builder_add (builder, upper);
        }
    }

  return g_strv_builder_end (builder);
}

/**
 * mw_smtp_has_keyword:
 * @keywords: the keyword lines of an EHLO reply
 * @keyword: a keyword: "STARTTLS"
 *
 * Returns: whether it is among them, with or without parameters
 */
gboolean
mw_smtp_has_keyword (const char *const *keywords, const char *keyword)
{
  gsize n;

  g_return_val_if_fail (keywords != NULL && keyword != NULL, FALSE);

  n = strlen (keyword);
  for (gsize i = 0; keywords[i] != NULL; i++)
    if (g_ascii_strncasecmp (keywords[i], keyword, n) == 0 &&
        (keywords[i][n] == '\0' || keywords[i][n] == ' '))
      return TRUE;
  return FALSE;
}
