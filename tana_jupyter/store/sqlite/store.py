"""The store in an SQLite file. Every operation is one transaction, and most are one statement."""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from itertools import repeat
from pathlib import Path
from typing import Any

from tana_jupyter.store.protocol import Changed, Check, Committed, NamespaceSize, Row, Write
from tana_jupyter.store.sqlite import statements as sql
from tana_jupyter.store.sqlite.counting import Counting
from tana_jupyter.store.sqlite.faults import explain
from tana_jupyter.store.sqlite.presence import Presence
from tana_jupyter.store.sqlite.schema import LARGE, open_file

_named = tuple.__new__  # the way out: _named(Row, fields) takes a third of the time of Row(*fields)
_NOTHING = [None] * 8


class SqliteStore:
    """See :class:`~tana_jupyter.store.protocol.Store`.

    Not locked: the session holds its re-entrant lock around each call, and other kernels are SQLite's business.
    """

    keeps = "every operation at once, also if the kernel is killed; a power cut may take the last ones"
    shared = True
    persistent = True
    spans_contracts = True

    def __init__(self, path: Path, *, location: str) -> None:
        self.location = location
        self._connection = open_file(path, location)
        self._run = self._connection.cursor().execute
        # What a statement overwrites or deletes lands here, by a C function: a KeyboardInterrupt raised in a Python
        # one would fail the statement and be lost.
        self._was: list[Any] = list(_NOTHING)
        self._connection.create_function("was", 2, self._was.__setitem__)
        self._ids: dict[tuple[str, str], int] = {}  # namespaces are never removed, nor their ids used again
        self._head = 0  # what this kernel saw last
        self._counting = Counting(path)
        self._presence = Presence(path, location)

    def __repr__(self) -> str:
        return f"<SqliteStore {self.location}>"

    def get(self, space: str, contract: str, key: bytes, now: int) -> Row | None:
        """See the protocol."""
        try:
            if self._connection.in_transaction:
                self._abandon()
            namespace = self._ids.get((space, contract)) or self._find(space, contract)
            row = self._run(sql.GET, (namespace, key)).fetchone()
        except sqlite3.Error as error:
            raise explain(error, self.location) from error
        return _named(Row, row) if row is not None and (row[6] is None or row[6] > now) else None

    def get_many(self, space: str, contract: str, keys: Sequence[bytes], now: int) -> list[Row | None]:
        """See the protocol."""
        try:
            self._begin("BEGIN")
            namespace = self._ids.get((space, contract)) or self._find(space, contract)
            rows = [self._run(sql.GET, (namespace, key)).fetchone() for key in keys]
        except sqlite3.Error as error:
            raise explain(error, self.location) from error
        finally:
            self._abandon()
        return [_named(Row, row) if row and (row[6] is None or row[6] > now) else None for row in rows]

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
        limit = max(limit, 0)  # to SQLite a negative one means none
        try:
            if self._connection.in_transaction:
                self._abandon()
            namespace = self._ids.get((space, contract)) or self._find(space, contract)
            statement = sql.SCAN[end is not None, reverse, keys_only]
            values = (namespace, start, now, limit) if end is None else (namespace, start, end, now, limit)
            return list(map(_named, repeat(Row), self._run(statement, values).fetchall()))
        except sqlite3.Error as error:
            raise explain(error, self.location) from error

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
        try:
            if self._connection.in_transaction:
                self._abandon()
            if len(writes) == 1 and not checks and not exact:
                done = self._put_alone(writes[0], now, floor)
                if done is not None:
                    return done
            return self._commit(writes, now, checks, floor, exact)
        except sqlite3.Error as error:
            raise explain(error, self.location) from error
        finally:
            self._was[:] = _NOTHING

    def head(self, contract: str) -> int:  # one counter for all
        """See the protocol."""
        del contract
        return self._fetch(sql.HEAD)[0][0]  # type: ignore[no-any-return] # what a row holds has no type

    def namespaces(self) -> list[tuple[str, str]]:
        """See the protocol."""
        return self._fetch(sql.NAMED)

    def sizes(self, now: int) -> list[NamespaceSize] | None:
        """See the protocol. None while the rows of a large file are counted."""
        try:
            if self._connection.in_transaction:
                self._abandon()
            return self._counting.sizes(self._run, now)
        except sqlite3.Error as error:
            raise explain(error, self.location) from error

    def changes(self, contract: str, since: int, limit: int) -> list[Changed]:
        """See the protocol."""
        try:
            self._begin("BEGIN")
            found = self._run(sql.CHANGES, (since, contract, limit)).fetchall()
            if len(found) == limit:
                last = found[-1][2]
                found = [row for row in found if row[2] != last]
                found += self._run(sql.SAME_COMMIT, (last, contract)).fetchall()
        except sqlite3.Error as error:
            raise explain(error, self.location) from error
        finally:
            self._abandon()
        return list(map(_named, repeat(Changed), found))

    def sweep(self, now: int) -> int:
        """See the protocol."""
        try:
            self._begin("BEGIN IMMEDIATE")
            # The newest row may be among those that go.
            self._run(sql.MARK, self._run(sql.HEAD).fetchone())
            self._run(sql.SWEEP_LARGE, (now,))
            count = int(self._run(sql.SWEEP, (now,)).rowcount)
            if count:
                self._run("COMMIT")
        except sqlite3.Error as error:
            raise explain(error, self.location) from error
        finally:
            self._abandon()
        self._counting.swept()
        return count

    def flush(self) -> None:
        """See the protocol. Every commit is in the file already; this looks whether the file is still there."""
        self._fetch("SELECT 1")
        self._presence.check(self._run)

    def close(self) -> None:
        """See the protocol."""
        self._counting.close()
        with suppress(sqlite3.Error):
            self._connection.close()

    def __del__(self) -> None:
        try:  # noqa: SIM105 # Python may be ending, and the name of suppress be gone
            self.close()
        except Exception:  # noqa: BLE001 # as above, or it was never opened
            pass

    def _put_alone(self, write: Write, now: int, floor: int) -> Committed | None:
        """Put one row by a single statement; None where it takes more than that."""
        space, contract, key, value, encoding, expires_at, metadata = write
        if value is None or len(value) > LARGE:
            return None
        namespace = self._ids.get((space, contract)) or self._name(space, contract)
        head = self._head
        stamp = floor if floor > head else head + 1
        was = self._was
        values = (namespace, key, head, stamp, now, now, expires_at, encoding, metadata, None, value)
        try:
            if not self._run(sql.PUT_ALONE, values).rowcount:
                return None
        except sqlite3.IntegrityError:  # another kernel has committed since the last look
            return None
        self._head = stamp
        return _named(Committed, (stamp, *_around(was, write, stamp, now)))

    def _commit(
        self, writes: Sequence[Write], now: int, checks: Sequence[Check], floor: int, exact: bool
    ) -> Committed | None:
        ids = {(write.space, write.contract) for write in writes if write.value is not None}
        for space, contract in ids - self._ids.keys():
            self._name(space, contract)
        run, was = self._run, self._was
        before: list[Row | None] = []
        after: list[Row | None] = []
        try:
            run("BEGIN IMMEDIATE")
            for space, contract, key, expected in checks:
                there = run(sql.STAMP, (self._find(space, contract), key, now)).fetchone()
                if (None if there is None else there[0]) != expected:
                    return None
            (head,) = run(sql.HEAD).fetchone()
            stamp = floor if floor > head else head + 1
            if exact and stamp != floor:
                return None
            marked = not writes
            for write in writes:
                space, contract, key, value, encoding, expires_at, metadata = write
                namespace = self._find(space, contract)
                was[:] = _NOTHING
                if value is None:
                    run(sql.DELETE, (namespace, key))
                    marked = True
                else:
                    large = run(sql.KEEP_LARGE, (value,)).lastrowid if len(value) > LARGE else None
                    here = value if large is None else b""
                    run(sql.PUT, (namespace, key, stamp, now, now, expires_at, encoding, metadata, large, here))
                if was[7] is not None:
                    (was[0],) = run(sql.GET_LARGE, (was[7],)).fetchone()
                    run(sql.DROP_LARGE, (was[7],))
                old, new = _around(was, write, stamp, now)
                before += old
                after += new
            if marked:  # no row may be left that tells the stamp
                run(sql.MARK, (stamp,))
            run("COMMIT")
        finally:
            self._abandon()
        self._head = stamp
        return _named(Committed, (stamp, before, after))

    def _find(self, space: str, contract: str) -> int:
        """The number of a namespace, -1 if it has none yet."""
        known = self._ids.get((space, contract))
        if known is not None:
            return known
        found = self._run(sql.FIND, (space, contract)).fetchone()
        if found is None:
            return -1
        # Committed by whoever made it: here nothing is looked for after it was made in the same transaction.
        self._ids[space, contract] = found[0]
        return int(found[0])

    def _name(self, space: str, contract: str) -> int:
        """The number of a namespace, made if need be; outside of any transaction."""
        found = self._find(space, contract)
        if found < 0:
            self._run(sql.NAME, (space, contract))
            found = self._find(space, contract)
        return found

    def _begin(self, statement: str) -> None:
        if self._connection.in_transaction:
            self._abandon()
        self._run(statement)

    def _abandon(self) -> None:
        """End a transaction that was not committed: after an error or an interrupt, or one that only read."""
        with suppress(sqlite3.Error):
            self._connection.rollback()

    def _fetch(self, statement: str) -> list[Any]:
        try:
            if self._connection.in_transaction:
                self._abandon()
            return self._run(statement).fetchall()
        except sqlite3.Error as error:
            raise explain(error, self.location) from error


def _around(was: list[Any], write: Write, stamp: int, now: int) -> tuple[list[Row | None], list[Row | None]]:
    """What was there just before and just after a write."""
    _, _, key, value, encoding, expires_at, metadata = write
    old: Row | None = None
    created_at = now
    if was[2] is not None and (was[5] is None or was[5] > now):
        old = _named(Row, (key, *was[:7]))
        created_at = was[3]
    if value is None or (expires_at is not None and expires_at <= now):
        return [old], [None]
    return [old], [_named(Row, (key, value, encoding, stamp, created_at, now, expires_at, metadata))]
