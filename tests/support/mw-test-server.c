/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "support/mw-test-server.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_SECONDS 20

typedef struct _Step Step;

/* Plays a step; returns FALSE after self->failure was set */
typedef gboolean (*PlayFunc) (MwTestServer *self, const Step *step);

struct _Step
{
  PlayFunc play;
  const char *name;
  GBytes *bytes;
  gsize count;
  int level;
  int description;
};

struct _MwTestServer
{
  const MwTestCert *cert;
  GPtrArray *connections; /* of GPtrArray of Step */
  GBytes *ocsp;
  int client_certificate;
  int listener;
  guint16 port;
  GThread *thread;

  /* Of the thread */
  int fd;
  gnutls_session_t session;
  gnutls_certificate_credentials_t credentials;
  gnutls_datum_t ticket_key;

  /* Guarded */
  GMutex mutex;
  GCond changed;
  guint played;
  guint n_connections;
  gboolean released;
  gboolean stop;
  gboolean ended;
  gboolean resumed;
  char *failure;
  char *sni;
  GString *received;
};

static gboolean G_GNUC_PRINTF (2, 3) fail (MwTestServer *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_mutex_lock (&self->mutex);
  if (self->failure == NULL)
    self->failure = g_strdup_vprintf (format, arguments);
  g_mutex_unlock (&self->mutex);
  va_end (arguments);

  return FALSE;
}

static gboolean
must_stop (MwTestServer *self)
{
  gboolean stop;

  g_mutex_lock (&self->mutex);
  stop = self->stop;
  g_mutex_unlock (&self->mutex);

  return stop;
}

/* The wire. Sockets block, with a limit of their own. */

static gssize
receive (MwTestServer *self, void *buffer, gsize size)
{
  gssize n;

  do
    {
      n = self->session != NULL ? gnutls_record_recv (self->session, buffer, size)
                                : recv (self->fd, buffer, size, 0);
    }
  while (self->session != NULL
             ? n == GNUTLS_E_INTERRUPTED ||
                   (n < 0 && !gnutls_error_is_fatal ((int) n) && n != GNUTLS_E_AGAIN)
             : n < 0 && errno == EINTR);

  if (n > 0)
    {
      g_mutex_lock (&self->mutex);
      g_string_append_len (self->received, buffer, n);
      g_mutex_unlock (&self->mutex);
    }

  return n;
}

static gboolean
send_all (MwTestServer *self, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = self->session != NULL ? gnutls_record_send (self->session, bytes, length)
                                       : send (self->fd, bytes, length, MSG_NOSIGNAL);

      if (self->session != NULL ? n == GNUTLS_E_INTERRUPTED : n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      bytes += n;
      length -= (gsize) n;
    }

  return TRUE;
}

static gboolean
play_send (MwTestServer *self, const Step *step)
{
  gsize length;
  const char *bytes = g_bytes_get_data (step->bytes, &length);

  return send_all (self, bytes, length) || fail (self, "could not send: the client is gone");
}

static gboolean
play_send_repeated (MwTestServer *self, const Step *step)
{
  char block[4096];
  gsize left = step->count;

  memset (block, *(const char *) g_bytes_get_data (step->bytes, NULL), sizeof block);
  /* A client that has had enough may leave in the middle */
  while (left > 0 && send_all (self, block, MIN (left, sizeof block)))
    left -= MIN (left, sizeof block);

  return TRUE;
}

static gboolean
play_send_forever (MwTestServer *self, const Step *step)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;
  gsize length;
  const char *bytes = g_bytes_get_data (step->bytes, &length);

  while (g_get_monotonic_time () < end && !must_stop (self) && send_all (self, bytes, length))
    continue;

  return TRUE;
}

static gboolean
play_trickle (MwTestServer *self, const Step *step)
{
  gsize length;
  const char *bytes = g_bytes_get_data (step->bytes, &length);

  for (gsize i = 0; i < length && !must_stop (self); i++)
    {
      if (!send_all (self, bytes + i, 1))
        break;
      g_usleep (step->count * 1000);
    }

  return TRUE;
}

