"""Stored values as TypeScript expressions, for previews and for what is copied."""

import json
import re
from typing import Any

from tana_jupyter import limits
from tana_jupyter.guesttext import loads

ERRORS = frozenset({"Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"})
ITEM_BYTES = {
    "DataView": 1, "Int8Array": 1, "Uint8Array": 1, "Uint8ClampedArray": 1, "Int16Array": 2, "Uint16Array": 2,
    "Float16Array": 2, "Int32Array": 4, "Uint32Array": 4, "Float32Array": 4, "Float64Array": 8,
    "BigInt64Array": 8, "BigUint64Array": 8,
}  # fmt: skip
_FRACTIONLESS = re.compile(r"\.0+(?!\d)")


class NoExpression(ValueError):
    """The value refers to itself, is nested too deeply, or is damaged."""


class Full(ValueError):
    """The text got longer than was asked for; ``text`` is its beginning."""

    def __init__(self, text: str) -> None:
        super().__init__("too long")
        self.text = text


def quoted(text: str) -> str:
    r"""A text as a string literal, in the quotes that need fewer backslashes.

    >>> print(quoted('{"name":"ada"}'), quoted("it's"))
    '{"name":"ada"}' "it's"
    """
    body = json.dumps(text, ensure_ascii=not _encodable(text)).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    if '\\"' not in body or "'" in text:
        return body
    return "'" + body[1:-1].replace('\\"', '"') + "'"


def byte_array(value: bytes) -> str:
    """``new Uint8Array([1, 2])``."""
    return f"new Uint8Array([{', '.join(map(str, value))}])"


def parsed(text: str) -> str:
    """JSON as an expression of the same value: in a literal ``__proto__``, also in escapes, would be no field."""
    return f"JSON.parse({quoted(text)})" if "__proto__" in text or "\\u" in text else text


def json_expression(text: str) -> str | None:
    """JSON as an expression that ``data.set`` makes the same text of, None where it would not."""
    try:
        value = json.loads(text)
        same = json.dumps(value, ensure_ascii=False, separators=(",", ":")) == text
    except (ValueError, RecursionError):
        return None
    # A contract would write 1 for 1.0, put keys that look like numbers first, and keep a text without its quotes.
    return (
        text
        if same and not isinstance(value, str) and not _FRACTIONLESS.search(text) and not _has_odd_keys(value)
        else None
    )


def expression(table_text: bytes, most: int) -> str:
    """The expression of a value that is stored as a node table; raises Full or NoExpression."""
    try:
        return _Writer(loads(table_text[1:]), most).written()
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError) as problem:
        if isinstance(problem, Full | NoExpression):
            raise
        raise NoExpression("the stored text of this value is damaged") from None


class _Writer:
    """Writes one node table; see engine/nodes.js for what stands in one."""

    def __init__(self, table: list[Any], most: int) -> None:
        self._table = table
        self._most = most
        self._out: list[str] = []
        self._length = 0
        self._open: list[int] = []

    def written(self) -> str:
        """The whole text."""
        self._value(self._table[0])
        return "".join(self._out)

    def _put(self, text: str) -> None:
        self._out.append(text)
        self._length += len(text)
        if self._length > self._most:
            raise Full("".join(self._out)[: self._most])

    def _value(self, item: Any) -> None:
        if not isinstance(item, list):
            self._put(quoted(item) if isinstance(item, str) else json.dumps(item))
        elif isinstance(item[0], int):
            self._node(item[0])
        elif item[0] == "b":
            self._put(f"{int(item[1], 16)}n")
        else:
            self._put("undefined" if item[0] == "u" else item[1])

    def _node(self, number: int) -> None:
        if number < 1 or number in self._open or len(self._open) >= limits.PREVIEW_DEPTH:
            raise NoExpression("it refers to itself, or is nested too deeply")
        self._open.append(number)
        kind, *items = self._table[number]
        match kind:
            case "A":
                self._listed("[", items, "]")
            case "O":
                self._object(items)
            case "M":
                self._pairs("new Map([", items)
            case "S":
                self._listed("new Set([", items, "])")
            case "D":
                self._put(f"new Date({'NaN' if items[0] is None else json.dumps(items[0])})")
            case "R":
                self._put(f"new RegExp({quoted(items[0])}, {quoted(items[1])})")
            case "E" if items[0] in ERRORS:
                self._put(f"new {items[0]}({quoted(items[1] or '')})")
            case "X":
                self._put(f"new DOMException({quoted(items[1])}, {quoted(items[0])})")
            case "P":
                self._listed("Object(", items, ")")
            case "B":
                self._put(f"{byte_array(self._bytes(number))}.buffer")
            case "V":
                self._view(*items)
            case _:
                raise NoExpression("it has no literal")
        self._open.pop()

    def _listed(self, before: str, items: list[Any], behind: str) -> None:
        self._put(before)
        for at, item in enumerate(items):
            if at:
                self._put(", ")
            self._value(item)
        self._put(behind)

    def _object(self, items: list[Any]) -> None:
        self._put("{")
        for at in range(0, len(items), 2):
            name = quoted(items[at])
            self._put(f"{', ' if at else ' '}{f'[{name}]' if items[at] == '__proto__' else name}: ")
            self._value(items[at + 1])
        self._put(" }" if items else "}")

    def _pairs(self, before: str, items: list[Any]) -> None:
        self._put(before)
        for at in range(0, len(items), 2):
            self._listed(", [" if at else "[", items[at : at + 2], "]")
        self._put("])")

    def _view(self, kind: str, buffer: list[int], offset: int, length: int) -> None:
        part = byte_array(self._bytes(buffer[0])[offset : offset + length * ITEM_BYTES[kind]])
        self._put(part if kind == "Uint8Array" else f"new {kind}({part}.buffer)")

    def _bytes(self, number: int) -> bytes:
        _, size, words, *_ = self._table[number]
        return b"".join((word & 0xFFFFFFFF).to_bytes(4, "little") for word in words)[:size]


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_odd_keys(value: Any) -> bool:
    level = [value]
    while level:
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                if any(key.isdecimal() or key == "__proto__" for key in item):
                    return True
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        level = below
    return False
