/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-nss-crypto.h"

G_BEGIN_DECLS

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
