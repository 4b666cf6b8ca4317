/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-window"

#include "config.h"

#include "app/mw-window.h"

#include "app/mw-account-page.h"
#include "app/mw-account-row.h"
#include "app/mw-add-dialog.h"
#include "app/mw-banners.h"
#include "app/mw-export-history-page.h"
#include "app/mw-open-files.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>

/* With fewer accounts a search button would only be in the way. */
#define SEARCH_FROM 6

/* Hundreds of rows take longer than the first frame may: it has as many as can be seen, and the
 * rest follow some at a time. */
#define FIRST_ROWS 16
#define MORE_ROWS 10

struct _MwWindow
{
  AdwApplicationWindow parent_instance;

  /* Owned */
  MwSession *session;
  GtkFilterListModel *filtered;
  GtkSliceListModel *sliced; /* what of it has rows already */
  GtkSingleSelection *selection;
  char *search;    /* folded; nullable: no search */
  char *wanted_id; /* nullable: the account that is shown once the present one may be left */
  char
      *wanted_page; /* nullable: of that account; before the first frame of the one that is shown */
  char *last_id;    /* nullable: the account shown last, for the next start */

  MwAccountPage *page; /* nullable; of the navigation view */
  guint accounts_source;
  guint start_source;
  guint rows_source;
  gboolean is_asking;
  gboolean is_checking_all; /* its end is told */
  gboolean is_selecting;
  gboolean is_started;
  gboolean may_close;
  char *network; /* nullable: as it was, to notice that it is another one */

  /* Template children */
  GtkStack *stack;
  AdwNavigationSplitView *split_view;
  AdwNavigationPage *content_page;
  AdwNavigationView *navigation_view;
  GtkStack *list_stack;
  GtkListView *list_view;
  GtkToggleButton *search_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  AdwBanner *problem_banner;
  AdwBanner *empty_problem_banner;
  AdwBin *empty_banners;
  AdwBin *sidebar_banners;
};

G_DEFINE_FINAL_TYPE (MwWindow, mw_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- which account is shown -------------------------------------------------------------------
 */

static void
update_actions (MwWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  MwAccountItem *item = self->page != NULL ? mw_account_page_get_item (self->page) : NULL;
  gboolean is_checking = item != NULL && mw_account_item_get_checking (item);
  gboolean has_accounts = g_list_model_get_n_items (mw_session_get_accounts (self->session)) > 0;

  gtk_widget_action_set_enabled (widget, "win.check", item != NULL && !is_checking);
  gtk_widget_action_set_enabled (widget, "win.stop-check", is_checking);
  gtk_widget_action_set_enabled (widget, "win.check-all", has_accounts);
  gtk_widget_action_set_enabled (widget, "win.stop-all", mw_session_get_checking (self->session));
  gtk_widget_action_set_enabled (widget, "win.remove-account", item != NULL);
  gtk_widget_action_set_enabled (widget, "win.export", item != NULL);
  gtk_widget_action_set_enabled (widget, "win.show-page", item != NULL);
  gtk_widget_action_set_enabled (widget, "win.search", has_accounts);
}

/* The row of the account that is shown is the selected one; in one column none is, since the list
 * is then only a way to another page. */
static void
select_shown (MwWindow *self)
{
  guint position = GTK_INVALID_LIST_POSITION;

  if (self->page != NULL && !adw_navigation_split_view_get_collapsed (self->split_view))
    {
      MwAccountItem *shown = mw_account_page_get_item (self->page);
      guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->sliced));

      for (guint i = 0; i < n_items && position == GTK_INVALID_LIST_POSITION; i++)
        {
          g_autoptr (MwAccountItem) item = g_list_model_get_item (G_LIST_MODEL (self->filtered), i);

          if (item == shown)
            position = i;
        }
    }
  self->is_selecting = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->is_selecting = FALSE;
}

static void
on_item_notify (MwWindow *self, GParamSpec *pspec, MwAccountItem *item)
{
  if (self->page == NULL || item != mw_account_page_get_item (self->page))
    return;
  adw_navigation_page_set_title (self->content_page, mw_account_item_get_title (item));
  update_actions (self);
}

/* Before the first frame the page of the account has its header only: its views are what takes time
 * to make. */
static void
fill_page (MwWindow *self)
{
  g_autofree char *page = g_steal_pointer (&self->wanted_page);

  mw_account_page_show (self->page, page != NULL ? page : "check");
  mw_account_page_set_banners (
      self->page, mw_banners_new (self->session, mw_account_page_get_item (self->page)));
}

