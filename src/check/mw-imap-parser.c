/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-imap-parser"

#include "config.h"

#include "check/mw-imap-parser.h"

#include <string.h>

/* More words than any server has; the rest of a longer list is left out */
#define MAX_CAPABILITIES 500

static const struct
{
  const char *word;
  MwImapCondition condition;
} conditions[] = {
  { "OK", MW_IMAP_OK },   { "NO", MW_IMAP_NO },           { "BAD", MW_IMAP_BAD },
  { "BYE", MW_IMAP_BYE }, { "PREAUTH", MW_IMAP_PREAUTH },
};

static gboolean
find_condition (const char *word, MwImapCondition *condition)
{
  for (gsize i = 0; i < G_N_ELEMENTS (conditions); i++)
    if (g_ascii_strcasecmp (conditions[i].word, word) == 0)
      {
        *condition = conditions[i].condition;
        return TRUE;
      }
  return FALSE;
}

/* The next word, ended by a blank or the end of the line */
static char *
take_word (const char **place)
{
  gsize n = strcspn (*place, " ");
  char *word = g_strndup (*place, n);

  *place += n;
  *place += strspn (*place, " ");
  return word;
}

/* "[CODE arguments] text" or only text. A bracket that is never closed is text. */
static void
parse_code (MwImapResponse *self, const char *rest)
{
  const char *end = rest[0] == '[' ? strchr (rest, ']') : NULL;

  if (end != NULL)
    {
      g_autofree char *inside = g_strndup (rest + 1, end - rest - 1);
      const char *p = inside;
      g_autofree char *word = take_word (&p);

      if (*word != '\0')
        {
          self->code = g_ascii_strup (word, -1);
          if (*p != '\0')
            self->arguments = g_strdup (p);
          rest = end + 1;
          rest += strspn (rest, " ");
        }
    }
  self->text = g_strdup (rest);
}

static gboolean
is_tag (const char *word)
{
  if (*word == '\0' || strlen (word) > 64)
    return FALSE;
  for (const char *p = word; *p != '\0'; p++)
    if (*p <= 0x20 || *p >= 0x7f || strchr ("+*(){%\"\\]", *p) != NULL)
      return FALSE;
  return TRUE;
}

/**
 * mw_imap_response_parse:
 * @bytes: (array length=length): one response, without its line end; literals are part of it
 * @length: its length
 *
 * Parses one response (RFC 9051, section 9: response).
 *
 * Returns: (transfer full) (nullable): the response, or %NULL if it is none: empty, with NUL, an
 *   unknown status word behind a tag
 */
MwImapResponse *
mw_imap_response_parse (const char *bytes, gsize length)
{
  g_autoptr(MwImapResponse) self = NULL;
  g_autofree char *line = NULL;
  g_autofree char *word = NULL;
  const char *p;

  g_return_val_if_fail (bytes != NULL, NULL);

  if (length == 0 || memchr (bytes, '\0', length) != NULL)
    return NULL;

  line = g_strndup (bytes, length);
  self = g_new0 (MwImapResponse, 1);
  p = line;

  if (line[0] == '+')
    {
      self->kind = MW_IMAP_CONTINUATION;
      p++;
      /* A bare "+" is in the wild, and so is one without the blank */
      p += strspn (p, " ");
      self->text = g_strdup (p);
      return g_steal_pointer (&self);
    }

  word = take_word (&p);
  if (g_str_equal (word, "*"))
    {
      g_autofree char *first = take_word (&p);

      if (*first == '\0')
        return NULL;
      if (find_condition (first, &self->condition))
        {
          self->kind = MW_IMAP_STATUS;
          parse_code (self, p);
          return g_steal_pointer (&self);
        }
      self->kind = MW_IMAP_DATA;
      if (strspn (first, "0123456789") == strlen (first))
        {
          self->number = g_ascii_strtoull (first, NULL, 10);
          g_free (first);
          first = take_word (&p);
        }
      self->keyword = g_ascii_strup (first, -1);
      self->text = g_strdup (p);
      return g_steal_pointer (&self);
    }

  if (is_tag (word))
    {
      g_autofree char *status = take_word (&p);

      if (find_condition (status, &self->condition) && self->condition <= MW_IMAP_BAD)
        {
          self->kind = MW_IMAP_TAGGED;
          self->tag = g_steal_pointer (&word);
          parse_code (self, p);
          return g_steal_pointer (&self);
        }
    }

  return NULL;
}

