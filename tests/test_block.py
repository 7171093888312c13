"""``tana/block``: the current block and the queries of the ledger."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import tana_jupyter
from tana_jupyter import ContractError, Session

NOW = 1_767_225_600_000


@pytest.fixture
def session() -> Session:
    made = Session()
    made.clock.freeze("2026-01-01T00:00:00Z")
    made.run("import { block } from 'tana/block'")
    return made


def value(session: Session, code: str, **options: Any) -> Any:
    return session.run(code, **options).value


PROPERTIES = {
    "height": 2,
    "timestamp": NOW,
    "executor": "usr_owner",
    "contractId": "notebook",
    "gasLimit": 1_000_000,
    "gasUsed": 300,
    "producer": "00000000-0000-0000-0000-000000000000",
    "MAX_BATCH_QUERY": 10,
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_properties(session: Session, name: str) -> None:
    session.ledger.mine(2)
    session.ledger.gas_used = 300
    assert value(session, f"block.{name}") == PROPERTIES[name]
    assert value(session, f"typeof block.{name}") == ("string" if isinstance(PROPERTIES[name], str) else "number")


GETTERS = ("height", "timestamp", "hash", "previousHash", "executor", "contractId", "gasLimit", "gasUsed")


@pytest.mark.parametrize("name", GETTERS)
def test_each_property_has_a_getter_method(session: Session, name: str) -> None:
    method = f"get{name[0].upper()}{name[1:]}"
    assert value(session, f"block.{method}() === block.{name}") is True
    assert value(session, f"const {{ {method} }} = block; {method}() === block.{name}") is True


def test_hashes_are_those_of_the_latest_blocks(session: Session) -> None:
    assert value(session, "[block.hash, block.previousHash]") == [session.ledger.latest.hash, f"0x{'0' * 64}"]
    first = session.ledger.latest.hash
    session.ledger.mine()
    assert value(session, "[block.hash, block.previousHash]") == [session.ledger.latest.hash, first]
    assert re.fullmatch("0x[0-9a-f]{64}", first)


def test_the_executor_is_the_caller(session: Session) -> None:
    assert value(session, "block.executor", caller="bob") == "usr_bob"


def test_the_block_can_be_returned_as_json(session: Session) -> None:
    session.run("export function get() { return block.getLatestBlock() }", contract="notebook")
    assert session["notebook"].get().body["height"] == 0
    assert value(session, "JSON.parse(JSON.stringify(block)).gasLimit") == 1_000_000


def test_the_block_cannot_be_changed(session: Session) -> None:
    for code in ("block.height = 5", "block.getUser = 1", "block.extra = 1", "delete block.hash"):
        with pytest.raises(ContractError, match="TypeError"):
            session.run(code)


BALANCES = [
    ("'usr_alice', 'USD'", 25),
    ("'alice', 'USD'", 25),
    ("'@alice', 'USD'", 25),
    ("'alice', 'EUR'", 0),
    ("'alice', 'usd'", 0),
    ("'nobody', 'USD'", 0),
    ("'', 'USD'", 0),
    ("'\\ud800', 'USD'", 0),
    ("'__proto__', 'constructor'", 0),
    ("[], 'USD'", []),
    ("['alice'], 'USD'", [25]),
    ("['bob', '@alice', 'nobody', 'alice'], 'USD'", [0.5, 25, 0, 25]),
    ("Array(10).fill('alice'), 'USD'", [25] * 10),
]


@pytest.mark.parametrize(("arguments", "expected"), BALANCES)
def test_balances_are_numbers(session: Session, arguments: str, expected: object) -> None:
    session.ledger.set_balance("bob", "0.5", "USD")
    assert value(session, f"await block.getBalance({arguments})") == expected


def test_a_balance_can_be_reckoned_with(session: Session) -> None:
    assert value(session, "const b = await block.getBalance('alice', 'USD'); [b < 50, b - 5, `${b}`, typeof b]") == [
        True,
        20,
        "25",
        "number",
    ]


def test_balances_as_objects_when_the_session_says_so(session: Session) -> None:
    session.ledger.balance_objects = True
    code = """
        const b = await block.getBalance('@alice', 'USD')
        ;[b < 50, b - 5, `${b}`, b.amount, b.currencyCode, b.ownerId, JSON.stringify({ b }), typeof b, b.amount || 1]
    """
    expected = [True, 20, "25", "25", "USD", "usr_alice", '{"b":25}', "object", "25"]
    assert value(session, code) == expected
    # What was never set is null, as early contracts test for it.
    assert value(session, "await block.getBalance('bob', 'USD')") is None
    session.ledger.set_balance("bob", 0, "USD")
    many = "(await block.getBalance(['alice', 'bob', 'nobody'], 'USD')).map(b => b && b.amount)"
    assert value(session, many) == ["25", "0", None]
    session.ledger.balance_objects = False
    assert value(session, "await block.getBalance('bob', 'USD')") == 0


def test_a_handler_may_return_a_balance_object(session: Session) -> None:
    session.ledger.balance_objects = True
    session.run("export async function get() { return { held: await block.getBalance('alice', 'USD') } }")
    assert session["notebook"].get().body == {"held": 25}


def test_users(session: Session) -> None:
    session.ledger.add_user("dave", display_name="Dave", bio="hi", metadata={"team": [1]})
    dave = {
        "id": "usr_dave",
        "username": "dave",
        "displayName": "Dave",
        "publicKey": session.ledger.users["dave"].public_key,
        "role": "user",
        "createdAt": "2026-01-01T00:00:00Z",
        "bio": "hi",
        "metadata": {"team": [1]},
    }
    for who in ("usr_dave", "dave", "@dave"):
        assert value(session, f"await block.getUser('{who}')") == dave
    assert "bio" not in value(session, "await block.getUser('alice')")
    assert value(session, "[await block.getUser('Dave'), await block.getUser('nobody')]") == [None, None]
    assert value(session, "await block.getUser(['nobody'])") == [None]
    names = "(await block.getUser(['@charlie', 'x', 'usr_bob'])).map(u => u && u.username)"
    assert value(session, names) == ["charlie", None, "bob"]
    assert value(session, "await block.getUser([])") == []


def test_a_caller_is_the_user_of_that_name(session: Session) -> None:
    session.run("import { context } from 'tana/context'")
    code = "const who = context.caller(); const user = await block.getUser(who.id); user.publicKey === who.publicKey"
    assert value(session, code, caller="alice") is True


def test_transactions(session: Session) -> None:
    session.ledger.add_transaction("alice", "bob", "1.50", "USD", metadata={"memo": "x"})
    session.ledger.add_transaction("bob", "elsewhere", 2, "EUR", id="t", status="pending", type="withdraw")
    assert value(session, "await block.getTransaction('tx_1')") == {
        "id": "tx_1",
        "from": "usr_alice",
        "fromId": "usr_alice",
        "to": "usr_bob",
        "toId": "usr_bob",
        "amount": "1.5",
        "currencyCode": "USD",
        "type": "transfer",
        "status": "confirmed",
        "metadata": {"memo": "x"},
        "createdAt": "2026-01-01T00:00:00Z",
        "blockHeight": 0,
    }
    pending = value(session, "await block.getTransaction(['nothing', 't'])")
    assert pending[0] is None
    assert (pending[1]["to"], pending[1]["status"], pending[1]["blockHeight"]) == ("elsewhere", "pending", None)
    session.ledger.mine()
    assert value(session, "(await block.getTransaction('t')).blockHeight") == 1


def test_blocks(session: Session) -> None:
    session.ledger.mine(2)
    latest = value(session, "await block.getLatestBlock()")
    assert latest == session.ledger.latest.plain()
    assert (latest["height"], latest["timestamp"], latest["txCount"]) == (2, NOW, 0)
    assert value(session, "await block.getBlock(2)") == latest
    assert value(session, "await block.getBlock(2n)") == latest
    assert value(session, "(await block.getBlock(2)).previousHash === (await block.getBlock(1)).hash") is True
    heights = "(await block.getBlock([0, 1n, 3, -1, 1e300])).map(b => b && b.height)"
    assert value(session, heights) == [0, 1, None, None, None]
    assert value(session, "await block.getBlock(99)") is None


QUERIES = {
    "getBalance": ("balances", "TypeError: Invalid user_ids", ", 'USD'"),
    "getUser": ("users", "TypeError: Invalid user_ids", ""),
    "getTransaction": ("transactions", "TypeError: Invalid tx_ids", ""),
    "getBlock": ("blocks", "TypeError: Invalid heights", ""),
}
WRONG = [
    "undefined",
    "null",
    "true",
    "{}",
    "() => 1",
    "Symbol()",
    "new Map()",
    "[[]]",
    "[null]",
    "[undefined]",
    "[{}]",
    "[,]",
]
HERE = {"getBlock": ["'1'", "1.5", "NaN", "['1']", "[0, 0.5]"]}
ELSEWHERE = ["5", "5n", "['alice', 5]", "new String('alice')"]


def outcome_of(session: Session, call: str) -> Any:
    """What the call's promise rejects with; a synchronous throw would fail the cell."""
    return value(
        session, f"const p = {call}; await p.then(() => 'resolved', error => `${{error.name}}: ${{error.message}}`)"
    )


