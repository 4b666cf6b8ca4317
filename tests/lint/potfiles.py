# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the files that have texts to translate. "potfiles.py --write" writes their names to po/POTFILES.in."""

import re
import sys

import house

LIST = house.TOP / "po" / "POTFILES.in"
# The arguments that xgettext gets from meson's preset for GLib programs; what they find is what is translated.
XGETTEXT = """--from-code=UTF-8 --add-comments --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2
--keyword=g_dcgettext:2 --keyword=g_dngettext:2,3 --keyword=g_dpgettext2:2c,3 --flag=N_:1:pass-c-format
--flag=C_:2:pass-c-format --flag=NC_:2:pass-c-format --flag=g_dngettext:2:pass-c-format
--flag=g_strdup_printf:1:c-format --flag=g_string_printf:2:c-format --flag=g_string_append_printf:2:c-format
--flag=g_error_new:3:c-format --flag=g_set_error:4:c-format""".split()

_C = re.compile(r'\b(?:_|N_|C_|NC_|Q_|gettext|ngettext|g_dc?n?gettext|g_dpgettext2?)\s*\(\s*[^)\s]')
_UI = re.compile(r'\btranslatable="(?:yes|true)"')
_STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')


def has_texts(path, text):
    if path.suffix in (".c", ".h"):
        return _C.search(_STRING.sub('"x"', house.without_comments(text))) is not None
    if path.suffix in (".ui", ".blp"):
        return _UI.search(text) is not None
    return path.name.endswith((".desktop.in", ".desktop.in.in", ".metainfo.xml.in", ".metainfo.xml.in.in", ".gschema.xml"))


def expected():
    candidates = (path for path in house.tracked_files() if path.parts[0] in ("src", "data"))
    suffixes = (".c", ".h", ".ui", ".blp", ".in", ".xml")
    return [str(path) for path in candidates if path.suffix in suffixes and has_texts(path, house.read(path))]


def listed():
    lines = (line.strip() for line in LIST.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: potfiles.py --write")
    LIST.write_text("".join(f"{name}\n" for name in expected()), encoding="utf-8")
