/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-certificate"

#include "config.h"

#include "net/mw-certificate.h"

#include "net/mw-inet.h"
#include "net/mw-net-error.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>
#include <string.h>

/* A certificate with more names than this is on no mail server; the rest is not shown. Matching is
 * GnuTLS's and sees all. */
#define MAX_NAMES 1000
#define MAX_PURPOSES 32

/* 99991231235959Z */
#define NEVER G_GINT64_CONSTANT (253402300799)

#define OID_SUBJECT_ALT_NAME "2.5.29.17"

typedef struct gnutls_x509_crt_int Crt;
typedef struct gnutls_subject_alt_names_st Sans;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Crt, gnutls_x509_crt_deinit)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sans, gnutls_subject_alt_names_deinit)

G_DEFINE_BOXED_TYPE (MwCertificate, mw_certificate, mw_certificate_ref, mw_certificate_unref)

static void
mw_certificate_clear (gpointer data)
{
  MwCertificate *self = data;

  g_clear_pointer (&self->der, g_bytes_unref);
  g_free (self->subject);
  g_free (self->issuer);
  g_free (self->common_name);
  g_free (self->issuer_common_name);
  g_free (self->serial);
  g_clear_pointer (&self->not_before, g_date_time_unref);
  g_clear_pointer (&self->not_after, g_date_time_unref);
  g_free (self->sha256);
  g_free (self->spki_sha256);
  g_strfreev (self->dns_names);
  g_strfreev (self->ip_addresses);
  g_strfreev (self->names);
  g_strfreev (self->purposes);
  g_clear_pointer (&self->crt, gnutls_x509_crt_deinit);
  g_mutex_clear (&self->mutex);
}

MwCertificate *
mw_certificate_ref (MwCertificate *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
mw_certificate_unref (MwCertificate *self)
{
  g_atomic_rc_box_release_full (self, mw_certificate_clear);
}

/* Text from a certificate: any bytes. What cannot be shown is written as \xx, so that two different
 * names never look alike. */
static char *
make_text (const void *data, gsize size)
{
  const char *bytes = data;
  GString *text = g_string_sized_new (size);
  gsize i = 0;

  while (i < size)
    {
      gunichar c = g_utf8_get_char_validated (bytes + i, (gssize) (size - i));
      gsize length = 1;

      if (c != (gunichar) -1 && c != (gunichar) -2)
        length = (gsize) g_unichar_to_utf8 (c, NULL);

      if (c == (gunichar) -1 || c == (gunichar) -2 || c == 0 || !g_unichar_isprint (c))
        for (gsize j = 0; j < length; j++)
          g_string_append_printf (text, "\\x%02x", (guint8) bytes[i + j]);
      else
        g_string_append_len (text, bytes + i, (gssize) length);

      i += length;
    }

  return g_string_free_and_steal (text);
}

static char *
make_hex (const guint8 *bytes, gsize size)
{
  GString *hex = g_string_sized_new (2 * size);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);

  return g_string_free_and_steal (hex);
}

typedef int (*ReadNameFunc) (gnutls_x509_crt_t crt, gnutls_datum_t *name, unsigned flags);

static char *
read_name (gnutls_x509_crt_t crt, ReadNameFunc read)
{
  gnutls_datum_t name = { NULL, 0 };
  char *text;

  if (read (crt, &name, 0) < 0)
    return g_strdup ("");

  text = make_text (name.data, name.size);
  gnutls_free (name.data);
  return text;
}

typedef int (*ReadPartFunc) (gnutls_x509_crt_t crt,
                             const char *oid,
                             unsigned index,
                             unsigned raw,
                             void *buffer,
                             size_t *size);

/* GnuTLS hands a part of a name out with the escapes of RFC 4514, section 2.4; a part that stands
 * alone needs none */
static gsize
unescape (char *text, gsize size)
{
  gsize to = 0;

  for (gsize from = 0; from < size; from++)
    {
      if (text[from] == '\\' && from + 2 < size && g_ascii_isxdigit (text[from + 1]) &&
          g_ascii_isxdigit (text[from + 2]))
        {
          text[to++] = (char) (g_ascii_xdigit_value (text[from + 1]) * 16 +
                               g_ascii_xdigit_value (text[from + 2]));
          from += 2;
          continue;
        }

      if (text[from] == '\\' && from + 1 < size)
        from++;
      text[to++] = text[from];
    }

  return to;
}

