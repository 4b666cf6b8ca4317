# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mailwright-cli detect in a network of its own, where DNS and the web say what the test wrote down."""

import base64
import hashlib
import json
import unittest

from lab import bus, certs, cli, dns, dovecot, https, netns, postfix, proc

AUTOCONFIG = "/mail/config-v1.1.xml"
WELL_KNOWN = "/.well-known/autoconfig/mail/config-v1.1.xml"
PACC = "/.well-known/user-agent-configuration.json"
WEB, MAIL, MX, OTHER = "192.0.2.10", "192.0.2.20", "192.0.2.30", "192.0.2.40"
SILENT = netns.Namespace.SILENT
KEYS = "address domain settings conflicts chosen notes".split()
SETTING_KEYS = "source origin trusted provider name servers prepare help checked".split()


def client_config(domain, imap=None, smtp=None, imap_extra="", head="", username="%EMAILADDRESS%"):
    """A well-formed clientConfig for a domain; its parts can be replaced to spoil it."""
    imap = imap or f"imap.{domain}"
    smtp = smtp or f"smtp.{domain}"
    return f"""<?xml version="1.0" encoding="UTF-8"?>{head}
<clientConfig version="1.1">
  <emailProvider id="{domain}">
    <domain>{domain}</domain>
    <displayName>Mail of {domain}</displayName>
    {imap_extra}
    <incomingServer type="imap">
      <hostname>{imap}</hostname>
      <port>993</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>{username}</username>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>{smtp}</hostname>
      <port>465</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>{username}</username>
    </outgoingServer>
  </emailProvider>
</clientConfig>
"""


def pacc(domain):
    return json.dumps(
        {
            "protocols": {"imap": {"host": f"imap.{domain}"}, "smtp": {"host": f"smtp.{domain}"}},
            "authentication": {"password": True},
            "info": {"provider": {"name": f"Mail of {domain}", "shortName": "Mail"}},
        }
    ).encode()


def srv(host, imap=993, smtp=465):
    return {
        "_imaps._tcp": [("SRV", f"0 1 {imap} {host}.")],
        "_submissions._tcp": [("SRV", f"0 1 {smtp} {host}.")],
    }


#: Documents that must never be taken for an answer.
LAUGHS = "<!DOCTYPE c [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(9)
) + "]>"
HOSTILE_XML = {
    "entities": client_config("entities.test", head=LAUGHS, username="&j;"),
    "outside": client_config(
        "outside.test", head='<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/hostname">]>', username="&x;"
    ),
    "doctype": client_config("doctype.test", head="<!DOCTYPE clientConfig>"),
    "nested": "<clientConfig version='1.1'>" + "<a>" * 10000 + "</a>" * 10000 + "</clientConfig>",
    "cut": client_config("cut.test")[:400],
    "empty": "",
    "nul": client_config("nul.test").replace("imap.nul.test", "imap.nul.test\0.evil.test"),
    "latin": client_config("latin.test").encode().replace(b"Mail of", b"M\xe4il of"),
    "html": "<html><body>It works!</body></html>",
    "json": '{"protocols": {}}',
    "port": client_config("port.test").replace("993", "70000").replace("465", "-1"),
    "host": client_config("host.test", imap="imap.host.test/../evil", smtp="user@smtp.host.test"),
    "huge": client_config("huge.test").replace("Mail of", "M" * 200000),
}
HOSTILE_JSON = {
    "jnested": b'{"protocols":' + b"[" * 50000 + b"]" * 50000 + b"}",
    "jtypes": b'{"protocols": {"imap": [1, 2], "smtp": "x"}}',
    "jcut": pacc("jcut.test")[:60],
    "jlist": b"[]",
    "jnumber": b"9" * 5000,
    "jhost": json.dumps({"protocols": {"imap": {"host": "imap jhost test"}, "smtp": {"host": "a@b"}}}).encode(),
}


