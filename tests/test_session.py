"""Sessions and the semantics of cells."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tana_jupyter import (
    BusyError,
    ContractError,
    ContractStuck,
    ContractSyntaxError,
    ContractTimeout,
    Opaque,
    Outcome,
    Session,
    TanaError,
    UnknownContractError,
    ValueCrossingError,
)
from tana_jupyter.errors import GuestError
from tana_jupyter.store.protocol import Write


@pytest.fixture
def session() -> Session:
    return Session()


def value(session: Session, source: str, **options: object) -> object:
    return session.run(source, **options).value


# One cell after the other in one contract; the value of the last.
CELLS = {
    "names live on": (
        ["const a = 1; let b = 2; function f() { return a + b } class C { x = 3 }", "f() + new C().x"],
        6,
    ),
    "names may be declared again": (["const a = 1", "const a = 2", "let a = 3; a"], 3),
    "a redefined function is the one that others call": (
        ["function f() { return 1 } function g() { return f() }", "function f() { return 2 }", "g()"],
        2,
    ),
    "an arrow may replace a function": (
        ["function f() { return 1 } const g = () => f()", "const f = () => 5", "g()"],
        5,
    ),
    "functions hoist": (["f(); function f() { return 7 }\nf()"], 7),
    "names before a throw stay": (["const a = 1; try { null.x } catch {} ; const b = 2", "a + b"], 3),
    "top-level await": (["const a = await Promise.resolve(5)", "a"], 5),
    "the value is awaited": (["Promise.resolve(3)"], 3),
    "a trailing semicolon hides nothing": (["1 + 1;"], 2),
    "declarations after the value do not hide it": (["5; function f() {}"], 5),
    "a declaration has no value": (["const a = 5"], None),
    "a statement has no value": (["if (true) { 5 }"], None),
    "destructuring": (
        ["const { a, b: [c, ...d], ...e } = { a: 1, b: [2, 3, 4], f: 5 }", "[a, c, d, e]"],
        [1, 2, [3, 4], {"f": 5}],
    ),
    "let without a value": (["let a = 1", "let a; typeof a"], "undefined"),
    "var keeps its value": (["var a = 1", "var a; a"], 1),
    "code is strict": (["(function () { return this === undefined })()"], True),
    "top-level this is undefined": (["typeof this"], "undefined"),
    "types are gone": (
        ["interface A { x: number }\ntype B = A\nconst a = { x: 1 } as B satisfies A\na!.x"],
        1,
    ),
    "enum": (["enum Color { Red, Green = 5 }", "Color.Green"], 5),
    "parameter properties": (["class P { constructor(public x: number) {} }", "new P(4).x"], 4),
    "imports live on": (["import { kv } from 'tana/kv'", "await kv.put('a', 1)", "await kv.get('a')"], "1"),
    "imports of all forms": (
        [
            "import * as all from 'tana/kv'; import { kv as store } from 'tana:kv'; import 'tana/core'; import type { X } from 'tana/kv'",
            "all.kv === store",
        ],
        True,
    ),
    "dynamic import": (["(await import('tana/kv')).kv === (await import('tana:kv')).kv"], True),
    "globals may be declared": (["const URL = 5; URL"], 5),
    "using lets go": (["const log = []; { using r = { [Symbol.dispose]() { log.push('gone') } } }", "log"], ["gone"]),
    "new Function sees the contract's names": (["const a = 4", "new Function('return a')()"], 4),
}


@pytest.mark.parametrize("name", CELLS)
def test_cells(session: Session, name: str) -> None:
    cells, expected = CELLS[name]
    for cell in cells[:-1]:
        session.run(cell)
    assert session.run(cells[-1]).value == expected


def test_assigning_to_a_const_is_a_type_error(session: Session) -> None:
    with pytest.raises(ContractError, match="TypeError"):
        session.run("const a = 1; a = 2")
    assert value(session, "a") == 1


def test_what_a_cell_declared_before_it_threw_stays(session: Session) -> None:
    with pytest.raises(ContractError):
        session.run("const a = 1; function f() { return 2 } null.x; const b = 3")
    assert value(session, "[a, f(), typeof b]") == [1, 2, "undefined"]


def test_contracts_share_nothing(session: Session) -> None:
    session.run("const a = 1; globalThis.b = 2; Array.prototype.c = 3", "one")
    assert value(session, "[typeof a, typeof b, typeof [].c]", contract="two") == ["undefined"] * 3


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("5", 5), ("5.5", 5.5), ("-0", 0.0), ("2 ** 53", 2.0**53), ("12345678901234567890n", 12345678901234567890),
        ("undefined", None), ("null", None), ("true", True), ("'é😀'", "é😀"), ("({a: [1, {b: 2}]})", {"a": [1, {"b": 2}]}),
        ("new Date(0)", dt.datetime(1970, 1, 1, tzinfo=dt.UTC)), ("new Uint8Array([1, 255])", b"\x01\xff"),
        ("new Map([['a', 1]])", {"a": 1}), ("new Map([[{}, 1]])", [({}, 1)]), ("new Set([1, 2])", {1, 2}),
    ],
)  # fmt: skip
def test_values_become_python_values(session: Session, source: str, expected: object) -> None:
    found = value(session, source)
    assert found == expected
    assert type(found) is type(expected)


def test_not_a_number_is_a_float(session: Session) -> None:
    found = value(session, "NaN")
    assert isinstance(found, float)
    assert found != found  # noqa: PLR0124 # what NaN is


@pytest.mark.parametrize("source", ["(x) => x", "(function () {})", "async () => 1", "const n = 1; (n, () => n)"])
def test_a_function_without_a_name_gets_none(session: Session, source: str) -> None:
    assert "(anonymous)" in (session.run(source).text or "")


def test_what_cannot_cross_is_shown_and_stays(session: Session) -> None:
    outcome = session.run("const f = function add(a, b) { return a + b }; f")
    assert outcome.value == Opaque("[Function: add]")
    assert repr(outcome) == "[Function: add]"
    with pytest.raises(TanaError, match="'f' cannot cross into Python"):
        session["notebook"].take("f")


@pytest.mark.parametrize(
    "source", ["new Date(8.64e15)", "[[1, new Date(-8.64e15)]]", "let deep = []; for (let i = 0; i < 3000; i++) deep = [deep]; deep"]
)  # fmt: skip
def test_a_cell_whose_value_python_cannot_hold_went_well(session: Session, source: str) -> None:
    outcome = session.run(f"export function get() {{}}; console.log('ran'); {source}")
    assert isinstance(outcome.value, Opaque)
    assert repr(outcome.value) == outcome.text
    assert session.last is outcome
    assert set(session["notebook"].exports) == {"get"}
    assert len(session["notebook"].sources) == 1


def test_python_values_come_in(session: Session) -> None:
    given = {
        "n": 5,
        "big": 2**70,
        "when": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        "data": b"ab",
        "rows": [{"a": None}],
    }
    source = "[n, typeof big, when.toISOString(), data instanceof Uint8Array, rows[0].a]"
    assert session.run(source, give=given).value == [5, "bigint", "2026-01-01T00:00:00.000Z", True, None]
    assert value(session, "n + 1") == 6


@pytest.mark.parametrize(("name", "given"), [("x", object()), ("1x", 1), ("undefined", 1), ("$tana", 1)])
def test_what_cannot_come_in_is_refused_before_anything_runs(session: Session, name: str, given: object) -> None:
    with pytest.raises(ValueCrossingError):
        session.run("globalThis.ran = true", give={name: given})
    assert value(session, "typeof ran") == "undefined"


def test_the_last_outcome_is_kept_also_of_a_failure(session: Session) -> None:
    session.run("1")
    assert session.last is not None
    assert session.last.value == 1
    with pytest.raises(ContractError) as caught:
        session.run("import { kv } from 'tana/kv'; console.log('before'); await kv.put('a', 1); null.x")
    assert session.last is caught.value.outcome
    assert [log.text for log in session.last.logs] == ["before"]
    assert session.last.receipt.writes == 1
    assert session.get("a") == "1"


def test_a_receipt_tells_what_changed(session: Session) -> None:
    session.run("import { kv } from 'tana/kv'; await kv.put('a', 1); await kv.put('b', 1)")
    outcome = session.run(
        "await kv.put('a', 2); await kv.put('a', 3); await kv.delete('b'); await kv.delete('none');"
        "await kv.put('c', 1); await kv.put('d', 1); await kv.delete('d'); await kv.get('a'); await kv.list()"
    )
    receipt = outcome.receipt
    assert (receipt.reads, receipt.writes, receipt.deletes, receipt.lists) == (1, 4, 2, 1)
    assert repr(receipt) == "<Receipt 4 written, 2 deleted, 1 read, 1 listed>"
    changes = {
        change.key: (change.state, change.before and change.before.value, change.after and change.after.value)
        for change in receipt.changes
    }
    assert changes == {
        b"a": ("changed", b"1", b"3"),
        b"b": ("deleted", b"1", None),
        b"c": ("added", None, b"1"),
    }
    assert receipt.duration > 0


def test_a_receipt_counts_only_when_rows_are_too_many(session: Session) -> None:
    session.run("import { kv } from 'tana/kv'")
    receipt = session.run("for (let i = 0; i < 1001; i++) await kv.put(`k${i}`, 1)").receipt
    assert (receipt.writes, receipt.complete, len(receipt.changes)) == (1001, False, 1000)
    receipt = session.run("for (let i = 0; i < 3; i++) await kv.put(`big${i}`, 'x'.repeat(3_000_000))").receipt
    assert (receipt.writes, receipt.complete, receipt.changes) == (3, False, [])


def test_exports_accumulate_and_a_cell_that_throws_registers_none(session: Session) -> None:
    session.run("export function get() { return 1 }", "c")
    with pytest.raises(ContractError):
        session.run("export function post() {} ; null.x", "c")
    assert dict(session["c"].exports) == {"get": "get"}
    session.run("function get() { return 2 }\nexport const init = () => {}", "c")
    assert sorted(session["c"].exports) == ["get", "init"]
    assert session["c"].get().value == 2


def test_sources_keep_what_was_run(session: Session) -> None:
    session.run("const a = 1; export function get() {}", "c")
    session.run("a", "c")
    first, second = session["c"].sources
    assert (first.number, first.declared, first.exports) == (1, ("a", "get"), ("get",))
    assert (second.number, second.text) == (2, "a")


def test_errors_have_classes(session: Session) -> None:
    for source, kind in [
        ("let = 5 5", ContractSyntaxError),
        ("import { x } from 'tana/nothing'", ContractSyntaxError),
        ("import { x } from 'tana/kv'", ContractSyntaxError),
        ("await new Promise(() => {})", ContractStuck),
        ("null.x", ContractError),
        ("Promise.reject(new Error('unheard'))", ContractError),
    ]:
        with pytest.raises(kind) as caught:
            session.run(source)
        assert isinstance(caught.value.outcome, Outcome)
    with pytest.raises(ContractTimeout):
        session.run("while (true) {}", timeout=0.2)
    assert value(session, "1") == 1


def test_unknown_contracts_and_bad_names(session: Session) -> None:
    with pytest.raises(UnknownContractError, match="no contract 'ghost' has run yet; there are: none"):
        session["ghost"]
    with pytest.raises(KeyError):
        session["ghost"]
    for name in ["", "1a", "a b", "a:b", "a" * 101, "é"]:
        with pytest.raises(TanaError, match="is no contract name"):
            session.run("1", name)
    assert session.run("1", "a" * 100).value == 1


def test_a_session_runs_on_the_main_thread_only(session: Session) -> None:
    caught: list[BaseException] = []

    def run() -> None:
        try:
            session.run("1")
        except BaseException as error:  # noqa: BLE001 # it is looked at below
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert isinstance(caught[0], BusyError)
    assert "main thread" in str(caught[0])


def test_a_run_in_the_middle_of_a_run_is_refused(session: Session) -> None:
    caught: list[str] = []

    def show(_stream: str, _text: str) -> None:
        for run in (lambda: session.run("1", contract="other"), session.settle):
            with pytest.raises(BusyError) as refused:
                run()
            caught.append(str(refused.value))

    session.show = show
    assert session.run("console.log('now'); await null; 5").value == 5
    assert set(caught) == {"notebook is running; try again when it has ended"}
    assert session.run("6").value == 6


def test_moving_the_clock_of_a_shared_store_is_told_once(tmp_path: Path) -> None:
    said: list[str] = []
    for store in ("memory:", f"sqlite:///{tmp_path}/a.db"):
        with Session(store) as session:
            session.show = lambda _stream, text: said.append(text)
            session.move_clock(None)
            session.move_clock("2026-01-01T00:00:00Z")
            session.move_clock("+1s")
    assert said == ["this store is shared: others see expiry and times by their own clock\n"]


def test_deleting_where_a_commit_belongs_to_one_contract_is_one_for_each(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, committed = session.store.commit, []

    def watched(writes: Sequence[Write], **more: Any) -> object:
        committed.append([write.contract for write in writes])
        return commit(writes, **more)

    for spans, expected in ((True, [["one", "two"]]), (False, [["one"], ["two"]])):
        for contract in ("one", "two"):
            session.run("import { kv } from 'tana/kv'; await kv.put('k', 1)", contract)
        committed.clear()
        monkeypatch.setattr(session.store, "spans_contracts", spans, raising=False)
        monkeypatch.setattr(session.store, "commit", watched)
        session.journal.delete_all([("kv", "one"), ("kv", "two")])
        monkeypatch.setattr(session.store, "commit", commit)
        assert committed == expected


def test_what_is_no_line_of_the_console_is_refused(session: Session) -> None:
    host = session.run("1") and session["notebook"].runs.host
    for level, text in (("loud", "text"), ("log", 5)):
        with pytest.raises(GuestError, match="The console takes a level and a text"):
            host.write(level, text)


def test_a_contract_cannot_ask_for_so_much_randomness_that_memory_ends(session: Session) -> None:
    session.run("1")
    numbers = session["notebook"].runs.isolate._numbers(1000)
    assert len(numbers) == 256


def test_the_clock_reaches_dates_timers_and_rows(session: Session) -> None:
    session.clock.freeze("2026-01-01T00:00:00Z")
    source = (
        "import { kv } from 'tana/kv'; await kv.put('a', 1); await new Promise(r => setTimeout(r, 5000)); Date.now()"
    )
    assert value(session, source) == 1767225605000
    assert session.clock.now() == dt.datetime(2026, 1, 1, 0, 0, 5, tzinfo=dt.UTC)
    assert session.keys().loc[0, "updated"] == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_a_seed_repeats_random_numbers(session: Session) -> None:
    session.chance.seed(7)
    first = value(session, "[Math.random(), Math.random()]")
    session.chance.seed(7)
    assert value(session, "[Math.random(), Math.random()]") == first
    session.chance.seed(None)
    assert value(session, "[Math.random(), Math.random()]") != first


def test_the_lab_module_moves_clock_and_seed(session: Session) -> None:
    source = "import { clock, seed } from 'tana/lab'; clock.freeze('2026-01-01T00:00:00Z'); clock.advance(90); seed(7); [clock.now(), Date.now(), `${clock}`]"
    assert value(session, source) == [1767225690000, 1767225690000, "2026-01-01T00:01:30.000Z"]
    first = value(session, "seed(3); Math.random()")
    assert value(session, "seed(3); Math.random()") == first
    session.run("clock.resume()")
    assert session.clock.real


def test_added_files_can_be_imported(session: Session, tmp_path) -> None:
    (tmp_path / "tool.js").write_text("export const twice = (n) => n * 2; export default 'tool'")
    (tmp_path / "old.cjs").write_text("module.exports = { thrice: (n) => n * 3 }")
    folder = tmp_path / "lib"
    folder.mkdir()
    (folder / "index.js").write_text("export { deep } from './inner/deep.js'")
    (folder / "inner").mkdir()
    (folder / "inner" / "deep.js").write_text("import { up } from '../up.js'; export const deep = up + 1")
    (folder / "up.js").write_text("export const up = 1")
    (folder / "bad.js").write_text("import '../tool.js'")
    assert session.add(tmp_path / "tool.js") == "tool"
    session.add(tmp_path / "old.cjs", "old")
    session.add(folder)
    source = "import tool, { twice } from 'tool'; import { thrice } from 'old'; import { deep } from 'lib'; [tool, twice(2), thrice(2), deep]"
    assert value(session, source) == ["tool", 4, 6, 2]
    for specifier in ["lib/bad.js", "../tool.js", str(tmp_path / "tool.js"), "lib/../tool.js"]:
        with pytest.raises(ContractError):
            session.run(f"await import('{specifier}')")
    with pytest.raises(TanaError, match="cannot name an added file"):
        session.add(tmp_path / "tool.js", "tana/kv")


def test_a_proxy_is_shown_as_its_target(session: Session) -> None:
    source = "let listed = 0; new Proxy({ a: 1 }, { ownKeys() { listed++; return ['a'] }, getOwnPropertyDescriptor() { listed++ } })"
    outcome = session.run(source)
    assert repr(outcome) == "{ a: 1 }"
    assert outcome.value == Opaque("{ a: 1 }")
    assert value(session, "[listed, typeof Proxy, new Proxy([1], {}).length]") == [0, "function", 1]
