/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "discovery/mw-autoconfig.h"
#include "discovery/mw-document.h"

#include <string.h>

/* The smallest document that is complete; each test changes one thing in it */
static const char minimal[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<clientConfig version=\"1.1\">\n"
    "  <emailProvider id=\"example.org\">\n"
    "    <domain>example.org</domain>\n"
    "    <displayName>Example Mail</displayName>\n"
    "    <incomingServer type=\"imap\">\n"
    "      <hostname>imap.example.org</hostname>\n"
    "      <port>993</port>\n"
    "      <socketType>SSL</socketType>\n"
    "      <username>%EMAILADDRESS%</username>\n"
    "      <authentication>password-cleartext</authentication>\n"
    "    </incomingServer>\n"
    "    <outgoingServer type=\"smtp\">\n"
    "      <hostname>smtp.%EMAILDOMAIN%</hostname>\n"
    "      <port>587</port>\n"
    "      <socketType>STARTTLS</socketType>\n"
    "      <username>%EMAILLOCALPART%</username>\n"
    "      <authentication>password-encrypted</authentication>\n"
    "    </outgoingServer>\n"
    "    <documentation url=\"https://example.org/help\"><descr>Help</descr></documentation>\n"
    "  </emailProvider>\n"
    "</clientConfig>\n";

static MwAddress *
make_address (const char *text)
{
  g_autoptr(GError) error = NULL;
  MwAddress *address = mw_address_new (text, &error);

  g_assert_no_error (error);
  return address;
}

static MwSettings *
parse_bytes (const char *data, gsize length, const char *who, GError **error)
{
  g_autoptr(MwAddress) address = make_address (who);
  g_autoptr(GBytes) bytes = g_bytes_new (data, length);

  return mw_autoconfig_parse (bytes, address, MW_SOURCE_AUTOCONFIG,
                              "https://autoconfig.example.org/", error);
}

static char *
changed (const char *from, const char *to)
{
  g_autoptr(GString) text = g_string_new (minimal);

  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static MwSettings *
parse_changed (const char *from, const char *to, GError **error)
{
  g_autofree char *text = changed (from, to);

  return parse_bytes (text, strlen (text), "jane@example.org", error);
}

static void
assert_server (MwSettings *settings, guint index, const char *url)
{
  g_autofree char *is = NULL;

  g_assert_cmpuint (settings->servers->len, >, index);
  is = mw_server_to_url (g_ptr_array_index (settings->servers, index));
  g_assert_cmpstr (is, ==, url);
}

static void
test_minimal (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwSettings) settings =
                parse_bytes (minimal, strlen (minimal), "jane+lists@example.org", &error);

  g_assert_no_error (error);
  g_assert_cmpint (settings->source, ==, MW_SOURCE_AUTOCONFIG);
  g_assert_cmpstr (settings->origin, ==, "https://autoconfig.example.org/");
  g_assert_cmpstr (settings->name, ==, "Example Mail");
  g_assert_cmpstr (settings->help, ==, "https://example.org/help");
  g_assert_false (settings->trusted);
  g_assert_cmpuint (settings->servers->len, ==, 2);
  assert_server (settings, 0, "imaps://jane%2Blists%40example.org@imap.example.org");
  assert_server (settings, 1, "smtp://jane%2Blists@smtp.example.org");
  g_assert_true (mw_settings_is_complete (settings));
}

/* A "%" in somebody's name is no placeholder, and an IDN goes out as A-labels */
static void
test_placeholders_are_filled_once (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwSettings) settings =
                parse_bytes (minimal, strlen (minimal), "a%EMAILDOMAIN%@bücher.example", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mw_server_get_username (mw_settings_find (settings, MW_PROTOCOL_IMAP)), ==,
                   "a%EMAILDOMAIN%@xn--bcher-kva.example");
  g_assert_cmpstr (mw_server_get_host (mw_settings_find (settings, MW_PROTOCOL_SMTP)), ==,
                   "smtp.xn--bcher-kva.example");
}

