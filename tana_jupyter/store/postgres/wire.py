"""How values travel: each in PostgreSQL's binary form, times as the integers they are on both sides.

No driver's type conversion takes part: it knows no year after 9999, and it would turn bytes into text and back.
"""

from collections.abc import Sequence
from struct import Struct

TEXT, BYTEA, BIGINT, TIMESTAMP, JSONB = 25, 17, 20, 1114, 3802
ARRAY = {TEXT: 1009, BYTEA: 1001, BIGINT: 1016, TIMESTAMP: 1115, JSONB: 3807}

EPOCH = 946_684_800_000_000  # PostgreSQL counts from 2000

integer = Struct(">q").pack
_length = Struct(">i").pack
_header = Struct(">iiIii").pack
_NULL = _length(-1)
_LARGEST = 0x10FFFF


def instant(microseconds: int) -> bytes:
    """A TIMESTAMP."""
    return integer(microseconds - EPOCH)


def maybe_instant(microseconds: int | None) -> bytes | None:
    """A TIMESTAMP, or NULL."""
    return None if microseconds is None else integer(microseconds - EPOCH)


def document(json: bytes | None) -> bytes | None:
    """A JSONB from JSON text, or NULL; the first byte is the version of the form."""
    return None if json is None else b"\x01" + json


def array(element: int, items: Sequence[bytes | None]) -> bytes:
    """An array of values that are already in their binary form."""
    if not items:
        return _header(0, 0, element, 0, 0)[:12]
    parts = [_header(1, 1, element, len(items), 1)]
    for item in items:
        if item is None:
            parts.append(_NULL)
        else:
            parts += (_length(len(item)), item)
    return b"".join(parts)


def text_bound(bound: bytes) -> bytes | None:
    r"""The smallest text without U+0000 that sorts at or after ``bound``; None where there is none.

    Bounds of a scan may be any bytes; a key that lies in a TEXT column is none that is smaller than this.

    >>> text_bound(b"user:1\x00"), text_bound(b"a\xff"), text_bound(b"\xff")
    (b'user:1\x01', b'b', None)
    """
    try:
        bound.decode()
        good = len(bound)
    except UnicodeDecodeError as error:
        good = error.start
    nul = bound.find(b"\0", 0, good)
    if nul >= 0:
        return bound[:nul] + b"\x01"
    if good == len(bound):
        return bound
    text, rest = bound[:good].decode(), bound[good:]
    point = _first_above(rest)
    while point > _LARGEST:
        if not text:
            return None
        point = ord(text[-1]) + 1
        text = text[:-1]
    return (text + chr(0xE000 if 0xD800 <= point < 0xE000 else point)).encode()


def _first_above(rest: bytes) -> int:
    """The first code point whose UTF-8 is larger than ``rest``; UTF-8 sorts like code points."""
    low, high = 1, _LARGEST + 1
    while low < high:
        middle = (low + high) // 2
        if chr(middle).encode("utf-8", "surrogatepass") > rest:
            high = middle
        else:
            low = middle + 1
    return low
