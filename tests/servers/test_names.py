# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mailwright-cli probe where names, addresses and standard ports matter: in a network of its own."""

import time
import unittest

from lab import bus, certs, cli, dns, dovecot, netns, postfix, proc
from support import PASSWORD, USER, Desk

MAIL, CLOSED = "192.0.2.20", "192.0.2.30"
SILENT = netns.Namespace.SILENT


class Names(Desk):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        proc.need_root("a network namespace")
        cls.ns = netns.Namespace(
            cls.area, addresses=[MAIL, CLOSED, "2001:db8::20"], authorities=[cls.authority], online=True,
            hosts=f"{MAIL} inhosts.example.test\n",
        )  # fmt: skip
        both = [("A", MAIL), ("AAAA", "2001:db8::20")]
        cls.dns = dns.Dns(
            cls.area,
            {
                "example.test": {
                    "mail": both,
                    "four": [("A", MAIL)],
                    "six": [("AAAA", "2001:db8::20")],
                    "half": [("A", SILENT), ("A", MAIL)],
                    "closed": [("A", CLOSED)],
                    "mixed": [("A", CLOSED), ("A", MAIL)],
                    "silent": [("A", SILENT)],
                    "unreachable": [("AAAA", "2001:db8:ffff::1")],
                    "nomail": [("TXT", "no address")],
                }
            },
            silent=["dead.test"],
            broken=["broken.test"],
            ns=cls.ns,
        ).start()
        leaf = cls.authority.issue("*.example.test", "example.test")
        cls.dovecot = dovecot.Dovecot(
            cls.area, {USER: PASSWORD}, leaf=leaf, addresses=(MAIL, "2001:db8::20"), ns=cls.ns, rawlog=True
        ).start()
        cls.postfix = postfix.Postfix(
            cls.area, cls.dovecot, leaf=leaf, addresses=(MAIL, "2001:db8::20"), ns=cls.ns
        ).start()

    def probe(self, *args, **options):
        options.setdefault("trust", False)
        return super().probe(*args, ns=self.ns, **options)

    def test_names_that_work(self):
        for host in ("mail", "four", "six", "half", "mixed", "inhosts", "MAIL"):
            with self.subTest(host=host):
                report, result = self.probe("imap", f"{host}.example.test", "--user", USER, password=PASSWORD)
                self.assertEqual(report["verdict"], "ok", result)
                self.assertEqual(report["port"], 993)

    def test_standard_ports_need_no_words(self):
        cases = [
            ("imap", "tls", 993), ("imap", "starttls", 143), ("pop3", "tls", 995), ("pop3", "starttls", 110),
            ("smtp", "tls", 465), ("smtp", "starttls", 587),
        ]  # fmt: skip
        for protocol, security, port in cases:
            with self.subTest(protocol=protocol, security=security):
                report, result = self.probe(
                    protocol, "four.example.test", "--security", security, "--user", USER, password=PASSWORD
                )
                self.assertEqual(report["verdict"], "ok", result)
                self.assertEqual(report["port"], port)

    def test_names_that_do_not(self):
        cases = {
            "nothing.example.test": "dns-not-found",
            "nomail.example.test": "dns-not-found",
            "dead.test": "dns-timeout",
            "closed.example.test": "connection-refused",
            "silent.example.test": "connection-timeout",
            "unreachable.example.test": "network-unreachable",
        }
        for host, diagnosis in cases.items():
            with self.subTest(host=host):
                report, result = self.probe("imap", host, "--timeout", "5")
                self.assertEqual(report["diagnosis"], diagnosis, result)

    def test_failing_name_server_is_not_a_wrong_name(self):
        report, result = self.probe("imap", "broken.test", "--timeout", "8")
        self.assertEqual(report["verdict"], "failed", result)
        self.assertEqual(report["diagnosis"], "dns-timeout", result)

    def test_one_name_costs_two_questions(self):
        asked = len(self.dns.queries())
        self.probe("imap", "mail.example.test", "--user", USER, password=PASSWORD)
        self.assertEqual(
            sorted(self.dns.queries(asked)), [("mail.example.test", "A"), ("mail.example.test", "AAAA")]
        )
        asked = len(self.dns.queries())
        self.probe("imap", "nothing.example.test")
        self.assertEqual(
            sorted(self.dns.queries(asked)), [("nothing.example.test", "A"), ("nothing.example.test", "AAAA")]
        )

    def test_one_connection_and_no_other_traffic(self):
        for protocol, host in (("imap", "four"), ("pop3", "four"), ("smtp", "four")):
            with self.subTest(protocol=protocol):
                before = self.ns.counters()["connections"]
                # Postfix opens no connection of its own for a login: its SASL socket is a local one.
                self.probe(protocol, f"{host}.example.test", "--user", USER, password=PASSWORD)
                self.assertEqual(self.ns.counters()["connections"] - before, 1)

    def test_no_password_in_the_clear_to_another_machine(self):
        for protocol, port in (("imap", 143), ("pop3", 110), ("smtp", 587)):
            with self.subTest(protocol=protocol):
                mark = self.dovecot.mark()
                report, result = self.probe(
                    protocol, "four.example.test", "--security", "none", "--port", port, "--user", USER,
                    password=PASSWORD,
                )  # fmt: skip
                self.assertEqual(report["verdict"], "failed", result)
                self.assertEqual(report["diagnosis"], "auth-plaintext-refused", result)
                self.assertEqual(self.dovecot.logins(mark), [])
                self.assertEqual(cli.leaks(PASSWORD, self.dovecot.raw(), user=USER), [])

    def test_certificate_of_another_name_and_address_literal(self):
        report, result = self.probe("imap", "inhosts.example.test")
        self.assertEqual(report["verdict"], "ok", result)
        report, result = self.probe("imap", MAIL)
        self.assertEqual(report["diagnosis"], "cert-name-mismatch", result)
        report, result = self.probe("imap", "2001:db8::20")
        self.assertEqual(report["diagnosis"], "cert-name-mismatch", result)
        self.assertEqual(report["address"], "2001:db8::20")

    def test_trust_comes_from_the_system(self):
        stranger = certs.Authority(self.area / "stranger2")
        result = cli.run(
            "probe", "imap", "four.example.test", "--json", "--ca-file", stranger.path, env=self.env, ns=self.ns
        )
        self.assertEqual(result.json["verdict"], "ok", result)

    def test_silent_message_buses_delay_nothing(self):
        dead = bus.DeadBus(self.area).address
        env = dict(self.env, DBUS_SYSTEM_BUS_ADDRESS=dead, DBUS_SESSION_BUS_ADDRESS=dead)
        del env["GSETTINGS_BACKEND"]
        for host, verdict in (("four.example.test", "ok"), ("closed.example.test", "failed")):
            with self.subTest(host=host):
                begun = time.monotonic()
                result = cli.run(
                    "probe", "imap", host, "--json", "--user", USER, env=env, ns=self.ns, password=PASSWORD
                )
                self.assertEqual(result.json["verdict"], verdict, result)
                self.assertLess(time.monotonic() - begun, 12, result)

    def test_home_without_anything(self):
        env = dict(self.env, HOME="/nonexistent")
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            del env[name]
        result = cli.run("probe", "imap", "four.example.test", "--json", env=env, ns=self.ns)
        self.assertEqual(result.json["verdict"], "ok", result)



if __name__ == "__main__":
    unittest.main()
