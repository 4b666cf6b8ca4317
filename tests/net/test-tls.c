/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "net/mw-deadline.h"
#include "net/mw-net-error.h"
#include "net/mw-net-fakes.h"
#include "net/mw-tls.h"
#include "support/mw-test-server.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define TLS12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"

static MwTrust *
get_trust (void)
{
  static MwTrust *trust = NULL;

  if (trust == NULL)
    {
      g_autoptr(GBytes) pem = mw_test_cert_dup_root_pem ();

      trust = mw_trust_new (MW_TRUST_NONE, pem, NULL);
    }

  return trust;
}

static MwTestCert *
make_good (void)
{
  return mw_test_cert_new (mw_test_cert_get_root (),
                           &(MwTestCertOptions) { .dns_names = "mail.example.org" });
}

static MwConnection *
connect_to (MwTestServer *server)
{
  mw_test_server_start (server);

  return mw_connect_to (mw_test_server_get_port (server), "mail.example.org");
}

static void
assert_line (MwConnection *connection, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) line = mw_connection_read_line (connection, SOON, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (g_bytes_get_data (line, NULL), ==, text);
}

static MwTlsInfo *
start_tls (MwConnection *connection, const char *host)
{
  g_autoptr(GError) error = NULL;
  MwTlsInfo *info = NULL;

  mw_connection_start_tls (connection, host, get_trust (), &info, SOON, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (info);
  g_assert_true (info->complete);
  g_assert_true (mw_connection_has_tls (connection));

  return info;
}

static void
assert_tls_fails (MwConnection *connection, MwNetError code)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (mw_connection_start_tls (connection, "mail.example.org", get_trust (), NULL, SOON,
                                           NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, MW_NET_ERROR, (int) code);
  g_assert_false (mw_connection_has_tls (connection));
  g_assert_false (mw_connection_is_secure (connection));
}

static void
test_dialogue (gconstpointer data)
{
  const char *priority = data;
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(MwTlsInfo) info = NULL;
  const MwCertificate *leaf;
  char secret[] = "a1 LOGIN me secret\r\n";

  mw_test_server_start_tls (server, priority);
  mw_test_server_send (server, "* OK ready\r\n");
  mw_test_server_expect (server, "a1 LOGIN me secret\r\n");
  mw_test_server_send (server, "a1 OK\r\n");
  mw_test_server_expect_eof (server);
  connection = connect_to (server);

  info = start_tls (connection, "mail.example.org");
  g_assert_cmpstr (info->version, ==, priority == NULL ? "TLS1.3" : "TLS1.2");
  g_assert_nonnull (info->cipher);
  g_assert_nonnull (info->group);
  g_assert_nonnull (info->description);
  g_assert_cmphex (info->verify_status, ==, 0);
  g_assert_null (info->verify_text);
  g_assert_cmpint (info->ocsp, ==, MW_OCSP_NONE);
  g_assert_cmpuint (info->chain->len, ==, 1);
  leaf = g_ptr_array_index (info->chain, 0);
  g_assert_true (g_bytes_equal (leaf->der, cert->der));
  g_assert_true (mw_certificate_matches_host (leaf, "mail.example.org"));

  /* Encrypted is not verified */
  g_assert_false (mw_connection_is_secure (connection));
  mw_connection_set_verified (connection);
  g_assert_true (mw_connection_is_secure (connection));

  assert_line (connection, "* OK ready");
  g_assert_true (mw_connection_write_secret (connection, secret, strlen (secret),
                                             "a1 LOGIN me [..]", SOON, NULL, NULL));
  assert_line (connection, "a1 OK");
  mw_connection_close (connection);
  g_assert_false (mw_connection_is_secure (connection));
  mw_test_server_finish (server);
}

static void
test_secret_needs_verification (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(MwTlsInfo) info = NULL;
  g_autoptr(GError) error = NULL;
  char secret[] = "PASS secret\r\n";

  mw_test_server_start_tls (server, NULL);
  mw_test_server_expect_eof (server);
  connection = connect_to (server);
  info = start_tls (connection, "mail.example.org");
  g_assert_false (mw_connection_write_secret (connection, secret, strlen (secret), "PASS [..]",
                                              SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_NOT_SECURE);
  mw_connection_close (connection);
  mw_test_server_finish (server);
}

static void
test_names_sent (void)
{
  static const struct
  {
    const char *host;
    const char *sni;
  } rows[] = {
    { "mail.example.org", "mail.example.org" },
    { "mail.example.org.", "mail.example.org" },
    { "192.0.2.1", NULL },
    { "2001:db8::1", NULL },
    { "[2001:db8::1]", NULL },
  };
  g_autoptr(MwTestCert) cert = make_good ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MwTestServer *server = mw_test_server_new (cert);
      g_autoptr(MwConnection) connection = NULL;
      g_autoptr(MwTlsInfo) info = NULL;
      g_autofree char *sni = NULL;

      mw_test_server_start_tls (server, NULL);
      mw_test_server_send (server, "hello\r\n");
      connection = connect_to (server);
      info = start_tls (connection, rows[i].host);
      assert_line (connection, "hello");
      sni = mw_test_server_dup_sni (server);
      g_assert_cmpstr (sni, ==, rows[i].sni);
      mw_test_server_finish (server);
    }
}

static void
test_never_resumed (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *server = mw_test_server_new (cert);

  for (guint i = 0; i < 3; i++)
    {
      if (i > 0)
        mw_test_server_next_connection (server);
      mw_test_server_start_tls (server, i == 2 ? TLS12 : NULL);
      mw_test_server_send (server, "hello\r\n");
      mw_test_server_expect (server, "bye\r\n");
    }
  mw_test_server_start (server);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(MwConnection) connection =
                    mw_connect_to (mw_test_server_get_port (server), "mail.example.org");
      g_autoptr(MwTlsInfo) info = start_tls (connection, "mail.example.org");

      assert_line (connection, "hello");
      g_assert_false (mw_test_server_was_resumed (server));
      g_assert_cmpuint (info->chain->len, ==, 1);
      g_assert_true (mw_connection_write (connection, "bye\r\n", -1, SOON, NULL, NULL));
    }
  mw_test_server_finish (server);
}

