/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "export-fixture.h"

#include "export/mw-autoconfig-writer.h"
#include "export/mw-cityhash.h"
#include "export/mw-export-thunderbird-prefs.h"
#include "export/mw-export-thunderbird-profiles.h"
#include "export/mw-nss-logins.h"
#include "export/mw-zip.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOT ".thunderbird/"

/* ---- names of installations ---- */

/* Found out by letting Thunderbird 153 start from each of these folders. They are of all lengths
 * that the hash treats apart: up to 16 bytes of UTF-16, up to 32, up to 64, and beyond. */
static void
test_installations_have_thunderbirds_own_names (void)
{
  static const struct
  {
    const char *directory;
    const char *hash;
  } table[] = {
    { "/usr/lib/thunderbird", "FDC34C9F024745EB" },
    { "/opt/thunderbird", "9238613B8C3D2579" },
    { "/app/lib/thunderbird", "BD520B11F73A6B64" },
    { "/tmp/a/b", "48AAEB530D354DE0" },
    { "/tmp/a/tbird/x", "462E5DEFA45815A2" },
    { "/tmp/tb/thunderbird-one-two-three/x32", "A5DDE9F0A6F3EE42" },
    { "/tmp/tb/thunderbird-one-two-three/x321", "750BBE8D6A26E89C" },
    { "/tmp/tb/ein/ziemlich/langer/pfad/zum/programm/thunderbird-153-esr-release/mit/\xc3\xbc/"
      "umlaut",
      "6245DED54CF9F48F" },
    { "/tmp/tb/ein/ziemlich/langer/pfad/zum/programm/thunderbird-153-esr-release/mit/noch/mehr/"
      "teilen/damit/er/ueber/hundertachtundzwanzig/zeichen/kommt/thunderbird",
      "1E748AE3C9D26C00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *hash = mw_thunderbird_install_hash (table[i].directory);

      g_assert_cmpstr (hash, ==, table[i].hash);
    }
}

static void
test_hashes_of_every_length_differ (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autofree guint8 *data = g_malloc0 (300);

  for (gsize length = 0; length < 300; length++)
    {
      g_autofree guint8 *exact = g_memdup2 (data, length); /* a byte too many is the sanitizer's */
      guint64 *hash = g_new (guint64, 1);

      *hash = mw_cityhash64 (exact, length);
      g_assert_true (g_hash_table_add (seen, hash));
    }
}

/* ---- helpers ---- */

static void
apply (Fixture *fixture, MwAccount *first, MwAccount *second)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwExportPlan) plan = fixture_plan (fixture, "thunderbird", &error, first, second, NULL);
  g_autoptr(MwExportResult) result = NULL;

  g_assert_no_error (error);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
}

static void
assert_refused (Fixture *fixture, MwAccount *account, MwExportError code)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (fixture_plan (fixture, "thunderbird", &error, account, NULL));
  g_assert_error (error, MW_EXPORT_ERROR, (int) code);
}

static void
assert_changes_nothing (Fixture *fixture, MwAccount *first, MwAccount *second)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwExportPlan) plan = fixture_plan (fixture, "thunderbird", &error, first, second, NULL);

  g_assert_no_error (error);
  g_assert_true (mw_export_plan_is_empty (plan));
}

static gboolean
has_note (Fixture *fixture, MwAccount *account, const char *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwExportPlan) plan = fixture_plan (fixture, "thunderbird", &error, account, NULL);

  g_assert_no_error (error);
  return mw_export_plan_find_note (plan, id) != NULL;
}

/* An installation whose folder is known to be one */
static void
add_program (Fixture *fixture)
{
  g_autofree char *program = fixture_path (fixture, "opt/thunderbird/thunderbird");

  fixture_write (fixture, "opt/thunderbird/application.ini", "[App]\nName=Thunderbird\n");
  fixture_write (fixture, "opt/thunderbird/thunderbird", "");
  mw_export_host_add_program (fixture->host, "thunderbird", MW_PROGRAM_NATIVE, "thunderbird",
                              program, fixture->home);
}

static char *
install_section (Fixture *fixture)
{
  g_autofree char *directory = fixture_path (fixture, "opt/thunderbird");
  g_autofree char *hash = mw_thunderbird_install_hash (directory);

  return g_strconcat ("Install", hash, NULL);
}

/* A profile that profiles.ini names for the installation */
static void
add_profile (Fixture *fixture, const char *prefs)
{
  g_autofree char *section = install_section (fixture);
  g_autofree char *text = g_strdup_printf ("[%s]\nDefault=p.default\nLocked=1\n\n[Profile0]\nName="
                                           "default\nIsRelative=1\nPath=p.default\n\n[General]\n"
                                           "StartWithLastProfile=1\nVersion=2\n",
                                           section);

  fixture_write (fixture, ROOT "profiles.ini", text);
  fixture_write (fixture, ROOT "p.default/prefs.js", prefs);
}

static char *
read_prefs (Fixture *fixture)
{
  return fixture_read (fixture, ROOT "p.default/prefs.js");
}

static void
set_server (MwAccount *account, MwHalf half, const char *url)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwServer) server = mw_server_new_from_url (url, &error);

  g_assert_no_error (error);
  mw_account_set_server (account, half, server);
}

