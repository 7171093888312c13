"""Reading a node against the source it came from."""

from tree_sitter import Node

from tana_jupyter.compiler.edits import position_of
from tana_jupyter.compiler.grammar import kinds
from tana_jupyter.errors import SyntaxProblem

_STRING = kinds("string")


def problem_at(source: str, node: Node, message: str) -> SyntaxProblem:
    """A problem with what stands at that node."""
    line, column = position_of(source, node.start_byte)
    return SyntaxProblem(message, line, column, max(1, node.end_byte - node.start_byte))


def text_of(source: str, node: Node) -> str:
    """The text of a name; of a string, what is between its quotes."""
    text = source[node.start_byte : node.end_byte]
    if "\\" in text:
        raise problem_at(source, node, "Write this name without a backslash.")
    return text[1:-1] if node.kind_id in _STRING else text
