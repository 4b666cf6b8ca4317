# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd things where our files, or those of other programs, should be: nothing hangs, nothing is lost, and it is said."""

import fcntl
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import unittest

from lab import bus, cli, proc

USER = "jo@example.test"
NAMES = {"account": "Jo", "other": "ann@example.test"}
GIGABYTE = 1 << 30


def make_fifo(path):
    os.mkfifo(path)


def make_folder(path):
    path.mkdir()


def make_empty(path):
    path.write_bytes(b"")


def make_huge(path):
    with open(path, "wb") as file:
        file.truncate(GIGABYTE)  # takes no room


def make_binary(path):
    path.write_bytes(bytes(range(256)) * 40)


def make_device(path):
    path.symlink_to("/dev/full")


def make_endless(path):
    path.symlink_to("/dev/zero")


def make_dangling(path):
    path.symlink_to("nowhere")


def make_loop(path):
    path.symlink_to(path.name)


#: What may stand in a file's place, and does not become better by being written to.
ODD = (make_fifo, make_folder, make_huge, make_binary, make_device, make_endless, make_loop)


class Case(unittest.TestCase):
    def setUp(self):
        self.area = proc.Area(self, prefix="mw-files-")
        self.home = bus.Home(self.area)
        self.env = self.home.env()
        self.accounts = self.home.config / "mailwright/accounts"
        self.journal = self.home.state / "mailwright/journal"
        self.history = self.home.state / "mailwright/history"

    def run_cli(self, *words, status=cli.FINE, **options):
        """Nothing here takes long: what is still there after a minute has hung."""
        result = cli.run(*words, env=options.pop("env", self.env), seconds=proc.PATIENCE, **options)
        if status is not None:
            self.assertEqual(result.status, status, str(result))
        return result

    def add(self, address=USER):
        self.run_cli("account", "add", address, "--imap", "imaps://imap.example.test", "--smtp", "smtps://smtp.example.test")

    def account_file(self):
        (path,) = self.accounts.glob("*.ini")
        return path

    def snapshot(self, *paths):
        """What is there, without reading from what never ends."""
        found = {}
        for path in paths:
            info = os.lstat(path)
            data = path.read_bytes() if stat.S_ISREG(info.st_mode) and info.st_size < 1 << 20 else None
            found[path] = (info.st_mode, info.st_size, data, os.readlink(path) if path.is_symlink() else None)
        return found

    def replace(self, path, make):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        make(path)


