/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "discovery/mw-discovery-private.h"

#include <string.h>

/* settings: (transfer full), up to %NULL */
static MwDiscoveryResult *
make_result (MwSettings *first, ...)
{
  g_autoptr(MwAddress) address = mw_address_new ("jane@example.org", NULL);
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_settings_unref);
  va_list args;

  va_start (args, first);
  for (MwSettings *settings = first; settings != NULL; settings = va_arg (args, MwSettings *))
    g_ptr_array_add (all, settings);
  va_end (args);
  return mw_discovery_result_new (
      address, all, g_ptr_array_new_with_free_func ((GDestroyNotify) mw_discovery_note_free),
      g_ptr_array_new_with_free_func ((GDestroyNotify) mw_discovery_answer_free), TRUE);
}

static MwSettings *
make_settings (MwSource source, const char *urls)
{
  MwSettings *settings = mw_settings_new (source, "test");
  g_auto (GStrv) list = g_strsplit (urls, " ", -1);

  for (gsize i = 0; list[i] != NULL; i++)
    {
      g_autoptr(GError) error = NULL;

      g_ptr_array_add (settings->servers, mw_server_new_from_url (list[i], &error));
      g_assert_no_error (error);
    }
  return settings;
}

static char *
describe_conflicts (MwDiscoveryResult *result)
{
  g_autoptr(GString) text = g_string_new (NULL);
  GPtrArray *conflicts = mw_discovery_result_get_conflicts (result);

  for (guint i = 0; i < conflicts->len; i++)
    {
      MwDiscoveryConflict *conflict = conflicts->pdata[i];

      g_string_append_printf (text, "%s%s:", i > 0 ? "; " : "", conflict->field);
      for (guint j = 0; j < conflict->values->len; j++)
        {
          MwDiscoveryValue *value = conflict->values->pdata[j];
          g_autofree char *sources = g_strjoinv ("+", value->sources);

          g_string_append_printf (text, " %s (%s)", value->value, sources);
        }
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_conflicts (MwDiscoveryResult *result, const char *expected)
{
  g_autofree char *is = describe_conflicts (result);

  g_assert_cmpstr (is, ==, expected);
}

static void
test_same_values_are_no_conflict (void)
{
  g_autoptr(MwDiscoveryResult) result = make_result (
      make_settings (MW_SOURCE_AUTOCONFIG, "imaps://u@a.example smtps://u@b.example"),
      make_settings (MW_SOURCE_ISPDB, "imaps://u@a.example smtps://u@b.example"), NULL);

  assert_conflicts (result, "");
  g_assert_cmpint (mw_discovery_result_get_chosen (result), ==, 0);
}

static void
test_alternatives_are_no_conflict (void)
{
  g_autoptr(MwDiscoveryResult) result = make_result (
      make_settings (MW_SOURCE_PROVIDER,
                     "imaps://u@a.example smtps://u@b.example smtp://u@b.example"),
      make_settings (MW_SOURCE_ISPDB, "imaps://u@a.example smtp://u@b.example"), NULL);

  assert_conflicts (result, "");
}

static void
test_differences_are_told_by_field (void)
{
  g_autoptr(MwDiscoveryResult) result = make_result (
      make_settings (MW_SOURCE_AUTOCONFIG, "imaps://u@a.example smtps://u@b.example"),
      make_settings (MW_SOURCE_ISPDB, "imap://v@c.example smtps://u@b.example"),
      make_settings (MW_SOURCE_SRV, "imaps://x@c.example"),
      make_settings (MW_SOURCE_ISPDB, "imap://v@c.example"), NULL);

  assert_conflicts (result, "imap.host: a.example (autoconfig) c.example (ispdb+srv); "
                            "imap.port: 993 (autoconfig+srv) 143 (ispdb); "
                            "imap.security: tls (autoconfig+srv) starttls (ispdb); "
                            "imap.username: u (autoconfig) v (ispdb)");
}

static void
test_incomplete_answers_are_not_chosen (void)
{
  g_autoptr(MwDiscoveryResult) result = make_result (
      make_settings (MW_SOURCE_PACC, "imaps://u@a.example"),
      make_settings (MW_SOURCE_ISPDB, "pop3s://u@a.example smtps://u@b.example"), NULL);
  g_autoptr(MwDiscoveryResult) none =
                make_result (make_settings (MW_SOURCE_SRV, "smtps://u@a.example"), NULL);
  g_autoptr(MwDiscoveryResult) empty = make_result (NULL);

  g_assert_cmpint (mw_discovery_result_get_chosen (result), ==, 1);
  g_assert_nonnull (mw_discovery_result_get_chosen_settings (result));
  g_assert_cmpint (mw_discovery_result_get_chosen (none), ==, -1);
  g_assert_cmpint (mw_discovery_result_get_chosen (empty), ==, -1);
  g_assert_null (mw_discovery_result_get_chosen_settings (empty));
}

static void
test_encryption_goes_before_rank (void)
{
  g_autoptr(MwDiscoveryResult) result = make_result (
      make_settings (MW_SOURCE_AUTOCONFIG, "imap+insecure://u@a.example smtps://u@b.example"),
      make_settings (MW_SOURCE_GUESS, "imaps://u@a.example smtps://u@b.example"), NULL);
  g_autoptr(MwDiscoveryResult) only = make_result (
      make_settings (MW_SOURCE_AUTOCONFIG, "imap+insecure://u@a.example smtps://u@b.example"),
      NULL);

  g_assert_cmpint (mw_discovery_result_get_chosen (result), ==, 1);
  g_assert_cmpint (mw_discovery_result_get_chosen (only), ==, 0);
}

static void
test_every_note_has_a_sentence (void)
{
  const char *const *ids = mw_discovery_note_get_ids ();

  g_assert_nonnull (ids[0]);
  for (gsize i = 0; ids[i] != NULL; i++)
    {
      MwDiscoveryNote *note = mw_discovery_note_new (ids[i], "x");

      g_assert_cmpuint (strlen (mw_discovery_note_get_text (note)), >, 20);
      g_assert_true (g_str_has_suffix (mw_discovery_note_get_text (note), "."));
      for (gsize j = 0; j < i; j++)
        g_assert_cmpstr (ids[i], !=, ids[j]);
      mw_discovery_note_free (note);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/result/same-values-are-no-conflict", test_same_values_are_no_conflict);
  g_test_add_func ("/result/alternatives-are-no-conflict", test_alternatives_are_no_conflict);
  g_test_add_func ("/result/differences-are-told-by-field", test_differences_are_told_by_field);
  g_test_add_func ("/result/incomplete-answers-are-not-chosen",
                   test_incomplete_answers_are_not_chosen);
  g_test_add_func ("/result/encryption-goes-before-rank", test_encryption_goes_before_rank);
  g_test_add_func ("/result/every-note-has-a-sentence", test_every_note_has_a_sentence);

  return g_test_run ();
}
