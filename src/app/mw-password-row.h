/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_PASSWORD_ROW (mw_password_row_get_type ())

/**
 * MwPasswordRow:
 *
 * One password of an account: where it is, and, unfolded, what changes or forgets it. What was
 * typed is wiped when it is stored and when the row goes out of sight. Signal "trouble" (GError *):
 * the keyring did not do what was asked for.
 */
G_DECLARE_FINAL_TYPE (MwPasswordRow, mw_password_row, MW, PASSWORD_ROW, AdwExpanderRow)

GtkWidget *mw_password_row_new (MwSession *session, MwAccountItem *item, MwHalf half);
MwHalf mw_password_row_get_half (MwPasswordRow *self);

/* Which of the two it is for: %FALSE when it is the only one of the account */
void mw_password_row_set_separate (MwPasswordRow *self, gboolean separate);

/* Looks again where the password is */
void mw_password_row_refresh (MwPasswordRow *self);

/* Unfolds it, with the focus in the entry */
void mw_password_row_focus (MwPasswordRow *self);

/* Stores what stands in the entry, in memory only */
void mw_password_row_keep_for_session (MwPasswordRow *self);

G_END_DECLS
