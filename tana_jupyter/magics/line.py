"""``%tana VERB ...``: finds the verb's file, reads the line, makes the call."""

import argparse
import importlib
import pkgutil
import shlex
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

from IPython.core.interactiveshell import InteractiveShell

from tana_jupyter.errors import CommandError
from tana_jupyter.magics import passwords, verbs
from tana_jupyter.magics.refusals import nearest, refusal
from tana_jupyter.magics.under import Under

if TYPE_CHECKING:
    from tana_jupyter.session import Session


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of leaving the program."""

    example = ""

    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong, and what was probably meant."""
        raise CommandError(f"{self.prog}: {refusal(self, passwords.hidden(message), self.example)}")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Never leave the kernel."""
        raise CommandError(message or "")


def names() -> list[str]:
    """All verbs: the files of ``verbs``."""
    return sorted(entry.name for entry in pkgutil.iter_modules(verbs.__path__))


def verb(name: str) -> ModuleType:
    """The file of a verb."""
    if name not in names():
        meant = nearest(name, names())
        code = "; code stands in a cell that begins with %%tana" if meant.startswith("there are") else ""
        raise CommandError(f"%tana {passwords.hidden(name)}: no such verb; {meant}{code}")
    return importlib.import_module(f"{verbs.__name__}.{name}")


def parser(name: str) -> Parser:
    """The parser of a verb, with its summary and its example."""
    module = verb(name)
    summary = (module.__doc__ or "").strip()
    made = Parser(
        prog=f"%tana {name}",
        description=summary,
        epilog=f"example:\n  {module.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    made.example = module.EXAMPLE
    module.arguments(made)
    return made


def run_line(session: "Session", shell: InteractiveShell, line: str, under: Under) -> object:
    """Carry out one line; no verb means ``status``. Verbs find shell and under in their options."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise CommandError(f"%tana {passwords.hidden(line)}: {error} (quote values as in a shell)") from None
    name, *rest = words or ["status"]
    if {"-h", "--help"} & set(rest):
        name, rest = "help", [name]
    options = parser(name).parse_args(rest, argparse.Namespace(shell=shell, under=under))
    return verb(name).run(session, options)
