"""Which run a line of the engine belongs to.

dukpy calls every script ``<dukpy>``, so only the line of a frame can tell its run: each script starts at a line that
no script before it used, behind as many line breaks as that takes. The prelude has the first lines.
"""

import bisect

from tana_jupyter.engine.stack import EngineFrame

SCRIPT = "<dukpy>"


class Lines:
    """The lines that the scripts of an isolate took, one head line and the body each.

    >>> lines = Lines(first=10)
    >>> lines.take(run=1, count=3)
    10
    >>> lines.locate(EngineFrame("f", "<dukpy>", 12, 5))
    (1, 2, 5)
    """

    def __init__(self, first: int) -> None:
        self._next = first
        self._starts: list[int] = []
        self._runs: list[int] = []

    def take(self, run: int, count: int) -> int:
        """The head line of a new script whose body has so many lines."""
        start = self._next
        self._next += count + 2
        self._starts.append(start)
        self._runs.append(run)
        return start

    def locate(self, frame: EngineFrame) -> tuple[int, int, int] | None:
        """``(run, line of the body, column in bytes)``; None for frames that are not a cell's."""
        if frame.file != SCRIPT:
            return None
        index = bisect.bisect_right(self._starts, frame.line) - 1
        if index < 0 or frame.line <= self._starts[index]:
            return None
        return self._runs[index], frame.line - self._starts[index], frame.column
