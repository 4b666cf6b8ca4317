/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-http"

#include "config.h"

#include "net/mw-http.h"

#include "net/mw-deadline.h"
#include "net/mw-domain.h"
#include "net/mw-inet.h"
#include "net/mw-known-address.h"
#include "net/mw-net-error.h"
#include "net/mw-proxy.h"

#include <libsoup/soup.h>
#include <string.h>

#define HTTPS_PORT 443
/* Below these ports are services that a redirect has no business with */
#define FIRST_USER_PORT 1024

typedef struct
{
  MwResolver *resolver;
  MwTrust *trust;
  GProxyResolver *proxies;
} MwHttpClientPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (MwHttpClient, mw_http_client, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (MwHttpResult, mw_http_result, mw_http_result_ref, mw_http_result_unref)

/* One call of mw_http_client_fetch(), redirects and all */
typedef struct
{
  MwHttpClientPrivate *client;
  MwHttpFlags flags;
  gsize max_bytes;
  gint64 deadline;
  GCancellable *cancellable; /* the caller's */

  GMainContext *context;
  GCancellable *stop; /* cancelled with the caller's, or at the deadline */
  GUri *first;
  GUri *uri; /* where we are */
  gboolean began_private;
  GStrvBuilder *redirects;
  gboolean left_domain;
} Fetch;

/* Results */

static void
mw_http_result_clear (gpointer data)
{
  MwHttpResult *self = data;

  g_free (self->url);
  g_free (self->content_type);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_strfreev (self->redirects);
}

MwHttpResult *
mw_http_result_new (const char *url, guint status, const char *content_type, GBytes *body)
{
  MwHttpResult *self;

  g_return_val_if_fail (url != NULL && body != NULL, NULL);

  self = g_atomic_rc_box_new0 (MwHttpResult);
  self->url = g_strdup (url);
  self->status = status;
  self->content_type = g_strdup (content_type);
  self->body = g_bytes_ref (body);
  self->redirects = g_new0 (char *, 1);

  return self;
}

MwHttpResult *
mw_http_result_ref (MwHttpResult *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
mw_http_result_unref (MwHttpResult *self)
{
  g_atomic_rc_box_release_full (self, mw_http_result_clear);
}

/* Errors */

/* Never with the query: it may hold the mail address */
static char *
to_public_string (GUri *uri)
{
  return g_uri_to_string_partial (uri,
                                  G_URI_HIDE_QUERY | G_URI_HIDE_FRAGMENT | G_URI_HIDE_USERINFO);
}

static void G_GNUC_PRINTF (4, 5)
    set_error (GError **error, GUri *uri, MwNetError code, const char *format, ...)
{
  g_autofree char *url = to_public_string (uri), *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  /* The number first: whoever reads a log looks for it */
  if (code == MW_NET_ERROR_HTTP_STATUS)
    g_set_error (error, MW_NET_ERROR, (int) code, "%s: %s", text, url);
  else
    g_set_error (error, MW_NET_ERROR, (int) code, "%s: %s", url, text);
}

static const struct
{
  GIOErrorEnum theirs;
  MwNetError ours;
} io_errors[] = {
  { G_IO_ERROR_CONNECTION_REFUSED, MW_NET_ERROR_REFUSED },
  { G_IO_ERROR_TIMED_OUT, MW_NET_ERROR_TIMEOUT },
  { G_IO_ERROR_HOST_UNREACHABLE, MW_NET_ERROR_UNREACHABLE },
  { G_IO_ERROR_NETWORK_UNREACHABLE, MW_NET_ERROR_UNREACHABLE },
  { G_IO_ERROR_HOST_NOT_FOUND, MW_NET_ERROR_NOT_FOUND },
  { G_IO_ERROR_CONNECTION_CLOSED, MW_NET_ERROR_RESET },
  { G_IO_ERROR_PROXY_FAILED, MW_NET_ERROR_PROXY_FAILED },
  { G_IO_ERROR_PROXY_NOT_ALLOWED, MW_NET_ERROR_PROXY_REFUSED },
  { G_IO_ERROR_PROXY_AUTH_FAILED, MW_NET_ERROR_PROXY_AUTH },
  { G_IO_ERROR_PROXY_NEED_AUTH, MW_NET_ERROR_PROXY_AUTH },
};

static void
take_error (Fetch *fetch, GError *theirs, GError **error)
{
  MwNetError code = MW_NET_ERROR_FAILED;

  if (g_cancellable_set_error_if_cancelled (fetch->cancellable, error))
    {
      g_error_free (theirs);
      return;
    }

  if (g_error_matches (theirs, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    code = MW_NET_ERROR_TIMEOUT;
  else if (g_error_matches (theirs, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    code = MW_NET_ERROR_HTTP_CERTIFICATE;
  else if (theirs->domain == G_TLS_ERROR)
    code = MW_NET_ERROR_TLS_FAILED;
  else if (theirs->domain == G_RESOLVER_ERROR)
    code = MW_NET_ERROR_DNS_TEMPORARY;
  else
    for (guint i = 0; i < G_N_ELEMENTS (io_errors); i++)
      if (g_error_matches (theirs, G_IO_ERROR, io_errors[i].theirs))
        code = io_errors[i].ours;

  set_error (error, fetch->uri, code, "%s",
             code == MW_NET_ERROR_TIMEOUT ? "no answer in time" : theirs->message);
  g_error_free (theirs);
}

/* Waiting for libsoup: its calls are started here and their results awaited, since only they race
 * addresses and can be stopped at any moment */

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static GAsyncResult *
wait_for_result (Fetch *fetch, GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (fetch->context, TRUE);

  return *slot;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_cancellable_cancel (user_data);

  return G_SOURCE_REMOVE;
}

/* Where it may lead */

static gboolean
check_url (GUri *uri, MwNetError code, GError **error)
{
  const char *host = g_uri_get_host (uri);
  int port = g_uri_get_port (uri);
  g_autoptr(GInetAddress) literal = NULL;

  if (strcmp (g_uri_get_scheme (uri), "https") != 0)
    {
      set_error (error, uri, code, "only https is fetched");
      return FALSE;
    }
  if (host == NULL || *host == '\0' || g_uri_get_userinfo (uri) != NULL)
    {
      set_error (error, uri, code, "not a plain URL with a host");
      return FALSE;
    }

  literal = mw_inet_address_new_from_literal (host);
  if (literal != NULL)
    {
      set_error (error, uri, code, "documents are not fetched from an address without a name");
      return FALSE;
    }
  if (port != -1 && port != HTTPS_PORT && port < FIRST_USER_PORT)
    {
      set_error (error, uri, code, "documents are not fetched from port %d", port);
      return FALSE;
    }

  return TRUE;
}

static guint16
get_port (GUri *uri)
{
  int port = g_uri_get_port (uri);

  return port > 0 ? (guint16) port : HTTPS_PORT;
}

static GPtrArray *
filter_public (GPtrArray *addresses)
{
  GPtrArray *result = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < addresses->len; i++)
    if (!mw_inet_address_is_private (g_ptr_array_index (addresses, i)))
      g_ptr_array_add (result, g_object_ref (g_ptr_array_index (addresses, i)));

  return result;
}

/* A stranger's redirect must not make this machine knock inside its own network. Where the first
 * host, which is the mail domain's own, is inside, everything is. */
static GPtrArray *
find_addresses (Fetch *fetch, GError **error)
{
  gboolean first = fetch->uri == fetch->first;
  g_autoptr(GPtrArray) addresses = NULL, public = NULL;

  addresses = mw_resolver_lookup_addresses (fetch->client->resolver, g_uri_get_host (fetch->uri),
                                            fetch->deadline, fetch->cancellable, error);
  if (addresses == NULL)
    return NULL;

  public = filter_public (addresses);
  if (first)
    fetch->began_private = public->len == 0;
  if (fetch->began_private)
    return g_steal_pointer (&addresses);
  if (public->len > 0)
    return g_steal_pointer (&public);

  set_error (error, fetch->uri, MW_NET_ERROR_HTTP_REDIRECT,
             "a redirect into a private network is not followed");
  return NULL;
}

/* Returns NULL without an error when a proxy is in the way, which looks names up by itself */
static gboolean
find_target (Fetch *fetch, GSocketConnectable **target, GError **error)
{
  g_autoptr(GPtrArray) addresses = NULL;
  g_auto (GStrv) uris = NULL;

  *target = NULL;
  uris = mw_proxy_lookup (fetch->client->proxies, "https", g_uri_get_host (fetch->uri),
                          get_port (fetch->uri), fetch->deadline, fetch->cancellable, error);
  if (uris == NULL)
    return FALSE;
  if (!g_str_has_prefix (uris[0], "direct:"))
    return TRUE;

  addresses = find_addresses (fetch, error);
  if (addresses == NULL)
    return FALSE;

  *target = mw_known_address_new (g_uri_get_host (fetch->uri), get_port (fetch->uri), addresses);
  return TRUE;
}

/* One request */

/* With authorities of our own GIO's verdict is not the last word: ours is, and it asks for the same
 */
static gboolean
on_accept_certificate (SoupMessage *message,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       gpointer user_data)
{
  Fetch *fetch = user_data;
  g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(MwCertificate) leaf = NULL;

  for (GTlsCertificate *i = certificate; i != NULL; i = g_tls_certificate_get_issuer (i))
    {
      g_autoptr(GByteArray) der = NULL;

      g_object_get (i, "certificate", &der, NULL);
      if (der == NULL)
        return FALSE;
      g_ptr_array_add (chain, g_bytes_new (der->data, der->len));
    }

  leaf = mw_certificate_new (g_ptr_array_index (chain, 0), NULL);
  return leaf != NULL && mw_certificate_matches_host (leaf, g_uri_get_host (fetch->uri)) &&
         mw_trust_verify_chain (fetch->client->trust, chain) == 0;
}

static SoupSession *
make_session (Fetch *fetch, GSocketConnectable *target)
{
  SoupSession *session =
      soup_session_new_with_options ("remote-connectable", target, "user-agent",
                                     "Mailwright/" VERSION, "accept-language-auto", FALSE, NULL);

  /* No passwords for strangers, and nothing that grows while it is unpacked */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  if (target == NULL && fetch->client->proxies != NULL)
    soup_session_set_proxy_resolver (session, fetch->client->proxies);

  return session;
}

static GInputStream *
send_request (Fetch *fetch, SoupSession *session, SoupMessage *message, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) theirs = NULL;
  GInputStream *stream;

  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, fetch->stop, result_cb, &result);
  wait_for_result (fetch, &result);
  stream = soup_session_send_finish (session, result, &theirs);
  if (stream == NULL)
    take_error (fetch, g_steal_pointer (&theirs), error);

  return stream;
}

static GBytes *
read_piece (Fetch *fetch, GInputStream *stream, gsize size, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) theirs = NULL;
  GBytes *piece;

  g_input_stream_read_bytes_async (stream, size, G_PRIORITY_DEFAULT, fetch->stop, result_cb,
                                   &result);
  wait_for_result (fetch, &result);
  piece = g_input_stream_read_bytes_finish (stream, result, &theirs);
  if (piece == NULL)
    take_error (fetch, g_steal_pointer (&theirs), error);

  return piece;
}

static GBytes *
read_body (Fetch *fetch, SoupMessage *message, GInputStream *stream, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *coding = soup_message_headers_get_one (headers, "Content-Encoding");
  g_autoptr(GByteArray) body = g_byte_array_new ();

  if (coding != NULL && g_ascii_strcasecmp (coding, "identity") != 0)
    {
      set_error (error, fetch->uri, MW_NET_ERROR_FAILED,
                 "the document is compressed, though that was not asked for");
      return NULL;
    }

  for (;;)
    {
      g_autoptr(GBytes) piece = read_piece (fetch, stream, 16 * 1024, error);
      gsize size;
      const guint8 *bytes;

      if (piece == NULL)
        return NULL;

      bytes = g_bytes_get_data (piece, &size);
      if (size == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&body));
      if (size > fetch->max_bytes - body->len)
        {
          set_error (error, fetch->uri, MW_NET_ERROR_TOO_LONG, "the document is too long");
          return NULL;
        }
      g_byte_array_append (body, bytes, (guint) size);
    }
}

static gboolean
is_redirect (guint status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The next place, or NULL when it must not be one. A query that tells who somebody is stays with
 * the host that it was meant for. */
static GUri *
follow (Fetch *fetch, SoupMessage *message, GError **error)
{
  const char *location =
      soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  g_autoptr(GUri) next = NULL;

  if (location != NULL)
    next = g_uri_parse_relative (fetch->uri, location, SOUP_HTTP_URI_FLAGS, NULL);
  if (next == NULL)
    {
      set_error (error, fetch->uri, MW_NET_ERROR_HTTP_REDIRECT, "a redirect to nowhere");
      return NULL;
    }
  if (!check_url (next, MW_NET_ERROR_HTTP_REDIRECT, error))
    return NULL;

  if (!mw_domain_same_base (g_uri_get_host (fetch->first), g_uri_get_host (next)))
    {
      fetch->left_domain = TRUE;
      if ((fetch->flags & MW_HTTP_SAME_BASE) != 0)
        {
          set_error (error, next, MW_NET_ERROR_HTTP_REDIRECT,
                     "a redirect out of the domain is not followed");
          return NULL;
        }
    }

  if ((fetch->flags & MW_HTTP_PERSONAL) != 0 &&
      g_ascii_strcasecmp (g_uri_get_host (fetch->first), g_uri_get_host (next)) != 0)
    return soup_uri_copy (next, SOUP_URI_QUERY, NULL, SOUP_URI_NONE);

  return g_steal_pointer (&next);
}

static MwHttpResult *
make_result (Fetch *fetch, SoupMessage *message, GInputStream *stream, GError **error)
{
  guint status = soup_message_get_status (message);
  g_autoptr(GBytes) body = NULL;
  g_autofree char *url = NULL, *type = NULL;
  const char *content_type;
  MwHttpResult *result;

  if (status != SOUP_STATUS_OK && status != SOUP_STATUS_NON_AUTHORITATIVE)
    {
      set_error (error, fetch->uri,
                 status == SOUP_STATUS_PROXY_UNAUTHORIZED ? MW_NET_ERROR_PROXY_AUTH
                                                          : MW_NET_ERROR_HTTP_STATUS,
                 "%u", status);
      return NULL;
    }

  body = read_body (fetch, message, stream, error);
  if (body == NULL)
    return NULL;

  content_type =
      soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL);
  type = content_type != NULL ? g_ascii_strdown (content_type, -1) : NULL;
  url = to_public_string (fetch->uri);
  result = mw_http_result_new (url, status, type, body);
  g_strfreev (result->redirects);
  result->redirects = g_strv_builder_end (fetch->redirects);
  result->left_domain = fetch->left_domain;

  return result;
}

/* One hop: a document, or in @next where it is said to be */
static MwHttpResult *
fetch_once (Fetch *fetch, GUri **next, GError **error)
{
  g_autoptr(GSocketConnectable) target = NULL;
  g_autoptr(SoupSession) session = NULL;
  g_autoptr(SoupMessage) message = NULL;
  g_autoptr(GInputStream) stream = NULL;
  MwHttpResult *result = NULL;

  if (!find_target (fetch, &target, error))
    return NULL;

  session = make_session (fetch, target);
  message = soup_message_new_from_uri (SOUP_METHOD_GET, fetch->uri);
  soup_message_set_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
  soup_message_set_force_http1 (message, TRUE);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Connection", "close");
  if (fetch->client->trust != NULL)
    g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate), fetch);

  stream = send_request (fetch, session, message, error);
  if (stream != NULL && is_redirect (soup_message_get_status (message)))
    *next = follow (fetch, message, error);
  else if (stream != NULL)
    result = make_result (fetch, message, stream, error);

  soup_session_abort (session);
  return result;
}

