/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli-run.h"

#include "report/mw-words.h"
#include "secrets/mw-keyring.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

MwAddress *
mw_cli_parse_address (const char *text, int *status)
{
  g_autoptr (GError) error = NULL;
  MwAddress *address = mw_address_new (text, &error);

  if (address == NULL)
    {
      g_autofree char *harmless = mw_text_make_harmless (text, -1, 200);

      /* Translators: what was typed, and what is wrong with it */
      *status = mw_cli_usage_error (_ ("“%1$s”: %2$s"), harmless, mw_address_error_explain (error));
    }
  return address;
}

static void
on_updated (MwDiscovery *discovery, MwDiscoveryResult *result, gpointer user_data)
{
  gboolean *told = user_data; /* by source */
  GPtrArray *answers = mw_discovery_result_get_answers (result);

  for (guint i = 0; i < answers->len; i++)
    {
      const MwDiscoveryAnswer *answer = g_ptr_array_index (answers, i);

      if (told[answer->source] || answer->status == MW_ANSWER_WAITING ||
          answer->status == MW_ANSWER_ASKING)
        continue;
      told[answer->source] = TRUE;
      mw_cli_progress ("  %s: %s%s%s", mw_word (mw_source_to_string (answer->source)),
                       mw_word (mw_answer_status_to_string (answer->status)),
                       answer->reason != NULL ? ": " : "",
                       answer->reason != NULL ? answer->reason : "");
    }
}

MwDiscoveryResult *
mw_cli_detect (MwAddress *address, const MwCliDetectOptions *options, int *status)
{
  g_autoptr (MwResolver) resolver = mw_resolver_new ();
  g_autoptr (MwHttpClient) http = mw_http_client_new (resolver, options->trust, NULL);
  g_autoptr (MwDiscovery) discovery = NULL;
  g_autoptr (GError) error = NULL;
  gboolean told[MW_SOURCE_GUESS + 1] = { FALSE };
  MwDiscoveryResult *result;

  discovery = mw_discovery_new (resolver, http, mw_provider_db_get_default ());
  mw_discovery_set_offline (discovery, options->offline);
  mw_discovery_set_compare (discovery, options->compare);
  mw_discovery_set_wait_for_all (discovery, options->compare);
  mw_discovery_set_trust (discovery, options->trust);
  if (options->mx_hosts != NULL)
    mw_discovery_set_mx_hosts (discovery, options->mx_hosts);
  if (options->ispdb_url != NULL)
    mw_discovery_set_ispdb_url (discovery, options->ispdb_url);
  result = mw_discovery_run_sync (discovery, address, isatty (STDERR_FILENO) ? on_updated : NULL,
                                  told, mw_cli_cancellable (), &error);
  if (result == NULL)
    *status = mw_cli_trouble ("%s", error->message);
  return result;
}

gboolean
mw_cli_passwords_init (MwCliPasswords *self, int password_fd, gboolean may_ask, int *status)
{
  *self = (MwCliPasswords) { .may_ask = may_ask };
  if (password_fd < 0)
    return TRUE;
  self->given = mw_cli_read_password (password_fd, NULL, status);
  return self->given != NULL;
}

void
mw_cli_passwords_clear (MwCliPasswords *self)
{
  g_clear_pointer (&self->given, secret_value_unref);
  g_clear_pointer (&self->last_value, secret_value_unref);
  g_clear_pointer (&self->fetched, g_hash_table_unref);
  g_clear_object (&self->last_account);
  g_clear_object (&self->secrets);
  g_clear_error (&self->keyring_error);
}

static SecretValue *
ask (MwCliPasswords *self, MwAccount *account, MwHalf half)
{
  MwServer *server = mw_account_get_server (account, half);
  g_autofree char *question = NULL;
  int status;

  if (!self->may_ask || !mw_cli_has_terminal ())
    return NULL;
  /* Translators: a login name and a host; the password is typed behind it */
  question = g_strdup_printf (_ ("Password of %1$s at %2$s: "), mw_server_get_username (server),
                                mw_server_get_host (server));
  return mw_cli_read_password (-1, question, &status);
}

