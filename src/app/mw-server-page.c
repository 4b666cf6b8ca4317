/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-server-page"

#include "config.h"

#include "app/mw-server-page.h"

#include "app/mw-certificate-page.h"
#include "app/mw-property-row.h"
#include "app/mw-step-row.h"
#include "app/mw-transcript-page.h"
#include "app/mw-ui.h"
#include "report/mw-report-text.h"

#include <glib/gi18n-lib.h>

struct _MwServerPage
{
  AdwNavigationPage parent_instance;

  /* Owned */
  MwSession *session;
  MwAccountItem *item;
  MwReport *report;
  MwHalf half;

  /* Template children */
  AdwPreferencesGroup *connection;
  AdwPreferencesGroup *evidence;
  AdwActionRow *certificate;
  GtkImage *certificate_image;
  AdwActionRow *transcript;
  AdwPreferencesGroup *stages;
  AdwPreferencesGroup *offers;
};

G_DEFINE_FINAL_TYPE (MwServerPage, mw_server_page, ADW_TYPE_NAVIGATION_PAGE)

static void
show_certificate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwServerPage *self = MW_SERVER_PAGE (widget);

  mw_ui_push (widget,
              mw_certificate_page_new (self->session, self->item, self->half, self->report));
}

static void
show_transcript_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwServerPage *self = MW_SERVER_PAGE (widget);

  mw_ui_push (widget, mw_transcript_page_new (self->session, self->item, self->report));
}

static void
add_row (AdwPreferencesGroup *group, const char *title, const char *value)
{
  if (value != NULL && *value != '\0')
    adw_preferences_group_add (group, mw_property_row_new (title, value));
}

static void
add_words (AdwPreferencesGroup *group, const char *title, const char *const *words)
{
  g_autofree char *joined = words != NULL ? g_strjoinv (" ", (char **) words) : NULL;

  add_row (group, title, joined);
}

static void
show_connection (MwServerPage *self)
{
  g_autofree char *server = mw_server_describe (mw_report_get_server (self->report));

  add_row (self->connection, _ ("Server"), server);
  add_row (self->connection, _ ("Internet address"), mw_report_get_address (self->report));
  add_row (self->connection, _ ("Login name"),
                               mw_server_get_username (mw_report_get_server (self->report)));
  add_row (self->connection, _ ("Network"), mw_report_get_network (self->report));
  if (!mw_report_has_tls (self->report))
    {
      add_row (self->connection, _ ("Encryption"), _ ("None"));
      return;
    }
  add_row (self->connection, _ ("Encryption"), mw_report_get_tls_version (self->report));
  /* Translators: the algorithm that encrypts a connection */
  add_row (self->connection, _ ("Cipher"), mw_report_get_tls_cipher (self->report));
  /* Translators: the group of numbers in which two computers agree on a key: “X25519” */
  add_row (self->connection, _ ("Key exchange"), mw_report_get_tls_group (self->report));
}

static void
show_evidence (MwServerPage *self)
{
  MwStep *step = mw_report_get_step (self->report, MW_STAGE_CERTIFICATE);
  gboolean has_certificate = mw_report_get_certificates (self->report)->len > 0;
  const char *transcript = mw_report_get_transcript (self->report);
  gboolean has_transcript = transcript != NULL && *transcript != '\0';

  gtk_widget_set_visible (GTK_WIDGET (self->certificate), has_certificate);
  gtk_widget_set_visible (GTK_WIDGET (self->transcript), has_transcript);
  gtk_widget_set_visible (GTK_WIDGET (self->evidence), has_certificate || has_transcript);
  if (step == NULL)
    return;
  adw_action_row_set_subtitle (self->certificate, mw_step_get_message (step));
  mw_ui_set_status_image (self->certificate_image, mw_step_get_status (step));
}

static void
show_stages (MwServerPage *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->report)); i++)
    {
      g_autoptr (MwStep) step = g_list_model_get_item (G_LIST_MODEL (self->report), i);

      adw_preferences_group_add (self->stages, mw_step_row_new (step));
    }
}

static void
show_offers (MwServerPage *self)
{
  const char *const *capabilities = mw_report_get_capabilities (self->report);
  const char *const *mechanisms = mw_report_get_mechanisms (self->report);

  /* Translators: the ways to log in that a server offers (SASL mechanisms) */
  add_words (self->offers, _ ("Login mechanisms"), mechanisms);
  /* Translators: what a server says that it can do, in words of the protocol */
  add_words (self->offers, _ ("Capabilities"), capabilities);
  gtk_widget_set_visible (GTK_WIDGET (self->offers),
                          (capabilities != NULL && capabilities[0] != NULL) ||
                              (mechanisms != NULL && mechanisms[0] != NULL));
}

static void
mw_server_page_dispose (GObject *object)
{
  MwServerPage *self = MW_SERVER_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_SERVER_PAGE);
  g_clear_object (&self->report);
  g_clear_object (&self->item);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (mw_server_page_parent_class)->dispose (object);
}

static void
mw_server_page_class_init (MwServerPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_server_page_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-server-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwServerPage, connection);
  gtk_widget_class_bind_template_child (widget_class, MwServerPage, evidence);
  gtk_widget_class_bind_template_child (widget_class, MwServerPage, certificate);
  gtk_widget_class_bind_template_child (widget_class, MwServerPage, certificate_image);
  gtk_widget_class_bind_template_child (widget_class, MwServerPage, transcript);
  gtk_widget_class_bind_template_child (widget_class, MwServerPage, stages);
  gtk_widget_class_bind_template_child (widget_class, MwServerPage, offers);
  gtk_widget_class_install_action (widget_class, "server.show-certificate", NULL,
                                   show_certificate_action);
  gtk_widget_class_install_action (widget_class, "server.show-transcript", NULL,
                                   show_transcript_action);
}

static void
mw_server_page_init (MwServerPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_server_page_new:
 * @session: what the windows share
 * @item: the account
 * @half: which of its servers
 * @report: what the check found; finished
 *
 * Returns: (transfer floating): a page with all of it
 */
AdwNavigationPage *
mw_server_page_new (MwSession *session, MwAccountItem *item, MwHalf half, MwReport *report)
{
  MwServerPage *self;

  g_return_val_if_fail (MW_IS_SESSION (session), NULL);
  g_return_val_if_fail (MW_IS_ACCOUNT_ITEM (item), NULL);
  g_return_val_if_fail (MW_IS_REPORT (report), NULL);

  self = g_object_new (MW_TYPE_SERVER_PAGE, NULL);
  self->session = g_object_ref (session);
  self->item = g_object_ref (item);
  self->report = g_object_ref (report);
  self->half = half;
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self),
                                 half == MW_HALF_INCOMING ? _ ("Receiving Server")
                                                          : _ ("Sending Server"));
  show_connection (self);
  show_evidence (self);
  show_stages (self);
  show_offers (self);
  return ADW_NAVIGATION_PAGE (self);
}
