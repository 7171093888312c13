"""All SQL that runs after the file is open. Columns come in the order of ``Row``."""

from itertools import product
from typing import Final

_FIELDS = "encoding, versionstamp, created_at, updated_at, expires_at, metadata"
_VALUE = "CASE WHEN large IS NULL THEN value ELSE (SELECT large_values.value FROM large_values WHERE id = large) END"
_LIVE = "(expires_at IS NULL OR expires_at > ?)"

FIND: Final = "SELECT id FROM namespaces WHERE space = ? AND contract = ?"
NAME: Final = "INSERT INTO namespaces (space, contract) VALUES (?, ?) ON CONFLICT DO NOTHING"
NAMED: Final = """
    SELECT space, contract FROM namespaces WHERE EXISTS (SELECT 1 FROM rows WHERE namespace = id)
    ORDER BY space, contract"""

GET: Final = f"SELECT key, {_VALUE}, {_FIELDS} FROM rows WHERE namespace = ? AND key = ?"
STAMP: Final = f"SELECT versionstamp FROM rows WHERE namespace = ? AND key = ? AND {_LIVE}"
HEAD: Final = "SELECT max(versionstamp) FROM rows"
MARK: Final = "UPDATE rows SET versionstamp = ? WHERE namespace = 0 AND key = x''"


def _scan(bounded: bool, reverse: bool, keys_only: bool) -> str:
    return f"""
    SELECT key, {"x''" if keys_only else _VALUE}, {_FIELDS} FROM rows
    WHERE namespace = ? AND key >= ? {"AND key < ?" if bounded else ""} AND {_LIVE}
    ORDER BY key {"DESC" if reverse else ""} LIMIT ?"""


SCAN: Final = {how: _scan(*how) for how in product((False, True), repeat=3)}
"""By whether there is an end, reverse, keys_only."""

# `was` hands what is overwritten to Python on the way. To read it first takes a transaction of three statements
# instead of this one, 5 us more, and RETURNING knows the new row only.
_WAS = " AND ".join(
    f"was({place}, {name}) IS NULL" for place, name in enumerate(f"value, {_FIELDS}, large".split(", "))
)
_PUT = f"""
    INSERT INTO rows
        (namespace, key, versionstamp, created_at, updated_at, expires_at, encoding, metadata, large, value)
    VALUES (?, ?, {{versionstamp}}, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (namespace, key) DO UPDATE SET
        versionstamp = excluded.versionstamp, updated_at = excluded.updated_at, expires_at = excluded.expires_at,
        encoding = excluded.encoding, metadata = excluded.metadata, value = excluded.value,
        large = excluded.large,
        created_at = CASE WHEN expires_at <= excluded.updated_at THEN excluded.created_at ELSE created_at END
    WHERE {_WAS}"""

PUT: Final = _PUT.format(versionstamp="?")
# NULL, which the column refuses, if another kernel committed since the head was read. And nothing happens to a row
# whose value is a large one, for that must be removed in the same transaction.
PUT_ALONE: Final = _PUT.format(versionstamp=f"CASE ({HEAD}) WHEN ? THEN ? END") + " AND large IS NULL"
DELETE: Final = f"DELETE FROM rows WHERE namespace = ? AND key = ? AND {_WAS}"

# The planner is told the order: with few rows it would rather start at the namespaces and sort.
CHANGES: Final = """
    SELECT space, key, versionstamp FROM rows INDEXED BY rows_by_versionstamp
    CROSS JOIN namespaces ON namespaces.id = rows.namespace
    WHERE versionstamp > ? AND contract = ? ORDER BY versionstamp LIMIT ?"""
SAME_COMMIT: Final = """
    SELECT space, key, versionstamp FROM rows INDEXED BY rows_by_versionstamp
    CROSS JOIN namespaces ON namespaces.id = rows.namespace
    WHERE versionstamp = ? AND contract = ?"""

KEEP_LARGE: Final = "INSERT INTO large_values (value) VALUES (?)"
GET_LARGE: Final = "SELECT value FROM large_values WHERE id = ?"
DROP_LARGE: Final = "DELETE FROM large_values WHERE id = ?"

SWEEP_LARGE: Final = """
    DELETE FROM large_values
    WHERE id IN (SELECT large FROM rows WHERE expires_at <= ? AND large IS NOT NULL)"""
SWEEP: Final = "DELETE FROM rows WHERE expires_at <= ?"
EXPIRED_BETWEEN: Final = "SELECT EXISTS (SELECT 1 FROM rows WHERE expires_at > ? AND expires_at <= ?)"
SIZES: Final = f"""
    SELECT space, contract, count(*), sum(length(key) + length({_VALUE}) + ifnull(length(metadata), 0))
    FROM rows JOIN namespaces ON namespaces.id = rows.namespace
    WHERE {_LIVE} GROUP BY namespace ORDER BY space, contract"""
PAGES: Final = "PRAGMA page_count"
OTHERS: Final = "PRAGMA data_version"
"""A number that changes when another connection has committed."""
