/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-password-row"

#include "config.h"

#include "app/mw-password-row.h"

#include "app/mw-advice-box.h"
#include "app/mw-password-entry.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What is half typed always has a wrong shape: it is judged when typing rests this long */
#define ADVICE_DELAY_MILLISECONDS 400

/* What the fix button of the advice carries; never the password */
#define FIX_BLANKS "blanks"
#define FIX_OUTER_BLANKS "outer-blanks"

struct _MwPasswordRow
{
  AdwExpanderRow parent_instance;

  /* Owned */
  MwSession *session;
  MwAccountItem *item;
  GCancellable *question; /* where the password is: a newer one cancels it */
  guint advice_source;

  MwHalf half;
  gboolean separate;
  gboolean storing;

  /* Template children */
  AdwPasswordEntryRow *entry_row;
  MwAdviceBox *shape_box;
  AdwSwitchRow *session_row;
  AdwButtonRow *store_row;
  AdwButtonRow *forget_row;
};

enum
{
  PROP_SESSION = 1,
  PROP_ITEM,
  PROP_HALF,
  N_PROPS,
};

enum
{
  SIGNAL_TROUBLE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwPasswordRow, mw_password_row, ADW_TYPE_EXPANDER_ROW)

/* What the kinds of secret are called where one is to be typed */
static const struct
{
  const char *kind;
  const char *title;
} kinds[] = {
  { "password", N_ ("Password") },
  /* Translators: a password that the provider makes for one program */
  { "app-password", N_ ("App Password") },
  /* Translators: what QQ, 163 and others want in place of the password (授权码) */
  { "authorization-code", N_ ("Authorization Code") },
  /* Translators: what exmail and others want in place of the password (客户端专用密码) */
  { "client-password", N_ ("Client Password") },
  /* Translators: a password that is good for sending only */
  { "smtp-credentials", N_ ("SMTP Password") },
  /* Translators: of a program that stands between mail program and provider */
  { "bridge-password", N_ ("Password From the Bridge Program") },
};

/* Returns: (transfer none): what the server takes, translated */
static const char *
kind_title (MwPasswordRow *self)
{
  MwAccount *account = mw_account_item_get_account (self->item);
  MwServer *server = mw_account_get_server (account, self->half);
  const MwProvider *provider = mw_session_find_provider (self->session, account);
  const char *const *ways = server != NULL ? mw_server_get_authentications (server) : NULL;

  if ((ways == NULL || ways[0] == NULL) && provider != NULL)
    ways = mw_provider_get_authentications (provider);
  for (gsize i = 0; ways != NULL && ways[i] != NULL; i++)
    for (gsize kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
      if (strcmp (kinds[kind].kind, ways[i]) == 0)
        return _ (kinds[kind].title);
  return _ (kinds[0].title);
}

static void
show_titles (MwPasswordRow *self)
{
  const char *kind = kind_title (self);
  g_autofree char *title = NULL;

  if (!self->separate)
    title = g_strdup (kind);
  else if (self->half == MW_HALF_INCOMING)
    /* Translators: a kind of password, such as “App Password” */
    title = g_strdup_printf (_ ("%s for Receiving"), kind);
  else
    /* Translators: a kind of password, such as “App Password” */
    title = g_strdup_printf (_ ("%s for Sending"), kind);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->entry_row), title);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (self->entry_row))),
      GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

static void
show_buttons (MwPasswordRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry_row));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->store_row),
                                 adw_switch_row_get_active (self->session_row)
                                 ? _ ("_Keep for This Session")
                                 : _ ("_Store in the Keyring"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->store_row), *text != '\0' && !self->storing);
  gtk_widget_set_sensitive (GTK_WIDGET (self->entry_row), !self->storing);
  gtk_widget_set_sensitive (GTK_WIDGET (self->forget_row), !self->storing);
}

static void
show_place (MwPasswordRow *self, MwPasswordPlace place)
{
  static const char *const places[] = {
    [MW_PASSWORD_PLACE_NONE] = N_ ("Not stored"),
    [MW_PASSWORD_PLACE_KEYRING] = N_ ("In the keyring"),
    [MW_PASSWORD_PLACE_SESSION] = N_ ("In memory until Mailwright is closed"),
  };

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), _ (places[place]));
  gtk_widget_set_visible (GTK_WIDGET (self->forget_row), place != MW_PASSWORD_PLACE_NONE);
  if (place == MW_PASSWORD_PLACE_SESSION)
    adw_switch_row_set_active (self->session_row, TRUE);
}

