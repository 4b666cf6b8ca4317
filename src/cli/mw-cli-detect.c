/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mailwright-cli"

#include "config.h"

#include "cli/mw-cli.h"

#include "cli/mw-cli-run.h"
#include "report/mw-report-json.h"
#include "report/mw-report-text.h"
#include "report/mw-words.h"

#include <glib/gi18n-lib.h>

static char *
describe_source (MwSettings *settings)
{
  const char *source = mw_word (mw_source_to_string (settings->source));
  const char *name = settings->name != NULL ? settings->name : "-";
  const char *origin = settings->origin != NULL ? settings->origin : "-";

  if (settings->trusted)
    /* Translators: a kind of source, the name of a provider, a file or web address */
    return g_strdup_printf (_ ("%1$s: %2$s (%3$s)"), source, name, origin);
  /* Translators: a kind of source, the name of a provider, a file or web address */
  return g_strdup_printf (_ ("%1$s: %2$s (%3$s), to be confirmed"), source, name, origin);
}

static void
print_settings (MwSettings *settings, gboolean chosen)
{
  g_autofree char *source = describe_source (settings);

  mw_cli_print ("%s %s\n", chosen ? "*" : " ", source);
  for (guint i = 0; i < settings->servers->len; i++)
    {
      MwServer *server = g_ptr_array_index (settings->servers, i);
      g_autofree char *line = mw_server_describe (server);
      g_autofree char *kinds = mw_words_join (mw_server_get_authentications (server));

      mw_cli_print ("    ");
      if (mw_server_get_username (server) != NULL)
        /* Translators: a server with its port and encryption, a login name */
        mw_cli_print (_ ("%1$s, login name %2$s"), line, mw_server_get_username (server));
      else
        mw_cli_print ("%s", line);
      if (*kinds != '\0')
        /* Translators: the kinds of passwords that a server takes, behind what else is known of it;
         * where brackets are set off by a blank, the blank is a part of the text */
        mw_cli_print (_ (" (%s)"), kinds);
      mw_cli_print ("\n");
    }
  for (gsize i = 0; settings->prepare[i] != NULL; i++)
    mw_cli_print_field ("    ", _ ("First"), settings->prepare[i]);
  if (settings->help != NULL)
    mw_cli_print_field ("    ", _ ("Help"), settings->help);
  if (settings->checked != NULL)
    mw_cli_print_field ("    ", _ ("Checked"), settings->checked);
}

static void
print_result (MwDiscoveryResult *result)
{
  GPtrArray *settings = mw_discovery_result_get_settings (result);
  GPtrArray *conflicts = mw_discovery_result_get_conflicts (result);
  GPtrArray *notes = mw_discovery_result_get_notes (result);

  mw_cli_print ("%s\n", mw_address_get_text (mw_discovery_result_get_address (result)));
  for (guint i = 0; i < settings->len; i++)
    print_settings (g_ptr_array_index (settings, i),
                    (int) i == mw_discovery_result_get_chosen (result));
  if (settings->len == 0)
    mw_cli_print ("  %s\n", _ ("No settings were found."));
  for (guint i = 0; i < conflicts->len; i++)
    {
      const MwDiscoveryConflict *conflict = g_ptr_array_index (conflicts, i);

      /* Translators: the name of a setting */
      mw_cli_print (_ ("  The sources disagree about %s:"), conflict->field);
      for (guint k = 0; k < conflict->values->len; k++)
        {
          const MwDiscoveryValue *value = g_ptr_array_index (conflict->values, k);
          g_autofree char *sources = mw_words_join ((const char *const *) value->sources);

          mw_cli_print ("%s %s", k > 0 ? ";" : "", value->value);
          mw_cli_print (_ (" (%s)"), sources);
        }
      mw_cli_print ("\n");
    }
  for (guint i = 0; i < notes->len; i++)
    {
      const MwDiscoveryNote *note = g_ptr_array_index (notes, i);

      mw_cli_print ("  %s [%s]\n", mw_discovery_note_get_text (note), note->id);
    }
}

static int
run (int argc, char **argv)
{
  gboolean json = FALSE, offline = FALSE, compare = FALSE;
  g_autofree char *ca_file = NULL, *ispdb = NULL;
  g_auto (GStrv) mx_hosts = NULL;
  const GOptionEntry entries[] = {
    { "offline", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &offline,
      N_ ("Use the provider list only, no network at all"), NULL },
    { "mx", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &mx_hosts,
      N_ ("Take this as an MX host of the domain; may be repeated"), N_ ("HOST") },
    { "compare", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &compare,
      N_ ("Ask every source, even where the provider list knows the domain"), NULL },
    { "ca-file", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &ca_file,
      N_ ("Trust the certificate authorities in this file too"), N_ ("FILE") },
    { "ispdb", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &ispdb,
      N_ ("Use this copy of the ISPDB"), N_ ("URL") },
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON value"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MwTrust) trust = NULL;
  g_autoptr (GPtrArray) results = NULL, addresses = NULL;
  gboolean all_found = TRUE;
  int status;

  if (!mw_cli_parse (_ ("detect ADDRESS…"), _ (mw_command_detect.summary),
                                             _ ("Only the domain of the address is told to others."),
                                               entries, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return mw_cli_usage_error (_ ("A mail address is expected"));
  trust = mw_cli_trust (ca_file, &status);
  if (trust == NULL)
    return status;
  addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_address_unref);
  results = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_discovery_result_unref);
  for (int i = 1; i < argc; i++)
    {
      MwAddress *address = mw_cli_parse_address (argv[i], &status);

      if (address == NULL)
        return status;
      g_ptr_array_add (addresses, address);
    }
  for (guint i = 0; i < addresses->len; i++)
    {
      const MwCliDetectOptions options = { .offline = offline,
                                           .compare = compare,
                                           .mx_hosts = (const char *const *) mx_hosts,
                                           .ispdb_url = ispdb,
                                           .trust = trust };
      MwDiscoveryResult *result =
          mw_cli_detect (g_ptr_array_index (addresses, i), &options, &status);

      if (result == NULL)
        return status;
      g_ptr_array_add (results, result);
      all_found &= mw_discovery_result_get_chosen (result) >= 0;
      if (!json)
        print_result (result);
    }
  if (json && results->len == 1)
    status = mw_cli_print_json (mw_json_from_discovery (g_ptr_array_index (results, 0)));
  else if (json)
    {
      JsonNode *root = json_node_new (JSON_NODE_ARRAY);
      JsonArray *array = json_array_sized_new (results->len);

      for (guint i = 0; i < results->len; i++)
        json_array_add_element (array, mw_json_from_discovery (g_ptr_array_index (results, i)));
      json_node_take_array (root, array);
      status = mw_cli_print_json (root);
    }
  else
    status = MW_EXIT_OK;
  return status != MW_EXIT_OK ? status : all_found ? MW_EXIT_OK : MW_EXIT_FAILED;
}

const MwCommand mw_command_detect = {
  .name = "detect",
  .summary = N_ ("Find the settings for a mail address"),
  .run = run,
};
