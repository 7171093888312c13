"""Statements that take long, and somebody who wants to stop them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from tana_jupyter.errors import PlanCancelled, StoreError
from tana_jupyter.store.postgres.states import CANCELED
from tana_jupyter.transfer.sides import Cancelled

_POLL = 0.05  # seconds between two looks whether to stop


@contextmanager
def stopped_by(cancelled: Cancelled, connection: psycopg.Connection) -> Iterator[None]:
    """Go on asking while the server works; it gives up what it is at.

    :raises PlanCancelled: it was to stop.
    """
    over, stopped = threading.Event(), threading.Event()

    def watch() -> None:
        while not over.wait(_POLL):
            if cancelled():
                stopped.set()
                with suppress(psycopg.Error):
                    connection.cancel_safe()
                return

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    except (psycopg.Error, StoreError) as error:
        # A statement that made tables has already become one of our own errors.
        if stopped.is_set() and (isinstance(error, StoreError) or error.sqlstate == CANCELED):
            raise PlanCancelled("cancelled; nothing was written") from None
        raise
    finally:
        over.set()
        watching.join()
    if stopped.is_set():
        raise PlanCancelled("cancelled; nothing was written")
