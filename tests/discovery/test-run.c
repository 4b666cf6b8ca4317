/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "mw-fakes.h"

#include "net/mw-net-error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define AUTOCONFIG_URL "https://autoconfig.example.org/mail/config-v1.1.xml"
#define WELL_KNOWN_URL "https://example.org/.well-known/autoconfig/mail/config-v1.1.xml"
#define ISPDB_URL "https://ispdb.test/v1.1/example.org"
#define PACC_URL "https://ua-auto-config.example.org/.well-known/user-agent-configuration.json"

static char *
make_document (const char *imap, const char *smtp)
{
  return g_strdup_printf ("<clientConfig><emailProvider id=\"x\"><domain>example.org</domain>"
                          "<incomingServer type=\"imap\"><hostname>%s</hostname><port>993</port>"
                          "<socketType>SSL</socketType><username>%%EMAILADDRESS%%</username>"
                          "<authentication>password-cleartext</authentication></incomingServer>"
                          "<outgoingServer type=\"smtp\"><hostname>%s</hostname><port>465</port>"
                          "<socketType>SSL</socketType><username>%%EMAILADDRESS%%</username>"
                          "<authentication>password-cleartext</authentication></outgoingServer>"
                          "</emailProvider></clientConfig>",
                          imap, smtp);
}

static void
serve_document (MwFakes *fakes, const char *url, const char *imap, const char *smtp)
{
  g_autofree char *document = make_document (imap, smtp);

  mw_fakes_add_page (fakes, url, "text/xml", document);
}

static void
add_both_srv (MwFakes *fakes)
{
  mw_fakes_add_srv (fakes, "_imaps._tcp.example.org", 993, "imap.example.org");
  mw_fakes_add_srv (fakes, "_submissions._tcp.example.org", 465, "smtp.example.org");
}

static MwDiscoveryResult *
run_with (MwDiscovery *discovery, const char *who, MwDiscoveryUpdated updated, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwAddress) address = mw_address_new (who, &error);
  MwDiscoveryResult *result;

  g_assert_no_error (error);
  result = mw_discovery_run_sync (discovery, address, updated, user_data, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (result);
  return result;
}

static MwDiscoveryResult *
run (MwFakes *fakes, const char *who)
{
  g_autoptr(MwDiscovery) discovery = mw_fakes_make_discovery (fakes);

  return run_with (discovery, who, NULL, NULL);
}

static void
assert_chosen (MwDiscoveryResult *result, MwSource source)
{
  g_assert_nonnull (mw_discovery_result_get_chosen_settings (result));
  g_assert_cmpstr (mw_source_to_string (mw_discovery_result_get_chosen_settings (result)->source),
                   ==, mw_source_to_string (source));
}

static MwDiscoveryAnswer *
get_answer (MwDiscoveryResult *result, MwSource source)
{
  MwDiscoveryAnswer *answer = mw_discovery_result_get_answers (result)->pdata[source];

  g_assert_cmpint (answer->source, ==, source);
  return answer;
}

static void
assert_status (MwDiscoveryResult *result, MwSource source, MwAnswerStatus status)
{
  g_test_message ("%s", mw_source_to_string (source));
  g_assert_cmpstr (mw_answer_status_to_string (get_answer (result, source)->status), ==,
                   mw_answer_status_to_string (status));
}

/* ---- the database ---- */

static void
test_known_domain_asks_nobody (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = run (fakes, "jane@gmail.com");
  MwSettings *settings = mw_discovery_result_get_chosen_settings (result);

  assert_chosen (result, MW_SOURCE_PROVIDER);
  g_assert_true (settings->trusted);
  g_assert_cmpstr (settings->provider, ==, "gmail");
  g_assert_nonnull (settings->prepare[0]);
  g_assert_cmpstr (mw_server_get_username (mw_settings_find (settings, MW_PROTOCOL_IMAP)), ==,
                   "jane@gmail.com");
  g_assert_true (mw_discovery_result_is_certain (result));
  assert_status (result, MW_SOURCE_PROVIDER, MW_ANSWER_FOUND);
  assert_status (result, MW_SOURCE_SRV, MW_ANSWER_SKIPPED);
  g_assert_cmpuint (mw_fakes_count_asked (fakes, ""), ==, 0);
}

static void
test_compare_asks_all_the_same (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscovery) discovery = mw_fakes_make_discovery (fakes);
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_discovery_set_compare (discovery, TRUE);
  mw_fakes_add_srv (fakes, "_imaps._tcp.gmail.com", 993, "imap.gmail.com");
  mw_fakes_add_srv (fakes, "_submissions._tcp.gmail.com", 465, "smtp.evil.test");
  mw_fakes_add_mx (fakes, "gmail.com", 5, "gmail-smtp-in.l.google.com");
  mw_fakes_add_server (fakes, "imap.gmail.com", 993);
  mw_fakes_add_host (fakes, "smtp.gmail.com");
  result = run_with (discovery, "jane@gmail.com", NULL, NULL);

  assert_chosen (result, MW_SOURCE_PROVIDER);
  assert_status (result, MW_SOURCE_SRV, MW_ANSWER_FOUND);
  assert_status (result, MW_SOURCE_MX, MW_ANSWER_FOUND);
  assert_status (result, MW_SOURCE_GUESS, MW_ANSWER_FOUND);
  assert_status (result, MW_SOURCE_AUTOCONFIG, MW_ANSWER_NOTHING);
  g_assert_cmpuint (mw_discovery_result_get_conflicts (result)->len, ==, 1);
  g_assert_cmpstr (
      ((MwDiscoveryConflict *) mw_discovery_result_get_conflicts (result)->pdata[0])->field, ==,
      "smtp.host");
}