@pytest.mark.parametrize("method", QUERIES)
def test_more_than_ten_at_once_are_refused(session: Session, method: str) -> None:
    what, _, rest = QUERIES[method]
    key = "0" if method == "getBlock" else "'alice'"
    assert outcome_of(session, f"block.{method}(Array(10).fill({key}){rest})") == "resolved"
    text = f"Error: Cannot query more than 10 {what} at once"
    for count in (11, 100_000):
        assert outcome_of(session, f"block.{method}(Array({count}).fill({key}){rest})") == text
    assert outcome_of(session, f"block.{method}(Array(11).fill(null){rest})") == text


@pytest.mark.parametrize("method", QUERIES)
def test_wrong_keys_are_rejections(session: Session, method: str) -> None:
    _, text, rest = QUERIES[method]
    for wrong in WRONG + HERE.get(method, ELSEWHERE):
        assert outcome_of(session, f"block.{method}({wrong}{rest})") == text, wrong


@pytest.mark.parametrize("currency", ["", ", undefined", ", null", ", 5", ", ['USD']", ", {}"])
def test_a_currency_is_a_string(session: Session, currency: str) -> None:
    assert outcome_of(session, f"block.getBalance('alice'{currency})") == "TypeError: Invalid currency"


def test_what_a_hostile_list_throws_is_a_rejection(session: Session) -> None:
    hostile = "new Proxy([], { get() { throw new RangeError('mine') } })"
    assert outcome_of(session, f"block.getUser({hostile})") == "RangeError: mine"


def test_the_gas_used_is_the_running_total(session: Session) -> None:
    session.run("import { tx } from 'tana/tx'")
    code = "tx.transfer('a', 'b', 1, 'USD'); tx.setBalance('a', 1, 'USD'); await tx.execute(); block.gasUsed"
    assert [value(session, code), value(session, code)] == [200, 400]


def test_both_names_and_the_typings(session: Session) -> None:
    assert value(session, "import { block as other } from 'tana:block'; other === block") is True
    text = Path(tana_jupyter.__file__).with_name("modules").joinpath("block/block.d.ts").read_text("utf-8")
    declared = re.findall(r"^  (?:readonly )?(\w+)[<(:]", text[text.index("const block") :], re.MULTILINE)
    assert list(dict.fromkeys(declared)) == value(session, "Object.keys(block)")
