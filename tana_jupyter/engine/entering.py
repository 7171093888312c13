"""Python values on their way into a contract: the node table of engine/nodes.js, and what cannot enter.

>>> table_of({1: b"ab"})
[[1], ['M', 1, [2]], ['V', 'Uint8Array', [3], 0, 2], ['B', 2, [25185]]]
"""

import re
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypeAlias

from tana_jupyter.engine.nodes import EPOCH, MILLISECOND, GuestErrorValue, Json, Node, RegExp
from tana_jupyter.errors import ValueCrossingError

Foreign: TypeAlias = Any  # anything at all: NumPy and pandas are not imported to name their classes

SAFE = 2**53 - 1  # Number.MAX_SAFE_INTEGER

_ERRORS = {"Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"}
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
_PYTHON_SYNTAX = re.compile(r"(?<!\\)\(\?(?!:|=|!|<[=!]|P<|P=)|\\[AZ]|(?<!\\)[*+?}]\+")
_HINTS = {
    "Decimal": "use float(x), or str(x) to keep every digit",
    "Fraction": "use float(x), or str(x)",
    "complex": "use [x.real, x.imag]",
    "complexfloating": "use [x.real, x.imag]",
    "UUID": "use str(x)",
    "PurePath": "use str(x)",
    "Enum": "use x.value",
    "timedelta": "use x.total_seconds()",
    "timedelta64": "use its seconds, x / numpy.timedelta64(1, 's')",
    "time": "use x.isoformat()",
    "Period": "use str(x), or x.to_timestamp()",
    "BaseException": "use str(x)",
    "Pattern": "write it as a JavaScript pattern, RegExp(source, flags)",
}


def table_of(root: object) -> Node:
    """The node table of a value; a queue of objects, so that depth costs no stack."""
    return _Writer(root).table


def opened(value: Foreign) -> Foreign:
    """The lists and dicts in what pandas holds; anything else as it is."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return _records(value)
    if pandas is not None and isinstance(value, (pandas.Series, pandas.Index)):
        return _column(value)
    return value


class _Writer:
    def __init__(self, root: object) -> None:
        self.root = root
        self.numbers: dict[int, int] = {}
        # Holds on to values made on the way as well: a freed one's id could be given to the next.
        self.objects: list[Any] = [None]
        self.table: list[Any] = [None]
        self.table[0] = self.inline(root)
        while len(self.table) < len(self.objects):
            self.table.append(self.node(self.objects[len(self.table)]))

    def inline(self, value: Foreign) -> Json:
        """How a value stands inside a node: itself, tagged, or the number of its own node."""
        kind = type(value)
        if kind is str or kind is bool or value is None:
            return value
        if kind is int and -SAFE <= value <= SAFE:
            return value
        if kind is not dict and kind is not list:
            simple = self.simple(value)
            if simple is not value:
                return self.inline(simple)
            if isinstance(value, int):
                return ["b", format(value, "x")]
            if isinstance(value, float):
                return _number(value)
            if _is_constant(value):
                self.objects.append(value)
                return [len(self.objects) - 1]
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)
        return [number]

    def simple(self, value: Foreign) -> Foreign:
        """The plain value that a subclass, NumPy or pandas wraps; the value itself if there is none."""
        kind = type(value)
        if isinstance(value, Enum):
            raise self.refusal(value)
        if isinstance(value, (str, int, float)):
            plain = str if isinstance(value, str) else int if isinstance(value, int) else float
            return value if kind is plain else plain(value)
        if kind.__name__ in {"NaTType", "NAType"}:
            return None
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(value, (numpy.generic, numpy.ndarray)):
            return self.numbers_of(value)
        return opened(value)

    def numbers_of(self, value: Foreign) -> Foreign:
        """Lists of Python values for a NumPy array, one value for a scalar."""
        if value.dtype.kind == "M":
            return value.astype("datetime64[ms]").tolist()
        if value.dtype.kind in "mc":
            raise self.refusal(value)
        if value.dtype.kind == "f" and value.dtype.itemsize > 8:
            value = value.astype("float64")  # tolist() would leave long doubles as they are
        return value.tolist()

    def node(self, value: Foreign) -> Node:
        """The node of an object."""
        if isinstance(value, dict):
            if all(isinstance(key, str) and not isinstance(key, Enum) for key in value):
                return ["O", *_flat((str(key), self.inline(item)) for key, item in value.items())]
            return ["M", *_flat((self.inline(key), self.inline(item)) for key, item in value.items())]
        if isinstance(value, (list, tuple)):
            return ["A", *map(self.inline, value)]
        if isinstance(value, (set, frozenset)):
            return ["S", *map(self.inline, _in_order(value))]
        if isinstance(value, (bytes, bytearray, memoryview)):
            return self.view(bytes(value))
        if isinstance(value, date):
            return ["D", _milliseconds(value)]
        if isinstance(value, RegExp):
            return ["R", value.source, value.flags]
        if isinstance(value, re.Pattern):
            return ["R", *self.pattern(value)]
        if isinstance(value, GuestErrorValue):
            if value.name not in _ERRORS:
                return ["X", value.name, value.message, value.stack]
            cause = [] if value.cause is None else [self.inline(value.cause)]
            return ["E", value.name, value.message, value.stack, *cause]
        if isinstance(value, _Buffer):
            padded = value.content + bytes(-len(value.content) % 4)
            return ["B", len(value.content), list(struct.unpack(f"<{len(padded) // 4}i", padded))]
        raise self.refusal(value)

    def view(self, content: bytes) -> Node:
        """A Uint8Array, and its buffer behind it."""
        self.objects.append(_Buffer(content))
        return ["V", "Uint8Array", [len(self.objects) - 1], 0, len(content)]

    def pattern(self, pattern: re.Pattern[Any]) -> tuple[str, str]:
        """Source and flags of a Python pattern in JavaScript, if both languages would read it alike."""
        source = pattern.pattern
        if isinstance(source, bytes) or pattern.flags & re.VERBOSE:
            raise self.refusal(pattern)
        source = re.sub(r"^\(\?[aimsu]+\)", "", source)  # the flags say the same
        if _PYTHON_SYNTAX.search(source):
            raise self.refusal(pattern)
        source = re.sub(r"\(\?P=(\w+)\)", r"\\k<\1>", source.replace("(?P<", "(?<"))
        flags = "".join(letter for letter, flag in _FLAGS.items() if pattern.flags & flag)
        return source, flags + "u" * (max(source, default="") > "\uffff")

    def refusal(self, value: object) -> ValueCrossingError:
        """The error that names the value, its place and the way out."""
        kind = type(value)
        name = kind.__name__
        if kind.__module__ == "numpy" and name == "ndarray":
            name, hint = (
                "array of this dtype",
                "use x.astype(float).tolist(), or a list of what you need of each",
            )
        else:
            hint = _hint(value)
        article = "an" if name[0] in "AEIOaeio" else "a"
        return ValueCrossingError(f"cannot bring {article} {name} into the contract{_place(self.root, value)}: {hint}")


class _Buffer:
    """The bytes behind one Uint8Array."""

    def __init__(self, content: bytes) -> None:
        self.content = content


def _number(value: float) -> Json:
    if value != value:  # noqa: PLR0124 # NaN, and nothing else
        return ["n", "NaN"]
    if value in {float("inf"), float("-inf")}:
        return ["n", "Infinity" if value > 0 else "-Infinity"]
    return value


def _is_constant(value: object) -> bool:
    """Whether Python may have merged equal ones: being one object must not mean sharing it there."""
    if isinstance(value, tuple):
        return not any(isinstance(item, (tuple, list, dict, set, bytearray)) for item in value)
    return isinstance(value, (bytes, date, frozenset, RegExp, re.Pattern))


def _in_order(members: Iterable[Any]) -> list[Any]:
    """A set's own order changes from process to process; a contract must see the same one each time."""
    try:
        return sorted(members)
    except TypeError:
        return sorted(members, key=repr)


