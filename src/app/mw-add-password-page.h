/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-add-draft.h"
#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_ADD_PASSWORD_PAGE (mw_add_password_page_get_type ())

/**
 * MwAddPasswordPage:
 *
 * The password of the account that is being added: kind, shape, keyring or this session only. Its
 * buttons activate "add.save" and "add.later" of the dialog. The entry is wiped when the page is
 * left.
 */
G_DECLARE_FINAL_TYPE (
    MwAddPasswordPage, mw_add_password_page, MW, ADD_PASSWORD_PAGE, AdwNavigationPage)

AdwNavigationPage *mw_add_password_page_new (MwSession *session, MwAddDraft *draft);
SecretValue *mw_add_password_page_dup_password (MwAddPasswordPage *self);
MwPasswordPlace mw_add_password_page_get_place (MwAddPasswordPage *self);
void mw_add_password_page_ask (MwAddPasswordPage *self);
void mw_add_password_page_set_busy (MwAddPasswordPage *self, gboolean busy);
void mw_add_password_page_set_trouble (MwAddPasswordPage *self, const GError *error);

G_END_DECLS