static gboolean
play_expect (MwTestServer *self, const Step *step)
{
  gsize length;
  const char *expected = g_bytes_get_data (step->bytes, &length);
  g_autoptr(GString) got = g_string_new (NULL);

  while (got->len < length)
    {
      char c;

      if (receive (self, &c, 1) != 1)
        return fail (self, "expected \"%s\", but the client ended after \"%s\"", expected,
                     got->str);
      g_string_append_c (got, c);
      if (c != expected[got->len - 1])
        return fail (self, "expected \"%s\", but got \"%s\"", expected, got->str);
    }

  return TRUE;
}

static gboolean
read_line (MwTestServer *self, GString *line)
{
  char c;

  while (receive (self, &c, 1) == 1)
    {
      if (c == '\n')
        {
          if (line->len > 0 && line->str[line->len - 1] == '\r')
            g_string_truncate (line, line->len - 1);
          return TRUE;
        }
      g_string_append_c (line, c);
    }

  return FALSE;
}

static gboolean
play_expect_line (MwTestServer *self, const Step *step)
{
  const char *pattern = g_bytes_get_data (step->bytes, NULL);
  g_autoptr(GString) line = g_string_new (NULL);

  if (!read_line (self, line))
    return fail (self, "expected a line like \"%s\", but the client ended after \"%s\"", pattern,
                 line->str);
  if (!g_pattern_match_simple (pattern, line->str))
    return fail (self, "expected a line like \"%s\", but got \"%s\"", pattern, line->str);

  return TRUE;
}

static gboolean
play_expect_head (MwTestServer *self, const Step *step)
{
  for (;;)
    {
      g_autoptr(GString) line = g_string_new (NULL);

      if (!read_line (self, line))
        return fail (self, "the client ended in the middle of the request's head");
      if (line->len == 0)
        return TRUE;
    }
}

static gboolean
play_expect_eof (MwTestServer *self, const Step *step)
{
  char byte;
  gssize n = receive (self, &byte, 1);

  if (n > 0)
    return fail (self, "expected the end, but got '%c'", byte);
  if (n < 0 && (self->session != NULL ? n == GNUTLS_E_AGAIN : errno == EAGAIN))
    return fail (self, "expected the end, but the client stays");

  return TRUE;
}

/* TLS */

/* By a function: GnuTLS lets a server staple no answer that says "revoked" */
static int
staple (gnutls_session_t session, void *data, gnutls_datum_t *response)
{
  MwTestServer *self = data;
  gsize size = g_bytes_get_size (self->ocsp);

  response->data = gnutls_malloc (size);
  response->size = (unsigned) size;
  memcpy (response->data, g_bytes_get_data (self->ocsp, NULL), size);

  return 0;
}

static gboolean
begin_session (MwTestServer *self, const char *priority)
{
  gnutls_datum_t chain, key;
  unsigned flags = GNUTLS_SERVER | GNUTLS_NO_SIGNAL;

  g_assert_nonnull (self->cert);
  chain.data = (unsigned char *) self->cert->chain_pem;
  chain.size = (unsigned) strlen (self->cert->chain_pem);
  key.data = (unsigned char *) self->cert->key_pem;
  key.size = (unsigned) strlen (self->cert->key_pem);

  if (gnutls_certificate_allocate_credentials (&self->credentials) < 0 ||
      gnutls_certificate_set_x509_key_mem (self->credentials, &chain, &key, GNUTLS_X509_FMT_PEM) <
          0)
    return fail (self, "cannot use the certificate");

  if (self->ocsp != NULL)
    gnutls_certificate_set_ocsp_status_request_function (self->credentials, staple, self);

  gnutls_init (&self->session, flags);
  if (gnutls_priority_set_direct (self->session, priority, NULL) < 0)
    return fail (self, "GnuTLS does not know \"%s\"", priority);
  gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, self->credentials);
  gnutls_session_ticket_enable_server (self->session, &self->ticket_key);
  if (self->client_certificate > 0)
    gnutls_certificate_server_set_request (
        self->session, self->client_certificate == 1 ? GNUTLS_CERT_REQUEST : GNUTLS_CERT_REQUIRE);
  gnutls_handshake_set_timeout (self->session, PATIENCE_SECONDS * 1000);
  gnutls_transport_set_int (self->session, self->fd);

  return TRUE;
}

static int
run_handshake (MwTestServer *self)
{
  char name[256];
  size_t size = sizeof name;
  unsigned type;
  int code;

  do
    code = gnutls_handshake (self->session);
  while (code < 0 && !gnutls_error_is_fatal (code));

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->sni, g_free);
  if (gnutls_server_name_get (self->session, name, &size, &type, 0) >= 0)
    self->sni = g_strndup (name, size);
  self->resumed = code >= 0 && gnutls_session_is_resumed (self->session) != 0;
  g_mutex_unlock (&self->mutex);

  return code;
}

