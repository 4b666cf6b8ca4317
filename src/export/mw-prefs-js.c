/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-prefs-js.h"

#include <string.h>

/* A profile of twenty years has some hundred kilobytes */
#define MAX_LENGTH (16 * 1024 * 1024)

typedef enum
{
  KIND_NONE, /* not a preference: blanks, comments, statements that make no sense */
  KIND_STRING,
  KIND_INT,
  KIND_BOOLEAN,
} Kind;

/* A stretch of the file. The text of all pieces, one after the other, is the file. */
typedef struct
{
  Kind kind;
  char *before; /* all of it for KIND_NONE, else up to the value */
  gsize before_length;
  char *value; /* the value as it is written in the file */
  char *after; /* from the value to the semicolon */

  char *name;
  char *text;
  int number;
} Piece;

struct _MwPrefsJs
{
  GPtrArray *pieces;
  GHashTable *last; /* name -> the last piece that sets it, which is the one that counts */
  gboolean latin1;  /* the file is not UTF-8: read it, and add to it, as Latin-1 */
};

typedef struct
{
  const char *data;
  gsize length;
  gsize at;
  gboolean latin1;
} Scanner;

G_DEFINE_QUARK (mw_prefs_js_error, mw_prefs_js_error)

static void
piece_free (Piece *piece)
{
  g_free (piece->before);
  g_free (piece->value);
  g_free (piece->after);
  g_free (piece->name);
  g_free (piece->text);
  g_free (piece);
}

/* Blanks and comments. FALSE: a comment has no end. */
static gboolean
skip_blanks (Scanner *scan)
{
  while (scan->at < scan->length)
    {
      const char *at = scan->data + scan->at;
      gsize left = scan->length - scan->at;

      if (strchr (" \t\v\f\r\n", at[0]) != NULL)
        scan->at++;
      else if (at[0] == '#' || (left > 1 && at[0] == '/' && at[1] == '/'))
        {
          const char *end = memchr (at, '\n', left);

          scan->at = end == NULL ? scan->length : (gsize) (end - scan->data);
        }
      else if (left > 1 && at[0] == '/' && at[1] == '*')
        {
          const char *end = left > 3 ? g_strstr_len (at + 2, (gssize) left - 2, "*/") : NULL;

          if (end == NULL)
            return FALSE;
          scan->at = (gsize) (end - scan->data) + 2;
        }
      else
        break;
    }
  return TRUE;
}

static gboolean
read_hex (Scanner *scan, guint digits, gunichar *value)
{
  if (scan->length - scan->at < digits)
    return FALSE;
  *value = 0;
  for (guint i = 0; i < digits; i++)
    {
      int digit = g_ascii_xdigit_value (scan->data[scan->at + i]);

      if (digit < 0)
        return FALSE;
      *value = *value * 16 + (gunichar) digit;
    }
  scan->at += digits;
  return TRUE;
}

/* What follows a backslash: exactly the escapes that Mozilla's own reader knows */
static gboolean
read_escape (Scanner *scan, GString *text)
{
  gunichar value, low;
  char letter;

  if (scan->at >= scan->length)
    return FALSE;
  letter = scan->data[scan->at++];
  switch (letter)
    {
    case '"':
    case '\'':
    case '\\':
      g_string_append_c (text, letter);
      return TRUE;
    case 'n':
      g_string_append_c (text, '\n');
      return TRUE;
    case 'r':
      g_string_append_c (text, '\r');
      return TRUE;
    case 'x':
      if (!read_hex (scan, 2, &value) || value == 0)
        return FALSE;
      g_string_append_unichar (text, value);
      return TRUE;
    case 'u':
      if (!read_hex (scan, 4, &value) || value == 0)
        return FALSE;
      if (value >= 0xd800 && value < 0xdc00)
        {
          if (scan->length - scan->at < 6 || memcmp (scan->data + scan->at, "\\u", 2) != 0)
            return FALSE;
          scan->at += 2;
          if (!read_hex (scan, 4, &low) || low < 0xdc00 || low > 0xdfff)
            return FALSE;
          value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
        }
      if (!g_unichar_validate (value))
        return FALSE;
      g_string_append_unichar (text, value);
      return TRUE;
    default:
      return FALSE;
    }
}

