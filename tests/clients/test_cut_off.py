# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An export that dies, or whose disk fails, at any system call: every file is old or new, and the next run mends it."""

import shutil
import subprocess
import unittest

from lab import bus, cli, proc, strace

OLD = "# mine\naccount work\nhost mail.work.test\n"


class CutOff(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self, prefix="mw-cut-")
        self.home = bus.Home(self.area)
        self.env = self.home.env()
        self.tracer = strace.Tracer(self.area, self.env)
        self.config = self.home.config / "msmtp/config"
        self.config.parent.mkdir(parents=True)
        self.config.write_text(OLD)
        self.run_cli(
            "account", "add", "jo@example.test", "--imap", "imaps://jo@imap.example.test",
            "--smtp", "smtps://jo@smtp.example.test",
        )  # fmt: skip
        self.out = self.home.path / "out"

    def run_cli(self, *words, status=cli.FINE):
        result = cli.run(*words, env=self.env)
        self.assertEqual(result.status, status, str(result))
        return result

    def calls(self, words, names=strace.WRITING):
        """The system calls of a run that have to do with the home, as the first run of this test meets them."""
        found, done = self.tracer.calls([self.home.path], *words, names=names)
        self.assertEqual(done.returncode, cli.FINE, done.stderr.decode())
        return found

    def files(self):
        """Everything below the home but the journal and our own accounts, as {path: bytes}."""
        found = {}
        for path in sorted(self.home.path.rglob("*")):
            name = str(path.relative_to(self.home.path))
            if path.is_file() and not name.startswith((".local/state/mailwright", ".config/mailwright")):
                found[name] = path.read_bytes()
        return found

    def states(self):
        return [entry["state"] for entry in self.run_cli("export", "--journal", "--json").json]

    def walk(self, fault, words, before, after, names=strace.WRITING):
        """Meets a fault at each system call of an export, from the same beginning; gives the number of those met."""
        self.forget()
        calls = self.calls(words, names)
        self.run_cli("export", "--undo")
        n_met = 0
        for call in calls:
            if "KILL" in fault and not strace.changes(call):
                continue
            self.forget()
            done, met = self.tracer.run(fault, call, *words)
            n_met += met
            about = f"{fault} at {call}\n{done.returncode} {done.stderr.decode()}"
            now = self.files()
            for name, data in now.items():
                if name.endswith(".mailwright"):
                    continue  # a file beside the real one, which nobody reads
                self.assertIn(data, (before.get(name), after.get(name)), f"{name} after {about}")
            for name in before:
                self.assertIn(name, now, f"{name} is gone after {about}")
            if met and "KILL" not in fault:
                self.assertIn(done.returncode, (cli.FINE, cli.TROUBLE), about)
                if now != after:
                    self.assertTrue(done.stderr.strip(), about)
            # What a person does next: the same once more, and then take it back.
            self.run_cli(*words)
            self.assertEqual(self.files(), after, about)
            states = self.states()
            self.assertEqual(states[0], "done", about)
            self.assertLessEqual(set(states), {"done", "undone", "rolled-back"}, about)
            self.run_cli("export", "--undo")
            self.assertEqual(self.files(), before, about)
            self.assertEqual(self.left_over(), [], about)
        return n_met

    def forget(self):
        """Every run meets the same journal, so that it makes the same calls."""
        shutil.rmtree(self.home.state / "mailwright", ignore_errors=True)

    def left_over(self):
        """Names in our own folders that nobody would ever look for again."""
        places = (self.home.state / "mailwright", self.home.config / "mailwright")
        names = {str(path) for place in places for path in place.rglob(".*") if path.name != ".lock"}
        return sorted(names)

    def expected(self, *words):
        """What is there before and after, by a run without a fault; and taken back again."""
        before = self.files()
        self.run_cli(*words)
        after = self.files()
        self.assertNotEqual(before, after)
        self.run_cli("export", "--undo")
        self.assertEqual(self.files(), before)
        return before, after

    def test_killed_while_changing_a_file(self):
        words = ("export", "msmtp", "jo@example.test", "--install")
        before, after = self.expected(*words)
        self.assertGreater(self.walk("signal=KILL", words, before, after), 20)

    def test_killed_while_making_several_files(self):
        words = ("export", "evolution", "jo@example.test", "--output", self.out)
        before, after = self.expected(*words)
        self.assertEqual(len(after) - len(before), 3)
        self.assertGreater(self.walk("signal=KILL", words, before, after), 25)

    def test_killed_while_undoing(self):
        words = ("export", "evolution", "jo@example.test", "--output", self.out)
        before, after = self.expected(*words)
        self.forget()
        self.run_cli(*words)
        n_met = 0
        for call in self.calls(("export", "--undo")):
            if not strace.changes(call):
                continue
            self.forget()
            self.run_cli(*words)
            done, met = self.tracer.run("signal=KILL", call, "export", "--undo")
            n_met += met
            for name, data in self.files().items():
                if not name.endswith(".mailwright"):
                    self.assertIn(data, (before.get(name), after.get(name)), f"{name} after {call}")
            if self.states()[0] == "done":
                self.run_cli("export", "--undo")
            self.assertEqual(self.files(), before, f"killed at {call}")
            self.assertEqual(self.left_over(), [], f"killed at {call}")
        self.assertGreater(n_met, 8)

    def test_disk_that_fails(self):
        words = ("export", "msmtp", "jo@example.test", "--install")
        before, after = self.expected(*words)
        for fault, names in (
            ("error=EIO", f"{strace.WRITING},{strace.READING}"),
            ("error=ENOSPC", "write,openat,mkdir,rename,fsync"),
        ):
            with self.subTest(fault):
                self.assertGreater(self.walk(fault, words, before, after, names), 20)

    def test_disk_that_is_full(self):
        """A real one, of 64 KiB, with the home on it and the journal elsewhere."""
        proc.need_root("mounting a small file system")
        small = self.area.folder("small")
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], capture_output=True).returncode:
            self.skipTest("a small file system cannot be mounted here")
        self.area.on_close(subprocess.run, ["umount", small])
        (small / "filling").write_bytes(b"x" * 60 * 1024)
        result = cli.run("export", "evolution", "jo@example.test", "--output", small / "out", env=self.env)
        self.assertEqual(result.status, cli.TROUBLE, str(result))
        self.assertIn("No space left", result.stderr)
        self.assertEqual([path.name for path in small.iterdir()], ["filling"])
        self.assertEqual(self.states(), ["rolled-back"])


if __name__ == "__main__":
    unittest.main()
