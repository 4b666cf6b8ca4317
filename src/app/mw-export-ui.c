/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-ui"

#include "config.h"

#include "app/mw-export-ui.h"

#include "app/mw-export-job.h"
#include "app/mw-export-view.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* As much of an error message as fits a dialog */
#define MAX_MESSAGE 2000

/* How long "Undo" is offered */
#define TOAST_SECONDS 10

#define PROGRAM_ICON_SIZE 32

/* What the button of a toast takes back */
typedef struct
{
  MwSession *session;
  MwJournalEntry *entry;
  GWeakRef view;
  GWeakRef window; /* the view may be gone by then */
} Offer;

static MwJournalEntry *
entry_new (const char *id, const char *target, GStrv accounts)
{
  MwJournalEntry *entry = g_new0 (MwJournalEntry, 1);

  entry->id = g_strdup (id);
  entry->target = g_strdup (target);
  entry->accounts = g_strdupv (accounts);
  entry->paths = g_new0 (char *, 1);
  return entry;
}

static void
offer_free (gpointer data, GClosure *closure)
{
  Offer *offer = data;

  g_object_unref (offer->session);
  mw_journal_entry_free (offer->entry);
  g_weak_ref_clear (&offer->view);
  g_weak_ref_clear (&offer->window);
  g_free (offer);
}

/**
 * mw_export_ui_icon_new:
 * @exporter: a program
 *
 * Returns: (transfer floating): its icon, or one that stands for any mail program
 */
GtkWidget *
mw_export_ui_icon_new (const MwExporter *exporter)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gdk_display_get_default ());
  const char *name = "mail-send-symbolic";
  GtkWidget *image;

  for (gsize i = 0; i < G_N_ELEMENTS (exporter->icons) && exporter->icons[i] != NULL; i++)
    if (gtk_icon_theme_has_icon (theme, exporter->icons[i]))
      {
        name = exporter->icons[i];
        break;
      }
  image = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                        "icon-name", name, NULL);
  if (!g_str_has_suffix (name, "-symbolic"))
    gtk_image_set_pixel_size (GTK_IMAGE (image), PROGRAM_ICON_SIZE);
  gtk_widget_set_size_request (image, PROGRAM_ICON_SIZE, -1);
  return image;
}

/**
 * mw_export_ui_name_button:
 * @button: a button with a short label
 * @name: what it does, in full
 *
 * Gives a button a name of its own where several have the same label.
 */
void
mw_export_ui_name_button (GtkWidget *button, const char *name)
{
  /* GTK says that its label is its name, and that would win */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * mw_export_ui_find_title:
 * @target: id of an exporter, perhaps one that only another version has
 *
 * Returns: (transfer none): what people call it, or @target
 */
const char *
mw_export_ui_find_title (const char *target)
{
  const MwExporter *exporter = mw_exporter_find (target);

  return exporter != NULL ? mw_exporter_get_title (exporter) : target;
}

/**
 * mw_export_ui_show_path:
 * @session: the session
 * @path: (type filename): an absolute path
 *
 * Returns: (transfer full): @path as people read it: harmless, and with "~" for their home
 */
char *
mw_export_ui_show_path (MwSession *session, const char *path)
{
  const char *home = mw_export_host_get_home (mw_session_get_export_host (session));
  gsize length = strlen (home);
  g_autofree char *text = NULL;

  if (length > 1 && g_str_has_prefix (path, home) && path[length] == G_DIR_SEPARATOR)
    text = g_strconcat ("~", path + length, NULL);
  else
    text = mw_path_dup_display (path);
  return mw_text_make_harmless (text, -1, MAX_MESSAGE);
}

/**
 * mw_export_ui_break_plainly:
 * @widget: a row
 *
 * Where a path is too long for a line, Pango breaks it with a hyphen, in some languages. Nobody
 * could tell that from one of the path's own. Rows have no property for it.
 */
void
mw_export_ui_break_plainly (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    {
      g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

      pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
      gtk_label_set_attributes (GTK_LABEL (widget), attributes);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    mw_export_ui_break_plainly (child);
}

/**
 * mw_export_ui_explain:
 * @error: why an export or an undo did not work
 *
 * Returns: (transfer full): what it means and what to do, translated
 */
char *
mw_export_ui_explain (const GError *error)
{
  MwDiagnosis diagnosis = mw_secrets_error_to_diagnosis (error);
  const char *sentence = mw_export_error_explain (error);

  if (sentence != NULL)
    return g_strdup (sentence);
  if (diagnosis != MW_DIAGNOSIS_NONE)
    return g_strdup_printf ("%s %s", mw_diagnosis_get_explanation (diagnosis),
                            mw_diagnosis_get_next_step (diagnosis));
  if (error->domain == MW_SECRETS_ERROR)
    return g_strdup (_ ("The keyring did not take or give the passwords."));
  return g_strdup (_ ("A file could not be read or written."));
}

/**
 * mw_export_ui_error_dialog:
 * @heading: what did not work
 * @error: why
 *
 * A dialog that explains @error, with its message as a detail that can be copied. It has one
 * response, "close".
 *
 * Returns: (transfer floating): the dialog
 */
AdwAlertDialog *
mw_export_ui_error_dialog (const char *heading, const GError *error)
{
  g_autofree char *explanation = mw_export_ui_explain (error);
  g_autofree char *message = mw_text_make_harmless (error->message, -1, MAX_MESSAGE);
  g_autofree char *body = NULL;
  AdwAlertDialog *dialog;

  body = g_strdup_printf (
      "%s\n\n%s", explanation,
      mw_export_error_left_something (error)
      ? _ ("Not everything could be put back yet. It is tried again with the next export.")
      : _ ("Nothing was changed."));
  dialog = ADW_ALERT_DIALOG (mw_ui_alert_new (heading, body, message));
  adw_alert_dialog_add_response (dialog, "close", _ ("_Close"));
  adw_alert_dialog_set_close_response (dialog, "close");
  return dialog;
}

/* ---- folders ---- */

static void
choose_folder_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) folder =
                gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, &error);
  char *path = folder != NULL ? g_file_get_path (folder) : NULL;

  if (folder != NULL && path == NULL)
    mw_ui_toast (g_task_get_source_object (task),
                 _ ("Files can only be saved in a folder of this computer"));
  else if (folder == NULL &&
           !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) &&
           !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_info ("no folder was chosen: %s", error->message);
      mw_ui_toast (g_task_get_source_object (task), _ ("The file chooser could not be opened"));
    }
  g_task_return_pointer (task, path, g_free);
}

