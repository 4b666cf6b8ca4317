/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "providers/mw-provider-db.h"
#include "providers/mw-provider-image.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One minimal valid file; each hostile one changes one thing. */
#define MINIMAL                                                                                    \
  "[Provider]\n"                                                                                   \
  "Name=Example Mail\n"                                                                            \
  "Domains=example.org;\n"                                                                         \
  "\n"                                                                                             \
  "[IMAP 1]\n"                                                                                     \
  "Host=imap.example.org\n"                                                                        \
  "Port=993\n"                                                                                     \
  "Security=tls\n"                                                                                 \
  "\n"                                                                                             \
  "[SMTP 1]\n"                                                                                     \
  "Host=smtp.example.org\n"                                                                        \
  "Port=465\n"                                                                                     \
  "Security=tls\n"

typedef struct
{
  char *first; /* the more important folder */
  char *second;
  MwProviderDb *db;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  const char *folders[3] = { 0 };

  fixture->first = g_dir_make_tmp ("mw-providers-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->second = g_dir_make_tmp ("mw-providers-XXXXXX", &error);
  g_assert_no_error (error);
  folders[0] = fixture->first;
  folders[1] = fixture->second;
  fixture->db = mw_provider_db_new (folders);
}

static void
remove_folder (char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  mw_provider_db_free (fixture->db);
  remove_folder (fixture->first);
  remove_folder (fixture->second);
}

static void
put_bytes (const char *folder, const char *name, const char *data, gssize length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, length, &error);
  g_assert_no_error (error);
}

static void
put (const char *folder, const char *name, const char *text)
{
  put_bytes (folder, name, text, -1);
}

static void
assert_complaints (MwProviderDb *db, const char *expected)
{
  g_autofree char *all = g_strjoinv ("\n", (char **) mw_provider_db_get_complaints (db));

  if (expected == NULL ? *all != '\0' : strstr (all, expected) == NULL)
    g_error ("complaints: \"%s\", expected: \"%s\"", all, expected != NULL ? expected : "none");
}

static void
assert_id (const MwProvider *provider, const char *id)
{
  g_assert_cmpstr (provider != NULL ? mw_provider_get_id (provider) : NULL, ==, id);
}

static void
test_own_provider (Fixture *fixture, gconstpointer user_data)
{
  const MwProvider *provider;
  const char *diagnosis = NULL, *text = NULL;
  MwProtocol protocol;

  put (fixture->first, "example.ini",
       "[Provider]\nName=Example Mail\nName[zh_CN]=示例邮箱\nDomains=Example.org;*.Example.net;"
       "bücher.example;\nMX=MX*.example.org;\nPrepare=Ask the porter.\nHelp=https://example.org/\n"
       "WrongHosts=mail.example.org;\n"
       "[IMAP 1]\nHost=IMAP.Example.org\nPort=993\nSecurity=tls\n"
       "[POP3 1]\nHost=imap.example.org\nPort=995\nSecurity=tls\n"
       "[SMTP 1]\nHost=smtp.{domain}\nPort=587\nSecurity=starttls\n"
       "[Note 1]\nText=Closed on Sundays.\n"
       "[Error 1]\nMatch=Go-away;\nDiagnosis=auth-disabled-by-provider\nText=The porter sleeps.\n");
  provider = mw_provider_db_lookup_domain (fixture->db, "example.org");
  assert_complaints (fixture->db, NULL);
  assert_id (provider, "example");
  g_assert_cmpstr (mw_provider_get_name (provider), ==, "Example Mail");
  g_assert_cmpstr (mw_provider_get_prepare (provider), ==, "Ask the porter.");
  g_assert_cmpstr (mw_provider_get_username_form (provider, MW_PROTOCOL_SMTP), ==, "full");
  g_assert_true (mw_provider_accepts_authentication (provider, "password"));
  assert_id (mw_provider_db_lookup_domain (fixture->db, "a.b.example.net"), "example");
  assert_id (mw_provider_db_lookup_domain (fixture->db, "example.net"), NULL);
  assert_id (mw_provider_db_lookup_domain (fixture->db, "xn--bcher-kva.example"), "example");
  assert_id (mw_provider_db_lookup_mx (fixture->db, "mx17.example.org"), "example");
  assert_id (mw_provider_db_lookup_host (fixture->db, "imap.example.org", &protocol), "example");
  g_assert_cmpint (protocol, ==, MW_PROTOCOL_UNKNOWN); /* two of them */
  assert_id (mw_provider_db_lookup_host (fixture->db, "smtp.xn--bcher-kva.example", &protocol),
             "example");
  g_assert_cmpint (protocol, ==, MW_PROTOCOL_SMTP);
  g_assert_cmpstr (mw_provider_lookup_wrong_host (provider, "mail.example.org", MW_PROTOCOL_IMAP),
                   ==, "imap.example.org");
  g_assert_true (
      mw_provider_match_error (provider, MW_PROTOCOL_IMAP, "NO go away, you", &diagnosis, &text));
  g_assert_cmpstr (diagnosis, ==, "auth-disabled-by-provider");
  g_assert_cmpstr (text, ==, "The porter sleeps.");
  g_assert_true (mw_provider_match_error (provider, MW_PROTOCOL_IMAP, "too many login attempts",
                                          &diagnosis, NULL));
  g_assert_cmpstr (diagnosis, ==, "auth-rate-limited");

  /* The others are still there. */
  assert_id (mw_provider_db_lookup_domain (fixture->db, "gmail.com"), "gmail");
}

