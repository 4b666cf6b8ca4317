/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-account-page"

#include "config.h"

#include "app/mw-account-page.h"

#include "app/mw-check-view.h"
#include "app/mw-export-view.h"
#include "app/mw-settings-view.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>

struct _MwAccountPage
{
  AdwNavigationPage parent_instance;

  /* Owned */
  MwSession *session;
  MwAccountItem *item;

  /* Of the bins; each is made when its page is first shown */
  GtkWidget *check_view;
  MwSettingsView *settings_view;
  MwExportView *export_view;

  /* Template children */
  AdwViewStack *stack;
  GtkLabel *title_label;
  AdwHeaderBar *header_bar;
  AdwViewSwitcher *switcher;
  AdwViewSwitcherBar *switcher_bar;
  AdwBin *banners;
  AdwBin *check_bin;
  AdwBin *settings_bin;
  AdwBin *export_bin;
  GtkWidget *check_button;
  GtkWidget *stop_button;
};

enum
{
  PROP_0,
  PROP_BUSY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MwAccountPage, mw_account_page, ADW_TYPE_NAVIGATION_PAGE)

static void
on_item_changed (MwAccountPage *self)
{
  gboolean is_checking = mw_account_item_get_checking (self->item);

  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self),
                                 mw_account_item_get_title (self->item));
  gtk_label_set_label (self->title_label, mw_account_item_get_title (self->item));
  gtk_widget_set_visible (self->check_button, !is_checking);
  gtk_widget_set_visible (self->stop_button, is_checking);
}

static void
on_busy (MwAccountPage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
on_has_changes (MwAccountPage *self)
{
  AdwViewStackPage *page = adw_view_stack_get_page (self->stack, GTK_WIDGET (self->settings_bin));

  adw_view_stack_page_set_needs_attention (page, mw_account_page_get_has_changes (self));
}

static void
need_view (MwAccountPage *self, const char *page)
{
  if (g_str_equal (page, "check") && self->check_view == NULL)
    {
      self->check_view = mw_check_view_new (self->session, self->item);
      adw_bin_set_child (self->check_bin, self->check_view);
    }
  else if (g_str_equal (page, "settings") && self->settings_view == NULL)
    {
      self->settings_view = MW_SETTINGS_VIEW (mw_settings_view_new (self->session, self->item));
      adw_bin_set_child (self->settings_bin, GTK_WIDGET (self->settings_view));
      g_signal_connect_object (self->settings_view, "notify::has-changes",
                               G_CALLBACK (on_has_changes), self, G_CONNECT_SWAPPED);
    }
  else if (g_str_equal (page, "export") && self->export_view == NULL)
    {
      self->export_view = MW_EXPORT_VIEW (mw_export_view_new (self->session, self->item));
      adw_bin_set_child (self->export_bin, GTK_WIDGET (self->export_view));
      g_signal_connect_object (self->export_view, "notify::busy", G_CALLBACK (on_busy), self,
                               G_CONNECT_SWAPPED);
    }
}

static void
on_visible_page (MwAccountPage *self)
{
  const char *page = adw_view_stack_get_visible_child_name (self->stack);

  /* Before the account is there nothing can be shown of it. */
  if (self->item == NULL || page == NULL)
    return;
  need_view (self, page);
  g_settings_set_string (mw_session_get_settings (self->session), "last-page", page);
}

/* ---- leaving ----------------------------------------------------------------------------------
 */

static void
ask_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MwAccountPage *self = g_task_get_source_object (task);
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (g_str_equal (response, "discard"))
    {
      mw_settings_view_discard (self->settings_view);
      g_task_return_boolean (task, TRUE);
    }
  else if (g_str_equal (response, "save"))
    {
      gboolean is_saved = mw_settings_view_save (self->settings_view);

      if (!is_saved)
        mw_account_page_show (self, "settings");
      g_task_return_boolean (task, is_saved);
    }
  else
    g_task_return_boolean (task, FALSE);
}

/* ---- the class --------------------------------------------------------------------------------
 */

