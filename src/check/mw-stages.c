/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "mw-stages"

#include "config.h"

#include "check/mw-stages.h"

#include "check/mw-certificate-verdict.h"
#include "net/mw-deadline.h"
#include "net/mw-net-error.h"
#include "net/mw-tls.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The most of a dialogue that is kept, in bytes */
#define MAX_TRANSCRIPT (128 * 1024)
#define MAX_TRANSCRIPT_LINE 2000

/* A server that has said nothing for so long may be waiting for TLS: seconds, and the share of the
 * time for this server */
#define SILENCE_SECONDS 3.0
#define SILENCE_SHARE 0.25

/* ---- transcript ---- */

static void
add_to_transcript (MwRun *self, const char *line)
{
  if (self->transcript->len + strlen (line) > MAX_TRANSCRIPT)
    return;
  g_string_append (self->transcript, line);
  g_string_append_c (self->transcript, '\n');
}

static void
add_line_to_transcript (MwRun *self, MwDirection direction, const char *bytes, gsize length)
{
  g_autofree char *text = mw_text_make_harmless (bytes, length, MAX_TRANSCRIPT_LINE);
  g_autofree char *line = g_strconcat (direction == MW_DIRECTION_SENT ? "C: " : "S: ", text, NULL);

  add_to_transcript (self, line);
}

static void
on_transcript (
    MwDirection direction, const char *bytes, gsize length, gboolean encrypted, gpointer user_data)
{
  MwRun *self = user_data;
  const char *end = bytes + length;

  if (self->transcript_encrypted != (int) encrypted)
    {
      self->transcript_encrypted = encrypted;
      add_to_transcript (self, encrypted
                                   ? "-- encrypted"
                                   : "-- not encrypted: anybody on the way may have written this");
    }
  /* Several commands may go out in one write */
  do
    {
      const char *stop = memchr (bytes, '\n', end - bytes);

      add_line_to_transcript (self, direction, bytes, (stop != NULL ? stop : end) - bytes);
      bytes = stop != NULL ? stop + 1 : end;
    }
  while (bytes < end);
}

/* ---- resolve, connect ---- */

/**
 * mw_run_resolve:
 * @self: a run
 *
 * The stage resolve.
 *
 * Returns: whether to go on
 */
gboolean
mw_run_resolve (MwRun *self)
{
  g_autoptr(GError) error = NULL;
  const char *proxy;
  guint n;

  mw_run_begin (self, MW_STAGE_RESOLVE);
  if (!mw_host_is_valid (self->host))
    return mw_run_fail (self, MW_DIAGNOSIS_DNS_NOT_FOUND,
                        /* Translators: %s is what somebody typed as a server name */
                        g_strdup_printf (_ ("“%s” cannot be the name of a server."), self->host),
                                         NULL);

  self->route =
      mw_dialer_resolve (self->dialer, mw_protocol_to_string (self->dialogue->protocol), self->host,
                         self->port, self->stage_deadline, self->cancellable, &error);
  if (self->route == NULL)
    return mw_run_fail_from_error (self, error);

  proxy = mw_route_get_proxy (self->route);
  if (proxy != NULL)
    /* Translators: %s is a proxy server */
    return mw_run_ok (self, g_strdup_printf (_ ("The way goes through the proxy server %s."), proxy),
                                             NULL);
  n = mw_route_get_addresses (self->route)->len;
  return mw_run_ok (
      self,
      /* Translators: %1$s is a server name, %2$u a number */
      g_strdup_printf (ngettext ("%1$s has %2$u address.", "%1$s has %2$u addresses.", n),
                       self->host, n),
      NULL);
}

static void
note_attempts (MwRun *self, GPtrArray *attempts)
{
  for (guint i = 0; attempts != NULL && i < attempts->len; i++)
    {
      const MwDialAttempt *attempt = g_ptr_array_index (attempts, i);
      g_autofree char *line = NULL;

      line = g_strdup_printf ("-- %s port %u: %s (%.0f ms)", attempt->address, attempt->port,
                              attempt->fate == MW_DIAL_CONNECTED ? "connected"
                              : attempt->fate == MW_DIAL_ABANDONED
                                  ? "no answer until another one connected or the time was up"
                              : attempt->message != NULL ? attempt->message
                                                         : "failed",
                              attempt->milliseconds);
      add_to_transcript (self, line);
    }
}

/**
 * mw_run_connect:
 * @self: a run with a route
 *
 * The stage connect.
 *
 * Returns: whether to go on
 */
