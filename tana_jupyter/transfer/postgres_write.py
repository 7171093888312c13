"""Writing to PostgreSQL: COPY into a temporary table, then one upsert, in the transaction that compared."""

from struct import Struct
from typing import TYPE_CHECKING

import psycopg

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store.postgres.migration import Rival, Survey, prepare
from tana_jupyter.store.postgres.rows import check_holdable, fields_of
from tana_jupyter.store.postgres.statements import COUNTER
from tana_jupyter.store.postgres.states import TOO_LARGE
from tana_jupyter.store.postgres.wire import EPOCH, instant
from tana_jupyter.store.protocol import Row, Write
from tana_jupyter.store.rowname import named
from tana_jupyter.transfer import postgres_sql as sql
from tana_jupyter.transfer.postgres import Reading
from tana_jupyter.transfer.postgres_copy import NULL, Batch, count, field, length
from tana_jupyter.transfer.postgres_stop import stopped_by
from tana_jupyter.transfer.scope import SPACES
from tana_jupyter.transfer.sides import Cancelled, Contended

if TYPE_CHECKING:
    from tana_jupyter.transfer.postgres import PostgresSide

_times = Struct(">iqiq").pack
_NINE = count(9)
_FOUR_NULLS = 4 * NULL
_SMALL = 1_048_576
_BESIDE = 64  # bytes of a row beside its key and value


class Writing(Reading):
    """See :class:`~.sides.Writer`."""

    def __init__(self, side: "PostgresSide", connection: psycopg.Connection, found: Survey, now: int) -> None:
        super().__init__(connection, found, side.table, now)
        self._side = side
        self._rows = {
            space: Batch(connection, sql.incoming(space), sql.copy_in(space), side, self._free) for space in SPACES
        }
        self._keys = {
            space: Batch(connection, sql.outgoing(space), sql.copy_out(space), side, self._free) for space in SPACES
        }
        self._names: dict[str, bytes] = {}  # as the field of a row
        self._longest = (0, "")
        self._small = min(_SMALL, limits.TRANSFER_VALUE)

    def put(self, space: str, contract: str, row: Row, *, new: bool) -> None:
        """See Writer."""
        key, value, encoding, _, created_at, updated_at, expires_at, metadata = row
        where = self._names.get(contract)
        if where is None:
            where = self._names[contract] = field(contract.encode())
        if len(key) > self._longest[0]:
            self._longest = (len(key), named(space, contract, key))
        batch = self._rows[space]
        batch.all_new = batch.all_new and new
        plain = expires_at is None and metadata is None and encoding == "text" and space != "deno"
        if plain and len(value) < self._small and b"\0" not in key and b"\0" not in value:
            times = _times(8, created_at - EPOCH, 8, updated_at - EPOCH)
            quick = (_NINE, where, length(len(key)), key, length(len(value)), value, times, _FOUR_NULLS)
            batch.add(quick, len(key) + len(value) + _BESIDE, (space, contract, key))
            return
        if len(value) > limits.TRANSFER_VALUE:
            raise StoreError(
                f"{named(space, contract, key)} is too large for PostgreSQL: {len(value):,} bytes (max"
                f" {limits.TRANSFER_VALUE:,}). Nothing was written"
            )
        write = Write(space, contract, key, value, encoding, expires_at, metadata)
        check_holdable(write)
        held, how, expires, document, *other = fields_of(write)
        fields = (key, held, instant(created_at), instant(updated_at), expires, document, how, *other)
        parts = (count(len(fields) + 1), where, *map(field, fields))
        batch.add(parts, sum(map(len, parts)), (space, contract, key))

    def delete(self, space: str, contract: str, key: bytes) -> None:
        """See Writer."""
        parts = (count(2), field(contract.encode()), field(key))
        self._keys[space].add(parts, sum(map(len, parts)), (space, contract, key))

    def commit(self, cancelled: Cancelled) -> None:
        """See Writer. Tables that are missing are made now: nobody uses them yet, and without rows there are none."""
        with stopped_by(cancelled, self.connection):
            self._free()
            if self.survey.missing:
                self._prepare()
            stamps = self.connection.execute(sql.advance(self.survey.schema).encode()).fetchone()
            if stamps is None:
                raise StoreError(f"{self._side.place}: {COUNTER} has lost its row; nothing was written")
            tables = sql.names(self.survey.schema, self._side.table)
            try:
                for space in SPACES:
                    if self._keys[space].made:
                        self.connection.execute(sql.delete(space, tables[space]).encode(), {})
                    if self._rows[space].made:
                        self._insert(space, tables[space], stamps[0])
            except psycopg.Error as error:
                if error.sqlstate in TOO_LARGE:
                    raise StoreError(
                        f"{self._side.place}: {error.diag.message_primary}. The longest key is that of"
                        f" {self._longest[1]}. Nothing was written"
                    ) from None
                raise
        try:
            self.connection.execute(b"COMMIT")
        except psycopg.Error as error:
            raise self._side.explained(
                error, "It may or may not have been written, all of it or nothing; a new plan tells"
            ) from None

    def _prepare(self) -> None:
        side = self._side
        try:
            prepare(self.connection, side.place, side.url, kv=side.table, schema=self.survey.schema, patient=False)
        except Rival:
            raise Contended from None

    def _insert(self, space: str, table: str, stamp: int) -> None:
        if self._rows[space].all_new:
            try:
                with self.connection.transaction():
                    self.connection.execute(sql.insert(space, table).encode(), {"stamp": stamp})
            except psycopg.errors.UniqueViolation:
                pass  # a row that is over, or one that somebody else has just put there
            else:
                return
        self.connection.execute(sql.upsert(space, table).encode(), {"stamp": stamp})

    def _free(self) -> None:
        for batch in (*self._rows.values(), *self._keys.values()):
            batch.end()

    def _abandon(self) -> None:
        for batch in (*self._rows.values(), *self._keys.values()):
            batch.abandon()
