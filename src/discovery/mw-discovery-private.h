/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "discovery/mw-discovery.h"
#include "net/mw-dialer.h"

G_BEGIN_DECLS

/* What a run is given: a copy, so that the object may be changed while runs are under way. */
typedef struct
{
  MwResolver *resolver;
  MwHttpClient *http_client;
  MwDialer *dialer;
  MwTrust *trust;
  MwProviderDb *providers;
  gboolean offline;
  gboolean compare;
  gboolean wait_for_all;
  GStrv mx_hosts;
  char *ispdb_url;
  GStrv setup_dirs;
  MwDiscoveryProbe probe;
  gpointer probe_data;
  GObject *owner; /* keeps @probe_data alive */
} MwDiscoveryOptions;

typedef void (*MwDiscoveryListener) (MwDiscoveryResult *result, gpointer user_data);

MwDiscoveryResult *mw_discovery_run (MwDiscoveryOptions *options,
                                     MwAddress *address,
                                     MwDiscoveryListener updated,
                                     gpointer user_data,
                                     GCancellable *cancellable,
                                     GError **error);
void mw_discovery_in_worker (GFunc func, gpointer data);

MwDiscoveryResult *mw_discovery_result_new (MwAddress *address,
                                            GPtrArray *settings,
                                            GPtrArray *notes,
                                            GPtrArray *answers,
                                            gboolean certain);
MwDiscoveryAnswer *mw_discovery_answer_new (MwSource source);
void mw_discovery_answer_free (MwDiscoveryAnswer *answer);
MwDiscoveryNote *mw_discovery_note_new (const char *id, const char *detail);
MwDiscoveryNote *mw_discovery_note_copy (const MwDiscoveryNote *note);
void mw_discovery_note_free (MwDiscoveryNote *note);
gboolean mw_discovery_is_encrypted (MwSettings *settings);

G_END_DECLS
