# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that are broken: packets that vanish, ways that die, name servers that lie, sign-in pages."""

import concurrent.futures
import os
import socket
import ssl
import struct
import threading
import time
import unittest

from lab import bus, certs, cli, dns, dovecot, https, liar, netns, postfix, proc
from support import PASSWORD, USER, Desk

GOOD, GOOD6 = "192.0.2.20", "2001:db8::20"
NARROW = "192.0.2.21"
DEAD6, REFUSED6 = "2001:db8::66", "2001:db8::67"
SILENT, SILENT_TOO = netns.Namespace.SILENT, netns.Namespace.SILENT_TOO
PORTS = "{ 110, 143, 465, 587, 993, 995 }"
#: What the way lets through of what the client says before it dies.
MESSAGES = range(1, 8)
LOST = {number: f"192.0.2.{40 + number}" for number in MESSAGES}
RESET = {number: f"192.0.2.{50 + number}" for number in MESSAGES}
AUTOCONFIG = "/mail/config-v1.1.xml"

#: Stages in which a way may die of which the client's messages are counted: what is said in one go is not told apart.
SPEAKING = {
    ("imap", "tls"): {"tls", "greeting", "login"},
    ("imap", "starttls"): {"starttls", "tls", "capability"},
    ("pop3", "tls"): {"tls", "greeting"},
    ("smtp", "tls"): {"tls", "greeting", "capability", "login", "mailbox"},
    ("smtp", "starttls"): {"starttls", "tls", "capability", "login"},
}


def rules():
    """For nft: each message of a client is one more on its connection's account; the last one is lost.

    From there on nothing passes in either direction. In the table of resets the end is said aloud.
    """
    lines = ["table inet broken {", "chain input {", "type filter hook input priority 0; policy accept;"]
    for addresses, fate in ((LOST, "drop"), (RESET, "reject with tcp reset")):
        for number, address in addresses.items():
            to = f"ip daddr {address} tcp dport {PORTS}"
            for count in range(number, 0, -1):
                lines.append(f"{to} tcp flags & psh == psh ct mark {count - 1} ct mark set {count}")
            lines.append(f"{to} ct mark {number} {fate}")
            if fate == "drop":
                lines.append(f"ip saddr {address} tcp sport {PORTS} ct mark {number} drop")
    lines += [
        f"ip saddr {NARROW} tcp sport {PORTS} meta length > 700 drop",
        f"ip6 daddr {DEAD6} drop",
        f"ip6 daddr {REFUSED6} reject with icmpv6 type addr-unreachable",
        "}", "}",
    ]  # fmt: skip
    return "\n".join(lines)