static void
mw_account_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MwAccountPage *self = MW_ACCOUNT_PAGE (object);

  switch (id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, mw_account_page_get_busy (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mw_account_page_dispose (GObject *object)
{
  MwAccountPage *self = MW_ACCOUNT_PAGE (object);

  self->check_view = NULL;
  self->settings_view = NULL;
  self->export_view = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_ACCOUNT_PAGE);
  g_clear_object (&self->item);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (mw_account_page_parent_class)->dispose (object);
}

static void
mw_account_page_class_init (MwAccountPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = mw_account_page_get_property;
  object_class->dispose = mw_account_page_dispose;

  /**
   * MwAccountPage:busy:
   *
   * Whether something runs that must come to its end before the page goes: an export.
   */
  properties[PROP_BUSY] =
      g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-account-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwAccountPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MwAccountPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, MwAccountPage, header_bar);
  gtk_widget_class_bind_template_child (widget_class, MwAccountPage, switcher);
  gtk_widget_class_bind_template_child (widget_class, MwAccountPage, switcher_bar);
  gtk_widget_class_bind_template_child (widget_class, MwAccountPage, banners);
  gtk_widget_class_bind_template_child (widget_class, MwAccountPage, check_bin);
  gtk_widget_class_bind_template_child (widget_class, MwAccountPage, settings_bin);
  gtk_widget_class_bind_template_child (widget_class, MwAccountPage, export_bin);
  gtk_widget_class_bind_template_child (widget_class, MwAccountPage, check_button);
  gtk_widget_class_bind_template_child (widget_class, MwAccountPage, stop_button);
  gtk_widget_class_bind_template_callback (widget_class, on_visible_page);
}

static void
mw_account_page_init (MwAccountPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_account_page_new:
 * @session: what the windows share
 * @item: an account
 *
 * Returns: (transfer floating): its page; nothing is shown of it before mw_account_page_show()
 */
AdwNavigationPage *
mw_account_page_new (MwSession *session, MwAccountItem *item)
{
  MwAccountPage *self = g_object_new (MW_TYPE_ACCOUNT_PAGE, NULL);
  g_autofree char *page = g_settings_get_string (mw_session_get_settings (session), "last-page");

  /* As long as there is no account this makes no view. */
  adw_view_stack_set_visible_child_name (self->stack, page);
  self->session = g_object_ref (session);
  self->item = g_object_ref (item);
  g_signal_connect_object (item, "notify", G_CALLBACK (on_item_changed), self, G_CONNECT_SWAPPED);
  on_item_changed (self);
  return ADW_NAVIGATION_PAGE (self);
}

/**
 * mw_account_page_get_item:
 * @self: a page
 *
 * Returns: (transfer none): its account
 */
MwAccountItem *
mw_account_page_get_item (MwAccountPage *self)
{
  g_return_val_if_fail (MW_IS_ACCOUNT_PAGE (self), NULL);

  return self->item;
}

/**
 * mw_account_page_show:
 * @self: a page
 * @page: "check", "settings" or "export"
 *
 * Shows one of the three pages of an account.
 */
void
mw_account_page_show (MwAccountPage *self, const char *page)
{
  g_return_if_fail (MW_IS_ACCOUNT_PAGE (self));
  g_return_if_fail (page != NULL);

  adw_view_stack_set_visible_child_name (self->stack, page);
  on_visible_page (self); /* it may have been the visible one before, without its view */
}

/**
 * mw_account_page_get_page:
 * @self: a page
 *
 * Returns: which of the three is shown: "check", "settings" or "export"
 */
const char *
mw_account_page_get_page (MwAccountPage *self)
{
  g_return_val_if_fail (MW_IS_ACCOUNT_PAGE (self), NULL);

  return adw_view_stack_get_visible_child_name (self->stack);
}

/**
 * mw_account_page_get_has_changes:
 * @self: a page
 *
 * Returns: whether something was typed that is not saved
 */
gboolean
mw_account_page_get_has_changes (MwAccountPage *self)
{
  g_return_val_if_fail (MW_IS_ACCOUNT_PAGE (self), FALSE);

  return self->settings_view != NULL && mw_settings_view_get_has_changes (self->settings_view);
}

/**
 * mw_account_page_get_busy:
 * @self: a page
 *
 * Returns: whether an export is being applied: the page must not go then
 */
gboolean
mw_account_page_get_busy (MwAccountPage *self)
{
  gboolean is_busy = FALSE;

  g_return_val_if_fail (MW_IS_ACCOUNT_PAGE (self), FALSE);

  if (self->export_view != NULL &&
      g_object_class_find_property (G_OBJECT_GET_CLASS (self->export_view), "busy") != NULL)
    g_object_get (self->export_view, "busy", &is_busy, NULL);
  return is_busy;
}

/**
 * mw_account_page_set_banners:
 * @self: a page
 * @banners: what stands below its header bar
 */
void
mw_account_page_set_banners (MwAccountPage *self, GtkWidget *banners)
{
  g_return_if_fail (MW_IS_ACCOUNT_PAGE (self));

  adw_bin_set_child (self->banners, banners);
}

/**
 * mw_account_page_ask_async:
 * @self: a page
 * @callback: called in the main thread
 * @user_data: closure of @callback
 *
 * Asks what to do with unsaved changes, when there are any: save, discard, or stay.
 */
void
mw_account_page_ask_async (MwAccountPage *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  AdwDialog *dialog;

  g_return_if_fail (MW_IS_ACCOUNT_PAGE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, mw_account_page_ask_async);
  if (!mw_account_page_get_has_changes (self))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  dialog = adw_alert_dialog_new (_ ("Save Changes?"), NULL);
  /* Translators: %s is a mail address */
  adw_alert_dialog_format_body (ADW_ALERT_DIALOG (dialog),
                                _ ("The settings of %s have changes that are not saved."),
                                  mw_account_item_get_title (self->item));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel",
                                  _ ("_Cancel"), "discard", _ ("_Discard"), "save", _ ("_Save"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "discard",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "save",
                                            ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "save");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), GTK_WIDGET (self), NULL, ask_answered_cb,
                           g_steal_pointer (&task));
}

