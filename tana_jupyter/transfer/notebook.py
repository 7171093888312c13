"""The notebook's side: its store, read in pages and written through the journal in one commit.

Where others write the same store meanwhile, the pages are not of one moment: a plan may count a row they move. What is
imported is checked key by key in the commit itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tana_jupyter import limits
from tana_jupyter.errors import TanaError
from tana_jupyter.journal import Journal
from tana_jupyter.store.keys import after
from tana_jupyter.store.protocol import Check, Row, Store, Write
from tana_jupyter.transfer.admission import check, check_data
from tana_jupyter.transfer.sides import Cancelled, Contended
from tana_jupyter.transfer.sketch import Item

_FIRST, _MOST = 64, 4096  # rows of a page


class Notebook:
    """See :class:`~.sides.Side`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.place = journal.store.location

    @contextmanager
    def look(self, now: int) -> Iterator["_Pages"]:
        """See Side."""
        yield _Pages(self._journal.store, now)

    @contextmanager
    def write(self, now: int, attempt: int, cancelled: Cancelled) -> Iterator["_Commit"]:
        """See Side."""
        del attempt, cancelled
        yield _Commit(self._journal, now)

    def notes(self) -> list[str]:
        """See Side."""
        return []


class _Pages:
    """See :class:`~.sides.Sight`."""

    def __init__(self, store: Store, now: int) -> None:
        self._store = store
        self._now = now
        self.mark = store.location.encode()

    def contracts(self, spaces: Sequence[str]) -> set[str]:
        """See Sight."""
        return {
            contract
            for space, contract in self._store.namespaces()
            if space in spaces and next(self.scan(space, contract, b"", None, 1), None) is not None
        }

    def scan(self, space: str, contract: str, low: bytes, high: bytes | None, limit: int = _FIRST) -> Iterator[Item]:
        """See Sight. Pages grow with small rows and shrink with large ones: memory holds one."""
        while True:
            page = self._store.scan(space, contract, low, high, now=self._now, limit=limit)
            yield from page
            if len(page) < limit:
                return
            low = after(page[-1].key)
            size = sum(len(row.value) for row in page)
            limit = max(1, min(_MOST, 2 * limit, limit * limits.TRANSFER_CHUNK // (size + 1)))

    def rows(self, space: str, contract: str, keys: Sequence[bytes]) -> list[Row | None]:
        """See Sight."""
        return self._store.get_many(space, contract, keys, self._now)


class _Commit(_Pages):
    """See :class:`~.sides.Writer`."""

    def __init__(self, journal: Journal, now: int) -> None:
        super().__init__(journal.store, now)
        self._journal = journal
        self._heads: dict[str, int] = {}  # before anything was compared
        self._writes: list[Write] = []
        self._seen: set[tuple[str, str, bytes]] = set()  # of them, what was there

    def scan(self, space: str, contract: str, low: bytes, high: bytes | None, limit: int = _FIRST) -> Iterator[Item]:
        """See Sight."""
        if contract not in self._heads:
            self._heads[contract] = self._store.head(contract)
        return super().scan(space, contract, low, high, limit)

    def put(self, space: str, contract: str, row: Row, *, new: bool) -> None:
        """See Writer."""
        check(space, contract, row)
        if not new:
            self._seen.add((space, contract, row.key))
        self._writes.append(Write(space, contract, row.key, row.value, row.encoding, row.expires_at, row.metadata))

    def delete(self, space: str, contract: str, key: bytes) -> None:
        """See Writer."""
        self._seen.add((space, contract, key))
        self._writes.append(Write(space, contract, key, None))

    def commit(self, cancelled: Cancelled) -> None:
        """See Writer. Where others write too, each key must still be as it was when it was compared."""
        del cancelled
        store = self._store
        contracts = {write.contract for write in self._writes}
        if len(contracts) > 1 and not store.spans_contracts:
            raise TanaError(
                f"{store.location} commits one contract at a time, and these rows belong to {len(contracts)}: import"
                " them one by one, with contract="
            )
        check_data(self._store, self._writes, self._now)
        self._journal.begin()
        done = self._journal.commit(self._writes, self._checks() if store.shared else ())
        if done is None:
            raise Contended
        store.flush()

    def _checks(self) -> list[Check]:
        """As compared a moment ago; a row that came or went since makes the commit fail."""
        checks = []
        groups: dict[tuple[str, str], list[bytes]] = {}
        for write in self._writes:
            groups.setdefault((write.space, write.contract), []).append(write.key)
        for (space, contract), keys in groups.items():
            rows = self._store.get_many(space, contract, keys, self._now)
            for key, row in zip(keys, rows, strict=True):
                there = (space, contract, key) in self._seen
                if (row is not None) is not there or (row is not None and row.versionstamp > self._heads[contract]):
                    raise Contended
                checks.append(Check(space, contract, key, None if row is None else row.versionstamp))
        return checks
