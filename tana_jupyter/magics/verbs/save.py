"""Write what is live in a contract to a file.

Its declarations, each in its last form, and its imports; statements only with --all.
"""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana save counter contracts/counter.ts"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The contract, the file, and how."""
    parser.add_argument("name", help="the contract")
    parser.add_argument("path", help="the file to write")
    parser.add_argument("--all", action="store_true", help="keep statements too, not only declarations")
    parser.add_argument("--force", action="store_true", help="overwrite a file that was not saved from here")


def run(session: "Session", options: argparse.Namespace) -> None:
    """Save, and say where."""
    path = session.save(options.name, options.path, statements=options.all, force=options.force)
    print(f"saved {options.name} to {path}")
