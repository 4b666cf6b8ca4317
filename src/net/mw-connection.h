/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The limits of DESIGN: a server that goes beyond them is cut off with MW_NET_ERROR_TOO_LONG. */
#define MW_CONNECTION_MAX_LINE (64 * 1024)
#define MW_CONNECTION_MAX_REPLY_LINES 1000
#define MW_CONNECTION_MAX_REPLY_BYTES (1024 * 1024)

/**
 * MwDirection:
 * @MW_DIRECTION_RECEIVED: the server said it
 * @MW_DIRECTION_SENT: we said it
 *
 * Who said a piece of a dialogue.
 */
typedef enum
{
  MW_DIRECTION_RECEIVED,
  MW_DIRECTION_SENT,
} MwDirection;

/**
 * MwTranscriptFunc:
 * @direction: who said it
 * @bytes: what was said, secrets masked; any bytes, not terminated
 * @length: how many
 * @encrypted: whether it went through TLS
 * @user_data: closure
 *
 * Is called for everything that is written, when it is written, and for everything that is read,
 * when it is consumed: one call a line, line ends left out. Runs in the thread of the connection.
 */
typedef void (*MwTranscriptFunc) (
    MwDirection direction, const char *bytes, gsize length, gboolean encrypted, gpointer user_data);

#define MW_TYPE_CONNECTION (mw_connection_get_type ())

/**
 * MwConnection:
 *
 * A stream to a server, in the clear at first, inside TLS after mw_connection_start_tls()
 * (net/mw-tls.h). Blocking, every call with a deadline, every call ends at once when its
 * cancellable is cancelled. To be used by one thread at a time.
 *
 * Errors of all calls: %MW_NET_ERROR_TIMEOUT, %MW_NET_ERROR_CLOSED, %MW_NET_ERROR_RESET,
 * %MW_NET_ERROR_TLS_ALERT, %MW_NET_ERROR_TLS_FAILED, %G_IO_ERROR_CANCELLED. After any of them but
 * the first the connection is of no more use.
 */
G_DECLARE_FINAL_TYPE (MwConnection, mw_connection, MW, CONNECTION, GObject)

/**
 * mw_connection_new:
 * @socket: a connected stream socket; it is made non-blocking
 * @host: the host that it leads to, for messages
 * @port: its port, for messages
 *
 * mw_dialer_connect() does this for callers; tests may do it themselves.
 *
 * Returns: (transfer full): a connection
 */
MwConnection *mw_connection_new (GSocket *socket, const char *host, guint16 port);

/**
 * mw_connection_get_address:
 * @self: a connection
 *
 * Returns: (nullable): the IP address that the socket is connected to (that of the proxy, if there
 *   is one), as text
 */
const char *mw_connection_get_address (MwConnection *self);

/**
 * mw_connection_peer_is_loopback:
 * @self: a connection
 *
 * Returns: whether the other end is this machine, seen from the socket and not from a name, and
 *   without a proxy in between
 */
gboolean mw_connection_peer_is_loopback (MwConnection *self);

/**
 * mw_connection_set_transcript:
 * @self: a connection
 * @func: (nullable): where to tell what is said
 * @user_data: closure of @func
 *
 * Sets who hears what goes over the wire. What proxies are told is never among it.
 */
void mw_connection_set_transcript (MwConnection *self, MwTranscriptFunc func, gpointer user_data);

/**
 * mw_connection_add_mask:
 * @self: a connection
 * @bytes: (array length=length): something that must not be seen, for instance a password or its
 *   base64
 * @length: its length; fewer than 4 bytes are ignored, they would mask half the dialogue
 *
 * From now on the transcript shows "[masked]" where these bytes stand, whoever says them: servers
 * do echo command lines. The connection keeps a copy, which is wiped with it.
 */
void mw_connection_add_mask (MwConnection *self, const char *bytes, gsize length);

/**
 * mw_connection_dup_masked:
 * @self: a connection
 * @bytes: (array length=length): something that came from the server
 * @length: its length
 *
 * Returns: (transfer full): @bytes with everything of mw_connection_add_mask() masked; may contain
 *   NUL, and has one at its end
 */
GBytes *mw_connection_dup_masked (MwConnection *self, const char *bytes, gsize length);

/**
 * mw_connection_begin_reply:
 * @self: a connection
 *
 * Starts the count of lines and bytes anew: call it before reading the reply to a command. Until
 * the next call all that is read may be no more than %MW_CONNECTION_MAX_REPLY_LINES lines and
 * %MW_CONNECTION_MAX_REPLY_BYTES bytes.
 */
void mw_connection_begin_reply (MwConnection *self);

/**
 * mw_connection_read_line:
 * @self: a connection
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error; also %MW_NET_ERROR_TOO_LONG
 *
 * Reads up to the next line feed. The line may contain any bytes, NUL too; its end (CRLF, or a bare
 * LF, which is counted) is taken off. A part of a line before the end of the stream is an error
 * like the end itself; mw_connection_get_partial() lends that part.
 *
 * Returns: (transfer full): the line; one NUL follows its last byte (not counted in its size), so a
 *   line without NUL can be used as a string
 */
GBytes *mw_connection_read_line (MwConnection *self,
                                 gint64 deadline,
                                 GCancellable *cancellable,
                                 GError **error);

