/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "advice/mw-typed-settings.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autofree char *text = g_strndup ((const char *) bytes, length);
  g_autoptr(GError) error = NULL;
  g_autoptr(MwServer) server = mw_server_new_from_url (text, &error);
  g_autoptr(MwTypedServer) typed = mw_typed_server_new (MW_PROTOCOL_IMAP, text);

  g_assert_nonnull (typed);
  g_assert_true ((server == NULL) == (error != NULL));
  if (server != NULL)
    {
      g_autofree char *url = mw_server_to_url (server);
      g_autoptr(MwServer) again = mw_server_new_from_url (url, NULL);

      g_assert_nonnull (again);
      g_assert_true (mw_server_equal (server, again));
    }
  return 0;
}
