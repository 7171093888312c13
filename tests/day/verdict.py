"""What grew over a day: every count that must come back to what it was, and memory per cell.

The first rounds only warm up: they import, connect, and fill what is kept on purpose up to its bound. From then on two
rounds that end on the same store must look alike, but for what people keep: the history of cells, their sources and
results, and the widgets that were left open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.day.living import Lived, Looked
from tests.day.story import SQLITE

# Bytes per cell. What is kept on purpose is 3 to 8 KB; every second cell that leaks 100 KB is far above.
SLOPE = 40_000

# What opening a PostgreSQL for the first time makes, in the schema of the store and in that of the export.
TABLES = {"kv_storage", "tana_counter", "tana_data", "tana_deno", "tana_queue"}

# What the story itself writes, the notebook, and the log of a bare kernel.
FILES = {"day.db", "day.ipynb", "day.jsonl.gz", "kernel.log", "library.ts", "seven.mjs"}

# What ipykernel opens for the thread that serves one load of a page; JupyterLab leaves it behind on a reload.
SUBSHELL = {"anon_inode": 6, "socket": 2}

# Held by Out, by the sources of a contract, or by both: one more with each cell that has a result.
KEPT = (
    "tana_jupyter.outcome.",
    "tana_jupyter.receipt.",
    "tana_jupyter.waking.Waiting",
    "tana_jupyter.console.Log",
    "tana_jupyter.calls.Response",
    "tana_jupyter.runs.Source",
    "tana_jupyter.compiler.",
    "tana_jupyter.store.protocol.Row",
    "tana_jupyter.store.postgres.exchange.Statement",
    "tana_jupyter.transfer.",
    "tana_jupyter.views.",
    "tana_jupyter.completion.",
    "psycopg.",
    "redis.",
    "ipywidgets.",
    "anywidget.",
)

# Gone with its store, its page or its plan, however many results of cells are kept.
NEVER = (
    "tana_jupyter.engine.interpreter.Interpreter",
    "tana_jupyter.store.sqlite.store.SqliteStore",
    "tana_jupyter.store.postgres.store.PostgresStore",
    "tana_jupyter.store.redis.store.RedisStore",
    "psycopg.Connection",
    "redis.connection.UnixDomainSocketConnection",
)


def grown(lived: Lived, warm: int) -> list[str]:
    """Sentences about what grew after the first ``warm`` rounds of each kernel; none is good."""
    lives = sorted({look.life for look in lived.looks})
    looks = [[look for look in lived.looks if look.life == life][warm:] for life in lives]
    return [sentence for each in looks for sentence in _grown(each)]


def slope(points: Sequence[tuple[int, int]]) -> float:
    """Bytes per cell: the line of least squares through the points."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    above = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return above / (sum((x - mean_x) ** 2 for x, _ in points) or 1)


def _grown(looks: Sequence[Looked]) -> Iterator[str]:
    for store in dict.fromkeys(look.round.state for look in looks):
        same = [look for look in looks if look.round.state == store]
        for before, after in pairwise(same):
            where = f"on {store}, round {before.round.number} to {after.round.number}"
            yield from (f"{where}: {difference}" for difference in _differences(before, after))
    for look in looks:
        where = f"on {look.round.state}, round {look.round.number}"
        yield from (f"{where}: {found}" for found in _left(look))


def _differences(before: Looked, after: Looked) -> Iterator[str]:
    pages = after.kernel["subshells"] - before.kernel["subshells"]
    loaded = {"descriptors": Counter({name: count * pages for name, count in SUBSHELL.items()})}
    for what in ("descriptors", "threads"):
        more = Counter(after.kernel[what]) - Counter(before.kernel[what]) - loaded.get(what, Counter())
        if more:
            yield f"more {what}: {dict(more)}"
    if after.kernel["tasks"] > before.kernel["tasks"] + pages:
        yield f"{after.kernel['tasks']} threads of the system, not {before.kernel['tasks']}"
    for what, count in after.servers.items():
        if what != "tables" and count != before.servers[what]:
            yield f"{what} of the servers: {before.servers[what]}, then {count}"
    for kind, count in after.kernel["kinds"].items():
        was = before.kernel["kinds"].get(kind, 0)
        if count > was and (kind in NEVER or not kind.startswith(KEPT)):
            yield f"{count} of {kind}, not {was}"
    if after.kernel["comms"] > before.kernel["comms"]:
        yield f"{after.kernel['comms']} comms, not {before.kernel['comms']}"
    per_cell = (after.kernel["rss"] - before.kernel["rss"]) / (after.cells - before.cells)
    if per_cell > SLOPE:
        yield f"{per_cell:,.0f} bytes more memory with each cell"


def _left(look: Looked) -> Iterator[str]:
    """What must not be there at the end of any round."""
    tables = {name.partition(".")[2] for name in look.servers["tables"]} - TABLES
    if tables:
        yield f"tables that are nobody's: {sorted(tables)}"
    files = FILES | ({"day.db-shm", "day.db-wal"} if look.round.state == SQLITE else set())
    if strange := set(look.kernel["folder"]) - files:
        yield f"files that are nobody's: {sorted(strange)}"
    if look.kernel["temporary"]:
        yield f"temporary files: {look.kernel['temporary']}"
    if look.servers["transactions"] or look.servers["locks"]:
        yield f"open transactions {look.servers['transactions']}, locks {look.servers['locks']}"
    connected = (look.servers["connections"], look.servers["valkey"])
    expected = (int("POSTGRES" in look.round.state), int("REDIS" in look.round.state))
    if connected != expected:
        yield f"connections to PostgreSQL and Valkey are {connected}, not {expected}"
