/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_PREFERENCES_DIALOG (mw_preferences_dialog_get_type ())

/**
 * MwPreferencesDialog:
 *
 * What is the same for all accounts.
 */
G_DECLARE_FINAL_TYPE (
    MwPreferencesDialog, mw_preferences_dialog, MW, PREFERENCES_DIALOG, AdwPreferencesDialog)

AdwDialog *mw_preferences_dialog_new (GSettings *settings);

G_END_DECLS
