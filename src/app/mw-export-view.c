/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-view"

#include "config.h"

#include "app/mw-export-view.h"

#include "app/mw-access-dialog.h"
#include "app/mw-export-history-page.h"
#include "app/mw-export-preview-page.h"
#include "app/mw-export-ui.h"
#include "app/mw-program-row.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>

struct _MwExportView
{
  AdwBin parent_instance;

  gboolean busy;

  /* Owned */
  MwSession *session;
  MwAccountItem *item;
  AdwToast *toast;           /* the last one that offers an undo */
  GCancellable *cancellable; /* of the file chooser */
  GPtrArray *rows;           /* (element-type MwProgramRow), not owned */
  GPtrArray *file_rows;      /* (element-type AdwActionRow), not owned */

  /* Template children */
  AdwPreferencesGroup *programs_group;
  AdwExpanderRow *files_row;
  GtkWidget *access_row;
  AdwBreakpoint *narrow;
};

enum
{
  PROP_0,
  PROP_BUSY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MwExportView, mw_export_view, ADW_TYPE_BIN)

static void
on_preview_busy (MwExportView *self, GParamSpec *pspec, MwExportPreviewPage *page)
{
  gboolean busy = mw_export_preview_page_get_busy (page);

  if (busy == self->busy)
    return;
  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
on_applied (MwExportView *self, const char *journal_id, MwExportPreviewPage *page)
{
  mw_export_view_refresh (self);
  if (mw_export_preview_page_get_directory (page) == NULL)
    {
      g_clear_object (&self->toast);
      self->toast = mw_export_ui_toast_applied (GTK_WIDGET (self), self->session,
                                                mw_export_preview_page_get_plan (page), journal_id);
    }
}

/* It would lie on the button of the next page; the history has the undo too */
static void
forget_toast (MwExportView *self)
{
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_clear_object (&self->toast);
}

static void
open_preview (MwExportView *self, const MwExporter *exporter, const char *directory)
{
  AdwNavigationPage *page =
      mw_export_preview_page_new (self->session, self->item, exporter, directory);

  forget_toast (self);
  g_signal_connect_object (page, "notify::busy", G_CALLBACK (on_preview_busy), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "applied", G_CALLBACK (on_applied), self, G_CONNECT_SWAPPED);
  mw_ui_push (GTK_WIDGET (self), page);
}

static void
on_export (MwExportView *self, MwProgramRow *row)
{
  open_preview (self, mw_program_row_get_exporter (row), NULL);
}

static void
folder_chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MwExportView *self = MW_EXPORT_VIEW (source);
  const MwExporter *exporter = user_data;
  g_autofree char *folder = mw_export_ui_choose_folder_finish (GTK_WIDGET (self), result);

  if (folder != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    open_preview (self, exporter, folder);
}

static void
history_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MwExportView *self = MW_EXPORT_VIEW (widget);

  forget_toast (self);
  mw_ui_push (widget, mw_export_history_page_new (self->session));
}

static void
give_access_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MwExportView *self = MW_EXPORT_VIEW (widget);

  adw_dialog_present (mw_access_dialog_new (self->session, NULL), widget);
}

static void
save_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MwExportView *self = MW_EXPORT_VIEW (widget);
  const MwExporter *exporter = mw_exporter_find (g_variant_get_string (parameter, NULL));

  g_return_if_fail (exporter != NULL);

  mw_export_ui_choose_folder_async (widget, exporter, self->cancellable, folder_chosen_cb,
                                    (gpointer) exporter);
}

static GtkWidget *
make_file_row (const MwExporter *exporter)
{
  const char *title = mw_exporter_get_title (exporter);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title-lines", 0,
                                 "subtitle-lines", 0, NULL);
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Save Files…"));
  g_autofree char *label = NULL;

  /* Translators: %s is the name of a program */
  label = g_strdup_printf (_ ("Save Files for %s…"), title);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "export.save-files");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", exporter->id);
  mw_export_ui_name_button (button, label);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  /* As its “activatable widget”, the button would be called like the row */
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "export.save-files");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", exporter->id);
  g_object_set_data (G_OBJECT (row), "mw-exporter", (gpointer) exporter);
  g_object_set_data (G_OBJECT (row), "mw-button", button);
  return row;
}

static void
show_file_rows (MwExportView *self)
{
  MwExportHost *host = mw_session_get_export_host (self->session);
  MwAccount *account = mw_account_item_get_account (self->item);

  for (guint i = 0; i < self->file_rows->len; i++)
    {
      AdwActionRow *row = g_ptr_array_index (self->file_rows, i);
      const MwExporter *exporter = g_object_get_data (G_OBJECT (row), "mw-exporter");
      const char *subtitle = "";
      gboolean takes = mw_exporter_takes (exporter, account, &subtitle);

      if (takes)
        subtitle = mw_exporter_is_installed (exporter, host) || mw_export_host_get_in_flatpak (host)
                       ? ""
                       : _ ("Not on this computer");
      adw_action_row_set_subtitle (row, subtitle);
      /* The button by itself too: screen readers ask it and not the row */
      gtk_widget_set_sensitive (g_object_get_data (G_OBJECT (row), "mw-button"), takes);
      gtk_widget_set_sensitive (GTK_WIDGET (row), takes);
    }
}

