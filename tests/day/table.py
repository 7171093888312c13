"""What was watched, as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from tests.day.living import Lived
from tests.day.verdict import slope

HEAD = (
    "round", "store", "cells", "memory", "as is", "objects", "open", "threads", "subshells", "widgets", "temp", "files",
    "pg tables", "pg conns", "in tx", "locks", "redis conns",
)  # fmt: skip


def drawn(lived: Lived) -> str:
    """A line per round, then memory per cell."""
    rows = [
        (
            look.round.number,
            look.round.state.removeprefix("env:DAY_").lower(),
            look.cells,
            f"{look.kernel['rss'] / 1e6:.1f}",
            f"{lived.rss[look.cells - 1] / 1e6:.1f}",
            sum(look.kernel["kinds"].values()),
            len(look.kernel["descriptors"]),
            len(look.kernel["threads"]),
            look.kernel["subshells"],
            look.kernel["comms"],
            len(look.kernel["temporary"]),
            len(look.kernel["folder"]),
            len(look.servers["tables"]),
            *(look.servers[what] for what in ("connections", "transactions", "locks", "valkey")),
        )
        for look in lived.looks
    ]
    return f"{_aligned([HEAD, *rows])}\n\n{slopes(lived)}"


def slopes(lived: Lived) -> str:
    """Bytes per cell of each kernel's life, from its second round on, after collecting garbage and without."""
    lines = []
    for life in sorted({look.life for look in lived.looks}):
        looks = [look for look in lived.looks if look.life == life][1:]
        if len(looks) < 2:
            continue
        first, last = looks[0].cells, looks[-1].cells
        kept = slope([(look.cells, look.kernel["rss"]) for look in looks])
        as_is = slope(list(enumerate(lived.rss))[first:last])
        lines.append(
            f"kernel {life + 1}, cells {first} to {last}: {kept:,.0f} bytes per cell kept, {as_is:,.0f} as it is"
        )
    return "\n".join(lines)


def _aligned(rows: Sequence[Sequence[object]]) -> str:
    widths = [max(len(str(row[at])) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(str(cell).rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
