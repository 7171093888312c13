"""The connection of a store, and what it means when it is lost.

An operation is sent once. Where the server answered that it rolled back (a serialization failure, a deadlock), the
same is sent again; where the connection went away after something was sent, nobody repeats a write, and the text says
that it may have happened. Then every operation fails at once until the run is over; the next one connects anew.
"""

import random
import time
from collections.abc import Sequence
from typing import Any, NoReturn

import psycopg
from psycopg import pq

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store.postgres.connecting import connect, one_line
from tana_jupyter.store.postgres.exchange import Exchange, Lost, Refused, Statement, Step
from tana_jupyter.store.postgres.place import place_of
from tana_jupyter.store.postgres.states import FORGOTTEN, ROLLED_BACK

_ATTEMPTS = 10
_GRACE = 2  # seconds that the server's own limit of a statement comes before ours

_SETTINGS = (
    "SET TIME ZONE 'UTC'; "
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED; "
    f"SET statement_timeout = {limits.NETWORK_OPERATION * 1000:.0f}"
)


class Link:
    """Asks and tells a database; not for two threads at once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.place = place_of(url)
        self._connection: psycopg.Connection | None = None
        self._exchange: Exchange
        self._lost = False  # since the last rest
        self._rested = True  # nothing was sent since
        self._connect()

    @property
    def connection(self) -> psycopg.Connection:
        """The driver's own connection, for what happens once."""
        if self._connection is None:
            raise StoreError(f"The connection to {self.place} is closed")
        return self._connection

    def close(self) -> None:
        """Let go of the connection; the next operation connects anew."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def rest(self) -> None:
        """End of a run: what was lost in it may be connected anew by the next operation."""
        self._lost = False
        self._rested = True

    def ask(self, statement: Statement, parameters: Sequence[bytes | None]) -> list[tuple[Any, ...]]:
        """The rows of a statement that only reads."""
        return self._exchange.rows(self._carry_out([(statement, parameters)], reads=True)[0])

    def tell(self, *steps: Step) -> list[pq.abc.PGresult]:
        """Write: one result per step. Several steps belong between BEGIN and COMMIT."""
        return self._carry_out(steps, reads=False)

    def rows(self, result: pq.abc.PGresult) -> list[tuple[Any, ...]]:
        """All rows of a result."""
        return self._exchange.rows(result)

    def _carry_out(self, steps: Sequence[Step], *, reads: bool) -> list[pq.abc.PGresult]:
        if self._lost:
            raise StoreError(f"The connection to {self.place} was lost; it reconnects at the next cell")
        rested, self._rested = self._rested, False
        self._greet(rested)
        deadline = time.monotonic() + limits.NETWORK_OPERATION + _GRACE
        attempts = 0
        while True:
            attempts += 1
            try:
                return self._send(steps, deadline)
            except Refused as error:
                if error.state == FORGOTTEN and attempts == 1:
                    self._exchange.forget()
                elif error.state in ROLLED_BACK and attempts < _ATTEMPTS and time.monotonic() < deadline - _GRACE:
                    time.sleep(random.uniform(0, 0.002) * attempts**2)  # so that rivals do not meet again in step
                else:
                    raise
            except Lost as error:
                if not reads:
                    self._lose(f"{error}. The write may or may not have been written; look before you repeat it")
                if not rested:
                    self._lose(f"{error}")
                # It died while nobody looked, behind a proxy that did not tell.
                rested = False
                self._greet(rested=True)

    def _send(self, steps: Sequence[Step], deadline: float) -> list[pq.abc.PGresult]:
        try:
            return self._exchange.send(steps, deadline)
        except Refused:
            raise
        except BaseException:  # an interrupt too: what comes back now would answer a question nobody remembers
            self.close()
            raise

    def _greet(self, rested: bool) -> None:
        """Make sure, as far as that is possible without asking, that there is a connection to send on."""
        if self._connection is not None:
            if self._exchange.alive():
                return
            self.close()
            if not rested:
                self._lose("the server ended it. Nothing was sent")
        try:
            self._connect()
        except StoreError:
            self._lost = True
            raise

    def _lose(self, how: str) -> NoReturn:
        self._lost = True
        raise StoreError(f"The connection to {self.place} was lost: {how}. It reconnects at the next cell")

    def _connect(self) -> None:
        if not psycopg.Pipeline.is_supported():
            raise StoreError(
                "A postgresql: store needs libpq 14 or newer: pip install 'psycopg[binary]' brings one along"
            )
        # A network that swallows what is sent gets as much time as a server that does not answer.
        silence = int(limits.NETWORK_OPERATION * 1000)
        connection = connect(self._url, self.place, _SETTINGS, tcp_user_timeout=silence)
        try:
            self._exchange = Exchange(connection, self._clean)
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _clean(self, text: str) -> str:
        return one_line(text, self._url)
