"""An IPython shell in this process: what a kernel runs cells with, without the kernel's messages."""

import contextlib
import io

from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

EMPTY = "pass"
"""The empty Python cell that others are measured above: IPython runs it, and it does nothing."""


class Shell:
    """Runs cells as a notebook would; what they show is made and thrown away."""

    def __init__(self) -> None:
        settings = Config()
        settings.HistoryManager.hist_file = ":memory:"
        self._shell = InteractiveShell.instance(config=settings)
        self.run(EMPTY)

    def run(self, text: str) -> None:
        """Run a cell; an error of the cell is an error here."""
        with contextlib.redirect_stdout(io.StringIO()):
            self._shell.run_cell(text, store_history=True).raise_error()

    def complete(self, text: str) -> int:
        """Press Tab at the end of a cell; how many things are offered."""
        with provisionalcompleter():
            return len(list(self._shell.Completer.completions(text, len(text))))

    def inspect(self, text: str, offset: int) -> str | None:
        """Press Shift+Tab; what the kernel is answered."""
        from tana_jupyter.completion.answers import described
        from tana_jupyter.ipython import session_of

        return described(text, offset, self._shell, session_of(self._shell))[1]
