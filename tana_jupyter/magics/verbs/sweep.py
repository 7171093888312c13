"""Remove what has expired for good, so that it takes no room."""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.counting import counted

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana sweep"


def arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(session: "Session", options: argparse.Namespace) -> None:
    """Sweep and count."""
    print(f"removed {counted(session.sweep(), 'expired row')}")
