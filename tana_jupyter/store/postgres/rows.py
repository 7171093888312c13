"""Rows as the tables hold them, and as the protocol has them."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from tana_jupyter.errors import StoreError
from tana_jupyter.store.postgres.statements import TABLES
from tana_jupyter.store.postgres.wire import EPOCH, document, maybe_instant
from tana_jupyter.store.protocol import Row, Write
from tana_jupyter.store.rowname import named

BINARY = {"bytes", "u64", "clone"}  # encodings of values that need not be text
# What the column holds: nothing where the columns value and bytes say it all, as in every row of a runtime.
_ENCODING: dict[bytes | None, str] = {name.encode(): name for name in ("text", "json", "bytes", "u64", "clone")}
_ENCODING[None] = ""


_INFINITY = 2**63 - 1  # as a TIMESTAMP: never

_named = tuple.__new__  # _named(Row, columns) takes a third of the time of Row(*columns)


def rows_of(found: Iterable[Sequence[Any]], *, text: bool) -> list[Row]:
    """Rows from what a statement selected: :func:`~.statements.columns`."""
    if not text:
        return list(map(row_of, found))
    rows = []
    for columns in found:
        key, value, encoding, stamp, created_at, updated_at, expires_at, metadata, other = columns
        if encoding is other is expires_at is metadata is None and created_at is not None and updated_at is not None:
            row = (key, value, "text", stamp, created_at + EPOCH, updated_at + EPOCH, None, None)
            rows.append(_named(Row, row))
        else:
            rows.append(row_of(columns))
    return rows


def row_of(columns: Sequence[Any]) -> Row:
    """One of them."""
    key, value, encoding, versionstamp, created_at, updated_at, expires_at, metadata, *more = columns
    name = _ENCODING.get(encoding, "text")
    if more:
        if more[0] is not None and not value:
            value = more[0]
            name = name or "bytes"
        elif name in BINARY:
            name = "text"  # somebody wrote value and knew nothing of the other columns
    return Row(
        key,
        value,
        name or "text",
        versionstamp,
        0 if created_at is None else created_at + EPOCH,
        0 if updated_at is None else updated_at + EPOCH,
        None if expires_at is None or expires_at == _INFINITY else expires_at + EPOCH,
        None if metadata is None else json_of(metadata[1:]),
    )


def fields_of(write: Write) -> tuple[bytes | None, ...]:
    """The columns of a put: value, encoding, expiry, metadata, and bytes where the table has TEXT."""
    rest = (maybe_instant(write.expires_at), document(write.metadata))
    if not TABLES[write.space].text:
        return (write.value, write.encoding.encode(), *rest)
    if write.encoding in BINARY:
        return (b"", None if write.encoding == "bytes" else write.encoding.encode(), *rest, write.value)
    return (write.value, None if write.encoding == "text" else write.encoding.encode(), *rest, None)


def json_of(text: bytes | None) -> bytes | None:
    """JSON text without the spaces that JSONB puts into it."""
    if text is None:
        return None
    try:
        return orjson.dumps(orjson.loads(text))
    except (TypeError, ValueError):  # nested deeper than this parser goes
        return text


def is_text(space: str, key: bytes) -> bool:
    """Whether the table of ``space`` could hold this key."""
    return b"\0" not in key or not TABLES[space].text


def check_holdable(write: Write) -> None:
    """Refuse what a TEXT column cannot hold.

    :raises StoreError: U+0000 in a key, or in a value that is text.
    """
    if write.value is None or not TABLES[write.space].text:
        return
    if b"\0" in write.key or (write.encoding not in BINARY and b"\0" in write.value):
        raise StoreError(
            f"PostgreSQL cannot hold U+0000 in text: {named(*write[:3])} was not written, and nothing else of the same"
            " commit. Bytes can hold it (kv.put of a Uint8Array), and so can a sqlite: store"
        )
