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

/* ---- what is done with the reports ---- */

/* The reports of one account, as they come in */
typedef struct
{
  MwReport *halves[2]; /* by half; %NULL until it is in, and again when all was done with it */
  guint n_waiting;
} Entry;

/* An account is dealt with as soon as its last report is in, and its reports are let go: what a
 * check of a thousand accounts needs at its peak is what it needs for those under way. */
typedef struct
{
  const CheckOptions *options;
  const MwCliPasswords *passwords;
  MwReportTextFlags flags;

  /* Owned */
  GPtrArray *accounts;
  Entry *entries;    /* by account */
  GArray *owners;    /* (element-type guint): by probe, the number of its account */
  GPtrArray *labels; /* by probe; lent by the accounts */
  MwHistory *history;
  GString *text; /* JSON that was not printed yet */

  MwJsonWriter writer;
  guint next; /* of the accounts, the one that is printed next */
  guint sums[MW_STATUS_FAILED + 1];
  gboolean forgets; /* the history cannot be written */
  int print_status;
} Desk;

static void
desk_clear (Desk *desk)
{
  for (guint i = 0; i < desk->accounts->len; i++)
    for (gsize half = 0; half < G_N_ELEMENTS (desk->entries[i].halves); half++)
      g_clear_object (&desk->entries[i].halves[half]);
  g_free (desk->entries);
  g_ptr_array_unref (desk->accounts);
  g_array_unref (desk->owners);
  g_ptr_array_unref (desk->labels);
  g_object_unref (desk->history);
  g_string_free (desk->text, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Desk, desk_clear)

static void
desk_init (Desk *desk,
           GPtrArray *accounts,
           const CheckOptions *options,
           const MwCliPasswords *passwords)
{
  *desk = (Desk) { .options = options, .passwords = passwords };
  desk->accounts = g_ptr_array_ref (accounts);
  desk->entries = g_new0 (Entry, accounts->len);
  desk->owners = g_array_new (FALSE, FALSE, sizeof (guint));
  desk->labels = g_ptr_array_new ();
  desk->history = mw_history_new (NULL);
  desk->text = g_string_new (NULL);
  desk->writer = (MwJsonWriter) MW_JSON_WRITER_INIT (desk->text);
  desk->flags = mw_cli_has_colour () ? MW_REPORT_TEXT_COLOUR : MW_REPORT_TEXT_PLAIN;
  desk->flags |= options->details ? MW_REPORT_TEXT_DETAILS : 0;
  desk->flags |= options->transcript ? MW_REPORT_TEXT_TRANSCRIPT : 0;
}

static void
note_check (Desk *desk, MwAccount *account, GPtrArray *reports)
{
  g_autoptr (GError) error = NULL;

  if (desk->forgets || mw_history_add_check (desk->history, account, reports, &error))
    return;
  mw_cli_complain_history (error);
  desk->forgets = TRUE; /* the others will not do better */
}

/* Prints the JSON that is there, unless names in it must be masked: then all of it at the end */
static void
print_json (Desk *desk, gboolean at_end)
{
  g_autofree char *shown = NULL;

  if (!desk->options->mask_names || at_end)
    {
      if (desk->options->mask_names)
        shown = mw_redact (desk->text->str, desk->accounts);
      if (desk->print_status == MW_EXIT_OK)
        desk->print_status = mw_cli_print_text (shown != NULL ? shown : desk->text->str);
      g_string_truncate (desk->text, 0);
    }
}

static void
finish_account (Desk *desk, guint index)
{
  Entry *entry = &desk->entries[index];
  MwAccount *account = g_ptr_array_index (desk->accounts, index);
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize half = 0; half < G_N_ELEMENTS (entry->halves); half++)
    if (entry->halves[half] != NULL)
      g_ptr_array_add (reports, g_steal_pointer (&entry->halves[half]));
  if (desk->options->json)
    mw_json_add_account (&desk->writer, account, reports, desk->options->transcript);
}

/* Accounts are printed in their order; one whose reports are in waits for those before it */
static void
finish_accounts (Desk *desk)
{
  gboolean finished = FALSE;

  while (desk->next < desk->accounts->len && desk->entries[desk->next].n_waiting == 0)
    {
      finish_account (desk, desk->next++);
      finished = TRUE;
    }
  if (desk->options->json && finished)
    print_json (desk, FALSE);
}

