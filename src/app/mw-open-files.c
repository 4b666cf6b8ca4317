/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-open-files"

#include "config.h"

#include "app/mw-open-files.h"

#include "app/mw-add-set-up-file.h"
#include "app/mw-ui.h"
#include "discovery/mw-document.h"

#include <glib/gi18n-lib.h>

/* How many names are told of files that were opened at once */
#define MAX_NAMES 8

typedef struct
{
  GtkWindow *window;
  GFile *file;
  MwOpenFileFunc take;
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->window);
  g_object_unref (opening->file);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static char *
dup_name (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  return g_filename_display_name (name != NULL ? name : "");
}

/* ---- what is no set-up file ---- */

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) window = user_data;
  g_autoptr (GError) error = NULL;

  if (gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error) ||
      g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    return;
  g_info ("no other program took the file: %s", error->message);
  mw_ui_toast (window, _ ("No other program could be opened"));
}

/* Somebody may have made this program the one that all XML files are opened with */
static void
on_response (AdwAlertDialog *dialog, const char *response, Opening *opening)
{
  g_autoptr (GtkFileLauncher) launcher = NULL;

  if (!g_str_equal (response, "other"))
    return;
  launcher = gtk_file_launcher_new (opening->file);
  gtk_file_launcher_set_always_ask (launcher, TRUE);
  gtk_file_launcher_launch (launcher, opening->window, NULL, launched_cb,
                            g_object_ref (opening->window));
}

/* Takes @opening */
static void
tell_trouble (Opening *opening, const GError *error)
{
  g_autofree char *name = dup_name (opening->file);
  g_autofree char *detail = NULL;
  const char *heading = _ ("This Is Not a Set-Up File");
  const char *body =
      _ ("A set-up file is an XML file (autoconfig) that names the servers for mail.");
  gboolean foreign = error->domain == MW_DISCOVERY_ERROR;
  GtkWidget *window = GTK_WIDGET (opening->window);
  AdwDialog *dialog;

  if (g_error_matches (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_NO_SERVERS))
    {
      foreign = FALSE;
      heading = _ ("The File Cannot Be Used");
      body = _ ("It is a set-up file, but names no mail server that Mailwright knows how to use.");
    }
  else if (!foreign)
    {
      heading = _ ("The File Cannot Be Read");
      body = NULL;
    }
  /* What the parser says of a file that it was never meant for helps nobody */
  detail = g_strdup_printf (
      "%s\n%s", name,
      g_error_matches (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_MALFORMED) ? ""
                                                                                : error->message);
  g_strchomp (detail);
  g_info ("%s was not taken: %s", name, error->message);
  dialog = mw_ui_alert_new (heading, body, detail);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  if (foreign)
    {
      adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "other",
                                     _ ("_Open With Another Program…"));
      g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), opening,
                             (GClosureNotify) (GCallback) opening_free, 0);
    }
  else
    opening_free (opening);
  adw_dialog_present (dialog, window);
}

static void
tell_too_many (GtkWindow *window, GFile **files, guint n_files)
{
  g_autoptr (GString) names = g_string_new (NULL);
  AdwDialog *dialog;

  for (guint i = 0; i < n_files && i < MAX_NAMES; i++)
    {
      g_autofree char *name = dup_name (files[i]);

      g_string_append_printf (names, "%s%s", i > 0 ? "\n" : "", name);
    }
  if (n_files > MAX_NAMES)
    g_string_append (names, "\n…");
  dialog = mw_ui_alert_new (_ ("Open One Set-Up File at a Time"),
                              _ ("An account is set up from one file. None of these was opened."),
                                names->str);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (window));
}

/* ---- the look ---- */

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MwSettings) settings = mw_add_set_up_file_load_finish (result, &error);

  /* Closed in the meantime */
  if (gtk_window_get_application (opening->window) == NULL)
    return;
  if (settings != NULL)
    opening->take (opening->window, opening->file);
  else
    tell_trouble (g_steal_pointer (&opening), error);
}

/**
 * mw_open_files:
 * @window: the window
 * @files: (array length=n_files): files
 * @n_files: how many
 * @take: goes on with the one that can be used
 *
 * Looks at files that the person opened with this program, which may be anything: XML files have
 * one type, whatever is in them.
 */
void
mw_open_files (GtkWindow *window, GFile **files, guint n_files, MwOpenFileFunc take)
{
  Opening *opening;

  g_return_if_fail (GTK_IS_WINDOW (window));

  if (n_files == 0)
    return;
  if (n_files > 1)
    {
      tell_too_many (window, files, n_files);
      return;
    }
  opening = g_new (Opening, 1);
  opening->window = g_object_ref (window);
  opening->file = g_object_ref (files[0]);
  opening->take = take;
  mw_add_set_up_file_load_async (files[0], NULL, NULL, loaded_cb, opening);
}