static void
test_offline_asks_nobody (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscovery) discovery = mw_fakes_make_discovery (fakes);
  g_autoptr(MwDiscoveryResult) unknown = NULL;
  g_autoptr(MwDiscoveryResult) by_mx = NULL;

  mw_discovery_set_offline (discovery, TRUE);
  unknown = run_with (discovery, "jane@example.org", NULL, NULL);
  g_assert_cmpint (mw_discovery_result_get_chosen (unknown), ==, -1);

  mw_discovery_set_mx_hosts (discovery, (const char *[]) { "ASPMX.l.google.com.", NULL });
  by_mx = run_with (discovery, "jane@example.org", NULL, NULL);
  assert_chosen (by_mx, MW_SOURCE_MX);
  g_assert_cmpstr (mw_discovery_result_get_chosen_settings (by_mx)->provider, ==,
                   "google-workspace");
  g_assert_cmpstr (mw_discovery_result_get_chosen_settings (by_mx)->origin, ==,
                   "aspmx.l.google.com");
  g_assert_true (mw_discovery_result_get_chosen_settings (by_mx)->trusted);
  g_assert_cmpuint (mw_fakes_count_asked (fakes, ""), ==, 0);
}

static void
test_given_mx_hosts_stand_for_dns (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscovery) discovery = mw_fakes_make_discovery (fakes);
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_discovery_set_mx_hosts (discovery, (const char *[]) { "aspmx.l.google.com", NULL });
  result = run_with (discovery, "jane@example.org", NULL, NULL);
  assert_chosen (result, MW_SOURCE_MX);
  g_assert_cmpuint (mw_fakes_count_asked (fakes, "MX "), ==, 0);
  g_assert_cmpuint (mw_fakes_count_asked (fakes, "SRV "), >, 0);
}

static void
test_provider_without_programs (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = run (fakes, "jane@tuta.com");

  g_assert_cmpint (mw_discovery_result_get_chosen (result), ==, -1);
  g_assert_true (mw_discovery_result_has_note (result, "provider-without-imap"));
  g_assert_cmpuint (mw_fakes_count_asked (fakes, ""), ==, 0);
}

/* ---- one source after the other ---- */

static void
test_srv (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;
  MwSettings *settings;

  add_both_srv (fakes);
  mw_fakes_add_server (fakes, "imap.example.org", 993);
  result = run (fakes, "jane@example.org");

  assert_chosen (result, MW_SOURCE_SRV);
  settings = mw_discovery_result_get_chosen_settings (result);
  g_assert_true (settings->trusted);
  g_assert_cmpstr (settings->origin, ==, "example.org");
  g_assert_cmpstr (mw_server_get_username (settings->servers->pdata[0]), ==, "jane@example.org");
  g_assert_cmpuint (mw_fakes_count_asked (fakes, "PROBE"), ==, 0);
  assert_status (result, MW_SOURCE_GUESS, MW_ANSWER_SKIPPED);
}

static void
test_srv_says_not_offered (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_fakes_add_srv (fakes, "_imaps._tcp.example.org", 0, ".");
  mw_fakes_add_srv (fakes, "_pop3._tcp.example.org", 110, "pop.example.org");
  mw_fakes_add_srv (fakes, "_submission._tcp.example.org", 587, "smtp.example.org");
  result = run (fakes, "jane@example.org");

  assert_chosen (result, MW_SOURCE_SRV);
  g_assert_true (mw_discovery_result_has_note (result, "srv-not-offered"));
  g_assert_nonnull (
      mw_settings_find (mw_discovery_result_get_chosen_settings (result), MW_PROTOCOL_POP3));
}

static void
test_srv_elsewhere_is_not_trusted (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_fakes_add_srv (fakes, "_imaps._tcp.example.org", 993, "imap.elsewhere.test");
  mw_fakes_add_srv (fakes, "_submissions._tcp.example.org", 465, "smtp.example.org");
  result = run (fakes, "jane@example.org");

  assert_chosen (result, MW_SOURCE_SRV);
  g_assert_false (mw_discovery_result_get_chosen_settings (result)->trusted);
  g_assert_true (mw_discovery_result_has_note (result, "untrusted-target"));
}

static void
test_servers_of_the_mx_provider_are_trusted (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;
  MwSettings *settings;

  mw_fakes_add_mx (fakes, "example.org", 1, "aspmx.l.google.com");
  serve_document (fakes, AUTOCONFIG_URL, "imap.gmail.com", "smtp.gmail.com");
  result = run (fakes, "jane@example.org");

  assert_chosen (result, MW_SOURCE_AUTOCONFIG);
  settings = mw_discovery_result_get_chosen_settings (result);
  g_assert_true (settings->trusted);
  /* What the database knows about those servers is added */
  g_assert_cmpstr (settings->provider, ==, "google-workspace");
  g_assert_nonnull (settings->prepare[0]);
  g_assert_true (g_strv_contains (mw_server_get_authentications (settings->servers->pdata[0]),
                                  "app-password"));
}

