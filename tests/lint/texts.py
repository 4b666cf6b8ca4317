# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the texts to translate. "texts.py --update" brings po/POTFILES.in and every language up to date with them."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import house

PO = house.TOP / "po"
LIST = PO / "POTFILES.in"
XGETTEXT = """
    --package-name=mailwright --from-code=UTF-8 --add-comments=Translators --add-location=file
    --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2
    --keyword=g_dcgettext:2 --keyword=g_dngettext:2,3 --keyword=g_dpgettext2:2c,3
    --flag=_:1:pass-c-format --flag=N_:1:pass-c-format --flag=C_:2:pass-c-format --flag=NC_:2:pass-c-format
    --flag=g_dngettext:2:pass-c-format --flag=g_strdup_printf:1:c-format --flag=g_print:1:c-format
    --flag=g_printerr:1:c-format --flag=g_string_printf:2:c-format --flag=g_string_append_printf:2:c-format
""".split()

_C = re.compile(r"\b(?:_|N_|C_|NC_|gettext|ngettext|g_dc?n?gettext|g_dpgettext2?)\s*\(\s*[^)\s]")
_UI = re.compile(r'\btranslatable="(?:yes|true)"')
_STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
_MERGED = (".desktop.in", ".desktop.in.in", ".metainfo.xml.in", ".metainfo.xml.in.in", ".gschema.xml")


class ToolFailed(Exception):
    """A program of gettext did not do its work; the text is what it said."""


def run(*command):
    result = subprocess.run(
        [str(word) for word in command],
        cwd=house.TOP,
        capture_output=True,
        text=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )
    if result.returncode != 0:
        raise ToolFailed(f"{command[0]}: {result.stderr.strip()}")
    return result.stdout


def has_texts(path, text):
    if path.suffix in (".c", ".h"):
        return _C.search(_STRING.sub('"x"', house.without_comments(text))) is not None
    if path.suffix == ".ui":
        return _UI.search(text) is not None
    return path.name.endswith(_MERGED)


def files_with_texts():
    candidates = (path for path in house.tracked_files() if path.parts[0] in ("src", "data"))
    suffixes = (".c", ".h", ".ui", ".in", ".xml")
    return [str(path) for path in candidates if path.suffix in suffixes and has_texts(path, house.read(path))]


def listed_files():
    return LIST.read_text(encoding="utf-8").split()


def languages():
    lines = (PO / "LINGUAS").read_text(encoding="utf-8").splitlines()
    return [language for line in lines if not line.startswith("#") for language in line.split()]


def translations(language):
    """Every text and its translation (of plurals: the last form), as pairs."""
    catalogue = run("msgattrib", "--translated", "--no-obsolete", "--no-wrap", PO / f"{language}.po")
    pairs = []
    for entry in catalogue.split("\n\n"):
        values = {}
        for line in entry.split("\n"):
            if line.startswith("msg"):
                keyword, _, line = line.partition(" ")
                values[keyword] = ""
            if line.startswith('"'):
                values[keyword] += json.loads(line)
        text = values.pop("msgid_plural", None) or values.get("msgid")
        if text:
            pairs.append((text, list(values.values())[-1]))
    return pairs


def extract(pot):
    run("xgettext", *XGETTEXT, "--files-from", LIST, "--output", pot)


def update():
    LIST.write_text("".join(f"{name}\n" for name in files_with_texts()), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        pot = pathlib.Path(folder) / "mailwright.pot"
        extract(pot)
        for language in languages():
            po = PO / f"{language}.po"
            if po.exists():
                run("msgmerge", "--quiet", "--update", "--backup=none", "--previous", "--add-location=file", po, pot)
            else:
                run("msginit", "--no-translator", "--locale", f"{language}.UTF-8", "--input", pot, "--output-file", po)
            counts = subprocess.run(["msgfmt", "--statistics", "--output-file=/dev/null", po], capture_output=True, text=True)
            print(f"{language}: {counts.stderr.strip()}")


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: texts.py --update")
    try:
        update()
    except ToolFailed as error:
        sys.exit(str(error))
