/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-form-page"

#include "config.h"

#include "app/mw-add-form-page.h"

#include "app/mw-add-trust-group.h"
#include "app/mw-server-form.h"

#include <glib/gi18n-lib.h>

struct _MwAddFormPage
{
  AdwNavigationPage parent_instance;

  /* Owned */
  MwAddDraft *draft;
  char *filled; /* the forms as they were filled: nothing was typed while they are like that */

  /* Owned by the box */
  MwServerForm *forms[MW_HALF_OUTGOING + 1];

  gboolean on_top;

  /* Template children */
  GtkBox *groups;
  AdwActionRow *message_row;
  MwAddTrustGroup *trust_group;
};

G_DEFINE_FINAL_TYPE (MwAddFormPage, mw_add_form_page, ADW_TYPE_NAVIGATION_PAGE)

static char *
dup_state (MwAddFormPage *self)
{
  g_autofree char *incoming = mw_server_form_dup_state (self->forms[MW_HALF_INCOMING]);
  g_autofree char *outgoing = mw_server_form_dup_state (self->forms[MW_HALF_OUTGOING]);

  return g_strconcat (incoming, "\n", outgoing, NULL);
}

static MwServer *
dup_active (MwAddFormPage *self, MwHalf half)
{
  return mw_server_form_get_active (self->forms[half])
             ? mw_server_form_dup_server (self->forms[half])
             : NULL;
}

/* The draft follows what stands there, so that strangers' servers are asked about here too */
static void
on_form_changed (MwAddFormPage *self)
{
  g_autoptr (MwServer) incoming = NULL;
  g_autoptr (MwServer) outgoing = NULL;

  if (!self->on_top)
    return;
  incoming = dup_active (self, MW_HALF_INCOMING);
  outgoing = dup_active (self, MW_HALF_OUTGOING);
  mw_add_draft_set_by_hand (self->draft, incoming, outgoing);
}

static void
mw_add_form_page_showing (AdwNavigationPage *page)
{
  MwAddFormPage *self = MW_ADD_FORM_PAGE (page);

  ADW_NAVIGATION_PAGE_CLASS (mw_add_form_page_parent_class)->showing (page);

  self->on_top = TRUE;
  on_form_changed (self);
}

static void
mw_add_form_page_shown (AdwNavigationPage *page)
{
  MwAddFormPage *self = MW_ADD_FORM_PAGE (page);

  ADW_NAVIGATION_PAGE_CLASS (mw_add_form_page_parent_class)->shown (page);

  mw_server_form_focus_field (self->forms[MW_HALF_INCOMING], "host");
}

static void
mw_add_form_page_dispose (GObject *object)
{
  MwAddFormPage *self = MW_ADD_FORM_PAGE (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_ADD_FORM_PAGE);

  G_OBJECT_CLASS (mw_add_form_page_parent_class)->dispose (object);
}

static void
mw_add_form_page_finalize (GObject *object)
{
  MwAddFormPage *self = MW_ADD_FORM_PAGE (object);

  g_free (self->filled);

  G_OBJECT_CLASS (mw_add_form_page_parent_class)->finalize (object);
}

static void
mw_add_form_page_class_init (MwAddFormPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mw_add_form_page_dispose;
  object_class->finalize = mw_add_form_page_finalize;
  ADW_NAVIGATION_PAGE_CLASS (klass)->showing = mw_add_form_page_showing;
  ADW_NAVIGATION_PAGE_CLASS (klass)->shown = mw_add_form_page_shown;

  g_type_ensure (MW_TYPE_ADD_TRUST_GROUP);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-add-form-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MwAddFormPage, groups);
  gtk_widget_class_bind_template_child (widget_class, MwAddFormPage, message_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddFormPage, trust_group);
}

