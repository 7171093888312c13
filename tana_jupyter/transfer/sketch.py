"""When two rows are the same: a contract sees no difference. Times and versionstamps do not count."""

from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from tana_jupyter.limits import TRANSFER_WHOLE
from tana_jupyter.store.protocol import Row


class Sketch(NamedTuple):
    """A row with a digest in place of a large value, as a server sends it: comparing moves no large values."""

    key: bytes
    content: bytes
    """The value; of one above ``TRANSFER_WHOLE`` the SHA-256 as hexadecimal digits."""
    size: int
    encoding: str
    expires_at: int | None
    metadata: bytes | None


Item = Row | Sketch


def sketch_of(item: Item) -> Sketch:
    """The sketch of a row; a sketch is its own."""
    if isinstance(item, Sketch):
        return item
    key, value, encoding, _, _, _, expires_at, metadata = item
    content = value if len(value) <= TRANSFER_WHOLE else sha256(value).hexdigest().encode()
    return Sketch(key, content, len(value), encoding, expires_at, None if metadata is None else canonical(metadata))


def sketch_as_read(row: Row, size: int) -> Sketch:
    """The sketch of a row whose value is what a sketch has in its place."""
    metadata = None if row.metadata is None else canonical(row.metadata)
    return Sketch(row.key, row.value, size, row.encoding, row.expires_at, metadata)


def same(ours: Item, theirs: Item) -> bool:
    """Whether a contract would see no difference.

    >>> same(Row(b"k", b"v", "text", 1, 10, 10, None, None), Sketch(b"k", b"v", 1, "text", None, None))
    True
    """
    if type(ours) is Row and type(theirs) is Sketch and ours.metadata is None and len(ours.value) <= TRANSFER_WHOLE:
        # What nearly all rows of a repeated export come to.
        _, content, _, encoding, expires_at, metadata = theirs
        value = ours.value
        return (
            value == content
            and encoding == ours.encoding
            and expires_at == ours.expires_at
            and metadata is None
            and theirs.size == len(value)
        )
    return sketch_of(ours) == sketch_of(theirs)


def canonical(json: bytes) -> bytes:
    """JSON in one way of writing it, whatever a database made of spaces, numbers and the order of members."""
    try:
        return orjson.dumps(_plain(orjson.loads(json)), option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError, RecursionError):  # nested deeper than this parser goes
        return json


def _plain(thing: Any) -> Any:
    """Whole numbers as such, for a database writes 1e16 in full and knows no -0.0."""
    if type(thing) is float and thing.is_integer() and -(2**63) <= thing < 2**64:
        return int(thing)
    if type(thing) is dict:
        return {name: _plain(value) for name, value in thing.items()}
    return [_plain(value) for value in thing] if type(thing) is list else thing


def mark_of(item: Item | None) -> object:
    """What changes when the row does; for a fingerprint."""
    return (item.versionstamp, item.updated_at) if isinstance(item, Row) else item