static void
give_up_keyring (MwCliPasswords *self, GError *error)
{
  mw_cli_explain_keyring (error);
  self->keyring_error = error;
}

/* An account mostly has one password; of one that has two, the other is looked for by itself */
static MwHalf
fetched_half (MwAccount *account)
{
  MwServer *incoming = mw_account_get_server (account, MW_HALF_INCOMING);

  return incoming != NULL && mw_server_needs_login (incoming) ? MW_HALF_INCOMING : MW_HALF_OUTGOING;
}

void
mw_cli_passwords_fetch (MwCliPasswords *self, GPtrArray *accounts)
{
  g_autoptr (GPtrArray) items = NULL, owners = NULL, values = NULL;
  g_autoptr (GError) error = NULL;

  if (self->given != NULL || self->keyring_error != NULL)
    return;
  items = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_secret_item_unref);
  owners = g_ptr_array_new ();
  for (guint i = 0; i < accounts->len; i++)
    {
      MwAccount *account = g_ptr_array_index (accounts, i);
      MwServer *server = mw_account_get_server (account, fetched_half (account));

      if (server == NULL || !mw_server_needs_login (server))
        continue;
      g_ptr_array_add (items, mw_secret_item_new_for_account (account, fetched_half (account)));
      g_ptr_array_add (owners, account);
    }
  if (items->len < 2)
    return;
  if (self->secrets == NULL)
    self->secrets = mw_keyring_new ();
  values = mw_secrets_lookup_items_sync (self->secrets, items, mw_cli_cancellable (), &error);
  if (values == NULL)
    {
      give_up_keyring (self, g_steal_pointer (&error));
      return;
    }
  self->fetched =
      g_hash_table_new_full (NULL, NULL, g_object_unref, (GDestroyNotify) secret_value_unref);
  for (guint i = 0; i < values->len; i++)
    if (g_ptr_array_index (values, i) != NULL)
      g_hash_table_insert (self->fetched, g_object_ref (g_ptr_array_index (owners, i)),
                           secret_value_ref (g_ptr_array_index (values, i)));
}

static SecretValue *
look_up (MwCliPasswords *self, MwAccount *account, MwHalf half)
{
  g_autoptr (GError) error = NULL;
  SecretValue *value;

  if (self->keyring_error != NULL)
    return NULL;
  if (self->fetched != NULL && half == fetched_half (account))
    {
      value = g_hash_table_lookup (self->fetched, account);
      if (value != NULL)
        return secret_value_ref (value);
    }
  if (self->secrets == NULL)
    self->secrets = mw_keyring_new ();
  value = mw_secrets_lookup_sync (self->secrets, account, half, MW_SECRETS_ALLOW_PROMPT,
                                  mw_cli_cancellable (), &error);
  if (value == NULL && !g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND))
    give_up_keyring (self, g_steal_pointer (&error));
  return value;
}

SecretValue *
mw_cli_passwords_get (MwCliPasswords *self, MwAccount *account, MwHalf half)
{
  if (self->given != NULL)
    return secret_value_ref (self->given);
  half = mw_account_get_password_half (account, half);
  if (self->last_account != account || self->last_half != half)
    {
      g_clear_pointer (&self->last_value, secret_value_unref);
      g_set_object (&self->last_account, account);
      self->last_half = half;
      self->last_value = look_up (self, account, half);
      if (self->last_value == NULL)
        self->last_value = ask (self, account, half);
      if (self->last_value == NULL && self->keyring_error == NULL)
        mw_cli_complain (half == MW_HALF_INCOMING
                         /* Translators: %s is a mail address */
                         ? _ ("No password is stored for receiving the mail of %s.")
                         /* Translators: %s is a mail address */
                         : _ ("No password is stored for sending the mail of %s."),
                             mw_address_get_text (mw_account_get_address (account)));
    }
  if (self->last_value == NULL)
    {
      self->n_missing++;
      return NULL;
    }
  return secret_value_ref (self->last_value);
}

