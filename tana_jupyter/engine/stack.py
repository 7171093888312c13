"""Guest stacks: the engine's text into frames, and what the engine says of an error."""

import re
from typing import NamedTuple

from tana_jupyter.guesttext import well_formed

# `at name (file:line:column)`; the engine's own scripts are <dukpy>, evaluated texts <input>.
FRAME = re.compile(r"^ {4}at (.{0,200}?) ?\((?:(<?[^():\n]{1,200}>?):(\d{1,9}):(\d{1,9})|native)\)$")
MOST_STACK = 20_000


class EngineFrame(NamedTuple):
    """One frame as the engine counts: line of the script, column in bytes of UTF-8."""

    function: str
    file: str
    line: int
    column: int


class EngineError(NamedTuple):
    """An error as the engine tells it: class, message and stack text."""

    name: str
    message: str
    stack: str

    @classmethod
    def parse(cls, text: str) -> "EngineError":
        """Read the text of dukpy's JSRuntimeError: first ``Name: message``, then the frames."""
        text = well_formed(text)
        start = text.find("\n    at ")
        headline, stack = (text, "") if start < 0 else (text[:start], text[start + 1 :])
        name, colon, message = headline.partition(": ")
        if colon and name.isidentifier():
            return cls(name, message, stack)
        if headline.isidentifier() and stack:
            return cls(headline, "", stack)
        return cls("Uncaught", headline, stack)

    @property
    def out_of_memory(self) -> bool:
        """True where the heap is full."""
        return (self.name, self.message) == ("InternalError", "out of memory")

    @property
    def headline(self) -> str:
        """``TypeError: not a function``."""
        return f"{self.name}: {self.message}" if self.message else self.name

    @property
    def frames(self) -> list[EngineFrame]:
        """The frames of the stack text; what does not look like one (contract code may set it) is left out."""
        found = []
        for text in self.stack[:MOST_STACK].split("\n"):
            match = FRAME.match(text)
            if match is not None:
                function, file, line, column = match.groups()
                found.append(EngineFrame(function, file or "native", int(line or 0), int(column or 0)))
        return found
