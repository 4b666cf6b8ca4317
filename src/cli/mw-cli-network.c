/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli.h"

#include "net/mw-deadline.h"
#include "net/mw-network.h"
#include "report/mw-report-json.h"

#include <glib/gi18n-lib.h>

static const char *
title_of (MwConnectivity connectivity)
{
  switch (connectivity)
    {
    case MW_CONNECTIVITY_OFFLINE:
      return _ ("Offline: there is no network.");
    case MW_CONNECTIVITY_PORTAL:
      return _ ("A sign-in page stands before the internet. Open it in a web browser first.");
    case MW_CONNECTIVITY_LIMITED:
      return _ ("Connected to a network that does not seem to reach the internet.");
    case MW_CONNECTIVITY_ONLINE:
      return _ ("Online.");
    case MW_CONNECTIVITY_UNKNOWN:
    default:
      return _ ("Nothing is known about the network.");
    }
}

static int
run (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON value"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MwNetworkState) state = NULL;
  int status;

  if (!mw_cli_parse ("network", _ (mw_command_network.summary), NULL, entries, &argc, &argv,
                                  &status))
    return status;
  if (argc > 1)
    return mw_cli_usage_error (_ ("“%s” is not expected here"), argv[1]);
  state = mw_network_query_sync (mw_deadline_after (1.0), mw_cli_cancellable ());
  if (json)
    return mw_cli_print_json (mw_json_from_network (state));
  mw_cli_print ("%s\n", title_of (state->connectivity));
  if (state->connection_name != NULL)
    {
      /* Translators: the name of a network connection, and its kind: wifi, ethernet ... */
      mw_cli_print (_ ("Connection: %1$s (%2$s)"), state->connection_name, state->connection_type);
      mw_cli_print ("\n");
    }
  for (gsize i = 0; state->vpns[i] != NULL; i++)
    mw_cli_print_field ("", _ ("VPN"), state->vpns[i]);
  if (state->metered == MW_METERED_YES || state->metered == MW_METERED_GUESS_YES)
    mw_cli_print ("%s\n", _ ("The connection is metered: every byte may cost."));
  /* Translators: which part of the system told it: networkmanager, portal, monitor, routes */
  mw_cli_print (_ ("Asked: %s"), state->source);
  mw_cli_print ("\n");
  return MW_EXIT_OK;
}

const MwCommand mw_command_network = {
  .name = "network",
  .summary = N_ ("Show the state of the network"),
  .run = run,
};
