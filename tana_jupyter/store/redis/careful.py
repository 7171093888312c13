"""Any commit at all, in two round trips: look under WATCH, decide, write in one MULTI/EXEC."""

import random
from collections.abc import Sequence
from time import monotonic, sleep
from typing import NamedTuple

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store.protocol import Check, Committed, Row, Write
from tana_jupyter.store.redis.known import Known
from tana_jupyter.store.redis.layout import expiry_of, member_of, pack
from tana_jupyter.store.redis.link import Link
from tana_jupyter.store.redis.looking import Look, look
from tana_jupyter.store.redis.rows import fresh, native, there
from tana_jupyter.store.redis.transaction import execute
from tana_jupyter.store.redis.wire import Refused, command


class Plan(NamedTuple):
    """What a commit comes to: what to say about it, and how each row ends, None for deleted."""

    done: Committed
    ends: dict[bytes, tuple[bytes, bytes] | None]


def commit(
    link: Link,
    known: Known,
    writes: Sequence[Write],
    checks: Sequence[Check],
    now: int,
    floor: int,
    exact: bool,
) -> Committed | None:
    """Commit as the protocol says; None when a check did not hold, or the versionstamp is gone."""
    members = [member_of(check.space, check.key) for check in checks]
    members = list(dict.fromkeys([*members, *(member_of(write.space, write.key) for write in writes)]))
    puts = any(write.value is not None for write in writes)
    limit = monotonic() + limits.NETWORK_OPERATION
    turn, bump = 0, True
    while True:
        found = look(link, known, members)
        if not all(_holds(check, found, now) for check in checks):
            return None
        stamp = known.next(floor)
        if exact and stamp != floor:
            return None
        plan = _plan(writes, found, now, stamp)
        # A server without memory refuses to set the head. It must not keep anybody from deleting: the versionstamp
        # of a commit that only deletes is on no row, so it is enough that this session remembers it.
        head = known.head_for(stamp) if bump else None
        steps = _steps(known, plan.ends, found, stamp, head, now)
        for member in plan.ends:
            known.rows.pop(member, None)  # an interrupt after EXEC must not leave the old one beside the new head
        try:
            done = execute(link, known, b"".join(steps), len(steps), stamp, head)
        except Refused as refused:
            if refused.code != "OOM" or puts or not bump:
                raise
            bump = False
            continue
        if done is not None:
            known.lift(stamp)
            for member, end in plan.ends.items():
                if end is not None and known.stands(head):
                    known.remember(member, end[1])
            return plan.done
        turn += 1
        if monotonic() > limit:
            raise StoreError(
                f"Others write to contract {known.contract} without a pause: {turn:,} attempts to commit were overtaken"
                f" in {limits.NETWORK_OPERATION:g} seconds. Nothing was written"
            )
        sleep(random.uniform(0, 0.001 * min(turn, 20)))  # writers in step would overtake each other for ever


def _holds(check: Check, found: Look, now: int) -> bool:
    member = member_of(check.space, check.key)
    value = found.values[member]
    row = None if value is None else there(member, value, found.beside[member], now)
    if row is None or check.versionstamp is None:
        return row is None and check.versionstamp is None
    return row.versionstamp == check.versionstamp > 0


def _plan(writes: Sequence[Write], found: Look, now: int, stamp: int) -> Plan:
    current: dict[bytes, Row | None] = {}
    ends: dict[bytes, tuple[bytes, bytes] | None] = {}
    before: list[Row | None] = []
    after: list[Row | None] = []
    for write in writes:
        member = member_of(write.space, write.key)
        if member not in current:
            value = found.values[member]
            current[member] = None if value is None else there(member, value, found.beside[member], now)
        old = current[member]
        before.append(old)
        if write.value is None:
            ends[member] = current[member] = None
        else:
            times = (now if old is None else old.created_at, now, write.expires_at)
            beside = pack(member, write.value, write.encoding, stamp, times, write.metadata)
            ends[member] = (write.value, beside)
            current[member] = fresh(write, stamp, times[0], now)
        after.append(current[member])
    return Plan(Committed(stamp, before, after), ends)


def _steps(
    known: Known,
    ends: dict[bytes, tuple[bytes, bytes] | None],
    found: Look,
    stamp: int,
    head: bytes | None,
    now: int,
) -> list[bytes]:
    """The commands that bring it about. Few, whatever the number of rows."""
    keys = known.keys
    plain: list[bytes] = [] if head is None else [keys.head, head]
    timed: list[bytes] = []
    scored: list[bytes] = []
    listed: list[bytes] = []
    expiring: list[bytes] = []
    calm: list[bytes] = []
    gone: list[bytes] = []
    for member, end in ends.items():
        old = found.beside[member]
        if end is None:
            if old is not None or found.values[member] is not None:
                gone.append(member)
            continue
        value, beside = end
        pair = (keys.values + member, value), (keys.beside + member, beside)
        until = expiry_of(beside)
        at = native(until, now)
        if at is None:
            plain += (*pair[0], *pair[1])
        else:
            timed += (command(b"SET", *one, b"PXAT", b"%d" % at) for one in pair)
        scored += (b"%d" % stamp, member)
        listed += (b"0", member)
        if until is not None:
            expiring += (b"%d" % until, member)
        elif old is not None and expiry_of(old) is not None:
            calm.append(member)
    steps = [command(b"MSET", *plain)] if plain else []
    steps += timed
    if listed:
        steps += (command(b"ZADD", keys.order, *listed), command(b"ZADD", keys.changes, *scored))
    if expiring:
        steps.append(command(b"ZADD", keys.expiry, *expiring))
    if calm:
        steps.append(command(b"ZREM", keys.expiry, *calm))
    return steps + removal(known, gone)


def removal(known: Known, members: Sequence[bytes]) -> list[bytes]:
    """The commands that remove rows."""
    if not members:
        return []
    keys = known.keys
    strings = [name + member for name in (keys.values, keys.beside) for member in members]
    sets = (keys.order, keys.changes, keys.expiry)
    return [command(b"DEL", *strings), *(command(b"ZREM", name, *members) for name in sets)]
