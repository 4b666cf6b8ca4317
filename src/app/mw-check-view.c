/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-check-view"

#include "config.h"

#include "app/mw-check-view.h"

struct _MwCheckView
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (MwCheckView, mw_check_view, ADW_TYPE_BIN)

static void
mw_check_view_class_init (MwCheckViewClass *klass)
{
}

static void
mw_check_view_init (MwCheckView *self)
{
}

GtkWidget *
mw_check_view_new (MwSession *session, MwAccountItem *item)
{
  return g_object_new (MW_TYPE_CHECK_VIEW, NULL);
}
