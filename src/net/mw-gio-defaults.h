/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void mw_gio_prepare_types (void);
GNetworkMonitor *mw_gio_get_network_monitor (void);
GProxyResolver *mw_gio_get_proxy_resolver (void);

G_END_DECLS
