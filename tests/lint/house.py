# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the house share: the files that belong to the project, and their C code without comments."""

import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]


def tracked_files():
    """The project's files, as paths below TOP; of a released tarball, which has no history, all files."""
    if (TOP / ".git").exists():
        names = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", TOP, "ls-files", "-z"], check=True, capture_output=True
        ).stdout.decode().split("\0")
        paths = (pathlib.PurePosixPath(name) for name in names if name)
    else:
        paths = (
            pathlib.PurePosixPath(path.relative_to(TOP).as_posix()) for path in TOP.rglob("*") if path.is_file()
        )
        paths = (path for path in paths if not path.parts[0].startswith("build") and "__pycache__" not in path.parts)
    return sorted(path for path in paths if (TOP / path).is_file())


def read(path):
    return (TOP / path).read_text(encoding="utf-8")


_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')', re.DOTALL)


def without_comments(code):
    """C code with comments blanked out, line for line; strings stay."""
    return _TOKEN.sub(lambda match: match[1] or "\n" * match[0].count("\n") + " ", code)
