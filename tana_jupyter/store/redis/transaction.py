"""MULTI, some steps, EXEC, and the watch for the commit after this one: one round trip."""

from typing import Any

from tana_jupyter.store.redis.known import Known
from tana_jupyter.store.redis.link import Link
from tana_jupyter.store.redis.wire import command

_MULTI = command(b"MULTI")
_EXEC = command(b"EXEC")


def execute(link: Link, known: Known, steps: bytes, count: int, stamp: int, head: bytes | None) -> list[Any] | None:
    """Return what each of ``count`` steps answered; None if something watched had changed, and nothing was done.

    ``head`` is what the steps make of the contract's head, None where they leave it.
    """
    link.watching = None
    replies = link.ask(b"".join((_MULTI, steps, _EXEC, known.again)), count + 4, writes=True)
    done: list[Any] | None = replies[-3]
    if done is None:
        return None
    if head is not None:
        known.wrote(head, stamp)
    known.see(replies[-1])
    link.watching = known
    return done
