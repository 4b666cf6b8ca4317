/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-tls"

#include "config.h"

#include "net/mw-tls.h"

#include "net/mw-connection-private.h"
#include "net/mw-deadline.h"
#include "net/mw-inet.h"
#include "net/mw-net-error.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* TLS 1.1 and older, and RSA below 2048 bits, are taken by NORMAL alone. The profile counts in
 * verification, not in the handshake: a weak certificate must still be seen to be named. */
#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%PROFILE_MEDIUM"

/* The same groups in another order */
#define PRIORITY_X25519                                                                            \
  PRIORITY ":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+GROUP-SECP521R1:"         \
           "+GROUP-X448:+GROUP-FFDHE2048:+GROUP-FFDHE3072:+GROUP-FFDHE4096:+GROUP-FFDHE6144:"      \
           "+GROUP-FFDHE8192"

/* Bytes that are taken from the socket at once */
#define READ_AHEAD 4096

/* GnuTLS verifies no longer chains */
#define MAX_CHAIN 32

G_DEFINE_BOXED_TYPE (MwTlsInfo, mw_tls_info, mw_tls_info_ref, mw_tls_info_unref)

static void
mw_tls_info_clear (gpointer data)
{
  MwTlsInfo *self = data;

  g_free (self->version);
  g_free (self->cipher);
  g_free (self->group);
  g_free (self->key_exchange);
  g_free (self->description);
  g_free (self->verify_text);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
}

