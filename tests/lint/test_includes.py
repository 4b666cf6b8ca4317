# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which folder may use which: an edge is one line, #include "net/mw-tls.h", so the lines can be held to the design."""

import re
import unittest

import house

# A folder of src/ -> the other folders of src/ that it may use. The core is everything but cli and app.
MAY_USE = {
    "model": set(),
    "net": {"model"},
    "providers": {"model"},
    "advice": {"model", "net", "providers"},
    "discovery": {"model", "net", "providers"},
    "secrets": {"model"},
    "check": {"model", "net", "providers"},
    "export": {"model", "secrets"},
    # It prints what all the others answer.
    "report": {"model", "net", "providers", "advice", "discovery", "check"},
}
CORE = set(MAY_USE)
MAY_USE["cli"] = CORE
MAY_USE["app"] = CORE

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
# What model may have from outside: C, POSIX and GLib with GObject and GIO.
MODEL_SYSTEM = re.compile(r"(glib|gio)/[\w-]+\.h|glib-(object|unix)\.h|(sys/)?[a-z0-9]+\.h")
TOOLKIT = re.compile(r"(gtk|gdk|gsk|adwaita|libadwaita|graphene|pango|cairo)\b")


def problems_of(folder, code, own_headers):
    """The include lines of CODE in src/FOLDER that the design does not have."""
    for match in INCLUDE.finditer(house.without_comments(code)):
        own, system = match[1], match[2]
        if own is not None:
            parts = own.split("/")
            if own == "config.h":
                continue
            if len(parts) == 1:
                yield f'"{own}" does not say its folder'
            elif parts[0] not in MAY_USE:
                yield f'"{own}" is in no folder of src/ that the design knows'
            elif parts[0] != folder and parts[0] not in MAY_USE[folder]:
                yield f'"{own}": {folder} may not use {parts[0]}'
            elif parts[0] == folder and own_headers is not None and own not in own_headers:
                yield f'"{own}" does not exist'
        elif folder != "app" and TOOLKIT.match(system):
            yield f"<{system}>: only the window may use a toolkit"
        elif folder == "model" and not MODEL_SYSTEM.fullmatch(system):
            yield f"<{system}>: model uses nothing but GLib"


class Includes(unittest.TestCase):
    def test_every_include_follows_the_design(self):
        sources = [p for p in house.tracked_files() if p.parts[0] == "src" and p.suffix in (".c", ".h")]
        self.assertTrue(sources, "no sources found")
        problems = []
        for path in sources:
            self.assertIn(path.parts[1], MAY_USE, f"{path} is in a folder that the design does not have")
            problems += (f"{path}: {problem}" for problem in problems_of(path.parts[1], house.read(path), None))
        self.assertEqual([], problems)

    def test_headers_are_guarded_by_pragma_once(self):
        headers = [p for p in house.tracked_files() if p.suffix == ".h"]
        without = [str(p) for p in headers if "\n#pragma once\n" not in house.read(p)]
        self.assertEqual([], without)

    def test_config_h_comes_first(self):
        late = []
        for path in house.tracked_files():
            if path.parts[0] == "src" and path.suffix == ".c":
                first = INCLUDE.search(house.without_comments(house.read(path)))
                if first is not None and first[1] != "config.h":
                    late.append(f"{path}: {first[0].strip()}")
        self.assertEqual([], late)

    def test_wrong_includes_are_found(self):
        for folder, line in (
            ("model", '#include "net/mw-tls.h"'),
            ("model", "#include <gnutls/gnutls.h>"),
            ("net", '#include "check/mw-check.h"'),
            ("check", "# include <gtk/gtk.h>"),
            ("cli", '#include "app/mw-window.h"'),
            ("app", '#include "cli/mw-command.h"'),
            ("net", '#include "mw-tls.h"'),
            ("net", '#include "../model/mw-server.h"'),
        ):
            with self.subTest(folder=folder, line=line):
                self.assertEqual(1, len(list(problems_of(folder, line + "\n", None))))

    def test_right_includes_are_left_alone(self):
        for folder, line in (
            ("model", '#include "config.h"\n#include "model/mw-server.h"\n#include <glib/gi18n-lib.h>\n#include <sys/stat.h>'),
            ("net", '#include "model/mw-server.h"\n#include <gnutls/gnutls.h>'),
            ("cli", '#include "export/mw-plan.h"'),
            ("app", '#include "model/mw-server.h"\n#include <adwaita.h>'),
            ("model", '/* #include "net/mw-tls.h" */'),
        ):
            with self.subTest(folder=folder, line=line):
                self.assertEqual([], list(problems_of(folder, line + "\n", None)))


if __name__ == "__main__":
    unittest.main()
