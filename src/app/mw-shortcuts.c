/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-shortcuts"

#include "config.h"

#include "app/mw-shortcuts.h"

#include <glib/gi18n-lib.h>

/* One table: what the keys do, and what the dialog says that they do. Keys that a page or GTK
 * itself takes have no action here. */
typedef struct
{
  const char *title;  /* of a group when it has no keys */
  const char *action; /* detailed name, or NULL */
  const char *keys[3];
} Shortcut;

static const Shortcut shortcuts[] = {
  { N_ ("Accounts"), NULL, { NULL } },
  { N_ ("Add an account"), "win.add-account", { "<Control>n" } },
  { N_ ("Check all accounts"), "win.check-all", { "<Control>r" } },
  { N_ ("Search the accounts"), "win.search", { "<Control>f" } },
  { N_ ("Open the menu of an account"), NULL, { "<Shift>F10" } },
  { N_ ("The Account That Is Shown"), NULL, { NULL } },
  { N_ ("Check it"), "win.check", { "F5" } },
  { N_ ("Show its check"), "win.show-page('check')", { "<Alt>1" } },
  { N_ ("Show its settings"), "win.show-page('settings')", { "<Alt>2" } },
  { N_ ("Show its exports"), "win.show-page('export')", { "<Alt>3" } },
  { N_ ("Save its settings"), NULL, { "<Control>s" } },
  { N_ ("Go back"), NULL, { "Escape" } },
  { N_ ("Everything"), NULL, { NULL } },
  { N_ ("Show the history of exports"), "win.history", { "<Control>h" } },
  { N_ ("Open the main menu"), NULL, { "F10" } },
  { N_ ("Preferences"), "app.preferences", { "<Control>comma" } },
  { N_ ("Keyboard shortcuts"), "app.shortcuts", { "<Control>question" } },
  { N_ ("Help"), "app.help", { "F1" } },
  { N_ ("Close the window"), "window.close", { "<Control>w" } },
  { N_ ("Quit"), "app.quit", { "<Control>q" } },
};

/**
 * mw_shortcuts_install:
 * @application: the program
 *
 * Gives the actions their keys.
 */
void
mw_shortcuts_install (GtkApplication *application)
{
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    if (shortcuts[i].action != NULL)
      gtk_application_set_accels_for_action (application, shortcuts[i].action, shortcuts[i].keys);
}

static GtkWidget *
make_row (const Shortcut *shortcut)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *keys = NULL;
  GtkWidget *label;
  GdkModifierType modifiers;
  guint key;

  gtk_accelerator_parse (shortcut->keys[0], &key, &modifiers);
  keys = gtk_accelerator_get_label (key, modifiers);
  label = gtk_label_new (keys);
  gtk_widget_add_css_class (label, "mw-key");
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (shortcut->title));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  /* The row is what a screen reader stands on. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, keys,
                                  -1);
  return row;
}

/**
 * mw_shortcuts_dialog_new:
 *
 * Returns: (transfer floating): a dialog that lists the keys
 */
AdwDialog *
mw_shortcuts_dialog_new (void)
{
  AdwDialog *dialog = adw_preferences_dialog_new ();
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    {
      if (shortcuts[i].keys[0] != NULL)
        {
          adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_row (&shortcuts[i]));
          continue;
        }
      group = adw_preferences_group_new ();
      adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ (shortcuts[i].title));
      adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
    }
  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), ADW_PREFERENCES_PAGE (page));
  adw_dialog_set_title (dialog, _ ("Keyboard Shortcuts"));
  adw_dialog_set_content_width (dialog, 480);
  return dialog;
}
