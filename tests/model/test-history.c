/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/mw-history.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static MwHistory *
make_history (void)
{
  g_autofree char *directory = g_dir_make_tmp ("mw-history-XXXXXX", NULL);
  g_autofree char *below = g_build_filename (directory, "history", NULL);

  return mw_history_new (below);
}

static MwAccount *
make_account (void)
{
  g_autoptr (MwAddress) address = mw_address_new ("Jo <jo@example.org>", NULL);
  g_autoptr (MwServer) imap = mw_server_new_from_url ("imaps://jo@imap.example.org", NULL);
  g_autoptr (MwServer) smtp = mw_server_new_from_url ("smtps://jo@smtp.example.org", NULL);
  MwAccount *account = mw_account_new (address);

  mw_account_set_server (account, MW_HALF_INCOMING, imap);
  mw_account_set_server (account, MW_HALF_OUTGOING, smtp);
  return account;
}

static void
add_step (MwReport *report, MwStage stage, MwStatus status, MwDiagnosis diagnosis)
{
  g_autoptr (MwStep) step = mw_step_new (stage, status, 1.5, diagnosis, "it was tried", NULL);

  mw_report_add_step (report, step);
}

/* How far a check got: up to @last, which ended as @status */
static GPtrArray *
make_reports (MwAccount *account, MwStage last, MwStatus status, MwDiagnosis diagnosis)
{
  GPtrArray *reports = g_ptr_array_new_with_free_func (g_object_unref);

  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      MwReport *report = mw_report_new (mw_account_get_server (account, half));

      for (MwStage stage = MW_STAGE_NETWORK; stage <= MW_STAGE_MAILBOX; stage++)
        if (stage < last)
          add_step (report, stage, MW_STATUS_OK, MW_DIAGNOSIS_NONE);
        else if (stage == last && half == MW_HALF_OUTGOING)
          add_step (report, stage, status, diagnosis);
        else if (stage == last)
          add_step (report, stage, MW_STATUS_OK, MW_DIAGNOSIS_NONE);
        else
          add_step (report, stage, MW_STATUS_SKIPPED, MW_DIAGNOSIS_NONE);
      mw_report_set_network (report, "Office\nWi-Fi");
      g_ptr_array_add (reports, report);
    }
  return reports;
}

static void
add_good_check (MwHistory *history, MwAccount *account)
{
  g_autoptr (GPtrArray) reports =
                make_reports (account, MW_STAGE_MAILBOX, MW_STATUS_OK, MW_DIAGNOSIS_NONE);
  g_autoptr (GError) error = NULL;

  g_assert_true (mw_history_add_check (history, account, reports, &error));
  g_assert_no_error (error);
}

static char *
path_of (MwHistory *history, MwAccount *account)
{
  g_autofree char *name = g_strconcat (mw_account_get_id (account), ".ini", NULL);

  return g_build_filename (mw_history_get_directory (history), name, NULL);
}

static void
assert_never (MwHistory *history, MwAccount *account)
{
  g_autoptr (MwPast) past = mw_history_load (history, account);

  g_assert_null (past->checked);
  g_assert_cmpint (past->diagnosis, ==, MW_DIAGNOSIS_NONE);
  g_assert_false (past->is_current);
  g_assert_null (past->network);
  g_assert_cmpuint (past->exports->len, ==, 0);
}

static void
test_nothing_was_done (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();

  assert_never (history, account);
  /* Looking leaves no trace */
  g_assert_false (g_file_test (mw_history_get_directory (history), G_FILE_TEST_EXISTS));
}

static void
test_check_is_remembered (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwHistory) other = mw_history_new (mw_history_get_directory (history));
  g_autoptr (MwAccount) account = make_account ();
  g_autoptr (MwPast) past = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *path = path_of (history, account);
  g_autoptr (GDir) dir = NULL;
  mode_t mask = umask (0);
  struct stat info;

  add_good_check (history, account);
  umask (mask);
  past = mw_history_load (other, account); /* another process */
  g_assert_nonnull (past->checked);
  g_assert_cmpint (ABS (g_date_time_difference (now, past->checked)), <, 10 * G_TIME_SPAN_MINUTE);
  g_assert_cmpint (g_date_time_get_utc_offset (past->checked), ==, 0);
  g_assert_cmpint (past->verdict, ==, MW_STATUS_OK);
  g_assert_cmpint (past->diagnosis, ==, MW_DIAGNOSIS_NONE);
  g_assert_true (past->is_complete);
  g_assert_true (past->is_current);
  g_assert_null (strchr (past->network, '\n'));
  g_assert_true (g_str_has_prefix (past->network, "Office"));

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
}