class BrokenWays(Desk):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        proc.need_root("a network namespace")
        nft = proc.need_program("nft")
        cls.ns = netns.Namespace(
            cls.area, addresses=[GOOD, NARROW, *LOST.values(), *RESET.values(), GOOD6, DEAD6, REFUSED6],
            authorities=[cls.authority], online=True,
        )  # fmt: skip
        # What is sent again, because this machine is slow, would be counted again
        patient = ["sysctl -qw net.ipv4.tcp_early_retrans=0", "ip route replace local 127.0.0.0/8 dev lo table local rto_min 20s"]
        for address in (*LOST.values(), *RESET.values()):
            patient.append(f"ip route replace local {address} dev lo table local src 127.0.0.1 rto_min 20s")
        cls.ns.run(["sh", "-ec", "\n".join(patient)], check=True)
        (cls.area / "rules").write_text(rules())
        done = cls.ns.run([nft, "-f", cls.area / "rules"], capture_output=True, text=True)
        if done.returncode != 0:
            raise unittest.SkipTest(f"no packet filter can be set up here: {done.stderr}")
        names = {
            "good": [("A", GOOD), ("AAAA", GOOD6)],
            "narrow": [("A", NARROW)],
            "six-dead": [("AAAA", DEAD6), ("A", GOOD)],
            "six-unreachable": [("AAAA", REFUSED6), ("A", GOOD)],
            "four-dead": [("AAAA", GOOD6), ("A", SILENT)],
            "many-dead": [("A", SILENT), ("A", SILENT_TOO), ("AAAA", DEAD6), ("A", GOOD)],
            "both-dead": [("AAAA", DEAD6), ("A", SILENT)],
            "hole": [("A", SILENT)],
            **{f"lost{number}": [("A", address)] for number, address in LOST.items()},
            **{f"reset{number}": [("A", address)] for number, address in RESET.items()},
        }
        cls.dns = dns.Dns(cls.area, {"example.test": names}, ns=cls.ns).start()
        leaf = cls.authority.issue("*.example.test", "example.test")
        everywhere = (GOOD, GOOD6, NARROW, *LOST.values(), *RESET.values())
        cls.dovecot = dovecot.Dovecot(
            cls.area, {USER: PASSWORD}, leaf=leaf, addresses=everywhere, ns=cls.ns, rawlog=True
        ).start()
        cls.postfix = postfix.Postfix(cls.area, cls.dovecot, leaf=leaf, addresses=everywhere, ns=cls.ns).start()

    def probe_all(self, cases):
        """Probes side by side: {key: words} to {key: (report, result, seconds)}."""

        def one(words):
            begun = time.monotonic()
            result = cli.run(
                "probe", *words, "--user", USER, "--json", env=self.env, ns=self.ns, password=PASSWORD, seconds=150
            )
            return result, time.monotonic() - begun

        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            outcomes = dict(zip(cases, pool.map(one, cases.values())))
        found = {}
        for key, (result, seconds) in outcomes.items():
            self.hold_to_contract(result.json, result)
            self.assertEqual(result.status, cli.FAILED if result.json["verdict"] == "failed" else cli.FINE, result)
            found[key] = result.json, result, seconds
        return found

    def failed_step(self, report):
        return next((step["step"] for step in report["steps"] if step["status"] == "failed"), None)

    def ways_that_die(self, kind, timeout):
        cases = {
            (protocol, security, number): [
                protocol, f"{kind}{number}.example.test", "--security", security, "--timeout", timeout,
            ]
            for protocol, security in SPEAKING for number in MESSAGES
        }  # fmt: skip
        found = self.probe_all(cases)
        for (protocol, security), stages in SPEAKING.items():
            died = []
            for number in MESSAGES:
                report, result, _ = found[protocol, security, number]
                step = self.failed_step(report)
                with self.subTest(protocol=protocol, security=security, message=number):
                    if step is None:
                        self.assertEqual(report["verdict"], "ok", result)
                    else:
                        self.assertEqual(report["diagnosis"], self.wanted(kind, step), result)
                        died.append(step)
            with self.subTest(protocol=protocol, security=security):
                self.assertLessEqual(stages, set(died))
                if security == "tls":  # a control: by then all is said
                    self.assertIsNone(self.failed_step(found[protocol, security, MESSAGES[-1]][0]))
        return found

    def wanted(self, kind, step):
        if kind == "reset":
            return "connection-closed"
        return "greeting-timeout" if step == "greeting" else "timeout"

    def test_way_that_dies_after_each_message(self):
        timeout = 8
        found = self.ways_that_die("lost", timeout)
        for key, (_, result, seconds) in found.items():
            self.assertLess(seconds, timeout + 30, (key, result))

    def test_reset_after_each_message(self):
        self.ways_that_die("reset", 20)

    def test_way_that_swallows_big_packets(self):
        found = self.probe_all({
            security: ["imap", "narrow.example.test", "--security", security, "--timeout", 5]
            for security in ("tls", "starttls")
        })  # fmt: skip
        for report, result, _ in found.values():
            self.assertEqual(self.failed_step(report), "tls", result)
            self.assertEqual(report["diagnosis"], "timeout", result)

    def test_one_good_address_is_enough(self):
        names = ["six-dead", "six-unreachable", "four-dead", "many-dead"]
        found = self.probe_all({name: ["imap", f"{name}.example.test"] for name in names})
        for name, (report, result, _) in found.items():
            with self.subTest(name=name):
                self.assertEqual(report["verdict"], "ok", result)
                self.assertEqual(report["address"], GOOD6 if name == "four-dead" else GOOD, result)

    def test_no_good_address(self):
        found = self.probe_all({"both-dead": ["imap", "both-dead.example.test", "--timeout", 5]})
        report, result, _ = found["both-dead"]
        self.assertEqual(report["diagnosis"], "connection-timeout", result)

    def test_silent_server_delays_no_other_verdict(self):
        session = bus.Bus(self.area, env=self.env)
        bus.Keyring(session, self.home)
        env = self.home.env(session=session)
        user = USER.replace("@", "%40")
        for silent in ("hole", "lost1"):
            with self.subTest(silent=silent):
                result = cli.run(
                    "account", "add", f"{silent}@example.test", "--imap", f"imaps://{user}@good.example.test", "--smtp",
                    f"smtps://{user}@{silent}.example.test", env=env, password=PASSWORD,
                )  # fmt: skip
                self.assertEqual(result.status, cli.FINE, result)
                words = [cli.program(), "check", f"{silent}@example.test", "--timeout", "16"]
                running = proc.Process(self.area, f"check-{silent}", words, env=env, ns=self.ns)
                proc.wait_for(lambda: "good.example.test" in running.output(), "the good verdict", alive=running)
                early = time.monotonic()
                self.assertNotIn(f"{silent}.example.test", running.output())
                running.wait(120)
                # Half of the time for the server goes by until its silence is a verdict
                self.assertGreater(time.monotonic() - early, 2, running.output())
                self.assertEqual(running.returncode, cli.FAILED, running.output())

    def test_dead_proxy_is_named_in_time(self):
        for proxy in (SILENT, GOOD):  # silent, and there without a proxy's port
            with self.subTest(proxy=proxy):
                begun = time.monotonic()
                result = cli.run(
                    "probe", "imap", "good.example.test", "--timeout", "5", "--user", USER, "--json",
                    env={**self.env, "http_proxy": f"http://{proxy}:3128"}, ns=self.ns, password=PASSWORD,
                )  # fmt: skip
                self.assertLess(time.monotonic() - begun, 35, result)
                self.assertEqual(result.json["diagnosis"], "network-unreachable", result)
                self.assertIn(f"{proxy}:3128", result.stdout)


