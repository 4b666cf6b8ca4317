# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports to Thunderbird's profile and Evolution's real registry, and files for another computer."""

import fcntl
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import unittest
import zipfile

from exporting import JO, SECRET, ExportCase
from lab import bus, cli, proc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))
import evolution_client  # noqa: E402: it lies beside the tests of the clients


class Thunderbird(ExportCase):
    def setUp(self):
        proc.need_program("thunderbird")
        super().setUp()
        self.folder = self.home.path / ".thunderbird"

    def profile(self):
        return next(self.folder.glob("*.default*"))

    def test_a_profile_comes_and_goes(self):
        self.add()
        self.start()
        self.apply("Thunderbird")
        self.assertIn("imap.example.org", (self.profile() / "prefs.js").read_text())
        self.assertFalse((self.profile() / "logins.json").exists())
        self.wait_state("Thunderbird", "Up to date.")
        self.window.wait("button", "Undo").click()
        self.window.wait_for_text("Export to Thunderbird undone")
        self.assertFalse(self.folder.exists())
        self.window.close()

    def test_its_notes_come_first_and_its_store_is_filled_on_wish(self):
        self.add()
        self.start()
        self.open_preview("Thunderbird")
        self.window.wait_for_text(
            f"Thunderbird will ask for the password of {JO} twice: once for receiving, and once when the first mail is sent."
        )
        self.window.wait("switch", "Also Fill the Password Store of Thunderbird").click()
        self.window.wait_for_text("New file. Its content is no text, so it is not shown.")
        self.window.wait("button", "Apply", sensitive=True).click()
        self.window.wait_for_text("Exported to Thunderbird")
        self.assertTrue((self.profile() / "logins.json").exists())
        self.assertEqual(cli.leaks(SECRET, self.home.path, user=JO), [])
        self.window.close()

    def test_a_running_thunderbird_is_waited_for(self):
        self.add()
        self.run_cli("export", "thunderbird", JO, "--install")
        before = (self.profile() / "prefs.js").read_bytes()
        self.run_cli("account", "edit", JO, "--imap", "imaps://other.example.org")
        with open(self.profile() / ".parentlock", "wb") as lock:
            # As Thunderbird holds it while it runs
            fcntl.fcntl(lock, fcntl.F_SETLK, struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
            self.start()
            self.wait_state("Thunderbird", "Thunderbird is running: close it before exporting.")
            self.window.wait("button", "Export to Thunderbird…").click()
            self.window.wait_for_text("Thunderbird Is Running")
            self.window.wait("button", "Save Files Instead…")
            self.window.wait("button", "Try Again").click()
            self.window.wait_for_text("Thunderbird Is Running")
            self.assertEqual((self.profile() / "prefs.js").read_bytes(), before)
        self.window.wait("button", "Try Again", sensitive=True).click()
        self.window.wait("button", "Apply", sensitive=True).click()
        self.wait_state("Thunderbird", "Up to date.")
        self.assertIn("other.example.org", (self.profile() / "prefs.js").read_text())
        self.window.close()

    def test_a_primary_password_is_asked_for(self):
        tool = shutil.which("modutil")
        if not tool:
            self.skipTest("modutil is not installed")
        self.add()
        self.run_cli("export", "thunderbird", JO, "--install", "--with-passwords")
        passwords = self.area / "primary"
        passwords.write_text("primary secret\n")
        (self.area / "empty").write_text("\n")
        words = ["-dbdir", f"sql:{self.profile()}", "-changepw", "NSS Certificate DB", "-force"]
        words += ["-pwfile", self.area / "empty", "-newpwfile", passwords]
        subprocess.run([tool, *words], check=True, stdout=subprocess.DEVNULL)
        logins = (self.profile() / "logins.json").read_bytes()
        self.run_cli("password", "set", JO, password="another horse")

        self.start()
        self.window.wait("button", "Export to Thunderbird…").click()
        self.window.wait_for_text("Everything is there already: nothing has to be written.")
        switch = self.window.wait("switch", "Also Fill the Password Store of Thunderbird")
        switch.click()
        self.window.wait("alert dialog")
        self.window.wait("button", "Leave Passwords Out").click()
        self.window.gone("alert dialog")
        self.window.wait_for_text("which was not given")
        switch.click()
        self.window.gone("label", containing="which was not given")
        switch.click()
        self.answer("wrong one")
        self.window.wait_for_text("That was another password")
        self.answer("primary secret")
        self.window.wait("button", "Apply", sensitive=True).click()
        self.window.wait_for_text("Exported to Thunderbird")
        self.assertNotEqual((self.profile() / "logins.json").read_bytes(), logins)
        self.assertEqual(cli.leaks("primary secret", self.home.path), [])
        self.window.close()

    def answer(self, password):
        dialog = self.window.wait("alert dialog")
        self.window.entry("Primary Password", within=dialog).type(password)
        self.window.wait("button", "Unlock", within=dialog, sensitive=True).click()
        self.window.wait_until(lambda: self.window.find("alert dialog") != dialog, "the end of the dialog")


class Evolution(ExportCase):
    def make_session(self):
        return bus.Bus(self.area, env=self.home.env(), service_files=[evolution_client.service_files(self.area)])

    def test_the_running_registry_is_told_and_tells_no_more(self):
        evolution = evolution_client.Evolution(self.area, self.home, self.window.session)
        identifier = self.add()
        ours = {evolution_client.uid(identifier, part) for part in ("account", "identity", "transport")}
        self.start()
        self.open_preview("Evolution")
        self.window.wait_for_text("Evolution is told to add the account.")
        self.window.row("Receiving").click()
        self.assertIn("+ Host=imap.example.org", self.diff("imap.example.org"))
        self.assertEqual(ours & set(evolution.objects()), set())
        self.window.wait("button", "Apply").click()
        self.window.wait_for_text("Exported to Evolution")
        self.assertLessEqual(ours, set(evolution.objects()))
        self.assertEqual(len(self.items("org.gnome.Evolution.Data.Source")), 2)
        self.wait_state("Evolution", "Up to date.")
        self.window.wait("button", "Undo").click()
        self.window.wait_for_text("Export to Evolution undone")
        self.assertEqual(ours & set(evolution.objects()), set())
        self.assertEqual(self.items("org.gnome.Evolution.Data.Source"), [])
        self.window.close()


class Files(ExportCase):
    def test_files_to_carry(self):
        self.add()
        self.start()
        self.window.row("Files for Another Computer").click()
        self.window.wait("button", "Save Files for Thunderbird…").click()
        folder = self.home.path / "carry"
        folder.mkdir()
        self.choose_folder(folder)
        self.window.wait_for_text("Import Backed-up Profile")
        self.assertEqual(list(folder.iterdir()), [])
        self.window.wait("button", "Save", sensitive=True).click()
        self.window.wait_for_text("Saved in ~/carry")
        self.window.wait_for_text("The files are saved.")
        self.window.wait("button", "Open Folder")
        self.assertIn("account.zip", [path.name for path in folder.iterdir()])
        with zipfile.ZipFile(folder / "account.zip") as archive:
            self.assertIn(b"imap.example.org", archive.read("prefs.js"))
        self.go_back()
        self.assertIn("Not set up there", self.state("Thunderbird"))
        self.window.close()

    def choose_folder(self, folder):
        self.window.wait("button", "Select")
        self.window.key("ctrl+l")
        self.window.type(str(folder))
        self.window.wait("button", "Select").click()


if __name__ == "__main__":
    unittest.main()
