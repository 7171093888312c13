"""How long an operation waits for a server: until it answers, its time is over, or the run it belongs to is.

A signal handler must not raise in the middle of a host call, so whoever waits asks now and then. Contracts run on the
main thread, one at a time: one question serves all stores.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

_T = TypeVar("_T")

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


def unless_over(connect: Callable[[], _T], let_go: Callable[[_T], object]) -> _T | None:
    """Connect, which asks nobody whether to go on: beside the run, and None once that is over.

    A connection that comes too late is let go of.
    """
    if not _ended:
        return connect()
    from concurrent.futures import Future, InvalidStateError, wait  # rarely needed, and read with every session

    coming: Future[_T] = Future()

    def work() -> None:
        try:
            found = connect()
        except BaseException as error:  # noqa: BLE001 # whatever it is, the run meets it
            with suppress(InvalidStateError):
                coming.set_exception(error)
        else:
            try:
                coming.set_result(found)
            except InvalidStateError:
                let_go(found)

    threading.Thread(target=work, name="tana-connect", daemon=True).start()
    try:
        while not wait([coming], STEP).done:
            if over() and coming.cancel():
                return None
    except BaseException:  # an interrupt: nobody waits any more
        if not coming.cancel() and coming.exception() is None:
            let_go(coming.result())
        raise
    return coming.result()
