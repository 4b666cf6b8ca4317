/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-preferences-dialog"

#include "config.h"

#include "app/mw-preferences-dialog.h"

#include "app/mw-ui.h"
#include "net/mw-trust.h"

#include <glib/gi18n-lib.h>

struct _MwPreferencesDialog
{
  AdwPreferencesDialog parent_instance;

  /* Owned */
  GSettings *settings;
  GCancellable *cancellable;

  /* Template children */
  GtkSpinButton *timeout_button;
  AdwActionRow *ca_row;
  GtkWidget *ca_clear_button;
  GtkWidget *ca_choose_button;
  AdwSwitchRow *mask_row;
  AdwSwitchRow *sort_row;
};

G_DEFINE_FINAL_TYPE (MwPreferencesDialog, mw_preferences_dialog, ADW_TYPE_PREFERENCES_DIALOG)

static void
update_ca_file (MwPreferencesDialog *self)
{
  g_autofree char *path = g_settings_get_string (self->settings, "ca-file");
  g_autofree char *shown = NULL;

  if (*path != '\0')
    {
      g_autofree char *display = g_filename_display_name (path);

      shown = mw_text_make_harmless (display, -1, 1000);
    }
  adw_action_row_set_subtitle (self->ca_row, shown != NULL ? shown : _ ("None"));
  gtk_widget_set_visible (self->ca_clear_button, shown != NULL);
}

static void
check_file_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (MwTrust) trust = mw_trust_new_for_file (task_data, &error);

  if (trust == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
check_file_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MwPreferencesDialog *self = MW_PREFERENCES_DIALOG (source);
  g_autoptr (GError) error = NULL;
  AdwDialog *dialog;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_settings_set_string (self->settings, "ca-file", g_task_get_task_data (G_TASK (result)));
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->settings == NULL)
    return;
  dialog = mw_ui_alert_new (_ ("No Certificates Found"),
                              _ ("What is needed is a text file with certificates, each between “BEGIN CERTIFICATE” and “END "
         "CERTIFICATE” (PEM). Nothing was changed."),
                                error->message);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
choose_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwPreferencesDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, &error);
  g_autoptr (GTask) task = NULL;
  const char *path;

  if (file == NULL || self->settings == NULL)
    return;
  path = g_file_peek_path (file);
  if (path == NULL)
    {
      adw_preferences_dialog_add_toast (ADW_PREFERENCES_DIALOG (self),
                                        adw_toast_new (_ ("The file must be on this computer")));
      return;
    }
  /* Certificates are read before they are trusted: a file that is none is refused here, and not at
   * the next check. */
  task = g_task_new (self, self->cancellable, check_file_cb, NULL);
  g_task_set_source_tag (task, choose_cb);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, check_file_thread);
}

static void
on_choose (MwPreferencesDialog *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();
  g_autoptr (GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_file_filter_set_name (filter, _ ("Certificates"));
  gtk_file_filter_add_suffix (filter, "pem");
  gtk_file_filter_add_suffix (filter, "crt");
  gtk_file_filter_add_suffix (filter, "cer");
  gtk_file_filter_set_name (all, _ ("All Files"));
  gtk_file_filter_add_pattern (all, "*");
  g_list_store_append (filters, filter);
  g_list_store_append (filters, all);
  gtk_file_dialog_set_title (dialog, _ ("Further Authorities"));
  gtk_file_dialog_set_filters (dialog, G_LIST_MODEL (filters));
  gtk_file_dialog_open (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->cancellable,
                        choose_cb, g_object_ref (self));
}

static void
on_clear (MwPreferencesDialog *self)
{
  gtk_widget_grab_focus (self->ca_choose_button); /* as the other button goes */
  g_settings_reset (self->settings, "ca-file");
}

static void
mw_preferences_dialog_dispose (GObject *object)
{
  MwPreferencesDialog *self = MW_PREFERENCES_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_PREFERENCES_DIALOG);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (mw_preferences_dialog_parent_class)->dispose (object);
}

static void
mw_preferences_dialog_finalize (GObject *object)
{
  MwPreferencesDialog *self = MW_PREFERENCES_DIALOG (object);

  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (mw_preferences_dialog_parent_class)->finalize (object);
}

static void
mw_preferences_dialog_class_init (MwPreferencesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_preferences_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = mw_preferences_dialog_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-preferences-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MwPreferencesDialog, timeout_button);
  gtk_widget_class_bind_template_child (widget_class, MwPreferencesDialog, ca_row);
  gtk_widget_class_bind_template_child (widget_class, MwPreferencesDialog, ca_clear_button);
  gtk_widget_class_bind_template_child (widget_class, MwPreferencesDialog, ca_choose_button);
  gtk_widget_class_bind_template_child (widget_class, MwPreferencesDialog, mask_row);
  gtk_widget_class_bind_template_child (widget_class, MwPreferencesDialog, sort_row);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
}

static void
mw_preferences_dialog_init (MwPreferencesDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_preferences_dialog_new:
 * @settings: the preferences
 *
 * Returns: (transfer floating): a dialog that changes them at once
 */
AdwDialog *
mw_preferences_dialog_new (GSettings *settings)
{
  MwPreferencesDialog *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (MW_TYPE_PREFERENCES_DIALOG, NULL);
  self->settings = g_object_ref (settings);
  g_settings_bind (settings, "check-timeout", self->timeout_button, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "mask-names", self->mask_row, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "sort-by-name", self->sort_row, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::ca-file", G_CALLBACK (update_ca_file), self,
                           G_CONNECT_SWAPPED);
  update_ca_file (self);
  return ADW_DIALOG (self);
}
