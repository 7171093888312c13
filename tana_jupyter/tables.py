"""Static HTML tables: escaped, without script, the same each time, good without a kernel and on GitHub."""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from tana_jupyter.glance import glance, number, one_line
from tana_jupyter.limits import RECORD_CELL, RECORD_COLUMNS, RECORD_ROWS, RECORDS

# A tint shows on light and on dark; the state stands in words beside it, for who sees no colours.
TINTS: Final[Mapping[str, str]] = {
    "added": "background: rgba(46, 160, 67, .15)",
    "changed": "background: rgba(210, 153, 34, .18)",
    "deleted": "background: rgba(248, 81, 73, .15)",
}
QUIET: Final = "opacity: .65"
LEFT: Final = "text-align: left"


class Cell(NamedTuple):
    """One cell; a style is CSS of ours, never of a contract."""

    text: str
    style: str = LEFT


Line = Sequence[str | Cell]


def table(columns: Sequence[str], lines: Iterable[Line], *, notes: Sequence[str] = ()) -> str:
    """A table as pandas lays it out, so that front ends dress both alike; texts are escaped here.

    >>> "&lt;b&gt;" in table(["key"], [["<b>"]])
    True
    """
    head = "".join(_cell("th", column) for column in columns)
    body = "".join(f"<tr>{''.join(_cell('td', cell) for cell in line)}</tr>" for line in lines)
    under = "".join(f'<div style="{QUIET}">{html.escape(note)}</div>' for note in notes)
    # A long word breaks, so that no table is wider than its page.
    start = '<table class="dataframe" style="overflow-wrap: anywhere">'
    return f"{start}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{under}"


def records(value: object) -> str | None:
    """An array of objects as a table, None for any other value and where a table would not help.

    >>> records([{"id": 1, "name": "Ada"}, {"id": 2}]) is None, records([1, 2]) is None
    (False, True)
    """
    if not isinstance(value, list) or not 0 < len(value) <= RECORDS or not all(type(row) is dict for row in value):
        return None
    shown: list[dict[object, object]] = value[:RECORD_ROWS]
    columns: dict[object, None] = {}
    for row in shown:
        columns |= dict.fromkeys(row)
        if len(columns) > RECORD_COLUMNS:
            return None
    if not columns or not all(isinstance(column, str) for column in columns):
        return None
    lines = ([Cell(f"{at}", QUIET), *(_field(row, column) for column in columns)] for at, row in enumerate(shown))
    notes = [] if len(shown) == len(value) else [f"{len(shown):,} of {len(value):,} rows; .value has all of them"]
    return table(["", *(one_line(str(column), RECORD_CELL) for column in columns)], lines, notes=notes)


def _field(row: Mapping[object, object], column: object) -> str | Cell:
    if column not in row:
        return ""
    value = row[column]
    if isinstance(value, str):
        return one_line(value, RECORD_CELL) if value else Cell("(empty)", f"{LEFT}; {QUIET}")
    if value is None:
        return Cell("null", f"{LEFT}; {QUIET}")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(number(value) if isinstance(value, float) else glance(value, RECORD_CELL), "")
    return glance(value, RECORD_CELL)


def _cell(tag: str, cell: str | Cell) -> str:
    text, style = cell if isinstance(cell, Cell) else Cell(cell)
    dressed = f' style="{style}"' if style else ""
    return f"<{tag}{dressed}>{html.escape(text)}</{tag}>"
