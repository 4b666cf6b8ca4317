/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "support/mw-test-certs.h"

G_BEGIN_DECLS

/*
 * A server that plays a script, in a thread, on a port of 127.0.0.1 that the kernel picks.
 *
 *   MwTestServer *server = mw_test_server_new (NULL);
 *   mw_test_server_send (server, "* OK ready\r\n");
 *   mw_test_server_expect (server, "a1 LOGIN x y\r\n");
 *   mw_test_server_send (server, "a1 OK done\r\n");
 *   mw_test_server_expect_eof (server);
 *   mw_test_server_start (server);
 *   ... talk to 127.0.0.1, mw_test_server_get_port (server) ...
 *   mw_test_server_finish (server);
 *
 * finish() fails the test unless every step was played on every connection of the script, and
 * prints the step where it stopped and what came instead. A step never waits longer than 20 s.
 */
typedef struct _MwTestServer MwTestServer;

/* @cert may be NULL for a server without TLS; it must outlive the server */
MwTestServer *mw_test_server_new (const MwTestCert *cert);
/* The same on ::1; NULL when this machine has no IPv6 loopback */
MwTestServer *mw_test_server_new_ipv6 (const MwTestCert *cert);

/* Steps, in order. @length -1: a string. Before start() only. */
void mw_test_server_send (MwTestServer *self, const char *text);
void mw_test_server_send_bytes (MwTestServer *self, const void *bytes, gssize length);
/* The same byte @count times: for what is too long to be written down */
void mw_test_server_send_repeated (MwTestServer *self, char byte, gsize count);
/* Sends @text over and over until the client is gone or 20 s are over; the last step */
void mw_test_server_send_forever (MwTestServer *self, const char *text);
/* One byte every @milliseconds */
void mw_test_server_trickle (MwTestServer *self, const char *text, guint milliseconds);
/* Exactly these bytes must come */
void mw_test_server_expect (MwTestServer *self, const char *text);
void mw_test_server_expect_bytes (MwTestServer *self, const void *bytes, gsize length);
/* A line (ended by LF) that fits @pattern (GPatternSpec, "*" and "?"), line end not counted */
void mw_test_server_expect_line (MwTestServer *self, const char *pattern);
/* Reads until an empty line: the head of an HTTP request; kept for mw_test_server_dup_received() */
void mw_test_server_expect_head (MwTestServer *self);
/* The client must close now (with or without close_notify, or by reset) */
void mw_test_server_expect_eof (MwTestServer *self);
/* Server side of a TLS handshake; @priority NULL for "NORMAL" */
void mw_test_server_start_tls (MwTestServer *self, const char *priority);
/* The same, but the handshake must fail */
void mw_test_server_start_tls_fails (MwTestServer *self, const char *priority);
/* Staples this OCSP answer in handshakes (whole server, not a step) */
void mw_test_server_set_ocsp (MwTestServer *self, GBytes *der);
/* Asks for a client certificate: 1 = politely, 2 = refuses without (whole server, not a step) */
void mw_test_server_ask_client_certificate (MwTestServer *self, int how);
/* Sends a TLS alert (level 1 = warning, 2 = fatal) */
void mw_test_server_send_alert (MwTestServer *self, int level, int description);
/* TLS 1.2: asks for a new handshake (HelloRequest) and goes on whatever the client answers */
void mw_test_server_request_rehandshake (MwTestServer *self);
/* Waits without reading or writing until mw_test_server_release() is called */
void mw_test_server_hold (MwTestServer *self);
/* Closes: an orderly end, or a reset (RST) */
void mw_test_server_close (MwTestServer *self);
void mw_test_server_reset (MwTestServer *self);
/* The steps that follow are for the next connection */
void mw_test_server_next_connection (MwTestServer *self);

void mw_test_server_start (MwTestServer *self);
guint16 mw_test_server_get_port (MwTestServer *self);
/* Lets a hold() go on; may be called before it is reached */
void mw_test_server_release (MwTestServer *self);
/* Blocks until @n steps of the whole script were played, 20 s at most (then the test fails) */
void mw_test_server_wait_played (MwTestServer *self, guint n);
/* How many connections were accepted so far */
guint mw_test_server_get_n_connections (MwTestServer *self);
/* Everything received so far in the clear or inside TLS; NUL-terminated */
char *mw_test_server_dup_received (MwTestServer *self);
/* The SNI of the last handshake, or NULL */
char *mw_test_server_dup_sni (MwTestServer *self);
/* Whether the last handshake resumed a session */
gboolean mw_test_server_was_resumed (MwTestServer *self);

/* Waits for the thread and checks that all was played; frees */
void mw_test_server_finish (MwTestServer *self);
/* Stops wherever it is; frees. For tests in which the client leaves early */
void mw_test_server_abandon (MwTestServer *self);

G_END_DECLS
