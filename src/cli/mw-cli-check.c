/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli-run.h"

#include "model/mw-history.h"
#include "providers/mw-provider-db.h"
#include "report/mw-redact.h"
#include "report/mw-report-json.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  char *ca_file;
  double timeout;
  int jobs;
  int password_fd;
  gboolean all;
  gboolean json;
  gboolean details;
  gboolean transcript;
  gboolean mask_names;
} CheckOptions;

static MwProbe *
make_probe (MwAccount *account,
            MwHalf half,
            MwTrust *trust,
            const CheckOptions *options,
            MwCliPasswords *passwords)
{
  MwProbe *probe = mw_probe_new_for_account (account, half, mw_provider_db_get_default ());

  mw_probe_set_trust (probe, trust);
  mw_probe_set_timeout (probe, options->timeout);
  if (mw_server_needs_login (mw_account_get_server (account, half)))
    {
      g_autoptr (SecretValue) password = mw_cli_passwords_get (passwords, account, half);

      mw_probe_set_password (probe, password);
    }
  return probe;
}

/* Hands the flat list of reports back to the accounts that they belong to */
static GPtrArray *
group_reports (GPtrArray *accounts, GPtrArray *reports)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  guint next = 0;

  for (guint i = 0; i < accounts->len; i++)
    {
      GPtrArray *own = g_ptr_array_new_with_free_func (g_object_unref);

      for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
        if (mw_account_get_server (g_ptr_array_index (accounts, i), half) != NULL)
          g_ptr_array_add (own, g_object_ref (g_ptr_array_index (reports, next++)));
      g_ptr_array_add (groups, own);
    }
  return groups;
}

static void
note_checks (GPtrArray *accounts, GPtrArray *groups)
{
  g_autoptr (MwHistory) history = mw_history_new (NULL);

  for (guint i = 0; i < accounts->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!mw_history_add_check (history, g_ptr_array_index (accounts, i),
                                 g_ptr_array_index (groups, i), &error))
        {
          mw_cli_complain_history (error);
          return; /* the others will not do better */
        }
    }
}

static int
print_results (GPtrArray *accounts, GPtrArray *groups, const CheckOptions *options)
{
  g_autofree char *text = NULL, *shown = NULL;
  JsonNode *node;

  if (!options->json)
    return MW_EXIT_OK; /* each report was printed when it was in */
  node = mw_json_from_check (accounts, groups, options->transcript);
  if (!options->mask_names)
    return mw_cli_print_json (node);
  text = mw_json_to_text (node);
  json_node_unref (node);
  shown = mw_redact (text, accounts);
  mw_cli_print ("%s", shown);
  return MW_EXIT_OK;
}

/* How many accounts are fine: what somebody with two hundred of them wants to know first */
static void
print_sum (GPtrArray *groups)
{
  guint n[MW_STATUS_FAILED + 1] = { 0 };

  for (guint i = 0; i < groups->len; i++)
    {
      GPtrArray *own = g_ptr_array_index (groups, i);
      MwStatus worst = MW_STATUS_OK;

      for (guint k = 0; k < own->len; k++)
        worst = MAX (worst, mw_report_get_verdict (g_ptr_array_index (own, k)));
      n[worst]++;
    }
  /* Translators: three numbers of accounts */
  mw_cli_print (_ ("Accounts: %1$u fine, %2$u with warnings, %3$u failed"), n[MW_STATUS_OK],
                  n[MW_STATUS_WARNING], n[MW_STATUS_FAILED]);
  mw_cli_print ("\n");
}

