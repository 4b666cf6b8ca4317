/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

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

/**
 * MwNssStore:
 *
 * The key store `key4.db` of a Mozilla profile, unlocked: the key under which the stored logins
 * are encrypted.
 */
typedef struct _MwNssStore MwNssStore;

MwNssStore *mw_nss_store_new (GBytes *bytes, SecretValue *primary_password, GError **error);
void mw_nss_store_free (MwNssStore *self);
GBytes *mw_nss_store_get_bytes (MwNssStore *self);
gboolean mw_nss_store_is_protected (MwNssStore *self);

char *mw_nss_store_encrypt (MwNssStore *self, const char *text, gsize length, GError **error);
SecretValue *mw_nss_store_decrypt (MwNssStore *self, const char *encrypted, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwNssStore, mw_nss_store_free)

G_END_DECLS