static void
test_same_id_replaces (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) all = NULL;
  const MwProvider *gmail;

  put (fixture->first, "gmail.ini",
       "[Provider]\nName=Our Mail\nDomains=gmail.com;\n"
       "[IMAP 1]\nHost=imap.corp.example\nPort=993\nSecurity=tls\n"
       "[SMTP 1]\nHost=smtp.corp.example\nPort=465\nSecurity=tls\n");
  gmail = mw_provider_db_lookup_domain (fixture->db, "gmail.com");
  g_assert_cmpstr (mw_provider_get_name (gmail), ==, "Our Mail");
  g_assert_true (mw_provider_db_lookup_id (fixture->db, "gmail") == gmail);
  /* Nothing of the replaced one shines through. */
  assert_id (mw_provider_db_lookup_domain (fixture->db, "googlemail.com"), NULL);
  assert_id (mw_provider_db_lookup_mx (fixture->db, "gmail-smtp-in.l.google.com"), NULL);
  assert_id (mw_provider_db_lookup_host (fixture->db, "imap.gmail.com", NULL), "google-workspace");
  all = mw_provider_db_search (fixture->db, NULL);
  g_assert_cmpuint (all->len, ==, 228);
}

static void
test_addition_wins_a_domain (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *text = g_strconcat (MINIMAL, "", NULL);
  char *domains = strstr (text, "example.org;");

  memcpy (domains, "outlook.com;", 12);
  put (fixture->first, "corp.ini", text);
  assert_id (mw_provider_db_lookup_domain (fixture->db, "outlook.com"), "corp");
  assert_id (mw_provider_db_lookup_domain (fixture->db, "hotmail.com"), "outlook");
}

static void
test_first_folder_wins (Fixture *fixture, gconstpointer user_data)
{
  put (fixture->first, "example.ini", MINIMAL);
  put (fixture->second, "example.ini", "[Provider]\nName=Other\nDomains=example.com;\n");
  put (fixture->second, "further.ini",
       "[Provider]\nName=Further\nDomains=example.org;a.example;\n");
  g_assert_cmpstr (mw_provider_get_name (mw_provider_db_lookup_id (fixture->db, "example")), ==,
                   "Example Mail");
  assert_id (mw_provider_db_lookup_domain (fixture->db, "example.com"), NULL);
  assert_id (mw_provider_db_lookup_domain (fixture->db, "example.org"), "example");
  assert_id (mw_provider_db_lookup_domain (fixture->db, "a.example"), "further");
  assert_complaints (fixture->db, "domain example.org already belongs to example.ini");
}

static void
test_read_once (Fixture *fixture, gconstpointer user_data)
{
  assert_id (mw_provider_db_lookup_domain (fixture->db, "example.org"), NULL);
  put (fixture->first, "example.ini", MINIMAL);
  assert_id (mw_provider_db_lookup_domain (fixture->db, "example.org"), NULL);
}

static void
test_other_files_are_left_alone (Fixture *fixture, gconstpointer user_data)
{
  put (fixture->first, "README", "nonsense");
  put (fixture->first, "example.ini~", "nonsense");
  put (fixture->first, ".example.ini", "nonsense");
  assert_complaints (fixture->db, NULL);
}