/**
 * mw_connection_read_bytes:
 * @self: a connection
 * @length: how many: an IMAP literal
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error; also %MW_NET_ERROR_TOO_LONG
 *
 * Reads exactly @length bytes.
 *
 * Returns: (transfer full): the bytes, followed by a NUL that is not counted
 */
GBytes *mw_connection_read_bytes (
    MwConnection *self, gsize length, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * mw_connection_peek:
 * @self: a connection
 * @length: how many bytes to look at, at most %MW_CONNECTION_MAX_LINE
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error
 *
 * Waits until there is something to read, and shows it without consuming it.
 *
 * Returns: (transfer full): 1 to @length bytes
 */
GBytes *mw_connection_peek (
    MwConnection *self, gsize length, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * mw_connection_has_pending:
 * @self: a connection
 *
 * Whether the server has said more than was read: in our buffer, in the TLS session or in the
 * kernel. Does not block. Ask it between the reply to STARTTLS and the handshake: the answer must
 * be no (starttls-injection).
 *
 * Returns: %TRUE if a byte is waiting; the end of the stream is none
 */
gboolean mw_connection_has_pending (MwConnection *self);

/**
 * mw_connection_write:
 * @self: a connection
 * @bytes: (array length=length): what to send, line ends included
 * @length: how many, or -1 for a string
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error
 *
 * Sends. Nothing secret goes through here.
 *
 * Returns: whether all was handed to the system
 */
gboolean mw_connection_write (MwConnection *self,
                              const char *bytes,
                              gssize length,
                              gint64 deadline,
                              GCancellable *cancellable,
                              GError **error);

/**
 * mw_connection_write_secret:
 * @self: a connection
 * @bytes: (array length=length): what to send; overwritten with zeros before this returns, also
 *   when it fails
 * @length: how many
 * @masked: what the transcript says instead, without line end
 * @deadline: when to give up
 * @cancellable: (nullable): ends the call at once
 * @error: return location for an error; also %MW_NET_ERROR_NOT_SECURE
 *
 * The one way for a password, a token or what is made of them. It goes out only on a connection
 * that is secure (mw_connection_is_secure()) and whose handshake is complete on both sides: a
 * false start is finished first.
 *
 * Returns: whether all was handed to the system
 */
gboolean mw_connection_write_secret (MwConnection *self,
                                     char *bytes,
                                     gsize length,
                                     const char *masked,
                                     gint64 deadline,
                                     GCancellable *cancellable,
                                     GError **error);

/**
 * mw_connection_set_verified:
 * @self: a connection inside TLS
 *
 * Says that the certificate was judged and found good for the host that the person sees. Only the
 * code that gives the verdict calls it. Without TLS it changes nothing and complains.
 */
void mw_connection_set_verified (MwConnection *self);

/**
 * mw_connection_allow_plain_secrets:
 * @self: a connection
 *
 * Lets secrets out without verified TLS. Only for a peer that is this machine
 * (mw_connection_peer_is_loopback()), or where the person overrode this very risk for this very
 * server.
 */
void mw_connection_allow_plain_secrets (MwConnection *self);

/**
 * mw_connection_is_secure:
 * @self: a connection
 *
 * Returns: whether secrets may be sent: inside TLS that was verified, or by
 *   mw_connection_allow_plain_secrets()
 */
gboolean mw_connection_is_secure (MwConnection *self);

/**
 * mw_connection_has_tls:
 * @self: a connection
 *
 * Returns: whether it is inside TLS, verified or not
 */
gboolean mw_connection_has_tls (MwConnection *self);

/**
 * mw_connection_get_n_bare_lf:
 * @self: a connection
 *
 * Returns: how many lines ended without a carriage return
 */
guint mw_connection_get_n_bare_lf (MwConnection *self);

/**
 * mw_connection_get_n_read:
 * @self: a connection
 *
 * Returns: how many bytes the server has sent, as far as they were taken from the system, TLS
 *   records counted as they stand on the wire; 0 means that it never said anything
 */
guint64 mw_connection_get_n_read (MwConnection *self);

/**
 * mw_connection_get_partial:
 * @self: a connection
 *
 * Returns: (transfer full): what has been received and not consumed, at most 64 KiB: the begun
 *   line after a timeout or an early end; empty mostly
 */
GBytes *mw_connection_get_partial (MwConnection *self);

/**
 * mw_connection_get_first_bytes:
 * @self: a connection
 *
 * Returns: (transfer full) (nullable): up to 512 bytes of what the peer sent instead of a TLS
 *   handshake, after %MW_NET_ERROR_TLS_PLAIN_TEXT: "220 mail.example.org ESMTP", "HTTP/1.1 400"...
 */
GBytes *mw_connection_get_first_bytes (MwConnection *self);

/**
 * mw_connection_get_alert:
 * @self: a connection
 * @name: (out) (optional) (transfer none): its name in GnuTLS's words
 *
 * Returns: the number of the last TLS alert that the peer sent, close_notify left out; -1 for none.
 *   An alert for a missing client certificate (116) may come with the first read.
 */
int mw_connection_get_alert (MwConnection *self, const char **name);

/**
 * mw_connection_close:
 * @self: a connection
 *
 * Closes without waiting: close_notify is sent if the system takes it at once. Dropping the last
 * reference does the same.
 */
void mw_connection_close (MwConnection *self);

G_END_DECLS
