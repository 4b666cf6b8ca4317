/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-light-badge"

#include "config.h"

#include "app/mw-light-badge.h"

#include "app/mw-ui.h"

#include <glib/gi18n-lib.h>

struct _MwLightBadge
{
  AdwBin parent_instance;

  MwLight light;
  MwStatus status;

  /* Template children */
  GtkWidget *spinner;
  GtkImage *image;
  GtkLabel *title;
  GtkLabel *word;
};

enum
{
  PROP_0,
  PROP_LIGHT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MwLightBadge, mw_light_badge, ADW_TYPE_BIN)

static void
show_status (MwLightBadge *self)
{
  g_autofree char *name = NULL;

  mw_ui_set_status_image (self->image, self->status);
  gtk_widget_set_visible (GTK_WIDGET (self->image), self->status != MW_STATUS_RUNNING);
  gtk_widget_set_visible (self->spinner, self->status == MW_STATUS_RUNNING);
  gtk_label_set_label (self->word, mw_ui_status_word (self->status));
  /* Translators: a part of a check and how it ended, as in “Certificate: Failed” */
  name = g_strdup_printf (_ ("%1$s: %2$s"), mw_light_get_title (self->light),
                            mw_ui_status_word (self->status));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
mw_light_badge_set_property (GObject *object,
                             guint property_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  MwLightBadge *self = MW_LIGHT_BADGE (object);

  switch (property_id)
    {
    case PROP_LIGHT:
      self->light = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mw_light_badge_constructed (GObject *object)
{
  MwLightBadge *self = MW_LIGHT_BADGE (object);

  G_OBJECT_CLASS (mw_light_badge_parent_class)->constructed (object);

  gtk_label_set_label (self->title, mw_light_get_title (self->light));
  show_status (self);
}

static void
mw_light_badge_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), MW_TYPE_LIGHT_BADGE);

  G_OBJECT_CLASS (mw_light_badge_parent_class)->dispose (object);
}

static void
mw_light_badge_class_init (MwLightBadgeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = mw_light_badge_set_property;
  object_class->constructed = mw_light_badge_constructed;
  object_class->dispose = mw_light_badge_dispose;
  properties[PROP_LIGHT] =
      g_param_spec_int ("light", NULL, NULL, 0, MW_N_LIGHTS - 1, 0,
                        G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/mailwright/Mailwright/mw-light-badge.ui");
  gtk_widget_class_bind_template_child (widget_class, MwLightBadge, spinner);
  gtk_widget_class_bind_template_child (widget_class, MwLightBadge, image);
  gtk_widget_class_bind_template_child (widget_class, MwLightBadge, title);
  gtk_widget_class_bind_template_child (widget_class, MwLightBadge, word);
}

static void
mw_light_badge_init (MwLightBadge *self)
{
  self->status = MW_STATUS_SKIPPED;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_light_badge_new:
 * @light: which light it is
 *
 * Returns: (transfer floating): a light that was not reached yet
 */
GtkWidget *
mw_light_badge_new (MwLight light)
{
  return g_object_new (MW_TYPE_LIGHT_BADGE, "light", (int) light, NULL);
}

/**
 * mw_light_badge_set_status:
 * @self: a light
 * @status: how it stands
 */
void
mw_light_badge_set_status (MwLightBadge *self, MwStatus status)
{
  g_return_if_fail (MW_IS_LIGHT_BADGE (self));

  if (self->status == status)
    return;
  self->status = status;
  show_status (self);
}
