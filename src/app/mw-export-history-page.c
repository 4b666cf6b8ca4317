/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export-history-page"

#include "config.h"

#include "app/mw-export-history-page.h"

#include "app/mw-export-job.h"
#include "app/mw-export-ui.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>

/* Rows that are made at a time; more than a hundred entries there are not */
#define ROWS_AT_A_TIME 20

/* As much of a path as fits a row */
#define MAX_TEXT 2000

struct _MwExportHistoryPage
{
  AdwNavigationPage parent_instance;

  guint n_shown;
  gboolean busy; /* something is being undone */

  /* Owned */
  MwSession *session;
  char *undone_id;    /* what was undone last, until its row is there again */
  GPtrArray *entries; /* (element-type MwJournalEntry), newest first */
  GPtrArray *rows;    /* (element-type GtkWidget), not owned */
  GCancellable *cancellable;

  /* Template children */
  GtkStack *stack;
  AdwStatusPage *wait_status;
  AdwStatusPage *trouble_status;
  AdwPreferencesGroup *group;
  GtkWidget *more_button;
};

G_DEFINE_FINAL_TYPE (MwExportHistoryPage, mw_export_history_page, ADW_TYPE_NAVIGATION_PAGE)

static void read_journal (MwExportHistoryPage *self);

static const char *
describe_state (MwJournalState state)
{
  switch (state)
    {
    case MW_JOURNAL_STATE_APPLYING:
      return _ ("Was cut off. It is put back with the next export.");
    case MW_JOURNAL_STATE_DONE:
      return NULL; /* as it should be */
    case MW_JOURNAL_STATE_UNDONE:
      return _ ("Undone");
    case MW_JOURNAL_STATE_ROLLED_BACK:
      return _ ("Did not work. Everything was put back.");
    case MW_JOURNAL_STATE_UNREADABLE:
    default:
      return _ ("This record is damaged. It is kept, and cannot be undone.");
    }
}

static char *
describe_target (const MwJournalEntry *entry)
{
  const char *title = mw_export_ui_find_title (entry->target);

  if (*entry->target == '\0')
    return g_strdup (_ ("Unknown program"));
  if (entry->to_folder)
    /* Translators: %s is the name of a program */
    return g_strdup_printf (_ ("Files for %s"), title);
  return g_strdup (title);
}

static char *
describe_entry (const MwJournalEntry *entry)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  const char *state = describe_state (entry->state);

  if (entry->created != NULL)
    g_strv_builder_take (lines, mw_ui_format_time (entry->created));
  for (guint i = 0; entry->accounts[i] != NULL; i++)
    g_strv_builder_take (lines, mw_text_make_harmless (entry->accounts[i], -1, MAX_TEXT));
  if (state != NULL)
    g_strv_builder_add (lines, state);
  parts = g_strv_builder_end (lines);
  return g_strjoinv ("\n", parts);
}

static void
add_detail (GtkWidget *row, const char *text)
{
  GtkWidget *detail = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title-lines", 0,
                                    "title-selectable", TRUE, NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (detail), text);
  mw_export_ui_break_plainly (detail);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), detail);
}

static GtkWidget *
make_undo_button (const MwJournalEntry *entry, const char *title)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Undo"));
  g_autofree char *when = mw_ui_format_time (entry->created);
  g_autofree char *label = NULL;

  /* Translators: what a button does, in full. %1$s is the name of a program, %2$s a time: “Today,
   * 10:21” or “3 March 2026” */
  label = g_strdup_printf (_ ("Undo the export to %1$s: %2$s"), title, when);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "history.undo");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", entry->id);
  mw_export_ui_name_button (button, label);
  return button;
}

static GtkWidget *
make_row (MwExportHistoryPage *self, const MwJournalEntry *entry)
{
  GtkWidget *row = g_object_new (ADW_TYPE_EXPANDER_ROW, "use-markup", FALSE, "title-lines", 0,
                                 "subtitle-lines", 0, NULL);
  g_autofree char *title = describe_target (entry);
  g_autofree char *harmless = mw_text_make_harmless (title, -1, MAX_TEXT);
  g_autofree char *subtitle = describe_entry (entry);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), harmless);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle);
  if (entry->state == MW_JOURNAL_STATE_DONE)
    adw_expander_row_add_suffix (ADW_EXPANDER_ROW (row), make_undo_button (entry, harmless));

  for (guint i = 0; entry->paths[i] != NULL; i++)
    {
      g_autofree char *path = mw_export_ui_show_path (self->session, entry->paths[i]);

      add_detail (row, path);
    }
  if (entry->n_secrets > 0)
    {
      g_autofree char *text = g_strdup_printf (
          ngettext ("%u password in the keyring", "%u passwords in the keyring", entry->n_secrets),
          entry->n_secrets);

      add_detail (row, text);
    }
  if (entry->n_actions > 0)
    {
      g_autofree char *text =
          g_strdup_printf (ngettext ("%u change in the running program",
                                     "%u changes in the running program", entry->n_actions),
                           entry->n_actions);

      add_detail (row, text);
    }
  if (entry->paths[0] == NULL && entry->n_secrets == 0 && entry->n_actions == 0)
    adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (row), FALSE);
  return row;
}

