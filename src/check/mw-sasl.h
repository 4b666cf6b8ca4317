/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "check/mw-secret-buffer.h"

#include <gio/gio.h>
#include <libsecret/secret.h>

G_BEGIN_DECLS

#define MW_SASL_ERROR (mw_sasl_error_quark ())
GQuark mw_sasl_error_quark (void);

/**
 * MwSaslError:
 * @MW_SASL_ERROR_MALFORMED: the server's challenge does not follow the mechanism
 * @MW_SASL_ERROR_NONCE: the server did not repeat our nonce: a replay, or a confused server
 * @MW_SASL_ERROR_ITERATIONS: the server asks for so few rounds of hashing that the password could
 *   be guessed from the exchange, or for so many that it would keep this computer busy
 * @MW_SASL_ERROR_SERVER_SIGNATURE: the server did not prove that it knows the password
 * @MW_SASL_ERROR_REFUSED: the server says within the mechanism that it refuses
 * @MW_SASL_ERROR_SECRET: name or password cannot be used with this mechanism
 * @MW_SASL_ERROR_UNAVAILABLE: the algorithm is not available here (FIPS mode)
 * @MW_SASL_ERROR_TIMEOUT: the deadline passed while computing
 *
 * Why a SASL exchange stopped.
 */
typedef enum
{
  MW_SASL_ERROR_MALFORMED,
  MW_SASL_ERROR_NONCE,
  MW_SASL_ERROR_ITERATIONS,
  MW_SASL_ERROR_SERVER_SIGNATURE,
  MW_SASL_ERROR_REFUSED,
  MW_SASL_ERROR_SECRET,
  MW_SASL_ERROR_UNAVAILABLE,
  MW_SASL_ERROR_TIMEOUT,
} MwSaslError;

/* The rounds of hashing that a server may ask for: RFC 7677, section 4 names the lower one */
#define MW_SASL_MIN_ITERATIONS 4096
#define MW_SASL_MAX_ITERATIONS 10000000

/* The longest password or token that is taken */
#define MW_SASL_MAX_SECRET 16384

/**
 * MwSasl:
 *
 * The client's side of one SASL exchange: messages in, messages out, no socket.
 */
typedef struct _MwSasl MwSasl;

gboolean mw_sasl_is_known (const char *mechanism);
gboolean mw_sasl_uses_token (const char *mechanism);
gboolean mw_sasl_can_prepare (const char *mechanism, const char *username, SecretValue *secret);

MwSasl *mw_sasl_new (const char *mechanism,
                     const char *username,
                     SecretValue *secret,
                     const char *host,
                     guint16 port,
                     GError **error);
void mw_sasl_free (MwSasl *self);
void mw_sasl_set_nonce (MwSasl *self, const char *nonce);
gboolean mw_sasl_speaks_first (MwSasl *self);
gboolean mw_sasl_reads_challenges (MwSasl *self);
MwSecretBuffer *mw_sasl_step (MwSasl *self,
                              const char *challenge,
                              gsize length,
                              gint64 deadline,
                              GCancellable *cancellable,
                              GError **error);
gboolean mw_sasl_finish (MwSasl *self, GError **error);
const char *mw_sasl_get_server_error (MwSasl *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwSasl, mw_sasl_free)

G_END_DECLS
