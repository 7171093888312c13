"""Rows and what is staged over them, read as one ordered sequence."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from tana_jupyter.spaces import DATA
from tana_jupyter.staging import state
from tana_jupyter.store.protocol import Row
from tana_jupyter.views.browser.keyspace import Span, alone
from tana_jupyter.views.browser.query import Query
from tana_jupyter.views.browser.scene import Scene, staged_rows

FIRST, GROWTH = 16, 8
"""Entries read at once: few, then more while they are small."""


class Entry(NamedTuple):
    """One key: the committed row, and what is staged over it."""

    key: bytes
    row: Row | None
    state: str = "committed"
    staged: bytes | None = None

    @property
    def value(self) -> bytes | None:
        """What is shown: staged before committed; of a key to be deleted what is committed."""
        if self.staged is not None:
            return self.staged
        return None if self.row is None else self.row.value

    @property
    def encoding(self) -> str:
        """How to read the value."""
        return "text" if self.staged is not None or self.row is None else self.row.encoding


class Entries:
    """The entries of one namespace in one layer, at one moment."""

    def __init__(self, scene: Scene, query: Query) -> None:
        self._store = scene.store
        self._space = query.api
        self._contract = query.contract
        self._now = scene.clock.now_us()
        self._staged = staged_rows(scene, query.contract) if query.api == DATA and query.layer != "committed" else {}
        self._staged_keys = sorted(self._staged)
        self._committed = query.api != DATA or query.layer != "staged"

    def scan(self, span: Span, limit: int, *, reverse: bool = False, keys_only: bool = False) -> list[Entry]:
        """At most so many entries of a span; with ``keys_only`` values may be left out."""
        if span.empty:
            return []
        rows: list[Row] = []
        if self._committed:
            rows = self._store.scan(
                self._space,
                self._contract,
                span.start,
                span.end,
                now=self._now,
                limit=limit,
                reverse=reverse,
                keys_only=keys_only,
            )
            if not self._staged:
                return [Entry(row.key, row) for row in rows]
        staged = self._staged_in(span, limit, reverse=reverse)
        # Each list holds the first ones of its kind, so together they hold the first ones of all.
        found = {row.key: row for row in rows}
        keys = sorted({*found, *staged}, reverse=reverse)[:limit]
        missing = [key for key in keys if key not in found]
        found |= {row.key: row for row in self._rows(missing) if row is not None}
        return [self._entry(key, found.get(key)) for key in keys]

    def first(self, span: Span, limit: int, room: int, *, reverse: bool = False) -> tuple[list[Entry], bool]:
        """At most so many entries, and of values about so many bytes; whether there are more."""
        found: list[Entry] = []
        step = FIRST
        while len(found) <= limit and room > 0:
            asked = min(step, limit + 1 - len(found))
            seen = self.scan(span, asked, reverse=reverse)
            found += seen
            if len(seen) < asked:
                return found, False
            # Hundreds of values of 25 MiB would not fit into the kernel: then there are fewer at once.
            size = sum(len(entry.value or b"") for entry in seen)
            room -= size
            step = min(step * GROWTH, max(FIRST, room * asked // (size + 1)))
            span = span.beyond(alone(found[-1].key), reverse=reverse)
        return found[:limit], True

    def get(self, keys: Sequence[bytes]) -> list[Entry]:
        """The entries of these keys, those left out that are not there."""
        pairs = zip(keys, self._rows(keys), strict=True)
        shown = [(key, row) for key, row in pairs if key in self._staged or (row is not None and self._committed)]
        return [self._entry(key, row) for key, row in shown]

    def _rows(self, keys: Sequence[bytes]) -> list[Row | None]:
        return self._store.get_many(self._space, self._contract, keys, self._now) if keys else []

    def _entry(self, key: bytes, row: Row | None) -> Entry:
        if key not in self._staged:
            return Entry(key, row)
        staged = self._staged[key]
        return Entry(key, row, state(row, staged), staged)

    def _staged_in(self, span: Span, limit: int, *, reverse: bool) -> list[bytes]:
        keys = self._staged_keys
        low = bisect_left(keys, span.start)
        high = len(keys) if span.end is None else bisect_left(keys, span.end)
        return keys[max(low, high - limit) : high] if reverse else keys[low : min(high, low + limit)]