static void
test_mx_traps (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) null_mx = NULL;
  g_autoptr(MwDiscoveryResult) gateway = NULL;
  g_autoptr(MwDiscoveryResult) alike = NULL;
  g_autoptr(MwDiscoveryResult) spare = NULL;

  mw_fakes_add_mx (fakes, "null.example", 0, ".");
  mw_fakes_add_server (fakes, "imap.null.example", 993);
  null_mx = run (fakes, "jane@null.example");
  g_assert_true (mw_discovery_result_has_note (null_mx, "null-mx"));
  g_assert_cmpint (mw_discovery_result_get_chosen (null_mx), ==, -1);
  g_assert_cmpuint (mw_fakes_count_asked (fakes, "PROBE"), ==, 0);

  mw_fakes_add_mx (fakes, "gateway.example", 10, "mx1.example.pphosted.com");
  gateway = run (fakes, "jane@gateway.example");
  g_assert_true (mw_discovery_result_has_note (gateway, "gateway-mx"));
  g_assert_cmpint (mw_discovery_result_get_chosen (gateway), ==, -1);
  g_assert_cmpuint (mw_fakes_count_asked (fakes, "GET https://autoconfig.pphosted.com"), ==, 0);

  mw_fakes_add_mx (fakes, "alike.example", 10, "aspmx.l.google.com.evil.test");
  alike = run (fakes, "jane@alike.example");
  g_assert_cmpint (mw_discovery_result_get_chosen (alike), ==, -1);

  /* A spare host of a known provider behind one's own server proves nothing */
  mw_fakes_add_mx (fakes, "spare.example", 10, "mx.spare.example");
  mw_fakes_add_mx (fakes, "spare.example", 20, "aspmx.l.google.com");
  spare = run (fakes, "jane@spare.example");
  g_assert_cmpint (mw_discovery_result_get_chosen (spare), ==, -1);
}

static void
test_autoconfig_of_the_mail_exchanger (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_fakes_add_mx (fakes, "example.org", 10, "mx7.in.hoster.test");
  serve_document (fakes, "https://autoconfig.hoster.test/mail/config-v1.1.xml", "imap.hoster.test",
                  "smtp.hoster.test");
  result = run (fakes, "jane@example.org");

  assert_chosen (result, MW_SOURCE_MX);
  g_assert_false (mw_discovery_result_get_chosen_settings (result)->trusted);
  g_assert_true (mw_fakes_was_asked (fakes, "GET https://ispdb.test/v1.1/hoster.test"));
}

static void
test_pacc (void)
{
  static const char document[] = "{\"protocols\":{\"imap\":{\"host\":\"imap.example.org\"},"
                                 "\"submit\":{\"host\":\"smtp.example.org\"}}}";
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, document, -1);
  guint8 digest[32];
  g_autofree char *base64 = NULL;
  g_autofree char *record = NULL;
  static const char wrong[] = "v=UAAC1; a=sha256; d=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

  for (gsize i = 0; i < sizeof digest; i++)
    digest[i] =
        (guint8) (g_ascii_xdigit_value (hash[2 * i]) * 16 + g_ascii_xdigit_value (hash[2 * i + 1]));
  base64 = g_base64_encode (digest, sizeof digest);
  record = g_strdup_printf ("v=UAAC1; a=sha256; d=%s", base64);

  for (int i = 0; i < 3; i++)
    {
      g_autoptr(MwFakes) fakes = mw_fakes_new ();
      g_autoptr(MwDiscoveryResult) result = NULL;

      mw_fakes_add_host (fakes, "ua-auto-config.example.org");
      mw_fakes_add_page (fakes, PACC_URL, "application/json", document);
      serve_document (fakes, AUTOCONFIG_URL, "auto.example.org", "auto.example.org");
      if (i > 0)
        mw_fakes_add_txt (fakes, "_ua-auto-config.example.org", wrong);
      if (i > 1)
        mw_fakes_add_txt (fakes, "_ua-auto-config.example.org", record);
      result = run (fakes, "jane@example.org");

      assert_chosen (result, i > 1 ? MW_SOURCE_PACC : MW_SOURCE_AUTOCONFIG);
      assert_status (result, MW_SOURCE_PACC, i > 1 ? MW_ANSWER_FOUND : MW_ANSWER_FAILED);
      g_assert_cmpint (mw_discovery_result_has_note (result, "pacc-digest-missing"), ==, i == 0);
      g_assert_cmpint (mw_discovery_result_has_note (result, "pacc-digest-mismatch"), ==, i == 1);
    }
}

static void
test_broken_documents_are_noted (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_fakes_add_page (fakes, AUTOCONFIG_URL, "text/xml",
                     "<!DOCTYPE x [<!ENTITY a \"b\">]><clientConfig/>");
  mw_fakes_add_page (fakes, WELL_KNOWN_URL, "text/html", "<!doctype html><p>Not here");
  mw_fakes_add_page (fakes, ISPDB_URL, NULL, "<clientConfig><emailProvider/></clientConfig>");
  result = run (fakes, "jane@example.org");

  assert_status (result, MW_SOURCE_AUTOCONFIG, MW_ANSWER_FAILED);
  assert_status (result, MW_SOURCE_ISPDB, MW_ANSWER_FAILED);
  g_assert_nonnull (get_answer (result, MW_SOURCE_AUTOCONFIG)->reason);
  g_assert_true (mw_discovery_result_has_note (result, "autoconfig-malformed"));
  g_assert_true (mw_discovery_result_has_note (result, "ispdb-malformed"));
}

