/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-primary-password"

#include "config.h"

#include "app/mw-primary-password.h"

#include "app/mw-password-entry.h"

#include "model/mw-report.h"

#include <glib/gi18n-lib.h>

struct _MwPrimaryPassword
{
  gatomicrefcount ref_count;

  char *program;
  GCancellable *cancellable; /* or %NULL */
  GWeakRef parent;

  GMutex mutex;
  GCond answered;
  /* Guarded by the mutex */
  gboolean has_answer;
  SecretValue *answer; /* or %NULL: the person did not want to give it */

  /* Of the main thread */
  char *place;
  guint attempt;
  GtkWidget *entry;  /* not owned */
  AdwDialog *dialog; /* not owned; %NULL while none is open */
};

/**
 * mw_primary_password_new:
 * @parent: where the question is asked
 * @program: whose primary password it is: its name for people
 * @cancellable: (nullable): ends a question that is open
 *
 * Returns: (transfer full): somebody to ask
 */
MwPrimaryPassword *
mw_primary_password_new (GtkWidget *parent, const char *program, GCancellable *cancellable)
{
  MwPrimaryPassword *self = g_new0 (MwPrimaryPassword, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->program = g_strdup (program);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  g_weak_ref_init (&self->parent, parent);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->answered);
  return self;
}

/**
 * mw_primary_password_ref:
 * @self: somebody to ask
 *
 * Returns: (transfer full): @self
 */
MwPrimaryPassword *
mw_primary_password_ref (MwPrimaryPassword *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mw_primary_password_unref:
 * @self: (transfer full): somebody to ask
 */
void
mw_primary_password_unref (MwPrimaryPassword *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->program);
  g_clear_object (&self->cancellable);
  g_weak_ref_clear (&self->parent);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->answered);
  g_clear_pointer (&self->answer, secret_value_unref);
  g_free (self->place);
  g_free (self);
}

/* @value: (transfer full) (nullable) */
static void
give_answer (MwPrimaryPassword *self, SecretValue *value)
{
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->answer, secret_value_unref);
  self->answer = value;
  self->has_answer = TRUE;
  g_cond_signal (&self->answered);
  g_mutex_unlock (&self->mutex);
}

static void
on_response (AdwAlertDialog *dialog, const char *response, MwPrimaryPassword *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  SecretValue *value = NULL;

  if (g_str_equal (response, "unlock"))
    value = secret_value_new (text, -1, "text/plain");
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  self->dialog = NULL;
  self->entry = NULL;
  give_answer (self, value);
}

static void
on_entry_changed (GtkEditable *entry, AdwAlertDialog *dialog)
{
  adw_alert_dialog_set_response_enabled (dialog, "unlock", *gtk_editable_get_text (entry) != '\0');
}

/* In the main thread */
static gboolean
open_dialog (gpointer data)
{
  MwPrimaryPassword *self = data;
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&self->parent);
  AdwAlertDialog *dialog;
  g_autofree char *name = NULL;
  g_autofree char *place = NULL;
  GtkWidget *list;

  if (parent == NULL || gtk_widget_get_root (parent) == NULL ||
      g_cancellable_is_cancelled (self->cancellable))
    {
      give_answer (self, NULL);
      return G_SOURCE_REMOVE;
    }
  /* The folder's own name: a whole path does not fit, and breaks nowhere */
  name = g_path_get_basename (self->place);
  place = mw_text_make_harmless (name, -1, 100);
  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (_ ("Primary Password"), NULL));
  if (self->attempt > 0)
    adw_alert_dialog_format_body (dialog,
                                  /* Translators: %1$s is the name of a program, %2$s a folder */
                                  _ ("That was another password than the one that %1$s has for "
                                     "%2$s. Without it, the passwords are left out."),
                                    self->program, place);
  else
    adw_alert_dialog_format_body (dialog,
                                  /* Translators: %1$s is the name of a program, %2$s a folder */
                                  _ ("%1$s protects the passwords in %2$s with a primary "
                                     "password. Without it, the passwords are left out."),
                                    self->program, place);
  adw_alert_dialog_add_responses (dialog, "leave-out",
                                  _ ("_Leave Passwords Out"), "unlock", _ ("_Unlock"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "unlock", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_response_enabled (dialog, "unlock", FALSE);
  adw_alert_dialog_set_default_response (dialog, "unlock");
  adw_alert_dialog_set_close_response (dialog, "leave-out");

  self->entry = adw_password_entry_row_new ();
  mw_password_entry_guard (GTK_EDITABLE (self->entry));
  self->dialog = ADW_DIALOG (dialog);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->entry), _ ("Primary Password"));
  g_object_set (self->entry, "activates-default", TRUE, NULL);
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (on_entry_changed), dialog, 0);
  list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), self->entry);
  adw_alert_dialog_set_extra_child (dialog, list);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response),
                         mw_primary_password_ref (self),
                         (GClosureNotify) (GCallback) mw_primary_password_unref, 0);
  adw_dialog_set_focus (ADW_DIALOG (dialog), self->entry);
  adw_dialog_present (ADW_DIALOG (dialog), parent);
  return G_SOURCE_REMOVE;
}

/* In the main thread: whoever asked has gone */
static gboolean
close_dialog (gpointer data)
{
  MwPrimaryPassword *self = data;

  if (self->dialog != NULL)
    adw_dialog_force_close (self->dialog);
  return G_SOURCE_REMOVE;
}

static void
run_in_main_thread (MwPrimaryPassword *self, GSourceFunc func)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, func, mw_primary_password_ref (self),
                         (GDestroyNotify) mw_primary_password_unref);
  g_source_attach (source, NULL);
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  MwPrimaryPassword *self = data;

  run_in_main_thread (self, close_dialog);
  give_answer (self, NULL);
}

/**
 * mw_primary_password_ask_sync:
 * @place: the folder of the profile
 * @attempt: 0 for the first question, 1 after a wrong answer, and so on
 * @primary_password: a #MwPrimaryPassword
 * @error: return location for a #GError
 *
 * Opens a dialog in the main thread and waits for its answer.
 *
 * Returns: (transfer full) (nullable): the answer; %NULL without @error when there is none, with
 *   %G_IO_ERROR_CANCELLED when the cancellable ended it
 */
SecretValue *
mw_primary_password_ask_sync (const char *place,
                              guint attempt,
                              gpointer primary_password,
                              GError **error)
{
  MwPrimaryPassword *self = primary_password;
  SecretValue *answer;
  gulong handler = 0;

  g_free (self->place);
  self->place = g_strdup (place);
  self->attempt = attempt;
  g_mutex_lock (&self->mutex);
  self->has_answer = FALSE;
  g_mutex_unlock (&self->mutex);

  run_in_main_thread (self, open_dialog);
  if (self->cancellable != NULL)
    handler = g_cancellable_connect (self->cancellable, G_CALLBACK (on_cancelled), self, NULL);
  g_mutex_lock (&self->mutex);
  while (!self->has_answer)
    g_cond_wait (&self->answered, &self->mutex);
  answer = g_steal_pointer (&self->answer);
  g_mutex_unlock (&self->mutex);
  if (handler != 0)
    g_cancellable_disconnect (self->cancellable, handler);
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    g_clear_pointer (&answer, secret_value_unref);
  return answer;
}
