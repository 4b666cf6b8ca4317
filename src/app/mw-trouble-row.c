/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-trouble-row"

#include "config.h"

#include "app/mw-trouble-row.h"

#include "app/mw-quote.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _MwTroubleRow
{
  AdwExpanderRow parent_instance;

  MwDiagnosis diagnosis;
  MwHalf half;

  /* Owned */
  char *said;           /* all that the advice says, to know whether it is news */
  GPtrArray *sentences; /* (element-type utf8), while the advice is made */

  /* Template children */
  GtkImage *image;
  GtkLabel *explanation;
  MwQuote *quote;
  GtkBox *advice;
  AdwWrapBox *buttons;
};

G_DEFINE_FINAL_TYPE (MwTroubleRow, mw_trouble_row, ADW_TYPE_EXPANDER_ROW)

/* What kind of trouble it is, where the window can do more than say so */
static gboolean
is_login_trouble (MwDiagnosis diagnosis)
{
  return diagnosis >= MW_DIAGNOSIS_AUTH_FAILED && diagnosis <= MW_DIAGNOSIS_SENDER_REJECTED &&
         diagnosis != MW_DIAGNOSIS_AUTH_PLAINTEXT_REFUSED;
}

static gboolean
is_password_trouble (MwDiagnosis diagnosis)
{
  return diagnosis == MW_DIAGNOSIS_AUTH_FAILED ||
         diagnosis == MW_DIAGNOSIS_AUTH_APP_PASSWORD_REQUIRED ||
         diagnosis == MW_DIAGNOSIS_KEYRING_LOCKED || diagnosis == MW_DIAGNOSIS_KEYRING_ABSENT;
}

static gboolean
is_certificate_trouble (MwDiagnosis diagnosis)
{
  return diagnosis >= MW_DIAGNOSIS_CERT_EXPIRED && diagnosis <= MW_DIAGNOSIS_CERT_EXPIRES_SOON;
}

static GtkWidget *
make_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_WORD);
  return label;
}

/* A button whose label wraps, since a host name can be longer than a telephone is wide */
static GtkWidget *
make_button (const char *text, const char *action, GVariant *target)
{
  GtkWidget *label = gtk_label_new_with_mnemonic (text);
  GtkWidget *button = gtk_button_new ();

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static char *
label_for_fix (const char *field, const char *value)
{
  g_auto (GStrv) parts = g_strsplit (value, "_", -1);
  g_autofree char *name = g_strjoinv ("__", parts); /* an underscore of its own, no mnemonic */

  if (strcmp (field, "security") == 0)
    return g_strdup (strcmp (value, "tls") == 0 ? _ ("_Use TLS From the Start")
                                                : strcmp (value, "starttls") == 0
                     ? _ ("_Use STARTTLS (Upgrade)")
                     : _ ("_Use No Encryption"));
  if (strcmp (field, "port") == 0)
    /* Translators: a button; %s is a port number */
    return g_strdup_printf (_ ("_Use Port %s"), name);
  if (strcmp (field, "host") == 0)
    /* Translators: a button; %s is the name of a server */
    return g_strdup_printf (_ ("_Use the Server %s"), name);
  if (strcmp (field, "username") == 0)
    /* Translators: a button; %s is a login name */
    return g_strdup_printf (_ ("_Use the Login Name %s"), name);
  if (strcmp (field, "mechanism") == 0)
    return g_strdup (_ ("_Choose the Sign-In Method Automatically"));
  /* Translators: a button; %s is the value that a setting gets */
  return g_strdup_printf (_ ("_Use %s"), name);
}

static void
add_button (MwTroubleRow *self, GtkWidget *button)
{
  adw_wrap_box_append (self->buttons, button);
}

/* Several pieces of advice may say the same; each is said once. */
static void
add_advice (MwTroubleRow *self, const char *text, const char *field, const char *value)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  if (text != NULL && !g_ptr_array_find_with_equal_func (self->sentences, text, g_str_equal, NULL))
    {
      g_ptr_array_add (self->sentences, g_strdup (text));
      gtk_box_append (GTK_BOX (line), make_label (text));
    }
  if (field != NULL && value != NULL)
    {
      g_autofree char *label = label_for_fix (field, value);
      GtkWidget *button =
          make_button (label, "check.fix",
                       g_variant_new ("(sss)", mw_half_to_string (self->half), field, value));

      gtk_widget_add_css_class (button, "suggested-action");
      gtk_box_append (GTK_BOX (line), button);
    }
  gtk_box_append (self->advice, line);
}

