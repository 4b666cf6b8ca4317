/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "providers/mw-provider-db.h"

#include <locale.h>
#include <string.h>

typedef struct
{
  const char *name;
  const char *provider; /* NULL: nobody's */
} Case;

static void
assert_provider (const char *what, const MwProvider *provider, const char *expected)
{
  const char *id = provider != NULL ? mw_provider_get_id (provider) : NULL;

  if (g_strcmp0 (id, expected) != 0)
    g_error ("%s: found %s, expected %s", what, id != NULL ? id : "nobody",
             expected != NULL ? expected : "nobody");
}

static void
test_counts (void)
{
  g_autoptr (MwProviderDb) db = mw_provider_db_new (NULL);
  g_autoptr (GPtrArray) all = mw_provider_db_search (db, NULL);
  gsize domains = 0;

  for (guint i = 0; i < all->len; i++)
    domains += g_strv_length ((char **) mw_provider_get_domains (g_ptr_array_index (all, i)));
  g_assert_cmpuint (all->len, ==, 228);
  g_assert_cmpuint (domains, ==, 1199);
}

static void
test_every_domain (void)
{
  g_autoptr (MwProviderDb) db = mw_provider_db_new (NULL);
  g_autoptr (GPtrArray) all = mw_provider_db_search (db, "");

  for (guint i = 0; i < all->len; i++)
    {
      const MwProvider *provider = g_ptr_array_index (all, i);
      const char *const *domains = mw_provider_get_domains (provider);

      g_assert_true (mw_provider_db_lookup_id (db, mw_provider_get_id (provider)) == provider);
      for (gsize j = 0; domains[j] != NULL; j++)
        {
          gboolean below = g_str_has_prefix (domains[j], "*.");
          g_autofree char *domain =
              g_strconcat (below ? "some.where." : "", domains[j] + (below ? 2 : 0), NULL);
          g_autofree char *upper = g_ascii_strup (domain, -1);

          g_assert_true (mw_provider_db_lookup_domain (db, domain) == provider);
          g_assert_true (mw_provider_db_lookup_domain (db, upper) == provider);
        }
    }
}

