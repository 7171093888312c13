"""The session's clock: real, shifted or frozen. Everything that knows the time asks it."""

import datetime as dt
import re
import time
from collections.abc import Callable

from tana_jupyter.errors import TanaError

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NAIVE_EPOCH = EPOCH.replace(tzinfo=None)
# What a datetime can say, with a day to spare for time zones.
EARLIEST, LATEST = -62_135_510_400_000_000, 253_402_214_400_000_000
POLL = 0.05
STEP = re.compile(r"([+-]\d+(?:\.\d+)?)(ms|[smhd]?)")
UNITS = {"": 1, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


class Clock:
    """Tells the time to cells, TTLs, timestamps and identifiers: ``session.clock``.

    >>> clock = Clock()
    >>> clock.freeze("2026-01-01T00:00:00Z")
    >>> clock.advance(90)
    >>> clock.now()
    datetime.datetime(2026, 1, 1, 0, 1, 30, tzinfo=datetime.timezone.utc)
    >>> clock.resume()
    >>> clock
    <Clock real>

    A clock that is moved runs no timers; ``Session.move_clock`` and ``Session.settle`` do.
    """

    def __init__(self, moved: Callable[[], object] = lambda: None) -> None:
        self._frozen: int | None = None  # microseconds since the epoch
        self._shift = 0
        self._moved = moved

    def __repr__(self) -> str:
        return f"<Clock {self.describe()}>"

    def describe(self) -> str:
        """``frozen at 2026-01-01T00:00:00Z``, ``real`` or ``real, shifted by +90 s``."""
        if self._frozen is not None:
            return f"frozen at {iso(self._frozen)}"
        return "real" if not self._shift else f"real, shifted by {self._shift / 1e6:+g} s"

    def set(self, to: str) -> None:
        """Do what ``%tana clock`` says: ``real``, a step such as ``+90s`` or ``-2h``, or an instant to stop at.

        >>> session.clock.set("+90s")
        >>> session.clock
        <Clock frozen at 2026-01-01T00:01:30Z>
        """
        step = STEP.fullmatch(to.strip())
        if to == "real":
            self.resume()
        elif step is not None:
            self.advance(float(step[1]) * UNITS[step[2]])
        else:
            self.freeze(to)

    @property
    def real(self) -> bool:
        """True while the clock is neither frozen nor shifted."""
        return self._frozen is None and not self._shift

    @property
    def frozen(self) -> bool:
        """True while time stands still until something moves it."""
        return self._frozen is not None

    def now_us(self) -> int:
        """Microseconds since the epoch."""
        return time.time_ns() // 1000 + self._shift if self._frozen is None else self._frozen

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        return self.now_us() // 1000

    def now(self) -> dt.datetime:
        """The time as a datetime in UTC.

        >>> session.clock.now().isoformat()
        '2026-01-01T00:00:00+00:00'
        """
        return EPOCH + dt.timedelta(microseconds=self.now_us())

    def settings(self) -> tuple[int | None, int]:
        """For the engine: the frozen instant or None, and the shift of the real clock, both in milliseconds."""
        return (None if self._frozen is None else self._frozen // 1000), self._shift // 1000

    def freeze(self, when: float | str | dt.datetime | None = None) -> None:
        """Stop time, now or at an instant: seconds since the epoch, ISO text or a datetime (naive ones are UTC).

        >>> session.clock.freeze("2026-02-03T04:05:06+01:00")
        >>> session.clock
        <Clock frozen at 2026-02-03T03:05:06Z>
        """
        self._frozen = self.now_us() if when is None else _bounded(instant(when))
        self._shift = 0
        self._moved()

    def advance(self, seconds: float) -> None:
        """Move the clock by so many seconds, forward or back; a real clock goes on from there.

        >>> session.clock.advance(0.5)
        >>> session.clock.now_ms()
        1767225600500
        """
        try:
            step = round(seconds * 1_000_000)
        except (TypeError, OverflowError, ValueError):
            raise TanaError(f"{seconds!r:.100} is no number of seconds") from None
        moved = _bounded(self.now_us() + step)
        if self._frozen is None:
            self._shift += step
        else:
            self._frozen = moved
        self._moved()

    def resume(self) -> None:
        """Go back to real time."""
        self._frozen = None
        self._shift = 0
        self._moved()

    def wait_until(self, due_ms: int, stop: Callable[[], bool]) -> None:
        """For the engine: let a real clock reach ``due_ms`` by sleeping, a frozen one by jumping.

        ``stop()`` ends the sleep.
        """
        if self._frozen is not None:
            self._frozen = max(self._frozen, due_ms * 1000)
            return
        while not stop():
            rest = due_ms / 1000 - self.now_us() / 1_000_000
            if rest <= 0:
                return
            time.sleep(min(rest, POLL))


def _bounded(us: int) -> int:
    if not EARLIEST <= us <= LATEST:
        raise TanaError("the clock goes from the year 1 to the year 9999")
    return us


def instant(when: float | str | dt.datetime) -> int:
    """Microseconds since the epoch of seconds, ISO text or a datetime."""
    if isinstance(when, str):
        try:
            when = dt.datetime.fromisoformat(when.strip())
        except ValueError:
            raise TanaError(f"{when!r} is no time: write it as 2026-01-01T00:00:00Z") from None
    if isinstance(when, dt.datetime):
        aware = when if when.tzinfo is not None else when.replace(tzinfo=dt.UTC)
        return (aware - EPOCH) // dt.timedelta(microseconds=1)
    try:
        return round(when * 1_000_000)
    except (TypeError, OverflowError, ValueError):
        raise TanaError(f"{when} is no time") from None


def iso(us: int) -> str:
    """An instant as ISO text in UTC, with milliseconds only where there are some.

    >>> iso(1_767_225_600_000_000)
    '2026-01-01T00:00:00Z'
    """
    when = _NAIVE_EPOCH + dt.timedelta(microseconds=us)  # a page of a browser has a thousand, and zones take time
    return f"{when.isoformat(timespec='milliseconds' if us % 1_000_000 else 'seconds')}Z"
