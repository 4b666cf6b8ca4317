/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-session.h"
#include "discovery/mw-discovery-result.h"

G_BEGIN_DECLS

/**
 * MwAddSearchState:
 * @MW_ADD_SEARCH_IDLE: nothing was searched for yet
 * @MW_ADD_SEARCH_RUNNING: sources are being asked
 * @MW_ADD_SEARCH_STOPPED: the person stopped it
 * @MW_ADD_SEARCH_DONE: all sources have answered, or were given up
 * @MW_ADD_SEARCH_FAILED: it could not begin, see mw_add_search_get_error()
 *
 * How far a search has come.
 */
typedef enum
{
  MW_ADD_SEARCH_IDLE,
  MW_ADD_SEARCH_RUNNING,
  MW_ADD_SEARCH_STOPPED,
  MW_ADD_SEARCH_DONE,
  MW_ADD_SEARCH_FAILED,
} MwAddSearchState;

#define MW_TYPE_ADD_SEARCH (mw_add_search_get_type ())

/**
 * MwAddSearch:
 *
 * The search for the settings of an address. Runs in the background, outlives the page that shows
 * it. Main thread only. Signal "updated": a source answered, or the state changed.
 */
G_DECLARE_FINAL_TYPE (MwAddSearch, mw_add_search, MW, ADD_SEARCH, GObject)

MwAddSearch *mw_add_search_new (MwSession *session);
void mw_add_search_start (MwAddSearch *self, MwAddress *address, gboolean compare);
void mw_add_search_stop (MwAddSearch *self);
void mw_add_search_forget (MwAddSearch *self);

MwAddSearchState mw_add_search_get_state (MwAddSearch *self);
gboolean mw_add_search_get_compare (MwAddSearch *self);
MwDiscoveryResult *mw_add_search_get_result (MwAddSearch *self);
const GError *mw_add_search_get_error (MwAddSearch *self);
MwConnectivity mw_add_search_get_connectivity (MwAddSearch *self);

G_END_DECLS