/**
 * mw_imap_response_free:
 * @self: (transfer full) (nullable): a response
 */
void
mw_imap_response_free (MwImapResponse *self)
{
  if (self == NULL)
    return;

  g_free (self->tag);
  g_free (self->code);
  g_free (self->arguments);
  g_free (self->keyword);
  g_free (self->text);
  g_free (self);
}

/**
 * mw_imap_get_literal:
 * @bytes: (array length=length): a line without its line end
 * @length: its length
 * @size: (out): how many bytes follow the line; %G_MAXUINT64 for a number that is too large
 *
 * Returns: whether the line ends by announcing a literal: "{123}"
 */
gboolean
mw_imap_get_literal (const char *bytes, gsize length, guint64 *size)
{
  gsize end = length;
  gsize start;
  guint64 value = 0;

  g_return_val_if_fail (bytes != NULL || length == 0, FALSE);
  g_return_val_if_fail (size != NULL, FALSE);

  if (length < 3 || bytes[end - 1] != '}')
    return FALSE;
  end--;
  if (bytes[end - 1] == '+')
    end--;
  start = end;
  while (start > 0 && g_ascii_isdigit (bytes[start - 1]))
    start--;
  if (start == end || start == 0 || bytes[start - 1] != '{')
    return FALSE;

  for (gsize i = start; i < end; i++)
    {
      guint64 digit = bytes[i] - '0';

      if (value > (G_MAXUINT64 - digit) / 10)
        {
          *size = G_MAXUINT64;
          return TRUE;
        }
      value = value * 10 + digit;
    }
  *size = value;
  return TRUE;
}

/**
 * mw_imap_parse_capabilities:
 * @text: what follows the word CAPABILITY
 *
 * Returns: (transfer full): the capabilities in upper case, each once
 */
GStrv
mw_imap_parse_capabilities (const char *text)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *p = text;

  g_return_val_if_fail (text != NULL, NULL);

  p += strspn (p, " ");
  while (*p != '\0' && g_hash_table_size (seen) < MAX_CAPABILITIES)
    {
      g_autofree char *word = take_word (&p);
      g_autofree char *upper = g_ascii_strup (word, -1);

      if (g_hash_table_add (seen, g_strdup (upper)))
        g_strv_builder_add (builder, upper);
    }

  return g_strv_builder_end (builder);
}

/**
 * mw_imap_get_mechanisms:
 * @capabilities: capabilities in upper case
 *
 * Returns: (transfer full): the SASL mechanisms among them: what follows "AUTH="
 */
GStrv
mw_imap_get_mechanisms (const char *const *capabilities)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (capabilities != NULL, NULL);

  for (gsize i = 0; capabilities[i] != NULL; i++)
    if (g_str_has_prefix (capabilities[i], "AUTH=") && capabilities[i][5] != '\0')
      g_strv_builder_add (builder, capabilities[i] + 5);

  return g_strv_builder_end (builder);
}

/**
 * mw_imap_quote:
 * @text: text without line breaks; nothing secret
 *
 * Returns: (transfer full): an IMAP quoted string (RFC 9051, section 4.3)
 */
char *
mw_imap_quote (const char *text)
{
  GString *out;

  g_return_val_if_fail (text != NULL, NULL);

  out = g_string_new ("\"");
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');

  return g_string_free (out, FALSE);
}
