/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-autoconfig.h"

#include "discovery/mw-document.h"

#include <string.h>

/* The XML that Thunderbird introduced and that draft-ietf-mailmaint-autoconfig-06 writes down. No
 * document in the ISPDB nests deeper than six elements or has more than two hundred of them. */
#define MAX_DEPTH 16
#define MAX_ELEMENTS 2000
#define MAX_VALUE 1024
#define MAX_SERVERS 32

/* One incomingServer or outgoingServer while it is read; the texts are as they stand there */
typedef struct
{
  MwProtocol protocol;
  char *host;
  char *port;
  char *socket_type;
  char *username;
  GPtrArray *authentications;
  gboolean without_login; /* outgoing: "none" or "client-IP-address" */
} Draft;

typedef struct
{
  MwAddress *address;

  guint depth;
  guint n_elements;
  gboolean in_provider;
  gboolean provider_seen;
  gboolean capturing; /* directly inside an element whose text is wanted */
  guint capture_depth;
  gboolean overlong;
  GString *text;
  Draft *draft; /* inside a server of a kind that is understood */

  GPtrArray *domains;
  char *name;
  char *help;
  GPtrArray *servers;
  GPtrArray *plain_servers; /* those without encryption come last, whatever the order says */
  guint n_skipped;
} Reader;

/* What "authentication" may say: the kind of secret that the person has to have. GSSAPI and NTLM
 * take none that could be typed here and are told all the same, so that nobody is misled. */
static const struct
{
  const char *text;
  const char *authentication;
  gboolean without_login;
} authentications[] = {
  { "password-cleartext", "password", FALSE },
  { "password-encrypted", "password", FALSE },
  { "plain", "password", FALSE },
  { "secure", "password", FALSE },
  { "OAuth2", "oauth2", FALSE },
  { "GSSAPI", "gssapi", FALSE },
  { "NTLM", "ntlm", FALSE },
  { "TLS-client-cert", "certificate", FALSE },
  { "none", "none", TRUE },
  { "client-IP-address", "none", TRUE },
};

static void
draft_free (Draft *draft)
{
  g_free (draft->host);
  g_free (draft->port);
  g_free (draft->socket_type);
  g_free (draft->username);
  g_ptr_array_unref (draft->authentications);
  g_free (draft);
}

static Draft *
draft_new (MwProtocol protocol)
{
  Draft *draft = g_new0 (Draft, 1);

  draft->protocol = protocol;
  draft->authentications = g_ptr_array_new ();
  return draft;
}

static void
draft_add_authentication (Draft *draft, const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (authentications); i++)
    {
      if (g_ascii_strcasecmp (text, authentications[i].text) != 0)
        continue;
      /* Only who sends may do so without a login */
      if (authentications[i].without_login)
        {
          if (draft->protocol != MW_PROTOCOL_SMTP)
            return;
          draft->without_login |= draft->authentications->len == 0;
        }
      if (!g_ptr_array_find_with_equal_func (draft->authentications,
                                             authentications[i].authentication, g_str_equal, NULL))
        g_ptr_array_add (draft->authentications, (char *) authentications[i].authentication);
      return;
    }
}

static gboolean
parse_socket_type (const char *text, MwSecurity *security)
{
  if (text == NULL)
    return FALSE;
  if (g_ascii_strcasecmp (text, "SSL") == 0 || g_ascii_strcasecmp (text, "TLS") == 0)
    *security = MW_SECURITY_TLS;
  else if (g_ascii_strcasecmp (text, "STARTTLS") == 0)
    *security = MW_SECURITY_STARTTLS;
  else if (g_ascii_strcasecmp (text, "plain") == 0)
    *security = MW_SECURITY_NONE;
  else
    return FALSE;
  return TRUE;
}

