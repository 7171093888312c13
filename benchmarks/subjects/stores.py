"""``tana/kv`` on stores that last, through the cell, beside the bare driver doing the same statements."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.effort import Effort, Sample, in_turns, seconds
from benchmarks.table import Row, ratio_row, time_row
from tana_jupyter import Session
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Write
from tana_jupyter.store.sqlite import statements as sql
from tana_jupyter.store.sqlite.schema import open_file

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


def rows(effort: Effort) -> Iterator[Row]:
    """Put, get and list on each store, and how long a large file takes to open."""
    with tempfile.TemporaryDirectory() as folder:
        session = Session(f"sqlite:///{folder}/cell.db")
        yield from _compared("sqlite", session, BareSqlite(Path(folder) / "bare.db"), effort, dict.fromkeys(WHAT, 2.0))
        session.close()
        yield _opened(Path(folder) / "large.db", effort)


def _compared(name: str, session: Session, bare: Any, effort: Effort, bars: dict[str, float]) -> Iterator[Row]:
    session.run(IMPORT)
    for operation, what in WHAT.items():
        count = max(1, effort.operations // 4 // SHARE[operation])
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


class BareSqlite:
    """The statements of the store, on a file of the same make."""

    def __init__(self, path: Path) -> None:
        self.connection = open_file(path, "bare.db")
        self.connection.create_function("was", 2, ([None] * 8).__setitem__)
        self.run = self.connection.execute
        self.run(sql.NAME, ("kv", "notebook"))
        self.head = itertools.count(1)

    def put(self, number: int) -> object:
        stamp = next(self.head)
        key, value = b"user:%d" % number, b"value %d" % number
        return self.run(sql.PUT_ALONE, (1, key, stamp - 1, stamp, stamp, stamp, None, "text", None, None, value))

    def get(self, number: int) -> object:
        return self.run(sql.GET, (1, b"user:%d" % number)).fetchone()

    def list(self, number: int) -> object:
        del number
        return self.run(sql.SCAN[False, False, True], (1, b"", 0, 1001)).fetchall()
