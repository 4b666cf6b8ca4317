/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Keeps what is typed into an entry for passwords from going further than the entry */
void mw_password_entry_guard (GtkEditable *entry);

G_END_DECLS
