# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mailwright-cli probe against real servers that are all right, and wrong settings for them."""

import socket
import threading
import unittest

from lab import cli, dovecot, proc
from support import PASSWORD, TOKEN, USER, Desk, MailDesk

PAIRS = [(protocol, security) for protocol in ("imap", "pop3", "smtp") for security in ("tls", "starttls")]


class GoodServers(MailDesk):
    def test_login_works_and_every_stage_is_told(self):
        for protocol, security in PAIRS:
            with self.subTest(protocol=protocol, security=security):
                report, result = self.probe(*self.server(protocol, security), "--user", USER, password=PASSWORD)
                self.assertEqual(report["verdict"], "ok", result)
                self.assertEqual(report["protocol"], protocol)
                self.assertEqual(report["security"], security)
                self.assertEqual(report["address"], "127.0.0.1")
                self.assertEqual(report["tls"]["version"], "TLS1.3")
                certificate = report["tls"]["certificates"][0]
                self.assertEqual(certificate["sha256"].replace(":", "").lower(), self.leaf.sha256)
                self.assertIn("localhost", " ".join(certificate["names"]))
                for name in ("connect", "greeting", "tls", "certificate", "login", "mailbox"):
                    self.assertEqual(self.step(report, name)["status"], "ok", result)
                starttls = self.step(report, "starttls")
                self.assertEqual(starttls is not None and starttls["status"] == "ok", security == "starttls")
                self.assertTrue(report["mechanisms"], result)
                self.assert_no_leak(PASSWORD, result)

    def test_login_is_seen_by_the_server_inside_tls(self):
        for protocol, security in PAIRS[:4]:
            with self.subTest(protocol=protocol, security=security):
                mark = self.dovecot.mark()
                self.probe(*self.server(protocol, security), "--user", USER, password=PASSWORD)
                logins = proc.wait_for(lambda: self.dovecot.logins(mark), "the login in Dovecot's log")
                self.assertEqual([(one[0], one[1], one[3]) for one in logins], [(protocol, USER, "TLS")])

    def test_smtp_login_is_seen_by_the_server(self):
        words = self.server("smtp", "starttls")
        mark = self.postfix.mark()
        self.probe(*words, "--user", USER, password=PASSWORD)
        session = proc.wait_for(lambda: self.postfix.sessions(mark), "the session in Postfix's log")[0]
        self.assertEqual(session.get("auth"), "1")
        self.assertEqual(session.get("starttls"), "1")
        self.assertNotIn("rcpt", session)
        self.assertNotIn("data", session)

    def test_each_mechanism_by_name(self):
        names = ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER"]
        for protocol in ("imap", "pop3", "smtp"):
            for name in names:
                with self.subTest(protocol=protocol, mechanism=name):
                    password = TOKEN if name in ("XOAUTH2", "OAUTHBEARER") else PASSWORD
                    words = self.server(protocol, "tls")
                    mark = self.dovecot.mark()
                    report, result = self.probe(*words, "--user", USER, "--auth", name, password=password)
                    self.assertEqual(report["verdict"], "ok", result)
                    if protocol != "smtp":
                        logins = proc.wait_for(lambda: self.dovecot.logins(mark), "the login in the log")
                        self.assertEqual([one[2] for one in logins], [name])
                    self.assert_no_leak(password, result)

    def test_strongest_common_mechanism_is_chosen(self):
        mark = self.dovecot.mark()
        self.probe(*self.server("imap", "tls"), "--user", USER, password=PASSWORD)
        logins = proc.wait_for(lambda: self.dovecot.logins(mark), "the login in the log")
        self.assertEqual(logins[0][2], "SCRAM-SHA-256")

    def test_every_odd_password_and_name_logs_in(self):
        for user, password in self.users.items():
            for protocol in ("imap", "pop3", "smtp"):
                for mechanism in ("PLAIN", "LOGIN"):
                    with self.subTest(user=user, protocol=protocol, mechanism=mechanism):
                        report, result = self.probe(
                            *self.server(protocol, "tls"), "--user", user, "--auth", mechanism, password=password
                        )
                        self.assertEqual(report["verdict"], "ok", result)
                        self.assert_no_leak(password, result, user=user)

    def test_without_a_user_nothing_is_logged_in(self):
        for protocol, security in PAIRS:
            with self.subTest(protocol=protocol, security=security):
                mark = self.dovecot.mark()
                report, result = self.probe(*self.server(protocol, security))
                self.assertEqual(report["verdict"], "ok", result)
                login = self.step(report, "login")
                self.assertTrue(login is None or login["status"] == "skipped", result)
                self.assertEqual(self.dovecot.logins(mark), [])
                self.assertEqual(self.dovecot.refusals(mark), 0)

    def test_wrong_password_is_tried_once(self):
        for protocol, security in PAIRS:
            with self.subTest(protocol=protocol, security=security):
                mark = self.dovecot.mark()
                words = self.server(protocol, security)
                report, result = self.probe(*words, "--user", USER, password="not the password")
                self.assertEqual(report["verdict"], "failed")
                self.assertEqual(report["diagnosis"], "auth-failed", result)
                self.assertEqual(self.step(report, "login")["status"], "failed")
                self.assertTrue(self.step(report, "login")["server_text"], result)
                proc.wait_for(lambda: self.dovecot.refusals(mark), "the refusal in Dovecot's log")
                self.assertEqual(self.dovecot.refusals(mark), 1)
                self.assert_no_leak("not the password", result)

    def test_human_text_without_json(self):
        result = self.run_cli(
            "probe", *self.server("imap", "tls"), "--user", USER, "--ca-file", self.authority.path, password=PASSWORD
        )
        self.assertEqual(result.status, cli.FINE, result)
        self.assertIn("127.0.0.1", result.stdout)
        with self.assertRaises(AssertionError):
            result.json  # noqa: B018: text for people is not JSON
        self.assert_no_leak(PASSWORD, result)

    def test_transcript_is_masked(self):
        for protocol in ("imap", "pop3", "smtp"):
            for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2"):
                with self.subTest(protocol=protocol, mechanism=mechanism):
                    password = TOKEN if mechanism == "XOAUTH2" else PASSWORD
                    words = ["probe", *self.server(protocol, "tls"), "--user", USER, "--auth", mechanism, "--transcript"]
                    result = self.run_cli(*words, "--ca-file", self.authority.path, password=password)
                    self.assertEqual(result.status, cli.FINE, result)
                    self.assertIn("EHLO" if protocol == "smtp" else "AUTH", result.stdout)
                    self.assert_no_leak(password, result)

    def test_password_is_in_no_process_words_while_it_waits(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            running = cli.Running(
                "probe", "imap", "127.0.0.1", "--port", silent.getsockname()[1], "--security", "tls",
                "--user", USER, "--timeout", "3", "--json", password=PASSWORD, env=self.env,
            )  # fmt: skip
            silent.settimeout(proc.PATIENCE)
            connection, _ = silent.accept()
            words = b"".join(cli.process_words(pid) for pid in [running.pid, *proc.descendants(running.pid)])
            self.assertIn(b"probe", words)
            self.assertEqual(cli.leaks(PASSWORD, words), [])
            self.assert_no_leak(PASSWORD)
            result = running.finish()
            connection.close()
        self.assertEqual(result.status, cli.FAILED)
        self.assert_no_leak(PASSWORD, result)


class WrongSettings(MailDesk):
    def test_tls_on_a_plain_port(self):
        for protocol in ("imap", "pop3", "smtp"):
            with self.subTest(protocol=protocol):
                port = self.server(protocol, "starttls")[3]
                report, result = self.probe(protocol, "127.0.0.1", "--port", port, "--security", "tls",
                                            "--user", USER, password=PASSWORD)  # fmt: skip
                self.assertEqual(report["diagnosis"], "tls-on-plain-port", result)
                self.assertTrue(report["advice"], result)
                self.assert_no_leak(PASSWORD, result)

    def test_plain_on_a_tls_port(self):
        for protocol in ("imap", "pop3", "smtp"):
            with self.subTest(protocol=protocol):
                port = self.server(protocol, "tls")[3]
                report, result = self.probe(protocol, "127.0.0.1", "--port", port, "--security", "starttls",
                                            "--user", USER, "--timeout", "8", password=PASSWORD)  # fmt: skip
                self.assertEqual(report["diagnosis"], "plain-on-tls-port", result)

    def test_port_of_another_protocol(self):
        cases = [("imap", "pop3", "tls"), ("pop3", "imap", "tls"), ("imap", "smtp", "tls"), ("smtp", "imap", "starttls"),
                 ("pop3", "smtp", "starttls"), ("smtp", "pop3", "tls")]  # fmt: skip
        for asked, real, security in cases:
            with self.subTest(asked=asked, real=real):
                mark = self.dovecot.mark()
                port = self.server(real, security)[3]
                report, result = self.probe(asked, "127.0.0.1", "--port", port, "--security", security,
                                            "--user", USER, "--timeout", "8", password=PASSWORD)  # fmt: skip
                self.assertEqual(report["diagnosis"], "wrong-protocol", result)
                self.assertEqual(self.dovecot.logins(mark), [])

    def test_unknown_mechanism_is_a_usage_error(self):
        bad = self.run_cli("probe", "imap", "127.0.0.1", "--auth", "NO-SUCH", "--user", USER, "--json", password="x")
        self.assertEqual(bad.status, cli.USAGE, bad)

    def test_closed_port(self):
        port = proc.free_ports()[0]
        report, result = self.probe("imap", "127.0.0.1", "--port", port, "--security", "tls")
        self.assertEqual(report["diagnosis"], "connection-refused", result)
        self.assertIsNone(report["tls"])

    def test_silent_server_and_its_time_limit(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            for protocol, security in PAIRS:
                with self.subTest(protocol=protocol, security=security):
                    report, result = self.probe(
                        protocol, "127.0.0.1", "--port", silent.getsockname()[1], "--security", security,
                        "--timeout", "2", seconds=60,
                    )  # fmt: skip
                    self.assertIn(
                        report["diagnosis"], ("greeting-timeout", "timeout", "tls-handshake-failed"), result
                    )
                    spent = sum(step["milliseconds"] for step in report["steps"])
                    self.assertLess(spent, 4000, result)

    def test_server_that_hangs_up(self):
        with socket.create_server(("127.0.0.1", 0)) as rude:

            def serve():
                while True:
                    try:
                        rude.accept()[0].close()
                    except OSError:
                        return

            threading.Thread(target=serve, daemon=True).start()
            for security in ("tls", "starttls"):
                with self.subTest(security=security):
                    report, result = self.probe(
                        "imap", "127.0.0.1", "--port", rude.getsockname()[1], "--security", security
                    )
                    self.assertEqual(report["diagnosis"], "connection-closed", result)

    def test_usage_errors_say_so(self):
        for words in (
            ["probe"],
            ["probe", "imap"],
            ["probe", "gopher", "127.0.0.1"],
            ["probe", "imap", "127.0.0.1", "--port", "0"],
            ["probe", "imap", "127.0.0.1", "--port", "70000"],
            ["probe", "imap", "127.0.0.1", "--port", "x"],
            ["probe", "imap", "127.0.0.1", "--security", "maybe"],
            ["probe", "imap", "127.0.0.1", "--timeout", "-1"],
            ["probe", "imap", "127.0.0.1", "--timeout", "soon"],
            ["probe", "imap", "not a host"],
            ["probe", "imap", "127.0.0.1", "extra"],
            ["no-such-command"],
        ):
            with self.subTest(words=words):
                result = self.run_cli(*words)
                self.assertEqual(result.status, cli.USAGE, result)
                self.assertTrue(result.stderr.strip())
                self.assertEqual(result.stdout, "")

    def test_ca_file_that_is_none(self):
        for name, content in (("missing.pem", None), ("empty.pem", b""), ("words.pem", b"hello\n")):
            with self.subTest(name=name):
                path = self.home.path / name
                if content is not None:
                    path.write_bytes(content)
                result = self.run_cli("probe", *self.server("imap", "tls"), "--ca-file", path, "--json")
                self.assertIn(result.status, (cli.USAGE, cli.TROUBLE), result)
                self.assertIn(name, result.stderr)


class WithoutTls(Desk):
    """Servers that have no TLS at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dovecot = dovecot.Dovecot(
            cls.area, {USER: PASSWORD}, cleartext=True, mechanisms=("plain", "login", "cram-md5"), rawlog=True
        ).start()

    def test_starttls_is_not_on_offer_and_no_password_goes_out(self):
        for protocol in ("imap", "pop3"):
            with self.subTest(protocol=protocol):
                mark = self.dovecot.mark()
                report, result = self.probe(
                    protocol, "127.0.0.1", "--port", self.dovecot.port[protocol], "--security", "starttls",
                    "--user", USER, password=PASSWORD,
                )  # fmt: skip
                self.assertEqual(report["diagnosis"], "starttls-not-offered", result)
                self.assertEqual(self.dovecot.logins(mark), [])
                self.assertEqual(cli.leaks(PASSWORD, self.dovecot.raw(), user=USER), [])

    def test_plain_login_to_this_machine_itself_works(self):
        for protocol in ("imap", "pop3"):
            with self.subTest(protocol=protocol):
                mark = self.dovecot.mark()
                report, result = self.probe(
                    protocol, "127.0.0.1", "--port", self.dovecot.port[protocol], "--security", "none",
                    "--user", USER, password=PASSWORD,
                )  # fmt: skip
                self.assertIn(report["verdict"], ("ok", "warning"), result)
                self.assertIsNone(report["tls"])
                logins = proc.wait_for(lambda: self.dovecot.logins(mark), "the login in the log")
                self.assertEqual(logins[0][1], USER)


if __name__ == "__main__":
    unittest.main()
