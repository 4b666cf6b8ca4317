# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that everything starts with, and the counts that it ends with."""

import contextlib
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

import house

sys.path.insert(0, str(house.TOP / "tests"))
import summary  # noqa: E402: found through the line above

DEV = str(house.TOP / "dev")


def dev(*arguments, **options):
    return subprocess.run([DEV, *arguments], capture_output=True, text=True, **options)


class Script(unittest.TestCase):
    def test_bash_reads_it_without_complaint(self):
        for script in ("dev", ".ci/run"):
            with self.subTest(script=script):
                result = subprocess.run(["bash", "-n", house.TOP / script], capture_output=True, text=True)
                self.assertEqual((0, ""), (result.returncode, result.stderr))

    def test_unknown_verb_is_wrong_usage(self):
        result = dev("frobnicate")
        self.assertEqual(2, result.returncode)
        self.assertIn("frobnicate", result.stderr)
        self.assertEqual("", result.stdout)

    def test_exec_without_command_is_wrong_usage(self):
        self.assertEqual(2, dev("exec").returncode)

    def test_clean_refuses_what_it_does_not_know(self):
        self.assertEqual(2, dev("clean", "everything").returncode)

    def test_help_lists_verbs_that_are_there(self):
        result = dev("help")
        self.assertEqual(0, result.returncode)
        listed = set(re.findall(r"^\./dev (\w+)", result.stdout, re.MULTILINE))
        script = house.read("dev")
        for verb in listed - {"help", "exec"}:
            self.assertIn(f"\nverb_{verb} ()\n", script)
        for verb in ("run", "test", "exec", "build", "cli", "lint", "format", "po", "clean"):
            self.assertIn(verb, listed)

    def test_exec_gives_the_status_of_the_command(self):
        self.assertEqual(41, dev("exec", "sh", "-c", "exit 41").returncode)

    def test_exec_keeps_folder_arguments_and_input(self):
        with tempfile.TemporaryDirectory() as folder:
            result = dev("exec", "sh", "-c", 'pwd; cat; printf "<%s>" "$@"', "sh", "a b", "", "*", cwd=folder, input="in\n")
            self.assertEqual(f"{os.path.realpath(folder)}\nin\n<a b><><*>", result.stdout)

    def test_exec_passes_descriptors_on(self):
        with tempfile.TemporaryFile("w+") as file:
            dev("exec", "sh", "-c", f"echo kept >&{file.fileno()}", pass_fds=[file.fileno()], check=True)
            file.seek(0)
            self.assertEqual("kept\n", file.read())

    def test_signals_reach_the_command(self):
        with subprocess.Popen([DEV, "exec", "sh", "-c", "echo up; exec sleep 600"], stdout=subprocess.PIPE, text=True) as process:
            self.assertEqual("up\n", process.stdout.readline())
            process.send_signal(signal.SIGTERM)
            self.assertEqual(-signal.SIGTERM, process.wait(60))


class Counts(unittest.TestCase):
    def count(self, result, output):
        counts = summary.Summary()
        counts.add_program("it", result, output)
        return counts.passed, len(counts.failures), len(counts.skips)

    def test_each_line_of_tap_counts(self):
        self.assertEqual((2, 0, 1), self.count("OK", "1..3\nok 1 /a\n# note\nok 2 - /b\nok 3 /c # SKIP no network here\n"))

    def test_a_failed_line_is_one_failure(self):
        self.assertEqual((1, 1, 0), self.count("FAIL", "ok 1 /a\nnot ok 2 /b\n1..2\n"))

    def test_a_failure_comes_with_what_was_said_about_it(self):
        counts = summary.Summary()
        counts.add_program("it", "FAIL", "not ok 1 - /a\n# wanted 1\n# got 2\nok 2 - /b\n# other\n", "a line of stderr\n")
        self.assertEqual([["it: /a", "# wanted 1", "# got 2", "a line of stderr"]], counts.failures)

    def test_a_program_that_dies_after_good_lines_is_a_failure(self):
        self.assertEqual((1, 1, 0), self.count("ERROR", "1..2\nok 1 /a\n"))
        self.assertEqual((0, 1, 0), self.count("TIMEOUT", ""))

    def test_a_program_without_results_is_a_failure(self):
        self.assertEqual((0, 1, 0), self.count("OK", "all is well\n"))

    def test_a_whole_program_can_be_skipped_with_its_reason(self):
        counts = summary.Summary()
        counts.add_program("it", "SKIP", "1..0 # SKIP no Dovecot here\n")
        self.assertEqual(["it: no Dovecot here"], counts.skips)

    def test_a_build_that_failed_is_a_failure(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
            status = summary.main([f"{folder}/build/meson-logs/testlog.json"])
        self.assertEqual(1, status)
        self.assertEqual("0 passed, 1 failed, 0 skipped", out.getvalue().splitlines()[-1])

    def test_counts_are_the_last_line(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
            log = pathlib.Path(folder, "build", "meson-logs", "testlog.json")
            log.parent.mkdir(parents=True)
            rows = (
                {"name": "mailwright:unit / a", "result": "OK", "stdout": "1..1\nok 1 /a\n"},
                {"name": "mailwright:servers / b", "result": "SKIP", "stdout": "1..0 # SKIP no server\n"},
            )
            log.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
            status = summary.main([str(log)])
        self.assertEqual(0, status)
        self.assertEqual("skipped: build: b: no server\n1 passed, 0 failed, 1 skipped\n", out.getvalue())

    def test_nothing_run_is_no_success(self):
        self.assertEqual(1, summary.Summary().status())

    def test_subtests_of_subtests_are_not_counted_twice(self):
        self.assertEqual((1, 0, 0), self.count("OK", "    ok 1 - inner\nok 1 - outer\n1..1\n"))


if __name__ == "__main__":
    unittest.main()
