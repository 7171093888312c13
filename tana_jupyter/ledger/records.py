"""What the ledger holds: users, balances, transactions and blocks, each with the shape a contract sees."""

import json
from collections.abc import Mapping
from decimal import Context, Decimal, InvalidOperation
from typing import NamedTuple

from tana_jupyter.clock import iso
from tana_jupyter.errors import TanaError
from tana_jupyter.limits import GAS

PRODUCER = "00000000-0000-0000-0000-000000000000"
NO_HASH = f"0x{'0' * 64}"
NAME_CHARACTERS = 1000
# As the ledger's own column: 12 digits before the point, 8 after it.
LARGEST = Decimal(10) ** 12
SMALLEST = Decimal("1e-8")
# A context of its own: the user may have given Python's another precision.
EXACT = Context(prec=40)

Json = dict[str, object]


class User(NamedTuple):
    """A user of the ledger; ``created_at`` is in milliseconds."""

    id: str
    username: str
    display_name: str
    public_key: str
    created_at: int
    role: str = "user"
    bio: str | None = None
    metadata: Mapping[str, object] | None = None

    def plain(self) -> Json:
        """What ``block.getUser`` answers."""
        found: Json = {
            "id": self.id,
            "username": self.username,
            "displayName": self.display_name,
            "publicKey": self.public_key,
            "role": self.role,
            "createdAt": iso(self.created_at * 1000),
        }
        if self.bio is not None:
            found["bio"] = self.bio
        if self.metadata is not None:
            found["metadata"] = self.metadata
        return found


class Balance(NamedTuple):
    """What an account holds of one currency."""

    owner: str
    currency: str
    amount: Decimal
    updated_at: int


class Transaction(NamedTuple):
    """A transfer as the ledger remembers it; pending until a block is mined."""

    id: str
    sender: str
    recipient: str
    amount: Decimal
    currency: str
    type: str
    status: str
    created_at: int
    block_height: int | None
    metadata: Mapping[str, object] | None = None

    def plain(self) -> Json:
        """What ``block.getTransaction`` answers, under both names that Tana's versions give the two sides."""
        return {
            "id": self.id,
            "from": self.sender,
            "fromId": self.sender,
            "to": self.recipient,
            "toId": self.recipient,
            "amount": digits(self.amount),
            "currencyCode": self.currency,
            "type": self.type,
            "status": self.status,
            "metadata": self.metadata,
            "createdAt": iso(self.created_at * 1000),
            "blockHeight": self.block_height,
        }


class Block(NamedTuple):
    """A mined block; ``timestamp`` is in milliseconds."""

    height: int
    hash: str
    previous_hash: str
    timestamp: int
    gas_used: int
    state_root: str
    tx_count: int

    def plain(self) -> Json:
        """What ``block.getBlock`` answers."""
        return {
            "height": self.height,
            "hash": self.hash,
            "previousHash": self.previous_hash,
            "timestamp": self.timestamp,
            "producer": PRODUCER,
            "gasLimit": GAS,
            "gasUsed": self.gas_used,
            "stateRoot": self.state_root,
            "txCount": self.tx_count,
        }


def money(amount: object) -> Decimal:
    """An amount as users write it: a number of at least 0, exact where it is text.

    >>> money("0.10"), money(25)
    (Decimal('0.10000000'), Decimal('25.00000000'))
    """
    try:
        if isinstance(amount, bool) or not isinstance(amount, int | float | str | Decimal):
            raise InvalidOperation
        value = Decimal(str(amount))
        if value.is_nan() or value < 0:
            raise InvalidOperation
    except InvalidOperation:
        raise TanaError(f"{amount!r} is no amount: write a number of at least 0, such as 25 or '0.5'") from None
    if value >= LARGEST:
        raise TanaError(f"{amount!r} is too large: the ledger keeps 12 digits before the point")
    return value.quantize(SMALLEST, context=EXACT)


def digits(amount: Decimal) -> str:
    """An amount as text, without zeros that say nothing.

    >>> digits(money("25.50"))
    '25.5'
    """
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def checked(text: object, what: str) -> str:
    """Check an identifier, a user's name, a currency's code or another short text."""
    if not isinstance(text, str) or not text.strip() or len(text) > NAME_CHARACTERS:
        raise TanaError(f"{text!r:.100} is no {what}: write a text of 1 to {NAME_CHARACTERS:,} characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise TanaError(f"{text!r:.100} is no {what}: it holds half a surrogate pair") from None
    return text


def json_object(value: Mapping[str, object] | None) -> Json | None:
    """A copy of metadata, which has to be a JSON object."""
    try:
        copied = json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise TanaError(f"the metadata is no JSON: {error}") from None
    if copied is not None and not isinstance(copied, dict):
        raise TanaError(f"{value!r:.100} is no metadata: give an object, such as {{'memo': 'rent'}}")
    return copied