/* Web servers show their own page for every path: that is no configuration, and no fault */
static void
test_web_pages_are_nothing (void)
{
  static const char *const pages[][2] = {
    { "text/html", "anything" },
    { NULL, "\n <!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"><html>" },
    { "application/xml", "<HTML><body>" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autoptr(MwFakes) fakes = mw_fakes_new ();
      g_autoptr(MwDiscoveryResult) result = NULL;

      mw_fakes_add_page (fakes, WELL_KNOWN_URL, pages[i][0], pages[i][1]);
      result = run (fakes, "jane@example.org");
      assert_status (result, MW_SOURCE_AUTOCONFIG, MW_ANSWER_NOTHING);
      g_assert_cmpuint (mw_discovery_result_get_notes (result)->len, ==, 0);
    }
}

/* A start page of a megabyte is none either; but autoconfig.DOMAIN is there for nothing else */
static void
test_too_long_is_a_fault_where_it_was_asked_for (void)
{
  g_autoptr(MwFakes) web_site = mw_fakes_new ();
  g_autoptr(MwFakes) host = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) page = NULL;
  g_autoptr(MwDiscoveryResult) document = NULL;

  mw_fakes_break (web_site, "GET " WELL_KNOWN_URL, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG);
  page = run (web_site, "jane@example.org");
  assert_status (page, MW_SOURCE_AUTOCONFIG, MW_ANSWER_NOTHING);

  mw_fakes_break (host, "GET " AUTOCONFIG_URL, MW_NET_ERROR, MW_NET_ERROR_TOO_LONG);
  document = run (host, "jane@example.org");
  assert_status (document, MW_SOURCE_AUTOCONFIG, MW_ANSWER_FAILED);
  g_assert_true (mw_discovery_result_has_note (document, "autoconfig-malformed"));
}

static void
test_faults_are_told_apart_from_nothing (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_fakes_add_status (fakes, AUTOCONFIG_URL, 404);
  mw_fakes_add_status (fakes, ISPDB_URL, 503);
  mw_fakes_break (fakes, "SRV _imaps._tcp.example.org", MW_NET_ERROR, MW_NET_ERROR_DNS_TEMPORARY);
  mw_fakes_break (fakes, "MX example.org", MW_NET_ERROR, MW_NET_ERROR_DNS_TEMPORARY);
  result = run (fakes, "jane@example.org");

  assert_status (result, MW_SOURCE_AUTOCONFIG, MW_ANSWER_NOTHING);
  assert_status (result, MW_SOURCE_ISPDB, MW_ANSWER_FAILED);
  assert_status (result, MW_SOURCE_SRV, MW_ANSWER_FAILED);
  assert_status (result, MW_SOURCE_MX, MW_ANSWER_FAILED);
  g_assert_true (mw_discovery_result_has_note (result, "dns-unavailable"));
  g_assert_cmpint (mw_discovery_result_get_chosen (result), ==, -1);
}

static void
test_missing_domain_is_noted (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_fakes_break (fakes, "MX example.org", MW_NET_ERROR, MW_NET_ERROR_NOT_FOUND);
  result = run (fakes, "jane@example.org");
  g_assert_true (mw_discovery_result_has_note (result, "no-such-domain"));
}

static void
test_plain_offer_is_shown_and_not_trusted (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;
  g_autofree char *document = make_document ("imap.example.org", "smtp.example.org");
  g_autoptr(GString) plain = g_string_new (document);

  g_string_replace (plain, "SSL", "plain", 1);
  mw_fakes_add_page (fakes, AUTOCONFIG_URL, "text/xml", plain->str);
  result = run (fakes, "jane@example.org");

  assert_chosen (result, MW_SOURCE_AUTOCONFIG);
  g_assert_false (mw_discovery_result_get_chosen_settings (result)->trusted);
  g_assert_true (mw_discovery_result_has_note (result, "insecure-offer"));
}

static void
test_redirects_are_noted (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_fakes_add_redirect (fakes, AUTOCONFIG_URL, "https://hoster.test/x.xml");
  serve_document (fakes, "https://hoster.test/x.xml", "imap.example.org", "smtp.example.org");
  result = run (fakes, "jane@example.org");

  assert_chosen (result, MW_SOURCE_AUTOCONFIG);
  g_assert_cmpstr (mw_discovery_result_get_chosen_settings (result)->origin, ==,
                   "https://hoster.test/x.xml");
  g_assert_true (mw_discovery_result_has_note (result, "redirected"));
}

/* ---- what leaves the machine ---- */

static void
assert_no_local_part (gpointer data, gpointer user_data)
{
  g_assert_null (strstr (data, "jane"));
}

static void
test_address_goes_out_only_if_asked_for (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwFakes) asking = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = run (fakes, "jane@example.org");
  g_autoptr(MwDiscoveryResult) answered = NULL;
  g_autofree char *personal =
      g_strconcat (AUTOCONFIG_URL, "?emailaddress=jane.x%2Blist%40example.org", NULL);
  g_autofree char *key = g_strdup_printf ("GET %s personal", personal);

  mw_fakes_foreach_asked (fakes, assert_no_local_part, NULL);

  mw_fakes_add_status (asking, AUTOCONFIG_URL, 400);
  mw_fakes_add_status (asking, WELL_KNOWN_URL, 400);
  mw_fakes_add_status (asking, ISPDB_URL, 400);
  serve_document (asking, personal, "imap.example.org", "smtp.example.org");
  answered = run (asking, "jane.x+list@example.org");
  assert_chosen (answered, MW_SOURCE_AUTOCONFIG);
  g_assert_true (mw_fakes_was_asked (asking, key));
  g_assert_cmpuint (mw_fakes_count_asked (asking, "GET https://example.org/"), ==, 1);
  g_assert_cmpuint (mw_fakes_count_asked (asking, "GET https://ispdb.test/"), ==, 1);
}

