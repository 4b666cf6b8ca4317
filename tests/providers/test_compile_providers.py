# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the provider files: the real ones keep them all, and each rule fires on a file that breaks it."""

import contextlib
import importlib.util
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import types
import unittest
import unittest.mock

SOURCE = pathlib.Path(os.environ.get("MW_SRCDIR", pathlib.Path(__file__).resolve().parents[2]))
SCRIPT = SOURCE / "src" / "providers" / "compile-providers.py"
DATA = SOURCE / "data" / "providers"

sys.dont_write_bytecode = True
# Loaded once: nearly a hundred runs of an interpreter would take longer than all the rest.
specification = importlib.util.spec_from_file_location("compile_providers", SCRIPT)
compile_providers = importlib.util.module_from_spec(specification)
specification.loader.exec_module(compile_providers)

HEAD = "# SPDX-FileCopyrightText: 2026 The Mailwright authors\n# SPDX-License-Identifier: MPL-2.0\n\n"
GOOD = (
    HEAD
    + """[Provider]
Name=Example Mail
Region=global
Domains=example.org;
MX=*.mx.example.org;
Service=mailbox
Username=full;
Auth=app-password;password;
PasswordPattern=[a-z]{16}
PasswordBlanks=ignore
PasswordHint=It has 16 letters.
PasswordHint[de]=Es hat 16 Buchstaben.
PasswordHint[zh_CN]=密码由 16 个字母组成。
WrongHosts=mail.example.org;
Quirks=switch-on-first;
Prepare=Switch IMAP on, then create an app password.
Prepare[de]=Zuerst IMAP einschalten, dann ein „App-Passwort“ erstellen.
Prepare[zh_CN]=请先开启 IMAP，再创建应用专用密码。
Help=https://example.org/help
Confidence=high
Checked=2026-11-21
Source=https://example.org/help;

[IMAP 1]
Host=imap.example.org
Port=993
Security=tls

[POP3 1]
Host=pop.example.org
Port=995
Security=tls

[SMTP 1]
Host=smtp.example.org
Port=587
Security=starttls

[Note 1]
Text=There are notes.
Text[de]=Es gibt Hinweise.
Text[zh_CN]=这里有一条说明。

[Error 1]
Match=Go away;
Protocol=imap
Diagnosis=auth-failed
Text=The password was refused.
Text[de]=Das Passwort wurde abgelehnt.
Text[zh_CN]=密码被拒绝。
"""
)
OTHER = (
    HEAD
    + """[Provider]
Name=Other Mail
Domains=other.example;
MX=mx.other.example;
Service=mailbox
Username=local;
Auth=password;
Confidence=medium
Checked=2026-11-21
Source=https://other.example/;

[IMAP 1]
Host=imap.other.example
Port=143
Security=starttls
"""
)
GATEWAYS = HEAD + "[Gateways]\nMX=*.filter.example;\n"
ERRORS = HEAD + "[Error 1]\nMatch=account locked;\nDiagnosis=auth-failed\nText=It is locked.\nText[de]=Es ist gesperrt.\nText[zh_CN]=账户已锁定。\n"

