/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-nss-crypto.h"

#include <gnutls/gnutls.h>
#include <string.h>

/* NSS uses 1 or 10000; more than this many rounds is an attempt to keep us busy */
#define MAX_ITERATIONS 5000000
#define KEY_LENGTH 32
#define SALT_LENGTH 32
#define MAC_LENGTH 32

static const MwDerOid oid_pbes2 = { { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d }, 9 };
static const MwDerOid oid_pbkdf2 = { { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c }, 9 };
static const MwDerOid oid_pbmac1 = { { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0e }, 9 };
static const MwDerOid oid_hmac_sha256 = { { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09 }, 8 };
const MwDerOid mw_nss_oid_aes256_cbc = { { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a },
                                         9 };
const MwDerOid mw_nss_oid_des3_cbc = { { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x07 }, 8 };

G_DEFINE_QUARK (mw_nss_error, mw_nss_error)

static gboolean
fail_format (GError **error, const char *what)
{
  g_set_error (error, MW_NSS_ERROR, MW_NSS_ERROR_FORMAT, "key4.db cannot be used: %s", what);
  return FALSE;
}

static gboolean
check_gnutls (int code, GError **error)
{
  if (code < 0)
    g_set_error (error, MW_NSS_ERROR, MW_NSS_ERROR_CRYPTO,
                 "the password store cannot be encrypted: %s", gnutls_strerror (code));
  return code >= 0;
}

/* ---- one cipher step, in place ---- */

static gboolean
run_cipher (gnutls_cipher_algorithm_t algorithm,
            const guint8 *key,
            const guint8 *iv,
            guint8 *data,
            gsize length,
            gboolean encrypt,
            GError **error)
{
  gnutls_cipher_hd_t handle;
  gnutls_datum_t key_datum = { (guint8 *) key, (guint) gnutls_cipher_get_key_size (algorithm) };
  gnutls_datum_t iv_datum = { (guint8 *) iv, (guint) gnutls_cipher_get_iv_size (algorithm) };
  int code = gnutls_cipher_init (&handle, algorithm, &key_datum, &iv_datum);

  if (!check_gnutls (code, error))
    return FALSE;
  code = encrypt ? gnutls_cipher_encrypt2 (handle, data, length, data, length)
                 : gnutls_cipher_decrypt2 (handle, data, length, data, length);
  gnutls_cipher_deinit (handle);
  return check_gnutls (code, error);
}

/**
 * mw_nss_encrypt:
 * @algorithm: a block cipher in CBC mode
 * @key: its key
 * @iv: its initialisation vector
 * @text: (array length=length) (nullable): what to encrypt
 * @length: its length in bytes
 * @encrypted_length: (out): length of the result in bytes
 * @error: return location for a #GError
 *
 * Pads (RFC 5652, section 6.3) and encrypts, in a buffer that has its size before it is filled.
 *
 * Returns: (transfer full): the encrypted text; %NULL with %MW_NSS_ERROR_CRYPTO
 */
guint8 *
mw_nss_encrypt (gnutls_cipher_algorithm_t algorithm,
                const guint8 *key,
                const guint8 *iv,
                const void *text,
                gsize length,
                gsize *encrypted_length,
                GError **error)
{
  gsize block = gnutls_cipher_get_block_size (algorithm);
  gsize padding = block - length % block;
  guint8 *data = g_malloc (length + padding);

  if (length > 0)
    memcpy (data, text, length);
  memset (data + length, (int) padding, padding);
  *encrypted_length = length + padding;
  if (!run_cipher (algorithm, key, iv, data, length + padding, TRUE, error))
    {
      explicit_bzero (data, length + padding);
      g_free (data);
      return NULL;
    }
  return data;
}

/**
 * mw_nss_decrypt:
 * @algorithm: a block cipher in CBC mode
 * @key: its key
 * @iv: its initialisation vector
 * @encrypted: what to decrypt
 * @length: (out): length of the result in bytes, without its padding
 * @room: (out): how many bytes of the result the caller has to wipe
 * @error: return location for a #GError
 *
 * Decrypts, and takes the padding off.
 *
 * Returns: (transfer full) (nullable): the text with a zero byte behind it; %NULL without @error if
 *   the padding says that the key is another one
 */
