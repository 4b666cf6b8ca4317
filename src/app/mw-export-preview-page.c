/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-preview-page"

#include "config.h"

#include "app/mw-export-preview-page.h"

#include "app/mw-access-dialog.h"
#include "app/mw-export-diff.h"
#include "app/mw-export-job.h"
#include "app/mw-export-ui.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* As much of a path or an error message as fits a row */
#define MAX_TEXT 2000

struct _MwExportPreviewPage
{
  AdwNavigationPage parent_instance;

  const MwExporter *exporter;
  gboolean busy;  /* it is being applied */
  gboolean saved; /* files were saved: there is nothing more to do */

  /* Owned */
  MwSession *session;
  MwAccountItem *item;
  char *directory;  /* %NULL: into the program itself */
  MwExportJob *job; /* what is shown, or being planned */
  GCancellable *cancellable;

  /* Template children */
  GtkStack *stack;
  AdwWindowTitle *window_title;
  AdwStatusPage *wait_status;
  AdwStatusPage *trouble_status;
  GtkLabel *trouble_label;
  GtkWidget *access_button;
  GtkWidget *again_button;
  GtkWidget *instead_button;
  GtkScrolledWindow *scroller;
  GtkLabel *summary_label;
  AdwBin *notes_bin;
  AdwPreferencesGroup *options_group;
  AdwSwitchRow *all_row;
  AdwSwitchRow *store_row;
  AdwBin *changes_bin;
  GtkWidget *bottom_bar;
  GtkWidget *spinner;
  GtkLabel *state_label;
  GtkButton *apply_button;
  GtkWidget *folder_button;
};

enum
{
  PROP_0,
  PROP_BUSY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  APPLIED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwExportPreviewPage, mw_export_preview_page, ADW_TYPE_NAVIGATION_PAGE)

static void look (MwExportPreviewPage *self);
static void apply (MwExportPreviewPage *self, gboolean with_keyring);

/* ---- what is exported ---- */

/* All accounts that the program can take, or the one that was shown */
static GPtrArray *
list_accounts (MwExportPreviewPage *self, guint *n_left_out)
{
  GListModel *items = mw_session_get_accounts (self->session);
  GPtrArray *accounts = g_ptr_array_new_with_free_func (g_object_unref);

  *n_left_out = 0;
  if (!adw_switch_row_get_active (self->all_row))
    {
      g_ptr_array_add (accounts, g_object_ref (mw_account_item_get_account (self->item)));
      return accounts;
    }
  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (MwAccountItem) item = g_list_model_get_item (items, i);
      MwAccount *account = mw_account_item_get_account (item);

      if (mw_exporter_takes (self->exporter, account, NULL))
        g_ptr_array_add (accounts, g_object_ref (account));
      else
        (*n_left_out)++;
    }
  return accounts;
}

static void
show_options (MwExportPreviewPage *self)
{
  guint n_accounts = g_list_model_get_n_items (mw_session_get_accounts (self->session));
  gboolean has_all = n_accounts > 1;
  gboolean has_store = self->exporter->has_password_store && self->directory == NULL;
  g_autofree char *subtitle = NULL;

  subtitle = g_strdup_printf (
      /* Translators: how many accounts there are in all; only shown when there are several */
      ngettext ("Export %u account at once", "Export %u accounts at once", n_accounts), n_accounts);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->all_row), subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->all_row), has_all);
  gtk_widget_set_visible (GTK_WIDGET (self->store_row), has_store);
  gtk_widget_set_visible (GTK_WIDGET (self->options_group), has_all || has_store);
}

