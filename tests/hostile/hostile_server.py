# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail server for one client that is good but for what it is told to do wrong, and that writes down what it hears.

A scenario starts from the well-behaved server of its protocol and changes one thing: the greeting, the answer to a
command, the certificate, what comes in place of TLS. The record tells what the client sent, and in which layer.
"""

import base64
import dataclasses
import hashlib
import hmac
import re
import socket
import ssl
import struct
import threading
import time

CRLF = b"\r\n"


class Do:
    """Something to do in place of sending an answer, or between two pieces of one."""

    def __init__(self, what, *arguments):
        self.what = what
        self.arguments = arguments

    def __repr__(self):
        return f"{self.what}{self.arguments or ''}"


CLOSE = Do("close")  # ends the connection in order
RESET = Do("reset")  # ends it with a reset
SILENT = Do("silent")  # says nothing any more until the client goes
NOTHING = Do("nothing")  # gives no answer, but goes on listening


def wait(seconds):
    return Do("wait", seconds)


def trickle(data, seconds=0.2):
    """One byte at a time, for as long as the client stays."""
    return Do("trickle", data, seconds)


def flood(data, times=1 << 30):
    """The same again and again, until the client goes."""
    return Do("flood", data, times)


class Gone(Exception):
    """The connection is over."""


@dataclasses.dataclass
class Heard:
    """One piece of what the client sent."""

    secure: bool
    data: bytes


class Connection:
    """One client: a socket, its layers, and the record of what came in."""

    def __init__(self, sock, record):
        self.sock = sock
        self.record = record
        self.secure = False
        self._rest = b""

    def read_line(self):
        while CRLF not in self._rest and b"\n" not in self._rest:
            self._rest += self._receive()
        line, _, self._rest = self._rest.partition(b"\n")
        return line.rstrip(b"\r")

    def read_bytes(self, count):
        while len(self._rest) < count:
            self._rest += self._receive()
        data, self._rest = self._rest[:count], self._rest[count:]
        return data

    def _receive(self):
        try:
            data = self.sock.recv(65536)
        except OSError:
            raise Gone from None
        if not data:
            raise Gone
        self.record.append(Heard(self.secure, data))
        return data

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            raise Gone from None

    def do(self, action, fill=lambda data: data):
        """Bytes are sent; a Do is done; a list one after the other."""
        if isinstance(action, (list, tuple)):
            for part in action:
                self.do(part, fill)
            return
        if isinstance(action, bytes):
            self.send(fill(action))
            return
        arguments = [fill(a) if isinstance(a, bytes) else a for a in action.arguments]
        getattr(self, f"_do_{action.what}")(*arguments)

    def _do_close(self):
        raise Gone

    def _do_reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def _do_silent(self):
        while True:
            self._receive()

    def _do_nothing(self):
        pass

    def _do_wait(self, seconds):
        time.sleep(seconds)

    def _do_trickle(self, data, seconds):
        while True:
            for number in range(len(data)):
                self.send(data[number : number + 1])
                time.sleep(seconds)

    def _do_flood(self, data, times):
        chunk = data * max(1, 65536 // len(data))
        sent = 0
        while sent < times * len(data):
            self.send(chunk)
            sent += len(chunk)

    def start_tls(self, context, instead):
        """instead, where there is any, is done in place of a handshake, once the client has begun one."""
        if instead is not None:
            if self._rest == b"":
                self._receive()
            self._rest = b""
            self.do(instead)
            raise Gone
        try:
            self.sock = context.wrap_socket(self.sock, server_side=True)
        except (OSError, ssl.SSLError, ValueError):
            raise Gone from None
        self.secure = True

    def close(self):
        try:
            self.sock.close()
        except OSError:
            pass


class Server:
    """Listens until it is stopped; each connection is played in a thread of its own."""

    protocol = ""

    def __init__(self, listener, security, context, changes, user, password):
        """changes: what is different from a good server; see the subclasses for the keys that all have.

        greeting, caps (before TLS), caps_tls (inside), answers {COMMAND: action}, answers_tls (the same, inside only),
        tls_instead (action in place of a handshake), first (action before anything else), accepts (a function of
        the mechanism: whether a login is good), really_tls (a port for TLS from the start), injected (bytes behind the answer to STARTTLS).
        """
        self.listener = listener
        self.security = security
        self.context = context
        self.changes = changes
        self.user = user
        self.password = password
        self.records = []
        self.logins = []  # (secure, mechanism) of each attempt
        self._threads = []
        self._open = []
        self._stopped = False
        self._lock = threading.Lock()
        self.port = listener.getsockname()[1]
        thread = threading.Thread(target=self._accept, daemon=True)
        thread.start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            record = []
            with self._lock:
                self.records.append(record)
                self._open.append(sock)
            thread = threading.Thread(target=self._play, args=(Connection(sock, record),), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _play(self, connection):
        try:
            if "first" in self.changes:
                connection.do(self.changes["first"])
            if self.security == "tls" or self.changes.get("really_tls"):
                connection.start_tls(self.context, self.changes.get("tls_instead"))
            self.play(connection)
        except (Gone, OSError, ssl.SSLError):
            pass
        finally:
            connection.close()

    def stop(self):
        self.listener.close()
        for sock in self._open:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()
        for thread in self._threads:
            thread.join(5)

    def answer_for(self, connection, command):
        """The action that the scenario has for a command here, or None."""
        if connection.secure and command in self.changes.get("answers_tls", {}):
            return self.changes["answers_tls"][command]
        return self.changes.get("answers", {}).get(command)

    def heard(self, secure):
        return b"".join(piece.data for record in self.records for piece in record if piece.secure == secure)

    # What all three protocols have in common: SASL

    def log_in(self, connection, mechanism, initial, ask):
        """Plays the server's side of a mechanism; ask(challenge) gives the client's answer. True: good."""
        self.logins.append((connection.secure, mechanism))
        accepts = self.changes.get("accepts")
        if mechanism == "PLAIN":
            answer = initial if initial is not None else ask(b"")
            try:
                _, name, word = base64.b64decode(answer).split(b"\0")
            except ValueError:
                return False
            good = name.decode() == self.user and word.decode() == self.password
        elif mechanism == "LOGIN":
            name = base64.b64decode(ask(b"User Name"))
            word = base64.b64decode(ask(b"Password"))
            good = name.decode() == self.user and word.decode() == self.password
        elif mechanism == "CRAM-MD5":
            challenge = b"<1896.697170952@mail.hostile.test>"
            answer = base64.b64decode(ask(challenge))
            name, _, digest = answer.rpartition(b" ")
            right = hmac.new(self.password.encode(), challenge, hashlib.md5).hexdigest().encode()
            good = name.decode() == self.user and digest == right
        elif mechanism == "SCRAM-SHA-256":
            good = self._scram(initial, ask)
        else:
            return False
        return good if accepts is None else accepts(mechanism)

    def _scram(self, initial, ask):
        first = base64.b64decode(initial) if initial is not None else base64.b64decode(ask(b""))
        bare = first.split(b",", 2)[2]
        nonce = re.search(rb"r=([^,]*)", bare).group(1) + b"3rfcNHYJY1ZVvWVs7j"
        salt, rounds = b"saltSALTsalt", 4096
        scram = self.changes.get("scram", {})
        server_first = b"r=%s,s=%s,i=%d" % (nonce, base64.b64encode(salt), rounds)
        server_first = scram.get("first", lambda text, nonce: text)(server_first, nonce)
        final = base64.b64decode(ask(server_first))
        without_proof, _, proof = final.rpartition(b",p=")
        salted = hashlib.pbkdf2_hmac("sha256", self.password.encode(), salt, rounds)
        message = bare + b"," + server_first + b"," + without_proof
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        stored = hashlib.sha256(client_key).digest()
        signature = hmac.digest(stored, message, "sha256")
        shown = bytes(a ^ b for a, b in zip(base64.b64decode(proof), signature))
        if hashlib.sha256(shown).digest() != stored:
            return False
        server_key = hmac.digest(salted, b"Server Key", "sha256")
        verifier = b"v=" + base64.b64encode(hmac.digest(server_key, message, "sha256"))
        ask(scram.get("final", lambda text: text)(verifier))
        return True


class Imap(Server):
    protocol = "imap"

    def caps(self, connection):
        if connection.secure or self.security == "none":
            return self.changes.get("caps_tls", b"IMAP4rev1 SASL-IR ID AUTH=PLAIN AUTH=LOGIN")
        return self.changes.get("caps", b"IMAP4rev1 STARTTLS LOGINDISABLED")

    def play(self, connection):
        greeting = self.changes.get("greeting", b"* OK [CAPABILITY %(caps)] ready\r\n")
        fill_caps = lambda data: data.replace(b"%(caps)", self.caps(connection))  # noqa: E731
        connection.do(greeting, fill_caps)
        while True:
            line = connection.read_line()
            words = line.split(b" ", 2)
            tag, command = words[0], words[1].decode(errors="replace").upper() if len(words) > 1 else ""
            rest = words[2] if len(words) > 2 else b""
            fill = lambda data, tag=tag: fill_caps(data).replace(b"%(tag)", tag)  # noqa: E731
            # Literals are taken as they come, so that what follows is read as what it is.
            while match := re.search(rb"\{(\d+)(\+?)\}$", rest):
                if not match.group(2):
                    action = self.answer_for(connection, "LITERAL")
                    connection.do(action if action is not None else b"+ go\r\n", fill)
                rest += connection.read_bytes(int(match.group(1))) + connection.read_line()
            action = self.answer_for(connection, command)
            if action is not None and command not in ("AUTHENTICATE", "LOGIN", "STARTTLS"):
                connection.do(action, fill)
            elif command == "STARTTLS":
                self.upgrade(connection, action, fill)
            elif command in ("AUTHENTICATE", "LOGIN"):
                self.authenticate(connection, command, rest, action, fill)
            elif command == "CAPABILITY":
                connection.do(b"* CAPABILITY %(caps)\r\n%(tag) OK done\r\n", fill)
            elif command == "ID":
                connection.do(b"* ID NIL\r\n%(tag) OK done\r\n", fill)
            elif command == "EXAMINE":
                connection.do(b"* FLAGS (\\Seen)\r\n* 3 EXISTS\r\n* 0 RECENT\r\n%(tag) OK [READ-ONLY] done\r\n", fill)
            elif command == "LOGOUT":
                connection.do(b"* BYE bye\r\n%(tag) OK done\r\n", fill)
                raise Gone
            else:
                connection.do(b"%(tag) OK done\r\n" if command == "NOOP" else b"%(tag) BAD what\r\n", fill)

    def upgrade(self, connection, action, fill):
        if action is not None:
            connection.do(action, fill)
            if not self.changes.get("tls_anyway"):
                return
        else:
            connection.do(b"%(tag) OK go ahead\r\n" + self.changes.get("injected", b""), fill)
        connection.start_tls(self.context, self.changes.get("tls_instead"))

    def authenticate(self, connection, command, rest, action, fill):
        if command == "LOGIN":
            self.logins.append((connection.secure, "LOGIN command"))
            accepts = self.changes.get("accepts")
            if action is None:
                good = accepts("LOGIN command") if accepts else self.password.encode() in rest.replace(b"\\", b"")
                action = b"%(tag) OK in\r\n" if good else b"%(tag) NO [AUTHENTICATIONFAILED] no\r\n"
            connection.do(action, fill)
            return
        mechanism, _, initial = rest.partition(b" ")
        if self.changes.get("refuse_early"):
            connection.do(action, fill)
            return

        def ask(challenge):
            prompt = self.changes.get("prompt", b"+ " + base64.b64encode(challenge) + CRLF)
            connection.do(prompt, fill)
            return connection.read_line()

        good = self.log_in(connection, mechanism.decode().upper(), initial or None, ask)
        if action is None:
            action = b"%(tag) OK in\r\n" if good else b"%(tag) NO [AUTHENTICATIONFAILED] no\r\n"
        connection.do(action, fill)


class Pop3(Server):
    protocol = "pop3"

    def play(self, connection):
        connection.do(self.changes.get("greeting", b"+OK ready\r\n"))
        user = None
        while True:
            line = connection.read_line()
            command, _, rest = line.decode(errors="replace").partition(" ")
            command = command.upper()
            action = self.answer_for(connection, command)
            if command == "PASS":
                self.logins.append((connection.secure, "PASS"))
            if command == "STLS":
                if action is not None:
                    connection.do(action)
                    if not self.changes.get("tls_anyway"):
                        continue
                else:
                    connection.do(b"+OK go ahead\r\n" + self.changes.get("injected", b""))
                connection.start_tls(self.context, self.changes.get("tls_instead"))
            elif command == "AUTH":
                self.authenticate(connection, rest, action)
            elif action is not None:
                connection.do(action)
            elif command == "CAPA":
                inside = connection.secure or self.security == "none"
                caps = self.changes.get("caps_tls", b"USER\r\nUIDL\r\nSASL PLAIN LOGIN") if inside else \
                    self.changes.get("caps", b"STLS\r\nUIDL")
                connection.do(b"+OK list follows\r\n" + caps + b"\r\n.\r\n")
            elif command == "USER":
                user = rest
                connection.do(b"+OK name\r\n")
            elif command == "PASS":
                good = user == self.user and rest == self.password
                connection.do(b"+OK in\r\n" if good else b"-ERR [AUTH] no\r\n")
            elif command == "STAT":
                connection.do(b"+OK 3 1200\r\n")
            elif command == "QUIT":
                connection.do(b"+OK bye\r\n")
                raise Gone
            else:
                connection.do(b"-ERR what\r\n")

    def authenticate(self, connection, rest, action):
        mechanism, _, initial = rest.partition(" ")
        if self.changes.get("refuse_early"):
            connection.do(action)
            return

        def ask(challenge):
            connection.do(self.changes.get("prompt", b"+ " + base64.b64encode(challenge) + CRLF))
            return connection.read_line()

        good = self.log_in(connection, mechanism.upper(), initial.encode() or None, ask)
        if action is None:
            action = b"+OK in\r\n" if good else b"-ERR [AUTH] no\r\n"
        connection.do(action)


class Smtp(Server):
    protocol = "smtp"

    def play(self, connection):
        connection.do(self.changes.get("greeting", b"220 mail.hostile.test ESMTP\r\n"))
        while True:
            line = connection.read_line()
            command, _, rest = line.decode(errors="replace").partition(" ")
            command = command.upper()
            action = self.answer_for(connection, command)
            if command == "STARTTLS":
                if action is not None:
                    connection.do(action)
                    if not self.changes.get("tls_anyway"):
                        continue
                else:
                    connection.do(b"220 go ahead\r\n" + self.changes.get("injected", b""))
                connection.start_tls(self.context, self.changes.get("tls_instead"))
            elif command == "AUTH":
                self.authenticate(connection, rest, action)
            elif action is not None:
                connection.do(action)
            elif command == "EHLO":
                inside = connection.secure or self.security == "none"
                words = self.changes.get("caps_tls", [b"PIPELINING", b"AUTH PLAIN LOGIN", b"8BITMIME"]) if inside else \
                    self.changes.get("caps", [b"PIPELINING", b"STARTTLS", b"8BITMIME"])
                lines = [b"mail.hostile.test", *words]
                marks = [b"-"] * (len(lines) - 1) + [b" "]
                connection.do(b"".join(b"250" + mark + text + CRLF for mark, text in zip(marks, lines)))
            elif command in ("MAIL", "RSET", "NOOP"):
                connection.do(b"250 2.0.0 ok\r\n")
            elif command == "QUIT":
                connection.do(b"221 2.0.0 bye\r\n")
                raise Gone
            else:
                connection.do(b"502 5.5.1 what\r\n")

    def authenticate(self, connection, rest, action):
        mechanism, _, initial = rest.partition(" ")
        if self.changes.get("refuse_early"):
            connection.do(action)
            return

        def ask(challenge):
            connection.do(self.changes.get("prompt", b"334 " + base64.b64encode(challenge) + CRLF))
            return connection.read_line()

        good = self.log_in(connection, mechanism.upper(), initial.encode() or None, ask)
        if action is None:
            action = b"235 2.7.0 in\r\n" if good else b"535 5.7.8 no\r\n"
        connection.do(action)


SERVERS = {"imap": Imap, "pop3": Pop3, "smtp": Smtp}
