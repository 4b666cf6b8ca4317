/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "providers/mw-provider-image.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr(MwProviderLoader) loader = mw_provider_loader_new ();
  g_autoptr(GPtrArray) remarks = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  gboolean taken = mw_provider_loader_add_data (loader, "example", (const char *) bytes, length,
                                                remarks, &error);

  g_assert_true (taken == (error == NULL));
  g_assert_nonnull (mw_provider_loader_finish (loader));
  return 0;
}
