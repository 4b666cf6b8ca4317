/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

/* How a network state comes about: for the query, the live object and their tests */

#include "net/mw-network.h"

#include <NetworkManager.h>

G_BEGIN_DECLS

/**
 * mw_network_state_from_client:
 * @client: a client of a NetworkManager that is running
 *
 * Returns: (transfer full): what it says
 */
MwNetworkState *mw_network_state_from_client (NMClient *client);

/**
 * mw_network_judge:
 * @state: NetworkManager's state
 * @connectivity: what its connectivity check found
 * @has_default_route: whether the kernel has a default route
 *
 * Returns: what both together mean
 */
MwConnectivity
mw_network_judge (NMState state, NMConnectivityState connectivity, gboolean has_default_route);

/**
 * mw_network_parse_routes:
 * @ipv4: (nullable): the text of /proc/net/route
 * @ipv6: (nullable): the text of /proc/net/ipv6_route
 * @has_ipv4: (out): whether there is a default route for IPv4
 * @has_ipv6: (out): the same for IPv6
 *
 * Looks for default routes. One that says "unreachable", as the kernel has for IPv6 when there is
 * none, does not count.
 */
void mw_network_parse_routes (const char *ipv4,
                              const char *ipv6,
                              gboolean *has_ipv4,
                              gboolean *has_ipv6);

G_END_DECLS
