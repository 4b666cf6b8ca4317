/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-program-row"

#include "config.h"

#include "app/mw-program-row.h"

#include "app/mw-export-job.h"
#include "app/mw-export-ui.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>

/* What a look into the program's files said */
typedef enum
{
  FOUND_UNKNOWN,   /* nobody looked yet, or it cannot be seen */
  FOUND_SAME,      /* all of the account is there as it is here */
  FOUND_DIFFERENT, /* it is not there, or not as it is here */
} Found;

struct _MwProgramRow
{
  AdwActionRow parent_instance;

  const MwExporter *exporter;
  gboolean compact;
  Found found;
  int trouble; /* an #MwExportError, or -1 */

  /* Owned */
  MwSession *session;
  MwAccountItem *item;
  GCancellable *cancellable; /* of the look that is going on */

  /* Template children */
  GtkImage *state_image;
  GtkWidget *export_button;
};

enum
{
  PROP_0,
  PROP_COMPACT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  EXPORT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwProgramRow, mw_program_row, ADW_TYPE_ACTION_ROW)

static const MwPastExport *
find_past (MwProgramRow *self)
{
  const MwPast *past = mw_account_item_get_past (self->item);

  for (guint i = 0; i < past->exports->len; i++)
    {
      const MwPastExport *exported = g_ptr_array_index (past->exports, i);

      if (g_str_equal (exported->target, self->exporter->id))
        return exported;
    }
  return NULL;
}

/* Which of its installations are meant, when it is not just a program of the system */
static char *
describe_installations (MwProgramRow *self)
{
  g_autoptr (GPtrArray) programs = mw_export_host_get_programs (
      mw_session_get_export_host (self->session), self->exporter->id);
  gboolean has[MW_PROGRAM_SNAP + 1] = { FALSE };

  for (guint i = 0; i < programs->len; i++)
    has[((MwProgram *) g_ptr_array_index (programs, i))->kind] = TRUE;
  if (has[MW_PROGRAM_FLATPAK] && has[MW_PROGRAM_SNAP] && has[MW_PROGRAM_NATIVE])
    return g_strdup (_ ("From the system, Flatpak and Snap: all three are filled."));
  if (has[MW_PROGRAM_FLATPAK] && has[MW_PROGRAM_SNAP])
    return g_strdup (_ ("From Flatpak and Snap: both are filled."));
  if (has[MW_PROGRAM_FLATPAK] && has[MW_PROGRAM_NATIVE])
    return g_strdup (_ ("From the system and Flatpak: both are filled."));
  if (has[MW_PROGRAM_SNAP] && has[MW_PROGRAM_NATIVE])
    return g_strdup (_ ("From the system and Snap: both are filled."));
  if (has[MW_PROGRAM_FLATPAK])
    return g_strdup (_ ("From Flatpak."));
  if (has[MW_PROGRAM_SNAP])
    return g_strdup (_ ("From Snap."));
  return NULL;
}

static char *
describe_state (MwProgramRow *self, MwStatus *status)
{
  const MwPastExport *past = find_past (self);
  g_autofree char *when = past != NULL ? mw_ui_format_time (past->when) : NULL;

  *status = MW_STATUS_SKIPPED;
  if (past == NULL && self->found == FOUND_SAME)
    {
      *status = MW_STATUS_OK;
      return g_strdup (_ ("Set up there already"));
    }
  if (past == NULL)
    return g_strdup (_ ("Not set up there"));
  if (past->is_current && self->found == FOUND_DIFFERENT)
    {
      *status = MW_STATUS_WARNING;
      /* Translators: %s is a time: “Today, 10:21” or “3 March 2026” */
      return g_strdup_printf (_ ("Exported: %s. Changed there since."), when);
    }
  if (past->is_current || self->found == FOUND_SAME)
    {
      *status = MW_STATUS_OK;
      /* Translators: %s is a time: “Today, 10:21” or “3 March 2026” */
      return g_strdup_printf (_ ("Exported: %s. Up to date."), when);
    }
  *status = MW_STATUS_WARNING;
  /* Translators: %s is a time: “Today, 10:21” or “3 March 2026”; the account changed afterwards */
  return g_strdup_printf (_ ("Exported: %s. Out of date."), when);
}

static char *
describe_trouble (MwProgramRow *self)
{
  if (self->trouble == MW_EXPORT_ERROR_RUNNING)
    /* Translators: %s is the name of a program */
    return g_strdup_printf (_ ("%s is running: close it before exporting."),
                              mw_exporter_get_title (self->exporter));
  if (self->trouble == MW_EXPORT_ERROR_NO_ACCESS)
    return g_strdup (_ ("The sandbox keeps Mailwright from its files."));
  if (self->trouble == MW_EXPORT_ERROR_NO_TARGET)
    return g_strdup (_ ("Not found on this computer."));
  return NULL;
}

static void
show (MwProgramRow *self)
{
  const char *reason;
  gboolean takes =
      mw_exporter_takes (self->exporter, mw_account_item_get_account (self->item), &reason);
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  g_autofree char *subtitle = NULL;
  MwStatus status = MW_STATUS_SKIPPED;

  if (takes)
    {
      char *trouble = describe_trouble (self);
      char *installations = describe_installations (self);

      /* Nothing is known about what nobody could look at */
      if (find_past (self) != NULL || (self->trouble != MW_EXPORT_ERROR_NO_ACCESS &&
                                       self->trouble != MW_EXPORT_ERROR_NO_TARGET))
        g_strv_builder_take (lines, describe_state (self, &status));
      if (trouble != NULL)
        g_strv_builder_take (lines, trouble);
      if (installations != NULL)
        g_strv_builder_take (lines, installations);
    }
  else
    g_strv_builder_add (lines, reason);
  parts = g_strv_builder_end (lines);
  subtitle = g_strjoinv ("\n", parts);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->state_image), status != MW_STATUS_SKIPPED);
  if (status != MW_STATUS_SKIPPED)
    mw_ui_set_status_image (self->state_image, status);
  /* The button by itself too: screen readers ask it and not the row */
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "program.export", takes);
  gtk_widget_set_sensitive (GTK_WIDGET (self), takes);
}

