/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-result-page"

#include "config.h"

#include "app/mw-add-result-page.h"

#include "app/mw-add-trust-group.h"
#include "app/mw-add-words.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _MwAddResultPage
{
  AdwNavigationPage parent_instance;

  /* Owned */
  MwAddDraft *draft;
  MwAddSearch *search;
  MwSettings *shown_settings;      /* whose texts the rows show */
  MwDiscoveryResult *shown_result; /* whose notes the rows show */
  GPtrArray *prepare_rows;         /* not owned: of the group */
  GPtrArray *note_rows;            /* not owned: of the group */

  gboolean updating; /* the widgets follow the draft, and not the other way round */

  /* Template children */
  GtkScrolledWindow *scrolled;
  GtkLabel *address_label;
  GtkLabel *origin_label;
  GtkLabel *url_label;
  AdwPreferencesGroup *prepare_group;
  MwAddTrustGroup *trust_group;
  GtkWidget *protocol_group;
  GtkCheckButton *imap_check;
  GtkCheckButton *pop3_check;
  GtkWidget *servers_group;
  AdwComboRow *region_row;
  GtkWidget *username_row;
  GtkWidget *incoming_row;
  GtkWidget *outgoing_row;
  AdwPreferencesGroup *notes_group;
  GtkWidget *compare_group;
  GtkWidget *conflicts_row;
  GtkWidget *running_row;
  GtkWidget *compare_all_row;
  GtkWidget *by_hand_button;
  GtkButton *continue_button;
};

G_DEFINE_FINAL_TYPE (MwAddResultPage, mw_add_result_page, ADW_TYPE_NAVIGATION_PAGE)

static void
on_protocol_toggled (MwAddResultPage *self)
{
  if (!self->updating && self->draft != NULL)
    mw_add_draft_set_incoming (self->draft, gtk_check_button_get_active (self->pop3_check)
                                                ? MW_PROTOCOL_POP3
                                                : MW_PROTOCOL_IMAP);
}

static void
on_region_selected (MwAddResultPage *self)
{
  GtkStringObject *item = adw_combo_row_get_selected_item (self->region_row);

  /* The first one says that none was chosen */
  if (!self->updating && self->draft != NULL && item != NULL)
    mw_add_draft_set_region (self->draft, adw_combo_row_get_selected (self->region_row) > 0
                                              ? gtk_string_object_get_string (item)
                                              : NULL);
}

static void
on_username_changed (MwAddResultPage *self)
{
  if (!self->updating && self->draft != NULL)
    mw_add_draft_set_username (self->draft,
                               gtk_editable_get_text (GTK_EDITABLE (self->username_row)));
}

static void
on_username_activated (MwAddResultPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "add.continue", NULL);
}

static void
remove_rows (AdwPreferencesGroup *group, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, g_ptr_array_index (rows, i));
  g_ptr_array_set_size (rows, 0);
}

static void
add_row (AdwPreferencesGroup *group, GPtrArray *rows, GtkWidget *row)
{
  adw_preferences_group_add (group, row);
  g_ptr_array_add (rows, row);
}

static void
on_help_activated (MwAddResultPage *self)
{
  MwSettings *settings = mw_add_draft_get_settings (self->draft);

  if (settings != NULL && settings->help != NULL)
    mw_ui_open_uri (GTK_WIDGET (self), settings->help);
}

static GtkWidget *
make_help_row (MwAddResultPage *self, MwSettings *settings)
{
  /* Translators: a button; the web page on which the mail service explains its settings */
  GtkWidget *row =
      g_object_new (ADW_TYPE_BUTTON_ROW, "title",
                    _ ("_Open the Provider’s Help Page"), "use-underline", TRUE, "end-icon-name",
                      "adw-external-link-symbolic", "tooltip-text", settings->help, NULL);

  g_signal_connect_object (row, "activated", G_CALLBACK (on_help_activated), self,
                           G_CONNECT_SWAPPED);
  return row;
}

static const char *
explain_oauth2 (void)
{
  return _ ("This provider takes no password from mail programs: it lets them in through its own "
            "sign-in page only (OAuth2). Mailwright cannot do that sign-in itself. It can save the "
            "account, check everything up to the login, and set the account up in Thunderbird and "
            "Evolution, which open the sign-in page when they are started.");
}

