/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "app/mw-session.h"
#include "support/mw-test-crowd.h"

#define G_SETTINGS_ENABLE_BACKEND 1
#include <gio/gsettingsbackend.h>
#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

/* The window's model without a window: everything in folders of its own, without a message bus */

static GSettings *
make_settings (void)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();

  return g_settings_new_with_backend (APPLICATION_ID, backend);
}

static MwSession *
make_session (void)
{
  g_autoptr (GSettings) settings = make_settings ();

  return mw_session_new (settings, NULL, NULL);
}

static MwAccount *
make_account (const char *address_text, const char *url)
{
  g_autoptr (MwAddress) address = mw_address_new (address_text, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MwServer) server = mw_server_new_from_url (url, &error);
  MwAccount *account = mw_account_new (address);

  g_assert_no_error (error);
  mw_account_set_server (account, MW_HALF_INCOMING, server);
  return account;
}

/* By the hand of another process */
static char *
store_account (const char *address, const char *url)
{
  g_autoptr (MwStore) store = mw_store_new (NULL);
  g_autoptr (MwAccount) account = make_account (address, url);
  g_autoptr (GError) error = NULL;

  g_assert_true (mw_store_save (store, account, &error));
  g_assert_no_error (error);
  return g_strdup (mw_account_get_id (account));
}

static char *
crowd_url (MwTestCrowd *crowd, const char *user)
{
  return g_strdup_printf ("pop3+insecure://%s@127.0.0.1:%u", user, crowd->port);
}

static MwAccountItem *
item_at (MwSession *session, guint position)
{
  g_autoptr (MwAccountItem) item =
                g_list_model_get_item (mw_session_get_accounts (session), position);

  g_assert_nonnull (item);
  return item; /* the list holds it */
}

static guint
count (MwSession *session)
{
  return g_list_model_get_n_items (mw_session_get_accounts (session));
}

static char *
list_titles (MwSession *session)
{
  GString *titles = g_string_new (NULL);

  for (guint i = 0; i < count (session); i++)
    g_string_append_printf (titles, "%s%s", i > 0 ? " " : "",
                            mw_account_item_get_title (item_at (session, i)));
  return g_string_free (titles, FALSE);
}

#define assert_titles(session, expected)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *titles_ = list_titles (session);                                              \
    g_assert_cmpstr (titles_, ==, expected);                                                       \
  }                                                                                                \
  G_STMT_END

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("nothing happened for two minutes");
  return G_SOURCE_REMOVE;
}

/* Until @condition holds */
#define wait_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint deadline_ = g_timeout_add_seconds (120, on_deadline, NULL);                              \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (deadline_);                                                                   \
  }                                                                                                \
  G_STMT_END

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

static void
count_up (gpointer object, guint *n)
{
  ++*n;
}

static void
count_argument (gpointer object, gpointer argument, guint *n)
{
  ++*n;
}

static void
count_notify (gpointer object, GParamSpec *pspec, guint *n)
{
  ++*n;
}

static void
count_items_changed (GListModel *model, guint position, guint removed, guint added, guint *n)
{
  ++*n;
}

static void
keep_password (MwSession *session, MwAccountItem *item, const char *password)
{
  g_autoptr (SecretValue) value = secret_value_new (password, -1, "text/plain");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mw_session_store_password_async (session, mw_account_item_get_account (item), MW_HALF_INCOMING,
                                   value, MW_PASSWORD_PLACE_SESSION, NULL, keep_result, &result);
  wait_until (result != NULL);
  g_assert_true (mw_session_store_password_finish (session, result, NULL, &error));
  g_assert_no_error (error);
}

static char *
look_up_password (MwSession *session, MwAccount *account, MwPasswordPlace *place, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SecretValue) value = NULL;

  mw_session_lookup_password_async (session, account, MW_HALF_INCOMING, NULL, keep_result, &result);
  wait_until (result != NULL);
  value = mw_session_lookup_password_finish (session, result, place, error);
  return value != NULL ? g_strdup (secret_value_get_text (value)) : NULL;
}

static gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* What is still under way holds the session: let it come to its end, perhaps in another thread */
static void
end_session (MwSession *session)
{
  GWeakRef weak;
  gpointer alive;
  guint pulse = g_timeout_add (10, look_again, NULL);

  g_weak_ref_init (&weak, session);
  g_object_unref (session);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      alive = g_weak_ref_get (&weak);
      if (alive != NULL)
        g_object_unref (alive);
    }
  while (alive != NULL);
  g_weak_ref_clear (&weak);
  g_source_remove (pulse);
}

/* ---- the list ---- */

static void
test_accounts_are_sorted_by_name (void)
{
  g_autofree char *b = store_account ("berta@example.org", "imaps://b@imap.example.org");
  g_autofree char *c = store_account ("caesar@example.org", "imaps://c@imap.example.org");
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  MwSession *session = make_session ();

  assert_titles (session, "anton@example.org berta@example.org caesar@example.org");
  g_assert_cmpstr (mw_account_item_get_id (mw_session_find (session, b)), ==, b);
  g_assert_null (mw_session_find (session, "nobody"));
  g_assert_cmpint (mw_account_item_get_state (item_at (session, 0)), ==, MW_ACCOUNT_STATE_NEVER);
  g_assert_cmpuint (mw_session_get_problems (session)->len, ==, 0);
  end_session (session);
}

