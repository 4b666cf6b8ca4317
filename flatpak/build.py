#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds Mailwright as a Flatpak from this checkout, runs it, and makes of it what people can install.

Installations are private: the runtime is below the cache folder, for all checkouts; the program is in build/flatpak.
Nothing of the person's own Flatpaks is touched.
"""

import argparse
import base64
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import standin  # noqa: E402: found through the line above
from standin import Trouble, Unable, run  # noqa: E402

APP = "io.github.mailwright.Mailwright"
TOP = pathlib.Path(__file__).resolve().parents[1]
MANIFEST = TOP / "flatpak" / f"{APP}.yml"
FLATHUB = "https://dl.flathub.org/repo/flathub.flatpakrepo"


def say(text):
    print(f"flatpak: {text}", file=sys.stderr, flush=True)


def _home():
    return pathlib.Path(os.environ.get("HOME") or os.path.expanduser("~"))


def cache_folder():
    base = os.environ.get("MAILWRIGHT_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or _home() / ".cache", "mailwright"
    )
    return pathlib.Path(base)


def data_folder():
    return pathlib.Path(os.environ.get("XDG_DATA_HOME") or _home() / ".local/share")


@contextlib.contextmanager
def locked(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def manifest():
    """The manifest as flatpak-builder understands it."""
    folder = cache_folder() / "flatpak"  # it leaves a folder of its own where it runs
    folder.mkdir(parents=True, exist_ok=True)
    return json.loads(run(["flatpak-builder", "--show-manifest", MANIFEST], cwd=folder))


def _flathub_answers():
    try:
        with urllib.request.urlopen(FLATHUB, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


class Builder:
    """One checkout's Flatpak: build() makes it, and environment() is where flatpak finds it."""

    def __init__(self, kind=None, folder=None):
        for program in ("flatpak", "flatpak-builder", "ostree", "bwrap"):
            if not shutil.which(program):
                raise Unable(f"{program} is not installed (in Debian: flatpak flatpak-builder ostree bubblewrap)")
        try:
            run(["bwrap", "--unshare-user-try", "--unshare-pid", "--ro-bind", "/", "/", "true"])
        except Trouble as trouble:
            raise Unable(f"no sandbox can be made here: {trouble}") from None
        kind = kind or os.environ.get("MAILWRIGHT_FLATPAK", "auto")
        if kind not in ("auto", "flathub", "stand-in"):
            raise Trouble(f"MAILWRIGHT_FLATPAK is “{kind}”; it can be auto, flathub or stand-in")
        if kind == "auto":
            kind = "flathub" if _flathub_answers() else "stand-in"
        self.kind = kind
        #: Ends up in the name of what is installed, so that nobody takes the one for the other.
        self.branch = "stable" if kind == "flathub" else "stand-in"
        self.cache = cache_folder() / "flatpak"
        self.folder = folder or TOP / "build" / "flatpak"
        self.repo = self.folder / "repo"
        self.files = self.folder / "app"
        self.runtime = None

    def environment(self, installation=None):
        """For every call of flatpak: the runtime's installation stands for the system's, the program's for the person's."""
        return {
            **os.environ,
            "FLATPAK_SYSTEM_DIR": str(self.runtime),
            "FLATPAK_USER_DIR": str(installation or self.folder / "installation"),
            # Otherwise its first use would want to know about every other place.
            "FLATPAK_CONFIG_DIR": str(self.folder / "etc"),
        }

    # The runtime

    def _from_flathub(self, wanted):
        self.runtime = self.cache / "flathub"
        env = {**os.environ, "FLATPAK_USER_DIR": str(self.runtime)}
        refs = [f"{wanted[name]}//{wanted['runtime-version']}" for name in ("runtime", "sdk")]
        with locked(self.cache / "lock"):
            run(["flatpak", "--user", "remote-add", "--if-not-exists", "flathub", FLATHUB], env=env)
            say("fetching the runtime from Flathub, or bringing it up to date")
            run(["flatpak", "--user", "install", "-y", "--noninteractive", "--or-update", "flathub", *refs], env=env)

    def _from_debian(self, wanted):
        """Makes the stand-in, and fits the manifest to it: its tarballs are those of Debian."""
        if not shutil.which("apt-get") or not shutil.which("dpkg-query"):
            raise Unable("Flathub cannot be reached, and a stand-in for its runtime needs a Debian system")
        with locked(self.cache / "lock"):
            apt = standin.Apt(self.cache / "apt", cache_folder() / "debs")
            instead = []
            for module in wanted["modules"]:
                if module["name"] not in standin.SOURCES:
                    continue
                source = module["sources"][0]
                path = apt.tarball(standin.SOURCES[module["name"]], source["sha256"], self.cache / "tarballs")
                if path:
                    place = self.cache / "extra/downloads" / source["sha256"] / os.path.basename(source["url"])
                    place.parent.mkdir(parents=True, exist_ok=True)
                    if not place.exists():
                        shutil.copy(path, place)
                else:
                    say(f"Debian has another {module['name']} than the manifest wants: its own is used")
                    instead = ["libnm"]
            if instead:
                wanted["modules"] = [one for one in wanted["modules"] if one["name"] not in standin.SOURCES]
            folder = self.cache / f"stand-in-{standin.key(instead)}"
            self.runtime = folder / "installation"
            if not folder.exists():
                say("making a runtime of Debian's packages, as Flathub cannot be reached (once; a minute or two)")
                for old in self.cache.glob("stand-in-*"):
                    # One that is in use, by another checkout perhaps, is of today.
                    if time.time() - old.stat().st_mtime > 86400:
                        shutil.rmtree(old)
                part = self.cache / "part"
                shutil.rmtree(part, ignore_errors=True)
                part.mkdir()
                standin.make(part, apt, instead, say)
                part.rename(folder)
                env = {**os.environ, "FLATPAK_USER_DIR": str(self.runtime)}
                run(["flatpak", "--user", "remote-modify", f"--url=file://{folder}/repo", "stand-in"], env=env)
            os.utime(folder)
        wanted["runtime-version"] = standin.BRANCH

    # The program

    def _digest(self, wanted):
        """Of all that goes into a build."""
        digest = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode() + str(self.runtime).encode())
        paths = [TOP / name for name in ("meson.build", "meson.options", "COPYING")]
        for name in ("data", "po", "src"):
            paths += sorted(path for path in (TOP / name).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        for path in paths:
            digest.update(f"\0{path}\0".encode() + path.read_bytes())
        return digest.hexdigest()

    def build(self):
        """Builds and installs, if anything has changed; returns itself."""
        wanted = manifest()
        if self.kind == "flathub":
            self._from_flathub(wanted)
        else:
            self._from_debian(wanted)
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / "lock"):
            digest = self._digest(wanted)
            stamp = self.folder / "built"
            if stamp.exists() and stamp.read_text() == digest:
                return self
            stamp.unlink(missing_ok=True)
            wanted["modules"][-1]["sources"][0]["path"] = str(TOP)
            if self.kind != "flathub":
                # Nobody debugs or measures this one: it has to be there soon.
                wanted["build-options"] = {"cflags": "-O1 -g0", "no-debuginfo": True, "strip": True}
            local = self.folder / f"{APP}.json"
            local.write_text(json.dumps(wanted, indent=1))
            say(f"building {APP} ({self.branch}); details in {self.folder}/log")
            # The state is shared: whoever builds libnm first has built it for all checkouts.
            with locked(self.cache / "lock-state"), open(self.folder / "log", "w") as log:
                done = subprocess.run(
                    [
                        "flatpak-builder", "--user", "--force-clean", "--ccache", "--disable-rofiles-fuse", "--disable-updates",
                        f"--state-dir={self.cache / 'state'}", f"--extra-sources={self.cache / 'extra'}",
                        f"--repo={self.repo}", f"--default-branch={self.branch}", "--delete-build-dirs",
                        self.files, local,
                    ],
                    env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                )  # fmt: skip
            if done.returncode != 0:
                tail = "\n".join((self.folder / "log").read_text(errors="replace").splitlines()[-30:])
                raise Trouble(f"the build failed:\n{tail}")
            self._install()
            stamp.write_text(digest)
        return self

    def _install(self):
        def call(*words):
            return run(["flatpak", "--user", *words], env=self.environment())

        call("remote-add", "--if-not-exists", "--no-gpg-verify", "built", f"file://{self.repo}")
        call("install", "-y", "--noninteractive", "--or-update", "--no-related", "built", f"{APP}//{self.branch}")
        call("update", "-y", "--noninteractive", "--no-related", f"{APP}//{self.branch}")
        run(["ostree", f"--repo={self.repo}", "prune", "--refs-only", "--depth=0"])

    def command(self, *words, command=None, options=()):
        """The words that run the program, or another command in its sandbox."""
        options = [*options, f"--branch={self.branch}", *([f"--command={command}"] if command else [])]
        return ["flatpak", "--user", "run", *options, APP, *map(str, words)]

    # What people install

    def bundle(self, folder, url, keys):
        """A bundle, and a repository with a .flatpakref, all signed; returns the paths of bundle and reference."""
        folder.mkdir(parents=True, exist_ok=True)
        sign = [f"--gpg-sign={keys.fingerprint}", *([f"--gpg-homedir={keys.home}"] if keys.home else [])]
        name = "mailwright" if self.kind == "flathub" else "mailwright-stand-in"
        repo, file, reference = folder / "repo", folder / f"{name}.flatpak", folder / f"{name}.flatpakref"
        if not (repo / "config").exists():
            run(["ostree", f"--repo={repo}", "init", "--mode=archive"])
        run(["flatpak", "build-commit-from", f"--src-repo={self.repo}", "--update-appstream", *sign, repo,
             f"app/{APP}/{standin.MACHINE}/{self.branch}"])  # fmt: skip
        public = folder / "mailwright.gpg"
        public.write_bytes(keys.public())
        run(["flatpak", "build-update-repo", "--title=Mailwright", f"--default-branch={self.branch}", "--generate-static-deltas",
             f"--gpg-import={public}", *sign, repo])  # fmt: skip
        runtimes = [f"--runtime-repo={FLATHUB}"] if self.kind == "flathub" else []
        run(["flatpak", "build-bundle", f"--gpg-keys={public}", f"--repo-url={url}", *runtimes, *sign, repo, file,
             APP, self.branch])  # fmt: skip
        reference.write_text(
            f"[Flatpak Ref]\nTitle=Mailwright\nName={APP}\nBranch={self.branch}\nUrl={url}\nIsRuntime=false\n"
            f"SuggestRemoteName=mailwright\nGPGKey={base64.b64encode(keys.public()).decode()}\n"
            + (f"RuntimeRepo={FLATHUB}\n" if self.kind == "flathub" else "")
        )
        return file, reference


