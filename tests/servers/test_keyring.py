# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords in a real gnome-keyring, and keyrings that are locked, silent, gone or not there at all."""

import signal
import time
import unittest

from lab import bus, cli
from support import PASSWORD, USER, MailDesk

# A keyring that does not answer may cost a program its own deadline, and no more.
SOON = 40.0


class Keyring(MailDesk):
    def setUp(self):
        super().setUp()
        self.session = bus.Bus(self.area, env=self.env)
        self.env = self.home.env(session=self.session)

    def unlocked(self):
        return bus.Keyring(self.session, self.home)

    def add(self, password=PASSWORD):
        words = ["account", "add", USER, "--imap", f"imaps://127.0.0.1:{self.ports['imaps']}"]
        if self.postfix:
            words += ["--smtp", f"smtps://127.0.0.1:{self.ports['submissions']}"]
        result = self.run_cli(*words, password=password)
        self.assertEqual(result.status, cli.FINE, result)
        return result

    def add_without_keyring(self):
        words = ["account", "add", USER, "--imap", f"imaps://127.0.0.1:{self.ports['imaps']}"]
        result = self.run_cli(*words)
        self.assertEqual(result.status, cli.FINE, result)

    def check(self, status=cli.FINE):
        result = self.run_cli("check", USER, "--ca-file", self.authority.path, "--json")
        self.assertEqual(result.status, status, result)
        account = result.json["accounts"][0]
        for server in account["servers"]:
            self.hold_to_contract(server, result)
        return account, result

    def assert_nowhere_but_in_the_keyring(self, *results):
        """gnome-keyring's own file is encrypted, so the search can take in the whole home."""
        self.assert_no_leak(PASSWORD, *results)

    def test_stored_used_changed_and_forgotten(self):
        keyring = self.unlocked()
        added = self.add()
        items = keyring.items()
        self.assertTrue(items)
        self.assertEqual({item["secret"].decode() for item in items}, {PASSWORD})
        account, result = self.check()
        self.assertEqual(account["verdict"], "ok", result)
        self.assert_nowhere_but_in_the_keyring(added, result)

        there = self.run_cli("password", "status", USER)
        self.assertEqual(there.status, cli.FINE, there)

        changed = self.run_cli("password", "set", USER, password="another one")
        self.assertEqual(changed.status, cli.FINE, changed)
        self.assertEqual({item["secret"].decode() for item in keyring.items()}, {"another one"})
        self.assertEqual(len(keyring.items()), len(items))
        account, result = self.check(cli.FAILED)
        self.assertIn("auth-failed", account["diagnoses"], result)

        forgotten = self.run_cli("password", "forget", USER)
        self.assertEqual(forgotten.status, cli.FINE, forgotten)
        self.assertEqual(keyring.items(), [])
        gone = self.run_cli("password", "status", USER)
        self.assertNotEqual((gone.status, gone.stdout), (there.status, there.stdout))

    def test_odd_passwords_come_back_as_they_were(self):
        keyring = self.unlocked()
        self.add()
        for name, password in (("quotes", "a\"b'c"), ("edges", " a "), ("wide", "\u5bc6\u7801"), ("long", "x" * 3000)):
            with self.subTest(password=name):
                result = self.run_cli("password", "set", USER, password=password)
                self.assertEqual(result.status, cli.FINE, result)
                self.assertEqual({item["secret"].decode() for item in keyring.items()}, {password})

    def test_line_end_of_echo_is_no_part_of_the_password(self):
        keyring = self.unlocked()
        self.add(PASSWORD + "\n")
        self.assertEqual({item["secret"].decode() for item in keyring.items()}, {PASSWORD})

    def test_bad_passwords_are_refused(self):
        keyring = self.unlocked()
        self.add()
        for name, password in (("empty", b""), ("two lines", b"one\ntwo\n"), ("nul", b"a\0b"), ("latin", b"\xe4\xff")):
            with self.subTest(password=name):
                result = self.run_cli("password", "set", USER, password=password)
                self.assertIn(result.status, (cli.USAGE, cli.TROUBLE), result)
                self.assertEqual({item["secret"].decode() for item in keyring.items()}, {PASSWORD})
        for fd in ("99", "-1", "x"):
            with self.subTest(fd=fd):
                result = self.run_cli("password", "set", USER, "--password-fd", fd)
                self.assertIn(result.status, (cli.USAGE, cli.TROUBLE), result)

    def test_removing_the_account_removes_its_passwords(self):
        keyring = self.unlocked()
        self.add()
        result = self.run_cli("account", "remove", USER)
        self.assertEqual(result.status, cli.FINE, result)
        self.assertEqual(keyring.items(), [])

    def test_foreign_items_are_left_alone(self):
        import subprocess

        keyring = self.unlocked()
        subprocess.run(
            ["secret-tool", "store", "--label=theirs", "user", USER, "host", "127.0.0.1", "service", "smtp"],
            input=b"theirs", env=self.env, check=True,
        )  # fmt: skip
        self.add()
        self.run_cli("password", "forget", USER)
        self.run_cli("account", "remove", USER)
        self.assertEqual([item["secret"] for item in keyring.items()], [b"theirs"])

    def trouble(self, expected):
        """What every command says while the keyring is not to be had: in time, clearly, with nothing stored."""
        for words, password in (
            (["password", "set", USER], PASSWORD),
            (["password", "status", USER], None),
            (["password", "forget", USER], None),
        ):
            with self.subTest(words=words):
                begun = time.monotonic()
                result = self.run_cli(*words, password=password)
                self.assertLess(time.monotonic() - begun, SOON, result)
                self.assertEqual(result.status, cli.TROUBLE, result)
                self.assertTrue(result.stderr.strip())
                self.assert_no_leak(PASSWORD, result)
        with self.subTest(words="check"):
            begun = time.monotonic()
            result = self.run_cli("check", USER, "--ca-file", self.authority.path, "--json")
            self.assertLess(time.monotonic() - begun, SOON, result)
            self.assertIn(result.status, (cli.FAILED, cli.TROUBLE), result)
            self.assertIn(expected, result.stdout + result.stderr)
        with self.subTest(words="check with a password at hand"):
            result = self.run_cli(
                "check", USER, "--ca-file", self.authority.path, "--json", password=PASSWORD
            ) if self.takes_password() else None
            if result is not None:
                self.assertEqual(result.status, cli.FINE, result)

    def takes_password(self):
        return "--password-fd" in self.run_cli("check", "--help").stdout

    def test_locked_keyring(self):
        keyring = self.unlocked()
        self.add()
        keyring.lock()
        self.trouble("keyring-locked")
        self.assertTrue(keyring.is_locked())

    def test_no_keyring_on_the_bus(self):
        self.add_without_keyring()
        self.trouble("keyring-absent")

    def test_no_bus_at_all(self):
        self.add_without_keyring()
        self.env = self.home.env()
        self.trouble("keyring-absent")

    def test_bus_that_never_answers(self):
        self.add_without_keyring()
        self.env = dict(self.env, DBUS_SESSION_BUS_ADDRESS=bus.DeadBus(self.area).address)
        self.trouble("keyring-")

    def test_keyring_that_never_answers(self):
        self.add_without_keyring()
        service = bus.FaultyService(self.session, fault="silent")
        self.trouble("keyring-")
        self.assertTrue(service.calls())

    def test_keyring_that_vanishes_at_the_first_call(self):
        self.add_without_keyring()
        for words, password in ((["password", "set", USER], PASSWORD), (["password", "status", USER], None)):
            with self.subTest(words=words):
                bus.FaultyService(self.session, fault="vanishing")
                begun = time.monotonic()
                result = self.run_cli(*words, password=password)
                self.assertLess(time.monotonic() - begun, SOON, result)
                self.assertEqual(result.status, cli.TROUBLE, result)
                self.assertTrue(result.stderr.strip())

    def test_keyring_that_is_killed_and_comes_back(self):
        keyring = self.unlocked()
        self.add()
        keyring.stop(signal.SIGKILL)
        result = self.run_cli("password", "status", USER)
        self.assertEqual(result.status, cli.TROUBLE, result)
        self.unlocked()
        account, result = self.check()
        self.assertEqual(account["verdict"], "ok", result)

    def test_adding_with_a_password_and_no_keyring_is_not_silent(self):
        words = ["account", "add", USER, "--imap", f"imaps://127.0.0.1:{self.ports['imaps']}"]
        result = self.run_cli(*words, password=PASSWORD)
        self.assertEqual(result.status, cli.TROUBLE, result)
        self.assertTrue(result.stderr.strip())
        self.assert_no_leak(PASSWORD, result)


if __name__ == "__main__":
    unittest.main()
