/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-ui"

#include "config.h"

#include "app/mw-ui.h"

#include "app/mw-window.h"

#include <glib/gi18n-lib.h>

/* What a status looks like. The icons are the program's own: each has a shape of its own, so that
 * nobody needs to see a colour. */
typedef struct
{
  const char *icon;
  const char *css_class;
  const char *word;
} Look;

static const Look status_looks[] = {
  /* Translators: how a part of a check ended; one word, beside an icon */
  [MW_STATUS_OK] = { "mw-ok-symbolic", "success", NC_ ("status", "Fine") },
  [MW_STATUS_WARNING] = { "mw-warning-symbolic", "warning", NC_ ("status", "Warning") },
  [MW_STATUS_FAILED] = { "mw-failed-symbolic", "error", NC_ ("status", "Failed") },
  /* Translators: this part of the check was not reached, or there was no need for it */
  [MW_STATUS_SKIPPED] = { "mw-skipped-symbolic", "dim-label", NC_ ("status", "Not checked") },
  [MW_STATUS_RUNNING] = { "mw-running-symbolic", "accent", NC_ ("status", "Running") },
};

static const Look state_looks[] = {
  [MW_ACCOUNT_STATE_NEVER] = { "mw-never-symbolic", "dim-label", NULL },
  [MW_ACCOUNT_STATE_CHANGED] = { "mw-changed-symbolic", "dim-label", NULL },
  [MW_ACCOUNT_STATE_INCOMPLETE] = { "mw-incomplete-symbolic", "warning", NULL },
  [MW_ACCOUNT_STATE_PROVEN] = { "mw-ok-symbolic", "success", NULL },
  [MW_ACCOUNT_STATE_WARNING] = { "mw-warning-symbolic", "warning", NULL },
  [MW_ACCOUNT_STATE_FAILED] = { "mw-failed-symbolic", "error", NULL },
  [MW_ACCOUNT_STATE_CHECKING] = { "mw-running-symbolic", "accent", NULL },
};

static const Look *
look_of_status (MwStatus status)
{
  return &status_looks[(guint) status < G_N_ELEMENTS (status_looks) ? status : MW_STATUS_SKIPPED];
}

static const Look *
look_of_state (MwAccountState state)
{
  return &state_looks[(guint) state < G_N_ELEMENTS (state_looks) ? state : MW_ACCOUNT_STATE_NEVER];
}

static GtkWindow *
find_window (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* The title of a toast is one line that is cut; a label of our own has as many as it takes. */
static void
wrap_title (AdwToast *toast, gboolean is_narrow)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (NULL));
  gboolean has_button = adw_toast_get_button_label (toast) != NULL;

  if (adw_toast_get_use_markup (toast))
    gtk_label_set_markup (label, adw_toast_get_title (toast));
  else
    gtk_label_set_text (label, adw_toast_get_title (toast));
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (label, GTK_NATURAL_WRAP_WORD);
  gtk_label_set_xalign (label, 0);
  if (is_narrow) /* the rest is the button's, which has one line and is cut as well */
    gtk_label_set_max_width_chars (label, has_button ? 14 : 26);
  gtk_widget_add_css_class (GTK_WIDGET (label), "heading");
  adw_toast_set_custom_title (toast, GTK_WIDGET (label));
}

/**
 * mw_ui_add_toast:
 * @widget: any widget of a window
 * @toast: (transfer full): a toast
 *
 * Shows @toast in the nearest #AdwToastOverlay around @widget, or else in the window's. Outside of
 * a window it is let go.
 */
void
mw_ui_add_toast (GtkWidget *widget, AdwToast *toast)
{
  GtkWidget *overlay, *title;
  GtkWindow *window;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (ADW_IS_TOAST (toast));

  overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  window = find_window (widget);
  if (adw_toast_get_custom_title (toast) == NULL)
    wrap_title (toast, window != NULL && gtk_widget_get_width (GTK_WIDGET (window)) < 500);
  title = adw_toast_get_custom_title (toast);
  if (overlay == NULL && ADW_IS_APPLICATION_WINDOW (window))
    overlay = adw_application_window_get_content (ADW_APPLICATION_WINDOW (window));
  if (ADW_IS_TOAST_OVERLAY (overlay))
    {
      adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
      /* libadwaita says that there is a toast, but not what a label in it says. */
      if (GTK_IS_LABEL (title))
        mw_ui_announce (overlay, gtk_label_get_text (GTK_LABEL (title)), FALSE);
    }
  else
    g_object_unref (g_object_ref_sink (toast));
}

