"""A real InteractiveShell for the tests of magics."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config


class Shown(NamedTuple):
    """What one cell showed."""

    result: Any
    error: BaseException | None
    stdout: str
    stderr: str
    outputs: list[Any]


class Shell:
    """An IPython shell, with the extension loaded unless told otherwise."""

    def __init__(self, shell: InteractiveShell, *, load: bool) -> None:
        self.ip = shell
        if load:
            self.ip.run_line_magic("load_ext", "tana_jupyter")

    def run(self, cell: str) -> Shown:
        """Run a cell as a user would."""
        with capture_output() as captured:
            done = self.ip.run_cell(cell)
        error = done.error_before_exec or done.error_in_exec
        return Shown(done.result, error, captured.stdout, captured.stderr, list(captured.outputs))

    @property
    def session(self) -> Any:
        """The shell's session."""
        import tana_jupyter

        return tana_jupyter.session()


@contextmanager
def open_shell(*, load: bool = True) -> Iterator[Shell]:
    """A shell of its own, gone afterwards."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    try:
        yield Shell(shell, load=load)
    finally:
        atexit.unregister(shell.atexit_operations)
        shell.atexit_operations()
        InteractiveShell.clear_instance()
