# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window in its sandbox, looked at and used the way a screen reader does it."""

import shutil
import unittest

import sandbox  # first: it knows where the others are
import evolution_client
from lab import cli, proc
from lab.window import Screen
from sandbox import stage


class Window(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.area = proc.Area(cls, prefix="mw-fp-")
        cls.world = sandbox.World(cls.area)
        sandbox.install_bundle(cls.world, cls.area / "out")
        cls.screen = Screen(cls.area)

    def setUp(self):
        self.world.permissions()
        shutil.rmtree(self.world.inside.folder, ignore_errors=True)  # each begins with no account
        self.authority = self.world.trust()

    def start(self):
        self.addCleanup(self.world.shell, f"flatpak kill {sandbox.APP}", check=False)
        return self.world.window(args=["--ca-file", self.authority], screen=self.screen).start()

    def find_settings(self, window):
        """Up to the page on which the password is asked for."""
        window.wait("button", "Add Account").click()
        dialog = window.wait("dialog", "Add Account")
        window.entry("Name", dialog).set_text("Pat Wren")
        window.entry("Mail Address", dialog).set_text(stage.NEW)
        window.wait("button", "Find Settings", within=dialog, sensitive=True).click()
        window.wait(containing="Published by wren.example", within=dialog)
        window.wait("button", "Continue", within=dialog, sensitive=True).click()
        window.wait("button", "Save and Check", within=dialog)
        return dialog

    def save(self, window, dialog):
        window.entry("Password", dialog).set_text(stage.SPOKEN)
        window.wait("button", "Save and Check", within=dialog, sensitive=True).click()
        window.gone("dialog")
        window.wait("heading", "Everything works")
        self.assertIn(("imap", stage.NEW), [login[:2] for login in self.world.stage.dovecot.logins()])

    def test_the_whole_way(self):
        """From an empty start to an account that is proven, and outside in Evolution and msmtp."""
        window = self.start()
        self.save(window, self.find_settings(window))
        self.assertIn(stage.SPOKEN, [item["secret"].decode() for item in self.world.keyring.items()])
        window.wait("tab", "Export").click()
        for program in ("Evolution", "msmtp"):
            window.wait("list item", program).find("button").click()
            window.wait("button", "Apply", sensitive=True).click()
            window.wait_until(
                lambda: (row := window.find("list item", program)) and row.find(containing="Exported:"),
                f"the export to {program}",
            )
        window.close()
        (account,) = self.world.cli("account", "list", "--json").json
        evolution = evolution_client.Evolution(self.area, self.world.home, self.world.session, self.world.ns)
        self.assertIn(evolution_client.uid(account["id"], "account"), evolution.objects())
        self.assertIn('host "smtp.wren.example"', (self.world.home.config / "msmtp/config").read_text())
        home = self.world.home
        self.assertEqual(cli.leaks(stage.SPOKEN, home.path, home.tmp, home.runtime, user=stage.NEW), [])

    def test_without_the_keyring_a_session_is_offered(self):
        self.world.permissions("--no-talk-name=org.freedesktop.secrets")
        before = self.world.keyring.items()
        window = self.start()
        dialog = self.find_settings(window)
        offer = window.wait("button", "Keep It for This Session", within=dialog)
        self.assertIn("--talk-name=org.freedesktop.secrets", " ".join(dialog.texts()))
        offer.click()
        self.save(window, dialog)
        window.close()
        self.assertEqual(self.world.keyring.items(), before)
        self.assertEqual(cli.leaks(stage.SPOKEN, self.world.inside.folder, user=stage.NEW), [])


if __name__ == "__main__":
    unittest.main()
