/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"
#include "export/mw-export.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* What the pages about exports share. */

GtkWidget *mw_export_ui_icon_new (const MwExporter *exporter);
void mw_export_ui_name_button (GtkWidget *button, const char *name); /* for those who hear it */
const char *mw_export_ui_find_title (const char *target); /* of a target, perhaps an unknown one */

/* A path as people read it: harmless, and their home as "~" */
char *mw_export_ui_show_path (MwSession *session, const char *path);

/* Long words in the labels of @widget, such as paths, break without a hyphen that is not theirs */
void mw_export_ui_break_plainly (GtkWidget *widget);

/* What an error means and what to do, translated; never %NULL */
char *mw_export_ui_explain (const GError *error);
AdwAlertDialog *mw_export_ui_error_dialog (const char *heading, const GError *error);

/* Where to save files */
void mw_export_ui_choose_folder_async (GtkWidget *widget,
                                       const MwExporter *exporter,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
char *mw_export_ui_choose_folder_finish (GtkWidget *widget, GAsyncResult *result);
void mw_export_ui_open_folder (GtkWidget *widget, const char *path);

/* A toast with "Undo", shown on a #MwExportView, which is refreshed after the undo */
AdwToast *mw_export_ui_toast_applied (GtkWidget *view,
                                      MwSession *session,
                                      MwExportPlan *plan,
                                      const char *journal_id); /* or %NULL: nothing to undo */

/* Takes an export back, and says in the window of @widget what came of it */
void mw_export_ui_undo_async (GtkWidget *widget,
                              MwSession *session,
                              const MwJournalEntry *entry,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean mw_export_ui_undo_finish (GtkWidget *widget, GAsyncResult *result);

G_END_DECLS
