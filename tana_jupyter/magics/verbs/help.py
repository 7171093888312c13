"""List the verbs of %tana, or explain one."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana help keys"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb."""
    parser.add_argument("verb", nargs="?", help="the verb to explain (default: list them all)")


def run(session: "Session", options: argparse.Namespace) -> None:
    """Print help."""
    from tana_jupyter.magics import line

    if options.verb is not None:
        print(line.parser(options.verb).format_help())
        return
    width = max(map(len, line.names()))
    for name in line.names():
        print(f"%tana {name:<{width}}  {(line.verb(name).__doc__ or '').strip().splitlines()[0]}")
    print("\n%tana help VERB explains one; %%tana? explains the cell magic.")
