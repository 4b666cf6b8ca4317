/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli-run.h"

#include "check/mw-sasl.h"
#include "providers/mw-provider-db.h"
#include "report/mw-report-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  char *security;
  char *user;
  char *mechanism;
  char *ca_file;
  char *sender;
  char *accept_key;
  int port;
  int password_fd;
  double timeout;
  gboolean allow_plain_login;
  gboolean json;
  gboolean details;
  gboolean transcript;
} ProbeOptions;

static void
probe_options_clear (ProbeOptions *options)
{
  g_free (options->security);
  g_free (options->user);
  g_free (options->mechanism);
  g_free (options->ca_file);
  g_free (options->sender);
  g_free (options->accept_key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ProbeOptions, probe_options_clear)

/* Without --security the port says it, where the port is one that everybody knows */
static MwSecurity
security_of_port (int port)
{
  return port == 143 || port == 110 || port == 587 || port == 25 ? MW_SECURITY_STARTTLS
                                                                 : MW_SECURITY_TLS;
}

static MwServer *
make_server (const char *protocol_text,
             const char *host_text,
             const ProbeOptions *options,
             int *status)
{
  MwProtocol protocol = mw_protocol_from_string (protocol_text);
  g_autofree char *host =
      g_utf8_validate (host_text, -1, NULL) ? mw_host_to_ascii (host_text) : NULL;
  g_autoptr (MwServer) bare = NULL;
  guint16 port = options->port > 0 ? (guint16) options->port : 0; /* 0: the usual one */
  MwSecurity security = security_of_port (port);

  if (protocol == MW_PROTOCOL_UNKNOWN)
    *status = mw_cli_usage_error (_ ("“%s” is none of imap, pop3, smtp"), protocol_text);
  else if (host == NULL)
    *status = mw_cli_usage_error (_ ("“%s” is not a host name or an IP address"), host_text);
  else if (options->port == 0 || options->port < -1 || options->port > 65535)
    *status = mw_cli_usage_error (_ ("--port takes a number from 1 to 65535"));
  else if (options->security != NULL && !mw_security_from_string (options->security, &security))
    *status = mw_cli_usage_error (_ ("--security takes tls, starttls or none"));
  else if (options->mechanism != NULL && !mw_sasl_is_known (options->mechanism) &&
           !(protocol == MW_PROTOCOL_POP3 &&
             (g_ascii_strcasecmp (options->mechanism, "APOP") == 0 ||
              g_ascii_strcasecmp (options->mechanism, "USER") == 0)))
    *status =
        mw_cli_usage_error (_ ("“%s” is not the name of a login mechanism"), options->mechanism);
  else if (options->accept_key != NULL &&
           (strlen (options->accept_key) != 64 ||
            strspn (options->accept_key, "0123456789abcdefABCDEF") != 64))
    *status =
        mw_cli_usage_error (_ ("--accept-key takes the SHA-256 of a public key, 64 hexadecimal "
                                     "digits"));
  else
    {
      bare = mw_server_new (protocol, host, port, security);
      return mw_server_with_username (bare, options->user);
    }
  return NULL;
}

static SecretValue *
get_password (MwServer *server, const ProbeOptions *options, int *status)
{
  g_autofree char *question = NULL;

  if (options->password_fd >= 0)
    return mw_cli_read_password (options->password_fd, NULL, status);
  question = g_strdup_printf (_ ("Password of %1$s at %2$s: "), mw_server_get_username (server),
                                mw_server_get_host (server));
  return mw_cli_read_password (-1, question, status);
}

static int
run_probe (MwServer *server, const ProbeOptions *options)
{
  g_autoptr (MwProbe) probe = mw_probe_new (server);
  g_autoptr (MwCheck) check = mw_check_new ();
  g_autoptr (MwTrust) trust = NULL;
  g_autoptr (SecretValue) password = NULL;
  g_autoptr (GPtrArray) reports = NULL;
  g_autofree char *key = NULL;
  MwReport *report;
  MwProtocol protocol;
  MwReportTextFlags flags = mw_cli_has_colour () ? MW_REPORT_TEXT_COLOUR : MW_REPORT_TEXT_PLAIN;
  int status;

  trust = mw_cli_trust (options->ca_file, &status);
  if (trust == NULL || !mw_cli_check_timeout (options->timeout, &status))
    return status;
  if (options->user != NULL)
    {
      password = get_password (server, options, &status);
      if (password == NULL)
        return status;
    }
  else if (options->password_fd >= 0)
    return mw_cli_usage_error (_ ("--password-fd goes with --user"));
  key = options->accept_key != NULL ? g_ascii_strdown (options->accept_key, -1) : NULL;
  mw_probe_set_password (probe, password);
  mw_probe_set_trust (probe, trust);
  mw_probe_set_pin (probe, key);
  mw_probe_set_timeout (probe, options->timeout);
  mw_probe_set_mechanism (probe, options->mechanism);
  mw_probe_set_allow_plain_login (probe, options->allow_plain_login);
  mw_probe_set_provider (probe,
                         mw_provider_db_lookup_host (mw_provider_db_get_default (),
                                                     mw_server_get_host (server), &protocol));
  if (options->sender != NULL)
    mw_probe_set_sender (probe, options->sender);
  else if (options->user != NULL && strchr (options->user, '@') != NULL)
    mw_probe_set_sender (probe, options->user);
  mw_check_add (check, probe);
  flags |= options->details ? MW_REPORT_TEXT_DETAILS : 0;
  flags |= options->transcript ? MW_REPORT_TEXT_TRANSCRIPT : 0;
  reports = mw_cli_run_check (check, NULL, options->json, flags, NULL, NULL, &status);
  if (reports == NULL)
    return status;
  report = g_ptr_array_index (reports, 0);
  if (options->json)
    {
      g_autofree char *text = mw_json_text_from_report (report, options->transcript);

      status = mw_cli_print_text (text);
      if (status != MW_EXIT_OK)
        return status;
    }
  return mw_report_get_verdict (report) == MW_STATUS_FAILED ? MW_EXIT_FAILED : MW_EXIT_OK;
}

static int
run (int argc, char **argv)
{
  g_auto (ProbeOptions)
      options = { .port = -1, .password_fd = -1, .timeout = MW_PROBE_DEFAULT_TIMEOUT };
  const GOptionEntry entries[] = {
    { "port", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &options.port,
      N_ ("Port (default: the usual one)"), N_ ("N") },
    { "security", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.security,
      N_ ("tls (from the start), starttls (upgrade) or none"), N_ ("KIND") },
    { "user", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.user,
      N_ ("Log in with this name; without it the login is left out"), N_ ("NAME") },
    { "password-fd", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &options.password_fd,
      N_ ("Read the password from this file descriptor"), N_ ("FD") },
    { "auth", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.mechanism,
      N_ ("Use this SASL mechanism"), N_ ("MECHANISM") },
    { "sender", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.sender,
      N_ ("Envelope sender to try (SMTP)"), N_ ("ADDRESS") },
    { "ca-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &options.ca_file,
      N_ ("Trust the certificate authorities in this file too"), N_ ("FILE") },
    { "accept-key", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &options.accept_key,
      N_ ("Accept exactly this public key, whatever is wrong with its certificate"),
      N_ ("SHA256") },
    { "allow-plain-login", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.allow_plain_login,
      N_ ("Send the password although the connection is not encrypted"), NULL },
    { "timeout", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_DOUBLE, &options.timeout,
      N_ ("Give up after this time (default: 20)"), N_ ("SECONDS") },
    { "details", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.details,
      N_ ("Show certificates, durations and what the server offers"), NULL },
    { "transcript", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.transcript,
      N_ ("Show the dialogue, passwords masked"), NULL },
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &options.json, N_ ("Print one JSON value"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MwServer) server = NULL;
  int status;

  if (!mw_cli_parse (_ ("probe imap|pop3|smtp HOST"), _ (mw_command_probe.summary), NULL, entries,
                                                       &argc, &argv, &status))
    return status;
  if (argc != 3)
    return mw_cli_usage_error (_ ("A protocol (imap, pop3 or smtp) and a host are expected"));
  server = make_server (argv[1], argv[2], &options, &status);
  if (server == NULL)
    return status;
  return run_probe (server, &options);
}

const MwCommand mw_command_probe = {
  .name = "probe",
  .summary = N_ ("Check one server, stage by stage, without an account"),
  .run = run,
};
