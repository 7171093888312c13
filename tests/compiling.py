"""What the tests of the compiler share: snippets, TypeScript's view of them, a contract to run cells in."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import dukpy
from tree_sitter import Node

from tana_jupyter.compiler import compile_cell, typescript
from tana_jupyter.compiler.edits import Edits
from tana_jupyter.compiler.erase import ERASING, statement
from tana_jupyter.compiler.grammar import COMMENT, parse
from tana_jupyter.compiler.modules import is_type_only, specifiers
from tana_jupyter.compiler.names import Names
from tana_jupyter.compiler.walk import Walk, table_of

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


def erase(source: str) -> str:
    """A cell without its types and nothing else changed: the fast path without what makes a run of it."""
    edits = Edits(source)
    walk = Walk(edits, table_of(ERASING, {("import_statement", "export_statement"): _module_statement}), Names(source))
    walk.run(parse(source).root_node.children)
    return edits.apply()[0]


def _module_statement(walk: Walk, node: Node) -> Sequence[Node]:
    """The types of an import or export."""
    source = walk.source
    if is_type_only(source, node):
        walk.edits.blank(node.start_byte, node.end_byte, ";")
        return ()
    for one in specifiers(source, node):
        if one.is_type:
            after = one.node.next_sibling
            while after is not None and after.kind_id in COMMENT:
                after = after.next_sibling
            end = after.end_byte if after is not None and source[after.start_byte] == "," else one.node.end_byte
            walk.edits.blank(one.node.start_byte, end)
    return statement(walk, node) if node.child_by_field_name("declaration") is None else node.children


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
