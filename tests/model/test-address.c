/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/mw-address.h"

#include <glib.h>
#include <string.h>

static const struct
{
  const char *typed;
  const char *text;
  const char *ascii;
  const char *name;
} good[] = {
  { "jo@example.org", "jo@example.org", "jo@example.org", NULL },
  { "  jo@example.org \t\n", "jo@example.org", "jo@example.org", NULL },
  { "Jo@EXAMPLE.org", "Jo@example.org", "Jo@example.org", NULL },
  { "jo@example.org.", "jo@example.org", "jo@example.org", NULL },
  { "zhang＠qq．com", "zhang@qq.com", "zhang@qq.com", NULL },
  { "１２３４５＠ｑｑ。ｃｏｍ", "12345@qq.com", "12345@qq.com", NULL },
  { "mailto:jo@example.org", "jo@example.org", "jo@example.org", NULL },
  { "MAILTO:jo%2Bx@example.org?subject=a@b", "jo+x@example.org", "jo+x@example.org", NULL },
  { "Jo Müller <jo@example.org>", "jo@example.org", "jo@example.org", "Jo Müller" },
  { "\"Müller, Jo\" <jo@example.org>,", "jo@example.org", "jo@example.org", "Müller, Jo" },
  { "<jo@example.org>", "jo@example.org", "jo@example.org", NULL },
  { "张三 <zhang@例子.中国>", "zhang@例子.中国", "zhang@xn--fsqu00a.xn--fiqs8s", "张三" },
  { "jo@BÜCHER.example", "jo@bücher.example", "jo@xn--bcher-kva.example", NULL },
  { "jo@xn--bcher-kva.example", "jo@bücher.example", "jo@xn--bcher-kva.example", NULL },
  /* can be decoded, to what is no label */
  { "jo@example.xn--otg", "jo@example.xn--otg", "jo@example.xn--otg", NULL },
  { "jo.o'neill+tag=x@mail.example.org", "jo.o'neill+tag=x@mail.example.org",
    "jo.o'neill+tag=x@mail.example.org", NULL },
  { "\"jo x@y\"@example.org", "\"jo x@y\"@example.org", "\"jo x@y\"@example.org", NULL },
  { "josé@example.org", "josé@example.org", "josé@example.org", NULL },
  { "jose\xcc\x81@example.org", "josé@example.org", "josé@example.org", NULL },
  { "\xe2\x80\x8bjo@exa\xc2\xadmple.org\xef\xbb\xbf", "jo@example.org", "jo@example.org", NULL },
  { "root@localhost", "root@localhost", "root@localhost", NULL },
};

static const struct
{
  const char *typed;
  MwAddressError code;
} bad[] = {
  { "", MW_ADDRESS_ERROR_EMPTY },
  { " \xe3\x80\x80 ", MW_ADDRESS_ERROR_EMPTY },
  { "jo", MW_ADDRESS_ERROR_NO_AT },
  { "jo.example.org", MW_ADDRESS_ERROR_NO_AT },
  { "@example.org", MW_ADDRESS_ERROR_LOCAL_PART },
  { "jo@", MW_ADDRESS_ERROR_DOMAIN },
  { "jo@example", MW_ADDRESS_ERROR_DOMAIN },
  { "jo@.org", MW_ADDRESS_ERROR_DOMAIN },
  { "jo@example..org", MW_ADDRESS_ERROR_DOMAIN },
  { "jo@-example.org", MW_ADDRESS_ERROR_DOMAIN },
  { "jo@exam ple.org", MW_ADDRESS_ERROR_DOMAIN },
  { "jo@192.0.2.1", MW_ADDRESS_ERROR_DOMAIN },
  { "jo@[192.0.2.1]", MW_ADDRESS_ERROR_DOMAIN },
  { "jo@example.org/x", MW_ADDRESS_ERROR_DOMAIN },
  { "jo@example.org:25", MW_ADDRESS_ERROR_DOMAIN },
  { "jo smith@example.org", MW_ADDRESS_ERROR_LOCAL_PART },
  { ".jo@example.org", MW_ADDRESS_ERROR_LOCAL_PART },
  { "jo.@example.org", MW_ADDRESS_ERROR_LOCAL_PART },
  { "j..o@example.org", MW_ADDRESS_ERROR_LOCAL_PART },
  { "j,o@example.org", MW_ADDRESS_ERROR_LOCAL_PART },
  { "\"jo@example.org", MW_ADDRESS_ERROR_NO_AT },
  { "jo@example.org,ann@example.org", MW_ADDRESS_ERROR_SEVERAL },
  { "jo@example.org ann@example.org", MW_ADDRESS_ERROR_SEVERAL },
  { "jo@@example.org", MW_ADDRESS_ERROR_SEVERAL },
  { "Jo <jo@example.org", MW_ADDRESS_ERROR_LOCAL_PART },
  { "a <jo@example.org>, b <x@example.org>", MW_ADDRESS_ERROR_SEVERAL },
  { "jo\x01@example.org", MW_ADDRESS_ERROR_CONTROL },
  { "jo\xff@example.org", MW_ADDRESS_ERROR_CONTROL },
  { "mailto:jo%0d%0aRCPT@example.org", MW_ADDRESS_ERROR_CONTROL },
  { "mailto:jo%zz@example.org", MW_ADDRESS_ERROR_CONTROL },
  { "mailto:%ff@example.org", MW_ADDRESS_ERROR_CONTROL },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MwAddress) address = NULL;

      address = mw_address_new (good[i].typed, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (mw_address_get_text (address), ==, good[i].text);
      g_assert_cmpstr (mw_address_get_ascii (address), ==, good[i].ascii);
      g_assert_cmpstr (mw_address_get_name (address), ==, good[i].name);
      g_assert_true (g_str_is_ascii (mw_address_get_domain_ascii (address)));
    }
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MwAddress) address = mw_address_new (bad[i].typed, &error);

      if (address != NULL)
        g_test_message ("taken: %s", bad[i].typed);
      g_assert_null (address);
      g_assert_error (error, MW_ADDRESS_ERROR, (int) bad[i].code);
      g_assert_nonnull (mw_address_error_explain (error));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

