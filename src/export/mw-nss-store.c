/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-nss-store.h"

#include "export/mw-nss-der.h"

#include <sqlite3.h>
#include <string.h>

/* A store holds some keys; one with many personal certificates has some hundred kilobytes */
#define MAX_LENGTH (32 * 1024 * 1024)
#define KEY_ID_LENGTH 16
#define AES_LENGTH 32
#define DES3_LENGTH 24

/* The key types of PKCS #11 */
#define CKK_DES3 0x15
#define CKK_AES 0x1f

/* The one key that NSS encrypts for programs with ("secret decoder ring") */
static const guint8 key_id[KEY_ID_LENGTH] = { 0xf8, [15] = 0x01 };

static const char check_text[] = "password-check";

/* The columns of NSS 3.110: one for each attribute of PKCS #11. Later versions add those of theirs
 * when they open the store. */
static const char schema[] =
    "CREATE TABLE nssPrivate (id PRIMARY KEY UNIQUE ON CONFLICT ABORT, a0, a1, a2, a3, "
    "a10, a11, a12, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a8a, a8b, a90, "
    "a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a10a, a10b, a10c, a110, "
    "a111, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, "
    "a133, a134, a160, a161, a162, a163, a164, a165, a166, a170, a180, a181, a200, a201, "
    "a202, a210, a300, a301, a302, a400, a401, a402, a403, a404, a405, a406, a480, a481, "
    "a482, a500, a501, a502, a503, a40000211, a40000212, a80000001, ace534351, ace534352, "
    "ace534353, ace534354, ace534355, ace534356, ace534357, ace534358, ace534364, "
    "ace534365, ace534366, ace534367, ace534368, ace534369, ace534373, ace534374, "
    "ace536351, ace536352, ace536353, ace536354, ace536355, ace536356, ace536357, "
    "ace536358, ace536359, ace53635a, ace53635b, ace53635c, ace53635d, ace53635e, "
    "ace53635f, ace536360, ace5363b4, ace5363b5, ad5a0db00);"
    "CREATE INDEX issuer ON nssPrivate (a81);"
    "CREATE INDEX subject ON nssPrivate (a101);"
    "CREATE INDEX label ON nssPrivate (a3);"
    "CREATE INDEX ckaid ON nssPrivate (a102);"
    "CREATE TABLE metaData (id PRIMARY KEY UNIQUE ON CONFLICT REPLACE, item1, item2);";

struct _MwNssStore
{
  GBytes *bytes; /* the file as it will be */

  guint8 aes[AES_LENGTH]; /* the newer key, that new logins are encrypted with if it is there */
  guint8 des3[DES3_LENGTH];
  gboolean has_aes;
  gboolean has_des3;
  MwNssWrapping wrapping; /* what its keys are encrypted with */
  gboolean is_protected;  /* by a primary password */
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3, sqlite3_close_v2)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

static gboolean
fail_format (GError **error, const char *what)
{
  g_set_error (error, MW_NSS_ERROR, MW_NSS_ERROR_FORMAT, "key4.db cannot be used: %s", what);
  return FALSE;
}

static gboolean
check_sqlite (sqlite3 *db, int code, GError **error)
{
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
    return TRUE;
  return fail_format (error, db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (code));
}

