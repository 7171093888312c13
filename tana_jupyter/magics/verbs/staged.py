"""Show what contracts have staged with tana/data, beside what is committed."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana staged --widget"


def arguments(parser: argparse.ArgumentParser) -> None:
    """How to show it."""
    parser.add_argument("name", nargs="?", help="this contract only")
    parser.add_argument("--widget", action="store_true", help="with differences, Commit and Discard")


def run(session: "Session", options: argparse.Namespace) -> object:
    """A DataFrame, or a StagedView."""
    if options.widget:
        return session.staging_view(options.name)
    table = session.staged()
    return table if options.name is None else table[table["contract"] == options.name]
