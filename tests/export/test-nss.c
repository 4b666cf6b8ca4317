/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "export/mw-nss-der.h"
#include "export/mw-nss-logins.h"
#include "export/mw-nss-store.h"

#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

/* Written by the real programs: Thunderbird 153 (aes, primary) and NSS 3.110 (des3) */
#define AES_STORE "thunderbird-key4-aes.sql"
#define AES_LOGIN                                                                                  \
  "MEMEEPgAAAAAAAAAAAAAAAAAAAEwHQYJYIZIAWUDBAEqBBBxYFgqHbC3yQtmfXT6qZUJBBD6Ka0HFc2Rhkhr4Nfx0A7j"
#define DES3_STORE "thunderbird-key4-des3.sql"
#define DES3_LOGIN "MDIEEPgAAAAAAAAAAAAAAAAAAAEwFAYIKoZIhvcNAwcECKM6Rc7DanjUBAiIoca65JStZg=="
#define PRIMARY_STORE "thunderbird-key4-primary.sql"
#define PRIMARY_LOGIN                                                                              \
  "MEMEEPgAAAAAAAAAAAAAAAAAAAEwHQYJYIZIAWUDBAEqBBBd3l8r55kB7dXuu6EmOYXMBBBjviVlS/JGmYCk3MRO1Q3h"
#define PRIMARY_PASSWORD "prim\xc3\xa4r"

static GBytes *
make_database (const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_int64 length = 0;
  guint8 *data;
  GBytes *bytes;

  g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  data = sqlite3_serialize (db, "main", &length, 0);
  g_assert_nonnull (data);
  bytes = g_bytes_new (data, (gsize) length);
  sqlite3_free (data);
  sqlite3_close (db);
  return bytes;
}

static char *
read_sql (const char *name)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("MW_SRCDIR"), "tests", "data", "export", name, NULL);
  g_autoptr(GError) error = NULL;
  char *sql;

  g_file_get_contents (path, &sql, NULL, &error);
  g_assert_no_error (error);
  return sql;
}

static GBytes *
read_database (const char *name)
{
  g_autofree char *sql = read_sql (name);

  return make_database (sql);
}

static SecretValue *
secret (const char *text)
{
  return secret_value_new (text, -1, "text/plain");
}

static void
assert_decrypts (MwNssStore *store, const char *encrypted, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SecretValue) value = mw_nss_store_decrypt (store, encrypted, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (secret_value_get_text (value), ==, expected);
}

static void
assert_round_trip (MwNssStore *store)
{
  for (gsize length = 0; length < 300; length++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *text = g_strnfill (length, 'x');
      g_autofree char *encrypted = mw_nss_store_encrypt (store, text, length, &error);

      g_assert_no_error (error);
      assert_decrypts (store, encrypted, text);
    }
}

static void
test_stores_of_the_real_programs_are_read (void)
{
  static const struct
  {
    const char *name;
    const char *primary_password;
    const char *encrypted;
    const char *text;
  } stores[] = {
    { AES_STORE, NULL, AES_LOGIN, "p\xc3\xa4ssw\xc3\xb6rd" },
    { DES3_STORE, NULL, DES3_LOGIN, "hello" },
    { PRIMARY_STORE, PRIMARY_PASSWORD, PRIMARY_LOGIN, "later" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (stores); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = read_database (stores[i].name);
      g_autoptr(SecretValue) password =
                    stores[i].primary_password != NULL ? secret (stores[i].primary_password) : NULL;
      g_autoptr(MwNssStore) store = mw_nss_store_new (bytes, password, &error);

      g_assert_no_error (error);
      assert_decrypts (store, stores[i].encrypted, stores[i].text);
      assert_round_trip (store);
      g_assert_true (mw_nss_store_get_bytes (store) == bytes);
      g_assert_cmpint (mw_nss_store_is_protected (store), ==, password != NULL);
    }
}

static void
test_a_wrong_primary_password_is_told (void)
{
  static const char *const wrong[] = { NULL, "", "primar", "prim\xc3\xa4r " };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = read_database (PRIMARY_STORE);
      g_autoptr(SecretValue) password = wrong[i] != NULL ? secret (wrong[i]) : NULL;

      g_assert_null (mw_nss_store_new (bytes, password, &error));
      g_assert_error (error, MW_NSS_ERROR, MW_NSS_ERROR_PRIMARY_PASSWORD);
    }
}