/* The file as a database in memory: what is planned is written by nobody but the one who applies */
static sqlite3 *
open_database (GBytes *bytes, GError **error)
{
  g_autoptr(sqlite3) db = NULL;
  gsize length = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  guint8 *copy;
  int code = sqlite3_open_v2 (":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL);

  if (!check_sqlite (db, code, error))
    return NULL;
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, MAX_LENGTH);
  if (length == 0)
    {
      code = sqlite3_exec (db, schema, NULL, NULL, NULL);
      return check_sqlite (db, code, error) ? g_steal_pointer (&db) : NULL;
    }
  if (length > MAX_LENGTH || length < 100)
    {
      fail_format (error, "it is no database");
      return NULL;
    }
  copy = sqlite3_malloc64 (length);
  if (copy == NULL)
    g_error ("out of memory");
  memcpy (copy, data, length);
  /* A file whose write-ahead log was put in and removed still says that it had one; a database in
   * memory cannot have any. */
  if (copy[18] == 2 && copy[19] == 2)
    copy[18] = copy[19] = 1;
  code = sqlite3_deserialize (db, "main", copy, (gint64) length, (gint64) length,
                              SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
  return check_sqlite (db, code, error) ? g_steal_pointer (&db) : NULL;
}

static sqlite3_stmt *
prepare (sqlite3 *db, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  return check_sqlite (db, sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), error) ? statement
                                                                                      : NULL;
}

static void
bind_bytes (sqlite3_stmt *statement, int index, const void *data, gsize length)
{
  sqlite3_bind_blob64 (statement, index, data, length, SQLITE_TRANSIENT);
}

static void
bind_ulong (sqlite3_stmt *statement, int index, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);

  bind_bytes (statement, index, &big, sizeof big);
}

/* The row that tells whether a primary password is the right one */
static gboolean
read_password_row (
    MwNssStore *self, sqlite3 *db, SecretValue *primary_password, gboolean *found, GError **error)
{
  g_autoptr(sqlite3_stmt) row =
                prepare (db, "SELECT item1, item2 FROM metaData WHERE id = 'password'", error);
  gsize length = 0, room = 0;
  guint8 *plain;
  gboolean good;
  GError *problem = NULL;
  int code;

  *found = FALSE;
  if (row == NULL)
    return FALSE;
  code = sqlite3_step (row);
  if (code == SQLITE_DONE)
    return TRUE;
  if (!check_sqlite (db, code, error))
    return FALSE;
  *found = TRUE;
  if (!mw_nss_wrapping_init (&self->wrapping, sqlite3_column_blob (row, 0),
                             (gsize) sqlite3_column_bytes (row, 0), primary_password, error))
    return FALSE;
  plain = mw_nss_wrapping_open (&self->wrapping, sqlite3_column_blob (row, 1),
                                (gsize) sqlite3_column_bytes (row, 1), &length, &room,
                                &self->wrapping.iterations, &problem);
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  good = plain != NULL && length == strlen (check_text) && memcmp (plain, check_text, length) == 0;
  if (plain != NULL)
    explicit_bzero (plain, room);
  g_free (plain);
  if (!good)
    g_set_error (error, MW_NSS_ERROR, MW_NSS_ERROR_PRIMARY_PASSWORD,
                 primary_password == NULL ? "the password store has a primary password"
                                          : "the primary password is another one");
  return good;
}

/* A store that nothing was ever put into has no such row yet: an empty primary password */
static gboolean
write_password_row (MwNssStore *self, sqlite3 *db, GError **error)
{
  g_autoptr(sqlite3_stmt) row = NULL;
  g_autoptr(GByteArray) check = NULL;
  guint8 salt[20];

  self->wrapping.iterations =
      1; /* what NSS itself uses without a primary password: nothing to slow down */
  if (!mw_nss_fill_random (salt, sizeof salt, error) ||
      !mw_nss_wrapping_init (&self->wrapping, salt, sizeof salt, NULL, error) ||
      (check = mw_nss_wrapping_close (&self->wrapping, check_text, strlen (check_text), error)) ==
          NULL ||
      (row = prepare (db, "INSERT INTO metaData (id, item1, item2) VALUES ('password', ?, ?)",
                      error)) == NULL)
    return FALSE;
  bind_bytes (row, 1, salt, sizeof salt);
  bind_bytes (row, 2, check->data, check->len);
  return check_sqlite (db, sqlite3_step (row), error);
}

