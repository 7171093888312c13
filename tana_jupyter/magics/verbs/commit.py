"""Write what a contract has staged with tana/data, or what all have, in one commit."""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.staging import told

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana commit counter"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The contract."""
    parser.add_argument("name", nargs="?", help="default: all contracts")


def run(session: "Session", options: argparse.Namespace) -> None:
    """Commit and say what was committed."""
    print(told("committed", session.commit(options.name)))
