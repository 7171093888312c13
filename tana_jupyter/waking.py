"""What goes on with a contract that waits, besides its timers: a message that comes due, a row that changes.

A host operation that cannot answer yet takes a number (``host.later()``) and leaves the contract's promise open.
The waker that it gave the isolate (``host.wake_by``) says when there is something, and answers that number then.
"""

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Settlement(NamedTuple):
    """The late answer to a call."""

    number: int
    reply: bytes
    """JSON, as any operation answers; also a refusal."""


class Waiting(NamedTuple):
    """What stays for a later run."""

    timers: int = 0
    listeners: int = 0
    """Queue listeners and watched keys."""
    messages: int = 0
    """Messages of the queue, whoever may take them; at most 1,000 are counted."""

    @classmethod
    def sum(cls, several: Iterable["Waiting"]) -> "Waiting":
        """All of several together."""
        return cls(*map(sum, zip((0, 0, 0), *several, strict=True)))

    def __bool__(self) -> bool:
        return any(self)

    def __str__(self) -> str:
        """``2 timers, 1 listener and 3 messages waiting``; nothing where nothing waits."""
        parts = [f"{count:,} {name[:-1] if count == 1 else name}" for name, count in self._asdict().items() if count]
        return f"{' and '.join([', '.join(parts[:-1]), parts[-1]] if parts[1:] else parts)} waiting" if parts else ""


class Waker(Protocol):
    """Something that can settle promises of a contract. It is asked between evaluations, never during one."""

    @property
    def shared(self) -> bool:
        """Whether others could give it something at any moment, so that asking again is worth while."""
        ...

    def due_ms(self) -> int | None:
        """When it has something to deliver by the session's clock, None while nothing is known to come."""
        ...

    def deliver(self) -> Settlement | None:
        """Take what is due; None where somebody else was quicker."""
        ...

    def waiting(self) -> Waiting:
        """What it keeps for a later run."""
        ...

    def forget(self, since: int = 0) -> None:
        """Drop what waits and has a number above this one: the contract that waited is gone, or was stopped."""
        ...
