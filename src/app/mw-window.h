/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_WINDOW (mw_window_get_type ())

/**
 * MwWindow:
 *
 * The window: the accounts beside the one that is looked at. Actions: "win.add-account",
 * "win.check" (the shown account), "win.check-all", "win.stop-check", "win.show-account" (s: id),
 * "win.remove-account", "win.search", "win.export" (shows the export page), "win.history".
 */
G_DECLARE_FINAL_TYPE (MwWindow, mw_window, MW, WINDOW, AdwApplicationWindow)

MwWindow *mw_window_new (AdwApplication *application, MwSession *session);
MwSession *mw_window_get_session (MwWindow *self);

/* Shows an account, and one of its pages: "check", "settings" or "export"; %NULL: as it was */
void mw_window_show_account (MwWindow *self, const char *id, const char *page);

/* Shows @page on top of the account's page */
void mw_window_push (MwWindow *self, AdwNavigationPage *page);

/* Which page of the account is shown: "check", "settings" or "export"; %NULL without accounts */
const char *mw_window_get_page (MwWindow *self);

/* Opens the window's "Add Account" dialog, perhaps with an address filled in */
void mw_window_add_account (MwWindow *self, const char *address);

/* Opens what the file manager or the command line named: a set-up file, for a new account */
void mw_window_open_files (MwWindow *self, GFile **files, guint n_files);

G_END_DECLS
