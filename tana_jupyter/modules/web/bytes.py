"""Conversions of bytes that the host does faster than the engine. Bytes cross as text, one character each."""

import base64
import binascii

from tana_jupyter.errors import GuestError

MOST_CHARACTERS = 1024 * 1024


def bytes_of(text: object) -> bytes:
    """The bytes of one argument, refused where it is anything but text of one character per byte."""
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise GuestError("TypeError", f"Bytes cross as text of at most {MOST_CHARACTERS} characters")
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise GuestError("TypeError", "Bytes cross as one character per byte") from None


def to_base64(binary: object = None, *_: object) -> str:
    """Base64 of bytes.

    >>> to_base64("hi")
    'aGk='
    """
    return base64.b64encode(bytes_of(binary)).decode()


def from_base64(letters: object = None, *_: object) -> str:
    """The bytes of base64 without its padding.

    >>> from_base64("aGk")
    'hi'
    """
    encoded = bytes_of(letters)
    try:
        return base64.b64decode(encoded + b"=" * (-len(encoded) % 4), validate=True).decode("latin-1")
    except binascii.Error:
        raise GuestError("InvalidCharacterError", "This is not base64") from None


def repair_utf8(binary: object = None, *_: object) -> str:
    r"""Text of UTF-8 with mistakes: each maximal wrong part becomes one U+FFFD, as WHATWG Encoding wants.

    >>> repair_utf8("a\xf0\x9f\x92b")
    'a\ufffdb'
    """
    return bytes_of(binary).decode("utf-8", "replace")
