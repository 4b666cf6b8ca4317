/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MwOpenFileFunc:
 * @window: the window
 * @file: a set-up file that can be used
 *
 * Goes on with a file that was opened.
 */
typedef void (*MwOpenFileFunc) (GtkWindow *window, GFile *file);

/* Looks at files that the person opened with this program: with one set-up file @take is called in
 * the end; anything else is told, with what can be done about it. */
void mw_open_files (GtkWindow *window, GFile **files, guint n_files, MwOpenFileFunc take);

G_END_DECLS
