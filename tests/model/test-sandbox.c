/* SPDX-FileCopyrightText: 2026 The Mailwright authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "model/mw-sandbox.h"
#include "model/mw-store.h"

#include <string.h>

#define HOME "/home/jo"

static MwSandbox *
make (const char *filesystems)
{
  g_autofree char *info = g_strdup_printf ("[Application]\n"
                                           "name=io.github.mailwright.Mailwright\n\n"
                                           "[Context]\n"
                                           "filesystems=%s\n",
                                           filesystems);

  return mw_sandbox_new (info, HOME, HOME "/.config");
}

static void
test_grants (void)
{
  static const struct
  {
    const char *filesystems;
    const char *path;
    MwGrant grant;
  } cases[] = {
    { "", HOME "/.thunderbird", MW_GRANT_NONE },
    { "~/.thunderbird;", HOME "/.thunderbird", MW_GRANT_WRITE },
    { "~/.thunderbird;", HOME "/.thunderbird/x/prefs.js", MW_GRANT_WRITE },
    { "~/.thunderbird;", HOME "/.thunderbirds", MW_GRANT_NONE },
    { "~/.thunderbird:ro;", HOME "/.thunderbird/x", MW_GRANT_READ },
    { "~/.thunderbird:create;", HOME "/.thunderbird/x", MW_GRANT_WRITE },
    { "~/.thunderbird:rw;", HOME "/.thunderbird/x", MW_GRANT_WRITE },
    { HOME "/.thunderbird/;", HOME "/.thunderbird/../.thunderbird/x", MW_GRANT_WRITE },
    { "~/.thunderbird;", HOME "/.thunderbird/../.ssh", MW_GRANT_NONE },
    { "xdg-config/msmtp:create;", HOME "/.config/msmtp/config", MW_GRANT_WRITE },
    { "xdg-config;", HOME "/.config/msmtp/config", MW_GRANT_WRITE },
    { "xdg-config/msmtp;", HOME "/.config/evolution", MW_GRANT_NONE },
    { "home;", HOME "/Documents", MW_GRANT_WRITE },
    { "home:ro;", HOME "/Documents", MW_GRANT_READ },
    { "home:ro;~/.thunderbird;", HOME "/.thunderbird", MW_GRANT_WRITE },
    /* taken away again, in whatever order they stand */
    { "home;!~/.thunderbird;", HOME "/.thunderbird/x", MW_GRANT_NONE },
    { "!~/.thunderbird;home;", HOME "/.thunderbird/x", MW_GRANT_NONE },
    { "!~/.thunderbird;home;", HOME "/.mutt", MW_GRANT_WRITE },
    /* other sandboxes' homes are not in "home" */
    { "home;", HOME "/.var/app/org.mozilla.Thunderbird/.thunderbird", MW_GRANT_NONE },
    { "host;", HOME "/.var/app/org.mozilla.Thunderbird/.thunderbird", MW_GRANT_NONE },
    { "~/.var/app/org.mozilla.Thunderbird;", HOME "/.var/app/org.mozilla.Thunderbird/.thunderbird",
      MW_GRANT_WRITE },
    { "~/.var/app;", HOME "/.var/app/org.gnome.Evolution", MW_GRANT_WRITE },
    { "", HOME "/.var/app/io.github.mailwright.Mailwright/data", MW_GRANT_WRITE },
    /* what a sandbox has for itself */
    { "host;", "/srv/mail", MW_GRANT_WRITE },
    { "host;", "/tmp/x", MW_GRANT_NONE },
    { "host;", "/usr/share", MW_GRANT_NONE },
    { "host;", "/run/user/1000/x", MW_GRANT_NONE },
    { "/tmp/x;", "/tmp/x/y", MW_GRANT_WRITE },
    { "host-os;host-etc;", "/srv", MW_GRANT_NONE },
    /* chosen in the file chooser */
    { "", "/run/user/1000/doc/a1b2c3/Mail", MW_GRANT_WRITE },
    { "", "/run/flatpak/doc/a1b2c3/Mail", MW_GRANT_WRITE },
    /* a colon of the name itself */
    { "/srv/a\\\\:ro;", "/srv/a:ro/x", MW_GRANT_WRITE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MwSandbox) sandbox = make (cases[i].filesystems);

      g_test_message ("%s: %s", cases[i].filesystems, cases[i].path);
      g_assert_cmpint (mw_sandbox_get_grant (sandbox, cases[i].path, NULL), ==, cases[i].grant);
    }
}

static void
test_nonsense_grants_nothing (void)
{
  static const char *const infos[] = { "", "[Context", "[Context]\n",
                                       "[Context]\nfilesystems=;;!;:ro\n", "nothing\n=\n\377" };

  for (gsize i = 0; i < G_N_ELEMENTS (infos); i++)
    {
      g_autoptr (MwSandbox) sandbox = mw_sandbox_new (infos[i], HOME, HOME "/.config");

      g_assert_cmpint (mw_sandbox_get_grant (sandbox, HOME "/.thunderbird", NULL), ==,
                       MW_GRANT_NONE);
      g_assert_false (mw_sandbox_may_talk (sandbox, MW_SANDBOX_KEYRING));
    }
}

