"""Remove what has expired for good, so that it takes no room."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana sweep"


def arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(session: "Session", options: argparse.Namespace) -> None:
    """Sweep and count."""
    rows = session.sweep()
    print(f"removed {rows:,} expired row{'' if rows == 1 else 's'}")
