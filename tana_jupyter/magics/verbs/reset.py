"""Forget a contract's variables, exports and timers; its data stays."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana reset counter"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The contract."""
    parser.add_argument("name", nargs="?", help="default: all contracts")


def run(session: "Session", options: argparse.Namespace) -> None:
    """Reset and say what was reset."""
    names = session.reset(options.name)
    print(f"reset: {', '.join(names)}" if names else "nothing to reset")
