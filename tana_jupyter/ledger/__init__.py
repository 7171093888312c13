"""The chain behind ``tana/block`` and ``tana/tx``, in memory and settable from Python."""

from tana_jupyter.ledger.batch import Batch, Change, Executed
from tana_jupyter.ledger.ledger import Ledger
from tana_jupyter.ledger.records import Balance, Block, Transaction, User

__all__ = ["Balance", "Batch", "Block", "Change", "Executed", "Ledger", "Transaction", "User"]
