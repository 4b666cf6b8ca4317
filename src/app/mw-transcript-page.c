/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-transcript-page"

#include "config.h"

#include "app/mw-transcript-page.h"

#include "app/mw-ui.h"
#include "report/mw-redact.h"

#include <glib/gi18n-lib.h>

struct _MwTranscriptPage
{
  AdwNavigationPage parent_instance;

  /* Owned */
  MwSession *session;
  MwAccountItem *item;
  MwReport *report;

  /* Template children */
  GtkTextView *view;
};

G_DEFINE_FINAL_TYPE (MwTranscriptPage, mw_transcript_page, ADW_TYPE_NAVIGATION_PAGE)

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwTranscriptPage *self = MW_TRANSCRIPT_PAGE (widget);
  const char *transcript = mw_report_get_transcript (self->report);
  g_autoptr (GPtrArray) accounts = g_ptr_array_new ();
  g_autofree char *masked = NULL;

  if (transcript == NULL)
    return;
  if (!g_settings_get_boolean (mw_session_get_settings (self->session), "mask-names"))
    {
      mw_ui_copy (widget, transcript, _ ("Dialogue copied, with names and addresses"));
      return;
    }
  g_ptr_array_add (accounts, mw_account_item_get_account (self->item));
  masked = mw_redact (transcript, accounts);
  mw_ui_copy (widget, masked, _ ("Dialogue copied, names and addresses masked"));
}

static void
mw_transcript_page_dispose (GObject *object)
{
  MwTranscriptPage *self = MW_TRANSCRIPT_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_TRANSCRIPT_PAGE);
  g_clear_object (&self->report);
  g_clear_object (&self->item);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (mw_transcript_page_parent_class)->dispose (object);
}

static void
mw_transcript_page_class_init (MwTranscriptPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_transcript_page_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-transcript-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwTranscriptPage, view);
  gtk_widget_class_install_action (widget_class, "transcript.copy", NULL, copy_action);
}

static void
mw_transcript_page_init (MwTranscriptPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_transcript_page_new:
 * @session: what the windows share
 * @item: the account
 * @report: the report of one of its servers, with a transcript
 *
 * Returns: (transfer floating): a page with the dialogue
 */
AdwNavigationPage *
mw_transcript_page_new (MwSession *session, MwAccountItem *item, MwReport *report)
{
  MwTranscriptPage *self;
  const char *transcript;

  g_return_val_if_fail (MW_IS_SESSION (session), NULL);
  g_return_val_if_fail (MW_IS_ACCOUNT_ITEM (item), NULL);
  g_return_val_if_fail (MW_IS_REPORT (report), NULL);

  self = g_object_new (MW_TYPE_TRANSCRIPT_PAGE, NULL);
  self->session = g_object_ref (session);
  self->item = g_object_ref (item);
  self->report = g_object_ref (report);
  transcript = mw_report_get_transcript (report);
  if (transcript != NULL)
    {
      g_autofree char *text = g_utf8_make_valid (transcript, -1);

      gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
    }
  return ADW_NAVIGATION_PAGE (self);
}