static void
show_until (MwExportHistoryPage *self, guint n)
{
  guint end = MIN (n, self->entries->len);

  for (; self->n_shown < end; self->n_shown++)
    {
      GtkWidget *row = make_row (self, g_ptr_array_index (self->entries, self->n_shown));

      adw_preferences_group_add (self->group, row);
      g_ptr_array_add (self->rows, row);
    }
  gtk_widget_set_visible (self->more_button, self->n_shown < self->entries->len);
}

/* After an undo the rows are made anew. The keyboard stays where it was. */
static void
show_entries (MwExportHistoryPage *self, GPtrArray *entries)
{
  guint n_wanted = MAX (self->n_shown, ROWS_AT_A_TIME);

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  self->n_shown = 0;
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  self->entries = g_ptr_array_ref (entries);
  show_until (self, n_wanted);
  gtk_stack_set_visible_child_name (self->stack, entries->len > 0 ? "list" : "empty");
  for (guint i = 0; i < self->rows->len; i++)
    if (g_strcmp0 (self->undone_id, ((MwJournalEntry *) g_ptr_array_index (entries, i))->id) == 0)
      gtk_widget_child_focus (g_ptr_array_index (self->rows, i), GTK_DIR_TAB_FORWARD);
  g_clear_pointer (&self->undone_id, g_free);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwExportHistoryPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = mw_export_list_finish (MW_SESSION (source), result, &error);
  g_autofree char *explanation = NULL;
  g_autofree char *text = NULL;

  if (self->session == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (entries != NULL)
    {
      show_entries (self, entries);
      return;
    }
  explanation = g_strdup_printf ("%s\n%s", mw_export_error_explain (error), error->message);
  text = mw_ui_plain (explanation, MAX_TEXT);
  adw_status_page_set_description (self->trouble_status, text);
  gtk_stack_set_visible_child_name (self->stack, "trouble");
}

static void
read_journal (MwExportHistoryPage *self)
{
  mw_export_list_async (self->session, self->cancellable, read_cb, g_object_ref (self));
}

static void
undone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwExportHistoryPage) self = MW_EXPORT_HISTORY_PAGE (user_data);

  mw_export_ui_undo_finish (GTK_WIDGET (source), result);
  self->busy = FALSE;
  adw_navigation_page_set_can_pop (ADW_NAVIGATION_PAGE (self), TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.undo", TRUE);
  if (self->session != NULL)
    read_journal (self);
}

static void
undo_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MwExportHistoryPage *self = MW_EXPORT_HISTORY_PAGE (widget);
  const char *id = g_variant_get_string (parameter, NULL);

  for (guint i = 0; self->entries != NULL && i < self->entries->len && !self->busy; i++)
    {
      const MwJournalEntry *entry = g_ptr_array_index (self->entries, i);

      if (!g_str_equal (entry->id, id))
        continue;
      self->busy = TRUE;
      g_set_str (&self->undone_id, id);
      adw_navigation_page_set_can_pop (ADW_NAVIGATION_PAGE (self), FALSE);
      gtk_widget_action_set_enabled (widget, "history.undo", FALSE);
      mw_export_ui_undo_async (widget, self->session, entry, undone_cb, g_object_ref (self));
    }
}

static void
show_more_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MwExportHistoryPage *self = MW_EXPORT_HISTORY_PAGE (widget);

  if (self->entries != NULL)
    show_until (self, self->n_shown + ROWS_AT_A_TIME);
}

static void
read_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MwExportHistoryPage *self = MW_EXPORT_HISTORY_PAGE (widget);

  gtk_stack_set_visible_child_name (self->stack, "reading");
  read_journal (self);
}

static void
mw_export_history_page_dispose (GObject *object)
{
  MwExportHistoryPage *self = MW_EXPORT_HISTORY_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->undone_id, g_free);
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_EXPORT_HISTORY_PAGE);

  G_OBJECT_CLASS (mw_export_history_page_parent_class)->dispose (object);
}

static void
mw_export_history_page_class_init (MwExportHistoryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_export_history_page_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-export-history-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwExportHistoryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MwExportHistoryPage, wait_status);
  gtk_widget_class_bind_template_child (widget_class, MwExportHistoryPage, trouble_status);
  gtk_widget_class_bind_template_child (widget_class, MwExportHistoryPage, group);
  gtk_widget_class_bind_template_child (widget_class, MwExportHistoryPage, more_button);
  gtk_widget_class_install_action (widget_class, "history.undo", "s", undo_action);
  gtk_widget_class_install_action (widget_class, "history.show-more", NULL, show_more_action);
  gtk_widget_class_install_action (widget_class, "history.read", NULL, read_action);
}

static void
mw_export_history_page_init (MwExportHistoryPage *self)
{
  g_autoptr (AdwSpinnerPaintable) spinner = NULL;

  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  spinner = adw_spinner_paintable_new (GTK_WIDGET (self->wait_status));
  adw_status_page_set_paintable (self->wait_status, GDK_PAINTABLE (spinner));
}

/**
 * mw_export_history_page_new:
 * @session: the session
 *
 * Returns: (transfer floating): a page that reads the journal
 */
AdwNavigationPage *
mw_export_history_page_new (MwSession *session)
{
  MwExportHistoryPage *self = g_object_new (MW_TYPE_EXPORT_HISTORY_PAGE, NULL);

  self->session = g_object_ref (session);
  read_journal (self);
  return ADW_NAVIGATION_PAGE (self);
}
