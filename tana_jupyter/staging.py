"""What ``tana/data`` holds back until commit: one buffer per contract, its limits, and the commit itself.

Staging belongs to the contract, not to a run or an isolate: it is there in the next cell, and after an error,
Stop or a timeout. It ends by commit, rollback, ``data.clear()`` or ``%tana reset``.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tana_jupyter import limits
from tana_jupyter.counting import counted
from tana_jupyter.errors import GuestError, TanaError
from tana_jupyter.journal import Journal
from tana_jupyter.spaces import DATA
from tana_jupyter.store.protocol import Row, Store, Write


class StagedKey(NamedTuple):
    """One staged key beside what is committed under it."""

    contract: str
    key: bytes
    committed: bytes | None
    staged: bytes | None

    @property
    def state(self) -> str:
        """What a commit would make of the key."""
        return state(self.committed, self.staged)


def state(committed: object, staged: bytes | None) -> str:
    """What a commit would make of a key: ``added``, ``changed`` or ``deleted``.

    ``changed`` is also what is staged with the value that it has: a commit writes it anew, under another version, and
    the receipt of that commit says so too.

    >>> state(b"1", b"1")
    'changed'
    """
    if staged is None:
        return "deleted"
    return "added" if committed is None else "changed"


class Beside(NamedTuple):
    """How many keys a contract has staged, and the first of them beside what is committed."""

    total: int
    keys: list[StagedKey]


class Staging:
    """Staged values of one contract by key, as the store would hold them; None is a staged delete.

    >>> staging = Staging()
    >>> staging.put(b"count", b"1")
    >>> staging.note("counter")
    '1 key staged in counter, not committed: data.commit() or %tana commit'
    """

    def __init__(self) -> None:
        self.rows: dict[bytes, bytes | None] = {}
        self.edits = 0
        """How often something was staged or dropped: a run that leaves it as it was did not touch the staging."""
        self._size = 0

    def __len__(self) -> int:
        return len(self.rows)

    def put(self, key: bytes, value: bytes | None) -> None:
        """Stage a value, or a delete; refused where a contract would fill the kernel's memory with them."""
        size = self._size + _weight(key, value)
        if key in self.rows:
            size -= _weight(key, self.rows[key])
        if size > limits.DATA_STAGED and size > self._size:
            raise GuestError("Error", f"Too much staged: {size} bytes (max {limits.DATA_STAGED})")
        self.rows[key] = value
        self.edits += 1
        self._size = size

    def unstage(self, key: bytes) -> bool:
        """Forget what is staged for one key; whether there was something."""
        if key not in self.rows:
            return False
        self._size -= _weight(key, self.rows.pop(key))
        self.edits += 1
        return True

    def clear(self) -> None:
        """Forget all that is staged."""
        self.rows.clear()
        self.edits += 1
        self._size = 0

    def note(self, contract: str) -> str | None:
        """One line about what is left staged, None where nothing is."""
        if not self.rows:
            return None
        return f"{counted(len(self), 'key')} staged in {contract}, not committed: data.commit() or %tana commit"

    def beside(self, store: Store, contract: str, now: int, keys: Sequence[bytes]) -> Iterator[StagedKey]:
        """These staged keys, each with what is committed."""
        for key, row in zip(keys, store.get_many(DATA, contract, keys, now) if keys else (), strict=True):
            yield StagedKey(contract, key, None if row is None else row.value, self.rows[key])


def total_size(committed: Sequence[Row], staged: Mapping[bytes, bytes | None]) -> int:
    """Bytes that ``MAX_TOTAL_SIZE`` bounds, counted as Tana counts them.

    A committed key that is staged with a new value counts twice, with its old and its new value: a contract
    that passes here must pass there.
    """
    deleted = {key for key, value in staged.items() if value is None}
    old = sum(len(row.key) + len(row.value) for row in committed if row.key not in deleted)
    return old + sum(len(key) + len(value) for key, value in staged.items() if value is not None)


def key_count(committed: Sequence[Row], staged: Mapping[bytes, bytes | None]) -> int:
    """Keys there would be after a commit; what ``MAX_KEYS`` bounds."""
    untouched = sum(row.key not in staged for row in committed)
    return untouched + sum(value is not None for value in staged.values())


def refusal(store: Store, contract: str, staging: Staging, now: int) -> str | None:
    """Why a commit over what the store holds now would be refused, None where it would pass."""
    # Straight from the store: a receipt counts what the contract read, and this it did not ask for.
    committed = store.scan(DATA, contract, b"", None, now=now, limit=sys.maxsize)
    size = total_size(committed, staging.rows)
    if size > limits.DATA_TOTAL:
        return f"Storage limit exceeded: {size} bytes (max {limits.DATA_TOTAL})"
    keys = key_count(committed, staging.rows)
    if keys > limits.DATA_KEYS:
        return f"Too many keys: {keys} (max {limits.DATA_KEYS})"
    return None


def commit(journal: Journal, stagings: Mapping[str, Staging], now: int) -> dict[str, int]:
    """Write what these contracts have staged, all of it in one commit; the number of keys by contract.

    Raises TanaError where one of them passes a limit: then nothing is written and all of it stays staged. Where a
    commit belongs to one contract there is one for each, and what a failure leaves unwritten stays staged.
    """
    for contract, staging in stagings.items():
        text = refusal(journal.store, contract, staging, now)
        if text is not None:
            raise TanaError(text)
    one_by_one = [{contract: staging} for contract, staging in stagings.items()]
    done: dict[str, int] = {}
    for batch in [stagings] if journal.store.spans_contracts else one_by_one:
        writes = [
            Write(DATA, contract, key, value)
            for contract, staging in batch.items()
            for key, value in staging.rows.items()
        ]
        if writes:
            journal.commit(writes)
            journal.store.flush()
        done |= forget(batch)
    return done


def forget(stagings: Mapping[str, Staging]) -> dict[str, int]:
    """Drop what these contracts have staged; the number of keys by contract."""
    dropped = {contract: len(staging) for contract, staging in stagings.items()}
    for staging in stagings.values():
        staging.clear()
    return dropped


def told(done: str, keys: Mapping[str, int]) -> str:
    """One line for people: ``committed: counter (2 keys)``."""
    parts = [f"{contract} ({counted(count, 'key')})" for contract, count in keys.items() if count]
    return f"{done}: {', '.join(parts)}" if parts else "nothing staged"


def _weight(key: bytes, value: bytes | None) -> int:
    return len(key) + (0 if value is None else len(value)) + limits.STORE_ROW
