/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "discovery/mw-document.h"
#include "discovery/mw-pacc.h"

#include <string.h>

static const char minimal[] =
    "{\"protocols\":{\"imap\":{\"host\":\"imap.example.org\"},"
    "\"submit\":{\"host\":\"smtp.example.org\"}},"
    "\"authentication\":{\"password\":true,"
    "\"oauth-public\":{\"issuer\":\"https://auth.example.org\"}},"
    "\"info\":{\"provider\":{\"name\":\"Example Mail\",\"shortName\":\"Ex\"},"
    "\"help\":{\"documentation\":\"https://example.org/help\"}}}";

static MwSettings *
parse_bytes (const char *data, gsize length, GError **error)
{
  g_autoptr(MwAddress) address = mw_address_new ("jane@example.org", NULL);
  g_autoptr(GBytes) bytes = g_bytes_new (data, length);

  return mw_pacc_parse (bytes, address, "https://ua-auto-config.example.org/", error);
}

static MwSettings *
parse (const char *text, GError **error)
{
  return parse_bytes (text, strlen (text), error);
}

static MwSettings *
parse_changed (const char *from, const char *to, GError **error)
{
  g_autoptr(GString) text = g_string_new (minimal);

  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  return parse (text->str, error);
}

static void
assert_server (MwSettings *settings, MwProtocol protocol, const char *url)
{
  MwServer *server = mw_settings_find (settings, protocol);
  g_autofree char *is = NULL;

  g_assert_nonnull (server);
  is = mw_server_to_url (server);
  g_assert_cmpstr (is, ==, url);
}

static void
test_minimal (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwSettings) settings = parse (minimal, &error);

  g_assert_no_error (error);
  g_assert_cmpint (settings->source, ==, MW_SOURCE_PACC);
  g_assert_cmpstr (settings->name, ==, "Example Mail");
  g_assert_cmpstr (settings->help, ==, "https://example.org/help");
  g_assert_cmpuint (settings->servers->len, ==, 2);
  assert_server (settings, MW_PROTOCOL_IMAP, "imaps://jane%40example.org@imap.example.org");
  assert_server (settings, MW_PROTOCOL_SMTP, "smtps://jane%40example.org@smtp.example.org");
  g_assert_cmpstrv (mw_server_get_authentications (mw_settings_find (settings, MW_PROTOCOL_IMAP)),
                    ((const char *[]) { "oauth2", "password", NULL }));
}

static void
test_older_name_of_submission (void)
{
  g_autoptr(MwSettings) old = parse_changed ("\"submit\"", "\"smtp\"", NULL);
  g_autoptr(MwSettings) both = parse_changed (
      "\"submit\"", "\"smtp\":{\"host\":\"old.example.org\"},\"submit\"", NULL);

  assert_server (old, MW_PROTOCOL_SMTP, "smtps://jane%40example.org@smtp.example.org");
  assert_server (both, MW_PROTOCOL_SMTP, "smtps://jane%40example.org@smtp.example.org");
}

static void
test_password_may_be_refused (void)
{
  g_autoptr(MwSettings) settings = parse_changed ("\"password\":true", "\"password\":false", NULL);

  g_assert_cmpstrv (mw_server_get_authentications (mw_settings_find (settings, MW_PROTOCOL_IMAP)),
                    ((const char *[]) { "oauth2", NULL }));
}

