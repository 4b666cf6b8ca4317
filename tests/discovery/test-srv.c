/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "discovery/mw-document.h"
#include "discovery/mw-srv.h"

typedef struct
{
  guint16 priority;
  guint16 weight;
  guint16 port;
  const char *target;
} Row;

static GPtrArray *
make_records (const Row *rows, gsize n_rows)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) mw_dns_record_free);

  for (gsize i = 0; i < n_rows; i++)
    g_ptr_array_add (records, mw_dns_record_new (rows[i].priority, rows[i].weight, rows[i].port,
                                                 rows[i].target, NULL));
  return records;
}

#define RECORDS(...)                                                                               \
  make_records ((const Row[]) { __VA_ARGS__ }, G_N_ELEMENTS (((const Row[]) { __VA_ARGS__ })))

static void
test_priority_then_weight (void)
{
  g_autoptr(GPtrArray) records =
                RECORDS ({ 20, 100, 993, "c.example.org" }, { 10, 0, 993, "a.example.org" },
                         { 10, 5, 993, "b.example.org" });
  const MwDnsRecord *record = mw_srv_choose (records, NULL);

  g_assert_cmpstr (record->target, ==, "b.example.org");
}

static void
test_weight_zero_is_usable (void)
{
  g_autoptr(GPtrArray) records = RECORDS ({ 0, 0, 993, "a.example.org" });

  g_assert_nonnull (mw_srv_choose (records, NULL));
}

static void
test_dot_means_not_offered (void)
{
  g_autoptr(GPtrArray) records = RECORDS ({ 0, 0, 0, "." });
  g_autoptr(GPtrArray) mixed = RECORDS ({ 0, 0, 0, "." }, { 1, 0, 993, "a.example.org" });
  g_autoptr(GError) error = NULL;

  g_assert_null (mw_srv_choose (records, &error));
  g_assert_error (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_NOT_OFFERED);
  g_assert_nonnull (mw_srv_choose (mixed, NULL));
}

static void
test_useless_records_are_passed_over (void)
{
  g_autofree char *label = g_strnfill (300, 'a');
  g_autoptr(GPtrArray) records =
                RECORDS ({ 0, 0, 0, "zero.example.org" }, { 0, 0, 993, "" }, { 0, 0, 993, NULL },
                         { 0, 0, 993, "192.0.2.1" }, { 0, 0, 993, "a b.example.org" },
                         { 0, 0, 993, "-a.example.org" }, { 9, 0, 993, "good.example.org" });
  g_autoptr(GPtrArray) hopeless = RECORDS ({ 0, 0, 0, "zero.example.org" }, { 0, 0, 993, "" });
  g_autoptr(GError) error = NULL;

  g_ptr_array_insert (records, 0, mw_dns_record_new (0, 0, 993, label, NULL));
  g_assert_cmpstr (mw_srv_choose (records, NULL)->target, ==, "good.example.org");
  g_assert_null (mw_srv_choose (hopeless, &error));
  g_assert_error (error, MW_DISCOVERY_ERROR, MW_DISCOVERY_ERROR_NO_SERVERS);
}

static void
test_many_records (void)
{
  g_autoptr(GPtrArray) records =
                g_ptr_array_new_with_free_func ((GDestroyNotify) mw_dns_record_free);

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *target = g_strdup_printf ("s%u.example.org", i);

      g_ptr_array_add (records,
                       mw_dns_record_new ((guint16) (200 - i), (guint16) i, 993, target, NULL));
    }
  g_assert_cmpstr (mw_srv_choose (records, NULL)->target, ==, "s199.example.org");
}

static void
test_implicit_tls_is_preferred (void)
{
  g_autoptr(GPtrArray) imaps = RECORDS ({ 50, 0, 993, "imap.example.org" });
  g_autoptr(GPtrArray) imap = RECORDS ({ 0, 0, 143, "imap.example.org" });
  g_autoptr(GPtrArray) submission = RECORDS ({ 0, 0, 587, "smtp.example.org" });
  GPtrArray *answers[MW_SRV_N_SERVICES] = { imaps, imap, NULL, NULL, NULL, submission };
  MwProtocol refused[3];
  guint n_refused;
  g_autoptr(GPtrArray) servers = mw_srv_make_servers (answers, refused, &n_refused);

  g_assert_cmpuint (servers->len, ==, 3);
  g_assert_cmpuint (n_refused, ==, 0);
  g_assert_cmpint (mw_server_get_security (servers->pdata[0]), ==, MW_SECURITY_TLS);
  g_assert_cmpint (mw_server_get_security (servers->pdata[1]), ==, MW_SECURITY_STARTTLS);
  g_assert_cmpint (mw_server_get_protocol (servers->pdata[2]), ==, MW_PROTOCOL_SMTP);
}

static void
test_refusal_needs_all_ways_closed (void)
{
  g_autoptr(GPtrArray) dot = RECORDS ({ 0, 0, 0, "." });
  g_autoptr(GPtrArray) imap = RECORDS ({ 0, 0, 143, "imap.example.org" });
  GPtrArray *one_way[MW_SRV_N_SERVICES] = { dot, imap, NULL, NULL, NULL, NULL };
  GPtrArray *closed[MW_SRV_N_SERVICES] = { dot, dot, dot, NULL, NULL, NULL };
  MwProtocol refused[3];
  guint n_refused;
  g_autoptr(GPtrArray) some = mw_srv_make_servers (one_way, refused, &n_refused);
  g_autoptr(GPtrArray) none = NULL;

  g_assert_cmpuint (some->len, ==, 1);
  g_assert_cmpuint (n_refused, ==, 0);
  none = mw_srv_make_servers (closed, refused, &n_refused);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (n_refused, ==, 2);
  g_assert_cmpint (refused[0], ==, MW_PROTOCOL_IMAP);
  g_assert_cmpint (refused[1], ==, MW_PROTOCOL_POP3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/srv/priority-then-weight", test_priority_then_weight);
  g_test_add_func ("/srv/weight-zero-is-usable", test_weight_zero_is_usable);
  g_test_add_func ("/srv/dot-means-not-offered", test_dot_means_not_offered);
  g_test_add_func ("/srv/useless-records-are-passed-over", test_useless_records_are_passed_over);
  g_test_add_func ("/srv/many-records-are-no-matter", test_many_records);
  g_test_add_func ("/srv/implicit-tls-is-preferred", test_implicit_tls_is_preferred);
  g_test_add_func ("/srv/refusal-needs-all-ways-closed", test_refusal_needs_all_ways_closed);

  return g_test_run ();
}
