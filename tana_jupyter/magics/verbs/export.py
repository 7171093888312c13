"""Copy data out of the notebook: to PostgreSQL, to JSON Lines, or in the shape of Cloudflare's tools.

Shows the plan; --apply carries it out, all of it or nothing. Without a target it opens a widget.
"""

import argparse
from typing import TYPE_CHECKING, Any

from tana_jupyter.errors import CommandError
from tana_jupyter.magics import passwords
from tana_jupyter.spaces import APIS

if TYPE_CHECKING:
    from tana_jupyter.session import Session
    from tana_jupyter.transfer.plan import Plan

EXAMPLE = "%tana export env:DATABASE_URL --contract shop --apply"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, which rows, and whether."""
    parser.add_argument(
        "target",
        nargs="?",
        metavar="TARGET",
        help="postgresql://..., env:NAME, x.jsonl, x.jsonl.gz, or Cloudflare's x.json",
    )
    filters(parser)
    parser.add_argument("--mirror", action="store_true", help="also delete rows there that the notebook does not have")


def filters(parser: argparse.ArgumentParser) -> None:
    """What export and import have in common."""
    parser.add_argument("--contract", help="this contract only")
    parser.add_argument("--api", choices=APIS, help="this API only")
    parser.add_argument("--prefix", help="keys that begin so; in deno a list of parts")
    parser.add_argument("--table", default="kv_storage", help="where kv lies in PostgreSQL (default: %(default)s)")
    parser.add_argument("--schema", help="default: the one that has the table")
    parser.add_argument("--apply", action="store_true", help="carry the plan out")
    parser.add_argument("--confirm-deletions", type=int, metavar="N", help="how many rows it deletes, if it does")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run(session: "Session", options: argparse.Namespace) -> object:
    """The plan, or what came of it."""
    if options.target is None:
        if options.apply:
            raise CommandError(f"%tana export: where to? As in: {EXAMPLE}")
        where = {"contract": options.contract, "api": options.api, "prefix": options.prefix}
        return session.export_view(**where, mirror=options.mirror)
    passwords.warn(session, options.target)
    return carried_out(session.export(options.target, **chosen(options)), options, "exported to")


def chosen(options: argparse.Namespace) -> dict[str, Any]:
    """What the line says of which rows, and where."""
    names = ("contract", "api", "prefix", "mirror", "table", "schema", "quiet")
    return {name: getattr(options, name) for name in names}


def carried_out(plan: "Plan", options: argparse.Namespace, done: str) -> "Plan | None":
    """The plan itself, or with ``--apply`` a line about what came of it."""
    if not options.apply:
        return plan
    result = plan.apply(confirm_deletions=options.confirm_deletions)
    print(f"{done} {plan.target}: {result}")
    return None
