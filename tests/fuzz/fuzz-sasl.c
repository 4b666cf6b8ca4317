/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz/fuzz.h"

#include "check/mw-sasl.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  static const char *const mechanisms[] = { "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5",   "LOGIN",
                                            "PLAIN",         "XOAUTH2",     "OAUTHBEARER" };
  g_autoptr(SecretValue) secret = secret_value_new ("secret", -1, "text/plain");
  g_autoptr(MwSasl) sasl = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  const char *at = (const char *) bytes + 1, *end = (const char *) bytes + length;

  if (length == 0)
    return 0;
  sasl = mw_sasl_new (mechanisms[bytes[0] % G_N_ELEMENTS (mechanisms)], "user", secret, "host", 993,
                      NULL);
  g_assert_nonnull (sasl);
  mw_sasl_set_nonce (sasl, "fyko+d2lbbFgONRv9qkxdawL");
  /* Each line is a challenge. An exchange that nobody can end is never a success. */
  for (guint i = 0; i < 8 && at <= end; i++)
    {
      const char *line_end = at < end ? memchr (at, '\n', (gsize) (end - at)) : NULL;
      g_autoptr(MwSecretBuffer) answer = NULL;

      if (line_end == NULL)
        line_end = end;
      /* The rounds of SCRAM are allowed to take their time; here a hundredth of a second is enough
       */
      answer = mw_sasl_step (sasl, at, (gsize) (line_end - at), g_get_monotonic_time () + 10000,
                             cancellable, NULL);
      if (answer == NULL)
        break;
      at = line_end + 1;
    }
  if (bytes[0] % G_N_ELEMENTS (mechanisms) <= 1)
    {
      /* Nobody without the password can sign for the server, and the nonce is not known beforehand
       * in life; here it is, so a good signature is allowed only for the example's own password. */
      mw_sasl_finish (sasl, NULL);
    }
  return 0;
}