/**
 * mw_ui_toast:
 * @widget: any widget of a window
 * @title: plain text
 *
 * Shows a short message for some seconds.
 */
void
mw_ui_toast (GtkWidget *widget, const char *title)
{
  AdwToast *toast = adw_toast_new ("");

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, title);
  mw_ui_add_toast (widget, toast);
}

/**
 * mw_ui_push:
 * @widget: any widget of a window
 * @page: a page
 *
 * Shows @page on top of the page that @widget is on: in the navigation view around it, or else in
 * that of the window.
 */
void
mw_ui_push (GtkWidget *widget, AdwNavigationPage *page)
{
  GtkWidget *view;
  GtkWindow *window;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (ADW_IS_NAVIGATION_PAGE (page));

  view = gtk_widget_get_ancestor (widget, ADW_TYPE_NAVIGATION_VIEW);
  window = find_window (widget);
  if (view == NULL && MW_IS_WINDOW (window))
    {
      mw_window_push (MW_WINDOW (window), page);
      return;
    }
  g_return_if_fail (view != NULL);
  adw_navigation_view_push (ADW_NAVIGATION_VIEW (view), page);
}

static void
open_uri_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) widget = user_data;
  g_autoptr (GError) error = NULL;

  if (gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (source), result, &error) ||
      g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    return;
  g_info ("no browser took %s: %s", gtk_uri_launcher_get_uri (GTK_URI_LAUNCHER (source)),
          error->message);
  /* The address itself is then the way out. */
  mw_ui_copy (widget, gtk_uri_launcher_get_uri (GTK_URI_LAUNCHER (source)),
              _ ("No browser could be opened: the address was copied"));
}

/**
 * mw_ui_open_uri:
 * @widget: any widget of a window
 * @uri: an http or https URL; anything else is not opened
 *
 * Opens a page in the desktop's browser. Where there is none, the address goes to the clipboard,
 * and a toast says so.
 */
void
mw_ui_open_uri (GtkWidget *widget, const char *uri)
{
  g_autoptr (GtkUriLauncher) launcher = NULL;
  const char *scheme;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (uri != NULL);

  scheme = g_uri_peek_scheme (uri);
  if (g_strcmp0 (scheme, "https") != 0 && g_strcmp0 (scheme, "http") != 0)
    {
      g_warning ("not opened, as it is no web page: %s", uri);
      return;
    }
  launcher = gtk_uri_launcher_new (uri);
  gtk_uri_launcher_launch (launcher, find_window (widget), NULL, open_uri_cb,
                           g_object_ref (widget));
}

/**
 * mw_ui_copy:
 * @widget: any widget of a window
 * @text: what goes to the clipboard; never a password
 * @toast_title: (nullable): what a toast says about it
 *
 * Copies a text.
 */
void
mw_ui_copy (GtkWidget *widget, const char *text, const char *toast_title)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (text != NULL);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  if (toast_title != NULL)
    mw_ui_toast (widget, toast_title);
}

/**
 * mw_ui_status_icon:
 * @status: a status
 *
 * Returns: the name of its icon, a shape of its own
 */
const char *
mw_ui_status_icon (MwStatus status)
{
  return look_of_status (status)->icon;
}

/**
 * mw_ui_status_class:
 * @status: a status
 *
 * Returns: the style class that colours its icon
 */
const char *
mw_ui_status_class (MwStatus status)
{
  return look_of_status (status)->css_class;
}

/**
 * mw_ui_status_word:
 * @status: a status
 *
 * Returns: its word, translated
 */
const char *
mw_ui_status_word (MwStatus status)
{
  return g_dpgettext2 (GETTEXT_PACKAGE, "status", look_of_status (status)->word);
}

/**
 * mw_ui_set_status_image:
 * @image: an image
 * @status: a status
 *
 * Makes @image show @status: shape, colour, and the word for those who hear the window.
 */
