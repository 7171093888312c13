"""How often things are measured, and the ways of measuring."""

import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple


class Effort(NamedTuple):
    """How much is done for a row."""

    processes: int
    """Fresh processes."""
    runs: int
    """Runs of something that takes a while."""
    cells: int
    """Runs of a cell."""
    operations: int
    """Operations of one loop."""
    stored: int
    """Rows of the large store."""
    earlier: int
    """Cells before a kernel counts as old."""
    objects: int
    """Live objects of a large isolate."""
    peers: bool = False
    """Whether other programs do the same beside it."""


FULL = Effort(processes=9, runs=9, cells=41, operations=20_000, stored=100_000, earlier=1_000, objects=100_000)
QUICK = Effort(processes=1, runs=1, cells=3, operations=200, stored=2_000, earlier=5, objects=1_000)


class Sample(NamedTuple):
    """Seconds that something took."""

    median: float
    best: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Sample":
        """The sample of some measurements."""
        return cls(statistics.median(seconds), min(seconds))

    def per(self, count: int) -> "Sample":
        """The time of one of so many."""
        return Sample(self.median / count, self.best / count)

    def above(self, ground: "Sample") -> "Sample":
        """How much longer it took than something else."""
        return Sample(self.median - ground.median, self.best - ground.best)


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def in_turns(cases: Mapping[str, Callable[[int], object]], rounds: int) -> dict[str, Sample]:
    """Run the cases one after the other, round by round, so that a slow moment of the machine meets them all.

    Each is called with the number of the round.
    """
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds):
        for name, case in cases.items():
            taken[name].append(seconds(partial(case, number)))
    return {name: Sample.of(times) for name, times in taken.items()}
