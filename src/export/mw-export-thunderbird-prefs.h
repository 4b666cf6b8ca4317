/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-export-thunderbird-auth.h"
#include "export/mw-prefs-js.h"
#include "model/mw-account.h"

G_BEGIN_DECLS

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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwThunderbirdPlace, mw_thunderbird_place_free)

G_END_DECLS
