# SPDX-FileCopyrightText: 2026 The Mailwright authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server that says what the test tells it to, honest or hostile, and keeps what it was asked."""

import dataclasses
import http.server
import socketserver
import ssl
import threading
import time
import urllib.parse

from lab import netns


@dataclasses.dataclass
class Answer:
    """One answer. body may be bytes, or a function that is given the request handler and writes all by itself."""

    body: object = b""
    status: int = 200
    content_type: str = "text/xml"
    headers: dict = dataclasses.field(default_factory=dict)
    delay: float = 0.0


def redirect(target, status=302):
    return Answer(b"", status, headers={"Location": target})


def endless(handler):
    """A body without an end, as fast as it is taken."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/xml")
    handler.end_headers()
    for _ in range(4096):  # 256 MiB: bounded, should the client not be
        handler.wfile.write(b"<!-- " + b"x" * 65526 + b" -->")


def trickle(handler):
    """A body that never pauses long enough for a time limit per read, for about a minute."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/xml")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(240):
        if handler.server.closing.wait(0.25):
            return
        handler.wfile.write(b" ")
        handler.wfile.flush()


def hang(handler):
    """Takes the request and never says a word."""
    handler.server.closing.wait(60)


@dataclasses.dataclass(frozen=True)
class Request:
    host: str
    path: str
    query: str
    method: str
    headers: tuple
    secure: bool

    @property
    def url(self):
        scheme = "https" if self.secure else "http"
        return f"{scheme}://{self.host}{self.path}" + (f"?{self.query}" if self.query else "")


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        host = (self.headers.get("Host") or "").lower()
        request = Request(
            host, parts.path, parts.query, self.command, tuple(self.headers.items()), self.server.secure
        )
        with self.server.lock:
            self.server.requests.append(request)
        answer = self.server.answers.get((host.split(":")[0], parts.path))
        if answer is None:
            answer = Answer(b"not here\n", 404, "text/plain")
        elif isinstance(answer, (bytes, str)):
            answer = Answer(answer)
        self.close_connection = True
        if answer.delay:
            time.sleep(answer.delay)
        try:
            if callable(answer.body):
                answer.body(self)
                return
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except OSError:
            pass  # the client has heard enough

    do_HEAD = do_POST = do_GET

    def log_message(self, *_):
        pass


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass  # a client that breaks off is a normal thing here; requests tells what came in


class Https:
    """answers: {("autoconfig.example.test", "/mail/config-v1.1.xml"): Answer(...)}.

    leaf is the certificate for every name; leaves gives other ones by SNI name. leaf=None is plain HTTP.
    """

    def __init__(self, area, answers, *, leaf=None, leaves=None, addresses=("127.0.0.1",), port=None, ns=None):
        self.answers = answers
        self.leaf = leaf
        self._servers = []
        wanted = port if port is not None else ((443 if leaf else 80) if ns else 0)
        contexts = {name: self._context(other) for name, other in (leaves or {}).items()}
        context = self._context(leaf) if leaf else None
        if context:
            context.sni_callback = lambda sock, name, _: (
                setattr(sock, "context", contexts[name]) if name in contexts else None
            )
        self.requests = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self.port = None
        for address in addresses:
            sock = netns.listen(address, self.port or wanted, ns)
            self.port = sock.getsockname()[1]
            server = _Server((address, self.port), _Handler, bind_and_activate=False)
            server.socket.close()
            server.socket = sock
            server.answers = answers
            server.requests = self.requests
            server.lock = self._lock
            server.closing = self._closing
            server.secure = leaf is not None
            if context:
                self._wrap(server, context)
            self._servers.append(server)
        area.on_close(self.stop)

    @staticmethod
    def _context(leaf):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(leaf.chain_path, leaf.key_path)
        return context

    @staticmethod
    def _wrap(server, context):
        # The handshake belongs in the connection's own thread: a slow client must hold up nobody.
        finish = server.finish_request

        def finish_request(request, client_address):
            request.settimeout(60)
            with context.wrap_socket(request, server_side=True) as secure:
                finish(secure, client_address)

        server.finish_request = finish_request

    def start(self):
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self._started = True
        return self

    def stop(self):
        self._closing.set()
        for server in self._servers:
            if self._started:
                server.shutdown()
            server.server_close()
        self._servers = []

    def set_answers(self, answers):
        self.answers = answers
        for server in self._servers:
            server.answers = answers

    def asked(self):
        """The URLs that were asked for, in order."""
        with self._lock:
            return [request.url for request in self.requests]