static void
wipe (MwPasswordRow *self)
{
  g_clear_handle_id (&self->advice_source, g_source_remove);
  gtk_editable_set_text (GTK_EDITABLE (self->entry_row), "");
  mw_advice_box_clear (self->shape_box);
}

static SecretValue *
dup_typed (MwPasswordRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry_row));

  return *text != '\0' ? secret_value_new (text, -1, "text/plain") : NULL;
}

static void
add_typed_server (GPtrArray *servers, MwServer *server)
{
  MwTypedServer *typed;

  if (server == NULL)
    return;
  typed = g_new0 (MwTypedServer, 1);
  typed->protocol = mw_server_get_protocol (server);
  typed->host = g_strdup (mw_server_get_host (server));
  g_ptr_array_add (servers, typed);
}

static gboolean
show_shape_cb (gpointer user_data)
{
  MwPasswordRow *self = MW_PASSWORD_ROW (user_data);
  MwAccount *account = mw_account_item_get_account (self->item);
  g_autoptr (SecretValue) value = dup_typed (self);
  g_autoptr (GPtrArray) servers =
                g_ptr_array_new_with_free_func ((GDestroyNotify) mw_typed_server_free);
  g_autoptr (GPtrArray) advice = NULL;
  const MwAdvice *worst = NULL;
  MwAdviceInput input = {
    .address = mw_address_get_text (mw_account_get_address (account)),
    .servers = servers,
    .password = value,
  };
  const char *fix = NULL;

  self->advice_source = 0;
  if (value != NULL)
    {
      add_typed_server (servers, mw_account_get_server (account, self->half));
      advice = mw_advise (mw_session_get_providers (self->session), &input);
    }
  for (guint i = 0; advice != NULL && i < advice->len; i++)
    {
      const MwAdvice *row = g_ptr_array_index (advice, i);

      if (strcmp (row->field, "password") == 0 &&
          (worst == NULL || row->severity > worst->severity))
        worst = row;
    }
  if (worst == NULL)
    {
      mw_advice_box_clear (self->shape_box);
      return G_SOURCE_REMOVE;
    }
  if (strcmp (worst->id, "password-blanks") == 0)
    fix = FIX_BLANKS;
  else if (strcmp (worst->id, "password-outer-blanks") == 0)
    fix = FIX_OUTER_BLANKS;
  mw_advice_box_set_message (self->shape_box, worst->severity, worst->message, fix,
                             fix != NULL ? _ ("_Take the Blanks Out") : NULL);
  return G_SOURCE_REMOVE;
}

static void
on_entry_changed (MwPasswordRow *self)
{
  show_buttons (self);
  g_clear_handle_id (&self->advice_source, g_source_remove);
  self->advice_source = g_timeout_add (ADVICE_DELAY_MILLISECONDS, show_shape_cb, self);
}

static void
on_session_switched (MwPasswordRow *self)
{
  show_buttons (self);
}

/* Character by character, so that no copy of the password is made that nobody wipes */
static void
on_shape_fix (MwPasswordRow *self, const char *fix)
{
  GtkEditable *editable = GTK_EDITABLE (self->entry_row);
  gboolean outer = strcmp (fix, FIX_OUTER_BLANKS) == 0;
  glong length = g_utf8_strlen (gtk_editable_get_text (editable), -1);

  for (glong i = length - 1; i >= 0; i--)
    {
      const char *text = gtk_editable_get_text (editable);
      glong last = g_utf8_strlen (text, -1) - 1;
      gboolean blank = g_unichar_isspace (g_utf8_get_char (g_utf8_offset_to_pointer (text, i)));

      if (blank && (!outer || i == last))
        gtk_editable_delete_text (editable, (int) i, (int) i + 1);
    }
  while (outer && g_unichar_isspace (g_utf8_get_char (gtk_editable_get_text (editable))))
    gtk_editable_delete_text (editable, 0, 1);
  gtk_editable_set_position (editable, -1);
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwPasswordRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretValue) value = NULL;
  MwPasswordPlace place = MW_PASSWORD_PLACE_NONE;
  MwDiagnosis diagnosis;

  value = mw_session_lookup_password_finish (MW_SESSION (source), result, &place, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->entry_row == NULL)
    return;
  if (error == NULL)
    {
      show_place (self, place);
      return;
    }
  diagnosis = mw_secrets_error_to_diagnosis (error);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), diagnosis != MW_DIAGNOSIS_NONE
                                                              ? mw_diagnosis_get_title (diagnosis)
                                                              : _ ("The keyring could not be read"));
  gtk_widget_set_visible (GTK_WIDGET (self->forget_row), FALSE);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwPasswordRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *updated = NULL;
  guint n_updated = 0;
  gboolean stored;

  stored = mw_session_store_password_finish (MW_SESSION (source), result, &n_updated, &error);
  self->storing = FALSE;
  if (self->entry_row == NULL) /* the page is gone; the password is where it belongs, or is not */
    return;
  show_buttons (self);
  if (!stored)
    {
      g_signal_emit (self, signals[SIGNAL_TROUBLE], 0, error);
      return;
    }
  wipe (self);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  mw_password_row_refresh (self);
  g_signal_emit (self, signals[SIGNAL_TROUBLE], 0, NULL);
  if (n_updated > 0)
    updated = g_strdup_printf (
        /* Translators: a number of keyring items that other mail programs use */
        ngettext ("Password stored, also for %u entry of other programs",
                  "Password stored, also for %u entries of other programs", n_updated),
        n_updated);
  mw_ui_toast (GTK_WIDGET (self), adw_switch_row_get_active (self->session_row)
               ? _ ("Password kept until Mailwright is closed")
           : updated != NULL ? updated
                             : _ ("Password stored in the keyring"));
}

