"""Drivers without us, each doing what one operation of a store does: what the stores are compared with."""

import datetime as dt
import itertools
import re
from pathlib import Path

from tana_jupyter.store.postgres.statements import Statements
from tana_jupyter.store.sqlite import statements as sqlite
from tana_jupyter.store.sqlite.schema import open_file

KEY, VALUE = "user:%d", "value %d"
PAGE = 1001  # what a listing of 1,000 reads, to know whether there is more
TYPES = {25: "text", 17: "bytea", 20: "bigint", 1114: "timestamp", 3802: "jsonb"}
NOW = dt.datetime(2026, 1, 1)  # the columns have no time zone


class BareSqlite:
    """The statements of the store, on a file of the same make."""

    def __init__(self, path: Path) -> None:
        self.connection = open_file(path, "bare.db")
        self.connection.create_function("was", 2, ([None] * 8).__setitem__)
        self.run = self.connection.execute
        self.run(sqlite.NAME, ("kv", "notebook"))
        self.head = itertools.count(1)

    def put(self, number: int) -> object:
        stamp = next(self.head)
        key, value = (KEY % number).encode(), (VALUE % number).encode()
        values = (1, key, stamp - 1, stamp, stamp, stamp, None, "text", None, None, value)
        return self.run(sqlite.PUT_ALONE, values)

    def get(self, number: int) -> object:
        return self.run(sqlite.GET, (1, (KEY % number).encode())).fetchone()

    def list(self, number: int) -> object:
        del number
        return self.run(sqlite.SCAN[False, False, True], (1, b"", 0, PAGE)).fetchall()

    def close(self) -> None:
        self.connection.close()


class BarePostgres:
    """The statements of the store by psycopg, one round trip each, on tables of the same make."""

    def __init__(self, dsn: str, schema: str) -> None:
        import psycopg

        # The triggers know the store's own writes by this name.
        self.connection = psycopg.connect(dsn, autocommit=True, application_name="tana-jupyter")
        statements = Statements(schema)
        self.sql = {
            "put": _for_psycopg(statements.put["kv"]),
            "get": _for_psycopg(statements.get["kv"]),
            "list": _for_psycopg(statements.scan("kv", bounded=False, reverse=False, bare=True)),
        }

    def _run(self, name: str, *values: object) -> list[tuple[object, ...]]:
        named = {f"p{number}": value for number, value in enumerate(values, 1)}
        return self.connection.execute(self.sql[name], named, prepare=True).fetchall()

    def put(self, number: int) -> object:
        return self._run("put", "notebook", KEY % number, NOW, 0, VALUE % number, None, None, None, None)

    def get(self, number: int) -> object:
        return self._run("get", "notebook", KEY % number, NOW)

    def list(self, number: int) -> object:
        del number
        return self._run("list", "notebook", NOW, PAGE, "")

    def close(self) -> None:
        self.connection.close()


class BareRedis:
    """One round trip of redis-py each, which gives the value before where there was one; a page takes two."""

    def __init__(self, url: str) -> None:
        import redis

        self.client = redis.Redis.from_url(url)

    def put(self, number: int) -> object:
        return self.client.set(f"bare:{KEY % number}", VALUE % number, get=True)

    def get(self, number: int) -> object:
        return self.client.get(f"bare:{KEY % number}")

    def list(self, number: int) -> object:
        if not self.client.exists("index"):
            self.client.zadd("index", {f"bare:{KEY % one}": 0 for one in range(10 * PAGE)})
        del number
        keys = self.client.zrange("index", "-", "+", bylex=True, offset=0, num=PAGE)
        return self.client.mget(keys)

    def close(self) -> None:
        self.client.close()


def _for_psycopg(statement: object) -> str:
    """Name the parameters and their types as psycopg writes them."""
    types = statement.types
    return re.sub(
        r"\$(\d+)", lambda found: f"%(p{found[1]})s::{TYPES[types[int(found[1]) - 1]]}", statement.sql.decode()
    )