/* What to do before the password */
static void
show_prepare (MwAddResultPage *self, MwSettings *settings)
{
  const MwProvider *provider =
      settings->provider != NULL ? mw_add_draft_get_provider (self->draft) : NULL;

  remove_rows (self->prepare_group, self->prepare_rows);
  for (gsize i = 0; settings->prepare[i] != NULL; i++)
    {
      GtkWidget *row = mw_add_row_new (settings->prepare[i], NULL);

      adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                                 mw_add_icon_new ("dialog-information-symbolic", "accent", NULL));
      add_row (self->prepare_group, self->prepare_rows, row);
    }
  if (g_strcmp0 (mw_add_draft_get_password_kind (self->draft), "oauth2") == 0)
    add_row (self->prepare_group, self->prepare_rows,
             mw_add_row_new (_ ("Sign-In Page Only"), explain_oauth2 ()));
  /* A stranger's page is not offered as the provider's */
  if (settings->help != NULL && settings->trusted &&
      (g_strcmp0 (g_uri_peek_scheme (settings->help), "https") == 0 ||
       g_strcmp0 (g_uri_peek_scheme (settings->help), "http") == 0))
    add_row (self->prepare_group, self->prepare_rows, make_help_row (self, settings));
  adw_preferences_group_set_title (self->prepare_group,
                                   provider != NULL && mw_provider_get_service (provider) ==
                                                           MW_PROVIDER_SERVICE_NONE
                                   ? _ ("No Mail Program Can Be Set Up")
                                   : _ ("To Do First"));
  gtk_widget_set_visible (GTK_WIDGET (self->prepare_group), self->prepare_rows->len > 0);
}

static void
show_regions (MwAddResultPage *self, MwSettings *settings)
{
  const MwProvider *provider = mw_add_draft_get_provider (self->draft);
  const char *const *regions =
      settings->provider != NULL && provider != NULL ? mw_provider_get_regions (provider) : NULL;
  g_autoptr (GtkStringList) list = NULL;

  if (regions == NULL || regions[0] == NULL)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->region_row), FALSE);
      return;
    }
  list = gtk_string_list_new (NULL);
  /* Translators: stands where one of several regions is to be chosen */
  gtk_string_list_append (list, _ ("Choose One"));
  gtk_string_list_splice (list, 1, 0, regions);
  adw_combo_row_set_model (self->region_row, G_LIST_MODEL (list));
  for (guint i = 0; regions[i] != NULL; i++)
    {
      g_autoptr (MwServer) server = mw_add_draft_dup_half (self->draft, MW_HALF_OUTGOING);

      if (server != NULL && strstr (mw_server_get_host (server), regions[i]) != NULL)
        adw_combo_row_set_selected (self->region_row, i + 1);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->region_row), TRUE);
}

static void
show_origin (MwAddResultPage *self, MwSettings *settings)
{
  MwAddress *address = mw_add_draft_get_address (self->draft);
  g_autofree char *origin = mw_add_describe_origin (settings, address);
  gboolean is_url = settings->origin != NULL && strstr (settings->origin, "://") != NULL;
  g_autofree char *url = is_url ? mw_text_make_harmless (settings->origin, -1, 400) : g_strdup ("");

  gtk_label_set_label (self->address_label, mw_address_get_text (address));
  gtk_label_set_label (self->origin_label, origin);
  gtk_label_set_label (self->url_label, url);
  gtk_widget_set_visible (GTK_WIDGET (self->url_label), is_url);
}

/* What is known about the provider, and what the search has to say about the answer */
static void
show_notes (MwAddResultPage *self, MwSettings *settings, MwDiscoveryResult *result)
{
  const MwProvider *provider =
      settings->provider != NULL ? mw_add_draft_get_provider (self->draft) : NULL;
  g_autoptr (GPtrArray) known = provider != NULL ? mw_provider_get_notes (provider) : NULL;
  GPtrArray *notes = result != NULL ? mw_discovery_result_get_notes (result) : NULL;

  remove_rows (self->notes_group, self->note_rows);
  for (guint i = 0; notes != NULL && i < notes->len; i++)
    {
      const MwDiscoveryNote *note = g_ptr_array_index (notes, i);
      g_autofree char *detail =
          note->detail != NULL ? mw_text_make_harmless (note->detail, -1, 400) : NULL;

      /* The trust group asks about those */
      if (strcmp (note->id, "untrusted-target") != 0)
        add_row (self->notes_group, self->note_rows,
                 mw_add_row_new (mw_discovery_note_get_text (note), detail));
    }
  for (guint i = 0; known != NULL && i < known->len; i++)
    add_row (self->notes_group, self->note_rows,
             mw_add_row_new (g_ptr_array_index (known, i), NULL));
  gtk_widget_set_visible (GTK_WIDGET (self->notes_group), self->note_rows->len > 0);
}

