"""Rows that others made, with a plain SET: they get a versionstamp and a place in the index, their value stays.

This happens where such a row is met: by a read of its key, by a listing that finds its value rewritten, and for all
rows of a database that is not too large when a store is opened on it.
"""

from collections.abc import Sequence

from tana_jupyter.store.redis.known import Known
from tana_jupyter.store.redis.layout import MOVABLE, belongs, keys_of, life_of, pack, place_of
from tana_jupyter.store.redis.link import Link
from tana_jupyter.store.redis.looking import look
from tana_jupyter.store.redis.rows import encoding_of
from tana_jupyter.store.redis.transaction import execute
from tana_jupyter.store.redis.wire import command, command_over

AT_OPENING = 50_000
"""Keys of a server up to which all of them are looked at when a store is opened."""
_PIECE = 1000


def adopt(link: Link, known: Known, members: Sequence[bytes], now: int) -> bool:
    """Make rows of these values, those that are none yet. False if somebody was in the way: look again."""
    found = look(link, known, members)
    strangers = {
        member: value
        for member, value in found.values.items()
        if value is not None and ((old := found.beside[member]) is None or not belongs(member, value, old))
    }
    if not strangers:
        return True
    keys = known.keys
    # A time to live that its writer gave the value is the row's too.
    spans = link.ask(b"".join(command(b"PTTL", keys.values + member) for member in strangers), len(strangers))
    stamp = known.next(0)
    head = known.head_for(stamp)
    pairs: list[bytes] = [keys.head, head]
    expiring: list[bytes] = []
    for (member, value), span in zip(strangers.items(), spans, strict=True):
        old = found.beside[member]
        created = now if old is None else life_of(old)[0]
        until = now + 1000 * span if span >= 0 else None
        pairs += (keys.beside + member, pack(member, value, encoding_of(value), stamp, (created, now, until), None))
        if until is not None:
            expiring += (b"%d" % until, member)
    steps = [
        command(b"MSET", *pairs),
        command(b"ZADD", keys.order, *(part for member in strangers for part in (b"0", member))),
        command(b"ZADD", keys.changes, *(part for member in strangers for part in (b"%d" % stamp, member))),
    ]
    if expiring:
        steps.append(command(b"ZADD", keys.expiry, *expiring))
    return execute(link, known, b"".join(steps), len(steps), stamp, head) is not None


def strangers_of(link: Link) -> dict[str, list[bytes]]:
    """Find the values on a server that nobody made rows of yet: contract -> members; none if it has too many keys."""
    (size,) = link.ask(command(b"DBSIZE"), 1)
    found: dict[str, list[bytes]] = {}
    cursor = b"0" if 0 < size <= AT_OPENING else b""
    while cursor:
        ((cursor, names),) = link.ask(
            command(b"SCAN", cursor, b"MATCH", MOVABLE, b"COUNT", b"%d" % _PIECE, b"TYPE", b"string"), 1
        )
        cursor = b"" if cursor == b"0" else cursor
        groups: dict[str, list[bytes]] = {}
        for contract, member in filter(None, map(place_of, names)):
            groups.setdefault(contract, []).append(member)
        for contract, members in groups.items():
            lonely = _without_beside(link, contract, members)
            if lonely:
                found.setdefault(contract, []).extend(lonely)
    return found


def _without_beside(link: Link, contract: str, members: Sequence[bytes]) -> list[bytes]:
    beside = keys_of(contract).beside
    (count,) = link.ask(command_over(members, (beside,), b"EXISTS"), 1)
    if count == len(members):
        return []
    exist = link.ask(b"".join(command(b"EXISTS", beside + member) for member in members), len(members))
    return [member for member, there in zip(members, exist, strict=True) if not there]