static void
show_item (MwWindow *self, MwAccountItem *item, const char *page)
{
  if (self->page == NULL || mw_account_page_get_item (self->page) != item)
    {
      AdwNavigationPage *root = mw_account_page_new (self->session, item);
      g_autofree char *last_page =
          g_settings_get_string (mw_session_get_settings (self->session), "last-page");

      if (self->page != NULL)
        g_signal_handlers_disconnect_by_func (mw_account_page_get_item (self->page), on_item_notify,
                                              self);
      self->page = MW_ACCOUNT_PAGE (root);
      g_set_str (&self->wanted_page, page != NULL ? page : last_page);
      if (self->is_started)
        fill_page (self);
      adw_navigation_view_replace (self->navigation_view, &root, 1);
      g_signal_connect_object (item, "notify", G_CALLBACK (on_item_notify), self,
                               G_CONNECT_SWAPPED);
      adw_navigation_page_set_title (self->content_page, mw_account_item_get_title (item));
      g_set_str (&self->last_id, mw_account_item_get_id (item));
    }
  else if (page != NULL && !self->is_started)
    g_set_str (&self->wanted_page, page);
  else if (page != NULL)
    {
      adw_navigation_view_pop_to_page (self->navigation_view, ADW_NAVIGATION_PAGE (self->page));
      mw_account_page_show (self->page, page);
    }
  select_shown (self);
  update_actions (self);
}

static void
forget_page (MwWindow *self)
{
  AdwNavigationPage *nothing[1] = { NULL };

  if (self->page == NULL)
    return;
  g_signal_handlers_disconnect_by_func (mw_account_page_get_item (self->page), on_item_notify,
                                        self);
  self->page = NULL;
  adw_navigation_view_replace (self->navigation_view, nothing, 0);
}

static void
leave_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwWindow) self = user_data;
  g_autofree char *id = g_steal_pointer (&self->wanted_id);
  g_autofree char *page = g_steal_pointer (&self->wanted_page);
  MwAccountItem *item;

  self->is_asking = FALSE;
  if (!mw_account_page_ask_finish (MW_ACCOUNT_PAGE (source), result))
    {
      select_shown (self);
      return;
    }
  item = id != NULL ? mw_session_find (self->session, id) : NULL;
  if (item == NULL)
    return;
  show_item (self, item, page);
}

static void
want_item (MwWindow *self, MwAccountItem *item, const char *page)
{
  gboolean stays = self->page == NULL || mw_account_page_get_item (self->page) == item;

  if (!stays && mw_account_page_get_busy (self->page))
    {
      mw_ui_toast (GTK_WIDGET (self), _ ("An export is being written: one moment"));
      select_shown (self);
      return;
    }
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
  if (stays)
    {
      show_item (self, item, page);
      return;
    }
  g_set_str (&self->wanted_id, mw_account_item_get_id (item));
  g_set_str (&self->wanted_page, page);
  if (self->is_asking)
    return;
  if (!mw_account_page_get_has_changes (self->page))
    {
      g_autofree char *kept_page = g_steal_pointer (&self->wanted_page);

      g_clear_pointer (&self->wanted_id, g_free);
      show_item (self, item, kept_page);
      return;
    }
  self->is_asking = TRUE;
  mw_account_page_ask_async (self->page, leave_cb, g_object_ref (self));
}

/* Something is shown whenever there is something. */
static void
show_any (MwWindow *self)
{
  GListModel *accounts = mw_session_get_accounts (self->session);
  guint n_accounts = g_list_model_get_n_items (accounts);
  MwAccountItem *item;

  gtk_stack_set_visible_child_name (self->stack, n_accounts > 0 ? "accounts" : "empty");
  if (self->page != NULL &&
      mw_session_find (self->session,
                       mw_account_item_get_id (mw_account_page_get_item (self->page))) == NULL)
    {
      forget_page (self);
      adw_navigation_split_view_set_show_content (self->split_view, FALSE);
    }
  if (self->page == NULL && n_accounts > 0)
    {
      item = self->last_id != NULL ? mw_session_find (self->session, self->last_id) : NULL;
      if (item != NULL)
        show_item (self, item, NULL);
      else
        {
          g_autoptr (MwAccountItem) first = g_list_model_get_item (accounts, 0);

          show_item (self, first, NULL);
        }
    }
  gtk_widget_set_visible (GTK_WIDGET (self->search_button), n_accounts >= SEARCH_FROM);
  update_actions (self);
}

static gboolean
accounts_changed_idle (gpointer user_data)
{
  MwWindow *self = user_data;

  self->accounts_source = 0;
  show_any (self);
  select_shown (self);
  return G_SOURCE_REMOVE;
}

/* An account that is moved in the list is gone for a moment: what became of it is looked at once
 * all is in its place. */
static void
on_accounts_changed (MwWindow *self)
{
  if (self->accounts_source == 0)
    self->accounts_source =
        g_idle_add_full (G_PRIORITY_HIGH_IDLE, accounts_changed_idle, self, NULL);
}

