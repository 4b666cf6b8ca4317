/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "secrets/mw-time-limit.h"
#include "secrets/mw-keyring.h"
#include "secrets/mw-secrets-memory.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static MwAccount *
make_account (const char *in, const char *out)
{
  g_autoptr(MwAddress) address = mw_address_new ("jo@example.org", NULL);
  MwAccount *account = mw_account_new (address);

  if (in != NULL)
    {
      g_autoptr(MwServer) server = mw_server_new_from_url (in, NULL);

      mw_account_set_server (account, MW_HALF_INCOMING, server);
    }
  if (out != NULL)
    {
      g_autoptr(MwServer) server = mw_server_new_from_url (out, NULL);

      mw_account_set_server (account, MW_HALF_OUTGOING, server);
    }
  return account;
}

static void
store (MwSecrets *secrets, MwAccount *account, MwHalf half, const char *text)
{
  g_autoptr(SecretValue) value = secret_value_new (text, -1, "text/plain");
  g_autoptr(GError) error = NULL;

  g_assert_true (
      mw_secrets_store_sync (secrets, account, half, value, MW_SECRETS_NONE, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_kept (MwSecrets *secrets, MwAccount *account, MwHalf half, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SecretValue) value =
                mw_secrets_lookup_sync (secrets, account, half, MW_SECRETS_NONE, NULL, &error);

  if (expected == NULL)
    {
      g_assert_null (value);
      g_assert_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (secret_value_get_text (value), ==, expected);
}

static guint
n_items (MwSecrets *secrets)
{
  return mw_secrets_memory_get_n_items (MW_SECRETS_MEMORY (secrets));
}

static void
test_item_names_the_server_exactly (void)
{
  g_autoptr(MwAccount) account =
                make_account ("imaps://jo@imap.example.org", "smtp://jo2@smtp.example.org:2587");
  g_autoptr(MwSecretItem) in = mw_secret_item_new_for_account (account, MW_HALF_INCOMING);
  g_autoptr(MwSecretItem) shared = mw_secret_item_new_for_account (account, MW_HALF_OUTGOING);
  g_autoptr(MwSecretItem) out = NULL;

  g_assert_cmpstr (in->schema, ==, "io.github.mailwright.Mailwright.Server");
  g_assert_cmpuint (g_hash_table_size (in->attributes), ==, 5);
  g_assert_cmpstr (g_hash_table_lookup (in->attributes, "account"), ==,
                   mw_account_get_id (account));
  g_assert_cmpstr (g_hash_table_lookup (in->attributes, "protocol"), ==, "imap");
  g_assert_cmpstr (g_hash_table_lookup (in->attributes, "host"), ==, "imap.example.org");
  g_assert_cmpstr (g_hash_table_lookup (in->attributes, "port"), ==, "993");
  g_assert_cmpstr (g_hash_table_lookup (in->attributes, "user"), ==, "jo");
  g_assert_true (mw_secret_item_equal (in, shared)); /* one password for both halves */

  mw_account_set_separate_passwords (account, TRUE);
  out = mw_secret_item_new_for_account (account, MW_HALF_OUTGOING);
  g_assert_cmpstr (g_hash_table_lookup (out->attributes, "host"), ==, "smtp.example.org");
  g_assert_cmpstr (g_hash_table_lookup (out->attributes, "port"), ==, "2587");
  g_assert_false (mw_secret_item_equal (in, out));
}

static void
test_passwords_of_two_accounts_on_one_host_stay_apart (void)
{
  g_autoptr(MwSecrets) secrets = mw_secrets_memory_new ();
  g_autoptr(MwAccount) one = make_account ("imaps://jo@imap.example.org", NULL);
  g_autoptr(MwAccount) two = make_account ("imaps://jo@imap.example.org", NULL);
  guint n;

  store (secrets, one, MW_HALF_INCOMING, "first");
  store (secrets, two, MW_HALF_INCOMING, "second");
  assert_kept (secrets, one, MW_HALF_INCOMING, "first");
  assert_kept (secrets, two, MW_HALF_INCOMING, "second");
  store (secrets, one, MW_HALF_INCOMING, "again");
  g_assert_cmpuint (n_items (secrets), ==, 2);
  g_assert_true (mw_secrets_clear_account_sync (secrets, mw_account_get_id (one), MW_SECRETS_NONE,
                                                &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 1);
  assert_kept (secrets, one, MW_HALF_INCOMING, NULL);
  assert_kept (secrets, two, MW_HALF_INCOMING, "second");
}

static void
test_password_never_goes_to_another_server (void)
{
  g_autoptr(MwSecrets) secrets = mw_secrets_memory_new ();
  g_autoptr(MwAccount) account = make_account ("imaps://jo@imap.example.org", NULL);
  const char *const elsewhere[] = { "imaps://jo@imap.evil.example",
                                    "imaps://other@imap.example.org",
                                    "imaps://jo@imap.example.org:1993",
                                    "pop3s://jo@imap.example.org:993" };

  store (secrets, account, MW_HALF_INCOMING, "secret");
  for (guint i = 0; i < G_N_ELEMENTS (elsewhere); i++)
    {
      g_autoptr(MwAccount) other = mw_account_copy (account);
      g_autoptr(MwServer) server = mw_server_new_from_url (elsewhere[i], NULL);

      mw_account_set_server (other, MW_HALF_INCOMING, server);
      assert_kept (secrets, other, MW_HALF_INCOMING, NULL);
    }
}

static void
test_passwords_move_with_an_edit (void)
{
  g_autoptr(MwSecrets) secrets = mw_secrets_memory_new ();
  g_autoptr(MwAccount) before =
                make_account ("imaps://jo@old.example.org", "smtps://jo@smtp.example.org");
  g_autoptr(MwAccount) after = NULL;
  g_autoptr(MwServer) server = mw_server_new_from_url ("imaps://jo@new.example.org", NULL);
  g_autoptr(GError) error = NULL;

  mw_account_set_separate_passwords (before, TRUE);
  store (secrets, before, MW_HALF_INCOMING, "in");
  store (secrets, before, MW_HALF_OUTGOING, "out");
  after = mw_account_copy (before);
  mw_account_set_server (after, MW_HALF_INCOMING, server);
  g_assert_true (mw_secrets_move_sync (secrets, before, after, MW_SECRETS_NONE, NULL, &error));
  g_assert_no_error (error);
  assert_kept (secrets, after, MW_HALF_INCOMING, "in");
  assert_kept (secrets, after, MW_HALF_OUTGOING, "out");
  assert_kept (secrets, before, MW_HALF_INCOMING, NULL);
  g_assert_cmpuint (n_items (secrets), ==, 2);

  /* Once more, with nothing to move */
  g_assert_true (mw_secrets_move_sync (secrets, before, after, MW_SECRETS_NONE, NULL, &error));
  g_assert_cmpuint (n_items (secrets), ==, 2);
}

static void
test_missing_half_is_said (void)
{
  g_autoptr(MwSecrets) secrets = mw_secrets_memory_new ();
  g_autoptr(MwAccount) account = make_account (NULL, NULL);
  g_autoptr(SecretValue) value = secret_value_new ("x", -1, "text/plain");
  g_autoptr(GError) error = NULL;

  g_assert_false (mw_secrets_store_sync (secrets, account, MW_HALF_INCOMING, value, MW_SECRETS_NONE,
                                         NULL, &error));
  g_assert_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND);
}

static void
test_foreign_items_are_cleared_only_when_exact (void)
{
  g_autoptr(MwSecrets) secrets = mw_secrets_memory_new ();
  g_autoptr(MwSecretItem) exact = mw_secret_item_new ("other.Schema", "", "user", "jo", NULL);
  g_autoptr(MwSecretItem) more =
                mw_secret_item_new ("other.Schema", "", "user", "jo", "port", "1", NULL);
  g_autoptr(SecretValue) value = secret_value_new ("x", -1, "text/plain");
  guint n;

  mw_secrets_store_item_sync (secrets, more, value, MW_SECRETS_NONE, NULL, NULL);
  g_assert_true (mw_secrets_clear_item_sync (secrets, exact, MW_SECRETS_NONE, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (mw_secrets_clear_item_sync (secrets, more, MW_SECRETS_NONE, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 1);
}

static void
test_errors_have_their_diagnosis (void)
{
  static const struct
  {
    int code;
    MwDiagnosis diagnosis;
    MwSecretsStatus status;
  } rows[] = {
    { MW_SECRETS_ERROR_LOCKED, MW_DIAGNOSIS_KEYRING_LOCKED, MW_SECRETS_STATUS_LOCKED },
    { MW_SECRETS_ERROR_ABSENT, MW_DIAGNOSIS_KEYRING_ABSENT, MW_SECRETS_STATUS_ABSENT },
    { MW_SECRETS_ERROR_TIMEOUT, MW_DIAGNOSIS_KEYRING_ABSENT, MW_SECRETS_STATUS_SILENT },
  };
  g_autoptr(MwSecrets) secrets = mw_secrets_memory_new ();
  g_autoptr(GError) missing =
                g_error_new_literal (MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND, "none");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = g_error_new_literal (MW_SECRETS_ERROR, rows[i].code, "x");

      g_assert_cmpint (mw_secrets_error_to_diagnosis (error), ==, rows[i].diagnosis);
      mw_secrets_memory_set_error (MW_SECRETS_MEMORY (secrets), error);
      g_assert_cmpint (mw_secrets_get_status_sync (secrets, NULL), ==, rows[i].status);
    }
  mw_secrets_memory_set_error (MW_SECRETS_MEMORY (secrets), NULL);
  g_assert_cmpint (mw_secrets_get_status_sync (secrets, NULL), ==, MW_SECRETS_STATUS_SESSION);
  g_assert_cmpint (mw_secrets_error_to_diagnosis (missing), ==, MW_DIAGNOSIS_NONE);
  g_assert_cmpint (mw_secrets_error_to_diagnosis (NULL), ==, MW_DIAGNOSIS_NONE);
}

/* Asynchronous calls */

typedef struct
{
  GMainLoop *loop;
  GAsyncResult *result;
} Waiter;

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiter *waiter = user_data;

  waiter->result = g_object_ref (result);
  g_main_loop_quit (waiter->loop);
}

static void
wait_for (Waiter *waiter)
{
  g_clear_object (&waiter->result);
  g_main_loop_run (waiter->loop);
}

static void
test_calls_without_blocking_do_the_same (void)
{
  g_autoptr(MwSecrets) secrets = mw_secrets_memory_new ();
  g_autoptr(MwAccount) account = make_account ("imaps://jo@imap.example.org", NULL);
  g_autoptr(SecretValue) value = secret_value_new ("secret", -1, "text/plain");
  g_autoptr(SecretValue) found = NULL;
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GError) error = NULL;
  Waiter waiter = { loop, NULL };
  guint n;

  mw_secrets_store_async (secrets, account, MW_HALF_INCOMING, value, MW_SECRETS_NONE, NULL,
                          ready_cb, &waiter);
  wait_for (&waiter);
  g_assert_true (mw_secrets_store_finish (secrets, waiter.result, &error));
  g_assert_no_error (error);
  mw_secrets_lookup_async (secrets, account, MW_HALF_INCOMING, MW_SECRETS_NONE, NULL, ready_cb,
                           &waiter);
  wait_for (&waiter);
  found = mw_secrets_lookup_finish (secrets, waiter.result, &error);
  g_assert_no_error (error);
  g_assert_true (mw_secret_value_equal (found, value));
  mw_secrets_get_status_async (secrets, NULL, ready_cb, &waiter);
  wait_for (&waiter);
  g_assert_cmpint (mw_secrets_get_status_finish (secrets, waiter.result), ==,
                   MW_SECRETS_STATUS_SESSION);
  mw_secrets_clear_async (secrets, account, MW_HALF_INCOMING, MW_SECRETS_NONE, NULL, ready_cb,
                          &waiter);
  wait_for (&waiter);
  g_assert_true (mw_secrets_clear_finish (secrets, waiter.result, &n, &error));
  g_assert_cmpuint (n, ==, 1);
  mw_secrets_lookup_async (secrets, account, MW_HALF_INCOMING, MW_SECRETS_NONE, NULL, ready_cb,
                           &waiter);
  wait_for (&waiter);
  g_assert_null (mw_secrets_lookup_finish (secrets, waiter.result, &error));
  g_assert_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND);
  g_clear_object (&waiter.result);
}

/* Deadlines */

static gpointer
wait_until_cancelled (MwTimeLimit *limit, gpointer data, GCancellable *cancellable, GError **error)
{
  gint *ended = data;

  while (!g_cancellable_is_cancelled (cancellable))
    g_usleep (1000);
  g_atomic_int_inc (ended);
  return g_strdup ("too late");
}

static void
free_result (gpointer result)
{
  g_assert_cmpstr (result, ==, "too late");
  g_free (result);
}

static gint late;

static void
test_late_work_is_left_behind (void)
{
  g_autoptr(GError) error = NULL;

  late = 0;
  g_assert_null (
      mw_time_limit_run ("test", 50, wait_until_cancelled, &late, NULL, free_result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  while (g_atomic_int_get (&late) == 0) /* its cancellable reached it */
    g_usleep (1000);
}

static gpointer
cancel_thread (gpointer data)
{
  g_usleep (50000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancelling_ends_the_waiting (void)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);

  late = 0;
  g_assert_null (mw_time_limit_run ("test", 600 * 1000, wait_until_cancelled, &late, NULL,
                                    free_result, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  while (g_atomic_int_get (&late) == 0)
    g_usleep (1000);
}

static gpointer
move_and_work (MwTimeLimit *limit, gpointer data, GCancellable *cancellable, GError **error)
{
  mw_time_limit_move (limit, 600 * 1000);
  g_usleep (300000);
  return g_strdup ("done");
}

static void
test_deadline_moves_while_somebody_is_asked (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *result =
      mw_time_limit_run ("test", 150, move_and_work, NULL, NULL, g_free, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (result, ==, "done");
}

/* Keyrings that are not there. The bus address is that of this process, so each is a child. */

static void
test_bus_that_is_not_there (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr(MwSecrets) secrets = mw_keyring_new ();
      g_autoptr(MwAccount) account = make_account ("imaps://jo@imap.example.org", NULL);
      g_autoptr(GError) error = NULL;

      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
      g_assert_cmpint (mw_secrets_get_status_sync (secrets, NULL), ==, MW_SECRETS_STATUS_ABSENT);
      g_assert_null (mw_secrets_lookup_sync (secrets, account, MW_HALF_INCOMING, MW_SECRETS_NONE,
                                             NULL, &error));
      g_assert_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_bus_that_never_answers (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr(MwSecrets) secrets = mw_keyring_new_with_timeouts (200, 200);
      g_autofree char *folder = g_dir_make_tmp ("mw-bus-XXXXXX", NULL);
      g_autofree char *path = g_build_filename (folder, "bus", NULL);
      g_autofree char *address = g_strconcat ("unix:path=", path, NULL);
      g_autoptr(GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_DEFAULT, NULL);
      g_autoptr(GSocketAddress) at = g_unix_socket_address_new (path);

      g_assert_true (g_socket_bind (socket, at, FALSE, NULL));
      g_assert_true (g_socket_listen (socket, NULL));
      g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
      g_assert_cmpint (mw_secrets_get_status_sync (secrets, NULL), ==, MW_SECRETS_STATUS_SILENT);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_process_is_hardened (void)
{
  pid_t child = fork ();
  int status;

  if (child == 0)
    {
      struct rlimit limit;

      mw_secrets_harden_process ();
      getrlimit (RLIMIT_CORE, &limit);
      if (limit.rlim_cur != 0 || limit.rlim_max != 0)
        _exit (1);
      if (access ("/.flatpak-info", F_OK) != 0 && prctl (PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
        _exit (2);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

static void
test_values_compare_by_their_bytes (void)
{
  g_autoptr(SecretValue) a = secret_value_new ("a\0b", 3, "text/plain");
  g_autoptr(SecretValue) same = secret_value_new ("a\0b", 3, "text/plain");
  g_autoptr(SecretValue) other = secret_value_new ("a\0c", 3, "text/plain");
  g_autoptr(SecretValue) shorter = secret_value_new ("a", 1, "text/plain");

  g_assert_true (mw_secret_value_equal (a, same));
  g_assert_false (mw_secret_value_equal (a, other));
  g_assert_false (mw_secret_value_equal (a, shorter));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/secrets/item-names-the-server-exactly", test_item_names_the_server_exactly);
  g_test_add_func ("/secrets/passwords-of-two-accounts-on-one-host-stay-apart",
                   test_passwords_of_two_accounts_on_one_host_stay_apart);
  g_test_add_func ("/secrets/password-never-goes-to-another-server",
                   test_password_never_goes_to_another_server);
  g_test_add_func ("/secrets/passwords-move-with-an-edit", test_passwords_move_with_an_edit);
  g_test_add_func ("/secrets/missing-half-is-said", test_missing_half_is_said);
  g_test_add_func ("/secrets/foreign-items-are-cleared-only-when-exact",
                   test_foreign_items_are_cleared_only_when_exact);
  g_test_add_func ("/secrets/errors-have-their-diagnosis", test_errors_have_their_diagnosis);
  g_test_add_func ("/secrets/calls-without-blocking-do-the-same",
                   test_calls_without_blocking_do_the_same);
  g_test_add_func ("/secrets/values-compare-by-their-bytes", test_values_compare_by_their_bytes);
  g_test_add_func ("/deadline/late-work-is-left-behind", test_late_work_is_left_behind);
  g_test_add_func ("/deadline/cancelling-ends-the-waiting", test_cancelling_ends_the_waiting);
  g_test_add_func ("/deadline/moves-while-somebody-is-asked",
                   test_deadline_moves_while_somebody_is_asked);
  g_test_add_func ("/keyring/bus-that-is-not-there", test_bus_that_is_not_there);
  g_test_add_func ("/keyring/bus-that-never-answers", test_bus_that_never_answers);
  g_test_add_func ("/process/is-hardened", test_process_is_hardened);

  return g_test_run ();
}
