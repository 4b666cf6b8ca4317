/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-msmtp-file"

#include "config.h"

#include "export/mw-msmtp-file.h"

#include "export/mw-export-plan.h"

#include <string.h>

#define BEGIN_PREFIX "# >>> mailwright "
#define BEGIN_SUFFIX " >>>"
#define END_PREFIX "# <<< mailwright "
#define END_SUFFIX " <<<"

/* A run of lines: one of our blocks, or what stands between two of them */
typedef struct
{
  char *id;            /* of the account, or %NULL for what is not ours */
  char *name;          /* of msmtp's account, in one of our blocks */
  gboolean is_default; /* the block also makes its account the default one */
  gboolean is_new;     /* set in this run: @text is made anew at the end */
  char *title;
  GStrv lines;
  GString *text;
} Segment;

struct _MwMsmtpFile
{
  const char *line_end;
  GPtrArray *segments; /* (element-type Segment) */

  /* Of what is not ours */
  gboolean is_old_style; /* its first command belongs to an account without a name */
  gboolean has_default;
  GHashTable *accounts; /* (element-type utf8): a set */
  GHashTable *froms;    /* (element-type utf8): a set, lower case */
};

static Segment *
segment_new (const char *id)
{
  Segment *segment = g_new0 (Segment, 1);

  segment->id = g_strdup (id);
  segment->text = g_string_new (NULL);
  return segment;
}

static void
segment_free (gpointer data)
{
  Segment *segment = data;

  g_free (segment->id);
  g_free (segment->name);
  g_free (segment->title);
  g_strfreev (segment->lines);
  g_string_free (segment->text, TRUE);
  g_free (segment);
}

/* A line as msmtp reads it: the first word, and the rest without outer blanks and one pair of
 * quotes. There are no escapes. %FALSE for a comment or an empty line. */
static gboolean
parse_line (const char *line, char **command, char **argument)
{
  g_autofree char *text = g_strstrip (g_strdup (line));
  char *rest;

  if (*text == '\0' || *text == '#')
    return FALSE;
  rest = text + strcspn (text, " \t");
  *command = g_strndup (text, rest - text);
  g_strchug (rest);
  if (strlen (rest) >= 2 && rest[0] == '"' && g_str_has_suffix (rest, "\""))
    *argument = g_strndup (rest + 1, strlen (rest) - 2);
  else
    *argument = g_strdup (rest);
  return TRUE;
}

/* "NAME" or "NAME : BASE,BASE" */
static char *
account_name (const char *argument)
{
  g_autofree char *name = g_strndup (argument, strcspn (argument, ":"));

  g_strstrip (name);
  if (strlen (name) >= 2 && name[0] == '"' && g_str_has_suffix (name, "\""))
    return g_strndup (name + 1, strlen (name) - 2);
  return g_steal_pointer (&name);
}

static void
take_foreign_line (MwMsmtpFile *self, const char *line, gboolean *first)
{
  g_autofree char *command = NULL;
  g_autofree char *argument = NULL;

  if (!parse_line (line, &command, &argument))
    return;
  if (*first)
    {
      *first = FALSE;
      self->is_old_style = !g_str_equal (command, "account") && !g_str_equal (command, "defaults");
      self->has_default |= self->is_old_style;
    }
  if (g_str_equal (command, "account"))
    {
      char *name = account_name (argument);

      self->has_default |= g_str_equal (name, "default");
      g_hash_table_add (self->accounts, name);
    }
  else if (g_str_equal (command, "from"))
    g_hash_table_add (self->froms, g_ascii_strdown (argument, -1));
}

static void
take_own_line (Segment *segment, const char *line)
{
  g_autofree char *command = NULL;
  g_autofree char *argument = NULL;
  g_autofree char *name = NULL;

  if (!parse_line (line, &command, &argument) || !g_str_equal (command, "account"))
    return;
  name = account_name (argument);
  if (g_str_equal (name, "default"))
    segment->is_default = TRUE;
  else if (segment->name == NULL)
    segment->name = g_steal_pointer (&name);
}

/* The id between the two ends of a marker line: its last word */
static char *
marker_id (const char *line, const char *prefix, const char *suffix)
{
  g_autofree char *inner = NULL;
  const char *id;

  if (!g_str_has_prefix (line, prefix) || !g_str_has_suffix (line, suffix) ||
      strlen (line) <= strlen (prefix) + strlen (suffix))
    return NULL;
  inner = g_strndup (line + strlen (prefix), strlen (line) - strlen (prefix) - strlen (suffix));
  id = strrchr (inner, ' ');
  id = id != NULL ? id + 1 : inner;
  return g_uuid_string_is_valid (id) ? g_strdup (id) : NULL;
}

static gboolean
invalid (GError **error, guint line, const char *reason)
{
  g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID,
               "msmtp's configuration file, line %u: %s", line, reason);
  return FALSE;
}

