/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-proxy"

#include "config.h"

#include "net/mw-proxy.h"

#include "net/mw-bounded.h"
#include "net/mw-gio-defaults.h"
#include "net/mw-connection-private.h"
#include "net/mw-deadline.h"
#include "net/mw-inet.h"
#include "net/mw-net-error.h"

#include <string.h>

#define MAX_HTTP_LINES 100

#define SOCKS5_NO_LOGIN 0x00
#define SOCKS5_PASSWORD 0x02
#define SOCKS5_NO_METHOD 0xff

/* One call of mw_proxy_negotiate() */
typedef struct
{
  const MwProxy *proxy;
  MwConnection *connection;
  const char *host;
  guint16 port;
  gint64 deadline;
  GCancellable *cancellable;
} Talk;

static const struct
{
  const char *scheme;
  MwProxyKind kind;
  guint16 default_port;
} schemes[] = {
  { "direct", MW_PROXY_DIRECT, 0 },     { "socks", MW_PROXY_SOCKS5, 1080 },
  { "socks5", MW_PROXY_SOCKS5, 1080 },  { "socks5h", MW_PROXY_SOCKS5, 1080 },
  { "socks4", MW_PROXY_SOCKS4A, 1080 }, { "socks4a", MW_PROXY_SOCKS4A, 1080 },
  { "http", MW_PROXY_HTTP, 80 },
};

/* RFC 1928, section 6: what the proxy met */
static const struct
{
  MwNetError code;
  const char *text;
} socks5_replies[] = {
  [0x01] = { MW_NET_ERROR_PROXY_FAILED, "general failure" },
  [0x02] = { MW_NET_ERROR_PROXY_REFUSED, "not allowed by its rules" },
  [0x03] = { MW_NET_ERROR_UNREACHABLE, "network unreachable" },
  [0x04] = { MW_NET_ERROR_UNREACHABLE, "host unreachable" },
  [0x05] = { MW_NET_ERROR_REFUSED, "connection refused" },
  [0x06] = { MW_NET_ERROR_TIMEOUT, "time to live expired" },
  [0x07] = { MW_NET_ERROR_PROXY_REFUSED, "command not supported" },
  [0x08] = { MW_NET_ERROR_PROXY_FAILED, "address type not supported" },
};

void
mw_proxy_free (MwProxy *self)
{
  g_free (self->host);
  g_free (self->user);
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_free (self->password);
  g_free (self->name);
  g_free (self);
}

static void
set_error_failed (GError **error, const MwProxy *proxy, const char *text)
{
  g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED, "proxy %s: %s", proxy->name, text);
}

/* The URI itself is not repeated: it may hold a password */
MwProxy *
mw_proxy_parse (const char *uri, GError **error)
{
  g_autoptr(MwProxy) self = g_new0 (MwProxy, 1);
  g_autoptr(GUri) parts = NULL;

  g_return_val_if_fail (uri != NULL, NULL);

  parts = g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_PARSE_RELAXED, NULL);
  for (guint i = 0; parts != NULL && i < G_N_ELEMENTS (schemes); i++)
    {
      const char *host = g_uri_get_host (parts);
      int port = g_uri_get_port (parts);

      if (strcmp (g_uri_get_scheme (parts), schemes[i].scheme) != 0)
        continue;

      self->kind = schemes[i].kind;
      if (self->kind == MW_PROXY_DIRECT)
        {
          self->name = g_strdup ("direct://");
          return g_steal_pointer (&self);
        }
      if (host == NULL || *host == '\0' || port == 0 || port > G_MAXUINT16)
        break;

      self->host = g_strdup (host);
      self->port = port > 0 ? (guint16) port : schemes[i].default_port;
      self->user = g_strdup (g_uri_get_user (parts));
      self->password = g_strdup (g_uri_get_password (parts));
      self->name = g_strdup_printf (strchr (host, ':') != NULL ? "%s://[%s]:%u" : "%s://%s:%u",
                                    schemes[i].scheme, host, self->port);
      return g_steal_pointer (&self);
    }

  g_set_error_literal (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED,
                       "the proxy settings name a proxy of an unknown kind");
  return NULL;
}