static gboolean
play_start_tls (MwTestServer *self, const Step *step)
{
  int code;

  if (!begin_session (self, g_bytes_get_data (step->bytes, NULL)))
    return FALSE;

  code = run_handshake (self);
  return code >= 0 || fail (self, "TLS handshake: %s", gnutls_strerror (code));
}

static gboolean
play_start_tls_fails (MwTestServer *self, const Step *step)
{
  int code;

  if (!begin_session (self, g_bytes_get_data (step->bytes, NULL)))
    return FALSE;

  code = run_handshake (self);
  if (code >= 0)
    return fail (self, "the TLS handshake succeeded");
  gnutls_alert_send_appropriate (self->session, code);

  return TRUE;
}

static gboolean
play_send_alert (MwTestServer *self, const Step *step)
{
  return gnutls_alert_send (self->session, (gnutls_alert_level_t) step->level,
                            (gnutls_alert_description_t) step->description) >= 0 ||
         fail (self, "cannot send the alert");
}

static gboolean
play_request_rehandshake (MwTestServer *self, const Step *step)
{
  return gnutls_rehandshake (self->session) >= 0 || fail (self, "cannot ask for a handshake");
}

static gboolean
play_hold (MwTestServer *self, const Step *step)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;
  gboolean released = TRUE;

  g_mutex_lock (&self->mutex);
  while (!self->released && !self->stop && released)
    released = g_cond_wait_until (&self->changed, &self->mutex, end);
  g_mutex_unlock (&self->mutex);

  return released || fail (self, "was never released");
}

static void
close_connection (MwTestServer *self)
{
  int fd;

  if (self->session != NULL)
    {
      gnutls_bye (self->session, GNUTLS_SHUT_WR);
      g_clear_pointer (&self->session, gnutls_deinit);
    }
  g_clear_pointer (&self->credentials, gnutls_certificate_free_credentials);

  g_mutex_lock (&self->mutex);
  fd = self->fd;
  self->fd = -1;
  g_mutex_unlock (&self->mutex);
  if (fd >= 0)
    close (fd);
}

static gboolean
play_close (MwTestServer *self, const Step *step)
{
  close_connection (self);

  return TRUE;
}

static gboolean
play_reset (MwTestServer *self, const Step *step)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_clear_pointer (&self->session, gnutls_deinit);
  close_connection (self);

  return TRUE;
}

/* The thread */

static gboolean
accept_connection (MwTestServer *self)
{
  struct timeval limit = { .tv_sec = PATIENCE_SECONDS };
  struct pollfd ready = { .fd = self->listener, .events = POLLIN };
  int fd;

  if (poll (&ready, 1, PATIENCE_SECONDS * 1000) <= 0)
    return fail (self, "nobody connected");
  fd = accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0)
    return fail (self, "nobody connected");

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int) { 1 }, sizeof (int));

  g_mutex_lock (&self->mutex);
  self->fd = fd;
  self->n_connections++;
  if (self->stop)
    shutdown (fd, SHUT_RDWR);
  g_mutex_unlock (&self->mutex);

  return TRUE;
}

static gboolean
play_connection (MwTestServer *self, GPtrArray *steps)
{
  if (!accept_connection (self))
    return FALSE;

  for (guint i = 0; i < steps->len; i++)
    {
      const Step *step = g_ptr_array_index (steps, i);

      if (!step->play (self, step))
        {
          g_mutex_lock (&self->mutex);
          if (self->failure != NULL)
            {
              g_autofree char *text = g_steal_pointer (&self->failure);

              self->failure = g_strdup_printf ("step %u (%s): %s", i + 1, step->name, text);
            }
          g_mutex_unlock (&self->mutex);
          return FALSE;
        }

      g_mutex_lock (&self->mutex);
      self->played++;
      g_cond_broadcast (&self->changed);
      g_mutex_unlock (&self->mutex);
    }

  return TRUE;
}

static gpointer
run (gpointer data)
{
  MwTestServer *self = data;

  for (guint i = 0; i < self->connections->len; i++)
    {
      gboolean played = play_connection (self, g_ptr_array_index (self->connections, i));

      close_connection (self);
      if (!played)
        break;
    }

  g_mutex_lock (&self->mutex);
  self->ended = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);

  return NULL;
}

