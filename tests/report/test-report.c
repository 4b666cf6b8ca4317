/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "report/mw-redact.h"
#include "report/mw-report-json.h"
#include "report/mw-report-text.h"

#include <string.h>

static MwReport *
make_report (void)
{
  g_autoptr (MwServer) server = mw_server_new_from_url ("imaps://jo%40example.org@h.example", NULL);
  g_autoptr (MwStep) resolve = mw_step_new (MW_STAGE_RESOLVE, MW_STATUS_OK, 1.3, MW_DIAGNOSIS_NONE,
                                           "192.0.2.1", NULL);
  g_autoptr (MwStep) login =
                mw_step_new (MW_STAGE_LOGIN, MW_STATUS_FAILED, 20, MW_DIAGNOSIS_AUTH_FAILED,
                             "refused", "NO \x1b[31m<b>wrong</b>");
  const char *capabilities[] = { "IMAP4rev1", "ID", NULL };
  const char *mechanisms[] = { "PLAIN", NULL };
  char *names[] = { "h.example", NULL };
  const MwReportCertificate certificate = { .subject = "CN=h.example",
                                            .issuer = "CN=CA",
                                            .not_before = "2026-01-01T00:00:00Z",
                                            .not_after = "2027-01-01T00:00:00Z",
                                            .sha256 = "ab",
                                            .spki_sha256 = "cd",
                                            .key = "EC 256",
                                            .names = names };
  MwReport *report = mw_report_new (server);

  mw_report_add_step (report, resolve);
  mw_report_add_step (report, login);
  mw_report_set_address (report, "192.0.2.1");
  mw_report_set_tls (report, "TLS1.3", "AES-256-GCM", "X25519");
  mw_report_add_certificate (report, &certificate);
  mw_report_set_capabilities (report, capabilities);
  mw_report_set_mechanisms (report, mechanisms);
  mw_report_add_advice (report, "auth-failed", "Title", "Text", "username", "jo");
  mw_report_set_transcript (report, "C: a LOGIN jo ***");
  return report;
}

static void
assert_members (JsonObject *object, const char *names)
{
  g_auto (GStrv) expected = g_strsplit (names, " ", -1);

  for (gsize i = 0; expected[i] != NULL; i++)
    g_assert_true (json_object_has_member (object, expected[i]));
  g_assert_cmpuint (json_object_get_size (object), ==, g_strv_length (expected));
}

static void
test_probe_has_the_agreed_shape (void)
{
  g_autoptr (MwReport) report = make_report ();
  g_autofree char *text = mw_json_text_from_report (report, FALSE);
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  JsonObject *object = json_node_get_object (node), *step, *tls;

  assert_members (object,
                  "verdict diagnosis diagnoses protocol host port security address steps tls "
                  "capabilities mechanisms advice");
  g_assert_cmpstr (json_object_get_string_member (object, "verdict"), ==, "failed");
  g_assert_cmpstr (json_object_get_string_member (object, "diagnosis"), ==, "auth-failed");
  g_assert_cmpint (json_object_get_int_member (object, "port"), ==, 993);
  step = json_array_get_object_element (json_object_get_array_member (object, "steps"), 1);
  assert_members (step, "step status milliseconds diagnosis message server_text");
  g_assert_cmpstr (json_object_get_string_member (step, "step"), ==, "login");
  g_assert_null (strchr (json_object_get_string_member (step, "server_text"), '\x1b'));
  step = json_array_get_object_element (json_object_get_array_member (object, "steps"), 0);
  g_assert_true (json_object_get_null_member (step, "diagnosis"));
  g_assert_cmpfloat (json_object_get_double_member (step, "milliseconds"), >=, 0);
  tls = json_object_get_object_member (object, "tls");
  assert_members (tls, "version cipher group certificates");
}

static void
test_untouched_server_has_nulls (void)
{
  g_autoptr (MwServer) server = mw_server_new_from_url ("smtp://h.example", NULL);
  g_autoptr (MwReport) report = mw_report_new (server);
  g_autofree char *text = mw_json_text_from_report (report, FALSE);
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  JsonObject *object = json_node_get_object (node);

  g_assert_true (json_object_get_null_member (object, "diagnosis"));
  g_assert_true (json_object_get_null_member (object, "tls"));
  g_assert_true (json_object_get_null_member (object, "address"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "steps")), ==, 0);
}

