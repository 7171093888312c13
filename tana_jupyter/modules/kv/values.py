"""Values on their way between a contract and the store."""

from typing import NamedTuple

import orjson

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.modules.host import Host
from tana_jupyter.modules.kv.keys import utf8
from tana_jupyter.store.protocol import Row

SLICE = 262_144  # bytes; a multiple of 4


class Received(NamedTuple):
    """A value that a contract sent."""

    data: bytes
    encoding: str
    size: int


def received(host: Host, sent: object) -> Received:
    """Read a value as ``sent`` in writing.js made it: a text, or what it is and how it came.

    ``["ahead", number]`` is a long text and ``["bytesAhead", number]`` are bytes that went ahead in slices,
    ``["bytes", text]`` are bytes as one character each, and ``["size", bytes]`` is a value that is too large to
    be sent at all.
    """
    if isinstance(sent, str):
        data = utf8(sent)
        return Received(data, "text", len(data))
    kind, content = sent if isinstance(sent, list) and len(sent) == 2 else (None, None)
    if kind == "size" and isinstance(content, int):
        return Received(b"", "bytes", max(content, limits.KV_VALUE + 1))
    if kind in {"ahead", "bytesAhead"} and isinstance(content, int):
        content = host.ahead(content)
        if kind == "ahead":
            return received(host, content)
    if isinstance(content, str) and kind in {"bytes", "bytesAhead"}:
        try:
            data = content.encode("latin-1")
        except UnicodeEncodeError:
            pass
        else:
            return Received(data, "bytes", len(data))
    raise GuestError("TypeError", "This is no value that kv can store")


def text_of(row: Row) -> str:
    """The value of a row as text; bytes that are no UTF-8 become U+FFFD."""
    return row.value.decode("utf-8", "replace")


def json_of(row: Row) -> bytes:
    """The value of a row for a reader of JSON."""
    return row.value if row.encoding == "text" else text_of(row).encode()


class Outgoing:
    """Bytes on their way into the contract as 32 bit words, which the engine takes in faster than text.

    The contract's side asks for all slices of one value before it does anything else, so one place is enough.
    """

    def __init__(self) -> None:
        self._value = b""

    def begin(self, value: bytes) -> tuple[int, list[int], list[int]]:
        """The size of a value, its first words, and the bytes at its end that fill no word."""
        self._value = value if len(value) > SLICE else b""
        return len(value), _words(value, 0), list(value[len(value) & ~3 :])

    def more(self, at: int) -> bytes:
        """The words from a byte on; the value is forgotten with the last of them."""
        if not isinstance(at, int) or at < 0:
            raise GuestError("TypeError", "There is no such slice")
        words = orjson.dumps(_words(self._value, at & ~3))
        if at + SLICE >= len(self._value):
            self._value = b""
        return words


def _words(value: bytes, at: int) -> list[int]:
    return memoryview(value[at : min(at + SLICE, len(value) & ~3)]).cast("i").tolist()
