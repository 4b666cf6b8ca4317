/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-view"

#include "config.h"

#include "app/mw-export-view.h"

struct _MwExportView
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (MwExportView, mw_export_view, ADW_TYPE_BIN)

static void
mw_export_view_class_init (MwExportViewClass *klass)
{
}

static void
mw_export_view_init (MwExportView *self)
{
}

GtkWidget *
mw_export_view_new (MwSession *session, MwAccountItem *item)
{
  return g_object_new (MW_TYPE_EXPORT_VIEW, NULL);
}
