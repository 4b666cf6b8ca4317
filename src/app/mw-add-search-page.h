/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-add-search.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_ADD_SEARCH_PAGE (mw_add_search_page_get_type ())

/**
 * MwAddSearchPage:
 *
 * Who is asked for the settings of an address, and what they say, while it goes on. Its buttons
 * activate "add.stop", "add.retry", "add.change-address", "add.by-hand" and "add.use-found" of the
 * dialog.
 */
G_DECLARE_FINAL_TYPE (MwAddSearchPage, mw_add_search_page, MW, ADD_SEARCH_PAGE, AdwNavigationPage)

AdwNavigationPage *mw_add_search_page_new (MwAddSearch *search);

G_END_DECLS
