/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "export/mw-nss-store.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr(GBytes) file = g_bytes_new (bytes, length);
  g_autoptr(GError) error = NULL;
  g_autoptr(MwNssStore) store = mw_nss_store_new (file, NULL, &error);

  g_assert_true ((store == NULL) == (error != NULL));
  return 0;
}
