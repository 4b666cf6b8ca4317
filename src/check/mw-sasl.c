/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-sasl"

#include "config.h"

#include "check/mw-sasl.h"
#include "check/mw-saslprep.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

/* Written here on the primitives of GnuTLS instead of taken from GNU SASL: that library is not in
 * the GNOME runtime, keeps passwords in buffers that it does not wipe, and does not tell a missing
 * server signature from other faults. */

#define MAX_HASH 64

typedef struct _Mechanism Mechanism;

struct _MwSasl
{
  const Mechanism *mechanism;
  char *username;
  SecretValue *secret;
  char *host;
  guint16 port;

  guint n_steps;
  gboolean done; /* nothing more is owed by the server but its verdict */
  char *server_error;

  /* SCRAM */
  char *nonce;
  char *client_first_bare;
  guchar server_signature[MAX_HASH];
};

typedef MwSecretBuffer *(*StepFunc) (MwSasl *self,
                                     const char *challenge,
                                     gsize length,
                                     gint64 deadline,
                                     GCancellable *cancellable,
                                     GError **error);

struct _Mechanism
{
  const char *name;
  StepFunc step;
  gboolean speaks_first;
  gboolean reads_challenges;
  gboolean uses_token;
  gnutls_mac_algorithm_t mac; /* SCRAM */
};

G_DEFINE_QUARK (mw_sasl_error, mw_sasl_error) /* clang-format would put spaces around dashes */

static void
append_secret (MwSecretBuffer *buffer, SecretValue *secret)
{
  gsize length;
  const char *bytes = secret_value_get (secret, &length);

  mw_secret_buffer_append (buffer, bytes, length);
}

static gsize
get_secret_length (SecretValue *secret)
{
  gsize length;

  secret_value_get (secret, &length);
  return length;
}

static MwSecretBuffer *
unexpected (GError **error)
{
  g_set_error_literal (error, MW_SASL_ERROR, MW_SASL_ERROR_MALFORMED,
                       "the server asked for more than the mechanism has");
  return NULL;
}

/* ---- PLAIN (RFC 4616) ---- */

static MwSecretBuffer *
step_plain (MwSasl *self,
            const char *challenge,
            gsize length,
            gint64 deadline,
            GCancellable *cancellable,
            GError **error)
{
  MwSecretBuffer *out;

  /* Some servers ask with an empty challenge though the answer came with the command. What goes
   * out the second time is what went out the first time. */
  if (self->n_steps > 1 || (self->n_steps == 1 && length > 0))
    return unexpected (error);

  out = mw_secret_buffer_new (2 + strlen (self->username) + get_secret_length (self->secret));
  mw_secret_buffer_append (out, "\0", 1);
  mw_secret_buffer_append (out, self->username, -1);
  mw_secret_buffer_append (out, "\0", 1);
  append_secret (out, self->secret);
  self->done = TRUE;

  return out;
}

/* ---- LOGIN (never standardised) ---- */

static MwSecretBuffer *
step_login (MwSasl *self,
            const char *challenge,
            gsize length,
            gint64 deadline,
            GCancellable *cancellable,
            GError **error)
{
  MwSecretBuffer *out;

  /* The prompts are words for people: the first is for the name and the second for the password,
   * whatever they say. Going by their text would let a server get the password as the name. */
  switch (self->n_steps)
    {
    case 0:
      out = mw_secret_buffer_new (strlen (self->username));
      mw_secret_buffer_append (out, self->username, -1);
      return out;
    case 1:
      out = mw_secret_buffer_new (get_secret_length (self->secret));
      append_secret (out, self->secret);
      self->done = TRUE;
      return out;
    default:
      return unexpected (error);
    }
}

/* ---- CRAM-MD5 (RFC 2195) ---- */

