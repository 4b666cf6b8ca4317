/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_ACCOUNT_ROW (mw_account_row_get_type ())

/**
 * MwAccountRow:
 *
 * An account in the list: state, address, what is known about it. Can be dragged to another place,
 * and has a menu.
 */
G_DECLARE_FINAL_TYPE (MwAccountRow, mw_account_row, MW, ACCOUNT_ROW, GtkBox)

GtkWidget *mw_account_row_new (MwSession *session);
void mw_account_row_set_item (MwAccountRow *self, MwAccountItem *item); /* nullable */
MwAccountItem *mw_account_row_get_item (MwAccountRow *self); /* transfer none, or %NULL */
void mw_account_row_show_menu (MwAccountRow *self);

G_END_DECLS
