/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-dialog"

#include "config.h"

#include "app/mw-add-dialog.h"

#include "app/mw-add-draft.h"
#include "app/mw-add-form-page.h"
#include "app/mw-add-identity-page.h"
#include "app/mw-add-password-page.h"
#include "app/mw-add-result-page.h"
#include "app/mw-add-search-page.h"
#include "app/mw-add-search.h"
#include "app/mw-add-set-up-file.h"
#include "app/mw-choose-page.h"
#include "app/mw-compare-page.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A search that is over by then gets no page of its own: nothing flickers */
#define SEARCH_PAGE_MILLISECONDS 250

struct _MwAddDialog
{
  AdwDialog parent_instance;

  /* Owned */
  MwSession *session;
  MwAddDraft *draft;
  MwAddSearch *search;
  GFile *file;        /* nullable: the set-up file that is to be used */
  MwAccount *account; /* once it is saved */
  GCancellable *cancellable;
  guint search_page_id;

  gboolean waiting; /* for the search, to go on */
  gboolean storing; /* the password */
  gboolean asking;  /* whether to throw away what was typed */
  gboolean told;    /* that the account was added */

  /* Template children */
  AdwNavigationView *view;
};

enum
{
  ADDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwAddDialog, mw_add_dialog, ADW_TYPE_DIALOG)

/* ---- pages ---- */

static AdwNavigationPage *
make_page (MwAddDialog *self, const char *tag)
{
  if (g_str_equal (tag, "search"))
    return mw_add_search_page_new (self->search);
  if (g_str_equal (tag, "result"))
    return mw_add_result_page_new (self->draft, self->search);
  if (g_str_equal (tag, "compare"))
    return mw_compare_page_new (self->draft);
  if (g_str_equal (tag, "form"))
    return mw_add_form_page_new (self->session, self->draft);
  if (g_str_equal (tag, "choose"))
    return mw_choose_page_new (mw_add_draft_get_address (self->draft));
  if (g_str_equal (tag, "password"))
    return mw_add_password_page_new (self->session, self->draft);
  g_return_val_if_reached (NULL);
}

/* Pages are made when they are first needed, and then keep what was typed */
static AdwNavigationPage *
need_page (MwAddDialog *self, const char *tag)
{
  AdwNavigationPage *page = adw_navigation_view_find_page (self->view, tag);

  if (page == NULL)
    {
      page = make_page (self, tag);
      adw_navigation_view_add (self->view, page);
    }
  return page;
}

static const char *
visible_tag (MwAddDialog *self)
{
  AdwNavigationPage *page = adw_navigation_view_get_visible_page (self->view);

  return page != NULL ? adw_navigation_page_get_tag (page) : "";
}

static gboolean
shows (MwAddDialog *self, const char *tag)
{
  return g_strcmp0 (visible_tag (self), tag) == 0;
}

static void
push (MwAddDialog *self, const char *tag)
{
  need_page (self, tag);
  if (!shows (self, tag))
    adw_navigation_view_push_by_tag (self->view, tag);
}

/* Comes right behind the first page: the search is nothing to go back to */
static void
push_after_identity (MwAddDialog *self, const char *tag)
{
  const char *const tags[] = { "identity", tag };

  need_page (self, tag);
  if (shows (self, "identity"))
    adw_navigation_view_push_by_tag (self->view, tag);
  else
    adw_navigation_view_replace_with_tags (self->view, tags, G_N_ELEMENTS (tags));
}

static MwAddIdentityPage *
identity_page (MwAddDialog *self)
{
  return MW_ADD_IDENTITY_PAGE (adw_navigation_view_find_page (self->view, "identity"));
}

static MwAddFormPage *
form_page (MwAddDialog *self)
{
  return MW_ADD_FORM_PAGE (need_page (self, "form"));
}

static void
leave_form (MwAddDialog *self)
{
  AdwNavigationPage *page = adw_navigation_view_find_page (self->view, "form");

  if (page != NULL)
    mw_add_form_page_leave (MW_ADD_FORM_PAGE (page));
}