static void
test_unknown_placeholders_are_errors (void)
{
  static const char *const usernames[] = { "%EMAILADDRESS", "%REALNAME%", "%emailaddress%",
                                           "100%",          "%",          "%%",
                                           "a\nb",          "a&#x202e;b", "a&#x200b;b",
                                           "a&#x2028;b",    "a&#x85;b" };

  for (gsize i = 0; i < G_N_ELEMENTS (usernames); i++)
    {
      g_autoptr(MwSettings) settings = parse_changed ("%EMAILADDRESS%", usernames[i], NULL);

      g_test_message ("%s", usernames[i]);
      g_assert_nonnull (settings);
      g_assert_null (mw_settings_find (settings, MW_PROTOCOL_IMAP));
      g_assert_nonnull (mw_settings_find (settings, MW_PROTOCOL_SMTP));
    }
}

static void
test_authentications_keep_their_order (void)
{
  g_autoptr(MwSettings) settings = parse_changed (
      "<authentication>password-cleartext</authentication>",
      "<authentication>OAuth2</authentication><authentication>carrier-pigeon</authentication>"
      "<authentication>password-encrypted</authentication>"
      "<authentication>password-cleartext</authentication><authentication>GSSAPI</authentication>",
      NULL);
  const char *const *kinds =
      mw_server_get_authentications (mw_settings_find (settings, MW_PROTOCOL_IMAP));

  g_assert_cmpstrv (kinds, ((const char *[]) { "oauth2", "password", "gssapi", NULL }));
}

static void
test_sending_may_need_no_login (void)
{
  g_autoptr(MwSettings) settings = parse_changed (
      "<username>%EMAILLOCALPART%</username>\n      <authentication>password-encrypted<",
      "<authentication>none<", NULL);
  MwServer *server = mw_settings_find (settings, MW_PROTOCOL_SMTP);

  g_assert_nonnull (server);
  g_assert_false (mw_server_needs_login (server));
  g_assert_cmpstr (mw_server_get_mechanism (server), ==, MW_MECHANISM_NONE);
}

static void
test_other_kinds_of_servers_are_skipped (void)
{
  g_autoptr(MwSettings) settings = parse_changed (
      "    <incomingServer type=\"imap\">",
      "<incomingServer type=\"exchange\"><hostname>ex.example.org</hostname><port>443</port>"
      "<username>%EMAILADDRESS</username><socketType>SSL</socketType></incomingServer>"
      "<incomingServer><hostname>what.example.org</hostname></incomingServer>"
      "<outgoingServer type=\"graph\"/><incomingServer type=\"imap\">",
      NULL);

  g_assert_cmpuint (settings->servers->len, ==, 2);
  assert_server (settings, 0, "imaps://jane%40example.org@imap.example.org");
}

static void
test_plain_servers_come_last (void)
{
  g_autoptr(MwSettings) settings = parse_changed (
      "    <incomingServer type=\"imap\">",
      "<incomingServer type=\"imap\"><hostname>old.example.org</hostname><port>143</port>"
      "<username>u</username><socketType>plain</socketType></incomingServer>"
      "<incomingServer type=\"imap\">",
      NULL);

  g_assert_cmpuint (settings->servers->len, ==, 3);
  assert_server (settings, 0, "imaps://jane%40example.org@imap.example.org");
  assert_server (settings, 2, "imap+insecure://u@old.example.org");
}

static void
test_values_may_be_cdata_and_spaced (void)
{
  g_autoptr(MwSettings) settings = parse_changed (
      "<hostname>imap.example.org</hostname>",
      "<hostname>\n  <![CDATA[IMAP.Example.org]]>.<!-- x --> </hostname>", NULL);

  assert_server (settings, 0, "imaps://jane%40example.org@imap.example.org");
}

/* Text inside of elements that do not belong there is not taken for the value */
static void
test_nested_text_is_no_value (void)
{
  g_autoptr(MwSettings) settings = parse_changed (
      "<hostname>imap.example.org</hostname>",
      "<hostname>imap.<b>evil.test</b>example.org</hostname><x><hostname>evil.test</hostname></x>",
      NULL);

  assert_server (settings, 0, "imaps://jane%40example.org@imap.example.org");
}

static void
test_only_the_first_provider_counts (void)
{
  g_autoptr(MwSettings) settings = parse_changed (
      "</clientConfig>",
      "<emailProvider id=\"b\"><incomingServer type=\"pop3\"><hostname>pop.evil.test</hostname>"
      "<port>995</port><socketType>SSL</socketType><username>u</username></incomingServer>"
      "</emailProvider></clientConfig>",
      NULL);

  g_assert_null (mw_settings_find (settings, MW_PROTOCOL_POP3));
}

