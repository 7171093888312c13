"""Deno KV: list, its selectors, options, batches and cursors."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tana_jupyter import Session, limits
from tana_jupyter.denokey import pack
from tests.deno_harness import opened, told, value

LETTERS = "for (const letter of 'abcdefgh') await kv.set(['x', letter], letter)"
SPREAD = """
    for (const key of [['a'], ['a', 'b'], ['a', 'c'], ['a', 'c', 'd'], ['a', 1], ['a', 1n], ['a\\0b'], ['ab'], ['b', 'x']]) {
      await kv.set(key, key.length)
    }
"""


@pytest.fixture
def session() -> Session:
    return opened()


@pytest.fixture
def letters(session: Session) -> Session:
    session.run(LETTERS)
    return session


def listed(session: Session, selector: str, options: str = "{}") -> Any:
    return value(session, f"(await all({selector}, {options})).map(({{ value }}) => value)")


# Selectors.

SELECTED: list[tuple[str, list[list[object]]]] = [
    ("{ prefix: ['a'] }", [["a", "b"], ["a", "c"], ["a", "c", "d"], ["a", 1], ["a", 1]]),
    ("{ prefix: ['a', 'c'] }", [["a", "c", "d"]]),
    ("{ prefix: ['none'] }", []),
    ("{ prefix: ['a'], start: ['a', 'c'] }", [["a", "c"], ["a", "c", "d"], ["a", 1], ["a", 1]]),
    ("{ prefix: ['a'], end: ['a', 'c'] }", [["a", "b"]]),
    ("{ start: ['a'], end: ['a', 'c', 'd'] }", [["a"], ["a", "b"], ["a", "c"]]),
    ("{ start: ['ab'], end: ['ab'] }", []),
    ("{ start: ['ab'], end: ['zz'] }", [["ab"], ["b", "x"]]),
    ("{ prefix: 'a' }", [["a", "b"], ["a", "c"], ["a", "c", "d"], ["a", 1], ["a", 1]]),
    ("{ prefix: ['a'], start: undefined, end: undefined }", [["a", "b"], ["a", "c"], ["a", "c", "d"], ["a", 1], ["a", 1]]),
    ("{ prefix: undefined, start: ['b'], end: ['c'] }", [["b", "x"]]),
]  # fmt: skip


@pytest.mark.parametrize(("selector", "found"), SELECTED)
def test_what_a_selector_selects(session: Session, selector: str, found: list[list[object]]) -> None:
    session.run(SPREAD)
    assert value(session, f"await keys({selector})") == found
    assert value(session, f"await keys({selector}, {{ reverse: true }})") == found[::-1]
    assert value(session, f"await keys({selector}, {{ batchSize: 1 }})") == found
    assert value(session, f"await keys({selector}, {{ batchSize: 2, reverse: true }})") == found[::-1]


def test_an_empty_prefix_is_everything(session: Session) -> None:
    session.run(SPREAD)
    assert value(session, "(await keys({ prefix: [] })).length") == 9
    assert value(session, "await keys({ prefix: [] }, { limit: 2 })") == [["a"], ["a", "b"]]


NEITHER = "threw TypeError: Selector must specify either 'prefix' or both 'start' and 'end' key"
BOTH = "threw TypeError: Selector can not specify both 'start' and 'end' key when specifying 'prefix'"
NOT_BELOW = "key is not in the keyspace defined by prefix"

REFUSED_AT_ONCE = [
    ("{}", "{}", NEITHER),
    ("{ start: ['a'] }", "{}", NEITHER),
    ("{ end: ['a'] }", "{}", NEITHER),
    ("Object.create({ prefix: [] })", "{}", NEITHER),
    ("{ prefix: [], start: ['a'], end: ['b'] }", "{}", BOTH),
    ("{ prefix: [] }", "{ limit: 0 }", "threw Error: Limit must be a positive integer: received 0"),
    ("{ prefix: [] }", "{ limit: 1.5 }", "threw Error: Limit must be a positive integer: received 1.5"),
    ("{ prefix: [] }", "{ limit: null }", "threw Error: Limit must be a positive integer: received null"),
    ("{ prefix: [] }", "{ limit: '5' }", "threw Error: Limit must be a positive integer: received 5"),
    ("{ prefix: [] }", "{ batchSize: -1 }", "threw Error: batchSize must be a positive integer: received -1"),
    ("{ prefix: [] }", "{ batchSize: NaN }", "threw Error: batchSize must be a positive integer: received NaN"),
]


@pytest.mark.parametrize(("selector", "options", "text"), REFUSED_AT_ONCE)
def test_what_list_refuses_at_once(session: Session, selector: str, options: str, text: str) -> None:
    assert told(session, f"kv.list({selector}, {options})") == text


REFUSED_LATER = [
    ("{ prefix: ['a'], start: ['b'] }", "{}", f"Start {NOT_BELOW}"),
    ("{ prefix: ['a'], start: ['a'] }", "{}", f"Start {NOT_BELOW}"),
    ("{ prefix: ['a'], end: ['b'] }", "{}", f"End {NOT_BELOW}"),
    ("{ prefix: ['a'], end: ['a'] }", "{}", f"End {NOT_BELOW}"),
    ("{ start: ['b'], end: ['a'] }", "{}", "Start key is greater than end key"),
    ("{ prefix: [] }", "{ batchSize: 1001 }", "Too many entries (max 1000)"),
    ("{ prefix: [] }", "{ batchSize: 1001, limit: 5 }", "Too many entries (max 1000)"),
    ("{ prefix: [] }", "{ cursor: 'AmIA+' }", "invalid cursor"),
    ("{ prefix: [] }", "{ cursor: 'AmI' }", "invalid cursor"),
    ("{ prefix: [] }", "{ cursor: '/w==' }", "invalid cursor"),
    ("{ prefix: [{}] }", "{}", "expected string, number, bigint, ArrayBufferView, boolean"),
]


@pytest.mark.parametrize(("selector", "options", "text"), REFUSED_LATER)
def test_what_list_refuses_at_the_first_entry(session: Session, selector: str, options: str, text: str) -> None:
    value(session, f"const it = kv.list({selector}, {options})")
    assert told(session, "it.next()") == f"TypeError: {text}"
    assert told(session, "it.next()") == f"TypeError: {text}"


def test_a_prefix_is_no_way_into_other_keys(session: Session) -> None:
    value(
        session,
        "await kv.set(['users\\0alice', 'settings'], 1); await kv.set(['users\\0a'], 2); await kv.set(['users', 'b'], 3)",
    )
    assert listed(session, "{ prefix: ['users'] }") == [3]
    assert told(session, "all({ prefix: ['users'], end: ['users\\0b\\0'] })") == f"TypeError: End {NOT_BELOW}"
    assert told(session, "all({ prefix: ['users'], start: ['users\\0a'] })") == f"TypeError: Start {NOT_BELOW}"
    for options in ("{ cursor: '__8=', reverse: true }", "{ cursor: '__8=' }", "{ cursor: '_w==' }"):
        assert told(session, f"all({{ prefix: ['users'] }}, {options})") == "TypeError: cursor out of bounds"


# Options.


def test_limit_and_reverse(letters: Session) -> None:
    assert listed(letters, "{ prefix: ['x'] }", "{ limit: 3 }") == ["a", "b", "c"]
    assert listed(letters, "{ prefix: ['x'] }", "{ limit: 3, reverse: true }") == ["h", "g", "f"]
    assert listed(letters, "{ prefix: ['x'] }", "{ limit: 3, reverse: true, batchSize: 2 }") == ["h", "g", "f"]


def test_a_limit_may_be_larger_than_a_batch(session: Session) -> None:
    value(session, "for (let i = 0; i < 1300; i++) await kv.set(['n', i], i)")
    assert listed(session, "{ prefix: ['n'] }", "{ limit: 1200 }") == list(range(1200))
    assert session.last is not None
    assert session.last.receipt.lists == 3  # batches of 500
    assert listed(session, "{ prefix: ['n'] }", "{ batchSize: 1000 }") == list(range(1300))
    assert session.last.receipt.lists == 2
    assert listed(session, "{ prefix: ['n'] }", "{ limit: 7 }") == list(range(7))
    assert session.last.receipt.lists == 1


def test_batches_are_snapshots_and_what_lies_between_them_shows(letters: Session) -> None:
    code = """
        const it = kv.list({ prefix: ['x'] }, { batchSize: 2 })
        const found = [(await it.next()).value.value]
        await kv.set(['x', 'b'], 'changed'); await kv.set(['x', 'c'], 'changed'); await kv.delete(['x', 'd'])
        for await (const { value } of it) found.push(value)
        found
    """
    assert value(letters, code) == ["a", "b", "changed", "e", "f", "g", "h"]


def test_batches_are_cut_by_bytes_too(session: Session) -> None:
    value(session, "for (let i = 0; i < 40; i++) await kv.set(['n', i], 'x'.repeat(60000))")
    run = session.run("(await all({ prefix: ['n'] })).map(({ value }) => value.length)")
    assert run.value == [60000] * 40
    assert 2 <= run.receipt.lists <= 4
    assert limits.DENO_BATCH_BYTES < 40 * 60000


# The iterator.


def test_breaking_off_and_going_on(letters: Session) -> None:
    code = """
        const it = kv.list({ prefix: ['x'] })
        for await (const { value } of it) if (value === 'c') break
        const rest = []
        for await (const { value } of it) rest.push(value)
        rest
    """
    assert value(letters, code) == ["d", "e", "f", "g", "h"]


def test_each_call_of_next_gives_the_next_entry(letters: Session) -> None:
    code = """
        const it = kv.list({ prefix: ['x'] }, { limit: 4, batchSize: 2 })
        const found = await Promise.all(Array.from({ length: 6 }, () => it.next()))
        found.map(({ value, done }) => done ? done : value.value)
    """
    assert value(letters, code) == ["a", "b", "c", "d", True, True]
    assert value(letters, "Object.keys(await it.next())") == ["value", "done"]


def test_what_an_iterator_has(session: Session) -> None:
    names = "Reflect.ownKeys(Deno.KvListIterator.prototype).map(String).sort()"
    assert value(session, names) == ["Symbol(Symbol.asyncIterator)", "constructor", "cursor", "next"]
    code = "const it = kv.list({ prefix: [] }); [it[Symbol.asyncIterator]() === it, it instanceof Deno.KvListIterator, 'return' in it]"
    assert value(session, code) == [True, True, False]


def test_entries_do_not_share_their_keys(session: Session) -> None:
    value(
        session,
        "await kv.set([bytes(1), 'a'], 1); await kv.set([bytes(1), 'b'], 2); const it = kv.list({ prefix: [bytes(1)] })",
    )
    assert value(session, "(await it.next()).value.key[0].fill(9); (await it.next()).value.key") == [b"\x01", "b"]


def test_a_selector_is_taken_at_the_call(letters: Session) -> None:
    code = "const selector = { prefix: ['x'] }; const it = kv.list(selector); selector.prefix[0] = 'y'; (await it.next()).value.value"
    assert value(letters, code) == "a"


# Cursors.


def test_the_cursor_is_the_rest_of_the_key(session: Session) -> None:
    value(session, "await kv.set(['a', 'b'], 1); const it = kv.list({ prefix: ['a'] }); await it.next()")
    assert value(session, "it.cursor") == "AmIA"
    value(session, "const ranged = kv.list({ start: ['a', 'a'], end: ['a', 'c'] }); await ranged.next()")
    assert value(session, "ranged.cursor") == "YgA="


def test_the_cursor_along_the_way(letters: Session) -> None:
    value(letters, "const it = kv.list({ prefix: ['x'] }, { limit: 2 })")
    assert told(letters, "it.cursor") == "threw Error: Cannot get cursor before first iteration"
    assert value(letters, "await it.next(); it.cursor") == "AmEA"
    assert value(letters, "await it.next(); await it.next(); it.cursor") == "AmIA"  # only the limit was reached
    assert value(letters, "const other = kv.list({ prefix: ['x'] }); for await (const _ of other); other.cursor") == ""
    assert value(letters, "kv.list({ prefix: ['x'] }, { cursor: 'AmIA' }).cursor") == "AmIA"
    assert value(letters, "const none = kv.list({ prefix: ['none'] }); await none.next(); none.cursor") == ""


def test_going_on_from_a_cursor(letters: Session) -> None:
    assert listed(letters, "{ prefix: ['x'] }", "{ cursor: 'AmMA', limit: 2 }") == ["d", "e"]
    assert listed(letters, "{ prefix: ['x'] }", "{ cursor: 'AmMA', reverse: true }") == ["b", "a"]
    assert listed(letters, "{ prefix: ['x'] }", "{ cursor: '', limit: 2 }") == ["a", "b"]
    assert listed(letters, "{ start: ['x', 'b'], end: ['x', 'e'] }", "{ cursor: 'YwA=' }") == ["d"]


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ("{ cursor: 'YQA=' }", "TypeError: cursor out of bounds"),
        ("{ cursor: 'ZgA=', reverse: true }", "TypeError: cursor out of bounds"),
        ("{ cursor: 'ZgA=' }", []),
        ("{ cursor: 'YQA=', reverse: true }", []),
    ],
)
def test_a_cursor_outside_a_range(letters: Session, options: str, answer: object) -> None:
    assert told(letters, f"all({{ start: ['x', 'c'], end: ['x', 'e'] }}, {options})") == answer


def test_a_cursor_survives_what_happens_meanwhile(letters: Session) -> None:
    value(
        letters,
        "const it = kv.list({ prefix: ['x'] }, { limit: 3 }); for await (const _ of it); await kv.delete(['x', 'c'])",
    )
    value(letters, "await kv.set(['x', 'cc'], 'cc')")
    assert listed(letters, "{ prefix: ['x'] }", "{ cursor: it.cursor, limit: 2 }") == ["cc", "d"]


# All together, against a model.

part = st.one_of(
    st.sampled_from(["", "a", "b", "a\0", "\x02", "\x01", "\0\x02", "\x02a", "é", "\ufffd"]),
    st.sampled_from([b"", b"\0", b"\x02", b"\xff", b"\x02a\0"]),
    st.sampled_from([0.0, -0.0, 1.0, -1.5, 1e300, float("inf"), 2.0**53]),
    st.sampled_from([0, 1, -1, 2, 2**64, -(2**64)]),
    st.booleans(),
)
TAGGED = "globalThis.at = (parts) => parts.map(([kind, part]) => kind === 'i' ? BigInt(part) : kind === 'inf' ? Infinity : part)"


def tagged(key: tuple[Any, ...]) -> list[list[object]]:
    return [["i", str(p)] if type(p) is int else ["inf", 0] if p == float("inf") else ["x", p] for p in key]


@settings(max_examples=80)
@given(st.data())
def test_any_keys_in_any_batches_come_in_order(data: st.DataObject) -> None:
    kinds = data.draw(
        st.sampled_from([part, st.sampled_from(["", "a", "b", "\x02", "é"]), st.sampled_from([0.0, -0.0, 1.0, -1.5])])
    )
    prefix = tuple(data.draw(st.lists(part, max_size=2)))
    suffixes = st.lists(kinds, min_size=1, max_size=data.draw(st.sampled_from([1, 1, 2, 3]))).map(tuple)
    keys = [prefix + suffix for suffix in data.draw(st.lists(suffixes, min_size=1, max_size=12))]
    others = data.draw(st.lists(st.lists(part, min_size=1, max_size=2).map(tuple), max_size=3))
    batch, limit, reverse = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 15)), data.draw(st.booleans())
    session = opened()
    session.run(TAGGED)
    stored: dict[bytes, int] = {}
    for number, key in enumerate(keys + others):
        if pack(key):
            stored[pack(key)] = number
    given = [tagged(key) for key in keys + others]
    session.run("for (let i = 0; i < given.length; i++) await kv.set(at(given[i]), i)", give={"given": given})
    low = pack(prefix)
    expected = [stored[key] for key in sorted(stored) if low + b"\0" <= key < low + b"\xff"]
    expected = (expected[::-1] if reverse else expected)[:limit]
    options = {"batchSize": batch, "limit": limit, "reverse": reverse}
    found = value(session, "await all({ prefix: at(prefix) }, options)", prefix=tagged(prefix), options=options)
    assert [entry["value"] for entry in found] == expected
    again = """
        let same = true
        for (const { key, value } of await all({ prefix: at(prefix) }, options)) {
          const wanted = at(given[value])
          same &&= key.length === wanted.length && key.every((part, i) =>
            Object.is(part, wanted[i]) || part instanceof Uint8Array && `${part}` === `${wanted[i]}`)
        }
        same
    """
    assert value(session, again) is True
    paged = """
        const paged = []
        let cursor = ''
        do {
          const it = kv.list({ prefix: at(prefix) }, { ...options, limit: 2, cursor })
          for await (const { value } of it) paged.push(value)
          cursor = it.cursor
        } while (cursor !== '')
        paged.slice(0, options.limit)
    """
    assert value(session, paged) == expected
