/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "model/mw-report.h"

#include <string.h>

static MwReport *
new_report (void)
{
  g_autoptr(MwServer) server =
                mw_server_new (MW_PROTOCOL_IMAP, "imap.example.org", 993, MW_SECURITY_TLS);

  return mw_report_new (server);
}

static void
add_step (MwReport *report, MwStage stage, MwStatus status, MwDiagnosis diagnosis)
{
  g_autoptr(MwStep) step = mw_step_new (stage, status, 1, diagnosis, "message", NULL);

  mw_report_add_step (report, step);
}

static char *
join_diagnoses (MwReport *report)
{
  GString *text = g_string_new (NULL);
  guint n;
  const MwDiagnosis *all = mw_report_get_diagnoses (report, &n);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", mw_diagnosis_to_id (all[i]));
  return g_string_free (text, FALSE);
}

/* ---- the table ---- */

static void
test_table_is_complete (void)
{
  g_autoptr(GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) titles = g_hash_table_new (g_str_hash, g_str_equal);

  for (MwDiagnosis diagnosis = MW_DIAGNOSIS_NONE + 1; diagnosis < MW_N_DIAGNOSES; diagnosis++)
    {
      const char *id = mw_diagnosis_to_id (diagnosis);
      const char *const texts[] = { mw_diagnosis_get_title (diagnosis),
                                    mw_diagnosis_get_explanation (diagnosis),
                                    mw_diagnosis_get_next_step (diagnosis) };

      g_assert_nonnull (id);
      g_assert_true (g_hash_table_add (ids, (char *) id));
      g_assert_true (g_hash_table_add (titles, (char *) texts[0]));
      g_assert_cmpint (mw_diagnosis_from_id (id), ==, diagnosis);
      for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
        {
          g_assert_nonnull (texts[i]);
          g_assert_cmpuint (strlen (texts[i]), >, 10);
          g_assert_true (g_utf8_validate (texts[i], -1, NULL));
          g_assert_null (strstr (texts[i], "lease")); /* neutral voice: no "please" */
        }
      g_assert_cmpuint (strlen (texts[0]), <=, 60);
      g_assert_false (g_str_has_suffix (texts[0], "."));
      g_assert_true (g_str_has_suffix (texts[1], "."));
      g_assert_true (g_str_has_suffix (texts[2], "."));
    }
}

/* The ids are a contract with other programs: this list is that of the contract, by hand */
static void
test_ids_of_the_contract (void)
{
  static const char *const ids =
      "offline captive-portal dns-not-found dns-timeout connection-refused connection-timeout "
      "network-unreachable connection-closed greeting-timeout timeout wrong-protocol "
      "tls-on-plain-port plain-on-tls-port starttls-not-offered starttls-refused "
      "starttls-injection preauth-before-tls response-too-long response-malformed server-busy "
      "tls-handshake-failed tls-version-too-old cert-expired cert-not-yet-valid cert-untrusted "
      "cert-self-signed cert-name-mismatch cert-weak cert-revoked cert-expires-soon auth-failed "
      "auth-app-password-required auth-oauth2-required auth-disabled-by-provider "
      "auth-mechanism-unsupported auth-plaintext-refused auth-rate-limited login-limited "
      "mailbox-unavailable sender-rejected keyring-locked keyring-absent";
  g_auto (GStrv) list = g_strsplit (ids, " ", -1);

  g_assert_cmpuint (g_strv_length (list), ==, MW_N_DIAGNOSES - 1);
  for (gsize i = 0; list[i] != NULL; i++)
    g_assert_cmpint (mw_diagnosis_from_id (list[i]), !=, MW_DIAGNOSIS_NONE);
}

static void
test_only_one_is_a_warning (void)
{
  for (MwDiagnosis diagnosis = MW_DIAGNOSIS_NONE + 1; diagnosis < MW_N_DIAGNOSES; diagnosis++)
    g_assert_cmpint (mw_diagnosis_get_severity (diagnosis), ==,
                     diagnosis == MW_DIAGNOSIS_CERT_EXPIRES_SOON ? MW_SEVERITY_WARNING
                                                                 : MW_SEVERITY_ERROR);
}

static void
test_nothing_for_none (void)
{
  g_assert_null (mw_diagnosis_to_id (MW_DIAGNOSIS_NONE));
  g_assert_null (mw_diagnosis_to_id (MW_N_DIAGNOSES));
  g_assert_cmpint (mw_diagnosis_from_id (NULL), ==, MW_DIAGNOSIS_NONE);
  g_assert_cmpint (mw_diagnosis_from_id ("nonsense"), ==, MW_DIAGNOSIS_NONE);
  g_assert_cmpstr (mw_diagnosis_get_title (MW_DIAGNOSIS_NONE), ==, "");
}

/* ---- the report ---- */

static void
test_fine (void)
{
  g_autoptr(MwReport) report = new_report ();

  add_step (report, MW_STAGE_RESOLVE, MW_STATUS_OK, MW_DIAGNOSIS_NONE);
  add_step (report, MW_STAGE_LOGIN, MW_STATUS_SKIPPED, MW_DIAGNOSIS_NONE);
  g_assert_cmpint (mw_report_get_verdict (report), ==, MW_STATUS_OK);
  g_assert_cmpint (mw_report_get_diagnosis (report), ==, MW_DIAGNOSIS_NONE);
}

