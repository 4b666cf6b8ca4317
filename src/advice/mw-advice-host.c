/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-advice"

#include "config.h"

#include "advice/mw-advice-private.h"
#include "net/mw-domain.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* First labels that tell what a host is for, whoever runs it */
static const struct
{
  const char *label;
  MwProtocol protocol;
} telling_labels[] = {
  { "imap", MW_PROTOCOL_IMAP },     { "imaps", MW_PROTOCOL_IMAP },
  { "imap4", MW_PROTOCOL_IMAP },    { "pop", MW_PROTOCOL_POP3 },
  { "pop3", MW_PROTOCOL_POP3 },     { "pops", MW_PROTOCOL_POP3 },
  { "pop3s", MW_PROTOCOL_POP3 },    { "smtp", MW_PROTOCOL_SMTP },
  { "smtps", MW_PROTOCOL_SMTP },    { "submission", MW_PROTOCOL_SMTP },
  { "smtpout", MW_PROTOCOL_SMTP },  { "smtp-mail", MW_PROTOCOL_SMTP },
  { "smtpauth", MW_PROTOCOL_SMTP }, { "outgoing", MW_PROTOCOL_SMTP },
  { "mailout", MW_PROTOCOL_SMTP },
};

/* The ports that somebody speaks for certain (IANA) */
static const struct
{
  guint16 port;
  MwProtocol protocol; /* unknown: no mail protocol at all */
  int security;        /* -1: more than one is usual */
} known_ports[] = {
  { 993, MW_PROTOCOL_IMAP, MW_SECURITY_TLS },
  { 143, MW_PROTOCOL_IMAP, MW_SECURITY_STARTTLS },
  { 995, MW_PROTOCOL_POP3, MW_SECURITY_TLS },
  { 110, MW_PROTOCOL_POP3, MW_SECURITY_STARTTLS },
  { 465, MW_PROTOCOL_SMTP, MW_SECURITY_TLS },
  { 587, MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS },
  { 25, MW_PROTOCOL_SMTP, MW_SECURITY_STARTTLS },
  { 80, MW_PROTOCOL_UNKNOWN, -1 },
  { 443, MW_PROTOCOL_UNKNOWN, -1 },
  { 22, MW_PROTOCOL_UNKNOWN, -1 },
  { 53, MW_PROTOCOL_UNKNOWN, -1 },
  { 21, MW_PROTOCOL_UNKNOWN, -1 },
};

static const char *
name_of (MwProtocol protocol)
{
  return protocol == MW_PROTOCOL_IMAP ? "IMAP" : protocol == MW_PROTOCOL_POP3 ? "POP3" : "SMTP";
}

/* What the address' own provider offers for this field, as text for a fix; or %NULL */
static char *
provider_host (MwAdviceContext *context, MwProtocol protocol)
{
  g_autoptr (MwServer) server =
                context->provider != NULL
                    ? mw_advice_find_server (context, context->provider, protocol, NULL)
                    : NULL;

  return server != NULL ? g_strdup (mw_server_get_host (server)) : NULL;
}

static gboolean
is_own_host (MwAdviceContext *context, const char *host)
{
  return context->provider != NULL &&
         mw_provider_has_host (
             context->provider, host,
             context->address != NULL ? mw_address_get_domain_ascii (context->address) : NULL);
}

/* Does @provider serve @protocol at @host? It may serve several at one name. */
static gboolean
serves (const MwProvider *provider, const char *host, MwProtocol protocol)
{
  MwProviderServer server;

  for (guint i = 0; i < mw_provider_get_n_servers (provider); i++)
    if (mw_provider_get_server (provider, i, &server) && server.protocol == protocol &&
        g_ascii_strcasecmp (server.host, host) == 0)
      return TRUE;
  return FALSE;
}