/**
 * mw_account_page_ask_finish:
 * @self: a page
 * @result: what the callback got
 *
 * Returns: whether it is fine to leave the page
 */
gboolean
mw_account_page_ask_finish (MwAccountPage *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), NULL);
}

/* What the settings page calls the field that a finding calls @field: "port" of the receiving
 * server is "imap.port", but login names belong to the half. */
static char *
name_field (MwAccountPage *self, MwHalf half, const char *field)
{
  if (strchr (field, '.') != NULL)
    return g_strdup (field);
  return g_strdup_printf ("%s.%s", mw_half_to_string (half), field);
}

/**
 * mw_account_page_fix:
 * @self: a page
 * @half: which server
 * @field: what a finding wants changed: "port", "security", "host", "username"
 * @value: to what
 *
 * Mends a finding of a check: the value goes into the form, is saved, and the account is checked
 * again. When the form has other changes that are not saved it is only shown, with the value in
 * it: whoever made those saves them.
 */
void
mw_account_page_fix (MwAccountPage *self, MwHalf half, const char *field, const char *value)
{
  g_autofree char *name = NULL;
  gboolean had_changes;

  g_return_if_fail (MW_IS_ACCOUNT_PAGE (self));
  g_return_if_fail (field != NULL && value != NULL);

  name = name_field (self, half, field);
  need_view (self, "settings");
  had_changes = mw_account_page_get_has_changes (self);
  if (!mw_settings_view_fix (self->settings_view, name, value))
    {
      g_warning ("the settings page has no field %s", name);
      mw_account_page_show (self, "settings");
      return;
    }
  if (had_changes || !mw_settings_view_save (self->settings_view))
    {
      mw_account_page_show (self, "settings");
      if (had_changes)
        mw_ui_toast (GTK_WIDGET (self), _ ("Save the changes, then check again"));
      return;
    }
  mw_account_page_show (self, "check");
  mw_session_check_one (self->session, self->item);
}
