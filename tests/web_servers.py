"""Real HTTP servers on this machine for the tests of fetch, some of which misbehave."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

Headers = Mapping[str, str]
Answer = tuple[int, Headers, bytes]


class Request(NamedTuple):
    """What a server was asked."""

    method: str
    path: str
    headers: Headers
    """Names in lower case."""
    body: bytes


class Site:
    """A running server: its port, and what it was asked so far."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[Request] = []

    def url(self, path: str = "/", host: str = "localhost", scheme: str = "http") -> str:
        """An address of this server."""
        return f"{scheme}://{host}:{self.port}{path}"


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some of these tests are about."""


@contextmanager
def serving(answer: Callable[[Request], Answer], tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A server whose answers a function gives."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            size = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(size))
            site.requests.append(request)
            status, named, body = answer(request)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **named}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):  # do_GET, do_POST and so on
                return self.handle_any
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with _Quiet(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        site = Site(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def speaking(speak: Callable[[socket.socket], None]) -> Iterator[Site]:
    """A server that says what it likes: ``speak`` gets each connection once the request's head has arrived."""
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    connection.settimeout(10)
                    heard = b""
                    while b"\r\n\r\n" not in heard:
                        piece = connection.recv(65536)
                        if not piece:
                            break
                        heard += piece
                    speak(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Site(listener.getsockname()[1])
        finally:
            over.set()
            thread.join()
