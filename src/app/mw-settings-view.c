/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-settings-view"

#include "config.h"

#include "app/mw-settings-view.h"

#include "app/mw-advice-box.h"
#include "app/mw-password-group.h"
#include "app/mw-pin-row.h"
#include "app/mw-server-form.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ADVICE_DELAY_MILLISECONDS 300

struct _MwSettingsView
{
  AdwBin parent_instance;

  /* Owned */
  MwSession *session;
  MwAccountItem *item;
  MwAccount *base;   /* what was loaded: changes are made to a copy of it */
  char *saved_state; /* what stood in the form then */
  guint advice_source;

  gboolean has_changes;
  gboolean saving;
  guint filling; /* values are put in by the program, not by hand */

  /* Of the box */
  MwServerForm *forms[2];
  MwPinRow *pins[2];
  MwPasswordGroup *passwords;

  /* Template children */
  AdwBanner *changed_banner;
  GtkBox *groups;
  AdwEntryRow *name_row;
  MwAdviceBox *name_box;
  AdwEntryRow *address_row;
  MwAdviceBox *address_box;
  AdwEntryRow *reply_to_row;
  MwAdviceBox *reply_to_box;
  AdwEntryRow *organization_row;
  MwAdviceBox *organization_box;
  AdwSwitchRow *leave_row;
  AdwSwitchRow *separate_row;
};

enum
{
  PROP_SESSION = 1,
  PROP_ITEM,
  PROP_HAS_CHANGES,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MwSettingsView, mw_settings_view, ADW_TYPE_BIN)

static const char *
text_of (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static char *
dup_trimmed (AdwEntryRow *row)
{
  return g_strstrip (g_strdup (text_of (row)));
}

static gboolean
uses_pop3 (MwSettingsView *self)
{
  MwServerForm *form = self->forms[MW_HALF_INCOMING];

  return mw_server_form_get_active (form) && mw_server_form_get_protocol (form) == MW_PROTOCOL_POP3;
}

static gboolean
has_both_halves (MwSettingsView *self)
{
  return mw_server_form_get_active (self->forms[MW_HALF_INCOMING]) &&
         mw_server_form_get_active (self->forms[MW_HALF_OUTGOING]);
}

/* All that can be changed here as one text: equal texts are equal settings */
static char *
dup_state (MwSettingsView *self)
{
  g_autofree char *incoming = mw_server_form_dup_state (self->forms[MW_HALF_INCOMING]);
  g_autofree char *outgoing = mw_server_form_dup_state (self->forms[MW_HALF_OUTGOING]);
  const char *pins[2] = { mw_pin_row_get_pin (self->pins[MW_HALF_INCOMING]),
                          mw_pin_row_get_pin (self->pins[MW_HALF_OUTGOING]) };

  return g_strjoin ("\n\n", text_of (self->name_row), text_of (self->address_row),
                    text_of (self->reply_to_row), text_of (self->organization_row), incoming,
                    outgoing, pins[0] != NULL ? pins[0] : "", pins[1] != NULL ? pins[1] : "",
                    adw_switch_row_get_active (self->leave_row) ? "leave" : "",
                    adw_switch_row_get_active (self->separate_row) ? "separate" : "", NULL);
}

static void
set_has_changes (MwSettingsView *self, gboolean has_changes)
{
  if (!has_changes)
    adw_banner_set_revealed (self->changed_banner, FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "settings.save", has_changes);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "settings.discard", has_changes);
  if (has_changes == self->has_changes)
    return;
  self->has_changes = has_changes;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_CHANGES]);
}

/* Control characters end up in headers and in the files of other programs */
static gboolean
has_control_characters (const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      return TRUE;
  return FALSE;
}

static gboolean
check_plain (AdwEntryRow *row, MwAdviceBox *box)
{
  if (!has_control_characters (text_of (row)))
    {
      mw_advice_box_clear (box);
      return TRUE;
    }
  mw_advice_box_set_message (box, MW_SEVERITY_ERROR,
                             _ ("There are control characters in this text, such as a line break or "
                                "a tab. Type it anew."),
                               NULL, NULL);
  return FALSE;
}

