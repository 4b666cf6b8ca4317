/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"
#include "providers/mw-provider.h"

G_BEGIN_DECLS

/**
 * MwProviderDb:
 *
 * The mail providers that the program knows, and those that the user and the administrator added.
 * Immutable once its additions are read, which the first use does; any thread may use it.
 */
typedef struct _MwProviderDb MwProviderDb;

MwProviderDb *mw_provider_db_get_default (void);
MwProviderDb *mw_provider_db_new (const char *const *extra_dirs);
void mw_provider_db_free (MwProviderDb *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwProviderDb, mw_provider_db_free)

const MwProvider *mw_provider_db_lookup_domain (MwProviderDb *self, const char *domain);
const MwProvider *mw_provider_db_lookup_mx (MwProviderDb *self, const char *mx_host);
gboolean mw_provider_db_is_gateway (MwProviderDb *self, const char *mx_host);
const MwProvider *mw_provider_db_lookup_id (MwProviderDb *self, const char *id);
const MwProvider *
mw_provider_db_lookup_host (MwProviderDb *self, const char *server_host, MwProtocol *out_protocol);
const MwProvider *
mw_provider_db_lookup_account (MwProviderDb *self, MwAccount *account, MwHalf half);
char *mw_provider_db_dup_username (MwProviderDb *self, MwServer *server, MwAddress *address);
GPtrArray *mw_provider_db_search (MwProviderDb *self, const char *query);
const char *const *mw_provider_db_get_complaints (MwProviderDb *self);

G_END_DECLS
