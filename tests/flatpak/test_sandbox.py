# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line from inside the sandbox: what is promised is outside afterwards, and what cannot be is said."""

import configparser
import os
import re
import subprocess
import unittest

import sandbox  # first: it knows where the others are
import evolution_client
import msmtp_client
from lab import cli, proc
from sandbox import stage

PROFILES = """\
[Profile0]
Name=default
IsRelative=1
Path=abc.default
Default=1

[General]
StartWithLastProfile=1
Version=2
"""
PREFS = 'user_pref("mail.shell.checkDefaultClient", false);\n'


class Sandbox(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.area = proc.Area(cls, prefix="mw-fp-")
        cls.world = world = sandbox.World(cls.area)
        cls.bundle, cls.reference = sandbox.install_bundle(world, cls.area / "out")
        cls.authority = world.trust()
        cls.account = world.add()

    def tearDown(self):
        self.world.permissions()

    def export(self, target, *words, status=cli.FINE):
        return self.world.cli("export", target, stage.NEW, "--install", *words, status=status)

    def changed(self, before):
        """Paths below the home that differ, but for the program's own folder and what others keep for themselves."""
        after = self.world.files()
        differ = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        own = (f".var/app/{sandbox.APP}/", ".local/share/keyrings/", ".cache/")
        return {path for path in differ if not f"{path}/".startswith(own)}

    def assert_offers_override(self, result):
        """Refused, with a command that can be copied; returns that command."""
        self.assertEqual(result.status, cli.TROUBLE, result)
        lines = sandbox.override_lines(result.stdout + result.stderr)
        self.assertEqual(len(set(lines)), 1, result)
        return lines[0]

    # Installed

    def test_bundle_is_what_runs(self):
        version = self.world.cli("--version").stdout
        self.assertRegex(version, r"^mailwright-cli \d+\.\d+")
        listed = self.world.shell("flatpak --user list --app --columns=application,branch").split()
        self.assertEqual(listed, [sandbox.APP, self.world.builder.branch])

    def test_it_speaks_the_languages(self):
        for lang, words in (("de_DE.UTF-8", "Befehle:"), ("zh_CN.UTF-8", "命令")):
            with self.subTest(lang):
                done = self.world.ns.run(
                    self.world.builder.command("--help", command="mailwright-cli"),
                    env=self.world.env(LANG=lang, LC_ALL=lang, LANGUAGE=""), capture_output=True, text=True, timeout=300,
                )  # fmt: skip
                self.assertIn(words, done.stdout)

    def test_repository_and_reference_are_signed_by_one_key(self):
        text = self.reference.read_text()
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(text)
        reference = parser["Flatpak Ref"]
        self.assertEqual(reference["Name"], sandbox.APP)
        self.assertEqual(reference["Url"], f"file://{self.area / 'out'}/repo")
        other = self.area / "other"

        def call(words):
            done = self.world.ns.run(
                ["sh", "-c", f"flatpak --user {words}"], env=self.world.env(FLATPAK_USER_DIR=other), capture_output=True, text=True
            )
            return done.returncode, done.stdout + done.stderr

        status, said = call(f"install -y --noninteractive --no-related {self.reference}")
        self.assertEqual(status, 0, said)
        self.assertIn(sandbox.APP, call("list --app")[1])
        # What somebody else has signed is not taken for it.
        call(f"uninstall -y --noninteractive {sandbox.APP}")
        (ring,) = other.glob("repo/*.trustedkeys.gpg")
        ring.unlink()
        status, said = call(f"install -y --noninteractive --no-related {ring.name.split('.')[0]} {sandbox.APP}")
        self.assertNotEqual(status, 0)
        self.assertRegex(said, "(?i)GPG|signature")

    # Servers and the network

    def test_account_is_checked_to_the_opened_mailbox(self):
        mark = self.world.stage.dovecot.mark()
        result = self.world.cli("check", stage.NEW, "--ca-file", self.authority, "--json")
        (checked,) = result.json["accounts"]
        self.assertEqual((checked["verdict"], len(checked["servers"])), ("ok", 2), result)
        self.assertIn(("imap", stage.NEW), [login[:2] for login in self.world.stage.dovecot.logins(mark)])

    def test_settings_are_found(self):
        found = self.world.cli("detect", "li@qq.com", "--json").json
        self.assertEqual(found["settings"][found["chosen"]]["provider"], "qq")

    def test_network_is_what_networkmanager_says(self):
        text = self.world.cli("network").stdout
        self.assertIn("Sparrow", text)
        self.world.network.set_connectivity("portal")
        try:
            self.assertIn("portal", self.world.cli("network", "--json").stdout)
        finally:
            self.world.network.set_connectivity("full")

    def test_network_is_known_without_networkmanager(self):
        self.world.permissions("--system-no-talk-name=org.freedesktop.NetworkManager")
        result = self.world.cli("check", stage.NEW, "--ca-file", self.authority, "--json")
        self.assertEqual(result.json["accounts"][0]["verdict"], "ok", result)

    # The keyring

    def test_password_is_found_by_secret_tool(self):
        self.world.cli("password", "set", stage.NEW, password=stage.SPOKEN)
        found = self.world.shell(f"secret-tool search --all account {self.account} 2>&1 || secret-tool search --all address {stage.NEW} 2>&1")
        self.assertIn(f"secret = {stage.SPOKEN}", found)
        self.assertIn(stage.SPOKEN, [item["secret"].decode() for item in self.world.keyring.items()])
        self.assertFalse((self.world.inside.data / "keyrings").exists(), "the sandbox has a keyring of its own")

    def test_without_the_keyring_it_is_said_and_a_session_offered(self):
        self.world.permissions("--no-talk-name=org.freedesktop.secrets")
        result = self.world.cli("password", "set", stage.NEW, password=stage.SPOKEN, status=cli.TROUBLE)
        self.assertRegex(result.stderr + result.stdout, "keyring")
        result = self.world.cli("check", stage.NEW, "--ca-file", self.authority, "--json", password=stage.SPOKEN)
        self.assertEqual(result.json["accounts"][0]["verdict"], "ok", result)
        self.assertEqual(cli.leaks(stage.SPOKEN, self.world.inside.folder, user=stage.NEW), [])

    # Exports

    def test_evolution_has_the_account_at_once(self):
        before = self.world.files()
        done = self.export("evolution", "--json").json
        self.assertEqual((done["files"], done["actions"]), ([], 1))
        evolution = evolution_client.Evolution(self.area, self.world.home, self.world.session, self.world.ns)
        self.assertIn(evolution_client.uid(self.account, "account"), evolution.objects())
        places = {path.split("/evolution")[0] for path in self.changed(before)}
        self.assertLessEqual(places, {".config", ".local/share"}, "not only Evolution's own")
        stage_ = self.world.stage
        evolution_client.prove(
            self.area, self.world.home, self.world.session, self.world.ns, stage_.dovecot, self.account, stage.NEW, "from a sandbox"
        )
        self.world.cli("export", "--undo")
        self.assertNotIn(evolution_client.uid(self.account, "account"), evolution.objects())

    def test_msmtp_sends_with_what_was_written(self):
        before = self.world.files()
        self.export("msmtp")
        self.assertEqual(self.changed(before) - {".config/msmtp"}, {".config/msmtp/config"})
        config = self.world.home.config / "msmtp/config"
        self.assertEqual(config.stat().st_mode & 0o777, 0o600)
        world = self.world
        msmtp_client.prove(world.home, world.session, world.ns, world.stage.dovecot, stage.NEW, stage.NEW, "sent from a sandbox")
        world.cli("export", "--undo")
        self.assertEqual(self.changed(before) - {".config/msmtp"}, set())
        config.parent.rmdir()

    def test_thunderbird_has_the_account_in_its_profile(self):
        profile = self.world.home.path / ".thunderbird/abc.default"
        profile.mkdir(parents=True)
        (profile / "prefs.js").write_text(PREFS)
        (profile.parent / "profiles.ini").write_text(PROFILES)
        self.addCleanup(subprocess.run, ["rm", "-r", profile.parent], check=True)
        before = self.world.files()
        self.export("thunderbird")
        self.assertEqual(self.changed(before), {".thunderbird/abc.default/prefs.js"})
        text = (profile / "prefs.js").read_text()
        self.assertIn(PREFS, text)
        self.assertIn("imap.wren.example", text)
        self.world.cli("export", "--undo")
        self.assertEqual(self.changed(before), set())

    # Where it was not let in

    def test_msmtp_without_access_is_refused_with_the_command_that_gives_it(self):
        self.world.permissions("--nofilesystem=~/.config/msmtp")
        before = self.world.files()
        line = self.assert_offers_override(self.export("msmtp", status=None))
        self.assertEqual(self.changed(before), set())
        self.world.permissions()
        self.world.permissions("--nofilesystem=~/.config/msmtp")
        self.world.shell(line)
        self.export("msmtp")
        self.assertTrue((self.world.home.config / "msmtp/config").exists())
        self.world.cli("export", "--undo")
        (self.world.home.config / "msmtp").rmdir()

    def test_thunderbird_without_access_is_refused_with_the_command_that_gives_it(self):
        """One from Flatpak, whose folder nobody else sees."""
        flatpak = self.world.home.path / ".var/app/org.mozilla.Thunderbird"
        profile = flatpak / ".thunderbird/abc.default"
        profile.mkdir(parents=True)
        (profile / "prefs.js").write_text(PREFS)
        (profile.parent / "profiles.ini").write_text(PROFILES)
        self.addCleanup(subprocess.run, ["rm", "-r", flatpak], check=True)
        before = self.world.files()
        result = self.export("thunderbird", status=None)
        self.assertEqual(result.status, cli.TROUBLE, result)
        lines = sandbox.override_lines(result.stdout + result.stderr)
        self.assertIn("org.mozilla.Thunderbird", " ".join(lines), result)
        self.assertEqual(self.changed(before), set())
        self.world.shell(next(line for line in lines if "org.mozilla.Thunderbird" in line))
        self.export("thunderbird")
        # Where that Thunderbird is installed is known, so its profile is made this installation's own.
        self.assertEqual(self.changed(before), {str(path.relative_to(self.world.home.path)) for path in (
            profile / "prefs.js", profile.parent / "profiles.ini",
        )})  # fmt: skip
        self.assertIn("imap.wren.example", (profile / "prefs.js").read_text())
        self.assertRegex((profile.parent / "profiles.ini").read_text(), r"(?m)^\[Install[0-9A-F]{16}\]\nDefault=abc.default")
        self.world.cli("export", "--undo")
        self.assertEqual(self.changed(before), set())

    def test_evolution_without_access_is_refused(self):
        self.world.permissions("--no-talk-name=org.gnome.evolution.dataserver.Sources5")
        before = self.world.files()
        result = self.export("evolution", status=None)
        self.assertEqual(result.status, cli.TROUBLE, result)
        self.assertEqual(self.changed(before), set())

    def test_files_to_carry_are_not_lost(self):
        before = self.world.files()
        folder = self.world.path / "Documents"
        (self.world.home.path / "Documents").mkdir()
        self.addCleanup(os.rmdir, self.world.home.path / "Documents")
        result = self.world.cli("export", "msmtp", stage.NEW, "--output", folder, status=None)
        self.assertEqual(result.status, cli.TROUBLE, result)
        self.assertEqual(self.changed(before), {"Documents"})
        line = self.assert_offers_override(result)
        self.world.shell(line)
        self.world.cli("export", "msmtp", stage.NEW, "--output", folder)
        (self.world.home.path / "Documents/msmtprc").unlink()

    def test_dry_run_changes_nothing_at_all(self):
        before = self.world.files()
        for target in ("evolution", "msmtp"):
            self.export(target, "--dry-run", "--json")
        # Evolution's registry was asked, and has made itself at home.
        changed = {path for path in self.changed(before) if "/evolution" not in path}
        self.assertEqual(changed - {".config/msmtp"}, set())
        self.assertEqual([], list(self.world.home.config.glob(f"evolution/sources/{evolution_client.uid(self.account, 'account')}*")))

    def test_another_programs_folder_is_not_to_be_seen(self):
        (self.world.home.path / "private").write_text("mine")
        self.addCleanup((self.world.home.path / "private").unlink)
        seen = self.world.cli("-c", f"ls -A {self.world.path}", command="sh").stdout
        self.assertNotIn("private", seen)
        self.assertRegex(seen, re.escape(".var"))


if __name__ == "__main__":
    unittest.main()
