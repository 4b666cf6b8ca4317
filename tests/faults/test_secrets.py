# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a password could show up while the command line has it: looked for in memory, logs, system calls and files."""

import os
import re
import subprocess
import sys
import unittest

from lab import bus, certs, cli, memory, proc
from stalling_server import StallingServer

USER = "jo@example.test"
#: Nothing of it stands in any library, and it differs in every encoding.
SECRET = 'Zr7"q\\Vw%9x &k\u00fcY'
#: Everything that the libraries below us can be told to say.
LOUD = {
    "G_MESSAGES_DEBUG": "all",
    "GNUTLS_DEBUG_LEVEL": "9",
    "G_DBUS_DEBUG": "all",
    "LIBSECRET_DEBUG": "all",
    "SECRET_DEBUG": "all",
    "LIBNM_CLIENT_DEBUG": "trace",
    "SOUP_DEBUG": "3",
}


class Secrets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        memory.need()

    def setUp(self):
        self.area = proc.Area(self, prefix="mw-sec-")
        self.home = bus.Home(self.area)
        self.authority = certs.Authority(self.area / "ca")
        self.leaf = self.authority.issue("127.0.0.1")
        self.session = bus.Bus(self.area, env=self.home.env())
        self.keyring = bus.Keyring(self.session, self.home)
        self.env = self.home.env(session=self.session)

    def server(self, stall=None, **more):
        self.imap = StallingServer(self.area, self.leaf, stall, **more)
        return self.imap

    def run_cli(self, *words, status=cli.FINE, password=None, env=None):
        result = cli.run(*words, env=env or self.env, password=password)
        self.assertEqual(result.status, status, str(result))
        self.assert_no_leak(result)
        return result

    def add(self, password=SECRET):
        url = f"imaps://127.0.0.1:{self.imap.port}"
        return self.run_cli("account", "add", USER, "--imap", url, "--name", "Jo", password=password)

    def assert_no_leak(self, *places):
        places = (*places, self.home.path, self.home.tmp, self.home.runtime)
        self.assertEqual(cli.leaks(SECRET, *places, user=USER), [])

    def assert_guarded(self, pid, what):
        """Only in pages that are neither swapped out nor dumped, whatever was made of it."""
        found = memory.hits(pid, SECRET, USER)
        self.assertEqual([str(hit) for hit in found if not hit.guarded], [], what)
        return found

    def assert_nowhere_outside(self, running):
        for pid in (running.pid, *proc.descendants(running.pid)):
            self.assertEqual(cli.leaks(SECRET, cli.process_words(pid), user=USER), [])

    def stand_still(self, *words, password=None, env=None):
        """The command line, stopped by the server: for a look at it."""
        running = cli.Running(*words, "--ca-file", self.authority.path, env=env or self.env, password=password)

        def there():
            return self.imap.reached.is_set() or running.process.poll() is not None

        proc.wait_for(there, f"the server at {self.imap.stall}")
        self.assertIsNone(running.process.poll(), f"ended before {self.imap.stall}: {running.so_far()}")
        return running

    def test_memory_of_a_check(self):
        self.server()
        self.add()
        for stage in ("greeting", "login", "mailbox"):
            for words, given in ((("check", USER), None), (("probe", "imap", "127.0.0.1", "--port", self.imap.port, "--user", USER), SECRET)):
                with self.subTest(stage=stage, words=words[0]):
                    self.imap.again(stage)
                    running = self.stand_still(*words, "--transcript", "--details", password=given)
                    self.assertTrue(self.assert_guarded(running.pid, stage), "the password is not there: no test")
                    self.assert_nowhere_outside(running)
                    self.imap.release()
                    result = running.finish()
                    self.assertEqual(result.status, cli.FINE, str(result))
                    self.assert_no_leak(result)

    def test_memory_after_a_refused_login(self):
        self.server("mailbox", refuse=True)
        self.add()
        # It is refused, so the server never gets to "mailbox": it ends by itself
        result = self.run_cli("check", USER, "--ca-file", self.authority.path, "--transcript", status=cli.FAILED)
        self.assertIn("auth-failed", result.stdout)

    def test_core_dump(self):
        gcore = proc.need_program("gcore")
        self.server("mailbox")
        self.add()
        running = self.stand_still("check", USER, "--timeout", 600)  # being dumped takes its time
        limits = open(f"/proc/{running.pid}/limits").read()
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        core = self.area / "core"
        done = subprocess.run([gcore, "-o", core, str(running.pid)], capture_output=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        data = (self.area / f"core.{running.pid}").read_bytes()
        self.assertGreater(len(data), 1 << 20)
        self.assertIn(USER.encode(), data)  # it is a dump of the right memory
        self.assertEqual(cli.leaks(SECRET, data, user=USER), [])
        self.imap.release()
        self.assertEqual(running.finish().status, cli.FINE)

    def test_other_users_cannot_look(self):
        """As far as the kernel tells: the files of the process belong to root, whoever runs it."""
        nobody = 65534
        self.server("mailbox")
        program = self.area / "mailwright-cli"
        program.write_bytes(open(cli.program(), "rb").read())
        program.chmod(0o755)
        home = bus.Home(self.area, "nobody")
        for path in (home.path, home.runtime, home.tmp, *home.path.rglob("*")):
            os.chown(path, nobody, nobody)
        reading, writing = os.pipe()
        os.write(writing, SECRET.encode())
        os.close(writing)
        argv = [program, "probe", "imap", "127.0.0.1", "--port", self.imap.port, "--user", USER, "--password-fd", reading]
        process = subprocess.Popen(
            list(map(str, argv)) + ["--ca-file", str(self.authority.path)], env=home.env(), user=nobody, group=nobody,
            extra_groups=[], pass_fds=(reading,), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        os.close(reading)
        try:
            proc.wait_for(lambda: self.imap.reached.is_set() or process.poll() is not None, "the login")
            self.assertIsNone(process.poll(), process.poll() is not None and process.stdout.read())
            self.assertEqual(os.stat(f"/proc/{process.pid}/mem").st_uid, 0)
            look = f"open('/proc/{process.pid}/mem', 'rb')"
            done = subprocess.run([sys.executable, "-c", look], user=nobody, group=nobody, extra_groups=[], capture_output=True)
            self.assertIn(b"PermissionError", done.stderr)
        finally:
            self.imap.release()
            process.communicate()

    def test_no_log_says_it_however_loud(self):
        self.server()
        self.add()
        loud = {**self.env, **LOUD}
        trust = ("--ca-file", self.authority.path)
        server = ("imap", "127.0.0.1", "--port", self.imap.port, "--user", USER)
        results = [
            self.run_cli("check", USER, *trust, "--transcript", "--details", env=loud),
            self.run_cli("check", USER, *trust, "--json", env=loud),
            self.run_cli("probe", *server, *trust, "--transcript", password=SECRET, env=loud),
            self.run_cli("password", "set", USER, password=SECRET, env=loud),
            self.run_cli("password", "status", USER, env=loud),
            self.run_cli("advise", USER, password=SECRET, env=loud),
        ]
        said = "".join(result.stdout + result.stderr for result in results)
        for word in ("mw-", "gnutls[", "GDBus-debug:"):
            self.assertIn(word, said, "the log says nothing: no test")

    def test_no_system_call_writes_it(self):
        """Exports to every target, a check, and the keyring: what is written to files, pipes and sockets, as it is."""
        strace = proc.need_program("strace")
        self.server()
        self.add()
        log = self.area / "strace.log"
        out = self.area.folder("out")
        self.run_cli("account", "edit", USER, "--smtp", f"smtps://{USER.replace('@', '%40')}@smtp.example.test")
        for words in (
            ("check", USER, "--ca-file", self.authority.path),
            ("password", "set", USER),
            ("export", "msmtp", USER, "--install"),
            ("export", "evolution", USER, "--install"),
            ("export", "thunderbird", USER, "--install", "--with-passwords"),
            ("export", "thunderbird", USER, "--output", out, "--with-passwords"),
            ("export", "--undo"),
        ):
            with self.subTest(" ".join(map(str, words[:2]))):
                argv = [strace, "-f", "-q", "-xx", "-s", "1000000", "-o", log]
                argv += ["-e", "trace=write,writev,pwrite64,pwritev,sendto,sendmsg,sendmmsg,execve,memfd_create"]
                argv += [cli.program(), *words] + (["--password-fd", "0"] if "set" in words else [])
                done = subprocess.run(
                    list(map(str, argv)), env=self.env, input=SECRET.encode() if "set" in words else b"", capture_output=True
                )
                text = log.read_text(errors="replace")
                if "cannot be traced" in text or "ptrace" in done.stderr.decode():
                    self.skipTest("processes cannot be traced here")
                self.assertIn(done.returncode, (cli.FINE, cli.FAILED), done.stderr.decode())
                written = b"\n".join(
                    bytes.fromhex(piece.replace("\\x", "")) for piece in re.findall(r'"((?:\\x[0-9a-f]{2})+)"', text)
                )
                self.assertGreater(len(written), 100)
                self.assertEqual(cli.leaks(SECRET, written, done.stdout, done.stderr, user=USER), [])
                self.assert_no_leak()
        self.assertEqual(cli.leaks(SECRET, out, user=USER), [])

    def test_memory_while_the_keyring_asks(self):
        """Nobody answers the keyring's question; the password waits in guarded memory."""
        self.server()
        self.add(None)
        self.keyring.lock()
        running = cli.Running("password", "set", USER, env=self.env, password=SECRET)
        found = proc.wait_for(
            lambda: memory.hits(running.pid, SECRET, USER) if running.process.poll() is None else True, "the password in memory"
        )
        self.assertEqual([str(hit) for hit in found if not hit.guarded] if found is not True else [], [])
        self.assert_nowhere_outside(running)
        running.process.terminate()
        self.assert_no_leak(running.finish())


if __name__ == "__main__":
    unittest.main()
