"""``tana/kv`` on stores that last, through the cell, beside the bare driver doing the same statements."""

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.bare import BarePostgres, BareRedis, BareSqlite
from benchmarks.effort import Effort, in_turns
from benchmarks.large import CONTRACT, MADE, TIMES, fill
from benchmarks.table import Row, absent_row, ratio_row, time_row
from tana_jupyter import Session
from tana_jupyter.store import open_store
from tests.parts import PARTS
from tests.servers import running_postgres
from tests.servers_valkey import running_valkey

IMPORT = "import { kv } from 'tana/kv'; await kv.get('none')"
LOOP = "for (let i = 0; i < %d; i++) { %s }"
OPERATIONS = {
    "put": "await kv.put(`user:${at + i}`, `value ${i}`)",
    "get": "await kv.get(`user:${i}`)",
    "list": "await kv.list()",
}
WHAT = {"put": "kv.put of a new key", "get": "kv.get", "list": "kv.list of 1,000 keys"}
SHARE = {"put": 1, "get": 1, "list": 200}  # how much less often it is done than the others
OPENED = 0.1
DRIVERS = {"sqlite": "sqlite3", "postgresql": "psycopg", "redis": "redis-py"}
NETWORK = {"put": 1.4, "get": 1.4, "list": 2.0}


def rows(effort: Effort) -> Iterator[Row]:
    """Put, get and list on each store, and how long a large file takes to open."""
    with tempfile.TemporaryDirectory() as folder:
        bare = BareSqlite(Path(folder) / "bare.db")
        yield from _compared("sqlite", f"sqlite:///{folder}/cell.db", bare, effort, 4, dict.fromkeys(WHAT, 2.0))
        yield from _opened(Path(folder) / "large.db", effort)
    postgres, redis = PARTS["postgres"], PARTS["redis"]
    if postgres.lacks():
        yield absent_row("postgresql: kv.put, kv.get and kv.list, beside psycopg", postgres.install)
    else:
        with running_postgres() as server:
            place, other = server.fresh_schema(), server.fresh_schema()
            open_store(other).close()
            bare = BarePostgres(other, other.rpartition("%3D")[2])
            yield from _compared("postgresql", place, bare, effort, 20, NETWORK)
    if redis.lacks():
        yield absent_row("redis: kv.put, kv.get and kv.list, beside redis-py", redis.install)
    else:
        with running_valkey() as server:
            place = server.empty_place()
            yield from _compared("redis", place, BareRedis(place), effort, 20, NETWORK)


def _compared(name: str, place: str, bare: Any, effort: Effort, rarer: int, bars: dict[str, float]) -> Iterator[Row]:
    session = Session(place)
    session.run(IMPORT)
    try:
        yield from _rows(name, session, bare, effort, rarer, bars)
    finally:
        session.close()
        bare.close()


def _rows(name: str, session: Session, bare: Any, effort: Effort, rarer: int, bars: dict[str, float]) -> Iterator[Row]:
    for operation, what in WHAT.items():
        count = max(1, effort.operations // rarer // SHARE[operation])
        cases = {
            "cell": partial(_cell, session, operation, count),
            "bare": partial(_bare, getattr(bare, operation), count),
        }
        taken = {case: sample.per(count) for case, sample in in_turns(cases, effort.runs).items()}
        yield ratio_row(
            f"{name}: {what}, awaited, beside {DRIVERS[name]}", taken["cell"], taken["bare"], bars[operation]
        )


def _cell(session: Session, operation: str, count: int, number: int) -> None:
    session.run(f"globalThis.at = {number * count}; " + LOOP % (count, OPERATIONS[operation]))


def _opened(path: Path, effort: Effort) -> Iterator[Row]:
    """Open a large file and read one key of it, or say what lies in it."""
    url, count = f"sqlite:///{path}", effort.stored * TIMES
    store = open_store(url)
    fill(store, count)
    store.close()

    def open_and_get() -> None:
        opened = open_store(url)
        assert opened.get("kv", CONTRACT, b"user:7:name", MADE) is not None
        opened.close()

    def switch_and_describe() -> None:
        with Session() as session:
            session.use_store(url)
            # What it cannot know at once it says is not yet counted.
            assert f"{CONTRACT}/kv: " in session.describe_store()

    cases = {"opened": lambda _: open_and_get(), "described": lambda _: switch_and_describe()}
    taken = in_turns(cases, effort.runs)
    yield time_row(f"sqlite: opened, and one key read, {count:,} keys", taken["opened"], OPENED)
    yield time_row("sqlite: ... opened and described as by %tana store", taken["described"], OPENED)


def _bare(run: Callable[[int], object], count: int, number: int) -> None:
    for at in range(number * count, (number + 1) * count):
        run(at)
