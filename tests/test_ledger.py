"""The ledger from Python, as tables, and by ``%tana ledger``."""

from __future__ import annotations

import decimal
import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tana_jupyter import Session, TanaError
from tana_jupyter.errors import CommandError
from tana_jupyter.identity import identity
from tana_jupyter.ledger import Ledger
from tana_jupyter.ledger.records import digits, money
from tests.shell import Shell, open_shell

NOW = 1_767_225_600_000


@pytest.fixture
def ledger() -> Ledger:
    session = Session()
    session.clock.freeze("2026-01-01T00:00:00Z")
    return session.ledger


@pytest.fixture
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        opened.run("%tana clock 2026-01-01T00:00:00Z")
        yield opened


def test_a_new_ledger_has_three_users_and_a_block(ledger: Ledger) -> None:
    assert repr(ledger) == "<Ledger at height 0: 3 users, 1 balance, 0 transactions>"
    assert list(ledger.users) == ["alice", "bob", "charlie"]
    assert repr(ledger.users) == "<Users alice, bob, charlie>"
    assert ledger.balance("alice", "USD") == 25
    assert ledger.balance("bob", "USD") == 0
    assert ledger.blocks == [ledger.latest]
    assert ledger.latest.timestamp == ledger.users["alice"].created_at == NOW


def test_two_ledgers_are_the_same_whatever_the_time() -> None:
    one, two = Session(), Session()
    two.clock.freeze(0)
    for session in (one, two):
        session.ledger.add_transaction("alice", "bob", 1, "USD", status="pending")
        session.ledger.mine(2)
    assert [block.hash for block in one.ledger.blocks] == [block.hash for block in two.ledger.blocks]
    assert len({block.hash for block in one.ledger.blocks}) == 3
    assert [made.id for made in one.ledger.transactions] == ["tx_1"]


@pytest.mark.parametrize("who", ["alice", "@alice", "usr_alice"])
def test_users_are_found_by_name_and_id(ledger: Ledger, who: str) -> None:
    assert ledger.users[who].username == "alice"
    assert who in ledger.users
    who_calls = identity("alice") or {}
    assert (ledger.users[who].id, ledger.users[who].public_key) == (who_calls["id"], who_calls["publicKey"])


@pytest.mark.parametrize("who", ["Alice", "", "@", "usr_", "@usr_alice", "dave"])
def test_others_are_not(ledger: Ledger, who: str) -> None:
    assert who not in ledger.users
    with pytest.raises(KeyError):
        _ = ledger.users[who]


def test_adding_a_user_again_changes_what_is_given(ledger: Ledger) -> None:
    first = ledger.add_user("@dave", display_name="Dave", bio="hi", balances={"USD": 5})
    assert (first.id, first.username, first.role, first.created_at) == ("usr_dave", "dave", "user", NOW)
    again = ledger.add_user("dave", role="staff", balances={"EUR": "1.5"})
    assert again == first._replace(role="staff")
    assert ledger.add_user("dave") == again
    assert len(ledger.users) == 4
    assert (ledger.balance("dave", "USD"), ledger.balance("dave", "EUR")) == (5, Decimal("1.5"))


def test_a_user_may_have_an_id_of_its_own(ledger: Ledger) -> None:
    ledger.add_user("eve", id="0b1e", public_key="ed25519_aa", balances={"USD": 1})
    assert ledger.users["0b1e"] is ledger.users["@eve"]
    assert ledger.balance("0b1e", "USD") == ledger.balance("eve", "USD") == 1


BAD_USERS: list[tuple[dict[str, Any], str]] = [
    ({"username": ""}, "'' is no username"),
    ({"username": "@"}, "'' is no username"),
    ({"username": 5}, "5 is no username"),
    ({"username": "x" * 1001}, "is no username"),
    ({"username": "\ud800"}, "half a surrogate pair"),
    ({"username": "dave", "id": ""}, "'' is no id"),
    ({"username": "dave", "id": "usr_bob"}, "'usr_bob' is taken by bob"),
    ({"username": "bob", "id": "b"}, "bob already has the id usr_bob"),
    ({"username": "dave", "bio": 5}, "5 is no bio"),
    ({"username": "dave", "role": []}, "[] is no role"),
    ({"username": "dave", "metadata": {"a": object()}}, "the metadata is no JSON"),
    ({"username": "dave", "metadata": [1]}, "[1] is no metadata"),
    ({"username": "dave", "balances": {"USD": -1}}, "-1 is no amount"),
    ({"username": "dave", "balances": {"USD": 1, "": 1}}, "'' is no currency"),
]


@pytest.mark.parametrize(("given", "text"), BAD_USERS, ids=[text for _, text in BAD_USERS])
def test_a_user_that_cannot_be_added_changes_nothing(ledger: Ledger, given: dict[str, Any], text: str) -> None:
    users, balances = dict(ledger.users), ledger.balances
    with pytest.raises(TanaError) as caught:
        ledger.add_user(**given)
    assert text in str(caught.value)
    assert (dict(ledger.users), ledger.balances) == (users, balances)


