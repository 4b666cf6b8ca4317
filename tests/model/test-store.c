/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/mw-store.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static MwStore *
make_store (void)
{
  g_autofree char *directory = g_dir_make_tmp ("mw-store-XXXXXX", NULL);
  g_autofree char *below = g_build_filename (directory, "accounts", NULL);

  return mw_store_new (below);
}

static MwAccount *
make_account (const char *address_text)
{
  g_autoptr (MwAddress) address = mw_address_new (address_text, NULL);
  g_autoptr (MwServer) imap =
                mw_server_new_from_url ("imaps://jo%40example.org@imap.example.org", NULL);
  g_autoptr (MwServer) smtp =
                mw_server_new_from_url ("smtp://jo:AUTH=PLAIN@smtp.example.org:2587", NULL);
  MwAccount *account = mw_account_new (address);

  mw_account_set_server (account, MW_HALF_INCOMING, imap);
  mw_account_set_server (account, MW_HALF_OUTGOING, smtp);
  return account;
}

static char *
path_of (MwStore *store, const char *id)
{
  g_autofree char *name = g_strconcat (id, ".ini", NULL);

  return g_build_filename (mw_store_get_directory (store), name, NULL);
}

static void
test_saved_account_is_loaded_equal (void)
{
  g_autoptr (MwStore) store = make_store ();
  g_autoptr (MwAccount) account = make_account ("Jo Müller <jo@bücher.example>");
  g_autoptr (MwAccount) loaded = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = path_of (store, mw_account_get_id (account));
  struct stat info;
  mode_t mask = umask (0);

  mw_account_set_reply_to (account, "team@example.org");
  mw_account_set_organization (account, "Example; \\ = [x]\nLtd");
  mw_account_set_provider (account, "example");
  mw_account_set_separate_passwords (account, TRUE);
  mw_account_set_pin (account, MW_HALF_OUTGOING, "ab12");
  g_assert_true (mw_store_save (store, account, &error));
  umask (mask);
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  g_assert_cmpint (g_stat (mw_store_get_directory (store), &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0700);

  loaded = mw_store_load (store, "JO@xn--bcher-kva.example", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mw_account_get_id (loaded), ==, mw_account_get_id (account));
  g_assert_cmpstr (mw_account_get_name (loaded), ==, "Jo Müller");
  g_assert_cmpstr (mw_account_get_reply_to (loaded), ==, "team@example.org");
  g_assert_cmpstr (mw_account_get_organization (loaded), ==, "Example; \\ = [x]\nLtd");
  g_assert_cmpstr (mw_account_get_provider (loaded), ==, "example");
  g_assert_cmpstr (mw_account_get_pin (loaded, MW_HALF_OUTGOING), ==, "ab12");
  g_assert_true (mw_account_get_separate_passwords (loaded));
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    g_assert_true (mw_server_equal (mw_account_get_server (loaded, half),
                                    mw_account_get_server (account, half)));
}

static void
test_foreign_keys_and_comments_survive_an_edit (void)
{
  g_autoptr (MwStore) store = make_store ();
  g_autoptr (MwAccount) account = make_account ("jo@example.org");
  g_autoptr (MwAccount) loaded = NULL;
  g_autofree char *path = path_of (store, mw_account_get_id (account)), *text = NULL, *more = NULL;

  g_assert_true (mw_store_save (store, account, NULL));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  more = g_strconcat ("# my own remark\n", text, "\n[Helpdesk]\nTicket=77\n", NULL);
  g_assert_true (g_file_set_contents (path, more, -1, NULL));

  loaded = mw_store_load (store, mw_account_get_id (account), NULL);
  mw_account_set_name (loaded, "New");
  g_assert_true (mw_store_save (store, loaded, NULL));
  g_clear_pointer (&text, g_free);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "# my own remark"));
  g_assert_nonnull (strstr (text, "Ticket=77"));
  g_assert_nonnull (strstr (text, "Name=New"));
}

static void
test_change_by_another_process_is_noticed (void)
{
  g_autoptr (MwStore) store = make_store ();
  g_autoptr (MwAccount) account = make_account ("jo@example.org");
  g_autoptr (MwAccount) first = NULL, second = NULL, there = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mw_store_save (store, account, NULL));
  first = mw_store_load (store, "jo@example.org", NULL);
  second = mw_store_load (store, "jo@example.org", NULL);
  mw_account_set_name (first, "First");
  mw_account_set_name (second, "Second");
  g_assert_true (mw_store_save (store, first, NULL));
  g_assert_false (mw_store_save (store, second, &error));
  g_assert_error (error, MW_STORE_ERROR, MW_STORE_ERROR_CHANGED);
  there = mw_store_load (store, "jo@example.org", NULL);
  g_assert_cmpstr (mw_account_get_name (there), ==, "First");
  /* ... and the winner may go on saving */
  mw_account_set_name (first, "Third");
  g_assert_true (mw_store_save (store, first, NULL));
}

