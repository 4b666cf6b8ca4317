/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-live-server.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_TROUBLE_ROW (mw_trouble_row_get_type ())

/**
 * MwTroubleRow:
 *
 * Something that a check found wrong: what happened, what it means, what to do, and buttons that do
 * it where the program can. The buttons speak to the actions "check.*" of the #MwCheckView around.
 */
G_DECLARE_FINAL_TYPE (MwTroubleRow, mw_trouble_row, MW, TROUBLE_ROW, AdwExpanderRow)

GtkWidget *mw_trouble_row_new (MwDiagnosis diagnosis, MwHalf half);
MwDiagnosis mw_trouble_row_get_diagnosis (MwTroubleRow *self);

/* What is known about it by now. @help: (nullable): the page of the provider */
void mw_trouble_row_update (MwTroubleRow *self, MwLiveServer *server, const char *help);

G_END_DECLS
