# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories, ports and child processes of one test, all gone when the test is over."""

import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

# Nothing here is timed against a clock of a fast machine: a wait ends as soon as its event happens.
PATIENCE = 60.0

_PR_SET_CHILD_SUBREAPER = 36


class LabError(Exception):
    """The lab itself could not do its work; never a finding about the program under test."""


def is_root():
    return os.geteuid() == 0


def need_root(what):
    """Skips the calling test unless it runs as root."""
    if not is_root():
        raise unittest.SkipTest(f"{what} needs root")


def need_program(*names):
    """Skips the calling test unless all programs are installed; returns their paths."""
    paths = []
    for name in names:
        path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if path is None:
            raise unittest.SkipTest(f"the program {name} is not installed")
        paths.append(path)
    return paths[0] if len(paths) == 1 else paths


def wait_for(ready, what, seconds=PATIENCE, alive=None):
    """Waits until ready() gives something true and returns it.

    alive is a Process whose end cuts the wait short: its last words are then in the error.
    """
    deadline = time.monotonic() + seconds
    pause = 0.005
    while True:
        value = ready()
        if value:
            return value
        if alive is not None and alive.finished():
            raise LabError(f"{what}: {alive.name} ended with {alive.returncode}\n{alive.tail()}")
        if time.monotonic() > deadline:
            words = "\n" + alive.tail() if alive is not None else ""
            raise LabError(f"{what}: nothing after {seconds:g} s{words}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def free_ports(count=1, address="127.0.0.1"):
    """Ports that the kernel says are free now. They are held together, so all differ."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    held = []
    try:
        for _ in range(count):
            sock = socket.socket(family, socket.SOCK_STREAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((address, 0))
            held.append(sock)
        return [sock.getsockname()[1] for sock in held]
    finally:
        for sock in held:
            sock.close()


class Area:
    """The directory of one test, and the order in which its things are taken down.

    Given a TestCase (or a TestCase class, for setUpClass) it cleans up after itself.
    """

    def __init__(self, case=None, prefix="mw-"):
        # /tmp and not $TMPDIR: sockets live below, and their paths may not pass 107 bytes.
        self.path = pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
        self.path.chmod(0o755)  # servers drop to users of their own
        self._closers = []
        if isinstance(case, type):
            case.addClassCleanup(self.close)
        elif case is not None:
            case.addCleanup(self.close)

    def __truediv__(self, name):
        return self.path / name

    def folder(self, name, mode=0o755):
        """A fresh folder below; a number is added where the name is taken."""
        path, number = self.path / name, 1
        while path.exists():
            number += 1
            path = self.path / f"{name}{number}"
        path.mkdir(parents=True)
        path.chmod(mode)
        return path

    def on_close(self, function, *args):
        self._closers.append((function, args))

    def close(self):
        problems = []
        while self._closers:
            function, args = self._closers.pop()
            try:
                function(*args)
            except Exception as error:  # the rest must still be taken down
                problems.append(error)
        if os.environ.get("MW_LAB_KEEP"):
            print(f"# kept: {self.path}")
        else:
            shutil.rmtree(self.path, ignore_errors=True)
        if problems:
            raise LabError("; ".join(map(str, problems)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Process:
    """A child in a session of its own, its output in a file, ended by its own id."""

    def __init__(self, area, name, argv, *, env=None, cwd=None, stdin=None, ns=None, pass_fds=()):
        self.name = name
        self.log_path = area.path / f"{name}.out"
        number = 1
        while self.log_path.exists():
            number += 1
            self.log_path = area.path / f"{name}{number}.out"
        self.argv = [str(word) for word in argv]
        if ns is not None:
            self.argv = ns.command(self.argv)
        with open(self.log_path, "wb") as log:
            self._popen = subprocess.Popen(
                self.argv,
                stdin=subprocess.PIPE if isinstance(stdin, bytes) else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
                pass_fds=pass_fds,
            )
        if isinstance(stdin, bytes):
            try:
                self._popen.stdin.write(stdin)
                self._popen.stdin.close()
            except BrokenPipeError:
                pass
        area.on_close(self.stop)

    @property
    def pid(self):
        return self._popen.pid

    @property
    def returncode(self):
        return self._popen.returncode

    def finished(self):
        return self._popen.poll() is not None

    def output(self):
        return self.log_path.read_text(errors="replace")

    def tail(self, lines=30):
        return "\n".join(self.output().splitlines()[-lines:])

    def wait(self, seconds=PATIENCE):
        return self._popen.wait(seconds)

    def stop(self, number=signal.SIGTERM, seconds=15):
        """Ends the child, and after a while by force. Its descendants are run.py's business."""
        if self._popen.poll() is None:
            self._popen.send_signal(number)
            try:
                self._popen.wait(seconds)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait(seconds)


def become_reaper():
    """Makes orphans of our children our own children, so that none escapes reap_all()."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(root=None):
    """Process ids below root (this process by default), the deepest last."""
    children = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            stat = pathlib.Path("/proc", entry, "stat").read_text(errors="replace")
        except OSError:
            continue
        # The name may hold blanks and brackets: the fields begin behind its last bracket.
        parent = int(stat[stat.rindex(")") + 2 :].split()[1])
        children.setdefault(parent, []).append(int(entry))
    found, queue = [], [root or os.getpid()]
    while queue:
        for pid in children.get(queue.pop(0), []):
            found.append(pid)
            queue.append(pid)
    return found


def reap_all():
    """Ends whatever the tests left behind, and nothing else."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for _ in range(20):
            left = descendants()
            for pid in left:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                pass
            if not left:
                return
            time.sleep(0.1)
