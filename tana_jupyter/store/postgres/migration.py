"""Looks what is there, and makes what is missing, all of it or nothing."""

import random
import time
import warnings
from hashlib import sha256
from typing import NamedTuple

import psycopg

from tana_jupyter.errors import StoreError
from tana_jupyter.store.postgres.schema import ADDED, ORIGINAL, Piece, indexes, required, triggers
from tana_jupyter.store.postgres.statements import quoted
from tana_jupyter.store.postgres.states import BUSY, DENIED, RIVALS, UNKNOWN
from tana_jupyter.store.redact import redact

KV = "kv_storage"
NAME_BYTES = 63  # PostgreSQL cuts longer names
_ATTEMPTS = 8

_SCHEMA = """SELECT COALESCE(
  (SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname = %(schema)s),
  (SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.oid = to_regclass(quote_ident(%(kv)s)) AND %(schema)s::text IS NULL),
  CASE WHEN %(schema)s::text IS NULL THEN current_schema() END)"""

_THERE = """SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod)::text
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE n.nspname = %(schema)s AND (c.relname = %(kv)s OR c.relname LIKE 'tana\\_%%' OR c.relname LIKE 'idx\\_%%')
UNION ALL SELECT t.tgname::text, '', '' FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %(schema)s AND c.relname = %(kv)s
UNION ALL SELECT 'primary key', a.attname::text, '' FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
  WHERE n.nspname = %(schema)s AND c.relname = %(kv)s AND i.indisprimary"""
# Better to give up than to make a runtime wait behind us, who wait for somebody's long transaction.
_PATIENCE = "5s"


class Rival(Exception):
    """Somebody else is at it."""


class Survey(NamedTuple):
    """What there is: the schema, the names of tables, columns, indexes and triggers, and which pieces are missing."""

    schema: str
    there: set[str]
    missing: list[str]


def survey(connection: psycopg.Connection, place: str, *, kv: str = KV, schema: str | None = None) -> Survey:
    """Look and make nothing: the schema is the one named, else that of the table, else the first of the search path.

    :raises StoreError: there is no such schema, or the table has another shape.
    """
    found = _schema(connection, place, kv, schema)
    there = _there(connection, place, found, kv)
    pieces = [piece for group in (required(), indexes(), triggers()) for piece in group]
    return Survey(found, there, [piece.name for piece in _missing([_of(piece, kv) for piece in pieces], there)])


def prepare(
    connection: psycopg.Connection,
    place: str,
    url: str,
    *,
    kv: str = KV,
    schema: str | None = None,
    patient: bool = True,
) -> str:
    """Make the tables ready; the schema they lie in, as in :func:`survey`.

    :raises StoreError: something is missing that this role may not add, or a table has another shape.
    :raises Rival: not ``patient``, and somebody else makes the same. Within a longer transaction trying again is in
        vain: it keeps the locks that the other waits for, and never sees what the other made.
    """
    attempts = 0
    while True:
        try:
            found = _schema(connection, place, kv, schema)
            _make(connection, place, found, kv)
        except Rival as error:
            if not patient:
                raise
            attempts += 1
            if attempts == _ATTEMPTS:
                raise StoreError(f"Could not make the tables in {place}: {error}") from None
            time.sleep(random.uniform(0.01, 0.05) * attempts)
        except psycopg.Error as error:
            raise StoreError(f"Could not make the tables in {place}: {redact(_line(error), url)}") from None
        else:
            return found


def _schema(connection: psycopg.Connection, place: str, kv: str, schema: str | None) -> str:
    (found,) = connection.execute(_SCHEMA, {"kv": kv, "schema": schema}).fetchone() or (None,)
    if found is None and schema is not None:
        raise StoreError(f"{place} has no schema {schema!r:.100}")
    if found is None:
        raise StoreError(f"{place} has no schema to work in: the search path names none that exists")
    return str(found)


