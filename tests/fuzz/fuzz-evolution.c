/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "export/mw-eds-source.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autofree char *before = g_strndup ((const char *) bytes, length);
  g_autoptr(MwAddress) address = mw_address_new ("anna@example.org", NULL);
  g_autoptr(MwAccount) account = mw_account_new (address);
  g_autoptr(MwServer) incoming = mw_server_new_from_url ("imaps://anna@imap.example.org", NULL);
  g_autoptr(MwServer) outgoing = mw_server_new_from_url ("smtp://anna@smtp.example.org", NULL);

  mw_account_set_server (account, MW_HALF_INCOMING, incoming);
  mw_account_set_server (account, MW_HALF_OUTGOING, outgoing);
  for (MwEdsPart part = 0; part < MW_N_EDS_PARTS; part++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *after = mw_eds_source_make (account, part, before, &error);
      g_autoptr(GKeyFile) file = g_key_file_new ();

      g_assert_true ((after == NULL) == (error != NULL));
      if (after == NULL)
        continue;
      /* It is a key file, and making it once more changes nothing */
      g_assert_true (
          g_key_file_load_from_data (file, after, strlen (after), G_KEY_FILE_KEEP_COMMENTS, NULL));
      {
        g_autofree char *twice = mw_eds_source_make (account, part, after, &error);

        g_assert_no_error (error);
        g_assert_cmpstr (after, ==, twice);
      }
    }
  return 0;
}
