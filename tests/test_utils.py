"""tana/utils: fetch against real servers on this machine."""

import gzip
import json
import socket
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tana_jupyter import limits
from tana_jupyter.errors import ContractError, ContractStopped, ContractTimeout, GuestError
from tana_jupyter.host import ContractHost
from tana_jupyter.modules.utils.fetching import Fetching
from tana_jupyter.network import DOMAINS
from tana_jupyter.session import Session
from tests.certificates import certificate
from tests.shell import open_shell
from tests.test_abort import stopping
from tests.web_servers import Answer, Request, Site, serving, speaking

IMPORT = "import { fetch } from 'tana/utils'; "
CLOSED = (
    "Error: fetch failed: port 1 of this machine is not open to contracts; %config Tana.ports = [1] opens it "
    "(in Python: session.network.ports = [1])"
)
HELLO = b'{"hello": "w\xc3\xb6rld"}'


def answer(request: Request) -> Answer:
    path = request.path.partition("?")[0]
    if path.startswith("/status/"):
        return int(path[8:]), {}, b"as you wish"
    if path == "/echo":
        told = {
            "method": request.method,
            "path": request.path,
            "headers": dict(request.headers),
            "body": request.body.decode("latin-1"),
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()
    if path == "/bytes":
        return 200, {}, b"\xff\x00\xfe"
    if path == "/bom":
        return 200, {}, b"\xef\xbb\xbf{}"
    if path == "/cookies":
        return 200, {"Set-Cookie": "a=1"}, b""
    return 200, {"Content-Type": "application/json"}, HELLO


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving(answer) as running:
        yield running


@pytest.fixture
def session(site: Site) -> Session:
    return opened(site)


def opened(*sites: Site) -> Session:
    made = Session()
    made.network.enabled = True
    made.network.ports = [site.port for site in sites]
    made.network.timeout = 10.0
    made.run(IMPORT)
    return made


def value(session: Session, source: str, **options: Any) -> Any:
    return session.run(source, **options).value


def error(session: Session, source: str, **options: Any) -> str:
    with pytest.raises(ContractError) as caught:
        session.run(source, **options)
    return caught.value.headline


def test_what_an_answer_tells(session: Session, site: Site) -> None:
    found = value(
        session,
        f"const r = await fetch('{site.url('/x?q=1#part')}'); "
        "({ ...r, headers: null, type: r.headers.get('Content-Type'), none: r.headers.get('x-none'), "
        "json: await r.json(), text: await r.text(), bytes: await r.bytes(), "
        "size: (await r.arrayBuffer()).byteLength })",
    )
    assert found == {
        "status": 200,
        "statusText": "OK",
        "ok": True,
        "url": site.url("/x?q=1"),
        "redirected": False,
        "headers": None,
        "type": "application/json",
        "none": None,
        "json": {"hello": "wörld"},
        "text": HELLO.decode(),
        "bytes": HELLO,
        "size": len(HELLO),
    }
    assert site.requests[-1].path == "/x?q=1"


@pytest.mark.parametrize("specifier", ["tana/utils", "tana:utils"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST", "0x7f.1"])
def test_names_of_the_module_and_of_this_machine(site: Site, specifier: str, host: str) -> None:
    source = f"import * as utils from '{specifier}'; (await utils.fetch(new URL('{site.url(host=host)}'))).ok"
    assert value(opened(site), source) is True


@pytest.mark.parametrize(
    ("status", "ok"), [(200, True), (201, True), (299, True), (300, False), (404, False), (500, False)]
)
def test_the_status_is_the_real_one(session: Session, site: Site, status: int, ok: bool) -> None:
    found = value(
        session, f"const r = await fetch('{site.url(f'/status/{status}')}'); [r.status, r.ok, await r.text()]"
    )
    assert found == [status, ok, "as you wish"]


def test_no_content(session: Session, site: Site) -> None:
    assert value(session, f"await (await fetch('{site.url('/status/204')}')).text()") == ""
    assert value(session, f"await (await fetch('{site.url()}', {{ method: 'HEAD' }})).text()") == ""


@pytest.mark.parametrize(
    ("options", "method", "body", "kind"),
    [
        ("{}", "GET", "", None),
        ("{ method: 'post' }", "POST", "", None),
        ("{ method: 'POST', body: 'wörld' }", "POST", "w\xc3\xb6rld", "text/plain;charset=UTF-8"),
        ("{ method: 'PUT', body: new Uint8Array([0, 255, 1]) }", "PUT", "\0\xff\1", None),
        ("{ method: 'PATCH', body: new Uint8Array([1, 2, 3]).buffer }", "PATCH", "\1\2\3", None),
        ("{ method: 'PUT', body: new Uint16Array([513, 3]).subarray(0, 1) }", "PUT", "\1\2", None),
        (
            "{ method: 'POST', body: new URLSearchParams({ a: 'b c' }) }",
            "POST",
            "a=b+c",
            "application/x-www-form-urlencoded;charset=UTF-8",
        ),
        (
            "{ method: 'POST', body: JSON.stringify({ a: 1 }), headers: { 'Content-Type': 'application/json' } }",
            "POST",
            '{"a":1}',
            "application/json",
        ),
        ("{ method: 'DELETE', body: null }", "DELETE", "", None),
    ],
)
def test_methods_and_bodies(
    session: Session, site: Site, options: str, method: str, body: str, kind: str | None
) -> None:
    told = value(session, f"await (await fetch('{site.url('/echo')}', {options})).json()")
    assert (told["method"], told["body"], told["headers"].get("content-type")) == (method, body, kind)


def test_headers_of_the_request(session: Session, site: Site) -> None:
    told = value(
        session,
        f"await (await fetch('{site.url('/echo')}', {{ headers: [['X-A', 'é'], ['x-a', '2'], ['Accept', 'text/html']] }})).json()",
    )["headers"]
    assert told["x-a"] == "é, 2"
    assert told["accept"] == "text/html"
    assert told["host"] == f"localhost:{site.port}"


def test_nothing_of_the_kernel_goes_along(
    session: Session, site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    value(session, f"await fetch('{site.url('/cookies')}'); 1")
    told = value(session, f"await (await fetch('{site.url('/echo')}')).json()")["headers"]
    assert set(told) == {"host", "connection", "accept", "accept-encoding", "user-agent"}
    assert told["user-agent"] == "tana-jupyter"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("fetch('x')", "TypeError: Invalid URL: x"),
        ("fetch()", "TypeError: Invalid URL: undefined"),
        ("fetch('http://')", "TypeError: Invalid URL: http://"),
        ("fetch('http://a b/')", "TypeError: Invalid URL: http://a b/"),
        ("fetch('ftp://tana.dev/')", "Error: fetch failed: only http and https can be fetched, not ftp:"),
        ("fetch('file:///etc/passwd')", "Error: fetch failed: only http and https can be fetched, not file:"),
        ("fetch('data:,x')", "Error: fetch failed: only http and https can be fetched, not data:"),
        (
            "fetch('http://ann:pw@localhost/')",
            "TypeError: fetch failed: the URL holds a user name or password; use a header instead",
        ),
        (
            "fetch('https://example.org/x')",
            f'Error: fetch blocked: domain "example.org" not in whitelist. Allowed domains: {", ".join(DOMAINS)}',
        ),
        (
            "fetch('http://localhost:1/')",
            CLOSED,
        ),
        ("fetch('HERE', { body: 'x' })", "TypeError: Request with GET/HEAD method cannot have body."),
        (
            "fetch('HERE', { method: 'POST', body: { a: 1 } })",
            "TypeError: fetch takes a body of text or bytes: use JSON.stringify() for objects",
        ),
        ("fetch('HERE', { method: 'a b' })", "TypeError: 'a b' is not a method that can be fetched with"),
        ("fetch('HERE', { method: 'CONNECT' })", "TypeError: 'CONNECT' is not a method that can be fetched with"),
        ("fetch('HERE', { headers: { Host: 'x' } })", "TypeError: the header 'host' is set by fetch itself"),
        (
            "fetch('HERE', { headers: { 'Transfer-Encoding': 'x' } })",
            "TypeError: the header 'transfer-encoding' is set by fetch itself",
        ),
        (
            "fetch('HERE', { headers: { a: '\\u0001' } })",
            "TypeError: 'a' is not a header that can be sent",
        ),
        ("fetch('HERE', { signal: AbortSignal.abort(new Error('no')) })", "Error: no"),
    ],
)
def test_what_is_refused_before_anything_is_sent(session: Session, site: Site, call: str, expected: str) -> None:
    before = len(site.requests)
    assert error(session, f"await {call.replace('HERE', site.url())}") == expected
    assert len(site.requests) == before


def test_headers_have_a_size(session: Session, site: Site) -> None:
    def call(size: int) -> str:
        half = "'x'.repeat(30_000)"
        return f"(await fetch('{site.url()}', {{ headers: {{ a: {half}, b: {half}, c: 'x'.repeat({size}) }} }})).status"

    assert value(session, call(5533)) == 200
    before = len(site.requests)
    assert error(session, call(5534)) == "RangeError: fetch failed: the headers are too large (max 65536 bytes)"
    assert len(site.requests) == before


def test_arguments_that_are_wrong_are_rejections(session: Session) -> None:
    assert value(session, "await fetch('x').then(() => 0, (error) => error.message)") == "Invalid URL: x"
    assert value(session, "typeof fetch('http://localhost/', { headers: 5 }).catch(() => 0).then") == "function"


def test_a_network_that_is_off_sends_nothing(site: Site) -> None:
    session = opened(site)
    session.network.enabled = False
    before = len(site.requests)
    assert "the network is off" in error(session, f"await fetch('{site.url()}')")
    assert "the network is off" in error(session, "await fetch('https://example.org')")
    assert len(site.requests) == before


class TestRedirects:
    def test_they_are_followed(self, site: Site) -> None:
        def redirect(request: Request) -> Answer:
            if request.path == "/a":
                return 302, {"Location": "b/c?x#y"}, b""
            if request.path == "/b/c?x":
                return 301, {"Location": site.url("/echo", "127.0.0.1")}, b"gone"
            return 404, {}, b""

        with serving(redirect) as first:
            session = opened(first, site)
            found = value(session, f"const r = await fetch('{first.url('/a')}'); [r.status, r.url, r.redirected]")
        assert found == [200, site.url("/echo", "127.0.0.1"), True]

    @pytest.mark.parametrize(
        ("status", "method", "then", "body"),
        [
            (301, "POST", "GET", ""), (302, "POST", "GET", ""), (303, "POST", "GET", ""), (303, "PUT", "GET", ""),
            (301, "PUT", "PUT", "x"), (307, "POST", "POST", "x"), (308, "POST", "POST", "x"), (308, "DELETE", "DELETE", "x"),
        ],
    )  # fmt: skip
    def test_method_and_body_go_along_where_they_may(
        self, site: Site, status: int, method: str, then: str, body: str
    ) -> None:
        with serving(lambda _: (status, {"Location": site.url("/echo")}, b"")) as first:
            told = value(
                opened(first, site),
                f"await (await fetch('{first.url()}', {{ method: '{method}', body: 'x' }})).json()",
            )
        assert (told["method"], told["body"], "content-type" in told["headers"]) == (then, body, bool(body))

    def test_secrets_stay_with_the_origin_they_were_given_to(self, site: Site) -> None:
        options = "{ headers: { Authorization: 'me', Cookie: 'a=1', 'X-A': '1' } }"
        with serving(lambda _: (302, {"Location": site.url("/echo")}, b"")) as first:
            told = value(opened(first, site), f"await (await fetch('{first.url()}', {options})).json()")["headers"]
            assert first.requests[0].headers["authorization"] == "me"
        assert "authorization" not in told
        assert "cookie" not in told
        assert told["x-a"] == "1"

    @pytest.mark.parametrize(
        ("location", "expected"),
        [
            ("https://example.org/", 'fetch blocked: domain "example.org" not in whitelist'),
            ("http://localhost:1/", "fetch failed: port 1 of this machine is not open"),
            ("http://169.254.169.254/latest", 'fetch blocked: domain "169.254.169.254"'),
            ("//[::1]:80/", 'fetch blocked: domain "[::1]"'),
            ("ftp://tana.dev/", "fetch failed: only http and https can be fetched, not ftp:"),
            ("file:///etc/passwd", "only http and https"),
            ("http://ann:pw@localhost/", "the URL holds a user name or password"),
            ("http://a b/", "Invalid URL: http://a b/"),
        ],
    )
    def test_each_hop_is_checked(self, location: str, expected: str) -> None:
        with serving(lambda _: (302, {"Location": location}, b"")) as first:
            assert expected in error(opened(first), f"await fetch('{first.url()}')")

    def test_at_most_ten(self) -> None:
        def countdown(request: Request) -> Answer:
            left = int(request.path[1:])
            return (302, {"Location": f"/{left - 1}"}, b"") if left else (200, {}, b"there")

        with serving(countdown) as first:
            session = opened(first)
            assert value(session, f"await (await fetch('{first.url('/10')}')).text()") == "there"
            assert error(session, f"await fetch('{first.url('/11')}')") == "Error: fetch failed: more than 10 redirects"

    def test_a_loop_ends(self) -> None:
        with serving(lambda _: (302, {"Location": "/"}, b"")) as first:
            assert "more than 10 redirects" in error(opened(first), f"await fetch('{first.url()}')")
            assert len(first.requests) == 11

    def test_manual_and_error(self) -> None:
        with serving(lambda _: (302, {"Location": "/next"}, b"")) as first:
            session = opened(first)
            source = f"const r = await fetch('{first.url()}', {{ redirect: 'manual' }}); [r.status, r.headers.get('location')]"
            assert value(session, source) == [302, "/next"]
            assert "redirects" in error(session, f"await fetch('{first.url()}', {{ redirect: 'error' }})")

    def test_one_without_location_is_an_answer(self) -> None:
        with serving(lambda _: (302, {}, b"nowhere")) as first:
            assert value(opened(first), f"await (await fetch('{first.url()}')).text()") == "nowhere"


class TestNames:
    """A name is resolved once, and what it resolved to is what is connected to."""

    def test_once_for_each_hop(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[Any] = []
        real = socket.getaddrinfo

        def counting(*args: Any, **named: Any) -> Any:
            asked.append(args[0])
            return real(*args, **named)

        monkeypatch.setattr(socket, "getaddrinfo", counting)
        value(opened(site), f"(await fetch('{site.url()}')).status")
        assert asked == ["localhost"]

    def test_a_public_name_does_not_lead_into_the_house(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        place = ("127.0.0.1", site.port)
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place)]
        )
        before = len(site.requests)
        session = opened(site)
        for host in ["pokeapi.co", "x.localhost"]:
            text = error(session, f"await fetch('{site.url(host=host)}')")
            assert text == f"Error: fetch failed: {host} resolves to 127.0.0.1, which is not a public address"
        assert len(site.requests) == before

    def test_the_next_address_is_tried(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        found = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, site.port)) for address in ["127.0.0.9", "127.0.0.1"]
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert value(opened(site), f"(await fetch('{site.url()}')).status") == 200

    def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        session = opened(Site(port))
        assert error(session, f"await fetch('http://127.0.0.1:{port}/')") == (
            "Error: fetch failed: cannot connect to 127.0.0.1: Connection refused"
        )


