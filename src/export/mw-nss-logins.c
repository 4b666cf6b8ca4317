/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-nss-logins.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define MAX_LENGTH (64 * 1024 * 1024)
#define FORMAT_VERSION 3

struct _MwNssLogins
{
  GBytes *bytes; /* what was read, while nothing is changed */
  JsonNode *root;
};

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, MW_NSS_ERROR, MW_NSS_ERROR_FORMAT, "logins.json cannot be used: %s", what);
  return FALSE;
}

static JsonNode *
make_empty (void)
{
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "nextId", 1);
  json_object_set_array_member (object, "logins", json_array_new ());
  json_object_set_array_member (object, "potentiallyVulnerablePasswords", json_array_new ());
  json_object_set_int_member (object, "version", FORMAT_VERSION);
  json_node_take_object (root, object);
  return root;
}

/* The member if it is there and of this type, without a word of complaint otherwise */
static JsonNode *
member (JsonObject *object, const char *name, JsonNodeType type)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_node_type (node) == type ? node : NULL;
}

static const char *
string_member (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_VALUE);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static gboolean
has_known_version (JsonObject *object)
{
  JsonNode *version = json_object_get_member (object, "version");

  return version == NULL ||
         (JSON_NODE_HOLDS_VALUE (version) && json_node_get_value_type (version) == G_TYPE_INT64 &&
          json_node_get_int (version) <= FORMAT_VERSION);
}

/**
 * mw_nss_logins_new:
 * @bytes: (nullable): the content of `logins.json`, or %NULL for none
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the logins; %NULL with %MW_NSS_ERROR_FORMAT if the file cannot be
 *   understood, and so must not be replaced
 */
MwNssLogins *
mw_nss_logins_new (GBytes *bytes, GError **error)
{
  g_autoptr(MwNssLogins) self = g_new0 (MwNssLogins, 1);
  g_autoptr(JsonParser) parser = NULL;
  JsonObject *object;
  JsonNode *next;
  gsize length = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  if (length == 0)
    {
      self->root = make_empty ();
      return g_steal_pointer (&self);
    }
  if (length > MAX_LENGTH || !g_utf8_validate (text, (gssize) length, NULL))
    {
      fail (error, "it is too large or not UTF-8");
      return NULL;
    }
  parser = json_parser_new ();
  json_parser_set_strict (parser, TRUE);
  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL) ||
      json_parser_get_root (parser) == NULL ||
      !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      fail (error, "it is no JSON object");
      return NULL;
    }
  self->bytes = g_bytes_ref (bytes);
  self->root = json_parser_steal_root (parser);
  object = json_node_get_object (self->root);
  next = member (object, "nextId", JSON_NODE_VALUE);
  if (member (object, "logins", JSON_NODE_ARRAY) == NULL || next == NULL ||
      json_node_get_value_type (next) != G_TYPE_INT64 || json_node_get_int (next) < 1 ||
      json_node_get_int (next) >= G_MAXINT32 || !has_known_version (object))
    {
      fail (error, "its shape is not known here");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
mw_nss_logins_free (MwNssLogins *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->root, json_node_unref);
  g_free (self);
}

/**
 * mw_nss_logins_to_bytes:
 * @self: logins
 *
 * Returns: (transfer full): the content of `logins.json`: the very bytes that were read if no entry
 *   was changed
 */
GBytes *
mw_nss_logins_to_bytes (MwNssLogins *self)
{
  g_autofree char *text = NULL;
  gsize length;

  if (self->bytes != NULL)
    return g_bytes_ref (self->bytes);
  text = json_to_string (self->root, FALSE);
  length = strlen (text);
  return g_bytes_new_take (g_steal_pointer (&text), length);
}

/**
 * mw_nss_logins_is_empty:
 * @self: logins
 *
 * Returns: whether there is not a single one
 */
gboolean
mw_nss_logins_is_empty (MwNssLogins *self)
{
  JsonObject *root = json_node_get_object (self->root);

  return json_array_get_length (json_object_get_array_member (root, "logins")) == 0;
}

/* The entry for this server and this user. One that cannot be decrypted is nobody's; without a
 * store whose name it is does not count. */
