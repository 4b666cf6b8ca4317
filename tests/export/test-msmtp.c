/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "export-fixture.h"

#include "export/mw-msmtp-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG ".config/msmtp/config"

static void
export_now (Fixture *fixture, MwAccount *first, MwAccount *second)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwExportPlan) plan = fixture_plan (fixture, "msmtp", &error, first, second, NULL);
  g_autoptr(MwExportResult) result = NULL;

  g_assert_no_error (error);
  result = fixture_apply (fixture, plan, &error);
  g_assert_no_error (error);
}

static void
set_out (MwAccount *account, const char *url)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwServer) server = mw_server_new_from_url (url, &error);

  g_assert_no_error (error);
  mw_account_set_server (account, MW_HALF_OUTGOING, server);
}

static void
test_new_file_is_as_expected (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  export_now (fixture, fixture->jo, fixture->ada);
  text = fixture_read (fixture, CONFIG);
  assert_golden ("msmtp-two-accounts", text);
  g_assert_cmpuint (fixture_mode (fixture, CONFIG), ==, 0600);
  assert_password (fixture, "secret-jo-incoming", "de.marlam.msmtp.password", "host",
                   "smtp.example.org", "service", "smtp", "user", "jo@example.org", NULL);
  assert_password (fixture, "secret-ada-outgoing", "de.marlam.msmtp.password", "host",
                   "smtp.example.net", "service", "smtp", "user", "ada-out", NULL);
}

/* What is there, how the file looks afterwards, and whether the default account stays theirs */
static const struct
{
  const char *name;
  const char *before;
} existing[] = {
  { "empty", "" },
  { "comments", "# my own settings\n"
                "\n"
                "# account nobody\n" },
  { "accounts", "defaults\n"
                "tls on\n"
                "tls_fingerprint 00:11\n"
                "auto_from on\n"
                "\n"
                "account work   # not a comment, by the rules\n"
                "host mail.work.test\n"
                "from  \"me@work.test\"\n"
                "\n"
                "account default : work\n" },
  { "no-default", "account work\n"
                  "host mail.work.test" },
  { "old-style", "# written in the last century\n"
                 "host mail.isp.test\n"
                 "from me@isp.test\n"
                 "passwordeval \"gpg -d ~/.pw\"\n"
                 "account second\n"
                 "host x.test\n" },
  { "crlf", "account work\r\nhost mail.work.test\r\n" },
  { "same-name", "account jo@example.org\n"
                 "host elsewhere.test\n"
                 "from Jo@Example.org\n"
                 "account \"mailwright jo@example.org\"\n"
                 "host elsewhere.test\n"
                 "account default : jo@example.org\n" },
};

static void
test_existing_files_keep_every_byte (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (existing); i++)
    {
      g_autofree char *golden = g_strconcat ("msmtp-", existing[i].name, NULL);
      g_autofree char *after = NULL;
      g_autofree char *again = NULL;
      g_autofree char *undone = NULL;
      g_autoptr(MwExportResult) result = NULL;
      g_autoptr(MwExportPlan) plan = NULL;
      g_autoptr(GError) error = NULL;

      fixture_write (fixture, CONFIG, existing[i].before);
      export_now (fixture, fixture->jo, NULL);
      after = fixture_read (fixture, CONFIG);
      g_assert_true (g_str_has_suffix (after, existing[i].before));
      g_assert_cmpuint (fixture_mode (fixture, CONFIG), ==, 0640);
      assert_golden (golden, after);

      plan = fixture_plan (fixture, "msmtp", &error, fixture->jo, NULL);
      g_assert_no_error (error);
      g_assert_true (mw_export_plan_is_empty (plan));
      again = fixture_read (fixture, CONFIG);
      g_assert_cmpstr (again, ==, after);

      result = mw_journal_undo_sync (fixture->host, NULL, fixture->secrets, MW_SECRETS_NONE, NULL,
                                     &error);
      g_assert_no_error (error);
      undone = fixture_read (fixture, CONFIG);
      g_assert_cmpstr (undone, ==, existing[i].before);
    }
}

