#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one libFuzzer program and prints TAP: fuzz.py (--runs=N | --seconds=N) [--keep=FOLDER] PROGRAM CORPUS

The corpus is copied first; what is found is kept in FOLDER, or told in the output when there is none.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=-1)
    parser.add_argument("--seconds", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("corpus", type=pathlib.Path)
    options = parser.parse_args()
    name = options.program.name.removeprefix("fuzz-")

    with tempfile.TemporaryDirectory(prefix="mw-fuzz-") as folder:
        keep = options.keep or pathlib.Path(folder, "found")
        own = pathlib.Path(options.keep or folder, f"{name}-corpus" if options.keep else "corpus")
        keep.mkdir(parents=True, exist_ok=True)
        own.mkdir(parents=True, exist_ok=True)
        for seed in options.corpus.iterdir():
            shutil.copy(seed, own)
        words = [
            options.program, own, f"-artifact_prefix={keep}/{name}-", "-timeout=20", "-rss_limit_mb=2048",
            "-max_len=16384", "-print_final_stats=1", "-use_value_profile=1",
        ]  # fmt: skip
        if options.seconds:
            words.append(f"-max_total_time={options.seconds}")
        else:
            words += [f"-runs={options.runs}", "-seed=1"]
        environment = {**os.environ, "G_SLICE": "always-malloc", "LC_ALL": "C.UTF-8"}
        environment.setdefault("UBSAN_OPTIONS", "abort_on_error=1:halt_on_error=1:print_stacktrace=1")
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", env=environment)
        output = done.stdout + done.stderr
        units = re.search(r"stat::number_of_executed_units: *(\d+)", output)
        edges = re.findall(r" cov: (\d+)", output)
        told = f"{name}: {units[1] if units else '?'} inputs, {edges[-1] if edges else '?'} edges"
        print("TAP version 13")
        print(f"{'ok' if done.returncode == 0 else 'not ok'} 1 - {told}")
        if done.returncode != 0:
            for line in output.splitlines()[-80:]:
                print(f"# {line}")
            for found in sorted(keep.glob(f"{name}-*-*")):
                if found.is_file():
                    print(f"# {found.name}: {found.read_bytes()[:400]!r}")
        print("1..1")
    return 0 if done.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
