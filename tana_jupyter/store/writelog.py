"""The writes of the memory store in order, by which it knows what has changed since a versionstamp."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from tana_jupyter.store.namespace import Namespace
from tana_jupyter.store.protocol import Changed


class WriteLog:
    """Holds at least every newest write; a reader skips those that were overwritten or deleted since.

    Interrupts, and what must be true between any two steps: see memory.py.
    """

    __slots__ = ("items", "room")

    def __init__(self) -> None:
        # Three for each write: versionstamp, namespace, key (a tuple for each would take 60 bytes more).
        self.items: list[Any] = []
        self.room = 3000  # items; of more ``tidy`` finds out how many are needed

    def since(self, stamp: int, contract: str, limit: int) -> list[Changed]:
        """The first keys of a contract that were last written after this versionstamp, in the order of writing."""
        items = self.items
        found: dict[Changed, None] = {}  # a key that one commit wrote twice is in the log twice
        newest = stamp
        at = 3 * bisect_right(range(len(items) // 3), stamp, key=lambda number: items[3 * number])
        while at < len(items) and (len(found) < limit or items[at] == newest):
            written, names, key = items[at : at + 3]
            if names.contract == contract and names.wrote(key, written):
                found[Changed(names.space, key, written)] = None
                newest = written
            at += 3
        return list(found)

    def tidy(self, namespaces: Iterable[Namespace]) -> None:
        """Cut out writes that were overwritten or deleted, once they are more than half of all."""
        room = 3 * (2 * sum(len(names.rows) for names in namespaces) + 1000)
        if len(self.items) > room:
            items: list[Any] = []
            steps = iter(self.items)
            for stamp, names, key in zip(steps, steps, steps, strict=True):
                if names.wrote(key, stamp):
                    items += (stamp, names, key)
            self.items = items
        self.room = room
