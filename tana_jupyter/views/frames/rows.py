"""Rows of the store: which ones a pattern finds, and what they are as a table."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import pandas as pd

from tana_jupyter.counting import counted
from tana_jupyter.guesttext import loads
from tana_jupyter.limits import FRAME_BYTES
from tana_jupyter.store.keys import Glob, after, prefix_end
from tana_jupyter.store.protocol import Row, Store
from tana_jupyter.store.versionstamp import to_text
from tana_jupyter.views.frames.table import categories, honest, instants, integers, objects, texts
from tana_jupyter.views.preview import deno_prefix, key_text, plain_value, preview, too_deep

PAGE: Final = 1000
SMALL_PAGE: Final = 16  # rows of 25 MiB each
PAGE_BYTES: Final = 33_554_432


class Entry(NamedTuple):
    """A row and the namespace it lies in."""

    contract: str
    api: str
    row: Row


class Found(NamedTuple):
    """What a search came to."""

    entries: list[Entry]
    cut: str | None
    """Why there may be more, None where this is all of it."""


def find(store: Store, now: int, namespaces: Sequence[tuple[str, str]], pattern: str | None, limit: int) -> Found:
    """Rows of these ``(space, contract)`` whose key matches, in the order of contract, api and key."""
    entries: list[Entry] = []
    size = 0
    for contract, space in sorted((contract, space) for space, contract in namespaces):
        for row in _matching(store, now, space, contract, pattern or "*"):
            if len(entries) == limit:
                return Found(entries, f"cut at {counted(limit, 'row')}: narrow the pattern or raise the limit")
            size += len(row.value)
            if size > FRAME_BYTES and entries:
                mib = FRAME_BYTES // 2**20
                return Found(entries, f"cut at {counted(len(entries), 'row')}, {mib} MiB of values: narrow the pattern")
            entries.append(Entry(contract, space, row))
    return Found(entries, None)


def _matching(store: Store, now: int, space: str, contract: str, pattern: str) -> Iterator[Row]:
    """Rows of one namespace by a pattern over keys as they are shown."""
    glob = Glob.of(pattern)
    prefix = deno_prefix(pattern) if space == "deno" else glob.prefix
    start, end = prefix, prefix_end(prefix)
    page = SMALL_PAGE
    while True:
        rows = store.scan(space, contract, start, end, now=now, limit=page)
        for row in rows:
            if glob.matches(key_text(space, row.key).encode() if space == "deno" else row.key):
                yield row
        if len(rows) < page:
            return
        start = after(rows[-1].key)
        # Pages grow while rows are small: a thousand large ones would not fit into the kernel.
        held = sum(len(row.value) for row in rows)
        page = max(SMALL_PAGE, min(PAGE, 8 * page, PAGE_BYTES * page // (held + 1)))


def rows_frame(entries: Sequence[Entry], cut: str | None = None) -> pd.DataFrame:
    """Rows as a DataFrame; values and metadata are Python values, times are instants in UTC."""
    rows = [entry.row for entry in entries]
    kinds = [preview(row.value, row.encoding, 1).type for row in rows]
    frame = pd.DataFrame(
        {
            "contract": categories([entry.contract for entry in entries]),
            "api": categories([entry.api for entry in entries]),
            "key": texts([key_text(entry.api, entry.row.key) for entry in entries]),
            "value": objects([plain_value(row.value, row.encoding) for row in rows]),
            # That a text is empty can be seen; to a filter it is a string like others.
            "type": categories(["string" if kind == "empty-string" else kind for kind in kinds]),
            "bytes": integers([len(row.value) for row in rows]),
            "metadata": objects([metadata_of(row) for row in rows]),
            "version": texts([to_text(row.versionstamp) for row in rows]),
            "updated": instants([row.updated_at for row in rows]),
            "expires": instants([row.expires_at for row in rows]),
        }
    )
    return honest(frame, cut)


def metadata_of(row: Row) -> object:
    """The metadata of a row as a Python value, None where it has none."""
    if row.metadata is None:
        return None
    try:
        return row.metadata.decode("utf-8", "replace") if too_deep(row.metadata) else loads(row.metadata)
    except ValueError:
        return row.metadata.decode("utf-8", "replace")


def glance_columns(frame: pd.DataFrame) -> list[str]:
    """The columns that tell something of these rows, for where there is little room."""
    columns = [name for name in ("contract", "api") if frame[name].nunique() > 1]
    columns += ["key", "value", "type", "bytes"]
    return columns + [name for name in ("metadata", "expires") if frame[name].notna().any()]
