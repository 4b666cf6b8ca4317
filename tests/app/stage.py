# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small world for the window: mail providers, good and bad ones, a home with accounts, a keyring with passwords.

Everything is real, and in a network of its own where nothing else exists. The accounts (of ACCOUNTS) are

    jo@wren.example     whose mail works; wren.example publishes its settings
    ann@reed.example    whose receiving server has a certificate that ends in two days
    kim@gull.example    whose receiving server has a certificate that has ended
    ray@wren.example    whose password is wrong
    li@qq.com           of a provider that the list knows; never checked, no password

and heron.example is a domain whose sources disagree, plover.example one that publishes nothing at all, swift.example
one whose web server takes no connection and refuses none.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))

from lab import bus, certs, cli, dns, dovecot, https, netns, postfix, window
import evolution_client

WEB, MAIL, REED, GULL = "192.0.2.10", "192.0.2.20", "192.0.2.30", "192.0.2.40"
PASSWORD = "Zaunk\u00f6nig & 7 \"eggs\""
SPOKEN = "right horse 7 eggs"  # what can be typed on every keyboard
GOOD, WARNS, EXPIRED, REFUSED, NEVER = ACCOUNTS = (
    "jo@wren.example", "ann@reed.example", "kim@gull.example", "ray@wren.example", "li@qq.com",
)  # fmt: skip
NEW = "pat@wren.example"  # has a mail box, and no account yet
_NAMES = {GOOD: "Jo Wren", WARNS: "Ann Reed", EXPIRED: "Kim Gull", REFUSED: "Ray Finch", NEVER: "\u674e\u96f7"}

_AUTOCONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="{domain}">
    <domain>{domain}</domain>
    <displayName>{name}</displayName>
    <incomingServer type="imap">
      <hostname>{imap}</hostname>
      <port>993</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </incomingServer>
    <incomingServer type="pop3">
      <hostname>{imap}</hostname>
      <port>995</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>smtp.wren.example</hostname>
      <port>587</port>
      <socketType>STARTTLS</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </outgoingServer>
  </emailProvider>
</clientConfig>
"""


class Stage:
    """The providers. accounts: which of ACCOUNTS are set up; checked: the command line has checked them once."""

    def __init__(self, area, accounts=ACCOUNTS, checked=True, keyring=True, evolution=False):
        self.area = area
        self.accounts = sorted(accounts)
        self.authority = certs.Authority(area / "ca", "Wren Example Authority")
        self.ns = netns.Namespace(area, addresses=[WEB, MAIL, REED, GULL], authorities=[self.authority], online=True)
        self._providers()
        self.home = bus.Home(area)
        folders = [evolution_client.service_files(area)] if evolution else []
        self.session = bus.Bus(area, env=self.home.env(), service_files=folders)
        self.keyring = bus.Keyring(self.session, self.home) if keyring else None
        self.env = self.home.env(session=self.session)
        self.screen = None
        for address in accounts:
            self.add(address, checked and address != NEVER)

    def _providers(self):
        area, issue = self.area, self.authority.issue
        web, mail = [("A", WEB)], [("A", MAIL)]
        zones = {
            "wren.example": {"@": [("MX", "10 mx.wren.example.")], "autoconfig": web, "imap": mail, "smtp": mail, "mx": mail},
            "reed.example": {"imap": [("A", REED)]},
            "gull.example": {"imap": [("A", GULL)]},
            "heron.example": {
                "autoconfig": web,
                "_imaps._tcp": [("SRV", "0 1 993 mail.heron.example.")],
                "_submissions._tcp": [("SRV", "0 1 465 mail.heron.example.")],
                "mail": mail,
            },
            "plover.example": {"@": web},
            "swift.example": {"autoconfig": [("A", netns.Namespace.SILENT)], "@": [("A", netns.Namespace.SILENT)]},
        }
        self.dns = dns.Dns(area, zones, ns=self.ns).start()
        hosts = [f"{name}.{domain}" for domain in ("wren.example", "heron.example") for name in ("imap", "smtp", "autoconfig", "mail")]
        leaf = issue(*hosts)
        answers = {}
        for domain, name, imap in (
            ("wren.example", "Wren Mail", "imap.wren.example"),
            ("heron.example", "Heron Post", "imap.wren.example"),
        ):
            answers[(f"autoconfig.{domain}", "/mail/config-v1.1.xml")] = _AUTOCONFIG.format(
                domain=domain, name=name, imap=imap
            )
        self.web = https.Https(area, answers, leaf=leaf, addresses=[WEB], ns=self.ns).start()
        users = {address: PASSWORD for address in (GOOD, WARNS, EXPIRED, REFUSED)} | {NEW: SPOKEN}
        self.dovecot = dovecot.Dovecot(area, users, leaf=leaf, addresses=(MAIL,), ns=self.ns).start()
        self.postfix = postfix.Postfix(
            area, self.dovecot, leaf=leaf, address=MAIL, domains=("wren.example",), ns=self.ns
        ).start()
        for address, host, bad in (
            (REED, "imap.reed.example", self.authority.expires_soon("imap.reed.example")),
            (GULL, "imap.gull.example", self.authority.expired("imap.gull.example")),
        ):
            dovecot.Dovecot(
                area, {WARNS: PASSWORD, EXPIRED: PASSWORD}, leaf=bad, services=("imaps",), addresses=(address,), ns=self.ns
            ).start()

    def add(self, address, checked):
        """Sets an account up, as the command line does it."""
        domain = address.split("@")[1]
        if address == NEVER:
            words = ["--imap", "imaps://imap.qq.com", "--smtp", "smtps://smtp.qq.com"]
        else:
            words = ["--imap", f"imaps://imap.{domain}", "--smtp", "smtp://smtp.wren.example"]
        password = {NEVER: None, REFUSED: "Zaunk\u00f6nig"}.get(address, PASSWORD) if self.keyring else None
        self.cli("account", "add", address, "--name", _NAMES[address], *words, password=password)
        if checked:
            self.cli("check", address, fine=False)

    def cli(self, *words, password=None, fine=True):
        result = cli.run(*words, password=password, env=self.env, ns=self.ns)
        if fine and result.status != cli.FINE:
            raise AssertionError(str(result))
        return result

    def window(self, **options):
        """A window in this world; several may follow each other, each begins with settings of its own."""
        settings = self.home.config / "glib-2.0/settings/keyfile"
        settings.unlink(missing_ok=True)
        if self.screen is None:
            self.screen = window.Screen(self.area, (1600, 2400))
        options = {"home": self.home, "session": self.session, **options}
        return window.Window(self.area, ns=self.ns, screen=self.screen, **options)