static void
test_a_store_is_made_where_there_is_none (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwNssStore) store = mw_nss_store_new (NULL, NULL, &error);
  g_autoptr(MwNssStore) again = NULL;
  g_autoptr(MwNssStore) other = NULL;
  g_autofree char *encrypted = NULL;
  g_autoptr(SecretValue) wrong = NULL;

  g_assert_no_error (error);
  assert_round_trip (store);
  encrypted = mw_nss_store_encrypt (store, "text", 4, &error);
  g_assert_no_error (error);
  again = mw_nss_store_new (mw_nss_store_get_bytes (store), NULL, &error);
  g_assert_no_error (error);
  g_assert_true (mw_nss_store_get_bytes (again) == mw_nss_store_get_bytes (store));
  assert_decrypts (again, encrypted, "text");
  g_assert_false (mw_nss_store_is_protected (again));

  other = mw_nss_store_new (NULL, NULL, &error);
  g_assert_no_error (error);
  /* With another key one in 256 has an end that looks right */
  wrong = mw_nss_store_decrypt (other, encrypted, NULL);
  g_assert_cmpstr (wrong != NULL ? secret_value_get_text (wrong) : NULL, !=, "text");
  g_assert_false (g_bytes_equal (mw_nss_store_get_bytes (store), mw_nss_store_get_bytes (other)));
}

/* A profile that was used without ever storing a login */
static void
test_a_store_without_a_key_gets_one_and_keeps_the_rest (void)
{
  static const char *const changes[] = {
    "DELETE FROM nssPrivate; DELETE FROM metaData WHERE id LIKE 'sig%';",
    "DELETE FROM nssPrivate; DELETE FROM metaData;",
    "UPDATE nssPrivate SET a102 = x'0102';",
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *sql = read_sql (AES_STORE);
      g_autofree char *changed = g_strconcat (
          sql, changes[i], "INSERT INTO metaData VALUES ('other', x'01', x'02');", NULL);
      g_autoptr(GBytes) bytes = make_database (changed);
      g_autoptr(MwNssStore) store = mw_nss_store_new (bytes, NULL, &error);
      g_autoptr(MwNssStore) again = NULL;
      gsize length;
      const char *data;

      g_assert_no_error (error);
      assert_round_trip (store);
      data = g_bytes_get_data (mw_nss_store_get_bytes (store), &length);
      g_assert_nonnull (memmem (data, length, "other", 5));
      again = mw_nss_store_new (mw_nss_store_get_bytes (store), NULL, &error);
      g_assert_no_error (error);
      g_assert_true (mw_nss_store_get_bytes (again) == mw_nss_store_get_bytes (store));
    }
}

