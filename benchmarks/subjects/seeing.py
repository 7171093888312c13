"""The key browser over a million keys, in memory and in a file: what Python takes of what a user waits for.

A page is one message in and one answer out, as the comm hands them over.
"""

import json
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import anywidget  # noqa: F401 # lazily in the package; here it must not count
from ipywidgets.widgets.widget import _instances

from benchmarks.effort import Effort, Sample, in_turns, seconds
from benchmarks.fresh import fresh_processes
from benchmarks.table import Row, fact_row, time_row
from tana_jupyter import Session
from tana_jupyter.store.protocol import Write

OPEN, ANSWER = 50e-3, 30e-3
TIMES = 10
"""Keys for each one of the large store of other subjects: a million."""
BATCH = 10_000
MODELS = 3
PLACE = {"contract": "big", "api": "kv"}

ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "page of 100 rows, the first": ("page", {"query": {}}),
    "... in the middle": ("page", {"query": {}, "after": b"user:5".hex()}),
    "... the last, in reverse order": ("page", {"query": {"order": "-key"}}),
    "page of 500 rows": ("page", {"query": {}, "limit": 500}),
    "search by a prefix": ("page", {"query": {"prefix": "user:9999"}}),
    "search that finds nothing": ("page", {"query": {"prefix": "user:x"}}),
    "tree, one branch with all keys": ("page", {"query": {"view": "tree"}}),
    "tree, 500 of its children": ("page", {"query": {"view": "tree"}, "path": b"user:".hex(), "limit": 500}),
    "one key in full": ("detail", {**PLACE, "k": b"user:5:name".hex()}),
    "namespaces with counts and sizes": ("namespaces", {}),
}

FIRST = """
import json
from benchmarks.effort import seconds
from tana_jupyter import Session

session = Session()
session.run("1")
imported = seconds(lambda: __import__("anywidget"))
opened = seconds(lambda: session.browse()._repr_mimebundle_())
print(json.dumps([imported, opened]))
"""


def rows(effort: Effort) -> Iterator[Row]:
    """Opening, pages from all places of the store, search, one key, and what a widget is made of."""
    count = effort.stored * TIMES
    with fresh_processes() as fresh:
        runs = [fresh.run(FIRST) for _ in range(effort.processes + 1)][1:]
    yield time_row("browser opened and shown in a fresh process, few keys", Sample.of([run[1] for run in runs]), OPEN)
    yield time_row("... after importing anywidget, for comparison", Sample.of([run[0] for run in runs]))
    small, session = (_filled(Session(store_limit=2**32), keys) for keys in (1000, count))
    yield from _of_store("memory", session, effort)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder)}/large.db"
        with Session(url) as writing:
            _filled(writing, count)
        with Session(url) as in_file:
            yield from _of_store("sqlite", in_file, effort)
    before = set(_instances)
    browser = session.browse()
    models = len(set(_instances) - before)
    yield fact_row("widget models of a browser", str(models), str(min(models, MODELS)))
    grown = len(json.dumps(browser.get_state())) - len(json.dumps(small.browse().get_state()))
    yield fact_row(f"... growth of its state from 1,000 keys to {count:,}", f"{grown} bytes", "0 bytes")


def _of_store(name: str, session: Session, effort: Effort) -> Iterator[Row]:
    keys = f"{effort.stored * TIMES:,} keys"
    # In memory the keys written last are put in order now; a file is opened, and none of it lies in Python yet.
    first = seconds(lambda: session.browse()._repr_mimebundle_())
    opening = {
        "opened": lambda _: session.browse().close(),
        "shown": lambda _: session.browse()._repr_mimebundle_(),
    }
    opened = in_turns(opening, effort.cells)
    yield time_row(f"{name}, {keys}: browser opened", opened["opened"], OPEN)
    yield time_row(f"{name}: ... and shown, its static table included", opened["shown"], OPEN)
    yield time_row(f"{name}: ... for the first time since the keys were written", Sample(first, first))
    browser = session.browse()
    taken = in_turns({what: partial(_ask, browser, *asked) for what, asked in ASKED.items()}, effort.cells)
    for what, sample in taken.items():
        yield time_row(f"{name}: {what}", sample, ANSWER)


def _filled(session: Session, count: int) -> Session:
    """The session, whose contract ``big`` now has so many keys."""
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        pairs = [(b"user:%d:name" % number, b'{"id":%d,"name":"ada"}' % number) for number in numbers]
        session.store.commit([Write("kv", "big", key, value) for key, value in pairs], now=session.clock.now_us())
    return session


def _ask(browser: Any, verb: str, fields: dict[str, Any], number: int) -> None:
    message = {"id": number, "verb": verb, **fields}
    browser.comm.handle_msg({"content": {"data": {"method": "custom", "content": message}}, "buffers": []})