static void
update_actions (MwAddDialog *self)
{
  gboolean by_hand = shows (self, "form");

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "add.continue",
                                 by_hand || mw_add_draft_is_ready (self->draft));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "add.save", !self->storing);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "add.later", !self->storing);
}

static void
on_visible_page (MwAddDialog *self)
{
  if (self->draft != NULL)
    update_actions (self);
}

static void
update_can_close (MwAddDialog *self)
{
  adw_dialog_set_can_close (ADW_DIALOG (self),
                            self->account != NULL ||
                                !mw_add_identity_page_get_has_input (identity_page (self)));
}

/* ---- the search ---- */

static void
stop_waiting (MwAddDialog *self)
{
  g_clear_handle_id (&self->search_page_id, g_source_remove);
  self->waiting = FALSE;
  mw_add_identity_page_set_busy (identity_page (self), FALSE);
}

static gboolean
show_search_page (gpointer user_data)
{
  MwAddDialog *self = user_data;

  self->search_page_id = 0;
  if (self->waiting)
    push (self, "search");
  return G_SOURCE_REMOVE;
}

static void
show_result (MwAddDialog *self)
{
  stop_waiting (self);
  leave_form (self);
  push_after_identity (self, "result");
}

static void
show_form (MwAddDialog *self, const char *title, const char *text)
{
  stop_waiting (self);
  leave_form (self);
  mw_add_form_page_fill (form_page (self));
  mw_add_form_page_set_message (form_page (self), title, text);
}

/* Everything that is known about why nothing was found; (transfer full) */
static char *
describe_nothing (MwDiscoveryResult *result)
{
  GPtrArray *notes = mw_discovery_result_get_notes (result);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < notes->len; i++)
    g_string_append_printf (text, "%s\n",
                            mw_discovery_note_get_text (g_ptr_array_index (notes, i)));
  g_string_append (text, mw_discovery_result_get_settings (result)->len > 0
                   ? _ ("What is known is filled in.")
                   : _ ("The website or the administrator of the mail service knows the "
                                  "names of the servers."));
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* Whether it makes more sense to try again, or to look at the address, than to type servers */
static gboolean
is_worth_a_look (MwAddDialog *self, MwDiscoveryResult *result)
{
  MwConnectivity connectivity = mw_add_search_get_connectivity (self->search);

  return connectivity == MW_CONNECTIVITY_OFFLINE || connectivity == MW_CONNECTIVITY_PORTAL ||
         mw_discovery_result_has_note (result, "no-such-domain") ||
         mw_discovery_result_has_note (result, "null-mx") ||
         mw_discovery_result_has_note (result, "dns-unavailable");
}

static void
take_end_of_search (MwAddDialog *self)
{
  MwDiscoveryResult *result = mw_add_search_get_result (self->search);
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;

  mw_add_draft_set_result (self->draft, result);
  if (mw_add_draft_get_settings (self->draft) != NULL)
    {
      show_result (self);
      return;
    }
  if (is_worth_a_look (self, result))
    {
      stop_waiting (self);
      push (self, "search");
      return;
    }
  /* Translators: a domain */
  title = g_strdup_printf (mw_discovery_result_get_settings (result)->len > 0
                           ? _ ("Not everything was found for %s")
                           : _ ("Nothing was found for %s"),
                               mw_address_get_domain (mw_add_draft_get_address (self->draft)));
  text = describe_nothing (result);
  show_form (self, title, text);
  push_after_identity (self, "form");
}