/* Each is a change to a good store that leaves no key to be trusted */
static void
test_damaged_stores_are_refused (void)
{
  static const char *const changes[] = {
    "UPDATE metaData SET item1 = x'00';",
    "UPDATE metaData SET item1 = NULL;",
    "UPDATE metaData SET item2 = NULL;",
    "UPDATE metaData SET item2 = x'';",
    "UPDATE metaData SET item2 = x'3080';",
    "UPDATE metaData SET item2 = x'30840000000100';",
    "UPDATE metaData SET item2 = substr (item2, 1, length (item2) - 1) WHERE id = 'password';",
    "UPDATE metaData SET item2 = CAST (item2 || x'00' AS BLOB) WHERE id = 'password';",
    "UPDATE nssPrivate SET a11 = NULL;",
    "UPDATE nssPrivate SET a11 = x'30';",
    "UPDATE nssPrivate SET a11 = substr (a11, 1, length (a11) - 16);",
    "UPDATE nssPrivate SET a100 = x'00000015';", /* an AES key that says it is 3DES */
    "DROP TABLE nssPrivate;",
    "DROP TABLE metaData;",
    "ALTER TABLE nssPrivate RENAME COLUMN a11 TO b11;",
  };
  static const char *const texts[] = { "x", "SQLite format 3",
                                       "not a database at all, though long enough for one; "
                                       "not a database at all, though long enough for one" };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *sql = read_sql (AES_STORE);
      g_autofree char *changed = g_strconcat (sql, changes[i], NULL);
      g_autoptr(GBytes) bytes = make_database (changed);

      g_assert_null (mw_nss_store_new (bytes, NULL, &error));
      g_assert_true (error->domain == MW_NSS_ERROR);
    }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = g_bytes_new (texts[i], strlen (texts[i]));

      g_assert_null (mw_nss_store_new (bytes, NULL, &error));
      g_assert_error (error, MW_NSS_ERROR, MW_NSS_ERROR_FORMAT);
    }
}

/* Rounds and key lengths that no NSS writes */
static void
test_strange_parameters_are_refused (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *sql = read_sql (AES_STORE);
  g_autofree char *changed = NULL;
  g_auto (GStrv) parts =
      g_strsplit (sql, "020101020120", -1); /* one round, and a key of 32 bytes */

  g_assert_cmpuint (g_strv_length (parts), >, 1);
  changed = g_strjoinv ("020101020121", parts); /* of 33 */
  bytes = make_database (changed);
  g_assert_null (mw_nss_store_new (bytes, NULL, &error));
  g_assert_error (error, MW_NSS_ERROR, MW_NSS_ERROR_FORMAT);
  g_clear_error (&error);
  g_clear_pointer (&bytes, g_bytes_unref);
  g_clear_pointer (&changed, g_free);

  changed = g_strjoinv ("020100020120", parts); /* no round at all */
  bytes = make_database (changed);
  g_assert_null (mw_nss_store_new (bytes, NULL, &error));
  g_assert_error (error, MW_NSS_ERROR, MW_NSS_ERROR_FORMAT);
}

static void
test_every_broken_byte_of_a_store_is_survived (void)
{
  g_autoptr(GBytes) good = read_database (DES3_STORE);
  gsize length;
  const guint8 *data = g_bytes_get_data (good, &length);

  for (gsize at = 0; at < length; at += 37)
    {
      g_autofree guint8 *copy = g_memdup2 (data, length);
      g_autoptr(GBytes) broken = NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(MwNssStore) store = NULL;

      copy[at] ^= 0xff;
      broken = g_bytes_new (copy, length);
      store = mw_nss_store_new (broken, NULL, &error);
      g_assert_true (store != NULL || error->domain == MW_NSS_ERROR);
    }
  for (gsize cut = 0; cut < length; cut += 111)
    {
      g_autoptr(GBytes) part = g_bytes_new (data, cut);
      g_autoptr(GError) error = NULL;
      g_autoptr(MwNssStore) store = mw_nss_store_new (part, NULL, &error);

      g_assert_true (store != NULL || error->domain == MW_NSS_ERROR);
    }
}

static void
test_a_write_ahead_header_is_no_obstacle (void)
{
  g_autoptr(GBytes) good = read_database (AES_STORE);
  gsize length;
  g_autofree guint8 *copy = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(MwNssStore) store = NULL;

  g_bytes_get_data (good, &length);
  copy = g_memdup2 (g_bytes_get_data (good, NULL), length);
  copy[18] = copy[19] = 2;
  bytes = g_bytes_new (copy, length);
  store = mw_nss_store_new (bytes, NULL, &error);
  g_assert_no_error (error);
  assert_decrypts (store, AES_LOGIN, "p\xc3\xa4ssw\xc3\xb6rd");
}

