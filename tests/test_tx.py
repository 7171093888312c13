"""``tana/tx``: staging, checks in their order, gas, and applying to the ledger."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tana_jupyter
from tana_jupyter import ContractError, ContractTimeout, Session, limits
from tana_jupyter.clock import Clock
from tana_jupyter.ledger import Change, Ledger

IMPORT = "import { tx } from 'tana/tx'"


@pytest.fixture
def session() -> Session:
    made = Session()
    made.run(IMPORT)
    return made


def value(session: Session, code: str, **options: Any) -> Any:
    return session.run(code, **options).value


def refused(session: Session, code: str) -> str:
    with pytest.raises(ContractError) as caught:
        session.run(code)
    return caught.value.headline


TRANSFER = {"type": "transfer", "from": "alice", "to": "bob", "amount": 5, "currency": "USD"}
UPDATE = {"type": "balance_update", "userId": "bob", "amount": 0, "currency": "EUR"}
STAGE = "tx.transfer('alice', 'bob', 5, 'USD'); tx.setBalance('bob', 0, 'EUR')"


def test_changes_are_staged_in_order_and_returned_as_a_copy(session: Session) -> None:
    assert value(session, "tx.getChanges()") == []
    assert value(session, "[tx.transfer('alice', 'bob', 5, 'USD'), tx.setBalance('bob', 0, 'EUR')]") == [None, None]
    assert value(session, "tx.getChanges()") == [TRANSFER, UPDATE]
    assert value(session, "tx.getChanges().length = 0; tx.getChanges()[0].amount = 9; tx.getChanges()") == [
        TRANSFER,
        UPDATE,
    ]
    assert value(session, "Object.keys(tx.getChanges()[0]).join()") == "type,from,to,amount,currency"


def test_staging_belongs_to_the_contract(session: Session) -> None:
    session.run(STAGE)
    assert value(session, f"{IMPORT}; tx.getChanges()", contract="other") == []
    with pytest.raises(ContractError):
        session.run("tx.setBalance('x', 1, 'USD'); null.x")
    assert value(session, "tx.getChanges().length") == 3
    session.run("export function contract() { return tx.getChanges().length }")
    assert session["notebook"].contract().value == 3
    assert session["notebook"].call("contract", fresh=True).value >= 3
    session.reset("notebook")
    assert value(session, f"{IMPORT}; tx.getChanges()") == []


def test_staging_outlives_an_abort(session: Session) -> None:
    session.run(STAGE)
    with pytest.raises(ContractTimeout):
        session.run("tx.setBalance('x', 1, 'USD'); for (;;) {}", timeout=0.2)
    with pytest.raises(ContractTimeout):
        session.run("await null; for (;;) {}", timeout=0.2)
    assert value(session, f"{IMPORT}; tx.getChanges().length") == 3


REFUSED = [
    # The self-transfer is looked at before the amount.
    ("tx.transfer('a', 'a', 5, 'USD')", "Error: Cannot transfer to self"),
    ("tx.transfer('a', 'a', -5, 'USD')", "Error: Cannot transfer to self"),
    ("tx.transfer('a', 'a', 'x', 'USD')", "Error: Cannot transfer to self"),
    ("tx.transfer('a', 'b', 0, 'USD')", "Error: Amount must be positive"),
    ("tx.transfer('a', 'b', -0, 'USD')", "Error: Amount must be positive"),
    ("tx.transfer('a', 'b', -0.01, 'USD')", "Error: Amount must be positive"),
    ("tx.transfer('a', 'b', -Infinity, 'USD')", "Error: Amount must be positive"),
    ("tx.transfer('a', 'b', '0', 'USD')", "Error: Amount must be positive"),
    ("tx.setBalance('a', -1, 'USD')", "Error: Balance cannot be negative"),
    ("tx.setBalance('a', -5e-324, 'USD')", "Error: Balance cannot be negative"),
    ("tx.setBalance('a', '-1', 'USD')", "Error: Balance cannot be negative"),
    ("tx.transfer()", "TypeError: from must be a string"),
    ("tx.transfer(5, 'b', 1, 'USD')", "TypeError: from must be a string"),
    ("tx.transfer({ from: 'a', to: 'b', amount: 1, currencyCode: 'USD' })", "TypeError: from must be a string"),
    ("tx.transfer('a', null, 1, 'USD')", "TypeError: to must be a string"),
    ("tx.transfer('a', ['b'], 1, 'USD')", "TypeError: to must be a string"),
    ("tx.transfer('', 'b', 1, 'USD')", "TypeError: from must not be empty"),
    ("tx.transfer('a', ' ', 1, 'USD')", "TypeError: to must not be empty"),
    ("tx.transfer('a', 'x'.repeat(1001), 1, 'USD')", "TypeError: to is too long"),
    ("tx.transfer('a', 'b', 1)", "TypeError: currency must be a string"),
    ("tx.transfer('a', 'b', 1, 840)", "TypeError: currency must be a string"),
    ("tx.transfer('a', 'b', 1, '')", "TypeError: currency must not be empty"),
    ("tx.setBalance(undefined, 1, 'USD')", "TypeError: userId must be a string"),
    ("tx.setBalance('a', 1, () => 1)", "TypeError: currency must be a string"),
]
AMOUNTS = [
    "undefined",
    "null",
    "true",
    "{}",
    "[5]",
    "['NaN']",
    "5n",
    "() => 5",
    "Symbol()",
    "new Number(5)",
    "''",
    "'x'",
    "'5 USD'",
    "'0x10'",
    "'1_0'",
    "'NaN'",
    "'Infinity'",
    "'\u0665'",
]


@pytest.mark.parametrize(("code", "text"), REFUSED)
def test_refusals_are_thrown_at_once_and_stage_nothing(session: Session, code: str, text: str) -> None:
    assert refused(session, code) == text
    assert value(session, "tx.getChanges()") == []


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_is_a_number(session: Session, amount: str) -> None:
    for call in ("transfer('a', 'b',", "setBalance('a',"):
        assert refused(session, f"tx.{call} {amount}, 'USD')") == "TypeError: Amount must be a number"
    assert value(session, "tx.getChanges()") == []


PASSES = ["5", "0.1", "5e-324", "1e308", "Infinity", "NaN", "'5'", "' 5.5e1 '", "Number.MAX_SAFE_INTEGER"]


@pytest.mark.parametrize("amount", PASSES)
def test_amounts_that_pass_come_back_as_they_were(session: Session, amount: str) -> None:
    for method in ("transfer('a', 'b',", "setBalance('a',"):
        session.run(f"tx.{method} {amount}, 'USD')")
    assert value(session, f"tx.getChanges().every(change => Object.is(change.amount, {amount}))") is True
    assert value(session, f"(await tx.execute()).changes.every(change => Object.is(change.amount, {amount}))") is True


def test_executing_charges_gas_by_the_batch_and_changes_no_balance(session: Session) -> None:
    session.run(STAGE)
    before = session.ledger.balances
    result = {"success": True, "changes": [TRANSFER, UPDATE], "gasUsed": 200, "error": None}
    assert value(session, "await tx.execute()") == result
    assert value(session, "tx.getChanges()") == []
    assert value(session, "await tx.execute()") == {"success": True, "changes": [], "gasUsed": 0, "error": None}
    session.run("tx.setBalance('bob', 1, 'USD')")
    assert value(session, "(await tx.execute()).gasUsed") == 100
    assert session.ledger.gas_used == 300
    assert session.ledger.balances == before
    assert session.ledger.transactions == []
    assert value(session, "tx.execute() instanceof Promise") is True


OUT = {"success": False, "changes": [], "gasUsed": 1_000_000, "error": "Out of gas"}


@pytest.mark.parametrize(("changes", "enough"), [(10_000, True), (10_001, False)])
def test_gas_ends_past_the_limit(session: Session, changes: int, enough: bool) -> None:
    session.run(f"for (let i = 0; i < {changes}; i++) tx.setBalance('a', i, 'USD')")
    result = value(
        session,
        "const { success, gasUsed, error, changes } = await tx.execute(); [success, gasUsed, error, changes.length]",
    )
    assert result == ([True, 1_000_000, None, 10_000] if enough else [False, 1_000_000, "Out of gas", 0])
    assert value(session, "tx.getChanges()") == []
    # The total runs on over the contracts of the session.
    more = f"{IMPORT}; tx.setBalance('a', 1, 'USD'); await tx.execute()"
    assert value(session, more, contract="other") == OUT
    assert value(session, "tx.setBalance('a', 1, 'USD'); await tx.execute()") == OUT
    assert value(session, "(await tx.execute()).success") is True
    session.ledger.gas_used = 0
    assert value(session, "tx.setBalance('a', 1, 'USD'); (await tx.execute()).gasUsed") == 100


def test_staging_is_bounded(session: Session) -> None:
    code = "let n = 0; try { for (;;) { tx.setBalance('a', 1, 'USD'); n++ } } catch (error) { `${n} ${error.message}` }"
    session.run("globalThis.said = ''")
    said = code.replace("`${n} ${error.message}`", "globalThis.said = `${n} ${error.message}`")
    session.run(said)
    assert (
        value(session, "said")
        == f"{limits.TX_STAGED} Too many changes staged: {limits.TX_STAGED + 1} (max {limits.TX_STAGED})"
    )


# With apply on: what was staged, the error, what alice and bob hold afterwards (they begin with 25 and 0 USD).
APPLIED = [
    ("tx.transfer('alice', 'bob', 5, 'USD')", None, "20", "5"),
    ("tx.transfer('@alice', 'usr_bob', 25, 'USD')", None, "0", "25"),
    ("tx.transfer('alice', 'bob', '0.1', 'USD'); tx.transfer('alice', 'bob', 0.2, 'USD')", None, "24.7", "0.3"),
    ("tx.setBalance('bob', 7, 'USD'); tx.transfer('bob', 'alice', 7, 'USD')", None, "32", "0"),
    ("tx.transfer('alice', 'bob', 5, 'USD'); tx.transfer('bob', 'alice', 5, 'USD')", None, "25", "0"),
    ("tx.transfer('alice', '@alice', 5, 'USD')", None, "25", "0"),
    ("tx.transfer('alice', 'bob', 25.01, 'USD')", "Insufficient balance: alice has 25 USD, needs 25.01", "25", "0"),
    ("tx.transfer('alice', 'bob', 5, 'USD'); tx.transfer('bob', 'alice', 6, 'USD')", "Insufficient balance: bob has 5 USD, needs 6", "25", "0"),
    ("tx.transfer('alice', 'bob', 5, 'EUR')", "Insufficient balance: alice has 0 EUR, needs 5", "25", "0"),
    ("tx.setBalance('bob', 5, 'USD'); tx.transfer('alice', 'bob', NaN, 'USD')", "nan is no amount", "25", "0"),
    ("tx.setBalance('bob', Infinity, 'USD')", "inf is too large", "25", "0"),
    ("tx.setBalance('bob', 1e12, 'USD')", "1000000000000 is too large", "25", "0"),
    ("tx.setBalance('bob', 999999999999, 'USD'); tx.transfer('alice', 'bob', 1, 'USD')", "is too large", "25", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "error", "alice", "bob"), APPLIED)
def test_applied_changes_are_made_all_or_none(
    session: Session, code: str, error: str | None, alice: str, bob: str
) -> None:
    session.ledger.apply = True
    result = value(session, f"{code}; await tx.execute()")
    assert result["success"] is (error is None)
    assert (error or "") in (result["error"] or "")
    assert session.ledger.balance("alice", "USD") == Decimal(alice)
    assert session.ledger.balance("bob", "USD") == Decimal(bob)
    assert value(session, "tx.getChanges()") == []
    if error is not None:
        assert result["changes"] == []
        assert session.ledger.transactions == []


def test_applied_transfers_are_pending_until_a_block_is_mined(session: Session) -> None:
    session.ledger.apply = True
    session.run("tx.transfer('alice', 'escrow', 5, 'USD'); tx.setBalance('bob', 1, 'USD'); await tx.execute()")
    (made,) = session.ledger.transactions
    assert (made.id, made.sender, made.recipient, made.status) == ("tx_1", "usr_alice", "escrow", "pending")
    block = session.ledger.mine()
    assert (block.tx_count, block.gas_used) == (1, 200)
    assert session.ledger.transactions[0].status == "confirmed"
    session.run("import { block } from 'tana/block'")
    assert value(session, "await block.getBalance(['escrow', 'alice', 'bob'], 'USD')") == [5, 20, 1]


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("ab"), st.integers(1, 30), st.sampled_from(["USD", "EUR"])),
        max_size=8,
    )
)
def test_transfers_neither_make_nor_lose_money(moves: list[tuple[str, str, int, str]]) -> None:
    ledger = Ledger(Clock())
    ledger.apply = True
    ledger.add_user("a", balances={"USD": 40, "EUR": "0.5"})
    ledger.add_user("b", balances={"USD": 3})
    before = {code: ledger.balance("a", code) + ledger.balance("b", code) for code in ("USD", "EUR")}
    held = ledger.balances
    done = ledger.execute([Change("transfer", *move) for move in moves])
    assert {code: ledger.balance("a", code) + ledger.balance("b", code) for code in before} == before
    assert all(balance.amount >= 0 for balance in ledger.balances)
    assert done.success or ledger.balances == held


def test_both_names_and_the_typings(session: Session) -> None:
    assert value(session, "import { tx as other } from 'tana:tx'; other === tx && Object.isFrozen(tx)") is True
    text = Path(tana_jupyter.__file__).with_name("modules").joinpath("tx/tx.d.ts").read_text("utf-8")
    declared = re.findall(r"^  (\w+)[<(]", text[text.index("const tx") :], re.MULTILINE)
    assert declared == value(session, "Object.keys(tx)")