/* Each has one fault, and a good neighbour that must not suffer. */
static void
test_bad_files (Fixture *fixture, gconstpointer user_data)
{
  static const struct
  {
    const char *from; /* in MINIMAL; NULL: add to the end */
    const char *to;
    const char *complaint;
  } cases[] = {
    { "[Provider]", "[Anbieter]", "there is no [Provider]" },
    { "[Provider]", "Provider", "" },
    { "Name=", "Nam=", "has no Name" },
    { "Example Mail", "Exa\\nmple", "control" },
    { "Example Mail", "Exa\u202emple", "control" },
    { "example.org;", "example.org;;;http://x/;", "is no mail domain" },
    { "example.org;", "*.com;", "is no mail domain" },
    { "example.org;", "com;", "is no mail domain" },
    { "example.org;", "*;", "is no mail domain" },
    { "example.org;", "127.0.0.1;", "is no mail domain" },
    { "example.org;", "a..example;", "is no mail domain" },
    { "Port=993", "Port=0", "is no port" },
    { "Port=993", "Port=65536", "is no port" },
    { "Port=993", "Port=-1", "is no port" },
    { "Port=993", "Port=99999999999999999999", "is no port" },
    { "Port=993", "Port=imaps", "is no port" },
    { "Port=993", "", "needs Host, Port and Security" },
    { "Security=tls", "Security=ssl", "is unknown" },
    { "imap.example.org", "imap example.org", "is no host name" },
    { "imap.example.org", "https://imap.example.org", "is no host name" },
    { "imap.example.org", "imap.example.org:993", "is no host name" },
    { "imap.example.org", "{region}.example.org", "needs Regions" },
    { "imap.example.org", "imap.{user}.example.org", "is no host name" },
    { "imap.example.org", "*.example.org", "is no host name" },
    { "[SMTP 1]", "[SMTP 1]\nUnusual=perhaps", "is unknown" },
    { "[IMAP 1]", "[SMTP 2]", "no server to read mail from" },
    { "Domains=", "Service=none\nDomains=", "there are servers" },
    { "Domains=", "Service=sending-only\nDomains=", "SMTP servers and no others" },
    { "Domains=", "Service=everything\nDomains=", "is unknown" },
    { "Domains=", "Confidence=total\nDomains=", "is unknown" },
    { "Domains=", "MX=*.com;\nDomains=", "is no host pattern" },
    { "Domains=", "MX=*;\nDomains=", "is no host pattern" },
    { "Domains=", "MX=mx.*.org;\nDomains=", "is no host pattern" },
    { "Domains=", "MX=mx.example.*;\nDomains=", "is no host pattern" },
    { "Domains=", "MX=*mx*.example.org;\nDomains=", "is no host pattern" },
    { "Domains=", "MX=.example.org;\nDomains=", "is no host pattern" },
    { "Domains=", "WrongHosts=a b.example.org;\nDomains=", "is no host pattern" },
    { "Domains=", "Username=whole;\nDomains=", "is no form of a user name" },
    { "Domains=", "Username={local}{local};\nDomains=", "is no form of a user name" },
    { "Domains=", "SmtpUsername={domain};\nDomains=", "is no form of a user name" },
    { "Domains=", "Auth=telepathy;\nDomains=", "is unknown" },
    { "Domains=", "Regions=a.b;\nDomains=", "cannot be part of a host name" },
    { "Domains=", "Help=javascript:alert(1)\nDomains=", "is no https link" },
    { "Domains=", "Help=file:///etc/passwd\nDomains=", "is no https link" },
    { "Domains=", "Help=http://example.org/\nDomains=", "is no https link" },
    { "Domains=", "Help=https://user:word@example.org/\nDomains=", "is no https link" },
    { "Domains=", "Checked=2026-02-30\nDomains=", "is no date" },
    { "Domains=", "Checked=yesterday\nDomains=", "is no date" },
    { "Domains=", "PasswordPattern=[a-z\nDomains=", "cannot be understood" },
    { "Domains=", "PasswordPattern=(a+)+$\nDomains=", "cannot be understood" },
    { "Domains=", "Prepare=a\\tb\nDomains=", "control" },
    { "Domains=", "Prepare=a\\qb\nDomains=", "" },
    { NULL, "[Note 1]\n", "has no Text" },
    { NULL, "[Error 1]\nMatch=abc;\nText=Abc.\n", "needs Match, Diagnosis and Text" },
    { NULL, "[Error 1]\nMatch=abc;\nText=Abc.\nDiagnosis=doom\n", "is unknown" },
    { NULL, "[Error 1]\nMatch=--;\nText=Abc.\nDiagnosis=auth-failed\n", "shorter than three" },
    { NULL, "[Error 1]\nMatch=abc;\nText=Abc.\nDiagnosis=auth-failed\nProtocol=nntp\n",
      "is unknown" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *folders[] = { fixture->first, NULL };
      g_autoptr (MwProviderDb) db = mw_provider_db_new (folders);
      g_autoptr (GString) text = g_string_new (MINIMAL);
      g_auto (GStrv) complaints = NULL;

      if (cases[i].from == NULL)
        g_string_append (text, cases[i].to);
      else
        g_assert_cmpuint (g_string_replace (text, cases[i].from, cases[i].to, 1), ==, 1);
      put (fixture->first, "bad.ini", text->str);
      put (fixture->first, "good.ini",
           "[Provider]\nName=Good\nDomains=good.example;\n"
           "[IMAP 1]\nHost=imap.good.example\nPort=993\nSecurity=tls\n"
           "[Note 1]\nText=Fine.\n");
      g_test_message ("%s", cases[i].to);
      assert_complaints (db, cases[i].complaint);
      g_assert_cmpuint (g_strv_length ((char **) mw_provider_db_get_complaints (db)), ==, 1);
      g_assert_nonnull (strstr (mw_provider_db_get_complaints (db)[0], "bad.ini: "));
      assert_id (mw_provider_db_lookup_id (db, "bad"), NULL);
      assert_id (mw_provider_db_lookup_host (db, "smtp.example.org", NULL), NULL);
      assert_id (mw_provider_db_lookup_domain (db, "good.example"), "good");
      g_assert_cmpuint (mw_provider_get_n_servers (mw_provider_db_lookup_id (db, "good")), ==, 1);
    }
}

static void
test_bad_bytes (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GString) big = g_string_new (MINIMAL);
  g_autoptr (GString) many = g_string_new ("[Provider]\nName=Many\nDomains=");
  g_autoptr (GString) wordy = g_string_new ("[Provider]\nDomains=wordy.example;\nName=");
  g_autofree char *fifo = g_build_filename (fixture->first, "fifo.ini", NULL);
  g_autofree char *folder = g_build_filename (fixture->first, "folder.ini", NULL);
  g_autofree char *lost = g_build_filename (fixture->first, "lost.ini", NULL);
  static const char binary[] = { 0x7f, 'E', 'L', 'F', '\xff', '\xfe', 0, 1 };
  static const char nul[] = "[Provider]\nName=A\0B\nDomains=nul.example;\n";
  static const char *const names[] = {
    "binary.ini: ", "empty.ini: ", "Upper.ini: ", "big.ini: ",  "many.ini: ",   "wordy.ini: ",
    "fifo.ini: ",   "nul.ini: ",   "mark.ini: ",  "lost.ini: ", "folder.ini: ",
  };

  while (big->len < 300000)
    g_string_append (big, "# nothing to see\n");
  for (guint i = 0; i < 6000; i++)
    g_string_append_printf (many, "d%u.example;", i);
  for (guint i = 0; i < 1000; i++)
    g_string_append (wordy, "wordy ");
  put_bytes (fixture->first, "binary.ini", binary, sizeof binary);
  put_bytes (fixture->first, "nul.ini", nul, sizeof nul - 1);
  put (fixture->first, "empty.ini", "");
  put (fixture->first, "mark.ini", "\xef\xbb\xbf");
  put (fixture->first, "Upper.ini", MINIMAL);
  put (fixture->first, "big.ini", big->str);
  put (fixture->first, "many.ini", many->str);
  put (fixture->first, "wordy.ini", wordy->str);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (symlink ("nowhere", lost), ==, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    assert_complaints (fixture->db, names[i]);
  g_assert_cmpuint (g_strv_length ((char **) mw_provider_db_get_complaints (fixture->db)), ==,
                    G_N_ELEMENTS (names));
  assert_id (mw_provider_db_lookup_domain (fixture->db, "example.org"), NULL);
  assert_id (mw_provider_db_lookup_domain (fixture->db, "gmail.com"), "gmail");
}

/* Any prefix of a file is refused or read, and nothing else happens. */
static void
test_truncated (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("MW_SRCDIR"), "data", "providers", "qq.ini", NULL);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i <= length; i += 7)
    {
      g_autoptr (MwProviderLoader) loader = mw_provider_loader_new ();
      g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) refusal = NULL;
      g_autofree char *part = g_memdup2 (data, MAX (i, 1));
      gboolean added = mw_provider_loader_add_data (loader, "qq", part, i, complaints, &refusal);

      g_assert_cmpint (added, ==, refusal == NULL);
      g_assert_cmpuint (mw_provider_loader_finish (loader)->n_providers, ==, added ? 1 : 0);
    }
}