static void
test_non_ascii_local_part_needs_smtputf8 (void)
{
  g_autoptr (MwAddress) plain = mw_address_new ("jo@bücher.example", NULL);
  g_autoptr (MwAddress) international = mw_address_new ("用户@例子.中国", NULL);

  g_assert_false (mw_address_needs_smtputf8 (plain));
  g_assert_true (mw_address_needs_smtputf8 (international));
}

static void
test_lengths_follow_rfc5321 (void)
{
  g_autofree char *local = g_strnfill (64, 'a');
  g_autofree char *longest = g_strconcat (local, "@example.org", NULL);
  g_autofree char *longer = g_strconcat ("a", local, "@example.org", NULL);
  g_autofree char *label = g_strnfill (62, 'b');
  g_autofree char *domain =
      g_strconcat ("x@", label, ".", label, ".", label, ".", label, ".example", NULL);
  g_autoptr (MwAddress) address = mw_address_new (longest, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (address);
  g_assert_null (mw_address_new (longer, &error));
  g_assert_error (error, MW_ADDRESS_ERROR, MW_ADDRESS_ERROR_TOO_LONG);
  g_clear_error (&error);
  g_assert_null (mw_address_new (domain, &error));
  g_assert_nonnull (error);
}

static void
test_lookalike_domain_stays_an_a_label (void)
{
  /* Latin "p" and "l", Cyrillic "а": must not be shown as if it were the Latin name */
  g_autoptr (MwAddress) address = mw_address_new ("jo@pаypal.example", NULL);

  g_assert_true (g_str_has_prefix (mw_address_get_domain (address), "xn--"));
}

static void
test_any_bytes_never_crash (void)
{
  GRand *rand = g_rand_new_with_seed (2026);

  for (int round = 0; round < 20000; round++)
    {
      char text[24];
      gsize length = (gsize) g_rand_int_range (rand, 0, sizeof text);
      g_autoptr (MwAddress) address = NULL;
      static const char alphabet[] = "a.@<>\"\\ :%,\xef\xbc\xa0\xc3\xbc\n-[]mailto";

      for (gsize i = 0; i < length; i++)
        text[i] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];
      text[length] = '\0';
      address = mw_address_new (text, NULL);
      if (address != NULL)
        {
          g_autoptr (MwAddress) again = mw_address_new (mw_address_get_text (address), NULL);

          g_assert_nonnull (again);
          g_assert_cmpstr (mw_address_get_ascii (again), ==, mw_address_get_ascii (address));
        }
    }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/address/as-people-type-them", test_good);
  g_test_add_func ("/address/refused-with-the-right-reason", test_bad);
  g_test_add_func ("/address/non-ascii-local-part-needs-smtputf8",
                   test_non_ascii_local_part_needs_smtputf8);
  g_test_add_func ("/address/lengths-follow-rfc5321", test_lengths_follow_rfc5321);
  g_test_add_func ("/address/lookalike-domain-stays-an-a-label",
                   test_lookalike_domain_stays_an_a_label);
  g_test_add_func ("/address/any-bytes-never-crash", test_any_bytes_never_crash);
  return g_test_run ();
}
