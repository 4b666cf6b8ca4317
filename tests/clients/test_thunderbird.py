# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is exported is taken up by the real Thunderbird: it logs in to both servers and asks nothing."""

import json
import os
import pathlib
import re
import subprocess
import unittest
import urllib.parse
import zipfile

import thunderbird_client
from lab import bus, certs, cli, dovecot, netns, postfix, proc

ADDRESS = "192.0.2.1"
HOSTS = "192.0.2.1 imap.example.test pop.example.test smtp.example.test\n"
IMAP = "imaps://{user}@imap.example.test"
POP3 = "pop3s://{user}@pop.example.test"
SMTP = "smtp://{user}@smtp.example.test"
PASSWORDS = {
    "jo@example.test": "gr\u00fc\u00dfe \"and\" \\ % blanks",
    "ann@example.test": "anns secret",
    "bob@example.test": "bobs secret",
}


def preferences(path):
    """The lines of a prefs.js: {name: value as written}."""
    lines = re.findall(r'^user_pref\("(.*?)", (.*)\);$', pathlib.Path(path).read_text(), re.M)
    return dict(lines)


def of_accounts(found):
    """Those preferences that are about accounts, and not about when something was looked at last."""
    changing = re.compile(r"\.(spam|nextFilterTime|namespace|serverIDResponse|capability|cacheCapa|timeout|uid|purge)")
    return {
        name: value
        for name, value in found.items()
        if name.startswith(("mail.account", "mail.server.", "mail.identity.", "mail.smtp")) and not changing.search(name)
    }


class ThunderbirdCase(unittest.TestCase):
    """A Dovecot and a Postfix for all tests of a class, and a home for each test."""

    receiving = {}  # further options of the Dovecot

    @classmethod
    def setUpClass(cls):
        proc.need_program("thunderbird")
        area = cls.servers = proc.Area(cls, prefix="mw-tb-")
        cls.authority = certs.Authority(area / "ca")
        leaf = cls.authority.issue("imap.example.test", "pop.example.test", "smtp.example.test")
        cls.ns = netns.Namespace(area, authorities=[cls.authority], hosts=HOSTS)
        cls.dovecot = dovecot.Dovecot(
            area, PASSWORDS, leaf=leaf, services=("imap", "imaps", "pop3s"), addresses=(ADDRESS,), ns=cls.ns, **cls.receiving
        ).start()
        cls.postfix = postfix.Postfix(area, cls.dovecot, leaf=leaf, address=ADDRESS, ns=cls.ns).start()

    def setUp(self):
        self.area = proc.Area(self, prefix="mw-tb-")
        self.home = bus.Home(self.area)

    # The command line

    def run_cli(self, *words, status=cli.FINE, password=None):
        result = cli.run(*words, env=self.home.env(), password=password)
        self.assertEqual(result.status, status, str(result))
        return result

    def add(self, address, *words, incoming=IMAP, outgoing=SMTP):
        user = address.replace("@", "%40")
        protocol = "--pop3" if incoming.startswith("pop3") else "--imap"
        urls = [protocol, incoming.format(user=user), "--smtp", outgoing.format(user=user)]
        self.run_cli("account", "add", address, *urls, *words)
        listed = self.run_cli("account", "show", address, "--json").json
        return listed["id"]

    def export(self, address, *words, with_password=True, **options):
        if with_password:
            words = (*words, "--with-passwords")
            options.setdefault("password", PASSWORDS[address])
        return self.run_cli("export", "thunderbird", address, *words, "--json", **options).json

    def profile(self):
        """The folder of the one profile that profiles.ini names for an installation."""
        root = self.home.path / ".thunderbird"
        chosen = re.search(r"^\[Install[0-9A-F]+\]\s+Default=(.*)$", (root / "profiles.ini").read_text(), re.M)
        return root / chosen[1]

    # The program

    def thunderbird(self, **options):
        client = thunderbird_client.Thunderbird(
            self.area, home=self.home.path, authorities=[self.authority], ns=self.ns, **options
        )
        self.addCleanup(client.quit)
        return client

    def prove(self, client, address, **options):
        """The running Thunderbird logs in and sends, and nobody was asked anything."""
        thunderbird_client.prove(client, self.dovecot, self.postfix, address, since=self.mark, **options)

    def start(self, client, *words, **options):
        self.mark = (self.dovecot.mark(), self.postfix.mark())
        return client.start(*words, **options)


