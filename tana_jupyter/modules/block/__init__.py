"""``tana/block``: the current block, and queries of the session's ledger."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from tana_jupyter.errors import GuestError
from tana_jupyter.ledger.records import PRODUCER, digits
from tana_jupyter.limits import BLOCK_QUERY, GAS
from tana_jupyter.modules.host import Host

MODULES: Mapping[str, str] = {"tana/block": "block.js"}
EXPORTS: Mapping[str, tuple[str, ...]] = {"tana/block": ("block",)}

Key = TypeVar("Key", str, float)


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """The current block by property, and the five queries."""
    ledger = host.ledger

    def executor() -> object:
        situation = host.situation
        return (situation.caller or situation.owner)["id"]

    properties: Mapping[str, Callable[[], object]] = {
        "height": lambda: ledger.height,
        "timestamp": lambda: host.situation.timestamp,
        "hash": lambda: ledger.latest.hash,
        "previousHash": lambda: ledger.latest.previous_hash,
        "executor": executor,
        "contractId": lambda: host.contract,
        "gasLimit": lambda: GAS,
        "gasUsed": lambda: ledger.gas_used,
        "producer": lambda: PRODUCER,
    }

    def read(name: object) -> object:
        if not isinstance(name, str) or name not in properties:
            raise GuestError("TypeError", "A block has no such property")
        return properties[name]()

    def balances(ids: object, currency: object) -> object:
        def one(who: str) -> object:
            held = ledger.held(who, code)
            if not ledger.balance_objects:
                return 0 if held is None else _number(float(held.amount))
            if held is None:
                return None
            amount = digits(held.amount)
            return {"amount": amount, "currencyCode": held.currency, "ownerId": held.owner}

        if not isinstance(currency, str):
            raise GuestError("TypeError", "Invalid currency")
        code = currency
        return _query(ids, str, one, what="balances", invalid="Invalid user_ids")

    def users(ids: object) -> object:
        def one(who: str) -> object:
            user = ledger.users.get(who)
            return None if user is None else user.plain()

        return _query(ids, str, one, what="users", invalid="Invalid user_ids")

    def transactions(ids: object) -> object:
        def one(number: str) -> object:
            found = ledger.transaction(number)
            return None if found is None else found.plain()

        return _query(ids, str, one, what="transactions", invalid="Invalid tx_ids")

    def blocks(heights: object) -> object:
        def one(height: float) -> object:
            found = ledger.block(int(height))
            return None if found is None else found.plain()

        return _query(heights, float, one, what="blocks", invalid="Invalid heights")

    def latest() -> object:
        return ledger.latest.plain()

    return {
        "block.read": read,
        "block.balances": balances,
        "block.users": users,
        "block.transactions": transactions,
        "block.blocks": blocks,
        "block.latest": latest,
    }


def _query(asked: object, kind: type[Key], one: Callable[[Key], object], *, what: str, invalid: str) -> object:
    """Answer for one key, or for each of a list of keys."""
    many = asked if isinstance(asked, list) else [asked]
    if len(many) > BLOCK_QUERY:
        raise GuestError("Error", f"Cannot query more than {BLOCK_QUERY} {what} at once")
    keys = [_key(key, kind, invalid) for key in many]
    found = [one(key) for key in keys]
    if isinstance(asked, list):
        return found
    return b"null" if found[0] is None else found[0]


def _key(key: object, kind: type[Key], invalid: str) -> Key:
    if kind is float and isinstance(key, int) and not isinstance(key, bool):
        return kind(key)
    if not isinstance(key, kind) or (isinstance(key, float) and not key.is_integer()):
        raise GuestError("TypeError", invalid)
    return key


def _number(amount: float) -> float:
    return int(amount) if amount.is_integer() else amount
