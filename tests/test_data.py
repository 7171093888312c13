"""``tana/data``: what each method does, refuses and returns."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tana_jupyter
from tana_jupyter import Session, limits
from tests.data_harness import committed, refused, shop, value


@pytest.fixture
def session() -> Session:
    return shop()


COUNTER = """
    import { console } from 'tana:core'
    import { data } from 'tana:data'
    const before: number = (await data.get('visits')) || 0
    await data.set('visits', before + 1)
    await data.commit()
    console.log('Visits:', before + 1)
"""


def test_a_counter_goes_up_each_time_its_cell_runs() -> None:
    session = Session()
    printed = [session.run(COUNTER, contract="counter").logs[0].text.strip() for _ in range(3)]
    assert printed == ["Visits: 1", "Visits: 2", "Visits: 3"]


def test_the_counter_without_await(session: Session) -> None:
    code = "data.set('visits', (data.get('visits') || 0) + 1); data.commit(); data.get('visits')"
    assert [value(session, code) for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("specifier", ["tana/data", "tana:data"])
def test_both_names_of_the_module_are_the_same_object(session: Session, specifier: str) -> None:
    assert value(session, f"import {{ data as other }} from '{specifier}'; other === data") is True


def test_the_constants_are_the_limits(session: Session) -> None:
    assert value(session, "[data.MAX_KEY_SIZE, data.MAX_VALUE_SIZE, data.MAX_TOTAL_SIZE, data.MAX_KEYS]") == [
        limits.DATA_KEY,
        limits.DATA_VALUE,
        limits.DATA_TOTAL,
        limits.DATA_KEYS,
    ]
    assert (limits.DATA_KEY, limits.DATA_VALUE, limits.DATA_TOTAL, limits.DATA_KEYS) == (
        256,
        10240,
        102400,
        1000,
    )


def test_the_typings_declare_what_exists(session: Session) -> None:
    text = Path(tana_jupyter.__file__).with_name("modules").joinpath("data", "data.d.ts").read_text("utf-8")
    declared = re.findall(r"^  (?:readonly )?(\w+)[<(:]", text, re.MULTILINE)
    assert declared == value(session, "Object.keys(data)")


# What a key reads as, after it was set to the value, and as an entry and after a commit as well.
ROUND_TRIPS = [
    # Strings that are no JSON stay strings.
    ("'alice'", "'alice'"),
    ("''", "''"),
    ("'2026-01-01T00:00:00.000Z'", "'2026-01-01T00:00:00.000Z'"),
    ("'NaN'", "'NaN'"),
    ("'nul'", "'nul'"),
    ("'tru'", "'tru'"),
    ("'f'", "'f'"),
    ("'Infinity'", "'Infinity'"),
    ("'undefined'", "'undefined'"),
    ("'01'", "'01'"),
    ("'+1'", "'+1'"),
    ("'.5'", "'.5'"),
    ("'[1'", "'[1'"),
    ("'{a: 1}'", "'{a: 1}'"),
    ("'€ 5'", "'€ 5'"),
    ("'\\u00a01'", "'\\u00a01'"),
    ("'\\ufeff1'", "'\\ufeff1'"),
    ("'a\\0b'", "'a\\0b'"),
    # Strings that are JSON come back as what they say.
    ("'42'", "42"),
    ("'5'", "5"),
    ("'-0.5'", "-0.5"),
    ("'1e3'", "1000"),
    ("'true'", "true"),
    ("'false'", "false"),
    ("'null'", "null"),
    ("'\"x\"'", "'x'"),
    ("'[1]'", "[1]"),
    ("' \\t\\r\\n{\"a\": 1} '", "{ a: 1 }"),
    ("'12345678901234567890'", "12345678901234567000"),
    # Everything else becomes JSON.
    ("5", "5"),
    ("5.5", "5.5"),
    ("-0", "0"),
    ("NaN", "null"),
    ("-Infinity", "null"),
    ("true", "true"),
    ("null", "null"),
    ("5n", "'5'"),
    ("{ total: 12345678901234567890n }", "{ total: '12345678901234567890' }"),
    ("[1, [2n]]", "[1, ['2']]"),
    ("new Date(0)", "'1970-01-01T00:00:00.000Z'"),
    ("new Map([[1, 2]])", "{}"),
    ("new Set([1])", "{}"),
    ("new String('x')", "'x'"),
    ("[undefined, () => 1, NaN]", "[null, null, null]"),
    ("{ a: undefined, b: () => 1, c: null }", "{ c: null }"),
    ("{ toJSON: () => 'mine' }", "'mine'"),
    ("{ ['__proto__']: 1 }", "{ ['__proto__']: 1 }"),
]


@pytest.mark.parametrize(("given", "read"), ROUND_TRIPS, ids=[given for given, _ in ROUND_TRIPS])
def test_what_a_value_reads_as(session: Session, given: str, read: str) -> None:
    code = f"""
        const shown = (value) => Object.is(value, -0) ? '-0' : JSON.stringify(value)
        data.set('k', {given})
        const before = [shown(data.get('k')), shown(data.entries().k), data.has('k')]
        data.commit();
        [...before, shown(data.get('k')), shown(data.entries().k), data.has('k'), shown({read})]
    """
    *found, expected = value(session, code)
    assert found == [expected, expected, True] * 2


def test_the_order_of_members_is_kept(session: Session) -> None:
    assert value(session, "data.set('k', { z: 1, a: 2, m: 3 }); Object.keys(data.get('k'))") == [
        "z",
        "a",
        "m",
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(stored=JSON.filter(lambda stored: not isinstance(stored, str)))
def test_json_values_come_back_as_they_were(stored: object) -> None:
    session = Session()
    code = "import { data } from 'tana/data'; data.set('k', given); data.get('k')"
    assert session.run(code, give={"given": stored}).value == stored


@given(text=st.text())
def test_a_text_comes_back_as_its_json_or_as_itself(text: str) -> None:
    session = Session()
    code = """
        import { data } from 'tana/data'
        let expected = text
        try { expected = JSON.parse(text) } catch {}
        data.set('k', text)
        JSON.stringify(data.get('k')) === JSON.stringify(expected)
    """
    assert session.run(code, give={"text": text}).value is True


NOT_SERIALIZABLE = ["undefined", "() => 1", "class {}", "Symbol('s')", "{ toJSON: () => undefined }", "loop"]


@pytest.mark.parametrize("given", NOT_SERIALIZABLE)
def test_what_has_no_json_is_refused_and_not_staged(session: Session, given: str) -> None:
    code = f"const loop = {{}}; loop.self = [loop]; data.set('k', {given})"
    assert refused(session, code) == "TypeError: Value is not serializable"
    assert value(session, "[data.has('k'), data.keys()]") == [False, []]


def test_set_without_a_value_is_refused(session: Session) -> None:
    assert refused(session, "data.set('k')") == "TypeError: Value is not serializable"


def test_what_a_getter_throws_reaches_the_contract_as_it_is(session: Session) -> None:
    assert refused(session, "data.set('k', { get a() { throw new RangeError('mine') } })") == "RangeError: mine"


@pytest.mark.parametrize("stored", ['{"!": 0}', '{"!": 7}', '{"!": ["Error", "no"]}'])
def test_a_value_cannot_pass_for_an_answer_of_the_host(session: Session, stored: str) -> None:
    assert (
        value(session, "data.set('k', text); [data.get('k'), data.entries().k]", text=stored)
        == [json.loads(stored)] * 2
    )


def test_staged_comes_before_committed(session: Session) -> None:
    code = """
        data.set('kept', 'old'); data.set('changed', 'old'); data.set('gone', 'old'); data.commit()
        data.set('changed', 'new'); data.set('added', 'new'); data.delete('gone'); data.delete('never')
        const names = ['kept', 'changed', 'gone', 'added', 'never'];
        [names.map(data.get), names.map(data.has), data.keys(), data.entries()]
    """
    read, there, keys, entries = value(session, code)
    assert read == ["old", "new", None, "new", None]
    assert there == [True, True, False, True, False]
    assert keys == ["added", "changed", "kept"]
    assert entries == {"added": "new", "changed": "new", "kept": "old"}
    assert list(entries) == keys


def test_a_stored_null_reads_as_null_but_is_there(session: Session) -> None:
    code = "data.set('k', null); data.commit(); [data.get('k'), data.has('k'), data.get('no'), data.has('no')]"
    assert value(session, code) == [None, True, None, False]


def test_methods_return_plain_values_or_resolved_promises(session: Session) -> None:
    code = """
        const void_ = ['set', 'delete', 'commit', 'clear'].map((name) => data[name]('k', 1))
        const plain = ['get', 'has', 'keys', 'entries'].map((name) => data[name]('k'))
        const shown = [...void_, ...plain].map((result) => result instanceof Promise);
        [shown, await Promise.all(void_), await Promise.all(plain)]
    """
    promises, nothing, read = value(session, code)
    assert promises == [True] * 4 + [False] * 4
    assert nothing == [None] * 4
    assert read == [None, False, [], {}]


def test_every_style_of_waiting_works(session: Session) -> None:
    code = """
        const seen = []
        await data.set('a', 1).then((nothing) => seen.push(nothing === undefined))
        await Promise.all([data.set('b', 2), data.commit()])
        seen.push(await Promise.all([data.get('a'), data.get('b'), data.get('c')]))
        try { await data.set('k'.repeat(300), 1) } catch (error) { seen.push(error.message) }
        try { data.set('k'.repeat(300), 1) } catch (error) { seen.push(error.constructor === Error) }
        seen
    """
    assert value(session, code) == [True, [1, 2, None], "Key too large: 300 bytes (max 256)", True]


def test_methods_need_no_this(session: Session) -> None:
    code = """
        const { set, get, delete: remove, has, keys, entries, clear, commit } = data
        set('a', 1); set('b', 2); commit(); remove('b')
        const seen = [get('a'), has('b'), keys('*'), entries()]
        clear();
        [...seen, keys()]
    """
    assert value(session, code) == [1, False, ["a"], {"a": 1}, []]


def test_arguments_too_many_are_ignored(session: Session) -> None:
    value(session, "data.set('k', 1, 2); data.commit('k')")
    code = "[data.get('k', 5), data.has('k', 5), data.entries('x'), data.keys('*', 5)]"
    assert value(session, code) == [1, True, {"k": 1}, ["k"]]


def test_clear_wipes_committed_and_staged_at_once_in_one_commit(session: Session) -> None:
    value(session, "for (let i = 0; i < 5; i++) data.set('k' + i, i); data.commit()")
    value(session, "data.set('s', 1); data.delete('k0')")
    head = session.store.head("notebook")
    receipt = session.run("data.clear()", contract="shop").receipt
    assert session.store.head("notebook") == head + 1
    assert (receipt.deletes, receipt.staged) == (5, 0)
    assert (committed(session), len(session.staged())) == ({}, 0)
    assert value(session, "[data.keys(), data.get('s'), data.has('k0')]") == [[], None, False]
    value(session, "data.clear(); data.set('s', 1); data.clear(); data.commit()")
    assert session.store.head("notebook") == head + 1
    assert committed(session) == {}


def test_a_commit_is_one_commit_of_the_store(session: Session) -> None:
    value(session, "data.set('gone', 1); data.commit()")
    head = session.store.head("notebook")
    receipt = session.run(
        "data.set('a', 1); data.set('b', 'é'); data.delete('gone'); data.commit()", contract="shop"
    ).receipt
    assert session.store.head("notebook") == head + 1
    assert (receipt.writes, receipt.deletes, receipt.bytes, receipt.staged) == (2, 1, 5, 0)
    assert [(change.key, change.state) for change in receipt.changes] == [
        (b"a", "added"),
        (b"b", "added"),
        (b"gone", "deleted"),
    ]


def test_a_commit_with_nothing_staged_changes_nothing(session: Session) -> None:
    head = session.store.head("notebook")
    outcome = session.run("await data.commit()", contract="shop")
    assert (outcome.text, outcome.receipt.summary(), session.store.head("notebook")) == (None, "", head)


def test_nothing_is_stored_before_the_commit(session: Session) -> None:
    receipt = session.run("data.set('a', 1); data.set('b', 2); data.delete('c')", contract="shop").receipt
    assert receipt.summary() == "3 staged"
    assert committed(session) == {}
    assert session.store.head("notebook") == 0


def test_contracts_neither_see_nor_stage_for_one_another() -> None:
    session = Session()
    for name in ("one", "two"):
        session.run(f"import {{ data }} from 'tana/data'; data.set('who', '{name}')", contract=name)
        session.run(f"data.commit(); data.set('s', '{name}')", contract=name)
    read = "[data.get('who'), data.get('s'), data.keys()]"
    assert session.run(read, contract="one").value == ["one", "one", ["s", "who"]]
    session.run("data.clear()", contract="one")
    assert session.run(read, contract="two").value == ["two", "two", ["s", "who"]]


def test_kv_and_data_are_strangers(session: Session) -> None:
    value(session, "import { kv } from 'tana/kv'; await kv.put('k', 'kv'); data.set('k', 'data'); data.commit()")
    code = "[await kv.get('k'), data.get('k')]"
    assert value(session, code) == ["kv", "data"]


def test_intrinsics_that_the_contract_breaks_break_no_rule() -> None:
    session = Session()
    code = """
        const { stringify } = JSON
        JSON.stringify = () => 'x'
        String.prototype.replaceAll = () => '('
        RegExp.prototype.test = () => true
        const { data } = await import('tana/data')
        try { data.set('k'.repeat(300), 1) } catch (error) { globalThis.first = error.message }
        try { data.set(5, 1) } catch (error) { globalThis.second = error.message }
        JSON.stringify = stringify
    """
    session.run(code, contract="hostile")
    assert session.run("[first, second]", contract="hostile").value == [
        "Key too large: 300 bytes (max 256)",
        "Key must be a string",
    ]
