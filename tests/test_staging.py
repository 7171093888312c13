"""Staging: how long it lives, what users see of it, and the commit from Python."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter import (
    ContractError,
    ContractStopped,
    ContractTimeout,
    Session,
    StoreFull,
    TanaError,
    limits,
)
from tana_jupyter.errors import GuestError
from tana_jupyter.staging import Staging, key_count, total_size
from tana_jupyter.store.protocol import Row
from tests.data_harness import committed, refused, shop, value
from tests.shell import Shell, Shown, open_shell


@pytest.fixture
def session() -> Session:
    return shop()


@pytest.fixture
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        yield opened


def rows(**stored: str) -> list[Row]:
    return [Row(key.encode(), text.encode(), "text", 1, 0, 0, None, None) for key, text in stored.items()]


COUNTS = [
    ({}, {}, 0, 0),
    ({"k": "vv"}, {}, 3, 1),
    ({}, {"k": "vv"}, 3, 1),
    ({"k": "old"}, {"k": "newer"}, 10, 1),
    ({"k": "old"}, {"k": None}, 0, 0),
    ({}, {"k": None}, 0, 0),
    ({"a": "1", "b": "22", "c": ""}, {"b": None, "c": "é", "d": "€"}, 2 + 1 + 3 + 4, 3),
]


@pytest.mark.parametrize(("stored", "staged", "size", "keys"), COUNTS)
def test_an_overwritten_key_counts_twice_in_size_and_once_in_number(
    stored: dict[str, str], staged: dict[str, str | None], size: int, keys: int
) -> None:
    changes = {key.encode(): None if text is None else text.encode() for key, text in staged.items()}
    assert total_size(rows(**stored), changes) == size
    assert key_count(rows(**stored), changes) == keys


@given(
    steps=st.lists(st.tuples(st.booleans(), st.binary(max_size=1), st.none() | st.binary(max_size=9)), max_size=20),
    room=st.integers(0, 5 * limits.STORE_ROW),
)
def test_staging_weighs_what_is_in_it_and_never_more_than_it_may(
    steps: list[tuple[bool, bytes, bytes | None]], room: int
) -> None:
    def weight(rows: dict[bytes, bytes | None]) -> int:
        return sum(len(key) + len(text or b"") + limits.STORE_ROW for key, text in rows.items())

    staging = Staging()
    expected: dict[bytes, bytes | None] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "DATA_STAGED", room)
        for puts, key, text in steps:
            if not puts:
                assert staging.unstage(key) is (key in expected)
                expected.pop(key, None)
            elif weight(expected | {key: text}) <= room:
                staging.put(key, text)
                expected[key] = text
            else:
                with pytest.raises(GuestError, match="Too much staged: "):
                    staging.put(key, text)
            assert staging.rows == expected


# How long staging lives.


def test_staging_lives_from_cell_to_cell(session: Session) -> None:
    value(session, "data.set('k', 1)")
    value(session, "data.set('l', 2)")
    assert value(session, "data.entries()") == {"k": 1, "l": 2}


ENDINGS = [
    "throw new Error('late')",
    "null.x",
    "await Promise.reject(new Error('late'))",
    "data.set('k'.repeat(300), 1)",
    "await new Promise(() => {})",
]


@pytest.mark.parametrize("ending", ENDINGS)
def test_staging_survives_a_cell_that_fails(session: Session, ending: str) -> None:
    with pytest.raises(ContractError) as caught:
        session.run(f"data.set('k', 1); {ending}", contract="shop")
    assert caught.value.outcome is not None
    assert caught.value.outcome.receipt.staged == 1
    assert value(session, "data.get('k')") == 1


def test_staging_survives_a_time_out(session: Session) -> None:
    for loop in ("for (let i = 0; ; i++) data.set('k', i)", "for (let i = 0; ; i++) await data.set('k', i)"):
        with pytest.raises(ContractTimeout):
            session.run(loop, contract="shop", timeout=0.1)
        value(session, "import { data } from 'tana/data'")
    assert value(session, "typeof data.get('k')") == "number"
    assert len(session.staged()) == 1


def test_staging_survives_stop(session: Session) -> None:
    button = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    button.start()
    with pytest.raises(ContractStopped):
        session.run("data.set('k', 1); for (;;);", contract="shop", timeout=20)
    button.join()
    assert value(session, "data.get('k')") == 1


def test_staging_survives_the_rebuilding_of_the_isolate(session: Session) -> None:
    value(session, "data.set('old', 1); data.commit(); const here = 1")
    hoard = "const hoard = []; for (;;) hoard.push('x'.repeat(1e6) + hoard.length)"
    with pytest.raises(ContractError):
        session.run(f"data.set('k', 1); data.delete('old'); {hoard}", contract="shop")
    assert refused(session, "here").startswith("ReferenceError")
    value(session, "import { data } from 'tana/data'")
    assert value(session, "[data.get('k'), data.has('old')]") == [1, False]
    assert session.commit() == {"shop": 2}
    assert committed(session) == {"k": "1"}


def test_a_call_sees_and_adds_to_what_cells_have_staged(session: Session) -> None:
    code = "export function post() { data.set('n', (data.get('n') ?? 0) + 1); return data.get('n') }"
    session.run(code, contract="shop")
    assert [session["shop"].post("/").value for _ in range(2)] == [1, 2]
    assert session["shop"].post("/", fresh=True).value == 3
    assert value(session, "data.get('n')") == 3


def test_a_timer_stages_when_it_runs(session: Session) -> None:
    session.clock.freeze("2026-01-01T00:00:00Z")
    assert session.run("setTimeout(() => data.set('late', 1), 1000)", contract="shop").receipt.staged == 0
    assert session.settle(2)[0].receipt.staged == 1


def test_reset_drops_what_is_staged_and_keeps_what_is_committed(session: Session) -> None:
    value(session, "data.set('kept', 1); data.commit(); data.set('dropped', 1)")
    session.reset("shop")
    assert len(session.staged()) == 0
    assert value(session, "import { data } from 'tana/data'; data.entries()") == {"kept": 1}


# What users see and do.


def test_an_empty_table_has_the_same_types(session: Session) -> None:
    empty = session.staged()
    value(session, "data.set('k', 1)")
    assert list(empty.columns) == ["contract", "key", "committed", "staged", "state"]
    assert list(map(str, empty.dtypes)) == list(map(str, session.staged().dtypes))


def test_the_table_of_staged_keys(session: Session) -> None:
    value(session, "data.set('changed', 1); data.set('gone', 'é'); data.set('same', [1]); data.commit()")
    value(session, "data.set('same', [1]); data.set('changed', { a: '€' }); data.delete('gone')")
    value(session, "data.set('\U0001f600', 'x'); data.set('\uff5e', ''); data.delete('never')")
    session.run("import { data } from 'tana/data'; data.set('k', null)", contract="bakery")
    assert session.staged().to_numpy().tolist() == [
        ["bakery", "k", None, "null", "added"],
        ["shop", "changed", "1", '{"a":"€"}', "changed"],
        ["shop", "gone", "é", None, "deleted"],
        ["shop", "never", None, None, "deleted"],
        ["shop", "same", "[1]", "[1]", "changed"],
        ["shop", "\uff5e", None, "", "added"],
        ["shop", "\U0001f600", None, "x", "added"],
    ]


def test_looking_leaves_no_trace_in_the_last_receipt(session: Session) -> None:
    value(session, "data.set('k', 1)")
    session.staged()
    session.commit()
    assert session.last is not None
    assert session.last.receipt.summary() == "1 staged"


def test_commit_and_rollback_of_one_contract_and_of_all(session: Session) -> None:
    session.run("import { data } from 'tana/data'; data.set('b', 1)", contract="bakery")
    session.run("1", contract="idle")
    value(session, "data.set('a', 1); data.set('c', 1)")
    assert session.rollback("bakery") == {"bakery": 1}
    assert session.run("data.keys()", contract="bakery").value == []
    session.run("data.set('b', 2)", contract="bakery")
    head = session.store.head("bakery")
    assert session.commit() == {"shop": 2, "bakery": 1}
    assert session.store.head("bakery") == head + 1
    assert list(session.keys(api="data")["key"]) == ["b", "a", "c"]
    assert session.commit() == session.rollback() == {}
    assert (session.commit("shop"), session.rollback("idle")) == ({"shop": 0}, {"idle": 0})
    value(session, "data.set('a', 2)")
    assert session.rollback() == {"shop": 1}
    assert committed(session) == {"a": "1", "c": "1"}


def test_python_commits_by_the_same_rules_and_texts(session: Session) -> None:
    session.run("import { data } from 'tana/data'; data.set('fine', 1)", contract="bakery")
    value(session, "for (let i = 0; i < 1001; i++) data.set('k' + i, '')")
    text = "Too many keys: 1001 (max 1000)"
    assert refused(session, "data.commit()") == f"Error: {text}"
    for name in ("shop", None):
        with pytest.raises(TanaError) as caught:
            session.commit(name)
        assert (str(caught.value), type(caught.value)) == (text, TanaError)
    # One commit for all of them: nothing was written by halves.
    assert session.store.head("bakery") == 0
    assert len(session.staged()) == 1002
    assert session.commit("bakery") == {"bakery": 1}


def test_a_commit_of_all_is_refused_whichever_contract_is_the_one_too_large(session: Session) -> None:
    value(session, "data.set('fine', 1)")
    for contract in ("bakery", "cinema"):
        fill = "for (let i = 0; i < 1001; i++) data.set('k' + i, '')" if contract == "bakery" else "data.set('fine', 1)"
        session.run(f"import {{ data }} from 'tana/data'; {fill}", contract=contract)
    with pytest.raises(TanaError, match=r"Too many keys: 1001 \(max 1000\)"):
        session.commit()
    assert session.store.sizes(0) == []
    assert len(session.staged()) == 1003


def test_a_commit_is_in_the_file_before_its_run_ends(tmp_path: Path) -> None:
    file = tmp_path / "store.json"
    session = Session(f"json:///{file}")
    seen: list[tuple[bool, bool]] = []
    session.show = lambda *_: seen.append((b'"k1"' in file.read_bytes(), b'"k2"' in file.read_bytes()))
    session.run(
        "import { data } from 'tana/data'; data.set('k1', 1); await data.commit(); console.log(1);"
        " data.set('k2', 1); console.log(2); await data.commit(); console.log(3); await data.clear(); console.log(4)"
    )
    assert seen == [(True, False), (True, False), (True, True), (False, False)]


def test_a_commit_is_checked_against_what_others_have_written_meanwhile(session: Session) -> None:
    other = Session(session.store)
    value(session, "data.set('mine', 'v'.repeat(10000)); data.set('both', 'mine')")
    fill = "for (let i = 0; i < 10; i++) data.set('k' + i, 'v'.repeat(9900)); data.commit()"
    other.run(f"import {{ data }} from 'tana/data'; {fill}", contract="shop")
    assert refused(session, "data.commit()") == "Error: Storage limit exceeded: 109032 bytes (max 102400)"
    other.run("data.delete('k0'); data.set('both', 'theirs'); data.commit()", contract="shop")
    assert value(session, "data.get('both')") == "mine"
    value(session, "data.commit()")
    assert committed(session)["both"] == "mine"


def test_data_that_others_made_too_large_is_told_even_with_nothing_staged(session: Session) -> None:
    value(session, "for (let i = 0; i < 1000; i++) data.set('k' + i, ''); data.commit()")
    other = Session(session.store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "DATA_KEYS", 2000)
        other.run("import { data } from 'tana/data'; data.set('more', ''); data.commit()", contract="shop")
    assert refused(session, "data.commit()") == "Error: Too many keys: 1001 (max 1000)"
    with pytest.raises(TanaError, match="Too many keys: 1001"):
        session.commit("shop")
    assert session.commit() == {}


def test_a_store_that_refuses_leaves_all_of_it_staged() -> None:
    session = Session(store_limit=2000)
    code = "import { data } from 'tana/data'; for (const key of 'abcde') data.set(key, 'v'.repeat(100))"
    session.run(code, contract="shop")
    with pytest.raises(StoreFull):
        session.commit()
    with pytest.raises(ContractError):
        session.run("data.commit()", contract="shop")
    assert len(session.staged()) == 5
    assert session.store.head("bakery") == 0
    session.store_limit = 20000
    assert session.commit() == {"shop": 5}


@pytest.mark.parametrize("verb", ["commit", "rollback"])
def test_an_unknown_contract(session: Session, verb: str) -> None:
    with pytest.raises((TanaError, KeyError), match="no contract 'ghost'"):
        getattr(session, verb)("ghost")


# In a notebook.


ADVICE = "(not committed: data.commit() or %tana commit)"


def test_a_cell_that_leaves_staged_data_says_so(shell: Shell) -> None:
    shown = shell.run("%%tana shop\nimport { data } from 'tana/data'\nconsole.log('hi'); data.set('a', 1); 7")
    assert shown.stdout.splitlines()[0] == "hi"
    assert under(shown) == f"1 staged {ADVICE}"
    assert shown.result.value == 7
    assert under(shell.run("%%tana shop\ndata.delete('b')")) == f"2 staged {ADVICE}"
    # It is true of the next cell as well, whatever that does, and of no other contract's.
    note = "2 keys staged in shop, not committed: data.commit() or %tana commit\n"
    assert shell.run("%%tana shop\nconst a = 1").stdout == note
    assert shell.run("%%tana bakery\nconst a = 1").stdout == ""
    assert shell.run("%%tana shop --quiet\ndata.get('a')").stdout == ""
    assert shell.run("%%tana shop\nawait data.commit()").stdout == ""


def test_a_cell_that_fails_says_so_too(shell: Shell) -> None:
    shown = shell.run("%%tana shop\nimport { data } from 'tana/data'\ndata.set('a', 1); null.x")
    assert isinstance(shown.error, ContractError)
    assert under(shown) == f"Before it ended: 1 staged {ADVICE}"


def test_a_call_that_leaves_staged_data_says_so(shell: Shell) -> None:
    shell.run("%%tana shop\nimport { data } from 'tana/data'\nexport function post() { data.set('a', 1); return 1 }")
    assert under(shell.run("%tana call shop.post")) == f"1 staged {ADVICE}"


def under(shown: Shown) -> str:
    """What stands under a cell."""
    (output,) = shown.outputs
    return str(output.data["text/plain"])


def test_the_verbs(shell: Shell) -> None:
    assert shell.run("%tana commit").stdout == "nothing staged\n"
    assert shell.run("%tana rollback").stdout == "nothing staged\n"
    assert len(shell.run("%tana staged").result) == 0
    shell.run("%%tana shop\nimport { data } from 'tana/data'\ndata.set('a', 1); data.set('b', 1)")
    shell.run("%%tana bakery\nimport { data } from 'tana/data'\ndata.set('c', 1)")
    assert list(shell.run("%tana staged").result["key"]) == ["c", "a", "b"]
    assert shell.run("%tana commit shop").stdout == "committed: shop (2 keys)\n"
    assert shell.run("%tana commit shop").stdout == "nothing staged\n"
    assert shell.run("%tana rollback").stdout == "rolled back: bakery (1 key)\n"
    assert list(shell.session.keys(api="data")["key"]) == ["a", "b"]
    shell.run("%%tana shop\ndata.delete('a')")
    shell.run("%%tana bakery\ndata.set('c', 2)")
    assert shell.run("%tana commit").stdout == "committed: shop (1 key), bakery (1 key)\n"
    assert len(shell.run("%tana staged").result) == 0


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("%tana commit ghost", "no contract 'ghost'"),
        ("%tana rollback ghost", "no contract 'ghost'"),
        ("%tana staged shop bakery", "%tana staged: 'bakery' is too much"),
        ("%tana commit shop bakery", "%tana commit: 'bakery' is too much"),
    ],
)
def test_a_bad_line_gets_one_clear_error(shell: Shell, line: str, text: str) -> None:
    shown = shell.run(line)
    assert text in shown.stdout + shown.stderr
    assert "Traceback" not in shown.stdout + shown.stderr


def test_a_refused_commit_says_why_and_keeps_all(shell: Shell) -> None:
    shell.run("%%tana shop\nimport { data } from 'tana/data'\nfor (let i = 0; i < 1001; i++) data.set('k' + i, '')")
    shown = shell.run("%tana commit")
    assert "TanaError: Too many keys: 1001 (max 1000)" in shown.stdout
    assert "Traceback" not in shown.stdout
    assert len(shell.session.staged()) == 1001
