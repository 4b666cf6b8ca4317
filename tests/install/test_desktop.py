# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu entry, the entry of software centres, the D-Bus service and the icons: valid, consistent, and complete."""

import datetime
import os
import pathlib
import re
import shutil
import struct
import subprocess
import unittest
import xml.etree.ElementTree as ET

APP = "io.github.mailwright.Mailwright"
SOURCE = pathlib.Path(os.environ["MW_SRCDIR"])
DATA = pathlib.Path(os.environ["MW_BUILDDIR"]) / "data"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LANGUAGES = {"de", "zh_CN"}
#: What the validator may say: the name has capitals, as those of most programs of GNOME have.
ALLOWED = {"cid-contains-uppercase-letter"}


def language_of(node):
    """Of an element; gettext 0.22 and newer write the language as BCP 47 has it."""
    return {"zh-Hans-CN": "zh_CN", "zh-CN": "zh_CN"}.get(node.get(LANG), node.get(LANG))


def run(*words):
    if shutil.which(words[0]) is None:
        raise unittest.SkipTest(f"{words[0]} is not installed")
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120, check=False)


def keys_of(path):
    """{(group, key): value} of a desktop file or a service file."""
    found, group = {}, ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            group = line.strip("[]")
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[group, key] = value
    return found


class DesktopFile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = DATA / f"{APP}.desktop"
        cls.keys = keys_of(cls.path)

    def get(self, key):
        return self.keys.get(("Desktop Entry", key))

    def test_validator_has_nothing_to_say(self):
        result = run("desktop-file-validate", self.path)
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))

    def test_what_stores_and_desktops_ask_for(self):
        self.assertEqual(self.get("Icon"), APP)
        self.assertEqual(self.get("Exec"), "mailwright %U")
        self.assertEqual(self.get("Categories"), "Network;Email;")
        self.assertEqual(self.get("DBusActivatable"), "true")
        self.assertEqual(set(self.get("MimeType").strip(";").split(";")), {"application/xml", "text/xml"})
        for key in ("Version", "NoDisplay", "Hidden", "OnlyShowIn"):
            self.assertIsNone(self.get(key), key)

    def test_texts_are_there_in_every_language(self):
        for group, key in (
            ("Desktop Entry", "GenericName"), ("Desktop Entry", "Comment"), ("Desktop Entry", "Keywords"),
            ("Desktop Action new-account", "Name"), ("Desktop Action check-all", "Name"),
        ):  # fmt: skip
            with self.subTest(group=group, key=key):
                english = self.keys[group, key]
                for language in LANGUAGES:
                    self.assertNotIn(self.keys.get((group, f"{key}[{language}]"), english), (english, ""))

    def test_each_action_has_its_group(self):
        named = {f"Desktop Action {name}" for name in self.get("Actions").strip(";").split(";")}
        self.assertEqual(named, {group for group, key in self.keys if group.startswith("Desktop Action")})

    def test_service_starts_this_program(self):
        keys = keys_of(DATA / f"{APP}.service")
        self.assertEqual(keys["D-BUS Service", "Name"], APP)
        self.assertRegex(keys["D-BUS Service", "Exec"], r"^/.*/mailwright --gapplication-service$")


