/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli.h"

#include "providers/mw-provider-db.h"
#include "report/mw-report-json.h"
#include "report/mw-report-text.h"
#include "report/mw-words.h"

#include <glib/gi18n-lib.h>

static void
print_whole (const MwProvider *provider)
{
  g_autofree char *domains = g_strjoinv (", ", (char **) mw_provider_get_domains (provider));
  g_autofree char *kinds = mw_words_join (mw_provider_get_authentications (provider));
  g_autoptr (GPtrArray) notes = mw_provider_get_notes (provider);
  MwProviderServer server;

  /* Translators: a name, and what it is called among programs */
  mw_cli_print (_ ("%1$s (%2$s)"), mw_provider_get_name (provider), mw_provider_get_id (provider));
  mw_cli_print ("\n");
  mw_cli_print_field ("  ", _ ("Domains"), domains);
  for (guint i = 0; i < mw_provider_get_n_servers (provider); i++)
    if (mw_provider_get_server (provider, i, &server))
      {
        g_autofree char *protocol = g_ascii_strup (mw_protocol_to_string (server.protocol), -1);

        mw_cli_print ("  ");
        /* Translators: a protocol, a host, a port, and how the connection is encrypted */
        mw_cli_print (_ ("%1$s %2$s, port %3$u, %4$s"), protocol, server.host, server.port,
                        mw_security_get_title (server.security));
        mw_cli_print ("\n");
      }
  mw_cli_print_field ("  ", _ ("Passwords"), kinds);
  if (mw_provider_get_prepare (provider) != NULL)
    mw_cli_print_field ("  ", _ ("First"), mw_provider_get_prepare (provider));
  for (guint i = 0; i < notes->len; i++)
    mw_cli_print_field ("  ", _ ("Note"), g_ptr_array_index (notes, i));
  if (mw_provider_get_help (provider) != NULL)
    mw_cli_print_field ("  ", _ ("Help"), mw_provider_get_help (provider));
  if (mw_provider_get_checked (provider) != NULL)
    mw_cli_print_field ("  ", _ ("Checked"), mw_provider_get_checked (provider));
}

static int
run (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON value"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  MwProviderDb *db;
  g_autoptr (GPtrArray) found = NULL;
  const char *const *complaints;
  int status;

  if (!mw_cli_parse (
          _ ("providers [QUERY]"),
            _ (mw_command_providers.summary),
              _ ("QUERY is a part of a name, of a domain or of an id; a single hit is printed "
                        "as a whole."),
                entries, &argc, &argv, &status))
    return status;
  if (argc > 2)
    return mw_cli_usage_error (_ ("“%s” is not expected here"), argv[2]);
  db = mw_provider_db_get_default ();
  complaints = mw_provider_db_get_complaints (db);
  for (gsize i = 0; complaints != NULL && complaints[i] != NULL; i++)
    mw_cli_complain ("%s", complaints[i]);
  found = mw_provider_db_search (db, argc == 2 ? argv[1] : NULL);
  if (json)
    {
      JsonNode *root = json_node_new (JSON_NODE_ARRAY);
      JsonArray *array = json_array_sized_new (found->len);

      for (guint i = 0; i < found->len; i++)
        json_array_add_element (array, mw_json_from_provider (g_ptr_array_index (found, i)));
      json_node_take_array (root, array);
      status = mw_cli_print_json (root);
      return status == MW_EXIT_OK && found->len == 0 ? MW_EXIT_FAILED : status;
    }
  if (found->len == 0)
    {
      mw_cli_complain (_ ("No known provider matches “%s”."), argc == 2 ? argv[1] : "");
      return MW_EXIT_FAILED;
    }
  if (found->len == 1)
    print_whole (g_ptr_array_index (found, 0));
  else
    for (guint i = 0; i < found->len; i++)
      mw_cli_print ("%-22s %s\n", mw_provider_get_id (g_ptr_array_index (found, i)),
                    mw_provider_get_name (g_ptr_array_index (found, i)));
  return MW_EXIT_OK;
}

const MwCommand mw_command_providers = {
  .name = "providers",
  .summary = N_ ("List the mail providers that are known, and what they want"),
  .run = run,
};
