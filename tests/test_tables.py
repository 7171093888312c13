"""Static HTML tables, and arrays of objects as tables."""

from __future__ import annotations

import pytest

from tana_jupyter import Session
from tana_jupyter.tables import Cell, records, table
from tests.html_cells import Cells


def test_a_table_is_escaped_and_static() -> None:
    shown = table(["<i>", "b"], [['<script>"', Cell("&amp;", "color: red")]], notes=["<b>"])
    cells = Cells(shown)
    assert cells.rows == [["<i>", "b"], ['<script>"', "&amp;"]]
    assert cells.notes == ["<b>"]
    assert cells.tags == {"table", "thead", "tbody", "tr", "th", "td", "div"}


def test_an_array_of_objects_is_a_table() -> None:
    value = [{"id": 1, "name": "Ada"}, {"id": 2.5, "tags": ["a", {"b": None}]}, {"name": "", "id": None, "ok": True}]
    assert Cells(records(value) or "").rows == [
        ["", "id", "name", "tags", "ok"],
        ["0", "1", "Ada", "", ""],
        ["1", "2.5", "", '["a", { b: null }]', ""],
        ["2", "null", "(empty)", "", "true"],
    ]


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"a": 1},
        [],
        [1, 2],
        [{"a": 1}, 2],
        [{}],
        [{1: "a"}],
        [{f"c{at}": at for at in range(31)}],
        [{"a": 1}] * 100_001,
    ],
    ids=["none", "object", "empty", "numbers", "mixed", "no fields", "map", "wide", "huge"],
)
def test_what_is_no_table(value: object) -> None:
    assert records(value) is None


def test_many_rows_are_cut_with_a_note() -> None:
    cells = Cells(records([{"n": at} for at in range(1234)]) or "")
    assert len(cells.rows) == 51
    assert cells.notes == ["50 of 1,234 rows; .value has all of them"]


def test_hostile_values_stay_in_their_cells() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    value = [
        {
            "<script>": "</td><script>alert(1)</script>",
            "big": "x" * 25_000_000,
            "rtl": "\u202e",
            "deep": deep,
            "half": "\ud800",
        }
    ]
    shown = records(value) or ""
    cells = Cells(shown)
    assert len(shown) < 3000
    assert shown.encode()
    assert "script" not in cells.tags
    assert cells.rows[1][1] == "</td><script>alert(1)</script>"
    assert cells.rows[1][3:4] == ["\\u202e"]
    assert all(len(text) <= 100 for text in cells.rows[1])
    while deep:
        deep = deep.pop()


def test_a_cell_shows_its_array_of_objects_as_a_table() -> None:
    session = Session()
    outcome = session.run("[{ id: 1, name: 'Ada' }, { id: 2, when: undefined }]")
    bundle = outcome._repr_mimebundle_()
    assert bundle["text/plain"] == repr(outcome) == outcome.text
    assert Cells(str(bundle["text/html"])).rows[1:] == [["0", "1", "Ada", ""], ["1", "2", "", "null"]]
    assert str(session.run("[1, 2]")._repr_mimebundle_()["text/html"]).startswith("<pre")


def test_a_contract_that_shows_itself_is_shown_its_way() -> None:
    source = "const rows = [{ a: 1 }]; rows[Symbol.for('Jupyter.display')] = () => ({ 'text/plain': 'mine' }); rows"
    assert Session().run(source)._repr_mimebundle_() == {"text/plain": "mine"}
