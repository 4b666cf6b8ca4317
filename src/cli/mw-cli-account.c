/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli-run.h"

#include "export/mw-export.h"
#include "providers/mw-provider-db.h"
#include "report/mw-report-json.h"
#include "report/mw-words.h"
#include "secrets/mw-keyring.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  char *address;
  char *name;
  char *reply_to;
  char *organization;
  char *imap;
  char *pop3;
  char *smtp;
  char *leave_on_server;
  char *separate_passwords;
  char *accept_incoming_key;
  char *accept_outgoing_key;
  char *ca_file;
  char *ispdb;
  int password_fd;
  gboolean detect;
  gboolean accept_untrusted;
  gboolean no_incoming;
  gboolean no_outgoing;
  gboolean json;
} AccountOptions;

static void
account_options_clear (AccountOptions *options)
{
  g_free (options->address);
  g_free (options->name);
  g_free (options->reply_to);
  g_free (options->organization);
  g_free (options->imap);
  g_free (options->pop3);
  g_free (options->smtp);
  g_free (options->leave_on_server);
  g_free (options->separate_passwords);
  g_free (options->accept_incoming_key);
  g_free (options->accept_outgoing_key);
  g_free (options->ca_file);
  g_free (options->ispdb);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AccountOptions, account_options_clear)

