# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs mailwright-cli as a person or a script would, and looks for passwords where none may be."""

import base64
import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import urllib.parse

from lab import proc

#: Exit statuses of the command line.
FINE, FAILED, USAGE, TROUBLE = 0, 1, 2, 3


@dataclasses.dataclass
class Result:
    argv: list
    status: int
    stdout: str
    stderr: str

    @property
    def json(self):
        """The one JSON value that was printed; anything beside it is an error."""
        try:
            return json.loads(self.stdout)
        except ValueError as error:
            raise AssertionError(
                f"not exactly one JSON value ({error}) from {' '.join(self.argv)}\n"
                f"status {self.status}\nstdout: {self.stdout[:2000]}\nstderr: {self.stderr[:2000]}"
            ) from None

    def __str__(self):
        return (
            f"{' '.join(self.argv)}\nexit status {self.status}\n"
            f"stdout: {self.stdout[:4000]}\nstderr: {self.stderr[:4000]}"
        )


def program():
    """The mailwright-cli under test: MW_CLI, or that of build/."""
    path = os.environ.get("MW_CLI")
    if not path:
        path = pathlib.Path(__file__).resolve().parents[2] / "build/src/cli/mailwright-cli"
    if not os.access(path, os.X_OK):
        raise proc.LabError(f"no mailwright-cli at {path}: build it, or say in MW_CLI where it is")
    return str(path)


def _feed(descriptor, data):
    try:
        with open(descriptor, "wb") as pipe:
            pipe.write(data)
    except BrokenPipeError:
        pass


class Running:
    """A mailwright-cli under way: for tests that watch it, stop it, or run two at once."""

    def __init__(self, *args, password=None, env=None, ns=None, cwd=None, stdin=None):
        """password (str or bytes) goes in by --password-fd, which is added to args."""
        self.argv = [program(), *map(str, args)]
        fds = ()
        feeder = None
        if password is not None:
            reading, writing = os.pipe()
            self.argv += ["--password-fd", str(reading)]
            data = password.encode() if isinstance(password, str) else password
            fds = (reading,)
            feeder = threading.Thread(target=_feed, args=(writing, data), daemon=True)
        words = ns.command(self.argv, cwd=cwd) if ns else self.argv
        if env is not None and "G_DEBUG" in os.environ:
            # For our own program only: those of others have warnings that are none of our business.
            env = {"G_DEBUG": os.environ["G_DEBUG"], **env}
        self._stdout = tempfile.TemporaryFile()
        self._stderr = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=self._stdout,
            stderr=self._stderr,
            env=env,
            cwd=cwd,
            pass_fds=fds,
            start_new_session=True,
        )
        if feeder:
            os.close(fds[0])
            feeder.start()

    @property
    def pid(self):
        return self.process.pid

    def so_far(self):
        """What was printed until now: (stdout, stderr)."""
        texts = []
        for file in (self._stdout, self._stderr):
            texts.append(os.pread(file.fileno(), 1 << 24, 0).decode(errors="replace"))
        return tuple(texts)

    def finish(self, seconds=120):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            stdout, stderr = self.so_far()
            raise AssertionError(
                f"{' '.join(self.argv)} was still running after {seconds} s\nstdout: {stdout}\nstderr: {stderr}"
            ) from None
        stdout, stderr = self.so_far()
        self._stdout.close()
        self._stderr.close()
        return Result(self.argv, self.process.returncode, stdout, stderr)


def run(*args, seconds=120, **options):
    """Runs the command line to its end; see Running for the options."""
    return Running(*args, **options).finish(seconds)


def encodings(secret, user=""):
    """The shapes in which a password could show up by mistake, as bytes."""
    raw = secret.encode()
    shapes = {
        raw,
        raw.hex().encode(),
        raw.hex().upper().encode(),
        secret.encode("utf-16-le"),
        secret.encode("utf-16-be"),
        urllib.parse.quote(secret, safe="").encode(),
        json.dumps(secret)[1:-1].encode(),
        raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"'),
    }
    for text in (raw, b"\0" + user.encode() + b"\0" + raw):
        shapes.add(base64.b64encode(text).rstrip(b"="))
        shapes.add(base64.urlsafe_b64encode(text).rstrip(b"="))
    # The same inside a longer base64 text, at each of the three places that a byte can have there.
    for shift in range(3):
        cut = base64.b64encode(b"x" * shift + raw)[4 if shift else 0 : -4]
        if len(cut) >= 8:
            shapes.add(cut)
    return {shape for shape in shapes if len(shape) >= 4}


def leaks(secret, *places, user=""):
    """Where secret can be read: places are texts, bytes, or folders that are searched through."""
    shapes = encodings(secret, user)
    found = []

    def look(name, data):
        found.extend(f"{shape!r} in {name}" for shape in shapes if shape in data)

    for number, place in enumerate(places):
        if isinstance(place, Result):
            look("stdout", place.stdout.encode())
            look("stderr", place.stderr.encode())
        elif isinstance(place, pathlib.Path):
            for folder, _, names in os.walk(place):
                for name in names:
                    path = pathlib.Path(folder, name)
                    look(f"the name {path}", os.fsencode(name))
                    if path.is_file() and not path.is_symlink():
                        look(str(path), path.read_bytes())
        else:
            look(f"text {number}", place.encode() if isinstance(place, str) else place)
    return found


def process_words(pid):
    """argv and environment of a running process and its threads, as bytes."""
    texts = []
    for name in ("cmdline", "environ"):
        try:
            texts.append(pathlib.Path(f"/proc/{pid}/{name}").read_bytes())
        except OSError:
            pass
    return b"\0".join(texts)
