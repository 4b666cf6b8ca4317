/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void mw_shortcuts_install (GtkApplication *application);
AdwDialog *mw_shortcuts_dialog_new (void);

G_END_DECLS
