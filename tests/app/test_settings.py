# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings page of an account: typing, pasting, advice and its buttons, saving, and changes from elsewhere."""

import os
import unittest

from lab import bus, cli, proc
from lab.window import Window

PIN = "1f" * 32


PROBE = os.environ.get("MW_WINDOW_PROBE")


class SettingsPage(unittest.TestCase):
    """One window for all tests: what a test saved is put back from outside, as another program would."""

    address = "jo@example.org"
    window = None
    is_clean = False

    @classmethod
    def setUpClass(cls):
        cls.area = proc.Area(cls)

    @classmethod
    def tearDownClass(cls):
        cls.end()

    @classmethod
    def end(cls):
        """Ends the window; when nothing went wrong, nothing of ours may be left."""
        if cls.window and cls.is_clean:
            cls.window.close()
            if PROBE:
                left = [name for name in cls.window.left() if name != "MwTrust"]
                if left:
                    raise AssertionError(f"left at the end: {left}")
        elif cls.window:
            cls.window.stop()
        cls.window, cls.is_clean = None, False

    def run_cli(self, *words):
        result = cli.run(*words, env=self.window.home.env())
        self.assertEqual(result.status, cli.FINE, result)
        return result

    def edit(self, *words):
        """What another program changes."""
        self.run_cli("account", "edit", self.address, *words)

    def open(self, **how):
        """The page of an account as it always is at the beginning."""
        cls = type(self)
        if not cls.is_clean:
            cls.end()
            cls.window = Window(cls.area, home=bus.Home(cls.area, self._testMethodName), probe=PROBE, **how)
            self.run_cli(
                "account", "add", self.address, "--name", "Jo Example",
                "--imap", "imaps://imap.example.org", "--smtp", "smtps://smtp.example.org",
            )  # fmt: skip
            cls.window.settings(last_page="'settings'")
            cls.window.start()
            cls.window.wait(name="Identity")
            cls.original = self.file().read_bytes()
        cls.is_clean = False
        if self.file().read_bytes() != self.original:
            self.file().write_bytes(self.original)
            # Whatever was different: all of it is read at once
            shown = {
                "Name": "Jo Example", "Mail Address": self.address, "Organization": "", "Reply-To Address": "",
                "IMAP server": "imap.example.org", "IMAP port": "993", "IMAP login name": self.address,
                "SMTP server": "smtp.example.org", "SMTP port": "465", "SMTP login name": self.address,
            }  # fmt: skip
            self.window.wait_until(
                lambda: {node.seen_name: node.text for node in self.window.all("text box")} == shown,
                "the account as it was",
            )
            self.window.gone("button", "Forget Key")
        return self.window

    def finish(self):
        """Everything went well: the next test may go on in this window."""
        self.window.gone("button", "Discard Changes")
        self.assertEqual(self.window.complaints(), [])
        type(self).is_clean = True

    def show(self):
        return self.run_cli("account", "show", self.address, "--json").json

    def entry(self, name):
        return self.window.entry(name)

    def wait_text(self, name, text):
        self.window.wait_until(lambda: self.entry(name).text == text, f"{text!r} in {name!r}")

    def wait_choice(self, name, text):
        """Waits until a combo row shows a value."""
        self.window.wait_until(lambda: self.window.find("combo box", name).find("label", text), f"{name!r}: {text!r}")

    def save(self, toast=True):
        self.window.wait("button", "Save").click()
        if toast:
            self.window.wait_for_text("Changes saved")

    def discard(self):
        self.window.wait("button", "Discard Changes").click()
        self.window.gone("button", "Discard Changes")

    def file(self):
        (path,) = (self.window.home.config / "mailwright/accounts").glob("*.ini")
        return path

    def test_pasted_server_is_split_into_the_fields(self):
        self.open()
        server = self.entry("IMAP server")
        server.set_text("imaps://ann%40example.org@mail.example.net:1993")
        self.wait_text("IMAP server", "mail.example.net")
        self.wait_text("IMAP port", "1993")
        self.wait_text("IMAP login name", "ann@example.org")
        server.set_text("imap.example.net:143")
        self.wait_text("IMAP port", "143")
        self.wait_choice("IMAP security", "STARTTLS (upgrade)")
        server.set_text("imap.example.net:993")
        self.wait_text("IMAP server", "imap.example.net")
        self.wait_text("IMAP port", "993")
        self.wait_choice("IMAP security", "TLS from the start")
        # A port of POP3 brings its protocol along, and a port of its own keeps what was chosen
        server.set_text("pop.example.net:995")
        self.wait_text("POP3 port", "995")
        self.wait_choice("POP3 security", "TLS from the start")
        self.entry("SMTP server").set_text("smtp+insecure://localhost:2525")
        self.wait_text("SMTP server", "localhost")
        self.wait_text("SMTP port", "2525")
        self.wait_choice("SMTP security", "No encryption")
        self.save()
        servers = str(self.show())
        for word in ("pop.example.net", "localhost", "2525"):
            self.assertIn(word, servers)
        self.finish()

    def test_typed_port_is_split_when_the_field_is_left(self):
        window = self.open()
        self.entry("IMAP server").type("mx.example.org:1430")
        self.assertEqual(self.entry("IMAP server").text, "mx.example.org:1430")
        window.key("Return")
        self.wait_text("IMAP server", "mx.example.org")
        self.wait_text("IMAP port", "1430")
        window.key("ctrl+s")
        window.wait_for_text("Changes saved")
        self.assertIn("1430", str(self.show()))
        self.finish()

    def test_password_in_a_pasted_server_is_left_out(self):
        window = self.open()
        self.entry("IMAP server").set_text("imaps://ann:hush-hush@mail.example.net")
        self.wait_text("IMAP server", "mail.example.net")
        self.wait_text("IMAP login name", "ann")
        window.wait_for_text("A password stood in what was pasted")
        self.assertNotIn("hush", window.tree())
        self.save()
        self.assertNotIn("hush", self.file().read_text())
        self.finish()

    def test_port_follows_security_until_it_is_typed(self):
        window = self.open()
        window.choose("SMTP security", "STARTTLS (upgrade)")
        self.wait_text("SMTP port", "587")
        window.choose("SMTP security", "TLS from the start")
        self.wait_text("SMTP port", "465")
        self.entry("SMTP port").set_text("2465")
        window.choose("SMTP security", "STARTTLS (upgrade)")
        self.wait_choice("SMTP security", "STARTTLS (upgrade)")
        self.wait_text("SMTP port", "2465")
        window.wait("button", "Discard Changes").click()
        self.wait_text("SMTP port", "465")
        window.gone("button", "Save")
        self.finish()

    def test_advice_stands_under_the_field_and_mends_it(self):
        window = self.open()
        self.entry("Mail Address").set_text("li@qq.com")
        self.entry("IMAP server").set_text("imap.exmail.qq.com")
        window.wait("button", "Use imap.qq.com")
        self.assertIn("invalid-entry", self.entry("IMAP server").states)
        # It is said, too: it stands where nobody with a screen reader looks by chance
        window.wait_until(lambda: any("QQ" in said for said in window.announcements()), "an announcement")
        window.find("button", "Use imap.qq.com").click()
        self.wait_text("IMAP server", "imap.qq.com")
        window.gone("button", "Use imap.qq.com")
        self.assertNotIn("invalid-entry", self.entry("IMAP server").states)
        # A port that belongs to another kind of encryption
        self.entry("SMTP port").set_text("587")
        window.wait("button", "Use STARTTLS (Upgrade)").click()
        self.wait_choice("SMTP security", "STARTTLS (upgrade)")
        self.wait_text("SMTP port", "587")
        self.discard()
        self.finish()

    def test_advice_about_a_misspelt_address(self):
        window = self.open()
        self.entry("Mail Address").set_text("jo@gmial.com")
        window.wait("button", "Use jo@gmail.com").click()
        self.wait_text("Mail Address", "jo@gmail.com")
        window.gone("button", "Use jo@gmail.com")
        self.discard()
        self.finish()

    def test_what_cannot_be_is_not_saved_and_shown(self):
        window = self.open()
        before = self.file().read_bytes()
        for name, text, sentence in (
            ("IMAP server", "", "The name of the server is missing."),
            ("SMTP port", "99999", "A port is a number from 1 to 65535."),
            ("Mail Address", "jo", None),
            ("Reply-To Address", "nobody@", None),
        ):
            with self.subTest(field=name):
                self.entry(name).set_text(text)
                self.save(toast=False)
                window.wait_until(lambda: "invalid-entry" in self.entry(name).states, f"{name} marked as wrong")
                window.wait_until(lambda: self.entry(name).focused, f"focus in {name}")
                if sentence:
                    window.wait_for_text(sentence)
                self.assertEqual(self.file().read_bytes(), before)
                self.discard()
        self.finish()

    def test_all_of_the_identity_is_saved(self):
        window = self.open()
        self.entry("Name").set_text("J\u00f6 <b>Exempel</b> & Co")
        self.entry("Reply-To Address").set_text("answers@example.org")
        self.entry("Organization").set_text("Wr\u00e4n & Sons")
        self.entry("IMAP login name").set_text("EXAMPLE\\jo")
        window.key("ctrl+s")
        window.wait_for_text("Changes saved")
        text = self.file().read_text()
        for word in ("J\u00f6 <b>Exempel</b> & Co", "answers@example.org", "Wr\u00e4n & Sons"):
            self.assertIn(word, text)
        self.assertIn("EXAMPLE\\\\jo", str(self.show()))
        self.finish()

    def test_one_half_can_be_switched_off(self):
        window = self.open()
        window.wait("switch", "Send Mail").click()
        window.gone(name="SMTP server")
        window.wait("switch", "Receive Mail").click()
        self.save(toast=False)
        window.wait_for_text("An account receives mail, sends mail, or both")
        # What stood there comes back with the switch
        window.wait("switch", "Receive Mail").click()
        self.wait_text("IMAP server", "imap.example.org")
        self.save()
        self.assertNotIn("smtp.example.org", self.file().read_text())
        self.finish()

    def test_pop3_can_leave_mail_on_the_server_or_not(self):
        window = self.open()
        self.assertIsNone(window.find("switch", "Leave Mail on the Server"))
        window.choose("Protocol", "POP3 (mail is fetched to one device)")
        self.wait_text("POP3 port", "995")
        switch = window.wait("switch", "Leave Mail on the Server")
        self.assertTrue(switch.checked)
        switch.click()
        self.save()
        self.assertFalse(self.show()["leave_on_server"])
        self.finish()

    def test_sending_can_do_without_a_login(self):
        window = self.open()
        window.choose("SMTP authentication", "No login")
        window.gone("text box", "SMTP login name")
        self.save()
        self.assertIn("NONE", self.file().read_text())
        self.finish()

    def test_accepted_key_is_shown_and_forgotten(self):
        window = self.open()
        self.edit("--accept-incoming-key", PIN)
        window.wait_for_text("1f1f 1f1f")
        window.wait("button", "Forget Key").click()
        window.gone("button", "Forget Key")
        self.save()
        self.assertNotIn(PIN, self.file().read_text())
        self.finish()

    def test_accepted_key_does_not_follow_to_another_server(self):
        self.open()
        self.edit("--accept-incoming-key", PIN)
        self.window.wait("button", "Forget Key")
        self.entry("IMAP server").set_text("imap.example.net")
        self.save()
        self.assertNotIn(PIN, self.file().read_text())
        self.window.gone("button", "Forget Key")
        self.finish()

    def test_change_from_elsewhere_is_shown_at_once(self):
        self.open()
        self.edit("--name", "Somebody Else")
        self.wait_text("Name", "Somebody Else")
        self.assertIsNone(self.window.find("button", "Save"))
        self.finish()

    def edited_on_both_sides(self):
        window = self.open()
        self.entry("Organization").set_text("Mine")
        window.wait("button", "Save")
        self.edit("--name", "Somebody Else")
        window.wait("button", "Show Theirs")
        self.assertEqual(self.entry("Organization").text, "Mine")
        self.assertEqual(self.entry("Name").text, "Jo Example")
        return window

    def test_change_from_elsewhere_never_takes_away_what_was_typed(self):
        window = self.edited_on_both_sides()
        self.save(toast=False)
        dialog = window.wait("alert dialog")
        dialog.wait("button", "Cancel").click()
        self.assertEqual(self.entry("Organization").text, "Mine")
        self.assertIn("Somebody Else", self.file().read_text())
        self.save(toast=False)
        window.wait("button", "Save This Version").click()
        window.gone("button", "Discard Changes")
        text = self.file().read_text()
        self.assertIn("Mine", text)
        self.assertNotIn("Somebody Else", text)
        self.finish()

    def test_change_from_elsewhere_can_be_taken(self):
        window = self.edited_on_both_sides()
        self.save(toast=False)
        window.wait("button", "Take the Other Version").click()
        self.wait_text("Name", "Somebody Else")
        self.wait_text("Organization", "")
        window.gone("button", "Discard Changes")
        self.finish()

    def test_folder_that_cannot_be_written_keeps_what_was_typed(self):
        window = self.open()
        folder = self.file().parent
        self.entry("Organization").set_text("Mine")
        moved = folder.with_name("accounts-away")
        folder.rename(moved)
        folder.write_text("no folder")
        self.addCleanup(lambda: folder.is_file() and folder.unlink())
        self.save(toast=False)
        dialog = window.wait("alert dialog", "The Changes Were Not Saved")
        dialog.wait("button", "Close").click()
        self.assertEqual(self.entry("Organization").text, "Mine")
        folder.unlink()
        moved.rename(folder)
        self.discard()
        window.close()  # it watches a folder that was away for a while: not for the other tests
        type(self).window = None

    def test_keyboard_alone(self):
        window = self.open()
        window.tab_to(self.entry("Name"))
        window.key("ctrl+a")
        window.type("Jo Keys")
        window.tab_to(self.entry("IMAP port"))
        window.key("ctrl+a")
        window.type("1993")
        window.tab_to(window.wait("button", "Save"))
        window.key("Return")
        window.wait_for_text("Changes saved")
        text = self.file().read_text()
        self.assertIn("Jo Keys", text)
        self.assertIn("1993", text)
        self.finish()

    def test_narrow_window(self):
        window = self.open()
        window.resize(360, 640)
        window.row(self.address, role="list item").click()
        window.wait("text box", "IMAP server")
        for node in window.all("text box"):
            x, _, width, _ = node.extents
            self.assertGreaterEqual(x, 0)
            self.assertLessEqual(x + width, 360)
        window.close()
        type(self).window = None  # in one column GTK keeps what a screen reader has seen (test_leaks.py)


if __name__ == "__main__":
    unittest.main()
