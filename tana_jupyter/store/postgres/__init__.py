"""PostgreSQL: the tables of a Tana runtime, and whatever else speaks its protocol.

``kv`` lies in ``kv_storage`` as the runtime has it, with a few columns more that may be NULL; ``data``, ``deno`` and
``queue`` have tables of their own beside it. :mod:`.schema` makes them, :mod:`.statements` asks them, :mod:`.commit`
writes several rows as one, :mod:`.exchange` is one round trip, and :mod:`.link` says what a lost connection means.

Plain SQL: clusters that speak the protocol are meant too. Where one has no triggers in PL/pgSQL, opening the store
warns that what others write into ``kv_storage`` gets no versionstamp.

``metadata`` is JSONB: it comes back as equal JSON, without spaces and with its members in JSONB's order. What JSONB
and TEXT cannot hold (U+0000) is refused with the key named.
"""

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store.protocol import Store
from tana_jupyter.store.redact import redact

SCHEMES = ("postgresql", "postgres")


def connect(url: str, *, limit: int = limits.STORE) -> Store:  # the server has its own limits
    """Open the tables that ``url`` leads to; make what is missing of them.

    Everything libpq knows may stand in the URL: ``?sslmode=require``, ``?options=-csearch_path%3Dtana``.
    """
    try:
        import psycopg  # noqa: F401 # so that a missing driver is told from a broken one of ours
    except ImportError as error:
        install = "pip install 'tana-jupyter[postgres]'"
        raise StoreError(f"A postgresql: store needs its driver: {install} ({redact(str(error), url)})") from None
    from tana_jupyter.store.postgres.store import PostgresStore

    return PostgresStore(url)
