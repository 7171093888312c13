"""One round trip on an open connection: prepared statements, alone or several in a pipeline.

libpq is used as psycopg hands it out, below its cursors: the bytes go through as they are, and one wait for the answer
is all that an operation costs beside the server's own work.
"""

import select
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer

from tana_jupyter import limits
from tana_jupyter.store import patience
from tana_jupyter.store.postgres.states import GONE

_GOOD = {pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK}


class Statement(NamedTuple):
    """A statement that is prepared once per connection, all parameters and columns in binary form."""

    name: bytes
    sql: bytes
    types: list[int]
    formats: list[int]

    @classmethod
    def of(cls, name: str, sql: str, *types: int) -> "Statement":
        """Number the parameters ``$1`` and so on, and give the type of each."""
        return cls(name.encode(), sql.encode(), list(types), [1] * len(types))


BEGIN = Statement.of("tana_begin", "BEGIN")
COMMIT = Statement.of("tana_commit", "COMMIT")
_ROLLBACK = Statement.of("tana_rollback", "ROLLBACK")

Step = tuple[Statement, Sequence[bytes | None]]


class Refused(Exception):
    """The server refused a statement, and nothing was changed."""

    def __init__(self, state: str, text: str) -> None:
        super().__init__(text)
        self.state = state


class Lost(Exception):
    """The connection is gone, or answers no more."""


class Exchange:
    """Questions and answers on one connection. After anything but :class:`Refused` it is to be closed."""

    def __init__(self, connection: psycopg.Connection, clean: Callable[[str], str]) -> None:
        self._reader: Any = Transformer(connection)  # of two implementations without a common type
        self._server = connection.pgconn
        self._clean = clean
        self._prepared: set[bytes] = set()
        self._poll = select.poll()
        self._poll.register(self._server.socket, select.POLLIN)

    def send(self, steps: Sequence[Step], deadline: float) -> list[pq.abc.PGresult]:
        """One result per step; several steps go into one pipeline.

        :raises Refused: the server said no, and what a BEGIN among the steps opened is rolled back.
        :raises Lost: nobody knows how far it came.
        """
        try:
            if len(steps) == 1 and steps[0][0].name in self._prepared:
                self._ask(*steps[0])
                results = [self._result(deadline)]
            else:
                results = self._pipeline(steps, deadline)
        except psycopg.Error as error:
            raise Lost(self._clean(str(error))) from None
        for result in results:
            if result.status not in _GOOD:
                self._fail(result, deadline)
        return results

    def rows(self, result: pq.abc.PGresult) -> list[tuple[Any, ...]]:
        """All rows: text, bytea and jsonb as bytes, numbers and times as integers."""
        self._reader.set_pgresult(result, format=pq.Format.BINARY)
        rows: list[tuple[Any, ...]] = self._reader.load_rows(0, result.ntuples, tuple)
        return rows

    def alive(self) -> bool:
        """Whether the server has said no farewell, as far as can be seen without asking it."""
        try:
            while self._poll.poll(0):  # a notice, or the end, or a farewell and then the end
                self._server.consume_input()
                self._server.is_busy()
        except psycopg.Error:
            return False
        return self._server.status == pq.ConnStatus.OK

    def forget(self) -> None:
        """Prepare everything anew."""
        self._prepared.clear()

    def _ask(self, statement: Statement, parameters: Sequence[bytes | None]) -> None:
        values = list(parameters)  # psycopg 3.2 takes no other sequence
        self._server.send_query_prepared(statement.name, values, statement.formats, result_format=pq.Format.BINARY)

    def _pipeline(self, steps: Sequence[Step], deadline: float) -> list[pq.abc.PGresult]:
        self._server.enter_pipeline_mode()
        expected: list[Statement | None] = []  # None for the result of a step
        for statement, parameters in steps:
            if statement.name not in self._prepared and statement not in expected:
                self._server.send_prepare(statement.name, statement.sql, statement.types)
                expected.append(statement)
            self._ask(statement, parameters)
            expected.append(None)
        self._server.pipeline_sync()
        results = []
        for prepared in expected:
            result = self._result(deadline)
            if prepared is None or result.status == pq.ExecStatus.FATAL_ERROR:
                results.append(result)
            elif result.status == pq.ExecStatus.COMMAND_OK:
                self._prepared.add(prepared.name)
        self._next(deadline)  # the end of the pipeline
        self._server.exit_pipeline_mode()
        return results

    def _result(self, deadline: float) -> pq.abc.PGresult:
        """The one result of a statement, and the mark that there is no other."""
        result = self._next(deadline)
        if result is None:
            raise psycopg.OperationalError("no answer")
        while self._next(deadline) is not None:
            pass
        return result

    def _next(self, deadline: float) -> "pq.abc.PGresult | None":
        server = self._server
        while server.flush():
            self._poll.modify(server.socket, select.POLLIN | select.POLLOUT)
            self._wait(deadline)
            self._poll.modify(server.socket, select.POLLIN)
            # The server may be answering already, and stops reading when nobody takes its answer.
            server.consume_input()
        while server.is_busy():
            self._wait(deadline)
            server.consume_input()
        return server.get_result()

    def _wait(self, deadline: float) -> None:
        while not self._poll.poll(patience.STEP * 1000):
            if patience.over():
                raise psycopg.OperationalError("the run ended before the answer came")
            if time.monotonic() > deadline:
                raise psycopg.OperationalError(f"no answer for {limits.NETWORK_OPERATION:.0f} s")

    def _fail(self, result: pq.abc.PGresult, deadline: float) -> NoReturn:
        """Raise what the server said; take back what a pipeline left open."""
        state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
        primary = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or result.error_message
        text = self._clean(primary.decode("utf-8", "replace"))
        if self._server.status != pq.ConnStatus.OK or state.startswith(GONE):
            raise Lost(text)
        if self._server.transaction_status != pq.TransactionStatus.IDLE:
            self.send([(_ROLLBACK, ())], deadline)
        raise Refused(state, text)
