/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "check/mw-imap-parser.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr(MwImapResponse) response = mw_imap_response_parse ((const char *) bytes, length);
  guint64 size;

  mw_imap_get_literal ((const char *) bytes, length, &size);
  if (response != NULL)
    {
      g_auto (GStrv) capabilities =
          mw_imap_parse_capabilities (response->arguments != NULL ? response->arguments
                                      : response->text != NULL    ? response->text
                                                                  : "");
      g_auto (GStrv) mechanisms = mw_imap_get_mechanisms ((const char *const *) capabilities);
      g_autofree char *quoted = response->text != NULL ? mw_imap_quote (response->text) : NULL;

      g_assert_nonnull (mechanisms);
      /* Quoting adds no line end */
      if (response->text != NULL && strpbrk (response->text, "\r\n") == NULL)
        g_assert_null (strpbrk (quoted, "\r\n"));
    }
  return 0;
}
