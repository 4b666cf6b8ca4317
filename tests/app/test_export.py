# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The export page: real files, keyring and Evolution registry, looked at after each export and after its undo."""

import fcntl
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import unittest
import zipfile

from lab import bus, cli, proc
from lab.window import Window

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))
import evolution_client  # noqa: E402: it lies beside the tests of the clients

JO = "jo@example.org"
READER = "reader@example.org"
SECRET = "correct horse 42"
MSMTPRC = """\
# mine
defaults
auth on
tls on

account work
host mail.work.test
from me@work.test

account default : work
"""


class ExportCase(unittest.TestCase):
    size = (1000, 760)
    keyring_works = True

    def setUp(self):
        self.area = proc.Area(self)
        self.home = bus.Home(self.area, "home")
        self.window = Window(self.area, home=self.home, size=self.size, session=self.make_session())
        if self.keyring_works:
            self.keyring = bus.Keyring(self.window.session, self.home)
        self.config = self.home.config / "msmtp/config"

    def make_session(self):
        """Another bus than one without services, or None."""
        return None

    def run_cli(self, *words, password=None, status=cli.FINE):
        result = cli.run(*words, env=self.home.env(session=self.window.session), password=password)
        self.assertEqual(result.status, status, str(result))
        return result

    def add(self, address=JO, *more, sends=True):
        urls = ["--imap", "imaps://imap.example.org"]
        if sends:
            urls += ["--smtp", "smtps://smtp.example.org"]
        self.run_cli("account", "add", address, *urls, *more, password=SECRET if self.keyring_works else None)
        return self.run_cli("account", "show", address, "--json").json["id"]

    def write_msmtp(self, text=MSMTPRC):
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text)
        self.config.chmod(0o600)

    def start(self, address=JO):
        account = self.run_cli("account", "show", address, "--json").json["id"]
        self.window.settings(last_page="'export'", last_account=f"'{account}'")
        self.window.start()
        if self.size[0] < 640:
            self.window.row(address).click()
        return self.window

    def open_preview(self, program):
        self.window.wait("button", f"Export to {program}…").click()
        return self.window.wait("button", "Apply", sensitive=True)

    def go_back(self):
        self.window.key("Escape")
        self.window.wait("label", "Programs on This Computer")

    def apply(self, program):
        self.open_preview(program).click()
        self.window.wait_for_text(f"Exported to {program}")

    def state(self, program):
        """What the row of a program says."""
        button = self.window.wait("button", f"Export to {program}…")
        row = button.parent
        while row.role != "list item":
            row = row.parent
        return " ".join(row.texts())

    def wait_state(self, program, part):
        self.window.wait_until(lambda: part in self.state(program), f"{part!r} in the row of {program}")

    def diff(self, containing):
        """The text of a difference that is open."""
        node = self.window.wait_until(
            lambda: next(
                (one for one in self.window.all() if (one.name or "").startswith("Changes of ") and containing in one.text),
                None,
            ),
            f"a difference with {containing!r}",
        )
        return node.text

    def items(self, schema):
        return self.keyring.items(**{"xdg:schema": schema})