static void
test_domains (void)
{
  static const Case cases[] = {
    { "gmail.com", "gmail" },
    { "GoogleMail.COM", "gmail" },
    { "gmail.com.", "gmail" },
    { "qq.com", "qq" },
    { "vip.qq.com", "qq" },
    { "exmail.qq.com", "exmail" },
    { "yahoo.co.jp", "yahoo-jp" },
    { "verizon.net", "verizon" },
    { "tuta.com", "tuta" },
    { "rr.com", "twc" },
    { "nyc.rr.com", "twc" },
    { "contoso.onmicrosoft.com", "microsoft365" },
    { "contoso.partner.onmschina.cn", "microsoft365-cn" },
    /* Parents are not tried. */
    { "mail.gmail.com", NULL },
    { "sub.163.com", NULL },
    { "onmicrosoft.com", NULL },
    { "com", NULL },
    { "notgmail.com", NULL },
    { "gmail.com.evil.example", NULL },
    { "example.org", NULL },
    { "", NULL },
    { ".", NULL },
    { "..", NULL },
    { ".gmail.com", NULL },
    { "*.rr.com", NULL },
    { "*", NULL },
    { "gmail.com ", NULL },
    { "gmail.com\n", NULL },
    { "gmäil.com", NULL },
    { "\xff\xfe", NULL },
  };
  g_autoptr (MwProviderDb) db = mw_provider_db_new (NULL);
  g_autofree char *longest = g_strnfill (253, 'a');
  g_autofree char *endless = g_strnfill (100000, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_provider (cases[i].name, mw_provider_db_lookup_domain (db, cases[i].name),
                     cases[i].provider);
  g_assert_null (mw_provider_db_lookup_domain (db, longest));
  g_assert_null (mw_provider_db_lookup_domain (db, endless));
  memset (endless, '.', 100000);
  g_assert_null (mw_provider_db_lookup_domain (db, endless));
  g_assert_null (mw_provider_db_lookup_mx (db, endless));
  g_assert_null (mw_provider_db_lookup_host (db, endless, NULL));
}

static void
test_mx (void)
{
  static const Case cases[] = {
    { "gmail-smtp-in.l.google.com", "gmail" },
    { "alt1.gmail-smtp-in.l.google.com", "gmail" },
    { "aspmx.l.google.com", "google-workspace" },
    { "ASPMX.L.GOOGLE.COM.", "google-workspace" },
    { "alt2.aspmx.l.google.com", "google-workspace" },
    { "aspmx3.googlemail.com", "google-workspace" },
    { "smtp.google.com", "google-workspace" },
    { "contoso-com.mail.protection.outlook.com", "microsoft365" },
    { "hotmail-com.olc.protection.outlook.com", "outlook" },
    { "contoso-cn.mail.protection.partner.outlook.cn", "microsoft365-cn" },
    { "contoso-com.a-v1.mx.microsoft", "microsoft365" },
    { "mta5.am0.yahoodns.net", "yahoo" },
    { "mx-aol.mail.gm0.yahoodns.net", "aol" },
    { "mx1.qq.com", "qq" },
    { "mxbiz1.qq.com", "exmail" },
    { "163mx01.mxmail.netease.com", "netease-163" },
    { "126mx01.mxmail.netease.com", "netease-126" },
    { "qiye163mx01.mxmail.netease.com", "netease-qiye" },
    { "hzmx01.mxmail.netease.com", "netease-qiye" },
    { "mx.zoho.com", "zoho" },
    { "mx2.zoho.eu", "zoho-eu" },
    { "mx.zoho.com.cn", "zoho-cn" },
    { "mx3.zoho.in", "zoho-in" },
    { "mx.pec.aruba.it", "aruba-pec" },
    { "a.b.pec.aruba.it", "aruba-pec" },
    { "mx.aruba.it", "aruba" },
    { "smtpin.rzone.de", "strato" },
    { "mx00.ionos.co.uk", "ionos" },
    { "mx1.hostinger.in", "hostinger" },
    { "in1-smtp.messagingengine.com", "fastmail" },
    { "mail.protonmail.ch", "proton" },
    /* Nearly. */
    { "aspmx.l.google.com.evil.example", NULL },
    { "evil-aspmx.l.google.com", NULL },
    { "xaspmx.l.google.com", NULL },
    { "mail.notgoogle.com", NULL },
    { "l.google.com", NULL },
    { "google.com", NULL },
    { "mail.protection.outlook.com", NULL },
    { "protection.outlook.com", NULL },
    { "mx1.hostinger.attacker.example", NULL },
    { "mx1.hostinger.attacker", NULL },
    { "mxbiz1.qq.com.evil.example", NULL },
    { "mx1.evil.qiye.aliyun.com", NULL },
    { "mx.evil.163mx01.mxmail.netease.com", NULL },
    { "mxmail.netease.com", NULL },
    { "am0.yahoodns.net", NULL },
    { "x.am1.yahoodns.net", NULL },
    { ".", NULL },
    { "", NULL },
    { "*.messagingengine.com", NULL },
    { "a..messagingengine.com ", NULL },
    { "com", NULL },
    /* Gateways prove nothing. */
    { "mx0a-00000000.pphosted.com", NULL },
    { "inbound-smtp.us-east-1.amazonaws.com", NULL },
    { "route1.mx.cloudflare.net", NULL },
  };
  g_autoptr (MwProviderDb) db = mw_provider_db_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_provider (cases[i].name, mw_provider_db_lookup_mx (db, cases[i].name),
                     cases[i].provider);
}

/* What a person types into a field must not be matched as a pattern against itself, but each MX
 * pattern of each provider has to lead back to it. */
static void
test_every_mx_pattern (void)
{
  g_autoptr (MwProviderDb) db = mw_provider_db_new (NULL);
  g_autoptr (GPtrArray) all = mw_provider_db_search (db, NULL);
  guint n = 0;

  for (guint i = 0; i < all->len; i++)
    {
      const MwProvider *provider = g_ptr_array_index (all, i);
      const char *const *patterns = mw_provider_get_mx_patterns (provider);

      for (gsize j = 0; patterns[j] != NULL; j++, n++)
        {
          g_autofree char *host = g_strdelimit (g_strdup (patterns[j]), "*", '7');
          g_autofree char *spoiled = g_strconcat (host, ".example", NULL);

          g_assert_true (mw_provider_db_lookup_mx (db, host) == provider);
          g_assert_false (mw_provider_db_is_gateway (db, host));
          g_assert_null (mw_provider_db_lookup_mx (db, spoiled));
        }
    }
  g_assert_cmpuint (n, >, 100);
}

static void
test_gateways (void)
{
  static const char *const gateways[] = {
    "mx0a-00000000.pphosted.com",
    "us-smtp-inbound-1.mimecast.com",
    "d12345a.ess.barracudanetworks.com",
    "esa1.example.iphmx.com",
    "route2.mx.cloudflare.net",
    "mx.cloudflare.net",
    "MX1.ImprovMX.com.",
    "inbound-smtp.eu-west-1.amazonaws.com",
  };
  static const char *const others[] = {
    "mx1.qq.com",
    "pphosted.com.evil.example",
    "notmimecast.com",
    "inbound-smtp.a.b.amazonaws.com",
    "ec2-1-2-3-4.amazonaws.com",
    "cloudflare.net",
    "",
    ".",
  };
  g_autoptr (MwProviderDb) db = mw_provider_db_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (gateways); i++)
    {
      g_assert_true (mw_provider_db_is_gateway (db, gateways[i]));
      g_assert_null (mw_provider_db_lookup_mx (db, gateways[i]));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (mw_provider_db_is_gateway (db, others[i]));
}

static void
test_hosts (void)
{
  static const struct
  {
    const char *host;
    const char *provider;
    MwProtocol protocol;
    gboolean wrong;
  } cases[] = {
    { "imap.gmail.com", "gmail", MW_PROTOCOL_IMAP, FALSE },
    { "SMTP.gmail.com.", "gmail", MW_PROTOCOL_SMTP, FALSE },
    { "pop.gmail.com", "gmail", MW_PROTOCOL_POP3, FALSE },
    { "imap.googlemail.com", "gmail", MW_PROTOCOL_UNKNOWN, FALSE },
    { "imap.google.com", "gmail", MW_PROTOCOL_UNKNOWN, TRUE },
    { "outlook.office365.com", "microsoft365", MW_PROTOCOL_UNKNOWN, FALSE },
    { "smtp-mail.outlook.com", "outlook", MW_PROTOCOL_SMTP, FALSE },
    { "smtp.office365.com", "microsoft365", MW_PROTOCOL_SMTP, FALSE },
    { "imap.exmail.qq.com", "exmail", MW_PROTOCOL_IMAP, FALSE },
    { "smtp.tutanota.com", "tuta", MW_PROTOCOL_UNKNOWN, TRUE },
    { "email-smtp.eu-west-1.amazonaws.com", "amazon-ses", MW_PROTOCOL_SMTP, FALSE },
    { "inbound-smtp.eu-west-1.amazonaws.com", "amazon-ses", MW_PROTOCOL_UNKNOWN, TRUE },
    { "imap.vip.163.com", "netease-vip", MW_PROTOCOL_IMAP, FALSE },
    { "mail.inbox.lv", "inbox.lv", MW_PROTOCOL_UNKNOWN, FALSE },
    { "ex5.mail.ovh.net", "ovh", MW_PROTOCOL_UNKNOWN, FALSE },
    { "poczta.o2.pl", "o2-pl", MW_PROTOCOL_UNKNOWN, FALSE },
    { "imap.example.org", NULL, MW_PROTOCOL_UNKNOWN, FALSE },
    { "imap.gmail.com.evil.example", NULL, MW_PROTOCOL_UNKNOWN, FALSE },
    { "xemail-smtp.eu-west-1.amazonaws.com", NULL, MW_PROTOCOL_UNKNOWN, FALSE },
    { "email-smtp.evil.example.amazonaws.com", NULL, MW_PROTOCOL_UNKNOWN, FALSE },
    { "127.0.0.1", NULL, MW_PROTOCOL_UNKNOWN, FALSE },
    { "localhost", NULL, MW_PROTOCOL_UNKNOWN, FALSE },
    { "mail.{domain}", NULL, MW_PROTOCOL_UNKNOWN, FALSE },
    { "", NULL, MW_PROTOCOL_UNKNOWN, FALSE },
  };
  g_autoptr (MwProviderDb) db = mw_provider_db_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MwProtocol protocol = MW_PROTOCOL_IMAP;
      const MwProvider *provider = mw_provider_db_lookup_host (db, cases[i].host, &protocol);

      assert_provider (cases[i].host, provider, cases[i].provider);
      g_assert_cmpint (protocol, ==, cases[i].protocol);
      if (provider != NULL)
        g_assert_cmpint (mw_provider_is_wrong_host (provider, cases[i].host), ==, cases[i].wrong);
    }
}

