/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-connection"

#include "config.h"

#include "net/mw-connection.h"

#include "net/mw-connection-private.h"
#include "net/mw-deadline.h"
#include "net/mw-guarded.h"
#include "net/mw-net-error.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define CHUNK (16 * 1024)
#define MIN_MASK 4
#define MASKED "[masked]"

/* A secret that must not be seen in the transcript */
typedef struct
{
  char *bytes;
  gsize length;
} Mask;

G_DEFINE_FINAL_TYPE (MwConnection, mw_connection, G_TYPE_OBJECT)

static void
mask_free (gpointer data)
{
  Mask *mask = data;

  mw_guarded_free (mask->bytes);
  g_free (mask);
}

/* Errors */

void
mw_connection_set_error (MwConnection *self, GError **error, int code, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error (error, MW_NET_ERROR, code, "%s:%u: %s", self->host, self->port, text);
}

void
mw_connection_set_error_from_errno (MwConnection *self, const char *what, int errsv, GError **error)
{
  mw_connection_set_error (self, error, (int) mw_net_error_from_errno (errsv), "%s: %s", what,
                           g_strerror (errsv));
}

/* The wire */

gssize
mw_connection_socket_receive (MwConnection *self, void *buffer, gsize size)
{
  gssize n;

  do
    n = recv (self->fd, buffer, size, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  if (n > 0)
    self->n_read += (guint64) n;

  return n;
}

gboolean
mw_connection_wait (MwConnection *self,
                    GIOCondition condition,
                    gint64 deadline,
                    GCancellable *cancellable,
                    GError **error)
{
  GPollFD fds[2];
  gboolean pollable;
  int ready;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  /* What TLS has not looked at yet is here already, and the socket will not say so again */
  if (condition == G_IO_IN && self->wire->len > self->wire_position)
    return TRUE;

  /* The kernel forgets this wish after a while, hence each time. Without it the acknowledgement
   * that a server with Nagle's algorithm waits for is held back for 40 ms. */
  if (condition == G_IO_IN)
    setsockopt (self->fd, IPPROTO_TCP, TCP_QUICKACK, &(int) { 1 }, sizeof (int));

  fds[0].fd = self->fd;
  fds[0].events = (gushort) condition;
  fds[0].revents = 0;
  pollable = g_cancellable_make_pollfd (cancellable, &fds[1]);
  do
    ready = g_poll (fds, pollable ? 2 : 1, mw_deadline_get_poll_timeout (deadline));
  while (ready < 0 && errno == EINTR);
  if (pollable)
    g_cancellable_release_fd (cancellable);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (fds[0].revents != 0)
    return TRUE;

  mw_connection_set_error (self, error, MW_NET_ERROR_TIMEOUT, "no answer in time");
  return FALSE;
}

static MwIoResult
receive_plain (MwConnection *self, void *buffer, gsize size, gsize *n, GError **error)
{
  gssize received = mw_connection_socket_receive (self, buffer, size);

  if (received > 0)
    {
      *n = (gsize) received;
      return MW_IO_DONE;
    }
  if (received == 0)
    return MW_IO_EOF;
  if (errno == EAGAIN || errno == EWOULDBLOCK)
    return MW_IO_AGAIN;

  mw_connection_set_error_from_errno (self, "cannot read", errno, error);
  return MW_IO_ERROR;
}

static MwIoResult
send_plain (MwConnection *self, const void *bytes, gsize length, gsize *n, GError **error)
{
  gssize sent;

  do
    sent = send (self->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);

  if (sent >= 0)
    {
      *n = (gsize) sent;
      return MW_IO_DONE;
    }
  if (errno == EAGAIN || errno == EWOULDBLOCK)
    return MW_IO_AGAIN;

  mw_connection_set_error_from_errno (self, "cannot write", errno, error);
  return MW_IO_ERROR;
}

static gsize
get_n_buffered (MwConnection *self)
{
  return self->in->len - self->in_position;
}

static const char *
get_buffered (MwConnection *self)
{
  return (const char *) self->in->data + self->in_position;
}

static void
consume (MwConnection *self, gsize length)
{
  self->in_position += length;
  if (self->in_position == self->in->len)
    {
      g_byte_array_set_size (self->in, 0);
      self->in_position = 0;
    }
}

static MwIoResult
receive_into_buffer (MwConnection *self, GIOCondition *wait_for, GError **error)
{
  MwIoResult result;
  guint before;
  gsize n = 0;

  if (self->in_position > 0)
    {
      g_byte_array_remove_range (self->in, 0, (guint) self->in_position);
      self->in_position = 0;
    }

  before = self->in->len;
  g_byte_array_set_size (self->in, before + CHUNK);
  *wait_for = G_IO_IN;
  if (self->session != NULL)
    result = mw_tls_receive (self, self->in->data + before, CHUNK, &n, wait_for, error);
  else
    result = receive_plain (self, self->in->data + before, CHUNK, &n, error);
  g_byte_array_set_size (self->in, before + (guint) n);

  return result;
}

static gboolean
check_usable (MwConnection *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (self->closed)
    {
      mw_connection_set_error (self, error, MW_NET_ERROR_CLOSED, "the connection is closed");
      return FALSE;
    }

  /* A peer that always has another byte ready would otherwise never meet the clock */
  if (mw_deadline_is_over (deadline))
    {
      mw_connection_set_error (self, error, MW_NET_ERROR_TIMEOUT, "no answer in time");
      return FALSE;
    }

  return TRUE;
}

/* One attempt; after MW_IO_ERROR an error is set, MW_IO_EOF does not come out of here */
static MwIoResult
try_to_receive (MwConnection *self,
                GIOCondition *wait_for,
                gint64 deadline,
                GCancellable *cancellable,
                GError **error)
{
  MwIoResult result;

  if (!check_usable (self, deadline, cancellable, error))
    return MW_IO_ERROR;

  result = receive_into_buffer (self, wait_for, error);
  if (result != MW_IO_EOF)
    return result;

  mw_connection_set_error (self, error, MW_NET_ERROR_CLOSED,
                           get_n_buffered (self) > 0
                               ? "the server closed the connection in the middle of a line"
                               : "the server closed the connection");
  return MW_IO_ERROR;
}

/* Adds at least one byte to the buffer */
static gboolean
fill (MwConnection *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      GIOCondition wait_for;
      MwIoResult result = try_to_receive (self, &wait_for, deadline, cancellable, error);

      if (result == MW_IO_DONE)
        return TRUE;
      if (result == MW_IO_ERROR ||
          (result == MW_IO_AGAIN &&
           !mw_connection_wait (self, wait_for, deadline, cancellable, error)))
        return FALSE;
    }
}

