"""What one row looks like in a table: its key, the type of its value, and a line of it."""

import json
import re
from typing import Final, NamedTuple

import orjson

from tana_jupyter import denokey
from tana_jupyter.engine.nodes import GuestErrorValue, RegExp
from tana_jupyter.engine.values import to_python
from tana_jupyter.errors import TanaError, ValueCrossingError
from tana_jupyter.glance import glance
from tana_jupyter.guesttext import loads, well_formed
from tana_jupyter.limits import PREVIEW, PREVIEW_DEPTH, PREVIEW_LOOK
from tana_jupyter.spaces import QUEUE

SPACE: Final = b" \t\r\n"
STARTS: Final = frozenset(b'{["-0123456789tfn')
STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\Z)', re.DOTALL)
BRACKETS: Final = re.compile(rb"[\[{]|[\]}]")
LONE: Final = re.compile(r"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u[dD][89a-fA-F]..")
ROOT: Final = re.compile(rb'\x01\[\[(?:"([a-z])"|1\],\["([A-Z])")')

# Letters of engine/nodes.js: values that are written where they stand, and those that are nodes of the table.
CLONES: Final = {
    b"u": "undefined",
    b"b": "bigint",
    b"n": "number",
    b"A": "array",
    b"H": "array",
    b"O": "object",
    b"P": "object",
    b"M": "map",
    b"S": "set",
    b"D": "date",
    b"R": "regexp",
    b"E": "error",
    b"X": "error",
    b"B": "bytes",
    b"V": "bytes",
}
JSONS: Final = {str: "string", int: "number", float: "number", bool: "boolean", dict: "object", list: "array"}


class Preview(NamedTuple):
    """The type of a value, and its beginning."""

    type: str
    """``string number boolean null object array bytes`` and so on; ``empty-string`` is a type of its own."""
    text: str
    """At most 200 characters and no lone surrogates; control characters and marks are as they are."""


def preview(value: bytes, encoding: str, room: int = PREVIEW) -> Preview:
    """The type and the beginning of a stored value, at a bounded price: the first 4 KiB are looked at.

    A text of kv or data that is JSON has the type of that JSON, since that is what the contract reads from it.

    >>> preview(b'{"n":1}', "text"), preview(b"hello", "text")
    (Preview(type='object', text='{"n":1}'), Preview(type='string', text='hello'))
    >>> preview(bytes([255, 0]), "bytes")
    Preview(type='bytes', text='ff 00')
    """
    if encoding == "bytes":
        return Preview("bytes", _cut(value[:room].hex(" "), room))
    if encoding == "u64":
        return Preview("u64", f"{int.from_bytes(value[:8], 'little')}n")
    if encoding == "clone":
        return _of_clone(value, room)
    if encoding == "json" and value == b'""':
        return Preview("empty-string", "")
    head = value[:PREVIEW_LOOK]
    kind = json_type(value) or ("string" if head else "empty-string")
    return Preview(kind, _cut(head.decode("utf-8", "replace"), room))


def json_type(value: bytes) -> str | None:
    """The type of a JSON text, None where it is none; of a long text only beginning and end are looked at.

    >>> json_type(b"[1, 2]"), json_type(b"null"), json_type(b"[1, 2"), json_type(b"[" * 101)
    ('array', 'null', None, 'json-too-deep')
    """
    head = value[:PREVIEW_LOOK].lstrip(SPACE)
    if not head or head[0] not in STARTS:
        return None
    if too_deep(head):
        return "json-too-deep"
    if len(value) <= PREVIEW_LOOK:
        return _parsed_type(value)
    first, second, last = head[:1], head[1:].lstrip(SPACE)[:1], value[-PREVIEW_LOOK:].rstrip(SPACE)[-1:]
    if first == b"{" and second in b'"}' and last == b"}":
        return "object"
    if first == b"[" and second and (second == b"]" or second[0] in STARTS) and last == b"]":
        return "array"
    return "string" if first == last == b'"' else None


