"""``%%tana`` and ``%tana``: they read a line and make one call; all they do the Python API does as well."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import magic_arguments

from tana_jupyter.magics.cell import arguments, run_cell
from tana_jupyter.magics.line import run_line
from tana_jupyter.magics.settings import Tana
from tana_jupyter.magics.under import Under

if TYPE_CHECKING:
    from tana_jupyter.session import Session

__all__ = ["Tana", "TanaMagics"]


@magics_class
class TanaMagics(Magics):
    """The two magics of the extension."""

    def __init__(self, shell: InteractiveShell, session_of: Callable[[InteractiveShell], "Session"]) -> None:
        super().__init__(shell)
        self._shell = shell
        self._session_of = session_of
        self.settings = Tana(parent=shell)
        # At once: a handle such as `counter.get()` runs without a magic that could hand settings over.
        self.settings.observe(lambda _change: self.session)
        self._under = Under()

    @property
    def session(self) -> "Session":
        """The shell's session, set up as ``%config Tana`` says."""
        session = self._session_of(self._shell)
        session.heard = self._under.heard
        self.settings.apply(session)
        return session

    def tell(self, result: ExecutionResult) -> None:
        """Show what stands under a cell. IPython calls this once the cell's value or its error is shown."""
        if "tana_jupyter.outcome" in sys.modules:  # else nothing has run yet, and a session would cost time
            self._under.tell(self._session_of(self._shell), result)

    @no_var_expand
    @magic_arguments("%tana")  # type: ignore[untyped-decorator] # IPython annotates none of the three right
    @arguments
    @cell_magic("tana")  # type: ignore[arg-type] # as above
    def cell(self, line: str, body: str) -> object:
        """Run the cell as TypeScript of a contract, against the notebook's key-value store.

        Names declared at the top level live on in later cells of the same contract; top-level await works; the last
        expression is the cell's value.

            %%tana counter
            import { kv } from 'tana/kv'
            const n = Number(await kv.get('n') ?? 0) + 1
            await kv.put('n', n)
            n
        """
        return run_cell(self.session, self._shell, line, body, self._under)

    @no_var_expand
    @line_magic("tana")  # type: ignore[arg-type] # IPython says it takes no function
    def line(self, line: str) -> object:
        """Look at and steer the session; ``%tana help`` lists what there is."""
        return run_line(self.session, self._shell, line, self._under)
