"""The transactions and blocks of a ledger."""

import hashlib
from collections.abc import Sequence

from tana_jupyter.errors import TanaError
from tana_jupyter.ledger.records import NO_HASH, Block, Transaction

STATUSES = ("pending", "confirmed", "failed")
MOST_MINED = 100_000


class Chain:
    """A chain of blocks. Its hashes do not depend on the time, so that a notebook says the same each time it runs."""

    def __init__(self) -> None:
        self.transactions: dict[str, Transaction] = {}
        self.blocks: list[Block] = []

    @property
    def height(self) -> int:
        """The height of the latest block."""
        return len(self.blocks) - 1

    def next_id(self) -> str:
        """``tx_1``, ``tx_2`` and so on."""
        number = len(self.transactions) + 1
        while f"tx_{number}" in self.transactions:
            number += 1
        return f"tx_{number}"

    def add(self, transaction: Transaction) -> Transaction:
        """Remember a transaction; a pending one is in no block yet."""
        if transaction.status not in STATUSES:
            raise TanaError(f"{transaction.status!r:.100} is no status; there are {', '.join(STATUSES)}")
        if transaction.id in self.transactions:
            raise TanaError(f"there is a transaction {transaction.id!r} already: give another id, or none")
        if transaction.status != "pending":
            transaction = transaction._replace(block_height=self.height)
        self.transactions[transaction.id] = transaction
        return transaction

    def mine(self, blocks: int, now: int, gas: int, state: str) -> Block:
        """Add blocks; the first of them confirms what is pending and has used the gas."""
        check_blocks(blocks)
        waiting = [one for one in self.transactions.values() if one.status == "pending"]
        for one in waiting:
            confirmed = one._replace(status="confirmed", block_height=self.height + 1)
            self.transactions[one.id] = confirmed
        self._append(now, gas, state, [one.id for one in waiting])
        for _ in range(blocks - 1):
            self._append(now, 0, state, [])
        return self.blocks[-1]

    def _append(self, now: int, gas: int, state: str, transactions: Sequence[str]) -> None:
        height = len(self.blocks)
        before = self.blocks[-1].hash if self.blocks else NO_HASH
        root = _hash(state)
        own = _hash(f"{height} {before} {root} {list(transactions)}")
        self.blocks.append(Block(height, own, before, now, gas, root, len(transactions)))


def check_blocks(blocks: object) -> None:
    """Refuse what is no number of blocks to mine."""
    if isinstance(blocks, bool) or not isinstance(blocks, int) or not 1 <= blocks <= MOST_MINED:
        raise TanaError(f"{blocks!r:.100} is no number of blocks: mine 1 to {MOST_MINED:,} at a time")


def _hash(text: str) -> str:
    return f"0x{hashlib.sha256(text.encode()).hexdigest()}"
