/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "net/mw-resolver.h"
#include "net/mw-trust.h"

G_BEGIN_DECLS

#define MW_HTTP_MAX_BYTES (64 * 1024)
#define MW_HTTP_MAX_REDIRECTS 5

/**
 * MwHttpFlags:
 * @MW_HTTP_DEFAULT: as described
 * @MW_HTTP_PERSONAL: the query of the URL carries the mail address: it is given to the host of the
 *   URL and nobody else. A redirect to the same host is followed with it, any other without a query
 * @MW_HTTP_SAME_BASE: redirects out of the registrable domain are not followed
 *
 * How to fetch.
 */
typedef enum
{
  MW_HTTP_DEFAULT = 0,
  MW_HTTP_PERSONAL = 1 << 0,
  MW_HTTP_SAME_BASE = 1 << 1,
} MwHttpFlags;

#define MW_TYPE_HTTP_RESULT (mw_http_result_get_type ())

/**
 * MwHttpResult:
 * @url: where the document was found in the end, without query and fragment
 * @status: the HTTP status, 200 to 299
 * @content_type: (nullable): the media type in lower case, without parameters
 * @body: the document, at most the limit
 * @redirects: the URLs that were passed through, without their queries, first one first; empty
 *   mostly
 * @left_domain: whether a redirect led to another registrable domain
 *
 * A fetched document. Immutable and counted.
 */
typedef struct
{
  char *url;
  guint status;
  char *content_type;
  GBytes *body;
  GStrv redirects;
  gboolean left_domain;
} MwHttpResult;

GType mw_http_result_get_type (void) G_GNUC_CONST;

/**
 * mw_http_result_new:
 * @url: where it was found
 * @status: the HTTP status
 * @content_type: (nullable): the media type
 * @body: the document
 *
 * Returns: (transfer full): a result without redirects: for clients that are made in tests
 */
MwHttpResult *
mw_http_result_new (const char *url, guint status, const char *content_type, GBytes *body);
MwHttpResult *mw_http_result_ref (MwHttpResult *self);
void mw_http_result_unref (MwHttpResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwHttpResult, mw_http_result_unref)

#define MW_TYPE_HTTP_CLIENT (mw_http_client_get_type ())

/**
 * MwHttpClient:
 *
 * Fetches small documents from strangers: HTTPS only, with a verified certificate, no cookies, no
 * cache, no login, no referrer, a User-Agent that says nothing of the person, no compression, and
 * bounds on everything. Names go through an #MwResolver, so what is known already is not asked
 * again, and the addresses that were judged are the ones that are connected to.
 *
 * IP literals are never fetched from. A redirect into a private network or to this machine is
 * followed only if the first host is there itself (a company's own network).
 *
 * May be used from any thread. A fake for tests overrides the vfunc.
 */
G_DECLARE_DERIVABLE_TYPE (MwHttpClient, mw_http_client, MW, HTTP_CLIENT, GObject)

/**
 * MwHttpClientClass:
 * @fetch: does what mw_http_client_fetch() says
 *
 * The class of #MwHttpClient.
 */
struct _MwHttpClientClass
{
  GObjectClass parent_class;

  MwHttpResult *(*fetch) (MwHttpClient *self,
                          const char *url,
                          MwHttpFlags flags,
                          gsize max_bytes,
                          gint64 deadline,
                          GCancellable *cancellable,
                          GError **error);
};

/**
 * mw_http_client_new:
 * @resolver: where names are looked up
 * @trust: (nullable): whom to trust; %NULL for the system
 * @proxies: (nullable): which proxy to use; %NULL for the system's settings
 *
 * Returns: (transfer full): a client
 */
MwHttpClient *mw_http_client_new (MwResolver *resolver, MwTrust *trust, GProxyResolver *proxies);

/**
 * mw_http_client_fetch:
 * @self: a client
 * @url: an https URL with a host name of A-labels
 * @flags: how
 * @max_bytes: the most to take; %MW_HTTP_MAX_BYTES is usual
 * @deadline: when to give up, all redirects included
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error: %MW_NET_ERROR_HTTP_STATUS (the message begins with the
 *   number), %MW_NET_ERROR_HTTP_REDIRECT, %MW_NET_ERROR_HTTP_CERTIFICATE,
 *   %MW_NET_ERROR_HTTP_FORBIDDEN, %MW_NET_ERROR_TOO_LONG, those of mw_resolver_lookup_addresses(),
 *   of connecting, of TLS, or %MW_NET_ERROR_FAILED
 *
 * Fetches a document, blocking.
 *
 * Returns: (transfer full): the document; 204 and the like are %MW_NET_ERROR_HTTP_STATUS
 */
MwHttpResult *mw_http_client_fetch (MwHttpClient *self,
                                    const char *url,
                                    MwHttpFlags flags,
                                    gsize max_bytes,
                                    gint64 deadline,
                                    GCancellable *cancellable,
                                    GError **error);

G_END_DECLS
