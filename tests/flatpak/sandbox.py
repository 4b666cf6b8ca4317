# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mailwright as a person has it from a Flatpak: installed from a bundle, run in its sandbox, in a small world of real
servers and services (tests/app/stage.py)."""

import contextlib
import importlib.util
import os
import pathlib
import re
import shlex
import shutil
import stat
import subprocess
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "flatpak"), str(TOP / "tests/app")]

import stage  # noqa: E402: found through the line above
from lab import bus, cli, proc, window  # noqa: E402

_spec = importlib.util.spec_from_file_location("mailwright_flatpak", TOP / "flatpak/build.py")
build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build)

APP = build.APP
#: Flatpak puts a /tmp of its own over everything there, so the person's home has to be elsewhere: in the world's mount
#: namespace an empty folder of the system's holds it, one that nothing needed is in.
_PLACES = ("/srv", "/mnt", "/media", "/opt")


def built():
    """The builder, when all is built; skips where it cannot be."""
    try:
        builder = build.Builder(os.environ.get("MAILWRIGHT_FLATPAK", "stand-in"))
        return builder.build()
    except build.Unable as trouble:
        raise unittest.SkipTest(str(trouble)) from None


class Inside:
    """The home of the sandboxed program, in the shape of lab.bus.Home: its settings are in a folder of its own."""

    def __init__(self, home, environment):
        self.path = home.path
        self.runtime = home.runtime
        self.tmp = home.tmp
        self.folder = home.path / ".var/app" / APP
        self.config = self.folder / "config"
        self.data = self.folder / "data"
        self._environment = environment

    def env(self, session=None, system=None, **more):
        return {**self._environment(), **{name: str(value) for name, value in more.items()}}


class World:
    """One person, who has nothing but mail providers, Evolution's registry, msmtp, a keyring and Mailwright's bundle."""

    def __init__(self, area, keyring=True):
        proc.need_root("a sandbox in a network of its own")
        self.area = area
        self.builder = built()
        self.stage = stage.Stage(area, accounts=(), evolution=True, keyring=keyring)
        self.ns, self.home, self.session, self.keyring = self.stage.ns, self.stage.home, self.stage.session, self.stage.keyring
        self.system = bus.Bus(area, "system", env=self.home.env())
        self.network = bus.NetworkManager(self.system, wifi="Sparrow")
        needed = [str(TOP), str(self.builder.cache), str(area.path)]
        place = next(one for one in _PLACES if os.path.isdir(one) and not any(path.startswith(f"{one}/") for path in needed))
        self.path = pathlib.Path(place, "pat")
        script = 'mount -t tmpfs tmpfs "$1" && mkdir "$2" && mount --bind "$3" "$2"'
        self.ns.run(["sh", "-c", script, "sh", place, self.path, self.home.path], check=True)
        self.installation = area / "installation"
        self.inside = Inside(self.home, self.env)
        self.authority = None

    # The person's own session

    def env(self, **more):
        """Of a person who logged in; a home in the usual places, so without variables that say where they are."""
        env = self.home.env(session=self.session, system=self.system)
        env = {name: value for name, value in env.items() if not re.fullmatch("XDG_(CONFIG|DATA|STATE|CACHE)_HOME", name)}
        builder = self.builder.environment(self.installation)
        env.update({name: value for name, value in builder.items() if name.startswith("FLATPAK_")})
        env.update(HOME=str(self.path), XDG_CURRENT_DESKTOP="GNOME")
        return {**env, **{name: str(value) for name, value in more.items()}}

    def shell(self, line, check=True):
        """What the person types into a terminal, outside of the sandbox."""
        done = self.ns.run(
            ["sh", "-c", line], env=self.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{line}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def trust(self):
        """Gives the program the authority of this world, in a folder that it sees; returns the path there."""
        self.inside.data.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.stage.authority.path, self.inside.data / "ca.pem")
        return self.path / (self.inside.data / "ca.pem").relative_to(self.home.path)

    # Mailwright

    def cli(self, *words, password=None, status=cli.FINE, command="mailwright-cli"):
        """flatpak run --command=mailwright-cli ID WORDS..."""
        words = [*words, *(["--password-fd", "0"] if password is not None else [])]
        argv = self.builder.command(*words, command=command)
        done = self.ns.run(
            argv, env=self.env(G_DEBUG="fatal-criticals"), input=(password or "").encode(), capture_output=True, timeout=300
        )
        result = cli.Result(argv, done.returncode, done.stdout.decode(), done.stderr.decode())
        if status is not None and result.status != status:
            raise AssertionError(str(result))
        return result

    def add(self, address=stage.NEW, password=stage.SPOKEN):
        urls = ["--imap", "imaps://imap.wren.example", "--smtp", "smtp://smtp.wren.example"]
        self.cli("account", "add", address, "--name", "Pat Wren", *urls, password=password)
        return self.cli("account", "show", address, "--json").json["id"]

    def permissions(self, *options):
        """Changes them, as a person does: flatpak override --user OPTIONS ID; without any all are as at first."""
        self.shell(shlex.join(["flatpak", "override", "--user", *(options or ["--reset"]), APP]))

    def files(self):
        """{path: what it is} of the whole home."""
        found = {}
        for folder, folders, names in os.walk(self.home.path):
            for name in [*folders, *names]:
                path = pathlib.Path(folder, name)
                info = path.lstat()
                what = path.read_bytes() if stat.S_ISREG(info.st_mode) else stat.S_IFMT(info.st_mode)
                found[str(path.relative_to(self.home.path))] = (stat.S_IMODE(info.st_mode), what)
        return found

    def window(self, **options):
        return SandboxedWindow(self, **options)


class SandboxedWindow(window.Window):
    """The window of the program in its sandbox. Its process ids are its own, so it is known by other things."""

    def __init__(self, world, args=(), **options):
        words = world.builder.command(*args)
        super().__init__(
            world.area, home=world.inside, session=world.session, system=world.system, ns=world.ns,
            program=proc.need_program("flatpak"), args=words[1:], **options,
        )  # fmt: skip

    def start(self, wait=True):
        self.home.config.mkdir(parents=True, exist_ok=True)
        return super().start(wait)

    def _find_window(self):
        """The largest on this screen, which is nobody else's."""
        found = self._xdotool("search", "--onlyvisible", "--name", ".", check=False).split()
        sized = [(width * height, line) for line in found for width, height in [self._geometry(line)[2:]]]
        size, xid = max(sized, default=(0, None), key=lambda one: one[0])
        return xid if size > 10000 else None

    def complaints(self, allowed=()):
        # There is no portal in this world, and GTK says so.
        return super().complaints([*allowed, "Flatpak portal version"])

    def application(self):
        """The only one that there is on this accessibility bus."""
        try:
            children = self.call(
                "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root", "org.a11y.atspi.Accessible", "GetChildren"
            )[0]
        except window.Gone:
            return None
        return window.Node(self, *children[0], role="application") if children else None


def install_bundle(world, folder):
    """Makes the bundle, and installs it with the one command that a person types."""
    with contextlib.closing(build.Keys(home=world.area / "keys")) as keys:
        file, reference = world.builder.bundle(folder, f"file://{folder}/repo", keys)
    world.shell(f"flatpak --user install -y --noninteractive {shlex.quote(str(file))}")
    return file, reference


def override_lines(text):
    """The commands that a text offers to give access with."""
    return re.findall(rf"flatpak override --user \S+ {re.escape(APP)}", text)