static void
assert_within_domain (gpointer data, gpointer user_data)
{
  const char *key = data;

  g_test_message ("%s", key);
  g_assert_true (strstr (key, "b.c.example.test") != NULL ||
                 g_str_has_prefix (key, "GET https://ispdb.test/"));
}

/* "Failing upwards" gave the passwords of strangers to whoever bought autodiscover.TLD */
static void
test_no_question_climbs_up (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_fakes_add_mx (fakes, "b.c.example.test", 10, "mx.example.test");
  result = run (fakes, "a@b.c.example.test");
  g_assert_cmpuint (mw_fakes_count_asked (fakes, ""), >, 10);
  mw_fakes_foreach_asked (fakes, assert_within_domain, NULL);
}

static void
test_names_below_a_public_suffix_are_not_asked (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_fakes_add_srv (fakes, "_imaps._tcp.co.uk", 993, "imap.co.uk");
  mw_fakes_add_srv (fakes, "_submissions._tcp.co.uk", 465, "smtp.co.uk");
  result = run (fakes, "jane@co.uk");

  g_assert_cmpuint (mw_fakes_count_asked (fakes, "GET https://autoconfig."), ==, 0);
  g_assert_cmpuint (mw_fakes_count_asked (fakes, "A "), ==, 0);
  g_assert_cmpuint (mw_fakes_count_asked (fakes, "PROBE "), ==, 0);
  assert_chosen (result, MW_SOURCE_SRV);
  g_assert_false (mw_discovery_result_get_chosen_settings (result)->trusted);
  g_assert_true (mw_discovery_result_has_note (result, "public-suffix"));
}

static void
test_questions_and_connections_are_few (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;
  guint dns, connections;

  /* Every name is there, nobody has anything to say */
  mw_fakes_add_host (fakes, "imap.example.org");
  mw_fakes_add_host (fakes, "smtp.example.org");
  mw_fakes_add_host (fakes, "mail.example.org");
  mw_fakes_add_host (fakes, "ua-auto-config.example.org");
  mw_fakes_add_status (fakes, AUTOCONFIG_URL, 404);
  mw_fakes_add_status (fakes, WELL_KNOWN_URL, 404);
  mw_fakes_add_status (fakes, PACC_URL, 404);
  mw_fakes_add_status (fakes, ISPDB_URL, 404);
  mw_fakes_add_mx (fakes, "example.org", 10, "mx.hoster.test");
  mw_fakes_add_status (fakes, "https://autoconfig.hoster.test/mail/config-v1.1.xml", 404);
  mw_fakes_add_status (fakes, "https://ispdb.test/v1.1/hoster.test", 404);
  result = run (fakes, "jane@example.org");

  /* Each address question is one for A and one for AAAA; those for the hosts of the documents are
   * asked by the HTTP client, which is a fake here: autoconfig., the domain, the ISPDB */
  dns = mw_fakes_count_asked (fakes, "MX ") + mw_fakes_count_asked (fakes, "SRV ") +
        2 * mw_fakes_count_asked (fakes, "A ") + 2 * 3;
  g_assert_cmpuint (dns, <=, 20);
  connections = mw_fakes_count_asked (fakes, "GET ") + mw_fakes_count_asked (fakes, "PROBE ");
  g_assert_cmpuint (connections, <=, 12);
  g_assert_cmpuint (mw_fakes_count_asked (fakes, "PROBE "), >=, 6);
  g_assert_cmpint (mw_discovery_result_get_chosen (result), ==, -1);
}

/* ---- guessing ---- */

static void
assert_no_port_25 (gpointer data, gpointer user_data)
{
  g_assert_false (g_str_has_suffix (data, ":25"));
}

static void
test_guesses_are_proven (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;
  MwSettings *settings;

  mw_fakes_add_host (fakes, "imap.example.org");
  mw_fakes_add_server (fakes, "mail.example.org", 993);
  mw_fakes_add_server (fakes, "mail.example.org", 587);
  mw_fakes_add_server (fakes, "imap.example.org", 143);
  result = run (fakes, "jane@example.org");

  assert_chosen (result, MW_SOURCE_GUESS);
  settings = mw_discovery_result_get_chosen_settings (result);
  g_assert_true (settings->trusted);
  g_assert_cmpstr (mw_server_get_host (mw_settings_find (settings, MW_PROTOCOL_IMAP)), ==,
                   "mail.example.org");
  g_assert_cmpuint (mw_server_get_port (mw_settings_find (settings, MW_PROTOCOL_IMAP)), ==, 993);
  g_assert_cmpuint (mw_server_get_port (mw_settings_find (settings, MW_PROTOCOL_SMTP)), ==, 587);
  g_assert_false (mw_fakes_was_asked (fakes, "PROBE smtp.example.org:465"));
  g_assert_false (mw_fakes_was_asked (fakes, "PROBE example.org:993"));
  mw_fakes_foreach_asked (fakes, assert_no_port_25, NULL);
}

