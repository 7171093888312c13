"""Run the timers and messages that are due, or come due within so many seconds."""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.waking import Waiting

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
    print(Waiting.sum(outcome.receipt.waiting for outcome in outcomes) or "nothing waits")