/* An address that may be left out */
static gboolean
check_reply_to (MwSettingsView *self)
{
  g_autofree char *text = dup_trimmed (self->reply_to_row);
  g_autoptr (GError) error = NULL;
  g_autoptr (MwAddress) address = *text != '\0' ? mw_address_new (text, &error) : NULL;

  if (error == NULL)
    mw_advice_box_clear (self->reply_to_box);
  else
    mw_advice_box_set_message (self->reply_to_box, MW_SEVERITY_ERROR,
                               mw_address_error_explain (error), NULL, NULL);
  return error == NULL;
}

static gboolean
check_address (MwSettingsView *self)
{
  MwAdviceInput input = { .address = text_of (self->address_row) };
  g_autoptr (GPtrArray) advice = mw_advise (mw_session_get_providers (self->session), &input);
  g_autoptr (MwAddress) address = mw_address_new (text_of (self->address_row), NULL);

  mw_advice_box_set_advice (self->address_box, advice, "address");
  return address != NULL;
}

static gboolean
show_advice_cb (gpointer user_data)
{
  MwSettingsView *self = MW_SETTINGS_VIEW (user_data);

  self->advice_source = 0;
  check_address (self);
  check_reply_to (self);
  check_plain (self->name_row, self->name_box);
  check_plain (self->organization_row, self->organization_box);
  return G_SOURCE_REMOVE;
}

static void
on_changed (MwSettingsView *self)
{
  g_autofree char *state = NULL;

  if (self->filling > 0)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->leave_row), uses_pop3 (self));
  gtk_widget_set_visible (GTK_WIDGET (self->separate_row), has_both_halves (self));
  g_clear_handle_id (&self->advice_source, g_source_remove);
  self->advice_source = g_timeout_add (ADVICE_DELAY_MILLISECONDS, show_advice_cb, self);
  state = dup_state (self);
  set_has_changes (self, g_strcmp0 (state, self->saved_state) != 0);
}

static void
on_address_changed (MwSettingsView *self)
{
  g_autoptr (MwAddress) address = NULL;

  if (self->filling > 0)
    return;
  address = mw_address_new (text_of (self->address_row), NULL);
  if (address != NULL)
    for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
      mw_server_form_set_address (self->forms[half], address);
  on_changed (self);
}

static void
on_address_fix (MwSettingsView *self, const char *value)
{
  gtk_editable_set_text (GTK_EDITABLE (self->address_row), value);
}

static void
set_entry (AdwEntryRow *row, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

/* Shows @account, and forgets what was typed */
static void
load (MwSettingsView *self, MwAccount *account)
{
  MwAddress *address = mw_account_get_address (account);

  self->filling++;
  g_set_object (&self->base, account);
  set_entry (self->name_row, mw_account_get_name (account));
  set_entry (self->address_row, mw_address_get_text (address));
  set_entry (self->reply_to_row, mw_account_get_reply_to (account));
  set_entry (self->organization_row, mw_account_get_organization (account));
  adw_switch_row_set_active (self->leave_row, mw_account_get_leave_on_server (account));
  adw_switch_row_set_active (self->separate_row, mw_account_get_separate_passwords (account));
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      MwServer *server = mw_account_get_server (account, half);

      mw_server_form_set_address (self->forms[half], address);
      mw_server_form_set_server (self->forms[half], server);
      mw_server_form_set_active (self->forms[half], server != NULL);
      mw_pin_row_set_pin (self->pins[half], mw_account_get_pin (account, half));
    }
  self->filling--;
  g_free (self->saved_state);
  self->saved_state = dup_state (self);
  on_changed (self);
}

