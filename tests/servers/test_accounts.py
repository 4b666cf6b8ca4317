# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mailwright-cli account: the store as a person and other programs see it."""

import json
import os
import stat
import unittest

from lab import cli, netns, proc
from support import Desk

IMAP, SMTP = "imaps://imap.example.test", "smtps://smtp.example.test"


class Accounts(Desk):
    def add(self, address="jo@example.test", *words, **options):
        if not any(word in words for word in ("--imap", "--pop3", "--smtp")):
            words = ("--imap", IMAP, "--smtp", SMTP, *words)
        result = self.run_cli("account", "add", address, *words, **options)
        self.assertEqual(result.status, cli.FINE, result)
        return result

    def show(self, name="jo@example.test"):
        result = self.run_cli("account", "show", name, "--json")
        self.assertEqual(result.status, cli.FINE, result)
        return result.json

    def list(self):
        result = self.run_cli("account", "list", "--json")
        self.assertEqual(result.status, cli.FINE, result)
        value = result.json
        return value["accounts"] if isinstance(value, dict) else value

    def files(self):
        folder = self.home.config / "mailwright/accounts"
        return sorted(folder.glob("*.ini")) if folder.exists() else []

    def test_empty_store_is_an_empty_list(self):
        self.assertEqual(self.list(), [])
        self.assertEqual(list(self.home.path.rglob("*.ini")), [])

    def test_add_show_and_remove(self):
        self.add("jo@example.test", "--name", "Jo \u00c9xample")
        self.assertEqual([one["address"] for one in self.list()], ["jo@example.test"])
        shown = self.show()
        self.assertEqual(shown["address"], "jo@example.test")
        text = json.dumps(shown, ensure_ascii=False)
        for word in ("imap.example.test", "smtp.example.test", "993", "465", "Jo \u00c9xample"):
            self.assertIn(word, text)
        self.assertEqual(self.show(shown["id"]), shown)
        result = self.run_cli("account", "remove", "jo@example.test")
        self.assertEqual(result.status, cli.FINE, result)
        self.assertEqual(self.list(), [])
        self.assertEqual(self.files(), [])

    def test_file_is_private_whatever_the_umask(self):
        for mask in (0o000, 0o022, 0o077):
            with self.subTest(umask=oct(mask)):
                before = set(self.files())
                old = os.umask(mask)
                try:
                    self.add(f"u{mask}@example.test")
                finally:
                    os.umask(old)
                new = set(self.files()) - before
                self.assertEqual(len(new), 1)
                path = new.pop()
                self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
                self.assertEqual(stat.S_IMODE(path.parent.stat().st_mode) & 0o077, 0)
                self.assertIn("format=1", path.read_text())

    def test_every_kind_of_url(self):
        urls = {
            "imaps://h.example.test": ("imap", "h.example.test", 993, "tls"),
            "imap://h.example.test": ("imap", "h.example.test", 143, "starttls"),
            "imap+insecure://h.example.test": ("imap", "h.example.test", 143, "none"),
            "imaps://h.example.test:1993": ("imap", "h.example.test", 1993, "tls"),
            "pop3s://h.example.test": ("pop3", "h.example.test", 995, "tls"),
            "pop3://h.example.test": ("pop3", "h.example.test", 110, "starttls"),
            "imaps://[2001:db8::1]": ("imap", "2001:db8::1", 993, "tls"),
        }
        for number, (url, expected) in enumerate(urls.items()):
            with self.subTest(url=url):
                address = f"u{number}@example.test"
                option = "--pop3" if url.startswith("pop3") else "--imap"
                self.add(address, option, url, "--smtp", "smtp://o.example.test")
                text = json.dumps(self.show(address))
                for word in expected:
                    self.assertIn(str(word), text)
                self.assertIn("587", text)

    def test_user_and_mechanism_in_a_url(self):
        self.add("a@example.test", "--imap", "imaps://DOM%5Cjo%40x:AUTH=LOGIN@h.example.test", "--smtp", SMTP)
        text = json.dumps(self.show("a@example.test"))
        self.assertIn(json.dumps("DOM\\jo@x")[1:-1], text)
        self.assertIn("LOGIN", text.upper())

    def test_bad_urls_are_usage_errors(self):
        for url in (
            "imaps://jo:password@h.example.test",
            "imaps://",
            "imaps://h.example.test:0",
            "imaps://h.example.test:99999",
            "https://h.example.test",
            "smtps://h.example.test",
            "imaps://h.example.test/INBOX?x",
            "h.example.test",
            "imaps://h example.test",
            "imaps://jo%00@h.example.test",
            "imaps://jo%0A@h.example.test",
        ):
            with self.subTest(url=url):
                result = self.run_cli("account", "add", "jo@example.test", "--imap", url)
                self.assertEqual(result.status, cli.USAGE, result)
                self.assertTrue(result.stderr)
        self.assertEqual(self.files(), [])

    def test_bad_addresses_are_usage_errors(self):
        for address in ("", "jo", "jo@", "@example.test", "jo@exa mple", "jo@exam\nple.test"):
            with self.subTest(address=address):
                result = self.run_cli("account", "add", address, "--imap", IMAP)
                self.assertEqual(result.status, cli.USAGE, result)
        self.assertEqual(self.files(), [])

    def test_address_as_people_type_it(self):
        for number, text in enumerate((" Jo@EXAMPLE.test ", "mailto:jo@example.test", "Jo Ex <jo@example.test>",
                                       "jo\uff20example\uff0etest")):  # fmt: skip
            with self.subTest(text=text):
                self.add(text)
                self.assertEqual(self.list()[0]["address"].lower(), "jo@example.test")
                self.assertEqual(self.run_cli("account", "remove", self.list()[0]["id"]).status, cli.FINE)

    def test_edit_changes_what_was_named_and_nothing_else(self):
        self.add("jo@example.test", "--name", "Jo")
        before = self.show()
        result = self.run_cli("account", "edit", "jo@example.test", "--imap", "imaps://new.example.test")
        self.assertEqual(result.status, cli.FINE, result)
        after = self.show()
        self.assertIn("new.example.test", json.dumps(after))
        self.assertNotIn("imap.example.test", json.dumps(after))
        self.assertEqual(after["id"], before["id"])
        self.assertEqual(after["address"], before["address"])
        self.assertIn("smtp.example.test", json.dumps(after))

    def test_unknown_account_is_said(self):
        for words in (["show", "no@example.test"], ["remove", "no@example.test"], ["edit", "no@example.test", "--name", "x"]):
            with self.subTest(words=words):
                result = self.run_cli("account", *words)
                self.assertIn(result.status, (cli.FAILED, cli.USAGE), result)
                self.assertIn("no@example.test", result.stderr)

    def test_address_of_two_accounts_is_ambiguous(self):
        self.add("jo@example.test")
        second = self.run_cli("account", "add", "jo@example.test", "--imap", "imaps://other.example.test")
        if second.status == cli.FINE:
            result = self.run_cli("account", "show", "jo@example.test", "--json")
            self.assertNotEqual(result.status, cli.FINE, result)
            for one in self.list():
                self.assertEqual(self.show(one["id"])["id"], one["id"])
        else:
            self.assertEqual(len(self.list()), 1)

    def test_broken_file_is_kept_and_told(self):
        self.add("jo@example.test")
        broken = self.files()[0].with_name("0a9d7d2e-6f65-4d0b-8df3-0f8d1f9c0b11.ini")
        broken.write_bytes(b"\xff\xfe not a key file")
        result = self.run_cli("account", "list", "--json")
        listed = result.json
        accounts = listed["accounts"] if isinstance(listed, dict) else listed
        self.assertEqual([one["address"] for one in accounts], ["jo@example.test"])
        self.assertIn(broken.name, result.stderr)
        self.assertEqual(broken.read_bytes(), b"\xff\xfe not a key file")

    def test_file_of_a_newer_program_is_left_alone(self):
        self.add("jo@example.test")
        path = self.files()[0]
        text = path.read_text().replace("format=1", "format=99")
        path.write_text(text)
        self.run_cli("account", "edit", "jo@example.test", "--name", "x")
        self.run_cli("account", "remove", "jo@example.test")
        self.assertEqual(path.read_text(), text)

    def test_store_that_cannot_be_written(self):
        blocked = self.home.config / "mailwright"
        blocked.write_text("a file where a folder should be\n")
        result = self.run_cli("account", "add", "jo@example.test", "--imap", IMAP)
        self.assertEqual(result.status, cli.TROUBLE, result)
        self.assertTrue(result.stderr)
        self.assertEqual(blocked.read_text(), "a file where a folder should be\n")

    def test_many_processes_at_once_lose_nothing(self):
        running = [
            cli.Running("account", "add", f"n{number}@example.test", "--imap", IMAP, "--smtp", SMTP, env=self.env)
            for number in range(16)
        ]
        for one in running:
            result = one.finish()
            self.assertEqual(result.status, cli.FINE, result)
        self.assertEqual(len(self.list()), 16)
        edits = [
            cli.Running("account", "edit", f"n{number % 4}@example.test", "--name", f"Name {number}", env=self.env)
            for number in range(16)
        ]
        for one in edits:
            one.finish()
        self.assertEqual(len(self.list()), 16)
        self.assertEqual(len(self.files()), 16)
        for number in range(16):
            self.assertEqual(self.show(f"n{number}@example.test")["address"], f"n{number}@example.test")
        others = [path.name for path in (self.home.config / "mailwright").rglob("*") if path.suffix != ".ini"]
        self.assertEqual([name for name in others if "lock" not in name and name != "accounts"], [])

    def test_killed_while_writing_leaves_a_whole_store(self):
        self.add("jo@example.test", "--name", "Before")
        for number in range(12):
            running = cli.Running("account", "edit", "jo@example.test", "--name", f"After {number}", env=self.env)
            try:
                running.process.wait(0.004 * number)
            except Exception:
                running.process.kill()
            running.finish()
            self.assertEqual(self.show()["address"], "jo@example.test")

    def test_detect_fills_in_a_known_provider(self):
        ns = netns.Namespace(self.area)
        result = self.run_cli("account", "add", "someone@gmail.com", "--detect", ns=ns)
        self.assertEqual(result.status, cli.FINE, result)
        self.assertIn("imap.gmail.com", json.dumps(self.show("someone@gmail.com")))

    def test_what_was_never_done_is_said(self):
        self.add()
        shown = self.show()
        self.assertIsNone(shown["last_check"])
        self.assertEqual(shown["exports"], [])
        self.assertIn("not checked yet", self.run_cli("account", "show", "jo@example.test").stdout)
        self.assertIn("not checked yet", self.run_cli("account", "list").stdout)
        self.assertFalse((self.home.state / "mailwright/history").exists())  # looking writes nothing

    def check_closed_port(self):
        port = proc.free_ports()[0]
        self.add("jo@example.test", "--imap", f"imaps://127.0.0.1:{port}")
        return self.run_cli("check", "jo@example.test", "--json", password="secret")

    def test_last_check_is_remembered_until_a_change(self):
        self.assertEqual(self.check_closed_port().status, cli.FAILED)
        last = self.show()["last_check"]
        self.assertEqual((last["verdict"], last["diagnosis"]), ("failed", "connection-refused"))
        self.assertIs(last["current"], True)
        self.assertIs(last["complete"], False)
        self.assertRegex(last["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*Z$")
        self.assertEqual(self.list()[0]["last_check"], last)
        text = self.run_cli("account", "list").stdout
        self.assertIn(f"failed {last['at'][:10]}", text)
        (path,) = (self.home.state / "mailwright/history").glob("*.ini")
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertNotIn("secret", path.read_text())

        self.run_cli("account", "edit", "jo@example.test", "--name", "A New Name")
        self.assertIs(self.show()["last_check"]["current"], True)  # proves the servers, not the name
        self.run_cli("account", "edit", "jo@example.test", "--imap", IMAP)
        self.assertIs(self.show()["last_check"]["current"], False)
        self.assertIn("changed since the check", self.run_cli("account", "show", "jo@example.test").stdout)
        self.run_cli("account", "remove", "jo@example.test")
        self.assertFalse(path.exists())

    def test_exports_are_remembered_until_they_are_undone(self):
        self.add("jo@example.test", "--smtp", "smtps://:AUTH=NONE@smtp.example.test")
        result = self.run_cli("export", "msmtp", "jo@example.test", "--install")
        self.assertEqual(result.status, cli.FINE, result)
        (export,) = self.show()["exports"]
        self.assertEqual((export["target"], export["current"]), ("msmtp", True))
        self.run_cli("account", "edit", "jo@example.test", "--name", "A New Name")
        self.assertIs(self.show()["exports"][0]["current"], False)
        self.assertIn("changed since", self.run_cli("account", "show", "jo@example.test").stdout)
        result = self.run_cli("export", "--undo")
        self.assertEqual(result.status, cli.FINE, result)
        self.assertEqual(self.show()["exports"], [])

    def test_files_that_are_carried_are_no_export(self):
        self.add("jo@example.test", "--smtp", "smtps://:AUTH=NONE@smtp.example.test")
        result = self.run_cli("export", "msmtp", "jo@example.test", "--output", self.area / "carried")
        self.assertEqual(result.status, cli.FINE, result)
        self.assertEqual(self.show()["exports"], [])

    def test_history_that_cannot_be_written_changes_nothing_else(self):
        folder = self.home.state / "mailwright"
        folder.mkdir()
        (folder / "history").write_text("a file where a folder should be")
        result = self.check_closed_port()
        self.assertEqual(result.status, cli.FAILED, result)
        self.assertIn("accounts", result.json)
        self.assertIn("cannot be remembered", result.stderr)
        self.assertIsNone(self.show()["last_check"])
        result = self.run_cli("account", "remove", "jo@example.test")
        self.assertEqual(result.status, cli.FINE, result)


if __name__ == "__main__":
    unittest.main()