/* A string in quotes of either kind. %NULL without moving when it is none. */
static char *
read_string (Scanner *scan)
{
  g_autoptr(GString) text = g_string_new (NULL);
  gsize start = scan->at;
  char quote;

  if (scan->at >= scan->length)
    return NULL;
  quote = scan->data[scan->at];
  if (quote != '"' && quote != '\'')
    return NULL;
  for (scan->at++; scan->at < scan->length;)
    {
      char c = scan->data[scan->at++];

      if (c == quote)
        return g_string_free_and_steal (g_steal_pointer (&text));
      if (c == '\\')
        {
          if (!read_escape (scan, text))
            break;
        }
      else if (scan->latin1)
        g_string_append_unichar (text, (guchar) c);
      else
        g_string_append_c (text, c);
    }
  scan->at = start;
  return NULL;
}

static gboolean
read_char (Scanner *scan, char c)
{
  if (!skip_blanks (scan) || scan->at >= scan->length || scan->data[scan->at] != c)
    return FALSE;
  scan->at++;
  return TRUE;
}

static gsize
word_length (Scanner *scan)
{
  gsize length = 0;

  while (scan->at + length < scan->length &&
         (g_ascii_isalnum (scan->data[scan->at + length]) || scan->data[scan->at + length] == '_'))
    length++;
  return length;
}

static gboolean
read_word (Scanner *scan, const char *word)
{
  gsize length = word_length (scan);

  if (length != strlen (word) || memcmp (scan->data + scan->at, word, length) != 0)
    return FALSE;
  scan->at += length;
  return TRUE;
}

static gboolean
read_number (Scanner *scan, int *number)
{
  g_autofree char *digits = NULL;
  gsize start = scan->at;
  gint64 value;
  gboolean negative = FALSE;
  gsize length;

  if (scan->at < scan->length && strchr ("+-", scan->data[scan->at]) != NULL)
    {
      negative = scan->data[scan->at++] == '-';
      if (!skip_blanks (scan))
        return FALSE;
    }
  length = word_length (scan);
  digits = g_strndup (scan->data + scan->at, length);
  if (length == 0 || length > 10 || strspn (digits, "0123456789") != length)
    {
      scan->at = start;
      return FALSE;
    }
  value = g_ascii_strtoll (digits, NULL, 10);
  if (negative)
    value = -value;
  if (value < G_MININT32 || value > G_MAXINT32)
    {
      scan->at = start;
      return FALSE;
    }
  scan->at += length;
  *number = (int) value;
  return TRUE;
}

/* user_pref("name", value); from its first letter to the semicolon. %NULL without moving when it
 * is anything else. */
static Piece *
read_statement (Scanner *scan)
{
  gsize start = scan->at, value_start;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  Piece *piece;
  Kind kind;
  int number = 0;
  gsize value_end;

  if (!read_word (scan, "user_pref") || !read_char (scan, '(') || !skip_blanks (scan) ||
      (name = read_string (scan)) == NULL || !read_char (scan, ',') || !skip_blanks (scan))
    goto none;
  value_start = scan->at;
  if ((text = read_string (scan)) != NULL)
    kind = KIND_STRING;
  else if (read_word (scan, "true"))
    {
      kind = KIND_BOOLEAN;
      number = 1;
    }
  else if (read_word (scan, "false"))
    kind = KIND_BOOLEAN;
  else if (read_number (scan, &number))
    kind = KIND_INT;
  else
    goto none;
  value_end = scan->at;
  if (!read_char (scan, ')') || !read_char (scan, ';'))
    goto none;

  piece = g_new0 (Piece, 1);
  piece->kind = kind;
  piece->before_length = value_start - start;
  piece->before = g_strndup (scan->data + start, piece->before_length);
  piece->value = g_strndup (scan->data + value_start, value_end - value_start);
  piece->after = g_strndup (scan->data + value_end, scan->at - value_end);
  piece->name = g_steal_pointer (&name);
  piece->text = g_steal_pointer (&text);
  piece->number = number;
  return piece;

none:
  scan->at = start;
  return NULL;
}

/* Past the next semicolon that is neither in a string nor in a comment, as Mozilla's reader does
 * with what it does not understand. FALSE: there is none. */
