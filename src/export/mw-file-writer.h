/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The largest file of another program that is read, in bytes */
#define MW_EXPORT_MAX_FILE_BYTES (64 * 1024 * 1024)

char *mw_file_resolve (const char *path, GError **error);
gboolean mw_file_read_if_there (const char *real_path, GBytes **bytes, GError **error);

/* Writing in two halves, so that all files are ready before the first one changes */
char *mw_file_temporary_path (const char *real_path, const char *id);
gboolean mw_file_write_temporary (
    const char *temporary, const char *real_path, GBytes *bytes, int mode, GError **error);
gboolean mw_file_commit (const char *temporary, const char *real_path, GError **error);
gboolean mw_file_sync_folder_of (const char *path, GError **error);
gboolean mw_file_remove (const char *real_path, GError **error);

GPtrArray *mw_file_list_missing_parents (const char *real_path);
gboolean mw_file_make_folder (const char *path, GError **error);

G_END_DECLS
