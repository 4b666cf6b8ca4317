# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is exported is taken up by the real msmtp: it finds the password in the keyring, and the mail arrives."""

import shlex
import subprocess
import unittest

import msmtp_client
from lab import bus, certs, cli, dovecot, netns, postfix, proc

ADDRESS = "192.0.2.1"
HOSTS = "192.0.2.1 imap.example.test smtp.example.test\n"
JO = "jo@example.test"
ANN = "ann@example.test"
PASSWORDS = {JO: "correct horse 42", ANN: "anns secret", "bob@example.test": "bobs secret"}
ODD = {f"{name}@example.test": word for name, word in dovecot.ODD_PASSWORDS.items()}

#: Files that people have, with an account "work" in each.
EXISTING = {
    "defaults and accounts": """\
# my file
defaults
auth on
tls on
tls_fingerprint 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF
auto_from on
maildomain work.test

account work
host mail.work.test
user me
passwordeval "echo pw"
from me@work.test

account second : work
from second@work.test

account default : work
""",
    "no default": """\
account work
host mail.work.test
port 2525
tls off
""",
    "old style": """\
host mail.isp.test
tls off
from me@isp.test

account work
host mail.work.test
""",
    "CRLF": "account work\r\nhost mail.work.test\r\nfrom me@work.test\r\n",
}


class MsmtpCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        proc.need_program("msmtp")
        area = cls.servers = proc.Area(cls, prefix="mw-msmtp-")
        cls.authority = certs.Authority(area / "ca")
        leaf = cls.authority.issue("imap.example.test", "smtp.example.test")
        cls.ns = netns.Namespace(area, authorities=[cls.authority], hosts=HOSTS)
        cls.dovecot = dovecot.Dovecot(
            area,
            {**PASSWORDS, **ODD},
            leaf=leaf,
            services=("imap", "imaps"),
            addresses=(ADDRESS,),
            mechanisms=("plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256"),
            ns=cls.ns,
        ).start()
        cls.postfix = postfix.Postfix(area, cls.dovecot, leaf=leaf, address=ADDRESS, ns=cls.ns).start()

    def setUp(self):
        self.area = proc.Area(self, prefix="mw-msmtp-")
        self.home = bus.Home(self.area)
        self.session = bus.Bus(self.area, env=self.home.env())
        self.keyring = bus.Keyring(self.session, self.home)
        self.msmtp = msmtp_client.Msmtp(self.home, self.session, self.ns)
        self.config = self.home.config / "msmtp/config"

    def run_cli(self, *words, status=cli.FINE, password=None, session=True):
        env = self.home.env(session=self.session if session else None)
        result = cli.run(*words, env=env, password=password)
        self.assertEqual(result.status, status, str(result))
        return result

    def add(self, address, smtp="smtp://{user}@smtp.example.test", password=None):
        user = address.replace("@", "%40")
        urls = ["--imap", f"imaps://{user}@imap.example.test", "--smtp", smtp.format(user=user)]
        self.run_cli("account", "add", address, *urls, password=password)

    def install(self, *addresses):
        return self.run_cli("export", "msmtp", *addresses, "--install", "--json").json

    def write(self, text, path=None):
        path = path or self.config
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        path.chmod(0o600)

    def assert_sends(self, address, subject):
        mark = self.postfix.mark()
        message = msmtp_client.prove(self.home, self.session, self.ns, self.dovecot, address, ANN, subject)
        self.assertIn(f"From: {address}".encode(), message)
        self.assertEqual([user for user, _ in self.postfix.sent(mark)], [address])

    def items(self):
        return self.keyring.items(**{"xdg:schema": "de.marlam.msmtp.password"})


