# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks through the memory of a running process, as a core dump, the swap or a debugger of root would show it."""

import dataclasses
import re

from lab import cli, proc

_MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)$")


@dataclasses.dataclass(frozen=True)
class Hit:
    """shape: what was found; place: the mapping; guarded: it is neither swapped out nor dumped; around: its neighbours."""

    shape: bytes
    place: str
    guarded: bool
    around: bytes

    def __str__(self):
        where = "guarded" if self.guarded else "NOT guarded"
        return f"{self.shape[:40]!r} in {self.place} ({where}): {self.around!r}"


def _mappings(pid):
    """[(start, end, what is mapped, flags of the kernel)] of all that can be read and written to."""
    found = []
    with open(f"/proc/{pid}/smaps") as file:
        for line in file:
            match = _MAPPING.match(line)
            if match:
                start, end, rights, name = match.groups()
                found.append([int(start, 16), int(end, 16), rights, name, ()])
            elif line.startswith("VmFlags:"):
                found[-1][4] = line.split()[1:]
    return [(start, end, name, flags) for start, end, rights, name, flags in found if rights.startswith("rw")]


def hits(pid, secret, user=""):
    """Every place in the memory of a process where secret stands, in any of its encodings; of one that has just ended
    none."""
    shapes = cli.encodings(secret, user)
    found = []
    try:
        memory = open(f"/proc/{pid}/mem", "rb", buffering=0)
    except (FileNotFoundError, ProcessLookupError):
        return found
    with memory:
        for start, end, name, flags in _mappings(pid):
            try:
                memory.seek(start)
                data = memory.read(end - start)
            except (OSError, ValueError, OverflowError):
                continue  # a device, or gone meanwhile
            for shape in shapes:
                at = data.find(shape)
                while at >= 0:
                    around = data[max(at - 24, 0) : at + len(shape) + 24]
                    guarded = "lo" in flags and "dd" in flags
                    found.append(Hit(shape, f"{name or 'anonymous'} {start + at:x}", guarded, around))
                    at = data.find(shape, at + 1)
    return found


def unguarded(pid, secret, user=""):
    return [str(hit) for hit in hits(pid, secret, user) if not hit.guarded]


def need():
    """Skips the calling test where memory cannot be looked at."""
    proc.need_root("looking into the memory of another process")
