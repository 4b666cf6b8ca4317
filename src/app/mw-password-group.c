/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-password-group"

#include "config.h"

#include "app/mw-password-group.h"

struct _MwPasswordGroup
{
  AdwPreferencesGroup parent_instance;
};

G_DEFINE_FINAL_TYPE (MwPasswordGroup, mw_password_group, ADW_TYPE_PREFERENCES_GROUP)

static void
mw_password_group_class_init (MwPasswordGroupClass *klass)
{
}

static void
mw_password_group_init (MwPasswordGroup *self)
{
}

GtkWidget *
mw_password_group_new (MwSession *session, MwAccountItem *item)
{
  return g_object_new (MW_TYPE_PASSWORD_GROUP, NULL);
}

void
mw_password_group_focus (MwPasswordGroup *self)
{
}
