# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS server that answers wrongly, late, or with what no zone file can hold."""

import ipaddress
import socket
import struct
import threading
import time

A, CNAME, MX, TXT, AAAA, SRV = 1, 5, 15, 16, 28, 33
NXDOMAIN, SERVFAIL, REFUSED = 3, 2, 5
_TYPES = {"A": A, "CNAME": CNAME, "MX": MX, "TXT": TXT, "AAAA": AAAA, "SRV": SRV}


def name(text):
    """A name on the wire; "." is the root. Labels may be longer than they may be."""
    labels = [label.encode() for label in text.strip(".").split(".") if label]
    return b"".join(bytes([min(len(label), 255)]) + label for label in labels) + b"\0"


class Question:
    def __init__(self, packet):
        self.packet = packet
        self.id = packet[:2]
        labels, at = [], 12
        while packet[at]:
            labels.append(packet[at + 1 : at + 1 + packet[at]].decode("ascii", "replace").lower())
            at += 1 + packet[at]
        self.name = ".".join(labels)
        self.type = struct.unpack("!H", packet[at + 1 : at + 3])[0]
        self.section = packet[12 : at + 5]

    def is_type(self, *names):
        return self.type in [_TYPES[one] for one in names]

    def answer(self, records=(), rcode=0, flags=0x8180, section=None, id=None):
        """A packet: records are (owner or None for what was asked, type, data)."""
        packet = (id or self.id) + struct.pack("!5H", flags | rcode, 1, len(records), 0, 0) + (section or self.section)
        for owner, kind, data in records:
            packet += (b"\xc0\x0c" if owner is None else name(owner)) + struct.pack("!HHIH", kind, 1, 60, len(data)) + data
        return packet

    def addresses(self, *addresses, **options):
        """The answer of an honest server that knows these addresses."""
        found = []
        for text in addresses:
            address = ipaddress.ip_address(text)
            if self.type == (A if address.version == 4 else AAAA):
                found.append((None, self.type, address.packed))
        return self.answer(found, **options)


class Liar:
    """Asks play(question) for what to send: a packet, a list of packets, or None for silence.

    Only by UDP: whoever is told to come back by TCP finds nobody there.
    """

    def __init__(self, area, play, ns, address="127.0.0.1"):
        def make():
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((address, 53))
            return sock

        self._play = play
        self._socket = ns.call(make)
        self._lock = threading.Lock()
        self._asked = []
        area.on_close(self._socket.close)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                packet, asker = self._socket.recvfrom(4096)
            except OSError:
                return
            threading.Thread(target=self._answer, args=(packet, asker), daemon=True).start()

    def _answer(self, packet, asker):
        question = Question(packet)
        with self._lock:
            self._asked.append((question.name, question.type))
        played = self._play(question)
        for one in [played] if isinstance(played, bytes) else played or ():
            try:
                self._socket.sendto(one, asker)
            except OSError:
                return  # the asker, or the test, is over

    def asked(self):
        """[(name, type)], in order."""
        with self._lock:
            return list(self._asked)


def late(seconds, packet):
    time.sleep(seconds)
    return packet
