"""A PostgreSQL database as a side: one transaction that sees one moment, of a connection of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import psycopg

from tana_jupyter.errors import StoreError, TanaError
from tana_jupyter.store.postgres.connecting import connect, one_line
from tana_jupyter.store.postgres.migration import KV, NAME_BYTES, Survey, prepare, survey
from tana_jupyter.store.postgres.place import place_of
from tana_jupyter.store.postgres.rows import row_of
from tana_jupyter.store.postgres.statements import COUNTER, TABLES, quoted
from tana_jupyter.store.postgres.states import BUSY, DENIED, GONE, ROLLED_BACK
from tana_jupyter.store.postgres.triggers import TRIGGERS
from tana_jupyter.store.postgres.wire import text_bound
from tana_jupyter.store.protocol import Row
from tana_jupyter.transfer import postgres_sql as sql
from tana_jupyter.transfer.postgres_stop import stopped_by
from tana_jupyter.transfer.sides import Cancelled, Contended, Writer
from tana_jupyter.transfer.sketch import Item, Sketch, sketch_as_read

_PAGE = 2000  # sketches fetched at a time
_SETTINGS = "SET TIME ZONE 'UTC'; SET statement_timeout = 0; SET lock_timeout = '20s'"


class _Interrupted(Contended):
    """The server broke it off for the sake of somebody else."""


class PostgresSide:
    """See :class:`~.sides.Side`."""

    def __init__(self, url: str, table: str = KV, schema: str | None = None) -> None:
        for what, name in (("table", table), ("schema", schema)):
            if name is not None and (not name or "\0" in name or "{schema}" in name or len(name.encode()) > NAME_BYTES):
                raise TanaError(f"{what}={name!r:.100} is no name of a {what}: it has 1 to {NAME_BYTES} bytes")
        if table in {COUNTER, *(held.name for space, held in TABLES.items() if space != "kv")}:
            raise TanaError(f"table={table!r}: that name is taken, and not by kv")
        self.url = url
        self.table = table
        self.schema = schema
        self.place = place_of(url, schema or "public")
        self._missing: tuple[str, ...] = ()

    @contextmanager
    def look(self, now: int) -> Iterator["Reading"]:
        """See Side."""
        try:
            with self._connected() as connection:
                connection.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                reading = Reading(connection, self._survey(connection), self.table, now)
                self._missing = tuple(reading.survey.missing)
                yield reading
        except _Interrupted:  # by a standby that follows its primary, or to end a deadlock
            raise StoreError(f"{self.place} broke off what was being read; try again. Nothing was written") from None

    @contextmanager
    def write(self, now: int, attempt: int, cancelled: Cancelled) -> Iterator[Writer]:
        """See Side. The second time others are kept from writing from the beginning on.

        A runtime's own table gets what it lacks beforehand: whoever reads it waits for that, and not for our rows.
        """
        from tana_jupyter.transfer.postgres_write import Writing

        with self._connected() as connection:
            found = self._survey(connection)
            made = self.table in found.there
            if made and found.missing:
                with stopped_by(cancelled, connection):
                    prepare(connection, self.place, self.url, kv=self.table, schema=found.schema)
            connection.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ")
            # Where there is no counter yet, somebody else who makes the tables is noticed when they are made.
            if attempt > 0 and COUNTER in found.there:
                # No snapshot yet: the one to come sees all that was written before the lock.
                connection.execute(f"LOCK TABLE {quoted(found.schema)}.{COUNTER} IN EXCLUSIVE MODE".encode())
            found = self._survey(connection)
            # What is still missing there this role may not make, and has been told.
            yield Writing(self, connection, found._replace(missing=[]) if made else found, now)

    def notes(self) -> list[str]:
        """What it would make."""
        made = [name for name in self._missing if "." not in name and not name.startswith("idx_")]
        tables = [name for name in made if name not in TRIGGERS]
        columns = [name for name in self._missing if name.rpartition(".")[0] == self.table and self.table not in made]
        more = len(self._missing) - len(tables) - sum("." in name for name in self._missing)
        parts = [f"tables {', '.join(tables)}"] if tables else []
        parts += [f"columns {', '.join(columns)}"] if columns else []
        parts += [f"{more} indexes and triggers"] if more else []
        return [f"makes what is missing: {'; '.join(parts)}"] if parts else []

    def _survey(self, connection: psycopg.Connection) -> Survey:
        """What there is; from then on the place names the schema."""
        found = survey(connection, self.place, kv=self.table, schema=self.schema)
        self.place = place_of(self.url, found.schema)
        return found

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        """A connection; a transaction on it is rolled back unless somebody commits it."""
        connection = connect(self.url, self.place, _SETTINGS, keepalives_idle=30)
        try:
            yield connection
        except psycopg.Error as error:
            raise self.explained(error) from None
        finally:
            connection.close()

    def explained(self, error: psycopg.Error, what: str = "Nothing was written") -> Exception:
        """What an error of the driver means, in one line without a password."""
        if error.sqlstate in ROLLED_BACK:
            return _Interrupted()
        text = one_line(error.diag.message_primary or error, self.url)
        if error.sqlstate is None or error.sqlstate.startswith(GONE):
            return StoreError(f"The connection to {self.place} was lost: {text}. {what}")
        if error.sqlstate == BUSY:
            return StoreError(f"{self.place}: somebody else holds its tables ({text}); try again. {what}")
        if error.sqlstate in DENIED:
            return StoreError(f"{self.place} does not let this role do that: {text}. {what}")
        return StoreError(f"{self.place}: {text}. {what}")


class Reading:
    """See :class:`~.sides.Sight`. A table or a column that is not there yet is empty."""

    mark = b""

    def __init__(self, connection: psycopg.Connection, found: Survey, table: str, now: int) -> None:
        self.connection = connection
        self.survey = found
        self.now = now
        self.tables = sql.tables(found, table)
        self._cursors = count()

    def contracts(self, spaces: Sequence[str]) -> set[str]:
        """See Sight. Of other APIs not even the tables need be readable."""
        names = set()
        for table in (self.tables[space] for space in spaces if space in self.tables):
            rows = self.connection.execute(sql.contracts(table).encode(), {"now": self.now}, binary=True)
            names |= {bytes(row[0]).decode() for row in rows}
        return names

    def scan(self, space: str, contract: str, low: bytes, high: bytes | None) -> Iterator[Item]:
        """See Sight. Large values stay on the server, which sends their digests."""
        table = self.tables.get(space)
        start: bytes | None = low
        if table is None:
            return
        if TABLES[space].text:
            start, high = text_bound(low), None if high is None else text_bound(high)
        if start is None:
            return
        bounds: dict[str, Any] = {"contract": contract, "now": self.now, "low": start, "high": high}
        if TABLES[space].text:
            bounds |= {"low": start.decode(), "high": None if high is None else high.decode()}
        name, text, new = f"tana_{next(self._cursors)}", TABLES[space].text, tuple.__new__
        cursor = self.connection.cursor(name, binary=True)
        try:
            self._free()
            cursor.execute(sql.sketches(table, bounded=high is not None).encode(), bounds)
            for size, key, content, encoding, expires_at, metadata, other in self._pages(cursor):
                if text and encoding is metadata is other is expires_at is None:
                    yield new(Sketch, (key, content, size, "text", None, None))
                else:
                    columns = (key, content, encoding, 1, None, None, expires_at, metadata)
                    yield sketch_as_read(row_of((*columns, other) if text else columns), size)
        except BaseException:
            self._abandon()
            raise
        finally:
            # On a connection that is gone this fails, and where nobody reads on it would fail in a finalizer.
            with suppress(psycopg.Error):
                cursor.close()

    def _pages(self, cursor: psycopg.ServerCursor[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        while True:
            self._free()
            page = cursor.fetchmany(_PAGE)
            yield from page
            if len(page) < _PAGE:
                self._free()  # the cursor is closed next
                return

    def _free(self) -> None:
        """End what is under way on the connection."""

    def _abandon(self) -> None:
        """Let go of the connection as it is: who closes a cursor waits for a COPY of the same thread, for good."""

    def rows(self, space: str, contract: str, keys: Sequence[bytes]) -> list[Row | None]:
        """See Sight."""
        table = self.tables[space]
        text = TABLES[space].text
        asked = [key.decode() for key in keys] if text else list(keys)
        found = self.connection.execute(
            sql.whole(table).encode(), {"contract": contract, "keys": asked}, binary=True
        ).fetchall()
        rows = {row.key: row for row in (row_of(columns if text else columns[:8]) for columns in found)}
        return [rows.get(key) for key in keys]
