/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MwProtocol:
 * @MW_PROTOCOL_UNKNOWN: none of the others
 * @MW_PROTOCOL_IMAP: IMAP (RFC 9051, RFC 3501)
 * @MW_PROTOCOL_POP3: POP3 (RFC 1939)
 * @MW_PROTOCOL_SMTP: message submission (RFC 6409)
 *
 * What a server speaks.
 */
typedef enum
{
  MW_PROTOCOL_UNKNOWN,
  MW_PROTOCOL_IMAP,
  MW_PROTOCOL_POP3,
  MW_PROTOCOL_SMTP,
} MwProtocol;

/**
 * MwSecurity:
 * @MW_SECURITY_TLS: implicit TLS, from the first byte (RFC 8314)
 * @MW_SECURITY_STARTTLS: the connection is upgraded before anything else, or fails
 * @MW_SECURITY_NONE: no encryption at all
 *
 * How a connection is protected.
 */
typedef enum
{
  MW_SECURITY_TLS,
  MW_SECURITY_STARTTLS,
  MW_SECURITY_NONE,
} MwSecurity;

const char *mw_protocol_to_string (MwProtocol protocol);
MwProtocol mw_protocol_from_string (const char *text);
const char *mw_security_to_string (MwSecurity security);
gboolean mw_security_from_string (const char *text, MwSecurity *security);
guint16 mw_protocol_get_default_port (MwProtocol protocol, MwSecurity security);

#define MW_SERVER_ERROR (mw_server_error_quark ())
GQuark mw_server_error_quark (void);

/**
 * MwServerError:
 * @MW_SERVER_ERROR_SYNTAX: the text is no server URL at all
 * @MW_SERVER_ERROR_SCHEME: the scheme is not one of ours
 * @MW_SERVER_ERROR_HOST: no host, or one that cannot be a host name
 * @MW_SERVER_ERROR_PORT: the port is not a number from 1 to 65535
 * @MW_SERVER_ERROR_USER: the login name cannot be decoded
 * @MW_SERVER_ERROR_PASSWORD: a password stands in the URL; it is not taken, and not repeated
 *
 * Why a server URL was refused.
 */
typedef enum
{
  MW_SERVER_ERROR_SYNTAX,
  MW_SERVER_ERROR_SCHEME,
  MW_SERVER_ERROR_HOST,
  MW_SERVER_ERROR_PORT,
  MW_SERVER_ERROR_USER,
  MW_SERVER_ERROR_PASSWORD,
} MwServerError;

#define MW_TYPE_SERVER (mw_server_get_type ())

/**
 * MwServer:
 *
 * One server of an account: immutable, counted, safe to hand to a thread.
 */
typedef struct _MwServer MwServer;

/* The mechanism that stands for "do not log in" */
#define MW_MECHANISM_NONE "NONE"

GType mw_server_get_type (void) G_GNUC_CONST;
MwServer *mw_server_new (MwProtocol protocol, const char *host, guint16 port, MwSecurity security);
MwServer *mw_server_new_from_url (const char *url, GError **error);
MwServer *mw_server_ref (MwServer *self);
void mw_server_unref (MwServer *self);

/* Each returns a new server that differs in one value */
MwServer *mw_server_with_username (MwServer *self, const char *username);
MwServer *mw_server_with_mechanism (MwServer *self, const char *mechanism);
MwServer *mw_server_with_authentications (MwServer *self, const char *const *authentications);
MwServer *
mw_server_with_endpoint (MwServer *self, const char *host, guint16 port, MwSecurity security);

MwProtocol mw_server_get_protocol (MwServer *self);
const char *mw_server_get_host (MwServer *self);
guint16 mw_server_get_port (MwServer *self);
MwSecurity mw_server_get_security (MwServer *self);
const char *mw_server_get_username (MwServer *self);
const char *mw_server_get_mechanism (MwServer *self);
const char *const *mw_server_get_authentications (MwServer *self);
gboolean mw_server_needs_login (MwServer *self);
gboolean mw_server_equal (MwServer *a, MwServer *b);
gboolean mw_server_same_endpoint (MwServer *a, MwServer *b);
char *mw_server_to_url (MwServer *self);

char *mw_host_to_ascii (const char *host);
char *mw_host_to_display (const char *host);
gboolean mw_host_is_valid (const char *host);
gboolean mw_host_is_loopback (const char *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MwServer, mw_server_unref)

G_END_DECLS
