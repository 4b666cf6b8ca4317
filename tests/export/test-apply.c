/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "export-fixture.h"

#include "export/mw-export-apply-private.h"
#include "export/mw-file-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OLD "old content\r\nwith a\ttab, and no end of line"
#define NEW "new content\n"

/* A plan of two files, one that exists and one in folders that do not, and two passwords, of which
 * one is there already with another value */
static MwExportPlan *
make_plan (Fixture *fixture)
{
  g_autoptr(MwExportPlan) plan = mw_export_plan_new ("msmtp");
  g_autofree char *changed = fixture_path (fixture, "changed.conf");
  g_autofree char *created = fixture_path (fixture, "a/b/created.conf");
  g_autoptr(GBytes) bytes = g_bytes_new_static (NEW, strlen (NEW));
  g_autoptr(MwSecretItem) first =
                mw_secret_item_new ("test.Schema", "First", "user", "jo", "n", "1", NULL);
  g_autoptr(MwSecretItem) second =
                mw_secret_item_new ("test.Schema", "Second", "user", "jo", "n", "2", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_nonnull (
      mw_export_plan_add_file (plan, changed, bytes, 0600, MW_FILE_FLAGS_NONE, &error));
  g_assert_nonnull (
      mw_export_plan_add_file (plan, created, bytes, 0600, MW_FILE_FLAGS_NONE, &error));
  g_assert_no_error (error);
  mw_export_plan_add_secret (plan, first, fixture->jo, MW_HALF_INCOMING);
  mw_export_plan_add_secret (plan, second, fixture->ada, MW_HALF_OUTGOING);
  g_ptr_array_add (plan->accounts, g_object_ref (fixture->jo));
  return g_steal_pointer (&plan);
}

static void
prepare (Fixture *fixture)
{
  g_autoptr(MwSecretItem) second =
                mw_secret_item_new ("test.Schema", "Second", "user", "jo", "n", "2", NULL);
  g_autoptr(SecretValue) earlier = secret_value_new ("earlier", -1, "text/plain");

  fixture_write (fixture, "changed.conf", OLD);
  mw_secrets_store_item_sync (fixture->secrets, second, earlier, MW_SECRETS_NONE, NULL, NULL);
}

static void
assert_before (Fixture *fixture)
{
  g_autofree char *text = fixture_read (fixture, "changed.conf");
  g_autofree char *paths = fixture_list (fixture);

  g_assert_cmpstr (text, ==, OLD);
  g_assert_cmpuint (fixture_mode (fixture, "changed.conf"), ==, 0640);
  g_assert_cmpstr (paths, ==, "changed.conf"); /* no folder, no temporary file is left */
  assert_password (fixture, NULL, "test.Schema", "n", "1", NULL);
  assert_password (fixture, "earlier", "test.Schema", "n", "2", NULL);
  g_assert_cmpuint (mw_secrets_memory_get_n_items (MW_SECRETS_MEMORY (fixture->secrets)), ==, 1);
}

static void
assert_after (Fixture *fixture)
{
  g_autofree char *changed = fixture_read (fixture, "changed.conf");
  g_autofree char *created = fixture_read (fixture, "a/b/created.conf");
  g_autofree char *paths = fixture_list (fixture);

  g_assert_cmpstr (changed, ==, NEW);
  g_assert_cmpstr (created, ==, NEW);
  g_assert_cmpuint (fixture_mode (fixture, "changed.conf"), ==, 0640);
  g_assert_cmpuint (fixture_mode (fixture, "a/b/created.conf"), ==, 0600);
  g_assert_cmpuint (fixture_mode (fixture, "a/b"), ==, 0700);
  g_assert_cmpstr (paths, ==, "a\na/b\na/b/created.conf\nchanged.conf");
  assert_password (fixture, "secret-jo-incoming", "test.Schema", "n", "1", NULL);
  assert_password (fixture, "secret-ada-outgoing", "test.Schema", "n", "2", NULL);
}

static MwJournalState
last_state (Fixture *fixture, guint *n_entries)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = mw_journal_list (fixture->host, &error);

  g_assert_no_error (error);
  *n_entries = entries->len;
  return entries->len > 0 ? ((MwJournalEntry *) entries->pdata[0])->state
                          : MW_JOURNAL_STATE_UNREADABLE;
}

static MwExportResult *
undo (Fixture *fixture, const char *id, GError **error)
{
  return mw_journal_undo_sync (fixture->host, id, fixture->secrets, MW_SECRETS_NONE, NULL, error);
}

