"""Show the store, the contracts, the clock and what waits."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana"


def arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(session: "Session", options: argparse.Namespace) -> None:
    """Print the session's status."""
    print(session.status())