static gboolean
skip_statement (Scanner *scan)
{
  while (skip_blanks (scan) && scan->at < scan->length)
    {
      char c = scan->data[scan->at++];

      if (c == ';')
        return TRUE;
      if (c == '"' || c == '\'')
        {
          while (scan->at < scan->length && scan->data[scan->at] != c)
            scan->at += scan->data[scan->at] == '\\' ? 2 : 1;
          if (scan->at >= scan->length)
            return FALSE;
          scan->at++;
        }
    }
  return FALSE;
}

static void
add_rest (MwPrefsJs *self, Scanner *scan, gsize start, gsize end)
{
  Piece *piece;

  if (start == end)
    return;
  piece = g_new0 (Piece, 1);
  piece->before_length = end - start;
  piece->before = g_memdup2 (scan->data + start, end - start);
  g_ptr_array_add (self->pieces, piece);
}

static guint
line_of (Scanner *scan, gsize at)
{
  guint line = 1;

  for (gsize i = 0; i < at; i++)
    line += scan->data[i] == '\n';
  return line;
}

static void
take_statement (MwPrefsJs *self, Piece *piece)
{
  g_ptr_array_add (self->pieces, piece);
  g_hash_table_insert (self->last, piece->name, piece);
}

/**
 * mw_prefs_js_new:
 * @bytes: (nullable): the content of a file, or %NULL for a file that is not there yet
 * @error: return location for a #GError
 *
 * Reads a preference file. Comments, blanks, statements that nobody understands and preferences
 * of all names are kept as they are. A file that is not UTF-8 is taken for Latin-1.
 *
 * Returns: (transfer full): the file; %NULL with %MW_PREFS_JS_ERROR if nothing can be added to it
 */
MwPrefsJs *
mw_prefs_js_new (GBytes *bytes, GError **error)
{
  g_autoptr(MwPrefsJs) self = g_new0 (MwPrefsJs, 1);
  Scanner scan = { 0 };
  gsize kept = 0;

  self->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) piece_free);
  self->last = g_hash_table_new (g_str_hash, g_str_equal);
  if (bytes != NULL)
    scan.data = g_bytes_get_data (bytes, &scan.length);
  if (scan.length > MAX_LENGTH)
    {
      g_set_error (error, MW_PREFS_JS_ERROR, MW_PREFS_JS_ERROR_TOO_LARGE,
                   "the preference file has %" G_GSIZE_FORMAT " bytes", scan.length);
      return NULL;
    }
  if (scan.length > 0 && memchr (scan.data, '\0', scan.length) != NULL)
    {
      g_set_error (error, MW_PREFS_JS_ERROR, MW_PREFS_JS_ERROR_DAMAGED,
                   "the preference file holds a zero byte");
      return NULL;
    }
  scan.latin1 = scan.length > 0 && !g_utf8_validate (scan.data, (gssize) scan.length, NULL);
  self->latin1 = scan.latin1;

  while (TRUE)
    {
      gsize start;
      Piece *piece;

      if (!skip_blanks (&scan))
        break;
      start = scan.at;
      if (start == scan.length)
        {
          add_rest (self, &scan, kept, start);
          return g_steal_pointer (&self);
        }
      piece = read_statement (&scan);
      if (piece != NULL)
        {
          add_rest (self, &scan, kept, start);
          take_statement (self, piece);
          kept = scan.at;
        }
      else if (!skip_statement (&scan))
        {
          scan.at = start;
          break;
        }
    }
  g_set_error (error, MW_PREFS_JS_ERROR, MW_PREFS_JS_ERROR_DAMAGED,
               "the preference file is damaged: what begins in line %u has no end",
               line_of (&scan, scan.at));
  return NULL;
}

void
mw_prefs_js_free (MwPrefsJs *self)
{
  g_hash_table_unref (self->last);
  g_ptr_array_unref (self->pieces);
  g_free (self);
}

/**
 * mw_prefs_js_to_bytes:
 * @self: a preference file
 *
 * Returns: (transfer full): the content of the file with all changes
 */
GBytes *
mw_prefs_js_to_bytes (MwPrefsJs *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->pieces->len; i++)
    {
      Piece *piece = self->pieces->pdata[i];

      g_string_append_len (text, piece->before, (gssize) piece->before_length);
      if (piece->kind != KIND_NONE)
        {
          g_string_append (text, piece->value);
          g_string_append (text, piece->after);
        }
    }
  return g_string_free_to_bytes (text);
}

