"""The line of a ``%%tana`` cell: what may stand on it, and the call it makes."""

import builtins
import keyword
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic_arguments import argument
from IPython.display import display

from tana_jupyter.magics import values
from tana_jupyter.magics.refusals import refusal
from tana_jupyter.magics.under import Under

if TYPE_CHECKING:
    from tana_jupyter.session import Session

Method = TypeVar("Method", bound=Callable[..., Any])

ARGUMENTS = (
    argument("name", nargs="?", default="notebook", help="Contract the cell belongs to (default: notebook)."),
    argument("-i", "--give", metavar="VAR", action="append", default=[], help="Bring a Python variable in."),
    argument(
        "-o",
        "--take",
        metavar="VAR",
        action="append",
        default=[],
        help="Take a name out as a Python variable.",
    ),
    argument("--caller", help="Who calls: a name, a JSON object, or @VAR. What context.caller() answers."),
    argument("--input", help="The call's input: JSON or @VAR. What context.input() answers."),
    argument("--timeout", type=float, help="Seconds the cell may run."),
    argument("--quiet", action="store_true", help="Show console output and errors only."),
)


def misplaced(lines: list[str]) -> list[str]:
    """Refuse a cell with ``%%tana`` below its first line; IPython would look for a line magic of that name."""
    if any(line.lstrip().startswith("get_ipython().run_line_magic('%tana'") for line in lines):
        raise UsageError("%%tana stands on the first line of a cell: nothing above it, no comment and no Python")
    return lines


def arguments(method: Method) -> Method:
    """Give a magic the options of ``%%tana``."""
    for decorate in reversed(ARGUMENTS):
        method = decorate(method)
    return method


def run_cell(session: "Session", shell: InteractiveShell, line: str, body: str, under: Under) -> object:
    """Run a cell; the Outcome is returned when there is a value to show, ``under`` hears of what it changed."""
    parser = shell.find_cell_magic("tana").parser
    try:
        # Not IPython's parse_argstring: it leaves the quotes around quoted values.
        options = parser.parse_args(shlex.split(line))
    except ValueError as error:
        raise UsageError(f"%%tana {line}: {error} (quote values as in a shell)") from None
    except UsageError as error:
        raise UsageError(f"%%tana: {refusal(parser, str(error))}") from None
    session.display = lambda bundle: display(bundle, raw=True)
    give = {name: values.variable(shell, name, "-i") for name in options.give}
    with under.running(session, quiet=options.quiet):
        outcome = session.run(
            body,
            options.name,
            caller=values.caller(shell, options.caller),
            input=values.value(shell, options.input, "--input"),
            timeout=options.timeout,
            give=give,
        )
    contract = session[options.name]
    for name in options.take:
        shell.user_ns[name] = contract.take(name)
    if contract.is_contract and options.name != "notebook":
        leave_handle(session, shell.user_ns, options.name)
    return None if options.quiet or outcome.text is None else outcome


def leave_handle(session: "Session", namespace: dict[str, Any], name: str) -> None:
    """Leave the contract in the user's namespace under its name, where that hides nothing of theirs."""
    contract = session[name]
    taken = name in namespace and not isinstance(namespace[name], type(contract))
    if not name.isidentifier() or keyword.iskeyword(name) or hasattr(builtins, name) or taken:
        session.hint(f'{name!r} is taken in this notebook: the contract is tana_jupyter.session()["{name}"]')
    else:
        namespace[name] = contract
