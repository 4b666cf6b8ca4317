/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"

G_BEGIN_DECLS

/**
 * MwThunderbirdAuth:
 *
 * Thunderbird's numbers for ways to log in (`authMethod`).
 */
typedef enum
{
  MW_THUNDERBIRD_AUTH_NONE = 1,
  MW_THUNDERBIRD_AUTH_PASSWORD = 3,
  MW_THUNDERBIRD_AUTH_ENCRYPTED = 4,
  MW_THUNDERBIRD_AUTH_GSSAPI = 5,
  MW_THUNDERBIRD_AUTH_NTLM = 6,
  MW_THUNDERBIRD_AUTH_EXTERNAL = 7,
  MW_THUNDERBIRD_AUTH_OAUTH2 = 10,
} MwThunderbirdAuth;

gboolean mw_thunderbird_get_auth (MwServer *server, MwThunderbirdAuth *auth, GError **error);
gboolean mw_thunderbird_knows_oauth2 (const char *host);
char *mw_thunderbird_get_username (MwAccount *account, MwHalf half);

G_END_DECLS
