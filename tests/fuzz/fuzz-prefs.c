/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "export/mw-prefs-js.h"

#include <string.h>

#define VALUE "a\"b\\c\xe2\x80\xa8 'd'"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr(GBytes) file = g_bytes_new (bytes, length);
  g_autoptr(GError) error = NULL;
  g_autoptr(MwPrefsJs) prefs = mw_prefs_js_new (file, &error);
  g_autoptr(MwPrefsJs) again = NULL;
  g_autoptr(GBytes) same = NULL, changed = NULL;

  g_assert_true ((prefs == NULL) == (error != NULL));
  if (prefs == NULL)
    return 0;
  /* Read and written without a change it is the very same file */
  same = mw_prefs_js_to_bytes (prefs);
  g_assert_true (g_bytes_equal (file, same));
  /* A value that is set is there, as it was, when the file is read again */
  mw_prefs_js_set_string (prefs, "mail.fuzz.value", VALUE);
  changed = mw_prefs_js_to_bytes (prefs);
  again = mw_prefs_js_new (changed, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mw_prefs_js_get_string (again, "mail.fuzz.value"), ==, VALUE);
  return 0;
}
