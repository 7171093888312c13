r"""Keys of Deno KV: parts to bytes that sort by type and then by value, and to text that people read and write.

    >>> key = pack(("users", 42, b"\0"))
    >>> show(key)
    '["users", 42n, new Uint8Array([0])]'
    >>> parse(show(key)) == key
    True

A part is bytes, str, int (a bigint), float (a number) or bool. Types sort as bytes < str < int < float < False < True.
"""

import math
import re
import struct
from collections.abc import Callable, Sequence
from typing import TypeAlias

from tana_jupyter.errors import TanaError
from tana_jupyter.guesttext import well_formed

Part: TypeAlias = bytes | str | int | float | bool

BYTES, STRING, ZERO, NUMBER, FALSE, TRUE = 0x01, 0x02, 0x14, 0x21, 0x26, 0x27
LARGE, LARGE_NEGATIVE = 0x1D, 0x0B  # bigints of more than 8 bytes say how many they have
BIGINT_MOST = 255  # bytes
SIGN, ALL = 1 << 63, (1 << 64) - 1

_double = struct.Struct(">d")
_word = struct.Struct(">Q")


def pack(parts: Sequence[Part]) -> bytes:
    r"""The bytes of a key, as Deno writes them.

    >>> pack(("a\0b", -1, 0.0, True)).hex(" ")
    '02 61 00 ff 62 00 13 fe 21 80 00 00 00 00 00 00 00 27'

    :raises TanaError: a part of another type, or an integer of more than 255 bytes.
    """
    return b"".join(map(pack_part, parts))


def pack_part(part: Part) -> bytes:
    """The bytes of one part."""
    if isinstance(part, str):
        return b"\x02%b\0" % well_formed(part).encode().replace(b"\0", b"\0\xff")
    if isinstance(part, bool):
        return b"\x27" if part else b"\x26"
    if isinstance(part, int):
        return _pack_bigint(part)
    if isinstance(part, float):
        return pack_number(part)
    if isinstance(part, bytes | bytearray | memoryview):
        return b"\x01%b\0" % bytes(part).replace(b"\0", b"\0\xff")
    raise TanaError(f"a key has parts of bytes, str, int (bigint), float (number) or bool, not {type(part).__name__}")


def pack_number(number: float) -> bytes:
    """The bytes of a number: the double, its bits turned so that they sort; of NaN only the sign is kept."""
    if math.isnan(number):
        number = math.copysign(math.nan, number)
    bits: int = _word.unpack(_double.pack(number))[0]
    return b"\x21" + _word.pack(bits ^ ALL if bits & SIGN else bits | SIGN)


def _pack_bigint(number: int) -> bytes:
    size = (abs(number).bit_length() + 7) // 8
    if size > BIGINT_MOST:
        raise TanaError(f"BigUint requires more than {BIGINT_MOST} bytes to be represented")
    digits = (number if number >= 0 else number + (1 << 8 * size) - 1).to_bytes(size, "big")
    if size <= 8:
        return bytes((ZERO + size if number >= 0 else ZERO - size,)) + digits
    return bytes((LARGE, size) if number > 0 else (LARGE_NEGATIVE, size ^ 0xFF)) + digits


def unpack(key: bytes) -> tuple[Part, ...]:
    r"""The parts of a key.

    >>> unpack(b"\x02users\x00\x15\x2a")
    ('users', 42)

    :raises TanaError: these bytes are no such key.
    """
    parts: list[Part] = []
    at = 0
    try:
        while at < len(key):
            part, at = _unpack_part(key, at)
            parts.append(part)
    except (IndexError, ValueError, struct.error):
        raise TanaError(f"these bytes are no key of Deno KV: {key[:40].hex()}") from None
    return tuple(parts)


def _unpack_part(key: bytes, at: int) -> tuple[Part, int]:
    kind = key[at]
    at += 1
    if kind in (BYTES, STRING):
        end = key.index(0, at)
        while key[end + 1 : end + 2] == b"\xff":
            end = key.index(0, end + 2)
        content = key[at:end].replace(b"\0\xff", b"\0")
        return content if kind == BYTES else content.decode(), end + 1
    if kind == NUMBER:
        bits: int = _word.unpack_from(key, at)[0]
        number: float = _double.unpack(_word.pack(bits ^ SIGN if bits & SIGN else bits ^ ALL))[0]
        return number, at + 8
    if kind in (FALSE, TRUE):
        return kind == TRUE, at
    if kind in (LARGE, LARGE_NEGATIVE):
        size, negative = key[at] ^ (0 if kind == LARGE else 0xFF), kind == LARGE_NEGATIVE
        at += 1
    elif abs(kind - ZERO) <= 8:
        size, negative = abs(kind - ZERO), kind < ZERO
    else:
        raise ValueError(kind)
    digits = key[at : at + size]
    if len(digits) < size:
        raise ValueError(size)
    magnitude = int.from_bytes(digits, "big")
    return (magnitude - (1 << 8 * size) + 1 if negative else magnitude), at + size