/* Asking */

typedef struct
{
  GProxyResolver *resolver;
  char *uri;
} Lookup;

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  g_clear_object (&lookup->resolver);
  g_free (lookup->uri);
  g_free (lookup);
}

static const char *const direct[] = { "direct://", NULL };

/* What the system's resolver said lately: it is asked in a thread, and a check of two hundred
 * accounts asks for the same few servers again and again */
#define MAX_ANSWERS 256
#define ANSWER_MICROSECONDS (10 * G_USEC_PER_SEC)

typedef struct
{
  GStrv uris;
  gint64 since;
} Answer;

static GMutex answers_mutex;
static GHashTable *answers; /* URI -> Answer; guarded by answers_mutex */

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_strfreev (answer->uris);
  g_free (answer);
}

static GStrv
recall_answer (const char *uri)
{
  const Answer *answer = NULL;
  GStrv uris = NULL;

  g_mutex_lock (&answers_mutex);
  if (answers != NULL)
    answer = g_hash_table_lookup (answers, uri);
  if (answer != NULL && g_get_monotonic_time () - answer->since < ANSWER_MICROSECONDS)
    uris = g_strdupv (answer->uris);
  g_mutex_unlock (&answers_mutex);

  return uris;
}

static void
remember_answer (const char *uri, GStrv uris)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->uris = g_strdupv (uris);
  answer->since = g_get_monotonic_time ();
  g_mutex_lock (&answers_mutex);
  if (answers == NULL)
    answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, answer_free);
  else if (g_hash_table_size (answers) >= MAX_ANSWERS)
    g_hash_table_remove_all (answers);
  g_hash_table_replace (answers, g_strdup (uri), answer);
  g_mutex_unlock (&answers_mutex);
}

static gpointer
lookup_in_thread (gpointer data)
{
  Lookup *lookup = data;
  g_autoptr(GError) error = NULL;
  /* Resolvers of the caller are not asked whether they are supported: GSimpleProxyResolver would
   * crash */
  GProxyResolver *resolver =
      lookup->resolver != NULL ? lookup->resolver : mw_gio_get_proxy_resolver ();
  GStrv uris;

  if (resolver == NULL)
    return g_strdupv ((GStrv) direct);
  uris = g_proxy_resolver_lookup (resolver, lookup->uri, NULL, &error);
  if (uris == NULL)
    g_debug ("%s: %s", lookup->uri, error->message);

  return uris;
}

GStrv
mw_proxy_lookup (GProxyResolver *resolver,
                 const char *protocol,
                 const char *host,
                 guint16 port,
                 gint64 deadline,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_auto (GStrv) uris = NULL;
  g_autofree char *uri = NULL;
  Lookup *lookup;

  g_return_val_if_fail (protocol != NULL && host != NULL, NULL);

  if (mw_host_is_local (host))
    return g_strdupv ((GStrv) direct);

  uri = g_strdup_printf (strchr (host, ':') != NULL ? "%s://[%s]:%u" : "%s://%s:%u", protocol, host,
                         port);
  if (resolver == NULL)
    uris = recall_answer (uri);
  if (uris != NULL)
    return g_steal_pointer (&uris);

  lookup = g_new0 (Lookup, 1);
  g_set_object (&lookup->resolver, resolver);
  lookup->uri = g_strdup (uri);
  uris = mw_bounded_run (lookup_in_thread, lookup, lookup_free, (GDestroyNotify) g_strfreev,
                         deadline, cancellable, &failure);
  if (uris != NULL && uris[0] != NULL)
    {
      if (resolver == NULL)
        remember_answer (uri, uris);
      return g_steal_pointer (&uris);
    }

  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_FAILED,
                         failure != NULL ? "the proxy settings could not be read in time"
                                         : "the proxy settings cannot be read");
  return NULL;
}

