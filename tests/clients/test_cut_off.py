# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An export that dies, or whose disk fails, at any system call: every file is old or new, and the next run mends it."""

import subprocess
import unittest

from lab import bus, cli, proc

OLD = "# mine\naccount work\nhost mail.work.test\n"
#: What changes something on a disk.
CALLS = "mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,fsync,fdatasync,fchmod,fchmodat,chmod,ftruncate"
#: A run that makes more of these calls than this has lost its way.
ENOUGH = 400


class CutOff(unittest.TestCase):
    def setUp(self):
        self.strace = proc.need_program("strace")
        self.area = proc.Area(self, prefix="mw-cut-")
        self.home = bus.Home(self.area)
        self.env = self.home.env()
        self.config = self.home.config / "msmtp/config"
        self.config.parent.mkdir(parents=True)
        self.config.write_text(OLD)
        self.run_cli(
            "account", "add", "jo@example.test", "--imap", "imaps://jo@imap.example.test",
            "--smtp", "smtps://jo@smtp.example.test",
        )  # fmt: skip
        self.out = self.home.path / "out"
        self.need_strace()

    def need_strace(self):
        done = subprocess.run([self.strace, "-o", "/dev/null", "true"], capture_output=True)
        if done.returncode != 0:
            self.skipTest(f"processes cannot be traced here: {done.stderr.decode().strip()}")

    def run_cli(self, *words, status=cli.FINE):
        result = cli.run(*words, env=self.env)
        self.assertEqual(result.status, status, str(result))
        return result

    def traced(self, fault, number, *words):
        """Runs the command line with a fault at one system call; gives its exit status and whether it was hit."""
        log = self.area / "strace.log"
        # Threads count for themselves: what writes is the first one.
        argv = [
            self.strace, "-f", "-o", log, "-e", f"trace={CALLS}", "-e", f"inject={CALLS}:{fault}:when={number}",
            cli.program(), *words,
        ]  # fmt: skip
        done = subprocess.run(list(map(str, argv)), env=self.env, stdin=subprocess.DEVNULL, capture_output=True)
        text = log.read_text(errors="replace")
        hit = "(INJECTED)" in text or "killed by SIGKILL" in text
        return done, hit

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

    def walk(self, fault, words, before, after):
        """Tries a fault at the first call, the second, and so on, until the run gets through unharmed."""
        for number in range(1, ENOUGH):
            done, hit = self.traced(fault, number, *words)
            now = self.files()
            for name, data in now.items():
                if name.endswith(".mailwright"):
                    continue  # a file beside the real one, which nobody reads
                self.assertIn(data, (before.get(name), after.get(name)), f"{name} after {fault} at call {number}")
            for name in before:
                self.assertIn(name, now, f"{name} is gone after {fault} at call {number}")
            if hit:
                # What a person does next: the same once more, and then take it back.
                self.run_cli(*words)
                self.assertEqual(self.files(), after, f"{fault} at call {number}")
                self.assertEqual(self.states()[0], "done")
                self.assertNotIn("applying", self.states())
                self.assertNotIn("unreadable", self.states())
                self.run_cli("export", "--undo")
                self.assertEqual(self.files(), before, f"{fault} at call {number}")
            else:
                self.assertEqual(done.returncode, cli.FINE, done.stderr.decode())
                self.assertEqual(now, after)
                return number
        self.fail(f"still {fault} after {ENOUGH} calls")

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
        self.assertGreater(self.walk("signal=KILL", words, before, after), 8)

    def test_killed_while_making_several_files(self):
        words = ("export", "evolution", "jo@example.test", "--output", self.out)
        before, after = self.expected(*words)
        self.assertEqual(len(after) - len(before), 3)
        self.assertGreater(self.walk("signal=KILL", words, before, after), 12)

    def test_killed_while_undoing(self):
        words = ("export", "evolution", "jo@example.test", "--output", self.out)
        before, after = self.expected(*words)
        for number in range(1, ENOUGH):
            self.run_cli(*words)
            _, hit = self.traced("signal=KILL", number, "export", "--undo")
            for name, data in self.files().items():
                if not name.endswith(".mailwright"):
                    self.assertIn(data, (before.get(name), after.get(name)), name)
            if self.states()[0] == "done":
                self.run_cli("export", "--undo")
            self.assertEqual(self.files(), before, f"killed at call {number}")
            if not hit:
                return
        self.fail("an undo never gets through")

    def test_disk_that_fails(self):
        words = ("export", "msmtp", "jo@example.test", "--install")
        before, after = self.expected(*words)
        for fault in ("error=EIO", "error=ENOSPC"):
            with self.subTest(fault):
                self.walk(fault, words, before, after)
                self.run_cli("export", "--undo")

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
