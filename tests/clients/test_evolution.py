# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is exported is taken up by the real Evolution: its registry has it, and Camel logs in without a question."""

import subprocess
import unittest

import evolution_client
from evolution_client import uid
from lab import bus, certs, cli, dovecot, netns, postfix, proc

ADDRESS = "192.0.2.1"
HOSTS = "192.0.2.1 imap.example.test pop.example.test smtp.example.test\n"
JO = "jo@example.test"
ANN = "ann@example.test"
OLD = "old@example.test"
PASSWORDS = {JO: "correct horse 42", ANN: "anns secret", OLD: "olds secret"}
ODD = {f"{name}@example.test": word for name, word in dovecot.ODD_PASSWORDS.items()}
SCHEMA = "org.gnome.Evolution.Data.Source"

#: An account that somebody made in Evolution, long before.
OLD_UIDS = ("0123456789abcdef0123456789abcdef01234567", "1123456789abcdef0123456789abcdef01234567")
OLD_SOURCES = {
    OLD_UIDS[0]: f"""\
# mine
[Data Source]
DisplayName=Old, but mine
Enabled=true
Parent=

[Mail Account]
BackendName=imapx
IdentityUid={OLD_UIDS[1]}
NeedsInitialSetup=false

[Authentication]
Host=imap.example.test
Port=993
User={OLD}
Method=PLAIN

[Security]
Method=ssl-on-alternate-port

[X-Other]
Something=else
""",
    OLD_UIDS[1]: f"""\
[Data Source]
DisplayName=Old, but mine
Enabled=true
Parent={OLD_UIDS[0]}

[Mail Identity]
Address={OLD}
Name=Old
""",
}

OLD_WORKS = {"folders": ["INBOX"], "subjects": [], "asked": []}


class EvolutionCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        area = cls.servers = proc.Area(cls, prefix="mw-evo-")
        evolution_client.service_files(area)  # skips where there is no registry
        cls.authority = certs.Authority(area / "ca")
        leaf = cls.authority.issue("imap.example.test", "pop.example.test", "smtp.example.test")
        cls.ns = netns.Namespace(area, authorities=[cls.authority], hosts=HOSTS)
        cls.dovecot = dovecot.Dovecot(
            area,
            {**PASSWORDS, **ODD},
            leaf=leaf,
            services=("imap", "imaps", "pop3", "pop3s"),
            addresses=(ADDRESS,),
            mechanisms=("plain", "login", "cram-md5"),
            ns=cls.ns,
        ).start()
        cls.postfix = postfix.Postfix(area, cls.dovecot, leaf=leaf, address=ADDRESS, ns=cls.ns).start()

    def setUp(self):
        self.area = proc.Area(self, prefix="mw-evo-")
        self.home = bus.Home(self.area)
        self.folder = self.home.config / "evolution/sources"

    def start_session(self, registry=True):
        folders = [evolution_client.service_files(self.area)] if registry else []
        self.session = bus.Bus(self.area, env=self.home.env(), service_files=folders)
        self.keyring = bus.Keyring(self.session, self.home)
        self.evolution = evolution_client.Evolution(self.area, self.home, self.session, self.ns)

    def run_cli(self, *words, status=cli.FINE, password=None):
        result = cli.run(*words, env=self.home.env(session=self.session), password=password)
        self.assertEqual(result.status, status, str(result))
        return result

    def add(self, address, incoming="imaps://{user}@imap.example.test", outgoing="smtp://{user}@smtp.example.test",
            password=None):  # fmt: skip
        user = address.replace("@", "%40")
        protocol = "--pop3" if incoming.startswith("pop3") else "--imap"
        words = [protocol, incoming.format(user=user)]
        if outgoing:
            words += ["--smtp", outgoing.format(user=user)]
        self.run_cli("account", "add", address, "--name", "Jo Ex\u00e4mple", *words, password=password)
        return self.run_cli("account", "show", address, "--json").json["id"]

    def install(self, *addresses):
        return self.run_cli("export", "evolution", *addresses, "--install", "--json").json

    def write_old(self):
        self.folder.mkdir(parents=True, mode=0o700)
        for name, text in OLD_SOURCES.items():
            (self.folder / f"{name}.source").write_text(text)

    def remember_old(self):
        """The old account's password, as Evolution had stored it."""
        words = ["store", "--label=old", "xdg:schema", SCHEMA, "e-source-uid", OLD_UIDS[0]]
        words += ["eds-origin", "evolution-data-server"]
        subprocess.run(
            [proc.need_program("secret-tool"), *words],
            env=self.home.env(session=self.session),
            input=PASSWORDS[OLD].encode(),
            check=True,
        )

    def assert_old_survived(self):
        """Every line of it is there; the registry adds what it would have added anyway."""
        for name, text in OLD_SOURCES.items():
            after = (self.folder / f"{name}.source").read_text()
            for line in text.splitlines():
                self.assertIn(line, after)
        self.assertLessEqual(set(OLD_UIDS), set(self.evolution.objects()))

    def assert_works(self, account, address, subject):
        mark = self.dovecot.mark()
        sent = self.postfix.mark()
        self.dovecot.deliver(address, f"Subject: for {subject}\r\n\r\nx\r\n".encode())
        count = len(self.dovecot.messages(address))
        seen = evolution_client.prove(
            self.area, self.home, self.session, self.ns, self.dovecot, account, ANN, subject,
            messages=count, folders=("INBOX", "Sent", "Drafts", "Nowhere"),
        )  # fmt: skip
        self.assertEqual(len(seen["subjects"]), count)
        self.assertIn(f"for {subject}", seen["subjects"])
        self.assertEqual(seen["folders"], ["INBOX", "Sent", "Drafts"])
        self.assertEqual(seen["asked"], [])
        logins = {(user, tls) for _, user, _, tls in self.dovecot.logins(mark)}
        self.assertEqual(logins, {(address, "TLS")})
        self.assertEqual([user for user, _ in self.postfix.sent(sent)], [address])

    def items(self, **attributes):
        return self.keyring.items(**{"xdg:schema": SCHEMA}, **attributes)