@pytest.mark.parametrize("amount", [-1, "-0.1", float("nan"), "x", "", None, True, [5], "NaN", "sNaN", 5j])
def test_what_is_no_amount(ledger: Ledger, amount: Any) -> None:
    with pytest.raises(TanaError, match="is no amount: write a number of at least 0"):
        ledger.set_balance("alice", amount, "USD")
    assert ledger.balance("alice", "USD") == 25


@pytest.mark.parametrize("amount", [10**12, "1e12", float("inf"), "1e999999999", 10**4000])
def test_what_is_too_large(ledger: Ledger, amount: Any) -> None:
    with pytest.raises(TanaError, match="too large"):
        ledger.set_balance("alice", amount, "USD")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0"),
        (25, "25"),
        (100, "100"),
        (0.1, "0.1"),
        ("12.50", "12.5"),
        ("999999999999.99999999", "999999999999.99999999"),
        ("1e-9", "0"),
        ("1e-999999999", "0"),
        (Decimal("3.000000015"), "3.00000002"),
        (1e11, "100000000000"),
    ],
)
def test_amounts_keep_twelve_digits_and_eight_decimals(amount: Any, text: str) -> None:
    # Whatever precision the notebook gave Python's own decimals.
    with decimal.localcontext(prec=3):
        assert digits(money(amount)) == text


def test_a_balance_of_nobody_is_refused(ledger: Ledger) -> None:
    with pytest.raises(TanaError, match=r"no user 'alcie' in the ledger; there are alice, bob, charlie: add_user"):
        ledger.set_balance("alcie", 1, "USD")
    with pytest.raises(TanaError, match="5 is no user"):
        ledger.set_balance(5, 1, "USD")  # type: ignore[arg-type] # what is tested
    with pytest.raises(TanaError, match="'' is no currency"):
        ledger.set_balance("alice", 1, "")


def test_transactions(ledger: Ledger) -> None:
    first = ledger.add_transaction("@alice", "bob", "1.5", "USD")
    assert (first.id, first.sender, first.recipient, first.block_height) == ("tx_1", "usr_alice", "usr_bob", 0)
    assert ledger.balance("alice", "USD") == 25
    ledger.add_transaction("bob", "alice", 1, "USD", id="tx_3", status="failed")
    assert ledger.add_transaction("bob", "alice", 1, "USD", status="pending").id == "tx_4"
    ledger.mine(2)
    assert [(made.id, made.status, made.block_height) for made in ledger.transactions] == [
        ("tx_1", "confirmed", 0),
        ("tx_3", "failed", 0),
        ("tx_4", "confirmed", 1),
    ]
    assert [block.tx_count for block in ledger.blocks] == [0, 1, 0]
    assert ledger.transaction("tx_9") is None


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"status": "done"}, "'done' is no status; there are pending, confirmed, failed"),
        ({"id": "t"}, "there is a transaction 't' already"),
        ({"id": ""}, "'' is no id"),
        ({"type": 5}, "5 is no type"),
        ({"metadata": {"a": float("nan")}}, "the metadata is no JSON"),
    ],
)
def test_a_transaction_that_cannot_be_added(ledger: Ledger, given: dict[str, Any], text: str) -> None:
    ledger.add_transaction("alice", "bob", 1, "USD", id="t")
    with pytest.raises(TanaError) as caught:
        ledger.add_transaction("alice", "bob", 1, "USD", **given)
    assert text in str(caught.value)
    assert len(ledger.transactions) == 1


@pytest.mark.parametrize("blocks", [0, -1, 1.5, True, "3", None, 100_001])
def test_blocks_are_mined_in_whole_numbers(ledger: Ledger, blocks: Any) -> None:
    with pytest.raises(TanaError, match="is no number of blocks: mine 1 to 100,000 at a time"):
        ledger.mine(blocks)
    assert ledger.height == 0


def test_blocks_chain_and_follow_the_clock() -> None:
    session = Session()
    session.clock.freeze(0)
    session.ledger.mine()
    session.clock.advance(6)
    latest = session.ledger.mine(2)
    blocks = session.ledger.blocks
    assert latest is blocks[-1]
    assert [block.height for block in blocks] == [0, 1, 2, 3]
    assert [block.timestamp for block in blocks] == [0, 0, 6000, 6000]
    assert all(after.previous_hash == before.hash for before, after in itertools.pairwise(blocks))
    assert session.ledger.block(3) is latest
    assert session.ledger.block(4) is session.ledger.block(-1) is None


def test_a_block_holds_the_gas_since_the_one_before_it(ledger: Ledger) -> None:
    for gas in (300, 100, 0):
        ledger.gas_used += gas
        ledger.mine()
    assert [block.gas_used for block in ledger.blocks] == [0, 300, 100, 0]


