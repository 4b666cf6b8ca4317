/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "net/mw-net-error.h"
#include "net/mw-trust.h"
#include "support/mw-test-certs.h"

#include <gnutls/x509.h>
#include <string.h>

static MwCertificate *
make (const MwTestCert *issuer, const MwTestCertOptions *options)
{
  g_autoptr(MwTestCert) cert = mw_test_cert_new (issuer, options);
  g_autoptr(GError) error = NULL;
  MwCertificate *certificate = mw_certificate_new (cert->der, &error);

  g_assert_no_error (error);
  return certificate;
}

static void
test_pieces (void)
{
  g_autoptr(MwCertificate) certificate = make (
      mw_test_cert_get_root (), &(MwTestCertOptions) { .subject = "Mail, \"Server\"",
                                                       .dns_names = "a.example,*.b.example",
                                                       .ip_addresses = "192.0.2.1,2001:db8::1",
                                                       .not_after_days = 10 });
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *names = g_strjoinv (" ", certificate->names);
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, certificate->der);

  g_assert_cmpstr (certificate->subject, ==, "CN=Mail\\, \\\"Server\\\"");
  g_assert_cmpstr (certificate->common_name, ==, "Mail, \"Server\"");
  g_assert_cmpstr (certificate->issuer, ==, "CN=Test Root");
  g_assert_cmpstr (certificate->issuer_common_name, ==, "Test Root");
  g_assert_cmpstr (names, ==, "a.example *.b.example 192.0.2.1 2001:db8::1");
  g_assert_cmpuint (g_strv_length (certificate->dns_names), ==, 2);
  g_assert_cmpuint (g_strv_length (certificate->ip_addresses), ==, 2);
  g_assert_cmpstr (certificate->sha256, ==, digest);
  g_assert_cmpuint (strlen (certificate->spki_sha256), ==, 64);
  g_assert_cmpstr (certificate->key_type, ==, "EC/ECDSA");
  g_assert_cmpuint (certificate->key_bits, ==, 256);
  g_assert_cmpstr (certificate->signature_algorithm, ==, "ECDSA-SHA256");
  g_assert_cmpint (g_date_time_difference (certificate->not_after, now), >, 9 * G_TIME_SPAN_DAY);
  g_assert_cmpint (g_date_time_difference (certificate->not_after, now), <=, 10 * G_TIME_SPAN_DAY);
  g_assert_cmpint (g_date_time_compare (certificate->not_before, now), <, 0);
  g_assert_false (certificate->is_ca);
  g_assert_false (certificate->is_self_issued);
  g_assert_true (certificate->allows_server);
}

static void
test_self_signed (void)
{
  g_autoptr(MwCertificate) root = mw_certificate_new (mw_test_cert_get_root ()->der, NULL);
  g_autoptr(MwCertificate) leaf =
                make (NULL, &(MwTestCertOptions) { .dns_names = "a.example", .self_signed = TRUE });

  g_assert_true (root->is_ca);
  g_assert_true (root->is_self_issued);
  g_assert_false (leaf->is_ca);
  g_assert_true (leaf->is_self_issued);
}

static void
test_never_expires (void)
{
  g_autoptr(MwCertificate) certificate =
                make (mw_test_cert_get_root (), &(MwTestCertOptions) { .never_expires = TRUE });

  g_assert_null (certificate->not_after);
  g_assert_nonnull (certificate->not_before);
}

static void
test_purpose (void)
{
  g_autoptr(MwCertificate) certificate =
                make (mw_test_cert_get_root (), &(MwTestCertOptions) { .purpose_client = TRUE });

  g_assert_false (certificate->allows_server);
  g_assert_cmpuint (g_strv_length (certificate->purposes), ==, 1);
}

static void
test_weak (void)
{
  g_autoptr(MwCertificate) certificate = make (
      mw_test_cert_get_root (), &(MwTestCertOptions) { .rsa_bits = 1024, .sha1 = TRUE });

  g_assert_cmpstr (certificate->key_type, ==, "RSA");
  g_assert_cmpuint (certificate->key_bits, ==, 1024);
  g_assert_cmpstr (certificate->signature_algorithm, ==, "ECDSA-SHA1");
}