static void
test_order_by_hand_is_kept (void)
{
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  g_autofree char *b = store_account ("berta@example.org", "imaps://b@imap.example.org");
  g_autofree char *c = store_account ("caesar@example.org", "imaps://c@imap.example.org");
  g_autoptr (GSettings) settings = make_settings ();
  g_autoptr (MwAccount) dora = make_account ("abel@example.org", "imaps://d@imap.example.org");
  MwSession *session = mw_session_new (settings, NULL, NULL);
  guint n_changed = 0;

  g_signal_connect (mw_session_get_accounts (session), "items-changed",
                    G_CALLBACK (count_items_changed), &n_changed);
  mw_session_move_account (session, 2, 0);
  g_assert_cmpuint (n_changed, ==, 2); /* out of one place, into another, and nothing else */
  assert_titles (session, "caesar@example.org anton@example.org berta@example.org");
  mw_session_move_account (session, 1, 2);
  assert_titles (session, "caesar@example.org berta@example.org anton@example.org");
  g_assert_false (g_settings_get_boolean (settings, "sort-by-name"));
  end_session (session);

  session = mw_session_new (settings, NULL, NULL);
  assert_titles (session, "caesar@example.org berta@example.org anton@example.org");
  g_assert_true (mw_session_save (session, dora, NULL)); /* new ones come last */
  assert_titles (session,
                 "caesar@example.org berta@example.org anton@example.org abel@example.org");
  g_settings_set_boolean (settings, "sort-by-name", TRUE);
  assert_titles (session,
                 "abel@example.org anton@example.org berta@example.org caesar@example.org");
  g_settings_set_boolean (settings, "sort-by-name", FALSE);
  assert_titles (session,
                 "caesar@example.org berta@example.org anton@example.org abel@example.org");
  end_session (session);
}

static void
test_unreadable_file_is_a_problem (void)
{
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  g_autofree char *path =
      g_build_filename (g_get_user_config_dir (), "mailwright", "accounts", "broken.ini", NULL);
  MwSession *session;
  guint n_changed = 0;

  g_assert_true (g_file_set_contents (path, "[Account]\nformat=1\n", -1, NULL));
  session = make_session ();
  assert_titles (session, "anton@example.org");
  g_assert_cmpuint (mw_session_get_problems (session)->len, ==, 1);
  g_signal_connect (session, "problems-changed", G_CALLBACK (count_up), &n_changed);
  g_assert_cmpint (g_unlink (path), ==, 0);
  wait_until (n_changed > 0);
  g_assert_cmpuint (mw_session_get_problems (session)->len, ==, 0);
  end_session (session);
}

static void
test_changes_of_another_process_are_seen (void)
{
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  MwSession *session = make_session ();
  g_autoptr (MwStore) other = mw_store_new (NULL);
  g_autoptr (MwAccount) account = mw_store_load (other, a, NULL);
  g_autofree char *b = NULL;
  MwAccountItem *item = mw_session_find (session, a);
  guint n_account = 0, n_title = 0, n_removed = 0, n_saved = 0;

  g_signal_connect (item, "notify::account", G_CALLBACK (count_notify), &n_account);
  g_signal_connect (item, "notify::title", G_CALLBACK (count_notify), &n_title);
  g_signal_connect (session, "account-removed", G_CALLBACK (count_argument), &n_removed);
  g_signal_connect (session, "account-saved", G_CALLBACK (count_argument), &n_saved);

  b = store_account ("zeta@example.org", "imaps://z@imap.example.org");
  wait_until (count (session) == 2);
  g_assert_cmpuint (n_account, ==, 0); /* the first one is as it was */

  mw_account_set_name (account, "Anton");
  g_assert_true (mw_store_save (other, account, NULL));
  wait_until (n_account > 0);
  g_assert_true (mw_session_find (session, a) == item);
  g_assert_cmpstr (mw_account_get_name (mw_account_item_get_account (item)), ==, "Anton");
  g_assert_cmpuint (n_title, ==, 0);

  g_assert_true (mw_store_remove (other, b, NULL));
  wait_until (n_removed > 0);
  assert_titles (session, "anton@example.org");
  g_assert_cmpuint (n_saved, ==, 0); /* that says: by this window */
  end_session (session);
}

