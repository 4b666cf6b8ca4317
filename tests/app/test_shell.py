# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window around the pages: the list of accounts, what it asks, what it remembers, and how it is started."""

import re
import subprocess
import time
import unittest

from lab import bus, cli, netns, proc
from lab.window import Window

NAMES = ("ann", "bob", "cleo", "dora", "emil", "fred", "gina")


class Shell(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self)
        self.home = bus.Home(self.area)

    def add(self, *addresses):
        for address in addresses:
            # Nothing listens there: a check fails at once.
            result = cli.run(
                "account", "add", address, "--imap", "imaps://127.0.0.1:1", "--smtp", "smtps://127.0.0.1:1",
                env=self.home.env(),
            )  # fmt: skip
            self.assertEqual(result.status, cli.FINE, result)

    def files(self):
        return sorted((self.home.config / "mailwright/accounts").glob("*.ini"))

    def file_of(self, address):
        return next(path for path in self.files() if f"Address={address}\n" in path.read_text())

    def window(self, **options):
        return Window(self.area, home=self.home, **options)

    @staticmethod
    def listed(window):
        """The addresses in the list, from top to bottom."""
        return [node.name.split(",")[0] for node in window.all("list item", containing="@")]

    def wait_for_list(self, window, *addresses):
        window.wait_until(lambda: self.listed(window) == list(addresses), f"the list {addresses}")

    def go_to(self, window, address):
        window.wait("list item", containing=address).mouse()
        window.wait_until(lambda: self.shown(window, address), f"{address} as the page that is shown")

    @staticmethod
    def shown(window, address):
        item = window.find("list item", containing=address)
        return item is not None and "selected" in item.states


