"""The parts of a store: one for each API that keeps data, and one for messages on their way."""

from typing import Final

from tana_jupyter.errors import TanaError

KV: Final = "kv"
DATA: Final = "data"
DENO: Final = "deno"

APIS: Final = (KV, DATA, DENO)
"""In the order in which people are shown them."""

QUEUE: Final = "queue"
"""Deno's messages are rows too. No API lists them, and nothing exports them: they belong to who waits for them."""

SPACES: Final = (*APIS, QUEUE)


def check(api: str | None) -> None:
    """Refuse a word that names no part of a store; none means all of them.

    >>> check("queue")
    """
    if api is not None and api not in SPACES:
        raise TanaError(f"there is no API {api!r}: it is one of {', '.join(APIS)}")
