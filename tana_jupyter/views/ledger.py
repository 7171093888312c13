"""The ledger as pandas tables."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from tana_jupyter.errors import TanaError
from tana_jupyter.ledger import Ledger
from tana_jupyter.ledger.records import digits


def ledger_frame(ledger: Ledger, table: str) -> pd.DataFrame:
    """One of the ledger's tables."""
    if table not in TABLES:
        raise TanaError(f"the ledger has no table {table!r:.100}; there are {', '.join(TABLES)}")
    return TABLES[table](ledger)


def _users(ledger: Ledger) -> pd.DataFrame:
    """Who there is and what they hold, in one line each."""
    users = list(ledger.users.values())
    held: dict[str, list[str]] = {}
    for balance in ledger.balances:
        held.setdefault(balance.owner, []).append(f"{digits(balance.amount)} {balance.currency}")
    return pd.DataFrame(
        {
            "id": _texts([user.id for user in users]),
            "username": _texts([user.username for user in users]),
            "name": _texts([user.display_name for user in users]),
            "role": _texts([user.role for user in users]),
            "balances": _texts([", ".join(held.get(user.id, [])) for user in users]),
        }
    )


def _balances(ledger: Ledger) -> pd.DataFrame:
    balances = ledger.balances
    return pd.DataFrame(
        {
            "owner": _texts([balance.owner for balance in balances]),
            "currency": _texts([balance.currency for balance in balances]),
            "amount": pd.Series([float(balance.amount) for balance in balances], dtype="float64"),
            "updated": _instants([balance.updated_at for balance in balances]),
        }
    )


def _transactions(ledger: Ledger) -> pd.DataFrame:
    made = ledger.transactions
    return pd.DataFrame(
        {
            "id": _texts([one.id for one in made]),
            "from": _texts([one.sender for one in made]),
            "to": _texts([one.recipient for one in made]),
            "amount": pd.Series([float(one.amount) for one in made], dtype="float64"),
            "currency": _texts([one.currency for one in made]),
            "type": _texts([one.type for one in made]),
            "status": _texts([one.status for one in made]),
            "block": pd.Series([one.block_height for one in made], dtype="Int64"),
            "created": _instants([one.created_at for one in made]),
        }
    )


def _blocks(ledger: Ledger) -> pd.DataFrame:
    blocks = ledger.blocks
    return pd.DataFrame(
        {
            "height": pd.Series([block.height for block in blocks], dtype="int64"),
            "hash": _texts([block.hash for block in blocks]),
            "transactions": pd.Series([block.tx_count for block in blocks], dtype="int64"),
            "gas": pd.Series([block.gas_used for block in blocks], dtype="int64"),
            "mined": _instants([block.timestamp for block in blocks]),
        }
    )


def _texts(texts: Sequence[str]) -> "pd.Series[str]":
    return pd.Series(texts, dtype="str")


def _instants(times: Sequence[int]) -> "pd.Series[pd.Timestamp]":
    return pd.Series(pd.to_datetime(times, unit="ms", utc=True)).astype("datetime64[us, UTC]")


TABLES: Mapping[str, Callable[[Ledger], pd.DataFrame]] = {
    "users": _users,
    "balances": _balances,
    "transactions": _transactions,
    "blocks": _blocks,
}