/* The key of one type, if the store has it */
static gboolean
read_key (MwNssStore *self,
          sqlite3 *db,
          guint32 type,
          guint8 *key,
          gsize key_length,
          gboolean *found,
          GError **error)
{
  g_autoptr(sqlite3_stmt) row = prepare (
      db, "SELECT a11 FROM nssPrivate WHERE a0 = ? AND a102 = ? AND a100 = ?", error);
  gsize length = 0, room = 0;
  guint iterations;
  guint8 *plain;
  GError *problem = NULL;
  int code;

  *found = FALSE;
  if (row == NULL)
    return FALSE;
  bind_ulong (row, 1, 4); /* CKO_SECRET_KEY */
  bind_bytes (row, 2, key_id, sizeof key_id);
  bind_ulong (row, 3, type);
  code = sqlite3_step (row);
  if (code == SQLITE_DONE)
    return TRUE;
  if (!check_sqlite (db, code, error))
    return FALSE;
  plain = mw_nss_wrapping_open (&self->wrapping, sqlite3_column_blob (row, 0),
                                (gsize) sqlite3_column_bytes (row, 0), &length, &room, &iterations,
                                &problem);
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  if (plain != NULL && length == key_length)
    {
      memcpy (key, plain, length);
      *found = TRUE;
    }
  if (plain != NULL)
    explicit_bzero (plain, room);
  g_free (plain);
  return *found || fail_format (error, "its key cannot be decrypted");
}

/* Every byte of a DES key carries seven bits and an odd parity */
static void
set_parity (guint8 *key, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (__builtin_parity (key[i] >> 1) == 0)
      key[i] |= 1;
    else
      key[i] &= 0xfe;
}

/* A new key, of the old type: all versions take it, and those that prefer AES add a key of their
 * own beside it, while versions up to 140 fail over a store that has an AES key only. */
static gboolean
write_key (MwNssStore *self, sqlite3 *db, GError **error)
{
  g_autoptr(sqlite3_stmt) row = NULL;
  g_autoptr(sqlite3_stmt) signature_row = NULL;
  g_autoptr(GByteArray) wrapped = NULL;
  g_autoptr(GByteArray) signature = NULL;
  g_autofree char *signature_id = NULL;
  static const guint8 null_value[] = { 0xa5, 0x00, 0x5a }; /* how NSS writes an empty value */
  guint32 id;

  if (!mw_nss_fill_random (self->des3, DES3_LENGTH, error) ||
      !mw_nss_fill_random (&id, sizeof id, error))
    return FALSE;
  set_parity (self->des3, DES3_LENGTH);
  self->has_des3 = TRUE;
  id = (id & 0x3fffffff) | 1; /* the two upper bits say which database */
  if ((wrapped = mw_nss_wrapping_close (&self->wrapping, self->des3, DES3_LENGTH, error)) == NULL ||
      (signature = mw_nss_wrapping_sign (&self->wrapping, self->des3, DES3_LENGTH, error)) ==
          NULL ||
      (row = prepare (db,
                      "INSERT INTO nssPrivate (id, a0, a1, a2, a3, a11, a100, a102, a103, a104, "
                      "a105, a106, a107, a108, a10a, a110, a111, a162, a163, a164, a165, a170) "
                      "VALUES (?1, ?2, x'01', x'01', ?3, ?4, ?5, ?6, x'00', x'01', x'01', x'01', "
                      "x'01', x'01', x'00', ?3, ?3, x'01', x'00', x'00', x'01', x'01')",
                      error)) == NULL ||
      (signature_row = prepare (db, "INSERT INTO metaData (id, item1, item2) VALUES (?, ?, NULL)",
                                error)) == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, id);
  bind_ulong (row, 2, 4); /* CKO_SECRET_KEY */
  bind_bytes (row, 3, null_value, sizeof null_value);
  bind_bytes (row, 4, wrapped->data, wrapped->len);
  bind_ulong (row, 5, CKK_DES3);
  bind_bytes (row, 6, key_id, sizeof key_id);
  if (!check_sqlite (db, sqlite3_step (row), error))
    return FALSE;
  signature_id = g_strdup_printf ("sig_key_%08x_%08x", id, MW_NSS_ATTRIBUTE_VALUE);
  sqlite3_bind_text (signature_row, 1, signature_id, -1, SQLITE_TRANSIENT);
  bind_bytes (signature_row, 2, signature->data, signature->len);
  return check_sqlite (db, sqlite3_step (signature_row), error);
}

