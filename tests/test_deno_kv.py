"""Deno KV: openKv, get, getMany, set, delete, expiry, close."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tana_jupyter import ContractError, Session
from tana_jupyter.denokey import pack, parse, show
from tana_jupyter.store.memory import MemoryStore
from tests.deno_harness import START, opened, told, value

BAD = "BadResource: Bad resource ID"
PART = "TypeError: expected string, number, bigint, ArrayBufferView, boolean"


@pytest.fixture
def session() -> Session:
    return opened()


def stamp(number: int) -> str:
    return f"{number:016x}0000"


# Opening.


def test_the_globals_of_deno_kv(session: Session) -> None:
    assert value(session, "Object.keys(Deno).filter((name) => /kv|atomic/i.test(name)).sort()") == [
        "AtomicOperation",
        "Kv",
        "KvListIterator",
        "KvU64",
        "openKv",
    ]
    methods = [
        "atomic",
        "commitVersionstamp",
        "get",
        "getMany",
        "set",
        "delete",
        "list",
        "enqueue",
        "listenQueue",
        "watch",
        "close",
    ]
    there = value(session, "Object.getOwnPropertyNames(Deno.Kv.prototype)")
    assert set(there) == {*methods, "constructor"}
    assert value(session, "typeof kv[Symbol.dispose]") == "function"
    assert value(session, "[Object.prototype.toString.call(kv), kv instanceof Deno.Kv]") == ["[object Object]", True]
    assert session.run("kv").text == "Kv {}"


OPENINGS = [
    ("''", "TypeError: Filename cannot be empty"),
    ("5", "TypeError: Filename cannot be empty"),
    ("':foo'", "TypeError: Filename cannot start with ':' unless prefixed with './'"),
]


@pytest.mark.parametrize(("path", "text"), OPENINGS)
def test_paths_that_are_none(session: Session, path: str, text: str) -> None:
    assert told(session, f"Deno.openKv({path})") == text


@pytest.mark.parametrize("path", ["./kv.sqlite", "/tmp/x", "https://kv.example"])
def test_other_databases_are_not_opened(session: Session, path: str) -> None:
    answer = told(session, f"Deno.openKv({path!r})")
    assert answer.startswith("Error: Contracts open no database of their own")
    assert "%tana store" in answer


def test_the_constructor_is_not_for_contracts(session: Session) -> None:
    assert told(session, "new Deno.Kv()") == "threw TypeError: Deno.Kv can not be constructed: use Deno.openKv instead"


def test_all_handles_see_the_contracts_own_database(session: Session) -> None:
    value(session, "await kv.set(['a'], 1); const other = await Deno.openKv(null)")
    assert value(session, "(await other.get(['a'])).value") == 1
    session.run("const kv = await Deno.openKv(); await kv.set(['a'], 2)", contract="stranger")
    assert value(session, "(await other.get(['a'])).value") == 1


def test_deno_kv_and_tana_kv_are_different_spaces(session: Session) -> None:
    value(session, "import { kv as other } from 'tana/kv'; await kv.set(['a'], 1); await other.put('a', 'b')")
    assert value(session, "(await kv.get(['a'])).value") == 1
    assert {size.space for size in session.store.sizes(0) or []} == {"deno", "kv"}


def test_private_databases_share_nothing(session: Session) -> None:
    value(session, "const one = await Deno.openKv(':memory:'), two = await Deno.openKv(':memory:')")
    value(session, "await one.set(['a'], 1); await two.set(['a'], 2); await kv.set(['a'], 3)")
    assert value(session, "[(await one.get(['a'])).value, (await two.get(['a'])).value]") == [1, 2]
    assert value(session, "(await one.set(['b'], 1)).versionstamp") == stamp(2)
    assert session.last is not None
    assert session.last.receipt.writes == 0  # what is thrown away is not what a run leaves behind


def test_private_databases_are_few_and_make_room_when_closed(session: Session) -> None:
    value(session, "for (let i = 0; i < 64; i++) await Deno.openKv(':memory:')")
    answer = told(session, "Deno.openKv(':memory:')")
    assert answer.startswith("Error: At most 64 ':memory:' databases are open at once")
    fresh = opened()
    assert (
        told(fresh, "(async () => { for (let i = 0; i < 300; i++) (await Deno.openKv(':memory:')).close() })()") is None
    )


# Reading and writing.


def test_set_get_and_delete(session: Session) -> None:
    assert value(session, "await kv.set(['users', 1], { name: 'ada' })") == {"ok": True, "versionstamp": stamp(1)}
    assert value(session, "await kv.get(['users', 1])") == {
        "key": ["users", 1],
        "value": {"name": "ada"},
        "versionstamp": stamp(1),
    }
    assert value(session, "await kv.delete(['users', 1])") is None
    assert value(session, "await kv.get(['users', 1])") == {"key": ["users", 1], "value": None, "versionstamp": None}


def test_entries_have_their_members_in_order(session: Session) -> None:
    assert value(session, "await kv.set(['a'], 1); Object.keys(await kv.get(['a']))") == [
        "key",
        "value",
        "versionstamp",
    ]
    assert value(session, "Object.keys(await kv.get(['b']))") == ["key", "value", "versionstamp"]


def test_a_miss_has_the_very_key_and_a_hit_a_fresh_one(session: Session) -> None:
    value(session, "await kv.set(['a'], 1); const there = ['a'], missing = ['b']")
    assert value(session, "[(await kv.get(missing)).key === missing, (await kv.get(there)).key === there]") == [
        True,
        False,
    ]


def test_a_key_comes_back_as_the_store_has_it(session: Session) -> None:
    value(session, r"await kv.set(['\ud800', new Uint16Array([1, 2]), -0, 1n], 1)")
    found = value(session, r"(await kv.get(['\ud800', new Uint16Array([1, 2]), -0, 1n])).key")
    assert found[:2] == ["\ufffd", b"\x01\x00\x02\x00"]
    assert value(session, "Object.is((await kv.get(['\\ufffd', bytes(1, 0, 2, 0), -0, 1n])).key[2], -0)") is True


def test_versionstamps_grow_with_each_commit(session: Session) -> None:
    stamps = value(
        session,
        "const found = []; for (let i = 0; i < 20; i++) found.push((await kv.set(['same'], 1)).versionstamp); found",
    )
    assert stamps == [stamp(number) for number in range(1, 21)]
    value(session, "await kv.delete(['none'])")
    assert value(session, "(await kv.set(['x'], 1)).versionstamp") == stamp(22)


def test_calls_are_served_in_the_order_issued(session: Session) -> None:
    code = "for (let i = 0; i < 40; i++) kv.set(['n'], i); const read = kv.get(['n']); kv.set(['n'], 99); (await read).value"
    assert value(session, code) == 39


def test_get_many_is_one_snapshot_in_order(session: Session) -> None:
    value(session, "await kv.set(['a'], 1); await kv.set(['b'], bytes(1, 2, 3, 4, 5))")
    found = value(session, "await kv.getMany([['b'], ['none'], ['a'], ['b']])")
    assert [entry["value"] for entry in found] == [b"\x01\x02\x03\x04\x05", None, 1, b"\x01\x02\x03\x04\x05"]
    assert value(session, "await kv.getMany([])") == []
    assert told(session, "kv.getMany(Array.from({ length: 11 }, (_, i) => [i]))") == (
        "TypeError: Too many ranges (max 10)"
    )


CONSISTENCY = "TypeError: unknown variant `weak`, expected `strong` or `eventual`"


@pytest.mark.parametrize(
    "call", ["kv.get(['a'], OPTIONS)", "kv.getMany([['a']], OPTIONS)", "all({ prefix: [] }, OPTIONS)"]
)
def test_consistency(session: Session, call: str) -> None:
    for word in ("strong", "eventual"):
        assert not str(told(session, call.replace("OPTIONS", f"{{ consistency: {word!r} }}"))).startswith("rejects")
    assert told(session, call.replace("OPTIONS", "{ consistency: 'weak' }")) == CONSISTENCY


# Keys.

KEYS = [
    "['users', 1]", "['users', 1n]", "[bytes(0, 255, 1)]", "['']", "[true, false]", "[1.5, -0, 0]", "[Infinity, -Infinity]",
    "[-(2n ** 70n), 2n ** 2039n]", "['a\\0b\\x01c\\x1e\\x02']", "[NaN]", "['\\u20ac', '\\u{1F600}']",
    "[new Float64Array([1]), new DataView(new ArrayBuffer(2), 1)]", "[bytes(1, 2, 3).subarray(1)]", "['\\x03', '!1', 'v']",
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_keys_of_all_kinds(session: Session, key: str) -> None:
    assert value(session, f"await kv.set({key}, 1); (await kv.get({key})).value") == 1
    (row,) = session.store.scan("deno", "notebook", b"", None, now=0, limit=10)
    assert parse(show(row.key)) == row.key
    shown = value(session, f"(await keys({{ prefix: [] }}))[0].length === {key}.length")
    assert shown is True
    assert value(session, f"await kv.delete({key}); (await kv.get({key})).value") is None


def test_the_bytes_of_a_key(session: Session) -> None:
    value(session, "await kv.set(['users', 42n, 1.5, true, bytes(0)], 1)")
    assert session.store.get("deno", "notebook", pack(("users", 42, 1.5, True, b"\0")), 0) is not None


def test_two_kinds_of_nan_are_two_keys(session: Session) -> None:
    value(session, "const negative = new Float64Array(new Uint8Array(8).fill(255).buffer)[0]")
    value(session, "await kv.set([NaN], 1); await kv.set([negative], 2)")
    found = [row.key for row in session.store.scan("deno", "notebook", b"", None, now=0, limit=9)]
    # An engine may turn all NaN into one.
    assert found in ([pack((float("nan"),))], [pack((-float("nan"),)), pack((float("nan"),))])


NO_PARTS = ["null", "undefined", "{}", "[]", "Symbol('s')", "() => 1", "new ArrayBuffer(1)", "new Date()", "Object('s')", "Object(1)", "new Deno.KvU64(1n)"]  # fmt: skip


@pytest.mark.parametrize("part", NO_PARTS)
def test_what_is_no_part(session: Session, part: str) -> None:
    for call in ("kv.set([KEY], 1)", "kv.get([KEY])", "kv.delete(['a', KEY])", "kv.getMany([['a', KEY]])"):
        assert told(session, call.replace("KEY", part)) == PART
    assert told(session, f"all({{ prefix: [{part}] }})") == PART


def test_holes_and_the_versionstamp_symbol_elsewhere(session: Session) -> None:
    assert told(session, "kv.set(['a', , 'b'], 1)") == PART
    assert told(session, "kv.set([kv.commitVersionstamp(), 'a'], 1)") == PART
    assert told(session, "kv.get(['a', kv.commitVersionstamp()])") == PART
    assert told(session, "kv.delete(['a', kv.commitVersionstamp()])") == PART
    assert value(session, "[typeof kv.commitVersionstamp(), kv.commitVersionstamp() === kv.commitVersionstamp()]") == [
        "symbol",
        True,
    ]
    assert session.run("kv.commitVersionstamp()").text == "Symbol(KvCommitVersionstamp)"


NO_KEYS = [
    ("kv.set('a', 1)", "serde_v8 error: invalid type; expected: array, got: string"),
    ("kv.set(5, 1)", "serde_v8 error: invalid type; expected: array, got: Number"),
    ("kv.get(new Set())", "serde_v8 error: invalid type; expected: array, got: Set"),
    ("kv.delete({})", "serde_v8 error: invalid type; expected: array, got: unknown"),
    ("kv.set(undefined, 1)", "Cannot read properties of undefined (reading 'length')"),
    ("kv.set(null, 1)", "Cannot read properties of null (reading 'length')"),
    ("kv.get(undefined)", "Invalid range"),
    ("kv.get(null)", "Invalid range"),
    ("kv.set([], 1)", "key cannot be empty"),
    ("kv.delete([])", "key cannot be empty"),
]


@pytest.mark.parametrize(("call", "text"), NO_KEYS)
def test_what_is_no_key(session: Session, call: str, text: str) -> None:
    assert told(session, call) == f"TypeError: {text}"


def test_reading_the_empty_key_is_a_miss(session: Session) -> None:
    assert value(session, "await kv.get([])") == {"key": [], "value": None, "versionstamp": None}


# Expiry.


def test_a_value_ends_by_the_sessions_clock(session: Session) -> None:
    value(session, "await kv.set(['a'], 1, { expireIn: 500 }); await kv.set(['b'], 2, { expireIn: 0 })")
    assert value(session, "[(await kv.get(['a'])).value, (await kv.get(['b'])).value]") == [1, None]
    session.clock.advance(0.4999)
    assert value(session, "(await kv.get(['a'])).value") == 1
    session.clock.advance(0.0001)
    assert value(session, "[(await kv.get(['a'])).value, (await all({ prefix: [] })).length]") == [None, 0]
    session.clock.freeze(START)
    assert value(session, "(await kv.get(['a'])).value") == 1  # hidden, not deleted


def test_overwriting_without_expire_in_keeps_for_good(session: Session) -> None:
    value(session, "await kv.set(['a'], 1, { expireIn: 500 }); await kv.set(['a'], 2, {})")
    session.clock.advance(1000)
    assert value(session, "(await kv.get(['a'])).value") == 2


EXPIRE_IN = ["-1", "1.5", "NaN", "Infinity", "null", "'5'", "5n", "true"]


@pytest.mark.parametrize("given", EXPIRE_IN)
def test_expire_in_is_a_whole_number(session: Session, given: str) -> None:
    shown = given.strip("'").removesuffix("n") if given != "NaN" else given
    expected = f"TypeError: expireIn must be a non-negative integer: received {shown}"
    assert told(session, f"kv.set(['a'], 1, {{ expireIn: {given} }})") == expected
    assert value(session, "(await kv.get(['a'])).value") is None


def test_expire_in_has_an_end(session: Session) -> None:
    assert told(session, "kv.set(['a'], 1, { expireIn: 1e14 })")["ok"] is True
    assert told(session, "kv.set(['a'], 1, { expireIn: 8.64e15 })") == (
        "TypeError: Invalid mutation: expireIn is too large: 8640000000000000"
    )


# Closing.

CLOSED = ["kv.get(['a'])", "kv.getMany([['a']])", "kv.set(['a'], 1)", "kv.delete(['a'])", "all({ prefix: [] })"]


@pytest.mark.parametrize("call", CLOSED)
def test_a_closed_handle_does_nothing(session: Session, call: str) -> None:
    value(session, "await kv.set(['a'], 1); const other = await Deno.openKv(); kv.close()")
    assert told(session, call) == BAD
    assert value(session, "(await other.get(['a'])).value") == 1


def test_closing_twice_throws_and_disposing_twice_does_not(session: Session) -> None:
    value(session, "kv.close()")
    assert told(session, "kv.close()") == "threw BadResource: Bad resource ID"
    assert told(session, "kv[Symbol.dispose]()") is None
    code = "let error; try { kv.close() } catch (caught) { error = caught }; error"
    assert value(session, f"{code} instanceof Deno.errors.BadResource && error instanceof Error") is True


def test_a_using_declaration_closes(session: Session) -> None:
    value(session, "let kept; { using it = await Deno.openKv(':memory:'); await it.set(['a'], 1); kept = it }")
    assert told(session, "kept.get(['a'])") == BAD


def test_a_list_that_is_under_way_ends_with_its_handle(session: Session) -> None:
    value(
        session,
        "await kv.set(['a'], 1); const it = kv.list({ prefix: [] }, { batchSize: 1 }); await it.next(); kv.close()",
    )
    assert told(session, "it.next()") == BAD


def test_a_handle_belongs_to_the_store_it_was_opened_on(session: Session) -> None:
    value(
        session,
        "await kv.set(['a'], 1); const mine = await Deno.openKv(':memory:'); const it = kv.list({ prefix: [] })",
    )
    session.journal.store = MemoryStore()
    for call in ("kv.get(['a'])", "kv.set(['a'], 1)", "kv.delete(['a'])", "kv.getMany([['a']])", "it.next()"):
        assert told(session, call) == BAD
    assert value(session, "(await mine.set(['a'], 1)).ok") is True
    assert value(session, "const fresh = await Deno.openKv(); (await fresh.get(['a'])).value") is None
    assert told(session, "kv.get(['a'])") == BAD
    assert told(session, "kv.close()") is None


# What contracts may not.


def test_a_handler_that_may_only_read_writes_nothing(session: Session) -> None:
    session.strict_handlers = True
    session.run(
        "const kv = await Deno.openKv(); export const get = async () => { await kv.set(['a'], 1) }", contract="counter"
    )
    with pytest.raises(ContractError, match=r"Deno KV is read-only in get\(\): use contract\(\) to change state"):
        session.call("counter", "get")


def test_made_up_handles_reach_nothing(session: Session) -> None:
    value(session, "const it = new Deno.KvListIterator({ handle: 'ffff' }, { prefix: [] })")
    assert told(session, "it.next()") == BAD
    assert told(session, "new Deno.KvListIterator({ handle: 5 }, { prefix: [] }).next()") == BAD


def test_contract_code_cannot_change_what_kv_stands_on(session: Session) -> None:
    value(
        session,
        "String.prototype.includes = () => false; Array.isArray = () => true; JSON.stringify = () => '0';"
        " Number.isInteger = () => true; Promise.resolve = null;"
        " await kv.set(['a\\0b'], { a: [1] })",
    )
    assert session.store.get("deno", "notebook", pack(("a\0b",)), 0) is not None
    assert value(session, "(await kv.get(['a\\0b'])).value") == {"a": [1]}
    assert told(session, "kv.set('a', 1)").startswith("TypeError: serde_v8")


def test_the_receipt_counts_what_deno_kv_did(session: Session) -> None:
    receipt = session.run(
        "await kv.set(['a'], 1); await kv.get(['a']); await all({ prefix: [] }); await kv.delete(['a'])"
    ).receipt
    assert (receipt.writes, receipt.reads, receipt.deletes, receipt.lists) == (1, 1, 1, 1)


parts = st.one_of(
    st.text(max_size=6), st.text("\0\x01\x02\x03\x1e\ud800\udfff", max_size=4), st.binary(max_size=4), st.booleans(),
    st.integers(-(2**70), 2**70), st.floats(allow_nan=False),
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.lists(parts, min_size=1, max_size=3), min_size=1, max_size=8))
def test_any_keys_are_stored_and_listed_in_order(keys: list[list[Any]]) -> None:
    session = opened()
    session.run("globalThis.at = (parts) => parts.map(([kind, part]) => kind === 'i' ? BigInt(part) : part)")
    tagged = [[["i", str(part)] if type(part) is int else ["x", part] for part in key] for key in keys]
    packed = {pack(tuple(key)): index for index, key in enumerate(keys)}
    value(session, "for (let i = 0; i < keysGiven.length; i++) await kv.set(at(keysGiven[i]), i)", keysGiven=tagged)
    for index, key in enumerate(tagged):
        expected = packed[pack(tuple(keys[index]))]
        assert value(session, "(await kv.get(at(one))).value", one=key) == expected
    order = [packed[key] for key in sorted(packed)]
    assert value(session, "(await all({ prefix: [] })).map((entry) => entry.value)") == order
    assert value(session, "(await all({ prefix: [] }, { reverse: true })).map((entry) => entry.value)") == order[::-1]
    again = "let same = true; for (const key of await keys({ prefix: [] })) same &&= (await kv.get(key)).versionstamp !== null; same"
    assert value(session, again) is True