static void
test_exporting_again_touches_only_our_part (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *edited = NULL;
  g_autofree char *after = NULL;
  const char *rest = "\n# theirs\naccount work\nhost mail.work.test\n";

  fixture_write (fixture, CONFIG, rest);
  export_now (fixture, fixture->jo, fixture->ada);
  before = fixture_read (fixture, CONFIG);
  edited = g_strconcat ("# a comment above\n", before, "logfile ~/.msmtp.log\n", NULL);
  fixture_write (fixture, CONFIG, edited);

  set_out (fixture->ada, "smtps://ada%40new@smtp.new.example:4650");
  export_now (fixture, fixture->ada, NULL);
  after = fixture_read (fixture, CONFIG);
  assert_golden ("msmtp-exported-again", after);
  g_assert_true (g_str_has_prefix (after, "# a comment above\n# >>> mailwright jo@example.org"));
  g_assert_true (g_str_has_suffix (after, "host mail.work.test\nlogfile ~/.msmtp.log\n"));
  g_assert_nonnull (strstr (after, "account default : \"jo@example.org\""));
  g_assert_null (strstr (after, "smtp.example.net"));
}

static void
test_block_below_other_settings_moves_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *block = NULL;
  g_autofree char *moved = NULL;
  g_autofree char *after = NULL;
  g_autofree char *expected = NULL;

  export_now (fixture, fixture->jo, NULL);
  block = fixture_read (fixture, CONFIG);
  moved = g_strconcat ("defaults\nport 26\n", block, block, "logfile x\n", NULL);
  fixture_write (fixture, CONFIG, moved);
  export_now (fixture, fixture->jo, NULL);
  after = fixture_read (fixture, CONFIG);
  expected = g_strconcat (block, "defaults\nport 26\n\n\nlogfile x\n", NULL);
  g_assert_cmpstr (after, ==, expected);
}

static void
test_default_moves_over_when_they_have_one (Fixture *fixture, gconstpointer data)
{
  g_autofree char *ours = NULL;
  g_autofree char *both = NULL;
  g_autofree char *after = NULL;

  export_now (fixture, fixture->jo, NULL);
  ours = fixture_read (fixture, CONFIG);
  g_assert_nonnull (strstr (ours, "account default"));
  both = g_strconcat (ours, "account work\nhost h\naccount default : work\n", NULL);
  fixture_write (fixture, CONFIG, both);
  export_now (fixture, fixture->jo, NULL);
  after = fixture_read (fixture, CONFIG);
  g_assert_null (strstr (after, "account default : \"jo"));
  g_assert_nonnull (strstr (after, "account default : work"));
}

static void
test_file_that_msmtp_would_read_is_chosen (Fixture *fixture, gconstpointer data)
{
  g_autofree char *old = fixture_path (fixture, ".msmtprc");
  g_autofree char *target = NULL;
  g_autofree char *text = NULL;
  g_autofree char *config = NULL;

  /* a dangling link does not count */
  g_assert_cmpint (symlink ("nowhere", old), ==, 0);
  export_now (fixture, fixture->jo, NULL);
  config = fixture_read (fixture, CONFIG);
  g_assert_nonnull (config);

  /* an empty file does, and a link into a folder of dot files */
  g_unlink (old);
  fixture_write (fixture, "dotfiles/msmtprc", "");
  g_assert_cmpint (symlink ("dotfiles/msmtprc", old), ==, 0);
  export_now (fixture, fixture->jo, NULL);
  target = g_file_read_link (old, NULL);
  g_assert_cmpstr (target, ==, "dotfiles/msmtprc");
  text = fixture_read (fixture, "dotfiles/msmtprc");
  g_assert_nonnull (strstr (text, "account \"jo@example.org\""));

  /* the other programs' configuration folder is theirs to choose */
  g_unlink (old);
  config = (g_free (config), fixture_path (fixture, "elsewhere"));
  mw_export_host_set_variable (fixture->host, "XDG_CONFIG_HOME", config);
  export_now (fixture, fixture->jo, NULL);
  g_free (text);
  text = fixture_read (fixture, "elsewhere/msmtp/config");
  g_assert_nonnull (text);
}

static void
test_output_is_a_file_to_carry (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = fixture_path (fixture, "out");
  g_autofree char *text = NULL;

  fixture->options.mode = MW_EXPORT_MODE_OUTPUT;
  fixture->options.directory = directory;
  export_now (fixture, fixture->jo, NULL);
  text = fixture_read (fixture, "out/msmtprc");
  g_assert_nonnull (strstr (text, "host \"smtp.example.org\""));
  g_assert_cmpuint (mw_secrets_memory_get_n_items (MW_SECRETS_MEMORY (fixture->secrets)), ==, 0);
}

/* Values */