static void
show_texts (MwExportPreviewPage *self)
{
  const char *program = mw_exporter_get_title (self->exporter);
  g_autofree char *title = NULL;
  g_autofree char *store_title = NULL;

  if (self->directory != NULL)
    /* Translators: %s is the name of a program */
    title = g_strdup_printf (_ ("Files for %s"), program);
  else
    /* Translators: %s is the name of a program */
    title = g_strdup_printf (_ ("Export to %s"), program);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  /* The same in two lines, for narrow windows */
  adw_window_title_set_title (self->window_title, program);
  adw_window_title_set_subtitle (self->window_title,
                                 self->directory != NULL ? _ ("Files to Carry") : _ ("Export"));
  /* Translators: %s is the name of a program */
  store_title = g_strdup_printf (_ ("Also Fill the Password Store of %s"), program);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->store_row), store_title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->store_row),
                               _ ("Then it does not ask for the passwords."));
  gtk_button_set_label (self->apply_button, self->directory != NULL ? _ ("_Save") : _ ("_Apply"));
}

/* ---- the plan, in rows ---- */

static GtkWidget *
add_group (GtkBox *box, const char *title)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  gtk_box_append (box, group);
  return group;
}

static GtkWidget *
add_row (GtkWidget *group, const char *title, const char *subtitle)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title-lines", 0,
                                 "subtitle-lines", 0, NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  mw_export_ui_break_plainly (row);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return row;
}

static GtkWidget *
add_difference (
    GtkWidget *group, const char *title, const char *subtitle, GBytes *before, GBytes *after)
{
  GtkWidget *row = g_object_new (ADW_TYPE_EXPANDER_ROW, "use-markup", FALSE, "title-lines", 0,
                                 "subtitle-lines", 0, NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), mw_export_diff_new (before, after, title));
  mw_export_ui_break_plainly (row);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return row;
}

static void
show_notes (MwExportPreviewPage *self, MwExportPlan *plan, guint n_left_out)
{
  GtkWidget *group;

  adw_bin_set_child (self->notes_bin, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->notes_bin), plan->notes->len > 0 || n_left_out > 0);
  if (plan->notes->len == 0 && n_left_out == 0)
    return;
  group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Good to Know"));
  for (guint i = 0; i < plan->notes->len; i++)
    {
      const MwExportNote *note = g_ptr_array_index (plan->notes, i);
      g_autofree char *text = mw_text_make_harmless (note->text, -1, MAX_TEXT);

      add_row (group, text, NULL);
    }
  if (n_left_out > 0)
    {
      g_autofree char *text = NULL;

      text = g_strdup_printf (
          /* Translators: %1$u is a number, %2$s the name of a program */
          ngettext ("%1$u account is left out: it lacks a server that %2$s needs.",
                    "%1$u accounts are left out: they lack a server that %2$s needs.", n_left_out),
          n_left_out, mw_exporter_get_title (self->exporter));
      add_row (group, text, NULL);
    }
  adw_bin_set_child (self->notes_bin, group);
}

static const char *
describe_file (const MwFileChange *file)
{
  gboolean hidden = (file->flags & MW_FILE_HIDDEN) != 0;

  switch (file->action)
    {
    case MW_FILE_CREATE:
      return hidden ? _ ("New file. Its content is no text, so it is not shown.") : _ ("New file");
    case MW_FILE_CHANGE:
      return hidden ? _ ("Changed. Its content is no text, so it is not shown.") : _ ("Changed");
    case MW_FILE_NONE:
    default:
      return _ ("Stays as it is");
    }
}

