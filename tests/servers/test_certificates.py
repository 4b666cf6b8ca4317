# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mailwright-cli probe against a real Dovecot whose certificate has one fault, or several."""

import unittest

from lab import certs, cli, dovecot
from support import PASSWORD, USER, Desk

NAMES = ("localhost", "127.0.0.1")
LAX = "ssl_cipher_list = ALL:@SECLEVEL=0\n"


class Certificates(Desk):
    def serve(self, leaf, **options):
        server = dovecot.Dovecot(
            self.area, {USER: PASSWORD}, leaf=leaf, services=("imap", "imaps"), rawlog=True, **options
        )
        self.addCleanup(lambda: server.stop())
        return server.start()

    def verdicts(self, leaf, settings="", **options):
        """The reports by TLS from the first byte and by STARTTLS; both must agree."""
        server = self.serve(leaf, settings=settings)
        mark = server.mark()
        reports = []
        for security, service in (("tls", "imaps"), ("starttls", "imap")):
            report, result = self.probe(
                "imap", "127.0.0.1", "--port", server.port[service], "--security", security, "--user", USER,
                password=PASSWORD, **options,
            )  # fmt: skip
            reports.append((report, result))
        first, second = reports[0][0], reports[1][0]
        self.assertEqual(first["diagnoses"], second["diagnoses"], reports[1][1])
        self.assertEqual(first["verdict"], second["verdict"], reports[1][1])
        if first["verdict"] == "failed":
            self.assertEqual(server.logins(mark), [], "logged in though the certificate is not good")
            self.assertEqual(cli.leaks(PASSWORD, server.raw(), user=USER), [])
        else:
            self.assertEqual(self.step(first, "login")["status"], "ok", reports[0][1])
        return first, reports[0][1]

    def check(self, leaf, diagnosis, also=(), **options):
        report, result = self.verdicts(leaf, **options)
        self.assertEqual(report["diagnosis"], diagnosis, result)
        for one in also:
            self.assertIn(one, report["diagnoses"], result)
        self.assertEqual(self.step(report, "certificate")["status"], "failed", result)
        self.assertTrue(report["tls"]["certificates"], result)
        self.assertTrue(report["advice"], result)
        return report

    def test_good_one(self):
        report, result = self.verdicts(self.authority.issue(*NAMES))
        self.assertEqual(report["verdict"], "ok", result)

    def test_good_one_with_rsa(self):
        report, result = self.verdicts(self.authority.issue(*NAMES, key="rsa2048"))
        self.assertEqual(report["verdict"], "ok", result)

    def test_good_one_below_intermediates(self):
        report, result = self.verdicts(self.authority.long_chain(*NAMES))
        self.assertEqual(report["verdict"], "ok", result)
        self.assertEqual(len(report["tls"]["certificates"]), 5, result)

    def test_good_one_with_the_chain_in_the_wrong_order(self):
        report, result = self.verdicts(self.authority.reversed_chain(*NAMES))
        self.assertIn(report["verdict"], ("ok", "warning"), result)

    def test_expired(self):
        self.check(self.authority.expired(*NAMES), "cert-expired")

    def test_not_yet_valid(self):
        self.check(self.authority.not_yet_valid(*NAMES), "cert-not-yet-valid")

    def test_expires_soon_is_a_warning(self):
        report, result = self.verdicts(self.authority.expires_soon(*NAMES))
        self.assertEqual(report["verdict"], "warning", result)
        self.assertEqual(report["diagnoses"], ["cert-expires-soon"], result)

    def test_other_name(self):
        self.check(self.authority.wrong_name(), "cert-name-mismatch")

    def test_common_name_is_no_name(self):
        self.check(self.authority.common_name_only("127.0.0.1"), "cert-name-mismatch")

    def test_self_signed(self):
        self.check(self.authority.self_signed(*NAMES), "cert-self-signed")

    def test_unknown_authority(self):
        self.check(certs.Authority(self.area.folder("stranger"), "A Stranger").issue(*NAMES), "cert-untrusted")

    def test_authority_is_trusted_only_by_ca_file(self):
        self.check(self.authority.issue(*NAMES), "cert-untrusted", trust=False)

    def test_intermediate_is_missing(self):
        self.check(self.authority.missing_intermediate(*NAMES), "cert-untrusted")

    def test_short_key(self):
        # Today's OpenSSL would not serve it of its own accord.
        self.check(self.authority.weak_key(*NAMES), "cert-weak", settings=LAX)

    def test_old_digest(self):
        self.check(self.authority.issue(*NAMES, sha1=True), "cert-weak", settings=LAX)

    def test_made_for_clients_only(self):
        self.check(self.authority.client_only(*NAMES), "cert-untrusted")

    def test_all_faults_are_named(self):
        report, result = self.verdicts(
            certs.Authority(self.area.folder("stranger")).issue("elsewhere.example", starts=-100, days=90)
        )
        self.assertEqual(report["verdict"], "failed", result)
        for one in ("cert-expired", "cert-name-mismatch", "cert-untrusted"):
            self.assertIn(one, report["diagnoses"], result)

    def test_old_tls_version(self):
        server = self.serve(
            self.authority.issue(*NAMES), settings="ssl_min_protocol = TLSv1\n" + LAX
        )
        report, result = self.probe("imap", "127.0.0.1", "--port", server.port["imaps"], "--security", "tls")
        # A server that can do better is used at its best.
        self.assertEqual(report["tls"]["version"], "TLS1.3", result)


if __name__ == "__main__":
    unittest.main()
