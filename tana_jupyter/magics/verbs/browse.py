"""Show, search and edit keys and values in a widget, however many there are."""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.spaces import APIS

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana browse user: --contract shop"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to begin."""
    parser.add_argument("prefix", nargs="?", default="", help="what keys begin with (default: all keys)")
    parser.add_argument("--contract", help="default: the last one that ran and has data")
    parser.add_argument("--api", choices=APIS, help="default: the first in which it has data")


def run(session: "Session", options: argparse.Namespace) -> object:
    """A KeyBrowser."""
    return session.browse(options.prefix, contract=options.contract, api=options.api)
