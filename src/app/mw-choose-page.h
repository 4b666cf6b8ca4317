/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_CHOOSE_PAGE (mw_choose_page_get_type ())

/**
 * MwChoosePage:
 *
 * "Help me choose": a few plain questions, the reason for each answer, and what follows from them.
 * Its button activates "add.use-choice" of the dialog.
 */
G_DECLARE_FINAL_TYPE (MwChoosePage, mw_choose_page, MW, CHOOSE_PAGE, AdwNavigationPage)

AdwNavigationPage *mw_choose_page_new (MwAddress *address);
MwServer *mw_choose_page_dup_server (MwChoosePage *self, MwHalf half, MwServer *present);

G_END_DECLS