/* Without an address to fill in, the document is only looked at for its domains */
static void
reader_take_server (Reader *reader, Draft *draft)
{
  g_autofree char *expanded = NULL;
  g_autofree char *host = NULL;
  g_autofree char *username = NULL;
  g_autoptr(MwServer) server = NULL;
  MwSecurity security;
  guint16 port;
  gboolean login = !draft->without_login;

  if (reader->address == NULL || reader->servers->len + reader->plain_servers->len >= MAX_SERVERS)
    return;

  expanded = draft->host != NULL ? mw_autoconfig_expand (draft->host, reader->address) : NULL;
  host = expanded != NULL ? mw_host_to_ascii (expanded) : NULL;
  if (draft->username != NULL)
    {
      username = mw_autoconfig_expand (draft->username, reader->address);
      if (username == NULL)
        {
          reader->n_skipped++;
          return;
        }
    }
  if (host == NULL || !mw_document_parse_port (draft->port, &port) ||
      !parse_socket_type (draft->socket_type, &security) || (login && username == NULL))
    {
      reader->n_skipped++;
      return;
    }
  if (draft->authentications->len == 0)
    g_ptr_array_add (draft->authentications, (char *) "password");
  g_ptr_array_add (draft->authentications, NULL);

  server = mw_server_new (draft->protocol, host, port, security);
  if (login)
    {
      MwServer *named = mw_server_with_username (server, username);

      mw_server_unref (server);
      server = named;
    }
  else
    {
      MwServer *without = mw_server_with_mechanism (server, MW_MECHANISM_NONE);

      mw_server_unref (server);
      server = without;
    }
  g_ptr_array_add (
      security == MW_SECURITY_NONE ? reader->plain_servers : reader->servers,
      mw_server_with_authentications (server, (const char *const *) draft->authentications->pdata));
}

static const char *
find_attribute (const char **names, const char **values, const char *name)
{
  for (gsize i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], name) == 0)
      return values[i];
  return NULL;
}

static void
reader_capture (Reader *reader)
{
  reader->capturing = TRUE;
  reader->capture_depth = reader->depth;
  reader->overlong = FALSE;
  g_string_truncate (reader->text, 0);
}

static void
start_provider_child (Reader *reader, const char *name, const char **names, const char **values)
{
  if (strcmp (name, "domain") == 0 || strcmp (name, "displayName") == 0)
    reader_capture (reader);
  else if (strcmp (name, "incomingServer") == 0)
    {
      MwProtocol protocol = mw_protocol_from_string (find_attribute (names, values, "type"));

      /* Exchange, EWS, OWA, Graph, JMAP and what may come: not ours */
      if (protocol == MW_PROTOCOL_IMAP || protocol == MW_PROTOCOL_POP3)
        reader->draft = draft_new (protocol);
    }
  else if (strcmp (name, "outgoingServer") == 0)
    {
      if (mw_protocol_from_string (find_attribute (names, values, "type")) == MW_PROTOCOL_SMTP)
        reader->draft = draft_new (MW_PROTOCOL_SMTP);
    }
  else if (strcmp (name, "documentation") == 0 && reader->help == NULL)
    reader->help = mw_document_dup_url (find_attribute (names, values, "url"));
}

static void
start_element (GMarkupParseContext *context,
               const char *name,
               const char **names,
               const char **values,
               gpointer user_data,
               GError **error)
{
  Reader *reader = user_data;

  reader->depth++;
  if (reader->depth > MAX_DEPTH || ++reader->n_elements > MAX_ELEMENTS)
    {
      g_set_error_literal (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_FORBIDDEN,
                           "the document has too many elements, or nests them too deep");
      return;
    }

  if (reader->depth == 1)
    {
      if (strcmp (name, "clientConfig") != 0)
        g_set_error (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_MALFORMED,
                     "the document begins with <%.40s>, not with <clientConfig>", name);
    }
  else if (reader->depth == 2)
    {
      /* One provider a document; a second one would be somebody else's */
      reader->in_provider = strcmp (name, "emailProvider") == 0 && !reader->provider_seen;
      reader->provider_seen |= reader->in_provider;
    }
  else if (reader->depth == 3 && reader->in_provider)
    start_provider_child (reader, name, names, values);
  else if (reader->depth == 4 && reader->draft != NULL)
    reader_capture (reader);
}

/* The first value stands, as everywhere in this format the first is the preferred one */
static void
set_once (char **field, const char *value)
{
  if (*field == NULL)
    *field = g_strdup (value);
}

static void
take_value (Reader *reader, const char *name, const char *value)
{
  Draft *draft = reader->draft;

  if (draft == NULL)
    {
      if (strcmp (name, "domain") == 0)
        {
          g_autofree char *domain = mw_host_to_ascii (value);

          if (domain != NULL)
            g_ptr_array_add (reader->domains, g_steal_pointer (&domain));
        }
      else if (reader->name == NULL)
        reader->name = mw_document_dup_text (value, 120);
    }
  else if (strcmp (name, "hostname") == 0)
    set_once (&draft->host, value);
  else if (strcmp (name, "port") == 0)
    set_once (&draft->port, value);
  else if (strcmp (name, "socketType") == 0)
    set_once (&draft->socket_type, value);
  else if (strcmp (name, "username") == 0)
    set_once (&draft->username, value);
  else if (strcmp (name, "authentication") == 0)
    draft_add_authentication (draft, value);
}

