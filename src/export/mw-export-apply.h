/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-export.h"

G_BEGIN_DECLS

/**
 * MwExportResult:
 * @journal_id: (nullable): the entry that undoes it; %NULL when nothing had to be done
 * @n_files: how many files were written
 * @n_secrets: how many keyring items were stored
 * @n_actions: how many calls were made
 * @notes: (element-type MwExportNote): what to tell the person, beside the plan's own notes
 *
 * What applying a plan, or undoing one, did.
 */
typedef struct
{
  char *journal_id;
  guint n_files;
  guint n_secrets;
  guint n_actions;
  GPtrArray *notes;
} MwExportResult;

void mw_export_result_free (MwExportResult *self);

/**
 * MwJournalState:
 * @MW_JOURNAL_STATE_APPLYING: begun and not ended: it is rolled back at the next use
 * @MW_JOURNAL_STATE_DONE: applied; can be undone
 * @MW_JOURNAL_STATE_UNDONE: undone by the person
 * @MW_JOURNAL_STATE_ROLLED_BACK: failed or was cut off, and everything was put back
 * @MW_JOURNAL_STATE_UNREADABLE: the entry itself is damaged; it is kept, and cannot be undone
 *
 * How far an entry of the journal got.
 */
typedef enum
{
  MW_JOURNAL_STATE_APPLYING,
  MW_JOURNAL_STATE_DONE,
  MW_JOURNAL_STATE_UNDONE,
  MW_JOURNAL_STATE_ROLLED_BACK,
  MW_JOURNAL_STATE_UNREADABLE,
} MwJournalState;

const char *mw_journal_state_to_string (MwJournalState state); /* "applying", "done", ... */

/**
 * MwJournalEntry:
 * @id: names it; later entries sort after earlier ones
 * @target: id of the exporter
 * @state: how far it got
 * @created: when, UTC
 * @accounts: addresses of the accounts
 * @paths: files that were written
 * @to_folder: whether they were saved in a folder, for a person to carry
 * @n_secrets: keyring items that were stored
 * @n_actions: calls that were made
 *
 * One applied export, as the journal remembers it.
 */
typedef struct
{
  char *id;
  char *target;
  MwJournalState state;
  GDateTime *created;
  GStrv accounts;
  GStrv paths;
  gboolean to_folder;
  guint n_secrets;
  guint n_actions;
} MwJournalEntry;

void mw_journal_entry_free (MwJournalEntry *self);

MwExportResult *mw_export_apply_sync (MwExportPlan *plan,
                                      MwExportHost *host,
                                      const MwExportOptions *options,
                                      MwSecrets *secrets,
                                      MwSecretsFlags flags,
                                      GCancellable *cancellable,
                                      GError **error);

/* Was there more to put back after this error of mw_export_apply_sync() than could be? It is tried
 * again at the next use of the journal. */
gboolean mw_export_error_left_something (const GError *error);

GPtrArray *mw_journal_list (MwExportHost *host, GError **error); /* (element-type MwJournalEntry) */
/* Which accounts of an undone entry no other one has put into the same program */
GStrv mw_journal_list_gone (GPtrArray *entries, const char *id);
MwExportResult *mw_journal_undo_sync (MwExportHost *host,
                                      const char *id,
                                      MwSecrets *secrets,
                                      MwSecretsFlags flags,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean mw_journal_recover_sync (MwExportHost *host,
                                  MwSecrets *secrets,
                                  guint *n_recovered,
                                  GCancellable *cancellable,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwExportResult, mw_export_result_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwJournalEntry, mw_journal_entry_free)

G_END_DECLS
