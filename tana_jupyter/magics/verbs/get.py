"""Show the value of one key."""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.spaces import APIS

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana get user:1 --contract shop"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Key and namespace."""
    parser.add_argument("key", help="as %%tana keys shows it")
    parser.add_argument("--contract", help="default: the contract that ran last")
    parser.add_argument("--api", choices=APIS, default="kv", help="default: kv")


def run(session: "Session", options: argparse.Namespace) -> object:
    """The value; where there is no such key, a line that says so."""
    missing = object()  # a value of Deno may be null
    value = session.get(options.key, contract=options.contract, api=options.api, default=missing)
    if value is missing:
        print(f"{options.contract or 'the contract that ran last'} has no key {options.key!r} in {options.api}")
        return None
    return value
