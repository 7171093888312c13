"""The host side of ``fetch``: what is asked for, hop by hop, and what the contract gets of the answer.

Nothing of the kernel goes along: no cookies, no netrc, no proxies of the environment, no client certificates.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.guesttext import well_formed
from tana_jupyter.modules.host import Host
from tana_jupyter.modules.utils.exchange import REDIRECTS, Answer, Pairs, exchange
from tana_jupyter.modules.utils.wire import Patience, connect, resolve

if TYPE_CHECKING:
    from ada_url import URL

SLICE = 262_144
PORTS = {"http:": 80, "https:": 443}
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
CONTROL = re.compile(r"[\0-\x08\n-\x1f\x7f]")
# Fetch sets these itself, as fetch does everywhere.
RESERVED = re.compile(
    r"accept-encoding|connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|via|proxy-.*"
)
PRIVATE = {"authorization", "cookie"}  # not for another origin
OF_BODY = {"content-type", "content-encoding", "content-language", "content-location"}


class Fetching:
    """fetch of one contract."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._slices: Iterator[str] = iter(())

    def fetch(self, url: object = None, request: object = None, *_: object) -> dict[str, object]:
        """Make a request; status and headers of the answer. Its body is asked for by ``body``, slice by slice."""
        asked = request if isinstance(request, dict) else {}
        method = _method(asked.get("method", "GET"))
        headers = _headers(asked.get("headers", []))
        body = self._content(asked.get("body"))
        if body is not None and method in {"GET", "HEAD"}:
            raise GuestError("TypeError", "Request with GET/HEAD method cannot have body.")
        first = _parse(str(url))
        last, answer = self._hops(first, method, headers, body, str(asked.get("redirect", "follow")))
        try:
            text, kind = answer.body.decode(), "text"
        except UnicodeDecodeError:
            text, kind = answer.body.decode("latin-1"), "bytes"
        self._slices = (text[at : at + SLICE] for at in range(0, len(text), SLICE))
        return {
            "status": answer.status,
            "statusText": answer.reason,
            "url": _without_fragment(last),
            "redirected": last is not first,
            "headers": answer.headers,
            "kind": kind,
        }

    def body(self, *_: object) -> str | None:
        """The next slice of the latest answer's body, None after the last."""
        return next(self._slices, None)

    def _content(self, body: object) -> bytes | None:
        """The body of a request: ``[kind, text]``, or the number under which the text was sent ahead."""
        if body is None:
            return None
        if not isinstance(body, list) or len(body) != 2:
            raise GuestError("TypeError", "fetch takes a body of text or bytes")
        kind, text = body
        if isinstance(text, int):
            text = self._host.ahead(text)
        if not isinstance(text, str):
            raise GuestError("TypeError", "fetch takes a body of text or bytes")
        content = well_formed(text).encode("latin-1", "replace") if kind == "bytes" else well_formed(text).encode()
        if len(content) > limits.FETCH_BODY:
            raise GuestError("RangeError", f"fetch failed: the body has {len(content)} bytes (max {limits.FETCH_BODY})")
        return content

    def _hops(self, url: "URL", method: str, headers: Pairs, body: bytes | None, redirect: str) -> tuple["URL", Answer]:
        """Follow redirects. Each hop is checked, resolved and connected to as if it was the first."""
        patience = Patience(self._host.network.timeout, lambda: self._host.aborting)
        for _ in range(limits.FETCH_REDIRECTS + 1):
            answer = self._hop(url, method, headers, body, patience)
            location = answer.header("location")
            if answer.status not in REDIRECTS or location is None or redirect == "manual":
                return url, answer
            if redirect == "error":
                raise GuestError("Error", f"fetch failed: {url.host} redirects, and the request says redirect: 'error'")
            # http.client reads headers as Latin-1; what servers write there is UTF-8.
            to = _parse(location.encode("latin-1").decode("utf-8", "replace"), url.href)
            if (answer.status == 303 and method != "HEAD") or (answer.status in {301, 302} and method == "POST"):
                method, body = "GET", None
                headers = [pair for pair in headers if pair[0] not in OF_BODY]
            if to.origin != url.origin:
                headers = [pair for pair in headers if pair[0] not in PRIVATE]
            url = to
        raise GuestError("Error", f"fetch failed: more than {limits.FETCH_REDIRECTS} redirects")

    def _hop(self, url: "URL", method: str, headers: Pairs, body: bytes | None, patience: Patience) -> Answer:
        network = self._host.network
        port = int(url.port or PORTS[url.protocol])
        network.admit(url.hostname, port)
        places = network.screen(url.hostname, resolve(url.hostname, port, patience))
        wire = connect(url.hostname, places, patience, network.verifier() if url.protocol == "https:" else None)
        try:
            return exchange(wire, method, url, headers, body)
        finally:
            wire.close()


def _parse(text: str, base: str | None = None) -> "URL":
    from ada_url import URL  # 12 ms that most cells need not spend

    try:
        if len(text) > limits.FETCH_URL:
            raise ValueError(text)
        url = URL(well_formed(text), base)
    except ValueError:
        raise GuestError("TypeError", f"Invalid URL: {text[:200]}") from None
    if url.protocol not in PORTS:
        raise GuestError("Error", f"fetch failed: only http and https can be fetched, not {url.protocol}")
    if url.username or url.password:
        raise GuestError("TypeError", "fetch failed: the URL holds a user name or password; use a header instead")
    return url


def _without_fragment(url: "URL") -> str:
    return str(url.href).partition("#")[0]


def _method(name: object) -> str:
    method = str(name)
    if not TOKEN.fullmatch(method) or method.upper() in {"CONNECT", "TRACE", "TRACK"}:
        raise GuestError("TypeError", f"'{method[:100]}' is not a method that can be fetched with")
    return method.upper()


def _headers(pairs: object) -> Pairs:
    """Check the headers of a request: a line break in one would begin another."""
    if not isinstance(pairs, list):
        raise GuestError("TypeError", "fetch takes headers as pairs")
    headers: Pairs = []
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
            raise GuestError("TypeError", "fetch takes headers as pairs")
        name, value = pair[0].lower(), pair[1]
        if not TOKEN.fullmatch(name) or CONTROL.search(value) or not all(letter <= "\xff" for letter in value):
            raise GuestError("TypeError", f"'{name[:100]}' is not a header that can be sent")
        if RESERVED.fullmatch(name):
            raise GuestError("TypeError", f"the header '{name[:100]}' is set by fetch itself")
        headers.append((name, value))
    if sum(len(name) + len(value) for name, value in headers) > limits.FETCH_HEADERS:
        raise GuestError("RangeError", f"fetch failed: the headers are too large (max {limits.FETCH_HEADERS} bytes)")
    return headers