static void
show_changes (MwExportPreviewPage *self, MwExportPlan *plan)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *group = NULL;
  GtkWidget *only = NULL; /* the difference, when there is but one */
  guint n_differences = 0;

  for (guint i = 0; i < plan->files->len; i++)
    {
      const MwFileChange *file = g_ptr_array_index (plan->files, i);
      g_autofree char *path = mw_export_ui_show_path (self->session, file->path);

      if (group == NULL)
        group = add_group (GTK_BOX (box), _ ("Files"));
      if (file->action == MW_FILE_NONE || (file->flags & MW_FILE_HIDDEN) != 0)
        add_row (group, path, describe_file (file));
      else
        {
          only = add_difference (group, path, describe_file (file), file->before, file->after);
          n_differences++;
        }
    }

  group = NULL;
  for (guint i = 0; i < plan->actions->len; i++)
    {
      g_autoptr (GPtrArray) texts = NULL;
      g_autofree char *sentence =
          mw_export_action_describe (g_ptr_array_index (plan->actions, i), &texts);

      group = add_group (GTK_BOX (box),
                         /* Translators: what is done by talking to a running program */
                         i == 0 ? _ ("In the Running Program") : "");
      adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), sentence);
      for (guint k = 0; k < texts->len; k++)
        {
          const MwExportText *text = g_ptr_array_index (texts, k);
          g_autoptr (GBytes) before = text->before != NULL
                                         ? g_bytes_new (text->before, strlen (text->before))
                                         : NULL;
          g_autoptr (GBytes) after = g_bytes_new (text->after, strlen (text->after));

          only = add_difference (group, text->title,
                                 before != NULL ? _ ("Changed") : _ ("New"), before, after);
          n_differences++;
        }
    }

  group = NULL;
  for (guint i = 0; i < plan->secrets->len && self->directory == NULL; i++)
    {
      const MwExportSecret *secret = g_ptr_array_index (plan->secrets, i);
      g_autofree char *label = mw_text_make_harmless (secret->item->label, -1, MAX_TEXT);

      if (group == NULL)
        {
          group = add_group (GTK_BOX (box), _ ("Passwords in the Keyring"));
          adw_preferences_group_set_description (
              ADW_PREFERENCES_GROUP (group),
              _ ("The program looks for its passwords under these names. Those that are there "
                 "already are only touched when they differ."));
        }
      add_row (group, label, NULL);
    }
  if (n_differences == 1)
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (only), TRUE);
  adw_bin_set_child (self->changes_bin, box);
}

static char *
summarize (MwExportPreviewPage *self, MwExportPlan *plan)
{
  guint n = 0;

  if (mw_export_plan_is_empty (plan))
    return g_strdup (
        plan->secrets->len > 0 && self->directory == NULL
        ? _ ("Everything is there already. Only the passwords in the keyring are looked after.")
        : _ ("Everything is there already: nothing has to be written."));
  for (guint i = 0; i < plan->files->len; i++)
    n += ((MwFileChange *) g_ptr_array_index (plan->files, i))->action != MW_FILE_NONE;
  if (n == 0)
    return g_strdup_printf (
        /* Translators: %s is the name of a program */
        _ ("Nothing is changed yet. This is what %s will be told."),
          mw_exporter_get_title (self->exporter));
  return g_strdup_printf (ngettext ("Nothing is changed yet. This is what becomes of %u file.",
                                    "Nothing is changed yet. This is what becomes of %u files.", n),
                          n);
}

/* ---- states ---- */

static void
update_actions (MwExportPreviewPage *self)
{
  MwExportPlan *plan = mw_export_preview_page_get_plan (self);
  gboolean can_apply =
      plan != NULL && !self->busy && !self->saved &&
      (!mw_export_plan_is_empty (plan) || (plan->secrets->len > 0 && self->directory == NULL));
  gboolean has_trouble = g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "trouble") == 0;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preview.apply", can_apply);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preview.look-again", !self->busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preview.save-files",
                                 !self->busy && self->directory == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->apply_button),
                          !self->saved && (plan == NULL || can_apply || self->busy));
  gtk_widget_set_visible (self->folder_button, self->saved);
  gtk_widget_set_visible (self->bottom_bar,
                          !has_trouble && (self->saved || self->busy || plan == NULL || can_apply));
  gtk_widget_set_sensitive (GTK_WIDGET (self->options_group), !self->busy && !self->saved);
}

static void
set_state (MwExportPreviewPage *self, const char *text)
{
  gtk_label_set_label (self->state_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->state_label), text != NULL);
}

