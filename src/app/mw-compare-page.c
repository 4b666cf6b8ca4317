/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-compare-page"

#include "config.h"

#include "app/mw-compare-page.h"

#include "app/mw-add-words.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>

/* One value that can be taken */
typedef struct
{
  GtkCheckButton *check; /* of the group */
  char *field;
  char *value;
} Choice;

struct _MwComparePage
{
  AdwNavigationPage parent_instance;

  /* Owned */
  MwAddDraft *draft;
  MwDiscoveryResult *shown; /* what the groups were made from */
  GPtrArray *choices;       /* of Choice */

  gboolean updating; /* the buttons follow the draft, and not the other way round */

  /* Template children */
  GtkBox *groups;
  GtkLabel *intro_label;
};

G_DEFINE_FINAL_TYPE (MwComparePage, mw_compare_page, ADW_TYPE_NAVIGATION_PAGE)

static void
choice_free (Choice *choice)
{
  g_free (choice->field);
  g_free (choice->value);
  g_free (choice);
}

static void
on_toggled (MwComparePage *self, GtkCheckButton *check)
{
  if (self->updating || !gtk_check_button_get_active (check))
    return;
  for (guint i = 0; i < self->choices->len; i++)
    {
      const Choice *choice = g_ptr_array_index (self->choices, i);

      if (choice->check == check)
        {
          mw_add_draft_take_value (self->draft, choice->field, choice->value);
          return;
        }
    }
}

static GtkWidget *
make_choice (MwComparePage *self,
             const MwDiscoveryConflict *conflict,
             const MwDiscoveryValue *value,
             GtkCheckButton *first)
{
  g_autofree char *title = mw_add_field_value (conflict->field, value->value);
  g_autofree char *sources = mw_add_list_sources ((const char *const *) value->sources);
  GtkWidget *row = mw_add_row_new (title, sources);
  GtkWidget *check = gtk_check_button_new ();
  /* Translators: a field, then a value for it, as in “IMAP Port: 993” */
  g_autofree char *label =
      g_strdup_printf (_ ("%1$s: %2$s"), mw_add_field_title (conflict->field), title);
  Choice *choice = g_new0 (Choice, 1);

  choice->check = GTK_CHECK_BUTTON (check);
  choice->field = g_strdup (conflict->field);
  choice->value = g_strdup (value->value);
  g_ptr_array_add (self->choices, choice);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (check), first);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  g_signal_connect_object (check, "toggled", G_CALLBACK (on_toggled), self, G_CONNECT_SWAPPED);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  /* The row names it after the value alone, which says nothing without the field */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return row;
}

static void
add_conflict (MwComparePage *self, const MwDiscoveryConflict *conflict)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  GtkCheckButton *first = NULL;

  adw_preferences_group_set_title (group, mw_add_field_title (conflict->field));
  for (guint i = 0; i < conflict->values->len; i++)
    {
      adw_preferences_group_add (
          group, make_choice (self, conflict, g_ptr_array_index (conflict->values, i), first));
      if (first == NULL)
        first = ((Choice *) g_ptr_array_index (self->choices, self->choices->len - 1))->check;
    }
  gtk_box_append (self->groups, GTK_WIDGET (group));
}

/* Everything that each source says, for those who want to see it all */
static void
add_sources (MwComparePage *self, GPtrArray *all)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, _ ("What Each Source Says"));
  for (guint i = 0; i < all->len; i++)
    {
      MwSettings *settings = g_ptr_array_index (all, i);
      g_autofree char *origin =
          settings->origin != NULL ? mw_text_make_harmless (settings->origin, -1, 400) : NULL;
      GtkWidget *row =
          g_object_new (ADW_TYPE_EXPANDER_ROW, "use-markup", FALSE, "title",
                        mw_add_source_title (settings->source), "subtitle",
                        origin != NULL ? origin : "", "title-lines", 0, "subtitle-lines", 0, NULL);

      for (guint k = 0; k < settings->servers->len; k++)
        {
          MwServer *server = g_ptr_array_index (settings->servers, k);
          g_autofree char *text = mw_add_describe_server (server);
          g_autofree char *name =
              g_ascii_strup (mw_protocol_to_string (mw_server_get_protocol (server)), -1);

          adw_expander_row_add_row (ADW_EXPANDER_ROW (row), mw_add_row_new (name, text));
        }
      adw_preferences_group_add (group, row);
    }
  gtk_box_append (self->groups, GTK_WIDGET (group));
}

static void
rebuild (MwComparePage *self, MwDiscoveryResult *result)
{
  GPtrArray *conflicts = mw_discovery_result_get_conflicts (result);
  GPtrArray *all = mw_discovery_result_get_settings (result);
  GtkWidget *child;

  g_ptr_array_set_size (self->choices, 0);
  while ((child = gtk_widget_get_next_sibling (GTK_WIDGET (self->intro_label))) != NULL)
    gtk_box_remove (self->groups, child);
  gtk_label_set_label (self->intro_label, conflicts->len > 0
                       ? _ ("The best source counts, unless another value is chosen here. The "
                                "name, port and encryption of a server belong together and change "
                                "together.")
                       : _ ("All sources that know the domain say the same."));
  for (guint i = 0; i < conflicts->len; i++)
    add_conflict (self, g_ptr_array_index (conflicts, i));
  if (all->len > 0)
    add_sources (self, all);
}

static void
update (MwComparePage *self)
{
  MwDiscoveryResult *result = mw_add_draft_get_result (self->draft);

  if (result == NULL)
    return;
  self->updating = TRUE;
  if (result != self->shown)
    {
      g_clear_pointer (&self->shown, mw_discovery_result_unref);
      self->shown = mw_discovery_result_ref (result);
      rebuild (self, result);
    }
  for (guint i = 0; i < self->choices->len; i++)
    {
      const Choice *choice = g_ptr_array_index (self->choices, i);
      g_autofree char *current = mw_add_draft_dup_value (self->draft, choice->field);

      gtk_check_button_set_active (choice->check, g_strcmp0 (current, choice->value) == 0);
    }
  self->updating = FALSE;
}

static void
mw_compare_page_dispose (GObject *object)
{
  MwComparePage *self = MW_COMPARE_PAGE (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_COMPARE_PAGE);

  G_OBJECT_CLASS (mw_compare_page_parent_class)->dispose (object);
}

static void
mw_compare_page_finalize (GObject *object)
{
  MwComparePage *self = MW_COMPARE_PAGE (object);

  g_clear_pointer (&self->shown, mw_discovery_result_unref);
  g_ptr_array_unref (self->choices);

  G_OBJECT_CLASS (mw_compare_page_parent_class)->finalize (object);
}

static void
mw_compare_page_class_init (MwComparePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mw_compare_page_dispose;
  object_class->finalize = mw_compare_page_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-compare-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwComparePage, groups);
  gtk_widget_class_bind_template_child (widget_class, MwComparePage, intro_label);
}

static void
mw_compare_page_init (MwComparePage *self)
{
  self->choices = g_ptr_array_new_with_free_func ((GDestroyNotify) choice_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_compare_page_new:
 * @draft: the account that is being added
 *
 * Returns: (transfer floating): the page; it follows the sources as they answer
 */
AdwNavigationPage *
mw_compare_page_new (MwAddDraft *draft)
{
  MwComparePage *self = g_object_new (MW_TYPE_COMPARE_PAGE, NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return ADW_NAVIGATION_PAGE (self);
}