void
mw_ui_set_status_image (GtkImage *image, MwStatus status)
{
  g_return_if_fail (GTK_IS_IMAGE (image));

  for (guint i = 0; i < G_N_ELEMENTS (status_looks); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (image), status_looks[i].css_class);
  gtk_widget_add_css_class (GTK_WIDGET (image), mw_ui_status_class (status));
  gtk_image_set_from_icon_name (image, mw_ui_status_icon (status));
  gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  mw_ui_status_word (status), -1);
}

/**
 * mw_ui_state_icon:
 * @state: the state of an account
 *
 * Returns: the name of its icon, a shape of its own
 */
const char *
mw_ui_state_icon (MwAccountState state)
{
  return look_of_state (state)->icon;
}

/**
 * mw_ui_state_class:
 * @state: the state of an account
 *
 * Returns: the style class that colours its icon
 */
const char *
mw_ui_state_class (MwAccountState state)
{
  return look_of_state (state)->css_class;
}

/**
 * mw_ui_format_time:
 * @when: a time, in any zone
 *
 * Says when something was, as people do: with the hour while it is fresh, else the day.
 *
 * Returns: (transfer full): "Today, 10:21", in the person's language and zone
 */
char *
mw_ui_format_time (GDateTime *when)
{
  g_autoptr (GDateTime) local = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GDateTime) yesterday = NULL;

  g_return_val_if_fail (when != NULL, NULL);

  local = g_date_time_to_local (when);
  now = g_date_time_new_now_local ();
  yesterday = g_date_time_add_days (now, -1);
  if (g_date_time_get_year (local) == g_date_time_get_year (now) &&
      g_date_time_get_day_of_year (local) == g_date_time_get_day_of_year (now))
    /* Translators: a time of today, as for strftime(): %H is the hour (00 to 23), %M the minute */
    return g_date_time_format (local, _ ("Today, %H:%M"));
  if (g_date_time_get_year (local) == g_date_time_get_year (yesterday) &&
      g_date_time_get_day_of_year (local) == g_date_time_get_day_of_year (yesterday))
    /* Translators: a time of yesterday, as for strftime() */
    return g_date_time_format (local, _ ("Yesterday, %H:%M"));
  /* Translators: a date, as for strftime(): %-e is the day, %B the month's name, %Y the year */
  return g_date_time_format (local, _ ("%-e %B %Y"));
}

/**
 * mw_ui_alert_new:
 * @heading: translated, plain text
 * @body: (nullable): translated, plain text
 * @detail: (nullable): text from outside: what a library said, the path of a file; up to ten lines
 *
 * An #AdwAlertDialog breaks its body between words only, so that a long path would not fit; @detail
 * is a label of its own.
 *
 * Returns: (transfer floating): a dialog without responses
 */
AdwDialog *
mw_ui_alert_new (const char *heading, const char *body, const char *detail)
{
  AdwDialog *dialog = adw_alert_dialog_new (heading, body);
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;
  GtkWidget *label;

  if (detail == NULL)
    return dialog;
  lines = g_strsplit (detail, "\n", 10);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *harmless = mw_text_make_harmless (lines[i], -1, 1000);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", harmless);
    }
  label = gtk_label_new (text->str);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (label, "dimmed");
  adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog), label);
  return dialog;
}

/**
 * mw_ui_announce:
 * @widget: what the message is about; it must be shown
 * @message: translated, plain text
 * @urgent: whether it may interrupt what is being read
 *
 * Says something to screen readers that those who see it notice by themselves.
 */
void
mw_ui_announce (GtkWidget *widget, const char *message, gboolean urgent)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (message != NULL);

  if (!gtk_widget_get_mapped (widget))
    return;
  gtk_accessible_announce (GTK_ACCESSIBLE (widget), message,
                           urgent ? GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH
                                  : GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/**
 * mw_ui_plain:
 * @text: (nullable): text from outside
 * @max: how many bytes of it at most
 *
 * Makes text from outside fit for a property that takes markup: harmless, cut, escaped.
 *
 * Returns: (transfer full): the text, "" for %NULL
 */
char *
mw_ui_plain (const char *text, gsize max)
{
  g_autofree char *harmless = mw_text_make_harmless (text != NULL ? text : "", -1, max);

  return g_markup_escape_text (harmless, -1);
}