def play(question):
    """What the lying name server says, by the first label of the name."""
    label, _, rest = question.name.partition(".")
    honest = question.addresses(GOOD)
    if label.startswith("_"):  # SRV
        label = rest.split(".")[-2]
        if label == "crowd":
            records = [(None, liar.SRV, struct.pack("!3H", n, 0, (0, 993)[n % 2]) + liar.name(f"imap{n}.crowd.test"))
                       for n in range(200)]  # fmt: skip
            return question.answer(records)
        if label == "dot":
            return question.answer([(None, liar.SRV, struct.pack("!3H", 0, 0, 993) + liar.name("."))])
        if label == "long":
            target = ".".join(["a" * 63] * 5) + ".test"
            return question.answer([(None, liar.SRV, struct.pack("!3H", 0, 0, 993) + liar.name(target))])
        if label == "self":
            return question.answer([(None, liar.SRV, struct.pack("!3H", 0, 0, 993) + b"\xc0\x0c")])
        if label == "loop":
            return question.answer([(None, liar.SRV, struct.pack("!3H", 0, 0, 993) + b"\xc0\x2c")])
        return question.answer(rcode=liar.NXDOMAIN)
    if label == "good":
        return honest
    if label == "slow":
        return liar.late(1.5, honest)
    if label == "silent":
        return None
    if label == "othername":
        return question.answer([("evil.test", liar.A, bytes([192, 0, 2, 20]))], section=liar.name("evil.test") + struct.pack("!HH", question.type, 1))
    if label == "otherowner":
        return question.answer([("evil.test", liar.A, bytes([192, 0, 2, 20]))])
    if label == "otherid":
        return question.addresses(GOOD, id=bytes([question.id[0] ^ 1, question.id[1]]))
    if label == "truncated":
        return question.answer(flags=0x8380)
    if label == "refused":
        return question.answer(rcode=liar.REFUSED)
    if label == "garbage":
        return question.id + os.urandom(60)
    if label == "cut":
        return honest[: len(honest) - 2]
    if label in ("cname", "cname2"):
        other = f"{'cname2' if label == 'cname' else 'cname'}.lies.test"
        return question.answer([(None, liar.CNAME, liar.name(other)), (other, liar.CNAME, liar.name(question.name))])
    if label == "nosix":  # a router that never answers for IPv6
        return None if question.is_type("AAAA") else honest
    if label == "failsix":
        return question.answer(rcode=liar.SERVFAIL) if question.is_type("AAAA") else honest
    if label == "twice":  # the second answer comes too late to count
        return [question.addresses(GOOD), question.addresses(SILENT)]
    return question.answer(rcode=liar.NXDOMAIN)


