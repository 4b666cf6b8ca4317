/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"
#include "secrets/mw-secrets.h"

G_BEGIN_DECLS

#define MW_EXPORT_ERROR (mw_export_error_quark ())
GQuark mw_export_error_quark (void);

/**
 * MwExportError:
 * @MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE: a value that the format cannot carry; field and reason
 *   are in the message
 * @MW_EXPORT_ERROR_NOT_SUPPORTED: the target cannot do what the account needs (a SASL mechanism,
 *   a protocol, OAuth2 for this host), or the account lacks what the target needs
 * @MW_EXPORT_ERROR_NO_TARGET: the program is not on this machine
 * @MW_EXPORT_ERROR_NO_ACCESS: a sandbox keeps us from the program's files
 * @MW_EXPORT_ERROR_RUNNING: the program runs and would overwrite what is written
 * @MW_EXPORT_ERROR_LOCKED: another process is exporting at this moment
 * @MW_EXPORT_ERROR_TARGET_INVALID: what is there already cannot be understood, or is no regular
 *   file; nothing was changed
 * @MW_EXPORT_ERROR_CHANGED: a file changed since the plan was made, or since the export to undo
 * @MW_EXPORT_ERROR_PROGRAM: the other program refused; everything was put back
 * @MW_EXPORT_ERROR_NOT_FOUND: there is no such journal entry, or nothing to undo
 * @MW_EXPORT_ERROR_JOURNAL: the journal cannot be read or written; nothing was changed
 *
 * Why an export cannot be. File errors come as #GIOErrorEnum and those of the keyring as
 * #MwSecretsError, and then everything was put back.
 */
typedef enum
{
  MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE,
  MW_EXPORT_ERROR_NOT_SUPPORTED,
  MW_EXPORT_ERROR_NO_TARGET,
  MW_EXPORT_ERROR_NO_ACCESS,
  MW_EXPORT_ERROR_RUNNING,
  MW_EXPORT_ERROR_LOCKED,
  MW_EXPORT_ERROR_TARGET_INVALID,
  MW_EXPORT_ERROR_CHANGED,
  MW_EXPORT_ERROR_PROGRAM,
  MW_EXPORT_ERROR_NOT_FOUND,
  MW_EXPORT_ERROR_JOURNAL,
} MwExportError;

const char *mw_export_error_explain (const GError *error); /* translated: what to do; or %NULL */

/**
 * MwFileAction:
 *
 * What a plan does to a file.
 */
typedef enum
{
  MW_FILE_NONE,
  MW_FILE_CREATE,
  MW_FILE_CHANGE,
} MwFileAction;

const char *mw_file_action_to_string (MwFileAction action); /* "none", "create", "change" */

/**
 * MwFileFlags:
 * @MW_FILE_FLAGS_NONE: text that may be shown
 * @MW_FILE_HIDDEN: not for showing: binary, or an encrypted store
 * @MW_FILE_REWRITTEN: the target program rewrites the file in its own way soon after; an undo
 *   then recognises it by @marker instead of byte for byte
 *
 * What kind of file it is.
 */
typedef enum
{
  MW_FILE_FLAGS_NONE = 0,
  MW_FILE_HIDDEN = 1 << 0,
  MW_FILE_REWRITTEN = 1 << 1,
} MwFileFlags;

/**
 * MwFileChange:
 * @path: where the person finds it
 * @real_path: where it is written: @path with the person's own links followed
 * @action: what happens to it
 * @mode: permission bits afterwards
 * @before: (nullable): the bytes that are there; %NULL when there is no file
 * @after: the bytes that will be there; @before itself when @action is %MW_FILE_NONE
 * @flags: what kind of file it is
 * @marker: (nullable): a line that says that the file is ours, for %MW_FILE_REWRITTEN
 *
 * What one file will become.
 */
typedef struct
{
  char *path;
  char *real_path;
  MwFileAction action;
  int mode;
  GBytes *before;
  GBytes *after;
  MwFileFlags flags;
  char *marker;
} MwFileChange;

/**
 * MwExportSecret:
 * @item: schema, attributes and label: exactly what the target program looks up
 * @account: whose password
 * @half: which of its passwords
 *
 * A keyring item that the target program will look up. The password itself comes at apply time.
 */
