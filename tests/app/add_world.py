# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains of every kind for the "Add Account" dialog, in a network of their own, and how to get through its pages."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "servers"))

from lab import bus, certs, cli, dns, https, netns, proc, window  # noqa: E402: found through the line above
from test_detect import AUTOCONFIG, client_config, srv  # noqa: E402

WEB, MAIL = "192.0.2.10", "192.0.2.20"


class World(unittest.TestCase):
    """kite.test publishes settings, rail.test publishes two that disagree, crane.test names servers of somebody else,
    bare.test publishes nothing, dead.test has name servers that never answer, slow.test a web server that hangs,
    half.test says where mail is received and nothing else, gmx.net, which the list knows, publishes something else, and
    none.test does not exist."""

    online = True

    @classmethod
    def setUpClass(cls):
        proc.need_root("a network namespace")
        cls.area = proc.Area(cls)
        cls.authority = certs.Authority(cls.area / "ca")
        cls.ns = netns.Namespace(cls.area, addresses=[WEB, MAIL], authorities=[cls.authority], online=cls.online)
        web, mail = [("A", WEB)], [("A", MAIL)]
        zones = {
            "kite.test": {"autoconfig": web},
            "rail.test": {"autoconfig": web, **srv("post.rail.test", smtp=4650), "post": mail},
            "crane.test": {"autoconfig": web},
            "bare.test": {"@": [("MX", "10 mx.bare.test.")], "mx": mail},
            "slow.test": {"autoconfig": web},
            "gmx.net": {"autoconfig": web},
            "half.test": {"_imaps._tcp": [("SRV", "0 1 993 in.half.test.")], "in": mail},
        }
        cls.dns = dns.Dns(cls.area, zones, silent=["dead.test"], ns=cls.ns).start()
        pop3 = """<incomingServer type="pop3"><hostname>pop.kite.test</hostname><port>995</port>
            <socketType>SSL</socketType><authentication>password-cleartext</authentication>
            <username>%EMAILADDRESS%</username></incomingServer>"""
        config = client_config("kite.test").replace("<outgoingServer", pop3 + "<outgoingServer", 1)
        answers = {
            ("autoconfig.kite.test", AUTOCONFIG): config,
            ("autoconfig.rail.test", AUTOCONFIG): client_config("rail.test"),
            ("autoconfig.crane.test", AUTOCONFIG): client_config(
                "crane.test", imap="imap.elsewhere.example", smtp="imap.elsewhere.example"
            ),
            ("autoconfig.gmx.net", AUTOCONFIG): client_config("gmx.net", smtp="old.gmx.net"),
            ("autoconfig.slow.test", AUTOCONFIG): https.Answer(https.hang),
        }
        leaf = cls.authority.issue(*(name for zone in zones for name in (zone, f"*.{zone}")))
        cls.web = https.Https(cls.area, answers, leaf=leaf, addresses=[WEB], ns=cls.ns).start()
        cls.screen = window.Screen(cls.area)
        cls.number = 0

    def open(self, *words, keyring=True, locked=False, **options):
        """A window with the dialog open; words are the program's own."""
        type(self).number += 1
        place = proc.Area(self)
        self.home = bus.Home(place)
        self.session = bus.Bus(place, env=self.home.env())
        self.keyring = bus.Keyring(self.session, self.home) if keyring else None
        if locked:
            self.keyring.lock()
        self.window = window.Window(
            place, home=self.home, session=self.session, ns=self.ns, screen=self.screen, args=words, **options
        ).start()
        self.window.key("ctrl+n")
        self.window.wait("button", "Find Settings")
        return self.window

    def search(self, address, name="Jo Example"):
        self.window.entry("Name").set_text(name)
        self.window.entry("Mail Address").set_text(address)
        self.window.wait("button", "Find Settings").click()

    def discard(self):
        """Leaves the dialog behind: it asks once."""
        self.window.wait("button", "Discard").click()
        self.window.gone("dialog", "Add Account")

    def accounts(self):
        """Every account that is stored, as the command line tells it."""
        env = self.home.env(session=self.session)
        listed = cli.run("account", "list", "--json", env=env).json
        return [cli.run("account", "show", account["id"], "--json", env=env).json for account in listed]

    def saved(self):
        """The one account, once it is stored and the dialog has gone."""
        self.window.gone("button", "Later")
        self.window.wait_until(lambda: len(self.accounts()) == 1, "an account")
        return self.accounts()[0]

    def picture(self, name):
        """For those who want to see the pages: MW_LAB_PAGES=FOLDER."""
        import os

        if os.environ.get("MW_LAB_PAGES"):
            self.window.screenshot(pathlib.Path(os.environ["MW_LAB_PAGES"]) / f"add-{name}.png")
