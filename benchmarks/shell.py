"""An IPython shell in this process: what a kernel runs cells with, without the kernel's messages."""

import contextlib
import io

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