static void
set_busy (MwExportPreviewPage *self, gboolean busy)
{
  if (self->busy == busy)
    return;
  self->busy = busy;
  /* Half-way there is no way out */
  adw_navigation_page_set_can_pop (ADW_NAVIGATION_PAGE (self), !busy);
  gtk_widget_set_visible (self->spinner, busy);
  update_actions (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

/* What most people do next; while a page slides in, the keyboard is not its yet */
static void
focus_main_button (MwExportPreviewPage *self)
{
  const char *state = gtk_stack_get_visible_child_name (self->stack);

  if (g_strcmp0 (state, "trouble") == 0)
    gtk_widget_grab_focus (gtk_widget_get_visible (self->access_button) ? self->access_button
                                                                        : self->again_button);
  else if (g_strcmp0 (state, "plan") == 0 && self->saved)
    gtk_widget_grab_focus (self->folder_button);
  else if (g_strcmp0 (state, "plan") == 0)
    gtk_widget_grab_focus (gtk_widget_get_visible (GTK_WIDGET (self->apply_button))
                               ? GTK_WIDGET (self->apply_button)
                               : GTK_WIDGET (self->scroller));
}

/* Another try would end as this one did, since a permission is in effect at the next start */
static void
show_access_button (MwExportPreviewPage *self, const GError *error)
{
  gboolean is_kept_out = self->directory == NULL &&
                         g_error_matches (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NO_ACCESS) &&
                         mw_access_dialog_is_needed (self->session, self->exporter->id);

  gtk_widget_set_visible (self->access_button, is_kept_out);
  gtk_widget_set_visible (self->again_button, !is_kept_out);
}

static void
show_trouble (MwExportPreviewPage *self, const GError *error)
{
  const char *program = mw_exporter_get_title (self->exporter);
  g_autofree char *explanation = mw_export_ui_explain (error);
  g_autofree char *escaped = mw_ui_plain (explanation, MAX_TEXT);
  g_autofree char *message = mw_text_make_harmless (error->message, -1, MAX_TEXT);
  g_autofree char *title = NULL;
  g_autofree char *escaped_title = NULL;

  if (g_error_matches (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_RUNNING))
    /* Translators: %s is the name of a program */
    title = g_strdup_printf (_ ("%s Is Running"), program);
  else if (self->directory != NULL)
    title = g_strdup (_ ("The Files Cannot Be Saved"));
  else
    /* Translators: %s is the name of a program */
    title = g_strdup_printf (_ ("The Account Cannot Be Exported to %s"), program);
  escaped_title = g_markup_escape_text (title, -1);
  adw_status_page_set_title (self->trouble_status, escaped_title);
  adw_status_page_set_description (self->trouble_status, escaped);
  gtk_label_set_label (self->trouble_label, message);
  gtk_widget_set_visible (self->instead_button, self->directory == NULL);
  show_access_button (self, error);
  gtk_stack_set_visible_child_name (self->stack, "trouble");
  update_actions (self);
  focus_main_button (self);
  mw_ui_announce (GTK_WIDGET (self), title, TRUE);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwExportPreviewPage) self = user_data;
  MwExportJob *job = MW_EXPORT_JOB (source);
  g_autoptr (GError) error = NULL;
  gboolean planned = mw_export_job_plan_finish (job, result, &error);
  g_autoptr (GPtrArray) accounts = NULL;
  g_autofree char *summary = NULL;
  gboolean is_first;
  MwExportPlan *plan;
  guint n_left_out;

  if (job != self->job || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_visible (self->spinner, FALSE);
  if (!planned)
    {
      show_trouble (self, error);
      return;
    }
  plan = mw_export_job_get_plan (job);
  accounts = list_accounts (self, &n_left_out);
  summary = summarize (self, plan);
  gtk_label_set_label (self->summary_label, summary);
  show_notes (self, plan, n_left_out);
  show_changes (self, plan);
  is_first = g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "plan") != 0;
  gtk_stack_set_visible_child_name (self->stack, "plan");
  update_actions (self);
  if (is_first)
    focus_main_button (self);
  mw_ui_announce (GTK_WIDGET (self), summary, FALSE);
}

static void
look (MwExportPreviewPage *self)
{
  guint n_left_out;
  g_autoptr (GPtrArray) accounts = list_accounts (self, &n_left_out);
  gboolean with_passwords = self->exporter->has_password_store && self->directory == NULL &&
                            adw_switch_row_get_active (self->store_row);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->job);
  self->cancellable = g_cancellable_new ();
  self->saved = FALSE;
  set_state (self, NULL);
  /* A changed option leaves the page as it is until the answer is there */
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "plan") != 0)
    gtk_stack_set_visible_child_name (self->stack, "looking");
  else
    gtk_widget_set_visible (self->spinner, TRUE);
  self->job =
      mw_export_job_new (self->session, self->exporter, accounts, self->directory, with_passwords);
  update_actions (self);
  mw_export_job_plan_async (self->job, GTK_WIDGET (self), self->cancellable, looked_cb,
                            g_object_ref (self));
}

