"""What the handles of one contract are open on: its rows in the notebook's store, and private throw-away stores."""

from typing import NamedTuple

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.journal import Journal
from tana_jupyter.modules.host import Host
from tana_jupyter.store.memory import MemoryStore
from tana_jupyter.store.protocol import Store


class Database(NamedTuple):
    """One database: the journal to read and write it by, and whose rows of it these are."""

    journal: Journal
    contract: str
    store: Store
    """What the journal was on when it was opened; a handle does not follow to another store."""
    private: bool


def bad_resource() -> GuestError:
    """For a handle that is closed, or was opened on a store that is no longer the notebook's."""
    return GuestError("BadResource", "Bad resource ID")


# The same as the late answer to a call that waited.
LATE_BAD_RESOURCE = b'{"!":["BadResource","Bad resource ID",null]}'


class Databases:
    """The databases of one contract by handle: four hex digits that no other open one has.

    All ``openKv()`` on one store share a handle: closing one of them is a matter of the contract's side alone.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._open: dict[bytes, Database] = {}
        self._opened = 0

    def open(self) -> str:
        """The handle of the contract's own database in the notebook's store."""
        store = self._host.journal.store
        for handle, database in list(self._open.items()):
            if not database.private:
                if database.store is store:
                    return handle.decode()
                del self._open[handle]  # it would keep a store alive that is closed
        return self._add(Database(self._host.journal, self._host.contract, store, private=False))

    def open_private(self) -> str:
        """A handle of an empty database of its own, gone when it is closed."""
        most = limits.DENO_PRIVATE
        if sum(database.private for database in self._open.values()) >= most:
            text = f"At most {most} ':memory:' databases are open at once: close() those that are done"
            raise GuestError("Error", text)
        store = MemoryStore()
        handle = self._add(Database(Journal(store, self._host.clock), self._host.contract, store, private=True))
        self._share()
        return handle

    def of(self, handle: bytes) -> Database:
        """The database of a handle, as it stands at the start of a packed call."""
        database = self._open.get(handle)
        if database is None or database[0].store is not database[2]:
            raise bad_resource()
        return database

    def named(self, handle: object) -> Database:
        """The database of a handle, as it comes as an argument."""
        return self.of(handle.encode() if isinstance(handle, str) else b"")

    def gone(self, database: Database) -> bool:
        """Whether it was closed, or the notebook has another store by now."""
        if not database.private:
            return database.store is not self._host.journal.store
        return all(each is not database for each in self._open.values())

    def close(self, handle: object) -> None:
        """Forget a private database; the one in the notebook's store stays for the other handles on it."""
        named = str(handle).encode()
        database = self._open.get(named)
        if database is not None and database.private:
            del self._open[named]
            database.store.close()
            self._share()

    def close_private(self) -> None:
        """Forget all private databases, because the contract's side has forgotten its handles."""
        for handle, database in list(self._open.items()):
            if database.private:
                self.close(handle.decode())

    def _share(self) -> None:
        """Divide what private databases may hold: each has what it uses, and an equal part of the rest."""
        now = self._host.clock.now_us()
        used: list[tuple[MemoryStore, int]] = []
        for database in self._open.values():
            if isinstance(store := database.store, MemoryStore) and database.private:
                store.sweep(now)
                used.append((store, sum(size.bytes + size.rows * limits.STORE_ROW for size in store.sizes(now))))
        rest = limits.DENO_PRIVATE_STORES - sum(size for _, size in used)
        for store, size in used:
            store.limit = size + max(rest, 0) // len(used)

    def _add(self, database: Database) -> str:
        while (handle := f"{self._opened & 0xFFFF:04x}").encode() in self._open:  # after 65,536 they come around
            self._opened += 1
        self._opened += 1
        self._open[handle.encode()] = database
        return handle
