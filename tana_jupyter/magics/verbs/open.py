"""Run a contract file as a cell of the contract it is named after."""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.magics.cell import leave_handle

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana open contracts/counter.ts --as counter"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and the contract's name."""
    parser.add_argument("path", help="the file to run as a cell")
    parser.add_argument("--as", dest="name", help="the contract (default: the file's name)")


def run(session: "Session", options: argparse.Namespace) -> object:
    """The Outcome of running the file."""
    with options.under.running(session):
        outcome = session.open(options.path, options.name)
    if session[outcome.contract].is_contract:
        leave_handle(session, options.shell.user_ns, outcome.contract)
    return None if outcome.text is None else outcome
