/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "export-fixture.h"

#include "export/mw-export-json.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* The host */

static void
make_program (Fixture *fixture, const char *relative)
{
  g_autofree char *path = fixture_path (fixture, relative);

  fixture_write (fixture, relative, "#!/bin/sh\n");
  g_assert_cmpint (g_chmod (path, 0755), ==, 0);
}

static void
make_folder (Fixture *fixture, const char *relative)
{
  g_autofree char *path = fixture_path (fixture, relative);

  g_assert_cmpint (g_mkdir_with_parents (path, 0755), ==, 0);
}

static char *
describe (MwExportHost *host, const char *target)
{
  g_autoptr(GPtrArray) programs = mw_export_host_get_programs (host, target);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < programs->len; i++)
    {
      MwProgram *program = g_ptr_array_index (programs, i);

      g_string_append_printf (text, "%s%s %s", i > 0 ? ", " : "",
                              mw_program_kind_to_string (program->kind), program->id);
    }
  return g_string_free (text, FALSE);
}

static void
test_every_kind_of_installation_is_found (Fixture *fixture, gconstpointer data)
{
  g_autofree char *root = fixture_path (fixture, "root");
  g_autofree char *thunderbird = NULL;
  g_autofree char *evolution = NULL;
  g_autofree char *msmtp = NULL;
  g_autofree char *none = describe (fixture->host, "thunderbird");

  g_assert_cmpstr (none, ==, "");
  make_program (fixture, "root/usr/bin/thunderbird");
  make_program (fixture, "root/usr/bin/msmtp");
  make_folder (fixture, "root/var/lib/flatpak/app/org.mozilla.thunderbird_esr");
  make_folder (fixture, ".local/share/flatpak/app/org.mozilla.Thunderbird");
  make_folder (fixture, "snap/thunderbird/common");
  make_folder (fixture, ".var/app/org.gnome.Evolution");
  mw_export_host_set_root (fixture->host, root);
  mw_export_host_set_variable (fixture->host, "PATH", "relative:/usr/bin:/usr/bin:/nowhere");
  mw_export_host_find_programs (fixture->host);

  thunderbird = describe (fixture->host, "thunderbird");
  g_assert_cmpstr (thunderbird, ==,
                   "native thunderbird, flatpak org.mozilla.Thunderbird, "
                   "flatpak org.mozilla.thunderbird_esr, snap thunderbird");
  evolution = describe (fixture->host, "evolution");
  g_assert_cmpstr (evolution, ==, "flatpak org.gnome.Evolution");
  msmtp = describe (fixture->host, "msmtp");
  g_assert_cmpstr (msmtp, ==, "native msmtp");
  g_assert_true (mw_exporter_is_installed (&mw_exporter_msmtp, fixture->host));
}

static void
test_starter_of_a_program_is_no_second_one (Fixture *fixture, gconstpointer data)
{
  g_autofree char *root = fixture_path (fixture, "root");
  g_autofree char *other = fixture_path (fixture, "root/home/me/bin/thunderbird");
  g_autofree char *thunderbird = NULL;
  g_autofree char *evolution = NULL;
  g_autoptr(GPtrArray) programs = NULL;

  make_program (fixture, "root/usr/bin/thunderbird"); /* a script */
  make_program (fixture, "root/usr/lib/thunderbird/thunderbird");
  fixture_write (fixture, "root/home/me/bin/thunderbird", "\177ELF"); /* a program of its own */
  g_assert_cmpint (g_chmod (other, 0755), ==, 0);
  make_program (fixture, "root/usr/libexec/evolution-source-registry");
  mw_export_host_set_root (fixture->host, root);
  mw_export_host_set_variable (fixture->host, "PATH", "/home/me/bin:/usr/bin");
  mw_export_host_find_programs (fixture->host);

  programs = mw_export_host_get_programs (fixture->host, "thunderbird");
  g_assert_cmpuint (programs->len, ==, 2);
  thunderbird = g_path_get_dirname (((MwProgram *) programs->pdata[0])->path);
  g_assert_true (g_str_has_suffix (thunderbird, "/usr/lib/thunderbird"));
  g_assert_cmpstr (((MwProgram *) programs->pdata[1])->path, ==, other);
  evolution = describe (fixture->host, "evolution");
  g_assert_cmpstr (evolution, ==, "native evolution-source-registry");
}