static void
mw_add_form_page_init (MwAddFormPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_add_form_page_new:
 * @session: the session
 * @draft: the account that is being added; its servers by hand follow the form while it is on top
 *
 * Returns: (transfer floating): the page, filled with what is known
 */
AdwNavigationPage *
mw_add_form_page_new (MwSession *session, MwAddDraft *draft)
{
  MwAddFormPage *self = g_object_new (MW_TYPE_ADD_FORM_PAGE, NULL);

  self->draft = g_object_ref (draft);
  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      GtkWidget *form = mw_server_form_new (session, half);

      self->forms[half] = MW_SERVER_FORM (form);
      mw_server_form_set_compact (self->forms[half], TRUE);
      mw_server_form_set_optional (self->forms[half], TRUE);
      adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (form),
                                       half == MW_HALF_INCOMING ? _ ("Receiving") : _ ("Sending"));
      g_signal_connect_object (form, "changed", G_CALLBACK (on_form_changed), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (form, "notify::active", G_CALLBACK (on_form_changed), self,
                               G_CONNECT_SWAPPED);
      gtk_box_insert_child_after (self->groups, form,
                                  half == MW_HALF_INCOMING
                                      ? gtk_widget_get_first_child (GTK_WIDGET (self->groups))
                                      : GTK_WIDGET (self->forms[MW_HALF_INCOMING]));
    }
  mw_add_trust_group_set_draft (self->trust_group, draft);
  mw_add_form_page_fill (self);
  return ADW_NAVIGATION_PAGE (self);
}

/**
 * mw_add_form_page_fill:
 * @self: the page
 *
 * Fills the forms with what is known, unless somebody typed in them.
 */
void
mw_add_form_page_fill (MwAddFormPage *self)
{
  g_autofree char *state = dup_state (self);
  gboolean typed = self->filled != NULL && g_strcmp0 (self->filled, state) != 0;

  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      g_autoptr (MwServer) server = NULL;

      mw_server_form_set_address (self->forms[half], mw_add_draft_get_address (self->draft));
      if (typed)
        continue;
      server = mw_add_draft_dup_known (self->draft, half);
      mw_server_form_set_server (self->forms[half], server);
    }
  if (typed)
    return;
  g_free (self->filled);
  self->filled = dup_state (self);
}

/**
 * mw_add_form_page_set_message:
 * @self: the page
 * @title: (nullable): why the person is here; %NULL: by their own wish
 * @text: (nullable): the reason
 */
void
mw_add_form_page_set_message (MwAddFormPage *self, const char *title, const char *text)
{
  gtk_widget_set_visible (GTK_WIDGET (self->message_row), title != NULL);
  if (title == NULL)
    return;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->message_row), title);
  adw_action_row_set_subtitle (self->message_row, text != NULL ? text : "");
}

/**
 * mw_add_form_page_apply:
 * @self: the page
 *
 * Takes what was typed into the draft. Says beside the fields what is missing, and puts the focus
 * there.
 *
 * Returns: whether nothing is missing
 */
gboolean
mw_add_form_page_apply (MwAddFormPage *self)
{
  gboolean any = FALSE;

  for (MwHalf half = MW_HALF_INCOMING; half <= MW_HALF_OUTGOING; half++)
    {
      if (!mw_server_form_validate (self->forms[half]))
        return FALSE;
      any |= mw_server_form_get_active (self->forms[half]);
    }
  if (!any)
    {
      mw_add_form_page_set_message (self, _ ("An account either receives or sends"),
                                            _ ("Switch one of them on, or both."));
      return FALSE;
    }
  self->on_top = TRUE;
  on_form_changed (self);
  return TRUE;
}

/**
 * mw_add_form_page_dup_server:
 * @self: the page
 * @half: receiving or sending
 *
 * Returns: (transfer full) (nullable): what stands in the form, %NULL when it is no server yet
 */
MwServer *
mw_add_form_page_dup_server (MwAddFormPage *self, MwHalf half)
{
  return mw_server_form_dup_server (self->forms[half]);
}

/**
 * mw_add_form_page_set_server:
 * @self: the page
 * @half: receiving or sending
 * @server: what to fill in
 */
void
mw_add_form_page_set_server (MwAddFormPage *self, MwHalf half, MwServer *server)
{
  mw_server_form_set_server (self->forms[half], server);
}

/**
 * mw_add_form_page_leave:
 * @self: the page
 *
 * The page is not on top any more: what was found counts again.
 */
void
mw_add_form_page_leave (MwAddFormPage *self)
{
  self->on_top = FALSE;
  mw_add_draft_clear_by_hand (self->draft);
}