/**
 * mw_nss_store_new:
 * @bytes: (nullable): the content of `key4.db`, or %NULL to make a store
 * @primary_password: (nullable): the primary password, or %NULL for none
 * @error: return location for a #GError
 *
 * Opens a key store, without NSS: SQLite holds it, and PBES2 (RFC 8018) protects its keys. A store
 * that has no key for logins yet gets one; mw_nss_store_get_bytes() then differs from @bytes.
 *
 * Takes as long as the primary password is protected: some 10000 rounds of PBKDF2.
 *
 * Returns: (transfer full): the store; %NULL with %MW_NSS_ERROR
 */
MwNssStore *
mw_nss_store_new (GBytes *bytes, SecretValue *primary_password, GError **error)
{
  g_autoptr(MwNssStore) self = g_new0 (MwNssStore, 1);
  g_autoptr(sqlite3) db = open_database (bytes, error);
  gboolean found, changed = FALSE;
  sqlite3_int64 length = 0;
  guint8 *data;

  if (db == NULL || !read_password_row (self, db, primary_password, &found, error))
    return NULL;
  self->is_protected = found && primary_password != NULL;
  if (!found)
    {
      if (!write_password_row (self, db, error))
        return NULL;
      changed = TRUE;
    }
  if (!read_key (self, db, CKK_AES, self->aes, AES_LENGTH, &self->has_aes, error) ||
      !read_key (self, db, CKK_DES3, self->des3, DES3_LENGTH, &self->has_des3, error))
    return NULL;
  if (!self->has_aes && !self->has_des3)
    {
      if (!write_key (self, db, error))
        return NULL;
      changed = TRUE;
    }
  if (!changed)
    {
      self->bytes = g_bytes_ref (bytes);
      return g_steal_pointer (&self);
    }
  data = sqlite3_serialize (db, "main", &length, 0);
  if (data == NULL)
    {
      fail_format (error, "it cannot be written");
      return NULL;
    }
  self->bytes = g_bytes_new (data, (gsize) length);
  sqlite3_free (data);
  return g_steal_pointer (&self);
}

