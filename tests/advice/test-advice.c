/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "advice/mw-advice.h"
#include "model/mw-address.h"

#include <string.h>

typedef struct
{
  const char *address;
  const char *imap;
  const char *pop3;
  const char *smtp;
  const char *mx;
  const char *password;
  const char *expected; /* "field=fix field=fix ...", a "-" where there is no fix; "" for nothing */
} Case;

static const Case cases[] = {
  /* Right, hence nothing is said */
  { "jo@gmail.com", "imaps://imap.gmail.com", NULL, "smtps://smtp.gmail.com", NULL,
    "abcdefghijklmnop", "" },
  { "Jo@GMail.com", "imaps://jo%40gmail.com@imap.gmail.com:993", NULL, NULL, NULL, NULL, "" },
  { "jo@qq.com", "imaps://jo@imap.qq.com", "pop3s://jo%40qq.com@pop.qq.com",
    "smtp://smtp.qq.com:587", NULL, "abcdefghijklmnop", "" },
  { "jo@example.org", "imaps://mail.example.org", NULL, "smtp://mail.example.org", NULL, "a b",
    "" },
  { "jo@example.org", "imaps://imap.example.org:1993", NULL, "smtps://relay.example.net:2465", NULL,
    NULL, "" },
  { "jo@example.org", "imap+insecure://localhost:1143", NULL, "smtp+insecure://127.0.0.1:1025",
    NULL, NULL, "" },
  { "jo@example.org", "imaps://mail.example.org", NULL, "smtps://mail.example.org",
    "mail.example.org", NULL, "" },
  { "jo@example.org", NULL, NULL, "smtps://email-smtp.eu-west-1.amazonaws.com", NULL, NULL, "" },
  { "jo@icloud.com", "imaps://jo@imap.mail.me.com", NULL, "smtp://jo%40icloud.com@smtp.mail.me.com",
    NULL, NULL, "" },

  /* The role of the host */
  { "jo@gmail.com", "imaps://smtp.gmail.com", NULL, NULL, NULL, NULL, "imap.host=imap.gmail.com" },
  { "jo@gmail.com", NULL, NULL, "smtps://imap.gmail.com", NULL, NULL, "smtp.host=smtp.gmail.com" },
  { "jo@qq.com", NULL, "pop3s://imap.qq.com", NULL, NULL, NULL, "pop3.host=pop.qq.com" },
  { "jo@example.org", "imaps://smtp.example.org", NULL, NULL, NULL, NULL,
    "imap.host=imap.example.org" },
  { "jo@example.org", NULL, NULL, "smtps://pop3.example.org", NULL, NULL,
    "smtp.host=smtp.example.org" },
  { "jo@gmail.com", "imaps://gmail-smtp-in.l.google.com", NULL, NULL, NULL, NULL,
    "imap.host=imap.gmail.com" },
  { "jo@example.org", "imaps://mx1.example.org", NULL, NULL, "mx1.example.org", NULL,
    "imap.host=-" },
  { "jo@163.com", NULL, NULL, "smtps://163mx01.mxmail.netease.com", NULL, NULL,
    "smtp.host=smtp.163.com" },

  /* Not a host */
  { "jo@gmail.com", "https://mail.google.com/", NULL, NULL, NULL, NULL,
    "imap.host=imap.gmail.com" },
  { "jo@example.org", "https://webmail.example.org/inbox", NULL, NULL, NULL, NULL,
    "imap.host=webmail.example.org" },
  { "jo@example.org", "www.example.org", NULL, NULL, NULL, NULL, "imap.host=-" },
  { "jo@gmail.com", "jo@gmail.com", NULL, NULL, NULL, NULL, "imap.host=imap.gmail.com" },
  { "jo@qq.com", "ｉｍａｐ．ｑｑ．ｃｏｍ", NULL, NULL, NULL, NULL, "imap.host=imap.qq.com" },
  { "jo@qq.com", "imap。qq。com", NULL, NULL, NULL, NULL, "imap.host=imap.qq.com" },
  { "jo@qq.com", "imap.qq.com,", NULL, NULL, NULL, NULL, "imap.host=imap.qq.com" },
  { "jo@qq.com", "imap. qq.com", NULL, NULL, NULL, NULL, "imap.host=imap.qq.com" },
  { "jo@qq.com", "", NULL, NULL, NULL, NULL, "imap.host=imap.qq.com" },
  { "jo@example.org", "imap_!.example.org", NULL, NULL, NULL, NULL, "imap.host=-" },

  /* Another provider, or a name that it does not have */
  { "jo@qq.com", "imaps://imap.gmail.com", NULL, NULL, NULL, NULL, "imap.host=imap.qq.com" },
  { "jo@qq.com", "imaps://imap.exmail.qq.com", NULL, NULL, NULL, NULL, "imap.host=imap.qq.com" },
  { "jo@company.example", "imaps://imap.gmail.com", NULL, NULL, "mxbiz1.qq.com", NULL,
    "imap.host=imap.exmail.qq.com" },
  { "jo@gmail.com", "imaps://imap.gmail.example", NULL, NULL, NULL, NULL,
    "imap.host=imap.gmail.com" },

  /* Ports */
  { "jo@gmail.com", "imaps://imap.gmail.com:465", NULL, NULL, NULL, NULL, "imap.port=993" },
  { "jo@gmail.com", NULL, NULL, "smtps://smtp.gmail.com:993", NULL, NULL, "smtp.port=465" },
  { "jo@example.org", NULL, NULL, "smtp://smtp.example.org:143", NULL, NULL, "smtp.port=587" },
  { "jo@example.org", "imaps://imap.example.org:443", NULL, NULL, NULL, NULL, "imap.port=993" },
  { "jo@example.org", "imaps://imap.example.org:99999", NULL, NULL, NULL, NULL, "imap.port=993" },
  { "jo@example.org", "imaps://imap.example.org:９９３", NULL, NULL, NULL, NULL, "imap.port=993" },
  { "jo@example.org", "imaps://imap.example.org:143", NULL, NULL, NULL, NULL,
    "imap.security=starttls" },
  { "jo@example.org", "imap://imap.example.org:993", NULL, NULL, NULL, NULL, "imap.security=tls" },
  { "jo@gmail.com", NULL, NULL, "smtps://smtp.gmail.com:587", NULL, NULL,
    "smtp.security=starttls" },
  { "jo@gmail.com", NULL, NULL, "smtp://smtp.gmail.com:465", NULL, NULL, "smtp.security=tls" },
  { "jo@example.org", NULL, NULL, "smtp://smtp.example.org:25", NULL, NULL, "smtp.port=587" },
  { "jo@example.org", "imap+insecure://imap.example.org", NULL, NULL, NULL, NULL,
    "imap.security=tls" },

  /* Login names */
  { "jo@qq.com", "imaps://jo%2540qq.com@imap.qq.com", NULL, NULL, NULL, NULL,
    "imap.username=jo@qq.com" },
  { "jo@gmail.com", "imaps://jo@imap.gmail.com", NULL, NULL, NULL, NULL,
    "imap.username=jo@gmail.com" },
  { "jo@icloud.com", NULL, NULL, "smtp://jo@smtp.mail.me.com", NULL, NULL,
    "smtp.username=jo@icloud.com" },
  { "jo@gmail.com", "imaps://jo%40gmail.com%20@imap.gmail.com", NULL, NULL, NULL, NULL,
    "imap.username=jo@gmail.com" },
  { "jo@gmail.com", "imaps://jo＠gmail.com@imap.gmail.com", NULL, NULL, NULL, NULL,
    "imap.username=jo@gmail.com" },
  { "jo@gmail.com", "imaps://boss%40gmail.com@imap.gmail.com", NULL, NULL, NULL, NULL, "" },

  /* Passwords */
  { "jo@gmail.com", NULL, NULL, NULL, NULL, "abcd efgh ijkl mnop", "password=-" },
  { "jo@gmail.com", NULL, NULL, NULL, NULL, "Summer2026!", "password=-" },
  { "jo@qq.com", NULL, NULL, NULL, NULL, "MyQQpass1", "password=-" },
  { "jo@163.com", "imaps://imap.163.com", NULL, NULL, NULL, "abcd efgh ijkl mnop", "password=-" },
  { "jo@example.org", NULL, NULL, "smtps://email-smtp.eu-west-1.amazonaws.com", NULL,
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "password=-" },
  { "jo@example.org", NULL, NULL, NULL, NULL, " secret", "password=-" },
  { "jo@example.org", NULL, NULL, NULL, NULL, "ｓecret", "password=-" },
  { "jo@example.org", NULL, NULL, NULL, NULL, "correct horse battery", "" },

  /* Addresses */
  { "jo", NULL, NULL, NULL, NULL, NULL, "address=-" },
  { "jo@gmial.com", NULL, NULL, NULL, NULL, NULL, "address=jo@gmail.com" },
  { "jo＠qq．com", NULL, NULL, NULL, NULL, NULL, "address=jo@qq.com" },
  { " jo@qq.com ", NULL, NULL, NULL, NULL, NULL, "address=jo@qq.com" },
  { "Jo Example <jo@example.org>", NULL, NULL, NULL, NULL, NULL, "" },
  { "jo@bücher.example", NULL, NULL, NULL, NULL, NULL, "" },
};