class OwnFiles(Case):
    def test_account_file_that_is_none(self):
        self.add("ann@example.test")
        good = self.account_file()
        self.add()
        (path,) = set(self.accounts.glob("*.ini")) - {good}
        newer = path.read_text().replace("format=1", "format=2")
        account = path.stem
        cases = {make.__name__: make for make in (*ODD, make_empty)}
        cases["unreadable version"] = lambda path: path.write_text(newer)
        for name, make in cases.items():
            with self.subTest(name):
                self.replace(path, make)
                before = self.snapshot(path)
                listed = self.run_cli("account", "list", status=cli.TROUBLE)
                self.assertIn("ann@example.test", listed.stdout)
                self.assertIn(path.name, listed.stderr)
                for words in (
                    ("account", "show", account), ("account", "edit", account, "--name", "x"), ("account", "remove", account),
                    ("check", account), ("export", "msmtp", account, "--install"), ("password", "status", account),
                    ("account", "show", USER),
                ):  # fmt: skip
                    result = self.run_cli(*words, status=cli.TROUBLE)
                    self.assertIn(path.name, result.stderr, str(result))
                self.assertEqual(self.snapshot(path), before)
                self.run_cli("account", "edit", "ann@example.test", "--name", "Ann")

    def test_history_file_that_is_none(self):
        self.add()
        port = proc.free_ports()[0]
        self.run_cli("account", "edit", USER, "--imap", f"imaps://127.0.0.1:{port}", "--smtp", f"smtps://127.0.0.1:{port}")
        self.run_cli("check", USER, status=cli.FAILED)
        (path,) = self.history.glob("*.ini")
        newer = path.read_text().replace("format=1", "format=2")
        cases = {make.__name__: make for make in ODD if make is not make_binary}
        cases["newer version"] = lambda path: path.write_text(newer)
        for name, make in cases.items():
            with self.subTest(name):
                self.replace(path, make)
                before = self.snapshot(path)
                result = self.run_cli("check", USER, status=cli.FAILED)
                self.assertIn(path.name, result.stderr)
                self.assertEqual(self.snapshot(path), before)
                self.run_cli("account", "list")
        with self.subTest("damaged: begun anew"):
            self.replace(path, make_binary)
            self.run_cli("check", USER, status=cli.FAILED)
            self.assertIn("format=1", path.read_text())

    def test_journal_that_is_none(self):
        self.add()
        words = ("export", "msmtp", USER, "--install")
        config = self.home.config / "msmtp/config"
        for name, make in (("fifo", make_fifo), ("file", make_empty), ("device", make_device), ("loop", make_loop), ("dangling", make_dangling)):
            with self.subTest(name):
                self.journal.parent.mkdir(parents=True, exist_ok=True)
                self.replace(self.journal, make)
                before = self.snapshot(self.journal)
                result = self.run_cli(*words, status=cli.TROUBLE)
                self.assertIn("journal", result.stderr)
                self.assertFalse(config.exists())
                self.assertEqual(self.snapshot(self.journal), before)
        self.replace(self.journal, make_folder)

    def test_journal_entry_that_is_none(self):
        """It is listed, in nobody's way, and not undone; a newer one stays as it is."""
        self.add()
        words = ("export", "msmtp", USER, "--install")
        self.run_cli(*words)
        (entry,) = self.journal.glob("*-*/entry.ini")
        newer = entry.read_text().replace("format=1", "format=2")
        self.run_cli("export", "--undo")
        cases = {make.__name__: make for make in (*ODD, make_empty)}
        cases["newer version"] = lambda path: path.write_text(newer)
        for name, make in cases.items():
            with self.subTest(name):
                self.replace(entry, make)
                before = self.snapshot(entry)
                states = [one["state"] for one in self.run_cli("export", "--journal", "--json").json]
                self.assertIn("unreadable", states)
                result = self.run_cli("export", "--undo", entry.parent.name, status=cli.TROUBLE)
                self.assertIn("ournal", result.stderr)
                self.run_cli(*words)
                self.run_cli("export", "--undo")
                self.assertEqual(self.snapshot(entry), before)

    def test_lock_that_is_none_or_held(self):
        self.add()
        lock = self.accounts / ".lock"
        edit = ("account", "edit", USER, "--name", "New")
        before = self.account_file().read_bytes()
        for name, make in (("folder", make_folder), ("planted link", lambda path: path.symlink_to(self.area / "victim"))):
            with self.subTest(name):
                self.replace(lock, make)
                result = self.run_cli(*edit, status=cli.TROUBLE)
                self.assertIn(".lock", result.stderr)
                self.assertEqual(self.account_file().read_bytes(), before)
        self.assertFalse((self.area / "victim").exists())
        self.replace(lock, make_empty)
        for place in (lock, self.history / ".lock"):
            place.parent.mkdir(parents=True, exist_ok=True)
            with self.subTest("held for good", place=place.parent.name), open(place, "w") as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                if place is lock:
                    result = self.run_cli(*edit, status=cli.TROUBLE)
                    self.assertEqual(self.account_file().read_bytes(), before)
                else:
                    result = self.run_cli("export", "msmtp", USER, "--install")
                self.assertIn("held by another process", result.stderr)
        self.run_cli(*edit)

    def test_modes_whatever_the_umask(self):
        for umask in (0, 0o077):
            with self.subTest(f"{umask:03o}"):
                home = bus.Home(self.area, f"umask-{umask:o}")
                env = home.env()
                for made in home.path.iterdir():
                    shutil.rmtree(made)  # what the program makes by itself is what counts
                old = os.umask(umask)
                try:
                    for words in (
                        ("account", "add", USER, "--imap", "imaps://imap.example.test", "--smtp", "smtps://smtp.example.test"),
                        ("export", "msmtp", USER, "--install"),
                        ("export", "thunderbird", USER, "--output", home.path / "out"),
                    ):
                        self.run_cli(*words, env=env)
                finally:
                    os.umask(old)
                for path in home.path.rglob("*"):
                    if path.suffix == ".xml":
                        continue  # to be published: everybody may read it
                    mode = stat.S_IMODE(path.lstat().st_mode)
                    self.assertEqual(mode & 0o077, 0, f"{path}: {mode:o}")
                    self.assertEqual(mode & 0o700, 0o700 if path.is_dir() else 0o600, f"{path}: {mode:o}")

    def test_clock_that_jumps_back(self):
        """The newest export is the last one that was made, whatever its time says."""
        self.add()
        words = ("export", "msmtp", USER, "--install")
        self.run_cli(*words)
        (entry,) = self.journal.glob("*-*")
        future = entry.with_name("000001-20991231T235959Z")
        entry.rename(future)
        path = future / "entry.ini"
        path.write_text("".join(
            "created=2099-12-31T23:59:59Z\n" if line.startswith("created=") else line for line in path.read_text().splitlines(True)
        ))  # fmt: skip
        self.run_cli("account", "edit", USER, "--smtp", "smtps://other.example.test")
        done = self.run_cli(*words, "--json").json
        listed = [one["id"] for one in self.run_cli("export", "--journal", "--json").json]
        self.assertEqual(listed[0], done["journal"])
        self.assertEqual(self.run_cli("export", "--undo", "--json").json["journal"], done["journal"])
        self.assertIn("smtp.example.test", (self.home.config / "msmtp/config").read_text())
        (history,) = self.history.glob("*.ini")
        history.write_text("".join(
            "At=2099-12-31T23:59:59Z\n" if line.startswith("At=") else line for line in history.read_text().splitlines(True)
        ))  # fmt: skip
        self.run_cli("account", "list")
        self.run_cli(*words)

    def test_two_at_once(self):
        """Everybody gets a turn, and nothing of anybody is lost."""
        running = [
            cli.Running("account", "add", f"user{number}@example.test", "--smtp", "smtps://smtp.example.test", env=self.env)
            for number in range(6)
        ]
        for one in running:
            self.assertEqual(one.finish().status, cli.FINE)
        running = [
            cli.Running("export", "msmtp", f"user{number}@example.test", "--install", env=self.env) for number in range(6)
        ]
        results = [one.finish() for one in running]
        text = (self.home.config / "msmtp/config").read_text()
        for number, result in enumerate(results):
            # Who planned upon what another one changed meanwhile is told so, and tries again
            self.assertIn(result.status, (cli.FINE, cli.TROUBLE), str(result))
            self.assertEqual(f"user{number}@example.test" in text, result.status == cli.FINE, str(result))
            if result.status == cli.TROUBLE:
                self.assertIn("changed since the export was planned", result.stderr)
        self.assertIn(cli.FINE, [result.status for result in results])
        states = {one["state"] for one in self.run_cli("export", "--journal", "--json").json}
        self.assertEqual(states, {"done"})

    def test_provider_file_that_is_none(self):
        folder = self.home.config / "mailwright/providers"
        folder.mkdir(parents=True)
        good = "[Provider]\nName=Good\nDomains=good.test\n[Server imap]\nHost=imap.good.test\n"
        (folder / "zz.ini").write_text(good)
        expected = self.run_cli("detect", "jo@gmail.com", "--offline", "--json").json["settings"]
        self.assertTrue(expected)
        for make in (*ODD, make_empty, make_dangling):
            with self.subTest(make.__name__):
                path = folder / "odd.ini"
                self.replace(path, make)
                result = self.run_cli("detect", "jo@gmail.com", "--offline", "--json")
                self.assertEqual(result.json["settings"], expected)
                self.run_cli("providers", "gmail")

    def test_authorities_that_never_end(self):
        """--ca-file with a device, or a pipe into which nobody writes."""
        port = proc.free_ports()[0]
        fifo = self.area / "fifo"
        os.mkfifo(fifo)
        for path in ("/dev/zero", "/dev/full", self.area.path, self.area / "missing", fifo):
            with self.subTest(str(path)):
                result = self.run_cli("probe", "imap", "127.0.0.1", "--port", port, "--ca-file", path, status=cli.USAGE)
                self.assertIn("--ca-file", result.stderr)
        with self.subTest("a pipe of the shell"):
            words = [cli.program(), "probe", "imap", "127.0.0.1", "--port", str(port)]
            certificate = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
            if not certificate.exists():
                self.skipTest("there are no certificates here")
            script = f'exec "$@" --ca-file <(cat {certificate})'
            done = subprocess.run(["bash", "-c", script, "bash", *words], env=self.env, capture_output=True, timeout=proc.PATIENCE)
            self.assertEqual(done.returncode, cli.FAILED, done.stderr)


