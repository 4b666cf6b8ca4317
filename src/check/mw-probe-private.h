/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "check/mw-network-query.h"
#include "check/mw-probe.h"

G_BEGIN_DECLS

void
mw_probe_complete (MwProbe *self, MwResolver *resolver, MwLoginGate *gate, MwNetworkQuery *network);

G_END_DECLS