static void
on_search_updated (MwAddDialog *self)
{
  MwDiscoveryResult *result = mw_add_search_get_result (self->search);
  MwAddSearchState state = mw_add_search_get_state (self->search);
  gboolean certain = result != NULL && mw_discovery_result_get_chosen (result) >= 0 &&
                     mw_discovery_result_is_certain (result);

  if (!self->waiting)
    {
      /* The answer is there; the comparison goes on */
      if ((state == MW_ADD_SEARCH_DONE || (state == MW_ADD_SEARCH_RUNNING && certain)) &&
          mw_add_draft_get_result (self->draft) != NULL)
        mw_add_draft_set_result (self->draft, result);
      return;
    }
  if (state == MW_ADD_SEARCH_RUNNING && certain)
    {
      mw_add_draft_set_result (self->draft, result);
      show_result (self);
    }
  else if (state == MW_ADD_SEARCH_DONE)
    take_end_of_search (self);
  else if (state == MW_ADD_SEARCH_STOPPED || state == MW_ADD_SEARCH_FAILED)
    {
      stop_waiting (self);
      push (self, "search");
    }
}

static void
start_search (MwAddDialog *self)
{
  self->waiting = TRUE;
  mw_add_identity_page_set_busy (identity_page (self), TRUE);
  if (!shows (self, "search"))
    self->search_page_id = g_timeout_add (SEARCH_PAGE_MILLISECONDS, show_search_page, self);
  mw_add_search_start (self->search, mw_add_draft_get_address (self->draft), FALSE);
}

/* Takes what was typed on the first page; %FALSE: it said what is wrong with it */
static gboolean
take_identity (MwAddDialog *self)
{
  g_autoptr (MwAddress) before = NULL;
  g_autoptr (MwAddress) address = mw_add_identity_page_take_address (identity_page (self));
  AdwNavigationPage *page;

  if (address == NULL)
    return FALSE;
  if (mw_add_draft_get_address (self->draft) != NULL)
    before = mw_address_ref (mw_add_draft_get_address (self->draft));
  mw_add_draft_set_identity (self->draft, mw_add_identity_page_get_name (identity_page (self)),
                             address);
  if (before != NULL && strcmp (mw_address_get_text (before), mw_address_get_text (address)) == 0)
    return TRUE;
  mw_add_search_forget (self->search);
  page = adw_navigation_view_find_page (self->view, "choose");
  if (page != NULL)
    adw_navigation_view_remove (self->view, page);
  return TRUE;
}

static void
show_error (MwAddDialog *self, const char *heading, const char *body, const GError *error)
{
  AdwDialog *dialog = adw_alert_dialog_new (heading, NULL);
  g_autofree char *reason = mw_text_make_harmless (error->message, -1, 400);

  adw_alert_dialog_format_body (ADW_ALERT_DIALOG (dialog), "%s\n\n%s", body, reason);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwAddDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MwSettings) settings = mw_add_set_up_file_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->view == NULL)
    return;
  if (settings == NULL)
    {
      show_error (self,
                  _ ("The File Cannot Be Used"),
                    _ ("A set-up file is an XML file (autoconfig) that names the servers for mail."),
                      error);
      return;
    }
  mw_add_search_forget (self->search);
  mw_add_draft_set_settings (self->draft, settings);
  show_result (self);
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAddDialog *self = MW_ADD_DIALOG (widget);

  if (self->waiting || !shows (self, "identity") || !take_identity (self))
    return;
  if (self->file != NULL)
    {
      mw_add_set_up_file_load_async (self->file, mw_add_draft_get_address (self->draft),
                                     self->cancellable, loaded_cb, g_object_ref (self));
      return;
    }
  /* Back and forth asks nobody twice */
  if (mw_add_draft_get_settings (self->draft) != NULL)
    show_result (self);
  else
    start_search (self);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mw_add_search_stop (MW_ADD_DIALOG (widget)->search);
}

static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  start_search (MW_ADD_DIALOG (widget));
}

static void
change_address_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_navigation_view_pop_to_tag (MW_ADD_DIALOG (widget)->view, "identity");
}

static void
use_found_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAddDialog *self = MW_ADD_DIALOG (widget);

  mw_add_draft_set_result (self->draft, mw_add_search_get_result (self->search));
  if (mw_add_draft_get_settings (self->draft) != NULL)
    show_result (self);
}

