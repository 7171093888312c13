"""A short line for any value: bounded in length and in work, whatever the value is, and safe to lay out."""

import contextlib
import json
import math
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from tana_jupyter.guesttext import well_formed
from tana_jupyter.limits import PREVIEW

LEVELS: Final = 8
MEMBERS: Final = 1000  # of a Set that are put in order; Python's own order changes from kernel to kernel
SAFE: Final = 2**53

# Letters that have no form, break the line or turn its direction: a key could use them to look like another one.
# Joiners are not among them: emoji and some scripts are written with them.
SHAPELESS: Final = (
    "\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
)
UNSEEN: Final = re.compile(f"[\x00-\x1f{SHAPELESS}]")
HIDDEN: Final = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{SHAPELESS}]")  # without line ends and tabs
NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
PLAIN_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def one_line(text: str, room: int = PREVIEW) -> str:
    r"""A text as one line of at most ``room`` characters, in which nothing is hidden.

    >>> one_line("a\nb\u202ec")
    'a\\nb\\u202ec'
    >>> one_line("abcdef", 4)
    'abc…'
    """
    line = UNSEEN.sub(_escaped, well_formed(text[: room + 1]))
    return line if len(line) <= room else f"{line[: room - 1]}…"


def hides(text: str, room: int = PREVIEW) -> bool:
    """Whether the beginning of a text has letters that cannot be seen; line ends and tabs do not count."""
    start = text[:room]
    return not start.isprintable() and HIDDEN.search(start) is not None


def glance(value: object, room: int = PREVIEW) -> str:
    """A Python value in one line, written as JavaScript shows it.

    >>> glance({"id": 1, "tags": ["a", None]})
    '{ id: 1, tags: ["a", null] }'
    """
    line = _Line(room)
    with contextlib.suppress(_Full):
        line.write(value, LEVELS)
    return one_line("".join(line.parts), room)


class _Full(Exception):
    """The line has no room left."""


class _Line:
    """Pieces of a line up to its end; a value is read no further than that."""

    def __init__(self, room: int) -> None:
        self.parts: list[str] = []
        self._left = room + 1

    def put(self, text: str) -> None:
        self.parts.append(text)
        self._left -= len(text)
        if self._left <= 0:
            raise _Full

    def write(self, value: object, levels: int) -> None:
        if isinstance(value, dict):
            self._group("{ ", value, " }", levels, value)
        elif isinstance(value, list | tuple):
            self._group("[", value, "]", levels)
        elif isinstance(value, set | frozenset):
            self._group("Set { ", sorted(value, key=repr) if len(value) <= MEMBERS else value, " }", levels)
        else:
            self.put(_scalar(value, self._left))

    def _group(
        self, start: str, items: Collection[object], end: str, levels: int, named: Mapping[object, object] | None = None
    ) -> None:
        if not items:
            self.put(start.rstrip() + end.lstrip())
            return
        self.put(start)
        if not levels:
            self.put(f"…{end}")
            return
        for at, item in enumerate(items):
            if at:
                self.put(", ")
            if named is not None:
                self.put(f"{_name(item, self._left)}: ")
            self.write(item if named is None else named[item], levels - 1)
        self.put(end)


def _name(name: object, room: int) -> str:
    plain = isinstance(name, str) and PLAIN_NAME.fullmatch(name[: room + 1])
    return plain[0] if plain else _scalar(name, room)


def _scalar(value: object, room: int) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value}" if -SAFE < value < SAFE else f"{large(value, room)}n"
        case float():
            return number(value)
        case str():
            return json.dumps(value[: room + 1], ensure_ascii=False)
        case bytes():
            return f"Uint8Array({len(value)}) [{', '.join(map(str, value[:room]))}]"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
    return repr(value)[: room + 1]


def number(value: float) -> str:
    """A Number as JavaScript writes it.

    >>> number(5.0), number(float("nan")), number(float("-inf"))
    ('5', 'NaN', '-Infinity')
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    if value.is_integer() and abs(value) < 1e21:
        return f"{int(value)}"
    return re.sub(r"e([+-])0*", r"e\1", repr(value))


def large(value: int, room: int) -> str:
    """The first digits of an integer of any size; Python refuses to write more than 4,300 and takes long for them."""
    if value.bit_length() < 4 * room + 64:
        return f"{value}"
    return f"0x{value >> max(value.bit_length() - 4 * room, 0):x}…"


def _escaped(found: re.Match[str]) -> str:
    letter = found[0]
    return NAMED.get(letter) or (f"\\u{ord(letter):04x}" if letter < "\U00010000" else f"\\u{{{ord(letter):x}}}")
