"""Entries and branches as a page gets them."""

from datetime import timedelta
from typing import Final, TypeAlias

from tana_jupyter.clock import iso
from tana_jupyter.store.versionstamp import to_text
from tana_jupyter.views.browser.entries import Entry
from tana_jupyter.views.browser.keyspace import Child, keyspace
from tana_jupyter.views.preview import preview

Shown: TypeAlias = dict[str, object]

CYCLE_YEARS, CYCLE = 400, timedelta(days=146_097) // timedelta(microseconds=1)  # the calendar repeats itself
LATEST: Final = 253_402_300_800_000_000  # the year 10000, which a datetime cannot say


def row(entry: Entry, api: str, segment: str | None = None) -> Shown:
    """A key and what is under it; ``segment`` is what a tree shows of the key."""
    keys = keyspace(api)
    committed, value = entry.row, entry.value
    kind, text = (None, None) if value is None else preview(value, entry.encoding)
    shown: Shown = {
        "k": entry.key.hex(),
        "text": keys.text(entry.key),
        "parts": keys.parts(entry.key),
        "preview": text,
        "type": kind,
        "bytes": 0 if value is None else len(value),
        "version": None if committed is None else to_text(committed.versionstamp),
        "updated": None if committed is None else instant(committed.updated_at),
        "expires": None if committed is None else instant(committed.expires_at),
        "state": entry.state,
    }
    if segment is not None:
        shown["segment"] = segment
    return shown


def branch(child: Child, path: bytes, count: int | None) -> Shown:
    """A part of the tree that can be opened."""
    k = path.hex()
    return {
        "branch": True,
        "k": k,
        "path": k,
        "text": child.segment,
        "segment": child.segment,
        "parts": child.parts,
        "count": count,
    }


def instant(us: int | None) -> str | None:
    """ISO text, also past the year 9999, where it is written as JavaScript does: ``+275760-09-13T00:00:00Z``."""
    if us is None:
        return None
    if us < LATEST:
        return iso(us)
    cycles = (us - LATEST) // CYCLE + 1
    text = iso(us - cycles * CYCLE)
    return f"+{int(text[:4]) + cycles * CYCLE_YEARS:06d}{text[4:]}"
