# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyrings and NetworkManagers that answer late, stop in the middle, or never start: nobody waits longer than our own
deadline, in the window and on the command line.

(Those that are silent from the beginning, locked or absent, on the command line: tests/servers/test_keyring.py; with a
question on the screen: tests/secrets/test_prompts.py.)
"""

import pathlib
import signal
import sys
import unittest

from lab import bus, certs, cli, proc, window
from stalling_server import StallingServer

USER = "jo@example.test"
SECRET = "correct horse 42"
#: What a keyring that is late takes: much longer than our own deadline of five seconds, however slow the machine.
LATE = 300
METHODS = ("OpenSession", "SearchItems", "ReadAlias", "CreateItem", "GetSecret", "GetSecrets", "SetSecret", "Delete")


class Services(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self, prefix="mw-srv-")
        self.home = bus.Home(self.area)

    def start_bus(self, service_files=()):
        self.session = bus.Bus(self.area, env=self.home.env(), service_files=service_files)
        self.env = self.home.env(session=self.session)

    def start_service(self, fault="none", method="", seconds=LATE):
        script = pathlib.Path(__file__).with_name("secret_service.py")
        self.service = proc.Process(
            self.area, "secrets", [sys.executable, script, self.session.address, fault, method, seconds],
            env=self.home.env(session=self.session, PYTHONDONTWRITEBYTECODE="1"),
        )  # fmt: skip
        self.session.wait_for_owner("org.freedesktop.secrets", alive=self.service)

    def said(self, words):
        return [line for line in self.service.output().splitlines() if line.startswith(words)]

    def run_cli(self, *words, status=None, **options):
        result = cli.run(*words, env=options.pop("env", self.env), **options)
        if status is not None:
            self.assertEqual(result.status, status, str(result))
        self.assertEqual(cli.leaks(SECRET, result, self.home.path, user=USER), [])
        return result

    def add(self, smtp=True):
        words = ["account", "add", USER, "--imap", "imaps://imap.example.test"]
        self.run_cli(*words, *(["--smtp", "smtps://smtp.example.test"] if smtp else []), status=cli.FINE)


class CommandLine(Services):
    COMMANDS = (
        ("set", ("password", "set", USER), SECRET),
        ("status", ("password", "status", USER), None),
        ("export", ("export", "msmtp", USER, "--install"), None),
        ("forget", ("password", "forget", USER), None),
    )

    def test_a_good_one(self):
        """The service of these tests can do all that is asked of it, or they would show nothing."""
        self.start_bus()
        self.start_service()
        self.add()
        for _, words, password in self.COMMANDS:
            self.run_cli(*words, password=password, status=cli.FINE)
        called = {line.split()[1] for line in self.said("call ")}
        self.assertLessEqual({"OpenSession", "SearchItems", "ReadAlias", "CreateItem", "Delete"}, called)
        self.assertTrue({"GetSecret", "GetSecrets"} & called)

    def walk(self, fault, methods=METHODS):
        self.start_bus()
        self.add()
        n_met = 0
        for method in methods:
            with self.subTest(method):
                self.start_service(fault, method)
                for name, words, password in self.COMMANDS:
                    result = self.run_cli(*words, password=password)
                    self.assertIn(result.status, (cli.FINE, cli.FAILED, cli.TROUBLE), str(result))
                    met = self.said("fault ")
                    n_met += bool(met)
                    if met and result.status != cli.FINE and name != "status":
                        self.assertTrue(result.stderr.strip(), str(result))
                    # It would have answered in the end: who waited for that waited too long
                    self.assertEqual(self.said("answered "), [], str(result))
                    if met:
                        break
                self.service.stop(signal.SIGKILL)
                self.assert_whole()
        self.assertGreaterEqual(n_met, 5)

    def assert_whole(self):
        states = {one["state"] for one in self.run_cli("export", "--journal", "--json", status=cli.FINE).json}
        self.assertLessEqual(states, {"done", "undone", "rolled-back", "applying"})
        self.run_cli("account", "show", USER, status=cli.FINE)

    def test_one_that_is_late(self):
        self.walk("late")

    def test_one_that_vanishes_in_the_middle(self):
        self.walk("vanish")

    def test_one_that_gives_errors(self):
        self.walk("error")

    def test_no_default_keyring(self):
        self.start_bus()
        self.start_service("no-default")
        self.add()
        for name, words, password in self.COMMANDS[:2]:
            result = self.run_cli(*words, password=password, status=cli.TROUBLE)
            self.assertTrue(result.stderr.strip())
        self.assertEqual(self.said("call CreateItem"), [])
        self.run_cli("account", "remove", USER, status=cli.FINE)

    def test_every_question_is_closed(self):
        self.start_bus()
        self.start_service("dismiss")
        self.add()
        result = self.run_cli("password", "set", USER, password=SECRET, status=cli.TROUBLE)
        self.assertTrue(result.stderr.strip())
        self.assertLessEqual(len(self.said("call Prompt")), 2)
        self.assertEqual(self.said("call CreateItem"), [])

    def test_activation_that_takes_for_ever(self):
        """The bus starts the keyring, and waits for it for two minutes; we do not."""
        folder = self.area.folder("services")
        started = self.area / "started"
        (folder / "org.freedesktop.secrets.service").write_text(
            f"[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/bin/sh -c 'touch {started}; exec sleep {LATE}'\n"
        )
        self.start_bus([folder])
        self.add()
        for name, words, password in self.COMMANDS:
            result = self.run_cli(*words, password=password)
            if name != "export":
                self.assertEqual(result.status, cli.TROUBLE, str(result))
            self.assertTrue(result.stderr.strip())
        self.assertTrue(started.exists())

    def test_putting_back_many_passwords_asks_a_silent_keyring_once(self):
        """An export of many accounts that was cut off: the deadline is not waited for once for each password."""
        self.start_bus()
        keyring = bus.Keyring(self.session, self.home)
        addresses = [f"user{number}@example.test" for number in range(12)]
        for address in addresses:
            self.run_cli("account", "add", address, "--smtp", "smtps://smtp.example.test", password=SECRET, status=cli.FINE)
        self.run_cli("export", "msmtp", *addresses, "--install", status=cli.FINE)
        (entry,) = (self.home.state / "mailwright/journal").glob("*-*/entry.ini")
        entry.write_text(entry.read_text().replace("state=done", "state=applying"))
        keyring.stop()
        service = bus.FaultyService(self.session, fault="silent")
        self.run_cli("export", "msmtp", addresses[0], "--output", self.area / "out", status=cli.FINE)
        self.assertLessEqual(len(service.calls()), 4, service.calls())
        self.assertFalse((self.home.config / "msmtp/config").exists(), "it was not put back")


class Window(Services):
    def open(self, *args, page="check", system=None):
        self.window = window.Window(self.area, home=self.home, session=self.session, system=system, args=args)
        self.window.settings(last_page=f"'{page}'")
        self.window.start()
        self.window.wait(name=USER)
        return self.window

    def check(self):
        """Checks the account, and waits until it is noted what came of it."""

        def noted():
            return [path.read_bytes() for path in (self.home.state / "mailwright/history").glob("*.ini")]

        before = noted()
        self.window.key("F5")
        self.window.wait_until(lambda: noted() != before, "the end of the check")
        self.window.wait("button", "Check Again")

    def test_keyring_that_is_late_keeps_nobody_from_anything(self):
        authority = certs.Authority(self.area / "ca")
        server = StallingServer(self.area, authority.issue("127.0.0.1"))
        self.start_bus()
        self.run_cli("account", "add", USER, "--imap", f"imaps://127.0.0.1:{server.port}", status=cli.FINE)
        for fault, method in (("late", "SearchItems"), ("late", "OpenSession"), ("vanish", "SearchItems"), ("no-default", "")):
            with self.subTest(fault, method=method):
                self.start_service(fault, method)
                window = self.open("--ca-file", authority.path)
                self.check()  # without the password, which is what it says is missing
                self.assertEqual(self.said("answered "), [])
                window.key("alt+2")
                window.wait(name="Identity")
                self.assertEqual(self.said("answered "), [])
                window.close()
                self.service.stop(signal.SIGKILL)

    def test_networkmanager_that_hangs(self):
        self.start_bus()
        self.add()
        system = bus.Bus(self.area, "system", env=self.env)
        service = bus.FaultyService(system, name="org.freedesktop.NetworkManager", fault="silent")
        self.env = self.home.env(session=self.session, system=system)
        window = self.open(system=system)
        proc.wait_for(service.calls, "a question", alive=window.process)
        self.check()
        window.close()

    def test_networkmanager_and_its_bus_that_vanish(self):
        self.start_bus()
        self.add()
        system = bus.Bus(self.area, "system", env=self.env)
        manager = bus.NetworkManager(system, wifi="Home")
        window = self.open(system=system)
        self.check()
        manager.stop()
        self.check()
        system.stop()
        self.check()
        self.assertTrue(window.alive())
        window.close()


if __name__ == "__main__":
    unittest.main()