static void
compare_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  push (MW_ADD_DIALOG (widget), "compare");
}

static void
compare_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAddDialog *self = MW_ADD_DIALOG (widget);

  mw_add_search_start (self->search, mw_add_draft_get_address (self->draft), TRUE);
}

/* ---- by hand ---- */

static void
by_hand_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAddDialog *self = MW_ADD_DIALOG (widget);

  if (shows (self, "identity"))
    {
      if (!take_identity (self))
        return;
      if (self->waiting)
        mw_add_search_forget (self->search);
    }
  /* What little was found before the search was stopped is better than nothing */
  else if (shows (self, "search") && mw_add_draft_get_result (self->draft) == NULL)
    mw_add_draft_set_result (self->draft, mw_add_search_get_result (self->search));
  show_form (self, NULL, NULL);
  push (self, "form");
}

static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  push (MW_ADD_DIALOG (widget), "choose");
}

static void
use_choice_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAddDialog *self = MW_ADD_DIALOG (widget);
  MwChoosePage *page = MW_CHOOSE_PAGE (need_page (self, "choose"));

  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      g_autoptr (MwServer) present = mw_add_form_page_dup_server (form_page (self), half);
      g_autoptr (MwServer) server = mw_choose_page_dup_server (page, half, present);

      if (server != NULL)
        mw_add_form_page_set_server (form_page (self), half, server);
    }
  adw_navigation_view_pop_to_tag (self->view, "form");
}

/* ---- a set-up file ---- */

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwAddDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;

  file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, &error);
  if (file == NULL)
    {
      if (error->domain != GTK_DIALOG_ERROR && self->view != NULL)
        show_error (self, _ ("The File Cannot Be Used"), "", error);
      return;
    }
  mw_add_set_up_file_load_async (file, mw_add_draft_get_address (self->draft), self->cancellable,
                                 loaded_cb, g_object_ref (self));
}

static void
set_up_file_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAddDialog *self = MW_ADD_DIALOG (widget);
  g_autoptr (GtkFileDialog) dialog = NULL;
  g_autoptr (GtkFileFilter) filter = NULL;
  g_autoptr (GListStore) filters = NULL;
  GtkRoot *root = gtk_widget_get_root (widget);

  /* The login name in the file follows the address */
  if (!take_identity (self))
    return;
  filter = gtk_file_filter_new ();
  gtk_file_filter_set_name (filter, _ ("Set-up files (XML)"));
  gtk_file_filter_add_suffix (filter, "xml");
  filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  g_list_store_append (filters, filter);
  dialog = gtk_file_dialog_new ();
  gtk_file_dialog_set_title (dialog, _ ("Open a Set-Up File"));
  gtk_file_dialog_set_filters (dialog, G_LIST_MODEL (filters));
  gtk_file_dialog_open (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->cancellable,
                        opened_cb, g_object_ref (self));
}

static void
set_file (MwAddDialog *self, GFile *file)
{
  g_autofree char *path = file != NULL ? g_file_get_basename (file) : NULL;
  g_autofree char *name = path != NULL ? g_filename_display_name (path) : NULL;

  g_set_object (&self->file, file);
  mw_add_identity_page_set_file (identity_page (self), name);
}

static void
forget_file_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAddDialog *self = MW_ADD_DIALOG (widget);

  set_file (self, NULL);
  mw_add_draft_set_settings (self->draft, NULL);
}

/* ---- saving ---- */

static void
finish (MwAddDialog *self)
{
  if (self->told)
    return;
  self->told = TRUE;
  g_signal_emit (self, signals[ADDED], 0, mw_account_get_id (self->account));
  adw_dialog_force_close (ADW_DIALOG (self));
}

