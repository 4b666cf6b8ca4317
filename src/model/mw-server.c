/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-server"

#include "config.h"

#include "model/mw-server.h"

#include <gio/gio.h>
#include <string.h>

struct _MwServer
{
  MwProtocol protocol;
  char *host; /* A-labels, lower case, no final dot, IPv6 literals without brackets */
  guint16 port;
  MwSecurity security;
  char *username;
  char *mechanism;
  GStrv authentications;
};

G_DEFINE_QUARK (mw_server_error, mw_server_error) /* clang-format would put spaces around dashes */

G_DEFINE_BOXED_TYPE (MwServer, mw_server, mw_server_ref, mw_server_unref)

/* One row a scheme; the protocol's name is the scheme without its ending */
static const struct
{
  const char *scheme;
  MwProtocol protocol;
  MwSecurity security;
  guint16 port;
} schemes[] = {
  { "imaps", MW_PROTOCOL_IMAP, MW_SECURITY_TLS, 993 },
  { "pop3s", MW_PROTOCOL_POP3, MW_SECURITY_TLS, 995 },
  { "smtps", MW_PROTOCOL_SMTP, MW_SECURITY_TLS, 465 },
  { "imap", MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS, 143 },
  { "pop3", MW_PROTOCOL_POP3, MW_SECURITY_STARTTLS, 110 },
  { "smtp", MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS, 587 },
  { "imap+insecure", MW_PROTOCOL_IMAP, MW_SECURITY_NONE, 143 },
  { "pop3+insecure", MW_PROTOCOL_POP3, MW_SECURITY_NONE, 110 },
  { "smtp+insecure", MW_PROTOCOL_SMTP, MW_SECURITY_NONE, 587 },
};

/**
 * mw_protocol_to_string:
 * @protocol: a protocol
 *
 * Returns: "imap", "pop3", "smtp" or "unknown": stable, untranslated
 */
const char *
mw_protocol_to_string (MwProtocol protocol)
{
  static const char *const names[] = { "unknown", "imap", "pop3", "smtp" };

  g_return_val_if_fail (protocol < G_N_ELEMENTS (names), "unknown");

  return names[protocol];
}

/**
 * mw_protocol_from_string:
 * @text: (nullable): "imap", "pop3" or "smtp", in any case
 *
 * Returns: the protocol, %MW_PROTOCOL_UNKNOWN for any other text
 */
MwProtocol
mw_protocol_from_string (const char *text)
{
  if (text == NULL)
    return MW_PROTOCOL_UNKNOWN;
  for (MwProtocol protocol = MW_PROTOCOL_IMAP; protocol <= MW_PROTOCOL_SMTP; protocol++)
    if (g_ascii_strcasecmp (text, mw_protocol_to_string (protocol)) == 0)
      return protocol;
  return MW_PROTOCOL_UNKNOWN;
}

/**
 * mw_security_to_string:
 * @security: a kind of protection
 *
 * Returns: "tls", "starttls" or "none": stable, untranslated
 */
const char *
mw_security_to_string (MwSecurity security)
{
  static const char *const names[] = { "tls", "starttls", "none" };

  g_return_val_if_fail (security < G_N_ELEMENTS (names), "none");

  return names[security];
}

/**
 * mw_security_from_string:
 * @text: (nullable): "tls", "starttls" or "none", in any case
 * @security: (out): where to put the result; untouched for any other text
 *
 * Returns: whether @text was one of the three
 */
gboolean
mw_security_from_string (const char *text, MwSecurity *security)
{
  if (text == NULL)
    return FALSE;
  for (MwSecurity known = MW_SECURITY_TLS; known <= MW_SECURITY_NONE; known++)
    if (g_ascii_strcasecmp (text, mw_security_to_string (known)) == 0)
      {
        *security = known;
        return TRUE;
      }
  return FALSE;
}