/* The next check with the same result is a new time in the same file; with another one, and where
 * the file is not ours alone, it is a new file */
static void
test_same_result_is_a_new_time (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwHistory) other = mw_history_new (mw_history_get_directory (history));
  g_autoptr (MwAccount) account = make_account ();
  g_autoptr (GPtrArray) failed =
                make_reports (account, MW_STAGE_LOGIN, MW_STATUS_FAILED, MW_DIAGNOSIS_AUTH_FAILED);
  g_autofree char *path = path_of (history, account),
                  *link_path = g_strconcat (path, ".link", NULL);
  g_autofree char *text = NULL, *elsewhere = NULL;
  g_autoptr (MwPast) past = NULL;
  struct stat before, after;
  char *at;

  add_good_check (history, account);
  /* Long ago, so that the time must change in many digits */
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  at = strstr (text, "At=2");
  g_assert_nonnull (at);
  memcpy (at, "At=1999-01-01T00:00:00", strlen ("At=1999-01-01T00:00:00"));
  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_cmpint (stat (path, &before), ==, 0);
  add_good_check (history, account);
  g_assert_cmpint (stat (path, &after), ==, 0);
  g_assert_cmpuint (before.st_ino, ==, after.st_ino);
  past = mw_history_load (other, account);
  g_assert_cmpint (g_date_time_get_year (past->checked), >, 1999);
  g_assert_true (past->is_current);

  /* A second name for the file is somebody else's copy: it stays as it is */
  g_assert_cmpint (link (path, link_path), ==, 0);
  add_good_check (history, account);
  g_assert_cmpint (stat (path, &after), ==, 0);
  g_assert_cmpuint (before.st_ino, !=, after.st_ino);
  g_assert_true (g_file_get_contents (link_path, &elsewhere, NULL, NULL));
  g_assert_nonnull (strstr (elsewhere, "Verdict=ok"));

  g_assert_true (mw_history_add_check (history, account, failed, NULL));
  g_clear_pointer (&past, mw_past_free);
  past = mw_history_load (other, account);
  g_assert_cmpint (past->verdict, ==, MW_STATUS_FAILED);
}

static void
test_worst_verdict_counts (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();
  g_autoptr (GPtrArray) reports =
                make_reports (account, MW_STAGE_LOGIN, MW_STATUS_FAILED, MW_DIAGNOSIS_AUTH_FAILED);
  g_autoptr (MwPast) past = NULL;

  /* The one that only warns has a diagnosis too */
  mw_report_add_diagnosis (g_ptr_array_index (reports, 0), MW_DIAGNOSIS_CERT_EXPIRES_SOON);
  g_assert_true (mw_history_add_check (history, account, reports, NULL));
  past = mw_history_load (history, account);
  g_assert_cmpint (past->verdict, ==, MW_STATUS_FAILED);
  g_assert_cmpint (past->diagnosis, ==, MW_DIAGNOSIS_AUTH_FAILED);
}

static void
test_without_login_it_is_not_complete (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();
  g_autoptr (GPtrArray) reports =
                make_reports (account, MW_STAGE_CAPABILITY, MW_STATUS_OK, MW_DIAGNOSIS_NONE);
  g_autoptr (MwPast) past = NULL;

  g_assert_true (mw_history_add_check (history, account, reports, NULL));
  past = mw_history_load (history, account);
  g_assert_cmpint (past->verdict, ==, MW_STATUS_OK);
  g_assert_false (past->is_complete);
}

static void
test_server_without_login_is_complete (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();
  g_autoptr (MwServer) relay = mw_server_new_from_url ("smtp://:AUTH=NONE@relay.example.org", NULL);
  g_autoptr (GPtrArray) reports = NULL;
  g_autoptr (MwPast) past = NULL;

  g_assert_false (mw_server_needs_login (relay));
  mw_account_set_server (account, MW_HALF_INCOMING, NULL);
  mw_account_set_server (account, MW_HALF_OUTGOING, relay);
  reports = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (reports, mw_report_new (relay));
  add_step (g_ptr_array_index (reports, 0), MW_STAGE_CAPABILITY, MW_STATUS_OK, MW_DIAGNOSIS_NONE);
  g_assert_true (mw_history_add_check (history, account, reports, NULL));
  past = mw_history_load (history, account);
  g_assert_true (past->is_complete);
}

