/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_ADD_IDENTITY_PAGE (mw_add_identity_page_get_type ())

/**
 * MwAddIdentityPage:
 *
 * The first page of the "Add Account" dialog: name and address. Its buttons activate the actions
 * "add.search", "add.by-hand", "add.set-up-file" and "add.forget-file" of the dialog. Signal
 * "changed": something was typed. Signal "show-account" (char *id): the person wants to see the
 * account that exists already.
 */
G_DECLARE_FINAL_TYPE (
    MwAddIdentityPage, mw_add_identity_page, MW, ADD_IDENTITY_PAGE, AdwNavigationPage)

AdwNavigationPage *mw_add_identity_page_new (MwSession *session);
void mw_add_identity_page_set_address (MwAddIdentityPage *self, const char *address);
const char *mw_add_identity_page_get_name (MwAddIdentityPage *self);
MwAddress *mw_add_identity_page_take_address (MwAddIdentityPage *self);
gboolean mw_add_identity_page_get_has_input (MwAddIdentityPage *self);
void mw_add_identity_page_set_file (MwAddIdentityPage *self, const char *name);
void mw_add_identity_page_set_busy (MwAddIdentityPage *self, gboolean busy);

G_END_DECLS