static void
test_undo_gives_back_every_byte (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(MwExportResult) undone = NULL;
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GError) error = NULL;
  MwJournalEntry *entry;
  mode_t mask = umask (0);
  guint n;

  prepare (fixture);
  plan = make_plan (fixture);
  result = fixture_apply (fixture, plan, &error);
  umask (mask);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_files, ==, 2);
  g_assert_cmpuint (result->n_secrets, ==, 2);
  g_assert_nonnull (result->journal_id);
  assert_after (fixture);
  g_assert_cmpuint (fixture_mode (fixture, ".local/state/mailwright/journal"), ==, 0700);

  entries = mw_journal_list (fixture->host, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 1);
  entry = entries->pdata[0];
  g_assert_cmpstr (entry->id, ==, result->journal_id);
  g_assert_cmpint (entry->state, ==, MW_JOURNAL_STATE_DONE);
  g_assert_cmpstr (entry->target, ==, "msmtp");
  g_assert_cmpstr (entry->accounts[0], ==, "jo@example.org");
  g_assert_cmpuint (g_strv_length (entry->paths), ==, 2);
  g_assert_cmpuint (entry->n_secrets, ==, 2);

  undone = undo (fixture, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (undone->journal_id, ==, result->journal_id);
  g_assert_cmpuint (undone->n_files, ==, 2);
  g_assert_cmpuint (undone->n_secrets, ==, 2);
  assert_before (fixture);
  g_assert_cmpint (last_state (fixture, &n), ==, MW_JOURNAL_STATE_UNDONE);

  g_assert_null (undo (fixture, NULL, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (undo (fixture, result->journal_id, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (undo (fixture, "../../etc", &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_FOUND);
}

static void
test_journal_holds_no_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autofree char *folder = fixture_path (fixture, ".local/state/mailwright/journal");
  g_autofree char *entry_folder = NULL;
  g_autoptr(GDir) dir = NULL;
  g_autoptr(GError) error = NULL;
  const char *name;
  guint n_files = 0;

  prepare (fixture);
  plan = make_plan (fixture);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
  entry_folder = g_build_filename (folder, result->journal_id, NULL);
  dir = g_dir_open (entry_folder, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (entry_folder, name, NULL);
      g_autofree char *text = NULL;
      struct stat info;

      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_null (strstr (text, "secret-"));
      g_assert_null (strstr (text, "earlier"));
      g_assert_cmpint (stat (path, &info), ==, 0);
      g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
      n_files++;
    }
  g_assert_cmpuint (n_files, ==, 2); /* the entry, and the one old content */
}

static void
test_plan_that_changes_nothing_writes_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportPlan) again = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(MwExportResult) second = NULL;
  g_autoptr(GError) error = NULL;
  guint n;

  prepare (fixture);
  plan = make_plan (fixture);
  g_assert_false (mw_export_plan_is_empty (plan));
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);

  again = make_plan (fixture);
  g_assert_true (mw_export_plan_is_empty (again));
  second = fixture_apply (fixture, again, &error);
  g_assert_no_error (error);
  g_assert_null (second->journal_id);
  g_assert_cmpuint (second->n_files + second->n_secrets, ==, 0);
  last_state (fixture, &n);
  g_assert_cmpuint (n, ==, 1);
}

static void
test_file_changed_after_planning_is_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  guint n;

  prepare (fixture);
  plan = make_plan (fixture);
  fixture_write (fixture, "changed.conf", "somebody else's");
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED);
  text = fixture_read (fixture, "changed.conf");
  g_assert_cmpstr (text, ==, "somebody else's");
  last_state (fixture, &n);
  g_assert_cmpuint (n, ==, 0);
  assert_password (fixture, "earlier", "test.Schema", "n", "2", NULL);
}

static void
test_file_created_after_planning_is_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;

  prepare (fixture);
  plan = make_plan (fixture);
  fixture_write (fixture, "a/b/created.conf", "theirs");
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED);
  text = fixture_read (fixture, "a/b/created.conf");
  g_assert_cmpstr (text, ==, "theirs");
}

/* What a change was made out of counts, and not what was there a moment later */
static void
test_file_changed_while_planning_is_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = mw_export_plan_new ("msmtp");
  g_autofree char *path = fixture_path (fixture, "changed.conf");
  g_autofree char *absent = fixture_path (fixture, "created.conf");
  g_autofree char *text = NULL;
  g_autoptr(GBytes) after = g_bytes_new_static (NEW, strlen (NEW));
  g_autoptr(GBytes) before = NULL;
  g_autoptr(GError) error = NULL;

  prepare (fixture);
  g_assert_true (mw_export_read_file (path, &before, &error));
  g_assert_no_error (error);
  fixture_write (fixture, "changed.conf", "somebody else's");
  g_assert_nonnull (
      mw_export_plan_change_file (plan, path, before, after, 0600, MW_FILE_FLAGS_NONE, &error));
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED);
  g_clear_error (&error);
  text = fixture_read (fixture, "changed.conf");
  g_assert_cmpstr (text, ==, "somebody else's");

  g_clear_pointer (&plan, mw_export_plan_unref);
  plan = mw_export_plan_new ("msmtp");
  fixture_write (fixture, "created.conf", "theirs");
  g_assert_nonnull (
      mw_export_plan_change_file (plan, absent, NULL, after, 0600, MW_FILE_FLAGS_NONE, &error));
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED);
  g_clear_pointer (&text, g_free);
  text = fixture_read (fixture, "created.conf");
  g_assert_cmpstr (text, ==, "theirs");
}