/**
 * mw_protocol_get_default_port:
 * @protocol: a protocol, not unknown
 * @security: how the connection is protected
 *
 * The port that IANA registers for the pair; for SMTP that is submission (RFC 8314, section 7.3),
 * never port 25.
 *
 * Returns: the port
 */
guint16
mw_protocol_get_default_port (MwProtocol protocol, MwSecurity security)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (schemes[i].protocol == protocol && schemes[i].security == security)
      return schemes[i].port;
  g_return_val_if_reached (0);
}

static gboolean
is_ip_literal (const char *host)
{
  return g_hostname_is_ip_address (host);
}

/**
 * mw_host_to_ascii:
 * @host: a host name in U-labels or A-labels, or an IP address
 *
 * The form that goes to the network: A-labels (RFC 5891), lower case, without a final dot. The
 * ideographic full stops of RFC 3490, section 3.1 count as dots.
 *
 * Returns: (transfer full) (nullable): the host, or %NULL if it cannot be one
 */
char *
mw_host_to_ascii (const char *host)
{
  g_autofree char *ascii = NULL;
  gsize length;

  g_return_val_if_fail (host != NULL, NULL);

  if (*host == '[')
    {
      length = strlen (host);
      if (length > 2 && host[length - 1] == ']')
        {
          g_autofree char *inner = g_strndup (host + 1, length - 2);

          return strchr (inner, ':') != NULL && is_ip_literal (inner) ? g_ascii_strdown (inner, -1)
                                                                      : NULL;
        }
      return NULL;
    }
  if (is_ip_literal (host))
    return g_ascii_strdown (host, -1);
  if (!g_utf8_validate (host, -1, NULL))
    return NULL;
  ascii = g_hostname_to_ascii (host);
  if (ascii == NULL)
    return NULL;
  length = strlen (ascii);
  if (length > 0 && ascii[length - 1] == '.')
    ascii[length - 1] = '\0';
  for (char *c = ascii; *c != '\0'; c++)
    *c = g_ascii_tolower (*c);
  return mw_host_is_valid (ascii) ? g_steal_pointer (&ascii) : NULL;
}

/**
 * mw_host_to_display:
 * @host: a host in A-labels
 *
 * The form for people: U-labels. A label that mixes Latin letters with look-alikes of another
 * script, or that cannot be decoded, stays as it is, so that one name cannot pass for another.
 *
 * Returns: (transfer full): the host for people
 */
char *
mw_host_to_display (const char *host)
{
  g_autofree char *unicode = NULL, *back = NULL;
  g_auto (GStrv) labels = NULL;

  g_return_val_if_fail (host != NULL, NULL);

  unicode = g_hostname_to_unicode (host);
  if (unicode == NULL)
    return g_strdup (host);
  labels = g_strsplit (unicode, ".", -1);
  for (gsize i = 0; labels[i] != NULL; i++)
    {
      gboolean latin = FALSE, lookalike = FALSE;

      for (const char *c = labels[i]; *c != '\0'; c = g_utf8_next_char (c))
        {
          GUnicodeScript script = g_unichar_get_script (g_utf8_get_char (c));

          latin |= script == G_UNICODE_SCRIPT_LATIN;
          lookalike |= script == G_UNICODE_SCRIPT_CYRILLIC || script == G_UNICODE_SCRIPT_GREEK ||
                       script == G_UNICODE_SCRIPT_ARMENIAN || script == G_UNICODE_SCRIPT_CHEROKEE;
          if (!g_unichar_isgraph (g_utf8_get_char (c)))
            return g_strdup (host);
        }
      if (latin && lookalike)
        return g_strdup (host);
    }
  /* Some labels can be decoded and are no names all the same: what is shown must lead back */
  back = mw_host_to_ascii (unicode);
  if (back == NULL || g_ascii_strcasecmp (back, host) != 0)
    return g_strdup (host);
  return g_steal_pointer (&unicode);
}

/**
 * mw_host_is_valid:
 * @host: a host in A-labels, or an IP address without brackets
 *
 * Whether @host can be a host name (RFC 1123, section 2.1) of at least one label, or an IP
 * address. Underscores are accepted: some company networks have them.
 *
 * Returns: whether it can
 */
