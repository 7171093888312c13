"""Export to PostgreSQL, planned and carried out, beside the driver's own row by row COPY into the same table."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks.effort import Effort, Sample, seconds
from benchmarks.large import CONTRACT, MADE, fill
from benchmarks.table import Row, absent_row, flat_row, ratio_row, time_row
from tana_jupyter import Session
from tana_jupyter.store import open_store
from tests.parts import PARTS
from tests.servers import running_postgres

TIMES = 2
"""Rows for each one of the large store of other subjects: 200,000."""
FEW, MANY = 8_000, 40_000  # exports whose memory is compared
COPY = "COPY kv_storage (contract_name, key, value, created_at, updated_at, versionstamp) FROM STDIN"


def rows(effort: Effort) -> Iterator[Row]:
    """First export, repeated export, memory, and the way back."""
    if PARTS["postgres"].lacks():
        yield absent_row("export to PostgreSQL and import from it", PARTS["postgres"].install)
        return
    with running_postgres() as server:
        count, url = effort.stored * TIMES, server.fresh_schema()
        open_store(url).close()  # tables, indexes and triggers are there for both
        session = _filled(count)
        taken: dict[str, list[float]] = {"bare": [], "first": [], "again": [], "back": []}
        for _ in range(max(1, effort.runs // 3)):
            _emptied(url)
            taken["bare"].append(seconds(lambda: _bare(session, url, count)))
            _emptied(url)
            taken["first"].append(seconds(lambda: session.export(url, quiet=True).apply()))
            taken["again"].append(seconds(lambda: session.export(url, quiet=True).apply()))
            with Session() as other:
                taken["back"].append(seconds(lambda other=other: other.import_(url, quiet=True).apply()))
        each = {name: Sample.of(found).per(count) for name, found in taken.items()}
        yield ratio_row(f"first export of {count:,} rows, beside write_row, each", each["first"], each["bare"], 2.0)
        yield ratio_row("repeated export of unchanged rows, beside the first, each", each["again"], each["first"], 1.0)
        few, many = (_peak(lambda rows=rows: _once(rows, url)) for rows in (FEW, MANY))
        yield flat_row(f"... memory of an export of {MANY:,} rows beside {FEW:,}", few, many)
        yield time_row(f"import of {count:,} rows, each", each["back"])


def _filled(count: int, contract: str = CONTRACT, rest: bytes = b"") -> Session:
    session = Session()
    fill(session.store, count, contract=contract, key=b"user:%07d", value=b'{"id":%d,"name":"somebody"}' + rest)
    return session


def _emptied(url: str) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("TRUNCATE kv_storage")


def _bare(session: Session, url: str, count: int) -> None:
    import psycopg

    found = session.store.scan("kv", CONTRACT, b"", None, now=MADE + 1, limit=count)
    with psycopg.connect(url) as connection, connection.cursor().copy(COPY) as copy:
        for row in found:
            copy.write_row((CONTRACT, row.key.decode(), row.value.decode(), *map(_moment, row[4:6]), row.versionstamp))


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC).replace(tzinfo=None)


def _once(rows: int, url: str) -> Any:
    session = _filled(rows, f"c{rows}", b" " * 400)
    session.store.scan("kv", f"c{rows}", b"", None, now=MADE, limit=1)  # the store puts its keys in order once
    gc.collect()
    tracemalloc.start()
    return session.export(url, contract=f"c{rows}", quiet=True).apply()


def _peak(run: Callable[[], object]) -> int:
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