static void
on_selected (MwWindow *self)
{
  MwAccountItem *item = gtk_single_selection_get_selected_item (self->selection);

  if (self->is_selecting || item == NULL ||
      adw_navigation_split_view_get_collapsed (self->split_view))
    return;
  want_item (self, item, NULL);
}

static void
on_activate (MwWindow *self, guint position)
{
  g_autoptr (MwAccountItem) item = g_list_model_get_item (G_LIST_MODEL (self->filtered), position);

  if (item == NULL)
    return;
  want_item (self, item, NULL);
  if (!adw_navigation_split_view_get_collapsed (self->split_view) && self->page != NULL)
    gtk_widget_child_focus (GTK_WIDGET (self->navigation_view), GTK_DIR_TAB_FORWARD);
}

/* In one column a click goes to the account's page; beside it, a click selects. */
static void
on_collapsed (MwWindow *self)
{
  gtk_list_view_set_single_click_activate (
      self->list_view, adw_navigation_split_view_get_collapsed (self->split_view));
  if (self->session != NULL)
    select_shown (self);
}

/* ---- searching --------------------------------------------------------------------------------
 */

static gboolean
has_text (const char *text, const char *folded)
{
  g_autofree char *normal = NULL;
  g_autofree char *own = NULL;

  if (text == NULL)
    return FALSE;
  normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  own = g_utf8_casefold (normal != NULL ? normal : "", -1);
  return strstr (own, folded) != NULL;
}

static gboolean
is_found (gpointer object, gpointer user_data)
{
  MwWindow *self = user_data;
  MwAccountItem *item = object;
  MwAccount *account = mw_account_item_get_account (item);

  if (self->search == NULL || has_text (mw_account_item_get_title (item), self->search) ||
      has_text (mw_account_get_name (account), self->search))
    return TRUE;
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      MwServer *server = mw_account_get_server (account, half);

      if (server != NULL && has_text (mw_server_get_host (server), self->search))
        return TRUE;
    }
  return FALSE;
}

static void
on_search_changed (MwWindow *self)
{
  g_autofree char *text =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry))));
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  guint n_found;

  g_clear_pointer (&self->search, g_free);
  if (normal != NULL && *normal != '\0')
    self->search = g_utf8_casefold (normal, -1);
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->filtered),
                      GTK_FILTER_CHANGE_DIFFERENT);
  n_found = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  gtk_stack_set_visible_child_name (self->list_stack,
                                    self->search != NULL && n_found == 0 ? "nothing" : "list");
  select_shown (self);
  if (self->search != NULL)
    {
      g_autofree char *message =
          g_strdup_printf (ngettext ("%u account found", "%u accounts found", n_found), n_found);

      mw_ui_announce (GTK_WIDGET (self->search_entry), message, FALSE);
    }
}

/* Enter in the search takes the first account that was found. */
static void
on_search_activate (MwWindow *self)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0)
    return;
  on_activate (self, 0);
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
}

static void
on_search_mode (MwWindow *self)
{
  if (!gtk_search_bar_get_search_mode (self->search_bar))
    gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
}

/* ---- the list ---------------------------------------------------------------------------------
 */

static void
on_setup_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, MwWindow *self)
{
  gtk_list_item_set_child (list_item, mw_account_row_new (self->session));
}

static void
on_bind_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, MwWindow *self)
{
  mw_account_row_set_item (MW_ACCOUNT_ROW (gtk_list_item_get_child (list_item)),
                           gtk_list_item_get_item (list_item));
}

static void
on_unbind_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, MwWindow *self)
{
  mw_account_row_set_item (MW_ACCOUNT_ROW (gtk_list_item_get_child (list_item)), NULL);
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (gtk_widget_get_root (widget)));

  /* The focus is on the list's own widget, which holds our row. */
  if (focus == NULL || !gtk_widget_is_ancestor (focus, widget))
    return FALSE;
  for (GtkWidget *child = gtk_widget_get_first_child (focus); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (MW_IS_ACCOUNT_ROW (child))
      {
        mw_account_row_show_menu (MW_ACCOUNT_ROW (child));
        return TRUE;
      }
  return FALSE;
}

/* ---- unreadable files -------------------------------------------------------------------------
 */

static void
update_problems (MwWindow *self)
{
  GPtrArray *problems = mw_session_get_problems (self->session);
  guint n_problems = problems != NULL ? problems->len : 0;

  if (n_problems > 0)
    {
      g_autofree char *title = g_strdup_printf (
          ngettext ("%u account file cannot be read. It was left as it is.",
                    "%u account files cannot be read. They were left as they are.", n_problems),
          n_problems);

      adw_banner_set_title (self->problem_banner, title);
      adw_banner_set_title (self->empty_problem_banner, title);
    }
  adw_banner_set_revealed (self->problem_banner, n_problems > 0);
  adw_banner_set_revealed (self->empty_problem_banner, n_problems > 0);
}