def show(key: bytes) -> str:
    r"""A key as it stands in a program; bytes that are none are shown as they are.

    >>> show(pack(("users", 42, 1.5, b"\x01\x02")))
    '["users", 42n, 1.5, new Uint8Array([1, 2])]'
    >>> show(b"\xff\x00")
    'bytes ff00'
    """
    try:
        parts = unpack(key)
    except TanaError:
        return f"bytes {key.hex()}"
    return f"[{', '.join(map(show_part, parts))}]"


def show_part(part: Part) -> str:
    """One part as it stands in a program."""
    if isinstance(part, str):
        return f'"{_ESCAPED.sub(_escape, part)}"'
    if isinstance(part, bool):
        return "true" if part else "false"
    if isinstance(part, int):
        return f"{part}n"
    if isinstance(part, float):
        return show_number(part)
    return f"new Uint8Array([{', '.join(map(str, part))}])"


_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(found: re.Match[str]) -> str:
    # Beside what JSON escapes: controls and marks that would turn a line of a table round.
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}"


def show_number(number: float) -> str:
    """A number as JavaScript writes it; -0 and the two kinds of NaN a key can hold are told apart."""
    if math.isnan(number):
        return "NaN" if math.copysign(1, number) > 0 else "-NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    mantissa, _, exponent = repr(abs(number)).partition("e")
    text = mantissa.removesuffix(".0")
    if exponent:
        # Python writes exponents from 1e16 and below 1e-4 on, JavaScript from 1e21 and below 1e-6 on.
        power, digits = int(exponent), text.replace(".", "")
        if 0 < power < 21:
            text = digits.ljust(power + 1, "0")
        elif -6 <= power < 0:
            text = f"0.{'0' * (-power - 1)}{digits}"
        else:
            text = f"{text}e{power:+d}"
    return f"-{text}" if math.copysign(1, number) < 0 else text


def parse(text: str) -> bytes:
    r"""The bytes of a key written as :func:`show` writes it, or as JSON.

    >>> parse('["users", 42n, new Uint8Array([1, 2])]') == pack(("users", 42, b"\x01\x02"))
    True

    :raises TanaError: the text is no key.
    """
    return _Parser(text).key()


_NUMBER = re.compile(r"-?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""", re.DOTALL)
_BIGINT = re.compile(r"-?\d{1,700}n")
_ARRAY = re.compile(r"(?:new\s+)?Uint8Array\s*\(\s*\[([\d\s,]*)\]\s*\)|Uint8Array\s*\(\d+\)\s*\[([\d\s,]*)\]")
_WORD = re.compile(r"true|false")
_RAW = re.compile(r"bytes ((?:[0-9a-fA-F]{2})*)")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_NAMED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}


class _Parser:
    """Reads one key from a text, part by part."""

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TanaError(f"a key is written as a text, not as {type(text).__name__}")
        self.text = text.strip()
        self.at = 0

    def key(self) -> bytes:
        """The bytes of the key."""
        raw = _RAW.fullmatch(self.text)
        if raw is not None:
            return bytes.fromhex(raw[1])
        self._expect("[")
        parts: list[Part] = []
        while not self._skip("]"):
            if parts:
                self._expect(",")
                if self._skip("]"):
                    break
            parts.append(self._part())
        if self.at < len(self.text):
            raise self._wrong()
        return pack(parts)

    def _part(self) -> Part:
        for pattern, read in _READERS:
            found = pattern.match(self.text, self.at)
            if found is not None:
                self.at = found.end()
                try:
                    return read(found)
                except (ValueError, OverflowError):
                    self.at = found.start()
        raise self._wrong()

    def _skip(self, mark: str) -> bool:
        self._blank()
        there = self.text.startswith(mark, self.at)
        self.at += len(mark) if there else 0
        self._blank()
        return there

    def _blank(self) -> None:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1

    def _expect(self, mark: str) -> None:
        if not self._skip(mark):
            raise self._wrong()

    def _wrong(self) -> TanaError:
        where = f"at {self.text[self.at : self.at + 20]!r}" if self.at < len(self.text) else "at its end"
        return TanaError(f'{self.text[:80]!r} is no key of Deno KV ({where}): write it as ["users", 42n, 1.5, true]')


def _unquoted(found: re.Match[str]) -> str:
    text = _ESCAPE.sub(_character, found[0][1:-1])
    # Halves of a pair that were escaped one by one belong together.
    return well_formed(text)


def _character(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3]
    return chr(int(digits, 16)) if digits else _NAMED.get(found[4], found[4])


def _bytes(found: re.Match[str]) -> bytes:
    return bytes(int(item) for item in (found[1] or found[2] or "").split(",") if item.strip())


def _number(found: re.Match[str]) -> float:
    return float(found[0])


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Part]], ...] = (
    (_STRING, _unquoted),
    (_BIGINT, lambda found: int(found[0][:-1])),
    (_ARRAY, _bytes),
    (_WORD, lambda found: found[0] == "true"),
    (_NUMBER, _number),
)