class Exported(MsmtpCase):
    def test_mail_arrives_and_nothing_is_asked(self):
        self.add(JO, password=PASSWORDS[JO])
        self.install(JO)
        self.assertEqual(self.config.stat().st_mode & 0o777, 0o600)
        self.assert_sends(JO, "by STARTTLS")
        (item,) = self.items()
        self.assertEqual(
            item["attributes"],
            {
                "xdg:schema": "de.marlam.msmtp.password",
                "host": "smtp.example.test",
                "service": "smtp",
                "user": JO,
            },
        )
        self.assertEqual(item["secret"].decode(), PASSWORDS[JO])
        self.assertEqual(cli.leaks(PASSWORDS[JO], self.home.path, user=JO), [])

    def test_tls_from_the_first_byte(self):
        self.add(JO, "smtps://{user}@smtp.example.test", PASSWORDS[JO])
        self.install(JO)
        self.assert_sends(JO, "by TLS")

    def test_each_mechanism(self):
        for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"):
            with self.subTest(mechanism):
                mark = self.postfix.mark()
                if mechanism != "PLAIN":
                    self.run_cli("account", "remove", ANN)
                self.add(ANN, f"smtp://{{user}}:AUTH={mechanism}@smtp.example.test", PASSWORDS[ANN])
                self.config.unlink(missing_ok=True)
                result = self.install(ANN)
                if "msmtp-scram" in [note["id"] for note in result["notes"]]:
                    # Said beforehand, and true: this build cannot begin such a login.
                    status, words = self.msmtp.send(ANN, JO, "scram", f"--from={ANN}")
                    self.assertIn("GNU SASL", words)
                    self.assertNotEqual(status, msmtp_client.FINE)
                    continue
                msmtp_client.prove(self.home, self.session, self.ns, self.dovecot, ANN, JO, f"by {mechanism}")
                self.assertEqual(self.postfix.sent(mark), [(ANN, mechanism)])

    def test_odd_passwords(self):
        for address, password in ODD.items():
            with self.subTest(address):
                self.add(address, password=password)
                self.install(address)
                self.assert_sends(address, f"from {address}")

    def test_changed_password_reaches_msmtp(self):
        self.add(JO, password="wrong at first")
        self.install(JO)
        status, words = self.msmtp.send(JO, ANN, "refused", f"--from={JO}")
        self.assertEqual(status, msmtp_client.REFUSED, words)
        self.run_cli("password", "set", JO, password=PASSWORDS[JO])
        self.assert_sends(JO, "with the new password")
        self.assertEqual(len(self.items()), 1)

    def test_without_password_msmtp_asks(self):
        self.add(JO)
        result = self.install(JO)
        self.assertIn("password-not-stored", [note["id"] for note in result["notes"]])
        status, words = self.msmtp.send(JO, ANN, "nothing", f"--from={JO}")
        self.assertEqual(status, msmtp_client.NO_PASSWORD, words)
        self.assertIn("needs a password", words)

    def test_undo(self):
        self.write(EXISTING["defaults and accounts"])
        before = self.config.read_bytes()
        self.add(JO, password=PASSWORDS[JO])
        done = self.install(JO)
        self.assertNotEqual(self.config.read_bytes(), before)
        self.assertEqual(len(self.items()), 1)
        self.run_cli("export", "--undo", done["journal"])
        self.assertEqual(self.config.read_bytes(), before)
        self.assertEqual(self.items(), [])

    def test_password_that_was_there_before_comes_back(self):
        self.add(JO, password=PASSWORDS[JO])
        self.install(JO)
        self.run_cli("export", "--undo")
        self.assertEqual(self.items(), [])
        self.install(JO)
        # msmtp's item belongs to msmtp: another password in it is replaced, and an undo gives it back
        self.run_cli("password", "set", JO, password="earlier")
        self.run_cli("export", "msmtp", JO, "--install", password=PASSWORDS[JO])
        self.assertEqual([item["secret"] for item in self.items()], [PASSWORDS[JO].encode()])
        self.run_cli("export", "--undo")
        self.assertEqual([item["secret"] for item in self.items()], [b"earlier"])
        self.assertEqual(self.keyring.items(**{"xdg:schema": "io.github.mailwright.Mailwright.Undo"}), [])