/* However bad a certificate is, the handshake gets far enough to see it */
static void
test_faults_are_seen (void)
{
  const struct
  {
    const char *name;
    MwTestCertOptions options;
    guint status;
  } rows[] = {
    { "expired",
      { .dns_names = "mail.example.org", .not_before_days = -20, .not_after_days = -10 },
      GNUTLS_CERT_EXPIRED },
    { "not yet valid",
      { .dns_names = "mail.example.org", .not_before_days = 10, .not_after_days = 20 },
      GNUTLS_CERT_NOT_ACTIVATED },
    { "self-signed",
      { .dns_names = "mail.example.org", .self_signed = TRUE },
      GNUTLS_CERT_SIGNER_NOT_FOUND },
    { "RSA 1024",
      { .dns_names = "mail.example.org", .rsa_bits = 1024 },
      GNUTLS_CERT_INSECURE_ALGORITHM },
    { "SHA-1", { .dns_names = "mail.example.org", .sha1 = TRUE }, GNUTLS_CERT_INSECURE_ALGORITHM },
    { "for clients",
      { .dns_names = "mail.example.org", .purpose_client = TRUE },
      GNUTLS_CERT_PURPOSE_MISMATCH },
    { "another name", { .dns_names = "other.example.org" }, 0 },
    { "no name", { .subject = "mail.example.org" }, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(MwTestCert) cert = mw_test_cert_new (mw_test_cert_get_root (), &rows[i].options);
      MwTestServer *server = mw_test_server_new (cert);
      g_autoptr(MwConnection) connection = NULL;
      g_autoptr(MwTlsInfo) info = NULL;

      g_test_message ("%s", rows[i].name);
      mw_test_server_start_tls (server, NULL);
      mw_test_server_send (server, "hello\r\n");
      connection = connect_to (server);
      info = start_tls (connection, "mail.example.org");
      assert_line (connection, "hello");
      g_assert_cmpuint (info->chain->len, ==, 1);
      g_assert_cmphex (info->verify_status & rows[i].status, ==, rows[i].status);
      g_assert_cmpint (info->verify_status != 0, ==, rows[i].status != 0);
      g_assert_cmpint (info->verify_text != NULL, ==, rows[i].status != 0);
      mw_test_server_finish (server);
    }
}

static void
test_chain (void)
{
  g_autoptr(MwTestCert) middle = mw_test_cert_new (
      mw_test_cert_get_root (), &(MwTestCertOptions) { .subject = "Test Middle", .ca = TRUE });
  g_autoptr(MwTestCert) leaf =
                mw_test_cert_new (middle, &(MwTestCertOptions) { .dns_names = "mail.example.org" });

  for (guint whole = 0; whole < 2; whole++)
    {
      MwTestServer *server;
      g_autoptr(MwConnection) connection = NULL;
      g_autoptr(MwTlsInfo) info = NULL;

      if (whole == 0)
        {
          g_free (leaf->chain_pem);
          leaf->chain_pem = g_strdup (leaf->pem);
        }
      else
        {
          g_free (leaf->chain_pem);
          leaf->chain_pem = g_strconcat (leaf->pem, middle->pem, NULL);
        }

      server = mw_test_server_new (leaf);
      mw_test_server_start_tls (server, NULL);
      mw_test_server_send (server, "hello\r\n");
      connection = connect_to (server);
      info = start_tls (connection, "mail.example.org");
      assert_line (connection, "hello");
      g_assert_cmpuint (info->chain->len, ==, 1 + whole);
      g_assert_cmphex (info->verify_status & GNUTLS_CERT_SIGNER_NOT_FOUND, ==,
                       whole ? 0 : GNUTLS_CERT_SIGNER_NOT_FOUND);
      mw_test_server_finish (server);
    }
}

/* The signature stands at the end */
static GBytes *
spoil_last_byte (GBytes *bytes)
{
  gsize size;
  guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  size = g_bytes_get_size (bytes);
  copy[size - 1] ^= 1;

  return g_bytes_new_take (copy, size);
}

static void
test_staple (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  g_autoptr(GBytes) good = mw_test_cert_make_ocsp (mw_test_cert_get_root (), cert, FALSE);
  g_autoptr(GBytes) revoked = mw_test_cert_make_ocsp (mw_test_cert_get_root (), cert, TRUE);
  g_autoptr(GBytes) forged = spoil_last_byte (good);
  const struct
  {
    GBytes *staple;
    MwOcspStaple ocsp;
    guint status;
  } rows[] = {
    { good, MW_OCSP_GOOD, 0 },
    { revoked, MW_OCSP_REVOKED, GNUTLS_CERT_REVOKED },
    { forged, MW_OCSP_UNKNOWN, GNUTLS_CERT_INVALID_OCSP_STATUS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MwTestServer *server = mw_test_server_new (cert);
      g_autoptr(MwConnection) connection = NULL;
      g_autoptr(MwTlsInfo) info = NULL;

      mw_test_server_set_ocsp (server, rows[i].staple);
      mw_test_server_start_tls (server, NULL);
      mw_test_server_send (server, "hello\r\n");
      connection = connect_to (server);
      info = start_tls (connection, "mail.example.org");
      assert_line (connection, "hello");
      g_test_message ("%u: %s", i, info->verify_text != NULL ? info->verify_text : "good");
      g_assert_cmpint (info->ocsp, ==, rows[i].ocsp);
      g_assert_cmphex (info->verify_status & rows[i].status, ==, rows[i].status);
      mw_test_server_finish (server);
    }
}

/* Without false start the server's refusal falls into the handshake: it fails, but the certificate
 * was seen */
static void
test_failure_shows_certificates (void)
{
  g_autoptr(MwTestCert) cert = mw_test_cert_new (
      mw_test_cert_get_root (),
      &(MwTestCertOptions) { .dns_names = "mail.example.org", .rsa_bits = 2048 });
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(MwTlsInfo) info = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_ask_client_certificate (server, 2);
  mw_test_server_start_tls_fails (server, TLS12 ":-KX-ALL:+RSA");
  connection = connect_to (server);
  g_assert_false (mw_connection_start_tls (connection, "mail.example.org", get_trust (), &info,
                                           SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TLS_ALERT);
  g_assert_nonnull (info);
  g_assert_false (info->complete);
  g_assert_cmpuint (info->chain->len, ==, 1);
  mw_test_server_finish (server);
}

static void
test_old_version (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(MwConnection) connection = NULL;

  mw_test_server_start_tls_fails (server, "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0");
  connection = connect_to (server);
  assert_tls_fails (connection, MW_NET_ERROR_TLS_VERSION);
  mw_test_server_finish (server);
}

static void
test_fatal_alert (void)
{
  static const struct
  {
    guint8 alert;
    MwNetError code;
  } rows[] = {
    { GNUTLS_A_HANDSHAKE_FAILURE, MW_NET_ERROR_TLS_ALERT },
    { GNUTLS_A_UNRECOGNIZED_NAME, MW_NET_ERROR_TLS_ALERT },
    { GNUTLS_A_PROTOCOL_VERSION, MW_NET_ERROR_TLS_VERSION },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const guint8 record[] = { 0x15, 0x03, 0x03, 0x00, 0x02, GNUTLS_AL_FATAL, rows[i].alert };
      MwTestServer *server = mw_test_server_new (NULL);
      g_autoptr(MwConnection) connection = NULL;
      const char *name = NULL;

      mw_test_server_send_bytes (server, record, sizeof record);
      mw_test_server_hold (server);
      connection = connect_to (server);
      assert_tls_fails (connection, rows[i].code);
      g_assert_cmpint (mw_connection_get_alert (connection, &name), ==, rows[i].alert);
      g_assert_nonnull (name);
      mw_test_server_abandon (server);
    }
}

static void
test_plain_text (void)
{
  static const char *const greetings[] = { "220 mail.example.org ESMTP\r\n",
                                           "* OK ready\r\n",
                                           "+OK\r\n",
                                           "HTTP/1.1 400 Bad Request\r\n",
                                           "-",
                                           "SSH-2.0-OpenSSH_9.2p1\r\n",
                                           "\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (greetings); i++)
    for (guint early = 0; early < 2; early++)
      {
        MwTestServer *server = mw_test_server_new (NULL);
        g_autoptr(MwConnection) connection = NULL;
        g_autoptr(GBytes) first = NULL;

        mw_test_server_send (server, greetings[i]);
        mw_test_server_close (server);
        connection = connect_to (server);
        if (early)
          mw_test_server_wait_played (server, 1);
        else
          {
            g_autoptr(GBytes) peek = mw_connection_peek (connection, 1, SOON, NULL, NULL);

            g_assert_nonnull (peek);
          }

        g_test_message ("%s", greetings[i]);
        assert_tls_fails (connection, MW_NET_ERROR_TLS_PLAIN_TEXT);
        first = mw_connection_get_first_bytes (connection);
        g_assert_cmpstr (g_bytes_get_data (first, NULL), ==, greetings[i]);
        mw_test_server_finish (server);
      }
}

static void
test_plain_text_after_hello (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GBytes) first = NULL;

  /* As a server that takes the ClientHello for a command */
  mw_test_server_expect (server, "\x16\x03");
  mw_test_server_send (server, "500 5.5.1 What?\r\n");
  mw_test_server_hold (server);
  connection = connect_to (server);
  assert_tls_fails (connection, MW_NET_ERROR_TLS_PLAIN_TEXT);
  first = mw_connection_get_first_bytes (connection);
  g_assert_cmpstr (g_bytes_get_data (first, NULL), ==, "500 5.5.1 What?\r\n");
  mw_test_server_abandon (server);
}

static void
test_looks_like_record (void)
{
  g_assert_true (mw_tls_looks_like_record ("\x16\x03\x03\x00\x7a", 5));
  g_assert_true (mw_tls_looks_like_record ("\x15\x03\x01\x00\x02\x02\x46", 7));
  g_assert_true (mw_tls_looks_like_record ("\x15", 1));
  g_assert_false (mw_tls_looks_like_record ("\x16\x02", 2));
  g_assert_false (mw_tls_looks_like_record ("220 hello", 9));
  g_assert_false (mw_tls_looks_like_record ("", 0));
}

static void
test_injection (gconstpointer data)
{
  gboolean in_kernel = GPOINTER_TO_INT (data);
  static const gsize sizes[] = { 1, 2, 4096 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *extra = g_strnfill (sizes[i], 'x');
      g_autofree char *both = g_strconcat ("220 go ahead\r\n", extra, NULL);
      MwTestServer *server = mw_test_server_new (NULL);
      g_autoptr(MwConnection) connection = NULL;

      if (in_kernel)
        {
          mw_test_server_send (server, "220 go ahead\r\n");
          mw_test_server_expect (server, "x");
          mw_test_server_send (server, extra);
        }
      else
        {
          mw_test_server_send (server, both);
        }
      mw_test_server_expect_eof (server);
      connection = connect_to (server);

      assert_line (connection, "220 go ahead");
      if (in_kernel)
        {
          g_assert_true (mw_connection_write (connection, "x", 1, SOON, NULL, NULL));
          mw_test_server_wait_played (server, 3);
        }
      g_assert_true (mw_connection_has_pending (connection));
      assert_tls_fails (connection, MW_NET_ERROR_INJECTED);
      g_clear_object (&connection);
      mw_test_server_finish (server);
    }
}

static void
test_starttls (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(MwTlsInfo) info = NULL;

  mw_test_server_send (server, "220 hello\r\n");
  mw_test_server_expect (server, "STARTTLS\r\n");
  mw_test_server_send (server, "220 go ahead\r\n");
  mw_test_server_start_tls (server, NULL);
  mw_test_server_expect (server, "EHLO\r\n");
  mw_test_server_send (server, "250 fine\r\n");
  connection = connect_to (server);

  assert_line (connection, "220 hello");
  g_assert_true (mw_connection_write (connection, "STARTTLS\r\n", -1, SOON, NULL, NULL));
  assert_line (connection, "220 go ahead");
  g_assert_false (mw_connection_has_pending (connection));
  info = start_tls (connection, "mail.example.org");
  g_assert_true (mw_connection_write (connection, "EHLO\r\n", -1, SOON, NULL, NULL));
  assert_line (connection, "250 fine");
  mw_test_server_finish (server);
}

/* The client's handshake is over before the server has looked for a certificate (RFC 8446, 4.6.2)
 */
static void
test_client_certificate (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(MwTlsInfo) info = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_ask_client_certificate (server, 2);
  mw_test_server_start_tls_fails (server, NULL);
  connection = connect_to (server);
  info = start_tls (connection, "mail.example.org");
  g_assert_null (mw_connection_read_line (connection, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TLS_ALERT);
  g_assert_cmpint (mw_connection_get_alert (connection, NULL), ==, GNUTLS_A_CERTIFICATE_REQUIRED);
  mw_test_server_finish (server);
}

static void
test_client_certificate_asked_politely (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(MwTlsInfo) info = NULL;

  mw_test_server_ask_client_certificate (server, 1);
  mw_test_server_start_tls (server, NULL);
  mw_test_server_send (server, "hello\r\n");
  connection = connect_to (server);
  info = start_tls (connection, "mail.example.org");
  assert_line (connection, "hello");
  mw_test_server_finish (server);
}

static void
test_rehandshake_is_refused (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(MwTlsInfo) info = NULL;

  mw_test_server_start_tls (server, TLS12);
  mw_test_server_send (server, "before\r\n");
  mw_test_server_request_rehandshake (server);
  mw_test_server_send (server, "after\r\n");
  mw_test_server_expect (server, "bye\r\n");
  connection = connect_to (server);
  info = start_tls (connection, "mail.example.org");
  assert_line (connection, "before");
  assert_line (connection, "after");
  g_assert_true (mw_connection_write (connection, "bye\r\n", -1, SOON, NULL, NULL));
  mw_test_server_finish (server);
}

static void
test_warning_alert (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(MwTlsInfo) info = NULL;

  mw_test_server_start_tls (server, TLS12);
  mw_test_server_send_alert (server, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED);
  mw_test_server_send (server, "still here\r\n");
  connection = connect_to (server);
  info = start_tls (connection, "mail.example.org");
  assert_line (connection, "still here");
  g_assert_cmpint (mw_connection_get_alert (connection, NULL), ==, GNUTLS_A_USER_CANCELED);
  mw_test_server_finish (server);
}

static void
test_end_inside_tls (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(MwTlsInfo) info = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_start_tls (server, NULL);
  mw_test_server_send (server, "bye\r\n");
  mw_test_server_close (server);
  connection = connect_to (server);
  info = start_tls (connection, "mail.example.org");
  assert_line (connection, "bye");
  g_assert_null (mw_connection_read_line (connection, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_CLOSED);
  g_assert_cmpint (mw_connection_get_alert (connection, NULL), ==, -1);
  mw_test_server_finish (server);
}

static void
test_end_in_handshake (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;

  mw_test_server_expect (server, "\x16");
  mw_test_server_close (server);
  mw_test_server_next_connection (server);
  mw_test_server_expect (server, "\x16");
  mw_test_server_reset (server);
  connection = connect_to (server);
  {
    g_autoptr(GError) error = NULL;

    /* Unread bytes of ours may make the end a reset: either is honest */
    g_assert_false (mw_connection_start_tls (connection, "mail.example.org", get_trust (), NULL,
                                             SOON, NULL, &error));
    g_assert_true (g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_CLOSED) ||
                   g_error_matches (error, MW_NET_ERROR, MW_NET_ERROR_RESET));
  }
  g_clear_object (&connection);

  connection = mw_connect_to (mw_test_server_get_port (server), "mail.example.org");
  assert_tls_fails (connection, MW_NET_ERROR_RESET);
  mw_test_server_finish (server);
}

static void
test_silent_handshake (void)
{
  for (guint cancel = 0; cancel < 2; cancel++)
    {
      MwTestServer *server = mw_test_server_new (NULL);
      g_autoptr(MwConnection) connection = NULL;
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(GError) error = NULL;
      GThread *thread = cancel ? mw_cancel_later (cancellable, 50) : NULL;

      mw_test_server_hold (server);
      connection = connect_to (server);
      g_assert_false (mw_connection_start_tls (connection, "mail.example.org", get_trust (), NULL,
                                               cancel ? MW_DEADLINE_NONE : mw_deadline_after (0.1),
                                               cancellable, &error));
      if (cancel)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT);
      if (thread != NULL)
        g_thread_join (thread);
      mw_test_server_abandon (server);
    }
}

/* A record header, and then one byte of a handshake at a time */
static void
test_trickling_handshake (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GError) error = NULL;
  static const guint8 header[] = { 0x16, 0x03, 0x03, 0x20, 0x00 };
  g_autofree char *body = g_strnfill (8000, '\x02');
  gint64 started = g_get_monotonic_time ();

  mw_test_server_send_bytes (server, header, sizeof header);
  mw_test_server_trickle (server, body, 5);
  connection = connect_to (server);
  g_assert_false (mw_connection_start_tls (connection, "mail.example.org", get_trust (), NULL,
                                           mw_deadline_after (0.3), NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 10 * G_USEC_PER_SEC);
  mw_test_server_abandon (server);
}

/* TLS 1.2 with false start: the client's part is done when the server's Finished is not there yet.
 * A relay holds that one back. */
typedef struct
{
  GSocket *listener;
  guint16 target;
  GMutex mutex;
  GCond changed;
  gboolean hold;     /* let nothing of the second flight of the server pass */
  guint from_client; /* bytes that the client has sent after its ClientHello */
} Relay;

static gpointer
relay_thread (gpointer data)
{
  Relay *relay = data;
  g_autoptr(GSocket) client = g_socket_accept (relay->listener, NULL, NULL);
  g_autoptr(MwConnection) server = mw_connect_to (relay->target, "relay");
  char buffer[16384];
  guint n_client = 0;

  g_socket_set_blocking (client, FALSE);
  for (;;)
    {
      g_autoptr(GBytes) bytes = NULL;
      gssize n = g_socket_receive (client, buffer, sizeof buffer, NULL, NULL);
      gboolean hold;

      if (n == 0)
        return NULL;
      if (n > 0)
        {
          n_client++;
          g_mutex_lock (&relay->mutex);
          if (n_client > 1)
            relay->from_client += (guint) n;
          g_cond_broadcast (&relay->changed);
          g_mutex_unlock (&relay->mutex);
          g_assert_true (mw_connection_write (server, buffer, n, SOON, NULL, NULL));
        }

      g_mutex_lock (&relay->mutex);
      hold = relay->hold && n_client > 1;
      g_mutex_unlock (&relay->mutex);
      if (!hold && mw_connection_has_pending (server))
        {
          g_autoptr(GBytes) peek = mw_connection_peek (server, sizeof buffer, SOON, NULL, NULL);

          if (peek == NULL)
            return NULL;
          bytes = mw_connection_read_bytes (server, g_bytes_get_size (peek), SOON, NULL, NULL);
          g_socket_send (client, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL,
                         NULL);
        }
      g_usleep (1000);
    }
}

typedef struct
{
  Relay *relay;
  guint before;
} Release;

static gpointer
release_thread (gpointer data)
{
  Release *release = data;
  Relay *relay = release->relay;

  g_usleep (200 * 1000);
  g_mutex_lock (&relay->mutex);
  /* The secret must not have left */
  g_assert_cmpuint (relay->from_client, ==, release->before);
  relay->hold = FALSE;
  g_mutex_unlock (&relay->mutex);

  return NULL;
}

static void
test_false_start (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *server = mw_test_server_new (cert);
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new (loopback, 0), own = NULL;
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(MwTlsInfo) info = NULL;
  Relay relay = { .hold = TRUE };
  Release release = { .relay = &relay };
  GThread *thread, *releaser;
  g_autoptr(GError) error = NULL;
  char secret[] = "PASS secret\r\n";
  gint64 end = SOON;

  mw_test_server_start_tls (server, TLS12);
  mw_test_server_expect (server, "PASS secret\r\n");
  mw_test_server_send (server, "+OK\r\n");
  mw_test_server_start (server);

  g_mutex_init (&relay.mutex);
  g_cond_init (&relay.changed);
  relay.target = mw_test_server_get_port (server);
  relay.listener =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_assert_true (g_socket_bind (relay.listener, any, FALSE, NULL));
  g_assert_true (g_socket_listen (relay.listener, NULL));
  own = g_socket_get_local_address (relay.listener, NULL);
  thread = g_thread_new ("relay", relay_thread, &relay);

  connection = mw_connect_to (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (own)),
                              "mail.example.org");
  /* Done although the server's Finished is held back: this is the false start */
  info = start_tls (connection, "mail.example.org");
  g_assert_cmpuint (info->chain->len, ==, 1);
  mw_connection_set_verified (connection);

  /* All of our flight is at the relay before the count begins */
  g_mutex_lock (&relay.mutex);
  while (relay.from_client == 0)
    g_assert_true (g_cond_wait_until (&relay.changed, &relay.mutex, end));
  g_mutex_unlock (&relay.mutex);
  g_usleep (100 * 1000);
  g_mutex_lock (&relay.mutex);
  release.before = relay.from_client;
  g_mutex_unlock (&relay.mutex);

  releaser = g_thread_new ("release", release_thread, &release);
  mw_connection_write_secret (connection, secret, strlen (secret), "PASS [..]", SOON, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (relay.hold);
  assert_line (connection, "+OK");
  g_thread_join (releaser);
  g_clear_object (&connection);
  g_thread_join (thread);
  mw_test_server_finish (server);
  g_object_unref (relay.listener);
  g_mutex_clear (&relay.mutex);
  g_cond_clear (&relay.changed);
}

/* One trust for many threads at once */
static gpointer
handshake_thread (gpointer data)
{
  MwTestServer *server = data;
  g_autoptr(MwConnection) connection =
                mw_connect_to (mw_test_server_get_port (server), "mail.example.org");
  g_autoptr(MwTlsInfo) info = start_tls (connection, "mail.example.org");

  g_assert_cmphex (info->verify_status, ==, 0);
  assert_line (connection, "hello");

  return NULL;
}

static void
test_many_threads (void)
{
  g_autoptr(MwTestCert) cert = make_good ();
  MwTestServer *servers[8];
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      servers[i] = mw_test_server_new (cert);
      mw_test_server_start_tls (servers[i], NULL);
      mw_test_server_send (servers[i], "hello\r\n");
      mw_test_server_start (servers[i]);
    }
  get_trust ();
  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    threads[i] = g_thread_new ("handshake", handshake_thread, servers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_thread_join (threads[i]);
      mw_test_server_finish (servers[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_data_func ("/tls/1.3-carries-a-dialogue", NULL, test_dialogue);
  g_test_add_data_func ("/tls/1.2-carries-a-dialogue", TLS12, test_dialogue);
  g_test_add_func ("/tls/secrets-need-verification", test_secret_needs_verification);
  g_test_add_func ("/tls/server-name-is-sent-without-dot-and-for-names-only", test_names_sent);
  g_test_add_func ("/tls/sessions-are-never-resumed", test_never_resumed);
  g_test_add_func ("/tls/certificate-faults-are-seen-after-the-handshake", test_faults_are_seen);
  g_test_add_func ("/tls/a-missing-intermediate-is-seen", test_chain);
  g_test_add_func ("/tls/stapled-answers-are-judged", test_staple);
  g_test_add_func ("/tls/a-failed-handshake-shows-what-it-saw", test_failure_shows_certificates);
  g_test_add_func ("/tls/old-versions-are-refused", test_old_version);
  g_test_add_func ("/tls/fatal-alerts-are-named", test_fatal_alert);
  g_test_add_func ("/tls/plain-text-is-recognised-and-kept", test_plain_text);
  g_test_add_func ("/tls/plain-text-after-the-hello-is-recognised", test_plain_text_after_hello);
  g_test_add_func ("/tls/records-are-known-by-their-first-bytes", test_looks_like_record);
  g_test_add_data_func ("/tls/injected-bytes-in-our-buffer-are-an-error", GINT_TO_POINTER (FALSE),
                        test_injection);
  g_test_add_data_func ("/tls/injected-bytes-in-the-kernel-are-an-error", GINT_TO_POINTER (TRUE),
                        test_injection);
  g_test_add_func ("/tls/starttls-goes-on-inside", test_starttls);
  g_test_add_func ("/tls/a-missing-client-certificate-shows-at-the-first-read",
                   test_client_certificate);
  g_test_add_func ("/tls/a-client-certificate-asked-politely-is-not-needed",
                   test_client_certificate_asked_politely);
  g_test_add_func ("/tls/another-handshake-is-refused", test_rehandshake_is_refused);
  g_test_add_func ("/tls/warnings-are-noted-and-passed-over", test_warning_alert);
  g_test_add_func ("/tls/the-end-is-the-end", test_end_inside_tls);
  g_test_add_func ("/tls/an-end-in-the-handshake-is-told-apart", test_end_in_handshake);
  g_test_add_func ("/tls/a-silent-handshake-ends-at-deadline-or-cancel", test_silent_handshake);
  g_test_add_func ("/tls/a-trickling-handshake-ends-at-the-deadline", test_trickling_handshake);
  g_test_add_func ("/tls/a-false-start-never-carries-a-secret", test_false_start);
  g_test_add_func ("/tls/one-trust-serves-many-threads", test_many_threads);

  return g_test_run ();
}