static void
test_saving_updates_the_list (void)
{
  MwSession *session = make_session ();
  g_autoptr (MwAccount) account = make_account ("mia@example.org", "imaps://m@imap.example.org");
  g_autoptr (MwAccount) changed = NULL;
  g_autoptr (MwAddress) address = mw_address_new ("abba@example.org", NULL);
  g_autofree char *other = store_account ("berta@example.org", "imaps://b@imap.example.org");
  g_autoptr (GError) error = NULL;
  MwAccountItem *item;
  guint n_saved = 0, n_title = 0;

  g_signal_connect (session, "account-saved", G_CALLBACK (count_argument), &n_saved);
  g_assert_true (mw_session_save (session, account, &error));
  g_assert_cmpuint (n_saved, ==, 1);
  wait_until (count (session) == 2);
  assert_titles (session, "berta@example.org mia@example.org");

  item = mw_session_find (session, mw_account_get_id (account));
  g_signal_connect (item, "notify::title", G_CALLBACK (count_notify), &n_title);
  changed = mw_account_copy (mw_account_item_get_account (item));
  mw_account_set_address (changed, address);
  g_assert_true (mw_session_save (session, changed, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_title, ==, 1);
  g_assert_true (mw_session_find (session, mw_account_get_id (account)) == item);
  assert_titles (session, "abba@example.org berta@example.org");
  end_session (session);
}

static void
test_changed_file_is_not_overwritten (void)
{
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  MwSession *session = make_session ();
  g_autoptr (MwStore) other = mw_store_new (NULL);
  g_autoptr (MwAccount) theirs = mw_store_load (other, a, NULL);
  g_autoptr (MwAccount) ours = mw_account_copy (mw_account_item_get_account (item_at (session, 0)));
  g_autoptr (GError) error = NULL;

  mw_account_set_name (theirs, "Theirs");
  g_assert_true (mw_store_save (other, theirs, NULL));
  mw_account_set_name (ours, "Ours");
  g_assert_false (mw_session_save (session, ours, &error));
  g_assert_error (error, MW_STORE_ERROR, MW_STORE_ERROR_CHANGED);
  wait_until (g_str_equal (mw_account_get_name (mw_account_item_get_account (item_at (session, 0))),
                           "Theirs"));
  end_session (session);
}

static void
test_removed_account_leaves_nothing (void)
{
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  MwSession *session = make_session ();
  g_autoptr (MwStore) other = mw_store_new (NULL);
  g_autoptr (MwAccount) account = mw_store_load (other, a, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MwPast) past = NULL;
  guint n_removed = 0;

  g_assert_true (mw_history_add_export (mw_session_get_history (session), account, "msmtp", NULL));
  keep_password (session, item_at (session, 0), "s3cret");
  g_signal_connect (session, "account-removed", G_CALLBACK (count_argument), &n_removed);
  mw_session_remove_async (session, item_at (session, 0), NULL, keep_result, &result);
  g_assert_cmpuint (count (session), ==, 0); /* at once */
  wait_until (result != NULL);
  /* No keyring: nothing of it can be there */
  g_assert_true (mw_session_remove_finish (session, result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_removed, ==, 1);
  g_assert_null (mw_store_load (other, a, NULL));
  past = mw_history_load (mw_session_get_history (session), account);
  g_assert_cmpuint (past->exports->len, ==, 0);
  g_clear_object (&result); /* holds the session */
  end_session (session);
}

/* ---- passwords ---- */

static void
test_password_of_the_session (void)
{
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  MwSession *session = make_session ();
  MwAccount *account = mw_account_item_get_account (item_at (session, 0));
  g_autoptr (GError) absent = NULL, error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *found = NULL, *gone = NULL;
  g_autoptr (SecretValue) given = NULL;
  MwPasswordPlace place = MW_PASSWORD_PLACE_KEYRING;

  g_assert_cmpint (mw_session_get_keyring_status (session), ==, MW_SECRETS_STATUS_READY);
  gone = look_up_password (session, account, &place, &absent);
  g_assert_null (gone);
  g_assert_error (absent, MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT);
  g_assert_cmpint (place, ==, MW_PASSWORD_PLACE_NONE);
  wait_until (mw_session_get_keyring_status (session) == MW_SECRETS_STATUS_ABSENT);

  keep_password (session, item_at (session, 0), "s3cret");
  found = look_up_password (session, account, &place, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, "s3cret");
  g_assert_cmpint (place, ==, MW_PASSWORD_PLACE_SESSION);
  given = mw_session_give_password (account, MW_HALF_INCOMING, session, &error);
  g_assert_cmpstr (secret_value_get_text (given), ==, "s3cret");

  mw_session_clear_password_async (session, account, MW_HALF_INCOMING, NULL, keep_result, &result);
  wait_until (result != NULL);
  g_assert_true (mw_session_clear_password_finish (session, result, &error));
  g_assert_no_error (error);
  g_assert_null (look_up_password (session, account, &place, NULL));
  g_clear_object (&result); /* holds the session */
  end_session (session);
}

static void
test_password_that_the_keyring_does_not_take (void)
{
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  MwSession *session = make_session ();
  g_autoptr (SecretValue) value = secret_value_new ("s3cret", -1, "text/plain");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint n_updated = 7;

  mw_session_store_password_async (session, mw_account_item_get_account (item_at (session, 0)),
                                   MW_HALF_INCOMING, value, MW_PASSWORD_PLACE_KEYRING, NULL,
                                   keep_result, &result);
  wait_until (result != NULL);
  g_assert_false (mw_session_store_password_finish (session, result, &n_updated, &error));
  g_assert_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT);
  g_assert_cmpuint (n_updated, ==, 0);
  wait_until (mw_session_get_keyring_status (session) == MW_SECRETS_STATUS_ABSENT);
  g_clear_object (&result); /* holds the session */
  end_session (session);
}

static void
test_password_follows_to_another_server (void)
{
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  MwSession *session = make_session ();
  MwAccountItem *item = item_at (session, 0);
  g_autoptr (MwAccount) changed = mw_account_copy (mw_account_item_get_account (item));
  g_autoptr (MwAccount) before = g_object_ref (mw_account_item_get_account (item));
  g_autoptr (MwServer) server = mw_server_new_from_url ("imaps://a@imap.example.net", NULL);
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;
  guint n_failed = 0;

  keep_password (session, item, "s3cret");
  g_signal_connect (session, "password-move-failed", G_CALLBACK (count_argument), &n_failed);
  mw_account_set_server (changed, MW_HALF_INCOMING, server);
  g_assert_true (mw_session_save (session, changed, &error));
  found = look_up_password (session, changed, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, "s3cret");
  g_assert_null (look_up_password (session, before, NULL, NULL)); /* not at both */
  g_assert_cmpuint (n_failed, ==, 0);
  end_session (session);
}

/* ---- checks ---- */

static void
check_all (MwSession *session)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  for (guint i = 0; i < count (session); i++)
    g_ptr_array_add (items, item_at (session, i));
  mw_session_check (session, items);
}

