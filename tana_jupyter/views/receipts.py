"""What stands under a cell that changed something: one quiet line that opens to the rows before and after."""

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tana_jupyter.glance import one_line
from tana_jupyter.limits import PREVIEW, PREVIEW_LOOK, RECEIPT_SHOWN
from tana_jupyter.receipt import Change, Receipt
from tana_jupyter.staging import Beside, StagedKey
from tana_jupyter.store.protocol import Row
from tana_jupyter.tables import LEFT, QUIET, TINTS, Cell, Line, table
from tana_jupyter.views.preview import key_text, preview

ADVICE: Final = "not committed: data.commit() or %tana commit"
SUMMARY: Final = f"cursor: pointer; {QUIET}"


class Shown(NamedTuple):
    """A changed row as it stands in the table."""

    place: str
    key: str
    state: str
    before: str
    after: str


class ReceiptView:
    """A line in text, a line that opens in HTML; without script, and the same each time.

    >>> outcome = session.run("await kv.put('n', '1'); await kv.delete('user:2')", "shop")
    >>> ReceiptView([outcome.receipt], {"shop": session.beside("shop")})
    1 written, 1 deleted, 2 staged (not committed: data.commit() or %tana commit)
    """

    def __init__(self, receipts: Sequence[Receipt], staged: Mapping[str, Beside], *, failed: bool = False) -> None:
        self._receipts = receipts
        self._staged = [key for beside in staged.values() for key in beside.keys]
        self._staged_total = sum(beside.total for beside in staged.values())
        self._failed = failed

    def __repr__(self) -> str:
        return f"{self._counts()} ({ADVICE})" if self._staged_total else self._counts()

    def bundle(self) -> dict[str, str]:
        """What a front end shows of it."""
        return {"text/plain": repr(self), "text/html": self._html()}

    def _counts(self) -> str:
        counts = (
            (sum(receipt.writes for receipt in self._receipts), "written"),
            (sum(receipt.deletes for receipt in self._receipts), "deleted"),
            (self._staged_total, "staged"),
        )
        line = ", ".join(f"{count:,} {what}" for count, what in counts if count)
        return f"Before it ended: {line}" if self._failed else line

    def _html(self) -> str:
        """Front ends that know no ``<details>`` show the table as if it were open."""
        changes = merged(self._receipts)
        total = len(changes) + self._staged_total
        shown = list(_shown(changes[:RECEIPT_SHOWN], self._staged[: max(RECEIPT_SHOWN - len(changes), 0)]))
        notes = [] if len(shown) == total else [f"and {total - len(shown):,} more; session.changes() has all it knows"]
        if not all(receipt.complete for receipt in self._receipts):
            notes = ["too many rows, or too large ones, to keep them all: the counts are exact"]
        if not shown and not notes:
            return f'<div style="{QUIET}">{html.escape(repr(self))}</div>'
        places = len({row.place for row in shown}) > 1
        columns = [*(["contract/api"] if places else []), "key", "", "before", "after"]
        rows = table(columns if shown else [], (_line(row, places=places) for row in shown), notes=notes)
        return f'<details><summary style="{SUMMARY}">{html.escape(repr(self))}</summary>{rows}</details>'


def merged(receipts: Sequence[Receipt]) -> list[Change]:
    """The changes of several runs as those of one: the first before and the last after of each row."""
    if len(receipts) == 1:
        return receipts[0].changes
    rows: dict[tuple[str, str, bytes], Change] = {}
    for receipt in receipts:
        for change in receipt.changes:
            name = change[:3]
            rows[name] = change._replace(before=rows[name].before) if name in rows else change
    return [change for change in rows.values() if change.before is not None or change.after is not None]


def _shown(changes: Iterable[Change], staged: Iterable[StagedKey]) -> Iterator[Shown]:
    for change in changes:
        place = f"{change.contract}/{change.space}"
        yield Shown(place, _key(change.space, change.key), change.state, *map(_row, (change.before, change.after)))
    for key in staged:
        texts = ("" if value is None else _text(value, "text") for value in (key.committed, key.staged))
        yield Shown(f"{key.contract}/data", _key("data", key.key), f"staged: {key.state}", *texts)


def _line(row: Shown, *, places: bool) -> Line:
    tint = TINTS[row.state.removeprefix("staged: ")]
    cells: Line = [row.key, Cell(row.state, f"{LEFT}; white-space: nowrap; {tint}"), row.before, row.after]
    return [row.place, *cells] if places else cells


def _key(api: str, key: bytes) -> str:
    # Some keys of Deno are 2 KiB long; nothing of ours says that a foreign store has none of 2 GiB.
    return one_line(key_text(api, key[:PREVIEW_LOOK]), PREVIEW)


def _row(row: Row | None) -> str:
    """A value, and what else belongs to the row: no times, which would be others in each run."""
    if row is None:
        return ""
    more = [] if row.metadata is None else [f"metadata {one_line(row.metadata.decode('utf-8', 'replace'))}"]
    more += [] if row.expires_at is None else ["expires"]
    text = _text(row.value, row.encoding)
    return f"{text} ({', '.join(more)})" if more else text


def _text(value: bytes, encoding: str) -> str:
    kind, text = preview(value, encoding)
    size = f" ({len(value):,} bytes)" if len(value) > PREVIEW_LOOK else ""
    return f"{one_line(text)}{size}" if kind != "empty-string" else "(empty)"
