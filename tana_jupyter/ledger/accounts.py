"""The users of a ledger, and what each account holds of each currency."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from tana_jupyter.clock import Clock
from tana_jupyter.errors import TanaError
from tana_jupyter.identity import identity
from tana_jupyter.ledger.records import Balance, User, checked, json_object, money


class Users(Mapping[str, User]):
    """Users by their name; also found by id, and by name with an ``@`` before it."""

    def __init__(self) -> None:
        self._by_name: dict[str, User] = {}
        self._by_id: dict[str, User] = {}

    def __getitem__(self, who: str) -> User:
        found = self._by_id.get(who) or self.named(who)
        if found is None:
            raise KeyError(who)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"<Users {', '.join(self)}>"

    def named(self, username: str) -> User | None:
        """The user of that name; an id is no name."""
        return self._by_name.get(username.removeprefix("@"))

    def put(self, user: User) -> None:
        """Add a user, or put it in the place of the one with the same id."""
        self._by_name[user.username] = self._by_id[user.id] = user


class Accounts:
    """Users and balances. An account is a user's id, or any text that a contract has sent money to."""

    def __init__(self, clock: Clock) -> None:
        self.users = Users()
        self.balances: dict[tuple[str, str], Balance] = {}
        self._clock = clock

    def account(self, who: str) -> str:
        """The id of a user; any other text is an account of its own."""
        user = self.users.get(who)
        return who if user is None else user.id

    def held(self, who: str, currency: str) -> Balance | None:
        """The balance of an account, None where none was ever set."""
        return self.balances.get((self.account(who), currency))

    def hold(self, account: str, currency: str, amount: Decimal) -> Balance:
        """Set a balance; account and amount are checked already."""
        balance = Balance(account, currency, amount, self._clock.now_ms())
        self.balances[account, currency] = balance
        return balance

    def set_balance(self, who: str, amount: float | str | Decimal, currency: str) -> Balance:
        """Set what a user holds."""
        account = self.account(checked(who, "user"))
        if account not in self.users and all(account != owner for owner, _ in self.balances):
            there = ", ".join(self.users)
            raise TanaError(f"no user {who!r} in the ledger; there are {there}: add_user() adds one")
        return self.hold(account, checked(currency, "currency"), money(amount))

    def add_user(
        self,
        username: str,
        fields: Mapping[str, str | None],
        metadata: Mapping[str, object] | None,
        balances: Mapping[str, float | str | Decimal] | None,
    ) -> User:
        """Add a user, or change what is given of one who exists. All of it is checked before any of it counts."""
        username = checked(username, "username").removeprefix("@")
        base = identity(checked(username, "username")) or {}
        given: dict[str, object] = {what: checked(text, what) for what, text in fields.items() if text is not None}
        if metadata is not None:
            given["metadata"] = json_object(metadata)
        held = {checked(currency, "currency"): money(amount) for currency, amount in dict(balances or {}).items()}
        user = self.users.named(username)
        if user is None:
            user = User(str(base["id"]), username, username, str(base["publicKey"]), self._clock.now_ms())
        elif given.get("id", user.id) != user.id:
            raise TanaError(f"{username} already has the id {user.id}")
        user = user._replace(**given)  # type: ignore[arg-type] # the texts and the metadata of a User
        if self.users.get(user.id, user).username != username:
            raise TanaError(f"{user.id!r} is taken by {self.users[user.id].username}: give another id")
        self.users.put(user)
        for currency, amount in held.items():
            self.hold(user.id, currency, amount)
        return user
