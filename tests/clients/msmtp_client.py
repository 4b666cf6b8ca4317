# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real msmtp, with a home and a keyring of the test's own."""

import os
import subprocess

from lab import proc

#: Exit statuses of msmtp (sysexits.h).
FINE, NO_PASSWORD, REFUSED, BAD_CONFIGURATION = 0, 69, 77, 78


class Msmtp:
    """msmtp as the person runs it.

    home: bus.Home. session: the bus with the keyring, or None. ns: where names and certificates are the test's.
    """

    def __init__(self, home, session=None, ns=None):
        self.program = proc.need_program("msmtp")
        self.home = home
        self.env = home.env(session=session)
        self._ns = ns

    def run(self, *words, text=""):
        """Runs msmtp without a terminal, so that a question is an error and not a wait."""
        argv = [self.program, *map(str, words)]
        return subprocess.run(
            self._ns.command(argv) if self._ns else argv,
            env=self.env,
            input=text.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            timeout=proc.PATIENCE,
        )

    def has_keyring(self):
        return b"Keyring support: Gnome" in self.run("--version").stdout

    def pretend(self, *words):
        """What msmtp understood of its file: {setting: value} of the account that words choose."""
        done = self.run("--pretend", *words, "you@example.test")
        if done.returncode != 0:
            raise AssertionError(f"msmtp --pretend {words}: {done.returncode} {done.stderr.decode()}")
        lines = os.fsdecode(done.stdout).splitlines()
        return dict(line.split(" = ", 1) for line in lines if " = " in line)

    def send(self, sender, recipient, subject, *words):
        """Sends a message; gives the exit status and what msmtp said."""
        text = f"From: {sender}\nTo: {recipient}\nSubject: {subject}\n\nHello\n"
        done = self.run(*words, "--", recipient, text=text)
        return done.returncode, done.stderr.decode(errors="replace")


def prove(home, session, ns, dovecot, address, recipient, subject):
    """Sends from the default account's twin for address, and waits until the mail is in recipient's box.

    Returns the message as it arrived; raises with msmtp's words when it asks, refuses or loses it.
    """
    msmtp = Msmtp(home, session, ns)
    status, words = msmtp.send(address, recipient, subject, f"--from={address}")
    if status != FINE:
        raise AssertionError(f"msmtp ended with {status}: {words}")
    return dovecot.wait_for_message(recipient, f"Subject: {subject}")
