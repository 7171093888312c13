"""The SQL of a transfer, over tables that may lack the columns and the tables a runtime does not know."""

from typing import NamedTuple

from tana_jupyter.limits import TRANSFER_WHOLE
from tana_jupyter.store.postgres.migration import Survey
from tana_jupyter.store.postgres.schema import ADDED
from tana_jupyter.store.postgres.statements import COUNTER, TABLES, quoted
from tana_jupyter.transfer.scope import SPACES

_NOW = "TIMESTAMP '1970-01-01' + %(now)s * INTERVAL '1 microsecond'"
_LIVE = "(expires_at IS NULL OR expires_at > {now})"


class Table(NamedTuple):
    """A table that is there, and what a column that it lacks reads as."""

    name: str
    text: bool
    columns: dict[str, str]


def qualified(schema: str, name: str) -> str:
    """A name with its schema, for a statement with parameters."""
    return f"{quoted(schema)}.{quoted(name)}".replace("%", "%%")


def names(schema: str, kv: str) -> dict[str, str]:
    """The table of each space, whether it is there or not."""
    return {space: qualified(schema, kv if space == "kv" else TABLES[space].name) for space in SPACES}


def tables(found: Survey, kv: str) -> dict[str, Table]:
    """Those that are there."""
    there = {}
    for space, name in names(found.schema, kv).items():
        bare = kv if space == "kv" else TABLES[space].name
        if bare in found.there:
            columns = {
                column: column if f"{bare}.{column}" in found.there else f"NULL::{kind}"
                for column, kind in ADDED.items()
            }
            there[space] = Table(name, TABLES[space].text, columns)
    return there


def contracts(table: Table) -> str:
    """Parameter: now."""
    return f"SELECT DISTINCT contract_name FROM {table.name} WHERE {_live(table)}"


def sketches(table: Table, *, bounded: bool) -> str:
    """Parameters: contract, now, low, high where it is bounded. A row's size, and what it is compared by."""
    key = 'key COLLATE "C"' if table.text else "key"
    end = f" AND {key} < %(high)s" if bounded else ""
    columns = table.columns
    value = columns["bytes"]
    if table.text:
        size = f"CASE WHEN value = '' THEN COALESCE(octet_length({value}), 0) ELSE octet_length(value) END"
        other = _short("value", "encode(sha256(convert_to(value, 'UTF8')), 'hex')")
        value = _short(value, f"convert_to(encode(sha256({value}), 'hex'), 'UTF8')")
    else:
        size = "octet_length(value)"
        other = _short("value", "convert_to(encode(sha256(value), 'hex'), 'UTF8')")
    return (
        f"SELECT {size}, key, {other}, {columns['encoding']}, {columns['expires_at']}, {columns['metadata']},"
        f" {value if table.text else 'NULL'} FROM {table.name}"
        f" WHERE contract_name = %(contract)s AND {key} >= %(low)s{end} AND {_live(table)} ORDER BY {key}"
    )


def whole(table: Table) -> str:
    """Parameters: contract, keys."""
    columns = table.columns
    return (
        f"SELECT key, value, {columns['encoding']}, COALESCE({columns['versionstamp']}, 1), created_at, updated_at,"
        f" {columns['expires_at']}, {columns['metadata']}, {columns['bytes'] if table.text else 'NULL'}"
        f" FROM {table.name} WHERE contract_name = %(contract)s AND key = ANY(%(keys)s)"
    )


def _short(column: str, digest: str) -> str:
    return f"CASE WHEN octet_length({column}) <= {TRANSFER_WHOLE} THEN {column} ELSE {digest} END"


def _live(table: Table) -> str:
    return _LIVE.format(now=_NOW) if table.columns["expires_at"] == "expires_at" else "true"


# What is written. The temporary tables are gone with the transaction.
FIELDS = ("contract_name", "key", "value", "created_at", "updated_at", "expires_at", "metadata", "encoding")


def fields(space: str) -> tuple[str, ...]:
    """The columns that a row brings along."""
    return (*FIELDS, "bytes") if TABLES[space].text else FIELDS


def incoming(space: str) -> str:
    """The temporary table of rows to be written."""
    kind = "TEXT" if TABLES[space].text else "BYTEA"
    other = ", bytes BYTEA" if TABLES[space].text else ""
    return (
        f"CREATE TEMPORARY TABLE tana_in_{space} (contract_name TEXT, key {kind}, value {kind}, created_at TIMESTAMP,"
        f" updated_at TIMESTAMP, expires_at TIMESTAMP, metadata JSONB, encoding TEXT{other}) ON COMMIT DROP"
    )


def outgoing(space: str) -> str:
    """The temporary table of keys to be deleted."""
    kind = "TEXT" if TABLES[space].text else "BYTEA"
    return f"CREATE TEMPORARY TABLE tana_out_{space} (contract_name TEXT, key {kind}) ON COMMIT DROP"


def copy_in(space: str) -> str:
    """Fill the one."""
    return f"COPY pg_temp.tana_in_{space} ({', '.join(fields(space))}) FROM STDIN (FORMAT BINARY)"


def copy_out(space: str) -> str:
    """Fill the other."""
    return f"COPY pg_temp.tana_out_{space} (contract_name, key) FROM STDIN (FORMAT BINARY)"


def advance(schema: str) -> str:
    """Take the next versionstamp, and keep all other commits waiting from here to the end."""
    return f"UPDATE {quoted(schema)}.{COUNTER} SET versionstamp = versionstamp + 1 RETURNING versionstamp"


def insert(space: str, table: str) -> str:
    """Parameter: stamp. Fails where one of the keys is there."""
    columns = ", ".join(fields(space))
    return f"INSERT INTO {table} ({columns}, versionstamp) SELECT {columns}, %(stamp)s FROM pg_temp.tana_in_{space}"


def upsert(space: str, table: str) -> str:
    """Parameter: stamp."""
    renewed = ", ".join(f"{name} = EXCLUDED.{name}" for name in (*fields(space)[2:], "versionstamp"))
    return f"{insert(space, table)} ON CONFLICT (contract_name, key) DO UPDATE SET {renewed}"


def delete(space: str, table: str) -> str:
    """No parameters, but a statement that may have some."""
    return (
        f"DELETE FROM {table} AS t USING pg_temp.tana_out_{space} AS gone"
        " WHERE t.contract_name = gone.contract_name AND t.key = gone.key"
    )