class Metainfo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = DATA / f"{APP}.metainfo.xml"
        cls.root = ET.parse(cls.path).getroot()

    def test_validator_has_nothing_to_say_but_what_is_known(self):
        result = run("appstreamcli", "validate", "--pedantic", "--no-net", "--no-color", self.path)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        said = set(re.findall(r"(?m)^[EWIP]: \S+ (\S+)", result.stdout))
        self.assertEqual(said - ALLOWED, set(), result.stdout)

    def test_names_belong_together(self):
        self.assertEqual(self.root.findtext("id"), APP)
        launchable = self.root.find("launchable")
        self.assertEqual((launchable.get("type"), launchable.text), ("desktop-id", f"{APP}.desktop"))
        self.assertEqual(self.root.findtext("name"), keys_of(DATA / f"{APP}.desktop")["Desktop Entry", "Name"])
        self.assertEqual(self.root.findtext("project_license"), "GPL-3.0-or-later")
        self.assertEqual(self.root.find("content_rating").get("type"), "oars-1.1")
        self.assertEqual(self.root.find("developer").get("id"), "io.github.mailwright")

    def test_summary_fits_in_every_language(self):
        found = {language_of(node): node.text for node in self.root.findall("summary")}
        self.assertEqual(set(found), {None} | LANGUAGES)
        for language, text in found.items():
            with self.subTest(language=language):
                self.assertLessEqual(len(text), 35)
                self.assertNotRegex(text, r"[.。]$|Mailwright|GTK|GNOME")

    def test_every_text_is_there_in_every_language(self):
        missing = []
        for parent in self.root.iter():
            texts = [node for node in parent if node.tag in ("p", "li", "caption", "summary")]
            for language in LANGUAGES:
                n_english = sum(language_of(node) is None for node in texts)
                n_translated = sum(language_of(node) == language for node in texts)
                if n_english != n_translated:
                    missing.append(f"<{parent.tag}>: {n_translated} of {n_english} texts in {language}")
        self.assertEqual(missing, [])

    def test_latest_release_is_this_version(self):
        version = re.search(r"\bversion: '([^']+)'", (SOURCE / "meson.build").read_text())[1]
        releases = self.root.findall("releases/release")
        self.assertEqual(releases[0].get("version"), version)
        dates = [datetime.date.fromisoformat(node.get("date")) for node in releases]
        self.assertEqual(dates, sorted(dates, reverse=True))
        for node in releases:
            self.assertTrue(node.findtext("description/p"), node.get("version"))

    def test_screenshots_are_in_the_tree_and_of_this_version(self):
        version = self.root.find("releases/release").get("version")
        shots = self.root.findall("screenshots/screenshot")
        self.assertGreaterEqual(len(shots), 3)
        self.assertEqual([shot.get("type") for shot in shots], ["default"] + [None] * (len(shots) - 1))
        for shot in shots:
            self.assertEqual({language_of(node) for node in shot.findall("caption")}, {None} | LANGUAGES)
            images = shot.findall("image")
            self.assertEqual({language_of(node) for node in images}, {None, "zh_CN"})
            for image in images:
                with self.subTest(image=image.text):
                    self.assertIn(f"/v{version}/data/screenshots/", image.text, "a tag, which stays what it is")
                    path = SOURCE / "data/screenshots" / image.text.rpartition("/")[2]
                    head = path.read_bytes()[:24]
                    self.assertEqual(head[:8], b"\x89PNG\r\n\x1a\n")
                    size = struct.unpack(">II", head[16:24])
                    self.assertEqual(size, (int(image.get("width")), int(image.get("height"))))
                    self.assertLessEqual(size, (1000, 700))

    def test_addresses_are_those_of_the_project(self):
        project = re.search(r"^project_url = '([^']+)'", (SOURCE / "meson.build").read_text(), re.MULTILINE)[1]
        urls = {node.get("type"): node.text for node in self.root.findall("url")}
        self.assertLessEqual({"homepage", "bugtracker", "vcs-browser", "translate", "contribute", "help"}, set(urls))
        for kind, url in urls.items():
            self.assertTrue(url.startswith(project), f"{kind}: {url}")
        self.assertEqual([], re.findall("@[A-Z_]+@", self.path.read_text(encoding="utf-8")))
        # Nobody else in the tree writes it down
        found = [
            str(path.relative_to(SOURCE))
            for folder in ("src", "data")
            for path in (SOURCE / folder).rglob("*")
            if path.is_file() and path.suffix not in (".png",) and project.encode() in path.read_bytes()
        ]
        self.assertEqual(found, [])

    def test_colours_are_two_and_colourful(self):
        colours = {node.get("scheme_preference"): node.text for node in self.root.findall("branding/color")}
        self.assertEqual(set(colours), {"light", "dark"})

        def parts(colour):
            return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]

        light, dark = parts(colours["light"]), parts(colours["dark"])
        self.assertGreater(sum(light), sum(dark))
        for colour in (light, dark):
            self.assertGreaterEqual(max(colour) - min(colour), 40)


class Icons(unittest.TestCase):
    FOLDER = SOURCE / "data/icons/hicolor"

    def picture(self, path, size):
        try:
            import gi

            gi.require_version("GdkPixbuf", "2.0")
            from gi.repository import GdkPixbuf, GLib
        except (ImportError, ValueError):
            raise unittest.SkipTest("GdkPixbuf for Python is not installed") from None
        try:
            return GdkPixbuf.Pixbuf.new_from_file_at_size(str(path), size, size)
        except GLib.Error as error:
            self.fail(f"{path}: {error.message}")

    @staticmethod
    def inked(picture):
        """(left, top, right, bottom) of what is not transparent, as parts of the width."""
        pixels, stride, size = picture.get_pixels(), picture.get_rowstride(), picture.get_width()
        dots = [(x, y) for y in range(size) for x in range(size) if pixels[y * stride + x * 4 + 3] > 24]
        xs, ys = [x for x, _ in dots], [y for _, y in dots]
        return min(xs) / size, min(ys) / size, (max(xs) + 1) / size, (max(ys) + 1) / size

    def test_colour_icon(self):
        path = self.FOLDER / f"scalable/apps/{APP}.svg"
        root = ET.parse(path).getroot()
        self.assertEqual((root.get("width"), root.get("height"), root.get("viewBox")), ("128", "128", "0 0 128 128"))
        text = path.read_text(encoding="utf-8")
        self.assertNotRegex(text, "<(image|text|filter|script|style)|href=", "drawn, without blur, fonts or links")
        for size in (16, 24, 32, 48, 64, 128, 256, 512):
            with self.subTest(size=size):
                picture = self.picture(path, size)
                self.assertEqual((picture.get_width(), picture.get_height()), (size, size))
                left, top, right, bottom = self.inked(picture)
                # GNOME's shapes leave a margin, and nothing hangs out of it
                self.assertGreaterEqual(min(left, top, 1 - right, 1 - bottom), 0.05 if size > 32 else 0)
                self.assertGreater(right - left, 0.75)

    def test_symbolic_icon_is_one_shape_that_fills_its_16_pixels(self):
        path = self.FOLDER / f"symbolic/apps/{APP}-symbolic.svg"
        root = ET.parse(path).getroot()
        self.assertEqual((root.get("width"), root.get("height")), ("16", "16"))
        colours = set(re.findall(r"#[0-9a-fA-F]{3,6}\b", path.read_text(encoding="utf-8")))
        self.assertEqual(colours, {"#2e3436"}, "the toolkit puts its own colour in the place of this one")
        left, top, right, bottom = self.inked(self.picture(path, 16))
        self.assertGreaterEqual(min(right - left, bottom - top), 14 / 16)


if __name__ == "__main__":
    unittest.main()