/* Talking */

/* Whatever goes wrong between us and the proxy is the proxy's fault; what it meets behind itself it
 * says by itself */
static void
blame_proxy (const MwProxy *proxy, GError **error)
{
  if (error == NULL || *error == NULL ||
      g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_error_matches (*error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT))
    {
      g_prefix_error (error, "proxy %s: ", proxy->name);
      return;
    }

  g_autofree char *text = g_strdup ((*error)->message);

  g_clear_error (error);
  set_error_failed (error, proxy, text);
}

static GBytes *
ask (const Talk *talk, const void *bytes, gsize length, gsize answer_length, GError **error)
{
  GBytes *answer = NULL;

  if (mw_connection_write (talk->connection, bytes, (gssize) length, talk->deadline,
                           talk->cancellable, error))
    answer = mw_connection_read_bytes (talk->connection, answer_length, talk->deadline,
                                       talk->cancellable, error);
  if (answer == NULL)
    blame_proxy (talk->proxy, error);

  return answer;
}

static void
append_port (GByteArray *message, guint16 port)
{
  guint16 order = g_htons (port);

  g_byte_array_append (message, (const guint8 *) &order, sizeof order);
}

static void
append_counted (GByteArray *message, const char *text)
{
  guint8 length = (guint8) MIN (strlen (text), 255);

  g_byte_array_append (message, &length, 1);
  g_byte_array_append (message, (const guint8 *) text, length);
}

static gboolean
log_in_to_socks5 (const Talk *talk, GError **error)
{
  g_autoptr(GByteArray) message = g_byte_array_sized_new (1 + 2 * 256);
  g_autoptr(GBytes) answer = NULL;
  const guint8 *byte;

  g_byte_array_append (message, (const guint8 *) "\x01", 1);
  append_counted (message, talk->proxy->user);
  append_counted (message, talk->proxy->password != NULL ? talk->proxy->password : "");
  answer = ask (talk, message->data, message->len, 2, error);
  explicit_bzero (message->data, message->len);
  if (answer == NULL)
    return FALSE;

  byte = g_bytes_get_data (answer, NULL);
  if (byte[1] == 0)
    return TRUE;

  g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_AUTH,
               "proxy %s refuses its user name or password", talk->proxy->name);
  return FALSE;
}

static gboolean
greet_socks5 (const Talk *talk, GError **error)
{
  const guint8 with_login[] = { 5, 2, SOCKS5_NO_LOGIN, SOCKS5_PASSWORD };
  const guint8 without_login[] = { 5, 1, SOCKS5_NO_LOGIN };
  gboolean can_log_in = talk->proxy->user != NULL;
  g_autoptr(GBytes) answer = NULL;
  const guint8 *byte;

  answer = can_log_in ? ask (talk, with_login, sizeof with_login, 2, error)
                      : ask (talk, without_login, sizeof without_login, 2, error);
  if (answer == NULL)
    return FALSE;

  byte = g_bytes_get_data (answer, NULL);
  if (byte[0] == 5 && byte[1] == SOCKS5_NO_LOGIN)
    return TRUE;
  if (byte[0] == 5 && byte[1] == SOCKS5_PASSWORD && can_log_in)
    return log_in_to_socks5 (talk, error);

  if (byte[0] == 5)
    g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_AUTH, "proxy %s wants a login%s",
                 talk->proxy->name, byte[1] == SOCKS5_NO_METHOD ? "" : " of another kind");
  else
    set_error_failed (error, talk->proxy, "does not speak SOCKS 5");
  return FALSE;
}