class Detect(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cli.program()
        proc.need_root("a network namespace")
        cls.area = proc.Area(cls)
        cls.authority = certs.Authority(cls.area / "ca")
        cls.ns = netns.Namespace(
            cls.area, addresses=[WEB, MAIL, MX, OTHER, "2001:db8::10"], authorities=[cls.authority]
        )
        web, mail = [("A", WEB)], [("A", MAIL)]
        matching, wrong = pacc("pacc.test"), pacc("pacc-wrong.test")
        digest = base64.b64encode(hashlib.sha256(matching).digest()).decode()
        other = base64.b64encode(hashlib.sha256(b"something else").digest()).decode()
        cls.zones = {
            "acfg.test": {"@": [("MX", "10 mx.acfg.test."), *web], "autoconfig": web, "mx": [("A", MX)]},
            "wellknown.test": {"@": web},
            "srvonly.test": {"@": [("MX", "10 mx.srvonly.test.")], **srv("mail.srvonly.test"), "mail": mail},
            "pacc.test": {
                "ua-auto-config": web,
                "_ua-auto-config": [("TXT", f"v=UAAC1; a=sha256; d={digest}")],
                "autoconfig": web,
            },
            "pacc-wrong.test": {
                "ua-auto-config": web,
                "_ua-auto-config": [("TXT", f"v=UAAC1; a=sha256; d={other}")],
                **srv("mail.pacc-wrong.test"),
                "mail": mail,
            },
            "mxgoogle.test": {"@": [("MX", "1 aspmx.l.google.com."), ("MX", "5 alt1.aspmx.l.google.com.")]},
            "mxtrap.test": {"@": [("MX", "1 aspmx.l.google.com.evil.test.")]},
            "gateway.test": {"@": [("MX", "10 mx1-us1.ppe-hosted.com."), ("MX", "20 mxb-00000001.gslb.pphosted.com.")]},
            "nullmx.test": {"@": [("MX", "0 .")]},
            "guess.test": {
                "@": [("MX", "10 mx.guess.test.")], "imap": mail, "smtp": mail, "mail": mail, "mx": [("A", MX)],
            },
            "guesshole.test": {
                "@": [("MX", "10 mx.guesshole.test.")], "mail": mail,
                "imap": [("A", SILENT)], "smtp": [("A", SILENT)], "pop": [("A", SILENT)], "autoconfig": [("A", SILENT)],
            },
            "conflict.test": {"autoconfig": web, **srv("other.conflict.test", smtp=4650), "other": mail, "imap": mail, "smtp": mail},
            "bare.test": {"@": [("MX", "10 mx.bare.test.")], "mx": [("A", MX)]},
            "foreign.test": {"autoconfig": web},
            "insecure.test": {"autoconfig": [("A", OTHER)], "@": [("A", OTHER)]},
            "onlyhttp.test": {"autoconfig": [("A", MX)], "@": [("A", MX)]},
            "xn--bcher-kva.test": {"autoconfig": web},
            "sub.acfg.test": {"@": [("MX", "10 mx.acfg.test.")]},
        }  # fmt: skip
        for name in ("loop", "long", "down", "literal", "local", "leaves", "file", "slow", "endless", "hang", "missing"):
            cls.zones[f"r{name}.test"] = {"autoconfig": web}
        for name in HOSTILE_XML:
            cls.zones[f"{name}.test"] = {"autoconfig": web}
        for name, document in HOSTILE_JSON.items():
            said = base64.b64encode(hashlib.sha256(document).digest()).decode()
            cls.zones[f"{name}.test"] = {
                "ua-auto-config": web,
                "_ua-auto-config": [("TXT", f"v=UAAC1; a=sha256; d={said}")],
            }
        cls.dns = dns.Dns(
            cls.area, cls.zones, silent=["dead.test"], broken=["broken.test"], ns=cls.ns
        ).start()
        cls.answers = cls._web(matching, wrong)
        names = [zone for zone in cls.zones] + [f"*.{zone}" for zone in cls.zones]
        leaf = cls.authority.issue(*names)
        stranger = certs.Authority(cls.area / "stranger").issue(*names)
        cls.web = https.Https(cls.area, cls.answers, leaf=leaf, addresses=[WEB, "2001:db8::10"], ns=cls.ns).start()
        cls.bad_web = https.Https(
            cls.area, {("autoconfig.insecure.test", AUTOCONFIG): client_config("insecure.test")},
            leaf=stranger, addresses=[OTHER], ns=cls.ns,
        ).start()  # fmt: skip
        plain = {(host, path): client_config("onlyhttp.test") for host in ("autoconfig.onlyhttp.test", "onlyhttp.test")
                 for path in (AUTOCONFIG, WELL_KNOWN)}  # fmt: skip
        plain[("autoconfig.rdown.test", AUTOCONFIG)] = client_config("rdown.test")
        cls.plain_web = https.Https(cls.area, plain, addresses=[WEB, MX, OTHER], ns=cls.ns, port=80).start()
        cls.dovecot = dovecot.Dovecot(
            cls.area, {"jo@guess.test": "secret"}, leaf=leaf, addresses=(MAIL,), ns=cls.ns, rawlog=True
        ).start()
        cls.postfix = postfix.Postfix(cls.area, cls.dovecot, leaf=leaf, address=MAIL, ns=cls.ns).start()

    @classmethod
    def _web(cls, matching, wrong):
        answers = {
            ("autoconfig.acfg.test", AUTOCONFIG): client_config("acfg.test"),
            ("wellknown.test", WELL_KNOWN): client_config("wellknown.test"),
            ("ua-auto-config.pacc.test", PACC): https.Answer(matching, content_type="application/json"),
            ("autoconfig.pacc.test", AUTOCONFIG): client_config("pacc.test", imap="older.pacc.test"),
            ("ua-auto-config.pacc-wrong.test", PACC): https.Answer(wrong, content_type="application/json"),
            ("autoconfig.conflict.test", AUTOCONFIG): client_config("conflict.test"),
            ("autoconfig.foreign.test", AUTOCONFIG): client_config("foreign.test", imap="imap.elsewhere.example"),
            ("autoconfig.xn--bcher-kva.test", AUTOCONFIG): client_config("xn--bcher-kva.test"),
            ("autoconfig.rloop.test", AUTOCONFIG): https.redirect("https://autoconfig.rloop.test" + AUTOCONFIG),
            ("autoconfig.rdown.test", AUTOCONFIG): https.redirect("http://autoconfig.rdown.test" + AUTOCONFIG),
            ("autoconfig.rliteral.test", AUTOCONFIG): https.redirect(f"https://{WEB}{AUTOCONFIG}"),
            ("autoconfig.rlocal.test", AUTOCONFIG): https.redirect("https://localhost/x"),
            ("autoconfig.rfile.test", AUTOCONFIG): https.redirect("file:///etc/hostname"),
            ("autoconfig.rleaves.test", AUTOCONFIG): https.redirect("https://autoconfig.acfg.test/other.xml"),
            ("autoconfig.acfg.test", "/other.xml"): client_config("rleaves.test"),
            ("autoconfig.rslow.test", AUTOCONFIG): https.Answer(https.trickle),
            ("autoconfig.rendless.test", AUTOCONFIG): https.Answer(https.endless),
            ("autoconfig.rhang.test", AUTOCONFIG): https.Answer(https.hang),
        }
        for hop in range(12):
            answers[("autoconfig.rlong.test", f"/{hop}")] = https.redirect(f"https://autoconfig.rlong.test/{hop + 1}")
        answers[("autoconfig.rlong.test", AUTOCONFIG)] = https.redirect("https://autoconfig.rlong.test/0")
        answers[("autoconfig.rlong.test", "/12")] = client_config("rlong.test")
        for name, document in HOSTILE_XML.items():
            answers[(f"autoconfig.{name}.test", AUTOCONFIG)] = https.Answer(document)
        for name, document in HOSTILE_JSON.items():
            answers[(f"ua-auto-config.{name}.test", PACC)] = https.Answer(document, content_type="application/json")
        return answers

    def setUp(self):
        self.home = bus.Home(self.area, "home")
        self.env = self.home.env()

    def run_cli(self, *words):
        return cli.run(*words, env=self.env, ns=self.ns, seconds=90)

    def detect(self, address, *words, status=None):
        result = self.run_cli("detect", address, *words, "--json")
        value = result.json
        for key in KEYS:
            self.assertIn(key, value, result)
        for setting in value["settings"]:
            for key in SETTING_KEYS:
                self.assertIn(key, setting, result)
            for server in setting["servers"]:
                for key in ("protocol", "host", "port", "security", "authentication", "username"):
                    self.assertIn(key, server, result)
                self.assertIn(server["protocol"], ("imap", "pop3", "smtp"))
                self.assertIn(server["security"], ("tls", "starttls", "none"))
                self.assertTrue(0 < server["port"] < 65536)
                self.assertRegex(server["host"], r"^[A-Za-z0-9._:-]+$")
        chosen = value["chosen"]
        if status is None:
            status = cli.FAILED if chosen is None else cli.FINE
        self.assertEqual(result.status, status, result)
        value["result"] = result
        value["best"] = None if chosen is None else value["settings"][chosen]
        return value

    def best(self, address, source, *words):
        """The chosen settings, which must come from source; {"imap": (host, port, security), ...}."""
        value = self.detect(address, *words)
        self.assertIsNotNone(value["best"], value["result"])
        self.assertEqual(value["best"]["source"], source, value["result"])
        servers = {}
        for server in value["best"]["servers"]:
            servers.setdefault(server["protocol"], (server["host"], server["port"], server["security"]))
        return value, servers

    def nothing(self, address):
        value = self.detect(address)
        self.assertIsNone(value["chosen"], value["result"])
        return value

    # Sources

    def test_known_provider_costs_no_packet(self):
        before = self.ns.counters()
        asked = len(self.dns.queries())
        value, servers = self.best("someone@gmail.com", "provider")
        self.assertEqual(self.ns.counters(), before)
        self.assertEqual(len(self.dns.queries()), asked)
        self.assertEqual(servers["imap"], ("imap.gmail.com", 993, "tls"))
        self.assertTrue(value["best"]["trusted"])
        self.assertTrue(value["best"]["prepare"])

    def test_offline_costs_no_packet(self):
        before = self.ns.counters()
        value = self.detect("jo@acfg.test", "--offline")
        self.assertIsNone(value["chosen"], value["result"])
        _, servers = self.best("jo@acfg.test", "mx", "--offline", "--mx", "aspmx.l.google.com")
        self.assertEqual(servers["imap"][0], "imap.gmail.com")
        self.assertEqual(self.ns.counters(), before)

    def test_mx_of_a_known_provider(self):
        value, servers = self.best("jo@mxgoogle.test", "mx")
        self.assertEqual(servers["imap"], ("imap.gmail.com", 993, "tls"))
        self.assertTrue(value["best"]["provider"])

    def test_mx_that_only_looks_like_a_provider(self):
        value = self.detect("jo@mxtrap.test")
        for setting in value["settings"]:
            self.assertNotIn("gmail", json.dumps(setting))

    def test_autoconfig_of_the_domain(self):
        value, servers = self.best("jo@acfg.test", "autoconfig")
        self.assertEqual(servers["imap"], ("imap.acfg.test", 993, "tls"))
        self.assertEqual(servers["smtp"], ("smtp.acfg.test", 465, "tls"))
        self.assertTrue(value["best"]["trusted"])
        self.assertTrue(value["best"]["origin"].startswith("https://autoconfig.acfg.test/"))
        self.assertEqual(value["best"]["servers"][0]["username"], "jo@acfg.test")

    def test_well_known_place(self):
        _, servers = self.best("jo@wellknown.test", "autoconfig")
        self.assertEqual(servers["imap"][0], "imap.wellknown.test")

    def test_srv_records(self):
        _, servers = self.best("jo@srvonly.test", "srv")
        self.assertEqual(servers["imap"], ("mail.srvonly.test", 993, "tls"))
        self.assertEqual(servers["smtp"], ("mail.srvonly.test", 465, "tls"))

    def test_pacc_with_its_digest_wins(self):
        value, servers = self.best("jo@pacc.test", "pacc")
        self.assertEqual(servers["imap"], ("imap.pacc.test", 993, "tls"))
        self.assertTrue(value["best"]["trusted"])

    def test_pacc_with_another_digest_does_not(self):
        value, _ = self.best("jo@pacc-wrong.test", "srv")
        self.assertIn("pacc-digest-mismatch", json.dumps(value["notes"]))

    def test_guess_is_proven_by_a_handshake(self):
        value, servers = self.best("jo@guess.test", "guess")
        self.assertEqual(servers["imap"][1:], (993, "tls"))
        self.assertTrue(servers["imap"][0].endswith(".guess.test"))
        self.assertTrue(servers["smtp"][0].endswith(".guess.test"))
        self.assertIn(servers["smtp"][1:], ((465, "tls"), (587, "starttls")))
        self.assertEqual(self.dovecot.logins(), [])
        self.assertEqual(self.dovecot.refusals(), 0)

    def test_silent_names_hold_no_guess_up(self):
        value, servers = self.best("jo@guesshole.test", "guess")
        self.assertEqual(servers["imap"][0], "mail.guesshole.test", value["result"])
        self.assertEqual(servers["smtp"][0], "mail.guesshole.test", value["result"])

    def test_idn_domain(self):
        value, servers = self.best("jo@b\u00fccher.test", "autoconfig")
        self.assertEqual(servers["imap"][0], "imap.xn--bcher-kva.test")
        self.assertIn("b\u00fccher.test", value["domain"] + value["address"])

    def test_several_addresses_give_a_list(self):
        result = self.run_cli("detect", "jo@acfg.test", "someone@gmail.com", "--json")
        values = result.json
        self.assertEqual([value["domain"] for value in values], ["acfg.test", "gmail.com"], result)

    # Comparison

    def test_disagreement_is_told(self):
        value, servers = self.best("jo@conflict.test", "autoconfig")
        self.assertEqual(servers["imap"][0], "imap.conflict.test")
        fields = {conflict["field"]: conflict["values"] for conflict in value["conflicts"]}
        self.assertIn("imap.host", fields, value["result"])
        self.assertEqual(
            {entry["value"]: entry["sources"] for entry in fields["imap.host"]},
            {"imap.conflict.test": ["autoconfig"], "other.conflict.test": ["srv"]},
        )
        self.assertIn("smtp.port", fields, value["result"])

    def test_servers_of_another_domain_are_not_trusted(self):
        value = self.detect("jo@foreign.test")
        setting = next(one for one in value["settings"] if one["source"] == "autoconfig")
        self.assertFalse(setting["trusted"], value["result"])
        self.assertIn("untrusted-target", json.dumps(value["notes"]))

    # Dead ends

    def test_null_mx_takes_no_mail(self):
        self.assertIn("null-mx", json.dumps(self.nothing("jo@nullmx.test")["notes"]))

    def test_gateway_proves_nothing(self):
        self.assertIn("gateway-mx", json.dumps(self.nothing("jo@gateway.test")["notes"]))

    def test_domain_that_does_not_exist(self):
        self.assertIn("no-such-domain", json.dumps(self.nothing("jo@nowhere.test")["notes"]))

    def test_name_server_that_fails_or_is_silent(self):
        for domain in ("broken.test", "dead.test"):
            with self.subTest(domain=domain):
                self.assertIn("dns-unavailable", json.dumps(self.nothing(f"jo@{domain}")["notes"]))

    def test_nothing_published(self):
        self.nothing("jo@bare.test")

    def test_address_that_is_none(self):
        for text in ("", "jo", "@acfg.test", "jo@", "jo@acfg test", "jo@@acfg.test", "jo@-acfg.test"):
            with self.subTest(text=text):
                result = self.run_cli("detect", text, "--json")
                self.assertEqual(result.status, cli.USAGE, result)

    # Privacy

    def test_only_the_domain_is_told(self):
        asked, seen = len(self.dns.queries()), len(self.web.requests)
        self.best("very.private.name@wellknown.test", "autoconfig")
        for request in self.web.requests[seen:]:
            if not request.host.startswith("autoconfig."):
                self.assertNotIn("very.private.name", request.url)
            for name, words in request.headers:
                self.assertNotIn("private", words)
                self.assertNotIn(name.lower(), ("cookie", "authorization", "referer"))
        for name, _ in self.dns.queries(asked):
            self.assertNotIn("private", name)

    def test_no_climbing_to_a_parent_domain(self):
        asked = len(self.dns.queries())
        self.detect("jo@deep.down.sub.acfg.test")
        for name, _ in self.dns.queries(asked):
            self.assertTrue(
                name.endswith("deep.down.sub.acfg.test") or name.endswith(".thunderbird.net"), name
            )

    def test_plain_http_is_never_asked(self):
        for domain in ("onlyhttp.test", "rdown.test"):
            with self.subTest(domain=domain):
                self.nothing(f"jo@{domain}")
        self.assertEqual(self.plain_web.asked(), [])

    def test_certificate_of_a_stranger(self):
        self.nothing("jo@insecure.test")
        self.assertEqual(self.bad_web.asked(), [])

    # Hostile answers

    def test_bad_documents_are_no_answer(self):
        for name in [*HOSTILE_XML, *HOSTILE_JSON]:
            with self.subTest(document=name):
                value = self.nothing(f"jo@{name}.test")
                if name != "html":  # many web servers answer any path with a page: that is no answer, and no fault
                    self.assertTrue(value["notes"], value["result"])
                self.assertNotIn("Sanitizer", value["result"].stderr)

    def test_bad_redirects_are_not_followed(self):
        for name in ("loop", "long", "literal", "local", "file"):
            with self.subTest(redirect=name):
                self.nothing(f"jo@r{name}.test")
        hops = [url for url in self.web.asked() if "rlong.test" in url]
        self.assertLessEqual(len(hops), 6)
        self.assertNotIn(f"https://{WEB}{AUTOCONFIG}", self.web.asked())

    def test_redirect_out_of_the_domain_is_told(self):
        seen = len(self.web.requests)
        value = self.detect("private.name@rleaves.test")
        for setting in value["settings"]:
            if setting["source"] == "autoconfig":
                self.assertIn("redirected", json.dumps(value["notes"]), value["result"])
        for request in self.web.requests[seen:]:
            if request.host == "autoconfig.acfg.test":
                self.assertNotIn("private", request.url)

    def test_answers_without_end_are_bounded(self):
        for name in ("slow", "endless", "hang"):
            with self.subTest(answer=name):
                self.nothing(f"jo@r{name}.test")


if __name__ == "__main__":
    unittest.main()
