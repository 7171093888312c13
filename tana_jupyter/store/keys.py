"""Ranges and patterns over keys, which are bytes and sort as bytes."""

from dataclasses import dataclass, field
from typing import Self


def prefix_end(prefix: bytes) -> bytes | None:
    r"""Return the first key behind all keys that start with ``prefix``, or None if there is no such key.

    >>> prefix_end(b"user:")
    b'user;'
    >>> prefix_end(b"a\xff\xff")
    b'b'
    >>> prefix_end(b"") is None
    True
    """
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes((stem[-1] + 1,)) if stem else None


def after(key: bytes) -> bytes:
    r"""Return the smallest key behind ``key``: where the next page of a scan starts.

    >>> after(b"user:1")
    b'user:1\x00'
    """
    return key + b"\0"


@dataclass(frozen=True, slots=True)
class Glob:
    """A key pattern in which only ``*`` is special and stands for any bytes, also none.

    >>> glob = Glob.of("user:*:name")
    >>> glob.prefix, glob.matches(b"user:7:name"), glob.matches(b"user:7:mail")
    (b'user:', True, False)
    """

    prefix: bytes
    """What every match starts with: scan from here to ``prefix_end(prefix)``."""
    exact: bool
    """Whether there is no ``*`` at all, so that only ``prefix`` itself matches."""
    _middle: tuple[bytes, ...] = field(repr=False)
    _suffix: bytes = field(repr=False)

    @classmethod
    def of(cls, pattern: str) -> Self:
        """Read a pattern; lone surrogates become U+FFFD, as in keys."""
        text = pattern.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        prefix, *rest = text.encode().split(b"*")
        if not rest:
            return cls(prefix, exact=True, _middle=(), _suffix=b"")
        *middle, suffix = rest
        return cls(prefix, exact=False, _middle=tuple(filter(None, middle)), _suffix=suffix)

    def matches(self, key: bytes) -> bool:
        """Tell whether ``key`` matches."""
        if self.exact:
            return key == self.prefix
        if not key.startswith(self.prefix):
            return False
        # With no other wildcard than ``*`` the first place of each part is as good as any: nothing is tried
        # twice, so no pattern is slow.
        at = len(self.prefix)
        for part in self._middle:
            found = key.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return len(key) - at >= len(self._suffix) and key.endswith(self._suffix)
