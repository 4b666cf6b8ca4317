/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "net/mw-deadline.h"
#include "net/mw-net-error.h"
#include "net/mw-net-fakes.h"
#include "support/mw-test-server.h"

#include <string.h>

static MwConnection *
connect_to (MwTestServer *server)
{
  mw_test_server_start (server);

  return mw_connect_to (mw_test_server_get_port (server), "mail.example.org");
}

static void
assert_bytes (GBytes *bytes, const char *text, gsize length)
{
  gsize size;
  const char *data;

  g_assert_nonnull (bytes);
  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpmem (data, size, text, length);
  /* Whoever takes it for a string must find an end */
  g_assert_cmpint (data[size], ==, '\0');
}

static void
assert_line (MwConnection *connection, const char *text, gssize length)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) line = mw_connection_read_line (connection, SOON, NULL, &error);

  g_assert_no_error (error);
  assert_bytes (line, text, length < 0 ? strlen (text) : (gsize) length);
}

static void
test_lines (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;

  mw_test_server_send_bytes (server, "one\r\n\r\nbare\nn\0ul \xff\r\nc\rr\r\r\n", 26);
  mw_test_server_expect (server, "quit\r\n");
  mw_test_server_expect_eof (server);
  connection = connect_to (server);

  assert_line (connection, "one", -1);
  assert_line (connection, "", -1);
  g_assert_cmpuint (mw_connection_get_n_bare_lf (connection), ==, 0);
  assert_line (connection, "bare", -1);
  g_assert_cmpuint (mw_connection_get_n_bare_lf (connection), ==, 1);
  assert_line (connection, "n\0ul \xff", 6);
  assert_line (connection, "c\rr\r", -1);
  g_assert_cmpuint (mw_connection_get_n_read (connection), ==, 26);
  g_assert_cmpstr (mw_connection_get_address (connection), ==, "127.0.0.1");
  g_assert_true (mw_connection_peer_is_loopback (connection));

  g_assert_true (mw_connection_write (connection, "quit\r\n", -1, SOON, NULL, NULL));
  mw_connection_close (connection);
  mw_test_server_finish (server);
}

static void
test_literal (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GBytes) literal = NULL, nothing = NULL, peek = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_send_bytes (server, "* {5}\r\nab\r\n\0)\r\n", 15);
  connection = connect_to (server);

  peek = mw_connection_peek (connection, 1, SOON, NULL, NULL);
  assert_bytes (peek, "*", 1);
  assert_line (connection, "* {5}", -1);
  literal = mw_connection_read_bytes (connection, 5, SOON, NULL, NULL);
  assert_bytes (literal, "ab\r\n\0", 5);
  nothing = mw_connection_read_bytes (connection, 0, SOON, NULL, NULL);
  assert_bytes (nothing, "", 0);
  assert_line (connection, ")", -1);

  g_assert_null (mw_connection_read_bytes (connection, 2 * 1024 * 1024, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG);
  mw_test_server_finish (server);
}

static void
test_longest_line (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GBytes) line = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_send_repeated (server, 'x', MW_CONNECTION_MAX_LINE);
  mw_test_server_send (server, "\r\n");
  mw_test_server_send_repeated (server, 'y', MW_CONNECTION_MAX_LINE + 1);
  mw_test_server_send (server, "\n");
  connection = connect_to (server);

  line = mw_connection_read_line (connection, SOON, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (line), ==, MW_CONNECTION_MAX_LINE);
  g_assert_null (mw_connection_read_line (connection, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG);
  mw_test_server_abandon (server);
}

