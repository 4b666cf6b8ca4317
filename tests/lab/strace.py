# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults at single system calls of the command line: which calls a run makes, and the same run with one that goes wrong.

strace counts for each system call by itself, and for each thread: "when=2" of a set of calls is the second of whichever
comes to two first. So a walk through all calls of a run begins with a look at them, and names each by its call and its
number among its like.
"""

import dataclasses
import re
import subprocess
import unittest

from lab import cli, proc

#: What changes something on a disk, or makes sure that it is there.
WRITING = (
    "openat,creat,mkdir,mkdirat,write,pwrite64,writev,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,"
    "unlinkat,rmdir,fsync,fdatasync,fchmod,fchmodat,chmod,fchown,fchownat,ftruncate,fallocate,utimensat"
)  # fmt: skip
#: What may fail besides; what is read, and what is held.
READING = "read,pread64,getdents64,close,flock,fcntl"

_LINE = re.compile(r"^(\d+) +(\w+)\((.*)$")


@dataclasses.dataclass(frozen=True)
class Call:
    """The number-th call of its name in the first thread; text is what strace printed."""

    name: str
    number: int
    text: str

    def __str__(self):
        return f"{self.name} number {self.number}: {self.text[:160]}"


class Tracer:
    """Runs the command line under strace."""

    def __init__(self, area, env):
        self._program = proc.need_program("strace")
        self._log = area / "strace.log"
        self._env = env
        done = subprocess.run([self._program, "-f", "-o", self._log, "true"], capture_output=True)
        if done.returncode != 0:
            raise unittest.SkipTest(f"processes cannot be traced here: {done.stderr.decode().strip()}")

    def _run(self, options, words, password):
        argv = [self._program, "-f", "-y", "-q", "-s", "200", "-o", self._log, *options]
        argv += [cli.program(), *words]
        data = b"" if password is None else password.encode()
        if password is not None:
            argv += ["--password-fd", "0"]
        return subprocess.run(list(map(str, argv)), env=self._env, input=data, capture_output=True)

    def calls(self, places, *words, names=WRITING, password=None):
        """Calls of the first thread that have to do with one of places (paths), in order; and how the run ended.

        Of several that are the same but for a number or a file that was not there, the first.
        """
        done = self._run(["-e", f"trace={names}"], words, password)
        counts, found, seen, first = {}, [], set(), None
        for line in self._log.read_text(errors="replace").splitlines():
            match = _LINE.match(line)
            if not match:
                continue
            pid, name, rest = match.groups()
            first = first or pid
            if pid != first:
                continue
            counts[name] = counts.get(name, 0) + 1
            alike = name in READING.split(",") and (name, re.sub(r"\d+|0x[0-9a-f]+", "", rest.rsplit(" = ")[0]))
            if any(str(place) in rest for place in places) and "= -1 ENOENT" not in rest and alike not in seen:
                found.append(Call(name, counts[name], f"{name}({rest}"))
                if alike:
                    seen.add(alike)
        return found, done

    def run(self, fault, call, *words, password=None):
        """The same with a fault ("signal=KILL", "error=EIO") at one call: how it ended, and whether the fault was met."""
        done = self._run(
            ["-e", f"trace={call.name}", "-e", f"inject={call.name}:{fault}:when={call.number}"], words, password
        )
        text = self._log.read_text(errors="replace")
        return done, any(sign in text for sign in ("(INJECTED)", "killed by SIGKILL", "--- SIGINT "))


def changes(call):
    """Whether something on the disk is different behind this call; opening for reading, for one, changes nothing."""
    return call.name != "openat" or "O_CREAT" in call.text or "O_TRUNC" in call.text
