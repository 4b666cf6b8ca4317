/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_EXPORT_HISTORY_PAGE (mw_export_history_page_get_type ())

/**
 * MwExportHistoryPage:
 *
 * All exports that the journal knows, newest first, each with what it wrote and an undo.
 */
G_DECLARE_FINAL_TYPE (
    MwExportHistoryPage, mw_export_history_page, MW, EXPORT_HISTORY_PAGE, AdwNavigationPage)

AdwNavigationPage *mw_export_history_page_new (MwSession *session);

G_END_DECLS
