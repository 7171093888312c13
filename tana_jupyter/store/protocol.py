"""What a store is: one ordered, versioned key space, and the promises every back end keeps.

The conformance suite in ``tests/conformance`` checks these sentences one by one, against each back end.

Words used throughout:

*namespace*
    ``(space, contract)``. ``space`` is ``"kv"``, ``"data"``, ``"deno"`` or ``"queue"``. The two parts are
    never joined, so ``("kv", "a:b")`` with key ``c`` and ``("kv", "a")`` with key ``b:c`` are strangers.
*time*
    Integer microseconds since the epoch, always handed in by the caller as ``now``: a store has no clock.
    Time may go back (a notebook can freeze its clock at an earlier date).
*live*
    A row is live at ``now`` when it has no ``expires_at`` or ``expires_at > now``. At ``expires_at == now``
    it is over. Rows that are not live are invisible to every method except :meth:`Store.changes` and
    :meth:`Store.sweep`. Expiry hides and does not delete: until somebody sweeps, an earlier ``now`` shows
    the row again (a back end with a native time to live may lose it sooner).
*versionstamp*
    A positive integer below 2**63 that names a commit. Every successful commit has a larger one than all
    commits to the same contract before it; none is ever used twice there, also when everything was deleted in
    between or the store was reopened. Most back ends count for the whole store at once; where each contract
    counts for itself (``spans_contracts`` is False), stamps of different contracts say nothing about each other.

Threads: the session calls with its re-entrant lock held, from any thread, one call at a time. A back end
needs no lock of its own for that, but must not be bound to the thread that opened it; a ``shared`` one also
meets other processes at any moment and must stay correct then.

Failures: a method either does what it says or raises :class:`~tana_jupyter.errors.StoreError` (redacted
text) and has changed nothing, unless the text says that the outcome is unknown, as after a connection lost
during a commit. A back end that keeps text as text and cannot hold U+0000 refuses it this way, with the key
named.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from tana_jupyter.errors import StoreError


class Row(NamedTuple):
    """One entry as it was stored. ``(space, contract)`` is known to whoever asked."""

    key: bytes
    """What rows sort by, as unsigned bytes; may be empty. Valid UTF-8 in ``kv`` and ``data``."""
    value: bytes
    """Any bytes, ``b""`` too; valid UTF-8 if ``encoding`` is not ``bytes``, ``u64`` or ``clone``."""
    encoding: str
    """How to read ``value``: ``text``, ``bytes``, ``u64``, ``json`` or ``clone``. A store only carries it."""
    versionstamp: int
    """The commit that wrote this row last. Writing an equal value changes it all the same."""
    created_at: int
    """When the key came into being: kept by overwriting a live row, set anew after a delete or an expiry."""
    updated_at: int
    """``now`` of the commit that wrote this row last."""
    expires_at: int | None
    """When the row stops being live; None for never. An overwrite replaces it, also by None."""
    metadata: bytes | None
    """JSON text that belongs to the row, or None. An overwrite replaces it, also by None."""


class Write(NamedTuple):
    """One put, or one delete (``value=None``, which ignores the fields after it)."""

    space: str
    contract: str
    key: bytes
    value: bytes | None
    encoding: str = "text"
    expires_at: int | None = None
    metadata: bytes | None = None


class Check(NamedTuple):
    """A condition of a commit: this key is live with exactly this versionstamp, or absent for None.

    A row that is not live counts as absent. A number no commit can have (0, -1) never matches.
    """

    space: str
    contract: str
    key: bytes
    versionstamp: int | None


class Committed(NamedTuple):
    """What a commit did. ``before[i]`` and ``after[i]`` stand directly around ``writes[i]``."""

    versionstamp: int
    before: list[Row | None]
    """What ``get`` would have answered just before that write; None for nothing there."""
    after: list[Row | None]
    """What ``get`` would have answered just after it: None for a delete or a put that is already over."""


class NamespaceSize(NamedTuple):
    """Live rows of one namespace and their bytes (key, value and metadata, no overhead)."""

    space: str
    contract: str
    rows: int
    bytes: int


class Changed(NamedTuple):
    """A row of a contract that is there now, and the commit that wrote it."""

    space: str
    key: bytes
    versionstamp: int


class Store(Protocol):
    """The key space behind a session. Made by :func:`tana_jupyter.store.open_store`."""

    location: str
    """Where the data lies, for people: a URL without credentials, such as ``memory:``."""
    keeps: str
    """Half a sentence for people about what is there again after the kernel ended, died or lost its machine."""
    shared: bool
    """Whether others (kernels, a Tana runtime) may write to it while it is open."""
    persistent: bool
    """Whether the data is there again after the kernel ended."""
    spans_contracts: bool
    """Whether one commit may touch several contracts. A Redis Cluster keeps each in a slot of its own."""

    def get(self, space: str, contract: str, key: bytes, now: int) -> Row | None:
        """Return the live row under ``key``, or None."""
        ...

    def get_many(self, space: str, contract: str, keys: Sequence[bytes], now: int) -> list[Row | None]:
        """Return one answer per key, in order, duplicates included, all from one moment."""
        ...

    def scan(
        self,
        space: str,
        contract: str,
        start: bytes,
        end: bytes | None,
        *,
        now: int,
        limit: int,
        reverse: bool = False,
        keys_only: bool = False,
    ) -> list[Row]:
        r"""Return the live rows with ``start <= key < end`` in key order, at most ``limit``, from one moment.

        ``end=None`` means to the end of the namespace. ``start >= end`` and ``limit <= 0`` give an empty
        list. ``reverse`` takes the last rows, largest key first. ``keys_only`` leaves ``value`` as ``b""``
        and everything else as it is. Fewer than ``limit`` rows means that the range is exhausted: rows that
        are not live are skipped, never counted.

        Paging is the caller's: the next page starts at ``last.key + b"\0"`` (reverse: ends at
        ``last.key``). Rows that others insert or delete meanwhile never make a page repeat or miss a row
        that stayed.
        """
        ...

    def commit(
        self,
        writes: Sequence[Write],
        *,
        now: int,
        checks: Sequence[Check] = (),
        floor: int = 0,
        exact: bool = False,
    ) -> Committed | None:
        """Apply all writes as one, or none of them; None when a check did not hold.

        All checks see the store as it is before the first write. Writes are applied in order, and the last
        one on a key wins. All rows written get one versionstamp: the newest of the store plus one, or
        ``floor`` if that is larger. A commit that succeeds takes a versionstamp even if it has no writes or
        deletes nothing; one that fails takes none. ``exact`` is for writes that name their own
        versionstamp: such a commit takes ``floor`` itself, and is None where that is no longer to be had. Where
        each contract counts for itself, a write or a check must name the contract. (A back end that shares its
        counter with others may leave gaps.)

        When it returns, the commit is as durable as this back end gets without :meth:`flush`.

        :raises StoreFull: the store's limit would be passed; nothing was applied. Writes that do not make the
            store larger always pass.
        :raises StoreError: it touches several contracts and ``spans_contracts`` is False; nothing was applied.
        """
        ...

    def head(self, contract: str) -> int:
        """Return a stamp at or above all commits to this contract so far and below all later ones.

        It is the newest versionstamp of the store, or of the contract where each counts for itself; 0 where
        there never was a commit. It never goes back.
        """
        ...

    def namespaces(self) -> list[tuple[str, str]]:
        """Return the ``(space, contract)`` pairs that hold rows, sorted; quick, however many rows there are.

        One whose rows are all over may be among them until somebody sweeps.
        """
        ...

    def sizes(self, now: int) -> list[NamespaceSize] | None:
        """Return live rows and bytes per namespace, sorted, without empty ones; None when not yet known.

        A back end that would have to read everything may answer None and count in the background.
        """
        ...

    def changes(self, contract: str, since: int, limit: int) -> list[Changed]:
        """Return the rows of a contract now there with a versionstamp above ``since``, oldest first.

        ``limit`` is at least 1 and never splits a commit: after ``limit`` rows the answer goes on to the end
        of the commit it is in, so the next page is ``changes(contract, last.versionstamp, limit)``. Rows of one
        commit come in no particular order. A key that was written twice appears once, with its newest
        versionstamp; deleted ones do not appear; expired ones appear until they are swept. Fast when few
        rows have changed, however many there are.
        """
        ...

    def sweep(self, now: int) -> int:
        """Remove for good the rows that are not live at ``now``; return how many. Takes no versionstamp."""
        ...

    def flush(self) -> None:
        """Make everything committed so far durable: called at the end of a run and after ``data.commit``.

        Does nothing where each commit is durable by itself, which is everywhere but in a store that is one
        file written as a whole.
        """
        ...

    def close(self) -> None:
        """Flush and let go of files and connections. Every later call but ``close`` raises StoreError."""
        ...


def closed(location: str) -> StoreError:
    """What every method but ``close`` raises after that."""
    return StoreError(f"The store {location} is closed. Open one with: %tana store URL")