class Existing(MsmtpCase):
    def test_other_accounts_stay_as_they_are(self):
        self.add(JO, password=PASSWORDS[JO])
        for name, text in EXISTING.items():
            with self.subTest(name):
                self.write(text)
                chosen = [("-a", "work")]
                if "account default" in text or name == "old style":
                    chosen.append(("-a", "default"))
                if "second" in text:
                    chosen.append(("--from=second@work.test",))
                before = [self.msmtp.pretend(*words) for words in chosen]
                self.install(JO)
                after = [self.msmtp.pretend(*words) for words in chosen]
                self.assertEqual(after, before)
                self.assertTrue(self.config.read_bytes().endswith(text.encode()))
                self.assert_sends(JO, f"beside {name}")
                ours = self.msmtp.pretend(f"--from={JO}")
                self.assertEqual(ours["host"], "smtp.example.test")
                self.assertEqual(ours["tls_fingerprint"], "(not set)")
                self.assertEqual(ours["from"], JO)
                if "account default" not in text and name != "old style":
                    self.assertEqual(self.msmtp.pretend()["host"], "smtp.example.test")
                # once more: nothing is left to do
                bytes_before = self.config.read_bytes()
                self.assertIsNone(self.install(JO)["journal"])
                self.assertEqual(self.config.read_bytes(), bytes_before)

    def test_the_file_that_msmtp_reads(self):
        self.add(JO, password=PASSWORDS[JO])
        old = self.home.path / ".msmtprc"
        real = self.home.path / "dotfiles/msmtprc"
        self.write("account work\nhost mail.work.test\n", real)
        old.symlink_to("dotfiles/msmtprc")
        self.write("account other\nhost other.test\n")
        self.install(JO)
        self.assertTrue(old.is_symlink())
        self.assertEqual(self.config.read_text(), "account other\nhost other.test\n")
        self.assert_sends(JO, "through a link")

    def test_two_accounts_then_an_edit(self):
        self.add(JO, password=PASSWORDS[JO])
        self.add(ANN, password=PASSWORDS[ANN])
        self.install(JO, ANN)
        self.assert_sends(JO, "one of two")
        before = self.config.read_text()
        self.run_cli("account", "edit", ANN, "--smtp", f"smtps://{ANN.replace('@', '%40')}@smtp.example.test")
        self.install(ANN)
        after = self.config.read_text()
        cut = before.index(f"# >>> mailwright {ANN}")
        self.assertEqual(after[:cut], before[:cut])
        self.assertIn("port 465\n", after[cut:])
        msmtp_client.prove(self.home, self.session, self.ns, self.dovecot, ANN, JO, "after the edit")


class Hostile(MsmtpCase):
    VALUES = (
        '"', 'a"b', '"quoted"', "back\\slash", "'", "`touch {canary}`", "$(touch {canary})", "${{IFS}}", "%s%n",
        "%U@%H", ";touch {canary}", "#", "a # b", "=cmd|' /C calc'!A1", "]]>", "{{{{", "\u202e", "\u200b", "gr\u00fcn",
        "\u5bc6\u7801", "tls_certcheck off", "a:b,c",
    )  # fmt: skip

    def test_values_are_read_back_as_they_were(self):
        canary = self.area / "canary"
        for number, value in enumerate(self.VALUES):
            value = value.format(canary=canary)
            with self.subTest(value):
                address = f"user{number}@example.test"
                user = "".join(f"%{byte:02X}" for byte in value.encode())
                self.run_cli("account", "add", address, "--smtp", f"smtps://{user}@smtp.example.test")
                self.install(address)
                self.assertEqual(self.msmtp.pretend(f"--from={address}")["user"], value)
        self.assertFalse(canary.exists())

    def test_the_command_for_a_build_without_keyring_is_quoted(self):
        """A stand-in for such a build: it says so, and everything else is the real program's."""
        real = self.msmtp.program
        folder = self.area.folder("bin")
        (folder / "msmtp").write_text(
            f"#!/bin/sh\n{shlex.quote(real)} \"$@\" | sed 's/Keyring support: .*/Keyring support: none/'\n"
        )
        (folder / "msmtp").chmod(0o755)
        proc.need_program("secret-tool")
        user = "o'brien $(touch x)\"@example.test"
        encoded = "".join(f"%{byte:02X}" for byte in user.encode())
        self.run_cli("account", "add", JO, "--smtp", f"smtps://{encoded}@smtp.example.test", password=PASSWORDS[JO])
        env = self.home.env(session=self.session)
        env["PATH"] = f"{folder}:{env['PATH']}"
        result = cli.run("export", "msmtp", JO, "--install", env=env)
        self.assertEqual(result.status, cli.FINE, str(result))
        line = next(line for line in self.config.read_text().splitlines() if line.startswith("passwordeval "))
        command = line[len('passwordeval "') : -1]
        done = subprocess.run(["sh", "-c", command], env=env, cwd=self.area.path, capture_output=True)
        self.assertEqual(done.stdout.decode(), PASSWORDS[JO], done)
        self.assertFalse((self.area / "x").exists())

    def test_values_that_cannot_be_written_are_refused(self):
        for number, user in enumerate(("a%0Aeval%20id", "a%0Dpasswordeval%20id", "a%1Bb", "a%E2%80%A8b")):
            with self.subTest(user):
                address = f"bad{number}@example.test"
                result = cli.run(
                    "account", "add", address, "--smtp", f"smtps://{user}@smtp.example.test", env=self.home.env()
                )
                if result.status == cli.FINE:
                    result = cli.run("export", "msmtp", address, "--install", env=self.home.env())
                self.assertNotEqual(result.status, cli.FINE, str(result))
                self.assertFalse(self.config.exists())


if __name__ == "__main__":
    unittest.main()
