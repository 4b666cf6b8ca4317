/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MwBoundedFunc:
 * @data: what was handed to mw_bounded_run()
 *
 * Work that may hang where nothing can reach it. Runs in a thread of its own.
 *
 * Returns: (transfer full) (nullable): a result
 */
typedef gpointer (*MwBoundedFunc) (gpointer data);

/**
 * mw_bounded_run:
 * @func: the work
 * @data: (transfer full): handed to @func
 * @free_data: frees @data, after @func returned
 * @free_result: frees a result that nobody waited for
 * @deadline: how long to wait
 * @cancellable: (nullable): ends the wait at once
 * @error: return location for an error: %MW_NET_ERROR_TIMEOUT, %G_IO_ERROR_CANCELLED
 *
 * Runs @func in another thread and waits for it, but no longer than asked. When the wait is over
 * first, the thread is left to end by itself.
 *
 * Returns: (transfer full) (nullable): what @func returned, %NULL with @error set if it did not
 */
gpointer mw_bounded_run (MwBoundedFunc func,
                         gpointer data,
                         GDestroyNotify free_data,
                         GDestroyNotify free_result,
                         gint64 deadline,
                         GCancellable *cancellable,
                         GError **error);

G_END_DECLS
