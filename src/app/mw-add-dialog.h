/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_ADD_DIALOG (mw_add_dialog_get_type ())

/**
 * MwAddDialog:
 *
 * Adds an account: name and address, the search, what it found, what the provider wants first, the
 * password. Signal "added" (char *account_id) once the account is saved, before it closes.
 */
G_DECLARE_FINAL_TYPE (MwAddDialog, mw_add_dialog, MW, ADD_DIALOG, AdwDialog)

AdwDialog *mw_add_dialog_new (MwSession *session, const char *address);
gboolean mw_add_dialog_set_file (MwAddDialog *self, GFile *file);

G_END_DECLS