static void
open_folder_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error) &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    mw_ui_copy (GTK_WIDGET (self), mw_store_get_directory (mw_session_get_store (self->session)),
                _ ("No file manager could be opened: the folder’s path was copied"));
}

static void
on_problem_response (MwWindow *self, const char *response)
{
  g_autoptr (GFile) folder = NULL;
  g_autoptr (GtkFileLauncher) launcher = NULL;

  if (!g_str_equal (response, "open"))
    return;
  folder = g_file_new_for_path (mw_store_get_directory (mw_session_get_store (self->session)));
  launcher = gtk_file_launcher_new (folder);
  gtk_file_launcher_launch (launcher, GTK_WINDOW (self), NULL, open_folder_cb, g_object_ref (self));
}

static void
on_show_problems (MwWindow *self)
{
  GPtrArray *problems = mw_session_get_problems (self->session);
  g_autoptr (GString) text = g_string_new (NULL);
  AdwDialog *dialog;

  for (guint i = 0; problems != NULL && i < problems->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                            ((GError *) problems->pdata[i])->message);
  dialog = mw_ui_alert_new (_ ("Unreadable Account Files"),
      _ ("A file that a newer Mailwright wrote needs that one. Any other can be mended with a text "
         "editor, or be moved away and the account added again."),
        text->str);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "close",
                                  _ ("_Close"), "open", _ ("_Open Folder"), NULL);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_problem_response), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* ---- after the first frame ----------------------------------------------------------------------
 */

static gboolean
has_failed (gpointer item)
{
  return mw_account_item_get_state (item) == MW_ACCOUNT_STATE_FAILED;
}

static GPtrArray *
list_accounts (MwWindow *self, gboolean (*filter) (gpointer))
{
  GListModel *accounts = mw_session_get_accounts (self->session);
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_accounts = g_list_model_get_n_items (accounts);

  for (guint i = 0; i < n_accounts; i++)
    {
      g_autoptr (MwAccountItem) item = g_list_model_get_item (accounts, i);

      if (filter == NULL || filter (item))
        g_ptr_array_add (items, g_steal_pointer (&item));
    }
  return items;
}

/* What makes two networks different for a mail server */
static char *
name_network (MwNetworkState *state)
{
  g_autofree char *vpns = state->vpns != NULL ? g_strjoinv ("\n", state->vpns) : NULL;

  return g_strdup_printf (
      "%s\n%s\n%s", state->connection_name != NULL ? state->connection_name : "",
      state->connection_type != NULL ? state->connection_type : "", vpns != NULL ? vpns : "");
}

/* Another network than before: what failed may work now. */
static void
on_network (MwWindow *self)
{
  MwNetworkState *state = mw_session_get_network_state (self->session);
  g_autoptr (GPtrArray) failed = NULL;
  g_autofree char *before = NULL;
  AdwToast *toast;

  if (state == NULL || (state->connectivity != MW_CONNECTIVITY_ONLINE &&
                        state->connectivity != MW_CONNECTIVITY_UNKNOWN))
    {
      /* Whatever comes after this is something new, be it the same network after a sign-in. */
      if (state != NULL)
        g_set_str (&self->network, "");
      return;
    }
  before = g_steal_pointer (&self->network);
  self->network = name_network (state);
  if (before == NULL || g_str_equal (before, self->network))
    return;
  failed = list_accounts (self, has_failed);
  if (failed->len == 0)
    return;
  toast = adw_toast_new (_ ("The network is another one than before"));
  adw_toast_set_button_label (toast, _ ("_Check Again"));
  adw_toast_set_action_name (toast, "win.check-failed");
  adw_toast_set_timeout (toast, 20);
  mw_ui_add_toast (GTK_WIDGET (self), toast);
}

static void
on_check_refused (MwWindow *self, const char *message)
{
  AdwDialog *dialog = mw_ui_alert_new (_ ("The Check Could Not Start"), NULL, message);

  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
on_password_move_failed (MwWindow *self, MwAccountItem *item, const char *message)
{
  g_info ("%s: %s", mw_account_item_get_id (item), message);
  /* Translators: %s is a mail address */
  g_autofree char *title =
      g_strdup_printf (_ ("The keyring did not take the password of %s along: type it again"),
                         mw_account_item_get_title (item));

  mw_ui_toast (GTK_WIDGET (self), title);
}

static void
on_preferences_response (MwWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "app.preferences", NULL);
}

