/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-server.h"

#include <libsecret/secret.h>

G_BEGIN_DECLS

/**
 * MwTypedServer:
 * @protocol: which field it stands in
 * @host: (nullable): what was typed as host, blanks and all
 * @port: (nullable): what was typed as port; %NULL when nothing was
 * @security: what was chosen
 * @has_security: whether anything was chosen
 * @username: (nullable): what was typed as login name
 * @written_protocol: the protocol of the scheme that was typed with it, or unknown
 *
 * One server as a person typed it: anything may stand in it.
 */
typedef struct
{
  MwProtocol protocol;
  char *host;
  char *port;
  MwSecurity security;
  gboolean has_security;
  char *username;
  MwProtocol written_protocol;
} MwTypedServer;

/* Splits what was typed or pasted into one field: "imaps://host:993", "host:993", a web address, a
 * name. Never fails: what cannot be split is the host. */
MwTypedServer *mw_typed_server_new (MwProtocol protocol, const char *text);
void mw_typed_server_free (MwTypedServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwTypedServer, mw_typed_server_free)

G_END_DECLS