static void
remove_children (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

static MwStep *
find_step (MwTroubleRow *self, MwLiveServer *server)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (server)); i++)
    {
      g_autoptr (MwStep) step = g_list_model_get_item (G_LIST_MODEL (server), i);

      if (mw_step_get_diagnosis (step) == self->diagnosis)
        return step; /* held by the list */
    }
  return NULL;
}

/* What happened, in one sentence: of the stage, or of the certificate */
static const char *
find_message (MwTroubleRow *self, MwLiveServer *server, MwStep *step)
{
  MwReport *report = mw_live_server_get_report (server);

  if (step != NULL)
    return mw_step_get_message (step);
  for (guint i = 0; report != NULL && i < mw_report_get_faults (report)->len; i++)
    {
      const MwReportFault *fault = g_ptr_array_index (mw_report_get_faults (report), i);

      if (fault->diagnosis == self->diagnosis)
        return fault->message;
    }
  return NULL;
}

/* All that the advice of @server says about this diagnosis, in one text */
static char *
collect_advice (MwTroubleRow *self, MwReport *report, const char *help)
{
  GString *said = g_string_new (report != NULL ? "all" : "so far");

  if (help != NULL)
    g_string_append_printf (said, "\n%s", help);
  for (guint i = 0; report != NULL && i < mw_report_get_advice (report)->len; i++)
    {
      const MwReportAdvice *row = g_ptr_array_index (mw_report_get_advice (report), i);

      if (mw_diagnosis_from_id (row->id) == self->diagnosis)
        g_string_append_printf (said, "\n%s %s=%s", row->text,
                                row->fix_field != NULL ? row->fix_field : "",
                                row->fix_value != NULL ? row->fix_value : "");
    }
  return g_string_free (said, FALSE);
}

static void
show_advice (MwTroubleRow *self, MwReport *report)
{
  guint n = 0;

  remove_children (self->advice);
  self->sentences = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; report != NULL && i < mw_report_get_advice (report)->len; i++)
    {
      const MwReportAdvice *row = g_ptr_array_index (mw_report_get_advice (report), i);

      if (mw_diagnosis_from_id (row->id) != self->diagnosis)
        continue;
      add_advice (self, row->text, row->fix_field, row->fix_value);
      n++;
    }
  if (n == 0)
    add_advice (self, mw_diagnosis_get_next_step (self->diagnosis), NULL, NULL);
  g_clear_pointer (&self->sentences, g_ptr_array_unref);
}

static void
show_buttons (MwTroubleRow *self, MwReport *report, const char *help)
{
  GVariant *half = g_variant_ref_sink (g_variant_new_string (mw_half_to_string (self->half)));
  GtkWidget *button;

  while ((button = gtk_widget_get_first_child (GTK_WIDGET (self->buttons))) != NULL)
    adw_wrap_box_remove (self->buttons, button);
  if (is_password_trouble (self->diagnosis))
    add_button (self, make_button (_ ("Change _Password…"), "check.change-password", NULL));
  if (is_login_trouble (self->diagnosis) && help != NULL)
    add_button (self, make_button (_ ("Open the Provider’s _Help Page"), "check.open-help", NULL));
  if (is_certificate_trouble (self->diagnosis) && report != NULL &&
      mw_report_get_certificates (report)->len > 0)
    add_button (self, make_button (_ ("Show _Certificate"), "check.show-certificate", half));
  if (self->diagnosis == MW_DIAGNOSIS_CAPTIVE_PORTAL)
    add_button (self, make_button (_ ("Open _Sign-In Page"), "check.open-sign-in", NULL));
  if (self->diagnosis == MW_DIAGNOSIS_OFFLINE || self->diagnosis == MW_DIAGNOSIS_CAPTIVE_PORTAL)
    {
      GtkWidget *again = gtk_check_button_new ();
      GtkWidget *label = make_label (_ ("Check again as soon as the network is back"));

      gtk_check_button_set_child (GTK_CHECK_BUTTON (again), label);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (again), "check.when-online");
      add_button (self, again);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->buttons),
                          gtk_widget_get_first_child (GTK_WIDGET (self->buttons)) != NULL);
  g_variant_unref (half);
}