/* Two accounts of the person's own: leftovers of a removed one, odd spelling, and local folders */
static const char existing[] =
    "// Mozilla User Preferences\n"
    "\n"
    "user_pref(\"app.update.auto\", false);\n"
    "user_pref(\"mail.account.account1.identities\", \"id1\");\n"
    "user_pref(\"mail.account.account1.server\", \"server1\");\n"
    "user_pref(\"mail.account.account2.server\", \"server2\");\n"
    "user_pref(\"mail.account.account4.identities\", \"id4\");\n"
    "user_pref( 'mail.account.account4.server' , 'server4' ); // by hand\n"
    "user_pref(\"mail.account.lastKey\", 4);\n"
    "user_pref(\"mail.accountmanager.accounts\", \"account1, account4 ,account2\");\n"
    "user_pref(\"mail.accountmanager.defaultaccount\", \"account1\");\n"
    "user_pref(\"mail.accountmanager.localfoldersserver\", \"server2\");\n"
    "user_pref(\"mail.identity.id1.useremail\", \"ann@example.test\");\n"
    "user_pref(\"mail.identity.id1.smtpServer\", \"smtp1\");\n"
    "user_pref(\"mail.identity.id2.useremail\", \"removed@example.test\");\n"
    "user_pref(\"mail.identity.id4.fullName\", \"Bj\\u00f6rn\");\n"
    "user_pref(\"mail.identity.id4.useremail\", \"bob@example.test\");\n"
    "user_pref(\"mail.server.server1.hostname\", \"imap.example.test\");\n"
    "user_pref(\"mail.server.server1.type\", \"imap\");\n"
    "user_pref(\"mail.server.server1.userName\", \"ann@example.test\");\n"
    "user_pref(\"mail.server.server2.hostname\", \"Local Folders\");\n"
    "user_pref(\"mail.server.server2.type\", \"none\");\n"
    "user_pref(\"mail.server.server2.userName\", \"nobody\");\n"
    "user_pref(\"mail.server.server3.retainBy\", 1);\n"
    "user_pref(\"mail.server.server4.hostname\", \"pop.example.test\");\n"
    "user_pref(\"mail.server.server4.port\", 995);\n"
    "user_pref(\"mail.server.server4.socketType\", 3);\n"
    "user_pref(\"mail.server.server4.type\", \"pop3\");\n"
    "user_pref(\"mail.server.server4.userName\", \"bob\");\n"
    "user_pref(\"mail.smtpserver.smtp1.hostname\", \"smtp.example.test\");\n"
    "user_pref(\"mail.smtpserver.smtp1.username\", \"ann@example.test\");\n"
    "user_pref(\"mail.smtpserver.smtp2.hostname\", \"removed.example.test\");\n"
    "user_pref(\"mail.smtpservers\", \"smtp1\");\n"
    "user_pref(\"mailnews.tags.$label1.color\", \"#FF0000\");\n";

/* ---- preferences ---- */

static void
test_a_new_profile_is_as_expected (Fixture *fixture, gconstpointer data)
{
  g_autofree char *profiles = NULL;
  g_autofree char *section = NULL;
  g_autofree char *path = NULL;
  g_autofree char *prefs = NULL;
  g_autofree char *relative = NULL;
  g_autofree char *listed = NULL;
  g_autoptr(GKeyFile) ini = g_key_file_new ();

  add_program (fixture);
  section = install_section (fixture);
  apply (fixture, fixture->jo, fixture->ada);
  profiles = fixture_read (fixture, ROOT "profiles.ini");
  g_assert_true (g_key_file_load_from_data (ini, profiles, -1, 0, NULL));
  path = g_key_file_get_string (ini, section, "Default", NULL);
  g_assert_nonnull (path);
  listed = g_key_file_get_string (ini, "Profile0", "Path", NULL);
  g_assert_cmpstr (listed, ==, path);
  relative = g_strconcat (ROOT, path, "/prefs.js", NULL);
  prefs = fixture_read (fixture, relative);
  assert_golden ("thunderbird-two-accounts", prefs);
  g_assert_cmpuint (fixture_mode (fixture, relative), ==, 0600);
  assert_changes_nothing (fixture, fixture->jo, fixture->ada);
  assert_changes_nothing (fixture, fixture->ada, NULL);
}

static void
test_existing_accounts_keep_every_byte (Fixture *fixture, gconstpointer data)
{
  g_autofree char *after = NULL;
  g_autofree char *undone = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(MwExportResult) result = NULL;

  add_program (fixture);
  add_profile (fixture, existing);
  apply (fixture, fixture->jo, fixture->ada);
  after = read_prefs (fixture);
  assert_golden ("thunderbird-beside-others", after);
  assert_changes_nothing (fixture, fixture->jo, fixture->ada);
  result = mw_journal_undo_sync (fixture->host, NULL, fixture->secrets, 0, NULL, &error);
  g_assert_no_error (error);
  undone = read_prefs (fixture);
  g_assert_cmpstr (undone, ==, existing);
}

static void
test_an_edit_changes_only_what_is_ours (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  add_program (fixture);
  add_profile (fixture, existing);
  apply (fixture, fixture->jo, fixture->ada);
  before = read_prefs (fixture);
  mw_account_set_name (fixture->jo, "Somebody Else");
  set_server (fixture->jo, MW_HALF_INCOMING, "imap://jo%40example.org@mail.example.org:1143");
  set_server (fixture->jo, MW_HALF_OUTGOING, "smtps://jo%40example.org@mail.example.org");
  mw_account_set_organization (fixture->ada, NULL);
  apply (fixture, fixture->jo, fixture->ada);
  after = read_prefs (fixture);
  assert_golden ("thunderbird-edited", after);
  assert_changes_nothing (fixture, fixture->jo, fixture->ada);
}

