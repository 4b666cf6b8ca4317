# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that mean something to somebody: each gets through an export byte for byte, or is refused by name.

Read back by msmtp itself, by Evolution's own registry, and by an XML parser. What Thunderbird makes of them is in
tests/clients/test_thunderbird.py, class OwnReader.
"""

import pathlib
import re
import sys
import unittest
import urllib.parse
import xml.etree.ElementTree
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))

from lab import bus, cli, proc  # noqa: E402: the same for all
import evolution_client  # noqa: E402: found through the line above
import msmtp_client  # noqa: E402

VALUES = {
    "newline": "a\nid", "return": "a\rid", "line separator": "a\u2028b", "escape": "a\x1b[31mb", "tab": "a\tb",
    "double quote": '"a"b', "single quote": "'a'b", "backslash": "a\\b\\", "backtick": "`touch {canary}`",
    "command": "$(touch {canary})", "variable": "${{IFS}}", "format": "%s%n%U@%H", "semicolon": ";touch {canary}",
    "hash": "# a # b", "formula": "=cmd|' /C calc'!A1", "plist": "</string><key>", "cdata": "]]>", "entity": "&amp;<b>",
    "braces": "{{{{x}}}}", "right to left": "a\u202eb", "isolate": "a\u2066b", "zero width": "a\u200bb",
    "dash": "-x", "blanks": " a  b ", "wide": "\u5bc6\u7801 \U0001f600", "long": "x" * 10000, "equals": "a=b[c]",
    "list": "a;b;c\\;", "escapes of key files": "\\s\\n\\t\\r",
}  # fmt: skip
#: What no mail program could use, wherever it stands.
NEVER = {"newline", "return", "line separator", "escape", "tab"}


def quoted(value):
    return urllib.parse.quote(value, safe="")


class Values(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self, prefix="mw-val-")
        self.home = bus.Home(self.area)
        self.env = self.home.env()
        self.canary = self.area / "canary"
        self.values = {name: value.format(canary=self.canary) for name, value in VALUES.items()}

    def tearDown(self):
        self.assertFalse(self.canary.exists(), "a value was run as a command")

    def run_cli(self, *words, env=None):
        result = cli.run(*words, env=env or self.env, cwd=self.area.path)
        self.assert_harmless(result)
        return result

    def assert_harmless(self, result):
        """Nothing that a terminal acts upon, and nothing that turns the text around."""
        if "--json" not in result.argv:
            found = re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", result.stdout + result.stderr)
            self.assertIsNone(found, repr(str(result)))

    def assert_refused(self, result, field, name):
        self.assertIn(result.status, (cli.FAILED, cli.USAGE), str(result))
        self.assertIn(field, result.stderr, f"{name}: {result}")

    def add(self, field, name, number):
        """Sets up an account with a value in one field; its id, or None where it is refused there and then."""
        value = self.values[name]
        address = f"{field}{number}@example.test"
        user = "u"
        host = "mail.example.test"
        words = []
        if field == "name":
            words = [f"--name={value}", f"--organization={value}"]
        elif field == "user":
            user = quoted(value)
        elif field == "address":
            address = f"{value}@example.test"
        elif field == "host":
            host = quoted(value)
        urls = ["--imap", f"imaps://{user}@{host}", "--smtp", f"smtps://{user}@{host}"]
        result = self.run_cli("account", "add", *urls, *words, "--json", "--", address)
        if result.status == cli.FINE:
            return result.json
        said = {"name": "--name", "user": "login name", "host": "host name", "address": "address"}[field]
        self.assertEqual(result.status, cli.USAGE, str(result))
        self.assertTrue(said in result.stderr or "“" in result.stderr, str(result))
        return None

    def accounts(self, field):
        """{name of the value: the account as its JSON} of those that were taken."""
        found = {}
        for number, name in enumerate(self.values):
            account = self.add(field, name, number)
            if name in NEVER and name != "line separator":
                self.assertIsNone(account, f"{name} was taken as {field}")
            if account is not None:
                found[name] = account
        return found

    def test_hosts_are_names_and_nothing_else(self):
        self.assertEqual(set(self.accounts("host")), set())

    def test_addresses_are_clean(self):
        for name, account in self.accounts("address").items():
            with self.subTest(name):
                self.assertRegex(account["address"], r"^[^\s\x00-\x20\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+@example\.test$")

    def test_msmtp(self):
        msmtp = msmtp_client.Msmtp(self.home)
        config = self.home.config / "msmtp/config"
        for field, setting, key in (("name", "from_full_name", None), ("user", "user", "username"), ("address", "from", None)):
            for name, account in self.accounts(field).items():
                with self.subTest(name, field=field):
                    config.unlink(missing_ok=True)
                    value = account["address"] if field == "address" else self.values[name]
                    result = self.run_cli("export", "msmtp", account["id"], "--install")
                    if result.status != cli.FINE:
                        self.assert_refused(result, key or field, name)
                        self.assertIn(name, NEVER | {"long"})
                        self.assertFalse(config.exists())
                        continue
                    self.assertNotIn(name, NEVER)
                    # The program's own words about what it has read; it knows no account but ours here
                    read = msmtp.pretend()
                    if setting == "from_full_name" and read.get(setting, "(not set)") == "(not set)":
                        self.assertNotIn("from_full_name", config.read_text())
                        continue  # msmtp takes the name from the message
                    self.assertEqual(read[setting], value)

    def test_evolution(self):
        """Through the registry of Evolution's data server, which reads and writes the sources anew."""
        found = {field: self.accounts(field) for field in ("name", "user", "address")}
        taken = {}
        for field, accounts in found.items():
            for name, account in accounts.items():
                result = self.run_cli("export", "evolution", account["id"], "--install")
                if result.status != cli.FINE:
                    with self.subTest(name, field=field):
                        self.assert_refused(result, {"name": "name", "user": "username", "address": "address"}[field], name)
                        self.assertIn(name, NEVER | {"blanks"})
                    continue
                self.assertNotIn(name, NEVER)
                taken[field, name] = account
        self.assertGreater(len(taken), 50)
        session = bus.Bus(self.area, env=self.env, service_files=[evolution_client.service_files(self.area)])
        sources = evolution_client.Evolution(self.area, self.home, session).sources()
        for (field, name), account in taken.items():
            with self.subTest(name, field=field):
                texts = {
                    part: self.read_key_file(sources[evolution_client.uid(account["id"], part)])
                    for part in ("account", "identity", "transport")
                }
                if field == "name":
                    self.assertEqual(texts["identity"]["Mail Identity", "Name"], self.values[name])
                    self.assertEqual(texts["identity"]["Mail Identity", "Organization"], self.values[name])
                elif field == "user":
                    self.assertEqual(texts["account"]["Authentication", "User"], self.values[name])
                    self.assertEqual(texts["transport"]["Authentication", "User"], self.values[name])
                else:
                    self.assertEqual(texts["identity"]["Mail Identity", "Address"], account["address"])

    @staticmethod
    def read_key_file(text):
        from gi.repository import GLib

        file = GLib.KeyFile()
        file.load_from_data(text, len(text.encode()), GLib.KeyFileFlags.NONE)
        found = {}
        for group in file.get_groups()[0]:
            for key in file.get_keys(group)[0]:
                try:
                    found[group, key] = file.get_string(group, key)
                except GLib.Error:
                    pass  # a list, say
        return found

    def test_thunderbird_files(self):
        """The autoconfig file holds no person, the archive every value in quotes that nothing gets out of."""
        for field in ("name", "user", "address"):
            for number, (name, account) in enumerate(self.accounts(field).items()):
                with self.subTest(name, field=field):
                    out = self.area / f"out-{field}-{number}"
                    result = self.run_cli("export", "thunderbird", account["id"], "--output", out)
                    if result.status != cli.FINE:
                        self.assert_refused(result, {"name": "name", "user": "username", "address": "address"}[field], name)
                        self.assertIn(name, NEVER)
                        self.assertFalse(out.exists())
                        continue
                    self.assertNotIn(name, NEVER)
                    config = out / "autoconfig.example.test/mail/config-v1.1.xml"
                    if config.exists():
                        tree = xml.etree.ElementTree.parse(config)
                        users = {node.text for node in tree.iter("username")}
                        self.assertLessEqual(users, {"%EMAILADDRESS%", "%EMAILLOCALPART%"})
                    with zipfile.ZipFile(out / "account.zip") as archive:
                        prefs = archive.read("prefs.js").decode()
                    for line in prefs.splitlines():
                        self.assertRegex(line, r'^(//.*|#.*|/\*.*\*/|)$|^user_pref\("[^"\\]+", ("([^"\\]|\\.)*"|\d+|true|false)\);$')

    def test_values_in_a_file_that_was_edited_by_hand(self):
        """What the command line would not take, somebody may have written into the file of an account."""
        account = self.run_cli(
            "account", "add", "jo@example.test", "--imap", "imaps://u@mail.example.test", "--smtp", "smtps://u@mail.example.test",
            "--name", "Jo", "--json",
        ).json["id"]  # fmt: skip
        path = self.home.config / f"mailwright/accounts/{account}.ini"
        good = path.read_text()
        for field, old in (("Name", "Name=Jo"), ("Username", "Username=u"), ("Host", "Host=mail.example.test"), ("Address", "Address=jo@example.test")):
            for name, value in (("newline", "a\\nid"), ("return", "a\\rid"), ("escape", "a\x1b[31mb"), ("separator", "a\u2028b"), ("nothing", "")):
                with self.subTest(field, name=name):
                    if name == "nothing" and field in ("Name", "Username"):
                        continue
                    path.write_text(good.replace(old, f"{field}={value}"))
                    edited = path.read_bytes()
                    for words in (("account", "list"), ("account", "show", account), ("check", account, "--timeout", "3")):
                        self.assertNotEqual(self.run_cli(*words).stderr + "x", "")
                    for target in ("msmtp", "evolution", "thunderbird"):
                        result = self.run_cli("export", target, account, "--output", self.area / "out")
                        self.assertIn(result.status, (cli.FAILED, cli.TROUBLE), str(result))
                        self.assertTrue(result.stderr.strip())
                        self.assertFalse((self.area / "out").exists())
                    self.assertEqual(path.read_bytes(), edited)

    def test_folders_with_odd_names(self):
        account = self.run_cli(
            "account", "add", "jo@example.test", "--imap", "imaps://u@mail.example.test", "--smtp", "smtps://u@mail.example.test", "--json"
        ).json["id"]  # fmt: skip
        for name, value in self.values.items():
            if name == "long":
                continue  # no file system has such names
            folder = self.area / "folders" / value.replace("/", "_")
            for target in ("msmtp", "evolution", "thunderbird"):
                with self.subTest(name, target=target):
                    result = self.run_cli("export", target, account, f"--output={folder}")
                    self.assertEqual(result.status, cli.FINE, str(result))
                    self.assertTrue(list(folder.iterdir()))
                    result = self.run_cli("export", "--undo")
                    self.assertEqual(result.status, cli.FINE, str(result))
                    self.assertFalse(folder.exists())


if __name__ == "__main__":
    unittest.main()
