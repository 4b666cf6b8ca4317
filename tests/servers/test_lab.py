# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab itself: what the other tests stand on. No program of ours takes part."""

import imaplib
import poplib
import smtplib
import ssl
import subprocess
import unittest

from lab import bus, certs, cli, dns, dovecot, https, netns, postfix, proc


class MailServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.area = proc.Area(cls)
        authority = certs.Authority(cls.area / "ca")
        leaf = authority.issue("localhost", "127.0.0.1", "127.0.0.2")
        cls.users = {f"{name}@example.test": word for name, word in dovecot.ODD_PASSWORDS.items()}
        cls.users.update({'quo"te': "1", "back\\slash": "2", "o'brien@example.test": "3", "gr\u00f6\u00dfe": "4"})
        cls.dovecot = dovecot.Dovecot(
            cls.area,
            cls.users,
            leaf=leaf,
            mechanisms=("plain", "login", "cram-md5", "scram-sha-256", "xoauth2"),
            tokens={"good.token": "plain@example.test"},
            rawlog=True,
            addresses=("127.0.0.1", "127.0.0.2"),
        ).start()
        cls.context = ssl.create_default_context(cafile=str(authority.path))

    def imap(self):
        return imaplib.IMAP4_SSL("127.0.0.1", self.dovecot.port["imaps"], ssl_context=self.context)

    def test_every_odd_password_logs_in(self):
        for user, password in self.users.items():
            with self.subTest(user=user):
                server = self.imap()
                try:
                    server.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
                    self.assertEqual(server.select("INBOX", readonly=True)[0], "OK")
                finally:
                    server.shutdown()
                self.assertIn(("imap", user, "PLAIN", "TLS"), self.dovecot.logins())

    def test_wrong_password_is_counted_once(self):
        mark = self.dovecot.mark()
        server = self.imap()
        with self.assertRaises(imaplib.IMAP4.error):
            server.authenticate("PLAIN", lambda _: b"\0quotes@example.test\0wrong")
        server.shutdown()
        user = "quotes@example.test"
        proc.wait_for(lambda: self.dovecot.failures(mark, user), "the failure in the log")
        self.assertEqual(self.dovecot.failures(mark, user), 1)
        self.assertEqual(self.dovecot.refusals(mark, user), 1)

    def test_token_logs_in_and_a_foreign_one_does_not(self):
        for token, answer in (("good.token", True), ("other.token", False)):
            with self.subTest(token=token):
                server = self.imap()
                words = f"user=plain@example.test\1auth=Bearer {token}\1\1".encode()
                # A refusal comes as a challenge with the reason, which wants an empty answer.
                replies = [words]
                try:
                    server.authenticate("XOAUTH2", lambda _: replies.pop() if replies else b"")
                    good = True
                except imaplib.IMAP4.error:
                    good = False
                server.shutdown()
                self.assertEqual(good, answer)

    def test_no_login_without_tls(self):
        server = imaplib.IMAP4("127.0.0.2", self.dovecot.port["imap"])
        self.assertIn("LOGINDISABLED", server.capabilities)
        server.starttls(self.context)
        self.assertNotIn("LOGINDISABLED", server.capability()[1][0].decode())
        self.assertIn("AUTH=SCRAM-SHA-256", server.capability()[1][0].decode())
        server.shutdown()

    def test_pop3_and_delivery_by_hand(self):
        self.dovecot.deliver("plain@example.test", b"Subject: by hand\n\nhello\n")
        server = poplib.POP3_SSL("127.0.0.1", self.dovecot.port["pop3s"], context=self.context)
        server.user("plain@example.test")
        server.pass_("secret")
        self.assertGreaterEqual(server.stat()[0], 1)
        server.quit()

    def test_postfix_takes_mail_and_dovecot_has_it(self):
        server = postfix.Postfix(self.area, self.dovecot, leaf=self.dovecot.leaf).start()
        for service in ("submission", "submissions"):
            with self.subTest(service=service):
                mark = server.mark()
                if service == "submission":
                    client = smtplib.SMTP("127.0.0.1", server.port[service])
                    client.starttls(context=self.context)
                else:
                    client = smtplib.SMTP_SSL("127.0.0.1", server.port[service], context=self.context)
                client.login("plain@example.test", "secret")
                text = f"Subject: by {service}\r\n\r\nhello\r\n"
                client.sendmail("plain@example.test", ["o'brien@example.test", "plain@example.test"], text)
                client.quit()
                self.dovecot.wait_for_message("plain@example.test", f"by {service}\n")
                self.dovecot.wait_for_message("o'brien@example.test", f"by {service}\n")
                self.assertEqual(server.sent(mark)[0][0], "plain@example.test")
                proc.wait_for(lambda: server.sessions(mark), "the session in the log")
                self.assertEqual(server.sessions(mark)[0]["auth"], "1")
        mark = server.mark()
        client = smtplib.SMTP("127.0.0.1", server.port["submission"])
        client.ehlo()
        self.assertNotIn("auth", client.esmtp_features)
        client.starttls(context=self.context)
        client.ehlo()
        with self.assertRaises(smtplib.SMTPAuthenticationError):
            client.user, client.password = "plain@example.test", "wrong"
            client.auth("PLAIN", client.auth_plain)
        client.quit()
        self.assertEqual(server.failures(mark), 1)


