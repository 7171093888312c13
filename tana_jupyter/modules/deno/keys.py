r"""Keys as modules/deno/keys.js sends them, and the sizes they may have.

>>> key_of(b"\x02users\x01\x02ada\x01")
b'\x02users\x00\x02ada\x00'
>>> key_of(b"\x03\x02n\x01!1.5\x01t\x01").hex(" ")
'02 6e 00 21 bf f8 00 00 00 00 00 00 27'
"""

import struct
from collections.abc import Callable

from tana_jupyter import denokey, limits
from tana_jupyter.errors import GuestError, TanaError
from tana_jupyter.guesttext import loads, well_formed

LONGEST_WRITE = limits.DENO_WRITE_KEY
BAD_PART = "expected string, number, bigint, ArrayBufferView, boolean"
HOT = b"\x02"  # how keys begin that have strings alone
MIXED = b"\x03"  # how keys begin that have other parts as well
# A positive double sorts right once its sign bit is set, which is what packing its negative does.
_negated = struct.Struct(">Bd").pack


def key_of(wire: bytes) -> bytes:
    """The encoded key."""
    if not wire.startswith(MIXED):
        return (wire if wire.isascii() else _utf8(wire)).replace(b"\x01", b"\0")
    try:
        return b"".join(map(_part, wire[1:-1].split(b"\x01")))
    except GuestError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, TanaError):
        raise GuestError("TypeError", BAD_PART) from None


def key_before_stamp(wire: bytes) -> bytes | None:
    """What stands before the versionstamp that is the last part; None where the last part is another."""
    if not wire.startswith(MIXED) or not wire.endswith((b"\x01v\x01", b"\x03v\x01")):
        return None
    before = wire[:-2]
    return b"" if before == MIXED else key_of(before)


def checked_write(key: bytes) -> bytes:
    """A key that may be written, checked or deleted."""
    if not key:
        raise GuestError("TypeError", "key cannot be empty")
    if len(key) > LONGEST_WRITE:
        raise GuestError("TypeError", f"Key too large for write (max {LONGEST_WRITE} bytes)")
    return key


def checked_read(key: bytes, most: int = limits.DENO_READ_KEY - 1) -> bytes:
    """A key that may be read; a range takes another byte behind it."""
    if len(key) > most:
        raise GuestError("TypeError", f"Key too large for read (max {limits.DENO_READ_KEY} bytes)")
    return key


def _part(token: bytes) -> bytes:
    kind, content = token[0], token[1:]
    if kind == 0x02:  # string
        return b"\x02%b\0" % (content if content.isascii() else _utf8(content))
    if kind == 0x21:  # ! number
        number = float(content)
        return _negated(denokey.NUMBER, -number) if number > 0 else denokey.pack_number(number)
    return _OTHERS[kind](content)


def _bytes(content: bytes) -> bytes:
    return denokey.pack_part(bytes(map(int, content.split(b","))) if content else b"")


def _string(content: bytes) -> bytes:
    return denokey.pack_part(loads(content))


def _bigint(content: bytes) -> bytes:
    try:
        return denokey.pack_part(int(content, 16))
    except TanaError as error:
        raise GuestError("TypeError", f"Invalid mutation: {error}") from None


def _utf8(text: bytes) -> bytes:
    """Text of the engine, which writes a lone surrogate as three bytes that no UTF-8 decoder takes."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return well_formed(text.decode("utf-8", "surrogatepass")).encode()
    return text


_OTHERS: dict[int, Callable[[bytes], bytes]] = {
    ord("n"): _bigint,
    ord("b"): _bytes,
    ord("j"): _string,
    ord("t"): lambda _content: b"\x27",
    ord("f"): lambda _content: b"\x26",
}
