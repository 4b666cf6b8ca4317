# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifest, and what is built from it, are what a store asks for."""

import copy
import os
import re
import subprocess
import sys
import unittest

import rules
import sandbox
from lab import proc


class Manifest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        proc.need_program("flatpak-builder")
        cls.manifest = sandbox.build.manifest()
        cls.name = sandbox.build.MANIFEST.name

    def test_nothing_is_found(self):
        self.assertEqual([], rules.manifest_findings(self.manifest, self.name))

    def test_what_is_wrong_is_found(self):
        for finding, change in {
            "appid-filename-mismatch": {"id": "io.github.mailwright.Other"},
            "toplevel-no-command": {"command": ""},
            "toplevel-command-is-path": {"command": "/app/bin/mailwright"},
            "toplevel-unnecessary-branch": {"branch": "stable"},
            "manifest-unknown-properties": {"colour": "blue"},
            "finish-args-not-defined": {"finish-args": []},
        }.items():
            with self.subTest(finding):
                self.assertIn(finding, rules.manifest_findings({**self.manifest, **change}, self.name))
        for finding, argument in {
            "finish-args-contains-both-x11-and-wayland": "--socket=x11",
            "finish-args-arbitrary-dbus-access": "--socket=session-bus",
            "finish-args-filesystem-home-or-host": "--filesystem=home:ro",
            "finish-args-filesystem-xdg": "--filesystem=xdg-config/msmtp",
            "finish-args-filesystem-wide": "--filesystem=~/.config",
            "finish-args-filesystem-other-flatpaks": "--filesystem=~/.var/app/org.mozilla.Thunderbird",
            "finish-args-portal-talk-name": "--talk-name=org.freedesktop.portal.Desktop",
            "finish-args-incorrect-secret-service-talk-name": "--talk-name=org.freedesktop.Secrets",
            "finish-args-unnecessary-appid-own-name": f"--own-name={sandbox.APP}",
            "finish-args-device": "--device=all",
        }.items():
            with self.subTest(finding):
                changed = {**self.manifest, "finish-args": [*self.manifest["finish-args"], argument]}
                self.assertEqual([finding], rules.manifest_findings(changed, self.name))
        for finding, change in {
            "source-no-checksum": {"sha256": None},
            "source-sha1-deprecated": {"sha1": "0"},
            "source-insecure-url": {"url": "http://example.org/x.tar.gz"},
        }.items():
            with self.subTest(finding):
                changed = copy.deepcopy(self.manifest)
                source = changed["modules"][0]["sources"][0]
                source.update(change)
                for key in [key for key, value in source.items() if value is None]:
                    del source[key]
                found = rules.manifest_findings(changed, self.name)
                self.assertEqual([f"module-{changed['modules'][0]['name']}-{finding}"], found)

    def test_every_permission_has_its_reason(self):
        """A comment stands above it, or above the neighbours that share it."""
        lines = sandbox.build.MANIFEST.read_text().split("finish-args:\n")[1].split("\n\n")[0].splitlines()
        self.assertTrue(lines[0].strip().startswith("#"))
        readme = (sandbox.TOP / "README.md").read_text()
        for argument in self.manifest["finish-args"]:
            with self.subTest(argument):
                self.assertIn(f"  - {argument}", lines)
                self.assertIn(argument, readme)

    def test_every_module_but_our_own_is_pinned(self):
        for module in self.manifest["modules"][:-1]:
            for source in module["sources"]:
                self.assertRegex(source["sha256"], r"^[0-9a-f]{64}$")


class Build(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.builder = sandbox.built()

    def test_nothing_is_found(self):
        self.assertEqual([], rules.build_findings(self.builder.files, sandbox.APP))

    def test_metadata_has_the_permissions_and_no_more(self):
        text = (self.builder.files / "metadata").read_text()
        self.assertIn("command=mailwright\n", text)
        context = dict(re.findall(r"(?m)^(shared|sockets|devices|filesystems)=(.*)$", text))
        self.assertEqual(
            {key: set(filter(None, value.split(";"))) for key, value in context.items()},
            {
                "shared": {"network", "ipc"},
                "sockets": {"x11", "wayland", "fallback-x11"},
                "devices": {"dri"},
                "filesystems": {"~/.thunderbird", "~/.config/msmtp:create"},
            },
        )

    def test_validators_have_nothing_to_say(self):
        share = self.builder.files / "files/share"
        for words in (
            ["appstreamcli", "validate", "--no-net", "--strict", share / f"metainfo/{sandbox.APP}.metainfo.xml"],
            ["desktop-file-validate", share / f"applications/{sandbox.APP}.desktop"],
        ):
            with self.subTest(words[0]):
                done = subprocess.run([proc.need_program(words[0]), *words[1:]], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_only_what_runs_is_in_it(self):
        files = self.builder.files / "files"
        self.assertEqual({path.name for path in (files / "bin").iterdir()}, {"mailwright", "mailwright-cli"})
        for pattern in ("include", "lib/pkgconfig", "**/*.a", "**/*.la", "**/libndp*"):
            self.assertEqual([], list(files.glob(pattern)), pattern)

    def test_what_is_built_against_the_stand_in_is_not_handed_out(self):
        if self.builder.kind != "stand-in":
            self.skipTest("built against the real runtime")
        script = sandbox.TOP / "flatpak/build.py"
        done = subprocess.run(
            [sys.executable, script, "bundle", "--url", "https://example.org/repo", sandbox.TOP / "build/flatpak/never"],
            env={**os.environ, "MAILWRIGHT_FLATPAK": "stand-in"}, capture_output=True, text=True,
        )  # fmt: skip
        self.assertEqual(done.returncode, 3)
        self.assertIn("--stand-in", done.stderr)
        self.assertFalse((sandbox.TOP / "build/flatpak/never").exists())


if __name__ == "__main__":
    unittest.main()
