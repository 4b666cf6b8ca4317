/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "discovery/mw-discovery-result.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The words and rows that the pages of the "Add Account" dialog share. Texts are translated; those
 * from outside are made harmless, but hold no escaped markup: show them with markup off. */

const char *mw_add_source_title (MwSource source);
char *mw_add_describe_origin (MwSettings *settings, MwAddress *address);
char *mw_add_describe_answer (const MwDiscoveryAnswer *answer, MwDiscoveryResult *result);
char *mw_add_describe_server (MwServer *server);
char *mw_add_describe_hosts (MwSettings *settings);

const char *mw_add_field_title (const char *field);
char *mw_add_field_value (const char *field, const char *value);
char *mw_add_list_sources (const char *const *ids);

const char *mw_add_password_title (const char *kind);

/* A row that shows text as it is, wrapped and never cut. @subtitle: (nullable) */
GtkWidget *mw_add_row_new (const char *title, const char *subtitle);
GtkWidget *mw_add_icon_new (const char *icon_name, const char *css_class, const char *label);

G_END_DECLS