static void
end_element (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
  Reader *reader = user_data;

  if (reader->capturing && reader->depth == reader->capture_depth)
    {
      reader->capturing = FALSE;
      g_strstrip (reader->text->str);
      if (!reader->overlong && *reader->text->str != '\0')
        take_value (reader, name, reader->text->str);
      g_string_truncate (reader->text, 0);
    }
  else if (reader->depth == 3 && reader->draft != NULL)
    {
      reader_take_server (reader, reader->draft);
      g_clear_pointer (&reader->draft, draft_free);
    }
  else if (reader->depth == 2)
    reader->in_provider = FALSE;
  reader->depth--;
}

static void
text (GMarkupParseContext *context,
      const char *bytes,
      gsize length,
      gpointer user_data,
      GError **error)
{
  Reader *reader = user_data;

  if (!reader->capturing || reader->depth != reader->capture_depth)
    return;
  if (reader->text->len + length > MAX_VALUE)
    reader->overlong = TRUE;
  else
    g_string_append_len (reader->text, bytes, length);
}

/* "<?xml ...?>", comments and DOCTYPE come here */
static void
passthrough (GMarkupParseContext *context,
             const char *bytes,
             gsize length,
             gpointer user_data,
             GError **error)
{
  g_autofree char *piece = g_strndup (bytes, length);

  if (g_str_has_prefix (piece, "<!--"))
    return;
  if (g_str_has_prefix (piece, "<!"))
    {
      g_set_error_literal (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_FORBIDDEN,
                           "the document has a DOCTYPE, which is never read");
      return;
    }
  if (g_str_has_prefix (piece, "<?xml") && g_ascii_isspace (piece[5]))
    {
      g_autoptr(GRegex) regex = g_regex_new ("encoding\\s*=\\s*[\"']([^\"']*)[\"']", 0, 0, NULL);
      g_autoptr(GMatchInfo) match = NULL;
      g_autofree char *encoding = NULL;

      if (!g_regex_match (regex, piece, 0, &match))
        return;
      encoding = g_match_info_fetch (match, 1);
      if (g_ascii_strcasecmp (encoding, "UTF-8") != 0 &&
          g_ascii_strcasecmp (encoding, "US-ASCII") != 0)
        g_set_error (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_FORBIDDEN,
                     "the document says that its encoding is %.40s; only UTF-8 is read", encoding);
    }
}

static void
reader_clear (Reader *reader)
{
  g_clear_pointer (&reader->draft, draft_free);
  g_clear_pointer (&reader->domains, g_ptr_array_unref);
  g_clear_pointer (&reader->servers, g_ptr_array_unref);
  g_clear_pointer (&reader->plain_servers, g_ptr_array_unref);
  g_clear_pointer (&reader->name, g_free);
  g_clear_pointer (&reader->help, g_free);
  g_string_free (reader->text, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static void
reader_init (Reader *reader, MwAddress *address)
{
  reader->address = address;
  reader->text = g_string_new (NULL);
  reader->domains = g_ptr_array_new_with_free_func (g_free);
  reader->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_server_unref);
  reader->plain_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_server_unref);
}

static gboolean
reader_read (Reader *reader, GBytes *bytes, GError **error)
{
  static const GMarkupParser parser = { start_element, end_element, text, passthrough, NULL };
  g_autoptr(GMarkupParseContext) context = NULL;
  g_autoptr(GError) local_error = NULL;
  const char *document;
  gsize length;

  if (!mw_document_check (bytes, &document, &length, error))
    return FALSE;

  context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, reader, NULL);
  if (!g_markup_parse_context_parse (context, document, length, &local_error) ||
      !g_markup_parse_context_end_parse (context, &local_error))
    {
      if (local_error->domain == MW_DISCOVERY_ERROR)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        g_set_error (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_MALFORMED,
                     "the document is not well-formed XML: %s", local_error->message);
      return FALSE;
    }
  if (!reader->provider_seen)
    {
      g_set_error_literal (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_MALFORMED,
                           "the document has no <emailProvider>");
      return FALSE;
    }

  return TRUE;
}

/* A login name that looks like another one, or breaks a line of the file that it is written to,
 * is none. A blank is fine: there are servers at which people log in with their full names. */