static void
tell_about_trust (MwWindow *self)
{
  g_autoptr (GError) error = NULL;
  AdwDialog *dialog;

  if (mw_session_get_trust (self->session, &error) != NULL)
    return;
  dialog =
      mw_ui_alert_new (_ ("File Cannot Be Read"), _ ("It holds certificate authorities. Nothing can be searched or checked before it is mended, or "
         "another file is chosen in the preferences."),
                                                   error->message);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "close",
                                  _ ("_Close"), "preferences", _ ("_Preferences"), NULL);
  g_signal_connect_object (dialog, "response::preferences", G_CALLBACK (on_preferences_response),
                           self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static gboolean
add_rows_idle (gpointer user_data)
{
  MwWindow *self = user_data;
  guint n_rows = gtk_slice_list_model_get_size (self->sliced) + MORE_ROWS;
  gboolean is_last = n_rows >= g_list_model_get_n_items (G_LIST_MODEL (self->filtered));

  gtk_slice_list_model_set_size (self->sliced, is_last ? G_MAXUINT : n_rows);
  select_shown (self);
  if (!is_last)
    return G_SOURCE_CONTINUE;
  self->rows_source = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
start_idle (gpointer user_data)
{
  MwWindow *self = user_data;

  self->start_source = 0;
  if (self->is_started)
    return G_SOURCE_REMOVE;
  self->is_started = TRUE;
  mw_session_start (self->session);
  g_signal_connect_object (mw_session_get_network (self->session), "notify::state",
                           G_CALLBACK (on_network), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (self->empty_banners, mw_banners_new (self->session, NULL));
  adw_bin_set_child (self->sidebar_banners, mw_banners_new (self->session, NULL));
  if (self->page != NULL)
    fill_page (self);
  self->rows_source = g_idle_add_full (G_PRIORITY_LOW, add_rows_idle, self, NULL);
  tell_about_trust (self);
  return G_SOURCE_REMOVE;
}

/* Network, keyring and the rest are asked once the window is there to be looked at. */
static void
on_painted (MwWindow *self, GdkFrameClock *clock)
{
  g_signal_handlers_disconnect_by_func (clock, on_painted, self);
  if (!self->is_started && self->start_source == 0)
    self->start_source = g_idle_add (start_idle, self);
}

static void
mw_window_map (GtkWidget *widget)
{
  MwWindow *self = MW_WINDOW (widget);

  GTK_WIDGET_CLASS (mw_window_parent_class)->map (widget);
  if (!self->is_started)
    g_signal_connect_object (gtk_widget_get_frame_clock (widget), "after-paint",
                             G_CALLBACK (on_painted), self, G_CONNECT_SWAPPED);
}

/* ---- actions ----------------------------------------------------------------------------------
 */

static void
add_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mw_window_add_account (MW_WINDOW (widget), NULL);
}

static void
check_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwWindow *self = MW_WINDOW (widget);

  if (self->page == NULL)
    return;
  show_item (self, mw_account_page_get_item (self->page), "check");
  mw_session_check_one (self->session, mw_account_page_get_item (self->page));
}

static void
check_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwWindow *self = MW_WINDOW (widget);
  g_autoptr (GPtrArray) items =
                list_accounts (self, g_str_equal (name, "win.check-failed") ? has_failed : NULL);

  self->is_checking_all = items->len > 1;
  mw_session_check (self->session, items);
}

static void
tell_about_all (MwWindow *self)
{
  GListModel *accounts = mw_session_get_accounts (self->session);
  guint n_accounts = g_list_model_get_n_items (accounts);
  guint n_failed = 0;
  guint n_proven = 0;
  g_autofree char *message = NULL;

  for (guint i = 0; i < n_accounts; i++)
    {
      g_autoptr (MwAccountItem) item = g_list_model_get_item (accounts, i);

      n_failed += mw_account_item_get_state (item) == MW_ACCOUNT_STATE_FAILED;
      n_proven += mw_account_item_get_state (item) == MW_ACCOUNT_STATE_PROVEN;
    }
  if (n_failed > 0)
    message = g_strdup_printf (ngettext ("Checked: %u account does not work",
                                         "Checked: %u accounts do not work", n_failed),
                               n_failed);
  else if (n_proven == n_accounts)
    message = g_strdup (_ ("Checked: all accounts work"));
  else
    message = g_strdup (_ ("Checked: nothing failed, but not everything is proven"));
  mw_ui_toast (GTK_WIDGET (self), message);
}

static void
on_checking (MwWindow *self)
{
  update_actions (self);
  if (!self->is_checking_all || mw_session_get_checking (self->session))
    return;
  self->is_checking_all = FALSE;
  tell_about_all (self);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwWindow *self = MW_WINDOW (widget);

  if (g_str_equal (name, "win.stop-all"))
    {
      self->is_checking_all = FALSE;
      mw_session_stop_check (self->session, NULL);
    }
  else if (self->page != NULL)
    mw_session_stop_check (self->session, mw_account_page_get_item (self->page));
}

static void
show_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mw_window_show_account (MW_WINDOW (widget), g_variant_get_string (parameter, NULL), NULL);
}

