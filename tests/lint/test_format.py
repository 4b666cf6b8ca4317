# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clang-format prints is the style; ./dev format applies it."""

import re
import shutil
import subprocess
import unittest

import house

VERSION = 19  # Debian 13's; others lay out a few things in another way


class Format(unittest.TestCase):
    def test_c_sources_are_as_clang_format_prints_them(self):
        program = shutil.which(f"clang-format-{VERSION}") or shutil.which("clang-format")
        if program is None:
            self.skipTest("clang-format is not installed")
        version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
        if not re.search(rf"version {VERSION}\.", version):
            self.skipTest(f"clang-format {VERSION} is needed, this is: {version.strip()}")
        sources = [str(p) for p in house.tracked_files() if p.suffix in (".c", ".h")]
        self.assertTrue(sources, "no sources found")
        result = subprocess.run(
            [program, "--dry-run", "--Werror", "--ferror-limit=2", *sources], cwd=house.TOP, capture_output=True, text=True
        )
        self.assertEqual(0, result.returncode, f"./dev format would change:\n{result.stderr}")


if __name__ == "__main__":
    unittest.main()