static void
test_no_report_proves_nothing (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();
  g_autoptr (GPtrArray) reports = g_ptr_array_new ();
  g_autoptr (MwPast) past = NULL;

  g_assert_true (mw_history_add_check (history, account, reports, NULL));
  past = mw_history_load (history, account);
  g_assert_false (past->is_complete);
}

/* A check does not depend on who somebody is; an export does */
static void
test_changes_that_matter (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();
  g_autoptr (MwAccount) renamed = mw_account_copy (account);
  g_autoptr (MwAccount) moved = mw_account_copy (account);
  g_autoptr (MwServer) elsewhere = mw_server_new_from_url ("imaps://jo@imap.example.net", NULL);
  g_autoptr (MwPast) same = NULL, after_name = NULL, after_move = NULL;
  g_autofree char *first = NULL, *second = NULL;

  add_good_check (history, account);
  g_assert_true (mw_history_add_export (history, account, "thunderbird", NULL));
  mw_account_set_name (renamed, "Jo Müller");
  mw_account_set_server (moved, MW_HALF_INCOMING, elsewhere);

  same = mw_history_load (history, account);
  g_assert_true (same->is_current);
  g_assert_cmpuint (same->exports->len, ==, 1);
  g_assert_true (((MwPastExport *) g_ptr_array_index (same->exports, 0))->is_current);
  after_name = mw_history_load (history, renamed);
  g_assert_true (after_name->is_current);
  g_assert_false (((MwPastExport *) g_ptr_array_index (after_name->exports, 0))->is_current);
  after_move = mw_history_load (history, moved);
  g_assert_false (after_move->is_current);
  g_assert_false (((MwPastExport *) g_ptr_array_index (after_move->exports, 0))->is_current);

  first = mw_account_get_fingerprint (account);
  second = mw_account_get_fingerprint (renamed);
  g_assert_cmpuint (strlen (first), ==, 64);
  g_assert_cmpstr (first, !=, second);
}

static void
test_exports_come_and_go (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();
  g_autoptr (MwPast) both = NULL, one = NULL;
  g_autoptr (GError) error = NULL;

  add_good_check (history, account);
  g_assert_true (mw_history_add_export (history, account, "thunderbird", &error));
  g_assert_true (mw_history_add_export (history, account, "msmtp", &error));
  g_assert_true (mw_history_add_export (history, account, "thunderbird", &error));
  both = mw_history_load (history, account);
  g_assert_cmpuint (both->exports->len, ==, 2);
  g_assert_cmpstr (((MwPastExport *) g_ptr_array_index (both->exports, 0))->target, ==, "msmtp");
  g_assert_cmpstr (((MwPastExport *) g_ptr_array_index (both->exports, 1))->target, ==,
                   "thunderbird");
  g_assert_true (
      mw_history_remove_export (history, mw_account_get_id (account), "thunderbird", &error));
  g_assert_true (
      mw_history_remove_export (history, mw_account_get_id (account), "evolution", &error));
  one = mw_history_load (history, account);
  g_assert_cmpuint (one->exports->len, ==, 1);
  g_assert_nonnull (one->checked); /* the check is another matter */
  g_assert_true (mw_history_remove_account (history, mw_account_get_id (account), &error));
  assert_never (history, account);
  g_assert_true (mw_history_remove_account (history, mw_account_get_id (account), &error));
  g_assert_true (mw_history_remove_export (history, mw_account_get_id (account), "msmtp", &error));
  assert_never (history, account);
  g_assert_no_error (error);
}

