"""Tab in a real InteractiveShell: a cell with ``|`` where the cursor is; the last one counts."""

from __future__ import annotations

import warnings
from typing import NamedTuple

from IPython.core.completer import provisionalcompleter

from tests.shell import Shell


class Tab(NamedTuple):
    """What Tab offered: the texts in their order, their kinds, and what they replace."""

    texts: list[str]
    kinds: dict[str, str | None]
    replaced: str

    def __contains__(self, text: object) -> bool:
        return text in self.texts


def cut(cell: str) -> tuple[str, int]:
    """A cell without its cursor, and where that was."""
    before, bar, after = cell.rpartition("|")
    assert bar, "no cursor"
    return before + after, len(before)


def tab(shell: Shell, cell: str) -> Tab:
    """Press Tab."""
    text, at = cut(cell)
    with provisionalcompleter(), warnings.catch_warnings():
        # IPython's own, for Python cells: Jedi opens files and lets them be closed by the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        found = list(shell.ip.Completer.completions(text, at))
    replaced = {text[each.start : each.end] for each in found}
    assert len(replaced) <= 1, replaced
    return Tab([each.text for each in found], {each.text: each.type for each in found}, "".join(replaced))
