# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole way: from an empty start to an account that is proven and exported to all three programs, with real servers
in a network of the test's own. By clicking, by keyboard alone, and on a screen that is 360 pixels wide."""

import unittest

from lab import cli, proc

import stage

PROGRAMS = {"Thunderbird": "thunderbird", "Evolution": "evolution", "msmtp": "msmtp"}


class Flow(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self)
        self.world = stage.Stage(self.area, accounts=(), evolution=True)

    def prove(self):
        """What the window showed is also so: the login, the keyring, the files of the programs."""
        world = self.world
        self.assertIn(("imap", stage.NEW), [login[:2] for login in world.dovecot.logins()])
        self.assertEqual(world.dovecot.refusals(), 0)
        self.assertIn(stage.SPOKEN, [item["secret"].decode() for item in world.keyring.items()])
        for target in PROGRAMS.values():
            plan = world.cli("export", target, stage.NEW, "--install", "--dry-run", "--json").json
            # Evolution is told over D-Bus, where nothing to say is nothing to do.
            self.assertEqual({file["action"] for file in plan["files"]} - {"none"}, set(), plan)
            self.assertEqual(plan["actions"], [], plan)
            self.assertTrue(plan["files"] or plan["secrets"], plan)
        msmtp = (world.home.config / "msmtp/config").read_text()
        self.assertIn('host "smtp.wren.example"', msmtp)
        prefs = [path.read_text() for path in (world.home.path / ".thunderbird").rglob("prefs.js")]
        self.assertTrue(any("imap.wren.example" in text and stage.NEW in text for text in prefs), prefs)
        schemas = {item["attributes"].get("xdg:schema") for item in world.keyring.items()}
        self.assertIn("org.gnome.Evolution.Data.Source", schemas)
        leaks = cli.leaks(stage.SPOKEN, world.home.path, world.home.tmp, world.home.runtime, user=stage.NEW)
        self.assertEqual(leaks, [])
        self.assertFalse(cli.leaks(stage.SPOKEN, cli.process_words(self.window.process.pid)))

    def export(self, window, program):
        """With the page of the exports in view."""
        window.wait("list item", program).find("button").click()
        window.wait("button", "Apply", sensitive=True).click()
        self.wait_for_export(window, program)

    def wait_for_export(self, window, program):
        def look():
            row = window.find("list item", program)
            return row and row.find(containing="Exported:")

        window.wait_until(look, f"the export to {program}")

    def click_through(self, size):
        window = self.window = self.world.window(size=size).start()
        window.wait("button", "Add Account").click()
        dialog = window.wait("dialog", "Add Account")
        window.entry("Name", dialog).set_text("Pat Wren")
        window.entry("Mail Address", dialog).set_text(stage.NEW)
        window.wait("button", "Find Settings", within=dialog, sensitive=True).click()
        window.wait(containing="Published by wren.example", within=dialog)
        window.wait("button", "Continue", within=dialog, sensitive=True).click()
        window.wait("button", "Save and Check", within=dialog)
        window.entry("Password", dialog).type(stage.SPOKEN)
        window.wait("button", "Save and Check", within=dialog, sensitive=True).click()
        window.gone("dialog")
        window.wait("heading", "Everything works")
        window.wait("tab", "Export").click()
        for program in PROGRAMS:
            self.export(window, program)
        self.prove()
        window.close()

    def test_by_clicking(self):
        self.click_through((1000, 720))

    def test_on_a_narrow_screen(self):
        self.click_through((360, 720))

    def test_by_keyboard_alone(self):
        window = self.window = self.world.window().start()
        window.key("ctrl+n")
        dialog = window.wait("dialog", "Add Account")
        window.wait_until(lambda: window.focused() and "editable" in window.focused().seen_states, "an entry with the focus")
        window.key("ctrl+a")
        window.type("Pat Wren")
        window.tab_to("Mail Address")
        window.type(stage.NEW)
        window.key("Return")
        window.wait(containing="Published by wren.example", within=dialog)
        window.tab_to("Continue")
        window.key("Return")
        window.wait("button", "Save and Check", within=dialog)
        window.tab_to("Password")
        window.type(stage.SPOKEN)
        window.key("Return")
        window.gone("dialog")
        window.wait("heading", "Everything works")
        self.assertTrue(any("Everything works" in words or "wren.example" in words for words in window.announcements()))
        window.key("alt+3")
        for program in PROGRAMS:
            window.tab_to(window.row(program).find("button"))
            window.key("Return")
            window.wait("button", "Apply", sensitive=True)
            window.tab_to("Apply")
            window.key("Return")
            self.wait_for_export(window, program)
        self.prove()
        window.key("ctrl+q")
        self.assertEqual(window.wait_end(), 0)


if __name__ == "__main__":
    unittest.main()
