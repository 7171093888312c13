"""The file: its tables, its mark, and how it is opened."""

import sqlite3
import time
from pathlib import Path
from typing import Final

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store.sqlite.faults import explain

MARK: Final = 0x54414E41  # "TANA", where `file` and SQLite look for who made a file
VERSION: Final = 1
LARGE: Final = 2000  # bytes: a value above lies in a table of its own

# A page holds about fifteen small rows. Every commit writes two pages or three to the log, so small pages are quick;
# below 2 KiB, values of a few hundred bytes would take a page of their own.
_PAGE = 2048
_CHECKPOINT = 4000  # pages: how many wait in the log until one commit takes them over into the file

# Rows lie in the order of their keys, with their values: a page of a listing is a few pages of the file. But whoever
# looks for a key reads all of each row it is compared with, so large values lie elsewhere. Row 0 is no row: it holds
# the newest versionstamp when deletes have gone beyond all rows. Thus the newest is always the end of one index, and
# no put has to write a counter.
_TABLES = (
    """CREATE TABLE namespaces (
        id INTEGER PRIMARY KEY,
        space TEXT NOT NULL,
        contract TEXT NOT NULL,
        UNIQUE (space, contract)
    )""",
    """CREATE TABLE rows (
        namespace INTEGER NOT NULL,
        key BLOB NOT NULL,
        versionstamp INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        expires_at INTEGER,
        encoding TEXT NOT NULL,
        metadata BLOB,
        large INTEGER, -- of the value in large_values; `value` is then empty
        value BLOB NOT NULL,
        PRIMARY KEY (namespace, key)
    ) WITHOUT ROWID""",
    "CREATE TABLE large_values (id INTEGER PRIMARY KEY, value BLOB NOT NULL)",
    "CREATE INDEX rows_by_versionstamp ON rows (versionstamp)",
    "CREATE INDEX rows_that_expire ON rows (expires_at) WHERE expires_at IS NOT NULL",
    "INSERT INTO rows VALUES (0, x'', 0, 0, 0, NULL, '', NULL, NULL, x'')",
    # For people with another tool; nothing here reads it.
    """CREATE VIEW entries AS
        SELECT contract, space, CAST(key AS TEXT) AS key, encoding,
               CAST(CASE WHEN large IS NULL THEN rows.value ELSE large_values.value END AS TEXT) AS value,
               CAST(metadata AS TEXT) AS metadata, versionstamp,
               datetime(updated_at / 1000000, 'unixepoch') AS updated,
               datetime(expires_at / 1000000, 'unixepoch') AS expires
        FROM rows JOIN namespaces ON namespaces.id = rows.namespace
             LEFT JOIN large_values ON large_values.id = large""",
    f"PRAGMA application_id = {MARK}",
    f"PRAGMA user_version = {VERSION}",
)


def open_file(path: Path, location: str) -> sqlite3.Connection:
    """Open a store's file, or make it where there is none or an empty one. What is not a store stays untouched.

    :raises StoreError: it cannot be opened, or belongs to something else.
    """
    try:
        connection = sqlite3.connect(
            path, timeout=limits.SQLITE_WAIT, isolation_level=None, check_same_thread=False, cached_statements=64
        )
    except sqlite3.Error as error:
        raise explain(error, location) from error
    try:
        if not _is_store(connection, location):
            connection.execute(f"PRAGMA page_size = {_PAGE}")
            _use_log(connection, location)
            _make(connection, location)
        else:
            _use_log(connection, location)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
        connection.execute(f"PRAGMA journal_size_limit = {2 * _CHECKPOINT * _PAGE}")
        connection.execute("PRAGMA cache_size = -16000")  # KiB
        connection.execute("PRAGMA secure_delete = OFF")  # Debian's SQLite else writes zeros over all that is freed
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, location) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _is_store(connection: sqlite3.Connection, location: str) -> bool:
    """Tell a store from an empty file, and refuse everything else."""
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (things,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if mark == MARK and version == VERSION:
        return True
    if mark == MARK:
        raise StoreError(
            f"{location} was made by a newer tana-jupyter (its layout is {version}, this one knows {VERSION}): update"
            " with pip install -U tana-jupyter. The file was not touched"
        )
    if mark or version or things:
        raise StoreError(
            f"{location} is the SQLite database of something else and was not touched. Choose a file of its own for"
            " the store"
        )
    return False


def _use_log(connection: sqlite3.Connection, location: str) -> None:
    """Write ahead to a log: readers and the one writer never wait for each other."""
    until = time.monotonic() + limits.SQLITE_WAIT
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            break
        except sqlite3.OperationalError as error:
            # Two kernels that make one file: SQLite answers at once here, without its usual wait.
            if "SQLITE_BUSY" not in error.sqlite_errorname or time.monotonic() > until:
                raise
            time.sleep(0.01)
    if mode != "wal":
        raise StoreError(f"SQLite cannot keep a log beside {location} (a network folder?): choose a local folder")


def _make(connection: sqlite3.Connection, location: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not _is_store(connection, location):  # another kernel may have been quicker
            for statement in _TABLES:
                connection.execute(statement)
        connection.execute("COMMIT")
    finally:
        connection.rollback()
