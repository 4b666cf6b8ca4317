# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside a sandbox (lab/sandbox.py makes one that looks like Flatpak's): nothing is lost, and what cannot be known is said."""

import os
import pathlib
import unittest

from lab import bus, cli, proc, sandbox
from lab.window import Screen, Window

ADDRESS = "jo@example.org"
OVERRIDE = "flatpak override --user"
#: The toolkit misses a service that Flatpak has on a real session bus.
NO_FLATPAK = ("Flatpak portal",)
APP = sandbox.APP


class SandboxCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        proc.need_root("mounting a sandbox")
        cls.area = proc.Area(cls)
        cls.screen = Screen(cls.area)

    def setUp(self):
        self.place = proc.Area(self)
        self.home = sandbox.home(self.place)
        self.session = bus.Bus(self.place, env=self.home.env())
        self.env = self.home.env(session=self.session)
        result = cli.run(
            "account", "add", ADDRESS, "--imap", "imaps://127.0.0.1:1", "--smtp", "smtps://smtp.example.org:465",
            env=self.env,
        )  # fmt: skip
        self.assertEqual(result.status, cli.FINE, result)

    def box(self, *grants, talk=("org.freedesktop.secrets", "org.gnome.evolution.dataserver.Sources5")):
        self.sandbox = sandbox.Sandbox(self.place, self.home, grants, talk)
        return self.sandbox

    def cli(self, *words):
        return cli.run(*words, env=self.env, ns=self.sandbox)

    def files(self):
        """What is in the real home, without the program's own folder."""
        own = self.home.path / ".var/app" / APP
        return {path for path in self.home.path.rglob("*") if path.is_file() and own not in path.parents}

    def picture(self, window, name):
        """For those who want to see the pages: MW_LAB_PAGES=FOLDER."""
        if os.environ.get("MW_LAB_PAGES"):
            window.screenshot(pathlib.Path(os.environ["MW_LAB_PAGES"]) / f"sandbox-{name}.png")


class CommandLine(SandboxCase):
    def test_nothing_is_written_where_it_would_be_lost(self):
        self.box()
        for target in ("thunderbird", "msmtp"):
            with self.subTest(target=target):
                result = self.cli("export", target, ADDRESS, "--install")
                self.assertEqual(result.status, cli.TROUBLE, result)
                self.assertIn(f"{OVERRIDE} --filesystem=", result.stderr)
        self.assertIn(f"{OVERRIDE} --filesystem=~/.config/msmtp:create {APP}", result.stderr)
        result = self.cli("export", "thunderbird", ADDRESS, "--output", str(self.home.path / "out dir"))
        self.assertEqual(result.status, cli.TROUBLE, result)
        self.assertIn(f"{OVERRIDE} '--filesystem=~/out dir:create' {APP}", result.stderr)
        self.assertEqual(self.files(), set())

    def test_a_granted_folder_that_is_not_there_is_not_real(self):
        self.box("~/.thunderbird", "~/.config/msmtp")  # without ":create"
        for target in ("thunderbird", "msmtp"):
            with self.subTest(target=target):
                self.assertEqual(self.cli("export", target, ADDRESS, "--install").status, cli.TROUBLE)
        self.assertEqual(self.files(), set())

    def test_what_is_granted_is_written_and_stays(self):
        self.box("~/.config/msmtp:create")
        result = self.cli("export", "msmtp", ADDRESS, "--install")
        # Without a keyring the password has no place, but the file has
        self.assertNotIn(OVERRIDE, result.stderr)
        dry = self.cli("export", "msmtp", ADDRESS, "--dry-run", "--json")
        notes = {note["id"] for note in dry.json["notes"]}
        self.assertLessEqual({"msmtp-secret-tool", "msmtp-unseen", "msmtp-other-file"}, notes)
        self.assertIn("passwordeval", dry.json["files"][0]["after"])
        self.assertIn("secret-tool lookup host 'smtp.example.org'", dry.json["files"][0]["after"])

    def test_the_old_file_of_msmtp_is_seen_when_that_is_granted(self):
        (self.home.path / ".msmtprc").write_text("account a\nhost a.example\n")
        self.box("~/.config/msmtp:create", "~/.msmtprc:ro")
        result = self.cli("export", "msmtp", ADDRESS, "--install")
        self.assertEqual(result.status, cli.TROUBLE, result)
        self.assertIn("msmtp reads only", result.stderr)
        self.assertEqual((self.home.path / ".msmtprc").read_text(), "account a\nhost a.example\n")

    def test_list_says_what_is_not_known(self):
        (self.home.path / ".thunderbird").mkdir()
        self.box("~/.thunderbird")
        result = self.cli("export", "--list")
        self.assertEqual(result.status, cli.FINE, result)
        self.assertIn("not found where the sandbox lets this program look", result.stdout)
        self.assertIn(f"{OVERRIDE} --filesystem=~/.var/app/org.mozilla.Thunderbird {APP}", result.stderr)
        self.assertNotIn("--filesystem=~/.thunderbird ", result.stderr)
        listed = {entry["id"]: entry for entry in self.cli("export", "--list", "--json").json}
        self.assertEqual([one["id"] for one in listed["thunderbird"]["installed"]], ["thunderbird"])
        self.assertEqual(len(listed["thunderbird"]["closed"]), 4)
        self.assertTrue(all(one["command"].startswith(OVERRIDE) for one in listed["msmtp"]["closed"]))
        outside = cli.run("export", "--list", "--json", env=self.env).json
        self.assertEqual([entry["closed"] for entry in outside], [[], [], []])

    def test_a_missing_permission_for_the_keyring_has_its_name(self):
        self.box(talk=())
        result = self.cli("password", "status", ADDRESS)
        self.assertIn("Mailwright may not use the keyring", result.stderr)
        self.assertIn(f"{OVERRIDE} --talk-name=org.freedesktop.secrets {APP}", result.stderr)