static MwLiveServer *
get_server (MwAccountItem *item, guint position)
{
  g_autoptr (MwLiveServer) server =
                g_list_model_get_item (mw_account_item_get_servers (item), position);

  g_assert_nonnull (server);
  return server;
}

static void
test_check_proves_an_account (void)
{
  MwTestCrowd crowd = { 0 };
  MwSession *session;
  g_autofree char *url = NULL, *id = NULL;
  g_autoptr (MwAccount) changed = NULL;
  MwAccountItem *item;
  MwLiveServer *server;
  guint n_started = 0, n_checked = 0, n_state = 0, n_steps = 0;

  mw_test_crowd_start (&crowd);
  url = crowd_url (&crowd, "anton");
  id = store_account ("anton@example.org", url);
  session = make_session ();
  item = item_at (session, 0);
  keep_password (session, item, "s3cret");
  g_signal_connect (item, "check-started", G_CALLBACK (count_up), &n_started);
  g_signal_connect (item, "checked", G_CALLBACK (count_up), &n_checked);
  g_signal_connect (item, "notify::state", G_CALLBACK (count_notify), &n_state);

  mw_session_check_one (session, item);
  g_assert_cmpint (mw_account_item_get_state (item), ==, MW_ACCOUNT_STATE_CHECKING);
  g_assert_true (mw_account_item_get_checking (item));
  g_assert_true (mw_session_get_checking (session));
  g_assert_cmpuint (n_started, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (mw_account_item_get_servers (item)), ==, 1);
  server = get_server (item, 0);
  g_signal_connect (server, "steps-changed", G_CALLBACK (count_up), &n_steps);
  g_assert_cmpint (mw_live_server_get_status (server), ==, MW_STATUS_RUNNING);
  g_assert_cmpint (mw_live_server_get_light (server, MW_LIGHT_PORT), ==, MW_STATUS_SKIPPED);
  wait_until (n_checked > 0);

  g_assert_cmpint (mw_account_item_get_state (item), ==, MW_ACCOUNT_STATE_PROVEN);
  g_assert_false (mw_session_get_checking (session));
  g_assert_cmpuint (n_state, ==, 2);
  g_assert_cmpuint (n_steps, >, 8); /* it was live */
  g_assert_cmpint (mw_live_server_get_status (server), ==, MW_STATUS_OK);
  g_assert_nonnull (mw_live_server_get_report (server));
  g_assert_null (mw_live_server_get_current (server));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (server)), ==,
                    g_list_model_get_n_items (G_LIST_MODEL (mw_live_server_get_report (server))));
  g_assert_cmpint (mw_live_server_get_light (server, MW_LIGHT_PORT), ==, MW_STATUS_OK);
  g_assert_cmpint (mw_live_server_get_light (server, MW_LIGHT_PROTOCOL), ==, MW_STATUS_OK);
  g_assert_cmpint (mw_live_server_get_light (server, MW_LIGHT_LOGIN), ==, MW_STATUS_OK);
  g_assert_cmpint (crowd.n_logins, ==, 1);
  end_session (session);

  /* The next run of the program knows it, until the account changes */
  session = make_session ();
  item = item_at (session, 0);
  g_assert_cmpint (mw_account_item_get_state (item), ==, MW_ACCOUNT_STATE_PROVEN);
  changed = mw_account_copy (mw_account_item_get_account (item));
  mw_account_set_name (changed, "Anton");
  g_assert_true (mw_session_save (session, changed, NULL));
  g_assert_cmpint (mw_account_item_get_state (item), ==, MW_ACCOUNT_STATE_PROVEN);
  g_clear_object (&changed);
  changed = mw_account_copy (mw_account_item_get_account (item));
  mw_account_set_pin (changed, MW_HALF_INCOMING,
                      "0000000000000000000000000000000000000000000000000000000000000000");
  g_assert_true (mw_session_save (session, changed, NULL));
  g_assert_cmpint (mw_account_item_get_state (item), ==, MW_ACCOUNT_STATE_CHANGED);
  end_session (session);
  mw_test_crowd_stop (&crowd);
}