static Segment *
last_foreign (MwMsmtpFile *self)
{
  Segment *last =
      self->segments->len > 0 ? g_ptr_array_index (self->segments, self->segments->len - 1) : NULL;

  if (last == NULL || last->id != NULL)
    {
      last = segment_new (NULL);
      g_ptr_array_add (self->segments, last);
    }
  return last;
}

static gboolean
split (MwMsmtpFile *self, const char *text, gsize length, GError **error)
{
  const char *end = text + length;
  Segment *open = NULL;
  gboolean first = TRUE;
  guint number = 0;
  guint open_number = 0;

  for (const char *at = text; at < end;)
    {
      const char *newline = memchr (at, '\n', end - at);
      const char *next = newline != NULL ? newline + 1 : end;
      g_autofree char *line = g_strndup (at, (newline != NULL ? newline : end) - at);
      g_autofree char *begin_id = NULL;
      g_autofree char *end_id = NULL;

      number++;
      if (number == 1 && newline > at && newline[-1] == '\r')
        self->line_end = "\r\n";
      if (g_str_has_suffix (line, "\r"))
        line[strlen (line) - 1] = '\0';
      begin_id = marker_id (line, BEGIN_PREFIX, BEGIN_SUFFIX);
      end_id = marker_id (line, END_PREFIX, END_SUFFIX);

      if (begin_id != NULL)
        {
          if (open != NULL)
            return invalid (error, open_number, "this mark of Mailwright has no end");
          open = segment_new (begin_id);
          open_number = number;
          g_ptr_array_add (self->segments, open);
        }
      else if (end_id != NULL && (open == NULL || !g_str_equal (open->id, end_id)))
        return invalid (error, number, "this mark of Mailwright has no beginning");

      if (open != NULL)
        {
          g_string_append_len (open->text, at, next - at);
          take_own_line (open, line);
          if (end_id != NULL)
            open = NULL;
        }
      else
        {
          g_string_append_len (last_foreign (self)->text, at, next - at);
          take_foreign_line (self, line, &first);
        }
      at = next;
    }
  if (open != NULL)
    return invalid (error, open_number, "this mark of Mailwright has no end");
  return TRUE;
}

/**
 * mw_msmtp_file_parse:
 * @bytes: (nullable): the file; %NULL: there is none
 * @error: return location for a #GError
 *
 * Takes a file apart. Values are not judged: what msmtp cannot read, it could not read before.
 *
 * Returns: (transfer full) (nullable): the file; %NULL with %MW_EXPORT_ERROR_TARGET_INVALID when it
 *   cannot be taken apart safely
 */