static void
assert_refused (Fixture *fixture, MwAccount *account, int code, const char *field)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MwExportPlan) plan = fixture_plan (fixture, "msmtp", &error, account, NULL);

  g_assert_null (plan);
  g_assert_error (error, MW_EXPORT_ERROR, code);
  g_assert_nonnull (strstr (error->message, field));
}

static void
test_harmful_login_names_are_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "a\neval touch /tmp/x",
    "a\rb",
    "a\tb",
    "a\x1b[2J",
    "a\x7f",
    "a\xc2\x85",
    "a\xe2\x80\xa8 b",
    "a\xe2\x80\xa9 passwordeval id",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(MwServer) server = mw_server_with_username (
          mw_account_get_server (fixture->jo, MW_HALF_OUTGOING), names[i]);
      g_autoptr(MwAccount) account = mw_account_copy (fixture->jo);

      mw_account_set_server (account, MW_HALF_OUTGOING, server);
      assert_refused (fixture, account, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE, "smtp.username");
    }
}

static void
test_odd_login_names_arrive_as_they_are (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "\"",   "a\"b", "\"quoted\"", "back\\slash", "'",   "`id`",      "$(id)", "${IFS}", "%s",
    "%U@h", ";ls",  "#",          " lead",       "tr ", "=cmd|' /C", "{{",    "ü",      "测试",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(MwServer) server = mw_server_with_username (
          mw_account_get_server (fixture->jo, MW_HALF_OUTGOING), names[i]);
      g_autofree char *line = g_strdup_printf ("\nuser \"%s\"\n", names[i]);
      g_autofree char *text = NULL;

      mw_account_set_server (fixture->jo, MW_HALF_OUTGOING, server);
      export_now (fixture, fixture->jo, NULL);
      text = fixture_read (fixture, CONFIG);
      g_assert_nonnull (strstr (text, line));
      assert_password (fixture, "secret-jo-incoming", "de.marlam.msmtp.password", "user", names[i],
                       "host", "smtp.example.org", NULL);
    }
}

static void
test_values_that_msmtp_would_change_are_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const addresses[] = {
    "a*b@example.org", "a?b@example.org", "%U@example.org", "x%Cy@example.org", "%H@example.org",
  };
  g_autofree char *longer = g_strnfill (600, 'x');
  g_autoptr(MwServer) server = mw_server_with_username (
      mw_account_get_server (fixture->ada, MW_HALF_OUTGOING), longer);

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr(MwAccount) account = fixture_account (
          "11111111-2222-4333-8444-555555555555", addresses[i], NULL, "smtps://u@smtp.example.org");

      assert_refused (fixture, account, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE, "address");
    }
  mw_account_set_server (fixture->ada, MW_HALF_OUTGOING, server);
  assert_refused (fixture, fixture->ada, MW_EXPORT_ERROR_VALUE_NOT_EXPRESSIBLE, "smtp.username");
}

static void
test_address_that_is_no_account_name_goes_by_id (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwAccount) account =
                fixture_account ("11111111-2222-4333-8444-555555555555", "\"a,b:c\"@example.org",
                                 NULL, "smtps://u@smtp.example.org");
  g_autofree char *text = NULL;

  export_now (fixture, account, NULL);
  text = fixture_read (fixture, CONFIG);
  g_assert_nonnull (strstr (text, "account \"11111111-2222-4333-8444-555555555555\"\n"));
  g_assert_nonnull (strstr (text, "from \"\"a,b:c\"@example.org\"\n"));
}

static void
test_international_names_go_as_a_labels (Fixture *fixture, gconstpointer data)
{
  g_autoptr(MwAccount) account =
                fixture_account ("11111111-2222-4333-8444-555555555555", "jo@bücher.example", NULL,
                                 "smtps://jo@smtp.bücher.example");
  g_autofree char *text = NULL;

  export_now (fixture, account, NULL);
  text = fixture_read (fixture, CONFIG);
  g_assert_nonnull (strstr (text, "host \"smtp.xn--bcher-kva.example\"\n"));
  g_assert_nonnull (strstr (text, "from \"jo@xn--bcher-kva.example\"\n"));
  g_assert_nonnull (strstr (text, "account \"jo@bücher.example\"\n"));
}

