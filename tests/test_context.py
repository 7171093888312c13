"""``tana/context``: what each role may ask, and what it hears."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import tana_jupyter
from tana_jupyter import ContractError, Session, TanaError

NOW = 1_767_225_600_000
ALL = "[context.owner(), context.caller(), context.block(), context.input()]"
HANDLERS = f"""
    import {{ context }} from 'tana/context'
    export function init() {{ return {ALL} }}
    export function contract() {{ return {ALL} }}
    export function get(req) {{ return context[req.query.ask]() }}
    export function post(req, body) {{ return context[body.ask]() }}
"""
METHODS = ("owner", "caller", "block", "input")


@pytest.fixture
def session() -> Session:
    made = Session()
    made.clock.freeze("2026-01-01T00:00:00Z")
    made.run(HANDLERS, contract="shop")
    return made


def ask(session: Session, code: str = ALL, **options: Any) -> Any:
    return session.run(code, contract="shop", **options).value


def test_a_plain_cell_hears_what_it_is_given(session: Session) -> None:
    owner, caller, block, given = ask(session)
    assert set(owner) == {"id", "username", "publicKey"}
    assert (owner["id"], owner["username"], caller, given) == ("usr_owner", "owner", None, None)
    assert block == {
        "height": 0,
        "timestamp": NOW,
        "hash": "",
        "producer": "00000000-0000-0000-0000-000000000000",
    }
    _, caller, _, given = ask(session, caller="alice", input={"n": [1, None]})
    assert set(caller) == {"id", "username", "publicKey", "nonce"}
    assert (caller["id"], caller["nonce"], given) == ("usr_alice", 0, {"n": [1, None]})
    assert caller["publicKey"].startswith("ed25519_")
    assert ask(session)[1] is None


def test_init_hears_neither_caller_nor_input_unless_given(session: Session) -> None:
    assert session["shop"].init().value[1::2] == [None, None]
    assert session["shop"].init({"supply": 5}).value[3] == {"supply": 5}


def test_contract_hears_caller_and_input(session: Session) -> None:
    owner, caller, block, given = session["shop"].contract([1], caller="bob").value
    assert (owner["username"], caller["username"], block["timestamp"], given) == ("owner", "bob", NOW, [1])


@pytest.mark.parametrize("method", METHODS)
def test_the_http_handlers_may_ask_nothing(session: Session, method: str) -> None:
    text = f"context.{method}() can only be used in init() or contract() functions"
    for call in (
        lambda: session["shop"].get(f"/?ask={method}", caller="alice"),
        lambda: session["shop"].post("/", {"ask": method}, caller="alice"),
    ):
        with pytest.raises(ContractError) as caught:
            call()
        assert caught.value.headline == f"Error: {text}"
        assert caught.value.outcome is not None
        assert (caught.value.outcome.status, caught.value.outcome.body) == (500, {"error": text})
    # The next cell is a plain one again.
    assert ask(session)[0]["username"] == "owner"


@pytest.mark.parametrize("given", [0, False, "", [], {}, "x", 1.5, {"é": [None]}, 2**70])
def test_any_json_is_an_input(session: Session, given: object) -> None:
    assert ask(session, "context.input()", input=given) == given


@pytest.mark.parametrize("given", [object(), float("nan"), {1, 2}, b"x", {"a": {"b": object()}}])
def test_an_input_that_is_no_json_is_refused_before_anything_runs(session: Session, given: object) -> None:
    with pytest.raises(TanaError, match="the input is no JSON"):
        ask(session, "globalThis.ran = 1", input=given)
    with pytest.raises(TanaError, match="the input is no JSON"):
        session["shop"].contract(given)
    assert ask(session, "typeof ran") == "undefined"


@pytest.mark.parametrize(
    "caller", ["", "  ", "@", 5, ["alice"], {"id": "1"}, {1: 2}, {"id": "1", "username": "a", "publicKey": object()}]
)
def test_a_caller_that_is_none_is_refused_before_anything_runs(session: Session, caller: Any) -> None:
    with pytest.raises(TanaError):
        ask(session, "globalThis.ran = 1", caller=caller)
    assert ask(session, "typeof ran") == "undefined"


def test_a_caller_may_be_an_object(session: Session) -> None:
    who = {"id": "u-1", "username": "ada", "publicKey": "ed25519_ab", "nonce": 7}
    assert ask(session, "context.caller()", caller=who) == who
    assert ask(session, "context.caller().nonce", caller={**who, "nonce": 8}) == 8


def test_the_owner_follows_the_session(session: Session) -> None:
    session.owner = "carol"
    assert ask(session, "context.owner()")["id"] == "usr_carol"
    assert "nonce" not in ask(session, "context.owner()")


def test_answers_are_copies_and_the_object_is_frozen(session: Session) -> None:
    assert ask(session, "const mine = context.owner(); mine.id = 'x'; context.owner().id") == "usr_owner"
    assert ask(session, "Object.isFrozen(context)") is True
    assert ask(session, "const { caller, owner } = context; [caller(), owner().id]") == [None, "usr_owner"]


def test_the_block_moves_with_the_ledger_and_the_clock(session: Session) -> None:
    session.ledger.mine(3)
    session.clock.advance(60)
    block = ask(session, "context.block()")
    assert (block["height"], block["timestamp"]) == (3, NOW + 60_000)


def test_the_time_stands_still_within_a_run() -> None:
    session = Session()
    code = """
        import { context } from 'tana/context'; import { block } from 'tana/block'
        const before = [context.block().timestamp, block.timestamp]
        await new Promise(done => setTimeout(done, 30))
        ;[...before, context.block().timestamp, block.timestamp]
    """
    assert len(set(session.run(code).value)) == 1


def test_both_names_and_the_typings(session: Session) -> None:
    assert ask(session, "import { context as other } from 'tana:context'; other === context") is True
    text = Path(tana_jupyter.__file__).with_name("modules").joinpath("context/context.d.ts").read_text("utf-8")
    assert re.findall(r"^  (\w+)[<(]", text, re.MULTILINE) == ask(session, "Object.keys(context)")