/**
 * mw_export_ui_choose_folder_async:
 * @widget: a widget of the window
 * @exporter: for which program files are saved
 * @cancellable: (nullable): a cancellable
 * @callback: called when a folder was chosen, or none
 * @user_data: for @callback
 *
 * Asks for a folder.
 */
void
mw_export_ui_choose_folder_async (GtkWidget *widget,
                                  const MwExporter *exporter,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autofree char *title = NULL;
  GTask *task = g_task_new (widget, cancellable, callback, user_data);

  /* Translators: %s is the name of a program; the person chooses a folder */
  title = g_strdup_printf (_ ("Save Files for %s"), mw_exporter_get_title (exporter));
  g_task_set_source_tag (task, mw_export_ui_choose_folder_async);
  g_task_set_name (task, "choose folder");
  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_set_accept_label (dialog, _ ("_Select"));
  gtk_file_dialog_set_modal (dialog, TRUE);
  gtk_file_dialog_select_folder (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                 cancellable, choose_folder_cb, task);
}

/**
 * mw_export_ui_choose_folder_finish:
 * @widget: the widget
 * @result: what the callback got
 *
 * Returns: (transfer full) (nullable) (type filename): the folder; %NULL when none was chosen
 */
char *
mw_export_ui_choose_folder_finish (GtkWidget *widget, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, widget), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}

static void
open_folder_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) widget = user_data;
  g_autoptr (GError) error = NULL;

  if (gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error) ||
      g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    return;
  g_info ("no program took the folder: %s", error->message);
  mw_ui_toast (widget, _ ("No file manager could be opened"));
}

/**
 * mw_export_ui_open_folder:
 * @widget: a widget of the window
 * @path: (type filename): a folder
 *
 * Opens a folder in the desktop's file manager.
 */
void
mw_export_ui_open_folder (GtkWidget *widget, const char *path)
{
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (folder);
  GtkRoot *root = gtk_widget_get_root (widget);

  gtk_file_launcher_launch (launcher, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL,
                            open_folder_cb, g_object_ref (widget));
}

/* ---- taking back ---- */