class FreshProfile(ThunderbirdCase):
    def test_a_profile_that_is_made_logs_in_and_sends_without_a_question(self):
        identifier = self.add(
            "jo@example.test", "--name", 'J\u00f6 "Ex" \\ample', "--reply-to", "answers@example.test",
            "--organization", "Example & S\u00f6hne",
        )  # fmt: skip
        self.export("jo@example.test", "--install")
        profile = self.profile()
        self.assertEqual(sorted(path.name for path in profile.iterdir()), ["key4.db", "logins.json", "prefs.js"])
        for path in profile.iterdir():
            self.assertEqual(path.stat().st_mode & 0o777, 0o600, path)
        self.assertEqual(cli.leaks(PASSWORDS["jo@example.test"], self.home.path), [])

        client = self.start(self.thunderbird())
        self.prove(client, "jo@example.test")
        (account,) = client.accounts()
        self.assertEqual((account["host"], account["port"], account["socket"]), ("imap.example.test", 993, 3))
        self.assertEqual(account["names"], ['J\u00f6 "Ex" \\ample'])
        (outgoing,) = client.outgoing()
        self.assertEqual((outgoing["host"], outgoing["port"], outgoing["socket"]), ("smtp.example.test", 587, 2))
        client.quit()

        message = self.dovecot.messages("jo@example.test")[-1].decode()
        self.assertIn("Reply-To: answers@example.test", message)
        self.assertIn("Organization:", message)
        root = self.home.path / ".thunderbird"
        folders = [path.name for path in root.iterdir() if path.is_dir() and path.name.endswith((".default", "-default"))]
        self.assertEqual(folders, [profile.name], "Thunderbird made a profile of its own")

        # Thunderbird has kept the marker, so a second export finds its account and changes nothing.
        kept = preferences(profile / "prefs.js")
        self.assertEqual(kept[f"mail.server.{account['key'].replace('account', 'server')}.mailwright-account"], f'"{identifier}"')
        before = {path: path.read_bytes() for path in profile.iterdir() if path.is_file()}
        plan = self.export("jo@example.test", "--install", "--dry-run")
        self.assertEqual({file["action"] for file in plan["files"]}, {"none"}, plan)
        self.export("jo@example.test", "--install")
        self.assertEqual(before, {path: path.read_bytes() for path in profile.iterdir() if path.is_file()})

    def test_mail_by_pop3_is_fetched_and_stays_on_the_server(self):
        self.dovecot.deliver("bob@example.test", b"From: x@example.test\r\nSubject: for bob\r\n\r\nHello\r\n")
        self.add("bob@example.test", incoming=POP3)
        self.export("bob@example.test", "--install")
        client = self.start(self.thunderbird())
        self.prove(client, "bob@example.test", protocol="pop3")
        inbox = self.profile() / "Mail/pop.example.test/Inbox"
        proc.wait_for(lambda: inbox.exists() and b"for bob" in inbox.read_bytes(), "the mail in Thunderbird")
        client.quit()
        self.assertTrue(any(b"for bob" in one for one in self.dovecot.messages("bob@example.test")))

    def test_without_passwords_nothing_is_stored_and_thunderbird_asks(self):
        self.add("jo@example.test")
        result = self.export("jo@example.test", "--install", with_password=False)
        self.assertIn("thunderbird-asks-password", [note["id"] for note in result["notes"]])
        self.assertEqual([path.name for path in self.profile().iterdir()], ["prefs.js"])
        client = self.thunderbird()
        mark = self.dovecot.mark()
        client.launch(on_screen=True)
        client.wait_for_question("Enter your password for jo@example.test")
        self.assertEqual(self.dovecot.logins(mark), [])