static void
show_page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwWindow *self = MW_WINDOW (widget);
  const char *page =
      g_str_equal (name, "win.export") ? "export" : g_variant_get_string (parameter, NULL);

  if (self->page == NULL || (!g_str_equal (page, "check") && !g_str_equal (page, "settings") &&
                             !g_str_equal (page, "export")))
    return;
  want_item (self, mw_account_page_get_item (self->page), page);
}

static void
history_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwWindow *self = MW_WINDOW (widget);
  AdwNavigationPage *visible = adw_navigation_view_get_visible_page (self->navigation_view);
  GtkWidget *view;
  AdwDialog *dialog;

  if (self->page != NULL)
    {
      adw_navigation_split_view_set_show_content (self->split_view, TRUE);
      if (!MW_IS_EXPORT_HISTORY_PAGE (visible))
        mw_window_push (self, mw_export_history_page_new (self->session));
      return;
    }
  /* What was exported can be undone even when all accounts are gone. */
  view = adw_navigation_view_new ();
  adw_navigation_view_add (ADW_NAVIGATION_VIEW (view), mw_export_history_page_new (self->session));
  dialog = adw_dialog_new ();
  adw_dialog_set_title (dialog, _ ("Export History"));
  adw_dialog_set_child (dialog, view);
  adw_dialog_set_content_width (dialog, 560);
  adw_dialog_set_content_height (dialog, 560);
  adw_dialog_present (dialog, widget);
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwWindow *self = MW_WINDOW (widget);

  adw_navigation_split_view_set_show_content (self->split_view, FALSE);
  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
remove_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (mw_session_remove_finish (self->session, result, &error))
    mw_ui_toast (GTK_WIDGET (self), _ ("Account removed"));
  else if (error->domain == MW_SECRETS_ERROR)
    mw_ui_toast (GTK_WIDGET (self),
                 _ ("Account removed, but its passwords may still be in the keyring"));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      AdwDialog *dialog = mw_ui_alert_new (_ ("The Account Was Not Removed"), NULL, error->message);

      adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
      adw_dialog_present (dialog, GTK_WIDGET (self));
    }
}

static void
remove_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwWindow) self = user_data;
  const char *id = g_object_get_data (source, "mw-account-id");
  MwAccountItem *item = mw_session_find (self->session, id);

  if (!g_str_equal (adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result), "remove") ||
      item == NULL)
    return;
  mw_session_remove_async (self->session, item, NULL, remove_cb, g_object_ref (self));
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwWindow *self = MW_WINDOW (widget);
  MwAccountItem *item;
  AdwDialog *dialog;

  if (parameter != NULL)
    item = mw_session_find (self->session, g_variant_get_string (parameter, NULL));
  else
    item = self->page != NULL ? mw_account_page_get_item (self->page) : NULL;
  if (item == NULL)
    return;
  if (self->page != NULL && item == mw_account_page_get_item (self->page) &&
      mw_account_page_get_busy (self->page))
    {
      mw_ui_toast (widget, _ ("An export is being written: one moment"));
      return;
    }
  dialog = adw_alert_dialog_new (_ ("Remove Account?"), NULL);
  adw_alert_dialog_format_body (
      ADW_ALERT_DIALOG (dialog),
      /* Translators: %s is a mail address */
      _ ("Mailwright forgets the settings of %s and takes its passwords out of the keyring. This "
         "cannot be undone. What was put into other mail programs stays there, and no mail is "
         "lost."),
        mw_account_item_get_title (item));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel",
                                  _ ("_Cancel"), "remove", _ ("_Remove"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "remove",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "mw-account-id",
                          g_strdup (mw_account_item_get_id (item)), g_free);
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), widget, NULL, remove_answered_cb,
                           g_object_ref (self));
}

static void
on_added (MwWindow *self, const char *id)
{
  MwAccountItem *item = mw_session_find (self->session, id);

  if (item == NULL)
    return;
  want_item (self, item, "check");
  mw_session_check_one (self->session, item);
}

/* ---- closing ----------------------------------------------------------------------------------
 */

static void
save_state (MwWindow *self)
{
  GSettings *settings = mw_session_get_settings (self->session);
  int width;
  int height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_delay (settings);
  g_settings_set_int (settings, "window-width", CLAMP (width, 360, 10000));
  g_settings_set_int (settings, "window-height", CLAMP (height, 294, 10000));
  g_settings_set_boolean (settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
  g_settings_set_string (settings, "last-account", self->last_id != NULL ? self->last_id : "");
  g_settings_apply (settings);
}

static void
close_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwWindow) self = user_data;

  self->is_asking = FALSE;
  if (!mw_account_page_ask_finish (MW_ACCOUNT_PAGE (source), result))
    return;
  self->may_close = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_busy_ended (MwWindow *self, GParamSpec *pspec, MwAccountPage *page)
{
  if (mw_account_page_get_busy (page))
    return;
  g_signal_handlers_disconnect_by_func (page, on_busy_ended, self);
  gtk_window_close (GTK_WINDOW (self));
}

