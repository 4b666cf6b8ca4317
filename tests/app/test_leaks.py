# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program starts, checks, exports and closes: everything is finalized. And the main loop never stands still.

The window is as wide as on a desk: in one column GTK 4.18 keeps a page that was left as long as a screen reader (which
these tests are) is connected."""

import os
import unittest

from lab import proc

import stage

#: One for all of a program's life (mw_trust_get_default())
SINGLETONS = {"MwTrust": 1}
PROBE = os.environ.get("MW_WINDOW_PROBE")


@unittest.skipUnless(PROBE, "the probe is not built")
class Lives(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.area = proc.Area(cls)
        cls.world = stage.Stage(cls.area, checked=False)

    def start(self):
        window = self.world.window(probe=PROBE).start()
        window.wait_for_text(stage.GOOD)
        return window

    def show(self, window, address):
        window.row(address, role="list item").click()
        window.wait("group", address)

    def close(self, window):
        window.close()
        self.assertEqual({name: n for name, n in window.left().items() if SINGLETONS.get(name) != n}, {})

    def test_looking_around(self):
        window = self.start()
        for address in (stage.GOOD, stage.NEVER):
            self.show(window, address)
            window.key("alt+2")
            window.wait("text box", "IMAP server")
            window.key("alt+3")
            window.row("msmtp")
        for key in ("ctrl+comma", "ctrl+question", "F1", "ctrl+n"):
            window.key(key)
            window.wait("dialog")
            window.key("Escape")
            window.gone("dialog")
        self.close(window)

    def test_pages_go_when_another_account_is_shown(self):
        window = self.start()
        for address in (stage.GOOD, stage.EXPIRED, stage.REFUSED, stage.NEVER):
            self.show(window, address)
        window.wait_until(lambda: window.ask("alive").get("MwAccountPage") == 1, "one page only")
        self.close(window)

    def test_checks_details_and_exports(self):
        window = self.start()
        self.show(window, stage.GOOD)
        window.key("F5")
        window.wait(containing="Everything works", role="heading")
        window.row("Details").click()
        window.wait_for_text("What the Server Offers")
        window.row("Dialogue").click()
        window.wait_for_text("Passwords are masked")
        window.key("alt+Left", "alt+Left")
        window.key("alt+3")
        window.row("msmtp").find("button").click()
        window.wait("button", "Apply", sensitive=True).click()
        window.wait("button", "Undo").click()
        window.wait_until(lambda: not (self.world.home.config / "msmtp/config").exists(), "the undoing")
        window.gone("button", "Undo")
        self.close(window)

    def test_closing_while_a_check_runs(self):
        window = self.start()
        self.show(window, stage.GOOD)
        window.key("ctrl+r")
        self.close(window)

    def test_checking_all_accounts_never_stops_the_main_loop(self):
        window = self.start()
        self.show(window, stage.GOOD)
        window.ask("stall")
        window.key("ctrl+r")
        window.wait(containing="Everything works", role="heading")
        window.wait_until(
            lambda: not any("Checking" in node.seen_name for node in window.all("list item")), "the end of the checks"
        )
        stall = window.ask("stall")
        print(f"longest turn of the main loop: {stall['milliseconds']:.0f} ms, {stall['cpu_milliseconds']:.0f} ms of the processor")
        # The goal is 50 ms, and ./dev bench measures it; here others may be using the same processor, and every frame
        # is painted without a graphics card.
        self.assertLess(stall["cpu_milliseconds"], 150, stall)
        self.assertGreater(stall["turns"], 20, stall)
        self.close(window)


if __name__ == "__main__":
    unittest.main()
