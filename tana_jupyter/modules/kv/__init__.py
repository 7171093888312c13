"""``tana/kv``: Cloudflare's Workers KV, merged with Tana's own rules, and ``env`` for pasted Worker code."""

from collections.abc import Callable, Mapping

from tana_jupyter.modules.host import Host
from tana_jupyter.modules.kv.bulk import Bulk
from tana_jupyter.modules.kv.listing import Listing
from tana_jupyter.modules.kv.operations import Operations

MODULES: Mapping[str, str] = {"tana/kv": "kv.js", "cloudflare:workers": "env.js"}
EXPORTS: Mapping[str, tuple[str, ...]] = {"tana/kv": ("kv",), "cloudflare:workers": ("env",)}
GLOBALS: Mapping[str, tuple[str, ...]] = {"env.js": ("env",)}

# The first byte of a packed call's name; kv.js has the first three, writing.js the last.
GET, DELETE, PUT, PUT_WITH = 0x10, 0x11, 0x12, 0x13


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """All of kv, with JSON arguments."""
    kv = Operations(host)
    bulk = Bulk(host)
    return {
        "kv.read": kv.read,
        "kv.more": kv.more,
        "kv.put": kv.put,
        "kv.check": kv.check,
        "kv.delete": kv.delete,
        "kv.list": Listing(host).page,
        "kv.getBulk": bulk.get,
        "kv.deleteBulk": bulk.delete,
        "kv.bulkBegin": bulk.begin,
        "kv.bulkAdd": bulk.add,
        "kv.bulkCommit": bulk.commit,
    }


def packed(host: Host) -> Mapping[int, Callable[[bytes, bytes], bytes | None]]:
    """The hottest calls: the key lies in the name itself, and no JSON is read for it."""
    kv = Operations(host)
    return {GET: kv.get_packed, DELETE: kv.delete_packed, PUT: kv.put_packed, PUT_WITH: kv.put_with_packed}
