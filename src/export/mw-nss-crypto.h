/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-nss-der.h"

#include <gnutls/crypto.h>
#include <libsecret/secret.h>

G_BEGIN_DECLS

#define MW_NSS_ERROR (mw_nss_error_quark ())
GQuark mw_nss_error_quark (void);

/**
 * MwNssError:
 * @MW_NSS_ERROR_FORMAT: the store is damaged, or of a kind that is not known here
 * @MW_NSS_ERROR_PRIMARY_PASSWORD: the primary password is another one
 * @MW_NSS_ERROR_CRYPTO: the cryptographic library refused
 *
 * Why a key store cannot be used.
 */
typedef enum
{
  MW_NSS_ERROR_FORMAT,
  MW_NSS_ERROR_PRIMARY_PASSWORD,
  MW_NSS_ERROR_CRYPTO,
} MwNssError;

/* The attribute whose value is signed (CKA_VALUE of PKCS #11) */
#define MW_NSS_ATTRIBUTE_VALUE 0x11

extern const MwDerOid mw_nss_oid_aes256_cbc;
extern const MwDerOid mw_nss_oid_des3_cbc;

/**
 * MwNssWrapping:
 * @secret: what every key is derived from: a hash of the store's salt and the primary password
 * @length: how many bytes of it count
 * @iterations: rounds of PBKDF2 for what is written
 *
 * How the values of a key store are protected. Whoever has one wipes it.
 */
typedef struct
{
  guint8 secret[64];
  gsize length;
  guint iterations;
} MwNssWrapping;

gboolean mw_nss_wrapping_init (MwNssWrapping *self,
                               const void *salt,
                               gsize salt_length,
                               SecretValue *primary_password,
                               GError **error);
guint8 *mw_nss_wrapping_open (MwNssWrapping *self,
                              const void *bytes,
                              gsize bytes_length,
                              gsize *length,
                              gsize *room,
                              guint *iterations,
                              GError **error);
GByteArray *
mw_nss_wrapping_close (MwNssWrapping *self, const void *plain, gsize length, GError **error);
GByteArray *
mw_nss_wrapping_sign (MwNssWrapping *self, const guint8 *value, gsize length, GError **error);

gboolean mw_nss_fill_random (void *data, gsize length, GError **error);
guint8 *mw_nss_encrypt (gnutls_cipher_algorithm_t algorithm,
                        const guint8 *key,
                        const guint8 *iv,
                        const void *text,
                        gsize length,
                        gsize *encrypted_length,
                        GError **error);
guint8 *mw_nss_decrypt (gnutls_cipher_algorithm_t algorithm,
                        const guint8 *key,
                        const guint8 *iv,
                        MwDer *encrypted,
                        gsize *length,
                        gsize *room,
                        GError **error);

G_END_DECLS
