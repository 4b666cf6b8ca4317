# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password on the settings page, with a real keyring, a locked one, and none."""

import subprocess
import unittest

from lab import bus, cli, proc
from lab.window import Window

SECRET = "correct horse 7 eggs"
OTHER = "another 8 eggs"
STORE, KEEP = "Store in the Keyring", "Keep for This Session"


class PasswordPage(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self)

    def open(
        self, address="jo@example.org", *words, imap="imaps://imap.example.org", smtp="smtps://smtp.example.org",
        keyring="ready",
    ):  # fmt: skip
        self.window = Window(self.area)
        self.env = self.window.home.env(session=self.window.session)
        self.keyring = bus.Keyring(self.window.session, self.window.home) if keyring != "absent" else None
        servers = [*(("--imap", imap) if imap else ()), *(("--smtp", smtp) if smtp else ())]
        self.address = address
        self.cli("account", "add", address, *servers, *words)
        if keyring == "stored":
            self.cli("password", "set", address, password=SECRET)
        if keyring == "locked":
            self.keyring.lock()
        self.window.settings(last_page="'settings'")
        self.window.start()
        self.window.wait(name="Identity")
        return self.window

    def cli(self, *words, **how):
        result = cli.run(*words, env=self.env, **how)
        self.assertEqual(result.status, cli.FINE, result)
        return result

    def secrets(self):
        return [item["secret"].decode() for item in self.keyring.items()] if self.keyring else []

    def unfold(self, title="Password"):
        """Opens the row of a password, as a person does."""
        row = next(
            node for node in self.window.all("list item", title)
            if "expandable" in node.states or "expanded" in node.states
        )  # fmt: skip
        row.focus()
        self.window.key("Return")
        entry = self.window.entry(title)
        self.window.wait_until(lambda: entry.focused, "focus in the entry")
        return entry

    def fill(self, text, title="Password"):
        """By the keyboard: the mouse may hit a toast that is in front of the entry."""
        entry = self.window.entry(title)
        self.window.tab_to(entry)
        self.window.key("ctrl+a", "BackSpace")
        self.window.type(text)
        return entry

    def wait_place(self, text):
        self.window.wait("label", text)

    def press(self, name):
        """Goes to a button by the keyboard and presses it."""
        self.window.wait("button", name, sensitive=True).focus()
        self.window.key("Return")

    def store(self, secret, title="Password", button=STORE):
        self.unfold(title)
        self.fill(secret, title)
        self.press(button)

    def assert_said_nowhere(self, *secrets):
        tree = self.window.tree()
        process = self.window.process
        for secret in secrets:
            self.assertNotIn(secret, tree)
            self.assertNotIn(secret, process.output())
            with open(f"/proc/{process.pid}/cmdline", "rb") as file:
                self.assertNotIn(secret.encode(), file.read())
            for path in self.window.home.path.rglob("*"):
                if path.is_file() and "keyrings" not in path.parts:
                    self.assertNotIn(secret.encode(), path.read_bytes(), path)

    def test_stored_in_the_keyring_at_once(self):
        window = self.open()
        self.wait_place("Not stored")
        self.store(SECRET)
        window.wait_for_text("Password stored in the keyring")
        self.wait_place("In the keyring")
        self.assertEqual(self.secrets(), [SECRET])
        self.assert_said_nowhere(SECRET)
        # Another program finds it
        (item,) = self.keyring.items()
        words = [word for pair in item["attributes"].items() for word in pair if pair[0] != "xdg:schema"]
        found = subprocess.run(
            [proc.need_program("secret-tool"), "lookup", *words], env=self.env, capture_output=True, text=True, check=True
        )
        self.assertEqual(found.stdout.rstrip("\n"), SECRET)
        # The entry was wiped
        self.unfold()
        self.assertEqual(window.entry("Password").text, "")
        window.close()

    def test_enter_stores_it(self):
        window = self.open()
        self.unfold()
        self.fill(SECRET)
        window.key("Return")
        window.wait_for_text("Password stored in the keyring")
        self.assertEqual(self.secrets(), [SECRET])
        window.close()

    def test_changed_and_forgotten(self):
        window = self.open(keyring="stored")
        self.wait_place("In the keyring")
        self.store(OTHER)
        window.wait_for_text("Password stored in the keyring")
        self.assertEqual(self.secrets(), [OTHER])
        self.unfold()
        self.press("Forget Password…")
        window.wait("alert dialog", "Forget This Password?").wait("button", "Cancel").click()
        window.gone("alert dialog")
        self.assertEqual(self.secrets(), [OTHER])
        self.press("Forget Password…")
        window.wait("alert dialog", "Forget This Password?").wait("button", "Forget").click()
        self.wait_place("Not stored")
        self.assertEqual(self.secrets(), [])
        window.close()

    def test_entry_of_another_program_is_brought_up_to_date(self):
        window = self.open(keyring="stored")
        self.cli("export", "msmtp", self.address, "--install")
        self.assertEqual(self.secrets(), [SECRET, SECRET])
        self.store(OTHER)
        window.wait_for_text("Password stored, also for 1 entry of other programs")
        self.assertEqual(self.secrets(), [OTHER, OTHER])
        window.close()

    def test_only_for_this_session(self):
        window = self.open()
        self.unfold()
        window.wait("switch", "Only for This Session").click()
        self.fill(SECRET)
        self.press(KEEP)
        self.wait_place("In memory until Mailwright is closed")
        self.assertEqual(self.secrets(), [])
        self.assert_said_nowhere(SECRET)
        window.close()

    def test_without_a_keyring_it_is_said_and_kept_for_the_session(self):
        window = self.open(keyring="absent")
        window.wait_for_text("There is no keyring on this computer")
        self.store(SECRET)
        window.wait("button", "Keep It for This Session", sensitive=True)
        window.wait_until(lambda: any("keyring" in said for said in window.announcements()), "an announcement")
        self.assertNotEqual(window.entry("Password").text, "")
        window.wait("button", "Keep It for This Session").click()
        self.wait_place("In memory until Mailwright is closed")
        self.assert_said_nowhere(SECRET)
        window.close()

    def test_locked_keyring_is_said_and_unlocked_elsewhere_it_is_used(self):
        window = self.open(keyring="locked")
        group = window.wait("list", "Password")
        group.wait(containing="The keyring is locked")
        group.wait("button", "Unlock…")
        self.store(SECRET)
        # Nobody is there who could answer the question of the keyring
        window.wait("button", "Keep It for This Session").click()
        self.wait_place("In memory until Mailwright is closed")
        self.assertTrue(self.keyring.is_locked())
        self.assert_said_nowhere(SECRET)
        window.close()

    def test_each_half_can_have_its_own(self):
        window = self.open()
        window.wait("switch", "Another Password for Sending").click()
        window.wait("button", "Save").click()
        window.wait_for_text("Password for Sending")
        self.store(SECRET, "Password for Receiving")
        window.wait_for_text("Password stored in the keyring")
        self.store(OTHER, "Password for Sending")
        window.wait_until(lambda: sorted(self.secrets()) == sorted([SECRET, OTHER]), "both passwords")
        window.close()

    def test_wrong_shape_is_said_and_not_refused(self):
        window = self.open("li@qq.com", imap="imaps://imap.qq.com", smtp="smtps://smtp.qq.com")
        title = "Authorization Code"
        window.wait_for_text("What QQ Mail Wants First")
        window.wait("button", "Open the Help Page of QQ Mail")
        self.unfold(title)
        self.fill("My Password 1", title)
        window.wait_for_text("This looks like the password of the web page.")
        self.fill(" abcdefghijklmnop ", title)
        window.wait("button", "Take the Blanks Out").click()
        window.gone("button", "Take the Blanks Out")
        self.assertIsNone(window.find(containing="This looks like"))
        self.press(STORE)
        window.wait_for_text("Password stored in the keyring")
        self.assertEqual(self.secrets(), ["abcdefghijklmnop"])
        self.store("wrong shape", title)
        window.wait_until(lambda: self.secrets() == ["wrong shape"], "the password, as it was typed")
        window.close()

    def test_half_typed_password_is_gone_with_the_page(self):
        window = self.open()
        self.unfold()
        self.fill(SECRET)
        window.key("alt+1")
        window.gone(name="Identity")
        window.key("alt+2")
        window.wait(name="Identity")
        window.wait_until(lambda: window.entry("Password").text == "", "an empty entry")
        window.close()

    def test_no_password_is_asked_where_none_is_of_use(self):
        window = self.open(imap=None, smtp="smtp://:AUTH=NONE@smtp.example.org")
        window.wait_for_text("No Password Is Needed")
        self.assertIsNone(window.find("button", STORE))
        window.close()

    def test_servers_with_a_sign_in_page_only(self):
        window = self.open(
            imap="imaps://jo%40example.org:AUTH=XOAUTH2@imap.example.org",
            smtp="smtps://jo%40example.org:AUTH=XOAUTH2@smtp.example.org",
        )
        window.wait_for_text("Sign-In on a Web Page Only")
        self.assertIsNone(window.find("text box", "Password"))
        window.close()


if __name__ == "__main__":
    unittest.main()