gboolean
mw_host_is_valid (const char *host)
{
  gsize label = 0;
  gboolean numeric = TRUE; /* the last label: a name may not end like an IPv4 address */

  g_return_val_if_fail (host != NULL, FALSE);

  if (is_ip_literal (host))
    return TRUE;
  if (*host == '\0' || strlen (host) > 253)
    return FALSE;
  for (const char *c = host; *c != '\0'; c++)
    {
      if (*c == '.')
        {
          if (label == 0 || label > 63 || c[-1] == '-' || c[1] == '\0')
            return FALSE;
          label = 0;
          numeric = TRUE;
          continue;
        }
      if (!g_ascii_isalnum (*c) && *c != '_' && (*c != '-' || label == 0))
        return FALSE;
      numeric &= g_ascii_isdigit (*c);
      label++;
    }
  return label > 0 && label <= 63 && !numeric && host[strlen (host) - 1] != '-';
}

/**
 * mw_host_is_loopback:
 * @host: a host in A-labels, or an IP address
 *
 * Whether @host is this machine by definition: a loopback address, "localhost" or a name below it
 * (RFC 6761, section 6.3).
 *
 * Returns: whether it is
 */
gboolean
mw_host_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;

  g_return_val_if_fail (host != NULL, FALSE);

  address = g_inet_address_new_from_string (host);
  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (host, "localhost") == 0 || g_str_has_suffix (host, ".localhost");
}

static MwServer *
server_alloc (MwProtocol protocol, const char *host, guint16 port, MwSecurity security)
{
  MwServer *self = g_atomic_rc_box_new0 (MwServer);

  self->protocol = protocol;
  self->host = mw_host_to_ascii (host);
  if (self->host == NULL)
    self->host = g_strdup (host);
  self->security = security;
  self->port = port != 0 ? port : mw_protocol_get_default_port (protocol, security);
  return self;
}

static MwServer *
server_copy (MwServer *self)
{
  MwServer *copy = server_alloc (self->protocol, self->host, self->port, self->security);

  copy->username = g_strdup (self->username);
  copy->mechanism = g_strdup (self->mechanism);
  copy->authentications = g_strdupv (self->authentications);
  return copy;
}

/**
 * mw_server_new:
 * @protocol: what it speaks, not unknown
 * @host: name or IP address; U-labels become A-labels. What cannot be a host is kept as it is, so
 *   that advice can be given about it
 * @port: the port, or 0 for the usual one
 * @security: how the connection is protected
 *
 * Returns: (transfer full): a server without a login name
 */
MwServer *
mw_server_new (MwProtocol protocol, const char *host, guint16 port, MwSecurity security)
{
  g_return_val_if_fail (protocol != MW_PROTOCOL_UNKNOWN, NULL);
  g_return_val_if_fail (host != NULL, NULL);

  return server_alloc (protocol, host, port, security);
}

static gboolean
parse_port (const char *text, guint16 *port, GError **error)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 1, 65535, &value, NULL))
    {
      g_set_error (error, MW_SERVER_ERROR, MW_SERVER_ERROR_PORT,
                   "“%s” is not a port: a number from 1 to 65535 is expected", text);
      return FALSE;
    }
  *port = (guint16) value;
  return TRUE;
}

