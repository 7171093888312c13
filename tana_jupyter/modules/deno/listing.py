"""``list``: ranges, cursors, and batches as columns that the contract reads quickly."""

import base64
import binascii
import math
import struct
from collections.abc import Sequence
from operator import itemgetter

import orjson

from tana_jupyter import denokey, limits
from tana_jupyter.errors import GuestError
from tana_jupyter.modules.deno.databases import Databases
from tana_jupyter.modules.deno.keys import checked_read, key_of
from tana_jupyter.modules.deno.values import payload_of
from tana_jupyter.spaces import DENO
from tana_jupyter.store.protocol import Row

# What stands behind the prefix in all rows of a batch: one string, one number, or anything.
STRING, NUMBER, ANY = 1, 2, 0

# What Deno calls a cursor that is no text.
_KINDS = {bool: "Boolean", int: "Number", float: "Number", list: "array"}

_key, _value, _encoding, _stamp = map(itemgetter, map(Row._fields.index, ("key", "value", "encoding", "versionstamp")))
_number = struct.Struct(">xQ")
_as_bits, _as_double = struct.Struct(">Q"), struct.Struct(">d")


class Range:
    """What a selector selects, and where in it cursors count from."""

    def __init__(self, prefix: str | None, start: str | None, end: str | None) -> None:
        below = None if prefix is None else _encoded(prefix)
        low = None if start is None else _encoded(start)
        high = None if end is None else _encoded(end)
        if below is not None:
            for name, bound in (("Start", low), ("End", high)):
                if bound is not None and not _is_below(bound, below):
                    raise GuestError("TypeError", f"{name} key is not in the keyspace defined by prefix")
            low = below + b"\0" if low is None else low
            high = below + b"\xff" if high is None else high
        if low is None or high is None:
            text = "Selector must specify either 'prefix' or both 'start' and 'end' key"
            raise GuestError("TypeError", text)
        self.start = checked_read(low, limits.DENO_READ_KEY)
        self.end = checked_read(high, limits.DENO_READ_KEY)
        if self.start > self.end:
            raise GuestError("TypeError", "Start key is greater than end key")
        self._between = below is None
        self.common = below if below is not None else _common(self.start, self.end)

    def after(self, cursor: object, reverse: bool) -> tuple[bytes, bytes]:
        """The part of the range that a cursor leaves."""
        if not cursor:
            return self.start, self.end
        if not isinstance(cursor, str):
            kind = _KINDS.get(type(cursor), "unknown")
            raise GuestError("TypeError", f"serde_v8 error: invalid type; expected: string, got: {kind}")
        try:
            rest = base64.urlsafe_b64decode(cursor)
        except (ValueError, binascii.Error):
            rest = b""
        # Written again it must be the same text: the decoder skips what it does not know.
        if base64.urlsafe_b64encode(rest).decode() != cursor:
            raise GuestError("TypeError", "invalid cursor")
        key = self.common + rest
        if self._between:  # a cursor behind all that is left is the end of the list
            outside = key > self.end if reverse else key < self.start
        else:
            outside = not self.start <= key < self.end
        if outside:
            raise GuestError("TypeError", "cursor out of bounds")
        return (self.start, key) if reverse else (key + b"\0", self.end)

    def cursor(self, key: bytes) -> str:
        """Where to go on from a key of the range."""
        return base64.urlsafe_b64encode(key[len(self.common) :]).decode()


