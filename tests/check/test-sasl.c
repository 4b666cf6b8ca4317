/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "check/mw-sasl.h"
#include "check/mw-saslprep.h"

#include "net/mw-deadline.h"

#include <string.h>

static MwSasl *
new_exchange (const char *mechanism, const char *username, const char *password)
{
  g_autoptr(SecretValue) secret = secret_value_new (password, -1, "text/plain");
  g_autoptr(GError) error = NULL;
  MwSasl *sasl = mw_sasl_new (mechanism, username, secret, "server.example.com", 143, &error);

  g_assert_no_error (error);
  return sasl;
}

static MwSecretBuffer *
step (MwSasl *sasl, const char *challenge)
{
  g_autoptr(GError) error = NULL;
  MwSecretBuffer *out =
      mw_sasl_step (sasl, challenge, strlen (challenge), MW_DEADLINE_NONE, NULL, &error);

  g_assert_no_error (error);
  return out;
}

static void
assert_step (MwSasl *sasl, const char *challenge, const char *expected, gsize length)
{
  g_autoptr(MwSecretBuffer) out = step (sasl, challenge);

  g_assert_cmpmem (out->data, out->length, expected, length);
}

static void
assert_step_fails (MwSasl *sasl, const char *challenge, MwSaslError code)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (
      mw_sasl_step (sasl, challenge, strlen (challenge), MW_DEADLINE_NONE, NULL, &error));
  g_assert_error (error, MW_SASL_ERROR, (int) code);
}

static void
assert_finished (MwSasl *sasl)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (mw_sasl_finish (sasl, &error));
  g_assert_no_error (error);
}

/* ---- simple mechanisms ---- */

static void
test_plain (void)
{
  g_autoptr(MwSasl) sasl = new_exchange ("plain", "tim", "tanstaaftanstaaf");

  g_assert_true (mw_sasl_speaks_first (sasl));
  assert_step (sasl, "", "\0tim\0tanstaaftanstaaf", 21);
  assert_finished (sasl);
}

/* Some servers ask, though the answer came with the command */
static void
test_plain_asked_again (void)
{
  g_autoptr(MwSasl) sasl = new_exchange ("PLAIN", "tim", "secret");

  assert_step (sasl, "", "\0tim\0secret", 11);
  assert_step (sasl, "", "\0tim\0secret", 11);
  assert_step_fails (sasl, "", MW_SASL_ERROR_MALFORMED);
}

/* The name goes out first whatever the prompt says */
static void
test_login_ignores_prompts (void)
{
  g_autoptr(MwSasl) sasl = new_exchange ("LOGIN", "tim", "secret");

  g_assert_false (mw_sasl_speaks_first (sasl));
  assert_step (sasl, "Password:", "tim", 3);
  assert_step (sasl, "User Name:", "secret", 6);
  assert_finished (sasl);
  assert_step_fails (sasl, "Password:", MW_SASL_ERROR_MALFORMED);
}

static void
test_cram_md5 (void)
{
  g_autoptr(MwSasl) sasl = new_exchange ("CRAM-MD5", "tim", "tanstaaftanstaaf");
  const char *expected = "tim b913a602c7eda7a495b4e6e7334d3890";

  assert_step (sasl, "<1896.697170952@postoffice.reston.mci.net>", expected, strlen (expected));
  assert_finished (sasl);
  assert_step_fails (sasl, "more", MW_SASL_ERROR_MALFORMED);
}

static void
test_cram_md5_empty_challenge (void)
{
  g_autoptr(MwSasl) sasl = new_exchange ("CRAM-MD5", "tim", "secret");

  assert_step_fails (sasl, "", MW_SASL_ERROR_MALFORMED);
}

