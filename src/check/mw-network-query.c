/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-network-query"

#include "config.h"

#include "check/mw-network-query.h"
#include "net/mw-deadline.h"

struct _MwNetworkQuery
{
  GMutex mutex;
  GCond answered;
  gint64 deadline;
  MwNetworkState *state;
  gboolean done;
};

static void
network_query_clear (gpointer data)
{
  MwNetworkQuery *self = data;

  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->answered);
  g_clear_pointer (&self->state, mw_network_state_unref);
}

static gpointer
ask (gpointer data)
{
  g_autoptr(MwNetworkQuery) self = data;
  MwNetworkState *state = mw_network_query_sync (self->deadline, NULL);

  g_mutex_lock (&self->mutex);
  self->state = state;
  self->done = TRUE;
  g_cond_broadcast (&self->answered);
  g_mutex_unlock (&self->mutex);

  return NULL;
}

/**
 * mw_network_query_new:
 * @seconds: how long an answer is waited for
 *
 * Returns: (transfer full): a question under way
 */
MwNetworkQuery *
mw_network_query_new (double seconds)
{
  MwNetworkQuery *self = g_atomic_rc_box_new0 (MwNetworkQuery);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->answered);
  self->deadline = mw_deadline_after (seconds);
  g_thread_unref (g_thread_new ("mw-network", ask, mw_network_query_ref (self)));

  return self;
}

/**
 * mw_network_query_new_answered:
 * @state: the answer
 *
 * Returns: (transfer full): a question whose answer is known
 */
MwNetworkQuery *
mw_network_query_new_answered (MwNetworkState *state)
{
  MwNetworkQuery *self = g_atomic_rc_box_new0 (MwNetworkQuery);

  g_return_val_if_fail (state != NULL, NULL);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->answered);
  self->state = mw_network_state_ref (state);
  self->done = TRUE;

  return self;
}

/**
 * mw_network_query_ref:
 * @self: a question
 *
 * Returns: (transfer full): @self
 */
MwNetworkQuery *
mw_network_query_ref (MwNetworkQuery *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * mw_network_query_unref:
 * @self: (transfer full): a question
 */
void
mw_network_query_unref (MwNetworkQuery *self)
{
  g_atomic_rc_box_release_full (self, network_query_clear);
}

/**
 * mw_network_query_get:
 * @self: a question
 * @wait: whether to wait for the answer, no longer than the question was given time
 *
 * Returns: (transfer full) (nullable): the state, or %NULL if it is not known
 */
MwNetworkState *
mw_network_query_get (MwNetworkQuery *self, gboolean wait)
{
  MwNetworkState *state = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->mutex);
  while (wait && !self->done)
    if (!g_cond_wait_until (&self->answered, &self->mutex, self->deadline))
      break;
  if (self->state != NULL)
    state = mw_network_state_ref (self->state);
  g_mutex_unlock (&self->mutex);

  return state;
}
