"""How far a transfer is: told to whoever asks, and drawn as a bar once it takes longer than a moment."""

import time
from collections.abc import Callable
from typing import NamedTuple

from tana_jupyter.limits import PROGRESS_AFTER

_EVERY = 0.1  # seconds between two reports
_LOOK = 64  # rows between two looks at the clock
_WIDTH = 24

Show = Callable[[str], object]


class Progress(NamedTuple):
    """How far it is.

    >>> str(Progress("comparing", 5000, 20000, 0.5))
    'comparing [######                  ] 5,000 of 20,000 rows, 10,000 rows/s'
    """

    phase: str
    """``planning``, ``comparing`` or ``writing``."""
    done: int
    total: int | None
    seconds: float

    @property
    def rows_per_second(self) -> float:
        """Since it began."""
        return self.done / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        rate = f"{self.rows_per_second:,.0f} rows/s"
        if not self.total:
            return f"{self.phase} {self.done:,} rows, {rate}"
        full = min(_WIDTH, _WIDTH * self.done // self.total)
        return f"{self.phase} [{'#' * full}{' ' * (_WIDTH - full)}] {self.done:,} of {self.total:,} rows, {rate}"


class Bar:
    """Draws reports over each other on one line, from a second on, and leaves the line empty."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._width = 0

    def __call__(self, progress: Progress) -> None:
        """Draw it."""
        if progress.seconds >= PROGRESS_AFTER:
            text = str(progress)
            self._show(f"\r{text.ljust(self._width)}")
            self._width = max(self._width, len(text))

    def close(self) -> None:
        """Wipe it."""
        if self._width:
            self._show(f"\r{' ' * self._width}\r")
            self._width = 0


class Watch:
    """Counts rows, tells now and then how far it is, and asks whether to stop."""

    def __init__(
        self,
        phase: str,
        total: int | None,
        tell: Callable[[Progress], object],
        cancelled: Callable[[], bool],
        stop: Callable[[], BaseException],
    ) -> None:
        self._phase = phase
        self._total = total
        self._tell = tell
        self._cancelled = cancelled
        self._stop = stop
        self._began = self._told = time.monotonic()
        self._done = 0

    def row(self) -> None:
        """One more."""
        self._done += 1
        if self._done % _LOOK == 0:
            self.look()

    def restart(self) -> None:
        """From the first row again."""
        self._done = 0

    def look(self, phase: str | None = None) -> None:
        """Tell if it is time, or at once of a new phase.

        :raises BaseException: what ``stop`` makes, if it shall not go on.
        """
        if self._cancelled():
            raise self._stop()
        now = time.monotonic()
        if phase is not None or now - self._told >= _EVERY:
            self._phase, self._told = phase or self._phase, now
            self._tell(Progress(self._phase, self._done, self._total, now - self._began))