static MwHttpResult *
fetch_with_redirects (Fetch *fetch, GError **error)
{
  for (guint n = 0;; n++)
    {
      g_autoptr(GUri) next = NULL;
      g_autofree char *passed = NULL;
      MwHttpResult *result;

      result = fetch_once (fetch, &next, error);
      if (next == NULL)
        return result;

      if (n == MW_HTTP_MAX_REDIRECTS)
        {
          set_error (error, fetch->first, MW_NET_ERROR_HTTP_REDIRECT, "too many redirects");
          return NULL;
        }

      passed = to_public_string (fetch->uri);
      g_strv_builder_add (fetch->redirects, passed);
      if (fetch->uri != fetch->first)
        g_uri_unref (fetch->uri);
      fetch->uri = g_steal_pointer (&next);
    }
}

static MwHttpResult *
run_fetch (Fetch *fetch, GError **error)
{
  g_autoptr(GSource) timer = NULL;
  MwHttpResult *result;
  gulong handler = 0;

  fetch->context = g_main_context_new ();
  fetch->stop = g_cancellable_new ();
  fetch->redirects = g_strv_builder_new ();
  fetch->uri = fetch->first;
  g_main_context_push_thread_default (fetch->context);
  if (fetch->cancellable != NULL)
    handler =
        g_cancellable_connect (fetch->cancellable, G_CALLBACK (on_cancelled), fetch->stop, NULL);
  if (fetch->deadline != MW_DEADLINE_NONE)
    {
      timer = g_timeout_source_new ((guint) mw_deadline_get_poll_timeout (fetch->deadline));
      g_source_set_callback (timer, on_deadline, fetch->stop, NULL);
      g_source_attach (timer, fetch->context);
    }

  result = fetch_with_redirects (fetch, error);

  if (timer != NULL)
    g_source_destroy (timer);
  g_cancellable_disconnect (fetch->cancellable, handler);
  /* What closes in the background is let close */
  while (g_main_context_iteration (fetch->context, FALSE))
    continue;
  g_main_context_pop_thread_default (fetch->context);
  g_main_context_unref (fetch->context);
  g_object_unref (fetch->stop);
  g_strv_builder_unref (fetch->redirects);
  if (fetch->uri != fetch->first)
    g_uri_unref (fetch->uri);

  return result;
}

