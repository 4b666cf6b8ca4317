/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-identity-page"

#include "config.h"

#include "app/mw-add-identity-page.h"

#include "advice/mw-advice.h"
#include "app/mw-advice-box.h"
#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How long nobody types before something is said about it */
#define ADVISE_MILLISECONDS 400

struct _MwAddIdentityPage
{
  AdwNavigationPage parent_instance;

  /* Owned */
  MwSession *session;
  char *existing; /* the id of an account that has this address already */
  char *warned;   /* the address that was warned about: said once, then believed */
  guint advise_id;

  /* Template children */
  AdwEntryRow *name_row;
  MwAdviceBox *name_advice;
  AdwEntryRow *address_row;
  MwAdviceBox *address_advice;
  AdwSpinner *spinner;
  GtkLabel *search_label;
  AdwPreferencesGroup *file_group;
  AdwActionRow *file_row;
};

enum
{
  CHANGED,
  SHOW_ACCOUNT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MwAddIdentityPage, mw_add_identity_page, ADW_TYPE_NAVIGATION_PAGE)

static const char *
typed_address (MwAddIdentityPage *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->address_row));
}

static MwAccountItem *
find_account (MwAddIdentityPage *self, MwAddress *address)
{
  GListModel *accounts = mw_session_get_accounts (self->session);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (MwAccountItem) item = g_list_model_get_item (accounts, i);
      MwAddress *other = mw_account_get_address (mw_account_item_get_account (item));

      if (g_ascii_strcasecmp (mw_address_get_ascii (other), mw_address_get_ascii (address)) == 0)
        return item; /* the list keeps it */
    }
  return NULL;
}

/* What is worth knowing about a whole address; that half of one is not an address is no news */
static gboolean
advise (gpointer user_data)
{
  MwAddIdentityPage *self = user_data;
  g_autoptr (MwAddress) address = mw_address_new (typed_address (self), NULL);
  MwAccountItem *item = address != NULL ? find_account (self, address) : NULL;
  const MwAdviceInput input = { .address = typed_address (self) };
  g_autoptr (GPtrArray) advice = NULL;

  g_clear_handle_id (&self->advise_id, g_source_remove);
  g_set_str (&self->existing, item != NULL ? mw_account_item_get_id (item) : NULL);
  if (item != NULL)
    mw_advice_box_set_message (self->address_advice, MW_SEVERITY_HINT,
                               _ ("There is an account with this address already."), self->existing,
                                 _ ("_Show It"));
  else if (address != NULL)
    {
      advice = mw_advise (mw_session_get_providers (self->session), &input);
      mw_advice_box_set_advice (self->address_advice, advice, "address");
      for (guint i = 0; i < advice->len; i++)
        if (((MwAdvice *) g_ptr_array_index (advice, i))->severity != MW_SEVERITY_HINT)
          g_set_str (&self->warned, typed_address (self));
    }
  return G_SOURCE_REMOVE;
}

static void
on_changed (MwAddIdentityPage *self)
{
  mw_advice_box_clear (self->name_advice);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_address_changed (MwAddIdentityPage *self)
{
  /* Not on each letter: many an address is another one on the way */
  mw_advice_box_clear (self->address_advice);
  g_clear_pointer (&self->existing, g_free);
  g_clear_handle_id (&self->advise_id, g_source_remove);
  self->advise_id = g_timeout_add (ADVISE_MILLISECONDS, advise, self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_name_activated (MwAddIdentityPage *self)
{
  if (*typed_address (self) == '\0')
    gtk_widget_grab_focus (GTK_WIDGET (self->address_row));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "add.search", NULL);
}

static void
on_address_activated (MwAddIdentityPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "add.search", NULL);
}

static void
on_address_fix (MwAddIdentityPage *self, const char *value)
{
  if (self->existing != NULL)
    {
      g_signal_emit (self, signals[SHOW_ACCOUNT], 0, self->existing);
      return;
    }
  gtk_editable_set_text (GTK_EDITABLE (self->address_row), value);
  gtk_editable_set_position (GTK_EDITABLE (self->address_row), -1);
}

static void
mw_add_identity_page_shown (AdwNavigationPage *page)
{
  MwAddIdentityPage *self = MW_ADD_IDENTITY_PAGE (page);
  gboolean has_name = *gtk_editable_get_text (GTK_EDITABLE (self->name_row)) != '\0';

  ADW_NAVIGATION_PAGE_CLASS (mw_add_identity_page_parent_class)->shown (page);

  gtk_widget_grab_focus (GTK_WIDGET (has_name ? self->address_row : self->name_row));
}

static void
mw_add_identity_page_dispose (GObject *object)
{
  MwAddIdentityPage *self = MW_ADD_IDENTITY_PAGE (object);

  g_clear_handle_id (&self->advise_id, g_source_remove);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_ADD_IDENTITY_PAGE);

  G_OBJECT_CLASS (mw_add_identity_page_parent_class)->dispose (object);
}

static void
mw_add_identity_page_finalize (GObject *object)
{
  MwAddIdentityPage *self = MW_ADD_IDENTITY_PAGE (object);

  g_free (self->existing);
  g_free (self->warned);

  G_OBJECT_CLASS (mw_add_identity_page_parent_class)->finalize (object);
}

