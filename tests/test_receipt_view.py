"""What stands under a cell that changed something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tana_jupyter import ContractError, Session, StoreError, limits
from tana_jupyter.receipt import Receipt
from tana_jupyter.store.memory import MemoryStore
from tana_jupyter.views.receipts import ReceiptView
from tests.html_cells import Cells
from tests.shell import Shell, Shown, open_shell

IMPORT = "import { kv } from 'tana/kv'; import { data } from 'tana/data';"
ADVICE = "(not committed: data.commit() or %tana commit)"


@pytest.fixture
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        opened.run(f"%%tana shop\n{IMPORT} 1")
        yield opened


@pytest.fixture
def session() -> Session:
    return Session()


def line(shown: Shown) -> str | None:
    """What stands under the cell; a cell shows one such line at most."""
    lines = [output.data["text/plain"] for output in shown.outputs]
    assert len(lines) <= 1
    return lines[0] if lines else None


def rows(shown: Shown) -> list[list[str]]:
    return Cells(shown.outputs[0].data["text/html"]).rows


def view(session: Session, source: str, contract: str = "shop") -> ReceiptView:
    outcome = session.run(f"{IMPORT} {source}", contract=contract)
    return ReceiptView([outcome.receipt], {contract: session.beside(contract)})


def html(shown: ReceiptView) -> str:
    return shown.bundle()["text/html"]


# Where it stands.


def test_a_cell_that_changed_something_says_so(shell: Shell) -> None:
    shown = shell.run("%%tana shop\nawait kv.put('a', { n: 1 }); await kv.put('b', 'x'); 7")
    assert (shown.result.value, line(shown)) == (7, "2 written")
    assert rows(shown) == [["key", "", "before", "after"], ["a", "added", "", '{"n":1}'], ["b", "added", "", "x"]]
    shown = shell.run("%%tana shop\nawait kv.put('a', { n: 2 }); await kv.delete('b'); data.set('c', [1])\nundefined")
    assert shown.result is None
    assert line(shown) == f"1 written, 1 deleted, 1 staged {ADVICE}"
    assert rows(shown)[1:] == [
        ["shop/kv", "a", "changed", '{"n":1}', '{"n":2}'],
        ["shop/kv", "b", "deleted", "x", ""],
        ["shop/data", "c", "staged: added", "", "[1]"],
    ]


@pytest.mark.parametrize(
    "source",
    ["1", "await kv.get('a')", "await kv.delete('never')", "data.get('a')", "data.set('a', 1); data.clear()", "let x = 5"],
)  # fmt: skip
def test_a_cell_that_changed_nothing_says_nothing(shell: Shell, source: str) -> None:
    shown = shell.run(f"%%tana shop\n{source}")
    assert shown.error is None
    assert line(shown) is None


def test_quiet_is_quiet(shell: Shell) -> None:
    shown = shell.run("%%tana shop --quiet\nawait kv.put('a', 1); data.set('b', 1); 7")
    assert (line(shown), shown.stdout, shown.result) == (None, "", None)
    assert shell.run("session = __import__('tana_jupyter').session(); session.last").outputs == []


def test_a_cell_that_failed_says_what_it_did_before(shell: Shell) -> None:
    shown = shell.run("%%tana shop\nawait kv.put('a', 1); null.x")
    assert isinstance(shown.error, ContractError)
    assert line(shown) == "Before it ended: 1 written"
    assert "Before it ended" not in shown.stdout  # once is enough
    assert line(shell.run("%%tana shop\nlet = 5")) is None
    # Under no line of its own, the error itself says it.
    quiet = shell.run("%%tana shop --quiet\nawait kv.put('a', 2); null.x")
    assert line(quiet) is None
    assert "Before it ended: 1 written." in quiet.stdout


def test_what_is_left_staged_is_told_once_a_cell(shell: Shell) -> None:
    assert line(shell.run("%%tana shop\ndata.set('a', 1)")) == f"1 staged {ADVICE}"
    note = "1 key staged in shop, not committed: data.commit() or %tana commit\n"
    unchanged = shell.run("%%tana shop\nundefined")
    assert (line(unchanged), unchanged.stdout) == (None, note)
    assert line(shell.run("%%tana shop\nawait kv.put('k', 1)")) == f"1 written, 1 staged {ADVICE}"
    committed = shell.run("%%tana shop\nawait data.commit()")
    assert (line(committed), committed.stdout) == ("1 written", "")


def test_calls_from_a_line_and_from_python_are_told(shell: Shell) -> None:
    shell.run("%%tana shop\nexport async function post(req, body) { await kv.put('n', body); return body }")
    assert line(shell.run("%tana call shop.post --body 5")) == "1 written"
    assert line(shell.run("%tana call shop.post --body 5 --quiet")) is None
    assert line(shell.run("shop.post(body=6)")) == "1 written"
    assert line(shell.run("kept = shop.post(body=7)")) == "1 written"
    # What was made by an earlier cell changed nothing in this one.
    assert line(shell.run("kept")) is None
    assert line(shell.run("shop.post(body=8).receipt")) == "1 written"
    assert line(shell.run("for number in range(300): shop.post(body=number)")) == "300 written"
    assert line(shell.run("1 + 1")) is None


def test_several_runs_of_a_cell_are_one_line(shell: Shell) -> None:
    shell.run(
        "%%tana shop\nexport async function post(req, body) { await kv.put('n', body); await kv.delete('tmp'); return 1 }"
    )
    shell.run(
        "%%tana bank\nimport { kv } from 'tana/kv'\nexport const post = async (req, body) => (await kv.put('n', body), 1)"
    )
    shown = shell.run("%tana call shop.post --body 1\n%tana call bank.post --body 2\n%tana call shop.post --body 3")
    assert line(shown) == "3 written"
    assert rows(shown)[1:] == [["shop/kv", "n", "added", "", "3"], ["bank/kv", "n", "added", "", "2"]]


def test_what_one_run_adds_and_another_deletes_is_no_row(shell: Shell) -> None:
    shell.run("%%tana shop\nexport const post = async (req, body) => (await kv[body[0]](...body[1]), 1)")
    shown = shell.run(
        "shop.post(body=['put', ['tmp', 'x']])\nshop.post(body=['put', ['kept', 'y']])\nshop.post(body=['delete', ['tmp']])"
    )
    assert line(shown) == "2 written, 1 deleted"
    assert rows(shown)[1:] == [["kept", "added", "", "y"]]


def test_timers_and_files_are_told(shell: Shell, tmp_path) -> None:
    shell.run("%tana clock 2026-01-01T00:00:00Z")
    assert (
        line(
            shell.run(
                "%%tana shop\nsetTimeout(() => kv.put('late', 1), 1000); setTimeout(() => kv.put('later', 1), 5000)"
            )
        )
        is None
    )
    assert line(shell.run("%tana clock +2s")) == "1 written"
    assert line(shell.run("%tana settle 10")) == "1 written"
    file = tmp_path / "shop.ts"
    file.write_text("import { kv } from 'tana/kv'\nawait kv.put('file', 1)")
    assert line(shell.run(f"%tana open {file}")) == "1 written"


def test_looking_at_data_is_no_change(shell: Shell) -> None:
    shell.run("%%tana shop\nawait kv.put('a', 1)")
    for cell in ("%tana keys", "%tana get a", "%tana", "%tana staged", "%tana clear"):
        assert line(shell.run(cell)) is None


def test_without_a_run_no_session_is_made() -> None:
    with open_shell() as opened:
        assert line(opened.run("1 + 1")) is None


def test_a_store_that_is_gone_does_not_hide_what_was_done(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(MemoryStore, "get_many", gone)
    shown = shell.run("%%tana shop\nawait kv.put('a', 1); data.set('b', 2)")
    assert line(shown) == f"1 written, 1 staged {ADVICE}"
    assert rows(shown)[1:] == [["a", "added", "", "1"]]


def test_unloading_takes_it_away(shell: Shell) -> None:
    shell.run("%%tana shop\nexport const post = () => kv.put('n', 1)")
    shell.run("%unload_ext tana_jupyter")
    assert line(shell.run("shop.post()")) is None


# What it shows.


def test_text_and_html_are_the_same_each_time() -> None:
    shown = [view(Session(), "for (const k of 'cab') await kv.put(k, k); data.set('z', 1)") for _ in range(2)]
    assert repr(shown[0]) == repr(shown[1]) == f"3 written, 1 staged {ADVICE}"
    assert html(shown[0]) == html(shown[1])
    assert [row[1] for row in Cells(html(shown[0])).rows] == ["key", "c", "a", "b", "z"]


def test_it_opens_without_script(session: Session) -> None:
    shown = html(view(session, "await kv.put('a', 1)"))
    assert shown.startswith("<details><summary")
    assert Cells(shown).tags == {"details", "summary", "table", "thead", "tbody", "tr", "th", "td"}


def test_hostile_rows_are_harmless(session: Session) -> None:
    source = (
        "await kv.put('<script>', '</details><script>alert(1)</script>'); await kv.put('\\u202e', '\\u0000\\n');"
        "await kv.put('big', 'x'.repeat(2_000_000)); await kv.put('deep', '['.repeat(10_000)); await kv.put('empty', '');"
        "await kv.put('null', null); await kv.put('bytes', new Uint8Array([255, 0]))"
    )
    shown = html(view(session, source))
    cells = Cells(shown)
    assert shown.encode()
    assert len(shown) < 5000
    assert "script" not in cells.tags
    assert [(row[0], row[3]) for row in cells.rows[1:3]] == [
        ("<script>", "</details><script>alert(1)</script>"),
        ("\\u202e", "\\u0000\\n"),
    ]
    assert cells.rows[3][3].endswith("… (2,000,000 bytes)")
    assert cells.rows[4][3].endswith("… (10,000 bytes)")
    assert [row[3] for row in cells.rows[5:]] == ["(empty)", "null", "ff 00"]


def test_what_else_belongs_to_a_row_is_named(session: Session) -> None:
    source = "await kv.put('a', 1, { metadata: { tag: '<b>' }, expirationTtl: 60 }); await kv.put('b', 1)"
    cells = Cells(html(view(session, source)))
    assert [row[3] for row in cells.rows[1:]] == ['1 (metadata {"tag":"<b>"}, expires)', "1"]


def test_many_rows_are_counted_and_a_few_shown(session: Session) -> None:
    shown = view(session, "for (let i = 0; i < 70; i++) { await kv.put('k' + i, i); data.set('d' + i, i) }")
    assert repr(shown) == f"70 written, 70 staged {ADVICE}"
    cells = Cells(html(shown))
    assert len(cells.rows) == limits.RECEIPT_SHOWN + 1
    assert cells.notes == ["and 90 more; session.changes() has all it knows"]
    shown = view(session, "for (let i = 0; i < 1200; i++) await kv.put('m' + i, i)")
    assert repr(shown).startswith("1,200 written")
    assert Cells(html(shown)).notes == ["too many rows, or too large ones, to keep them all: the counts are exact"]


def test_rows_too_large_to_keep_leave_no_empty_table(session: Session) -> None:
    cells = Cells(html(view(session, "await kv.put('big', 'x'.repeat(9 * 2 ** 20))")))
    assert [row for row in cells.rows if row] == []
    assert cells.notes == ["too many rows, or too large ones, to keep them all: the counts are exact"]


def test_rows_that_came_and_went_are_counted_only(session: Session) -> None:
    shown = view(session, "await kv.put('tmp', 1); await kv.delete('tmp')")
    assert repr(shown) == "1 written, 1 deleted"
    assert Cells(html(shown)).tags == {"div"}  # there is nothing to open


def test_staged_keys_stand_beside_what_is_committed(session: Session) -> None:
    view(session, "data.set('a', 1); data.set('b', 2); data.commit()")
    cells = Cells(html(view(session, "data.set('a', ''); data.delete('b'); data.set('c', 'x')")))
    assert cells.rows[1:] == [
        ["a", "staged: changed", "1", "(empty)"],
        ["b", "staged: deleted", "2", ""],
        ["c", "staged: added", "", "x"],
    ]


def test_a_receipt_knows_whether_its_run_left_a_trace(session: Session) -> None:
    assert not Receipt().leaves_a_trace
    assert session.run(f"{IMPORT} data.set('a', 1)").receipt.leaves_a_trace
    later = session.run("await kv.get('a')").receipt
    assert (later.staged, later.leaves_a_trace) == (1, False)
    assert not session.run("data.clear()").receipt.leaves_a_trace


def test_a_receipt_keeps_just_so_many_bytes(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tana_jupyter.receipt.RECEIPT_BYTES", 10)
    code = f"{IMPORT} await kv.put('a', '12345'); await kv.put('b', '12345')"
    receipt = session.run(code).receipt
    assert (receipt.complete, len(receipt.changes)) == (True, 2)
    receipt = session.run(f"{IMPORT} await kv.put('c', '12345678901')").receipt
    assert (receipt.complete, receipt.changes, receipt.writes) == (False, [], 1)
