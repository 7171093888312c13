"""Copy data into the notebook: what export wrote, a Tana runtime's own table, or Cloudflare's bulk JSON.

Shows the plan; --apply carries it out in one commit, or not at all.
"""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.magics import passwords
from tana_jupyter.magics.verbs import export

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = "%tana import backup.jsonl.gz --conflicts take --apply"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where from, which rows, and what becomes of those that differ."""
    parser.add_argument(
        "source", metavar="SOURCE", help="postgresql://..., env:NAME, x.jsonl, x.jsonl.gz, or Cloudflare's x.json"
    )
    export.filters(parser)
    parser.add_argument("--mirror", action="store_true", help="also delete rows here that the source does not have")
    parser.add_argument(
        "--conflicts",
        choices=["abort", "keep", "take"],
        default="abort",
        help="rows that differ here: keep those here, take those that come, or stop (default: %(default)s)",
    )


def run(session: "Session", options: argparse.Namespace) -> object:
    """The plan, or what came of it."""
    passwords.warn(session, options.source)
    plan = session.import_(options.source, conflicts=options.conflicts, **export.chosen(options))
    return export.carried_out(plan, options, "imported from")
