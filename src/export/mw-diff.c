/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-diff"

#include "config.h"

#include "export/mw-diff.h"

#include "model/mw-report.h"

#include <string.h>

/* The search takes memory that grows with the square of this. Texts that differ in more lines have
 * little in common, and are shown as one taking the place of the other. */
#define MAX_EDITS 1000

/* As much of a line as anybody reads */
#define MAX_LINE 4096

typedef struct
{
  const char *text;
  gsize length; /* with the line end */
} Line;

typedef struct
{
  Line *lines;
  int n;
} Lines;

static void
lines_clear (Lines *self)
{
  g_free (self->lines);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lines, lines_clear)

static void
lines_split (Lines *self, const char *text, gsize length)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));

  for (gsize at = 0; at < length;)
    {
      const char *end = memchr (text + at, '\n', length - at);
      Line line = { text + at, end != NULL ? (gsize) (end - text) + 1 - at : length - at };

      g_array_append_val (lines, line);
      at += line.length;
    }
  self->n = (int) lines->len;
  self->lines = (Line *) (void *) g_array_free (lines, FALSE);
}

static gboolean
line_equal (const Line *a, const Line *b)
{
  return a->length == b->length && memcmp (a->text, b->text, a->length) == 0;
}

static void
diff_line_free (gpointer data)
{
  MwDiffLine *line = data;

  g_free (line->text);
  g_free (line);
}

/* People keep passwords in such files, if not by our advice. What is around a change is shown, and
 * somebody may be looking over a shoulder. */
static char *
hide_password (char *text)
{
  static const char word[] = "password";
  gsize start = strspn (text, " \t");
  gsize end = start + strlen (word);
  char *hidden;

  if (g_ascii_strncasecmp (text + start, word, strlen (word)) != 0)
    return text;
  if (strspn (text + end, " \t=:") == 0 || text[end + strspn (text + end, " \t=:")] == '\0')
    return text;
  hidden = g_strdup_printf ("%.*s ••••••", (int) end, text);
  g_free (text);
  return hidden;
}

static void
add_line (GPtrArray *diff, MwDiffKind kind, const Line *line)
{
  MwDiffLine *added = g_new0 (MwDiffLine, 1);
  gboolean ended = line->text[line->length - 1] == '\n';

  added->kind = kind;
  added->n_lines = 1;
  added->unended = !ended;
  added->text = hide_password (mw_text_make_harmless (
      line->text, (gssize) (ended ? line->length - 1 : line->length), MAX_LINE));
  g_ptr_array_add (diff, added);
}

/* The shortest way from one text to the other, after Myers, "An O(ND) Difference Algorithm and Its
 * Variations" (1986): on each diagonal the farthest point that @n_edits edits can reach, kept for
 * every number of edits, and then walked back. Lines that stay on the way are marked in both. */
