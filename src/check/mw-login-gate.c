/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-login-gate"

#include "config.h"

#include "check/mw-login-gate.h"

#include <gnutls/crypto.h>
#include <string.h>

/* What is known of a login, beside the MwDiagnosis of its refusal */
#define UNKNOWN 0
#define UNDER_WAY (MW_N_DIAGNOSES + 1)
#define ACCEPTED (MW_N_DIAGNOSES + 2)

struct _MwLoginGate
{
  GMutex mutex;
  GCond changed;
  GHashTable *logins; /* "host\nprotocol\nusername\ndigest of the password" -> what is known */
  guchar key[32];     /* of the digests: they say nothing outside of this gate */
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
  g_cond_clear (&self->changed);
  g_hash_table_unref (self->logins);
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
  g_cond_init (&self->changed);
  if (gnutls_rnd (GNUTLS_RND_KEY, self->key, sizeof self->key) < 0)
    g_error ("there are no random numbers");
  self->logins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

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

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  MwLoginGate *self = user_data;

  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

/**
 * mw_login_gate_enter:
 * @self: a gate
 * @server: the server to log in to, with a login name
 * @password: the password that is to be sent
 * @deadline: how long to wait for an equal login that is under way; 0 not to wait
 * @cancellable: (nullable): ends the wait
 * @diagnosis: (out) (optional): what the refusal meant, for %MW_GATE_REFUSED
 *
 * Asks whether a login may be tried. Blocks while an equal one is under way: were both wrong, both
 * would count where a provider counts tries.
 *
 * Returns: what to do
 */
MwGateAnswer
mw_login_gate_enter (MwLoginGate *self,
                     MwServer *server,
                     SecretValue *password,
                     gint64 deadline,
                     GCancellable *cancellable,
                     MwDiagnosis *diagnosis)
{
  g_autofree char *key = NULL;
  MwGateAnswer answer;
  gulong handler = 0;
  guint known;

  g_return_val_if_fail (self != NULL && server != NULL, MW_GATE_BUSY);
  g_return_val_if_fail (password != NULL, MW_GATE_BUSY);

  key = make_key (self, server, password);
  if (cancellable != NULL && deadline > 0)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self, NULL);
  g_mutex_lock (&self->mutex);
  while ((known = GPOINTER_TO_UINT (g_hash_table_lookup (self->logins, key))) == UNDER_WAY &&
         !g_cancellable_is_cancelled (cancellable) && deadline > 0)
    if (!g_cond_wait_until (&self->changed, &self->mutex, deadline))
      deadline = 0;
  if (known == UNKNOWN)
    g_hash_table_insert (self->logins, g_strdup (key), GUINT_TO_POINTER (UNDER_WAY));
  g_mutex_unlock (&self->mutex);
  if (handler != 0)
    g_cancellable_disconnect (cancellable, handler);

  answer = known == UNKNOWN     ? MW_GATE_FIRST
           : known == UNDER_WAY ? MW_GATE_BUSY
           : known == ACCEPTED  ? MW_GATE_OPEN
                                : MW_GATE_REFUSED;
  if (answer == MW_GATE_REFUSED && diagnosis != NULL)
    *diagnosis = (MwDiagnosis) known;
  return answer;
}

/**
 * mw_login_gate_leave:
 * @self: a gate
 * @server: the server
 * @password: the password that was sent, or was not sent after all
 * @accepted: whether the login succeeded; otherwise nothing was learnt about it
 *
 * Lets those in who wait behind an %MW_GATE_FIRST: all of them after a login that succeeded, else
 * the next one alone. For a refusal there is mw_login_gate_close().
 */
void
mw_login_gate_leave (MwLoginGate *self, MwServer *server, SecretValue *password, gboolean accepted)
{
  g_autofree char *key = NULL;

  g_return_if_fail (self != NULL && server != NULL && password != NULL);

  key = make_key (self, server, password);
  g_mutex_lock (&self->mutex);
  if (GPOINTER_TO_UINT (g_hash_table_lookup (self->logins, key)) == UNDER_WAY)
    {
      if (accepted)
        g_hash_table_insert (self->logins, g_strdup (key), GUINT_TO_POINTER (ACCEPTED));
      else
        g_hash_table_remove (self->logins, key);
      g_cond_broadcast (&self->changed);
    }
  g_mutex_unlock (&self->mutex);
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
  g_hash_table_insert (self->logins, make_key (self, server, password),
                       GUINT_TO_POINTER (diagnosis));
  g_cond_broadcast (&self->changed);
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
  guint known;

  g_return_val_if_fail (self != NULL && server != NULL, MW_DIAGNOSIS_NONE);
  g_return_val_if_fail (password != NULL, MW_DIAGNOSIS_NONE);

  key = make_key (self, server, password);
  g_mutex_lock (&self->mutex);
  known = GPOINTER_TO_UINT (g_hash_table_lookup (self->logins, key));
  g_mutex_unlock (&self->mutex);

  return known < MW_N_DIAGNOSES ? (MwDiagnosis) known : MW_DIAGNOSIS_NONE;
}
