"""Where a contract's rows lie in Redis, and what lies beside each of them.

Everything about the contract ``counter`` shares the hash tag ``{counter}``, hence one slot of a cluster::

    contract:{counter}:kv:user:1        a string: the value of a row, nothing else (tana-edge reads and writes it)
    contract:{counter}:meta:kv:user:1   a string: versionstamp, times, checksum, length, encoding, metadata
    contract:{counter}:meta:index       a sorted set of members such as kv:user:1, all with score 0
    contract:{counter}:meta:changes     the same members by versionstamp, never below the row's own
    contract:{counter}:meta:expiry      those that expire, by their time
    contract:{counter}:meta:head        a string: newest versionstamp, a mark made with the first commit
    tana:contracts                      a set: the names of contracts

A row is there if both of its strings are. Index, changes and expiry hold at least what is there: readers skip
members that the two strings do not confirm, such as rows that Redis itself removed at their time.
"""

import re
import struct
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes
from zlib import crc32

from tana_jupyter.store.protocol import Row

CONTRACTS = b"tana:contracts"
READABLE = ("data", "kv")
"""The spaces whose rows others may write as plain strings."""
MOVABLE = b"contract:{*}:[dk][av]*"
"""A pattern that matches the values of the readable spaces."""

_BESIDE = struct.Struct(">qqqqIIB")
_NEVER = -(2**63)
_LETTERS = {"text": 116, "bytes": 98, "u64": 117, "json": 106, "clone": 99}
_ENCODINGS = {letter: name for name, letter in _LETTERS.items()}
_ANNOTATED = 128  # added to the letter where metadata follows
_VALUE_KEY = re.compile(rb"contract:\{([^}]*)\}:((?:data|kv):.*)", re.DOTALL)
_named = tuple.__new__


class Keys(NamedTuple):
    """The names of a contract's keys; those of a row are ``values + member`` and ``beside + member``."""

    values: bytes
    beside: bytes
    head: bytes
    order: bytes
    changes: bytes
    expiry: bytes


def keys_of(contract: str) -> Keys:
    """Return the names for a contract. A name that the session would never allow cannot break out of its braces.

    >>> keys_of("counter").head
    b'contract:{counter}:meta:head'
    """
    tag = f"contract:{{{quote_from_bytes(contract.encode(), safe='')}}}:".encode()
    beside = tag + b"meta:"
    return Keys(tag, beside, *(beside + name for name in (b"head", b"index", b"changes", b"expiry")))


def member_of(space: str, key: bytes) -> bytes:
    """Return what stands for a row in the sorted sets: ``kv:user:1``."""
    return b"%b:%b" % (space.encode(), key)


def key_of(member: bytes) -> bytes:
    """Return the row's own key."""
    return member.partition(b":")[2]


def place_of(name: bytes) -> tuple[str, bytes] | None:
    """Return contract and member for the name of a readable value, None for any other.

    >>> place_of(b"contract:{counter}:kv:user:1")
    ('counter', b'kv:user:1')
    """
    found = _VALUE_KEY.fullmatch(name)
    return (unquote_to_bytes(found[1]).decode("utf-8", "replace"), found[2]) if found else None


def pack(
    member: bytes,
    value: bytes,
    encoding: str,
    versionstamp: int,
    times: tuple[int, int, int | None],
    metadata: bytes | None,
) -> bytes:
    """Write what lies beside a value; ``times`` are created, updated, expires."""
    created_at, updated_at, expires_at = times
    letter = _LETTERS[encoding] if metadata is None else _LETTERS[encoding] | _ANNOTATED
    until = _NEVER if expires_at is None else expires_at
    fixed = _BESIDE.pack(versionstamp, created_at, updated_at, until, _sum(member, value), len(value), letter)
    return fixed if metadata is None else fixed + metadata


def row_of(member: bytes, value: bytes, beside: bytes) -> Row | None:
    """Put a row together; None if somebody else has written its value since."""
    version, created, updated, until, total, _, letter = _BESIDE.unpack_from(beside)
    if total != _sum(member, value):
        return None
    metadata = beside[_BESIDE.size :] if letter & _ANNOTATED else None
    expires = None if until == _NEVER else until
    fields = (key_of(member), value, _ENCODINGS[letter & 127], version, created, updated, expires, metadata)
    row: Row = _named(Row, fields)  # a third of the time of Row(*fields)
    return row


def rows_of(
    space: str,
    members: Sequence[bytes],
    values: Sequence[bytes | None],
    besides: Sequence[bytes | None],
    now: int,
    *,
    checked: bool,
) -> tuple[list[Row], list[bytes]]:
    """Put many rows together: those that are live, and the members whose value somebody else wrote.

    What :func:`row_of` does, without a call for each of a thousand rows.
    """
    cut, size, unpack = len(space) + 1, _BESIDE.size, _BESIDE.unpack_from
    checked = checked and space in READABLE
    rows: list[Row] = []
    foreign: list[bytes] = []
    for member, value, beside in zip(members, values, besides, strict=True):
        if value is None:
            continue
        if beside is None:
            foreign.append(member)
            continue
        version, created, updated, until, total, _, letter = unpack(beside)
        if checked and crc32(value) != total:
            foreign.append(member)
        elif until == _NEVER or until > now:
            metadata = beside[size:] if letter & _ANNOTATED else None
            expires = None if until == _NEVER else until
            fields = (member[cut:], value, _ENCODINGS[letter & 127], version, created, updated, expires, metadata)
            rows.append(_named(Row, fields))
    return rows, foreign


def life_of(beside: bytes) -> tuple[int, int | None]:
    """Return when a row was created and when it is over."""
    _, created, _, until, *_ = _BESIDE.unpack_from(beside)
    return created, None if until == _NEVER else until


def belongs(member: bytes, value: bytes, beside: bytes) -> bool:
    """Whether ``beside`` was written for this value; others may have written the value since."""
    return bool(_BESIDE.unpack_from(beside)[4] == _sum(member, value))


def version_of(beside: bytes) -> int:
    """Return the versionstamp."""
    version: int = _BESIDE.unpack_from(beside)[0]
    return version


def expiry_of(beside: bytes) -> int | None:
    """Return when the row is over."""
    until: int = _BESIDE.unpack_from(beside)[3]
    return None if until == _NEVER else until


def content_of(beside: bytes) -> int:
    """Return the bytes of value and metadata, as they were written."""
    length: int = _BESIDE.unpack_from(beside)[5]
    return length + len(beside) - _BESIDE.size


def _sum(member: bytes, value: bytes) -> int:
    return 0 if member.startswith((b"deno:", b"queue:")) else crc32(value)
