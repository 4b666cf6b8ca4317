/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-export-apply.h"

G_BEGIN_DECLS

/**
 * MwApplyStepFunc:
 * @step: what was just done: "journal", "folder", "temporary", "secret", "replace", "action",
 *   "done"; while putting back "revert-action", "restore-temporary", "restore", "clear-secret",
 *   "put-back"
 * @index: of the file, item or call
 *
 * For tests: called after every step of applying and undoing. A step that fails here fails there.
 */
typedef gboolean (*MwApplyStepFunc) (const char *step,
                                     guint index,
                                     gpointer user_data,
                                     GError **error);

void mw_export_apply_set_step_func (MwApplyStepFunc func, gpointer user_data);

G_END_DECLS
