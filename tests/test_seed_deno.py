"""What guides say of Deno's key space: keys and their order, identifiers that sort by time, values, versionstamps."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from tana_jupyter import ContractError, Session

START = "2023-08-07T03:00:00Z"
START_MS = 1_691_377_200_000
ULID = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}")
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture
def session() -> Session:
    made = Session()
    made.clock.freeze(START)
    made.chance.seed(7)
    return made


def value(session: Session, code: str, **give: object) -> Any:
    return session.run(code, give=give).value


# Keys are arrays of parts, and arrays are values of a cell.


@pytest.mark.parametrize(
    ("key", "shown", "python"),
    [
        ('["members", 7, "card"]', '[ "members", 7, "card" ]', ["members", 7, "card"]),
        ('["log", "2026-03-01"]', '[ "log", "2026-03-01" ]', ["log", "2026-03-01"]),
        ('["scans", new Uint8Array([4, 5]), "size"]', None, ["scans", b"\x04\x05", "size"]),
        ('["crew", "deck", 3n]', '[ "crew", "deck", 3n ]', ["crew", "deck", 3]),
        ('["switch", true]', '[ "switch", true ]', ["switch", True]),
        ('["", -0, 2.5]', '[ "", -0, 2.5 ]', ["", -0.0, 2.5]),
    ],
)
def test_a_key_is_a_value(session: Session, key: str, shown: str | None, python: list[object]) -> None:
    outcome = session.run(f"{key}; // what it stands for")
    assert outcome.value == python
    assert shown is None or repr(outcome) == shown


def test_several_keys_in_a_cell_leave_the_last(session: Session) -> None:
    assert value(session, '["orders", 1, "box"]; // one\n["orders", 2n]; // two\n["orders", "é"]; // three') == [
        "orders",
        "é",
    ]


OPEN = "const kv = await Deno.openKv();"


def rows(session: Session) -> list[dict[str, Any]]:
    return value(session, "await Array.fromAsync(kv.list({ prefix: ['members'] }))")


def test_keys_of_time_and_chance(session: Session) -> None:
    value(session, OPEN)
    value(
        session, "async function enrol(member) { await kv.set(['members', Date.now(), crypto.randomUUID()], member) }"
    )
    for name in ["ida", "bo", "cy"]:
        session.run("await enrol({ name })", give={"name": name})
        session.clock.advance(0.001)
    found = rows(session)
    assert [row["key"][:2] for row in found] == [["members", START_MS + n] for n in range(3)]
    assert [row["value"] for row in found] == [{"name": name} for name in ["ida", "bo", "cy"]]
    names = [row["key"][2] for row in found]
    assert len(set(names)) == 3
    assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", n) for n in names)


# ULIDs: time and chance in one part.


def number(identifier: str) -> int:
    """A ULID as the number it writes."""
    total = 0
    for letter in identifier:
        total = total * 32 + DIGITS.index(letter)
    return total


SPECIFIERS = ["ulid", "https://deno.land/x/ulid/mod.ts", "npm:ulid", "jsr:@std/ulid"]


@pytest.mark.parametrize("specifier", SPECIFIERS)
def test_identifiers_sort_by_time(session: Session, specifier: str) -> None:
    value(session, f"import {{ ulid }} from '{specifier}'\n\n{OPEN}\n\n")
    value(session, "async function enrol(member) { await kv.set(['members', ulid()], member) }")
    for _ in range(3):
        value(session, "await enrol({})")
        session.clock.advance(0.001)
    names = [row["key"][1] for row in rows(session)]
    assert all(ULID.fullmatch(name) for name in names)
    assert names == sorted(names)
    # 26 letters of 5 bits: 48 bits of milliseconds, 80 of chance.
    assert [number(name) >> 80 for name in names] == [START_MS, START_MS + 1, START_MS + 2]


def test_a_factory_counts_on_within_a_millisecond(session: Session) -> None:
    value(session, OPEN)
    value(
        session, "import { monotonicFactory } from 'https://deno.land/x/ulid/mod.ts'\nconst ulid = monotonicFactory()"
    )
    value(session, "const enrol = async (member) => { await kv.set(['members', ulid()], member) }")
    value(session, "for (const name of ['ida', 'bo', 'cy']) await enrol({ name })")
    first, second, third = (number(row["key"][1]) for row in rows(session))
    assert (second - first, third - second) == (1, 1)
    session.clock.advance(1)
    assert value(session, "ulid()") > rows(session)[2]["key"][1]


def test_identifiers_follow_the_seed(session: Session) -> None:
    again = Session()
    again.clock.freeze(START)
    again.chance.seed(7)
    code = "import { ulid } from 'ulid'; [ulid(), ulid()]"
    assert value(session, code) == value(again, code)


# The order of keys.


def test_parts_are_kept_apart(session: Session) -> None:
    keys = [
        ["abc", "def"],
        ["ab", "cdef"],
        ["abc", "", "def"],
        ["users", "alice/hacked", "settings"],
        ["users", "alice"],
    ]
    value(session, f"{OPEN} for (const key of keys) await kv.set(key, key)", keys=keys)
    assert value(session, "[...(await kv.getMany(keys)).map(({ value }) => value)]", keys=keys) == keys
    assert value(session, "(await Array.fromAsync(kv.list({ prefix: ['users', 'alice'] }))).length") == 0


def test_parts_sort_by_type_and_value(session: Session) -> None:
    ordered = [
        "bytes(0)", "bytes(1)", "''", "'A'", "'a'", "'\u00e9'", "-9n", "0n", "9n", "-Infinity", "-1.0", "-0.5", "-0.0", "0.0", "0.5", "1.0",
        "2.0", "Infinity", "NaN", "false", "true",
    ]  # fmt: skip
    value(session, f"{OPEN} const bytes = (...list) => new Uint8Array(list); const parts = [{', '.join(ordered)}]")
    value(session, "for (const [at, part] of [...parts.entries()].reverse()) await kv.set([part], at)")
    assert value(session, "await Array.fromAsync(kv.list({ prefix: [] }), ({ value }) => value)") == [
        *range(len(ordered))
    ]


# Values: what structured cloning keeps.

VALUES = [
    ("undefined", None),
    ("null", None),
    ("true", True),
    ("-42.5", -42.5),
    ("42n", 42),
    ("'tea'", "tea"),
    ("new Uint8Array([1, 2, 3])", b"\x01\x02\x03"),
    ("[1, [2, 3]]", [1, [2, 3]]),
    ("({ a: 1, b: { c: null } })", {"a": 1, "b": {"c": None}}),
    ("new Map([['a', 1], ['b', new Map([['c', 2]])]])", {"a": 1, "b": {"c": 2}}),
    ("new Set([1, 2, 3])", {1, 2, 3}),
    ("new Date('2023-04-23')", dt.datetime(2023, 4, 23, tzinfo=dt.UTC)),
]


@pytest.mark.parametrize(("code", "python"), VALUES, ids=[code for code, _ in VALUES])
def test_values_are_kept(session: Session, code: str, python: object) -> None:
    assert value(session, code) == python
    assert value(session, f"structuredClone({code})") == python
    assert value(session, f"{OPEN} await kv.set(['kept'], {code}); (await kv.get(['kept'])).value") == python


def test_an_expression_is_kept_as_one(session: Session) -> None:
    assert value(
        session, "const copy = structuredClone(/abc/gi); [copy.source, copy.flags, copy instanceof RegExp]"
    ) == [
        "abc",
        "gi",
        True,
    ]


@pytest.mark.parametrize("copied", ["structuredClone(door)", "(await kv.set(['d'], door), await kv.get(['d'])).value"])
def test_a_circle_is_kept(session: Session, copied: str) -> None:
    value(session, f"{OPEN} const door = {{}}; const room = {{ door }}; door.room = room; const copy = {copied}")
    assert value(session, "[copy !== door, copy.room.door === copy, copy.room !== room]") == [True] * 3


@pytest.mark.parametrize("code", ["() => 1", "Symbol('a')", "{ run() {} }", "[Symbol.iterator]"])
def test_what_cannot_be_cloned_is_refused(session: Session, code: str) -> None:
    with pytest.raises(ContractError, match=r"DataCloneError: .* could not be cloned"):
        value(session, f"structuredClone({code})")
    with pytest.raises(ContractError, match=r"TypeError: .* could not be cloned"):
        value(session, f"{OPEN} await kv.set(['a'], {code})")


def test_a_number_of_64_bits(session: Session) -> None:
    value(session, f"{OPEN} const u64 = new Deno.KvU64(42n); await kv.set(['count'], u64)")
    value(session, "await kv.atomic().sum(['count'], 8n).min(['count'], 45n).max(['other'], 3n).commit()")
    assert value(session, "[(await kv.get(['count'])).value.value, (await kv.get(['other'])).value.value]") == [45, 3]


# Versionstamps are texts that sort by age.


@pytest.mark.parametrize(
    ("newer", "older"),
    [("0000000000000002000b", "0000000000000002000a"), ("00000000000000100000", "000000000000000f0000")],
)
def test_versionstamps_compare_as_texts(session: Session, newer: str, older: str) -> None:
    session.run("globalThis.versionstamps = [newer, older]", give={"newer": newer, "older": older})
    assert value(session, "versionstamps[0] > versionstamps[1]") is True
    assert value(session, "versionstamps.sort()") == [older, newer]


def test_one_commit_is_one_versionstamp_and_a_check_holds_on_to_it(session: Session) -> None:
    value(
        session,
        f"{OPEN} await kv.atomic().set(['a'], 1).set(['b'], 2).commit(); const [a, b] = await kv.getMany([['a'], ['b']])",
    )
    assert value(session, "a.versionstamp === b.versionstamp") is True
    assert value(session, "(await kv.set(['a'], 2)).versionstamp > a.versionstamp") is True
    assert value(session, "await kv.atomic().check(a).set(['b'], 3).commit()") == {"ok": False}
    assert value(session, "(await kv.atomic().check(b).set(['b'], 3).commit()).ok") is True