class Live(EvolutionCase):
    def test_account_is_there_at_once_and_works(self):
        self.start_session()
        account = self.add(JO, password=PASSWORDS[JO])
        done = self.install(JO)
        self.assertEqual((done["files"], done["actions"], done["secrets"]), ([], 1, 2))
        sources = self.evolution.objects()
        for part in ("account", "identity", "transport"):
            self.assertIn(uid(account, part), sources)
        self.assertIn("Name=Jo Ex\u00e4mple", sources[uid(account, "identity")])
        for part in ("account", "transport"):
            (item,) = self.items(**{"e-source-uid": uid(account, part)})
            self.assertEqual(
                item["attributes"],
                {"xdg:schema": SCHEMA, "e-source-uid": uid(account, part), "eds-origin": "evolution-data-server"},
            )
            self.assertEqual(item["secret"].decode(), PASSWORDS[JO])
        self.assert_works(account, JO, "live")
        message = self.dovecot.wait_for_message(ANN, "Subject: live")
        self.assertIn(b"From: Jo =?", message)
        self.assertEqual(cli.leaks(PASSWORDS[JO], self.home.config, self.home.state, user=JO), [])

    def test_beside_an_account_that_was_there(self):
        self.write_old()
        self.start_session()
        before = self.evolution.objects()
        self.remember_old()
        account = self.add(JO, password=PASSWORDS[JO])
        self.install(JO)
        self.assert_works(account, JO, "beside")
        self.assertLessEqual(set(before), set(self.evolution.objects()))
        self.assert_old_survived()
        self.assertEqual(self.evolution.use(OLD_UIDS[0], folders=["INBOX"]), OLD_WORKS)
        done = self.run_cli("export", "--undo", "--json").json
        self.assertEqual(done["actions"], 1)
        self.assertEqual(set(self.evolution.objects()), set(before))
        self.assertEqual([item["attributes"]["e-source-uid"] for item in self.items()], [OLD_UIDS[0]])
        self.assertEqual(self.evolution.use(OLD_UIDS[0], folders=["INBOX"]), OLD_WORKS)
        proc.wait_for(
            lambda: not (self.folder / f"{uid(account, 'account')}.source").exists(), "the file to go"
        )
        self.assert_old_survived()

    def test_once_more_changes_nothing_and_an_edit_changes_only_ours(self):
        self.start_session()
        account = self.add(JO, password=PASSWORDS[JO])
        self.install(JO)
        self.evolution.use(uid(account, "account"))
        self.assertIsNone(self.install(JO)["journal"])
        before = self.evolution.objects()
        self.run_cli("account", "edit", JO, "--smtp", f"smtps://{JO.replace('@', '%40')}@smtp.example.test")
        done = self.install(JO)
        self.assertEqual(done["actions"], 1)
        after = self.evolution.objects()
        changed = [name for name in after if after[name] != before.get(name)]
        self.assertEqual(changed, [uid(account, "transport")])
        self.assertIn("Port=465", after[changed[0]])
        self.assert_works(account, JO, "edited")
        self.run_cli("export", "--undo")
        self.assertIn("Port=587", self.evolution.objects()[uid(account, "transport")])

    def test_starttls_and_a_mechanism(self):
        self.start_session()
        account = self.add(
            JO, "imap://{user}:AUTH=CRAM-MD5@imap.example.test", "smtp://{user}:AUTH=LOGIN@smtp.example.test",
            PASSWORDS[JO],
        )  # fmt: skip
        self.install(JO)
        mark, sent = self.dovecot.mark(), self.postfix.mark()
        self.assert_works(account, JO, "starttls")
        self.assertEqual({one[2] for one in self.dovecot.logins(mark)}, {"CRAM-MD5"})
        self.assertEqual(self.postfix.sent(sent), [(JO, "LOGIN")])

    def test_pop3_leaves_the_mail_on_the_server(self):
        self.start_session()
        account = self.add(JO, "pop3s://{user}@pop.example.test", password=PASSWORDS[JO])
        self.install(JO)
        self.dovecot.deliver(JO, b"Subject: stays here\r\n\r\nx\r\n")
        seen = self.evolution.use(uid(account, "account"), send_to=ANN, subject="pop")
        self.assertEqual(seen["asked"], [], seen)
        self.assertIn("stays here", seen.get("subjects", []), seen)
        self.assertTrue(any(b"stays here" in one for one in self.dovecot.messages(JO)))
        self.assertIn("KeepOnServer=true", self.evolution.objects()[uid(account, "account")])

    def test_odd_passwords(self):
        self.start_session()
        accounts = {address: self.add(address, outgoing=None, password=word) for address, word in ODD.items()}
        self.install(*accounts)
        for address, account in accounts.items():
            with self.subTest(address):
                seen = self.evolution.use(uid(account, "account"))
                self.assertNotIn("error", seen)
                self.assertEqual(seen["asked"], [])

    def test_changed_password_reaches_evolution(self):
        self.start_session()
        account = self.add(JO, password="wrong at first")
        self.install(JO)
        self.assertTrue(self.evolution.use(uid(account, "account"))["asked"])
        self.run_cli("password", "set", JO, password=PASSWORDS[JO])
        self.assertEqual(len(self.items()), 2)
        self.assert_works(account, JO, "new password")

    def test_without_password_evolution_would_ask(self):
        """The test's own eyes: without an item in the keyring it does see a question."""
        self.start_session()
        account = self.add(JO)
        result = self.install(JO)
        self.assertIn("password-not-stored", [note["id"] for note in result["notes"]])
        self.assertEqual(self.evolution.use(uid(account, "account"))["asked"], [uid(account, "account")])