class OthersFiles(Case):
    """An export meets odd things: what is whole before is whole after, and the words tell what is wrong."""

    def setUp(self):
        super().setUp()
        self.add()
        self.config = self.home.config / "msmtp/config"
        self.config.parent.mkdir(parents=True)

    def export(self, status=cli.FINE):
        return self.run_cli("export", "msmtp", USER, "--install", status=status)

    def test_target_that_is_none(self):
        for make in (*ODD, make_dangling):
            if make is make_binary:
                continue  # msmtp's file may hold any bytes in its comments
            with self.subTest(make.__name__):
                self.replace(self.config, make)
                before = self.snapshot(self.config)
                result = self.export(cli.TROUBLE)
                self.assertIn(str(self.config), result.stderr)
                self.assertEqual(self.snapshot(self.config), before)
                self.assertEqual([path.name for path in self.config.parent.iterdir()], ["config"])

    def test_profile_that_is_odd(self):
        """Thunderbird's own files, each in turn."""
        profile = self.area.folder("profile", 0o700)
        for name in ("prefs.js", "logins.json", "key4.db"):
            for make in ODD:
                with self.subTest(name, make=make.__name__):
                    for path in list(profile.iterdir()):
                        self.replace(path, make_empty)
                        path.unlink()
                    (profile / "prefs.js").write_text('user_pref("a", 1);\n')
                    self.replace(profile / name, make)
                    before = self.snapshot(*profile.iterdir())
                    result = self.run_cli(
                        "export", "thunderbird", USER, "--profile", profile, "--with-passwords", status=None, password="secret"
                    )
                    if result.status == cli.FINE:
                        continue
                    self.assertEqual(result.status, cli.TROUBLE, str(result))
                    self.assertIn(name, result.stderr)
                    self.assertEqual(self.snapshot(*profile.iterdir()), before)

    def test_link_into_a_folder_of_dot_files(self):
        real = self.home.path / "dotfiles/msmtp"
        real.parent.mkdir()
        real.write_text("# mine\n")
        real.chmod(0o640)
        self.config.symlink_to("../../dotfiles/msmtp")
        result = self.export()
        self.assertIn("dotfiles/msmtp", result.stdout)
        self.assertIn("link", result.stdout)
        self.assertTrue(self.config.is_symlink())
        self.assertTrue(real.read_text().endswith("# mine\n"))
        self.assertIn(USER, real.read_text())
        self.assertEqual(stat.S_IMODE(real.stat().st_mode), 0o640)
        self.run_cli("export", "--undo")
        self.assertEqual(real.read_text(), "# mine\n")
        self.assertTrue(self.config.is_symlink())

    def test_hard_link_is_said(self):
        twin = self.home.path / "twin"
        self.config.write_text("# mine\n")
        os.link(self.config, twin)
        result = self.export()
        self.assertIn("hard link", result.stdout.lower().replace("other names", "hard link"))
        self.assertEqual(twin.read_text(), "# mine\n")

    def test_links_that_others_planted(self):
        """In a folder that everybody may write to, such as /tmp: neither the file nor the folder is followed."""
        proc.need_root("making links that belong to somebody else")
        shared = self.area.folder("shared", 0o1777)
        victim = self.area.folder("victim", 0o700)
        for name, plant in (("folder", shared / "out"), ("file in it", shared / "there/autoconfig.example.test")):
            with self.subTest(name):
                plant.parent.mkdir(exist_ok=True)
                plant.symlink_to(victim)
                os.lchown(plant, 65534, 65534)
                result = self.run_cli(
                    "export", "thunderbird", USER, "--output", shared / ("out" if name == "folder" else "there"), status=None
                )
                self.assertEqual(list(victim.rglob("*")), [], str(result))
                self.assertEqual(result.status, cli.TROUBLE, str(result))

    def test_owner_and_mode_stay(self):
        proc.need_root("giving files away")
        self.config.write_text("# theirs\n")
        self.config.chmod(0o604)
        os.chown(self.config, 65534, 65533)
        self.export()
        info = self.config.stat()
        self.assertEqual((info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode)), (65534, 65533, 0o604))
        self.run_cli("export", "--undo")
        info = self.config.stat()
        self.assertEqual((info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode)), (65534, 65533, 0o604))