class LyingNames(Desk):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        proc.need_root("a network namespace")
        cls.ns = netns.Namespace(cls.area, addresses=[GOOD], authorities=[cls.authority], online=True)
        cls.liar = liar.Liar(cls.area, play, cls.ns)
        leaf = cls.authority.issue("*.lies.test")
        cls.dovecot = dovecot.Dovecot(cls.area, {USER: PASSWORD}, leaf=leaf, addresses=(GOOD,), ns=cls.ns).start()

    def probe_lie(self, label):
        begun = time.monotonic()
        timeout = 20 if label in ("nosix", "slow") else 6
        result = cli.run(
            "probe", "imap", f"{label}.lies.test", "--timeout", timeout, "--user", USER, "--json", env=self.env,
            ns=self.ns, password=PASSWORD, seconds=150,
        )  # fmt: skip
        return result, time.monotonic() - begun, timeout

    def test_lies_are_not_believed(self):
        wanted = {
            "good": None, "slow": None, "nosix": None, "failsix": None, "twice": None,
            "silent": "dns-timeout", "othername": "dns-timeout", "otherid": "dns-timeout", "truncated": "dns-timeout",
            "refused": "dns-timeout", "garbage": "dns-timeout", "otherowner": "dns-not-found", "nothing": "dns-not-found",
            "cut": ("dns-timeout", "dns-not-found"), "cname": ("dns-timeout", "dns-not-found"),
        }  # fmt: skip
        mark = self.dovecot.mark()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            outcomes = dict(zip(wanted, pool.map(self.probe_lie, wanted)))
        for label, (result, seconds, timeout) in outcomes.items():
            with self.subTest(lie=label):
                self.hold_to_contract(result.json, result)
                expected = wanted[label] if isinstance(wanted[label], tuple) else (wanted[label],)
                self.assertIn(result.json["diagnosis"], expected, result)
                self.assertLess(seconds, timeout + 30, result)
        # Nobody who was led astray has logged in
        self.assertEqual(len(self.dovecot.logins(mark)), 5)

    def test_names_that_dns_cannot_have_are_not_asked_for(self):
        asked = len(self.liar.asked())
        for host in ("a" * 64 + ".test", ".".join(["a" * 60] * 5) + ".test", "a..test", "lies.test:99"):
            with self.subTest(host=host):
                result = cli.run("probe", "imap", host, "--timeout", "6", "--json", env=self.env, ns=self.ns)
                self.assertIn(result.status, (cli.FAILED, cli.USAGE), result)
                if result.status == cli.FAILED:
                    self.assertEqual(result.json["diagnosis"], "dns-not-found", result)
        self.assertEqual(self.liar.asked()[asked:], [])

    def test_service_records_that_make_no_sense(self):
        for domain in ("crowd", "dot", "long", "self", "loop", "silent", "garbage", "truncated", "cname"):
            with self.subTest(domain=domain):
                before = self.ns.counters()["connections"]
                begun = time.monotonic()
                result = cli.run("detect", f"jo@{domain}.test", "--json", env=self.env, ns=self.ns, seconds=120)
                self.assertLess(time.monotonic() - begun, 60, result)
                self.assertIn(result.status, (cli.FINE, cli.FAILED), result)
                for setting in result.json["settings"]:
                    for server in setting["servers"]:
                        self.assertGreater(server["port"], 0)
                        self.assertNotIn(server["host"], ("", "."))
                self.assertLessEqual(self.ns.counters()["connections"] - before, 12)


class Recorder:
    """A sign-in page's server on one port: takes all connections, keeps what it hears, answers as a web server."""

    def __init__(self, area, address, port, ns, leaf=None, answer=b""):
        self.heard = []
        self._context = None
        if leaf is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(leaf.chain_path, leaf.key_path)
        self._answer = answer
        self._socket = netns.listen(address, port, ns)
        area.on_close(self._socket.close)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            self.heard.append(b"")
            threading.Thread(target=self._talk, args=(client, len(self.heard) - 1), daemon=True).start()

    def _talk(self, client, index):
        client.settimeout(60)
        try:
            if self._context is not None:
                client = self._context.wrap_socket(client, server_side=True)
            while True:
                words = client.recv(4096)
                if not words:
                    break
                self.heard[index] += words
                client.sendall(self._answer)
                if b"\r\n\r\n" in self.heard[index] or self._context is None:
                    break
        except OSError:
            pass
        finally:
            client.close()


