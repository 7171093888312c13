"""What a session has, and who may touch it when."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from tana_jupyter import limits, modules, spaces
from tana_jupyter.audience import Audience
from tana_jupyter.chance import Chance
from tana_jupyter.clock import Clock
from tana_jupyter.console import Stream, to_system
from tana_jupyter.display import Bundle
from tana_jupyter.engine.sources import Catalogue
from tana_jupyter.errors import BusyError, StoreError, UnknownContractError
from tana_jupyter.identity import Caller
from tana_jupyter.ledger import Ledger
from tana_jupyter.network import Network
from tana_jupyter.staging import Staging
from tana_jupyter.storage import Storage
from tana_jupyter.store import patience
from tana_jupyter.store.protocol import Store

if TYPE_CHECKING:
    from tana_jupyter.contract import Contract
    from tana_jupyter.outcome import Outcome

LOG_ENTRIES = 100
GLANCE = 0.001


class Stage:
    """Where runs take place: contracts, store, clock, and the one lock over them; see ``Session``."""

    def __init__(self, store: str | Store | None = None, *, store_limit: int = limits.STORE) -> None:
        self.audience = Audience()
        """Widgets to be told when something changed."""
        self.clock = Clock(moved=self._told)
        """What time it is for contracts, and for what expires."""
        self.chance = Chance()
        """Where contracts draw random numbers from."""
        self.storage = Storage(store, self.clock, store_limit)
        self.journal = self.storage.journal
        self.catalogue = Catalogue(modules.specifiers(), modules.exports(), modules.aliases(), modules.types)
        self.timeout: float | None = limits.RUN_SECONDS
        """Seconds a run may take; None for no limit."""
        self.trust_html = False
        """Show HTML of contracts in the page itself, scripts and all."""
        self.lab = False
        """Let contracts move the clock on a shared store too."""
        self.strict_handlers = False
        """Let get and post handlers only read, as Tana does."""
        self.owner: Caller = "owner"
        """Who owns the contracts: what ``context.owner()`` answers."""
        self.ledger = Ledger(self.clock)
        """The users, balances and transactions that contracts see."""
        self.network = Network()
        """What contracts may fetch from; nothing until ``session.network.enabled = True``."""
        self.last: Outcome | None = None
        """The Outcome of the last run, failed ones included."""
        self.show: Callable[[Stream, str], None] = to_system
        self.display: Callable[[Bundle], None] = _no_display
        self.heard: Callable[[Outcome, bool], None] | None = None
        """Told of every run, and whether it failed."""
        self.failures: deque[str] = deque(maxlen=LOG_ENTRIES)
        """Tracebacks of host calls that failed inside, newest last; contracts see none of it."""
        self._contracts: dict[str, Contract] = {}
        self._latest: str | None = None
        self._lock = threading.RLock()
        self._running: str | None = None
        self._hints: set[str] = set()

    def __repr__(self) -> str:
        return f"<Session on {self.store.location} ({', '.join(self._contracts) or 'no contracts yet'})>"

    def __getitem__(self, name: str) -> "Contract":
        if name not in self._contracts:
            there = ", ".join(self._contracts) or "none"
            raise UnknownContractError(f"no contract {name!r} has run yet; there are: {there}")
        return self._contracts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._contracts)

    def __len__(self) -> int:
        return len(self._contracts)

    def __bool__(self) -> bool:
        return True  # also while no contract has run

    def __contains__(self, name: object) -> bool:
        return name in self._contracts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store's files and connections; ``with Session() as session`` does it at the end.

        >>> other = Session("sqlite:///counter.db")
        >>> other.close()
        """
        with self.at_rest():
            self.storage.close()

    @property
    def store(self) -> Store:
        """The store that contracts read and write; ``use_store`` switches to another one.

        >>> session.store.location
        'memory:'
        """
        return self.storage.store

    @property
    def store_limit(self) -> int:
        """Bytes that a store in memory may hold."""
        return self.storage.limit

    @store_limit.setter
    def store_limit(self, limit: int) -> None:
        self.storage.bound(limit)

    @property
    def busy(self) -> str | None:
        """The contract that is running, None between runs."""
        return self._running

    @property
    def latest(self) -> str | None:
        """The contract that ran last."""
        return self._latest

    def contracts(self) -> list[str]:
        """The contracts that have run, the last one first.

        >>> session.contracts()
        ['shop', 'counter', 'users']
        """
        return sorted(self, key=lambda name: name != self._latest)

    def staging_of(self, contract: str) -> Staging | None:
        """For views: what a contract has staged, None where it never ran; ``staged`` is a table of it."""
        return self[contract].runs.host.staging if contract in self else None

    def hint(self, text: str) -> None:
        """For magics: say something once."""
        if text not in self._hints:
            self._hints.add(text)
            self.show("stderr", f"{text}\n")

    def log(self, text: str) -> None:
        """For hosts and views: keep the traceback of something that failed inside; ``failures`` has them."""
        self.failures.append(text)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """For views: look at the store between runs.

        On some kernels messages arrive on another thread in the middle of a cell.
        """
        while not self._lock.acquire(blocking=False):
            if self._running is not None:
                raise BusyError(f"busy: {self._running} is running")
            time.sleep(GLANCE)  # another reader, soon done
        try:
            yield
        except StoreError:
            if self._running is None:
                self.storage.recover()
            raise
        finally:
            self._lock.release()

    @contextmanager
    def at_work(self, what: str) -> Iterator[None]:
        """For exports: hold the session for something long that is no run.

        Who comes meanwhile is told that ``what`` is running.
        """
        with self.at_rest():
            if self._running is not None:
                raise BusyError(f"busy: {self._running} is running")
            self._running = what
            try:
                yield
            finally:
                self._running = None
                self.audience.changed()

    @contextmanager
    def _turn(self, contract: str) -> Iterator[None]:
        """Hold the session for one run. A message that arrives in the middle of a cell is refused, not queued."""
        if threading.current_thread() is not threading.main_thread():
            raise BusyError("contracts run on the main thread only: nothing could stop them on another one")
        if self._running is not None:
            raise BusyError(f"{self._running} is running; try again when it has ended")
        try:
            # Waits for a reader on another thread, which must not fail a cell.
            with self._lock:
                self._running = contract
                try:
                    with patience.during(lambda: contract in self and self[contract].runs.host.aborting):
                        yield
                except BaseException:
                    self._running = None
                    # What an operation acknowledged is kept, and what failed first is what the user is told.
                    try:
                        self.storage.rest()
                    except StoreError as error:
                        self.show("stderr", f"{error}\n")
                    raise
                self._running = None
                self.storage.rest()
        finally:
            self._told()

    def _told(self) -> None:
        """Let widgets know, but not in the middle of a run: they could only hear that it goes on."""
        if self._running is None:
            self.audience.changed()

    def _namespaces(self, contract: str | None, api: str | None) -> list[tuple[str, str]]:
        """``(space, contract)`` of all namespaces with rows, or of one contract or API."""
        spaces.check(api)
        pairs = self.store.namespaces()
        return [(space, name) for space, name in pairs if contract in {None, name} and api in {None, space}]

    def _stagings(self, contract: str | None = None) -> dict[str, Staging]:
        """The staging of one contract, or of all that have something staged."""
        if contract is not None:
            return {contract: self[contract].runs.host.staging}
        stagings = {name: each.runs.host.staging for name, each in self._contracts.items()}
        return {name: staged for name, staged in stagings.items() if len(staged)}


def _no_display(bundle: Bundle) -> None:
    to_system("stdout", f"{bundle['text/plain']}\n")
