"""How a connection is opened, for a store as for an export."""

from contextlib import suppress
from functools import partial
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.numeric import Int8BinaryLoader
from psycopg.types.string import ByteaBinaryLoader

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store import patience
from tana_jupyter.store.redact import redact

NAME = "tana-jupyter"
"""What a connection calls itself; the triggers of ``kv_storage`` know the store's own writes by it."""

# Not everything that speaks the protocol has them. A page of a large namespace looks costly enough to compile, which
# takes longer than reading it.
_WISHES = (b"SET jit = off", b"SET idle_in_transaction_session_timeout = 0")


def connect(url: str, place: str, settings: str, **bounds: int) -> psycopg.Connection:
    """Open a connection that commits each statement; ``bounds`` are parameters of libpq that the URL may set itself.

    :raises StoreError: it cannot be opened or used. The text names ``place`` and no password.
    """
    given = conninfo_to_dict(url)
    bounds["connect_timeout"] = int(limits.NETWORK_CONNECT)
    more: dict[str, Any] = {name: value for name, value in bounds.items() if name not in given}
    opening = partial(
        psycopg.connect,
        url,
        autocommit=True,
        client_encoding="UTF8",
        application_name=NAME,
        **more,
    )
    try:
        connection = patience.unless_over(opening, psycopg.Connection.close)
    except psycopg.Error as error:
        raise StoreError(f"Cannot open {place}: {one_line(error, url)}") from None
    if connection is None:
        raise StoreError(f"Cannot open {place}: the run ended before it answered")
    try:
        if connection.info.parameter_status("server_encoding") != "UTF8":
            raise StoreError(f"{place} is not in UTF8, so it cannot hold every key")
        connection.execute(settings.encode())
        for setting in _WISHES:
            with suppress(psycopg.Error):
                connection.execute(setting)
    except BaseException as error:
        connection.close()
        if isinstance(error, psycopg.Error):
            raise StoreError(f"Cannot use {place}: {one_line(error, url)}") from None
        raise
    # Text and JSON stay the bytes they are, times the integers.
    connection.adapters.register_loader("text", ByteaBinaryLoader)
    connection.adapters.register_loader("jsonb", ByteaBinaryLoader)
    connection.adapters.register_loader("timestamp", Int8BinaryLoader)
    return connection


def one_line(error: psycopg.Error | str, url: str) -> str:
    """What the driver or the server says, on one line and without the password of ``url``."""
    lines = (" ".join(line.split()) for line in str(error).splitlines())
    return redact("; ".join(filter(None, lines)), url)[:500].rstrip(".")
