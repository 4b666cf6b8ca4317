/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-application"

#include "config.h"

#include "app/mw-application.h"

#include "app/mw-window.h"

#include <glib/gi18n-lib.h>

struct _MwApplication
{
  AdwApplication parent_instance;

  /* Owned */
  GSettings *settings;
  MwSession *session;
  char *ca_file;
  char *ispdb_url;
};

G_DEFINE_FINAL_TYPE (MwApplication, mw_application, ADW_TYPE_APPLICATION)

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (user_data);
}

static void
mw_application_activate (GApplication *application)
{
  MwApplication *self = MW_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (mw_window_new (ADW_APPLICATION (self), self->session));
  gtk_window_present (window);
}

static void
mw_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "quit", .activate = quit_action },
  };
  MwApplication *self = MW_APPLICATION (application);

  G_APPLICATION_CLASS (mw_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  self->settings = g_settings_new (APPLICATION_ID);
  self->session = mw_session_new (self->settings, self->ca_file, self->ispdb_url);
  mw_session_start (self->session);
}

static void
mw_application_dispose (GObject *object)
{
  MwApplication *self = MW_APPLICATION (object);

  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->ca_file, g_free);
  g_clear_pointer (&self->ispdb_url, g_free);

  G_OBJECT_CLASS (mw_application_parent_class)->dispose (object);
}

static void
mw_application_class_init (MwApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mw_application_dispose;
  G_APPLICATION_CLASS (klass)->activate = mw_application_activate;
  G_APPLICATION_CLASS (klass)->startup = mw_application_startup;
}

static void
mw_application_init (MwApplication *self)
{
}

/**
 * mw_application_new:
 *
 * Returns: (transfer full): the program
 */
MwApplication *
mw_application_new (void)
{
  return g_object_new (MW_TYPE_APPLICATION, "application-id", APPLICATION_ID, "resource-base-path",
                       "/io/github/mailwright/Mailwright", NULL);
}