/* "user", "user:AUTH=MECH" or ":AUTH=NONE"; a ":" with anything else behind it is a password */
static gboolean
parse_user (const char *text, char **username, char **mechanism, GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *encoded = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);
  g_autofree char *user = g_uri_unescape_string (encoded, NULL);

  if (colon != NULL && g_ascii_strncasecmp (colon + 1, "AUTH=", 5) != 0)
    {
      g_set_error_literal (error, MW_SERVER_ERROR, MW_SERVER_ERROR_PASSWORD,
                           "a password stands in the URL: it does not belong there, give it by "
                           "--password-fd or on the terminal");
      return FALSE;
    }
  if (user == NULL || !g_utf8_validate (user, -1, NULL))
    {
      g_set_error_literal (error, MW_SERVER_ERROR, MW_SERVER_ERROR_USER,
                           "the login name in the URL is not properly percent-encoded UTF-8");
      return FALSE;
    }
  for (const char *c = user; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      {
        g_set_error_literal (error, MW_SERVER_ERROR, MW_SERVER_ERROR_USER,
                             "the login name in the URL holds a control character");
        return FALSE;
      }
  if (colon != NULL && strcmp (colon + 6, "*") != 0) /* "*" is "any", as in RFC 5092 */
    {
      for (const char *c = colon + 6; *c != '\0'; c++)
        if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
          {
            g_set_error_literal (error, MW_SERVER_ERROR, MW_SERVER_ERROR_SYNTAX,
                                 "what follows AUTH= in the URL is not a SASL mechanism");
            return FALSE;
          }
      if (colon[6] != '\0')
        *mechanism = g_ascii_strup (colon + 6, -1);
    }
  if (*user != '\0')
    *username = g_steal_pointer (&user);
  return TRUE;
}

static gboolean
parse_host_port (const char *text, char **host, guint16 *port, GError **error)
{
  const char *colon;
  g_autofree char *name = NULL;

  if (*text == '[')
    {
      const char *end = strchr (text, ']');

      if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        {
          g_set_error (error, MW_SERVER_ERROR, MW_SERVER_ERROR_HOST,
                       "“%s” has no proper IPv6 address between the brackets", text);
          return FALSE;
        }
      name = g_strndup (text, end - text + 1);
      colon = end[1] == ':' ? end + 1 : NULL;
    }
  else
    {
      colon = strrchr (text, ':');
      name = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);
    }
  if (colon != NULL && !parse_port (colon + 1, port, error))
    return FALSE;
  *host = mw_host_to_ascii (name);
  if (*host == NULL)
    {
      g_set_error (error, MW_SERVER_ERROR, MW_SERVER_ERROR_HOST,
                   "“%s” is not a host name or an IP address", name);
      return FALSE;
    }
  return TRUE;
}

/**
 * mw_server_new_from_url:
 * @url: `scheme://[user[:AUTH=MECH]@]host[:port]`, the user percent-encoded
 * @error: return location for a #GError of %MW_SERVER_ERROR
 *
 * Reads a server URL: `imaps pop3s smtps` are implicit TLS, `imap pop3 smtp` are STARTTLS,
 * `imap+insecure` and so on are without encryption. `:AUTH=NONE` means that nobody logs in. The
 * form follows RFC 5092, section 3 and RFC 2384. No part of a password is ever repeated in @error.
 *
 * Returns: (transfer full): the server, or %NULL
 */