/* What the writer writes is what json-glib makes of it, byte by byte */
static void
test_writer_writes_as_json_glib_does (void)
{
  static const char *const values[] = { "plain",
                                        "",
                                        "quote\" back\\slash / slash",
                                        "\b\f\n\r\t\v",
                                        "\x01\x1b[31m\x7f",
                                        "größe 邮件 📬",
                                        "\xe2\x80\xa8 line",
                                        NULL };
  g_autoptr (GString) text = g_string_new (NULL);
  MwJsonWriter writer = MW_JSON_WRITER_INIT (text);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *theirs = NULL;
  JsonArray *array;

  mw_json_writer_begin (&writer, NULL, '{');
  mw_json_writer_strv (&writer, "values", values);
  mw_json_writer_strv (&writer, "none", NULL);
  mw_json_writer_int (&writer, "negative", G_MININT64);
  mw_json_writer_double (&writer, "whole", 3);
  mw_json_writer_double (&writer, "eighths", 0.125);
  mw_json_writer_string (&writer, "nothing", NULL);
  mw_json_writer_end (&writer, '}');

  node = json_from_string (text->str, &error);
  g_assert_no_error (error);
  array = json_object_get_array_member (json_node_get_object (node), "values");
  for (guint i = 0; values[i] != NULL; i++)
    g_assert_cmpstr (json_array_get_string_element (array, i), ==, values[i]);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (node), "negative"), ==,
                   G_MININT64);
  theirs = json_to_string (node, TRUE);
  g_assert_null (strpbrk (text->str, "\x01\x1b\x7f"));
  g_assert_cmpstr (text->str, ==, theirs);
}

static void
test_check_sums_up_its_servers (void)
{
  g_autoptr (MwAddress) address = mw_address_new ("jo@example.org", NULL);
  g_autoptr (MwAccount) account = mw_account_new (address);
  g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;
  JsonObject *object;

  g_ptr_array_add (own, make_report ());
  g_ptr_array_add (own, make_report ());
  text = mw_json_text_from_check (account, own, TRUE);
  node = json_from_string (text, NULL);
  object = json_array_get_object_element (
      json_object_get_array_member (json_node_get_object (node), "accounts"), 0);
  assert_members (object, "id address verdict diagnoses servers");
  g_assert_cmpstr (json_object_get_string_member (object, "verdict"), ==, "failed");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "diagnoses")), ==,
                    1);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "servers")), ==,
                    2);
}

static void
test_text_says_what_happened_and_what_to_do (void)
{
  g_autoptr (MwReport) report = make_report ();
  g_autofree char *plain = mw_report_to_text (report, MW_REPORT_TEXT_PLAIN);
  g_autofree char *full =
      mw_report_to_text (report, MW_REPORT_TEXT_DETAILS | MW_REPORT_TEXT_TRANSCRIPT);

  g_assert_nonnull (strstr (plain, "h.example"));
  g_assert_nonnull (strstr (plain, mw_diagnosis_get_title (MW_DIAGNOSIS_AUTH_FAILED)));
  g_assert_nonnull (strstr (plain, "Text"));
  g_assert_null (strchr (plain, '\x1b'));
  g_assert_null (strstr (plain, "CN=CA"));
  g_assert_null (strstr (plain, "LOGIN jo"));
  g_assert_nonnull (strstr (full, "CN=CA"));
  g_assert_nonnull (strstr (full, "LOGIN jo ***"));
}

static void
test_names_are_masked_and_servers_stay (void)
{
  g_autoptr (MwAddress) address = mw_address_new ("Jo Example <jo.ex@example.org>", NULL);
  g_autoptr (GPtrArray) accounts = g_ptr_array_new_with_free_func (g_object_unref);
  MwAccount *account = mw_account_new (address);
  g_autoptr (MwServer) server = mw_server_new_from_url ("imaps://staff77@imap.example.org", NULL);
  g_autofree char *masked = NULL;

  mw_account_set_server (account, MW_HALF_INCOMING, server);
  g_ptr_array_add (accounts, account);
  masked = mw_redact ("From: Jo Example <JO.EX@example.org>; user staff77 at imap.example.org, "
                      "staff778 and jo.example",
                      accounts);
  g_assert_cmpstr (masked, ==,
                   "From: *** <***@example.org>; user *** at imap.example.org, staff778 and "
                   "jo.example");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/report/probe-has-the-agreed-shape", test_probe_has_the_agreed_shape);
  g_test_add_func ("/report/untouched-server-has-nulls", test_untouched_server_has_nulls);
  g_test_add_func ("/report/writer-writes-as-json-glib-does", test_writer_writes_as_json_glib_does);
  g_test_add_func ("/report/check-sums-up-its-servers", test_check_sums_up_its_servers);
  g_test_add_func ("/report/text-says-what-happened-and-what-to-do",
                   test_text_says_what_happened_and_what_to_do);
  g_test_add_func ("/report/names-are-masked-and-servers-stay",
                   test_names_are_masked_and_servers_stay);
  return g_test_run ();
}
