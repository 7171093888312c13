"""What a handler may return, and what the network would answer."""

from __future__ import annotations

import pytest

from tana_jupyter import ContractError, ContractTimeout, Session
from tests.calls_harness import contract, frozen


@pytest.fixture
def session() -> Session:
    return frozen()


# What a handler returns, and the same as Python sees it.
RETURNS = [
    ("null", None), ("'x'", "x"), ("''", ""), ("0", 0), ("1.5", 1.5), ("-1", -1), ("true", True), ("[]", []), ("{}", {}),
    ("{ a: [1, { b: null }] }", {"a": [1, {"b": None}]}), ("Infinity", float("inf")), ("Promise.resolve(5)", 5),
    ("Object.create(null)", {}), ("new (class A { x = 1; #y = 2; m() {} })()", {"x": 1}), ("new Number(5)", 5),
    ("{ get x() { return 1 } }", {"x": 1}), ("new Proxy({ x: 1 }, {})", {"x": 1}), ("{ [Symbol()]: () => 1 }", {}),
    ("JSON.parse('{\"__proto__\": 1}')", {"__proto__": 1}), ("{ then: 5 }", {"then": 5}), ("[...Array(3).keys()]", [0, 1, 2]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), RETURNS)
def test_what_json_can_hold_is_returned(session: Session, code: str, expected: object) -> None:
    made = contract(
        session, f"const f = async () => ({code}); export {{ f as get, f as post, f as init, f as contract }}"
    )
    for export in ("get", "post", "init", "contract"):
        outcome = made.call(export)
        assert outcome.value == expected
        assert type(outcome.value) is type(expected)


def test_one_object_twice_is_no_cycle(session: Session) -> None:
    assert contract(session, "const a = { x: 1 }; export const get = () => [a, a, { a }]").get().value == [
        {"x": 1},
        {"x": 1},
        {"a": {"x": 1}},
    ]


REFUSED = [
    ("undefined", "undefined at value"), ("() => 1", "function at value"), ("5n", "bigint at value"), ("NaN", "NaN at value"),
    ("Symbol()", "symbol at value"), ("{ a: undefined }", "undefined at value.a"), ("[1, , 3]", "undefined at value[1]"),
    ("{ a: [{ 'b c': () => 1 }] }", 'function at value.a[0]["b c"]'), ("{ total: 5n }", "bigint at value.total"),
    ("new Date()", "Date at value"), ("new Map()", "Map at value"), ("[new Set()]", "Set at value[0]"), ("/x/", "RegExp at value"),
    ("{ p: Promise.resolve() }", "Promise at value.p"), ("new Error('x')", "Error at value"), ("new Uint8Array(2)", "binary data at value"),
    ("new ArrayBuffer(2)", "ArrayBuffer at value"), ("(() => { const a = { b: {} }; a.b.c = a; return a })()", "a cycle at value.b.c"),
    ("(() => { const a = []; a.push(a); return a })()", "a cycle at value[0]"),
    ("(() => { let a = 1; for (let i = 0; i < 501; i++) a = [a]; return a })()", "more than 500 levels at value[0]"),
    ("{ a: { get b() { return NaN } } }", "NaN at value.a.b"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "detail"), REFUSED)
def test_what_json_cannot_hold_is_refused(session: Session, code: str, detail: str) -> None:
    made = contract(
        session, f"const f = () => {{ return {code} }}; export {{ f as get, f as post, f as init, f as contract }}"
    )
    for export in ("get", "post", "contract", "init"):
        if export == "init" and code == "undefined":
            assert made.init().value is None
            continue
        with pytest.raises(ContractError) as caught:
            made.call(export)
        assert f"Error: {export}() must return JSON-serializable data: {detail}" in caught.value.headline


def test_five_hundred_levels_pass(session: Session) -> None:
    made = contract(session, "export const get = () => { let a = 1; for (let i = 0; i < 500; i++) a = [a]; return a }")
    value = made.get().value
    for _ in range(500):
        (value,) = value
    assert value == 1


