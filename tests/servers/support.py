# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the command line against real servers have in common."""

import unittest

from lab import bus, certs, cli, dovecot, postfix, proc

USER = "jo@example.test"
PASSWORD = "correct horse 42"
EVERY_MECHANISM = ("plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256", "xoauth2", "oauthbearer")
TOKEN = "ya29.token_of-jo"
STEPS = (
    "network resolve connect greeting starttls tls certificate capability login mailbox".split()
)
DIAGNOSES = set(
    """offline captive-portal dns-not-found dns-timeout connection-refused connection-timeout
    network-unreachable connection-closed greeting-timeout timeout wrong-protocol tls-on-plain-port
    plain-on-tls-port starttls-not-offered starttls-refused starttls-injection preauth-before-tls
    response-too-long response-malformed server-busy tls-handshake-failed tls-version-too-old cert-expired
    cert-not-yet-valid cert-untrusted cert-self-signed cert-name-mismatch cert-weak cert-revoked
    cert-expires-soon auth-failed auth-app-password-required auth-oauth2-required auth-disabled-by-provider
    auth-mechanism-unsupported auth-plaintext-refused auth-rate-limited login-limited mailbox-unavailable
    sender-rejected keyring-locked keyring-absent""".split()
)


class Desk(unittest.TestCase):
    """A test with a home of its own and no bus, that holds every report against the contract."""

    @classmethod
    def setUpClass(cls):
        cli.program()  # skips the class where there is none
        cls.area = proc.Area(cls)
        cls.authority = certs.Authority(cls.area / "ca")

    def setUp(self):
        self.home = bus.Home(self.area, "home")
        self.env = self.home.env()

    def run_cli(self, *args, **options):
        options.setdefault("env", self.env)
        return cli.run(*args, **options)

    def probe(self, *args, trust=True, **options):
        """Runs "probe ... --json" and gives (report, result); the report keeps to the contract."""
        words = ["probe", *args, "--json"]
        if trust:
            words += ["--ca-file", self.authority.path]
        result = self.run_cli(*words, **options)
        report = result.json
        self.hold_to_contract(report, result)
        expected = cli.FAILED if report["verdict"] == "failed" else cli.FINE
        self.assertEqual(result.status, expected, result)
        return report, result

    def hold_to_contract(self, report, result=None):
        keys = (
            "verdict diagnosis diagnoses protocol host port security address steps tls capabilities "
            "mechanisms advice"
        ).split()
        for key in keys:
            self.assertIn(key, report, result)
        self.assertIn(report["verdict"], ("ok", "warning", "failed"), result)
        self.assertLessEqual(set(report["diagnoses"]), DIAGNOSES, result)
        if report["diagnosis"] is None:
            self.assertEqual(report["diagnoses"], [], result)
            self.assertEqual(report["verdict"], "ok", result)
        else:
            self.assertIn(report["diagnosis"], report["diagnoses"], result)
            self.assertNotEqual(report["verdict"], "ok", result)
        names = [step["step"] for step in report["steps"]]
        self.assertEqual(len(names), len(set(names)), result)
        self.assertLessEqual(set(names), set(STEPS), result)
        if "tls" in names and "greeting" in names and report["security"] == "tls":
            self.assertLess(names.index("tls"), names.index("greeting"), result)
        for step in report["steps"]:
            self.assertIn(step["status"], ("ok", "warning", "failed", "skipped"), result)
            self.assertGreaterEqual(step["milliseconds"], 0, result)
            self.assertIsInstance(step["message"], str, result)
            self.assertTrue(step["server_text"] is None or isinstance(step["server_text"], str), result)
            if step["status"] == "failed":
                self.assertIn(step["diagnosis"], DIAGNOSES, result)
        for advice in report["advice"]:
            for key in ("id", "title", "text", "fix"):
                self.assertIn(key, advice, result)
        if report["tls"] is not None:
            for key in ("version", "cipher", "group", "certificates"):
                self.assertIn(key, report["tls"], result)
            for certificate in report["tls"]["certificates"]:
                for key in ("subject", "issuer", "not_before", "not_after", "sha256", "names"):
                    self.assertIn(key, certificate, result)

    def step(self, report, name):
        return next((step for step in report["steps"] if step["step"] == name), None)

    def assert_no_leak(self, secret, *places, user=USER):
        found = cli.leaks(secret, *places, self.home.path, self.home.tmp, self.home.runtime, user=user)
        self.assertEqual(found, [])


class MailDesk(Desk):
    """The same with one Dovecot and one Postfix that speak every mechanism."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leaf = cls.authority.issue("localhost", "127.0.0.1", "127.0.0.2")
        users = {f"{name}@example.test": word for name, word in dovecot.ODD_PASSWORDS.items()}
        users[USER] = PASSWORD
        users['quo"te\\'] = "1 2"
        cls.dovecot = dovecot.Dovecot(
            cls.area,
            users,
            leaf=cls.leaf,
            addresses=("127.0.0.1", "127.0.0.2"),
            mechanisms=EVERY_MECHANISM,
            tokens={TOKEN: USER},
        ).start()
        cls.users = users
        cls.ports = dict(cls.dovecot.port)
        cls.postfix = None
        if proc.is_root():
            cls.postfix = postfix.Postfix(cls.area, cls.dovecot, leaf=cls.leaf).start()
            cls.ports.update(cls.postfix.port)

    def server(self, protocol, security):
        """The words that name a server on the command line, or a skip where it cannot be had."""
        names = {
            ("imap", "tls"): "imaps", ("imap", "starttls"): "imap",
            ("pop3", "tls"): "pop3s", ("pop3", "starttls"): "pop3",
            ("smtp", "tls"): "submissions", ("smtp", "starttls"): "submission",
        }  # fmt: skip
        if protocol == "smtp" and self.postfix is None:
            self.skipTest("Postfix needs root")
        port = self.ports[names[protocol, security]]
        return [protocol, "127.0.0.1", "--port", port, "--security", security]
