/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-login-gate"

#include "config.h"

#include "check/mw-login-gate.h"

struct _MwLoginGate
{
  GMutex mutex;
  GHashTable *refused; /* set of "host\nusername" */
};

G_DEFINE_BOXED_TYPE (MwLoginGate, mw_login_gate, mw_login_gate_ref, mw_login_gate_unref)

static char *
make_key (const char *host, const char *username)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  return g_strconcat (lower, "\n", username, NULL);
}

static void
login_gate_clear (gpointer data)
{
  MwLoginGate *self = data;

  g_mutex_clear (&self->mutex);
  g_hash_table_unref (self->refused);
}

/**
 * mw_login_gate_new:
 *
 * Returns: (transfer full): a gate that lets everybody through
 */
MwLoginGate *
mw_login_gate_new (void)
{
  MwLoginGate *self = g_atomic_rc_box_new0 (MwLoginGate);

  g_mutex_init (&self->mutex);
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return self;
}

/**
 * mw_login_gate_ref:
 * @self: a gate
 *
 * Returns: (transfer full): @self
 */
MwLoginGate *
mw_login_gate_ref (MwLoginGate *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * mw_login_gate_unref:
 * @self: (transfer full): a gate
 */
void
mw_login_gate_unref (MwLoginGate *self)
{
  g_atomic_rc_box_release_full (self, login_gate_clear);
}

/**
 * mw_login_gate_close:
 * @self: a gate
 * @host: the server that refused
 * @username: the login name that it refused
 *
 * Notes a refused login: no other probe of this run tries it again.
 */
void
mw_login_gate_close (MwLoginGate *self, const char *host, const char *username)
{
  g_return_if_fail (self != NULL && host != NULL && username != NULL);

  g_mutex_lock (&self->mutex);
  g_hash_table_add (self->refused, make_key (host, username));
  g_mutex_unlock (&self->mutex);
}

/**
 * mw_login_gate_is_closed:
 * @self: a gate
 * @host: a server
 * @username: a login name
 *
 * Returns: whether this server refused this name in this run
 */
gboolean
mw_login_gate_is_closed (MwLoginGate *self, const char *host, const char *username)
{
  g_autofree char *key = NULL;
  gboolean closed;

  g_return_val_if_fail (self != NULL && host != NULL && username != NULL, FALSE);

  key = make_key (host, username);
  g_mutex_lock (&self->mutex);
  closed = g_hash_table_contains (self->refused, key);
  g_mutex_unlock (&self->mutex);

  return closed;
}