static void
test_oauthbearer (void)
{
  g_autoptr(MwSasl) sasl = new_exchange ("OAUTHBEARER", "user@example.com",
                                         "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
  const char *expected = "n,a=user@example.com,\001host=server.example.com\001port=143\001"
                         "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\001\001";

  assert_step (sasl, "", expected, strlen (expected));
  assert_finished (sasl);
}

static void
test_oauth_error (void)
{
  g_autoptr(MwSasl) sasl = new_exchange ("XOAUTH2", "user@example.com", "token");
  const char *expected = "user=user@example.com\001auth=Bearer token\001\001";
  g_autoptr(GError) error = NULL;

  assert_step (sasl, "", expected, strlen (expected));
  assert_step (sasl, "{\"status\":\"401\"}", "", 0);
  g_assert_cmpstr (mw_sasl_get_server_error (sasl), ==, "{\"status\":\"401\"}");
  g_assert_false (mw_sasl_finish (sasl, &error));
  assert_step_fails (sasl, "", MW_SASL_ERROR_MALFORMED);
}

/* ---- SCRAM ---- */

#define NONCE_1 "fyko+d2lbbFgONRv9qkxdawL"
#define FIRST_1 "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"

static MwSasl *
new_scram (void)
{
  MwSasl *sasl = new_exchange ("SCRAM-SHA-1", "user", "pencil");

  mw_sasl_set_nonce (sasl, NONCE_1);
  assert_step (sasl, "", "n,,n=user,r=" NONCE_1, strlen ("n,,n=user,r=" NONCE_1));
  return sasl;
}

static void
test_scram_sha_1 (void)
{
  g_autoptr(MwSasl) sasl = new_scram ();
  const char *expected = "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
                         "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=";

  assert_step (sasl, FIRST_1, expected, strlen (expected));
  assert_step (sasl, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "", 0);
  assert_finished (sasl);
}

static void
test_scram_sha_256 (void)
{
  g_autoptr(MwSasl) sasl = new_exchange ("SCRAM-SHA-256", "user", "pencil");
  const char *expected = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                         "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

  mw_sasl_set_nonce (sasl, "rOprNGfwEbeRWgbNEkqO");
  assert_step (sasl, "", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO", 32);
  assert_step (sasl,
               "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
               "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
               expected, strlen (expected));
  assert_step (sasl, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "", 0);
  assert_finished (sasl);
}

static void
test_scram_escapes_names (void)
{
  g_autoptr(MwSasl) sasl = new_exchange ("SCRAM-SHA-1", "a,b=c", "x");

  mw_sasl_set_nonce (sasl, "abc");
  assert_step (sasl, "", "n,,n=a=2Cb=3Dc,r=abc", 20);
}

static void
test_scram_nonces_differ (void)
{
  g_autoptr(MwSasl) one = new_exchange ("SCRAM-SHA-1", "u", "x");
  g_autoptr(MwSasl) two = new_exchange ("SCRAM-SHA-1", "u", "x");
  g_autoptr(MwSecretBuffer) first = step (one, "");
  g_autoptr(MwSecretBuffer) second = step (two, "");

  g_assert_cmpuint (first->length, ==, strlen ("n,,n=u,r=") + 24);
  g_assert_cmpstr (first->data, !=, second->data);
}

/* A yes without the proof is no yes */
static void
test_scram_yes_without_proof (void)
{
  g_autoptr(MwSasl) sasl = new_scram ();
  g_autoptr(MwSecretBuffer) out = step (sasl, FIRST_1);
  g_autoptr(GError) error = NULL;

  g_assert_false (mw_sasl_finish (sasl, &error));
  g_assert_error (error, MW_SASL_ERROR, MW_SASL_ERROR_SERVER_SIGNATURE);
}

static void
test_scram_yes_at_once (void)
{
  g_autoptr(MwSasl) sasl = new_scram ();
  g_autoptr(GError) error = NULL;

  g_assert_false (mw_sasl_finish (sasl, &error));
  g_assert_error (error, MW_SASL_ERROR, MW_SASL_ERROR_SERVER_SIGNATURE);
}

static void
test_scram_wrong_signatures (void)
{
  static const char *const finals[] = { "v=smF9pqV8S7suAoZWja4dJRkFsKQ=",
                                        "v=",
                                        "v=AAAA",
                                        "v=not base64!",
                                        "x=1",
                                        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" };

  for (gsize i = 0; i < G_N_ELEMENTS (finals); i++)
    {
      g_autoptr(MwSasl) sasl = new_scram ();
      g_autoptr(MwSecretBuffer) out = step (sasl, FIRST_1);

      assert_step_fails (sasl, finals[i], MW_SASL_ERROR_SERVER_SIGNATURE);
    }
}

static void
test_scram_refusal (void)
{
  g_autoptr(MwSasl) sasl = new_scram ();
  g_autoptr(MwSecretBuffer) out = step (sasl, FIRST_1);

  assert_step_fails (sasl, "e=invalid-proof", MW_SASL_ERROR_REFUSED);
  g_assert_cmpstr (mw_sasl_get_server_error (sasl), ==, "invalid-proof");
}

static void
test_scram_hostile_challenges (void)
{
  static const struct
  {
    const char *challenge;
    MwSaslError error;
  } rows[] = {
    { "", MW_SASL_ERROR_MALFORMED },
    { "r=" NONCE_1 "x", MW_SASL_ERROR_MALFORMED },
    { "r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92", MW_SASL_ERROR_MALFORMED },
    { "s=QSXCR+Q6sek8bf92,r=" NONCE_1 "x,i=4096", MW_SASL_ERROR_MALFORMED },
    { "m=must,r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92,i=4096", MW_SASL_ERROR_MALFORMED },
    { "r=" NONCE_1 ",s=QSXCR+Q6sek8bf92,i=4096", MW_SASL_ERROR_NONCE },
    { "r=somebodyelse,s=QSXCR+Q6sek8bf92,i=4096", MW_SASL_ERROR_NONCE },
    { "r=,s=QSXCR+Q6sek8bf92,i=4096", MW_SASL_ERROR_NONCE },
    { "r=" NONCE_1 "x\x01,s=QSXCR+Q6sek8bf92,i=4096", MW_SASL_ERROR_MALFORMED },
    { "r=" NONCE_1 "x,s=,i=4096", MW_SASL_ERROR_MALFORMED },
    { "r=" NONCE_1 "x,s=QS,i=4096", MW_SASL_ERROR_MALFORMED },
    { "r=" NONCE_1 "x,s=QSX*,i=4096", MW_SASL_ERROR_MALFORMED },
    { "r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92,i=", MW_SASL_ERROR_MALFORMED },
    { "r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92,i=0", MW_SASL_ERROR_MALFORMED },
    { "r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92,i=-4096", MW_SASL_ERROR_MALFORMED },
    { "r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92,i=4095", MW_SASL_ERROR_ITERATIONS },
    { "r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92,i=1", MW_SASL_ERROR_ITERATIONS },
    { "r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92,i=10000001", MW_SASL_ERROR_ITERATIONS },
    { "r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92,i=99999999999999999999", MW_SASL_ERROR_MALFORMED },
    { "r=" NONCE_1 "x\xff,s=QSXCR+Q6sek8bf92,i=4096", MW_SASL_ERROR_MALFORMED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(MwSasl) sasl = new_scram ();

      assert_step_fails (sasl, rows[i].challenge, rows[i].error);
    }
}

static void
test_scram_keeps_the_deadline (void)
{
  g_autoptr(MwSasl) sasl = new_scram ();
  const char *challenge = "r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92,i=10000000";
  g_autoptr(GError) error = NULL;

  g_assert_null (
      mw_sasl_step (sasl, challenge, strlen (challenge), g_get_monotonic_time (), NULL, &error));
  g_assert_error (error, MW_SASL_ERROR, MW_SASL_ERROR_TIMEOUT);
}

static void
test_scram_can_be_cancelled (void)
{
  g_autoptr(MwSasl) sasl = new_scram ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  const char *challenge = "r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92,i=10000000";
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (
      mw_sasl_step (sasl, challenge, strlen (challenge), MW_DEADLINE_NONE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* ---- secrets that cannot be sent ---- */

static void
test_control_characters (void)
{
  static const char *const bad[] = { "a\r\nb", "a\nb", "a\001b" };
  g_autoptr(SecretValue) nul = secret_value_new ("a\0b", 3, "text/plain");

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(SecretValue) bad_secret = secret_value_new (bad[i], -1, "text/plain");
      g_autoptr(SecretValue) good_secret = secret_value_new ("good", -1, "text/plain");

      g_assert_null (mw_sasl_new ("PLAIN", "user", bad_secret, "h", 1, NULL));
      g_assert_null (mw_sasl_new ("PLAIN", bad[i], good_secret, "h", 1, NULL));
    }
  g_assert_null (mw_sasl_new ("PLAIN", "user", nul, "h", 1, NULL));
}

static void
test_unknown_mechanism (void)
{
  g_autoptr(SecretValue) secret = secret_value_new ("good", -1, "text/plain");
  g_autoptr(GError) error = NULL;

  g_assert_null (mw_sasl_new ("DIGEST-MD5", "user", secret, "h", 1, &error));
  g_assert_error (error, MW_SASL_ERROR, MW_SASL_ERROR_UNAVAILABLE);
  g_assert_false (mw_sasl_is_known ("GSSAPI"));
  g_assert_true (mw_sasl_uses_token ("xoauth2"));
}

/* ---- SASLprep ---- */

static void
test_saslprep (void)
{
  static const struct
  {
    const char *in;
    const char *out;
  } rows[] = {
    { "user", "user" },
    { "USER", "USER" },
    { "I\u00adX", "IX" },
    { "\u00aa", "a" },
    { "\u2168", "IX" },
    { "a\u00a0b", "a b" },
    { "a\u3000b", "a b" },
    { "e\u0301", "\u00e9" },
    { "\u00e9", "\u00e9" },
    { "\u1e9b\u0323", "\u1e69" },
    { "\uac00", "\uac00" },
    { "\u1100\u1161\u11a8", "\uac01" },
    { "\u05d0\u05d1", "\u05d0\u05d1" },
    { "\uff21", "A" },
    { "\a", NULL },
    { "\x7f", NULL },
    { "\u06271", NULL },
    { "\u0627"
      "a\u0628",
      NULL },
    { "\u202e", NULL },
    { "\ue000", NULL },
    { "\u00ad", NULL },
    { "", NULL },
    { "\xff", NULL },
    { "\xc3", NULL },
    { "\xed\xa0\x80", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(MwSecretBuffer) out = mw_saslprep (rows[i].in, strlen (rows[i].in));

      if (rows[i].out == NULL)
        {
          g_assert_null (out);
          continue;
        }
      g_assert_nonnull (out);
      g_assert_cmpstr (out->data, ==, rows[i].out);
    }
}

/* GLib's own normalisation, which is not used because it leaves copies behind, must agree */
static void
test_saslprep_agrees_with_glib (void)
{
  guint n_compared = 0;

  for (gunichar c = 0xa1; c < 0x30000; c++)
    {
      char in[32] = "";
      g_autofree char *expected = NULL;
      g_autoptr(MwSecretBuffer) out = NULL;
      gunichar marks[] = { 0x0323, 0x0301 };
      int n;

      if (!g_unichar_isalpha (c))
        continue;
      n = g_unichar_to_utf8 (c, in);
      for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
        n += g_unichar_to_utf8 (marks[(c + i) % 2], in + n);
      out = mw_saslprep (in, (gsize) n);
      if (out == NULL)
        continue;
      expected = g_utf8_normalize (in, n, G_NORMALIZE_NFKC);
      g_assert_cmpstr (out->data, ==, expected);
      n_compared++;
    }
  g_assert_cmpuint (n_compared, >, 50000);
}

static void
test_base64 (void)
{
  for (gsize n = 0; n < 60; n++)
    {
      g_autoptr(MwSecretBuffer) buffer = mw_secret_buffer_new (mw_secret_buffer_base64_size (n));
      guchar bytes[60];
      g_autofree char *expected = NULL;

      for (gsize i = 0; i < n; i++)
        bytes[i] = (guchar) (i * 37 + n);
      expected = g_base64_encode (bytes, n);
      mw_secret_buffer_append_base64 (buffer, (const char *) bytes, n);
      g_assert_cmpstr (buffer->data, ==, expected);
      g_assert_cmpuint (buffer->length, ==, buffer->capacity);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/sasl/plain", test_plain);
  g_test_add_func ("/sasl/plain-asked-again-says-the-same-once", test_plain_asked_again);
  g_test_add_func ("/sasl/login-ignores-what-the-prompts-say", test_login_ignores_prompts);
  g_test_add_func ("/sasl/cram-md5-of-rfc-2195", test_cram_md5);
  g_test_add_func ("/sasl/cram-md5-with-an-empty-challenge", test_cram_md5_empty_challenge);
  g_test_add_func ("/sasl/oauthbearer-of-rfc-7628", test_oauthbearer);
  g_test_add_func ("/sasl/xoauth2-error-is-kept", test_oauth_error);
  g_test_add_func ("/sasl/scram-sha-1-of-rfc-5802", test_scram_sha_1);
  g_test_add_func ("/sasl/scram-sha-256-of-rfc-7677", test_scram_sha_256);
  g_test_add_func ("/sasl/scram-escapes-names", test_scram_escapes_names);
  g_test_add_func ("/sasl/scram-nonces-differ", test_scram_nonces_differ);
  g_test_add_func ("/sasl/scram-yes-without-proof-is-no-yes", test_scram_yes_without_proof);
  g_test_add_func ("/sasl/scram-yes-at-once-is-no-yes", test_scram_yes_at_once);
  g_test_add_func ("/sasl/scram-wrong-server-signatures", test_scram_wrong_signatures);
  g_test_add_func ("/sasl/scram-refusal-within-the-mechanism", test_scram_refusal);
  g_test_add_func ("/sasl/scram-hostile-challenges", test_scram_hostile_challenges);
  g_test_add_func ("/sasl/scram-keeps-the-deadline", test_scram_keeps_the_deadline);
  g_test_add_func ("/sasl/scram-can-be-cancelled", test_scram_can_be_cancelled);
  g_test_add_func ("/sasl/control-characters-are-refused", test_control_characters);
  g_test_add_func ("/sasl/unknown-mechanisms", test_unknown_mechanism);
  g_test_add_func ("/saslprep/examples", test_saslprep);
  g_test_add_func ("/saslprep/agrees-with-glib-on-nfkc", test_saslprep_agrees_with_glib);
  g_test_add_func ("/secret-buffer/base64", test_base64);

  return g_test_run ();
}
