"""Show what failed inside host calls; contracts only hear "Internal error"."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana log"


def arguments(parser: argparse.ArgumentParser) -> None:
    """How many."""
    parser.add_argument("count", nargs="?", type=int, default=5, help="newest first (default: %(default)s)")


def run(session: "Session", options: argparse.Namespace) -> None:
    """Print the newest failures."""
    entries = list(session.failures)[-options.count :]
    print("\n".join(reversed(entries)) if entries else "no internal errors")