/* What the person chose in Thunderbird, and what Mailwright has no word for, stays */
static void
test_choices_made_in_thunderbird_stay (Fixture *fixture, gconstpointer data)
{
  static const char *const chosen[] = {
    "user_pref(\"mail.server.server1.login_at_startup\", false);\n",
    "user_pref(\"mail.server.server1.name\", \"My mail\");\n",
    "user_pref(\"mail.identity.id1.fcc_folder\", \"imap://x@y/Elsewhere\");\n",
    "user_pref(\"mail.identity.id1.reply_on_top\", 1);\n",
    "user_pref(\"mail.smtpserver.smtp1.description\", \"Out\");\n",
  };
  g_autofree char *text = NULL;
  g_autofree char *added =
      g_strjoinv ("", (char **) (const char *[]) { chosen[0], chosen[1], chosen[2], chosen[3],
                                                   chosen[4], NULL });
  g_autofree char *changed = NULL;

  add_program (fixture);
  add_profile (fixture, "");
  apply (fixture, fixture->jo, NULL);
  text = read_prefs (fixture);
  changed = g_strconcat (text, added, NULL);
  fixture_write (fixture, ROOT "p.default/prefs.js", changed);
  assert_changes_nothing (fixture, fixture->jo, NULL);
}

static void
test_the_same_mail_box_is_taken_over (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwAccount) ann =
                fixture_account ("aaaaaaaa-2222-4333-8444-555555555555", "ann@example.test",
                                 "imaps://ann%40example.test@IMAP.example.test",
                                 "smtps://ann%40example.test@smtp.example.test");
  g_autofree char *after = NULL;

  mw_account_set_name (ann, "Another Name");
  add_program (fixture);
  add_profile (fixture, existing);
  g_assert_true (has_note (fixture, ann, "thunderbird-adopted"));
  apply (fixture, ann, NULL);
  after = read_prefs (fixture);
  assert_golden ("thunderbird-taken-over", after);
  assert_changes_nothing (fixture, ann, NULL);
}

static void
test_an_equal_sending_server_is_shared (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwAccount) second = fixture_account (
      "bbbbbbbb-2222-4333-8444-555555555555", "second@example.org",
      "imaps://second@imap.example.org", "smtp://jo%40example.org@smtp.example.org");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  add_program (fixture);
  add_profile (fixture, "");
  apply (fixture, fixture->jo, second);
  before = read_prefs (fixture);
  g_assert_nonnull (strstr (before, "\"mail.smtpservers\", \"smtp1\""));
  g_assert_nonnull (strstr (before, "\"mail.identity.id2.smtpServer\", \"smtp1\""));

  /* The first one moves; the second one goes on sending as it did */
  set_server (fixture->jo, MW_HALF_OUTGOING, "smtps://jo%40example.org@smtp.example.org");
  apply (fixture, fixture->jo, NULL);
  after = read_prefs (fixture);
  g_assert_nonnull (strstr (after, "\"mail.smtpservers\", \"smtp1,smtp2\""));
  g_assert_nonnull (strstr (after, "\"mail.smtpserver.smtp1.port\", 587"));
  g_assert_nonnull (strstr (after, "\"mail.smtpserver.smtp2.port\", 465"));
  g_assert_nonnull (strstr (after, "\"mail.identity.id1.smtpServer\", \"smtp2\""));
  g_assert_nonnull (strstr (after, "\"mail.identity.id2.smtpServer\", \"smtp1\""));
  assert_changes_nothing (fixture, fixture->jo, second);
}

static void
test_another_protocol_makes_another_account (Fixture *fixture, gconstpointer data)
{
  g_autofree char *after = NULL;

  add_program (fixture);
  add_profile (fixture, "");
  apply (fixture, fixture->jo, NULL);
  set_server (fixture->jo, MW_HALF_INCOMING, "pop3s://jo%40example.org@imap.example.org");
  g_assert_true (has_note (fixture, fixture->jo, "thunderbird-left-behind"));
  apply (fixture, fixture->jo, NULL);
  after = read_prefs (fixture);
  g_assert_nonnull (strstr (after, "\"mail.accountmanager.accounts\", \"account1,account2\""));
  g_assert_nonnull (strstr (after, "\"mail.server.server1.type\", \"imap\""));
  g_assert_null (strstr (after, "mail.server.server1.mailwright-account"));
  g_assert_nonnull (strstr (after, "\"mail.server.server2.type\", \"pop3\""));
  g_assert_nonnull (strstr (after, "\"mail.server.server2.leave_on_server\", true"));
  assert_changes_nothing (fixture, fixture->jo, NULL);
}

/* Thunderbird would throw one of the two away without a word */
static void
test_moving_onto_another_account_is_refused (Fixture *fixture, gconstpointer data)
{
  add_program (fixture);
  add_profile (fixture, existing);
  apply (fixture, fixture->jo, NULL);
  set_server (fixture->jo, MW_HALF_INCOMING, "imaps://ann%40example.test@imap.example.test");
  assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_TARGET_INVALID);
}

static void
test_an_account_removed_in_thunderbird_is_added_anew (Fixture *fixture, gconstpointer data)
{
  g_autofree char *after = NULL;

  add_program (fixture);
  add_profile (fixture, "user_pref(\"mail.account.lastKey\", 1);\n"
                        "user_pref(\"mail.accountmanager.accounts\", \"\");\n"
                        "user_pref(\"mail.server.server1.mailwright-account\", "
                        "\"11111111-2222-4333-8444-555555555555\");\n");
  apply (fixture, fixture->jo, NULL);
  after = read_prefs (fixture);
  g_assert_nonnull (strstr (after, "\"mail.accountmanager.accounts\", \"account2\""));
  g_assert_nonnull (strstr (after, "\"mail.account.account2.server\", \"server2\""));
}