/* "https://mail.example.org/inbox" -> "mail.example.org" */
static char *
host_of_url (const char *text)
{
  const char *start = strstr (text, "://");
  g_autofree char *host = NULL;
  const char *at;

  start = start != NULL ? start + 3 : text;
  host = g_strndup (start, strcspn (start, "/?#"));
  at = strrchr (host, '@');
  if (at != NULL)
    memmove (host, at + 1, strlen (at));
  if (strchr (host, ':') != NULL && strchr (host, ':') == strrchr (host, ':'))
    *strchr (host, ':') = '\0';
  return mw_host_to_ascii (host);
}

/* What must be mended before the text can be a host at all. Returns: (transfer full) (nullable):
 * the host in A-labels, when there is one to go on with */
static char *
advise_form (MwAdviceContext *context, const MwTypedServer *server)
{
  g_autofree char *clean = mw_advice_clean_text (server->host);
  g_autofree char *ascii = NULL, *known = provider_host (context, server->protocol);
  gsize length;

  if (*clean == '\0')
    {
      mw_advice_add (context, "host-missing", MW_SEVERITY_ERROR, server, "host", known,
                     _ ("The name of the server is missing."));
      return NULL;
    }
  if (strstr (clean, "://") != NULL || strchr (clean, '/') != NULL ||
      g_ascii_strncasecmp (clean, "www.", 4) == 0)
    {
      g_autofree char *inner = host_of_url (clean);

      mw_advice_add (
          context, "host-is-web-page", MW_SEVERITY_ERROR, server, "host",
          known != NULL                                             ? known
          : inner != NULL && g_ascii_strncasecmp (inner, "www.", 4) ? inner
                                                                    : NULL,
          _ ("This is the address of a web page. The name of a mail server is expected."));
      return NULL;
    }
  if (strchr (clean, '@') != NULL)
    {
      mw_advice_add (context, "host-is-mail-address", MW_SEVERITY_ERROR, server, "host", known,
                     _ ("This is a mail address. The name of a mail server is expected."));
      return NULL;
    }
  length = strlen (clean);
  while (length > 0 && strchr (",;:.\"'", clean[length - 1]) != NULL)
    clean[--length] = '\0';
  while (*clean != '\0' && strchr (",;:\"'", *clean) != NULL)
    memmove (clean, clean + 1, strlen (clean));
  ascii = mw_host_to_ascii (clean);
  if (ascii == NULL && strchr (clean, ' ') != NULL)
    {
      g_auto (GStrv) parts = g_strsplit (clean, " ", -1);
      g_autofree char *joined = g_strjoinv ("", parts);

      ascii = mw_host_to_ascii (joined);
    }
  if (ascii == NULL)
    {
      mw_advice_add (context, "host-invalid", MW_SEVERITY_ERROR, server, "host", known,
                     _ ("This cannot be the name of a server: it may hold letters, digits, dots and "
                        "hyphens only."));
      return NULL;
    }
  if (!g_str_is_ascii (server->host) && g_str_is_ascii (clean))
    mw_advice_add (context, "host-full-width", MW_SEVERITY_ERROR, server, "host", ascii,
                   _ ("The name holds full-width or invisible characters."));
  else if (strcspn (server->host, " \t\r\n,;\"'") != strlen (server->host))
    mw_advice_add (context, "host-punctuation", MW_SEVERITY_ERROR, server, "host", ascii,
                   _ ("There are blanks or punctuation marks in the name of the server."));
  return g_steal_pointer (&ascii);
}

static gboolean
is_mx_host (MwAdviceContext *context, const char *host)
{
  for (gsize i = 0; context->input->mx_hosts != NULL && context->input->mx_hosts[i] != NULL; i++)
    {
      g_autofree char *mx = mw_host_to_ascii (context->input->mx_hosts[i]);

      if (mx != NULL && strcmp (mx, host) == 0)
        return TRUE;
    }
  return mw_provider_db_lookup_mx (context->providers, host) != NULL ||
         mw_provider_db_is_gateway (context->providers, host);
}