/* The account was changed: by ourselves, or by another program */
static void
on_account_changed (MwSettingsView *self)
{
  MwAccount *account = mw_account_item_get_account (self->item);

  if (self->saving)
    return;
  if (!self->has_changes)
    load (self, account);
  else if (g_strcmp0 (mw_account_get_etag (account), mw_account_get_etag (self->base)) != 0)
    {
      adw_banner_set_revealed (self->changed_banner, TRUE);
      mw_ui_announce (GTK_WIDGET (self), adw_banner_get_title (self->changed_banner), TRUE);
    }
}

static void
set_provider (MwSettingsView *self, MwAccount *account, MwAddress *address)
{
  const char *before = mw_address_get_domain_ascii (mw_account_get_address (self->base));
  const char *domain = mw_address_get_domain_ascii (address);
  const MwProvider *provider;

  if (strcmp (before, domain) == 0)
    return;
  provider = mw_provider_db_lookup_domain (mw_session_get_providers (self->session), domain);
  mw_account_set_provider (account, provider != NULL ? mw_provider_get_id (provider) : NULL);
}

/* Returns: (transfer full): the account as the form has it, which must be valid */
static MwAccount *
dup_account (MwSettingsView *self)
{
  g_autoptr (MwAccount) account = mw_account_copy (self->base);
  g_autoptr (MwAddress) address = mw_address_new (text_of (self->address_row), NULL);
  g_autofree char *name = dup_trimmed (self->name_row);
  g_autofree char *reply_to = dup_trimmed (self->reply_to_row);
  g_autofree char *organization = dup_trimmed (self->organization_row);

  mw_account_set_address (account, address);
  mw_account_set_name (account, name);
  mw_account_set_reply_to (account, *reply_to != '\0' ? reply_to : NULL);
  mw_account_set_organization (account, *organization != '\0' ? organization : NULL);
  mw_account_set_leave_on_server (account, adw_switch_row_get_active (self->leave_row));
  mw_account_set_separate_passwords (account, adw_switch_row_get_active (self->separate_row));
  set_provider (self, account, address);
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      g_autoptr (MwServer) server = mw_server_form_get_active (self->forms[half])
                                       ? mw_server_form_dup_server (self->forms[half])
                                       : NULL;
      MwServer *before = mw_account_get_server (self->base, half);
      const char *pin = mw_pin_row_get_pin (self->pins[half]);
      gboolean same_host = server != NULL && before != NULL &&
                           strcmp (mw_server_get_host (server), mw_server_get_host (before)) == 0;

      mw_account_set_server (account, half, server);
      /* A key was accepted for one server: another one must earn that by itself */
      if (!same_host && g_strcmp0 (pin, mw_account_get_pin (self->base, half)) == 0)
        pin = NULL;
      mw_account_set_pin (account, half, pin);
    }
  return g_steal_pointer (&account);
}

static gboolean
fail (GtkWidget *row)
{
  gtk_widget_grab_focus (row);
  return FALSE;
}

static gboolean
validate (MwSettingsView *self)
{
  gboolean fine = TRUE;

  /* All are looked at, so that each says what is wrong; the focus ends on the first of them */
  if (!mw_server_form_validate (self->forms[MW_HALF_OUTGOING]))
    fine = FALSE;
  if (!mw_server_form_validate (self->forms[MW_HALF_INCOMING]))
    fine = FALSE;
  if (!check_plain (self->organization_row, self->organization_box))
    fine = fail (GTK_WIDGET (self->organization_row));
  if (!check_reply_to (self))
    fine = fail (GTK_WIDGET (self->reply_to_row));
  if (!check_address (self))
    fine = fail (GTK_WIDGET (self->address_row));
  if (!check_plain (self->name_row, self->name_box))
    fine = fail (GTK_WIDGET (self->name_row));
  if (fine && !mw_server_form_get_active (self->forms[MW_HALF_INCOMING]) &&
      !mw_server_form_get_active (self->forms[MW_HALF_OUTGOING]))
    {
      gtk_widget_child_focus (GTK_WIDGET (self->forms[MW_HALF_INCOMING]), GTK_DIR_TAB_FORWARD);
      mw_ui_toast (GTK_WIDGET (self), _ ("An account receives mail, sends mail, or both"));
      return FALSE;
    }
  return fine;
}