static void
make_rows (MwExportView *self)
{
  MwExportHost *host = mw_session_get_export_host (self->session);
  const MwExporter *const *exporters = mw_exporter_list ();

  for (guint i = 0; exporters[i] != NULL; i++)
    {
      GtkWidget *file_row = make_file_row (exporters[i]);

      adw_expander_row_add_row (self->files_row, file_row);
      g_ptr_array_add (self->file_rows, file_row);
      /* From inside a sandbox it may be there without being seen: its row says what is known */
      if (mw_exporter_is_installed (exporters[i], host) || mw_export_host_get_in_flatpak (host))
        {
          GtkWidget *row = mw_program_row_new (self->session, self->item, exporters[i]);

          g_signal_connect_object (row, "export", G_CALLBACK (on_export), self, G_CONNECT_SWAPPED);
          adw_preferences_group_add (self->programs_group, row);
          g_ptr_array_add (self->rows, row);
          adw_breakpoint_add_setters (self->narrow, G_OBJECT (row), "compact", TRUE, NULL);
        }
    }
  show_file_rows (self);

  gtk_widget_set_visible (self->access_row, mw_access_dialog_is_needed (self->session, NULL));
  if (mw_export_host_get_in_flatpak (host))
    adw_preferences_group_set_description (
        self->programs_group,
        _ ("From inside its sandbox Mailwright sees only those programs whose files it was let "
           "into. For any other one, save files."));
  else if (self->rows->len == 0)
    adw_preferences_group_set_description (
        self->programs_group,
        _ ("Neither Thunderbird nor Evolution nor msmtp was found. Install one of them, or save "
           "files for another computer."));
  adw_expander_row_set_subtitle (
      self->files_row, self->rows->len == self->file_rows->len
      ? _ ("To carry there")
      : _ ("To carry there, or for programs that are not on this computer"));
  adw_expander_row_set_expanded (self->files_row, self->rows->len == 0);
}

static void
mw_export_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mw_export_view_parent_class)->map (widget);
  mw_export_view_refresh (MW_EXPORT_VIEW (widget));
}

static void
mw_export_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MwExportView *self = MW_EXPORT_VIEW (object);

  switch (id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mw_export_view_dispose (GObject *object)
{
  MwExportView *self = MW_EXPORT_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->file_rows, g_ptr_array_unref);
  g_clear_object (&self->session);
  g_clear_object (&self->item);
  g_clear_object (&self->toast);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_EXPORT_VIEW);

  G_OBJECT_CLASS (mw_export_view_parent_class)->dispose (object);
}

static void
mw_export_view_finalize (GObject *object)
{
  g_object_unref (MW_EXPORT_VIEW (object)->cancellable);

  G_OBJECT_CLASS (mw_export_view_parent_class)->finalize (object);
}

static void
mw_export_view_class_init (MwExportViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mw_export_view_dispose;
  object_class->finalize = mw_export_view_finalize;
  object_class->get_property = mw_export_view_get_property;
  widget_class->map = mw_export_view_map;

  properties[PROP_BUSY] =
      g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-export-view.ui");
  gtk_widget_class_bind_template_child (widget_class, MwExportView, programs_group);
  gtk_widget_class_bind_template_child (widget_class, MwExportView, files_row);
  gtk_widget_class_bind_template_child (widget_class, MwExportView, access_row);
  gtk_widget_class_bind_template_child (widget_class, MwExportView, narrow);
  gtk_widget_class_install_action (widget_class, "export.history", NULL, history_action);
  gtk_widget_class_install_action (widget_class, "export.give-access", NULL, give_access_action);
  gtk_widget_class_install_action (widget_class, "export.save-files", "s", save_action);
}

static void
mw_export_view_init (MwExportView *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  self->file_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_export_view_new:
 * @session: the session
 * @item: an account
 *
 * Returns: (transfer floating): the page for its exports
 */
GtkWidget *
mw_export_view_new (MwSession *session, MwAccountItem *item)
{
  MwExportView *self = g_object_new (MW_TYPE_EXPORT_VIEW, NULL);

  self->session = g_object_ref (session);
  self->item = g_object_ref (item);
  make_rows (self);
  g_signal_connect_object (item, "notify::account", G_CALLBACK (show_file_rows), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * mw_export_view_refresh:
 * @self: the page
 *
 * Looks again what the programs have of the account.
 */
void
mw_export_view_refresh (MwExportView *self)
{
  g_return_if_fail (MW_IS_EXPORT_VIEW (self));

  for (guint i = 0; self->rows != NULL && i < self->rows->len; i++)
    mw_program_row_refresh (g_ptr_array_index (self->rows, i));
}
