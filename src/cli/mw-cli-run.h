/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli/mw-cli.h"

#include "check/mw-check.h"
#include "discovery/mw-discovery.h"
#include "report/mw-report-text.h"

G_BEGIN_DECLS

/* An address as it was typed; %NULL with *@status set when it is none */
MwAddress *mw_cli_parse_address (const char *text, int *status);

/**
 * MwCliDetectOptions:
 *
 * The options of `detect`, and of `account add --detect`.
 */
typedef struct
{
  gboolean offline;
  gboolean compare;
  const char *const *mx_hosts;
  const char *ispdb_url;
  MwTrust *trust;
} MwCliDetectOptions;

MwDiscoveryResult *
mw_cli_detect (MwAddress *address, const MwCliDetectOptions *options, int *status);

/**
 * MwCliPasswords:
 *
 * Where the passwords of one run come from: a file descriptor, the keyring, the terminal. A keyring
 * that could not be used once is not asked again.
 */
typedef struct
{
  SecretValue *given;    /* from --password-fd, for every server */
  MwSecrets *secrets;    /* the keyring */
  GError *keyring_error; /* why it cannot be used */
  gboolean may_ask;      /* on the terminal */
  guint n_missing;       /* logins that no password was found for */

  GHashTable *fetched; /* account -> SecretValue: what the keyring gave for many at once */

  /* Receiving and sending mostly have one password, and are asked for one after the other */
  MwAccount *last_account;
  MwHalf last_half;
  SecretValue *last_value;
} MwCliPasswords;

gboolean
mw_cli_passwords_init (MwCliPasswords *self, int password_fd, gboolean may_ask, int *status);
void mw_cli_passwords_clear (MwCliPasswords *self);

/* Asks the keyring for the passwords of all accounts at once. What it does not give without further
 * ado, mw_cli_passwords_get() looks for as ever. */
void mw_cli_passwords_fetch (MwCliPasswords *self, GPtrArray *accounts);
SecretValue *mw_cli_passwords_get (MwCliPasswords *self, MwAccount *account, MwHalf half);

/* The accounts that the words name, or all of them; %NULL with *@status set. @had_problems: files
 * that cannot be read were complained about */
GPtrArray *mw_cli_load_accounts (
    MwStore *store, char **words, int n_words, gboolean all, gboolean *had_problems, int *status);

/* That the history of the accounts cannot be written is said, and changes nothing else */
void mw_cli_complain_history (const GError *error);

/* What is done with each report when it is in, before anything of it is shown */
typedef void (*MwCliReportFunc) (guint index, MwReport *report, gpointer user_data);

/* Runs a check with what a person watches: progress on standard error, and, unless @quiet, each
 * report on standard output as soon as it is in. @labels (element-type utf8, or %NULL) says whose
 * each probe is. %NULL with *@status set when it was stopped */
GPtrArray *mw_cli_run_check (MwCheck *check,
                             GPtrArray *labels,
                             gboolean quiet,
                             MwReportTextFlags flags,
                             MwCliReportFunc func,
                             gpointer user_data,
                             int *status);

G_END_DECLS
