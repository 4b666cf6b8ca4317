/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-export-thunderbird-auth.h"

#include "export/mw-export-plan.h"

/* Hosts that Thunderbird itself knows an OAuth2 sign-in for; it refuses the method elsewhere. A
 * name with a dot in front stands for everything below too. */
static const char *const oauth2_hosts[] = {
  ".gmail.com",        ".googlemail.com",      ".office365.com",    ".outlook.com",
  ".hotmail.com",      ".graph.microsoft.com", ".yahoo.com",        ".att.net",
  ".aol.com",          ".imap.fastmail.com",   ".pop.fastmail.com", ".smtp.fastmail.com",
  ".imap.mail.ru",     ".smtp.mail.ru",        ".imap.yandex.com",  ".smtp.yandex.com",
  ".imap.comcast.net", ".pop.comcast.net",     ".smtp.comcast.net", ".thundermail.com",
};

/**
 * mw_thunderbird_knows_oauth2:
 * @host: a host name
 *
 * Returns: whether Thunderbird has an OAuth2 sign-in for this host
 */
gboolean
mw_thunderbird_knows_oauth2 (const char *host)
{
  g_autofree char *name = g_strconcat (".", host, NULL);

  for (char *at = name; *at != '\0'; at++)
    *at = g_ascii_tolower (*at);
  for (guint i = 0; i < G_N_ELEMENTS (oauth2_hosts); i++)
    if (g_str_has_suffix (name, oauth2_hosts[i]))
      return TRUE;
  return FALSE;
}

static gboolean
takes_password (MwServer *server)
{
  const char *const *kinds = mw_server_get_authentications (server);

  if (kinds == NULL || kinds[0] == NULL)
    return TRUE;
  for (guint i = 0; kinds[i] != NULL; i++)
    if (!g_str_equal (kinds[i], "oauth2"))
      return TRUE;
  return FALSE;
}

/**
 * mw_thunderbird_get_auth:
 * @server: a server of an account
 * @auth: (out): Thunderbird's way to log in there
 * @error: return location for a #GError
 *
 * Returns: whether there is one; otherwise %MW_EXPORT_ERROR_NOT_SUPPORTED
 */
gboolean
mw_thunderbird_get_auth (MwServer *server, MwThunderbirdAuth *auth, GError **error)
{
  static const struct
  {
    const char *mechanism;
    MwThunderbirdAuth auth;
  } table[] = {
    { "PLAIN", MW_THUNDERBIRD_AUTH_PASSWORD },     { "LOGIN", MW_THUNDERBIRD_AUTH_PASSWORD },
    { "CRAM-MD5", MW_THUNDERBIRD_AUTH_ENCRYPTED }, { "APOP", MW_THUNDERBIRD_AUTH_ENCRYPTED },
    { "GSSAPI", MW_THUNDERBIRD_AUTH_GSSAPI },      { "NTLM", MW_THUNDERBIRD_AUTH_NTLM },
    { "EXTERNAL", MW_THUNDERBIRD_AUTH_EXTERNAL },  { "XOAUTH2", MW_THUNDERBIRD_AUTH_OAUTH2 },
    { "OAUTHBEARER", MW_THUNDERBIRD_AUTH_OAUTH2 }, { MW_MECHANISM_NONE, MW_THUNDERBIRD_AUTH_NONE },
  };
  const char *mechanism = mw_server_get_mechanism (server);
  const char *host = mw_server_get_host (server);
  gboolean known = mechanism == NULL;

  *auth = MW_THUNDERBIRD_AUTH_PASSWORD;
  if (mechanism == NULL && mw_server_get_protocol (server) == MW_PROTOCOL_SMTP &&
      !mw_server_needs_login (server))
    *auth = MW_THUNDERBIRD_AUTH_NONE;
  else if (mechanism == NULL && !takes_password (server))
    *auth = MW_THUNDERBIRD_AUTH_OAUTH2;
  for (guint i = 0; !known && i < G_N_ELEMENTS (table); i++)
    if (g_ascii_strcasecmp (mechanism, table[i].mechanism) == 0)
      {
        *auth = table[i].auth;
        known = TRUE;
      }
  if (!known)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED,
                   "Thunderbird cannot log in to %s with %s", host, mechanism);
      return FALSE;
    }
  if (*auth == MW_THUNDERBIRD_AUTH_NONE && mw_server_get_protocol (server) != MW_PROTOCOL_SMTP)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED,
                   "Thunderbird cannot receive from %s without logging in", host);
      return FALSE;
    }
  if (*auth == MW_THUNDERBIRD_AUTH_OAUTH2 && !mw_thunderbird_knows_oauth2 (host))
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED,
                   "Thunderbird has no OAuth2 sign-in for %s", host);
      return FALSE;
    }
  return TRUE;
}

/**
 * mw_thunderbird_get_username:
 * @account: an account
 * @half: which of its servers
 *
 * Returns: (transfer full) (nullable): the login name that Thunderbird gets: the address where the
 *   account names none for receiving; %NULL without such a server or without a login
 */
char *
mw_thunderbird_get_username (MwAccount *account, MwHalf half)
{
  MwServer *server = mw_account_get_server (account, half);
  const char *username = server != NULL ? mw_server_get_username (server) : NULL;

  if (server == NULL || (half == MW_HALF_OUTGOING && !mw_server_needs_login (server)))
    return NULL;
  return g_strdup (username != NULL ? username
                                    : mw_address_get_ascii (mw_account_get_address (account)));
}
