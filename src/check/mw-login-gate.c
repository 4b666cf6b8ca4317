/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-login-gate"

#include "config.h"

#include "check/mw-login-gate.h"

#include <gnutls/crypto.h>
#include <string.h>

struct _MwLoginGate
{
  GMutex mutex;
  GHashTable *refused; /* set of "host\nusername\ndigest of the password" */
  guchar key[32];      /* of the digests: they say nothing outside of this gate */
};

G_DEFINE_BOXED_TYPE (MwLoginGate, mw_login_gate, mw_login_gate_ref, mw_login_gate_unref)

static char *
make_key (MwLoginGate *self, const char *host, const char *username, SecretValue *password)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);
  g_autofree char *digest_text = NULL;
  guchar digest[32];
  gsize length;
  const char *secret = secret_value_get (password, &length);

  if (gnutls_hmac_fast (GNUTLS_MAC_SHA256, self->key, sizeof self->key, secret, length, digest) < 0)
    g_error ("HMAC-SHA256 is not available");
  digest_text = g_base64_encode (digest, sizeof digest);

  return g_strconcat (lower, "\n", username, "\n", digest_text, NULL);
}

static void
login_gate_clear (gpointer data)
{
  MwLoginGate *self = data;

  g_mutex_clear (&self->mutex);
  g_hash_table_unref (self->refused);
  explicit_bzero (self->key, sizeof self->key);
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
  if (gnutls_rnd (GNUTLS_RND_KEY, self->key, sizeof self->key) < 0)
    g_error ("there are no random numbers");
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
 * @password: the password that it refused; only a digest of it is kept
 *
 * Notes a refused login: no other probe of this run tries it again.
 */
void
mw_login_gate_close (MwLoginGate *self,
                     const char *host,
                     const char *username,
                     SecretValue *password)
{
  g_return_if_fail (self != NULL && host != NULL && username != NULL);
  g_return_if_fail (password != NULL);

  g_mutex_lock (&self->mutex);
  g_hash_table_add (self->refused, make_key (self, host, username, password));
  g_mutex_unlock (&self->mutex);
}

/**
 * mw_login_gate_is_closed:
 * @self: a gate
 * @host: a server
 * @username: a login name
 * @password: a password
 *
 * Returns: whether this server refused this name with this password in this run
 */
gboolean
mw_login_gate_is_closed (MwLoginGate *self,
                         const char *host,
                         const char *username,
                         SecretValue *password)
{
  g_autofree char *key = NULL;
  gboolean closed;

  g_return_val_if_fail (self != NULL && host != NULL && username != NULL, FALSE);
  g_return_val_if_fail (password != NULL, FALSE);

  key = make_key (self, host, username, password);
  g_mutex_lock (&self->mutex);
  closed = g_hash_table_contains (self->refused, key);
  g_mutex_unlock (&self->mutex);

  return closed;
}
