"""Looking at a session's data and steering it from Python: what the ``%tana`` verbs call."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tana_jupyter import limits, staging
from tana_jupyter.chance import Chance
from tana_jupyter.clock import Clock
from tana_jupyter.console import Stream
from tana_jupyter.contract import Contract
from tana_jupyter.errors import BusyError, TanaError, UnknownContractError
from tana_jupyter.journal import Journal
from tana_jupyter.ledger import Ledger
from tana_jupyter.staging import Staging
from tana_jupyter.store.protocol import NamespaceSize, Store

if TYPE_CHECKING:
    import pandas as pd

GLANCE = 0.001


class Facade:
    """The half of a Session that runs nothing; see :class:`tana_jupyter.Session`."""

    store: Store
    clock: Clock
    chance: Chance
    journal: Journal
    ledger: Ledger
    show: Callable[[Stream, str], None]
    _contracts: dict[str, Contract]
    _lock: threading.RLock
    _running: str | None
    _latest: str | None

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

    def glimpse(self, space: str, contract: str, start: bytes, end: bytes | None, limit: int) -> list[bytes]:
        """The first keys of a range, by one scan; for who must answer at once."""
        with self._at_rest():
            now = self.clock.now_us()
            rows = self.store.scan(space, contract, start, end, now=now, limit=limit, keys_only=True)
        return [row.key for row in rows]

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
            namespaces = self._namespaces(contract, api)
        rows = sum(namespace.rows for namespace in namespaces)
        where = ", ".join(f"{space.contract}/{space.space}" for space in namespaces)
        what = f"{_count(rows, 'row')}{f' of {where}' if where else ''} in {self.store.location}"
        if not yes:
            return f"would delete {what}; with --yes it does"
        if self.store.shared and store != self.store.location:
            raise TanaError(f"{self.store.location} is shared: repeat its name with --store {self.store.location}")
        with self._at_rest():
            self.journal.begin()
            self.journal.delete_all([(namespace.space, namespace.contract) for namespace in namespaces])
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

    def ledger_table(self, table: str = "users") -> "pd.DataFrame":
        """The ledger's users, balances, transactions or blocks: ``session.ledger_table("balances")``."""
        from tana_jupyter.views.ledger import ledger_frame

        return ledger_frame(self.ledger, table)

    def status(self) -> str:
        """What ``%tana`` shows: store, contracts, clock, what waits."""
        lines = [f"store      {self.store.location}{' (shared)' if self.store.shared else ''}"]
        sizes = self.store.sizes(self.clock.now_us())
        if sizes is None:
            lines.append("rows       not yet counted")
        lines += [
            f"data       {size.contract}/{size.space}: {_count(size.rows, 'row')}, {size.bytes:,} bytes"
            for size in sorted(sizes or [], key=lambda size: (size.contract, size.space))
        ]
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
        finally:
            self._lock.release()

    def _namespaces(self, contract: str | None, api: str | None) -> list[NamespaceSize]:
        sizes = self.store.sizes(self.clock.now_us()) or []
        return [size for size in sizes if contract in {None, size.contract} and api in {None, size.space}]

    def _stagings(self, contract: str | None) -> dict[str, Staging]:
        """The staging of one contract, or of all that have something staged."""
        if contract is not None:
            return {contract: self[contract].runs.host.staging}
        stagings = {name: each.runs.host.staging for name, each in self._contracts.items()}
        return {name: staged for name, staged in stagings.items() if len(staged)}


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