static void
test_folder_names_are_escaped_as_thunderbird_does (Fixture *fixture, gconstpointer data)
{
  g_autofree char *after = NULL;

  add_program (fixture);
  add_profile (fixture, "");
  set_server (fixture->jo, MW_HALF_INCOMING, "imaps://a%2Bb~c%20%C3%BC*-._d@imap.example.org");
  apply (fixture, fixture->jo, NULL);
  after = read_prefs (fixture);
  g_assert_nonnull (strstr (after, "\"imap://a%2Bb%7Ec%20%C3%BC*-._d@imap.example.org/Sent\""));
}

static void
test_international_names_go_to_the_wire_as_ascii (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwAccount) account = fixture_account ("cccccccc-2222-4333-8444-555555555555",
                                                  "jo@b\xc3\xbc"
                                                  "cher.example",
                                                  "imaps://jo@imap.b\xc3\xbc"
                                                  "cher.example",
                                                  "smtps://jo@smtp.b\xc3\xbc"
                                                  "cher.example");
  g_autofree char *after = NULL;

  add_program (fixture);
  add_profile (fixture, "");
  apply (fixture, account, NULL);
  after = read_prefs (fixture);
  g_assert_nonnull (strstr (after, "server1.hostname\", \"imap.xn--bcher-kva.example\""));
  g_assert_nonnull (strstr (after, "smtp1.hostname\", \"smtp.xn--bcher-kva.example\""));
  g_assert_nonnull (strstr (after, "useremail\", \"jo@xn--bcher-kva.example\""));
  g_assert_nonnull (strstr (after, "server1.name\", \"jo@b\xc3\xbc"
                                   "cher.example\""));
}

static void
test_values_are_carried_or_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const good[] = {
    "\"quoted\" \\ 'single'",
    "`touch /tmp/x` $(id) ${IFS} %s",
    "</string><key> ]]> &amp; {{x}}",
    "=cmd|' /C calc'!A1; # //",
    "\xe5\xaf\x86\xe7\xa0\x81 \xf0\x9f\x98\x80",
    "\"); user_pref(\"evil\", true); //",
  };
  static const char *const bad[] = {
    "a\nb", "a\rb", "a\tb\x01", "a\x7f", "a\xe2\x80\xa8z", "a\xe2\x80\xa9z",
  };

  add_program (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *text = NULL;
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(MwPrefsJs) prefs = NULL;
      g_autoptr(GError) error = NULL;

      add_profile (fixture, "");
      mw_account_set_name (fixture->jo, good[i]);
      mw_account_set_organization (fixture->jo, good[i]);
      apply (fixture, fixture->jo, NULL);
      text = read_prefs (fixture);
      bytes = g_bytes_new (text, strlen (text));
      prefs = mw_prefs_js_new (bytes, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (mw_prefs_js_get_string (prefs, "mail.identity.id1.fullName"), ==, good[i]);
      g_assert_cmpstr (mw_prefs_js_get_string (prefs, "mail.identity.id1.organization"), ==,
                       good[i]);
      g_assert_false (mw_prefs_js_has (prefs, "evil"));
    }
  mw_account_set_organization (fixture->jo, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      mw_account_set_name (fixture->jo, bad[i]);
      assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE);
    }
}

static void
test_ways_to_log_in_are_translated_or_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *url;
    int auth; /* 0: refused */
  } table[] = {
    { "imaps://jo@imap.example.org", 3 },
    { "imaps://jo;AUTH=PLAIN@imap.example.org", 3 },
    { "imaps://jo;AUTH=CRAM-MD5@imap.example.org", 4 },
    { "imaps://jo;AUTH=GSSAPI@imap.example.org", 5 },
    { "imaps://jo;AUTH=NTLM@imap.example.org", 6 },
    { "imaps://jo;AUTH=EXTERNAL@imap.example.org", 7 },
    { "imaps://jo;AUTH=XOAUTH2@imap.gmail.com", 10 },
    { "imaps://jo;AUTH=OAUTHBEARER@outlook.office365.com", 10 },
    { "imaps://jo;AUTH=XOAUTH2@imap.example.org", 0 },
    { "imaps://jo;AUTH=XOAUTH2@notgmail.com", 0 },
    { "imaps://jo;AUTH=SCRAM-SHA-256@imap.example.org", 0 },
    { "imaps://jo;AUTH=ANONYMOUS@imap.example.org", 0 },
    { "imaps://jo;AUTH=NONE@imap.example.org", 0 },
    { "smtps://jo;AUTH=NONE@smtp.example.org", 1 },
    { "smtps://smtp.example.org", 1 },
    { "smtps://jo@smtp.example.org", 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *url = NULL;
      g_auto (GStrv) parts = g_strsplit (table[i].url, ";AUTH=", 2);
      g_autoptr(GError) error = NULL;
      g_autoptr(MwServer) server = NULL;
      MwThunderbirdAuth auth = 0;
      gboolean known;

      url = g_strjoinv (":AUTH=", parts);
      server = mw_server_new_from_url (url, &error);
      g_assert_no_error (error);
      known = mw_thunderbird_get_auth (server, &auth, &error);
      g_assert_cmpint (known ? (int) auth : 0, ==, table[i].auth);
      if (!known)
        g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED);
    }
}

static void
test_a_damaged_file_is_not_touched (Fixture *fixture, gconstpointer data)
{
  add_program (fixture);
  add_profile (fixture, "user_pref(\"a\", 1); /* no end");
  assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_TARGET_INVALID);
}