static char *
read_part (gnutls_x509_crt_t crt, ReadPartFunc read, const char *oid)
{
  char buffer[1024];
  size_t size = sizeof buffer;

  if (read (crt, oid, 0, 0, buffer, &size) < 0)
    return NULL;

  return make_text (buffer, unescape (buffer, size));
}

static GDateTime *
to_date_time (time_t time)
{
  /* (time_t) -1 is an error; the others are "no well-defined expiration" (RFC 5280, 4.1.2.5) */
  if (time == (time_t) -1 || time == GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION ||
      (gint64) time >= NEVER)
    return NULL;

  return g_date_time_new_from_unix_utc ((gint64) time);
}

static char *
read_ip_address (const gnutls_datum_t *data)
{
  g_autoptr(GInetAddress) address = NULL;

  if (data->size == 4)
    address = g_inet_address_new_from_bytes (data->data, G_SOCKET_FAMILY_IPV4);
  else if (data->size == 16)
    address = g_inet_address_new_from_bytes (data->data, G_SOCKET_FAMILY_IPV6);

  return address != NULL ? g_inet_address_to_string (address) : NULL;
}

static gboolean
import_alternative_names (gnutls_x509_crt_t crt, gnutls_subject_alt_names_t sans)
{
  g_autofree char *extension = NULL;
  gnutls_datum_t der;
  size_t size = 0;

  if (gnutls_x509_crt_get_extension_by_oid (crt, OID_SUBJECT_ALT_NAME, 0, NULL, &size, NULL) !=
          GNUTLS_E_SHORT_MEMORY_BUFFER &&
      size == 0)
    return TRUE;

  extension = g_malloc (size);
  if (gnutls_x509_crt_get_extension_by_oid (crt, OID_SUBJECT_ALT_NAME, 0, extension, &size, NULL) <
      0)
    return TRUE;

  der.data = (unsigned char *) extension;
  der.size = (unsigned) size;
  return gnutls_x509_ext_import_subject_alt_names (&der, sans, 0) >= 0;
}

/* By the extension as a whole: asking the certificate for one name after the other takes time that
 * grows with the square of their number, and the number is the server's choice */
static void
read_alternative_names (MwCertificate *self, gnutls_x509_crt_t crt)
{
  g_autoptr(GStrvBuilder) dns_names = g_strv_builder_new ();
  g_autoptr(GStrvBuilder) ip_addresses = g_strv_builder_new ();
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr(Sans) sans = NULL;

  if (gnutls_subject_alt_names_init (&sans) < 0)
    g_error ("out of memory");
  if (!import_alternative_names (crt, sans))
    self->n_unreadable_names++;

  for (unsigned i = 0; i < MAX_NAMES; i++)
    {
      gnutls_datum_t data;
      unsigned type;
      g_autofree char *name = NULL;

      if (gnutls_subject_alt_names_get (sans, i, &type, &data, NULL) < 0)
        break;

      if (type == GNUTLS_SAN_DNSNAME)
        name = make_text (data.data, data.size);
      else if (type == GNUTLS_SAN_IPADDRESS)
        name = read_ip_address (&data);
      else
        continue;

      if (name == NULL)
        {
          self->n_unreadable_names++;
          continue;
        }

      g_strv_builder_add (type == GNUTLS_SAN_DNSNAME ? dns_names : ip_addresses, name);
      g_strv_builder_add (names, name);
    }

  self->dns_names = g_strv_builder_end (dns_names);
  self->ip_addresses = g_strv_builder_end (ip_addresses);
  self->names = g_strv_builder_end (names);
}

static void
read_purposes (MwCertificate *self, gnutls_x509_crt_t crt)
{
  g_autoptr(GStrvBuilder) purposes = g_strv_builder_new ();

  self->allows_server = TRUE;
  for (unsigned i = 0; i < MAX_PURPOSES; i++)
    {
      char oid[128];
      size_t size = sizeof oid;

      if (gnutls_x509_crt_get_key_purpose_oid (crt, i, oid, &size, NULL) < 0)
        break;

      if (i == 0)
        self->allows_server = FALSE;
      if (strcmp (oid, GNUTLS_KP_TLS_WWW_SERVER) == 0 || strcmp (oid, GNUTLS_KP_ANY) == 0)
        self->allows_server = TRUE;
      g_strv_builder_add (purposes, oid);
    }

  self->purposes = g_strv_builder_end (purposes);
}

