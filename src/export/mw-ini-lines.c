/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-ini-lines.h"

#include <string.h>

typedef struct
{
  char *text;    /* the whole line with its line end, or %NULL once it is changed */
  gsize length;  /* of @text, which may hold anything */
  char *section; /* the section that it opens or stands in, %NULL before the first */
  char *key;     /* %NULL: no entry */
  char *value;
} Line;

struct _MwIniLines
{
  GPtrArray *lines;
};

static void
line_free (Line *line)
{
  g_free (line->text);
  g_free (line->section);
  g_free (line->key);
  g_free (line->value);
  g_free (line);
}

static void
parse_line (Line *line, char **section)
{
  g_autofree char *text = g_strndup (line->text, line->length); /* up to a zero byte at most */
  char *equals;

  g_strstrip (text);
  if (text[0] == '[' && strchr (text, ']') != NULL)
    {
      *strchr (text, ']') = '\0';
      g_free (*section);
      *section = g_strdup (text + 1);
    }
  else if (text[0] != ';' && text[0] != '#' && *section != NULL &&
           (equals = strchr (text, '=')) != NULL && equals != text)
    {
      *equals = '\0';
      line->key = g_strdup (g_strchomp (text));
      line->value = g_strdup (equals + 1);
    }
  line->section = g_strdup (*section);
}

/**
 * mw_ini_lines_new:
 * @bytes: (nullable): content of a file, or %NULL for none
 *
 * Returns: (transfer full): the file
 */
MwIniLines *
mw_ini_lines_new (GBytes *bytes)
{
  MwIniLines *self = g_new0 (MwIniLines, 1);
  g_autofree char *section = NULL;
  gsize length = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  for (gsize at = 0; at < length;)
    {
      const char *end = memchr (data + at, '\n', length - at);
      Line *line = g_new0 (Line, 1);

      line->length = end == NULL ? length - at : (gsize) (end - data) + 1 - at;
      line->text = g_memdup2 (data + at, line->length);
      parse_line (line, &section);
      g_ptr_array_add (self->lines, line);
      at += line->length;
    }
  return self;
}

void
mw_ini_lines_free (MwIniLines *self)
{
  g_ptr_array_unref (self->lines);
  g_free (self);
}

/**
 * mw_ini_lines_to_bytes:
 * @self: a file
 *
 * Returns: (transfer full): its content with all changes
 */
GBytes *
mw_ini_lines_to_bytes (MwIniLines *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      if (line->text != NULL)
        g_string_append_len (text, line->text, (gssize) line->length);
      else
        g_string_append_printf (text, "%s=%s\n", line->key, line->value);
    }
  return g_string_free_to_bytes (text);
}

static Line *
find (MwIniLines *self, const char *section, const char *key)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      if (line->key != NULL && g_str_equal (line->section, section) && g_str_equal (line->key, key))
        return line;
    }
  return NULL;
}

/**
 * mw_ini_lines_get:
 * @self: a file
 * @section: name of a section
 * @key: name of an entry
 *
 * Returns: (transfer none) (nullable): the value; valid until it is set
 */
const char *
mw_ini_lines_get (MwIniLines *self, const char *section, const char *key)
{
  Line *line = find (self, section, key);

  return line == NULL ? NULL : line->value;
}

/**
 * mw_ini_lines_list_sections:
 * @self: a file
 * @prefix: how the names begin
 *
 * Returns: (transfer full): the names of all sections that begin so, in the order of the file
 */
GStrv
mw_ini_lines_list_sections (MwIniLines *self, const char *prefix)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      if (line->section != NULL && g_str_has_prefix (line->section, prefix) &&
          g_hash_table_add (seen, line->section))
        g_strv_builder_add (names, line->section);
    }
  return g_strv_builder_end (names);
}

static Line *
make_line (const char *section, const char *text)
{
  Line *line = g_new0 (Line, 1);

  line->section = g_strdup (section);
  if (text != NULL)
    {
      line->text = g_strdup (text);
      line->length = strlen (text);
    }
  return line;
}

static gboolean
is_blank (Line *line)
{
  if (line->text == NULL)
    return FALSE;
  for (gsize i = 0; i < line->length; i++)
    if (!g_ascii_isspace (line->text[i]))
      return FALSE;
  return TRUE;
}

/* Where a new entry of the section goes: behind its last line that is not blank. -1: there is no
 * such section. */
static int
find_end (MwIniLines *self, const char *section)
{
  int end = -1;

  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      if (line->section != NULL && g_str_equal (line->section, section) && !is_blank (line))
        end = (int) i + 1;
    }
  return end;
}

static void
end_last_line (MwIniLines *self)
{
  Line *last = self->lines->len > 0 ? self->lines->pdata[self->lines->len - 1] : NULL;

  if (last != NULL && last->text != NULL && last->text[last->length - 1] != '\n')
    {
      last->text = g_realloc (last->text, last->length + 1);
      last->text[last->length++] = '\n';
    }
}

/**
 * mw_ini_lines_set:
 * @self: a file
 * @section: name of a section; added at the end if it is not there
 * @key: name of an entry
 * @value: its new value, without line breaks
 *
 * Sets an entry: in its own line if it has one, else behind the others of its section.
 */
void
mw_ini_lines_set (MwIniLines *self, const char *section, const char *key, const char *value)
{
  Line *line = find (self, section, key);
  g_autofree char *head = NULL;
  int end;

  g_return_if_fail (strpbrk (value, "\r\n") == NULL);

  if (line != NULL)
    {
      if (g_str_equal (line->value, value))
        return;
      g_clear_pointer (&line->text, g_free);
      g_set_str (&line->value, value);
      return;
    }
  end_last_line (self);
  end = find_end (self, section);
  if (end < 0)
    {
      head = g_strdup_printf ("[%s]\n", section);
      if (self->lines->len > 0)
        g_ptr_array_add (self->lines, make_line (NULL, "\n"));
      g_ptr_array_add (self->lines, make_line (section, head));
      end = (int) self->lines->len;
    }
  line = make_line (section, NULL);
  line->key = g_strdup (key);
  line->value = g_strdup (value);
  g_ptr_array_insert (self->lines, end, line);
}