class SignInPage(Desk):
    """Every name leads to the page of a hotel, on every port, by its own certificate."""

    PAGE = b"HTTP/1.1 302 Found\r\nLocation: http://login.portal.test/?from=mail\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    REQUIRED = b"HTTP/1.1 511 Network Authentication Required\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlogin"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        proc.need_root("a network namespace")
        cls.ns = netns.Namespace(cls.area, addresses=[GOOD], authorities=[cls.authority], online=True)
        cls.liar = liar.Liar(
            cls.area, lambda question: question.addresses(GOOD) if question.is_type("A", "AAAA") else question.answer(), cls.ns
        )
        leaf = cls.authority.issue("login.portal.test")
        cls.tls = {port: Recorder(cls.area, GOOD, port, cls.ns, leaf, cls.PAGE) for port in (443, 465, 993, 995)}
        cls.plain = {port: Recorder(cls.area, GOOD, port, cls.ns, None, cls.PAGE) for port in (25, 80, 110, 143, 587)}

    def heard(self):
        return [words for one in (*self.tls.values(), *self.plain.values()) for words in one.heard]

    def test_probe_says_what_is_in_the_way(self):
        system = bus.Bus(self.area, "system", env=self.env)
        bus.NetworkManager(system, state="site", connectivity="portal", wifi="Hotel")
        for manager, expected in (
            (False, {"tls": "cert-name-mismatch", "starttls": "wrong-protocol"}),
            (True, {"tls": "captive-portal", "starttls": "captive-portal"}),
        ):
            env = self.home.env(system=system) if manager else self.env
            for protocol in ("imap", "smtp"):
                for security in ("tls", "starttls"):
                    with self.subTest(manager=manager, protocol=protocol, security=security):
                        result = cli.run(
                            "probe", protocol, "mail.example.test", "--security", security, "--user", USER, "--timeout",
                            "10", "--json", env=env, ns=self.ns, password=PASSWORD,
                        )  # fmt: skip
                        self.hold_to_contract(result.json, result)
                        self.assertEqual(result.json["diagnosis"], expected[security], result)
                        self.assertEqual(result.status, cli.FAILED)
        self.assertEqual(cli.leaks(PASSWORD, *self.heard(), user=USER), [])

    def test_detect_takes_nothing_from_it(self):
        before = [len(self.plain[port].heard) for port in (25, 80)]
        result = cli.run("detect", "private.name@example.test", "--json", env=self.env, ns=self.ns, seconds=90)
        self.assertIsNone(result.json["chosen"], result)
        self.assertEqual(result.json["settings"], [], result)
        self.assertEqual([len(self.plain[port].heard) for port in (25, 80)], before)
        for words in self.heard():
            self.assertNotIn(b"private", words)
        # A certificate of another name ends it before anything is asked for
        self.assertEqual(b"".join(self.tls[443].heard), b"")

    def test_page_with_a_good_certificate_is_no_document(self):
        area_leaf = self.authority.issue("*.caught.test", "caught.test")
        ns = netns.Namespace(self.area, addresses=[GOOD], authorities=[self.authority], online=True)
        liar.Liar(
            self.area, lambda question: question.addresses(GOOD) if question.is_type("A", "AAAA") else question.answer(), ns
        )
        page = Recorder(self.area, GOOD, 443, ns, area_leaf, self.REQUIRED)
        plain = Recorder(self.area, GOOD, 80, ns, None, self.PAGE)
        result = cli.run("detect", "jo@deep.caught.test", "--json", env=self.env, ns=ns, seconds=90)
        self.assertIsNone(result.json["chosen"], result)
        result = cli.run("detect", "jo@caught.test", "--json", env=self.env, ns=ns, seconds=90)
        self.assertIsNone(result.json["chosen"], result)
        self.assertTrue(any(b"GET " in words for words in page.heard))
        self.assertEqual(plain.heard, [])
        for words in page.heard:
            for host in (line for line in words.split(b"\r\n") if line.lower().startswith(b"host:")):
                # No climbing: what was asked for below "deep" is asked for below "deep"
                self.assertIn(b"caught.test", host)


if __name__ == "__main__":
    unittest.main()
