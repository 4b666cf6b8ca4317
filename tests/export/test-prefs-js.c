/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "export/mw-ini-lines.h"
#include "export/mw-prefs-js.h"

#include <string.h>

static MwPrefsJs *
read_text (const char *text, GError **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  return mw_prefs_js_new (bytes, error);
}

static char *
to_text (MwPrefsJs *prefs)
{
  g_autoptr(GBytes) bytes = mw_prefs_js_to_bytes (prefs);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return g_strndup (data, length);
}

static void
test_values_are_read_in_every_spelling (void)
{
  static const struct
  {
    const char *text;
    const char *value;
  } strings[] = {
    { "user_pref(\"a\", \"x\");", "x" },
    { "user_pref('a','x');", "x" },
    { "\xef\xbb\xbf;user_pref(\"a\", \"x\");", "x" },
    { "  user_pref  (\t\"a\"\n,\r\n\"x\" )  ;", "x" },
    { "user_pref/* one */(// two\n\"a\"# three\n,\"x\");", "x" },
    { "user_pref(\"\\u0061\", \"\\x78\");", "x" },
    { "user_pref(\"a\", \"\\\"\\'\\\\\\n\\r\");", "\"'\\\n\r" },
    { "user_pref(\"a\", \"J\\u00f6\\xf6\xc3\xb6\");", "J\xc3\xb6\xc3\xb6\xc3\xb6" },
    { "user_pref(\"a\", \"\\ud83d\\ude00\");", "\xf0\x9f\x98\x80" },
    { "user_pref(\"a\", \"it's // no /* comment; */ #\");", "it's // no /* comment; */ #" },
    { "user_pref(\"a\", \"first\");user_pref(\"a\", \"x\");", "x" },
    { "user_pref(\"a\", \"two\nlines\");", "two\nlines" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(MwPrefsJs) prefs = read_text (strings[i].text, &error);
      g_autofree char *again = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (mw_prefs_js_get_string (prefs, "a"), ==, strings[i].value);
      again = to_text (prefs);
      g_assert_cmpstr (again, ==, strings[i].text);
    }
}

static void
test_numbers_and_booleans_are_told_apart (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwPrefsJs) prefs = read_text ("user_pref(\"i\", -2147483648);\n"
                                          "user_pref(\"j\", + 2147483647);\n"
                                          "user_pref(\"b\", true);\n"
                                          "user_pref(\"s\", \"1\");\n",
                                          &error);

  g_assert_no_error (error);
  g_assert_cmpint (mw_prefs_js_get_int (prefs, "i", 7), ==, G_MININT32);
  g_assert_cmpint (mw_prefs_js_get_int (prefs, "j", 7), ==, G_MAXINT32);
  g_assert_cmpint (mw_prefs_js_get_int (prefs, "b", 7), ==, 7);
  g_assert_cmpint (mw_prefs_js_get_int (prefs, "s", 7), ==, 7);
  g_assert_true (mw_prefs_js_get_boolean (prefs, "b", FALSE));
  g_assert_true (mw_prefs_js_get_boolean (prefs, "none", TRUE));
  g_assert_null (mw_prefs_js_get_string (prefs, "i"));
}

/* Statements that make no sense are passed over, kept, and hide nothing behind them */
static void
test_nonsense_is_kept_and_passed_over (void)
{
  static const char *const nonsense[] = {
    "pref(\"a\", \"default\");",
    "user_pref(\"a\");",
    "user_pref(\"a\", 1, 2);",
    "user_pref(\"a\", 2147483648);",
    "user_pref(\"a\", -2147483649);",
    "user_pref(\"a\", 99999999999999999999);",
    "user_pref(\"a\", 0x10);",
    "user_pref(\"a\", 1.5);",
    "user_pref(\"a\", truely);",
    "user_pref(\"a\", \"\\q\");",
    "user_pref(\"a\", \"\\x0\");",
    "user_pref(\"a\", \"\\x00\");",
    "user_pref(\"a\", \"\\u0000\");",
    "user_pref(\"a\", \"\\ud800\");",
    "user_pref(\"a\", \"\\udc00\\ud800\");",
    "user_pref(\"a\", \"\\ud800\\u0041\");",
    "user_prefs(\"a\", \"x\");",
    "USER_PREF(\"a\", \"x\");",
    "var x = {\"a\": 'y;z'};",
    "((((\"a;\"))));",
    ";;;;",
  };

  for (guint i = 0; i < G_N_ELEMENTS (nonsense); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *text = g_strconcat (nonsense[i], "\nuser_pref(\"b\", 5);\n", NULL);
      g_autoptr(MwPrefsJs) prefs = read_text (text, &error);
      g_autofree char *again = NULL;

      g_assert_no_error (error);
      g_assert_false (mw_prefs_js_has (prefs, "a"));
      g_assert_cmpint (mw_prefs_js_get_int (prefs, "b", 0), ==, 5);
      again = to_text (prefs);
      g_assert_cmpstr (again, ==, text);
    }
}

