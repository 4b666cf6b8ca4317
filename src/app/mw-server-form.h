/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MW_TYPE_SERVER_FORM (mw_server_form_get_type ())

/**
 * MwServerForm:
 *
 * One server to be typed or edited: protocol, name, port, security, login name, authentication,
 * with advice under each field. A pasted `imaps://host:993` or `host:993` is split into the fields.
 *
 * Properties, all notified: "active" (boolean: receiving or sending is wanted at all; %TRUE by
 * default), "optional" (boolean: a switch for "active" is shown; %FALSE by default), "compact"
 * (boolean: no row for the authentication; %FALSE by default), "protocol" (int, #MwProtocol, read
 * only), "valid" (boolean, read only: not active, or mw_server_form_dup_server() gives a server).
 * Signal "changed": anything was typed or chosen, by hand or by one of the functions.
 */
G_DECLARE_FINAL_TYPE (MwServerForm, mw_server_form, MW, SERVER_FORM, AdwPreferencesGroup)

GtkWidget *mw_server_form_new (MwSession *session, MwHalf half);

MwHalf mw_server_form_get_half (MwServerForm *self);

/* Whose account it is: advice and the login name follow it. The login name is filled in as long as
 * none was typed. %NULL: not known yet. */
void mw_server_form_set_address (MwServerForm *self, MwAddress *address);

/* Fills all fields; %NULL: empties them. Does not touch "active". */
void mw_server_form_set_server (MwServerForm *self, MwServer *server);

/* What stands there as a server, or %NULL when it is none: empty or impossible name or port.
 * "active" is not asked. (transfer full) */
MwServer *mw_server_form_dup_server (MwServerForm *self);

MwProtocol mw_server_form_get_protocol (MwServerForm *self);
void mw_server_form_set_protocol (MwServerForm *self, MwProtocol protocol);

gboolean mw_server_form_get_active (MwServerForm *self);
void mw_server_form_set_active (MwServerForm *self, gboolean active);
void mw_server_form_set_optional (MwServerForm *self, gboolean optional);
void mw_server_form_set_compact (MwServerForm *self, gboolean compact);
gboolean mw_server_form_get_valid (MwServerForm *self);

/* Says beside the fields what is missing or impossible and puts the focus there. %TRUE when nothing
 * is (or the form is not active). To be called when the person wants to go on. */
gboolean mw_server_form_validate (MwServerForm *self);

/* Puts a value into "host" (anything that can be pasted), "port", "security" ("tls", "starttls",
 * "none"), "username" or "mechanism" ("" for automatic, "NONE"), as if by hand. A usual port brings
 * its security along. %FALSE when there is no such field or the value cannot stand in it. */
gboolean mw_server_form_set_field (MwServerForm *self, const char *field, const char *value);
gboolean mw_server_form_focus_field (MwServerForm *self, const char *field);

/* All that stands in the form as one text: equal texts are equal forms */
char *mw_server_form_dup_state (MwServerForm *self);

G_END_DECLS
