"""What this session knows about a contract in Redis: its newest versionstamp, and rows it has seen since."""

import os

from tana_jupyter.errors import StoreError
from tana_jupyter.store.redis.layout import Keys, keys_of
from tana_jupyter.store.redis.wire import command

_ROWS = 50_000
GUESS = b" ?"
"""Ends the head that a put writes which may turn out to have changed nothing."""


class Known:
    """A contract, its keys, and what was true of it when its head was last read.

    The head is a string such as ``17 9f3a61c2b04e``: the newest versionstamp and a mark that was made with the
    contract's first commit. Every change writes it (a third word tells apart what has the same number), so whoever
    finds it unchanged knows that all rows are. Whoever finds another mark or a smaller number knows that the server
    lost data.
    """

    def __init__(self, contract: str) -> None:
        self.contract = contract
        self.keys: Keys = keys_of(contract)
        self.registered = False
        self.watch = command(b"WATCH", *self.keys[2:])
        self.again = self.watch + command(b"GET", self.keys.head)
        """What follows each EXEC: it ended the watch, and the next commit relies on one."""
        self.rows: dict[bytes, bytes] = {}
        """Member -> what lies beside its value, as of this head."""
        self._looked = False
        self._head: bytes | None = None
        self._mark = b""
        self._number = 0
        self._least = 0  # no versionstamp of this session is used twice, whatever the server forgets
        self._spare = False
        self._lost = ""

    def see(self, head: bytes | None) -> None:
        """Take note of the head as it was just read.

        :raises StoreError: the server no longer has what it had.
        """
        if self._lost:
            raise StoreError(self._lost)
        if head == self._head and self._looked:
            return
        number, mark = _parts(head)
        before = self._number
        if self._looked and self._head is not None and (mark != self._mark or number < before):
            now = f"at commit {number} of other data" if head and mark != self._mark else f"at commit {number}"
            self._lost = (
                f"Redis lost data of contract {self.contract}: it stood at commit {before} and now stands"
                f" {now if head else 'at nothing'}. The server was flushed, or restarted without having saved all of"
                " it. This run ends here; the next one goes on with what is there now"
            )
            self.rows.clear()
            raise StoreError(self._lost)
        # An interrupt may come between two lines: what a head stands for is true before the head itself is taken.
        self.rows.clear()
        self.lift(number)
        self._looked, self._head, self._mark, self._number, self._spare = True, head, mark, number, False

    def accept(self) -> None:
        """Start anew from whatever the server has, if it was found to have lost something."""
        if self._lost:
            self._lost, self._looked, self._head, self._number = "", False, None, 0
            self.registered = False

    def lift(self, number: int) -> None:
        """Never use a versionstamp up to this one."""
        self._least = max(self._least, number)

    @property
    def newest(self) -> int:
        """A stamp at or above all commits so far."""
        return self._least

    @property
    def guessed(self) -> bool:
        """Whether the head is that of a put that did not know if there was such a row."""
        return self._head is not None and self._head.endswith(GUESS)

    def next(self, floor: int) -> int:
        """Return the versionstamp for the next commit."""
        return max(self._number if self._spare else self._least + 1, floor)

    def head_for(self, versionstamp: int, third: bytes = b"") -> bytes:
        """Write a head."""
        if not self._mark:
            self._mark = os.urandom(6).hex().encode()
        return b"%d %b%b" % (versionstamp, self._mark, third)

    def head_of_sweep(self) -> bytes:
        """Write the head anew for a change that takes no versionstamp."""
        return self.head_for(self._least, b" " + os.urandom(6).hex().encode())

    def wrote(self, head: bytes, versionstamp: int) -> None:
        """Our own commit took effect."""
        self.lift(versionstamp)
        self._looked, self._head, self._number, self._spare = True, head, versionstamp, False

    def spare(self, head: bytes) -> bool:
        """The commit that wrote this head changed no row: its versionstamp is free, if the head still stands."""
        self._spare = self._head == head
        return self._spare

    def stands(self, head: bytes | None) -> bool:
        """Whether the head is this one, so that what was written with it was not written over since."""
        return self._head == head

    def remember(self, member: bytes, beside: bytes) -> None:
        """Keep what lies beside a row."""
        if len(self.rows) >= _ROWS:
            self.rows.clear()
        self.rows[member] = beside


def _parts(head: bytes | None) -> tuple[int, bytes]:
    words = head.split(b" ") if head else []
    return (int(words[0]), words[1]) if len(words) > 1 and words[0].isdigit() else (0, b"")
