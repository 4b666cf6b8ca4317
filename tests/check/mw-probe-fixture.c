/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "check/mw-probe-fixture.h"

#include "net/mw-net-fakes.h"

#include <string.h>

/* Made once: keys cost time. Leaked on purpose, like everything that lives as long as the process.
 */
const MwTestCert *
probe_get_certificate (void)
{
  static MwTestCert *cert = NULL;

  if (g_once_init_enter_pointer (&cert))
    {
      MwTestCertOptions options = { .subject = HOST, .dns_names = HOST };

      g_once_init_leave_pointer (&cert, mw_test_cert_new (mw_test_cert_get_root (), &options));
    }
  return cert;
}

MwTrust *
probe_get_trust (void)
{
  static MwTrust *trust = NULL;

  if (g_once_init_enter_pointer (&trust))
    {
      g_autoptr(GBytes) pem = mw_test_cert_dup_root_pem ();
      g_autoptr(GError) error = NULL;
      MwTrust *made = mw_trust_new (MW_TRUST_NONE, pem, &error);

      g_assert_no_error (error);
      g_once_init_leave_pointer (&trust, made);
    }
  return trust;
}

MwResolver *
probe_get_resolver (void)
{
  static MwFakeResolver *resolver = NULL;

  if (g_once_init_enter_pointer (&resolver))
    {
      MwFakeResolver *made = mw_fake_resolver_new ();

      mw_fake_resolver_add (made, HOST, "127.0.0.1");
      mw_fake_resolver_add (made, "other.test.example", "127.0.0.1");
      mw_fake_resolver_add (made, "empty.test.example", "");
      g_once_init_leave_pointer (&resolver, made);
    }
  return MW_RESOLVER (resolver);
}

SecretValue *
probe_get_password (void)
{
  return secret_value_new (PASSWORD, -1, "text/plain");
}

static void
add_line (MwTestServer *server, const char *line)
{
  g_autofree char *text = NULL;

  if (g_str_has_prefix (line, "S: "))
    {
      text = g_strconcat (line + 3, "\r\n", NULL);
      mw_test_server_send (server, text);
    }
  else if (g_str_has_prefix (line, "s: "))
    mw_test_server_send (server, line + 3);
  else if (g_str_has_prefix (line, "C: "))
    mw_test_server_expect_line (server, line + 3);
  else if (g_str_equal (line, "TLS"))
    mw_test_server_start_tls (server, NULL);
  else if (g_str_equal (line, "NOTLS"))
    mw_test_server_start_tls_fails (server, NULL);
  else if (g_str_equal (line, "HOLD"))
    mw_test_server_hold (server);
  else if (g_str_equal (line, "CLOSE"))
    mw_test_server_close (server);
  else if (g_str_equal (line, "RESET"))
    mw_test_server_reset (server);
  else if (g_str_equal (line, "EOF"))
    mw_test_server_expect_eof (server);
  else if (g_str_equal (line, "NEXT"))
    mw_test_server_next_connection (server);
  else
    g_error ("no such step: %s", line);
}

MwTestServer *
probe_start_script (const char *script, const MwTestCert *cert)
{
  MwTestServer *server = mw_test_server_new (cert != NULL ? cert : probe_get_certificate ());
  g_auto (GStrv) lines = g_strsplit (script, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      add_line (server, lines[i]);
  mw_test_server_start (server);
  return server;
}

MwProbe *
probe_new_for_port (MwProtocol protocol, MwSecurity security, guint16 port)
{
  g_autoptr(MwServer) plain = mw_server_new (protocol, HOST, port, security);
  g_autoptr(MwServer) server = mw_server_with_username (plain, USER);
  g_autoptr(GProxyResolver) proxies = g_simple_proxy_resolver_new (NULL, NULL);
  SecretValue *password = probe_get_password ();
  MwProbe *probe = mw_probe_new (server);

  mw_probe_set_resolver (probe, probe_get_resolver ());
  mw_probe_set_proxy_resolver (probe, proxies);
  mw_probe_set_trust (probe, probe_get_trust ());
  mw_probe_set_password (probe, password);
  secret_value_unref (password);
  return probe;
}

static void
on_step (MwStep *step, gpointer user_data)
{
  GPtrArray *steps = user_data;

  g_ptr_array_add (steps, g_object_ref (step));
}

/* Every stage that ran was announced first, and every stage was reported as it stands in the end */
static void
assert_live_steps (MwReport *report, GPtrArray *live)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (report)); i++)
    {
      g_autoptr(MwStep) step = g_list_model_get_item (G_LIST_MODEL (report), i);

      g_assert_true (g_ptr_array_find (live, step, NULL));
    }
}

MwReport *
probe_run (MwProbe *probe)
{
  g_autoptr(GPtrArray) live = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GError) error = NULL;
  MwReport *report = mw_probe_run_sync (probe, on_step, live, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (report);
  assert_live_steps (report, live);
  return report;
}

