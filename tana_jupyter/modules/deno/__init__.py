"""The global ``Deno``: its key-value store, ``Deno.openKv()``, and its display helpers, ``Deno.jupyter``."""

from collections.abc import Callable, Mapping
from weakref import WeakValueDictionary

from tana_jupyter.errors import GuestError
from tana_jupyter.modules.deno.commits import Commits
from tana_jupyter.modules.deno.databases import Databases
from tana_jupyter.modules.deno.listing import Listing
from tana_jupyter.modules.deno.queues import Queues
from tana_jupyter.modules.deno.reading import Reading
from tana_jupyter.modules.deno.refusals import Flattening, cannot_open
from tana_jupyter.modules.deno.steps import shown
from tana_jupyter.modules.deno.watching import Watching
from tana_jupyter.modules.deno.writing import Writing
from tana_jupyter.modules.host import Host

GLOBALS: Mapping[str, tuple[str, ...]] = {"deno.js": ("Deno",)}

# The first byte of a packed call's name; kv.js has the first three, atomic.js the last.
GET, SET, DELETE, COMMIT = 0x14, 0x15, 0x16, 0x17


class Side:
    """Deno KV of one contract, on our side."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.databases = Databases(host)
        self.reading = Reading(self.databases)
        self.listing = Listing(self.databases)
        self.flattening = Flattening(host)
        self.queues = Queues(host, self.databases)
        self.watching = Watching(host, self.databases)
        self.writing = Writing(host, self.databases, self.watching)
        self.commits = Commits(host, self.databases, self.queues, self.watching)

    def open(self, path: str) -> str:
        """The handle of a database."""
        if not path:
            return self.databases.open()
        if path == ":memory:":
            return self.databases.open_private()
        raise cannot_open(path)


# Named and packed calls are asked for one after the other, anew for each isolate: whoever holds the calls keeps this.
_sides: WeakValueDictionary[int, Side] = WeakValueDictionary()


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """All of Deno KV with JSON arguments, and ``deno.display(bundle)``, which shows a mime bundle."""

    def display(bundle: object = None) -> None:
        if not isinstance(bundle, dict):
            raise GuestError("TypeError", "Deno.jupyter.display takes an object")
        host.display(bundle)

    side = _sides[id(host)] = Side(host)
    return {
        "deno.display": display,
        "deno.begin": side.databases.close_private,
        "deno.open": side.open,
        "deno.close": side.databases.close,
        "deno.getMany": side.reading.get_many,
        "deno.list": side.listing.batch,
        "deno.cursor": side.listing.cursor,
        "deno.flattened": side.flattening.note,
        "deno.steps": shown,
        "deno.listen": side.queues.listen,
        "deno.receive": side.queues.receive,
        "deno.unlisten": side.queues.unlisten,
        "deno.delivered": side.queues.delivered,
        "deno.failed": side.queues.failed,
        "deno.watch": side.watching.watch,
        "deno.changed": side.watching.changed,
        "deno.unwatch": side.watching.unwatch,
    }


def packed(host: Host) -> Mapping[int, Callable[[bytes, bytes], bytes | None]]:
    """The hottest calls: handle, key and value lie in the name itself, and no JSON is read for them."""
    side = _sides[id(host)]
    return {
        GET: side.reading.get_packed,
        SET: side.writing.set_packed,
        DELETE: side.writing.delete_packed,
        COMMIT: side.commits.packed,
    }