static void
mw_trouble_row_dispose (GObject *object)
{
  MwTroubleRow *self = MW_TROUBLE_ROW (object);

  g_clear_pointer (&self->said, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_TROUBLE_ROW);

  G_OBJECT_CLASS (mw_trouble_row_parent_class)->dispose (object);
}

static void
mw_trouble_row_class_init (MwTroubleRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_trouble_row_dispose;
  g_type_ensure (MW_TYPE_QUOTE);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-trouble-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MwTroubleRow, image);
  gtk_widget_class_bind_template_child (widget_class, MwTroubleRow, explanation);
  gtk_widget_class_bind_template_child (widget_class, MwTroubleRow, quote);
  gtk_widget_class_bind_template_child (widget_class, MwTroubleRow, advice);
  gtk_widget_class_bind_template_child (widget_class, MwTroubleRow, buttons);
}

static void
mw_trouble_row_init (MwTroubleRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_trouble_row_new:
 * @diagnosis: what is wrong
 * @half: of which server
 *
 * Returns: (transfer floating): a row with what can be said of @diagnosis at any time
 */
GtkWidget *
mw_trouble_row_new (MwDiagnosis diagnosis, MwHalf half)
{
  MwTroubleRow *self = g_object_new (MW_TYPE_TROUBLE_ROW, NULL);
  MwSeverity severity = mw_diagnosis_get_severity (diagnosis);

  self->diagnosis = diagnosis;
  self->half = half;
  mw_ui_set_status_image (self->image,
                          severity == MW_SEVERITY_ERROR ? MW_STATUS_FAILED : MW_STATUS_WARNING);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), mw_diagnosis_get_title (diagnosis));
  gtk_label_set_label (self->explanation, mw_diagnosis_get_explanation (diagnosis));
  show_advice (self, NULL);
  show_buttons (self, NULL, NULL);
  return GTK_WIDGET (self);
}

/**
 * mw_trouble_row_get_diagnosis:
 * @self: a row
 *
 * Returns: what it is about
 */
MwDiagnosis
mw_trouble_row_get_diagnosis (MwTroubleRow *self)
{
  g_return_val_if_fail (MW_IS_TROUBLE_ROW (self), MW_DIAGNOSIS_NONE);

  return self->diagnosis;
}

/**
 * mw_trouble_row_update:
 * @self: a row
 * @server: the check that found it
 * @help: (nullable): an https address where the provider explains how to sign in
 *
 * Shows what is known by now: the stage tells what happened, the report what to do. Advice that
 * stands there already is left alone, so that no button vanishes under the pointer.
 */
void
mw_trouble_row_update (MwTroubleRow *self, MwLiveServer *server, const char *help)
{
  MwReport *report;
  MwStep *step;
  const char *message;
  g_autofree char *said = NULL;

  g_return_if_fail (MW_IS_TROUBLE_ROW (self));
  g_return_if_fail (MW_IS_LIVE_SERVER (server));

  report = mw_live_server_get_report (server);
  step = find_step (self, server);
  message = find_message (self, server, step);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), message != NULL ? message : "");
  mw_quote_set_words (self->quote, step != NULL ? mw_step_get_server_text (step) : NULL);
  said = collect_advice (self, report, help);
  if (g_strcmp0 (said, self->said) == 0)
    return;
  g_free (self->said);
  self->said = g_steal_pointer (&said);
  show_advice (self, report);
  show_buttons (self, report, help);
}