static void
test_silent_guesses_hold_nobody_up (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_fakes_add_host (fakes, "imap.example.org");
  mw_fakes_add_host (fakes, "smtp.example.org");
  mw_fakes_add_server (fakes, "mail.example.org", 993);
  mw_fakes_add_server (fakes, "mail.example.org", 465);
  mw_fakes_hold (fakes, "PROBE imap.example.org:993");
  mw_fakes_hold (fakes, "PROBE imap.example.org:143");
  mw_fakes_hold (fakes, "PROBE smtp.example.org:465");
  mw_fakes_hold (fakes, "PROBE smtp.example.org:587");
  result = run (fakes, "jane@example.org");

  assert_chosen (result, MW_SOURCE_GUESS);
  g_assert_cmpstr (mw_server_get_host (mw_settings_find (
                       mw_discovery_result_get_chosen_settings (result), MW_PROTOCOL_IMAP)),
                   ==, "mail.example.org");
}

static void
test_second_wave_is_for_the_missing_half (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  mw_fakes_add_server (fakes, "smtp.example.org", 465);
  mw_fakes_add_server (fakes, "pop.example.org", 995);
  result = run (fakes, "jane@example.org");

  assert_chosen (result, MW_SOURCE_GUESS);
  g_assert_nonnull (
      mw_settings_find (mw_discovery_result_get_chosen_settings (result), MW_PROTOCOL_POP3));
  g_assert_true (mw_fakes_was_asked (fakes, "PROBE example.org:993"));
  g_assert_false (mw_fakes_was_asked (fakes, "PROBE example.org:465"));
}

/* ---- who is waited for ---- */

typedef struct
{
  MwFakes *fakes;
  MwSource source;
  const char *key;
  gboolean done;
  guint n_calls;
} LetGo;

/* Lets a held answer go as soon as another source has given its own */
static void
let_go_when_found (MwDiscovery *discovery, MwDiscoveryResult *result, gpointer user_data)
{
  LetGo *let_go = user_data;

  let_go->n_calls++;
  if (!let_go->done && get_answer (result, let_go->source)->status == MW_ANSWER_FOUND)
    {
      let_go->done = TRUE;
      mw_fakes_let_go (let_go->fakes, let_go->key);
    }
}

static void
test_better_answer_within_the_grace_wins (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscovery) discovery = mw_fakes_make_discovery (fakes);
  g_autoptr(MwDiscoveryResult) result = NULL;
  LetGo let_go = { fakes, MW_SOURCE_SRV, "GET " AUTOCONFIG_URL, FALSE, 0 };

  /* A slow name server makes the grace long: 3.2 round trips */
  mw_fakes_set_dns_delay (fakes, 300);
  add_both_srv (fakes);
  serve_document (fakes, AUTOCONFIG_URL, "auto.example.org", "auto.example.org");
  mw_fakes_hold (fakes, let_go.key);
  result = run_with (discovery, "jane@example.org", let_go_when_found, &let_go);

  g_assert_true (let_go.done);
  assert_chosen (result, MW_SOURCE_AUTOCONFIG);
  g_assert_true (mw_discovery_result_is_certain (result));
  /* The other is kept, for the comparison */
  assert_status (result, MW_SOURCE_SRV, MW_ANSWER_FOUND);
  g_assert_cmpuint (mw_discovery_result_get_conflicts (result)->len, ==, 2);
}

static void
test_silent_source_holds_nobody_up (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;

  add_both_srv (fakes);
  mw_fakes_hold (fakes, "GET " AUTOCONFIG_URL);
  mw_fakes_hold (fakes, "GET " ISPDB_URL);
  mw_fakes_hold (fakes, "MX example.org");
  result = run (fakes, "jane@example.org");

  assert_chosen (result, MW_SOURCE_SRV);
  g_assert_true (mw_discovery_result_is_certain (result));
  assert_status (result, MW_SOURCE_AUTOCONFIG, MW_ANSWER_SKIPPED);
  assert_status (result, MW_SOURCE_MX, MW_ANSWER_SKIPPED);
}

static void
test_wait_for_all_waits_for_the_comparison (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscovery) discovery = mw_fakes_make_discovery (fakes);
  g_autoptr(MwDiscoveryResult) result = NULL;
  LetGo let_go = { fakes, MW_SOURCE_AUTOCONFIG, "GET " ISPDB_URL, FALSE, 0 };

  mw_discovery_set_wait_for_all (discovery, TRUE);
  serve_document (fakes, AUTOCONFIG_URL, "auto.example.org", "auto.example.org");
  serve_document (fakes, ISPDB_URL, "db.example.org", "db.example.org");
  mw_fakes_hold (fakes, let_go.key);
  result = run_with (discovery, "jane@example.org", let_go_when_found, &let_go);

  assert_chosen (result, MW_SOURCE_AUTOCONFIG);
  assert_status (result, MW_SOURCE_ISPDB, MW_ANSWER_FOUND);
  g_assert_cmpuint (let_go.n_calls, >, 2);
}