static Piece *
find (MwPrefsJs *self, const char *name, Kind kind)
{
  Piece *piece = g_hash_table_lookup (self->last, name);

  return piece != NULL && (kind == KIND_NONE || piece->kind == kind) ? piece : NULL;
}

/**
 * mw_prefs_js_get_string:
 * @self: a preference file
 * @name: name of a preference
 *
 * Returns: (transfer none) (nullable): the value in UTF-8, valid until it is set again; %NULL if
 *   the preference is not set or is no string
 */
const char *
mw_prefs_js_get_string (MwPrefsJs *self, const char *name)
{
  Piece *piece = find (self, name, KIND_STRING);

  return piece == NULL ? NULL : piece->text;
}

/**
 * mw_prefs_js_get_int:
 * @self: a preference file
 * @name: name of a preference
 * @fallback: what to return if the preference is not set or is no number
 *
 * Returns: the value
 */
int
mw_prefs_js_get_int (MwPrefsJs *self, const char *name, int fallback)
{
  Piece *piece = find (self, name, KIND_INT);

  return piece == NULL ? fallback : piece->number;
}

/**
 * mw_prefs_js_get_boolean:
 * @self: a preference file
 * @name: name of a preference
 * @fallback: what to return if the preference is not set or is neither true nor false
 *
 * Returns: the value
 */
gboolean
mw_prefs_js_get_boolean (MwPrefsJs *self, const char *name, gboolean fallback)
{
  Piece *piece = find (self, name, KIND_BOOLEAN);

  return piece == NULL ? fallback : piece->number != 0;
}

/**
 * mw_prefs_js_has:
 * @self: a preference file
 * @name: name of a preference
 *
 * Returns: whether the preference is set, to a value of whatever kind
 */
gboolean
mw_prefs_js_has (MwPrefsJs *self, const char *name)
{
  return find (self, name, KIND_NONE) != NULL;
}

/**
 * mw_prefs_js_has_branch:
 * @self: a preference file
 * @prefix: how names begin
 *
 * Returns: whether any preference is set whose name begins with @prefix
 */
gboolean
mw_prefs_js_has_branch (MwPrefsJs *self, const char *prefix)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->last);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (g_str_has_prefix (name, prefix))
      return TRUE;
  return FALSE;
}

/**
 * mw_prefs_js_list:
 * @self: a preference file
 * @prefix: how names begin
 *
 * Returns: (transfer full): the names of the preferences that are set and begin with @prefix, in
 *   the order of the file
 */
GStrv
mw_prefs_js_list (MwPrefsJs *self, const char *prefix)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < self->pieces->len; i++)
    {
      Piece *piece = self->pieces->pdata[i];

      if (piece->kind != KIND_NONE && g_str_has_prefix (piece->name, prefix) &&
          g_hash_table_lookup (self->last, piece->name) == piece)
        g_strv_builder_add (names, piece->name);
    }
  return g_strv_builder_end (names);
}

/* A string as it stands in the file. The file is JavaScript by its name, though its reader is not:
 * the two line ends that end a line in old JavaScript only are escaped for other readers. */
static char *
quote (const char *text, gboolean ascii)
{
  g_autoptr(GString) out = g_string_new ("\"");

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '"' || c == '\\')
        g_string_append_printf (out, "\\%c", (char) c);
      else if (c == '\n')
        g_string_append (out, "\\n");
      else if (c == '\r')
        g_string_append (out, "\\r");
      else if (c < 0x20 || c == 0x7f)
        g_string_append_printf (out, "\\x%02x", c);
      else if (c >= 0x10000 && ascii)
        g_string_append_printf (out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                                0xdc00 + ((c - 0x10000) & 0x3ff));
      else if (c == 0x2028 || c == 0x2029 || (c > 0x7f && ascii))
        g_string_append_printf (out, "\\u%04x", c);
      else
        g_string_append_unichar (out, c);
    }
  g_string_append_c (out, '"');
  return g_string_free_and_steal (g_steal_pointer (&out));
}

static void
append_line (MwPrefsJs *self, Piece *piece)
{
  Scanner line_end = { "\n", 1, 0, FALSE };
  Piece *last = self->pieces->len == 0 ? NULL : self->pieces->pdata[self->pieces->len - 1];

  if (last != NULL && (last->kind != KIND_NONE || last->before[last->before_length - 1] != '\n'))
    add_rest (self, &line_end, 0, 1);
  take_statement (self, piece);
  add_rest (self, &line_end, 0, 1);
}

