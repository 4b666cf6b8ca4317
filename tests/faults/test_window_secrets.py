# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A password that is typed into the window: looked for in its memory, on every page, while and after it is used."""

import re
import unittest

from lab import bus, certs, cli, memory, proc, window
from stalling_server import StallingServer

USER = "jo@example.test"
#: Can be typed on every keyboard; differs in every encoding.
SECRET = "Zr7qVw9x&kY/Lp2"
LOUD = {"G_MESSAGES_DEBUG": "all", "GNUTLS_DEBUG_LEVEL": "9", "G_DBUS_DEBUG": "all"}


class WindowSecrets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        memory.need()

    def open(self, loud=False):
        self.area = proc.Area(self, prefix="mw-ws-")
        authority = certs.Authority(self.area / "ca")
        self.server = StallingServer(self.area, authority.issue("127.0.0.1"))
        self.window = window.Window(self.area, args=["--ca-file", authority.path], env=LOUD if loud else None)
        self.keyring = bus.Keyring(self.window.session, self.window.home)
        env = self.window.home.env(session=self.window.session)
        url = f"imaps://127.0.0.1:{self.server.port}"
        result = cli.run("account", "add", USER, "--imap", url, "--name", "Jo", env=env)
        self.assertEqual(result.status, cli.FINE, result)
        self.window.settings(last_page="'settings'")
        self.window.start()
        self.window.wait(name="Identity")
        return self.window

    def type(self):
        row = next(
            node for node in self.window.all("list item", "Password") if {"expandable", "expanded"} & node.states
        )
        row.focus()
        self.window.key("Return")
        entry = self.window.entry("Password")
        self.window.wait_until(lambda: entry.focused, "focus in the entry")
        self.window.type(SECRET)

    def press(self, name):
        self.window.wait("button", name, sensitive=True).focus()
        self.window.key("Return")

    def hits(self):
        return memory.hits(self.window.process.pid, SECRET, USER)

    def assert_guarded(self, what):
        found = self.hits()
        self.assertEqual([str(hit) for hit in found if not hit.guarded], [], what)
        return found

    def assert_gone(self, what):
        """Threads and the bus may still be at their last words for a moment."""
        try:
            proc.wait_for(lambda: not self.hits(), what, seconds=10)
        except proc.LabError:
            self.fail(f"{what}: " + "\n".join(map(str, self.hits())))

    def assert_no_leak(self):
        home = self.window.home
        places = (home.path, home.tmp, home.runtime, self.window.process.output())
        self.assertEqual(cli.leaks(SECRET, *places, user=USER), [])
        self.assertEqual(cli.leaks(SECRET, cli.process_words(self.window.process.pid), user=USER), [])

    def test_typed_stored_and_checked(self):
        window = self.open()
        self.type()
        self.assertTrue(self.assert_guarded("typed"), "the password is not there: no test")
        self.press("Store in the Keyring")
        window.wait_for_text("Password stored in the keyring")
        self.assertEqual([item["secret"].decode() for item in self.keyring.items()], [SECRET])
        self.assert_gone("stored")
        self.server.again("mailbox")
        window.key("alt+1")
        window.key("F5")
        proc.wait_for(self.server.reached.is_set, "the mailbox", alive=window.process)
        self.assertTrue(self.assert_guarded("checking"), "the password is not there: no test")
        self.server.release()
        window.wait(containing="Receiving works", role="heading")
        self.assert_gone("checked")
        self.assert_no_leak()
        window.close()

    def test_typed_and_left(self):
        window = self.open()
        self.type()
        self.assert_guarded("typed")
        window.key("alt+1")
        window.gone(name="Identity")
        self.assert_gone("left")
        self.assert_no_leak()
        window.close()

    def test_no_log_says_it_however_loud(self):
        """Among what is said at the loudest: every message on every bus, that of the screen readers too."""
        window = self.open(loud=True)
        self.type()
        self.press("Store in the Keyring")
        window.wait_for_text("Password stored in the keyring")
        window.key("alt+1")
        window.key("F5")
        window.wait(containing="Receiving works", role="heading")
        output = window.process.output()
        self.assertIn("gnutls[", output, "the log says nothing: no test")
        changes = re.findall(r"Body: \('(insert|delete)', (\d+), \d+, <'(.*?)'>", output)
        inserted = [text for kind, _, text in changes if kind == "insert"]
        self.assertIn("\u25cf", inserted, "screen readers hear nothing of what is typed")
        self.assertEqual({text for _, _, text in changes if text.strip("\u25cf")}, set())
        self.assert_no_leak()
        window.stop()


if __name__ == "__main__":
    unittest.main()
