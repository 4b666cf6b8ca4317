/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "export/mw-diff.h"

#include <string.h>

static char *
draw (GPtrArray *diff)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < diff->len; i++)
    {
      const MwDiffLine *line = g_ptr_array_index (diff, i);

      if (line->kind == MW_DIFF_GAP)
        g_string_append_printf (text, "%s%u", mw_diff_kind_to_mark (line->kind), line->n_lines);
      else
        g_string_append_printf (text, "%s%s", mw_diff_kind_to_mark (line->kind), line->text);
      g_string_append (text, line->unended ? "|" : "/");
    }
  return g_string_free (text, FALSE);
}

/* What the difference says of the old text, or of the new one */
static char *
follow (GPtrArray *diff, MwDiffKind left_out)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < diff->len; i++)
    {
      const MwDiffLine *line = g_ptr_array_index (diff, i);

      g_assert_cmpint (line->kind, !=, MW_DIFF_GAP);
      if (line->kind != left_out)
        g_string_append_printf (text, "%s%s", line->text, line->unended ? "" : "\n");
    }
  return g_string_free (text, FALSE);
}

static const struct
{
  const char *name;
  const char *before;
  const char *after;
  guint n_context;
  const char *expected;
} cases[] = {
  { "new-file-is-all-added", NULL, "a\nb\n", 3, "+a/+b/" },
  { "emptied-file-is-all-removed", "a\nb\n", "", 3, "−a/−b/" },
  { "nothing-and-nothing", NULL, "", 3, "" },
  { "equal-texts-are-one-gap", "a\nb\nc\n", "a\nb\nc\n", 3, "…3/" },
  { "one-line-of-many", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n", 2,
    "…2/ 3/ 4/−5/+x/ 6/ 7/…2/" },
  { "two-changes-far-apart", "1\n2\n3\n4\n5\n6\n7\n", "x\n2\n3\n4\n5\n6\ny\n", 1,
    "−1/+x/ 2/…3/ 6/−7/+y/" },
  { "changes-whose-surroundings-touch", "1\n2\n3\n4\n", "x\n2\n3\ny\n", 1, "−1/+x/ 2/ 3/−4/+y/" },
  { "what-goes-comes-before-what-is-new", "a\nb\n", "c\nd\n", 3, "−a/−b/+c/+d/" },
  { "line-put-between", "a\nc\n", "a\nb\nc\n", 0, "…1/+b/…1/" },
  { "line-taken-out", "a\nb\nc\n", "a\nc\n", 0, "…1/−b/…1/" },
  { "appended", "a\n", "a\nb\n", 3, " a/+b/" },
  { "lost-line-end-is-a-change", "a\nb\n", "a\nb", 3, " a/−b/+b|" },
  { "gained-line-end-is-a-change", "a", "a\nb\n", 3, "−a|+a/+b/" },
  { "no-context", "1\n2\n3\n", "1\nx\n3\n", 0, "…1/−2/+x/…1/" },
  { "moved-line-stays-the-shortest-way", "a\nb\nc\nd\n", "b\nc\nd\na\n", 3, "−a/ b/ c/ d/+a/" },
  { "passwords-of-other-accounts-are-not-shown", "  password \"secret\"\nb\n",
    "PASSWORD=other\nc\n", 3, "−  password ••••••/−b/+PASSWORD ••••••/+c/" },
  { "words-that-only-begin-like-it-are", NULL, "passwordeval pass\npassword\npassword \n", 3,
    "+passwordeval pass/+password/+password /" },
  { "control-characters-are-seen", NULL, "a\033[31mb\n\n", 3, "+a<U+001B>[31mb/+/" },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GPtrArray) diff =
                mw_diff_new_text (cases[i].before, cases[i].after, cases[i].n_context);
  g_autofree char *drawn = draw (diff);

  g_assert_cmpstr (drawn, ==, cases[i].expected);
}