gboolean
mw_run_connect (MwRun *self)
{
  g_autoptr(GPtrArray) attempts = NULL;
  g_autoptr(GError) error = NULL;
  const char *address;

  mw_run_begin (self, MW_STAGE_CONNECT);
  self->connection = mw_dialer_connect (self->dialer, self->route, &attempts, self->stage_deadline,
                                        self->cancellable, &error);
  note_attempts (self, attempts);
  if (self->connection == NULL)
    return mw_run_fail_from_error (self, error);

  mw_connection_set_transcript (self->connection, on_transcript, self);
  address = mw_connection_get_address (self->connection);
  mw_report_set_address (self->report, address);
  if (attempts != NULL && attempts->len > 1)
    return mw_run_ok (
        self,
        /* Translators: %1$s is an IP address, %2$u counts the addresses tried */
        g_strdup_printf (ngettext ("Connected to %1$s, %2$u address tried.",
                                   "Connected to %1$s, %2$u addresses tried.", attempts->len),
                         address != NULL ? address : self->host, attempts->len),
        NULL);
  return mw_run_ok (self,
                    /* Translators: %s is an IP address */
                    g_strdup_printf (_ ("Connected to %s."), address != NULL ? address : self->host),
                                     NULL);
}

/* ---- who is there? ---- */

static gboolean
fail_wrong_speaker (MwRun *self, MwSpeaker speaker, const char *text)
{
  MwProtocol wanted = self->dialogue->protocol;

  self->speaker = speaker;
  return mw_run_fail (self, MW_DIAGNOSIS_WRONG_PROTOCOL,
                      /* Translators: %1$s is IMAP, POP3 or SMTP; %2$s says what is there instead,
                       * for example “a web server” */
                      g_strdup_printf (_ ("%1$s is expected here, but %2$s answers."),
                                         wanted == MW_PROTOCOL_IMAP   ? "IMAP"
                                         : wanted == MW_PROTOCOL_POP3 ? "POP3"
                                                                      : "SMTP",
                                         mw_speaker_get_title (speaker)),
                                       text);
}

static char *
dup_text (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return mw_text_make_harmless (data, length, 1000);
}

static gboolean
is_printable (GBytes *bytes)
{
  gsize length;
  const guchar *data = g_bytes_get_data (bytes, &length);

  if (length > 0 && data[0] >= 0x80)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if ((data[i] < 0x20 && data[i] != '\r' && data[i] != '\n' && data[i] != '\t') ||
        data[i] == 0x7f)
      return FALSE;
  return length > 0;
}

static MwSpeaker
identify (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return mw_speaker_identify (data, length);
}

/* What a silent server is waiting for. TRUE when the stage has been ended by it. */
static gboolean
find_out_about_silence (MwRun *self)
{
  gint64 deadline = mw_deadline_earlier (self->deadline,
                                         mw_deadline_after (MAX (1, self->timeout_seconds * 0.2)));
  g_autoptr(MwConnection) second = NULL;
  g_autoptr(GBytes) first_bytes = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  MwSpeaker speaker;

  second = mw_dialer_connect (self->dialer, self->route, NULL, deadline, self->cancellable, NULL);
  if (second == NULL)
    return FALSE;
  if (mw_connection_start_tls (second, self->host, self->trust, NULL, deadline, self->cancellable,
                               &error))
    {
      mw_run_fail (self, MW_DIAGNOSIS_PLAIN_ON_TLS_PORT, NULL, NULL);
      return TRUE;
    }
  /* It does not like our TLS, but it is TLS */
  if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_TLS_ALERT) ||
      g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_TLS_VERSION))
    {
      mw_run_fail (self, MW_DIAGNOSIS_PLAIN_ON_TLS_PORT, NULL, NULL);
      return TRUE;
    }
  first_bytes = mw_connection_get_first_bytes (second);
  if (!g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_TLS_PLAIN_TEXT) || first_bytes == NULL)
    return FALSE;

  /* A web server answers nonsense with a complaint */
  speaker = identify (first_bytes);
  if (speaker == MW_SPEAKER_UNKNOWN ||
      mw_speaker_get_protocol (speaker) == self->dialogue->protocol)
    return FALSE;
  text = dup_text (first_bytes);
  fail_wrong_speaker (self, speaker, text);
  return TRUE;
}

/* Inside TLS a web server stays silent too, until it is asked something. Only done when the time
 * for a greeting is over, since mail servers punish those that speak first. */