static void
show_server (MwAddResultPage *self, GtkWidget *row, MwHalf half)
{
  g_autoptr (MwServer) server = mw_add_draft_dup_half (self->draft, half);
  g_autofree char *text = server != NULL ? mw_add_describe_server (server) : NULL;

  gtk_widget_set_visible (row, server != NULL);
  if (server == NULL)
    return;
  if (half == MW_HALF_INCOMING)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                   mw_server_get_protocol (server) == MW_PROTOCOL_POP3
                                   ? _ ("POP3 Server, for Receiving")
                                   : _ ("IMAP Server, for Receiving"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
}

static void
show_comparison (MwAddResultPage *self)
{
  MwSettings *settings = mw_add_draft_get_settings (self->draft);
  guint n = mw_add_draft_get_n_conflicts (self->draft);
  gboolean running = mw_add_search_get_state (self->search) == MW_ADD_SEARCH_RUNNING;
  gboolean compared = mw_add_search_get_compare (self->search) && !running;
  gboolean from_file = mw_add_draft_get_result (self->draft) == NULL;
  gboolean local =
      settings != NULL && settings->servers->len > 0 &&
      (settings->source == MW_SOURCE_PROVIDER || settings->source == MW_SOURCE_SETUP_FILE);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->conflicts_row, !from_file && (n > 0 || compared));
  text = n > 0 ? g_strdup_printf (ngettext ("The sources disagree about %u value",
                                            "The sources disagree about %u values", n),
                                  n)
               : g_strdup (_ ("The sources agree"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->conflicts_row), text);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->conflicts_row),
                               _ ("Compare what each of them says"));
  gtk_widget_set_visible (self->running_row, running);
  gtk_widget_set_visible (self->compare_all_row, !from_file && local && !running && !compared);
  gtk_widget_set_visible (self->compare_group, gtk_widget_get_visible (self->conflicts_row) ||
                                                   gtk_widget_get_visible (self->running_row) ||
                                                   gtk_widget_get_visible (self->compare_all_row));
}

static void
update (MwAddResultPage *self)
{
  MwSettings *settings = mw_add_draft_get_settings (self->draft);
  MwDiscoveryResult *result = mw_add_draft_get_result (self->draft);
  gboolean pop3 = mw_add_draft_get_incoming (self->draft) == MW_PROTOCOL_POP3;

  if (settings == NULL || mw_add_draft_get_by_hand (self->draft))
    return;
  self->updating = TRUE;
  if (settings != self->shown_settings || result != self->shown_result)
    show_notes (self, settings, result);
  if (settings != self->shown_settings)
    {
      g_clear_pointer (&self->shown_settings, mw_settings_unref);
      self->shown_settings = mw_settings_ref (settings);
      show_origin (self, settings);
      show_prepare (self, settings);
      show_regions (self, settings);
    }
  if (result != self->shown_result)
    {
      g_clear_pointer (&self->shown_result, mw_discovery_result_unref);
      self->shown_result = result != NULL ? mw_discovery_result_ref (result) : NULL;
    }
  gtk_widget_set_visible (self->protocol_group,
                          mw_add_draft_offers (self->draft, MW_PROTOCOL_IMAP) &&
                              mw_add_draft_offers (self->draft, MW_PROTOCOL_POP3));
  gtk_check_button_set_active (pop3 ? self->pop3_check : self->imap_check, TRUE);
  gtk_widget_set_visible (self->username_row, mw_add_draft_lacks_username (self->draft));
  if (mw_add_draft_get_username (self->draft) == NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->username_row), "");
  show_server (self, self->incoming_row, MW_HALF_INCOMING);
  show_server (self, self->outgoing_row, MW_HALF_OUTGOING);
  gtk_widget_set_visible (self->servers_group,
                          gtk_widget_get_visible (GTK_WIDGET (self->region_row)) ||
                              gtk_widget_get_visible (self->incoming_row) ||
                              gtk_widget_get_visible (self->outgoing_row));
  show_comparison (self);
  gtk_button_set_label (self->continue_button,
                        g_strcmp0 (mw_add_draft_get_password_kind (self->draft), "oauth2") == 0
                        ? _ ("_Save and Check")
                        : _ ("_Continue"));
  gtk_widget_set_visible (GTK_WIDGET (self->continue_button),
                          gtk_widget_get_visible (self->servers_group));
  self->updating = FALSE;
}

