"""Places for errors: where in its functions the engine is, told statement by statement.

QuickJS notes a position at calls and expression statements only. ``return user.name`` on the ninth line of a
function would fail "at" the last call before it, or at the function's first line. An expression statement
``0;`` in front costs nothing at run time and leaves its position behind.
"""

from collections.abc import Mapping, Sequence

from tree_sitter import Node

from tana_jupyter.compiler.grammar import kinds
from tana_jupyter.compiler.walk import Handler, Walk

_SILENT = kinds(
    "return_statement",
    "lexical_declaration",
    "variable_declaration",
    "if_statement",
    "for_statement",
    "for_in_statement",
    "while_statement",
    "switch_statement",
    "throw_statement",
    "labeled_statement",
)


def mark(walk: Walk, node: Node) -> None:
    """Mark a statement of a list of statements, if the engine would not note where it is."""
    if node.kind_id in _SILENT:
        walk.edits.open(node.start_byte, "0;")


def mark_body(walk: Walk, node: Node) -> None:
    """Mark a statement that is the whole body of another: the two need braces then."""
    if node.kind_id in _SILENT:
        walk.edits.open(node.start_byte, "{0;")
        walk.edits.close(node.end_byte, "}")


def _list(walk: Walk, node: Node) -> Sequence[Node]:
    children = node.children
    for child in children:
        mark(walk, child)
    return children


def _branches(walk: Walk, node: Node) -> Sequence[Node]:
    children = node.children
    for child in children:
        mark_body(walk, child)
    return children


def _loop(walk: Walk, node: Node) -> Sequence[Node]:
    children = node.children
    # The first child of a `for` may be a declaration too, and is no statement there.
    mark_body(walk, children[-1])
    return children


MARKING: Mapping[tuple[str, ...], Handler] = {
    ("statement_block", "switch_case", "switch_default"): _list,
    ("if_statement", "else_clause"): _branches,
    ("for_statement", "while_statement"): _loop,
}
