"""What the loop of an isolate goes on with, besides evaluating: a timer, a late answer, or nothing more."""

import enum
import itertools
import time
from collections.abc import Callable
from typing import Protocol

from tana_jupyter.waking import Settlement, Waiting, Waker

POLL = 0.1


class LoopClock(Protocol):
    """What the loop needs of the session's clock."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        ...

    def settings(self) -> tuple[int | None, int]:
        """The frozen instant in ms or None, and the shift of the real clock in ms."""
        ...

    def wait_until(self, due_ms: int, stop: Callable[[], bool]) -> None:
        """Sleep (or, frozen, jump) until ``due_ms``, giving up as soon as ``stop()`` is true."""
        ...


class Next(enum.Enum):
    """What comes next, where it is no late answer."""

    TIMER = enum.auto()
    """The first timer is due."""
    DONE = enum.auto()
    """All has settled, and nothing is due now."""
    STUCK = enum.auto()
    """Something is awaited, and nothing is left that could settle it."""
    CUT = enum.auto()
    """The run was stopped while there was more to do."""


class Wakes:
    """Knows the wakers of one isolate, numbers the promises that they settle, and waits for them and for timers."""

    def __init__(self, clock: LoopClock) -> None:
        self.wakers: list[Waker] = []
        self.before_wait: Callable[[], object] = int
        """Called before the loop sleeps, so that what waits to be shown is shown."""
        self._clock = clock
        self._numbers = itertools.count(1)

    def later(self) -> int:
        """The number of a promise that is settled later."""
        return next(self._numbers)

    def add(self, waker: Waker) -> None:
        """Ask this one too from now on."""
        if waker not in self.wakers:
            self.wakers.append(waker)

    def next(
        self, timer: int | None, until: int | None, stopped: Callable[[], bool], *, settled: bool
    ) -> Settlement | Next:
        """Wait for what is to be done next.

        ``timer`` is when the first timer is due. Where all has settled it waits no longer than for what is due
        until then; where something is awaited, for whatever could settle it.
        """
        while True:
            due, waker, shared = timer, None, False
            if self.wakers:
                due, waker = self._soonest(timer)
                shared = any(each.shared for each in self.wakers)
            now = self._clock.now_ms()
            ready = due is not None and due <= now
            if stopped():
                return Next.CUT if not settled or ready or (due is not None and waker is None) else Next.DONE
            if ready:
                if waker is None:
                    return Next.TIMER
                settlement = waker.deliver()
                if settlement is not None:
                    return settlement
                continue
            frozen = self._clock.settings()[0] is not None
            if settled and (until is None or ((due is None or due > until) and (not shared or frozen or now >= until))):
                return Next.DONE
            if due is None and not shared:
                return Next.STUCK
            self.before_wait()
            if shared and (due is None or not frozen):
                self.nap(due, now)
            elif due is not None:
                self._clock.wait_until(due, stopped)

    def waiting(self, timers: int) -> Waiting:
        """All that waits for a later run."""
        return Waiting.sum([Waiting(timers), *(waker.waiting() for waker in self.wakers)])

    def forget(self, since: int = 0) -> None:
        """Let go of everything, or of what began after that number."""
        for waker in self.wakers:
            waker.forget(since)
        if not since:
            self.wakers.clear()

    @staticmethod
    def nap(due: int | None, now: int) -> None:
        """Let a little real time pass, whatever the session's clock says; no longer than until ``due``."""
        time.sleep(POLL if due is None else min(POLL, (due - now) / 1000))

    def _soonest(self, timer: int | None) -> tuple[int | None, Waker | None]:
        """When the next thing is due and whose it is; a timer's goes before others of the same moment."""
        due, next_ = timer, None
        for waker in self.wakers:
            at = waker.due_ms()
            if at is not None and (due is None or at < due):
                due, next_ = at, waker
        return due, next_