guint8 *
mw_nss_decrypt (gnutls_cipher_algorithm_t algorithm,
                const guint8 *key,
                const guint8 *iv,
                MwDer *encrypted,
                gsize *length,
                gsize *room,
                GError **error)
{
  gsize block = gnutls_cipher_get_block_size (algorithm);
  gsize size = mw_der_get_length (encrypted);
  guint8 *data;
  guint8 padding;
  gboolean good;

  if (size == 0 || size % block != 0)
    {
      fail_format (error, "an encrypted value has no whole number of blocks");
      return NULL;
    }
  data = g_malloc (size + 1);
  memcpy (data, encrypted->at, size);
  *room = size + 1;
  good = run_cipher (algorithm, key, iv, data, size, FALSE, error);
  padding = good ? data[size - 1] : 0;
  good = padding >= 1 && padding <= block;
  for (gsize i = 1; good && i <= padding; i++)
    good = data[size - i] == padding;
  if (!good)
    {
      explicit_bzero (data, size);
      g_free (data);
      return NULL;
    }
  *length = size - padding;
  explicit_bzero (data + *length, padding);
  data[*length] = '\0';
  return data;
}

/* ---- values that are encrypted or signed under the primary password ---- */

static gboolean
derive (MwNssWrapping *self,
        const guint8 *salt,
        gsize salt_length,
        guint iterations,
        guint8 key[KEY_LENGTH],
        GError **error)
{
  gnutls_datum_t password = { self->secret, (guint) self->length };
  gnutls_datum_t salt_datum = { (guint8 *) salt, (guint) salt_length };

  return check_gnutls (
      gnutls_pbkdf2 (GNUTLS_MAC_SHA256, &password, &salt_datum, iterations, key, KEY_LENGTH),
      error);
}

/* SEQUENCE { OID PBKDF2, SEQUENCE { salt, iterations, key length, SEQUENCE { OID HMAC-SHA256 } } }
 * (RFC 8018, appendix A.2) */
static gboolean
take_pbkdf2 (MwDer *der, MwDer *salt, guint *iterations)
{
  MwDer function, parameters, prf;
  guint key_length;

  if (!mw_der_take (der, MW_DER_SEQUENCE, &function) || !mw_der_take_oid (&function, &oid_pbkdf2) ||
      !mw_der_take (&function, MW_DER_SEQUENCE, &parameters) ||
      !mw_der_take (&parameters, MW_DER_OCTETS, salt) ||
      !mw_der_take_number (&parameters, iterations) || *iterations < 1 ||
      *iterations > MAX_ITERATIONS)
    return FALSE;
  if (mw_der_take_number (&parameters, &key_length) && key_length != KEY_LENGTH)
    return FALSE;
  return mw_der_take (&parameters, MW_DER_SEQUENCE, &prf) &&
         mw_der_take_oid (&prf, &oid_hmac_sha256);
}

static void
append_pbkdf2 (GByteArray *array, const guint8 *salt, guint iterations)
{
  GByteArray *function = g_byte_array_new ();
  GByteArray *parameters = g_byte_array_new ();
  GByteArray *prf = g_byte_array_new ();

  mw_der_append_oid (prf, &oid_hmac_sha256);
  mw_der_append (parameters, MW_DER_OCTETS, salt, SALT_LENGTH);
  mw_der_append_number (parameters, iterations);
  mw_der_append_number (parameters, KEY_LENGTH);
  mw_der_append_sequence (parameters, prf);
  mw_der_append_oid (function, &oid_pbkdf2);
  mw_der_append_sequence (function, parameters);
  mw_der_append_sequence (array, function);
}

/**
 * mw_nss_wrapping_open:
 * @self: how the store is protected
 * @bytes: (array length=bytes_length) (nullable): a value of the store
 * @bytes_length: its length in bytes
 * @length: (out): length of the result in bytes
 * @room: (out): how many bytes of the result the caller has to wipe
 * @iterations: (out): rounds of PBKDF2 that this value was protected with
 * @error: return location for a #GError
 *
 * Decrypts a value of the store: PBES2 with AES-256 (RFC 8018, section 6.2).
 *
 * Returns: (transfer full) (nullable): the value; %NULL without @error if the primary password is
 *   another one
 */