static void
on_store (MwPasswordRow *self)
{
  g_autoptr (SecretValue) value = dup_typed (self);

  if (value == NULL || self->storing)
    return;
  self->storing = TRUE;
  show_buttons (self);
  /* Not cancelled when the page is left: who pressed the button wants it stored */
  mw_session_store_password_async (
      self->session, mw_account_item_get_account (self->item), self->half, value,
      adw_switch_row_get_active (self->session_row) ? MW_PASSWORD_PLACE_SESSION
                                                    : MW_PASSWORD_PLACE_KEYRING,
      NULL, stored_cb, g_object_ref (self));
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwPasswordRow) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean cleared = mw_session_clear_password_finish (MW_SESSION (source), result, &error);

  self->storing = FALSE;
  if (self->entry_row == NULL)
    return;
  show_buttons (self);
  mw_password_row_refresh (self);
  g_signal_emit (self, signals[SIGNAL_TROUBLE], 0, cleared ? NULL : error);
  if (!cleared)
    return;
  adw_switch_row_set_active (self->session_row, FALSE);
  mw_ui_toast (GTK_WIDGET (self), _ ("Password forgotten"));
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwPasswordRow) self = user_data;
  const char *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (strcmp (answer, "forget") != 0 || self->entry_row == NULL || self->storing)
    return;
  self->storing = TRUE;
  show_buttons (self);
  mw_session_clear_password_async (self->session, mw_account_item_get_account (self->item),
                                   self->half, NULL, forgotten_cb, g_object_ref (self));
}

static void
on_forget (MwPasswordRow *self)
{
  AdwDialog *dialog = adw_alert_dialog_new (
      _ ("Forget This Password?"),
        _ ("It has to be typed again before the account can be checked or exported. Programs that "
         "the account was exported to keep theirs."));

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel",
                                  _ ("_Cancel"), "forget", _ ("_Forget"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "forget",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), GTK_WIDGET (self), self->question, asked_cb,
                           g_object_ref (self));
}

/* Who unfolds it wants to type, and who folds it up does not any more */
static void
on_expanded (MwPasswordRow *self)
{
  if (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self->entry_row));
  else if (!self->storing)
    wipe (self);
}

static void
on_unmap (MwPasswordRow *self)
{
  if (!self->storing)
    wipe (self);
}

static void
mw_password_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MwPasswordRow *self = MW_PASSWORD_ROW (object);

  switch (id)
    {
    case PROP_SESSION:
      self->session = g_value_dup_object (value);
      break;
    case PROP_ITEM:
      self->item = g_value_dup_object (value);
      break;
    case PROP_HALF:
      self->half = (MwHalf) g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mw_password_row_constructed (GObject *object)
{
  MwPasswordRow *self = MW_PASSWORD_ROW (object);

  G_OBJECT_CLASS (mw_password_row_parent_class)->constructed (object);

  show_titles (self);
  show_buttons (self);
}

static void
mw_password_row_dispose (GObject *object)
{
  MwPasswordRow *self = MW_PASSWORD_ROW (object);

  if (self->entry_row != NULL)
    wipe (self);
  g_clear_handle_id (&self->advice_source, g_source_remove);
  g_cancellable_cancel (self->question);
  g_clear_object (&self->question);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_PASSWORD_ROW);
  g_clear_object (&self->item);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (mw_password_row_parent_class)->dispose (object);
}

