r"""What a value counts: its bytes as V8 would serialize it, from the text that the engine wrote.

>>> size(b'{"id":1}', "json")          # FF 10, o, " 2 id, I 2, { 1
11
>>> size(b'\x01[["u"]]', "clone")
3

Two things cannot be known here: whether V8 held an array as one with holes, and how long its stack texts are.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.guesttext import loads

HEADER = 2
DAMAGED = "This is no value that Deno KV can store"
SMALLEST, LARGEST = -(2**31), 2**31 - 1  # integers that V8 writes as such
# `new Boolean(true)` is one byte for V8, and no text here is longer for its size.
LONGEST_TEXT = 24

_INDEX = re.compile(r"0|[1-9]\d{0,9}")
_VIEW_BYTES = {
    "Int16Array": 2, "Uint16Array": 2, "Float16Array": 2, "Int32Array": 4, "Uint32Array": 4, "Float32Array": 4,
    "Float64Array": 8, "BigInt64Array": 8, "BigUint64Array": 8,
}  # fmt: skip


def size_at_most(value: bytes, encoding: str) -> int:
    """A size that is never too small, without reading the value."""
    if encoding == "u64":
        return limits.DENO_U64
    length = len(value)
    if encoding == "bytes":
        return length
    # Nested empty arrays grow most: five bytes for `[],` and two for `[]`.
    most = length * 5 // 2 + 16
    if most <= limits.DENO_VALUE or encoding != "json" or not value.isascii() or b"\\u" in value:
        return most
    # All strings are of one byte a character, so that a number grows most, from one byte to nine.
    values = value.count(b",") + value.count(b":") + value.count(b"[") + value.count(b"{")
    return min(most, length + 8 * values + 16)


def size(value: bytes, encoding: str) -> int:
    """The bytes of a stored value that count against limits."""
    if encoding in {"u64", "bytes"}:
        return len(value)
    if len(value) > limits.DENO_VALUE * LONGEST_TEXT:
        return len(value) // LONGEST_TEXT
    try:
        if encoding == "json":
            return _Plain().size(loads(value))
        return _Table(loads(value[1:])).total()
    except GuestError:
        raise
    except RecursionError:
        return size_at_most(value, encoding)  # deeper than our parsers go; V8 still takes it
    except (ValueError, TypeError, LookupError, AttributeError):
        raise GuestError("TypeError", DAMAGED) from None


def _varint(number: int) -> int:
    return 1 if number < 0x80 else (number.bit_length() + 6) // 7


class _End(NamedTuple):
    """What closes a container, once all in it was counted."""

    size: int


class _Plain:
    """Counts along a value, depth first: where a string of two-byte characters starts decides about its padding."""

    def __init__(self) -> None:
        self.at = HEADER
        self.depth = 0
        self.waiting: list[Any] = []

    def size(self, value: object) -> int:
        """Count one value and all in it."""
        waiting = self.waiting
        waiting.append(value)
        while waiting:
            item = waiting.pop()
            kind = type(item)
            if kind is str:
                self.string(item)
            elif kind is int:
                self.number(item)
            elif kind is float:
                self.at += 9
            elif kind is bool or item is None:
                self.at += 1
            elif kind is _End:
                self.at += item.size
                self.depth -= 1
            else:
                self.container(item)
        return self.at

    def container(self, item: Any) -> None:
        """Count an object or an array."""
        count = len(item)
        if isinstance(item, dict):
            self.members(1, [part for pair in item.items() for part in (_name(pair[0]), pair[1])], 1 + _varint(count))
        else:
            self.array(item)

    def array(self, items: list[Any]) -> None:
        """Count an array without holes; one of numbers is doubles throughout, if it has any."""
        start, end = 1 + _varint(len(items)), 2 + _varint(len(items))
        if items and all(map(self.is_number, items)) and not all(map(_is_small, items)):
            self.at += start + 9 * len(items) + end
        else:
            self.members(start, items, end)

    def is_number(self, item: Any) -> bool:
        """Whether an element is a number."""
        return type(item) is int or type(item) is float

    def members(self, start: int, items: list[Any], end: int) -> None:
        """Count what opens a container, and what is in it and closes it later."""
        self.depth += 1
        if self.depth > limits.DENO_DEPTH:
            raise GuestError("RangeError", "Maximum call stack size exceeded")
        self.at += start
        self.waiting.append(_End(end))
        self.waiting.extend(reversed(items))

    def string(self, text: str) -> None:
        """Count a string with its tag."""
        length = len(text)
        if text.isascii() or max(text) <= "\xff":
            self.at += 1 + _varint(length) + length
            return
        length = 2 * (length + sum(character > "\uffff" for character in text))
        head = 1 + _varint(length)
        self.at += head + length + ((self.at + head) & 1)

    def number(self, number: int) -> None:
        """Count a whole number."""
        if _is_small(number):
            self.at += 1 + _varint(2 * number if number >= 0 else -2 * number - 1)
        else:
            self.at += 9


def _name(name: str) -> str | int:
    """A name of a property; those of elements are numbers."""
    return int(name) if _INDEX.fullmatch(name) and int(name) < 2**32 - 1 else name


def _is_small(item: object) -> bool:
    return type(item) is int and SMALLEST <= item <= LARGEST


class _Table(_Plain):
    """The same for a table of engine/nodes.js."""

    def __init__(self, table: list[Any]) -> None:
        super().__init__()
        self.table = table
        self.numbers: dict[int, int] = {}

    def total(self) -> int:
        """Count the value of the table."""
        return self.size(self.table[0])

    def container(self, item: Any) -> None:
        """Count what is a list in a table: an object by its number, or a primitive that JSON lacks."""
        kind = item[0]
        if type(kind) is int:
            self.object(kind)
        elif kind == "view":
            self.view(item[1], item[2])
        elif kind == "u":
            self.at += 1
        elif kind == "b":
            self.at += 1 + _bigint(item[1])
        else:
            self.at += 9

    def is_number(self, item: Any) -> bool:
        """The same where some numbers are lists."""
        return super().is_number(item) or (type(item) is list and item[0] == "n")

    def object(self, number: int) -> None:
        """Count an object, or a reference to one that was counted."""
        known = self.numbers.get(number)
        if known is not None:
            self.at += 1 + _varint(known)
            return
        node = self.table[number]
        if node[0] == "V":
            # Its buffer comes first.
            self.waiting.append(["view", number, node])
            self.object(node[2][0])
            return
        self.numbers[number] = len(self.numbers)
        _NODES[node[0]](self, node)

    def view(self, number: int, node: list[Any]) -> None:
        """Count a view whose buffer was counted."""
        self.numbers[number] = len(self.numbers)
        length = node[4] * _VIEW_BYTES.get(node[1], 1)
        self.at += 3 + _varint(node[3]) + _varint(length)

    def _dense(self, node: list[Any]) -> None:
        self.array(node[1:])

    def _sparse(self, node: list[Any]) -> None:
        length, names, items = node[1], [_name(name) for name in node[2::2]], node[3::2]
        elements = sum(type(name) is int for name in names)
        more = len(names) - elements
        tail = 1 + _varint(length)
        if elements == length:  # no holes, only names beside the elements
            parts = (
                items[:elements] + [part for pair in zip(names, items, strict=True) for part in pair][2 * elements :]
            )
            self.members(tail, parts, tail + _varint(more))
        else:
            parts = [part for pair in zip(names, items, strict=True) for part in pair]
            self.members(tail, parts, tail + _varint(len(names)))

    def _plain(self, node: list[Any]) -> None:
        parts = [part if at % 2 else _name(part) for at, part in enumerate(node[1:])]
        self.members(1, parts, 1 + _varint(len(parts) // 2))

    def _items(self, node: list[Any]) -> None:
        self.members(1, node[1:], 1 + _varint(len(node) - 1))

    def _date(self, _node: list[Any]) -> None:
        self.at += 9

    def _regexp(self, node: list[Any]) -> None:
        self.at += 1
        self.string(node[1])
        self.at += 2 if "v" in node[2] else 1

    def _boxed(self, node: list[Any]) -> None:
        item = node[1]
        if isinstance(item, bool):
            self.at += 1
        elif isinstance(item, str):
            self.at += 1
            self.string(item)
        elif isinstance(item, list) and item[0] == "b":
            self.at += 1 + _bigint(item[1])
        else:
            self.at += 9

    def _error(self, node: list[Any]) -> None:
        self.at += 1 if node[1] == "Error" else 2
        for text in (node[2], node[3]):
            if text is not None:
                self.at += 1
                self.string(text)
        if len(node) > 4:
            self.members(1, node[4:], 1)
        else:
            self.at += 1

    def _exception(self, node: list[Any]) -> None:
        self.at += 1
        for text in node[1:]:
            self.string(text or "")

    def _buffer(self, node: list[Any]) -> None:
        self.at += 1 + _varint(node[1]) + node[1]
        if len(node) > 3:
            self.at += _varint(node[3])


def _bigint(digits: str) -> int:
    length = 8 * ((len(digits.lstrip("-0")) + 15) // 16)
    return _varint(2 * length) + length


_NODES: dict[str, Callable[[_Table, list[Any]], None]] = {
    "A": _Table._dense, "H": _Table._sparse, "O": _Table._plain, "M": _Table._items, "S": _Table._items,
    "D": _Table._date, "R": _Table._regexp, "P": _Table._boxed, "E": _Table._error, "X": _Table._exception,
    "B": _Table._buffer,
}  # fmt: skip