static void
test_bad_hosts_and_ports_drop_the_server (void)
{
  static const struct
  {
    const char *from;
    const char *to;
  } changes[] = {
    { "imap.example.org<", "user@imap.example.org<" },
    { "imap.example.org<", "imap.example.org/x<" },
    { "imap.example.org<", "imap.example.org%00<" },
    { "imap.example.org<", "imap example.org<" },
    { "imap.example.org<", "imap.example.org:993<" },
    { "imap.example.org<", "-imap.example.org<" },
    { "imap.example.org<", "<" },
    { "imap.example.org<", "imap..example.org<" },
    { "imap.example.org<", "&#x202e;imap.example.org<" },
    { ">993<", ">0<" },
    { ">993<", ">65536<" },
    { ">993<", ">-1<" },
    { ">993<", ">+993<" },
    { ">993<", ">0x3e1<" },
    { ">993<", ">99 3<" },
    { ">993<", ">000993<" },
    { ">993<", ">993.0<" },
    { ">993<", ">٩٩٣<" },
    { ">993<", "><" },
    { ">SSL<", ">SSLv2<" },
    { ">SSL<", "><" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr(MwSettings) settings = parse_changed (changes[i].from, changes[i].to, NULL);

      g_test_message ("%s", changes[i].to);
      g_assert_nonnull (settings);
      g_assert_null (mw_settings_find (settings, MW_PROTOCOL_IMAP));
    }
}

/* The ideographic full stop is a dot to IDNA: the name is what it looks like */
static void
test_full_width_dots_are_dots (void)
{
  g_autoptr(MwSettings) settings = parse_changed ("imap.example.org<", "imap。example．org<", NULL);

  assert_server (settings, 0, "imaps://jane%40example.org@imap.example.org");
}

static void
test_links_are_https_or_nothing (void)
{
  static const char *const urls[] = {
    "http://example.org/", "javascript:alert(1)", "https://user@evil.test/", "https:///x",
    "https://a b/",        "file:///etc/passwd",  "https://exämple.org/"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr(MwSettings) settings = parse_changed ("https://example.org/help", urls[i], NULL);

      g_assert_null (settings->help);
    }
}

static void
test_names_are_made_harmless (void)
{
  g_autofree char *longname = g_strnfill (900, 'x');
  g_autoptr(MwSettings) bidi = parse_changed ("Example Mail", "a&#x202e;b\n&lt;i&gt;", NULL);
  g_autoptr(MwSettings) cut = parse_changed ("Example Mail", longname, NULL);

  g_assert_null (strstr (bidi->name, "\xe2\x80\xae"));
  g_assert_null (strchr (bidi->name, '\n'));
  g_assert_cmpuint (strlen (cut->name), <=, 120);
}

static void
assert_refused (const char *data, gsize length, MwDiscoveryError code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwSettings) settings = parse_bytes (data, length, "jane@example.org", &error);

  g_assert_null (settings);
  g_assert_error (error, MW_DISCOVERY_ERROR, (int) code);
}

static void
assert_refused_text (const char *text, MwDiscoveryError code)
{
  assert_refused (text, strlen (text), code);
}