static void
test_order_of_diagnoses (void)
{
  g_autoptr(MwReport) report = new_report ();
  g_autofree char *all = NULL;

  add_step (report, MW_STAGE_CERTIFICATE, MW_STATUS_WARNING, MW_DIAGNOSIS_CERT_EXPIRES_SOON);
  mw_report_add_diagnosis (report, MW_DIAGNOSIS_CERT_WEAK);
  mw_report_add_diagnosis (report, MW_DIAGNOSIS_CERT_WEAK);
  g_assert_cmpint (mw_report_get_verdict (report), ==, MW_STATUS_WARNING);
  add_step (report, MW_STAGE_LOGIN, MW_STATUS_FAILED, MW_DIAGNOSIS_AUTH_FAILED);
  g_assert_cmpint (mw_report_get_verdict (report), ==, MW_STATUS_FAILED);
  all = join_diagnoses (report);
  g_assert_cmpstr (all, ==, "auth-failed cert-weak cert-expires-soon");
}

static void
test_a_stage_is_replaced (void)
{
  g_autoptr(MwReport) report = new_report ();

  add_step (report, MW_STAGE_NETWORK, MW_STATUS_OK, MW_DIAGNOSIS_NONE);
  add_step (report, MW_STAGE_RESOLVE, MW_STATUS_FAILED, MW_DIAGNOSIS_DNS_TIMEOUT);
  add_step (report, MW_STAGE_NETWORK, MW_STATUS_FAILED, MW_DIAGNOSIS_OFFLINE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (report)), ==, 2);
  g_assert_cmpint (mw_report_get_diagnosis (report), ==, MW_DIAGNOSIS_OFFLINE);
  g_assert_cmpint (mw_step_get_status (mw_report_get_step (report, MW_STAGE_NETWORK)), ==,
                   MW_STATUS_FAILED);
  g_assert_null (mw_report_get_step (report, MW_STAGE_LOGIN));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (report), 2));
}

static void
test_empty_lists_are_no_null (void)
{
  g_autoptr(MwReport) report = new_report ();

  g_assert_nonnull (mw_report_get_capabilities (report));
  g_assert_nonnull (mw_report_get_mechanisms (report));
  g_assert_cmpuint (mw_report_get_certificates (report)->len, ==, 0);
  g_assert_cmpuint (mw_report_get_advice (report)->len, ==, 0);
  g_assert_false (mw_report_has_tls (report));
}

static void
test_certificates_are_copied (void)
{
  g_autoptr(MwReport) report = new_report ();
  char subject[] = "CN=x";
  MwReportCertificate certificate = { .subject = subject };
  const MwReportCertificate *copy;

  mw_report_add_certificate (report, &certificate);
  subject[3] = 'y';
  copy = g_ptr_array_index (mw_report_get_certificates (report), 0);
  g_assert_cmpstr (copy->subject, ==, "CN=x");
  g_assert_nonnull (copy->names);
}

/* ---- outside text ---- */

static void
test_harmless (void)
{
  static const struct
  {
    const char *bytes;
    gssize length;
    gsize max;
    const char *text;
  } rows[] = {
    { "plain", -1, 100, "plain" },
    { "", 0, 100, "" },
    { "ends\r\n", -1, 100, "ends" },
    { "two\r\nlines\tand", -1, 100, "two lines and" },
    { "a\0b", 3, 100, "a\\x00b" },
    { "\x1b[31m", -1, 100, "<U+001B>[31m" },
    { "\xff\xc3", 2, 100, "\\xff\\xc3" },
    { "\u202eevil", -1, 100, "<U+202E>evil" },
    { "zero\u200bwidth", -1, 100, "zero<U+200B>width" },
    { "<b>&lt;</b>", -1, 100, "<b>&lt;</b>" },
    { "Grüße", -1, 100, "Grüße" },
    { "0123456789", -1, 10, "0123456789" },
    { "0123456789x", -1, 10, "0123456…" },
    { "ääääää", -1, 10, "äää…" },
    { "abc", -1, 2, "" },
    { "abcdef", -1, 3, "…" },
    { "abc", -1, 0, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = mw_text_make_harmless (rows[i].bytes, rows[i].length, rows[i].max);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

/* Whatever comes in, what goes out is short, valid, and on one line */
static void
test_harmless_with_any_bytes (void)
{
  GRand *random = g_rand_new_with_seed (7);

  for (int i = 0; i < 20000; i++)
    {
      char bytes[40];
      gsize n = (gsize) g_rand_int_range (random, 0, sizeof bytes);
      gsize max = (gsize) g_rand_int_range (random, 0, 60);
      g_autofree char *text = NULL;

      for (gsize j = 0; j < n; j++)
        bytes[j] = (char) g_rand_int_range (random, 0, 256);
      text = mw_text_make_harmless (bytes, (gssize) n, max);
      g_assert_cmpuint (strlen (text), <=, max);
      g_assert_true (g_utf8_validate (text, -1, NULL));
      for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
        g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
    }
  g_rand_free (random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/diagnosis/every-row-is-complete", test_table_is_complete);
  g_test_add_func ("/diagnosis/ids-of-the-contract", test_ids_of_the_contract);
  g_test_add_func ("/diagnosis/only-one-is-a-warning", test_only_one_is_a_warning);
  g_test_add_func ("/diagnosis/nothing-for-none", test_nothing_for_none);
  g_test_add_func ("/report/fine", test_fine);
  g_test_add_func ("/report/what-stopped-the-check-comes-first", test_order_of_diagnoses);
  g_test_add_func ("/report/a-stage-is-replaced-in-its-place", test_a_stage_is_replaced);
  g_test_add_func ("/report/empty-lists-are-lists", test_empty_lists_are_no_null);
  g_test_add_func ("/report/certificates-are-copied", test_certificates_are_copied);
  g_test_add_func ("/text/made-harmless", test_harmless);
  g_test_add_func ("/text/any-bytes-made-harmless", test_harmless_with_any_bytes);

  return g_test_run ();
}
