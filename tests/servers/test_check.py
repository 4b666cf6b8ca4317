# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mailwright-cli check: one account, many accounts, and how many connections they cost."""

import signal
import socket
import threading
import time
import unittest

from lab import bus, cli, proc
from support import PASSWORD, USER, Desk, MailDesk


class Account(MailDesk):
    def setUp(self):
        super().setUp()
        session = bus.Bus(self.area, env=self.env)
        self.env = self.home.env(session=session)
        self.keyring = bus.Keyring(session, self.home)

    def add(self, address, imap="imaps", smtp="submissions", password=PASSWORD, user=USER):
        schemes = {"imaps": "imaps", "imap": "imap", "submissions": "smtps", "submission": "smtp"}
        user = user.replace("@", "%40")
        words = ["account", "add", address, "--imap", f"{schemes[imap]}://{user}@127.0.0.1:{self.ports[imap]}"]
        if self.postfix:
            words += ["--smtp", f"{schemes[smtp]}://{user}@127.0.0.1:{self.ports[smtp]}"]
        result = self.run_cli(*words, password=password)
        self.assertEqual(result.status, cli.FINE, result)

    def check(self, *words):
        result = self.run_cli("check", *words, "--ca-file", self.authority.path, "--json", seconds=200)
        value = result.json
        for account in value["accounts"]:
            for key in ("id", "address", "verdict", "diagnoses", "servers"):
                self.assertIn(key, account, result)
            for server in account["servers"]:
                self.hold_to_contract(server, result)
            worst = {server["verdict"] for server in account["servers"]}
            expected = next(one for one in ("failed", "warning", "ok") if one in worst or one == "ok")
            self.assertEqual(account["verdict"], expected, result)
        failed = any(account["verdict"] == "failed" for account in value["accounts"])
        self.assertEqual(result.status, cli.FAILED if failed else cli.FINE, result)
        return value["accounts"], result

    def test_whole_account(self):
        self.add(USER)
        accounts, result = self.check(USER)
        self.assertEqual(len(accounts), 1)
        self.assertEqual(accounts[0]["verdict"], "ok", result)
        self.assertEqual(len(accounts[0]["servers"]), 2 if self.postfix else 1)
        self.assert_no_leak(PASSWORD, result)

    def test_wrong_password_is_asked_once_of_each_server(self):
        self.add(USER, password="wrong one")
        mark, sent = self.dovecot.mark(), self.postfix.mark() if self.postfix else 0
        accounts, result = self.check(USER)
        self.assertIn("auth-failed", accounts[0]["diagnoses"], result)
        # Both are asked at the same time, each once.
        expected = 2 if self.postfix else 1
        self.assertEqual(self.dovecot.refusals(mark), expected, self.dovecot.log_since(mark))
        if self.postfix:
            self.assertEqual(self.postfix.failures(sent), 1)

    def test_refused_login_is_not_tried_again_for_another_account(self):
        for number in range(12):
            self.add(f"same{number}@example.test", password="wrong one")
        mark = self.dovecot.mark()
        accounts, result = self.check("--all")
        self.assertNotIn("ok", {one["verdict"] for one in accounts}, result)
        # Of the 24 that there are, one of each server: the others wait for what comes of it.
        expected = 2 if self.postfix else 1
        self.assertEqual(self.dovecot.refusals(mark), expected, self.dovecot.log_since(mark))

    def test_one_wrong_password_does_not_stop_the_other_accounts(self):
        self.add("good@example.test")
        self.add("bad@example.test", password="wrong one", user="plain@example.test")
        accounts, result = self.check("--all")
        self.assertEqual(
            {one["address"]: one["verdict"] for one in accounts},
            {"good@example.test": "ok", "bad@example.test": "failed"}, result,
        )  # fmt: skip

    def test_named_accounts_only(self):
        for name in ("a", "b", "c"):
            self.add(f"{name}@example.test")
        accounts, _ = self.check("a@example.test", "c@example.test")
        self.assertEqual([one["address"] for one in accounts], ["a@example.test", "c@example.test"])

    def test_nothing_to_check_is_said(self):
        result = self.run_cli("check", "--all", "--json")
        self.assertEqual(result.json["accounts"], [])
        self.assertEqual(result.status, cli.FINE, result)
        self.assertEqual(self.run_cli("check").status, cli.USAGE)
        self.assertNotEqual(self.run_cli("check", "no@example.test").status, cli.FINE)

    def test_text_for_people(self):
        self.add(USER)
        result = self.run_cli("check", USER, "--ca-file", self.authority.path)
        self.assertEqual(result.status, cli.FINE, result)
        self.assertIn(USER, result.stdout)

    def test_a_dozen_accounts_on_one_real_server(self):
        for number in range(12):
            self.add(f"many{number}@example.test", imap=("imap", "imaps")[number % 2])
        accounts, result = self.check("--all")
        self.assertEqual({one["verdict"] for one in accounts}, {"ok"}, result)
        self.assertEqual(len(accounts), 12)