/* Saved and checked in one go: the password is there although it has to be moved first */
static void
test_check_right_after_a_change (void)
{
  MwTestCrowd crowd = { 0 };
  MwSession *session;
  g_autofree char *url = NULL, *id = NULL;
  g_autoptr (MwAccount) changed = NULL;
  g_autoptr (MwServer) server = NULL;
  MwAccountItem *item;

  mw_test_crowd_start (&crowd);
  url = crowd_url (&crowd, "anton");
  id = store_account ("anton@example.org", "pop3+insecure://anton@127.0.0.1:1");
  session = make_session ();
  item = item_at (session, 0);
  keep_password (session, item, "s3cret");
  changed = mw_account_copy (mw_account_item_get_account (item));
  server = mw_server_new_from_url (url, NULL);
  mw_account_set_server (changed, MW_HALF_INCOMING, server);
  g_assert_true (mw_session_save (session, changed, NULL));
  mw_session_check_one (session, item);
  wait_until (!mw_account_item_get_checking (item));
  g_assert_cmpint (mw_account_item_get_state (item), ==, MW_ACCOUNT_STATE_PROVEN);
  end_session (session);
  mw_test_crowd_stop (&crowd);
}

static void
test_check_without_password (void)
{
  MwTestCrowd crowd = { 0 };
  MwSession *session;
  g_autofree char *url = NULL, *id = NULL;
  MwAccountItem *item;
  MwReport *report;

  mw_test_crowd_start (&crowd);
  url = crowd_url (&crowd, "anton");
  id = store_account ("anton@example.org", url);
  session = make_session ();
  item = item_at (session, 0);
  mw_session_check_one (session, item);
  wait_until (!mw_account_item_get_checking (item));
  g_assert_cmpint (mw_account_item_get_state (item), ==, MW_ACCOUNT_STATE_INCOMPLETE);
  report = mw_live_server_get_report (get_server (item, 0));
  g_assert_cmpint (mw_report_get_diagnosis (report), ==, MW_DIAGNOSIS_KEYRING_ABSENT);
  g_assert_cmpint (mw_live_server_get_light (get_server (item, 0), MW_LIGHT_LOGIN), ==,
                   MW_STATUS_SKIPPED);
  g_assert_cmpint (crowd.n_logins, ==, 0);
  wait_until (mw_session_get_keyring_status (session) == MW_SECRETS_STATUS_ABSENT);
  end_session (session);
  mw_test_crowd_stop (&crowd);
}

static void
test_check_with_a_refused_password (void)
{
  MwTestCrowd crowd = { .refuse = TRUE };
  MwSession *session;
  g_autofree char *url = NULL, *id = NULL;
  MwAccountItem *item;

  mw_test_crowd_start (&crowd);
  url = crowd_url (&crowd, "anton");
  id = store_account ("anton@example.org", url);
  session = make_session ();
  item = item_at (session, 0);
  keep_password (session, item, "wrong");
  mw_session_check_one (session, item);
  wait_until (!mw_account_item_get_checking (item));
  g_assert_cmpint (mw_account_item_get_state (item), ==, MW_ACCOUNT_STATE_FAILED);
  g_assert_cmpstr (mw_account_item_get_summary (item), ==,
                   mw_diagnosis_get_title (MW_DIAGNOSIS_AUTH_FAILED));
  g_assert_cmpint (mw_live_server_get_light (get_server (item, 0), MW_LIGHT_LOGIN), ==,
                   MW_STATUS_FAILED);
  end_session (session);
  mw_test_crowd_stop (&crowd);
}

