# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The export page: what it writes, keeps and takes back, seen on the disk and in the keyring."""

import os
import signal
import unittest

from exporting import JO, MSMTPRC, READER, SECRET, ExportCase
from lab import cli


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


class Closing(ExportCase):
    def test_an_export_that_has_begun_is_brought_to_its_end(self):
        self.write_msmtp()
        self.add()
        self.start()
        button = self.open_preview("msmtp")
        os.kill(self.keyring.pid, signal.SIGSTOP)
        try:
            button.click()
            self.window.wait_for_text("Exporting…")
            self.window.key("Escape")
            self.window.ask_to_close()
            self.window.wait_for_text("Closing once the export is written")
            self.assertTrue(self.window.alive())
            self.assertEqual(self.config.read_text(), MSMTPRC)
        finally:
            os.kill(self.keyring.pid, signal.SIGCONT)
        self.window.wait_end()
        self.window.close()
        self.assertIn("smtp.example.org", self.config.read_text())
        (entry,) = self.run_cli("export", "--journal", "--json").json
        self.assertEqual(entry["state"], "done")
        self.assertEqual(len(self.items("de.marlam.msmtp.password")), 1)

    def test_a_preview_is_left_at_any_time(self):
        self.write_msmtp()
        self.add()
        self.start()
        self.window.wait("button", "Export to msmtp…").click()
        self.window.close()
        self.assertEqual(self.config.read_text(), MSMTPRC)
        self.assertFalse((self.home.state / "mailwright/journal").exists())


class Keyboard(ExportCase):
    def test_export_and_undo_by_keyboard_alone(self):
        self.add()
        self.start()
        self.window.wait("button", "Export to msmtp…")
        self.window.tab_to("Export to msmtp…")
        self.window.key("Return")
        apply = self.window.wait("button", "Apply", sensitive=True)
        self.window.wait_until(lambda: apply.focused, "the keyboard on Apply")
        self.window.key("Return")
        self.window.wait_for_text("Exported to msmtp")
        self.assertTrue(self.config.exists())
        self.window.tab_to("History")
        self.window.key("Return")
        self.window.wait_for_text("Export History")
        undo = self.window.wait_until(
            lambda: next((one for one in self.window.all("button") if one.name.startswith("Undo the export")), None), "an undo"
        )
        self.window.tab_to(undo)
        self.window.key("Return")
        self.window.wait_for_text("Undone")
        self.assertFalse(self.config.exists())
        self.window.key("Escape")
        self.window.wait_for_text("Programs on This Computer")
        self.window.close()


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
