/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/mw-live-server.h"
#include "model/mw-account.h"
#include "model/mw-history.h"

G_BEGIN_DECLS

/**
 * MwAccountState:
 * @MW_ACCOUNT_STATE_NEVER: never checked
 * @MW_ACCOUNT_STATE_CHANGED: changed since the last check
 * @MW_ACCOUNT_STATE_INCOMPLETE: checked, but without a login (no password)
 * @MW_ACCOUNT_STATE_PROVEN: everything worked
 * @MW_ACCOUNT_STATE_WARNING: it worked, with a warning
 * @MW_ACCOUNT_STATE_FAILED: it did not work
 * @MW_ACCOUNT_STATE_CHECKING: a check runs
 *
 * How an account is, at a glance.
 */
typedef enum
{
  MW_ACCOUNT_STATE_NEVER,
  MW_ACCOUNT_STATE_CHANGED,
  MW_ACCOUNT_STATE_INCOMPLETE,
  MW_ACCOUNT_STATE_PROVEN,
  MW_ACCOUNT_STATE_WARNING,
  MW_ACCOUNT_STATE_FAILED,
  MW_ACCOUNT_STATE_CHECKING,
} MwAccountState;

#define MW_TYPE_ACCOUNT_ITEM (mw_account_item_get_type ())

/**
 * MwAccountItem:
 *
 * An account as the window lists it: the account, its state at a glance, and its check when one
 * ran in this session. Main thread only.
 *
 * Properties, all notified: "account" (#MwAccount: another object after each change), "title"
 * (address), "subtitle" (the person's name), "state" (#MwAccountState as int), "summary" (the state
 * as a translated sentence), "checking" (boolean), "export-outdated" (boolean). Signal "checked":
 * a check of it has ended (or was stopped). Signal "check-started": servers were made anew. Signal
 * "past-changed": mw_account_item_get_past() gives something else.
 */
G_DECLARE_FINAL_TYPE (MwAccountItem, mw_account_item, MW, ACCOUNT_ITEM, GObject)

MwAccountItem *mw_account_item_new (MwAccount *account, MwHistory *history);
MwAccount *mw_account_item_get_account (MwAccountItem *self); /* transfer none; do not change it:
                                                                 copy, change, mw_session_save() */
const char *mw_account_item_get_id (MwAccountItem *self);
const char *mw_account_item_get_title (MwAccountItem *self);
const char *mw_account_item_get_summary (MwAccountItem *self);
MwAccountState mw_account_item_get_state (MwAccountItem *self);
gboolean mw_account_item_get_checking (MwAccountItem *self);
gboolean mw_account_item_get_export_outdated (MwAccountItem *self);
const MwPast *mw_account_item_get_past (MwAccountItem *self); /* transfer none, never %NULL */

/* (element-type MwLiveServer): of the check that runs, or of the last one in this session; one for
 * each server that the account has; empty when it was not checked in this session */
GListModel *mw_account_item_get_servers (MwAccountItem *self);

/* What the session feeds in */
void mw_account_item_set_account (MwAccountItem *self, MwAccount *account);
void mw_account_item_begin_check (MwAccountItem *self, GPtrArray *servers); /* of MwLiveServer */
void mw_account_item_end_check (MwAccountItem *self);
void mw_account_item_reload_past (MwAccountItem *self);

G_END_DECLS