GPtrArray *
mw_cli_load_accounts (
    MwStore *store, char **words, int n_words, gboolean all, gboolean *had_problems, int *status)
{
  g_autoptr (GPtrArray) accounts = NULL, problems = NULL;
  g_autoptr (GError) error = NULL;

  *had_problems = FALSE;
  if (all && n_words > 0)
    {
      *status = mw_cli_usage_error (_ ("Accounts and --all exclude each other"));
      return NULL;
    }
  if (!all && n_words == 0)
    {
      *status = mw_cli_usage_error (_ ("An account is expected: its id or its address"));
      return NULL;
    }
  if (all)
    {
      accounts = mw_store_list (store, &problems, &error);
      if (accounts == NULL)
        {
          *status = mw_cli_store_error (error);
          return NULL;
        }
      for (guint i = 0; i < problems->len; i++)
        mw_cli_store_error (g_ptr_array_index (problems, i));
      *had_problems = problems->len > 0;
      return g_steal_pointer (&accounts);
    }
  accounts = g_ptr_array_new_with_free_func (g_object_unref);
  for (int i = 0; i < n_words; i++)
    {
      MwAccount *account = mw_store_load (store, words[i], &error);

      if (account == NULL)
        {
          *status = mw_cli_store_error (error);
          return NULL;
        }
      g_ptr_array_add (accounts, account);
    }
  return g_steal_pointer (&accounts);
}

void
mw_cli_complain_history (const GError *error)
{
  /* Translators: a technical reason */
  mw_cli_complain (_ ("What was done cannot be remembered: %s"), error->message);
}

typedef struct
{
  gboolean quiet;
  MwReportTextFlags flags;
  GPtrArray *labels;
  MwCliReportFunc func;
  gpointer user_data;
} RunData;

static const char *
label_of (const RunData *data, guint index)
{
  return data->labels != NULL ? g_ptr_array_index (data->labels, index) : NULL;
}

static void
on_step (MwCheck *check, guint index, MwStep *step, gpointer user_data)
{
  g_autofree char *line = NULL;

  if (mw_step_get_status (step) == MW_STATUS_RUNNING ||
      mw_step_get_status (step) == MW_STATUS_SKIPPED)
    return;
  line = g_strdup_printf (_ ("%1$s: %2$s"), mw_stage_get_title (mw_step_get_stage (step)),
                            mw_step_get_message (step) != NULL
                                ? mw_step_get_message (step)
                                : mw_word (mw_status_to_string (mw_step_get_status (step))));
  if (label_of (user_data, index) != NULL)
    mw_cli_progress (_ ("%1$s: %2$s"), label_of (user_data, index), line);
  else
    mw_cli_progress ("%s", line);
}

static void
on_report (MwCheck *check, guint index, MwReport *report, gpointer user_data)
{
  const RunData *data = user_data;
  g_autofree char *text = NULL;

  if (data->func != NULL)
    data->func (index, report, data->user_data);
  if (data->quiet)
    {
      g_autofree char *line = mw_server_describe (mw_report_get_server (report));

      mw_cli_progress (_ ("%1$s: %2$s"), line,
                         mw_word (mw_status_to_string (mw_report_get_verdict (report))));
      return;
    }
  text = mw_report_to_text (report, data->flags);
  if (label_of (data, index) != NULL)
    mw_cli_print ("%s\n", label_of (data, index));
  mw_cli_print ("%s\n", text);
  fflush (stdout); /* a verdict is shown when it is in, on a pipe too */
}

GPtrArray *
mw_cli_run_check (MwCheck *check,
                  GPtrArray *labels,
                  gboolean quiet,
                  MwReportTextFlags flags,
                  MwCliReportFunc func,
                  gpointer user_data,
                  int *status)
{
  RunData data = { quiet, flags, labels, func, user_data };
  g_autoptr (GError) error = NULL;
  GPtrArray *reports;

  mw_check_set_callbacks (check, isatty (STDERR_FILENO) ? on_step : NULL, on_report, &data);
  reports = mw_check_run_sync (check, mw_cli_cancellable (), &error);
  if (reports == NULL)
    *status = mw_cli_trouble ("%s", error->message);
  return reports;
}
