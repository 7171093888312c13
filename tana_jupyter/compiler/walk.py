"""The walk over a cell's tree: an explicit stack, a table of handlers, the edits they record."""

import re
from collections.abc import Callable, Mapping, Sequence

from tree_sitter import Node

from tana_jupyter.compiler.edits import Edits
from tana_jupyter.compiler.grammar import KIND_COUNT, LEAVES, NeedsTypeScript, kinds, without_comments
from tana_jupyter.compiler.names import Names

# A handler records edits and returns the nodes inside that are still to be visited, in source order.
Handler = Callable[["Walk", Node], Sequence[Node]]
# By kind id; None stands for what is merely entered.
Table = list[Handler | None]

# Types that end in a bracket: T[], T[K], T<U>.
_SUFFIXED = kinds("array_type", "lookup_type", "generic_type")
_BRACKET_ON_NEXT_LINE = re.compile(r"\n\s*[\[<]")


class Walk:
    """One pass over a cell. A chain of a thousand operators nests as deep, so nothing here recurses."""

    __slots__ = ("edits", "function_end", "loose_ends", "names", "source", "table")

    def __init__(self, edits: Edits, table: Table, names: Names) -> None:
        self.edits = edits
        self.names = names
        self.source = edits.source
        self.table = table
        # Ends of statements that rely on the line break behind them.
        self.loose_ends: set[int] = set()
        # Everything before this offset is inside some function.
        self.function_end = 0

    def run(self, nodes: list[Node]) -> None:
        """Visit the nodes and what they hold, in source order."""
        table = self.table
        stack = nodes[::-1]
        pop = stack.pop
        while stack:
            node = pop()
            handler = table[node.kind_id]
            if handler is _leaf:
                continue
            children = node.children if handler is None else handler(self, node)
            if children:
                stack.extend(reversed(children))

    def blank_tail(self, start: int, end: int) -> None:
        """Blank what may end a statement, so that the statement still ends there."""
        self.edits.blank(start, end, ";" if end in self.loose_ends else "")

    def check_type(self, node: Node) -> None:
        """The grammar lets a type run on into a line that begins with a bracket; TypeScript does not."""
        source = self.source
        if not _BRACKET_ON_NEXT_LINE.search(source, node.start_byte, node.end_byte):
            return
        stack = [node]
        while stack:
            inner = stack.pop()
            children = without_comments(inner)
            if inner.kind_id in _SUFFIXED and "\n" in source[children[0].end_byte : children[1].start_byte]:
                raise NeedsTypeScript
            stack += children

    def require_same_line(self, node: Node) -> None:
        """A contextual keyword before a line break is a plain name: TypeScript decides that."""
        children = node.children
        if "\n" in self.source[children[0].end_byte : children[1].start_byte]:
            raise NeedsTypeScript


def _leaf(_walk: Walk, _node: Node) -> Sequence[Node]:
    return ()


def table_of(*groups: Mapping[tuple[str, ...], Handler]) -> Table:
    """The handlers of all groups by kind id; a later group overrides an earlier one."""
    table: Table = [_leaf if kind in LEAVES else None for kind in range(KIND_COUNT)]
    for group in groups:
        for names, handler in group.items():
            for kind in kinds(*names):
                table[kind] = handler
    return table
