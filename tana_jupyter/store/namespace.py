"""One namespace in memory: a dict of rows, and a list of its keys that is put in order when somebody lists.

Interrupts, and what must be true between any two steps: see memory.py.
"""

import math
from bisect import bisect_left
from typing import Final

# The fields of Row, as a plain tuple: the garbage collector stops looking at plain tuples of bytes and
# numbers after its first pass, but at named ones never.
Stored = tuple[bytes, bytes, str, int, int, int, int | None, bytes | None]
STAMP: Final = 3
CREATED: Final = 4
EXPIRES: Final = 6


class Namespace:
    """The rows of one contract in one space, and what helps to find them."""

    __slots__ = ("bytes", "contract", "expiring", "keys", "pending", "rows", "soonest", "space", "stale")

    def __init__(self, space: str, contract: str) -> None:
        self.space = space
        self.contract = contract
        self.rows: dict[bytes, Stored] = {}
        self.keys: list[bytes] = []  # sorted; may hold keys that are gone
        self.pending: set[bytes] = set()  # keys not yet in the list
        self.stale = 0  # deletes since the list was exact; only at 0 is a pending key surely not in it
        self.bytes = 0  # keys, values and metadata of all rows, live or not
        self.expiring: set[bytes] = set()
        self.soonest = math.inf  # no row expires before

    def expects(self, key: bytes, expires_at: int) -> None:
        """Note that a row about to be stored expires. That one no longer does, ``over`` finds out."""
        self.expiring.add(key)
        self.soonest = min(self.soonest, expires_at)

    def forget(self, key: bytes) -> None:
        """Cut down the index for a key that is gone."""
        if key in self.pending:
            self.pending.discard(key)
        elif self._is_mostly_gone():
            self.ordered()  # nobody may ever list
        if self.expiring:
            self.expiring.discard(key)

    def appears(self, key: bytes) -> None:
        """Note a key that no row has and that is about to be stored, while no other waits to be sorted in.

        What is written in order, as a fill often is, then needs no sorting at all.
        """
        keys = self.keys
        if keys and key < keys[-1]:
            self.pending.add(key)
        elif not keys or key > keys[-1]:
            keys.append(key)

    def ordered(self) -> list[bytes]:
        """Return the key list with every key of ``rows`` in it, in order, and perhaps keys that are gone."""
        keys, pending = self.keys, self.pending
        mostly_gone = self._is_mostly_gone()
        if not pending and not mostly_gone:
            return keys
        if len(pending) > len(keys) // 4:
            # The dict is in the order of writing, which is often nearly sorted, and then a million keys take 50 ms;
            # in the order of a set they take over a second.
            merged = sorted(self.rows)
        elif not mostly_gone and len(pending) <= max(8, len(keys) // 800):  # about where one merge gets cheaper
            self.stale += 1  # an interrupt would leave keys in the list and pending
            for key in sorted(pending):
                at = bisect_left(keys, key)
                if at == len(keys) or keys[at] != key:
                    keys.insert(at, key)
            pending.clear()
            self.stale -= 1
            return keys
        else:
            merged = keys + sorted(pending)
            if self.stale:
                merged = [key for key in dict.fromkeys(merged) if key in self.rows]
            merged.sort()  # two sorted runs: one merge
        nothing = set[bytes]()
        self.keys = merged
        self.pending = nothing
        self.stale = 0
        return merged

    def _is_mostly_gone(self) -> bool:
        return self.stale > len(self.keys) // 2 + 1000

    def wrote(self, key: bytes, stamp: int) -> bool:
        """Tell whether this commit was the last to write ``key``."""
        row = self.rows.get(key)
        return row is not None and row[STAMP] == stamp

    def over(self, now: int) -> list[Stored]:
        """Return the rows that are not live."""
        if self.soonest > now:
            return []
        rows = map(self.rows.get, list(self.expiring))
        return [row for row in rows if row is not None and is_over(row, now)]

    def settle(self) -> None:
        """Find out again which rows expire, and when the first of them does."""
        ends = {}
        for key in self.expiring:
            row = self.rows.get(key)
            if row is not None and row[EXPIRES] is not None:
                ends[key] = row[EXPIRES]
        self.soonest = min(ends.values(), default=math.inf)
        self.expiring.intersection_update(ends)


def size_of(row: Stored) -> int:
    """Return the bytes of key, value and metadata."""
    metadata = row[7]
    return len(row[0]) + len(row[1]) + (0 if metadata is None else len(metadata))


def is_over(row: Stored, now: int) -> bool:
    """Tell whether the row is not live."""
    expires_at = row[EXPIRES]
    return expires_at is not None and expires_at <= now
