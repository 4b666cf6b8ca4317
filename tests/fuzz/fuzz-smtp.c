/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "check/mw-smtp-parser.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr(MwSmtpReply) reply = mw_smtp_reply_new ();
  const char *at = (const char *) bytes, *end = at + length;
  gboolean complete = FALSE;

  while (at < end && !complete)
    {
      const char *line_end = memchr (at, '\n', (gsize) (end - at));

      if (line_end == NULL)
        line_end = end;
      if (!mw_smtp_reply_add_line (reply, at, (gsize) (line_end - at), &complete))
        return 0;
      at = line_end + 1;
    }
  if (complete)
    {
      g_auto (GStrv) keywords = mw_smtp_reply_get_keywords (reply);
      g_auto (GStrv) mechanisms = mw_smtp_get_mechanisms ((const char *const *) keywords);

      g_assert_cmpuint (reply->code, >=, 100);
      g_assert_cmpuint (reply->code, <=, 999);
      mw_smtp_has_keyword ((const char *const *) keywords, "AUTH");
      g_assert_nonnull (mechanisms);
    }
  return 0;
}
