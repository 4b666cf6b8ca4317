/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * mw_inet_address_is_private:
 * @address: an address
 *
 * Whether an address says nothing to the rest of the world: loopback, link-local, private
 * (RFC 1918), unique local (RFC 4193), shared (RFC 6598), unspecified, multicast, or one of those
 * in IPv6 clothes (IPv4-mapped, NAT64, 6to4).
 *
 * Returns: %TRUE for such an address
 */
gboolean mw_inet_address_is_private (GInetAddress *address);

/**
 * mw_inet_address_new_from_literal:
 * @host: text that may be an IP address, in brackets or not
 *
 * Recognises every spelling that getaddrinfo() would take for an address without asking DNS
 * (also "127.1" and "0x7f000001", which browsers and resolvers disagree about).
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if @host is a name
 */
GInetAddress *mw_inet_address_new_from_literal (const char *host);

/**
 * mw_host_is_local:
 * @host: a host name or an IP literal
 *
 * Whether @host is this machine or its link by its spelling alone: "localhost" and what ends with
 * it (RFC 6761), a loopback or a link-local address. Nothing is looked up.
 *
 * Returns: %TRUE for such a host
 */
gboolean mw_host_is_local (const char *host);

G_END_DECLS