static void
mw_add_identity_page_class_init (MwAddIdentityPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mw_add_identity_page_dispose;
  object_class->finalize = mw_add_identity_page_finalize;
  ADW_NAVIGATION_PAGE_CLASS (klass)->shown = mw_add_identity_page_shown;

  signals[CHANGED] = g_signal_new ("changed", MW_TYPE_ADD_IDENTITY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[SHOW_ACCOUNT] =
      g_signal_new ("show-account", MW_TYPE_ADD_IDENTITY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  g_type_ensure (MW_TYPE_ADVICE_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-add-identity-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwAddIdentityPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddIdentityPage, name_advice);
  gtk_widget_class_bind_template_child (widget_class, MwAddIdentityPage, address_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddIdentityPage, address_advice);
  gtk_widget_class_bind_template_child (widget_class, MwAddIdentityPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, MwAddIdentityPage, search_label);
  gtk_widget_class_bind_template_child (widget_class, MwAddIdentityPage, file_group);
  gtk_widget_class_bind_template_child (widget_class, MwAddIdentityPage, file_row);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_name_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_address_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_address_fix);
}

static void
mw_add_identity_page_init (MwAddIdentityPage *self)
{
  const char *real_name = g_get_real_name ();

  gtk_widget_init_template (GTK_WIDGET (self));
  mw_advice_box_set_target (self->name_advice, GTK_WIDGET (self->name_row));
  mw_advice_box_set_target (self->address_advice, GTK_WIDGET (self->address_row));
  /* What GLib says where nobody is known by a name, and who nobody is */
  if (real_name != NULL && strcmp (real_name, "Unknown") != 0 && strcmp (real_name, "root") != 0)
    gtk_editable_set_text (GTK_EDITABLE (self->name_row), real_name);
}

/**
 * mw_add_identity_page_new:
 * @session: the session
 *
 * Returns: (transfer floating): the page, the name filled in where the system knows it
 */
AdwNavigationPage *
mw_add_identity_page_new (MwSession *session)
{
  MwAddIdentityPage *self = g_object_new (MW_TYPE_ADD_IDENTITY_PAGE, NULL);

  self->session = g_object_ref (session);
  return ADW_NAVIGATION_PAGE (self);
}

/**
 * mw_add_identity_page_set_address:
 * @self: the page
 * @address: what is to stand there; anything
 */
void
mw_add_identity_page_set_address (MwAddIdentityPage *self, const char *address)
{
  gtk_editable_set_text (GTK_EDITABLE (self->address_row), address);
}

/**
 * mw_add_identity_page_get_name:
 * @self: the page
 *
 * Returns: (transfer none): the name as it was typed
 */
const char *
mw_add_identity_page_get_name (MwAddIdentityPage *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->name_row));
}

static gboolean
check_name (MwAddIdentityPage *self)
{
  for (const char *c = mw_add_identity_page_get_name (self); *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      {
        mw_advice_box_set_message (
            self->name_advice, MW_SEVERITY_ERROR,
            _ ("The name holds line breaks or control characters, which mail does not allow there."),
              NULL, NULL);
        gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
        return FALSE;
      }
  return TRUE;
}

/**
 * mw_add_identity_page_take_address:
 * @self: the page
 *
 * Says beside the fields what is wrong with them, and puts the focus there. What only looks wrong
 * stops once. A name that was typed with the address is put into its field, if that is empty.
 *
 * Returns: (transfer full) (nullable): the address; %NULL when something is wrong
 */
MwAddress *
mw_add_identity_page_take_address (MwAddIdentityPage *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MwAddress) address = mw_address_new (typed_address (self), &error);

  if (address == NULL)
    {
      mw_advice_box_set_message (self->address_advice, MW_SEVERITY_ERROR,
                                 mw_address_error_explain (error), NULL, NULL);
      gtk_widget_grab_focus (GTK_WIDGET (self->address_row));
      return NULL;
    }
  if (mw_address_get_name (address) != NULL && *mw_add_identity_page_get_name (self) == '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->name_row), mw_address_get_name (address));
  if (!check_name (self))
    return NULL;
  if (g_strcmp0 (self->warned, typed_address (self)) != 0)
    {
      advise (self);
      if (g_strcmp0 (self->warned, typed_address (self)) == 0)
        return NULL;
    }
  return g_steal_pointer (&address);
}

/**
 * mw_add_identity_page_get_has_input:
 * @self: the page
 *
 * Returns: whether an address was typed: something that would be lost
 */
gboolean
mw_add_identity_page_get_has_input (MwAddIdentityPage *self)
{
  return *typed_address (self) != '\0';
}

/**
 * mw_add_identity_page_set_busy:
 * @self: the page
 * @busy: whether a search has begun that is not yet worth a page of its own
 */
void
mw_add_identity_page_set_busy (MwAddIdentityPage *self, gboolean busy)
{
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
}

/**
 * mw_add_identity_page_set_file:
 * @self: the page
 * @name: (nullable): the name of a set-up file
 *
 * Says that the settings will be those of a file, or (%NULL) that they will be searched for.
 */
void
mw_add_identity_page_set_file (MwAddIdentityPage *self, const char *name)
{
  g_autofree char *title = name != NULL ? mw_text_make_harmless (name, -1, 200) : NULL;

  if (title != NULL)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->file_row), title);
  gtk_widget_set_visible (GTK_WIDGET (self->file_group), title != NULL);
  gtk_label_set_label (self->search_label,
                       title != NULL ? _ ("_Use the Set-Up File") : _ ("_Find Settings"));
}