static void
test_undo_refuses_when_a_file_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(MwExportResult) undone = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *changed = NULL;
  g_autofree char *created = NULL;

  prepare (fixture);
  plan = make_plan (fixture);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
  fixture_write (fixture, "a/b/created.conf", NEW "# edited\n");

  g_assert_null (undo (fixture, NULL, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED);
  g_assert_nonnull (strstr (error->message, "created.conf"));
  changed = fixture_read (fixture, "changed.conf");
  created = fixture_read (fixture, "a/b/created.conf");
  g_assert_cmpstr (changed, ==, NEW); /* all or nothing holds for an undo as well */
  g_assert_cmpstr (created, ==, NEW "# edited\n");
  assert_password (fixture, "secret-jo-incoming", "test.Schema", "n", "1", NULL);

  g_clear_error (&error);
  fixture_write (fixture, "a/b/created.conf", NEW);
  undone = undo (fixture, NULL, &error);
  g_assert_no_error (error);
  assert_before (fixture);
}

static void
test_undo_goes_back_step_by_step (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fixture_path (fixture, "file");
  g_autofree char *first_id = NULL;
  g_autoptr(GError) error = NULL;

  for (char c = 'a'; c <= 'c'; c++)
    {
      g_autoptr(MwExportPlan) plan = mw_export_plan_new ("msmtp");
      g_autoptr(GBytes) bytes = g_bytes_new (&c, 1);
      g_autoptr(MwExportResult) result = NULL;

      mw_export_plan_add_file (plan, path, bytes, 0600, MW_FILE_FLAGS_NONE, &error);
      result = fixture_apply (fixture, plan, &error);
      g_assert_no_error (error);
      if (c == 'a')
        first_id = g_strdup (result->journal_id);
    }

  g_assert_null (undo (fixture, first_id, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED);
  g_clear_error (&error);
  for (char c = 'b'; c >= 'a'; c--)
    {
      g_autoptr(MwExportResult) result = undo (fixture, NULL, &error);
      g_autofree char *text = fixture_read (fixture, "file");

      g_assert_no_error (error);
      g_assert_cmpint (text[0], ==, c);
    }
  mw_export_result_free (undo (fixture, first_id, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Exported twice, undone once: it is still there. Files to carry put nothing into a program. */
static void
test_account_is_gone_after_its_last_undo (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fixture_path (fixture, "file");
  char *ids[3] = { NULL, NULL, NULL };
  g_autoptr(GError) error = NULL;
  const guint order[] = { 1, 0, 2 }; /* the files to carry last */
  const char *const expected[] = { "", "jo@example.org", "" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr(MwExportPlan) plan = mw_export_plan_new ("msmtp");
      g_autofree char *other = fixture_path (fixture, "other");
      g_autoptr(GBytes) bytes = g_bytes_new (&i, sizeof i);
      g_autoptr(MwExportResult) result = NULL;

      g_ptr_array_add (plan->accounts, g_object_ref (fixture->jo));
      mw_export_plan_add_file (plan, i == 2 ? other : path, bytes, 0600, MW_FILE_FLAGS_NONE,
                               &error);
      fixture->options.mode = i == 2 ? MW_EXPORT_MODE_OUTPUT : MW_EXPORT_MODE_INSTALL;
      result = fixture_apply (fixture, plan, &error);
      g_assert_no_error (error);
      ids[i] = g_strdup (result->journal_id);
    }

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      g_autoptr(GPtrArray) entries = NULL;
      g_auto (GStrv) gone = NULL;
      g_autofree char *joined = NULL;

      mw_export_result_free (undo (fixture, ids[order[i]], &error));
      g_assert_no_error (error);
      entries = mw_journal_list (fixture->host, &error);
      g_assert_no_error (error);
      gone = mw_journal_list_gone (entries, ids[order[i]]);
      joined = g_strjoinv (" ", gone);
      g_assert_cmpstr (joined, ==, expected[i]);
      for (guint k = 0; k < entries->len; k++)
        {
          MwJournalEntry *entry = g_ptr_array_index (entries, k);

          g_assert_cmpint (entry->to_folder, ==, g_str_equal (entry->id, ids[2]));
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_free (ids[i]);
}

static void
test_password_changed_since_survives_undo (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(MwExportResult) undone = NULL;
  g_autoptr(MwSecretItem) second =
                mw_secret_item_new ("test.Schema", "Second", "user", "jo", "n", "2", NULL);
  g_autoptr(SecretValue) newer = secret_value_new ("newer", -1, "text/plain");
  g_autoptr(GError) error = NULL;

  prepare (fixture);
  plan = make_plan (fixture);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
  mw_secrets_store_item_sync (fixture->secrets, second, newer, MW_SECRETS_NONE, NULL, NULL);

  undone = undo (fixture, NULL, &error);
  g_assert_no_error (error);
  assert_password (fixture, NULL, "test.Schema", "n", "1", NULL);
  assert_password (fixture, "newer", "test.Schema", "n", "2", NULL);
  g_assert_cmpuint (undone->notes->len, ==, 1);
  g_assert_cmpstr (((MwExportNote *) undone->notes->pdata[0])->id, ==, "secret-left");
}

/* Faults */

typedef struct
{
  guint stop_at;
  guint n_steps;
  gboolean kill;
} Fault;

static gboolean
on_step (const char *name, guint index, gpointer user_data, GError **error)
{
  Fault *fault = user_data;

  if (fault->n_steps++ != fault->stop_at)
    return TRUE;
  if (fault->kill)
    kill (getpid (), SIGKILL);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "made to fail at %s %u", name, index);
  return FALSE;
}

/* Every step of applying fails once: the journal, two folders, two temporary files, two passwords,
 * two files, and the mark at the end */
#define N_APPLY_STEPS 10

static void
test_failure_anywhere_puts_everything_back (Fixture *fixture, gconstpointer data)
{
  prepare (fixture);
  for (guint i = 0; i < N_APPLY_STEPS; i++)
    {
      g_autoptr(MwExportPlan) plan = make_plan (fixture);
      g_autoptr(GError) error = NULL;
      Fault fault = { i, 0, FALSE };
      guint n;

      mw_export_apply_set_step_func (on_step, &fault);
      g_assert_null (fixture_apply (fixture, plan, &error));
      mw_export_apply_set_step_func (NULL, NULL);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
      assert_before (fixture);
      g_assert_cmpint (last_state (fixture, &n), ==, MW_JOURNAL_STATE_ROLLED_BACK);
    }

  g_autoptr(MwExportPlan) plan = make_plan (fixture);
  g_autoptr(GError) error = NULL;
  Fault fault = { N_APPLY_STEPS, 0, FALSE };
  g_autoptr(MwExportResult) result = NULL;

  mw_export_apply_set_step_func (on_step, &fault);
  result = fixture_apply (fixture, plan, &error);
  mw_export_apply_set_step_func (NULL, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (fault.n_steps, ==, N_APPLY_STEPS);
  assert_after (fixture);
}

/* Passwords are in this process's memory, so what dies is a child that has none to store */
static void
run_and_kill (Fixture *fixture, guint stop_at, gboolean undoing, gboolean *survived)
{
  pid_t child = fork ();
  int status;

  if (child == 0)
    {
      Fault fault = { stop_at, 0, TRUE };
      MwExportPlan *plan = undoing ? NULL : make_plan (fixture);
      MwExportResult *result;

      fixture->options.password = NULL;
      mw_export_apply_set_step_func (on_step, &fault);
      if (undoing)
        result = mw_journal_undo_sync (fixture->host, NULL, NULL, MW_SECRETS_NONE, NULL, NULL);
      else
        result = mw_export_apply_sync (plan, fixture->host, &fixture->options, NULL,
                                       MW_SECRETS_NONE, NULL, NULL);
      _exit (result != NULL ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  if (WIFSIGNALED (status))
    g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  else
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  *survived = WIFEXITED (status);
}

static void
assert_whole (Fixture *fixture)
{
  g_autofree char *changed = fixture_read (fixture, "changed.conf");
  g_autofree char *created = fixture_read (fixture, "a/b/created.conf");

  g_assert_true (g_str_equal (changed, OLD) || g_str_equal (changed, NEW));
  g_assert_true (created == NULL || g_str_equal (created, NEW));
}

static void
test_kill_at_any_step_of_applying_is_put_back (Fixture *fixture, gconstpointer data)
{
  gboolean survived = FALSE;
  guint n_kills = 0;

  prepare (fixture);
  for (guint i = 0; !survived; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(MwExportResult) undone = NULL;
      guint n_recovered = 0;
      guint n;

      run_and_kill (fixture, i, FALSE, &survived);
      assert_whole (fixture);
      if (survived || last_state (fixture, &n) == MW_JOURNAL_STATE_DONE)
        {
          undone = undo (fixture, NULL, &error);
          g_assert_no_error (error);
        }
      else
        {
          n_kills++;
          g_assert_true (mw_journal_recover_sync (fixture->host, fixture->secrets, &n_recovered,
                                                  NULL, &error));
          g_assert_no_error (error);
          g_assert_cmpuint (n_recovered, ==, 1);
          g_assert_cmpint (last_state (fixture, &n), ==, MW_JOURNAL_STATE_ROLLED_BACK);
        }
      assert_before (fixture);
    }
  g_assert_cmpuint (n_kills, ==, 7); /* without passwords, and the last step is after the end */
}

static void
test_kill_at_any_step_of_undoing_can_be_undone_again (Fixture *fixture, gconstpointer data)
{
  gboolean survived = FALSE;

  prepare (fixture);
  for (guint i = 0; !survived; i++)
    {
      g_autoptr(MwExportPlan) plan = make_plan (fixture);
      g_autoptr(MwExportResult) result = NULL;
      g_autoptr(GError) error = NULL;
      guint n;

      fixture->options.password = NULL;
      result = fixture_apply (fixture, plan, &error);
      g_assert_no_error (error);
      run_and_kill (fixture, i, TRUE, &survived);
      assert_whole (fixture);
      if (last_state (fixture, &n) == MW_JOURNAL_STATE_DONE)
        {
          g_autoptr(MwExportResult) undone = undo (fixture, NULL, &error);

          g_assert_no_error (error);
        }
      assert_before (fixture);
      g_assert_cmpint (last_state (fixture, &n), ==, MW_JOURNAL_STATE_UNDONE);
    }
}

static void
test_next_export_puts_back_what_was_cut_off (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = mw_export_plan_new ("msmtp");
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr(GError) error = NULL;
  g_autofree char *other = fixture_path (fixture, "other.conf");
  g_autofree char *changed = NULL;
  gboolean survived;

  prepare (fixture);
  run_and_kill (fixture, 6, FALSE, &survived); /* after the second file was replaced */
  g_assert_false (survived);
  changed = fixture_read (fixture, "changed.conf");
  g_assert_cmpstr (changed, ==, NEW);

  mw_export_plan_add_file (plan, other, bytes, 0600, MW_FILE_FLAGS_NONE, &error);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
  mw_export_result_free (undo (fixture, NULL, &error));
  g_assert_no_error (error);
  assert_before (fixture);
}

static void
test_plan_made_upon_a_cut_off_export_does_not_fit (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportPlan) fresh = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(GError) error = NULL;
  gboolean survived;

  prepare (fixture);
  run_and_kill (fixture, 6, FALSE, &survived);
  plan = make_plan (fixture); /* sees the new contents, and has nothing to do */
  g_assert_true (mw_export_plan_is_empty (plan));
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED);
  g_clear_error (&error);
  assert_before (fixture);
  fresh = make_plan (fixture);
  result = fixture_apply (fixture, fresh, &error);
  g_assert_no_error (error);
  assert_after (fixture);
}

static void
test_cut_off_export_leaves_what_others_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *changed = NULL;
  g_autofree char *paths = NULL;
  gboolean survived;
  guint n_recovered;

  prepare (fixture);
  run_and_kill (fixture, 6, FALSE, &survived);
  fixture_write (fixture, "changed.conf", "edited meanwhile");
  g_assert_true (
      mw_journal_recover_sync (fixture->host, fixture->secrets, &n_recovered, NULL, &error));
  g_assert_cmpuint (n_recovered, ==, 1);
  changed = fixture_read (fixture, "changed.conf");
  g_assert_cmpstr (changed, ==, "edited meanwhile");
  paths = fixture_list (fixture);
  g_assert_cmpstr (paths, ==, "changed.conf"); /* the other file was put back */
}

static void
test_locked_keyring_changes_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) locked =
                g_error_new_literal (MW_SECRETS_ERROR, MW_SECRETS_ERROR_LOCKED, "locked");
  guint n;

  prepare (fixture);
  plan = make_plan (fixture);
  mw_secrets_memory_set_error (MW_SECRETS_MEMORY (fixture->secrets), locked);
  g_assert_null (fixture_apply (fixture, plan, &error));
  mw_secrets_memory_set_error (MW_SECRETS_MEMORY (fixture->secrets), NULL);
  g_assert_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_LOCKED);
  assert_before (fixture);
  last_state (fixture, &n);
  g_assert_cmpuint (n, ==, 0);
}

static void
test_undo_without_keyring (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(MwExportResult) undone = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) locked =
                g_error_new_literal (MW_SECRETS_ERROR, MW_SECRETS_ERROR_LOCKED, "locked");
  g_autoptr(GError) absent =
                g_error_new_literal (MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT, "absent");
  g_autofree char *text = NULL;

  prepare (fixture);
  plan = make_plan (fixture);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);

  /* Locked: nothing is undone */
  mw_secrets_memory_set_error (MW_SECRETS_MEMORY (fixture->secrets), locked);
  g_assert_null (undo (fixture, NULL, &error));
  g_assert_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_LOCKED);
  g_clear_error (&error);
  mw_secrets_memory_set_error (MW_SECRETS_MEMORY (fixture->secrets), NULL);
  assert_after (fixture);

  /* Not there: the files come back, and a note says that the passwords stayed */
  mw_secrets_memory_set_error (MW_SECRETS_MEMORY (fixture->secrets), absent);
  undone = undo (fixture, NULL, &error);
  g_assert_no_error (error);
  text = fixture_read (fixture, "changed.conf");
  g_assert_cmpstr (text, ==, OLD);
  g_assert_cmpuint (undone->notes->len, ==, 2);
  g_assert_cmpstr (((MwExportNote *) undone->notes->pdata[0])->id, ==, "secret-left");
}