static void
mw_add_result_page_showing (AdwNavigationPage *page)
{
  MwAddResultPage *self = MW_ADD_RESULT_PAGE (page);

  ADW_NAVIGATION_PAGE_CLASS (mw_add_result_page_parent_class)->showing (page);

  update (self);
}

static void
mw_add_result_page_shown (AdwNavigationPage *page)
{
  MwAddResultPage *self = MW_ADD_RESULT_PAGE (page);

  ADW_NAVIGATION_PAGE_CLASS (mw_add_result_page_parent_class)->shown (page);

  if (gtk_widget_is_sensitive (GTK_WIDGET (self->continue_button)) &&
      gtk_widget_get_visible (GTK_WIDGET (self->continue_button)))
    gtk_widget_grab_focus (GTK_WIDGET (self->continue_button));
  else if (!gtk_widget_get_visible (GTK_WIDGET (self->trust_group)) ||
           !gtk_widget_child_focus (GTK_WIDGET (self->trust_group), GTK_DIR_TAB_FORWARD))
    gtk_widget_grab_focus (self->by_hand_button);
  mw_ui_announce (GTK_WIDGET (self), gtk_label_get_label (self->origin_label), FALSE);
}

static void
mw_add_result_page_dispose (GObject *object)
{
  MwAddResultPage *self = MW_ADD_RESULT_PAGE (object);

  g_clear_object (&self->draft);
  g_clear_object (&self->search);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_ADD_RESULT_PAGE);

  G_OBJECT_CLASS (mw_add_result_page_parent_class)->dispose (object);
}

static void
mw_add_result_page_finalize (GObject *object)
{
  MwAddResultPage *self = MW_ADD_RESULT_PAGE (object);

  g_clear_pointer (&self->shown_settings, mw_settings_unref);
  g_clear_pointer (&self->shown_result, mw_discovery_result_unref);
  g_ptr_array_unref (self->prepare_rows);
  g_ptr_array_unref (self->note_rows);

  G_OBJECT_CLASS (mw_add_result_page_parent_class)->finalize (object);
}

static void
mw_add_result_page_class_init (MwAddResultPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mw_add_result_page_dispose;
  object_class->finalize = mw_add_result_page_finalize;
  ADW_NAVIGATION_PAGE_CLASS (klass)->showing = mw_add_result_page_showing;
  ADW_NAVIGATION_PAGE_CLASS (klass)->shown = mw_add_result_page_shown;

  g_type_ensure (MW_TYPE_ADD_TRUST_GROUP);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-add-result-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, address_label);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, origin_label);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, url_label);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, prepare_group);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, trust_group);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, protocol_group);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, imap_check);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, pop3_check);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, servers_group);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, region_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, username_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, incoming_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, outgoing_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, notes_group);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, compare_group);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, conflicts_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, running_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, compare_all_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, by_hand_button);
  gtk_widget_class_bind_template_child (widget_class, MwAddResultPage, continue_button);
  gtk_widget_class_bind_template_callback (widget_class, on_protocol_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_region_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_username_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_username_activated);
}

static void
mw_add_result_page_init (MwAddResultPage *self)
{
  self->prepare_rows = g_ptr_array_new ();
  self->note_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_add_result_page_new:
 * @draft: the account that is being added
 * @search: the search that found it, and may still run
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
mw_add_result_page_new (MwAddDraft *draft, MwAddSearch *search)
{
  MwAddResultPage *self = g_object_new (MW_TYPE_ADD_RESULT_PAGE, NULL);

  self->draft = g_object_ref (draft);
  self->search = g_object_ref (search);
  mw_add_trust_group_set_draft (self->trust_group, draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (search, "updated", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return ADW_NAVIGATION_PAGE (self);
}
