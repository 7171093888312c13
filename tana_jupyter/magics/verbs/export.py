"""Copy data out of the notebook: to PostgreSQL, to JSON Lines, or in the shape of Cloudflare's tools.

Shows the plan; --apply carries it out, all of it or nothing. Without a target it opens a widget.
"""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.errors import CommandError

if TYPE_CHECKING:
    from tana_jupyter.session import Session

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
    parser.add_argument("--api", choices=["kv", "data", "deno"], help="this API only")
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
    warn(session, options.target)
    plan = session.export(
        options.target,
        options.contract,
        options.api,
        options.prefix,
        mirror=options.mirror,
        table=options.table,
        schema=options.schema,
        quiet=options.quiet,
    )
    if not options.apply:
        return plan
    done = plan.apply(confirm_deletions=options.confirm_deletions)
    print(f"exported to {plan.target}: {done}")
    return None


def warn(session: "Session", text: str) -> None:
    """A password on a line is saved with it."""
    from tana_jupyter.storage import spells_password

    if spells_password(text):
        session.hint("this password is saved with the notebook: put the URL into a variable, and name it env:NAME")
