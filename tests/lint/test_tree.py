# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies where, under which licence, and that no file knows the machine that it was written on."""

import re
import unittest

import house

TOP_LEVEL = {"src", "data", "po", "tests", "flatpak", "meson.build", "meson.options", "README.md", "COPYING", "dev"}
PROGRAMS = {"dev", "meson.build", "meson.options"}
SOURCES = {".c", ".h", ".py", ".sh", ".build", ".ui", ".css", ".ini", ".1", ".bash", ".zsh", ".fish"}
# Documents of others' formats that tests read: they are data, and their first lines are not ours to choose.
DATA = ("tests/data/",)
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(work|farm)/")


def needs_licence(path):
    name = str(path)
    if name.startswith(DATA) or "/data/" in name and name.startswith("tests/"):
        return False
    return path.suffix in SOURCES or path.name in PROGRAMS or name == ".ci/run"


class Tree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = house.tracked_files()

    def test_top_level_entries_are_the_agreed_ones(self):
        entries = {path.parts[0] for path in self.files}
        self.assertEqual(set(), {entry for entry in entries - TOP_LEVEL if not entry.startswith(".")})

    def test_every_source_names_holder_and_licence(self):
        without = []
        for path in filter(needs_licence, self.files):
            head = "\n".join(house.read(path).splitlines()[:6])
            if not re.search(r"SPDX-FileCopyrightText: \d{4} ", head) or "SPDX-License-Identifier: " not in head:
                without.append(str(path))
        self.assertEqual([], without)

    def test_licences_are_the_two_of_the_project(self):
        other = []
        for path in filter(needs_licence, self.files):
            wanted = "MPL-2.0" if path.parts[:2] == ("data", "providers") and path.suffix == ".ini" else "GPL-3.0-or-later"
            head = "\n".join(house.read(path).splitlines()[:6])
            for licence in re.findall(r"SPDX-License-Identifier: (\S+)", head):
                if licence != wanted:
                    other.append(f"{path}: {licence}, not {wanted}")
        self.assertEqual([], other)

    def test_copying_is_the_whole_gpl_3(self):
        text = house.read("COPYING")
        self.assertIn("GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007", text)
        self.assertIn("END OF TERMS AND CONDITIONS", text)

    def test_no_file_knows_a_path_of_one_machine(self):
        own = f"{house.TOP}/"
        found = []
        for path in self.files:
            try:
                text = house.read(path)
            except UnicodeDecodeError:
                continue
            for number, line in enumerate(text.splitlines(), 1):
                if MACHINE_PATH.search(line) or (house.TOP.parts[1:2] != ("usr",) and own in line):
                    found.append(f"{path}:{number}: {line.strip()[:120]}")
        self.assertEqual([], found)

    def test_nothing_is_left_for_later(self):
        word = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
        found = []
        for path in self.files:
            if path.parts[0] in ("src", "tests", "data") and path.suffix in SOURCES or path.name in PROGRAMS:
                if str(path).startswith(DATA):
                    continue
                for number, line in enumerate(house.read(path).splitlines(), 1):
                    if word.search(line):
                        found.append(f"{path}:{number}: {line.strip()[:120]}")
        self.assertEqual([], found)


if __name__ == "__main__":
    unittest.main()
