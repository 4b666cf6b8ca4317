/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-application"

#include "config.h"

#include "app/mw-application.h"

#include "app/mw-help-dialog.h"
#include "app/mw-preferences-dialog.h"
#include "app/mw-shortcuts.h"
#include "app/mw-window.h"

#include <glib/gi18n-lib.h>

struct _MwApplication
{
  AdwApplication parent_instance;

  /* Owned */
  GSettings *settings;
  MwSession *session;
  char *ca_file;   /* nullable */
  char *ispdb_url; /* nullable */
  /* What is done once there is a window */
  char *address; /* nullable: an account is added with it */
  gboolean check_all;
};

G_DEFINE_FINAL_TYPE (MwApplication, mw_application, ADW_TYPE_APPLICATION)

static MwWindow *
need_window (MwApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (!MW_IS_WINDOW (window))
    window = GTK_WINDOW (mw_window_new (ADW_APPLICATION (self), self->session));
  gtk_window_present (window);
  return MW_WINDOW (window);
}

/* ---- actions ----------------------------------------------------------------------------------
 */

/* Each window asks about what is not saved; the program ends with the last one. */
static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (user_data));

  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static void
add_account_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *address = g_variant_get_string (parameter, NULL);

  mw_window_add_account (need_window (user_data), *address != '\0' ? address : NULL);
}

/* Without a parameter, so that the desktop can ask for it: its menu, and other programs */
static void
new_account_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  mw_window_add_account (need_window (user_data), NULL);
}

static void
check_all_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_widget_activate_action (GTK_WIDGET (need_window (user_data)), "win.check-all", NULL);
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MwApplication *self = user_data;

  adw_dialog_present (mw_preferences_dialog_new (self->settings), GTK_WIDGET (need_window (self)));
}

static void
shortcuts_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_dialog_present (mw_shortcuts_dialog_new (), GTK_WIDGET (need_window (user_data)));
}

static void
help_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MwWindow *window = need_window (user_data);

  adw_dialog_present (mw_help_dialog_new (mw_window_get_page (window)), GTK_WIDGET (window));
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const authors[] = { "The Mailwright authors", NULL };
  static const char *const data_sources[] = {
    "Mozilla ISPDB https://github.com/thunderbird/autoconfig",
    "Delta Chat provider-db https://github.com/chatmail/provider-db", NULL
  };
  AdwDialog *dialog = adw_about_dialog_new ();
  AdwAboutDialog *about = ADW_ABOUT_DIALOG (dialog);

  adw_about_dialog_set_application_name (about, "Mailwright");
  adw_about_dialog_set_application_icon (about, APPLICATION_ID);
  adw_about_dialog_set_version (about, VERSION);
  adw_about_dialog_set_developer_name (about, authors[0]);
  adw_about_dialog_set_developers (about, (const char **) authors);
  adw_about_dialog_set_copyright (about, "© 2026 The Mailwright authors");
  adw_about_dialog_set_license_type (about, GTK_LICENSE_GPL_3_0);
  adw_about_dialog_set_website (about, PROJECT_URL);
  adw_about_dialog_set_issue_url (about, ISSUES_URL);
  adw_about_dialog_set_comments (
      about,
      _ ("Sets up a mail account so that it works the first time, and says exactly why when it "
                "does not."));
  /* Translators: put your names here, one a line; they are shown among the credits */
  adw_about_dialog_set_translator_credits (about, _ ("translator-credits"));
  adw_about_dialog_add_acknowledgement_section (about, _ ("Provider Data Compiled With"),
                                                         (const char **) data_sources);
  adw_about_dialog_add_legal_section (about, _ ("Provider Data"), NULL, GTK_LICENSE_MPL_2_0, NULL);
  adw_dialog_present (dialog, GTK_WIDGET (need_window (user_data)));
}

static void
install_actions (MwApplication *self)
{
  static const GActionEntry actions[] = {
    { .name = "quit", .activate = quit_action },
    { .name = "add-account", .activate = add_account_action, .parameter_type = "s" },
    { .name = "new-account", .activate = new_account_action },
    { .name = "check-all", .activate = check_all_action },
    { .name = "preferences", .activate = preferences_action },
    { .name = "shortcuts", .activate = shortcuts_action },
    { .name = "help", .activate = help_action },
    { .name = "about", .activate = about_action },
  };
  g_autoptr (GAction) sort = g_settings_create_action (self->settings, "sort-by-name");

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_action_map_add_action (G_ACTION_MAP (self), sort);
}

