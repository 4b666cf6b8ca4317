/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MwNetError:
 * @MW_NET_ERROR_FAILED: none of the others
 * @MW_NET_ERROR_NOT_FOUND: the name does not exist (NXDOMAIN)
 * @MW_NET_ERROR_NO_RECORDS: the name exists, but has no record of the type asked for
 * @MW_NET_ERROR_DNS_TEMPORARY: no name server gave a usable answer (SERVFAIL, REFUSED, garbage)
 * @MW_NET_ERROR_DNS_TIMEOUT: no name server answered before the deadline
 * @MW_NET_ERROR_TIMEOUT: the deadline passed while connecting, reading or writing
 * @MW_NET_ERROR_REFUSED: the port is closed (ECONNREFUSED)
 * @MW_NET_ERROR_UNREACHABLE: no way to the address: no route, a firewall, no such address family
 * @MW_NET_ERROR_RESET: the peer or something between dropped the connection (ECONNRESET)
 * @MW_NET_ERROR_CLOSED: the peer closed the connection in an orderly way
 * @MW_NET_ERROR_TOO_LONG: a line, a reply or a body is over its limit
 * @MW_NET_ERROR_NOT_SECURE: a secret was not sent, since the connection is not verified
 * @MW_NET_ERROR_INJECTED: bytes stood in the connection at the moment TLS was to begin: an attack,
 *   or a server that talks out of turn (the client side of CVE-2011-0411)
 * @MW_NET_ERROR_TLS_FAILED: the handshake failed, or a record was broken
 * @MW_NET_ERROR_TLS_VERSION: the two sides have no TLS version in common that is new enough
 * @MW_NET_ERROR_TLS_PLAIN_TEXT: the peer answered the handshake with something that is not TLS;
 *   mw_connection_get_first_bytes() has its first bytes
 * @MW_NET_ERROR_TLS_ALERT: the peer ended the session with a fatal alert; mw_connection_get_alert()
 *   names it
 * @MW_NET_ERROR_PROXY_FAILED: the proxy could not be found, reached or understood
 * @MW_NET_ERROR_PROXY_REFUSED: the proxy will not connect to this host or port
 * @MW_NET_ERROR_PROXY_AUTH: the proxy wants a password, or another one
 * @MW_NET_ERROR_HTTP_STATUS: the web server answered, but with no document
 * @MW_NET_ERROR_HTTP_REDIRECT: a redirect that is not followed: too many, to plain HTTP, to an
 *   address, to a private network
 * @MW_NET_ERROR_HTTP_CERTIFICATE: the web server's certificate is not trusted for its name
 * @MW_NET_ERROR_HTTP_FORBIDDEN: a URL that is never fetched: not https, an IP literal
 *
 * Why something on the network did not work. A cancelled call gives %G_IO_ERROR_CANCELLED instead.
 */
typedef enum
{
  MW_NET_ERROR_FAILED,
  MW_NET_ERROR_NOT_FOUND,
  MW_NET_ERROR_NO_RECORDS,
  MW_NET_ERROR_DNS_TEMPORARY,
  MW_NET_ERROR_DNS_TIMEOUT,
  MW_NET_ERROR_TIMEOUT,
  MW_NET_ERROR_REFUSED,
  MW_NET_ERROR_UNREACHABLE,
  MW_NET_ERROR_RESET,
  MW_NET_ERROR_CLOSED,
  MW_NET_ERROR_TOO_LONG,
  MW_NET_ERROR_NOT_SECURE,
  MW_NET_ERROR_INJECTED,
  MW_NET_ERROR_TLS_FAILED,
  MW_NET_ERROR_TLS_VERSION,
  MW_NET_ERROR_TLS_PLAIN_TEXT,
  MW_NET_ERROR_TLS_ALERT,
  MW_NET_ERROR_PROXY_FAILED,
  MW_NET_ERROR_PROXY_REFUSED,
  MW_NET_ERROR_PROXY_AUTH,
  MW_NET_ERROR_HTTP_STATUS,
  MW_NET_ERROR_HTTP_REDIRECT,
  MW_NET_ERROR_HTTP_CERTIFICATE,
  MW_NET_ERROR_HTTP_FORBIDDEN,
} MwNetError;

#define MW_NET_ERROR (mw_net_error_quark ())
GQuark mw_net_error_quark (void);

/**
 * mw_net_error_from_errno:
 * @errsv: a value of errno
 *
 * Returns: the code that a failed connect(), send() or recv() stands for
 */
MwNetError mw_net_error_from_errno (int errsv);

G_END_DECLS
