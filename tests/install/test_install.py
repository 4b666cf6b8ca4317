# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file goes where it belongs, in any prefix and DESTDIR, and the manual pages are well formed."""

import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

APP = "io.github.mailwright.Mailwright"
SOURCE = pathlib.Path(os.environ["MW_SRCDIR"])
BUILD = pathlib.Path(os.environ["MW_BUILDDIR"])
LANGUAGES = ("de", "zh_CN")

#: Below the prefix; the catalogues' folder can be chosen.
FILES = {
    "bin/mailwright",
    "bin/mailwright-cli",
    f"share/applications/{APP}.desktop",
    f"share/metainfo/{APP}.metainfo.xml",
    f"share/dbus-1/services/{APP}.service",
    f"share/glib-2.0/schemas/{APP}.gschema.xml",
    f"share/icons/hicolor/scalable/apps/{APP}.svg",
    f"share/icons/hicolor/symbolic/apps/{APP}-symbolic.svg",
    "share/bash-completion/completions/mailwright-cli",
    "share/zsh/site-functions/_mailwright-cli",
    "share/fish/vendor_completions.d/mailwright-cli.fish",
    "share/man/man1/mailwright.1",
    "share/man/man1/mailwright-cli.1",
}
LICENSES = {"share/licenses/mailwright/COPYING", "share/licenses/mailwright/COPYING.providers"}


def run(*words, **options):
    result = subprocess.run(
        [str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600,
        check=False, **options,
    )  # fmt: skip
    if result.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))}: {result.returncode}\n{result.stdout[-4000:]}")
    return result.stdout


def destinations(build):
    return {pathlib.PurePosixPath(path) for path in json.loads(run("meson", "introspect", "--installed", build)).values()}


class Install(unittest.TestCase):
    def setUp(self):
        if shutil.which("meson") is None:
            self.skipTest("meson is not installed")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mw-install-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def test_into_a_destdir(self):
        """What is built is copied, and nothing else appears; it is the caller's business who may read it."""
        target = self.folder / "dest"
        env = {**os.environ, "DESTDIR": str(target)}
        run("meson", "install", "-C", BUILD, "--no-rebuild", env=env, umask=0o022)
        options = {entry["name"]: entry["value"] for entry in json.loads(run("meson", "introspect", "--buildoptions", BUILD))}
        prefix = pathlib.PurePosixPath(options["prefix"])
        locales = prefix / options["localedir"]
        expected = {prefix / path for path in FILES | LICENSES}
        expected |= {locales / language / "LC_MESSAGES/mailwright.mo" for language in LANGUAGES}
        found = {"/" / pathlib.PurePosixPath(path.relative_to(target)) for path in target.rglob("*") if not path.is_dir()}
        self.assertEqual(found, expected)
        for path in found:
            with self.subTest(path=str(path)):
                mode = stat.S_IMODE((target / path.relative_to("/")).stat().st_mode)
                self.assertEqual(mode, 0o755 if path.parent.name == "bin" else 0o644)
        service = (target / prefix.relative_to("/") / f"share/dbus-1/services/{APP}.service").read_text()
        self.assertIn(f"Exec={prefix}/bin/mailwright --gapplication-service\n", service)

    def test_any_prefix(self):
        build = self.folder / "build"
        prefix = pathlib.PurePosixPath("/opt/mail")
        run(
            "meson", "setup", build, SOURCE, f"--prefix={prefix}", "--bindir=programs", "--mandir=manual",
            "-Dtests=false", "-Dlicensedir=share/doc/licences",
        )  # fmt: skip
        expected = {
            path.replace("bin/mailwright", "programs/mailwright").replace("share/man/", "manual/") for path in FILES
        }
        expected |= {f"share/locale/{language}/LC_MESSAGES/mailwright.mo" for language in LANGUAGES}
        found = destinations(build)
        licences = {path for path in found if "licences" in path.parts}
        self.assertEqual({str(path.relative_to(prefix)) for path in found - licences}, expected)
        self.assertEqual({path.name for path in licences}, {"COPYING", "depmf.json"}, licences)
        service = (build / f"data/{APP}.service").read_text()
        self.assertIn(f"Exec={prefix}/programs/mailwright --gapplication-service\n", service)
        self.assertIn(f'#define LOCALEDIR "{prefix}/share/locale"', (build / "config.h").read_text())

    def test_nothing_that_is_installed_knows_the_tree_that_it_was_built_in(self):
        """But the program's own catalogues, which ./dev has it read from the build folder."""
        options = {entry["name"]: entry["value"] for entry in json.loads(run("meson", "introspect", "--buildoptions", BUILD))}
        for path in json.loads(run("meson", "introspect", "--installed", BUILD)):
            data = pathlib.Path(path).read_bytes() if pathlib.Path(path).is_file() else b""
            data = data.replace(options["localedir"].encode(), b"")
            if not path.endswith(("/mailwright", "/mailwright-cli")):  # these have debugging symbols
                self.assertNotIn(f"{SOURCE}/".encode(), data, path)


class Manual(unittest.TestCase):
    def test_pages_are_well_formed(self):
        if shutil.which("mandoc") is None:
            self.skipTest("mandoc is not installed")
        for page in ("mailwright.1", "mailwright-cli.1"):
            with self.subTest(page=page):
                self.assertEqual(run("mandoc", "-Tlint", "-Wwarning", SOURCE / "data/man" / page), "")

    def test_every_option_of_the_window_is_in_its_page(self):
        told = run(os.environ["MW_APP"], "--help-all", env={**os.environ, "GTK_A11Y": "none"})
        page = (SOURCE / "data/man/mailwright.1").read_text()
        options = set(re.findall(r"(?m)^\s+(?:-\w, )?--([a-z-]+)", told)) - {"help-all", "help-gapplication", "help-gtk", "display"}
        self.assertGreaterEqual(options, {"add", "ca-file", "new-account", "check-all", "version"})
        for option in options:
            self.assertIn(f"Fl -{option}", page, f"--{option}")


if __name__ == "__main__":
    sys.exit(unittest.main())
