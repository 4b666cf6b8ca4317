/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_SETTINGS_VIEW (mw_settings_view_get_type ())

/**
 * MwSettingsView:
 *
 * Everything about an account that can be edited, with advice; its passwords: one of the three
 * pages of an account. Property "has-changes" (boolean, notified).
 */
G_DECLARE_FINAL_TYPE (MwSettingsView, mw_settings_view, MW, SETTINGS_VIEW, AdwBin)

GtkWidget *mw_settings_view_new (MwSession *session, MwAccountItem *item);
gboolean mw_settings_view_get_has_changes (MwSettingsView *self);
gboolean mw_settings_view_save (MwSettingsView *self); /* %FALSE: it said why, and shows where */
void mw_settings_view_discard (MwSettingsView *self);

/* Puts a value into a field ("imap.port", "smtp.security", "incoming.username") and shows it: how a
 * finding of a check is mended. %FALSE when there is no such field. */
gboolean mw_settings_view_fix (MwSettingsView *self, const char *field, const char *value);

G_END_DECLS
