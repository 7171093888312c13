"""What is over goes for good, and so does what Redis removed by itself and left in the sorted sets."""

import math
from collections.abc import Sequence

from tana_jupyter.store.redis.careful import removal
from tana_jupyter.store.redis.known import Known
from tana_jupyter.store.redis.layout import expiry_of
from tana_jupyter.store.redis.link import Link
from tana_jupyter.store.redis.looking import look
from tana_jupyter.store.redis.transaction import execute
from tana_jupyter.store.redis.wire import command

_PIECE = 1000
_PATIENCE = 20


def sweep(link: Link, group: Sequence[Known], now: int) -> int:
    """Remove what is over from some contracts; return how many rows that were."""
    asked = [command(b"GET", known.keys.head) + _due(known, now) for known in group]
    replies = iter(link.ask(b"".join(asked), 2 * len(asked)))
    count = 0
    for known in group:
        head, due = next(replies), next(replies)
        known.see(head)
        turns = 0
        while due and turns < _PATIENCE:  # beside a busy writer the rest waits for the next sweep
            removed = _remove(link, known, due, now)
            turns += removed is None
            count += removed or 0
            (due,) = link.ask(_due(known, now), 1)
    return count


def _due(known: Known, now: int) -> bytes:
    return command(b"ZRANGE", known.keys.expiry, b"-inf", b"%d" % now, b"BYSCORE", b"LIMIT", b"0", b"%d" % _PIECE)


def _remove(link: Link, known: Known, members: Sequence[bytes], now: int) -> int | None:
    """None if somebody was in the way."""
    found = look(link, known, members)
    over, kept, count = [], [], 0
    for member in members:
        beside = found.beside[member]
        until = None if beside is None else expiry_of(beside)
        if found.values[member] is not None and (beside is None or until is None or until > now):
            kept.append(member)
        else:
            over.append(member)
            count += found.values[member] is not None
    head = known.head_of_sweep()
    steps = removal(known, over)
    if kept:
        steps.append(command(b"ZREM", known.keys.expiry, *kept))
        # Beyond 2**53 a score may stand a little below the time it was made of.
        for member in kept:
            if (beside := found.beside[member]) and (until := expiry_of(beside)) and found.values[member] is not None:
                score = repr(math.nextafter(until, math.inf)).encode()
                steps.append(command(b"ZADD", known.keys.expiry, score, member))
    steps.append(command(b"SET", known.keys.head, head))
    done = execute(link, known, b"".join(steps), len(steps), known.newest, head)
    return None if done is None else count