#define ACCOUNT_ENTRIES(options)                                                                   \
  { "name",                                                                                        \
    0,                                                                                             \
    G_OPTION_FLAG_NONE,                                                                            \
    G_OPTION_ARG_STRING,                                                                           \
    &(options).name,                                                                               \
    N_ ("Name of the person, as it stands in the mail"),                                           \
    N_ ("NAME") },                                                                                 \
      { "reply-to",          0,                                                                    \
        G_OPTION_FLAG_NONE,  G_OPTION_ARG_STRING,                                                  \
        &(options).reply_to, N_ ("Address that replies go to"),                                    \
        N_ ("ADDRESS") },                                                                          \
      { "organization",                                                                            \
        0,                                                                                         \
        G_OPTION_FLAG_NONE,                                                                        \
        G_OPTION_ARG_STRING,                                                                       \
        &(options).organization,                                                                   \
        N_ ("Organization"),                                                                       \
        N_ ("TEXT") },                                                                             \
      { "imap",                                                                                    \
        0,                                                                                         \
        G_OPTION_FLAG_NONE,                                                                        \
        G_OPTION_ARG_STRING,                                                                       \
        &(options).imap,                                                                           \
        N_ ("Receive by IMAP: imaps://[USER@]HOST[:PORT], or imap:// for STARTTLS"),               \
        N_ ("URL") },                                                                              \
      { "pop3",                                                                                    \
        0,                                                                                         \
        G_OPTION_FLAG_NONE,                                                                        \
        G_OPTION_ARG_STRING,                                                                       \
        &(options).pop3,                                                                           \
        N_ ("Receive by POP3: pop3s://… or pop3://…"),                                             \
        N_ ("URL") },                                                                              \
      { "smtp",                                                                                    \
        0,                                                                                         \
        G_OPTION_FLAG_NONE,                                                                        \
        G_OPTION_ARG_STRING,                                                                       \
        &(options).smtp,                                                                           \
        N_ ("Send by SMTP: smtps://… or smtp://…; :AUTH=NONE@ for no login"),                      \
        N_ ("URL") },                                                                              \
      { "leave-on-server",                                                                         \
        0,                                                                                         \
        G_OPTION_FLAG_NONE,                                                                        \
        G_OPTION_ARG_STRING,                                                                       \
        &(options).leave_on_server,                                                                \
        N_ ("POP3: leave the mail on the server (default: yes)"),                                  \
        N_ ("yes|no") },                                                                           \
      { "separate-passwords",                                                                      \
        0,                                                                                         \
        G_OPTION_FLAG_NONE,                                                                        \
        G_OPTION_ARG_STRING,                                                                       \
        &(options).separate_passwords,                                                             \
        N_ ("Sending has a password of its own"),                                                  \
        N_ ("yes|no") },                                                                           \
      { "accept-incoming-key",                                                                     \
        0,                                                                                         \
        G_OPTION_FLAG_NONE,                                                                        \
        G_OPTION_ARG_STRING,                                                                       \
        &(options).accept_incoming_key,                                                            \
        N_ ("Accept exactly this public key of the receiving server; “none” forgets it"),          \
        N_ ("SHA256") },                                                                           \
      { "accept-outgoing-key",                                                                     \
        0,                                                                                         \
        G_OPTION_FLAG_NONE,                                                                        \
        G_OPTION_ARG_STRING,                                                                       \
        &(options).accept_outgoing_key,                                                            \
        N_ ("Accept exactly this public key of the sending server; “none” forgets it"),            \
        N_ ("SHA256") },                                                                           \
  {                                                                                                \
    "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &(options).json,                             \
        N_ ("Print one JSON value"), NULL                                                          \
  }

/* yes or no; NULL leaves @value as it is */
static gboolean
parse_yes_no (const char *option, const char *text, gboolean *value, int *status)
{
  if (text == NULL)
    return TRUE;
  if (g_ascii_strcasecmp (text, "yes") == 0 || g_ascii_strcasecmp (text, "no") == 0)
    {
      *value = g_ascii_strcasecmp (text, "yes") == 0;
      return TRUE;
    }
  *status = mw_cli_usage_error (_ ("%s takes yes or no"), option);
  return FALSE;
}

/* With the login name that goes without saying, where none was given */
static MwServer *
with_default_username (MwServer *server, MwAddress *address)
{
  g_autofree char *username = NULL;

  if (mw_server_get_username (server) != NULL ||
      g_strcmp0 (mw_server_get_mechanism (server), MW_MECHANISM_NONE) == 0)
    return mw_server_ref (server);
  username = mw_provider_db_dup_username (mw_provider_db_get_default (), server, address);
  return mw_server_with_username (server, username);
}

static gboolean
set_server (MwAccount *account, MwHalf half, MwProtocol protocol, const char *url, int *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MwServer) server = NULL, named = NULL;

  if (url == NULL)
    return TRUE;
  server = mw_server_new_from_url (url, &error);
  if (server == NULL)
    {
      *status = mw_cli_usage_error ("--%s: %s", mw_protocol_to_string (protocol), error->message);
      return FALSE;
    }
  if (mw_server_get_protocol (server) != protocol)
    {
      *status = mw_cli_usage_error (_ ("--%1$s: this is a server for %2$s"),
                                      mw_protocol_to_string (protocol),
                                      mw_protocol_to_string (mw_server_get_protocol (server)));
      return FALSE;
    }
  named = with_default_username (server, mw_account_get_address (account));
  mw_account_set_server (account, half, named);
  return TRUE;
}

static gboolean
set_pin (MwAccount *account, MwHalf half, const char *text, int *status)
{
  g_autofree char *pin = NULL;

  if (text == NULL)
    return TRUE;
  if (g_ascii_strcasecmp (text, "none") == 0)
    {
      mw_account_set_pin (account, half, NULL);
      return TRUE;
    }
  pin = g_ascii_strdown (text, -1);
  if (strlen (pin) != 64 || strspn (pin, "0123456789abcdef") != 64)
    {
      *status =
          mw_cli_usage_error (_ ("A public key is named by its SHA-256, 64 hexadecimal digits"));
      return FALSE;
    }
  mw_account_set_pin (account, half, pin);
  return TRUE;
}