class Msmtp(ExportCase):
    schema = "de.marlam.msmtp.password"

    def test_preview_apply_and_undo(self):
        self.write_msmtp()
        self.add()
        window = self.start()
        self.assertIn("Not set up there", self.state("msmtp"))

        self.open_preview("msmtp")
        shown = self.diff("smtp.example.org")
        self.assertIn('+ host "smtp.example.org"', shown)
        self.assertIn("  # mine", shown)
        self.assertIn("unchanged lines", shown)
        self.assertNotIn("account default : work", shown)
        self.assertEqual(self.config.read_text(), MSMTPRC)
        self.assertEqual(self.items(self.schema), [])

        window.wait("button", "Apply").click()
        window.wait_for_text("Exported to msmtp")
        after = self.config.read_text()
        self.assertTrue(after.endswith(MSMTPRC), after)
        self.assertIn('host "smtp.example.org"', after)
        (item,) = self.items(self.schema)
        self.assertEqual(item["secret"].decode(), SECRET)
        self.wait_state("msmtp", "Up to date.")

        window.wait("button", "Undo").click()
        window.wait_for_text("Export to msmtp undone")
        self.assertEqual(self.config.read_text(), MSMTPRC)
        self.assertEqual(self.items(self.schema), [])
        self.wait_state("msmtp", "Not set up there")
        said = " ".join(window.announcements())
        self.assertIn("Exported to msmtp", said)
        self.assertIn("Export to msmtp undone", said)
        self.assertEqual(cli.leaks(SECRET, self.home.path, user=JO), [])
        window.close()

    def test_a_second_export_has_nothing_to_do(self):
        self.add()
        self.start()
        self.apply("msmtp")
        before = (self.config.read_bytes(), self.config.stat().st_mtime_ns)
        self.open_preview("msmtp")
        self.window.wait_for_text(
            "Everything is there already. Only the passwords in the keyring are looked after."
        )
        self.window.wait("button", "Apply").click()
        self.window.wait_for_text("msmtp has everything already")
        self.assertEqual((self.config.read_bytes(), self.config.stat().st_mtime_ns), before)
        self.window.close()

    def test_a_changed_account_is_out_of_date(self):
        self.add()
        self.start()
        self.apply("msmtp")
        self.run_cli("account", "edit", JO, "--smtp", "smtp://mail.example.org")
        self.wait_state("msmtp", "Out of date.")
        self.open_preview("msmtp")
        shown = self.diff("mail.example.org")
        self.assertIn('− host "smtp.example.org"', shown)
        self.assertIn('+ host "mail.example.org"', shown)
        self.window.wait("button", "Apply").click()
        self.wait_state("msmtp", "Up to date.")
        self.assertNotIn("smtp.example.org", self.config.read_text())
        self.window.close()

    def test_a_file_that_changes_meanwhile_is_kept(self):
        self.write_msmtp()
        self.add()
        self.start()
        self.open_preview("msmtp")
        self.write_msmtp(MSMTPRC + "# from elsewhere\n")
        self.window.wait("button", "Apply").click()
        self.window.wait_for_text("Nothing was changed.")
        self.assertEqual(self.config.read_text(), MSMTPRC + "# from elsewhere\n")
        self.window.wait("button", "Look Again").click()
        self.window.wait("button", "Apply", sensitive=True).click()
        self.wait_state("msmtp", "Up to date.")
        self.assertTrue(self.config.read_text().endswith(MSMTPRC + "# from elsewhere\n"))
        self.window.close()

    def test_an_account_that_cannot_send_says_why(self):
        self.add(READER, sends=False)
        self.start(READER)
        self.assertIn("this account has no server for sending", self.state("msmtp"))
        self.assertFalse(self.window.wait("button", "Export to msmtp…").sensitive)
        self.assertTrue(self.window.wait("button", "Export to Thunderbird…").sensitive)
        self.window.close()

    def test_all_accounts_at_once(self):
        self.add(JO)
        self.add("ann@example.org")
        self.add(READER, sends=False)
        self.start()
        self.open_preview("msmtp")
        self.window.wait("switch", "All Accounts").click()
        self.window.wait_for_text("1 account is left out: it lacks a server that msmtp needs.")
        self.window.wait("button", "Apply", sensitive=True).click()
        self.window.wait_for_text("Exported to msmtp")
        text = self.config.read_text()
        self.assertIn(f'from "{JO}"', text)
        self.assertIn('from "ann@example.org"', text)
        self.assertNotIn(READER, text)
        self.assertEqual(len(self.items(self.schema)), 2)
        self.window.close()


class History(ExportCase):
    def test_undo_from_the_history(self):
        self.write_msmtp()
        self.add()
        self.start()
        self.apply("msmtp")
        self.window.row("History").click()
        undo = self.window.wait_until(
            lambda: next((one for one in self.window.all("button") if one.name.startswith("Undo the export to msmtp")), None),
            "an undo",
        )
        undo.click()
        self.window.wait_for_text("Undone")
        self.assertEqual(self.config.read_text(), MSMTPRC)
        self.go_back()
        self.wait_state("msmtp", "Not set up there")
        self.window.close()

    def test_a_refused_undo_is_explained(self):
        self.add()
        self.start()
        self.apply("msmtp")
        changed = self.config.read_text() + "# by hand\n"
        self.config.write_text(changed)
        self.window.row("History").click()
        self.window.wait_until(
            lambda: next((one for one in self.window.all("button") if one.name.startswith("Undo the export")), None), "an undo"
        ).click()
        self.window.wait_for_text("Export Not Undone")
        self.assertEqual(self.config.read_text(), changed)
        self.window.wait("button", "Close", within=self.window.wait("alert dialog")).click()
        self.window.gone("alert dialog")
        self.window.close()

    def test_it_is_empty_at_first(self):
        self.add()
        self.start()
        self.window.row("History").click()
        self.window.wait_for_text("No Exports Yet")
        self.window.close()

    def test_many_exports_are_shown_in_parts(self):
        self.add()
        for i in range(22):
            self.run_cli("account", "edit", JO, "--smtp", f"smtps://smtp{i}.example.org")
            self.run_cli("export", "msmtp", JO, "--install")
        self.start()
        self.window.row("History").click()
        self.window.wait("button", "Show Earlier Exports")
        undos = lambda: [one for one in self.window.all("button", showing=False) if one.name.startswith("Undo the export")]  # noqa: E731
        self.assertEqual(len(undos()), 20)
        self.window.wait("button", "Show Earlier Exports").click()
        self.window.wait_until(lambda: len(undos()) == 22, "all of them")
        self.window.close()


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


class WithoutKeyring(ExportCase):
    keyring_works = False

    def test_export_without_passwords(self):
        self.add()
        self.start()
        self.open_preview("msmtp").click()
        self.window.wait("button", "Export Without Passwords").click()
        self.window.wait_for_text(f"No password of {JO} was stored: the other program will ask for it.")
        self.window.wait("button", "Close", within=self.window.wait("alert dialog")).click()
        self.window.gone("alert dialog")
        self.assertIn("smtp.example.org", self.config.read_text())
        self.window.close()


class Narrow(ExportCase):
    size = (360, 720)

    def test_apply_and_undo_on_a_phone(self):
        self.add()
        self.start()
        self.apply("msmtp")
        self.assertTrue(self.config.exists())
        self.window.wait("button", "Undo").click()
        self.window.wait_for_text("Export to msmtp undone")
        self.assertFalse(self.config.exists())
        self.window.close()


if __name__ == "__main__":
    unittest.main()
