/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "support/mw-test-certs.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define DAY (24 * 60 * 60)

static void
must (int code)
{
  if (code < 0)
    g_error ("GnuTLS: %s", gnutls_strerror (code));
}

static gnutls_x509_privkey_t
make_key (guint rsa_bits)
{
  gnutls_x509_privkey_t key;

  must (gnutls_x509_privkey_init (&key));
  if (rsa_bits > 0)
    must (gnutls_x509_privkey_generate (key, GNUTLS_PK_RSA, rsa_bits, 0));
  else
    must (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                        GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));

  return key;
}

/* A little DER, for what GnuTLS only reads */

#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_ENUMERATED 0x0a
#define TAG_TIME 0x18
#define TAG_SEQUENCE 0x30
#define TAG_CONTEXT 0x80
#define TAG_EXPLICIT 0xa0
#define TAG_DNS_NAME 0x82
#define TAG_IP_ADDRESS 0x87

static void
put (GByteArray *der, guint8 tag, const void *bytes, gsize size)
{
  guint8 head[5] = { tag };
  guint n = 1;

  g_assert_cmpuint (size, <, 1 << 24);
  if (size > 0x7f)
    head[n++] = size > 0xffff ? 0x83 : size > 0xff ? 0x82 : 0x81;
  if (size > 0xffff)
    head[n++] = (guint8) (size >> 16);
  if (size > 0xff)
    head[n++] = (guint8) (size >> 8);
  head[n++] = (guint8) size;
  g_byte_array_append (der, head, n);
  g_byte_array_append (der, bytes, (guint) size);
}

static void
add_names (GByteArray *names, guint8 tag, const char *list)
{
  g_auto (GStrv) parts = g_strsplit (list, ",", -1);

  for (char **part = parts; *part != NULL; part++)
    {
      g_autoptr(GInetAddress) address = NULL;

      if (tag == TAG_DNS_NAME)
        {
          put (names, tag, *part, strlen (*part));
          continue;
        }

      address = g_inet_address_new_from_string (*part);
      g_assert_nonnull (address);
      put (names, tag, g_inet_address_to_bytes (address), g_inet_address_get_native_size (address));
    }
}

/* By hand: GnuTLS takes minutes to add thousands of names one by one */
static void
set_names (gnutls_x509_crt_t crt, const MwTestCertOptions *options)
{
  g_autoptr(GByteArray) names = g_byte_array_new (), extension = g_byte_array_new ();

  if (options->dns_names != NULL)
    add_names (names, TAG_DNS_NAME, options->dns_names);
  if (options->ip_addresses != NULL)
    add_names (names, TAG_IP_ADDRESS, options->ip_addresses);
  if (names->len == 0)
    return;

  put (extension, TAG_SEQUENCE, names->data, names->len);
  must (
      gnutls_x509_crt_set_extension_by_oid (crt, "2.5.29.17", extension->data, extension->len, 0));
}

static void
set_times (gnutls_x509_crt_t crt, const MwTestCertOptions *options)
{
  time_t now = time (NULL);
  int from = options->not_before_days != 0 ? options->not_before_days : -1;
  int to = options->not_after_days != 0 ? options->not_after_days : 365;

  must (gnutls_x509_crt_set_activation_time (crt, now + (time_t) from * DAY));
  must (gnutls_x509_crt_set_expiration_time (crt, options->never_expires
                                                      ? GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION
                                                      : now + (time_t) to * DAY));
}

static void
set_extensions (gnutls_x509_crt_t crt, const MwTestCertOptions *options)
{
  guint8 id[20];
  size_t size = sizeof id;

  must (gnutls_x509_crt_set_basic_constraints (crt, options->ca, -1));
  must (gnutls_x509_crt_get_key_id (crt, 0, id, &size));
  must (gnutls_x509_crt_set_subject_key_id (crt, id, size));

  set_names (crt, options);

  if (options->ca)
    must (gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN |
                                                  GNUTLS_KEY_DIGITAL_SIGNATURE));
  else if (options->no_digital_signature)
    must (gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_KEY_AGREEMENT));

  if (options->purpose_client)
    must (gnutls_x509_crt_set_key_purpose_oid (crt, GNUTLS_KP_TLS_WWW_CLIENT, 0));
}

static char *
export_pem (int (*export) (void *object, gnutls_datum_t *pem), void *object)
{
  gnutls_datum_t pem;
  char *text;

  must (export (object, &pem));
  text = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);

  return text;
}

static int
export_crt (void *crt, gnutls_datum_t *pem)
{
  return gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, pem);
}

