/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "secrets/mw-secrets.h"

G_BEGIN_DECLS

#define MW_TYPE_SECRETS_MEMORY (mw_secrets_memory_get_type ())

/**
 * MwSecretsMemory:
 *
 * Passwords for this session only: they end with the object. Safe to use from several threads.
 */
G_DECLARE_FINAL_TYPE (MwSecretsMemory, mw_secrets_memory, MW, SECRETS_MEMORY, MwSecrets)

MwSecrets *mw_secrets_memory_new (void);
guint mw_secrets_memory_get_n_items (MwSecretsMemory *self);

/* Makes every call fail with this error from now on, until %NULL is set: how a keyring that is
 * locked or gone looks to the rest of the program. */
void mw_secrets_memory_set_error (MwSecretsMemory *self, const GError *error);

G_END_DECLS