static MwSecretBuffer *
step_cram_md5 (MwSasl *self,
               const char *challenge,
               gsize length,
               gint64 deadline,
               GCancellable *cancellable,
               GError **error)
{
  static const char digits[] = "0123456789abcdef";
  guchar digest[16];
  MwSecretBuffer *out;
  gsize secret_length;
  const char *secret;
  int rc;

  if (self->n_steps > 0)
    return unexpected (error);
  if (length == 0)
    {
      g_set_error_literal (error, MW_SASL_ERROR, MW_SASL_ERROR_MALFORMED,
                           "the server sent an empty challenge");
      return NULL;
    }

  secret = secret_value_get (self->secret, &secret_length);
  rc = gnutls_hmac_fast (GNUTLS_MAC_MD5, secret, secret_length, challenge, length, digest);
  if (rc < 0)
    {
      g_set_error (error, MW_SASL_ERROR, MW_SASL_ERROR_UNAVAILABLE, "HMAC-MD5: %s",
                   gnutls_strerror (rc));
      return NULL;
    }

  out = mw_secret_buffer_new (strlen (self->username) + 1 + 2 * sizeof digest);
  mw_secret_buffer_append (out, self->username, -1);
  mw_secret_buffer_append (out, " ", 1);
  for (gsize i = 0; i < sizeof digest; i++)
    {
      mw_secret_buffer_append (out, &digits[digest[i] >> 4], 1);
      mw_secret_buffer_append (out, &digits[digest[i] & 15], 1);
    }
  explicit_bzero (digest, sizeof digest);
  self->done = TRUE;

  return out;
}

/* ---- SCRAM (RFC 5802, RFC 7677) ---- */

/* PBKDF2 (RFC 8018) for one block. In a loop of our own, so that a server that asks for millions of
 * rounds cannot hold up a cancelled check. */
static gboolean
salt_password (gnutls_mac_algorithm_t mac,
               const MwSecretBuffer *password,
               const guchar *salt,
               gsize salt_length,
               guint iterations,
               guchar *out,
               gint64 deadline,
               GCancellable *cancellable,
               GError **error)
{
  static const guchar first_block[] = { 0, 0, 0, 1 };
  gsize size = gnutls_hmac_get_len (mac);
  guchar u[MAX_HASH];
  gnutls_hmac_hd_t hmac;
  gboolean good = TRUE;
  int rc;

  rc = gnutls_hmac_init (&hmac, mac, password->data, password->length);
  if (rc < 0)
    {
      g_set_error (error, MW_SASL_ERROR, MW_SASL_ERROR_UNAVAILABLE, "%s", gnutls_strerror (rc));
      return FALSE;
    }

  rc = gnutls_hmac (hmac, salt, salt_length);
  if (rc >= 0)
    rc = gnutls_hmac (hmac, first_block, sizeof first_block);
  gnutls_hmac_output (hmac, u);
  memcpy (out, u, size);
  for (guint i = 1; i < iterations && good && rc >= 0; i++)
    {
      rc = gnutls_hmac (hmac, u, size);
      gnutls_hmac_output (hmac, u);
      for (gsize j = 0; j < size; j++)
        out[j] ^= u[j];
      if (i % 1024 == 0)
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            good = FALSE;
          else if (g_get_monotonic_time () > deadline)
            {
              g_set_error (error, MW_SASL_ERROR, MW_SASL_ERROR_TIMEOUT,
                           "%u rounds of hashing take too long", iterations);
              good = FALSE;
            }
        }
    }
  if (good && rc < 0)
    {
      g_set_error (error, MW_SASL_ERROR, MW_SASL_ERROR_UNAVAILABLE, "%s", gnutls_strerror (rc));
      good = FALSE;
    }

  gnutls_hmac_deinit (hmac, NULL);
  explicit_bzero (u, sizeof u);
  return good;
}

/* "," and "=" stand for themselves nowhere in a SCRAM name */
static char *
escape_scram_name (const MwSecretBuffer *name)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < name->length; i++)
    {
      if (name->data[i] == ',')
        g_string_append (out, "=2C");
      else if (name->data[i] == '=')
        g_string_append (out, "=3D");
      else
        g_string_append_c (out, name->data[i]);
    }

  return g_string_free (out, FALSE);
}