void
mw_nss_store_free (MwNssStore *self)
{
  explicit_bzero (self->aes, sizeof self->aes);
  explicit_bzero (self->des3, sizeof self->des3);
  explicit_bzero (&self->wrapping, sizeof self->wrapping);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

/**
 * mw_nss_store_get_bytes:
 * @self: a store
 *
 * Returns: (transfer none): what `key4.db` must hold so that the key is there: the very bytes that
 *   the store was opened with if it had one
 */
GBytes *
mw_nss_store_get_bytes (MwNssStore *self)
{
  return self->bytes;
}

/**
 * mw_nss_store_is_protected:
 * @self: a store
 *
 * Returns: whether it was opened with a primary password
 */
gboolean
mw_nss_store_is_protected (MwNssStore *self)
{
  return self->is_protected;
}

/**
 * mw_nss_store_encrypt:
 * @self: a store
 * @text: (array length=length): what to encrypt
 * @length: its length
 * @error: return location for a #GError
 *
 * Encrypts a user name or a password as `logins.json` wants it.
 *
 * Returns: (transfer full): Base64 of key id, cipher and encrypted text
 */
char *
mw_nss_store_encrypt (MwNssStore *self, const char *text, gsize length, GError **error)
{
  gnutls_cipher_algorithm_t cipher =
      self->has_aes ? GNUTLS_CIPHER_AES_256_CBC : GNUTLS_CIPHER_3DES_CBC;
  gsize iv_length = gnutls_cipher_get_iv_size (cipher);
  g_autofree guint8 *encrypted = NULL;
  g_autoptr(GByteArray) result = NULL;
  GByteArray *content, *algorithm;
  guint8 iv[16];
  gsize encrypted_length = 0;

  g_return_val_if_fail (length < 1 << 20, NULL);

  if (!mw_nss_fill_random (iv, iv_length, error))
    return NULL;
  encrypted = mw_nss_encrypt (cipher, self->has_aes ? self->aes : self->des3, iv, text, length,
                              &encrypted_length, error);
  if (encrypted == NULL)
    return NULL;
  algorithm = g_byte_array_new ();
  mw_der_append_oid (algorithm, self->has_aes ? &mw_nss_oid_aes256_cbc : &mw_nss_oid_des3_cbc);
  mw_der_append (algorithm, MW_DER_OCTETS, iv, iv_length);
  content = g_byte_array_new ();
  mw_der_append (content, MW_DER_OCTETS, key_id, sizeof key_id);
  mw_der_append_sequence (content, algorithm);
  mw_der_append (content, MW_DER_OCTETS, encrypted, encrypted_length);
  result = g_byte_array_new ();
  mw_der_append_sequence (result, content);
  return g_base64_encode (result->data, result->len);
}

/**
 * mw_nss_store_decrypt:
 * @self: a store
 * @encrypted: a value of `logins.json`
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the text; %NULL with %MW_NSS_ERROR_FORMAT if it is damaged or was
 *   encrypted under another key
 */
SecretValue *
mw_nss_store_decrypt (MwNssStore *self, const char *encrypted, GError **error)
{
  gsize bytes_length;
  g_autofree guint8 *bytes = g_base64_decode (encrypted, &bytes_length);
  MwDer der = mw_der_init (bytes, bytes_length);
  MwDer content, id, algorithm, iv, data;
  gsize length = 0, room = 0;
  g_autofree guint8 *plain = NULL;
  GError *problem = NULL;
  SecretValue *value;
  gboolean aes = FALSE;
  gnutls_cipher_algorithm_t cipher;

  if (!mw_der_take (&der, MW_DER_SEQUENCE, &content) ||
      !mw_der_take (&content, MW_DER_OCTETS, &id) || mw_der_get_length (&id) != sizeof key_id ||
      memcmp (id.at, key_id, sizeof key_id) != 0 ||
      !mw_der_take (&content, MW_DER_SEQUENCE, &algorithm) ||
      !((aes = mw_der_take_oid (&algorithm, &mw_nss_oid_aes256_cbc)) ||
        mw_der_take_oid (&algorithm, &mw_nss_oid_des3_cbc)) ||
      !mw_der_take (&algorithm, MW_DER_OCTETS, &iv) ||
      !mw_der_take (&content, MW_DER_OCTETS, &data))
    {
      fail_format (error, "a login is damaged or encrypted with another key");
      return NULL;
    }
  cipher = aes ? GNUTLS_CIPHER_AES_256_CBC : GNUTLS_CIPHER_3DES_CBC;
  if (!(aes ? self->has_aes : self->has_des3) ||
      mw_der_get_length (&iv) != (gsize) gnutls_cipher_get_iv_size (cipher))
    {
      fail_format (error, "a login is encrypted with a key that is not there");
      return NULL;
    }
  plain =
      mw_nss_decrypt (cipher, aes ? self->aes : self->des3, iv.at, &data, &length, &room, &problem);
  if (plain == NULL)
    {
      if (problem != NULL)
        g_propagate_error (error, problem);
      else
        fail_format (error, "a login is encrypted with another key");
      return NULL;
    }
  value = secret_value_new ((const char *) plain, (gssize) length, "text/plain");
  explicit_bzero (plain, room);
  return value;
}