static void
append_socks5_host (GByteArray *message, const char *host)
{
  g_autoptr(GInetAddress) address = mw_inet_address_new_from_literal (host);
  guint8 type;

  if (address == NULL)
    {
      type = 3;
      g_byte_array_append (message, &type, 1);
      append_counted (message, host);
      return;
    }

  type = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4 ? 1 : 4;
  g_byte_array_append (message, &type, 1);
  g_byte_array_append (message, g_inet_address_to_bytes (address),
                       (guint) g_inet_address_get_native_size (address));
}

static gboolean
check_socks5_reply (const Talk *talk, guint8 reply, GError **error)
{
  if (reply == 0)
    return TRUE;

  if (reply < G_N_ELEMENTS (socks5_replies))
    g_set_error (error, MW_NET_ERROR, (int) socks5_replies[reply].code,
                 "proxy %s, asked for %s:%u: %s", talk->proxy->name, talk->host, talk->port,
                 socks5_replies[reply].text);
  else
    set_error_failed (error, talk->proxy, "gives an unknown reason");
  return FALSE;
}

static gboolean
negotiate_socks5 (const Talk *talk, GError **error)
{
  g_autoptr(GByteArray) request = g_byte_array_new ();
  g_autoptr(GBytes) head = NULL, rest = NULL;
  const guint8 *byte;
  gsize left;

  if (!greet_socks5 (talk, error))
    return FALSE;

  g_byte_array_append (request, (const guint8 *) "\x05\x01\x00", 3);
  append_socks5_host (request, talk->host);
  append_port (request, talk->port);
  /* The first byte of the proxy's own address as well: its length, if that is a name */
  head = ask (talk, request->data, request->len, 5, error);
  if (head == NULL)
    return FALSE;

  byte = g_bytes_get_data (head, NULL);
  if (byte[0] != 5)
    {
      set_error_failed (error, talk->proxy, "does not speak SOCKS 5");
      return FALSE;
    }
  if (!check_socks5_reply (talk, byte[1], error))
    return FALSE;

  if (byte[3] == 1)
    left = 3 + 2;
  else if (byte[3] == 4)
    left = 15 + 2;
  else
    left = byte[4] + 2u;
  rest =
      mw_connection_read_bytes (talk->connection, left, talk->deadline, talk->cancellable, error);
  if (rest == NULL)
    blame_proxy (talk->proxy, error);

  return rest != NULL;
}

static gboolean
negotiate_socks4a (const Talk *talk, GError **error)
{
  g_autoptr(GByteArray) request = g_byte_array_new ();
  g_autoptr(GInetAddress) address = mw_inet_address_new_from_literal (talk->host);
  g_autoptr(GBytes) answer = NULL;
  const char *user = talk->proxy->user != NULL ? talk->proxy->user : "";
  gboolean is_ipv4 = address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4;
  const guint8 *byte;

  /* 0.0.0.1 says that a name follows */
  g_byte_array_append (request, (const guint8 *) "\x04\x01", 2);
  append_port (request, talk->port);
  g_byte_array_append (
      request, is_ipv4 ? g_inet_address_to_bytes (address) : (const guint8 *) "\0\0\0\1", 4);
  g_byte_array_append (request, (const guint8 *) user, (guint) strlen (user) + 1);
  if (!is_ipv4)
    g_byte_array_append (request, (const guint8 *) talk->host, (guint) strlen (talk->host) + 1);

  answer = ask (talk, request->data, request->len, 8, error);
  if (answer == NULL)
    return FALSE;

  byte = g_bytes_get_data (answer, NULL);
  if (byte[0] == 0 && byte[1] == 90)
    return TRUE;

  if (byte[0] == 0 && (byte[1] == 92 || byte[1] == 93))
    g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_AUTH, "proxy %s refuses its user name",
                 talk->proxy->name);
  else if (byte[0] == 0 && byte[1] == 91)
    g_set_error (error, MW_NET_ERROR, MW_NET_ERROR_PROXY_REFUSED,
                 "proxy %s did not connect to %s:%u", talk->proxy->name, talk->host, talk->port);
  else
    set_error_failed (error, talk->proxy, "does not speak SOCKS 4");
  return FALSE;
}

