"""Steering a session: what becomes of staged and stored data, which store is used, what goes out and comes in."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tana_jupyter import staging
from tana_jupyter.counting import counted
from tana_jupyter.errors import TanaError
from tana_jupyter.stage import Stage

if TYPE_CHECKING:
    from tana_jupyter.transfer.plan import Plan
    from tana_jupyter.transfer.progress import Progress


class Steering(Stage):
    """The part of a Session that changes data and runs nothing; see ``Session``."""

    def commit(self, contract: str | None = None) -> dict[str, int]:
        """Write what a contract has staged, or what all have, in one commit; the number of keys by contract.

        >>> session.commit("shop")
        {'shop': 2}

        Raises TanaError where ``data.commit()`` would throw; then nothing is written and all of it stays staged.
        """
        with self.at_rest():
            self.journal.begin()
            done = staging.commit(self.journal, self._stagings(contract), self.clock.now_us())
        self.audience.changed()
        return done

    def rollback(self, contract: str | None = None) -> dict[str, int]:
        """Forget what a contract has staged, or what all have; the number of keys by contract.

        >>> session.rollback()
        {'shop': 2}
        """
        with self.at_rest():
            done = staging.forget(self._stagings(contract))
        self.audience.changed()
        return done

    def clear(
        self,
        contract: str | None = None,
        *,
        api: str | None = None,
        yes: bool = False,
        store: str | None = None,
    ) -> str:
        """Delete the data of a contract, or of all, in one commit; without ``yes`` only count it.

        >>> session.clear("shop", api="kv")
        'would delete 3 rows of shop/kv in memory:; with --yes (yes=True) it does'
        >>> session.clear("shop", api="kv", yes=True)
        'deleted 3 rows of shop/kv in memory:'

        On a store that others share, ``store`` repeats its name: ``session.store.location``.
        """
        with self.at_rest():
            counts = self._counted(self._namespaces(contract, api))
        namespaces = [namespace for namespace, count in counts.items() if count]
        rows = sum(counts.values())
        where = ", ".join(f"{name}/{space}" for space, name in namespaces)
        what = f"{counted(rows, 'row')}{f' of {where}' if where else ''} in {self.store.location}"
        if not yes:
            there = self.store.location
            words = f"--yes --store {there} (yes=True, store={there!r})" if self.store.shared else "--yes (yes=True)"
            return f"would delete {what}; with {words} it does"
        if self.store.shared and store != self.store.location:
            raise TanaError(
                f"{self.store.location} is shared: repeat its name with --store {self.store.location} (store=)"
            )
        with self.at_rest():
            self.journal.begin()
            self.journal.delete_all(namespaces)
        self.audience.changed()
        return f"deleted {what}"

    def use_store(self, url: str, *, carry: bool = False) -> None:
        """Read and write another store from now on, named as for ``%tana store``.

        What is staged would be committed to the new store: that needs ``carry``, or nothing is switched. What lies
        in memory stays there, and ``memory:`` finds it again.

        >>> session.use_store("sqlite:///counter.db", carry=True)
        >>> session
        <Session on sqlite:///counter.db (counter, users, shop)>
        """
        with self.at_rest():
            staged = {name: len(staging) for name, staging in self._stagings().items()}
            if staged and not carry:
                keys = ", ".join(f"{counted(keys, 'key')} of {name}" for name, keys in staged.items())
                raise TanaError(
                    f"{keys} staged: commit or roll back first, or take them along with --carry (carry=True)"
                )
            self.storage.switch(url)
        self.audience.changed()
        if self.store.shared and not self.clock.real:
            self.hint("this store is shared: others see expiry and times by their own clock")

    def sweep(self) -> int:
        """Remove rows that have expired for good; how many. Nobody sees those rows anyway, they only take room.

        >>> session.run("await kv.put('code', '123', { expirationTtl: 60 })", contract="shop")
        undefined
        >>> session.clock.advance(61)
        >>> session.sweep()
        1
        """
        with self.at_rest():
            return self.storage.sweep()

    def export(
        self,
        target: str | Path,
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

        >>> plan = session.export("env:DATABASE_URL", contract="shop", api="kv")
        >>> plan
        export of shop/kv: memory: -> postgresql://...
          added                      3
          changed                    0
          unchanged                  0
          deleted                    0
          only there                 0
        ...
        >>> print(plan.apply())
        3 added, 0 changed, 0 deleted, 0 unchanged
        >>> print(session.export("backup.jsonl.gz").apply())
        6 added, 0 changed, 0 deleted, 0 unchanged

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
            While it is planned, as for ``Plan.apply``.

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
        source: str | Path,
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
        ``abort``. All else is as for ``export``. Rows are written as of now: their times stay in the source.

        >>> backup = session.export("backup.jsonl").apply()
        >>> session.run("await kv.put('greeting', 'hi')", contract="shop")
        undefined
        >>> print(session.import_("backup.jsonl", contract="shop", conflicts="take").apply())
        0 added, 1 changed, 0 deleted, 3 unchanged
        """
        from tana_jupyter.transfer.making import import_plan

        where = (contract, api, prefix)
        return import_plan(self, source, where, mirror=mirror, conflicts=conflicts, at=(table, schema), quiet=quiet)

    def _counted(self, namespaces: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Rows of each namespace; counted one by one where the store does not know them at once."""
        now = self.clock.now_us()
        sizes = self.store.sizes(now)
        if sizes is None:
            scan = partial(self.store.scan, now=now, limit=sys.maxsize, keys_only=True)
            return {namespace: len(scan(*namespace, b"", None)) for namespace in namespaces}
        known = {(size.space, size.contract): size.rows for size in sizes}
        return {namespace: known.get(namespace, 0) for namespace in namespaces}
