/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-advice-box"

#include "config.h"

#include "app/mw-advice-box.h"

#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _MwAdviceBox
{
  AdwPreferencesRow parent_instance;

  /* Owned */
  char *said; /* all sentences that stand there, */
  MwSeverity said_as;
  gboolean has_error;

  /* Not owned, weak */
  GtkWidget *target;

  /* Template children */
  GtkBox *lines;
};

enum
{
  SIGNAL_FIX,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwAdviceBox, mw_advice_box, ADW_TYPE_PREFERENCES_ROW)

static const struct
{
  const char *icon;
  const char *style;
  const char *word;
} severities[] = {
  [MW_SEVERITY_HINT] = { "dialog-information-symbolic", "accent", N_ ("Hint") },
  [MW_SEVERITY_WARNING] = { "dialog-warning-symbolic", "warning", N_ ("Warning") },
  [MW_SEVERITY_ERROR] = { "dialog-error-symbolic", "error", N_ ("Error") },
};

/* Where a screen reader stands: the text of an entry row, else the row itself */
static GtkAccessible *
accessible_of (GtkWidget *target)
{
  GtkEditable *delegate =
      GTK_IS_EDITABLE (target) ? gtk_editable_get_delegate (GTK_EDITABLE (target)) : NULL;

  return delegate != NULL ? GTK_ACCESSIBLE (delegate) : GTK_ACCESSIBLE (target);
}

static void
mark_target (MwAdviceBox *self, gboolean any, MwSeverity worst)
{
  GtkAccessible *accessible;

  self->has_error = any && worst == MW_SEVERITY_ERROR;
  if (self->target == NULL)
    return;
  gtk_widget_remove_css_class (self->target, "error");
  gtk_widget_remove_css_class (self->target, "warning");
  if (any && worst != MW_SEVERITY_HINT)
    gtk_widget_add_css_class (self->target, severities[worst].style);
  accessible = accessible_of (self->target);
  if (any)
    gtk_accessible_update_relation (accessible, GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, self, NULL,
                                    -1);
  else
    gtk_accessible_reset_relation (accessible, GTK_ACCESSIBLE_RELATION_DESCRIBED_BY);
  gtk_accessible_update_state (
      accessible, GTK_ACCESSIBLE_STATE_INVALID,
      self->has_error ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
on_fix_clicked (MwAdviceBox *self, GtkButton *button)
{
  g_autofree char *value = g_strdup (g_object_get_data (G_OBJECT (button), "mw-value"));

  /* The button goes away with the advice, and must not take the focus along into nowhere */
  if (self->target != NULL)
    gtk_widget_grab_focus (self->target);
  g_signal_emit (self, signals[SIGNAL_FIX], 0, value);
}

static GtkWidget *
make_fix_button (MwAdviceBox *self, const char *fix, const char *label_text)
{
  GtkWidget *label = gtk_label_new_with_mnemonic (label_text);
  GtkWidget *button = gtk_button_new ();

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_object_set_data_full (G_OBJECT (button), "mw-value", g_strdup (fix), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_fix_clicked), self, G_CONNECT_SWAPPED);
  return button;
}

static void
add_line (MwAdviceBox *self,
          MwSeverity severity,
          const char *message,
          const char *fix,
          const char *fix_label)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *image = gtk_image_new_from_icon_name (severities[severity].icon);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *label = gtk_label_new (message);

  gtk_widget_add_css_class (image, severities[severity].style);
  gtk_widget_set_valign (image, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (severities[severity].word), -1);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (column, TRUE);
  gtk_box_append (GTK_BOX (column), label);
  if (fix != NULL)
    gtk_box_append (GTK_BOX (column), make_fix_button (self, fix, fix_label));
  gtk_box_append (GTK_BOX (line), image);
  gtk_box_append (GTK_BOX (line), column);
  gtk_box_append (self->lines, line);
}

/* "Use imap.qq.com", and what a choice is called where the value is one */
static char *
label_for_fix (const char *field, const char *fix)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *quoted = NULL;

  if (g_str_has_suffix (field, ".security"))
    return g_strdup (strcmp (fix, "tls") == 0 ? _ ("_Use TLS From the Start")
                                              : strcmp (fix, "starttls") == 0
                     ? _ ("_Use STARTTLS (Upgrade)")
                     : _ ("_Use No Encryption"));
  parts = g_strsplit (fix, "_", -1);
  quoted = g_strjoinv ("__", parts);
  /* Translators: a button; the name of a server, a port or a login name */
  return g_strdup_printf (_ ("_Use %s"), quoted);
}

static void
remove_lines (MwAdviceBox *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->lines))) != NULL)
    gtk_box_remove (self->lines, child);
}

