/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-pacc.h"

#include "discovery/mw-document.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* draft-ietf-mailmaint-pacc, versions 02 and 03 ("Automatic Configuration of Email, Calendar, and
 * Contact Server Settings"). 03 calls the sending service "submit" where 02 says "smtp"; both are
 * read. A protocol has a host and nothing else: the port is that of implicit TLS, the login name
 * the address. */
#define MAX_DEPTH 16

/* The first of two names for the same protocol wins */
static const struct
{
  const char *member;
  MwProtocol protocol;
} protocols[] = {
  { "imap", MW_PROTOCOL_IMAP },
  { "pop3", MW_PROTOCOL_POP3 },
  { "submit", MW_PROTOCOL_SMTP },
  { "smtp", MW_PROTOCOL_SMTP },
};

/* One record: "v=UAAC1; a=sha256; d=BASE64", tags as in DKIM (RFC 6376, section 3.2) */
static GBytes *
parse_digest_record (GBytes *record)
{
  gsize length;
  const char *data = g_bytes_get_data (record, &length);
  g_autofree char *text = NULL;
  g_autofree char *digest = NULL;
  g_auto (GStrv) tags = NULL;
  gboolean algorithm = FALSE;

  if (length == 0 || length > 4096 || memchr (data, '\0', length) != NULL)
    return NULL;

  text = g_strndup (data, length);
  tags = g_strsplit (text, ";", -1);
  for (gsize i = 0; tags[i] != NULL; i++)
    {
      char *equals = strchr (tags[i], '=');

      if (equals == NULL)
        continue;
      *equals = '\0';
      g_strstrip (tags[i]);
      g_strstrip (equals + 1);
      if (i == 0 && (strcmp (tags[i], "v") != 0 || strcmp (equals + 1, "UAAC1") != 0))
        return NULL;
      if (strcmp (tags[i], "a") == 0)
        algorithm = g_ascii_strcasecmp (equals + 1, "sha256") == 0;
      else if (strcmp (tags[i], "d") == 0 && digest == NULL)
        digest = g_strdup (equals + 1);
    }
  if (tags[0] == NULL || !g_str_equal (tags[0], "v") || !algorithm || digest == NULL)
    return NULL;

  {
    gsize n_bytes;
    g_autofree guchar *bytes = g_base64_decode (digest, &n_bytes);

    return bytes != NULL && n_bytes == 32 ? g_bytes_new (bytes, n_bytes) : NULL;
  }
}

/**
 * mw_pacc_check_digest:
 * @document: the document, byte for byte as it was fetched
 * @texts: (nullable) (element-type GBytes): the TXT records of `_ua-auto-config.DOMAIN`, each with
 *   its parts joined
 *
 * Holds a document against what DNS says about it. Several records are normal while a document is
 * being changed; records of other kinds are passed over.
 *
 * Returns: the verdict
 */
MwPaccDigest
mw_pacc_check_digest (GBytes *document, GPtrArray *texts)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;
  gboolean any = FALSE;

  g_checksum_update (checksum, g_bytes_get_data (document, NULL),
                     (gssize) g_bytes_get_size (document));
  g_checksum_get_digest (checksum, digest, &length);

  for (guint i = 0; texts != NULL && i < texts->len; i++)
    {
      g_autoptr(GBytes) said = parse_digest_record (g_ptr_array_index (texts, i));

      if (said == NULL)
        continue;
      any = TRUE;
      if (memcmp (g_bytes_get_data (said, NULL), digest, sizeof digest) == 0)
        return MW_PACC_DIGEST_MATCHES;
    }
  return any ? MW_PACC_DIGEST_MISMATCH : MW_PACC_DIGEST_MISSING;
}

/* JSON parsers recurse: what is nested deeper than any honest document never reaches one. Nor does
 * a NUL in its escaped form, at which a C string would end: "imap.example.org\u0000.evil.test". */
static gboolean
check_shape (const char *text, gsize length, GError **error)
{
  guint depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (in_string)
        {
          if (c == '\\')
            {
              if (length - i >= 6 && memcmp (text + i, "\\u0000", 6) == 0)
                {
                  g_set_error_literal (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_FORBIDDEN,
                                       "the document has a NUL in a string");
                  return FALSE;
                }
              i++;
            }
          else if (c == '"')
            in_string = FALSE;
        }
      else if (c == '"')
        in_string = TRUE;
      else if (c == '{' || c == '[')
        {
          if (++depth > MAX_DEPTH)
            {
              g_set_error_literal (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_FORBIDDEN,
                                   "the document nests its values too deep");
              return FALSE;
            }
        }
      else if ((c == '}' || c == ']') && depth > 0)
        depth--;
    }
  return TRUE;
}

