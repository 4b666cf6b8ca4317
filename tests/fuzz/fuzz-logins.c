/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "export/mw-nss-logins.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr(GBytes) file = g_bytes_new (bytes, length);
  g_autoptr(GError) error = NULL;
  g_autoptr(MwNssLogins) logins = mw_nss_logins_new (file, &error);

  g_assert_true ((logins == NULL) == (error != NULL));
  if (logins != NULL)
    {
      g_autoptr(GBytes) written = mw_nss_logins_to_bytes (logins);
      g_autoptr(MwNssLogins) again = mw_nss_logins_new (written, &error);

      g_assert_no_error (error);
      g_assert_true (mw_nss_logins_is_empty (logins) == mw_nss_logins_is_empty (again));
    }
  return 0;
}
