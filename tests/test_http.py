"""``tana/http``: responses as plain objects."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import tana_jupyter
from tana_jupyter import ContractError, Session

IMPORT = "import { json, status, html, text } from 'tana/http'"
NAMES = {
    "ok": 200, "created": 201, "accepted": 202, "noContent": 204, "movedPermanently": 301, "found": 302, "seeOther": 303,
    "notModified": 304, "temporaryRedirect": 307, "permanentRedirect": 308, "badRequest": 400, "unauthorized": 401,
    "forbidden": 403, "notFound": 404, "methodNotAllowed": 405, "conflict": 409, "gone": 410, "unprocessableEntity": 422,
    "tooManyRequests": 429, "internalServerError": 500, "notImplemented": 501, "badGateway": 502, "serviceUnavailable": 503,
    "gatewayTimeout": 504,
}  # fmt: skip


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session()
    made.run(IMPORT)
    return made


def value(session: Session, code: str) -> Any:
    return session.run(code).value


@pytest.mark.parametrize("name", NAMES)
def test_every_name_has_its_number(session: Session, name: str) -> None:
    assert value(session, f"status('{name}')") == {"status": NAMES[name], "body": None, "headers": {}}


def test_the_typings_know_the_same_names() -> None:
    text = Path(tana_jupyter.__file__).with_name("modules").joinpath("http/http.d.ts").read_text("utf-8")
    union = text[text.index("type StatusName") : text.index("/** Status 200 with JSON")]
    assert re.findall(r'"(\w+)"', union) == list(NAMES)
    assert set(re.findall(r"declare function (\w+)", text)) == {"json", "status", "html", "text"}


JSON_TYPE = {"Content-Type": "application/json"}
MADE = [
    ("json({ a: 1 })", 200, {"a": 1}, JSON_TYPE),
    ("json(null)", 200, None, JSON_TYPE),
    ("json(0)", 200, 0, JSON_TYPE),
    ("json([], { headers: { 'X-A': 5 } })", 200, [], {**JSON_TYPE, "X-A": "5"}),
    ("json(1, {})", 200, 1, JSON_TYPE),
    ("json(1, null)", 200, 1, JSON_TYPE),
    ("json(1, { headers: null })", 200, 1, JSON_TYPE),
    (
        "json(1, { headers: { 'content-type': 'application/ld+json' } })",
        200,
        1,
        {"content-type": "application/ld+json"},
    ),
    ("json(1, { headers: new Headers([['X-A', 'b']]) })", 200, 1, {**JSON_TYPE, "x-a": "b"}),
    ("json(1, { headers: new Map([['X-A', 'b']]) })", 200, 1, {**JSON_TYPE, "X-A": "b"}),
    ("status(404)", 404, None, {}),
    ("status(404, { error: 'gone' })", 404, {"error": "gone"}, JSON_TYPE),
    ("status('created', false)", 201, False, JSON_TYPE),
    ("status(302, undefined, { headers: { Location: '/x' } })", 302, None, {"Location": "/x"}),
    ("status(100)", 100, None, {}),
    ("status(599)", 599, None, {}),
    ("html('<b>hi</b>')", 200, "<b>hi</b>", {"Content-Type": "text/html"}),
    ("html('')", 200, "", {"Content-Type": "text/html"}),
    ("text('hi', { headers: { 'Content-Type': 'text/csv' } })", 200, "hi", {"Content-Type": "text/csv"}),
    ("text('hi')", 200, "hi", {"Content-Type": "text/plain"}),
]


@pytest.mark.parametrize(("code", "status", "body", "headers"), MADE)
def test_responses(session: Session, code: str, status: int, body: object, headers: dict[str, str]) -> None:
    assert value(session, code) == {"status": status, "body": body, "headers": headers}


def test_the_network_answers_with_them() -> None:
    session = Session()
    session.run(
        f"{IMPORT}; export const get = () => status('notFound', {{ error: 'no' }}, {{ headers: {{ 'X-A': 'b' }} }})"
    )
    outcome = session["notebook"].get()
    assert (outcome.status, outcome.body, outcome.headers) == (404, {"error": "no"}, {**JSON_TYPE, "X-A": "b"})


REFUSED = [
    ("status('nope')", "TypeError: Unknown status name: nope"),
    ("status('OK')", "TypeError: Unknown status name: OK"),
    ("status('')", "TypeError: Unknown status name: "),
    ("status('200')", "TypeError: Unknown status name: 200"),
    ("status('constructor')", "TypeError: Unknown status name: constructor"),
    ("status('__proto__')", "TypeError: Unknown status name: __proto__"),
    ("status()", "TypeError: A status is a number or a name"),
    ("status(null)", "TypeError: A status is a number or a name"),
    ("status(200n)", "TypeError: A status is a number or a name"),
    ("status(99)", "RangeError: A status lies between 100 and 599, not at 99"),
    ("status(600)", "RangeError: A status lies between 100 and 599, not at 600"),
    ("status(200.5)", "RangeError: A status lies between 100 and 599, not at 200.5"),
    ("status(NaN)", "RangeError: A status lies between 100 and 599, not at NaN"),
    ("json()", "TypeError: json() takes data"),
    ("html(5)", "TypeError: html() takes a string"),
    ("text()", "TypeError: text() takes a string"),
    ("text({})", "TypeError: text() takes a string"),
    ("json(1, 'x')", "TypeError: Options are an object"),
    ("json(1, { headers: 'x' })", "TypeError: Headers are an object"),
]


@pytest.mark.parametrize(("code", "error"), REFUSED)
def test_refusals(session: Session, code: str, error: str) -> None:
    with pytest.raises(ContractError) as caught:
        session.run(code)
    assert caught.value.headline.strip() == error.strip()
