# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A locked keyring that asks the person: answered late, closed, or never, and with nobody to be asked."""

import pathlib
import signal
import sys
import time
import unittest

from lab import bus, cli, proc

#: Mailwright's own deadline for an answer, which a visible question may take longer than.
DEADLINE = 5.0


class Prompts(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self, prefix="mw-prompt-")
        self.home = bus.Home(self.area)
        self.session = bus.Bus(self.area, env=self.home.env())
        result = cli.run(
            "account", "add", "jo@example.test", "--imap", "imaps://jo@imap.example.test", env=self.home.env()
        )
        self.assertEqual(result.status, cli.FINE, str(result))

    def start(self, seconds, answer):
        script = pathlib.Path(__file__).with_name("prompting_service.py")
        self.service = proc.Process(
            self.area, "prompting", [sys.executable, script, self.session.address, seconds, answer],
            env=self.home.env(session=self.session, PYTHONDONTWRITEBYTECODE="1"),
        )  # fmt: skip
        self.session.wait_for_owner("org.freedesktop.secrets", alive=self.service)

    def running(self, *words, password=None):
        return cli.Running(*words, env=self.home.env(session=self.session), password=password)

    def said(self, words):
        return [line for line in self.service.output().splitlines() if line == words]

    def test_question_may_take_longer_than_the_deadline(self):
        self.start(DEADLINE + 3, "unlock")
        result = self.running("password", "set", "jo@example.test", password="secret").finish()
        self.assertEqual(result.status, cli.FINE, str(result))
        self.assertEqual(self.said("completed unlocked"), ["completed unlocked"])
        self.assertTrue(self.said("call CreateItem"))

    def test_closed_question_ends_it(self):
        self.start(0.1, "dismiss")
        result = self.running("password", "set", "jo@example.test", password="secret").finish()
        self.assertEqual(result.status, cli.TROUBLE, str(result))
        self.assertTrue(result.stderr.strip())
        self.assertEqual(self.said("call CreateItem"), [])
        self.assertEqual(len(self.said("call Prompt")), 1, "a closed question is not put again")

    def test_status_asks_nobody(self):
        self.start(0, "unlock")
        result = self.running("password", "status", "jo@example.test").finish()
        self.assertEqual(result.status, cli.TROUBLE, str(result))
        self.assertEqual(self.said("call Prompt"), [])

    def test_giving_up_takes_effect_at_once(self):
        self.start(0, "never")
        running = self.running("password", "set", "jo@example.test", password="secret")
        proc.wait_for(lambda: self.said("call Prompt"), "the question", alive=self.service)
        begun = time.monotonic()
        running.process.send_signal(signal.SIGINT)
        result = running.finish()
        self.assertNotEqual(result.status, cli.FINE, str(result))
        self.assertLess(time.monotonic() - begun, 60, str(result))
        self.assertEqual(self.said("call CreateItem"), [])


if __name__ == "__main__":
    unittest.main()
