"""What the widgets of a session see of it, and how they are opened."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tana_jupyter.audience import Audience
from tana_jupyter.clock import Clock
from tana_jupyter.contract import Contract
from tana_jupyter.errors import BusyError, StoreError
from tana_jupyter.journal import Journal
from tana_jupyter.modules.host import Host
from tana_jupyter.staging import Staging
from tana_jupyter.storage import Storage
from tana_jupyter.store.protocol import Store

if TYPE_CHECKING:
    from tana_jupyter.views.browser.widget import KeyBrowser, StagedView
    from tana_jupyter.views.export.scene import Plan
    from tana_jupyter.views.export.widget import ExportView

GLANCE = 0.001


class Stage(ABC):
    """The side of a Session that is turned to its widgets; see :class:`tana_jupyter.Session`."""

    storage: Storage
    clock: Clock
    journal: Journal
    audience: Audience
    _contracts: dict[str, Contract]
    _lock: threading.RLock
    _running: str | None
    _latest: str | None

    @property
    def store(self) -> Store:
        """The store that contracts read and write; ``use_store`` switches to another one."""
        return self.storage.store

    def browse(self, prefix: str = "", *, contract: str | None = None, api: str | None = None) -> "KeyBrowser":
        """A widget that shows, searches and edits keys and values, however many there are.

        >>> session.browse("user:", contract="shop")
        <KeyBrowser shop/kv user:*>
        """
        from tana_jupyter.views.browser.widget import KeyBrowser

        return KeyBrowser(self, prefix, contract, api)

    def staging_view(self, contract: str | None = None) -> "StagedView":
        """A widget that shows what a contract has staged beside what is committed, with Commit and Discard.

        >>> session.staging_view("shop")
        <StagedView shop>
        """
        from tana_jupyter.views.browser.widget import StagedView

        return StagedView(self, contract)

    def export_view(
        self,
        *,
        contract: str | None = None,
        api: str | None = None,
        prefix: str | None = None,
        mirror: bool = False,
        variable: str | None = None,
    ) -> "ExportView":
        """A widget that shows what an export to PostgreSQL would do, and does it; all or nothing.

        >>> session.export_view(contract="shop", variable="DATABASE_URL")
        <ExportView of shop>

        The DSN is typed into the widget, or read from the environment ``variable``: the notebook never saves it.
        """
        from tana_jupyter.views.export.widget import ExportView

        return ExportView(self, contract=contract, api=api, prefix=prefix, mirror=mirror, variable=variable)

    @contextmanager
    def at_work(self, what: str) -> Iterator[None]:
        """Hold the session for something long that is no run; who comes meanwhile is told that ``what`` is running."""
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
    def at_rest(self) -> Iterator[None]:
        """Look at the store between runs. On some kernels messages arrive on another thread in the middle of a cell."""
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

    def contracts(self) -> list[str]:
        """The contracts that have run, the last one first."""
        names = list(self._contracts)
        return sorted(names, key=lambda name: name != self._latest)

    def staging_of(self, contract: str) -> Staging | None:
        """What a contract has staged, None where it never ran."""
        found = self._contracts.get(contract)
        return None if found is None else found.runs.host.staging

    def host_of(self, contract: str) -> Host:
        """A contract as its modules see it; made where its data is older than this session."""
        return self._contract(contract).runs.host

    @abstractmethod
    def export(
        self,
        target: str,
        contract: str | None = None,
        api: str | None = None,
        prefix: str | None = None,
        *,
        mirror: bool = False,
        progress: Callable[[Any], object] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> "Plan":
        """The plan of an export."""

    @abstractmethod
    def log(self, text: str) -> None:
        """Keep the traceback of something that failed inside."""

    @abstractmethod
    def commit(self, contract: str | None = None) -> dict[str, int]:
        """Write what a contract has staged, or what all have."""

    @abstractmethod
    def rollback(self, contract: str | None = None) -> dict[str, int]:
        """Forget what a contract has staged, or what all have."""

    @abstractmethod
    def _contract(self, name: str) -> Contract:
        """A contract, made when it is first named."""
