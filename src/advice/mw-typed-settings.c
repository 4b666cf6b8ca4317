/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-advice"

#include "config.h"

#include "advice/mw-typed-settings.h"

#include <string.h>

/* "imaps", "imap+insecure" and so on; FALSE leaves all untouched */
static gboolean
parse_scheme (const char *scheme, MwProtocol *protocol, MwSecurity *security)
{
  g_autofree char *name = g_ascii_strdown (scheme, -1);
  char *ending = NULL;

  if (g_str_has_suffix (name, "+insecure"))
    {
      ending = name + strlen (name) - strlen ("+insecure");
      *ending = '\0';
      *security = MW_SECURITY_NONE;
    }
  else if (g_str_has_suffix (name, "s"))
    {
      ending = name + strlen (name) - 1;
      *ending = '\0';
      *security = MW_SECURITY_TLS;
    }
  else
    *security = MW_SECURITY_STARTTLS;
  *protocol = mw_protocol_from_string (name);
  return *protocol != MW_PROTOCOL_UNKNOWN;
}

/* A single ":" outside brackets parts host and port; several are an IPv6 address */
static void
split_port (const char *text, char **host, char **port)
{
  const char *colon = strrchr (text, ':');

  if (colon != NULL && (strchr (text, ':') == colon || (colon > text && colon[-1] == ']')))
    {
      *host = g_strndup (text, (gsize) (colon - text));
      *port = g_strdup (colon + 1);
    }
  else
    *host = g_strdup (text);
}

/**
 * mw_typed_server_new:
 * @protocol: the field that @text was typed into
 * @text: anything
 *
 * Splits what was typed: a server URL of ours, `host:port`, a host, a web address. A login name in
 * a URL stays percent-encoded when it was encoded twice, so that advice can be given about it.
 *
 * Returns: (transfer full): the parts
 */
MwTypedServer *
mw_typed_server_new (MwProtocol protocol, const char *text)
{
  MwTypedServer *self = g_new0 (MwTypedServer, 1);
  g_autofree char *trimmed = NULL;
  const char *rest, *separator, *at;

  g_return_val_if_fail (text != NULL, self);

  trimmed = g_strstrip (g_strdup (text));
  rest = trimmed;
  self->protocol = protocol;
  separator = strstr (trimmed, "://");
  if (separator != NULL)
    {
      g_autofree char *scheme = g_strndup (trimmed, (gsize) (separator - trimmed));

      if (!parse_scheme (scheme, &self->written_protocol, &self->security))
        {
          self->host = g_steal_pointer (&trimmed); /* a web address, most likely */
          return self;
        }
      self->has_security = TRUE;
      rest = separator + strlen ("://");
    }
  at = separator != NULL ? strrchr (rest, '@') : NULL;
  if (at != NULL)
    {
      g_autofree char *user = g_strndup (rest, (gsize) (at - rest));
      char *mechanism = strstr (user, ":AUTH=");

      if (mechanism != NULL)
        *mechanism = '\0';
      self->username = g_uri_unescape_string (user, NULL);
      if (self->username == NULL)
        self->username = g_strdup (user);
      rest = at + 1;
    }
  if (separator != NULL && g_str_has_suffix (rest, "/"))
    {
      g_autofree char *without = g_strndup (rest, strlen (rest) - 1);

      split_port (without, &self->host, &self->port);
    }
  else if (separator == NULL && strchr (rest, '/') != NULL)
    self->host = g_strdup (rest);
  else
    split_port (rest, &self->host, &self->port);
  return self;
}

/**
 * mw_typed_server_free:
 * @self: (transfer full) (nullable): a typed server
 */
void
mw_typed_server_free (MwTypedServer *self)
{
  if (self == NULL)
    return;
  g_free (self->host);
  g_free (self->port);
  g_free (self->username);
  g_free (self);
}