static void
test_without_keyring_files_are_written_and_a_note_says_so (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(GError) error = NULL;

  prepare (fixture);
  plan = make_plan (fixture);
  result = mw_export_apply_sync (plan, fixture->host, &fixture->options, NULL, MW_SECRETS_NONE,
                                 NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_files, ==, 2);
  g_assert_cmpuint (result->n_secrets, ==, 0);
  g_assert_cmpuint (result->notes->len, ==, 2);
  g_assert_cmpstr (((MwExportNote *) result->notes->pdata[0])->id, ==, "password-not-stored");
}

static void
test_cancelled_export_changes_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  prepare (fixture);
  plan = make_plan (fixture);
  g_cancellable_cancel (cancellable);
  g_assert_null (mw_export_apply_sync (plan, fixture->host, &fixture->options, NULL,
                                       MW_SECRETS_NONE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_before (fixture);
}

/* Odd things at the path */

static void
test_own_link_is_followed_and_stays (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = mw_export_plan_new ("msmtp");
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static (NEW, strlen (NEW));
  g_autoptr(GError) error = NULL;
  g_autofree char *link = fixture_path (fixture, "link");
  g_autofree char *real = NULL;
  g_autofree char *target = NULL;
  g_autofree char *restored = NULL;

  fixture_write (fixture, "dotfiles/real", OLD);
  g_assert_cmpint (symlink ("dotfiles/real", link), ==, 0);
  g_assert_nonnull (mw_export_plan_add_file (plan, link, bytes, 0600, MW_FILE_FLAGS_NONE, &error));
  g_assert_nonnull (mw_export_plan_find_note (plan, "symbolic-link"));
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
  target = g_file_read_link (link, NULL);
  g_assert_cmpstr (target, ==, "dotfiles/real");
  real = fixture_read (fixture, "dotfiles/real");
  g_assert_cmpstr (real, ==, NEW);
  mw_export_result_free (undo (fixture, NULL, &error));
  g_assert_no_error (error);
  restored = fixture_read (fixture, "dotfiles/real");
  g_assert_cmpstr (restored, ==, OLD);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
}

static void
test_link_swapped_in_later_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = fixture_path (fixture, "changed.conf");
  g_autofree char *text = NULL;

  prepare (fixture);
  plan = make_plan (fixture);
  fixture_write (fixture, "victim", OLD);
  g_unlink (path);
  g_assert_cmpint (symlink ("victim", path), ==, 0);
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED);
  text = fixture_read (fixture, "victim");
  g_assert_cmpstr (text, ==, OLD);
}

