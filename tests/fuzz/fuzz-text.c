/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "check/mw-speaker.h"
#include "model/mw-report.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autofree char *text = mw_text_make_harmless ((const char *) bytes, (gssize) length, 300);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpuint (strlen (text), <=, 300);
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      g_assert_false (g_unichar_iscntrl (character));
      g_assert_false (character >= 0x202a && character <= 0x202e);
      g_assert_false (character >= 0x2066 && character <= 0x2069);
    }
  mw_speaker_identify ((const char *) bytes, length);
  return 0;
}
