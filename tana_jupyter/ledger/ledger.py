"""The ledger of a session: who there is, what they hold, and what contracts execute."""

from collections.abc import Mapping
from decimal import Decimal
from weakref import WeakKeyDictionary

from tana_jupyter.clock import Clock
from tana_jupyter.counting import counted
from tana_jupyter.errors import TanaError
from tana_jupyter.ledger.accounts import Accounts, Users
from tana_jupyter.ledger.batch import GAS_PER_CHANGE, Batch, Change, Executed
from tana_jupyter.ledger.chain import Chain
from tana_jupyter.ledger.records import (
    EXACT,
    Balance,
    Block,
    Transaction,
    User,
    checked,
    digits,
    json_object,
    money,
)
from tana_jupyter.limits import GAS

FIRST_USERS: Mapping[str, Mapping[str, int]] = {"alice": {"USD": 25}, "bob": {}, "charlie": {}}


class Ledger:
    """Users, balances, transactions and blocks, as ``tana/block`` reads them.

    A new ledger has the users alice, who holds 25 USD, bob and charlie, and one block of height 0.

    >>> ledger = session.ledger
    >>> ledger.add_user("dave", balances={"EUR": "12.50"}).id
    'usr_dave'
    >>> ledger.balance("@alice", "USD")
    Decimal('25.00000000')
    >>> ledger.mine().height
    1
    >>> ledger
    <Ledger at height 1: 4 users, 2 balances, 0 transactions>
    """

    def __init__(self, clock: Clock) -> None:
        self.apply = False
        """True makes ``tx.execute()`` change balances here; in Tana's own runtimes it only simulates."""
        self.balance_objects = False
        """True makes ``block.getBalance()`` answer with objects that have ``amount``, as early contracts expect."""
        self.gas_used = 0
        """Gas of all executed changes; past 1,000,000 contracts are out of gas. Set it to 0 for a full tank."""
        self._clock = clock
        self._mined_gas = 0
        self._books: tuple[Accounts, Chain] | None = None
        self._batches: WeakKeyDictionary[object, Batch] = WeakKeyDictionary()

    def __repr__(self) -> str:
        return f"<Ledger at {self.summary()}>"

    def summary(self) -> str:
        """``height 0: 3 users, 1 balance, 0 transactions``."""
        counts = {
            "user": len(self.users),
            "balance": len(self.balances),
            "transaction": len(self.transactions),
        }
        told = (counted(count, what) for what, count in counts.items())
        return f"height {self.height:,}: {', '.join(told)}"

    def reset(self) -> None:
        """Go back to a new ledger; what contracts have staged stays theirs."""
        self._books = None
        self.gas_used = self._mined_gas = 0

    def _open(self) -> tuple[Accounts, Chain]:
        """Make the first block and users when they are first needed: by then a notebook has stopped its clock."""
        if self._books is None:
            accounts, chain = self._books = Accounts(self._clock), Chain()
            for username, balances in FIRST_USERS.items():
                accounts.add_user(username, {}, None, balances)
            chain.mine(1, self._clock.now_ms(), 0, _state(accounts))
        return self._books

    @property
    def users(self) -> Users:
        """Users by name: ``ledger.users["alice"].public_key``."""
        return self._open()[0].users

    def add_user(
        self,
        username: str,
        *,
        id: str | None = None,  # noqa: A002 # the ledger's word for it
        display_name: str | None = None,
        public_key: str | None = None,
        role: str | None = None,
        bio: str | None = None,
        metadata: Mapping[str, object] | None = None,
        balances: Mapping[str, float | str | Decimal] | None = None,
    ) -> User:
        """Add a user; for one who exists, change what is given. The defaults are those of a caller of that name.

        >>> session.ledger.add_user("dave", display_name="Dave", balances={"USD": 5}).id
        'usr_dave'
        """
        texts = {
            "id": id,
            "display_name": display_name,
            "public_key": public_key,
            "role": role,
            "bio": bio,
        }
        return self._open()[0].add_user(username, texts, metadata, balances)

    @property
    def balances(self) -> list[Balance]:
        """What is held, in the order it was first set."""
        return list(self._open()[0].balances.values())

    def balance(self, who: str, currency: str) -> Decimal:
        """What an account holds, 0 where nothing is known."""
        found = self.held(who, currency)
        return Decimal(0) if found is None else found.amount

    def held(self, who: str, currency: str) -> Balance | None:
        """The balance of an account, None where none was ever set."""
        return self._open()[0].held(who, currency)

    def set_balance(self, who: str, amount: float | str | Decimal, currency: str) -> Balance:
        """Set what a user holds; text keeps decimals exact.

        >>> session.ledger.set_balance("alice", "12.50", "USD").amount
        Decimal('12.50000000')
        """
        return self._open()[0].set_balance(who, amount, currency)

    @property
    def transactions(self) -> list[Transaction]:
        """All transactions, oldest first."""
        return list(self._open()[1].transactions.values())

    def transaction(self, number: str) -> Transaction | None:
        """A transaction by its id."""
        return self._open()[1].transactions.get(number)

    def add_transaction(
        self,
        sender: str,
        recipient: str,
        amount: float | str | Decimal,
        currency: str,
        *,
        id: str | None = None,  # noqa: A002 # the ledger's word for it
        type: str = "transfer",  # noqa: A002 # the ledger's word for it
        status: str = "confirmed",
        metadata: Mapping[str, object] | None = None,
    ) -> Transaction:
        """Put a transaction into the ledger's history. It moves no money: ``set_balance`` does.

        >>> session.ledger.add_transaction("alice", "bob", 5, "USD").id
        'tx_1'
        """
        accounts, chain = self._open()
        return chain.add(
            Transaction(
                chain.next_id() if id is None else checked(id, "id"),
                accounts.account(checked(sender, "sender")),
                accounts.account(checked(recipient, "recipient")),
                money(amount),
                checked(currency, "currency"),
                checked(type, "type"),
                status,
                self._clock.now_ms(),
                None,
                json_object(metadata),
            )
        )

    @property
    def height(self) -> int:
        """The height of the latest block."""
        return self._open()[1].height

    @property
    def blocks(self) -> list[Block]:
        """All blocks; a block's place is its height."""
        return list(self._open()[1].blocks)

    @property
    def latest(self) -> Block:
        """The latest block."""
        return self._open()[1].blocks[-1]

    def block(self, height: int) -> Block | None:
        """A block by its height."""
        blocks = self._open()[1].blocks
        return blocks[height] if 0 <= height < len(blocks) else None

    def mine(self, blocks: int = 1) -> Block:
        """Add blocks; the first of them confirms what is pending. Returns the latest."""
        accounts, chain = self._open()
        gas = max(0, self.gas_used - self._mined_gas)
        latest = chain.mine(blocks, self._clock.now_ms(), gas, _state(accounts))
        self._mined_gas = self.gas_used
        return latest

    def batch(self, contract: object) -> Batch:
        """What a contract has staged with ``tana/tx``, as long as the contract lives."""
        return self._batches.setdefault(contract, Batch())

    def execute(self, changes: list[Change]) -> Executed:
        """Charge gas for changes and, where ``apply`` is on, make all of them or none."""
        gas = len(changes) * GAS_PER_CHANGE
        if self.gas_used + gas > GAS:
            self.gas_used = GAS
            return Executed(success=False, changes=[], gas_used=GAS, error="Out of gas")
        self.gas_used += gas
        if self.apply:
            try:
                self._make(changes)
            except TanaError as error:
                return Executed(success=False, changes=[], gas_used=gas, error=str(error))
        return Executed(success=True, changes=changes, gas_used=gas, error=None)

    def _make(self, changes: list[Change]) -> None:
        """Make all changes; the first that cannot be made stops all of them."""
        accounts, _ = self._open()
        held: dict[tuple[str, str], Decimal] = {}
        moved: list[tuple[str, str, Decimal, str]] = []

        def now(account: str, currency: str) -> Decimal:
            return held.get((account, currency), self.balance(account, currency))

        for change in changes:
            amount, currency = money(change.amount), change.currency
            account = accounts.account(change.user)
            if change.recipient is None:
                held[account, currency] = amount
                continue
            has = now(account, currency)
            if has < amount:
                raise TanaError(
                    f"Insufficient balance: {change.user} has {digits(has)} {currency}, needs {digits(amount)}"
                )
            recipient = accounts.account(change.recipient)
            held[account, currency] = EXACT.subtract(has, amount)
            held[recipient, currency] = money(EXACT.add(now(recipient, currency), amount))
            moved.append((account, recipient, amount, currency))
        for (account, currency), amount in held.items():
            accounts.hold(account, currency, amount)
        for sender, recipient, amount, currency in moved:
            self.add_transaction(sender, recipient, amount, currency, status="pending")


def _state(accounts: Accounts) -> str:
    """All balances as one text, of which a block keeps the hash."""
    return repr(sorted((*key, digits(balance.amount)) for key, balance in accounts.balances.items()))
