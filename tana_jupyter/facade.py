"""Looking at a session's data and steering it from Python: what the ``%tana`` verbs call."""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tana_jupyter import limits, staging
from tana_jupyter.chance import Chance
from tana_jupyter.console import Stream
from tana_jupyter.contract import Contract
from tana_jupyter.counting import counted
from tana_jupyter.errors import BusyError, TanaError, UnknownContractError
from tana_jupyter.ledger import Ledger
from tana_jupyter.stage import Stage
from tana_jupyter.staging import Beside, Staging

if TYPE_CHECKING:
    import pandas as pd

    from tana_jupyter.outcome import Outcome
    from tana_jupyter.transfer.plan import Plan
    from tana_jupyter.transfer.progress import Progress
    from tana_jupyter.views.frames import Found


APIS = ("kv", "data", "deno", "queue")  # messages on their way have no API, but may be looked at


class Facade(Stage):
    """The half of a Session that runs nothing; see :class:`tana_jupyter.Session`."""

    chance: Chance
    ledger: Ledger
    show: Callable[[Stream, str], None]
    last: "Outcome | None"
    hint: Callable[[str], None]

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
        >>> big = session.keys(limit=100_000).query("bytes > 1000")

        Texts are str, bytes are bytes, values of Deno are Python values; ``metadata`` is parsed. Where a limit has cut
        the table it says so, in what it shows and in ``.attrs["cut"]``.
        """
        from tana_jupyter.views.frames import rows_frame

        return rows_frame(*self._found(pattern, contract, api, limit))

    def values(
        self,
        pattern: str | None = None,
        contract: str | None = None,
        api: str | None = None,
        limit: int | None = None,
    ) -> "pd.DataFrame":
        """The JSON values of these keys, each field a column; the index is the key.

        >>> session.values("user:*").query("age > 30").groupby("address.city").size()

        What is no object stands whole in the column ``value``. Rows of several contracts or APIs are indexed by
        contract, api and key.
        """
        from tana_jupyter.views.frames import values_frame

        return values_frame(*self._found(pattern, contract, api, limit))

    def changes(self, outcome: "Outcome | None" = None) -> "pd.DataFrame":
        """The rows a run changed, before and after, as a DataFrame; of the last run unless its outcome is given.

        >>> session.changes()[["key", "state", "before", "after"]]
        >>> session.changes(session.call("counter", "post"))
        """
        from tana_jupyter.views.frames import changes_frame

        outcome = outcome or self.last
        if outcome is None:
            raise TanaError("nothing has run yet")
        return changes_frame(outcome.receipt)

    def get(self, key: str, contract: str | None = None, api: str = "kv", default: object = None) -> object:
        """The value of one key as a Python value, such as text or bytes; the default where there is no such key.

        >>> session.get("user:1")
        '{"name":"ada"}'
        >>> session.get('["users", 1]', api="deno")
        {'name': 'ada'}
        """
        from tana_jupyter.views.preview import key_bytes, plain_value

        name = contract or self._latest
        if name is None:
            raise TanaError("no contract has run yet: name one with contract=")
        _check_api(api)
        where = key_bytes(api, key)
        with self.at_rest():
            row = self.store.get(api, name, where, self.clock.now_us())
        return default if row is None else plain_value(row.value, row.encoding)

    def glimpse(self, space: str, contract: str, start: bytes, end: bytes | None, limit: int) -> list[bytes]:
        """The first keys of a range, by one scan; for who must answer at once."""
        with self.at_rest():
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
        with self.at_rest():
            counts = self._counted(self._namespaces(contract, api))
        namespaces = [namespace for namespace, count in counts.items() if count]
        rows = sum(counts.values())
        where = ", ".join(f"{name}/{space}" for space, name in namespaces)
        what = f"{counted(rows, 'row')}{f' of {where}' if where else ''} in {self.store.location}"
        if not yes:
            named = f" --store {self.store.location}" if self.store.shared else ""
            return f"would delete {what}; with --yes{named} it does"
        if self.store.shared and store != self.store.location:
            raise TanaError(f"{self.store.location} is shared: repeat its name with --store {self.store.location}")
        with self.at_rest():
            self.journal.begin()
            self.journal.delete_all(namespaces)
        self.audience.changed()
        return f"deleted {what}"

    def staged(self) -> "pd.DataFrame":
        """What contracts have staged with ``tana/data``, beside what is committed.

        >>> session.staged()[["key", "committed", "staged", "state"]]
        """
        from tana_jupyter.views.frames import staged_frame

        now = self.clock.now_us()
        with self.at_rest():
            stagings = sorted(self._stagings(None).items())
            return staged_frame([key for name, staged in stagings for key in staged.beside(self.store, name, now)])

    def beside(self, contract: str, limit: int = limits.RECEIPT_SHOWN) -> Beside:
        """The first keys a contract has staged, beside what is committed under them."""
        with self.at_rest():
            rows = self[contract].runs.host.staging
            return Beside(len(rows), list(rows.beside(self.store, contract, self.clock.now_us(), limit)))

    def commit(self, contract: str | None = None) -> dict[str, int]:
        """Write what a contract has staged, or what all have, in one commit; the number of keys by contract.

        Raises TanaError where ``data.commit()`` would throw; then nothing is written and all of it stays staged.
        """
        with self.at_rest():
            self.journal.begin()
            done = staging.commit(self.journal, self._stagings(contract), self.clock.now_us())
        self.audience.changed()
        return done

    def rollback(self, contract: str | None = None) -> dict[str, int]:
        """Forget what a contract has staged, or what all have; the number of keys by contract."""
        with self.at_rest():
            done = staging.forget(self._stagings(contract))
        self.audience.changed()
        return done

    def use_store(self, url: str, *, carry: bool = False) -> None:
        """Read and write another store from now on, named as for ``%tana store``.

        What is staged would be committed to the new store: that needs ``carry``, or nothing is switched. What lies
        in memory stays there, and ``memory:`` finds it again.

        >>> session.use_store("sqlite:///counter.db")
        >>> session.run("await kv.put('greeting', 'hello')")
        """
        with self.at_rest():
            staged = {name: len(staging) for name, staging in self._stagings(None).items()}
            if staged and not carry:
                keys = ", ".join(f"{counted(keys, 'key')} of {name}" for name, keys in staged.items())
                raise TanaError(f"{keys} staged: commit or roll back first, or take them along with --carry")
            self.storage.switch(url)
        self.audience.changed()
        if self.store.shared and not self.clock.real:
            self.hint("this store is shared: others see expiry and times by their own clock")

    def describe_store(self) -> str:
        """What ``%tana store`` shows: which store is read, what it keeps, how much is in it."""
        with self.at_rest():
            return self.storage.describe()

    def close(self) -> None:
        """Let go of the store's files and connections; a closed session can be looked at no more."""
        with self.at_rest():
            self.storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def sweep(self) -> int:
        """Remove rows that have expired for good; how many."""
        with self.at_rest():
            return self.storage.sweep()

    def export(
        self,
        target: "str | Path",
        contract: str | None = None,
        api: str | None = None,
        prefix: str | None = None,
        *,
        mirror: bool = False,
        table: str = "kv_storage",
        schema: str | None = None,
        quiet: bool = False,
        progress: "Callable[[Progress], object] | None" = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> "Plan":
        """Plan to copy rows out of the notebook; nothing is written before ``apply()``.

        >>> plan = session.export("env:DATABASE_URL", contract="shop")
        >>> plan
        >>> plan.apply()
        >>> session.export("backup.jsonl.gz").apply()

        Parameters
        ----------
        target
            A postgresql:// URL or ``env:NAME`` that holds one, a .jsonl or .jsonl.gz file, or a .json file of the
            shape that Cloudflare's tools read.
        contract, api, prefix
            Only these rows. In deno a prefix is a list of parts: ``'["users"]'``.
        mirror
            Also delete rows there that match and that the notebook does not have.
        table, schema
            Where kv lies in PostgreSQL; default: where a Tana runtime has it.
        quiet
            Draw no progress bar.
        progress, cancelled
            While it is planned, as for :meth:`Plan.apply <tana_jupyter.transfer.plan.Plan.apply>`.

        """
        from tana_jupyter.transfer.making import export_plan

        return export_plan(
            self,
            target,
            (contract, api, prefix),
            mirror=mirror,
            at=(table, schema),
            quiet=quiet,
            progress=progress,
            cancelled=cancelled,
        )

    def import_(
        self,
        source: "str | Path",
        contract: str | None = None,
        api: str | None = None,
        prefix: str | None = None,
        *,
        mirror: bool = False,
        conflicts: str = "abort",
        table: str = "kv_storage",
        schema: str | None = None,
        quiet: bool = False,
    ) -> "Plan":
        """Plan to copy rows into the notebook, in one commit; nothing is written before ``apply()``.

        ``conflicts`` says what becomes of keys that differ here: ``keep`` what is here, ``take`` what comes, or
        ``abort``. All else is as for :meth:`export`. Rows are written as of now: their times stay in the source.

        >>> session.import_("backup.jsonl.gz").apply()
        >>> session.import_("env:DATABASE_URL", contract="shop", conflicts="take").apply()
        """
        from tana_jupyter.transfer.making import import_plan

        where = (contract, api, prefix)
        return import_plan(self, source, where, mirror=mirror, conflicts=conflicts, at=(table, schema), quiet=quiet)

    def ledger_table(self, table: str = "users") -> "pd.DataFrame":
        """The ledger's users, balances, transactions or blocks: ``session.ledger_table("balances")``."""
        from tana_jupyter.views.ledger import ledger_frame

        return ledger_frame(self.ledger, table)

    def status(self) -> str:
        """What ``%tana`` shows: store, contracts, clock, what waits."""
        lines = [self.storage.headline]
        try:
            with self.at_rest():
                lines += self.storage.rows()
        except BusyError as busy:
            lines.append(f"data       {busy}")
        for contract in self._contracts.values():
            parts = [counted(len(contract.sources), "cell"), f"exports {', '.join(contract.exports) or 'nothing'}"]
            staged = len(contract.runs.host.staging)
            parts += [f"{counted(staged, 'key')} staged"] if staged else []
            parts += [str(contract.waiting)] if contract.waiting else []
            lines.append(f"contract   {contract.name}: {', '.join(parts)}")
        lines.append(f"clock      {self.clock.describe()}")
        lines.append(f"random     {'seeded' if self.chance.seeded else 'the system'}")
        return "\n".join(lines)

    def _namespaces(self, contract: str | None, api: str | None) -> list[tuple[str, str]]:
        """``(space, contract)`` of all namespaces with rows, or of one contract or API."""
        _check_api(api)
        pairs = self.store.namespaces()
        return [(space, name) for space, name in pairs if contract in {None, name} and api in {None, space}]

    def _counted(self, namespaces: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Rows of each namespace; counted one by one where the store does not know them at once."""
        now = self.clock.now_us()
        sizes = self.store.sizes(now)
        if sizes is None:
            scan = partial(self.store.scan, now=now, limit=sys.maxsize, keys_only=True)
            return {namespace: len(scan(*namespace, b"", None)) for namespace in namespaces}
        known = {(size.space, size.contract): size.rows for size in sizes}
        return {namespace: known.get(namespace, 0) for namespace in namespaces}

    def _found(self, pattern: str | None, contract: str | None, api: str | None, limit: int | None) -> "Found":
        from tana_jupyter.views.frames import find

        most = limits.FRAME_ROWS if limit is None else limit
        if most < 1:
            raise TanaError(f"{most} is no limit: at least 1 row")
        with self.at_rest():
            # Messages on their way lie in the store as rows, but are nobody's keys unless they are asked for.
            places = [place for place in self._namespaces(contract, api) if place[0] != "queue" or api == "queue"]
            found = find(self.store, self.clock.now_us(), places, pattern, most)
        # Who gave a limit expects it; who gave none may never look at the table.
        if found.cut and limit is None:
            self.show("stderr", f"{found.cut}\n")
        return found

    def _stagings(self, contract: str | None) -> dict[str, Staging]:
        """The staging of one contract, or of all that have something staged."""
        if contract is not None:
            return {contract: self[contract].runs.host.staging}
        stagings = {name: each.runs.host.staging for name, each in self._contracts.items()}
        return {name: staged for name, staged in stagings.items() if len(staged)}


def _check_api(api: str | None) -> None:
    if api is not None and api not in APIS:
        raise TanaError(f"there is no API {api!r}: it is one of {', '.join(APIS[:-1])}")