/* Why it could not be saved, to a person */
static char *
explain (MwSettingsView *self, const GError *error)
{
  MwStore *store = mw_session_get_store (self->session);

  if (g_error_matches (error, MW_STORE_ERROR, MW_STORE_ERROR_NEWER))
    return g_strdup (_ ("The file of this account was written by a newer version of Mailwright. It "
                        "was left as it is."));
  if (g_error_matches (error, MW_STORE_ERROR, MW_STORE_ERROR_UNREADABLE))
    return g_strdup_printf (
        /* Translators: the name of a folder */
        _ ("The file of this account cannot be read any more, and was left as it is. It is in %s."),
          mw_store_get_directory (store));
  return g_strdup_printf (
      /* Translators: the name of a folder, then what the system says, which may be in English */
      _ ("The account could not be written to %1$s. What is typed here is kept. The system says: "
         "%2$s"),
        mw_store_get_directory (store), error->message);
}

static void
show_failure (MwSettingsView *self, const GError *error)
{
  g_autofree char *text = explain (self, error);
  AdwDialog *dialog = adw_alert_dialog_new (_ ("The Changes Were Not Saved"), text);

  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static gboolean save_account (MwSettingsView *self);

static void
conflict_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwSettingsView) self = user_data;
  const char *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);
  g_autoptr (MwAccount) theirs = NULL;
  g_autoptr (GError) error = NULL;

  if (self->groups == NULL)
    return;
  if (strcmp (answer, "theirs") == 0)
    {
      theirs = mw_store_load (mw_session_get_store (self->session), mw_account_get_id (self->base),
                              &error);
      if (theirs != NULL)
        load (self, theirs);
      else
        show_failure (self, error);
    }
  else if (strcmp (answer, "overwrite") == 0)
    {
      /* Whatever is there now, and be it nothing, is what we know of: then it may be replaced */
      theirs = mw_store_load (mw_session_get_store (self->session), mw_account_get_id (self->base),
                              NULL);
      mw_account_set_etag (self->base, theirs != NULL ? mw_account_get_etag (theirs) : NULL);
      save_account (self);
    }
}

static void
ask_about_conflict (MwSettingsView *self)
{
  AdwDialog *dialog = adw_alert_dialog_new (_ ("Changed by Another Program"),
      _ ("This account was changed or removed elsewhere since this page was opened, for example by "
         "the command line or in another window."));

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel",
                                  _ ("_Cancel"), "theirs",
                                    _ ("_Take the Other Version"), "overwrite",
                                      _ ("_Save This Version"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "theirs",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "overwrite",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), GTK_WIDGET (self), NULL, conflict_cb,
                           g_object_ref (self));
}

static gboolean
save_account (MwSettingsView *self)
{
  g_autoptr (MwAccount) account = dup_account (self);
  g_autoptr (GError) error = NULL;
  gboolean saved;

  self->saving = TRUE;
  saved = mw_session_save (self->session, account, &error);
  self->saving = FALSE;
  if (saved)
    load (self, mw_account_item_get_account (self->item));
  else if (g_error_matches (error, MW_STORE_ERROR, MW_STORE_ERROR_CHANGED))
    ask_about_conflict (self);
  else
    show_failure (self, error);
  return saved;
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MwSettingsView *self = MW_SETTINGS_VIEW (widget);

  if (gtk_widget_get_mapped (widget) && mw_settings_view_save (self))
    mw_ui_toast (widget, _ ("Changes saved"));
}

static void
discard_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mw_settings_view_discard (MW_SETTINGS_VIEW (widget));
}

