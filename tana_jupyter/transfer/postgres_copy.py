"""COPY in its binary form: rows go out while more are made ready, and one that is refused is named."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from struct import Struct
from typing import TYPE_CHECKING

import psycopg
from psycopg.copy import LibpqWriter

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store.rowname import named

if TYPE_CHECKING:
    from tana_jupyter.transfer.postgres import PostgresSide

count = Struct(">h").pack
"""How many fields a row has: it begins with that."""
length = Struct(">i").pack
NULL = length(-1)

_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL = b"\xff\xff"
_LINE = re.compile(r"\bCOPY \w+, line (\d+)")
_MOST = 20_000  # rows of one COPY


class Batch:
    """Rows on their way into one temporary table, a few megabytes of them at a time."""

    def __init__(
        self, connection: psycopg.Connection, make: str, fill: str, side: "PostgresSide", free: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._side = side
        self._make = make.encode()
        self._fill = fill.encode()
        self._parts: list[bytes] = []
        self._size = 0
        self._names: list[tuple[str, str, bytes]] = []
        self._free = free
        self._copying: AbstractContextManager[psycopg.Copy] | None = None
        self._copy: psycopg.Copy
        self._sent: list[tuple[str, str, bytes]] = []
        self.made = False
        self.all_new = True

    def add(self, parts: tuple[bytes, ...], size: int, name: tuple[str, str, bytes]) -> None:
        """One row in its binary form."""
        self._parts += parts
        self._names.append(name)
        self._size += size
        if self._size >= limits.TRANSFER_CHUNK:
            self.send()

    def send(self) -> None:
        """Send what is waiting; while the server takes it in, more is made ready here."""
        if not self._names:
            return
        if self._copying is None:
            names, self._names = self._names, []
            self._free()  # one at a time
            self._names = names
            if not self.made:
                self._connection.execute(self._make)
                self.made = True
            cursor = self._connection.cursor()
            self._copying = cursor.copy(self._fill, writer=_Wire(cursor))
            self._copy = self._copying.__enter__()
            self._parts.insert(0, _HEAD)
        self._sent += self._names
        parts, self._parts, self._names, self._size = self._parts, [], [], 0
        try:
            self._copy.write(b"".join(parts))
        except psycopg.Error as error:
            raise self._explained(error) from None
        if len(self._sent) >= _MOST:  # their names would fill the memory
            self.end()

    def end(self) -> None:
        """Send the rest, and wait until the server has it."""
        self.send()
        if self._copying is not None:
            try:
                self._copy.write(_TAIL)
                self._copying.__exit__(None, None, None)
            except psycopg.Error as error:
                raise self._explained(error) from None
            self._copying = None
            self._sent = []

    def abandon(self) -> None:
        """Send no more, say nothing to the server, and let others have the connection."""
        copying, self._copying = self._copying, None
        if copying is not None:
            with suppress(RuntimeError, psycopg.Error, GeneratorExit):  # it may be over already
                copying.__exit__(GeneratorExit, GeneratorExit(), None)

    def _explained(self, error: psycopg.Error) -> Exception:
        line = _LINE.search(error.diag.context or "")
        if line is None or not (error.sqlstate or "").startswith(("22", "54")):
            return error
        name = named(*self._sent[int(line[1]) - 1])
        return StoreError(f"{self._side.place} cannot hold {name}: {error.diag.message_primary}. Nothing was written")


class _Wire(LibpqWriter):
    """Ends a COPY that failed without a word: the connection is closed next, and who sent it knows why."""

    def finish(self, exc: BaseException | None = None) -> None:
        """See Writer of psycopg."""
        if exc is None:
            super().finish()


def field(content: bytes | None) -> bytes:
    """A field of a row: its length and its content."""
    return NULL if content is None else length(len(content)) + content
