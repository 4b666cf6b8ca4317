/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-add-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_COMPARE_PAGE (mw_compare_page_get_type ())

/**
 * MwComparePage:
 *
 * Where the sources disagree: field by field, with a choice for each; and all that each of them
 * says.
 */
G_DECLARE_FINAL_TYPE (MwComparePage, mw_compare_page, MW, COMPARE_PAGE, AdwNavigationPage)

AdwNavigationPage *mw_compare_page_new (MwAddDraft *draft);

G_END_DECLS