guint8 *
mw_nss_wrapping_open (MwNssWrapping *self,
                      const void *bytes,
                      gsize bytes_length,
                      gsize *length,
                      gsize *room,
                      guint *iterations,
                      GError **error)
{
  MwDer der = mw_der_init (bytes, bytes_length);
  MwDer value, algorithm, parameters, scheme, salt, iv, encrypted;
  guint8 key[KEY_LENGTH], full_iv[16];
  guint8 *plain;

  if (!mw_der_take (&der, MW_DER_SEQUENCE, &value) || !mw_der_is_empty (&der) ||
      !mw_der_take (&value, MW_DER_SEQUENCE, &algorithm) ||
      !mw_der_take_oid (&algorithm, &oid_pbes2) ||
      !mw_der_take (&algorithm, MW_DER_SEQUENCE, &parameters) ||
      !take_pbkdf2 (&parameters, &salt, iterations) ||
      !mw_der_take (&parameters, MW_DER_SEQUENCE, &scheme) ||
      !mw_der_take_oid (&scheme, &mw_nss_oid_aes256_cbc) ||
      !mw_der_take (&scheme, MW_DER_OCTETS, &iv) ||
      !mw_der_take (&value, MW_DER_OCTETS, &encrypted))
    {
      fail_format (error, "a value is not encrypted with PBES2 and AES-256");
      return NULL;
    }
  /* NSS takes the encoded OCTET STRING of 14 bytes, head and all, for the 16 bytes of the IV */
  if (mw_der_get_length (&iv) == 14)
    iv.at -= 2;
  if (mw_der_get_length (&iv) != sizeof full_iv)
    {
      fail_format (error, "an initialisation vector has a wrong length");
      return NULL;
    }
  memcpy (full_iv, iv.at, sizeof full_iv);
  if (!derive (self, salt.at, mw_der_get_length (&salt), *iterations, key, error))
    return NULL;
  plain = mw_nss_decrypt (GNUTLS_CIPHER_AES_256_CBC, key, full_iv, &encrypted, length, room, error);
  explicit_bzero (key, sizeof key);
  return plain;
}

/**
 * mw_nss_fill_random:
 * @data: (array length=length): what to fill
 * @length: its length in bytes
 * @error: return location for a #GError
 *
 * Returns: whether @data is now as random as a key has to be
 */
gboolean
mw_nss_fill_random (void *data, gsize length, GError **error)
{
  return check_gnutls (gnutls_rnd (GNUTLS_RND_KEY, data, length), error);
}

/**
 * mw_nss_wrapping_close:
 * @self: how the store is protected
 * @plain: (array length=length): what to encrypt
 * @length: its length in bytes
 * @error: return location for a #GError
 *
 * Encrypts a value for the store, as mw_nss_wrapping_open() reads it.
 *
 * Returns: (transfer full): the value; %NULL with %MW_NSS_ERROR_CRYPTO
 */
GByteArray *
mw_nss_wrapping_close (MwNssWrapping *self, const void *plain, gsize length, GError **error)
{
  g_autofree guint8 *encrypted = NULL;
  guint8 salt[SALT_LENGTH], key[KEY_LENGTH], iv[16] = { MW_DER_OCTETS, 14 };
  gsize encrypted_length = 0;
  GByteArray *algorithm, *parameters, *scheme, *value, *result;

  if (!mw_nss_fill_random (salt, sizeof salt, error) || !mw_nss_fill_random (iv + 2, 14, error) ||
      !derive (self, salt, sizeof salt, self->iterations, key, error))
    return NULL;
  encrypted =
      mw_nss_encrypt (GNUTLS_CIPHER_AES_256_CBC, key, iv, plain, length, &encrypted_length, error);
  explicit_bzero (key, sizeof key);
  if (encrypted == NULL)
    return NULL;

  scheme = g_byte_array_new ();
  mw_der_append_oid (scheme, &mw_nss_oid_aes256_cbc);
  mw_der_append (scheme, MW_DER_OCTETS, iv + 2, 14);
  parameters = g_byte_array_new ();
  append_pbkdf2 (parameters, salt, self->iterations);
  mw_der_append_sequence (parameters, scheme);
  algorithm = g_byte_array_new ();
  mw_der_append_oid (algorithm, &oid_pbes2);
  mw_der_append_sequence (algorithm, parameters);
  value = g_byte_array_new ();
  mw_der_append_sequence (value, algorithm);
  mw_der_append (value, MW_DER_OCTETS, encrypted, encrypted_length);
  result = g_byte_array_new ();
  mw_der_append_sequence (result, value);
  return result;
}