/* No control characters: they end up in headers and in the files of other programs */
static gboolean
check_text (const char *option, const char *text, int *status)
{
  if (text == NULL)
    return TRUE;
  for (const char *c = text; g_utf8_validate (text, -1, NULL) && *c != '\0';
       c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      {
        *status = mw_cli_usage_error (_ ("%s: line breaks and control characters are not allowed"),
                                        option);
        return FALSE;
      }
  if (g_utf8_validate (text, -1, NULL))
    return TRUE;
  *status = mw_cli_usage_error (_ ("%s: not valid UTF-8"), option);
  return FALSE;
}

static gboolean
apply_options (MwAccount *account, const AccountOptions *options, int *status)
{
  gboolean leave_on_server = mw_account_get_leave_on_server (account);
  gboolean separate_passwords = mw_account_get_separate_passwords (account);

  if (options->imap != NULL && options->pop3 != NULL)
    {
      *status = mw_cli_usage_error (_ ("An account receives by --imap or by --pop3, not by both"));
      return FALSE;
    }
  if (!check_text ("--name", options->name, status) ||
      !check_text ("--organization", options->organization, status) ||
      !parse_yes_no ("--leave-on-server", options->leave_on_server, &leave_on_server, status) ||
      !parse_yes_no ("--separate-passwords", options->separate_passwords, &separate_passwords,
                     status) ||
      !set_server (account, MW_HALF_INCOMING, MW_PROTOCOL_IMAP, options->imap, status) ||
      !set_server (account, MW_HALF_INCOMING, MW_PROTOCOL_POP3, options->pop3, status) ||
      !set_server (account, MW_HALF_OUTGOING, MW_PROTOCOL_SMTP, options->smtp, status) ||
      !set_pin (account, MW_HALF_INCOMING, options->accept_incoming_key, status) ||
      !set_pin (account, MW_HALF_OUTGOING, options->accept_outgoing_key, status))
    return FALSE;
  if (options->reply_to != NULL && *options->reply_to != '\0')
    {
      g_autoptr (MwAddress) reply_to = mw_cli_parse_address (options->reply_to, status);

      if (reply_to == NULL)
        return FALSE;
      mw_account_set_reply_to (account, mw_address_get_text (reply_to));
    }
  else if (options->reply_to != NULL)
    mw_account_set_reply_to (account, NULL);
  if (options->name != NULL)
    mw_account_set_name (account, options->name);
  if (options->organization != NULL)
    mw_account_set_organization (account, options->organization);
  mw_account_set_leave_on_server (account, leave_on_server);
  mw_account_set_separate_passwords (account, separate_passwords);
  return TRUE;
}

/* Fills in what the options left open with what the sources say */
static gboolean
detect_servers (MwAccount *account, const AccountOptions *options, int *status)
{
  g_autoptr (MwTrust) trust = mw_cli_trust (options->ca_file, status);
  g_autoptr (MwDiscoveryResult) result = NULL;
  MwCliDetectOptions detect = { .ispdb_url = options->ispdb, .trust = trust };
  MwSettings *settings;

  if (trust == NULL)
    return FALSE;
  result = mw_cli_detect (mw_account_get_address (account), &detect, status);
  if (result == NULL)
    return FALSE;
  settings = mw_discovery_result_get_chosen_settings (result);
  if (settings == NULL)
    {
      mw_cli_complain (
          _ ("No settings were found for %s. Give them by --imap or --pop3, and --smtp."),
            mw_address_get_text (mw_account_get_address (account)));
      *status = MW_EXIT_FAILED;
      return FALSE;
    }
  for (gsize i = 0; settings->prepare[i] != NULL; i++)
    mw_cli_progress (_ ("%1$s: %2$s"), _ ("First"), settings->prepare[i]);
  if (!settings->trusted && !options->accept_untrusted)
    {
      mw_cli_progress (_ ("These settings come from %1$s (%2$s), and the servers belong to somebody "
                          "else than the address:"),
                         mw_word (mw_source_to_string (settings->source)), settings->origin);
      for (guint i = 0; i < settings->servers->len; i++)
        {
          g_autofree char *line = mw_server_describe (g_ptr_array_index (settings->servers, i));

          mw_cli_progress ("  %s", line);
        }
      if (!mw_cli_confirm (_ ("Use them?")))
        {
          mw_cli_complain (_ ("Nothing was saved. --accept-untrusted accepts them without asking."));
          *status = MW_EXIT_FAILED;
          return FALSE;
        }
    }
  mw_account_take_settings (account, settings, MW_PROTOCOL_UNKNOWN);
  return TRUE;
}

static gboolean
store_password (MwAccount *account, int password_fd, int *status)
{
  g_autoptr (MwSecrets) secrets = mw_keyring_new ();
  g_autoptr (SecretValue) password = mw_cli_read_password (password_fd, NULL, status);
  g_autoptr (GError) error = NULL;

  if (password == NULL)
    return FALSE;
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      MwServer *server = mw_account_get_server (account, half);

      if (server == NULL || !mw_server_needs_login (server) ||
          mw_account_get_password_half (account, half) != half)
        continue;
      if (!mw_secrets_store_sync (secrets, account, half, password, MW_SECRETS_ALLOW_PROMPT,
                                  mw_cli_cancellable (), &error))
        {
          mw_cli_explain_keyring (error);
          *status = MW_EXIT_TROUBLE;
          return FALSE;
        }
    }
  return TRUE;
}

