"""One connection whose every wait ends with the run, with the fetch's own time, or with an answer."""

import errno
import io
import os
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable

from tana_jupyter.errors import GuestError
from tana_jupyter.network import Resolved

POLL = 0.05
CONNECT_SECONDS = 5.0  # for one of several addresses
UNDERWAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY}


class Patience:
    """How long a fetch may go on waiting."""

    def __init__(self, seconds: float, aborting: Callable[[], bool]) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._aborting = aborting

    def check(self) -> None:
        """Give up where the run is over or the time is."""
        if self._aborting():
            raise GuestError("AbortError", "fetch failed: the run is over")
        if time.monotonic() >= self._end:
            raise GuestError("Error", f"fetch failed: no complete answer within {self._seconds:g} s")

    def wait(self, sock: socket.socket, event: int, until: float | None = None) -> bool:
        """Wait until a socket can be read or written; False where ``until`` comes first."""
        with selectors.DefaultSelector() as selector:
            selector.register(sock, event)
            # In small steps: a signal's handler runs between them, and only sets a flag.
            while not selector.select(POLL):
                self.check()
                if until is not None and time.monotonic() >= until:
                    return False
        return True


def resolve(host: str, port: int, patience: Patience) -> list[Resolved]:
    """What a name resolves to. On a thread: nothing but its end can interrupt the system's resolver."""
    found: list[Resolved] = []
    problems: list[str] = []

    def look() -> None:
        try:
            for family, *_, place in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM):
                found.append(Resolved(family, place))
        except OSError as error:
            problems.append(error.strerror or str(error))
        except UnicodeError:
            problems.append("it is not a host name")

    thread = threading.Thread(target=look, name="tana-resolve", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(POLL)
        patience.check()
    if not found:
        raise GuestError("Error", f"fetch failed: cannot resolve {host}: {''.join(problems) or 'no address'}")
    return found


def connect(host: str, places: Iterable[Resolved], patience: Patience, verifier: ssl.SSLContext | None) -> "Wire":
    """Connect to the first address that answers, with TLS where there is a verifier.

    Addresses, never the name: resolving it a second time could give another one.
    """
    problem = "no address"
    for place in places:
        sock = socket.socket(place.family, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            code = sock.connect_ex(place.place)
            if code in UNDERWAY:
                in_time = patience.wait(sock, selectors.EVENT_WRITE, time.monotonic() + CONNECT_SECONDS)
                code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) if in_time else errno.ETIMEDOUT
            if code == 0:
                return Wire(sock if verifier is None else _secured(sock, host, patience, verifier), patience)
            problem = os.strerror(code)
        except OSError as error:  # TLS that cannot be agreed on is one, too
            problem = getattr(error, "reason", None) or error.strerror or str(error)
        except BaseException:
            sock.close()
            raise
        sock.close()
    raise GuestError("Error", f"fetch failed: cannot connect to {host}: {problem}")


def _secured(sock: socket.socket, host: str, patience: Patience, verifier: ssl.SSLContext) -> ssl.SSLSocket:
    secured = verifier.wrap_socket(sock, server_hostname=host.strip("[]"), do_handshake_on_connect=False)
    try:
        while True:
            try:
                secured.do_handshake()
            except ssl.SSLWantReadError:
                patience.wait(secured, selectors.EVENT_READ)
            except ssl.SSLWantWriteError:
                patience.wait(secured, selectors.EVENT_WRITE)
            else:
                return secured
    except ssl.SSLCertVerificationError as error:
        secured.close()
        text = f"fetch failed: the certificate of {host} is not valid: {error.verify_message}"
        raise GuestError("Error", text) from None
    except BaseException:
        secured.close()
        raise


class Wire:
    """A connected socket, as far as ``http.client.HTTPResponse`` needs one."""

    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        self._sock = sock
        self._patience = patience

    def sendall(self, content: bytes) -> None:
        """Send all of it."""
        rest = memoryview(content)
        while rest:
            try:
                rest = rest[self._sock.send(rest) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._patience.wait(self._sock, selectors.EVENT_WRITE)
            except ssl.SSLWantReadError:
                self._patience.wait(self._sock, selectors.EVENT_READ)

    def receive(self, buffer: memoryview) -> int:
        """Read what there is, waiting for the first byte; 0 at the end."""
        while True:
            # A server that always has one more byte must not outlast the time either.
            self._patience.check()
            try:
                return self._sock.recv_into(buffer)
            except (BlockingIOError, ssl.SSLWantReadError):
                self._patience.wait(self._sock, selectors.EVENT_READ)
            except ssl.SSLWantWriteError:
                self._patience.wait(self._sock, selectors.EVENT_WRITE)

    def makefile(self, _mode: str = "rb") -> io.BufferedReader:
        """The answer as a file."""
        return io.BufferedReader(_Answer(self))

    def close(self) -> None:
        """Hang up."""
        self._sock.close()


class _Answer(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what BufferedReader hands in
        return self._wire.receive(buffer)
