"""Which store a session works on: opens it, describes it, sweeps it, switches to another one."""

from contextlib import suppress
from pathlib import Path

from tana_jupyter.clock import Clock
from tana_jupyter.counting import counted
from tana_jupyter.errors import StoreError, TanaError
from tana_jupyter.journal import Journal
from tana_jupyter.store import open_store
from tana_jupyter.store.naming import DEFAULT, url_of
from tana_jupyter.store.protocol import Store
from tana_jupyter.store.redact import redact

SWEEP_EVERY = 60_000_000


def spells_password(asked: str) -> bool:
    """Whether what was typed holds a secret; ``env:NAME`` does not."""
    return redact(asked) != asked


def without_password(text: str) -> str:
    """What may be shown of a line that was typed."""
    return redact(text)


class Storage:
    """The store of a session, and the one in memory it may come back to.

    >>> storage = Storage("memory:", Clock(), limit=1_000_000)
    >>> storage.switch("sqlite:///counter.db")
    >>> storage.store.location
    'sqlite:///counter.db'
    >>> storage.switch("memory:")
    """

    def __init__(self, asked: str | Store | None, clock: Clock, limit: int) -> None:
        self.limit = limit
        """Bytes that a store in memory may hold."""
        self._clock = clock
        self._swept = clock.now_us()
        self._meant: str | None = None
        if asked is None or isinstance(asked, str):
            url, store = self._first(asked)
            self._meant = _meant(url)
        else:
            store = asked
        self._memory = None if store.persistent else store
        self.journal = Journal(store, clock)

    @property
    def store(self) -> Store:
        """The store that is read and written now."""
        return self.journal.store

    @property
    def headline(self) -> str:
        """The line that names it."""
        return f"store      {self.store.location}{' (shared)' if self.store.shared else ''}"

    def bound(self, limit: int) -> None:
        """Change how many bytes a store in memory may hold: those that are open, and those to come."""
        self.limit = limit
        for store in (self.store, self._memory):
            if store is not None and hasattr(store, "limit"):
                store.limit = limit

    def switch(self, asked: str) -> None:
        """Read and write another store from now on. What lies in memory stays there and is found again."""
        url = url_of(asked)
        meant = _meant(url)
        old = self.store
        try:
            old.flush()
        except StoreError:
            if not old.shared:
                raise  # what it could not write down is nowhere else: it stays the one in use
        else:
            if meant == self._meant:
                return
        new = (self._memory if url == "memory:" else None) or open_store(url, limit=self.limit)
        self._memory = self._memory or (None if new.persistent else new)
        self._meant = meant
        self.journal.store = new
        if old is not self._memory:
            old.close()

    def describe(self) -> str:
        """What ``%tana store`` shows: which store is read, what it keeps, how much is in it."""
        store = self.store
        lines = [self.headline, f"keeps      {store.keeps}"]
        lines += self.rows() or ["data       nothing yet"]
        waiting = self._memory
        if waiting is not None and waiting is not store and waiting.namespaces():
            lines.append("memory     its rows are still there: %tana store memory:")
        return "\n".join(lines)

    def rows(self) -> list[str]:
        """Lines about rows and bytes, one per namespace; what is wrong where the store cannot be asked."""
        try:
            sizes = self.store.sizes(self._clock.now_us())
            uncounted = self.store.namespaces() if sizes is None else []
        except StoreError as error:
            self.recover()
            return [f"problem    {error}"]
        if sizes is None:
            return [f"data       {contract}/{space}: not yet counted" for space, contract in uncounted]
        return [
            f"data       {size.contract}/{size.space}: {counted(size.rows, 'row')}, {size.bytes:,} bytes"
            for size in sorted(sizes, key=lambda size: (size.contract, size.space))
        ]

    def sweep(self) -> int:
        """Remove what has expired for good; how many rows. Others share a shared store's time, not this clock's."""
        if self.store.shared and not self._clock.real:
            raise TanaError("the clock is moved, and others read this store by the real one: first %tana clock real")
        return self.store.sweep(self._clock.now_us())

    def rest(self) -> None:
        """End of a run: once a minute of real time remove what has expired, and make all of it durable."""
        now = self._clock.now_us()
        if self._clock.real and now - self._swept > SWEEP_EVERY:
            self._swept = now
            with suppress(StoreError):  # a cell does not fail for the housekeeping; the next operation will tell
                self.store.sweep(now)
        self.store.flush()

    def recover(self) -> None:
        """After a failure outside of any run: the next operation may connect anew, as it may after a run."""
        if self.store.shared:
            with suppress(StoreError):  # what failed is being told already
                self.store.flush()

    def close(self) -> None:
        """Close what is open."""
        self.store.close()
        if self._memory is not None:
            self._memory.close()

    def _first(self, asked: str | None) -> tuple[str, Store]:
        try:
            url = url_of(asked)
            return url, open_store(url, limit=self.limit)
        except StoreError as error:
            if asked is not None:
                raise
            raise StoreError(f"{error} ({DEFAULT} chose it; %env {DEFAULT}=memory starts without)") from None


def _meant(url: str) -> str:
    """What tells this store from others: a relative path names another file in another folder."""
    if ":///" not in url or ":////" in url:
        return url
    here = Path().stat()
    return f"{here.st_dev}:{here.st_ino} {url}"
