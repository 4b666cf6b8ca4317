/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* How much of one value is shown, in bytes */
#define MW_PROPERTY_MAX 4000

/* A row with a small title above a value that can be copied. The value may come from outside: it is
 * made harmless, cut, and never taken for markup. */
GtkWidget *mw_property_row_new (const char *title, const char *value);

G_END_DECLS