static void
test_folders_of_other_programs_are_the_persons (Fixture *fixture, gconstpointer data)
{
  g_autofree char *plain = fixture_path (fixture, ".config");
  g_autofree char *state = fixture_path (fixture, ".local/state");

  g_assert_cmpstr (mw_export_host_get_config_home (fixture->host), ==, plain);
  g_assert_cmpstr (mw_export_host_get_state_home (fixture->host), ==, state);
  mw_export_host_set_variable (fixture->host, "XDG_CONFIG_HOME", "relative");
  g_assert_cmpstr (mw_export_host_get_config_home (fixture->host), ==, plain);
  mw_export_host_set_variable (fixture->host, "XDG_CONFIG_HOME", "/elsewhere");
  mw_export_host_set_variable (fixture->host, "XDG_STATE_HOME", "/state");
  g_assert_cmpstr (mw_export_host_get_config_home (fixture->host), ==, "/elsewhere");
  g_assert_cmpstr (mw_export_host_get_state_home (fixture->host), ==, "/state");
  /* in a Flatpak, that variable names our own folder and not theirs */
  mw_export_host_set_in_flatpak (fixture->host, TRUE);
  g_assert_cmpstr (mw_export_host_get_config_home (fixture->host), ==, plain);
}

static void
test_sandbox_says_what_is_real (Fixture *fixture, gconstpointer data)
{
  g_autofree char *thunderbird = fixture_path (fixture, ".thunderbird");
  g_autofree char *prefs = fixture_path (fixture, ".thunderbird/x/prefs.js");
  g_autofree char *msmtp = fixture_path (fixture, ".config/msmtp");
  g_autofree char *old = fixture_path (fixture, ".msmtprc");
  g_autofree char *state = fixture_path (fixture, ".var/app/" APPLICATION_ID "/.local/state");
  g_autoptr(GPtrArray) closed = NULL;

  make_folder (fixture, ".thunderbird");
  mw_export_host_set_in_flatpak (fixture->host, TRUE);
  mw_export_host_set_flatpak_info (fixture->host,
                                   "[Context]\nfilesystems=~/.thunderbird;~/.msmtprc:ro;\n");
  /* Flatpak before 1.13 does not say where our own state is kept */
  g_assert_cmpstr (mw_export_host_get_state_home (fixture->host), ==, state);

  /* Granted, and on another file system than the sandbox's root */
  mw_export_host_set_root (fixture->host, "/proc");
  g_assert_true (mw_export_host_path_is_real (fixture->host, thunderbird));
  g_assert_true (mw_export_host_path_is_real (fixture->host, prefs));
  g_assert_true (mw_export_host_can_see (fixture->host, prefs));
  /* On another file system (--persist does that), and not granted */
  g_assert_false (mw_export_host_path_is_real (fixture->host, msmtp));
  g_assert_false (mw_export_host_can_see (fixture->host, msmtp));
  g_assert_true (mw_export_host_can_see (fixture->host, old));
  g_assert_false (mw_export_host_path_is_real (fixture->host, old));

  /* Granted, but the folder was made in here: the sandbox throws it away */
  mw_export_host_set_root (fixture->host, fixture->home);
  g_assert_false (mw_export_host_path_is_real (fixture->host, thunderbird));
  g_assert_false (mw_export_host_can_see (fixture->host, thunderbird));
  /* Granted, and not there even as a folder: nobody has it */
  g_assert_true (mw_export_host_can_see (fixture->host, old));
  g_assert_false (mw_export_host_path_is_real (fixture->host, old));

  closed = mw_export_host_list_closed_places (fixture->host, "msmtp");
  g_assert_cmpuint (closed->len, ==, 1);
  g_assert_cmpstr (((MwClosedPlace *) closed->pdata[0])->command, ==,
                   "flatpak override --user --filesystem=~/.config/msmtp:create " APPLICATION_ID);
}

