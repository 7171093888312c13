"""The few words the suite is written in."""

from tana_jupyter.store.protocol import Check, Row, Store, Write

NOW = 1_767_225_600_000_000  # 2026-01-01
SECOND = 1_000_000


def put(store: Store, key, value=b"v", *, now=NOW, space="kv", contract="shop", checks=(), floor=0, **fields):
    """Put one row; keys and values may be given as text."""
    write = Write(space, contract, raw(key), raw(value), **fields)
    return store.commit([write], now=now, checks=checks, floor=floor)


def delete(store: Store, key, *, now=NOW, space="kv", contract="shop"):
    return store.commit([Write(space, contract, raw(key), None)], now=now)


def get(store: Store, key, *, now=NOW, space="kv", contract="shop") -> Row | None:
    return store.get(space, contract, raw(key), now)


def value(store: Store, key, **where) -> bytes | None:
    row = get(store, key, **where)
    return None if row is None else row.value


def scan(store: Store, start=b"", end=None, *, now=NOW, space="kv", contract="shop", limit=1000, **how):
    return store.scan(space, contract, raw(start), None if end is None else raw(end), now=now, limit=limit, **how)


def keys(store: Store, start=b"", end=None, **how) -> list[bytes]:
    """The keys of a scan, and proof that nothing depends on ``keys_only``."""
    rows = scan(store, start, end, **how)
    bare = scan(store, start, end, keys_only=True, **how)
    assert bare == [row._replace(value=b"") for row in rows]
    return [row.key for row in rows]


def fill(store: Store, names, *, now=NOW, space="kv", contract="shop", **fields):
    """Put many keys in one commit."""
    return store.commit([Write(space, contract, raw(name), b"v", **fields) for name in names], now=now)


def check(key, versionstamp, *, space="kv", contract="shop") -> Check:
    return Check(space, contract, raw(key), versionstamp)


def raw(text) -> bytes:
    return text.encode() if isinstance(text, str) else text