static void
make_half (MwSettingsView *self, MwHalf half)
{
  MwServerForm *form = MW_SERVER_FORM (mw_server_form_new (self->session, half));
  MwPinRow *pin = MW_PIN_ROW (mw_pin_row_new ());
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (form);

  self->forms[half] = form;
  self->pins[half] = pin;
  mw_server_form_set_optional (form, TRUE);
  adw_preferences_group_add (group, GTK_WIDGET (pin));
  adw_preferences_group_add (group, half == MW_HALF_INCOMING ? GTK_WIDGET (self->leave_row)
                                                             : GTK_WIDGET (self->separate_row));
  g_signal_connect_object (form, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (pin, "notify::pin", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->groups, GTK_WIDGET (form));
}

static void
mw_settings_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_HAS_CHANGES:
      g_value_set_boolean (value, MW_SETTINGS_VIEW (object)->has_changes);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mw_settings_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MwSettingsView *self = MW_SETTINGS_VIEW (object);

  switch (id)
    {
    case PROP_SESSION:
      self->session = g_value_dup_object (value);
      break;
    case PROP_ITEM:
      self->item = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mw_settings_view_constructed (GObject *object)
{
  MwSettingsView *self = MW_SETTINGS_VIEW (object);

  G_OBJECT_CLASS (mw_settings_view_parent_class)->constructed (object);

  self->filling++;
  make_half (self, MW_HALF_INCOMING);
  make_half (self, MW_HALF_OUTGOING);
  self->filling--;
  self->passwords = MW_PASSWORD_GROUP (mw_password_group_new (self->session, self->item));
  gtk_box_append (self->groups, GTK_WIDGET (self->passwords));
  load (self, mw_account_item_get_account (self->item));
  g_signal_connect_object (self->item, "notify::account", G_CALLBACK (on_account_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
mw_settings_view_dispose (GObject *object)
{
  MwSettingsView *self = MW_SETTINGS_VIEW (object);

  g_clear_handle_id (&self->advice_source, g_source_remove);
  self->filling++; /* nothing is changed by hand any more */
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_SETTINGS_VIEW);
  g_clear_object (&self->base);
  g_clear_object (&self->item);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (mw_settings_view_parent_class)->dispose (object);
}

static void
mw_settings_view_finalize (GObject *object)
{
  g_free (MW_SETTINGS_VIEW (object)->saved_state);

  G_OBJECT_CLASS (mw_settings_view_parent_class)->finalize (object);
}

static void
mw_settings_view_class_init (MwSettingsViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY;

  object_class->get_property = mw_settings_view_get_property;
  object_class->set_property = mw_settings_view_set_property;
  object_class->constructed = mw_settings_view_constructed;
  object_class->dispose = mw_settings_view_dispose;
  object_class->finalize = mw_settings_view_finalize;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, MW_TYPE_SESSION, flags);
  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, MW_TYPE_ACCOUNT_ITEM, flags);
  properties[PROP_HAS_CHANGES] =
      g_param_spec_boolean ("has-changes", NULL, NULL, FALSE,
                            G_PARAM_STATIC_STRINGS | G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (MW_TYPE_ADVICE_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-settings-view.ui");
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, changed_banner);
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, groups);
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, name_row);
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, name_box);
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, address_row);
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, address_box);
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, reply_to_row);
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, reply_to_box);
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, organization_row);
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, organization_box);
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, leave_row);
  gtk_widget_class_bind_template_child (widget_class, MwSettingsView, separate_row);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_address_fix);
  gtk_widget_class_bind_template_callback (widget_class, mw_settings_view_discard);
  gtk_widget_class_install_action (widget_class, "settings.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "settings.discard", NULL, discard_action);
}

static void
name_entry (AdwEntryRow *row)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (row))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), -1);
}

static void
mw_settings_view_init (MwSettingsView *self)
{
  self->filling++;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filling--;
  mw_advice_box_set_target (self->name_box, GTK_WIDGET (self->name_row));
  mw_advice_box_set_target (self->address_box, GTK_WIDGET (self->address_row));
  mw_advice_box_set_target (self->reply_to_box, GTK_WIDGET (self->reply_to_row));
  mw_advice_box_set_target (self->organization_box, GTK_WIDGET (self->organization_row));
  name_entry (self->name_row);
  name_entry (self->address_row);
  name_entry (self->reply_to_row);
  name_entry (self->organization_row);
}

