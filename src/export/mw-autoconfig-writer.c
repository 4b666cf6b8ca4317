/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-export"

#include "config.h"

#include "export/mw-autoconfig-writer.h"

#include "export/mw-export-plan.h"

#include <string.h>

static const char *
socket_name (MwSecurity security)
{
  switch (security)
    {
    case MW_SECURITY_TLS:
      return "SSL";
    case MW_SECURITY_STARTTLS:
      return "STARTTLS";
    case MW_SECURITY_NONE:
      break;
    }
  return "plain";
}

/* The word for a way to log in. %NULL: the format has none */
static const char *
authentication_name (MwServer *server)
{
  static const struct
  {
    const char *mechanism;
    const char *name;
  } table[] = {
    { "PLAIN", "password-cleartext" },
    { "LOGIN", "password-cleartext" },
    { "CRAM-MD5", "password-encrypted" },
    { "APOP", "password-encrypted" },
    { "GSSAPI", "GSSAPI" },
    { "NTLM", "NTLM" },
    { "EXTERNAL", "TLS-client-cert" },
    { "XOAUTH2", "OAuth2" },
    { "OAUTHBEARER", "OAuth2" },
    { MW_MECHANISM_NONE, "none" },
  };
  const char *mechanism = mw_server_get_mechanism (server);
  const char *const *kinds = mw_server_get_authentications (server);

  if (mechanism == NULL && mw_server_get_protocol (server) == MW_PROTOCOL_SMTP &&
      !mw_server_needs_login (server))
    return "none";
  if (mechanism == NULL)
    return kinds != NULL && kinds[0] != NULL && kinds[1] == NULL && g_str_equal (kinds[0], "oauth2")
               ? "OAuth2"
               : "password-cleartext";
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_ascii_strcasecmp (mechanism, table[i].mechanism) == 0)
      return table[i].name;
  return NULL;
}

/* The login name as everybody of the domain has it. %NULL: it is one person's */
static const char *
username_template (MwServer *server, MwAddress *address)
{
  const char *username = mw_server_get_username (server);

  if (username == NULL || g_ascii_strcasecmp (username, mw_address_get_ascii (address)) == 0 ||
      g_strcmp0 (username, mw_address_get_text (address)) == 0)
    return "%EMAILADDRESS%";
  if (g_strcmp0 (username, mw_address_get_local_part (address)) == 0)
    return "%EMAILLOCALPART%";
  return NULL;
}

static gboolean
append_server (
    GString *xml, const char *element, MwServer *server, MwAddress *address, GError **error)
{
  const char *protocol = mw_protocol_to_string (mw_server_get_protocol (server));
  const char *authentication = authentication_name (server);
  const char *username = username_template (server, address);
  g_autofree char *host = mw_host_to_ascii (mw_server_get_host (server));
  g_autofree char *text = NULL;

  if (authentication == NULL)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED,
                   "an autoconfig file has no word for the mechanism %s",
                   mw_server_get_mechanism (server));
      return FALSE;
    }
  if (username == NULL && mw_server_needs_login (server))
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE,
                   "%s.username: it does not follow from the address, so that no file can say it "
                   "for a whole domain",
                   protocol);
      return FALSE;
    }
  if (host == NULL)
    {
      g_set_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE,
                   "%s.host: not a host name", protocol);
      return FALSE;
    }
  text = g_markup_printf_escaped ("    <%s type=\"%s\">\n"
                                  "      <hostname>%s</hostname>\n"
                                  "      <port>%u</port>\n"
                                  "      <socketType>%s</socketType>\n",
                                  element, protocol, host, mw_server_get_port (server),
                                  socket_name (mw_server_get_security (server)));
  g_string_append (xml, text);
  if (username != NULL && !g_str_equal (authentication, "none"))
    g_string_append_printf (xml, "      <username>%s</username>\n", username);
  g_string_append_printf (xml, "      <authentication>%s</authentication>\n", authentication);
  return TRUE;
}

/**
 * mw_autoconfig_write:
 * @account: an account
 * @error: return location for a #GError
 *
 * Writes the file by which a domain tells mail programs its servers: for everybody with an address
 * there, so names and addresses become placeholders, and nothing of the person is in it.
 *
 * Returns: (transfer full): the file; %NULL with %MW_EXPORT_ERROR_NOT_SUPPORTED or
 *   %MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE if it would not be true for everybody
 */
GBytes *
mw_autoconfig_write (MwAccount *account, GError **error)
{
  MwAddress *address = mw_account_get_address (account);
  MwServer *incoming = mw_account_get_server (account, MW_HALF_INCOMING);
  MwServer *outgoing = mw_account_get_server (account, MW_HALF_OUTGOING);
  const char *domain = mw_address_get_domain_ascii (address);
  g_autoptr(GString) xml = g_string_new (NULL);
  g_autofree char *head = NULL;

  head = g_markup_printf_escaped ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                  "<clientConfig version=\"1.1\">\n"
                                  "  <emailProvider id=\"%s\">\n"
                                  "    <domain>%s</domain>\n"
                                  "    <displayName>%s</displayName>\n"
                                  "    <displayShortName>%s</displayShortName>\n",
                                  domain, domain, mw_address_get_domain (address),
                                  mw_address_get_domain (address));
  g_string_append (xml, head);
  if (incoming != NULL)
    {
      if (!append_server (xml, "incomingServer", incoming, address, error))
        return NULL;
      if (mw_server_get_protocol (incoming) == MW_PROTOCOL_POP3)
        g_string_append_printf (xml,
                                "      <pop3>\n"
                                "        <leaveMessagesOnServer>%s</leaveMessagesOnServer>\n"
                                "      </pop3>\n",
                                mw_account_get_leave_on_server (account) ? "true" : "false");
      g_string_append (xml, "    </incomingServer>\n");
    }
  if (outgoing != NULL)
    {
      if (!append_server (xml, "outgoingServer", outgoing, address, error))
        return NULL;
      g_string_append (xml, "    </outgoingServer>\n");
    }
  g_string_append (xml, "  </emailProvider>\n</clientConfig>\n");
  return g_string_free_to_bytes (g_steal_pointer (&xml));
}