static void
assert_first_hit (MwProviderDb *db, const char *query, const char *id)
{
  g_autoptr (GPtrArray) hits = mw_provider_db_search (db, query);

  if (hits->len == 0)
    g_error ("nothing was found for %s", query);
  assert_provider (query, g_ptr_array_index (hits, 0), id);
}

static void
test_search (void)
{
  static const Case cases[] = {
    { "gmail", "gmail" },       { "GMAIL.COM", "gmail" },
    { " gmail.com ", "gmail" }, { "somebody@gmail.com", "gmail" },
    { "x@nyc.rr.com", "twc" },  { "qq 邮箱", "qq" },
    { "ＱＱ 邮箱", "qq" },      { "网易 163", "netease-163" },
    { "飞书", "feishu" },       { "hotmail.com", "outlook" },
    { "fastm", "fastmail" },    { "IONOS", "ionos" },
  };
  g_autoptr (MwProviderDb) db = mw_provider_db_new (NULL);
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) odd = NULL;
  g_autoptr (GPtrArray) many = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_first_hit (db, cases[i].name, cases[i].provider);
  none = mw_provider_db_search (db, "no such provider anywhere");
  g_assert_cmpuint (none->len, ==, 0);
  odd = mw_provider_db_search (db, "\xff\xff");
  g_assert_cmpuint (odd->len, ==, 0);
  many = mw_provider_db_search (db, "zoho");
  g_assert_cmpuint (many->len, ==, 7);
}