/* An MX host takes mail from other servers; small sites run everything on one machine, so an MX
 * host of a domain that nobody knows is left alone when its name says nothing else. */
static gboolean
advise_mx (MwAdviceContext *context, const MwTypedServer *server, const char *host)
{
  g_autofree char *fix = NULL;
  const MwProvider *provider;
  MwProtocol protocol;

  if (is_own_host (context, host) || !is_mx_host (context, host) ||
      mw_provider_db_lookup_host (context->providers, host, &protocol) != NULL)
    return FALSE;
  provider = mw_provider_db_lookup_mx (context->providers, host);
  if (provider == NULL && context->provider == NULL &&
      !mw_provider_db_is_gateway (context->providers, host) && !g_str_has_prefix (host, "mx"))
    return FALSE;
  fix = provider_host (context, server->protocol);
  if (fix == NULL && provider != NULL)
    {
      g_autoptr (MwServer) offered =
                    mw_advice_find_server (context, provider, server->protocol, NULL);

      fix = offered != NULL ? g_strdup (mw_server_get_host (offered)) : NULL;
    }
  mw_advice_add (
      context, "host-is-mx", MW_SEVERITY_ERROR, server, "host", fix,
      _ ("This server (an MX host) takes in mail from other mail servers. Mail programs use "
                    "another one."));
  return TRUE;
}

static MwProtocol
protocol_of_label (const char *host)
{
  gsize length = strcspn (host, ".");

  if (host[length] == '\0')
    return MW_PROTOCOL_UNKNOWN;
  for (gsize i = 0; i < G_N_ELEMENTS (telling_labels); i++)
    if (strlen (telling_labels[i].label) == length &&
        strncmp (telling_labels[i].label, host, length) == 0)
      return telling_labels[i].protocol;
  return MW_PROTOCOL_UNKNOWN;
}

/* Which protocol @host is for, when it is certainly not the one of the field */
static MwProtocol
other_role (MwAdviceContext *context, const MwTypedServer *server, const char *host)
{
  MwProtocol protocol = MW_PROTOCOL_UNKNOWN;
  const MwProvider *owner = mw_provider_db_lookup_host (context->providers, host, &protocol);

  gboolean own = is_own_host (context, host);

  if (own)
    owner = context->provider;
  if (own || (owner != NULL && mw_provider_has_host (owner, host, NULL)))
    {
      if (serves (owner, host, server->protocol))
        return MW_PROTOCOL_UNKNOWN;
      for (protocol = MW_PROTOCOL_IMAP; protocol <= MW_PROTOCOL_SMTP; protocol++)
        if (serves (owner, host, protocol))
          return protocol;
      return MW_PROTOCOL_UNKNOWN;
    }
  protocol = protocol_of_label (host);
  return protocol != server->protocol ? protocol : MW_PROTOCOL_UNKNOWN;
}

static gboolean
advise_role (MwAdviceContext *context, const MwTypedServer *server, const char *host)
{
  MwProtocol role = other_role (context, server, host);
  g_autofree char *fix = NULL;

  if (role == MW_PROTOCOL_UNKNOWN)
    return FALSE;
  fix = provider_host (context, server->protocol);
  if (fix == NULL)
    {
      MwProtocol protocol;
      const MwProvider *owner = mw_provider_db_lookup_host (context->providers, host, &protocol);
      g_autoptr (MwServer) offered =
                    owner != NULL ? mw_advice_find_server (context, owner, server->protocol, NULL)
                                  : NULL;

      if (offered != NULL)
        fix = g_strdup (mw_server_get_host (offered));
      else if (protocol_of_label (host) != MW_PROTOCOL_UNKNOWN)
        fix = g_strconcat (
            server->protocol == MW_PROTOCOL_POP3 ? "pop" : mw_protocol_to_string (server->protocol),
            host + strcspn (host, "."), NULL);
    }
  if (server->protocol == MW_PROTOCOL_SMTP)
    mw_advice_add (context, "host-is-for-receiving", MW_SEVERITY_ERROR, server, "host", fix,
                   /* Translators: the first is a host, the second IMAP or POP3 */
                   _ ("%1$s is a server for receiving mail (%2$s), and stands in the field for "
                      "sending."),
                     host, name_of (role));
  else if (role == MW_PROTOCOL_SMTP)
    mw_advice_add (context, "host-is-for-sending", MW_SEVERITY_ERROR, server, "host", fix,
                   /* Translators: a host */
                   _ ("%s is a server for sending mail (SMTP), and stands in the field for "
                      "receiving."),
                     host);
  else
    mw_advice_add (context, "host-is-for-other-protocol", MW_SEVERITY_ERROR, server, "host", fix,
                   /* Translators: a host, then IMAP or POP3, twice */
                   _ ("%1$s is a server for %2$s, and stands in the field for %3$s."), host,
                     name_of (role), name_of (server->protocol));
  return TRUE;
}

