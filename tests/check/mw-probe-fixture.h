/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "check/mw-probe.h"
#include "support/mw-test-certs.h"
#include "support/mw-test-server.h"

/* Rows of the tables below leave out what is zero */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

G_BEGIN_DECLS

/* The server of all tests here: a name that leads to 127.0.0.1, a certificate that is made out to
 * it */
#define HOST "mail.test.example"
#define USER "anna@test.example"
#define PASSWORD "s3cret-Pa55"

/* "\0anna@test.example\0s3cret-Pa55" and the password alone in base64 */
#define PLAIN_BASE64 "AGFubmFAdGVzdC5leGFtcGxlAHMzY3JldC1QYTU1"
#define PASSWORD_BASE64 "czNjcmV0LVBhNTU="

/* One run of a probe against a script.
 *
 * Each line of a script is a step: "S: text" sends a line, "s: text" sends without a line end, "C:
 * pattern" expects a line ("*" and "?" stand for anything), "TLS" does a handshake, "NOTLS" one
 * that must fail, "HOLD" waits, "CLOSE", "RESET" and "EOF" end the connection, "NEXT" waits for
 * another one. What the server did not get to do fails the test. */
typedef struct
{
  const char *name;
  MwProtocol protocol;
  MwSecurity security;
  const char *script;
  const char *verdict;        /* "ok", "warning", "failed" */
  const char *diagnosis;      /* or NULL */
  const char *stage;          /* that failed, or NULL */
  gboolean may_send_password; /* otherwise the server must not have got it */
  gboolean abandon;           /* the script is not played to its end */
  double timeout_seconds;     /* 0: the usual one */
  const char *mechanism;
  const char *sender;
} ProbeRow;

/* Everything that a test may want to set, or look at afterwards */
typedef struct
{
  MwTestServer *server;
  MwProbe *probe;
  MwReport *report;
  char *received;
} ProbeFixture;

const MwTestCert *probe_get_certificate (void);
MwTrust *probe_get_trust (void);
MwResolver *probe_get_resolver (void);
SecretValue *probe_get_password (void);

/* @cert NULL: the good one */
MwTestServer *probe_start_script (const char *script, const MwTestCert *cert);
MwProbe *probe_new_for_port (MwProtocol protocol, MwSecurity security, guint16 port);
MwReport *probe_run (MwProbe *probe);

void probe_fixture_init (ProbeFixture *fixture, const ProbeRow *row);
void probe_fixture_run (ProbeFixture *fixture, const ProbeRow *row);
void probe_fixture_clear (ProbeFixture *fixture);

void probe_assert_report (MwReport *report, const ProbeRow *row);
void probe_assert_diagnosis (MwReport *report, const char *id);
gboolean probe_has_diagnosis (MwReport *report, const char *id);
gboolean probe_holds_secret (const char *text);

/* One test a row */
void probe_add_rows (const char *path, const ProbeRow *rows, gsize n_rows);

G_END_DECLS