class Accounts(Shell):
    def test_sorted_by_name_until_moved_by_hand(self):
        self.add("cleo@example.org", "ann@example.org", "bob@example.org")
        window = self.window().start()
        self.wait_for_list(window, "ann@example.org", "bob@example.org", "cleo@example.org")
        window.wait("list item", containing="ann@").mouse(button=3)
        window.wait("menu item", "Move Down").click()
        self.wait_for_list(window, "bob@example.org", "ann@example.org", "cleo@example.org")
        window.close()

        window = self.window().start()
        self.wait_for_list(window, "bob@example.org", "ann@example.org", "cleo@example.org")
        window.wait("button", "Main Menu").click()
        window.wait("menu item checkbox", "Sort by Name").click()
        self.wait_for_list(window, "ann@example.org", "bob@example.org", "cleo@example.org")
        window.close()

    def test_dragged_to_another_place(self):
        self.add("ann@example.org", "bob@example.org", "cleo@example.org")
        window = self.window().start()
        self.wait_for_list(window, "ann@example.org", "bob@example.org", "cleo@example.org")
        x, y, width, height = window.wait("list item", containing="ann@").extents
        below = window.wait("list item", containing="cleo@").extents

        def drag():
            """Too quick a mouse drops nothing, and what is too quick depends on the machine: once more then."""
            window.point(x + width // 2, y + height // 2)
            window.xdotool("mousedown", "1")
            for step in range(1, 9):
                window.point(x + width // 2 + step * 3, y + height // 2 + (below[1] - y) * step // 8)
                window.settle()
                time.sleep(0.1)
            window.xdotool("mouseup", "1")
            ends = time.monotonic() + 5
            while time.monotonic() < ends and self.listed(window)[0].startswith("ann@"):
                window.settle()
            return not self.listed(window)[0].startswith("ann@")

        window.wait_until(drag, "an account to be dropped")
        self.wait_for_list(window, "bob@example.org", "cleo@example.org", "ann@example.org")
        window.close()

    def test_menu_of_an_account_by_the_keyboard(self):
        self.add("ann@example.org", "bob@example.org")
        window = self.window().start()
        self.go_to(window, "bob@example.org")
        window.tab_to(window.wait("list item", containing="bob@"))
        window.key("shift+F10")
        window.wait("menu item", "Move Up")
        self.assertFalse(window.wait("menu item", "Move Down").sensitive, "it is the last one already")
        window.key("Escape")
        window.gone("menu item", "Move Up")
        window.close()

    def test_search(self):
        self.add(*(f"{name}@example.org" for name in NAMES))
        window = self.window().start()
        window.wait("list item", containing="gina@")
        window.key("ctrl+f")
        window.type("CLE")
        self.wait_for_list(window, "cleo@example.org")
        window.type("xyz")
        window.wait("label", "No Results")
        window.key("ctrl+a")
        window.type("gina")
        self.wait_for_list(window, "gina@example.org")
        window.key("Return")
        window.wait_until(lambda: len(self.listed(window)) == len(NAMES), "all accounts again")
        window.wait_until(lambda: self.shown(window, "gina@example.org"), "the one that was taken")
        window.close()

    def test_removing_says_what_goes_and_what_stays(self):
        self.add("ann@example.org")
        window = self.window().start()
        window.menu("Account Menu", "Remove Account…")
        window.wait("label", "Remove Account?")
        window.wait("label", containing="no mail is lost")
        window.key("Escape")
        window.gone("button", "Remove")
        self.assertEqual(len(self.files()), 1)
        window.menu("Account Menu", "Remove Account…")
        window.wait("button", "Remove").click()
        window.wait("button", "Add Account", sensitive=True)
        window.wait("label", "Set Up Your Mail")
        self.assertEqual(self.files(), [])
        window.close()

    def test_what_another_program_adds_and_removes_shows(self):
        self.add("ann@example.org")
        window = self.window().start()
        self.wait_for_list(window, "ann@example.org")
        self.add("bob@example.org")
        self.wait_for_list(window, "ann@example.org", "bob@example.org")
        cli.run("account", "remove", "ann@example.org", env=self.home.env())
        self.wait_for_list(window, "bob@example.org")
        window.wait_until(lambda: self.shown(window, "bob@example.org"), "the page of the one that is left")
        window.close()

    def test_unreadable_file_is_named_and_kept(self):
        self.add("ann@example.org")
        broken = self.files()[0].with_name("11111111-2222-4333-8444-555555555555.ini")
        broken.write_text("[Account]\nformat=99\nAddress=future@example.org\n")
        window = self.window().start()
        window.wait("label", containing="1 account file cannot be read")
        window.wait("button", "Show Files").click()
        window.wait("label", containing="11111111-2222-4333-8444-555555555555")
        window.key("Escape")
        window.gone("label", containing="11111111-2222")
        self.assertIn("format=99", broken.read_text())
        window.close()


    def test_checking_all_ends_with_a_word(self):
        self.add("ann@example.org", "bob@example.org")
        window = self.window().start()
        window.wait("list item", containing="ann@example.org, Not checked")
        window.key("ctrl+r")
        window.wait("label", containing="2 accounts do not work")
        window.wait("list item", containing="bob@example.org, The server refuses connections")
        window.close()


class Changes(Shell):
    def setUp(self):
        super().setUp()
        self.add("ann@example.org", "bob@example.org")

    def change(self, window, name):
        window.key("alt+2")
        window.entry("Name").set_text(name)
        window.wait("button", "Save", sensitive=True)

    def test_leaving_asks_and_staying_keeps_what_was_typed(self):
        window = self.window().start()
        self.go_to(window, "ann@example.org")
        self.change(window, "Ann Wren")
        window.wait("list item", containing="bob@").mouse()
        window.wait("label", "Save Changes?")
        window.key("Escape")
        window.gone("label", "Save Changes?")
        window.wait_until(lambda: self.shown(window, "ann@example.org"), "the account that was being changed")
        self.assertEqual(window.entry("Name").text, "Ann Wren")

        window.wait("list item", containing="bob@").mouse()
        window.wait("label", "Save Changes?")
        dialog = window.wait("button", "Cancel").parent
        window.wait("button", "Save", within=dialog).click()
        window.wait_until(lambda: self.shown(window, "bob@example.org"), "the account that was asked for")
        self.assertIn("Name=Ann Wren\n", self.file_of("ann@example.org").read_text())
        window.close()

    def test_closing_asks(self):
        window = self.window().start()
        self.go_to(window, "ann@example.org")
        self.change(window, "Ann Wren")
        window.ask_to_close()
        window.wait("label", "Save Changes?")
        window.key("Escape")
        window.gone("label", "Save Changes?")
        window.ask_to_close()
        window.wait("label", "Save Changes?")
        dialog = window.wait("button", "Cancel").parent
        window.wait("button", "Discard", within=dialog).click()
        window.wait_end()
        self.assertNotIn("Ann Wren", self.file_of("ann@example.org").read_text())


class Memory(Shell):
    def test_size_account_and_page_come_back(self):
        self.add("ann@example.org", "bob@example.org")
        window = self.window(size=(900, 700)).start()
        self.go_to(window, "bob@example.org")
        window.key("alt+2")
        window.entry("Name")
        window.resize(840, 620)
        window.close()
        window = self.window().start()
        self.assertEqual(window.geometry(), (840, 620))
        window.wait_until(lambda: self.shown(window, "bob@example.org"), "the account that was shown last")
        window.entry("Name")
        window.close()


class Narrow(Shell):
    def test_there_and_back_by_the_keyboard(self):
        self.add("ann@example.org", "bob@example.org")
        window = self.window(size=(360, 640)).start()
        item = window.wait("list item", containing="bob@")
        window.tab_to(item)
        window.key("Return")
        window.wait("label", "bob@example.org")
        window.gone("list item", containing="ann@")
        window.wait("tab", "Export").click()
        window.key("alt+1")
        window.key("Escape")
        window.wait("list item", containing="ann@")
        window.close()


class Keys(Shell):
    def test_dialogs(self):
        self.add("ann@example.org")
        window = self.window().start()
        window.wait("list item", containing="ann@")
        for key, text in (
            ("F1", "What do the four lights mean?"),
            ("ctrl+question", "Check all accounts"),
            ("ctrl+comma", "Time Limit in Seconds"),
            ("ctrl+h", "Export History"),
            ("ctrl+n", "Add Account"),
        ):
            before = len(window.all(containing=text))
            window.key(key)
            window.wait_until(lambda b=before, t=text: len(window.all(containing=t)) > b, f"{key} to show {text!r}")
            window.key("Escape")
            window.wait_until(lambda b=before, t=text: len(window.all(containing=t)) == b, f"{text!r} to go")
        window.close()

    def test_preferences_are_kept(self):
        window = self.window().start()
        window.key("ctrl+comma")
        switch = window.row("Mask Names and Addresses")
        self.assertTrue(switch.checked)
        switch.click()
        window.wait_until(lambda: not window.row("Mask Names and Addresses").checked, "the switch to be off")
        window.key("Escape")
        window.close()
        window = self.window().start()
        window.key("ctrl+comma")
        self.assertFalse(window.row("Mask Names and Addresses").checked)
        window.key("Escape")
        window.close()

    def test_about_names_its_sources(self):
        window = self.window().start()
        window.menu("Main Menu", "About Mailwright")
        window.wait("label", "Mailwright")
        window.row("Acknowledgements").click()
        window.wait("label", containing="Mozilla ISPDB")
        window.key("Escape", "Escape")
        window.close()


class Starts(Shell):
    def run_again(self, window, *args):
        return subprocess.run(
            [window.program, *args], env=window.env, capture_output=True, text=True, timeout=120, check=False
        )

    def test_version(self):
        window = self.window()
        result = self.run_again(window, "--version")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"^Mailwright \d+\.\d+")

    def test_second_start_works_in_the_first(self):
        window = self.window().start()
        self.assertEqual(self.run_again(window).returncode, 0)
        result = self.run_again(window, "--add", "jo@example.org")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        window.wait_until(lambda: window.entry("Mail Address").text == "jo@example.org", "the address in the dialog")
        result = self.run_again(window, "--ca-file", "/dev/null")
        self.assertEqual(result.returncode, 2)
        self.assertIn("running already", result.stderr)
        self.assertEqual(len(re.findall(r"(?m)^  window ", window.tree())), 1)
        window.stop()

    def test_address_at_the_start(self):
        window = self.window(args=["--add", "jo@example.org"]).start()
        window.wait_until(lambda: window.entry("Mail Address").text == "jo@example.org", "the address in the dialog")
        window.stop()

    def test_unreadable_authorities_are_told_at_once(self):
        window = self.window(args=["--ca-file", self.area / "missing.pem"]).start()
        window.wait("label", containing="missing.pem")
        window.key("Escape")
        window.close()


class Surroundings(Shell):
    def test_offline_and_sign_in_page(self):
        self.add("ann@example.org")
        # Somewhere without a way out, as otherwise the kernel knows better than NetworkManager.
        ns = netns.Namespace(self.area)
        system = bus.Bus(self.area, "system")
        manager = bus.NetworkManager(system, state="disconnected", connectivity="none")
        window = self.window(system=system, ns=ns).start()
        window.wait("label", containing="There is no network")
        manager.set_state("global")
        manager.set_connectivity("portal")
        window.wait("button", "Open Sign-In Page")
        manager.set_connectivity("full")
        window.gone("button", "Open Sign-In Page")
        window.close()

    def test_another_network_offers_to_check_again(self):
        self.add("ann@example.org")
        system = bus.Bus(self.area, "system")
        manager = bus.NetworkManager(system)
        window = self.window(system=system).start()
        window.key("F5")
        window.wait("list item", containing="ann@")
        window.wait("label", containing="refuses connections")
        manager.set_connectivity("portal")
        window.wait("button", "Open Sign-In Page")
        manager.set_connectivity("full")
        window.wait("label", containing="another one than before")
        window.close()

    def test_locked_keyring(self):
        self.add("ann@example.org")
        window = self.window()
        keyring = bus.Keyring(window.session, self.home)
        keyring.lock()
        window.start()
        window.wait("label", containing="The keyring is locked")
        window.wait("button", "Unlock…")
        window.close()

    def test_no_keyring_that_comes_later(self):
        self.add("ann@example.org")
        window = self.window().start()
        button = window.wait("button", "Look Again")
        window.wait("label", containing="No keyring is running")
        bus.Keyring(window.session, self.home)
        button.click()
        window.gone("label", containing="No keyring is running")
        window.close()


if __name__ == "__main__":
    unittest.main()