static void
on_option (MwExportPreviewPage *self)
{
  if (self->job != NULL && !self->busy)
    look (self);
}

/* ---- doing it ---- */

static void
tell_notes (MwExportPreviewPage *self, GPtrArray *notes)
{
  g_autoptr (GString) body = g_string_new (NULL);
  g_autofree char *heading = NULL;
  AdwDialog *dialog;

  for (guint i = 0; i < notes->len; i++)
    g_string_append_printf (body, "%s%s", i > 0 ? "\n\n" : "",
                            ((const MwExportNote *) g_ptr_array_index (notes, i))->text);
  /* Translators: %s is the name of a program */
  heading = g_strdup_printf (_ ("Exported to %s"), mw_exporter_get_title (self->exporter));
  dialog = mw_ui_alert_new (heading, NULL, body->str);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
leave (MwExportPreviewPage *self)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);

  if (view != NULL && adw_navigation_view_get_visible_page (ADW_NAVIGATION_VIEW (view)) ==
                          ADW_NAVIGATION_PAGE (self))
    adw_navigation_view_pop (ADW_NAVIGATION_VIEW (view));
}

static void
failed_response_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwExportPreviewPage) self = user_data;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (g_str_equal (response, "again"))
    apply (self, TRUE);
  else if (g_str_equal (response, "look-again"))
    look (self);
  else if (g_str_equal (response, "without"))
    apply (self, FALSE);
  else if (g_str_equal (response, "instead"))
    gtk_widget_activate_action (GTK_WIDGET (self), "preview.save-files", NULL);
}

static void
tell_failure (MwExportPreviewPage *self, const GError *error)
{
  const char *program = mw_exporter_get_title (self->exporter);
  g_autofree char *heading = NULL;
  AdwAlertDialog *dialog;

  if (g_error_matches (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_RUNNING))
    /* Translators: %s is the name of a program */
    heading = g_strdup_printf (_ ("%s Is Running"), program);
  else if (self->directory != NULL)
    /* Translators: heading of a message; a short one */
    heading = g_strdup (_ ("Files Not Saved"));
  else
    /* Translators: heading of a message; a short one. %s is the name of a program */
    heading = g_strdup_printf (_ ("Not Exported to %s"), program);
  dialog = mw_export_ui_error_dialog (heading, error);
  if (error->domain == MW_SECRETS_ERROR)
    adw_alert_dialog_add_response (dialog, "without", _ ("Export _Without Passwords"));
  else if (self->directory == NULL)
    adw_alert_dialog_add_response (dialog, "instead", _ ("_Save Files Instead…"));
  /* The plan was made for what was there then */
  if (g_error_matches (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_CHANGED))
    adw_alert_dialog_add_response (dialog, "look-again", _ ("_Look Again"));
  else
    adw_alert_dialog_add_response (dialog, "again", _ ("_Try Again"));
  adw_alert_dialog_choose (dialog, GTK_WIDGET (self), NULL, failed_response_cb,
                           g_object_ref (self));
}

