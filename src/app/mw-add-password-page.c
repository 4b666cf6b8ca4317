/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-password-page"

#include "config.h"

#include "app/mw-add-password-page.h"

#include "app/mw-add-words.h"
#include "app/mw-advice-box.h"
#include "app/mw-password-entry.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How long nobody types before something is said about the password */
#define ADVICE_MILLISECONDS 400

/* What the button beside a trouble or an advice carries */
#define FIX_SESSION "session"
#define FIX_BLANKS "blanks"

struct _MwAddPasswordPage
{
  AdwNavigationPage parent_instance;

  /* Owned */
  MwSession *session;
  MwAddDraft *draft;
  guint advice_id;

  gboolean failed; /* the trouble box says why the password was not stored */

  /* Template children */
  GtkLabel *address_label;
  GtkLabel *hosts_label;
  GtkWidget *prepare_group;
  AdwActionRow *prepare_row;
  AdwPreferencesGroup *password_group;
  AdwPasswordEntryRow *entry_row;
  MwAdviceBox *shape_box;
  AdwSwitchRow *session_row;
  MwAdviceBox *trouble_box;
};

G_DEFINE_FINAL_TYPE (MwAddPasswordPage, mw_add_password_page, ADW_TYPE_NAVIGATION_PAGE)

static void
add_server (MwAddPasswordPage *self, MwHalf half, GPtrArray *servers)
{
  g_autoptr (MwServer) server = mw_add_draft_dup_half (self->draft, half);
  MwTypedServer *typed;

  if (server == NULL)
    return;
  typed = mw_typed_server_new (mw_server_get_protocol (server), mw_server_get_host (server));
  g_ptr_array_add (servers, typed);
}

static const MwAdvice *
find_worst (GPtrArray *advice)
{
  const MwAdvice *worst = NULL;

  for (guint i = 0; i < advice->len; i++)
    {
      const MwAdvice *row = g_ptr_array_index (advice, i);

      if (strcmp (row->field, "password") == 0 &&
          (worst == NULL || row->severity > worst->severity))
        worst = row;
    }
  return worst;
}

static gboolean
advise (gpointer user_data)
{
  MwAddPasswordPage *self = user_data;
  g_autoptr (SecretValue) password = mw_add_password_page_dup_password (self);
  g_autoptr (GPtrArray) servers =
                g_ptr_array_new_with_free_func ((GDestroyNotify) mw_typed_server_free);
  g_autoptr (GPtrArray) advice = NULL;
  MwAdviceInput input = { .servers = servers, .password = password };
  const MwAdvice *worst;
  gboolean blanks;

  self->advice_id = 0;
  if (password == NULL)
    {
      mw_advice_box_clear (self->shape_box);
      return G_SOURCE_REMOVE;
    }
  input.address = mw_address_get_text (mw_add_draft_get_address (self->draft));
  add_server (self, MW_HALF_INCOMING, servers);
  add_server (self, MW_HALF_OUTGOING, servers);
  advice = mw_advise (mw_session_get_providers (self->session), &input);
  worst = find_worst (advice);
  if (worst == NULL)
    {
      mw_advice_box_clear (self->shape_box);
      return G_SOURCE_REMOVE;
    }
  blanks = g_str_equal (worst->id, "password-blanks");
  mw_advice_box_set_message (self->shape_box, worst->severity, worst->message,
                             blanks ? FIX_BLANKS : NULL, blanks ? _ ("_Take the Blanks Out") : NULL);
  return G_SOURCE_REMOVE;
}

static void
on_changed (MwAddPasswordPage *self)
{
  g_clear_handle_id (&self->advice_id, g_source_remove);
  self->advice_id = g_timeout_add (ADVICE_MILLISECONDS, advise, self);
}

static void
on_activated (MwAddPasswordPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "add.save", NULL);
}

/* In place: no copy of the password is made that nobody wipes */
static void
on_shape_fix (MwAddPasswordPage *self, const char *fix)
{
  GtkEditable *editable = GTK_EDITABLE (self->entry_row);

  for (glong i = g_utf8_strlen (gtk_editable_get_text (editable), -1) - 1; i >= 0; i--)
    {
      const char *text = gtk_editable_get_text (editable);

      if (g_unichar_isspace (g_utf8_get_char (g_utf8_offset_to_pointer (text, i))))
        gtk_editable_delete_text (editable, (int) i, (int) i + 1);
    }
  gtk_editable_set_position (editable, -1);
}

