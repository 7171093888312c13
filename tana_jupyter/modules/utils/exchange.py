"""One request and its answer over HTTP/1.1, bounded in every direction."""

import zlib
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple, Protocol

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.modules.utils.wire import Wire

SLICE = 65536
GZIP = 31  # zlib's number for it
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Pairs = list[tuple[str, str]]


class Target(Protocol):
    """The parts of a URL that a request names."""

    @property
    def host(self) -> str:
        """Host and port, the port only where it is not the scheme's own."""
        ...

    @property
    def pathname(self) -> str:
        """The path."""
        ...

    @property
    def search(self) -> str:
        """The query, with its question mark."""
        ...


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    reason: str
    headers: Pairs
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in lower case."""
        return next((value for key, value in self.headers if key == name), None)


def exchange(wire: Wire, method: str, target: Target, headers: Pairs, body: bytes | None) -> Answer:
    """Send a request, read the answer; the body of a redirect stays unread."""
    try:
        wire.sendall(_head(method, target, headers, body) + (body or b""))
        response = HTTPResponse(wire, method=method)  # type: ignore[arg-type] # it calls makefile, no more
        response.begin()
    except HTTPException as error:
        what = str(error).strip() or type(error).__name__
        raise GuestError("Error", f"fetch failed: {target.host} does not speak HTTP: {what[:200]}") from None
    except OSError as error:
        raise GuestError("Error", f"fetch failed: {target.host}: {error.strerror or error}") from None
    received = [(name.lower(), value.strip()) for name, value in response.getheaders()]
    answer = Answer(response.status, response.reason, received, b"")
    if answer.status in REDIRECTS and answer.header("location") is not None:
        return answer
    try:
        return answer._replace(body=_body(response, answer.header("content-encoding")))
    except (HTTPException, OSError, zlib.error) as error:
        what = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise GuestError("Error", f"failed to read response body: {what}") from None


def _head(method: str, target: Target, headers: Pairs, body: bytes | None) -> bytes:
    own = [("host", target.host), ("connection", "close"), ("accept-encoding", "gzip")]
    named = {name for name, _ in headers}
    own += [pair for pair in (("accept", "*/*"), ("user-agent", "tana-jupyter")) if pair[0] not in named]
    if body is not None or method in {"POST", "PUT", "PATCH"}:
        own.append(("content-length", str(len(body or b""))))
    lines = [f"{method} {target.pathname}{target.search} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in [*own, *headers]]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _body(response: HTTPResponse, encoding: str | None) -> bytes:
    """All of the body, unpacked. What is packed may be a thousand times larger unpacked, so both are bounded."""
    if encoding is None or encoding.lower() in {"identity", ""}:
        unpacking = None
    elif encoding.lower() in {"gzip", "x-gzip"}:
        unpacking = zlib.decompressobj(GZIP)
    else:
        raise HTTPException(f"it is packed as {encoding[:50]}, which was not asked for")
    body = bytearray()
    while piece := response.read(SLICE):
        if unpacking is None:
            body += piece
        while unpacking is not None and piece:
            if unpacking.eof:
                unpacking = zlib.decompressobj(GZIP)  # one more member
            body += unpacking.decompress(piece, limits.FETCH_BODY + 1 - len(body))
            piece = unpacking.unconsumed_tail or unpacking.unused_data
            _bounded(body)
        _bounded(body)
    if response.length or (unpacking is not None and body and not unpacking.eof):
        raise HTTPException("it ended too early")
    return bytes(body)


def _bounded(body: bytearray) -> None:
    if len(body) > limits.FETCH_BODY:
        raise HTTPException(f"it is larger than {limits.FETCH_BODY} bytes")
