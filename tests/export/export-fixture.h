/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "export/mw-export-apply.h"
#include "secrets/mw-secrets-memory.h"

/* A home of the test's own, a host over it, and two accounts with ids that never change */
typedef struct
{
  char *home;
  MwExportHost *host;
  MwAccount *jo;  /* jo@example.org: IMAP, TLS; SMTP, STARTTLS */
  MwAccount *ada; /* ada@example.net: POP3, STARTTLS; SMTP, TLS; a password for each half */
  MwSecrets *secrets;
  MwExportOptions options; /* install; the password of each half is known */
} Fixture;

void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);

MwAccount *fixture_account (const char *id, const char *address, const char *in, const char *out);
MwExportPlan *fixture_plan (Fixture *fixture, const char *target, GError **error, ...)
    G_GNUC_NULL_TERMINATED; /* accounts */
MwExportResult *fixture_apply (Fixture *fixture, MwExportPlan *plan, GError **error);

char *fixture_path (Fixture *fixture, const char *relative);
void fixture_write (Fixture *fixture, const char *relative, const char *text);
char *fixture_read (Fixture *fixture, const char *relative); /* NULL: it is not there */
guint fixture_mode (Fixture *fixture, const char *relative);
char *fixture_list (Fixture *fixture); /* all paths below home, sorted; without the journal */
void assert_golden (const char *name, const char *text);
void assert_password (Fixture *fixture, const char *expected, const char *schema, ...)
    G_GNUC_NULL_TERMINATED; /* attributes; expected NULL: none */

#define add(path, function)                                                                        \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