static void
applied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwExportPreviewPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MwExportResult) done =
                mw_export_job_apply_finish (MW_EXPORT_JOB (source), result, &error);

  if (self->session != NULL)
    set_state (self, NULL);
  if (done != NULL)
    {
      self->saved = self->directory != NULL;
      g_signal_emit (self, signals[APPLIED], 0, done->journal_id);
    }
  set_busy (self, FALSE);
  /* A window that was only waiting for this has gone by now, and this page with it */
  if (self->session == NULL || gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  if (done == NULL)
    {
      tell_failure (self, error);
      return;
    }
  if (self->saved)
    {
      g_autofree char *folder = mw_export_ui_show_path (self->session, self->directory);
      g_autofree char *text = NULL;

      if (mw_path_is_of_portal (self->directory))
        text = g_strdup (_ ("Saved in the folder you chose"));
      else
        /* Translators: %s is the path of a folder */
        text = g_strdup_printf (_ ("Saved in %s"), folder);
      set_state (self, text);
      gtk_label_set_label (self->summary_label,
                           _ ("The files are saved. Carry them to the other computer."));
      focus_main_button (self);
      mw_ui_announce (GTK_WIDGET (self), text, FALSE);
      return;
    }
  if (done->notes->len > 0)
    tell_notes (self, done->notes);
  leave (self);
}

static void
apply (MwExportPreviewPage *self, gboolean with_keyring)
{
  g_return_if_fail (!self->busy && mw_export_preview_page_get_plan (self) != NULL);

  set_state (self, self->directory != NULL ? _ ("Saving…") : _ ("Exporting…"));
  set_busy (self, TRUE);
  mw_export_job_apply_async (self->job, with_keyring, applied_cb, g_object_ref (self));
}

static void
apply_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  apply (MW_EXPORT_PREVIEW_PAGE (widget), TRUE);
}

static void
look_again_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MwExportPreviewPage *self = MW_EXPORT_PREVIEW_PAGE (widget);

  gtk_stack_set_visible_child_name (self->stack, "looking");
  look (self);
}

static void
give_access_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MwExportPreviewPage *self = MW_EXPORT_PREVIEW_PAGE (widget);

  adw_dialog_present (mw_access_dialog_new (self->session, self->exporter->id), widget);
}

static void
copy_details_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MwExportPreviewPage *self = MW_EXPORT_PREVIEW_PAGE (widget);

  mw_ui_copy (widget, gtk_label_get_label (self->trouble_label), _ ("Details copied"));
}

static void
folder_chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MwExportPreviewPage *self = MW_EXPORT_PREVIEW_PAGE (source);
  char *folder = mw_export_ui_choose_folder_finish (GTK_WIDGET (self), result);

  if (folder == NULL || self->session == NULL)
    {
      g_free (folder);
      return;
    }
  g_free (self->directory);
  self->directory = folder;
  show_texts (self);
  show_options (self);
  gtk_stack_set_visible_child_name (self->stack, "looking");
  look (self);
}

static void
save_files_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MwExportPreviewPage *self = MW_EXPORT_PREVIEW_PAGE (widget);

  mw_export_ui_choose_folder_async (widget, self->exporter, self->cancellable, folder_chosen_cb,
                                    NULL);
}

static void
open_folder_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MwExportPreviewPage *self = MW_EXPORT_PREVIEW_PAGE (widget);

  if (self->directory != NULL)
    mw_export_ui_open_folder (widget, self->directory);
}

/* ---- the class ---- */

static void
mw_export_preview_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MwExportPreviewPage *self = MW_EXPORT_PREVIEW_PAGE (object);

  switch (id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mw_export_preview_page_dispose (GObject *object)
{
  MwExportPreviewPage *self = MW_EXPORT_PREVIEW_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->job);
  g_clear_object (&self->session);
  g_clear_object (&self->item);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_EXPORT_PREVIEW_PAGE);

  G_OBJECT_CLASS (mw_export_preview_page_parent_class)->dispose (object);
}

static void
mw_export_preview_page_finalize (GObject *object)
{
  g_free (MW_EXPORT_PREVIEW_PAGE (object)->directory);

  G_OBJECT_CLASS (mw_export_preview_page_parent_class)->finalize (object);
}