static MwSecretBuffer *
scram_client_first (MwSasl *self, GError **error)
{
  g_autoptr(MwSecretBuffer) name = mw_saslprep (self->username, strlen (self->username));
  g_autofree char *escaped = NULL;
  MwSecretBuffer *out;

  if (name == NULL)
    {
      g_set_error_literal (error, MW_SASL_ERROR, MW_SASL_ERROR_SECRET,
                           "the login name holds characters that SASLprep (RFC 4013) forbids");
      return NULL;
    }
  if (self->nonce == NULL)
    {
      guchar random[18];
      int rc = gnutls_rnd (GNUTLS_RND_NONCE, random, sizeof random);

      if (rc < 0)
        {
          g_set_error (error, MW_SASL_ERROR, MW_SASL_ERROR_UNAVAILABLE, "%s", gnutls_strerror (rc));
          return NULL;
        }
      self->nonce = g_base64_encode (random, sizeof random);
    }
  escaped = escape_scram_name (name);
  self->client_first_bare = g_strdup_printf ("n=%s,r=%s", escaped, self->nonce);

  out = mw_secret_buffer_new (3 + strlen (self->client_first_bare));
  mw_secret_buffer_append (out, "n,,", 3);
  mw_secret_buffer_append (out, self->client_first_bare, -1);
  return out;
}