class Keys:
    """Who signs: a key of the person's own keyring (its id), or one that is made in a folder and kept there."""

    def __init__(self, key=None, home=None):
        if not shutil.which("gpg"):
            raise Unable("gpg is not installed (in Debian: gnupg), and what is unsigned is not for other people")
        self.home = home
        if home:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            key = "Mailwright releases"
            if not self._gpg("--list-secret-keys", "--with-colons").stdout:
                self._gpg("--passphrase", "", "--quick-generate-key", key, "ed25519", "sign", "never", check=True)
                say(f"made a key to sign with, in {home}: keep a copy, updates have to be signed with the same one")
        listing = self._gpg("--list-secret-keys", "--with-colons", key).stdout.decode()
        self.fingerprint = next((line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr:")), None)
        if not self.fingerprint:
            raise Trouble(f"there is no secret key “{key}”")

    def _gpg(self, *words, check=False):
        home = ["--homedir", self.home] if self.home else []
        done = subprocess.run(["gpg", "--batch", "--quiet", *home, *words], stdin=subprocess.DEVNULL, capture_output=True)
        if check and done.returncode != 0:
            raise Trouble(f"gpg: {done.stderr.decode(errors='replace')}")
        return done

    def close(self):
        """Ends the agent that was started for a folder of our own."""
        if self.home:
            subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "gpg-agent"], stderr=subprocess.DEVNULL)

    def public(self):
        return self._gpg("--export", self.fingerprint, check=True).stdout


