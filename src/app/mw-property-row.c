/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-property-row"

#include "config.h"

#include "app/mw-property-row.h"

#include "model/mw-report.h"

/**
 * mw_property_row_new:
 * @title: what it is, translated
 * @value: the value, plain text
 *
 * Returns: (transfer floating): an #AdwActionRow
 */
GtkWidget *
mw_property_row_new (const char *title, const char *value)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *harmless = NULL;

  g_return_val_if_fail (title != NULL && value != NULL, NULL);

  harmless = mw_text_make_harmless (value, -1, MW_PROPERTY_MAX);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), harmless);
  adw_action_row_set_subtitle_selectable (ADW_ACTION_ROW (row), TRUE);
  gtk_widget_add_css_class (row, "property");
  return row;
}