/* Takes as long as a source may take at most */
static void
test_silence_everywhere_ends (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = NULL;
  gint64 start = g_get_monotonic_time ();

  mw_fakes_hold_everything (fakes);
  result = run (fakes, "jane@example.org");

  g_assert_cmpint (mw_discovery_result_get_chosen (result), ==, -1);
  assert_status (result, MW_SOURCE_SRV, MW_ANSWER_FAILED);
  assert_status (result, MW_SOURCE_AUTOCONFIG, MW_ANSWER_FAILED);
  g_assert_true (mw_discovery_result_has_note (result, "dns-unavailable"));
  /* Ten seconds are the limit; the rest is for machines that are busy */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 30 * G_USEC_PER_SEC);
}

/* ---- cancelling, and the background ---- */

typedef struct
{
  GMainLoop *loop;
  GThread *thread;
  GCancellable *cancellable;
  MwDiscoveryResult *result;
  GError *error;
  guint n_updates;
  guint n_certain;
  gboolean finished;
  gboolean destroyed;
} Background;

static void
on_updated (MwDiscovery *discovery, MwDiscoveryResult *result, gpointer user_data)
{
  Background *background = user_data;

  g_assert_true (g_thread_self () == background->thread);
  g_assert_false (background->finished);
  g_assert_false (g_cancellable_is_cancelled (background->cancellable));
  g_assert_cmpuint (mw_discovery_result_get_answers (result)->len, ==, MW_SOURCE_GUESS + 1);
  background->n_updates++;
  background->n_certain += mw_discovery_result_is_certain (result);
  g_cancellable_cancel (background->cancellable);
}

static void
on_finished (GObject *object, GAsyncResult *async_result, gpointer user_data)
{
  Background *background = user_data;

  background->finished = TRUE;
  background->result =
      mw_discovery_run_finish (MW_DISCOVERY (object), async_result, &background->error);
  g_main_loop_quit (background->loop);
}

static void
on_destroyed (gpointer user_data)
{
  Background *background = user_data;

  g_assert_true (g_thread_self () == background->thread);
  background->destroyed = TRUE;
}

static void
run_in_background (MwDiscovery *discovery, Background *background)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(MwAddress) address = mw_address_new ("jane@example.org", NULL);

  g_main_context_push_thread_default (context);
  background->thread = g_thread_self ();
  background->loop = g_main_loop_new (context, FALSE);
  mw_discovery_run_async (discovery, address, on_updated, background, on_destroyed,
                          background->cancellable, on_finished, background);
  g_main_loop_run (background->loop);
  g_assert_true (background->destroyed);
  g_main_loop_unref (background->loop);
  g_main_context_pop_thread_default (context);
}

static void
test_background_reports_in_the_callers_context (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscovery) discovery = mw_fakes_make_discovery (fakes);
  Background background = { 0 };

  add_both_srv (fakes);
  run_in_background (discovery, &background);

  g_assert_no_error (background.error);
  assert_chosen (background.result, MW_SOURCE_SRV);
  g_assert_cmpuint (background.n_updates, >=, 2);
  g_assert_cmpuint (background.n_certain, >=, 1);
  mw_discovery_result_unref (background.result);
}

static void
test_cancelling_ends_at_once (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscovery) discovery = mw_fakes_make_discovery (fakes);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Background background = { .cancellable = cancellable };

  mw_fakes_hold_everything (fakes);
  run_in_background (discovery, &background);

  g_assert_error (background.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (background.result);
  g_assert_cmpuint (background.n_updates, ==, 1);
  g_clear_error (&background.error);
}

/* A library that does not listen must not keep the person waiting */
static void
test_cancelling_does_not_wait_for_the_deaf (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscovery) discovery = mw_fakes_make_discovery (fakes);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Background background = { .cancellable = cancellable };

  mw_fakes_hold_stubbornly (fakes, "GET " AUTOCONFIG_URL);
  mw_fakes_hold_stubbornly (fakes, "GET " ISPDB_URL);
  run_in_background (discovery, &background);

  g_assert_error (background.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&background.error);
}

static void
test_cancelled_before_the_start_asks_nobody (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscovery) discovery = mw_fakes_make_discovery (fakes);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(MwAddress) address = mw_address_new ("jane@example.org", NULL);
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (mw_discovery_run_sync (discovery, address, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (mw_fakes_count_asked (fakes, ""), ==, 0);
}

/* ---- set-up files ---- */

static void
test_setup_file_wins (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscovery) discovery = mw_fakes_make_discovery (fakes);
  g_autofree char *dir = g_dir_make_tmp ("mailwright-XXXXXX", NULL);
  g_autofree char *good = g_build_filename (dir, "b.xml", NULL);
  g_autofree char *later = g_build_filename (dir, "c.xml", NULL);
  g_autofree char *broken = g_build_filename (dir, "a.xml", NULL);
  g_autofree char *fifo = g_build_filename (dir, "0.xml", NULL);
  g_autofree char *document = make_document ("imap.corp.test", "smtp.corp.test");
  g_autofree char *other = make_document ("imap.late.test", "smtp.late.test");
  g_autoptr(MwDiscoveryResult) result = NULL;
  g_autoptr(MwDiscoveryResult) elsewhere = NULL;

  g_assert_true (g_file_set_contents (good, document, -1, NULL));
  g_assert_true (g_file_set_contents (later, other, -1, NULL));
  g_assert_true (g_file_set_contents (broken, "<clientConfig>", -1, NULL));
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  mw_discovery_set_setup_dirs (discovery, (const char *[]) { "/nonexistent", dir, NULL });

  result = run_with (discovery, "jane@example.org", NULL, NULL);
  assert_chosen (result, MW_SOURCE_SETUP_FILE);
  g_assert_true (mw_discovery_result_get_chosen_settings (result)->trusted);
  g_assert_cmpstr (mw_discovery_result_get_chosen_settings (result)->origin, ==, good);
  g_assert_true (mw_discovery_result_has_note (result, "setup-file-malformed"));
  g_assert_cmpuint (mw_fakes_count_asked (fakes, ""), ==, 0);

  elsewhere = run_with (discovery, "jane@other.example", NULL, NULL);
  g_assert_cmpint (mw_discovery_result_get_chosen (elsewhere), ==, -1);

  g_unlink (good);
  g_unlink (later);
  g_unlink (broken);
  g_unlink (fifo);
  g_rmdir (dir);
}

