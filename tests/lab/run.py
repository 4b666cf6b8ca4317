#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs unittest files and prints TAP: run.py [--timeout SECONDS] [-k PATTERN] FILE...

Every test method is a line, and so is every sub-test; skips say why. A file that takes longer than its
limit is ended, with the place where it hung printed, and so are the servers that it had started.
"""

import argparse
import contextlib
import fnmatch
import importlib.util
import io
import os
import pathlib
import signal
import sys
import time
import traceback
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True

from lab import proc  # noqa: E402: found through the line above


class TookTooLong(BaseException):
    """The time of the file is up; not an Exception, so that no test swallows it."""


class Tap(unittest.TestResult):
    def __init__(self, out):
        super().__init__()
        self.out = out
        self.count = 0
        self.failed = 0
        self._subtests = set()
        self._started = 0.0

    def say(self, ok, test, directive="", details=""):
        self.count += 1
        self.failed += not ok
        name = self._name(test)
        line = f"{'ok' if ok else 'not ok'} {self.count} - {name}"
        print(line + (f" # {directive}" if directive else ""), file=self.out, flush=True)
        for text in details.rstrip().splitlines():
            print(f"#   {text}", file=self.out, flush=True)

    @staticmethod
    def _name(test):
        name = test.id() if hasattr(test, "id") else str(test)
        name = name.removeprefix("__tests__.")
        # "#" begins a directive in TAP.
        return " ".join(name.replace("#", "number ").split())

    def startTest(self, test):
        super().startTest(test)
        self._started = time.monotonic()

    def stopTest(self, test):
        super().stopTest(test)
        if os.environ.get("MW_LAB_TIMES"):
            print(f"# {time.monotonic() - self._started:6.2f} s {self._name(test)}", file=self.out, flush=True)

    def _trace(self, error):
        return "".join(traceback.format_exception(*error))

    def addSuccess(self, test):
        super().addSuccess(test)
        self.say(True, test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.say(False, test, details=self._trace(error))

    addError = addFailure

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.say(True, test, "SKIP " + " ".join(reason.split()))

    def addExpectedFailure(self, test, error):
        super().addExpectedFailure(test, error)
        self.say(False, test, details="an expected failure is no test: mend it or take it out")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.say(False, test, details="succeeded unexpectedly")

    def addSubTest(self, test, subtest, error):
        # Not the inherited one: it would count a failed sub-test twice.
        if error is None:
            self.say(True, subtest)
        else:
            self.failures.append((subtest, self._trace(error)))
            self.say(False, subtest, details=self._trace(error))


def load(path, number):
    name = "__tests__"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.pop(0)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def each(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from each(item)
        else:
            yield item


def run_file(path, number, options, result):
    def alarm(*_):
        raise TookTooLong

    signal.signal(signal.SIGALRM, alarm)
    signal.alarm(options.timeout)
    noise = io.StringIO()
    try:
        with contextlib.redirect_stdout(noise):
            try:
                suite = load(path, number)
            except unittest.SkipTest as error:
                result.addSkip(path.name, str(error))
                return
            if options.pattern:
                suite = unittest.TestSuite(
                    test for test in each(suite) if fnmatch.fnmatch(test.id(), f"*{options.pattern}*")
                )
            suite.run(result)
    except TookTooLong:
        result.say(False, path.name, details=f"not done after {options.timeout} s:\n{traceback.format_exc()}")
    except Exception:
        result.say(False, path.name, details=traceback.format_exc())
    finally:
        signal.alarm(0)
        for line in noise.getvalue().splitlines():
            print(f"# {line}", file=result.out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--timeout", type=int, default=int(os.environ.get("MW_TEST_TIMEOUT", "600")))
    parser.add_argument("-k", dest="pattern", help="only tests whose name matches")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()

    proc.become_reaper()

    def end(number, _frame):
        proc.reap_all()
        os._exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    out = sys.stdout
    print("TAP version 13", file=out, flush=True)
    result = Tap(out)
    for number, path in enumerate(options.files):
        run_file(path.resolve(), number, options, result)
        proc.reap_all()
    if result.count == 0:
        result.say(False, "files", details="no test was found")
    print(f"1..{result.count}", file=out, flush=True)
    out.flush()
    # Threads of a server that still wait for a client must not hold up the end.
    os._exit(1 if result.failed else 0)


if __name__ == "__main__":
    main()
