#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes pictures of every page of the window: shot.py [--lang LANG]... [--page NAME]... [--store] [FOLDER]

Pages x light and dark x 1000 and 360 pixels x English and Chinese (and German with --lang de), as PAGE-LANG-STYLE-WIDTH.png
in FOLDER (build/shots), and a sheet with all of one kind. --store makes those that software centres show, as they are in
data/screenshots (with round corners and a shadow, which a screen without a compositor lacks). The servers, the accounts and the keyring are real, and in a
network of their own that is gone at the end; that needs root.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "app")]
sys.dont_write_bytecode = True

from lab import proc  # noqa: E402: found through the lines above
import stage  # noqa: E402
import tour  # noqa: E402

SIZES = {1000: (1000, 720), 360: (360, 720)}
#: What else a window can look like; off by default
SHAPES = {
    "contrast": "with high contrast",
    "large": "with large text",
    "mirrored": "from right to left (in English)",
}

#: What software centres show: name of the file, name of the page
STORE = {"check": "check-good", "add": "add-known", "trouble": "check-failed", "export": "export-preview"}
STORE_WINDOW, STORE_PLACE, STORE_SIZE = (920, 620), (40, 34), (1000, 700)


def size_of(path):
    words = subprocess.run(["identify", "-format", "%w x %h", path], capture_output=True, text=True, check=True)
    return words.stdout


def make_sheet(paths, target, width):
    columns = 3 if width == 1000 else 8
    subprocess.run(
        ["montage", *paths, "-tile", f"{columns}x", "-geometry", f"{500 if width == 1000 else 240}x+8+8", "-label", "%t", target],
        check=True,
    )  # fmt: skip


def frame(path):
    """Gives a picture of a window the corners and the shadow that a desktop gives it."""
    (width, height), (left, top) = STORE_WINDOW, STORE_PLACE
    shape = "roundrectangle {},{} {},{} 14,14"
    subprocess.run(
        [
            "convert",
            "(", "-size", "x".join(map(str, STORE_SIZE)), "xc:none",
            "-fill", "#000000", "-draw", shape.format(left, top + 8, left + width - 1, top + height + 7),
            "-channel", "A", "-blur", "0x12", "-evaluate", "multiply", "0.35", "+channel", ")",
            "(", path, "-alpha", "set",
            "(", "-size", f"{width}x{height}", "xc:none", "-fill", "white",
            "-draw", shape.format(0, 0, width - 1, height - 1), ")", "-compose", "DstIn", "-composite", ")",
            "-geometry", f"+{left}+{top}", "-compose", "over", "-composite", "-strip", f"PNG32:{path}",
        ],
        check=True,
    )  # fmt: skip


def make_store(world, folder, langs):
    for lang in langs:
        visit = tour.Tour(world, lang=lang, size=STORE_WINDOW, dark=False, names=list(STORE.values()))
        for page in visit.pages():
            for name, shown in STORE.items():
                if page.name == shown:
                    path = folder / (f"{name}.png" if lang == "en" else f"{name}-{lang}.png")
                    page.window.screenshot(path)
                    frame(path)
                    print(f"{path}  {size_of(path)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lang", action="append", choices=("en", "de", "zh_CN"), help="en and zh_CN by default")
    parser.add_argument("--page", action="append", help="only pages whose name begins so")
    parser.add_argument("--width", action="append", type=int, choices=sorted(SIZES), help="both by default")
    parser.add_argument("--style", action="append", choices=("light", "dark"), help="both by default")
    parser.add_argument("--store", action="store_true", help="only those that software centres show")
    for name, words in SHAPES.items():
        parser.add_argument(f"--{name}", action="store_true", help=words)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=TESTS.parent / "build/shots")
    options = parser.parse_args()
    proc.become_reaper()
    folder = options.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    shapes = {name: getattr(options, name) for name in SHAPES}
    shape = "".join(f"-{name}" for name in SHAPES if shapes[name])
    status = 0
    area = proc.Area(prefix="mw-shot-")
    try:
        world = stage.Stage(area, checked=False)
        if options.store:
            make_store(world, folder, options.lang or ("en", "zh_CN"))
        for lang in () if options.store else options.lang or ("en", "zh_CN"):
            for style in options.style or ("light", "dark"):
                for width in options.width or SIZES:
                    visit = tour.Tour(
                        world, lang=lang, size=SIZES[width], dark=style == "dark", names=options.page, **shapes
                    )
                    paths = []
                    for page in visit.pages():
                        path = folder / f"{page.name}-{lang}-{style}-{width}{shape}.png"
                        page.window.screenshot(path)
                        paths.append(path)
                        print(f"{path}  {size_of(path)}", flush=True)
                    if paths:
                        sheet = folder / f"sheet-{lang}-{style}-{width}{shape}.png"
                        make_sheet(paths, sheet, width)
                        print(f"{sheet}  {size_of(sheet)}", flush=True)
    except unittest.SkipTest as error:
        print(f"No pictures can be made here: {error}", file=sys.stderr)
        status = 3
    except (AssertionError, proc.LabError) as error:
        print(error, file=sys.stderr)
        status = 1
    finally:
        area.close()
        proc.reap_all()
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
