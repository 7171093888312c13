"""Delete the data of a contract, or of all; shows the count first and does it with --yes."""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.spaces import APIS

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana clear counter --yes"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to delete, and the consent."""
    parser.add_argument("name", nargs="?", help="default: all contracts")
    parser.add_argument("--api", choices=APIS, help="this API only")
    parser.add_argument("--yes", action="store_true", help="delete, instead of counting")
    parser.add_argument("--store", metavar="URL", help="on a shared store: its name, as %%tana shows it")


def run(session: "Session", options: argparse.Namespace) -> None:
    """Count or delete."""
    print(session.clear(options.name, api=options.api, yes=options.yes, store=options.store))