static gboolean
save_account (MwAddDialog *self)
{
  g_autoptr (MwAccount) account = self->account != NULL
                                     ? mw_account_copy (self->account)
                                     : mw_account_new (mw_add_draft_get_address (self->draft));
  g_autoptr (GError) error = NULL;

  mw_add_draft_apply (self->draft, account);
  if (!mw_session_save (self->session, account, &error))
    {
      show_error (self, _ ("The Account Could Not Be Saved"),
                          _ ("Nothing was changed. The reason given is:"), error);
      return FALSE;
    }
  g_set_object (&self->account, account);
  update_can_close (self);
  return TRUE;
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwAddDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean stored = mw_session_store_password_finish (MW_SESSION (source), result, NULL, &error);
  MwAddPasswordPage *page;

  self->storing = FALSE;
  if (self->view == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  update_actions (self);
  page = MW_ADD_PASSWORD_PAGE (need_page (self, "password"));
  mw_add_password_page_set_busy (page, FALSE);
  if (stored)
    finish (self);
  else
    {
      mw_add_password_page_set_trouble (page, error);
      mw_session_refresh_keyring_status (self->session);
    }
}

static void
later_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAddDialog *self = MW_ADD_DIALOG (widget);

  if (!self->storing && save_account (self))
    finish (self);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAddDialog *self = MW_ADD_DIALOG (widget);
  MwAddPasswordPage *page = MW_ADD_PASSWORD_PAGE (need_page (self, "password"));
  g_autoptr (SecretValue) password = mw_add_password_page_dup_password (page);

  if (self->storing)
    return;
  if (password == NULL)
    {
      mw_add_password_page_ask (page);
      return;
    }
  if (!save_account (self))
    return;
  self->storing = TRUE;
  update_actions (self);
  mw_add_password_page_set_busy (page, TRUE);
  mw_session_store_password_async (self->session, self->account, MW_HALF_INCOMING, password,
                                   mw_add_password_page_get_place (page), self->cancellable,
                                   stored_cb, g_object_ref (self));
}

static void
continue_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwAddDialog *self = MW_ADD_DIALOG (widget);
  const char *kind;

  if (shows (self, "form") && !mw_add_form_page_apply (form_page (self)))
    return;
  if (!mw_add_draft_is_ready (self->draft))
    {
      mw_ui_announce (widget, _ ("The servers have to be confirmed first."), TRUE);
      return;
    }
  kind = mw_add_draft_get_password_kind (self->draft);
  if (kind == NULL || g_str_equal (kind, "oauth2"))
    {
      if (save_account (self))
        finish (self);
      return;
    }
  push (self, "password");
}

/* ---- the dialog ---- */

static void
on_popped (MwAddDialog *self, AdwNavigationPage *page)
{
  const char *tag = adw_navigation_page_get_tag (page);

  if (g_strcmp0 (tag, "form") == 0)
    leave_form (self);
  else if (g_strcmp0 (tag, "search") == 0)
    {
      stop_waiting (self);
      mw_add_search_forget (self->search);
    }
}

static void
on_show_account (MwAddDialog *self, const char *id)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-account", "s", id);
  adw_dialog_force_close (ADW_DIALOG (self));
}

static void
on_discard_response (MwAddDialog *self, const char *response)
{
  self->asking = FALSE;
  if (g_str_equal (response, "discard"))
    adw_dialog_force_close (ADW_DIALOG (self));
}

