/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "export-fixture.h"

#include "model/mw-store.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static SecretValue *
give_password (MwAccount *account, MwHalf half, gpointer user_data, GError **error)
{
  g_autofree char *password = NULL;

  half = mw_account_get_password_half (account, half);
  password =
      g_strdup_printf ("secret-%s-%s", mw_address_get_local_part (mw_account_get_address (account)),
                       mw_half_to_string (half));
  return secret_value_new (password, -1, "text/plain");
}

MwAccount *
fixture_account (const char *id, const char *address, const char *in, const char *out)
{
  g_autoptr(MwAddress) parsed = mw_address_new (address, NULL);
  g_autoptr(MwAccount) random = mw_account_new (parsed);
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) error = NULL;
  MwAccount *account;

  mw_account_to_key_file (random, file);
  account = mw_account_new_from_key_file (file, id, &error);
  g_assert_no_error (error);
  if (in != NULL)
    {
      g_autoptr(MwServer) server = mw_server_new_from_url (in, &error);

      g_assert_no_error (error);
      mw_account_set_server (account, MW_HALF_INCOMING, server);
    }
  if (out != NULL)
    {
      g_autoptr(MwServer) server = mw_server_new_from_url (out, &error);

      g_assert_no_error (error);
      mw_account_set_server (account, MW_HALF_OUTGOING, server);
    }
  return account;
}

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->home = g_dir_make_tmp ("mw-export-XXXXXX", NULL);
  fixture->host = mw_export_host_new (fixture->home);
  fixture->secrets = mw_secrets_memory_new ();
  fixture->jo = fixture_account ("11111111-2222-4333-8444-555555555555", "jo@example.org",
                                 "imaps://jo%40example.org@imap.example.org",
                                 "smtp://jo%40example.org@smtp.example.org");
  mw_account_set_name (fixture->jo, "Jo Exämple");
  fixture->ada =
      fixture_account ("99999999-8888-4777-a666-555555555555", "ada@example.net",
                       "pop3://ada@pop.example.net", "smtps://ada-out:AUTH=LOGIN@smtp.example.net");
  mw_account_set_separate_passwords (fixture->ada, TRUE);
  mw_account_set_name (fixture->ada, "Ada");
  mw_account_set_reply_to (fixture->ada, "team@example.net");
  mw_account_set_organization (fixture->ada, "Engines; Ltd.");
  fixture->options.mode = MW_EXPORT_MODE_INSTALL;
  fixture->options.password = give_password;
}

static void
remove_all (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      struct stat info;

      if (lstat (child, &info) == 0 && S_ISDIR (info.st_mode))
        remove_all (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  remove_all (fixture->home);
  g_free (fixture->home);
  g_assert_finalize_object (fixture->host);
  g_assert_finalize_object (fixture->secrets);
  g_object_unref (fixture->jo);
  g_object_unref (fixture->ada);
}

MwExportPlan *
fixture_plan (Fixture *fixture, const char *target, GError **error, ...)
{
  g_autoptr(GPtrArray) accounts = g_ptr_array_new ();
  const MwExporter *exporter = mw_exporter_find (target);
  MwAccount *account;
  va_list args;

  g_assert_nonnull (exporter);
  va_start (args, error);
  while ((account = va_arg (args, MwAccount *)) != NULL)
    g_ptr_array_add (accounts, account);
  va_end (args);
  return mw_export_plan (exporter, accounts, fixture->host, &fixture->options, error);
}

MwExportResult *
fixture_apply (Fixture *fixture, MwExportPlan *plan, GError **error)
{
  return mw_export_apply_sync (plan, fixture->host, &fixture->options, fixture->secrets,
                               MW_SECRETS_NONE, NULL, error);
}

char *
fixture_path (Fixture *fixture, const char *relative)
{
  return g_build_filename (fixture->home, relative, NULL);
}

void
fixture_write (Fixture *fixture, const char *relative, const char *text)
{
  g_autofree char *path = fixture_path (fixture, relative);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0640, NULL));
}

char *
fixture_read (Fixture *fixture, const char *relative)
{
  g_autofree char *path = fixture_path (fixture, relative);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

guint
fixture_mode (Fixture *fixture, const char *relative)
{
  g_autofree char *path = fixture_path (fixture, relative);
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  return info.st_mode & 07777;
}

static void
list_below (const char *root, const char *relative, GPtrArray *paths)
{
  g_autofree char *path = g_build_filename (root, relative, NULL);
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child =
          *relative != '\0' ? g_build_filename (relative, name, NULL) : g_strdup (name);

      if (g_str_equal (child, ".local"))
        continue;
      g_ptr_array_add (paths, g_strdup (child));
      list_below (root, child, paths);
    }
}

char *
fixture_list (Fixture *fixture)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  list_below (fixture->home, "", paths);
  g_ptr_array_sort_values (paths, (GCompareFunc) g_strcmp0);
  g_ptr_array_add (paths, NULL);
  return g_strjoinv ("\n", (char **) paths->pdata);
}

/* With MW_UPDATE_GOLDEN set, the file is written instead: look at the difference before committing
 */
void
assert_golden (const char *name, const char *text)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("MW_SRCDIR"), "tests", "data", "export", name, NULL);
  g_autofree char *expected = NULL;
  g_autoptr(GError) error = NULL;

  if (g_getenv ("MW_UPDATE_GOLDEN") != NULL)
    {
      g_assert_true (g_file_set_contents (path, text, -1, &error));
      return;
    }
  g_assert_true (g_file_get_contents (path, &expected, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

void
assert_password (Fixture *fixture, const char *expected, const char *schema, ...)
{
  g_autoptr(GHashTable) attributes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(MwSecretItem) item = NULL;
  g_autoptr(SecretValue) value = NULL;
  g_autoptr(GError) error = NULL;
  const char *name;
  va_list args;

  va_start (args, schema);
  while ((name = va_arg (args, const char *)) != NULL)
    g_hash_table_insert (attributes, (gpointer) name, va_arg (args, char *));
  va_end (args);
  item = mw_secret_item_new_table (schema, "", attributes);
  value = mw_secrets_lookup_item_sync (fixture->secrets, item, MW_SECRETS_NONE, NULL, &error);
  if (expected == NULL)
    {
      g_assert_error (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (secret_value_get_text (value), ==, expected);
}
