/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-account.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define MW_STORE_ERROR (mw_store_error_quark ())
GQuark mw_store_error_quark (void);

/**
 * MwStoreError:
 * @MW_STORE_ERROR_NOT_FOUND: there is no such account
 * @MW_STORE_ERROR_AMBIGUOUS: several accounts have this address; their ids are in the message
 * @MW_STORE_ERROR_UNREADABLE: the file is there and cannot be read or understood; it was kept
 * @MW_STORE_ERROR_NEWER: the file was written by a newer version of this program
 * @MW_STORE_ERROR_CHANGED: another process changed the account since it was loaded
 *
 * Why an account could not be loaded or saved. File errors come as #GIOErrorEnum or #GFileError.
 */
typedef enum
{
  MW_STORE_ERROR_NOT_FOUND,
  MW_STORE_ERROR_AMBIGUOUS,
  MW_STORE_ERROR_UNREADABLE,
  MW_STORE_ERROR_NEWER,
  MW_STORE_ERROR_CHANGED,
} MwStoreError;

#define MW_TYPE_STORE (mw_store_get_type ())

/**
 * MwStore:
 *
 * The accounts of this person: one key file each, readable by a person, 0600, written atomically.
 * Several processes may use one store at once.
 */
G_DECLARE_FINAL_TYPE (MwStore, mw_store, MW, STORE, GObject)

MwStore *mw_store_new (const char *directory); /* %NULL: $XDG_CONFIG_HOME/mailwright/accounts */
const char *mw_store_get_directory (MwStore *self);
GPtrArray *mw_store_list (MwStore *self, GPtrArray **problems, GError **error);
MwAccount *mw_store_load (MwStore *self, const char *id_or_address, GError **error);
gboolean mw_store_save (MwStore *self, MwAccount *account, GError **error);
gboolean mw_store_remove (MwStore *self, const char *id, GError **error);

void mw_account_to_key_file (MwAccount *account, GKeyFile *file);
MwAccount *mw_account_new_from_key_file (GKeyFile *file, const char *id, GError **error);

/* mode of mw_file_replace(): keep that of the file that is there, 0600 for a new one */
#define MW_FILE_KEEP_MODE -1

GPtrArray *mw_file_list (const char *folder, GError **error);
int mw_file_lock_folder (const char *folder, GError **error);
GBytes *mw_file_read (const char *path, gsize max_length, GError **error);
gboolean
mw_file_replace (const char *path, const void *bytes, gsize length, int mode, GError **error);
gboolean
mw_file_replace_light (const char *path, const void *bytes, gsize length, int mode, GError **error);

/* Is it a path that a portal made up for a file outside of the sandbox? It says nothing to a person
 */
gboolean mw_path_is_of_portal (const char *path);
char *mw_path_dup_display (const char *path); /* what to show of any path */

G_END_DECLS
