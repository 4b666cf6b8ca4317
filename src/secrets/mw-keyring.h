/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "secrets/mw-secrets.h"

G_BEGIN_DECLS

/* Our own deadlines: for an answer of the service, and while its question is on the screen */
#define MW_KEYRING_DEFAULT_TIMEOUT_SECONDS 5
#define MW_KEYRING_DEFAULT_PROMPT_TIMEOUT_SECONDS 120

#define MW_TYPE_KEYRING (mw_keyring_get_type ())

/**
 * MwKeyring:
 *
 * The Secret Service of the session bus, by the D-Bus level of libsecret only.
 */
G_DECLARE_FINAL_TYPE (MwKeyring, mw_keyring, MW, KEYRING, MwSecrets)

MwSecrets *mw_keyring_new (void);
MwSecrets *mw_keyring_new_with_timeouts (guint timeout_milliseconds,
                                         guint prompt_timeout_milliseconds);

G_END_DECLS
