/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-add-trust-group"

#include "config.h"

#include "app/mw-add-trust-group.h"

#include <glib/gi18n-lib.h>

struct _MwAddTrustGroup
{
  AdwPreferencesGroup parent_instance;

  /* Owned */
  MwAddDraft *draft;

  /* Template children */
  AdwActionRow *reason_row;
  AdwSwitchRow *accept_row;
};

G_DEFINE_FINAL_TYPE (MwAddTrustGroup, mw_add_trust_group, ADW_TYPE_PREFERENCES_GROUP)

static void
on_accept (MwAddTrustGroup *self)
{
  if (self->draft != NULL)
    mw_add_draft_set_accepted (self->draft, adw_switch_row_get_active (self->accept_row));
}

static char *
explain (MwAddTrustGroup *self)
{
  MwSettings *settings = mw_add_draft_get_settings (self->draft);
  const char *domain = mw_address_get_domain (mw_add_draft_get_address (self->draft));

  if (settings != NULL && settings->source == MW_SOURCE_SETUP_FILE)
    return g_strdup (_ ("The names come from a file. Whoever runs these servers gets to see the "
                        "password and the mail: go on only if the file is from somebody you "
                        "trust."));
  /* Translators: a domain */
  return g_strdup_printf (_ ("They belong neither to %s nor to a provider that is known for it. "
                             "Whoever runs them gets to see the password and the mail: go on only "
                             "if the names are those that your mail service gave you."),
                            domain);
}

static void
update (MwAddTrustGroup *self)
{
  g_auto (GStrv) hosts = mw_add_draft_dup_strange_hosts (self->draft);
  g_autofree char *names = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), hosts[0] != NULL);
  if (hosts[0] == NULL)
    return;
  names = g_strjoinv ("\n", hosts);
  text = explain (self);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->reason_row), names);
  adw_action_row_set_subtitle (self->reason_row, text);
  adw_switch_row_set_active (self->accept_row, mw_add_draft_get_accepted (self->draft));
}

static void
mw_add_trust_group_dispose (GObject *object)
{
  MwAddTrustGroup *self = MW_ADD_TRUST_GROUP (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), MW_TYPE_ADD_TRUST_GROUP);

  G_OBJECT_CLASS (mw_add_trust_group_parent_class)->dispose (object);
}

static void
mw_add_trust_group_class_init (MwAddTrustGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mw_add_trust_group_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-add-trust-group.ui");
  gtk_widget_class_bind_template_child (widget_class, MwAddTrustGroup, reason_row);
  gtk_widget_class_bind_template_child (widget_class, MwAddTrustGroup, accept_row);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
}

static void
mw_add_trust_group_init (MwAddTrustGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_add_trust_group_set_draft:
 * @self: the group; used once
 * @draft: what it asks about
 */
void
mw_add_trust_group_set_draft (MwAddTrustGroup *self, MwAddDraft *draft)
{
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