static void
test_stopping_one_lets_the_other_go_on (void)
{
  MwTestCrowd good = { 0 }, bad = { .hang = TRUE };
  MwSession *session;
  g_autofree char *good_url = NULL, *bad_url = NULL, *a = NULL, *b = NULL;
  MwAccountItem *fine, *hanging;
  guint n_checked = 0;
  MwLiveServer *server;

  mw_test_crowd_start (&good);
  mw_test_crowd_start (&bad);
  good_url = crowd_url (&good, "anton");
  bad_url = crowd_url (&bad, "berta");
  a = store_account ("anton@example.org", good_url);
  b = store_account ("berta@example.org", bad_url);
  session = make_session ();
  fine = mw_session_find (session, a);
  hanging = mw_session_find (session, b);
  keep_password (session, fine, "s3cret");
  keep_password (session, hanging, "s3cret");
  g_signal_connect (hanging, "checked", G_CALLBACK (count_up), &n_checked);
  check_all (session);
  server = get_server (hanging, 0);
  wait_until (mw_live_server_get_current (server) != NULL &&
              mw_step_get_stage (mw_live_server_get_current (server)) == MW_STAGE_GREETING);

  mw_session_stop_check (session, hanging);
  g_assert_cmpuint (n_checked, ==, 1); /* at once */
  g_assert_cmpint (mw_account_item_get_state (hanging), ==, MW_ACCOUNT_STATE_NEVER);
  g_assert_true (mw_live_server_is_cancelled (server));
  g_assert_cmpint (mw_live_server_get_status (server), ==, MW_STATUS_SKIPPED);
  g_assert_null (mw_live_server_get_current (server));
  g_assert_cmpint (mw_live_server_get_light (server, MW_LIGHT_PORT), ==, MW_STATUS_OK);
  wait_until (!mw_session_get_checking (session));
  g_assert_cmpint (mw_account_item_get_state (fine), ==, MW_ACCOUNT_STATE_PROVEN);

  /* And again: a stopped check is no hindrance */
  mw_session_check_one (session, hanging);
  g_assert_true (get_server (hanging, 0) != server);
  mw_session_stop_check (session, NULL);
  g_assert_false (mw_session_get_checking (session));
  end_session (session);
  mw_test_crowd_stop (&good);
  mw_test_crowd_stop (&bad);
}

static void
test_account_is_removed_while_it_is_checked (void)
{
  MwTestCrowd crowd = { .hang = TRUE };
  MwSession *session;
  g_autofree char *url = NULL, *id = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MwStore) other = mw_store_new (NULL);

  mw_test_crowd_start (&crowd);
  url = crowd_url (&crowd, "anton");
  id = store_account ("anton@example.org", url);
  session = make_session ();
  check_all (session);
  mw_session_remove_async (session, item_at (session, 0), NULL, keep_result, &result);
  g_assert_false (mw_session_get_checking (session));
  wait_until (result != NULL);
  g_assert_true (mw_session_remove_finish (session, result, NULL));
  g_assert_null (mw_store_load (other, id, NULL));
  g_clear_object (&result); /* holds the session */
  end_session (session);
  mw_test_crowd_stop (&crowd);
}

static void
test_no_check_without_the_authorities (void)
{
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  g_autoptr (GSettings) settings = make_settings ();
  g_autoptr (GError) error = NULL;
  MwSession *session;
  guint n_refused = 0;

  g_settings_set_string (settings, "ca-file", "/nonexistent/ca.pem");
  session = mw_session_new (settings, NULL, NULL);
  g_signal_connect (session, "check-refused", G_CALLBACK (count_argument), &n_refused);
  g_assert_null (mw_session_get_trust (session, &error));
  g_assert_nonnull (error);
  check_all (session);
  g_assert_cmpuint (n_refused, ==, 1);
  g_assert_false (mw_session_get_checking (session));
  g_assert_cmpint (mw_account_item_get_state (item_at (session, 0)), ==, MW_ACCOUNT_STATE_NEVER);
  g_settings_set_string (settings, "ca-file", "");
  g_assert_nonnull (mw_session_get_trust (session, NULL));
  end_session (session);
}

/* How long the main loop does not get around to anything else */
typedef struct
{
  gint64 last_wall;
  gint64 last_cpu; /* of this thread: other people's work on a busy machine does not count */
  gint64 most_wall;
  gint64 most_cpu;
} Pulse;

static gint64
get_thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gboolean
beat (gpointer user_data)
{
  Pulse *pulse = user_data;
  gint64 wall = g_get_monotonic_time (), cpu = get_thread_time ();

  pulse->most_wall = MAX (pulse->most_wall, wall - pulse->last_wall);
  pulse->most_cpu = MAX (pulse->most_cpu, cpu - pulse->last_cpu);
  pulse->last_wall = wall;
  pulse->last_cpu = cpu;
  return G_SOURCE_CONTINUE;
}

