"""Changes that a contract stages with ``tana/tx``, and what executing them comes to."""

from typing import Literal, NamedTuple

from tana_jupyter.errors import GuestError
from tana_jupyter.limits import TX_STAGED

GAS_PER_CHANGE = 100

Amount = int | float | str
Kind = Literal["transfer", "balance_update"]


class Change(NamedTuple):
    """One staged change. The amount is as the contract gave it: NaN passes, and so does a numeral in a string."""

    kind: Kind
    user: str
    recipient: str | None
    amount: Amount
    currency: str

    def plain(self) -> dict[str, object]:
        """What ``tx.getChanges`` answers; JSON has no NaN and no infinity, so they go as a list of their name."""
        amount: object = self.amount
        if isinstance(amount, float) and amount - amount != 0:
            amount = [{"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(amount)]]
        if self.kind == "balance_update":
            return {"type": self.kind, "userId": self.user, "amount": amount, "currency": self.currency}
        sides = {"from": self.user, "to": self.recipient}
        return {"type": self.kind, **sides, "amount": amount, "currency": self.currency}


class Executed(NamedTuple):
    """What ``tx.execute`` resolves with."""

    success: bool
    changes: list[Change]
    gas_used: int
    error: str | None

    def plain(self) -> dict[str, object]:
        """The same as a contract sees it."""
        changes = [change.plain() for change in self.changes]
        return {"success": self.success, "changes": changes, "gasUsed": self.gas_used, "error": self.error}


class Batch:
    """The staged changes of one contract. They stay over cells and calls until they are executed."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def __len__(self) -> int:
        return len(self.changes)

    def add(self, change: Change) -> None:
        """Stage a change; refused where a contract would fill the kernel's memory with what can never pass."""
        if len(self.changes) >= TX_STAGED:
            raise GuestError("Error", f"Too many changes staged: {len(self.changes) + 1} (max {TX_STAGED})")
        self.changes.append(change)

    def take(self) -> list[Change]:
        """All that is staged, which then is no longer."""
        taken, self.changes = self.changes, []
        return taken