def too_deep(text: bytes) -> bool:
    """Whether JSON nests deeper than is looked into, as far as this text goes."""
    if text.count(b"[") + text.count(b"{") <= PREVIEW_DEPTH:
        return False
    depth = 0
    for bracket in BRACKETS.finditer(STRINGS.sub(b"", text)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > PREVIEW_DEPTH:
            return True
    return False


def plain_value(value: bytes, encoding: str) -> object:
    """A stored value as a table's cell holds it: str, bytes, int, or what a Deno value is in Python.

    What cannot be a Python value, or nests too deeply to be shown, is its text.
    """
    if encoding == "bytes":
        return value
    if encoding == "u64":
        return int.from_bytes(value, "little")
    text = value.decode("utf-8", "replace")
    if encoding == "text":
        return text
    if too_deep(value):
        return _well_formed(text)
    try:
        return to_python(_well_formed(text))
    except (ValueCrossingError, RecursionError):
        return preview(value, encoding).text


def json_value(value: bytes, encoding: str) -> object:
    """A stored value with its text read as JSON, where it is JSON; else as ``plain_value`` has it.

    >>> json_value(b'{"n": 1}', "text"), json_value(b"hello", "text")
    ({'n': 1}, 'hello')
    """
    if encoding != "text" or json_type(value) in {None, "json-too-deep"} or too_deep(value):
        return plain_value(value, encoding)
    try:
        return loads(_well_formed(value.decode("utf-8", "replace")).encode())
    except (ValueError, RecursionError):
        return plain_value(value, encoding)


def key_text(api: str, key: bytes) -> str:
    """A key as people write it: text in kv and data, the list of its parts in deno.

    >>> key_text("kv", b"user:1")
    'user:1'
    """
    if api == QUEUE:  # no text: when a message is due, and its number
        return key.hex()
    return denokey.show(key) if api == "deno" else key.decode("utf-8", "replace")


def key_bytes(api: str, text: str) -> bytes:
    """The way back from ``key_text``: in deno a key is written as the list of its parts."""
    return denokey.parse(text) if api == "deno" else well_formed(text).encode()


def deno_prefix(pattern: str) -> bytes:
    """What all Deno keys start with whose text matches a pattern, as far as whole parts of it say.

    >>> deno_prefix('["users", *') == deno_prefix('["users", 4*') == key_bytes("deno", '["users"]')
    True
    """
    before, star, _ = pattern.partition("*")
    try:
        return denokey.parse(before.rpartition(",")[0] + "]" if star else pattern)
    except TanaError:  # the star stands within the first part, or this is no key
        return b""


def _parsed_type(text: bytes) -> str | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        # Numbers such as 1e999 and halves of surrogate pairs, which JavaScript reads.
        try:
            value = json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return None
    return "null" if value is None else JSONS[type(value)]


def _refuse(word: str) -> None:
    raise ValueError(word)


def _of_clone(value: bytes, room: int) -> Preview:
    """A value that JSON does not say in full; ``to_python`` reads it, and JSON as well."""
    found = ROOT.match(value)
    if found is None:
        return Preview(json_type(value) or "object", _cut(value[:PREVIEW_LOOK].decode("utf-8", "replace"), room))
    kind = CLONES.get(found[1] or found[2], "object")
    if len(value) > PREVIEW_LOOK or too_deep(value):
        return Preview(kind, f"{kind} of {len(value):,} bytes")
    try:
        held = to_python(_well_formed(value.decode("utf-8", "replace")))
    except (ValueCrossingError, RecursionError):
        return Preview(kind, f"{kind} that Python has no value for")
    return Preview(kind, _written(kind, held, room))


def _written(kind: str, held: object, room: int) -> str:
    """As JavaScript writes it; Python has no word for some of it."""
    if kind == "undefined":
        return "undefined"
    if kind == "bigint":
        return f"{glance(held, room - 1).removesuffix('n')}n"
    if kind == "bytes" and isinstance(held, bytes):
        return _cut(held[:room].hex(" "), room)
    if kind == "date":
        return glance(held, room) if held is not None else "Invalid Date"
    if isinstance(held, RegExp):
        return _cut(f"/{held.source}/{held.flags}", room)
    if isinstance(held, GuestErrorValue):
        return _cut(f"{held.name}: {held.message}", room)
    return _cut(f"Map {glance(held, room)}" if kind == "map" else glance(held, room), room)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"


def _well_formed(text: str) -> str:
    """JSON without the halves of surrogate pairs that it may hold escaped: no table and no message can carry them."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return LONE.sub(lambda found: "\\ufffd" if len(found[0]) == 6 else found[0], text)
