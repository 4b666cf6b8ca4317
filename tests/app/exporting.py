# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the export page share."""

import unittest

from lab import bus, cli, proc
from lab.window import Window

JO = "jo@example.org"
READER = "reader@example.org"
SECRET = "correct horse 42"
MSMTPRC = """\
# mine
defaults
auth on
tls on

account work
host mail.work.test
from me@work.test

account default : work
"""


class ExportCase(unittest.TestCase):
    size = (1000, 760)
    keyring_works = True

    def setUp(self):
        self.area = proc.Area(self)
        self.home = bus.Home(self.area, "home")
        self.window = Window(self.area, home=self.home, size=self.size, session=self.make_session())
        if self.keyring_works:
            self.keyring = bus.Keyring(self.window.session, self.home)
        self.config = self.home.config / "msmtp/config"

    def make_session(self):
        """Another bus than one without services, or None."""
        return None

    def run_cli(self, *words, password=None, status=cli.FINE):
        result = cli.run(*words, env=self.home.env(session=self.window.session), password=password)
        self.assertEqual(result.status, status, str(result))
        return result

    def add(self, address=JO, *more, sends=True):
        urls = ["--imap", "imaps://imap.example.org"]
        if sends:
            urls += ["--smtp", "smtps://smtp.example.org"]
        self.run_cli("account", "add", address, *urls, *more, password=SECRET if self.keyring_works else None)
        return self.run_cli("account", "show", address, "--json").json["id"]

    def write_msmtp(self, text=MSMTPRC):
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text)
        self.config.chmod(0o600)

    def start(self, address=JO):
        account = self.run_cli("account", "show", address, "--json").json["id"]
        self.window.settings(last_page="'export'", last_account=f"'{account}'")
        self.window.start()
        if self.size[0] < 640:
            self.window.row(address).click()
        return self.window

    def open_preview(self, program):
        self.window.wait("button", f"Export to {program}…").click()
        return self.window.wait("button", "Apply", sensitive=True)

    def go_back(self):
        self.window.key("Escape")
        self.window.wait("label", "Programs on This Computer")

    def apply(self, program):
        self.open_preview(program).click()
        self.window.wait_for_text(f"Exported to {program}")

    def state(self, program):
        """What the row of a program says."""
        button = self.window.wait("button", f"Export to {program}…")
        row = button.parent
        while row.role != "list item":
            row = row.parent
        return " ".join(row.texts())

    def wait_state(self, program, part):
        self.window.wait_until(lambda: part in self.state(program), f"{part!r} in the row of {program}")

    def diff(self, containing):
        """The text of a difference that is open."""
        node = self.window.wait_until(
            lambda: next(
                (one for one in self.window.all() if (one.name or "").startswith("Changes of ") and containing in one.text),
                None,
            ),
            f"a difference with {containing!r}",
        )
        return node.text

    def items(self, schema):
        return self.keyring.items(**{"xdg:schema": schema})