static void
mw_password_row_class_init (MwPasswordRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY;

  object_class->set_property = mw_password_row_set_property;
  object_class->constructed = mw_password_row_constructed;
  object_class->dispose = mw_password_row_dispose;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, MW_TYPE_SESSION, flags);
  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, MW_TYPE_ACCOUNT_ITEM, flags);
  properties[PROP_HALF] = g_param_spec_int ("half", NULL, NULL, MW_HALF_INCOMING, MW_HALF_OUTGOING,
                                            MW_HALF_INCOMING, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_TROUBLE] = g_signal_new ("trouble", MW_TYPE_PASSWORD_ROW, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);

  g_type_ensure (MW_TYPE_ADVICE_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-password-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MwPasswordRow, entry_row);
  gtk_widget_class_bind_template_child (widget_class, MwPasswordRow, shape_box);
  gtk_widget_class_bind_template_child (widget_class, MwPasswordRow, session_row);
  gtk_widget_class_bind_template_child (widget_class, MwPasswordRow, store_row);
  gtk_widget_class_bind_template_child (widget_class, MwPasswordRow, forget_row);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_session_switched);
  gtk_widget_class_bind_template_callback (widget_class, on_shape_fix);
  gtk_widget_class_bind_template_callback (widget_class, on_store);
  gtk_widget_class_bind_template_callback (widget_class, on_forget);
  gtk_widget_class_bind_template_callback (widget_class, on_unmap);
  gtk_widget_class_bind_template_callback (widget_class, on_expanded);
}

static void
mw_password_row_init (MwPasswordRow *self)
{
  self->question = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  mw_password_entry_guard (GTK_EDITABLE (self->entry_row));
  mw_advice_box_set_target (self->shape_box, GTK_WIDGET (self->entry_row));
}

/**
 * mw_password_row_new:
 * @session: the session
 * @item: an account
 * @half: under which half the password is kept
 *
 * Returns: (transfer floating): a row; mw_password_row_refresh() makes it look
 */
GtkWidget *
mw_password_row_new (MwSession *session, MwAccountItem *item, MwHalf half)
{
  g_return_val_if_fail (MW_IS_SESSION (session), NULL);
  g_return_val_if_fail (MW_IS_ACCOUNT_ITEM (item), NULL);

  return g_object_new (MW_TYPE_PASSWORD_ROW, "session", session, "item", item, "half", (int) half,
                       NULL);
}

/**
 * mw_password_row_get_half:
 * @self: a password row
 *
 * Returns: under which half its password is kept
 */
MwHalf
mw_password_row_get_half (MwPasswordRow *self)
{
  g_return_val_if_fail (MW_IS_PASSWORD_ROW (self), MW_HALF_INCOMING);

  return self->half;
}

/**
 * mw_password_row_set_separate:
 * @self: a password row
 * @separate: whether there is another password beside it
 */
void
mw_password_row_set_separate (MwPasswordRow *self, gboolean separate)
{
  g_return_if_fail (MW_IS_PASSWORD_ROW (self));

  self->separate = !!separate;
  show_titles (self);
}

/**
 * mw_password_row_refresh:
 * @self: a password row
 *
 * Looks in memory and in the keyring, in a thread.
 */
void
mw_password_row_refresh (MwPasswordRow *self)
{
  g_return_if_fail (MW_IS_PASSWORD_ROW (self));

  show_titles (self);
  g_cancellable_cancel (self->question);
  g_object_unref (self->question);
  self->question = g_cancellable_new ();
  mw_session_lookup_password_async (self->session, mw_account_item_get_account (self->item),
                                    self->half, self->question, looked_up_cb, g_object_ref (self));
}

/**
 * mw_password_row_focus:
 * @self: a password row
 */
void
mw_password_row_focus (MwPasswordRow *self)
{
  g_return_if_fail (MW_IS_PASSWORD_ROW (self));

  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry_row));
}

/**
 * mw_password_row_keep_for_session:
 * @self: a password row
 */
void
mw_password_row_keep_for_session (MwPasswordRow *self)
{
  g_return_if_fail (MW_IS_PASSWORD_ROW (self));

  adw_switch_row_set_active (self->session_row, TRUE);
  if (*gtk_editable_get_text (GTK_EDITABLE (self->entry_row)) != '\0')
    on_store (self);
  else
    mw_password_row_focus (self);
}
