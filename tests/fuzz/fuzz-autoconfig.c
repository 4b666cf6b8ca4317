/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "discovery/mw-autoconfig.h"

#include <string.h>

/* Whatever a document says, a server of it can be connected to and printed */
static void
check_settings (MwSettings *settings)
{
  for (guint i = 0; i < settings->servers->len; i++)
    {
      MwServer *server = g_ptr_array_index (settings->servers, i);
      g_autofree char *url = mw_server_to_url (server);
      g_autoptr(MwServer) again = mw_server_new_from_url (url, NULL);

      g_assert_true (mw_host_is_valid (mw_server_get_host (server)));
      g_assert_cmpuint (mw_server_get_port (server), !=, 0);
      g_assert_nonnull (again);
    }
  g_assert_true (settings->name == NULL || g_utf8_validate (settings->name, -1, NULL));
  g_assert_true (settings->help == NULL || g_str_has_prefix (settings->help, "http"));
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr(GBytes) document = g_bytes_new (bytes, length);
  g_autoptr(MwAddress) address = mw_address_new ("anna+x@example.org", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(MwSettings) settings = mw_autoconfig_parse (document, address, MW_SOURCE_AUTOCONFIG,
                                                        "https://autoconfig.example.org/", &error);

  g_assert_true ((settings == NULL) == (error != NULL));
  mw_autoconfig_lists_domain (document, "example.org");
  if (settings != NULL)
    {
      g_assert_cmpuint (settings->servers->len, >, 0);
      check_settings (settings);
    }
  return 0;
}
