"""Looking at a session's data and steering it from Python: what the ``%tana`` verbs call."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Self

from tana_jupyter import limits, staging
from tana_jupyter.chance import Chance
from tana_jupyter.clock import Clock
from tana_jupyter.console import Stream
from tana_jupyter.contract import Contract
from tana_jupyter.errors import BusyError, StoreError, TanaError, UnknownContractError
from tana_jupyter.journal import Journal
from tana_jupyter.ledger import Ledger
from tana_jupyter.staging import Staging
from tana_jupyter.storage import Storage
from tana_jupyter.store.protocol import Store

if TYPE_CHECKING:
    import pandas as pd

GLANCE = 0.001


class Facade:
    """The half of a Session that runs nothing; see :class:`tana_jupyter.Session`."""

    storage: Storage
    clock: Clock
    chance: Chance
    journal: Journal
    ledger: Ledger
    show: Callable[[Stream, str], None]
    hint: Callable[[str], None]
    _contracts: dict[str, Contract]
    _lock: threading.RLock
    _running: str | None
    _latest: str | None

    @property
    def store(self) -> Store:
        """The store that contracts read and write; :meth:`use_store` switches to another one."""
        return self.storage.store

    def __getitem__(self, name: str) -> Contract:
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

    def keys(
        self,
        pattern: str | None = None,
        contract: str | None = None,
        api: str | None = None,
        limit: int | None = None,
    ) -> "pd.DataFrame":
        """Keys and values as a DataFrame; in the pattern only ``*`` is special.

        >>> session.keys("user:*")[["key", "value"]]
        """
        from tana_jupyter.views.frames import keys_frame

        most = limits.FRAME_ROWS if limit is None else limit
        if most < 1:
            raise TanaError(f"{most} is no limit: at least 1 row")
        with self._at_rest():
            table, cut = keys_frame(self.store, self.clock.now_us(), self._namespaces(contract, api), pattern, most)
        if cut:
            self.show("stderr", f"cut at {most:,} rows: narrow the pattern or raise the limit\n")
        return table

    def get(self, key: str, contract: str | None = None, api: str = "kv") -> object:
        """The value of one key: text or bytes, None where there is none.

        >>> session.get("user:1")
        '{"name":"ada"}'
        """
        name = contract or self._latest
        if name is None:
            raise TanaError("no contract has run yet: name one with contract=")
        with self._at_rest():
            row = self.store.get(api, name, key.encode("utf-8", "replace"), self.clock.now_us())
        if row is None:
            return None
        return row.value if row.encoding == "bytes" else row.value.decode("utf-8", "replace")

    def clear(
        self,
        contract: str | None = None,
        *,
        api: str | None = None,
        yes: bool = False,
        store: str | None = None,
    ) -> str:
        """Delete the data of a contract, or of all, in one commit; without ``yes`` only count it."""
        with self._at_rest():
            rows = self._rows(self._namespaces(contract, api))
        where = ", ".join(f"{name}/{space}" for space, name in rows)
        what = f"{_count(sum(rows.values()), 'row')}{f' of {where}' if where else ''} in {self.store.location}"
        if not yes:
            named = f" --store {self.store.location}" if self.store.shared else ""
            return f"would delete {what}; with --yes{named} it does"
        if self.store.shared and store != self.store.location:
            raise TanaError(f"{self.store.location} is shared: repeat its name with --store {self.store.location}")
        with self._at_rest():
            self.journal.begin()
            self.journal.delete_all(list(rows))
        return f"deleted {what}"

    def staged(self) -> "pd.DataFrame":
        """What contracts have staged with ``tana/data``, beside what is committed.

        >>> session.staged()[["key", "committed", "staged", "state"]]
        """
        from tana_jupyter.views.frames import staged_frame

        now = self.clock.now_us()
        with self._at_rest():
            stagings = sorted(self._stagings(None).items())
            return staged_frame([key for name, staged in stagings for key in staged.beside(self.store, name, now)])

    def commit(self, contract: str | None = None) -> dict[str, int]:
        """Write what a contract has staged, or what all have, in one commit; the number of keys by contract.

        Raises TanaError where ``data.commit()`` would throw; then nothing is written and all of it stays staged.
        """
        with self._at_rest():
            self.journal.begin()
            return staging.commit(self.journal, self._stagings(contract), self.clock.now_us())

    def rollback(self, contract: str | None = None) -> dict[str, int]:
        """Forget what a contract has staged, or what all have; the number of keys by contract."""
        with self._at_rest():
            return staging.forget(self._stagings(contract))

    def use_store(self, url: str, *, carry: bool = False) -> None:
        """Read and write another store from now on, named as for ``%tana store``.

        What is staged would be committed to the new store: that needs ``carry``, or nothing is switched. What lies
        in memory stays there, and ``memory:`` finds it again.

        >>> session.use_store("sqlite:///counter.db")
        >>> session.run("await kv.put('greeting', 'hello')")
        """
        with self._at_rest():
            staged = {name: len(staging) for name, staging in self._stagings(None).items()}
            if staged and not carry:
                keys = ", ".join(f"{_count(keys, 'key')} of {name}" for name, keys in staged.items())
                raise TanaError(f"{keys} staged: commit or roll back first, or take them along with --carry")
            self.storage.switch(url)
        if self.store.shared and not self.clock.real:
            self.hint("this store is shared: others see expiry and times by their own clock")

    def describe_store(self) -> str:
        """What ``%tana store`` shows: which store is read, what it keeps, how much is in it."""
        with self._at_rest():
            return self.storage.describe()

    def close(self) -> None:
        """Let go of the store's files and connections; a closed session can be looked at no more."""
        with self._at_rest():
            self.storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def sweep(self) -> int:
        """Remove rows that have expired for good; how many."""
        with self._at_rest():
            return self.storage.sweep()

    def ledger_table(self, table: str = "users") -> "pd.DataFrame":
        """The ledger's users, balances, transactions or blocks: ``session.ledger_table("balances")``."""
        from tana_jupyter.views.ledger import ledger_frame

        return ledger_frame(self.ledger, table)

    def status(self) -> str:
        """What ``%tana`` shows: store, contracts, clock, what waits."""
        lines = [f"store      {self.store.location}{' (shared)' if self.store.shared else ''}"]
        try:
            with self._at_rest():
                lines += self.storage.rows()
        except BusyError as busy:
            lines.append(f"data       {busy}")
        for contract in self._contracts.values():
            parts = [_count(len(contract.sources), "cell"), f"exports {', '.join(contract.exports) or 'nothing'}"]
            staged = len(contract.runs.host.staging)
            parts += [f"{_count(staged, 'key')} staged"] if staged else []
            parts += [f"{_count(contract.timers, 'timer')} waiting"] if contract.timers else []
            lines.append(f"contract   {contract.name}: {', '.join(parts)}")
        lines.append(f"clock      {self.clock.describe()}")
        lines.append(f"random     {'seeded' if self.chance.seeded else 'the system'}")
        return "\n".join(lines)

    @contextmanager
    def _at_rest(self) -> Iterator[None]:
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

    def _namespaces(self, contract: str | None, api: str | None) -> list[tuple[str, str]]:
        """Space and contract of those that hold rows, in the order of contracts."""
        found = [
            (space, name)
            for space, name in self.store.namespaces()
            if contract in {None, name} and api in {None, space}
        ]
        return sorted(found, key=itemgetter(1, 0))

    def _rows(self, namespaces: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """How many live rows there are in each, without the empty ones; counted here where the store takes its time."""
        now = self.clock.now_us()
        sizes = self.store.sizes(now)
        if sizes is not None:
            known = {(size.space, size.contract): size.rows for size in sizes}
            counts = {where: known.get(where, 0) for where in namespaces}
        else:
            counts = {
                where: len(self.store.scan(*where, b"", None, now=now, limit=sys.maxsize, keys_only=True))
                for where in namespaces
            }
        return {where: rows for where, rows in counts.items() if rows}

    def _stagings(self, contract: str | None) -> dict[str, Staging]:
        """The staging of one contract, or of all that have something staged."""
        if contract is not None:
            return {contract: self[contract].runs.host.staging}
        stagings = {name: each.runs.host.staging for name, each in self._contracts.items()}
        return {name: staged for name, staged in stagings.items() if len(staged)}


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
