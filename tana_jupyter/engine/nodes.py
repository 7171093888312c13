"""The Python side of engine/nodes.js: what a table becomes, and classes for values Python has no type for.

>>> read_table([[1], ["M", "a", [2]], ["S", 1, ["b", "-ff"]]])
{'a': {1, -255}}
"""

import re
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from tana_jupyter.errors import ValueCrossingError

Json: TypeAlias = Any  # a parsed JSON value
Node: TypeAlias = list[Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
HOLES = 1_000_000  # `a[4294967294] = 1` is a short text, but a Python list of four thousand million items

_PYTHON_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
_NUMBERS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf"), "-0": -0.0}
_VIEW_ITEM_BYTES = {
    "DataView": 1, "Int8Array": 1, "Uint8Array": 1, "Uint8ClampedArray": 1, "Int16Array": 2, "Uint16Array": 2,
    "Float16Array": 2, "Int32Array": 4, "Uint32Array": 4, "Float32Array": 4, "Float64Array": 8,
    "BigInt64Array": 8, "BigUint64Array": 8,
}  # fmt: skip
_CONTAINERS = "AHOMS"  # what these become in Python has no hash


@dataclass(frozen=True)
class RegExp:
    """A JavaScript regular expression.

    Its syntax and Python's differ in small things (line ends, digits, named groups), so it stays as it is:

        >>> RegExp("^user:", "i").compile().match("USER:1")
        <re.Match object; span=(0, 5), match='USER:'>
    """

    source: str
    flags: str = ""

    def compile(self) -> re.Pattern[str]:
        """The same pattern for Python, where its syntax allows; ``re.error`` where it does not."""
        flags = re.RegexFlag(0)
        for letter in self.flags:
            flags |= _PYTHON_FLAGS.get(letter, re.RegexFlag(0))
        return re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", self.source), flags)


@dataclass(frozen=True)
class GuestErrorValue:
    """A JavaScript error that is a value, not one that was thrown: ``return new TypeError("no")``."""

    name: str
    message: str = ""
    stack: str | None = field(default=None, repr=False, compare=False)
    cause: object = field(default=None, repr=False, compare=False)


def read_table(table: Node) -> object:
    """Python value of a parsed node table; shared objects stay shared, cycles stay cycles."""
    try:
        return _Reader(table).read(table[0])
    except (KeyError, IndexError, TypeError, AttributeError, struct.error, ValueError) as problem:
        raise ValueCrossingError(f"cannot read this value: its text is damaged ({problem})") from problem


class _Reader:
    """One table on its way to Python: leaves first, then the shells of containers, then what is in them."""

    def __init__(self, table: Node) -> None:
        self.table = table
        self.made: list[Any] = [None] * len(table)
        numbers = range(1, len(table))
        for number in numbers:
            if table[number][0] == "B":
                self.made[number] = self._buffer(table[number])
        for number in numbers:
            if table[number][0] not in _CONTAINERS:
                self.made[number] = self._leaf(number, table[number])
        for number in numbers:
            if table[number][0] in _CONTAINERS:
                self.made[number] = self._shell(table[number])
        for number in numbers:
            self._fill(self.made[number], table[number])

    def read(self, item: Json) -> Json:
        """The Python value of a value inside a node."""
        if type(item) is not list:
            return item
        kind = item[0]
        if type(kind) is int:
            return self.made[kind] if kind > 0 else self.made[len(self.made)]
        if kind == "b":
            return int(item[1], 16)
        return None if kind == "u" else _NUMBERS[item[1]]

    def _each(self, items: list[Any]) -> list[Any]:
        read = self.read
        return [read(item) if type(item) is list else item for item in items]

    @staticmethod
    def _buffer(node: Node) -> bytes:
        return struct.pack(f"<{len(node[2])}i", *node[2])[: node[1]]

    def _leaf(self, number: int, node: Node) -> object:
        match node[0]:
            case "B":
                return self.made[number]
            case "V":
                start = node[3]
                return self.made[node[2][0]][start : start + node[4] * _VIEW_ITEM_BYTES[node[1]]]
            case "D":
                return _instant(node[1])
            case "R":
                return RegExp(node[1], node[2])
            case "P":
                return self.read(node[1])
            case "E" | "X":
                return GuestErrorValue(node[1], node[2] or "", node[3])
        raise KeyError(f"no node {node[0]!r}")

    def _shell(self, node: Node) -> dict[Any, Any] | list[Any] | set[Any]:
        """The empty container; a set at once with its members, which are leaves or it would be a list."""
        if node[0] == "O":
            return {}
        items = node[1 :: 2 if node[0] == "M" else 1]
        if node[0] in "AH" or not all(map(self._hashable, items)):
            return []
        keys = self._each(items)
        members = set(keys)
        if len(members) < len(keys):  # 1 and true, undefined and null: two keys there, one here
            return []
        return members if node[0] == "S" else {}

    def _hashable(self, item: Json) -> bool:
        return type(item) is not list or type(item[0]) is not int or self.table[item[0]][0] not in _CONTAINERS

    def _fill(self, container: Json, node: Node) -> None:
        match node[0]:
            case "A":
                container.extend(self._each(node[1:]))
            case "H":
                container.extend(self._with_holes(node))
            case "O":
                container.update(zip(node[1::2], self._each(node[2::2]), strict=True))
            case "M":
                pairs = zip(self._each(node[1::2]), self._each(node[2::2]), strict=True)
                container.update(pairs) if isinstance(container, dict) else container.extend(pairs)
            case "S" if isinstance(container, list):
                container.extend(self._each(node[1:]))
            case "E" if len(node) > 4:
                object.__setattr__(container, "cause", self.read(node[4]))

    def _with_holes(self, node: Node) -> list[Any]:
        """Holes become None; names beside the elements have no place in a list."""
        length = node[1]
        if length > HOLES + len(node):
            text = f"cannot bring out a sparse array of length {length}: give it an end, or return its entries"
            raise ValueCrossingError(text)
        items: list[Any] = [None] * length
        for key, item in zip(node[2::2], node[3::2], strict=True):
            if key.isdecimal() and key.isascii() and (index := int(key)) < length and str(index) == key:
                items[index] = self.read(item)
        return items


def _instant(milliseconds: float | None) -> datetime | None:
    """An invalid Date is None: Python has no datetime that is no time."""
    if milliseconds is None:
        return None
    try:
        return EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        text = f"cannot bring out the Date {milliseconds}: Python has the years 1 to 9999; return its number"
        raise ValueCrossingError(text) from None
