"""The tables: what must be there, and how it gets there without disturbing a runtime that uses them."""

from typing import NamedTuple

from tana_jupyter.store.postgres.statements import COUNTER, TABLES
from tana_jupyter.store.postgres.triggers import TRIGGERS

# As the runtime's own migration makes it, to the letter.
_KV_STORAGE = """CREATE TABLE {schema}.kv_storage (
  contract_name TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (contract_name, key)
)"""

ORIGINAL = {
    "contract_name": "text",
    "key": "text",
    "value": "text",
    "created_at": "timestamp without time zone",
    "updated_at": "timestamp without time zone",
}
"""The runtime's columns."""

ADDED = {
    "expires_at": "timestamp without time zone",
    "metadata": "jsonb",
    "bytes": "bytea",
    "encoding": "text",
    "versionstamp": "bigint",
}
"""Columns that may be NULL, as they are in rows of a runtime that knows nothing of them.

``bytes`` holds a value that is not text, ``value`` is empty then; ``encoding`` says how to read a value where the other
two do not.
"""

_SIBLING = """CREATE TABLE {schema}.{table} (
  contract_name TEXT NOT NULL,
  key {key} NOT NULL,
  value {value} NOT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP,
  metadata JSONB,
  bytes BYTEA,
  encoding TEXT,
  versionstamp BIGINT NOT NULL,
  PRIMARY KEY (contract_name, key)
)"""

# One row. Where rows of a runtime are there already, they count as written by commit 1.
_COUNTER = """CREATE TABLE {schema}.tana_counter (
  one BOOLEAN PRIMARY KEY DEFAULT true CHECK (one),
  versionstamp BIGINT NOT NULL,
  ticket BIGINT
)"""
_FIRST = (
    "INSERT INTO {schema}.tana_counter (versionstamp)"
    " SELECT COALESCE(max(COALESCE(versionstamp, 1)), 0) FROM {schema}.kv_storage"
)


class Piece(NamedTuple):
    """One thing that must be there, and the statements that make it."""

    name: str
    sql: tuple[str, ...]


def required() -> list[Piece]:
    """Tables and columns: nothing works without them."""
    pieces = [Piece("kv_storage", (_KV_STORAGE,))]
    pieces += [
        Piece(f"kv_storage.{name}", (f"ALTER TABLE {{schema}}.kv_storage ADD COLUMN {name} {kind}",))
        for name, kind in ADDED.items()
    ]
    for space, table in TABLES.items():
        if space != "kv":
            key, value = ('TEXT COLLATE "C"', "TEXT") if table.text else ("BYTEA", "BYTEA")
            sql = _SIBLING.replace("{table}", table.name).replace("{key}", key).replace("{value}", value)
            pieces.append(Piece(table.name, (sql if table.text else sql.replace("  bytes BYTEA,\n", ""),)))
    return [*pieces, Piece(COUNTER, (_COUNTER, _FIRST))]


def indexes() -> list[Piece]:
    """Without them everything works, slowly."""
    pieces = [_index("idx_kv_listing", "kv_storage", '(contract_name, key COLLATE "C")')]
    for table in TABLES.values():
        stem = f"idx_{table.name.removesuffix('_storage')}"
        pieces.append(_index(f"{stem}_expires", table.name, "(expires_at) WHERE expires_at IS NOT NULL"))
        pieces.append(_index(f"{stem}_versionstamp", table.name, "(contract_name, (COALESCE(versionstamp, 1)))"))
    return pieces


def triggers() -> list[Piece]:
    """Without them a runtime's own writes get no versionstamp."""
    return [Piece(name, sql) for name, sql in TRIGGERS.items()]


def _index(name: str, table: str, on: str) -> Piece:
    return Piece(name, (f"CREATE INDEX {name} ON {{schema}}.{table} {on}",))