static char *
format_day (GDateTime *when)
{
  g_autoptr (GDateTime) local = g_date_time_to_local (when);

  return g_date_time_format (local, "%Y-%m-%d");
}

/* What the last check said, as long as the account is still as it was then */
static char *
describe_check (const MwPast *past)
{
  g_autofree char *day = past->checked != NULL ? format_day (past->checked) : NULL;
  const char *title = past->diagnosis != MW_DIAGNOSIS_NONE
                          ? mw_diagnosis_get_title (past->diagnosis)
                          : mw_word (mw_status_to_string (past->verdict));

  if (day == NULL)
    return g_strdup (_ ("not checked yet"));
  if (!past->is_current)
    /* Translators: of an account; %s is a day, as in 2026-11-20 */
    return g_strdup_printf (_ ("changed since the check of %s"), day);
  if (past->verdict == MW_STATUS_FAILED)
    /* Translators: of an account: a day, as in 2026-11-20, and what was wrong */
    return g_strdup_printf (_ ("failed %1$s: %2$s"), day, title);
  if (!past->is_complete)
    /* Translators: of an account; %s is a day, as in 2026-11-20 */
    return g_strdup_printf (_ ("checked without logging in %s"), day);
  if (past->verdict == MW_STATUS_WARNING)
    /* Translators: of an account that works: a day, as in 2026-11-20, and what is not quite right
     */
    return g_strdup_printf (_ ("proven %1$s, with a warning: %2$s"), day, title);
  /* Translators: of an account: receiving and sending worked; %s is a day, as in 2026-11-20 */
  return g_strdup_printf (_ ("proven %s"), day);
}

static char *
describe_export (const MwPastExport *export)
{
  const MwExporter *exporter = mw_exporter_find (export->target);
  const char *title = exporter != NULL ? mw_exporter_get_title (exporter) : export->target;
  g_autofree char *day = format_day (export->when);

  if (export->is_current)
    /* Translators: the name of a program, and a day, as in 2026-11-20 */
    return g_strdup_printf (_ ("%1$s, %2$s"), title, day);
  /* Translators: the name of a program, and a day, as in 2026-11-20 */
  return g_strdup_printf (_ ("%1$s, %2$s, changed since"), title, day);
}

