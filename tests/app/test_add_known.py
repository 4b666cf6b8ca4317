# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adding an account of a provider that the list knows: no network is needed, and nothing leaves the machine."""

import subprocess
import unittest

from add_world import World
from lab import cli
from test_detect import client_config


class Known(World):
    online = False

    def test_by_keyboard_alone(self):
        window = self.open()
        window.type("Li Lei")
        window.key("Return")  # the name is there, the address is not: on to it
        window.type("li@qq.com")
        window.key("Return")
        window.wait_for_text("from Mailwright’s provider list, checked 20")
        window.wait_for_text("copy the authorization code of 16 letters")
        self.picture("known")
        window.wait("button", "Continue", sensitive=True)
        window.tab_to("Continue")
        window.key("Return")
        window.entry("Authorization Code")
        window.type("abcd efgh")
        window.wait_for_text("This looks like the password of the web page")
        window.key("ctrl+a")
        window.type("abcdefghijklmnop")
        window.gone(containing="This looks like the password of the web page")
        window.key("Return")
        account = self.saved()
        self.assertEqual((account["name"], account["address"]), ("Li Lei", "li@qq.com"))
        self.assertEqual(account["incoming"]["host"], "imap.qq.com")
        self.assertEqual([item["secret"] for item in self.keyring.items()], [b"abcdefghijklmnop"])
        self.assertEqual(cli.leaks("abcdefghijklmnop", self.home.path / ".config", self.home.state, window.process.tail()), [])
        window.close()

    def test_blanks_for_reading_are_taken_out_on_wish(self):
        window = self.open()
        self.search("jo@gmail.com")
        window.wait("button", "Continue", sensitive=True).click()
        window.entry("App Password").set_text("abcd efgh ijkl mnop")
        window.wait("button", "Take the Blanks Out").click()
        window.gone("button", "Take the Blanks Out")
        self.picture("app-password")
        window.wait("button", "Save and Check").click()
        self.saved()
        self.assertEqual([item["secret"] for item in self.keyring.items()], [b"abcdefghijklmnop"])
        window.close()

    def test_sign_in_pages_only_is_said_and_no_password_asked(self):
        window = self.open()
        self.search("jo@outlook.com")
        window.wait_for_text("takes no password from mail programs")
        self.picture("oauth2")
        window.wait("button", "Save and Check").click()
        self.assertEqual(self.saved()["incoming"]["host"], "outlook.office365.com")
        self.assertEqual(self.keyring.items(), [])
        window.close()

    def test_a_provider_that_lets_nobody_in(self):
        window = self.open()
        self.search("jo@tuta.com")
        window.wait_for_text("there is no IMAP, POP3 or SMTP")
        self.picture("closed")
        self.assertIsNone(window.find("button", "Continue"))
        window.wait("button", "Edit by Hand")
        window.key("Escape", "Escape")
        self.discard()
        window.close()

    def test_a_region_has_to_be_chosen_where_there_are_some(self):
        window = self.open()
        self.search("jo@kite.awsapps.com")
        window.wait_for_text("Amazon WorkMail, from Mailwright’s provider list")
        self.picture("region")
        self.assertFalse(window.wait("button", "Continue").sensitive)
        window.wait_for_text("Choose One")
        window.choose("Region", "eu-west-1")
        window.wait_for_text("imap.mail.eu-west-1.awsapps.com, port 993, TLS from the start")
        window.wait("button", "Continue", sensitive=True).click()
        window.wait("button", "Later").click()
        self.assertEqual(self.saved()["outgoing"]["host"], "smtp.mail.eu-west-1.awsapps.com")
        window.close()

    def test_slips_of_the_keyboard(self):
        window = self.open()
        self.search("jo@")
        window.wait_for_text("What stands after the “@” is not a mail domain")
        window.entry("Mail Address").set_text("jo@gmial.com")
        window.wait_for_text("“gmial.com” looks like a slip of the keyboard for “gmail.com”.")
        self.picture("slip")
        window.wait("button", "Use jo@gmail.com").click()
        window.wait_until(lambda: window.entry("Mail Address").text == "jo@gmail.com", "the address that was meant")
        window.wait("button", "Find Settings").click()
        window.wait_for_text("Gmail, from Mailwright’s provider list")
        window.key("Escape", "Escape")
        window.wait("button", "Cancel").click()
        window.gone("button", "Discard")
        self.assertEqual(window.entry("Mail Address").text, "jo@gmail.com")
        window.key("Escape")
        self.discard()
        window.close()

    def test_an_account_that_exists_already_is_shown(self):
        window = self.open("--add", "jo@gmail.com")
        window.wait("button", "Find Settings").click()
        window.wait("button", "Continue", sensitive=True).click()
        window.wait("button", "Later").click()
        self.saved()
        window.key("ctrl+n")
        window.entry("Mail Address").set_text("jo@gmail.com")
        window.wait_for_text("There is an account with this address already.")
        self.picture("existing")
        window.wait("button", "Show It").click()
        window.gone("dialog", "Add Account")
        self.assertEqual(len(self.accounts()), 1)
        window.close()

    def hand_over(self, path):
        """As a file manager does it. The toolkit's own file dialog completes names to those of other files meanwhile."""
        done = subprocess.run(
            [self.window.program, path], env=self.window.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
        )
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_set_up_file_is_used_after_a_yes(self):
        window = self.open()
        (self.home.path / "bad.xml").write_text("nonsense")
        (self.home.path / "good.xml").write_text(client_config("kite.test"))
        window.entry("Mail Address").set_text("jo@kite.test")
        window.row("Open a Set-Up File…").click()
        window.wait("dialog", "Open a Set-Up File")
        window.wait("button", "Cancel", within=window.wait("dialog", "Open a Set-Up File")).click()
        window.gone("dialog", "Open a Set-Up File")
        self.hand_over(self.home.path / "bad.xml")
        window.wait_for_text("A set-up file is an XML file")
        window.wait("button", "Close", within=window.wait("alert dialog")).click()
        window.gone("alert dialog")
        self.hand_over(self.home.path / "good.xml")
        window.entry("Mail Address").set_text("jo@kite.test")
        window.wait("button", "Use the Set-Up File", sensitive=True).click()
        window.wait_for_text("The names come from a file.")
        self.picture("file")
        self.assertFalse(window.wait("button", "Continue").sensitive)
        window.row("Yes, Use These Servers").click()
        window.wait("button", "Continue", sensitive=True).click()
        window.wait("button", "Later").click()
        self.assertEqual(self.saved()["incoming"]["host"], "imap.kite.test")
        window.close()

    def test_no_network_is_not_nothing_found(self):
        window = self.open()
        self.dns.stop()
        self.search("jo@kite.test")
        window.wait_for_text("There Is No Network")
        self.picture("offline")
        window.wait("button", "Try Again")
        window.wait("button", "Enter by Hand").click()
        window.entry("IMAP server").set_text("imaps://imap.kite.test:994")
        window.entry("SMTP server").set_text("smtp.kite.test:587")
        window.wait("button", "Continue").click()
        window.entry("Password").set_text("right horse")
        window.row("Only for This Session").click()
        window.wait_until(lambda: any(one.checked for one in window.all("switch", "Only for This Session")), "the switch")
        window.wait("button", "Save and Check").click()
        account = self.saved()
        incoming, outgoing = account["incoming"], account["outgoing"]
        self.assertEqual((incoming["host"], incoming["port"], incoming["security"]), ("imap.kite.test", 994, "tls"))
        self.assertEqual((outgoing["host"], outgoing["port"], outgoing["security"]), ("smtp.kite.test", 587, "starttls"))
        self.assertEqual(self.keyring.items(), [])
        window.close()

    def test_a_locked_keyring_is_told_before_the_password_is_typed(self):
        window = self.open(locked=True)
        self.search("jo@gmail.com")
        window.wait("button", "Continue", sensitive=True).click()
        window.wait_for_text("The keyring is locked. It will ask for its own password")
        self.picture("locked")
        window.row("Only for This Session").click()
        window.gone(containing="The keyring is locked. It will ask")
        window.key("Escape", "Escape", "Escape")
        self.discard()
        window.close()

    def test_without_a_keyring_the_account_is_saved_and_the_password_kept_for_the_session(self):
        window = self.open(keyring=False)
        self.search("jo@gmail.com")
        window.wait("button", "Continue", sensitive=True).click()
        window.wait("button", "Keep It for This Session")
        self.picture("no-keyring")
        window.entry("App Password").set_text("abcdefghijklmnop")
        window.wait("button", "Save and Check").click()
        window.wait_until(lambda: len(self.accounts()) == 1, "an account")
        window.wait("button", "Keep It for This Session", sensitive=True).click()
        self.saved()
        window.close()


if __name__ == "__main__":
    unittest.main()