static void
test_two_hundred_accounts_at_once (void)
{
  MwTestCrowd crowd = { 0 };
  MwSession *session;
  guint n_notified = 0, pulse_id, n_checking, n_checked;
  Pulse pulse = { 0 };
  gint64 start, start_cpu;

  mw_test_crowd_start (&crowd);
  for (int i = 0; i < 200; i++)
    {
      g_autofree char *user = g_strdup_printf ("user%03d", i);
      g_autofree char *address = g_strdup_printf ("user%03d@example.org", i);
      g_autofree char *url =
          g_strdup_printf ("pop3+insecure://%s@h%d.localhost:%u", user, i % 20, crowd.port);
      g_autofree char *id = store_account (address, url);
    }
  start = g_get_monotonic_time ();
  start_cpu = get_thread_time ();
  session = make_session ();
  g_test_message ("200 accounts were read in %.1f ms, %.1f ms of work",
                  (g_get_monotonic_time () - start) / 1000.0,
                  (get_thread_time () - start_cpu) / 1000.0);
  g_assert_cmpint (get_thread_time () - start_cpu, <, 500 * 1000);
  for (guint i = 0; i < count (session); i++)
    keep_password (session, item_at (session, i), "s3cret");
  g_signal_connect (session, "notify::n-checked", G_CALLBACK (count_notify), &n_notified);

  pulse.last_wall = g_get_monotonic_time ();
  pulse.last_cpu = get_thread_time ();
  pulse_id = g_timeout_add_full (G_PRIORITY_HIGH, 1, beat, &pulse, NULL);
  check_all (session);
  g_object_get (session, "n-checking", &n_checking, "n-checked", &n_checked, NULL);
  g_assert_cmpuint (n_checking, ==, 200);
  g_assert_cmpuint (n_checked, ==, 0);
  wait_until (!mw_session_get_checking (session));
  g_source_remove (pulse_id);

  g_object_get (session, "n-checked", &n_checked, NULL);
  g_assert_cmpuint (n_checked, ==, 200);
  g_assert_cmpuint (n_notified, >=, 200);
  for (guint i = 0; i < count (session); i++)
    g_assert_cmpint (mw_account_item_get_state (item_at (session, i)), ==, MW_ACCOUNT_STATE_PROVEN);
  g_assert_cmpint (crowd.n_logins, ==, 200);
  g_test_message ("the main loop was held up for %.1f ms at most, %.1f ms of its own work",
                  pulse.most_wall / 1000.0, pulse.most_cpu / 1000.0);
  g_assert_cmpint (pulse.most_cpu, <, 100 * 1000);
  end_session (session);
  mw_test_crowd_stop (&crowd);
}

/* Checks that are started while others run are checked beside them, and nothing twice */
static void
test_checks_overlap (void)
{
  MwTestCrowd crowd = { 0 };
  MwSession *session;
  guint n_checking, n_started = 0;

  mw_test_crowd_start (&crowd);
  for (int i = 0; i < 5; i++)
    {
      g_autofree char *user = g_strdup_printf ("user%d", i);
      g_autofree char *address = g_strdup_printf ("user%d@example.org", i);
      g_autofree char *url = crowd_url (&crowd, user);
      g_autofree char *id = store_account (address, url);
    }
  session = make_session ();
  for (guint i = 0; i < count (session); i++)
    keep_password (session, item_at (session, i), "s3cret");
  g_signal_connect (item_at (session, 0), "check-started", G_CALLBACK (count_up), &n_started);
  mw_session_check_one (session, item_at (session, 0));
  mw_session_check_one (session, item_at (session, 3));
  check_all (session);
  g_object_get (session, "n-checking", &n_checking, NULL);
  g_assert_cmpuint (n_checking, ==, 5);
  g_assert_cmpuint (n_started, ==, 1);
  wait_until (!mw_session_get_checking (session));
  g_assert_cmpint (crowd.n_logins, ==, 5);
  end_session (session);
  mw_test_crowd_stop (&crowd);
}

/* ---- exports and history ---- */

static void
test_outdated_export_is_seen (void)
{
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  MwSession *session = make_session ();
  MwAccountItem *item = item_at (session, 0);
  g_autoptr (MwExportPlan) plan = mw_export_plan_new ("msmtp");
  g_autoptr (MwAccount) changed = mw_account_copy (mw_account_item_get_account (item));
  const char *const addresses[] = { "anton@example.org", "nobody@example.org", NULL };
  guint n_past = 0, n_outdated = 0;

  g_signal_connect (item, "past-changed", G_CALLBACK (count_up), &n_past);
  g_signal_connect (item, "notify::export-outdated", G_CALLBACK (count_notify), &n_outdated);
  g_ptr_array_add (plan->accounts, g_object_ref (mw_account_item_get_account (item)));
  mw_session_note_export (session, plan);
  g_assert_cmpuint (n_past, ==, 1);
  g_assert_cmpuint (mw_account_item_get_past (item)->exports->len, ==, 1);
  g_assert_false (mw_account_item_get_export_outdated (item));
  mw_account_set_name (changed, "Anton");
  g_assert_true (mw_session_save (session, changed, NULL));
  g_assert_true (mw_account_item_get_export_outdated (item));
  g_assert_cmpuint (n_outdated, ==, 1);
  mw_session_note_undo (session, "msmtp", addresses);
  g_assert_false (mw_account_item_get_export_outdated (item));
  end_session (session);
}

static void
test_history_of_another_process_is_seen (void)
{
  g_autofree char *a = store_account ("anton@example.org", "imaps://a@imap.example.org");
  MwSession *session = make_session ();
  MwAccountItem *item = item_at (session, 0);
  g_autoptr (MwHistory) other = mw_history_new (NULL);

  g_assert_true (
      mw_history_add_export (other, mw_account_item_get_account (item), "thunderbird", NULL));
  wait_until (mw_account_item_get_past (item)->exports->len == 1);
  end_session (session);
}

/* ---- the check of one server ---- */

