/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "model/mw-address.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autofree char *text = g_strndup ((const char *) bytes, length);
  g_autoptr(GError) error = NULL;
  g_autoptr(MwAddress) address = mw_address_new (text, &error);
  g_autoptr(MwAddress) again = NULL;

  g_assert_true ((address == NULL) == (error != NULL));
  if (address == NULL)
    {
      g_assert_nonnull (mw_address_error_explain (error));
      return 0;
    }
  /* What it prints is an address again, and the same one */
  again = mw_address_new (mw_address_get_ascii (address), NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (mw_address_get_ascii (again), ==, mw_address_get_ascii (address));
  g_assert_cmpstr (mw_address_get_domain_ascii (again), ==, mw_address_get_domain_ascii (address));
  g_clear_pointer (&again, mw_address_unref);
  again = mw_address_new (mw_address_get_text (address), NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (mw_address_get_ascii (again), ==, mw_address_get_ascii (address));
  g_assert_null (strpbrk (mw_address_get_ascii (address), "\r\n"));
  return 0;
}
