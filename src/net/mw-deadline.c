/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-net"

#include "config.h"

#include "net/mw-deadline.h"

gint64
mw_deadline_after (double seconds)
{
  /* Longer than a process lives: the sum below must not overflow */
  if (seconds > 1e9)
    return MW_DEADLINE_NONE;

  return g_get_monotonic_time () + (gint64) (MAX (seconds, 0) * G_USEC_PER_SEC);
}

gint64
mw_deadline_earlier (gint64 a, gint64 b)
{
  return MIN (a, b);
}

gboolean
mw_deadline_is_over (gint64 deadline)
{
  return deadline != MW_DEADLINE_NONE && g_get_monotonic_time () >= deadline;
}

int
mw_deadline_get_poll_timeout (gint64 deadline)
{
  gint64 left;

  if (deadline == MW_DEADLINE_NONE)
    return -1;

  left = deadline - g_get_monotonic_time ();
  if (left <= 0)
    return 0;

  return (int) MIN ((left + 999) / 1000, G_MAXINT);
}