static void
take (MwLiveServer *server, MwStage stage, MwStatus status)
{
  g_autoptr (MwStep) step = mw_step_new (stage, status, 1, MW_DIAGNOSIS_NONE, "it was tried", NULL);

  mw_live_server_take_step (server, step);
}

static void
test_lights_tell_the_worst (void)
{
  g_autoptr (MwServer) imap = mw_server_new_from_url ("imap://a@imap.example.org", NULL);
  g_autoptr (MwLiveServer) server = mw_live_server_new (imap, MW_HALF_INCOMING);
  g_autoptr (MwReport) report = mw_report_new (imap);

  for (int light = 0; light < MW_N_LIGHTS; light++)
    {
      g_assert_cmpint (mw_live_server_get_light (server, light), ==, MW_STATUS_SKIPPED);
      g_assert_cmpstr (mw_light_get_title (light), !=, "");
    }
  take (server, MW_STAGE_RESOLVE, MW_STATUS_RUNNING);
  g_assert_cmpint (mw_live_server_get_light (server, MW_LIGHT_PORT), ==, MW_STATUS_RUNNING);
  take (server, MW_STAGE_RESOLVE, MW_STATUS_WARNING);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (server)), ==, 1); /* the same stage */
  take (server, MW_STAGE_CONNECT, MW_STATUS_OK);
  g_assert_cmpint (mw_live_server_get_light (server, MW_LIGHT_PORT), ==, MW_STATUS_WARNING);
  take (server, MW_STAGE_GREETING, MW_STATUS_OK);
  take (server, MW_STAGE_STARTTLS, MW_STATUS_FAILED);
  take (server, MW_STAGE_CAPABILITY, MW_STATUS_SKIPPED);
  g_assert_cmpint (mw_live_server_get_light (server, MW_LIGHT_PROTOCOL), ==, MW_STATUS_FAILED);
  g_assert_cmpint (mw_live_server_get_light (server, MW_LIGHT_CERTIFICATE), ==, MW_STATUS_SKIPPED);
  take (server, MW_STAGE_TLS, MW_STATUS_OK);
  take (server, MW_STAGE_CERTIFICATE, MW_STATUS_RUNNING);
  g_assert_cmpint (mw_live_server_get_light (server, MW_LIGHT_CERTIFICATE), ==, MW_STATUS_RUNNING);
  g_assert_nonnull (mw_live_server_get_current (server));

  mw_live_server_set_cancelled (server);
  g_assert_null (mw_live_server_get_current (server));
  take (server, MW_STAGE_LOGIN, MW_STATUS_OK); /* too late */
  mw_live_server_set_report (server, report);
  g_assert_null (mw_live_server_get_report (server));
  g_assert_cmpint (mw_live_server_get_light (server, MW_LIGHT_LOGIN), ==, MW_STATUS_SKIPPED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);

  g_test_add_func ("/session/accounts-are-sorted-by-name", test_accounts_are_sorted_by_name);
  g_test_add_func ("/session/order-by-hand-is-kept", test_order_by_hand_is_kept);
  g_test_add_func ("/session/unreadable-file-is-a-problem", test_unreadable_file_is_a_problem);
  g_test_add_func ("/session/changes-of-another-process-are-seen",
                   test_changes_of_another_process_are_seen);
  g_test_add_func ("/session/saving-updates-the-list", test_saving_updates_the_list);
  g_test_add_func ("/session/changed-file-is-not-overwritten",
                   test_changed_file_is_not_overwritten);
  g_test_add_func ("/session/removed-account-leaves-nothing", test_removed_account_leaves_nothing);
  g_test_add_func ("/session/password-of-the-session", test_password_of_the_session);
  g_test_add_func ("/session/password-that-the-keyring-does-not-take",
                   test_password_that_the_keyring_does_not_take);
  g_test_add_func ("/session/password-follows-to-another-server",
                   test_password_follows_to_another_server);
  g_test_add_func ("/session/check-proves-an-account", test_check_proves_an_account);
  g_test_add_func ("/session/check-right-after-a-change", test_check_right_after_a_change);
  g_test_add_func ("/session/check-without-password", test_check_without_password);
  g_test_add_func ("/session/check-with-a-refused-password", test_check_with_a_refused_password);
  g_test_add_func ("/session/stopping-one-lets-the-other-go-on",
                   test_stopping_one_lets_the_other_go_on);
  g_test_add_func ("/session/account-is-removed-while-it-is-checked",
                   test_account_is_removed_while_it_is_checked);
  g_test_add_func ("/session/no-check-without-the-authorities",
                   test_no_check_without_the_authorities);
  g_test_add_func ("/session/two-hundred-accounts-at-once", test_two_hundred_accounts_at_once);
  g_test_add_func ("/session/checks-overlap", test_checks_overlap);
  g_test_add_func ("/session/outdated-export-is-seen", test_outdated_export_is_seen);
  g_test_add_func ("/session/history-of-another-process-is-seen",
                   test_history_of_another_process_is_seen);
  g_test_add_func ("/session/lights-tell-the-worst", test_lights_tell_the_worst);

  return g_test_run ();
}
