# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text that a person reads can be translated, and is: no file is forgotten, and no text of a language."""

import pathlib
import re
import shutil
import tempfile
import unittest

import texts


class Translations(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        if shutil.which("msgmerge") is None or shutil.which("xgettext") is None:
            self.skipTest("gettext's tools are not installed")

    def test_potfiles_names_every_file_with_texts_in_order(self):
        self.assertEqual(texts.files_with_texts(), texts.listed_files(), "./dev po brings po/POTFILES.in up to date")

    def test_languages_are_sorted_and_have_a_file_each(self):
        names = texts.languages()
        for required in ("de", "zh_CN"):
            self.assertIn(required, names)
        self.assertEqual(sorted(set(names)), names)
        self.assertEqual({f"{name}.po" for name in names}, {path.name for path in texts.PO.glob("*.po")})

    def test_every_text_of_every_language_is_translated(self):
        with tempfile.TemporaryDirectory() as folder:
            pot = pathlib.Path(folder) / "mailwright.pot"
            texts.extract(pot)
            for language in texts.languages():
                with self.subTest(language=language):
                    merged = pathlib.Path(folder) / f"{language}.po"
                    po = texts.PO / f"{language}.po"
                    texts.run("msgmerge", "--quiet", "--no-fuzzy-matching", "--output-file", merged, po, pot)
                    show = ("--no-obsolete", "--no-location", "--no-wrap", merged)
                    missing = texts.run("msgattrib", "--untranslated", *show) + texts.run("msgattrib", "--only-fuzzy", *show)
                    names = [name for name in re.findall(r'^msgid (".*")$', missing, re.MULTILINE) if name != '""']
                    self.assertEqual([], names[:20], f"{len(names)} texts are not translated to {language}")

    def test_translations_keep_placeholders_and_syntax(self):
        for language in texts.languages():
            with self.subTest(language=language):
                texts.run("msgfmt", "--check", "--output-file=/dev/null", texts.PO / f"{language}.po")

    def test_translations_end_as_the_texts_do(self):
        ends = {"…": "…", ":": ":：", ".": ".。", "?": "?？", "\n": "\n", " ": " ：、"}
        for language in texts.languages():
            for text, translation in texts.translations(language):
                with self.subTest(language=language, text=text):
                    if text[-1] in ends:
                        self.assertIn(translation[-1], ends[text[-1]])
                    else:
                        self.assertNotIn(translation[-1], "….:?。：？\n ")

    def test_labels_have_a_letter_to_press_in_every_language(self):
        for language in texts.languages():
            for text, translation in texts.translations(language):
                with self.subTest(language=language, text=text):
                    # More than one stand in names, such as tls_trust_file.
                    if text.count("_") == 1:
                        self.assertEqual(1, translation.count("_"))

    def test_quotation_marks_are_those_of_the_language(self):
        wrong = {
            "de": r"[\"”]|^[^„]*“|„[^“]*(?:„|$)",
            "zh_CN": "[\"„]|[\u3400-\u9fff“”][,;:?!]|(?<![[])[,;:?!][\u3400-\u9fff“”]",
        }
        self.assertEqual(set(wrong), set(texts.languages()), "a new language needs its marks here")
        for language, pattern in wrong.items():
            for text, translation in texts.translations(language):
                # The words to search for, in a desktop file, have semicolons of their own.
                if not text.endswith(";"):
                    with self.subTest(language=language, text=text):
                        self.assertNotRegex(translation, pattern)

    def test_files_with_texts_are_told_from_those_without(self):
        for code, expected in (
            ('x = _("Hello");', True),
            ('x = _ ("Hello");', True),
            ('title = N_ ("Hello"),', True),
            ('ngettext ("one", "many", n)', True),
            ('/* _("Hello") */', False),
            ('x = "_(Hello)";', False),
            ("mw_ (a); foo_ (b);", False),
        ):
            with self.subTest(code=code):
                self.assertEqual(expected, texts.has_texts(pathlib.PurePosixPath("src/a.c"), code))


if __name__ == "__main__":
    unittest.main()
