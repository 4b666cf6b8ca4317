# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed at any system call, or failed by the disk there, while our own files are written: accounts, and what was done.

What others see is the old file or the new one, whole; the next run works, and leaves nothing of the killed one behind.
(Exports and their journal: tests/clients/test_cut_off.py.)
"""

import re
import unittest

from lab import bus, cli, proc, strace

ADDRESS = "jo@example.test"


class OwnFiles(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self, prefix="mw-kill-")
        self.home = bus.Home(self.area)
        self.env = self.home.env()
        self.tracer = strace.Tracer(self.area, self.env)
        self.places = (self.home.config / "mailwright", self.home.state / "mailwright")

    def run_cli(self, *words, status=(cli.FINE,)):
        result = cli.run(*words, env=self.env)
        self.assertIn(result.status, status, str(result))
        return result

    def add(self, port=993):
        self.run_cli("account", "add", ADDRESS, "--imap", f"imap+insecure://127.0.0.1:{port}", "--name", "Jo")

    def files(self):
        """{path: bytes} of everything of ours but the lock files, which are empty."""
        return {
            path: path.read_bytes()
            for place in self.places
            for path in place.rglob("*")
            if path.is_file() and path.name != ".lock"
        }

    def put(self, files):
        for path in set(self.files()) - set(files):
            path.unlink()
        for path, data in files.items():
            path.write_bytes(data)

    @staticmethod
    def seen(files):
        """What a reader takes notice of, without the times and ids that differ from run to run."""
        plain = [(path, data) for path, data in files.items() if not path.name.startswith(".")]
        shown = [(path.parent.name, re.sub(rb"(?m)^At=.*$", b"At=", data)) for path, data in plain]
        return sorted(shown)

    def walk(self, fault, words, names=strace.WRITING, status=cli.FINE, again=(cli.FINE,), twice=False):
        """Meets a fault at each call of a run, from the same beginning; gives the number of those that were met.

        status: of a run that goes well; again: what the next run may end with; twice: whether doing it twice does
        more than doing it once.
        """
        before = self.files()
        calls, done = self.tracer.calls(self.places, *words, names=names)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        whole = (self.seen(before), self.seen(self.files()))
        self.assertNotEqual(*whole)
        whole_again = (whole[1], whole[1] * 2) if twice else (whole[1],)
        self.assertEqual([path for path in self.files() if path.name.startswith(".")], [])
        n_met = 0
        for call in calls:
            if "KILL" in fault and not strace.changes(call):
                continue
            self.put(before)
            done, met = self.tracer.run(fault, call, *words)
            n_met += met
            about = f"{fault} at {call}\n{done.returncode} {done.stderr.decode()}"
            now = self.seen(self.files())
            self.assertIn(now, whole, about)
            if met and "KILL" not in fault:
                self.assertIn(done.returncode, (status, cli.TROUBLE), about)
                if now == whole[0]:
                    self.assertTrue(done.stderr.strip(), about)
            self.run_cli("account", "list")
            self.run_cli(*words, status=again)
            left = [path for path in self.files() if path.name.startswith(".")]
            self.assertEqual(left, [], f"left over after {about}")
            self.assertIn(self.seen(self.files()), whole_again, about)
        self.put(before)
        return n_met

    EDIT = ("account", "edit", ADDRESS, "--name", "Jo the Second")

    def test_killed_while_an_account_is_changed(self):
        self.add()
        self.assertGreaterEqual(self.walk("signal=KILL", self.EDIT), 6)

    def test_killed_while_an_account_is_added(self):
        words = ("account", "add", ADDRESS, "--imap", "imaps://imap.example.test")
        self.assertGreaterEqual(self.walk("signal=KILL", words, twice=True), 6)

    def test_killed_while_an_account_is_removed(self):
        self.add()
        words = ("account", "remove", ADDRESS)
        self.assertGreaterEqual(self.walk("signal=KILL", words, again=(cli.FINE, cli.USAGE)), 2)

    def test_killed_while_it_is_noted_what_was_done(self):
        self.add(proc.free_ports()[0])
        words = ("check", ADDRESS)
        self.assertGreaterEqual(self.walk("signal=KILL", words, status=cli.FAILED, again=(cli.FAILED,)), 5)

    def test_disk_that_fails_while_an_account_is_changed(self):
        self.add()
        for fault in ("error=EIO", "error=ENOSPC", "error=EDQUOT"):
            with self.subTest(fault):
                self.walk(fault, self.EDIT, names=f"{strace.WRITING},{strace.READING}")

    def test_disk_that_fails_while_it_is_noted_what_was_done(self):
        self.add(proc.free_ports()[0])
        self.walk("error=EIO", ("check", ADDRESS), f"{strace.WRITING},{strace.READING}", cli.FAILED, (cli.FAILED,))


if __name__ == "__main__":
    unittest.main()
