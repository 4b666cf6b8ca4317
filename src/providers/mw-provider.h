/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/mw-address.h"
#include "model/mw-server.h"

G_BEGIN_DECLS

/**
 * MwProvider:
 *
 * What the provider database knows about one mail provider. Immutable, owned by the database it
 * came from and valid as long as that; may be used from any thread. Strings that a getter lends
 * live as long as the provider.
 */
typedef struct _MwProvider MwProvider;

/**
 * MwProviderService:
 * @MW_PROVIDER_SERVICE_MAILBOX: mailboxes that a mail program can read
 * @MW_PROVIDER_SERVICE_SENDING_ONLY: a relay without mailboxes
 * @MW_PROVIDER_SERVICE_NONE: mailboxes that no mail program can reach: the provider's own
 *   programs only
 *
 * What mail programs get from a provider.
 */
typedef enum
{
  MW_PROVIDER_SERVICE_MAILBOX,
  MW_PROVIDER_SERVICE_SENDING_ONLY,
  MW_PROVIDER_SERVICE_NONE,
} MwProviderService;

/**
 * MwProviderConfidence:
 * @MW_PROVIDER_CONFIDENCE_HIGH: the provider's own page, or two independent sources
 * @MW_PROVIDER_CONFIDENCE_MEDIUM: one good source
 * @MW_PROVIDER_CONFIDENCE_LOW: to be tested before it is relied on
 *
 * How well the server names of a provider are founded.
 */
typedef enum
{
  MW_PROVIDER_CONFIDENCE_HIGH,
  MW_PROVIDER_CONFIDENCE_MEDIUM,
  MW_PROVIDER_CONFIDENCE_LOW,
} MwProviderConfidence;

/**
 * MwPasswordShape:
 * @MW_PASSWORD_SHAPE_UNKNOWN: the provider's passwords have no known shape: nothing can be said
 * @MW_PASSWORD_SHAPE_OK: just as the provider hands them out
 * @MW_PASSWORD_SHAPE_BLANKS: right once blanks are taken out, which were shown for reading only
 * @MW_PASSWORD_SHAPE_INCOMPLETE: made of the right characters, but too few or too many: a copy
 *   that lost a piece
 * @MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD: cannot be what the provider hands out for mail programs,
 *   hence most likely the password of the web page
 * @MW_PASSWORD_SHAPE_OTHER_KIND: known to be something else, such as an AWS secret access key
 *   where SMTP credentials are wanted
 *
 * What the look of a password says about its kind.
 */
typedef enum
{
  MW_PASSWORD_SHAPE_UNKNOWN,
  MW_PASSWORD_SHAPE_OK,
  MW_PASSWORD_SHAPE_BLANKS,
  MW_PASSWORD_SHAPE_INCOMPLETE,
  MW_PASSWORD_SHAPE_ACCOUNT_PASSWORD,
  MW_PASSWORD_SHAPE_OTHER_KIND,
} MwPasswordShape;

/**
 * MwProviderServer:
 * @protocol: the protocol
 * @host: host name in lower case; may hold `{domain}` or `{region}`, and is then not a name to
 *   connect to
 * @port: the port
 * @security: how TLS begins
 * @unusual: whether port and security are an odd pair that is nevertheless right here
 *
 * One server as the database has it.
 */
typedef struct _MwProviderServer
{
  MwProtocol protocol;
  const char *host;
  guint16 port;
  MwSecurity security;
  gboolean unusual;
} MwProviderServer;

/* Who it is. */
const char *mw_provider_get_id (const MwProvider *self);
const char *mw_provider_get_name (const MwProvider *self);
const char *mw_provider_get_region (const MwProvider *self);
const char *const *mw_provider_get_domains (const MwProvider *self);
const char *const *mw_provider_get_mx_patterns (const MwProvider *self);
MwProviderService mw_provider_get_service (const MwProvider *self);
MwProviderConfidence mw_provider_get_confidence (const MwProvider *self);
const char *mw_provider_get_checked (const MwProvider *self);
const char *const *mw_provider_get_sources (const MwProvider *self);

/* What a person is told. */
const char *mw_provider_get_prepare (const MwProvider *self);
GPtrArray *mw_provider_get_notes (const MwProvider *self);
const char *mw_provider_get_help (const MwProvider *self);
const char *mw_provider_get_password_hint (const MwProvider *self);

/* Its servers. */
guint mw_provider_get_n_servers (const MwProvider *self);
gboolean mw_provider_get_server (const MwProvider *self, guint index, MwProviderServer *out_server);
GPtrArray *mw_provider_get_servers (const MwProvider *self, MwAddress *address);
const char *const *mw_provider_get_regions (const MwProvider *self);
GPtrArray *
mw_provider_get_servers_in_region (const MwProvider *self, MwAddress *address, const char *region);
const char *mw_provider_get_first_host (const MwProvider *self, MwProtocol protocol);
gboolean mw_provider_has_host (const MwProvider *self, const char *host, const char *domain);
gboolean mw_provider_is_wrong_host (const MwProvider *self, const char *host);
const char *
mw_provider_lookup_wrong_host (const MwProvider *self, const char *host, MwProtocol protocol);

/* How one signs in. */
const char *mw_provider_get_username_form (const MwProvider *self, MwProtocol protocol);
const char *const *mw_provider_get_username_forms (const MwProvider *self, MwProtocol protocol);
char *mw_provider_dup_username (const MwProvider *self, MwProtocol protocol, MwAddress *address);
const char *const *mw_provider_get_authentications (const MwProvider *self);
gboolean mw_provider_accepts_authentication (const MwProvider *self, const char *authentication);
gboolean mw_provider_has_quirk (const MwProvider *self, const char *quirk);
const char *const *mw_provider_get_quirks (const MwProvider *self);
MwPasswordShape mw_provider_check_password_shape (const MwProvider *self, const char *password);

/* What its refusals mean. */
gboolean mw_provider_match_error (const MwProvider *self,
                                  MwProtocol protocol,
                                  const char *server_text,
                                  const char **out_diagnosis,
                                  const char **out_text);

G_END_DECLS
