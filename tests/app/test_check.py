# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a check: real servers, real faults, and what the window makes of them."""

import json
import re
import socket
import threading
import time
import unittest

from lab import bus, certs, cli, dovecot, netns, postfix, proc
from lab.window import Screen, Window

USER = "jo@example.test"
PASSWORD = "correct horse 42"
LIGHTS = ("Protocol", "Port", "Certificate", "Login")


class Imap:
    """A small IMAP server without encryption that does as it is told, and keeps what it was sent."""

    def __init__(self, area, capabilities="IMAP4rev1 SASL-IR AUTH=PLAIN", refusal=None, silent=False):
        self.capabilities, self.refusal, self.silent = capabilities, refusal, silent
        self.received = []
        self._over = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        area.on_close(self._stop)
        threading.Thread(target=self._accept, daemon=True).start()

    def _stop(self):
        self._over.set()
        self._socket.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, client.makefile("rwb", buffering=0) as stream:
            try:
                if self.silent:
                    self._over.wait(300)
                    return
                stream.write(b"* OK ready\r\n")
                while line := stream.readline(65536):
                    self.received.append(line)
                    tag, command = (line.decode("latin-1").split() + ["", ""])[:2]
                    if command.upper() == "CAPABILITY":
                        stream.write(f"* CAPABILITY {self.capabilities}\r\n".encode())
                    refused = self.refusal and command.upper() in ("AUTHENTICATE", "LOGIN")
                    stream.write(f"{tag} {self.refusal if refused else 'OK done'}\r\n".encode())
                    if command.upper() == "LOGOUT":
                        return
            except OSError:
                pass


class CheckPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = proc.Area(cls)
        cls.authority = certs.Authority(cls.shared / "ca")
        leaf = cls.authority.issue("localhost", "127.0.0.1")
        cls.dovecot = dovecot.Dovecot(cls.shared, {USER: PASSWORD}, leaf=leaf).start()
        cls.ports = dict(cls.dovecot.port)
        cls.postfix = None
        if proc.is_root():
            cls.postfix = postfix.Postfix(cls.shared, cls.dovecot, leaf=leaf).start()
            cls.ports.update(cls.postfix.port)
        cls.screen = Screen(cls.shared)

    def setUp(self):
        self.area = proc.Area(self)

    def open(self, imap, smtp=None, password=PASSWORD, address=USER, trust=True, **options):
        """The window with one account; its keyring holds the password, if there is one."""
        args = ("--ca-file", self.authority.path) if trust else ()
        self.window = Window(self.area, args=args, screen=self.screen, **options)
        self.env = self.window.home.env(session=self.window.session)
        self.keyring = bus.Keyring(self.window.session, self.window.home)
        words = ["account", "add", address, "--imap", imap, *(("--smtp", smtp) if smtp else ())]
        result = cli.run(*words, password=password, env=self.env)
        self.assertEqual(result.status, cli.FINE, result)
        self.address = address
        self.window.start()
        self.window.wait("heading", "Not checked yet")
        return self.window

    def url(self, scheme, service, user=USER):
        return f"{scheme}://{user.replace('@', '%40')}@127.0.0.1:{self.ports[service]}"

    def check(self, button="Check"):
        self.window.wait("button", button, sensitive=True).click()
        self.wait_done()

    def wait_done(self):
        """Until the check has begun and ended."""
        self.window.wait_until(
            lambda: not self.window.find("button", "Stop") and self.window.find("button", "Check Again"),
            "the end of the check",
        )

    def lights(self, half="Receiving"):
        found = {}
        for node in self.window.wait("list", half).all("image"):
            for light in LIGHTS:
                if node.seen_name.startswith(f"{light}: "):
                    found[light] = node.seen_name.removeprefix(f"{light}: ")
        return found

    def account(self):
        return cli.run("account", "show", self.address, "--json", env=self.env).json

    def pasted(self):
        """What is on the clipboard, as an entry of the program takes it."""
        self.window.key("ctrl+n")
        entry = self.window.entry("Name")
        entry.focus()
        self.window.key("ctrl+a", "ctrl+v")
        text = self.window.wait_until(lambda: entry.text, "something pasted")
        self.window.key("ctrl+a", "Delete", "Escape")
        self.window.gone("dialog")
        return text

    def pinned(self):
        return re.search(r"(?m)^AcceptedKey=[0-9a-f]{64}$", self.stored()) is not None

    def stored(self):
        folder = self.window.home.config / "mailwright/accounts"
        return "\n".join(path.read_text() for path in folder.glob("*.ini"))


