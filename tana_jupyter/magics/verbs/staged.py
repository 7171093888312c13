"""Show what contracts have staged with tana/data, beside what is committed."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana staged"


def arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(session: "Session", options: argparse.Namespace) -> object:
    """A DataFrame."""
    return session.staged()
