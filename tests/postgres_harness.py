"""Somebody else at the tables of a PostgreSQL store: a Tana runtime, an administrator, or whoever looks."""

from __future__ import annotations

from contextlib import contextmanager

RUNTIME = """CREATE TABLE kv_storage (
  contract_name TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (contract_name, key)
);"""
PUT = (
    "INSERT INTO kv_storage (contract_name, key, value) VALUES ('shop', %s, %s) ON CONFLICT (contract_name, key)"
    " DO UPDATE SET value = EXCLUDED.value, updated_at = CURRENT_TIMESTAMP"
)
COLUMNS = """SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = to_regclass('kv_storage') AND a.attnum > 0 ORDER BY a.attnum"""
PRIMARY_KEY = """SELECT pg_get_constraintdef(oid) FROM pg_constraint
  WHERE conrelid = to_regclass('kv_storage') AND contype = 'p'"""


@contextmanager
def connected(url):
    import psycopg

    with psycopg.connect(url, autocommit=True, application_name="tana-runtime") as connection:
        yield connection


def role(postgres, url, name, grants):
    """The URL of a role that may do no more than ``grants`` says, in the schema of ``url``."""
    schema = url.rpartition("%3D")[2]
    with connected(url) as owner:
        owner.execute(f"CREATE ROLE {name}_{schema} LOGIN")
        for grant in grants:
            owner.execute(f"GRANT {grant.format(schema=schema)} TO {name}_{schema}")
    return url.replace("tana@", f"{name}_{schema}@")


def waiting_for_a_lock(url, count):
    """Return once so many others wait for a lock."""
    with connected(url) as raw:
        while raw.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0] < count:
            pass