/* The script */

static void
step_free (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->bytes, g_bytes_unref);
  g_free (step);
}

static Step *
add_step (MwTestServer *self, const char *name, PlayFunc play)
{
  GPtrArray *steps = g_ptr_array_index (self->connections, self->connections->len - 1);
  Step *step = g_new0 (Step, 1);

  g_assert_null (self->thread);
  step->name = name;
  step->play = play;
  g_ptr_array_add (steps, step);

  return step;
}

/* With a NUL behind them, so that what should be text can be printed */
static GBytes *
copy_bytes (const void *bytes, gssize length)
{
  gsize size = length < 0 ? strlen (bytes) : (gsize) length;
  char *copy = g_malloc (size + 1);

  memcpy (copy, bytes, size);
  copy[size] = '\0';

  return g_bytes_new_take (copy, size);
}

static gboolean
listen_on (MwTestServer *self, int family)
{
  struct sockaddr_storage address = { .ss_family = (sa_family_t) family };
  struct sockaddr_in *ipv4 = (struct sockaddr_in *) &address;
  struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *) &address;
  socklen_t size = family == AF_INET ? sizeof *ipv4 : sizeof *ipv6;

  if (family == AF_INET)
    ipv4->sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  else
    ipv6->sin6_addr = in6addr_loopback;

  self->listener = socket (family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (self->listener < 0 || bind (self->listener, (struct sockaddr *) &address, size) < 0 ||
      listen (self->listener, 16) < 0 ||
      getsockname (self->listener, (struct sockaddr *) &address, &size) < 0)
    return FALSE;

  self->port = ntohs (family == AF_INET ? ipv4->sin_port : ipv6->sin6_port);
  return TRUE;
}