class TestBodies:
    def test_bytes_that_are_no_text(self, session: Session, site: Site) -> None:
        found = value(session, f"const r = await fetch('{site.url('/bytes')}'); [await r.bytes(), await r.text()]")
        assert found == [b"\xff\0\xfe", "�\0�"]

    def test_a_byte_order_mark_is_no_part_of_the_text(self, session: Session, site: Site) -> None:
        found = value(
            session, f"const r = await fetch('{site.url('/bom')}'); [await r.json(), (await r.bytes()).length]"
        )
        assert found == [{}, 5]

    def test_what_is_no_json(self, session: Session, site: Site) -> None:
        assert error(session, f"await (await fetch('{site.url('/status/200')}')).json()").startswith("SyntaxError")

    @pytest.mark.parametrize("unit", ["é".encode(), "😀".encode(), b"\0", b"\xff"])
    def test_a_large_one_comes_whole(self, unit: bytes) -> None:
        body = unit * (limits.FETCH_BODY // len(unit))
        with serving(lambda _: (200, {}, body)) as big:
            source = f"const r = await fetch('{big.url()}'); const b = await r.bytes(); [b.length, b[0], b.at(-1)]"
            assert value(opened(big), source) == [len(body), body[0], body[-1]]

    @pytest.mark.parametrize("size", [None, "chunked"])
    def test_one_that_is_too_large_is_refused(self, size: str | None) -> None:
        def speak(connection: socket.socket) -> None:
            head = b"HTTP/1.1 200 OK\r\n" + (b"Transfer-Encoding: chunked\r\n\r\n" if size else b"\r\n")
            connection.sendall(head)
            piece = b"x" * 65536
            for _ in range(200):
                connection.sendall(b"10000\r\n" + piece + b"\r\n" if size else piece)

        with speaking(speak) as big:
            assert error(opened(big), f"await fetch('{big.url()}')") == (
                f"Error: failed to read response body: it is larger than {limits.FETCH_BODY} bytes"
            )

    @pytest.mark.parametrize("members", [1, 3])
    def test_gzip_is_unpacked(self, members: int) -> None:
        packed = gzip.compress(HELLO) * members
        with serving(lambda _: (200, {"Content-Encoding": "gzip"}, packed)) as site:
            assert value(opened(site), f"await (await fetch('{site.url()}')).text()") == HELLO.decode() * members
            assert site.requests[0].headers["accept-encoding"] == "gzip"

    def test_a_bomb_does_not_go_off(self) -> None:
        packed = gzip.compress(bytes(limits.FETCH_BODY * 20))
        with serving(lambda _: (200, {"Content-Encoding": "gzip"}, packed)) as site:
            assert "it is larger than" in error(opened(site), f"await fetch('{site.url()}')")

    @pytest.mark.parametrize(
        ("encoding", "body", "expected"),
        [
            ("gzip", b"not packed", "failed to read response body: "),
            # Without the time, which would be another one in the id of each process that collects this test.
            ("gzip", gzip.compress(HELLO, mtime=0)[:-9], "failed to read response body: it ended too early"),
            ("br", b"x", "failed to read response body: it is packed as br, which was not asked for"),
            ("deflate", zlib.compress(b"x"), "it is packed as deflate"),
        ],
    )
    def test_what_cannot_be_unpacked(self, encoding: str, body: bytes, expected: str) -> None:
        with serving(lambda _: (200, {"Content-Encoding": encoding}, body)) as site:
            assert expected in error(opened(site), f"await fetch('{site.url()}')")

    def test_request_bodies_up_to_the_limit(self, session: Session, site: Site) -> None:
        source = f"(await fetch('{site.url('/status/200')}', {{ method: 'POST', body: new Uint8Array(SIZE).fill(200) }})).status"
        assert value(session, source.replace("SIZE", f"{limits.FETCH_BODY}")) == 200
        assert site.requests[-1].body == b"\xc8" * limits.FETCH_BODY
        assert f"(max {limits.FETCH_BODY})" in error(session, source.replace("SIZE", f"{limits.FETCH_BODY + 1}"))
        text = f"(await fetch('{site.url('/status/200')}', {{ method: 'POST', body: 'é'.repeat(200000) }})).status"
        assert value(session, text) == 200
        assert site.requests[-1].body.decode() == "é" * 200_000


SPOKEN = [
    (b"", "does not speak HTTP"),
    (b"SSH-2.0-OpenSSH\r\n", "does not speak HTTP"),
    (b"HTTP/1.1 abc\r\n\r\n", "does not speak HTTP"),
    (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n", "does not speak HTTP"),
    (b"HTTP/1.1 200 OK\r\na: " + b"x" * 70000 + b"\r\n\r\n", "does not speak HTTP"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "failed to read response body: it ended too early"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "failed to read response body: "),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "failed to read response body: "),
]


@pytest.mark.parametrize(("spoken", "expected"), SPOKEN)
def test_servers_that_speak_something_else(spoken: bytes, expected: str) -> None:
    with speaking(lambda connection: connection.sendall(spoken)) as odd:
        assert expected in error(opened(odd), f"await fetch('{odd.url()}')")


def test_a_server_that_hangs_up_at_once() -> None:
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with speaking(reset) as odd:
        assert error(opened(odd), f"await fetch('{odd.url()}')").startswith("Error: fetch failed: ")


def hanging(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def dripping(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.01)


@pytest.mark.parametrize("speak", [hanging, dripping])
class TestEnds:
    """What a fetch that hangs ends with, and that it ends."""

    def test_its_own_time(self, speak: Any) -> None:
        with speaking(speak) as site:
            session = opened(site)
            session.network.timeout = 0.3
            text = error(
                session,
                f"try {{ await fetch('{site.url()}') }} catch (e) {{ throw new Error(`seen: ${{e.message}}`) }}",
            )
        assert text.startswith("Error: seen: ")
        assert text.endswith("no complete answer within 0.3 s")

    def test_the_time_limit_of_the_run(self, speak: Any) -> None:
        with speaking(speak) as site:
            session = opened(site)
            session.run("var seen = 'nothing'")
            with pytest.raises(ContractTimeout):
                session.run(f"try {{ await fetch('{site.url()}') }} catch {{ seen = 'an error' }}", timeout=0.3)
            assert session.run("seen").value == "nothing"

    def test_stop(self, speak: Any) -> None:
        with speaking(speak) as site:
            session = opened(site)
            session.run("var seen = 'nothing'")
            with stopping(0.3), pytest.raises(ContractStopped):
                session.run(
                    f"await Promise.allSettled([fetch('{site.url()}'), fetch('{site.url()}')]); seen = 'the end'"
                )
            assert session.run("seen").value == "nothing"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_text("".join(certificate("localhost")))
    return path


@pytest.fixture(scope="module")
def secure(papers: Path) -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers)
    with serving(answer, context) as running:
        yield running


class TestTls:
    def test_an_unknown_certificate_is_refused(self, secure: Site) -> None:
        text = error(opened(secure), f"await fetch('{secure.url(scheme='https')}')")
        assert text.startswith("Error: fetch failed: the certificate of localhost is not valid: ")
        assert secure.requests == []

    def test_a_known_one_is_taken_for_its_own_name_only(self, secure: Site, papers: Path) -> None:
        session = opened(secure)
        session.network.tls = ssl.create_default_context(cadata=papers.read_text().partition("-----BEGIN EC")[0])
        assert value(session, f"await (await fetch('{secure.url(scheme='https')}')).json()") == {"hello": "wörld"}
        text = error(session, f"await fetch('{secure.url(host='127.0.0.1', scheme='https')}')")
        assert text.startswith("Error: fetch failed: the certificate of 127.0.0.1 is not valid: ")

    def test_the_other_scheme_is_no_http(self, secure: Site, site: Site) -> None:
        assert error(opened(secure), f"await fetch('{secure.url()}')").startswith("Error: fetch failed: ")
        text = error(opened(site), f"await fetch('{site.url(scheme='https')}')")
        assert text.startswith("Error: fetch failed: ")

    def test_a_handshake_that_hangs_ends(self) -> None:
        with speaking(hanging) as site:
            session = opened(site)
            session.network.timeout = 0.3
            assert "no complete answer" in error(session, f"await fetch('{site.url(scheme='https')}')")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (5,),
        ("http://localhost/", {"headers": [["a\r\nHost: x", "b"]]}),
        ("http://localhost/", {"headers": [["a", "b\r\nc: d"]]}),
        ("http://localhost/", {"headers": [["a", "\u20ac"]]}),
        ("http://localhost/", {"headers": [["a"]]}),
        ("http://localhost/", {"headers": "a"}),
        ("http://localhost/", {"headers": [["a", "x" * 70000]]}),
        ("http://localhost/", {"method": "GET /x HTTP/1.1\r\n"}),
        ("http://localhost/", {"method": ["GET"]}),
        ("http://localhost/", {"method": "POST", "body": "x"}),
        ("http://localhost/", {"method": "POST", "body": ["bytes"]}),
        ("http://localhost/", {"method": "POST", "body": ["bytes", None]}),
        ("http://localhost/", {"method": "POST", "body": ["bytes", 99]}),
        ("http://localhost/" + "x" * 70000,),
        ("http://localhost/", "x"),
    ],
)
def test_hostile_arguments(arguments: tuple[object, ...]) -> None:
    session = Session()
    session.network.enabled = True
    with pytest.raises(GuestError):
        Fetching(ContractHost(session, "notebook")).fetch(*arguments)


def test_no_thread_is_left_behind(session: Session, site: Site) -> None:
    value(session, f"(await fetch('{site.url()}')).status")
    assert not [thread for thread in threading.enumerate() if thread.name == "tana-resolve"]


def test_switched_on_from_the_notebook(site: Site) -> None:
    with open_shell() as shell:
        cell = f"%%tana\n{IMPORT}(await fetch('{site.url()}')).status"
        assert "%config Tana.network = True" in str(shell.run(cell).error)
        shell.run("%config Tana.network = True")
        assert f"%config Tana.ports = [{site.port}]" in str(shell.run(cell).error)
        shell.run(f"%config Tana.ports = [{site.port}]")
        assert shell.run(cell).result.value == 200
