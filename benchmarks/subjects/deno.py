"""Deno KV: operations awaited one by one in a loop inside one cell, and with peers the same script in Deno."""

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.effort import Effort, Sample, seconds
from benchmarks.peers.deno import SCRIPT, Deno, running_deno
from benchmarks.table import Row, absent_row, peer_row, time_row
from tana_jupyter import Session

FEWEST = 1_000  # writes, because a list reads as many rows


class Case(NamedTuple):
    """One operation of the script."""

    name: str
    what: str
    bar: float
    share: int = 1
    """How much less often it is done than a write."""


# In this order: get and list find what set wrote, delete removes it.
MEMORY = (
    Case("set", "set of a new key", 11e-6),
    Case("get", "get", 8e-6),
    Case("list", "list of 1,000 entries", 3.3e-3, share=500),
    Case("delete", "delete", 6.5e-6),
    Case("check", "atomic check, set and sum", 18e-6, share=2),
    Case("ten", "atomic of ten sets", 55e-6, share=5),
)
FILE = (Case("set", "set of a new key", 25e-6),)


def rows(effort: Effort) -> Iterator[Row]:
    """All operations on the memory store, and set on a file."""
    with tempfile.TemporaryDirectory(prefix="tana-benchmarks-", ignore_cleanup_errors=True) as folder:
        if effort.peers:
            with running_deno(folder) as deno:
                yield from _rows(effort, folder, deno)
                if deno is None:
                    yield absent_row("... the same in Deno", "pip install deno")
        else:
            yield from _rows(effort, folder, None)


def _rows(effort: Effort, folder: str, deno: Deno | None) -> Iterator[Row]:
    files = [Path(folder, f"{number}.db") for number in range(effort.runs)]
    yield from _compared("memory", MEMORY, effort, [("memory:", ":memory:")] * effort.runs, deno)
    places = [(f"sqlite:///{file}", f"{file}.deno") for file in files]
    yield from _compared("sqlite", FILE, effort, places, deno)


def _compared(
    store: str, cases: Sequence[Case], effort: Effort, places: Sequence[tuple[str, str]], deno: Deno | None
) -> Iterator[Row]:
    """Both in turns, round by round, on stores that are empty at first."""
    writes = max(effort.operations, FEWEST)
    counts = {case.name: max(writes // case.share, 1) for case in cases}
    ours: dict[str, list[float]] = {name: [] for name in counts}
    theirs: dict[str, list[float]] = {name: [] for name in counts}
    for ours_at, theirs_at in places:
        session = Session(ours_at)
        session.run(f"{SCRIPT.read_text(encoding='utf-8')}\nconst kv = await Deno.openKv()")
        if deno is not None:
            deno.open(theirs_at)
        for name, count in counts.items():
            ours[name].append(seconds(partial(session.run, f"await operations.{name}(kv, {count})")))
            if deno is not None:
                theirs[name].append(deno.seconds(name, count))
        session.close()
    for name, what, bar, _ in cases:
        sample = Sample.of(ours[name]).per(counts[name])
        yield time_row(f"Deno KV {what}, awaited, {store} store", sample, bar)
        if deno is not None:
            yield peer_row(f"... in Deno {deno.version}", Sample.of(theirs[name]).per(counts[name]), sample)
