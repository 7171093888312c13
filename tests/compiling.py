"""What the tests of the compiler share: snippets, TypeScript's view of them, a contract to run cells in."""

import re
from functools import cache
from pathlib import Path

import dukpy

from tana_jupyter.compiler import compile_cell, typescript

SNIPPETS = Path(__file__).with_name("snippets")


@cache
def snippets(name: str) -> list[str]:
    """The snippets of a file: one a line below ``//= title``, one for each ``//: title`` otherwise."""
    found: list[str] = []
    by_line = False
    for line in (SNIPPETS / f"{name}.ts").read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("//= "):
            by_line = True
        elif line.startswith("//: "):
            by_line = False
            found.append("")
        elif not by_line:
            found[-1] += line
        elif line.strip():
            found.append(line.rstrip("\n"))
    return found


def programs(pairs: list[tuple[str, str]]) -> list[list[str]]:
    """For each pair of a cell and its erased text: the program TypeScript makes of it, and ours.

    Both are parsed by TypeScript as JavaScript and compared as trees. Comparing text or tokens would either
    trip over brackets and line breaks, or miss a lost line break that joins two statements; a tree misses
    nothing, and what is left of a type in our text does not parse or is a node the other side has not.
    """
    interpreter = typescript._interpreter()
    interpreter.evaljs((SNIPPETS / "program.js").read_text(encoding="utf-8") + ";0")
    return interpreter.evaljs("programs(dukpy.pairs)", pairs=pairs)


class Contract:
    """A bare interpreter that runs compiled cells one after the other."""

    def __init__(self):
        self._interpreter = dukpy.JSInterpreter()
        self._interpreter.evaljs((SNIPPETS / "stub.js").read_text(encoding="utf-8") + ";0")
        self.exports: dict[str, str] = {}

    def run(self, source: str) -> dict[str, object]:
        """Run a cell; returns ``{"value": ...}`` or ``{"error": ...}``."""
        cell = compile_cell(source)
        names = [one.name for one in cell.declared]
        self.exports |= dict(cell.exports)
        script = f'run({names}, async function(){{"use strict";\n{cell.body}\n}})'
        return self._interpreter.evaljs(script) or {}

    def place_of_error(self, source: str) -> tuple[int, int]:
        """Run a cell that fails; returns where, from the innermost frame of the engine's stack."""
        cell = compile_cell(source)
        names = [one.name for one in cell.declared]
        self._interpreter.evaljs(f'last = run({names}, async function(){{"use strict";\n{cell.body}\n}});0')
        stack = self._interpreter.evaljs("last.stack")
        line, column = re.findall(r"<dukpy>:(\d+):(\d+)", stack)[0]
        # One line of wrapping stands before the body.
        return cell.locate(int(line) - 1, int(column))

    def evaluate(self, expression: str) -> object:
        """The value of plain JavaScript, outside any cell."""
        return self._interpreter.evaljs(expression)


@cache
def reader() -> dukpy.JSInterpreter:
    """An interpreter that only reads scripts."""
    return dukpy.JSInterpreter()


def engine_problem(body: str) -> str | None:
    """What the engine says against a body, without running it."""
    try:
        reader().evaljs(f'(async function(){{"use strict";\n{body}\n}});0')
    except dukpy.JSRuntimeError as error:
        return str(error)
    return None