static void
test_a_user_js_with_accounts_is_an_obstacle (Fixture *fixture, gconstpointer data)
{
  add_program (fixture);
  add_profile (fixture, "");
  fixture_write (fixture, ROOT "p.default/user.js",
                 "user_pref(\"mail.biff.play_sound\", false);\n");
  g_assert_true (has_note (fixture, fixture->jo, "thunderbird-asks-password"));
  fixture_write (fixture, ROOT "p.default/user.js",
                 "user_pref(\"mail.smtpservers\", \"smtp1\");\n");
  assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_TARGET_INVALID);
}

static void
test_accounts_without_a_half (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwAccount) receiving = fixture_account (
      "dddddddd-2222-4333-8444-555555555555", "r@example.org", "imaps://r@imap.example.org", NULL);
  g_autoptr(MwAccount) sending = fixture_account (
      "eeeeeeee-2222-4333-8444-555555555555", "s@example.org", NULL, "smtps://s@smtp.example.org");
  g_autofree char *after = NULL;

  add_program (fixture);
  add_profile (fixture, "");
  assert_refused (fixture, sending, MW_EXPORT_ERROR_NOT_SUPPORTED);
  g_assert_true (has_note (fixture, receiving, "thunderbird-no-sending"));
  apply (fixture, receiving, NULL);
  after = read_prefs (fixture);
  g_assert_null (strstr (after, "smtp"));
  assert_changes_nothing (fixture, receiving, NULL);
}

/* ---- profiles ---- */

static void
assert_profile (Fixture *fixture, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwExportPlan) plan = fixture_plan (fixture, "thunderbird", &error, fixture->jo, NULL);
  g_autofree char *path = fixture_path (fixture, expected);
  MwFileChange *file;

  g_assert_no_error (error);
  file = g_ptr_array_index (plan->files, 0);
  g_assert_cmpstr (file->path, ==, path);
}

static void
test_the_profile_is_found_by_thunderbirds_rules (Fixture *fixture, gconstpointer data)
{
  g_autofree char *section = NULL;
  g_autofree char *directory = NULL;
  g_autofree char *text = NULL;
  g_autofree char *compatibility = NULL;
  g_autofree char *profiles = NULL;
  g_autofree char *head = NULL;

  add_program (fixture);
  section = install_section (fixture);
  directory = fixture_path (fixture, "opt/thunderbird");

  /* its own section, whatever else is marked */
  text = g_strdup_printf ("[%s]\nDefault=mine\n[Profile0]\nPath=other\nDefault=1\n", section);
  fixture_write (fixture, ROOT "profiles.ini", text);
  assert_profile (fixture, ROOT "mine/prefs.js");
  g_free (text);
  text = g_strdup_printf ("[%s]\nDefault=%s/elsewhere\n", section, fixture->home);
  fixture_write (fixture, ROOT "profiles.ini", text);
  assert_profile (fixture, "elsewhere/prefs.js");

  /* none: the marked profile, if this installation used it last */
  fixture_write (fixture, ROOT "profiles.ini", "[Profile0]\nPath=old\nDefault=1\n");
  compatibility = g_strdup_printf ("[Compatibility]\nLastPlatformDir=%s\n", directory);
  fixture_write (fixture, ROOT "old/compatibility.ini", compatibility);
  assert_profile (fixture, ROOT "old/prefs.js");
  apply (fixture, fixture->jo, NULL);
  profiles = fixture_read (fixture, ROOT "profiles.ini");
  head =
      g_strdup_printf ("[Profile0]\nPath=old\nDefault=1\n\n[%s]\nDefault=old\nLocked=1\n", section);
  g_assert_cmpstr (profiles, ==, head);
}

static void
test_a_profile_of_another_installation_is_not_taken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *profiles = NULL;
  g_autofree char *other = NULL;

  add_program (fixture);
  fixture_write (fixture, ROOT "profiles.ini", "[Profile0]\nName=default\nPath=old\nDefault=1\n");
  fixture_write (fixture, ROOT "old/compatibility.ini",
                 "[Compatibility]\nLastPlatformDir=/opt/other\n");
  apply (fixture, fixture->jo, NULL);
  profiles = fixture_read (fixture, ROOT "profiles.ini");
  g_assert_nonnull (strstr (profiles, "[Profile1]\nName=default-1\n"));
  other = fixture_read (fixture, ROOT "old/prefs.js");
  g_assert_null (other);
  assert_changes_nothing (fixture, fixture->jo, NULL);
}

static void
test_a_profile_that_nobody_used_is_taken (Fixture *fixture, gconstpointer data)
{
  add_program (fixture);
  fixture_write (fixture, ROOT "profiles.ini", "[Profile0]\nPath=fresh\nDefault=1\n");
  assert_profile (fixture, ROOT "fresh/prefs.js");
  fixture_write (fixture, ROOT "profiles.ini",
                 "[Profile0]\nPath=fresh\nDefault=1\n[InstallABC]\nDefault=fresh\n");
  g_assert_false (has_note (fixture, fixture->jo, "thunderbird-new-profile"));
}

