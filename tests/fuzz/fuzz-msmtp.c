/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "export/mw-msmtp-file.h"

#include <string.h>

#define ID "0d5b5b4e-6f57-4b3f-9a39-1c2f6a1d7e11"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr(GBytes) file = g_bytes_new (bytes, length);
  g_autoptr(GError) error = NULL;
  g_autoptr(MwMsmtpFile) parsed = mw_msmtp_file_parse (file, &error);
  static const char *const lines[] = { "host smtp.example.org", "port 465", NULL };

  g_assert_true ((parsed == NULL) == (error != NULL));
  if (parsed != NULL)
    {
      g_autoptr(GBytes) changed = NULL, same = NULL;
      g_autoptr(MwMsmtpFile) again = NULL;

      mw_msmtp_file_set_block (parsed, ID, "anna@example.org", "anna", lines);
      changed = mw_msmtp_file_to_bytes (parsed);
      again = mw_msmtp_file_parse (changed, &error);
      g_assert_no_error (error);
      g_assert_true (mw_msmtp_file_has_account (again, "anna", ""));
      /* The same export once more changes nothing */
      mw_msmtp_file_set_block (again, ID, "anna@example.org", "anna", lines);
      same = mw_msmtp_file_to_bytes (again);
      g_assert_true (g_bytes_equal (changed, same));
    }
  return 0;
}