/* After a false start the server's Finished comes in with the first read, whatever that brings. It
 * alone says that nobody has meddled with the handshake: no secret before it. */
static gboolean
complete_handshake (MwConnection *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  while (!mw_tls_is_complete (self))
    {
      GIOCondition wait_for;
      MwIoResult result = try_to_receive (self, &wait_for, deadline, cancellable, error);

      if (result == MW_IO_ERROR ||
          (result == MW_IO_AGAIN && !mw_tls_is_complete (self) &&
           !mw_connection_wait (self, wait_for, deadline, cancellable, error)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
send_all (MwConnection *self,
          const char *bytes,
          gsize length,
          gint64 deadline,
          GCancellable *cancellable,
          GError **error)
{
  while (length > 0)
    {
      GIOCondition wait_for = G_IO_OUT;
      MwIoResult result;
      gsize n = 0;

      if (!check_usable (self, deadline, cancellable, error))
        return FALSE;

      if (self->session != NULL)
        result = mw_tls_send (self, bytes, length, &n, &wait_for, error);
      else
        result = send_plain (self, bytes, length, &n, error);

      if (result == MW_IO_ERROR)
        return FALSE;
      if (result == MW_IO_AGAIN &&
          !mw_connection_wait (self, wait_for, deadline, cancellable, error))
        return FALSE;

      bytes += n;
      length -= n;
    }

  return TRUE;
}

/* The transcript */

static const Mask *
find_mask (MwConnection *self, const char *bytes, gsize length)
{
  for (guint i = 0; i < self->masks->len; i++)
    {
      const Mask *mask = g_ptr_array_index (self->masks, i);

      if (mask->length <= length && memcmp (bytes, mask->bytes, mask->length) == 0)
        return mask;
    }

  return NULL;
}

static gboolean
has_mask (MwConnection *self, const char *bytes, gsize length)
{
  for (guint i = 0; i < self->masks->len; i++)
    {
      const Mask *mask = g_ptr_array_index (self->masks, i);

      if (memmem (bytes, length, mask->bytes, mask->length) != NULL)
        return TRUE;
    }

  return FALSE;
}

/* Line by line: what is sent in one go may be several commands */
static void
tell (MwConnection *self, MwDirection direction, const char *bytes, gsize length)
{
  g_autoptr(GBytes) masked = NULL;
  const char *line, *end;
  gsize size;

  if (self->transcript == NULL)
    return;

  masked = mw_connection_dup_masked (self, bytes, length);
  line = g_bytes_get_data (masked, &size);
  end = line + size;
  do
    {
      const char *feed = memchr (line, '\n', (gsize) (end - line));
      const char *stop = feed != NULL ? feed : end;

      if (feed != NULL && stop > line && stop[-1] == '\r')
        stop--;
      self->transcript (direction, line, (gsize) (stop - line), self->session != NULL,
                        self->transcript_data);
      line = feed != NULL ? feed + 1 : end;
    }
  while (line < end);
}

static GBytes *
take_terminated (const char *bytes, gsize length)
{
  char *copy = g_malloc (length + 1);

  if (length > 0)
    memcpy (copy, bytes, length);
  copy[length] = '\0';

  return g_bytes_new_take (copy, length);
}

static void
set_error_too_long (MwConnection *self, const char *what, GError **error)
{
  mw_connection_set_error (self, error, MW_NET_ERROR_TOO_LONG, "%s is too long", what);
}

/* The object */

static void
mw_connection_finalize (GObject *object)
{
  MwConnection *self = MW_CONNECTION (object);

  mw_connection_close (self);
  g_clear_object (&self->socket);
  g_clear_object (&self->trust);
  g_clear_pointer (&self->in, g_byte_array_unref);
  g_clear_pointer (&self->wire, g_byte_array_unref);
  g_clear_pointer (&self->masks, g_ptr_array_unref);
  g_free (self->host);
  g_free (self->address);

  G_OBJECT_CLASS (mw_connection_parent_class)->finalize (object);
}

static void
mw_connection_class_init (MwConnectionClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mw_connection_finalize;
}

static void
mw_connection_init (MwConnection *self)
{
  self->in = g_byte_array_new ();
  self->wire = g_byte_array_new ();
  self->masks = g_ptr_array_new_with_free_func (mask_free);
  self->alert = -1;
}

MwConnection *
mw_connection_new (GSocket *socket, const char *host, guint16 port)
{
  g_autoptr(GSocketAddress) remote = NULL;
  MwConnection *self;

  g_return_val_if_fail (G_IS_SOCKET (socket), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  self = g_object_new (MW_TYPE_CONNECTION, NULL);
  self->socket = g_object_ref (socket);
  self->fd = g_socket_get_fd (socket);
  self->host = g_strdup (host);
  self->port = port;
  g_socket_set_blocking (socket, FALSE);

  remote = g_socket_get_remote_address (socket, NULL);
  if (G_IS_INET_SOCKET_ADDRESS (remote))
    self->address = g_inet_address_to_string (
        g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));

  return self;
}

const char *
mw_connection_get_address (MwConnection *self)
{
  g_return_val_if_fail (MW_IS_CONNECTION (self), NULL);

  return self->address;
}

gboolean
mw_connection_peer_is_loopback (MwConnection *self)
{
  g_autoptr(GInetAddress) address = NULL;

  g_return_val_if_fail (MW_IS_CONNECTION (self), FALSE);

  if (self->by_proxy || self->address == NULL)
    return FALSE;

  address = g_inet_address_new_from_string (self->address);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

void
mw_connection_set_transcript (MwConnection *self, MwTranscriptFunc func, gpointer user_data)
{
  g_return_if_fail (MW_IS_CONNECTION (self));

  self->transcript = func;
  self->transcript_data = user_data;
}

void
mw_connection_add_mask (MwConnection *self, const char *bytes, gsize length)
{
  Mask *mask;

  g_return_if_fail (MW_IS_CONNECTION (self));
  g_return_if_fail (bytes != NULL || length == 0);

  if (length < MIN_MASK)
    return;

  mask = g_new0 (Mask, 1);
  mask->bytes = mw_guarded_new (length);
  memcpy (mask->bytes, bytes, length);
  mask->length = length;
  g_ptr_array_add (self->masks, mask);
}

GBytes *
mw_connection_dup_masked (MwConnection *self, const char *bytes, gsize length)
{
  g_autoptr(GByteArray) masked = NULL;
  gsize start = 0, i = 0;

  g_return_val_if_fail (MW_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (bytes != NULL || length == 0, NULL);

  if (length == 0 || !has_mask (self, bytes, length))
    return take_terminated (bytes, length);

  masked = g_byte_array_new ();
  while (i < length)
    {
      const Mask *mask = find_mask (self, bytes + i, length - i);

      if (mask == NULL)
        {
          i++;
          continue;
        }

      g_byte_array_append (masked, (const guint8 *) bytes + start, (guint) (i - start));
      g_byte_array_append (masked, (const guint8 *) MASKED, strlen (MASKED));
      i += mask->length;
      start = i;
    }
  g_byte_array_append (masked, (const guint8 *) bytes + start, (guint) (length - start));

  return take_terminated ((const char *) masked->data, masked->len);
}

void
mw_connection_begin_reply (MwConnection *self)
{
  g_return_if_fail (MW_IS_CONNECTION (self));

  self->reply_lines = 0;
  self->reply_bytes = 0;
}

/* Finds the next line feed, and reads until there is one; sets @length to what stands before it */
static gboolean
find_line (
    MwConnection *self, gsize *length, gint64 deadline, GCancellable *cancellable, GError **error)
{
  gsize searched = 0;

  for (;;)
    {
      gsize n = get_n_buffered (self);
      const char *bytes = get_buffered (self);
      const char *feed = n > searched ? memchr (bytes + searched, '\n', n - searched) : NULL;

      *length = feed != NULL ? (gsize) (feed - bytes) : n;
      /* One more for the carriage return, which does not belong to the line */
      if (*length > MW_CONNECTION_MAX_LINE + 1)
        {
          set_error_too_long (self, "a line", error);
          return FALSE;
        }
      if (feed != NULL)
        return TRUE;

      searched = n;
      if (!fill (self, deadline, cancellable, error))
        return FALSE;
    }
}

GBytes *
mw_connection_read_line (MwConnection *self,
                         gint64 deadline,
                         GCancellable *cancellable,
                         GError **error)
{
  GBytes *line;
  const char *bytes;
  gsize length, text_length;

  g_return_val_if_fail (MW_IS_CONNECTION (self), NULL);

  if (!find_line (self, &length, deadline, cancellable, error))
    return NULL;

  bytes = get_buffered (self);
  text_length = length;
  if (text_length > 0 && bytes[text_length - 1] == '\r')
    text_length--;
  else
    self->n_bare_lf++;

  self->reply_lines++;
  self->reply_bytes += length + 1;
  if (text_length > MW_CONNECTION_MAX_LINE)
    set_error_too_long (self, "a line", error);
  else if (self->reply_lines > MW_CONNECTION_MAX_REPLY_LINES ||
           self->reply_bytes > MW_CONNECTION_MAX_REPLY_BYTES)
    set_error_too_long (self, "a reply", error);
  else
    {
      self->conversed = TRUE;
      tell (self, MW_DIRECTION_RECEIVED, bytes, text_length);
      line = take_terminated (bytes, text_length);
      consume (self, length + 1);
      return line;
    }

  return NULL;
}

GBytes *
mw_connection_read_bytes (
    MwConnection *self, gsize length, gint64 deadline, GCancellable *cancellable, GError **error)
{
  GBytes *result;

  g_return_val_if_fail (MW_IS_CONNECTION (self), NULL);

  if (length > MW_CONNECTION_MAX_REPLY_BYTES ||
      self->reply_bytes > MW_CONNECTION_MAX_REPLY_BYTES - length)
    {
      set_error_too_long (self, "a reply", error);
      return NULL;
    }

  while (get_n_buffered (self) < length)
    if (!fill (self, deadline, cancellable, error))
      return NULL;

  self->reply_bytes += length;
  self->conversed = TRUE;
  if (length > 0)
    tell (self, MW_DIRECTION_RECEIVED, get_buffered (self), length);
  result = take_terminated (get_buffered (self), length);
  consume (self, length);

  return result;
}

GBytes *
mw_connection_peek (
    MwConnection *self, gsize length, gint64 deadline, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (MW_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (length > 0, NULL);

  if (get_n_buffered (self) == 0 && !fill (self, deadline, cancellable, error))
    return NULL;

  return take_terminated (get_buffered (self), MIN (length, get_n_buffered (self)));
}

gboolean
mw_connection_has_pending (MwConnection *self)
{
  char byte;

  g_return_val_if_fail (MW_IS_CONNECTION (self), FALSE);

  if (get_n_buffered (self) > 0)
    return TRUE;
  if (self->closed)
    return FALSE;

  /* Inside TLS, what the kernel holds may be a session ticket: it says nothing */
  if (self->session != NULL)
    return gnutls_record_check_pending (self->session) > 0;

  return recv (self->fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) > 0;
}

gboolean
mw_connection_write (MwConnection *self,
                     const char *bytes,
                     gssize length,
                     gint64 deadline,
                     GCancellable *cancellable,
                     GError **error)
{
  gsize size;

  g_return_val_if_fail (MW_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);

  size = length < 0 ? strlen (bytes) : (gsize) length;
  if (!send_all (self, bytes, size, deadline, cancellable, error))
    return FALSE;

  tell (self, MW_DIRECTION_SENT, bytes, size);
  return TRUE;
}

gboolean
mw_connection_write_secret (MwConnection *self,
                            char *bytes,
                            gsize length,
                            const char *masked,
                            gint64 deadline,
                            GCancellable *cancellable,
                            GError **error)
{
  gboolean sent;

  g_return_val_if_fail (MW_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (bytes != NULL && masked != NULL, FALSE);

  if (!mw_connection_is_secure (self))
    {
      mw_connection_set_error (self, error, MW_NET_ERROR_NOT_SECURE,
                               "nothing secret is sent over a connection that is not verified");
      sent = FALSE;
    }
  else
    {
      sent = complete_handshake (self, deadline, cancellable, error) &&
             send_all (self, bytes, length, deadline, cancellable, error);
    }

  explicit_bzero (bytes, length);
  if (sent)
    tell (self, MW_DIRECTION_SENT, masked, strlen (masked));

  return sent;
}

void
mw_connection_set_verified (MwConnection *self)
{
  g_return_if_fail (MW_IS_CONNECTION (self));
  g_return_if_fail (self->session != NULL);

  self->verified = TRUE;
}

void
mw_connection_allow_plain_secrets (MwConnection *self)
{
  g_return_if_fail (MW_IS_CONNECTION (self));

  self->plain_allowed = TRUE;
}

gboolean
mw_connection_is_secure (MwConnection *self)
{
  g_return_val_if_fail (MW_IS_CONNECTION (self), FALSE);

  return self->plain_allowed || (self->session != NULL && self->verified);
}

gboolean
mw_connection_has_tls (MwConnection *self)
{
  g_return_val_if_fail (MW_IS_CONNECTION (self), FALSE);

  return self->session != NULL;
}

guint
mw_connection_get_n_bare_lf (MwConnection *self)
{
  g_return_val_if_fail (MW_IS_CONNECTION (self), 0);

  return self->n_bare_lf;
}

guint64
mw_connection_get_n_read (MwConnection *self)
{
  g_return_val_if_fail (MW_IS_CONNECTION (self), 0);

  return self->n_read;
}

GBytes *
mw_connection_get_partial (MwConnection *self)
{
  g_return_val_if_fail (MW_IS_CONNECTION (self), NULL);

  return take_terminated (get_buffered (self), MIN (get_n_buffered (self), MW_CONNECTION_MAX_LINE));
}

GBytes *
mw_connection_get_first_bytes (MwConnection *self)
{
  g_return_val_if_fail (MW_IS_CONNECTION (self), NULL);

  if (self->n_first_bytes == 0)
    return NULL;

  return take_terminated ((const char *) self->first_bytes, self->n_first_bytes);
}

int
mw_connection_get_alert (MwConnection *self, const char **name)
{
  g_return_val_if_fail (MW_IS_CONNECTION (self), -1);

  if (name != NULL)
    *name =
        self->alert >= 0 ? gnutls_alert_get_name ((gnutls_alert_description_t) self->alert) : NULL;

  return self->alert;
}

void
mw_connection_close (MwConnection *self)
{
  g_return_if_fail (MW_IS_CONNECTION (self));

  if (self->closed)
    return;

  self->closed = TRUE;
  mw_tls_end (self);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
}

void
mw_connection_set_by_proxy (MwConnection *self)
{
  self->by_proxy = TRUE;
  self->conversed = FALSE;
  self->n_read = get_n_buffered (self);
  self->n_bare_lf = 0;
  mw_connection_begin_reply (self);
}