static void
complete_account (Desk *desk, guint index)
{
  Entry *entry = &desk->entries[index];
  g_autoptr (GPtrArray) reports = g_ptr_array_new ();
  MwStatus worst = MW_STATUS_OK;

  for (gsize half = 0; half < G_N_ELEMENTS (entry->halves); half++)
    if (entry->halves[half] != NULL)
      {
        g_ptr_array_add (reports, entry->halves[half]);
        worst = MAX (worst, mw_report_get_verdict (entry->halves[half]));
      }
  desk->sums[worst]++;
  note_check (desk, g_ptr_array_index (desk->accounts, index), reports);
}

static void
print_masked (Desk *desk, guint probe, MwReport *report)
{
  g_autofree char *text = mw_report_to_text (report, desk->flags);
  g_autofree char *labelled =
      g_strconcat (g_ptr_array_index (desk->labels, probe), "\n", text, NULL);
  g_autofree char *shown = mw_redact (labelled, desk->accounts);

  mw_cli_print ("%s\n", shown);
}

static void
on_report (guint index, MwReport *report, gpointer user_data)
{
  Desk *desk = user_data;
  guint owner = g_array_index (desk->owners, guint, index);
  Entry *entry = &desk->entries[owner];
  gboolean is_second = index > 0 && g_array_index (desk->owners, guint, index - 1) == owner;

  if (desk->passwords->keyring_error != NULL &&
      mw_server_needs_login (mw_report_get_server (report)))
    mw_report_add_diagnosis (report,
                             mw_secrets_error_to_diagnosis (desk->passwords->keyring_error));
  if (!desk->options->json && desk->options->mask_names)
    print_masked (desk, index, report);
  g_set_object (&entry->halves[is_second ? 1 : 0], report);
  entry->n_waiting--;
  if (entry->n_waiting > 0)
    return;
  complete_account (desk, owner);
  finish_accounts (desk);
}

/* How many accounts are fine: what somebody with two hundred of them wants to know first */
static void
print_sum (const guint *n)
{
  /* Translators: three numbers of accounts */
  mw_cli_print (_ ("Accounts: %1$u fine, %2$u with warnings, %3$u failed"), n[MW_STATUS_OK],
                  n[MW_STATUS_WARNING], n[MW_STATUS_FAILED]);
  mw_cli_print ("\n");
}

static MwCheck *
make_check (Desk *desk, MwTrust *trust, MwCliPasswords *passwords)
{
  MwCheck *check = mw_check_new ();
  const CheckOptions *options = desk->options;

  mw_check_set_keeps_reports (check, FALSE);
  for (guint i = 0; i < desk->accounts->len; i++)
    {
      MwAccount *account = g_ptr_array_index (desk->accounts, i);

      for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
        if (mw_account_get_server (account, half) != NULL)
          {
            g_autoptr (MwProbe) probe = make_probe (account, half, trust, options, passwords);

            mw_check_add (check, probe);
            g_array_append_val (desk->owners, i);
            g_ptr_array_add (desk->labels,
                             (gpointer) mw_address_get_text (mw_account_get_address (account)));
            desk->entries[i].n_waiting++;
          }
      if (desk->entries[i].n_waiting == 0)
        complete_account (desk, i);
    }
  if (options->jobs > 0)
    mw_check_set_jobs (check, (guint) options->jobs,
                       MIN ((guint) options->jobs, MW_CHECK_DEFAULT_JOBS_PER_SERVER));
  return check;
}

static int
run_check (GPtrArray *accounts, const CheckOptions *options, MwCliPasswords *passwords)
{
  g_autoptr (MwCheck) check = NULL;
  g_autoptr (MwTrust) trust = NULL;
  g_autoptr (GPtrArray) reports = NULL;
  g_auto (Desk) desk = { 0 };
  int status;

  desk_init (&desk, accounts, options, passwords);
  trust = mw_cli_trust (options->ca_file, &status);
  if (trust == NULL)
    return status;
  mw_cli_passwords_fetch (passwords, accounts);
  check = make_check (&desk, trust, passwords);
  if (options->json)
    mw_json_begin_check (&desk.writer);
  finish_accounts (&desk); /* those at the beginning that have no server */
  reports = mw_cli_run_check (check, desk.labels, options->json || options->mask_names, desk.flags,
                              on_report, &desk, &status);
  /* Also when it was stopped: what was found is printed, and is one value */
  if (options->json)
    {
      mw_json_end_check (&desk.writer);
      print_json (&desk, TRUE);
    }
  if (reports == NULL)
    return status;
  if (!options->json && accounts->len > 1)
    print_sum (desk.sums);
  if (desk.print_status != MW_EXIT_OK)
    return desk.print_status;
  return desk.sums[MW_STATUS_FAILED] > 0 ? MW_EXIT_FAILED
         : passwords->n_missing > 0      ? MW_EXIT_TROUBLE
                                         : MW_EXIT_OK;
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
