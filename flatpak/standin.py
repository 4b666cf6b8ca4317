# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""org.gnome.Platform and org.gnome.Sdk where Flathub cannot be reached, made of this Debian's own packages.

What is installed here is copied as it is, with all that its maintainers' scripts have made of it; what is not is
fetched from where this system gets its packages. The result is good for building and for trying out, and for nothing
else: its libraries are Debian's, of other versions than GNOME's.
"""

import contextlib
import glob
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import time

BRANCH = "50"
MACHINE = os.uname().machine

# What GNOME's runtime has and Mailwright uses. The libraries that these need come along.
PLATFORM = """
    base-files bash coreutils dash debianutils findutils gawk grep hostname libc-bin libglib2.0-bin mawk sed
    ca-certificates dconf-gsettings-backend glib-networking gsettings-desktop-schemas p11-kit p11-kit-modules
    libadwaita-1-0 libgtk-4-1 libgtk-4-common libjson-glib-1.0-0 libsecret-1-0 libsoup-3.0-0 libsqlite3-0
    adwaita-icon-theme fontconfig fonts-dejavu-core fonts-inter gtk-update-icon-cache hicolor-icon-theme
    libgdk-pixbuf2.0-bin librsvg2-common shared-mime-info
""".split()
SDK = """
    appstream appstream-compose autoconf automake bzip2 ccache desktop-file-utils diffutils file gcc gettext gzip
    libtool make meson ninja-build patch perl pkgconf python3 tar util-linux xsltproc xz-utils
    libadwaita-1-dev libc6-dev libdbus-1-dev libglib2.0-dev libglib2.0-dev-bin libgnutls28-dev libgtk-4-dev
    libjson-glib-dev libpsl-dev libsecret-1-dev libsoup-3.0-dev libsqlite3-dev libudev-dev uuid-dev
