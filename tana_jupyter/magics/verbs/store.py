"""Show which store is read and what it keeps, or switch to another one."""

import argparse
from typing import TYPE_CHECKING

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
    from tana_jupyter.storage import spells_password

    if options.url is not None:
        if spells_password(options.url):
            session.hint("this password is saved with the notebook: put the URL into a variable, and name it env:NAME")
        session.use_store(options.url, carry=options.carry)
    print(session.describe_store())
