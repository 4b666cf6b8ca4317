/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-password-group"

#include "config.h"

#include "app/mw-password-group.h"

#include "app/mw-advice-box.h"
#include "app/mw-password-row.h"
#include "app/mw-ui.h"
#include "export/mw-export.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What the button beside a trouble carries */
#define FIX_SESSION "session"
#define FIX_UNLOCK "unlock"

struct _MwPasswordGroup
{
  AdwPreferencesGroup parent_instance;

  /* Owned */
  MwSession *session;
  MwAccountItem *item;

  /* Of the group: the password of each half, or %NULL */
  MwPasswordRow *rows[2];
  MwPasswordRow *troubled; /* the one whose password could not be stored, or %NULL */
  gboolean unlocking;

  /* Template children */
  AdwActionRow *none_row;
  AdwActionRow *prepare_row;
  AdwButtonRow *help_row;
  MwAdviceBox *trouble_box;
};

enum
{
  PROP_SESSION = 1,
  PROP_ITEM,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MwPasswordGroup, mw_password_group, ADW_TYPE_PREFERENCES_GROUP)

/* What a keyring in this state means, and what the person can do about it here */
static void
show_keyring (MwPasswordGroup *self)
{
  MwSecretsStatus status = mw_session_get_keyring_status (self->session);
  gboolean any = self->rows[MW_HALF_INCOMING] != NULL || self->rows[MW_HALF_OUTGOING] != NULL;
  g_autofree char *text = NULL;
  MwDiagnosis diagnosis;

  self->troubled = NULL;
  if (!any || status == MW_SECRETS_STATUS_READY || status == MW_SECRETS_STATUS_SESSION)
    {
      mw_advice_box_clear (self->trouble_box);
      return;
    }
  diagnosis = status == MW_SECRETS_STATUS_LOCKED ? MW_DIAGNOSIS_KEYRING_LOCKED
                                                 : MW_DIAGNOSIS_KEYRING_ABSENT;
  /* Translators: sentences: what is wrong, and what to do about it */
  text = g_strdup_printf (_ ("%1$s. %2$s"), mw_diagnosis_get_title (diagnosis),
                            mw_diagnosis_get_next_step (diagnosis));
  if (status == MW_SECRETS_STATUS_LOCKED)
    mw_advice_box_set_message (self->trouble_box, MW_SEVERITY_WARNING, text, FIX_UNLOCK,
                               _ ("_Unlock…"));
  else
    mw_advice_box_set_message (self->trouble_box, MW_SEVERITY_WARNING, text, FIX_SESSION,
                               _ ("_Keep It for This Session"));
}

/* Returns: (transfer full): what happened and what to do, as sentences */
static char *
explain (const GError *error)
{
  MwDiagnosis diagnosis = mw_secrets_error_to_diagnosis (error);

  if (g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_DISMISSED))
    return g_strdup (_ ("The question of the keyring was closed, so the password was not stored. "
                        "Try again and unlock the keyring, or keep the password for this session."));
  if (g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_TIMEOUT))
    return g_strdup (_ ("The keyring did not answer in time, so the password was not stored. Try "
                        "again, or keep the password for this session."));
  if (diagnosis == MW_DIAGNOSIS_NONE ||
      g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_FAILED))
    return g_strdup_printf (
        /* Translators: the reason comes from the keyring, and may be in English */
        _ ("The keyring refused to store the password: %s"), error->message);
  return g_strdup_printf (_ ("%1$s. %2$s"), mw_diagnosis_get_title (diagnosis),
                            mw_diagnosis_get_next_step (diagnosis));
}

static void
on_trouble (MwPasswordGroup *self, const GError *error, MwPasswordRow *row)
{
  g_autofree char *text = NULL;

  mw_session_refresh_keyring_status (self->session);
  if (error == NULL)
    {
      show_keyring (self);
      return;
    }
  text = explain (error);
  mw_advice_box_set_message (self->trouble_box, MW_SEVERITY_ERROR, text, FIX_SESSION,
                             _ ("_Keep It for This Session"));
  self->troubled = row;
}

static MwPasswordRow *
first_row (MwPasswordGroup *self)
{
  return self->rows[MW_HALF_INCOMING] != NULL ? self->rows[MW_HALF_INCOMING]
                                              : self->rows[MW_HALF_OUTGOING];
}

