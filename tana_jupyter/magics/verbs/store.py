"""Show which store is read and what it keeps, or switch to another one."""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.magics import passwords

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana store sqlite:///counter.db"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which store, and what happens to staged data."""
    parser.add_argument(
        "url",
        nargs="?",
        metavar="URL",
        help="memory:, sqlite:///counter.db, json:///storage.json, postgresql://..., redis://..., "
        "a word (memory, sqlite, json, postgres, redis), or env:NAME for a URL with a password",
    )
    parser.add_argument("--carry", action="store_true", help="take staged data along to the new store")


def run(session: "Session", options: argparse.Namespace) -> None:
    """Switch if a store is named, then describe."""
    if options.url is not None:
        passwords.warn(session, options.url)
        session.use_store(options.url, carry=options.carry)
    print(session.describe_store())
