"""The store of a PostgreSQL database."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

from tana_jupyter.errors import StoreError
from tana_jupyter.store.postgres import commit, statements
from tana_jupyter.store.postgres.exchange import Refused, Statement, Step
from tana_jupyter.store.postgres.link import Link
from tana_jupyter.store.postgres.migration import prepare
from tana_jupyter.store.postgres.place import place_of
from tana_jupyter.store.postgres.rows import check_holdable, fields_of, is_text, json_of, row_of, rows_of
from tana_jupyter.store.postgres.statements import TABLES, Statements
from tana_jupyter.store.postgres.states import DENIED, NO_JSON, ROLLED_BACK
from tana_jupyter.store.postgres.wire import array, instant, integer, text_bound
from tana_jupyter.store.protocol import Changed, Check, Committed, NamespaceSize, Row, Write, closed
from tana_jupyter.store.rowname import named

_MOST = 2**63 - 1


class PostgresStore:
    """See :class:`~tana_jupyter.store.protocol.Store`."""

    keeps = "every operation once it is awaited, as durably as the server commits"
    shared = True
    persistent = True
    spans_contracts = True

    def __init__(self, url: str) -> None:
        self._closed = False
        self._link = Link(url)
        try:
            schema = prepare(self._link.connection, self._link.place, url)
        except BaseException:
            self._link.close()
            raise
        self.location = self._link.place = place_of(url, schema)
        self._sql = Statements(schema)

    def __repr__(self) -> str:
        return f"<PostgresStore {self.location}>"

    def get(self, space: str, contract: str, key: bytes, now: int) -> Row | None:
        """See the protocol."""
        if not is_text(space, key):
            return None
        rows = self._ask(self._sql.get[space], contract.encode(), key, instant(now))
        return row_of(rows[0]) if rows else None

    def get_many(self, space: str, contract: str, keys: Sequence[bytes], now: int) -> list[Row | None]:
        """See the protocol."""
        asked = list(dict.fromkeys(key for key in keys if is_text(space, key)))
        wanted = array(TABLES[space].kind, asked)
        rows = self._ask(self._sql.get_many(space), contract.encode(), wanted, instant(now))
        found = {row.key: row for row in rows_of(rows, text=TABLES[space].text)}
        return [found.get(key) for key in keys]

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
        if TABLES[space].text:
            low = text_bound(start)
            end = None if end is None else text_bound(end)
        else:
            low = start
        if low is None or limit <= 0 or (end is not None and low >= end):
            self._ready()
            return []
        asked = self._sql.scan(space, bounded=end is not None, reverse=reverse, bare=keys_only)
        bounds = (low,) if end is None else (low, end)
        rows = self._ask(asked, contract.encode(), instant(now), integer(min(limit, _MOST)), *bounds)
        return rows_of(rows, text=TABLES[space].text)

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
        self._ready()
        for write in writes:
            check_holdable(write)
        try:
            if len(writes) == 1 and not checks and not exact and is_text(writes[0].space, writes[0].key):
                done = self._one(writes[0], now, floor)
                if done is not None:
                    return done
            return self._together(writes, checks, now, floor, exact)
        except Refused as error:
            self._explain(error, writes)

    def head(self, contract: str) -> int:  # one counter for all
        """See the protocol."""
        rows = self._ask(self._sql.head)
        return int(rows[0][0]) if rows else self._uncounted()

    def namespaces(self) -> list[tuple[str, str]]:
        """See the protocol."""
        return sorted((space.decode(), contract.decode()) for space, contract in self._ask(self._sql.namespaces()))

    def sizes(self, now: int) -> list[NamespaceSize]:
        """See the protocol. Metadata counts as JSONB writes it."""
        rows = self._ask(self._sql.sizes(), instant(now))
        return sorted(NamespaceSize(space.decode(), name.decode(), count, size) for space, name, count, size in rows)

    def changes(self, contract: str, since: int, limit: int) -> list[Changed]:
        """See the protocol."""
        rows = self._ask(self._sql.changes(), contract.encode(), integer(since), integer(limit))
        return [Changed(space.decode(), key, stamp) for space, key, stamp in rows]

    def sweep(self, now: int) -> int:
        """See the protocol."""
        if not self._ask(self._sql.any_over(), instant(now)):
            return 0
        steps: list[Step] = [(self._sql.sweep(space), (instant(now),)) for space in TABLES]
        try:
            results = self._link.tell(*commit.together(self._sql, steps))
        except Refused as error:
            self._explain(error)
        return sum(result.command_tuples or 0 for result in results[2:-1])

    def flush(self) -> None:
        """See the protocol. Nothing is waiting; but after a lost connection the next operation may connect anew."""
        self._ready()
        self._link.rest()

    def close(self) -> None:
        """See the protocol."""
        self._closed = True
        self._link.close()

    def __del__(self) -> None:
        with suppress(AttributeError):  # it was never opened
            self.close()

    def _ready(self) -> None:
        if self._closed:
            raise closed(self.location)

    def _ask(self, statement: Statement, *parameters: bytes | None) -> list[tuple[Any, ...]]:
        self._ready()
        try:
            return self._link.ask(statement, parameters)
        except Refused as error:
            self._explain(error)

    def _one(self, write: Write, now: int, floor: int) -> Committed | None:
        """A write alone, in one statement; None where another commit came in between and nothing was written."""
        where = (write.contract.encode(), write.key, instant(now), integer(floor))
        if write.value is None:
            results = self._link.tell((self._sql.delete[write.space], where))
        else:
            results = self._link.tell((self._sql.put[write.space], (*where, *fields_of(write))))
        rows = self._link.rows(results[0])
        if not rows:
            return None
        stamp, metadata, *columns = rows[0]
        before = None if columns[0] is None else row_of(columns)
        after = None
        if write.value is not None and (write.expires_at is None or write.expires_at > now):
            json = None if metadata is None else json_of(metadata[1:])
            created_at = now if before is None else before.created_at
            after = Row(write.key, write.value, write.encoding, stamp, created_at, now, write.expires_at, json)
        return Committed(stamp, [before], [after])

    def _together(
        self, writes: Sequence[Write], checks: Sequence[Check], now: int, floor: int, exact: bool
    ) -> Committed | None:
        plan = commit.plan(self._sql, writes, checks, now, floor, exact)
        if plan is None:
            return None
        results = self._link.tell(*plan.steps)
        head = self._link.rows(results[plan.head])
        if not head:
            return None if checks or exact else self._uncounted()
        before = {
            (space, str(row[0], "utf-8"), row[1]): row_of(row[1:])
            for step, space in plan.before.items()
            for row in self._link.rows(results[step])
        }
        metadata = {
            (space, contract.decode(), key): json and json[1:]
            for step, space in plan.metadata.items()
            for contract, key, json in self._link.rows(results[step])
        }
        return commit.outcome(writes, now, head[0][0], before, metadata)

    def _explain(self, error: Refused, writes: Sequence[Write] = ()) -> NoReturn:
        """Say what a refusal means and, where it is about one row, about which."""
        text = f"{self.location}: {error}. Nothing was written"
        if error.state in DENIED:
            text = (
                f"{self.location} may not be written by this role: {error}" if writes else f"{self.location}: {error}"
            )
        elif error.state in NO_JSON:
            marked = [write for write in writes if write.metadata is not None and b"\\u" in write.metadata]
            if marked:
                where = named(*marked[0][:3])
                text = f"PostgreSQL's JSONB cannot hold the metadata of {where}: {error}. Nothing was written"
        elif error.state in ROLLED_BACK:
            text = f"{self.location}: others kept writing the same rows ({error}). Nothing was written; try again"
        raise StoreError(text) from None

    def _uncounted(self) -> NoReturn:
        raise StoreError(f"{self.location}: {statements.COUNTER} has lost its row; nothing was written")