static gboolean
find_common (const Lines *old,
             const Lines *fresh,
             int first,
             int tail,
             gboolean *stays_old,
             gboolean *stays_fresh)
{
  int n_old = old->n - first - tail;
  int n_fresh = fresh->n - first - tail;
  int most = MIN (n_old + n_fresh, MAX_EDITS);
  g_autoptr (GPtrArray) history = g_ptr_array_new_with_free_func (g_free);
  g_autofree int *reach = g_new0 (int, 2 * (gsize) most + 3);
  int *at = reach + most + 1; /* indexed by the diagonal, x - y */
  int n_edits;
  int x = 0, y = 0;

  for (n_edits = 0; n_edits <= most; n_edits++)
    {
      for (int diagonal = -n_edits; diagonal <= n_edits; diagonal += 2)
        {
          gboolean down =
              diagonal == -n_edits || (diagonal != n_edits && at[diagonal - 1] < at[diagonal + 1]);

          x = down ? at[diagonal + 1] : at[diagonal - 1] + 1;
          y = x - diagonal;
          while (x < n_old && y < n_fresh &&
                 line_equal (&old->lines[first + x], &fresh->lines[first + y]))
            {
              x++;
              y++;
            }
          at[diagonal] = x;
          if (x >= n_old && y >= n_fresh)
            goto found;
        }
      /* Of @n_edits edits only the diagonals from -n_edits to n_edits are ever looked at again */
      g_ptr_array_add (history, g_memdup2 (at - n_edits, (2 * (gsize) n_edits + 1) * sizeof (int)));
    }
  return FALSE;

found:
  x = n_old;
  y = n_fresh;
  while (n_edits > 0)
    {
      const int *earlier = (const int *) g_ptr_array_index (history, n_edits - 1) + (n_edits - 1);
      int diagonal = x - y;
      gboolean down = diagonal == -n_edits ||
                      (diagonal != n_edits && earlier[diagonal - 1] < earlier[diagonal + 1]);
      int from_diagonal = down ? diagonal + 1 : diagonal - 1;
      int from_x = earlier[from_diagonal];
      int from_y = from_x - from_diagonal;

      for (; x > from_x && y > from_y; x--, y--)
        stays_old[first + x - 1] = stays_fresh[first + y - 1] = TRUE;
      x = from_x;
      y = from_y;
      n_edits--;
    }
  for (; x > 0 && y > 0; x--, y--)
    stays_old[first + x - 1] = stays_fresh[first + y - 1] = TRUE;
  return TRUE;
}

/* All lines in their order: within a change what goes comes before what is new */
static GPtrArray *
list_all (const Lines *old,
          const Lines *fresh,
          const gboolean *stays_old,
          const gboolean *stays_fresh)
{
  GPtrArray *diff = g_ptr_array_new_with_free_func (diff_line_free);
  int x = 0, y = 0;

  while (x < old->n || y < fresh->n)
    {
      for (; x < old->n && !stays_old[x]; x++)
        add_line (diff, MW_DIFF_REMOVED, &old->lines[x]);
      for (; y < fresh->n && !stays_fresh[y]; y++)
        add_line (diff, MW_DIFF_ADDED, &fresh->lines[y]);
      for (; x < old->n && y < fresh->n && stays_old[x] && stays_fresh[y]; x++, y++)
        add_line (diff, MW_DIFF_CONTEXT, &old->lines[x]);
    }
  return diff;
}

/* Which lines are at most @n_context lines away from a change */
static void
mark_near_changes (GPtrArray *diff, guint n_context, gboolean *near)
{
  guint budget = 0;

  for (guint i = 0; i < diff->len; i++)
    {
      gboolean is_change = ((MwDiffLine *) g_ptr_array_index (diff, i))->kind != MW_DIFF_CONTEXT;

      near[i] = is_change || budget > 0;
      budget = is_change ? n_context : budget - (budget > 0);
    }
  budget = 0;
  for (guint i = diff->len; i > 0; i--)
    {
      gboolean is_change =
          ((MwDiffLine *) g_ptr_array_index (diff, i - 1))->kind != MW_DIFF_CONTEXT;

      near[i - 1] = near[i - 1] || budget > 0;
      budget = is_change ? n_context : budget - (budget > 0);
    }
}

static GPtrArray *
cut_unchanged (GPtrArray *all, guint n_context)
{
  GPtrArray *diff = g_ptr_array_new_with_free_func (diff_line_free);
  g_autofree gboolean *kept = g_new0 (gboolean, (gsize) all->len + 1);

  mark_near_changes (all, n_context, kept);
  for (guint i = 0; i < all->len; i++)
    {
      MwDiffLine *last = diff->len > 0 ? g_ptr_array_index (diff, diff->len - 1) : NULL;

      if (kept[i])
        g_ptr_array_add (diff, g_steal_pointer (&g_ptr_array_index (all, i)));
      else if (last != NULL && last->kind == MW_DIFF_GAP)
        last->n_lines++;
      else
        {
          MwDiffLine *gap = g_new0 (MwDiffLine, 1);

          gap->kind = MW_DIFF_GAP;
          gap->text = g_strdup ("");
          gap->n_lines = 1;
          g_ptr_array_add (diff, gap);
        }
    }
  g_ptr_array_set_free_func (all, NULL);
  for (guint i = 0; i < all->len; i++)
    if (g_ptr_array_index (all, i) != NULL)
      diff_line_free (g_ptr_array_index (all, i));
  g_ptr_array_unref (all);
  return diff;
}