/* Connections and mechanisms: what each becomes */
static void
test_connections_and_mechanisms_have_their_words (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *url;
    const char *lines;
    const char *note;
  } rows[] = {
    { "smtps://u@h.test", "port 465\n|auth plain\n|tls on\n|tls_starttls off\n", NULL },
    { "smtp://u@h.test", "port 587\n|auth plain\n|tls on\n|tls_starttls on\n", NULL },
    { "smtp://u:AUTH=SCRAM-SHA-256@h.test:2525", "port 2525\n|auth scram-sha-256\n", NULL },
    { "smtp://u:AUTH=CRAM-MD5@h.test", "auth cram-md5\n", NULL },
    { "smtp://u@smtp.office365.com", "auth login\n", NULL },
    { "smtp://u@notoutlook.com", "auth plain\n", NULL },
    { "smtp://u:AUTH=XOAUTH2@h.test", "auth xoauth2\n", "msmtp-oauth2" },
    { "smtp+insecure://u@h.test:25", "auth on\n|tls off\n", "no-encryption" },
    { "smtp+insecure://u@127.0.0.1:25", "auth plain\n|tls off\n", "no-encryption" },
    { "smtp://:AUTH=NONE@h.test", "auth off\n|tls on\n", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) lines = g_strsplit (rows[i].lines, "|", -1);
      g_autoptr(GError) error = NULL;
      g_autoptr(MwExportPlan) plan = NULL;
      g_autofree char *text = NULL;
      MwFileChange *file;

      set_out (fixture->jo, rows[i].url);
      plan = fixture_plan (fixture, "msmtp", &error, fixture->jo, NULL);
      g_assert_no_error (error);
      file = plan->files->pdata[0];
      text = g_strndup (g_bytes_get_data (file->after, NULL), g_bytes_get_size (file->after));
      for (guint j = 0; lines[j] != NULL; j++)
        g_assert_nonnull (strstr (text, lines[j]));
      g_assert_null (strstr (text, "tls_certcheck"));
      if (rows[i].note != NULL)
        g_assert_nonnull (mw_export_plan_find_note (plan, rows[i].note));
      g_assert_cmpuint (plan->secrets->len, ==,
                        strstr (text, "auth off") == NULL && strstr (text, "oauth") == NULL);
    }

  set_out (fixture->jo, "smtp://u:AUTH=PLAIN-CLIENTTOKEN@h.test");
  assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_NOT_SUPPORTED, "PLAIN-CLIENTTOKEN");
  mw_account_set_server (fixture->jo, MW_HALF_OUTGOING, NULL);
  assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_NOT_SUPPORTED, "sending");
}

/* Another build of msmtp on this machine */

static void
install_msmtp (Fixture *fixture, const char *script)
{
  g_autofree char *path = fixture_path (fixture, "bin/msmtp");

  fixture_write (fixture, "bin/msmtp", script);
  g_assert_cmpint (g_chmod (path, 0755), ==, 0);
  mw_export_host_add_program (fixture->host, "msmtp", MW_PROGRAM_NATIVE, "msmtp", path, NULL);
}

static void
test_build_without_keyring_asks_by_a_command (Fixture *fixture, gconstpointer data)
{
  g_autofree char *bin = fixture_path (fixture, "bin");
  g_autofree char *tool = fixture_path (fixture, "bin/secret-tool");
  g_autofree char *text = NULL;
  g_autoptr(MwExportPlan) plan = NULL;
  g_autoptr(GError) error = NULL;

  install_msmtp (fixture, "#!/bin/sh\n"
                          "echo 'Supported authentication methods:'\n"
                          "echo 'plain scram-sha-1 external login '\n"
                          "echo 'Keyring support: none'\n");
  set_out (fixture->jo, "smtps://o'brien%20x@smtp.example.org");
  plan = fixture_plan (fixture, "msmtp", &error, fixture->jo, NULL);
  g_assert_no_error (error);
  g_assert_nonnull (mw_export_plan_find_note (plan, "msmtp-no-keyring"));

  fixture_write (fixture, "bin/secret-tool", "#!/bin/sh\n");
  g_assert_cmpint (g_chmod (tool, 0755), ==, 0);
  mw_export_host_set_variable (fixture->host, "PATH", bin);
  export_now (fixture, fixture->jo, NULL);
  text = fixture_read (fixture, CONFIG);
  g_assert_nonnull (strstr (text,
                            "\npasswordeval \"secret-tool lookup host 'smtp.example.org' service "
                            "smtp user 'o'\\''brien x'\"\n"));

  set_out (fixture->jo, "smtps://u:AUTH=SCRAM-SHA-256@smtp.example.org");
  assert_refused (fixture, fixture->jo, MW_EXPORT_ERROR_NOT_SUPPORTED, "SCRAM-SHA-256");
}