gboolean
probe_holds_secret (const char *text)
{
  return strstr (text, PASSWORD) != NULL || strstr (text, PLAIN_BASE64) != NULL ||
         strstr (text, PASSWORD_BASE64) != NULL;
}

gboolean
probe_has_diagnosis (MwReport *report, const char *id)
{
  guint n;
  const MwDiagnosis *all = mw_report_get_diagnoses (report, &n);

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (mw_diagnosis_to_id (all[i]), id) == 0)
      return TRUE;
  return FALSE;
}

void
probe_assert_diagnosis (MwReport *report, const char *id)
{
  g_assert_cmpstr (mw_diagnosis_to_id (mw_report_get_diagnosis (report)), ==, id);
}

static void
assert_stages (MwReport *report)
{
  static const char *const implicit[] = { "network",     "resolve",  "connect",  "tls",
                                          "certificate", "greeting", "starttls", "capability",
                                          "login",       "mailbox" };
  static const char *const others[] = { "network",  "resolve", "connect",     "greeting",
                                        "starttls", "tls",     "certificate", "capability",
                                        "login",    "mailbox" };
  const char *const *order =
      mw_server_get_security (mw_report_get_server (report)) == MW_SECURITY_TLS ? implicit : others;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (report)), ==, G_N_ELEMENTS (others));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr(MwStep) step = g_list_model_get_item (G_LIST_MODEL (report), i);

      g_assert_cmpstr (mw_stage_to_string (mw_step_get_stage (step)), ==, order[i]);
      g_assert_cmpint (mw_step_get_status (step), !=, MW_STATUS_RUNNING);
      g_assert_cmpfloat (mw_step_get_milliseconds (step), >=, 0);
      g_assert_cmpstr (mw_step_get_message (step), !=, "");
      if (mw_step_get_server_text (step) != NULL)
        g_assert_false (probe_holds_secret (mw_step_get_server_text (step)));
    }
}

/* What holds for every report */
void
probe_assert_report (MwReport *report, const ProbeRow *row)
{
  const char *failed = NULL;

  assert_stages (report);
  g_assert_false (probe_holds_secret (mw_report_get_transcript (report)));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (report)); i++)
    {
      g_autoptr(MwStep) step = g_list_model_get_item (G_LIST_MODEL (report), i);

      if (g_test_verbose ())
        g_test_message ("%s: %s: %s (%s)", mw_stage_to_string (mw_step_get_stage (step)),
                        mw_status_to_string (mw_step_get_status (step)), mw_step_get_message (step),
                        mw_step_get_server_text (step));
      if (mw_step_get_status (step) == MW_STATUS_FAILED)
        {
          g_assert_null (failed);
          failed = mw_stage_to_string (mw_step_get_stage (step));
        }
    }

  probe_assert_diagnosis (report, row->diagnosis);
  g_assert_cmpstr (mw_status_to_string (mw_report_get_verdict (report)), ==, row->verdict);
  g_assert_cmpstr (failed, ==, row->stage);
  g_assert_cmpint (mw_report_get_advice (report)->len > 0, ==, row->diagnosis != NULL);
}

void
probe_fixture_init (ProbeFixture *fixture, const ProbeRow *row)
{
  fixture->server = probe_start_script (row->script, NULL);
  fixture->probe =
      probe_new_for_port (row->protocol, row->security, mw_test_server_get_port (fixture->server));
  if (row->timeout_seconds > 0)
    mw_probe_set_timeout (fixture->probe, row->timeout_seconds);
  mw_probe_set_mechanism (fixture->probe, row->mechanism);
  mw_probe_set_sender (fixture->probe, row->sender);
}

void
probe_fixture_run (ProbeFixture *fixture, const ProbeRow *row)
{
  fixture->report = probe_run (fixture->probe);
  if (row->abandon)
    {
      fixture->received = mw_test_server_dup_received (fixture->server);
      mw_test_server_abandon (g_steal_pointer (&fixture->server));
    }
  else
    {
      /* The last lines may still be on their way: finish() waits for them */
      fixture->received = mw_test_server_dup_received (fixture->server);
      mw_test_server_finish (g_steal_pointer (&fixture->server));
    }
  probe_assert_report (fixture->report, row);
  if (!row->may_send_password)
    g_assert_false (probe_holds_secret (fixture->received));
}

void
probe_fixture_clear (ProbeFixture *fixture)
{
  g_clear_object (&fixture->probe);
  g_clear_object (&fixture->report);
  g_clear_pointer (&fixture->received, g_free);
}

static void
run_row (gconstpointer data)
{
  const ProbeRow *row = data;
  ProbeFixture fixture = { 0 };

  probe_fixture_init (&fixture, row);
  probe_fixture_run (&fixture, row);
  probe_fixture_clear (&fixture);
}

void
probe_add_rows (const char *path, const ProbeRow *rows, gsize n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autofree char *full = g_strdup_printf ("%s/%s", path, rows[i].name);

      g_test_add_data_func (full, &rows[i], run_row);
    }
}