static void
test_hostile_documents_are_refused (void)
{
  g_autofree char *doctype = changed (
      "<clientConfig version", "<!DOCTYPE x SYSTEM \"file:///etc/hostname\"><clientConfig version");
  g_autofree char *laughs =
      changed ("<clientConfig version",
               "<!DOCTYPE lolz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
               "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><clientConfig version");
  g_autofree char *entity = changed ("Example Mail", "&lol;");
  g_autofree char *latin = changed ("encoding=\"UTF-8\"", "encoding='ISO-8859-1'");
  g_autofree char *utf16 = changed ("encoding=\"UTF-8\"", "encoding=\"UTF-16\"");
  g_autofree char *utf7 = changed ("encoding=\"UTF-8\"", "encoding = \"utf-7\"");

  assert_refused_text (doctype, MW_DISCOVERY_ERROR_FORBIDDEN);
  assert_refused_text (laughs, MW_DISCOVERY_ERROR_FORBIDDEN);
  assert_refused_text (entity, MW_DISCOVERY_ERROR_MALFORMED);
  assert_refused_text (latin, MW_DISCOVERY_ERROR_FORBIDDEN);
  assert_refused_text (utf16, MW_DISCOVERY_ERROR_FORBIDDEN);
  assert_refused_text (utf7, MW_DISCOVERY_ERROR_FORBIDDEN);
  assert_refused ("\xff\xfe<\0c\0", 6, MW_DISCOVERY_ERROR_FORBIDDEN);
  assert_refused ("\x4c\xa7\x94\x93", 4, MW_DISCOVERY_ERROR_FORBIDDEN); /* EBCDIC */
  assert_refused ("<clientConfig>\0</clientConfig>", 30, MW_DISCOVERY_ERROR_FORBIDDEN);
  assert_refused ("<clientConfig>\xc3\x28</clientConfig>", 31, MW_DISCOVERY_ERROR_FORBIDDEN);
  assert_refused_text ("", MW_DISCOVERY_ERROR_MALFORMED);
  assert_refused_text ("\xef\xbb\xbf", MW_DISCOVERY_ERROR_MALFORMED);
  assert_refused_text ("hello", MW_DISCOVERY_ERROR_MALFORMED);
  assert_refused_text ("<html><body/></html>", MW_DISCOVERY_ERROR_MALFORMED);
  assert_refused_text ("<clientConfig/>", MW_DISCOVERY_ERROR_MALFORMED);
  assert_refused_text ("<clientConfig><emailProvider/></clientConfig>",
                       MW_DISCOVERY_ERROR_NO_SERVERS);
  assert_refused_text ("<clientConfig><emailProvider></clientConfig>",
                       MW_DISCOVERY_ERROR_MALFORMED);
}

static void
test_byte_order_mark_is_fine (void)
{
  g_autofree char *text = g_strconcat ("\xef\xbb\xbf", minimal, NULL);
  g_autoptr(MwSettings) settings = parse_bytes (text, strlen (text), "jane@example.org", NULL);

  g_assert_nonnull (settings);
}

static void
test_size_depth_and_number_are_limited (void)
{
  g_autoptr(GString) deep = g_string_new ("<clientConfig><emailProvider>");
  g_autoptr(GString) many = g_string_new ("<clientConfig><emailProvider>");
  g_autofree char *attribute = g_strnfill (MW_DISCOVERY_MAX_DOCUMENT, 'a');
  g_autofree char *huge = changed ("id=\"example.org\"", "id=\"HUGE\"");
  g_autoptr(GString) big = g_string_new (huge);
  g_autofree char *comment = g_strnfill (20000, 'c');
  g_autofree char *fill = g_strnfill (30000, 'h');
  g_autofree char *long_host = g_strconcat (fill, ".example.org<", NULL);
  g_autofree char *overlong = NULL;
  g_autofree char *with_comment = NULL;
  g_autoptr(MwSettings) settings = NULL;

  for (int i = 0; i < 5000; i++)
    g_string_append (deep, "<a>");
  assert_refused_text (deep->str, MW_DISCOVERY_ERROR_FORBIDDEN);

  for (int i = 0; i < 5000; i++)
    g_string_append (many, "<a/>");
  g_string_append (many, "</emailProvider></clientConfig>");
  assert_refused_text (many->str, MW_DISCOVERY_ERROR_FORBIDDEN);

  g_string_replace (big, "HUGE", attribute, 1);
  assert_refused_text (big->str, MW_DISCOVERY_ERROR_FORBIDDEN);

  /* Within the size, a long value is not a value, and a long comment nothing at all */
  overlong = changed ("imap.example.org<", long_host);
  settings = parse_bytes (overlong, strlen (overlong), "jane@example.org", NULL);
  g_assert_null (mw_settings_find (settings, MW_PROTOCOL_IMAP));
  mw_settings_unref (settings);
  with_comment = g_strdup_printf ("<!-- %s -->%s", comment, strchr (minimal, '\n') + 1);
  settings = parse_bytes (with_comment, strlen (with_comment), "jane@example.org", NULL);
  g_assert_nonnull (settings);
}

