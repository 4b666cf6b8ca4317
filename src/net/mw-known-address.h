/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MW_TYPE_KNOWN_ADDRESS (mw_known_address_get_type ())

/**
 * MwKnownAddress:
 *
 * A #GNetworkAddress whose addresses are known already. Whoever connects to it uses these and asks
 * no DNS, while certificates are still compared with the host's name.
 */
G_DECLARE_FINAL_TYPE (MwKnownAddress, mw_known_address, MW, KNOWN_ADDRESS, GNetworkAddress)

/**
 * mw_known_address_new:
 * @host: the host's name
 * @port: the port
 * @addresses: (element-type GInetAddress): its addresses, in the order in which to try them
 *
 * Returns: (transfer full): a connectable for #GSocketClient, always direct
 */
GSocketConnectable *mw_known_address_new (const char *host, guint16 port, GPtrArray *addresses);

G_END_DECLS