def _flat(pairs: Iterator[tuple[Any, Any]]) -> Iterator[Any]:
    for key, item in pairs:
        yield key
        yield item


def _milliseconds(value: date) -> int:
    """Milliseconds since 1970, rounded down; no zone means UTC, a day means its midnight."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int((moment - EPOCH) // MILLISECOND)


def _records(frame: Foreign) -> list[dict[str, Any]]:
    names = [str(label) for label in frame.columns]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        text = f"cannot bring this DataFrame into the contract: two columns are called {twice!r}; rename one"
        raise ValueCrossingError(text)
    columns = [_column(frame.iloc[:, at]) for at in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _column(series: Foreign) -> list[Any]:
    missing = series.isna()
    items = list(series.tolist())
    if not missing.any():
        return items
    return [None if gone else item for item, gone in zip(items, missing.tolist(), strict=True)]


def _hint(value: object) -> str:
    for base in type(value).__mro__:
        if base.__name__ in _HINTS:
            return _HINTS[base.__name__]
    if is_dataclass(value):
        return "use dataclasses.asdict(x)"
    if callable(value):
        return "functions stay in Python; write it in the cell"
    if hasattr(value, "keys"):
        return "use dict(x)"
    if hasattr(value, "__iter__"):
        return "use list(x)"
    return "use a dict, list, str, int, float, bool, bytes, datetime or None"


def _place(root: object, culprit: object) -> str:
    """Where in the whole value it stands, such as `` at [3]['price']``; nothing if it is the whole value."""
    waiting: list[tuple[object, str]] = [(root, "")]
    seen: set[int] = set()
    while waiting:
        item, path = waiting.pop()
        if item is culprit:
            return f" at {path.strip()}" if path else ""
        if id(item) in seen or isinstance(item, (str, bytes)):
            continue
        seen.add(id(item))
        if type(item).__name__ == "DataFrame":
            item = _records(item)
        if isinstance(item, dict):
            for key, member in item.items():
                waiting += [(key, f"{path} key {key!r}"), (member, f"{path}[{key!r}]")]
        elif isinstance(item, (list, tuple)):
            waiting += [(member, f"{path}[{at}]") for at, member in enumerate(item)]
        elif isinstance(item, (set, frozenset)):
            waiting += [(member, f"{path} in a set") for member in item]
    return ""