class InTheWindow(SandboxCase):
    def window(self, *grants, talk=("org.freedesktop.secrets",), **options):
        return Window(
            self.place, home=self.home, session=self.session, screen=self.screen, ns=self.box(*grants, talk=talk), **options
        )

    def test_a_program_that_cannot_be_reached_comes_with_the_line_that_helps(self):
        window = self.window("~/.config/msmtp:create").start()
        window.key("alt+3")
        window.wait_for_text("From inside its sandbox Mailwright sees only")
        window.wait("label", containing="The sandbox keeps Mailwright from its files.")
        self.picture(window, "export")
        window.wait("button", "Export to Thunderbird…").click()
        window.wait_for_text("The Account Cannot Be Exported to Thunderbird")
        self.picture(window, "trouble")
        window.wait("button", "Save Files Instead…")
        self.assertIsNone(window.find("button", "Try Again"))
        window.wait("button", "Give Access…").click()
        window.wait("label", containing="Paste it into a terminal")
        window.wait("label", f"{OVERRIDE} --filesystem=~/.var/app/org.mozilla.Thunderbird {APP}")
        self.assertIsNone(window.find("label", containing="~/.config/msmtp"), "that is open already")
        self.picture(window, "access")
        window.wait("button", "Copy the Line for Thunderbird").click()
        window.wait_until(lambda: "Line copied" in " ".join(window.announcements()), "the word that it was copied")
        window.key("Escape")  # takes the word away first, and then the dialog
        if window.find("label", containing="Paste it into a terminal"):
            window.key("Escape")
        window.gone("label", containing="Paste it into a terminal")
        window.close(NO_FLATPAK)
        self.assertEqual(self.files(), set())

    def test_all_that_is_missing_is_in_one_list(self):
        for lang, size in (("en", (1000, 720)), ("zh_CN", (360, 720)), ("de", (360, 720))):
            with self.subTest(lang=lang):
                window = self.window(talk=(), lang=lang, dark=lang == "de").start()
                if window.geometry() != size:
                    window.resize(*size)
                if size[0] < 500:
                    window.wait("list item", containing=ADDRESS).mouse()
                if lang == "en":
                    window.wait("label", containing="The sandbox keeps Mailwright from the keyring")
                    self.picture(window, "keyring")
                    window.wait("button", "Give Access…").click()
                else:
                    window.wait("label", containing=ADDRESS)
                    window.key("alt+3")
                    window.wait_until(
                        lambda w=window: w.find("list item", containing={"zh_CN": "授予 Mailwright", "de": "Zugriff geben"}[lang]),
                        "the row that opens it",
                    ).click()
                window.wait("label", containing="--talk-name=org.freedesktop.secrets")
                window.wait("label", containing="--talk-name=org.gnome.evolution.dataserver.Sources5")
                window.wait("label", containing="--filesystem=~/.config/msmtp:create")
                self.picture(window, f"access-{lang}")
                window.key("Escape")
                window.gone("label", containing="--talk-name=org.freedesktop.secrets")
                window.close(NO_FLATPAK)


if __name__ == "__main__":
    unittest.main()
