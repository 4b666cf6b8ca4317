/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-pin-row"

#include "config.h"

#include "app/mw-pin-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _MwPinRow
{
  AdwActionRow parent_instance;

  /* Owned */
  char *pin;
};

enum
{
  PROP_PIN = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MwPinRow, mw_pin_row, ADW_TYPE_ACTION_ROW)

/* 64 digits in groups of four can be compared, and can be broken at any of them */
static char *
group_digits (const char *pin)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; pin[i] != '\0'; i++)
    {
      if (i > 0 && i % 4 == 0)
        g_string_append_c (text, ' ');
      g_string_append_c (text, pin[i]);
    }
  return g_string_free (text, FALSE);
}

static void
on_forget (MwPinRow *self)
{
  mw_pin_row_set_pin (self, NULL);
}

static void
mw_pin_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, MW_PIN_ROW (object)->pin);
}

static void
mw_pin_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  mw_pin_row_set_pin (MW_PIN_ROW (object), g_value_get_string (value));
}

static void
mw_pin_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), MW_TYPE_PIN_ROW);

  G_OBJECT_CLASS (mw_pin_row_parent_class)->dispose (object);
}

static void
mw_pin_row_finalize (GObject *object)
{
  g_free (MW_PIN_ROW (object)->pin);

  G_OBJECT_CLASS (mw_pin_row_parent_class)->finalize (object);
}

static void
mw_pin_row_class_init (MwPinRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = mw_pin_row_get_property;
  object_class->set_property = mw_pin_row_set_property;
  object_class->dispose = mw_pin_row_dispose;
  object_class->finalize = mw_pin_row_finalize;

  properties[PROP_PIN] =
      g_param_spec_string ("pin", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/mailwright/Mailwright/mw-pin-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, on_forget);
}

static void
mw_pin_row_init (MwPinRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_pin_row_new:
 *
 * Returns: (transfer floating): a row without a key
 */
GtkWidget *
mw_pin_row_new (void)
{
  return g_object_new (MW_TYPE_PIN_ROW, NULL);
}

/**
 * mw_pin_row_get_pin:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the SHA-256 of the key, as hexadecimal digits
 */
const char *
mw_pin_row_get_pin (MwPinRow *self)
{
  g_return_val_if_fail (MW_IS_PIN_ROW (self), NULL);

  return self->pin;
}

/**
 * mw_pin_row_set_pin:
 * @self: a row
 * @pin: (nullable): the SHA-256 of the key, as hexadecimal digits
 */
void
mw_pin_row_set_pin (MwPinRow *self, const char *pin)
{
  g_autofree char *digits = NULL, *subtitle = NULL;

  g_return_if_fail (MW_IS_PIN_ROW (self));

  if (!g_set_str (&self->pin, pin))
    return;
  if (pin != NULL)
    {
      digits = group_digits (pin);
      subtitle = g_strdup_printf (
          /* Translators: the digits by which a key is known */
          _ ("This server is trusted by its key alone, whatever its certificate says. SHA-256: %s"),
            digits);
    }
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle != NULL ? subtitle : "");
  gtk_widget_set_visible (GTK_WIDGET (self), pin != NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PIN]);
}
