"""What a plan says, and what came of it: numbers, and rows where somebody asks for them."""

from typing import NamedTuple

from tana_jupyter.store.protocol import Row


class Counts(NamedTuple):
    """Keys by what becomes of them at the destination."""

    added: int
    changed: int
    unchanged: int
    deleted: int
    only_there: int
    """The source has none of them, and they stay."""
    staged_left_out: int
    """Staged with ``tana/data`` and not committed: no part of it."""
    kept: int = 0
    """They differ, and the destination keeps its own."""

    @property
    def writes(self) -> int:
        """Rows that are written or deleted."""
        return self.added + self.changed + self.deleted


class PlannedRow(NamedTuple):
    """One key of a plan: what would be written, and what is there now."""

    kind: str
    contract: str
    api: str
    key: bytes
    new: Row | None
    old: Row | None


class Result(NamedTuple):
    """What was done."""

    counts: Counts
    seconds: float
    rows_per_second: float

    def __str__(self) -> str:
        done = f"{self.counts.added:,} added, {self.counts.changed:,} changed, {self.counts.deleted:,} deleted"
        return f"{done}, {self.counts.unchanged:,} unchanged"

    # As a cell's value it must not differ from run to run: no seconds.
    def __repr__(self) -> str:
        return f"<Result {self}>"