def test_a_reset_ledger_is_a_new_one(ledger: Ledger) -> None:
    ledger.add_user("dave")
    ledger.mine(5)
    ledger.gas_used = 500
    ledger.reset()
    assert repr(ledger) == "<Ledger at height 0: 3 users, 1 balance, 0 transactions>"
    assert ledger.gas_used == 0


def test_tables() -> None:
    session = Session()
    session.clock.freeze("2026-01-01T00:00:00Z")
    session.ledger.add_user("dave", balances={"USD": "0.5", "EUR": 3})
    session.ledger.add_transaction("alice", "bob", 1, "USD", status="pending")
    users = session.ledger_table()
    assert list(users.columns) == ["id", "username", "name", "role", "balances"]
    assert list(users["balances"]) == ["25 USD", "", "", "0.5 USD, 3 EUR"]
    balances = session.ledger_table("balances")
    assert balances[["owner", "currency", "amount"]].values.tolist() == [
        ["usr_alice", "USD", 25.0],
        ["usr_dave", "USD", 0.5],
        ["usr_dave", "EUR", 3.0],
    ]
    assert str(balances["updated"][0]) == "2026-01-01 00:00:00+00:00"
    made = session.ledger_table("transactions")
    assert made[["id", "from", "to", "status"]].values.tolist() == [["tx_1", "usr_alice", "usr_bob", "pending"]]
    assert made["block"].isna().all()
    session.ledger.mine()
    assert list(session.ledger_table("transactions")["block"]) == [1]
    assert list(session.ledger_table("blocks")["transactions"]) == [0, 1]
    with pytest.raises(TanaError, match="no table 'x'; there are users, balances, transactions, blocks"):
        session.ledger_table("x")


def test_tables_have_their_types_when_empty() -> None:
    full, empty = Session(), Session()
    full.ledger.add_transaction("alice", "bob", 1, "USD")
    assert list(empty.ledger_table("transactions").dtypes) == list(full.ledger_table("transactions").dtypes)


def test_the_verb_shows_the_ledger(shell: Shell) -> None:
    shown = shell.run("%tana ledger")
    assert shown.stdout.splitlines()[0] == "height 0: 3 users, 1 balance, 0 transactions"
    assert list(shown.result["username"]) == ["alice", "bob", "charlie"]
    assert list(shell.run("%tana ledger balances").result["amount"]) == [25.0]
    assert len(shell.run("%tana ledger transactions").result) == 0


def test_the_verb_sets_balances_and_mines(shell: Shell) -> None:
    shown = shell.run("%tana ledger --user alice --balance 12.50 USD --balance 3 EUR --mine")
    assert shown.stdout.splitlines()[0] == "height 1: 3 users, 2 balances, 0 transactions"
    assert shown.result["balances"][0] == "12.5 USD, 3 EUR"
    shown = shell.run("%tana ledger blocks --user @dave --mine 3")
    assert shown.stdout.splitlines()[0] == "height 4: 4 users, 2 balances, 0 transactions"
    assert list(shown.result["height"]) == [0, 1, 2, 3, 4]
    code = "%%tana\nimport { block } from 'tana/block'\n[block.height, await block.getBalance('alice', 'USD')]"
    assert shell.run(code).result.value == [4, 12.5]
    assert shell.run("%tana ledger --reset").stdout.splitlines()[0] == "height 0: 3 users, 1 balance, 0 transactions"


def test_the_verb_switches(shell: Shell) -> None:
    shell.run("%tana ledger --apply on --objects on")
    assert (shell.session.ledger.apply, shell.session.ledger.balance_objects) == (True, True)
    shell.run("%tana ledger --apply off")
    assert (shell.session.ledger.apply, shell.session.ledger.balance_objects) == (False, True)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("--balance 5 USD", "name the user, as --user alice --balance 25 USD"),
        ("--user alice --balance 5", "expected 2 arguments"),
        ("--user alice --balance five USD", "'five' is no amount"),
        ("--user alice --balance -5 USD", "-5"),
        ("--user new --balance five USD --mine", "'five' is no amount"),
        ("--user '' --balance 5 USD", "'' is no username"),
        ("--mine soon", "invalid int value"),
        ("--mine 0", "0 is no number of blocks"),
        ("--user new --mine 0", "0 is no number of blocks"),
        ("--reset --mine 2", "--reset: goes without --user and --mine"),
        ("--user new --mine 100001", "is no number of blocks"),
        ("people", "table people: there are: users, balances"),
        ("--apply yes", "--apply yes: there are: on, off"),
    ],
)
def test_a_bad_line_gets_one_clear_error_and_changes_nothing(shell: Shell, line: str, text: str) -> None:
    shell.run("%tana ledger --user bob --balance 1 USD")
    shown = shell.run(f"%tana ledger {line}")
    assert isinstance(shown.error, CommandError | TanaError)
    assert text in shown.stdout
    assert "Traceback" not in shown.stdout
    assert shell.run("%tana ledger").stdout.splitlines()[0] == "height 0: 3 users, 2 balances, 0 transactions"
