/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

/* What the parts of a connection (stream, TLS, proxies) know of each other; nobody else includes
 * this. */

#include "net/mw-connection.h"
#include "net/mw-trust.h"

#include <gnutls/gnutls.h>

G_BEGIN_DECLS

#define MW_CONNECTION_MAX_FIRST_BYTES 512

struct _MwConnection
{
  GObject parent_instance;

  /* The other end */
  GSocket *socket;
  int fd;
  char *host;
  guint16 port;
  char *address;
  gboolean by_proxy;
  gboolean closed;

  /* What was received and not consumed: plain text, out of TLS if there is TLS */
  GByteArray *in;
  gsize in_position;
  guint64 n_read;
  guint n_bare_lf;
  guint reply_lines;
  gsize reply_bytes;
  gboolean conversed;

  /* TLS */
  gnutls_session_t session;
  MwTrust *trust;
  GByteArray *wire; /* received before the handshake, to be read by it */
  gsize wire_position;
  gboolean handshaking;
  gboolean false_started;
  guint8 first_bytes[MW_CONNECTION_MAX_FIRST_BYTES];
  gsize n_first_bytes;
  int alert;
  int wire_errno;

  /* Secrets */
  gboolean verified;
  gboolean plain_allowed;
  GPtrArray *masks;

  /* Who listens */
  MwTranscriptFunc transcript;
  gpointer transcript_data;
};

/* What one attempt to move bytes came to */
typedef enum
{
  MW_IO_DONE,
  MW_IO_AGAIN, /* nothing to be had at the moment: wait */
  MW_IO_RETRY, /* something happened, not what was asked for: try again at once */
  MW_IO_EOF,
  MW_IO_ERROR,
} MwIoResult;

/* The socket itself; -1 and errno on failure, also EAGAIN */
gssize mw_connection_socket_receive (MwConnection *self, void *buffer, gsize size);

/* Waits for @condition (G_IO_IN or G_IO_OUT), the deadline or the cancellable */
gboolean mw_connection_wait (MwConnection *self,
                             GIOCondition condition,
                             gint64 deadline,
                             GCancellable *cancellable,
                             GError **error);

/* Sets the error that @errsv stands for, in the words of the system */
void mw_connection_set_error_from_errno (MwConnection *self,
                                         const char *what,
                                         int errsv,
                                         GError **error);

/* "host:port: " and the text */
void mw_connection_set_error (MwConnection *self, GError **error, int code, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* A proxy negotiates on the connection before it belongs to the caller: says that nothing of it
 * counts. Bytes that came behind the proxy's answer stay. */
void mw_connection_set_by_proxy (MwConnection *self);

/* The TLS session; @wait_for is set with MW_IO_AGAIN, @n with MW_IO_DONE */
MwIoResult mw_tls_receive (
    MwConnection *self, void *buffer, gsize size, gsize *n, GIOCondition *wait_for, GError **error);
MwIoResult mw_tls_send (MwConnection *self,
                        const void *bytes,
                        gsize length,
                        gsize *n,
                        GIOCondition *wait_for,
                        GError **error);
/* Whether the other side's last message of the handshake is in; without TLS there is none to wait
 * for */
gboolean mw_tls_is_complete (MwConnection *self);
void mw_tls_end (MwConnection *self);

G_END_DECLS