static void
test_endless_line (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_send_forever (server, "endless ");
  connection = connect_to (server);

  g_assert_null (mw_connection_read_line (connection, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG);
  g_assert_cmpuint (mw_connection_get_n_read (connection), <, 4 * MW_CONNECTION_MAX_LINE);
  mw_test_server_abandon (server);
}

static void
test_too_many_lines (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_send_forever (server, "250-more\r\n");
  connection = connect_to (server);

  for (guint i = 0; i < MW_CONNECTION_MAX_REPLY_LINES; i++)
    assert_line (connection, "250-more", -1);
  mw_connection_begin_reply (connection);
  for (guint i = 0; i < MW_CONNECTION_MAX_REPLY_LINES; i++)
    assert_line (connection, "250-more", -1);
  g_assert_null (mw_connection_read_line (connection, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG);
  mw_test_server_abandon (server);
}

static void
test_too_many_bytes (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = g_strnfill (50000, 'z');
  g_autofree char *sent = g_strconcat (line, "\r\n", NULL);
  guint n = 0;

  mw_test_server_send_forever (server, sent);
  connection = connect_to (server);

  while (error == NULL)
    {
      g_autoptr(GBytes) got = mw_connection_read_line (connection, SOON, NULL, &error);

      n += got != NULL;
    }
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG);
  g_assert_cmpuint (n, ==, MW_CONNECTION_MAX_REPLY_BYTES / 50002);
  mw_test_server_abandon (server);
}

static void
test_ends_told_apart (void)
{
  static const int ends[] = { MW_NET_ERROR_CLOSED, MW_NET_ERROR_CLOSED, MW_NET_ERROR_RESET };
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(GError) error = NULL;

  mw_test_server_send (server, "bye\r\n");
  mw_test_server_close (server);
  mw_test_server_next_connection (server);
  mw_test_server_send (server, "in the midd");
  mw_test_server_close (server);
  mw_test_server_next_connection (server);
  mw_test_server_expect (server, "hello\r\n");
  mw_test_server_reset (server);
  mw_test_server_start (server);

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr(MwConnection) connection =
                    mw_connect_to (mw_test_server_get_port (server), "mail.example.org");
      g_autoptr(GBytes) partial = NULL;

      if (i == 0)
        assert_line (connection, "bye", -1);
      if (i == 2)
        g_assert_true (mw_connection_write (connection, "hello\r\n", -1, SOON, NULL, NULL));
      g_assert_null (mw_connection_read_line (connection, SOON, NULL, &error));
      g_assert_error (error, MW_NET_ERROR, ends[i]);
      g_assert_true (g_str_has_prefix (error->message, "mail.example.org:"));
      g_clear_error (&error);
      partial = mw_connection_get_partial (connection);
      assert_bytes (partial, i == 1 ? "in the midd" : "", i == 1 ? 11 : 0);
    }
  mw_test_server_finish (server);
}

static void
test_silence (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_hold (server);
  mw_test_server_send (server, "late\r\n");
  mw_test_server_expect_eof (server);
  connection = connect_to (server);

  g_assert_null (mw_connection_read_line (connection, mw_deadline_after (0.05), NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT);
  g_assert_cmpuint (mw_connection_get_n_read (connection), ==, 0);

  /* A passed deadline does not break anything */
  mw_test_server_release (server);
  assert_line (connection, "late", -1);
  g_clear_object (&connection);
  mw_test_server_finish (server);
}

/* Each byte comes before any limit on a single read would pass */
static void
test_trickle (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = g_strnfill (5000, 'x');
  gint64 started = g_get_monotonic_time ();

  mw_test_server_trickle (server, text, 5);
  connection = connect_to (server);

  g_assert_null (mw_connection_read_line (connection, mw_deadline_after (0.3), NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT);
  g_assert_cmpuint (mw_connection_get_n_read (connection), >, 0);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 10 * G_USEC_PER_SEC);
  mw_test_server_abandon (server);
}

/* There is always another line, and each is read at once: only the clock can end it */
static void
test_flood (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GError) error = NULL;
  gint64 deadline;
  guint n = 0;

  mw_test_server_send_forever (server, "* more\r\n* and more\r\n");
  connection = connect_to (server);
  deadline = mw_deadline_after (0.2);
  while (error == NULL)
    {
      g_autoptr(GBytes) line = NULL;

      mw_connection_begin_reply (connection);
      line = mw_connection_read_line (connection, deadline, NULL, &error);
      n++;
    }
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_TIMEOUT);
  g_assert_cmpuint (n, >, 10);
  mw_test_server_abandon (server);
}