/* A comment in a comment's place, an unclosed tag, half a character: nothing may read on */
static void
test_cut_off_anywhere_is_refused (void)
{
  gsize end = (gsize) (strstr (minimal, "</clientConfig>") + strlen ("</clientConfig>") - minimal);

  for (gsize length = 0; length < end; length++)
    {
      /* A buffer of exactly that size, so that a sanitizer sees who reads on */
      g_autofree char *part = g_memdup2 (minimal, MAX (length, 1));
      g_autoptr(GError) error = NULL;
      g_autoptr(MwSettings) settings = parse_bytes (part, length, "jane@example.org", &error);

      g_assert_null (settings);
      g_assert_nonnull (error);
      g_assert_true (error->domain == MW_DISCOVERY_ERROR);
    }
}

static void
test_any_byte_may_be_wrong (void)
{
  for (gsize i = 0; i < strlen (minimal); i++)
    for (guint c = 0; c < 256; c += 17)
      {
        g_autofree char *text = g_strdup (minimal);
        g_autoptr(MwSettings) settings = NULL;

        text[i] = (char) c;
        settings = parse_bytes (text, sizeof minimal - 1, "jane@example.org", NULL);
        for (guint j = 0; settings != NULL && j < settings->servers->len; j++)
          g_assert_true (
              mw_host_is_valid (mw_server_get_host (g_ptr_array_index (settings->servers, j))));
      }
}

static void
test_domains_are_listed (void)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (minimal, strlen (minimal));
  g_autoptr(GBytes) broken = g_bytes_new_static (minimal, strlen (minimal) / 2);

  g_assert_true (mw_autoconfig_lists_domain (bytes, "example.org"));
  g_assert_true (mw_autoconfig_lists_domain (bytes, "EXAMPLE.org"));
  g_assert_false (mw_autoconfig_lists_domain (bytes, "sub.example.org"));
  g_assert_false (mw_autoconfig_lists_domain (bytes, "example.com"));
  g_assert_false (mw_autoconfig_lists_domain (broken, "example.org"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/autoconfig/minimal-document-is-read", test_minimal);
  g_test_add_func ("/autoconfig/placeholders-are-filled-once", test_placeholders_are_filled_once);
  g_test_add_func ("/autoconfig/unknown-placeholders-are-errors",
                   test_unknown_placeholders_are_errors);
  g_test_add_func ("/autoconfig/authentications-keep-their-order",
                   test_authentications_keep_their_order);
  g_test_add_func ("/autoconfig/sending-may-need-no-login", test_sending_may_need_no_login);
  g_test_add_func ("/autoconfig/other-kinds-of-servers-are-skipped",
                   test_other_kinds_of_servers_are_skipped);
  g_test_add_func ("/autoconfig/plain-servers-come-last", test_plain_servers_come_last);
  g_test_add_func ("/autoconfig/values-may-be-cdata-and-spaced",
                   test_values_may_be_cdata_and_spaced);
  g_test_add_func ("/autoconfig/nested-text-is-no-value", test_nested_text_is_no_value);
  g_test_add_func ("/autoconfig/only-the-first-provider-counts",
                   test_only_the_first_provider_counts);
  g_test_add_func ("/autoconfig/bad-hosts-and-ports-drop-the-server",
                   test_bad_hosts_and_ports_drop_the_server);
  g_test_add_func ("/autoconfig/full-width-dots-are-dots", test_full_width_dots_are_dots);
  g_test_add_func ("/autoconfig/links-are-https-or-nothing", test_links_are_https_or_nothing);
  g_test_add_func ("/autoconfig/names-are-made-harmless", test_names_are_made_harmless);
  g_test_add_func ("/autoconfig/hostile-documents-are-refused", test_hostile_documents_are_refused);
  g_test_add_func ("/autoconfig/byte-order-mark-is-fine", test_byte_order_mark_is_fine);
  g_test_add_func ("/autoconfig/size-depth-and-number-are-limited",
                   test_size_depth_and_number_are_limited);
  g_test_add_func ("/autoconfig/cut-off-anywhere-is-refused", test_cut_off_anywhere_is_refused);
  g_test_add_func ("/autoconfig/any-byte-may-be-wrong", test_any_byte_may_be_wrong);
  g_test_add_func ("/autoconfig/domains-are-listed", test_domains_are_listed);

  return g_test_run ();
}
