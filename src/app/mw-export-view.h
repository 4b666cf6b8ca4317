/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_EXPORT_VIEW (mw_export_view_get_type ())

/**
 * MwExportView:
 *
 * Puts an account into the programs of this machine, or into files for another one: one of the
 * three pages of an account. Property "busy" (boolean, notified): an export is being applied, and
 * the window should stay until it is done.
 */
G_DECLARE_FINAL_TYPE (MwExportView, mw_export_view, MW, EXPORT_VIEW, AdwBin)

GtkWidget *mw_export_view_new (MwSession *session, MwAccountItem *item);
void mw_export_view_refresh (MwExportView *self); /* looks again what is there */

G_END_DECLS
