# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""People who leave early: the window is closed, or Ctrl+C pressed, in each stage of a check and of an export."""

import fcntl
import os
import signal
import unittest

from lab import bus, certs, cli, proc, strace, window
from stalling_server import STAGES, StallingServer

USER = "jo@example.test"
SECRET = "correct horse 42"
OLD = "# mine\naccount work\nhost mail.work.test\n"
#: One for all of a program's life (mw_trust_get_default())
SINGLETONS = {"MwTrust": 1}
PROBE = os.environ.get("MW_WINDOW_PROBE")


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self, prefix="mw-leave-")
        self.home = bus.Home(self.area)
        self.env = self.home.env()

    def run_cli(self, *words, status=cli.FINE):
        result = cli.run(*words, env=self.env)
        self.assertEqual(result.status, status, str(result))
        return result

    def test_interrupted_in_each_stage_of_a_check(self):
        authority = certs.Authority(self.area / "ca")
        server = StallingServer(self.area, authority.issue("127.0.0.1"))
        words = ["probe", "imap", "127.0.0.1", "--port", server.port, "--user", USER, "--ca-file", authority.path]
        words += ["--timeout", "600"]
        for stage in STAGES:
            for number, more in ((signal.SIGINT, ()), (signal.SIGTERM, ("--json",))):
                with self.subTest(stage=stage, signal=number.name):
                    server.again(stage)
                    running = cli.Running(*words, *more, env=self.env, password=SECRET)
                    proc.wait_for(server.reached.is_set, stage)
                    running.process.send_signal(number)
                    result = running.finish(proc.PATIENCE)  # of six hundred seconds that the server has
                    self.assertEqual(result.status, cli.TROUBLE, str(result))
                    self.assertEqual(result.stdout, "", str(result))
                    self.assertIn("cancelled", result.stderr)
                    server.release()

    def test_interrupted_at_each_system_call_of_an_export(self):
        config = self.home.config / "msmtp/config"
        config.parent.mkdir(parents=True)
        config.write_text(OLD)
        self.run_cli("account", "add", USER, "--smtp", "smtps://smtp.example.test")
        words = ("export", "msmtp", USER, "--install")
        tracer = strace.Tracer(self.area, self.env)
        calls, done = tracer.calls([self.home.path], *words)
        self.assertEqual(done.returncode, cli.FINE, done.stderr.decode())
        after = config.read_text()
        self.run_cli("export", "--undo")
        n_met = n_stopped = 0
        for call in calls:
            if not strace.changes(call):
                continue
            done, met = tracer.run("signal=INT", call, *words)
            n_met += met
            about = f"{call}\n{done.returncode} {done.stderr.decode()}"
            if done.returncode == -signal.SIGINT:
                # Another thread was at its call of the same number: a second Ctrl+C is meant to end it the hard way
                self.assertIn(config.read_text(), (OLD, after), about)
                self.run_cli(*words)
                self.run_cli("export", "--undo")
                continue
            # All or nothing, at once: nobody comes later and puts it back
            self.assertIn(done.returncode, (cli.FINE, cli.TROUBLE), about)
            n_stopped += done.returncode == cli.TROUBLE
            self.assertEqual(config.read_text(), after if done.returncode == cli.FINE else OLD, about)
            self.assertEqual([path.name for path in config.parent.iterdir()], ["config"], about)
            if done.returncode == cli.FINE:
                self.run_cli("export", "--undo")
            self.assertEqual(config.read_text(), OLD, about)
        self.assertGreater(n_met, 15)
        self.assertGreater(n_stopped, 5)


@unittest.skipUnless(PROBE, "the probe is not built")
class Window(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self, prefix="mw-leave-")
        self.home = bus.Home(self.area)
        self.screen = window.Screen(self.area)

    def open(self, page, keyring=True, args=()):
        self.session = bus.Bus(self.area, env=self.home.env())
        self.env = self.home.env(session=self.session)
        self.window = window.Window(
            self.area, home=self.home, session=self.session, screen=self.screen, probe=PROBE, args=args
        )
        if keyring:
            bus.Keyring(self.session, self.home)
        self.window.settings(last_page=f"'{page}'")
        return self.window

    def run_cli(self, *words, **options):
        result = cli.run(*words, env=self.env, **options)
        self.assertEqual(result.status, cli.FINE, str(result))
        return result

    def leave(self):
        """Closes it; the program ends well, complains about nothing and leaves none of its objects."""
        self.window.close()
        self.assertEqual({name: n for name, n in self.window.left().items() if SINGLETONS.get(name) != n}, {})

    def test_closed_in_each_stage_of_a_check(self):
        authority = certs.Authority(self.area / "ca")
        server = StallingServer(self.area, authority.issue("127.0.0.1"))
        for stage in STAGES:
            with self.subTest(stage):
                server.again(stage)
                self.open("check", args=["--ca-file", authority.path])
                if stage == STAGES[0]:
                    self.run_cli("account", "add", USER, "--imap", f"imaps://127.0.0.1:{server.port}", password=SECRET)
                self.window.start()
                self.window.wait(name=USER)
                self.window.key("F5")
                proc.wait_for(server.reached.is_set, stage, alive=self.window.process)
                self.leave()
                server.release()

    def apply(self):
        self.window.wait("button", "Export to msmtp…").click()
        self.window.wait("button", "Apply", sensitive=True).click()

    def assert_old_or_new(self):
        """What there is is whole, and what was begun is put back by the next run at the latest."""
        config = self.home.config / "msmtp/config"
        text = config.read_text()
        self.assertTrue(text == OLD or text.endswith(OLD) and "smtp.example.test" in text, text)
        self.assertEqual([path.name for path in config.parent.iterdir()], ["config"])
        states = {entry["state"] for entry in self.run_cli("export", "--journal", "--json").json}
        self.assertLessEqual(states, {"done", "undone", "rolled-back"})

    def prepare_export(self, keyring=True):
        config = self.home.config / "msmtp/config"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(OLD)
        self.open("export", keyring)
        if not list(self.home.config.glob("mailwright/accounts/*.ini")):
            self.run_cli("account", "add", USER, "--smtp", "smtps://smtp.example.test")

    def test_closed_while_an_export_waits_for_another_program(self):
        """The lock of the journal is held by another process."""
        self.prepare_export()
        journal = self.home.state / "mailwright/journal"
        journal.mkdir(parents=True)
        self.window.start()
        with open(journal / ".lock", "w") as lock:
            self.window.wait("button", "Export to msmtp…").click()
            button = self.window.wait("button", "Apply", sensitive=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
            button.click()
            self.leave()
        self.assert_old_or_new()

    def test_closed_while_an_export_waits_for_the_keyring(self):
        self.prepare_export(keyring=False)
        service = bus.FaultyService(self.session, fault="silent")
        self.window.start()
        self.apply()
        proc.wait_for(service.calls, "a question to the keyring", alive=self.window.process)
        self.window.close()  # who waits for the keyring ends with the program, and keeps its objects until then
        self.assert_old_or_new()

    def test_closed_right_after_apply(self):
        for _ in range(3):
            self.prepare_export()
            self.window.start()
            self.apply()
            self.leave()
            self.assert_old_or_new()
            self.run_cli("export", "--journal")


if __name__ == "__main__":
    unittest.main()