static gboolean
provoke_web_server (MwRun *self)
{
  gint64 deadline = mw_deadline_earlier (self->deadline, mw_deadline_after (2));
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  if (!mw_connection_write (self->connection, "NOOP\r\n\r\n", -1, deadline, self->cancellable,
                            NULL))
    return FALSE;
  bytes = mw_connection_peek (self->connection, 512, deadline, self->cancellable, NULL);
  if (bytes == NULL || identify (bytes) != MW_SPEAKER_HTTP)
    return FALSE;
  text = dup_text (bytes);
  fail_wrong_speaker (self, MW_SPEAKER_HTTP, text);
  return TRUE;
}

/* Waits for the first byte; FALSE when the stage has failed */
static gboolean
wait_for_words (MwRun *self)
{
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  double patience = MIN (SILENCE_SECONDS, self->timeout_seconds * SILENCE_SHARE);

  if (!self->encrypted)
    {
      gint64 deadline = mw_deadline_earlier (self->stage_deadline, mw_deadline_after (patience));

      bytes = mw_connection_peek (self->connection, 512, deadline, self->cancellable, &error);
      if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT))
        {
          if (find_out_about_silence (self))
            return FALSE;
          g_clear_error (&error);
        }
    }
  if (bytes == NULL && error == NULL)
    bytes =
        mw_connection_peek (self->connection, 512, self->stage_deadline, self->cancellable, &error);
  if (bytes == NULL)
    {
      if (self->encrypted && g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT) &&
          provoke_web_server (self))
        return FALSE;
      return mw_run_fail_from_error (self, error);
    }
  if (identify (bytes) == MW_SPEAKER_TLS)
    return mw_run_fail (self, MW_DIAGNOSIS_PLAIN_ON_TLS_PORT, NULL, NULL);
  return TRUE;
}

/**
 * mw_run_greeting:
 * @self: a run with a connection
 *
 * The stage greeting.
 *
 * Returns: whether to go on
 */
gboolean
mw_run_greeting (MwRun *self)
{
  g_autoptr(GBytes) line = NULL;
  g_autoptr(GError) error = NULL;
  const char *bytes;
  gsize length;
  MwSpeaker speaker;

  mw_run_begin (self, MW_STAGE_GREETING);
  if (!wait_for_words (self))
    return FALSE;
  mw_connection_begin_reply (self->connection);
  line = mw_run_read_line (self, &error);
  if (line == NULL)
    return mw_run_fail_from_error (self, error);

  bytes = g_bytes_get_data (line, &length);
  speaker = mw_speaker_identify (bytes, length);
  if (speaker != MW_SPEAKER_UNKNOWN &&
      mw_speaker_get_protocol (speaker) != self->dialogue->protocol)
    {
      g_autofree char *text = dup_text (line);

      return fail_wrong_speaker (self, speaker, text);
    }
  return self->dialogue->greet (self, bytes, length);
}

/* ---- TLS ---- */

