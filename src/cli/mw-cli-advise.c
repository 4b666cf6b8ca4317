/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli.h"

#include "advice/mw-advice.h"
#include "report/mw-report-json.h"

#include <glib/gi18n-lib.h>

static void
add_server (GPtrArray *servers, MwProtocol protocol, const char *text)
{
  if (text != NULL)
    g_ptr_array_add (servers, mw_typed_server_new (protocol, text));
}

static void
print_text (GPtrArray *advice)
{
  for (guint i = 0; i < advice->len; i++)
    {
      const MwAdvice *row = g_ptr_array_index (advice, i);

      mw_cli_print_field ("", row->field, row->message);
      if (row->fix != NULL)
        {
          mw_cli_print ("  ");
          /* Translators: what to type instead */
          mw_cli_print (_ ("Better: %s"), row->fix);
          mw_cli_print ("\n");
        }
    }
  if (advice->len == 0)
    mw_cli_print ("%s\n", _ ("Nothing is wrong with these settings, as far as can be seen."));
}

static int
run (int argc, char **argv)
{
  g_autofree char *imap = NULL, *pop3 = NULL, *smtp = NULL;
  g_auto (GStrv) mx_hosts = NULL;
  gboolean json = FALSE;
  int password_fd = -1;
  const GOptionEntry entries[] = {
    { "imap", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &imap, N_ ("IMAP server as it was typed"),
      N_ ("URL") },
    { "pop3", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &pop3, N_ ("POP3 server as it was typed"),
      N_ ("URL") },
    { "smtp", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &smtp, N_ ("SMTP server as it was typed"),
      N_ ("URL") },
    { "mx", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &mx_hosts,
      N_ ("An MX host of the domain; may be repeated"), N_ ("HOST") },
    { "password-fd", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_INT, &password_fd,
      N_ ("Read the password from this file descriptor"), N_ ("FD") },
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON value"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GPtrArray) servers = NULL, advice = NULL;
  g_autoptr (SecretValue) password = NULL;
  MwAdviceInput input = { 0 };
  gboolean has_error = FALSE;
  int status;

  if (!mw_cli_parse (_ ("advise ADDRESS"), _ (mw_command_advise.summary),
                                            _ ("Nothing is asked of the network."), entries, &argc,
                                              &argv, &status))
    return status;
  if (argc != 2)
    return mw_cli_usage_error (_ ("One mail address is expected"));
  if (password_fd >= 0)
    {
      password = mw_cli_read_password (password_fd, NULL, &status);
      if (password == NULL)
        return status;
    }
  servers = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_typed_server_free);
  add_server (servers, MW_PROTOCOL_IMAP, imap);
  add_server (servers, MW_PROTOCOL_POP3, pop3);
  add_server (servers, MW_PROTOCOL_SMTP, smtp);
  input.address = argv[1];
  input.servers = servers;
  input.mx_hosts = (const char *const *) mx_hosts;
  input.password = password;
  advice = mw_advise (mw_provider_db_get_default (), &input);
  for (guint i = 0; i < advice->len; i++)
    has_error |= ((MwAdvice *) g_ptr_array_index (advice, i))->severity == MW_SEVERITY_ERROR;
  if (json)
    {
      status = mw_cli_print_json (mw_json_from_advice (advice));
      if (status != MW_EXIT_OK)
        return status;
    }
  else
    print_text (advice);
  return has_error ? MW_EXIT_FAILED : MW_EXIT_OK;
}

const MwCommand mw_command_advise = {
  .name = "advise",
  .summary = N_ ("Say what is wrong with settings that were typed, and what to type instead"),
  .run = run,
};
