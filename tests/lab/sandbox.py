# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Flatpak's sandbox looks like from inside, without Flatpak: the root and the home are a file system of their own
that is thrown away, some folders of the real home are mounted into it, and /.flatpak-info says which.

    home = sandbox.home(area)
    box = sandbox.Sandbox(area, home, grants=["~/.thunderbird", "~/.config/msmtp:create"], talk=["org.freedesktop.secrets"])
    Window(area, home=home, ns=box)             # a "network" that is a sandbox
    cli.run("export", "--list", env=home.env(), ns=box)

What a message bus would hold back is not held back here: only the list of permissions says so.
"""

import pathlib

from lab import bus, proc

APP = "io.github.mailwright.Mailwright"

# Everything but the home is the system's. The folder of the sandbox's root is mounted over the home, so that both are
# one file system; then what was granted is mounted into that. The real home is still to be seen outside of the new root.
_SCRIPT = """
root=$1 home=$2 info=$3 grants=$4 folder=$5
shift 5
mount -t tmpfs -o mode=755 tmpfs "$root"
for entry in /*
do
  if [ -L "$entry" ]
  then
    cp -a "$entry" "$root/"
  elif [ -d "$entry" ]
  then
    mkdir -p "$root$entry"
    mount --rbind "$entry" "$root$entry"
  fi
done
cp "$info" "$root/.flatpak-info"
mkdir "$root/.home" "$root/.old"
mount --bind "$root/.home" "$root$home"
while IFS= read -r folder
do
  if [ -d "$home/$folder" ]
  then
    mkdir -p "$root$home/$folder"
    mount --bind "$home/$folder" "$root$home/$folder"
  elif [ -e "$home/$folder" ]
  then
    mkdir -p "$(dirname "$root$home/$folder")"
    : > "$root$home/$folder"
    mount --bind "$home/$folder" "$root$home/$folder"
  fi
done < "$grants"
cd "$root"
pivot_root . .old
umount -l /.old
cd "$folder"
exec "$@"
"""


def home(area, name="home"):
    """A home whose folders for the program's own settings are where Flatpak puts them."""
    made = bus.Home(area, name)
    own = made.path / ".var/app" / APP
    for attribute, folder in (("config", "config"), ("data", "data"), ("state", ".local/state"), ("cache", "cache")):
        path = own / folder
        path.mkdir(parents=True)
        setattr(made, attribute, path)
    return made


class Sandbox:
    """grants are entries of [Context] filesystems; only those below the home are mounted."""

    def __init__(self, area, home, grants=(), talk=()):
        proc.need_root("mounting a sandbox")
        self._home = home
        self.folder = area.folder("sandbox")
        self.root = self.folder / "root"
        self.root.mkdir()
        lines = ["[Application]", f"name={APP}", "", "[Context]", "shared=network;ipc;"]
        lines += [f"filesystems={';'.join(grants)};" if grants else "filesystems="]
        lines += ["", "[Session Bus Policy]"] + [f"{name}=talk" for name in talk]
        self._info = self.folder / "info"
        self._info.write_text("\n".join(lines) + "\n")
        mounted = [f".var/app/{APP}"]
        for grant in grants:
            path, _, mode = grant.partition(":")
            if path.startswith("~/"):
                mounted.append(path[2:])
                if mode == "create":
                    (home.path / path[2:]).mkdir(parents=True, exist_ok=True)
        self._grants = self.folder / "grants"
        self._grants.write_text("".join(f"{path}\n" for path in mounted))

    #: In a sandbox GTK does not tell the screen which process a window is of.
    hides_pid = True

    def command(self, argv, cwd=None):
        words = ["unshare", "--mount", "--propagation", "private", "--", "sh", "-euc", _SCRIPT, "sh"]
        words += map(str, (self.root, self._home.path, self._info, self._grants, cwd or self._home.path))
        return words + [str(word) for word in argv]