static void
test_flatpak_and_snap_have_places_of_their_own (Fixture *fixture, gconstpointer data)
{
  g_autofree char *flatpak = fixture_path (fixture, ".var/app/org.mozilla.thunderbird");
  g_autofree char *snap = fixture_path (fixture, "snap/thunderbird/common");
  g_autofree char *flatpak_ini = NULL;
  g_autofree char *snap_ini = NULL;

  mw_export_host_add_program (fixture->host, "thunderbird", MW_PROGRAM_FLATPAK,
                              "org.mozilla.thunderbird", NULL, flatpak);
  mw_export_host_add_program (fixture->host, "thunderbird", MW_PROGRAM_SNAP, "thunderbird", NULL,
                              snap);
  apply (fixture, fixture->jo, NULL);
  flatpak_ini =
      fixture_read (fixture, ".var/app/org.mozilla.thunderbird/.thunderbird/profiles.ini");
  g_assert_nonnull (strstr (flatpak_ini, "[InstallBD520B11F73A6B64]\nDefault="));
  snap_ini = fixture_read (fixture, "snap/thunderbird/common/.thunderbird/profiles.ini");
  g_assert_nonnull (strstr (snap_ini, "Default=1\n"));
  g_assert_null (strstr (snap_ini, "[Install"));
  assert_changes_nothing (fixture, fixture->jo, NULL);
}

static void
test_without_thunderbird_there_is_nothing_to_export_to (Fixture *fixture, gconstpointer data)
{
  assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_NO_TARGET);
}

static void
test_a_named_profile_is_used (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = fixture_path (fixture, "somewhere/profile");
  g_autofree char *prefs = NULL;

  fixture->options.profile = directory;
  g_assert_true (has_note (fixture, fixture->jo, "thunderbird-new-profile"));
  apply (fixture, fixture->jo, NULL);
  prefs = fixture_read (fixture, "somewhere/profile/prefs.js");
  g_assert_nonnull (prefs);
  g_assert_false (has_note (fixture, fixture->jo, "thunderbird-new-profile"));
  assert_changes_nothing (fixture, fixture->jo, NULL);
}

/* The lock of another process, as Thunderbird holds it */
static void
test_a_running_thunderbird_is_noticed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = fixture_path (fixture, ROOT "p.default");
  g_autofree char *lock_path = g_build_filename (directory, ".parentlock", NULL);
  int ready[2], done[2];
  char byte;
  pid_t child;

  add_program (fixture);
  add_profile (fixture, "");
  g_assert_false (mw_thunderbird_profile_is_running (directory));
  fixture_write (fixture, ROOT "p.default/.parentlock", "");
  fixture_write (fixture, ROOT "p.default/lock", "");
  g_assert_false (mw_thunderbird_profile_is_running (directory));

  g_assert_cmpint (pipe (ready), ==, 0);
  g_assert_cmpint (pipe (done), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
      int fd = open (lock_path, O_WRONLY);

      if (fd < 0 || fcntl (fd, F_SETLK, &lock) != 0 || write (ready[1], "x", 1) != 1)
        _exit (1);
      close (done[1]);
      _exit (read (done[0], &byte, 1) == 0 ? 0 : 1);
    }
  close (done[0]);
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  g_assert_true (mw_thunderbird_profile_is_running (directory));
  assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_RUNNING);
  close (done[1]);
  waitpid (child, NULL, 0);
  g_assert_false (mw_thunderbird_profile_is_running (directory));
  apply (fixture, fixture->jo, NULL);
  close (ready[0]);
  close (ready[1]);
}

/* ---- passwords ---- */

static MwNssStore *
open_store (Fixture *fixture, SecretValue *primary_password)
{
  g_autofree char *path = fixture_path (fixture, ROOT "p.default/key4.db");
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  MwNssStore *store;

  g_assert_true (mw_export_read_file (path, &bytes, &error));
  g_assert_nonnull (bytes);
  store = mw_nss_store_new (bytes, primary_password, &error);
  g_assert_no_error (error);
  return store;
}

/* Whether the file has this login: setting it again changes nothing then */
static gboolean
has_login (Fixture *fixture,
           MwNssStore *store,
           const char *origin,
           const char *username,
           const char *password)
{
  g_autofree char *path = fixture_path (fixture, ROOT "p.default/logins.json");
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GBytes) after = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(MwNssLogins) logins = NULL;
  g_autoptr(SecretValue) value = secret_value_new (password, -1, "text/plain");

  g_assert_true (mw_export_read_file (path, &bytes, &error));
  logins = mw_nss_logins_new (bytes, &error);
  g_assert_no_error (error);
  g_assert_true (mw_nss_logins_set (logins, store, origin, username, value, &error));
  after = mw_nss_logins_to_bytes (logins);
  return bytes != NULL && g_bytes_equal (bytes, after);
}

static void
test_passwords_go_into_thunderbirds_own_store (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwNssStore) store = NULL;
  g_autofree char *logins = NULL;

  add_program (fixture);
  add_profile (fixture, "");
  fixture->options.with_passwords = TRUE;
  g_assert_true (has_note (fixture, fixture->jo, "thunderbird-passwords-readable"));
  g_assert_false (has_note (fixture, fixture->jo, "thunderbird-asks-password"));
  apply (fixture, fixture->jo, fixture->ada);
  store = open_store (fixture, NULL);
  g_assert_true (has_login (fixture, store, "imap://imap.example.org", "jo@example.org",
                            "secret-jo-incoming"));
  g_assert_true (has_login (fixture, store, "smtp://smtp.example.org", "jo@example.org",
                            "secret-jo-incoming"));
  g_assert_true (
      has_login (fixture, store, "mailbox://pop.example.net", "ada", "secret-ada-incoming"));
  g_assert_true (
      has_login (fixture, store, "smtp://smtp.example.net", "ada-out", "secret-ada-outgoing"));
  g_assert_false (
      has_login (fixture, store, "smtp://smtp.example.net", "ada-out", "secret-ada-incoming"));
  logins = fixture_read (fixture, ROOT "p.default/logins.json");
  g_assert_null (strstr (logins, "secret-"));
  g_assert_cmpuint (fixture_mode (fixture, ROOT "p.default/logins.json"), ==, 0600);
  g_assert_cmpuint (fixture_mode (fixture, ROOT "p.default/key4.db"), ==, 0600);
  assert_changes_nothing (fixture, fixture->jo, fixture->ada);
}