/* Sets the piece that counts, or adds one; takes @value */
static void
set (MwPrefsJs *self, const char *name, Kind kind, int number, const char *text, char *value)
{
  Piece *piece = g_hash_table_lookup (self->last, name);

  if (piece == NULL)
    {
      g_autofree char *quoted = quote (name, self->latin1);

      piece = g_new0 (Piece, 1);
      piece->before = g_strdup_printf ("user_pref(%s, ", quoted);
      piece->before_length = strlen (piece->before);
      piece->after = g_strdup (");");
      piece->name = g_strdup (name);
      append_line (self, piece);
    }
  piece->kind = kind;
  piece->number = number;
  g_set_str (&piece->text, text);
  g_free (piece->value);
  piece->value = value;
}

/**
 * mw_prefs_js_set_string:
 * @self: a preference file
 * @name: name of a preference
 * @value: its new value, UTF-8
 *
 * Sets a preference: in its own line if it has one, else in a new line at the end. A value that
 * is already there stays written as it is.
 */
void
mw_prefs_js_set_string (MwPrefsJs *self, const char *name, const char *value)
{
  g_return_if_fail (g_utf8_validate (value, -1, NULL));

  if (g_strcmp0 (mw_prefs_js_get_string (self, name), value) != 0)
    set (self, name, KIND_STRING, 0, value, quote (value, self->latin1));
}

/**
 * mw_prefs_js_set_int:
 * @self: a preference file
 * @name: name of a preference
 * @value: its new value
 *
 * Sets a preference to a number, like mw_prefs_js_set_string().
 */
void
mw_prefs_js_set_int (MwPrefsJs *self, const char *name, int value)
{
  Piece *piece = find (self, name, KIND_INT);

  if (piece == NULL || piece->number != value)
    set (self, name, KIND_INT, value, NULL, g_strdup_printf ("%d", value));
}

/**
 * mw_prefs_js_set_boolean:
 * @self: a preference file
 * @name: name of a preference
 * @value: its new value
 *
 * Sets a preference to true or false, like mw_prefs_js_set_string().
 */
void
mw_prefs_js_set_boolean (MwPrefsJs *self, const char *name, gboolean value)
{
  Piece *piece = find (self, name, KIND_BOOLEAN);

  if (piece == NULL || (piece->number != 0) != (value != FALSE))
    set (self, name, KIND_BOOLEAN, value != FALSE, NULL, g_strdup (value ? "true" : "false"));
}

/* The line end behind a statement goes with it when the statement was alone in its line */
static void
cut_line_end (MwPrefsJs *self, guint index)
{
  Piece *before = index > 0 ? self->pieces->pdata[index - 1] : NULL;
  Piece *rest = index + 1 < self->pieces->len ? self->pieces->pdata[index + 1] : NULL;
  gsize cut = 0;

  if (before != NULL &&
      (before->kind != KIND_NONE || before->before[before->before_length - 1] != '\n'))
    return;
  if (rest == NULL || rest->kind != KIND_NONE)
    return;
  while (cut < rest->before_length && strchr (" \t\r", rest->before[cut]) != NULL)
    cut++;
  if (cut == rest->before_length || rest->before[cut] != '\n')
    return;
  cut++;
  if (cut == rest->before_length)
    {
      g_ptr_array_remove_index (self->pieces, index + 1);
      return;
    }
  rest->before_length -= cut;
  memmove (rest->before, rest->before + cut, rest->before_length);
}

/**
 * mw_prefs_js_unset:
 * @self: a preference file
 * @name: name of a preference
 *
 * Takes out every statement that sets the preference.
 */
void
mw_prefs_js_unset (MwPrefsJs *self, const char *name)
{
  g_autofree char *wanted = g_strdup (name); /* @name may belong to what is taken out */

  g_hash_table_remove (self->last, wanted);
  for (guint i = self->pieces->len; i-- > 0;)
    {
      Piece *piece = self->pieces->pdata[i];

      if (piece->kind == KIND_NONE || !g_str_equal (piece->name, wanted))
        continue;
      cut_line_end (self, i);
      g_ptr_array_remove_index (self->pieces, i);
    }
}
