"""Make Math.random, crypto and identifiers repeatable; without a number, go back to chance."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana seed 7"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The seed."""
    parser.add_argument("number", nargs="?", type=int, help="any whole number (default: random again)")


def run(session: "Session", options: argparse.Namespace) -> None:
    """Set the seed."""
    session.chance.seed(options.number)
    print("random numbers are the system's" if options.number is None else f"seed {options.number}")