MwMsmtpFile *
mw_msmtp_file_parse (GBytes *bytes, GError **error)
{
  g_autoptr(MwMsmtpFile) self = g_new0 (MwMsmtpFile, 1);
  gsize length = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  self->line_end = "\n";
  self->segments = g_ptr_array_new_with_free_func (segment_free);
  self->accounts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->froms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (length == 0)
    return g_steal_pointer (&self);
  if (memchr (text, '\0', length) != NULL)
    {
      invalid (error, 1, "the file holds NUL bytes, so it is no text");
      return NULL;
    }
  /* It has to stay the first thing in the file, and our blocks do as well */
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    {
      invalid (error, 1, "the file begins with a byte order mark, which msmtp cannot read");
      return NULL;
    }
  return split (self, text, length, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * mw_msmtp_file_free:
 * @self: (transfer full): a file
 */
void
mw_msmtp_file_free (MwMsmtpFile *self)
{
  g_clear_pointer (&self->segments, g_ptr_array_unref);
  g_clear_pointer (&self->accounts, g_hash_table_unref);
  g_clear_pointer (&self->froms, g_hash_table_unref);
  g_free (self);
}

/**
 * mw_msmtp_file_has_account:
 * @self: a file
 * @name: name of an account of msmtp
 * @except_id: id of an account of ours, whose own block does not count
 *
 * Returns: whether the name is taken: defining it twice makes the file unusable
 */
gboolean
mw_msmtp_file_has_account (MwMsmtpFile *self, const char *name, const char *except_id)
{
  if (g_str_equal (name, "default") || g_hash_table_contains (self->accounts, name))
    return TRUE;
  for (guint i = 0; i < self->segments->len; i++)
    {
      Segment *segment = g_ptr_array_index (self->segments, i);

      if (segment->id != NULL && g_strcmp0 (segment->name, name) == 0 &&
          !g_str_equal (segment->id, except_id))
        return TRUE;
    }
  return FALSE;
}

/**
 * mw_msmtp_file_has_from:
 * @self: a file
 * @address: a mail address
 *
 * Returns: whether an account that is not ours sends for it
 */
gboolean
mw_msmtp_file_has_from (MwMsmtpFile *self, const char *address)
{
  g_autofree char *lower = g_ascii_strdown (address, -1);

  return g_hash_table_contains (self->froms, lower);
}

/* Settings above a block are inherited by it. So it has to be above all that is not ours, but
 * comments do no harm. */
static gboolean
is_leading (MwMsmtpFile *self, guint index)
{
  for (guint i = 0; i < index; i++)
    {
      Segment *segment = g_ptr_array_index (self->segments, i);
      g_auto (GStrv) lines = NULL;

      if (segment->id != NULL)
        continue;
      lines = g_strsplit (segment->text->str, "\n", -1);
      for (guint j = 0; lines[j] != NULL; j++)
        {
          g_strstrip (lines[j]);
          if (*lines[j] != '\0' && *lines[j] != '#')
            return FALSE;
        }
    }
  return TRUE;
}

/* After the blocks at the top that were set in this run: the order of setting is kept */
static guint
top_position (MwMsmtpFile *self)
{
  guint i = 0;

  while (i < self->segments->len)
    {
      Segment *segment = g_ptr_array_index (self->segments, i);

      if (!segment->is_new)
        break;
      i++;
    }
  return i;
}

/**
 * mw_msmtp_file_set_block:
 * @self: a file
 * @id: id of an account of ours
 * @title: for people: the mail address
 * @name: name of msmtp's account
 * @lines: the block's lines after `account NAME`
 *
 * Replaces the account's block where it is, or puts a new one above everything else: there it
 * inherits nothing, and nothing that exists changes its meaning.
 */
void
mw_msmtp_file_set_block (MwMsmtpFile *self,
                         const char *id,
                         const char *title,
                         const char *name,
                         const char *const *lines)
{
  Segment *segment = NULL;
  gboolean was_default = FALSE;

  for (guint i = self->segments->len; i > 0; i--)
    {
      Segment *old = g_ptr_array_index (self->segments, i - 1);

      if (g_strcmp0 (old->id, id) != 0)
        continue;
      was_default |= old->is_default;
      /* Copies, and what somebody moved below other settings, go */
      if (segment != NULL)
        g_ptr_array_remove (self->segments, segment);
      segment = is_leading (self, i - 1) ? old : NULL;
      if (segment == NULL)
        g_ptr_array_remove_index (self->segments, i - 1);
    }

  if (segment == NULL)
    {
      segment = segment_new (id);
      g_ptr_array_insert (self->segments, top_position (self), segment);
      segment->is_new = TRUE;
    }
  g_set_str (&segment->title, title);
  g_set_str (&segment->name, name);
  g_strfreev (segment->lines);
  segment->lines = g_strdupv ((GStrv) lines);
  segment->is_default = was_default;
}

static void append_line (MwMsmtpFile *self, GString *text, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
append_line (MwMsmtpFile *self, GString *text, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (text, format, args);
  va_end (args);
  g_string_append (text, self->line_end);
}

static void
write_block (MwMsmtpFile *self, Segment *segment)
{
  GString *text = segment->text;

  g_string_truncate (text, 0);
  append_line (self, text, BEGIN_PREFIX "%s %s" BEGIN_SUFFIX, segment->title, segment->id);
  append_line (self, text, "account \"%s\"", segment->name);
  for (guint i = 0; segment->lines[i] != NULL; i++)
    append_line (self, text, "%s", segment->lines[i]);
  if (segment->is_default)
    append_line (self, text, "account default : \"%s\"", segment->name);
  append_line (self, text, END_PREFIX "%s" END_SUFFIX, segment->id);
  if (segment->is_new)
    append_line (self, text, "%s", "");
}

/* Exactly one default account: theirs when they have one, else the one that had it, else our first
 */
static void
choose_default (MwMsmtpFile *self)
{
  gboolean found = self->has_default;
  Segment *first = NULL;

  for (guint i = 0; i < self->segments->len; i++)
    {
      Segment *segment = g_ptr_array_index (self->segments, i);

      if (segment->id != NULL && segment->lines == NULL && segment->is_default)
        found = TRUE; /* in a block that is not touched in this run */
    }
  for (guint i = 0; i < self->segments->len; i++)
    {
      Segment *segment = g_ptr_array_index (self->segments, i);

      if (segment->lines == NULL)
        continue;
      if (first == NULL)
        first = segment;
      segment->is_default = segment->is_default && !found;
      found |= segment->is_default;
    }
  if (!found && first != NULL)
    first->is_default = TRUE;
}

/**
 * mw_msmtp_file_to_bytes:
 * @self: a file
 *
 * Returns: (transfer full): the whole file with the blocks that were set
 */
GBytes *
mw_msmtp_file_to_bytes (MwMsmtpFile *self)
{
  GString *text = g_string_new (NULL);
  gboolean opened = FALSE;

  choose_default (self);
  for (guint i = 0; i < self->segments->len; i++)
    {
      Segment *segment = g_ptr_array_index (self->segments, i);

      if (segment->lines != NULL)
        write_block (self, segment);
      /* Settings of an account without a name would land in our last one */
      if (segment->id == NULL && self->is_old_style && !opened && i > 0 &&
          !is_leading (self, i + 1))
        {
          append_line (self, text, "# The settings below are those of the default account");
          append_line (self, text, "account default");
          opened = TRUE;
        }
      g_string_append_len (text, segment->text->str, segment->text->len);
    }
  return g_string_free_to_bytes (text);
}