static JsonObject *
find (MwNssLogins *self, MwNssStore *store, const char *origin, const char *username)
{
  JsonArray *logins = json_object_get_array_member (json_node_get_object (self->root), "logins");

  for (guint i = 0; i < json_array_get_length (logins); i++)
    {
      JsonNode *node = json_array_get_element (logins, i);
      JsonObject *login = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      g_autoptr(SecretValue) user = NULL;
      const char *encrypted;

      if (login == NULL || g_strcmp0 (string_member (login, "hostname"), origin) != 0 ||
          g_strcmp0 (string_member (login, "httpRealm"), origin) != 0)
        continue;
      if (store == NULL)
        return login;
      encrypted = string_member (login, "encryptedUsername");
      if (encrypted != NULL)
        user = mw_nss_store_decrypt (store, encrypted, NULL);
      if (user != NULL && g_strcmp0 (secret_value_get_text (user), username) == 0)
        return login;
    }
  return NULL;
}

/**
 * mw_nss_logins_has:
 * @self: logins
 * @store: (nullable): the key store of the same profile; %NULL if nobody can open it
 * @origin: the server, as mw_nss_logins_set() takes it
 * @username: the login name
 *
 * Returns: whether there is a login for this server and this name; without a store, for this server
 */
gboolean
mw_nss_logins_has (MwNssLogins *self, MwNssStore *store, const char *origin, const char *username)
{
  return find (self, store, origin, username) != NULL;
}

static gboolean
has_password (JsonObject *login, MwNssStore *store, SecretValue *password)
{
  const char *encrypted = string_member (login, "encryptedPassword");
  g_autoptr(SecretValue) there = NULL;
  gsize length, there_length;
  const char *text, *there_text;

  if (encrypted != NULL)
    there = mw_nss_store_decrypt (store, encrypted, NULL);
  if (there == NULL)
    return FALSE;
  text = secret_value_get (password, &length);
  there_text = secret_value_get (there, &there_length);
  return length == there_length && memcmp (text, there_text, length) == 0;
}

/* Milliseconds, as JavaScript counts */
static gint64
now (void)
{
  return g_get_real_time () / 1000;
}

/**
 * mw_nss_logins_set:
 * @self: logins
 * @store: the key store of the same profile
 * @origin: the server, as Thunderbird writes it: `imap://HOST`, without a port
 * @username: the login name
 * @password: the password, UTF-8
 * @error: return location for a #GError
 *
 * Adds a login, or changes the password of the one that is there for this server and this name.
 * One that has this password already is left alone.
 *
 * Returns: whether that was possible
 */
gboolean
mw_nss_logins_set (MwNssLogins *self,
                   MwNssStore *store,
                   const char *origin,
                   const char *username,
                   SecretValue *password,
                   GError **error)
{
  JsonObject *root = json_node_get_object (self->root);
  JsonObject *login = find (self, store, origin, username);
  g_autofree char *encrypted_username = NULL;
  g_autofree char *encrypted_password = NULL;
  g_autofree char *guid = NULL;
  g_autofree char *uuid = NULL;
  const char *text;
  gint64 id;
  gsize length;

  if (login != NULL && has_password (login, store, password))
    return TRUE;
  text = secret_value_get (password, &length);
  encrypted_password = mw_nss_store_encrypt (store, text, length, error);
  if (encrypted_password == NULL)
    return FALSE;
  g_clear_pointer (&self->bytes, g_bytes_unref);
  if (login != NULL)
    {
      json_object_set_string_member (login, "encryptedPassword", encrypted_password);
      json_object_set_int_member (login, "timePasswordChanged", now ());
      return TRUE;
    }

  encrypted_username = mw_nss_store_encrypt (store, username, strlen (username), error);
  if (encrypted_username == NULL)
    return FALSE;
  uuid = g_uuid_string_random ();
  guid = g_strdup_printf ("{%s}", uuid);
  id = json_object_get_int_member (root, "nextId");
  login = json_object_new ();
  json_object_set_int_member (login, "id", id);
  json_object_set_string_member (login, "hostname", origin);
  json_object_set_string_member (login, "httpRealm", origin);
  json_object_set_null_member (login, "formSubmitURL");
  json_object_set_string_member (login, "usernameField", "");
  json_object_set_string_member (login, "passwordField", "");
  json_object_set_string_member (login, "encryptedUsername", encrypted_username);
  json_object_set_string_member (login, "encryptedPassword", encrypted_password);
  json_object_set_string_member (login, "guid", guid);
  json_object_set_int_member (login, "encType", 1);
  json_object_set_int_member (login, "timeCreated", now ());
  json_object_set_int_member (login, "timeLastUsed", now ());
  json_object_set_int_member (login, "timePasswordChanged", now ());
  json_object_set_int_member (login, "timesUsed", 1);
  json_array_add_object_element (json_object_get_array_member (root, "logins"), login);
  json_object_set_int_member (root, "nextId", id + 1);
  return TRUE;
}