static void
test_names_on_the_bus (void)
{
  g_autoptr (MwSandbox) sandbox = mw_sandbox_new ("[Session Bus Policy]\n"
                                                 "org.freedesktop.secrets=talk\n"
                                                 "org.gnome.evolution.*=talk\n"
                                                 "org.gnome.evolution.dataserver.Sources5=none\n"
                                                 "org.example.Seen=see\n"
                                                 "org.example.Own=own\n",
                                                 HOME, HOME "/.config");
  g_autoptr (MwSandbox) open = mw_sandbox_new ("[Context]\nsockets=x11;session-bus;\n", HOME, HOME);

  g_assert_true (mw_sandbox_may_talk (sandbox, MW_SANDBOX_KEYRING));
  g_assert_true (mw_sandbox_may_talk (sandbox, "org.gnome.evolution.dataserver.Calendar8"));
  g_assert_false (mw_sandbox_may_talk (sandbox, "org.gnome.evolution.dataserver.Sources5"));
  g_assert_false (mw_sandbox_may_talk (sandbox, "org.example.Seen"));
  g_assert_true (mw_sandbox_may_talk (sandbox, "org.example.Own"));
  g_assert_false (mw_sandbox_may_talk (sandbox, "org.example.Other"));
  g_assert_true (mw_sandbox_may_talk (open, MW_SANDBOX_KEYRING));
}

static void
assert_command (const char *path, gboolean create, const char *option)
{
  g_autofree char *command = mw_sandbox_command_for_path (path, HOME, create);
  g_autofree char *expected =
      g_strdup_printf ("flatpak override --user %s io.github.mailwright.Mailwright", option);

  g_assert_cmpstr (command, ==, expected);
}

static void
test_commands (void)
{
  g_autofree char *name = mw_sandbox_command_for_name (MW_SANDBOX_KEYRING);

  g_assert_cmpstr (name, ==,
                   "flatpak override --user --talk-name=org.freedesktop.secrets "
                   "io.github.mailwright.Mailwright");
  assert_command (HOME "/.thunderbird", FALSE, "--filesystem=~/.thunderbird");
  assert_command (HOME "/.config/msmtp", TRUE, "--filesystem=~/.config/msmtp:create");
  assert_command ("/srv/mail", FALSE, "--filesystem=/srv/mail");
  assert_command ("/home/joe/x", FALSE, "--filesystem=/home/joe/x");
  assert_command (HOME "/My Mail's", FALSE, "'--filesystem=~/My Mail'\\''s'");
  assert_command (HOME "/a:b", FALSE, "'--filesystem=~/a\\:b'");
  assert_command (HOME "/$(reboot)", FALSE, "'--filesystem=~/$(reboot)'");
}

static void
test_paths_of_the_portal_are_not_shown (void)
{
  static const struct
  {
    const char *path;
    const char *shown;
  } cases[] = {
    { "/srv/mail/account.zip", "/srv/mail/account.zip" },
    { "/run/user/1000/doc/a1b2/Backup/account.zip", "account.zip, in the folder you chose" },
    { "/run/user/0/doc/a1b2/Backup/autoconfig.x.org/mail/config-v1.1.xml",
      "autoconfig.x.org/mail/config-v1.1.xml, in the folder you chose" },
    { "/run/user/1000/doc/a1b2/kite.xml", "kite.xml" },
    { "/run/flatpak/doc/a1b2/kite.xml", "kite.xml" },
    { "/run/user/1000/documents/kite.xml", "/run/user/1000/documents/kite.xml" },
    { "/run/user/1000x/doc/a/b", "/run/user/1000x/doc/a/b" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = mw_path_dup_display (cases[i].path);

      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

static void
test_what_is_noted_survives (void)
{
  g_autoptr (MwSandbox) sandbox = make ("");
  g_autofree char *inside = NULL;
  g_autofree char *told = NULL;
  g_autofree char *outside = mw_sandbox_dup_state_home (NULL, HOME);

  g_assert_cmpstr (outside, ==, g_get_user_state_dir ());
  g_unsetenv ("XDG_STATE_HOME"); /* as Flatpak 1.12 */
  inside = mw_sandbox_dup_state_home (sandbox, HOME);
  g_assert_cmpstr (inside, ==, HOME "/.var/app/io.github.mailwright.Mailwright/.local/state");
  g_setenv ("XDG_STATE_HOME", g_get_user_state_dir (), TRUE);
  told = mw_sandbox_dup_state_home (sandbox, HOME);
  g_assert_cmpstr (told, ==, g_get_user_state_dir ());
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/sandbox/grants", test_grants);
  g_test_add_func ("/sandbox/nonsense-grants-nothing", test_nonsense_grants_nothing);
  g_test_add_func ("/sandbox/names-on-the-bus", test_names_on_the_bus);
  g_test_add_func ("/sandbox/commands", test_commands);
  g_test_add_func ("/sandbox/paths-of-the-portal-are-not-shown",
                   test_paths_of_the_portal_are_not_shown);

  g_test_add_func ("/sandbox/what-is-noted-survives", test_what_is_noted_survives);

  return g_test_run ();
}
