# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the desktop does with the program: opens files with it, starts it by D-Bus, asks for its actions."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "servers"))

from lab import bus, cli, proc  # noqa: E402: found through the line above
from lab.window import Screen, Window  # noqa: E402
from test_detect import client_config  # noqa: E402

APP = "io.github.mailwright.Mailwright"
PATH = "/io/github/mailwright/Mailwright"


class OpenCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.area = proc.Area(cls)
        cls.screen = Screen(cls.area)

    def setUp(self):
        self.place = proc.Area(self)
        self.home = bus.Home(self.place)
        self.good = self.write("kite.xml", client_config("kite.test"))

    def write(self, name, text):
        path = self.home.path / name
        path.write_text(text)
        return path

    def window(self, *words, **options):
        return Window(self.place, home=self.home, screen=self.screen, args=words, **options)

    def run_again(self, window, *words):
        result = subprocess.run(
            [window.program, *map(str, words)], env=window.env, cwd=self.home.path, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def picture(self, window, name):
        """For those who want to see the pages: MW_LAB_PAGES=FOLDER."""
        if os.environ.get("MW_LAB_PAGES"):
            window.screenshot(pathlib.Path(os.environ["MW_LAB_PAGES"]) / f"open-{name}.png")

    def refused(self, window, heading, *texts):
        """Waits for the alert, and closes it; there is no dialog for an account behind it."""
        window.wait("label", heading)
        for text in texts:
            window.wait("label", containing=text)
        self.picture(window, heading.lower().replace(" ", "-"))
        dialog = window.wait("alert dialog")
        window.wait("button", "Close", within=dialog).click()
        window.gone("label", heading)
        self.assertIsNone(window.find("button", "Use the Set-Up File"))


class Files(OpenCase):
    def test_a_set_up_file_becomes_an_account(self):
        window = self.window(self.good).start()
        window.wait("button", "Use the Set-Up File")
        window.wait("label", "kite.xml")
        self.picture(window, "good")
        window.entry("Name").set_text("Jo Example")
        window.entry("Mail Address").set_text("jo@kite.test")
        window.wait("button", "Use the Set-Up File").click()
        window.wait_for_text("From the set-up file “kite.xml”")
        self.assertFalse(window.wait("button", "Continue").sensitive)  # a file proves nothing
        window.row("Yes, Use These Servers").click()
        window.wait("button", "Continue", sensitive=True).click()
        window.wait("button", "Later").click()
        window.gone("button", "Later")
        listed = cli.run("account", "list", "--json", env=self.home.env()).json
        shown = cli.run("account", "show", listed[0]["id"], "--json", env=self.home.env()).json
        self.assertEqual((shown["address"], shown["incoming"]["host"]), ("jo@kite.test", "imap.kite.test"))
        window.close()

    def test_the_file_is_used_with_the_address_of_the_same_start(self):
        window = self.window("--add", "jo@kite.test", "kite.xml").start()  # a name relative to the folder
        window.wait("button", "Use the Set-Up File")
        self.assertEqual(window.entry("Mail Address").text, "jo@kite.test")
        # Without the file it is the search again
        window.wait("button", "Do Not Use This File").click()
        window.wait("button", "Find Settings")
        self.assertIsNone(window.find("label", "kite.xml"))
        window.stop()

    def test_a_running_program_takes_it_where_it_stands(self):
        window = self.window("--add", "jo@wren.test").start()
        window.wait("button", "Enter Servers by Hand").click()
        window.entry("IMAP server")
        self.run_again(window, self.good)
        window.wait("button", "Use the Set-Up File")
        self.assertEqual(window.entry("Mail Address").text, "jo@wren.test", "what was typed is kept")
        self.assertEqual(len(window.all("button", "Use the Set-Up File")), 1)
        # Something else on top is told, and changes nothing
        self.run_again(window, self.write("letter.xml", "<letter>Dear Jo</letter>"))
        window.wait("label", "This Is Not a Set-Up File")
        window.wait("button", "Close", within=window.wait("alert dialog")).click()
        window.gone("label", "This Is Not a Set-Up File")
        window.wait("label", "kite.xml")
        window.stop()

    def test_what_is_no_set_up_file_is_told(self):
        window = self.window(self.write("letter.xml", "<letter><to>Jo</to></letter>")).start()
        window.wait("button", "Open With Another Program…")
        self.refused(window, "This Is Not a Set-Up File", "letter.xml")
        huge = self.write("huge.xml", "<clientConfig>" + " " * 70000 + "</clientConfig>")
        cases = {
            huge: ("This Is Not a Set-Up File", "more than the 65536 bytes"),
            self.write("empty.xml", ""): ("This Is Not a Set-Up File", "empty.xml"),
            self.write("photo.xml", "\0\x01\x02"): ("This Is Not a Set-Up File", "not UTF-8"),
            self.write(
                "bomb.xml", '<!DOCTYPE a [<!ENTITY b "c">]>' + client_config("kite.test").split("?>", 1)[-1]
            ): ("This Is Not a Set-Up File", "bomb.xml"),
            self.write(
                "nobody.xml", client_config("kite.test").replace('type="imap"', 'type="jmap"').replace('type="smtp"', 'type="x"')
            ): ("The File Cannot Be Used", "no mail server"),
        }
        for path, (heading, text) in cases.items():
            with self.subTest(path=path.name):
                self.run_again(window, path)
                self.refused(window, heading, text)
        window.close()

    def test_what_cannot_be_read_is_told(self):
        window = self.window().start()
        pipe = self.home.path / "pipe.xml"
        os.mkfifo(pipe)
        # Reading one's own memory at 0 is an error for everybody, root or not
        unreadable = self.home.path / "memory.xml"
        unreadable.symlink_to("/proc/self/mem")
        for path in (self.home.path / "missing.xml", self.home.path, pipe, unreadable):
            with self.subTest(path=path.name):
                self.run_again(window, path)
                self.refused(window, "The File Cannot Be Read", path.name)
        window.close()

    def test_several_files_at_once(self):
        window = self.window(self.good, self.write("other.xml", client_config("rail.test"))).start()
        self.refused(window, "Open One Set-Up File at a Time", "kite.xml", "other.xml")
        window.close()


class Activation(OpenCase):
    """The program as the session bus starts it, by the names of the freedesktop.org specification."""

    def service(self):
        window = self.window("--gapplication-service").start(wait=False)
        window.session.wait_for_owner(APP, alive=window.process)
        return window

    def call(self, window, method, signature, *arguments):
        from gi.repository import GLib

        window.session.call(APP, PATH, "org.freedesktop.Application", method, GLib.Variant(signature, arguments))

    def test_activate_opens_one_window(self):
        window = self.service()
        self.assertIsNone(window._find_window(), "a service has no window before somebody wants one")
        self.call(window, "Activate", "(a{sv})", {})
        window.wait_for_window()
        self.call(window, "Activate", "(a{sv})", {})
        window.wait("button", "Add Account", sensitive=True)
        self.assertEqual(len(re.findall(r"(?m)^  window ", window.tree())), 1)
        window.close()

    def test_open(self):
        window = self.service()
        self.call(window, "Open", "(asa{sv})", [self.good.as_uri()], {})
        window.wait_for_window()
        window.wait("button", "Use the Set-Up File")
        window.wait("label", "kite.xml")
        window.stop()

    def test_actions_of_the_desktop_file(self):
        built = pathlib.Path(os.environ["MW_BUILDDIR"], "data", f"{APP}.desktop").read_text()
        actions = re.search(r"(?m)^Actions=(.*)$", built)[1].strip(";").split(";")
        self.assertEqual(actions, ["new-account", "check-all"])
        cli.run(
            "account", "add", "ann@example.org", "--imap", "imaps://127.0.0.1:1", "--smtp", "smtps://127.0.0.1:1",
            env=self.home.env(),
        )  # fmt: skip
        window = self.service()
        self.call(window, "ActivateAction", "(sava{sv})", "check-all", [], {})
        window.wait_for_window()
        window.wait("list item", containing="The server refuses connections")
        self.call(window, "ActivateAction", "(sava{sv})", "new-account", [], {})
        window.wait("button", "Find Settings")
        window.key("Escape")
        window.gone("button", "Find Settings")
        # The same by the command lines that are in the file for desktops without D-Bus
        for action, text in (("new-account", "Find Settings"), ("check-all", None)):
            words = re.search(rf"(?s)\[Desktop Action {action}\].*?^Exec=mailwright (.*?)$", built, re.MULTILINE)[1].split()
            self.run_again(window, *words)
            if text:
                window.wait("button", text)
                window.key("Escape")
                window.gone("button", text)
        window.wait("list item", containing="The server refuses connections")
        window.close()

    def test_the_bus_starts_it(self):
        """With the very service file that is installed, its path being that of the build."""
        built = pathlib.Path(os.environ["MW_BUILDDIR"], "data", f"{APP}.service").read_text()
        program = self.window().program
        folder = self.place.folder("services")
        (folder / f"{APP}.service").write_text(re.sub(r"(?m)^Exec=\S+", f"Exec={program}", built))
        session = bus.Bus(self.place, env=self.home.env(), service_files=[folder])
        from gi.repository import GLib

        window = self.window(session=session)
        session.call(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "UpdateActivationEnvironment",
            GLib.Variant("(a{ss})", (window.env,)),
        )  # fmt: skip
        self.call(window, "Activate", "(a{sv})", {})
        pid = session.owner(APP)
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        self.assertEqual(words[:2], [str(program), "--gapplication-service"])
        self.call(window, "ActivateAction", "(sava{sv})", "quit", [], {})
        proc.wait_for(lambda: session.owner(APP) is None, "the end of the program")


if __name__ == "__main__":
    unittest.main()