static void
test_bytes_that_are_no_text (void)
{
  static const char before[] = { 'a', '\0', 'b', '\n', 'c', '\n' };
  static const char after[] = { 'a', '\0', 'd', '\n', 'c', '\n' };
  g_autoptr (GBytes) old = g_bytes_new_static (before, sizeof before);
  g_autoptr (GBytes) fresh = g_bytes_new_static (after, sizeof after);
  g_autoptr (GPtrArray) diff = mw_diff_new (old, fresh, 3);
  g_autofree char *drawn = draw (diff);

  g_assert_cmpstr (drawn, ==, "−a\\x00b/+a\\x00d/ c/");
}

/* Whatever the texts are, the lines that stay and go are the old text, those that stay and come the
 * new one; and no fewer lines stay than the longest common subsequence has */
static void
test_random_texts_can_be_rebuilt (void)
{
  for (int round = 0; round < 400; round++)
    {
      g_autoptr (GString) before = g_string_new (NULL);
      g_autoptr (GString) after = g_string_new (NULL);
      int n_old = g_test_rand_int_range (0, 14), n_fresh = g_test_rand_int_range (0, 14);
      char old[14], fresh[14];
      int longest[15][15] = { { 0 } };
      int n_stay = 0;
      g_autoptr (GPtrArray) diff = NULL;
      g_autofree char *rebuilt_before = NULL;
      g_autofree char *rebuilt_after = NULL;

      for (int i = 0; i < n_old; i++)
        {
          old[i] = (char) g_test_rand_int_range ('a', 'e');
          g_string_append_printf (before, "%c\n", old[i]);
        }
      for (int i = 0; i < n_fresh; i++)
        {
          fresh[i] = (char) g_test_rand_int_range ('a', 'e');
          g_string_append_printf (after, "%c\n", fresh[i]);
        }
      for (int i = 1; i <= n_old; i++)
        for (int k = 1; k <= n_fresh; k++)
          longest[i][k] = old[i - 1] == fresh[k - 1] ? longest[i - 1][k - 1] + 1
                                                     : MAX (longest[i - 1][k], longest[i][k - 1]);

      diff = mw_diff_new_text (before->str, after->str, G_MAXUINT);
      if (n_old == n_fresh && longest[n_old][n_fresh] == n_old)
        {
          g_assert_cmpuint (diff->len, ==, n_old > 0 ? 1 : 0);
          continue;
        }
      rebuilt_before = follow (diff, MW_DIFF_ADDED);
      rebuilt_after = follow (diff, MW_DIFF_REMOVED);
      g_assert_cmpstr (rebuilt_before, ==, before->str);
      g_assert_cmpstr (rebuilt_after, ==, after->str);
      for (guint i = 0; i < diff->len; i++)
        n_stay += ((MwDiffLine *) g_ptr_array_index (diff, i))->kind == MW_DIFF_CONTEXT;
      g_assert_cmpint (n_stay, ==, longest[n_old][n_fresh]);
    }
}

/* More changes than are searched for: still right, only not the shortest */
static void
test_texts_with_little_in_common (void)
{
  g_autoptr (GString) before = g_string_new ("same start\n");
  g_autoptr (GString) after = g_string_new ("same start\n");
  g_autoptr (GPtrArray) diff = NULL;
  g_autofree char *rebuilt_before = NULL;
  g_autofree char *rebuilt_after = NULL;

  for (int i = 0; i < 3000; i++)
    {
      g_string_append_printf (before, "old %d\n", i);
      g_string_append_printf (after, "new %d\n", i);
    }
  diff = mw_diff_new_text (before->str, after->str, 3);
  rebuilt_before = follow (diff, MW_DIFF_ADDED);
  rebuilt_after = follow (diff, MW_DIFF_REMOVED);
  g_assert_cmpstr (rebuilt_before, ==, before->str);
  g_assert_cmpstr (rebuilt_after, ==, after->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/diff/", cases[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/diff/bytes-that-are-no-text", test_bytes_that_are_no_text);
  g_test_add_func ("/diff/random-texts-can-be-rebuilt", test_random_texts_can_be_rebuilt);
  g_test_add_func ("/diff/texts-with-little-in-common", test_texts_with_little_in_common);

  return g_test_run ();
}
