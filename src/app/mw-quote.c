/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-quote"

#include "config.h"

#include "app/mw-quote.h"

#include "model/mw-report.h"

/* A server that talks for pages is cut here; the transcript has all of it */
#define MAX_WORDS 2000

struct _MwQuote
{
  AdwBin parent_instance;

  /* Template children */
  GtkLabel *words;
};

enum
{
  PROP_0,
  PROP_SELECTABLE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MwQuote, mw_quote, ADW_TYPE_BIN)

static void
mw_quote_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MwQuote *self = MW_QUOTE (object);

  switch (property_id)
    {
    case PROP_SELECTABLE:
      g_value_set_boolean (value, gtk_label_get_selectable (self->words));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mw_quote_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  MwQuote *self = MW_QUOTE (object);

  switch (property_id)
    {
    case PROP_SELECTABLE:
      if (g_value_get_boolean (value) == gtk_label_get_selectable (self->words))
        return;
      gtk_label_set_selectable (self->words, g_value_get_boolean (value));
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mw_quote_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), MW_TYPE_QUOTE);

  G_OBJECT_CLASS (mw_quote_parent_class)->dispose (object);
}

static void
mw_quote_class_init (MwQuoteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = mw_quote_get_property;
  object_class->set_property = mw_quote_set_property;
  object_class->dispose = mw_quote_dispose;
  properties[PROP_SELECTABLE] =
      g_param_spec_boolean ("selectable", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BLOCK_QUOTE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/mailwright/Mailwright/mw-quote.ui");
  gtk_widget_class_bind_template_child (widget_class, MwQuote, words);
}

static void
mw_quote_init (MwQuote *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mw_quote_set_words:
 * @self: a quote
 * @words: (nullable): what the server said; made harmless and cut here once more
 */
void
mw_quote_set_words (MwQuote *self, const char *words)
{
  g_autofree char *harmless = NULL;

  g_return_if_fail (MW_IS_QUOTE (self));

  if (words != NULL)
    harmless = mw_text_make_harmless (words, -1, MAX_WORDS);
  if (g_strcmp0 (harmless != NULL ? harmless : "", gtk_label_get_label (self->words)) == 0)
    return;
  gtk_label_set_label (self->words, harmless != NULL ? harmless : "");
  gtk_widget_set_visible (GTK_WIDGET (self), harmless != NULL && *harmless != '\0');
}