static void
test_unknown_keys (Fixture *fixture, gconstpointer user_data)
{
  put (fixture->first, "example.ini", MINIMAL "Colour=blue\n[Holiday 1]\nDay=Sunday\n");
  assert_id (mw_provider_db_lookup_domain (fixture->db, "example.org"), "example");
  assert_complaints (fixture->db, "unknown key Colour in [SMTP 1]");
  assert_complaints (fixture->db, "unknown group [Holiday 1]");
}

static void
test_missing_folders (void)
{
  const char *const folders[] = { "/nonexistent/providers", "", NULL };
  g_autoptr (MwProviderDb) db = mw_provider_db_new (folders);

  assert_id (mw_provider_db_lookup_domain (db, "gmail.com"), "gmail");
  assert_complaints (db, NULL);
}

static void
write_default (const char *base, const char *name, const char *text)
{
  g_autofree char *folder = g_build_filename (base, "mailwright", "providers", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  put (folder, name, text);
}

static void
test_default_folders (void)
{
  MwProviderDb *db;

  write_default (g_get_user_config_dir (), "example.ini", MINIMAL);
  write_default (g_get_system_data_dirs ()[1], "house.ini",
                 "[Provider]\nName=House\nDomains=house.example;\n");
  write_default (g_get_system_data_dirs ()[0], "example.ini", "[Provider]\nName=Beaten\n");
  db = mw_provider_db_get_default ();
  assert_id (mw_provider_db_lookup_domain (db, "example.org"), "example");
  assert_id (mw_provider_db_lookup_domain (db, "house.example"), "house");
  assert_complaints (db, NULL);
}

static void
assert_same_servers (const MwProvider *a, const MwProvider *b)
{
  MwProviderServer x, y;

  g_assert_cmpuint (mw_provider_get_n_servers (a), ==, mw_provider_get_n_servers (b));
  for (guint i = 0; mw_provider_get_server (a, i, &x); i++)
    {
      g_assert_true (mw_provider_get_server (b, i, &y));
      g_assert_cmpint (x.protocol, ==, y.protocol);
      g_assert_cmpstr (x.host, ==, y.host);
      g_assert_cmpint (x.port, ==, y.port);
      g_assert_cmpint (x.security, ==, y.security);
      g_assert_cmpint (x.unusual, ==, y.unusual);
    }
}

/* Compares texts and lists byte for byte, with all translations: an item is followed by the next
 * one until an empty one comes. */
static void
assert_same_block (const MwProvider *a, guint32 offset_a, const MwProvider *b, guint32 offset_b)
{
  const char *x = a->image->strings + offset_a;
  const char *y = b->image->strings + offset_b;

  do
    {
      g_assert_cmpstr (x, ==, y);
      x = mw_provider_image_list_next (x);
      y = mw_provider_image_list_next (y);
    }
  while (*x != '\0' || *y != '\0');
}

/* The two readers of the format, the one of the build and the one of additions, agree about every
 * file that there is. */
static void
test_both_readers_agree (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("MW_SRCDIR"), "data", "providers", NULL);
  const char *folders[] = { folder, NULL };
  g_autoptr (MwProviderDb) built = mw_provider_db_new (NULL);
  g_autoptr (MwProviderDb) read = mw_provider_db_new (folders);
  g_autoptr (GPtrArray) all = mw_provider_db_search (built, NULL);
  const MwProviderImage *x = &mw_provider_builtin_image, *y = NULL;
  guint n_patterns = 0;

  assert_complaints (read, NULL);
  for (guint i = 0; i < all->len; i++)
    {
      const MwProvider *a = g_ptr_array_index (all, i);
      const MwProvider *b = mw_provider_db_lookup_id (read, mw_provider_get_id (a));

      g_assert_true (b->image != a->image);
      y = b->image;
      g_assert_cmpstr (mw_provider_get_region (a), ==, mw_provider_get_region (b));
      g_assert_cmpstr (mw_provider_get_help (a), ==, mw_provider_get_help (b));
      g_assert_cmpstr (mw_provider_get_checked (a), ==, mw_provider_get_checked (b));
      g_assert_cmpint (mw_provider_get_service (a), ==, mw_provider_get_service (b));
      g_assert_cmpint (mw_provider_get_confidence (a), ==, mw_provider_get_confidence (b));
      g_assert_cmpint (a->record->blanks_ignored, ==, b->record->blanks_ignored);
      assert_same_block (a, a->record->name, b, b->record->name);
      assert_same_block (a, a->record->prepare, b, b->record->prepare);
      assert_same_block (a, a->record->password_hint, b, b->record->password_hint);
      g_assert_cmpstr (x->strings + a->record->password_pattern, ==,
                       y->strings + b->record->password_pattern);
      g_assert_cmpstr (x->strings + a->record->other_password_pattern, ==,
                       y->strings + b->record->other_password_pattern);
      for (guint j = 0; j < MW_PROVIDER_N_LISTS; j++)
        assert_same_block (a, a->record->lists[j], b, b->record->lists[j]);
      assert_same_servers (a, b);
      g_assert_cmpuint (a->record->n_notes, ==, b->record->n_notes);
      for (guint j = 0; j < a->record->n_notes; j++)
        assert_same_block (a, x->notes[a->record->first_note + j], b,
                           y->notes[b->record->first_note + j]);
      g_assert_cmpuint (a->record->n_errors, ==, b->record->n_errors);
      for (guint j = 0; j < a->record->n_errors; j++)
        {
          const MwProviderErrorRecord *row = &x->errors[a->record->first_error + j];
          const MwProviderErrorRecord *other = &y->errors[b->record->first_error + j];

          g_assert_cmpint (row->protocol, ==, other->protocol);
          assert_same_block (a, row->matches, b, other->matches);
          g_assert_cmpstr (x->strings + row->diagnosis, ==, y->strings + other->diagnosis);
          assert_same_block (a, row->text, b, other->text);
        }
    }

  /* Both are sorted by name, so the tables are the same row by row; gateways are only built in. */
  g_assert_cmpuint (x->n_providers, ==, y->n_providers);
  g_assert_cmpuint (x->n_domains, ==, y->n_domains);
  for (guint i = 0; i < x->n_domains; i++)
    {
      g_assert_cmpstr (x->strings + x->domains[i].key, ==, y->strings + y->domains[i].key);
      g_assert_cmpint (x->domains[i].provider, ==, y->domains[i].provider);
    }
  g_assert_cmpuint (x->n_hosts, ==, y->n_hosts);
  for (guint i = 0; i < x->n_hosts; i++)
    {
      g_assert_cmpstr (x->strings + x->hosts[i].key, ==, y->strings + y->hosts[i].key);
      g_assert_cmpstr (x->strings + x->hosts[i].pattern, ==, y->strings + y->hosts[i].pattern);
      g_assert_cmpint (x->hosts[i].provider, ==, y->hosts[i].provider);
      g_assert_cmpint (x->hosts[i].protocols, ==, y->hosts[i].protocols);
      g_assert_cmpint (x->hosts[i].kind, ==, y->hosts[i].kind);
    }
  for (guint i = 0; i < x->n_mx; i++)
    {
      if (x->mx[i].provider == MW_PROVIDER_GATEWAY)
        continue;
      g_assert_cmpstr (x->strings + x->mx[i].pattern, ==, y->strings + y->mx[n_patterns].pattern);
      g_assert_cmpint (x->mx[i].provider, ==, y->mx[n_patterns].provider);
      n_patterns++;
    }
  g_assert_cmpuint (n_patterns, ==, y->n_mx);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/providers/additions/own-provider-is-found", test_own_provider);
  ADD ("/providers/additions/same-id-replaces-all", test_same_id_replaces);
  ADD ("/providers/additions/addition-wins-a-domain", test_addition_wins_a_domain);
  ADD ("/providers/additions/first-folder-wins", test_first_folder_wins);
  ADD ("/providers/additions/folders-are-read-once", test_read_once);
  ADD ("/providers/additions/other-files-are-left-alone", test_other_files_are_left_alone);
  ADD ("/providers/additions/bad-file-is-left-out-and-named", test_bad_files);
  ADD ("/providers/additions/bad-bytes-do-no-harm", test_bad_bytes);
  ADD ("/providers/additions/truncated-file-does-no-harm", test_truncated);
  ADD ("/providers/additions/unknown-keys-are-named", test_unknown_keys);
#undef ADD
  g_test_add_func ("/providers/additions/missing-folders-are-empty", test_missing_folders);
  g_test_add_func ("/providers/additions/user-and-administrator-add", test_default_folders);
  g_test_add_func ("/providers/additions/both-readers-agree", test_both_readers_agree);

  return g_test_run ();
}
