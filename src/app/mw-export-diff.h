/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_EXPORT_DIFF (mw_export_diff_get_type ())

/**
 * MwExportDiff:
 *
 * Shows what becomes of a text: lines that go and that come, each with a sign, a colour and some
 * lines around it. Made when it is first shown.
 */
G_DECLARE_FINAL_TYPE (MwExportDiff, mw_export_diff, MW, EXPORT_DIFF, AdwBin)

GtkWidget *mw_export_diff_new (GBytes *before, GBytes *after, const char *name);

G_END_DECLS