MwTlsInfo *
mw_tls_info_ref (MwTlsInfo *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
mw_tls_info_unref (MwTlsInfo *self)
{
  g_atomic_rc_box_release_full (self, mw_tls_info_clear);
}

/* The wire under the session */

static gssize
receive_wire (MwConnection *self, void *buffer, gsize size)
{
  gsize left = self->wire->len - self->wire_position;

  /* GnuTLS asks for the five bytes of a record's header, then for the rest: one call to the system
   * serves both, and a whole flight of records. */
  if (left == 0 && size < READ_AHEAD)
    {
      gssize n;
      int failure;

      g_byte_array_set_size (self->wire, READ_AHEAD);
      self->wire_position = 0;
      n = mw_connection_socket_receive (self, self->wire->data, READ_AHEAD);
      failure = errno;
      g_byte_array_set_size (self->wire, n > 0 ? (guint) n : 0);
      errno = failure;
      if (n <= 0)
        return n;
      left = (gsize) n;
    }
  else if (left == 0)
    return mw_connection_socket_receive (self, buffer, size);

  size = MIN (size, left);
  memcpy (buffer, self->wire->data + self->wire_position, size);
  self->wire_position += size;

  return (gssize) size;
}

/* A server that does not speak TLS at all is known by its first words */
static void
keep_first_bytes (MwConnection *self, const void *bytes, gsize n)
{
  gsize room = MW_CONNECTION_MAX_FIRST_BYTES - self->n_first_bytes;

  n = MIN (n, room);
  memcpy (self->first_bytes + self->n_first_bytes, bytes, n);
  self->n_first_bytes += n;
}

static ssize_t
pull (gnutls_transport_ptr_t pointer, void *buffer, size_t size)
{
  MwConnection *self = pointer;
  gssize n = receive_wire (self, buffer, size);

  if (n > 0 && self->handshaking)
    keep_first_bytes (self, buffer, (gsize) n);
  if (n < 0)
    {
      if (errno != EAGAIN && errno != EWOULDBLOCK)
        self->wire_errno = errno;
      gnutls_transport_set_errno (self->session, errno);
    }

  return n;
}

/* GnuTLS asks only where it has timers of its own, which are not used: waiting is ours */
static int
pull_timeout (gnutls_transport_ptr_t pointer, unsigned milliseconds)
{
  MwConnection *self = pointer;
  GPollFD fd = { .fd = self->fd, .events = G_IO_IN };

  if (self->wire->len > self->wire_position)
    return 1;

  return g_poll (&fd, 1, 0);
}

/* By vector, so that the records of one flight leave in one segment */
static ssize_t
push (gnutls_transport_ptr_t pointer, const giovec_t *vector, int n_vectors)
{
  MwConnection *self = pointer;
  struct msghdr message = { .msg_iov = (struct iovec *) vector, .msg_iovlen = (size_t) n_vectors };
  ssize_t n;

  do
    n = sendmsg (self->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  if (n < 0)
    {
      if (errno != EAGAIN && errno != EWOULDBLOCK)
        self->wire_errno = errno;
      gnutls_transport_set_errno (self->session, errno);
    }

  return n;
}

/* Errors */

static void
keep_alert (MwConnection *self)
{
  gnutls_alert_description_t alert = gnutls_alert_get (self->session);

  if (alert != GNUTLS_A_CLOSE_NOTIFY)
    self->alert = (int) alert;
}

static void
set_error_from_gnutls (MwConnection *self, const char *what, int code, GError **error)
{
  MwNetError ours = MW_NET_ERROR_TLS_FAILED;

  if (code == GNUTLS_E_FATAL_ALERT_RECEIVED)
    {
      keep_alert (self);
      ours = self->alert == GNUTLS_A_PROTOCOL_VERSION ? MW_NET_ERROR_TLS_VERSION
                                                      : MW_NET_ERROR_TLS_ALERT;
      mw_connection_set_error (self, error, ours, "%s: the server sent TLS alert %d (%s)", what,
                               self->alert,
                               gnutls_alert_get_name ((gnutls_alert_description_t) self->alert));
      return;
    }

  if (self->wire_errno != 0 && (code == GNUTLS_E_PULL_ERROR || code == GNUTLS_E_PUSH_ERROR))
    {
      mw_connection_set_error_from_errno (self, what, self->wire_errno, error);
      return;
    }

  if (code == GNUTLS_E_PREMATURE_TERMINATION)
    {
      mw_connection_set_error (self, error, MW_NET_ERROR_CLOSED,
                               "%s: the server closed the connection", what);
      return;
    }

  if (code == GNUTLS_E_UNSUPPORTED_VERSION_PACKET)
    ours = MW_NET_ERROR_TLS_VERSION;
  mw_connection_set_error (self, error, (int) ours, "%s: %s", what, gnutls_strerror (code));
}

/* Waits after GNUTLS_E_AGAIN, and looks at the clock after all that is not fatal */
static gboolean
go_on (MwConnection *self, int code, gint64 deadline, GCancellable *cancellable, GError **error)
{
  GIOCondition condition = gnutls_record_get_direction (self->session) == 1 ? G_IO_OUT : G_IO_IN;

  if (code == GNUTLS_E_WARNING_ALERT_RECEIVED)
    keep_alert (self);
  if (code == GNUTLS_E_AGAIN)
    return mw_connection_wait (self, condition, deadline, cancellable, error);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (mw_deadline_is_over (deadline))
    {
      mw_connection_set_error (self, error, MW_NET_ERROR_TIMEOUT, "no answer in time");
      return FALSE;
    }

  return TRUE;
}

static gboolean
run_handshake (MwConnection *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  int code;

  while ((code = gnutls_handshake (self->session)) < 0)
    {
      if (gnutls_error_is_fatal (code))
        {
          /* For the server's log; what cannot be sent at once is not sent */
          if (code != GNUTLS_E_FATAL_ALERT_RECEIVED && self->wire_errno == 0)
            gnutls_alert_send_appropriate (self->session, code);
          set_error_from_gnutls (self, "TLS handshake", code, error);
          return FALSE;
        }
      if (!go_on (self, code, deadline, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* GnuTLS read the five bytes of a record header that is none; the sentence they begin is already
 * here, since a server says it in one go */
static gboolean
is_plain_text (MwConnection *self)
{
  guint8 more[MW_CONNECTION_MAX_FIRST_BYTES];
  gssize n;

  if (self->n_first_bytes == 0 ||
      mw_tls_looks_like_record ((const char *) self->first_bytes, self->n_first_bytes))
    return FALSE;

  while (self->n_first_bytes < MW_CONNECTION_MAX_FIRST_BYTES &&
         (n = receive_wire (self, more, sizeof more)) > 0)
    keep_first_bytes (self, more, (gsize) n);

  return TRUE;
}

static void
explain_plain_text (MwConnection *self, GError **error)
{
  if (error == NULL || g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      !is_plain_text (self))
    return;

  g_clear_error (error);
  mw_connection_set_error (self, error, MW_NET_ERROR_TLS_PLAIN_TEXT,
                           "TLS handshake: the server does not answer in TLS");
}

/* What was agreed on */

static MwOcspStaple
read_staple (gnutls_session_t session, unsigned status)
{
  gnutls_datum_t response;

  if (gnutls_ocsp_status_request_get (session, &response) < 0)
    return MW_OCSP_NONE;
  if ((status & GNUTLS_CERT_REVOKED) != 0)
    return MW_OCSP_REVOKED;

  return gnutls_ocsp_status_request_is_checked (session, 0) != 0 ? MW_OCSP_GOOD : MW_OCSP_UNKNOWN;
}

/* Of the chain as the server sent it; NULL when there is none */
static GBytes *
make_chain_digest (const gnutls_datum_t *list, unsigned n)
{
  gnutls_hash_hd_t hash;
  guint8 digest[32];

  if (list == NULL || n == 0 || gnutls_hash_init (&hash, GNUTLS_DIG_SHA256) < 0)
    return NULL;

  for (unsigned i = 0; i < n; i++)
    {
      guint32 size = list[i].size;

      gnutls_hash (hash, &size, sizeof size);
      gnutls_hash (hash, list[i].data, size);
    }
  gnutls_hash_deinit (hash, digest);

  return g_bytes_new (digest, sizeof digest);
}

static void
read_chain (MwChainVerdict *verdict, const gnutls_datum_t *list, unsigned n)
{
  for (unsigned i = 0; list != NULL && i < MIN (n, MAX_CHAIN); i++)
    {
      g_autoptr(GBytes) der = g_bytes_new (list[i].data, list[i].size);
      MwCertificate *certificate = mw_certificate_new (der, NULL);

      if (certificate != NULL)
        g_ptr_array_add (verdict->chain, certificate);
      else
        verdict->n_unreadable++;
    }
}

static void
verify_chain (MwChainVerdict *verdict, gnutls_session_t session)
{
  gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID };
  gnutls_datum_t text = { NULL, 0 };
  unsigned status = 0;

  verdict->status = GNUTLS_CERT_INVALID;
  if (verdict->chain->len == 0)
    return;

  purpose.data = (unsigned char *) GNUTLS_KP_TLS_WWW_SERVER;
  if (gnutls_certificate_verify_peers (session, &purpose, 1, &status) < 0)
    return;

  verdict->status = status;
  if (status != 0 &&
      gnutls_certificate_verification_status_print (status, GNUTLS_CRT_X509, &text, 0) >= 0)
    {
      verdict->text = g_strchomp (g_strndup ((const char *) text.data, text.size));
      gnutls_free (text.data);
    }
}

static gboolean
has_staple (gnutls_session_t session, unsigned n_certificates)
{
  gnutls_datum_t response;

  for (unsigned i = 0; i < MAX (n_certificates, 1); i++)
    if (gnutls_ocsp_status_request_get2 (session, i, &response) >= 0)
      return TRUE;

  return FALSE;
}

/* With an OCSP answer the verdict depends on more than the chain, and is not remembered */
static void
judge_chain (MwTlsInfo *info, gnutls_session_t session, MwTrust *trust)
{
  g_autoptr(MwChainVerdict) verdict = NULL;
  g_autoptr(GBytes) digest = NULL;
  const gnutls_datum_t *list = NULL;
  gboolean stapled;
  unsigned n = 0;

  if (gnutls_certificate_type_get (session) == GNUTLS_CRT_X509)
    list = gnutls_certificate_get_peers (session, &n);
  stapled = has_staple (session, n);
  digest = make_chain_digest (list, n);
  if (digest != NULL && !stapled)
    verdict = mw_trust_recall_chain (trust, digest);
  if (verdict == NULL)
    {
      verdict = mw_chain_verdict_new ();
      read_chain (verdict, list, n);
      verify_chain (verdict, session);
      if (digest != NULL && !stapled)
        mw_trust_remember_chain (trust, digest, verdict);
    }

  info->chain = g_ptr_array_ref (verdict->chain);
  info->n_unreadable = verdict->n_unreadable;
  info->verify_status = verdict->status;
  info->verify_text = g_strdup (verdict->text);
  if (verdict->chain->len > 0)
    info->ocsp = read_staple (session, verdict->status);
}

static MwTlsInfo *
mw_tls_info_new (gnutls_session_t session, MwTrust *trust, gboolean complete)
{
  MwTlsInfo *info = g_atomic_rc_box_new0 (MwTlsInfo);

  info->complete = complete;

  if (complete)
    {
      gnutls_group_t group = gnutls_group_get (session);

      info->version = g_strdup (gnutls_protocol_get_name (gnutls_protocol_get_version (session)));
      info->cipher = g_strdup (gnutls_cipher_get_name (gnutls_cipher_get (session)));
      info->group = group != GNUTLS_GROUP_INVALID ? g_strdup (gnutls_group_get_name (group)) : NULL;
      info->key_exchange = g_strdup (gnutls_kx_get_name (gnutls_kx_get (session)));
      /* gnutls_session_get_desc() has nothing to say after a false start */
      info->description =
          g_strjoin (" ", info->version, info->key_exchange, info->cipher, info->group, NULL);
    }

  judge_chain (info, session, trust);

  return info;
}

/* The session */

static gnutls_priority_t
parse_priority (const char *text)
{
  gnutls_priority_t priority = NULL;
  const char *at = NULL;

  if (gnutls_priority_init (&priority, text, &at) < 0)
    g_error ("GnuTLS does not understand \"%s\"", at);
  return priority;
}

/* Parsed once: they are looked at by every session and never change */
static gnutls_priority_t
get_priority (gboolean x25519_first)
{
  static gsize once = 0;
  static gnutls_priority_t usual, other;

  if (g_once_init_enter (&once))
    {
      usual = parse_priority (PRIORITY);
      other = parse_priority (PRIORITY_X25519);
      g_once_init_leave (&once, 1);
    }

  return x25519_first ? other : usual;
}

static void
set_server_name (gnutls_session_t session, const char *host)
{
  g_autoptr(GInetAddress) address = mw_inet_address_new_from_literal (host);
  gsize length = strlen (host);

  if (length > 0 && host[length - 1] == '.')
    length--;
  if (address == NULL && length > 0)
    gnutls_server_name_set (session, GNUTLS_NAME_DNS, host, length);
}

static void
begin_session (MwConnection *self, const char *host, MwTrust *trust)
{
  unsigned flags = GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS |
                   GNUTLS_ENABLE_FALSE_START;
  guint group = mw_trust_recall_group (trust, self->host, self->port);

  /* Keys for two groups are made and sent, as nobody knows which one a server wants. Of one that
   * said so a moment ago it is known; should it want another one now it asks for that. */
  if (group == GNUTLS_GROUP_SECP256R1 || group == GNUTLS_GROUP_X25519)
    flags |= GNUTLS_KEY_SHARE_TOP;
  if (gnutls_init (&self->session, flags) < 0)
    g_error ("out of memory");

  g_set_object (&self->trust, trust);
  gnutls_priority_set (self->session, get_priority (group == GNUTLS_GROUP_X25519));
  gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, mw_trust_get_credentials (trust));
  set_server_name (self->session, host);
  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_pull_function (self->session, pull);
  gnutls_transport_set_pull_timeout_function (self->session, pull_timeout);
  gnutls_transport_set_vec_push_function (self->session, push);
}

/* Bytes that a STARTTLS server sent too early are an attack; what a server says at once on a port
 * for TLS goes to the handshake, which will not like it */
static gboolean
hand_over_unread (MwConnection *self, GError **error)
{
  if (!mw_connection_has_pending (self))
    return TRUE;

  if (self->conversed)
    {
      mw_connection_set_error (self, error, MW_NET_ERROR_INJECTED,
                               "the server sent data between its consent to TLS and the handshake");
      return FALSE;
    }

  g_byte_array_append (self->wire, self->in->data + self->in_position,
                       (guint) (self->in->len - self->in_position));
  g_byte_array_set_size (self->in, 0);
  self->in_position = 0;

  return TRUE;
}

gboolean
mw_connection_start_tls (MwConnection *self,
                         const char *host,
                         MwTrust *trust,
                         MwTlsInfo **info,
                         gint64 deadline,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr(GError) failure = NULL;
  gboolean done;

  g_return_val_if_fail (MW_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (host != NULL && MW_IS_TRUST (trust), FALSE);
  g_return_val_if_fail (self->session == NULL, FALSE);

  if (info != NULL)
    *info = NULL;
  if (self->closed)
    {
      mw_connection_set_error (self, error, MW_NET_ERROR_CLOSED, "the connection is closed");
      return FALSE;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !hand_over_unread (self, error))
    return FALSE;

  begin_session (self, host, trust);
  self->handshaking = TRUE;
  done = run_handshake (self, deadline, cancellable, &failure);
  self->handshaking = FALSE;
  self->false_started =
      done && (gnutls_session_get_flags (self->session) & GNUTLS_SFLAGS_FALSE_START) != 0;

  if (done)
    mw_trust_remember_group (trust, self->host, self->port, gnutls_group_get (self->session));
  if (info != NULL)
    *info = mw_tls_info_new (self->session, trust, done);
  if (done)
    return TRUE;

  if (info != NULL && (*info)->chain->len == 0)
    g_clear_pointer (info, mw_tls_info_unref);
  explain_plain_text (self, &failure);
  g_propagate_error (error, g_steal_pointer (&failure));
  mw_connection_close (self);

  return FALSE;
}

gboolean
mw_tls_looks_like_record (const char *bytes, gsize length)
{
  const guint8 *record = (const guint8 *) bytes;

  g_return_val_if_fail (bytes != NULL || length == 0, FALSE);

  /* Content type alert or handshake, version 3.x (RFC 8446, section 5.1) */
  return length > 0 && (record[0] == 0x15 || record[0] == 0x16) && (length < 2 || record[1] == 3) &&
         (length < 3 || record[2] <= 4);
}

MwIoResult
mw_tls_receive (
    MwConnection *self, void *buffer, gsize size, gsize *n, GIOCondition *wait_for, GError **error)
{
  ssize_t received = gnutls_record_recv (self->session, buffer, size);

  if (received > 0)
    {
      /* The server's Finished came before its first data */
      self->false_started = FALSE;
      *n = (gsize) received;
      return MW_IO_DONE;
    }

  switch (received)
    {
    case 0:
      return MW_IO_EOF;
    case GNUTLS_E_AGAIN:
      *wait_for = gnutls_record_get_direction (self->session) == 1 ? G_IO_OUT : G_IO_IN;
      return MW_IO_AGAIN;
    case GNUTLS_E_INTERRUPTED:
      return MW_IO_RETRY;
    case GNUTLS_E_WARNING_ALERT_RECEIVED:
      keep_alert (self);
      return MW_IO_RETRY;
    case GNUTLS_E_REHANDSHAKE:
      /* TLS 1.2: the server would like another handshake, and is told no (RFC 5246, 7.4.1.1): what
       * was verified once shall stay what it was */
      gnutls_alert_send (self->session, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
      return MW_IO_RETRY;
    default:
      set_error_from_gnutls (self, "TLS", (int) received, error);
      return MW_IO_ERROR;
    }
}

MwIoResult
mw_tls_send (MwConnection *self,
             const void *bytes,
             gsize length,
             gsize *n,
             GIOCondition *wait_for,
             GError **error)
{
  ssize_t sent = gnutls_record_send (self->session, bytes, length);

  if (sent >= 0)
    {
      *n = (gsize) sent;
      return MW_IO_DONE;
    }
  if (sent == GNUTLS_E_AGAIN)
    {
      *wait_for = gnutls_record_get_direction (self->session) == 1 ? G_IO_OUT : G_IO_IN;
      return MW_IO_AGAIN;
    }
  if (sent == GNUTLS_E_INTERRUPTED)
    return MW_IO_RETRY;

  set_error_from_gnutls (self, "TLS", (int) sent, error);
  return MW_IO_ERROR;
}

gboolean
mw_tls_is_complete (MwConnection *self)
{
  char *description;

  if (self->session == NULL || !self->false_started)
    return TRUE;

  /* GnuTLS finishes the handshake inside gnutls_record_recv() and does not say when it is done; the
   * session has a description from then on */
  description = gnutls_session_get_desc (self->session);
  self->false_started = description == NULL;
  gnutls_free (description);

  return !self->false_started;
}

void
mw_tls_end (MwConnection *self)
{
  if (self->session == NULL)
    return;

  /* Not waited for: RFC 8446, section 6.1, lets the writer close at once */
  gnutls_bye (self->session, GNUTLS_SHUT_WR);
  g_clear_pointer (&self->session, gnutls_deinit);
}