static void
test_bad_files_count_as_never (void)
{
  static const char *const bad[] = {
    "",
    "\0\0\0",
    "no key file at all",
    "[Check]\nAt=2026-11-20T10:00:00Z\nVerdict=ok\n",
    "[History]\nformat=0\n[Check]\nAt=2026-11-20T10:00:00Z\nVerdict=ok\n[Export msmtp]\n"
    "At=2026-11-20T10:00:00Z\n",
    "[History]\nformat=1\n[Check]\nAt=yesterday\nVerdict=ok\n",
    "[History]\nformat=1\n[Check]\nAt=2026-11-20T10:00:00Z\nVerdict=running\n",
    "[History]\nformat=1\n[Check]\nVerdict=ok\n",
    "[History]\nformat=1\n[Export ]\nAt=2026-11-20T10:00:00Z\n",
    "[History]\nformat=1\n[Export ../x]\nAt=2026-11-20T10:00:00Z\n",
    "[History]\nformat=1\n[Export msmtp]\nAt=never\n",
    "[History]\nformat=1\n[Check]\nAt=2026-11-20T10:00:00Z\nVerdict=\xff\xfe\n",
  };
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();
  g_autofree char *path = path_of (history, account);

  g_assert_cmpint (g_mkdir_with_parents (mw_history_get_directory (history), 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *kept = NULL;
      g_autoptr (MwPast) past = NULL;

      g_assert_true (g_file_set_contents (path, bad[i], i == 1 ? 3 : -1, NULL));
      assert_never (history, account);
      /* Only a new event replaces it */
      g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
      g_assert_cmpstr (kept, ==, bad[i]);
      add_good_check (history, account);
      past = mw_history_load (history, account);
      g_assert_nonnull (past->checked);
    }
}

/* What a later version wrote, and what could not be read, is not replaced by a new event */
static void
test_file_that_is_not_understood_is_kept (void)
{
  static const char newer[] = "[History]\nformat=2\n[Check]\nAt=2026-11-20T10:00:00Z\nVerdict=ok\n";
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();
  g_autoptr (GPtrArray) reports =
                make_reports (account, MW_STAGE_MAILBOX, MW_STATUS_OK, MW_DIAGNOSIS_NONE);
  g_autofree char *path = path_of (history, account);
  g_autofree char *huge = g_strnfill (100000, '#');
  const char *const texts[] = { newer, huge };

  g_assert_cmpint (g_mkdir_with_parents (mw_history_get_directory (history), 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *kept = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (MwPast) past = NULL;

      g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
      for (int n = 0; n < 2; n++) /* what is remembered meanwhile does not replace it either */
        {
          g_clear_error (&error);
          g_assert_false (mw_history_add_check (history, account, reports, &error));
          g_assert_nonnull (strstr (error->message, path));
        }
      past = mw_history_load (history, account);
      g_assert_nonnull (past->checked);
      g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
      g_assert_cmpstr (kept, ==, texts[i]);
    }
}

static void
test_unknown_words_are_left_out (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();
  g_autofree char *path = path_of (history, account);
  g_autoptr (MwPast) past = NULL;

  g_assert_cmpint (g_mkdir_with_parents (mw_history_get_directory (history), 0700), ==, 0);
  g_assert_true (g_file_set_contents (path,
                                      "[History]\nformat=1\n[Check]\nAt=2026-11-20T11:00:00+01:00\n"
                                      "Verdict=warning\nDiagnosis=from-the-future\n"
                                      "Network=a\\nb\xe2\x80\xae\n",
                                      -1, NULL));
  past = mw_history_load (history, account);
  g_assert_cmpint (past->verdict, ==, MW_STATUS_WARNING);
  g_assert_cmpint (past->diagnosis, ==, MW_DIAGNOSIS_NONE);
  g_assert_cmpint (g_date_time_get_hour (past->checked), ==, 10);
  g_assert_nonnull (past->network);
  g_assert_null (strchr (past->network, '\n'));
  g_assert_null (strstr (past->network, "\xe2\x80\xae"));
  g_assert_false (past->is_complete);
  g_assert_false (past->is_current);
}

static void
test_huge_file_is_not_read (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();
  g_autofree char *path = path_of (history, account);
  g_autofree char *filler = g_strnfill (100000, '#');
  g_autofree char *text = g_strconcat (
      "[History]\nformat=1\n[Check]\nAt=2026-11-20T10:00:00Z\nVerdict=ok\n", filler, "\n", NULL);

  g_assert_cmpint (g_mkdir_with_parents (mw_history_get_directory (history), 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  assert_never (history, account);
}

/* No place to write: the run of the program goes on with what it knows */
static void
test_unwritable_folder (void)
{
  g_autofree char *directory = g_dir_make_tmp ("mw-history-XXXXXX", NULL);
  g_autofree char *blocker = g_build_filename (directory, "file", NULL);
  g_autofree char *below = g_build_filename (blocker, "history", NULL);
  g_autoptr (MwHistory) history = mw_history_new (below);
  g_autoptr (MwAccount) account = make_account ();
  g_autoptr (GPtrArray) reports =
                make_reports (account, MW_STAGE_MAILBOX, MW_STATUS_OK, MW_DIAGNOSIS_NONE);
  g_autoptr (MwPast) past = NULL, after = NULL;
  g_autoptr (GError) error = NULL, second = NULL;

  g_assert_true (g_file_set_contents (blocker, "", 0, NULL));
  assert_never (history, account);
  g_assert_false (mw_history_add_check (history, account, reports, &error));
  g_assert_cmpuint (error->domain, ==, G_IO_ERROR);
  g_assert_false (mw_history_add_export (history, account, "msmtp", &second));
  past = mw_history_load (history, account);
  g_assert_nonnull (past->checked);
  g_assert_true (past->is_current);
  g_assert_cmpuint (past->exports->len, ==, 1);

  /* Once there is a place, all of it gets there */
  g_assert_cmpint (g_unlink (blocker), ==, 0);
  g_assert_true (mw_history_remove_export (history, mw_account_get_id (account), "msmtp", NULL));
  g_clear_object (&history);
  history = mw_history_new (below);
  after = mw_history_load (history, account);
  g_assert_nonnull (after->checked);
  g_assert_cmpuint (after->exports->len, ==, 0);
}

static void
test_ids_are_no_paths (void)
{
  static const char *const ids[] = { "", "../accounts/x", "a/b", ".lock" };
  g_autoptr (MwHistory) history = make_history ();

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GError) error = NULL, second = NULL;

      g_assert_false (mw_history_remove_account (history, ids[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME);
      g_assert_false (mw_history_remove_export (history, ids[i], "msmtp", &second));
      g_assert_error (second, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME);
    }
}

static void
test_targets_are_ids (void)
{
  static const char *const targets[] = { "", "Thunderbird", "a b", "x]", "../msmtp" };
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();

  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (GError) error = NULL, second = NULL;

      g_assert_false (mw_history_add_export (history, account, targets[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_false (
          mw_history_remove_export (history, mw_account_get_id (account), targets[i], &second));
      g_assert_error (second, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
  assert_never (history, account);
}

typedef struct
{
  MwHistory *history;
  MwAccount *account;
  const char *target;
} Writer;

static gpointer
write_thread (gpointer data)
{
  const Writer *writer = data;
  /* An object of its own, as another process has one */
  g_autoptr (MwHistory) history = mw_history_new (mw_history_get_directory (writer->history));

  for (int i = 0; i < 20; i++)
    {
      add_good_check (history, writer->account);
      g_assert_true (mw_history_add_export (history, writer->account, writer->target, NULL));
    }
  return NULL;
}

static void
test_two_processes_lose_nothing (void)
{
  g_autoptr (MwHistory) history = make_history ();
  g_autoptr (MwAccount) account = make_account ();
  g_autoptr (MwPast) past = NULL;
  Writer writers[] = { { history, account, "msmtp" },
                       { history, account, "evolution" },
                       { history, account, "thunderbird" } };
  GThread *threads[G_N_ELEMENTS (writers)];

  for (gsize i = 0; i < G_N_ELEMENTS (writers); i++)
    threads[i] = g_thread_new ("writer", write_thread, &writers[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (writers); i++)
    g_thread_join (threads[i]);
  past = mw_history_load (history, account);
  g_assert_nonnull (past->checked);
  g_assert_cmpuint (past->exports->len, ==, G_N_ELEMENTS (writers));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/history/nothing-was-done", test_nothing_was_done);
  g_test_add_func ("/history/check-is-remembered", test_check_is_remembered);
  g_test_add_func ("/history/same-result-is-a-new-time", test_same_result_is_a_new_time);
  g_test_add_func ("/history/worst-verdict-counts", test_worst_verdict_counts);
  g_test_add_func ("/history/without-login-it-is-not-complete",
                   test_without_login_it_is_not_complete);
  g_test_add_func ("/history/server-without-login-is-complete",
                   test_server_without_login_is_complete);
  g_test_add_func ("/history/no-report-proves-nothing", test_no_report_proves_nothing);
  g_test_add_func ("/history/changes-that-matter", test_changes_that_matter);
  g_test_add_func ("/history/exports-come-and-go", test_exports_come_and_go);
  g_test_add_func ("/history/bad-files-count-as-never", test_bad_files_count_as_never);
  g_test_add_func ("/history/file-that-is-not-understood-is-kept",
                   test_file_that_is_not_understood_is_kept);
  g_test_add_func ("/history/unknown-words-are-left-out", test_unknown_words_are_left_out);
  g_test_add_func ("/history/huge-file-is-not-read", test_huge_file_is_not_read);
  g_test_add_func ("/history/unwritable-folder-is-survived", test_unwritable_folder);
  g_test_add_func ("/history/ids-are-no-paths", test_ids_are_no_paths);
  g_test_add_func ("/history/targets-are-ids", test_targets_are_ids);
  g_test_add_func ("/history/two-processes-lose-nothing", test_two_processes_lose_nothing);

  return g_test_run ();
}
