"""A look at a contract under WATCH: what a commit decides by."""

from collections.abc import Sequence
from typing import NamedTuple

from tana_jupyter.errors import StoreError
from tana_jupyter.store.redis.known import Known
from tana_jupyter.store.redis.link import Link
from tana_jupyter.store.redis.wire import Refused, command

_KINDS = (b"string", b"zset", b"zset", b"zset")


class Look(NamedTuple):
    """The two strings of some rows, None where one is not there."""

    values: dict[bytes, bytes | None]
    beside: dict[bytes, bytes | None]


def look(link: Link, known: Known, members: Sequence[bytes] = ()) -> Look:
    """Watch a contract and the values of ``members``, and read them.

    An EXEC that follows fails if anything of it was changed in between. What lies under the contract's names must be
    of the right kinds, for in the middle of an EXEC it would be too late to find out: MULTI does not roll back.
    """
    link.watching = None
    keys = known.keys
    values = [keys.values + member for member in members]
    beside = [keys.beside + member for member in members]
    payload = [command(b"UNWATCH"), command(b"WATCH", *keys[2:], *values)]
    payload += [command(b"TYPE", name) for name in keys[2:]]
    payload += [
        command(b"MGET", keys.head, *values, *beside),
        command(b"ZRANGE", keys.changes, b"-1", b"-1", b"WITHSCORES"),
    ]
    if members:
        payload.append(command(b"EXISTS", *values, *beside))
    replies = link.ask_all(b"".join(payload), len(payload))
    for name, kind, expected in zip(keys[2:], replies[2:6], _KINDS, strict=True):
        if not isinstance(kind, Refused) and kind not in {expected, b"none"}:
            raise wrong_kind(name, kind, expected)
    for reply in replies:
        if isinstance(reply, Refused):
            raise reply
    head, *strings = replies[6]
    if members and replies[8] != sum(string is not None for string in strings):
        _refuse_others(link, known, members, strings)
    known.see(head)
    if head is None and replies[7]:
        known.lift(int(float(replies[7][1])))  # somebody deleted the head alone
    link.watching = known
    half = len(members)
    found = Look(dict(zip(members, strings[:half], strict=True)), dict(zip(members, strings[half:], strict=True)))
    for member, text in found.beside.items():
        if text is not None and found.values[member] is not None:
            known.remember(member, text)
    return found


def wrong_kind(name: bytes, kind: bytes, expected: bytes = b"string") -> StoreError:
    """Say what is in the way."""
    return StoreError(
        f"The Redis key {name.decode('utf-8', 'replace')!r} holds a {kind.decode()} and not a {expected.decode()}, so"
        " somebody else uses that name. Nothing was written; delete or rename it there"
    )


def strings_among(link: Link, names: Sequence[bytes]) -> list[bool]:
    """Tell which of these names hold strings; EXISTS counts a list of somebody else, too."""
    kinds = link.ask(b"".join(command(b"TYPE", name) for name in names), len(names))
    return [kind == b"string" for kind in kinds]


def _refuse_others(link: Link, known: Known, members: Sequence[bytes], strings: Sequence[bytes | None]) -> None:
    """Name a key that exists but is no string; MGET takes it for nothing."""
    names = [prefix + member for prefix in known.keys[:2] for member in members]
    doubtful = [name for name, string in zip(names, strings, strict=True) if string is None]
    kinds = link.ask(b"".join(command(b"TYPE", name) for name in doubtful), len(doubtful))
    others = {name: kind for name, kind in zip(doubtful, kinds, strict=True) if kind not in {b"string", b"none"}}
    if others:
        values = [member for member in members if known.keys.values + member in others]
        if values:
            _forget(link, known, values)
        raise wrong_kind(*next(iter(others.items())))


def _forget(link: Link, known: Known, members: Sequence[bytes]) -> None:
    """Take what holds no value out of the sorted sets: a put in one round trip finds out when it has entered it."""
    steps = b"".join(command(b"ZREM", name, *members) for name in known.keys[3:])
    link.ask_all(command(b"MULTI") + steps + command(b"EXEC"), 5, writes=True)  # where it is refused, readers skip them
