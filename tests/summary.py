# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""summary.py LOG...: counts what meson's test logs (testlog.json) say, prints each skip with its reason and each failure,
and ends with "N passed, N failed, N skipped". The exit status is 1 when something failed, or nothing was run."""

import json
import pathlib
import re
import sys

RESULT = re.compile(r"^(not )?ok\b(?:\s+\d+)?(?:\s*-)?\s*(.*?)\s*(?:#\s*(SKIP\S*)\s*(.*))?$", re.IGNORECASE)
PLAN = re.compile(r"^1\.\.(\d+)(?:\s*#\s*SKIP\S*\s*(.*))?", re.IGNORECASE)
TAIL = 60  # lines of a failed program's output
GOOD = ("OK", "SKIP", "EXPECTEDFAIL")


class Summary:
    def __init__(self):
        self.passed = 0
        self.failures = []  # of lists: what failed, then what it said about that
        self.skips = []

    def fail(self, *lines):
        self.failures.append(list(lines))
        return self.failures[-1]

    def add_program(self, name, result, output, complaints=""):
        """One test program: its lines of TAP count, and the program itself when it ended badly for another reason."""
        failed_before = len(self.failures)
        counted = 0
        notes = None  # those of the latest failure
        for line in output.splitlines():
            if notes is not None and line.startswith("#"):
                notes.append(line)
                continue
            notes = None
            match = RESULT.match(line)
            plan = PLAN.match(line)
            if match is not None:
                counted += 1
                if match[3]:
                    self.skips.append(f"{name}: {match[2]}: {match[4] or 'no reason given'}")
                elif match[1]:
                    notes = self.fail(f"{name}: {match[2]}")
                else:
                    self.passed += 1
            elif plan is not None and plan[1] == "0":  # nothing to run: the whole program was skipped
                counted += 1
                self.skips.append(f"{name}: {plan[2] or 'no reason given'}")
        if result not in GOOD:
            if len(self.failures) == failed_before:
                self.fail(f"{name}: {result.lower()}", *output.splitlines()[-TAIL:])
            self.failures[-1].extend(complaints.splitlines()[-TAIL:])
        elif counted == 0:
            self.fail(f"{name}: printed no result", *output.splitlines()[-TAIL:])

    def status(self):
        return 1 if self.failures or self.passed == 0 else 0

    def print(self, file):
        for skip in self.skips:
            print(f"skipped: {skip}", file=file)
        for what, *notes in self.failures:
            print(f"failed: {what}", file=file)
            for note in notes:
                print(f"    {note}", file=file)
        print(f"{self.passed} passed, {len(self.failures)} failed, {len(self.skips)} skipped", file=file)


def main(names):
    summary = Summary()
    for name in names:
        build = name.rsplit("/", 3)[-3]
        try:
            lines = pathlib.Path(name).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            summary.fail(f"{build}: its tests could not be run")
            continue
        for line in lines:
            test = json.loads(line)
            program = test["name"].split(" / ")[-1]
            # meson adds how the program ended to what it said; the result says that already.
            complaints = re.sub(r"\(test program exited with status code \d+.*\)\n?", "", test.get("stderr") or "")
            summary.add_program(f"{build}: {program}", test["result"], test.get("stdout") or "", complaints)
    summary.print(sys.stdout)
    return summary.status()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