static void
read_key (MwCertificate *self, gnutls_x509_crt_t crt)
{
  guint8 id[32];
  size_t size = sizeof id;
  unsigned bits = 0;
  int key = gnutls_x509_crt_get_pk_algorithm (crt, &bits);
  int signature = gnutls_x509_crt_get_signature_algorithm (crt);

  self->key_type = key > 0 ? gnutls_pk_get_name ((gnutls_pk_algorithm_t) key) : NULL;
  if (self->key_type == NULL)
    self->key_type = "unknown";
  self->key_bits = bits;

  self->signature_algorithm =
      signature > 0 ? gnutls_sign_get_name ((gnutls_sign_algorithm_t) signature) : NULL;
  if (self->signature_algorithm == NULL)
    self->signature_algorithm = "unknown";

  if (gnutls_x509_crt_get_key_id (crt, GNUTLS_KEYID_USE_SHA256, id, &size) >= 0)
    self->spki_sha256 = make_hex (id, size);
  else
    self->spki_sha256 = g_strdup ("");
}

static Crt *
import_der (GBytes *der)
{
  gnutls_x509_crt_t crt = NULL;
  gnutls_datum_t datum;
  gsize size;

  datum.data = (unsigned char *) g_bytes_get_data (der, &size);
  datum.size = (unsigned) size;
  if (gnutls_x509_crt_init (&crt) < 0)
    return NULL;

  if (gnutls_x509_crt_import (crt, &datum, GNUTLS_X509_FMT_DER) < 0)
    g_clear_pointer (&crt, gnutls_x509_crt_deinit);

  return crt;
}

MwCertificate *
mw_certificate_new (GBytes *der, GError **error)
{
  g_autoptr(Crt) crt = NULL;
  MwCertificate *self;
  guint8 serial[128];
  size_t size = sizeof serial;

  g_return_val_if_fail (der != NULL, NULL);

  crt = import_der (der);
  if (crt == NULL)
    {
      g_set_error_literal (error, MW_NET_ERROR, MW_NET_ERROR_TLS_FAILED,
                           "the certificate cannot be read");
      return NULL;
    }

  self = g_atomic_rc_box_new0 (MwCertificate);
  g_mutex_init (&self->mutex);
  self->der = g_bytes_ref (der);
  self->subject = read_name (crt, gnutls_x509_crt_get_dn3);
  self->issuer = read_name (crt, gnutls_x509_crt_get_issuer_dn3);
  self->common_name = read_part (crt, gnutls_x509_crt_get_dn_by_oid, GNUTLS_OID_X520_COMMON_NAME);
  self->issuer_common_name =
      read_part (crt, gnutls_x509_crt_get_issuer_dn_by_oid, GNUTLS_OID_X520_COMMON_NAME);
  if (self->issuer_common_name == NULL)
    self->issuer_common_name =
        read_part (crt, gnutls_x509_crt_get_issuer_dn_by_oid, GNUTLS_OID_X520_ORGANIZATION_NAME);
  if (gnutls_x509_crt_get_serial (crt, serial, &size) < 0)
    size = 0;
  self->serial = make_hex (serial, size);
  self->not_before = to_date_time (gnutls_x509_crt_get_activation_time (crt));
  self->not_after = to_date_time (gnutls_x509_crt_get_expiration_time (crt));
  self->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, der);
  read_key (self, crt);
  read_alternative_names (self, crt);
  read_purposes (self, crt);
  self->is_ca = gnutls_x509_crt_get_ca_status (crt, NULL) > 0;
  self->is_self_issued = gnutls_x509_crt_check_issuer (crt, crt) != 0;
  self->crt = g_steal_pointer (&crt);

  return self;
}

gboolean
mw_certificate_matches_host (const MwCertificate *self, const char *host)
{
  g_autoptr(GInetAddress) address = NULL;
  g_autofree char *name = NULL;
  gboolean matches;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  address = mw_inet_address_new_from_literal (host);
  if (address != NULL)
    {
      g_autofree char *text = g_inet_address_to_string (address);

      return g_strv_contains ((const char *const *) self->ip_addresses, text);
    }

  /* Without any dNSName GnuTLS would fall back to the common name */
  if (*self->dns_names == NULL)
    return FALSE;

  name = g_str_has_suffix (host, ".") ? g_strndup (host, strlen (host) - 1) : g_strdup (host);
  g_mutex_lock ((GMutex *) &self->mutex);
  matches =
      gnutls_x509_crt_check_hostname2 (self->crt, name, GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES) != 0;
  g_mutex_unlock ((GMutex *) &self->mutex);

  return matches;
}
