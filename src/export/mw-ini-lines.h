/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MwIniLines:
 *
 * An INI file as Mozilla's programs read it. Lines that are not changed stay as they are, those
 * that nobody understands too.
 */
typedef struct _MwIniLines MwIniLines;

MwIniLines *mw_ini_lines_new (GBytes *bytes);
void mw_ini_lines_free (MwIniLines *self);
GBytes *mw_ini_lines_to_bytes (MwIniLines *self);

const char *mw_ini_lines_get (MwIniLines *self, const char *section, const char *key);
GStrv mw_ini_lines_list_sections (MwIniLines *self, const char *prefix);
void mw_ini_lines_set (MwIniLines *self, const char *section, const char *key, const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwIniLines, mw_ini_lines_free)

G_END_DECLS
