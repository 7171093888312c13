"""``tana/kv`` on the memory store: operations awaited one by one in a loop inside one cell."""

from collections.abc import Iterator
from functools import partial

from benchmarks.effort import Effort, Sample, seconds
from benchmarks.table import Row, time_row
from tana_jupyter import Session
from tana_jupyter.engine.interpreter import Interpreter
from tana_jupyter.engine.sources import Catalogue

IMPORT = "import { kv } from 'tana/kv'; await kv.get('none')"
LOOP = "for (let i = 0; i < %d; i++) { %s }"
OPERATIONS = {
    "put": ("await kv.put(`user:${i}`, `value ${i}`)", "kv.put of a new key", 7e-6),
    "get": ("await kv.get(`user:${i}`)", "kv.get", 4.5e-6),
    "delete": ("await kv.delete(`user:${i}`)", "kv.delete", 4.5e-6),
}
PAGES = "let cursor; do { const page = await kv.list({ cursor }); cursor = page.cursor } while (cursor)"
BARE, BARE_BYTE = "await call_python(`\\x10user:${i}`, `value ${i}`)", 0x10


def rows(effort: Effort) -> Iterator[Row]:
    """Put, get and delete by a loop, list by pages, and the bare calls that they are made of."""
    count = effort.operations
    taken: dict[str, list[float]] = {name: [] for name in (*OPERATIONS, "bare")}
    bare = Interpreter({}, {BARE_BYTE: lambda _name, _arguments: b'"value"'}, Catalogue({}, {}), _fail)
    host_calls = f"(async () => {{ {LOOP % (count, BARE)} }})(); 0".encode()
    for _ in range(effort.runs):
        session = Session()  # keys must be new
        session.run(IMPORT)
        for name, (operation, _, _) in OPERATIONS.items():
            taken[name].append(seconds(partial(session.run, LOOP % (count, operation))))
        taken["bare"].append(seconds(partial(bare.evaluate, host_calls)))
    for name, (_, what, bar) in OPERATIONS.items():
        yield time_row(f"{what}, awaited, memory store", Sample.of(taken[name]).per(count), bar)
    what = "... a bare host call with key and value, awaited"
    yield time_row(what, Sample.of(taken["bare"]).per(count), 3e-6)
    yield time_row(f"kv.list of 1,000 keys, store of {effort.stored:,}", _list(effort), 1e-3)


def _list(effort: Effort) -> Sample:
    """One page, all pages of the store being read one after the other."""
    session = Session()
    session.run(IMPORT)
    session.run(LOOP % (effort.stored, OPERATIONS["put"][0]))
    session.run(PAGES)
    walks = [seconds(partial(session.run, PAGES)) for _ in range(effort.runs)]
    return Sample.of(walks).per(effort.stored // 1_000)


def _fail(error: BaseException) -> None:
    raise error
