/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-banners"

#include "config.h"

#include "app/mw-banners.h"

#include "app/mw-access-dialog.h"
#include "app/mw-ui.h"
#include "model/mw-sandbox.h"

#include <glib/gi18n-lib.h>

/* A page without encryption, which is what a sign-in page puts itself before; it says nothing but
 * that it was reached. */
#define SIGN_IN_PAGE "http://nmcheck.gnome.org/"

struct _MwBanners
{
  GtkBox parent_instance;

  /* Owned */
  MwSession *session;
  MwAccountItem *item; /* nullable: of no account in particular */
  GCancellable *cancellable;

  gboolean is_unlocking;

  /* Template children */
  AdwBanner *network_banner;
  AdwBanner *keyring_banner;
};

G_DEFINE_FINAL_TYPE (MwBanners, mw_banners, GTK_TYPE_BOX)

static void
show (AdwBanner *banner, const char *title, const char *button)
{
  gboolean is_new = title != NULL && (!adw_banner_get_revealed (banner) ||
                                      g_strcmp0 (adw_banner_get_title (banner), title) != 0);

  if (title != NULL)
    {
      adw_banner_set_title (banner, title);
      adw_banner_set_button_label (banner, button);
    }
  adw_banner_set_revealed (banner, title != NULL);
  if (is_new)
    mw_ui_announce (GTK_WIDGET (banner), title, FALSE);
}

static gboolean
has_failed (MwBanners *self)
{
  return self->item != NULL && mw_account_item_get_state (self->item) == MW_ACCOUNT_STATE_FAILED;
}

static void
update_network (MwBanners *self)
{
  MwNetworkState *state = mw_session_get_network_state (self->session);
  g_autofree char *title = NULL;
  const char *button = NULL;

  if (state == NULL)
    return;
  switch (state->connectivity)
    {
    case MW_CONNECTIVITY_OFFLINE:
      title = g_strdup (_ ("There is no network: no server can be reached"));
      break;
    case MW_CONNECTIVITY_PORTAL:
      title = g_strdup (_ ("This network wants you to sign in on a web page first"));
      button = _ ("_Open Sign-In Page");
      break;
    case MW_CONNECTIVITY_LIMITED:
      title = g_strdup (_ ("This network does not seem to reach the internet"));
      break;
    case MW_CONNECTIVITY_UNKNOWN:
    case MW_CONNECTIVITY_ONLINE:
      if (has_failed (self) && state->vpns != NULL && state->vpns[0] != NULL)
        {
          g_autofree char *name = mw_text_make_harmless (state->vpns[0], -1, 100);

          /* Translators: %s is what the person calls the VPN connection */
          title = g_strdup_printf (_ ("The VPN “%s” is active: it may keep mail servers away, or be "
                                      "what reaches them"),
                                     name);
        }
      break;
    default:
      g_assert_not_reached ();
    }
  show (self->network_banner, title, button);
}

static gboolean
is_kept_from_keyring (void)
{
  const MwSandbox *sandbox = mw_sandbox_get_default ();

  return sandbox != NULL && !mw_sandbox_may_talk (sandbox, MW_SANDBOX_KEYRING);
}

static void
update_keyring (MwBanners *self)
{
  const char *title = NULL;
  const char *button = NULL;

  /* Nobody has to think about keyrings before there is an account. */
  if (g_list_model_get_n_items (mw_session_get_accounts (self->session)) == 0)
    {
      show (self->keyring_banner, NULL, NULL);
      return;
    }
  switch (mw_session_get_keyring_status (self->session))
    {
    case MW_SECRETS_STATUS_LOCKED:
      title = _ ("The keyring is locked: stored passwords cannot be read");
      button = _ ("_Unlock…");
      break;
    case MW_SECRETS_STATUS_ABSENT:
      if (is_kept_from_keyring ())
        {
          title = _ ("The sandbox keeps Mailwright from the keyring: passwords are only kept until "
                     "it is closed");
          button = _ ("_Give Access…");
          break;
        }
      title = _ ("No keyring is running: passwords are only kept until Mailwright is closed");
      button = _ ("_Look Again");
      break;
    case MW_SECRETS_STATUS_SILENT:
      title = _ ("The keyring does not answer: passwords are only kept until Mailwright is closed");
      button = _ ("_Look Again");
      break;
    case MW_SECRETS_STATUS_READY:
    case MW_SECRETS_STATUS_SESSION:
    default:
      break;
    }
  show (self->keyring_banner, title, button);
}

