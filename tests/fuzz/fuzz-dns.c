/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "net/mw-dns-message.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  static const MwRecordType types[] = { MW_RECORD_MX, MW_RECORD_SRV, MW_RECORD_TXT };
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) records = NULL;

  if (length == 0)
    return 0;
  records =
      mw_dns_message_parse (bytes + 1, length - 1, types[bytes[0] % G_N_ELEMENTS (types)], &error);
  g_assert_true ((records == NULL) == (error != NULL));
  return 0;
}