class OwnReader(ThunderbirdCase):
    """What Thunderbird itself reads is what was meant; it stays offline and is asked for its accounts."""

    NAMES = (
        'double " and single \' quotes',
        "back\\slash \\n \\u0041",
        "`touch /tmp/canary` $(id) ${IFS} %s",
        '"); user_pref("evil", true); //',
        "</string><key> ]]> &amp; {{x}} =cmd|' /C calc'!A1",
        "\u5bc6\u7801 J\u00f6 \U0001f600",
        "x" * 10000,
        "a\u202eb\u2066c\u200bd",
        " a;b # c=d ",
    )
    USERS = (
        "plain", "a+b", "a~b", "a b", "a%b", "gr\u00fc\u00dfe", "*-._", "a@b.example", "a/b:c?d#e", '"a"b', "a'b", "a\\b\\",
        "`id`", "$(id)", "${IFS}", "%s%n", "a;b", "=cmd|' /C calc'!A1", "</string><key>", "]]>", "&amp;", "{{x}}",
        "a\u202eb\u2066c\u200bd", "x" * 300,
    )  # fmt: skip

    def test_values_come_back_as_they_were_given(self):
        self.run_cli("account", "add", "idn@b\u00fccher.example", "--imap", "imaps://idn@imap.b\u00fccher.example")
        for number, name in enumerate(self.NAMES):
            address = f"name{number}@example.test"
            self.run_cli(
                "account", "add", address, "--name", name, "--organization", name,
                "--imap", f"imaps://name{number}@imap.example.test",
            )  # fmt: skip
        for number, user in enumerate(self.USERS):
            url = f"imaps://{urllib.parse.quote(user, safe='')}@imap.example.test"
            self.run_cli("account", "add", f"user{number}@example.test", "--imap", url)
        identifiers = [one["id"] for one in self.run_cli("account", "list", "--json").json]
        self.run_cli("export", "thunderbird", *identifiers, "--install")
        (self.profile() / "user.js").write_text('user_pref("offline.startup_state", 3);\n')
        client = self.start(self.thunderbird())
        found = {one["addresses"][0]: one for one in client.accounts()}
        self.assertEqual(len(found), len(identifiers))
        for number, name in enumerate(self.NAMES):
            with self.subTest(name=name[:50]):
                account = found[f"name{number}@example.test"]
                self.assertEqual(account["names"], [name])
                self.assertEqual(account["organizations"], [name])
        for number, user in enumerate(self.USERS):
            with self.subTest(user=user):
                account = found[f"user{number}@example.test"]
                self.assertEqual(account["user"], user)
                self.assertEqual(account["sent"], [account["uri"] + "/Sent"])
        self.assertEqual(found["idn@xn--bcher-kva.example"]["host"], "imap.xn--bcher-kva.example")
        self.assertFalse(client.script("return Services.prefs.prefHasUserValue('evil')"))
        client.quit()
        plan = self.run_cli("export", "thunderbird", *identifiers, "--install", "--dry-run", "--json").json
        self.assertEqual({file["action"] for file in plan["files"]}, {"none"})


