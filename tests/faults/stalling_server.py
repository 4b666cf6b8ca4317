# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An IMAP server over TLS that knows nobody's password, takes every one, and stands still at a chosen command."""

import re
import socket
import ssl
import threading

STAGES = ("connect", "greeting", "capability", "login", "mailbox")


class StallingServer:
    """stall: one of STAGES, or None to go through. Goes on when release() is called."""

    def __init__(self, area, leaf, stall=None, refuse=False):
        self.stall = stall
        self.refuse = refuse
        self.commands = []
        self.reached = threading.Event()
        self._release = threading.Event()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(leaf.chain_path, leaf.key_path)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open = []
        threading.Thread(target=self._accept, daemon=True).start()
        area.on_close(self.stop)

    def release(self):
        self._release.set()

    def again(self, stall):
        """For the next client."""
        self.stall = stall
        self.reached.clear()
        self._release.clear()

    def stop(self):
        self._release.set()
        self._listener.close()
        for sock in self._open:
            sock.close()

    def _accept(self):
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            self._open.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _pause(self, stage):
        if self.stall == stage:
            self.reached.set()
            self._release.wait()

    def _serve(self, client):
        try:
            self._pause("connect")
            stream = self._context.wrap_socket(client, server_side=True)
            self._open.append(stream)
            self._pause("greeting")
            stream.sendall(b"* OK hello\r\n")
            self._talk(stream, stream.makefile("rb"))
        except (OSError, ValueError):
            pass

    def _talk(self, stream, lines):
        for line in lines:
            tag, command = re.match(rb"(\S+) +(\S+)", line).groups()
            command = command.decode().upper()
            self.commands.append(command)
            if command == "CAPABILITY":
                self._pause("capability")
                stream.sendall(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
            elif command == "AUTHENTICATE":
                stream.sendall(b"+ \r\n")
                lines.readline()
                self._pause("login")
                if self.refuse:
                    stream.sendall(tag + b" NO [AUTHENTICATIONFAILED] no\r\n")
                    continue
            elif command == "LOGIN":
                self._pause("login")
            elif command in ("EXAMINE", "SELECT"):
                self._pause("mailbox")
                stream.sendall(b"* 3 EXISTS\r\n")
            stream.sendall(tag + b" OK done\r\n")