typedef struct
{
  MwSecretItem *item;
  MwAccount *account;
  MwHalf half;
} MwExportSecret;

/**
 * MwExportAction:
 * @exporter: id of the exporter that performs it
 * @type: what to do, an id of that exporter: "create-source"
 * @values: (element-type utf8 utf8): the arguments, with all that taking it back needs
 *
 * Something to do that is not a file: a call to another program. It can be kept in the journal.
 */
typedef struct
{
  char *exporter;
  char *type;
  GHashTable *values;
} MwExportAction;

/**
 * MwExportNote:
 * @id: stable: "evolution-asks-once"
 * @text: translated: one or two sentences
 * @account_id: (nullable): the account that it is about
 *
 * What the person should know, such as what the other program will still ask.
 */
typedef struct
{
  char *id;
  char *text;
  char *account_id;
} MwExportNote;

#define MW_TYPE_EXPORT_PLAN (mw_export_plan_get_type ())

/**
 * MwExportPlan:
 * @target: id of the exporter
 * @files: (element-type MwFileChange): files, in the order in which they are written
 * @secrets: (element-type MwExportSecret): keyring items
 * @actions: (element-type MwExportAction): calls to other programs, in their order
 * @notes: (element-type MwExportNote): what to tell the person
 * @locks: (element-type filename): lock files that the target program holds with fcntl() while it
 *   runs: apply and undo take them first, and fail with %MW_EXPORT_ERROR_RUNNING
 * @accounts: (element-type MwAccount): what is exported
 *
 * What an export will do, as a value: filled by the planner, immutable afterwards, counted.
 */
typedef struct
{
  char *target;
  GPtrArray *files;
  GPtrArray *secrets;
  GPtrArray *actions;
  GPtrArray *notes;
  GPtrArray *locks;
  GPtrArray *accounts;

  /*< private >*/
  gatomicrefcount ref_count;
} MwExportPlan;

GType mw_export_plan_get_type (void) G_GNUC_CONST;
MwExportPlan *mw_export_plan_new (const char *target);
MwExportPlan *mw_export_plan_ref (MwExportPlan *self);
void mw_export_plan_unref (MwExportPlan *self);

/* Does nothing have to be written? Keyring items do not count: apply looks whether they differ. */
gboolean mw_export_plan_is_empty (MwExportPlan *self);

/* Reads what is there (%NULL in @before when there is nothing) and follows the person's own link */
gboolean mw_export_read_file (const char *path, GBytes **before, GError **error);

/* Adds the file with what is there as `before`, and the action that follows from both. */
MwFileChange *mw_export_plan_add_file (MwExportPlan *self,
                                       const char *path,
                                       GBytes *after,
                                       int mode,
                                       MwFileFlags flags,
                                       GError **error);
/* The same for a file that was read to be changed: @before is what the change was made out of. */
MwFileChange *mw_export_plan_change_file (MwExportPlan *self,
                                          const char *path,
                                          GBytes *before,
                                          GBytes *after,
                                          int mode,
                                          MwFileFlags flags,
                                          GError **error);
void
mw_export_plan_add_secret (MwExportPlan *self, MwSecretItem *item, MwAccount *account, MwHalf half);
MwExportAction *mw_export_plan_add_action (MwExportPlan *self,
                                           const char *exporter,
                                           const char *type,
                                           ...) G_GNUC_NULL_TERMINATED; /* key, value, ..., NULL */
void mw_export_plan_add_note (MwExportPlan *self,
                              const char *id,
                              MwAccount *account,
                              const char *format,
                              ...) G_GNUC_PRINTF (4, 5); /* the same twice is one */
void mw_export_plan_add_lock (MwExportPlan *self, const char *path);
MwExportNote *mw_export_plan_find_note (MwExportPlan *self, const char *id); /* or %NULL */

MwExportAction *mw_export_action_new (const char *exporter, const char *type);
void mw_export_action_free (MwExportAction *self);
MwExportSecret *mw_export_secret_new (MwSecretItem *item, MwAccount *account, MwHalf half);
void mw_export_secret_free (MwExportSecret *self);
MwExportNote *mw_export_note_new (const char *id, const char *text, const char *account_id);
void mw_export_note_free (MwExportNote *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwExportPlan, mw_export_plan_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwExportAction, mw_export_action_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwExportNote, mw_export_note_free)

G_END_DECLS
