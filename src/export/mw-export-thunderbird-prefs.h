/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-prefs-js.h"
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

/**
 * MwThunderbirdPlace:
 * @account_key: key of the account: "account3"
 * @server_key: key of the receiving server
 * @identity_key: key of the identity
 * @smtp_key: (nullable): key of the sending server
 * @incoming_origin: the receiving server as Thunderbird's password store calls it
 * @outgoing_origin: (nullable): the sending server likewise
 * @adopted: an account that was not made by an export was already there and now has our servers
 * @smtp_shared: a sending server of another account is used, because it is the same
 * @left_behind: the receiving server changed its protocol, and the earlier account stays beside
 *
 * Where an account went in the preferences.
 */
typedef struct
{
  char *account_key;
  char *server_key;
  char *identity_key;
  char *smtp_key;
  char *incoming_origin;
  char *outgoing_origin;
  gboolean adopted;
  gboolean smtp_shared;
  gboolean left_behind;
} MwThunderbirdPlace;

MwThunderbirdPlace *mw_thunderbird_prefs_put (MwPrefsJs *prefs, MwAccount *account, GError **error);
void mw_thunderbird_place_free (MwThunderbirdPlace *self);

gboolean mw_thunderbird_get_auth (MwServer *server, MwThunderbirdAuth *auth, GError **error);
gboolean mw_thunderbird_knows_oauth2 (const char *host);
char *mw_thunderbird_get_username (MwAccount *account, MwHalf half);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwThunderbirdPlace, mw_thunderbird_place_free)

G_END_DECLS