static void
test_link_of_somebody_else_is_not_followed (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GBytes) before = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *link = fixture_path (fixture, "link");

  if (geteuid () != 0)
    {
      g_test_skip ("only root can make a link that belongs to somebody else");
      return;
    }
  fixture_write (fixture, "victim", OLD);
  g_assert_cmpint (symlink ("victim", link), ==, 0);
  g_assert_cmpint (lchown (link, 65534, 65534), ==, 0);
  g_assert_false (mw_export_read_file (link, &before, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID);
  g_assert_nonnull (strstr (error->message, "another user"));
}

static void
test_owner_of_a_file_stays (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = fixture_path (fixture, "changed.conf");
  struct stat info;

  if (geteuid () != 0)
    {
      g_test_skip ("only root can give a file away");
      return;
    }
  prepare (fixture);
  g_assert_cmpint (chown (path, 65534, 65533), ==, 0);
  plan = make_plan (fixture);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_uid, ==, 65534);
  g_assert_cmpuint (info.st_gid, ==, 65533);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0640);
}

static void
test_what_is_no_file_is_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "fifo", "folder", "dangling", "to-folder", "to-device" };
  g_autofree char *fifo = fixture_path (fixture, "fifo");
  g_autofree char *folder = fixture_path (fixture, "folder");
  g_autofree char *dangling = fixture_path (fixture, "dangling");
  g_autofree char *to_folder = fixture_path (fixture, "to-folder");
  g_autofree char *to_device = fixture_path (fixture, "to-device");

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (symlink ("nowhere", dangling), ==, 0);
  g_assert_cmpint (symlink ("folder", to_folder), ==, 0);
  g_assert_cmpint (symlink ("/dev/full", to_device), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(MwExportPlan) plan = mw_export_plan_new ("msmtp");
      g_autoptr(GBytes) bytes = g_bytes_new_static (NEW, strlen (NEW));
      g_autoptr(GBytes) before = NULL;
      g_autofree char *path = fixture_path (fixture, names[i]);
      g_autoptr(GError) error = NULL;

      g_assert_null (mw_export_plan_add_file (plan, path, bytes, 0600, MW_FILE_FLAGS_NONE, &error));
      g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID);
      g_clear_error (&error);
      g_assert_false (mw_export_read_file (path, &before, &error));
      g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID);
    }
}

