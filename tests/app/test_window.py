# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window comes up, can be seen by a screen reader, and goes. An example for the other tests of the window."""

import unittest

from lab import cli, proc
from lab.window import Window


class Start(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self)

    def test_empty_start_offers_to_add_an_account(self):
        window = Window(self.area).start()
        window.wait("button", "Add Account")
        self.assertEqual(window.geometry(), (1000, 720))
        window.close()

    def test_closing_at_once_is_fine(self):
        window = Window(self.area).start()
        window.close()

    def test_accounts_are_listed(self):
        window = Window(self.area)
        env = window.home.env()
        for address in ("jo@example.org", "ann@example.org"):
            result = cli.run(
                "account", "add", address, "--imap", "imaps://imap.example.org", "--smtp", "smtps://smtp.example.org",
                env=env,
            )  # fmt: skip
            self.assertEqual(result.status, cli.FINE, result)
        window.start()
        for address in ("jo@example.org", "ann@example.org"):
            window.wait_for_text(address)
        window.close()

    def test_one_column_on_a_narrow_screen(self):
        window = Window(self.area, size=(360, 640)).start()
        window.wait("button", "Add Account")
        self.assertEqual(window.geometry(), (360, 640))
        window.close()


if __name__ == "__main__":
    unittest.main()