static void
mw_test_server_free (MwTestServer *self)
{
  if (self->listener >= 0)
    close (self->listener);
  gnutls_free (self->ticket_key.data);
  g_clear_pointer (&self->ocsp, g_bytes_unref);
  g_ptr_array_unref (self->connections);
  g_string_free (self->received, TRUE);
  g_free (self->failure);
  g_free (self->sni);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

static MwTestServer *
new_server (const MwTestCert *cert, int family)
{
  MwTestServer *self = g_new0 (MwTestServer, 1);

  self->cert = cert;
  self->fd = -1;
  self->connections = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  self->received = g_string_new (NULL);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  gnutls_session_ticket_key_generate (&self->ticket_key);
  mw_test_server_next_connection (self);

  if (!listen_on (self, family))
    g_clear_pointer (&self, mw_test_server_free);

  return self;
}

MwTestServer *
mw_test_server_new (const MwTestCert *cert)
{
  MwTestServer *self = new_server (cert, AF_INET);

  g_assert_nonnull (self);
  return self;
}

MwTestServer *
mw_test_server_new_ipv6 (const MwTestCert *cert)
{
  return new_server (cert, AF_INET6);
}

void
mw_test_server_send (MwTestServer *self, const char *text)
{
  add_step (self, "send", play_send)->bytes = copy_bytes (text, -1);
}

void
mw_test_server_send_bytes (MwTestServer *self, const void *bytes, gssize length)
{
  add_step (self, "send", play_send)->bytes = copy_bytes (bytes, length);
}

void
mw_test_server_send_repeated (MwTestServer *self, char byte, gsize count)
{
  Step *step = add_step (self, "send repeated", play_send_repeated);

  step->bytes = copy_bytes (&byte, 1);
  step->count = count;
}

void
mw_test_server_send_forever (MwTestServer *self, const char *text)
{
  add_step (self, "send forever", play_send_forever)->bytes = copy_bytes (text, -1);
}

void
mw_test_server_trickle (MwTestServer *self, const char *text, guint milliseconds)
{
  Step *step = add_step (self, "trickle", play_trickle);

  step->bytes = copy_bytes (text, -1);
  step->count = milliseconds;
}

void
mw_test_server_expect (MwTestServer *self, const char *text)
{
  add_step (self, "expect", play_expect)->bytes = copy_bytes (text, -1);
}

void
mw_test_server_expect_bytes (MwTestServer *self, const void *bytes, gsize length)
{
  add_step (self, "expect", play_expect)->bytes = copy_bytes (bytes, (gssize) length);
}

void
mw_test_server_expect_line (MwTestServer *self, const char *pattern)
{
  add_step (self, "expect line", play_expect_line)->bytes = copy_bytes (pattern, -1);
}

void
mw_test_server_expect_head (MwTestServer *self)
{
  add_step (self, "expect head", play_expect_head);
}

void
mw_test_server_expect_eof (MwTestServer *self)
{
  add_step (self, "expect end", play_expect_eof);
}

void
mw_test_server_start_tls (MwTestServer *self, const char *priority)
{
  add_step (self, "start TLS", play_start_tls)->bytes =
      copy_bytes (priority != NULL ? priority : "NORMAL", -1);
}

void
mw_test_server_start_tls_fails (MwTestServer *self, const char *priority)
{
  add_step (self, "failing TLS", play_start_tls_fails)->bytes =
      copy_bytes (priority != NULL ? priority : "NORMAL", -1);
}

void
mw_test_server_set_ocsp (MwTestServer *self, GBytes *der)
{
  self->ocsp = g_bytes_ref (der);
}

void
mw_test_server_ask_client_certificate (MwTestServer *self, int how)
{
  self->client_certificate = how;
}

void
mw_test_server_send_alert (MwTestServer *self, int level, int description)
{
  Step *step = add_step (self, "send alert", play_send_alert);

  step->level = level;
  step->description = description;
}

void
mw_test_server_request_rehandshake (MwTestServer *self)
{
  add_step (self, "ask for a handshake", play_request_rehandshake);
}

void
mw_test_server_hold (MwTestServer *self)
{
  add_step (self, "hold", play_hold);
}

void
mw_test_server_close (MwTestServer *self)
{
  add_step (self, "close", play_close);
}

void
mw_test_server_reset (MwTestServer *self)
{
  add_step (self, "reset", play_reset);
}

void
mw_test_server_next_connection (MwTestServer *self)
{
  g_assert_null (self->thread);
  g_ptr_array_add (self->connections, g_ptr_array_new_with_free_func (step_free));
}

void
mw_test_server_start (MwTestServer *self)
{
  g_assert_null (self->thread);
  self->thread = g_thread_new ("test server", run, self);
}

guint16
mw_test_server_get_port (MwTestServer *self)
{
  return self->port;
}

void
mw_test_server_release (MwTestServer *self)
{
  g_mutex_lock (&self->mutex);
  self->released = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

void
mw_test_server_wait_played (MwTestServer *self, guint n)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;
  guint played;

  g_mutex_lock (&self->mutex);
  while (self->played < n && !self->ended && g_cond_wait_until (&self->changed, &self->mutex, end))
    continue;
  played = self->played;
  g_mutex_unlock (&self->mutex);

  g_assert_cmpuint (played, >=, n);
}

guint
mw_test_server_get_n_connections (MwTestServer *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_connections;
  g_mutex_unlock (&self->mutex);

  return n;
}

char *
mw_test_server_dup_received (MwTestServer *self)
{
  char *copy;

  g_mutex_lock (&self->mutex);
  copy = g_strdup (self->received->str);
  g_mutex_unlock (&self->mutex);

  return copy;
}

char *
mw_test_server_dup_sni (MwTestServer *self)
{
  char *copy;

  g_mutex_lock (&self->mutex);
  copy = g_strdup (self->sni);
  g_mutex_unlock (&self->mutex);

  return copy;
}

gboolean
mw_test_server_was_resumed (MwTestServer *self)
{
  gboolean resumed;

  g_mutex_lock (&self->mutex);
  resumed = self->resumed;
  g_mutex_unlock (&self->mutex);

  return resumed;
}

void
mw_test_server_finish (MwTestServer *self)
{
  g_assert_nonnull (self->thread);
  g_thread_join (self->thread);
  if (self->failure != NULL)
    g_error ("the server's script was not played to its end: %s", self->failure);
  mw_test_server_free (self);
}

void
mw_test_server_abandon (MwTestServer *self)
{
  g_mutex_lock (&self->mutex);
  self->stop = TRUE;
  if (self->fd >= 0)
    shutdown (self->fd, SHUT_RDWR);
  shutdown (self->listener, SHUT_RDWR);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);

  if (self->thread != NULL)
    g_thread_join (self->thread);
  mw_test_server_free (self);
}
