/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-report.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_STEP_ROW (mw_step_row_get_type ())

/**
 * MwStepRow:
 *
 * One stage of a check in a list: how it ended, what happened, how long it took, what the server
 * said.
 */
G_DECLARE_FINAL_TYPE (MwStepRow, mw_step_row, MW, STEP_ROW, AdwPreferencesRow)

GtkWidget *mw_step_row_new (MwStep *step);
void mw_step_row_set_step (MwStepRow *self, MwStep *step);

G_END_DECLS