/* Another content of a button takes its name away, so it is given again */
static void
show_button (MwProgramRow *self)
{
  g_autofree char *name = NULL;

  if (self->compact)
    gtk_button_set_icon_name (GTK_BUTTON (self->export_button), "go-next-symbolic");
  else
    {
      gtk_button_set_label (GTK_BUTTON (self->export_button), _ ("E_xport…"));
      gtk_button_set_use_underline (GTK_BUTTON (self->export_button), TRUE);
    }
  gtk_button_set_has_frame (GTK_BUTTON (self->export_button), !self->compact);
  if (self->exporter == NULL)
    return;
  /* Translators: %s is the name of a program */
  name = g_strdup_printf (_ ("Export to %s…"), mw_exporter_get_title (self->exporter));
  mw_export_ui_name_button (self->export_button, name);
}

static void
look_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwProgramRow) self = user_data;
  MwExportJob *job = MW_EXPORT_JOB (source);
  g_autoptr (GError) error = NULL;
  gboolean planned = mw_export_job_plan_finish (job, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->found = FOUND_UNKNOWN;
  self->trouble = -1;
  if (planned)
    self->found =
        mw_export_plan_is_empty (mw_export_job_get_plan (job)) ? FOUND_SAME : FOUND_DIFFERENT;
  else if (error->domain == MW_EXPORT_ERROR)
    self->trouble = error->code;
  show (self);
}

static void
export_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_signal_emit (widget, signals[EXPORT], 0);
}

static void
mw_program_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_COMPACT:
      g_value_set_boolean (value, MW_PROGRAM_ROW (object)->compact);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mw_program_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MwProgramRow *self = MW_PROGRAM_ROW (object);

  switch (id)
    {
    case PROP_COMPACT:
      if (self->compact == g_value_get_boolean (value))
        return;
      self->compact = g_value_get_boolean (value);
      show_button (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mw_program_row_dispose (GObject *object)
{
  MwProgramRow *self = MW_PROGRAM_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_object (&self->item);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_PROGRAM_ROW);

  G_OBJECT_CLASS (mw_program_row_parent_class)->dispose (object);
}

static void
mw_program_row_class_init (MwProgramRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mw_program_row_dispose;
  object_class->get_property = mw_program_row_get_property;
  object_class->set_property = mw_program_row_set_property;

  properties[PROP_COMPACT] =
      g_param_spec_boolean ("compact", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[EXPORT] = g_signal_new ("export", MW_TYPE_PROGRAM_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-program-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MwProgramRow, state_image);
  gtk_widget_class_bind_template_child (widget_class, MwProgramRow, export_button);
  gtk_widget_class_install_action (widget_class, "program.export", NULL, export_action);
}

static void
mw_program_row_init (MwProgramRow *self)
{
  self->trouble = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_program_row_new:
 * @session: the session
 * @item: an account
 * @exporter: a program
 *
 * Returns: (transfer floating): its row; call mw_program_row_refresh() when it is shown
 */
GtkWidget *
mw_program_row_new (MwSession *session, MwAccountItem *item, const MwExporter *exporter)
{
  MwProgramRow *self = g_object_new (MW_TYPE_PROGRAM_ROW, NULL);
  const char *title = mw_exporter_get_title (exporter);

  self->session = g_object_ref (session);
  self->item = g_object_ref (item);
  self->exporter = exporter;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), mw_export_ui_icon_new (exporter));
  show_button (self);
  g_signal_connect_object (item, "notify::account", G_CALLBACK (mw_program_row_refresh), self,
                           G_CONNECT_SWAPPED);
  show (self);
  return GTK_WIDGET (self);
}

/**
 * mw_program_row_get_exporter:
 * @self: a row
 *
 * Returns: (transfer none): its program
 */
const MwExporter *
mw_program_row_get_exporter (MwProgramRow *self)
{
  g_return_val_if_fail (MW_IS_PROGRAM_ROW (self), NULL);

  return self->exporter;
}

/**
 * mw_program_row_refresh:
 * @self: a row
 *
 * Looks again what the program has of the account. What is known is shown at once, the rest when it
 * is found.
 */
void
mw_program_row_refresh (MwProgramRow *self)
{
  MwAccount *account;

  g_return_if_fail (MW_IS_PROGRAM_ROW (self));

  account = mw_account_item_get_account (self->item);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->found = FOUND_UNKNOWN;
  show (self);
  if (mw_exporter_takes (self->exporter, account, NULL) &&
      gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      g_autoptr (GPtrArray) accounts = g_ptr_array_new ();
      g_autoptr (MwExportJob) job = NULL;

      g_ptr_array_add (accounts, account);
      self->cancellable = g_cancellable_new ();
      job = mw_export_job_new (self->session, self->exporter, accounts, NULL, FALSE);
      mw_export_job_plan_async (job, NULL, self->cancellable, look_cb, g_object_ref (self));
    }
}