/* What the state of the keyring means for the password, said before it is typed */
static void
show_keyring (MwAddPasswordPage *self)
{
  MwSecretsStatus status = mw_session_get_keyring_status (self->session);
  gboolean in_keyring = !adw_switch_row_get_active (self->session_row);
  g_autofree char *text = NULL;

  if (self->failed)
    return;
  if (!in_keyring || status == MW_SECRETS_STATUS_READY || status == MW_SECRETS_STATUS_SESSION)
    {
      mw_advice_box_clear (self->trouble_box);
      return;
    }
  if (status == MW_SECRETS_STATUS_LOCKED)
    {
      mw_advice_box_set_message (self->trouble_box, MW_SEVERITY_HINT,
                                 _ ("The keyring is locked. It will ask for its own password, "
                                    "mostly the one that you sign in to this computer with."),
                                   NULL, NULL);
      return;
    }
  /* Translators: sentences: what is wrong, and what to do about it */
  text = g_strdup_printf (_ ("%1$s. %2$s"), mw_diagnosis_get_title (MW_DIAGNOSIS_KEYRING_ABSENT),
                            mw_diagnosis_get_next_step (MW_DIAGNOSIS_KEYRING_ABSENT));
  mw_advice_box_set_message (self->trouble_box, MW_SEVERITY_WARNING, text, FIX_SESSION,
                             _ ("_Keep It for This Session"));
}

static void
on_session_switched (MwAddPasswordPage *self)
{
  self->failed = FALSE;
  show_keyring (self);
}

static void
on_trouble_fix (MwAddPasswordPage *self, const char *fix)
{
  gboolean failed = self->failed;

  adw_switch_row_set_active (self->session_row, TRUE);
  if (failed)
    gtk_widget_activate_action (GTK_WIDGET (self), "add.save", NULL);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->entry_row));
}

/* Who gets to see it: nobody else does */
static void
show_hosts (MwAddPasswordPage *self)
{
  g_autoptr (MwServer) incoming = mw_add_draft_dup_half (self->draft, MW_HALF_INCOMING);
  g_autoptr (MwServer) outgoing = mw_add_draft_dup_half (self->draft, MW_HALF_OUTGOING);
  const char *first = incoming != NULL ? mw_server_get_host (incoming) : NULL;
  const char *second =
      outgoing != NULL && mw_server_needs_login (outgoing) ? mw_server_get_host (outgoing) : NULL;
  g_autofree char *text = NULL;

  if (first == NULL || second == NULL || strcmp (first, second) == 0)
    /* Translators: a host */
    text = g_strdup_printf (_ ("It is sent to %s only."), first != NULL ? first : second);
  else
    /* Translators: two hosts */
    text = g_strdup_printf (_ ("It is sent to %1$s and %2$s only."), first, second);
  gtk_label_set_label (self->hosts_label, text);
}

static void
show_draft (MwAddPasswordPage *self)
{
  const char *title = mw_add_password_title (mw_add_draft_get_password_kind (self->draft));
  const MwProvider *provider = mw_add_draft_get_provider (self->draft);
  const char *hint = provider != NULL ? mw_provider_get_password_hint (provider) : NULL;
  MwSettings *settings = mw_add_draft_get_settings (self->draft);
  g_autofree char *prepare = NULL;
  g_autofree char *description = NULL;

  if (settings != NULL && !mw_add_draft_get_by_hand (self->draft))
    prepare = g_strjoinv ("\n", settings->prepare);
  else if (provider != NULL)
    prepare = g_strdup (mw_provider_get_prepare (provider));
  gtk_widget_set_visible (self->prepare_group, prepare != NULL && *prepare != '\0');
  adw_action_row_set_subtitle (self->prepare_row, prepare != NULL ? prepare : "");
  gtk_label_set_label (self->address_label,
                       mw_address_get_text (mw_add_draft_get_address (self->draft)));
  show_hosts (self);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->entry_row), title);
  description = hint != NULL ? g_markup_escape_text (hint, -1) : NULL;
  adw_preferences_group_set_description (self->password_group, description);
}

static void
wipe (MwAddPasswordPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry_row), "");
  g_clear_handle_id (&self->advice_id, g_source_remove);
  mw_advice_box_clear (self->shape_box);
}

static void
mw_add_password_page_showing (AdwNavigationPage *page)
{
  MwAddPasswordPage *self = MW_ADD_PASSWORD_PAGE (page);

  ADW_NAVIGATION_PAGE_CLASS (mw_add_password_page_parent_class)->showing (page);

  self->failed = FALSE;
  show_draft (self);
  show_keyring (self);
  mw_session_refresh_keyring_status (self->session);
}

static void
mw_add_password_page_shown (AdwNavigationPage *page)
{
  MwAddPasswordPage *self = MW_ADD_PASSWORD_PAGE (page);

  ADW_NAVIGATION_PAGE_CLASS (mw_add_password_page_parent_class)->shown (page);

  gtk_widget_grab_focus (GTK_WIDGET (self->entry_row));
}

static void
mw_add_password_page_hiding (AdwNavigationPage *page)
{
  wipe (MW_ADD_PASSWORD_PAGE (page));

  ADW_NAVIGATION_PAGE_CLASS (mw_add_password_page_parent_class)->hiding (page);
}

static void
mw_add_password_page_dispose (GObject *object)
{
  MwAddPasswordPage *self = MW_ADD_PASSWORD_PAGE (object);

  if (self->entry_row != NULL)
    wipe (self);
  g_clear_object (&self->session);
  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_ADD_PASSWORD_PAGE);

  G_OBJECT_CLASS (mw_add_password_page_parent_class)->dispose (object);
}

