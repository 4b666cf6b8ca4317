/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MW_PREFS_JS_ERROR (mw_prefs_js_error_quark ())
GQuark mw_prefs_js_error_quark (void);

/**
 * MwPrefsJsError:
 * @MW_PREFS_JS_ERROR_DAMAGED: a comment, a string or a statement has no end, so that nothing can
 *   be added behind it, or the file holds a zero byte
 * @MW_PREFS_JS_ERROR_TOO_LARGE: larger than any preference file is
 *
 * Why a preference file cannot be changed.
 */
typedef enum
{
  MW_PREFS_JS_ERROR_DAMAGED,
  MW_PREFS_JS_ERROR_TOO_LARGE,
} MwPrefsJsError;

/**
 * MwPrefsJs:
 *
 * A preference file of a Mozilla program: read, changed in single values, and written back with
 * everything else as it was, byte for byte.
 */
typedef struct _MwPrefsJs MwPrefsJs;

MwPrefsJs *mw_prefs_js_new (GBytes *bytes, GError **error);
void mw_prefs_js_free (MwPrefsJs *self);
GBytes *mw_prefs_js_to_bytes (MwPrefsJs *self);

const char *mw_prefs_js_get_string (MwPrefsJs *self, const char *name);
int mw_prefs_js_get_int (MwPrefsJs *self, const char *name, int fallback);
gboolean mw_prefs_js_get_boolean (MwPrefsJs *self, const char *name, gboolean fallback);
gboolean mw_prefs_js_has (MwPrefsJs *self, const char *name);
gboolean mw_prefs_js_has_branch (MwPrefsJs *self, const char *prefix);
GStrv mw_prefs_js_list (MwPrefsJs *self, const char *prefix);

void mw_prefs_js_set_string (MwPrefsJs *self, const char *name, const char *value);
void mw_prefs_js_set_int (MwPrefsJs *self, const char *name, int value);
void mw_prefs_js_set_boolean (MwPrefsJs *self, const char *name, gboolean value);
void mw_prefs_js_unset (MwPrefsJs *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwPrefsJs, mw_prefs_js_free)

G_END_DECLS