static void
test_international_address_is_noted (void)
{
  g_autoptr(MwFakes) fakes = mw_fakes_new ();
  g_autoptr(MwDiscoveryResult) result = run (fakes, "jürgen@gmail.com");

  g_assert_true (mw_discovery_result_has_note (result, "smtputf8-needed"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/discovery/known-domain-asks-nobody", test_known_domain_asks_nobody);
  g_test_add_func ("/discovery/compare-asks-all-the-same", test_compare_asks_all_the_same);
  g_test_add_func ("/discovery/offline-asks-nobody", test_offline_asks_nobody);
  g_test_add_func ("/discovery/given-mx-hosts-stand-for-dns", test_given_mx_hosts_stand_for_dns);
  g_test_add_func ("/discovery/provider-without-programs-is-noted", test_provider_without_programs);
  g_test_add_func ("/discovery/srv-is-an-answer", test_srv);
  g_test_add_func ("/discovery/srv-says-not-offered", test_srv_says_not_offered);
  g_test_add_func ("/discovery/srv-elsewhere-is-not-trusted", test_srv_elsewhere_is_not_trusted);
  g_test_add_func ("/discovery/servers-of-the-mx-provider-are-trusted",
                   test_servers_of_the_mx_provider_are_trusted);
  g_test_add_func ("/discovery/mx-traps-are-seen", test_mx_traps);
  g_test_add_func ("/discovery/autoconfig-of-the-mail-exchanger-is-asked",
                   test_autoconfig_of_the_mail_exchanger);
  g_test_add_func ("/discovery/pacc-needs-its-digest", test_pacc);
  g_test_add_func ("/discovery/broken-documents-are-noted", test_broken_documents_are_noted);
  g_test_add_func ("/discovery/web-pages-are-nothing", test_web_pages_are_nothing);
  g_test_add_func ("/discovery/too-long-is-a-fault-where-it-was-asked-for",
                   test_too_long_is_a_fault_where_it_was_asked_for);
  g_test_add_func ("/discovery/faults-are-told-apart-from-nothing",
                   test_faults_are_told_apart_from_nothing);
  g_test_add_func ("/discovery/missing-domain-is-noted", test_missing_domain_is_noted);
  g_test_add_func ("/discovery/plain-offer-is-shown-and-not-trusted",
                   test_plain_offer_is_shown_and_not_trusted);
  g_test_add_func ("/discovery/redirects-are-noted", test_redirects_are_noted);
  g_test_add_func ("/discovery/address-goes-out-only-if-asked-for",
                   test_address_goes_out_only_if_asked_for);
  g_test_add_func ("/discovery/no-question-climbs-up", test_no_question_climbs_up);
  g_test_add_func ("/discovery/names-below-a-public-suffix-are-not-asked",
                   test_names_below_a_public_suffix_are_not_asked);
  g_test_add_func ("/discovery/questions-and-connections-are-few",
                   test_questions_and_connections_are_few);
  g_test_add_func ("/discovery/guesses-are-proven", test_guesses_are_proven);
  g_test_add_func ("/discovery/silent-guesses-hold-nobody-up", test_silent_guesses_hold_nobody_up);
  g_test_add_func ("/discovery/second-wave-is-for-the-missing-half",
                   test_second_wave_is_for_the_missing_half);
  g_test_add_func ("/discovery/better-answer-within-the-grace-wins",
                   test_better_answer_within_the_grace_wins);
  g_test_add_func ("/discovery/silent-source-holds-nobody-up", test_silent_source_holds_nobody_up);
  g_test_add_func ("/discovery/wait-for-all-waits-for-the-comparison",
                   test_wait_for_all_waits_for_the_comparison);
  g_test_add_func ("/discovery/silence-everywhere-ends", test_silence_everywhere_ends);
  g_test_add_func ("/discovery/background-reports-in-the-callers-context",
                   test_background_reports_in_the_callers_context);
  g_test_add_func ("/discovery/cancelling-ends-at-once", test_cancelling_ends_at_once);
  g_test_add_func ("/discovery/cancelling-does-not-wait-for-the-deaf",
                   test_cancelling_does_not_wait_for_the_deaf);
  g_test_add_func ("/discovery/cancelled-before-the-start-asks-nobody",
                   test_cancelled_before_the_start_asks_nobody);
  g_test_add_func ("/discovery/setup-file-wins", test_setup_file_wins);
  g_test_add_func ("/discovery/international-address-is-noted",
                   test_international_address_is_noted);

  return g_test_run ();
}