static SecretValue *
no_password (MwAccount *account, MwHalf half, gpointer user_data, GError **error)
{
  return NULL;
}

static void
test_without_a_password_thunderbird_asks (Fixture *fixture, gconstpointer data)
{
  g_autofree char *list = NULL;

  add_program (fixture);
  add_profile (fixture, "");
  g_assert_true (has_note (fixture, fixture->jo, "thunderbird-asks-password"));
  fixture->options.with_passwords = TRUE;
  fixture->options.password = no_password;
  g_assert_true (has_note (fixture, fixture->jo, "thunderbird-asks-password"));
  apply (fixture, fixture->jo, NULL);
  list = fixture_list (fixture);
  g_assert_null (strstr (list, "key4.db"));
  g_assert_null (strstr (list, "logins.json"));
}

/* A later export without passwords does not say that something is missing which is there */
static void
test_thunderbird_does_not_ask_for_what_it_has (Fixture *fixture, gconstpointer data)
{
  add_program (fixture);
  add_profile (fixture, "");
  fixture->options.with_passwords = TRUE;
  apply (fixture, fixture->jo, NULL);
  fixture->options.with_passwords = FALSE;
  g_assert_false (has_note (fixture, fixture->jo, "thunderbird-asks-password"));
  g_assert_true (has_note (fixture, fixture->ada, "thunderbird-asks-password"));
  fixture->options.with_passwords = TRUE;
  fixture->options.password = no_password;
  g_assert_false (has_note (fixture, fixture->jo, "thunderbird-asks-password"));
  set_server (fixture->jo, MW_HALF_OUTGOING, "smtps://somebody@smtp.example.org");
  g_assert_true (has_note (fixture, fixture->jo, "thunderbird-asks-password"));
  fixture->options.with_passwords = FALSE;
  g_assert_true (has_note (fixture, fixture->jo, "thunderbird-asks-password"));
}

static SecretValue *
bad_password (MwAccount *account, MwHalf half, gpointer user_data, GError **error)
{
  return secret_value_new ("a\xff", 2, "text/plain");
}

static void
test_a_password_that_is_no_text_is_refused (Fixture *fixture, gconstpointer data)
{
  add_program (fixture);
  fixture->options.with_passwords = TRUE;
  fixture->options.password = bad_password;
  assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE);
}

static void
test_an_unfinished_store_is_left_alone (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "key4.db-journal", "key4.db-wal" };

  add_program (fixture);
  add_profile (fixture, "");
  fixture->options.with_passwords = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *relative = g_strconcat (ROOT "p.default/", names[i], NULL);
      g_autofree char *path = fixture_path (fixture, relative);

      fixture_write (fixture, relative, "something");
      assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_TARGET_INVALID);
      fixture_write (fixture, relative, "");
      g_assert_false (has_note (fixture, fixture->jo, "thunderbird-asks-password"));
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  fixture_write (fixture, ROOT "p.default/key4.db", "no database");
  assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_TARGET_INVALID);
}

/* ---- files to carry ---- */

static void
test_files_to_carry_are_as_expected (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = fixture_path (fixture, "out");
  g_autofree char *jo_xml = NULL;
  g_autofree char *list = NULL;
  g_autofree char *archive_path = fixture_path (fixture, "out/account.zip");
  g_autofree char *archive = NULL;
  gsize length;

  fixture->options.mode = MW_EXPORT_MODE_OUTPUT;
  fixture->options.directory = directory;
  fixture->options.with_passwords = TRUE; /* they are never in files to carry */
  g_assert_true (has_note (fixture, fixture->jo, "thunderbird-asks-password"));
  g_assert_true (has_note (fixture, fixture->jo, "thunderbird-import"));
  g_assert_true (has_note (fixture, fixture->ada, "autoconfig-left-out"));
  apply (fixture, fixture->jo, fixture->ada);
  jo_xml = fixture_read (fixture, "out/autoconfig.example.org/mail/config-v1.1.xml");
  assert_golden ("thunderbird-autoconfig.xml", jo_xml);
  list = fixture_list (fixture);
  g_assert_null (strstr (list, "example.net"));
  g_assert_cmpuint (fixture_mode (fixture, "out/account.zip"), ==, 0600);
  g_assert_true (g_file_get_contents (archive_path, &archive, &length, NULL));
  g_assert_nonnull (memmem (archive, length, "mail.smtpservers", 16));
  g_assert_null (memmem (archive, length, "secret-", 7));
  assert_changes_nothing (fixture, fixture->jo, fixture->ada);
}

