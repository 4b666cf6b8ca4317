/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-add-draft.h"
#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_ADD_FORM_PAGE (mw_add_form_page_get_type ())

/**
 * MwAddFormPage:
 *
 * The servers by hand, filled with what is known. Its buttons activate "add.choose" and
 * "add.continue" of the dialog.
 */
G_DECLARE_FINAL_TYPE (MwAddFormPage, mw_add_form_page, MW, ADD_FORM_PAGE, AdwNavigationPage)

AdwNavigationPage *mw_add_form_page_new (MwSession *session, MwAddDraft *draft);
void mw_add_form_page_fill (MwAddFormPage *self);
void mw_add_form_page_set_message (MwAddFormPage *self, const char *title, const char *text);
void mw_add_form_page_leave (MwAddFormPage *self);
gboolean mw_add_form_page_apply (MwAddFormPage *self);
MwServer *mw_add_form_page_dup_server (MwAddFormPage *self, MwHalf half);
void mw_add_form_page_set_server (MwAddFormPage *self, MwHalf half, MwServer *server);

G_END_DECLS
