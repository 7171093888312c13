"""Colour for what stands under a cell that failed; plain where the notebook or the terminal wants none."""

import re
import sys

RED, DIM, BLUE, BOLD, END = "\x1b[31m", "\x1b[2m", "\x1b[34m", "\x1b[1m", "\x1b[0m"

_BORDER = re.compile(r"┌─|└─|│")
_POINTER = re.compile(r"(?P<border> +│ \s*)(?P<what>\^+ .*)")
_SOURCE = re.compile(r"(?P<border> *\d+ │)(?P<what>.*)")
_NOTE = re.compile(r"= (?P<word>help:|caused by|at)(?P<rest> .*)")


def wanted() -> bool:
    """Whether the running IPython shows colours. Only IPython asks for tracebacks, so there it is loaded."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and str(getattr(shell, "colors", "nocolor")).lower() != "nocolor"


def painted(lines: list[str]) -> list[str]:
    """The lines of a code frame, coloured where that is wanted."""
    return [_line(line) for line in lines] if wanted() else lines


def headed(text: str) -> list[str]:
    """One line whose beginning says what is wrong, as in ``BusyError: counter is running``."""
    head, colon, rest = text.partition(": ")
    return [f"{RED}{head}{colon}{END}{rest}" if colon and wanted() else text]


def _line(line: str) -> str:
    if line.startswith("❌"):
        # Not red as well: JupyterLab makes bold red so dark that its dark theme swallows it.
        return f"{BOLD}{line}{END}"
    for pattern, paint in ((_POINTER, RED), (_SOURCE, "")):
        found = pattern.fullmatch(line)
        if found is not None:
            return f"{DIM}{found['border']}{END}{paint}{found['what']}{END if paint else ''}"
    note = _NOTE.fullmatch(line)
    if note is not None:
        return f"{DIM}={END} {BLUE}{note['word']}{END}{note['rest']}"
    return f"{DIM}{line}{END}" if _BORDER.match(line) else line
