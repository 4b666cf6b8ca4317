/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "net/mw-connection.h"
#include "net/mw-resolver.h"

G_BEGIN_DECLS

/**
 * MwDialFate:
 * @MW_DIAL_CONNECTED: this one was used
 * @MW_DIAL_FAILED: it failed by itself
 * @MW_DIAL_ABANDONED: still without an answer when another one won or the time was up
 *
 * What became of one address.
 */
typedef enum
{
  MW_DIAL_CONNECTED,
  MW_DIAL_FAILED,
  MW_DIAL_ABANDONED,
} MwDialFate;

/**
 * MwDialAttempt:
 * @address: the address as text
 * @port: the port
 * @fate: what became of it
 * @errsv: errno for %MW_DIAL_FAILED, else 0
 * @message: the system's words for @errsv, untranslated, or %NULL
 * @milliseconds: from the start of this attempt to its end
 *
 * One address that was tried. Read it, do not change it.
 */
typedef struct
{
  char *address;
  guint16 port;
  MwDialFate fate;
  int errsv;
  char *message;
  double milliseconds;
} MwDialAttempt;

void mw_dial_attempt_free (MwDialAttempt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwDialAttempt, mw_dial_attempt_free)

#define MW_TYPE_ROUTE (mw_route_get_type ())

/**
 * MwRoute:
 *
 * How to get to a host: its addresses, or a proxy and the proxy's addresses. Immutable.
 */
G_DECLARE_FINAL_TYPE (MwRoute, mw_route, MW, ROUTE, GObject)

/**
 * mw_route_get_host:
 * @self: a route
 *
 * Returns: the host that it leads to
 */
const char *mw_route_get_host (MwRoute *self);

/**
 * mw_route_get_port:
 * @self: a route
 *
 * Returns: the port that it leads to
 */
guint16 mw_route_get_port (MwRoute *self);

/**
 * mw_route_get_addresses:
 * @self: a route
 *
 * Returns: (transfer none) (element-type GInetAddress): the addresses to connect to, in the order
 *   of the resolver; those of the proxy when there is one
 */
GPtrArray *mw_route_get_addresses (MwRoute *self);

/**
 * mw_route_get_proxy:
 * @self: a route
 *
 * Returns: (nullable): the proxy as "scheme://host:port", never with a user or a password; %NULL
 *   for a direct route. Behind a proxy the name is looked up by the proxy, not here.
 */
const char *mw_route_get_proxy (MwRoute *self);

#define MW_TYPE_DIALER (mw_dialer_get_type ())

/**
 * MwDialer:
 *
 * Makes connections: finds the way (resolver, proxies), then races all addresses (RFC 8305). All
 * methods may be called from any thread; they block, end at their deadline and at once when
 * cancelled.
 *
 * Proxies come from a #GProxyResolver. socks5, socks4a and http (CONNECT) are understood; of
 * several the first that can be reached is taken, "direct" included. This machine and its link
 * are never reached through a proxy.
 */
G_DECLARE_FINAL_TYPE (MwDialer, mw_dialer, MW, DIALER, GObject)

/**
 * mw_dialer_new:
 * @resolver: where names are looked up
 * @proxies: (nullable): says which proxy to use; %NULL for the system's settings
 *
 * Returns: (transfer full): a dialer
 */
MwDialer *mw_dialer_new (MwResolver *resolver, GProxyResolver *proxies);

/**
 * mw_dialer_get_resolver:
 * @self: a dialer
 *
 * Returns: (transfer none): its resolver
 */
MwResolver *mw_dialer_get_resolver (MwDialer *self);

/**
 * mw_dialer_resolve:
 * @self: a dialer
 * @protocol: "imap", "pop3" or "smtp": proxy settings may differ by it
 * @host: a host name of A-labels, or an IP literal
 * @port: a port, not 0
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error: those of mw_resolver_lookup_addresses(), and
 *   %MW_NET_ERROR_PROXY_FAILED when the proxy itself has no address
 *
 * Finds the way to a host. This is the stage "resolve" of a check.
 *
 * Returns: (transfer full): the way
 */
MwRoute *mw_dialer_resolve (MwDialer *self,
                            const char *protocol,
                            const char *host,
                            guint16 port,
                            gint64 deadline,
                            GCancellable *cancellable,
                            GError **error);

/**
 * mw_dialer_connect:
 * @self: a dialer
 * @route: the way, of mw_dialer_resolve()
 * @attempts: (out) (optional) (transfer full) (element-type MwDialAttempt): what became of each
 *   address, in the order in which they were tried; set on failure too
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error: %MW_NET_ERROR_REFUSED, %MW_NET_ERROR_TIMEOUT,
 *   %MW_NET_ERROR_UNREACHABLE, %MW_NET_ERROR_RESET, %MW_NET_ERROR_PROXY_FAILED,
 *   %MW_NET_ERROR_PROXY_REFUSED, %MW_NET_ERROR_PROXY_AUTH, %G_IO_ERROR_CANCELLED
 *
 * Connects. The families alternate; the next address joins the race 250 ms after the one before
 * it, or as soon as that one fails. This is the stage "connect" of a check; talking a proxy into
 * the connection is part of it.
 *
 * Returns: (transfer full): the connection, to the host itself, without TLS
 */
MwConnection *mw_dialer_connect (MwDialer *self,
                                 MwRoute *route,
                                 GPtrArray **attempts,
                                 gint64 deadline,
                                 GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
