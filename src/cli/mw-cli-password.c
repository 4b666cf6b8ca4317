/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli-run.h"

#include "advice/mw-advice.h"
#include "export/mw-export.h"
#include "report/mw-report-json.h"
#include "report/mw-words.h"
#include "secrets/mw-keyring.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Which halves have a password of their own: those that log in, and only the one named, if any */
static gboolean
wanted (MwAccount *account, MwHalf half, const char *only)
{
  MwServer *server = mw_account_get_server (account, half);

  return server != NULL && mw_server_needs_login (server) &&
         mw_account_get_password_half (account, half) == half &&
         (only == NULL || strcmp (only, mw_half_to_string (half)) == 0);
}

/* A password of the wrong kind is stored all the same, but not without a word */
static void
warn_of_shape (MwAccount *account, MwHalf half, SecretValue *password)
{
  g_autoptr (GPtrArray) servers =
                g_ptr_array_new_with_free_func ((GDestroyNotify) mw_typed_server_free);
  g_autofree char *url = mw_server_to_url (mw_account_get_server (account, half));
  g_autoptr (GPtrArray) advice = NULL;
  MwAdviceInput input = { .password = password, .servers = servers };

  g_ptr_array_add (
      servers,
      mw_typed_server_new (mw_server_get_protocol (mw_account_get_server (account, half)), url));
  input.address = mw_address_get_text (mw_account_get_address (account));
  advice = mw_advise (mw_provider_db_get_default (), &input);
  for (guint i = 0; i < advice->len; i++)
    {
      const MwAdvice *row = g_ptr_array_index (advice, i);

      if (strcmp (row->field, "password") == 0)
        mw_cli_complain ("%s", row->message);
    }
}

static int
set_password (MwAccount *account, const char *only, int password_fd)
{
  g_autoptr (MwSecrets) secrets = mw_keyring_new ();
  g_autoptr (SecretValue) password = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *question = NULL;
  guint n_stored = 0;
  int status;

  if (!wanted (account, MW_HALF_INCOMING, only) && !wanted (account, MW_HALF_OUTGOING, only))
    return mw_cli_usage_error (_ ("Nobody logs in there: no password is needed"));
  question = g_strdup_printf (_ ("Password of %s: "),
                                mw_address_get_text (mw_account_get_address (account)));
  password = mw_cli_read_password (password_fd, question, &status);
  if (password == NULL)
    return status;
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      guint n_updated = 0;

      if (!wanted (account, half, only))
        continue;
      if (n_stored == 0)
        warn_of_shape (account, half, password);
      if (!mw_secrets_store_sync (secrets, account, half, password, MW_SECRETS_ALLOW_PROMPT,
                                  mw_cli_cancellable (), &error) ||
          !mw_export_update_passwords_sync (account, half, password, secrets,
                                            MW_SECRETS_ALLOW_PROMPT, &n_updated,
                                            mw_cli_cancellable (), &error))
        {
          mw_cli_explain_keyring (error);
          return MW_EXIT_TROUBLE;
        }
      n_stored++;
      if (n_updated > 0)
        mw_cli_progress (ngettext ("The password that another program looks up was changed too.",
                                   "The %u passwords that other programs look up were changed too.",
                                   n_updated),
                         n_updated);
    }
  mw_cli_progress ("%s", _ ("The password is in the keyring."));
  return MW_EXIT_OK;
}

static int
forget_password (MwAccount *account, const char *only)
{
  g_autoptr (MwSecrets) secrets = mw_keyring_new ();
  guint n_all = 0;

  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      g_autoptr (GError) error = NULL;
      guint n_cleared = 0;

      if (!wanted (account, half, only))
        continue;
      if (!mw_secrets_clear_sync (secrets, account, half, MW_SECRETS_ALLOW_PROMPT, &n_cleared,
                                  mw_cli_cancellable (), &error) &&
          !g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND))
        {
          mw_cli_explain_keyring (error);
          return MW_EXIT_TROUBLE;
        }
      n_all += n_cleared;
    }
  mw_cli_progress ("%s", n_all > 0 ? _ ("The password was taken out of the keyring.")
                                   : _ ("There was no password in the keyring."));
  return MW_EXIT_OK;
}

static void
print_stored (MwHalf half, MwSecretsStatus keyring, gboolean is_stored)
{
  const char *label = half == MW_HALF_INCOMING ? _ ("Receiving") : _ ("Sending");

  if (keyring != MW_SECRETS_STATUS_READY)
    mw_cli_print_field ("", label, _ ("unknown"));
  else
    mw_cli_print_field ("", label, is_stored ? _ ("stored") : _ ("not stored"));
}