static void
test_hard_link_is_mentioned (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autofree char *path = fixture_path (fixture, "changed.conf");
  g_autofree char *second = fixture_path (fixture, "second name");

  prepare (fixture);
  g_assert_cmpint (link (path, second), ==, 0);
  plan = make_plan (fixture);
  g_assert_nonnull (mw_export_plan_find_note (plan, "hard-link"));
}

static void
test_folder_without_permission_fails_whole (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = mw_export_plan_new ("msmtp");
  g_autoptr(GBytes) bytes = g_bytes_new_static (NEW, strlen (NEW));
  g_autofree char *first = fixture_path (fixture, "first");
  g_autofree char *second = g_strdup ("/proc/self/not-here/file");
  g_autoptr(GError) error = NULL;
  g_autofree char *paths = NULL;

  mw_export_plan_add_file (plan, first, bytes, 0600, MW_FILE_FLAGS_NONE, &error);
  mw_export_plan_add_file (plan, second, bytes, 0600, MW_FILE_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_nonnull (error);
  g_assert_cmpint ((int) error->domain, ==, (int) G_IO_ERROR);
  paths = fixture_list (fixture);
  g_assert_cmpstr (paths, ==, "");
}

/* Programs that run, other processes, damaged journals */

static void
test_running_program_is_left_alone (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *lock = fixture_path (fixture, "changed.conf");
  g_autofree char *text = NULL;
  int to_child[2];
  int from_child[2];
  char byte = 0;
  pid_t child;

  prepare (fixture);
  plan = make_plan (fixture);
  mw_export_plan_add_lock (plan, lock);
  g_assert_cmpint (pipe (to_child), ==, 0);
  g_assert_cmpint (pipe (from_child), ==, 0);
  child = fork ();
  if (child == 0)
    {
      struct flock held = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
      int fd = open (lock, O_RDWR);

      if (fd < 0 || fcntl (fd, F_SETLK, &held) != 0 || write (from_child[1], "x", 1) != 1)
        _exit (1);
      close (to_child[1]);
      if (read (to_child[0], &byte, 1) < 0)
        _exit (1);
      _exit (0);
    }
  g_assert_cmpint (read (from_child[0], &byte, 1), ==, 1);
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_RUNNING);
  text = fixture_read (fixture, "changed.conf");
  g_assert_cmpstr (text, ==, OLD);
  close (to_child[0]);
  close (to_child[1]);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  close (from_child[0]);
  close (from_child[1]);
}

