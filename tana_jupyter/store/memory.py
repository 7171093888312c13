"""The store in memory: a dict of rows per namespace, and a log of all writes in order.

Not locked: the session holds its re-entrant lock around each call. But a KeyboardInterrupt may arrive
between any two steps, so every method is built on these facts:

* ``Namespace.rows`` and ``_head`` are the truth. ``keys`` and ``pending`` together hold at least every key
  of ``rows``, ``expiring`` at least every key whose row expires, the log at least every newest write. They
  are added to before the truth changes and cut down after it, and readers skip what the truth does not
  confirm.
* CPython handles signals after a call and at a jump backwards only. Where two facts must change together,
  the lines stand next to each other with no call between them.
* A commit that does not reach its end is undone, row by row.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import repeat
from operator import itemgetter
from typing import NoReturn

from tana_jupyter import limits
from tana_jupyter.errors import StoreError, StoreFull
from tana_jupyter.store.namespace import CREATED, EXPIRES, Namespace, Stored, is_over, size_of
from tana_jupyter.store.protocol import Changed, Check, Committed, NamespaceSize, Row, Store, Write, closed
from tana_jupyter.store.writelog import WriteLog

SCHEMES = ("memory",)

_named = tuple.__new__  # the way out: _named(Row, stored) takes a third of the time of Row(*stored)


class MemoryStore:
    """See :class:`~tana_jupyter.store.protocol.Store`. ``limit`` may be changed at any time."""

    keeps = "nothing once the kernel ends; a file would: %tana store sqlite:///notebook.db"
    shared = False
    persistent = False
    spans_contracts = True

    def __init__(self, *, limit: int = limits.STORE, location: str = "memory:") -> None:
        self.limit = limit
        self.location = location
        self._namespaces: dict[tuple[str, str], Namespace] = {}
        self._head = 0
        self._used = 0  # what counts against the limit: all rows, live or not, with STORE_ROW for each
        self._log = WriteLog()
        self._closed = False

    def __repr__(self) -> str:
        return f"<MemoryStore {self.location}>"

    def get(self, space: str, contract: str, key: bytes, now: int) -> Row | None:
        """See the protocol."""
        if self._closed:
            self._gone()
        names = self._namespaces.get((space, contract))
        if names is None:
            return None
        row = names.rows.get(key)
        if row is None:
            return None
        expires_at = row[EXPIRES]
        return _named(Row, row) if expires_at is None or expires_at > now else None

    def get_many(self, space: str, contract: str, keys: Sequence[bytes], now: int) -> list[Row | None]:
        """See the protocol."""
        if self._closed:
            self._gone()
        names = self._namespaces.get((space, contract))
        if names is None:
            return [None] * len(keys)
        rows = map(names.rows.get, keys)
        return [None if row is None or is_over(row, now) else _named(Row, row) for row in rows]

    def scan(
        self,
        space: str,
        contract: str,
        start: bytes,
        end: bytes | None,
        *,
        now: int,
        limit: int,
        reverse: bool = False,
        keys_only: bool = False,
    ) -> list[Row]:
        """See the protocol."""
        if self._closed:
            self._gone()
        names = self._namespaces.get((space, contract))
        if names is None or limit <= 0:
            return []
        rows, keys = names.rows, names.ordered()
        low = bisect_left(keys, start) if start else 0
        high = len(keys) if end is None else bisect_left(keys, end)
        found: list[Stored] = []
        # Rows may have gone, so a slice of the list can give fewer than it has keys; after the first,
        # larger slices cross a stretch of deleted or expired keys quickly.
        step = limit
        while low < high and len(found) < limit:
            first, last = (max(low, high - step), high) if reverse else (low, min(high, low + step))
            part = [rows[key] for key in keys[first:last] if key in rows]
            if len(part) < last - first:
                keys[first:last] = [row[0] for row in part]  # so that nobody crosses them twice
                high -= last - first - len(part)
                last = first + len(part)
            if reverse:
                high = first
                part.reverse()
            else:
                low = last
            if names.soonest <= now:
                part = [row for row in part if not is_over(row, now)]
            found += part
            step = max(step * 2, 64)
        del found[limit:]
        if keys_only:
            return [_named(Row, (k, b"", e, v, c, u, x, m)) for k, _, e, v, c, u, x, m in found]
        return list(map(_named, repeat(Row), found))

    def commit(
        self,
        writes: Sequence[Write],
        *,
        now: int,
        checks: Sequence[Check] = (),
        floor: int = 0,
        exact: bool = False,
    ) -> Committed | None:
        """See the protocol."""
        if self._closed:
            self._gone()
        for space, contract, key, expected in checks:
            there = self.get(space, contract, key, now)
            if (None if there is None else there.versionstamp) != expected:
                return None
        head, log = self._head, self._log.items
        mark = len(log)
        stamp = floor if floor > head else head + 1
        if exact and stamp != floor:
            return None
        used = self._used
        before: list[Row | None] = []
        after: list[Row | None] = []
        undo: list[tuple[Namespace, bytes, Stored | None, int]] = []
        try:
            self._head = stamp  # first: a stamp seen on a row must never be given out again
            for space, contract, key, value, encoding, expires_at, metadata in writes:
                names = self._namespaces.get((space, contract))
                if names is None:
                    names = self._namespaces[space, contract] = Namespace(space, contract)
                old = names.rows.get(key)
                created_at, grown, seen = now, 0, None
                if old is not None:
                    grown = -size_of(old)
                    until = old[EXPIRES]
                    if until is None or until > now:
                        created_at, seen = old[CREATED], _named(Row, old)
                before.append(seen)
                if value is None:
                    after.append(None)
                    if old is not None:
                        undo.append((names, key, old, grown))
                        self._drop(names, key, grown)
                    continue
                grown += len(key) + len(value)
                if metadata is not None:
                    grown += len(metadata)
                new = (key, value, encoding, stamp, created_at, now, expires_at, metadata)
                hidden = expires_at is not None and expires_at <= now
                after.append(None if hidden else _named(Row, new))
                log += (stamp, names, key)
                undo.append((names, key, old, grown))
                if old is None:
                    if names.pending:
                        names.pending.add(key)
                    else:
                        names.appears(key)
                if expires_at is not None:
                    names.expects(key, expires_at)
                names.rows[key] = new
                names.bytes += grown
                self._used += grown if old is not None else grown + limits.STORE_ROW
            if self._used > self.limit and self._used > used:
                self._refuse(used)
        except BaseException:
            self._undo(undo)
            del log[mark:]
            self._head = head
            raise
        # From here on the commit stands: an interrupt may keep the caller from hearing of it, but undoes
        # nothing.
        if len(log) > self._log.room:
            self._log.tidy(self._namespaces.values())
        return _named(Committed, (stamp, before, after))

    def head(self, contract: str) -> int:  # one counter for all
        """See the protocol."""
        if self._closed:
            self._gone()
        return self._head

    def namespaces(self) -> list[tuple[str, str]]:
        """See the protocol."""
        if self._closed:
            self._gone()
        return sorted(where for where, names in self._namespaces.items() if names.rows)

    def sizes(self, now: int) -> list[NamespaceSize]:
        """See the protocol. Never None here."""
        if self._closed:
            self._gone()
        found = []
        for (space, contract), names in sorted(self._namespaces.items(), key=itemgetter(0)):
            over = names.over(now)
            if len(names.rows) > len(over):
                size = names.bytes - sum(map(size_of, over))
                found.append(NamespaceSize(space, contract, len(names.rows) - len(over), size))
        return found

    def changes(self, contract: str, since: int, limit: int) -> list[Changed]:
        """See the protocol."""
        if self._closed:
            self._gone()
        return self._log.since(since, contract, limit)

    def sweep(self, now: int) -> int:
        """See the protocol."""
        if self._closed:
            self._gone()
        count = 0
        for names in self._namespaces.values():
            for row in names.over(now):
                self._drop(names, row[0], -size_of(row))
                count += 1
            if names.soonest <= now:
                names.settle()
        return count

    def flush(self) -> None:
        """See the protocol. There is nothing more durable than the memory itself."""
        if self._closed:
            self._gone()

    def close(self) -> None:
        """See the protocol. The data is gone."""
        self._closed = True
        self._namespaces = {}
        self._log = WriteLog()

    def _gone(self) -> NoReturn:
        raise closed(self.location)

    def _undo(self, undo: list[tuple[Namespace, bytes, Stored | None, int]]) -> None:
        """Put back what a commit had changed so far; its last entry may not have been applied."""
        while undo:
            names, key, old, grown = undo[-1]
            if names.rows.get(key) is not old:
                if old is None:
                    self._drop(names, key, -grown)
                else:
                    self._restore(names, old, -grown)
            elif old is None:
                names.stale += 1  # it may be in the list, and come again
            undo.pop()

    def _drop(self, names: Namespace, key: bytes, grown: int) -> None:
        """Remove a row that is there."""
        del names.rows[key]
        names.bytes += grown
        self._used += grown - limits.STORE_ROW
        names.stale += 1
        names.forget(key)

    def _restore(self, names: Namespace, old: Stored, grown: int) -> None:
        """Put back a row that was deleted or overwritten."""
        key, expires_at = old[0], old[EXPIRES]
        names.pending.add(key)
        names.stale += 1  # it may well be in the list too
        if expires_at is not None:
            names.expects(key, expires_at)
        added = 0 if key in names.rows else limits.STORE_ROW
        names.rows[key] = old
        names.bytes += grown
        self._used += grown + added

    def _refuse(self, used: int) -> NoReturn:
        raise StoreFull(
            f"The store {self.location} is full: it holds {_mib(used)} of at most {_mib(self.limit)}, and"
            f" this would add {_mib(self._used - used)} ({limits.STORE_ROW} bytes per row included). Nothing"
            " was written. Delete something (%tana sweep removes what has expired), raise Tana.store_limit,"
            " or keep the data in a file: %tana store sqlite:///notebook.db"
        )


def connect(url: str, *, limit: int = limits.STORE) -> Store:
    """Make an empty store for ``memory:``."""
    if url.partition(":")[2].strip("/"):
        raise StoreError("A memory: store has no name or path; write just memory:")
    return MemoryStore(limit=limit)


def _mib(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"
