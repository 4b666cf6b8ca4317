/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_PIN_ROW (mw_pin_row_get_type ())

/**
 * MwPinRow:
 *
 * The public key that a person accepted for one server although its certificate is not proven, and
 * a button that takes that back. Not visible where there is none. Property "pin" (string, %NULL:
 * none), notified.
 */
G_DECLARE_FINAL_TYPE (MwPinRow, mw_pin_row, MW, PIN_ROW, AdwActionRow)

GtkWidget *mw_pin_row_new (void);
const char *mw_pin_row_get_pin (MwPinRow *self);
void mw_pin_row_set_pin (MwPinRow *self, const char *pin);

G_END_DECLS