static char *
format_iso (GDateTime *date)
{
  return date != NULL ? g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static void
report_tls (MwRun *self, const MwTlsInfo *info)
{
  if (info->complete && info->version != NULL)
    mw_report_set_tls (self->report, info->version, info->cipher, info->group);
  for (guint i = 0; i < info->chain->len; i++)
    {
      const MwCertificate *certificate = g_ptr_array_index (info->chain, i);
      g_autofree char *not_before = format_iso (certificate->not_before);
      g_autofree char *not_after = format_iso (certificate->not_after);
      g_autofree char *key =
          g_strdup_printf ("%s %u", certificate->key_type != NULL ? certificate->key_type : "",
                           certificate->key_bits);
      MwReportCertificate copy = { .subject = certificate->subject,
                                   .issuer = certificate->issuer,
                                   .not_before = not_before,
                                   .not_after = not_after != NULL ? not_after
                                                                  : (char *) "9999-12-31T23:59:59Z",
                                   .sha256 = certificate->sha256,
                                   .spki_sha256 = certificate->spki_sha256,
                                   .key = key,
                                   .names = certificate->names };

      mw_report_add_certificate (self->report, &copy);
    }
}

/* A port for TLS that talks plain text: the right server on the wrong port, or another one */
static gboolean
fail_plain_text (MwRun *self)
{
  g_autoptr(GBytes) bytes = mw_connection_get_first_bytes (self->connection);
  g_autofree char *text = NULL;
  MwSpeaker speaker;

  if (bytes == NULL)
    return mw_run_fail (self, MW_DIAGNOSIS_TLS_HANDSHAKE_FAILED, NULL, NULL);
  text = dup_text (bytes);
  speaker = identify (bytes);
  if (self->security == MW_SECURITY_STARTTLS)
    return mw_run_fail (self, MW_DIAGNOSIS_TLS_HANDSHAKE_FAILED,
                        g_strdup (_ ("The server agreed to encrypt and then went on unencrypted.")),
                                  text);
  if (mw_speaker_get_protocol (speaker) == self->dialogue->protocol)
    return mw_run_fail (self, MW_DIAGNOSIS_TLS_ON_PLAIN_PORT, NULL, text);
  if (speaker != MW_SPEAKER_UNKNOWN)
    {
      /* Two things are wrong at once when another mail server talks plain text */
      if (mw_speaker_get_protocol (speaker) != MW_PROTOCOL_UNKNOWN)
        mw_report_add_diagnosis (self->report, MW_DIAGNOSIS_TLS_ON_PLAIN_PORT);
      return fail_wrong_speaker (self, speaker, text);
    }
  return mw_run_fail (self,
                      is_printable (bytes) ? MW_DIAGNOSIS_TLS_ON_PLAIN_PORT
                                           : MW_DIAGNOSIS_TLS_HANDSHAKE_FAILED,
                      NULL, text);
}

/* Of a certificate with which nothing else is wrong: the names that it does prove */
static void
keep_other_names (MwRun *self, const MwTlsInfo *info, const MwCertificateVerdict *verdict)
{
  const MwCertificate *leaf = info->chain->len > 0 ? g_ptr_array_index (info->chain, 0) : NULL;
  const MwCertificateFault *only;

  if (leaf == NULL || verdict->faults->len != 1)
    return;
  only = g_ptr_array_index (verdict->faults, 0);
  if (only->diagnosis == MW_DIAGNOSIS_CERT_NAME_MISMATCH)
    self->other_names = g_strdupv (leaf->dns_names);
}

static gboolean
judge_certificate (MwRun *self, const MwTlsInfo *info)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(MwCertificateVerdict) verdict = NULL;
  const MwCertificateFault *first = NULL;

  mw_run_begin (self, MW_STAGE_CERTIFICATE);
  verdict = mw_certificate_verdict_new (info, self->host, self->port, self->trust, now);
  for (guint i = 0; i < verdict->faults->len; i++)
    {
      const MwCertificateFault *fault = g_ptr_array_index (verdict->faults, i);

      mw_report_add_fault (self->report, fault->diagnosis, fault->message);
    }
  if (verdict->faults->len > 0)
    first = g_ptr_array_index (verdict->faults, 0);

  if (verdict->trusted)
    {
      mw_connection_set_verified (self->connection);
      self->encrypted = TRUE;
      if (first == NULL || verdict->pinned)
        return mw_run_ok (self, g_strdup (verdict->message), NULL);
      return mw_run_warn (self, first->diagnosis, g_strdup (first->message), NULL);
    }

  keep_other_names (self, info, verdict);
  mw_run_fail (self, first->diagnosis, g_strdup (verdict->message), NULL);
  for (guint i = 1; i < verdict->faults->len; i++)
    {
      const MwCertificateFault *fault = g_ptr_array_index (verdict->faults, i);

      mw_report_add_diagnosis (self->report, fault->diagnosis);
    }
  return FALSE;
}

/**
 * mw_run_tls:
 * @self: a run with a connection
 *
 * The stages tls and certificate. Only here is a connection found good for secrets.
 *
 * Returns: whether to go on
 */
gboolean
mw_run_tls (MwRun *self)
{
  g_autoptr(MwTlsInfo) info = NULL;
  g_autoptr(GError) error = NULL;
  gboolean good;

  mw_run_begin (self, MW_STAGE_TLS);
  good = mw_connection_start_tls (self->connection, self->host, self->trust, &info,
                                  self->stage_deadline, self->cancellable, &error);
  if (info != NULL)
    report_tls (self, info);
  if (!good)
    {
      if (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_TLS_PLAIN_TEXT))
        return fail_plain_text (self);
      return mw_run_fail_from_error (self, error);
    }

  /* Translators: %1$s is a version of TLS, %2$s the name of a cipher */
  mw_run_ok (self, g_strdup_printf (_ ("Encrypted with %1$s, %2$s."), info->version, info->cipher),
                                    NULL);
  return judge_certificate (self, info);
}
