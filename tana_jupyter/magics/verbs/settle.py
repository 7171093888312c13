"""Run waiting timers that are due, or come due within so many seconds."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana settle 5"


def arguments(parser: argparse.ArgumentParser) -> None:
    """How long."""
    parser.add_argument("seconds", nargs="?", type=float, help="default: only what is due now")
    parser.add_argument("--contract", help="this contract only")


def run(session: "Session", options: argparse.Namespace) -> None:
    """Settle, and say what still waits."""
    outcomes = session.settle(options.seconds, options.contract)
    for outcome in outcomes:
        options.under.ran(outcome)
    waiting = sum(outcome.receipt.timers for outcome in outcomes)
    print("nothing waits" if not waiting else f"{waiting} timer{'s' if waiting > 1 else ''} waiting")
