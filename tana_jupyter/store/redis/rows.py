"""Rows by the clock: which are live, which Redis may forget by itself, and what strangers wrote."""

import time

from tana_jupyter.store.protocol import Row, Write
from tana_jupyter.store.redis.layout import key_of, life_of, row_of

_REAL = 2_000_000


def live(row: Row, now: int) -> Row | None:
    """Return the row if it is live."""
    return row if row.expires_at is None or row.expires_at > now else None


def fresh(write: Write, versionstamp: int, created_at: int, now: int) -> Row | None:
    """Return the row that a put leaves, if it is live."""
    _, _, key, value, encoding, expires_at, metadata = write
    if expires_at is not None and expires_at <= now:
        return None
    fields = (key, value, encoding, versionstamp, created_at, now, expires_at, metadata)
    row: Row = tuple.__new__(Row, fields)
    return row


def native(expires_at: int | None, now: int) -> int | None:
    """Return when Redis itself shall forget a row, in milliseconds; None for never.

    A store has no clock, so ``now`` tells: within two seconds of the machine's own time it is the real time, and
    Redis may count too. A notebook that moved its clock keeps its expired rows until they are swept, for time may
    come back to them.
    """
    if expires_at is None or abs(now - time.time_ns() // 1000) > _REAL:
        return None
    return max(-(-expires_at // 1000), 1)


def there(member: bytes, value: bytes, beside: bytes | None, now: int) -> Row | None:
    """The row as ``get`` would have answered it."""
    row = None if beside is None else row_of(member, value, beside)
    if row is not None:
        return live(row, now)
    return stranger(member, value, beside, now)


def stranger(member: bytes, value: bytes, beside: bytes | None, now: int) -> Row | None:
    """Return the row that somebody else's plain SET made, before it is adopted.

    It has no versionstamp that any check could hold on to, and what lies beside it belongs to an earlier value.
    """
    if not member.startswith((b"kv:", b"data:")):
        return None
    created = now if beside is None else life_of(beside)[0]
    return Row(key_of(member), value, encoding_of(value), 0, created, now, None, None)


def encoding_of(value: bytes) -> str:
    """Return how a value of unknown origin is read."""
    try:
        value.decode()
    except UnicodeDecodeError:
        return "bytes"
    return "text"
