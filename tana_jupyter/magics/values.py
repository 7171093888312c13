"""Values on a magic line: JSON, ``@variable``, and who calls."""

import json
from collections.abc import Mapping

from IPython.core.interactiveshell import InteractiveShell

from tana_jupyter.errors import CommandError
from tana_jupyter.identity import Caller


def variable(shell: InteractiveShell, name: str, option: str) -> object:
    """A Python variable of the notebook."""
    if name not in shell.user_ns:
        raise CommandError(f"{option} {name}: there is no Python variable {name!r}")
    return shell.user_ns[name]


def value(shell: InteractiveShell, text: str | None, option: str) -> object:
    """``{"amount": 5}`` or ``@order``; None where the option is not given."""
    if text is None:
        return None
    if text.startswith("@"):
        return variable(shell, text[1:], option)
    try:
        return json.loads(text)
    except ValueError as error:
        advice = "write it in quotes, as '{\"amount\": 5}', or name a variable, as @order"
        raise CommandError(f"{option} {text}: not JSON ({error}); {advice}") from None


def caller(shell: InteractiveShell, text: str | None) -> Caller:
    """A name, a JSON object or ``@variable``."""
    if text is None or text[:1] not in {"{", "@"}:
        return text
    found = value(shell, text, "--caller")
    if found is None or isinstance(found, str | Mapping):
        return found
    raise CommandError(f"--caller {text}: a caller is a name, or an object with id, username and publicKey")
