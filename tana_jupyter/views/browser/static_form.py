"""What stands for a widget where none can run: on GitHub, in a terminal, in a check of a notebook.

No time and no version stands in it, so that the same cells give the same text again.
"""

from collections.abc import Sequence

from tana_jupyter.glance import one_line
from tana_jupyter.staging import StagedKey
from tana_jupyter.tables import TINTS, Cell, Line, table
from tana_jupyter.views.browser.keyspace import TEXT
from tana_jupyter.views.browser.pages import Page
from tana_jupyter.views.preview import preview

ROWS = 20
WIDTH = 60
Form = tuple[str, str]
"""Plain text, and HTML."""


def of_page(title: str, page: Page) -> Form:
    """The first page of a browser."""
    columns = ["key", "value", "type", "bytes"]
    states = any(row.get("state", "committed") != "committed" for row in page.rows)
    columns += ["state"] if states else []
    lines = [_line(row)[: len(columns)] for row in page.rows]
    note = f"the first {len(lines)}; the widget shows all" if page.next is not None else None
    return _form(title, columns, lines, [str(row.get("state")) for row in page.rows], note)


def of_staged(title: str, keys: Sequence[StagedKey], more: int) -> Form:
    """What is staged, key by key."""
    lines = [[TEXT.text(key.key), _value(key.committed), _value(key.staged), key.state] for key in keys]
    note = f"and {more:,} more" if more else None
    return _form(title, ["key", "committed", "staged", "state"], lines, [key.state for key in keys], note)


def _form(title: str, columns: list[str], lines: list[list[str]], states: list[str], note: str | None) -> Form:
    short = [[one_line(text, WIDTH) for text in line] for line in lines]
    text = _aligned([columns, *short]) if lines else ["nothing here"]
    tinted: list[Line] = [
        [Cell(text, f"text-align: left; {TINTS[state]}") if state in TINTS else text for text in line]
        for line, state in zip(short, states, strict=True)
    ]
    notes = [title] if note is None else [title, note]
    drawn = table(columns, tinted, notes=notes)
    return "\n".join([title, *text, *([f"({note})"] if note else [])]), drawn


def _aligned(lines: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def _line(row: dict[str, object]) -> list[str]:
    if row.get("branch"):
        count = row["count"]
        keys = "" if count is None else "1 key" if count == 1 else f"{count} keys"
        return [f"{row['text'] or '(empty)'} …", keys, "", "", ""]
    shown = "(empty)" if row["type"] == "empty-string" else row["preview"]
    value = "" if shown is None else str(shown)
    return [str(row["text"]), value, str(row["type"] or ""), f"{row['bytes']:,}", str(row["state"])]


def _value(value: bytes | None) -> str:
    if value is None:
        return ""
    return preview(value, "text").text if value else "(empty)"


def said(text: str) -> str:
    """One line instead of a table."""
    return table([], [], notes=[text])