static void
on_network_button (MwBanners *self)
{
  mw_ui_open_uri (GTK_WIDGET (self), SIGN_IN_PAGE);
}

static void
unlock_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MwBanners) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretValue) value = mw_secrets_lookup_finish (MW_SECRETS (source), result, &error);

  self->is_unlocking = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL)
    return;
  /* That it has no such password is fine: it was asked only so that it opens. */
  if (error != NULL && !g_error_matches (error, MW_SECRETS_ERROR, MW_SECRETS_ERROR_NOT_FOUND))
    mw_ui_toast (GTK_WIDGET (self), _ ("The keyring stayed locked"));
  mw_session_refresh_keyring_status (self->session);
}

static void
on_keyring_button (MwBanners *self)
{
  g_autoptr (MwAccountItem) item = NULL;

  if (self->is_unlocking)
    return;
  if (mw_session_get_keyring_status (self->session) == MW_SECRETS_STATUS_ABSENT &&
      is_kept_from_keyring ())
    {
      adw_dialog_present (mw_access_dialog_new (self->session, NULL), GTK_WIDGET (self));
      return;
    }
  if (self->item != NULL)
    item = g_object_ref (self->item);
  else
    item = g_list_model_get_item (mw_session_get_accounts (self->session), 0);
  if (mw_session_get_keyring_status (self->session) != MW_SECRETS_STATUS_LOCKED || item == NULL)
    {
      mw_session_refresh_keyring_status (self->session);
      return;
    }
  /* The keyring has no call that says no more than "open": it asks when something is looked up. */
  self->is_unlocking = TRUE;
  mw_secrets_lookup_async (
      mw_session_get_keyring (self->session), mw_account_item_get_account (item), MW_HALF_INCOMING,
      MW_SECRETS_ALLOW_PROMPT, self->cancellable, unlock_cb, g_object_ref (self));
}

static void
mw_banners_dispose (GObject *object)
{
  MwBanners *self = MW_BANNERS (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_BANNERS);
  g_clear_object (&self->item);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (mw_banners_parent_class)->dispose (object);
}

static void
mw_banners_finalize (GObject *object)
{
  MwBanners *self = MW_BANNERS (object);

  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (mw_banners_parent_class)->finalize (object);
}

static void
mw_banners_class_init (MwBannersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_banners_dispose;
  G_OBJECT_CLASS (klass)->finalize = mw_banners_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/mailwright/Mailwright/mw-banners.ui");
  gtk_widget_class_bind_template_child (widget_class, MwBanners, network_banner);
  gtk_widget_class_bind_template_child (widget_class, MwBanners, keyring_banner);
  gtk_widget_class_bind_template_callback (widget_class, on_network_button);
  gtk_widget_class_bind_template_callback (widget_class, on_keyring_button);
}

static void
mw_banners_init (MwBanners *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_banners_new:
 * @session: what the windows share; it must have been started
 * @item: (nullable): the account that is shown with it
 *
 * Returns: (transfer floating): banners, of which only those show that have something to say
 */
GtkWidget *
mw_banners_new (MwSession *session, MwAccountItem *item)
{
  MwBanners *self;

  g_return_val_if_fail (MW_IS_SESSION (session), NULL);

  self = g_object_new (MW_TYPE_BANNERS, NULL);
  self->session = g_object_ref (session);
  g_set_object (&self->item, item);
  g_signal_connect_object (mw_session_get_network (session), "notify::state",
                           G_CALLBACK (update_network), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::keyring-status", G_CALLBACK (update_keyring), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (mw_session_get_accounts (session), "items-changed",
                           G_CALLBACK (update_keyring), self, G_CONNECT_SWAPPED);
  if (item != NULL)
    g_signal_connect_object (item, "notify::state", G_CALLBACK (update_network), self,
                             G_CONNECT_SWAPPED);
  update_network (self);
  update_keyring (self);
  return GTK_WIDGET (self);
}