static void
test_choice_of_mechanism_is_left_to_builds_that_choose_well (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *library;
    const char *methods;
    const char *line;
    gboolean scram_note;
  } rows[] = {
    { "GNU SASL", "plain scram-sha-1 scram-sha-256 login", "auth on\n", FALSE },
    { "built-in", "plain scram-sha-256-plus scram-sha-256", "auth on\n", FALSE },
    { "GNU SASL", "scram-sha-256-plus scram-sha-256 plain", "auth plain\n", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *script = g_strdup_printf ("#!/bin/sh\n"
                                                 "echo 'Authentication library: %s'\n"
                                                 "echo 'Supported authentication methods:'\n"
                                                 "echo '%s '\n"
                                                 "echo 'Keyring support: Gnome'\n",
                                                 rows[i].library, rows[i].methods);
      g_autoptr(MwExportPlan) plan = NULL;
      g_autoptr(GError) error = NULL;
      g_autofree char *text = NULL;

      install_msmtp (fixture, script);
      set_out (fixture->jo, "smtps://u@smtp.example.org");
      export_now (fixture, fixture->jo, NULL);
      text = fixture_read (fixture, CONFIG);
      g_assert_nonnull (strstr (text, rows[i].line));
      set_out (fixture->jo, "smtps://u:AUTH=SCRAM-SHA-256@smtp.example.org");
      plan = fixture_plan (fixture, "msmtp", &error, fixture->jo, NULL);
      g_assert_no_error (error);
      g_assert_true ((mw_export_plan_find_note (plan, "msmtp-scram") != NULL) ==
                     rows[i].scram_note);
    }
}

static void
test_broken_program_is_no_reason_to_fail (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  install_msmtp (fixture, "#!/bin/sh\nexit 3\n");
  export_now (fixture, fixture->jo, NULL);
  text = fixture_read (fixture, CONFIG);
  g_assert_nonnull (strstr (text, "auth plain\n"));
}

/* Files that cannot be merged */

static void
test_files_that_cannot_be_taken_apart_are_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    gssize length;
    const char *reason;
  } rows[] = {
    { "\xef\xbb\xbf"
      "account a\n",
      -1, "byte order mark" },
    { "account a\0b\n", 12, "NUL" },
    { "# >>> mailwright x 11111111-2222-4333-8444-555555555555 >>>\nhost h\n", -1, "no end" },
    { "# >>> mailwright x 11111111-2222-4333-8444-555555555555 >>>\n"
      "# >>> mailwright y 21111111-2222-4333-8444-555555555555 >>>\n",
      -1, "no end" },
    { "# <<< mailwright 11111111-2222-4333-8444-555555555555 <<<\n", -1, "no beginning" },
    { "# >>> mailwright x 11111111-2222-4333-8444-555555555555 >>>\n"
      "# <<< mailwright 21111111-2222-4333-8444-555555555555 <<<\n",
      -1, "no beginning" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize length = rows[i].length < 0 ? strlen (rows[i].text) : (gsize) rows[i].length;
      g_autoptr(GBytes) bytes = g_bytes_new_static (rows[i].text, length);
      g_autoptr(GError) error = NULL;

      g_assert_null (mw_msmtp_file_parse (bytes, &error));
      g_assert_error (error, MW_EXPORT_ERROR, MW_EXPORT_ERROR_TARGET_INVALID);
      g_assert_nonnull (strstr (error->message, rows[i].reason));
    }
}

/* Whatever stands in a file, taking it apart and putting it together again does not change a byte
 * of it */
static void
test_any_bytes_survive (Fixture *fixture, gconstpointer data)
{
  static const char *const pieces[] = {
    "\n", "\r\n",     "account x",           " \t",      "\"",
    "#",  "defaults", "# >>> mailwright",    " >>>",     "\xff",
    ":",  "from a@b", "account default : x", "\xc3\xa4", "host h\n",
  };
  const char *const lines[] = { "host \"h\"", NULL };
  g_autoptr(GRand) random = g_rand_new_with_seed (7);

  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(GBytes) after = NULL;
      g_autoptr(GBytes) again = NULL;
      g_autoptr(MwMsmtpFile) file = NULL;
      g_autoptr(MwMsmtpFile) second = NULL;
      g_autoptr(GError) error = NULL;
      gsize length;
      const char *result;

      for (gint n = g_rand_int_range (random, 0, 30); n > 0; n--)
        g_string_append (text, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
      bytes = g_bytes_new (text->str, text->len);
      file = mw_msmtp_file_parse (bytes, &error);
      g_assert_no_error (error);
      mw_msmtp_file_set_block (file, "11111111-2222-4333-8444-555555555555", "a@b", "a@b", lines);
      after = mw_msmtp_file_to_bytes (file);
      result = g_bytes_get_data (after, &length);
      g_assert_cmpuint (length, >, text->len);
      g_assert_cmpmem (result + length - text->len, text->len, text->str, text->len);

      second = mw_msmtp_file_parse (after, &error);
      g_assert_no_error (error);
      mw_msmtp_file_set_block (second, "11111111-2222-4333-8444-555555555555", "a@b", "a@b", lines);
      again = mw_msmtp_file_to_bytes (second);
      g_assert_true (g_bytes_equal (after, again));
    }
}

