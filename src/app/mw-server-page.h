/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_SERVER_PAGE (mw_server_page_get_type ())

/**
 * MwServerPage:
 *
 * Everything that the check of one server found: for those who want to see underneath.
 */
G_DECLARE_FINAL_TYPE (MwServerPage, mw_server_page, MW, SERVER_PAGE, AdwNavigationPage)

AdwNavigationPage *
mw_server_page_new (MwSession *session, MwAccountItem *item, MwHalf half, MwReport *report);

G_END_DECLS
