"""The request of a call: address, method, headers, body."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tana_jupyter import Session, TanaError, limits
from tests.calls_harness import ECHO, NOW, contract, frozen


@pytest.fixture
def session() -> Session:
    return frozen()


# Which URL is called, and the request's url, path and query.
URLS = [
    ("/", "http://localhost:8180/shop", "/", {}),
    ("/?name=x", "http://localhost:8180/shop?name=x", "/", {"name": "x"}),
    ("?name=x", "http://localhost:8180/shop?name=x", "/", {"name": "x"}),
    ("/items/5?a=1&b=2", "http://localhost:8180/shop/items/5?a=1&b=2", "/items/5", {"a": "1", "b": "2"}),
    ("/?a=1&a=2", "http://localhost:8180/shop?a=1&a=2", "/", {"a": "2"}),
    ("/?a", "http://localhost:8180/shop?a", "/", {"a": ""}),
    ("/?a=&b", "http://localhost:8180/shop?a=&b", "/", {"a": "", "b": ""}),
    (
        "/?a=b+c%20d&e=%C3%A9&f=%26",
        "http://localhost:8180/shop?a=b+c%20d&e=%C3%A9&f=%26",
        "/",
        {"a": "b c d", "e": "é", "f": "&"},
    ),
    ("/é?q=é ü", "http://localhost:8180/shop/%C3%A9?q=%C3%A9%20%C3%BC", "/%C3%A9", {"q": "é ü"}),
    ("/a b", "http://localhost:8180/shop/a%20b", "/a%20b", {}),
    ("/?__proto__=x", "http://localhost:8180/shop?__proto__=x", "/", {"__proto__": "x"}),
    ("/x#part", "http://localhost:8180/shop/x", "/x", {}),
    ("//host/x", "http://localhost:8180/shop//host/x", "//host/x", {}),
    ("/../../x", "http://localhost:8180/shop/x", "/x", {}),
    ("/@user:1", "http://localhost:8180/shop/@user:1", "/@user:1", {}),
    ("http://localhost:8180/shop", "http://localhost:8180/shop", "/", {}),
    ("http://localhost:8180/shop/items?a=1#b", "http://localhost:8180/shop/items?a=1", "/items", {"a": "1"}),
    ("http://localhost:8180/shopping/x", "http://localhost:8180/shopping/x", "/shopping/x", {}),
    ("https://Tana.dev", "https://tana.dev/", "/", {}),
    ("https://tana.dev:444/x?y=z", "https://tana.dev:444/x?y=z", "/x", {"y": "z"}),
]


@pytest.mark.parametrize(("url", "full", "path", "query"), URLS)
def test_addresses(session: Session, url: str, full: str, path: str, query: dict[str, str]) -> None:
    request = contract(session, ECHO).get(url).value
    assert (request["url"], request["path"], request["query"]) == (full, path, query)
    source = "export const get = (req) => [...new URL(req.url).searchParams].length"
    assert contract(session, source, "parser").get(url).value >= len(query)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "items",
        "ftp://x/",
        "javascript:1",
        "http://",
        "http://[bad/",
        "http://a b/",
        "http://x:99999/",
        " /",
        5,
        None,
        b"/",
        "/\ud800",
    ],
)
def test_what_is_no_address(session: Session, url: Any) -> None:
    with pytest.raises(TanaError, match="is no address"):
        contract(session, ECHO).get(url)


def test_the_request_field_by_field(session: Session) -> None:
    request = contract(session, ECHO).get("/x?a=1", caller="alice", headers={"X-Tag": 5, "ACCEPT": " a "}).value
    owner = request["tana"]["contract"]["owner"]
    caller = request["tana"]["caller"]
    assert set(owner) == set(caller) == {"id", "username", "publicKey"}
    assert (owner["id"], caller["id"]) == ("usr_owner", "usr_alice")
    assert request == {
        "url": "http://localhost:8180/shop/x?a=1",
        "path": "/x",
        "method": "GET",
        "query": {"a": "1"},
        "headers": {"x-tag": "5", "accept": "a"},
        "params": {},
        "ip": "127.0.0.1",
        "tana": {
            "caller": caller,
            "contract": {"id": "shop", "name": "shop", "owner": owner},
            "session": {"token": "session_usr_alice", "expiresAt": NOW + 3_600_000},
        },
    }
    nobody = session["shop"].get().value["tana"]
    assert (nobody["caller"], nobody["session"]) == (None, None)


METHODS = [
    ("get", None, "GET"),
    ("get", "post", "POST"),
    ("post", None, "POST"),
    ("post", "Put", "PUT"),
    ("get", "DELETE", "DELETE"),
    ("get", "patch", "PATCH"),
    ("get", "HEAD", "HEAD"),
    ("get", "options", "OPTIONS"),
]


@pytest.mark.parametrize(("export", "method", "seen"), METHODS)
def test_methods(session: Session, export: str, method: str | None, seen: str) -> None:
    made = contract(session, "export default (req) => req.method")
    assert made.call(export, method=method).value == seen


@pytest.mark.parametrize("method", ["TRACE", " get", "G", 5, ["GET"]])
def test_what_is_no_method(session: Session, method: Any) -> None:
    with pytest.raises(TanaError, match="is no method; there are GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS"):
        contract(session, ECHO).call("get", method=method)


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({5: "a"}, "5 is no name of a header"),
        ({"": "a"}, "'' is no name of a header"),
        ({"a b": "a"}, "'a b' is no name of a header"),
        ({"é": "a"}, "is no name of a header"),
        ({"a": None}, "None is no value of the header a"),
        ({"a": True}, "True is no value of the header a"),
        ({"a": ["b"]}, "is no value of the header a"),
        ({"a": "b\r\nc: d"}, "is no value of the header a"),
        ([("a", "b")], "are no headers"),
        ("a: b", "are no headers"),
    ],
)
def test_what_is_no_header(session: Session, headers: Any, text: str) -> None:
    with pytest.raises(TanaError) as caught:
        contract(session, ECHO).get("/", headers=headers)
    assert text in str(caught.value)


BODIES = [{"a": [1, None, "é\u2028😀"]}, [], {}, "text", "", 0, False, 1.5, {"__proto__": {"x": 1}}, "x" * 3_000_000]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body)[:30])
def test_bodies_arrive_as_they_were_sent(session: Session, body: object) -> None:
    assert contract(session, ECHO).post("/", body).value == [body, True, "POST"]


def test_without_a_body_there_is_none(session: Session) -> None:
    made = contract(session, "export const post = (req, body) => [typeof body, 'body' in req]")
    assert made.post().value == ["undefined", False]
    assert made.post("/", 0).value == ["number", True]


def deep() -> object:
    made: object = 1
    for _ in range(100_000):
        made = [made]
    return made


CYCLE: list[object] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    "body", [object(), b"x", {1, 2}, float("nan"), float("inf"), CYCLE, deep(), {"a": {(1, 2): 3}}], ids=lambda _: ""
)
def test_a_body_that_is_no_json_is_refused(session: Session, body: object) -> None:
    with pytest.raises(TanaError, match="the body is no JSON"):
        contract(session, ECHO).post("/", body)


def test_a_body_that_would_fill_the_contracts_memory_is_refused(session: Session) -> None:
    made = contract(session, "globalThis.kept = 1; export const post = (req, body) => body.length")
    most = limits.CALL_BODY - 2  # quotes
    assert made.post("/", "x" * most).value == most
    for body in ("x" * (most + 1), "\0" * (most // 6 + 1)):
        with pytest.raises(TanaError, match=r"the body is too large: [\d,]+ characters of JSON \(max 16,777,216\)"):
            made.post("/", body)
    assert session.run("kept", contract="shop").value == 1


def test_the_body_can_be_read_as_in_later_runtimes(session: Session) -> None:
    made = contract(session, "export const post = async (req) => [await req.json(), await req.text()]")
    assert made.post("/", {"n": 1}).value == [{"n": 1}, '{"n":1}']


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=12,
)
echoing = Session()
echoing.run("export const post = (req, body) => [body ?? null]", contract="shop")


@settings(max_examples=150)
@given(json_values)
def test_any_json_goes_there_and_back(body: object) -> None:
    assert echoing["shop"].post("/", body).value == [body]


@settings(max_examples=150)
@given(st.text(max_size=30))
def test_no_address_breaks_a_call(text: str) -> None:
    path = f"/{text}"
    try:
        outcome = echoing["shop"].post(path, 1)
    except TanaError as error:
        assert "is no address" in str(error)  # noqa: PT017 # either way is fine, but no other error is
    else:
        assert outcome.value == [1]