static void
test_sandbox_finds_what_it_is_let_into (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *root = fixture_path (fixture, "root");
  g_autoptr(GPtrArray) all = NULL;
  g_autoptr(GPtrArray) closed = NULL;

  make_program (fixture, "root/usr/bin/msmtp"); /* the sandbox's own */
  make_folder (fixture, ".thunderbird");
  mw_export_host_set_in_flatpak (fixture->host, TRUE);
  mw_export_host_set_flatpak_info (fixture->host, "[Context]\nfilesystems=\n");
  mw_export_host_set_root (fixture->host, root);
  mw_export_host_set_variable (fixture->host, "PATH", "/usr/bin");
  mw_export_host_find_programs (fixture->host);
  before = describe (fixture->host, "thunderbird");
  g_assert_cmpstr (before, ==, "");
  g_assert_false (mw_exporter_is_installed (&mw_exporter_msmtp, fixture->host));
  all = mw_export_host_list_closed_places (fixture->host, NULL);
  g_assert_cmpuint (all->len, ==, 8);

  mw_export_host_set_flatpak_info (fixture->host,
                                   "[Context]\nfilesystems=~/.thunderbird;~/.config/msmtp:create;\n"
                                   "[Session Bus Policy]\n"
                                   "org.gnome.evolution.dataserver.Sources5=talk\n");
  make_folder (fixture, ".config/msmtp");
  mw_export_host_set_root (fixture->host, "/proc");
  mw_export_host_find_programs (fixture->host);
  g_assert_true (mw_exporter_is_installed (&mw_exporter_thunderbird, fixture->host));
  g_assert_true (mw_exporter_is_installed (&mw_exporter_msmtp, fixture->host));
  closed = mw_export_host_list_closed_places (fixture->host, NULL);
  g_assert_cmpuint (closed->len, ==, 5); /* of Flatpaks and the Snap */

  mw_export_host_set_in_flatpak (fixture->host, FALSE);
  g_clear_pointer (&closed, g_ptr_array_unref);
  closed = mw_export_host_list_closed_places (fixture->host, NULL);
  g_assert_cmpuint (closed->len, ==, 0);
}

static void
test_table_of_targets_is_complete (Fixture *fixture, gconstpointer data)
{
  const MwExporter *const *list = mw_exporter_list ();
  const char *const ids[] = { "thunderbird", "evolution", "msmtp" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_assert_nonnull (list[i]);
      g_assert_cmpstr (list[i]->id, ==, ids[i]);
      g_assert_nonnull (list[i]->plan);
      g_assert_true (mw_exporter_find (ids[i]) == list[i]);
      g_assert_nonnull (mw_exporter_get_title (list[i]));
      g_assert_true ((list[i]->perform == NULL) == (list[i]->revert == NULL));
    }
  g_assert_null (list[G_N_ELEMENTS (ids)]);
  g_assert_null (mw_exporter_find ("mutt"));
  g_assert_null (mw_exporter_find (NULL));
}

static void
test_every_error_says_what_to_do (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "x");

  for (int code = MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE; code <= MW_EXPORT_ERROR_JOURNAL; code++)
    {
      g_autoptr(GError) error = g_error_new_literal (MW_EXPORT_ERROR, code, "x");

      g_assert_nonnull (mw_export_error_explain (error));
    }
  g_assert_null (mw_export_error_explain (other));
  g_assert_null (mw_export_error_explain (NULL));
}

/* JSON, by the shapes that other programs read */