/* While a dialog is open libadwaita closes that instead, so that this is asked without one. */
static gboolean
mw_window_close_request (GtkWindow *window)
{
  MwWindow *self = MW_WINDOW (window);

  if (self->is_asking)
    return GDK_EVENT_STOP;
  if (self->page != NULL && mw_account_page_get_busy (self->page))
    {
      /* What is being written is brought to its end; then the window closes by itself. */
      g_signal_handlers_disconnect_by_func (self->page, on_busy_ended, self);
      g_signal_connect_object (self->page, "notify::busy", G_CALLBACK (on_busy_ended), self,
                               G_CONNECT_SWAPPED);
      mw_ui_toast (GTK_WIDGET (self), _ ("Closing once the export is written"));
      return GDK_EVENT_STOP;
    }
  if (!self->may_close && self->page != NULL && mw_account_page_get_has_changes (self->page))
    {
      self->is_asking = TRUE;
      mw_account_page_ask_async (self->page, close_cb, g_object_ref (self));
      return GDK_EVENT_STOP;
    }
  save_state (self);
  mw_session_stop_check (self->session, NULL);
  return GTK_WINDOW_CLASS (mw_window_parent_class)->close_request (window);
}

/* ---- the class --------------------------------------------------------------------------------
 */

static void
mw_window_dispose (GObject *object)
{
  MwWindow *self = MW_WINDOW (object);

  if (self->list_view != NULL)
    {
      gtk_list_view_set_factory (self->list_view, NULL);
      gtk_list_view_set_model (self->list_view, NULL);
    }
  if (self->filtered != NULL) /* its filter function knows this window */
    gtk_filter_list_model_set_filter (self->filtered, NULL);
  g_clear_handle_id (&self->accounts_source, g_source_remove);
  g_clear_handle_id (&self->start_source, g_source_remove);
  g_clear_handle_id (&self->rows_source, g_source_remove);
  g_clear_pointer (&self->network, g_free);
  self->page = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_WINDOW);
  g_clear_object (&self->selection);
  g_clear_object (&self->sliced);
  g_clear_object (&self->filtered);
  g_clear_object (&self->session);
  g_clear_pointer (&self->search, g_free);
  g_clear_pointer (&self->wanted_id, g_free);
  g_clear_pointer (&self->wanted_page, g_free);
  g_clear_pointer (&self->last_id, g_free);

  G_OBJECT_CLASS (mw_window_parent_class)->dispose (object);
}

static void
mw_window_class_init (MwWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_window_dispose;
  widget_class->map = mw_window_map;
  GTK_WINDOW_CLASS (klass)->close_request = mw_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/mailwright/Mailwright/mw-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MwWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, split_view);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, content_page);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, navigation_view);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, list_stack);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, list_view);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, search_bar);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, search_entry);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, problem_banner);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, empty_problem_banner);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, empty_banners);
  gtk_widget_class_bind_template_child (widget_class, MwWindow, sidebar_banners);
  gtk_widget_class_bind_template_callback (widget_class, on_collapsed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_mode);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_show_problems);

  gtk_widget_class_install_action (widget_class, "win.add-account", NULL, add_account_action);
  gtk_widget_class_install_action (widget_class, "win.check", NULL, check_action);
  gtk_widget_class_install_action (widget_class, "win.check-all", NULL, check_all_action);
  gtk_widget_class_install_action (widget_class, "win.check-failed", NULL, check_all_action);
  gtk_widget_class_install_action (widget_class, "win.stop-check", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "win.stop-all", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "win.show-account", "s", show_account_action);
  gtk_widget_class_install_action (widget_class, "win.show-page", "s", show_page_action);
  gtk_widget_class_install_action (widget_class, "win.remove-account", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "win.remove-one", "s", remove_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.export", NULL, show_page_action);
  gtk_widget_class_install_action (widget_class, "win.history", NULL, history_action);
}

static void
mw_window_init (MwWindow *self)
{
  GtkEventController *controller;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));

  controller = gtk_shortcut_controller_new ();
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                        gtk_callback_action_new (on_menu_key, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->list_view), controller);
}

static void
build_list (MwWindow *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkFilter *filter = GTK_FILTER (gtk_custom_filter_new (is_found, self, NULL));

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup_row), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind_row), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind_row), self, 0);
  self->filtered =
      gtk_filter_list_model_new (g_object_ref (mw_session_get_accounts (self->session)), filter);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  self->sliced =
      gtk_slice_list_model_new (g_object_ref (G_LIST_MODEL (self->filtered)), 0, FIRST_ROWS);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->sliced));
  gtk_list_view_set_factory (self->list_view, factory);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
}

