/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-account-row"

#include "config.h"

#include "app/mw-account-row.h"

#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>

struct _MwAccountRow
{
  GtkBox parent_instance;

  /* Owned */
  MwSession *session;
  MwAccountItem *item; /* nullable: rows are used again for other accounts */
  GSignalGroup *item_signals;
  GtkWidget *menu; /* nullable: made when it is first wanted */

  /* Template children */
  GtkImage *state_image;
  GtkLabel *title_label;
  GtkLabel *summary_label;
  GtkLabel *outdated_label;
  GtkDropTarget *drop_target;
};

G_DEFINE_FINAL_TYPE (MwAccountRow, mw_account_row, GTK_TYPE_BOX)

static void
update (MwAccountRow *self)
{
  MwAccountState state;
  g_autofree char *label = NULL;
  const char *title;
  const char *summary;
  gboolean is_outdated;

  if (self->item == NULL)
    return;
  state = mw_account_item_get_state (self->item);
  title = mw_account_item_get_title (self->item);
  summary = mw_account_item_get_summary (self->item);
  is_outdated = mw_account_item_get_export_outdated (self->item);

  for (int i = MW_ACCOUNT_STATE_NEVER; i <= MW_ACCOUNT_STATE_CHECKING; i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_image), mw_ui_state_class (i));
  gtk_widget_add_css_class (GTK_WIDGET (self->state_image), mw_ui_state_class (state));
  gtk_image_set_from_icon_name (self->state_image, mw_ui_state_icon (state));
  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->summary_label, summary);
  gtk_widget_set_visible (GTK_WIDGET (self->outdated_label), is_outdated);

  /* The list item is what has the focus; it is named after all that stands in the row. */
  /* Translators: an account as a screen reader says it: its address, then its state as a sentence
   */
  label = is_outdated ? g_strdup_printf (_ ("%1$s, %2$s, export out of date"), title, summary)
                      : g_strdup_printf (C_ ("account", "%1$s, %2$s"), title, summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  if (gtk_widget_get_parent (GTK_WIDGET (self)) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (GTK_WIDGET (self))),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static gboolean
find_position (MwAccountRow *self, MwAccountItem *item, guint *position)
{
  GListModel *accounts = mw_session_get_accounts (self->session);
  guint n_accounts = g_list_model_get_n_items (accounts);

  for (guint i = 0; i < n_accounts; i++)
    {
      g_autoptr (MwAccountItem) other = g_list_model_get_item (accounts, i);

      if (other == item)
        {
          *position = i;
          return TRUE;
        }
    }
  return FALSE;
}

static void
move_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAccountRow *self = MW_ACCOUNT_ROW (widget);
  guint n_accounts = g_list_model_get_n_items (mw_session_get_accounts (self->session));
  guint from;

  if (self->item == NULL || !find_position (self, self->item, &from))
    return;
  if (g_str_equal (name, "row.move-up") && from > 0)
    mw_session_move_account (self->session, from, from - 1);
  else if (g_str_equal (name, "row.move-down") && from + 1 < n_accounts)
    mw_session_move_account (self->session, from, from + 1);
}

static void
check_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAccountRow *self = MW_ACCOUNT_ROW (widget);

  if (self->item == NULL)
    return;
  if (g_str_equal (name, "row.check"))
    mw_session_check_one (self->session, self->item);
  else
    mw_session_stop_check (self->session, self->item);
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAccountRow *self = MW_ACCOUNT_ROW (widget);

  if (self->item != NULL)
    gtk_widget_activate_action (widget, "win.remove-one", "s", mw_account_item_get_id (self->item));
}

static GMenuModel *
make_menu (void)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) checks = g_menu_new ();
  g_autoptr (GMenu) moves = g_menu_new ();
  g_autoptr (GMenu) removal = g_menu_new ();
  g_autoptr (GMenuItem) check = g_menu_item_new (_ ("_Check"), "row.check");
  g_autoptr (GMenuItem) stop = g_menu_item_new (_ ("_Stop Check"), "row.stop");

  g_menu_item_set_attribute (check, "hidden-when", "s", "action-disabled");
  g_menu_item_set_attribute (stop, "hidden-when", "s", "action-disabled");
  g_menu_append_item (checks, check);
  g_menu_append_item (checks, stop);
  g_menu_append (moves, _ ("Move _Up"), "row.move-up");
  g_menu_append (moves, _ ("Move _Down"), "row.move-down");
  g_menu_append (removal, _ ("_Remove Account…"), "row.remove");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (checks));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (moves));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (removal));
  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static void