static void
test_damaged_logins_are_not_decrypted (void)
{
  g_autoptr(GBytes) bytes = read_database (AES_STORE);
  g_autoptr(MwNssStore) store = mw_nss_store_new (bytes, NULL, NULL);
  gsize length;
  g_autofree guint8 *good = g_base64_decode (AES_LOGIN, &length);

  g_assert_null (mw_nss_store_decrypt (store, "", NULL));
  g_assert_null (mw_nss_store_decrypt (store, "!!!!", NULL));
  g_assert_null (mw_nss_store_decrypt (store, DES3_LOGIN, NULL));
  for (gsize cut = 0; cut < length; cut++)
    {
      g_autofree char *text = g_base64_encode (good, cut);

      g_assert_null (mw_nss_store_decrypt (store, text, NULL));
    }
  for (gsize at = 0; at < length; at++)
    {
      g_autofree guint8 *copy = g_memdup2 (good, length);
      g_autofree char *text = NULL;
      g_autoptr(SecretValue) value = NULL;

      copy[at] ^= 0x01;
      text = g_base64_encode (copy, length);
      value = mw_nss_store_decrypt (store, text, NULL);
      if (value != NULL) /* only a bit of the first block, by way of the initialisation vector */
        g_assert_cmpstr (secret_value_get_text (value), !=, "p\xc3\xa4ssw\xc3\xb6rd");
    }
}

/* ---- DER ---- */

static void
test_der_of_wrong_lengths_is_refused (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    gboolean good;
  } table[] = {
    { "", 0, FALSE },
    { "\x04", 1, FALSE },
    { "\x04\x00", 2, TRUE },
    { "\x04\x01", 2, FALSE },
    { "\x04\x01x", 3, TRUE },
    { "\x30\x00", 2, FALSE },
    { "\x04\x80", 2, FALSE },
    { "\x04\x80\x00\x00", 4, FALSE },
    { "\x04\x81", 2, FALSE },
    { "\x04\x81\x01x", 4, TRUE },
    { "\x04\x82\x00\x01x", 5, TRUE },
    { "\x04\x83\x00\x00\x01x", 6, TRUE },
    { "\x04\x84\x00\x00\x00\x01x", 7, FALSE },
    { "\x04\x83\xff\xff\xffx", 6, FALSE },
    { "\x04\xff\xff", 3, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree guint8 *copy = g_memdup2 (table[i].bytes, table[i].length); /* for the sanitizer */
      MwDer der = mw_der_init (copy, table[i].length);
      MwDer content;

      g_assert_cmpint (mw_der_take (&der, MW_DER_OCTETS, &content), ==, table[i].good);
      if (table[i].good)
        g_assert_true (mw_der_is_empty (&der));
      else
        g_assert_cmpuint (mw_der_get_length (&der), ==, table[i].length);
    }
}

static void
test_der_numbers_have_a_range (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    gint64 number; /* -1: refused */
  } table[] = {
    { "\x02\x01\x00", 3, 0 },
    { "\x02\x01\x7f", 3, 127 },
    { "\x02\x02\x00\x80", 4, 128 },
    { "\x02\x02\x27\x10", 4, 10000 },
    { "\x02\x04\x7f\xff\xff\xff", 6, G_MAXINT32 },
    { "\x02\x00", 2, -1 },
    { "\x02\x01\x80", 3, -1 },
    { "\x02\x05\x00\xff\xff\xff\xff", 7, -1 },
    { "\x04\x01\x01", 3, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      MwDer der = mw_der_init (table[i].bytes, table[i].length);
      guint number = 0;
      gboolean good = mw_der_take_number (&der, &number);

      g_assert_cmpint (good ? (gint64) number : -1, ==, table[i].number);
    }
}