/* A name that the provider is known not to have, or to have given up */
static gboolean
advise_wrong_name (MwAdviceContext *context, const MwTypedServer *server, const char *host)
{
  const MwProvider *provider = context->provider;
  const char *right;
  MwProtocol protocol;

  if (provider == NULL || !mw_provider_is_wrong_host (provider, host))
    {
      provider = mw_provider_db_lookup_host (context->providers, host, &protocol);
      if (provider == NULL || context->provider != NULL ||
          !mw_provider_is_wrong_host (provider, host))
        return FALSE;
    }
  right = mw_provider_lookup_wrong_host (provider, host, server->protocol);
  mw_advice_add (context, "host-wrong-name", MW_SEVERITY_ERROR, server, "host", right,
                 /* Translators: a host, then the name of a provider */
                 _ ("%1$s is not the server that mail programs use at %2$s."), host,
                   mw_provider_get_name (provider));
  return TRUE;
}

static gboolean
shares_servers (const MwProvider *a, const MwProvider *b)
{
  MwProviderServer server;

  for (guint i = 0; i < mw_provider_get_n_servers (a); i++)
    if (mw_provider_get_server (a, i, &server) && mw_provider_has_host (b, server.host, NULL))
      return TRUE;
  return FALSE;
}

static void
advise_provider (MwAdviceContext *context, const MwTypedServer *server, const char *host)
{
  MwProtocol protocol;
  const MwProvider *owner;
  g_autofree char *fix = NULL;

  if (context->provider == NULL || is_own_host (context, host) || mw_host_is_loopback (host) ||
      g_hostname_is_ip_address (host))
    return;
  fix = provider_host (context, server->protocol);
  owner = mw_provider_db_lookup_host (context->providers, host, &protocol);
  if (owner != NULL && owner != context->provider && !shares_servers (owner, context->provider) &&
      /* a relay for sending goes with any mailbox */
      !(server->protocol == MW_PROTOCOL_SMTP &&
        mw_provider_get_service (owner) == MW_PROVIDER_SERVICE_SENDING_ONLY))
    {
      mw_advice_add (context, "host-of-other-provider", MW_SEVERITY_ERROR, server, "host", fix,
                     /* Translators: a host, its provider, the provider of the mail address */
                     _ ("%1$s belongs to %2$s, but the address is one of %3$s."), host,
                       mw_provider_get_name (owner), mw_provider_get_name (context->provider));
      return;
    }
  /* Somebody's own server could well carry a domain whose MX is elsewhere; nobody but the provider
   * carries gmail.com */
  if (owner == NULL && context->by_domain && fix != NULL)
    {
      MwProviderServer known;

      for (guint i = 0; i < mw_provider_get_n_servers (context->provider); i++)
        if (mw_provider_get_server (context->provider, i, &known) &&
            (strchr (known.host, '{') != NULL || mw_domain_same_base (known.host, host)))
          return;
      mw_advice_add (context, "host-unknown-at-provider", MW_SEVERITY_WARNING, server, "host", fix,
                     /* Translators: the name of a provider, then a host */
                     _ ("%1$s does not use %2$s, as far as is known."),
                       mw_provider_get_name (context->provider), host);
    }
}

