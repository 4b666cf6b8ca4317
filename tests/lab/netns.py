# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of the test's own: addresses on loopback, its own resolver, trust store, and nothing else.

Programs started with Namespace.command() see the real file system, but their /etc/resolv.conf,
/etc/hosts, /etc/nsswitch.conf and /etc/ssl/certs are the test's, and so are all of its ports:
143, 443 and 993 are as free as any other.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import threading
import unittest

from lab import proc

_SILENT_NET = "192.0.2.128/25"  # inside TEST-NET-1 (RFC 5737): packets vanish here
_SETUP = r"""
set -e
exec 3>&1 1>&2
cd "$1"
mount --make-rprivate / 2>/dev/null || true
ip link set lo up
for a in $2; do
  case $a in
    *:*) ip -6 addr add "$a/128" dev lo nodad ;;
    *)
      ip addr add "$a/32" dev lo
      # Servers take a client with their own address for a local one and relax their rules: give it another.
      ip route replace local "$a" dev lo table local src 127.0.0.1
      ;;
  esac
done
# A cable to nowhere: what is sent to a neighbour that has no such card is lost without a word.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1 2>/dev/null || true
ip link add void0 type veth peer name void1
ip link set void0 up
ip link set void1 up
ip route add "$3" dev void0 src 192.0.2.1
for n in $4; do ip neigh replace "$n" lladdr 02:00:00:00:00:99 nud permanent dev void0; done
if [ "$5" ]; then ip route add default via "${4%% *}" dev void0; fi
over() { [ -e "$2" ] && mount --bind "$1" "$2"; }
over resolv.conf "$(readlink -f /etc/resolv.conf)"
over hosts /etc/hosts
over nsswitch.conf /etc/nsswitch.conf
over certs "$(readlink -f /etc/ssl/certs)"
echo ready >&3
exec 3>&-
exec sleep 2147483647
"""


class Namespace:
    """One network namespace with one mount namespace, kept alive by a sleeping child."""

    #: Where names should lead that answer nothing at all.
    SILENT = "192.0.2.200"
    SILENT_TOO = "192.0.2.201"

    def __init__(self, area, addresses=("192.0.2.1",), authorities=(), hosts="", nameserver="127.0.0.1", online=False):
        """addresses appear on lo; authorities (certs.Authority) are the only roots of trust.

        192.0.2.1 is always there; 192.0.2.128 to .255 swallow packets (SILENT). online gives it a default
        route, as a machine with a network has; it leads nowhere.
        """
        proc.need_root("a network namespace")
        unshare, self._nsenter, _ = proc.need_program("unshare", "nsenter", "ip")
        self.area = area
        folder = area.folder("netns")
        (folder / "resolv.conf").write_text(f"nameserver {nameserver}\noptions timeout:2 attempts:2\n")
        (folder / "hosts").write_text(f"127.0.0.1 localhost\n::1 localhost\n{hosts}")
        (folder / "nsswitch.conf").write_text(
            "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\n"
        )
        self._trust(folder / "certs", authorities)
        addresses = dict.fromkeys(["192.0.2.1", *addresses])
        self._holder = proc.Process(
            area,
            "netns",
            [
                unshare, "--net", "--mount", "--propagation", "private", "sh", "-c", _SETUP, "setup",
                folder, " ".join(addresses), _SILENT_NET, f"{self.SILENT} {self.SILENT_TOO}", "online" if online else "",
            ],
        )  # fmt: skip
        try:
            proc.wait_for(
                lambda: "ready" in self._holder.output(), "network namespace", alive=self._holder
            )
        except proc.LabError as error:
            if any(word in str(error) for word in ("not permitted", "denied")):
                raise unittest.SkipTest(f"no network namespace can be made here: {error}") from None
            raise

    @staticmethod
    def _trust(folder, authorities):
        """A folder in the shape of Debian's /etc/ssl/certs that holds nothing but authorities."""
        folder.mkdir()
        bundle = folder / "ca-certificates.crt"
        bundle.write_bytes(b"".join(authority.path.read_bytes() for authority in authorities))
        bundle.chmod(0o644)
        openssl = shutil.which("openssl")
        for authority in authorities if openssl else ():
            digest = subprocess.run(
                [openssl, "x509", "-noout", "-hash", "-in", authority.path],
                capture_output=True, text=True, check=True,
            ).stdout.strip()  # fmt: skip
            (folder / f"{digest}.0").write_bytes(authority.path.read_bytes())

    @property
    def pid(self):
        return self._holder.pid

    def command(self, argv, cwd=None):
        """argv, made to run inside, in the present directory."""
        return [
            self._nsenter, f"--target={self.pid}", "--net", "--mount", "--root",
            f"--wdns={cwd or os.getcwd()}", "--", *map(str, argv),
        ]  # fmt: skip

    def run(self, argv, **options):
        return subprocess.run(self.command(argv), **options)

    def call(self, function, *args):
        """Runs function in a thread that sees this network: for sockets, which remember where they were made."""
        outcome = {}

        def inside():
            try:
                descriptor = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY)
                try:
                    os.setns(descriptor, os.CLONE_NEWNET)
                finally:
                    os.close(descriptor)
                outcome["value"] = function(*args)
            except BaseException as error:
                outcome["error"] = error

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        if "error" in outcome:
            raise outcome["error"]
        return outcome["value"]

    def counters(self):
        """The kernel's own count of what happened: TCP connections opened, UDP datagrams sent."""
        table = {}
        lines = pathlib.Path(f"/proc/{self.pid}/net/snmp").read_text().splitlines()
        for names, values in zip(lines[::2], lines[1::2]):
            kind, names = names.split(":")
            table[kind] = dict(zip(names.split(), map(int, values.split(":")[1].split())))
        six = dict(
            line.split() for line in pathlib.Path(f"/proc/{self.pid}/net/snmp6").read_text().splitlines()
        )
        return {
            "connections": table["Tcp"]["ActiveOpens"],
            "datagrams": table["Udp"]["OutDatagrams"] + int(six.get("Udp6OutDatagrams", 0)),
        }


def listen(address, port, ns=None, backlog=64):
    """A listening socket, inside ns where one is given. Port 0 lets the kernel pick."""

    def make():
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((address, port))
        sock.listen(backlog)
        return sock

    return ns.call(make) if ns else make()
