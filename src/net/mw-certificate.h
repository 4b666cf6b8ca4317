/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MW_TYPE_CERTIFICATE (mw_certificate_get_type ())

/**
 * MwCertificate:
 * @der: the certificate itself
 * @subject: the subject's name as text (RFC 4514); "" if it has none
 * @issuer: the issuer's name
 * @common_name: (nullable): the subject's first common name
 * @issuer_common_name: (nullable): the issuer's common name, or else its organisation
 * @serial: the serial number, lower-case hex
 * @not_before: (nullable): when it begins to be valid, UTC; %NULL if it does not say
 * @not_after: (nullable): when it ends; %NULL for "never" (99991231235959Z)
 * @sha256: SHA-256 of the certificate, 64 lower-case hex digits
 * @spki_sha256: SHA-256 of its public key: what a pin is made of
 * @dns_names: the dNSName entries of the subject alternative name
 * @ip_addresses: its iPAddress entries, as text
 * @names: both, for people
 * @key_type: "RSA", "EC/ECDSA", "EdDSA (Ed25519)"...
 * @key_bits: its size
 * @signature_algorithm: "RSA-SHA256"...
 * @is_ca: whether basic constraints say that it may issue others
 * @is_self_issued: whether it names itself as its issuer: self-signed, unless somebody lies
 * @purposes: extended key usage, as OIDs; empty if there is no such extension
 * @allows_server: whether key purposes let it be a TLS server (no extension: yes)
 * @n_unreadable_names: alternative names that could not be read
 *
 * One certificate, taken to pieces. Immutable and counted. All text came from outside and was made
 * fit to show: valid UTF-8, control characters and NUL written as "\xx".
 */
typedef struct
{
  GBytes *der;
  char *subject;
  char *issuer;
  char *common_name;
  char *issuer_common_name;
  char *serial;
  GDateTime *not_before;
  GDateTime *not_after;
  char *sha256;
  char *spki_sha256;
  GStrv dns_names;
  GStrv ip_addresses;
  GStrv names;
  const char *key_type;
  guint key_bits;
  const char *signature_algorithm;
  gboolean is_ca;
  gboolean is_self_issued;
  GStrv purposes;
  gboolean allows_server;
  guint n_unreadable_names;

  /*< private >*/
  gpointer crt; /* GnuTLS's own form; used by one thread at a time: @mutex */
  GMutex mutex;
} MwCertificate;

GType mw_certificate_get_type (void) G_GNUC_CONST;

/**
 * mw_certificate_new:
 * @der: a certificate in DER
 * @error: return location for an error: %MW_NET_ERROR_TLS_FAILED
 *
 * Returns: (transfer full): the certificate in pieces
 */
MwCertificate *mw_certificate_new (GBytes *der, GError **error);
MwCertificate *mw_certificate_ref (MwCertificate *self);
void mw_certificate_unref (MwCertificate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwCertificate, mw_certificate_unref)

/**
 * mw_certificate_matches_host:
 * @self: a certificate
 * @host: a host name of A-labels, with or without a final dot, or an IP literal
 *
 * Compares with the subject alternative names only (RFC 9525): a common name proves nothing. A
 * wildcard stands for one whole leftmost label. An IP literal needs an iPAddress.
 *
 * Returns: whether the certificate is made out to @host
 */
gboolean mw_certificate_matches_host (const MwCertificate *self, const char *host);

G_END_DECLS
