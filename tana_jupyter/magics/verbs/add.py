"""Let contracts import a local JavaScript file or folder.

Nothing is fetched from a network; the file is read when a contract first imports it.
"""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana add lib/zod.mjs --as zod"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Path and name."""
    parser.add_argument("path", help="a JavaScript file, or a folder of them")
    parser.add_argument("--as", dest="name", help="the name contracts import (default: the file's)")


def run(session: "Session", options: argparse.Namespace) -> None:
    """Add the file and show how it is imported."""
    name = session.add(options.path, options.name)
    print(f"import ... from '{name}'")