static void
test_unreadable_file_is_kept_and_named (void)
{
  static const struct
  {
    const char *text;
    MwStoreError code;
  } files[] = {
    { "", MW_STORE_ERROR_UNREADABLE },
    { "\x01\x02 no key file", MW_STORE_ERROR_UNREADABLE },
    { "[Account]\nformat=1\n", MW_STORE_ERROR_UNREADABLE },
    { "[Account]\nAddress=jo@example.org\n", MW_STORE_ERROR_UNREADABLE },
    { "[Account]\nformat=1\nAddress=jo\n", MW_STORE_ERROR_UNREADABLE },
    { "[Account]\nformat=2\nAddress=jo@example.org\n", MW_STORE_ERROR_NEWER },
    { "[Account]\nformat=1\nAddress=a@b.example\n[Incoming]\nProtocol=imap\nHost=h\nPort=1\n",
      MW_STORE_ERROR_UNREADABLE },
    { "[Account]\nformat=1\nAddress=a@b.example\n[Incoming]\nProtocol=smtp\nHost=h\nPort=1\n"
      "Security=tls\n",
      MW_STORE_ERROR_UNREADABLE },
    { "[Account]\nformat=1\nAddress=a@b.example\n[Incoming]\nProtocol=imap\nHost=h\nPort=65536\n"
      "Security=tls\n",
      MW_STORE_ERROR_UNREADABLE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (MwStore) store = make_store ();
      g_autoptr (MwAccount) account = make_account ("good@example.org");
      g_autoptr (MwAccount) other = make_account ("other@example.org");
      g_autoptr (GPtrArray) accounts = NULL, problems = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *path = path_of (store, mw_account_get_id (account)), *after = NULL;

      g_assert_true (mw_store_save (store, account, NULL));
      g_assert_true (mw_store_save (store, other, NULL));
      g_assert_true (g_file_set_contents (path, files[i].text, -1, NULL));
      accounts = mw_store_list (store, &problems, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (accounts->len, ==, 1);
      g_assert_cmpuint (problems->len, ==, 1);
      g_assert_error ((GError *) g_ptr_array_index (problems, 0), MW_STORE_ERROR,
                      (int) files[i].code);
      g_assert_false (mw_store_save (store, account, NULL));
      g_assert_false (mw_store_remove (store, mw_account_get_id (account), NULL));
      g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
      g_assert_cmpstr (after, ==, files[i].text);
    }
}

static void
test_fifo_and_folder_are_no_accounts (void)
{
  g_autoptr (MwStore) store = make_store ();
  g_autoptr (MwAccount) account = make_account ("jo@example.org");
  g_autoptr (GPtrArray) accounts = NULL, problems = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *fifo = path_of (store, "fifo"), *folder = path_of (store, "folder");

  g_assert_true (mw_store_save (store, account, NULL));
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  accounts = mw_store_list (store, &problems, NULL); /* must not wait for a writer */
  g_assert_cmpuint (accounts->len, ==, 1);
  g_assert_cmpuint (problems->len, ==, 2);
  g_assert_false (mw_file_replace (fifo, "x", 1, 0600, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
}

static void
test_link_is_followed_and_kept (void)
{
  g_autofree char *directory = g_dir_make_tmp ("mw-store-XXXXXX", NULL);
  g_autofree char *target = g_build_filename (directory, "target", NULL);
  g_autofree char *link_path = g_build_filename (directory, "link", NULL);
  g_autofree char *loop = g_build_filename (directory, "loop", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink ("target", link_path), ==, 0);
  g_assert_true (mw_file_replace (link_path, "one", 3, MW_FILE_KEEP_MODE, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (link_path, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_get_contents (target, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "one");
  g_assert_cmpint (symlink ("loop", loop), ==, 0);
  g_assert_false (mw_file_replace (loop, "x", 1, 0600, &error));
  g_assert_nonnull (error);
}

static void
test_ambiguous_address_names_the_ids (void)
{
  g_autoptr (MwStore) store = make_store ();
  g_autoptr (MwAccount) first = make_account ("jo@example.org");
  g_autoptr (MwAccount) second = make_account ("jo@example.org");
  g_autoptr (GError) error = NULL;

  g_assert_null (mw_store_load (store, "jo@example.org", &error));
  g_assert_error (error, MW_STORE_ERROR, MW_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (mw_store_save (store, first, NULL));
  g_assert_true (mw_store_save (store, second, NULL));
  g_assert_null (mw_store_load (store, "jo@example.org", &error));
  g_assert_error (error, MW_STORE_ERROR, MW_STORE_ERROR_AMBIGUOUS);
  g_assert_nonnull (strstr (error->message, mw_account_get_id (first)));
  g_assert_nonnull (strstr (error->message, mw_account_get_id (second)));
  g_assert_true (mw_store_remove (store, mw_account_get_id (first), NULL));
  g_clear_object (&first);
  first = mw_store_load (store, "jo@example.org", NULL);
  g_assert_nonnull (first);
  g_clear_error (&error);
  g_assert_null (mw_store_load (store, "../../etc/passwd", &error));
  g_assert_error (error, MW_STORE_ERROR, MW_STORE_ERROR_NOT_FOUND);
}

/* A process that saves without pause is killed at a random moment: what is there can be loaded */
static void
test_killed_writer_leaves_a_whole_file (void)
{
  g_autoptr (MwStore) store = make_store ();
  g_autoptr (MwAccount) account = make_account ("jo@example.org");
  GRand *rand = g_rand_new_with_seed (7);

  g_assert_true (mw_store_save (store, account, NULL));
  for (int round = 0; round < 25; round++)
    {
      g_autoptr (GPtrArray) accounts = NULL, problems = NULL;
      pid_t child = fork ();

      g_assert_cmpint (child, >=, 0);
      if (child == 0)
        for (int i = 0;; i++)
          {
            g_autoptr (MwAccount) mine = mw_store_load (store, mw_account_get_id (account), NULL);
            g_autofree char *name = g_strnfill ((gsize) (i % 40000), 'x');

            if (mine == NULL)
              _exit (1);
            mw_account_set_name (mine, name);
            mw_store_save (store, mine, NULL);
          }
      g_usleep ((gulong) g_rand_int_range (rand, 0, 20000));
      g_assert_cmpint (kill (child, SIGKILL), ==, 0);
      g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
      accounts = mw_store_list (store, &problems, NULL);
      g_assert_cmpuint (problems->len, ==, 0);
      g_assert_cmpuint (accounts->len, ==, 1);
    }
  g_rand_free (rand);
}

static void
test_two_processes_save_at_once (void)
{
  g_autoptr (MwStore) store = make_store ();
  g_autoptr (MwAccount) account = make_account ("jo@example.org");
  g_autoptr (MwAccount) end = NULL;
  pid_t children[2];
  int sum = 0;

  mw_account_set_name (account, "0");
  g_assert_true (mw_store_save (store, account, NULL));
  for (gsize c = 0; c < G_N_ELEMENTS (children); c++)
    {
      children[c] = fork ();
      g_assert_cmpint (children[c], >=, 0);
      if (children[c] == 0)
        {
          /* 40 increments; a change by the other one means: load again and repeat */
          for (int done = 0; done < 40;)
            {
              g_autoptr (MwAccount) mine = mw_store_load (store, mw_account_get_id (account), NULL);
              g_autofree char *next = NULL;

              if (mine == NULL)
                _exit (1);
              next = g_strdup_printf ("%d", atoi (mw_account_get_name (mine)) + 1);
              mw_account_set_name (mine, next);
              done += mw_store_save (store, mine, NULL);
            }
          _exit (0);
        }
    }
  for (gsize c = 0; c < G_N_ELEMENTS (children); c++)
    {
      int status;

      g_assert_cmpint (waitpid (children[c], &status, 0), ==, children[c]);
      g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
    }
  end = mw_store_load (store, "jo@example.org", NULL);
  sum = atoi (mw_account_get_name (end));
  g_assert_cmpint (sum, ==, 80);
}

static void
test_password_half (void)
{
  g_autoptr (MwAccount) account = make_account ("jo@example.org");
  g_autoptr (MwServer) open_server = mw_server_new_from_url ("imaps://imap.example.org", NULL);

  g_assert_cmpint (mw_account_get_password_half (account, MW_HALF_OUTGOING), ==, MW_HALF_INCOMING);
  mw_account_set_separate_passwords (account, TRUE);
  g_assert_cmpint (mw_account_get_password_half (account, MW_HALF_OUTGOING), ==, MW_HALF_OUTGOING);
  mw_account_set_separate_passwords (account, FALSE);
  mw_account_set_server (account, MW_HALF_INCOMING, open_server);
  g_assert_cmpint (mw_account_get_password_half (account, MW_HALF_OUTGOING), ==, MW_HALF_OUTGOING);
  mw_account_set_server (account, MW_HALF_INCOMING, NULL);
  g_assert_cmpint (mw_account_get_password_half (account, MW_HALF_OUTGOING), ==, MW_HALF_OUTGOING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/store/saved-account-is-loaded-equal", test_saved_account_is_loaded_equal);
  g_test_add_func ("/store/foreign-keys-and-comments-survive-an-edit",
                   test_foreign_keys_and_comments_survive_an_edit);
  g_test_add_func ("/store/change-by-another-process-is-noticed",
                   test_change_by_another_process_is_noticed);
  g_test_add_func ("/store/unreadable-file-is-kept-and-named",
                   test_unreadable_file_is_kept_and_named);
  g_test_add_func ("/store/fifo-and-folder-are-no-accounts", test_fifo_and_folder_are_no_accounts);
  g_test_add_func ("/store/link-is-followed-and-kept", test_link_is_followed_and_kept);
  g_test_add_func ("/store/ambiguous-address-names-the-ids", test_ambiguous_address_names_the_ids);
  g_test_add_func ("/store/killed-writer-leaves-a-whole-file",
                   test_killed_writer_leaves_a_whole_file);
  g_test_add_func ("/store/two-processes-save-at-once", test_two_processes_save_at_once);
  g_test_add_func ("/account/where-its-password-is-kept", test_password_half);
  return g_test_run ();
}
