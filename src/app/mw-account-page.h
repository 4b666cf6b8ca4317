/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_ACCOUNT_PAGE (mw_account_page_get_type ())

/**
 * MwAccountPage:
 *
 * One account: its check, its settings, its exports.
 */
G_DECLARE_FINAL_TYPE (MwAccountPage, mw_account_page, MW, ACCOUNT_PAGE, AdwNavigationPage)

AdwNavigationPage *mw_account_page_new (MwSession *session, MwAccountItem *item);
MwAccountItem *mw_account_page_get_item (MwAccountPage *self);
void mw_account_page_show (MwAccountPage *self,
                           const char *page); /* "check", "settings", "export" */
const char *mw_account_page_get_page (MwAccountPage *self);
gboolean mw_account_page_get_has_changes (MwAccountPage *self);
gboolean mw_account_page_get_busy (MwAccountPage *self); /* an export is being applied */
void mw_account_page_set_banners (MwAccountPage *self, GtkWidget *banners);

/* Asks what to do with unsaved changes, if there are any: %TRUE when it is fine to leave */
void
mw_account_page_ask_async (MwAccountPage *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean mw_account_page_ask_finish (MwAccountPage *self, GAsyncResult *result);

/* A finding of a check is mended: on the settings page, saved, and checked again */
void mw_account_page_fix (MwAccountPage *self, MwHalf half, const char *field, const char *value);

G_END_DECLS