static int
print_status (MwAccount *account, const char *only, gboolean json)
{
  g_autoptr (MwSecrets) secrets = mw_keyring_new ();
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  MwSecretsStatus keyring = mw_secrets_get_status_sync (secrets, mw_cli_cancellable ());
  gboolean missing = FALSE;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "id");
  json_builder_add_string_value (builder, mw_account_get_id (account));
  json_builder_set_member_name (builder, "address");
  json_builder_add_string_value (builder, mw_address_get_text (mw_account_get_address (account)));
  json_builder_set_member_name (builder, "keyring");
  json_builder_add_string_value (builder, mw_secrets_status_to_string (keyring));
  json_builder_set_member_name (builder, "passwords");
  json_builder_begin_array (builder);
  if (!json)
    mw_cli_print_field ("", _ ("Keyring"), mw_word (mw_secrets_status_to_string (keyring)));
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      g_autoptr (SecretValue) value = NULL;

      if (!wanted (account, half, only))
        continue;
      if (keyring == MW_SECRETS_STATUS_READY)
        value = mw_secrets_lookup_sync (secrets, account, half, MW_SECRETS_NONE,
                                        mw_cli_cancellable (), NULL);
      missing |= value == NULL;
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "half");
      json_builder_add_string_value (builder, mw_half_to_string (half));
      json_builder_set_member_name (builder, "stored");
      if (keyring == MW_SECRETS_STATUS_READY)
        json_builder_add_boolean_value (builder, value != NULL);
      else
        json_builder_add_null_value (builder); /* nobody knows */
      json_builder_end_object (builder);
      if (!json)
        print_stored (half, keyring, value != NULL);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (json)
    {
      int status = mw_cli_print_json (json_builder_get_root (builder));

      if (status != MW_EXIT_OK)
        return status;
    }
  if (keyring != MW_SECRETS_STATUS_READY)
    {
      MwDiagnosis diagnosis = keyring == MW_SECRETS_STATUS_LOCKED ? MW_DIAGNOSIS_KEYRING_LOCKED
                                                                  : MW_DIAGNOSIS_KEYRING_ABSENT;

      mw_cli_complain ("%s", mw_diagnosis_get_title (diagnosis));
      mw_cli_progress ("%s", mw_diagnosis_get_next_step (diagnosis));
      return MW_EXIT_TROUBLE;
    }
  return missing ? MW_EXIT_FAILED : MW_EXIT_OK;
}

static int
run (int argc, char **argv)
{
  gboolean json = FALSE;
  int password_fd = -1;
  g_autofree char *half = NULL;
  const GOptionEntry entries[] = {
    { "password-fd", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &password_fd,
      N_ ("Read the password from this file descriptor"), N_ ("FD") },
    { "half", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &half,
      N_ ("Only the password for receiving or for sending"), N_ ("incoming|outgoing") },
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON value"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MwStore) store = mw_store_new (NULL);
  g_autoptr (MwAccount) account = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!mw_cli_parse (_ ("password set|forget|status ID"),
                       _ (mw_command_password.summary),
                         _ ("Without --password-fd the password is asked on the terminal."), entries,
                           &argc, &argv, &status))
    return status;
  if (argc != 3)
    return mw_cli_usage_error (_ ("password: set, forget or status, and an account are expected"));
  if (half != NULL && strcmp (half, "incoming") != 0 && strcmp (half, "outgoing") != 0)
    return mw_cli_usage_error (_ ("--half takes incoming or outgoing"));
  if (strcmp (argv[1], "set") != 0 && strcmp (argv[1], "forget") != 0 &&
      strcmp (argv[1], "status") != 0)
    return mw_cli_usage_error (_ ("password: set, forget or status is expected, not “%s”"), argv[1]);
  account = mw_store_load (store, argv[2], &error);
  if (account == NULL)
    return mw_cli_store_error (error);
  if (strcmp (argv[1], "set") == 0)
    return set_password (account, half, password_fd);
  if (strcmp (argv[1], "forget") == 0)
    return forget_password (account, half);
  return print_status (account, half, json);
}

const MwCommand mw_command_password = {
  .name = "password",
  .summary =
      N_ ("Keep the password of an account in the keyring, forget it, look whether it is there"),
  .run = run,
};
