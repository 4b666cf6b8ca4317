/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many unchanged lines are shown around a change */
#define MW_DIFF_CONTEXT_LINES 3

/**
 * MwDiffKind:
 * @MW_DIFF_CONTEXT: a line that stays
 * @MW_DIFF_REMOVED: a line that goes
 * @MW_DIFF_ADDED: a line that is new
 * @MW_DIFF_GAP: stands for unchanged lines that are not listed
 *
 * What becomes of a line.
 */
typedef enum
{
  MW_DIFF_CONTEXT,
  MW_DIFF_REMOVED,
  MW_DIFF_ADDED,
  MW_DIFF_GAP,
} MwDiffKind;

/**
 * MwDiffLine:
 * @kind: what becomes of it
 * @text: the line without its end, fit to show (mw_text_make_harmless(), and without a password);
 *   "" for a gap
 * @n_lines: how many lines a gap stands for; else 1
 * @unended: whether it is the last line of its file and lacks a line end
 *
 * One line of a difference.
 */
typedef struct
{
  MwDiffKind kind;
  char *text;
  guint n_lines;
  gboolean unended;
} MwDiffLine;

/* (element-type MwDiffLine) */
GPtrArray *mw_diff_new (GBytes *before, GBytes *after, guint n_context);
GPtrArray *mw_diff_new_text (const char *before, const char *after, guint n_context);
const char *mw_diff_kind_to_mark (MwDiffKind kind); /* "−", "+", "…" or " " */

G_END_DECLS
