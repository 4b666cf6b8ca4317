/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-settings-view"

#include "config.h"

#include "app/mw-settings-view.h"

struct _MwSettingsView
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (MwSettingsView, mw_settings_view, ADW_TYPE_BIN)

static void
mw_settings_view_class_init (MwSettingsViewClass *klass)
{
}

static void
mw_settings_view_init (MwSettingsView *self)
{
}

GtkWidget *
mw_settings_view_new (MwSession *session, MwAccountItem *item)
{
  return g_object_new (MW_TYPE_SETTINGS_VIEW, NULL);
}

gboolean
mw_settings_view_get_has_changes (MwSettingsView *self)
{
  return FALSE;
}

gboolean
mw_settings_view_save (MwSettingsView *self)
{
  return TRUE;
}

void
mw_settings_view_discard (MwSettingsView *self)
{
}

gboolean
mw_settings_view_fix (MwSettingsView *self, const char *field, const char *value)
{
  return FALSE;
}
