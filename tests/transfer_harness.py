"""Sessions with rows of every kind, and what two of them have in common."""

from tana_jupyter import Session
from tana_jupyter.store.protocol import Write

NOW = 1_767_225_600_000_000  # 2026-01-01
MIXED = """
import { kv } from 'tana/kv'
import { data } from 'tana/data'
await kv.put('text', 'häßlich 漢字 🎉 "quoted"\\n\\t\\u2028')
await kv.put('', 'x').catch(() => 0)
await kv.put('empty', '')
await kv.put('json', { a: [1, 2], b: null })
await kv.put('bytes', new Uint8Array([0, 255, 10, 13, 92]))
await kv.put('nothing', new Uint8Array())
await kv.put('marked', 'm', { metadata: { z: 1, a: { b: ['ü', null, 1.5] } }, expirationTtl: 3600 })
data.set('count', 41); data.set('text', 'plain')
data.commit()
const db = await Deno.openKv()
await db.set(['users', 1], { name: 'ann', born: new Date(0), tags: new Set(['a']) })
await db.set(['users', 2n, true, new Uint8Array([0, 1])], [1, 2, 3])
await db.set(['sum'], new Deno.KvU64(2n ** 63n))
await db.set(['bytes'], new Uint8Array([1, 2, 3]))
await db.set(['short'], 'x', { expireIn: 60000 })
"""


def mixed(contract="shop", store=None):
    """A session with rows of every API, at a time that stands still."""
    session = Session(store)
    session.clock.freeze("2026-01-01T00:00:00Z")
    session.run(MIXED, contract=contract)
    return session


def quiet(store=None):
    """An empty session at the same time."""
    session = Session(store)
    session.clock.freeze("2026-01-01T00:00:00Z")
    return session


def fill(session, rows, space="kv", contract="shop", now=NOW):
    """Put key -> value, or delete where it is None."""
    writes = [Write(space, contract, key.encode(), None if v is None else v.encode()) for key, v in rows.items()]
    session.store.commit(writes, now=now)


def content(session):
    """All that contracts can see: without versionstamps and times."""
    now = session.clock.now_us()
    return {
        (contract, space, row.key): (row.value, row.encoding, row.expires_at, row.metadata)
        for space, contract in session.store.namespaces()
        for row in session.store.scan(space, contract, b"", None, now=now, limit=1_000_000)
    }


def values(session, contract="shop", space="kv"):
    """Key -> value as text."""
    rows = session.store.scan(space, contract, b"", None, now=session.clock.now_us(), limit=1_000_000)
    return {row.key.decode(): row.value.decode() for row in rows}