class Network(unittest.TestCase):
    def test_names_web_and_silence_in_a_namespace(self):
        area = proc.Area(self)
        authority = certs.Authority(area / "ca")
        ns = netns.Namespace(
            area, addresses=["192.0.2.1", "192.0.2.2", "2001:db8::2"], authorities=[authority]
        )
        server = dns.Dns(
            area,
            {
                "example.test": {
                    "@": [("MX", "10 mail.example.test."), ("TXT", "x" * 300)],
                    "autoconfig": [("A", "192.0.2.1"), ("AAAA", "2001:db8::2")],
                }
            },
            silent=["silent.test"],
            broken=["broken.test"],
            ns=ns,
        ).start()
        dig = proc.need_program("dig")

        def ask(*words):
            return ns.run([dig, "+time=2", "+tries=1", *words], capture_output=True, text=True).stdout

        self.assertEqual(ask("+short", "MX", "example.test").strip(), "10 mail.example.test.")
        self.assertIn("x" * 255 + '" "' + "x" * 45, ask("+short", "TXT", "example.test"))
        self.assertIn("NXDOMAIN", ask("nothing.example.test"))
        self.assertIn("SERVFAIL", ask("broken.test"))
        self.assertIn("no servers could be reached", ask("silent.test"))
        self.assertIn(("nothing.example.test", "A"), server.queries())

        web = https.Https(
            area,
            {("autoconfig.example.test", "/here"): b"<hello/>"},
            leaf=authority.issue("autoconfig.example.test"),
            addresses=["192.0.2.1", "2001:db8::2"],
            ns=ns,
        ).start()
        curl = proc.need_program("curl")
        fetched = ns.run(
            [curl, "-sS", "https://autoconfig.example.test/here?a=b"], capture_output=True, text=True
        )
        self.assertEqual(fetched.stdout, "<hello/>", fetched.stderr)
        self.assertEqual(web.asked(), ["https://autoconfig.example.test/here?a=b"])
        opened = ns.counters()["connections"]
        for address, status in ((netns.Namespace.SILENT, 28), ("192.0.2.1", 7)):
            with self.subTest(address=address):  # 28: time is up, 7: refused
                silent = ns.run([curl, "-sS", "--max-time", "2", f"http://{address}:993/"], capture_output=True)
                self.assertEqual(silent.returncode, status)
        self.assertEqual(ns.counters()["connections"], opened + 2)

    def test_nothing_outside_can_be_reached(self):
        ns = netns.Namespace(proc.Area(self))
        routes = ns.run(["ip", "route", "show", "default"], capture_output=True, text=True).stdout
        self.assertEqual(routes, "")


class Desktop(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self)
        self.home = bus.Home(self.area)

    def test_keyring_stores_locks_and_tells(self):
        session = bus.Bus(self.area, env=self.home.env())
        keyring = bus.Keyring(session, self.home)
        env = self.home.env(session=session)
        tool = proc.need_program("secret-tool")
        subprocess.run([tool, "store", "--label=one", "a", "b"], input=b"words", env=env, check=True)
        self.assertEqual([item["secret"] for item in keyring.items(a="b")], [b"words"])
        self.assertFalse(keyring.is_locked())
        keyring.lock()
        self.assertTrue(keyring.is_locked())

    def test_networkmanager_mock_is_there(self):
        system = bus.Bus(self.area, "system", env=self.home.env())
        manager = bus.NetworkManager(system, connectivity="portal", wifi="Cafe", vpn="Work")
        from gi.repository import GLib

        name = "org.freedesktop.NetworkManager"
        values = system.call(
            name, "/org/freedesktop/NetworkManager", "org.freedesktop.DBus.Properties", "GetAll",
            GLib.Variant("(s)", (name,)),
        )[0]  # fmt: skip
        self.assertEqual(values["Connectivity"], manager.CONNECTIVITY["portal"])
        self.assertEqual(len(values["ActiveConnections"]), 2)

    def test_silent_service_never_answers(self):
        session = bus.Bus(self.area, env=self.home.env())
        service = bus.FaultyService(session)
        tool = proc.need_program("secret-tool")
        with self.assertRaises(subprocess.TimeoutExpired):
            subprocess.run([tool, "lookup", "a", "b"], env=self.home.env(session=session), timeout=2)
        self.assertTrue(service.calls())


class Leaks(unittest.TestCase):
    def test_a_password_is_found_in_each_disguise(self):
        import base64

        secret = 'pa"ss w\u00f6rd'
        raw = secret.encode()
        disguises = {
            "plain": raw,
            "hex": raw.hex().encode(),
            "base64": base64.b64encode(raw),
            "sasl plain": base64.b64encode(b"\0jo@example.test\0" + raw),
            "inside base64": base64.b64encode(b"some words before " + raw + b" and after"),
            "percent": b"pa%22ss%20w%C3%B6rd",
            "json": b'pa\\"ss w\\u00f6rd',
        }
        for name, text in disguises.items():
            with self.subTest(disguise=name):
                self.assertTrue(cli.leaks(secret, b"before " + text + b" after", user="jo@example.test"))
        self.assertFalse(cli.leaks(secret, b"nothing of the kind: pass word"))


if __name__ == "__main__":
    unittest.main()
