/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "net/mw-network.h"

G_BEGIN_DECLS

/**
 * MwNetworkQuery:
 *
 * One question for the state of the network, asked in a thread of its own while the probes are
 * already at work, and answered to all of them: nobody waits for a desktop bus that hangs. Counted;
 * any thread may use it.
 */
typedef struct _MwNetworkQuery MwNetworkQuery;

MwNetworkQuery *mw_network_query_new (double seconds);
MwNetworkQuery *mw_network_query_new_answered (MwNetworkState *state);
MwNetworkQuery *mw_network_query_ref (MwNetworkQuery *self);
void mw_network_query_unref (MwNetworkQuery *self);
MwNetworkState *mw_network_query_get (MwNetworkQuery *self, gboolean wait);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwNetworkQuery, mw_network_query_unref)

G_END_DECLS
