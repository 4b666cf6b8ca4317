/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"
#include "model/mw-report.h"

G_BEGIN_DECLS

/**
 * MwPastExport:
 * @target: id of the exporter
 * @when: when it was applied, UTC
 * @is_current: whether the account is still as it was exported
 *
 * An export of an account that was made and not undone.
 */
typedef struct
{
  char *target;
  GDateTime *when;
  gboolean is_current;
} MwPastExport;

/**
 * MwPast:
 * @checked: (nullable): when the account was last checked, UTC; %NULL: never
 * @verdict: the worst verdict of its servers then
 * @diagnosis: the diagnosis that mattered most then, or %MW_DIAGNOSIS_NONE
 * @is_complete: whether every server was taken through to its last stage, login included
 * @is_current: whether the account is still as it was checked
 * @network: (nullable): on which network that was, for people
 * @exports: (element-type MwPastExport): where the account is by our hand
 *
 * What was done with one account. Immutable; free with mw_past_free().
 */
typedef struct
{
  GDateTime *checked;
  MwStatus verdict;
  MwDiagnosis diagnosis;
  gboolean is_complete;
  gboolean is_current;
  char *network;
  GPtrArray *exports;
} MwPast;

void mw_past_free (MwPast *self);

#define MW_TYPE_HISTORY (mw_history_get_type ())

/**
 * MwHistory:
 *
 * What was done with the accounts: the last check, the exports. One small key file an account,
 * written atomically, shared by window and command line. It holds no secret, and nothing that
 * cannot be found out again: a file that cannot be read counts as "never".
 */
G_DECLARE_FINAL_TYPE (MwHistory, mw_history, MW, HISTORY, GObject)

MwHistory *mw_history_new (const char *directory); /* %NULL: $XDG_STATE_HOME/mailwright/history */
const char *mw_history_get_directory (MwHistory *self);
MwPast *mw_history_load (MwHistory *self, MwAccount *account); /* transfer full, never %NULL */
gboolean mw_history_add_check (MwHistory *self,
                               MwAccount *account,
                               GPtrArray *reports, /* (element-type MwReport) */
                               GError **error);
gboolean
mw_history_add_export (MwHistory *self, MwAccount *account, const char *target, GError **error);
gboolean mw_history_remove_export (MwHistory *self,
                                   const char *account_id,
                                   const char *target,
                                   GError **error);
gboolean mw_history_remove_account (MwHistory *self, const char *account_id, GError **error);

/* SHA-256 of all that a check or an export depends on */
char *mw_account_get_fingerprint (MwAccount *account);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwPast, mw_past_free)

G_END_DECLS