/* Where something has no end, what is added behind it would be lost */
static void
test_what_has_no_end_is_refused (void)
{
  static const char *const damaged[] = {
    "/* comment",
    "/*/",
    "user_pref(\"a\", \"x",
    "user_pref(\"a\", \"x\\",
    "user_pref(\"a\", \"x\\\");",
    "user_pref(\"a\", \"x\")",
    "user_pref(\"a\"",
    "user_pref",
    "user_pref(\"a\", 1);\nx",
    "user_pref(\"a\", 1);\n'",
    "user_pref(\"a\" /* , 1);",
  };

  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(MwPrefsJs) prefs = read_text (damaged[i], &error);

      g_assert_null (prefs);
      g_assert_error (error, MW_PREFS_JS_ERROR, MW_PREFS_JS_ERROR_DAMAGED);
    }
}

static void
test_every_cut_of_a_file_is_survived (void)
{
  static const char text[] = "// c\n/* d */ user_pref ( \"a\\u00e4\\n\" , 'x\\'' ) ;\n"
                             "user_pref(\"b\", -12);# e\nuser_pref(\"c\", false);\n";

  for (gsize length = 0; length < sizeof text; length++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new (text, length);
      g_autoptr(GError) error = NULL;
      g_autoptr(MwPrefsJs) prefs = mw_prefs_js_new (bytes, &error);
      g_autoptr(GBytes) again = NULL;

      if (prefs == NULL)
        {
          g_assert_error (error, MW_PREFS_JS_ERROR, MW_PREFS_JS_ERROR_DAMAGED);
          continue;
        }
      again = mw_prefs_js_to_bytes (prefs);
      g_assert_true (g_bytes_equal (bytes, again));
    }
}

static void
test_zero_bytes_and_huge_files_are_refused (void)
{
  g_autoptr(GBytes) zero = g_bytes_new_static ("user_pref(\"a\", 1);\0\n", 20);
  g_autofree char *data = g_malloc0 (17 * 1024 * 1024);
  g_autoptr(GBytes) huge = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_null (mw_prefs_js_new (zero, &error));
  g_assert_error (error, MW_PREFS_JS_ERROR, MW_PREFS_JS_ERROR_DAMAGED);
  g_clear_error (&error);
  memset (data, ' ', 17 * 1024 * 1024);
  huge = g_bytes_new_static (data, 17 * 1024 * 1024);
  g_assert_null (mw_prefs_js_new (huge, &error));
  g_assert_error (error, MW_PREFS_JS_ERROR, MW_PREFS_JS_ERROR_TOO_LARGE);
}