class ExistingProfile(ThunderbirdCase):
    def make_existing(self):
        """A profile that Thunderbird itself has used with two accounts of other people."""
        for address in ("ann@example.test", "bob@example.test"):
            self.add(address, incoming=POP3 if address.startswith("bob") else IMAP)
            self.export(address, "--install")
        client = self.start(self.thunderbird())
        self.prove(client, "ann@example.test")
        client.quit()
        prefs = self.profile() / "prefs.js"
        # As if they had been made in Thunderbird: without our markers.
        lines = [line for line in prefs.read_text().splitlines(True) if "mailwright" not in line]
        prefs.write_text("".join(lines))
        for address in ("ann@example.test", "bob@example.test"):
            self.run_cli("account", "remove", address)

    def test_other_accounts_survive_and_all_log_in(self):
        self.make_existing()
        profile = self.profile()
        before = preferences(profile / "prefs.js")
        logins = json.loads((profile / "logins.json").read_text())["logins"]
        self.add("jo@example.test", "--name", "Jo")
        self.export("jo@example.test", "--install")
        after = preferences(profile / "prefs.js")
        changed = {name for name, value in before.items() if after.get(name) != value}
        self.assertEqual(
            changed, {"mail.accountmanager.accounts", "mail.smtpservers", "mail.account.lastKey"}, "an older value changed"
        )
        self.assertEqual(json.loads((profile / "logins.json").read_text())["logins"][: len(logins)], logins)

        client = self.start(self.thunderbird())
        self.prove(client, "jo@example.test")
        self.prove(client, "ann@example.test")
        self.assertEqual(
            {(one["type"], one["user"]) for one in client.accounts()},
            {("imap", "ann@example.test"), ("pop3", "bob@example.test"), ("imap", "jo@example.test")},
        )
        client.quit()
        kept = of_accounts(preferences(profile / "prefs.js"))
        for name, value in of_accounts(after).items():
            self.assertEqual(kept.get(name), value, name)

    def test_an_edit_reaches_only_our_account(self):
        self.make_existing()
        self.add("jo@example.test", "--name", "Jo")
        self.export("jo@example.test", "--install")
        before = preferences(self.profile() / "prefs.js")
        self.run_cli("account", "edit", "jo@example.test", "--name", "Jo the Second", "--imap", "imap://jo%40example.test@imap.example.test")
        self.export("jo@example.test", "--install")
        after = preferences(self.profile() / "prefs.js")
        changed = sorted(name.split(".", 3)[-1] for name in after if before.get(name) != after[name])
        self.assertEqual(changed, ["fullName", "port", "socketType"])
        client = self.start(self.thunderbird())
        self.prove(client, "jo@example.test")
        self.assertEqual(len(client.accounts()), 3)

    def test_an_account_of_the_same_mail_box_is_changed_and_not_doubled(self):
        self.make_existing()
        self.add("ann@example.test", "--name", "Somebody else")
        result = self.export("ann@example.test", "--install")
        self.assertIn("thunderbird-adopted", [note["id"] for note in result["notes"]])
        client = self.start(self.thunderbird())
        self.prove(client, "ann@example.test")
        self.assertEqual(sorted(one["user"] for one in client.accounts()), ["ann@example.test", "bob@example.test"])
        self.assertNotIn(["Somebody else"], [one["names"] for one in client.accounts()])

    def test_a_running_thunderbird_is_left_alone(self):
        self.make_existing()
        self.add("jo@example.test")
        client = self.start(self.thunderbird())
        before = (self.profile() / "prefs.js").read_bytes()
        result = cli.run(
            "export", "thunderbird", "jo@example.test", "--install", "--json", env=self.home.env()
        )
        self.assertNotEqual(result.status, cli.FINE, str(result))
        self.assertIn("Thunderbird runs", result.json["error"])
        self.assertEqual((self.profile() / "prefs.js").read_bytes(), before)
        client.quit()
        self.export("jo@example.test", "--install")

    def test_undo_puts_the_profile_back_byte_for_byte(self):
        self.make_existing()
        before = {path: path.read_bytes() for path in self.profile().iterdir() if path.is_file()}
        self.add("jo@example.test")
        self.export("jo@example.test", "--install")
        self.run_cli("export", "--undo")
        self.assertEqual(before, {path: path.read_bytes() for path in self.profile().iterdir() if path.is_file()})

    def test_a_primary_password_protects_what_is_written(self):
        self.make_existing()
        client = self.start(self.thunderbird())
        self.assertTrue(client.set_primary_password("primary secret"))
        client.quit()
        self.add("jo@example.test")

        left_out = self.export("jo@example.test", "--install", "--dry-run")
        self.assertIn("thunderbird-primary-password", [note["id"] for note in left_out["notes"]])
        self.assertNotIn("logins.json", [pathlib.Path(file["path"]).name for file in left_out["files"]])

        reading, writing = os.pipe()
        os.write(writing, b"primary secret\n")
        os.close(writing)
        os.set_inheritable(reading, True)
        self.addCleanup(os.close, reading)
        running = cli_with_descriptor(
            reading, "export", "thunderbird", "jo@example.test", "--install", "--with-passwords", "--json",
            "--primary-password-fd", reading, env=self.home.env(), password=PASSWORDS["jo@example.test"],
        )  # fmt: skip
        self.assertEqual(running.status, cli.FINE, str(running))
        self.assertEqual(cli.leaks(PASSWORDS["jo@example.test"], running, self.home.path), [])
        self.assertEqual(cli.leaks("primary secret", running, self.home.path), [])

        client = self.thunderbird()
        self.start(client, primary_password="primary secret")
        self.prove(client, "jo@example.test")
        self.prove(client, "ann@example.test")


