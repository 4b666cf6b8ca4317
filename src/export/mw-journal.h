/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-export-apply.h"

G_BEGIN_DECLS

/* How the journal is kept on disk. Only apply and undo use this. */

/* How many entries are kept */
#define MW_JOURNAL_MAX_ENTRIES 100

/**
 * MwRecordFile:
 * @temporary: the new content, beside the file, until it takes the file's place
 * @before_name: (nullable): name of the kept old content in the entry's folder; %NULL: there was no
 *   file
 * @before_sum: (nullable): SHA-256 of the old content
 * @after_sum: SHA-256 of the new content
 *
 * One file of an entry. The other members are those of #MwFileChange.
 */
typedef struct
{
  char *path;
  char *real_path;
  char *temporary;
  char *before_name;
  char *before_sum;
  char *after_sum;
  char *marker;
  int mode; /* of the old content; of the new one when there was no file */
  MwFileFlags flags;
} MwRecordFile;

/**
 * MwRecordSecret:
 * @item: the item that was stored
 * @had_previous: it was there before with another secret, which is kept in the keyring
 *
 * One keyring item of an entry.
 */
typedef struct
{
  MwSecretItem *item;
  gboolean had_previous;
} MwRecordSecret;

/**
 * MwRecord:
 *
 * One entry of the journal: a folder with a key file and the old contents of files.
 */
typedef struct
{
  char *id;
  char *folder;
  char *target;
  MwJournalState state;
  GDateTime *created;
  GStrv accounts;
  gboolean to_folder; /* files for a person to carry */
  GPtrArray *files;   /* (element-type MwRecordFile) */
  GPtrArray *folders; /* (element-type filename): made for the files, outermost first */
  GPtrArray *secrets; /* (element-type MwRecordSecret) */
  GPtrArray *actions; /* (element-type MwExportAction) */
  GPtrArray *locks;   /* (element-type filename) */
} MwRecord;

typedef struct _MwJournal MwJournal;

MwJournal *mw_journal_open (MwExportHost *host, gboolean create, GError **error);
void mw_journal_close (MwJournal *self);
GPtrArray *mw_journal_list_ids (MwJournal *self, GError **error);
MwRecord *mw_journal_load (MwJournal *self, const char *id, GError **error);
MwRecord *mw_journal_new_record (MwJournal *self, const char *target, GError **error);
GDateTime *mw_journal_guess_time (const char *id);
gboolean mw_journal_discard (MwJournal *self, const char *id, GError **error);

gboolean mw_record_add_file (MwRecord *self, MwFileChange *change, GError **error);
void mw_record_add_secret (MwRecord *self, MwSecretItem *item, gboolean had_previous);
gboolean mw_record_publish (MwRecord *self, GError **error);
gboolean mw_record_set_state (MwRecord *self, MwJournalState state, GError **error);
GBytes *mw_record_read_before (MwRecord *self, MwRecordFile *file, GError **error);
MwJournalEntry *mw_record_to_entry (MwRecord *self);
void mw_record_free (MwRecord *self);

char *mw_bytes_sum (GBytes *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwJournal, mw_journal_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwRecord, mw_record_free)

G_END_DECLS
