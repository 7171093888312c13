"""One put or one delete without checks, in one round trip.

A put needs to know its versionstamp and when the row was created before it is sent. The first is known because the
head is watched ever since it was last read: if anybody committed in between, EXEC does nothing. The second is known
for rows that were read or written since; for any other key the guess is that there is no such row, made with
MSETNX, which changes nothing where the guess is wrong. Where a guess fails, or somebody else is in the way, the
careful commit decides.
"""

from tana_jupyter.store.protocol import Committed, Write
from tana_jupyter.store.redis.known import GUESS, Known
from tana_jupyter.store.redis.layout import life_of, member_of, pack
from tana_jupyter.store.redis.link import Link
from tana_jupyter.store.redis.looking import look
from tana_jupyter.store.redis.rows import fresh, native, there
from tana_jupyter.store.redis.transaction import execute
from tana_jupyter.store.redis.wire import HOLE, command, filled, pattern

_NEW = pattern(
    (b"MGET", HOLE, HOLE),
    (b"MSETNX", HOLE, HOLE, HOLE, HOLE),
    (b"SET", HOLE, HOLE),
    (b"ZADD", HOLE, b"0", HOLE),
    (b"ZADD", HOLE, HOLE, HOLE),
)
_OVER = pattern((b"SET", HOLE, HOLE, b"XX", b"GET"), (b"MSET", HOLE, HOLE, HOLE, HOLE), (b"ZADD", HOLE, HOLE, HOLE))
_OVER_TIMED = pattern(
    (b"SET", HOLE, HOLE, b"XX", b"GET", b"PXAT", HOLE),
    (b"SET", HOLE, HOLE, b"PXAT", HOLE),
    (b"SET", HOLE, HOLE),
    (b"ZADD", HOLE, HOLE, HOLE),
)
_DELETE = pattern(
    (b"GETDEL", HOLE),
    (b"GETDEL", HOLE),
    (b"ZREM", HOLE, HOLE),
    (b"ZREM", HOLE, HOLE),
    (b"ZREM", HOLE, HOLE),
    (b"SET", HOLE, HOLE),
)


def put(link: Link, known: Known, write: Write, now: int, floor: int) -> Committed | None:
    """Put a row; None where this takes a closer look, and nothing was changed that anybody can see."""
    member = member_of(write.space, write.key)
    if link.watching is not known:
        look(link, known)
    milliseconds = native(write.expires_at, now)
    beside = known.rows.get(member)
    if beside is None:
        if milliseconds is not None:
            return None  # MSETNX sets no time to live
        done = _put_new(link, known, write, member, now, floor)
        if done is not None:
            return done
        beside = known.rows.get(member)
        if beside is None or link.watching is not known:
            return None
    return _put_over(link, known, write, member, beside, now, floor, milliseconds)


def delete(link: Link, known: Known, write: Write, now: int, floor: int) -> Committed | None:
    """Delete a row; None where this takes a closer look, and nothing was changed."""
    if link.watching is not known:
        look(link, known)
    keys = known.keys
    member = member_of(write.space, write.key)
    stamp = known.next(floor)
    head = known.head_for(stamp)
    sets = (keys.order, member, keys.changes, member, keys.expiry, member)
    steps = filled(_DELETE, keys.values + member, keys.beside + member, *sets, keys.head, head)
    known.rows.pop(member, None)
    done = execute(link, known, steps, 6, stamp, head)
    if done is None:
        return None
    value, beside = done[0], done[1]
    before = None if value is None else there(member, value, beside, now)
    return Committed(stamp, [before], [None])


def _put_new(link: Link, known: Known, write: Write, member: bytes, now: int, floor: int) -> Committed | None:
    keys, value = known.keys, write.value
    assert value is not None
    stamp = max(known.newest + 1, floor)
    beside = pack(member, value, write.encoding, stamp, (now, now, write.expires_at), write.metadata)
    head = known.head_for(stamp, GUESS)
    value_key, beside_key = keys.values + member, keys.beside + member
    text = b"%d" % stamp
    pair = (value_key, value, beside_key, beside)
    sets = (keys.order, member, keys.changes, text, member)
    steps = filled(_NEW, value_key, beside_key, *pair, keys.head, head, *sets)
    if write.expires_at is not None:
        steps += command(b"ZADD", keys.expiry, b"%d" % write.expires_at, member)
    done = execute(link, known, steps, 5 + (write.expires_at is not None), stamp, head)
    if done is None:
        return None
    if done[1] == 1:
        if known.stands(head):
            known.remember(member, beside)
        return Committed(stamp, [None], [fresh(write, stamp, now, now)])
    old_value, old_beside = done[0]
    if known.spare(head) and old_value is not None and old_beside is not None:
        known.remember(member, old_beside)
    return None


def _put_over(
    link: Link,
    known: Known,
    write: Write,
    member: bytes,
    old: bytes,
    now: int,
    floor: int,
    milliseconds: int | None,
) -> Committed | None:
    keys, value = known.keys, write.value
    assert value is not None
    stamp = known.next(floor)
    head = known.head_for(stamp)
    created, until = life_of(old)
    if until is not None and until <= now:
        created = now
    beside = pack(member, value, write.encoding, stamp, (created, now, write.expires_at), write.metadata)
    value_key, beside_key = keys.values + member, keys.beside + member
    # Only over a string that is there: had somebody deleted it, the other changes would stand for a row that is not
    # in the index, and are invisible without the value.
    text = b"%d" % stamp
    count = 3
    if milliseconds is None:
        steps = filled(_OVER, value_key, value, beside_key, beside, keys.head, head, keys.changes, text, member)
    else:
        at = b"%d" % milliseconds
        pair = (value_key, value, at, beside_key, beside, at)
        steps = filled(_OVER_TIMED, *pair, keys.head, head, keys.changes, text, member)
        count += 1
    if write.expires_at is not None:
        steps += command(b"ZADD", keys.expiry, b"%d" % write.expires_at, member)
        count += 1
    elif until is not None:
        steps += command(b"ZREM", keys.expiry, member)
        count += 1
    known.rows.pop(member, None)  # first: an interrupt after EXEC must not leave the old one beside the new head
    done = execute(link, known, steps, count, stamp, head)
    if done is None:
        return None
    old_value = done[0]
    if old_value is None:
        known.spare(head)
        return None
    if known.stands(head):
        known.remember(member, beside)
    before = there(member, old_value, old, now)
    return Committed(stamp, [before], [fresh(write, stamp, created, now)])
