/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "check/mw-pop3-parser.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autoptr(MwPop3Response) response = mw_pop3_response_parse ((const char *) bytes, length);
  g_autofree char *line = g_strndup ((const char *) bytes, length);
  g_autofree char *stamp = mw_pop3_find_stamp (line);
  g_auto (GStrv) lines = g_strsplit (line, "\n", 64);
  g_auto (GStrv) mechanisms = mw_pop3_get_mechanisms ((const char *const *) lines);
  guint64 n_messages, n_bytes;

  mw_pop3_parse_stat (line, &n_messages, &n_bytes);
  g_assert_nonnull (mechanisms);
  /* It goes into a command of ours (by its digest only), and must be what RFC 1939 calls a msg-id
   */
  g_assert_true (stamp == NULL || (stamp[0] == '<' && g_str_has_suffix (stamp, ">")));
  return 0;
}