static void
test_der_is_read_as_it_was_written (void)
{
  static const gsize lengths[] = { 0, 1, 127, 128, 255, 256, 65535, 65536, 1 << 20 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr(GByteArray) array = g_byte_array_new ();
      g_autofree guint8 *data = g_malloc0 (lengths[i] + 1);
      MwDer der, content;

      mw_der_append (array, MW_DER_OCTETS, data, lengths[i]);
      der = mw_der_init (array->data, array->len);
      g_assert_true (mw_der_take (&der, MW_DER_OCTETS, &content));
      g_assert_cmpuint (mw_der_get_length (&content), ==, lengths[i]);
      g_assert_true (mw_der_is_empty (&der));
    }
}

/* ---- logins.json ---- */

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static char *
logins_text (MwNssLogins *logins)
{
  g_autoptr(GBytes) bytes = mw_nss_logins_to_bytes (logins);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return g_strndup (data, length);
}

static void
set_login (MwNssLogins *logins, MwNssStore *store, const char *user, const char *password)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SecretValue) value = secret (password);

  g_assert_true (mw_nss_logins_set (logins, store, "imap://h.test", user, value, &error));
  g_assert_no_error (error);
}

static JsonArray *
parse_logins (const char *text, JsonParser *parser)
{
  g_autoptr(GError) error = NULL;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  return json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)),
                                       "logins");
}

static void
test_logins_are_added_and_replaced (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwNssStore) store = mw_nss_store_new (NULL, NULL, &error);
  g_autoptr(MwNssLogins) logins = mw_nss_logins_new (NULL, &error);
  g_autoptr(MwNssLogins) again = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GBytes) unchanged = NULL;
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autofree char *text = NULL;
  JsonArray *array;
  JsonObject *first;

  g_assert_no_error (error);
  g_assert_true (mw_nss_logins_is_empty (logins));
  set_login (logins, store, "jo", "one");
  set_login (logins, store, "ann", "two");
  set_login (logins, store, "jo", "three \"quoted\" \\ \xc3\xa4");
  bytes = mw_nss_logins_to_bytes (logins);
  g_assert_false (mw_nss_logins_is_empty (logins));

  again = mw_nss_logins_new (bytes, &error);
  g_assert_no_error (error);
  set_login (again, store, "jo", "three \"quoted\" \\ \xc3\xa4");
  set_login (again, store, "ann", "two");
  unchanged = mw_nss_logins_to_bytes (again);
  g_assert_true (unchanged == bytes);

  text = logins_text (logins);
  array = parse_logins (text, parser);
  g_assert_cmpuint (json_array_get_length (array), ==, 2);
  first = json_array_get_object_element (array, 0);
  g_assert_cmpstr (json_object_get_string_member (first, "hostname"), ==, "imap://h.test");
  g_assert_cmpstr (json_object_get_string_member (first, "httpRealm"), ==, "imap://h.test");
  g_assert_true (json_object_get_null_member (first, "formSubmitURL"));
  assert_decrypts (store, json_object_get_string_member (first, "encryptedUsername"), "jo");
  assert_decrypts (store, json_object_get_string_member (first, "encryptedPassword"),
                   "three \"quoted\" \\ \xc3\xa4");
  g_assert_cmpint (
      json_object_get_int_member (json_node_get_object (json_parser_get_root (parser)), "nextId"),
      ==, 3);
}

static void
test_other_logins_keep_every_member (void)
{
  static const char before[] =
      "{\"nextId\":7,\"logins\":[{\"id\":1,\"hostname\":\"https://"
      "x.test\",\"odd\":[1,{\"a\":null}],"
      "\"encryptedUsername\":\"AAAA\"},\"nonsense\",{\"hostname\":\"imap://h.test\",\"httpRealm\":"
      "\"imap://h.test\",\"encryptedUsername\":5},{\"hostname\":\"imap://h.test\",\"httpRealm\":"
      "\"imap://h.test\",\"encryptedUsername\":\"MEME\",\"encryptedPassword\":\"x\"}],"
      "\"unknown\":{\"b\":true},\"version\":3}";
  g_autoptr(GError) error = NULL;
  g_autoptr(MwNssStore) store = mw_nss_store_new (NULL, NULL, NULL);
  g_autoptr(GBytes) bytes = text_bytes (before);
  g_autoptr(MwNssLogins) logins = mw_nss_logins_new (bytes, &error);
  g_autoptr(GBytes) same = NULL;
  g_autofree char *after = NULL;
  const char *comma;

  g_assert_no_error (error);
  same = mw_nss_logins_to_bytes (logins);
  g_assert_true (same == bytes);
  set_login (logins, store, "jo", "secret");
  after = logins_text (logins);
  comma = strstr (before, "],\"unknown\"");
  g_assert_true (g_str_has_prefix (after, "{\"nextId\":8,\"logins\":[{\"id\":1,"));
  g_assert_true (strncmp (after + 12, before + 12, (gsize) (comma - before) - 12) == 0);
  g_assert_true (g_str_has_suffix (after, "}],\"unknown\":{\"b\":true},\"version\":3}"));
  g_assert_null (strstr (after, "secret"));
}

