"""The table: what was measured, how long it took, how long it may take, and what that comes to."""

from typing import NamedTuple

from benchmarks.effort import Sample

WIDTHS = (76, 34, 10)
THIN = 0.75
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"))


class Row(NamedTuple):
    """One line of the table."""

    what: str
    measured: str
    bar: str = ""
    verdict: str = ""


def time_row(what: str, sample: Sample, bar: float | None = None) -> Row:
    """A row for a time; within a quarter of its bar it is met, but thin."""
    measured = f"{time_text(sample.median)} (best {time_text(sample.best)})"
    if bar is None:
        return Row(what, measured)
    verdict = "MISSED" if sample.median > bar else "thin" if sample.median > bar * THIN else "met"
    return Row(what, measured, time_text(bar), verdict)


def ratio_row(what: str, sample: Sample, ground: Sample, bar: float | None = None) -> Row:
    """A row for a time beside what it is compared with; within a quarter of its bar it is met, but thin."""
    ratio = sample.median / ground.median
    measured = f"{time_text(sample.median)}, bare {time_text(ground.median)}: {ratio:.2f} x"
    if bar is None:
        return Row(what, measured)
    verdict = "MISSED" if ratio > bar else "thin" if ratio > bar * THIN else "met"
    return Row(what, measured, f"{bar:g} x", verdict)


def peer_row(what: str, sample: Sample, ours: Sample) -> Row:
    """A row for another program that does the same: it should take longer."""
    ratio = sample.median / ours.median
    measured = f"{time_text(sample.median)}: {ratio:.2f} x ours"
    return Row(what, measured, "1 x", "met" if ratio > 1 else "MISSED")


def fact_row(what: str, found: str, wanted: str) -> Row:
    """A row for something that is so or not."""
    return Row(what, found, wanted, "met" if found == wanted else "MISSED")


def time_text(seconds: float) -> str:
    """A time in the unit that suits it: ``0.0042`` is ``4.2 ms``."""
    scale, unit = next((entry for entry in UNITS if abs(seconds) >= entry[0]), UNITS[-1])
    return f"{seconds / scale:.3g} {unit}"


def head() -> str:
    """The first two lines of the table."""
    titles = line(Row("what", "measured", "bar", "verdict"))
    return f"{titles}\n{'-' * (sum(WIDTHS) + 3 * len(WIDTHS) + len('verdict'))}"


def line(row: Row) -> str:
    """One line of the table."""
    cells = [text.ljust(width) for text, width in zip(row[:-1], WIDTHS, strict=True)]
    return " | ".join([*cells, row.verdict]).rstrip()