def main():
    parser = argparse.ArgumentParser(
        prog="./dev flatpak",
        description=__doc__.splitlines()[0],
        epilog="The runtime is Flathub's where that answers, and a stand-in made of Debian's packages otherwise; "
        "MAILWRIGHT_FLATPAK=flathub or =stand-in decides.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    verbs.add_parser("build", help="build and install into build/flatpak (also without a verb)")
    verbs.add_parser("run", help="open the window in its sandbox; what follows is for the program")
    verbs.add_parser("cli", help="run mailwright-cli in the sandbox; what follows is for it")
    verbs.add_parser("shell", help="a shell in the sandbox, or the command that follows")
    verbs.add_parser("test", help="what ./dev test flatpak does")
    bundle = verbs.add_parser("bundle", help="make a signed bundle, and a repository with a .flatpakref")
    bundle.add_argument("folder", nargs="?", type=pathlib.Path, default=TOP / "build/flatpak/bundle")
    bundle.add_argument("--url", required=True, help="where people will find the folder's repo/")
    bundle.add_argument("--key", help="of your own GnuPG keyring (otherwise one is made, and kept in the data folder)")
    bundle.add_argument("--stand-in", action="store_true", help="even what was built against the stand-in; for trying out")
    # The options of the program in the sandbox are none of ours.
    own, words = sys.argv[1:], []
    if own and own[0] in ("run", "cli", "shell"):
        own, words = own[:1], own[1:]
    options = parser.parse_args(own)
    try:
        act(options.verb or "build", options, words)
    except Trouble as trouble:
        say(trouble)
        sys.exit(3)


def act(verb, options, words):
    builder = Builder()
    if verb == "bundle" and builder.kind != "flathub" and not options.stand_in:
        raise Trouble(
            "Flathub cannot be reached, and what is built against the stand-in runtime does not run with the real one: "
            "it is not for other people. To try the making of a bundle all the same: --stand-in"
        )
    builder.build()
    if verb == "build":
        print(f"installed in {builder.folder}/installation: ./dev flatpak run")
    elif verb == "bundle":
        keys = Keys(options.key, None if options.key else data_folder() / "mailwright-release")
        with contextlib.closing(keys):
            print(*builder.bundle(options.folder.resolve(), options.url, keys), sep="\n")
        if builder.kind != "flathub":
            say("BUILT AGAINST THE STAND-IN RUNTIME: for trying out on this machine, not for other people")
    else:
        if verb == "shell":
            command, *words = words or ["sh"]
        else:
            command = {"run": "mailwright", "cli": "mailwright-cli"}[verb]
        words = builder.command(*words, command=command)
        os.execvpe(words[0], words, builder.environment())


if __name__ == "__main__":
    main()