# (text of GOOD, what it becomes, words of the complaint)
BROKEN = [
    ("SPDX-License-Identifier: MPL-2.0", "Licence: free", "SPDX-License-Identifier"),
    ("[Provider]", "[Company]", "[Provider] is missing"),
    ("Name=Example Mail\n", "", "Name is missing"),
    ("Region=global", "Region=cn", "Name[zh_CN] is missing"),
    ("Region=global", "Region=Far Away", "no region"),
    ("Region=global", "Colour=blue", "unknown key Colour"),
    ("Region=global", "Region[zh_CN]=global", "unknown key Region[zh_CN]"),
    ("Name=Example Mail", "Name=Example Mail\nName[xx]=Mail", "unknown language"),
    ("Name=Example Mail", "Name=Example Mail\nName=Mail", "Name is there twice"),
    ("Region=global", "Region=", "Region is empty"),
    ("Region=global", "nonsense", "neither a group nor a key"),
    ("[Note 1]", "[Holiday 1]", "unknown group [Holiday 1]"),
    ("[Note 1]", "[Note 2]", "is not numbered 1, 2, 3"),
    ("[POP3 1]", "[IMAP 3]", "is not numbered 1, 2, 3"),
    ("[POP3 1]", "[IMAP 1]", "is there twice"),
    ("Domains=example.org;", "Domains=Example.org;", "no domain in lower case"),
    ("Domains=example.org;", "Domains=bücher.example;", "no domain in lower case"),
    ("Domains=example.org;", "Domains=example;", "no domain in lower case"),
    ("Domains=example.org;", "Domains=*.org;", "no domain in lower case"),
    ("Domains=example.org;", "Domains=192.0.2.1;", "no domain in lower case"),
    ("Domains=example.org;", "Domains=a.example;a.example;", "an item is there twice"),
    ("Domains=example.org;", "Domains=z.example;a.example;", "domains are not sorted"),
    ("Domains=example.org;", "Domains=other.example;", "domain other.example is in"),
    ("MX=*.mx.example.org;", "MX=*.org;", "two labels without *"),
    ("MX=*.mx.example.org;", "MX=mx*.example.*;", "two labels without *"),
    ("MX=*.mx.example.org;", "MX=*x*.mx.example.org;", "no host pattern"),
    ("MX=*.mx.example.org;", "MX=.mx.example.org;", "no host pattern"),
    ("MX=*.mx.example.org;", "MX=MX.example.org;", "no host pattern"),
    ("MX=*.mx.example.org;", "MX=mx.example.org.;", "no host pattern"),
    ("MX=*.mx.example.org;", "MX=mx.other.example;", "MX mx.other.example is in"),
    ("MX=*.mx.example.org;", "MX=mx1.filter.example;", "belongs to a gateway"),
    ("MX=*.mx.example.org;", "MX=imap.example.org;", "cannot be a server here"),
    ("Service=mailbox\n", "", "Service is missing"),
    ("Service=mailbox", "Service=everything", "is not one of"),
    ("Service=mailbox", "Service=none", "but there are servers"),
    ("Service=mailbox", "Service=sending-only", "SMTP servers and no others"),
    ("Username=full;\n", "", "Username and Auth are needed"),
    ("Username=full;", "Username=whole;", "no form of a user name"),
    ("Username=full;", "Username={domain};", "no form of a user name"),
    ("Auth=app-password;password;", "Auth=telepathy;", "unknown authentication"),
    ("PasswordPattern=[a-z]{16}", "PasswordPattern=[a-z]{16", "cannot be understood"),
    ("PasswordPattern=[a-z]{16}", "PasswordPattern=.*", "cannot be understood"),
    ("PasswordPattern=[a-z]{16}", "PasswordPattern=[a-z]{4,8}a", "repeats a class without an end"),
    ("PasswordPattern=[a-z]{16}", "PasswordPattern=[a-z]{8,4}", "impossible count"),
    ("PasswordPattern=[a-z]{16}\n", "", "a password hint without a pattern"),
    ("PasswordBlanks=ignore", "PasswordBlanks=maybe", "PasswordBlanks is ignore"),
    ("PasswordHint[zh_CN]=密码由 16 个字母组成。\n", "", "PasswordHint[zh_CN] is missing"),
    ("PasswordHint[de]=Es hat 16 Buchstaben.\n", "", "example.ini: PasswordHint[de] is missing"),
    ("Es hat 16 Buchstaben.", "It has 16 letters.", "PasswordHint[de] is not translated"),
    ("Text[de]=Es gibt Hinweise.\n", "", "example.ini [Note 1]: Text[de] is missing"),
    ("Text[de]=Das Passwort wurde abgelehnt.\n", "", "example.ini [Error 1]: Text[de] is missing"),
    ("„App-Passwort“ erstellen.", "„App-Passwort“ erstellen", "Prepare[de] does not end as a sentence"),
    ("„App-Passwort“", '"App-Passwort"', "other quotation marks"),
    ("„App-Passwort“", "“App-Passwort”", "other quotation marks"),
    ("„App-Passwort“", "„App-Passwort", "other quotation marks"),
    ("„App-Passwort“", "„授权码“", "is not German"),
    ("WrongHosts=mail.example.org;", "WrongHosts=imap.example.org;", "both right and wrong"),
    ("WrongHosts=mail.example.org;", "WrongHosts=*.org;", "two labels without *"),
    ("Quirks=switch-on-first;", "Quirks=odd;", "unknown quirk odd"),
    ("Prepare[zh_CN]=请先开启 IMAP，再创建应用专用密码。\n", "", "Prepare[zh_CN] is missing"),
    ("请先开启 IMAP，再", "请先开启 IMAP,再", "half-width punctuation"),
    ("请先开启 IMAP，再创建应用专用密码。", "Switch IMAP on first。", "is not Chinese"),
    ("Prepare=Switch IMAP on", "Prepare=请开启 IMAP", "is not English"),
    ("create an app password.", "create an app password", "does not end as a sentence"),
    ("Switch IMAP on,", "Switch  IMAP on,", "two blanks in a row"),
    ("Switch IMAP on,", "Switch\\tIMAP on,", "control character"),
    ("Switch IMAP on,", "Switch\\q", "unknown escape"),
    ("Switch IMAP on,", "Switch " + "on " * 300, "longer than"),
    ("Help=https://example.org/help\n", "", "Prepare without Help"),
    ("Help=https:", "Help=http:", "no https link"),
    ("Help=https://example.org/help", "Help=javascript:alert(1)", "no https link"),
    ("Confidence=high", "Confidence=total", "is not one of"),
    ("Checked=2026-11-21\n", "", "Checked is missing"),
    ("Checked=2026-11-21", "Checked=21.11.2026", "no date"),
    ("Checked=2026-11-21", "Checked=2027-11-21", "in the future"),
    ("Source=https://example.org/help;\n", "", "Source is missing"),
    ("Host=imap.example.org", "Host=imap_example..org", "no host name"),
    ("Host=imap.example.org", "Host=IMAP.example.org", "no host name"),
    ("Host=imap.example.org", "Host=imap.{region}.example.org", "needs Regions"),
    ("Host=imap.example.org", "Host=imap.{user}.example.org", "no host name"),
    ("Host=imap.example.org\n", "", "Host is missing"),
    ("Port=993", "Port=0993", "is no port"),
    ("Port=993", "Port=65536", "is no port"),
    ("Port=993", "Port=465", "imap never uses port 465"),
    ("Port=993", "Port=587", "imap never uses port 587"),
    ("Port=993", "Port=995", "imap never uses port 995"),
    ("Port=995", "Port=993", "pop3 never uses port 993"),
    ("Port=993", "Port=143", "port 143 never begins with TLS"),
    ("Port=993", "Port=9993", "is odd"),
    ("Security=starttls", "Security=tls", "is odd"),
    ("Security=starttls", "Security=ssl", "is not one of"),
    ("Security=starttls", "Security=starttls\nUnusual=true", "nothing is unusual"),
    ("Security=starttls", "Security=starttls\nUnusual=maybe", "Unusual is true"),
    ("[SMTP 1]", "[SMTP 2]\nHost=smtp.example.org\nPort=587\nSecurity=starttls\n\n[SMTP 1]", "repeats an earlier"),
    ("Text=There are notes.\n", "", "Text is missing"),
    ("Match=Go away;", "Match=--;", "shorter than three"),
    ("Match=Go away;", "Match=Go away;go-AWAY;", "is there twice"),
    ("Protocol=imap", "Protocol=nntp", "unknown protocol"),
    ("Diagnosis=auth-failed", "Diagnosis=doom", "is not one of"),
    ("Text[zh_CN]=密码被拒绝。", "Text[zh_CN]=密码被拒绝", "does not end as a sentence"),
]