static void
mw_export_preview_page_class_init (MwExportPreviewPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mw_export_preview_page_dispose;
  object_class->finalize = mw_export_preview_page_finalize;
  object_class->get_property = mw_export_preview_page_get_property;

  properties[PROP_BUSY] =
      g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[APPLIED] = g_signal_new ("applied", MW_TYPE_EXPORT_PREVIEW_PAGE, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-export-preview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, wait_status);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, trouble_status);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, trouble_label);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, access_button);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, again_button);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, instead_button);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, summary_label);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, notes_bin);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, options_group);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, all_row);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, store_row);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, changes_bin);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, bottom_bar);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, state_label);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, apply_button);
  gtk_widget_class_bind_template_child (widget_class, MwExportPreviewPage, folder_button);
  gtk_widget_class_bind_template_callback (widget_class, focus_main_button);
  gtk_widget_class_bind_template_callback (widget_class, on_option);
  gtk_widget_class_install_action (widget_class, "preview.apply", NULL, apply_action);
  gtk_widget_class_install_action (widget_class, "preview.look-again", NULL, look_again_action);
  gtk_widget_class_install_action (widget_class, "preview.give-access", NULL, give_access_action);
  gtk_widget_class_install_action (widget_class, "preview.copy-details", NULL, copy_details_action);
  gtk_widget_class_install_action (widget_class, "preview.save-files", NULL, save_files_action);
  gtk_widget_class_install_action (widget_class, "preview.open-folder", NULL, open_folder_action);
}

static void
mw_export_preview_page_init (MwExportPreviewPage *self)
{
  g_autoptr (AdwSpinnerPaintable) spinner = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  spinner = adw_spinner_paintable_new (GTK_WIDGET (self->wait_status));
  adw_status_page_set_paintable (self->wait_status, GDK_PAINTABLE (spinner));
}

/**
 * mw_export_preview_page_new:
 * @session: the session
 * @item: the account
 * @exporter: a program that takes the account
 * @directory: (nullable) (type filename): a folder to save files in; %NULL: into the program itself
 *
 * Begins to look at what is there at once.
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
mw_export_preview_page_new (MwSession *session,
                            MwAccountItem *item,
                            const MwExporter *exporter,
                            const char *directory)
{
  MwExportPreviewPage *self = g_object_new (MW_TYPE_EXPORT_PREVIEW_PAGE, NULL);

  self->session = g_object_ref (session);
  self->item = g_object_ref (item);
  self->exporter = exporter;
  self->directory = g_strdup (directory);
  show_texts (self);
  show_options (self);
  look (self);
  return ADW_NAVIGATION_PAGE (self);
}

/**
 * mw_export_preview_page_get_busy:
 * @self: the page
 *
 * Returns: whether it is being applied
 */
gboolean
mw_export_preview_page_get_busy (MwExportPreviewPage *self)
{
  g_return_val_if_fail (MW_IS_EXPORT_PREVIEW_PAGE (self), FALSE);

  return self->busy;
}

/**
 * mw_export_preview_page_get_directory:
 * @self: the page
 *
 * Returns: (transfer none) (nullable) (type filename): where files are saved; %NULL: into the
 *   program itself
 */
const char *
mw_export_preview_page_get_directory (MwExportPreviewPage *self)
{
  g_return_val_if_fail (MW_IS_EXPORT_PREVIEW_PAGE (self), NULL);

  return self->directory;
}

/**
 * mw_export_preview_page_get_plan:
 * @self: the page
 *
 * Returns: (transfer none) (nullable): what is shown; %NULL while nothing is
 */
MwExportPlan *
mw_export_preview_page_get_plan (MwExportPreviewPage *self)
{
  g_return_val_if_fail (MW_IS_EXPORT_PREVIEW_PAGE (self), NULL);

  return self->job != NULL ? mw_export_job_get_plan (self->job) : NULL;
}
