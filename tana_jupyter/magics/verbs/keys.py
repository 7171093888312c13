"""List keys and values as a table; in the pattern only * is special."""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.limits import FRAME_ROWS
from tana_jupyter.spaces import APIS

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana keys 'user:*' --contract shop"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Pattern and filters."""
    parser.add_argument("pattern", nargs="?", help="such as 'user:*', or '[\"user\",*' for Deno's (default: all keys)")
    parser.add_argument("--contract", help="this contract only")
    parser.add_argument("--api", choices=APIS, help="this API only")
    parser.add_argument("--limit", type=int, default=FRAME_ROWS, help="most rows (default: %(default)s)")
    parser.add_argument("--all", action="store_true", help="all columns; else only those that tell these rows apart")


def run(session: "Session", options: argparse.Namespace) -> object:
    """A DataFrame."""
    from tana_jupyter.views.frames import glance_columns

    keys = session.keys(options.pattern, contract=options.contract, api=options.api, limit=options.limit)
    return keys if options.all else keys[glance_columns(keys)]
