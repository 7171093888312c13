"""``watch``: what is under some keys now, and again whenever a commit or an expiry has changed it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.modules.deno.databases import LATE_BAD_RESOURCE, Database, Databases, bad_resource
from tana_jupyter.modules.deno.keys import checked_read, key_of
from tana_jupyter.modules.deno.refusals import read_only
from tana_jupyter.modules.deno.values import reply
from tana_jupyter.modules.host import Host
from tana_jupyter.spaces import DENO
from tana_jupyter.store.protocol import Row
from tana_jupyter.waking import Settlement, Waiting


@dataclass(slots=True)
class _Watch:
    database: Database
    keys: list[bytes]
    raw: bool
    seen: list[int | None] | None = None  # versionstamps of the last chunk; None before the first
    stirred: bool = False  # raw: one of the keys was written, whatever came of it
    promise: int | None = None  # what the next chunk settles


class Watching:
    """The watched keys of one isolate. Nobody tells of changes: it looks, between evaluations, at its few keys."""

    def __init__(self, host: Host, databases: Databases) -> None:
        self._host = host
        self._databases = databases
        self._watches: dict[int, _Watch] = {}
        self.raw = False
        """Whether somebody wants to hear of writes that change nothing."""

    def watch(self, handle: object, wires: Sequence[str], raw: object) -> int:
        """Begin to watch up to ten keys; the number to ask with."""
        database = self._databases.named(handle)
        if self._host.situation.read_only:  # its loop would go on in no handler's name, and could write then
            raise read_only(self._host.situation)
        if len(wires) > limits.DENO_WATCH:
            raise GuestError("TypeError", f"Too many keys (max {limits.DENO_WATCH})")
        if len(self._watches) >= limits.DENO_LISTENERS:
            raise GuestError("Error", f"At most {limits.DENO_LISTENERS} streams of watch() wait at once")
        keys = [checked_read(key_of(wire.encode("utf-8", "surrogatepass")), limits.DENO_WATCH_KEY) for wire in wires]
        number = self._host.later()
        self._watches[number] = _Watch(database, keys, raw is True)
        self.raw |= raw is True
        self._host.wake_by(self)
        return number

    def changed(self, number: int) -> bytes:
        """The entries as they are, once they differ from what was told last."""
        watch = self._watches.get(number)
        if watch is None or self._databases.gone(watch.database):
            raise bad_resource()
        rows = self._rows(watch)
        if self._news(watch, rows):
            return self._told(watch, rows)
        watch.promise = self._host.later()
        return b'{"!":%d}' % watch.promise

    def unwatch(self, number: int) -> int | None:
        """Watch these keys no longer; the call that stays without an answer."""
        watch = self._watches.pop(number, None)
        self.raw = any(watch.raw for watch in self._watches.values())
        return None if watch is None else watch.promise

    def touched(self, database: Database, key: bytes) -> None:
        """A key was written or deleted; only those who watch ``raw`` care where nothing has changed."""
        for watch in self._watches.values():
            if watch.raw and watch.database is database and key in watch.keys:
                watch.stirred = True

    @property
    def shared(self) -> bool:
        """Whether another kernel could change what is watched here."""
        return any(watch.database.store.shared for watch in self._waiting())

    def due_ms(self) -> int | None:
        """Now where something has changed, else when the first of the entries expires."""
        ends = []
        for watch in self._waiting():
            if self._databases.gone(watch.database):
                return self._host.clock.now_ms()
            rows = self._rows(watch)
            if self._news(watch, rows):
                return self._host.clock.now_ms()
            ends += [-(-row.expires_at // 1000) for row in rows if row is not None and row.expires_at is not None]
        return min(ends, default=None)

    def deliver(self) -> Settlement | None:
        """A chunk for the first stream that has news."""
        for number, watch in list(self._watches.items()):
            if watch.promise is None:
                continue
            promise = watch.promise
            if self._databases.gone(watch.database):
                self.unwatch(number)
                return Settlement(promise, LATE_BAD_RESOURCE)
            rows = self._rows(watch)
            if self._news(watch, rows):
                watch.promise = None
                return Settlement(promise, self._told(watch, rows))
        return None

    def waiting(self) -> Waiting:
        """The streams somebody waits for."""
        return Waiting(listeners=len(self._waiting()))

    def forget(self, since: int = 0) -> None:
        """Drop the streams, or those that began after that number."""
        self._watches = {number: watch for number, watch in self._watches.items() if number <= since}
        self.raw = any(watch.raw for watch in self._watches.values())

    def _waiting(self) -> list[_Watch]:
        return [watch for watch in self._watches.values() if watch.promise is not None]

    @staticmethod
    def _rows(watch: _Watch) -> list[Row | None]:
        return watch.database.journal.peek_many(DENO, watch.database.contract, watch.keys)

    @staticmethod
    def _news(watch: _Watch, rows: list[Row | None]) -> bool:
        return watch.stirred or watch.seen != [None if row is None else row.versionstamp for row in rows]

    @staticmethod
    def _told(watch: _Watch, rows: list[Row | None]) -> bytes:
        watch.seen = [None if row is None else row.versionstamp for row in rows]
        watch.stirred = False
        return b"[%b]" % b",".join(b"null" if row is None else reply(row) for row in rows)
