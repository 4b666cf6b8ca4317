/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-net"

#include "config.h"

#include "net/mw-bounded.h"

#include "net/mw-deadline.h"
#include "net/mw-net-error.h"

/* Shared by the one who waits and the one who works; counted */
typedef struct
{
  MwBoundedFunc func;
  gpointer data;
  GDestroyNotify free_data;
  GDestroyNotify free_result;

  GMutex mutex;
  GCond changed;
  gboolean done;
  gpointer result;
} Work;

static void
work_clear (gpointer data)
{
  Work *work = data;

  if (work->result != NULL)
    work->free_result (work->result);
  g_mutex_clear (&work->mutex);
  g_cond_clear (&work->changed);
}

static void
work_unref (gpointer work)
{
  g_atomic_rc_box_release_full (work, work_clear);
}

static void
do_work (gpointer data, gpointer user_data)
{
  Work *work = data;
  gpointer result = work->func (work->data);

  work->free_data (work->data);

  g_mutex_lock (&work->mutex);
  work->result = result;
  work->done = TRUE;
  g_cond_broadcast (&work->changed);
  g_mutex_unlock (&work->mutex);

  work_unref (work);
}

/* No limit: each thread may be one that hangs, and must not be in the way of the others */
static GThreadPool *
get_pool (void)
{
  static gsize once = 0;
  static GThreadPool *pool = NULL;

  if (g_once_init_enter (&once))
    {
      pool = g_thread_pool_new (do_work, NULL, -1, FALSE, NULL);
      g_once_init_leave (&once, 1);
    }

  return pool;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Work *work = user_data;

  g_mutex_lock (&work->mutex);
  g_cond_broadcast (&work->changed);
  g_mutex_unlock (&work->mutex);
}

gpointer
mw_bounded_run (MwBoundedFunc func,
                gpointer data,
                GDestroyNotify free_data,
                GDestroyNotify free_result,
                gint64 deadline,
                GCancellable *cancellable,
                GError **error)
{
  Work *work = g_atomic_rc_box_new0 (Work);
  gpointer result;
  gulong handler = 0;
  gboolean done;

  g_return_val_if_fail (func != NULL && free_data != NULL && free_result != NULL, NULL);

  work->func = func;
  work->data = data;
  work->free_data = free_data;
  work->free_result = free_result;
  g_mutex_init (&work->mutex);
  g_cond_init (&work->changed);

  g_thread_pool_push (get_pool (), g_atomic_rc_box_acquire (work), NULL);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), work, NULL);

  g_mutex_lock (&work->mutex);
  while (!work->done && !g_cancellable_is_cancelled (cancellable))
    {
      if (deadline == MW_DEADLINE_NONE)
        g_cond_wait (&work->changed, &work->mutex);
      else if (!g_cond_wait_until (&work->changed, &work->mutex, deadline))
        break;
    }
  done = work->done;
  result = g_steal_pointer (&work->result);
  g_mutex_unlock (&work->mutex);

  if (handler != 0)
    g_cancellable_disconnect (cancellable, handler);

  if (!done && !g_cancellable_set_error_if_cancelled (cancellable, error))
    g_set_error_literal (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT, "no answer in time");

  work_unref (work);
  return result;
}