static void
add (GPtrArray *servers, MwProtocol protocol, const char *text)
{
  if (text != NULL)
    g_ptr_array_add (servers, mw_typed_server_new (protocol, text));
}

static GPtrArray *
advise (const Case *row)
{
  g_autoptr (MwProviderDb) db = mw_provider_db_new (NULL);
  g_autoptr (GPtrArray) servers =
                g_ptr_array_new_with_free_func ((GDestroyNotify) mw_typed_server_free);
  g_autoptr (SecretValue) password =
                row->password != NULL ? secret_value_new (row->password, -1, "text/plain") : NULL;
  const char *mx_hosts[] = { row->mx, NULL };
  const MwAdviceInput input = { .address = row->address,
                                .servers = servers,
                                .mx_hosts = row->mx != NULL ? mx_hosts : NULL,
                                .password = password };

  add (servers, MW_PROTOCOL_IMAP, row->imap);
  add (servers, MW_PROTOCOL_POP3, row->pop3);
  add (servers, MW_PROTOCOL_SMTP, row->smtp);
  return mw_advise (db, &input);
}

static char *
summarize (GPtrArray *advice)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < advice->len; i++)
    {
      const MwAdvice *row = g_ptr_array_index (advice, i);

      g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", row->field,
                              row->fix != NULL ? row->fix : "-");
      g_test_message ("%s: %s", row->id, row->message);
      g_assert_true (g_utf8_validate (row->message, -1, NULL));
    }
  return g_string_free (text, FALSE);
}

