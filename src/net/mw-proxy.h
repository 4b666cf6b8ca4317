/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "net/mw-connection.h"

G_BEGIN_DECLS

/**
 * MwProxyKind:
 * @MW_PROXY_DIRECT: no proxy
 * @MW_PROXY_SOCKS5: SOCKS 5 (RFC 1928, RFC 1929); names are looked up by the proxy
 * @MW_PROXY_SOCKS4A: SOCKS 4a; the same
 * @MW_PROXY_HTTP: HTTP CONNECT (RFC 9110, section 9.3.6)
 *
 * What a proxy speaks.
 */
typedef enum
{
  MW_PROXY_DIRECT,
  MW_PROXY_SOCKS5,
  MW_PROXY_SOCKS4A,
  MW_PROXY_HTTP,
} MwProxyKind;

/**
 * MwProxy:
 * @kind: what it speaks
 * @host: where it is; %NULL for a direct connection
 * @port: its port
 * @user: (nullable): name to log in with
 * @password: (nullable): password to log in with
 * @name: "scheme://host:port", fit to be shown; "direct://"
 *
 * A way to make connections, as a #GProxyResolver names it.
 */
typedef struct
{
  MwProxyKind kind;
  char *host;
  guint16 port;
  char *user;
  char *password;
  char *name;
} MwProxy;

/**
 * mw_proxy_parse:
 * @uri: an element of what g_proxy_resolver_lookup() returns
 * @error: return location for an error: %MW_NET_ERROR_PROXY_FAILED
 *
 * Returns: (transfer full): the proxy in pieces
 */
MwProxy *mw_proxy_parse (const char *uri, GError **error);
void mw_proxy_free (MwProxy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwProxy, mw_proxy_free)

/**
 * mw_proxy_lookup:
 * @resolver: (nullable): whom to ask; %NULL for the system's settings
 * @protocol: "imap", "https"...
 * @host: where the connection shall lead
 * @port: and its port
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error: %MW_NET_ERROR_PROXY_FAILED, %G_IO_ERROR_CANCELLED
 *
 * Asks which proxies to use for a connection. A resolver may read settings over a bus, run a
 * script, or fetch one: it is asked in a thread of its own and left behind when it hangs.
 *
 * Returns: (transfer full): URIs in the order in which to try them, at least one
 */
GStrv mw_proxy_lookup (GProxyResolver *resolver,
                       const char *protocol,
                       const char *host,
                       guint16 port,
                       gint64 deadline,
                       GCancellable *cancellable,
                       GError **error);

/**
 * mw_proxy_negotiate:
 * @self: a proxy that is not direct
 * @connection: a connection to it
 * @host: where it shall lead
 * @port: and to which port
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error: %MW_NET_ERROR_PROXY_FAILED, %MW_NET_ERROR_PROXY_REFUSED,
 *   %MW_NET_ERROR_PROXY_AUTH; %MW_NET_ERROR_REFUSED, %MW_NET_ERROR_UNREACHABLE or
 *   %MW_NET_ERROR_TIMEOUT when that is what the proxy met
 *
 * Talks a proxy into leading a connection on. Afterwards the connection is one to @host.
 *
 * Returns: whether it does
 */
gboolean mw_proxy_negotiate (const MwProxy *self,
                             MwConnection *connection,
                             const char *host,
                             guint16 port,
                             gint64 deadline,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