/**
 * mw_settings_view_new:
 * @session: the session
 * @item: an account
 *
 * Returns: (transfer floating): the settings of @item
 */
GtkWidget *
mw_settings_view_new (MwSession *session, MwAccountItem *item)
{
  g_return_val_if_fail (MW_IS_SESSION (session), NULL);
  g_return_val_if_fail (MW_IS_ACCOUNT_ITEM (item), NULL);

  return g_object_new (MW_TYPE_SETTINGS_VIEW, "session", session, "item", item, NULL);
}

/**
 * mw_settings_view_get_has_changes:
 * @self: a settings page
 *
 * Returns: whether something was typed or chosen that is not saved
 */
gboolean
mw_settings_view_get_has_changes (MwSettingsView *self)
{
  g_return_val_if_fail (MW_IS_SETTINGS_VIEW (self), FALSE);

  return self->has_changes;
}

/**
 * mw_settings_view_save:
 * @self: a settings page
 *
 * Saves the account, when all that stands there can be.
 *
 * Returns: %FALSE when it was not saved: it said why, and shows where
 */
gboolean
mw_settings_view_save (MwSettingsView *self)
{
  g_return_val_if_fail (MW_IS_SETTINGS_VIEW (self), FALSE);

  return !self->has_changes || (validate (self) && save_account (self));
}

/**
 * mw_settings_view_discard:
 * @self: a settings page
 *
 * Shows the account as it is, and forgets what was typed.
 */
void
mw_settings_view_discard (MwSettingsView *self)
{
  g_return_if_fail (MW_IS_SETTINGS_VIEW (self));

  load (self, mw_account_item_get_account (self->item));
}

/**
 * mw_settings_view_fix:
 * @self: a settings page
 * @field: "address", "password", or a server and a field of it: "imap.port", "smtp.security",
 *   "incoming.username", "outgoing.pin"
 * @value: what to put there; for a password nothing is, its entry is opened
 *
 * Puts a value into a field, as if by hand: it is not saved.
 *
 * Returns: %FALSE when there is no such field, or @value cannot stand in it
 */
gboolean
mw_settings_view_fix (MwSettingsView *self, const char *field, const char *value)
{
  g_auto (GStrv) parts = NULL;
  MwProtocol protocol;
  MwHalf half;

  g_return_val_if_fail (MW_IS_SETTINGS_VIEW (self), FALSE);
  g_return_val_if_fail (field != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  parts = g_strsplit (field, ".", 2);
  if (g_str_has_suffix (field, "password"))
    {
      mw_password_group_focus (self->passwords);
      return TRUE;
    }
  if (strcmp (field, "address") == 0)
    {
      on_address_fix (self, value);
      gtk_widget_grab_focus (GTK_WIDGET (self->address_row));
      return TRUE;
    }
  if (parts[0] == NULL || parts[1] == NULL)
    return FALSE;
  protocol = mw_protocol_from_string (parts[0]);
  if (protocol == MW_PROTOCOL_SMTP || strcmp (parts[0], "outgoing") == 0)
    half = MW_HALF_OUTGOING;
  else if (protocol != MW_PROTOCOL_UNKNOWN || strcmp (parts[0], "incoming") == 0)
    half = MW_HALF_INCOMING;
  else
    return FALSE;
  if (strcmp (parts[1], "pin") == 0)
    {
      mw_pin_row_set_pin (self->pins[half], *value != '\0' ? value : NULL);
      return TRUE;
    }
  if (!mw_server_form_set_field (self->forms[half], parts[1], value))
    return FALSE;
  mw_server_form_focus_field (self->forms[half], parts[1]);
  return TRUE;
}
