/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-pop3-parser"

#include "config.h"

#include "check/mw-pop3-parser.h"

#include <string.h>

static gboolean
starts_with_word (const char *line, const char *word)
{
  gsize n = strlen (word);

  return g_ascii_strncasecmp (line, word, n) == 0 && (line[n] == '\0' || line[n] == ' ');
}

/**
 * mw_pop3_response_parse:
 * @bytes: (array length=length): a line without its line end
 * @length: its length
 *
 * Returns: (transfer full) (nullable): the response, or %NULL if it is none
 */
MwPop3Response *
mw_pop3_response_parse (const char *bytes, gsize length)
{
  g_autoptr(MwPop3Response) self = NULL;
  g_autofree char *line = NULL;
  const char *rest;

  g_return_val_if_fail (bytes != NULL || length == 0, NULL);

  if (length == 0 || memchr (bytes, '\0', length) != NULL)
    return NULL;

  line = g_strndup (bytes, length);
  self = g_new0 (MwPop3Response, 1);
  if (starts_with_word (line, "+OK"))
    {
      self->status = MW_POP3_OK;
      rest = line + 3;
    }
  else if (starts_with_word (line, "-ERR"))
    {
      self->status = MW_POP3_ERR;
      rest = line + 4;
    }
  else if (line[0] == '+' && (line[1] == ' ' || line[1] == '\0'))
    {
      self->status = MW_POP3_CHALLENGE;
      rest = line + 1;
    }
  else
    return NULL;

  rest += strspn (rest, " ");
  if (self->status != MW_POP3_CHALLENGE && rest[0] == '[')
    {
      const char *end = strchr (rest, ']');

      if (end != NULL && end > rest + 1)
        {
          self->code = g_ascii_strup (rest + 1, end - rest - 1);
          rest = end + 1;
          rest += strspn (rest, " ");
        }
    }
  self->text = g_strdup (rest);

  return g_steal_pointer (&self);
}

/**
 * mw_pop3_response_free:
 * @self: (transfer full) (nullable): a response
 */
void
mw_pop3_response_free (MwPop3Response *self)
{
  if (self == NULL)
    return;

  g_free (self->code);
  g_free (self->text);
  g_free (self);
}

/**
 * mw_pop3_find_stamp:
 * @greeting: the text of a greeting
 *
 * Returns: (transfer full) (nullable): the time stamp that APOP is made with, brackets included
 *   (RFC 1939, section 7), or %NULL if the server does not know APOP
 */
char *
mw_pop3_find_stamp (const char *greeting)
{
  const char *start, *end, *at;

  g_return_val_if_fail (greeting != NULL, NULL);

  start = strchr (greeting, '<');
  end = start != NULL ? strchr (start, '>') : NULL;
  if (end == NULL)
    return NULL;
  at = memchr (start, '@', end - start);
  if (at == NULL || at == start + 1 || at + 1 == end)
    return NULL;
  for (const char *p = start; p < end; p++)
    if (*p <= 0x20 || *p >= 0x7f)
      return NULL;

  return g_strndup (start, end - start + 1);
}

/**
 * mw_pop3_get_mechanisms:
 * @capabilities: the lines of a CAPA answer
 *
 * Returns: (transfer full): the SASL mechanisms on offer, in upper case
 */
GStrv
mw_pop3_get_mechanisms (const char *const *capabilities)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (capabilities != NULL, NULL);

  for (gsize i = 0; capabilities[i] != NULL; i++)
    {
      g_auto (GStrv) words = NULL;

      if (!starts_with_word (capabilities[i], "SASL"))
        continue;
      words = g_strsplit_set (capabilities[i] + 4, " \t", -1);
      for (gsize j = 0; words[j] != NULL; j++)
        if (*words[j] != '\0')
          {
            g_autofree char *upper = g_ascii_strup (words[j], -1);

            g_strv_builder_add (builder, upper);
          }
    }

  return g_strv_builder_end (builder);
}

/**
 * mw_pop3_parse_stat:
 * @text: the text of the answer to STAT
 * @n_messages: (out): how many messages there are
 * @n_bytes: (out): how large they are together
 *
 * Returns: whether these are the two numbers of RFC 1939, section 5
 */
gboolean
mw_pop3_parse_stat (const char *text, guint64 *n_messages, guint64 *n_bytes)
{
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (text != NULL, FALSE);

  words = g_strsplit (text, " ", 3);
  return g_strv_length (words) >= 2 &&
         g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXUINT64, n_messages, NULL) &&
         g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXUINT64, n_bytes, NULL);
}