static void
test_matches (void)
{
  g_autoptr(MwCertificate) certificate =
                make (mw_test_cert_get_root (),
                      &(MwTestCertOptions) { .subject = "cn.example",
                                             .dns_names = "mail.example.org,*.wild.example.org",
                                             .ip_addresses = "192.0.2.1,2001:db8::1" });
  static const char *const good[] = { "mail.example.org", "MAIL.example.org.", "x.wild.example.org",
                                      "192.0.2.1",        "2001:db8::1",       "[2001:db8::1]" };
  static const char *const bad[] = {
    "cn.example",       "example.org", "a.b.wild.example.org",          "wild.example.org",
    "192.0.2.2",        "2001:db8::2", "mail.example.org.evil.example", "",
    "xmail.example.org"
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_test_message ("%s", good[i]);
      g_assert_true (mw_certificate_matches_host (certificate, good[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (mw_certificate_matches_host (certificate, bad[i]));
    }
}

static void
test_common_name_only (void)
{
  g_autoptr(MwCertificate) none = make (mw_test_cert_get_root (),
                                        &(MwTestCertOptions) { .subject = "mail.example.org" });
  g_autoptr(MwCertificate) address = make (
      mw_test_cert_get_root (),
      &(MwTestCertOptions) { .subject = "mail.example.org", .ip_addresses = "192.0.2.1" });
  g_autoptr(MwCertificate) ip_as_name =
                make (mw_test_cert_get_root (), &(MwTestCertOptions) { .dns_names = "192.0.2.1" });

  g_assert_false (mw_certificate_matches_host (none, "mail.example.org"));
  g_assert_false (mw_certificate_matches_host (address, "mail.example.org"));
  g_assert_false (mw_certificate_matches_host (ip_as_name, "192.0.2.1"));
}

static void
test_control_characters (void)
{
  g_autoptr(MwCertificate) certificate = make (
      mw_test_cert_get_root (),
      &(MwTestCertOptions) { .subject = "a\nb\x1b[1m\xe2\x80\xae", .dns_names = "good.example" });

  g_assert_cmpstr (certificate->common_name, ==, "a\\x0ab\\x1b[1m\\xe2\\x80\\xae");
  g_assert_true (g_utf8_validate (certificate->subject, -1, NULL));
  for (const char *c = certificate->subject; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
}

/* GnuTLS takes a name with a NUL in a certificate; no host may match it, and the text must show it
 */
static void
test_nul_in_name (void)
{
  /* SubjectAltName: a sequence of one dNSName */
  static const char extension[] = "\x30\x1e\x82\x1c"
                                  "good.example\0.evil.example.x";
  g_autoptr(MwTestCert) cert =
                mw_test_cert_new (NULL, &(MwTestCertOptions) { .self_signed = TRUE });
  g_autoptr(MwCertificate) certificate = NULL;
  g_autoptr(GBytes) bytes = NULL;
  gnutls_datum_t der;

  g_assert_cmpint (gnutls_x509_crt_set_extension_by_oid (cert->crt, "2.5.29.17", extension,
                                                         sizeof extension - 1, 0),
                   >=, 0);
  g_assert_cmpint (gnutls_x509_crt_sign2 (cert->crt, cert->crt, cert->key, GNUTLS_DIG_SHA256, 0),
                   >=, 0);
  g_assert_cmpint (gnutls_x509_crt_export2 (cert->crt, GNUTLS_X509_FMT_DER, &der), >=, 0);
  bytes = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);

  certificate = mw_certificate_new (bytes, NULL);
  g_assert_nonnull (certificate);
  g_assert_cmpstr (certificate->dns_names[0], ==, "good.example\\x00.evil.example.x");
  g_assert_false (mw_certificate_matches_host (certificate, "good.example"));
  g_assert_false (mw_certificate_matches_host (certificate, "test.example"));
}

static void
test_many_names (void)
{
  g_autoptr(GString) list = g_string_new ("first.example");
  g_autoptr(MwCertificate) certificate = NULL;
  gint64 started;

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (list, ",n%u.example", i);
  certificate = make (mw_test_cert_get_root (), &(MwTestCertOptions) { .dns_names = list->str });

  g_assert_cmpuint (g_strv_length (certificate->names), ==, 1000);
  g_assert_true (mw_certificate_matches_host (certificate, "n2999.example"));
  started = g_get_monotonic_time ();
  for (guint i = 0; i < 5; i++)
    mw_certificate_unref (mw_certificate_new (certificate->der, NULL));
  g_assert_cmpint (g_get_monotonic_time () - started, <, 10 * G_USEC_PER_SEC);
}

static void
test_garbage (void)
{
  const MwTestCert *root = mw_test_cert_get_root ();
  gsize size;
  const guint8 *bytes = g_bytes_get_data (root->der, &size);

  for (gsize length = 0; length < size; length++)
    {
      g_autoptr(GBytes) part = g_bytes_new (bytes, length);
      g_autoptr(GError) error = NULL;

      g_assert_null (mw_certificate_new (part, &error));
      g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TLS_FAILED);
    }

  /* A flipped byte may still be a certificate, but must never be a crash */
  for (gsize i = 0; i < size; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (bytes, size);
      g_autoptr(GBytes) part = NULL;
      g_autoptr(MwCertificate) certificate = NULL;

      copy[i] ^= 0xff;
      part = g_bytes_new (copy, size);
      certificate = mw_certificate_new (part, NULL);
      if (certificate != NULL)
        g_assert_true (g_utf8_validate (certificate->subject, -1, NULL));
    }
}

static void
test_pin (void)
{
  g_autoptr(MwTrust) trust = mw_trust_new (MW_TRUST_NONE, NULL, NULL);
  g_autoptr(MwTrust) pinned = NULL, twice = NULL;
  g_autoptr(MwCertificate) one = make (NULL, &(MwTestCertOptions) { .self_signed = TRUE });
  g_autoptr(MwCertificate) two = make (NULL, &(MwTestCertOptions) { .self_signed = TRUE });

  pinned = mw_trust_with_pin (trust, "Mail.example.org.", 993, one->spki_sha256);
  twice = mw_trust_with_pin (pinned, "other.example.org", 993, two->spki_sha256);

  g_assert_false (mw_trust_accepts_pin (trust, "mail.example.org", 993, one));
  g_assert_true (mw_trust_accepts_pin (pinned, "mail.example.org", 993, one));
  g_assert_true (mw_trust_accepts_pin (twice, "MAIL.example.org", 993, one));
  g_assert_true (mw_trust_accepts_pin (twice, "other.example.org", 993, two));
  g_assert_false (mw_trust_accepts_pin (pinned, "mail.example.org", 993, two));
  g_assert_false (mw_trust_accepts_pin (pinned, "mail.example.org", 143, one));
  g_assert_false (mw_trust_accepts_pin (pinned, "imap.example.org", 993, one));
}

static void
test_trust_needs_certificates (void)
{
  g_autoptr(GBytes) text = g_bytes_new_static ("hello", 5);
  g_autoptr(GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr(GError) error = NULL;
  g_autofree char *file = g_build_filename (g_get_user_runtime_dir (), "none.pem", NULL);

  g_assert_null (mw_trust_new (MW_TRUST_NONE, text, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TLS_FAILED);
  g_clear_error (&error);
  g_assert_null (mw_trust_new (MW_TRUST_NONE, nothing, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TLS_FAILED);
  g_clear_error (&error);
  g_assert_null (mw_trust_new_for_file (file, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

static void
test_verify_chain (void)
{
  g_autoptr(GBytes) pem = mw_test_cert_dup_root_pem ();
  g_autoptr(MwTrust) trust = mw_trust_new (MW_TRUST_NONE, pem, NULL);
  g_autoptr(MwTrust) nobody = mw_trust_new (MW_TRUST_NONE, NULL, NULL);
  g_autoptr(MwTestCert) good = mw_test_cert_new (mw_test_cert_get_root (), NULL);
  g_autoptr(MwTestCert) expired = mw_test_cert_new (
      mw_test_cert_get_root (),
      &(MwTestCertOptions) { .not_before_days = -20, .not_after_days = -10 });
  g_autoptr(GPtrArray) chain = g_ptr_array_new (), empty = g_ptr_array_new ();

  g_ptr_array_add (chain, good->der);
  g_assert_cmphex (mw_trust_verify_chain (trust, chain), ==, 0);
  g_assert_cmphex (mw_trust_verify_chain (nobody, chain) & GNUTLS_CERT_SIGNER_NOT_FOUND, !=, 0);
  g_assert_cmphex (mw_trust_verify_chain (trust, empty), !=, 0);

  g_ptr_array_set_size (chain, 0);
  g_ptr_array_add (chain, expired->der);
  g_assert_cmphex (mw_trust_verify_chain (trust, chain) & GNUTLS_CERT_EXPIRED, !=, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/certificate/pieces-are-read", test_pieces);
  g_test_add_func ("/certificate/self-signed-is-self-issued", test_self_signed);
  g_test_add_func ("/certificate/no-well-defined-expiration-is-never", test_never_expires);
  g_test_add_func ("/certificate/client-purpose-does-not-allow-a-server", test_purpose);
  g_test_add_func ("/certificate/weak-key-and-signature-are-named", test_weak);
  g_test_add_func ("/certificate/host-must-be-an-alternative-name", test_matches);
  g_test_add_func ("/certificate/common-name-proves-nothing", test_common_name_only);
  g_test_add_func ("/certificate/control-characters-are-written-out", test_control_characters);
  g_test_add_func ("/certificate/nul-in-a-name-matches-nothing", test_nul_in_name);
  g_test_add_func ("/certificate/thousands-of-names-are-bounded", test_many_names);
  g_test_add_func ("/certificate/broken-ones-are-refused", test_garbage);
  g_test_add_func ("/trust/a-pin-is-for-one-key-of-one-server", test_pin);
  g_test_add_func ("/trust/a-file-without-certificates-is-an-error", test_trust_needs_certificates);
  g_test_add_func ("/trust/chains-are-verified", test_verify_chain);

  return g_test_run ();
}