static int
export_key (void *key, gnutls_datum_t *pem)
{
  return gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, pem);
}

MwTestCert *
mw_test_cert_new (const MwTestCert *issuer, const MwTestCertOptions *options)
{
  static guint8 serial;
  MwTestCertOptions good = { 0 };
  MwTestCert *self = g_new0 (MwTestCert, 1);
  gboolean self_signed;
  gnutls_datum_t der;
  guint8 bytes[2];

  if (options == NULL)
    options = &good;
  self_signed = issuer == NULL || options->self_signed;

  self->key = make_key (options->rsa_bits);
  must (gnutls_x509_crt_init ((gnutls_x509_crt_t *) &self->crt));
  must (gnutls_x509_crt_set_version (self->crt, 3));
  bytes[0] = 1;
  bytes[1] = ++serial;
  must (gnutls_x509_crt_set_serial (self->crt, bytes, sizeof bytes));
  if (options->subject == NULL || *options->subject != '\0')
    {
      const char *subject = options->subject != NULL ? options->subject : "test.example";

      must (gnutls_x509_crt_set_dn_by_oid (self->crt, GNUTLS_OID_X520_COMMON_NAME, 0, subject,
                                           (unsigned) strlen (subject)));
    }
  set_times (self->crt, options);
  must (gnutls_x509_crt_set_key (self->crt, self->key));
  set_extensions (self->crt, options);

  must (gnutls_x509_crt_sign2 (self->crt, self_signed ? self->crt : issuer->crt,
                               self_signed ? self->key : issuer->key,
                               options->sha1 ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256, 0));

  self->pem = export_pem (export_crt, self->crt);
  self->key_pem = export_pem (export_key, self->key);
  must (gnutls_x509_crt_export2 (self->crt, GNUTLS_X509_FMT_DER, &der));
  self->der = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  self->root = self_signed;
  self->chain_pem =
      g_strconcat (self->pem, !self_signed && !issuer->root ? issuer->chain_pem : NULL, NULL);

  return self;
}

void
mw_test_cert_free (MwTestCert *self)
{
  gnutls_x509_crt_deinit (self->crt);
  gnutls_x509_privkey_deinit (self->key);
  g_bytes_unref (self->der);
  g_free (self->pem);
  g_free (self->key_pem);
  g_free (self->chain_pem);
  g_free (self);
}

const MwTestCert *
mw_test_cert_get_root (void)
{
  static gsize once = 0;
  static MwTestCert *root = NULL;

  if (g_once_init_enter (&once))
    {
      root = mw_test_cert_new (NULL, &(MwTestCertOptions) { .subject = "Test Root", .ca = TRUE });
      g_once_init_leave (&once, 1);
    }

  return root;
}

GBytes *
mw_test_cert_dup_root_pem (void)
{
  const char *pem = mw_test_cert_get_root ()->pem;

  return g_bytes_new (pem, strlen (pem));
}

/* OCSP answers: GnuTLS reads them only, so here is what one is made of (RFC 6960, section
 * 4.2.1) */

static const guint8 oid_ocsp_basic[] = { 0x06, 0x09, 0x2b, 0x06, 0x01, 0x05,
                                         0x05, 0x07, 0x30, 0x01, 0x01 };
static const guint8 algorithm_ecdsa_sha256[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
                                                 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
static const guint8 algorithm_sha1[] = { 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                         0x03, 0x02, 0x1a, 0x05, 0x00 };

static void
put_time (GByteArray *der, int days)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) then = g_date_time_add_days (now, days);
  g_autofree char *text = g_date_time_format (then, "%Y%m%d%H%M%SZ");

  put (der, TAG_TIME, text, strlen (text));
}

static void
put_sha1 (GByteArray *der, const void *bytes, gsize size)
{
  guint8 digest[20];

  must (gnutls_hash_fast (GNUTLS_DIG_SHA1, bytes, size, digest));
  put (der, TAG_OCTET_STRING, digest, sizeof digest);
}

/* The public point as it stands in the certificate, its coordinates 32 bytes each */
static void
get_point (const MwTestCert *cert, guint8 point[65])
{
  gnutls_datum_t coordinates[2];
  gnutls_ecc_curve_t curve;

  must (gnutls_x509_crt_get_pk_ecc_raw (cert->crt, &curve, &coordinates[0], &coordinates[1]));
  memset (point, 0, 65);
  point[0] = 4;
  for (guint i = 0; i < 2; i++)
    {
      gsize size = MIN (coordinates[i].size, 32);

      memcpy (point + 1 + (i + 1) * 32 - size, coordinates[i].data + coordinates[i].size - size,
              size);
      gnutls_free (coordinates[i].data);
    }
}

