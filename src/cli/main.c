/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static const MwCommand *const commands[] = {
  &mw_command_detect,  &mw_command_advise,    &mw_command_probe,
  &mw_command_account, &mw_command_password,  &mw_command_check,
  &mw_command_export,  &mw_command_providers, &mw_command_network,
};

static void
print_help (void)
{
  mw_cli_print (
      "%s\n  mailwright-cli %s\n\n%s\n",
      _ ("Usage:"),
        _ ("COMMAND [OPTION…]"),
          _ ("Sets up a mail account so that it works, and says exactly why when it does not."));
  mw_cli_print ("\n%s\n", _ ("Commands:"));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    mw_cli_print ("  %-10s %s\n", commands[i]->name, _ (commands[i]->summary));
  mw_cli_print ("\n%s\n  mailwright-cli detect zhang@qq.com\n"
                "  mailwright-cli probe imap imap.example.org --user jo@example.org\n"
                "  mailwright-cli account add jo@example.org --name 'Jo Example' --detect\n"
                "  mailwright-cli check --all\n"
                "  mailwright-cli export thunderbird jo@example.org --install --dry-run\n",
                _ ("Examples:"));
  mw_cli_print (
      "\n%s\n%s\n",
      _ ("Every command has --help. With --json exactly one JSON value is printed."),
        _ ("Exit status: 0 fine, 1 what was checked failed, 2 wrong usage, 3 the program could "
                   "not do its work."));
}

int
main (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : NULL;

  mw_secrets_harden_process ();
  /* NetworkManager is asked by ourselves, with a deadline. GIO's own monitor would ask it once more
   * when it is made, without one; outside a sandbox the kernel tells it enough. */
  if (!g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    g_setenv ("GIO_USE_NETWORK_MONITOR", "netlink", FALSE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("mailwright-cli");

  if (name == NULL || strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0 ||
      strcmp (name, "help") == 0)
    {
      print_help ();
      return name == NULL ? MW_EXIT_USAGE : MW_EXIT_OK;
    }
  if (strcmp (name, "--version") == 0)
    {
      mw_cli_print ("mailwright-cli " VERSION "\n");
      return MW_EXIT_OK;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i]->name, name) == 0)
      {
        /* GOption rearranges the vector it is given, and frees what it takes out of none of it */
        g_autofree char **own = g_memdup2 (argv + 1, sizeof (char *) * (gsize) argc);
        int status = commands[i]->run (argc - 1, own);

        return mw_cli_flush () ? status : MW_EXIT_TROUBLE;
      }
  /* Translators: what was typed in place of a command */
  mw_cli_complain (_ ("There is no command “%s”. “mailwright-cli --help” lists them."), name);
  return MW_EXIT_USAGE;
}
