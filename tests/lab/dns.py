# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real DNS server (unbound) that knows what the test wrote down and nothing else."""

import re
import socket
import threading

from lab import proc

_QUERY = re.compile(r"info: (\S+) (\S+)\. (\S+) IN$")


def _rdata(kind, value):
    if kind == "TXT":
        # One character string holds 255 bytes; a longer text is several of them (RFC 7208, 3.3).
        text = value if isinstance(value, (list, tuple)) else [value]
        parts = [piece[i : i + 255] for piece in text for i in range(0, max(len(piece), 1), 255)]
        return " ".join('"%s"' % part.replace("\\", "\\\\").replace('"', '\\"') for part in parts)
    return str(value)


class Dns:
    """unbound with the records of zones.

    zones: {"example.test": {"@": [("MX", "10 mail.example.test.")], "mail": [("A", "192.0.2.1")]}}
    Names below a zone that are not there do not exist (NXDOMAIN); everything else is refused.
    silent: zones whose questions are never answered.
    broken: zones that end in SERVFAIL.
    """

    def __init__(self, area, zones, *, silent=(), broken=(), address="127.0.0.1", port=None, ns=None):
        self._program = proc.need_program("unbound")
        self.area = area
        self.address = address
        self.port = port if port is not None else (53 if ns else proc.free_ports(1, address)[0])
        self._ns = ns
        folder = area.folder("unbound")
        self._log_path = folder / "log"
        lines = [
            "server:",
            f"  interface: {address}@{self.port}",
            "  access-control: 0.0.0.0/0 allow",
            "  access-control: ::0/0 allow",
            '  username: ""',
            '  chroot: ""',
            f'  directory: "{folder}"',
            f'  pidfile: "{folder}/pid"',
            f'  logfile: "{self._log_path}"',
            "  use-syslog: no",
            "  log-queries: yes",
            "  log-time-ascii: no",
            "  verbosity: 1",
            '  module-config: "iterator"',
            "  do-daemonize: no",
            "  num-threads: 1",
            "  do-not-query-localhost: no",
            "  minimal-responses: yes",
            "  outgoing-range: 64",
            "  so-reuseport: no",
            '  local-zone: "." static',
            '  local-zone: "test." nodefault',
        ]
        lines += [f'  local-zone: "{name}." always_deny' for name in silent]
        lines += [f'  local-zone: "{name}." always_transparent' for name in broken]
        for zone, names in zones.items():
            lines.append(f'  local-zone: "{zone}." static')
            for name, records in names.items():
                full = zone if name == "@" else f"{name}.{zone}"
                for kind, value in records:
                    data = f"{full}. 60 IN {kind} {_rdata(kind, value)}"
                    lines.append("  local-data: '%s'" % data.replace("'", "\\'"))
        if broken:
            upstream = self._failing_upstream(ns)
        for name in broken:
            lines += ["forward-zone:", f'  name: "{name}."', f"  forward-addr: 127.0.0.1@{upstream}"]
        lines += ["remote-control:", "  control-enable: no"]
        self._conf = folder / "unbound.conf"
        self._conf.write_text("\n".join(lines) + "\n")
        self._process = None

    def _failing_upstream(self, ns):
        """A server behind the server that fails every question at once; returns its port."""

        def make():
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind(("127.0.0.1", 0))
            return sock

        def serve():
            while True:
                try:
                    question, asker = sock.recvfrom(4096)
                    # Response, recursion available, code 2 (RFC 1035, 4.1.1).
                    sock.sendto(question[:2] + bytes([0x80 | question[2], 0x82]) + question[4:], asker)
                except OSError:
                    return

        sock = ns.call(make) if ns else make()
        self.area.on_close(sock.close)
        threading.Thread(target=serve, daemon=True).start()
        return sock.getsockname()[1]

    def start(self):
        self._process = proc.Process(
            self.area, "unbound", [self._program, "-d", "-c", self._conf], ns=self._ns
        )
        proc.wait_for(
            lambda: "start of service" in self.log(), "DNS server", alive=self._process
        )
        return self

    def stop(self):
        self._process.stop()

    def log(self):
        return self._log_path.read_text(errors="replace") if self._log_path.exists() else ""

    def queries(self, since=0):
        """What was asked so far: [(name, type)], in order. since leaves out the first so many."""
        found = []
        for line in self.log().splitlines():
            match = _QUERY.search(line)
            if match:
                found.append((match[2].lower(), match[3]))
        return found[since:]