/* @said: (transfer full): all sentences, to know whether there is anything new */
static void
finish_lines (MwAdviceBox *self, char *said, gboolean any, MwSeverity worst)
{
  gboolean news = any && (g_strcmp0 (said, self->said) != 0 || worst > self->said_as);
  GtkWidget *speaker;

  g_free (self->said);
  self->said = said;
  self->said_as = worst;
  gtk_widget_set_visible (GTK_WIDGET (self), any);
  mark_target (self, any, worst);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->said != NULL ? self->said : "", -1);
  /* By what was there before: the box itself is not mapped yet when it has just come up */
  speaker = self->target != NULL ? self->target : gtk_widget_get_parent (GTK_WIDGET (self));
  if (news && speaker != NULL)
    mw_ui_announce (speaker, self->said, worst == MW_SEVERITY_ERROR);
}

static void
mw_advice_box_dispose (GObject *object)
{
  MwAdviceBox *self = MW_ADVICE_BOX (object);

  g_clear_weak_pointer (&self->target);
  g_clear_pointer (&self->said, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_ADVICE_BOX);

  G_OBJECT_CLASS (mw_advice_box_parent_class)->dispose (object);
}

static void
mw_advice_box_class_init (MwAdviceBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_advice_box_dispose;
  signals[SIGNAL_FIX] = g_signal_new ("fix", MW_TYPE_ADVICE_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/mailwright/Mailwright/mw-advice-box.ui");
  gtk_widget_class_bind_template_child (widget_class, MwAdviceBox, lines);
}

static void
mw_advice_box_init (MwAdviceBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_advice_box_new:
 *
 * Returns: (transfer floating): an advice box with nothing to say
 */
GtkWidget *
mw_advice_box_new (void)
{
  return g_object_new (MW_TYPE_ADVICE_BOX, NULL);
}

/**
 * mw_advice_box_set_target:
 * @self: an advice box
 * @target: (nullable): the row that it speaks about
 */
void
mw_advice_box_set_target (MwAdviceBox *self, GtkWidget *target)
{
  g_return_if_fail (MW_IS_ADVICE_BOX (self));
  g_return_if_fail (target == NULL || GTK_IS_WIDGET (target));

  g_set_weak_pointer (&self->target, target);
}

/**
 * mw_advice_box_set_advice:
 * @self: an advice box
 * @advice: (nullable) (element-type MwAdvice): what mw_advise() said about all fields
 * @field: the field that is meant: "imap.host"
 *
 * Shows what concerns the field, and announces it when that is new. The same advice again changes
 * nothing, so that a button does not vanish under the pointer.
 */
void
mw_advice_box_set_advice (MwAdviceBox *self, GPtrArray *advice, const char *field)
{
  g_autoptr (GString) said = g_string_new (NULL);
  MwSeverity worst = MW_SEVERITY_HINT;
  gboolean any = FALSE;

  g_return_if_fail (MW_IS_ADVICE_BOX (self));
  g_return_if_fail (field != NULL);

  for (guint i = 0; advice != NULL && i < advice->len; i++)
    {
      const MwAdvice *row = g_ptr_array_index (advice, i);

      if (strcmp (row->field, field) != 0)
        continue;
      g_string_append_printf (said, "%s%s", any ? "\n" : "", row->message);
      any = TRUE;
      worst = MAX (worst, row->severity);
    }
  if (any && g_strcmp0 (said->str, self->said) == 0)
    return;
  remove_lines (self);
  for (guint i = 0; advice != NULL && i < advice->len; i++)
    {
      const MwAdvice *row = g_ptr_array_index (advice, i);
      g_autofree char *label = row->fix != NULL ? label_for_fix (field, row->fix) : NULL;

      if (strcmp (row->field, field) == 0)
        add_line (self, row->severity, row->message, row->fix, label);
    }
  finish_lines (self, any ? g_strdup (said->str) : NULL, any, worst);
}

/**
 * mw_advice_box_set_message:
 * @self: an advice box
 * @severity: how bad it is
 * @message: a sentence, plain text
 * @fix: (nullable): what the "fix" signal is to carry
 * @fix_label: (nullable): the label of the button, with a mnemonic
 */
void
mw_advice_box_set_message (MwAdviceBox *self,
                           MwSeverity severity,
                           const char *message,
                           const char *fix,
                           const char *fix_label)
{
  g_return_if_fail (MW_IS_ADVICE_BOX (self));
  g_return_if_fail (message != NULL);
  g_return_if_fail ((fix == NULL) == (fix_label == NULL));

  remove_lines (self);
  add_line (self, severity, message, fix, fix_label);
  finish_lines (self, g_strdup (message), TRUE, severity);
}

/**
 * mw_advice_box_clear:
 * @self: an advice box
 *
 * There is nothing to say any more.
 */
void
mw_advice_box_clear (MwAdviceBox *self)
{
  g_return_if_fail (MW_IS_ADVICE_BOX (self));

  remove_lines (self);
  finish_lines (self, NULL, FALSE, MW_SEVERITY_HINT);
}

/**
 * mw_advice_box_has_error:
 * @self: an advice box
 *
 * Returns: whether something stands there that cannot work
 */
gboolean
mw_advice_box_has_error (MwAdviceBox *self)
{
  g_return_val_if_fail (MW_IS_ADVICE_BOX (self), FALSE);

  return self->has_error;
}
