/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_PASSWORD_GROUP (mw_password_group_get_type ())

/**
 * MwPasswordGroup:
 *
 * The password of an account, or both: kind, shape, keyring or this session only, change, forget.
 * Used by the settings page. Hears of changes of the account by itself.
 */
G_DECLARE_FINAL_TYPE (MwPasswordGroup, mw_password_group, MW, PASSWORD_GROUP, AdwPreferencesGroup)

GtkWidget *mw_password_group_new (MwSession *session, MwAccountItem *item);
void mw_password_group_focus (MwPasswordGroup *self); /* opens the entry for typing */

G_END_DECLS