static gboolean
is_visible (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  /* GLib counts the two Unicode separators of lines among the visible characters */
  return c == ' ' || (g_unichar_isgraph (c) && type != G_UNICODE_LINE_SEPARATOR &&
                      type != G_UNICODE_PARAGRAPH_SEPARATOR);
}

/**
 * mw_autoconfig_expand:
 * @text_value: a host or login name out of an autoconfig document, valid UTF-8
 * @address: the address to fill in
 *
 * Fills in `%EMAILADDRESS%`, `%EMAILLOCALPART%` and `%EMAILDOMAIN%`. What was filled in is not
 * looked at again, so a `%` in somebody's address is nothing special. Any other `%` makes the text
 * unusable: it would be a placeholder that is not understood (documents with a forgotten closing
 * sign do exist).
 *
 * Returns: (transfer full) (nullable): the name, or %NULL if it cannot be made out
 */
char *
mw_autoconfig_expand (const char *text_value, MwAddress *address)
{
  const struct
  {
    const char *placeholder;
    const char *value;
  } table[] = {
    { "%EMAILADDRESS%", mw_address_get_ascii (address) },
    { "%EMAILLOCALPART%", mw_address_get_local_part (address) },
    { "%EMAILDOMAIN%", mw_address_get_domain_ascii (address) },
  };
  g_autoptr(GString) result = g_string_new (NULL);
  const char *p = text_value;

  while (*p != '\0')
    {
      gsize i;

      if (*p != '%')
        {
          const char *next = g_utf8_next_char (p);

          if (!is_visible (g_utf8_get_char (p)))
            return NULL;
          g_string_append_len (result, p, next - p);
          p = next;
          continue;
        }
      for (i = 0; i < G_N_ELEMENTS (table); i++)
        if (g_str_has_prefix (p, table[i].placeholder))
          break;
      if (i == G_N_ELEMENTS (table))
        return NULL;
      g_string_append (result, table[i].value);
      p += strlen (table[i].placeholder);
    }

  return g_string_free (g_steal_pointer (&result), FALSE);
}

/**
 * mw_autoconfig_parse:
 * @bytes: the document
 * @address: the address to fill in
 * @source: what the settings say as their source
 * @origin: what they say as their origin
 * @error: return location for a #GError of %MW_DISCOVERY_ERROR
 *
 * Reads an autoconfig document. Servers of kinds that are not understood, and single servers with
 * values that cannot be right, are left out; servers without encryption are kept, but come last.
 * Knows no socket and no file; any thread.
 *
 * Returns: (transfer full): the settings, not yet trusted, with at least one server
 */
MwSettings *
mw_autoconfig_parse (
    GBytes *bytes, MwAddress *address, MwSource source, const char *origin, GError **error)
{
  g_auto (Reader) reader = { 0 };
  g_autoptr(MwSettings) settings = NULL;

  g_return_val_if_fail (bytes != NULL, NULL);
  g_return_val_if_fail (address != NULL, NULL);

  reader_init (&reader, address);
  if (!reader_read (&reader, bytes, error))
    return NULL;

  g_ptr_array_extend_and_steal (reader.servers, g_steal_pointer (&reader.plain_servers));
  if (reader.servers->len == 0)
    {
      g_set_error (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_NO_SERVERS,
                   "the document has no server that can be used (%u left out)", reader.n_skipped);
      return NULL;
    }

  settings = mw_settings_new (source, origin);
  settings->name = g_steal_pointer (&reader.name);
  settings->help = g_steal_pointer (&reader.help);
  g_ptr_array_extend_and_steal (settings->servers, g_steal_pointer (&reader.servers));

  return g_steal_pointer (&settings);
}

/**
 * mw_autoconfig_lists_domain:
 * @bytes: the document
 * @domain: a mail domain of A-labels
 *
 * Whether a document says that it is for @domain. A document that cannot be read is for nobody.
 *
 * Returns: whether it does
 */
gboolean
mw_autoconfig_lists_domain (GBytes *bytes, const char *domain)
{
  g_auto (Reader) reader = { 0 };

  reader_init (&reader, NULL);
  if (!reader_read (&reader, bytes, NULL))
    return FALSE;
  for (guint i = 0; i < reader.domains->len; i++)
    if (g_ascii_strcasecmp (g_ptr_array_index (reader.domains, i), domain) == 0)
      return TRUE;
  return FALSE;
}