class Folder:
    """A folder of provider files that are good until told otherwise."""

    def __init__(self, test):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="mw-providers-"))
        test.addCleanup(shutil.rmtree, self.path)
        (self.path / "shared").mkdir()
        self.write("example.ini", GOOD)
        self.write("other.ini", OTHER)
        self.write("shared/gateways.ini", GATEWAYS)
        self.write("shared/errors.ini", ERRORS)

    def write(self, name, text):
        (self.path / name).write_text(text, encoding="utf-8")

    def run(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = compile_providers.main([*arguments, str(self.path)])
        return types.SimpleNamespace(returncode=status, stdout=out.getvalue(), stderr=err.getvalue())

    def check(self):
        return self.run("--check", "--today", "2026-11-22")


class CompileProviders(unittest.TestCase):
    def test_real_files_keep_every_rule(self):
        result = subprocess.run(
            [sys.executable, str(SCRIPT), "--check", str(DATA)], capture_output=True, text=True
        )
        self.assertEqual((0, ""), (result.returncode, result.stderr))
        self.assertIn("228 providers, 1199 domains", result.stdout)

    def test_good_folder_passes(self):
        result = Folder(self).check()
        self.assertEqual((0, ""), (result.returncode, result.stderr))

    def test_each_rule_fires(self):
        for old, new, complaint in BROKEN:
            with self.subTest(f"{old.strip()} -> {new.strip()[:60]}"):
                self.assertIn(old, GOOD)
                folder = Folder(self)
                folder.write("example.ini", GOOD.replace(old, new, 1))
                result = folder.check()
                self.assertEqual(1, result.returncode)
                self.assertIn(complaint, result.stderr)

    def test_languages_are_those_of_the_translations(self):
        lines = (SOURCE / "po" / "LINGUAS").read_text(encoding="utf-8").splitlines()
        names = [line for line in lines if line and not line.startswith("#")]
        self.assertEqual(names, list(compile_providers.LANGUAGES))
        self.assertLessEqual({"de", "zh_CN"}, set(names))

    def test_new_language_demands_its_texts_and_is_written(self):
        folder = Folder(self)
        linguas, table = folder.path / "LINGUAS", folder.path / "table.c"
        linguas.write_text("# Sorted\nde # complete\n\nfr zh_CN\n", encoding="utf-8")
        languages = compile_providers.read_languages(linguas)
        self.assertEqual(("de", "fr", "zh_CN"), languages)
        with unittest.mock.patch.object(compile_providers, "LANGUAGES", languages):
            result = folder.check()
            self.assertEqual(1, result.returncode)
            for place in ("example.ini: Prepare", "example.ini [Error 1]: Text", "errors.ini [Error 1]: Text"):
                self.assertIn(f"error: {place}[fr] is missing", result.stderr)
            for name, text in (("example.ini", GOOD), ("shared/errors.ini", ERRORS)):
                french = re.sub(r"^(\w+)\[de\]=.*\n", r"\g<0>\1[fr]=C’est en français.\n", text, flags=re.M)
                folder.write(name, french)
            result = folder.run("--output", str(table))
            self.assertEqual((0, ""), (result.returncode, result.stderr))
        text = table.read_text()
        for part in (r"fr\000C\342\200\231est en fran\303\247ais.", r"de\000Es gibt Hinweise.", r"zh_CN\000\345"):
            self.assertIn(part, text)

    def test_file_name_is_the_id(self):
        folder = Folder(self)
        (folder.path / "example.ini").rename(folder.path / "Example Mail.ini")
        result = folder.check()
        self.assertEqual(1, result.returncode)
        self.assertIn("is no id", result.stderr)

    def test_shared_files_are_checked_too(self):
        for name, text, complaint in (
            ("shared/gateways.ini", HEAD + "[Gateways]\nMX=*.com;\n", "two labels"),
            ("shared/gateways.ini", HEAD + "[Gateway]\nMX=*.a.example;\n", "one group [Gateways]"),
            ("shared/errors.ini", ERRORS.replace("auth-failed", "doom"), "is not one of"),
            ("shared/errors.ini", ERRORS.replace("账户已锁定。", "Locked."), "is not Chinese"),
            ("shared/errors.ini", ERRORS + "[Provider]\nName=X\n", "unknown group"),
        ):
            with self.subTest(complaint):
                folder = Folder(self)
                folder.write(name, text)
                result = folder.check()
                self.assertEqual(1, result.returncode)
                self.assertIn(complaint, result.stderr)

    def test_bytes_that_are_no_text_are_refused(self):
        folder = Folder(self)
        for data in (b"\xff\xfe\x00", GOOD.encode() + b"\0", GOOD.replace("\n", "\r\n").encode(), b""):
            (folder.path / "example.ini").write_bytes(data)
            result = folder.check()
            self.assertEqual(1, result.returncode)

    def test_old_entry_is_a_warning(self):
        folder = Folder(self)
        folder.write("example.ini", GOOD.replace("Checked=2026-11-21", "Checked=2023-01-01"))
        result = folder.check()
        self.assertEqual(0, result.returncode)
        self.assertIn("warning: example.ini: was last checked on 2023-01-01", result.stderr)

    def test_unusual_pair_passes_when_marked(self):
        folder = Folder(self)
        folder.write("example.ini", GOOD.replace("Security=starttls", "Security=tls\nUnusual=true"))
        self.assertEqual(0, folder.check().returncode)

    def test_table_and_dependencies_are_written(self):
        folder = Folder(self)
        table, dependencies = folder.path / "table.c", folder.path / "table.d"
        result = folder.run("--output", str(table), "--depfile", str(dependencies))
        self.assertEqual((0, ""), (result.returncode, result.stderr))
        self.assertIn("mw_provider_builtin_image", table.read_text())
        for name in ("example.ini", "other.ini", "gateways.ini", "errors.ini", "LINGUAS"):
            self.assertIn(name, dependencies.read_text())

    def test_nothing_is_written_from_bad_files(self):
        folder = Folder(self)
        folder.write("example.ini", GOOD.replace("Port=993", "Port=465"))
        table = folder.path / "table.c"
        self.assertEqual(1, folder.run("--output", str(table)).returncode)
        self.assertFalse(table.exists())


if __name__ == "__main__":
    unittest.main()