static void
test_strange_login_files_are_refused (void)
{
  static const char *const strange[] = {
    "x",
    "[]",
    "null",
    "{}",
    "{\"nextId\":1}",
    "{\"nextId\":1,\"logins\":{}}",
    "{\"nextId\":\"1\",\"logins\":[]}",
    "{\"nextId\":0,\"logins\":[]}",
    "{\"nextId\":2147483647,\"logins\":[]}",
    "{\"nextId\":1.5,\"logins\":[]}",
    "{\"nextId\":1,\"logins\":[],\"version\":4}",
    "{\"nextId\":1,\"logins\":[],\"version\":[]}",
    "{\"nextId\":[],\"logins\":[]}",
    "{\"nextId\":1,\"logins\":[]",
    "{\"nextId\":1,\"logins\":[]}\xff",
  };
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autoptr(GBytes) deep_bytes = text_bytes (deep);

  for (guint i = 0; i < G_N_ELEMENTS (strange); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = text_bytes (strange[i]);

      g_assert_null (mw_nss_logins_new (bytes, &error));
      g_assert_error (error, MW_NSS_ERROR, MW_NSS_ERROR_FORMAT);
    }
  g_assert_null (mw_nss_logins_new (deep_bytes, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/nss/stores-of-the-real-programs-are-read",
                   test_stores_of_the_real_programs_are_read);
  g_test_add_func ("/nss/a-wrong-primary-password-is-told", test_a_wrong_primary_password_is_told);
  g_test_add_func ("/nss/a-store-is-made-where-there-is-none",
                   test_a_store_is_made_where_there_is_none);
  g_test_add_func ("/nss/a-store-without-a-key-gets-one-and-keeps-the-rest",
                   test_a_store_without_a_key_gets_one_and_keeps_the_rest);
  g_test_add_func ("/nss/damaged-stores-are-refused", test_damaged_stores_are_refused);
  g_test_add_func ("/nss/strange-parameters-are-refused", test_strange_parameters_are_refused);
  g_test_add_func ("/nss/every-broken-byte-of-a-store-is-survived",
                   test_every_broken_byte_of_a_store_is_survived);
  g_test_add_func ("/nss/a-write-ahead-header-is-no-obstacle",
                   test_a_write_ahead_header_is_no_obstacle);
  g_test_add_func ("/nss/damaged-logins-are-not-decrypted", test_damaged_logins_are_not_decrypted);
  g_test_add_func ("/der/wrong-lengths-are-refused", test_der_of_wrong_lengths_is_refused);
  g_test_add_func ("/der/numbers-have-a-range", test_der_numbers_have_a_range);
  g_test_add_func ("/der/values-are-read-as-they-were-written", test_der_is_read_as_it_was_written);
  g_test_add_func ("/logins/logins-are-added-and-replaced", test_logins_are_added_and_replaced);
  g_test_add_func ("/logins/other-logins-keep-every-member", test_other_logins_keep_every_member);
  g_test_add_func ("/logins/strange-files-are-refused", test_strange_login_files_are_refused);
  return g_test_run ();
}