def _of(piece: Piece, kv: str) -> Piece:
    """The same of a table with another name; its indexes are named after it."""
    if kv == KV:
        return piece
    name = piece.name.replace(KV, kv)
    sql = [text.replace("{schema}.kv_storage", f"{{schema}}.{quoted(kv)}") for text in piece.sql]
    if name.startswith("idx_kv_"):
        name = _index_name(kv, name.removeprefix("idx_kv_"))
        sql = [text.replace(piece.name, quoted(name)) for text in sql]
    return Piece(name, tuple(sql))


def _index_name(kv: str, what_for: str) -> str:
    """As the server would keep it: a longer one is cut there, and meets its neighbours."""
    name = f"idx_{kv}_{what_for}"
    if len(name.encode()) <= NAME_BYTES:
        return name
    end = f"_{sha256(kv.encode()).hexdigest()[:8]}_{what_for}"
    return f"idx_{kv.encode()[: NAME_BYTES - 4 - len(end)].decode(errors='ignore')}{end}"


def _make(connection: psycopg.Connection, place: str, schema: str, kv: str) -> None:
    there = _there(connection, place, schema, kv)
    needed, quick, counted = (
        _missing([_of(piece, kv) for piece in pieces], there) for pieces in (required(), indexes(), triggers())
    )
    wanted = [("they make it quick", quick), (_UNCOUNTED, counted)]
    if not needed and not any(pieces for _, pieces in wanted):
        return
    lacking = []
    try:
        with connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'; SET LOCAL statement_timeout = 0".encode())
            _execute(connection, needed, schema)
            for what_for, pieces in wanted:
                try:
                    with connection.transaction():
                        _execute(connection, pieces, schema)
                except psycopg.Error as error:
                    if error.sqlstate not in DENIED | UNKNOWN:
                        raise
                    lacking.append(f"{_names(pieces)} ({_line(error)}): {what_for}")
    except psycopg.Error as error:
        if error.sqlstate in RIVALS:
            raise Rival(_line(error)) from None
        if error.sqlstate == BUSY:
            raise StoreError(f"{place}: {kv} needs columns, and somebody else holds it; try again") from None
        if error.sqlstate in DENIED and needed:
            raise StoreError(
                f"{place} lacks {_names(needed)}, and this role may not add it ({_line(error)}). Let the owner of"
                f" {kv} open the store once"
            ) from None
        raise
    for line in lacking:
        warnings.warn(f"{place} lacks {line}", stacklevel=2)


_UNCOUNTED = "what others write into kv_storage gets no versionstamp, so checks and watchers do not see it"


def _there(connection: psycopg.Connection, place: str, schema: str, kv: str) -> set[str]:
    """Names of what there is: tables, columns as ``table.column``, indexes, triggers."""
    found: set[str] = set()
    kinds: dict[str, str] = {}
    key = set()
    for name, column, kind in connection.execute(_THERE, {"schema": schema, "kv": kv}).fetchall():
        if name == "primary key":
            key.add(column)
            continue
        found |= {name, f"{name}.{column}"}
        if name == kv:
            kinds[column] = kind
    if kinds:
        wrong = [
            f"{column} is {kinds.get(column, 'missing')}, not {kind}"
            for column, kind in (ORIGINAL | ADDED).items()
            if kinds.get(column, kind if column in ADDED else "missing") != kind
        ]
        if key != {"contract_name", "key"}:
            wrong.append("its primary key is not (contract_name, key)")
        if wrong:
            raise StoreError(f"{place}: {kv} is not the table of a Tana runtime: {'; '.join(wrong)}")
    return found


def _missing(pieces: list[Piece], there: set[str]) -> list[Piece]:
    return [piece for piece in pieces if piece.name not in there]


def _execute(connection: psycopg.Connection, pieces: list[Piece], schema: str) -> None:
    """All in one round trip."""
    if pieces:
        sql = "; ".join(sql for piece in pieces for sql in piece.sql)
        connection.execute(sql.replace("{schema}", quoted(schema)).encode())


def _names(pieces: list[Piece]) -> str:
    return ", ".join(piece.name for piece in pieces)


def _line(error: psycopg.Error) -> str:
    return error.diag.message_primary or " ".join(str(error).split())
