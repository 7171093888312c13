"""``tana/tx``: changes of balances, staged and then executed together."""

import re
from collections.abc import Callable, Mapping

from tana_jupyter.errors import GuestError, TanaError
from tana_jupyter.guesttext import well_formed
from tana_jupyter.ledger import Change
from tana_jupyter.ledger.batch import Amount
from tana_jupyter.ledger.records import checked
from tana_jupyter.modules.host import Host

MODULES: Mapping[str, str] = {"tana/tx": "tx.js"}
EXPORTS: Mapping[str, tuple[str, ...]] = {"tana/tx": ("tx",)}

NUMERAL = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
NUMERAL_CHARACTERS = 100


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """All of tx. What is staged belongs to the contract, not to a run."""
    batch = host.ledger.batch(host)

    def transfer(sender: object, recipient: object, amount: object, currency: object) -> None:
        sides = _name(sender, "from"), _name(recipient, "to")
        if sides[0] == sides[1]:
            raise GuestError("Error", "Cannot transfer to self")
        checked_amount = _amount(amount)
        if float(checked_amount) <= 0:
            raise GuestError("Error", "Amount must be positive")
        batch.add(Change("transfer", *sides, checked_amount, _name(currency, "currency")))

    def set_balance(user: object, amount: object, currency: object) -> None:
        who = _name(user, "userId")
        checked_amount = _amount(amount)
        if float(checked_amount) < 0:
            raise GuestError("Error", "Balance cannot be negative")
        batch.add(Change("balance_update", who, None, checked_amount, _name(currency, "currency")))

    return {
        "tx.transfer": transfer,
        "tx.setBalance": set_balance,
        "tx.getChanges": lambda: [change.plain() for change in batch.changes],
        "tx.execute": lambda: host.ledger.execute(batch.take()).plain(),
    }


def _name(text: object, what: str) -> str:
    if not isinstance(text, str):
        raise GuestError("TypeError", f"{what} must be a string")
    try:
        return checked(well_formed(text), what)
    except TanaError:
        problem = "must not be empty" if not text.strip() else "is too long"
        raise GuestError("TypeError", f"{what} {problem}") from None


def _amount(amount: object) -> Amount:
    """A number, also NaN, which arrives as a list of its name; or a string that is a numeral."""
    match amount:
        case bool():
            pass
        case int() | float():
            return amount
        case ["NaN" | "Infinity" | "-Infinity" as name]:
            return float(name)
        case str() if len(amount) <= NUMERAL_CHARACTERS and NUMERAL.fullmatch(amount):
            return amount
    raise GuestError("TypeError", "Amount must be a number")