static void
test_cases (void)
{
  guint n_wrong = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) advice = advise (&cases[i]);
      g_autofree char *found = summarize (advice);

      if (strcmp (found, cases[i].expected) != 0)
        {
          g_test_message ("row %" G_GSIZE_FORMAT " (%s, %s%s%s): “%s”, not “%s”", i,
                          cases[i].address, cases[i].imap != NULL ? cases[i].imap : "",
                          cases[i].pop3 != NULL ? cases[i].pop3 : "",
                          cases[i].smtp != NULL ? cases[i].smtp : "", found, cases[i].expected);
          n_wrong++;
        }
    }
  g_assert_cmpuint (n_wrong, ==, 0);
}

static void
test_password_is_never_repeated (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) advice = advise (&cases[i]);

      for (guint k = 0; cases[i].password != NULL && k < advice->len; k++)
        {
          const MwAdvice *row = g_ptr_array_index (advice, k);

          g_assert_null (strstr (row->message, cases[i].password));
          g_assert_true (row->value == NULL || strstr (row->value, cases[i].password) == NULL);
          g_assert_true (row->fix == NULL || strstr (row->fix, cases[i].password) == NULL);
        }
    }
}

/* Whatever the database itself would hand out must not be found fault with */
static void
test_own_settings_of_every_provider_are_right (void)
{
  g_autoptr (MwProviderDb) db = mw_provider_db_new (NULL);
  g_autoptr (GPtrArray) all = mw_provider_db_search (db, NULL);
  guint n_servers = 0, n_wrong = 0;

  for (guint i = 0; i < all->len; i++)
    {
      const MwProvider *provider = g_ptr_array_index (all, i);
      const char *const *domains = mw_provider_get_domains (provider);

      for (gsize d = 0; domains[d] != NULL; d++)
        {
          g_autofree char *text = g_strconcat ("jo@", domains[d], NULL);
          g_autoptr (MwAddress) address = mw_address_new (text, NULL);
          g_autoptr (GPtrArray) servers = NULL;

          if (address == NULL)
            continue; /* a pattern, not a domain */
          servers = mw_provider_get_servers (provider, address);
          for (guint s = 0; s < servers->len; s++)
            {
              MwServer *server = g_ptr_array_index (servers, s);
              g_autofree char *url = mw_server_to_url (server);
              Case row = { .address = text };
              g_autoptr (GPtrArray) advice = NULL;
              g_autofree char *found = NULL;

              *(mw_server_get_protocol (server) == MW_PROTOCOL_IMAP   ? &row.imap
                : mw_server_get_protocol (server) == MW_PROTOCOL_POP3 ? &row.pop3
                                                                      : &row.smtp) = url;
              advice = advise (&row);
              found = summarize (advice);
              n_servers++;
              /* a provider may list plain text beside TLS: to warn of it is right */
              if (*found != '\0' && !(advice->len == 1 && strstr (found, ".security=tls") != NULL &&
                                      mw_server_get_security (server) == MW_SECURITY_NONE))
                {
                  g_test_message ("%s: %s %s: %s", mw_provider_get_id (provider), text, url, found);
                  n_wrong++;
                }
            }
        }
    }
  g_assert_cmpuint (n_servers, >, 1000);
  g_assert_cmpuint (n_wrong, ==, 0);
}

static void
test_anything_typed_is_survived (void)
{
  static const char *const odd[] = { "://",
                                     "imaps://",
                                     "imaps://@",
                                     "imaps://:@:",
                                     "imaps://[",
                                     "[::1",
                                     ":",
                                     "::::",
                                     "/",
                                     "@",
                                     "\xff\xfe",
                                     "imaps://\x01",
                                     "imaps://%@h",
                                     "imaps://%zz@h:",
                                     "s://",
                                     "+insecure://x",
                                     "imap.\xe2\x80\xae.example",
                                     "a b c d e f" };

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      Case row = {
        .address = odd[i], .imap = odd[i], .smtp = odd[i], .mx = odd[i], .password = odd[i]
      };
      g_autoptr (GPtrArray) advice = advise (&row);

      g_assert_cmpuint (advice->len, >, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/advice/what-is-said-about-typed-settings", test_cases);
  g_test_add_func ("/advice/password-is-never-repeated", test_password_is_never_repeated);
  g_test_add_func ("/advice/own-settings-of-every-provider-are-right",
                   test_own_settings_of_every_provider_are_right);
  g_test_add_func ("/advice/anything-typed-is-survived", test_anything_typed_is_survived);
  return g_test_run ();
}
