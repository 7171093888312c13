"""Forget what a contract has staged with tana/data, or what all have; committed data stays."""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.staging import told

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana rollback counter"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The contract."""
    parser.add_argument("name", nargs="?", help="default: all contracts")


def run(session: "Session", options: argparse.Namespace) -> None:
    """Roll back and say what was dropped."""
    print(told("rolled back", session.rollback(options.name)))