static void
test_damaged_entry_is_listed_and_in_nobodys_way (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = {
    "",
    "\xff\xfe",
    "[Export]\nformat=2\ntarget=msmtp\nstate=done\ncreated=2026-01-01T00:00:00Z\n",
    "[Export]\nformat=1\ntarget=msmtp\nstate=odd\ncreated=2026-01-01T00:00:00Z\n",
    "[Export]\nformat=1\ntarget=msmtp\nstate=applying\ncreated=2026-01-01T00:00:00Z\n"
    "[File 0]\npath=relative\nreal-path=/x\ntemporary=/x\nafter-sha256=00\n",
    "[Export]\nformat=1\ntarget=msmtp\nstate=done\ncreated=2026-01-01T00:00:00Z\n"
    "[File 0]\npath=/x\nreal-path=/x\ntemporary=/x\nafter-sha256=0\nbefore=../../x\n"
    "before-sha256=0\n",
  };

  prepare (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *name = g_strdup_printf (
          ".local/state/mailwright/journal/%06u-20260101T000000Z/entry.ini", i + 1);

      fixture_write (fixture, name, texts[i]);
    }

  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = mw_journal_list (fixture->host, &error);
  g_autoptr(MwExportPlan) plan = make_plan (fixture);
  g_autoptr(MwExportResult) result = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, G_N_ELEMENTS (texts));
  for (guint i = 0; i < entries->len; i++)
    g_assert_cmpint (((MwJournalEntry *) entries->pdata[i])->state, ==,
                     MW_JOURNAL_STATE_UNREADABLE);
  g_assert_null (undo (fixture, NULL, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL);
  g_clear_error (&error);

  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
  assert_after (fixture);
  mw_export_result_free (undo (fixture, result->journal_id, &error));
  g_assert_no_error (error);
  assert_before (fixture);
}

static void
test_damaged_copy_is_not_put_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *text = NULL;

  prepare (fixture);
  plan = make_plan (fixture);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
  kept = g_build_filename (".local/state/mailwright/journal", result->journal_id, "before-0", NULL);
  fixture_write (fixture, kept, "rotten");
  g_assert_null (undo (fixture, NULL, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL);
  text = fixture_read (fixture, "changed.conf");
  g_assert_cmpstr (text, ==, NEW);
}

static void
test_unwritable_journal_changes_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;

  prepare (fixture);
  fixture_write (fixture, ".local/state/mailwright/journal", "a file where the folder should be");
  plan = make_plan (fixture);
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_JOURNAL);
  text = fixture_read (fixture, "changed.conf");
  g_assert_cmpstr (text, ==, OLD);
}

static void
test_old_entries_go (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fixture_path (fixture, "file");
  g_autoptr(GError) error = NULL;
  guint n;

  for (guint i = 0; i < 103; i++)
    {
      g_autoptr(MwExportPlan) plan = mw_export_plan_new ("msmtp");
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
      g_autoptr(MwExportResult) result = NULL;

      mw_export_plan_add_file (plan, path, bytes, 0600, MW_FILE_FLAGS_NONE, &error);
      result = fixture_apply (fixture, plan, &error);
      g_assert_no_error (error);
    }
  last_state (fixture, &n);
  g_assert_cmpuint (n, ==, 100);
}

static void
test_two_processes_take_turns (Fixture *fixture, gconstpointer data)
{
  enum
  {
    N_CHILDREN = 4,
    N_EACH = 5
  };
  pid_t children[N_CHILDREN];
  guint n;

  for (guint i = 0; i < N_CHILDREN; i++)
    {
      children[i] = fork ();
      if (children[i] != 0)
        continue;
      for (guint j = 0; j < N_EACH; j++)
        {
          g_autoptr(MwExportPlan) plan = mw_export_plan_new ("msmtp");
          g_autofree char *name = g_strdup_printf ("file-%u-%u", i, j);
          g_autofree char *path = fixture_path (fixture, name);
          g_autoptr(GBytes) bytes = g_bytes_new_static ("x", 1);

          mw_export_plan_add_file (plan, path, bytes, 0600, MW_FILE_FLAGS_NONE, NULL);
          if (fixture_apply (fixture, plan, NULL) == NULL)
            _exit (1);
        }
      _exit (0);
    }
  for (guint i = 0; i < N_CHILDREN; i++)
    {
      int status;

      g_assert_cmpint (waitpid (children[i], &status, 0), ==, children[i]);
      g_assert_true (WIFEXITED (status));
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    }
  g_assert_cmpint (last_state (fixture, &n), ==, MW_JOURNAL_STATE_DONE);
  g_assert_cmpuint (n, ==, N_CHILDREN * N_EACH);
}