static void
test_cancelled (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *much = g_strnfill (16 * 1024 * 1024, 'x');
  GThread *thread;

  mw_test_server_hold (server);
  connection = connect_to (server);

  thread = mw_cancel_later (cancellable, 50);
  g_assert_null (mw_connection_read_line (connection, MW_DEADLINE_NONE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_clear_error (&error);

  /* More than the system buffers, to a server that does not read */
  g_cancellable_reset (cancellable);
  thread = mw_cancel_later (cancellable, 50);
  g_assert_false (
      mw_connection_write (connection, much, -1, MW_DEADLINE_NONE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  mw_test_server_abandon (server);
}

static void
test_pending (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;

  mw_test_server_send (server, "one\r\ntwo\r\n");
  mw_test_server_hold (server);
  mw_test_server_send (server, "three\r\n");
  mw_test_server_expect (server, "go\r\n");
  mw_test_server_close (server);
  connection = connect_to (server);

  mw_test_server_wait_played (server, 1);
  g_assert_true (mw_connection_has_pending (connection)); /* in the kernel */
  assert_line (connection, "one", -1);
  g_assert_true (mw_connection_has_pending (connection)); /* in our buffer */
  assert_line (connection, "two", -1);
  g_assert_false (mw_connection_has_pending (connection));

  mw_test_server_release (server);
  mw_test_server_wait_played (server, 3);
  g_assert_true (mw_connection_has_pending (connection));
  assert_line (connection, "three", -1);
  g_assert_true (mw_connection_write (connection, "go\r\n", -1, SOON, NULL, NULL));
  mw_test_server_finish (server);
  g_assert_false (mw_connection_has_pending (connection)); /* the end is no byte */
}

static void
on_transcript (
    MwDirection direction, const char *bytes, gsize length, gboolean encrypted, gpointer user_data)
{
  GString *transcript = user_data;

  g_assert_false (encrypted);
  g_string_append (transcript, direction == MW_DIRECTION_SENT ? "> " : "< ");
  g_string_append_len (transcript, bytes, (gssize) length);
  g_string_append_c (transcript, '\n');
}

static void
test_transcript (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GString) transcript = g_string_new (NULL);
  g_autoptr(GBytes) masked = NULL;
  char secret[] = "a1 LOGIN me s3cret\r\n";

  mw_test_server_send (server, "* OK\r\n");
  mw_test_server_expect (server, "a0 ID NIL\r\na1 LOGIN me s3cret\r\n");
  mw_test_server_send (server, "a1 BAD I do not know \"LOGIN me s3cret\" nor s3crets3cret\r\n");
  connection = connect_to (server);
  mw_connection_set_transcript (connection, on_transcript, transcript);
  mw_connection_allow_plain_secrets (connection);
  mw_connection_add_mask (connection, "s3cret", 6);
  mw_connection_add_mask (connection, "a1", 2); /* too short to be one */

  assert_line (connection, "* OK", -1);
  g_assert_true (mw_connection_write (connection, "a0 ID NIL\r\n", -1, SOON, NULL, NULL));
  g_assert_true (mw_connection_write_secret (connection, secret, strlen (secret),
                                             "a1 LOGIN me [password]", SOON, NULL, NULL));
  assert_line (connection, "a1 BAD I do not know \"LOGIN me s3cret\" nor s3crets3cret", -1);
  mw_test_server_finish (server);

  g_assert_cmpstr (transcript->str, ==,
                   "< * OK\n"
                   "> a0 ID NIL\n"
                   "> a1 LOGIN me [password]\n"
                   "< a1 BAD I do not know \"LOGIN me [masked]\" nor [masked][masked]\n");
  masked = mw_connection_dup_masked (connection, "no s3cre, s3cret\0", 17);
  assert_bytes (masked, "no s3cre, [masked]\0", 19);
}

static void
test_secrets_stay (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GString) transcript = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *received = NULL;
  const char zeros[sizeof "PASS secret\r\n"] = { 0 };
  char secret[] = "PASS secret\r\n";
  char again[] = "PASS secret\r\n";

  mw_test_server_expect_eof (server);
  connection = connect_to (server);
  mw_connection_set_transcript (connection, on_transcript, transcript);

  g_assert_false (mw_connection_is_secure (connection));
  g_assert_false (mw_connection_write_secret (connection, secret, strlen (secret), "PASS [masked]",
                                              SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_NOT_SECURE);
  g_assert_cmpmem (secret, sizeof secret, zeros, sizeof zeros);
  g_assert_cmpstr (transcript->str, ==, "");

  /* Verified is nothing that a connection without TLS can be */
  g_test_expect_message ("mw-connection", G_LOG_LEVEL_CRITICAL, "*session*");
  mw_connection_set_verified (connection);
  g_test_assert_expected_messages ();
  g_assert_false (mw_connection_write_secret (connection, again, strlen (again), "PASS [masked]",
                                              SOON, NULL, NULL));
  g_assert_cmpmem (again, sizeof again, zeros, sizeof zeros);

  mw_connection_close (connection);
  received = mw_test_server_dup_received (server);
  g_assert_cmpstr (received, ==, "");
  mw_test_server_finish (server);
}

static void
test_wiped_when_sent (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  const char zeros[sizeof "PASS secret\r\n"] = { 0 };
  char secret[] = "PASS secret\r\n";

  mw_test_server_expect (server, "PASS secret\r\n");
  connection = connect_to (server);
  mw_connection_allow_plain_secrets (connection);
  g_assert_true (mw_connection_write_secret (connection, secret, strlen (secret), "PASS [masked]",
                                             SOON, NULL, NULL));
  g_assert_cmpmem (secret, sizeof secret, zeros, sizeof zeros);
  mw_test_server_finish (server);
}

static void
test_closed (void)
{
  MwTestServer *server = mw_test_server_new (NULL);
  g_autoptr(MwConnection) connection = NULL;
  g_autoptr(GError) error = NULL;

  mw_test_server_expect_eof (server);
  connection = connect_to (server);
  mw_connection_close (connection);
  mw_connection_close (connection);
  g_assert_null (mw_connection_read_line (connection, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (mw_connection_write (connection, "x", 1, SOON, NULL, &error));
  g_assert_error (error, MW_NET_ERROR, MW_NET_ERROR_CLOSED);
  g_assert_false (mw_connection_has_pending (connection));
  mw_test_server_finish (server);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/connection/lines-are-bytes-without-their-end", test_lines);
  g_test_add_func ("/connection/literals-are-counted-bytes", test_literal);
  g_test_add_func ("/connection/a-line-may-have-64-kib-and-no-more", test_longest_line);
  g_test_add_func ("/connection/an-endless-line-is-cut-off", test_endless_line);
  g_test_add_func ("/connection/a-reply-may-have-1000-lines", test_too_many_lines);
  g_test_add_func ("/connection/a-reply-may-have-1-mib", test_too_many_bytes);
  g_test_add_func ("/connection/end-and-reset-are-told-apart", test_ends_told_apart);
  g_test_add_func ("/connection/silence-ends-at-the-deadline", test_silence);
  g_test_add_func ("/connection/a-trickle-ends-at-the-deadline", test_trickle);
  g_test_add_func ("/connection/a-flood-ends-at-the-deadline", test_flood);
  g_test_add_func ("/connection/cancelling-ends-reads-and-writes", test_cancelled);
  g_test_add_func ("/connection/unread-bytes-are-seen-wherever-they-are", test_pending);
  g_test_add_func ("/connection/transcript-masks-secrets-whoever-says-them", test_transcript);
  g_test_add_func ("/connection/secrets-stay-unless-the-connection-is-secure", test_secrets_stay);
  g_test_add_func ("/connection/secrets-are-wiped-when-sent", test_wiped_when_sent);
  g_test_add_func ("/connection/a-closed-one-does-nothing", test_closed);

  return g_test_run ();
}