/* Several threads ask at once for what is made on demand. */
static gpointer
ask (gpointer data)
{
  MwProviderDb *db = data;
  g_autoptr (GPtrArray) all = mw_provider_db_search (db, NULL);

  for (guint i = 0; i < all->len; i++)
    {
      const MwProvider *provider = g_ptr_array_index (all, i);

      mw_provider_get_domains (provider);
      mw_provider_get_sources (provider);
      mw_provider_get_authentications (provider);
      mw_provider_get_quirks (provider);
    }
  return GUINT_TO_POINTER (all->len);
}

static void
test_threads (void)
{
  g_autoptr (MwProviderDb) db = mw_provider_db_new (NULL);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("asker", ask, db);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 228);
}

static void
test_default (void)
{
  MwProviderDb *db = mw_provider_db_get_default ();

  g_assert_true (db == mw_provider_db_get_default ());
  assert_provider ("gmail.com", mw_provider_db_lookup_domain (db, "gmail.com"), "gmail");
  g_assert_cmpstr (mw_provider_db_get_complaints (db)[0], ==, NULL);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/providers/db/has-every-provider-and-domain", test_counts);
  g_test_add_func ("/providers/db/finds-every-domain-in-any-case", test_every_domain);
  g_test_add_func ("/providers/db/finds-domains-but-no-parents", test_domains);
  g_test_add_func ("/providers/db/matches-mx-hosts-by-whole-labels", test_mx);
  g_test_add_func ("/providers/db/every-mx-pattern-leads-home", test_every_mx_pattern);
  g_test_add_func ("/providers/db/gateways-belong-to-nobody", test_gateways);
  g_test_add_func ("/providers/db/knows-whose-server-a-host-is", test_hosts);
  g_test_add_func ("/providers/db/search-takes-names-domains-and-addresses", test_search);
  g_test_add_func ("/providers/db/threads-may-ask-at-once", test_threads);
  g_test_add_func ("/providers/db/default-database-needs-no-files", test_default);

  return g_test_run ();
}