static int
print_account (MwAccount *account, gboolean json)
{
  g_autoptr (MwHistory) history = mw_history_new (NULL);
  g_autoptr (MwPast) past = mw_history_load (history, account);
  g_autofree char *state = describe_check (past);

  if (json)
    return mw_cli_print_json (mw_json_from_account (account, past));
  mw_cli_print ("%s\n", mw_account_get_id (account));
  mw_cli_print_field ("  ", _ ("Address"), mw_address_get_text (mw_account_get_address (account)));
  if (*mw_account_get_name (account) != '\0')
    mw_cli_print_field ("  ", _ ("Name"), mw_account_get_name (account));
  if (mw_account_get_reply_to (account) != NULL)
    mw_cli_print_field ("  ", _ ("Replies to"), mw_account_get_reply_to (account));
  if (mw_account_get_organization (account) != NULL)
    mw_cli_print_field ("  ", _ ("Organization"), mw_account_get_organization (account));
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      MwServer *server = mw_account_get_server (account, half);
      g_autofree char *line = server != NULL ? mw_server_describe (server) : NULL;
      g_autofree char *value = NULL;

      if (server == NULL)
        continue;
      if (mw_server_needs_login (server))
        /* Translators: a server with its port and encryption, a login name */
        value = g_strdup_printf (_ ("%1$s, login name %2$s"), line, mw_server_get_username (server));
      else
        /* Translators: a server with its port and encryption */
        value = g_strdup_printf (_ ("%s, no login"), line);
      mw_cli_print_field ("  ", half == MW_HALF_INCOMING ? _ ("Receiving") : _ ("Sending"), value);
    }
  mw_cli_print_field ("  ", _ ("Check"), state);
  for (guint i = 0; i < past->exports->len; i++)
    {
      g_autofree char *line = describe_export (g_ptr_array_index (past->exports, i));

      mw_cli_print_field ("  ", _ ("Exported"), line);
    }
  return MW_EXIT_OK;
}

static int
run_add (int argc, char **argv)
{
  g_auto (AccountOptions) options = { .password_fd = -1 };
  const GOptionEntry entries[] = {
    ACCOUNT_ENTRIES (options),
    { "detect", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.detect,
      N_ ("Find the servers that are not given"), NULL },
    { "accept-untrusted", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.accept_untrusted,
      N_ ("Accept servers of another domain without asking"), NULL },
    { "ca-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &options.ca_file,
      N_ ("Trust the certificate authorities in this file too"), N_ ("FILE") },
    { "ispdb", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.ispdb,
      N_ ("Use this copy of the ISPDB"), N_ ("URL") },
    { "password-fd", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &options.password_fd,
      N_ ("Read the password from this file descriptor, for the keyring"), N_ ("FD") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MwStore) store = mw_store_new (NULL);
  g_autoptr (MwAddress) address = NULL;
  g_autoptr (MwAccount) account = NULL;
  g_autoptr (GError) error = NULL;
  const MwProvider *provider;
  int status, password_status = MW_EXIT_OK;

  if (!mw_cli_parse (_ ("account add ADDRESS"), _ ("Add an account"), NULL, entries, &argc, &argv,
                                                 &status))
    return status;
  if (argc != 2)
    return mw_cli_usage_error (_ ("One mail address is expected"));
  address = mw_cli_parse_address (argv[1], &status);
  if (address == NULL)
    return status;
  if (options.imap == NULL && options.pop3 == NULL && options.smtp == NULL && !options.detect)
    return mw_cli_usage_error (
        _ ("Give the servers by --imap or --pop3, and --smtp, or have them found "
                                  "by --detect"));
  account = mw_account_new (address);
  provider = mw_provider_db_lookup_domain (mw_provider_db_get_default (),
                                           mw_address_get_domain_ascii (address));
  if (provider != NULL)
    mw_account_set_provider (account, mw_provider_get_id (provider));
  if (!apply_options (account, &options, &status) ||
      (options.detect && !detect_servers (account, &options, &status)))
    return status;
  if (mw_address_needs_smtputf8 (address))
    mw_cli_complain (_ ("This address holds characters beyond ASCII before the “@”: the server for "
                        "sending must offer SMTPUTF8."));
  if (!mw_store_save (store, account, &error))
    return mw_cli_store_error (error);
  /* The account is kept when the keyring is not there: the password can be stored later */
  if (options.password_fd >= 0)
    store_password (account, options.password_fd, &password_status);
  status = print_account (account, options.json);
  return password_status != MW_EXIT_OK ? password_status : status;
}

/* The keyring's items name host, port and user: they move when those change */
static int
move_passwords (MwAccount *before, MwAccount *after)
{
  g_autoptr (MwSecrets) secrets = NULL;
  g_autoptr (GError) error = NULL;
  gboolean changed =
      mw_account_get_separate_passwords (before) != mw_account_get_separate_passwords (after);

  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      MwServer *old = mw_account_get_server (before, half);
      MwServer *fresh = mw_account_get_server (after, half);

      changed |= (old == NULL) != (fresh == NULL) ||
                 (old != NULL && fresh != NULL && !mw_server_equal (old, fresh));
    }
  if (!changed)
    return MW_EXIT_OK;
  secrets = mw_keyring_new ();
  if (mw_secrets_move_sync (secrets, before, after, MW_SECRETS_ALLOW_PROMPT, mw_cli_cancellable (),
                            &error) ||
      g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND) ||
      g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT))
    return MW_EXIT_OK; /* where there is no keyring, no password was in it */
  mw_cli_explain_keyring (error);
  mw_cli_complain (_ ("The account was saved, but its password could not be moved along: set it "
                      "again."));
  return MW_EXIT_TROUBLE;
}

