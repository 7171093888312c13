"""The SQL of reads, and of a write that is alone."""

from collections.abc import Callable
from typing import NamedTuple

from tana_jupyter.store.postgres.exchange import Statement
from tana_jupyter.store.postgres.wire import ARRAY, BIGINT, BYTEA, JSONB, TEXT, TIMESTAMP


class Table(NamedTuple):
    """Where the rows of a space lie, and whether their keys and values are TEXT there or BYTEA."""

    name: str
    text: bool

    @property
    def kind(self) -> int:
        """The type of keys and values."""
        return TEXT if self.text else BYTEA


TABLES = {
    "data": Table("tana_data", text=True),
    "deno": Table("tana_deno", text=False),
    "kv": Table("kv_storage", text=True),
    "queue": Table("tana_queue", text=False),
}
"""The table of each space, in the order of their names."""

# The counter's row is locked by every commit, from the moment it takes its versionstamp to its end: so stamps grow in
# the order of commits, which those of a sequence would not.
COUNTER = "tana_counter"

_STAMP = "COALESCE(versionstamp, 1)"  # what a runtime wrote before there was the column
_ROW = f"key, value, encoding, {_STAMP} AS versionstamp, created_at, updated_at, expires_at, metadata"
# The value is in bytes only while the column value is empty: a runtime without our trigger writes value alone.
_BARE = (
    f"key, '' AS value, encoding, {_STAMP} AS versionstamp, created_at, updated_at, expires_at, metadata,"
    " CASE WHEN bytes IS NOT NULL AND value = '' THEN ''::bytea END AS bytes"
)
_BARE_BINARY = _ROW.replace("value", "''::bytea AS value", 1)
_LARGEST = 2**63 - 1


KEEP_CREATED = "created_at = CASE WHEN t.expires_at <= {now} THEN EXCLUDED.created_at ELSE t.created_at END"
"""How an overwrite keeps the time of a row that was not over."""


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    return '"{}"'.format(name.replace('"', '""'))


def columns(table: Table, *, bare: bool = False) -> str:
    """What a row is read from; ``bare`` leaves its value out."""
    if table.text:
        return _BARE if bare else f"{_ROW}, bytes"
    return _BARE_BINARY if bare else _ROW


def live(parameter: int, alias: str = "") -> str:
    """The condition that a row is not over at ``$parameter``."""
    return f"({alias}expires_at IS NULL OR {alias}expires_at > ${parameter})"


