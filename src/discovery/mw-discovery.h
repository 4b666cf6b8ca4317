/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "discovery/mw-discovery-result.h"
#include "net/mw-http.h"
#include "net/mw-resolver.h"
#include "net/mw-trust.h"
#include "providers/mw-provider-db.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where Mozilla publishes its database of mail providers; the domain is put behind it */
#define MW_DISCOVERY_ISPDB_URL "https://autoconfig.thunderbird.net/v1.1/"

#define MW_TYPE_DISCOVERY (mw_discovery_get_type ())

/**
 * MwDiscovery:
 *
 * Finds the servers of a mail address: asks all sources at once, ranks and compares what they say.
 *
 * A domain that the provider database (or a set-up file of this machine) knows is answered at
 * once, and nothing leaves the machine. Nothing but the domain is told to anybody, and no source
 * ever sees a password.
 *
 * The options are set before a run and read when it starts; several runs may use one object.
 */
G_DECLARE_FINAL_TYPE (MwDiscovery, mw_discovery, MW, DISCOVERY, GObject)

/**
 * MwDiscoveryProbe:
 * @server: the guess: protocol, host, port and security
 * @deadline: monotonic time in microseconds at which to give up
 * @cancellable: (nullable): a #GCancellable
 * @user_data: what was given to mw_discovery_set_probe()
 * @error: return location for a #GError
 *
 * Proves one guess: connects, and looks whether a server of that protocol answers inside TLS with
 * a certificate that is valid for the name. Never signs in. Runs in worker threads, several at
 * once.
 *
 * Returns: whether it is proven
 */
typedef gboolean (*MwDiscoveryProbe) (MwServer *server,
                                      gint64 deadline,
                                      GCancellable *cancellable,
                                      gpointer user_data,
                                      GError **error);

/**
 * MwDiscoveryUpdated:
 * @self: the discovery
 * @result: what is known so far
 * @user_data: user data
 *
 * Something new came in. From mw_discovery_run_async() it is called in the thread-default main
 * context of the caller, from mw_discovery_run_sync() in the calling thread.
 */
typedef void (*MwDiscoveryUpdated) (MwDiscovery *self,
                                    MwDiscoveryResult *result,
                                    gpointer user_data);

MwDiscovery *
mw_discovery_new (MwResolver *resolver, MwHttpClient *http_client, MwProviderDb *providers);

void mw_discovery_set_offline (MwDiscovery *self, gboolean offline);
void mw_discovery_set_compare (MwDiscovery *self, gboolean compare);
void mw_discovery_set_wait_for_all (MwDiscovery *self, gboolean wait_for_all);
void mw_discovery_set_mx_hosts (MwDiscovery *self, const char *const *hosts);
void mw_discovery_set_ispdb_url (MwDiscovery *self, const char *url);
void mw_discovery_set_setup_dirs (MwDiscovery *self, const char *const *dirs);
void mw_discovery_set_trust (MwDiscovery *self, MwTrust *trust);
void mw_discovery_set_probe (MwDiscovery *self,
                             MwDiscoveryProbe probe,
                             gpointer user_data,
                             GDestroyNotify destroy);

MwDiscoveryResult *mw_discovery_run_sync (MwDiscovery *self,
                                          MwAddress *address,
                                          MwDiscoveryUpdated updated,
                                          gpointer updated_data,
                                          GCancellable *cancellable,
                                          GError **error);
void mw_discovery_run_async (MwDiscovery *self,
                             MwAddress *address,
                             MwDiscoveryUpdated updated,
                             gpointer updated_data,
                             GDestroyNotify updated_destroy,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
MwDiscoveryResult *
mw_discovery_run_finish (MwDiscovery *self, GAsyncResult *result, GError **error);

G_END_DECLS
