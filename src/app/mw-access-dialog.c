/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-access-dialog"

#include "config.h"

#include "app/mw-access-dialog.h"

#include "app/mw-export-ui.h"
#include "app/mw-ui.h"
#include "model/mw-sandbox.h"

#include <glib/gi18n-lib.h>

static void
on_copy (GtkButton *button, const char *command)
{
  mw_ui_copy (GTK_WIDGET (button), command, _ ("Line copied"));
}

static GtkWidget *
make_row (const char *title, const char *command)
{
  GtkWidget *row =
      g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title, "subtitle", command,
                    "title-lines", 0, "subtitle-lines", 0, "subtitle-selectable", TRUE, NULL);
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  g_autofree char *label = NULL;

  /* Translators: %s is the name of a program; a line for a terminal is copied */
  label = g_strdup_printf (_ ("Copy the Line for %s"), title);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  mw_export_ui_name_button (button, label);
  gtk_widget_set_tooltip_text (button, label);
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_copy), g_strdup (command),
                         (GClosureNotify) (GCallback) g_free, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static char *
describe_place (const MwClosedPlace *place)
{
  const char *program = mw_export_ui_find_title (place->target);

  switch (place->kind)
    {
    case MW_PROGRAM_FLATPAK:
      /* Translators: %1$s is the name of a program, %2$s an application id */
      return g_strdup_printf (_ ("%1$s From Flatpak (%2$s)"), program, place->id);
    case MW_PROGRAM_SNAP:
      /* Translators: %s is the name of a program */
      return g_strdup_printf (_ ("%s From Snap"), program);
    case MW_PROGRAM_NATIVE:
    default:
      return g_strdup (program);
    }
}

static gboolean
lacks_keyring (void)
{
  const MwSandbox *sandbox = mw_sandbox_get_default ();

  return sandbox != NULL && !mw_sandbox_may_talk (sandbox, MW_SANDBOX_KEYRING);
}

/**
 * mw_access_dialog_is_needed:
 * @session: the session
 * @target: (nullable): id of an exporter; %NULL: anything, the keyring too
 *
 * Returns: whether mw_access_dialog_new() would have something to show
 */
gboolean
mw_access_dialog_is_needed (MwSession *session, const char *target)
{
  g_autoptr (GPtrArray) closed =
                mw_export_host_list_closed_places (mw_session_get_export_host (session), target);

  return closed->len > 0 || (target == NULL && lacks_keyring ());
}

/**
 * mw_access_dialog_new:
 * @session: the session
 * @target: (nullable): id of an exporter: what it needs; %NULL: everything
 *
 * Returns: (transfer floating): a dialog with a line to copy for everything that the sandbox keeps
 *   this program from
 */
AdwDialog *
mw_access_dialog_new (MwSession *session, const char *target)
{
  g_autoptr (GPtrArray) closed =
                mw_export_host_list_closed_places (mw_session_get_export_host (session), target);
  AdwDialog *dialog = adw_dialog_new ();
  GtkWidget *view = adw_toolbar_view_new ();
  GtkWidget *overlay = adw_toast_overlay_new ();
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_page_set_description (
      ADW_PREFERENCES_PAGE (page),
      _ ("Mailwright runs in a sandbox, and looks only where it was let in. Each of these lines "
         "lets it in at one more place. Paste it into a terminal, then close Mailwright and open "
         "it again."));
  if (target == NULL && lacks_keyring ())
    {
      g_autofree char *command = mw_sandbox_command_for_name (MW_SANDBOX_KEYRING);

      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_row (_ ("Keyring"), command));
    }
  for (guint i = 0; i < closed->len; i++)
    {
      const MwClosedPlace *place = g_ptr_array_index (closed, i);
      g_autofree char *title = describe_place (place);

      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_row (title, place->command));
    }
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));

  group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Without a Terminal"));
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (group),
      _ ("The export page saves files for each program into any folder that you choose, and says "
         "how the program takes them up. That needs no permission."));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));

  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), page);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), view);
  adw_dialog_set_child (dialog, overlay);
  adw_dialog_set_title (dialog, _ ("Give Mailwright Access"));
  adw_dialog_set_content_width (dialog, 560);
  adw_dialog_set_content_height (dialog, 620);
  return dialog;
}
