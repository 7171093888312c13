"""Where in a cell the cursor is: on its magic line, in its body, in a ``%tana`` line, or in Python."""

import re
from typing import NamedTuple

# IPython, too, looks past blank lines and indentation.
_CELL = re.compile(r"\s*%%tana(?=\s|\Z)")
_LINE = re.compile(r"\s*(?:[\w.,\s]+=\s*)?%tana\s(?P<rest>.*)\Z")


class Body(NamedTuple):
    """The cursor is in the TypeScript of a cell."""

    line: str
    """What stands behind ``%%tana``."""
    text: str
    offset: int


class Line(NamedTuple):
    """The cursor is on a magic line: ``%%tana`` with the body below it, or ``%tana``."""

    before: str
    """What stands between the magic's name and the cursor."""
    after: str
    body: str | None
    """The cell's body; None for ``%tana``."""


class Python(NamedTuple):
    """The cursor is in a line of Python."""

    before: str


def locate(text: str, offset: int) -> Body | Line | Python:
    r"""Where the cursor is.

    >>> locate("%%tana counter\nkv.", 18)
    Body(line=' counter', text='kv.', offset=3)
    """
    offset = min(max(offset, 0), len(text))  # JupyterLab asks beyond the end for the help beside its list
    magic = _CELL.match(text)
    if magic is not None and offset >= magic.end():
        end = text.find("\n", magic.end())
        end = len(text) if end < 0 else end
        if offset > end:
            return Body(text[magic.end() : end], text[end + 1 :], offset - end - 1)
        return Line(text[magic.end() : offset], text[offset:end], text[end + 1 :])
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    line = _LINE.match(before) if magic is None else None
    if line is not None:
        return Line(line["rest"], text[offset:].partition("\n")[0], None)
    return Python(before)
