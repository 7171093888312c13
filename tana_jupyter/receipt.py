"""What a run did to the data: counts, and the rows it changed."""

from collections.abc import Sequence
from typing import NamedTuple

from tana_jupyter.limits import RECEIPT_BYTES, RECEIPT_ROWS
from tana_jupyter.store.protocol import Committed, Row, Write
from tana_jupyter.waking import Waiting


class Change(NamedTuple):
    """One row a run changed: as it was before the run first wrote it, and as the run left it.

    >>> (change,) = session.call("counter", "post").receipt.changes
    >>> change.state, change.key, change.before, change.after.value
    ('added', b'count', None, b'1')
    """

    space: str
    contract: str
    key: bytes
    before: Row | None
    after: Row | None

    @property
    def state(self) -> str:
        """What became of the row: ``added``, ``changed`` or ``deleted``."""
        if self.before is None:
            return "added"
        return "deleted" if self.after is None else "changed"


class Receipt:
    """Counts of one run, and its changed rows up to 1,000 rows or 8 MiB of values: ``outcome.receipt``.

    >>> receipt = session.run("await kv.put('user:3', 'eve'); await kv.delete('user:2')", "shop").receipt
    >>> receipt
    <Receipt 1 written, 1 deleted, 2 staged>
    >>> [(change.key, change.state) for change in receipt.changes]
    [(b'user:3', 'added'), (b'user:2', 'deleted')]

    ``session.changes()`` shows them as a DataFrame.
    """

    # What help() says of each.
    __slots__ = {
        "_bytes_kept": "",
        "_rows": "",
        "bytes": "Bytes of keys and values written.",
        "complete": "False where changed rows were too many or too large to keep; the counts are exact all the same.",
        "deletes": "Keys that were there, and were deleted.",
        "duration": "Seconds, compiling included.",
        "lists": "How often keys were listed.",
        "reads": "Keys that were asked for.",
        "staged": "Keys that tana/data holds back after the run, for a commit to write.",
        "stagings": "How often the run staged something, or dropped what was staged.",
        "waiting": "Timers, listeners and messages that wait for a later run.",
        "writes": "Keys that were written, counted each time.",
    }

    def __init__(self) -> None:
        self.reads = 0
        self.writes = 0
        self.deletes = 0
        self.lists = 0
        self.bytes = 0
        self.duration = 0.0
        self.waiting = Waiting()
        self.staged = 0
        self.stagings = 0
        self.complete = True
        self._rows: dict[tuple[str, str, bytes], tuple[Row | None, Row | None]] = {}
        self._bytes_kept = 0

    def __repr__(self) -> str:
        return f"<Receipt {self.summary() or 'nothing touched'}>"

    def add(self, writes: Sequence[Write], done: Committed) -> None:
        """For the journal: take in one commit."""
        rows = self._rows
        _, befores, afters = done
        # This runs once a put: by index it takes half the time of a strict zip and attributes of Row.
        for at, (space, contract, key, value, _, _, _) in enumerate(writes):
            before = befores[at]
            if value is None:
                # Deleting what is not there is fine for a contract and no change.
                if before is None:
                    continue
                self.deletes += 1
                grown = 0
            else:
                self.writes += 1
                grown = len(value)
                self.bytes += len(key) + grown
            if not self.complete:
                continue
            name = (space, contract, key)
            kept = rows.get(name)
            if kept is not None:
                before, last = kept
                grown -= 0 if last is None else len(last.value)
            elif len(rows) >= RECEIPT_ROWS:
                self.complete = False
                continue
            elif before is not None:
                grown += len(before.value)
            self._bytes_kept += grown
            if self._bytes_kept > RECEIPT_BYTES:
                # Half a list of changes would be read as the whole: from here on there are only counts.
                self.complete = False
                rows.clear()
                continue
            rows[name] = (before, afters[at])

    @property
    def timers(self) -> int:
        """Timers that wait for a later run."""
        return self.waiting.timers

    @property
    def changes(self) -> list[Change]:
        """The rows that differ from what they were before the run, in the order they were first written."""
        return [Change(*name, *images) for name, images in self._rows.items() if images != (None, None)]

    @property
    def changed_anything(self) -> bool:
        """True when the run wrote or deleted."""
        return bool(self.writes or self.deletes)

    @property
    def leaves_a_trace(self) -> bool:
        """True when the run changed the store, or what will be committed to it."""
        return self.changed_anything or bool(self.stagings and self.staged)

    def summary(self) -> str:
        """``2 written, 1 deleted, 3 read, 4 staged, 2 timers waiting``: counts only, no times, so that it repeats."""
        counts = (
            (self.writes, "written"),
            (self.deletes, "deleted"),
            (self.reads, "read"),
            (self.lists, "listed"),
            (self.staged, "staged"),
        )
        parts = [f"{count:,} {what}" for count, what in counts if count]
        if self.waiting:
            parts.append(str(self.waiting))
        return ", ".join(parts)