class Good(CheckPage):
    def test_everything_works(self):
        if self.postfix is None:
            self.skipTest("Postfix needs root")
        window = self.open(self.url("imaps", "imaps"), self.url("smtps", "submissions"))
        self.check()
        window.wait("heading", "Everything works")
        for half in ("Receiving", "Sending"):
            self.assertEqual(self.lights(half), dict.fromkeys(LIGHTS, "Fine"), half)
        said = window.announcements()
        self.assertEqual(said[0], f"Checking {USER}")
        self.assertIn("Receiving from 127.0.0.1 works", said)
        self.assertIn("Sending through 127.0.0.1 works", said)
        self.assertEqual(said[-1], "Everything works")
        # The stages are there for who wants to see them
        window.row("Stages", window.wait("list", "Receiving")).mouse()
        window.wait("list item", "Mailbox: Fine")
        window.close()

    def test_details_and_dialogue_hold_no_password(self):
        window = self.open(self.url("imaps", "imaps"))
        self.check()
        window.row("Details").click()
        window.wait("list item", "Key exchange")
        for title in ("Internet address", "Cipher", "Login mechanisms", "Capabilities"):
            self.assertTrue(window.find("list item", title, showing=False), title)
        window.row("Dialogue").click()
        dialogue = window.wait(name="Dialogue with the server")
        self.assertIn("C: ", dialogue.text)
        self.assertIn("[masked]", dialogue.text)
        self.assertEqual(cli.leaks(PASSWORD, dialogue.text, user=USER), [])
        window.key("Escape")
        window.row("Certificate").click()
        window.wait("label", containing="issued by “Mailwright Test Authority”")
        self.assertIsNone(window.find("button", "Accept Exactly This Key…"))
        window.key("Escape")
        window.wait("list item", "Key exchange")
        window.key("Escape")
        window.wait("heading", "Receiving works")
        window.close()

    def test_result_is_copied_as_text_and_json(self):
        window = self.open(self.url("imaps", "imaps"))
        self.check()
        window.menu("Copy Result", "Copy as Text")
        window.wait_for_text("Result copied as text, names and addresses masked")
        text = self.pasted()
        self.assertIn("127.0.0.1", text)
        self.assertIn("SHA-256", text)
        self.assertNotIn("jo@", text)
        self.assertEqual(cli.leaks(PASSWORD, text, user=USER), [])
        window.wait("button", "Copy Result").click()
        window.wait(name="Mask Names and Addresses").click()
        window.menu("Copy Result", "Copy as JSON")
        window.wait_for_text("Result copied as JSON, with names and addresses")
        value = json.loads(self.pasted())
        self.assertEqual(value["accounts"][0]["address"], USER)
        self.assertEqual(value["accounts"][0]["servers"][0]["verdict"], "ok")
        window.close()

    def test_last_result_is_there_after_a_restart(self):
        window = self.open(self.url("imaps", "imaps"), password="wrong one")
        self.check()
        window.wait("heading", "Receiving does not work")
        window.close()
        window.start()
        window.wait("heading", "The last check found something wrong")
        found = window.wait("list", "Found at the last check")
        window.row("The server refused the user name or password", found).mouse()
        window.wait_for_text("Type the password again")
        self.assertEqual(self.lights(), dict.fromkeys(LIGHTS, "Not checked"))
        window.wait("button", "Check Again")
        window.close()