static void
test_autoconfig_files_escape_and_generalise (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwAccount) account = fixture_account ("ffffffff-2222-4333-8444-555555555555",
                                                  "jo@b\xc3\xbc"
                                                  "cher.example",
                                                  "pop3://jo@pop.example.org",
                                                  "smtp+insecure://smtp.example.org:26");
  g_autoptr(GBytes) bytes = mw_autoconfig_write (account, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  assert_golden ("thunderbird-autoconfig-pop3.xml", text);
  set_server (account, MW_HALF_OUTGOING, "smtps://jo:AUTH=SCRAM-SHA-256@smtp.example.org");
  g_assert_null (mw_autoconfig_write (account, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  set_server (account, MW_HALF_OUTGOING, "smtps://jo-77@smtp.example.org");
  g_assert_null (mw_autoconfig_write (account, &error));
  g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE);
}

static void
test_archives_hold_what_they_were_given (void)
{
  static const guint8 expected[] = {
    'P', 'K', 3,   4,   20,  0, 0, 8, 0, 0, 0, 0, 0x21, 0,   0x26, 0x39, 0xf4, 0xcb, /* CRC-32 of
                                                                                        the check
                                                                                        text */
    9,   0,   0,   0,   9,   0, 0, 0, 1, 0, 0, 0, 'n',  '1', '2',  '3',  '4',  '5',  '6',
    '7', '8', '9', 'P', 'K', 1, 2,
  };
  g_autoptr(GBytes) content = g_bytes_new_static ("123456789", 9);
  g_autoptr(GBytes) empty = g_bytes_new_static (NULL, 0);
  g_autoptr(GBytes) archive = mw_zip_new ("n", content);
  g_autoptr(GBytes) again = mw_zip_new ("n", content);
  g_autoptr(GBytes) none = mw_zip_new ("n", empty);

  g_assert_cmpmem (g_bytes_get_data (archive, NULL), sizeof expected, expected, sizeof expected);
  g_assert_cmpuint (g_bytes_get_size (archive), ==, 31 + 9 + 47 + 22);
  g_assert_true (g_bytes_equal (archive, again));
  g_assert_cmpuint (g_bytes_get_size (none), ==, 31 + 47 + 22);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/thunderbird/installations-have-thunderbirds-own-names",
                   test_installations_have_thunderbirds_own_names);
  g_test_add_func ("/thunderbird/hashes-of-every-length-differ",
                   test_hashes_of_every_length_differ);
  g_test_add_func ("/thunderbird/archives-hold-what-they-were-given",
                   test_archives_hold_what_they_were_given);
  add ("/thunderbird/a-new-profile-is-as-expected", test_a_new_profile_is_as_expected);
  add ("/thunderbird/existing-accounts-keep-every-byte", test_existing_accounts_keep_every_byte);
  add ("/thunderbird/an-edit-changes-only-what-is-ours", test_an_edit_changes_only_what_is_ours);
  add ("/thunderbird/choices-made-in-thunderbird-stay", test_choices_made_in_thunderbird_stay);
  add ("/thunderbird/the-same-mail-box-is-taken-over", test_the_same_mail_box_is_taken_over);
  add ("/thunderbird/an-equal-sending-server-is-shared", test_an_equal_sending_server_is_shared);
  add ("/thunderbird/another-protocol-makes-another-account",
       test_another_protocol_makes_another_account);
  add ("/thunderbird/moving-onto-another-account-is-refused",
       test_moving_onto_another_account_is_refused);
  add ("/thunderbird/an-account-removed-in-thunderbird-is-added-anew",
       test_an_account_removed_in_thunderbird_is_added_anew);
  add ("/thunderbird/folder-names-are-escaped-as-thunderbird-does",
       test_folder_names_are_escaped_as_thunderbird_does);
  add ("/thunderbird/international-names-go-to-the-wire-as-ascii",
       test_international_names_go_to_the_wire_as_ascii);
  add ("/thunderbird/values-are-carried-or-refused", test_values_are_carried_or_refused);
  add ("/thunderbird/ways-to-log-in-are-translated-or-refused",
       test_ways_to_log_in_are_translated_or_refused);
  add ("/thunderbird/a-damaged-file-is-not-touched", test_a_damaged_file_is_not_touched);
  add ("/thunderbird/a-user-js-with-accounts-is-an-obstacle",
       test_a_user_js_with_accounts_is_an_obstacle);
  add ("/thunderbird/accounts-may-lack-the-sending-half", test_accounts_without_a_half);
  add ("/thunderbird/the-profile-is-found-by-thunderbirds-rules",
       test_the_profile_is_found_by_thunderbirds_rules);
  add ("/thunderbird/a-profile-of-another-installation-is-not-taken",
       test_a_profile_of_another_installation_is_not_taken);
  add ("/thunderbird/a-profile-that-nobody-used-is-taken",
       test_a_profile_that_nobody_used_is_taken);
  add ("/thunderbird/flatpak-and-snap-have-places-of-their-own",
       test_flatpak_and_snap_have_places_of_their_own);
  add ("/thunderbird/without-thunderbird-there-is-nothing-to-export-to",
       test_without_thunderbird_there_is_nothing_to_export_to);
  add ("/thunderbird/a-named-profile-is-used", test_a_named_profile_is_used);
  add ("/thunderbird/a-running-thunderbird-is-noticed", test_a_running_thunderbird_is_noticed);
  add ("/thunderbird/passwords-go-into-thunderbirds-own-store",
       test_passwords_go_into_thunderbirds_own_store);
  add ("/thunderbird/without-a-password-thunderbird-asks",
       test_without_a_password_thunderbird_asks);
  add ("/thunderbird/thunderbird-does-not-ask-for-what-it-has",
       test_thunderbird_does_not_ask_for_what_it_has);
  add ("/thunderbird/a-password-that-is-no-text-is-refused",
       test_a_password_that_is_no_text_is_refused);
  add ("/thunderbird/an-unfinished-store-is-left-alone", test_an_unfinished_store_is_left_alone);
  add ("/thunderbird/files-to-carry-are-as-expected", test_files_to_carry_are_as_expected);
  add ("/thunderbird/autoconfig-files-escape-and-generalise",
       test_autoconfig_files_escape_and_generalise);
  return g_test_run ();
}
