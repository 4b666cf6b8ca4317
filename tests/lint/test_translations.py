# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text that a person reads can be translated, and is: no file is forgotten, and no text of a language."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import house
import potfiles

PO = house.TOP / "po"


def languages():
    lines = (line.strip() for line in (PO / "LINGUAS").read_text(encoding="utf-8").splitlines())
    return [language for line in lines if line and not line.startswith("#") for language in line.split()]


class Translations(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if shutil.which("msgmerge") is None or shutil.which("xgettext") is None:
            raise unittest.SkipTest("gettext's tools are not installed")

    def run_tool(self, *command, codes=(0,)):
        result = subprocess.run(command, cwd=house.TOP, capture_output=True, text=True, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"})
        self.assertIn(result.returncode, codes, f"{command[0]}: {result.stderr}")
        return result.stdout

    def extract(self, folder):
        pot = folder / "mailwright.pot"
        self.run_tool(
            "xgettext", "--package-name=mailwright", *potfiles.XGETTEXT, "--files-from", str(PO / "POTFILES.in"), "--output", str(pot)
        )
        return pot

    def test_potfiles_names_every_file_with_texts_in_order(self):
        self.assertEqual(potfiles.expected(), potfiles.listed(), "./dev po brings po/POTFILES.in up to date")

    def test_languages_are_sorted_and_have_a_file_each(self):
        names = languages()
        self.assertEqual(sorted(set(names)), names)
        self.assertEqual({f"{name}.po" for name in names}, {path.name for path in PO.glob("*.po")})

    def test_every_text_of_every_language_is_translated(self):
        with tempfile.TemporaryDirectory() as folder:
            pot = self.extract(pathlib.Path(folder))
            for language in languages():
                with self.subTest(language=language):
                    merged = pathlib.Path(folder) / f"{language}.po"
                    self.run_tool("msgmerge", "--quiet", "--no-fuzzy-matching", "--output-file", str(merged), str(PO / f"{language}.po"), str(pot))
                    missing = self.run_tool("msgattrib", "--untranslated", "--no-obsolete", "--no-location", "--no-wrap", str(merged))
                    fuzzy = self.run_tool("msgattrib", "--only-fuzzy", "--no-obsolete", "--no-location", "--no-wrap", str(merged))
                    texts = re.findall(r'^msgid (".+")$', missing + fuzzy, re.MULTILINE)
                    texts = [text for text in texts if text != '""']
                    self.assertEqual([], texts, f"{len(texts)} texts are not translated to {language}")

    def test_translations_keep_placeholders_and_syntax(self):
        for language in languages():
            with self.subTest(language=language):
                self.run_tool("msgfmt", "--check", "--check-accelerators=_", "--output-file=/dev/null", str(PO / f"{language}.po"))

    def test_files_with_texts_are_told_from_those_without(self):
        for code, expected in (
            ('x = _("Hello");', True),
            ('x = _ ("Hello");', True),
            ("title = N_ (\"Hello\"),", True),
            ('ngettext ("one", "many", n)', True),
            ('/* _("Hello") */', False),
            ('x = "_(Hello)";', False),
            ("mw_ (a); foo_ (b);", False),
        ):
            with self.subTest(code=code):
                self.assertEqual(expected, potfiles.has_texts(pathlib.PurePosixPath("src/a.c"), code))


if __name__ == "__main__":
    unittest.main()
