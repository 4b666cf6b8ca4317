/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "export/mw-ini-lines.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr(GBytes) file = g_bytes_new (bytes, length);
  g_autoptr(MwIniLines) lines = mw_ini_lines_new (file);
  g_autoptr(GBytes) same = mw_ini_lines_to_bytes (lines);
  g_auto (GStrv) sections = mw_ini_lines_list_sections (lines, "Profile");

  g_assert_true (g_bytes_equal (file, same));
  g_assert_nonnull (sections);
  mw_ini_lines_set (lines, "Profile9", "Path", "fuzz.default");
  g_assert_cmpstr (mw_ini_lines_get (lines, "Profile9", "Path"), ==, "fuzz.default");
  return 0;
}
