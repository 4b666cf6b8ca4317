/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A deadline is a point in time: microseconds of g_get_monotonic_time(). It bounds a whole step,
 * however many reads that takes, so a peer that sends one byte a second gains nothing. One
 * deadline can be handed through all calls of a step.
 */

/**
 * MW_DEADLINE_NONE:
 *
 * Never. For tests; everything that people wait for has a deadline.
 */
#define MW_DEADLINE_NONE G_MAXINT64

/**
 * mw_deadline_after:
 * @seconds: how long from now; 0 or less has passed already
 *
 * Returns: the deadline, in microseconds of the monotonic clock
 */
gint64 mw_deadline_after (double seconds);

/**
 * mw_deadline_earlier:
 * @a: a deadline
 * @b: another one
 *
 * Returns: the one that comes first
 */
gint64 mw_deadline_earlier (gint64 a, gint64 b);

/**
 * mw_deadline_is_over:
 * @deadline: a deadline
 *
 * Returns: whether it has passed
 */
gboolean mw_deadline_is_over (gint64 deadline);

/**
 * mw_deadline_get_poll_timeout:
 * @deadline: a deadline
 *
 * Returns: milliseconds to hand to g_poll(), rounded up so that nothing spins; -1 for
 *   %MW_DEADLINE_NONE, 0 when it has passed
 */
int mw_deadline_get_poll_timeout (gint64 deadline);

G_END_DECLS
