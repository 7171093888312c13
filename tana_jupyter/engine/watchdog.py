"""Ends a run that does not end by itself: the Stop button and the time limit.

dukpy holds the interpreter lock while JavaScript runs, so only a signal reaches it. A handler must not raise inside a
host call: dukpy would turn that into an error the guest can catch, and a store write could be torn. So the first
signal only sets ``aborting``; from then on every host call answers that the run is over. What still runs after a
short grace is interrupted in the engine itself, tick after tick, which the guest cannot catch.
"""

import signal
import threading
import time
from types import CodeType, FrameType, TracebackType
from typing import Any, Literal, Self

from tana_jupyter.engine.interpreter import Interpreter

Reason = Literal["stopped", "timed out"]

TICK = 0.05
GRACE = 0.1  # of this thread's own time: on a busy machine the same work takes longer


class Aborted(BaseException):
    """Raised by a tick while the engine runs guest code; never by anything else."""


HOST_CODE: frozenset[CodeType] = frozenset(
    function.__code__
    for function in (Interpreter._call_python, Interpreter._normalize_module)  # to recognise their frames
)
GUEST_CODE = Interpreter.evaluate.__code__
HAS_TIMER = hasattr(signal, "setitimer")  # not on Windows: there only Stop ends a run


class Watchdog:
    """Watches one run, from outside the engine: ``with Watchdog(interpreter, limit=30) as watchdog``.

    Afterwards ``watchdog.reason`` says what ended the run; None where it ended by itself.
    """

    def __init__(self, interpreter: Interpreter, limit: float | None) -> None:
        self.reason: Reason | None = None
        self.limit = limit
        self._interpreter = interpreter
        self._since = 0.0
        self._may_raise = True
        self._over = False
        self._previous: dict[int, Any] = {}
        self._timer = (0.0, 0.0)

    def __enter__(self) -> Self:
        if threading.current_thread() is not threading.main_thread():
            message = "contracts run on the main thread only: nothing could stop them on another one"
            raise RuntimeError(message)
        self._previous[signal.SIGINT] = signal.signal(signal.SIGINT, self._tick)
        if HAS_TIMER:
            self._previous[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._tick)
            self._timer = signal.setitimer(signal.ITIMER_REAL, self.limit or 0.0, TICK)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A signal that is still on its way arrives in between; it must not arm anything again. The previous timer
        # comes last: it may be due at once, and its signal belongs to the previous handler.
        self._over = True
        if HAS_TIMER:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        for number, handler in self._previous.items():
            # None: a handler that was not set from Python and cannot be put back.
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        if HAS_TIMER:
            signal.setitimer(signal.ITIMER_REAL, *self._timer)
        self._interpreter.aborting = False

    def spare(self) -> None:
        """Give what is evaluated next a grace of its own: it only looks whether the engine still works."""
        self._since = time.thread_time()

    def stand_down(self) -> None:
        """Interrupt nothing from here on: no contract code runs any more."""
        self._may_raise = False

    def _tick(self, number: int, frame: FrameType | None) -> None:
        if self._over:
            return
        now = time.thread_time()
        if self.reason is None:
            self.reason = "stopped" if number == signal.SIGINT else "timed out"
            self._since = now
            self._interpreter.aborting = True
            if HAS_TIMER:
                signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
        elif self._may_raise and now - self._since >= GRACE and _in_guest(frame):
            raise Aborted


def _in_guest(frame: FrameType | None) -> bool:
    """Tell JavaScript that is running from a host call that is being answered."""
    while frame is not None:
        if frame.f_code in HOST_CODE:
            return False
        if frame.f_code is GUEST_CODE:
            return True
        frame = frame.f_back
    return False