void
mw_advice_host (MwAdviceContext *context, const MwTypedServer *server)
{
  g_autofree char *host = NULL;

  if (server->host == NULL)
    return;
  host = advise_form (context, server);
  if (host == NULL || advise_wrong_name (context, server, host) ||
      advise_mx (context, server, host) || advise_role (context, server, host))
    return;
  advise_provider (context, server, host);
}

/* The servers that the provider has at this host for this protocol: a pair of port and security
 * that stands there is right, however odd. */
static gboolean
find_endpoint (MwAdviceContext *context,
               const MwTypedServer *server,
               guint16 port,
               const MwSecurity *security,
               MwServer **found)
{
  const MwProvider *provider = mw_advice_provider_for (context, server);
  g_autofree char *host = server->host != NULL ? mw_host_to_ascii (server->host) : NULL;
  MwProviderServer known;

  for (guint i = 0; provider != NULL && host != NULL && i < mw_provider_get_n_servers (provider);
       i++)
    {
      gboolean same_host;

      if (!mw_provider_get_server (provider, i, &known) || known.protocol != server->protocol)
        continue;
      same_host = strchr (known.host, '{') != NULL || strcmp (known.host, host) == 0;
      if (same_host && (port == 0 || known.port == port) &&
          (security == NULL || known.security == *security))
        {
          *found = mw_server_new (known.protocol, host, known.port, known.security);
          return TRUE;
        }
    }
  return FALSE;
}

static void
advise_no_encryption (MwAdviceContext *context, const MwTypedServer *server)
{
  g_autoptr (MwServer) known = NULL, safe = NULL;
  const MwSecurity none = MW_SECURITY_NONE, tls = MW_SECURITY_TLS, starttls = MW_SECURITY_STARTTLS;
  g_autofree char *host = server->host != NULL ? mw_host_to_ascii (server->host) : NULL;

  if (host != NULL && mw_host_is_loopback (host))
    return;
  if (!find_endpoint (context, server, 0, &tls, &safe) &&
      !find_endpoint (context, server, 0, &starttls, &safe) &&
      find_endpoint (context, server, 0, &none, &known))
    return; /* the provider has nothing better */
  mw_advice_add (context, "security-none", MW_SEVERITY_WARNING, server, "security",
                 safe != NULL ? mw_security_to_string (mw_server_get_security (safe)) : "tls",
                 _ ("Without encryption anybody on the way can read the mail and the password."));
}

static void
advise_pair (MwAdviceContext *context, const MwTypedServer *server, guint16 port, int usual)
{
  g_autoptr (MwServer) at_port = NULL, with_security = NULL;
  const MwSecurity security = server->security;

  if (find_endpoint (context, server, port, &security, &at_port))
    return;
  if (find_endpoint (context, server, port, NULL, &at_port))
    {
      mw_advice_add (context, "security-does-not-fit-port", MW_SEVERITY_ERROR, server, "security",
                     mw_security_to_string (mw_server_get_security (at_port)),
                     /* Translators: a port number */
                     _ ("Port %u of this server wants another kind of encryption."), port);
      return;
    }
  if (usual < 0 || usual == (int) security ||
      (security == MW_SECURITY_NONE && usual == MW_SECURITY_STARTTLS))
    return;
  if (usual == MW_SECURITY_TLS)
    mw_advice_add (
        context, "security-does-not-fit-port", MW_SEVERITY_ERROR, server, "security", "tls",
        /* Translators: a port number */
        _ ("Port %u is encrypted from the first byte on: choose TLS from the start."), port);
  else
    mw_advice_add (context, "security-does-not-fit-port", MW_SEVERITY_ERROR, server, "security",
                   "starttls",
                   /* Translators: a port number */
                   _ ("Port %u begins without encryption and is upgraded: choose STARTTLS."), port);
}

