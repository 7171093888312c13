"""Show the ledger behind tana/block and tana/tx, or set what it holds."""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.errors import CommandError
from tana_jupyter.ledger.chain import check_blocks

if TYPE_CHECKING:
    import pandas as pd

    from tana_jupyter.session import Session

EXAMPLE = "%tana ledger --user alice --balance 25 USD"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to set, and which table to show."""
    parser.add_argument(
        "table",
        nargs="?",
        default="users",
        choices=["users", "balances", "transactions", "blocks"],
        help="the table to show (default: users)",
    )
    parser.add_argument("--user", help="add a user, or name the one whose balance is set")
    parser.add_argument(
        "--balance",
        nargs=2,
        metavar=("AMOUNT", "CURRENCY"),
        action="append",
        default=[],
        help="what the user holds; may be repeated",
    )
    parser.add_argument("--mine", nargs="?", type=int, const=1, metavar="N", help="mine N blocks (default: 1)")
    parser.add_argument("--apply", choices=["on", "off"], help="whether tx.execute() changes balances here")
    parser.add_argument("--objects", choices=["on", "off"], help="whether getBalance() answers with objects")
    parser.add_argument("--reset", action="store_true", help="go back to alice, bob and charlie")


def run(session: "Session", options: argparse.Namespace) -> "pd.DataFrame":
    """A DataFrame, after what was asked for is done."""
    if options.balance and options.user is None:
        raise CommandError("%tana ledger --balance: name the user, as --user alice --balance 25 USD")
    if options.reset and (options.user is not None or options.mine is not None):
        raise CommandError("%tana ledger --reset: goes without --user and --mine")
    ledger = session.ledger
    if options.mine is not None:
        check_blocks(options.mine)
    if options.reset:
        ledger.reset()
    if options.user is not None:
        ledger.add_user(options.user, balances={currency: amount for amount, currency in options.balance})
    if options.mine is not None:
        ledger.mine(options.mine)
    for setting in ("apply", "objects"):
        if getattr(options, setting) is not None:
            name = "balance_objects" if setting == "objects" else setting
            setattr(ledger, name, getattr(options, setting) == "on")
    print(ledger.summary())
    return session.ledger_table(options.table)