/**
 * mw_window_new:
 * @application: the program
 * @session: what all windows share
 *
 * Returns: (transfer none): a window, owned by GTK until it is closed
 */
MwWindow *
mw_window_new (AdwApplication *application, MwSession *session)
{
  MwWindow *self;
  GSettings *settings;
  GListModel *accounts;

  g_return_val_if_fail (ADW_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (MW_IS_SESSION (session), NULL);

  self = g_object_new (MW_TYPE_WINDOW, "application", application, NULL);
  self->session = g_object_ref (session);
  settings = mw_session_get_settings (session);
  accounts = mw_session_get_accounts (session);
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  self->last_id = g_settings_get_string (settings, "last-account");

  build_list (self);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (on_accounts_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "problems-changed", G_CALLBACK (update_problems), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "check-refused", G_CALLBACK (on_check_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "password-move-failed", G_CALLBACK (on_password_move_failed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::checking", G_CALLBACK (on_checking), self,
                           G_CONNECT_SWAPPED);
  on_collapsed (self);
  show_any (self);
  select_shown (self);
  update_problems (self);
  return self;
}

/**
 * mw_window_get_session:
 * @self: a window
 *
 * Returns: (transfer none): what it shares with other windows
 */
MwSession *
mw_window_get_session (MwWindow *self)
{
  g_return_val_if_fail (MW_IS_WINDOW (self), NULL);

  return self->session;
}

/**
 * mw_window_show_account:
 * @self: a window
 * @id: id of an account; one that is gone is not missed
 * @page: (nullable): "check", "settings" or "export"; %NULL: as it was
 *
 * Shows an account, once the present one may be left.
 */
void
mw_window_show_account (MwWindow *self, const char *id, const char *page)
{
  MwAccountItem *item;

  g_return_if_fail (MW_IS_WINDOW (self));
  g_return_if_fail (id != NULL);

  item = mw_session_find (self->session, id);
  if (item != NULL)
    want_item (self, item, page);
}

/**
 * mw_window_get_page:
 * @self: a window
 *
 * Returns: (nullable): which page of the account is shown: "check", "settings" or "export"
 */
const char *
mw_window_get_page (MwWindow *self)
{
  g_return_val_if_fail (MW_IS_WINDOW (self), NULL);

  return self->page != NULL ? mw_account_page_get_page (self->page) : NULL;
}

/**
 * mw_window_push:
 * @self: a window
 * @page: (transfer floating): a page
 *
 * Shows @page on top of what is shown of the account.
 */
void
mw_window_push (MwWindow *self, AdwNavigationPage *page)
{
  GtkWidget *focus;

  g_return_if_fail (MW_IS_WINDOW (self));
  g_return_if_fail (ADW_IS_NAVIGATION_PAGE (page));

  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
  adw_navigation_view_push (self->navigation_view, page);
  /* The keyboard follows, so that Escape goes back from here. */
  focus = gtk_window_get_focus (GTK_WINDOW (self));
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->navigation_view)))
    gtk_widget_child_focus (GTK_WIDGET (page), GTK_DIR_TAB_FORWARD);
}

static AdwDialog *
present_add_dialog (MwWindow *self, const char *address)
{
  AdwDialog *dialog = mw_add_dialog_new (self->session, address);

  g_signal_connect_object (dialog, "added", G_CALLBACK (on_added), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
  return dialog;
}

/**
 * mw_window_add_account:
 * @self: a window
 * @address: (nullable): a mail address to start with
 *
 * Opens the dialog that adds an account.
 */
void
mw_window_add_account (MwWindow *self, const char *address)
{
  g_return_if_fail (MW_IS_WINDOW (self));

  if (address == NULL &&
      MW_IS_ADD_DIALOG (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self))))
    return;
  present_add_dialog (self, address);
}

static void
on_set_up_file (GtkWindow *window, GFile *file)
{
  MwWindow *self = MW_WINDOW (window);
  AdwDialog *dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self));

  if (!MW_IS_ADD_DIALOG (dialog) || !mw_add_dialog_set_file (MW_ADD_DIALOG (dialog), file))
    mw_add_dialog_set_file (MW_ADD_DIALOG (present_add_dialog (self, NULL)), file);
}

/**
 * mw_window_open_files:
 * @self: a window
 * @files: (array length=n_files): files
 * @n_files: how many
 *
 * Looks at what was opened, and goes on with adding an account if it is a set-up file. The dialog
 * that adds one may be open already.
 */
void
mw_window_open_files (MwWindow *self, GFile **files, guint n_files)
{
  g_return_if_fail (MW_IS_WINDOW (self));

  mw_open_files (GTK_WINDOW (self), files, n_files, on_set_up_file);
}
