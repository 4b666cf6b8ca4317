/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-dialog"

#include "config.h"

#include "app/mw-add-dialog.h"

struct _MwAddDialog
{
  AdwDialog parent_instance;
};

G_DEFINE_FINAL_TYPE (MwAddDialog, mw_add_dialog, ADW_TYPE_DIALOG)

static void
mw_add_dialog_class_init (MwAddDialogClass *klass)
{
}

static void
mw_add_dialog_init (MwAddDialog *self)
{
}

AdwDialog *
mw_add_dialog_new (MwSession *session, const char *address)
{
  return g_object_new (MW_TYPE_ADD_DIALOG, NULL);
}
