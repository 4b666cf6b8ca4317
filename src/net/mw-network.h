/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MwConnectivity:
 * @MW_CONNECTIVITY_UNKNOWN: nothing could be learnt: go on as if online
 * @MW_CONNECTIVITY_OFFLINE: there is no network
 * @MW_CONNECTIVITY_PORTAL: a sign-in page stands before the internet
 * @MW_CONNECTIVITY_LIMITED: a network, but it does not seem to reach the internet
 * @MW_CONNECTIVITY_ONLINE: nothing speaks against the internet
 *
 * What is known about the way to the internet.
 */
typedef enum
{
  MW_CONNECTIVITY_UNKNOWN,
  MW_CONNECTIVITY_OFFLINE,
  MW_CONNECTIVITY_PORTAL,
  MW_CONNECTIVITY_LIMITED,
  MW_CONNECTIVITY_ONLINE,
} MwConnectivity;

/**
 * MwMetered:
 * @MW_METERED_UNKNOWN: nobody says
 * @MW_METERED_YES: every byte costs
 * @MW_METERED_GUESS_YES: it seems so (a telephone's hotspot)
 * @MW_METERED_GUESS_NO: it does not seem so
 * @MW_METERED_NO: no
 *
 * Whether the connection is paid by use.
 */
typedef enum
{
  MW_METERED_UNKNOWN,
  MW_METERED_YES,
  MW_METERED_GUESS_YES,
  MW_METERED_GUESS_NO,
  MW_METERED_NO,
} MwMetered;

const char *
mw_connectivity_to_string (MwConnectivity connectivity); /* "unknown", "captive-portal" */
const char *mw_metered_to_string (MwMetered metered);    /* "unknown", "yes", "guess-yes", ... */

#define MW_TYPE_NETWORK_STATE (mw_network_state_get_type ())

/**
 * MwNetworkState:
 * @connectivity: the way to the internet
 * @source: who says so: "networkmanager", "portal" (in a sandbox), "monitor" (GIO), "routes" (the
 *   kernel's table)
 * @connection_name: (nullable): what the person calls the connection: "Office Wi-Fi"
 * @connection_type: (nullable): "wifi", "wired", "mobile", "vpn", "bluetooth" or "other"
 * @vpns: names of the active VPN connections; empty mostly
 * @metered: whether it is paid by use
 * @has_default_route: whether the kernel knows a way to everywhere, IPv4 or IPv6
 * @has_ipv4: a default route for IPv4
 * @has_ipv6: a default route for IPv6
 *
 * The network at one moment. Immutable and counted; names are the person's own, but come from
 * outside: show them as plain text.
 */
typedef struct
{
  MwConnectivity connectivity;
  const char *source;
  char *connection_name;
  const char *connection_type;
  GStrv vpns;
  MwMetered metered;
  gboolean has_default_route;
  gboolean has_ipv4;
  gboolean has_ipv6;
} MwNetworkState;

GType mw_network_state_get_type (void) G_GNUC_CONST;
MwNetworkState *mw_network_state_ref (MwNetworkState *self);
void mw_network_state_unref (MwNetworkState *self);
gboolean mw_network_state_equal (const MwNetworkState *a, const MwNetworkState *b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwNetworkState, mw_network_state_unref)

/**
 * mw_network_query_sync:
 * @deadline: when an answer is needed; one second from now is usual
 * @cancellable: (nullable): ends the call at once; the state is then what was known
 *
 * Asks NetworkManager, else GIO's monitor, else the kernel, and never takes longer than @deadline,
 * whatever the bus does. Cannot fail: what cannot be learnt is %MW_CONNECTIVITY_UNKNOWN. May be
 * called in any thread.
 *
 * NetworkManager is believed, with one exception: when it says "offline" while the kernel has a
 * default route, somebody else manages that network, and the answer is %MW_CONNECTIVITY_UNKNOWN.
 *
 * Returns: (transfer full): the state
 */
MwNetworkState *mw_network_query_sync (gint64 deadline, GCancellable *cancellable);

/**
 * mw_network_query_async:
 * @deadline: when an answer is needed
 * @cancellable: (nullable): ends the call at once
 * @callback: called in the thread-default main context of the caller
 * @user_data: closure of @callback
 *
 * mw_network_query_sync() without blocking.
 */
void mw_network_query_async (gint64 deadline,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/**
 * mw_network_query_finish:
 * @result: what the callback got
 * @error: return location for an error: only %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the state
 */
MwNetworkState *mw_network_query_finish (GAsyncResult *result, GError **error);

#define MW_TYPE_NETWORK (mw_network_get_type ())

/**
 * MwNetwork:
 *
 * The network as it changes, for a window. Its property "state" (#MwNetworkState) is notified, and
 * the signal "changed" emitted, when something that a person could notice has changed. Belongs to
 * the main thread, never blocks it.
 */
G_DECLARE_FINAL_TYPE (MwNetwork, mw_network, MW, NETWORK, GObject)

/**
 * mw_network_new:
 *
 * Returns: (transfer full): a live network; its state is %MW_CONNECTIVITY_UNKNOWN until the first
 *   answer
 */
MwNetwork *mw_network_new (void);

/**
 * mw_network_get_state:
 * @self: a network
 *
 * Returns: (transfer none): the state as last heard
 */
MwNetworkState *mw_network_get_state (MwNetwork *self);

G_END_DECLS
