/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"
#include "export/mw-export.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_EXPORT_PREVIEW_PAGE (mw_export_preview_page_get_type ())

/**
 * MwExportPreviewPage:
 *
 * What an export will do, byte for byte, before it is done; and the button that does it.
 *
 * Property "busy" (boolean, notified): it is being applied. Signal "applied" (char *journal_id,
 * nullable): it was; the page then leaves by itself, unless it has saved files.
 */
G_DECLARE_FINAL_TYPE (
    MwExportPreviewPage, mw_export_preview_page, MW, EXPORT_PREVIEW_PAGE, AdwNavigationPage)

AdwNavigationPage *mw_export_preview_page_new (MwSession *session,
                                               MwAccountItem *item,
                                               const MwExporter *exporter,
                                               const char *directory); /* %NULL: install */
gboolean mw_export_preview_page_get_busy (MwExportPreviewPage *self);
const char *mw_export_preview_page_get_directory (MwExportPreviewPage *self); /* or %NULL */
MwExportPlan *mw_export_preview_page_get_plan (MwExportPreviewPage *self);    /* or %NULL */

G_END_DECLS