static void
test_wrong_types_are_errors_where_it_matters (void)
{
  static const struct
  {
    const char *from;
    const char *to;
    int code; /* -1: read all the same */
  } changes[] = {
    { "{\"host\":\"imap.example.org\"}", "\"imap.example.org\"", MW_DISCOVERY_ERROR_MALFORMED },
    { "{\"host\":\"imap.example.org\"}", "[1,2]", MW_DISCOVERY_ERROR_MALFORMED },
    { "{\"host\":\"imap.example.org\"}", "null", MW_DISCOVERY_ERROR_MALFORMED },
    { "\"imap.example.org\"", "42", MW_DISCOVERY_ERROR_MALFORMED },
    { "\"imap.example.org\"", "\"\"", MW_DISCOVERY_ERROR_MALFORMED },
    { "\"imap.example.org\"", "\"a b\"", MW_DISCOVERY_ERROR_MALFORMED },
    { "\"imap.example.org\"", "\"imap.example.org\\u0000.evil.test\"",
      MW_DISCOVERY_ERROR_FORBIDDEN },
    { "\"imap.example.org\"", "\"u@evil.test\"", MW_DISCOVERY_ERROR_MALFORMED },
    { "\"imap.example.org\"", "\"127.0.0.1\"", MW_DISCOVERY_ERROR_MALFORMED },
    { "\"imap.example.org\"", "\"imap.example.org:993\"", MW_DISCOVERY_ERROR_MALFORMED },
    { "\"protocols\"", "\"other\"", MW_DISCOVERY_ERROR_NO_SERVERS },
    { "{\"provider\":", "{\"provider\":7,\"x\":", -1 },
    { "\"https://example.org/help\"", "{}", -1 },
    { "\"https://example.org/help\"", "\"javascript:x\"", -1 },
    { "\"authentication\":{", "\"authentication\":3,\"y\":{", -1 },
    { "{\"issuer\":\"https://auth.example.org\"}", "true", -1 },
    { "\"password\":true", "\"password\":\"yes\"", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(MwSettings) settings = parse_changed (changes[i].from, changes[i].to, &error);

      g_test_message ("%s", changes[i].to);
      if (changes[i].code < 0)
        g_assert_nonnull (settings);
      else
        g_assert_error (error, MW_DISCOVERY_ERROR, changes[i].code);
    }
}

static void
test_hostile_documents_are_refused (void)
{
  g_autoptr(GString) deep = g_string_new ("{\"a\":");
  g_autoptr(GString) hidden = g_string_new ("{\"a\":\"\\\"\",\"b\":");
  g_autofree char *fill = g_strnfill (MW_DISCOVERY_MAX_DOCUMENT, ' ');
  static const char *const documents[] = { "",
                                           "{",
                                           "[]",
                                           "null",
                                           "42",
                                           "\"x\"",
                                           "{}}",
                                           "{} {}",
                                           "{\"a\":1,}",
                                           "{'a':1}",
                                           "{\"a\":NaN}",
                                           "/* x */ {}",
                                           "{\"a\":\"\\ud800\"}",
                                           "\xff",
                                           "<xml/>" };

  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(MwSettings) settings = parse (documents[i], &error);

      g_test_message ("%s", documents[i]);
      g_assert_null (settings);
      g_assert_nonnull (error);
      g_assert_true (error->domain == MW_DISCOVERY_ERROR);
    }

  for (int i = 0; i < 30000; i++)
    {
      g_string_append_c (deep, '[');
      g_string_append_c (hidden, '[');
    }
  for (int i = 0; i < 2; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(MwSettings) settings = parse (i == 0 ? deep->str : hidden->str, &error);

      g_assert_null (settings);
      g_assert_error (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_FORBIDDEN);
    }
  {
    g_autofree char *big = g_strconcat (minimal, fill, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(MwSettings) settings = parse (big, &error);

    g_assert_null (settings);
    g_assert_error (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_FORBIDDEN);
  }
}

static void
test_cut_off_anywhere_is_refused (void)
{
  for (gsize length = 0; length < strlen (minimal); length++)
    {
      g_autofree char *part = g_memdup2 (minimal, MAX (length, 1));
      g_autoptr(GError) error = NULL;
      g_autoptr(MwSettings) settings = parse_bytes (part, length, &error);

      g_assert_null (settings);
      g_assert_nonnull (error);
    }
}

static void
test_any_byte_may_be_wrong (void)
{
  for (gsize i = 0; i < strlen (minimal); i++)
    for (guint c = 0; c < 256; c += 13)
      {
        g_autofree char *text = g_strdup (minimal);
        g_autoptr(MwSettings) settings = NULL;

        text[i] = (char) c;
        settings = parse_bytes (text, strlen (minimal), NULL);
        for (guint j = 0; settings != NULL && j < settings->servers->len; j++)
          g_assert_true (
              mw_host_is_valid (mw_server_get_host (g_ptr_array_index (settings->servers, j))));
      }
}

static MwPaccDigest
check_digest (const char *const *records)
{
  g_autoptr(GBytes) document = g_bytes_new_static (minimal, strlen (minimal));
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (gsize i = 0; records[i] != NULL; i++)
    g_ptr_array_add (texts, g_bytes_new (records[i], strlen (records[i])));
  return mw_pacc_check_digest (document, texts);
}

static void
test_digest (void)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autofree char *base64 = NULL;
  g_autofree char *right = NULL;
  g_autofree char *spaced = NULL;
  g_autofree char *weak = NULL;
  g_autofree char *late = NULL;
  const char *wrong = "v=UAAC1; a=sha256; d=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

  g_checksum_update (checksum, (const guchar *) minimal, (gssize) strlen (minimal));
  g_checksum_get_digest (checksum, digest, &length);
  base64 = g_base64_encode (digest, length);
  right = g_strdup_printf ("v=UAAC1; a=sha256; d=%s", base64);
  spaced = g_strdup_printf (" v = UAAC1 ;a=SHA256;x=y;  d= %s ;", base64);
  weak = g_strdup_printf ("v=UAAC1; a=sha1; d=%s", base64);
  late = g_strdup_printf ("a=sha256; v=UAAC1; d=%s", base64);

  g_assert_cmpint (check_digest ((const char *[]) { right, NULL }), ==, MW_PACC_DIGEST_MATCHES);
  g_assert_cmpint (check_digest ((const char *[]) { spaced, NULL }), ==, MW_PACC_DIGEST_MATCHES);
  g_assert_cmpint (check_digest ((const char *[]) { "v=spf1 -all", wrong, right, NULL }), ==,
                   MW_PACC_DIGEST_MATCHES);
  g_assert_cmpint (check_digest ((const char *[]) { wrong, NULL }), ==, MW_PACC_DIGEST_MISMATCH);
  g_assert_cmpint (check_digest ((const char *[]) { NULL }), ==, MW_PACC_DIGEST_MISSING);
  g_assert_cmpint (check_digest ((const char *[]) { weak, late, "", ";", "v=UAAC1", "d=", NULL }),
                   ==, MW_PACC_DIGEST_MISSING);
  g_assert_cmpint (check_digest ((const char *[]) { "v=UAAC1; a=sha256; d=AAAA", NULL }), ==,
                   MW_PACC_DIGEST_MISSING);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/pacc/minimal-document-is-read", test_minimal);
  g_test_add_func ("/pacc/older-name-of-submission-is-read", test_older_name_of_submission);
  g_test_add_func ("/pacc/password-may-be-refused", test_password_may_be_refused);
  g_test_add_func ("/pacc/wrong-types-are-errors-where-it-matters",
                   test_wrong_types_are_errors_where_it_matters);
  g_test_add_func ("/pacc/hostile-documents-are-refused", test_hostile_documents_are_refused);
  g_test_add_func ("/pacc/cut-off-anywhere-is-refused", test_cut_off_anywhere_is_refused);
  g_test_add_func ("/pacc/any-byte-may-be-wrong", test_any_byte_may_be_wrong);
  g_test_add_func ("/pacc/digest-in-dns-decides", test_digest);

  return g_test_run ();
}
