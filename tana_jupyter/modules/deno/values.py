r"""Values as modules/deno/values.js sends them, as rows keep them, and as replies bring them back.

>>> stored(b'{"id":1}')
Stored(value=b'{"id":1}', encoding='json')
>>> stored(b"\x0242").value
b'*\x00\x00\x00\x00\x00\x00\x00'
"""

from array import array
from typing import NamedTuple

import orjson

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.modules.deno.sizes import DAMAGED, size, size_at_most
from tana_jupyter.store.protocol import Row

U64_END = 2**64
CLONE, U64, BYTES = 1, 2, 3  # what values.js calls the kinds that are not JSON
CONTROL = b" "  # JSON starts above it
SURE = (limits.DENO_VALUE - 16) * 2 // 5  # bytes of JSON or of a table that cannot be too many, whatever they say

_named = tuple.__new__


class Stored(NamedTuple):
    """A value as a row keeps it."""

    value: bytes
    encoding: str


def stored(text: bytes) -> Stored:
    """Read a value that a contract sent."""
    if text[:1] > CONTROL:
        return _named(Stored, (text, "json"))
    kind = text[0] if text else 0
    if kind == CLONE:
        return Stored(text, "clone")
    try:
        if kind == U64:
            return Stored(packed_u64(int(text[1:])), "u64")
        if kind == BYTES:
            return Stored(_bytes(text[1:]), "bytes")
    except (ValueError, OverflowError):
        pass
    raise GuestError("TypeError", DAMAGED)


def checked(value: Stored) -> Stored:
    """A value that may be stored."""
    if len(value.value) > SURE and size_at_most(*value) > limits.DENO_VALUE and size(*value) > limits.DENO_VALUE:
        raise GuestError("TypeError", f"Value too large (max {limits.DENO_VALUE} bytes)")
    return value


def packed_u64(number: int) -> bytes:
    """A KvU64 as a row keeps it."""
    return number.to_bytes(8, "little")


def read_u64(value: bytes) -> int:
    """The number of a row of encoding ``u64``."""
    return int.from_bytes(value, "little")


def _bytes(text: bytes) -> bytes:
    size, _, words = text.partition(b",")
    packed = array("i", map(int, words.split(b","))).tobytes() if words else b""
    length = int(size)
    if length < 0 or not 0 <= len(packed) - length < 4:
        raise ValueError(length)
    return packed[:length]


def reply(row: Row) -> bytes:
    """``[value,"versionstamp"]`` for the contract; what is no JSON is followed by its kind."""
    if row[2] == "json":
        return b'[%b,"%016x0000"]' % (row[1], row[3])
    payload, kind = payload_of(row)
    return b'[%b,"%016x0000",%d]' % (payload, row[3], kind)


def payload_of(row: Row) -> tuple[bytes, int]:
    """JSON for values.js to make the value from, and its kind."""
    if row.encoding == "clone" and row.value[:1] == b"\x01":
        return row.value[1:], CLONE
    if row.encoding == "u64":
        return b'"%d"' % read_u64(row.value), U64
    if row.encoding == "bytes":
        whole = len(row.value) & ~3
        words = memoryview(row.value)[:whole].cast("i").tolist()
        return orjson.dumps([len(row.value), words, list(row.value[whole:])]), BYTES
    return row.value, 0