def cli_with_descriptor(descriptor, *words, env, password):
    """The command line with one more descriptor handed to it than lab.cli does."""
    reading, writing = os.pipe()
    os.write(writing, password.encode() + b"\n")
    os.close(writing)
    argv = [cli.program(), *map(str, words), "--password-fd", str(reading)]
    try:
        done = subprocess.run(
            argv, env=env, pass_fds=(reading, descriptor), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
        )
    finally:
        os.close(reading)
    return cli.Result(argv, done.returncode, done.stdout, done.stderr)


class OtherWays(ThunderbirdCase):
    receiving = {"mechanisms": ("plain", "login", "cram-md5"), "cleartext": True}

    def test_a_challenge_without_tls_and_tls_from_the_start(self):
        self.add(
            "jo@example.test",
            incoming="imap+insecure://{user}:AUTH=CRAM-MD5@imap.example.test",
            outgoing="smtps://{user}:AUTH=CRAM-MD5@smtp.example.test",
        )
        self.export("jo@example.test", "--install")
        client = self.start(self.thunderbird())
        self.prove(client, "jo@example.test", mechanism="CRAM-MD5", tls=False)
        self.assertEqual({mechanism for _, mechanism in self.postfix.sent(self.mark[1])}, {"CRAM-MD5"})

    def test_sending_without_a_login(self):
        self.add("ann@example.test", outgoing="smtp+insecure://smtp.example.test:25")
        self.export("ann@example.test", "--install")
        client = self.start(self.thunderbird())
        client.send("ann@example.test", "bob@example.test", "no login at all")
        self.dovecot.wait_for_message("bob@example.test", "no login at all")
        self.assertEqual(self.postfix.sent(self.mark[1]), [])


class WithoutSpecialUse(ThunderbirdCase):
    receiving = {"special_use": None}

    def test_sent_mail_is_kept_on_the_server(self):
        self.add("jo@example.test")
        self.export("jo@example.test", "--install")
        client = self.start(self.thunderbird())
        self.prove(client, "jo@example.test")
        self.dovecot.wait_for_message("jo@example.test", "Proof", folder="Sent")


class Archive(ThunderbirdCase):
    def test_the_importer_takes_the_archive_beside_existing_accounts(self):
        self.add("ann@example.test")
        self.export("ann@example.test", "--install")
        self.add("jo@example.test", "--name", "J\u00f6")
        folder = self.area.folder("out")
        result = self.export("jo@example.test", "--output", folder, with_password=False)
        self.assertIn("thunderbird-import", [note["id"] for note in result["notes"]])
        with zipfile.ZipFile(folder / "account.zip") as archive:
            self.assertEqual(archive.namelist(), ["prefs.js"])
            self.assertIsNone(archive.testzip())
        self.assertEqual(cli.leaks(PASSWORDS["jo@example.test"], folder), [])

        client = self.start(self.thunderbird())
        self.prove(client, "ann@example.test")
        client.import_archive(folder / "account.zip")
        client.quit()

        # The marker came with it: an export finds the imported account, and gives it its password.
        before = of_accounts(preferences(self.profile() / "prefs.js"))
        self.export("jo@example.test", "--install")
        after = of_accounts(preferences(self.profile() / "prefs.js"))
        self.assertEqual(before, after)
        client = self.start(self.thunderbird())
        self.prove(client, "jo@example.test")
        self.prove(client, "ann@example.test")
        found = {one["user"]: one for one in client.accounts()}
        self.assertEqual(set(found), {"ann@example.test", "jo@example.test"})
        self.assertEqual(found["jo@example.test"]["names"], ["J\u00f6"])
        self.assertEqual(found["jo@example.test"]["host"], "imap.example.test")

    def test_thunderbird_reads_the_autoconfig_file(self):
        self.add("jo@example.test")
        folder = self.area.folder("out")
        self.export("jo@example.test", "--output", folder, with_password=False)
        text = (folder / "autoconfig.example.test/mail/config-v1.1.xml").read_text()
        self.assertNotIn("jo", text)
        client = self.start(self.thunderbird())
        self.assertEqual(
            client.read_autoconfig(text),
            {
                "incoming": ["imap", "imap.example.test", 993, 3, 3, "%EMAILADDRESS%"],
                "outgoing": ["smtp", "smtp.example.test", 587, 2, 3, "%EMAILADDRESS%"],
            },
        )


if __name__ == "__main__":
    unittest.main()
