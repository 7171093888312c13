"""What a compiled cell is, and where its text came from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from tana_jupyter.compiler.edits import Piece, offset_of, position_of, trace


class Declared(NamedTuple):
    """A name a cell declares at its top level; kind is const, let, var, function, class, import or enum."""

    name: str
    kind: str


class Import(NamedTuple):
    """An import of a cell: ``Import("tana/kv", (("kv", "kv"),), 1, 20)``.

    ``names`` pairs what is imported (a name, ``default`` or ``*``) with the name it gets here; a module
    imported for its effects has none. Line and column are those of the module's name.
    """

    specifier: str
    names: tuple[tuple[str, str], ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Compiled:
    """A cell as the inside of an async function: see :func:`tana_jupyter.compiler.compile_cell`."""

    source: str
    body: str
    lines: int
    declared: tuple[Declared, ...]
    imports: tuple[Import, ...]
    exports: tuple[tuple[str, str], ...]
    by_typescript: bool = False
    _pieces: list[Piece] = field(default_factory=list, repr=False, compare=False)
    # Of a cell that went through TypeScript: its JavaScript, and the way from there to the source.
    _code: str = field(default="", repr=False, compare=False)
    _original: Callable[[int, int], tuple[int, int]] | None = field(default=None, repr=False, compare=False)

    def locate(self, line: int, column: int) -> tuple[int, int]:
        """Where a position of ``body`` stands in ``source``: 1-based lines and columns, in code points.

        What the compiler inserted belongs to the place it was inserted for.
        """
        offset = trace(self._pieces, offset_of(self.body, line, column))
        if self._original is None:
            return position_of(self.source, offset)
        return self._original(*position_of(self._code, offset))