static void
refresh_rows (MwPasswordGroup *self)
{
  for (guint half = 0; half < G_N_ELEMENTS (self->rows); half++)
    if (self->rows[half] != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
      mw_password_row_refresh (self->rows[half]);
}

static void
unlocked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwPasswordGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretValue) value = mw_secrets_lookup_finish (MW_SECRETS (source), result, &error);

  self->unlocking = FALSE;
  if (self->trouble_box == NULL)
    return;
  mw_session_refresh_keyring_status (self->session);
  refresh_rows (self);
}

/* Only who looks for a password makes the keyring ask */
static void
unlock (MwPasswordGroup *self, MwPasswordRow *row)
{
  if (self->unlocking)
    return;
  self->unlocking = TRUE;
  mw_secrets_lookup_async (mw_session_get_keyring (self->session),
                           mw_account_item_get_account (self->item), mw_password_row_get_half (row),
                           MW_SECRETS_ALLOW_PROMPT, NULL, unlocked_cb, g_object_ref (self));
}

static void
on_trouble_fix (MwPasswordGroup *self, const char *fix)
{
  MwPasswordRow *row = self->troubled != NULL ? self->troubled : first_row (self);

  if (row == NULL)
    return;
  if (strcmp (fix, FIX_UNLOCK) == 0)
    unlock (self, row);
  else
    mw_password_row_keep_for_session (row);
}

static void
on_help (MwPasswordGroup *self)
{
  const MwProvider *provider =
      mw_session_find_provider (self->session, mw_account_item_get_account (self->item));

  if (provider != NULL && mw_provider_get_help (provider) != NULL)
    mw_ui_open_uri (GTK_WIDGET (self), mw_provider_get_help (provider));
}

/* What the provider wants before it takes a password, in the person's language */
static void
show_provider (MwPasswordGroup *self, gboolean any)
{
  const MwProvider *provider =
      mw_session_find_provider (self->session, mw_account_item_get_account (self->item));
  const char *prepare = provider != NULL ? mw_provider_get_prepare (provider) : NULL;
  const char *hint = provider != NULL ? mw_provider_get_password_hint (provider) : NULL;
  const char *help = provider != NULL ? mw_provider_get_help (provider) : NULL;
  g_autofree char *title = NULL, *label = NULL, *description = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->prepare_row), any && prepare != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->help_row), help != NULL);
  description = g_markup_escape_text (any && hint != NULL ? hint : "", -1);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self),
                                         *description != '\0' ? description : NULL);
  if (provider == NULL)
    return;
  /* Translators: the name of a provider */
  title = g_strdup_printf (_ ("What %s Wants First"), mw_provider_get_name (provider));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->prepare_row), title);
  adw_action_row_set_subtitle (self->prepare_row, prepare != NULL ? prepare : "");
  /* Translators: a button that opens the web page of a provider */
  label = g_strdup_printf (_ ("Open the _Help Page of %s"), mw_provider_get_name (provider));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->help_row), label);
}

static void
need_row (MwPasswordGroup *self, MwHalf half, gboolean needed)
{
  if (needed && self->rows[half] == NULL)
    {
      self->rows[half] = MW_PASSWORD_ROW (mw_password_row_new (self->session, self->item, half));
      g_signal_connect_object (self->rows[half], "trouble", G_CALLBACK (on_trouble), self,
                               G_CONNECT_SWAPPED);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->rows[half]));
    }
  else if (!needed && self->rows[half] != NULL)
    {
      if (self->troubled == self->rows[half])
        self->troubled = NULL;
      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->rows[half]));
      self->rows[half] = NULL;
    }
}

