/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "net/mw-connection.h"
#include "net/mw-trust.h"

G_BEGIN_DECLS

/**
 * MwOcspStaple:
 * @MW_OCSP_NONE: the server stapled nothing
 * @MW_OCSP_GOOD: the issuer says: not revoked
 * @MW_OCSP_REVOKED: the issuer says: revoked
 * @MW_OCSP_UNKNOWN: a staple that says neither, is too old, or is not about this certificate
 *
 * What the OCSP answer says that came with the handshake (RFC 6066, section 8). Nothing is ever
 * asked from an OCSP server.
 */
typedef enum
{
  MW_OCSP_NONE,
  MW_OCSP_GOOD,
  MW_OCSP_REVOKED,
  MW_OCSP_UNKNOWN,
} MwOcspStaple;

#define MW_TYPE_TLS_INFO (mw_tls_info_get_type ())

/**
 * MwTlsInfo:
 * @complete: whether the handshake succeeded; if not, the rest is what was learnt before it failed
 * @version: "TLS1.3"; %NULL if it was not agreed on
 * @cipher: "AES-256-GCM"
 * @group: (nullable): "X25519", "SECP256R1", ...
 * @key_exchange: "ECDHE-RSA", or with TLS 1.3 the group and the signature algorithm
 * @description: all of these in one line, for a report
 * @chain: (element-type MwCertificate): what the server sent, leaf first; at most 32; may be empty
 *   when the handshake failed
 * @n_unreadable: certificates of the chain that could not be read (they are not in @chain)
 * @verify_status: bits of gnutls_certificate_status_t for the chain, with the profile MEDIUM and
 * the purpose "TLS server", names NOT looked at; 0 is good. GnuTLS may stop at the first fault:
 * look at the dates and keys of @chain for the others
 * @verify_text: (nullable): GnuTLS's words for @verify_status, untranslated
 * @ocsp: what a stapled OCSP answer says
 *
 * What a handshake agreed on and what the server showed. Immutable and counted; all of it comes
 * from outside.
 */
typedef struct
{
  gboolean complete;
  char *version;
  char *cipher;
  char *group;
  char *key_exchange;
  char *description;
  GPtrArray *chain;
  guint n_unreadable;
  guint verify_status;
  char *verify_text;
  MwOcspStaple ocsp;
} MwTlsInfo;

GType mw_tls_info_get_type (void) G_GNUC_CONST;
MwTlsInfo *mw_tls_info_ref (MwTlsInfo *self);
void mw_tls_info_unref (MwTlsInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwTlsInfo, mw_tls_info_unref)

/**
 * mw_connection_start_tls:
 * @self: a connection in the clear
 * @host: the server as the person typed it, of A-labels; sent as SNI without a final dot, not sent
 *   if it is an IP literal
 * @trust: what to verify against
 * @info: (out) (optional) (transfer full) (nullable): what was learnt; also set on failure when the
 *   server got as far as showing certificates
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error: %MW_NET_ERROR_TLS_FAILED, %MW_NET_ERROR_TLS_VERSION,
 *   %MW_NET_ERROR_TLS_PLAIN_TEXT, %MW_NET_ERROR_TLS_ALERT, %MW_NET_ERROR_INJECTED and those of all
 *   calls of #MwConnection
 *
 * Does the TLS handshake (1.3 or 1.2, never resumed, no early data). It succeeds with any
 * certificate, however bad, so that all that is wrong with it can be named: judge @info, then call
 * mw_connection_set_verified() or close. Until then no secret can be sent.
 *
 * When something was read from this connection before (STARTTLS), unread bytes are an error:
 * %MW_NET_ERROR_INJECTED. On a connection where nothing was read (implicit TLS) they are what the
 * server says instead of TLS, and lead to %MW_NET_ERROR_TLS_PLAIN_TEXT.
 *
 * With TLS 1.2 this may return before the server's last message is in (false start, RFC 7918); the
 * next read waits for it, and so does mw_connection_write_secret().
 *
 * Returns: whether the connection is inside TLS now
 */
gboolean mw_connection_start_tls (MwConnection *self,
                                  const char *host,
                                  MwTrust *trust,
                                  MwTlsInfo **info,
                                  gint64 deadline,
                                  GCancellable *cancellable,
                                  GError **error);

/**
 * mw_tls_looks_like_record:
 * @bytes: (array length=length): the first bytes that a server sent
 * @length: how many
 *
 * Whether a server that was greeted in the clear answers in TLS: an alert or a handshake record.
 * For tls-on-plain-port.
 *
 * Returns: %TRUE if the bytes begin like a TLS record
 */
gboolean mw_tls_looks_like_record (const char *bytes, gsize length);

G_END_DECLS
