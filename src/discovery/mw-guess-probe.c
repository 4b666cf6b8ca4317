/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-discovery"

#include "config.h"

#include "discovery/mw-source.h"
#include "net/mw-net-error.h"
#include "net/mw-tls.h"

#include <string.h>

/* The short dialogue that proves a guess: greeting, STARTTLS where that is meant, handshake,
 * certificate. It says nothing about the person, and nothing secret is at hand. */
typedef struct
{
  MwConnection *connection;
  MwProtocol protocol;
  gint64 deadline;
  GCancellable *cancellable;
} Dialogue;

static gboolean
unexpected (GBytes *line, GError **error)
{
  g_set_error (
      error, MW_NET_ERROR, MW_NET_ERROR_FAILED, "the server is of another kind: it said %.*s",
      (int) MIN (g_bytes_get_size (line), 60), (const char *) g_bytes_get_data (line, NULL));
  return FALSE;
}

/* Reads up to the line that begins with @good. Lines that begin with @skip may stand before it. */
static gboolean
expect (Dialogue *dialogue, const char *good, const char *skip, GError **error)
{
  mw_connection_begin_reply (dialogue->connection);
  for (;;)
    {
      g_autoptr(GBytes) line = mw_connection_read_line (dialogue->connection, dialogue->deadline,
                                                        dialogue->cancellable, error);
      const char *text;

      if (line == NULL)
        return FALSE;
      text = g_bytes_get_data (line, NULL); /* a NUL follows */
      if (g_ascii_strncasecmp (text, good, strlen (good)) == 0)
        return TRUE;
      if (skip == NULL || g_ascii_strncasecmp (text, skip, strlen (skip)) != 0)
        return unexpected (line, error);
    }
}

static gboolean
say (Dialogue *dialogue, const char *line, GError **error)
{
  return mw_connection_write (dialogue->connection, line, -1, dialogue->deadline,
                              dialogue->cancellable, error);
}

/* RFC 3501, 7.1.1; RFC 1939, 4; RFC 5321, 4.2 */
static gboolean
read_greeting (Dialogue *dialogue, GError **error)
{
  switch (dialogue->protocol)
    {
    case MW_PROTOCOL_IMAP:
      return expect (dialogue, "* OK", NULL, error);
    case MW_PROTOCOL_POP3:
      return expect (dialogue, "+OK", NULL, error);
    case MW_PROTOCOL_SMTP:
      return expect (dialogue, "220 ", "220-", error);
    case MW_PROTOCOL_UNKNOWN:
      break;
    }
  g_return_val_if_reached (FALSE);
}

/* RFC 3501, 6.2.1; RFC 2595, 4; RFC 3207. EHLO names nothing but the loopback address. */
static gboolean
ask_for_tls (Dialogue *dialogue, GError **error)
{
  switch (dialogue->protocol)
    {
    case MW_PROTOCOL_IMAP:
      return say (dialogue, "a STARTTLS\r\n", error) && expect (dialogue, "a OK", "* ", error);
    case MW_PROTOCOL_POP3:
      return say (dialogue, "STLS\r\n", error) && expect (dialogue, "+OK", NULL, error);
    case MW_PROTOCOL_SMTP:
      return say (dialogue, "EHLO [127.0.0.1]\r\n", error) &&
             expect (dialogue, "250 ", "250-", error) && say (dialogue, "STARTTLS\r\n", error) &&
             expect (dialogue, "220 ", NULL, error);
    case MW_PROTOCOL_UNKNOWN:
      break;
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
start_tls (Dialogue *dialogue, const char *host, MwTrust *trust, GError **error)
{
  g_autoptr(MwTlsInfo) info = NULL;

  if (!mw_connection_start_tls (dialogue->connection, host, trust, &info, dialogue->deadline,
                                dialogue->cancellable, error))
    return FALSE;
  if (info->verify_status != 0 || info->chain->len == 0 || info->ocsp == MW_OCSP_REVOKED ||
      !mw_certificate_matches_host (g_ptr_array_index (info->chain, 0), host))
    {
      g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_TLS_FAILED,
                   "the certificate is not good for %s", host);
      return FALSE;
    }
  return TRUE;
}

/* A #MwDiscoveryProbe in its essence */
gboolean
mw_guess_probe (MwDialer *dialer,
                MwTrust *trust,
                MwServer *server,
                gint64 deadline,
                GCancellable *cancellable,
                GError **error)
{
  const char *host = mw_server_get_host (server);
  Dialogue dialogue = { NULL, mw_server_get_protocol (server), deadline, cancellable };
  g_autoptr(MwRoute) route = NULL;
  g_autoptr(MwConnection) connection = NULL;
  gboolean proven;

  route = mw_dialer_resolve (dialer, mw_protocol_to_string (dialogue.protocol), host,
                             mw_server_get_port (server), deadline, cancellable, error);
  if (route == NULL)
    return FALSE;
  connection = mw_dialer_connect (dialer, route, NULL, deadline, cancellable, error);
  if (connection == NULL)
    return FALSE;

  dialogue.connection = connection;
  if (mw_server_get_security (server) == MW_SECURITY_TLS)
    proven = start_tls (&dialogue, host, trust, error) && read_greeting (&dialogue, error);
  else
    proven = read_greeting (&dialogue, error) && ask_for_tls (&dialogue, error) &&
             start_tls (&dialogue, host, trust, error);

  /* A word of parting, for the sake of the server's log; nobody waits for the answer */
  if (proven)
    say (&dialogue, dialogue.protocol == MW_PROTOCOL_IMAP ? "b LOGOUT\r\n" : "QUIT\r\n", NULL);
  mw_connection_close (connection);
  return proven;
}
