/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-server-card"

#include "config.h"

#include "app/mw-server-card.h"

#include "app/mw-light-badge.h"
#include "app/mw-step-row.h"
#include "app/mw-trouble-row.h"
#include "app/mw-ui.h"
#include "report/mw-report-text.h"

#include <glib/gi18n-lib.h>

/* The row of the lights is the first; those of the trouble follow */
#define FIRST_TROUBLE 1

struct _MwServerCard
{
  AdwBin parent_instance;

  /* Owned */
  MwLiveServer *live;
  char *help;
  MwHalf half;

  /* Of the list */
  GPtrArray *troubles;  /* (element-type MwTroubleRow) */
  MwTroubleRow *opened; /* one of them that opened itself */
  GPtrArray *steps;     /* (element-type MwStepRow) */
  MwLightBadge *badges[MW_N_LIGHTS];

  /* Template children */
  GtkLabel *heading;
  GtkLabel *description;
  GtkListBox *list;
  GtkBox *first_lights; /* two and two: where the window is narrow, they stand below each other */
  GtkBox *last_lights;
  AdwExpanderRow *stages;
  AdwActionRow *details;
};

enum
{
  SIGNAL_TROUBLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwServerCard, mw_server_card, ADW_TYPE_BIN)

/* ---- what is wrong ---- */

/* What is known to be wrong by now: by the stages while it runs, by the report afterwards */
static GArray *
collect_diagnoses (MwServerCard *self)
{
  GArray *diagnoses = g_array_new (FALSE, FALSE, sizeof (MwDiagnosis));
  MwReport *report = mw_live_server_get_report (self->live);

  if (report != NULL)
    {
      guint n;
      const MwDiagnosis *known = mw_report_get_diagnoses (report, &n);

      g_array_append_vals (diagnoses, known, n);
      return diagnoses;
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->live)); i++)
    {
      g_autoptr (MwStep) step = g_list_model_get_item (G_LIST_MODEL (self->live), i);
      MwDiagnosis diagnosis = mw_step_get_diagnosis (step);

      if (diagnosis != MW_DIAGNOSIS_NONE)
        g_array_append_val (diagnoses, diagnosis);
    }
  return diagnoses;
}

static MwTroubleRow *
find_trouble (MwServerCard *self, MwDiagnosis diagnosis)
{
  for (guint i = 0; i < self->troubles->len; i++)
    {
      MwTroubleRow *row = g_ptr_array_index (self->troubles, i);

      if (mw_trouble_row_get_diagnosis (row) == diagnosis)
        return row;
    }
  return NULL;
}

/* Rows only come while a check runs: what went wrong stays wrong */
static void
update_troubles (MwServerCard *self)
{
  g_autoptr (GArray) diagnoses = collect_diagnoses (self);
  gboolean is_news = FALSE;

  for (guint i = 0; i < diagnoses->len; i++)
    {
      MwDiagnosis diagnosis = g_array_index (diagnoses, MwDiagnosis, i);
      MwTroubleRow *row = find_trouble (self, diagnosis);

      if (row == NULL)
        {
          row = MW_TROUBLE_ROW (mw_trouble_row_new (diagnosis, self->half));
          gtk_list_box_insert (self->list, GTK_WIDGET (row),
                               FIRST_TROUBLE + (int) MIN (i, self->troubles->len));
          g_ptr_array_insert (self->troubles, (int) MIN (i, self->troubles->len), row);
          is_news = TRUE;
        }
      mw_trouble_row_update (row, self->live, self->help);
    }
  if (is_news)
    g_signal_emit (self, signals[SIGNAL_TROUBLE], 0);
}

/* ---- stages ---- */

/* The list only grows at its end, or a stage changes in its place; but any change is followed. */
static void
on_items_changed (MwServerCard *self, guint position, guint removed, guint added)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->live));
  guint end = removed == added ? position + added : n;

  for (guint i = position; i < end; i++)
    {
      g_autoptr (MwStep) step = g_list_model_get_item (G_LIST_MODEL (self->live), i);

      if (i < self->steps->len)
        mw_step_row_set_step (g_ptr_array_index (self->steps, i), step);
      else
        {
          GtkWidget *row = mw_step_row_new (step);

          adw_expander_row_add_row (self->stages, row);
          g_ptr_array_add (self->steps, row);
        }
    }
  while (self->steps->len > n)
    {
      adw_expander_row_remove (self->stages, g_ptr_array_index (self->steps, self->steps->len - 1));
      g_ptr_array_set_size (self->steps, (int) self->steps->len - 1);
    }
}

static char *
describe_stages (MwServerCard *self)
{
  MwStep *current = mw_live_server_get_current (self->live);
  double total = 0;

  if (mw_live_server_is_cancelled (self->live))
    return g_strdup (_ ("Stopped before the end"));
  if (mw_live_server_get_report (self->live) == NULL)
    return g_strdup (current != NULL ? mw_stage_get_title (mw_step_get_stage (current))
                                     : _ ("Waiting for its turn"));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->live)); i++)
    {
      g_autoptr (MwStep) step = g_list_model_get_item (G_LIST_MODEL (self->live), i);

      total += mw_step_get_milliseconds (step);
    }
  /* Translators: how long the check of one server took, in seconds */
  return g_strdup_printf (_ ("Done in %.1f seconds"), total / 1000);
}

