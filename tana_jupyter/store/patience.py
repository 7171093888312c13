"""How long an operation waits for a server: until it answers, its time is over, or the run it belongs to is.

A signal handler must not raise in the middle of a host call, so whoever waits asks now and then. Contracts run on the
main thread, one at a time: one question serves all stores.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Seconds; shorter than the time between two signals of a run that is being ended, which begin a wait anew.
STEP = 0.02

_ended: list[Callable[[], bool]] = []


@contextmanager
def during(ended: Callable[[], bool]) -> Iterator[None]:
    """Let operations of this block give up once ``ended()`` is true."""
    _ended.append(ended)
    try:
        yield
    finally:
        _ended.pop()


def over() -> bool:
    """Whether the run that waits was stopped, or ran out of time."""
    return bool(_ended) and _ended[-1]()