class Disks(Case):
    """Disks that are full or may not be written to, mounted for the test alone."""

    def setUp(self):
        super().setUp()
        proc.need_root("mounting")
        self.add()

    def mount(self, where, options):
        where.mkdir(parents=True, exist_ok=True)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", where], capture_output=True).returncode:
            self.skipTest("nothing can be mounted here")
        self.area.on_close(subprocess.run, ["umount", "-l", where])

    def fill(self, where):
        with open(where / "filling", "wb") as file:
            try:
                while True:
                    file.write(b"x" * 4096)
                    file.flush()
            except OSError:
                pass

    def test_full(self):
        text = self.account_file().read_bytes()
        name = self.account_file().name
        self.mount(self.accounts, "size=64k")
        (self.accounts / name).write_bytes(text)
        self.fill(self.accounts)
        result = self.run_cli("account", "edit", USER, "--name", "x" * 9000, status=cli.TROUBLE)
        self.assertIn("No space left", result.stderr)
        self.assertEqual((self.accounts / name).read_bytes(), text)
        self.assertEqual({path.name for path in self.accounts.iterdir()} - {".lock"}, {name, "filling"})
        result = self.run_cli("account", "add", "ann@example.test", "--smtp", "smtps://smtp.example.test", status=None)
        self.assertEqual(result.status, cli.TROUBLE)
        self.assertIn("No space left", result.stderr)

    def test_state_is_full(self):
        self.mount(self.home.state, "size=64k")
        self.fill(self.home.state)
        config = self.home.config / "msmtp/config"
        result = self.run_cli("export", "msmtp", USER, "--install", status=cli.TROUBLE)
        self.assertIn("No space left", result.stderr)
        self.assertFalse(config.exists())

    def test_read_only(self):
        text = self.account_file().read_bytes()
        name = self.account_file().name
        self.mount(self.accounts, "size=64k")
        (self.accounts / name).write_bytes(text)
        subprocess.run(["mount", "-o", "remount,ro", self.accounts], check=True)
        for words in (("account", "edit", USER, "--name", "New"), ("account", "remove", USER)):
            result = self.run_cli(*words, status=cli.TROUBLE)
            self.assertIn("Read-only file system", result.stderr)
        self.run_cli("account", "show", USER)
        self.assertEqual((self.accounts / name).read_bytes(), text)
        folder = self.home.config / "msmtp"
        self.mount(folder, "size=64k")
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        result = self.run_cli("export", "msmtp", USER, "--install", status=cli.TROUBLE)
        self.assertIn("Read-only file system", result.stderr)
        self.assertEqual(self.run_cli("export", "--journal", "--json").json[0]["state"], "rolled-back")

    def test_full_standard_output(self):
        """What cannot be printed is no success."""
        for words in (("account", "list", "--json"), ("providers", "--json"), ("account", "list"), ("providers",), ("detect", "jo@gmail.com", "--offline")):
            with self.subTest(" ".join(words)), open("/dev/full", "w") as full:
                done = subprocess.run([cli.program(), *words], env=self.env, stdout=full, stderr=subprocess.PIPE)
                self.assertEqual(done.returncode, cli.TROUBLE, done.stderr)
                self.assertIn(b"No space left", done.stderr)

    def test_nobody_reads_standard_output(self):
        for words in (("providers", "--json"), ("providers",)):
            with self.subTest(" ".join(words)):
                reading, writing = os.pipe()
                os.close(reading)
                done = subprocess.run([cli.program(), *words], env=self.env, stdout=writing, stderr=subprocess.PIPE)
                os.close(writing)
                self.assertIn(done.returncode, (cli.TROUBLE, -signal.SIGPIPE), done.stderr)


if __name__ == "__main__":
    unittest.main()
