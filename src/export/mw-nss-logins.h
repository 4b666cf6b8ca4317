/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-nss-store.h"

G_BEGIN_DECLS

/**
 * MwNssLogins:
 *
 * The stored logins of a Mozilla profile, `logins.json`: read, changed in single entries, and
 * written with everything else as it was.
 */
typedef struct _MwNssLogins MwNssLogins;

MwNssLogins *mw_nss_logins_new (GBytes *bytes, GError **error);
void mw_nss_logins_free (MwNssLogins *self);
GBytes *mw_nss_logins_to_bytes (MwNssLogins *self);
gboolean mw_nss_logins_is_empty (MwNssLogins *self);
gboolean
mw_nss_logins_has (MwNssLogins *self, MwNssStore *store, const char *origin, const char *username);

gboolean mw_nss_logins_set (MwNssLogins *self,
                            MwNssStore *store,
                            const char *origin,
                            const char *username,
                            SecretValue *password,
                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwNssLogins, mw_nss_logins_free)

G_END_DECLS
