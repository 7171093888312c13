"""Show the clock, stop it at an instant, move it, or go back to real time."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana clock 2026-01-01T00:00:00Z"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument(
        "to", nargs="?", help="an instant, +SECONDS (also +5m, +2h, +1d, -30s), or real (a jump; settle steps)"
    )


def run(session: "Session", options: argparse.Namespace) -> None:
    """Move the clock, run what came due, and say what time it is."""
    session.move_clock(options.to)
    print(session.clock)