show_menu_at (MwAccountRow *self, double x, double y)
{
  GtkWidget *widget = GTK_WIDGET (self);
  guint n_accounts = g_list_model_get_n_items (mw_session_get_accounts (self->session));
  gboolean is_checking;
  guint position;

  if (self->item == NULL || !find_position (self, self->item, &position))
    return;
  is_checking = mw_account_item_get_checking (self->item);
  gtk_widget_action_set_enabled (widget, "row.check", !is_checking);
  gtk_widget_action_set_enabled (widget, "row.stop", is_checking);
  gtk_widget_action_set_enabled (widget, "row.move-up", position > 0);
  gtk_widget_action_set_enabled (widget, "row.move-down", position + 1 < n_accounts);
  if (self->menu == NULL)
    {
      g_autoptr (GMenuModel) model = make_menu ();

      self->menu = gtk_popover_menu_new_from_model (model);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, widget);
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_secondary_click (GtkGestureClick *gesture, int n_press, double x, double y, MwAccountRow *self)
{
  show_menu_at (self, x, y);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_long_press (GtkGestureLongPress *gesture, double x, double y, MwAccountRow *self)
{
  show_menu_at (self, x, y);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, MwAccountRow *self)
{
  if (self->item == NULL)
    return NULL;
  return gdk_content_provider_new_typed (MW_TYPE_ACCOUNT_ITEM, self->item);
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, MwAccountRow *self)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (self));

  gtk_drag_source_set_icon (source, paintable, 0, 0);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, MwAccountRow *self)
{
  MwAccountItem *item = g_value_get_object (value);
  guint from;
  guint to;

  if (self->item == NULL || item == NULL || item == self->item ||
      !find_position (self, item, &from) || !find_position (self, self->item, &to))
    return FALSE;
  mw_session_move_account (self->session, from, to);
  return TRUE;
}

static void
mw_account_row_dispose (GObject *object)
{
  MwAccountRow *self = MW_ACCOUNT_ROW (object);

  if (self->item_signals != NULL)
    g_signal_group_set_target (self->item_signals, NULL);
  g_clear_object (&self->item_signals);
  g_clear_object (&self->item);
  g_clear_object (&self->session);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_ACCOUNT_ROW);

  G_OBJECT_CLASS (mw_account_row_parent_class)->dispose (object);
}

static void
mw_account_row_class_init (MwAccountRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_account_row_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-account-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MwAccountRow, state_image);
  gtk_widget_class_bind_template_child (widget_class, MwAccountRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, MwAccountRow, summary_label);
  gtk_widget_class_bind_template_child (widget_class, MwAccountRow, outdated_label);
  gtk_widget_class_bind_template_child (widget_class, MwAccountRow, drop_target);
  gtk_widget_class_bind_template_callback (widget_class, on_secondary_click);
  gtk_widget_class_bind_template_callback (widget_class, on_long_press);
  gtk_widget_class_bind_template_callback (widget_class, on_drag_prepare);
  gtk_widget_class_bind_template_callback (widget_class, on_drag_begin);
  gtk_widget_class_bind_template_callback (widget_class, on_drop);
  gtk_widget_class_install_action (widget_class, "row.check", NULL, check_action);
  gtk_widget_class_install_action (widget_class, "row.stop", NULL, check_action);
  gtk_widget_class_install_action (widget_class, "row.move-up", NULL, move_action);
  gtk_widget_class_install_action (widget_class, "row.move-down", NULL, move_action);
  gtk_widget_class_install_action (widget_class, "row.remove", NULL, remove_action);
}

static void
mw_account_row_init (MwAccountRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drop_target_set_gtypes (self->drop_target, (GType[]) { MW_TYPE_ACCOUNT_ITEM }, 1);
  self->item_signals = g_signal_group_new (MW_TYPE_ACCOUNT_ITEM);
  g_signal_group_connect_swapped (self->item_signals, "notify", G_CALLBACK (update), self);
}

/**
 * mw_account_row_new:
 * @session: what the windows share
 *
 * Returns: (transfer floating): a row without an account yet
 */
GtkWidget *
mw_account_row_new (MwSession *session)
{
  MwAccountRow *self = g_object_new (MW_TYPE_ACCOUNT_ROW, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}

/**
 * mw_account_row_set_item:
 * @self: a row
 * @item: (nullable): the account that it shows from now on
 */
void
mw_account_row_set_item (MwAccountRow *self, MwAccountItem *item)
{
  g_return_if_fail (MW_IS_ACCOUNT_ROW (self));

  if (self->menu != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->menu));
  g_set_object (&self->item, item);
  g_signal_group_set_target (self->item_signals, item);
  update (self);
}

/**
 * mw_account_row_get_item:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the account that it shows
 */
MwAccountItem *
mw_account_row_get_item (MwAccountRow *self)
{
  g_return_val_if_fail (MW_IS_ACCOUNT_ROW (self), NULL);

  return self->item;
}

/**
 * mw_account_row_show_menu:
 * @self: a row
 *
 * Opens its menu, as the menu key does.
 */
void
mw_account_row_show_menu (MwAccountRow *self)
{
  g_return_if_fail (MW_IS_ACCOUNT_ROW (self));

  show_menu_at (self, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
                gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
}