static void
undo_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GtkWidget *widget = g_task_get_source_object (task);
  const char *target = g_task_get_task_data (task);
  const char *title = mw_export_ui_find_title (target);
  g_autoptr (GError) error = NULL;
  g_autoptr (MwExportResult) done = mw_export_undo_finish (MW_SESSION (source), result, &error);
  g_autofree char *message = NULL;

  /* The window may have gone meanwhile */
  if (GTK_IS_WINDOW (widget) ? !gtk_widget_get_mapped (widget)
                             : gtk_widget_get_root (widget) == NULL)
    {
      g_task_return_boolean (task, done != NULL);
      return;
    }
  if (done == NULL)
    {
      /* Translators: heading of a message; a short one */
      adw_dialog_present (ADW_DIALOG (mw_export_ui_error_dialog (_ ("Export Not Undone"), error)),
                                      widget);
    }
  else if (done->notes->len > 0)
    {
      g_autoptr (GString) body = g_string_new (NULL);
      AdwDialog *dialog;

      for (guint i = 0; i < done->notes->len; i++)
        g_string_append_printf (body, "%s%s", i > 0 ? "\n\n" : "",
                                ((MwExportNote *) g_ptr_array_index (done->notes, i))->text);
      /* Translators: heading of a message; a short one */
      dialog = mw_ui_alert_new (_ ("Export Undone"), NULL, body->str);
      adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
      adw_dialog_present (dialog, widget);
    }
  else
    {
      /* Translators: %s is the name of a program */
      message = g_strdup_printf (_ ("Export to %s undone"), title);
      mw_ui_toast (widget, message);
      mw_ui_announce (widget, message, FALSE);
    }
  g_task_return_boolean (task, done != NULL);
}

/**
 * mw_export_ui_undo_async:
 * @widget: a widget of the window, or the window
 * @session: the session
 * @entry: what to take back; only its id, target and accounts matter
 * @callback: (nullable): called when it is done
 * @user_data: for @callback
 *
 * Takes an export back. A toast or a dialog says what came of it.
 */
void
mw_export_ui_undo_async (GtkWidget *widget,
                         MwSession *session,
                         const MwJournalEntry *entry,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (widget, NULL, callback, user_data);

  g_task_set_source_tag (task, mw_export_ui_undo_async);
  g_task_set_name (task, "undo and tell");
  g_task_set_task_data (task, g_strdup (entry->target), g_free);
  mw_export_undo_async (session, entry, undo_cb, task);
}

/**
 * mw_export_ui_undo_finish:
 * @widget: the widget
 * @result: what the callback got
 *
 * Returns: whether it was undone; the person knows already
 */
gboolean
mw_export_ui_undo_finish (GtkWidget *widget, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, widget), FALSE);

  return g_task_propagate_boolean (G_TASK (result), NULL);
}

static void
offer_taken_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwExportView) view = user_data;

  if (mw_export_ui_undo_finish (GTK_WIDGET (source), result) && view != NULL)
    mw_export_view_refresh (view);
}

static void
on_undo_clicked (AdwToast *toast, gpointer user_data)
{
  Offer *offer = user_data;
  g_autoptr (GtkWidget) window = g_weak_ref_get (&offer->window);

  if (window != NULL)
    mw_export_ui_undo_async (window, offer->session, offer->entry, offer_taken_cb,
                             g_weak_ref_get (&offer->view));
}

/**
 * mw_export_ui_toast_applied:
 * @view: the #MwExportView
 * @session: the session
 * @plan: what was applied
 * @journal_id: (nullable): what undoes it; %NULL when nothing had to be done
 *
 * Says that an export was made, and offers to take it back.
 *
 * Returns: (transfer full): the toast
 */
AdwToast *
mw_export_ui_toast_applied (GtkWidget *view,
                            MwSession *session,
                            MwExportPlan *plan,
                            const char *journal_id)
{
  AdwToast *toast = adw_toast_new ("");
  const char *program = mw_export_ui_find_title (plan->target);
  g_autofree char *title = NULL;

  if (journal_id != NULL)
    /* Translators: %s is the name of a program */
    title = g_strdup_printf (_ ("Exported to %s"), program);
  else
    /* Translators: %s is the name of a program */
    title = g_strdup_printf (_ ("%s has everything already"), program);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, title);
  if (journal_id != NULL)
    {
      Offer *offer = g_new0 (Offer, 1);
      g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();
      g_auto (GStrv) accounts = NULL;

      for (guint i = 0; i < plan->accounts->len; i++)
        g_strv_builder_add (addresses, mw_address_get_text (mw_account_get_address (
                                           g_ptr_array_index (plan->accounts, i))));
      accounts = g_strv_builder_end (addresses);
      offer->session = g_object_ref (session);
      offer->entry = entry_new (journal_id, plan->target, accounts);
      g_weak_ref_init (&offer->view, view);
      g_weak_ref_init (&offer->window, gtk_widget_get_root (view));
      adw_toast_set_timeout (toast, TOAST_SECONDS);
      adw_toast_set_button_label (toast, _ ("_Undo"));
      g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo_clicked), offer,
                             offer_free, 0);
    }
  mw_ui_add_toast (view, g_object_ref (toast));
  mw_ui_announce (view, title, FALSE);
  return toast;
}
