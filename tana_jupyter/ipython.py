"""Loading and unloading the extension, and the session that belongs to a shell."""

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell

from tana_jupyter.errors import TanaError

if TYPE_CHECKING:
    from tana_jupyter.session import Session

# The Session belongs to the shell, not to the extension: unloading and reloading lose no data.
_sessions: "WeakKeyDictionary[InteractiveShell, Session]" = WeakKeyDictionary()


def load_ipython_extension(shell: InteractiveShell) -> None:
    """``%load_ext tana_jupyter``: register ``%%tana`` and ``%tana``, and what Tab knows of them."""
    from tana_jupyter import completion
    from tana_jupyter.magics import TanaMagics
    from tana_jupyter.magics.cell import misplaced

    magics = TanaMagics(shell, session_of)
    shell.register_magics(magics)
    shell.events.register("post_run_cell", magics.tell)
    if misplaced not in shell.input_transformers_post:
        shell.input_transformers_post.append(misplaced)
    shell.configurables.append(magics.settings)  # type: ignore[arg-type] # typed for shells only
    completion.attach(shell, lambda: _sessions.get(shell))


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """``%unload_ext tana_jupyter``: take everything back but the session's data."""
    from tana_jupyter import completion
    from tana_jupyter.magics import Tana, TanaMagics
    from tana_jupyter.magics.cell import misplaced

    completion.detach(shell)
    if misplaced in shell.input_transformers_post:
        shell.input_transformers_post.remove(misplaced)
    magics = shell.magics_manager.registry.pop(TanaMagics.__name__, None)
    if magics is not None:
        shell.events.unregister("post_run_cell", magics.tell)
    if shell in _sessions:
        _sessions[shell].heard = None
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("tana", None)
    shell.configurables[:] = [item for item in shell.configurables if not isinstance(item, Tana | TanaMagics)]


def session_of(shell: InteractiveShell) -> "Session":
    """The session of a shell, made when it is first needed."""
    if shell not in _sessions:
        # Imported late: the engine and the compiler wait for the first cell.
        from tana_jupyter.session import Session

        _sessions[shell] = Session()
    return _sessions[shell]


def session() -> "Session":
    """The session of the running shell."""
    shell = get_ipython()
    if shell is None:
        raise TanaError("no notebook is running here; make a session of your own: tana_jupyter.Session()")
    return session_of(shell)