static gboolean
is_base64 (const char *text)
{
  gsize length = strlen (text);
  gsize padding = 0;

  if (length == 0 || length % 4 != 0)
    return FALSE;
  if (text[length - 1] == '=')
    padding = text[length - 2] == '=' ? 2 : 1;
  for (gsize i = 0; i < length - padding; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;
  return TRUE;
}

static gboolean
malformed (GError **error, const char *what)
{
  g_set_error (error, MW_SASL_ERROR, MW_SASL_ERROR_MALFORMED, "SCRAM: %s", what);
  return FALSE;
}

/* "r=NONCE,s=SALT,i=COUNT[,extensions]": RFC 5802, section 7. An "m=" is an extension that must be
 * understood, and there is none that we do. */
static gboolean
parse_server_first (MwSasl *self,
                    const char *message,
                    char **nonce,
                    guchar **salt,
                    gsize *salt_length,
                    guint *iterations,
                    GError **error)
{
  g_auto (GStrv) parts = g_strsplit (message, ",", -1);
  guint64 count;

  if (g_strv_length (parts) < 3 || !g_str_has_prefix (parts[0], "r=") ||
      !g_str_has_prefix (parts[1], "s=") || !g_str_has_prefix (parts[2], "i="))
    return malformed (error, "the challenge has not the form that RFC 5802 gives it");

  for (const char *p = parts[0] + 2; *p != '\0'; p++)
    if (*p < 0x21 || *p > 0x7e)
      return malformed (error, "the nonce holds characters that are not allowed");
  if (!g_str_has_prefix (parts[0] + 2, self->nonce) ||
      strlen (parts[0] + 2) == strlen (self->nonce))
    {
      g_set_error_literal (error, MW_SASL_ERROR, MW_SASL_ERROR_NONCE,
                           "SCRAM: the server did not add its own nonce to ours");
      return FALSE;
    }
  if (!is_base64 (parts[1] + 2))
    return malformed (error, "the salt is not base64");
  if (!g_ascii_string_to_unsigned (parts[2] + 2, 10, 1, G_MAXUINT64, &count, NULL))
    return malformed (error, "the number of rounds is no number");
  if (count < MW_SASL_MIN_ITERATIONS || count > MW_SASL_MAX_ITERATIONS)
    {
      g_set_error (error, MW_SASL_ERROR, MW_SASL_ERROR_ITERATIONS,
                   "SCRAM: the server asks for %" G_GUINT64_FORMAT " rounds of hashing", count);
      return FALSE;
    }

  *nonce = g_strdup (parts[0] + 2);
  *salt = g_base64_decode (parts[1] + 2, salt_length);
  *iterations = (guint) count;
  return TRUE;
}

/* Client key, proof and the signature that the server has to come up with: RFC 5802, section 3 */
static gboolean
compute_proof (MwSasl *self, const guchar *salted, const char *auth_message, guchar *proof)
{
  gnutls_mac_algorithm_t mac = self->mechanism->mac;
  gnutls_digest_algorithm_t hash = mac == GNUTLS_MAC_SHA1 ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256;
  gsize size = gnutls_hmac_get_len (mac);
  guchar client_key[MAX_HASH], stored_key[MAX_HASH], server_key[MAX_HASH];
  gboolean good;

  good =
      gnutls_hmac_fast (mac, salted, size, "Client Key", 10, client_key) >= 0 &&
      gnutls_hash_fast (hash, client_key, size, stored_key) >= 0 &&
      gnutls_hmac_fast (mac, stored_key, size, auth_message, strlen (auth_message), proof) >= 0 &&
      gnutls_hmac_fast (mac, salted, size, "Server Key", 10, server_key) >= 0 &&
      gnutls_hmac_fast (mac, server_key, size, auth_message, strlen (auth_message),
                        self->server_signature) >= 0;
  if (good)
    for (gsize i = 0; i < size; i++)
      proof[i] ^= client_key[i];

  explicit_bzero (client_key, sizeof client_key);
  explicit_bzero (stored_key, sizeof stored_key);
  explicit_bzero (server_key, sizeof server_key);
  return good;
}

static MwSecretBuffer *
scram_client_final (
    MwSasl *self, const char *message, gint64 deadline, GCancellable *cancellable, GError **error)
{
  g_autofree char *nonce = NULL;
  g_autofree guchar *salt = NULL;
  g_autofree char *without_proof = NULL;
  g_autofree char *auth_message = NULL;
  g_autoptr(MwSecretBuffer) password = NULL;
  gsize size = gnutls_hmac_get_len (self->mechanism->mac);
  gsize salt_length, secret_length;
  const char *secret;
  guint iterations;
  guchar salted[MAX_HASH], proof[MAX_HASH];
  MwSecretBuffer *out = NULL;

  if (!parse_server_first (self, message, &nonce, &salt, &salt_length, &iterations, error))
    return NULL;
  secret = secret_value_get (self->secret, &secret_length);
  password = mw_saslprep (secret, secret_length);
  if (password == NULL)
    {
      g_set_error_literal (error, MW_SASL_ERROR, MW_SASL_ERROR_SECRET,
                           "the password holds characters that SASLprep (RFC 4013) forbids");
      return NULL;
    }

  if (!salt_password (self->mechanism->mac, password, salt, salt_length, iterations, salted,
                      deadline, cancellable, error))
    goto end;
  without_proof = g_strdup_printf ("c=biws,r=%s", nonce); /* biws: "n,,", no channel binding */
  auth_message = g_strconcat (self->client_first_bare, ",", message, ",", without_proof, NULL);
  if (!compute_proof (self, salted, auth_message, proof))
    {
      g_set_error_literal (error, MW_SASL_ERROR, MW_SASL_ERROR_UNAVAILABLE,
                           "SCRAM: the hash function is not available");
      goto end;
    }

  out = mw_secret_buffer_new (strlen (without_proof) + 3 + mw_secret_buffer_base64_size (size));
  mw_secret_buffer_append (out, without_proof, -1);
  mw_secret_buffer_append (out, ",p=", 3);
  mw_secret_buffer_append_base64 (out, (const char *) proof, size);

end:
  explicit_bzero (salted, sizeof salted);
  explicit_bzero (proof, sizeof proof);
  return out;
}

static MwSecretBuffer *
scram_verify_server (MwSasl *self, const char *message, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (message, ",", -1);
  gsize size = gnutls_hmac_get_len (self->mechanism->mac);
  g_autofree guchar *signature = NULL;
  gsize length = 0;

  if (parts[0] != NULL && g_str_has_prefix (parts[0], "e="))
    {
      g_set_str (&self->server_error, parts[0] + 2);
      g_set_error (error, MW_SASL_ERROR, MW_SASL_ERROR_REFUSED, "SCRAM: %s", parts[0] + 2);
      return NULL;
    }
  if (parts[0] != NULL && g_str_has_prefix (parts[0], "v=") && is_base64 (parts[0] + 2))
    signature = g_base64_decode (parts[0] + 2, &length);
  if (signature == NULL || length != size ||
      gnutls_memcmp (signature, self->server_signature, size) != 0)
    {
      g_set_error_literal (error, MW_SASL_ERROR, MW_SASL_ERROR_SERVER_SIGNATURE,
                           "SCRAM: the server could not prove that it knows the password");
      return NULL;
    }

  self->done = TRUE;
  return mw_secret_buffer_new (0);
}

static MwSecretBuffer *
step_scram (MwSasl *self,
            const char *challenge,
            gsize length,
            gint64 deadline,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree char *message = NULL;

  if (self->n_steps == 0)
    {
      if (length > 0)
        return unexpected (error);
      return scram_client_first (self, error);
    }
  if (self->n_steps > 2)
    return unexpected (error);

  if (length == 0 || memchr (challenge, '\0', length) != NULL ||
      !g_utf8_validate (challenge, length, NULL))
    {
      malformed (error, "the challenge is empty or no text");
      return NULL;
    }
  message = g_strndup (challenge, length);

  if (self->n_steps == 1 && !g_str_has_prefix (message, "e="))
    return scram_client_final (self, message, deadline, cancellable, error);
  return scram_verify_server (self, message, error);
}

/* ---- XOAUTH2 and OAUTHBEARER (RFC 7628) ---- */

static MwSecretBuffer *
step_oauth (MwSasl *self,
            const char *challenge,
            gsize length,
            gint64 deadline,
            GCancellable *cancellable,
            GError **error)
{
  gboolean bearer = g_str_equal (self->mechanism->name, "OAUTHBEARER");
  g_autofree char *name = NULL;
  g_autofree char *head = NULL;
  MwSecretBuffer *out;

  if (self->n_steps == 1)
    {
      /* A second challenge is the server's error, in JSON. It wants one more empty answer before it
       * says no. */
      self->server_error = g_strndup (challenge, MIN (length, 1024));
      out = mw_secret_buffer_new (1);
      if (bearer)
        mw_secret_buffer_append (out, "\001", 1);
      return out;
    }
  if (self->n_steps > 1)
    return unexpected (error);

  if (bearer)
    {
      g_autoptr(MwSecretBuffer) plain = mw_secret_buffer_new (strlen (self->username));

      mw_secret_buffer_append (plain, self->username, -1);
      name = escape_scram_name (plain); /* GS2 names are escaped alike: RFC 5801, section 4 */
      head = g_strdup_printf ("n,a=%s,\001host=%s\001port=%u\001auth=Bearer ", name, self->host,
                              self->port);
    }
  else
    head = g_strdup_printf ("user=%s\001auth=Bearer ", self->username);

  out = mw_secret_buffer_new (strlen (head) + get_secret_length (self->secret) + 2);
  mw_secret_buffer_append (out, head, -1);
  append_secret (out, self->secret);
  mw_secret_buffer_append (out, "\001\001", 2);
  self->done = TRUE;

  return out;
}

static const Mechanism mechanisms[] = {
  { "SCRAM-SHA-256", step_scram, TRUE, TRUE, FALSE, GNUTLS_MAC_SHA256 },
  { "SCRAM-SHA-1", step_scram, TRUE, TRUE, FALSE, GNUTLS_MAC_SHA1 },
  { "CRAM-MD5", step_cram_md5, FALSE, TRUE, FALSE, GNUTLS_MAC_UNKNOWN },
  { "PLAIN", step_plain, TRUE, FALSE, FALSE, GNUTLS_MAC_UNKNOWN },
  { "LOGIN", step_login, FALSE, FALSE, FALSE, GNUTLS_MAC_UNKNOWN },
  { "XOAUTH2", step_oauth, TRUE, TRUE, TRUE, GNUTLS_MAC_UNKNOWN },
  { "OAUTHBEARER", step_oauth, TRUE, TRUE, TRUE, GNUTLS_MAC_UNKNOWN },
};

static const Mechanism *
find_mechanism (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    if (g_ascii_strcasecmp (mechanisms[i].name, name) == 0)
      return &mechanisms[i];
  return NULL;
}

/**
 * mw_sasl_is_known:
 * @mechanism: the name of a mechanism
 *
 * Returns: whether mw_sasl_new() knows it
 */
gboolean
mw_sasl_is_known (const char *mechanism)
{
  g_return_val_if_fail (mechanism != NULL, FALSE);

  return find_mechanism (mechanism) != NULL;
}

/**
 * mw_sasl_uses_token:
 * @mechanism: the name of a mechanism
 *
 * Returns: whether its secret is an OAuth 2 token and not a password
 */
gboolean
mw_sasl_uses_token (const char *mechanism)
{
  const Mechanism *row;

  g_return_val_if_fail (mechanism != NULL, FALSE);

  row = find_mechanism (mechanism);
  return row != NULL && row->uses_token;
}

/**
 * mw_sasl_can_prepare:
 * @mechanism: the name of a mechanism
 * @username: a login name
 * @secret: a password
 *
 * SCRAM compares hashes of prepared text (RFC 4013); a password that cannot be prepared can still
 * be right for the mechanisms that send it as it is.
 *
 * Returns: whether the mechanism can be used with this name and password
 */
gboolean
mw_sasl_can_prepare (const char *mechanism, const char *username, SecretValue *secret)
{
  const Mechanism *row = find_mechanism (mechanism);
  g_autoptr(MwSecretBuffer) name = NULL;
  g_autoptr(MwSecretBuffer) password = NULL;
  const char *bytes;
  gsize length;

  if (row == NULL)
    return FALSE;
  if (row->step != step_scram)
    return TRUE;

  bytes = secret_value_get (secret, &length);
  name = mw_saslprep (username, strlen (username));
  password = mw_saslprep (bytes, length);
  return name != NULL && password != NULL;
}

static gboolean
has_forbidden (const char *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (bytes[i] == '\0' || bytes[i] == '\r' || bytes[i] == '\n' || bytes[i] == '\001')
      return TRUE;
  return FALSE;
}

/**
 * mw_sasl_new:
 * @mechanism: "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2" or
 *   "OAUTHBEARER", in any case
 * @username: the login name
 * @secret: the password or token; a reference is kept
 * @host: the server, for OAUTHBEARER
 * @port: its port
 * @error: return location for an error: %MW_SASL_ERROR_SECRET for line breaks and NUL in name or
 *   secret, or a secret of more than %MW_SASL_MAX_SECRET bytes; %MW_SASL_ERROR_UNAVAILABLE for an
 *   unknown mechanism
 *
 * Returns: (transfer full): a new exchange
 */
MwSasl *
mw_sasl_new (const char *mechanism,
             const char *username,
             SecretValue *secret,
             const char *host,
             guint16 port,
             GError **error)
{
  const Mechanism *row;
  const char *bytes;
  gsize length;
  MwSasl *self;

  g_return_val_if_fail (mechanism != NULL && username != NULL, NULL);
  g_return_val_if_fail (secret != NULL && host != NULL, NULL);

  row = find_mechanism (mechanism);
  if (row == NULL)
    {
      g_set_error (error, MW_SASL_ERROR, MW_SASL_ERROR_UNAVAILABLE, "%s is not known here",
                   mechanism);
      return NULL;
    }
  bytes = secret_value_get (secret, &length);
  if (length > MW_SASL_MAX_SECRET || has_forbidden (bytes, length) ||
      has_forbidden (username, strlen (username)))
    {
      g_set_error_literal (
          error, MW_SASL_ERROR, MW_SASL_ERROR_SECRET,
          "the login name or the password holds a control character or is too long");
      return NULL;
    }

  self = g_new0 (MwSasl, 1);
  self->mechanism = row;
  self->username = g_strdup (username);
  self->secret = secret_value_ref (secret);
  self->host = g_strdup (host);
  self->port = port;

  return self;
}

/**
 * mw_sasl_free:
 * @self: (transfer full) (nullable): an exchange
 */
void
mw_sasl_free (MwSasl *self)
{
  if (self == NULL)
    return;

  g_free (self->username);
  secret_value_unref (self->secret);
  g_free (self->host);
  g_free (self->server_error);
  g_free (self->nonce);
  g_free (self->client_first_bare);
  explicit_bzero (self, sizeof *self);
  g_free (self);
}

/**
 * mw_sasl_set_nonce:
 * @self: a SCRAM exchange that has not begun
 * @nonce: printable characters without ","
 *
 * Takes this nonce instead of a random one: for test vectors.
 */
void
mw_sasl_set_nonce (MwSasl *self, const char *nonce)
{
  g_return_if_fail (self != NULL && self->n_steps == 0);

  g_set_str (&self->nonce, nonce);
}

/**
 * mw_sasl_speaks_first:
 * @self: an exchange
 *
 * Returns: whether the first message can go out with the command (initial response)
 */
gboolean
mw_sasl_speaks_first (MwSasl *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->mechanism->speaks_first;
}

/**
 * mw_sasl_reads_challenges:
 * @self: an exchange
 *
 * Returns: whether what the server says matters; if not, a challenge that is not base64 does no
 * harm
 */
gboolean
mw_sasl_reads_challenges (MwSasl *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->mechanism->reads_challenges;
}

/**
 * mw_sasl_step:
 * @self: an exchange
 * @challenge: (array length=length) (nullable): what the server said, decoded; empty before the
 *   first message of a mechanism that speaks first
 * @length: its length
 * @deadline: in microseconds of g_get_monotonic_time(): when to stop computing
 * @cancellable: (nullable): stops computing at once
 * @error: return location for a %MW_SASL_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): what to answer, not yet encoded; may be empty
 */
MwSecretBuffer *
mw_sasl_step (MwSasl *self,
              const char *challenge,
              gsize length,
              gint64 deadline,
              GCancellable *cancellable,
              GError **error)
{
  MwSecretBuffer *out;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (challenge != NULL || length == 0, NULL);

  out = self->mechanism->step (self, challenge, length, deadline, cancellable, error);
  self->n_steps++;

  return out;
}

/**
 * mw_sasl_finish:
 * @self: an exchange
 * @error: return location for an error: %MW_SASL_ERROR_SERVER_SIGNATURE when the server said yes
 *   without the proof that the mechanism asks of it
 *
 * Asks, after the server said yes, whether it was entitled to.
 *
 * Returns: whether all is well
 */
gboolean
mw_sasl_finish (MwSasl *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->done && self->server_error == NULL)
    return TRUE;
  g_set_error (error, MW_SASL_ERROR, MW_SASL_ERROR_SERVER_SIGNATURE,
               "%s: the server said yes before the exchange was complete", self->mechanism->name);
  return FALSE;
}

/**
 * mw_sasl_get_server_error:
 * @self: an exchange
 *
 * Returns: (nullable): what the server gave as its reason within the mechanism: outside text, not
 *   made harmless
 */
const char *
mw_sasl_get_server_error (MwSasl *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->server_error;
}