class Files(EvolutionCase):
    def test_files_written_before_the_registry_starts(self):
        self.write_old()
        self.start_session(registry=False)
        account = self.add(JO, password=PASSWORDS[JO])
        done = self.install(JO)
        self.assertEqual(done["actions"], 0)
        self.assertEqual(len(done["files"]), 3)
        for part in ("account", "identity", "transport"):
            path = self.folder / f"{uid(account, part)}.source"
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.keyring.stop()
        self.session.stop()
        self.start_session()
        self.run_cli("password", "set", JO, password=PASSWORDS[JO])
        self.assert_works(account, JO, "from files")
        self.assert_old_survived()
        # The registry has rewritten the files in its own way; they are known by their mark and go all the same.
        self.run_cli("export", "--undo")
        proc.wait_for(lambda: uid(account, "account") not in self.evolution.objects(), "the account to go")
        self.assert_old_survived()

    def test_output(self):
        self.start_session(registry=False)
        account = self.add(JO, password=PASSWORDS[JO])
        folder = self.area / "out"
        self.run_cli("export", "evolution", JO, "--output", folder)
        names = sorted(path.name for path in folder.iterdir())
        self.assertEqual(names, sorted(f"{uid(account, part)}.source" for part in ("account", "identity", "transport")))
        self.assertEqual(self.items(), [])
        # What was carried is taken up like what was installed.
        self.folder.mkdir(parents=True)
        for path in folder.iterdir():
            path.rename(self.folder / path.name)
        self.keyring.stop()
        self.session.stop()
        self.start_session()
        self.assertEqual(self.evolution.use(uid(account, "account"))["asked"], [uid(account, "account")])


if __name__ == "__main__":
    unittest.main()