static void
mw_add_password_page_class_init (MwAddPasswordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  AdwNavigationPageClass *page_class = ADW_NAVIGATION_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_add_password_page_dispose;
  page_class->showing = mw_add_password_page_showing;
  page_class->shown = mw_add_password_page_shown;
  page_class->hiding = mw_add_password_page_hiding;

  g_type_ensure (MW_TYPE_ADVICE_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-add-password-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwAddPasswordPage, address_label);
  gtk_widget_class_bind_template_child (widget_class, MwAddPasswordPage, hosts_label);
  gtk_widget_class_bind_template_child (widget_class, MwAddPasswordPage, prepare_group);
  gtk_widget_class_bind_template_child (widget_class, MwAddPasswordPage, prepare_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddPasswordPage, password_group);
  gtk_widget_class_bind_template_child (widget_class, MwAddPasswordPage, entry_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddPasswordPage, shape_box);
  gtk_widget_class_bind_template_child (widget_class, MwAddPasswordPage, session_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddPasswordPage, trouble_box);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_shape_fix);
  gtk_widget_class_bind_template_callback (widget_class, on_session_switched);
  gtk_widget_class_bind_template_callback (widget_class, on_trouble_fix);
}

static void
mw_add_password_page_init (MwAddPasswordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  mw_password_entry_guard (GTK_EDITABLE (self->entry_row));
  mw_advice_box_set_target (self->shape_box, GTK_WIDGET (self->entry_row));
}

/**
 * mw_add_password_page_new:
 * @session: the session
 * @draft: the account that is being added
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
mw_add_password_page_new (MwSession *session, MwAddDraft *draft)
{
  MwAddPasswordPage *self = g_object_new (MW_TYPE_ADD_PASSWORD_PAGE, NULL);

  self->session = g_object_ref (session);
  self->draft = g_object_ref (draft);
  g_signal_connect_object (session, "notify::keyring-status", G_CALLBACK (show_keyring), self,
                           G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}

/**
 * mw_add_password_page_dup_password:
 * @self: the page
 *
 * Returns: (transfer full) (nullable): what was typed; %NULL for nothing
 */
SecretValue *
mw_add_password_page_dup_password (MwAddPasswordPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry_row));

  return *text != '\0' ? secret_value_new (text, -1, "text/plain") : NULL;
}

/**
 * mw_add_password_page_ask:
 * @self: the page
 *
 * Says that nothing was typed, and puts the focus there.
 */
void
mw_add_password_page_ask (MwAddPasswordPage *self)
{
  mw_advice_box_set_message (self->shape_box, MW_SEVERITY_ERROR,
                             _ ("Nothing was typed here. “Later” saves the account without it."),
                               NULL, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry_row));
}

/**
 * mw_add_password_page_get_place:
 * @self: the page
 *
 * Returns: where the person wants the password to be kept
 */
MwPasswordPlace
mw_add_password_page_get_place (MwAddPasswordPage *self)
{
  return adw_switch_row_get_active (self->session_row) ? MW_PASSWORD_PLACE_SESSION
                                                       : MW_PASSWORD_PLACE_KEYRING;
}

/**
 * mw_add_password_page_set_busy:
 * @self: the page
 * @busy: whether the password is being stored
 */
void
mw_add_password_page_set_busy (MwAddPasswordPage *self, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->password_group), !busy);
}

/* Returns: (transfer full): what happened and what to do, as sentences */
static char *
explain (const GError *error)
{
  MwDiagnosis diagnosis = mw_secrets_error_to_diagnosis (error);
  g_autofree char *reason = NULL;

  if (g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_DISMISSED))
    return g_strdup (_ ("The question of the keyring was closed, so the password was not stored. "
                        "Try again and unlock the keyring, or keep the password for this session."));
  if (g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_TIMEOUT))
    return g_strdup (_ ("The keyring did not answer in time, so the password was not stored. Try "
                        "again, or keep the password for this session."));
  if (diagnosis == MW_DIAGNOSIS_NONE ||
      g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_FAILED))
    {
      reason = mw_text_make_harmless (error->message, -1, 400);
      /* Translators: the reason comes from the keyring, and may be in English */
      return g_strdup_printf (_ ("The keyring refused to store the password: %s"), reason);
    }
  /* Translators: sentences: what is wrong, and what to do about it */
  return g_strdup_printf (_ ("%1$s. %2$s"), mw_diagnosis_get_title (diagnosis),
                            mw_diagnosis_get_next_step (diagnosis));
}

/**
 * mw_add_password_page_set_trouble:
 * @self: the page
 * @error: why the password was not stored
 */
void
mw_add_password_page_set_trouble (MwAddPasswordPage *self, const GError *error)
{
  g_autofree char *text = explain (error);

  mw_advice_box_set_message (self->trouble_box, MW_SEVERITY_ERROR, text, FIX_SESSION,
                             _ ("_Keep It for This Session"));
  self->failed = TRUE;
  gtk_widget_grab_focus (GTK_WIDGET (self->entry_row));
}