static int
run_check (GPtrArray *accounts, const CheckOptions *options, MwCliPasswords *passwords)
{
  g_autoptr (MwCheck) check = mw_check_new ();
  g_autoptr (MwTrust) trust = NULL;
  g_autoptr (GPtrArray) reports = NULL, groups = NULL;
  g_autoptr (GPtrArray) labels = g_ptr_array_new (); /* lent by the accounts */
  MwReportTextFlags flags = mw_cli_has_colour () ? MW_REPORT_TEXT_COLOUR : MW_REPORT_TEXT_PLAIN;
  gboolean failed = FALSE;
  int status;

  trust = mw_cli_trust (options->ca_file, &status);
  if (trust == NULL)
    return status;
  for (guint i = 0; i < accounts->len; i++)
    for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
      if (mw_account_get_server (g_ptr_array_index (accounts, i), half) != NULL)
        {
          g_autoptr (MwProbe) probe = make_probe (g_ptr_array_index (accounts, i), half, trust,
                                                 options, passwords);

          mw_check_add (check, probe);
          g_ptr_array_add (labels, (gpointer) mw_address_get_text (
                                       mw_account_get_address (g_ptr_array_index (accounts, i))));
        }
  if (options->jobs > 0)
    mw_check_set_jobs (check, (guint) options->jobs,
                       MIN ((guint) options->jobs, MW_CHECK_DEFAULT_JOBS_PER_SERVER));
  flags |= options->details ? MW_REPORT_TEXT_DETAILS : 0;
  flags |= options->transcript ? MW_REPORT_TEXT_TRANSCRIPT : 0;
  reports = mw_cli_run_check (check, labels, options->json || options->mask_names, flags, &status);
  if (reports == NULL)
    return status;
  for (guint i = 0; i < reports->len; i++)
    {
      MwReport *report = g_ptr_array_index (reports, i);

      failed |= mw_report_get_verdict (report) == MW_STATUS_FAILED;
      if (passwords->keyring_error != NULL && mw_server_needs_login (mw_report_get_server (report)))
        mw_report_add_diagnosis (report, mw_secrets_error_to_diagnosis (passwords->keyring_error));
      if (!options->json && options->mask_names)
        {
          g_autofree char *text = mw_report_to_text (report, flags);
          g_autofree char *labelled = g_strconcat (g_ptr_array_index (labels, i), "\n", text, NULL);
          g_autofree char *shown = mw_redact (labelled, accounts);

          mw_cli_print ("%s\n", shown);
        }
    }
  groups = group_reports (accounts, reports);
  note_checks (accounts, groups);
  if (!options->json && accounts->len > 1)
    print_sum (groups);
  status = print_results (accounts, groups, options);
  if (status != MW_EXIT_OK)
    return status;
  return failed ? MW_EXIT_FAILED : passwords->n_missing > 0 ? MW_EXIT_TROUBLE : MW_EXIT_OK;
}

static int
run (int argc, char **argv)
{
  CheckOptions options = { .timeout = MW_PROBE_DEFAULT_TIMEOUT, .password_fd = -1 };
  const GOptionEntry entries[] = {
    { "all", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.all, N_ ("Check every account"),
      NULL },
    { "ca-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &options.ca_file,
      N_ ("Trust the certificate authorities in this file too"), N_ ("FILE") },
    { "timeout", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_DOUBLE, &options.timeout,
      N_ ("Give up on a server after this time (default: 20)"), N_ ("SECONDS") },
    { "jobs", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &options.jobs,
      N_ ("Connections at once (default: 64), never more than 8 to one server"), N_ ("N") },
    { "password-fd", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &options.password_fd,
      N_ ("Read the password of a single account from this file descriptor"), N_ ("FD") },
    { "details", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.details,
      N_ ("Show certificates, durations and what the server offers"), NULL },
    { "transcript", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.transcript,
      N_ ("Show the dialogues, passwords masked"), NULL },
    { "mask-names", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.mask_names,
      N_ ("Mask names and addresses, for a report to strangers"), NULL },
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.json, N_ ("Print one JSON value"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MwStore) store = mw_store_new (NULL);
  g_autoptr (GPtrArray) accounts = NULL;
  g_autofree char *ca_file = NULL;
  MwCliPasswords passwords;
  gboolean had_problems = FALSE;
  int status;

  if (!mw_cli_parse (_ ("check ID…|--all"), _ (mw_command_check.summary), NULL, entries, &argc, &argv,
                                             &status))
    return status;
  ca_file = options.ca_file;
  if (!mw_cli_check_timeout (options.timeout, &status))
    return status;
  if (options.jobs < 0 || options.jobs > 1000)
    return mw_cli_usage_error (_ ("--jobs takes a number from 1 to 1000"));
  accounts = mw_cli_load_accounts (store, argv + 1, argc - 1, options.all, &had_problems, &status);
  if (accounts == NULL)
    return status;
  if (options.password_fd >= 0 && accounts->len != 1)
    return mw_cli_usage_error (_ ("--password-fd goes with a single account"));
  if (!mw_cli_passwords_init (&passwords, options.password_fd, TRUE, &status))
    return status;
  status = run_check (accounts, &options, &passwords);
  mw_cli_passwords_clear (&passwords);
  return status == MW_EXIT_OK && had_problems ? MW_EXIT_TROUBLE : status;
}

const MwCommand mw_command_check = {
  .name = "check",
  .summary = N_ ("Check the servers of accounts, up to an opened mailbox"),
  .run = run,
};
