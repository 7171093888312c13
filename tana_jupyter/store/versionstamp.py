"""The text form of versionstamps: 20 lower-case hex digits, 16 for the commit and 4 that are always zero."""

import re

_TEXT = re.compile(r"[0-9a-fA-F]{20}", re.ASCII)
_LARGEST = 2**63 - 1
NEVER = -1
"""What :func:`from_text` makes of a well-formed text that no commit can have: a check that never holds."""


def to_text(versionstamp: int) -> str:
    """Write a versionstamp so that text order is commit order.

    >>> to_text(26)
    '000000000000001a0000'
    """
    return f"{versionstamp:016x}0000"


def from_text(text: str) -> int:
    """Read what :func:`to_text` wrote; upper-case digits are fine too.

    >>> from_text("000000000000001A0000")
    26
    >>> from_text("000000000000001a0001") == NEVER
    True

    :raises ValueError: not 20 hex digits.
    """
    if _TEXT.fullmatch(text) is None:
        raise ValueError("a versionstamp has 20 hex digits")
    number = int(text[:16], 16)
    return number if text.endswith("0000") and 0 < number <= _LARGEST else NEVER
