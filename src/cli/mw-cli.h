/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"
#include "model/mw-store.h"
#include "net/mw-trust.h"
#include "secrets/mw-secrets.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Exit statuses: part of the contract with other programs */
#define MW_EXIT_OK 0      /* fine, warnings too */
#define MW_EXIT_FAILED 1  /* what was checked failed */
#define MW_EXIT_USAGE 2   /* wrong usage */
#define MW_EXIT_TROUBLE 3 /* the program could not do its work */

/**
 * MwCommand:
 * @name: what is typed
 * @summary: one line for the overview; marked with N_()
 * @run: does it; @argv[0] is the name. Returns an exit status
 *
 * One command of mailwright-cli.
 */
typedef struct
{
  const char *name;
  const char *summary;
  int (*run) (int argc, char **argv);
} MwCommand;

extern const MwCommand mw_command_account;
extern const MwCommand mw_command_advise;
extern const MwCommand mw_command_check;
extern const MwCommand mw_command_detect;
extern const MwCommand mw_command_export;
extern const MwCommand mw_command_network;
extern const MwCommand mw_command_password;
extern const MwCommand mw_command_probe;
extern const MwCommand mw_command_providers;

/* Reads the options of a command; what is not an option stays in @argv. On %FALSE exit with
 * *@status: --help was printed, or the usage is wrong and that was said. */
gboolean mw_cli_parse (const char *usage,
                       const char *summary,
                       const char *description,
                       const GOptionEntry *entries,
                       int *argc,
                       char ***argv,
                       int *status);

/* Say what is wrong, on standard error */
int mw_cli_usage_error (const char *format, ...) G_GNUC_PRINTF (1, 2); /* MW_EXIT_USAGE */
int mw_cli_trouble (const char *format, ...) G_GNUC_PRINTF (1, 2);     /* MW_EXIT_TROUBLE */
void mw_cli_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);
int mw_cli_store_error (const GError *error); /* USAGE for a wrong name, else TROUBLE */

void mw_cli_print (const char *format, ...) G_GNUC_PRINTF (1, 2);
gboolean mw_cli_flush (void); /* %FALSE when what was printed cannot be written; says so */
int
mw_cli_print_json (JsonNode *node); /* takes it; MW_EXIT_OK, or TROUBLE when it cannot be written */
int mw_cli_print_text (const char *text); /* the same for what is text already */
void mw_cli_progress (const char *format, ...) G_GNUC_PRINTF (1, 2);
gboolean mw_cli_has_colour (void);

/* For people: a line "LABEL: VALUE" */
void mw_cli_print_field (const char *indent, const char *label, const char *value);

/* --ca-file; %NULL with *@status set when it cannot be used */
MwTrust *mw_cli_trust (const char *ca_file, int *status);
gboolean mw_cli_check_timeout (double seconds, int *status);

/* From --password-fd, or -1 and the terminal; %NULL with *@status set when there is none */
SecretValue *mw_cli_read_password (int fd, const char *question, int *status);
gboolean mw_cli_has_terminal (void);
gboolean mw_cli_confirm (const char *question); /* on the terminal; %FALSE without one */

/* "keyring is locked" and what to do, on standard error */
void mw_cli_explain_keyring (const GError *error);

/* Ends at once with Ctrl+C or SIGTERM; one object for the process */
GCancellable *mw_cli_cancellable (void);

G_END_DECLS
