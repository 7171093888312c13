"""``tana/net``: Request and Response, plain objects with data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import tana_jupyter
from tana_jupyter import ContractSyntaxError, Session


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session()
    made.run("import { Request, Response } from 'tana/net'")
    return made


def value(session: Session, code: str) -> Any:
    return session.run(code).value


DEFAULTS = {"path": "/", "method": "GET", "query": {}, "headers": {}, "params": {}, "ip": "127.0.0.1"}
REQUESTS = [
    ("", {}),
    ("undefined", {}),
    ("null", {}),
    ("{}", {}),
    ("{ path: '/a' }", {"path": "/a"}),
    ("{ method: 'POST', body: { n: 1 } }", {"method": "POST", "body": {"n": 1}}),
    ("{ query: { a: '1' }, headers: { b: '2' }, params: { c: '3' }, ip: '::1' }", {"query": {"a": "1"}, "headers": {"b": "2"}, "params": {"c": "3"}, "ip": "::1"}),
    ("{ url: 'http://h/', tana: { caller: null } }", {"url": "http://h/", "tana": {"caller": None}}),
    ("{ body: 0 }", {"body": 0}),
    ("{ body: null }", {"body": None}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "fields"), REQUESTS)
def test_requests(session: Session, data: str, fields: dict[str, object]) -> None:
    assert value(session, f"({{ ...new Request({data}) }})") == {**DEFAULTS, **fields}


@pytest.mark.parametrize(
    ("body", "parsed", "text"),
    [
        ("{ a: [1] }", {"a": [1]}, '{"a":[1]}'),
        ("'x'", "x", "x"),
        ("0", 0, "0"),
        ("null", None, "null"),
        ("undefined", None, ""),
    ],
)
def test_the_body_of_a_request(session: Session, body: str, parsed: object, text: str) -> None:
    assert value(session, f"const r = new Request({{ body: {body} }}); [await r.json(), await r.text()]") == [
        parsed,
        text,
    ]


RESPONSES = [
    ("new Response()", 200, None, {}),
    ("new Response(201, { a: 1 }, { b: 'c' })", 201, {"a": 1}, {"b": "c"}),
    # Tana's constructor: what is falsy becomes the default.
    ("new Response(0, 'x')", 200, "x", {}),
    ("new Response(200, 0)", 200, None, {}),
    ("new Response(200, '')", 200, None, {}),
    ("new Response(200, false)", 200, None, {}),
    ("new Response(200, [])", 200, [], {}),
    ("new Response(200, 'x', null)", 200, "x", {}),
    ("Response.json({ a: 1 })", 200, {"a": 1}, {"Content-Type": "application/json"}),
    ("Response.json([1], 201)", 201, [1], {"Content-Type": "application/json"}),
    ("Response.json(null)", 200, None, {"Content-Type": "application/json"}),
    ("Response.text('hi')", 200, "hi", {"Content-Type": "text/plain"}),
    ("Response.text('no', 404)", 404, "no", {"Content-Type": "text/plain"}),
]


@pytest.mark.parametrize(("code", "status", "body", "headers"), RESPONSES)
def test_responses(session: Session, code: str, status: int, body: object, headers: dict[str, str]) -> None:
    assert value(session, f"({{ ...({code}) }})") == {"status": status, "body": body, "headers": headers}
    assert value(session, f"({code}) instanceof Response") is True


@pytest.mark.parametrize(
    "line",
    [
        "import type { Request, Response, JsonValue } from 'tana/net'",
        "import { type JsonValue, Response } from 'tana:net'",
    ],
)
def test_the_types_can_be_imported(line: str) -> None:
    session = Session()
    session.run(
        f"{line}\nexport function get(req: Request) {{ const v: JsonValue = {{ a: 1 }}; return Response.json(v, 201) }}"
    )
    assert (session["notebook"].get().status, session["notebook"].get().body) == (201, {"a": 1})


def test_both_classes_are_global_too() -> None:
    code = (
        "import * as net from 'tana/net'; [net.Request === Request, net.Response === Response, Object.keys(net).join()]"
    )
    assert Session().run(code).value == [True, True, "Request,Response"]


def test_the_typings_declare_what_exists(session: Session) -> None:
    text = Path(tana_jupyter.__file__).with_name("modules").joinpath("net/net.d.ts").read_text("utf-8")
    assert re.findall(r"declare class (\w+)", text) == ["Request", "Response"]
    request = text[text.index("class Request") : text.index("class Response")]
    fields = set(re.findall(r"^  (\w+)\??: ", request, re.MULTILINE)) - {"tana"}
    session.run("export const get = async (req) => [...Object.keys(req), typeof req.json, typeof req.text]")
    has = session["notebook"].get().body
    assert isinstance(has, list)
    assert fields - {"body"} <= set(has) <= fields | {"tana", "function"}
    assert has[-2:] == ["function", "function"]


def test_names_that_are_types_alone_may_be_imported_without_saying_so() -> None:
    session = Session()
    session.run("import { Response, JsonValue, type Identity } from 'tana/net'\nconst value: JsonValue = [1]")
    assert session.run("value.length").value == 1
    with pytest.raises(ContractSyntaxError, match="has no export 'Nothing'"):
        session.run("import { Nothing } from 'tana/net'")