class CountingImap:
    """A small IMAP server on many loopback addresses that greets nobody until it is told to.

    Meanwhile no client can finish, so what has connected is exactly what the program has open at the same time.
    """

    def __init__(self, area, addresses):
        self.greet = threading.Event()
        self._lock = threading.Lock()
        self._accepted = dict.fromkeys(addresses, 0)
        self._sockets = []
        self.port = None
        for address in addresses:
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((address, self.port or 0))
            sock.listen(256)
            self.port = sock.getsockname()[1]
            self._sockets.append(sock)
            threading.Thread(target=self._accept, args=(sock, address), daemon=True).start()
        area.on_close(self.stop)

    def stop(self):
        self.greet.set()
        for sock in self._sockets:
            sock.close()

    @property
    def total(self):
        return sum(self._accepted.values())

    @property
    def most_of_one(self):
        return max(self._accepted.values())

    def wait_until_no_more_come(self, quiet=2.0):
        """Waits for the first client, and then until for a while no further one has come."""
        proc.wait_for(lambda: self.total, "the first connection")
        seen, since = self.total, time.monotonic()
        while time.monotonic() - since < quiet:
            time.sleep(0.05)
            if self.total != seen:
                seen, since = self.total, time.monotonic()

    def _accept(self, sock, address):
        while True:
            try:
                client, _ = sock.accept()
            except OSError:
                return
            with self._lock:
                self._accepted[address] += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            with client, client.makefile("rwb", buffering=0) as stream:
                client.settimeout(60)
                self.greet.wait(60)
                stream.write(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n")
                while True:
                    words = stream.readline(65536).split()
                    if len(words) < 2:
                        return
                    tag, command = words[0], words[1].upper()
                    if command == b"LOGOUT":
                        return
                    if command == b"CAPABILITY":
                        stream.write(b"* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\n")
                    if command in (b"EXAMINE", b"SELECT"):
                        stream.write(b"* 0 EXISTS\r\n")
                    if command == b"AUTHENTICATE" and len(words) == 3:
                        stream.write(b"+ \r\n")
                        stream.readline(65536)
                    stream.write(tag + b" OK done\r\n")
        except OSError:
            pass


class Fleet(Desk):
    """Two hundred accounts, counted at the server."""

    def setUp(self):
        super().setUp()
        session = bus.Bus(self.area, env=self.env)
        self.env = self.home.env(session=session)
        self.keyring = bus.Keyring(session, self.home)

    def make(self, servers, accounts):
        """Adds accounts to the store; a file of the store itself is the pattern for all."""
        self.counter = CountingImap(self.area, [f"127.0.1.{number + 1}" for number in range(servers)])
        for number in range(accounts):
            host = f"127.0.1.{number % servers + 1}"
            running = cli.Running(
                "account", "add", f"n{number}@example.test", "--imap", f"imap+insecure://{host}:{self.counter.port}",
                env=self.env, password=f"secret {number}",
            )  # fmt: skip
            result = running.finish()
            self.assertEqual(result.status, cli.FINE, result)

    def check_all(self, *words):
        """How many connections were open while nobody was greeted: (in all, to one server); and the accounts."""
        self.counter.greet.clear()
        before = self.counter.total
        running = cli.Running("check", "--all", "--json", "--timeout", "60", *words, env=self.env)
        proc.wait_for(lambda: self.counter.total > before, "the first connection")
        self.counter.wait_until_no_more_come()
        counts = self.counter.total - before, self.counter.most_of_one
        self.counter.greet.set()
        result = running.finish(300)
        self.assertEqual(result.status, cli.FINE, result.stderr)
        return counts, result.json["accounts"]

    def test_at_most_eight_to_one_server_and_all_are_answered(self):
        self.make(servers=1, accounts=40)
        (at_once, _), accounts = self.check_all()
        self.assertEqual(at_once, 8)
        self.assertEqual(len(accounts), 40)
        self.assertEqual(self.counter.total, 40)

    def test_at_most_sixty_four_in_all(self):
        self.make(servers=25, accounts=200)
        (at_once, at_one), accounts = self.check_all()
        self.assertEqual(at_once, 64)
        self.assertLessEqual(at_one, 8)
        self.assertEqual(len(accounts), 200)
        self.assertEqual({one["verdict"] for one in accounts} - {"ok", "warning"}, set())
        self.assertEqual(self.counter.total, 200)
        (at_once, _), _ = self.check_all("--jobs", "3")
        self.assertEqual(at_once, 3)


class Interrupted(Desk):
    def test_interrupt_ends_it_at_once(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            running = cli.Running("probe", "imap", "127.0.0.1", "--port", port, "--timeout", "60", env=self.env)
            silent.settimeout(proc.PATIENCE)
            connection, _ = silent.accept()
            begun = time.monotonic()
            running.process.send_signal(signal.SIGINT)
            running.finish(20)
            self.assertLess(time.monotonic() - begun, 5)
            connection.close()

    def test_interrupted_json_is_one_value(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            for name in ("a", "b"):
                url = f"imap://jo@127.0.0.1:{port}"
                self.run_cli("account", "add", f"{name}@example.test", "--imap", url)
            running = cli.Running("check", "--all", "--json", "--timeout", "60", env=self.env)
            silent.settimeout(proc.PATIENCE)
            connection, _ = silent.accept()
            running.process.send_signal(signal.SIGINT)
            result = running.finish(60)
            self.assertEqual(result.json["accounts"], [], result)
            self.assertEqual(result.status, cli.TROUBLE, result)
            connection.close()


if __name__ == "__main__":
    unittest.main()