MwServer *
mw_server_new_from_url (const char *url, GError **error)
{
  g_autoptr (MwServer) self = NULL;
  g_autofree char *scheme = NULL, *rest = NULL, *host = NULL, *username = NULL, *mechanism = NULL;
  const char *separator, *at;
  guint16 port = 0;
  gsize row;

  g_return_val_if_fail (url != NULL, NULL);

  separator = strstr (url, "://");
  if (separator == NULL || separator == url || !g_utf8_validate (url, -1, NULL))
    {
      g_set_error_literal (error, MW_SERVER_ERROR, MW_SERVER_ERROR_SYNTAX,
                           "a server URL such as imaps://imap.example.org:993 is expected");
      return NULL;
    }
  scheme = g_ascii_strdown (url, separator - url);
  for (row = 0; row < G_N_ELEMENTS (schemes); row++)
    if (strcmp (schemes[row].scheme, scheme) == 0)
      break;
  if (row == G_N_ELEMENTS (schemes))
    {
      g_set_error (error, MW_SERVER_ERROR, MW_SERVER_ERROR_SCHEME,
                   "“%s” is not a mail server scheme: use imaps, imap, pop3s, pop3, smtps or smtp, "
                   "or imap+insecure and so on for no encryption",
                   scheme);
      return NULL;
    }
  rest = g_strdup (separator + 3);
  if (g_str_has_suffix (rest, "/"))
    rest[strlen (rest) - 1] = '\0';
  at = strrchr (rest, '@');
  if (at != NULL)
    {
      g_autofree char *user = g_strndup (rest, at - rest);

      if (!parse_user (user, &username, &mechanism, error))
        return NULL;
    }
  if (strpbrk (at != NULL ? at : rest, "/?#") != NULL)
    {
      g_set_error_literal (error, MW_SERVER_ERROR, MW_SERVER_ERROR_SYNTAX,
                           "nothing may follow the host and the port in a server URL");
      return NULL;
    }
  if (!parse_host_port (at != NULL ? at + 1 : rest, &host, &port, error))
    return NULL;
  self = server_alloc (schemes[row].protocol, host, port != 0 ? port : schemes[row].port,
                       schemes[row].security);
  self->username = g_steal_pointer (&username);
  self->mechanism = g_steal_pointer (&mechanism);
  return g_steal_pointer (&self);
}

/**
 * mw_server_to_url:
 * @self: a server
 *
 * The URL that mw_server_new_from_url() reads back to an equal server. The port is left out when
 * it is the usual one.
 *
 * Returns: (transfer full): the URL
 */
char *
mw_server_to_url (MwServer *self)
{
  GString *url;

  g_return_val_if_fail (self != NULL, NULL);

  url = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (schemes[i].protocol == self->protocol && schemes[i].security == self->security)
      g_string_append_printf (url, "%s://", schemes[i].scheme);
  if (self->username != NULL)
    g_string_append_uri_escaped (url, self->username, NULL, FALSE);
  if (self->mechanism != NULL)
    g_string_append_printf (url, ":AUTH=%s", self->mechanism);
  if (self->username != NULL || self->mechanism != NULL)
    g_string_append_c (url, '@');
  if (strchr (self->host, ':') != NULL)
    g_string_append_printf (url, "[%s]", self->host);
  else
    g_string_append (url, self->host);
  if (self->port != mw_protocol_get_default_port (self->protocol, self->security))
    g_string_append_printf (url, ":%u", self->port);
  return g_string_free (url, FALSE);
}

static void
server_clear (gpointer data)
{
  MwServer *self = data;

  g_free (self->host);
  g_free (self->username);
  g_free (self->mechanism);
  g_strfreev (self->authentications);
}

/**
 * mw_server_ref:
 * @self: a server
 *
 * Returns: (transfer full): @self, counted once more; any thread
 */
