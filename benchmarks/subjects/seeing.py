"""The key browser over a million keys, in memory and in a file: what Python takes of what a user waits for.

A page is one message in and one answer out, as the comm hands them over.
"""

import gc
import json
import tempfile
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import anywidget  # noqa: F401 # lazily in the package; here it must not count
from ipywidgets.widgets.widget import _instances

from benchmarks.effort import Effort, Sample, in_turns, seconds
from benchmarks.fresh import fresh_processes
from benchmarks.large import CONTRACT, TIMES, fill
from benchmarks.table import Row, fact_row, flat_row, most_row, time_row
from tana_jupyter import Session

OPEN, ANSWER = 50e-3, 30e-3
MODELS = 3
PLACE = {"contract": CONTRACT, "api": "kv"}

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
PAGES = ("page of 100 rows, the first", "page of 500 rows", "search by a prefix")
FEW = 1_000

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
    small, session = Session(), Session(store_limit=2**32)
    fill(small.store, FEW)
    fill(session.store, count)
    yield from _of_store("memory", "the keys were written", session, effort)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder)}/large.db"
        with Session(url) as writing:
            fill(writing.store, count)
        with Session(url) as in_file:
            yield from _of_store("sqlite", "the file was opened", in_file, effort)
    before = set(_instances)
    browser = session.browse()
    models = len(set(_instances) - before)
    yield most_row("widget models of a browser", models, MODELS)
    grown = len(json.dumps(browser.get_state())) - len(json.dumps(small.browse().get_state()))
    yield fact_row(f"... growth of its state from {FEW:,} keys to {count:,}", f"{grown} bytes", "0 bytes")
    few, many = _memory(small), _memory(session)
    yield flat_row(f"... memory to show it and three pages, beside {FEW:,} keys", few, many)


def _of_store(name: str, before: str, session: Session, effort: Effort) -> Iterator[Row]:
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
    yield time_row(f"{name}: ... for the first time since {before}", Sample(first, first), OPEN)
    browser = session.browse()
    taken = in_turns({what: partial(_ask, browser, *asked) for what, asked in ASKED.items()}, effort.cells)
    for what, sample in taken.items():
        yield time_row(f"{name}: {what}", sample, ANSWER)


def _memory(session: Session) -> int:
    """The most that Python holds at a time while a browser is opened, shown and asked for pages."""
    gc.collect()
    tracemalloc.start()
    browser = session.browse()
    browser._repr_mimebundle_()
    for what in PAGES:
        _ask(browser, *ASKED[what], 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _ask(browser: Any, verb: str, fields: dict[str, Any], number: int) -> None:
    message = {"id": number, "verb": verb, **fields}
    browser.comm.handle_msg({"content": {"data": {"method": "custom", "content": message}}, "buffers": []})