class Listing:
    """``list`` of one contract."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    def batch(
        self,
        handle: object,
        selector: Sequence[str | None],
        cursor: str,
        last: str | None,
        limit: int,
        reverse: bool,
        parts: int,
    ) -> bytes:
        """The rows behind ``cursor``, or behind the key ``last``, as columns.

        ``parts`` is how many parts of all keys the contract knows from its prefix; 0 where it wants them all.
        """
        database = self._databases.named(handle)
        limit = int(limit)
        if limit > limits.DENO_LIST_BATCH:
            raise GuestError("TypeError", f"Too many entries (max {limits.DENO_LIST_BATCH})")
        area = Range(*selector)
        start, end = area.after(cursor, reverse)
        if last is not None:
            key = _encoded(last)
            start, end = (start, min(end, key)) if reverse else (max(start, key + b"\0"), end)
        rows = database.journal.scan(DENO, database.contract, start, end, limit=limit, reverse=bool(reverse))
        more = len(rows) == limit
        values = list(map(_value, rows))
        if sum(map(len, values)) > limits.DENO_BATCH_BYTES:
            count = _fitting(values)
            more |= count < len(rows)
            del rows[count:], values[count:]
        return _columns(rows, values, len(area.common) if parts else 0, more)

    def cursor(self, selector: Sequence[str | None], key: str) -> str:
        """The cursor of an entry."""
        return Range(*selector).cursor(_encoded(key))


def _encoded(wire: str) -> bytes:
    return key_of(wire.encode("utf-8", "surrogatepass"))


def _is_below(key: bytes, prefix: bytes) -> bool:
    # An FF would be the escape of U+0000: another part that only begins like the last one of the prefix.
    return key.startswith(prefix) and key[len(prefix) : len(prefix) + 1] not in {b"", b"\xff"}


def _common(one: bytes, other: bytes) -> bytes:
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return one[:at]
    return min(one, other, key=len)


def _fitting(values: Sequence[bytes]) -> int:
    """How many values make a batch; at least one."""
    total = 0
    for count, value in enumerate(values):
        total += len(value)
        if total > limits.DENO_BATCH_BYTES and count:
            return count
    return len(values)


def _columns(rows: Sequence[Row], values: list[bytes], known: int, more: bool) -> bytes:
    """JSON of a batch: keys, values, versionstamps in one text, whether more may come, what is no JSON."""
    form, keys = _keys([key[known:] for key in map(_key, rows)], known)
    kinds: dict[str, int] = {}
    if set(map(_encoding, rows)) - {"json"}:
        for at, row in enumerate(rows):
            if row.encoding != "json":
                values[at], kind = payload_of(row)
                kinds[str(at)] = kind
    stamps = b"%016x0000" * len(rows) % tuple(map(_stamp, rows))
    return b'{"f":%d,"k":%b,"v":[%b],"s":"%b","m":%d,"x":%b}' % (
        form,
        keys,
        b",".join(values),
        stamps,
        more,
        orjson.dumps(kinds) if kinds else b"0",
    )


def _keys(keys: list[bytes], known: int) -> tuple[int, bytes]:
    """The column of keys, in the shortest form that fits them all."""
    joined = b"".join(keys)
    count = len(keys)
    if not known or not count:
        return ANY, _parts(keys)
    # Each U+0000 but the last is followed by a string, and there are as many as rows: one string in each.
    if (
        joined.startswith(b"\x02")
        and joined.endswith(b"\0")
        and joined.count(b"\0") == count
        and joined.count(b"\0\x02") == count - 1
    ):
        return STRING, orjson.dumps(joined[1:-1].decode().split("\0\x02"))
    if len(joined) == 9 * count and joined[::9] == b"\x21" * count and set(map(len, keys)) == {9}:
        numbers = [_double(bits) for (bits,) in _number.iter_unpack(joined)]
        if all(map(math.isfinite, numbers)):
            return NUMBER, orjson.dumps(numbers)
    return ANY, _parts(keys)


def _double(bits: int) -> float:
    number: float = _as_double.unpack(
        _as_bits.pack(bits ^ denokey.SIGN if bits & denokey.SIGN else bits ^ denokey.ALL)
    )[0]
    return number


def _parts(keys: Sequence[bytes]) -> bytes:
    return orjson.dumps([list(map(_part, denokey.unpack(key))) for key in keys])


def _part(part: denokey.Part) -> object:
    """A part in JSON: itself, or a letter and what list.js makes it from."""
    if isinstance(part, bytes):
        return ["b", list(part)]
    if isinstance(part, float):
        return part if math.isfinite(part) else ["n", denokey.show_number(part)]
    if isinstance(part, int) and not isinstance(part, bool):
        return ["i", f"{part:x}"]
    return part
