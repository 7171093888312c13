"""The table: what was measured, how long it took, how long it may take, and what that comes to."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.effort import Sample

WIDTHS = (76, 34, 12)
THIN = 0.75
FLAT = 1.5  # what counts as the same size
MET, LITTLE_AIR, MISSED, NOT_RUN = "met", "thin", "MISSED", "not run"
VERDICTS = {MET: "met", LITTLE_AIR: "thin (within a quarter of the bar)", MISSED: "MISSED", NOT_RUN: "not run"}
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"))


class Row(NamedTuple):
    """One line of the table."""

    what: str
    measured: str
    bar: str = ""
    verdict: str = ""


def time_row(what: str, sample: Sample, bar: float | None = None) -> Row:
    """A row for a time."""
    measured = f"{time_text(sample.median)} (best {time_text(sample.best)})"
    return Row(what, measured) if bar is None else Row(what, measured, time_text(bar), _verdict(sample.median, bar))


def ratio_row(what: str, sample: Sample, ground: Sample, bar: float) -> Row:
    """A row for a time beside that of something else."""
    ratio = sample.median / ground.median
    measured = f"{time_text(sample.median)} beside {time_text(ground.median)}: {ratio:.2f} x"
    return Row(what, measured, f"{bar:g} x", _verdict(ratio, bar))


def peer_row(what: str, sample: Sample, ours: Sample) -> Row:
    """A row for another program that does the same: it should take longer."""
    ratio = sample.median / ours.median
    measured = f"{time_text(sample.median)}: {ratio:.2f} x ours"
    return Row(what, measured, "1 x", MET if ratio > 1 else MISSED)


def most_row(what: str, found: int, most: int, unit: str = "") -> Row:
    """A row for a number of something."""
    return Row(what, f"{found:,}{unit}", f"{most:,}{unit}", _verdict(found, most))


def flat_row(what: str, few: float, many: float) -> Row:
    """A row for what should not grow with the number of rows: it has this size with few, and that with many."""
    return fact_row(what, "the same" if many < FLAT * few else f"{many / few:.1f} x", "the same")


def absent_row(what: str, install: str) -> Row:
    """A row for what cannot be measured here, for want of something that can be installed."""
    return Row(what, f"not here: {install}", verdict=NOT_RUN)


def fact_row(what: str, found: str, wanted: str) -> Row:
    """A row for something that is so or not."""
    return Row(what, found, wanted, MET if found == wanted else MISSED)


def _verdict(found: float, bar: float) -> str:
    return MISSED if found > bar else LITTLE_AIR if found > bar * THIN else MET


def time_text(seconds: float) -> str:
    """A time in the unit that suits it: ``0.0042`` is ``4.2 ms``."""
    scale, unit = next((entry for entry in UNITS if abs(seconds) >= entry[0]), UNITS[-1])
    return f"{seconds / scale:.3g} {unit}"


def summary(rows: Sequence[Row]) -> str:
    """How many bars are met, and once more those that are not."""
    counts = Counter(row.verdict for row in rows)
    found = ", ".join(f"{counts[verdict]} {meaning}" for verdict, meaning in VERDICTS.items() if counts[verdict])
    return "\n".join([f"bars: {found or 'none'}", *(line(row) for row in rows if row.verdict == MISSED)])


def head() -> str:
    """The first two lines of the table."""
    titles = line(Row("what", "measured", "bar", "verdict"))
    return f"{titles}\n{'-' * (sum(WIDTHS) + 3 * len(WIDTHS) + len('verdict'))}"


def line(row: Row) -> str:
    """One line of the table."""
    cells = [text.ljust(width) for text, width in zip(row[:-1], WIDTHS, strict=True)]
    return " | ".join([*cells, row.verdict]).rstrip()
