/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "net/mw-domain.h"
#include "net/mw-inet.h"

static void
test_base (void)
{
  static const struct
  {
    const char *host;
    const char *base;
  } rows[] = {
    { "example.org", "example.org" },
    { "mail.example.org", "example.org" },
    { "MAIL.Example.ORG.", "example.org" },
    { "a.b.example.co.uk", "example.co.uk" },
    { "someone.github.io", "someone.github.io" },
    { "co.uk", NULL },
    { "github.io", NULL },
    { "org", NULL },
    { "localhost", NULL },
    { "192.0.2.1", NULL },
    { "2001:db8::1", NULL },
    { "", NULL },
    { ".", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *base = mw_domain_base (rows[i].host);

      g_assert_cmpstr (base, ==, rows[i].base);
    }
}

static void
test_same_base (void)
{
  g_assert_true (mw_domain_same_base ("imap.example.org", "smtp.example.org"));
  g_assert_true (mw_domain_same_base ("example.org", "Example.org."));
  g_assert_true (mw_domain_same_base ("localhost", "localhost"));
  g_assert_true (mw_domain_same_base ("192.0.2.1", "192.0.2.1"));
  g_assert_false (mw_domain_same_base ("a.example.co.uk", "a.sample.co.uk"));
  g_assert_false (mw_domain_same_base ("one.github.io", "two.github.io"));
  g_assert_false (mw_domain_same_base ("co.uk", "org.uk"));
  g_assert_false (mw_domain_same_base ("192.0.2.1", "192.0.2.2"));
  g_assert_false (mw_domain_same_base ("example.org", ""));
}

static void
test_public_suffix (void)
{
  g_assert_true (mw_domain_is_public_suffix ("co.uk"));
  g_assert_true (mw_domain_is_public_suffix ("COM."));
  g_assert_true (mw_domain_is_public_suffix ("github.io"));
  g_assert_false (mw_domain_is_public_suffix ("example.co.uk"));
  g_assert_false (mw_domain_is_public_suffix ("192.0.2.1"));
  g_assert_false (mw_domain_is_public_suffix (""));
}

static void
test_within (void)
{
  g_assert_true (mw_domain_is_within ("mail.example.org", "example.org"));
  g_assert_true (mw_domain_is_within ("Example.org.", "example.ORG"));
  g_assert_false (mw_domain_is_within ("badexample.org", "example.org"));
  g_assert_false (mw_domain_is_within ("example.org", "mail.example.org"));
  g_assert_false (mw_domain_is_within ("example.org", ""));
}

static void
test_private (void)
{
  static const struct
  {
    const char *address;
    gboolean private;
  } rows[] = {
    { "192.0.2.1", FALSE },
    { "8.8.8.8", FALSE },
    { "172.15.255.255", FALSE },
    { "172.32.0.0", FALSE },
    { "100.63.255.255", FALSE },
    { "2001:db8::1", FALSE },
    { "2a00:1450::1", FALSE },
    { "64:ff9b::808:808", FALSE },
    { "2002:808:808::1", FALSE },
    { "::ffff:8.8.8.8", FALSE },
    { "0.0.0.0", TRUE },
    { "10.1.2.3", TRUE },
    { "100.64.0.1", TRUE },
    { "127.0.0.1", TRUE },
    { "127.255.255.255", TRUE },
    { "169.254.169.254", TRUE },
    { "172.16.0.1", TRUE },
    { "172.31.255.255", TRUE },
    { "192.168.1.1", TRUE },
    { "198.19.0.1", TRUE },
    { "224.0.0.1", TRUE },
    { "255.255.255.255", TRUE },
    { "::", TRUE },
    { "::1", TRUE },
    { "fc00::1", TRUE },
    { "fdff::1", TRUE },
    { "fe80::1", TRUE },
    { "ff02::1", TRUE },
    { "::ffff:127.0.0.1", TRUE },
    { "::ffff:10.0.0.1", TRUE },
    { "::127.0.0.1", TRUE },
    { "64:ff9b::7f00:1", TRUE },
    { "2002:7f00:1::", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GInetAddress) address = g_inet_address_new_from_string (rows[i].address);

      g_test_message ("%s", rows[i].address);
      g_assert_cmpint (mw_inet_address_is_private (address), ==, rows[i].private);
    }
}

static void
test_literal (void)
{
  static const struct
  {
    const char *host;
    const char *address;
  } rows[] = {
    { "192.0.2.1", "192.0.2.1" },
    { "[2001:db8::1]", "2001:db8::1" },
    { "2001:db8::1", "2001:db8::1" },
    { "127.1", "127.0.0.1" },
    { "0x7f000001", "127.0.0.1" },
    { "2130706433", "127.0.0.1" },
    { "0177.0.0.1", "127.0.0.1" },
    { "example.org", NULL },
    { "1.2.3.4.5", NULL },
    { "127.0.0.1 x", NULL },
    { "", NULL },
    { "[]", NULL },
    { "256.1.1.1", NULL },
    { "mail.1", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GInetAddress) address = mw_inet_address_new_from_literal (rows[i].host);
      g_autofree char *text = address != NULL ? g_inet_address_to_string (address) : NULL;

      g_test_message ("%s", rows[i].host);
      g_assert_cmpstr (text, ==, rows[i].address);
    }
}

static void
test_local (void)
{
  g_assert_true (mw_host_is_local ("localhost"));
  g_assert_true (mw_host_is_local ("LOCALHOST."));
  g_assert_true (mw_host_is_local ("mail.localhost"));
  g_assert_true (mw_host_is_local ("127.0.0.1"));
  g_assert_true (mw_host_is_local ("[::1]"));
  g_assert_true (mw_host_is_local ("169.254.1.1"));
  g_assert_false (mw_host_is_local ("notlocalhost"));
  g_assert_false (mw_host_is_local ("localhost.example.org"));
  g_assert_false (mw_host_is_local ("192.168.1.1"));
  g_assert_false (mw_host_is_local (""));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/domain/base-is-one-label-below-the-public-suffix", test_base);
  g_test_add_func ("/domain/same-base-needs-a-registrable-domain", test_same_base);
  g_test_add_func ("/domain/public-suffixes-are-known", test_public_suffix);
  g_test_add_func ("/domain/within-counts-whole-labels", test_within);
  g_test_add_func ("/inet/private-addresses-are-recognised-in-every-disguise", test_private);
  g_test_add_func ("/inet/literals-are-what-the-system-takes-for-one", test_literal);
  g_test_add_func ("/inet/local-hosts-are-known-by-spelling", test_local);

  return g_test_run ();
}