static void
test_changed_password_reaches_the_item (Fixture *fixture, gconstpointer data)
{
  g_autoptr(SecretValue) value = secret_value_new ("changed", -1, "text/plain");
  g_autoptr(GError) error = NULL;
  guint n = 99;

  g_assert_true (mw_export_update_passwords_sync (
      fixture->jo, MW_HALF_INCOMING, value, fixture->secrets, MW_SECRETS_NONE, &n, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 0); /* nothing was exported yet, so nothing is made */
  g_assert_cmpuint (mw_secrets_memory_get_n_items (MW_SECRETS_MEMORY (fixture->secrets)), ==, 1);

  export_now (fixture, fixture->jo, fixture->ada);
  g_assert_true (mw_export_update_passwords_sync (
      fixture->jo, MW_HALF_OUTGOING, value, fixture->secrets, MW_SECRETS_NONE, &n, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  assert_password (fixture, "changed", "de.marlam.msmtp.password", "user", "jo@example.org", NULL);
  assert_password (fixture, "secret-ada-outgoing", "de.marlam.msmtp.password", "user", "ada-out",
                   NULL);

  /* ada's halves have a password each: that of receiving is none of msmtp's */
  g_assert_true (mw_export_update_passwords_sync (
      fixture->ada, MW_HALF_INCOMING, value, fixture->secrets, MW_SECRETS_NONE, &n, NULL, &error));
  g_assert_cmpuint (n, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  add ("/msmtp/new-file-is-as-expected", test_new_file_is_as_expected);
  add ("/msmtp/existing-files-keep-every-byte", test_existing_files_keep_every_byte);
  add ("/msmtp/exporting-again-touches-only-our-part", test_exporting_again_touches_only_our_part);
  add ("/msmtp/block-below-other-settings-moves-up", test_block_below_other_settings_moves_up);
  add ("/msmtp/default-moves-over-when-they-have-one", test_default_moves_over_when_they_have_one);
  add ("/msmtp/file-that-msmtp-would-read-is-chosen", test_file_that_msmtp_would_read_is_chosen);
  add ("/msmtp/output-is-a-file-to-carry", test_output_is_a_file_to_carry);
  add ("/msmtp/harmful-login-names-are-refused", test_harmful_login_names_are_refused);
  add ("/msmtp/odd-login-names-arrive-as-they-are", test_odd_login_names_arrive_as_they_are);
  add ("/msmtp/values-that-msmtp-would-change-are-refused",
       test_values_that_msmtp_would_change_are_refused);
  add ("/msmtp/address-that-is-no-account-name-goes-by-id",
       test_address_that_is_no_account_name_goes_by_id);
  add ("/msmtp/international-names-go-as-a-labels", test_international_names_go_as_a_labels);
  add ("/msmtp/connections-and-mechanisms-have-their-words",
       test_connections_and_mechanisms_have_their_words);
  add ("/msmtp/build-without-keyring-asks-by-a-command",
       test_build_without_keyring_asks_by_a_command);
  add ("/msmtp/choice-of-mechanism-is-left-to-builds-that-choose-well",
       test_choice_of_mechanism_is_left_to_builds_that_choose_well);
  add ("/msmtp/broken-program-is-no-reason-to-fail", test_broken_program_is_no_reason_to_fail);
  add ("/msmtp/files-that-cannot-be-taken-apart-are-refused",
       test_files_that_cannot_be_taken_apart_are_refused);
  add ("/msmtp/any-bytes-survive", test_any_bytes_survive);
  add ("/msmtp/changed-password-reaches-the-item", test_changed_password_reaches_the_item);

  return g_test_run ();
}
