# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings page of an account: typing, pasting, advice and its buttons, saving, and changes from elsewhere."""

import unittest

from lab import cli, proc
from lab.window import Window

PIN = "1f" * 32


class SettingsPage(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self)

    def cli(self, *words):
        result = cli.run(*words, env=self.window.home.env())
        self.assertEqual(result.status, cli.FINE, result)
        return result

    def open(
        self, address="jo@example.org", *words, imap="imaps://imap.example.org", smtp="smtps://smtp.example.org", **how
    ):
        """The page of a new account."""
        self.address = address
        self.window = Window(self.area, **how)
        servers = [*(("--imap", imap) if imap else ()), *(("--smtp", smtp) if smtp else ())]
        self.cli("account", "add", address, "--name", "Jo Example", *servers, *words)
        self.window.settings(last_page="'settings'")
        self.window.start()
        self.window.wait(name="Identity")
        return self.window

    def show(self):
        return self.cli("account", "show", self.address, "--json").json

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
        self.window.close()

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
        window.close()

    def test_password_in_a_pasted_server_is_left_out(self):
        window = self.open()
        self.entry("IMAP server").set_text("imaps://ann:hush-hush@mail.example.net")
        self.wait_text("IMAP server", "mail.example.net")
        self.wait_text("IMAP login name", "ann")
        window.wait_for_text("A password stood in what was pasted")
        self.assertNotIn("hush", window.tree())
        self.save()
        self.assertNotIn("hush", self.file().read_text())
        window.close()

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
        window.close()

    def test_advice_stands_under_the_field_and_mends_it(self):
        window = self.open("li@qq.com", imap="imaps://imap.qq.com", smtp="smtps://smtp.qq.com")
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
        window.close()

    def test_advice_about_a_misspelt_address(self):
        window = self.open()
        self.entry("Mail Address").set_text("jo@gmial.com")
        window.wait("button", "Use jo@gmail.com").click()
        self.wait_text("Mail Address", "jo@gmail.com")
        window.gone("button", "Use jo@gmail.com")
        self.discard()
        window.close()

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
        window.close()

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
        window.close()

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
        window.close()

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
        window.close()

    def test_sending_can_do_without_a_login(self):
        window = self.open()
        window.choose("SMTP authentication", "No login")
        window.gone("text box", "SMTP login name")
        self.save()
        self.assertIn("NONE", self.file().read_text())
        window.close()

    def test_accepted_key_is_shown_and_forgotten(self):
        window = self.open("jo@example.org", "--accept-incoming-key", PIN)
        window.wait_for_text("1f1f 1f1f")
        window.wait("button", "Forget Key").click()
        window.gone("button", "Forget Key")
        self.save()
        self.assertNotIn(PIN, self.file().read_text())
        window.close()

    def test_accepted_key_does_not_follow_to_another_server(self):
        self.open("jo@example.org", "--accept-incoming-key", PIN)
        self.entry("IMAP server").set_text("imap.example.net")
        self.save()
        self.assertNotIn(PIN, self.file().read_text())
        self.window.gone("button", "Forget Key")
        self.window.close()

    def test_change_from_elsewhere_is_shown_at_once(self):
        self.open()
        self.cli("account", "edit", self.address, "--name", "Somebody Else")
        self.wait_text("Name", "Somebody Else")
        self.assertIsNone(self.window.find("button", "Save"))
        self.window.close()

    def edited_on_both_sides(self):
        window = self.open()
        self.entry("Organization").set_text("Mine")
        window.wait("button", "Save")
        self.cli("account", "edit", self.address, "--name", "Somebody Else")
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
        window.close()

    def test_change_from_elsewhere_can_be_taken(self):
        window = self.edited_on_both_sides()
        self.save(toast=False)
        window.wait("button", "Take the Other Version").click()
        self.wait_text("Name", "Somebody Else")
        self.wait_text("Organization", "")
        window.gone("button", "Discard Changes")
        window.close()

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
        window.close()

    def test_keyboard_alone(self):
        window = self.open()
        window.tab_to("Name")
        window.key("ctrl+a")
        window.type("Jo Keys")
        window.tab_to("IMAP port")
        window.key("ctrl+a")
        window.type("1993")
        window.tab_to("Save")
        window.key("Return")
        window.wait_for_text("Changes saved")
        text = self.file().read_text()
        self.assertIn("Jo Keys", text)
        self.assertIn("1993", text)
        window.close()

    def test_narrow_window(self):
        for lang, group in (("en", "Identity"), ("de", None)):
            with self.subTest(lang=lang):
                self.area = proc.Area(self)
                self.window = Window(self.area, size=(360, 640), lang=lang)
                self.cli("account", "add", "jo@example.org", "--imap", "imaps://imap.example.org")
                self.window.settings(last_page="'settings'")
                self.window.start()
                self.window.row("jo@example.org").click()
                if group:
                    self.window.wait(name=group)
                self.window.wait("text box", showing=True)
                self.assertEqual(self.window.geometry(), (360, 640))
                for node in self.window.all("text box"):
                    x, _, width, _ = node.extents
                    self.assertGreaterEqual(x, 0)
                    self.assertLessEqual(x + width, 360)
                self.window.close()


if __name__ == "__main__":
    unittest.main()