static void
mw_add_dialog_close_attempt (AdwDialog *dialog)
{
  MwAddDialog *self = MW_ADD_DIALOG (dialog);
  AdwDialog *question;

  if (self->asking)
    return;
  self->asking = TRUE;
  question =
      adw_alert_dialog_new (_ ("Discard What Was Typed?"), _ ("The account is not saved yet."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (question), "cancel",
                                  _ ("_Cancel"), "discard", _ ("_Discard"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (question), "discard",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (question), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (question), "cancel");
  g_signal_connect_object (question, "response", G_CALLBACK (on_discard_response), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (question, GTK_WIDGET (self));
}

static void
mw_add_dialog_closed (AdwDialog *dialog)
{
  MwAddDialog *self = MW_ADD_DIALOG (dialog);

  g_cancellable_cancel (self->cancellable);
  mw_add_search_forget (self->search);
  stop_waiting (self);
  /* Saved, but its password could not be stored: the account is there all the same */
  if (self->account != NULL && !self->told)
    {
      self->told = TRUE;
      g_signal_emit (self, signals[ADDED], 0, mw_account_get_id (self->account));
    }
}

static void
mw_add_dialog_dispose (GObject *object)
{
  MwAddDialog *self = MW_ADD_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->search_page_id, g_source_remove);
  if (self->search != NULL)
    mw_add_search_forget (self->search);
  g_clear_object (&self->search);
  g_clear_object (&self->draft);
  g_clear_object (&self->file);
  g_clear_object (&self->account);
  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_ADD_DIALOG);

  G_OBJECT_CLASS (mw_add_dialog_parent_class)->dispose (object);
}

static void
mw_add_dialog_class_init (MwAddDialogClass *klass)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "add.search", search_action },
    { "add.stop", stop_action },
    { "add.retry", retry_action },
    { "add.change-address", change_address_action },
    { "add.use-found", use_found_action },
    { "add.compare", compare_action },
    { "add.compare-all", compare_all_action },
    { "add.by-hand", by_hand_action },
    { "add.choose", choose_action },
    { "add.use-choice", use_choice_action },
    { "add.set-up-file", set_up_file_action },
    { "add.forget-file", forget_file_action },
    { "add.continue", continue_action },
    { "add.save", save_action },
    { "add.later", later_action },
  };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  AdwDialogClass *dialog_class = ADW_DIALOG_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_add_dialog_dispose;
  dialog_class->close_attempt = mw_add_dialog_close_attempt;
  dialog_class->closed = mw_add_dialog_closed;

  signals[ADDED] = g_signal_new ("added", MW_TYPE_ADD_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/mailwright/Mailwright/mw-add-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MwAddDialog, view);
  gtk_widget_class_bind_template_callback (widget_class, on_popped);
  gtk_widget_class_bind_template_callback (widget_class, on_visible_page);
}

static void
mw_add_dialog_init (MwAddDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_add_dialog_new:
 * @session: the session
 * @address: (nullable): a mail address to start with; anything
 *
 * Returns: (transfer floating): a dialog to present
 */
AdwDialog *
mw_add_dialog_new (MwSession *session, const char *address)
{
  MwAddDialog *self = g_object_new (MW_TYPE_ADD_DIALOG, NULL);
  AdwNavigationPage *identity = mw_add_identity_page_new (session);

  self->session = g_object_ref (session);
  self->draft = mw_add_draft_new (mw_session_get_providers (session));
  self->search = mw_add_search_new (session);
  adw_navigation_view_add (self->view, identity);
  g_signal_connect_object (identity, "changed", G_CALLBACK (update_can_close), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (identity, "show-account", G_CALLBACK (on_show_account), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->draft, "changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "updated", G_CALLBACK (on_search_updated), self,
                           G_CONNECT_SWAPPED);
  if (address != NULL)
    mw_add_identity_page_set_address (MW_ADD_IDENTITY_PAGE (identity), address);
  update_actions (self);
  return ADW_DIALOG (self);
}

/**
 * mw_add_dialog_set_file:
 * @self: the dialog
 * @file: a set-up file
 *
 * Goes (back) to the first page, where the file is used with the address that is typed there.
 *
 * Returns: %FALSE when an account is being saved already, and it is too late
 */
gboolean
mw_add_dialog_set_file (MwAddDialog *self, GFile *file)
{
  g_return_val_if_fail (MW_IS_ADD_DIALOG (self), FALSE);

  if (self->storing || self->account != NULL)
    return FALSE;
  stop_waiting (self);
  mw_add_search_forget (self->search);
  leave_form (self);
  adw_navigation_view_pop_to_tag (self->view, "identity");
  mw_add_draft_set_settings (self->draft, NULL);
  set_file (self, file);
  return TRUE;
}