static void
show_account (MwPasswordGroup *self)
{
  MwAccount *account = mw_account_item_get_account (self->item);
  gboolean needed[2] = { FALSE, FALSE }, any_login = FALSE, any;

  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      MwServer *server = mw_account_get_server (account, half);

      if (server == NULL || !mw_server_needs_login (server))
        continue;
      any_login = TRUE;
      if (!mw_export_uses_oauth2 (server))
        needed[mw_account_get_password_half (account, half)] = TRUE;
    }
  any = needed[MW_HALF_INCOMING] || needed[MW_HALF_OUTGOING];
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      need_row (self, half, needed[half]);
      if (self->rows[half] != NULL)
        mw_password_row_set_separate (self->rows[half],
                                      needed[MW_HALF_INCOMING] && needed[MW_HALF_OUTGOING]);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->none_row), !any);
  if (any_login)
    {
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->none_row),
                                     _ ("Sign-In on a Web Page Only"));
      adw_action_row_set_subtitle (
          self->none_row,
          _ ("These servers take no password from mail programs, only the provider’s own sign-in "
             "page (OAuth2). Mailwright checks everything up to the login. Thunderbird and "
             "Evolution open that page themselves once the account is exported to them."));
    }
  else
    {
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->none_row),
                                     _ ("No Password Is Needed"));
      adw_action_row_set_subtitle (self->none_row, _ ("None of the servers asks for a login."));
    }
  show_provider (self, any);
  show_keyring (self);
  refresh_rows (self);
}

static void
on_keyring_status (MwPasswordGroup *self)
{
  if (self->troubled == NULL)
    show_keyring (self);
  if (mw_session_get_keyring_status (self->session) == MW_SECRETS_STATUS_READY)
    refresh_rows (self);
}

static void
mw_password_group_map (GtkWidget *widget)
{
  MwPasswordGroup *self = MW_PASSWORD_GROUP (widget);

  GTK_WIDGET_CLASS (mw_password_group_parent_class)->map (widget);
  refresh_rows (self); /* another program may have changed one meanwhile */
}

static void
mw_password_group_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MwPasswordGroup *self = MW_PASSWORD_GROUP (object);

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
mw_password_group_constructed (GObject *object)
{
  MwPasswordGroup *self = MW_PASSWORD_GROUP (object);

  G_OBJECT_CLASS (mw_password_group_parent_class)->constructed (object);

  show_account (self);
  g_signal_connect_object (self->item, "notify::account", G_CALLBACK (show_account), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::keyring-status", G_CALLBACK (on_keyring_status),
                           self, G_CONNECT_SWAPPED);
}

static void
mw_password_group_dispose (GObject *object)
{
  MwPasswordGroup *self = MW_PASSWORD_GROUP (object);

  if (self->trouble_box != NULL)
    for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
      need_row (self, half, FALSE);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_PASSWORD_GROUP);
  g_clear_object (&self->item);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (mw_password_group_parent_class)->dispose (object);
}

static void
mw_password_group_class_init (MwPasswordGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY;

  object_class->set_property = mw_password_group_set_property;
  object_class->constructed = mw_password_group_constructed;
  object_class->dispose = mw_password_group_dispose;
  widget_class->map = mw_password_group_map;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, MW_TYPE_SESSION, flags);
  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, MW_TYPE_ACCOUNT_ITEM, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (MW_TYPE_ADVICE_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-password-group.ui");
  gtk_widget_class_bind_template_child (widget_class, MwPasswordGroup, none_row);
  gtk_widget_class_bind_template_child (widget_class, MwPasswordGroup, prepare_row);
  gtk_widget_class_bind_template_child (widget_class, MwPasswordGroup, help_row);
  gtk_widget_class_bind_template_child (widget_class, MwPasswordGroup, trouble_box);
  gtk_widget_class_bind_template_callback (widget_class, on_help);
  gtk_widget_class_bind_template_callback (widget_class, on_trouble_fix);
}

static void
mw_password_group_init (MwPasswordGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_password_group_new:
 * @session: the session
 * @item: an account
 *
 * Returns: (transfer floating): the passwords of @item
 */
GtkWidget *
mw_password_group_new (MwSession *session, MwAccountItem *item)
{
  g_return_val_if_fail (MW_IS_SESSION (session), NULL);
  g_return_val_if_fail (MW_IS_ACCOUNT_ITEM (item), NULL);

  return g_object_new (MW_TYPE_PASSWORD_GROUP, "session", session, "item", item, NULL);
}

/**
 * mw_password_group_focus:
 * @self: a password group
 *
 * Opens the entry of the first password for typing, where there is one.
 */
void
mw_password_group_focus (MwPasswordGroup *self)
{
  MwPasswordRow *row;

  g_return_if_fail (MW_IS_PASSWORD_GROUP (self));

  row = first_row (self);
  if (row != NULL)
    mw_password_row_focus (row);
}
