/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-report"

#include "config.h"

#include "report/mw-json-writer.h"

#include <string.h>

static void
add_quoted (GString *text, const char *value)
{
  g_string_append_c (text, '"');
  for (const char *c = value; *c != '\0';)
    {
      const char *plain = c;

      while ((guchar) *c >= 0x20 && *c != '"' && *c != '\\' && *c != 0x7f)
        c++;
      g_string_append_len (text, plain, c - plain);
      switch (*c)
        {
        case '\0':
          break;
        case '"':
        case '\\':
          g_string_append_c (text, '\\');
          g_string_append_c (text, *c++);
          break;
        default:
          if (*c >= '\b' && *c <= '\r' && *c != '\v')
            {
              g_string_append_c (text, '\\');
              g_string_append_c (text, "btn_fr"[*c++ - '\b']);
            }
          else
            g_string_append_printf (text, "\\u%04x", (guint) (guchar) *c++);
        }
    }
  g_string_append_c (text, '"');
}

static void
break_line (MwJsonWriter *self)
{
  g_string_append_c (self->text, '\n');
  for (guint i = 0; i < self->depth; i++)
    g_string_append_len (self->text, "  ", 2);
}

/* What stands before any value */
static void
add_lead (MwJsonWriter *self, const char *name)
{
  if (self->depth > 0)
    {
      if (!self->is_empty)
        g_string_append_c (self->text, ',');
      break_line (self);
    }
  self->is_empty = FALSE;
  if (name != NULL)
    {
      add_quoted (self->text, name);
      g_string_append_len (self->text, " : ", 3);
    }
}

/**
 * mw_json_writer_begin:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @bracket: '{' or '['
 */
void
mw_json_writer_begin (MwJsonWriter *self, const char *name, char bracket)
{
  g_return_if_fail (bracket == '{' || bracket == '[');

  add_lead (self, name);
  g_string_append_c (self->text, bracket);
  self->depth++;
  self->is_empty = TRUE;
}

/**
 * mw_json_writer_end:
 * @self: a writer
 * @bracket: '}' or ']', as it was begun
 */
void
mw_json_writer_end (MwJsonWriter *self, char bracket)
{
  g_return_if_fail (self->depth > 0);

  self->depth--;
  if (!self->is_empty)
    break_line (self);
  g_string_append_c (self->text, bracket);
  self->is_empty = FALSE;
}

/**
 * mw_json_writer_string:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @value: (nullable): valid UTF-8; null is written for %NULL
 */
void
mw_json_writer_string (MwJsonWriter *self, const char *name, const char *value)
{
  add_lead (self, name);
  if (value != NULL)
    add_quoted (self->text, value);
  else
    g_string_append (self->text, "null");
}

/**
 * mw_json_writer_int:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @value: a number
 */
void
mw_json_writer_int (MwJsonWriter *self, const char *name, gint64 value)
{
  add_lead (self, name);
  g_string_append_printf (self->text, "%" G_GINT64_FORMAT, value);
}

/**
 * mw_json_writer_double:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @value: a finite number; always has a decimal point
 */
void
mw_json_writer_double (MwJsonWriter *self, const char *name, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  add_lead (self, name);
  g_string_append (self->text, g_ascii_dtostr (digits, sizeof digits, value));
  if (strpbrk (digits, ".e") == NULL)
    g_string_append (self->text, ".0");
}

/**
 * mw_json_writer_strv:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @values: (nullable) (array zero-terminated=1): the elements of an array
 */
void
mw_json_writer_strv (MwJsonWriter *self, const char *name, const char *const *values)
{
  mw_json_writer_begin (self, name, '[');
  for (gsize i = 0; values != NULL && values[i] != NULL; i++)
    mw_json_writer_string (self, NULL, values[i]);
  mw_json_writer_end (self, ']');
}
