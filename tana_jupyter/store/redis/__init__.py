"""Redis and Valkey, one server or a cluster, in the layout that tana-edge reads: see ``layout.py``.

* Every commit is one MULTI/EXEC under WATCH. There is no Lua. All keys of a contract share a slot, so a commit
  touches one contract; versionstamps count per contract.
* A put or a delete is one round trip (``single.py``), any other commit two (``careful.py``), a read one.
* While ``now`` is the machine's own time, a row that expires gets Redis's own time to live. With a clock that was
  moved it does not, and is only hidden.
* tana-edge may write rows with a plain SET and remove them with DEL. Such rows are adopted where they are met
  (``adopting.py``); one that was not met yet is in no listing if the server has more than 50,000 keys.
  A value of theirs over one of ours is met by whoever reads values; listings of keys alone show the old row's dates.
* A server that lost data (flushed, restarted from an old snapshot or from nothing) is noticed by the first
  operation on a contract whose head this session had seen.
"""

from tana_jupyter.store.protocol import Store

SCHEMES = ("redis", "rediss", "unix")


def connect(url: str, *, limit: int) -> Store:
    """Open ``redis://user:password@host:6379/0``, ``rediss://`` for TLS, or ``unix:///path/to.sock?db=0``."""
    from tana_jupyter.store.redis.store import RedisStore

    return RedisStore(url)
