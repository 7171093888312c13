"""What can be compared and written: a notebook's store, a database, a file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from tana_jupyter.store.protocol import Row
from tana_jupyter.transfer.sketch import Item

Cancelled = Callable[[], bool]


class Contended(Exception):
    """Somebody else wrote in between, nothing of ours is written, and trying again may help."""


class Sight(Protocol):
    """One moment of a side; only rows that are live then."""

    mark: bytes
    """What changes when the whole does, where its rows do not say so themselves."""

    def contracts(self, spaces: Sequence[str]) -> Iterable[str]:
        """The contracts that have a live row in one of these APIs."""
        ...

    def scan(self, space: str, contract: str, low: bytes, high: bytes | None) -> Iterator[Item]:
        """Rows in the order of their keys, or sketches of them."""
        ...

    def rows(self, space: str, contract: str, keys: Sequence[bytes]) -> list[Row | None]:
        """Whole rows, for sketches."""
        ...


class Writer(Sight, Protocol):
    """A side that is being written; nothing is, unless :meth:`commit` comes to its end."""

    def put(self, space: str, contract: str, row: Row, *, new: bool) -> None:
        """Write this row, with its times where the side keeps them; ``new`` where no live row was seen there."""
        ...

    def delete(self, space: str, contract: str, key: bytes) -> None:
        """Take this row away."""
        ...

    def commit(self, cancelled: Cancelled) -> None:
        """Carry all of it out.

        :raises Contended: somebody else wrote meanwhile.
        """
        ...


class Side(Protocol):
    """A place with rows."""

    place: str
    """Where it is, for people; no password."""

    def look(self, now: int) -> AbstractContextManager[Sight]:
        """Read, and write nothing."""
        ...

    def write(self, now: int, attempt: int, cancelled: Cancelled) -> AbstractContextManager[Writer]:
        """Read and write; ``attempt`` counts from 0 after each ``Contended``. What it makes ready holds no rows."""
        ...

    def notes(self) -> list[str]:
        """What people should know before they write here."""
        ...
