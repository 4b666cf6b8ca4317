/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-time-limit"

#include "config.h"

#include "secrets/mw-time-limit.h"

struct _MwTimeLimit
{
  gatomicrefcount ref_count;

  /* Set before the thread starts */
  MwTimeLimitFunc func;
  gpointer data;
  GDestroyNotify free_data;
  GDestroyNotify free_result;
  GCancellable *cancellable; /* the worker's own */

  GMutex lock;
  GCond changed;
  /* Guarded by the lock */
  gint64 until; /* monotonic microseconds */
  gboolean done;
  gpointer result;
  GError *error;
};

static void
limit_unref (MwTimeLimit *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->free_data != NULL && self->data != NULL)
    self->free_data (self->data);
  if (self->free_result != NULL && self->result != NULL)
    self->free_result (self->result);
  g_clear_error (&self->error);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

static gpointer
run_thread (gpointer user_data)
{
  MwTimeLimit *self = user_data;
  g_autoptr(GError) error = NULL;
  gpointer result = self->func (self, self->data, self->cancellable, &error);

  g_mutex_lock (&self->lock);
  self->result = result;
  self->error = g_steal_pointer (&error);
  self->done = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);

  limit_unref (self);
  return NULL;
}

static void
on_outer_cancelled (GCancellable *cancellable, gpointer user_data)
{
  MwTimeLimit *self = user_data;

  g_mutex_lock (&self->lock);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

/**
 * mw_time_limit_move:
 * @self: the deadline, in the function that it runs
 * @timeout_milliseconds: from now
 *
 * Gives the work another deadline. May be called from any thread.
 */
void
mw_time_limit_move (MwTimeLimit *self, guint timeout_milliseconds)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->lock);
  self->until = g_get_monotonic_time () + (gint64) timeout_milliseconds * 1000;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

/**
 * mw_time_limit_run:
 * @name: the thread's name, for debuggers
 * @timeout_milliseconds: how long to wait
 * @func: the work
 * @data: (transfer full): its argument; it lives until the work has ended
 * @free_data: (nullable): frees @data
 * @free_result: (nullable): frees a result that came too late
 * @cancellable: (nullable): stops the waiting at once
 * @error: return location for a #GError
 *
 * Does blocking work and waits for it no longer than the deadline says. Work that is late is told
 * so by its cancellable and left behind.
 *
 * Returns: (transfer full) (nullable): what @func returned; %NULL with %G_IO_ERROR_TIMED_OUT,
 *   %G_IO_ERROR_CANCELLED or the error of @func
 */
gpointer
mw_time_limit_run (const char *name,
                   guint timeout_milliseconds,
                   MwTimeLimitFunc func,
                   gpointer data,
                   GDestroyNotify free_data,
                   GDestroyNotify free_result,
                   GCancellable *cancellable,
                   GError **error)
{
  MwTimeLimit *self = g_new0 (MwTimeLimit, 1);
  gpointer result = NULL;
  gulong handler = 0;
  gboolean done;

  g_atomic_ref_count_init (&self->ref_count);
  g_atomic_ref_count_inc (&self->ref_count); /* the worker's */
  self->func = func;
  self->data = data;
  self->free_data = free_data;
  self->free_result = free_result;
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->until = g_get_monotonic_time () + (gint64) timeout_milliseconds * 1000;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled), self, NULL);
  g_thread_unref (g_thread_new (name, run_thread, self));

  g_mutex_lock (&self->lock);
  while (!self->done && !g_cancellable_is_cancelled (cancellable))
    {
      gint64 until = self->until;

      if (!g_cond_wait_until (&self->changed, &self->lock, until) && self->until == until)
        break;
    }
  done = self->done;
  if (done)
    {
      result = g_steal_pointer (&self->result);
      if (self->error != NULL)
        g_propagate_error (error, g_steal_pointer (&self->error));
    }
  g_mutex_unlock (&self->lock);

  if (handler != 0)
    g_cancellable_disconnect (cancellable, handler);
  if (!done)
    {
      g_cancellable_cancel (self->cancellable);
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "No answer in time");
    }
  limit_unref (self);
  return result;
}
