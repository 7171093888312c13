"""Looking at what a session holds: rows as tables and values, what is staged, how things stand."""

from itertools import chain
from typing import TYPE_CHECKING

from tana_jupyter import limits, spaces
from tana_jupyter.counting import counted
from tana_jupyter.errors import BusyError, TanaError
from tana_jupyter.stage import Stage
from tana_jupyter.staging import Beside

if TYPE_CHECKING:
    import pandas as pd

    from tana_jupyter.outcome import Outcome
    from tana_jupyter.views.frames import Found


class Looking(Stage):
    """The part of a Session that shows and changes nothing; see ``Session``."""

    def keys(
        self,
        pattern: str | None = None,
        contract: str | None = None,
        api: str | None = None,
        limit: int | None = None,
    ) -> "pd.DataFrame":
        """Keys and values as a DataFrame; in the pattern only ``*`` is special.

        >>> session.keys("user:*")[["key", "value"]]
              key                                    value
        0  user:1  {"name":"ada","age":36,"city":"London"}
        1  user:2   {"name":"bob","age":19,"city":"Paris"}
        >>> session.keys(limit=100_000).query("bytes > 30")["key"].tolist()
        ['user:1', 'user:2']

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

        >>> session.values("user:*").query("age > 30")["city"].to_dict()
        {'user:1': 'London'}
        >>> session.values("user:*").groupby("city")["age"].mean().to_dict()
        {'London': 36.0, 'Paris': 19.0}

        What is no object stands whole in the column ``value``. Rows of several contracts or APIs are indexed by
        contract, api and key.
        """
        from tana_jupyter.views.frames import values_frame

        return values_frame(*self._found(pattern, contract, api, limit))

    def changes(self, outcome: "Outcome | None" = None) -> "pd.DataFrame":
        """The rows a run changed, before and after, as a DataFrame; of the last run unless its outcome is given.

        >>> session.run("await kv.put('greeting', 'hi'); await kv.delete('user:2')", contract="shop")
        undefined
        >>> session.changes()[["key", "state", "after"]]
                key    state after
        0  greeting  changed    hi
        1    user:2  deleted  None
        >>> session.changes(session.call("counter", "post"))["key"].tolist()
        ['count']
        """
        from tana_jupyter.views.frames import changes_frame

        outcome = outcome or self.last
        if outcome is None:
            raise TanaError("nothing has run yet")
        return changes_frame(outcome.receipt)

    def get(self, key: str, contract: str | None = None, api: str = "kv", default: object = None) -> object:
        """The value of one key as a Python value, such as text or bytes; the default where there is no such key.

        >>> session.get("greeting", contract="shop")
        'hello'
        >>> session.get('["users", 1]', contract="users", api="deno")
        {'name': 'ada'}

        The contract is the one that ran last, unless it is given.
        """
        from tana_jupyter.views.preview import key_bytes, plain_value

        name = contract or self._latest
        if name is None:
            raise TanaError("no contract has run yet: name one with contract=")
        spaces.check(api)
        where = key_bytes(api, key)
        with self.at_rest():
            row = self.store.get(api, name, where, self.clock.now_us())
        return default if row is None else plain_value(row.value, row.encoding)

    def glimpse(self, space: str, contract: str, start: bytes, end: bytes | None, limit: int) -> list[bytes]:
        """For completion: the first keys of a range, by one scan."""
        with self.at_rest():
            now = self.clock.now_us()
            rows = self.store.scan(space, contract, start, end, now=now, limit=limit, keys_only=True)
        return [row.key for row in rows]

    def staged(self) -> "pd.DataFrame":
        """What contracts have staged with ``tana/data``, beside what is committed.

        >>> session.staged()[["key", "committed", "staged", "state"]]
             key committed staged    state
        0  price         5      6  changed
        1  stock      None     12    added
        """
        from tana_jupyter.views.frames import staged_frame

        now = self.clock.now_us()
        with self.at_rest():
            stagings = sorted(self._stagings().items())
            listed = (each.beside(self.store, name, now, sorted(each.rows)) for name, each in stagings)
            return staged_frame(list(chain.from_iterable(listed)))

    def beside(self, contract: str, limit: int = limits.RECEIPT_SHOWN) -> Beside:
        """For receipts: the first keys a contract has staged, beside what is committed under them."""
        with self.at_rest():
            staging = self[contract].runs.host.staging
            keys = sorted(staging.rows)[:limit]
            return Beside(len(staging), list(staging.beside(self.store, contract, self.clock.now_us(), keys)))

    def ledger_table(self, table: str = "users") -> "pd.DataFrame":
        """The ledger's users, balances, transactions or blocks.

        >>> session.ledger_table("balances")[["owner", "currency", "amount"]]
               owner currency  amount
        0  usr_alice      USD    25.0
        """
        from tana_jupyter.views.ledger import ledger_frame

        return ledger_frame(self.ledger, table)

    def status(self) -> str:
        """What ``%tana`` shows: store, contracts, clock, what waits.

        >>> print(session.status())
        store      memory:
        data       shop/data: 1 row, 6 bytes
        ...
        contract   shop: 1 cell, exports nothing, 2 keys staged
        clock      frozen at 2026-01-01T00:00:00Z
        random     seeded
        """
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

    def describe_store(self) -> str:
        """What ``%tana store`` shows: which store is read, what it keeps, how much is in it.

        >>> print(session.describe_store())
        store      memory:
        keeps      nothing once the kernel ends; a file would: %tana store sqlite:///notebook.db
        data       shop/data: 1 row, 6 bytes
        ...
        """
        with self.at_rest():
            return self.storage.describe()

    def _found(self, pattern: str | None, contract: str | None, api: str | None, limit: int | None) -> "Found":
        from tana_jupyter.views.frames import find

        most = limits.FRAME_ROWS if limit is None else limit
        if most < 1:
            raise TanaError(f"{most} is no limit: at least 1 row")
        with self.at_rest():
            # Messages on their way lie in the store as rows, but are nobody's keys unless they are asked for.
            places = self._namespaces(contract, api)
            places = [(space, name) for space, name in places if space != spaces.QUEUE or api == spaces.QUEUE]
            found = find(self.store, self.clock.now_us(), places, pattern, most)
        # Who gave a limit expects it; who gave none may never look at the table.
        if found.cut and limit is None:
            self.show("stderr", f"{found.cut}\n")
        return found
