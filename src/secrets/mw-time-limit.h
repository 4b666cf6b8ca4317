/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MwTimeLimit:
 *
 * A blocking piece of work in a thread of its own that is waited for until a deadline, and then
 * left behind: what talks to a bus or a service may hang in places that no cancellable reaches.
 */
typedef struct _MwTimeLimit MwTimeLimit;

/**
 * MwTimeLimitFunc:
 * @limit: to move it with mw_time_limit_move()
 * @data: what was given to mw_time_limit_run()
 * @cancellable: cancelled as soon as nobody waits any more
 *
 * The work. Runs in its own thread, and perhaps on after mw_time_limit_run() returned.
 *
 * Returns: (transfer full) (nullable): the result, to be freed by the function given for it
 */
typedef gpointer (*MwTimeLimitFunc) (MwTimeLimit *limit,
                                     gpointer data,
                                     GCancellable *cancellable,
                                     GError **error);

gpointer mw_time_limit_run (const char *name,
                            guint timeout_milliseconds,
                            MwTimeLimitFunc func,
                            gpointer data,
                            GDestroyNotify free_data,
                            GDestroyNotify free_result,
                            GCancellable *cancellable,
                            GError **error);
void mw_time_limit_move (MwTimeLimit *self, guint timeout_milliseconds);

G_END_DECLS