static char *
make_connect_request (const Talk *talk)
{
  g_autofree char *target = NULL, *login = NULL;

  target = g_strdup_printf (strchr (talk->host, ':') != NULL ? "[%s]:%u" : "%s:%u", talk->host,
                            talk->port);
  if (talk->proxy->user != NULL)
    {
      g_autofree char *pair = g_strdup_printf (
          "%s:%s", talk->proxy->user, talk->proxy->password != NULL ? talk->proxy->password : "");
      g_autofree char *code = g_base64_encode ((const guchar *) pair, strlen (pair));

      login = g_strdup_printf ("Proxy-Authorization: Basic %s\r\n", code);
      explicit_bzero (pair, strlen (pair));
      explicit_bzero (code, strlen (code));
    }

  return g_strdup_printf ("CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", target, target,
                          login != NULL ? login : "");
}

/* Reads the head of the answer, and nothing of what follows: that is the server's */
static int
read_http_status (const Talk *talk, GError **error)
{
  int status = 0;

  for (guint i = 0; i < MAX_HTTP_LINES; i++)
    {
      g_autoptr(GBytes) line = mw_connection_read_line (talk->connection, talk->deadline,
                                                        talk->cancellable, error);
      const char *text;

      if (line == NULL)
        {
          blame_proxy (talk->proxy, error);
          return -1;
        }

      text = g_bytes_get_data (line, NULL);
      if (i == 0 && !g_str_has_prefix (text, "HTTP/1."))
        break;
      if (i == 0)
        status = (int) g_ascii_strtoull (text + strcspn (text, " "), NULL, 10);
      else if (g_bytes_get_size (line) == 0)
        return status;
    }

  set_error_failed (error, talk->proxy, "does not speak HTTP");
  return -1;
}

static gboolean
negotiate_http (const Talk *talk, GError **error)
{
  g_autofree char *request = make_connect_request (talk);
  MwNetError code = MW_NET_ERROR_PROXY_FAILED;
  gboolean sent;
  int status;

  sent =
      mw_connection_write (talk->connection, request, -1, talk->deadline, talk->cancellable, error);
  explicit_bzero (request, strlen (request));
  if (!sent)
    {
      blame_proxy (talk->proxy, error);
      return FALSE;
    }

  status = read_http_status (talk, error);
  if (status < 0)
    return FALSE;
  if (status >= 200 && status < 300)
    return TRUE;

  if (status == 407)
    code = MW_NET_ERROR_PROXY_AUTH;
  else if (status == 504)
    code = MW_NET_ERROR_TIMEOUT;
  else if (status >= 400 && status < 500)
    code = MW_NET_ERROR_PROXY_REFUSED;
  g_set_error (error, MW_NET_ERROR, (int) code, "proxy %s, asked for %s:%u, answers %d",
               talk->proxy->name, talk->host, talk->port, status);
  return FALSE;
}

gboolean
mw_proxy_negotiate (const MwProxy *self,
                    MwConnection *connection,
                    const char *host,
                    guint16 port,
                    gint64 deadline,
                    GCancellable *cancellable,
                    GError **error)
{
  Talk talk = { self, connection, host, port, deadline, cancellable };
  g_autoptr(GError) failure = NULL;
  gboolean done;

  g_return_val_if_fail (self != NULL && self->kind != MW_PROXY_DIRECT, FALSE);
  g_return_val_if_fail (MW_IS_CONNECTION (connection) && host != NULL, FALSE);

  if (self->kind == MW_PROXY_SOCKS5)
    done = negotiate_socks5 (&talk, &failure);
  else if (self->kind == MW_PROXY_SOCKS4A)
    done = negotiate_socks4a (&talk, &failure);
  else
    done = negotiate_http (&talk, &failure);

  if (done)
    mw_connection_set_by_proxy (connection);
  else
    g_propagate_error (error, g_steal_pointer (&failure));

  return done;
}