/* A member of the right type, or nothing: json-glib's own getters complain aloud about the rest */
static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static gboolean
get_boolean (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

/* A key that is there and does not say what it must makes the document wrong, not emptier */
static gboolean
parse_server (MwSettings *settings,
              MwProtocol protocol,
              JsonNode *node,
              MwAddress *address,
              const char *const *authentications,
              GError **error)
{
  const char *name = mw_protocol_to_string (protocol);
  const char *said;
  g_autofree char *host = NULL;
  g_autoptr(MwServer) server = NULL;
  g_autoptr(MwServer) named = NULL;

  said = JSON_NODE_HOLDS_OBJECT (node) ? get_string (json_node_get_object (node), "host") : NULL;
  host = said != NULL && strlen (said) <= 1024 ? mw_host_to_ascii (said) : NULL;
  if (host == NULL || g_hostname_is_ip_address (host))
    {
      g_set_error (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_MALFORMED,
                   "the document has no proper host name for %s", name);
      return FALSE;
    }

  server = mw_server_new (protocol, host, 0, MW_SECURITY_TLS);
  named = mw_server_with_username (server, mw_address_get_ascii (address));
  g_ptr_array_add (settings->servers, mw_server_with_authentications (named, authentications));
  return TRUE;
}

/**
 * mw_pacc_parse:
 * @bytes: the document, whose digest was found to match
 * @address: the address that it is for
 * @origin: what the settings say as their origin
 * @error: return location for a #GError of %MW_DISCOVERY_ERROR
 *
 * Reads a PACC document. Knows no socket and no file; any thread.
 *
 * Returns: (transfer full): the settings, not yet trusted, with at least one server
 */
MwSettings *
mw_pacc_parse (GBytes *bytes, MwAddress *address, const char *origin, GError **error)
{
  g_autoptr(JsonParser) parser = NULL;
  g_autoptr(MwSettings) settings = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GPtrArray) authentications = g_ptr_array_new ();
  JsonObject *root, *said, *info;
  const char *text;
  gsize length;

  g_return_val_if_fail (bytes != NULL, NULL);
  g_return_val_if_fail (address != NULL, NULL);

  if (!mw_document_check (bytes, &text, &length, error) || !check_shape (text, length, error))
    return NULL;

  parser = json_parser_new_immutable ();
  json_parser_set_strict (parser, TRUE);
  if (!json_parser_load_from_data (parser, text, (gssize) length, &local_error))
    {
      g_set_error (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_MALFORMED,
                   "the document is not JSON: %s", local_error->message);
      return NULL;
    }
  if (json_parser_get_root (parser) == NULL ||
      !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      g_set_error_literal (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_MALFORMED,
                           "the document is not a JSON object");
      return NULL;
    }

  root = json_node_get_object (json_parser_get_root (parser));
  said = get_object (root, "authentication");
  if (get_string (get_object (said, "oauth-public"), "issuer") != NULL)
    g_ptr_array_add (authentications, (char *) "oauth2");
  /* A document that says nothing about passwords is read as saying yes */
  if (said == NULL || !json_object_has_member (said, "password") || get_boolean (said, "password"))
    g_ptr_array_add (authentications, (char *) "password");
  g_ptr_array_add (authentications, NULL);

  settings = mw_settings_new (MW_SOURCE_PACC, origin);
  said = get_object (root, "protocols");
  for (gsize i = 0; said != NULL && i < G_N_ELEMENTS (protocols); i++)
    {
      JsonNode *node = json_object_get_member (said, protocols[i].member);

      if (node != NULL && mw_settings_find (settings, protocols[i].protocol) == NULL &&
          !parse_server (settings, protocols[i].protocol, node, address,
                         (const char *const *) authentications->pdata, error))
        return NULL;
    }
  if (settings->servers->len == 0)
    {
      g_set_error_literal (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_NO_SERVERS,
                           "the document has no IMAP, POP3 or submission server");
      return NULL;
    }

  info = get_object (root, "info");
  settings->name = mw_document_dup_text (get_string (get_object (info, "provider"), "name"), 120);
  settings->help = mw_document_dup_url (get_string (get_object (info, "help"), "documentation"));

  return g_steal_pointer (&settings);
}