static GPtrArray *
compare (
    const char *before, gsize before_length, const char *after, gsize after_length, guint n_context)
{
  g_auto (Lines) old = { NULL, 0 };
  g_auto (Lines) fresh = { NULL, 0 };
  g_autofree gboolean *stays_old = NULL;
  g_autofree gboolean *stays_fresh = NULL;
  int first = 0, tail = 0;

  lines_split (&old, before, before_length);
  lines_split (&fresh, after, after_length);
  stays_old = g_new0 (gboolean, (gsize) old.n + 1);
  stays_fresh = g_new0 (gboolean, (gsize) fresh.n + 1);
  while (first < old.n && first < fresh.n && line_equal (&old.lines[first], &fresh.lines[first]))
    {
      stays_old[first] = stays_fresh[first] = TRUE;
      first++;
    }
  while (tail < old.n - first && tail < fresh.n - first &&
         line_equal (&old.lines[old.n - 1 - tail], &fresh.lines[fresh.n - 1 - tail]))
    {
      tail++;
      stays_old[old.n - tail] = stays_fresh[fresh.n - tail] = TRUE;
    }
  if (!find_common (&old, &fresh, first, tail, stays_old, stays_fresh))
    g_debug ("More than %d lines differ: the texts are shown whole", MAX_EDITS);
  return cut_unchanged (list_all (&old, &fresh, stays_old, stays_fresh), n_context);
}

/**
 * mw_diff_new:
 * @before: (nullable): the old bytes; %NULL: there is nothing yet
 * @after: the new bytes
 * @n_context: how many unchanged lines to list around each change; %G_MAXUINT: all of them
 *
 * Compares two texts line by line. Lines are the same when their bytes are, with the line end. What
 * a line like `password secret` says is not shown.
 *
 * Returns: (transfer full) (element-type MwDiffLine): what goes, comes and stays, in the order of
 *   the text; empty when both are empty
 */
GPtrArray *
mw_diff_new (GBytes *before, GBytes *after, guint n_context)
{
  gsize before_length = 0, after_length = 0;
  const char *old = before != NULL ? g_bytes_get_data (before, &before_length) : NULL;
  const char *fresh;

  g_return_val_if_fail (after != NULL, NULL);

  fresh = g_bytes_get_data (after, &after_length);
  return compare (old, before_length, fresh, after_length, n_context);
}

/**
 * mw_diff_new_text:
 * @before: (nullable): the old text
 * @after: the new text
 * @n_context: as for mw_diff_new()
 *
 * Returns: (transfer full) (element-type MwDiffLine): as mw_diff_new()
 */
GPtrArray *
mw_diff_new_text (const char *before, const char *after, guint n_context)
{
  g_return_val_if_fail (after != NULL, NULL);

  return compare (before, before != NULL ? strlen (before) : 0, after, strlen (after), n_context);
}

/**
 * mw_diff_kind_to_mark:
 * @kind: what becomes of a line
 *
 * Returns: (transfer none): the sign that stands before it; each is one character wide
 */
const char *
mw_diff_kind_to_mark (MwDiffKind kind)
{
  switch (kind)
    {
    case MW_DIFF_REMOVED:
      return "−";
    case MW_DIFF_ADDED:
      return "+";
    case MW_DIFF_GAP:
      return "…";
    case MW_DIFF_CONTEXT:
      return " ";
    default:
      g_return_val_if_reached (" ");
    }
}
