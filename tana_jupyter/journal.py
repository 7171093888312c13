"""The one place through which all reads and writes pass: the only caller of ``Store.commit``."""

import sys
from collections.abc import Sequence

from tana_jupyter.clock import Clock
from tana_jupyter.receipt import Receipt
from tana_jupyter.store.protocol import Check, Committed, Row, Store, Write


class Journal:
    """Reads and writes the store by the session's clock and keeps the receipt of the run.

    >>> receipt = session.journal.begin()
    >>> done = session.journal.commit([Write("kv", "counter", b"n", b"1")])
    >>> receipt.writes
    1
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.receipt = Receipt()
        self._clock = clock

    def begin(self) -> Receipt:
        """Open the receipt of a new run; what comes until the next one belongs to it."""
        self.receipt = Receipt()
        return self.receipt

    def get(self, space: str, contract: str, key: bytes) -> Row | None:
        """One row, None where there is none that is live."""
        self.receipt.reads += 1
        return self.store.get(space, contract, key, self._clock.now_us())

    def get_many(self, space: str, contract: str, keys: Sequence[bytes]) -> list[Row | None]:
        """Several rows of one snapshot."""
        self.receipt.reads += len(keys)
        return self.store.get_many(space, contract, keys, self._clock.now_us())

    def scan(
        self,
        space: str,
        contract: str,
        start: bytes,
        end: bytes | None,
        *,
        limit: int,
        reverse: bool = False,
        keys_only: bool = False,
    ) -> list[Row]:
        """Rows in the order of their keys, from ``start`` to before ``end``."""
        self.receipt.lists += 1
        now = self._clock.now_us()
        return self.store.scan(space, contract, start, end, now=now, limit=limit, reverse=reverse, keys_only=keys_only)

    def head(self, contract: str) -> int:
        """A versionstamp that no later commit to this contract can have."""
        return self.store.head(contract)

    def peek(self, space: str, contract: str, key: bytes) -> Row | None:
        """A row that the house looks at for itself: no reading of the run's."""
        return self.store.get(space, contract, key, self._clock.now_us())

    def peek_many(self, space: str, contract: str, keys: Sequence[bytes]) -> list[Row | None]:
        """Several such rows of one snapshot."""
        return self.store.get_many(space, contract, keys, self._clock.now_us())

    def look(self, space: str, contract: str, limit: int, *, keys_only: bool = False) -> list[Row]:
        """The first rows of a namespace, looked at in the same way."""
        now = self._clock.now_us()
        return self.store.scan(space, contract, b"", None, now=now, limit=limit, keys_only=keys_only)

    def commit(self, writes: Sequence[Write], checks: Sequence[Check] = (), at: int | None = None) -> Committed | None:
        """Write all or nothing; None when a check failed, or where it may take no versionstamp but ``at``."""
        now = self._clock.now_us()
        if at is None:
            done = self.store.commit(writes, now=now, checks=checks)
        else:
            done = self.store.commit(writes, now=now, checks=checks, floor=at, exact=True)
        if done is not None:
            self.receipt.add(writes, done)
        return done

    def keep_house(self, writes: Sequence[Write], checks: Sequence[Check]) -> Committed | None:
        """Commit what is no doing of the run, such as claiming a message: its rows are known, and not counted."""
        receipt = self.receipt
        counts = receipt.writes, receipt.deletes, receipt.bytes
        done = self.commit(writes, checks)
        receipt.writes, receipt.deletes, receipt.bytes = counts
        return done

    def delete_all(self, namespaces: Sequence[tuple[str, str]]) -> None:
        """Delete every row of these namespaces: in one commit, or one for each contract where the store cannot."""
        batches: dict[str, list[Write]] = {}
        for space, contract in namespaces:
            rows = self.scan(space, contract, b"", None, limit=sys.maxsize, keys_only=True)
            batch = batches.setdefault("" if self.store.spans_contracts else contract, [])
            batch += [Write(space, contract, row.key, None) for row in rows]
        for batch in filter(None, batches.values()):
            self.commit(batch)
