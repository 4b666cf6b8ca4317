/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-add-draft.h"
#include "app/mw-add-search.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_ADD_RESULT_PAGE (mw_add_result_page_get_type ())

/**
 * MwAddResultPage:
 *
 * What was found: who says so, the servers, what the provider wants first, and what has to be
 * decided. Its buttons activate "add.continue", "add.by-hand", "add.compare" and "add.compare-all"
 * of the dialog.
 */
G_DECLARE_FINAL_TYPE (MwAddResultPage, mw_add_result_page, MW, ADD_RESULT_PAGE, AdwNavigationPage)

AdwNavigationPage *mw_add_result_page_new (MwAddDraft *draft, MwAddSearch *search);

G_END_DECLS
