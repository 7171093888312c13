"""Call a contract's handler as the network would.

Caller, input, body and headers are yours to choose; the Outcome has status, headers and body.
"""

import argparse
from typing import TYPE_CHECKING

from tana_jupyter.errors import CommandError
from tana_jupyter.magics import values
from tana_jupyter.outcome import Outcome

if TYPE_CHECKING:
    from tana_jupyter.session import Session

EXAMPLE = '%tana call counter.get "/?page=2" --caller alice'


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which handler, and what it is called with."""
    parser.add_argument("target", metavar="NAME.EXPORT", help="contract and handler: init, contract, get or post")
    parser.add_argument("url", nargs="?", default="/", help="path and query, or a whole address (default: /)")
    parser.add_argument("--caller", help="a name, a JSON object or @VAR")
    parser.add_argument("--input", help="what context.input() answers: JSON or @VAR")
    parser.add_argument("--body", help="the body of a POST: JSON or @VAR")
    parser.add_argument("--header", metavar="K=V", action="append", default=[], help="a header; may be repeated")
    parser.add_argument("--method", help="default: the handler's own")
    parser.add_argument("--fresh", action="store_true", help="in a new isolate built from the contract's sources")
    parser.add_argument("--timeout", type=float, help="seconds it may run")
    parser.add_argument("--quiet", action="store_true", help="show console output and errors only")


def run(session: "Session", options: argparse.Namespace) -> Outcome | None:
    """The Outcome of the call."""
    name, dot, export = options.target.partition(".")
    if not (name and dot and export):
        raise CommandError(f"%tana call {options.target}: write contract and handler, as counter.get")
    if name not in session:
        raise CommandError(
            f"%tana call {options.target}: no contract {name!r}; there are: {', '.join(session) or 'none'}"
        )
    for header in options.header:
        if not header.partition("=")[0].strip() or "=" not in header:
            raise CommandError(f"%tana call --header {header}: write NAME=VALUE")
    headers = dict(header.partition("=")[::2] for header in options.header)
    with options.under.running(session, quiet=options.quiet):
        outcome: Outcome = session.call(
            name,
            export,
            options.url,
            caller=values.caller(options.shell, options.caller),
            input=values.value(options.shell, options.input, "--input"),
            body=values.value(options.shell, options.body, "--body"),
            headers=headers,
            method=options.method,
            fresh=options.fresh,
            timeout=options.timeout,
        )
    return None if options.quiet or outcome.text is None else outcome