MwServer *
mw_server_ref (MwServer *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * mw_server_unref:
 * @self: (transfer full): a server; any thread
 */
void
mw_server_unref (MwServer *self)
{
  g_atomic_rc_box_release_full (self, server_clear);
}

/**
 * mw_server_with_username:
 * @self: a server
 * @username: (nullable): a login name
 *
 * Returns: (transfer full): a server like @self that logs in as @username
 */
MwServer *
mw_server_with_username (MwServer *self, const char *username)
{
  MwServer *copy = server_copy (self);

  g_free (copy->username);
  copy->username = username != NULL && *username != '\0' ? g_strdup (username) : NULL;
  return copy;
}

/**
 * mw_server_with_mechanism:
 * @self: a server
 * @mechanism: (nullable): a SASL mechanism, %MW_MECHANISM_NONE for no login at all, or %NULL for
 *   the best that both sides have
 *
 * Returns: (transfer full): a server like @self that uses @mechanism
 */
MwServer *
mw_server_with_mechanism (MwServer *self, const char *mechanism)
{
  MwServer *copy = server_copy (self);

  g_free (copy->mechanism);
  copy->mechanism = mechanism != NULL ? g_ascii_strup (mechanism, -1) : NULL;
  return copy;
}

/**
 * mw_server_with_authentications:
 * @self: a server
 * @authentications: (nullable) (array zero-terminated=1): kinds of secret that it takes
 *   ("password", "app-password", "authorization-code", "oauth2" ...), best first
 *
 * Returns: (transfer full): a server like @self that takes @authentications
 */
MwServer *
mw_server_with_authentications (MwServer *self, const char *const *authentications)
{
  MwServer *copy = server_copy (self);

  g_strfreev (copy->authentications);
  copy->authentications = g_strdupv ((char **) authentications);
  return copy;
}

/**
 * mw_server_with_endpoint:
 * @self: a server
 * @host: a host
 * @port: a port, or 0 for the usual one
 * @security: how the connection is protected
 *
 * Returns: (transfer full): a server like @self somewhere else
 */
MwServer *
mw_server_with_endpoint (MwServer *self, const char *host, guint16 port, MwSecurity security)
{
  MwServer *copy = server_alloc (self->protocol, host, port, security);

  copy->username = g_strdup (self->username);
  copy->mechanism = g_strdup (self->mechanism);
  copy->authentications = g_strdupv (self->authentications);
  return copy;
}

/**
 * mw_server_get_protocol:
 * @self: a server
 *
 * Returns: what it speaks
 */
MwProtocol
mw_server_get_protocol (MwServer *self)
{
  return self->protocol;
}

/**
 * mw_server_get_host:
 * @self: a server
 *
 * Returns: (transfer none): the host in A-labels, lower case; an IPv6 address has no brackets
 */
const char *
mw_server_get_host (MwServer *self)
{
  return self->host;
}

/**
 * mw_server_get_port:
 * @self: a server
 *
 * Returns: the port, never 0
 */
guint16
mw_server_get_port (MwServer *self)
{
  return self->port;
}

/**
 * mw_server_get_security:
 * @self: a server
 *
 * Returns: how the connection is protected
 */
MwSecurity
mw_server_get_security (MwServer *self)
{
  return self->security;
}

/**
 * mw_server_get_username:
 * @self: a server
 *
 * Returns: (transfer none) (nullable): the login name
 */
const char *
mw_server_get_username (MwServer *self)
{
  return self->username;
}

/**
 * mw_server_get_mechanism:
 * @self: a server
 *
 * Returns: (transfer none) (nullable): the SASL mechanism in upper case, %MW_MECHANISM_NONE, or
 *   %NULL for the best that both sides have
 */
const char *
mw_server_get_mechanism (MwServer *self)
{
  return self->mechanism;
}

/**
 * mw_server_get_authentications:
 * @self: a server
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): kinds of secret that it takes
 */
const char *const *
mw_server_get_authentications (MwServer *self)
{
  return (const char *const *) self->authentications;
}

/**
 * mw_server_needs_login:
 * @self: a server
 *
 * Returns: whether somebody logs in here: there is a login name, and the mechanism is not
 *   %MW_MECHANISM_NONE
 */
gboolean
mw_server_needs_login (MwServer *self)
{
  return self->username != NULL && g_strcmp0 (self->mechanism, MW_MECHANISM_NONE) != 0;
}

/**
 * mw_server_same_endpoint:
 * @a: a server
 * @b: a server
 *
 * Returns: whether protocol, host, port and security are equal
 */
gboolean
mw_server_same_endpoint (MwServer *a, MwServer *b)
{
  return a->protocol == b->protocol && a->port == b->port && a->security == b->security &&
         strcmp (a->host, b->host) == 0;
}

/**
 * mw_server_equal:
 * @a: a server
 * @b: a server
 *
 * Returns: whether both mean the same login at the same place; the kinds of secret do not count
 */
gboolean
mw_server_equal (MwServer *a, MwServer *b)
{
  return mw_server_same_endpoint (a, b) && g_strcmp0 (a->username, b->username) == 0 &&
         g_strcmp0 (a->mechanism, b->mechanism) == 0;
}
