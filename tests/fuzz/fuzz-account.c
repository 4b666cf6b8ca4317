/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "model/mw-store.h"

#include <string.h>

#define ID "0d5b5b4e-6f57-4b3f-9a39-1c2f6a1d7e11"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GKeyFile) written = g_key_file_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(MwAccount) account = NULL;
  g_autoptr(MwAccount) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  if (!g_key_file_load_from_data (file, (const char *) bytes, length, G_KEY_FILE_NONE, NULL))
    return 0;
  account = mw_account_new_from_key_file (file, ID, &error);
  g_assert_true ((account == NULL) == (error != NULL));
  if (account == NULL)
    return 0;
  /* What is written is read back as the same */
  mw_account_to_key_file (account, written);
  text = g_key_file_to_data (written, NULL, NULL);
  again = mw_account_new_from_key_file (written, ID, &error);
  g_assert_no_error (error);
  mw_account_to_key_file (again, written);
  text_again = g_key_file_to_data (written, NULL, NULL);
  g_assert_cmpstr (text, ==, text_again);
  return 0;
}