static void
on_steps_changed (MwServerCard *self)
{
  MwReport *report = mw_live_server_get_report (self->live);
  g_autofree char *summary = describe_stages (self);
  gboolean is_cancelled = mw_live_server_is_cancelled (self->live);

  for (guint i = 0; i < MW_N_LIGHTS; i++)
    {
      MwStatus status = mw_live_server_get_light (self->live, i);

      if (status == MW_STATUS_RUNNING && is_cancelled)
        status = MW_STATUS_SKIPPED;
      mw_light_badge_set_status (self->badges[i], status);
    }
  adw_expander_row_set_subtitle (self->stages, summary);
  gtk_widget_set_visible (GTK_WIDGET (self->details), report != NULL);
  update_troubles (self);
}

/* ---- the class ---- */

static void
mw_server_card_dispose (GObject *object)
{
  MwServerCard *self = MW_SERVER_CARD (object);

  if (self->live != NULL)
    g_signal_handlers_disconnect_by_data (self->live, self);
  g_clear_object (&self->live);
  g_clear_pointer (&self->help, g_free);
  g_clear_pointer (&self->troubles, g_ptr_array_unref);
  g_clear_pointer (&self->steps, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_SERVER_CARD);

  G_OBJECT_CLASS (mw_server_card_parent_class)->dispose (object);
}

static void
mw_server_card_class_init (MwServerCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_server_card_dispose;

  /**
   * MwServerCard::trouble:
   *
   * Something is wrong that was not known before.
   */
  signals[SIGNAL_TROUBLE] = g_signal_new ("trouble", MW_TYPE_SERVER_CARD, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-server-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MwServerCard, heading);
  gtk_widget_class_bind_template_child (widget_class, MwServerCard, description);
  gtk_widget_class_bind_template_child (widget_class, MwServerCard, list);
  gtk_widget_class_bind_template_child (widget_class, MwServerCard, first_lights);
  gtk_widget_class_bind_template_child (widget_class, MwServerCard, last_lights);
  gtk_widget_class_bind_template_child (widget_class, MwServerCard, stages);
  gtk_widget_class_bind_template_child (widget_class, MwServerCard, details);
}

static void
mw_server_card_init (MwServerCard *self)
{
  self->troubles = g_ptr_array_new ();
  self->steps = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < MW_N_LIGHTS; i++)
    {
      self->badges[i] = MW_LIGHT_BADGE (mw_light_badge_new (i));
      gtk_box_append (i < MW_N_LIGHTS / 2 ? self->first_lights : self->last_lights,
                      GTK_WIDGET (self->badges[i]));
    }
}

/**
 * mw_server_card_new:
 * @server: a server of an account
 * @half: which of them
 *
 * Returns: (transfer floating): a card for a server that was not checked yet
 */
GtkWidget *
mw_server_card_new (MwServer *server, MwHalf half)
{
  MwServerCard *self = g_object_new (MW_TYPE_SERVER_CARD, NULL);
  g_autofree char *description = mw_server_describe (server);

  self->half = half;
  gtk_label_set_label (self->heading, mw_half_get_title (half));
  gtk_label_set_label (self->description, description);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->details), "s", mw_half_to_string (half));
  return GTK_WIDGET (self);
}

/**
 * mw_server_card_set_live:
 * @self: a card that has none yet
 * @live: the check of its server
 * @help: (nullable): an https address where the provider explains how to sign in
 *
 * Follows a check from now on.
 */
void
mw_server_card_set_live (MwServerCard *self, MwLiveServer *live, const char *help)
{
  g_return_if_fail (MW_IS_SERVER_CARD (self));
  g_return_if_fail (MW_IS_LIVE_SERVER (live));
  g_return_if_fail (self->live == NULL);

  self->live = g_object_ref (live);
  self->help = g_strdup (help);
  g_signal_connect_object (live, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (live, "steps-changed", G_CALLBACK (on_steps_changed), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self->stages), TRUE);
  on_items_changed (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (live)));
  on_steps_changed (self);
}

/**
 * mw_server_card_get_live:
 * @self: a card
 *
 * Returns: (transfer none) (nullable): the check that it shows
 */
MwLiveServer *
mw_server_card_get_live (MwServerCard *self)
{
  g_return_val_if_fail (MW_IS_SERVER_CARD (self), NULL);

  return self->live;
}

/**
 * mw_server_card_open_trouble:
 * @self: a card
 *
 * Opens what matters most of what is wrong. What was opened so before is closed again: a report may
 * know something that matters more than the stage that failed.
 *
 * Returns: (transfer none) (nullable): its row, or %NULL when nothing is wrong
 */
GtkWidget *
mw_server_card_open_trouble (MwServerCard *self)
{
  MwTroubleRow *row;

  g_return_val_if_fail (MW_IS_SERVER_CARD (self), NULL);

  if (self->troubles->len == 0)
    return NULL;
  row = g_ptr_array_index (self->troubles, 0);
  if (self->opened != NULL && self->opened != row)
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self->opened), FALSE);
  self->opened = row;
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  return GTK_WIDGET (row);
}

/**
 * mw_server_card_has_opened:
 * @self: a card
 *
 * Returns: whether mw_server_card_open_trouble() has opened something
 */
gboolean
mw_server_card_has_opened (MwServerCard *self)
{
  g_return_val_if_fail (MW_IS_SERVER_CARD (self), FALSE);

  return self->opened != NULL;
}

/**
 * mw_half_get_title:
 * @half: a half of an account
 *
 * Returns: (transfer none): what it is called above its server, translated
 */
const char *
mw_half_get_title (MwHalf half)
{
  return half == MW_HALF_INCOMING ? _ ("Receiving") : _ ("Sending");
}