static MwHttpResult *
mw_http_client_real_fetch (MwHttpClient *self,
                           const char *url,
                           MwHttpFlags flags,
                           gsize max_bytes,
                           gint64 deadline,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr(GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  Fetch fetch = { 0 };

  if (uri == NULL)
    {
      g_set_error_literal (error, MW_NET_ERROR, MW_NET_ERROR_HTTP_FORBIDDEN, "this is not a URL");
      return NULL;
    }
  if (!check_url (uri, MW_NET_ERROR_HTTP_FORBIDDEN, error) ||
      g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  fetch.client = mw_http_client_get_instance_private (self);
  fetch.flags = flags;
  fetch.max_bytes = max_bytes;
  fetch.deadline = deadline;
  fetch.cancellable = cancellable;
  fetch.first = uri;

  return run_fetch (&fetch, error);
}

static void
mw_http_client_finalize (GObject *object)
{
  MwHttpClientPrivate *priv = mw_http_client_get_instance_private (MW_HTTP_CLIENT (object));

  g_clear_object (&priv->resolver);
  g_clear_object (&priv->trust);
  g_clear_object (&priv->proxies);

  G_OBJECT_CLASS (mw_http_client_parent_class)->finalize (object);
}

static void
mw_http_client_class_init (MwHttpClientClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mw_http_client_finalize;
  class->fetch = mw_http_client_real_fetch;
}

static void
mw_http_client_init (MwHttpClient *self)
{
}

MwHttpClient *
mw_http_client_new (MwResolver *resolver, MwTrust *trust, GProxyResolver *proxies)
{
  MwHttpClientPrivate *priv;
  MwHttpClient *self;

  g_return_val_if_fail (MW_IS_RESOLVER (resolver), NULL);
  g_return_val_if_fail (trust == NULL || MW_IS_TRUST (trust), NULL);
  g_return_val_if_fail (proxies == NULL || G_IS_PROXY_RESOLVER (proxies), NULL);

  self = g_object_new (MW_TYPE_HTTP_CLIENT, NULL);
  priv = mw_http_client_get_instance_private (self);
  priv->resolver = g_object_ref (resolver);
  g_set_object (&priv->trust, trust);
  g_set_object (&priv->proxies, proxies);

  return self;
}

MwHttpResult *
mw_http_client_fetch (MwHttpClient *self,
                      const char *url,
                      MwHttpFlags flags,
                      gsize max_bytes,
                      gint64 deadline,
                      GCancellable *cancellable,
                      GError **error)
{
  g_return_val_if_fail (MW_IS_HTTP_CLIENT (self), NULL);
  g_return_val_if_fail (url != NULL, NULL);

  return MW_HTTP_CLIENT_GET_CLASS (self)->fetch (self, url, flags, max_bytes, deadline, cancellable,
                                                 error);
}
