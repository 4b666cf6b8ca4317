/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_BANNERS (mw_banners_get_type ())

/**
 * MwBanners:
 *
 * What stands in the way of everything, below a header bar: no network, a page to sign in to, a
 * keyring that is locked or not there.
 */
G_DECLARE_FINAL_TYPE (MwBanners, mw_banners, MW, BANNERS, GtkBox)

GtkWidget *mw_banners_new (MwSession *session, MwAccountItem *item);

G_END_DECLS
