/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"
#include "export/mw-export.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_PROGRAM_ROW (mw_program_row_get_type ())

/**
 * MwProgramRow:
 *
 * A program on this machine that an account can be exported to, and what it has of it already.
 * Signal "export": the person wants to. Property "compact" (boolean): the button is an arrow, so
 * that a narrow row has room for its text.
 */
G_DECLARE_FINAL_TYPE (MwProgramRow, mw_program_row, MW, PROGRAM_ROW, AdwActionRow)

GtkWidget *mw_program_row_new (MwSession *session, MwAccountItem *item, const MwExporter *exporter);
const MwExporter *mw_program_row_get_exporter (MwProgramRow *self);
void mw_program_row_refresh (MwProgramRow *self); /* looks again what is there */

G_END_DECLS
