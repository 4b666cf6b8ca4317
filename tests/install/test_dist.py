# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release tarball builds without its history, and its tests pass: the core, and those tests that are quickest."""

import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["MW_SRCDIR"])
BUILD = pathlib.Path(os.environ["MW_BUILDDIR"])
#: One of each layer, and those that look at the tree itself
TESTS = ("model/server", "net/domain", "providers/db", "discovery/autoconfig", "export/plan", "report/report", "lint/tree", "lint/includes")


def run(*words, **options):
    result = subprocess.run(
        [str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1500,
        check=False, **options,
    )  # fmt: skip
    if result.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))}: {result.returncode}\n{result.stdout[-4000:]}")
    return result.stdout


class Dist(unittest.TestCase):
    def test_tarball_builds_and_passes_its_tests(self):
        if shutil.which("meson") is None or shutil.which("git") is None:
            self.skipTest("meson or git is not installed")
        if not (SOURCE / ".git").exists():
            self.skipTest("this is a tarball already")
        # The checkout may be another user's: git would refuse to look
        env = {**os.environ, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
        for name in ("MW_SRCDIR", "MW_BUILDDIR", "MW_CLI", "MW_APP", "DESTDIR"):
            env.pop(name, None)
        version = re.search(r"\bversion: '([^']+)'", (SOURCE / "meson.build").read_text())[1]
        with tempfile.TemporaryDirectory(prefix="mw-dist-") as folder:
            folder = pathlib.Path(folder)
            made = BUILD / f"meson-dist/mailwright-{version}.tar.xz"
            # A tree with changes that are not committed yet gives the tarball of its last commit
            run("meson", "dist", "-C", BUILD, "--no-tests", "--allow-dirty", "--formats=xztar", env=env)
            with tarfile.open(made) as archive:
                archive.extractall(folder, filter="data")
            for path in (made, made.with_name(f"{made.name}.sha256sum")):
                path.unlink()
            top = folder / f"mailwright-{version}"
            self.assertFalse((top / ".git").exists())
            self.assertTrue(os.access(top / "dev", os.X_OK))

            build = folder / "build"
            run("meson", "setup", build, top, "-Doptimization=0", "-Ddebug=false", env=env)
            names = {f"tests/test-{name.replace('/', '-')}" for name in TESTS if not name.startswith("lint/")}
            run("ninja", "-C", build, "src/cli/mailwright-cli", *sorted(names), env=env)
            run("meson", "test", "-C", build, "--no-rebuild", "--timeout-multiplier=5", *TESTS, env=env)
            self.assertIn(version, run(build / "src/cli/mailwright-cli", "--version", env=env))


if __name__ == "__main__":
    unittest.main()