static JsonObject *
parse (JsonNode *node, JsonParser *parser)
{
  g_autofree char *text = json_to_string (node, TRUE);
  g_autoptr(GError) error = NULL;

  json_node_unref (node);
  g_assert_true (json_parser_load_from_data (parser, text, -1, &error));
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

static void
test_plan_has_its_json_shape (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = mw_export_plan_new ("thunderbird");
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autofree char *text_path = fixture_path (fixture, "text");
  g_autofree char *hidden_path = fixture_path (fixture, "odd \xff name");
  g_autofree char *binary_path = fixture_path (fixture, "binary");
  g_autoptr(GBytes) text = g_bytes_new_static ("ü\n", 3);
  g_autoptr(GBytes) binary = g_bytes_new_static ("\0\xff", 2);
  g_autoptr(MwSecretItem) item = mw_secret_item_new ("s", "l", "b", "2", "a", "1", NULL);
  g_autoptr(GError) error = NULL;
  JsonObject *object;
  JsonArray *files;
  JsonObject *file;

  fixture_write (fixture, "text", "old");
  mw_export_plan_add_file (plan, text_path, text, 0600, MW_FILE_FLAGS_NONE, &error);
  mw_export_plan_add_file (plan, hidden_path, text, 0600, MW_FILE_HIDDEN, &error);
  mw_export_plan_add_file (plan, binary_path, binary, 0600, MW_FILE_FLAGS_NONE, &error);
  g_assert_no_error (error);
  mw_export_plan_add_secret (plan, item, fixture->jo, MW_HALF_INCOMING);
  mw_export_plan_add_secret (plan, item, fixture->jo, MW_HALF_INCOMING); /* the same is one */
  mw_export_plan_add_action (plan, "evolution", "write-source", "uid", "x", NULL);
  mw_export_plan_add_note (plan, "note", fixture->jo, "%s", "text");
  mw_export_plan_add_note (plan, "note", fixture->jo, "%s", "text");

  object = parse (mw_export_plan_to_json (plan), parser);
  g_assert_cmpstr (json_object_get_string_member (object, "target"), ==, "thunderbird");
  files = json_object_get_array_member (object, "files");
  g_assert_cmpuint (json_array_get_length (files), ==, 3);
  file = json_array_get_object_element (files, 0);
  g_assert_cmpstr (json_object_get_string_member (file, "path"), ==, text_path);
  g_assert_cmpstr (json_object_get_string_member (file, "action"), ==, "change");
  g_assert_cmpstr (json_object_get_string_member (file, "mode"), ==, "0640");
  g_assert_cmpstr (json_object_get_string_member (file, "before"), ==, "old");
  g_assert_cmpstr (json_object_get_string_member (file, "after"), ==, "ü\n");
  file = json_array_get_object_element (files, 1);
  g_assert_cmpstr (json_object_get_string_member (file, "action"), ==, "create");
  g_assert_true (json_object_get_null_member (file, "before"));
  g_assert_true (json_object_get_null_member (file, "after")); /* hidden */
  file = json_array_get_object_element (files, 2);
  g_assert_true (json_object_get_null_member (file, "after")); /* no text */
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "secrets")), ==,
                    1);
  file = json_array_get_object_element (json_object_get_array_member (object, "secrets"), 0);
  g_assert_cmpstr (json_object_get_string_member (file, "schema"), ==, "s");
  g_assert_cmpstr (
      json_object_get_string_member (json_object_get_object_member (file, "attributes"), "b"), ==,
      "2");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "actions")), ==,
                    1);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "notes")), ==, 1);
}