""".split()
# Needed by something of the above on paper, and large: drivers for graphics cards, what runs a whole system.
WITHOUT = re.compile(r"libllvm\d|mesa-|libgl1-mesa-dri|libz3-|systemd|udev$|dbus$|libicu-dev|adduser|passwd|login|perl-doc")
# Modules of the manifest that Debian has a package of: for when its mirror has lost the tarball.
INSTEAD = {"libnm": (["libnm0"], ["libnm-dev"])}
SOURCES = {"libndp": "libndp", "libnm": "network-manager"}

LEFT_OUT = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/info/", "/usr/share/locale/", "/usr/share/gtk-doc/",
            "/usr/share/help/", "/usr/share/lintian/", "/usr/share/bug/", "/usr/share/gir-1.0/", "/usr/share/vulkan/",
            "/usr/src/", "/var/", "/boot/", "/run/")  # fmt: skip
GENERATED = ("/usr/lib/locale/*", "/etc/alternatives/*", "/etc/ssl/certs/ca-certificates.crt")

# What a runtime must be besides its packages: an app's libraries come first, and its caches know what is there.
FINISH = r"""
set -eu
ln -sf bash /usr/bin/sh
[ ! -e /usr/bin/gcc ] || ln -sf gcc /usr/bin/cc
for tool in /usr/bin/aclocal-1.* /usr/bin/automake-1.*; do [ ! -e "$tool" ] || ln -sf "${tool##*/}" "${tool%%-1.*}"; done
ln -sf ../sbin/ldconfig /usr/bin/ldconfig
[ -e /usr/bin/awk ] || ln -s mawk /usr/bin/awk
[ -e /usr/bin/which ] || ln -s which.debianutils /usr/bin/which
ldconfig
glib-compile-schemas /usr/share/glib-2.0/schemas
/usr/lib/*/glib-2.0/gio-querymodules /usr/lib/*/gio/modules
/usr/lib/*/gdk-pixbuf-2.0/gdk-pixbuf-query-loaders --update-cache
update-mime-database /usr/share/mime
for theme in Adwaita hicolor; do gtk-update-icon-cache -qf /usr/share/icons/$theme; done
fc-cache -s
"""
FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/app/share/fonts</dir>
  <dir>/run/host/fonts</dir>
  <include ignore_missing="yes">/run/host/font-dirs.xml</include>
  <cachedir>/usr/lib/fontconfig/cache</cachedir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias binding="same"><family>Adwaita Sans</family><prefer><family>Inter</family></prefer></alias>
</fontconfig>
"""


class Trouble(Exception):
    """Something did not work; the text says what."""


class Unable(Trouble):
    """This machine lacks what is needed; the text says what."""


def run(words, **options):
    """Runs a command and returns what it printed; its complaints are in the Trouble that a failure raises."""
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode != 0:
        said = (done.stderr.decode(errors="replace") or done.stdout.decode(errors="replace"))[-4000:]
        raise Trouble(f"{' '.join(map(str, words))[:300]}: {said}")
    return done.stdout.decode(errors="replace")


class Apt:
    """This system's sources of packages, with lists and a cache of our own: nothing gets installed."""

    def __init__(self, folder, debs):
        self.folder = folder
        self.debs = debs
        for place in (folder / "lists/partial", folder / "cache", debs / "partial"):
            place.mkdir(parents=True, exist_ok=True)
        # Sources are wanted as well: wherever packages come from.
        text = "".join(pathlib.Path(name).read_text() for name in self._lists() if name.endswith(".list"))
        lines = re.findall(r"(?m)^\s*deb\s.*", text)
        (folder / "sources.list").write_text("".join(f"{line}\n{line.replace('deb', 'deb-src', 1)}\n" for line in lines))
        parts = folder / "sources.list.d"
        parts.mkdir(exist_ok=True)
        for name in self._lists():
            if name.endswith(".sources"):
                text = re.sub(r"(?m)^Types:.*", "Types: deb deb-src", pathlib.Path(name).read_text())
                (parts / os.path.basename(name)).write_text(text)
        self.options = []
        for name, value in {
            "Dir::Etc::SourceList": folder / "sources.list",
            "Dir::Etc::SourceParts": parts,
            "Dir::State::Lists": folder / "lists",
            "Dir::Cache": folder / "cache",
            "Dir::Cache::Archives": debs,
            "APT::Sandbox::User": "",
            "APT::Install-Recommends": "false",
            "APT::Keep-Downloaded-Packages": "true",
            "Acquire::Languages": "none",
            "Acquire::Retries": "5",
            "Debug::NoLocking": "true",
        }.items():
            self.options += ["-o", f"{name}={value}"]

    @staticmethod
    def _lists():
        return ["/etc/apt/sources.list"] * os.path.exists("/etc/apt/sources.list") + sorted(
            glob.glob("/etc/apt/sources.list.d/*")
        )

    def get(self, *words, **options):
        return run(["apt-get", *self.options, "-qq", *words], **options)

    def update(self, now=False):
        """Fetches the lists, unless those that are there are of today."""
        stamp = self.folder / "updated"
        if now or not stamp.exists() or time.time() - stamp.stat().st_mtime > 86400:
            self.get("update")
            stamp.touch()

    def missing(self, names):
        """Files of the packages that names need and this system does not have, fetched."""
        installed, _ = _packages([])
        words = ["install", "--no-remove", *(name for name in names if name not in installed)]
        try:
            self.update()
            self.get("-y", "--download-only", *words)
        except Trouble:  # the mirror has moved on
            self.update(now=True)
            self.get("-y", "--download-only", *words)
        found = []
        for line in self.get("-s", *words).splitlines():
            match = re.match(r"Inst (\S+) (?:\[\S+\] )?\((\S+) .*\[(\S+)\]\)", line)
            if match:
                found += self.debs.glob(f"{match[1].split(':')[0]}_{match[2].replace(':', '%3a')}_*.deb")
        return sorted(set(found))

    def tarball(self, name, sha256, folder):
        """The upstream tarball of a source package, when it is the very file that the manifest names; else None."""
        folder.mkdir(parents=True, exist_ok=True)
        for again in (False, True):
            for path in folder.glob(f"{name}_*.orig.tar.*"):
                if hashlib.sha256(path.read_bytes()).hexdigest() == sha256:
                    return path
            if not again:
                # A mirror may lack the smaller files beside the tarball, which is no loss.
                with contextlib.suppress(Trouble):
                    self.update()
                    self.get("source", "--download-only", name, cwd=folder)
        return None


def _packages(debs):
    """What is installed, and what is in debs: {name: (needs, how to get its files)}; needs are lists of alternatives."""
    form = "${Package}\t${db:Status-Abbrev}\t${Provides}\t${Pre-Depends}, ${Depends}\n"
    rows = [line.split("\t") + [None] for line in run(["dpkg-query", "-W", "-f", form]).splitlines()]
    for path in debs:
        fields = run(["dpkg-deb", "--show", "--showformat=" + form.replace("${db:Status-Abbrev}", "ii "), path])
        rows.append(fields.rstrip("\n").split("\t") + [path])
    packages, provided = {}, {}
    for name, status, provides, needs, path in rows:
        if not status.startswith("ii"):
            continue
        split = [[re.sub(r"[\s:(].*", "", one.strip()) for one in need.split("|")] for need in needs.split(",")]
        packages[name] = (split, path)
        for one in provides.split(","):
            provided.setdefault(re.sub(r"\s.*", "", one.strip()), name)
    return packages, provided


def _closure(names, packages, provided):
    found, queue = {}, list(names)
    while queue:
        name = queue.pop()
        name = name if name in packages else provided.get(name)
        if not name or name in found or WITHOUT.match(name):
            continue
        needs, found[name] = packages[name]
        for alternatives in needs:
            queue += [one for one in alternatives if one in packages or one in provided][:1]
    return found


def _copy(names, tree):
    """Copies the files of packages: {name: .deb, or None for what is installed}."""
    for folder in ("bin", "lib", "sbin", "lib64"):
        (tree / "usr" / folder).mkdir(parents=True, exist_ok=True)
        (tree / folder).symlink_to(f"usr/{folder}")
    paths = {path for pattern in GENERATED for path in glob.glob(pattern)}
    for name in sorted(names):
        if names[name]:
            excluded = [f"--exclude=.{place}*" for place in LEFT_OUT]
            with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", names[name]], stdout=subprocess.PIPE) as archive:
                run(["tar", "-x", "--no-same-owner", "--keep-directory-symlink", *excluded, "-C", tree], stdin=archive.stdout)
            continue
        for listing in glob.glob(f"/var/lib/dpkg/info/{glob.escape(name)}.list") or glob.glob(
            f"/var/lib/dpkg/info/{glob.escape(name)}:*.list"
        ):
            paths.update(pathlib.Path(listing).read_text().splitlines())
    usable = []
    for path in paths:
        if not path.startswith(LEFT_OUT) and os.path.lexists(path) and (os.path.islink(path) or not os.path.isdir(path)):
            # /lib is a link to /usr/lib, here and in the tree.
            usable.append(os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)).lstrip("/"))
    listing = "\0".join(sorted(set(usable))).encode()
    words = ["tar", "-c", "-C", "/", "--no-recursion", "--null", "--verbatim-files-from", "-T", "-"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as archive:
        with subprocess.Popen(["tar", "-x", "--no-same-owner", "-C", tree], stdin=archive.stdout) as unpacking:
            archive.stdout.close()
            archive.stdin.write(listing)
            archive.stdin.close()
        if unpacking.returncode or archive.wait():
            raise Trouble("the system's own files could not be copied")


def _finish(tree):
    etc = tree / "etc"
    (etc / "ld.so.conf").write_text(
        "include /run/flatpak/ld.so.conf.d/app-*.conf\ninclude /app/etc/ld.so.conf\n/app/lib\n"
        "include /run/flatpak/ld.so.conf.d/runtime-*.conf\ninclude /etc/ld.so.conf.d/*.conf\n"
    )
    (etc / "passwd").write_text("root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n")
    (etc / "group").write_text("root:x:0:\nnogroup:x:65534:\n")
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")
    (etc / "fonts/conf.d").mkdir(parents=True, exist_ok=True)
    (etc / "fonts/conf.d/50-flatpak.conf").write_text(FONTS)
    (etc / "flatpak-builder").mkdir(exist_ok=True)
    (etc / "flatpak-builder/defaults.json").write_text('{"libdir": "/app/lib", "ldflags": "-L/app/lib -Wl,--as-needed"}\n')
    words = ["bwrap", "--bind", tree, "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--unshare-net"]
    words += ["--clearenv", "--setenv", "PATH", "/usr/sbin:/usr/bin", "--setenv", "LC_ALL", "C.UTF-8"]
    run([*words, "--die-with-parent", "bash", "-c", FINISH])
    # The places where the real one is extended, and into which things are mounted.
    for place in ("share/runtime/locale", "share/locale", "lib/debug", f"lib/{MACHINE}-linux-gnu/GL", "local"):
        (tree / "usr" / place).mkdir(parents=True, exist_ok=True)
    shutil.rmtree(tree / "usr/local")


def _export(name, tree, repo):
    """Makes the tree a commit of an OSTree repository, in the shape of a runtime."""
    stage = tree.with_name(f"{tree.name}-stage")
    (stage / "var").mkdir(parents=True)
    (stage / "files").mkdir()
    shutil.rmtree(tree / "usr/etc", ignore_errors=True)
    (tree / "etc").rename(tree / "usr/etc")
    (tree / "usr").rename(stage / "usr")
    (stage / "metadata").write_text(
        f"[Runtime]\nname={name}\nruntime=org.gnome.Platform/{MACHINE}/{BRANCH}\nsdk=org.gnome.Sdk/{MACHINE}/{BRANCH}\n\n"
        "[Environment]\nXDG_DATA_DIRS=/app/share:/usr/share:/run/host/user-share:/run/host/share\n"
        "GI_TYPELIB_PATH=/app/lib/girepository-1.0\n"
    )
    for folder, _, _ in os.walk(stage):
        os.chmod(folder, 0o755)
    run(["flatpak", "build-export", "--runtime", "--disable-sandbox", "--no-update-summary", repo, stage, BRANCH])
    shutil.rmtree(stage)
    shutil.rmtree(tree)


def key(instead):
    """What the stand-in depends on; another key wants another stand-in."""
    used = sorted(_closure(PLATFORM + SDK, *_packages([])))
    versions = run(["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *used])
    return hashlib.sha256((pathlib.Path(__file__).read_text() + versions + repr(instead)).encode()).hexdigest()[:16]


def make(folder, apt, instead, say):
    """Makes both runtimes and installs them into folder/installation. instead: modules that they have to have."""
    repo, installation = folder / "repo", folder / "installation"
    wanted = {"Platform": list(PLATFORM), "Sdk": PLATFORM + SDK}
    for module in instead:
        runtime, development = INSTEAD[module]
        wanted["Platform"] += runtime
        wanted["Sdk"] += runtime + development
    debs = apt.missing(wanted["Sdk"])
    packages, provided = _packages(debs)
    run(["ostree", f"--repo={repo}", "init", "--mode=bare-user-only"])
    run(["ostree", f"--repo={repo}", "config", "set", "core.fsync", "false"])
    for name in wanted:
        say(f"... org.gnome.{name}")
        tree = folder / f"tree-{name}"
        tree.mkdir()
        _copy(_closure(wanted[name], packages, provided), tree)
        _finish(tree)
        _export(f"org.gnome.{name}", tree, repo)
    env = {**os.environ, "FLATPAK_USER_DIR": str(installation)}
    run(["flatpak", "build-update-repo", "--no-update-appstream", repo])
    run(["flatpak", "--user", "remote-add", "--no-gpg-verify", "stand-in", f"file://{repo}"], env=env)
    refs = [f"org.gnome.{name}/{MACHINE}/{BRANCH}" for name in wanted]
    run(["flatpak", "--user", "install", "-y", "--noninteractive", "--no-related", "stand-in", *refs], env=env)