static int
run_edit (int argc, char **argv)
{
  g_auto (AccountOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "address", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.address, N_ ("Mail address"),
      N_ ("ADDRESS") },
    ACCOUNT_ENTRIES (options),
    { "no-incoming", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.no_incoming,
      N_ ("For sending only"), NULL },
    { "no-outgoing", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.no_outgoing,
      N_ ("For receiving only"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MwStore) store = mw_store_new (NULL);
  g_autoptr (MwAccount) account = NULL, before = NULL;
  g_autoptr (GError) error = NULL;
  int status, moved;

  if (!mw_cli_parse (_ ("account edit ID"), _ ("Change an account"), NULL, entries, &argc, &argv,
                                             &status))
    return status;
  if (argc != 2)
    return mw_cli_usage_error (_ ("An account is expected: its id or its address"));
  account = mw_store_load (store, argv[1], &error);
  if (account == NULL)
    return mw_cli_store_error (error);
  before = mw_account_copy (account);
  if (options.address != NULL)
    {
      g_autoptr (MwAddress) address = mw_cli_parse_address (options.address, &status);

      if (address == NULL)
        return status;
      mw_account_set_address (account, address);
    }
  if (options.no_incoming)
    mw_account_set_server (account, MW_HALF_INCOMING, NULL);
  if (options.no_outgoing)
    mw_account_set_server (account, MW_HALF_OUTGOING, NULL);
  if (!apply_options (account, &options, &status))
    return status;
  if (mw_account_get_server (account, MW_HALF_INCOMING) == NULL &&
      mw_account_get_server (account, MW_HALF_OUTGOING) == NULL)
    return mw_cli_usage_error (_ ("An account needs a server for receiving or for sending"));
  if (!mw_store_save (store, account, &error))
    return mw_cli_store_error (error);
  moved = move_passwords (before, account);
  status = print_account (account, options.json);
  return moved != MW_EXIT_OK ? moved : status;
}

static int
run_list (int argc, char **argv)
{
  gboolean json = FALSE, had_problems;
  const GOptionEntry entries[] = {
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON value"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MwStore) store = mw_store_new (NULL);
  g_autoptr (MwHistory) history = mw_history_new (NULL);
  g_autoptr (GPtrArray) accounts = NULL;
  int status;

  if (!mw_cli_parse ("account list", _ ("List the accounts"), NULL, entries, &argc, &argv, &status))
    return status;
  if (argc > 1)
    return mw_cli_usage_error (_ ("“%s” is not expected here"), argv[1]);
  accounts = mw_cli_load_accounts (store, NULL, 0, TRUE, &had_problems, &status);
  if (accounts == NULL)
    return status;
  status = MW_EXIT_OK;
  if (json)
    {
      JsonNode *root = json_node_new (JSON_NODE_ARRAY);
      JsonArray *array = json_array_sized_new (accounts->len);

      for (guint i = 0; i < accounts->len; i++)
        {
          g_autoptr (MwPast) past = mw_history_load (history, g_ptr_array_index (accounts, i));

          json_array_add_element (array,
                                  mw_json_from_account (g_ptr_array_index (accounts, i), past));
        }
      json_node_take_array (root, array);
      status = mw_cli_print_json (root);
    }
  else
    for (guint i = 0; i < accounts->len; i++)
      {
        MwAccount *account = g_ptr_array_index (accounts, i);
        g_autoptr (MwPast) past = mw_history_load (history, account);
        g_autofree char *state = describe_check (past);

        mw_cli_print ("%s  %s%s%s  (%s)\n", mw_account_get_id (account),
                      mw_address_get_text (mw_account_get_address (account)),
                      *mw_account_get_name (account) != '\0' ? "  " : "",
                      mw_account_get_name (account), state);
      }
  return status == MW_EXIT_OK && had_problems ? MW_EXIT_TROUBLE : status;
}

static int
run_show (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON value"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MwStore) store = mw_store_new (NULL);
  g_autoptr (MwAccount) account = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!mw_cli_parse (_ ("account show ID"), _ ("Show an account"), NULL, entries, &argc, &argv,
                                             &status))
    return status;
  if (argc != 2)
    return mw_cli_usage_error (_ ("An account is expected: its id or its address"));
  account = mw_store_load (store, argv[1], &error);
  if (account == NULL)
    return mw_cli_store_error (error);
  return print_account (account, json);
}

static int
run_remove (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON value"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MwStore) store = mw_store_new (NULL);
  g_autoptr (MwSecrets) secrets = NULL;
  g_autoptr (MwAccount) account = NULL;
  g_autoptr (MwHistory) history = mw_history_new (NULL);
  g_autoptr (GError) error = NULL, keyring_error = NULL, history_error = NULL;
  guint n_cleared = 0;
  int status;

  if (!mw_cli_parse (_ ("account remove ID"),
                       _ ("Remove an account and its passwords"),
                         _ ("What was exported to other programs stays there."), entries, &argc,
                           &argv, &status))
    return status;
  if (argc != 2)
    return mw_cli_usage_error (_ ("An account is expected: its id or its address"));
  account = mw_store_load (store, argv[1], &error);
  if (account == NULL || !mw_store_remove (store, mw_account_get_id (account), &error))
    return mw_cli_store_error (error);
  if (!mw_history_remove_account (history, mw_account_get_id (account), &history_error))
    mw_cli_complain_history (history_error);
  secrets = mw_keyring_new ();
  if (!mw_secrets_clear_account_sync (secrets, mw_account_get_id (account), MW_SECRETS_ALLOW_PROMPT,
                                      &n_cleared, mw_cli_cancellable (), &keyring_error) &&
      !g_error_matches (keyring_error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND) &&
      !g_error_matches (keyring_error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_ABSENT))
    {
      mw_cli_explain_keyring (keyring_error);
      mw_cli_complain (_ ("The account is removed, but its password may still be in the keyring."));
      return MW_EXIT_TROUBLE;
    }
  if (json)
    return mw_cli_print_json (mw_json_from_account (account, NULL));
  return MW_EXIT_OK;
}

static int
run (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    int (*run) (int argc, char **argv);
  } verbs[] = {
    { "add", run_add },       { "edit", run_edit }, { "list", run_list },
    { "remove", run_remove }, { "show", run_show },
  };

  for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].name, argv[1]) == 0)
      return verbs[i].run (argc - 1, argv + 1);
  if (argc > 1 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0))
    {
      mw_cli_print ("%s\n"
                    "  mailwright-cli account add ADDRESS [--name NAME] [--imap URL | --pop3 URL]\n"
                    "                             [--smtp URL] [--password-fd FD] [--detect]\n"
                    "  mailwright-cli account list\n"
                    "  mailwright-cli account show ID\n"
                    "  mailwright-cli account edit ID [OPTION…]\n"
                    "  mailwright-cli account remove ID\n\n%s\n",
                    _ ("Usage:"), _ ("Each of them has --help."));
      return MW_EXIT_OK;
    }
  return mw_cli_usage_error (_ ("account: add, list, show, edit or remove is expected"));
}

const MwCommand mw_command_account = {
  .name = "account",
  .summary = N_ ("Add, list, show, change and remove accounts"),
  .run = run,
};
