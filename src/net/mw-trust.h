/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "net/mw-certificate.h"

G_BEGIN_DECLS

/**
 * MwTrustFlags:
 * @MW_TRUST_SYSTEM: the certificate authorities of this machine
 * @MW_TRUST_NONE: none but those that are given
 *
 * What to trust to begin with.
 */
typedef enum
{
  MW_TRUST_NONE = 0,
  MW_TRUST_SYSTEM = 1 << 0,
} MwTrustFlags;

/**
 * MwChainVerdict:
 * @chain: (element-type MwCertificate): the certificates, leaf first
 * @n_unreadable: certificates of the chain that could not be read
 * @status: status bits of gnutls_certificate_status_t, 0 for a good chain; nothing about names
 * @text: (nullable): what is wrong, in GnuTLS's words
 *
 * What a chain is made of, and what the authorities say about it. Immutable once remembered,
 * counted.
 */
typedef struct
{
  GPtrArray *chain;
  guint n_unreadable;
  guint status;
  char *text;
} MwChainVerdict;

MwChainVerdict *mw_chain_verdict_new (void);
void mw_chain_verdict_unref (MwChainVerdict *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwChainVerdict, mw_chain_verdict_unref)

#define MW_TYPE_TRUST (mw_trust_get_type ())

/**
 * MwTrust:
 *
 * Which certificate authorities are trusted, and which single public keys a person accepted for
 * which server. Immutable, so it may be shared by all threads; the authorities are loaded once,
 * when they are first needed (that costs as much as ten handshakes), and shared by all sessions.
 */
G_DECLARE_FINAL_TYPE (MwTrust, mw_trust, MW, TRUST, GObject)

/**
 * mw_trust_get_default:
 *
 * Returns: (transfer none): the system's trust, one object for the whole process
 */
MwTrust *mw_trust_get_default (void);

/**
 * mw_trust_new:
 * @flags: what to begin with
 * @ca_pem: (nullable): PEM text of more authorities
 * @error: return location for an error: %MW_NET_ERROR_TLS_FAILED when there is no certificate in
 *   @ca_pem
 *
 * Returns: (transfer full): a trust
 */
MwTrust *mw_trust_new (MwTrustFlags flags, GBytes *ca_pem, GError **error);

/**
 * mw_trust_new_for_file:
 * @ca_file: (type filename): a PEM file whose authorities are trusted beside the system's
 *   (`--ca-file`)
 * @error: return location for an error: those of g_file_get_contents() and of mw_trust_new()
 *
 * Returns: (transfer full): a trust
 */
MwTrust *mw_trust_new_for_file (const char *ca_file, GError **error);

/**
 * mw_trust_with_pin:
 * @self: a trust
 * @host: the server, as the person typed it
 * @port: its port
 * @spki_sha256: the accepted public key: #MwCertificate.spki_sha256
 *
 * Returns: (transfer full): the same trust, plus this one key for this one server
 */
MwTrust *mw_trust_with_pin (MwTrust *self, const char *host, guint16 port, const char *spki_sha256);

/**
 * mw_trust_accepts_pin:
 * @self: a trust
 * @host: a server
 * @port: its port
 * @certificate: what the server showed, the leaf
 *
 * Returns: whether this very key was accepted for this very server; it then does not matter what
 *   else is wrong with the certificate
 */
gboolean mw_trust_accepts_pin (MwTrust *self,
                               const char *host,
                               guint16 port,
                               const MwCertificate *certificate);

/**
 * mw_trust_preload:
 * @self: a trust
 *
 * Loads the authorities now, in the calling thread: for a thread at start-up.
 */
void mw_trust_preload (MwTrust *self);

/**
 * mw_trust_get_credentials:
 * @self: a trust
 *
 * Returns: (transfer none): a gnutls_certificate_credentials_t that lives as long as the process or
 *   @self; loads the authorities if that has not happened yet
 */
gpointer mw_trust_get_credentials (MwTrust *self);

/**
 * mw_trust_recall_chain:
 * @self: a trust
 * @digest: SHA-256 of all certificates of a chain that came without an OCSP answer
 *
 * Two hundred accounts at one server show one chain two hundred times; to take it to pieces and to
 * verify it costs half as much as a handshake. What was found is believed for a minute, by the same
 * authorities and for the very same bytes. Any thread.
 *
 * Returns: (transfer full) (nullable): what was found, or %NULL if it is not known
 */
MwChainVerdict *mw_trust_recall_chain (MwTrust *self, GBytes *digest);

/**
 * mw_trust_remember_chain:
 * @self: a trust
 * @digest: SHA-256 of all certificates of a chain
 * @verdict: what was found about it; not changed any more
 *
 * See mw_trust_recall_chain().
 */
void mw_trust_remember_chain (MwTrust *self, GBytes *digest, MwChainVerdict *verdict);

/**
 * mw_trust_recall_group:
 * @self: a trust
 * @host: a host
 * @port: a port
 *
 * Of many connections to one server only the first has to find out which group of keys it wants.
 * Shared with all that were made from @self by mw_trust_with_pin().
 *
 * Returns: the group that mw_trust_remember_group() was told last; 0 if none
 */
guint mw_trust_recall_group (MwTrust *self, const char *host, guint16 port);
void mw_trust_remember_group (MwTrust *self, const char *host, guint16 port, guint group);

/**
 * mw_trust_verify_chain:
 * @self: a trust
 * @chain: (element-type GBytes): certificates in DER, leaf first
 *
 * Verifies a chain that did not come through an #MwConnection, for the purpose of a TLS server and
 * without regard to its names. For the HTTP client.
 *
 * Returns: status bits of gnutls_certificate_status_t, 0 for a good chain
 */
guint mw_trust_verify_chain (MwTrust *self, GPtrArray *chain);

G_END_DECLS
