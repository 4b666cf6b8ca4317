/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-step-row"

#include "config.h"

#include "app/mw-step-row.h"

#include "app/mw-quote.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>

struct _MwStepRow
{
  AdwPreferencesRow parent_instance;

  /* Template children */
  GtkWidget *spinner;
  GtkImage *image;
  GtkLabel *title;
  GtkLabel *time;
  GtkLabel *message;
  MwQuote *quote;
};

G_DEFINE_FINAL_TYPE (MwStepRow, mw_step_row, ADW_TYPE_PREFERENCES_ROW)

static void
mw_step_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), MW_TYPE_STEP_ROW);

  G_OBJECT_CLASS (mw_step_row_parent_class)->dispose (object);
}

static void
mw_step_row_class_init (MwStepRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_step_row_dispose;
  g_type_ensure (MW_TYPE_QUOTE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/mailwright/Mailwright/mw-step-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MwStepRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, MwStepRow, image);
  gtk_widget_class_bind_template_child (widget_class, MwStepRow, title);
  gtk_widget_class_bind_template_child (widget_class, MwStepRow, time);
  gtk_widget_class_bind_template_child (widget_class, MwStepRow, message);
  gtk_widget_class_bind_template_child (widget_class, MwStepRow, quote);
}

static void
mw_step_row_init (MwStepRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_step_row_new:
 * @step: a stage of a check
 *
 * Returns: (transfer floating): a row for it
 */
GtkWidget *
mw_step_row_new (MwStep *step)
{
  MwStepRow *self = g_object_new (MW_TYPE_STEP_ROW, NULL);

  mw_step_row_set_step (self, step);
  return GTK_WIDGET (self);
}

static void
show_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static char *
describe_time (MwStep *step, MwStatus status)
{
  if (status == MW_STATUS_RUNNING || status == MW_STATUS_SKIPPED)
    return NULL;
  /* Translators: how long a stage of a check took, in milliseconds */
  return g_strdup_printf (_ ("%.0f ms"), mw_step_get_milliseconds (step));
}

/**
 * mw_step_row_set_step:
 * @self: a row
 * @step: what it is to show
 *
 * Shows another state of the stage.
 */
void
mw_step_row_set_step (MwStepRow *self, MwStep *step)
{
  MwStatus status;
  const char *stage, *message;
  g_autofree char *time = NULL, *name = NULL;

  g_return_if_fail (MW_IS_STEP_ROW (self));
  g_return_if_fail (MW_IS_STEP (step));

  status = mw_step_get_status (step);
  message = mw_step_get_message (step);
  stage = mw_stage_get_title (mw_step_get_stage (step));
  time = describe_time (step, status);

  gtk_widget_set_visible (GTK_WIDGET (self->image), status != MW_STATUS_RUNNING);
  gtk_widget_set_visible (self->spinner, status == MW_STATUS_RUNNING);
  mw_ui_set_status_image (self->image, status);
  gtk_label_set_label (self->title, stage);
  show_label (self->time, time);
  show_label (self->message, message);
  mw_quote_set_words (self->quote, mw_step_get_server_text (step));

  /* Translators: a part of a check and how it ended, as in “Certificate: Failed” */
  name = g_strdup_printf (_ ("%1$s: %2$s"), stage, mw_ui_status_word (status));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  message != NULL ? message : "", -1);
}