static void
test_rewritten_file_is_known_by_its_marker (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = mw_export_plan_new ("evolution");
  g_autofree char *path = fixture_path (fixture, "x.source");
  g_autoptr(GBytes) bytes = g_bytes_new_static ("[X]\nAccount=1\n", 14);
  g_autoptr(MwExportResult) result = NULL;
  g_autoptr(GError) error = NULL;
  MwFileChange *file = mw_export_plan_add_file (plan, path, bytes, 0600, MW_FILE_REWRITTEN, &error);

  file->marker = g_strdup ("Account=1");
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);

  fixture_write (fixture, "x.source", "[Y]\nmore=1\n[X]\nAccount=12\n");
  g_assert_null (undo (fixture, NULL, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED);
  g_clear_error (&error);
  fixture_write (fixture, "x.source", "[Y]\nmore=1\n[X]\nAccount=1");
  mw_export_result_free (undo (fixture, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_sandbox_paths_that_are_lost_are_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GError) error = NULL;

  prepare (fixture);
  mw_export_host_set_in_flatpak (fixture->host, TRUE);
  mw_export_host_set_root (fixture->host, fixture->home); /* same file system: not the person's */
  plan = make_plan (fixture);
  g_assert_null (fixture_apply (fixture, plan, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_ACCESS);
  mw_export_host_set_root (fixture->host, "/proc");
  g_assert_true (mw_export_host_path_is_real (fixture->host, fixture->home));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  add ("/apply/undo-gives-back-every-byte", test_undo_gives_back_every_byte);
  add ("/apply/journal-holds-no-password", test_journal_holds_no_password);
  add ("/apply/plan-that-changes-nothing-writes-nothing",
       test_plan_that_changes_nothing_writes_nothing);
  add ("/apply/file-changed-after-planning-is-kept", test_file_changed_after_planning_is_kept);
  add ("/apply/file-changed-while-planning-is-kept", test_file_changed_while_planning_is_kept);
  add ("/apply/file-created-after-planning-is-kept", test_file_created_after_planning_is_kept);
  add ("/apply/undo-refuses-when-a-file-changed", test_undo_refuses_when_a_file_changed);
  add ("/apply/undo-goes-back-step-by-step", test_undo_goes_back_step_by_step);
  add ("/apply/account-is-gone-after-its-last-undo", test_account_is_gone_after_its_last_undo);
  add ("/apply/password-changed-since-survives-undo", test_password_changed_since_survives_undo);
  add ("/apply/failure-anywhere-puts-everything-back", test_failure_anywhere_puts_everything_back);
  add ("/apply/kill-at-any-step-of-applying-is-put-back",
       test_kill_at_any_step_of_applying_is_put_back);
  add ("/apply/kill-at-any-step-of-undoing-can-be-undone-again",
       test_kill_at_any_step_of_undoing_can_be_undone_again);
  add ("/apply/next-export-puts-back-what-was-cut-off",
       test_next_export_puts_back_what_was_cut_off);
  add ("/apply/plan-made-upon-a-cut-off-export-does-not-fit",
       test_plan_made_upon_a_cut_off_export_does_not_fit);
  add ("/apply/cut-off-export-leaves-what-others-changed",
       test_cut_off_export_leaves_what_others_changed);
  add ("/apply/locked-keyring-changes-nothing", test_locked_keyring_changes_nothing);
  add ("/apply/undo-without-keyring", test_undo_without_keyring);
  add ("/apply/without-keyring-files-are-written-and-a-note-says-so",
       test_without_keyring_files_are_written_and_a_note_says_so);
  add ("/apply/cancelled-export-changes-nothing", test_cancelled_export_changes_nothing);
  add ("/apply/own-link-is-followed-and-stays", test_own_link_is_followed_and_stays);
  add ("/apply/link-swapped-in-later-is-refused", test_link_swapped_in_later_is_refused);
  add ("/apply/link-of-somebody-else-is-not-followed", test_link_of_somebody_else_is_not_followed);
  add ("/apply/owner-of-a-file-stays", test_owner_of_a_file_stays);
  add ("/apply/what-is-no-file-is-refused", test_what_is_no_file_is_refused);
  add ("/apply/hard-link-is-mentioned", test_hard_link_is_mentioned);
  add ("/apply/folder-without-permission-fails-whole", test_folder_without_permission_fails_whole);
  add ("/apply/running-program-is-left-alone", test_running_program_is_left_alone);
  add ("/apply/damaged-entry-is-listed-and-in-nobodys-way",
       test_damaged_entry_is_listed_and_in_nobodys_way);
  add ("/apply/damaged-copy-is-not-put-back", test_damaged_copy_is_not_put_back);
  add ("/apply/unwritable-journal-changes-nothing", test_unwritable_journal_changes_nothing);
  add ("/apply/old-entries-go", test_old_entries_go);
  add ("/apply/two-processes-take-turns", test_two_processes_take_turns);
  add ("/apply/rewritten-file-is-known-by-its-marker", test_rewritten_file_is_known_by_its_marker);
  add ("/apply/sandbox-paths-that-are-lost-are-refused",
       test_sandbox_paths_that_are_lost_are_refused);

  return g_test_run ();
}