static GByteArray *
make_single_response (const MwTestCert *issuer, const MwTestCert *leaf, gboolean revoked)
{
  g_autoptr(GByteArray) id = g_byte_array_new (), content = g_byte_array_new ();
  g_autoptr(GByteArray) next = g_byte_array_new (), when = g_byte_array_new ();
  GByteArray *single = g_byte_array_new ();
  guint8 serial[32], point[65];
  size_t size = sizeof serial;
  gnutls_datum_t name;

  must (gnutls_x509_crt_get_raw_dn (issuer->crt, &name));
  must (gnutls_x509_crt_get_serial (leaf->crt, serial, &size));
  get_point (issuer, point);
  g_byte_array_append (id, algorithm_sha1, sizeof algorithm_sha1);
  put_sha1 (id, name.data, name.size);
  put_sha1 (id, point, sizeof point);
  put (id, TAG_INTEGER, serial, size);
  gnutls_free (name.data);

  put (content, TAG_SEQUENCE, id->data, id->len);
  if (revoked)
    put_time (when, -1);
  put (content, revoked ? TAG_EXPLICIT | 1 : TAG_CONTEXT, when->data, when->len);
  put_time (content, -1);
  put_time (next, 6);
  put (content, TAG_EXPLICIT, next->data, next->len);
  put (single, TAG_SEQUENCE, content->data, content->len);

  return single;
}

static GByteArray *
make_response_data (const MwTestCert *issuer, const MwTestCert *leaf, gboolean revoked)
{
  g_autoptr(GByteArray) content = g_byte_array_new ();
  g_autoptr(GByteArray) single = make_single_response (issuer, leaf, revoked);
  GByteArray *data = g_byte_array_new ();
  gnutls_datum_t name;

  /* The responder, by name: that is how GnuTLS finds it among the authorities */
  must (gnutls_x509_crt_get_raw_dn (issuer->crt, &name));
  put (content, TAG_EXPLICIT | 1, name.data, name.size);
  gnutls_free (name.data);
  put_time (content, -1);
  put (content, TAG_SEQUENCE, single->data, single->len);
  put (data, TAG_SEQUENCE, content->data, content->len);

  return data;
}

static GByteArray *
sign (const MwTestCert *issuer, const GByteArray *data)
{
  GByteArray *bits = g_byte_array_new ();
  gnutls_datum_t input = { data->data, data->len }, signature;
  gnutls_privkey_t key;

  must (gnutls_privkey_init (&key));
  must (gnutls_privkey_import_x509 (key, issuer->key, GNUTLS_PRIVKEY_IMPORT_COPY));
  must (gnutls_privkey_sign_data (key, GNUTLS_DIG_SHA256, 0, &input, &signature));
  g_byte_array_append (bits, (const guint8 *) "\0", 1);
  g_byte_array_append (bits, signature.data, signature.size);
  gnutls_free (signature.data);
  gnutls_privkey_deinit (key);

  return bits;
}

GBytes *
mw_test_cert_make_ocsp (const MwTestCert *issuer, const MwTestCert *leaf, gboolean revoked)
{
  g_autoptr(GByteArray) data = make_response_data (issuer, leaf, revoked);
  g_autoptr(GByteArray) bits = sign (issuer, data);
  g_autoptr(GByteArray) basic_content = g_byte_array_new (), basic = g_byte_array_new ();
  g_autoptr(GByteArray) bytes_content = g_byte_array_new (), bytes = g_byte_array_new ();
  g_autoptr(GByteArray) content = g_byte_array_new (), response = g_byte_array_new ();

  g_byte_array_append (basic_content, data->data, data->len);
  g_byte_array_append (basic_content, algorithm_ecdsa_sha256, sizeof algorithm_ecdsa_sha256);
  put (basic_content, TAG_BIT_STRING, bits->data, bits->len);
  put (basic, TAG_SEQUENCE, basic_content->data, basic_content->len);

  g_byte_array_append (bytes_content, oid_ocsp_basic, sizeof oid_ocsp_basic);
  put (bytes_content, TAG_OCTET_STRING, basic->data, basic->len);
  put (bytes, TAG_SEQUENCE, bytes_content->data, bytes_content->len);

  put (content, TAG_ENUMERATED, "\0", 1);
  put (content, TAG_EXPLICIT, bytes->data, bytes->len);
  put (response, TAG_SEQUENCE, content->data, content->len);

  return g_byte_array_free_to_bytes (g_steal_pointer (&response));
}