static char *
usual_port (MwAdviceContext *context, const MwTypedServer *server)
{
  g_autoptr (MwServer) known = NULL;
  const MwSecurity security = server->security;
  guint16 port;

  if (server->has_security && server->security != MW_SECURITY_NONE)
    port = find_endpoint (context, server, 0, &security, &known)
               ? mw_server_get_port (known)
               : mw_protocol_get_default_port (server->protocol, server->security);
  else
    port = find_endpoint (context, server, 0, NULL, &known)
               ? mw_server_get_port (known)
               : mw_protocol_get_default_port (server->protocol, MW_SECURITY_TLS);
  return g_strdup_printf ("%u", port);
}

void
mw_advice_port (MwAdviceContext *context, const MwTypedServer *server)
{
  g_autofree char *clean = server->port != NULL ? mw_advice_clean_text (server->port) : NULL;
  g_autofree char *usual = usual_port (context, server);
  g_autoptr (MwServer) known = NULL;
  guint64 port = 0;
  gsize row;

  if (server->written_protocol != MW_PROTOCOL_UNKNOWN &&
      server->written_protocol != server->protocol)
    mw_advice_add (context, "url-of-other-protocol", MW_SEVERITY_ERROR, server, "host", NULL,
                   /* Translators: IMAP, POP3 or SMTP, twice */
                   _ ("This is an address for %1$s, and stands in the field for %2$s."),
                     name_of (server->written_protocol), name_of (server->protocol));
  if (clean != NULL && !g_ascii_string_to_unsigned (clean, 10, 1, 65535, &port, NULL))
    {
      mw_advice_add (context, "port-invalid", MW_SEVERITY_ERROR, server, "port", usual,
                     _ ("A port is a number from 1 to 65535."));
      clean = (g_free (clean), NULL);
    }
  else if (clean != NULL && strcmp (clean, server->port) != 0)
    mw_advice_add (context, "port-punctuation", MW_SEVERITY_ERROR, server, "port", clean,
                   _ ("There are blanks or full-width digits in the port."));
  if (server->has_security && server->security == MW_SECURITY_NONE)
    advise_no_encryption (context, server);
  if (clean == NULL)
    return;
  for (row = 0; row < G_N_ELEMENTS (known_ports); row++)
    if (known_ports[row].port == port)
      break;
  if (row < G_N_ELEMENTS (known_ports) && known_ports[row].protocol != server->protocol)
    {
      if (find_endpoint (context, server, (guint16) port, NULL, &known))
        return;
      if (known_ports[row].protocol == MW_PROTOCOL_UNKNOWN)
        mw_advice_add (context, "port-is-not-for-mail", MW_SEVERITY_ERROR, server, "port", usual,
                       /* Translators: a port number */
                       _ ("Port %u is not used for mail."), (guint) port);
      else
        mw_advice_add (context, "port-of-other-protocol", MW_SEVERITY_ERROR, server, "port", usual,
                       /* Translators: a port number, then IMAP, POP3 or SMTP, twice */
                       _ ("Port %1$u is for %2$s, and stands in the field for %3$s."), (guint) port,
                         name_of (known_ports[row].protocol), name_of (server->protocol));
      return;
    }
  if (port == 25 && !find_endpoint (context, server, 25, NULL, &known))
    {
      mw_advice_add (
          context, "port-25", MW_SEVERITY_WARNING, server, "port",
          strcmp (usual, "25") != 0 ? usual : "587",
          _ ("Port 25 is for mail between servers, and many networks block it. Mail programs "
                        "send through 465 or 587."));
      return;
    }
  if (server->has_security)
    advise_pair (context, server, (guint16) port,
                 row < G_N_ELEMENTS (known_ports) ? known_ports[row].security : -1);
}