static void
test_result_and_journal_have_their_json_shapes (Fixture *fixture, gconstpointer data)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(JsonParser) undo_parser = json_parser_new ();
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(MwExportResult) undone = NULL;
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  JsonNode *node;
  JsonObject *object;

  plan = fixture_plan (fixture, "msmtp", &error, fixture->jo, NULL);
  g_assert_no_error (error);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
  object = parse (mw_export_result_to_json (plan, result), parser);
  g_assert_cmpstr (json_object_get_string_member (object, "journal"), ==, result->journal_id);
  g_assert_cmpint (json_object_get_int_member (object, "written"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (object, "secrets"), ==, 1);

  undone =
      mw_journal_undo_sync (fixture->host, NULL, fixture->secrets, MW_SECRETS_NONE, NULL, &error);
  g_assert_no_error (error);
  object = parse (mw_export_result_to_json (NULL, undone), undo_parser);
  g_assert_true (json_object_get_null_member (object, "target"));

  fixture_write (fixture, ".local/state/mailwright/journal/000009-20260102T030405Z/entry.ini", "x");
  entries = mw_journal_list (fixture->host, &error);
  g_assert_no_error (error);
  node = mw_journal_to_json (entries);
  text = json_to_string (node, FALSE);
  json_node_unref (node);
  g_assert_nonnull (strstr (text, "\"state\":\"unreadable\",\"created\":\"2026-01-02T03:04:05Z\""));
  g_assert_nonnull (strstr (text, "\"state\":\"undone\""));
  g_assert_nonnull (strstr (text, "\"accounts\":[\"jo@example.org\"]"));
}

static void
test_relative_folder_is_that_of_now (Fixture *fixture, gconstpointer data)
{
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *expected = fixture_path (fixture, "out/msmtprc");
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(MwExportResult) undone = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_chdir (fixture->home), ==, 0);
  fixture->options.mode = MW_EXPORT_MODE_OUTPUT;
  fixture->options.directory = "out";
  plan = fixture_plan (fixture, "msmtp", &error, fixture->jo, NULL);
  g_assert_no_error (error);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chdir ("/"), ==, 0);
  g_assert_true (g_file_test (expected, G_FILE_TEST_EXISTS));
  undone = mw_journal_undo_sync (fixture->host, NULL, NULL, MW_SECRETS_NONE, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (expected, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_chdir (here), ==, 0);
}

static void
test_a_target_says_what_it_lacks (Fixture *fixture, gconstpointer data)
{
  const char *reason = "";

  g_assert_true (mw_exporter_takes (&mw_exporter_msmtp, fixture->jo, &reason));
  g_assert_null (reason);
  mw_account_set_server (fixture->jo, MW_HALF_OUTGOING, NULL);
  g_assert_true (mw_exporter_takes (&mw_exporter_thunderbird, fixture->jo, &reason));
  g_assert_true (mw_exporter_takes (&mw_exporter_evolution, fixture->jo, NULL));
  g_assert_false (mw_exporter_takes (&mw_exporter_msmtp, fixture->jo, NULL));
  g_assert_false (mw_exporter_takes (&mw_exporter_msmtp, fixture->jo, &reason));
  g_assert_nonnull (strstr (reason, "sending"));
  mw_account_set_server (fixture->ada, MW_HALF_INCOMING, NULL);
  g_assert_false (mw_exporter_takes (&mw_exporter_thunderbird, fixture->ada, &reason));
  g_assert_nonnull (strstr (reason, "receiving"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  add ("/host/every-kind-of-installation-is-found", test_every_kind_of_installation_is_found);
  add ("/host/starter-of-a-program-is-no-second-one", test_starter_of_a_program_is_no_second_one);
  add ("/host/folders-of-other-programs-are-the-persons",
       test_folders_of_other_programs_are_the_persons);
  add ("/plan/sandbox-says-what-is-real", test_sandbox_says_what_is_real);
  add ("/plan/sandbox-finds-what-it-is-let-into", test_sandbox_finds_what_it_is_let_into);
  add ("/plan/table-of-targets-is-complete", test_table_of_targets_is_complete);
  add ("/plan/every-error-says-what-to-do", test_every_error_says_what_to_do);
  add ("/plan/has-its-json-shape", test_plan_has_its_json_shape);
  add ("/plan/result-and-journal-have-their-json-shapes",
       test_result_and_journal_have_their_json_shapes);
  add ("/plan/relative-folder-is-that-of-now", test_relative_folder_is_that_of_now);

  add ("/plan/a-target-says-what-it-lacks", test_a_target_says_what_it_lacks);

  return g_test_run ();
}