/* ---- the class --------------------------------------------------------------------------------
 */

/* Options are taken by the process that they were given to. A first one keeps them; a later one
 * hands on what a running program can still do, and refuses the rest loudly. */
static int
mw_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  MwApplication *self = MW_APPLICATION (application);
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  const char *ca_file;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Mailwright %s\n", VERSION);
      return 0;
    }
  g_variant_dict_lookup (options, "add", "s", &address);
  if (address == NULL && g_variant_dict_contains (options, "new-account"))
    address = g_strdup ("");
  g_variant_dict_lookup (options, "ispdb", "s", &self->ispdb_url);
  if (g_variant_dict_lookup (options, "ca-file", "^&ay", &ca_file))
    self->ca_file = g_canonicalize_filename (ca_file, NULL);

  if (!g_application_register (application, NULL, &error))
    {
      g_printerr ("mailwright: %s\n", error->message);
      return 3;
    }
  if (!g_application_get_is_remote (application))
    {
      self->address = g_steal_pointer (&address);
      self->check_all = g_variant_dict_contains (options, "check-all");
      return -1;
    }
  if (self->ca_file != NULL || self->ispdb_url != NULL)
    {
      g_printerr ("%s\n", _ ("Mailwright is running already: close it first, as --ca-file and "
                             "--ispdb only take effect when it starts."));
      return 2;
    }
  if (address != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (self), "add-account",
                                    g_variant_new_string (address));
  if (g_variant_dict_contains (options, "check-all"))
    g_action_group_activate_action (G_ACTION_GROUP (self), "check-all", NULL);
  /* The files, if there are some, or just the window */
  return -1;
}

/* What the options of this start ask for; (transfer none) */
static MwWindow *
follow_options (MwApplication *self)
{
  MwWindow *window = need_window (self);
  g_autofree char *address = g_steal_pointer (&self->address);

  if (address != NULL)
    mw_window_add_account (window, *address != '\0' ? address : NULL);
  if (self->check_all)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.check-all", NULL);
  self->check_all = FALSE;
  return window;
}

static void
mw_application_activate (GApplication *application)
{
  follow_options (MW_APPLICATION (application));
}

static void
mw_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  mw_window_open_files (follow_options (MW_APPLICATION (application)), files, (guint) n_files);
}

static void
mw_application_startup (GApplication *application)
{
  MwApplication *self = MW_APPLICATION (application);

  G_APPLICATION_CLASS (mw_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (APPLICATION_ID);
  self->settings = g_settings_new (APPLICATION_ID);
  self->session = mw_session_new (self->settings, self->ca_file, self->ispdb_url);
  install_actions (self);
  mw_shortcuts_install (GTK_APPLICATION (self));
}

static void
mw_application_dispose (GObject *object)
{
  MwApplication *self = MW_APPLICATION (object);

  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->ca_file, g_free);
  g_clear_pointer (&self->ispdb_url, g_free);
  g_clear_pointer (&self->address, g_free);

  G_OBJECT_CLASS (mw_application_parent_class)->dispose (object);
}

static void
mw_application_class_init (MwApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_application_dispose;
  application_class->activate = mw_application_activate;
  application_class->handle_local_options = mw_application_handle_local_options;
  application_class->open = mw_application_open;
  application_class->startup = mw_application_startup;
}

static void
mw_application_init (MwApplication *self)
{
  static const GOptionEntry options[] = {
    { "add", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Add an account with this address"),
      N_ ("ADDRESS") },
    { "new-account", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Add an account"), NULL },
    { "check-all", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Check all accounts"), NULL },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, NULL,
      N_ ("Also trust the certificate authorities in this file"), N_ ("FILE") },
    { "ispdb", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Use this copy of the ISPDB"), N_ ("URL") },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[FILE]"));
  /* Shown by --help below the line of how to use it */
  g_application_set_option_context_summary (
      G_APPLICATION (self), _ ("Sets up mail accounts. FILE is a set-up file (autoconfig XML) that "
                               "names the servers."));
}

/**
 * mw_application_new:
 *
 * Returns: (transfer full): the program
 */
MwApplication *
mw_application_new (void)
{
  return g_object_new (MW_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path",
                       "/io/github/mailwright/Mailwright", NULL);
}
