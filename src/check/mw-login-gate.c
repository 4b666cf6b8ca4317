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
  GHashTable *refused; /* "host\nprotocol\nusername\ndigest of the password" -> MwDiagnosis */
  guchar key[32];      /* of the digests: they say nothing outside of this gate */
};

G_DEFINE_BOXED_TYPE (MwLoginGate, mw_login_gate, mw_login_gate_ref, mw_login_gate_unref)

static char *
make_key (MwLoginGate *self, MwServer *server, SecretValue *password)
{
  g_autofree char *host = g_ascii_strdown (mw_server_get_host (server), -1);
  g_autofree char *digest_text = NULL;
  guchar digest[32];
  gsize length;
  const char *secret = secret_value_get (password, &length);

  if (gnutls_hmac_fast (GNUTLS_MAC_SHA256, self->key, sizeof self->key, secret, length, digest) < 0)
    g_error ("HMAC-SHA256 is not available");
  digest_text = g_base64_encode (digest, sizeof digest);

  return g_strdup_printf ("%s\n%s\n%s\n%s", host,
                          mw_protocol_to_string (mw_server_get_protocol (server)),
                          mw_server_get_username (server), digest_text);
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
 * @server: the server that refused, with the login name that it refused
 * @password: the password that it refused; only a digest of it is kept
 * @diagnosis: what the refusal meant
 *
 * Notes a refused login: no other probe of this run tries it again.
 */
void
mw_login_gate_close (MwLoginGate *self,
                     MwServer *server,
                     SecretValue *password,
                     MwDiagnosis diagnosis)
{
  g_return_if_fail (self != NULL && server != NULL);
  g_return_if_fail (password != NULL && diagnosis != MW_DIAGNOSIS_NONE);

  g_mutex_lock (&self->mutex);
  g_hash_table_insert (self->refused, make_key (self, server, password),
                       GUINT_TO_POINTER (diagnosis));
  g_mutex_unlock (&self->mutex);
}

/**
 * mw_login_gate_check:
 * @self: a gate
 * @server: a server, with a login name
 * @password: a password
 *
 * Returns: what it meant that this server refused this name with this password in this run, or
 *   %MW_DIAGNOSIS_NONE if it did not
 */
MwDiagnosis
mw_login_gate_check (MwLoginGate *self, MwServer *server, SecretValue *password)
{
  g_autofree char *key = NULL;
  MwDiagnosis diagnosis;

  g_return_val_if_fail (self != NULL && server != NULL, MW_DIAGNOSIS_NONE);
  g_return_val_if_fail (password != NULL, MW_DIAGNOSIS_NONE);

  key = make_key (self, server, password);
  g_mutex_lock (&self->mutex);
  diagnosis = GPOINTER_TO_UINT (g_hash_table_lookup (self->refused, key));
  g_mutex_unlock (&self->mutex);

  return diagnosis;
}