class Trouble(CheckPage):
    def test_wrong_password_opens_itself(self):
        smtp = self.url("smtps", "submissions") if self.postfix else None
        window = self.open(self.url("imaps", "imaps"), smtp, password="wrong one")
        self.check()
        window.wait("heading", "Neither receiving nor sending works" if smtp else "Receiving does not work")
        self.assertEqual(self.lights()["Certificate"], "Fine")
        self.assertEqual(self.lights()["Login"], "Failed")
        # One of them is open, the other one waits for a click
        self.assertEqual(len(window.all("heading", "What to Do")), 1)
        window.wait("label", "The server said:")
        said = window.announcements()
        self.assertTrue(any(words.startswith("The server refused the user name or password. ") for words in said), said)
        window.wait("button", "Change Password…").click()
        entry = window.entry("Password")
        self.assertTrue(entry.showing)
        window.close()

    def test_wrong_encryption_is_mended_by_a_button(self):
        window = self.open(self.url("imap", "imaps"))
        self.check()
        window.wait("heading", "Receiving does not work")
        self.assertEqual(self.lights()["Protocol"], "Failed")
        window.wait("button", "Use TLS From the Start").click()
        window.wait("heading", "Receiving works")
        self.assertEqual(self.lights(), dict.fromkeys(LIGHTS, "Fine"))
        self.assertEqual(self.account()["incoming"]["security"], "tls")
        window.close()

    def test_wrong_port_is_mended_by_a_button(self):
        proc.need_root("a network namespace")
        host = "imap.example.test"
        space = netns.Namespace(self.area, ("192.0.2.10",), hosts=f"192.0.2.10 {host}\n", online=True)
        leaf = self.authority.issue(host)
        dovecot.Dovecot(self.area, {USER: PASSWORD}, leaf=leaf, addresses=("192.0.2.10",), ns=space).start()
        window = self.open(f"imaps://{USER.replace('@', '%40')}@{host}:994", ns=space)
        self.check()
        window.wait("list item", "The server refuses connections on this port")
        self.assertEqual(self.lights()["Port"], "Failed")
        window.wait("button", "Use Port 993").click()
        window.wait("heading", "Receiving works")
        self.assertEqual(self.account()["incoming"]["port"], 993)
        window.close()

    def test_checks_again_when_the_network_is_back(self):
        proc.need_root("a network namespace")
        space = netns.Namespace(self.area)
        window = self.open(f"imaps://{USER.replace('@', '%40')}@198.51.100.7", ns=space)
        self.check()
        window.wait("list item", "This computer is offline")
        window.wait("checkbox", "Check again as soon as the network is back").click()
        # The server first, then the network that leads to it and to everywhere else
        space.run(["ip", "addr", "add", "198.51.100.7/32", "dev", "lo"], check=True)
        leaf = self.authority.issue("198.51.100.7")
        dovecot.Dovecot(self.area, {USER: PASSWORD}, leaf=leaf, addresses=("198.51.100.7",), ns=space).start()
        space.run(["ip", "route", "add", "default", "dev", "void0"], check=True)
        window.wait("heading", "Receiving works")
        window.close()

    def test_expired_certificate_and_one_accepted_key(self):
        leaf = self.authority.expired("localhost", "127.0.0.1")
        server = dovecot.Dovecot(self.area, {USER: PASSWORD}, leaf=leaf).start()
        window = self.open(f"imaps://{USER.replace('@', '%40')}@127.0.0.1:{server.port['imaps']}")
        self.check()
        window.wait("list item", "The server’s certificate has expired")
        self.assertEqual(self.lights()["Certificate"], "Failed")
        self.assertEqual(self.lights()["Login"], "Not checked")
        window.wait("button", "Show Certificate").click()
        window.wait("label", containing="The certificate expired on ")
        shown = window.wait("list item", "SHA-256 fingerprint of the certificate")
        self.assertIn(leaf.sha256, "".join(window.texts(shown)).replace(" ", "").lower())
        # No is no
        window.wait("button", "Accept Exactly This Key…").click()
        window.wait("label", "Accept This Key?")
        window.wait("button", "Cancel").click()
        window.gone("label", "Accept This Key?")
        self.assertFalse(self.pinned())
        window.wait("button", "Accept Exactly This Key…").click()
        window.wait("button", "Accept Key").click()
        window.wait("heading", "Receiving works")
        self.assertEqual(self.lights(), dict.fromkeys(LIGHTS, "Fine"))
        self.assertTrue(self.pinned(), self.stored())
        # What is wrong with it is still said, and the acceptance can be taken back
        window.row("Details").click()
        window.row("Certificate").click()
        window.wait("label", containing="The certificate expired on ")
        window.wait("button", "Forget Accepted Key").click()
        window.wait("heading", "Receiving does not work")
        self.assertFalse(self.pinned())
        window.close()

    def test_every_fault_of_a_certificate_is_named(self):
        leaf = self.authority.self_signed("other.example.test")
        server = dovecot.Dovecot(self.area, {USER: PASSWORD}, leaf=leaf).start()
        window = self.open(f"imaps://{USER.replace('@', '%40')}@127.0.0.1:{server.port['imaps']}")
        self.check()
        window.wait("button", "Show Certificate").click()
        window.wait("label", containing="signed by the server itself")
        window.wait("label", containing="is for other.example.test")
        window.close()

    def test_stop_shows_at_once(self):
        server = Imap(self.area, silent=True)
        window = self.open(f"imaps://jo@127.0.0.1:{server.port}")
        window.wait("button", "Check").click()
        window.wait("heading", "Checking…")
        window.wait("button", "Stop", sensitive=True)
        window.wait("image", "Certificate: Running")
        begun = time.monotonic()
        window.wait("button", "Stop").click()
        window.wait("heading", "Stopped before the end")
        # The server would have had 20 s
        self.assertLess(time.monotonic() - begun, 10)
        self.assertNotIn("Running", self.lights().values())
        window.wait("button", "Check", sensitive=True)
        window.close()

    def test_keyboard_alone_starts_stops_and_opens(self):
        server = Imap(self.area, silent=True)
        window = self.open(f"imaps://jo@127.0.0.1:{server.port}")
        window.tab_to(window.wait("button", "Check"))
        window.key("space")
        stop = window.wait("button", "Stop")
        window.wait_until(lambda: stop.focused, "the keyboard on Stop")
        window.key("space")
        window.wait("heading", "Stopped before the end")
        check = window.wait("button", "Check")
        window.wait_until(lambda: check.focused, "the keyboard back on Check")
        window.close()

    def test_missing_starttls_sends_no_password(self):
        server = Imap(self.area)
        window = self.open(f"imap://jo@127.0.0.1:{server.port}")
        self.check()
        window.wait("list item", "The server offers no encryption here")
        self.assertEqual(self.lights()["Login"], "Not checked")
        window.wait("button", "Use Port 993")
        self.assertEqual(cli.leaks(PASSWORD, b"".join(server.received), user="jo"), [])
        window.close()

    def test_hostile_words_are_plain_text(self):
        words = '<a href="http://evil.example">Click <b>here</b></a> &amp; \u202eevil\u202c'
        server = Imap(self.area, refusal=f"NO [AUTHENTICATIONFAILED] {words} " + "long " * 1200)
        window = self.open(f"imap+insecure://jo@127.0.0.1:{server.port}")
        self.check()
        window.wait("label", "The server said:")
        quote = window.wait("label", containing="Click <b>here</b>").text
        self.assertIn('<a href="http://evil.example">', quote)
        self.assertIn("&amp;", quote)
        self.assertNotIn("\u202e", quote)
        self.assertLess(len(quote), 4000)
        self.assertIsNone(window.find("link"))
        window.close()

    def test_no_password_is_no_success(self):
        window = self.open(self.url("imaps", "imaps"), password=None)
        self.check()
        window.wait("heading", "The servers answer, but nobody has signed in")
        self.assertEqual(self.lights()["Login"], "Not checked")
        window.wait("button", "Enter Password…").click()
        self.assertTrue(window.entry("Password").showing)
        window.close()


if __name__ == "__main__":
    unittest.main()