class Statements:
    """All statements over the tables of one schema; each is built when it is first asked for."""

    def __init__(self, schema: str) -> None:
        self._schema = f"{quoted(schema)}."
        self._built: dict[object, Statement] = {}
        self.get = {space: self._get(space) for space in TABLES}
        self.put = {space: self._put(space) for space in TABLES}
        self.delete = {space: self._delete(space) for space in TABLES}
        self.head = self.build("head", lambda: f"SELECT versionstamp FROM {self.of(COUNTER)}")

    def of(self, name: str) -> str:
        """A table's name with its schema, quoted."""
        return self._schema + name

    def build(self, what: object, sql: Callable[[], str], *types: int) -> Statement:
        """The statement for ``what``, made once."""
        if what not in self._built:
            self._built[what] = Statement.of(f"tana_{len(self._built)}", sql(), *types)
        return self._built[what]

    def get_many(self, space: str) -> Statement:
        """Parameters: contract, keys, now."""
        table = TABLES[space]
        kind = "text" if table.text else "bytea"

        def sql() -> str:
            return (
                f"SELECT {columns(table)} FROM {self.of(table.name)}"
                f" WHERE contract_name = $1 AND key = ANY($2::{kind}[]) AND {live(3)}"
            )

        return self.build(("get_many", space), sql, TEXT, ARRAY[table.kind], TIMESTAMP)

    def scan(self, space: str, *, bounded: bool, reverse: bool, bare: bool) -> Statement:
        """Parameters: contract, now, limit, start, and end where it is bounded."""
        table = TABLES[space]
        key = 'key COLLATE "C"' if table.text else "key"

        def sql() -> str:
            end = f" AND {key} < $5" if bounded else ""
            return (
                f"SELECT {columns(table, bare=bare)} FROM {self.of(table.name)}"
                f" WHERE contract_name = $1 AND {key} >= $4{end} AND {live(2)}"
                f" ORDER BY {key}{' DESC' if reverse else ''} LIMIT $3"
            )

        types = (TEXT, TIMESTAMP, BIGINT, table.kind, *([table.kind] if bounded else []))
        return self.build(("scan", space, bounded, reverse, bare), sql, *types)

    def changes(self) -> Statement:
        """Parameters: contract, since, limit. Never splits a commit."""

        def each(select: str, rest: str) -> str:
            return " UNION ALL ".join(
                f"(SELECT {select.format(space=space, key=_key_bytes(table))} FROM {self.of(table.name)}"
                f" WHERE contract_name = $1 AND {_STAMP} > $2{rest})"
                for space, table in TABLES.items()
            )

        def sql() -> str:
            found = each(f"{_STAMP} AS versionstamp", f" ORDER BY {_STAMP} LIMIT $3")
            rows = each(
                f"'{{space}}', {{key}}, {_STAMP} AS versionstamp",
                f" AND {_STAMP} <= COALESCE((SELECT versionstamp FROM edge), {_LARGEST})",
            )
            return (
                f"WITH found AS ({found}), edge AS (SELECT versionstamp FROM found ORDER BY 1 OFFSET $3 - 1 LIMIT 1)"
                f" {rows} ORDER BY 3"
            )

        return self.build("changes", sql, TEXT, BIGINT, BIGINT)

    def namespaces(self) -> Statement:
        """No parameters. Jumps from name to name in the primary key, whatever lies between."""

        def sql() -> str:
            walks = ", ".join(
                f"{space}(name) AS ((SELECT contract_name FROM {self.of(table.name)} ORDER BY 1 LIMIT 1) UNION ALL"
                f" SELECT (SELECT contract_name FROM {self.of(table.name)} WHERE contract_name > name"
                f" ORDER BY 1 LIMIT 1) FROM {space} WHERE name IS NOT NULL)"
                for space, table in TABLES.items()
            )
            found = " UNION ALL ".join(
                f"SELECT '{space}', name FROM {space} WHERE name IS NOT NULL" for space in TABLES
            )
            return f"WITH RECURSIVE {walks} {found}"

        return self.build("namespaces", sql)

    def sizes(self) -> Statement:
        """Parameter: now. Reads every row, but no large value."""

        def sql() -> str:
            return " UNION ALL ".join(
                f"SELECT '{space}', contract_name, count(*), sum({_size(table)})::bigint"
                f" FROM {self.of(table.name)} WHERE {live(1)} GROUP BY contract_name"
                for space, table in TABLES.items()
            )

        return self.build("sizes", sql, TIMESTAMP)

    def any_over(self) -> Statement:
        """Parameter: now. Whether there is anything to sweep."""

        def sql() -> str:
            # The smallest is the first of its index; EXISTS would be answered by reading all rows of a table that
            # was never analyzed.
            over = (f"(SELECT min(expires_at) FROM {self.of(table.name)}) <= $1" for table in TABLES.values())
            return f"SELECT 1 WHERE {' OR '.join(over)}"

        return self.build("any_over", sql, TIMESTAMP)

    def sweep(self, space: str) -> Statement:
        """Parameter: now."""
        return self.build(
            ("sweep", space), lambda: f"DELETE FROM {self.of(TABLES[space].name)} WHERE expires_at <= $1", TIMESTAMP
        )

    def _get(self, space: str) -> Statement:
        """Parameters: contract, key, now."""
        table = TABLES[space]

        def sql() -> str:
            return (
                f"SELECT {columns(table)} FROM {self.of(table.name)}"
                f" WHERE contract_name = $1 AND key = $2 AND {live(3)}"
            )

        return self.build(("get", space), sql, TEXT, table.kind, TIMESTAMP)

    def _put(self, space: str) -> Statement:
        """Parameters: contract, key, now, floor, value, encoding, expiry, metadata, and bytes where keys are text."""
        table = TABLES[space]

        def sql() -> str:
            fields = ("value", "encoding", "expires_at", "metadata", *(["bytes"] if table.text else []), "versionstamp")
            renewed = ", ".join(f"{name} = EXCLUDED.{name}" for name in (*fields, "updated_at"))
            return (
                f"WITH {self._before(table)}, new AS ("
                f"INSERT INTO {self.of(table.name)} AS t"
                f" (contract_name, key, {', '.join(fields)}, created_at, updated_at)"
                f" SELECT $1, $2, $5, $6, $7, $8{', $9' if table.text else ''}, head.versionstamp, $3, $3 FROM head"
                f" ON CONFLICT (contract_name, key) DO UPDATE SET {renewed}, {KEEP_CREATED.format(now='$3')}"
                " RETURNING t.versionstamp AS head, t.metadata AS document)"
                " SELECT new.*, old.* FROM new LEFT JOIN old ON true"
            )

        types = (TEXT, table.kind, TIMESTAMP, BIGINT, table.kind, TEXT, TIMESTAMP, JSONB)
        return self.build(("put", space), sql, *types, *([BYTEA] if table.text else []))

    def _delete(self, space: str) -> Statement:
        """Parameters: contract, key, now, floor."""
        table = TABLES[space]

        def sql() -> str:
            return (
                f"WITH {self._before(table)}, gone AS ("
                f"DELETE FROM {self.of(table.name)} USING head WHERE contract_name = $1 AND key = $2)"
                " SELECT head.versionstamp, NULL::jsonb, old.* FROM head LEFT JOIN old ON true"
            )

        return self.build(("delete", space), sql, TEXT, table.kind, TIMESTAMP, BIGINT)

    def _before(self, table: Table) -> str:
        """The row as it was, and the next versionstamp.

        ``head`` is empty, and so nothing is written, where another commit came between the statement's snapshot and
        the lock on the counter: the row that the snapshot shows may not be the one that is there by now.
        """
        counter = self.of(COUNTER)
        return (
            f"old AS (SELECT {columns(table)} FROM {self.of(table.name)}"
            f" WHERE contract_name = $1 AND key = $2 AND {live(3)}),"
            f" head AS (UPDATE {counter} SET versionstamp = GREATEST(versionstamp + 1, $4)"
            f" WHERE versionstamp = (SELECT versionstamp FROM {counter}) RETURNING versionstamp)"
        )


def _key_bytes(table: Table) -> str:
    return "convert_to(key, 'UTF8')" if table.text else "key"


def _size(table: Table) -> str:
    value = "octet_length(value)"
    if table.text:
        value = "CASE WHEN value = '' THEN COALESCE(octet_length(bytes), 0) ELSE octet_length(value) END"
    return f"octet_length(key) + {value} + COALESCE(octet_length(metadata::text), 0)"