/**
 * mw_nss_wrapping_sign:
 * @self: how the store is protected
 * @value: (array length=length): value of the attribute %MW_NSS_ATTRIBUTE_VALUE
 * @length: its length in bytes
 * @error: return location for a #GError
 *
 * Makes the signature that NSS keeps beside an encrypted attribute: PBMAC1 (RFC 8018, section 7.1)
 * over an object number, which is zero for encrypted ones, the attribute's number, and the value.
 *
 * Returns: (transfer full): the signature; %NULL with %MW_NSS_ERROR_CRYPTO
 */
GByteArray *
mw_nss_wrapping_sign (MwNssWrapping *self, const guint8 *value, gsize length, GError **error)
{
  guint8 salt[SALT_LENGTH], key[KEY_LENGTH], mac[MAC_LENGTH];
  const guint8 numbers[8] = { [7] = MW_NSS_ATTRIBUTE_VALUE };
  gnutls_hmac_hd_t handle;
  GByteArray *hash, *parameters, *algorithm, *content, *result;
  int code;

  if (!mw_nss_fill_random (salt, sizeof salt, error) ||
      !derive (self, salt, sizeof salt, self->iterations, key, error))
    return NULL;
  code = gnutls_hmac_init (&handle, GNUTLS_MAC_SHA256, key, sizeof key);
  explicit_bzero (key, sizeof key);
  if (!check_gnutls (code, error))
    return NULL;
  gnutls_hmac (handle, numbers, sizeof numbers);
  gnutls_hmac (handle, value, length);
  gnutls_hmac_deinit (handle, mac);

  hash = g_byte_array_new ();
  mw_der_append_oid (hash, &oid_hmac_sha256);
  parameters = g_byte_array_new ();
  append_pbkdf2 (parameters, salt, self->iterations);
  mw_der_append_sequence (parameters, hash);
  algorithm = g_byte_array_new ();
  mw_der_append_oid (algorithm, &oid_pbmac1);
  mw_der_append_sequence (algorithm, parameters);
  content = g_byte_array_new ();
  mw_der_append_sequence (content, algorithm);
  mw_der_append (content, MW_DER_OCTETS, mac, sizeof mac);
  result = g_byte_array_new ();
  mw_der_append_sequence (result, content);
  return result;
}

/**
 * mw_nss_wrapping_init:
 * @self: what to set
 * @salt: (array length=salt_length) (nullable): salt of the store
 * @salt_length: its length in bytes; which hash is used follows from it
 * @primary_password: (nullable): the primary password, or %NULL for none
 * @error: return location for a #GError
 *
 * Sets what keys are derived from: a hash of the store's salt and the primary password.
 *
 * Returns: whether the hash is known; otherwise %MW_NSS_ERROR_FORMAT
 */
gboolean
mw_nss_wrapping_init (MwNssWrapping *self,
                      const void *salt,
                      gsize salt_length,
                      SecretValue *primary_password,
                      GError **error)
{
  gnutls_digest_algorithm_t algorithm;
  gnutls_hash_hd_t handle;

  switch (salt_length)
    {
    case 20:
      algorithm = GNUTLS_DIG_SHA1;
      break;
    case 32:
      algorithm = GNUTLS_DIG_SHA256;
      break;
    case 48:
      algorithm = GNUTLS_DIG_SHA384;
      break;
    case 64:
      algorithm = GNUTLS_DIG_SHA512;
      break;
    default:
      return fail_format (error, "its salt has an unknown length");
    }
  if (!check_gnutls (gnutls_hash_init (&handle, algorithm), error))
    return FALSE;
  gnutls_hash (handle, salt, salt_length);
  if (primary_password != NULL)
    {
      gsize length;
      const char *text = secret_value_get (primary_password, &length);

      gnutls_hash (handle, text, length);
    }
  self->length = salt_length;
  gnutls_hash_deinit (handle, self->secret);
  return TRUE;
}
