# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every scenario of the table, judged by what the server heard as well as by what the program says."""

import concurrent.futures
import os
import pathlib
import re
import ssl
import time
import unittest

import scenarios
from hostile_certs import CONFIRMED, HOST, make_all
from hostile_server import SERVERS

from lab import certs, cli, netns, proc
from servers.support import Desk

ADDRESS = "192.0.2.20"
USER = "jo@hostile.test"
PASSWORD = "w0rd of Jo's own"
#: Nothing that is printed may hold one of these: C0 but for line ends, DEL, C1, and what turns text around.
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
#: How long a run may take before it counts as hung; the limits that are tested are seconds.
PATIENCE = 90


class Hostile(Desk):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        proc.need_root("a network namespace")
        cls.ns = netns.Namespace(
            cls.area, addresses=[ADDRESS], authorities=[cls.authority], online=True, hosts=f"{ADDRESS} {HOST}\n"
        )
        cls.leaves = make_all(cls.area, cls.authority, certs.Authority(cls.area / "stranger", "Nobody Knows Me"))

    def context_for(self, scenario):
        leaf = self.leaves[scenario.certificate]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        weak = scenario.certificate in ("weak-key", "sha1") or "maximum" in scenario.tls
        context.set_ciphers("ALL:@SECLEVEL=0" if weak else "DEFAULT")
        context.load_cert_chain(leaf.chain_path, leaf.key_path)
        if "minimum" in scenario.tls:
            context.minimum_version = ssl.TLSVersion[scenario.tls["minimum"]]
        elif weak:
            context.minimum_version = ssl.TLSVersion.TLSv1
        if "maximum" in scenario.tls:
            context.maximum_version = ssl.TLSVersion[scenario.tls["maximum"]]
        if scenario.tls.get("client_certificate"):
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.authority.path)
        return context

    def play(self, scenario):
        """Runs the program against the server of one scenario; gives (server, result with JSON, result in words)."""
        listener = netns.listen(ADDRESS, 0, ns=self.ns)
        changes = dict(scenario.changes)
        for table in ("answers", "answers_tls"):
            for command, action in changes.get(table, {}).items():
                if isinstance(action, bytes):
                    changes[table] = {**changes[table], command: action.replace(b"%(echo)", PASSWORD.encode())}
        server = SERVERS[scenario.protocol](
            listener, scenario.security, self.context_for(scenario), changes, USER, PASSWORD
        )
        words = [
            "probe", scenario.protocol, HOST, "--port", server.port, "--security", scenario.security,
            "--user", USER, *scenario.words,
        ]  # fmt: skip
        if scenario.timeout:
            words += ["--timeout", scenario.timeout]
        password = scenario.password or PASSWORD
        options = {"env": self.env, "ns": self.ns, "password": password}
        try:
            as_json = self.watch(cli.Running(*words, "--json", **options))
            in_words = None
            if not scenario.timeout:
                in_words = self.watch(cli.Running(*words, "--details", "--transcript", **options))
        finally:
            server.stop()
        return server, as_json, in_words

    def watch(self, running):
        """Waits for the end of a run, and remembers how much memory it had at its peak.

        The kernel's own account of an ended child will not do: it begins with the memory of the test itself.
        """
        status = pathlib.Path(f"/proc/{running.pid}/status")
        until = time.monotonic() + PATIENCE
        while running.process.poll() is None and time.monotonic() < until:
            try:
                text = status.read_text()
            except OSError:
                break
            peak = re.search(r"^VmHWM:\s*(\d+) kB", text, re.MULTILINE)
            if text.startswith("Name:\tmailwright-cli") and peak:
                self.peaks.append(int(peak[1]))
            time.sleep(0.005)
        return running.finish(PATIENCE)

    def judge(self, scenario, server, result, in_words):
        report = result.json
        self.hold_to_contract(report, result)
        told = f"{scenario.name}: {scenario.why}\n{result}"
        self.assertEqual(report["verdict"], scenario.wanted_verdict, told)
        if len(scenario.expected) == 0:
            self.assertIsNone(report["diagnosis"], told)
        elif scenario.name.endswith("certificate-expired-and-wrong-name"):
            self.assertLessEqual(set(scenario.expected), set(report["diagnoses"]), told)
        else:
            self.assertIn(report["diagnosis"], scenario.expected, told)
        for printed in (result, in_words):
            if printed is not None:
                for text in (printed.stdout, printed.stderr):
                    self.assertIsNone(RAW.search(text), told)
        self.judge_secrets(scenario, server, result, in_words, told)

    def judge_secrets(self, scenario, server, result, in_words, told):
        """By the server's own record: where a password was heard, and whether a login was tried at all."""
        word = scenario.password or PASSWORD
        self.assertEqual(cli.leaks(word, server.heard(False), user=USER), [], told)
        may_log_in = scenario.login
        if may_log_in is None:
            may_log_in = scenario.certificate in CONFIRMED and scenario.security != "none"
        if not may_log_in:
            self.assertEqual(cli.leaks(word, server.heard(True), user=USER), [], told)
            self.assertEqual([secure for secure, _ in server.logins], [], told)
        self.assertTrue(all(secure for secure, _ in server.logins), told)
        n_runs = 1 if in_words is None else 2
        self.assertLessEqual(len(server.logins), 2 * n_runs, told)
        if scenario.expected[:1] == ("auth-failed",):
            self.assertLessEqual(len(server.logins), n_runs, f"a refused password is tried once\n{told}")
        printed = [text for r in (result, in_words) if r is not None for text in (r.stdout, r.stderr)]
        self.assertEqual(cli.leaks(word, *printed, user=USER), [], told)

    def test_table(self):
        rows = scenarios.ROWS
        pattern = os.environ.get("MW_SCENARIOS")
        if pattern:
            rows = [row for row in rows if re.search(pattern, row.name)]
        # The memory of a good run first; no hostile one may need much more.
        good = next(row for row in scenarios.ROWS if row.name == "imap-tls-control-good")
        self.peaks = []
        self.judge(good, *self.play(good))
        before = max(self.peaks)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            outcomes = pool.map(self.play, rows)
            for row, outcome in zip(rows, outcomes):
                with self.subTest(scenario=row.name):
                    self.judge(row, *outcome)
        self.assertLess(max(self.peaks) - before, 16 * 1024, "KiB more than a good run at the peak")
        self.assertEqual(cli.leaks(PASSWORD, self.home.path, self.home.tmp, self.home.runtime, user=USER), [])

    def test_table_is_as_big_as_promised(self):
        controls = [row for row in scenarios.ROWS if not row.expected]
        self.assertGreaterEqual(len(scenarios.ROWS) - len(controls), 200)
        self.assertGreaterEqual(len(controls), 30)
        self.assertEqual(len({row.name for row in scenarios.ROWS}), len(scenarios.ROWS))
        self.assertTrue(all(row.why for row in scenarios.ROWS))


if __name__ == "__main__":
    unittest.main()