def test_a_value_is_judged_as_it_is_returned(session: Session) -> None:
    # A getter that answers differently each time cannot slip past the check.
    made = contract(session, "let n = 0; export const get = () => ({ get x() { return n++ ? () => 1 : 'first' } })")
    assert made.get().value == {"x": "first"}


JSON_TYPE = {"Content-Type": "application/json"}
ANSWERS = [
    ("{ a: 1 }", 200, {"a": 1}, JSON_TYPE),
    ("null", 200, None, JSON_TYPE),
    ("{ status: 404, body: { error: 'no' } }", 404, {"error": "no"}, {}),
    ("{ status: 201, body: null, headers: { Location: '/x' } }", 201, None, {"Location": "/x"}),
    ("new Response(418, 'tea', { a: 'b' })", 418, "tea", {"a": "b"}),
    ("Response.json([1], 201)", 201, [1], JSON_TYPE),
    ("Response.text('x')", 200, "x", {"Content-Type": "text/plain"}),
    ("{ status: 'open', body: 1 }", 200, {"status": "open", "body": 1}, JSON_TYPE),
    ("{ status: 200 }", 200, {"status": 200}, JSON_TYPE),
    ("{ status: true, body: 1 }", 200, {"status": True, "body": 1}, JSON_TYPE),
    ("{ status: 99, body: 1 }", 200, {"status": 99, "body": 1}, JSON_TYPE),
    ("{ status: 600, body: 1 }", 200, {"status": 600, "body": 1}, JSON_TYPE),
    ("{ status: 200.5, body: 1 }", 200, {"status": 200.5, "body": 1}, JSON_TYPE),
    ("{ status: 200, body: 1, headers: 'x' }", 200, 1, {}),
    ("[{ status: 500, body: 1 }]", 200, [{"status": 500, "body": 1}], JSON_TYPE),
]


@pytest.mark.parametrize(("code", "status", "body", "headers"), ANSWERS)
def test_what_the_network_answers(
    session: Session, code: str, status: int, body: object, headers: dict[str, str]
) -> None:
    outcome = contract(session, f"export const get = () => ({code})").get()
    assert (outcome.status, outcome.body, outcome.headers) == (status, body, headers)


THROWN = [
    ("throw new Error('no')", "no"),
    ("throw new TypeError('')", ""),
    ("await Promise.reject(new Error('later'))", "later"),
    ("return undefined", "get() must return JSON-serializable data: undefined at value"),
]


@pytest.mark.parametrize(("code", "message"), THROWN)
def test_a_handler_that_throws_answers_500(session: Session, code: str, message: str) -> None:
    made = contract(session, f"export async function get() {{ console.log('before'); {code} }}")
    with pytest.raises(ContractError) as caught:
        made.get()
    outcome = caught.value.outcome
    assert outcome is session.last
    assert outcome is not None
    assert (outcome.status, outcome.body, outcome.headers) == (500, {"error": message}, JSON_TYPE)
    assert [log.text for log in outcome.logs] == ["before"]


def test_init_and_contract_are_no_http_when_they_throw(session: Session) -> None:
    with pytest.raises(ContractError) as caught:
        contract(session, "export function contract() { throw new Error('no') }").contract()
    assert caught.value.outcome is not None
    assert caught.value.outcome.status is None


def test_what_an_error_says_points_into_the_cell(session: Session) -> None:
    made = contract(
        session, "const helper = () => {\n  throw new RangeError('deep')\n}\nexport function get() { return helper() }"
    )
    with pytest.raises(ContractError) as caught:
        made.get()
    assert [frame.place for frame in caught.value.frames][:2] == ["shop#1:2:13", "shop#1:4:32"]


def test_a_handler_that_never_ends_is_stopped(session: Session) -> None:
    made = contract(session, "export function get() { while (true) {} }")
    with pytest.raises(ContractTimeout):
        made.get(timeout=0.2)