static void
test_a_change_stays_in_its_own_value (void)
{
  static const char before[] = "# Mozilla\r\n\r\n"
                               "  user_pref( 'x.string' ,\"old\" ) ; // why\r\n"
                               "user_pref(\"x.int\", 1);user_pref(\"x.bool\", true);\r\n"
                               "user_pref(\"y\", \"\\u0079\");\r\n"
                               "user_pref(\"x.int\", 2);";
  g_autoptr(GError) error = NULL;
  g_autoptr(MwPrefsJs) prefs = read_text (before, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  mw_prefs_js_set_string (prefs, "x.string", "new \"one\"");
  mw_prefs_js_set_int (prefs, "x.int", 3);
  mw_prefs_js_set_boolean (prefs, "x.bool", FALSE);
  mw_prefs_js_set_string (prefs, "y", "y"); /* the same in another spelling */
  mw_prefs_js_set_string (prefs, "z", "last");
  text = to_text (prefs);
  g_assert_cmpstr (text, ==,
                   "# Mozilla\r\n\r\n"
                   "  user_pref( 'x.string' ,\"new \\\"one\\\"\" ) ; // why\r\n"
                   "user_pref(\"x.int\", 1);user_pref(\"x.bool\", false);\r\n"
                   "user_pref(\"y\", \"\\u0079\");\r\n"
                   "user_pref(\"x.int\", 3);\n"
                   "user_pref(\"z\", \"last\");\n");
}

static void
test_a_value_may_change_its_kind (void)
{
  g_autoptr(MwPrefsJs) prefs = read_text ("user_pref(\"a\", \"1\");\n", NULL);
  g_autofree char *text = NULL;

  mw_prefs_js_set_int (prefs, "a", 1);
  g_assert_null (mw_prefs_js_get_string (prefs, "a"));
  g_assert_cmpint (mw_prefs_js_get_int (prefs, "a", 0), ==, 1);
  mw_prefs_js_set_boolean (prefs, "a", TRUE);
  text = to_text (prefs);
  g_assert_cmpstr (text, ==, "user_pref(\"a\", true);\n");
}

static void
test_taking_out_takes_the_line_and_nothing_else (void)
{
  g_autoptr(MwPrefsJs) prefs = read_text ("// top\n"
                                          "user_pref(\"a\", 1);\n"
                                          "user_pref(\"b\", 2);\n"
                                          "user_pref(\"a\", 3); // kept\n"
                                          "user_pref(\"c\", 4);user_pref(\"a\", 5);\n"
                                          "user_pref(\"a\", 6);",
                                          NULL);
  g_autofree char *text = NULL;

  mw_prefs_js_unset (prefs, "a");
  mw_prefs_js_unset (prefs, "not there");
  g_assert_false (mw_prefs_js_has (prefs, "a"));
  text = to_text (prefs);
  g_assert_cmpstr (text, ==,
                   "// top\n"
                   "user_pref(\"b\", 2);\n"
                   " // kept\n"
                   "user_pref(\"c\", 4);\n");
}

static void
test_branches_are_listed (void)
{
  g_autoptr(MwPrefsJs) prefs = read_text ("user_pref(\"m.2.x\", 1);user_pref(\"m.1.x\", 1);"
                                          "user_pref(\"n\", 1);user_pref(\"m.2.x\", 2);",
                                          NULL);
  g_auto (GStrv) names = mw_prefs_js_list (prefs, "m.");
  g_autofree char *joined = g_strjoinv (" ", names);

  g_assert_cmpstr (joined, ==, "m.1.x m.2.x");
  g_assert_true (mw_prefs_js_has_branch (prefs, "m.1."));
  g_assert_false (mw_prefs_js_has_branch (prefs, "m.3."));
  mw_prefs_js_unset (prefs, "m.1.x");
  g_assert_false (mw_prefs_js_has_branch (prefs, "m.1."));
}

/* A comment at the very end without a line end must not swallow what is added */
static void
test_what_is_added_stands_in_a_line_of_its_own (void)
{
  g_autoptr(MwPrefsJs) prefs = read_text ("// the end", NULL);
  g_autofree char *text = NULL;

  mw_prefs_js_set_int (prefs, "a", 1);
  text = to_text (prefs);
  g_assert_cmpstr (text, ==, "// the end\nuser_pref(\"a\", 1);\n");
}

static void
test_hostile_values_come_back_as_they_went (void)
{
  static const char *const values[] = {
    "",
    "\"",
    "\\",
    "\\\"",
    "'); user_pref(\"evil\", true); //",
    "\"); user_pref(\"evil\", true); //",
    "a\nb\rc\td\x01\x7f",
    "\xe2\x80\xa8\xe2\x80\xa9",
    "\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b",
    "`touch /tmp/x` $(id) ${IFS} %s %n",
    "]]> </script> &amp; {{x}}",
    "J\xc3\xb6 \xe5\xaf\x86\xe7\xa0\x81 \xf0\x9f\x98\x80",
    "/* */ // #",
  };
  static const char *const files[] = { "", "user_pref(\"latin\", \"J\xf6\");\n" };

  for (guint k = 0; k < G_N_ELEMENTS (files); k++)
    for (guint i = 0; i < G_N_ELEMENTS (values); i++)
      {
        g_autoptr(MwPrefsJs) prefs = read_text (files[k], NULL);
        g_autoptr(MwPrefsJs) again = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;

        mw_prefs_js_set_string (prefs, "value", values[i]);
        text = to_text (prefs);
        g_assert_null (strstr (text, "\xe2\x80\xa8"));
        again = read_text (text, &error);
        g_assert_no_error (error);
        g_assert_cmpstr (mw_prefs_js_get_string (again, "value"), ==, values[i]);
        g_assert_false (mw_prefs_js_has (again, "evil"));
        if (k == 1) /* what is added to a file in Latin-1 keeps it one */
          g_assert_cmpstr (mw_prefs_js_get_string (again, "latin"), ==, "J\xc3\xb6");
      }
}

/* ---- profiles.ini ---- */

static char *
change_ini (const char *before)
{
  g_autoptr(GBytes) bytes = g_bytes_new (before, strlen (before));
  g_autoptr(MwIniLines) ini = mw_ini_lines_new (bytes);
  g_autoptr(GBytes) after = NULL;
  gsize length;
  const char *data;

  mw_ini_lines_set (ini, "B", "key", "new");
  mw_ini_lines_set (ini, "B", "other", "added");
  after = mw_ini_lines_to_bytes (ini);
  data = g_bytes_get_data (after, &length);
  return g_strndup (data, length);
}

static void
test_ini_lines_are_changed_one_by_one (void)
{
  static const struct
  {
    const char *before;
    const char *after;
  } cases[] = {
    { "", "[B]\nkey=new\nother=added\n" },
    { "[A]\nkey=1", "[A]\nkey=1\n\n[B]\nkey=new\nother=added\n" },
    { "[B]\n; c\nkey=old\n\n[C]\nx=1\n", "[B]\n; c\nkey=new\nother=added\n\n[C]\nx=1\n" },
    { "\xef\xbb\xbf[A]\r\nkey=1\r\n[B]\r\nkey=new\r\nother=added\r\n",
      "\xef\xbb\xbf[A]\r\nkey=1\r\n[B]\r\nkey=new\r\nother=added\r\n" },
    { "nonsense\n=\n[\n[B\nkey=0\n[B]\n[A]\n",
      "nonsense\n=\n[\n[B\nkey=0\n[B]\nkey=new\nother=added\n[A]\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *after = change_ini (cases[i].before);

      g_assert_cmpstr (after, ==, cases[i].after);
    }
}

static void
test_ini_sections_are_listed_once (void)
{
  static const char text[] = "[Profile0]\na=1\n[General]\n[Profile1]\n[Profile0]\nb=2\n";
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr(MwIniLines) ini = mw_ini_lines_new (bytes);
  g_auto (GStrv) names = mw_ini_lines_list_sections (ini, "Profile");
  g_autofree char *joined = g_strjoinv (" ", names);

  g_assert_cmpstr (joined, ==, "Profile0 Profile1");
  g_assert_cmpstr (mw_ini_lines_get (ini, "Profile0", "b"), ==, "2");
  g_assert_null (mw_ini_lines_get (ini, "Profile1", "a"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/prefs-js/values-are-read-in-every-spelling",
                   test_values_are_read_in_every_spelling);
  g_test_add_func ("/prefs-js/numbers-and-booleans-are-told-apart",
                   test_numbers_and_booleans_are_told_apart);
  g_test_add_func ("/prefs-js/nonsense-is-kept-and-passed-over",
                   test_nonsense_is_kept_and_passed_over);
  g_test_add_func ("/prefs-js/what-has-no-end-is-refused", test_what_has_no_end_is_refused);
  g_test_add_func ("/prefs-js/every-cut-of-a-file-is-survived",
                   test_every_cut_of_a_file_is_survived);
  g_test_add_func ("/prefs-js/zero-bytes-and-huge-files-are-refused",
                   test_zero_bytes_and_huge_files_are_refused);
  g_test_add_func ("/prefs-js/a-change-stays-in-its-own-value",
                   test_a_change_stays_in_its_own_value);
  g_test_add_func ("/prefs-js/a-value-may-change-its-kind", test_a_value_may_change_its_kind);
  g_test_add_func ("/prefs-js/taking-out-takes-the-line-and-nothing-else",
                   test_taking_out_takes_the_line_and_nothing_else);
  g_test_add_func ("/prefs-js/branches-are-listed", test_branches_are_listed);
  g_test_add_func ("/prefs-js/what-is-added-stands-in-a-line-of-its-own",
                   test_what_is_added_stands_in_a_line_of_its_own);
  g_test_add_func ("/prefs-js/hostile-values-come-back-as-they-went",
                   test_hostile_values_come_back_as_they_went);
  g_test_add_func ("/ini-lines/lines-are-changed-one-by-one",
                   test_ini_lines_are_changed_one_by_one);
  g_test_add_func ("/ini-lines/sections-are-listed-once", test_ini_sections_are_listed_once);
  return g_test_run ();
}
